//! How common each value is among the records of both sides.

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::group::{self, Entry, Keys};
use super::pack::{Packed, Row};

/// Counters of address words: 4 MiB, more than twice the words of streets and towns of Russia.
const ADDRESS_COUNTERS: usize = 1 << 20;
/// How many records hold a value; values of one record only are left out, which keeps the tables in the caches.
#[derive(Debug, Default)]
pub struct Frequencies {
    pub inn_broken: FxHashMap<u64, u32>,
    pub phone: FxHashMap<u64, u32>,
    pub tail: FxHashMap<u64, u32>,
    pub email: FxHashMap<u64, u32>,
    pub account: FxHashMap<u64, u32>,
    pub document: FxHashMap<u64, u32>,
    pub core: FxHashMap<u64, u32>,
    pub core_folded: FxHashMap<u64, u32>,
    pub person: FxHashMap<u64, u32>,
    pub address: FxHashMap<u64, u32>,
    pub initials: FxHashMap<u64, u32>,
    /// Records by the low bits of the hash of an address word: two words may share a counter, which makes both look
    /// more common and never proves anything that is not so.
    pub address_word: Vec<u32>,
    /// What a word of each counter says.
    address_rarity: Vec<f32>,
    /// INNs and OGRNs that stand with two or more different territorial KPPs.
    pub branches: FxHashSet<u64>,
    /// Phones, e-mails and addresses that stand with two or more of the KPPs of one such firm.
    pub shared_by_branches: FxHashSet<u64>,
    /// Phones and e-mails under more names than one party has: of an accounting firm, a reception, a market.
    pub crowded: FxHashSet<u64>,
}

/// Numbers of firms that have branches. INN and OGRN name the same firm, so what one shows holds for the other.
fn branches(p: &Packed) -> FxHashSet<u64> {
    let firm = |r: &Row| !r.inn_person && (r.inn != 0 || r.ogrn != 0);
    let parts = group::entries(p, |p, at, out| {
        let row = p.row(at);
        if firm(row) && row.kpp != 0 && !row.kpp_largest {
            out.extend([row.inn, row.ogrn]);
        }
    });
    let found = group::by_key(parts, Keys::Any, 2, |records, found: &mut Vec<u64>| {
        let kpp = |e: &Entry| p.row(e.1).kpp;
        if records.iter().any(|e| kpp(e) != kpp(&records[0])) {
            found.push(records[0].0);
        }
    });
    let mut branches: FxHashSet<u64> = found.into_iter().flatten().collect();
    let both = |r: &&Row| firm(r) && r.inn != 0 && r.ogrn != 0;
    for _ in 0..2 {
        for row in p.rows.iter().filter(both) {
            if branches.contains(&row.inn) || branches.contains(&row.ogrn) {
                branches.extend([row.inn, row.ogrn]);
            }
        }
    }
    branches
}

fn address_words(p: &Packed) -> Vec<u32> {
    let mut counters = vec![0; ADDRESS_COUNTERS];
    for &word in (0..p.len() as u32).flat_map(|at| p.address_words(at)) {
        counters[word as usize % ADDRESS_COUNTERS] += 1;
    }
    counters
}

/// log2(N / records that hold the word) for each counter; a pair alone accounts for two.
fn address_rarity(counters: &[u32], scale: f32) -> Vec<f32> {
    counters.iter().map(|&holders| (scale - (holders.max(2) as f32).log2()).max(0.1)).collect()
}

impl Frequencies {
    /// How much it says that two records share the word.
    #[inline]
    pub fn rarity_of_address_word(&self, word: u64) -> f32 {
        self.address_rarity[word as usize % ADDRESS_COUNTERS]
    }

    /// Records whose address holds the word.
    pub fn of_address_word(&self, word: u64) -> u32 {
        self.address_word[word as usize % ADDRESS_COUNTERS]
    }
}

/// Values that two records or more hold, each with their number; a pair accounts for two.
#[derive(Default)]
struct Shared {
    held: Vec<(u64, u32)>,
    /// Those with more than [`NAMES_OF_ONE`] names.
    crowded: Vec<u64>,
}

/// Different names under which one party is met at most.
const NAMES_OF_ONE: usize = 4;

/// Counts the values of all records; `reach`: they are ways to reach somebody, of which the crowded ones are wanted.
fn count(p: &Packed, reach: bool, values: impl Fn(&Packed, u32, &mut Vec<u64>) + Sync) -> Vec<Shared> {
    let name = |e: &Entry| {
        let row = p.row(e.1);
        let person = p.person_key(row);
        if person != 0 { person } else { row.core_folded }
    };
    group::by_key(group::entries(p, values), Keys::Any, 2, |records, shared: &mut Shared| {
        shared.held.push((records[0].0, records.len() as u32));
        if reach && records.len() > NAMES_OF_ONE {
            let mut names: Vec<u64> = records.iter().map(name).collect();
            names.sort_unstable();
            names.dedup();
            if names.len() > NAMES_OF_ONE {
                shared.crowded.push(records[0].0);
            }
        }
    })
}

pub fn frequencies<'p>(p: &'p Packed) -> Frequencies {
    let of_rows = |key: &(dyn Fn(&Row) -> u64 + Sync)| count(p, false, |p, at, out| out.push(key(p.row(at))));
    let of_lists =
        |reach, list: &(dyn Fn(u32) -> &'p [u64] + Sync)| count(p, reach, |_, at, out| out.extend_from_slice(list(at)));
    let counted = [
        of_rows(&|r| r.inn_broken),
        of_lists(true, &|at| p.phones(at)),
        of_lists(false, &|at| p.tails(at)),
        of_lists(true, &|at| p.emails(at)),
        of_lists(false, &|at| p.accounts(at)),
        of_lists(false, &|at| p.document_numbers(at)),
        of_rows(&|r| r.core),
        of_rows(&|r| r.core_folded),
        of_rows(&|r| p.person_key(r)),
        of_rows(&|r| r.address_folded),
        of_rows(&|r| r.initials),
    ];
    let crowded = counted.iter().flatten().flat_map(|shared| &shared.crowded).copied().collect();
    let maps = counted.map(|parts| parts.into_iter().map(|shared| shared.held).collect::<Vec<_>>());
    let maps: Vec<FxHashMap<u64, u32>> = maps
        .into_par_iter()
        .map(|parts| {
            let mut map = FxHashMap::default();
            map.reserve(parts.iter().map(Vec::len).sum());
            map.extend(parts.into_iter().flatten());
            map
        })
        .collect();
    let branches = branches(p);
    let address_word = address_words(p);
    let mut maps = maps.into_iter();
    let mut next = || maps.next().unwrap_or_default();
    Frequencies {
        inn_broken: next(),
        phone: next(),
        tail: next(),
        email: next(),
        account: next(),
        document: next(),
        core: next(),
        core_folded: next(),
        person: next(),
        address: next(),
        initials: next(),
        address_rarity: address_rarity(&address_word, p.scale),
        address_word,
        shared_by_branches: shared_by_branches(p, &branches),
        branches,
        crowded,
    }
}

/// Ways to reach a firm that do not tell which part of it is meant.
fn shared_by_branches(p: &Packed, branches: &FxHashSet<u64>) -> FxHashSet<u64> {
    let mut uses: Vec<(u64, u64)> = Vec::new();
    for at in 0..p.len() as u32 {
        let row = p.row(at);
        if row.kpp != 0 && (branches.contains(&row.inn) || branches.contains(&row.ogrn)) {
            let values = p.phones(at).iter().chain(p.emails(at)).chain([&row.address_folded]);
            uses.extend(values.filter(|&&value| value != 0).map(|&value| (value, row.kpp)));
        }
    }
    uses.sort_unstable();
    uses.dedup();
    uses.chunk_by(|a, b| a.0 == b.0).filter(|run| run.len() > 1).map(|run| run[0].0).collect()
}
