//! The way to a go: the least to clear, what it takes, and how ready each part of the data is.

use serde::Serialize;

use crate::report::cell::{Cell, Kind, Tone};
use crate::report::model::Table;
use crate::report::queue::Cells;

#[derive(Debug, Serialize)]
pub struct Clearing {
    /// What clearing takes; empty when every gate holds.
    pub lead: String,
    pub checks: Table,
    pub ready: Table,
}

impl Clearing {
    pub fn new(cx: Cells) -> Clearing {
        let (o, t) = (cx.outcome, cx.texts);
        let c = &o.clearing;
        let lead = if c.findings == 0 {
            String::new()
        } else {
            let hours = c.minutes.div_ceil(60);
            let numbers = [
                ("findings", &t.count("finding", c.findings) as &dyn std::fmt::Display),
                ("by_hand", &t.number(c.by_hand)),
                ("to_confirm", &t.number(c.to_confirm)),
                ("by_script", &t.number(c.by_script)),
                ("hours", &t.count("hour", hours)),
            ];
            let proven = if c.exact { "clearing.least" } else { "clearing.enough" };
            format!("{} {}", t.say("clearing.lead", &numbers), t.get(proven))
        };
        Clearing { lead, checks: checks(cx), ready: ready(cx) }
    }
}

fn checks(cx: Cells) -> Table {
    let (o, t) = (cx.outcome, cx.texts);
    let rows = o
        .clearing
        .checks
        .iter()
        .map(|c| {
            let title = o.checks.iter().find(|x| x.meta.id == c.check).map_or(c.check, |x| x.meta.card(t.lang).title);
            vec![
                Cell::text(title),
                cx.count(c.findings),
                cx.count(c.of),
                cx.count(c.records),
                Cell::text(c.fix.text(t.lang)),
                Cell::text(c.check),
            ]
        })
        .collect();
    let columns = [
        ("col.check", Kind::Text),
        ("clearing.to_clear", Kind::Number),
        ("clearing.of", Kind::Number),
        ("col.records", Kind::Number),
        ("col.fix", Kind::Text),
        ("col.check_id", Kind::Code),
    ];
    Table::whole("clearing-checks", columns.map(|(key, kind)| (t.get(key).to_owned(), kind)).into(), rows)
}

fn ready(cx: Cells) -> Table {
    let t = cx.texts;
    let rows = cx
        .outcome
        .ready
        .iter()
        .map(|r| {
            let tone = if r.clean == r.total { Tone::Good } else { Tone::Plain };
            let share = if r.total == 0 { 1.0 } else { r.clean as f64 / r.total as f64 };
            vec![
                cx.side(r.side),
                cx.entity(r.entity),
                cx.count(r.total),
                cx.count(r.clean),
                Cell::number(share, t.share(r.clean, r.total)).tone(tone),
            ]
        })
        .collect();
    let columns = [
        ("col.where", Kind::Text),
        ("col.entity", Kind::Text),
        ("col.records", Kind::Number),
        ("clearing.clean", Kind::Number),
        ("verdict.readiness", Kind::Number),
    ];
    Table::whole("clearing-ready", columns.map(|(key, kind)| (t.get(key).to_owned(), kind)).into(), rows)
}
