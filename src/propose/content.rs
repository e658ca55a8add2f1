//! What a column holds, judged by its values and not by its heading.

use crate::model::{Bik, Entity, Field, Inn, Kpp, Ogrn, TextColumn};
use crate::normalize::{self, person};

/// Values looked at: spread over the whole column, enough for a share.
const SAMPLE: usize = 400;
/// Fewer values than this prove nothing.
const FEWEST: usize = 3;
/// Share of values, in percent, that must be of a kind.
pub const SURE: usize = 90;
/// Share of names with a legal form from which a column holds companies: sole traders and short names have none.
const FORMS: usize = 40;
/// Share of names of persons from which a column holds people.
const PERSONS: usize = 70;

/// Non-empty values spread over a column.
pub fn sample(cells: &TextColumn) -> Vec<&str> {
    let filled = cells.filled();
    let step = filled.div_ceil(SAMPLE).max(1);
    cells.iter().filter(|text| !text.is_empty()).step_by(step).map(str::trim).collect()
}

/// Percent of values for which `holds`; 0 of too few values.
fn share(values: &[&str], holds: impl Fn(&str) -> bool) -> usize {
    if values.len() < FEWEST { 0 } else { 100 * values.iter().filter(|v| holds(v)).count() / values.len() }
}

/// A kind of value that shows itself.
type Mark = (Field, fn(&str) -> bool);

/// Values with control digits or a form of their own, the strictest first. Free texts and dates stand not here: only
/// a heading tells a birthday from a day of change.
const MARKS: &[Mark] = &[
    (Field::Email, is_email),
    (Field::Inn, is_inn),
    (Field::Ogrn, |v| Ogrn::parse(v).is_ok()),
    (Field::Snils, is_snils),
    (Field::BankAccount, |v| v.len() == 20 && v.starts_with(['3', '4']) && v.bytes().all(|b| b.is_ascii_digit())),
    (Field::Bik, |v| v.starts_with("04") && Bik::parse(v).is_ok()),
    (Field::Kpp, is_kpp),
    (Field::Phone, is_phone),
    (Field::Website, |v| v.starts_with("http://") || v.starts_with("https://") || v.starts_with("www.")),
];

/// The field that at least [`SURE`] percent of the values show, and the share.
pub fn field_of(values: &[&str]) -> Option<(Field, usize)> {
    MARKS.iter().map(|(field, is)| (*field, share(values, is))).find(|(_, share)| *share >= SURE)
}

/// Percent of the values that could stand in a field; `None` for fields whose values show nothing.
pub fn fits(values: &[&str], field: Field) -> Option<usize> {
    if values.len() < FEWEST {
        return None;
    }
    MARKS.iter().find(|(of, _)| *of == field).map(|(_, is)| share(values, is))
}

/// What the names of a column say about its records.
pub fn entity_of_names(values: &[&str]) -> Option<Entity> {
    if share(values, |v| !normalize::company::form_of(v).is_none()) >= FORMS {
        return Some(Entity::Counterparty);
    }
    let persons = share(values, |v| person::parse(v, person::Trust::ByShape).is_some());
    (persons >= PERSONS).then_some(Entity::Contact)
}

/// Codes of 1C: padded with zeros, or with a prefix («00-000045», «ФЛ-000030»).
pub fn are_codes(values: &[&str]) -> bool {
    let is_code = |v: &str| {
        let digits = v.rsplit('-').next().unwrap_or(v);
        (v.contains('-') || v.starts_with('0')) && digits.len() >= 6 && digits.bytes().all(|b| b.is_ascii_digit())
    };
    share(values, |v| v.chars().count() <= 15 && is_code(v)) >= SURE
}

fn is_email(v: &str) -> bool {
    v.contains('@') && normalize::email::parse_all(v).iter().all(|e| e.value.is_valid())
}

/// Control digits agree, as they stand or with the zero that a spreadsheet lost.
fn is_inn(v: &str) -> bool {
    let digits = v.bytes().all(|b| b.is_ascii_digit());
    digits && (Inn::parse(v).is_ok() || (matches!(v.len(), 9 | 11) && Inn::parse(&format!("0{v}")).is_ok()))
}

fn is_snils(v: &str) -> bool {
    let digits = v.bytes().filter(u8::is_ascii_digit).count();
    digits == 11 && v.contains('-') && normalize::snils::parse(v).value.is_valid()
}

/// A KPP has no control digits: the reason of registration must be one that most units have.
fn is_kpp(v: &str) -> bool {
    Kpp::parse(v)
        .is_ok_and(|kpp| matches!(kpp.reason(), "01" | "02" | "43" | "44" | "45" | "50") && !v.starts_with("00"))
}

fn is_phone(v: &str) -> bool {
    let digits = v.bytes().filter(u8::is_ascii_digit).count();
    let begins = v.starts_with(['+', '8', '7', '9', '(']);
    let plain = v.chars().all(|c| !c.is_alphabetic() || "добвнext.".contains(c));
    (10..=24).contains(&digits)
        && begins
        && plain
        && normalize::phone::parse_all(v).iter().any(|p| p.value.is_valid())
        && !is_inn(v)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_show_their_field() {
        let check = |values: &[&str], expected: Option<Field>| {
            assert_eq!(field_of(values).map(|(field, _)| field), expected, "{values:?}");
        };
        check(&["7707083893", "500100732259", "3697384059"], Some(Field::Inn));
        // Nine of ten are enough, eight are not.
        let mut inns = vec!["7707083893"; 9];
        inns.push("нет");
        check(&inns, Some(Field::Inn));
        inns.push("нет");
        check(&inns, None);
        check(&["770701001", "781301001", "230945001"], Some(Field::Kpp));
        check(&["123456789", "987654321", "111222333"], None);
        check(&["+7 (495) 012-34-56", "8 916 123-45-67", "74950123456 доб. 12"], Some(Field::Phone));
        check(&["a@b.example", "c@d.example", "e@f.example"], Some(Field::Email));
        check(&["40702810109008087356", "40702810809007436307", "40802810000000000001"], Some(Field::BankAccount));
        check(&["https://a.example", "http://b.example", "www.c.example"], Some(Field::Website));
        // Two values prove nothing, however good.
        check(&["7707083893", "3697384059"], None);
        check(&["01.02.1980", "02.03.1981", "03.04.1982"], None);
        check(&[], None);
    }

    #[test]
    fn names_show_their_entity() {
        assert_eq!(entity_of_names(&["ООО «Ромб»", "Вектор АО", "ИП Седов"]), Some(Entity::Counterparty));
        assert_eq!(entity_of_names(&["Седов Иван Петрович", "Седова Ольга", "Ёжиков И.П."]), Some(Entity::Contact));
        assert_eq!(entity_of_names(&["Болт М8", "Гайка М8", "Шайба"]), None);
    }

    #[test]
    fn codes_of_1c_are_told_from_numbers() {
        assert!(are_codes(&["00-000045", "00-000046", "ФЛ-000030"]));
        assert!(are_codes(&["000000045", "000000046", "000000047"]));
        assert!(!are_codes(&["45", "46", "1047"]));
    }

    #[test]
    fn a_sample_is_spread_over_the_column() {
        let texts: Vec<String> = (0..10_000).map(|n| if n % 2 == 0 { n.to_string() } else { String::new() }).collect();
        let cells: TextColumn = texts.iter().map(String::as_str).collect();
        let values = sample(&cells);
        assert!(values.len() <= SAMPLE && values.len() > SAMPLE / 2);
        assert_eq!((values[0], values.contains(&"0")), ("0", true));
        assert!(values.iter().any(|v| v.parse::<u32>().unwrap() > 9000));
    }
}
