//! Records that were changed while the exports were made: one side already has the change, the other not yet.
//!
//! `[lag]` of `sverka.toml` sets a moment after which records are not compared across systems. Their findings are held
//! back, counted, and judged by the next audit.

use chrono::{Duration, NaiveDate, NaiveDateTime, NaiveTime};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::checks::CheckResult;
use crate::finding::{Finding, FindingId};
use crate::model::{Field, RecordRef, Side, Snapshots};
use crate::normalize;
use crate::reconcile::Drift;

/// `[lag]`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct LagConfig {
    /// The moment itself, as the systems write times.
    pub cut_off: Option<NaiveDateTime>,
    /// Or so many hours before the last change of either side: at least as long as passes between the two exports.
    pub hours: Option<u32>,
}

/// What was held back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Held {
    /// `None`: asked for, but no side tells when its records were changed, so nothing was held back.
    pub cut_off: Option<NaiveDateTime>,
    /// Sorted.
    pub ids: Vec<FindingId>,
    /// By check, in the order of the catalogue.
    pub by_check: Vec<(&'static str, u64)>,
    /// Linked pairs and one-sided records taken out of the lists of drift.
    pub pairs: u64,
    pub one_sided: u64,
}

impl Held {
    pub fn is_something(&self) -> bool {
        !self.ids.is_empty() || self.pairs > 0 || self.one_sided > 0
    }
}

/// Takes findings of cross-system checks out when one of their records was created or changed after the moment. `None`
/// when the project sets no lag. Checks keep counting what is left.
///
/// `as_of`: later dates are typing errors, not the moment of the export.
pub fn hold_back(
    config: LagConfig,
    findings: &mut Vec<Finding>,
    checks: &mut [CheckResult],
    data: &Snapshots,
    as_of: NaiveDate,
) -> Option<Held> {
    if config == LagConfig::default() {
        return None;
    }
    let cut_off = config.cut_off.or_else(|| window(config.hours?, data, as_of));
    let mut held = Held { cut_off, ids: Vec::new(), by_check: Vec::new(), pairs: 0, one_sided: 0 };
    let Some(cut_off) = cut_off else { return Some(held) };
    let late = |r: RecordRef| is_late(data, r, cut_off);
    let cross: FxHashSet<&str> = checks.iter().filter(|c| c.meta.cross).map(|c| c.meta.id).collect();
    let mut counts: FxHashMap<&str, u64> = FxHashMap::default();
    findings.retain(|f| {
        let keep = !cross.contains(f.check) || !f.records().any(late);
        if !keep {
            *counts.entry(f.check).or_default() += 1;
            held.ids.push(f.id);
        }
        keep
    });
    for check in checks {
        if let Some(&count) = counts.get(check.meta.id) {
            check.findings -= count;
            held.by_check.push((check.meta.id, count));
        }
    }
    held.ids.sort_unstable();
    Some(held)
}

/// Takes the same records out of the lists of drift: the differing fields of their pairs (the pair stays, and so do its
/// equal fields), and those that only one side has. Called when nothing else needs the whole drift.
pub fn hold_back_drift(held: &mut Held, drift: &mut Drift, data: &Snapshots) {
    let Some(cut_off) = held.cut_off else { return };
    let late = |r: RecordRef| is_late(data, r, cut_off);
    for pair in drift.pairs.iter_mut().filter(|p| !p.fields.is_empty() && (late(p.crm) || late(p.onec))) {
        for (field, status) in pair.fields.drain(..) {
            if let Some((_, counts)) = drift.by_field.iter_mut().find(|(f, _)| *f == field) {
                counts[status as usize] = counts[status as usize].saturating_sub(1);
            }
        }
        held.pairs += 1;
    }
    for list in [&mut drift.only_crm, &mut drift.only_onec] {
        let before = list.len();
        list.retain(|&r| !late(r));
        held.one_sided += (before - list.len()) as u64;
    }
}

/// Created or changed after the moment.
fn is_late(data: &Snapshots, r: RecordRef, cut_off: NaiveDateTime) -> bool {
    let raw = data.records(r);
    let after = |field: Field| moment(raw.get(field, r.at())).is_some_and(|m| m > cut_off);
    after(Field::CreatedAt) || after(Field::ModifiedAt)
}

/// So many hours before the last change of either side. Not of the side that is older: a quiet week there would hide a
/// week of drift.
fn window(hours: u32, data: &Snapshots, as_of: NaiveDate) -> Option<NaiveDateTime> {
    let newest = |side: Side| {
        let raw = &data.parties(side).raw;
        let of = |at: usize| moment(raw.get(Field::ModifiedAt, at)).filter(|m| m.date() <= as_of);
        (0..raw.len()).into_par_iter().filter_map(of).max()
    };
    let last = Side::BOTH.into_iter().filter_map(newest).max()?;
    Some(last - Duration::hours(i64::from(hours)))
}

/// A date with its time of day; without one the day counts from its beginning. A zone is not read: a system writes all
/// its times in one.
pub fn moment(text: &str) -> Option<NaiveDateTime> {
    let date = normalize::date::parse(text).valid().copied()?;
    let time = text.trim().split_once(['T', ' ']).and_then(|(_, time)| {
        let digits = time.trim().split(['+', 'Z', '.', '-']).next().unwrap_or("").trim();
        ["%H:%M:%S", "%H:%M"].iter().find_map(|form| NaiveTime::parse_from_str(digits, form).ok())
    });
    Some(date.and_time(time.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments() {
        for (text, expected) in [
            ("2026-11-23T22:15:00+03:00", "2026-11-23 22:15:00"),
            ("23.11.2026 9:05:07", "2026-11-23 09:05:07"),
            ("23.11.2026 22:15", "2026-11-23 22:15:00"),
            ("2026-11-23", "2026-11-23 00:00:00"),
            ("2026-11-23T22:15:00.123Z", "2026-11-23 22:15:00"),
            ("23 ноября 2026", "2026-11-23 00:00:00"),
            ("", ""),
            ("вчера", ""),
        ] {
            assert_eq!(moment(text).map(|m| m.to_string()).unwrap_or_default(), expected, "{text}");
        }
    }

    #[test]
    fn late_records_leave_the_lists_of_drift() {
        use crate::checks::testing::{World, crm, onec};
        use crate::reconcile::FieldStatus;
        let card = |when: &'static str| [(Field::Name, "ООО Астра"), (Field::ModifiedAt, when)];
        let (old, new) = (card("2026-11-01 10:00"), card("2026-11-23 23:00"));
        let differs = [(Field::Phone, FieldStatus::Different)];
        // Two pairs that differ, one of them late; two cards of the CRM alone, one of them late.
        let world = World::new().crm(&old).onec(&old).crm(&old).onec(&new).crm(&old).crm(&new);
        let world = world.differs(0, 0, &differs).differs(1, 1, &differs);
        world.with(|cx| {
            let mut drift = Drift {
                pairs: cx.drift.pairs.clone(),
                by_field: vec![(Field::Phone, [0, 0, 0, 0, 0, 2, 0])],
                only_crm: cx.drift.only_crm.clone(),
                only_onec: cx.drift.only_onec.clone(),
            };
            let cut_off = moment("2026-11-23 22:00");
            let mut held = Held { cut_off, ids: Vec::new(), by_check: Vec::new(), pairs: 0, one_sided: 0 };
            hold_back_drift(&mut held, &mut drift, cx.data);
            assert_eq!((held.pairs, held.one_sided, held.is_something()), (1, 1, true));
            let differing: Vec<_> = drift.pairs.iter().map(|p| (p.crm, p.onec, p.fields.len())).collect();
            assert_eq!(differing, [(crm(0), onec(0), 1), (crm(1), onec(1), 0)]);
            assert_eq!(drift.by_field, [(Field::Phone, [0, 0, 0, 0, 0, 1, 0])]);
            assert_eq!(drift.only_crm, [crm(2)]);
        });
    }
}
