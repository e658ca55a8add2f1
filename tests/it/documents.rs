//! Documents of an invented base through the real commands: how many pairs are found without a shared id, and how many of
//! those made are right.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::process::Command;

use polars::prelude::{DataFrame, ParquetReader, SerReader};

fn sverka(arguments: &[&str]) -> String {
    let done = Command::new(env!("CARGO_BIN_EXE_sverka")).args(arguments).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

fn table(path: &Path) -> DataFrame {
    ParquetReader::new(std::fs::File::open(path).unwrap()).finish().unwrap()
}

fn column<'f>(frame: &'f DataFrame, name: &str) -> Vec<&'f str> {
    frame.column(name).unwrap().str().unwrap().iter().map(|text| text.unwrap_or_default()).collect()
}

#[test]
fn pairs_of_documents_without_shared_ids() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name).to_string_lossy().into_owned();
    let base = at("base");
    let said = sverka(&["generate", "--rows", "2000", "--documents", "9000", "--seed", "11", "--out", &base]);
    assert!(said.contains("Документов: CRM "), "{said}");
    sverka(&["audit", &base, "--out", &at("run"), "--quiet"]);

    // Left, right → no id is shared.
    let text = std::fs::read_to_string(dir.path().join("base/documents_truth.csv")).unwrap();
    let truth: HashMap<(&str, &str), bool> = text
        .lines()
        .skip(1)
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            ((cells[0], cells[1]), cells[2] == "no")
        })
        .collect();
    assert!(truth.len() > 8_000, "{}", truth.len());
    assert!(truth.values().filter(|no_id| **no_id).count() * 5 > truth.len() * 4, "most share no id");

    let links = table(&dir.path().join("run/data/links.parquet"));
    let [scopes, decisions] = ["scope", "decision"].map(|name| column(&links, name));
    let keys = |side: &str| -> Vec<String> {
        let [s, e, id] = ["side", "entity", "id"].map(|part| column(&links, &format!("{side}_{part}")));
        (0..s.len()).map(|at| format!("{}:{}:{}", s[at], e[at], id[at])).collect()
    };
    let (left, right) = (keys("left"), keys("right"));
    let (mut right_ones, mut wrong) = (HashSet::new(), Vec::new());
    for at in 0..left.len() {
        let paper = left[at].starts_with("crm:deal:") || left[at].starts_with("crm:document:");
        if scopes[at] != "cross" || decisions[at] != "auto" || !paper || !right[at].starts_with("onec:document:") {
            continue;
        }
        let pair = (left[at].as_str(), right[at].as_str());
        match truth.get(&pair) {
            Some(true) => {
                right_ones.insert(pair);
            }
            Some(false) => {}
            None => wrong.push(pair),
        }
    }
    let wanted = truth.values().filter(|no_id| **no_id).count();
    let made = right_ones.len() + wrong.len();
    let (precision, recall) = (right_ones.len() as f64 / made as f64, right_ones.len() as f64 / wanted as f64);
    println!(
        "precision {precision:.5} recall {recall:.5}: {} right, {} wrong, {wanted} true",
        right_ones.len(),
        wrong.len()
    );
    assert!(precision >= 0.999, "{precision}: {:?}", &wrong[..wrong.len().min(9)]);
    assert!(recall >= 0.98, "{recall}");

    // What is lost and what is invented is said, with its money.
    let findings = table(&dir.path().join("run/data/findings.parquet"));
    let checks = column(&findings, "check");
    let impact = findings.column("impact").unwrap();
    for check in ["doc-lost", "doc-ghost", "doc-amount-drift"] {
        let rows: Vec<usize> = (0..checks.len()).filter(|&at| checks[at] == check).collect();
        assert!(rows.len() > 10, "{check}: {}", rows.len());
        assert!(rows.iter().all(|&at| !impact.get(at).unwrap().is_null()), "{check}");
    }
}

/// The page has the control of sums, what is lost, changed and invented with its money, and the way of deals; what is cut is
/// said. A project without documents has no such section.
#[test]
fn the_page_shows_documents() {
    let dir = tempfile::tempdir().unwrap();
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let page = |name: &str| {
        let out = dir.path().join(name);
        sverka(&["audit", &samples.join(name).to_string_lossy(), "--out", &out.to_string_lossy(), "--quiet"]);
        std::fs::read_to_string(out.join("report.html")).unwrap()
    };
    let section = |page: &str| {
        let from = page.find("<section id=\"papers\">").unwrap();
        page[from..from + page[from..].find("</section>").unwrap()].to_owned()
    };
    let trade = section(&page("trade"));
    for part in [
        "id=\"papers-lost\"",
        "id=\"papers-changed\"",
        "id=\"papers-ghost\"",
        "id=\"control-months\"",
        "id=\"control-parties\"",
    ] {
        assert!(trade.contains(part), "{part}");
    }
    assert!(trade.matches("<article class=\"chain\">").count() > 20);
    let chain = &trade[trade.find("<article class=\"chain\">").unwrap()..];
    let chain = &chain[..chain.find("</article>").unwrap()];
    for step in ["Сделка", "Заказ", "Счёт", "Отгрузка", "Оплата"] {
        assert!(chain.contains(&format!("<th scope=\"row\">{step}</th>")), "{step}: {chain}");
    }
    let clean = section(&page("trade-clean"));
    assert!(clean.contains("id=\"control-months\"") && !clean.contains("class=\"chain\""));
    let bare = dir.path().join("bare").to_string_lossy().into_owned();
    sverka(&["generate", "--rows", "200", "--out", &bare]);
    sverka(&["audit", &bare, "--out", &dir.path().join("alone").to_string_lossy(), "--quiet"]);
    let alone = std::fs::read_to_string(dir.path().join("alone/report.html")).unwrap();
    assert!(!alone.contains("id=\"papers\""));
    let list = std::fs::read_to_string(dir.path().join("trade/cleanup/accountant.csv")).unwrap();
    let planted = std::fs::read_to_string(samples.join("trade/expected/findings.csv")).unwrap();
    let documents = planted.lines().filter(|l| ["doc-", "pay-", "co-"].iter().any(|f| l.starts_with(f))).count();
    assert!(list.lines().count() > documents && list.contains("doc-lost"), "{documents}");
    assert!(!dir.path().join("trade-clean/cleanup/accountant.csv").exists());
}

/// Which payment paid for what, to the kopeck: of every receipt the shares add up to no more than it, and each names a
/// document that the run holds.
#[test]
fn allocations_are_a_table() {
    let dir = tempfile::tempdir().unwrap();
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let out = dir.path().join("run");
    sverka(&["audit", &samples.join("trade").to_string_lossy(), "--out", &out.to_string_lossy(), "--quiet"]);
    let frame = table(&out.join("data/allocations.parquet"));
    let names: Vec<&str> = frame.get_column_names().into_iter().map(|name| name.as_str()).collect();
    let expected = [
        "payment_side",
        "payment_entity",
        "payment_id",
        "paid_side",
        "paid_entity",
        "paid_id",
        "amount",
        "currency",
        "how",
    ];
    assert_eq!(names, expected);
    let text: String =
        std::fs::read_to_string(samples.join("trade/onec/sales/Document_ПоступлениеБезналичныхДенежныхСредств.json"))
            .unwrap();
    let receipts: serde_json::Value = serde_json::from_str(&text).unwrap();
    let sums: HashMap<&str, f64> = receipts["value"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| (r["Ref_Key"].as_str().unwrap(), r["СуммаДокумента"].as_f64().unwrap()))
        .collect();
    let amounts = frame.column("amount").unwrap().cast(&polars::prelude::DataType::Float64).unwrap();
    let amounts: Vec<f64> = amounts.f64().unwrap().iter().map(Option::unwrap).collect();
    let [payments, entities, how] = ["payment_id", "paid_entity", "how"].map(|name| column(&frame, name));
    let mut paid: HashMap<&str, f64> = HashMap::new();
    for at in 0..payments.len() {
        assert!(["document", "deal", "contract"].contains(&entities[at]), "{}", entities[at]);
        assert!(["basis", "purpose", "contract", "amount"].contains(&how[at]), "{}", how[at]);
        *paid.entry(payments[at]).or_default() += amounts[at];
    }
    let known: Vec<_> = paid.iter().filter_map(|(id, sum)| Some((id, *sum, *sums.get(id)?))).collect();
    assert!(known.len() * 10 > sums.len() * 9, "{} of {}", known.len(), sums.len());
    for (id, shares, whole) in known {
        assert!((shares - whole).abs() < 0.005, "{id}: {shares} of {whole}");
    }
}
