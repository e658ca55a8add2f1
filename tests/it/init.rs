//! `sverka init` and `sverka inspect` as people run them.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use sverka::audit::{Plan, Silent, audit};
use sverka::config;
use sverka::outcome::Outcome;

fn sverka(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sverka")).current_dir(folder).args(arguments).output().unwrap()
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let (path, name) = (entry.path(), entry.file_name());
        // Runs that somebody made by hand are no part of the sample.
        if name == "runs" || name == "sverka.toml" {
            continue;
        }
        if path.is_dir() {
            copy(&path, &to.join(name));
        } else {
            std::fs::copy(&path, to.join(name)).unwrap();
        }
    }
}

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples").join(name)
}

/// The audit of a project on the day of the sample.
fn outcome(project: &Path) -> Outcome {
    let as_of = config::load(&sample("trade")).unwrap().as_of.unwrap();
    audit(&Plan::new(config::load(project).unwrap(), as_of), &Silent).unwrap()
}

/// Links, clusters and findings as text, in a fixed order.
fn found(outcome: &Outcome) -> [Vec<String>; 3] {
    let data = &outcome.data;
    let links = outcome
        .matching
        .links
        .iter()
        .map(|l| format!("{} {} {:?} {:?} {:.6}", data.key(l.a), data.key(l.b), l.decision, l.veto, l.weight));
    let clusters = outcome.matching.clusters.iter().map(|c| {
        let mut keys: Vec<String> = c.members.iter().map(|r| data.key(*r)).collect();
        keys.sort();
        keys.join(" ")
    });
    let findings = outcome.findings.iter().map(|f| {
        let mut keys: Vec<String> = f.records().map(|r| data.key(r)).collect();
        keys.sort();
        format!("{} {:?} {} {}", f.check, f.severity, keys.join(" "), f.message)
    });
    let sorted = |mut all: Vec<String>| {
        all.sort();
        all
    };
    [sorted(links.collect()), sorted(clusters.collect()), sorted(findings.collect())]
}

#[test]
fn proposed_projects_audit_as_the_committed_ones() {
    // What no file tells a person answers: the closed period, what a reservation has come to in 1C.
    const CLOSED: &[(&str, &str)] = &[("# [trade]", "[trade]"), ("# closed_until = ", "closed_until = \"2026-06-30\"")];
    const RESERVED: &[(&str, &str)] = &[("# \"Бронь\" = ", "\"Бронь\" = \"none\"")];
    for (name, answers) in
        [("trade", CLOSED), ("trade-clean", CLOSED), ("developer", RESERVED), ("developer-clean", RESERVED)]
    {
        let expected = found(&outcome(&sample(name)));
        assert!(expected[0].len() > 100, "{name}: {}", expected[0].len());
        let dir = tempfile::tempdir().unwrap();
        copy(&sample(name), dir.path());
        // The whole folder, and the files one by one.
        let mut files = vec!["init", "--force", "--out", "files.toml"];
        let list = sverka::propose::discover::files(&[dir.path().to_owned()]).unwrap();
        let list: Vec<String> = list.iter().map(|f| f.path.to_string_lossy().into_owned()).collect();
        files.extend(list.iter().map(String::as_str));
        for (arguments, project) in [(vec!["init", "."], "sverka.toml"), (files, "files.toml")] {
            let done = sverka(dir.path(), &arguments);
            assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
            let file = dir.path().join(project);
            let text = std::fs::read_to_string(&file).unwrap();
            let mut lines: Vec<&str> = text.lines().collect();
            for (asked, answer) in answers {
                let at = lines.iter().position(|line| line.starts_with(asked));
                lines[at.unwrap_or_else(|| panic!("{name}: {asked} is not asked\n{text}"))] = answer;
            }
            std::fs::write(&file, lines.join("\n")).unwrap();
            let proposed = outcome(&file);
            let got = found(&proposed);
            for (got, expected) in got.iter().zip(&expected) {
                let differ: Vec<_> = got.iter().filter(|l| !expected.contains(l)).take(5).collect();
                assert!(got == expected, "{name}: {differ:#?}");
            }
        }
    }
}

#[test]
fn a_generated_project_is_proposed_as_it_was_written() {
    use sverka::generate::{Folder, Layout, project_as};
    for layout in [Layout::Csv, Layout::Xlsx, Layout::CommerceMl] {
        let dir = tempfile::tempdir().unwrap();
        project_as(layout, 700, 3, &mut Folder::new(dir.path())).unwrap();
        let committed = config::load(dir.path()).unwrap();
        let done = sverka(dir.path(), &["init", "crm", "onec", "--out", "new.toml", "--lang", "en"]);
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        let proposed = config::load(&dir.path().join("new.toml")).unwrap();
        let sources = |config: &config::Config| {
            config.sources.iter().map(|s| (s.side, s.entity, s.path.clone(), s.columns.clone())).collect::<Vec<_>>()
        };
        assert_eq!(sources(&proposed), sources(&committed), "{layout:?}");
        // Every row becomes a record.
        let outcome = outcome(dir.path());
        for side in sverka::model::Side::BOTH {
            let counts = outcome.data.get(side).sources.iter().map(|s| (s.counts.read, s.counts.loaded));
            let (read, loaded) = counts.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
            assert_eq!((read, loaded), (700, 700), "{layout:?}, {side}");
        }
    }
}

#[test]
fn generate_says_what_it_made_and_overwrites_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let arguments = ["generate", "--rows", "700", "--seed", "5", "--format", "xlsx", "--out", "base"];
    let made = sverka(dir.path(), &arguments);
    let said = String::from_utf8(made.stdout).unwrap();
    assert!(made.status.success() && said.contains("Записей: CRM 700, 1С 700"), "{said}");
    assert!(dir.path().join("base/onec/counterparties.xlsx").exists());
    let again = sverka(dir.path(), &arguments);
    assert_eq!(again.status.code(), Some(2));
    assert!(String::from_utf8(again.stderr).unwrap().contains("уже есть"));
}

#[test]
fn an_existing_project_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    copy(&sample("trade-clean"), dir.path());
    std::fs::write(dir.path().join("sverka.toml"), "mine").unwrap();
    let refused = sverka(dir.path(), &["init", "crm", "onec"]);
    let message = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert!(message.contains("--force") && message.lines().count() == 1, "{message}");
    assert_eq!(std::fs::read(dir.path().join("sverka.toml")).unwrap(), b"mine");
    assert!(sverka(dir.path(), &["init", "crm", "onec", "--force"]).status.success());
    assert!(config::load(dir.path()).is_ok());
    // Nothing usable: nothing written.
    std::fs::write(dir.path().join("goods.csv"), "Артикул;Цена\nА-1;5\n").unwrap();
    let empty = sverka(dir.path(), &["init", "goods.csv", "--out", "goods.toml"]);
    assert_eq!(empty.status.code(), Some(2));
    assert!(!dir.path().join("goods.toml").exists());
    let missing = sverka(dir.path(), &["init", "nothing.csv", "--out", "x.toml"]);
    assert_eq!(missing.status.code(), Some(2));
}

#[test]
fn inspect_prints_one_object_a_file() {
    let done =
        sverka(&sample("trade"), &["inspect", "--json", "crm/companies.csv", "onec/suppliers.xml", "sverka.toml.no"]);
    assert_eq!(done.status.code(), Some(2), "the third cannot be read");
    assert_eq!(String::from_utf8(done.stderr).unwrap().lines().count(), 1);
    let lines: Vec<Value> =
        String::from_utf8(done.stdout).unwrap().lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(lines.len(), 2);
    assert_eq!(keys(&lines[0]), ["file", "format", "version", "encoding", "tables"]);
    let table = &lines[0]["tables"][0];
    assert_eq!(keys(table), ["entity", "rows", "loaded", "left_out", "quarantined", "columns"]);
    assert_eq!(
        (&table["entity"], &table["rows"], &table["loaded"], &table["left_out"], &table["quarantined"]),
        (&"counterparty".into(), &217.into(), &215.into(), &1.into(), &1.into())
    );
    let inn = table["columns"].as_array().unwrap().iter().find(|c| c["field"] == "inn").unwrap();
    assert_eq!(keys(inn), ["heading", "field", "reason", "filled", "fill_rate", "examples"]);
    assert!(inn["fill_rate"].as_f64().unwrap() > 0.9 && inn["examples"].as_array().unwrap().len() == 3);
    assert_eq!((lines[1]["format"].as_str(), lines[1]["version"].as_str()), (Some("commerceml"), Some("2.10")));

    let text = |arguments: &[&str]| String::from_utf8(sverka(&sample("trade"), arguments).stdout).unwrap();
    let shown = text(&["inspect", "crm/companies.csv"]);
    assert!(shown.contains("карантин: строка 218: нет кода записи"), "{shown}");
    assert!(shown.contains("Реквизит: ИНН → ИНН") && shown.contains("Айсберг"), "{shown}");
    let masked = text(&["inspect", "--mask", "crm/companies.csv"]);
    assert!(!masked.contains("Айсберг") && masked.contains("ААА \"Ааааааа-Аааа\""), "{masked}");
}
