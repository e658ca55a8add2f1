//! Readers over a folder of real exports, when there is one beside the repository: nothing of it is part of the project.
//!
//! `../shared/data/onec/README.md` says what each file holds, counted by other means; every count that it names is
//! compared with the tables of the reader. The table is printed, so that `cargo test readers_folder -- --nocapture` shows it.

use std::fs;
use std::path::{Path, PathBuf};

use sverka::ingest::{self, Extract, Input};

fn folder() -> Option<PathBuf> {
    let beside = std::env::var_os("SVERKA_EXPORTS").map(PathBuf::from);
    let folder = beside.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"));
    folder.is_dir().then_some(folder)
}

/// Words of the description and the kinds of rows that they count.
const COUNTED: [(&str, &[&str]); 11] = [
    ("goods(catalog)", &["Товар"]),
    ("offers", &["Предложение"]),
    ("price types", &["ТипЦены"]),
    ("account sections", &["Банк.СекцияРасчСчет"]),
    ("documents", &["Документ", "Банк.Документ"]),
    ("parties", &["Контрагент"]),
    ("lines", &["Документ.Товар", "УПД.Товар"]),
    ("UPD files", &["УПД"]),
    ("counterparties", &["Справочник.Контрагенты"]),
    ("products", &["Справочник.Номенклатура"]),
    ("own organisations", &["Справочник.Организации"]),
];

fn rows(extract: &Extract, kinds: &[&str]) -> usize {
    let tables = extract.tables.iter().filter(|table| kinds.contains(&table.kind.as_str()));
    tables.map(|table| table.len()).sum()
}

/// `goods(catalog) 540` in a description.
fn count_of(description: &str, word: &str) -> Option<usize> {
    description.split(", ").find_map(|part| part.strip_prefix(word)?.trim().split(' ').next()?.parse().ok())
}

#[test]
fn files_hold_what_their_readme_says() {
    let Some(folder) = folder().map(|folder| folder.join("onec")).filter(|folder| folder.is_dir()) else {
        println!("skipped: no folder of exports");
        return;
    };
    let readme = fs::read_to_string(folder.join("README.md")).unwrap();
    let mut wrong = Vec::new();
    let mut compared = 0;
    for line in readme.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let (name, path) = (cells[0].trim_matches('`'), folder.join(cells[0].trim_matches('`')));
        let Ok(input) = Input::open(&path, name) else { continue };
        let (format, extract) = match ingest::read(&input, None) {
            Ok(read) => read,
            Err(error) => {
                println!("{name}: refused: {error}");
                continue;
            }
        };
        let shape: Vec<String> = extract
            .tables
            .iter()
            .map(|t| format!("{} {}", if t.kind.is_empty() { "table" } else { &t.kind }, t.len()))
            .collect();
        println!("{name}: {format}: {}", shape.join(", "));
        let description = cells.get(5).copied().unwrap_or_default();
        for (word, kinds) in COUNTED {
            if let Some(expected) = count_of(description, word) {
                compared += 1;
                let got = rows(&extract, kinds);
                if got != expected {
                    wrong.push(format!("{name}: {word} {expected}, read {got}"));
                }
            }
        }
    }
    println!("counts compared: {compared}");
    assert!(compared > 50, "{compared}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What an entry of the README of the CRMs counts, and what it is not: fields of one record, commands of a batch.
fn records_of(description: &str) -> Option<usize> {
    let mut words = description.split([' ', ',']).filter(|word| !word.is_empty());
    let (number, word) = (words.next()?, words.next()?);
    let of_one = ["customer", "customerCorporate", "order", "users", "uploadedOrders", "запись", "ответов"];
    if of_one.contains(&word) { None } else { number.parse().ok() }
}

#[test]
fn files_of_crms_hold_what_their_readme_says() {
    let Some(folder) = folder().map(|folder| folder.join("crm")).filter(|folder| folder.is_dir()) else {
        println!("skipped: no folder of exports");
        return;
    };
    let readme = fs::read_to_string(folder.join("README.md")).unwrap();
    let (mut wrong, mut compared) = (Vec::new(), 0);
    for line in readme.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let Ok(input) = Input::open(&folder.join(cells[0]), cells[0]) else { continue };
        let (format, extract) = match ingest::read(&input, None) {
            Ok(read) => read,
            Err(error) => {
                println!("refused: {error}");
                continue;
            }
        };
        let shape: Vec<String> = extract
            .tables
            .iter()
            .map(|t| format!("{} {}", if t.kind.is_empty() { "table" } else { &t.kind }, t.len()))
            .collect();
        println!("{}: {format}: {}", cells[0], shape.join(", "));
        // A list with goods has a row for each of them; it becomes deals and rows.
        let divided = cells[0].contains("with_products");
        if let (Some(expected), Some(first), false) = (records_of(cells[3]), extract.tables.first(), divided) {
            compared += 1;
            if first.len() != expected {
                wrong.push(format!("{}: {expected}, read {}", cells[0], first.len()));
            }
        }
    }
    println!("counts compared: {compared}");
    assert!(compared > 45, "{compared}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
