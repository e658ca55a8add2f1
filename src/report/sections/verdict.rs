//! What a director reads: verdict, gates, readiness, the main numbers, and in which order to work.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::finding::Severity;
use crate::gates::{self, Condition, Limit, Measured};
use crate::lag::Held;
use crate::model::{Entity, Side};
use crate::report::cell::Tone;
use crate::report::index::Index;
use crate::report::model::short_text;
use crate::report::queue::Cells;
use crate::report::svg;

/// Which run this is.
#[derive(Debug, Serialize)]
pub struct Head {
    pub title: String,
    pub project: String,
    pub as_of: String,
    pub direction: String,
    pub snapshot: String,
    pub config: String,
    pub version: &'static str,
    /// Personal data are masked.
    pub masked: bool,
}

impl Head {
    pub fn new(cx: Cells) -> Head {
        let o = cx.outcome;
        let direction = match o.direction.as_str() {
            "crm-to-onec" => cx.texts.get("direction.crm_to_onec"),
            "onec-to-crm" => cx.texts.get("direction.onec_to_crm"),
            _ => cx.texts.get("direction.both"),
        };
        let project = short_text(cx, &o.project);
        Head {
            title: cx.texts.say(if o.masked { "head.title_masked" } else { "head.title" }, &[("project", &project)]),
            project,
            as_of: cx.texts.date(o.as_of),
            direction: direction.to_owned(),
            snapshot: o.snapshot_id.clone(),
            config: o.config_sha256.clone(),
            version: env!("CARGO_PKG_VERSION"),
            masked: o.masked,
        }
    }
}

/// One gate.
#[derive(Debug, Serialize)]
pub struct GateLine {
    pub severity: String,
    pub tone: Tone,
    pub limit: String,
    pub actual: String,
    pub limit_value: u64,
    pub actual_value: u64,
    pub holds: bool,
    pub word: String,
}

/// The first screen.
#[derive(Debug, Serialize)]
pub struct Verdict {
    pub go: bool,
    pub tone: Tone,
    pub headline: String,
    /// The blockers in one sentence, or that there are none.
    pub sentence: String,
    /// What limits the verdict: checks not run, a partial snapshot, an empty side.
    pub cautions: Vec<String>,
    pub gates: Vec<GateLine>,
    pub readiness: String,
    pub readiness_svg: String,
}

impl Verdict {
    pub fn new(cx: Cells) -> Verdict {
        let o = cx.outcome;
        let t = cx.texts;
        let gates = o
            .gates
            .iter()
            .map(|g| GateLine {
                severity: gate_title(cx, g),
                tone: Tone::of(g.severity(&o.checks)),
                limit: match g.config.limit {
                    Limit::Count(n) => t.number(n),
                    Limit::Share(percent) => format!("{} ({})", t.percent(percent), t.number(g.allowed)),
                },
                actual: t.number(g.actual),
                limit_value: g.allowed,
                actual_value: g.actual,
                holds: g.holds(),
                word: t.get(if g.holds() { "gate.holds" } else { "gate.broken" }).to_owned(),
            })
            .collect();
        let cautions = cautions(cx);
        let go = o.is_go();
        let (tone, headline) = match o.verdict() {
            gates::Verdict::Go => (Tone::Good, "verdict.go"),
            gates::Verdict::GoWithConditions => (Tone::Warning, "verdict.go_with_care"),
            gates::Verdict::NoGo => (Tone::Blocker, "verdict.no_go"),
        };
        let readiness = t.percent(o.readiness);
        Verdict {
            go,
            tone,
            headline: t.get(headline).to_owned(),
            sentence: sentence(cx),
            cautions,
            gates,
            readiness_svg: svg::gauge(o.readiness, t.get("verdict.readiness"), &readiness),
            readiness,
        }
    }
}

/// A gate in words; a check by its title.
fn gate_title(cx: Cells, gate: &gates::Gate) -> String {
    let title = gate.title(cx.texts.lang);
    match &gate.config.measured {
        Measured::Severity(_) => title,
        Measured::Check(id) => {
            let check = cx.outcome.checks.iter().find(|c| c.meta.id == id);
            check.map_or(title.clone(), |c| title.replacen(id.as_str(), c.meta.card(cx.texts.lang).title, 1))
        }
    }
}

/// Kinds of violation named in the sentence of the verdict; the rest is counted.
const NAMED: usize = 3;

fn sentence(cx: Cells) -> String {
    let (o, t) = (cx.outcome, cx.texts);
    if o.is_go() {
        return t.get(if o.gates.is_empty() { "verdict.no_gates" } else { "verdict.all_hold" }).to_owned();
    }
    let mut parts = Vec::new();
    for gate in o.gates.iter().filter(|g| !g.holds()) {
        let by_check = &gate.by_check;
        let mut named: Vec<String> = by_check
            .iter()
            .take(NAMED)
            .map(|&(id, n)| {
                let title = o.checks.iter().find(|c| c.meta.id == id).map_or(id, |c| c.meta.card(t.lang).title);
                t.say("verdict.named", &[("title", &title), ("n", &t.number(n))])
            })
            .collect();
        if by_check.len() > NAMED {
            named.push(t.say("verdict.more_kinds", &[("n", &t.count("kind", (by_check.len() - NAMED) as u64))]));
        }
        let noun = match (&gate.config.measured, gate.config.limit) {
            (Measured::Severity(_), Limit::Share(_)) => "record",
            (Measured::Severity(Severity::Blocker), _) => "blocker",
            (Measured::Severity(Severity::Error), _) => "error",
            (Measured::Severity(Severity::Warning), _) => "warning",
            (Measured::Severity(Severity::Info), _) => "info",
            (Measured::Check(_), _) => "finding",
        };
        parts.push(t.say(
            "verdict.broken",
            &[("n", &t.count(noun, gate.actual)), ("limit", &t.number(gate.allowed)), ("names", &named.join(", "))],
        ));
    }
    parts.join(" ")
}

fn cautions(cx: Cells) -> Vec<String> {
    let (o, t) = (cx.outcome, cx.texts);
    let mut out = Vec::new();
    for side in Side::BOTH {
        let title = side.title(t.lang);
        if o.data.parties(side).is_empty() {
            out.push(t.say("caution.empty", &[("side", &title)]));
        }
        if o.data.get(side).is_partial() {
            out.push(t.say("caution.partial", &[("side", &title)]));
        }
    }
    for s in o.conditions.iter().filter_map(|c| if let Condition::Shrunk(s) = c { Some(s) } else { None }) {
        let numbers = [
            ("side", &s.side.title(t.lang) as &dyn std::fmt::Display),
            ("entity", &s.entity.title(t.lang)),
            ("before", &t.number(s.before)),
            ("now", &t.number(s.now)),
        ];
        out.push(t.say("caution.shrunk", &numbers));
    }
    let not_run = o.checks.iter().filter(|c| c.is_missed()).count() as u64;
    if not_run > 0 {
        out.push(t.say("caution.not_run", &[("n", &t.count("check", not_run))]));
    }
    match &o.held {
        Some(Held { cut_off: None, .. }) => out.push(t.get("caution.no_dates").to_owned()),
        Some(held @ Held { cut_off: Some(moment), .. }) if held.is_something() => {
            let time = format!("{} {}", t.date(moment.date()), moment.format("%H:%M"));
            let numbers = [
                ("time", &time as &dyn std::fmt::Display),
                ("n", &t.count("finding", held.ids.len() as u64)),
                ("pairs", &t.number(held.pairs)),
                ("only", &t.number(held.one_sided)),
            ];
            out.push(t.say("caution.held", &numbers));
        }
        _ => {}
    }
    let accepted = o.conditions.iter().find_map(|c| if let Condition::Accepted(n) = c { Some(*n) } else { None });
    if let Some(n) = accepted {
        out.push(t.say("caution.accepted", &[("n", &t.count("finding", n))]));
    }
    let off = o.checks.iter().filter(|c| c.off).count() as u64;
    if off > 0 {
        out.push(t.say("caution.off", &[("n", &t.count("check", off))]));
    }
    if Side::BOTH.iter().any(|&s| o.data.get(s).sources.iter().any(|r| !r.counts.balances())) {
        out.push(t.get("caution.balance").to_owned());
    }
    out
}

/// One of the main numbers.
#[derive(Debug, Serialize)]
pub struct Tile {
    pub label: String,
    pub value: String,
    pub number: u64,
    pub note: String,
    pub href: &'static str,
    pub tone: Tone,
}

pub fn tiles(cx: Cells, index: &Index) -> Vec<Tile> {
    let (o, t) = (cx.outcome, cx.texts);
    let mut out = Vec::new();
    let mut push = |label: &str, n: u64, note: String, href, tone| {
        out.push(Tile { label: label.to_owned(), value: t.number(n), number: n, note, href, tone });
    };
    for side in Side::BOTH {
        let raw = &o.data.parties(side).raw;
        let of = |e: Entity| raw.entity.iter().filter(|&&x| x == e).count() as u64;
        let note =
            t.say("tile.split", &[("cp", &t.number(of(Entity::Counterparty))), ("ct", &t.number(of(Entity::Contact)))]);
        push(
            t.get(match side {
                Side::Crm => "tile.crm",
                Side::Onec => "tile.onec",
            }),
            raw.len() as u64,
            note,
            "#sources",
            Tone::Plain,
        );
    }
    let linked = o.drift.pairs.len() as u64;
    push(t.get("tile.linked"), linked, t.get("tile.linked_note").to_owned(), "#flow", Tone::Plain);
    let spare = index.questions.iter().filter(|q| q.group > 0).count() as u64;
    push(
        t.get("tile.duplicates"),
        spare,
        t.say("tile.groups", &[("groups", &t.count("group", index.groups.len() as u64))]),
        "#duplicates",
        if spare > 0 { Tone::Warning } else { Tone::Good },
    );
    let review = index.review.len() as u64;
    push(
        t.get("tile.review"),
        review,
        t.get("tile.review_note").to_owned(),
        "#pairs",
        if review > 0 { Tone::Warning } else { Tone::Good },
    );
    let drifting = o.drift.pairs.iter().filter(|p| !p.fields.is_empty()).count() as u64;
    push(
        t.get("tile.drift"),
        drifting,
        t.say("tile.of_linked", &[("share", &t.share(drifting, linked))]),
        "#drift",
        if drifting > 0 { Tone::Warning } else { Tone::Good },
    );
    for (side, records, href, label) in [
        (Side::Crm, &o.drift.only_crm, "#only-crm", "tile.only_crm"),
        (Side::Onec, &o.drift.only_onec, "#only-onec", "tile.only_onec"),
    ] {
        let n = records.len() as u64;
        let whole = o.data.parties(side).len() as u64;
        let note = t.say("tile.of_side", &[("share", &t.share(n, whole)), ("side", &side.title(t.lang))]);
        push(t.get(label), n, note, href, Tone::Plain);
    }
    out
}

/// Findings by severity as one bar.
pub fn severities(cx: Cells) -> Vec<svg::Part> {
    let t = cx.texts;
    Severity::ALL
        .into_iter()
        .map(|s| svg::Part {
            label: s.text(t.lang).to_owned(),
            value: cx.outcome.count(s),
            shown: t.number(cx.outcome.count(s)),
            class: match s {
                Severity::Blocker => "f-blocker",
                Severity::Error => "f-error",
                Severity::Warning => "f-warning",
                Severity::Info => "f-info",
            },
        })
        .collect()
}

/// A step of the work, in the order in which it pays: what comes later depends on what comes before.
#[derive(Debug, Serialize)]
pub struct Step {
    pub title: String,
    pub note: String,
    pub count: String,
    pub done: bool,
    pub href: &'static str,
}

pub fn steps(cx: Cells, index: &Index) -> Vec<Step> {
    let (o, t) = (cx.outcome, cx.texts);
    let mut family: BTreeMap<(&str, bool), u64> = BTreeMap::new();
    for c in o.checks.iter().filter(|c| c.severity != Severity::Info) {
        let name = c.meta.id.split('-').next().unwrap_or("");
        *family.entry((name, c.meta.cross)).or_default() += c.findings;
    }
    let found = |name: &str, cross: bool| family.get(&(name, cross)).copied().unwrap_or(0);
    let quarantined: u64 = Side::BOTH.iter().map(|&s| o.data.get(s).quarantine.len() as u64).sum();
    let snap = found("snap", false) + found("snap", true);
    let one_sided = (o.drift.only_crm.len() + o.drift.only_onec.len()) as u64;
    let questions = index.questions.len() as u64;
    let drift = index.drift.len() as u64;
    let ties = index.ties.len() as u64;
    let step = |key: &str, note: &str, n: u64, count: String, href| Step {
        title: t.get(key).to_owned(),
        note: t.get(note).to_owned(),
        count,
        done: n == 0,
        href,
    };
    let findings = |n: u64| t.count("finding", n);
    let mut steps = vec![
        step(
            "step.sources",
            "step.sources_note",
            snap + quarantined,
            t.say("step.sources_count", &[("findings", &findings(snap)), ("rows", &t.count("row", quarantined))]),
            "#sources",
        ),
        step("step.requisites", "step.requisites_note", found("cp", false), findings(found("cp", false)), "#findings"),
        step("step.duplicates", "step.duplicates_note", questions, t.count("question", questions), "#duplicates"),
        step("step.contacts", "step.contacts_note", found("ct", false), findings(found("ct", false)), "#findings"),
        step("step.drift", "step.drift_note", drift, t.count("difference", drift), "#drift"),
        step("step.ties", "step.ties_note", ties, t.count("question", ties), "#ties"),
        step("step.one_sided", "step.one_sided_note", one_sided, t.count("record", one_sided), "#only-crm"),
    ];
    // Most projects begin with parties alone.
    if o.pairing.links().is_empty() {
        steps.retain(|step| step.href != "#ties");
    }
    steps
}
