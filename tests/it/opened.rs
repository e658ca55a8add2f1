//! What a run writes, opened by the programs that people open it with; and what the command line says when it cannot
//! run.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::tools::have;

fn sverka(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sverka")).args(arguments).output().unwrap()
}

fn audited(folder: &Path) -> PathBuf {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/trade");
    let out = folder.join("run");
    let done = sverka(&["audit", project.to_str().unwrap(), "--out", out.to_str().unwrap(), "--quiet"]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    out
}

#[test]
fn the_report_opens_in_chromium() {
    if !have(&["chromium"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let page = audited(folder.path()).join("report.html");
    let profile = folder.path().join("profile");
    let out = Command::new("chromium")
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"])
        .args(["--disable-component-update", "--disable-sync", "--enable-logging=stderr", "--virtual-time-budget=5000"])
        .arg(format!("--user-data-dir={}", profile.display()))
        .arg("--dump-dom")
        .arg(format!("file://{}", page.display()))
        .output()
        .unwrap();
    let dom = String::from_utf8_lossy(&out.stdout);
    let log = String::from_utf8_lossy(&out.stderr);
    assert!(dom.contains("Ромашка-Трейд") && dom.contains("cp-dup-inn-kpp"), "{log}");
    let console: Vec<&str> = log.lines().filter(|l| l.contains("CONSOLE")).collect();
    assert!(console.is_empty(), "{console:?}");
    assert!(std::fs::metadata(&page).unwrap().len() < 5 << 20);
}

#[test]
fn the_workbook_opens_in_libreoffice() {
    if !have(&["soffice"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let book = audited(folder.path()).join("report.xlsx");
    let out = Command::new("soffice")
        .arg(format!("-env:UserInstallation=file://{}/office", folder.path().display()))
        .args(["--headless", "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76", "--outdir"])
        .arg(folder.path())
        .arg(&book)
        .output()
        .unwrap();
    let text = std::fs::read_to_string(folder.path().join("report.csv"));
    let text = text.unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&out.stderr)));
    assert!(text.contains("Ромашка-Трейд"), "{text}");
}

#[test]
fn what_cannot_run_says_why_in_one_line_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().join("sverka.toml");
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    let head =
        "[project]\nname = \"Проба\"\n[[source]]\nside = \"crm\"\nentity = \"counterparty\"\npath = \"crm.csv\"\n";
    let onec = "[[source]]\nside = \"onec\"\nentity = \"counterparty\"\npath = \"onec.xlsx\"\n";
    write("crm.csv", "ID;Название компании\n1;ООО Проба\n".as_bytes());
    write("onec.xlsx", b"PK\x03\x04\x14\0\0\0\x08\0xl/workbook.xml cut short");
    for (text, words) in [
        (head.replace("crm.csv", "crn.csv"), ["строка 6", "возможно, «crm.csv»"]),
        (head.replace("entity", "entitty"), ["строка 5", "возможно, «entity»"]),
        (format!("{head}{onec}"), ["onec.xlsx", "сохраните заново"]),
        (format!("{head}[source.columns]\ninn = \"ИНН\"\n{onec}"), ["строка 3", "нет колонки «ИНН»"]),
    ] {
        std::fs::write(&project, &text).unwrap();
        let out = sverka(&["audit", folder.path().to_str().unwrap()]);
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        assert_eq!(out.status.code(), Some(2), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(words.iter().all(|w| said.contains(w)), "{said}");
        assert!(!folder.path().join("runs").exists());
    }
}
