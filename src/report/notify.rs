//! A short summary for mail and messengers: the verdict, what changed, what to do next. No values of records, so that
//! it may leave the machine.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::texts::Texts;
use crate::checks::CheckResult;
use crate::finding::{Severity, Status};
use crate::gates::Verdict;
use crate::outcome::Outcome;

/// Checks named; the rest is in the report.
const NAMED: usize = 5;

/// New and returned findings of a check.
struct Fresh {
    check: &'static str,
    title: &'static str,
    severity: Severity,
    count: u64,
}

/// What is new, blockers first; without a baseline everything is.
fn fresh(outcome: &Outcome) -> Vec<Fresh> {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for f in outcome.findings.iter().filter(|f| matches!(f.status, Status::New | Status::Returned)) {
        *counts.entry(f.check).or_default() += 1;
    }
    let of = |c: &CheckResult| {
        let title = c.meta.card(outcome.lang).title;
        counts.get(c.meta.id).map(|&count| Fresh { check: c.meta.id, title, severity: c.severity, count })
    };
    let mut out: Vec<Fresh> = outcome.checks.iter().filter_map(of).collect();
    out.sort_by_key(|f| (f.severity, std::cmp::Reverse(f.count), f.check));
    out
}

/// The summary in the language of the project as Markdown. `run`: name of the run folder.
pub fn markdown(outcome: &Outcome, run: &str) -> String {
    let t = Texts::load(outcome.lang);
    let say = |ru: &'static str, en: &'static str| outcome.lang.pick(ru, en);
    let verdict = t.get(match outcome.verdict() {
        Verdict::Go => "verdict.go",
        Verdict::GoWithConditions => "verdict.go_with_care",
        Verdict::NoGo => "verdict.no_go",
    });
    let mut out = format!(
        "# {}\n\n**{verdict}** — {} {}\n\n",
        plain(&outcome.project),
        say("на", "as of"),
        t.date(outcome.as_of)
    );
    let mut line = |text: String| {
        // A String takes everything.
        let _ = writeln!(out, "- {text}");
    };
    let counts: Vec<String> = Severity::ALL
        .iter()
        .zip(["blocker", "error", "warning", "info"])
        .map(|(&s, noun)| t.count(noun, outcome.count(s)))
        .collect();
    line(format!("{}: {}", say("Находки", "Findings"), counts.join(", ")));
    line(format!("{}: {}", t.get("verdict.readiness"), t.percent(outcome.readiness)));
    if let Some(c) = outcome.changes() {
        let parts = [("changes.new", c.new), ("changes.returned", c.returned), ("changes.resolved", c.resolved)];
        let parts = parts.map(|(key, n)| format!("{} {}", t.get(key), t.number(n)));
        line(format!("{}: {}", say("С прошлой сверки", "Since the last audit"), parts.join(", ")));
    }
    for gate in outcome.gates.iter().filter(|g| !g.holds()) {
        let (actual, allowed) = (t.number(gate.actual), t.number(gate.allowed));
        line(format!("{}: {} — {actual} / {allowed}", say("Порог превышен", "Gate broken"), gate.title(outcome.lang)));
    }
    let c = &outcome.clearing;
    if c.findings > 0 {
        line(format!(
            "{}: {}, ≈ {}",
            say("Устранить для запуска", "To clear for the start"),
            t.count("finding", c.findings),
            t.count("hour", c.minutes.div_ceil(60))
        ));
    }
    let fresh = fresh(outcome);
    if !fresh.is_empty() {
        let _ = write!(out, "\n## {}\n\n", say("Новое", "New"));
        for f in fresh.iter().take(NAMED) {
            let severity = f.severity.text(outcome.lang);
            let _ = writeln!(out, "- {severity}: {} — {} (`{}`)", plain(f.title), t.number(f.count), f.check);
        }
        if fresh.len() > NAMED {
            let rest = t.number((fresh.len() - NAMED) as u64);
            let _ = writeln!(out, "- {} {rest}", say("и ещё проверок:", "and more checks:"));
        }
    }
    let _ = write!(out, "\n{}: {}\n", say("Прогон", "Run"), plain(run));
    out
}

/// The same for programs.
pub fn json(outcome: &Outcome, run: &str) -> Value {
    json!({
        "project": outcome.project,
        "run": run,
        "as_of": outcome.as_of.to_string(),
        "verdict": outcome.verdict().as_str(),
        "readiness": (outcome.readiness * 10.0).round() / 10.0,
        "findings": Severity::ALL.iter().map(|&s| (s.as_str().to_owned(), json!(outcome.count(s))))
            .collect::<serde_json::Map<_, _>>(),
        "changes": outcome.changes().map(|c| json!({
            "new": c.new, "returned": c.returned, "known": c.known, "accepted": c.accepted, "resolved": c.resolved,
            "not_checked": c.not_checked,
        })),
        "broken_gates": outcome.gates.iter().filter(|g| !g.holds()).map(|g| json!({
            "gate": g.title(outcome.lang), "actual": g.actual, "limit": g.allowed,
        })).collect::<Vec<_>>(),
        "to_clear": {"findings": outcome.clearing.findings, "minutes": outcome.clearing.minutes},
        "new": fresh(outcome).iter().map(|f| json!({
            "check": f.check, "title": f.title, "severity": f.severity.as_str(), "count": f.count,
        })).collect::<Vec<_>>(),
    })
}

/// A text of the project without what Markdown or a messenger would take for markup or a mention.
fn plain(text: &str) -> String {
    let one_line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let mut out = String::with_capacity(one_line.len());
    for c in one_line.chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '@' | '!') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_of_a_name_is_disarmed() {
        for (text, expected) in [
            ("ООО «Ромашка»", "ООО «Ромашка»"),
            ("a*b_c\n# d", "a\\*b\\_c \\# d"),
            ("[x](http://y) @all <b>", "\\[x\\](http://y) \\@all \\<b\\>"),
        ] {
            assert_eq!(plain(text), expected);
        }
    }
}
