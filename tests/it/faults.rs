//! What goes wrong around a run: interruption, a killed process, a full disk, a folder that is not ours.
#![cfg(unix)]

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

const SVERKA: &str = env!("CARGO_BIN_EXE_sverka");

fn generated(folder: &Path, rows: &str) {
    let made = Command::new(SVERKA)
        .args(["generate", "--rows", rows, "--seed", "3", "--out"])
        .arg(folder)
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(made.success());
}

fn start(project: &Path) -> Child {
    Command::new(SVERKA)
        .arg("audit")
        .arg(project)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .unwrap()
}

/// Names in the folder of runs, hidden ones too.
fn runs(project: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(project.join("runs")) else { return Vec::new() };
    let mut names: Vec<String> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn ctrl_c_ends_cleanly_and_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().join("project");
    generated(&project, "4000");
    let child = start(&project);
    sleep(Duration::from_millis(400));
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(sent.success(), "the audit ended before it could be interrupted");
    let out = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&out.stderr);
    assert_eq!(out.status.code(), Some(130), "{said}");
    assert!(said.contains("прервано, ничего не записано"), "{said}");
    assert_eq!(runs(&project), Vec::<String>::new());
}

/// Killed at moments spread over a whole run: the run before it stays the latest, whole, and the next one succeeds.
#[test]
fn a_killed_run_leaves_the_last_one_whole() {
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().join("project");
    generated(&project, "300");
    let began = Instant::now();
    assert!(start(&project).wait().unwrap().success());
    let whole = began.elapsed();
    let latest = std::fs::canonicalize(project.join("runs/latest")).unwrap();
    let manifest = std::fs::read(latest.join("run.json")).unwrap();
    for moment in 1..=20 {
        let mut child = start(&project);
        sleep(whole * moment / 22);
        child.kill().unwrap();
        let finished = child.wait().unwrap().success();
        let now = std::fs::canonicalize(project.join("runs/latest")).unwrap();
        assert!(now.join("run.json").is_file(), "moment {moment}");
        assert!(finished || now == latest || now.join("report.html").is_file(), "moment {moment}");
        assert_eq!(std::fs::read(latest.join("run.json")).unwrap(), manifest, "moment {moment}");
        for name in runs(&project).iter().filter(|n| !n.starts_with('.') && *n != "latest") {
            assert!(project.join("runs").join(name).join("run.json").is_file(), "half a run: {name}");
        }
    }
    assert!(start(&project).wait().unwrap().success());
}

/// A file may not grow past a few blocks here, which is how a full disk looks to a writer.
#[test]
fn a_full_disk_is_one_clear_line_and_no_run() {
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().join("project");
    generated(&project, "300");
    let out = Command::new("bash")
        .args(["-c", "trap '' XFSZ; ulimit -f 8; exec \"$0\" audit \"$1\" --quiet", SVERKA])
        .arg(&project)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&out.stderr);
    assert_eq!(out.status.code(), Some(2), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.contains("не записывается"), "{said}");
    assert_eq!(runs(&project), Vec::<String>::new());
}

#[test]
fn a_folder_that_is_not_a_run_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().join("project");
    generated(&project, "50");
    let out = folder.path().join("photos");
    std::fs::create_dir(&out).unwrap();
    std::fs::write(out.join("cat.jpg"), "x").unwrap();
    for (place, named) in [(out.as_path(), "photos"), (Path::new("/proc/sverka/run"), "/proc/sverka")] {
        let done = Command::new(SVERKA).arg("audit").arg(&project).arg("--out").arg(place).output().unwrap();
        let said = String::from_utf8_lossy(&done.stderr);
        assert_eq!(done.status.code(), Some(2), "{said}");
        assert!(said.lines().last().unwrap().contains(named), "{said}");
    }
    assert_eq!(std::fs::read_dir(&out).unwrap().count(), 1);
}
