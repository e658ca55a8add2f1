//! How the result came about: thresholds, blocking rules, versions, times.

use serde::Serialize;

use crate::report::cell::{Cell, Kind, shown};
use crate::report::model::{Table, short, shown_of};
use crate::report::queue::Cells;

#[derive(Debug, Serialize)]
pub struct Method {
    pub facts: Vec<(String, String)>,
    pub rules: Table,
    pub oversized: Table,
    /// Wall times: with [`Method::memory`] the only part of the page that differs between runs on the same data.
    pub stages: Table,
    pub memory: String,
    pub glossary: Vec<(String, String)>,
}

/// Oversized keys shown: each is a defect of the data that a check reports too.
const OVERSIZED: usize = 20;

/// Words of the glossary, in the order in which a reader meets them.
pub const GLOSSARY: [&str; 10] =
    ["snapshot", "counterparty", "link", "duplicate", "master", "veto", "drift", "finding", "gate", "quarantine"];

/// Pairs (word, meaning) of the glossary.
pub fn glossary(texts: &crate::report::texts::Texts) -> Vec<(String, String)> {
    GLOSSARY
        .iter()
        .map(|word| {
            let text = |part: &str| texts.get(&format!("glossary.{word}.{part}")).to_owned();
            (text("word"), text("meaning"))
        })
        .collect()
}

impl Method {
    pub fn new(cx: Cells) -> Method {
        let (o, t) = (cx.outcome, cx.texts);
        let fact = |key: &str, value: String| (t.get(key).to_owned(), value);
        let facts = vec![
            fact("method.version", format!("sverka {}", env!("CARGO_PKG_VERSION"))),
            fact("method.snapshot", o.snapshot_id.clone()),
            fact("method.config", o.config_sha256.clone()),
            fact("method.auto", t.percent(o.matching_config.auto * 100.0)),
            fact("method.review", t.percent(o.matching_config.review * 100.0)),
            fact("method.compared", t.number(o.matching.compared)),
            fact("method.links", t.number(o.matching.links.len() as u64)),
            fact("method.clusters", t.number(o.matching.clusters.len() as u64)),
        ];
        let named = |family: &str, name: &'static str| {
            let key = format!("{family}.{name}");
            Cell::text(t.find(&key).unwrap_or(name))
        };
        let rules = o
            .matching
            .rules
            .iter()
            .map(|r| vec![named("blocking", r.rule), cx.count(r.keys), cx.count(r.pairs)])
            .collect();
        let rules = Table::whole(
            "blocking",
            vec![
                (t.get("method.rule").to_owned(), Kind::Text),
                (t.get("method.keys").to_owned(), Kind::Number),
                (t.get("method.pairs").to_owned(), Kind::Number),
            ],
            rules,
        );
        let rows = o
            .matching
            .oversized
            .iter()
            .take(OVERSIZED)
            .map(|k| {
                let held = k.records.first().map_or("", |&r| cx.field(k.field, r));
                vec![
                    named("blocking", k.rule),
                    Cell::text(k.field.title(t.lang)),
                    short(cx, Cell::text(shown(held).into_owned())),
                    cx.count(k.records.len() as u64),
                    refined(cx, k.refined_by),
                ]
            })
            .collect();
        let mut oversized = Table::whole(
            "oversized",
            ["method.rule", "col.field", "method.example", "col.records", "method.refined"]
                .iter()
                .enumerate()
                .map(|(at, key)| (t.get(key).to_owned(), if at == 3 { Kind::Number } else { Kind::Text }))
                .collect(),
            rows,
        );
        oversized.total = o.matching.oversized.len() as u64;
        let whole = t.say("word.in_files", &[("files", &"data/findings.parquet")]);
        oversized.note = shown_of(cx, oversized.rows.len() as u64, oversized.total, &whole);
        Method { facts, rules, oversized, stages: stages(cx), memory: memory(cx), glossary: glossary(t) }
    }
}

/// The attributes of a list such as `inn, phone`, each in words.
fn refined(cx: Cells, names: &'static str) -> Cell {
    let names = names.split(", ").map(|name| {
        let key = format!("refined.{name}");
        cx.texts.find(&key).unwrap_or(name)
    });
    Cell::text(names.collect::<Vec<_>>().join(", "))
}

fn stages(cx: Cells) -> Table {
    let t = cx.texts;
    let rows = cx
        .outcome
        .stages
        .iter()
        .map(|s| {
            let name = format!("stage.{}", s.stage);
            let seconds = s.elapsed_ms / 1000.0;
            vec![Cell::text(t.find(&name).unwrap_or(s.stage)), Cell::number(seconds, t.decimal(seconds, 2))]
        })
        .collect();
    let columns =
        vec![(t.get("method.stage").to_owned(), Kind::Text), (t.get("method.seconds").to_owned(), Kind::Number)];
    Table::whole("stages", columns, rows)
}

fn memory(cx: Cells) -> String {
    let peak = cx.outcome.stages.iter().map(|s| s.peak_bytes).max().unwrap_or(0);
    if peak == 0 {
        return String::new();
    }
    cx.texts.say("method.memory", &[("mib", &cx.texts.number(peak.div_ceil(1 << 20)))])
}
