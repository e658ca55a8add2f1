//! What changed since the baseline, and the last runs in numbers.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::decisions::State;
use crate::finding::{Changed, Status};
use crate::report::cell::{Cell, Kind, Tone};
use crate::report::model::{Table, short, short_text};
use crate::report::queue::Cells;

/// The section; absent when nothing was compared.
#[derive(Debug, Serialize)]
pub struct Changes {
    /// «Сравнение с прогоном … от …».
    pub lead: String,
    /// Word, number and tone.
    pub counts: Vec<(String, String, Tone)>,
    /// New, returned and resolved findings by check.
    pub checks: Table,
    /// The last runs, this one last.
    pub trend: Table,
}

/// Runs shown: a fortnight of nights.
const SHOWN_RUNS: usize = 14;

impl Changes {
    pub fn new(cx: Cells) -> Option<Changes> {
        let (o, t) = (cx.outcome, cx.texts);
        let comparison = o.comparison.as_ref()?;
        let changes = o.changes()?;
        let mut counts = Vec::new();
        let mut count = |key: &str, n: u64, tone: Tone| {
            let tone = if n == 0 { Tone::Plain } else { tone };
            counts.push((t.get(key).to_owned(), t.number(n), tone));
        };
        count("changes.new", changes.new, Tone::Error);
        count("changes.returned", changes.returned, Tone::Error);
        count("changes.resolved", changes.resolved, Tone::Good);
        count("changes.known", changes.known, Tone::Info);
        count("changes.accepted", changes.accepted, Tone::Warning);
        if changes.not_checked > 0 {
            count("changes.not_checked", changes.not_checked, Tone::Warning);
        }
        let run = short_text(cx, &comparison.run);
        Some(Changes {
            lead: t.say("changes.lead", &[("run", &run), ("date", &t.date(comparison.as_of))]),
            counts,
            checks: by_check(cx),
            trend: trend(cx),
        })
    }
}

/// Decisions of people that were not applied as they stand; absent when there are none.
pub fn decisions(cx: Cells) -> Option<Decisions> {
    let (o, t) = (cx.outcome, cx.texts);
    if o.decisions.is_empty() {
        return None;
    }
    let open: Vec<_> = o.decisions.iter().filter(|d| d.state != State::Applied).collect();
    let applied = (o.decisions.len() - open.len()) as u64;
    let rows = open
        .iter()
        .take(SHOWN_DECISIONS)
        .map(|d| {
            vec![
                Cell::number(d.line as f64, d.line.to_string()),
                Cell::text(t.get(match d.kind {
                    "link" => "decisions.link",
                    "master" => "decisions.master",
                    "value" => "decisions.value",
                    _ => "decisions.accept",
                })),
                short(cx, Cell::value(&d.subject)),
                short(cx, Cell::value(&d.author)),
                Cell::text(d.state.text(t.lang)).tone(Tone::Warning),
            ]
        })
        .collect();
    let columns = [
        ("decisions.line", Kind::Number),
        ("decisions.kind", Kind::Text),
        ("decisions.subject", Kind::Code),
        ("decisions.author", Kind::Text),
        ("decisions.state", Kind::Text),
    ];
    let mut table =
        Table::whole("decisions-open", columns.map(|(key, kind)| (t.get(key).to_owned(), kind)).into(), rows);
    table.total = open.len() as u64;
    if open.len() > SHOWN_DECISIONS {
        let (shown, total) = (t.number(SHOWN_DECISIONS as u64), t.number(open.len() as u64));
        table.note = t.say("decisions.shown_of", &[("shown", &shown), ("total", &total)]);
    }
    let accepted = o.findings.iter().filter(|f| f.status == Status::Accepted).count() as u64;
    let numbers = [
        ("applied", &t.number(applied) as &dyn std::fmt::Display),
        ("open", &t.number(open.len() as u64)),
        ("accepted", &t.count("finding", accepted)),
    ];
    Some(Decisions { lead: t.say("decisions.lead", &numbers), open: table })
}

/// Decisions of people on the page.
#[derive(Debug, Serialize)]
pub struct Decisions {
    pub lead: String,
    pub open: Table,
}

/// The rest stands in `run.json`.
const SHOWN_DECISIONS: usize = 100;

fn by_check(cx: Cells) -> Table {
    let (o, t) = (cx.outcome, cx.texts);
    let mut found: BTreeMap<&str, [u64; 6]> = BTreeMap::new();
    for f in &o.findings {
        let line = found.entry(f.check).or_default();
        match f.status {
            Status::New => line[0] += 1,
            Status::Returned => line[1] += 1,
            Status::Known | Status::Accepted => {}
        }
        line[3] += 1;
        let by = |side: Changed| u64::from(f.changed == side || f.changed == Changed::Both);
        line[4] += by(Changed::Crm);
        line[5] += by(Changed::Onec);
    }
    let resolved = o.comparison.as_ref().and_then(|c| c.resolved_by_check().ok()).unwrap_or_default();
    for (check, n) in &resolved {
        found.entry(check).or_default()[2] += n;
    }
    let mut lines: Vec<_> = o
        .checks
        .iter()
        .filter_map(|c| Some((c, found.get(c.meta.id)?)))
        .filter(|(_, n)| n[0] + n[1] + n[2] > 0)
        .collect();
    lines.sort_by_key(|(c, n)| (c.severity, std::cmp::Reverse(n[0] + n[1]), c.meta.id));
    let rows = lines
        .into_iter()
        .map(|(c, n)| {
            let mut row = vec![
                Cell::text(c.severity.text(t.lang)).tone(Tone::of(c.severity)),
                Cell::text(c.meta.card(t.lang).title),
            ];
            row.extend(n.iter().map(|&n| cx.count(n)));
            row.push(Cell::text(c.meta.id));
            row
        })
        .collect();
    let mut columns = vec![(t.get("col.severity").to_owned(), Kind::Text), (t.get("col.check").to_owned(), Kind::Text)];
    let numbers =
        ["changes.new", "changes.returned", "changes.resolved", "changes.total", "changes.by_crm", "changes.by_onec"];
    columns.extend(numbers.map(|key| (t.get(key).to_owned(), Kind::Number)));
    columns.push((t.get("col.check_id").to_owned(), Kind::Code));
    Table::whole("changes-checks", columns, rows)
}

fn trend(cx: Cells) -> Table {
    let (o, t) = (cx.outcome, cx.texts);
    let earlier = o.comparison.iter().flat_map(|c| &c.trend);
    let optional = |n: Option<u64>| n.map_or_else(|| Cell::text("—"), |n| cx.count(n));
    let date = |text: &str| text.parse().map_or_else(|_| text.to_owned(), |d| t.date(d));
    let mut rows: Vec<Vec<Cell>> = earlier
        .map(|p| {
            let go = p.verdict == "go";
            vec![
                Cell::text(date(&p.as_of)),
                verdict(cx, &p.verdict).tone(if go { Tone::Good } else { Tone::Plain }),
                Cell::number(p.readiness, t.percent(p.readiness)),
                cx.count(p.blocker),
                cx.count(p.error),
                cx.count(p.warning),
                optional(p.new),
                optional(p.returned),
                optional(p.resolved),
                cx.count(p.accepted),
                Cell::value(&p.run),
            ]
        })
        .collect();
    let changes = o.changes();
    use crate::finding::Severity::{Blocker, Error, Warning};
    rows.push(vec![
        Cell::text(t.date(o.as_of)),
        verdict(cx, o.verdict().as_str()),
        Cell::number(o.readiness, t.percent(o.readiness)),
        cx.count(o.count(Blocker)),
        cx.count(o.count(Error)),
        cx.count(o.count(Warning)),
        optional(changes.map(|c| c.new)),
        optional(changes.map(|c| c.returned)),
        optional(changes.map(|c| c.resolved)),
        cx.count(o.findings.iter().filter(|f| f.status == Status::Accepted).count() as u64),
        Cell::text(t.get("changes.this_run")),
    ]);
    let extra = rows.len().saturating_sub(SHOWN_RUNS);
    let rows = rows.split_off(extra);
    let columns = [
        ("head.as_of", Kind::Text),
        ("changes.verdict", Kind::Text),
        ("verdict.readiness", Kind::Number),
        ("changes.blockers", Kind::Number),
        ("changes.errors", Kind::Number),
        ("changes.warnings", Kind::Number),
        ("changes.new", Kind::Number),
        ("changes.returned", Kind::Number),
        ("changes.resolved", Kind::Number),
        ("changes.accepted", Kind::Number),
        ("changes.run", Kind::Code),
    ];
    Table::whole("changes-trend", columns.map(|(key, kind)| (t.get(key).to_owned(), kind)).into(), rows)
}

/// A verdict of `run.json` in words.
fn verdict(cx: Cells, code: &str) -> Cell {
    let key = match code {
        "go" => "changes.go",
        "go-with-conditions" => "changes.go_with_care",
        _ => "changes.no_go",
    };
    Cell::text(cx.texts.get(key))
}
