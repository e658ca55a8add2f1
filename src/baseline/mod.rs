//! Findings of this run against those of an earlier one: new, known, returned, resolved; and which side changed.
//!
//! A run carries what the next one needs: its findings, every finding that went away before it
//! (`data/history.parquet`), the texts of its records (`data/snapshot.parquet`) and the counts of the runs before it
//! (`trend` of `run.json`). Older runs may be deleted at any time.

mod attribute;
mod load;
pub mod relate;
mod seen;
mod trend;

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use polars::prelude::*;

use crate::checks::{CheckResult, Ran};
use crate::finding::{Finding, FindingId, Status};
use crate::model::Snapshots;

pub(crate) use attribute::{differ, is_kept};
pub use attribute::{snapshot, snapshot_rows};
pub use load::{Baseline, BaselineError, load};
pub(crate) use load::{table, texts};
pub use relate::{Fate, Rows};
pub use seen::Shrunk;
pub use trend::{Point, TREND_RUNS};

/// Why a finding of an earlier run is not in this one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Absence {
    /// Its check ran and does not find it any more.
    Resolved,
    /// Its check did not run, so nobody knows.
    NotChecked,
}

impl Absence {
    /// Value of the column `state` of `history.parquet`.
    pub fn as_str(self) -> &'static str {
        match self {
            Absence::Resolved => "resolved",
            Absence::NotChecked => "not-checked",
        }
    }

    fn parse(text: &str) -> Option<Absence> {
        [Absence::Resolved, Absence::NotChecked].into_iter().find(|a| a.as_str() == text)
    }
}

/// A finding that an earlier run had and this one has not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Gone {
    pub check: String,
    pub first_seen: NaiveDate,
    /// As-of date of the last run that had it.
    pub last_seen: NaiveDate,
    pub absence: Absence,
}

/// Numbers of findings against the baseline.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Changes {
    pub new: u64,
    pub returned: u64,
    pub known: u64,
    pub accepted: u64,
    pub resolved: u64,
    /// Findings of the baseline whose check did not run this time.
    pub not_checked: u64,
}

/// What became of the baseline.
#[derive(Debug)]
pub struct Comparison {
    /// Folder name of the baseline.
    pub run: String,
    /// When it began, UTC.
    pub started: String,
    pub as_of: NaiveDate,
    pub snapshot_id: String,
    /// Findings of the baseline that are gone, with its columns; `status` says `resolved`.
    pub resolved: DataFrame,
    pub not_checked: u64,
    /// Every finding that any earlier run had and this one has not.
    pub gone: BTreeMap<FindingId, Gone>,
    /// Earlier runs, oldest first.
    pub trend: Vec<Point>,
    /// Parts of the data that are much smaller than they were.
    pub shrunk: Vec<Shrunk>,
}

impl Comparison {
    /// Resolved findings by check.
    ///
    /// # Errors
    /// When the table of the baseline has no column `check`.
    pub fn resolved_by_check(&self) -> PolarsResult<BTreeMap<String, u64>> {
        let mut counts = BTreeMap::new();
        for check in texts(&self.resolved, "check")? {
            *counts.entry(check.to_owned()).or_default() += 1;
        }
        Ok(counts)
    }

    /// Counts; those of findings are taken as they stand, so decisions count where they were applied.
    pub fn changes(&self, findings: &[Finding]) -> Changes {
        let count = |status: Status| findings.iter().filter(|f| f.status == status).count() as u64;
        Changes {
            new: count(Status::New),
            returned: count(Status::Returned),
            known: count(Status::Known),
            accepted: count(Status::Accepted),
            resolved: self.resolved.height() as u64,
            not_checked: self.not_checked,
        }
    }
}

/// Sets `status`, `first_seen` and `changed` of every finding. Without a baseline all are new today.
///
/// A finding is *known* when the baseline has its id, or has the group it is a part of ([`relate`]); *returned* when
/// an earlier run had it and it was resolved since; else *new*. A finding whose check did not run this time is not
/// resolved: it waits until the check runs again. So does one whose records this run had no chance to see, because their
/// side is not whole ([`Shrunk`]).
///
/// `held`: sorted ids of findings that this run has and does not judge ([`crate::lag`]); they are not resolved either.
///
/// # Errors
/// [`BaselineError`] when a table of the baseline lacks a column.
pub fn compare(
    findings: &mut [Finding],
    data: &Snapshots,
    checks: &[CheckResult],
    as_of: NaiveDate,
    (baseline, held): (Option<&Baseline>, &[FindingId]),
) -> Result<Option<Comparison>, BaselineError> {
    for finding in findings.iter_mut() {
        finding.first_seen = Some(as_of);
    }
    let Some(baseline) = baseline else { return Ok(None) };
    let before = baseline.rows()?;
    let fates = {
        let now = Rows::of(findings, data);
        relate::relate(&now, &before)
    };
    for (finding, fate) in findings.iter_mut().zip(&fates.now) {
        let (status, first_seen) = match *fate {
            Fate::Same(at) | Fate::Part(at) => (Status::Known, baseline.first_seen[at as usize]),
            Fate::Grown(_) => (Status::New, as_of),
            Fate::Alone => match baseline.gone.get(&finding.id) {
                Some(gone) if gone.absence == Absence::Resolved => (Status::Returned, gone.first_seen),
                Some(gone) => (Status::Known, gone.first_seen),
                None => (Status::New, as_of),
            },
        };
        finding.status = status;
        finding.first_seen = Some(first_seen);
    }

    let ran: HashMap<&str, bool> =
        checks.iter().map(|c| (c.meta.id, !c.off && matches!(c.ran, Ran::Evaluated(_)))).collect();
    let seen = seen::Seen::of(data, baseline);
    let mut gone = baseline.gone.clone();
    for finding in findings.iter() {
        gone.remove(&finding.id);
    }
    let mut mask = vec![false; before.len()];
    let mut not_checked = 0;
    for (at, fate) in fates.before.iter().enumerate() {
        if *fate != Fate::Alone {
            continue;
        }
        let waits = held.binary_search(&before.id(at)).is_ok() || seen.misses(&before.names(at));
        let checked = !waits && ran.get(before.check(at)).copied().unwrap_or(false);
        mask[at] = checked;
        not_checked += u64::from(!checked);
        let absence = if checked { Absence::Resolved } else { Absence::NotChecked };
        let gone_now = Gone {
            check: before.check(at).to_owned(),
            first_seen: baseline.first_seen[at],
            last_seen: baseline.as_of,
            absence,
        };
        gone.insert(before.id(at), gone_now);
    }
    // A finding that waited since before the baseline and is still not found is resolved now, if its record could be seen.
    let still = |id: &FindingId| held.binary_search(id).is_ok() || seen.is_doubtful();
    let waited = |id: &FindingId| baseline.gone.get(id).is_some_and(|g| g.absence == Absence::NotChecked);
    for (_, waiting) in gone.iter_mut().filter(|(id, _)| waited(id) && !still(id)) {
        if ran.get(waiting.check.as_str()).copied().unwrap_or(false) {
            waiting.absence = Absence::Resolved;
        }
    }
    attribute::attribute(findings, data, baseline)?;
    Ok(Some(Comparison {
        run: baseline.run.clone(),
        started: baseline.started.clone(),
        as_of: baseline.as_of,
        snapshot_id: baseline.snapshot_id.clone(),
        resolved: baseline.resolved(&mask)?,
        not_checked,
        gone,
        trend: baseline.trend.clone(),
        shrunk: seen.shrunk,
    }))
}
