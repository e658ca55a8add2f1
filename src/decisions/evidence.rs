//! What the records said when a decision was made, in one hash. Order of values, case, spaces and punctuation are no
//! change; another digit, letter or value is.

use sha2::{Digest, Sha256};

use crate::baseline::is_kept;
use crate::finding::{Finding, Subject};
use crate::model::{Entity, Field, Reads, RecordRef, Snapshots};
use crate::normalize::text::is_letter_or_digit;

/// Stands in front of the id of the snapshot in a masked workbook: masked records have no evidence of their own, and the
/// hash of a phone alone would give it away.
pub const OF_RUN: &str = "run:";

/// Fields by which a person tells records of an entity apart; of parties when it is not known.
fn identity(entity: Option<Entity>) -> &'static [Field] {
    use Field::*;
    match entity {
        None | Some(Entity::Counterparty | Entity::Contact) => PARTY,
        Some(Entity::Product) => &[Kind, Name, FullName, Article, Barcode, Variant, Unit],
        Some(Entity::Unit) => &[Code, Name, FullName],
        Some(Entity::Warehouse) => &[Code, Name, Address],
        Some(Entity::Price) => &[ProductId, ProductName, Variant, PriceType, Date],
        Some(Entity::Stock) => &[ProductId, ProductName, Variant, WarehouseId, WarehouseName, Date],
        Some(Entity::Contract) => &[Kind, Name, Number, Date, PartyId, PartyName, PartyInn, Organisation],
        Some(Entity::Deal) => &[Name, Number, Date, PartyId, PartyName, PartyInn, Organisation, Amount, Currency],
        Some(Entity::Document) => {
            &[Kind, Number, Date, PartyId, PartyName, PartyInn, Organisation, Amount, Currency, BasisId]
        }
        Some(Entity::Payment) => {
            &[Kind, Number, Date, PartyId, PartyName, PartyInn, Organisation, Amount, Currency, Purpose]
        }
        Some(Entity::Line) => &[DocumentId, LineNumber, ProductId, ProductName, Quantity, Price, Amount],
        Some(Entity::Object) => &[Kind, Name, Project, Building, Section, Floor, Number, PostalNumber, Area],
        Some(Entity::Ddu) => &[Number, Date, PartyId, PartyName, ObjectId, ObjectName, Amount],
        Some(Entity::Instalment) => &[DduId, DduNumber, Number, Date, Amount, Version],
    }
}

const PARTY: &[Field] = &[
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
    let mut hash = Sha256::new();
    let mut value = String::new();
    for (key, record) in &records {
        hash.update(key.as_bytes());
        let entity = key.split(':').nth(1).and_then(Entity::parse);
        for &field in one.as_ref().map_or(identity(entity), std::slice::from_ref) {
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
                fold_into(text, field, &mut value);
                put(&value);
                continue;
            }
            let mut values: Vec<String> = text
                .split('\n')
                .map(|text| {
                    let mut value = String::new();
                    fold_into(text, field, &mut value);
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

/// A point in a number is no punctuation: 1,50 is not 150.
fn fold_into(text: &str, field: Field, out: &mut String) {
    let pointed = field.reads() == Reads::Number;
    for c in text.chars().filter(|&c| is_letter_or_digit(c) || (pointed && ".,-".contains(c))) {
        match c {
            '0'..='9' | 'a'..='z' | 'а'..='я' | 'ё' => out.push(c),
            'A'..='Z' => out.push(c.to_ascii_lowercase()),
            'А'..='Я' => out.extend(char::from_u32(c as u32 + 0x20)),
            ',' => out.push('.'),
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
    fn each_entity_has_what_tells_it_apart() {
        let of = |key: &str, field: Field, value: &'static str| {
            evidence(None, vec![(key.to_owned(), ())], |(), f| (f == field).then_some(value))
        };
        let (deal, product) = ("crm:deal:1", "crm:product:1");
        assert_eq!(of(deal, Field::Amount, "1 500,00"), of(deal, Field::Amount, "1500.00"));
        assert_ne!(of(deal, Field::Amount, "1,50"), of(deal, Field::Amount, "150"));
        assert_ne!(of(deal, Field::Number, "7"), of(deal, Field::Number, "8"));
        assert_ne!(of(product, Field::Article, "А-1"), of(product, Field::Article, "А-2"));
        assert_eq!(of(product, Field::Amount, "1"), of(product, Field::Amount, "2"), "a product has no amount");
        // Companies and persons share one list.
        for &entity in Entity::ALL.iter().filter(|e| !e.is_party()) {
            let fields = identity(Some(entity));
            assert!(fields.iter().all(|f| is_kept(*f) && f.entities().contains(&entity)), "{entity}: {fields:?}");
        }
    }

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
