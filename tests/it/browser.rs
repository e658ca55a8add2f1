//! The page in a real Chromium.
#![cfg(unix)]

use std::path::{Path, PathBuf};
use std::process::Command;

use polars::prelude::{DataFrame, ParquetReader, SerReader};
use serde_json::{Value, json};
use sverka::audit::Silent;
use sverka::model::Lang;
use sverka::outcome::Outcome;
use sverka::report::{html, model};
use sverka::run;

use crate::chromium::Browser;
use crate::report_html::{HOSTILE, hostile};
use crate::samples::{self, audited};
use crate::tools;

fn save(folder: &Path, name: &str, page: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, page).unwrap();
    format!("file://{}", path.display())
}

#[test]
fn the_page_works_in_a_browser() {
    if !tools::have(&["chromium", "mkfifo"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let outcome = audited("trade", Lang::Ru);
    let report = model::build(outcome);
    let url = save(folder.path(), "report.html", &html::render(&report).unwrap());
    let mut b = Browser::start(folder.path());
    b.screen(1400, 900, "light");
    b.open(&url);
    assert_eq!(b.complaints(), [""; 0]);

    // The numbers a reader sees are those of the model.
    let tiles = b.eval("Array.from(document.querySelectorAll('.tile .value'), e => e.textContent)");
    let expected: Vec<&str> = report.page().tiles.iter().map(|t| t.value.as_str()).collect();
    assert_eq!(tiles, json!(expected));
    let counts = b.eval("Array.from(document.querySelectorAll('.card > summary .count'), e => e.textContent)");
    let expected: Vec<&str> = report.page().findings.cards.iter().map(|c| c.count.as_str()).collect();
    assert_eq!(counts, json!(expected));
    assert_eq!(b.eval("document.querySelector('h1').textContent.slice(1)"), json!(report.page().verdict.headline));

    // Search by typing.
    let visible = "document.querySelectorAll('#drift-pairs-grid tbody tr:not([hidden])').length";
    let all = b.eval(visible).as_u64().unwrap();
    assert_eq!(all as usize, report.page().drift.rows.len());
    b.eval("document.querySelector('#drift-pairs-grid input').focus()");
    b.call("Input.insertText", json!({"text": "телефон РАЗЛИЧ"}));
    let found = report.page().drift.rows.iter().filter(|row| {
        let text = row.iter().map(|c| c.text.to_lowercase()).collect::<String>();
        text.contains("телефон") && text.contains("различ")
    });
    let found = found.count();
    assert!(found > 0 && found < all as usize);
    assert_eq!(b.eval(visible), json!(found));
    let status = b.eval("document.querySelector('#drift-pairs-grid [role=status]').textContent");
    assert_eq!(status, json!(format!("строк: {found} из {all}")));
    for kind in ["keyDown", "keyUp"] {
        b.call("Input.dispatchKeyEvent", json!({"type": kind, "key": "Escape", "code": "Escape"}));
    }
    assert_eq!(b.eval(visible), json!(all), "Escape clears the search");

    // Sort by the number of the pair, up and down.
    let pairs =
        "Array.from(document.querySelectorAll('#drift-pairs-grid tbody tr'), r => Number(r.cells[0].dataset.v))";
    let mut sorted: Vec<u64> = b.eval(pairs).as_array().unwrap().iter().map(|v| v.as_u64().unwrap()).collect();
    assert!(!sorted.is_sorted());
    sorted.sort_unstable();
    b.eval("document.querySelector('#drift-pairs-grid th button').click()");
    assert_eq!(b.eval(pairs), json!(sorted));
    assert_eq!(b.eval("document.querySelector('#drift-pairs-grid th').ariaSort"), json!("ascending"));
    sorted.reverse();
    b.eval("document.querySelector('#drift-pairs-grid th button').click()");
    assert_eq!(b.eval(pairs), json!(sorted));

    // A deep link opens a folded card.
    let folded = report.page().findings.cards.iter().find(|c| c.severity == "предупреждение").unwrap();
    assert_eq!(b.eval(&format!("document.getElementById('{}').open", folded.id)), json!(false));
    b.open("about:blank");
    b.open(&format!("{url}#{}", folded.id));
    assert_eq!(b.eval(&format!("document.getElementById('{}').open", folded.id)), json!(true));
    let top = b.eval(&format!("document.getElementById('{}').getBoundingClientRect().top", folded.id));
    assert!(top.as_f64().unwrap().abs() < 900.0, "{top}");
    let passed = &report.page().findings.passed[0];
    b.eval(&format!("location.hash = '#{}'", passed.id));
    b.eval("window.dispatchEvent(new HashChangeEvent('hashchange'))");
    assert_eq!(b.eval("document.getElementById('passed').open"), json!(true));

    // Dark, and as wide as a phone.
    let ground = "getComputedStyle(document.body).backgroundColor";
    let light = b.eval(ground);
    b.screen(360, 740, "dark");
    assert_ne!(b.eval(ground), light);
    assert_eq!(b.eval("document.documentElement.scrollWidth"), json!(360));

    assert_eq!(b.complaints(), [""; 0]);

    // The policy holds: a script that is not ours does not run.
    b.eval("document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.bad = 1'}))");
    assert_eq!(b.eval("typeof window.bad"), json!("undefined"));
}

#[test]
fn hostile_values_do_nothing_in_a_browser() {
    if !tools::have(&["chromium", "mkfifo"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let outcome = hostile();
    let report = model::build(&outcome);
    let url = save(folder.path(), "hostile.html", &html::render(&report).unwrap());
    let mut b = Browser::start(folder.path());
    b.screen(360, 740, "light");
    b.open(&url);
    assert_eq!(b.complaints(), [""; 0]);
    assert!(b.eval("document.title").as_str().unwrap().contains(HOSTILE[0]));
    assert_eq!(b.eval("document.images.length + document.scripts.length"), json!(1));
    assert_eq!(b.eval("document.documentElement.scrollWidth"), json!(360));
    let cell = b.eval("document.querySelector('#cp-test-firing tbody td:nth-child(4)').textContent");
    assert_eq!(cell, json!(HOSTILE[0]));
}

fn table(run: &Path, name: &str) -> DataFrame {
    let file = std::fs::File::open(run.join("data").join(format!("{name}.parquet"))).unwrap();
    ParquetReader::new(file).finish().unwrap()
}

/// Rows whose column holds this text.
fn rows_with(frame: &DataFrame, column: &str, text: &str) -> usize {
    frame.column(column).unwrap().str().unwrap().iter().filter(|v| *v == Some(text)).count()
}

/// A whole run on disk.
fn written(outcome: &Outcome, folder: &Path) -> PathBuf {
    let out = folder.join("run");
    run::write(outcome, &out, "2026-11-24T00:00:00Z", &Silent).unwrap();
    out
}

/// What a reader counts on the page is what a script counts in the tables.
#[test]
fn totals_are_those_of_the_tables() {
    if !tools::have(&["chromium", "mkfifo"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let run = written(audited("trade", Lang::En), folder.path());
    let mut b = Browser::start(folder.path());
    b.open(&format!("file://{}", run.join("report.html").display()));
    let number = |text: Value| -> usize {
        text.as_str().unwrap().chars().filter(char::is_ascii_digit).collect::<String>().parse().unwrap()
    };

    let findings = table(&run, "findings");
    let cards =
        b.eval("Array.from(document.querySelectorAll('.card'), c => [c.id, c.querySelector('.count').textContent])");
    let cards = cards.as_array().unwrap();
    assert!(cards.len() > 50);
    for card in cards {
        let check = card[0].as_str().unwrap();
        assert_eq!(number(card[1].clone()), rows_with(&findings, "check", check), "{check}");
    }
    let shown: usize = cards.iter().map(|c| number(c[1].clone())).sum();
    assert_eq!(shown, findings.height());
    let legend = b.eval("Array.from(document.querySelectorAll('#gates .legend li'), e => e.textContent)");
    for (text, severity) in legend.as_array().unwrap().iter().zip(["blocker", "error", "warning", "info"]) {
        assert_eq!(number(text.clone()), rows_with(&findings, "severity", severity), "{severity}");
    }

    let links = table(&run, "links");
    let total = |b: &mut Browser, id: &str| {
        number(b.eval(&format!("document.querySelector('nav a[href=\"#{id}\"] .n').textContent")))
    };
    // Pairs of parties, and links of everything else.
    let decided = |of_parties: bool, decision: &str| {
        let (entities, decisions) = (links.column("left_entity").unwrap(), links.column("decision").unwrap());
        let rows = entities.str().unwrap().iter().zip(decisions.str().unwrap().iter());
        rows.filter(|(e, d)| matches!(e, Some("counterparty" | "contact")) == of_parties && *d == Some(decision))
            .count()
    };
    assert_eq!(total(&mut b, "pairs"), decided(true, "review"));
    assert_eq!(total(&mut b, "vetoes"), decided(true, "rejected"));
    assert!(decided(false, "review") > 5);
    assert_eq!(total(&mut b, "ties"), decided(false, "review"));
    assert_eq!(total(&mut b, "quarantine"), table(&run, "quarantine").height());
    assert_eq!(total(&mut b, "findings"), findings.height());

    // A group of duplicates is a cluster with several members on one side.
    let clusters = table(&run, "clusters");
    let (ids, sides) = (clusters.column("cluster_id").unwrap(), clusters.column("side").unwrap());
    let mut members = std::collections::BTreeMap::new();
    for (id, side) in ids.u32().unwrap().iter().zip(sides.str().unwrap().iter()) {
        *members.entry((id, side)).or_insert(0usize) += 1;
    }
    let groups: Vec<usize> = members.into_values().filter(|&n| n > 1).collect();
    assert_eq!(total(&mut b, "duplicates"), groups.len());
    let tile = |b: &mut Browser, href: &str| {
        number(b.eval(&format!("document.querySelector('.tile a[href=\"#{href}\"] .value').textContent")))
    };
    assert_eq!(tile(&mut b, "duplicates"), groups.iter().map(|n| n - 1).sum::<usize>());

    let forecast = table(&run, "forecast");
    let counts: u64 = forecast.column("count").unwrap().u64().unwrap().iter().flatten().sum();
    // The first number of a row is its total.
    let rows = "Array.from(document.querySelectorAll('#forecast-table-grid tbody tr'), r => Array.from(r.querySelectorAll('[data-v]'), c => Number(c.dataset.v)))";
    let rows: Vec<Vec<f64>> = serde_json::from_value(b.eval(rows)).unwrap();
    assert_eq!(rows.iter().map(|r| r[0]).sum::<f64>(), counts as f64);
    assert_eq!(rows.iter().flat_map(|r| &r[1..]).sum::<f64>(), counts as f64);
    assert_eq!(b.complaints(), [""; 0]);
}

/// Violations that the checker calls serious or critical.
fn serious(b: &mut Browser) -> Vec<String> {
    let found = b.wait(
        "axe.run(document, {resultTypes: ['violations']}).then(r => r.violations.map(v => [v.impact, v.id, v.nodes.length, \
         v.nodes.slice(0, 3).map(n => n.target.join(' ') + ': ' + n.failureSummary).join('; ')]))",
    );
    let found = found.as_array().unwrap().iter();
    found.filter(|v| matches!(v[0].as_str(), Some("serious" | "critical"))).map(Value::to_string).collect()
}

/// axe-core, which `tests/run.sh` installs, on every part of the page: light and dark, wide and narrow, all unfolded.
#[test]
fn everybody_can_read_it() {
    let axe = tools::file("SVERKA_AXE", "axe.min.js of axe-core");
    let (Some(axe), true) = (axe, tools::have(&["chromium", "mkfifo"])) else { return };
    let axe = std::fs::read_to_string(axe).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut b = Browser::start(folder.path());
    for (name, lang) in [("trade", Lang::Ru), ("trade-clean", Lang::En)] {
        let outcome = audited(name, lang);
        let url = save(folder.path(), &format!("{name}.html"), &html::render(&model::build(outcome)).unwrap());
        for (width, scheme) in [(1400, "light"), (1400, "dark"), (360, "light")] {
            b.screen(width, 900, scheme);
            b.open("about:blank");
            b.open(&url);
            b.eval("document.querySelectorAll('details').forEach(d => { d.open = true; })");
            b.eval(&axe);
            assert_eq!(serious(&mut b), [""; 0], "{name}, {width} {scheme}");
        }
    }
    // The checker works: it sees a button without a name.
    b.eval("document.querySelector('main').append(document.createElement('button'))");
    assert!(serious(&mut b).iter().any(|v| v.contains("button-name")));
}

#[test]
fn it_prints_on_pages_of_paper() {
    if !tools::have(&["chromium", "mkfifo", "pdftotext"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let outcome = audited("trade", Lang::Ru);
    let report = model::build(outcome);
    let url = save(folder.path(), "report.html", &html::render(&report).unwrap());
    let mut b = Browser::start(folder.path());
    b.screen(1400, 900, "dark");
    b.open(&url);
    // Folded cards are unfolded for paper, and folded again.
    b.call("Emulation.setEmulatedMedia", json!({"media": "print"}));
    let pdf = b.call("Page.printToPDF", json!({"preferCSSPageSize": true, "printBackground": true}));
    let bytes = base64(pdf["data"].as_str().unwrap());
    let path = folder.path().join("report.pdf");
    std::fs::write(&path, bytes).unwrap();
    let text = Command::new("pdftotext").args(["-layout", path.to_str().unwrap(), "-"]).output().unwrap();
    let text = String::from_utf8(text.stdout).unwrap();
    let pages: Vec<&str> = text.trim_end_matches('\u{c}').split('\u{c}').collect();
    assert!(pages[0].contains(&report.page().verdict.headline));
    assert!((10..200).contains(&pages.len()), "{} pages", pages.len());
    let empty = pages.iter().filter(|p| p.trim().chars().count() < 20).count();
    assert_eq!(empty, 0, "no page is wasted");
    for card in &report.page().findings.cards {
        let word = card.title.split_whitespace().next().unwrap();
        assert!(text.contains(word), "{word}");
    }
    let open = b.eval("document.querySelectorAll('.card[open]').length");
    let blockers = report.page().findings.cards.iter().filter(|c| c.severity.contains("блокирует")).count();
    assert_eq!(open, json!(blockers));
}

fn base64(text: &str) -> Vec<u8> {
    let digit = |b: u8| match b {
        b'A'..=b'Z' => b - b'A',
        b'a'..=b'z' => b - b'a' + 26,
        b'0'..=b'9' => b - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let digits: Vec<u8> = text.bytes().filter(|&b| b != b'=').map(digit).collect();
    let mut out = Vec::new();
    for part in digits.chunks(4) {
        let word = part.iter().fold(0u32, |w, &d| w << 6 | u32::from(d)) << (6 * (4 - part.len()));
        out.extend(word.to_be_bytes()[1..].iter().take(part.len() - 1));
    }
    out
}

/// The list is worked through by keyboard alone: from the search of the cards to a row, sorted.
#[test]
fn the_keyboard_is_enough() {
    if !tools::have(&["chromium", "mkfifo"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let outcome = audited("trade", Lang::Ru);
    let url = save(folder.path(), "report.html", &html::render(&model::build(outcome)).unwrap());
    let mut b = Browser::start(folder.path());
    b.open(&url);
    let key = |b: &mut Browser, key: &str, text: &str| {
        let mut event = json!({"type": "keyDown", "key": key, "code": key, "windowsVirtualKeyCode": match key { "Tab" => 9, "Enter" => 13, _ => 32 }});
        if !text.is_empty() {
            event["text"] = json!(text);
        }
        b.call("Input.dispatchKeyEvent", event.clone());
        event["type"] = json!("keyUp");
        b.call("Input.dispatchKeyEvent", event);
    };
    // The first stop leads past the heading.
    key(&mut b, "Tab", "");
    assert_eq!(b.eval("document.activeElement.className"), json!("skip"));
    b.eval("document.querySelector('.card:not([open]) > summary').focus()");
    key(&mut b, "Enter", "\r");
    assert_eq!(b.eval("document.activeElement.parentElement.open"), json!(true));
    b.eval("document.querySelector('#people-grid th button').focus()");
    key(&mut b, "Enter", "\r");
    assert_eq!(b.eval("document.querySelector('#people-grid th').ariaSort"), json!("ascending"));
    let names = "Array.from(document.querySelectorAll('#people-grid tbody tr'), r => r.cells[0].textContent)";
    let names: Vec<String> = serde_json::from_value(b.eval(names)).unwrap();
    // «Сотрудник 3» stands before «сотрудник 12».
    let key = |name: &String| -> String {
        let parts = name.to_lowercase();
        parts
            .split(' ')
            .map(|word| if word.parse::<u32>().is_ok() { format!("{word:0>9} ") } else { format!("{word} ") })
            .collect()
    };
    assert!(names.len() > 3 && names.is_sorted_by_key(key), "{names:?}");
    assert_eq!(b.complaints(), [""; 0]);
}

/// Cards of the CRM open in it; a card of 1C gives its navigation link.
#[test]
fn records_lead_to_their_cards() {
    if !tools::have(&["chromium", "mkfifo"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut outcome = samples::fresh("trade", Lang::Ru);
    outcome.crm_url = Some("https://romashka.example".to_owned());
    let url = save(folder.path(), "report.html", &html::render(&model::build(&outcome)).unwrap());
    let mut b = Browser::start(folder.path());
    b.open(&url);
    let links = b.eval("Array.from(document.querySelectorAll('td a'), a => [a.href, a.textContent, a.rel])");
    let links = links.as_array().unwrap();
    assert!(links.len() > 200, "{}", links.len());
    for link in links {
        let (href, id) = (link[0].as_str().unwrap(), link[1].as_str().unwrap());
        assert!(
            href.starts_with("https://romashka.example/crm/") && href.ends_with(&format!("/details/{id}/")),
            "{link}"
        );
        assert!(link[2].as_str().unwrap().contains("noopener"));
    }
    let cards = b.eval("Array.from(document.querySelectorAll('td [data-card]'), e => [e.dataset.card, e.nextElementSibling.textContent])");
    let cards = cards.as_array().unwrap();
    assert!(cards.len() > 20);
    for card in cards {
        assert!(card[0].as_str().unwrap().starts_with("e1cib/data/Справочник."), "{card}");
        assert_eq!(card[1], json!("ссылка 1С"));
    }
    // Nothing was asked for until somebody clicks.
    assert_eq!(b.complaints(), [""; 0]);
}
