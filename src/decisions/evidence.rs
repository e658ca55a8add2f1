//! What the records said when a decision was made, in one hash. Order of values, case, spaces and punctuation are no
//! change; another digit, letter or value is.

use sha2::{Digest, Sha256};

use crate::baseline::is_kept;
use crate::finding::{Finding, Subject};
use crate::model::{Field, RecordRef, Snapshots};
use crate::normalize::text::is_letter_or_digit;

/// Stands in front of the id of the snapshot in a masked workbook: masked records have no evidence of their own, and the
/// hash of a phone alone would give it away.
pub const OF_RUN: &str = "run:";

/// Fields by which a person tells parties apart.
const IDENTITY: &[Field] = &[
    Field::Name,
    Field::FullName,
    Field::LastName,
    Field::FirstName,
    Field::Patronymic,
    Field::Inn,
    Field::Kpp,
    Field::Ogrn,
    Field::TaxId,
    Field::Phone,
    Field::Email,
    Field::BirthDate,
    Field::BankAccount,
];

/// Evidence about records, given by their keys: `field` alone where it is given and kept in runs, else what tells
/// parties apart.
pub(crate) fn evidence<'a, R>(
    field: Option<Field>,
    mut records: Vec<(String, R)>,
    text: impl Fn(&R, Field) -> Option<&'a str>,
) -> String {
    records.sort_unstable_by(|x, y| x.0.cmp(&y.0));
    records.dedup_by(|x, y| x.0 == y.0);
    let one = field.filter(|f| is_kept(*f));
    let fields = one.as_ref().map_or(IDENTITY, std::slice::from_ref);
    let mut hash = Sha256::new();
    let mut value = String::new();
    for (key, record) in &records {
        hash.update(key.as_bytes());
        for &field in fields {
            hash.update([0]);
            let text = text(record, field).unwrap_or("");
            let mut put = |value: &str| {
                if !value.is_empty() {
                    hash.update([1]);
                    hash.update(value.as_bytes());
                }
            };
            // One value, as most fields have, needs no order.
            if !text.contains('\n') {
                value.clear();
                fold_into(text, &mut value);
                put(&value);
                continue;
            }
            let mut values: Vec<String> = text
                .split('\n')
                .map(|text| {
                    let mut value = String::new();
                    fold_into(text, &mut value);
                    value
                })
                .collect();
            values.sort_unstable();
            values.iter().for_each(|value| put(value));
        }
        hash.update([2]);
    }
    let number = hash.finalize().iter().take(8).fold(0, |n, &b| n << 8 | u64::from(b));
    format!("{number:016x}")
}

fn fold_into(text: &str, out: &mut String) {
    for c in text.chars().filter(|&c| is_letter_or_digit(c)) {
        match c {
            '0'..='9' | 'a'..='z' | 'а'..='я' | 'ё' => out.push(c),
            'A'..='Z' => out.push(c.to_ascii_lowercase()),
            'А'..='Я' => out.extend(char::from_u32(c as u32 + 0x20)),
            _ => out.extend(c.to_lowercase()),
        }
    }
}

fn of(data: &Snapshots, field: Option<Field>, records: impl Iterator<Item = RecordRef>) -> String {
    let records = records.map(|r| (data.key(r), r)).collect();
    evidence(field, records, |r: &RecordRef, field| Some(data.text(*r, field)))
}

/// Evidence about a pair, or about one field of it.
pub fn of_pair(data: &Snapshots, a: RecordRef, b: RecordRef, field: Option<Field>) -> String {
    of(data, field, [a, b].into_iter())
}

/// Evidence about a finding: its field in every record named. Of a finding about a source there is none.
pub fn of_finding(data: &Snapshots, finding: &Finding) -> Option<String> {
    match finding.subject {
        Subject::Source { .. } => None,
        Subject::Record(_) => Some(of(data, finding.field, finding.records())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_meaning_changes_evidence() {
        let keys = || ["crm:counterparty:1", "onec:counterparty:2"].map(|k| (k.to_owned(), k)).to_vec();
        let with = |phone: &'static str| {
            evidence(None, keys(), |key, field| match field {
                Field::Phone if key.starts_with("crm") => Some(phone),
                _ => Some("ООО «Астра»"),
            })
        };
        let base = with("+7 (495) 000-00-01\n2");
        assert_eq!(base, with("2\n+74950000001"));
        assert_ne!(base, with("+74950000002\n2"));
        assert_ne!(base, with(""));
        let turned = keys().into_iter().rev().collect();
        assert_eq!(evidence(None, keys(), |_, _| None), evidence(None, turned, |_, _| None));
        // A value moved to another record is a change.
        let inn_of = |side: &'static str| {
            evidence(None, keys(), move |k, f| (f == Field::Inn && k.starts_with(side)).then_some("1"))
        };
        assert_ne!(inn_of("crm"), inn_of("onec"));
    }
}
