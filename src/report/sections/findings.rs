//! Findings as cards by check, and the checks that found nothing or did not run.

use std::collections::HashMap;

use serde::Serialize;

use crate::checks::{CheckResult, Ran};
use crate::model::Side;
use crate::report::budget::Budget;
use crate::report::cell::Tone;
use crate::report::index::Index;
use crate::report::lists;
use crate::report::model::{Table, short_text};
use crate::report::queue::Cells;

/// A check with findings.
#[derive(Debug, Serialize)]
pub struct CardView {
    pub id: &'static str,
    pub tone: Tone,
    pub severity: String,
    pub title: &'static str,
    pub count: String,
    /// «CRM — 12, 1С — 3; проверено 400 записей».
    pub split: String,
    pub finds: &'static str,
    pub why: &'static str,
    pub causes: &'static str,
    pub remedy: &'static str,
    pub example: &'static str,
    pub fix: &'static str,
    pub source: &'static str,
    pub table: Table,
}

/// A check without findings.
#[derive(Debug, Serialize)]
pub struct QuietView {
    pub id: &'static str,
    pub title: &'static str,
    pub severity: String,
    pub state: String,
    pub note: String,
}

#[derive(Debug, Serialize)]
pub struct Findings {
    pub cards: Vec<CardView>,
    pub not_run: Vec<QuietView>,
    pub passed: Vec<QuietView>,
    pub total: u64,
    pub total_text: String,
    pub passed_text: String,
    pub not_run_text: String,
}

/// Findings of one check on the page at most: a longer list is work for the workbook.
const PER_CHECK: usize = 50;
/// And at least, as long as rows are left.
const PER_CHECK_MIN: usize = 3;

/// Positions of the first findings of a check, and how many each side has.
#[derive(Default)]
struct Found {
    first: Vec<usize>,
    by_side: [u64; 2],
    /// Millionths at stake.
    impact: i128,
}

impl Findings {
    pub fn new(cx: Cells, index: &Index, budget: &mut Budget) -> Findings {
        let (o, t) = (cx.outcome, cx.texts);
        let mut found: HashMap<&str, Found> = HashMap::new();
        for (at, f) in o.findings.iter().enumerate() {
            let entry = found.entry(f.check).or_default();
            if entry.first.len() < PER_CHECK {
                entry.first.push(at);
            }
            entry.by_side[f.side() as usize] += 1;
            entry.impact += f.impact.map_or(0, |sum| i128::from(sum.micros()));
        }
        let mut firing: Vec<&CheckResult> = o.checks.iter().filter(|c| c.findings > 0).collect();
        // Within a severity the catalogue order stands: sources, counterparties, contacts is the order of work.
        firing.sort_by_key(|c| c.severity);
        let list = lists::findings(cx, index);
        let mut cards = Vec::with_capacity(firing.len());
        for (at, c) in firing.iter().enumerate() {
            let fair = (budget.rows() / (firing.len() - at)).max(PER_CHECK_MIN);
            let mut share = budget.share(fair.min(PER_CHECK));
            let first = found.get(c.meta.id).map_or(&[][..], |f| &f.first);
            let mut table = Table::filled(cx, &list, c.findings, first.iter().copied(), &mut share);
            budget.put_back(share);
            table.id = format!("{}-rows", c.meta.id);
            let card = c.meta.card(t.lang);
            cards.push(CardView {
                id: c.meta.id,
                tone: Tone::of(c.severity),
                severity: c.severity.text(t.lang).to_owned(),
                title: card.title,
                count: t.number(c.findings),
                split: found.get(c.meta.id).map_or_else(String::new, |f| split(cx, c, f)),
                finds: card.finds,
                why: card.why,
                causes: card.causes,
                remedy: card.remedy,
                example: card.example,
                fix: c.meta.fix.text(t.lang),
                source: card.source,
                table,
            });
        }
        let (mut passed, mut not_run) = (Vec::new(), Vec::new());
        for c in o.checks.iter().filter(|c| c.findings == 0) {
            let note = match &c.ran {
                Ran::Evaluated(n) => t.say("findings.evaluated", &[("n", &t.number(*n))]),
                Ran::NotRun(why) => short_text(cx, why),
            };
            let state = lists::check_state(cx, c);
            let view = QuietView {
                id: c.meta.id,
                title: c.meta.card(t.lang).title,
                severity: c.severity.text(t.lang).to_owned(),
                state: state.text,
                note,
            };
            if state.tone == Tone::Good { passed.push(view) } else { not_run.push(view) }
        }
        Findings {
            cards,
            total: o.findings.len() as u64,
            total_text: t.count("finding", o.findings.len() as u64),
            passed_text: t.count("check", passed.len() as u64),
            not_run_text: t.count("check", not_run.len() as u64),
            passed,
            not_run,
        }
    }
}

fn split(cx: Cells, c: &CheckResult, found: &Found) -> String {
    let by_side = found.by_side;
    let t = cx.texts;
    let mut parts: Vec<String> = Side::BOTH
        .iter()
        .filter(|&&s| by_side[s as usize] > 0)
        .map(|&s| format!("{} — {}", s.title(t.lang), t.number(by_side[s as usize])))
        .collect();
    if let Ran::Evaluated(n) = c.ran {
        parts.push(t.say("findings.evaluated", &[("n", &t.number(n))]));
    }
    if found.impact > 0 {
        let sum = t.money(((found.impact + 5_000) / 10_000) as f64 / 100.0);
        parts.push(t.say("findings.impact", &[("sum", &sum)]));
    }
    parts.join(" · ")
}
