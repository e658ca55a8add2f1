//! The bundled projects through the whole audit: planted defects are found, traps are never merged, the clean twin is
//! clean, every row is accounted for, and neither threads nor repetition change a byte.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use sverka::audit::{Plan, Silent, audit};
use sverka::finding::{Severity, Subject};
use sverka::matching::Decision;
use sverka::model::Side;
use sverka::outcome::Outcome;
use sverka::{config, run};

/// Pairs of the defect sample that a veto keeps apart though a clerk would see one party: a KPP with Cyrillic letters,
/// and impossible dates of birth. Apart is the safe side.
const MISSED: usize = 3;

/// Planted findings that the program does not report yet: presets that REST gives by number, and two drifts.
const NOT_FOUND_YET: &[(&str, &str)] = &[
    ("cp-b24-preset-kind", "1660"),
    ("cp-b24-preset-kind", "1667"),
    ("cp-field-drift", "1341"),
    ("ct-field-drift", "5342"),
];

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples").join(name)
}

fn outcome(name: &str) -> Outcome {
    let config = config::load(&sample(name)).unwrap();
    let as_of = config.as_of.unwrap();
    audit(&Plan::new(config, as_of), &Silent).unwrap()
}

/// Rows of an expected file, without its heading.
fn expected(name: &str, file: &str) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(sample(name).join("expected").join(file)).unwrap();
    text.lines().skip(1).map(cells).collect()
}

/// Cells of a line of CSV; quoted ones may hold commas, none holds a line end.
fn cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            c => cells.last_mut().unwrap().push(c),
        }
    }
    cells
}

#[test]
fn rows_are_accounted_for() {
    for name in ["trade", "trade-clean"] {
        let outcome = outcome(name);
        let declared = expected(name, "accounting.csv");
        for side in Side::BOTH {
            for source in &outcome.data.get(side).sources {
                let counts = &source.counts;
                assert!(counts.balances(), "{name}: {}", source.path);
                let mut row = vec![source.path.clone()];
                row.extend(
                    [counts.read, counts.loaded, counts.quarantined].iter().chain(&counts.left_out).map(u64::to_string),
                );
                assert!(declared.contains(&row), "{name}: {row:?} is not in {declared:?}");
            }
        }
    }
}

#[test]
fn the_clean_twin_is_clean() {
    let outcome = outcome("trade-clean");
    let bad: Vec<String> = outcome
        .findings
        .iter()
        .filter(|f| f.severity <= Severity::Error)
        .map(|f| format!("{}: {}", f.check, f.message))
        .collect();
    assert!(bad.is_empty(), "{bad:#?}");
    assert!(outcome.is_go());
}

#[test]
fn traps_are_never_merged() {
    let outcome = outcome("trade");
    let auto: BTreeSet<(String, String)> = outcome
        .matching
        .clusters
        .iter()
        .flat_map(|c| c.members.iter().flat_map(|a| c.members.iter().map(move |b| (*a, *b))))
        .map(|(a, b)| (outcome.data.key(a), outcome.data.key(b)))
        .collect();
    let traps = expected("trade", "traps.csv");
    assert!(traps.len() > 20);
    for trap in traps {
        assert!(!auto.contains(&(trap[0].clone(), trap[1].clone())), "{trap:?}");
    }
}

#[test]
fn runs_are_equal_whatever_the_threads() {
    let folder = tempfile::tempdir().unwrap();
    let write = |threads: usize| {
        let out = folder.path().join(format!("run-{threads}"));
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| run::write(&outcome("trade"), &out, "2026-11-24T00:00:00Z", &Silent).unwrap());
        let mut files = Vec::new();
        for part in ["data", "merge", "cleanup"] {
            let mut names: Vec<PathBuf> =
                std::fs::read_dir(out.join(part)).unwrap().map(|e| e.unwrap().path()).collect();
            names.sort();
            assert!(!names.is_empty());
            files.extend(names.into_iter().map(|f| (f.file_name().unwrap().to_owned(), std::fs::read(&f).unwrap())));
        }
        files
    };
    assert!(write(1) == write(2));
}

/// Records of one cluster, as keys.
fn clusters(outcome: &Outcome) -> Vec<BTreeSet<String>> {
    outcome.matching.clusters.iter().map(|c| c.members.iter().map(|r| outcome.data.key(*r)).collect()).collect()
}

/// Every pair that is one party is found: nearly all without a person, the rest are shown to one. A card with a
/// spoiled KPP, initials for names or a repeated id is rightly left to a person.
#[test]
fn what_is_one_party_is_found() {
    for (name, least_auto) in [("trade", 0.98), ("trade-clean", 1.0)] {
        let outcome = outcome(name);
        let clusters = clusters(&outcome);
        let review: BTreeSet<(String, String)> = outcome
            .matching
            .links
            .iter()
            .filter(|l| l.decision == Decision::Review)
            .map(|l| (outcome.data.key(l.a), outcome.data.key(l.b)))
            .collect();
        let links: Vec<_> = expected(name, "links.csv").into_iter().filter(|l| l[2] == "auto").collect();
        assert!(links.len() > 500);
        let together = |l: &Vec<String>| clusters.iter().any(|c| c.contains(&l[0]) && c.contains(&l[1]));
        let (auto, rest): (Vec<_>, Vec<_>) = links.iter().partition(|l| together(l));
        assert!(auto.len() as f64 >= least_auto * links.len() as f64, "{name}: {rest:#?}");
        let missed: Vec<_> = rest.iter().filter(|l| !review.contains(&(l[0].clone(), l[1].clone()))).collect();
        assert!(missed.len() <= if name == "trade" { MISSED } else { 0 }, "{name}: {missed:#?}");

        if name == "trade-clean" {
            continue; // Nothing to merge there.
        }
        let merges = expected(name, "merges.csv");
        for row in merges.iter().filter(|m| m[3] == "auto") {
            let group: Vec<_> = merges.iter().filter(|m| m[0] == row[0] && m[3] == "auto").collect();
            assert!(clusters.iter().any(|c| group.iter().all(|m| c.contains(&m[2]))), "{name}: {row:?}");
        }
    }
}

#[test]
fn planted_findings_are_found() {
    let outcome = outcome("trade");
    let mut found: BTreeSet<(String, String)> = BTreeSet::new();
    for finding in &outcome.findings {
        for record in finding.records() {
            found.insert((finding.check.to_owned(), outcome.data.id(record).to_owned()));
        }
        if let Subject::Source { at, .. } = &finding.subject {
            found.insert((finding.check.to_owned(), at.place.file.to_string()));
        }
    }
    let planted = expected("trade", "findings.csv");
    assert!(planted.len() > 100);
    let missed: Vec<(&str, &str)> = planted
        .iter()
        .filter(|p| !found.contains(&(p[0].clone(), p[3].clone())))
        .map(|p| (p[0].as_str(), p[3].as_str()))
        .collect();
    assert_eq!(missed, NOT_FOUND_YET);
}
