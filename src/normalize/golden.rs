//! What every reader makes of a list of texts: `tests/golden/values.txt`, a section for each reader, `text → value`.
//!
//! `UPDATE_GOLDEN=1 cargo test golden` rewrites what stands right of the arrows. A text may hold `\n` and `\u{a0}`.

use super::*;
use crate::model::{Entity, Value};

fn value<T: ToString>(value: &Value<T>) -> String {
    match value {
        Value::Empty => "empty".to_owned(),
        Value::Valid(valid) => valid.to_string(),
        Value::Invalid { raw, defect } => format!("{defect:?} of {raw}"),
    }
}

fn noted<T: ToString>(parsed: &Value<T>, notes: Notes) -> String {
    const NOTES: [(Notes, &str); 7] = [
        (Notes::LEADING_ZERO, "zero"),
        (Notes::DIRTY, "dirty"),
        (Notes::LOOKALIKE, "look-alike"),
        (Notes::COERCED, "coerced"),
        (Notes::SHARED_CELL, "shared"),
        (Notes::FORMAT, "format"),
        (Notes::SUSPECT, "suspect"),
    ];
    let notes: String = NOTES.iter().filter(|n| notes.has(n.0)).map(|n| format!(" +{}", n.1)).collect();
    value(parsed) + &notes
}

fn all<T: ToString>(entries: &[Noted<T>]) -> String {
    entries.iter().map(|e| noted(&e.value, e.notes)).collect::<Vec<_>>().join("; ")
}

fn sound(raw: &str) -> String {
    raw.split(' ')
        .map(|word| {
            let (mut skeleton, mut sounds) = (String::new(), String::new());
            translit::skeleton(word, &mut skeleton);
            translit::sounds(word, &mut sounds);
            format!("{skeleton} {sounds}")
        })
        .collect::<Vec<_>>()
        .join("; ")
}

fn name(parsed: Option<person::PersonName>) -> String {
    parsed.map_or("nobody".to_owned(), |n| format!("{}|{}|{}", n.surname, n.given, n.patronymic))
}

/// The three parts of a text, at its bars.
fn three(raw: &str) -> [&str; 3] {
    let mut parts = raw.split('|').map(str::trim);
    [(); 3].map(|()| parts.next().unwrap_or(""))
}

/// How a text reads.
type Reader = fn(&str) -> String;

const READERS: &[(&str, Reader)] = &[
    ("inn", |raw| {
        let inn::Parsed { value, notes, broken, kpp } = inn::parse(raw);
        let rest = kpp.map_or(String::new(), |kpp| format!(", kpp {kpp}"));
        noted(&value, notes) + &rest + &if broken == 0 { String::new() } else { format!(", digits {broken}") }
    }),
    ("kpp", |raw| noted(&kpp::parse(raw).value, kpp::parse(raw).notes)),
    ("ogrn", |raw| noted(&ogrn::parse(raw).value, ogrn::parse(raw).notes)),
    ("snils", |raw| noted(&snils::parse(raw).value, snils::parse(raw).notes)),
    ("bank account", |raw| all(&bank_account::parse_all(raw))),
    ("bik", |raw| match bank_account::parse_bik(raw) {
        // Its digits are seen nowhere else.
        Value::Valid(bik) => {
            let codes = format!("{bik:?}");
            codes.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse::<u8>().ok()).map(char::from).collect()
        }
        Value::Empty => "empty".to_owned(),
        Value::Invalid { defect, .. } => format!("{defect:?}"),
    }),
    ("phone", |raw| all(&phone::parse_all(raw))),
    ("email", |raw| all(&email::parse_all(raw))),
    ("date", |raw| value(&date::parse(raw))),
    ("moment", |raw| value(&moment::parse(raw))),
    ("amount", |raw| value(&amount::parse(raw))),
    ("decimal", |raw| {
        let of = |field| value(&decimal::parse(raw, field));
        format!("{}, as a quantity {}", of(Field::Amount), of(Field::Quantity))
    }),
    ("folded text", text::fold),
    ("sound", sound),
    ("cyrillic", translit::to_cyrillic),
    ("address", |raw| {
        let a = address::parse(raw);
        [a.postcode, a.region, a.town, a.street, a.house, a.folded].join("|")
    }),
    ("company", |raw| {
        let company::CompanyName { form, core } = company::parse(raw);
        let numbers = company::numbers(&core);
        let branch = if company::is_branch(&core) { ", a branch" } else { "" };
        format!("{form:?} {core}{branch}{}", if numbers.is_empty() { String::new() } else { format!(", {numbers:?}") })
    }),
    ("person", |raw| {
        let read = |trust| name(person::parse(raw, trust));
        format!("{}; by shape {}", read(person::Trust::Sure), read(person::Trust::ByShape))
    }),
    ("parts of a person", |raw| {
        let [last, first, patronymic] = three(raw);
        let name = person::from_parts(last, first, patronymic);
        let mut folded = String::new();
        person::fold_parts(last, first, patronymic, &mut folded);
        format!("{}|{}|{} of {folded}", name.surname, name.given, name.patronymic)
    }),
    ("sex", |raw| {
        let [surname, given, patronymic] = three(raw);
        format!("{:?}", person::sex(surname, given, patronymic))
    }),
    ("kind", |raw| format!("{:?}", kind::from_text(raw))),
    ("repair", |raw| match repair::repaired(raw) {
        Some((fixed, what)) => format!("{what:?}: {}", fixed.escape_debug()),
        None => "as it is".to_owned(),
    }),
    ("mixed word", |raw| repair::mixed_word(raw).unwrap_or("none").to_owned()),
    ("trial", |raw| {
        use test_record::{Named, is_test};
        let (raw, email) = raw.split_once(" | ").unwrap_or((raw, ""));
        let core = text::fold(raw);
        [Named::Person, Named::RegisteredFirm, Named::Firm]
            .into_iter()
            .filter(|&named| is_test(&core, email, named))
            .map(|named| format!("{named:?} "))
            .collect()
    }),
    ("no value", |raw| {
        let says = [text::means_none(raw), text::means_yes(raw), text::means_no(raw)];
        let words = ["nothing", "yes", "no"].into_iter().zip(says).filter(|w| w.1).map(|w| w.0);
        words.collect::<Vec<_>>().join(" ")
    }),
    ("unit", |raw| unit::parse(raw).map_or("none".to_owned(), |u| u.code.to_owned())),
    ("vat", |raw| format!("{:?}", vat::parse(raw))),
    ("currency", |raw| currency::parse(raw).unwrap_or("none").to_owned()),
    ("package", |raw| {
        package::parse(raw)
            .map(|p| format!("{:?} of {:?}", p.coefficient.map(|c| c.to_string()), p.unit))
            .collect::<Vec<_>>()
            .join("; ")
    }),
    ("article", goods::article_key),
    ("barcode", |raw| format!("{:?}", goods::barcode(raw))),
    ("goods", |raw| goods::name(raw).key()),
    ("numbers of goods", |raw| {
        let [a, b, _] = three(raw);
        format!(
            "{:?} {:?}",
            goods::numbers(&goods::name(a), &goods::name(b)),
            goods::numbers(&goods::name(b), &goods::name(a))
        )
    }),
    ("number of a paper", |raw| paper::number(raw).map_or("none".to_owned(), |n| format!("{}~{}", n.prefix, n.core))),
    ("references", |raw| {
        paper::references(raw)
            .iter()
            .map(|r| {
                let date = r.date.map_or(String::new(), |d| format!(" of {d}"));
                format!("{:?} {}~{}{date}", r.to, r.number.prefix, r.number.core)
            })
            .collect::<Vec<_>>()
            .join("; ")
    }),
    ("kind of a unit", |raw| format!("{:?}", property::kind(raw))),
    ("number of a unit", property::unit_number),
    ("building", |raw| format!("{:?}", property::building(raw))),
    ("section", property::section),
    ("floor", property::floor),
    ("project", property::project),
    ("contract", property::contract_number),
    ("contracts in a purpose", |raw| property::numbers_in_purpose(raw).join("; ")),
    ("shares", |raw| format!("{:?}, whole {:?}", property::shares(raw), property::shares(raw).whole())),
    ("cadastral", |raw| property::is_cadastral(raw).to_string()),
    ("kind of a party", |raw| {
        let parties = parties(
            {
                let mut records = Records::new(crate::model::Side::Onec);
                records.places.push(crate::model::Place::file("a.csv"));
                let mut texts: Vec<(Field, &str)> = Vec::new();
                let mut entity = Entity::Counterparty;
                for part in raw.split(" | ") {
                    match part.split_once('=') {
                        Some((code, text)) => texts.push((Field::parse(code).unwrap(), text)),
                        None => entity = Entity::Contact,
                    }
                }
                records.push(entity, (0, 2), &texts);
                records
            },
            &[],
        );
        let of = |name: &TextColumn| name.get(0).to_owned();
        let person = [&parties.surname, &parties.given, &parties.patronymic].map(of).join("|");
        format!("{:?} {:?} {person} core {}", parties.kind[0], parties.form[0], of(&parties.core))
    }),
];

/// The text that a line of the file stands for.
fn unescaped(line: &str) -> String {
    let (mut out, mut rest) = (String::new(), line);
    while let Some((before, after)) = rest.split_once('\\') {
        out += before;
        rest = match after.strip_prefix("u{").and_then(|code| code.split_once('}')) {
            Some((code, after)) => {
                out.extend(u32::from_str_radix(code, 16).ok().and_then(char::from_u32));
                after
            }
            None if after.starts_with('n') => {
                out.push('\n');
                &after[1..]
            }
            None => {
                out.push('\\');
                after
            }
        };
    }
    out + rest
}

#[test]
fn values() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/values.txt");
    let kept = std::fs::read_to_string(&path).unwrap().replace("\r\n", "\n");
    let (mut reader, mut found, mut sections) = (None, String::new(), Vec::new());
    for line in kept.lines() {
        if let Some(section) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
            reader = READERS.iter().find(|r| r.0 == section).map(|r| r.1);
            assert!(reader.is_some(), "no reader {section}");
            sections.push(section);
        }
        match (reader, line.split_once(" →")) {
            (Some(read), Some((raw, _))) => {
                // A shown value may hold a line feed and invisible characters of its own.
                let shown = read(&unescaped(raw)).replace('\n', "\\n").replace('\u{a0}', "\\u{a0}");
                found += format!("{raw} → {shown}").trim_end();
            }
            _ => found += line,
        }
        found.push('\n');
    }
    assert_eq!(sections, READERS.iter().map(|r| r.0).collect::<Vec<_>>());
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &found).unwrap();
        return;
    }
    let differing: Vec<_> = kept.lines().zip(found.lines()).filter(|(a, b)| a != b).collect();
    assert!(kept == found, "UPDATE_GOLDEN=1 cargo test golden, and read what changed: {differing:#?}");
}
