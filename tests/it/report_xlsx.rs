//! The workbook: agrees with the model cell by cell, holds texts as texts, opens in LibreOffice.

use std::io::Read;
use std::path::Path;
use std::process::Command;

use calamine::{Data, Reader, Xlsx, open_workbook};
use sverka::model::Lang;
use sverka::report::cell::Kind;
use sverka::report::{ReportModel, model, xlsx};

use crate::report_html::{HOSTILE, hostile};
use crate::samples::audited;
use crate::tools;

fn write(model: &ReportModel, folder: &Path) -> std::path::PathBuf {
    let path = folder.join("report.xlsx");
    xlsx::write(model, &path).unwrap();
    path
}

/// Text of a cell as the reader gives it.
fn text(data: Option<&Data>) -> String {
    match data {
        None | Some(Data::Empty) => String::new(),
        Some(Data::String(s)) => s.clone(),
        Some(Data::Float(f)) => f.to_string(),
        Some(Data::Int(i)) => i.to_string(),
        Some(other) => format!("{other:?}"),
    }
}

#[test]
fn every_cell_is_the_models() {
    let folder = tempfile::tempdir().unwrap();
    for lang in [Lang::Ru, Lang::En] {
        for outcome in [audited("trade", lang), &hostile()] {
            let model = model::build(outcome);
            let mut book: Xlsx<_> = open_workbook(write(&model, folder.path())).unwrap();
            for queue in model.queues() {
                let sheet = book.worksheet_range(&queue.title).unwrap();
                for (column, c) in queue.columns.iter().enumerate() {
                    assert_eq!(text(sheet.get_value((0, column as u32))), c.title);
                }
                for (at, row) in queue.rows().enumerate() {
                    for (column, cell) in row.iter().enumerate() {
                        let got = text(sheet.get_value((at as u32 + 1, column as u32)));
                        let whole = match cell.number {
                            Some(n) => n.to_string(),
                            None => cell.text.clone(),
                        };
                        if whole.chars().count() > 32_000 {
                            assert!(
                                whole.starts_with(&got[..60_000]) && got.contains("50\u{202f}000"),
                                "cut, and said so"
                            );
                            continue;
                        }
                        assert_eq!(got, whole, "{} {at} {}", queue.title, queue.columns[column].title);
                    }
                }
                assert_eq!(sheet.height(), queue.len + 1, "{}", queue.title);
            }
        }
    }
}

/// The parts of the workbook whose names begin so, one after another.
fn parts(path: &Path, prefix: &str) -> String {
    let mut zip = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
    let mut out = String::new();
    for at in 0..zip.len() {
        let mut part = zip.by_index(at).unwrap();
        if part.name().unwrap().starts_with(prefix) {
            part.read_to_string(&mut out).unwrap();
        }
    }
    out
}

#[test]
fn texts_stay_texts() {
    let folder = tempfile::tempdir().unwrap();
    let outcome = hostile();
    let path = write(&model::build(&outcome), folder.path());
    let sheets = parts(&path, "xl/worksheets/");
    assert!(!sheets.contains("<f>") && !sheets.contains("<f "), "no formula anywhere");
    assert!(!parts(&path, "xl/worksheets/_rels/").contains("example.com"), "no link out of a value");
    let mut book: Xlsx<_> = open_workbook(&path).unwrap();
    let only = book.worksheet_range("Только в 1С").unwrap();
    let names: Vec<String> = (1..=9).map(|row| text(only.get_value((row, 2)))).collect();
    assert_eq!(names[..8], HOSTILE[..8]);
    assert_eq!(names[8], "‹U+202E›fdp.exe [31m");
    assert_eq!(only.get_value((1, 1)), Some(&Data::String("000".to_owned())), "a leading zero is kept");
}

#[test]
fn people_can_work_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let outcome = audited("trade", Lang::Ru);
    let model = model::build(outcome);
    let path = write(&model, folder.path());
    let sheets = parts(&path, "xl/worksheets/");
    let lists = model.queues().len();
    assert_eq!(sheets.matches("<autoFilter").count(), lists);
    assert_eq!(sheets.matches("state=\"frozen\"").count(), lists);
    // Duplicates, links, drift and findings ask; hidden columns take no typing.
    let queues = model.queues();
    let keys = queues.iter().flat_map(|q| &q.columns).filter(|c| c.kind == Kind::Key).count();
    assert_eq!(sheets.matches("<dataValidation type=\"list\"").count(), 4);
    assert_eq!(sheets.matches("<dataValidation type=\"custom\"").count(), keys);
    assert!(keys > 10 && sheets.matches("<formula1>FALSE</formula1>").count() == keys);
    for answers in [
        "объединить,основная,не дубль,оставить,пропустить",
        "одно и то же,разное,пропустить",
        "верно в CRM,верно в 1С,пропустить",
        "принять,пропустить",
    ] {
        assert!(sheets.contains(answers), "{answers}");
    }
    assert_eq!(sheets.matches("<conditionalFormatting").count(), 4);
    assert!(sheets.matches("hidden=\"1\"").count() > 0);
    assert_eq!(parts(&path, "xl/charts/").matches("<c:barChart>").count(), 2);
    let again = folder.path().join("again.xlsx");
    xlsx::write(&model, &again).unwrap();
    assert!(std::fs::read(&path).unwrap() == std::fs::read(&again).unwrap(), "equal models give equal bytes");
}

#[test]
fn a_long_list_goes_on_on_the_next_sheet() {
    let folder = tempfile::tempdir().unwrap();
    let outcome = hostile();
    let model = model::build(&outcome);
    let path = folder.path().join("split.xlsx");
    let size = xlsx::Size { sheet: 7, ..xlsx::Size::default() };
    xlsx::write_sized(&model, std::fs::File::create(&path).unwrap(), size).unwrap();
    let mut book: Xlsx<_> = open_workbook(&path).unwrap();
    let findings = model.queues().into_iter().find(|q| q.id == "findings").unwrap();
    let mut rows = Vec::new();
    for name in ["Находки", "Находки 2", "Находки 3"] {
        let sheet = book.worksheet_range(name).unwrap();
        assert!(sheet.height() <= 5, "{name}");
        assert_eq!(text(sheet.get_value((0, 0))), "Важность");
        rows.extend((1..sheet.height() as u32).map(|row| text(sheet.get_value((row, 20)))));
    }
    let ids: Vec<String> = findings.rows().map(|r| r[20].text.clone()).collect();
    assert_eq!(rows, ids);
    assert!(book.worksheet_range("Находки 4").is_err());
}

/// What the sheet does not hold it says, with the file that does; the rows before are as they were.
#[test]
fn a_list_that_ends_early_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let outcome = hostile();
    let model = model::build(&outcome);
    let path = folder.path().join("cut.xlsx");
    let size = xlsx::Size { list: 4, ..xlsx::Size::default() };
    xlsx::write_sized(&model, std::fs::File::create(&path).unwrap(), size).unwrap();
    let mut book: Xlsx<_> = open_workbook(&path).unwrap();
    let summary = book.worksheet_range("Сводка").unwrap();
    let told: Vec<String> = summary.used_cells().map(|(_, _, cell)| text(Some(cell))).collect();
    let (mut cut, mut whole) = (0, 0);
    for queue in model.queues() {
        let sheet = book.worksheet_range(&queue.title).unwrap();
        if queue.stored.is_empty() || queue.len <= 4 {
            assert_eq!(sheet.height(), queue.len + 1, "{}", queue.title);
            whole += 1;
            continue;
        }
        cut += 1;
        assert_eq!(sheet.height(), 7, "{}: heading, four rows, an empty one and the remark", queue.title);
        let last = text(sheet.get_value((6, 0)));
        assert!(last.contains(queue.stored[0]) && last.contains(&format!("Остальные {}", queue.len - 4)), "{last}");
        assert!(told.iter().any(|lead| lead.starts_with(&queue.lead) && lead.ends_with(&last)), "{last}");
        let fourth: Vec<String> = queue.row(3).into_iter().map(|c| c.text).collect();
        assert!(fourth.contains(&text(sheet.get_value((4, 3)))), "{}", queue.title);
        assert_eq!(text(sheet.get_value((5, 0))), "");
    }
    assert!(cut >= 2 && whole >= 2, "{cut} lists end early, {whole} do not");
}

/// LibreOffice opens it without repair, and shows what the model says.
#[test]
fn libreoffice_reads_the_same() {
    if !tools::have(&["soffice"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let outcome = hostile();
    let model = model::build(&outcome);
    let path = write(&model, folder.path());
    let profile = format!("-env:UserInstallation=file://{}", folder.path().join("profile").display());
    // 44 comma, 34 quote, 76 UTF-8, then: cells as shown, no formulas, every sheet into a file of its own.
    let filter = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1";
    let done = Command::new("soffice")
        .args(["--headless", &profile, "--convert-to", filter, "--outdir"])
        .args([folder.path(), &path])
        .output()
        .unwrap();
    assert!(done.status.success(), "{done:?}");
    for queue in model.queues() {
        let file = folder.path().join(format!("report-{}.csv", queue.title));
        let csv = std::fs::read_to_string(&file).unwrap_or_else(|e| panic!("{}: {e}", queue.title));
        for row in queue.rows() {
            for cell in row.iter().filter(|c| c.number.is_none() && c.text.chars().count() < 30_000) {
                assert!(csv.contains(&cell.text.replace('"', "\"\"")), "{}: {}", queue.title, cell.text);
            }
        }
    }
}
