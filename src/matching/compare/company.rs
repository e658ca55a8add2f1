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
    let (x, y) = (p.tokens.get(pair.a), p.tokens.get(pair.b));
    let mut used = [false; MAX_TOKENS];
    let (mut best, mut rest, mut extra, mut generic_left) = (0f32, 0f32, 0u32, 0u32);
    let (mut agreed, mut total) = (0f32, 0f32);
    let mut count = |token: u32, factor: f32| {
        let bits = rarity(pair, token) * factor;
        if bits > best {
            rest += best;
            best = bits;
        } else {
            rest += bits;
        }
        bits
    };
    // Numbers are compared apart: one that has no partner says nothing about the words around it.
    let number = |token: u32| p.vocabulary.numeric[token as usize];
    for &token in x {
        let rarity = rarity(pair, token);
        total += if number(token) { 0.0 } else { rarity };
        match partner(pair, token, y, &used) {
            Some((at, factor)) => {
                used[at] = true;
                let rarer =
                    if p.vocabulary.records[y[at] as usize] < p.vocabulary.records[token as usize] && factor == 1.0 {
                        y[at]
                    } else {
                        token
                    };
                agreed += count(rarer, factor);
            }
            None if number(token) => {}
            None if p.vocabulary.generic[token as usize] => generic_left += 1,
            None => extra += 1,
        }
    }
    for (at, &token) in y.iter().enumerate() {
        if !used[at] && !number(token) {
            total += rarity(pair, token);
            if p.vocabulary.generic[token as usize] { generic_left += 1 } else { extra += 1 }
        }
    }
    if acronym(pair, x, y) || acronym(pair, y, x) {
        return Words { bits: Some(3.0), extra: true };
    }
    if agreed * 4.0 < total || agreed <= 0.0 {
        return Words { bits: None, extra: extra > 0 };
    }
    let most = super::scale(p.len()) + 1.0;
    let bits = (best + 0.5 * rest).min(most) - 1.5 * extra as f32 - 0.3 * generic_left as f32 - 0.5;
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

/// The word of the other name that this one stands for, and how much of its rarity that is worth.
fn partner(pair: &Pair, token: u32, others: &[u32], used: &[bool]) -> Option<(usize, f32)> {
    let v = &pair.p.vocabulary;
    let free = || others.iter().copied().enumerate().filter(|&(at, _)| !used[at]);
    if let Some((at, _)) = free().find(|&(_, other)| other == token) {
        return Some((at, 1.0));
    }
    let skeleton = v.skeletons[token as usize];
    if let Some((at, _)) = free().find(|&(_, other)| v.skeletons[other as usize] == skeleton) {
        return Some((at, 1.0));
    }
    free().find(|&(_, other)| mistyped(pair, token, other)).map(|(at, _)| (at, 0.75))
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
