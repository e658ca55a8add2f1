//! Audit after audit: statuses over a series of snapshots, order of rows and columns, a run killed while it writes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use proptest::prelude::*;
use sverka::audit::{Plan, Silent, audit};
use sverka::finding::{Changed, Finding, Status};
use sverka::outcome::Outcome;
use sverka::{baseline, config, decisions, generate, run};

/// INNs made up for tests, control digits agree.
const INNS: [&str; 4] = ["7799001111", "7799002228", "7799003334", "7799004440"];

/// A project of one CSV per side; a test changes its rows between audits.
struct Project {
    folder: tempfile::TempDir,
    crm: Vec<[String; 4]>,
    onec: Vec<[String; 4]>,
    extra: String,
}

impl Project {
    fn new() -> Project {
        let row = |side: &str, n: usize| {
            let inn = INNS[n - 1];
            let name = ["ООО «Астра»", "ООО «Бирюза»", "ООО «Василёк»", "ООО «Гранит»"][n - 1];
            [format!("{side}{n}"), name.to_owned(), inn.to_owned(), format!("+7495000000{n}")]
        };
        let rows = |side: &str| (1..=3).map(|n| row(side, n)).collect();
        Project { folder: tempfile::tempdir().unwrap(), crm: rows("c"), onec: rows("o"), extra: String::new() }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn save(&self) {
        for (name, rows) in [("crm.csv", &self.crm), ("onec.csv", &self.onec)] {
            let mut text = "ID;Название;ИНН;КПП;Телефон\n".to_owned();
            for [id, name, inn, phone] in rows {
                text += &format!("{id};{name};{inn};779901001;{phone}\n");
            }
            std::fs::write(self.path().join(name), text).unwrap();
        }
        let source =
            |side: &str| format!("[[source]]\nside = \"{side}\"\nentity = \"counterparty\"\npath = \"{side}.csv\"\n");
        let text = format!("[project]\nname = \"Серия\"\n{}{}{}", source("crm"), source("onec"), self.extra);
        std::fs::write(self.path().join("sverka.toml"), text).unwrap();
    }

    /// Audits as of that day of November 2026 against the run before it, and writes the run.
    fn audit(&self, day: u32) -> Outcome {
        self.save();
        let config = config::load(self.path()).unwrap();
        let as_of = chrono::NaiveDate::from_ymd_opt(2026, 11, day).unwrap();
        let runs = self.path().join("runs");
        let baseline = run::latest(&runs).map(|r| baseline::load(&r).unwrap());
        let decisions = decisions::load(self.path()).unwrap();
        let outcome = audit(&Plan { baseline, decisions, ..Plan::new(config, as_of) }, &Silent).unwrap();
        let out = runs.join(format!("run-{day}"));
        run::write(&outcome, &out, &format!("2026-11-{day:02}T00:00:00Z"), &Silent).unwrap();
        run::point_latest(&out).unwrap();
        outcome
    }
}

/// The finding of a check about a record.
fn finding<'a>(outcome: &'a Outcome, check: &str, id: &str) -> Option<&'a Finding> {
    outcome.findings.iter().find(|f| f.check == check && f.records().any(|r| outcome.data.id(r) == id))
}

#[track_caller]
fn expect(outcome: &Outcome, check: &str, id: &str, status: Status, first_seen_day: u32, changed: Changed) {
    let f = finding(outcome, check, id).unwrap_or_else(|| panic!("no {check} about {id}"));
    let day = f.first_seen.unwrap().format("%-d").to_string();
    assert_eq!(
        (f.status, day.as_str(), f.changed),
        (status, first_seen_day.to_string().as_str(), changed),
        "{check} {id}"
    );
}

#[test]
fn a_series_of_five_snapshots() {
    let mut project = Project::new();
    project.crm[0][2] = "7799001112".to_owned();
    let first = project.audit(1);
    assert!(first.comparison.is_none());
    expect(&first, "cp-inn-checksum", "c1", Status::New, 1, Changed::Unknown);

    // The INN is repaired; 1C changes a phone; a card with a bad INN appears in the CRM.
    project.crm[0][2] = INNS[0].to_owned();
    project.onec[1][3] = "+74950000099".to_owned();
    project.crm.push(["c9".to_owned(), "ООО «Янтарь»".to_owned(), "7799009999".to_owned(), "+74950000009".to_owned()]);
    let second = project.audit(2);
    assert!(finding(&second, "cp-inn-checksum", "c1").is_none());
    expect(&second, "cp-field-drift", "c2", Status::New, 2, Changed::Onec);
    expect(&second, "cp-inn-checksum", "c9", Status::New, 2, Changed::Crm);
    let changes = second.changes().unwrap();
    assert!(changes.resolved > 0 && changes.returned == 0, "{changes:?}");
    let resolved = second.comparison.as_ref().unwrap();
    assert_eq!((resolved.run.as_str(), resolved.resolved.height() as u64), ("run-1", changes.resolved));

    // The old mistake comes back; both sides change the third firm's phone.
    project.crm[0][2] = "7799001112".to_owned();
    project.crm[2][3] = "+74950000033".to_owned();
    project.onec[2][3] = "+74950000034".to_owned();
    let third = project.audit(3);
    expect(&third, "cp-inn-checksum", "c1", Status::Returned, 1, Changed::Crm);
    expect(&third, "cp-inn-checksum", "c9", Status::Known, 2, Changed::Unknown);
    expect(&third, "cp-field-drift", "c2", Status::Known, 2, Changed::Unknown);
    expect(&third, "cp-field-drift", "c3", Status::New, 3, Changed::Both);

    // The check is switched off: nobody knows what became of its findings.
    project.extra = "[checks]\n\"cp-inn-checksum\" = \"off\"\n".to_owned();
    let fourth = project.audit(4);
    let changes = fourth.changes().unwrap();
    assert_eq!((changes.new, changes.resolved, changes.not_checked), (0, 0, 2));

    // It is on again: one finding was repaired meanwhile, the other waited.
    project.extra.clear();
    project.crm[0][2] = INNS[0].to_owned();
    let fifth = project.audit(5);
    expect(&fifth, "cp-inn-checksum", "c9", Status::Known, 2, Changed::Unknown);
    assert!(finding(&fifth, "cp-inn-checksum", "c1").is_none());
    let trend = &fifth.comparison.as_ref().unwrap().trend;
    assert_eq!(trend.iter().map(|p| p.run.as_str()).collect::<Vec<_>>(), ["run-1", "run-2", "run-3", "run-4"]);
    assert_eq!(trend.iter().map(|p| p.new.is_some()).collect::<Vec<_>>(), [false, true, true, true]);

    // And it returns once more, though it was not checked when it was last seen.
    project.crm[0][2] = "7799001112".to_owned();
    expect(&project.audit(6), "cp-inn-checksum", "c1", Status::Returned, 1, Changed::Crm);
}

/// Rows of a CSV whose cells hold no line feeds, and its separator.
fn rows(text: &str) -> (char, Vec<Vec<String>>) {
    let separator = if text.lines().next().unwrap().contains('\t') { '\t' } else { ';' };
    let cells = |line: &str| {
        let (mut cells, mut quoted) = (vec![String::new()], false);
        for c in line.chars() {
            quoted ^= c == '"';
            if c == separator && !quoted { cells.push(String::new()) } else { cells.last_mut().unwrap().push(c) }
        }
        cells
    };
    (separator, text.lines().map(cells).collect())
}

/// Reads every text table below, puts its rows and columns into an order of the seed, and writes it back.
fn shuffle(folder: &Path, seed: u64) {
    let mut state = seed;
    let mut random = move |n: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % n
    };
    let mut order = move |n: usize| {
        let mut order: Vec<usize> = (0..n).collect();
        (1..n).rev().for_each(|at| order.swap(at, random(at + 1)));
        order
    };
    let mut files: Vec<PathBuf> =
        glob::glob(&format!("{}/c*/**/*.csv", folder.display())).unwrap().map(Result::unwrap).collect();
    files.extend(glob::glob(&format!("{}/onec/*.csv", folder.display())).unwrap().map(Result::unwrap));
    assert!(files.len() > 1);
    for file in files {
        let Ok(text) = String::from_utf8(std::fs::read(&file).unwrap()) else { continue };
        let (separator, table) = rows(text.trim_start_matches('\u{feff}'));
        let width = table[0].len();
        let columns = order(width);
        let mut out = "\u{feff}".to_owned();
        for row in std::iter::once(0).chain(order(table.len() - 1).into_iter().map(|at| at + 1)) {
            let cells: Vec<&str> = columns.iter().map(|&c| table[row].get(c).map_or("", String::as_str)).collect();
            out += &cells.join(&separator.to_string());
            out.push('\n');
        }
        std::fs::write(&file, out).unwrap();
    }
}

pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target)
        } else {
            std::fs::copy(entry.path(), target).map(drop).unwrap()
        }
    }
}

fn outcome(project: &Path, baseline: Option<&Path>) -> Outcome {
    let config = config::load(project).unwrap();
    let as_of = chrono::NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
    let baseline = baseline.map(|run| baseline::load(run).unwrap());
    audit(&Plan { baseline, ..Plan::new(config, as_of) }, &Silent).unwrap()
}

/// Audits, shuffles rows and columns, audits again: nothing new, nothing resolved.
fn order_does_not_matter(project: &Path, seeds: impl IntoIterator<Item = u64>) {
    let run = project.join("first");
    let first = outcome(project, None);
    assert!(first.findings.len() > 20);
    run::write(&first, &run, "2026-11-24T00:00:00Z", &Silent).unwrap();
    for seed in seeds {
        shuffle(project, seed);
        let second = outcome(project, Some(&run));
        assert_ne!(second.snapshot_id, first.snapshot_id, "the files are other ones");
        let changes = second.changes().unwrap();
        assert_eq!((changes.new, changes.returned, changes.resolved, changes.not_checked), (0, 0, 0, 0), "seed {seed}");
        assert_eq!(changes.known, first.findings.len() as u64);
    }
}

#[test]
fn order_of_the_sample_does_not_matter() {
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().join("trade");
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/trade"), &project);
    order_does_not_matter(&project, [1, 2]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4, max_shrink_iters: 0, ..ProptestConfig::default() })]

    /// Whatever the world and the order of its exports.
    #[test]
    fn order_does_not_matter_in_any_world(world in 1..1000u64, seed in any::<u64>()) {
        let folder = tempfile::tempdir().unwrap();
        generate::project(120, world, &mut generate::Folder::new(folder.path())).unwrap();
        order_does_not_matter(folder.path(), [seed]);
    }
}

fn sverka() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sverka"));
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// Files of a run that is whole.
const WHOLE: [&str; 5] = ["run.json", "report.html", "report.xlsx", "data/findings.parquet", "data/history.parquet"];

#[test]
fn a_killed_run_leaves_latest_and_history_intact() {
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().join("world");
    generate::project(150, 7, &mut generate::Folder::new(&project)).unwrap();
    let runs = project.join("runs");
    let begun = Instant::now();
    assert!(sverka().args(["audit", "-q"]).arg(&project).status().unwrap().success());
    let whole = begun.elapsed();
    let mut killed = 0;
    for moment in 0..20u32 {
        let mut child = sverka().args(["audit", "-q"]).arg(&project).spawn().unwrap();
        // Spread over the whole run, more of them near its end, where it is written.
        let part = f64::from(moment * 7 % 20 + 1) / 20.0;
        std::thread::sleep(Duration::from_secs_f64(whole.as_secs_f64() * part.sqrt()));
        killed += u32::from(child.try_wait().unwrap().is_none());
        let _ = child.kill();
        child.wait().unwrap();

        let latest = run::latest(&runs).expect("latest points to a run");
        baseline::load(&latest).expect("the run can be a baseline");
        for entry in std::fs::read_dir(&runs).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if !name.starts_with('.') && name != "latest" {
                assert!(WHOLE.iter().all(|f| path.join(f).is_file()), "{name} is half a run");
            }
        }
    }
    assert!(killed > 5, "only {killed} runs were killed before their end");
    // The next run knows everything and clears away what the killed ones left.
    assert!(sverka().args(["audit", "-q"]).arg(&project).status().unwrap().success());
    let latest = run::latest(&runs).unwrap();
    let manifest: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(latest.join("run.json")).unwrap()).unwrap();
    let changes: BTreeMap<String, u64> = serde_json::from_value(manifest["changes"].clone()).unwrap();
    assert_eq!((changes["new"], changes["resolved"]), (0, 0));
    let left: Vec<_> = std::fs::read_dir(&runs)
        .unwrap()
        .map(|e| e.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|n| n.contains(".part-") && !n.starts_with(".latest"))
        // One killed before it was locked holds nothing yet, and may belong to a run that is about to begin.
        .filter(|n| runs.join(n).join("data").exists())
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn diff_says_what_changed_between_two_runs() {
    let mut project = Project::new();
    project.crm[0][2] = "7799001112".to_owned();
    project.audit(1);
    project.crm[0][2] = INNS[0].to_owned();
    project.onec[1][3] = "+74950000099".to_owned();
    project.crm.push(["c9".to_owned(), "ООО «Янтарь»".to_owned(), "7799009999".to_owned(), "+74950000009".to_owned()]);
    project.onec.remove(2);
    project.audit(2);
    let run = |n: u32| project.path().join(format!("runs/run-{n}"));
    let d = sverka::diff::diff(&run(1), &run(2)).unwrap();
    let has = |items: &[sverka::diff::Item], check: &str, key: &str, side: &str| {
        items.iter().any(|i| i.check == check && i.records.iter().any(|r| r == key) && i.changed_side == Some(side))
    };
    assert!(has(&d.new, "cp-field-drift", "crm:counterparty:c2", "onec"), "{:#?}", d.new);
    assert!(has(&d.new, "cp-inn-checksum", "crm:counterparty:c9", "crm"));
    assert!(has(&d.resolved, "cp-inn-checksum", "crm:counterparty:c1", "crm"), "{:#?}", d.resolved);
    let records: Vec<_> = d.records.iter().map(|r| (r.side, r.appeared, r.gone, r.changed)).collect();
    assert_eq!(records, [("crm", 1, 0, 1), ("onec", 0, 1, 1)]);
    assert_eq!(d.records[1].fields, [("phone", 1)].into());
    assert_eq!(d.pairs.lost, [["crm:counterparty:c3".to_owned(), "onec:counterparty:o3".to_owned()]]);
    assert_eq!(d.new.len() as u64 + d.known, d.after.findings);

    // Backwards it is the same seen from the other end; against itself it is nothing.
    let back = sverka::diff::diff(&run(2), &run(1)).unwrap();
    assert_eq!((back.new.len(), back.resolved.len()), (d.resolved.len(), d.new.len()));
    let none = sverka::diff::diff(&run(1), &run(1)).unwrap();
    assert!(none.new.is_empty() && none.resolved.is_empty() && none.pairs.gained.is_empty());
    assert!(none.records.is_empty());

    let json = project.path().join("diff.json");
    let out = Command::new(env!("CARGO_BIN_EXE_sverka"))
        .current_dir(project.path())
        .args(["diff", "run-1", "latest", &format!("--json={}", json.display())])
        .output()
        .unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let text = String::from_utf8(out.stdout).unwrap();
    assert!(text.contains("crm:counterparty:c9") && !text.contains("Янтарь"), "keys, no values: {text}");
    let written: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&json).unwrap()).unwrap();
    assert_eq!(written["new"].as_array().unwrap().len(), d.new.len());
    assert_eq!(written["before"]["run"], "run-1");
}

#[test]
fn every_decision_is_accounted_for() {
    let mut project = Project::new();
    project.crm[1][2] = "7799002229".to_owned();
    let first = project.audit(1);
    let (c3, o3) = (first.data.find("crm:c3").unwrap(), first.data.find("onec:o3").unwrap());
    assert!(first.matching.clusters.iter().any(|c| c.members == [c3, o3]));
    let evidence = decisions::evidence::of_pair(&first.data, c3, o3, None);
    let bad_inn = finding(&first, "cp-inn-checksum", "c2").unwrap();
    let of_finding = decisions::evidence::of_finding(&first.data, bad_inn).unwrap();
    let id = bad_inn.id;
    let sign = "author = \"Иванова\"\nreason = \"так надо\"\ndate = 2026-11-01\n";
    let text = format!(
        "[[link]]\na = \"crm:c1\"\nb = \"onec:o3\"\nverdict = \"accept\"\n{sign}\
         [[link]]\na = \"crm:c3\"\nb = \"onec:o3\"\nverdict = \"reject\"\nevidence = \"{evidence}\"\n{sign}\
         [[link]]\na = \"crm:c1\"\nb = \"onec:zz\"\nverdict = \"reject\"\n{sign}\
         [[master]]\nrecord = \"crm:c3\"\n{sign}\
         [[accept]]\nfinding = \"{id}\"\nexpires = \"2026-11-03\"\nevidence = \"{of_finding}\"\n{sign}\
         [[accept]]\ncheck = \"cp-inn-checksum\"\nwhere = {{ side = \"onec\" }}\n{sign}"
    );
    std::fs::write(project.path().join("decisions.toml"), text).unwrap();
    let states = |o: &Outcome| o.decisions.iter().map(|d| d.state.as_str()).collect::<Vec<_>>();
    let second = project.audit(2);
    let quiet = ["forbidden", "applied", "no-record", "not-together", "applied", "no-finding"];
    assert_eq!(states(&second), quiet);
    assert_eq!(finding(&second, "cp-inn-checksum", "c2").unwrap().status, Status::Accepted);
    assert!(!second.matching.clusters.iter().any(|c| c.members == [c3, o3]), "refused pairs stay apart");

    // The phone of the refused card changes and so does the bad INN: both come up again, the pair stays apart.
    project.crm[2][3] = "+74950000777".to_owned();
    project.crm[1][2] = "7799002220".to_owned();
    let third = project.audit(3);
    assert_eq!(states(&third)[1..2], ["evidence-changed"]);
    assert_eq!(states(&third)[4..5], ["evidence-changed"]);
    assert_eq!(finding(&third, "cp-inn-checksum", "c2").unwrap().status, Status::Known);
    assert!(!third.matching.clusters.iter().any(|c| c.members == [c3, o3]));

    // Its last day has passed.
    project.crm[1][2] = "7799002229".to_owned();
    let fourth = project.audit(4);
    assert_eq!(states(&fourth)[4..5], ["expired"]);
    assert_eq!(finding(&fourth, "cp-inn-checksum", "c2").unwrap().status, Status::Known);
    let manifest: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(project.path().join("runs/run-4/run.json")).unwrap()).unwrap();
    let open = manifest["decisions"]["attention"].as_array().unwrap();
    assert!(open.iter().any(|d| d["state"] == "expired" && d["line"].as_u64().unwrap() > 20), "{open:?}");
}

#[test]
fn a_notice_says_the_verdict_and_no_values() {
    let mut project = Project::new();
    project.audit(1);
    project.crm.push(["c9".to_owned(), "ООО «Янтарь»".to_owned(), "7799009999".to_owned(), "+74950000009".to_owned()]);
    project.extra = "[gates]\nblocker = 0\nerror = 0\n\n[[check]]\nid = \"own-phone\"\nentity = \"counterparty\"\n\
                     field = \"phone\"\nmatches = \"[+]7495000000[0-8]\"\nseverity = \"error\"\n\
                     title = \"Телефон *не* наш\"\n"
        .to_owned();
    project.save();
    for name in ["notice.md", "notice.json"] {
        let file = project.path().join(name);
        let done = sverka()
            .args(["audit", "-q", "--gate", "--as-of", "2026-11-02", "--baseline", "run-1", "--notify"])
            .args([&file, project.path()])
            .status()
            .unwrap();
        assert_eq!(done.code(), Some(1), "the gate is broken");
        let text = std::fs::read_to_string(&file).unwrap();
        for value in ["Янтарь", "7799009999", "+74950000009"] {
            assert!(!text.contains(value), "{text}");
        }
        assert!(text.contains("own-phone"), "{text}");
        if name == "notice.md" {
            assert!(text.starts_with("# Серия\n\n**Обмен запускать рано**"), "{text}");
            assert!(text.contains("- ошибка: Телефон \\*не\\* наш — 1 (`own-phone`)"), "{text}");
        } else {
            let json: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert_eq!((&json["verdict"], json["changes"]["resolved"].as_u64()), (&"no-go".into(), Some(0)), "{text}");
        }
    }
    let names: Vec<_> = std::fs::read_dir(project.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert!(!names.iter().any(|n| n.to_string_lossy().contains("part-")), "{names:?}");
}

#[test]
fn a_change_made_while_exporting_waits_for_the_next_audit() {
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path();
    let write = |crm_phone: &str, crm_changed: &str, lag: &str| {
        // The second pair was changed last when nothing else was: it says when the exports were made.
        let cards = |side: char, phone: &str, changed: &str| {
            format!(
                "ID;Название;ИНН;КПП;Телефон;Дата изменения\n\
                 {side}1;ООО «Астра»;7799001111;779901001;{phone};{changed}\n\
                 {side}2;ООО «Бирюза»;7799002228;779901001;+74950000002;2026-11-20 12:00\n"
            )
        };
        std::fs::write(project.join("crm.csv"), cards('c', crm_phone, crm_changed)).unwrap();
        std::fs::write(project.join("onec.csv"), cards('o', "+74950000001", "2026-10-01 12:00")).unwrap();
        let source =
            |side: &str| format!("[[source]]\nside = \"{side}\"\nentity = \"counterparty\"\npath = \"{side}.csv\"\n");
        let text = format!("[project]\nname = \"Окно\"\n{}{}{lag}", source("crm"), source("onec"));
        std::fs::write(project.join("sverka.toml"), text).unwrap();
    };
    let run = project.join("run");
    let audited = |baseline: bool| {
        let outcome = outcome(project, baseline.then_some(run.as_path()));
        run::write(&outcome, &run, "2026-11-24T00:00:00Z", &Silent).unwrap();
        outcome
    };
    // The drift is old: the window does not hide it.
    write("+74950000009", "2026-11-01 10:00", "[lag]\nhours = 2\n");
    let first = audited(false);
    expect_drift(&first, Some(Status::New));
    assert_eq!(first.held.as_ref().unwrap().ids.len(), 0);
    // The card is changed again after the other export: nobody knows, so it is neither resolved nor drift.
    write("+74950000008", "2026-11-23 22:30", "[lag]\nhours = 2\n");
    let second = audited(true);
    expect_drift(&second, None);
    let held = second.held.as_ref().unwrap();
    assert_eq!(held.cut_off.unwrap().to_string(), "2026-11-23 20:30:00");
    assert!(held.by_check.contains(&("cp-field-drift", 1)), "{held:?}");
    let changes = second.changes().unwrap();
    assert_eq!((changes.new, changes.resolved), (0, 0), "{changes:?}");
    assert!(changes.not_checked > 0);
    // Next time it is judged, and known since the first day.
    write("+74950000008", "2026-11-23 22:30", "");
    expect_drift(&audited(true), Some(Status::Known));
    write("+74950000008", "2026-11-23 22:30", "[lag]\ncut_off = \"2026-11-24 09:00\"\n");
    expect_drift(&audited(true), Some(Status::Known));
}

#[track_caller]
fn expect_drift(outcome: &Outcome, status: Option<Status>) {
    assert_eq!(finding(outcome, "cp-field-drift", "c1").map(|f| f.status), status);
}

/// What a baseline-by-baseline account of one finding says, kept apart from the program.
#[derive(Clone, Copy, Default)]
struct Account {
    first_seen: Option<u32>,
    /// It was there, or waits for its check.
    open: bool,
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, max_shrink_iters: 20, ..ProptestConfig::default() })]

    /// Five generated snapshots: cards go bad and are mended, the check is switched off and on, findings are accepted for a
    /// while. Each finding gets the status that the account gives it.
    #[test]
    fn a_generated_series_gets_the_right_statuses(
        bad in prop::collection::vec(prop::collection::vec(prop::bool::weighted(0.4), 3), 5),
        off in prop::collection::vec(prop::bool::weighted(0.2), 5),
        accepted in prop::option::of((0..3usize, 2..5u32, 0..3u32)),
    ) {
        let mut project = Project::new();
        let mut accounts = [Account::default(); 3];
        let mut ids: [Option<String>; 3] = Default::default();
        let mut decided = None;
        for day in 1..=5u32 {
            let at = day as usize - 1;
            for card in 0..3 {
                let good = INNS[card];
                let wrong = format!("{}{}", &good[..9], (good.as_bytes()[9] - b'0' + 1) % 10);
                project.crm[card][2] = if bad[at][card] { wrong } else { good.to_owned() };
            }
            project.extra = if off[at] { "[checks]\n\"cp-inn-checksum\" = \"off\"\n".to_owned() } else { String::new() };
            if let Some((card, from, days)) = accepted
                && day == from
                && let Some(id) = &ids[card]
            {
                let text = format!(
                    "[[accept]]\nfinding = \"{id}\"\nauthor = \"Иванова\"\nreason = \"ждём ответа\"\n\
                     date = 2026-11-{day:02}\nexpires = \"2026-11-{:02}\"\n",
                    day + days
                );
                std::fs::write(project.path().join("decisions.toml"), text).unwrap();
                decided = Some((card, from + days));
            }
            let run = project.audit(day);
            let mut resolved = 0;
            for card in 0..3 {
                let name = format!("c{}", card + 1);
                let found = finding(&run, "cp-inn-checksum", &name);
                let account = &mut accounts[card];
                if off[at] {
                    assert!(found.is_none());
                    continue;
                }
                assert_eq!(found.is_some(), bad[at][card], "day {day}, {name}");
                match found {
                    Some(f) => {
                        ids[card] = Some(f.id.to_string());
                        let expected = match (account.open, account.first_seen) {
                            (true, _) => Status::Known,
                            (false, Some(_)) => Status::Returned,
                            (false, None) => Status::New,
                        };
                        let is_accepted = decided.is_some_and(|(c, last)| c == card && day <= last);
                        assert_eq!(f.status, if is_accepted { Status::Accepted } else { expected }, "day {day}, {name}");
                        let first = *account.first_seen.get_or_insert(day);
                        assert_eq!(f.first_seen.unwrap().format("%-d").to_string(), first.to_string());
                        account.open = true;
                    }
                    None => {
                        let in_baseline = at > 0 && !off[at - 1] && bad[at - 1][card];
                        resolved += u64::from(in_baseline);
                        account.open = false;
                    }
                }
            }
            if let Some(comparison) = &run.comparison {
                let by_check = comparison.resolved_by_check().unwrap();
                assert_eq!(by_check.get("cp-inn-checksum").copied().unwrap_or(0), resolved, "day {day}");
            }
            if let Some((_, last)) = decided {
                let state = run.decisions[0].state.as_str();
                let expected: &[&str] = if day > last { &["expired"] } else { &["applied", "no-finding", "waiting"] };
                assert!(expected.contains(&state), "day {day}: {state}");
            }
        }
    }

    /// Records spread over files in any way, the sources in any order: nothing new, nothing resolved.
    #[test]
    fn files_of_a_source_and_their_order_do_not_matter(place in prop::collection::vec(0..3usize, 12), turned in any::<bool>()) {
        let folder = tempfile::tempdir().unwrap();
        let project = folder.path();
        let write = |place: &dyn Fn(usize) -> usize, turned: bool| {
            for side in ["crm", "onec"] {
                let _ = std::fs::remove_dir_all(project.join(side));
                std::fs::create_dir(project.join(side)).unwrap();
                for file in 0..3 {
                    let mut text = "ID;Название;ИНН;Телефон\n".to_owned();
                    for n in (0..12).filter(|&n| place(n) == file) {
                        let inn = if n % 3 == 0 { "7799001112" } else { INNS[n % 4] };
                        text += &format!("{side}{n};ООО «Фирма {}»;{inn};+7495000000{}\n", n % 5, n % 10);
                    }
                    std::fs::write(project.join(side).join(format!("part-{file}.csv")), text).unwrap();
                }
            }
            let source =
                |s: &str| format!("[[source]]\nside = \"{s}\"\nentity = \"counterparty\"\npath = \"{s}/*.csv\"\n");
            let sides = if turned { ["onec", "crm"] } else { ["crm", "onec"] };
            let text = format!("[project]\nname = \"Файлы\"\n{}{}", source(sides[0]), source(sides[1]));
            std::fs::write(project.join("sverka.toml"), text).unwrap();
        };
        write(&|n| n % 3, false);
        let run = project.join("first");
        let first = outcome(project, None);
        assert!(first.findings.len() > 5, "{}", first.findings.len());
        run::write(&first, &run, "2026-11-24T00:00:00Z", &Silent).unwrap();
        // Each file keeps a record: an empty one is a finding of its own.
        write(&|n| if n < 3 { n } else { place[n] }, turned);
        let second = outcome(project, Some(&run));
        let changes = second.changes().unwrap();
        assert_eq!((changes.new, changes.returned, changes.resolved, changes.not_checked), (0, 0, 0, 0));
        assert_eq!(changes.known, first.findings.len() as u64);
    }
}

#[test]
fn half_an_export_resolves_nothing() {
    let mut project = Project::new();
    let card =
        |n: usize| [format!("c{n}"), format!("ООО «Дом {n}»"), "7799001112".to_owned(), format!("+749500001{n:02}")];
    project.crm.extend((10..30).map(card));
    let first = project.audit(1);
    let bad = |o: &Outcome| o.findings.iter().filter(|f| f.check == "cp-inn-checksum").count();
    assert_eq!(bad(&first), 20);
    let id = finding(&first, "cp-inn-checksum", "c29").unwrap().id;
    let sign = "author = \"Иванова\"\nreason = \"разбираемся\"\ndate = 2026-11-01\n";
    let decided = format!(
        "[[accept]]\nfinding = \"{id}\"\n{sign}[[link]]\na = \"crm:c29\"\nb = \"onec:o1\"\nverdict = \"reject\"\n{sign}"
    );
    std::fs::write(project.path().join("decisions.toml"), decided).unwrap();

    // The export breaks off in the middle and says nothing of it.
    let whole = project.crm.clone();
    project.crm.truncate(12);
    let second = project.audit(2);
    let resolved = second.comparison.as_ref().unwrap().resolved_by_check().unwrap();
    assert_eq!(resolved.get("cp-inn-checksum"), None, "nobody mended anything");
    let shrunk = &second.comparison.as_ref().unwrap().shrunk;
    assert_eq!(shrunk.iter().map(|s| (s.before, s.now)).collect::<Vec<_>>(), [(23, 12)]);
    assert!(second.conditions.iter().any(|c| c.as_str() == "shrunk"), "no clean go on half the data");
    let states: Vec<_> = second.decisions.iter().map(|d| d.state.as_str()).collect();
    assert_eq!(states, ["waiting", "waiting"], "nobody is told to remove a decision");

    let runs = |n: u32| project.path().join(format!("runs/run-{n}"));
    let diff = sverka::diff::diff(&runs(1), &runs(2)).unwrap();
    assert!(!diff.resolved.iter().any(|i| i.check == "cp-inn-checksum"), "{:#?}", diff.resolved);

    // The next one is whole: what waited is known since the first day, the decision covers it again.
    project.crm = whole;
    let third = project.audit(3);
    expect(&third, "cp-inn-checksum", "c28", Status::Known, 1, Changed::Unknown);
    assert_eq!(finding(&third, "cp-inn-checksum", "c29").unwrap().status, Status::Accepted);
    assert!(third.comparison.as_ref().unwrap().shrunk.is_empty());
    // One card deleted on purpose is resolved as ever.
    project.crm.retain(|c| c[0] != "c28");
    let fourth = project.audit(4);
    assert_eq!(fourth.comparison.as_ref().unwrap().resolved_by_check().unwrap().get("cp-inn-checksum"), Some(&1));
}

#[test]
fn a_source_that_is_gone_resolves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path();
    std::fs::write(project.join("crm.csv"), "ID;Название;ИНН\nc1;ООО «Астра»;7799001111\n").unwrap();
    std::fs::write(project.join("onec.csv"), "ID;Название;ИНН\no1;ООО «Астра»;7799001111\n").unwrap();
    std::fs::write(project.join("people.csv"), "ID;Фамилия;Имя;Телефон\np1;Орлов;Иван;12\np2;Орлов;Пётр;13\n").unwrap();
    let write = |people: bool| {
        let source = |file: &str, side: &str, entity: &str| {
            format!("[[source]]\nside = \"{side}\"\nentity = \"{entity}\"\npath = \"{file}.csv\"\n")
        };
        let mut text = format!(
            "[project]\nname = \"Люди\"\n{}{}",
            source("crm", "crm", "counterparty"),
            source("onec", "onec", "counterparty")
        );
        if people {
            text += &source("people", "crm", "contact");
        }
        std::fs::write(project.join("sverka.toml"), text).unwrap();
    };
    write(true);
    let run = project.join("run");
    let first = outcome(project, None);
    assert!(finding(&first, "ct-phone-invalid", "p1").is_some());
    run::write(&first, &run, "2026-11-24T00:00:00Z", &Silent).unwrap();
    write(false);
    let second = outcome(project, Some(&run));
    let changes = second.changes().unwrap();
    assert_eq!(changes.resolved, 0, "nobody mended the phones of people who are not looked at");
    assert!(changes.not_checked >= 2, "{changes:?}");
    run::write(&second, &run, "2026-11-24T00:00:00Z", &Silent).unwrap();
    // The source is back.
    write(true);
    let third = outcome(project, Some(&run));
    assert_eq!(finding(&third, "ct-phone-invalid", "p1").map(|f| f.status), Some(Status::Known));
}

#[test]
fn two_kept_cards_are_one_party_and_never_merged() {
    let mut project = Project::new();
    let twin = ["c8".to_owned(), "ООО «Астра»".to_owned(), INNS[0].to_owned(), "+74950000001".to_owned()];
    project.crm.push(twin);
    project.extra = "[exchange]\ncrm = \"bitrix24\"\ninterval_minutes = 15\n".to_owned();
    let first = project.audit(1);
    let (c1, c8, o1) = ["crm:c1", "crm:c8", "onec:o1"].map(|k| first.data.find(k).unwrap()).into();
    assert!(first.matching.clusters.iter().any(|c| c.members == [c1, c8, o1]));
    let decision =
        "[[link]]\na = \"crm:c1\"\nb = \"crm:c8\"\nverdict = \"keep\"\nauthor = \"Иванова\"\ndate = 2026-11-01\n";
    std::fs::write(project.path().join("decisions.toml"), decision).unwrap();
    let second = project.audit(2);
    assert_eq!(second.decisions[0].state.as_str(), "applied");
    assert!(!second.matching.clusters.iter().any(|c| c.members.contains(&c1) && c.members.contains(&c8)));
    // Neither card is missing in 1C, and nothing is created there anew.
    assert!(second.drift.only_crm.is_empty(), "{:?}", second.drift.only_crm);
    let born = |o: &Outcome| {
        use sverka::outcome::Action;
        o.forecast.iter().filter(|f| matches!(f.action, Action::Create | Action::Duplicate)).count()
    };
    assert_eq!(born(&second), 0);
    let read = |file: &str| std::fs::read_to_string(project.path().join("runs/run-2").join(file)).unwrap();
    let rows: Vec<String> = read("merge/link-table.csv")
        .lines()
        .skip(1)
        .map(|l| l.split(';').map(|c| c.trim_matches('"')).collect::<Vec<_>>()[1..6].join(" "))
        .map(|l| l.replace(" counterparty", ""))
        .collect();
    let kept = rows.iter().filter(|r| r.ends_with("kept accepted")).count();
    assert_eq!((rows.len(), kept), (4, 1), "{rows:#?}");
    for card in ["c1", "c8"] {
        assert!(rows.iter().any(|r| r.starts_with(&format!("{card} o1"))), "{rows:#?}");
    }
    assert_eq!(read("merge/crm-counterparty.csv").lines().count(), 1, "nothing to merge");
    let manifest: serde_json::Value = serde_json::from_str(&read("run.json")).unwrap();
    let fields = read("field-map.md");
    let inn = fields.lines().find(|l| l.starts_with("| ИНН |")).unwrap();
    let cells: Vec<&str> = inn.trim_matches('|').split(" | ").map(str::trim).collect();
    assert_eq!((cells[1], cells[3], cells[6]), ("ИНН", "ИНН", "есть в обеих"), "{inn}");
    assert!(!fields.contains("Астра") && !fields.contains(INNS[0]), "no values: it may be passed on");
    assert_eq!(manifest["exchange"]["crm"], "bitrix24");
    assert_eq!(manifest["exchange"]["interval_minutes"], 15);
    assert!(manifest["exchange"]["requests"]["single"].as_u64().unwrap() > 0);
}

/// Blocks of the guides in a language of code.
fn blocks(file: &str, language: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(file);
    let text = std::fs::read_to_string(path).unwrap();
    let begin = format!("```{language}\n");
    text.split(&begin).skip(1).filter_map(|rest| rest.split_once("```")).map(|(block, _)| block.to_owned()).collect()
}

#[test]
fn what_the_guides_show_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.csv"), "ID;Название\n1;ООО Тест\n").unwrap();
    let head = "[project]\nname = \"П\"\n[[source]]\nside = \"crm\"\nentity = \"counterparty\"\npath = \"a.csv\"\n";
    let (mut decided, mut configured) = (0, 0);
    for file in ["decisions.md", "decisions.ru.md", "schedule.md", "schedule.ru.md"] {
        for block in blocks(file, "toml") {
            if block.contains("[[link]]") {
                decided += decisions::parse(Path::new("decisions.toml"), &block).unwrap().all.len();
            } else {
                config::parse(&folder.path().join("sverka.toml"), &format!("{head}{block}")).unwrap();
                configured += 1;
            }
        }
    }
    assert_eq!((decided, configured), (4, 12));
    // Every option of a scheduled command exists.
    let help = Command::new(env!("CARGO_BIN_EXE_sverka")).args(["audit", "--help"]).output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let mut options = 0;
    for file in ["schedule.md", "schedule.ru.md"] {
        let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(file)).unwrap();
        for line in text.lines().filter(|l| l.contains("sverka audit") || l.contains("sverka.exe audit")) {
            for option in line.split_whitespace().filter(|w| w.starts_with("--")) {
                assert!(help.contains(option), "{file}: {option}");
                options += 1;
            }
        }
    }
    assert!(options > 15, "{options}");
}

#[test]
fn the_units_of_the_guide_are_units() {
    if !crate::tools::have(&["systemd-analyze"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let units = blocks("schedule.md", "ini");
    for (name, unit) in ["sverka.service", "sverka.timer"].into_iter().zip(&units) {
        // The program and its user are of another machine.
        let unit = unit.replace("/usr/local/bin/sverka", "/bin/true").replace("User=sverka\n", "");
        std::fs::write(folder.path().join(name), unit.replace("WorkingDirectory=/srv/sverka/acme\n", "")).unwrap();
    }
    let done = Command::new("systemd-analyze").arg("verify").arg(folder.path().join("sverka.timer")).output().unwrap();
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success() && !said.contains("sverka."), "{said}");
}
