//! What is least to be cleared for every gate to hold, and what that takes.

mod cover;

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Gate, Limit, Measured};
use crate::checks::{CheckResult, Fix};
use crate::finding::{Finding, Subject};
use crate::model::{RecordRef, Snapshots};

/// Minutes that a person needs for one record: to look it up, decide and correct it by hand; to confirm what a script
/// proposes. Practice of manual clean-ups; the report calls it an estimate.
const MINUTES_BY_HAND: u64 = 3;
const MINUTES_TO_CONFIRM: u64 = 1;

/// Findings of one check to clear.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ToClear {
    pub check: &'static str,
    pub fix: Fix,
    /// Findings to clear, out of so many that count.
    pub findings: u64,
    pub of: u64,
    /// Distinct records that these findings name.
    pub records: u64,
}

/// The way to a go.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Clearing {
    /// Positions of the findings to clear, sorted.
    pub chosen: Vec<u32>,
    /// Cheapest first: what a script repairs, what a person confirms, what is done by hand.
    pub checks: Vec<ToClear>,
    pub findings: u64,
    /// Distinct records to touch by hand, to confirm, and by script alone; a record of several kinds counts once, as
    /// the dearest.
    pub by_hand: u64,
    pub to_confirm: u64,
    pub by_script: u64,
    pub minutes: u64,
    /// Proven to be the least number of findings; else it is enough, and fewer may do.
    pub exact: bool,
}

/// Chooses findings so that every broken gate holds, as few as possible, and among equals those that a script repairs
/// ([`Clearing::exact`] says whether no smaller set exists).
///
/// A share is counted in records: a record is clear when all of its findings are, so records with the fewest come
/// first. Limits by number are then met by the least cover.
pub fn clearing(gates: &[Gate], findings: &[Finding], checks: &[CheckResult], data: &Snapshots) -> Clearing {
    let broken: Vec<&Gate> = gates.iter().filter(|g| !g.holds()).collect();
    if broken.is_empty() {
        return Clearing { exact: true, ..Clearing::default() };
    }
    let fix_of: BTreeMap<&str, Fix> = checks.iter().map(|c| (c.meta.id, c.meta.fix)).collect();
    let fix = |f: &Finding| fix_of.get(f.check).copied().unwrap_or(Fix::Manual);
    let mut excess: Vec<u64> = broken.iter().map(|g| g.actual - g.allowed).collect();
    let mut chosen = vec![false; findings.len()];
    // Bits of the broken gates that count a finding.
    let counts = |f: &Finding| -> u64 {
        let bits = broken.iter().enumerate().take(64).filter(|(_, g)| g.counts(f, data));
        bits.fold(0, |all, (n, _)| all | 1 << n)
    };
    let counted: Vec<(usize, u64)> =
        findings.iter().enumerate().map(|(at, f)| (at, counts(f))).filter(|(_, bits)| *bits != 0).collect();

    let is_by_records =
        |g: &&Gate| matches!((g.config.limit, &g.config.measured), (Limit::Share(_), Measured::Severity(_)));
    let by_records: Vec<usize> = (0..broken.len()).filter(|&n| is_by_records(&broken[n])).collect();
    // No way clears fewer findings than the gate that asks for most, taken alone.
    let mut bound =
        excess.iter().enumerate().filter(|(n, _)| !by_records.contains(n)).map(|(_, e)| *e).max().unwrap_or(0);
    for &n in &by_records {
        let mut records: BTreeMap<RecordRef, Vec<usize>> = BTreeMap::new();
        for &(at, _) in counted.iter().filter(|(_, bits)| bits >> n & 1 == 1) {
            if let Subject::Record(r) = findings[at].subject {
                records.entry(r).or_default().push(at);
            }
        }
        let mut least: Vec<u64> = records.values().map(|of| of.len() as u64).collect();
        least.sort_unstable();
        bound = bound.max(least.iter().take(excess[n] as usize).sum());
        let cleared = records.values().filter(|of| of.iter().all(|&at| chosen[at])).count() as u64;
        let wanted = excess[n].saturating_sub(cleared) as usize;
        records.retain(|_, of| of.iter().any(|&at| !chosen[at]));
        let mut order: Vec<(usize, u8, RecordRef)> = records
            .iter()
            .map(|(r, of)| {
                let left = of.iter().filter(|&&at| !chosen[at]);
                let dearest = left.clone().map(|&at| rank(fix(&findings[at]))).max().unwrap_or(0);
                (left.count(), dearest, *r)
            })
            .collect();
        order.sort_unstable();
        for (.., r) in order.into_iter().take(wanted) {
            for &at in &records[&r] {
                chosen[at] = true;
            }
        }
        excess[n] = 0;
    }
    for &(_, bits) in counted.iter().filter(|(at, _)| chosen[*at]) {
        for (n, left) in excess.iter_mut().enumerate() {
            *left = left.saturating_sub(bits >> n & 1);
        }
    }

    // Findings that the same gates count are alike but for what they cost: the cheapest of them go first.
    let mut classes: BTreeMap<u64, Vec<(u8, &str, usize)>> = BTreeMap::new();
    for &(at, bits) in counted.iter().filter(|(at, _)| !chosen[*at]) {
        classes.entry(bits).or_default().push((rank(fix(&findings[at])), findings[at].check, at));
    }
    classes.values_mut().for_each(|class| class.sort_unstable());
    let sizes: Vec<(u64, u64)> = classes.iter().map(|(&bits, class)| (bits, class.len() as u64)).collect();
    let cover = cover::least(&excess, &sizes);
    for (class, take) in classes.values().zip(&cover.take) {
        class.iter().take(*take as usize).for_each(|&(.., at)| chosen[at] = true);
    }
    let whole = chosen.iter().filter(|c| **c).count() as u64;
    // Of gates by records alone the one that asks for most is a bound that may be met.
    let exact = if by_records.is_empty() { cover.exact } else { whole == bound };
    Clearing { exact, ..sum(&chosen, &counted, findings, fix) }
}

/// Cheapest first.
fn rank(fix: Fix) -> u8 {
    match fix {
        Fix::Auto => 0,
        Fix::Suggested => 1,
        Fix::Manual => 2,
        // Nothing to repair in the data: someone has to find out why.
        Fix::None => 3,
    }
}

fn sum(chosen: &[bool], counted: &[(usize, u64)], findings: &[Finding], fix: impl Fn(&Finding) -> Fix) -> Clearing {
    let mut by_check: BTreeMap<(u8, &'static str), (ToClear, FxHashSet<RecordRef>)> = BTreeMap::new();
    let mut dearest: FxHashMap<RecordRef, u8> = FxHashMap::default();
    let chosen_at = chosen.iter().enumerate().filter(|(_, chosen)| **chosen).map(|(at, _)| at as u32);
    let mut out = Clearing { chosen: chosen_at.collect(), ..Clearing::default() };
    for &(at, _) in counted {
        let f = &findings[at];
        let fix = fix(f);
        let line = by_check
            .entry((rank(fix), f.check))
            .or_insert_with(|| (ToClear { check: f.check, fix, findings: 0, of: 0, records: 0 }, FxHashSet::default()));
        line.0.of += 1;
        if chosen[at] {
            line.0.findings += 1;
            out.findings += 1;
            for r in f.records() {
                line.1.insert(r);
                let held = dearest.entry(r).or_default();
                *held = (*held).max(rank(fix));
            }
            if let Subject::Source { .. } = f.subject {
                // A source is one thing to mend, however many of its records are listed.
                out.minutes += MINUTES_BY_HAND;
            }
        }
    }
    let count = |wanted: fn(u8) -> bool| dearest.values().filter(|&&rank| wanted(rank)).count() as u64;
    (out.by_script, out.to_confirm, out.by_hand) = (count(|r| r == 0), count(|r| r == 1), count(|r| r > 1));
    out.minutes += out.by_hand * MINUTES_BY_HAND + out.to_confirm * MINUTES_TO_CONFIRM;
    out.checks = by_check
        .into_values()
        .map(|(line, records)| ToClear { records: records.len() as u64, ..line })
        .filter(|line| line.findings > 0)
        .collect();
    out
}
