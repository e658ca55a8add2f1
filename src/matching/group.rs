//! Records by key, in parts that fit the caches.
//!
//! A sort of millions of entries waits for the memory at every step. Dealt by their keys into parts of some thousand, which
//! are sorted one by one, the same entries stay in the cache, and all threads have work.

use std::ops::Range;

use rayon::prelude::*;

use super::pack::Packed;

/// A key and a record that has it.
pub type Entry = (u64, u32);

/// Entries that are sorted at a time: 128 KiB.
const SORTED: usize = 8_192;

/// What keys are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Keys {
    /// Any numbers; parts come in no order that means anything.
    Any,
    /// Hashes; parts come in the order of keys.
    Hashed,
}

impl Keys {
    /// The key with its upper bits spread evenly.
    fn spread(self, key: u64) -> u64 {
        match self {
            // Any odd number without a pattern does.
            Keys::Any => key.wrapping_mul(0x9E37_79B9_7F4A_7C15),
            Keys::Hashed => key,
        }
    }
}

/// Entries of every record by itself, without those of key 0, in parts in the order of records.
pub fn entries(p: &Packed, keys: impl Fn(&Packed, u32, &mut Vec<u64>) + Sync) -> Vec<Vec<Entry>> {
    let of_part = |records: Range<u32>| {
        let (mut found, mut out) = (Vec::new(), Vec::with_capacity(records.len()));
        for at in records {
            found.clear();
            keys(p, at, &mut found);
            out.extend(found.iter().filter(|&&key| key != 0).map(|&key| (key, at)));
        }
        out
    };
    parts(p.len()).into_par_iter().map(of_part).collect()
}

/// What `put` adds for each of so many numbers, in parts in their order.
pub fn of_each(count: usize, put: impl Fn(u32, &mut Vec<Entry>) + Sync) -> Vec<Vec<Entry>> {
    let of_part = |numbers: Range<u32>| {
        let mut out = Vec::with_capacity(numbers.len());
        numbers.for_each(|at| put(at, &mut out));
        out
    };
    parts(count).into_par_iter().map(of_part).collect()
}

/// Ranges of numbers that threads take at a time.
fn parts(count: usize) -> Vec<Range<u32>> {
    let length = (count / (rayon::current_num_threads() * 4)).max(16_384);
    (0..count).step_by(length).map(|start| start as u32..(start + length).min(count) as u32).collect()
}

/// Calls `take` with the entries of every key that at least `least` records have, sorted and without repeats. Returns what
/// it made, a `T` per part of the keys.
pub fn by_key<T: Default + Send>(
    entries: Vec<Vec<Entry>>,
    keys: Keys,
    least: usize,
    take: impl Fn(&[Entry], &mut T) + Sync,
) -> Vec<T> {
    let total: usize = entries.iter().map(Vec::len).sum();
    let bits = (total / SORTED).max(1).next_power_of_two().ilog2();
    let part_of = |key: u64| if bits == 0 { 0 } else { (keys.spread(key) >> (u64::BITS - bits)) as usize };
    let dealt: Vec<(Vec<Entry>, Vec<u32>)> = entries
        .into_par_iter()
        .map(|entries| {
            let mut starts = vec![0u32; (1 << bits) + 1];
            entries.iter().for_each(|e| starts[part_of(e.0) + 1] += 1);
            (0..1 << bits).for_each(|part| starts[part + 1] += starts[part]);
            let (mut dealt, mut next) = (vec![(0, 0); entries.len()], starts.clone());
            for entry in entries {
                let place = &mut next[part_of(entry.0)];
                dealt[*place as usize] = entry;
                *place += 1;
            }
            (dealt, starts)
        })
        .collect();
    (0..1usize << bits)
        .into_par_iter()
        .map_init(
            || (Vec::new(), Vec::new()),
            |(part, counts): &mut (Vec<Entry>, Vec<u8>), number| {
                part.clear();
                for (entries, starts) in &dealt {
                    part.extend_from_slice(&entries[starts[number] as usize..starts[number + 1] as usize]);
                }
                if least > 1 {
                    drop_single(part, counts, |key| keys.spread(key) << bits);
                }
                part.sort_unstable();
                part.dedup();
                let mut made = T::default();
                let groups = part.chunk_by(|x, y| x.0 == y.0).filter(|group| group.len() >= least);
                groups.for_each(|group| take(group, &mut made));
                made
            },
        )
        .collect()
}

/// Drops entries whose key nobody else has, as far as a small table of counts tells. `spread`: bits of the key, the upper
/// ones spread evenly.
fn drop_single(part: &mut Vec<Entry>, counts: &mut Vec<u8>, spread: impl Fn(u64) -> u64) {
    let bits = (part.len() * 4).max(2).next_power_of_two().ilog2();
    counts.clear();
    counts.resize(1 << bits, 0);
    let place = |key: u64| (spread(key) >> (u64::BITS - bits)) as usize;
    for entry in part.iter() {
        let count = &mut counts[place(entry.0)];
        *count = count.saturating_add(1);
    }
    part.retain(|entry| counts[place(entry.0)] > 1);
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::*;
    use crate::matching::pack::hash;

    proptest! {
        /// Against maps, for parts of any number.
        #[test]
        fn groups_are_those_of_a_map(
            entries in prop::collection::vec(prop::collection::vec((1u64..400, 0u32..50), 0..300), 0..4),
            copies in 1usize..120,
            hashed in any::<bool>(),
            least in 1usize..3,
        ) {
            let keys = if hashed { Keys::Hashed } else { Keys::Any };
            let entries: Vec<Vec<Entry>> = entries
                .into_iter()
                .map(|part| {
                    let many = (0..copies as u64).flat_map(|n| part.iter().map(move |e| (e.0 + 400 * n, e.1)));
                    many.map(|e| if hashed { (hash(&e.0), e.1) } else { e }).collect()
                })
                .collect();
            let mut expected: BTreeMap<u64, BTreeSet<u32>> = BTreeMap::new();
            entries.iter().flatten().for_each(|&(key, record)| {
                expected.entry(key).or_default().insert(record);
            });
            expected.retain(|_, records| records.len() >= least);
            let expected: Vec<Entry> =
                expected.into_iter().flat_map(|(key, records)| records.into_iter().map(move |r| (key, r))).collect();
            let found = by_key(entries, keys, least, |group, made: &mut Vec<Entry>| made.extend_from_slice(group));
            let mut found: Vec<Entry> = found.concat();
            if !hashed {
                found.sort_unstable();
            }
            prop_assert_eq!(found, expected);
        }
    }
}
