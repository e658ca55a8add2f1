//! Names of firms, word by word.

use std::ops::Range;

use super::jaro::jaro_winkler;
use super::{Outcome, Pair};
use crate::matching::pack::MAX_TOKENS;
use crate::matching::types::Level;
use crate::matching::typos::{differ_in_sex, is_rare};
use crate::matching::vocabulary::Vocabulary;
use crate::normalize::company::{FormClass, LegalForm};

/// Similarity of two long words, one of them rare, with more than one slip.
const TYPO_SIMILARITY: f64 = 0.93;
/// Letters from which on it is looked at.
const LONG_WORD: usize = 8;

/// Chance that the first letter of a word is a given one, the commoner letters counted in.
const INITIAL_SHARE: f32 = 0.08;

/// Least weight of the rarest word of a short name that stands for a longer one.
const PART_BITS: f32 = 4.0;

/// Weight of «филиал» in one of the names only.
const BRANCH_BITS: f32 = -4.0;

/// Weight of legal forms that cannot be forms of one firm.
pub const FORM_BITS: f32 = -2.0;

/// Numbers inside two names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Numbers {
    /// Neither has any, or they are the same.
    Agree,
    OneSided,
    Differ,
}

/// Comparison of two names.
#[derive(Clone, Copy, Debug)]
pub struct NameMatch {
    pub outcome: Outcome,
    pub numbers: Numbers,
    /// A word that is not generic stands in one name only.
    pub extra: bool,
    /// A generic one does: «ТД Ромашка» and «Ромашка Сервис» are firms beside «Ромашка» as often as its full name.
    pub generic_extra: bool,
    /// Known towns that only this name has.
    pub towns: [bool; 2],
    /// Both name a legal form, and not the same one.
    pub forms_differ: bool,
}

impl NameMatch {
    pub const EMPTY: NameMatch = NameMatch {
        outcome: Outcome::EMPTY,
        numbers: Numbers::Agree,
        extra: false,
        generic_extra: false,
        towns: [false; 2],
        forms_differ: false,
    };
}

/// Exact: equal cores. Folded: the same words in another order or alphabet, or one written apart. Near: typos,
/// abbreviations, a part. Different legal forms cost a little: a firm reorganises, a holding has an ООО beside its АО.
pub fn compare(pair: &Pair) -> NameMatch {
    let p = pair.p;
    let (a, b) = (p.row(pair.a), p.row(pair.b));
    if a.core == 0 || b.core == 0 {
        return NameMatch::EMPTY;
    }
    let forms_differ = !a.form.is_compatible(b.form) && !translates(a.form, b.form) && !translates(b.form, a.form);
    let part_bits = if a.branch == b.branch || a.is_part() == b.is_part() { 0.0 } else { BRANCH_BITS };
    let form_bits = if forms_differ { FORM_BITS } else { 0.0 } + part_bits;
    let (x, y) = (p.numbers(pair.a), p.numbers(pair.b));
    let numbers = match (x.is_empty(), y.is_empty()) {
        _ if x == y => Numbers::Agree,
        (false, false) => Numbers::Differ,
        _ => Numbers::OneSided,
    };
    let whole = |level, holders: Option<&u32>, least: f32| {
        let bits = if a.generic { 1.0 } else { pair.rare(0.7, Pair::strangers(holders, least)) };
        let outcome = Outcome::new(level, bits + form_bits);
        NameMatch { outcome, numbers, forms_differ, ..NameMatch::EMPTY }
    };
    if a.core == b.core {
        return whole(Level::Exact, p.frequencies.core.get(&a.core), strangers(pair));
    }
    if a.core_folded == b.core_folded || a.core_joined == b.core_joined {
        let holders = p.frequencies.core_folded.get(&a.core_folded).max(p.frequencies.core_folded.get(&b.core_folded));
        return whole(Level::Folded, holders, strangers(pair) * 1.3);
    }
    let words = words(pair);
    if words.is_whole() {
        let holders = p.frequencies.core_folded.get(&a.core_folded).max(p.frequencies.core_folded.get(&b.core_folded));
        return whole(Level::Folded, holders, strangers(pair) * 1.3);
    }
    let outcome = match words.bits {
        Some(bits) => Outcome::new(Level::Near, bits + form_bits),
        None => Outcome::new(Level::Different, -4.5),
    };
    let Words { extra, generic_extra, towns, .. } = words;
    NameMatch { outcome, numbers, extra, generic_extra, towns, forms_differ }
}

/// An English form that translates a Russian one: «ООО «Вектор»» calls itself Vector LLC.
fn translates(foreign: LegalForm, russian: LegalForm) -> bool {
    match russian.class() {
        FormClass::Limited => matches!(foreign, LegalForm::Llc | LegalForm::Ltd | LegalForm::Inc),
        FormClass::JointStock => matches!(foreign, LegalForm::Plc | LegalForm::Inc),
        _ => false,
    }
}

/// Strangers expected to have the very name of a pair that is alone with it: two words and more are seldom chosen twice,
/// one word of the dictionary often is.
fn strangers(pair: &Pair) -> f32 {
    match pair.p.row(pair.a).telling.min(pair.p.row(pair.b).telling) {
        (3.., 12..) => 0.03,
        (2, 10..) => 0.06,
        _ => 0.12,
    }
}

struct Words {
    /// Every word has its partner, none by a slip.
    whole: bool,
    /// Weight of the shared words, `None` when the names do not resemble each other.
    bits: Option<f32>,
    extra: bool,
    generic_extra: bool,
    towns: [bool; 2],
}

impl Words {
    fn is_whole(&self) -> bool {
        self.whole && self.bits.is_some()
    }
}

fn words(pair: &Pair) -> Words {
    let p = pair.p;
    let v = &p.vocabulary;
    let (x, y) = (p.tokens(pair.a), p.tokens(pair.b));
    let (a, b) = (p.row(pair.a), p.row(pair.b));
    if a.initials != 0 && a.initials == b.initials && (x.len() == 1) != (y.len() == 1) {
        // Three letters meet by chance among names of any size, five hardly ever.
        let letters = if x.len() == 1 { v.letters.get(x[0]).len() } else { v.letters.get(y[0]).len() };
        let chance = p.len() as f32 * INITIAL_SHARE.powi(letters as i32);
        let others = Pair::strangers(p.frequencies.initials.get(&a.initials), 0.02).max(chance);
        let bits = pair.rare(0.2, others).clamp(0.5, super::scale(p.len()) + 3.5);
        return Words { whole: false, bits: Some(bits), extra: true, generic_extra: false, towns: [false; 2] };
    }
    let mut used = [[false; MAX_TOKENS]; 2];
    let (mut best, mut rest, mut agreed) = (0f32, 0f32, 0f32);
    // Equal words first, or a typo would take the partner of an equal one.
    let passes: [(Alike, f32); 3] = [(same, 1.0), (same_sound, 1.0), (mistyped, 0.75)];
    let (mut slips, mut told) = (false, false);
    for (pass, (alike, factor)) in passes.into_iter().enumerate() {
        for (i, &token) in x.iter().enumerate() {
            if used[0][i] {
                continue;
            }
            let partner = y.iter().enumerate().find(|&(j, &other)| !used[1][j] && alike(pair, token, other));
            if let Some((j, &other)) = partner {
                (used[0][i], used[1][j]) = (true, true);
                slips |= pass == 2;
                told |= !v.word(token).generic;
                let bits = [rarity(pair, token), rarity(pair, other)];
                agreed += bits[0] + bits[1];
                let bits = bits[0].max(bits[1]) * factor;
                rest += best.min(bits);
                best = best.max(bits);
            }
        }
    }
    let mut lettered = 0f32;
    for spelled in [false, true] {
        let (bits, both) = abbreviated(pair, spelled, &mut used);
        agreed += both;
        lettered += both;
        rest += best.min(bits);
        best = best.max(bits);
    }
    let (mut total, mut generic) = (agreed, 0u32);
    let (mut extra, mut towns) = ([0u32; 2], [0u32; 2]);
    for (side, tokens) in [x, y].into_iter().enumerate() {
        for (&token, _) in tokens.iter().zip(used[side]).filter(|(_, used)| !used) {
            // Numbers are compared apart: one without a partner says nothing about the words around it.
            if v.word(token).numeric || v.word(token).filler {
                continue;
            }
            let place = is_place(pair, token);
            // A word that nobody else has is a slip as likely as another name: it may not outweigh what agrees.
            let most = if v.word(token).records == 1 { super::scale(p.len()) * 0.5 } else { f32::INFINITY };
            total += if place { 0.5 } else { rarity(pair, token).min(most) };
            if v.word(token).generic {
                generic += 1
            } else {
                extra[side] += 1
            }
            towns[side] += u32::from(v.word(token).town);
        }
    }
    let towns = towns.map(|found| found > 0);
    // A short name for everyday use is a part of the full one.
    let part = extra.contains(&0) && best >= PART_BITS;
    // «ТД Ромашка» has a word beside its letters; of «РС» and «Ромашка Сервис» nothing but first letters agrees, and they
    // may be those of another firm.
    let letters_only = lettered > 0.0 && !told;
    let extra = extra[0] + extra[1];
    if agreed <= 0.0 || agreed * 2.0 < total && !part {
        return Words { whole: false, bits: None, extra: extra > 0, generic_extra: generic > 0, towns };
    }
    let most = super::scale(p.len()) + 1.0;
    let bits = (best + 0.5 * rest).min(most) - 1.5 * extra as f32 - 0.3 * generic as f32 - 0.5;
    let whole = extra == 0 && generic == 0 && !slips && !letters_only;
    Words { whole, bits: Some(bits.max(0.5)), extra: extra > 0 || letters_only, generic_extra: generic > 0, towns }
}

/// A word of the name that the address of either record holds too: it says where, not which.
fn is_place(pair: &Pair, token: u32) -> bool {
    let word = pair.p.vocabulary.word(token).hash;
    [pair.a, pair.b].into_iter().any(|at| pair.p.address_words(at).binary_search(&word).is_ok())
}

/// How much a shared word says: log2(N / strangers that hold it).
fn rarity(pair: &Pair, token: u32) -> f32 {
    let p = pair.p;
    if p.vocabulary.word(token).generic {
        return 0.5;
    }
    let strangers = (p.vocabulary.word(token).records as f32 - 2.0).max(0.5);
    (super::scale(p.len()) - strangers.log2()).max(0.5)
}

/// Whether one word stands for the other.
type Alike = fn(&Pair, u32, u32) -> bool;

fn same(_: &Pair, token: u32, other: u32) -> bool {
    token == other
}

fn same_sound(pair: &Pair, token: u32, other: u32) -> bool {
    let v = &pair.p.vocabulary;
    v.word(token).skeleton == v.word(other).skeleton
}

fn mistyped(pair: &Pair, token: u32, other: u32) -> bool {
    let v = &pair.p.vocabulary;
    let (a, b) = (v.word(token), v.word(other));
    if a.mistaken && b.mistaken && v.typos.get(token).binary_search(&other).is_ok() {
        return true;
    }
    if a.numeric || b.numeric || a.known && b.known || !is_rare(v, token, other) {
        return false;
    }
    let (x, y) = (v.sounds.get(token), v.sounds.get(other));
    x.len().min(y.len()) >= LONG_WORD && !differ_in_sex(x, y) && jaro_winkler(x, y) >= TYPO_SIMILARITY
}

/// Pairs words that one name gives by their first letters («ТД Ромашка», «Торговый дом Ромашка»): `spelled` says that
/// the first record spells them out. Returns the weight, and the rarities of both sides together.
fn abbreviated(pair: &Pair, spelled: bool, used: &mut [[bool; MAX_TOKENS]; 2]) -> (f32, f32) {
    let v = &pair.p.vocabulary;
    let tokens = [pair.p.tokens(pair.a), pair.p.tokens(pair.b)];
    let (long, short) = if spelled { (0, 1) } else { (1, 0) };
    let (mut bits, mut both) = (0f32, 0f32);
    for (at, &word) in tokens[short].iter().enumerate() {
        let letters = v.letters.get(word);
        if used[short][at] || !(2..=MAX_TOKENS).contains(&letters.len()) || v.word(word).numeric {
            continue;
        }
        let run = (0..tokens[long].len()).find_map(|start| initials_from(v, letters, tokens[long], used[long], start));
        if let Some(run) = run {
            used[short][at] = true;
            both += rarity(pair, word);
            for n in run.clone() {
                used[long][n] = true;
                both += rarity(pair, tokens[long][n]);
            }
            bits = bits.max(rarity(pair, word).min(run.map(|n| rarity(pair, tokens[long][n])).sum()));
        }
    }
    (bits, both)
}

/// The unused words from `start` whose first letters are `letters`; connecting words between them may be skipped.
fn initials_from(
    v: &Vocabulary,
    letters: &[u8],
    tokens: &[u32],
    used: [bool; MAX_TOKENS],
    start: usize,
) -> Option<Range<usize>> {
    let mut found = 0;
    for (at, &token) in tokens.iter().enumerate().skip(start) {
        let word = v.letters.get(token);
        if used[at] || v.word(token).numeric {
            return None;
        }
        if word.first() == Some(&letters[found]) && word.len() > 1 {
            found += 1;
            if found == letters.len() {
                return Some(start..at + 1);
            }
        } else if found == 0 || !v.word(token).connecting {
            return None;
        }
    }
    None
}
