//! What words of one system mean in the other, as a start for a person: statuses of property, users.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::SeenTable;
use super::project::{ask, comment, quoted};
use crate::config::{TradeConfig, UnitStatus};
use crate::model::{Lang, Side};
use crate::normalize::text;

/// Tables of each side.
pub(super) type Sides<'a> = [Vec<&'a SeenTable>; 2];

/// Beginnings of words that say where a unit on sale stands, folded; the first that is found decides.
const STATUS_WORDS: &[(&str, UnitStatus)] = &[
    ("ОПЦИОН", UnitStatus::Reserved),
    ("БРОН", UnitStatus::Reserved),
    ("РЕЗЕРВ", UnitStatus::Reserved),
    ("RESERV", UnitStatus::Reserved),
    ("BOOK", UnitStatus::Reserved),
    ("РЕАЛИЗОВ", UnitStatus::Sold),
    ("ПРОДАН", UnitStatus::Sold),
    ("ВЫКУПЛЕН", UnitStatus::Sold),
    ("ПЕРЕДАН", UnitStatus::Sold),
    ("SOLD", UnitStatus::Sold),
    ("ДДУ", UnitStatus::Ddu),
    ("ДОГОВОР", UnitStatus::Ddu),
    ("РЕГИСТРАЦ", UnitStatus::Ddu),
    ("ОФОРМЛ", UnitStatus::Ddu),
    ("CONTRACT", UnitStatus::Ddu),
    ("СВОБОД", UnitStatus::Free),
    ("ДОСТУП", UnitStatus::Free),
    ("AVAILABLE", UnitStatus::Free),
];

/// Where such a unit stands, when a word says so and none denies it.
fn status_of(raw: &str) -> Option<UnitStatus> {
    let folded = text::fold(raw);
    let mut words = folded.split(' ');
    if words.clone().any(|word| matches!(word, "НЕ" | "БЕЗ" | "СНЯТ" | "СНЯТА" | "СНЯТО" | "NOT")) {
        return None;
    }
    words.find_map(|word| STATUS_WORDS.iter().find(|(begin, _)| word.starts_with(begin)).map(|(_, status)| *status))
}

/// Statuses of property that an audit does not know by itself.
pub(super) fn statuses(out: &mut String, sides: &Sides, lang: Lang) {
    let usual = TradeConfig::default();
    for side in Side::BOTH {
        let mut seen: Vec<&str> = Vec::new();
        for status in sides[side as usize].iter().flat_map(|table| &table.statuses) {
            if usual.unit_status(side, status).is_none() && !seen.contains(&status.as_str()) {
                seen.push(status);
            }
        }
        let (known, unknown): (Vec<&str>, Vec<&str>) = seen.into_iter().partition(|status| status_of(status).is_some());
        let table = format!("[map.object_status.{side}]\n");
        let states = UnitStatus::ALL.map(UnitStatus::as_str).join(", ");
        if !known.is_empty() {
            let what = lang.pick(
                "Что значит статус объекта, узнано по его названию: проверьте. Бывает",
                "What a status of property means, known by its words: look it through. It may be",
            );
            comment(out, &format!("{}: {what} {states}", side.title(lang)));
            out.push_str(&table);
            for status in &known {
                let state = status_of(status).map_or("", UnitStatus::as_str);
                let _ = writeln!(out, "{} = \"{state}\"", quoted(status));
            }
            out.push('\n');
        }
        if !unknown.is_empty() {
            let what = lang.pick(
                "что значат эти статусы объектов? Уберите # и впишите одно из",
                "what do these statuses of property mean? Remove the # and write one of",
            );
            comment(out, &format!("{} {}: {what} {states}", ask(lang), side.title(lang)));
            if known.is_empty() {
                let _ = write!(out, "# {table}");
            }
            for status in unknown {
                let _ = writeln!(out, "# {} = \"\"", quoted(status));
            }
            out.push('\n');
        }
    }
}

/// Users of the CRM that 1C spells otherwise, with the user of 1C whose name says the same; of the others a person is asked.
pub(super) fn users(out: &mut String, sides: &Sides, lang: Lang) {
    let named = |side: Side| {
        let tables = &sides[side as usize];
        let users: BTreeMap<&str, &str> =
            tables.iter().flat_map(|t| &t.users).map(|(code, name)| (code.as_str(), name.as_str())).collect();
        let of =
            |text: &'_ str| users.get(text.to_lowercase().as_str()).map_or(text.to_owned(), |name| (*name).to_owned());
        let bearers: BTreeSet<String> = tables.iter().flat_map(|t| &t.responsible).map(|text| of(text)).collect();
        (bearers, users.into_values().map(str::to_owned).collect::<BTreeSet<String>>())
    };
    let (crm, _) = named(Side::Crm);
    let (mut onec, of_catalogue) = named(Side::Onec);
    onec.extend(of_catalogue);
    onec.retain(|name| name.chars().any(char::is_alphabetic) && name.len() != 36);
    if onec.is_empty() {
        return;
    }
    let known: BTreeSet<Vec<String>> = onec.iter().map(|name| words(name)).collect();
    let mut pairs: Vec<(&str, &str)> = Vec::new();
    let mut open: Vec<&str> = Vec::new();
    for name in crm.iter().filter(|name| !known.contains(&words(name))) {
        let alike: Vec<&String> = onec.iter().filter(|other| may_be_one(name, other)).collect();
        let rivals = |other: &str| crm.iter().filter(|one| may_be_one(one, other)).count();
        match alike[..] {
            [other] if rivals(other) == 1 => pairs.push((name, other)),
            _ => open.push(name),
        }
    }
    if !pairs.is_empty() {
        comment(
            out,
            lang.pick(
                "Ответственный в CRM = пользователь 1С, узнано по имени: проверьте",
                "Responsible person of the CRM = user of 1C, known by the name: look it through",
            ),
        );
        out.push_str("[map.user]\n");
        for (name, other) in &pairs {
            let _ = writeln!(out, "{} = {}", quoted(name), quoted(other));
        }
        out.push('\n');
    }
    if !open.is_empty() {
        let what = lang.pick(
            "кто это в 1С? Уберите # и впишите имя, как в 1С",
            "who are they in 1C? Remove the # and write the name as 1C has it",
        );
        comment(out, &format!("{} {what}", ask(lang)));
        if pairs.is_empty() {
            out.push_str("# [map.user]\n");
        }
        for name in open {
            let _ = writeln!(out, "# {} = \"\"", quoted(name));
        }
        out.push('\n');
    }
}

/// Words of a name in any order.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = text::fold(name).split(' ').filter(|w| !w.is_empty()).map(str::to_owned).collect();
    words.sort_unstable();
    words
}

/// Whether two names may be of one person: a word is common, and every other word of the shorter is a word of the
/// longer or its initial.
fn may_be_one(a: &str, b: &str) -> bool {
    let (mut a, mut b) = (words(a), words(b));
    if a.len() > b.len() {
        std::mem::swap(&mut a, &mut b);
    }
    let mut common = 0;
    a.retain(|word| {
        let Some(at) = b.iter().position(|other| other == word && word.chars().nth(2).is_some()) else { return true };
        b.remove(at);
        common += 1;
        false
    });
    let initials = a.iter().all(|word| {
        let fits = |other: &String| match (word.chars().count(), other.chars().count()) {
            (1, _) => other.starts_with(word.as_str()),
            (_, 1) => word.starts_with(other.as_str()),
            _ => false,
        };
        let Some(at) = b.iter().position(fits) else { return false };
        b.remove(at);
        true
    });
    initials && (common > 1 || common == 1 && !a.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_one_person() {
        for (a, b, expected) in [
            ("Ильина Вера", "Ильина Вера Петровна", true),
            ("Ильина Вера", "Ильина В.П.", true),
            ("Ильина В. П.", "Вера Ильина", true),
            ("Ильина Вера Петровна", "Ильина В.П.", true),
            ("Ильина Вера", "Ильина", false),
            ("Ильина Вера", "Ильина Валерия", false),
            ("Ильина Вера", "Ильин В.", false),
            ("12", "Ильина Вера", false),
            ("Ян Ли", "Ян Ли", false),
        ] {
            assert_eq!(may_be_one(a, b), expected, "{a} {b}");
        }
    }

    #[test]
    fn statuses_by_their_words() {
        for (text, expected) in [
            ("Опцион", Some("reserved")),
            ("Реализован", Some("sold")),
            ("Не реализован", None),
            ("Снят с брони", None),
            ("Ожидает регистрации ДДУ", Some("ddu")),
            ("Служебный", None),
        ] {
            assert_eq!(status_of(text).map(UnitStatus::as_str), expected, "{text}");
        }
    }
}
