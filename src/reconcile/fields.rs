//! Comparison of one field of two linked records.

use std::borrow::Cow;

use super::FieldStatus;
use crate::model::{Entity, Field, Notes, Parties, PartyKind, Side, Snapshots, Value};
use crate::normalize::company::LegalForm;
use crate::normalize::person::{self, Sex};
use crate::normalize::{address, bank_account, company, date, kind, snils, text};

/// Fields that mean the same in both systems, in the order of [`Field::ALL`]. Codes, groups, dates of change, managers
/// and comments belong to one system and are not compared.
pub const COMPARED: &[Field] = &[
    Field::Kind,
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
    Field::Website,
    Field::Address,
    Field::ActualAddress,
    Field::Country,
    Field::BankAccount,
    Field::Bik,
    Field::BirthDate,
    Field::Gender,
    Field::Snils,
    Field::Document,
    Field::DocumentDate,
    Field::OwnerName,
    Field::Position,
];

/// Which fields each side holds at all, by entity: a field of which a side has not one text is not compared, since its
/// absence says something of the export and nothing of a record.
pub struct Held([[[bool; Field::COUNT]; 2]; 2]);

impl Held {
    pub fn of(data: &Snapshots) -> Held {
        let mut held = [[[false; Field::COUNT]; 2]; 2];
        for side in Side::BOTH {
            let raw = &data.parties(side).raw;
            for entity in Entity::PARTIES {
                for &field in COMPARED {
                    held[side as usize][entity as usize][field as usize] = raw.filled(field, entity) > 0;
                }
            }
        }
        Held(held)
    }

    fn has(&self, side: Side, entity: Entity, field: Field) -> bool {
        self.0[side as usize][entity as usize][field as usize]
    }
}

/// One record under comparison.
#[derive(Clone, Copy)]
pub struct Party<'a> {
    pub parties: &'a Parties,
    pub at: usize,
}

impl<'a> Party<'a> {
    fn text(self, field: Field) -> &'a str {
        self.parties.raw.get(field, self.at).trim()
    }

    fn entity(self) -> Entity {
        self.parties.raw.entity[self.at]
    }

    /// Surname, given name and patronymic stand in fields of their own.
    fn in_parts(self) -> bool {
        !self.text(Field::LastName).is_empty() || !self.text(Field::FirstName).is_empty()
    }

    fn is_person(self) -> bool {
        !self.parties.surname.get(self.at).is_empty() || !self.parties.given.get(self.at).is_empty()
    }
}

/// Compares one field; `None` where the two cannot be compared: a side does not hold the field, or another field says
/// the same.
pub fn compare(field: Field, crm: Party, onec: Party, held: &Held) -> Option<FieldStatus> {
    let both_hold = held.has(Side::Crm, crm.entity(), field) && held.has(Side::Onec, onec.entity(), field);
    if field == Field::Name {
        // A person in parts against a person in parts is compared part by part.
        return (!(crm.in_parts() && onec.in_parts())).then(|| names(crm, onec));
    }
    if !both_hold {
        return None;
    }
    let (a, b) = (crm.text(field), onec.text(field));
    let (pa, pb) = (crm.parties, onec.parties);
    let (i, j) = (crm.at, onec.at);
    Some(match field {
        // Kinds have other words in each system; a text that names no kind («Клиент») is no evidence.
        Field::Kind => match (kind::from_text(a), kind::from_text(b)) {
            (Some(x), Some(y)) => agree(a, b, kind_value(x) == kind_value(y)),
            _ => return None,
        },
        Field::LastName => folded(a, b, pa.surname.get(i), pb.surname.get(j)),
        Field::FirstName => folded(a, b, pa.given.get(i), pb.given.get(j)),
        Field::Patronymic => folded(a, b, pa.patronymic.get(i), pb.patronymic.get(j)),
        Field::Inn => value(a, b, &pa.inn[i], &pb.inn[j]),
        Field::Kpp => match value(a, b, &pa.kpp[i], &pb.kpp[j]) {
            // One read through look-alike letters is a guess: its form is the defect, not a difference.
            FieldStatus::Different if [pa.kpp_notes[i], pb.kpp_notes[j]].iter().any(|n| n.has(Notes::LOOKALIKE)) => {
                FieldStatus::Invalid
            }
            status => status,
        },
        Field::Ogrn => value(a, b, &pa.ogrn[i], &pb.ogrn[j]),
        // An extension leads to a desk of the same number.
        Field::Phone => sets(
            a,
            b,
            pa.phones.get(i).iter().map(|p| p.value.valid().map(|p| p.number())),
            pb.phones.get(j).iter().map(|p| p.value.valid().map(|p| p.number())),
        ),
        Field::Email => sets(
            a,
            b,
            pa.emails.get(i).iter().map(|e| e.value.valid()),
            pb.emails.get(j).iter().map(|e| e.value.valid()),
        ),
        Field::BankAccount => sets(
            a,
            b,
            pa.accounts.get(i).iter().map(|x| x.value.valid()),
            pb.accounts.get(j).iter().map(|x| x.value.valid()),
        ),
        Field::Bik => sets(a, b, biks(a), biks(b)),
        Field::Website => sets(a, b, hosts(a), hosts(b)),
        Field::Address | Field::ActualAddress => addresses((a, crm), (b, onec), field),
        Field::Country => keyed(a, b, country_key),
        Field::BirthDate => value(a, b, &pa.birth_date[i], &pb.birth_date[j]),
        Field::DocumentDate => value(a, b, &date::parse(a), &date::parse(b)),
        Field::Gender => value(a, b, &gender(a), &gender(b)),
        Field::Snils => value(a, b, &snils::parse(a).value, &snils::parse(b).value),
        Field::Document => keyed(a, b, letters_and_digits),
        Field::FullName | Field::OwnerName => company_names(a, b),
        _ => keyed(a, b, some_fold),
    })
}

fn empties(a: bool, b: bool) -> Option<FieldStatus> {
    match (a, b) {
        (true, true) => Some(FieldStatus::EmptyBoth),
        (true, false) => Some(FieldStatus::EmptyCrm),
        (false, true) => Some(FieldStatus::EmptyOnec),
        (false, false) => None,
    }
}

fn agree(a: &str, b: &str, same: bool) -> FieldStatus {
    match (same, a == b) {
        (_, true) => FieldStatus::Equal,
        (true, false) => FieldStatus::EqualNormalized,
        (false, false) => FieldStatus::Different,
    }
}

/// Parsed values. Equal texts are equal even when unusable: there is nothing to settle between the sides.
fn value<T: PartialEq>(a: &str, b: &str, x: &Value<T>, y: &Value<T>) -> FieldStatus {
    match (x, y) {
        (Value::Valid(x), Value::Valid(y)) => agree(a, b, x == y),
        (Value::Invalid { raw: x, .. }, Value::Invalid { raw: y, .. }) if x == y => FieldStatus::Equal,
        (Value::Invalid { .. }, _) | (_, Value::Invalid { .. }) => FieldStatus::Invalid,
        _ => empties(x.is_empty(), y.is_empty()).unwrap_or(FieldStatus::EmptyBoth),
    }
}

/// Folded texts.
fn folded(a: &str, b: &str, x: &str, y: &str) -> FieldStatus {
    empties(x.is_empty(), y.is_empty()).unwrap_or_else(|| agree(a, b, x == y))
}

/// Texts by a key made of each; equal texts, the usual case, have one.
fn keyed(a: &str, b: &str, key: fn(&str) -> String) -> FieldStatus {
    let x = key(a);
    if a == b { folded(a, b, &x, &x) } else { folded(a, b, &x, &key(b)) }
}

/// Sets of values; `None` is an unusable one.
///
/// One side holding all values of the other and more is [`FieldStatus::EqualNormalized`]: values of such a field are
/// united, so nothing is lost and nobody has to choose. Sets of which each has a value of its own differ.
fn sets<T: Ord>(
    a: &str,
    b: &str,
    x: impl Iterator<Item = Option<T>>,
    y: impl Iterator<Item = Option<T>>,
) -> FieldStatus {
    let collect = |values: &mut dyn Iterator<Item = Option<T>>| {
        let mut broken = false;
        let mut set: Vec<T> = values
            .filter_map(|v| {
                broken |= v.is_none();
                v
            })
            .collect();
        set.sort_unstable();
        set.dedup();
        (set, broken)
    };
    let (x, x_broken) = collect(&mut { x });
    let (y, y_broken) = collect(&mut { y });
    if (x.is_empty() && x_broken) || (y.is_empty() && y_broken) {
        return if a == b { FieldStatus::Equal } else { FieldStatus::Invalid };
    }
    let (less, more) = if x.len() <= y.len() { (&x, &y) } else { (&y, &x) };
    empties(x.is_empty(), y.is_empty())
        .unwrap_or_else(|| agree(a, b, less.iter().all(|v| more.binary_search(v).is_ok())))
}

/// Names of the two parties, persons by their parts.
fn names(crm: Party, onec: Party) -> FieldStatus {
    let shown = |p: Party| match p.text(Field::Name) {
        "" => p.parties.display_name(p.at),
        name => name.to_owned(),
    };
    let (a, b) = (shown(crm), shown(onec));
    let (pa, pb) = (crm.parties, onec.parties);
    let (i, j) = (crm.at, onec.at);
    if let Some(status) = empties(text::means_none(&a), text::means_none(&b)) {
        return status;
    }
    let same = if crm.is_person() && onec.is_person() {
        // An initial is a way to write a name, and so is leaving the patronymic out; the part itself is compared in its
        // own field. «Иванович Пётр Орлов»: the same words in an order that hides what is what.
        let (x, y) = (pa.patronymic.get(i), pb.patronymic.get(j));
        pa.surname.get(i) == pb.surname.get(j)
            && part_agrees(pa.given.get(i), pb.given.get(j))
            && (x.is_empty() || y.is_empty() || part_agrees(x, y))
            || same_words(pa.core.get(i), pb.core.get(j))
    } else {
        same_words(pa.core.get(i), pb.core.get(j)) && same_form(pa.form[i], pb.form[j])
    };
    agree(&a, &b, same)
}

/// Parts of a name agree: equal, or one is the initial of the other.
fn part_agrees(a: &str, b: &str) -> bool {
    let initial = |short: &str, long: &str| short.chars().count() == 1 && long.starts_with(short);
    a == b || initial(a, b) || initial(b, a)
}

/// Names of companies: words in any order, and the legal form.
fn company_names(a: &str, b: &str) -> FieldStatus {
    empties(text::means_none(a), text::means_none(b)).unwrap_or_else(|| {
        if a == b {
            return FieldStatus::Equal;
        }
        let (x, y) = (company::parse(a), company::parse(b));
        agree(a, b, same_words(&x.core, &y.core) && same_form(x.form, y.form))
    })
}

/// Equal words in any order; how a branch is called («Тверь филиал», «филиал в г. Тверь», «(Тверь)») does not count.
fn same_words(a: &str, b: &str) -> bool {
    fn sorted(text: &str) -> Vec<&str> {
        let mut words: Vec<&str> = text.split(' ').filter(|word| !BRANCH_WORDS.contains(word)).collect();
        words.sort_unstable();
        words
    }
    let words = sorted(a);
    a == b || !words.is_empty() && words == sorted(b)
}

/// Words that say «a branch» and not which one; folded.
const BRANCH_WORDS: [&str; 10] =
    ["ФИЛИАЛ", "ОБОСОБЛЕННОЕ", "ПОДРАЗДЕЛЕНИЕ", "ОП", "ПРЕДСТАВИТЕЛЬСТВО", "ОТДЕЛЕНИЕ", "В", "Г", "ГОР", "ГОРОД"];

/// A name without a form says nothing of it; two forms must be one.
fn same_form(a: LegalForm, b: LegalForm) -> bool {
    a == b || a.is_none() || b.is_none()
}

/// A sole trader is a natural person: systems that know only two kinds are not in conflict with those that know three.
fn kind_value(kind: PartyKind) -> PartyKind {
    if kind == PartyKind::SoleTrader { PartyKind::Person } else { kind }
}

/// Folded addresses without postcode and country, words in any order: so do systems write the parts.
fn addresses((a, crm): (&str, Party), (b, onec): (&str, Party), field: Field) -> FieldStatus {
    let (x, y) = (address_folded(a, crm, field), address_folded(b, onec, field));
    let words = |folded| {
        let mut words: Vec<&str> = str::split(folded, ' ')
            .filter(|w| !(w.is_empty() || w.len() == 6 && w.bytes().all(|b| b.is_ascii_digit())))
            .collect();
        words.sort_unstable();
        words
    };
    let (x, y) = (words(&*x), words(&*y));
    empties(x.is_empty(), y.is_empty()).unwrap_or_else(|| agree(a, b, x == y))
}

/// An address folded; the registered one was folded when the record was read.
fn address_folded<'a>(text: &str, party: Party<'a>, field: Field) -> Cow<'a, str> {
    let raw = party.parties.raw.get(Field::Address, party.at);
    if field == Field::Address && !text.is_empty() && raw.len() == text.len() {
        return party.parties.address.get(party.at).into();
    }
    let (mut folded, mut town) = (String::new(), String::new());
    address::parse_into(text, &mut folded, &mut town);
    folded.into()
}

fn country_key(raw: &str) -> String {
    let folded = some_fold(raw);
    if kind::is_russia(&folded) { "РОССИЯ".to_owned() } else { folded }
}

/// Folded text, empty when it stands for no value.
fn some_fold(raw: &str) -> String {
    if text::means_none(raw) { String::new() } else { text::fold(raw) }
}

fn letters_and_digits(raw: &str) -> String {
    let mut folded = some_fold(raw);
    folded.retain(|c| c != ' ');
    folded
}

fn gender(raw: &str) -> Value<Sex> {
    if text::means_none(raw) {
        return Value::Empty;
    }
    match person::sex_from_text(raw) {
        Some(sex) => Value::Valid(sex),
        None => Value::invalid(raw, crate::model::Defect::Characters),
    }
}

fn biks(raw: &str) -> impl Iterator<Item = Option<crate::model::Bik>> + '_ {
    raw.split(['\n', ',', ';']).filter_map(|part| match bank_account::parse_bik(part) {
        Value::Empty => None,
        Value::Valid(bik) => Some(Some(bik)),
        Value::Invalid { .. } => Some(None),
    })
}

/// Hosts of web addresses without scheme, `www.` and path.
fn hosts(raw: &str) -> impl Iterator<Item = Option<String>> + '_ {
    raw.split(['\n', ',', ';', ' ']).filter(|part| !text::means_none(part)).map(|part| {
        let lower = part.trim().to_lowercase();
        let host = lower.split_once("://").map_or(lower.as_str(), |(_, rest)| rest);
        let host = host.split(['/', '?', '#', ':']).next().unwrap_or_default();
        let host = host.strip_prefix("www.").unwrap_or(host).trim_end_matches('.');
        let ascii = idna::domain_to_ascii(host).ok()?;
        ascii.contains('.').then_some(ascii)
    })
}
