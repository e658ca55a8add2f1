//! `audit --by-responsible`: every row is in the workbook of whoever answers for it, and answers come back from there.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use calamine::{Reader, open_workbook_auto};
use sverka::finding::Finding;
use sverka::model::{Entity, Field, Lang, RecordRef, Side};
use sverka::report::people::LISTS;
use sverka::report::{extracts, model};

use crate::decide::edited;
use crate::periodic::copy;
use crate::samples::audited;
use crate::world::{INN_A, INN_B, World, crm, onec};

/// Rows of each sheet that asks, by heading.
fn rows(book: &Path) -> BTreeMap<String, Vec<BTreeMap<String, String>>> {
    let mut out = BTreeMap::new();
    let mut book = open_workbook_auto(book).unwrap();
    for name in book.sheet_names() {
        let range = book.worksheet_range(&name).unwrap();
        let mut all = range.rows();
        let heads: Vec<String> = all.next().unwrap().iter().map(ToString::to_string).collect();
        let row = |cells: &[calamine::Data]| heads.iter().cloned().zip(cells.iter().map(ToString::to_string)).collect();
        out.insert(name, all.map(row).collect());
    }
    out
}

fn books(folder: &Path) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    all.sort();
    all
}

/// What tells a row from the others of its sheet.
fn key(row: &BTreeMap<String, String>) -> String {
    ["key_a", "key_b", "key_crm", "key_onec", "field", "Ид находки", "key"]
        .iter()
        .filter_map(|k| row.get(*k).map(String::as_str))
        .collect::<Vec<_>>()
        .join("|")
}

/// A file of Windows ends in no dot: «Кротов С.» has the file «Кротов С».
fn stem(person: &str) -> &str {
    person.trim_end_matches('.')
}

#[test]
fn every_row_is_with_whoever_answers_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let outcome = audited("trade", Lang::Ru);
    let model = model::build(outcome);
    let out = folder.path().join("by");
    std::fs::create_dir(&out).unwrap();
    let count = extracts::write_all(&model, &out).unwrap();
    let files = books(&out);
    assert_eq!(files.len(), count);
    // What each record's person is, by the sources alone.
    let person = |r: RecordRef| outcome.data.parties(r.side).raw.get(Field::Responsible, r.at()).trim().to_owned();
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in &files {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        for (sheet, rows) in rows(file) {
            if ["Сводка", "Справка"].contains(&sheet.as_str()) {
                continue;
            }
            for row in &rows {
                let keys = ["key_a", "key_b", "key_crm", "key_onec", "key"].iter().filter_map(|k| row.get(*k));
                let records: Vec<RecordRef> = keys.filter_map(|k| outcome.data.find(k)).collect();
                let own: BTreeSet<String> = records.iter().map(|&r| person(r)).filter(|p| !p.is_empty()).collect();
                let more = sheet == "Находки" || records.iter().any(|r| r.side == Side::Onec);
                assert!(
                    own.iter().any(|p| name == stem(p) || name == format!("сотрудник {p}"))
                        || more
                        || name == "без ответственного",
                    "{name} {sheet} {row:?}"
                );
                found.entry(sheet.clone()).or_default().insert(key(row));
            }
        }
    }
    let lists = model.queues();
    for queue in lists.iter().filter(|q| LISTS.contains(&q.id)) {
        let all: BTreeSet<String> = queue
            .rows()
            .map(|cells| {
                key(&queue.columns.iter().map(|c| c.title.clone()).zip(cells.into_iter().map(|c| c.text)).collect())
            })
            .collect();
        assert_eq!(found.get(&queue.title).unwrap_or(&BTreeSet::new()), &all, "{}", queue.title);
    }
    // The page and the sheet say how many.
    let people = lists.iter().find(|q| q.id == "people").unwrap();
    for row in people.rows() {
        let file = files.iter().find(|f| f.file_stem().unwrap().to_string_lossy() == stem(&row[0].text)).unwrap();
        let sheets = rows(file);
        let findings: f64 = row[1..5].iter().map(|c| c.number.unwrap()).sum();
        assert_eq!(sheets.get("Находки").map_or(0, Vec::len) as f64, findings, "{}", row[0].text);
        assert_eq!(sheets.get("Расхождения").map_or(0, Vec::len) as f64, row[6].number.unwrap(), "{}", row[0].text);
    }
}

#[test]
fn a_record_without_a_person_has_that_of_its_pair() {
    let of = |id: &str, who: &str| {
        [(Field::Id, id.to_owned()), (Field::Name, id.to_owned()), (Field::Responsible, who.to_owned())]
    };
    let mut world = World::new();
    for (side, id, who, inn) in [
        (Side::Crm, "1", " Иванова  М. П. ", INN_A),
        (Side::Crm, "2", "ИВАНОВА М. П.", INN_B),
        (Side::Crm, "3", "Con", INN_B),
        (Side::Onec, "4", "", INN_A),
        (Side::Onec, "5", "", INN_B),
    ] {
        let mut texts: Vec<(Field, String)> = of(id, who).to_vec();
        texts.push((Field::Inn, inn.to_owned()));
        let texts: Vec<(Field, &str)> = texts.iter().map(|(f, t)| (*f, t.as_str())).collect();
        world = world.add(side, Entity::Counterparty, &texts);
    }
    let mut outcome = world.cluster(&[crm(0), onec(0)]).build();
    outcome.drift.only_crm = vec![crm(1), crm(2)];
    outcome.drift.only_onec = vec![onec(1)];
    let finding = |r| Finding { check: "cp-inn-missing", ..Finding::record(r, "x".to_owned()) };
    outcome.findings = vec![finding(onec(0)), finding(crm(2)).other(crm(0))];
    let model = model::build(&outcome);
    let people = &model.index().people;
    let told: Vec<_> = people.people.iter().map(|p| (p.name.as_str(), p.rows.clone())).collect();
    assert_eq!(
        told,
        [
            ("Con", [vec![], vec![], vec![1], vec![], vec![1], vec![]]),
            ("Иванова М. П.", [vec![], vec![], vec![0], vec![], vec![0, 1], vec![]]),
            ("", [vec![], vec![], vec![], vec![0], vec![], vec![]]),
        ]
    );
    let folder = tempfile::tempdir().unwrap();
    extracts::write_all(&model, folder.path()).unwrap();
    let names: Vec<String> =
        books(folder.path()).iter().map(|p| p.file_name().unwrap().to_string_lossy().into_owned()).collect();
    assert_eq!(names, ["_Con.xlsx", "Иванова М. П.xlsx", "без ответственного.xlsx"]);
}

#[test]
fn answers_of_everybody_come_together() {
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().join("trade");
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/trade"), &project);
    let sverka = |arguments: &[&str]| {
        let done = Command::new(env!("CARGO_BIN_EXE_sverka")).args(arguments).output().unwrap();
        (done.status.code(), String::from_utf8(done.stdout).unwrap() + &String::from_utf8(done.stderr).unwrap())
    };
    let path = project.to_str().unwrap();
    let (code, out) = sverka(&["audit", path, "--by-responsible"]);
    assert!(code == Some(0) && out.contains("by-responsible"), "{out}");
    let mut answered = 0;
    for book in books(&project.join("runs/latest/by-responsible")) {
        let reviewed = folder.path().join(book.file_name().unwrap());
        let mut here = 0;
        edited(&book, &reviewed, |sheet, n, row| {
            if sheet == "Находки" && n == 1 {
                row.insert("Решение".into(), "принять".into());
                row.insert("Комментарий".into(), "после запуска".into());
                here += 1;
            }
        });
        let (code, out) =
            sverka(&["decide", reviewed.to_str().unwrap(), "--project", path, "--author", "Пряхина Вера"]);
        assert!(code == Some(0), "{out}");
        answered += here;
    }
    let text = std::fs::read_to_string(project.join("decisions.toml")).unwrap();
    // Two people may have been asked about one finding.
    let taken = text.matches("[[accept]]").count();
    assert!(answered >= 5 && taken > 2 && taken <= answered, "{answered} {text}");
}
