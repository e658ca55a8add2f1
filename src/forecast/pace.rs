//! How much changes between two exchanges, from the dates of the records, and whether the planned interval holds.
//!
//! A record tells its last change only, so older days show fewer changes than there were: what is counted is the least.

use std::collections::BTreeMap;

use chrono::{Duration, NaiveDate, NaiveDateTime};
use rayon::prelude::*;

use super::books;
use super::load::{calls, carried};
use super::rates::Rates;
use crate::lag::moment;
use crate::model::{Entity, Field, Side, Snapshots};

/// Days looked at, the last one being that of the last change.
pub const DAYS: i64 = 30;
/// Over so many minutes a day's changes spread where dates have no time of day: a working day.
const WORKING_MINUTES: u64 = 8 * 60;

/// Changes of one side and entity.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pace {
    pub side: Side,
    pub entity: Entity,
    /// Records changed within [`DAYS`].
    pub changed: u64,
    /// The day with most of them, the later of equal ones, and how many.
    pub peak_day: NaiveDate,
    pub peak: u64,
}

/// What one interval must carry at the peak.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Busiest {
    /// Beginning of the interval; of the day where dates have no time.
    pub from: NaiveDateTime,
    /// Records changed within it, of both sides as far as the exchange carries them.
    pub records: u64,
    pub reads: u64,
    pub writes: u64,
    /// No times of day: a working day's share of the busiest day.
    pub estimated: bool,
}

/// Whether one exchange ends before the next one begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Holds {
    /// Also when every call goes by itself.
    Yes,
    /// Only when calls go in batches.
    InBatches,
    No,
    /// No limit is known.
    Unknown,
}

impl Holds {
    /// Value of `exchange.holds` in `run.json`.
    pub fn as_str(self) -> &'static str {
        match self {
            Holds::Yes => "yes",
            Holds::InBatches => "in-batches",
            Holds::No => "no",
            Holds::Unknown => "unknown",
        }
    }
}

/// A dated change: when, and where.
struct Change {
    at: NaiveDateTime,
    side: Side,
    entity: Entity,
    calls: u64,
}

/// The changes of both sides within [`DAYS`].
pub struct Changes(Vec<Change>);

impl Changes {
    /// `as_of`: later dates are typing errors.
    pub fn of(data: &Snapshots, as_of: NaiveDate, rates: &Rates) -> Changes {
        let mut all = Vec::new();
        for side in Side::BOTH {
            let parties = data.parties(side);
            let change = |at: usize| {
                let date = |field: Field| moment(parties.raw.get(field, at)).filter(|m| m.date() <= as_of);
                let last = date(Field::ModifiedAt).max(date(Field::CreatedAt))?;
                Some(Change { at: last, side, entity: parties.raw.entity[at], calls: calls(parties, at, rates) })
            };
            let carried = (0..parties.len()).into_par_iter().filter(|&at| carried(parties, at));
            all.par_extend(carried.filter_map(change));
            for book in data.get(side).books.iter().filter(|b| books::carries(data, b.entity, side.other())) {
                for at in (0..book.len()).filter(|&at| book.is_active(at)) {
                    let date = |field| book.moment(field, at).valid().filter(|m| m.date() <= as_of);
                    if let Some(last) = date(Field::ModifiedAt).max(date(Field::CreatedAt)) {
                        all.push(Change { at: last, side, entity: book.entity, calls: 1 });
                    }
                }
            }
        }
        if let Some(last) = all.iter().map(|c| c.at.date()).max() {
            all.retain(|c| c.at.date() > last - Duration::days(DAYS));
        }
        Changes(all)
    }

    /// By side and entity, those that change.
    pub fn pace(&self) -> Vec<Pace> {
        let mut days: BTreeMap<(Side, Entity), BTreeMap<NaiveDate, u64>> = BTreeMap::new();
        for c in &self.0 {
            *days.entry((c.side, c.entity)).or_default().entry(c.at.date()).or_default() += 1;
        }
        let pace = |((side, entity), days): ((Side, Entity), BTreeMap<NaiveDate, u64>)| {
            let (&peak_day, &peak) = days.iter().max_by_key(|&(&day, &n)| (n, day))?;
            Some(Pace { side, entity, changed: days.values().sum(), peak_day, peak })
        };
        days.into_iter().filter_map(pace).collect()
    }

    /// The interval that costs most, the later of equal ones; `None` without dates. Records of 1C are written into the
    /// CRM as a whole, those of the CRM are read, as the exchange goes into `targets`; each exchange asks for each entity
    /// at least once.
    pub fn busiest(&self, minutes: u32, targets: &[Side], rates: &Rates) -> Option<Busiest> {
        let carried = |c: &&Change| targets.contains(&c.side.other());
        let timed = self.0.iter().filter(carried).any(|c| c.at.time() != chrono::NaiveTime::MIN);
        let length = if timed { i64::from(minutes) * 60 } else { 24 * 60 * 60 };
        let mut by_start: BTreeMap<i64, (u64, BTreeMap<Entity, u64>, u64)> = BTreeMap::new();
        for c in self.0.iter().filter(carried) {
            let (records, read, writes) = by_start.entry(c.at.and_utc().timestamp().div_euclid(length)).or_default();
            *records += 1;
            match c.side {
                Side::Onec => *writes += c.calls,
                Side::Crm => *read.entry(c.entity).or_default() += c.calls,
            }
        }
        let asked = self.0.iter().map(|c| c.entity).collect::<std::collections::BTreeSet<_>>();
        let cost = |(start, (records, read, writes)): (&i64, &(u64, BTreeMap<Entity, u64>, u64))| {
            let share = |n: u64| if timed { n } else { (n * u64::from(minutes)).div_ceil(WORKING_MINUTES).min(n) };
            let pages = |entity: &Entity| {
                let n = share(read.get(entity).copied().unwrap_or(0));
                if targets.contains(&Side::Onec) { n.div_ceil(rates.page).max(1) } else { 0 }
            };
            let from = chrono::DateTime::from_timestamp(start * length, 0)?.naive_utc();
            Some(Busiest {
                from,
                records: share(*records),
                reads: asked.iter().map(pages).sum(),
                writes: share(*writes),
                estimated: !timed,
            })
        };
        by_start.iter().filter_map(cost).max_by_key(|b| (b.reads + b.writes, b.from))
    }
}

/// Whether the interval holds at its busiest.
pub fn holds(busiest: &Busiest, minutes: u32, rates: &Rates) -> Holds {
    let fits = |requests: u64| rates.seconds(requests).map(|s| s <= u64::from(minutes) * 60);
    let batched = busiest.reads + busiest.writes.div_ceil(rates.update_batch.max(1));
    match (fits(busiest.reads + busiest.writes), fits(batched)) {
        (None, _) | (_, None) => Holds::Unknown,
        (Some(true), _) => Holds::Yes,
        (_, Some(true)) => Holds::InBatches,
        _ => Holds::No,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::World;
    use crate::forecast::rates::ExchangeConfig;
    use crate::map::system::System;

    fn with<T>(dates: &[(Side, &str)], read: impl FnOnce(&Changes, &Rates) -> T) -> T {
        let rates = Rates::of(Some(System::Bitrix24), &ExchangeConfig::default());
        let mut world = World::new();
        for &(side, date) in dates {
            world = world.add(side, Entity::Counterparty, &[(Field::Name, "ООО Астра"), (Field::ModifiedAt, date)]);
        }
        let as_of = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
        world.with(|cx| read(&Changes::of(cx.data, as_of, &rates), &rates))
    }

    const BOTH: &[Side] = &[Side::Onec, Side::Crm];

    #[test]
    fn the_peak_and_the_window() {
        let dates = [
            (Side::Crm, "2026-11-23 10:00"),
            (Side::Crm, "2026-11-23 10:10"),
            (Side::Crm, "2026-11-20 10:00"),
            // A typing error, and what is older than the window.
            (Side::Crm, "2062-11-20 10:00"),
            (Side::Crm, "2026-10-01 10:00"),
            (Side::Onec, "2026-11-22 09:00"),
        ];
        with(&dates, |changes, rates| {
            let pace = changes.pace();
            let said: Vec<_> = pace.iter().map(|p| (p.side, p.changed, p.peak_day.to_string(), p.peak)).collect();
            assert_eq!(said, [(Side::Crm, 3, "2026-11-23".to_owned(), 2), (Side::Onec, 1, "2026-11-22".to_owned(), 1)]);
            let busiest = changes.busiest(15, BOTH, rates).unwrap();
            assert_eq!((busiest.from.to_string().as_str(), busiest.estimated), ("2026-11-22 09:00:00", false));
            // Writing one costs more than reading a page of two.
            assert_eq!((busiest.records, busiest.reads, busiest.writes), (1, 1, 1));
            let only_reads = changes.busiest(15, &[Side::Onec], rates).unwrap();
            assert_eq!((only_reads.records, only_reads.writes), (2, 0));
            assert_eq!(only_reads.from.to_string(), "2026-11-23 10:00:00");
        });
        with(&[(Side::Crm, "")], |changes, rates| {
            assert!(changes.pace().is_empty() && changes.busiest(15, BOTH, rates).is_none());
        });
    }

    #[test]
    fn an_interval_holds_or_does_not() {
        // So many cards of 1C changed in one minute; two calls a second.
        for (cards, minutes, expected) in [
            (119, 1, Holds::Yes),
            (120, 1, Holds::InBatches),
            (5_950, 1, Holds::InBatches),
            (5_951, 1, Holds::No),
            (5_951, 60, Holds::Yes),
        ] {
            let dates = vec![(Side::Onec, "2026-11-23 10:00"); cards];
            with(&dates, |changes, rates| {
                let busiest = changes.busiest(minutes, BOTH, rates).unwrap();
                assert_eq!(busiest.writes, cards as u64);
                assert_eq!(holds(&busiest, minutes, rates), expected, "{cards} in {minutes}");
                let amo = Rates::of(None, &ExchangeConfig { calls_per_second: Some(1.0), ..ExchangeConfig::default() });
                assert_eq!(holds(&busiest, 1, &amo) == Holds::No, cards > 59);
            });
        }
        // Without times of day a working day's share counts: 480 changes in 15 minutes of 8 hours are 15.
        with(&vec![(Side::Onec, "2026-11-23"); 480], |changes, rates| {
            let busiest = changes.busiest(15, BOTH, rates).unwrap();
            assert_eq!((busiest.records, busiest.writes, busiest.estimated), (15, 15, true));
            assert_eq!(holds(&busiest, 15, rates), Holds::Yes);
        });
        with(&[(Side::Onec, "2026-11-23")], |changes, _| {
            let unlimited = Rates::of(None, &ExchangeConfig::default());
            assert_eq!(holds(&changes.busiest(15, BOTH, &unlimited).unwrap(), 15, &unlimited), Holds::Unknown);
        });
    }
}
