//! Runs of one project at the same time: each whole, none lost, `latest` always good.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// Enough for several to begin in one second and to end at once.
const AT_ONCE: usize = 6;

fn project() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let crm = "ID;Название;ИНН\n1;ООО Ромашка;7799001111\n2;Ромашка;7799001111\n";
    let onec = "Код;Наименование;ИНН\n00-01;Ромашка ООО;7799001111\n00-02;Лютик ООО;7799002228\n";
    fs::write(folder.path().join("crm.csv"), crm).unwrap();
    fs::write(folder.path().join("onec.csv"), onec).unwrap();
    let toml = "[project]\nname = \"Две сверки\"\nas_of = \"2026-11-24\"\n\
        [[source]]\nside = \"crm\"\nentity = \"counterparty\"\npath = \"crm.csv\"\n\
        [[source]]\nside = \"onec\"\nentity = \"counterparty\"\npath = \"onec.csv\"\n";
    fs::write(folder.path().join("sverka.toml"), toml).unwrap();
    folder
}

fn start(project: &Path, arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_sverka"))
        .args(["audit", project.to_str().unwrap(), "--quiet", "--threads", "1"])
        .args(arguments)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn all_end_well(children: Vec<Child>) {
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

/// Names in a folder, sorted.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

fn assert_whole(run: &Path) {
    for part in ["run.json", "report.html", "report.xlsx", "data/links.parquet", "cleanup/manual.csv"] {
        assert!(run.join(part).is_file(), "{}: no {part}", run.display());
    }
}

#[test]
fn runs_that_begin_together_take_places_of_their_own() {
    let folder = project();
    all_end_well((0..AT_ONCE).map(|_| start(folder.path(), &[])).collect());
    let runs = folder.path().join("runs");
    let mut found = names(&runs);
    assert!(found.iter().all(|n| !n.starts_with('.')), "left behind: {found:?}");
    found.retain(|n| n != "latest");
    assert_eq!(found.len(), AT_ONCE, "{found:?}");
    found.iter().for_each(|name| assert_whole(&runs.join(name)));
    #[cfg(unix)]
    {
        let latest = fs::read_link(runs.join("latest")).unwrap();
        assert!(found.contains(&latest.to_string_lossy().into_owned()), "latest points at {}", latest.display());
        assert_whole(&runs.join("latest"));
    }
}

#[test]
fn runs_into_one_folder_leave_one_whole_run() {
    let folder = project();
    let parent = folder.path().join("out");
    let out = parent.join("run");
    for _ in 0..2 {
        all_end_well((0..AT_ONCE).map(|_| start(folder.path(), &["--out", out.to_str().unwrap()])).collect());
        assert_eq!(names(&parent), ["run"]);
        assert_whole(&out);
    }
    // As a single run writes it: no file of another run among them.
    let single = parent.join("single");
    all_end_well(vec![start(folder.path(), &["--out", single.to_str().unwrap()])]);
    assert_eq!(files(&out).len(), files(&single).len());
}

/// A run never touches a folder that is not one.
#[test]
fn a_strange_folder_is_left_alone() {
    let folder = project();
    let out = folder.path().join("mine");
    fs::create_dir(&out).unwrap();
    fs::write(out.join("letter.txt"), "мое").unwrap();
    let output = start(folder.path(), &["--out", out.to_str().unwrap()]).wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("не похожа на прогон"));
    assert_eq!(names(&out), ["letter.txt"]);
    assert!(names(folder.path()).iter().all(|n| !n.starts_with('.')), "a draft is left behind");
}

fn cleanup(project: &Path, run: &Path) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_sverka"))
        .args(["cleanup", project.to_str().unwrap(), "--run", run.to_str().unwrap()])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.code().unwrap(), text)
}

/// `sverka cleanup` gives the same bytes as the audit, keeps journals, and refuses sources that have changed.
#[test]
fn scripts_of_a_run_are_made_anew() {
    let folder = project();
    let out = folder.path().join("run");
    all_end_well(vec![start(folder.path(), &["--out", out.to_str().unwrap()])]);
    let contents = || -> Vec<(PathBuf, Vec<u8>)> {
        let mut found: Vec<_> = ["merge", "cleanup"].iter().flat_map(|part| files(&out.join(part))).collect();
        found.sort();
        found.into_iter().map(|f| (f.clone(), fs::read(f).unwrap())).collect()
    };
    let before = contents();
    assert!(before.len() > 5);
    fs::write(out.join("cleanup/plan.json"), "spoiled").unwrap();
    fs::write(out.join("cleanup/old.txt"), "of an older plan").unwrap();
    let (code, text) = cleanup(folder.path(), &out);
    assert!(code == 0 && text.contains("дублей к объединению: 1"), "{text}");
    assert!(contents() == before, "the same sources and decisions give the same files");
    assert!(names(&out).iter().all(|n| !n.starts_with('.')), "{:?}", names(&out));

    // A journal is the memory of what a script has done.
    fs::create_dir(out.join("cleanup/bitrix24-journal")).unwrap();
    fs::write(out.join("cleanup/bitrix24-journal/journal.jsonl"), "{}\n").unwrap();
    assert_eq!(cleanup(folder.path(), &out).0, 0);
    assert!(out.join("cleanup/bitrix24-journal/journal.jsonl").is_file());

    fs::write(folder.path().join("crm.csv"), "ID;Название;ИНН\n1;ООО Ромашка;7799001111\n").unwrap();
    let kept = contents();
    let (code, text) = cleanup(folder.path(), &out);
    assert!(code == 2 && text.contains("crm.csv: изменился после прогона"), "{text}");
    assert!(contents() == kept, "nothing is written");
    let (code, text) = cleanup(folder.path(), folder.path());
    assert!(code == 2 && text.contains("укажите папку прогона"), "{text}");
}
