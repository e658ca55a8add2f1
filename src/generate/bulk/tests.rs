use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex};

use super::super::noise::Noise;
use super::*;
use crate::ingest::{self, Input};
use crate::model::{Email, Inn, Kpp, Ogrn, Phone};

type Files = Arc<Mutex<BTreeMap<String, Vec<u8>>>>;

struct Memory(Files);

struct Part(Files, String);

impl Write for Part {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().entry(self.1.clone()).or_default().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Sink for Memory {
    fn file(&mut self, path: &str) -> io::Result<Box<dyn Write + Send>> {
        Ok(Box::new(Part(self.0.clone(), path.to_owned())))
    }
}

fn made(layout: Layout, rows: usize, seed: u64) -> (Counts, BTreeMap<String, Vec<u8>>) {
    let files = Files::default();
    let counts = project_as(layout, rows, seed, &mut Memory(files.clone())).unwrap();
    (counts, Arc::try_unwrap(files).unwrap().into_inner().unwrap())
}

/// Rows of a file of the truth; none of their cells holds a comma.
fn truth<'f>(files: &'f BTreeMap<String, Vec<u8>>, path: &str) -> Vec<Vec<&'f str>> {
    std::str::from_utf8(&files[path]).unwrap().lines().skip(1).map(|line| line.split(',').collect()).collect()
}

/// Records of every source, read as sverka reads them: key → heading → text.
fn records(layout: Layout, files: &BTreeMap<String, Vec<u8>>) -> BTreeMap<String, HashMap<String, String>> {
    let kinds = ["crm:counterparty", "crm:contact", "onec:counterparty", "onec:contact"];
    let mut out = BTreeMap::new();
    for (path, kind) in paths(layout).iter().zip(kinds) {
        let (_, extract) = ingest::read(&Input::from_bytes(path, files[*path].clone()), None).unwrap();
        assert!(extract.quarantined.is_empty() && extract.left_out.is_empty(), "{path}");
        for table in extract.tables.iter().filter(|table| table.kind.is_empty() || table.kind == "Контрагент")
        {
            for row in 0..table.len() {
                let cells: HashMap<String, String> = table
                    .columns
                    .iter()
                    .enumerate()
                    .map(|(at, column)| (column.heading.clone(), table.get(at, row).to_owned()))
                    .collect();
                let id = ["ID", "Код", "Ид"].iter().find_map(|heading| cells.get(*heading)).unwrap();
                assert!(out.insert(format!("{kind}:{id}"), cells).is_none(), "{path}: an id twice");
            }
        }
    }
    out
}

#[test]
fn the_seed_decides_and_every_layout_holds_the_same_world() {
    let (counts, csv) = made(Layout::Csv, 2000, 7);
    assert_eq!((counts.crm, counts.onec), (2000, 2000));
    assert_eq!(csv, made(Layout::Csv, 2000, 7).1);
    assert_ne!(csv["truth.csv"], made(Layout::Csv, 2000, 8).1["truth.csv"]);
    assert_eq!(truth(&csv, "truth.csv").len(), counts.truth);
    assert_eq!(truth(&csv, "traps.csv").len(), counts.traps);

    let names = |layout, files: &BTreeMap<String, Vec<u8>>| {
        let mut names: Vec<String> = records(layout, files)
            .into_iter()
            .map(|(key, mut cells)| {
                let name = ["Наименование", "ФИО", "Название компании", "Фамилия"].map(|h| cells.remove(h));
                format!("{} {}", &key[..5], name.into_iter().flatten().collect::<String>())
            })
            .collect();
        names.sort();
        names
    };
    let expected = names(Layout::Csv, &csv);
    assert_eq!(expected.len(), 4000);
    for layout in [Layout::Xlsx, Layout::CommerceMl] {
        let (again, files) = made(layout, 2000, 7);
        assert_eq!(files, made(layout, 2000, 7).1, "{layout:?}: the same bytes");
        assert_eq!((again.truth, again.traps), (counts.truth, counts.traps));
        let mut found = names(layout, &files);
        // CommerceML has the surname beside the name.
        if layout == Layout::CommerceMl {
            assert_eq!(found.len(), expected.len());
            continue;
        }
        found.sort();
        assert!(found == expected, "{layout:?}");
    }
}

#[test]
fn the_truth_names_written_records_and_excludes_the_traps() {
    for layout in [Layout::Csv, Layout::CommerceMl] {
        let (_, files) = made(layout, 5000, 1);
        let written: HashSet<String> = records(layout, &files).into_keys().collect();
        assert_eq!(written.len(), 10_000);
        let rows = truth(&files, "truth.csv");
        let matched: HashSet<(&str, &str)> = rows.iter().map(|row| (row[0], row[1])).collect();
        assert_eq!(matched.len(), rows.len(), "a pair twice");
        let traps = truth(&files, "traps.csv");
        assert!(traps.len() > 500 && rows.len() > 3000);
        for row in rows.iter().chain(&traps) {
            assert!(written.contains(row[0]) && written.contains(row[1]) && row[0] != row[1], "{row:?}");
            assert!(row[0].starts_with("crm") || row[1].starts_with("onec"), "{row:?}");
        }
        assert!(traps.iter().all(|row| !matched.contains(&(row[0], row[1])) && !matched.contains(&(row[1], row[0]))));
        for row in truth(&files, "noise.csv") {
            assert!(written.contains(row[0]), "{row:?}");
        }
        let cross: HashSet<(&str, &str)> = rows.iter().filter(|row| row[2] == "cross").map(|r| (r[0], r[1])).collect();
        let with_pair: HashSet<&str> = cross.iter().flat_map(|(a, b)| [*a, *b]).collect();
        for row in truth(&files, "drift.csv") {
            match row[3] {
                "only-crm" | "only-onec" => {
                    let key = if row[0].is_empty() { row[1] } else { row[0] };
                    assert!(written.contains(key) && !with_pair.contains(key), "{row:?}");
                }
                _ => assert!(cross.contains(&(row[0], row[1])), "{row:?}"),
            }
        }
    }
}

#[test]
fn every_noise_and_every_trap_is_there() {
    let (_, files) = made(Layout::Csv, 20_000, 3);
    let seen: HashSet<&str> = truth(&files, "noise.csv").iter().map(|row| row[2]).collect();
    let missing: Vec<&str> = Noise::ALL.iter().map(|n| n.code()).filter(|code| !seen.contains(code)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    // A small world has all of the traps too.
    let (_, files) = made(Layout::Csv, groups::ROWS_FOR_ALL, 3);
    let reasons: HashSet<&str> = truth(&files, "traps.csv").iter().map(|row| row[2]).collect();
    let expected = [
        "branch",
        "inn-differs",
        "namesake",
        "family",
        "number-differs",
        "shared-contact",
        "phone-passed-on",
        "foreign-inn",
    ];
    for reason in expected {
        assert!(reasons.contains(reason), "{reason}: {reasons:?}");
    }
}

/// Shares that MATCHING of this project is judged by.
#[test]
fn shares_are_as_declared() {
    let (counts, files) = made(Layout::Csv, 40_000, 5);
    let share = |part: usize, whole: usize| part as f64 / whole as f64;
    let bare = share(counts.without_identifier, counts.cross);
    assert!((0.07..0.09).contains(&bare), "pairs without a common identifier: {bare}");
    let lost = share(counts.unfindable, counts.truth);
    assert!((0.01..0.06).contains(&lost), "pairs without evidence: {lost}");
    let records = records(Layout::Csv, &files);
    let companies = records.iter().filter(|(key, _)| key.starts_with("crm:counterparty"));
    let russian: Vec<_> = companies.filter(|(_, cells)| !cells["Название компании"].contains("Trading")).collect();
    let without = russian.iter().filter(|(_, cells)| cells["Реквизит: ИНН"].is_empty()).count();
    let without = share(without, russian.len());
    assert!((0.13..0.17).contains(&without), "companies without INN: {without}");
    let rows = truth(&files, "truth.csv");
    let paired: HashSet<&str> = rows.iter().filter(|row| row[2] == "cross").map(|row| row[0]).collect();
    let single = 1.0 - share(paired.len(), 40_000);
    assert!((0.09..0.17).contains(&single), "one-sided in the CRM: {single}");
}

/// What noise did not touch is valid.
#[test]
fn clean_values_are_valid() {
    let (_, files) = made(Layout::Csv, 5000, 11);
    let mut noisy: HashSet<(&str, &str)> = HashSet::new();
    let rows = truth(&files, "noise.csv");
    for row in &rows {
        noisy.insert((row[0], row[1]));
    }
    let mut seen = HashMap::new();
    for (key, cells) in records(Layout::Csv, &files) {
        for (heading, text) in cells {
            let last = heading.rsplit(": ").next().unwrap();
            let digits = || text.chars().filter(char::is_ascii_digit).collect::<String>();
            let (field, valid) = match last {
                "ИНН" => ("inn", Inn::parse(&text).is_ok()),
                "КПП" => ("kpp", Kpp::parse(&text).is_ok()),
                "ОГРН" => ("ogrn", Ogrn::parse(&text).is_ok()),
                "Рабочий e-mail" | "E-mail" => ("email", Email::parse(&text).is_ok()),
                "Рабочий телефон" | "Мобильный телефон" | "Телефон" => {
                    ("phone", Phone::parse(&digits(), None).is_ok())
                }
                _ => continue,
            };
            if !text.is_empty() && !noisy.contains(&(key.as_str(), field)) {
                assert!(valid, "{key} {heading}");
                *seen.entry(field).or_insert(0) += 1;
            }
        }
    }
    assert!(seen.len() == 5 && seen.values().all(|&n| n > 1000), "{seen:?}");
}

#[test]
fn sizes_at_the_edge() {
    for rows in [0, MAX_ROWS + 1] {
        assert!(matches!(
            project(rows, 1, &mut Memory(Files::default())),
            Err(GenerateError::Rows { rows: got }) if got == rows
        ));
    }
    let (counts, _) = made(Layout::Csv, 1, 1);
    assert_eq!((counts.crm, counts.onec), (1, 1));
}
