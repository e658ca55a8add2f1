//! Statuses of the CRM that 1C has overtaken: those of property and its deals ([`super::property`]), stages of other deals
//! ([`super::sales`]); and the differences of both that only a person can settle.

use std::collections::BTreeSet;

use rustc_hash::{FxHashMap, FxHashSet};

use super::plan::{Approved, FixReason, FixStep, has_id};
use super::{property, sales};
use crate::checks;
use crate::finding::{Finding, FindingId, Severity, Status, Subject};
use crate::model::{Book, Field, RecordRef};
use crate::outcome::Outcome;

/// Families of checks whose findings are settled in the CRM. Those about documents, payments and contracts are an
/// accountant's ([`super::accountant`]).
const FAMILIES: [&str; 2] = ["re-", "deal-"];

/// A difference that a person settles: which of the sides is right stands in a contract on paper.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Difference {
    pub check: &'static str,
    pub finding: FindingId,
    /// The record that the finding is about comes first.
    pub records: Vec<RecordRef>,
    pub field: Option<Field>,
    /// What was found, in the language of the report.
    pub reason: String,
    /// What to do about it.
    pub advice: &'static str,
}

/// Corrections of statuses, sorted by record.
pub fn corrections(outcome: &Outcome) -> Vec<FixStep> {
    let mut fixes = property::corrections(outcome);
    fixes.extend(sales::corrections(outcome));
    fixes.sort_by_key(|f| (f.record, f.field));
    fixes
}

/// Findings about property and about deals that no step of the plan answers, in the order of findings.
pub fn differences(outcome: &Outcome, fixes: &[FixStep]) -> Vec<Difference> {
    let corrected: FxHashSet<RecordRef> = fixes.iter().filter(|f| f.field == Field::Stage).map(|f| f.record).collect();
    let advice: FxHashMap<&str, &'static str> = checks::all()
        .map(|check| check.meta())
        .filter(|meta| FAMILIES.iter().any(|family| meta.id.starts_with(family)))
        .map(|meta| (meta.id, outcome.lang.pick(meta.ru.remedy, meta.en.remedy)))
        .collect();
    let mut found = Vec::new();
    for finding in &outcome.findings {
        let (Some(advice), Subject::Record(subject)) = (advice.get(finding.check), &finding.subject) else { continue };
        let about_status = finding.field == Some(Field::Stage) || sales::ANSWERED.contains(&finding.check);
        let answered = about_status && corrected.contains(subject);
        if answered || finding.severity > Severity::Warning || finding.status == Status::Accepted {
            continue;
        }
        found.push(Difference {
            check: finding.check,
            finding: finding.id,
            records: records(finding),
            field: finding.field,
            reason: finding.message.clone(),
            advice,
        });
    }
    found
}

fn records(finding: &Finding) -> Vec<RecordRef> {
    let mut seen = BTreeSet::new();
    finding.records().filter(|r| seen.insert(*r)).collect()
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
    }
}
