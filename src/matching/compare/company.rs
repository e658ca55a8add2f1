//! Names of firms, word by word.

use super::jaro::jaro_winkler;
use super::{Outcome, Pair, one_edit};
use crate::matching::pack::{MAX_TOKENS, NONE};
use crate::matching::types::Level;

/// A word is taken for a mistyped other one only while one of the two is rare: two frequent words one letter apart
/// are two words (Вектор, Виктор).
pub const TYPO_RECORDS: u32 = 3;
const TYPO_LETTERS: usize = 5;
const TYPO_SIMILARITY: f64 = 0.93;

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
    /// Both name a legal form, and not the same one.
    pub forms_differ: bool,
}

impl NameMatch {
    pub const EMPTY: NameMatch =
        NameMatch { outcome: Outcome::EMPTY, numbers: Numbers::Agree, extra: false, forms_differ: false };
}

/// Exact: equal cores. Folded: the same words in another order or alphabet, or one written apart. Near: typos,
/// abbreviations, a part. Different legal forms cost a little: a firm reorganises, a holding has an ООО beside its АО.
pub fn compare(pair: &Pair) -> NameMatch {
    let p = pair.p;
    let (a, b) = (p.row(pair.a), p.row(pair.b));
    if a.core == 0 || b.core == 0 {
        return NameMatch::EMPTY;
    }
    let forms_differ = !a.form.is_compatible(b.form);
    let form_bits = if forms_differ { FORM_BITS } else { 0.0 };
    let (x, y) = (p.numbers.get(pair.a), p.numbers.get(pair.b));
    let numbers = match (x.is_empty(), y.is_empty()) {
        _ if x == y => Numbers::Agree,
        (false, false) => Numbers::Differ,
        _ => Numbers::OneSided,
    };
    let generic_only = |at| p.tokens.get(at).iter().all(|&t| p.vocabulary.generic[t as usize]);
    let whole = |level, holders: Option<&u32>, least: f32| {
        let bits = if generic_only(pair.a) { 1.0 } else { pair.rare(0.7, Pair::strangers(holders, least)) };
        NameMatch { outcome: Outcome::new(level, bits + form_bits), numbers, extra: false, forms_differ }
    };
    if a.core == b.core {
        return whole(Level::Exact, p.frequencies.core.get(&a.core), 0.15);
    }
    if a.core_folded == b.core_folded || a.core_joined == b.core_joined {
        let holders = p.frequencies.core_folded.get(&a.core_folded).max(p.frequencies.core_folded.get(&b.core_folded));
        return whole(Level::Folded, holders, 0.2);
    }
    let words = words(pair);
    let outcome = match words.bits {
        Some(bits) => Outcome::new(Level::Near, bits + form_bits),
        None => Outcome::new(Level::Different, -4.5),
    };
    NameMatch { outcome, numbers, extra: words.extra, forms_differ }
}

struct Words {
    /// Weight of the shared words, `None` when the names do not resemble each other.
    bits: Option<f32>,
    extra: bool,
}

fn words(pair: &Pair) -> Words {
    let p = pair.p;
    let v = &p.vocabulary;
    let (x, y) = (p.tokens.get(pair.a), p.tokens.get(pair.b));
    if acronym(pair, x, y) || acronym(pair, y, x) {
        return Words { bits: Some(3.0), extra: true };
    }
    let mut used = [[false; MAX_TOKENS]; 2];
    let (mut best, mut rest, mut agreed) = (0f32, 0f32, 0f32);
    // Equal words first, or a typo would take the partner of an equal one.
    let passes: [(Alike, f32); 3] = [(same, 1.0), (same_sound, 1.0), (mistyped, 0.75)];
    for (alike, factor) in passes {
        for (i, &token) in x.iter().enumerate() {
            if used[0][i] {
                continue;
            }
            let partner = y.iter().enumerate().find(|&(j, &other)| !used[1][j] && alike(pair, token, other));
            if let Some((j, &other)) = partner {
                (used[0][i], used[1][j]) = (true, true);
                let bits = [rarity(pair, token), rarity(pair, other)];
                agreed += bits[0] + bits[1];
                let bits = bits[0].max(bits[1]) * factor;
                rest += best.min(bits);
                best = best.max(bits);
            }
        }
    }
    let (mut total, mut extra, mut generic) = (agreed, 0u32, 0u32);
    for (tokens, used) in [(x, used[0]), (y, used[1])] {
        for (&token, _) in tokens.iter().zip(used).filter(|(_, used)| !used) {
            // Numbers are compared apart: one without a partner says nothing about the words around it.
            if !v.numeric[token as usize] {
                total += rarity(pair, token);
                if v.generic[token as usize] { generic += 1 } else { extra += 1 }
            }
        }
    }
    if agreed * 2.0 < total || agreed <= 0.0 {
        return Words { bits: None, extra: extra > 0 };
    }
    let most = super::scale(p.len()) + 1.0;
    let bits = (best + 0.5 * rest).min(most) - 1.5 * extra as f32 - 0.3 * generic as f32 - 0.5;
    Words { bits: Some(bits.max(0.5)), extra: extra > 0 }
}

/// How much a shared word says: log2(N / strangers that hold it).
fn rarity(pair: &Pair, token: u32) -> f32 {
    let p = pair.p;
    if p.vocabulary.generic[token as usize] {
        return 0.5;
    }
    let strangers = (p.vocabulary.records[token as usize] as f32 - 2.0).max(0.5);
    (super::scale(p.len()) - strangers.log2()).max(0.5)
}

/// Whether one word stands for the other.
type Alike = fn(&Pair, u32, u32) -> bool;

fn same(_: &Pair, token: u32, other: u32) -> bool {
    token == other
}

fn same_sound(pair: &Pair, token: u32, other: u32) -> bool {
    let v = &pair.p.vocabulary;
    v.skeletons[token as usize] == v.skeletons[other as usize]
}

fn mistyped(pair: &Pair, token: u32, other: u32) -> bool {
    let v = &pair.p.vocabulary;
    let rare = v.records[token as usize].min(v.records[other as usize]) <= TYPO_RECORDS;
    let (x, y) = (v.letters.get(token), v.letters.get(other));
    rare && x.len().min(y.len()) >= TYPO_LETTERS
        && !v.numeric[token as usize]
        && !v.numeric[other as usize]
        && (one_edit(x, y) || (x.len().min(y.len()) > 7 && jaro_winkler(x, y) >= TYPO_SIMILARITY))
}

/// `short` is one word made of the first letters of the words of `long`.
fn acronym(pair: &Pair, short: &[u32], long: &[u32]) -> bool {
    let v = &pair.p.vocabulary;
    let [word] = short else { return false };
    let letters = v.letters.get(*word);
    letters.len() >= 3
        && letters.len() == long.len()
        && letters.iter().zip(long).all(|(l, &t)| t != NONE && v.letters.get(t).first() == Some(l))
}
