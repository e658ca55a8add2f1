//! What the command line says when it cannot run.

use std::process::{Command, Output};

fn sverka(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sverka")).args(arguments).output().unwrap()
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
