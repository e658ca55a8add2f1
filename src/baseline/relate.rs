//! Findings of two runs, one against the other. Knows nothing of where they come from: an audit compares itself with
//! its baseline, `sverka diff` compares two runs on disk.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::finding::{Finding, FindingId};
use crate::model::{Field, Snapshots};

/// What a finding is in the other run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fate {
    /// The same id there; position in the other run.
    Same(u32),
    /// The same group, and no record here that is not in it there.
    Part(u32),
    /// The same group with records that the earlier run did not have in it.
    Grown(u32),
    /// Nothing there.
    Alone,
}

/// The fates of both runs, by position.
#[derive(Debug)]
pub struct Fates {
    pub now: Vec<Fate>,
    /// `Same`, `Part` and `Grown` of a finding here is what its counterpart in `now` is.
    pub before: Vec<Fate>,
}

/// Findings of a run, as far as comparing needs them. `names` is asked only for those that ids do not settle.
pub struct Rows<'a> {
    ids: Vec<FindingId>,
    checks: Vec<&'a str>,
    fields: Vec<&'a str>,
    names: Box<dyn Fn(usize) -> Vec<String> + 'a>,
}

impl<'a> Rows<'a> {
    /// `names`: keys of the records of a finding by position, in any order.
    ///
    /// # Panics
    /// When the lists differ in length.
    pub fn new(
        ids: Vec<FindingId>,
        checks: Vec<&'a str>,
        fields: Vec<&'a str>,
        names: Box<dyn Fn(usize) -> Vec<String> + 'a>,
    ) -> Rows<'a> {
        assert!(ids.len() == checks.len() && ids.len() == fields.len(), "one check and one field per id");
        Rows { ids, checks, fields, names }
    }

    pub fn of(findings: &'a [Finding], data: &'a Snapshots) -> Rows<'a> {
        Rows::new(
            findings.iter().map(|f| f.id).collect(),
            findings.iter().map(|f| f.check).collect(),
            findings.iter().map(|f| f.field.map_or("", Field::code)).collect(),
            Box::new(|at| findings[at].records().map(|r| data.key(r)).collect()),
        )
    }

    pub fn len(&self) -> usize {
        self.ids.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    pub fn id(&self, at: usize) -> FindingId {
        self.ids[at]
    }

    /// Keys of its records.
    pub fn names(&self, at: usize) -> Vec<String> {
        (self.names)(at)
    }

    /// Code of its field, empty for none.
    pub fn field(&self, at: usize) -> &'a str {
        self.fields[at]
    }

    pub fn check(&self, at: usize) -> &'a str {
        self.checks[at]
    }
}

/// Share of records that two groups must have in common to be one group that changed: half of all of both.
const COMMON: (usize, usize) = (1, 2);
/// From this size on, a group that grew by less than a tenth is the known group: that one more of forty cards has an
/// unusual phone format is no news, that a third card joined a pair of duplicates is.
const LARGE: usize = 10;

/// Relates two runs: first by id, then groups of records by what they have in common.
///
/// A group that lost records is still the same finding; one that gained some is new, and the smaller one it grew from
/// is not resolved.
pub fn relate(now: &Rows, before: &Rows) -> Fates {
    let mut fates = Fates { now: vec![Fate::Alone; now.len()], before: vec![Fate::Alone; before.len()] };
    let by_id: FxHashMap<FindingId, u32> = before.ids.iter().enumerate().map(|(at, &id)| (id, at as u32)).collect();
    for (at, id) in now.ids.iter().enumerate() {
        if let Some(&there) = by_id.get(id) {
            fates.now[at] = Fate::Same(there);
            fates.before[there as usize] = Fate::Same(at as u32);
        }
    }
    groups(now, before, &mut fates);
    fates
}

fn groups(now: &Rows, before: &Rows, fates: &mut Fates) {
    let open = |rows: &Rows, fates: &[Fate]| -> Vec<(u32, FxHashSet<String>)> {
        (0..rows.len())
            .filter(|&at| fates[at] == Fate::Alone)
            .map(|at| (at as u32, (rows.names)(at).into_iter().collect::<FxHashSet<String>>()))
            .filter(|(_, names)| names.len() > 1)
            .collect()
    };
    let old = open(before, &fates.before);
    if old.is_empty() {
        return;
    }
    let mut by_record: FxHashMap<(&str, &str, &str), Vec<u32>> = FxHashMap::default();
    for (n, (at, names)) in old.iter().enumerate() {
        for name in names {
            let key = (before.checks[*at as usize], before.fields[*at as usize], name.as_str());
            by_record.entry(key).or_default().push(n as u32);
        }
    }
    // (records in common, now, before): the most alike first, then in the order of the lists.
    let mut offers: Vec<(usize, u32, u32, Fate, Fate)> = Vec::new();
    for (at, names) in open(now, &fates.now) {
        let (check, field) = (now.checks[at as usize], now.fields[at as usize]);
        let mut common: FxHashMap<u32, usize> = FxHashMap::default();
        for name in &names {
            for &n in by_record.get(&(check, field, name.as_str())).into_iter().flatten() {
                *common.entry(n).or_default() += 1;
            }
        }
        for (n, common) in common {
            let (there, theirs) = (&old[n as usize].0, &old[n as usize].1);
            let all = names.len() + theirs.len() - common;
            // Two pairs that share a record are two questions.
            if common * COMMON.1 < all * COMMON.0 || names.len().max(theirs.len()) < 3 {
                continue;
            }
            let gained = names.len() - common;
            let known = gained == 0 || (theirs.len() >= LARGE && gained * 10 < theirs.len());
            let fate: fn(u32) -> Fate = if known { Fate::Part } else { Fate::Grown };
            offers.push((common, at, *there, fate(*there), fate(at)));
        }
    }
    offers.sort_unstable_by_key(|&(common, at, there, ..)| (std::cmp::Reverse(common), at, there));
    for (_, at, there, fate, back) in offers {
        if fates.now[at as usize] == Fate::Alone && fates.before[there as usize] == Fate::Alone {
            fates.now[at as usize] = fate;
            fates.before[there as usize] = back;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A finding as `id check record record …`.
    fn rows(list: &'static [&'static str]) -> Rows<'static> {
        let parts = |at: usize| list[at].split(' ');
        Rows::new(
            (0..list.len()).map(|at| FindingId(parts(at).next().unwrap().parse().unwrap())).collect(),
            (0..list.len()).map(|at| parts(at).nth(1).unwrap()).collect(),
            vec!["inn"; list.len()],
            Box::new(move |at| parts(at).skip(2).map(str::to_owned).collect()),
        )
    }

    fn check(now: &'static [&'static str], before: &'static [&'static str], expected: &[Fate]) {
        let fates = relate(&rows(now), &rows(before));
        assert_eq!(fates.now, expected, "{now:?} after {before:?}");
        for (at, fate) in fates.now.iter().enumerate() {
            let back = match *fate {
                Fate::Alone => continue,
                Fate::Same(there) => (there, Fate::Same(at as u32)),
                Fate::Part(there) => (there, Fate::Part(at as u32)),
                Fate::Grown(there) => (there, Fate::Grown(at as u32)),
            };
            assert_eq!(fates.before[back.0 as usize], back.1);
        }
    }

    #[test]
    fn fates() {
        check(&["1 x a"], &["1 x a"], &[Fate::Same(0)]);
        check(&["2 x b"], &["1 x a"], &[Fate::Alone]);
        // A group of duplicates: it shrank, it grew, another check, another group.
        check(&["2 x a b"], &["1 x a b c"], &[Fate::Part(0)]);
        check(&["2 x a b c"], &["1 x a b"], &[Fate::Grown(0)]);
        check(&["2 y a b c"], &["1 x a b"], &[Fate::Alone]);
        check(&["2 x a b d e f"], &["1 x a b c"], &[Fate::Alone]);
        // Two pairs with one record in common are two questions.
        check(&["2 x a b"], &["1 x a c"], &[Fate::Alone]);
        // A single record never continues another.
        check(&["2 x a"], &["1 x a"], &[Fate::Alone]);
        // A large group that gained one.
        check(&["2 x a b c d e f g h i j k l"], &["1 x a b c d e f g h i j k"], &[Fate::Part(0)]);
        // It fell apart: the larger part goes on.
        check(&["2 x a b", "3 x c d e"], &["1 x a b c d e"], &[Fate::Alone, Fate::Part(0)]);
    }
}
