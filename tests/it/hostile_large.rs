//! Files that are hostile by their size: memory must follow what is in them, not what they say or repeat.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::bounded::{SVERKA, inspect, run};

const SECONDS: u64 = 240;

/// Sizes at their full under `SVERKA_FULL_SIZES`, which `.ci/run` sets: a debug build takes half a minute over each. What
/// memory a thing may take is a line in its size, so the smaller ones are held to the same rule.
fn size(reduced: u64, full: u64) -> u64 {
    if std::env::var_os("SVERKA_FULL_SIZES").is_some() { full } else { reduced }
}

fn written(path: &Path, fill: impl FnOnce(&mut BufWriter<File>)) -> u64 {
    let mut out = BufWriter::new(File::create(path).unwrap());
    fill(&mut out);
    out.into_inner().unwrap().metadata().unwrap().len()
}

/// One line of 200 MB, or of 70, past the length from which files are read in blocks, is one record that cannot be used. Memory
/// is that of the line and no more than three times it, whatever its length.
#[test]
fn a_line_without_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("line.csv");
    let piece = "ООО Ромашка ".repeat(1 << 13);
    let length = written(&path, |out| {
        out.write_all("ID;Название компании\n1;Ель\n2;".as_bytes()).unwrap();
        for _ in 0..(size(70, 200) << 20) / piece.len() as u64 {
            out.write_all(piece.as_bytes()).unwrap();
        }
        out.write_all("\n3;Сосна\n".as_bytes()).unwrap();
    });
    assert!(length > 65 << 20);
    let project = "[project]\nname = \"п\"\nas_of = \"2026-11-24\"\n\
        [[source]]\nside = \"crm\"\nentity = \"counterparty\"\npath = \"line.csv\"\n\
        [[source]]\nside = \"onec\"\nentity = \"counterparty\"\npath = \"onec.csv\"\n";
    std::fs::write(folder.path().join("sverka.toml"), project).unwrap();
    std::fs::write(folder.path().join("onec.csv"), "Код;Наименование\n1;Ель\n").unwrap();
    // An audit reads long files in blocks.
    let ran = run(Command::new(SVERKA).args(["audit", "--json"]).arg(folder.path()), SECONDS);
    let run: Value = serde_json::from_str(ran.done()).unwrap();
    let source = &run["sources"][0]["rows"];
    assert_eq!(
        (&source["read"], &source["loaded"], &source["quarantined"]),
        (&3.into(), &2.into(), &1.into()),
        "{source}"
    );
    ran.within(3 * (length >> 20) + 150);
}

/// One answer of a CRM with all of its records: memory holds the columns and a piece, not the file, most of which is names
/// of fields that are empty.
#[test]
fn an_answer_without_end() {
    let folder = tempfile::tempdir().unwrap();
    let empty: String = (0..260).map(|n| format!(",\"UF_CRM_{}\":null", 1_700_000_000 + n)).collect();
    let rows = 26_000u64;
    let length = written(&folder.path().join("answer.json"), |out| {
        write!(out, "{{\"result\":[").unwrap();
        for n in 0..rows {
            let comma = if n == 0 { "" } else { "," };
            write!(out, "{comma}\n{{\"ID\":\"{n}\",\"TITLE\":\"Ель {n}\",\"COMPANY_TYPE\":\"CUSTOMER\"{empty}}}")
                .unwrap();
        }
        write!(out, "],\"total\":{}}}", rows + 1).unwrap();
    });
    assert!(length > 150 << 20, "{length}");
    std::fs::write(folder.path().join("onec.csv"), "Код;Наименование\n1;Ель\n").unwrap();
    let project = "[project]\nname = \"п\"\nas_of = \"2026-11-24\"\n\
        [[source]]\nside = \"crm\"\npath = \"answer.json\"\n\
        [[source]]\nside = \"onec\"\nentity = \"counterparty\"\npath = \"onec.csv\"\n";
    std::fs::write(folder.path().join("sverka.toml"), project).unwrap();
    let ran = run(Command::new(SVERKA).args(["audit", "--json"]).arg(folder.path()), SECONDS);
    let run: Value = serde_json::from_str(ran.done()).unwrap();
    let source = &run["sources"][0];
    assert_eq!(source["rows"]["loaded"], rows, "{source}");
    // The total behind the records is that of all of them.
    assert_eq!(source["partial"], true, "{source}");
    ran.within(length >> 20);
}

/// More columns than any program has are refused, whatever the format.
#[test]
fn columns_without_end() {
    let folder = tempfile::tempdir().unwrap();
    let count = 1_000_000;
    let csv = folder.path().join("wide.csv");
    written(&csv, |out| {
        for n in 0..count {
            write!(out, "К{n};").unwrap();
        }
        writeln!(out).unwrap();
        out.write_all(&b"1;".repeat(count)).unwrap();
    });
    let json = folder.path().join("wide.json");
    written(&json, |out| {
        write!(out, "[{{\"id\":1").unwrap();
        for n in 0..count {
            write!(out, ",\"k{n}\":1").unwrap();
        }
        write!(out, "}}]").unwrap();
    });
    let html = folder.path().join("wide.html");
    written(&html, |out| {
        write!(out, "<table><tr>{}</tr></table>", "<td>1</td>".repeat(count)).unwrap();
    });
    // A line of text has no columns until its heading is read: it is a row that cannot be used.
    let ran = inspect(&csv, SECONDS);
    let told: Value = serde_json::from_str(ran.within(300).done()).unwrap();
    let table = &told["tables"][0];
    assert_eq!((&table["rows"], &table["loaded"], &table["quarantined"]), (&2.into(), &0.into(), &2.into()), "{table}");
    for path in [json, html] {
        let ran = inspect(&path, SECONDS);
        let said = ran.within(300).refused();
        assert!(said.contains("превышен предел"), "{said}");
    }
}

/// Cells that are long, and all of one thing: what reads a value goes through it once.
#[test]
fn cells_of_one_thing_repeated() {
    let folder = tempfile::tempdir().unwrap();
    let things = [
        "1 ",
        "+79161234567, ",
        "ООО ",
        "ул. ",
        "Иванов ",
        "a@b.ru;",
        "№ 12-",
        "«",
        "х",
        "0",
        "д.1 кв.2 ",
        "оглы-",
        ". ",
    ];
    let columns = [
        "ID",
        "Название компании",
        "Телефон",
        "E-mail",
        "ИНН",
        "КПП",
        "ОГРН",
        "Адрес",
        "Комментарий",
        "Расчетный счет",
        "Дата рождения",
    ];
    let mut text = columns.join(";") + "\n";
    for (at, thing) in things.iter().enumerate() {
        let long = thing.replace(';', ",").repeat((24 << 10) / thing.len());
        text.push_str(&format!("{at}"));
        for _ in 1..columns.len() {
            text.push_str(&format!(";{long}"));
        }
        text.push('\n');
    }
    std::fs::write(folder.path().join("crm.csv"), &text).unwrap();
    std::fs::write(folder.path().join("onec.csv"), text.replace("ID;Название компании", "Код;Наименование")).unwrap();
    let project = "[project]\nname = \"п\"\nas_of = \"2026-11-24\"\n\
        [[source]]\nside = \"crm\"\nentity = \"counterparty\"\npath = \"crm.csv\"\n\
        [[source]]\nside = \"onec\"\nentity = \"counterparty\"\npath = \"onec.csv\"\n";
    std::fs::write(folder.path().join("sverka.toml"), project).unwrap();
    let ran = run(Command::new(SVERKA).args(["audit", "--quiet"]).arg(folder.path()), SECONDS);
    ran.within(900).done();
}

/// Rows of the quarantine cost what they hold: no more than the file, and a name and a number for each.
#[test]
fn rows_without_end_in_the_quarantine() {
    let folder = tempfile::tempdir().unwrap();
    let rows = size(100_000, 1_000_000);
    let length = written(&folder.path().join("crm.csv"), |out| {
        writeln!(out, "ID;Название компании").unwrap();
        // A table as wide as its heading: what is wider below is no cell of it.
        (0..500).for_each(|n| writeln!(out, "{n};Ель").unwrap());
        for n in 0..rows {
            writeln!(out, "{n};а;б").unwrap();
        }
    });
    std::fs::write(folder.path().join("onec.csv"), "Код;Наименование\n1;Ель\n").unwrap();
    let project = "[project]\nname = \"п\"\nas_of = \"2026-11-24\"\n\
        [[source]]\nside = \"crm\"\nentity = \"counterparty\"\npath = \"crm.csv\"\n\
        [[source]]\nside = \"onec\"\nentity = \"counterparty\"\npath = \"onec.csv\"\n";
    std::fs::write(folder.path().join("sverka.toml"), project).unwrap();
    let ran = run(Command::new(SVERKA).args(["audit", "--json"]).arg(folder.path()), SECONDS);
    let run: Value = serde_json::from_str(ran.done()).unwrap();
    assert_eq!(run["sources"][0]["rows"]["quarantined"], rows, "{}", run["sources"][0]);
    // 600 bytes a row beside the file: its place, its reason, its line in the tables and in the workbook.
    ran.within((length >> 20) + ((rows * 600) >> 20) + 150);
}
