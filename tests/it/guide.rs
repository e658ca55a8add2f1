//! The guide tells the truth: its commands exist, the sheets it names are those of the workbook, its project parses.

use std::path::Path;
use std::process::Command;

use sverka::config;
use sverka::model::Lang;
use sverka::report::texts::Texts;

fn guide(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name)).unwrap()
}

/// Blocks of code in a language.
fn blocks<'t>(text: &'t str, language: &str) -> Vec<&'t str> {
    text.split(&format!("```{language}\n")).skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
}

#[test]
fn commands_exist() {
    for name in ["guide.md", "guide.ru.md"] {
        let text = guide(name);
        let lines: Vec<&str> =
            blocks(&text, "sh").into_iter().flat_map(str::lines).filter(|l| l.starts_with("sverka ")).collect();
        assert!(lines.len() >= 7, "{name}");
        for line in lines {
            let words: Vec<&str> = line.split_whitespace().skip(1).collect();
            let help = Command::new(env!("CARGO_BIN_EXE_sverka")).args([words[0], "--help"]).output().unwrap();
            assert!(help.status.success(), "{name}: {line}");
            let help = String::from_utf8(help.stdout).unwrap();
            for option in words.iter().filter(|word| word.starts_with("--")) {
                assert!(help.contains(option), "{name}: {line}: {option}");
            }
        }
    }
}

#[test]
fn sheets_are_named_as_in_the_workbook() {
    for (name, lang) in [("guide.md", Lang::En), ("guide.ru.md", Lang::Ru)] {
        let (text, texts) = (guide(name), Texts::load(lang));
        for key in ["duplicates", "vetoes", "drift", "only_crm", "only_onec", "findings", "quarantine"] {
            let sheet = texts.find(&format!("sheet.{key}")).unwrap();
            let quoted = [format!("«{sheet}»"), format!("“{sheet}”")];
            assert!(text.contains(lang.pick(&quoted[0], &quoted[1])), "{name}: {sheet}");
        }
    }
}

#[test]
fn columns_are_those_of_a_project() {
    for name in ["guide.md", "guide.ru.md"] {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("a.csv"), "ID\n1\n").unwrap();
        // The guide shows a base too; only its name is looked at here.
        std::fs::create_dir(dir.path().join("crm")).unwrap();
        std::fs::write(dir.path().join("crm/base.db"), "").unwrap();
        let text = guide(name);
        for block in blocks(&text, "toml") {
            let project = format!(
                "[project]\nname = \"П\"\n[[source]]\nside = \"crm\"\nentity = \"counterparty\"\npath = \"a.csv\"\n{block}"
            );
            let parsed = config::parse(&dir.path().join("sverka.toml"), &project).unwrap();
            // Other blocks of the guide need only be a part of a project.
            let columns = if block.contains("[source.columns]") { 2 } else { 0 };
            assert_eq!(parsed.sources[0].columns.len(), columns, "{name}: {block}");
        }
    }
}

/// The block of the READMEs that shows what the first command prints; `UPDATE_GOLDEN=1` renews it.
#[test]
fn readmes_show_what_the_first_command_prints() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("run");
    let run = Command::new(env!("CARGO_BIN_EXE_sverka"))
        .args(["audit", "samples/trade", "--out"])
        .arg(&out)
        .current_dir(root)
        .output()
        .unwrap();
    assert!(run.status.success());
    // Seconds and memory differ from run to run and are left out.
    let printed = String::from_utf8(run.stdout).unwrap();
    let shown: Vec<&str> = printed.lines().filter(|line| !line.contains("МБ памяти")).collect();
    let shown = shown.join("\n").replace(&out.display().to_string(), "samples/trade/runs/…");
    for name in ["README.md", "README.ru.md"] {
        let path = root.join(name);
        let text = std::fs::read_to_string(&path).unwrap();
        let (before, rest) = text.split_once("<!-- sample-output -->\n```text\n").unwrap();
        let (block, after) = rest.split_once("```\n<!-- /sample-output -->").unwrap();
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            let marks = ("<!-- sample-output -->\n```text\n", "```\n<!-- /sample-output -->");
            std::fs::write(&path, format!("{before}{}{}\n{}{after}", marks.0, shown.trim(), marks.1)).unwrap();
        } else {
            assert_eq!(block.trim(), shown.trim(), "{name} is stale: run this test with UPDATE_GOLDEN=1");
        }
    }
}
