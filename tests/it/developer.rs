//! The bundled projects of a developer through the whole audit: planted defects are found, the clean twin is clean.

use std::collections::BTreeSet;
use std::path::Path;

use sverka::audit::Silent;
use sverka::finding::Severity;
use sverka::matching::Decision;
use sverka::model::{Entity, Lang, Side, Space};
use sverka::outcome::Outcome;

use crate::samples;

fn outcome(name: &str) -> &'static Outcome {
    samples::audited(name, Lang::Ru)
}

#[test]
fn the_clean_developer_is_clean() {
    let outcome = outcome("developer-clean");
    let bad: Vec<String> = outcome
        .findings
        .iter()
        .filter(|f| f.severity <= Severity::Error || f.check.starts_with("re-"))
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
    let text = std::fs::read_to_string(samples::folder("developer").join("expected/findings.csv")).unwrap();
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

/// A whole run with findings about property is written, and its page shows the grid of each side and their difference.
#[test]
fn a_run_of_the_developer_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("run");
    sverka::run::write(outcome("developer"), &out, "2026-11-24T00:00:00Z", &Silent).unwrap();
    let page = std::fs::read_to_string(out.join("report.html")).unwrap();
    let section = &page[page.find("<section id=\"property\">").unwrap()..];
    let section = &section[..section.find("</section>").unwrap()];
    for label in ["Шахматка CRM", "Шахматка 1С", "Расхождения"] {
        assert!(section.matches(&format!("<caption>{label}</caption>")).count() >= 4, "{label}");
    }
    assert!(section.contains("CRM: свободно<br>1С: продано"), "the flat that is free in the CRM and sold in 1C");
    assert!(section.contains("u-alone") && section.contains("u-differ") && section.contains("u-same"));
    assert!(section.contains("Договоры с просрочкой") && !section.contains("Просрочки нет ни на одной стороне"));
    assert!(page.len() < 5_000_000);
    // The annex to a specification tells what statuses mean, whatever the wording of the page.
    let map = std::fs::read_to_string(out.join("field-map.md")).unwrap();
    let row = |begin: &str| map.lines().find(|l| l.starts_with(begin)).unwrap_or_else(|| panic!("no {begin}: {map}"));
    assert!(row("| 1С | объекты недвижимости | Реализован |").contains("| продано | задан в настройках |"));
    assert!(row("| CRM | объекты недвижимости | Свободно |").contains("| свободно | понят по обычному слову |"));
    assert!(page.contains(">Карта статусов</h2>"));
}

/// Page and sheets say the same of money: totals of the ledger are sums of its contracts, and of months.
#[test]
fn schedules_payments_and_debt_reconcile() {
    use sverka::reconcile::schedule::Ledger;
    for name in ["developer", "developer-clean"] {
        let outcome = outcome(name);
        let ledger = Ledger::new(&outcome.data, outcome.pairing.estate(), outcome.as_of);
        for side in Side::BOTH {
            let of = ledger.of(side);
            assert!(of.entries.len() > 100, "{name}, {side}");
            let total = |get: fn(&sverka::reconcile::schedule::Account) -> i64| of.total(get);
            assert_eq!(total(|a| a.plan) - total(|a| a.paid), total(|a| a.open()) - total(|a| a.over), "{name}");
            assert_eq!(of.planned.values().sum::<i128>(), total(|a| a.plan), "{name}: every instalment has a month");
            assert_eq!(of.expected.values().sum::<i128>(), total(|a| a.ahead), "{name}");
        }
        // Receipts are of all contracts, terminated ones too.
        let payments = |side: Side| {
            let (book, holdings) = (outcome.data.book(side, Entity::Payment), outcome.pairing.estate().of(side));
            (0..outcome.data.book(side, Entity::Ddu).len())
                .map(|ddu| i128::from(holdings.paid(book, ddu).micros()))
                .sum::<i128>()
        };
        for side in Side::BOTH {
            let received: i128 = ledger.receipts.values().map(|sums| sums[side as usize]).sum();
            assert_eq!(received + ledger.undated[side as usize], payments(side), "{name}, {side}");
        }
    }
}

/// The committed samples are what the command writes.
#[test]
fn the_command_writes_the_samples() {
    for name in ["developer", "developer-clean"] {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        let run = std::process::Command::new(env!("CARGO_BIN_EXE_sverka"))
            .args(["generate", "--sample", name, "--out", out.to_str().unwrap()])
            .output()
            .unwrap();
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        let mut files = 0;
        for path in sverka::generate::developer(name.ends_with("clean")).into_iter().map(|(path, _)| path) {
            let read = |folder: &Path| std::fs::read(folder.join(&path)).unwrap();
            assert!(read(&out) == read(&samples::folder(name)), "{name}/{path}");
            files += 1;
        }
        assert!(files > 10);
    }
}
