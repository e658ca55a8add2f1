//! The bundled projects of a developer through the whole audit: planted defects are found, the clean twin is clean.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use sverka::audit::{Plan, Silent, audit};
use sverka::config;
use sverka::finding::Severity;
use sverka::matching::Decision;
use sverka::model::{Entity, Side, Space};
use sverka::outcome::Outcome;

/// Families that this sample answers for.
const FAMILIES: [&str; 4] = ["snap-", "cp-", "ct-", "re-"];

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples").join(name)
}

fn outcome(name: &str) -> Outcome {
    let config = config::load(&sample(name)).unwrap();
    let as_of = config.as_of.unwrap();
    audit(&Plan::new(config, as_of), &Silent).unwrap()
}

#[test]
fn the_clean_developer_is_clean() {
    let outcome = outcome("developer-clean");
    let bad: Vec<String> = outcome
        .findings
        .iter()
        .filter(|f| f.severity <= Severity::Error || f.check.starts_with("re-"))
        .filter(|f| FAMILIES.iter().any(|family| f.check.starts_with(family)))
        .map(|f| format!("{}: {}", f.check, f.message))
        .collect();
    assert!(bad.is_empty(), "{bad:#?}");
    for side in Side::BOTH {
        let snapshot = outcome.data.get(side);
        assert!(snapshot.sources.iter().all(|s| s.counts.balances()));
        assert_eq!(snapshot.book(Entity::Object).len(), 400);
        assert_eq!(snapshot.book(Entity::Ddu).len(), 150);
        assert_eq!(snapshot.book(Entity::Instalment).len(), 450);
    }
    // Every unit, contract and instalment has its pair, and nobody is asked.
    let links = outcome.pairing.links();
    let paired = |space: Space| links.iter().filter(|l| l.a.space == space && l.decision == Decision::Auto).count();
    assert_eq!([Space::Objects, Space::Ddus, Space::Instalments].map(paired), [400, 150, 450]);
}

#[test]
fn planted_defects_of_the_developer_are_found() {
    let outcome = outcome("developer");
    let found: Vec<(&str, BTreeSet<String>)> =
        outcome.findings.iter().map(|f| (f.check, f.records().map(|r| outcome.data.key(r)).collect())).collect();
    let text = std::fs::read_to_string(sample("developer").join("expected/findings.csv")).unwrap();
    let planted: Vec<Vec<&str>> = text.lines().skip(1).map(|line| line.split(',').collect()).collect();
    assert!(planted.len() > 36);
    let missed: Vec<_> = planted
        .iter()
        .filter(|row| {
            let subject = format!("{}:{}:{}", row[1], row[2], row[3]);
            let mut all = [subject.as_str()].into_iter().chain(row[4].split_whitespace());
            !found.iter().any(|(id, names)| {
                *id == row[0] && all.clone().all(|name| names.contains(name)) && all.next().is_some()
            })
        })
        .collect();
    assert!(missed.is_empty(), "{missed:#?}");
}

/// A whole run with findings about property is written, and its page shows both grids as one.
#[test]
fn a_run_of_the_developer_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("run");
    sverka::run::write(&outcome("developer"), &out, "2026-11-24T00:00:00Z", &Silent).unwrap();
    let page = std::fs::read_to_string(out.join("report.html")).unwrap();
    let section = &page[page.find("<section id=\"property\">").unwrap()..];
    let section = &section[..section.find("</section>").unwrap()];
    assert!(section.matches("<table class=\"grid\">").count() >= 4);
    assert!(section.contains("CRM: свободно<br>1С: продано"), "the flat that is free in the CRM and sold in 1C");
    assert!(section.contains("u-alone") && section.contains("u-differ") && section.contains("u-same"));
}
