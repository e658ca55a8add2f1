//! Answers in the workbook → decisions.toml → the next audit.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use calamine::{Reader, open_workbook_auto};
use sverka::audit::{Plan, Silent, audit};
use sverka::decisions::{self, State};
use sverka::finding::Status;
use sverka::matching::{Decision, Survival};
use sverka::outcome::Outcome;
use sverka::{baseline, config, run};

use crate::periodic::copy;
use crate::tools;

/// A copy of the sample with a run.
fn project(folder: &Path) -> PathBuf {
    let project = folder.join("trade");
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/trade"), &project);
    audited(&project, "one");
    project
}

fn audited(project: &Path, name: &str) -> Outcome {
    let config = config::load(project).unwrap();
    let runs = project.join("runs");
    let baseline = run::latest(&runs).map(|r| baseline::load(&r).unwrap());
    let decisions = decisions::load(project).unwrap();
    let as_of = config.as_of.unwrap();
    let outcome = audit(&Plan { baseline, decisions, ..Plan::new(config, as_of) }, &Silent).unwrap();
    run::write(&outcome, &runs.join(name), "2026-11-24T00:00:00Z", &Silent).unwrap();
    run::point_latest(&runs.join(name)).unwrap();
    outcome
}

/// A row of a sheet by heading.
pub type Row = BTreeMap<String, String>;

/// The workbook as another program would save it after `edit` changed its rows: all cells as texts.
pub fn edited(from: &Path, to: &Path, mut edit: impl FnMut(&str, usize, &mut Row)) {
    let mut book = open_workbook_auto(from).unwrap();
    let mut out = rust_xlsxwriter::Workbook::new();
    for name in book.sheet_names() {
        let range = book.worksheet_range(&name).unwrap();
        let sheet = out.add_worksheet().set_name(&name).unwrap();
        let heads: Vec<String> = range.rows().next().unwrap().iter().map(ToString::to_string).collect();
        for (n, cells) in range.rows().enumerate() {
            let mut row: Row = heads.iter().cloned().zip(cells.iter().map(ToString::to_string)).collect();
            if n > 0 {
                edit(&name, n, &mut row);
            }
            for (column, head) in heads.iter().enumerate() {
                sheet.write_string(n as u32, column as u16, row.get(head).map_or("", String::as_str)).unwrap();
            }
        }
    }
    out.save(to).unwrap();
}

fn decide(workbook: &Path, project: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sverka"));
    command.arg("decide").arg(workbook).arg("--project").arg(project).args(["--author", "Иванова М. П."]);
    command.args(arguments).output().unwrap()
}

fn link(outcome: &Outcome, a: &str, b: &str) -> Option<Decision> {
    let (a, b) = (outcome.data.find(a).unwrap(), outcome.data.find(b).unwrap());
    outcome.matching.links.iter().find(|l| (l.a, l.b) == (a.min(b), a.max(b))).map(|l| l.decision)
}

#[test]
fn answers_are_checked_written_and_honoured() {
    let folder = tempfile::tempdir().unwrap();
    let project = project(folder.path());
    let book = folder.path().join("reviewed.xlsx");
    // What was answered: (answer, key a, key b).
    let mut said: Vec<(&str, String, String)> = Vec::new();
    let mut accepted = String::new();
    let mut repeated = None;
    let mut valued: Option<(String, String)> = None;
    edited(&project.join("runs/one/report.xlsx"), &book, |sheet, n, row| {
        let free = row.get("Решение").is_some_and(String::is_empty);
        match sheet {
            "Дубли" if free => {
                let cross = row["Где"].contains('↔');
                // The sample has this id twice.
                if [&row["key_a"], &row["key_b"]].into_iter().any(|k| k.starts_with("crm:counterparty:1399")) {
                    if repeated.is_none() {
                        repeated = Some(n + 1);
                        row.insert("Решение".into(), "объединить".into());
                    }
                    return;
                }
                let count = |answer: &str| said.iter().filter(|(a, ..)| *a == answer).count();
                let answer = match (cross, row["Группа"].is_empty()) {
                    (true, true) if count("объединить") == 0 => "объединить",
                    (true, true) if count("не дубль") == 0 => "не дубль",
                    (false, false) if count("основная") == 0 => "основная",
                    (false, false) if count("оставить") == 0 && said.iter().all(|s| s.2 != row["key_b"]) => {
                        "оставить"
                    }
                    _ => return,
                };
                row.insert("Решение".into(), answer.into());
                said.push((answer, row["key_a"].clone(), row["key_b"].clone()));
            }
            "Расхождения" if n == 1 => {
                row.insert("Решение".into(), "верно в 1С".into());
                valued = Some((row["key_crm"].clone(), row["field"].clone()));
            }
            "Расхождения" if n == 2 => drop(row.insert("Решение".into(), "верно у нас".into())),
            "Находки" if n == 1 => {
                row.insert("Решение".into(), "Принять".into());
                row.insert("Комментарий".into(), "Исправим после запуска".into());
                accepted = row["Ид находки"].clone();
            }
            "Находки" if n == 2 => drop(row.insert("Решение".into(), "принять".into())),
            "Находки" if n == 3 => {
                row.insert("Решение".into(), "принять".into());
                row.insert("Комментарий".into(), "нет её".into());
                row.insert("Ид находки".into(), "0000000000000000".into());
            }
            _ => {}
        }
    });
    assert_eq!(said.len(), 4, "{said:?}");
    let trial = decide(&book, &project, &["--dry-run"]);
    assert!(trial.status.code() == Some(2) && !project.join("decisions.toml").exists());
    let done = decide(&book, &project, &[]);
    let (out, errors) = (String::from_utf8(done.stdout).unwrap(), String::from_utf8(done.stderr).unwrap());
    assert_eq!(done.status.code(), Some(2), "{out}{errors}");
    assert!(out.starts_with("новых решений 7, изменено 0, уже были 0"), "{out}{errors}");
    let errors: Vec<&str> = errors.lines().collect();
    assert_eq!(errors.len(), 4, "{errors:?}");
    let cell = format!("лист «Дубли», ячейка Q{}: код записи", repeated.unwrap());
    let of_repeated = errors.iter().position(|e| e.contains(&cell)).unwrap();
    let errors: Vec<&str> = errors.into_iter().enumerate().filter(|(n, _)| *n != of_repeated).map(|(_, e)| e).collect();
    assert!(
        errors[0].contains("лист «Расхождения», ячейка L3: нет ответа «верно у нас»; возможно, «верно в 1С»"),
        "{errors:?}"
    );
    assert!(errors[1].contains("лист «Находки»") && errors[1].contains("причину"), "{errors:?}");
    assert!(errors[2].contains("такой находки в последнем прогоне нет"), "{errors:?}");

    // The next audit honours them.
    let second = audited(&project, "two");
    let states: Vec<State> = second.decisions.iter().map(|d| d.state).collect();
    assert!(states.iter().all(|s| *s == State::Applied), "{:?}", second.decisions);
    for (answer, a, b) in &said {
        let decision = link(&second, a, b);
        let expected = if matches!(*answer, "объединить" | "основная") {
            Decision::Accepted
        } else {
            Decision::Rejected
        };
        assert_eq!(decision, Some(expected), "{answer} {a} {b}");
    }
    let master = &said.iter().find(|s| s.0 == "основная").unwrap().1;
    let master = second.data.find(master).unwrap();
    let cluster = second.matching.clusters.iter().find(|c| c.members.contains(&master)).unwrap();
    assert_eq!(cluster.master(master.side), Some(master));
    let finding = second.findings.iter().find(|f| f.id.to_string() == accepted).unwrap();
    assert_eq!(finding.status, Status::Accepted);
    let (crm, field) = valued.unwrap();
    let crm = second.data.find(&crm).unwrap();
    let golden = second
        .matching
        .golden
        .iter()
        .find(|g| g.field.code() == field && second.matching.clusters[g.cluster as usize].members.contains(&crm));
    assert_eq!(golden.map(|g| g.rule), Some(Survival::Decided));

    // The same workbook once more changes nothing; an answer changed in it replaces the old one and nothing else.
    let text = std::fs::read_to_string(project.join("decisions.toml")).unwrap();
    let again = String::from_utf8(decide(&book, &project, &[]).stdout).unwrap();
    assert!(again.starts_with("новых решений 0, изменено 0, уже были 7"), "{again}");
    assert_eq!(std::fs::read_to_string(project.join("decisions.toml")).unwrap(), text);
    let changed = folder.path().join("changed.xlsx");
    edited(&book, &changed, |sheet, _, row| {
        if sheet == "Дубли" && row["Решение"] == "не дубль" {
            row.insert("Решение".into(), "объединить".into());
        }
    });
    let out = String::from_utf8(decide(&changed, &project, &[]).stdout).unwrap();
    assert!(out.starts_with("новых решений 0, изменено 1, уже были 6"), "{out}");
    let after = std::fs::read_to_string(project.join("decisions.toml")).unwrap();
    assert!(!after.contains("verdict = \"reject\"") && after.matches("[[link]]").count() == 4, "{after}");
}

/// A pair that is merged and kept apart through a third record, two answers to one question, two organisations.
#[test]
fn contradictions_are_refused_with_their_cells() {
    let folder = tempfile::tempdir().unwrap();
    let project = project(folder.path());
    let book = folder.path().join("reviewed.xlsx");
    let mut questions: Vec<(usize, String, String, String)> = Vec::new();
    edited(&project.join("runs/one/report.xlsx"), &book, |sheet, n, row| {
        if sheet == "Дубли" {
            questions.push((n, row["key_a"].clone(), row["key_b"].clone(), row["evidence"].clone()));
        }
    });
    // A second row asks the first question again; the third names no record.
    edited(&project.join("runs/one/report.xlsx"), &book, |sheet, n, row| {
        if sheet != "Дубли" {
            return;
        }
        let (_, a, b, evidence) = &questions[0];
        match n {
            1 => drop(row.insert("Решение".into(), "объединить".into())),
            2 => {
                row.extend(
                    [("key_a", a), ("key_b", b), ("evidence", evidence)].map(|(k, v)| (k.to_owned(), v.clone())),
                );
                row.insert("Решение".into(), "не дубль".into());
            }
            3 => {
                row.insert("key_a".into(), "crm:counterparty:нет-такой".into());
                row.insert("Решение".into(), "объединить".into());
            }
            4 => {
                row.insert("evidence".into(), "0000000000000000".into());
                row.insert("Решение".into(), "объединить".into());
            }
            _ => {}
        }
    });
    let done = decide(&book, &project, &[]);
    let errors = String::from_utf8(done.stderr).unwrap();
    assert_eq!(done.status.code(), Some(2));
    for (cell, why) in [
        ("Q2", "о том же иначе сказано в ячейке Q3"),
        ("Q3", "о том же иначе сказано в ячейке Q2"),
        ("Q4", "записи crm:counterparty:нет-такой в последнем прогоне нет"),
        ("Q5", "данные изменились после выпуска книги"),
    ] {
        let line = errors.lines().find(|l| l.contains(&format!("ячейка {cell}:")));
        assert!(line.is_some_and(|l| l.contains(why)), "{cell}: {errors}");
    }
    assert!(!project.join("decisions.toml").exists());
}

/// The workbook as it is, with texts typed into cells: only what was typed differs. `typed`: for a sheet and row the heading
/// and the text of each cell.
fn typed_into(from: &Path, to: &Path, mut typed: impl FnMut(&str, usize, &Row) -> Vec<(&'static str, &'static str)>) {
    let mut book = open_workbook_auto(from).unwrap();
    let mut sheets: BTreeMap<String, Vec<(usize, usize, &str)>> = BTreeMap::new();
    for (at, name) in book.sheet_names().into_iter().enumerate() {
        let range = book.worksheet_range(&name).unwrap();
        let heads: Vec<String> = range.rows().next().unwrap().iter().map(ToString::to_string).collect();
        for (n, cells) in range.rows().enumerate().skip(1) {
            let row: Row = heads.iter().cloned().zip(cells.iter().map(ToString::to_string)).collect();
            for (heading, text) in typed(&name, n, &row) {
                let column = heads.iter().position(|h| h == heading).unwrap();
                sheets.entry(format!("xl/worksheets/sheet{}.xml", at + 1)).or_default().push((n + 1, column, text));
            }
        }
    }
    let mut zip = zip::ZipArchive::new(std::fs::File::open(from).unwrap()).unwrap();
    let mut out = zip::ZipWriter::new(std::fs::File::create(to).unwrap());
    for at in 0..zip.len() {
        let (name, mut text) = {
            let mut part = zip.by_index(at).unwrap();
            let mut text = String::new();
            part.read_to_string(&mut text).unwrap();
            (part.name().unwrap().into_owned(), text)
        };
        for (row, column, answer) in sheets.get(&name).into_iter().flatten() {
            let from = text.find(&format!("<row r=\"{row}\">")).unwrap();
            let begin = text[from..].match_indices("<c").map(|(at, _)| from + at).nth(*column).unwrap();
            let end = begin + text[begin..].find("/>").unwrap() + 2;
            assert!(!text[begin..end - 2].contains('>'), "the cell is empty before: {}", &text[begin..end]);
            let cell = format!("{} t=\"inlineStr\"><is><t>{answer}</t></is></c>", &text[begin..end - 2]);
            text.replace_range(begin..end, &cell);
        }
        out.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        out.write_all(text.as_bytes()).unwrap();
    }
    out.finish().unwrap();
}

/// Goods: what a person says makes or breaks the link, and the question is not asked again.
#[test]
fn links_of_goods_are_decided() {
    let folder = tempfile::tempdir().unwrap();
    let project = project(folder.path());
    let book = folder.path().join("reviewed.xlsx");
    let mut said: Vec<(&str, String, String)> = Vec::new();
    edited(&project.join("runs/one/report.xlsx"), &book, |sheet, _, row| {
        if sheet != "Спорные связи" || !row["Где"].contains('↔') {
            return;
        }
        // A record answered once only: twins fit the same record.
        let fresh = said.iter().all(|(_, a, b)| ![&row["key_a"], &row["key_b"]].iter().any(|k| [a, b].contains(k)));
        let answer = match said.len() {
            0 => "одно и то же",
            1 if fresh => "разное",
            // Of parties alone.
            2 if fresh => "основная",
            _ => return,
        };
        row.insert("Решение".into(), answer.into());
        said.push((answer, row["key_a"].clone(), row["key_b"].clone()));
    });
    assert_eq!(said.len(), 3, "{said:?}");
    let done = decide(&book, &project, &[]);
    let (out, errors) = (String::from_utf8(done.stdout).unwrap(), String::from_utf8(done.stderr).unwrap());
    assert!(out.starts_with("новых решений 2, "), "{out}{errors}");
    assert!(errors.contains("нет ответа «основная»; есть: одно и то же, разное, пропустить"), "{errors}");
    let outcome = audited(&project, "two");
    assert!(outcome.decisions.iter().all(|d| d.state == State::Applied), "{:?}", outcome.decisions);
    let decision = |at: usize| {
        let [a, b] = [&said[at].1, &said[at].2].map(|key| outcome.data.find(key).unwrap());
        outcome.pairing.between(a, b).map(|l| l.decision)
    };
    assert_eq!([decision(0), decision(1)], [Some(Decision::Accepted), Some(Decision::Rejected)]);
    let asked = sverka::report::index::Index::new(&outcome).ties;
    let asks = |at: usize| {
        let [a, b] = [&said[at].1, &said[at].2].map(|key| outcome.data.find(key).unwrap());
        asked.iter().any(|&t| (outcome.pairing.links()[t as usize].a, outcome.pairing.links()[t as usize].b) == (a, b))
    };
    assert!(!asks(0) && !asks(1) && asks(2));
    let explained = Command::new(env!("CARGO_BIN_EXE_sverka"))
        .arg("explain")
        .arg(&project)
        .args([&said[0].1, &said[0].2])
        .output()
        .unwrap();
    let text = String::from_utf8(explained.stdout).unwrap();
    assert!(text.contains("Решение: ") && text.contains(&said[0].1), "{text}");
}

/// Every kind of answer typed into the workbook, which LibreOffice then saves in its own way, as XLSX and as ODS.
#[test]
fn a_workbook_saved_by_libreoffice_is_read() {
    if !tools::have(&["soffice"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let project = project(folder.path());
    let book = folder.path().join("reviewed.xlsx");
    let mut cross = ["объединить", "не дубль", "пропустить"].into_iter();
    let mut within = ["объединить", "основная", "не дубль", "оставить", "пропустить"].into_iter();
    let mut values = ["верно в CRM", "верно в 1С", "пропустить"].into_iter();
    let mut findings = ["принять", "пропустить"].into_iter();
    let mut ties = ["одно и то же", "разное", "пропустить"].into_iter();
    let mut groups = Vec::new();
    typed_into(&project.join("runs/one/report.xlsx"), &book, |sheet, _, row| {
        let repeated = row.iter().any(|(k, v)| k.starts_with("key_") && v.starts_with("crm:counterparty:1399"));
        let answer = match sheet {
            "Дубли" if repeated => None,
            "Дубли" if row["Группа"].is_empty() => cross.next(),
            "Дубли" if !groups.contains(&row["key_b"]) => {
                groups.push(row["key_b"].clone());
                within.next()
            }
            "Расхождения" if !repeated => values.next(),
            "Находки" => findings.next(),
            "Спорные связи" => ties.next(),
            _ => None,
        };
        answer.map_or(Vec::new(), |answer| vec![("Решение", answer), ("Комментарий", "так решено")])
    });
    let left = cross.next().or(within.next()).or(values.next()).or(findings.next()).or(ties.next());
    assert!(left.is_none(), "every answer was given");
    // What arrives without LibreOffice in between.
    let decided = |book: &Path| {
        let done = decide(book, &project, &[]);
        let (out, errors) = (String::from_utf8(done.stdout).unwrap(), String::from_utf8(done.stderr).unwrap());
        assert_eq!(done.status.code(), Some(0), "{out}{errors}");
        let text = std::fs::read_to_string(project.join("decisions.toml")).unwrap();
        std::fs::remove_file(project.join("decisions.toml")).unwrap();
        (out, text)
    };
    let direct = decided(&book);
    // Two between the sides, four inside them of which one names a master too, two values, one finding, two links of goods.
    assert!(direct.0.starts_with("новых решений 12, изменено 0, уже были 0, пропущено 5"), "{}", direct.0);
    for format in ["ods", "xlsx"] {
        let out = folder.path().join(format);
        let done = Command::new("soffice")
            .arg(format!("-env:UserInstallation=file://{}/profile", folder.path().display()))
            .args(["--headless", "--convert-to", format, "--outdir"])
            .arg(&out)
            .arg(&book)
            .output()
            .unwrap();
        assert!(done.status.success());
        assert_eq!(decided(&out.join(format!("reviewed.{format}"))), direct, "{format}");
    }
}

#[test]
fn a_file_that_is_no_workbook_of_a_run_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let project = project(folder.path());
    let other = folder.path().join("other.xlsx");
    let mut book = rust_xlsxwriter::Workbook::new();
    book.add_worksheet().write_string(0, 0, "Решение").unwrap();
    book.save(&other).unwrap();
    let text = folder.path().join("text.xlsx");
    std::fs::write(&text, "Решение").unwrap();
    for (file, why) in [(&other, "нет листов с решениями"), (&text, "не книга Excel или LibreOffice")]
    {
        let done = decide(file, &project, &[]);
        let errors = String::from_utf8(done.stderr).unwrap();
        assert!(done.status.code() == Some(2) && errors.contains(why), "{errors}");
    }
}
