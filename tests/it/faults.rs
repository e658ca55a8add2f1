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

/// Three audits of one project at once: each gets a folder of its own, and `latest` is one of them.
#[test]
fn audits_at_once_do_not_disturb_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().join("project");
    generated(&project, "200");
    let children: Vec<Child> = (0..3).map(|_| start(&project)).collect();
    for child in children {
        let out = child.wait_with_output().unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    }
    let names = runs(&project);
    let whole: Vec<&String> =
        names.iter().filter(|n| project.join("runs").join(n).join("report.xlsx").is_file()).collect();
    assert!(names.contains(&"latest".to_owned()) && names.len() == 4 && whole.len() == 4, "{names:?}");
    // The same data and the same rules: they found the same.
    let tables: Vec<Vec<u8>> =
        whole.iter().map(|n| std::fs::read(project.join("runs").join(n).join("data/links.parquet")).unwrap()).collect();
    assert!(tables.windows(2).all(|w| w[0] == w[1]));
}

/// A date of the audit before every date in the data and before the last run: judged as told, and nothing breaks.
#[test]
fn a_clock_before_the_data() {
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().join("project");
    generated(&project, "100");
    for date in ["2026-11-24", "1970-01-01", "9999-12-31", "2026-11-23"] {
        let out = Command::new(SVERKA).arg("audit").arg(&project).args(["--quiet", "--as-of", date]).output().unwrap();
        assert!(out.status.success() && out.stderr.is_empty(), "{date}: {}", String::from_utf8_lossy(&out.stderr));
        let run = std::fs::read_to_string(project.join("runs/latest/run.json")).unwrap();
        let run: serde_json::Value = serde_json::from_str(&run).unwrap();
        assert_eq!(run["as_of"], date);
    }
}

/// Runs as a user whom the system denies what root is allowed.
fn as_nobody(command: &mut Command) -> Option<std::process::Output> {
    let is_root = std::fs::metadata("/proc/self").is_ok_and(|m| std::os::unix::fs::MetadataExt::uid(&m) == 0);
    if !is_root {
        return Some(command.output().unwrap());
    }
    if !crate::tools::have(&["setpriv"]) {
        return None;
    }
    let mut changed = Command::new("setpriv");
    changed
        .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
        .arg(command.get_program())
        .args(command.get_args());
    Some(changed.output().unwrap())
}

#[test]
fn what_is_denied_is_one_line_and_no_run() {
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &Path, mode: u32| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    let folder = tempfile::tempdir().unwrap();
    mode(folder.path(), 0o755);
    // The program must be where that user may run it.
    let program = folder.path().join("sverka");
    std::fs::copy(SVERKA, &program).unwrap();
    let project = folder.path().join("project");
    generated(&project, "50");
    let source = project.join("crm").read_dir().unwrap().next().unwrap().unwrap().path();
    let audit = || as_nobody(Command::new(&program).arg("audit").arg(&project).arg("--quiet"));
    // The project may be read, and not written to.
    let Some(out) = audit() else { return };
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert_eq!((out.status.code(), said.lines().count()), (Some(2), 1), "{said}");
    assert!(said.contains("не записывается") && said.contains("runs"), "{said}");
    // A source may not be read; the folder of runs may be written to.
    std::fs::create_dir(project.join("runs")).unwrap();
    mode(&project.join("runs"), 0o777);
    mode(&source, 0o000);
    let out = audit().unwrap();
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert_eq!((out.status.code(), said.lines().count()), (Some(2), 1), "{said}");
    assert!(said.contains("не открывается") && said.contains("crm"), "{said}");
    assert_eq!(runs(&project), Vec::<String>::new());
    // With both allowed it runs: the test denied what it meant to.
    mode(&source, 0o644);
    let out = audit().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
}

/// An export that is still being written is not audited half.
#[test]
fn a_file_that_grows_while_it_is_read_is_refused() {
    use std::io::Write;
    use std::sync::atomic::{AtomicBool, Ordering};
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("crm.csv");
    let row = "1;ООО Ромашка;7707083893\n".repeat(1 << 12);
    let mut file = std::fs::File::create(&path).unwrap();
    file.write_all("ID;Название компании;ИНН\n".as_bytes()).unwrap();
    // Long enough to be read in blocks.
    for _ in 0..(66 << 20) / row.len() {
        file.write_all(row.as_bytes()).unwrap();
    }
    std::fs::write(folder.path().join("onec.csv"), "Код;Наименование\n1;Ель\n").unwrap();
    let project = "[project]\nname = \"п\"\nas_of = \"2026-11-24\"\n\
        [[source]]\nside = \"crm\"\nentity = \"counterparty\"\npath = \"crm.csv\"\n\
        [[source]]\nside = \"onec\"\nentity = \"counterparty\"\npath = \"onec.csv\"\n";
    std::fs::write(folder.path().join("sverka.toml"), project).unwrap();
    let done = AtomicBool::new(false);
    let out = std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::SeqCst) {
                file.write_all(b"2;x;\n").unwrap();
                sleep(Duration::from_millis(5));
            }
        });
        let out = Command::new(SVERKA).arg("audit").arg(folder.path()).arg("--quiet").output();
        done.store(true, Ordering::SeqCst);
        out.unwrap()
    });
    let said = String::from_utf8_lossy(&out.stderr);
    assert_eq!((out.status.code(), said.lines().count()), (Some(2), 1), "{said}");
    assert!(said.contains("crm.csv: файл изменился, пока его читали"), "{said}");
    assert_eq!(runs(folder.path()), Vec::<String>::new());
}

/// A run whose tables are damaged is no baseline, and says so; it is not lost, nor is the audit half done.
#[test]
fn a_damaged_earlier_run_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().join("project");
    generated(&project, "50");
    assert!(start(&project).wait().unwrap().success());
    let latest = std::fs::canonicalize(project.join("runs/latest")).unwrap();
    let audit =
        |extra: &[&str]| Command::new(SVERKA).arg("audit").arg(&project).arg("--quiet").args(extra).output().unwrap();
    for (file, damage) in [
        ("run.json", b"{\"as_of\":".to_vec()),
        ("run.json", vec![0xFF; 64]),
        ("data/findings.parquet", Vec::new()),
        ("data/findings.parquet", b"PAR1 and no more PAR1".to_vec()),
        ("data/history.parquet", vec![0; 4096]),
    ] {
        let path = latest.join(file);
        let whole = std::fs::read(&path).unwrap();
        let cut = whole[..whole.len() / 2].to_vec();
        for bytes in [damage, cut] {
            std::fs::write(&path, bytes).unwrap();
            let out = audit(&[]);
            let said = String::from_utf8_lossy(&out.stderr);
            assert_eq!((out.status.code(), said.lines().count()), (Some(2), 1), "{file}: {said}");
            assert!(said.contains("--baseline none"), "{file}: {said}");
        }
        std::fs::write(&path, whole).unwrap();
    }
    assert!(audit(&["--baseline", "none"]).status.success());
}
