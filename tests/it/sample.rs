//! The bundled projects through the whole audit: planted defects are found, traps are never merged, the clean twin is
//! clean, every row is accounted for, and neither threads nor repetition change a byte.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use sverka::audit::Silent;
use sverka::finding::{Finding, Severity, Subject};
use sverka::matching::{self, Decision, Veto};
use sverka::model::{Lang, Side};
use sverka::outcome::Outcome;
use sverka::run;

use crate::samples;

/// Checks that list records which share a contact, an account or a document.
const SHARED: [&str; 4] = ["ct-phone-shared", "ct-email-role-shared", "cp-bank-account-shared", "ct-doc-shared"];

fn outcome(name: &str) -> &'static Outcome {
    samples::audited(name, Lang::Ru)
}

/// Rows of an expected file, without its heading.
fn expected(name: &str, file: &str) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(samples::folder(name).join("expected").join(file)).unwrap();
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

/// No trap is in one cluster, and each is shown: as a link with one of its vetoes, or in a finding about what the two
/// share, where nothing else speaks for the pair and a rule still keeps it from a merge without a person.
#[test]
fn traps_are_never_merged_and_shown() {
    let outcome = outcome("trade");
    let clusters = clusters(outcome);
    let links = links(outcome);
    let findings: Vec<BTreeSet<String>> = outcome
        .findings
        .iter()
        .filter(|f| SHARED.contains(&f.check))
        .map(|f| f.records().map(|r| outcome.data.key(r)).collect())
        .collect();
    let traps = expected("trade", "traps.csv");
    assert!(traps.len() > 200);
    let mut explained = BTreeSet::new();
    for trap in &traps {
        let (left, right, vetoes, note) = (&trap[0], &trap[1], &trap[2], &trap[3]);
        assert!(!clusters.iter().any(|c| c.contains(left) && c.contains(right)), "{trap:?}");
        let fits = |veto: Veto| vetoes.split(' ').any(|v| v == veto.as_str());
        if let Some((decision, veto)) = links.get(&pair(left, right)) {
            assert!(*decision == Decision::Rejected && veto.is_some_and(fits), "{trap:?}: {veto:?}");
            continue;
        }
        assert!(findings.iter().any(|f| f.contains(left) && f.contains(right)), "{trap:?} is shown nowhere");
        // The rule holds such a pair apart all the same; asking for one of each sort is enough.
        if explained.insert(note.clone()) {
            let at = |key: &str| outcome.data.find(key).unwrap();
            let why = matching::explain(&outcome.data, &outcome.matching_config, at(left), at(right));
            // A passport shared by two names and two dates of birth is no veto, and is never merged without a person.
            let held = why.vetoes.iter().any(|&v| fits(v)) || why.caution.is_some();
            assert!(held, "{trap:?}: {:?} {:?}", why.vetoes, why.probability);
        }
    }
    assert!(!explained.is_empty(), "every trap is a link: the second half of this test has nothing to look at");
}

#[test]
fn runs_are_equal_whatever_the_threads() {
    let folder = tempfile::tempdir().unwrap();
    let write = |threads: usize| {
        let out = folder.path().join(format!("run-{threads}"));
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| run::write(&samples::fresh("trade", Lang::Ru), &out, "2026-11-24T00:00:00Z", &Silent).unwrap());
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

/// Pairs in both orders, with what became of them.
fn links(outcome: &Outcome) -> BTreeMap<(String, String), (Decision, Option<Veto>)> {
    let key = |r| outcome.data.key(r);
    let links = outcome.matching.links.iter();
    links.map(|l| (pair(&key(l.a), &key(l.b)), (l.decision, l.veto))).collect()
}

fn pair(a: &str, b: &str) -> (String, String) {
    (a.min(b).to_owned(), a.max(b).to_owned())
}

/// Every pair that is one party is found as its level says: `auto` without a person, `review` at least shown to one,
/// `apart` held by a veto and named by a finding.
#[test]
fn what_is_one_party_is_found() {
    for name in ["trade", "trade-clean"] {
        let outcome = outcome(name);
        let clusters = clusters(outcome);
        let links = links(outcome);
        let together = |a: &String, b: &String| clusters.iter().any(|c| c.contains(a) && c.contains(b));
        let mut counts = [0usize; 3];
        for link in expected(name, "links.csv") {
            let (left, right) = (&link[0], &link[1]);
            let decided = links.get(&pair(left, right)).copied();
            let shown = decided.is_some_and(|(decision, _)| decision == Decision::Review);
            match link[2].as_str() {
                "auto" => assert!(together(left, right), "{name}: {link:?} {decided:?}"),
                "review" => assert!(together(left, right) || shown, "{name}: {link:?} {decided:?}"),
                "apart" => {
                    assert!(matches!(decided, Some((Decision::Rejected, Some(_)))), "{name}: {link:?} {decided:?}");
                    let both = |f: &Finding| {
                        let keys: Vec<String> = f.records().map(|r| outcome.data.key(r)).collect();
                        keys.contains(left) && keys.contains(right)
                    };
                    assert!(outcome.findings.iter().any(both), "{name}: {link:?} is in no finding");
                }
                level => panic!("{level}"),
            }
            counts[["auto", "review", "apart"].iter().position(|l| *l == link[2]).unwrap()] += 1;
        }
        assert!(counts[0] > 500, "{counts:?}");
        if name == "trade-clean" {
            assert_eq!(counts[1..], [0, 0]);
            continue; // Nothing to merge there.
        }
        assert!(counts[1] > 10 && counts[2] >= 2, "{counts:?}");
        let merges = expected(name, "merges.csv");
        for row in merges.iter().filter(|m| m[3] == "auto") {
            let group: Vec<_> = merges.iter().filter(|m| m[0] == row[0] && m[3] == "auto").collect();
            assert!(clusters.iter().any(|c| group.iter().all(|m| c.contains(&m[2]))), "{name}: {row:?}");
        }
    }
}

/// Every planted finding is reported for its record, together with the others that are part of it.
#[test]
fn planted_findings_are_found() {
    let outcome = outcome("trade");
    let found: Vec<(&str, BTreeSet<String>)> = outcome
        .findings
        .iter()
        .map(|finding| {
            let mut names: BTreeSet<String> = finding.records().map(|r| outcome.data.key(r)).collect();
            if let Subject::Source { side, at, .. } = &finding.subject {
                names.insert(format!("{side}::{}", at.place.file));
            }
            (finding.check, names)
        })
        .collect();
    let planted = expected("trade", "findings.csv");
    assert!(planted.len() > 100);
    let missed: Vec<_> = planted
        .iter()
        .filter(|row| {
            let [check, side, entity, record, others, _] = row.as_slice() else { panic!("{row:?}") };
            let subject = format!("{side}:{entity}:{record}");
            let all = || [subject.as_str()].into_iter().chain(others.split_whitespace());
            !found.iter().any(|(id, names)| id == check && all().all(|name| names.contains(name)))
        })
        .collect();
    assert!(missed.is_empty(), "{missed:#?}");
}
