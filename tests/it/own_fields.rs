//! `[matching.own]` and `[matching.blocking]` through the whole program: links, explanations, reports, masks.

use std::path::Path;
use std::process::Command;

fn sverka(arguments: &[&str], folder: &Path) -> (i32, String, String) {
    let out = Command::new(env!("CARGO_BIN_EXE_sverka")).args(arguments).current_dir(folder).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (out.status.code().unwrap(), text(out.stdout), text(out.stderr))
}

const CODE: &str = "КЛ-77104";

/// Cards that only a code of the customer brings together, in columns that no program could know.
fn project(matching: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, text: String| std::fs::write(folder.path().join(name), text).unwrap();
    put(
        "crm.csv",
        format!("ID;Название;Карта гостя;Скидка гостя\n1;ООО «Ромашка Василёк»;{CODE};5\n2;ООО «Вектор»;КЛ-90001;7\n"),
    );
    put(
        "onec.csv",
        "Код;Наименование;Реквизит 3;Реквизит 4\n00-1;Ромашка Василёк ООО;кл77104;5,0\n00-2;АО «Кедр»;КЛ-90001;7\n"
            .into(),
    );
    let source = |side: &str, code: &str, rate: &str| {
        format!(
            "[[source]]\nside = \"{side}\"\nentity = \"counterparty\"\npath = \"{side}.csv\"\n[source.columns]\n\
             own_1 = \"{code}\"\nown_2 = \"{rate}\"\n"
        )
    };
    let sources = source("crm", "Карта гостя", "Скидка гостя") + &source("onec", "Реквизит 3", "Реквизит 4");
    put("sverka.toml", format!("[project]\nname = \"П\"\nas_of = \"2026-11-24\"\n{sources}{matching}"));
    folder
}

const OWN: &str =
    "[matching.own]\nown_1 = { kind = \"identifier\", exact = 9.5 }\nown_2 = { kind = \"number\", different = -2 }\n";

fn explain(folder: &Path, a: &str, b: &str) -> String {
    let (status, text, errors) = sverka(&["explain", ".", a, b], folder);
    assert_eq!(status, 0, "{errors}");
    text
}

#[test]
fn own_fields_take_part_in_matching() {
    let folder = project(OWN);
    let text = explain(folder.path(), "crm:1", "onec:00-1");
    assert!(text.contains("+9.5  Своё поле 1: совпадает  [КЛ-77104] — [кл77104]"), "{text}");
    assert!(text.contains("Своё поле 2: совпадает  [5] — [5,0]"), "{text}");
    assert!(text.contains("Решение: auto"), "{text}");
    // The code alone merges nobody.
    let text = explain(folder.path(), "crm:2", "onec:00-2");
    assert!(text.contains("Своё поле 1: совпадает") && !text.contains("Решение: auto"), "{text}");
    assert!(text.contains("own-field"), "the code brought the pair: {text}");
    // Without the section they are columns like any other.
    let folder = project("");
    let text = explain(folder.path(), "crm:1", "onec:00-1");
    assert!(!text.contains("Своё поле") && !text.contains("Решение: auto"), "{text}");
}

#[test]
fn own_fields_are_shown_and_masked() {
    let folder = project(OWN);
    let path = folder.path();
    let (status, _, errors) = sverka(&["audit", ".", "--out", "full", "--quiet"], path);
    assert_eq!(status, 0, "{errors}");
    let page = std::fs::read_to_string(path.join("full/report.html")).unwrap();
    assert!(page.contains("Своё поле 1") && page.contains(CODE), "the page shows the field and its value");
    let (status, _, errors) = sverka(&["audit", ".", "--out", "masked", "--mask", "--quiet"], path);
    assert_eq!(status, 0, "{errors}");
    let page = std::fs::read_to_string(path.join("masked/report.html")).unwrap();
    assert!(page.contains("Своё поле 1"), "the page shows the field");
    assert!(!page.contains("77104"), "the page shows a value");
}

#[test]
fn a_rule_that_is_off_proposes_nothing() {
    let rules = |matching: &str| {
        let folder = project(matching);
        let (status, _, errors) = sverka(&["audit", ".", "--out", "run", "--quiet"], folder.path());
        assert_eq!(status, 0, "{errors}");
        let run = std::fs::read_to_string(folder.path().join("run/run.json")).unwrap();
        let run: serde_json::Value = serde_json::from_str(&run).unwrap();
        let rules = run["matching"]["rules"].as_array().unwrap().clone();
        rules.iter().map(|r| r["rule"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let has = |rules: &[String], name: &str| rules.iter().any(|rule| rule == name);
    let all = rules("");
    assert!(has(&all, "phone") && !has(&all, "own-field"), "{all:?}");
    let some = rules(&format!("{OWN}[matching.blocking]\nphone = \"off\"\n"));
    assert!(!has(&some, "phone") && has(&some, "own-field"), "{some:?}");
}
