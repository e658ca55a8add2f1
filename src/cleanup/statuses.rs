//! Statuses of the CRM that 1C has overtaken: those of property and its deals ([`super::property`]), stages of other deals
//! ([`super::sales`]).

use rustc_hash::FxHashMap;

use super::fixes::{FixReason, FixStep};
use super::plan::{Approved, has_id};
use super::{property, sales};
use crate::model::{Book, Field};
use crate::outcome::Outcome;

/// Corrections of statuses, sorted by record.
pub fn corrections(outcome: &Outcome) -> Vec<FixStep> {
    let mut fixes = property::corrections(outcome);
    fixes.extend(sales::corrections(outcome));
    fixes.sort_by_key(|f| (f.record, f.field));
    fixes
}

/// The one word that records of a kind use for something; `None` for words that differ.
pub(super) struct Words<'a, K>(FxHashMap<(&'a str, K), Option<&'a str>>);

impl<'a, K: std::hash::Hash + Eq> Words<'a, K> {
    pub(super) fn of(book: &'a Book, key: impl Fn(usize) -> Option<(&'a str, K)>) -> Words<'a, K> {
        let mut words: FxHashMap<(&str, K), Option<&str>> = FxHashMap::default();
        for at in (0..book.len()).filter(|&at| book.is_active(at)) {
            let word = book.text(Field::Stage, at).trim();
            let Some(key) = key(at).filter(|_| !word.is_empty()) else { continue };
            let known = words.entry(key).or_insert(Some(word));
            if *known != Some(word) {
                *known = None;
            }
        }
        Words(words)
    }

    pub(super) fn get(&self, kind: &'a str, key: K) -> Option<&'a str> {
        self.0.get(&(kind, key)).copied().flatten()
    }
}

/// A script can find the record, and nothing hides it.
pub(super) fn writable(book: &Book, at: usize) -> bool {
    has_id(book.raw.id(at)) && !book.raw.id_clash[at] && book.is_active(at) && !book.text(Field::Stage, at).is_empty()
}

pub(super) fn fix(book: &Book, at: usize, word: &str, reason: FixReason) -> FixStep {
    FixStep {
        record: book.at(at),
        field: Field::Stage,
        expected: book.text(Field::Stage, at).to_owned(),
        value: word.to_owned(),
        approved: Approved::Rule,
        reason,
        pair: None,
    }
}
