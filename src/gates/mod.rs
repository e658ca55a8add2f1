//! Gates: how much of what may remain when the exchange starts. Severity says how bad a finding is, a gate says whether
//! the start must wait; they are set apart.
//!
//! The verdict is *no-go* when a gate is broken, *go with conditions* when all hold but something was not looked at or
//! was put off, else *go*.

mod clear;
mod config;

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use crate::baseline::Shrunk;
use crate::checks::{CheckResult, Ran};
use crate::finding::{Finding, Severity, Status, Subject};
use crate::model::{Entity, Flags, Lang, RecordRef, Side, Snapshots};

pub use clear::{Clearing, ToClear, clearing};
pub(crate) use config::parse;
pub use config::{GateConfig, Gates, Limit, Measured, NotRun, Which};

/// One gate and whether it holds.
#[derive(Clone, PartialEq, Debug)]
pub struct Gate {
    pub config: GateConfig,
    /// Most that is allowed, in findings, or in records where the limit is a share.
    pub allowed: u64,
    pub actual: u64,
    /// What a share is taken of; 0 for a plain count.
    pub base: u64,
    /// What counted, by check, most first.
    pub by_check: Vec<(&'static str, u64)>,
}

impl Gate {
    pub fn holds(&self) -> bool {
        self.actual <= self.allowed
    }

    /// «ошибка, контакты, только новые».
    pub fn title(&self, lang: Lang) -> String {
        let mut parts = vec![match &self.config.measured {
            Measured::Severity(severity) => severity.text(lang).to_owned(),
            Measured::Check(check) => check.clone(),
        }];
        if let Some(entity) = self.config.entity {
            parts.push(entity.title(lang).to_owned());
        }
        if self.config.which == Which::New {
            parts.push(lang.pick("только новые", "new ones only").to_owned());
        }
        parts.join(", ")
    }

    /// Severity whose colour the gate takes.
    pub fn severity(&self, checks: &[CheckResult]) -> Severity {
        match &self.config.measured {
            Measured::Severity(severity) => *severity,
            Measured::Check(check) => {
                checks.iter().find(|c| c.meta.id == check).map_or(Severity::Error, |c| c.severity)
            }
        }
    }

    /// Whether a finding counts. Accepted ones never do.
    fn counts(&self, finding: &Finding, data: &Snapshots) -> bool {
        let measured = match &self.config.measured {
            Measured::Severity(severity) => finding.severity == *severity,
            Measured::Check(check) => finding.check == check,
        };
        let which = match self.config.which {
            Which::All => finding.status != Status::Accepted,
            Which::New => matches!(finding.status, Status::New | Status::Returned),
        };
        measured && which && self.config.entity.is_none_or(|e| entity(finding, data) == Some(e))
    }
}

fn entity(finding: &Finding, data: &Snapshots) -> Option<Entity> {
    match &finding.subject {
        Subject::Record(r) => Some(data.entity(*r)),
        Subject::Source { entity, .. } => *entity,
    }
}

/// Measures every gate of the project.
///
/// A share of a severity is the share of records, own organisations and deleted ones apart, that such a finding names
/// first; a share of a check is taken of what the check looked at.
pub fn measure(config: &Gates, findings: &[Finding], checks: &[CheckResult], data: &Snapshots) -> Vec<Gate> {
    config.gates.iter().map(|gate| measured(gate, findings, checks, data)).collect()
}

fn measured(config: &GateConfig, findings: &[Finding], checks: &[CheckResult], data: &Snapshots) -> Gate {
    let mut gate = Gate { config: config.clone(), allowed: 0, actual: 0, base: 0, by_check: Vec::new() };
    let mut by_check: BTreeMap<&'static str, u64> = BTreeMap::new();
    let mut records: FxHashSet<RecordRef> = FxHashSet::default();
    let mut count = 0;
    for finding in findings.iter().filter(|f| gate.counts(f, data)) {
        count += 1;
        *by_check.entry(finding.check).or_default() += 1;
        if let Subject::Record(r) = finding.subject {
            records.insert(r);
        }
    }
    gate.by_check = by_check.into_iter().collect();
    gate.by_check.sort_by_key(|&(check, n)| (std::cmp::Reverse(n), check));
    (gate.actual, gate.allowed) = match (config.limit, &config.measured) {
        (Limit::Count(limit), _) => (count, limit),
        (Limit::Share(percent), Measured::Severity(_)) => {
            gate.base = Side::BOTH.iter().map(|&side| data.active(side, config.entity)).sum();
            (records.len() as u64, share(percent, gate.base))
        }
        (Limit::Share(percent), Measured::Check(check)) => {
            let result = checks.iter().find(|c| c.meta.id == check);
            gate.base = result.map_or(0, |c| if let Ran::Evaluated(n) = c.ran { n } else { 0 });
            (count, share(percent, gate.base))
        }
    };
    gate
}

/// Whole things in so many per cent, rounded down: 1 % of 150 lets one through.
fn share(percent: f64, base: u64) -> u64 {
    (percent * base as f64 / 100.0 + 1e-9).floor() as u64
}

/// May the exchange start?
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    Go,
    /// Every gate holds, and the conditions say what that rests on.
    GoWithConditions,
    NoGo,
}

impl Verdict {
    /// As `run.json` says it.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Go => "go",
            Verdict::GoWithConditions => "go-with-conditions",
            Verdict::NoGo => "no-go",
        }
    }
}

/// Why a go is not a clean one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Condition {
    /// Checks that could not run and that the gates do not excuse.
    NotRun(Vec<&'static str>),
    /// Blockers and errors that a person put off.
    Accepted(u64),
    /// An export that is not whole.
    Partial(Side),
    /// Nothing was loaded.
    Empty(Side),
    /// Far fewer records than in the baseline.
    Shrunk(Shrunk),
}

impl Condition {
    pub fn as_str(&self) -> &'static str {
        match self {
            Condition::NotRun(_) => "not-run",
            Condition::Accepted(_) => "accepted",
            Condition::Partial(_) => "partial",
            Condition::Empty(_) => "empty",
            Condition::Shrunk(_) => "shrunk",
        }
    }
}

/// Everything that keeps a go from being clean. `shrunk`: what a baseline says of the size of the exports.
pub fn conditions(
    config: &Gates,
    findings: &[Finding],
    checks: &[CheckResult],
    data: &Snapshots,
    shrunk: &[Shrunk],
) -> Vec<Condition> {
    let mut out = Vec::new();
    for side in Side::BOTH {
        if data.get(side).is_empty() {
            out.push(Condition::Empty(side));
        }
        if data.get(side).is_partial() {
            out.push(Condition::Partial(side));
        }
    }
    out.extend(shrunk.iter().filter(|s| !data.get(s.side).is_empty()).map(|&s| Condition::Shrunk(s)));
    // A check that the project switched off was chosen not to run.
    let not_run = checks.iter().filter(|c| c.is_missed()).map(|c| c.meta.id);
    let counted: Vec<&'static str> = not_run.filter(|id| !config.not_run.excuses(id)).collect();
    if !counted.is_empty() {
        out.push(Condition::NotRun(counted));
    }
    let accepted = findings.iter().filter(|f| f.status == Status::Accepted && f.severity <= Severity::Error).count();
    if accepted > 0 {
        out.push(Condition::Accepted(accepted as u64));
    }
    out
}

/// The verdict of gates and conditions.
pub fn verdict(gates: &[Gate], conditions: &[Condition]) -> Verdict {
    if !gates.iter().all(Gate::holds) {
        Verdict::NoGo
    } else if conditions.is_empty() {
        Verdict::Go
    } else {
        Verdict::GoWithConditions
    }
}

/// How many records of a side and entity are clean.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ready {
    pub side: Side,
    pub entity: Entity,
    pub clean: u64,
    pub total: u64,
}

/// Records, own organisations and deleted ones apart, that no blocker and no error names, by side and entity. Accepted
/// findings count as what they are: putting off repairs nothing.
pub fn readiness(data: &Snapshots, findings: &[Finding]) -> Vec<Ready> {
    let mut spoiled = Side::BOTH.map(|side| {
        let snapshot = data.get(side);
        let sizes = std::iter::once(snapshot.parties.len()).chain(snapshot.books.iter().map(|book| book.len()));
        sizes.map(|size| vec![false; size]).collect::<Vec<_>>()
    });
    for r in findings.iter().filter(|f| f.severity <= Severity::Error).flat_map(Finding::records) {
        spoiled[r.side as usize][r.space as usize][r.at()] = true;
    }
    let is_spoiled = |r: &RecordRef| spoiled[r.side as usize][r.space as usize][r.at()];
    let mut out = Vec::new();
    for side in Side::BOTH {
        let parties = data.parties(side);
        for entity in Entity::PARTIES {
            let mut ready = Ready { side, entity, clean: 0, total: 0 };
            for r in parties.refs().filter(|r| parties.raw.entity[r.at()] == entity) {
                if parties.is_active(r.at()) && !parties.flags[r.at()].has(Flags::OWN) {
                    ready.total += 1;
                    ready.clean += u64::from(!is_spoiled(&r));
                }
            }
            if ready.total > 0 {
                out.push(ready);
            }
        }
        for book in data.get(side).books.iter().filter(|book| book.entity != Entity::Line) {
            let live = || book.refs().filter(|r| book.is_active(r.at()));
            let (total, dirty) = (live().count() as u64, live().filter(is_spoiled).count() as u64);
            if total > 0 {
                out.push(Ready { side, entity: book.entity, clean: total - dirty, total });
            }
        }
    }
    out
}

/// Per cent of all of them, 100 where there are none.
pub fn percent(ready: &[Ready]) -> f64 {
    let sum = |f: fn(&Ready) -> u64| ready.iter().map(f).sum::<u64>();
    let (clean, total) = (sum(|r| r.clean), sum(|r| r.total));
    if total == 0 { 100.0 } else { 100.0 * clean as f64 / total as f64 }
}

#[cfg(test)]
mod tests;
