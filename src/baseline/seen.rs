//! Which records this run could see. One that is missing from half an export was not deleted: what the baseline found in
//! it waits.

use rustc_hash::FxHashSet;

use super::load::Baseline;
use crate::checks::Before;
use crate::model::{Entity, Side, Snapshots};

/// Records of a side and entity that are far fewer than in the baseline: the export is not whole, or a source is gone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shrunk {
    pub side: Side,
    pub entity: Entity,
    /// Records then and now, own organisations and deleted ones apart.
    pub before: u64,
    pub now: u64,
}

/// From a loss of so many per cent on, an export is taken for a part. A clean-up of duplicates takes less at a time; where
/// it takes more, the next run is compared with this one and all is well again.
const LOST_PERCENT: u64 = 30;
/// Smaller parts lose a third by a few deletions.
const LEAST: u64 = 10;

/// What can be known of records that are not there.
pub(super) struct Seen<'a> {
    pub shrunk: Vec<Shrunk>,
    /// Sides and entities of which an absence proves nothing.
    doubtful: Vec<(Side, Entity)>,
    /// Keys of all records of these.
    here: FxHashSet<(Side, Entity, &'a str)>,
}

impl<'a> Seen<'a> {
    pub fn of(data: &'a Snapshots, baseline: &Baseline) -> Seen<'a> {
        let mut seen = Seen { shrunk: Vec::new(), doubtful: Vec::new(), here: FxHashSet::default() };
        for Before { side, entity, records: before } in baseline.counts() {
            let now = data.active(side, Some(entity));
            let is_shrunk = (before >= LEAST && now * 100 <= before * (100 - LOST_PERCENT)) || (now == 0 && before > 0);
            if is_shrunk {
                seen.shrunk.push(Shrunk { side, entity, before, now });
            }
            if is_shrunk || data.get(side).is_partial() {
                seen.doubtful.push((side, entity));
            }
        }
        for side in Side::BOTH {
            let books = data.get(side).books.iter().map(|book| &book.raw);
            for raw in std::iter::once(&data.parties(side).raw).chain(books) {
                let keys = (0..raw.len()).filter(|&at| seen.doubtful.contains(&(side, raw.entity[at])));
                seen.here.extend(keys.map(|at| (side, raw.entity[at], raw.id(at))));
            }
        }
        seen
    }

    /// Some part of the data is not whole.
    pub fn is_doubtful(&self) -> bool {
        !self.doubtful.is_empty()
    }

    /// Whether one of these records (`crm:counterparty:12`) is missing where that proves nothing.
    pub fn misses(&self, names: &[String]) -> bool {
        !self.doubtful.is_empty()
            && names.iter().any(|name| {
                let mut parts = name.splitn(3, ':');
                let (side, entity) = (parts.next().and_then(Side::parse), parts.next().and_then(Entity::parse));
                match (side, entity, parts.next()) {
                    (Some(side), Some(entity), Some(id)) => {
                        self.doubtful.contains(&(side, entity)) && !self.here.contains(&(side, entity, id))
                    }
                    _ => false,
                }
            })
    }
}
