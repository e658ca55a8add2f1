//! How common each value is among the records of both sides.

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

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
    /// INNs and OGRNs that stand with two or more different territorial KPPs.
    pub branches: FxHashSet<u64>,
    /// Phones, e-mails and addresses that stand with two or more of the KPPs of one such firm.
    pub shared_by_branches: FxHashSet<u64>,
    /// Phones and e-mails under more names than one party has: of an accounting firm, a reception, a market.
    pub crowded: FxHashSet<u64>,
}

/// Numbers of firms that have branches. INN and OGRN name the same firm, so what one shows holds for the other.
fn branches(rows: &[Row]) -> FxHashSet<u64> {
    let firm = |r: &&Row| !r.inn_person && (r.inn != 0 || r.ogrn != 0);
    let mut parts: Vec<(u64, u64)> = rows
        .iter()
        .filter(firm)
        .filter(|r| r.kpp != 0 && !r.kpp_largest)
        .flat_map(|r| [(r.inn, r.kpp), (r.ogrn, r.kpp)])
        .filter(|part| part.0 != 0)
        .collect();
    parts.sort_unstable();
    parts.dedup();
    let mut branches: FxHashSet<u64> =
        parts.chunk_by(|a, b| a.0 == b.0).filter(|run| run.len() > 1).map(|run| run[0].0).collect();
    let both: Vec<(u64, u64)> =
        rows.iter().filter(firm).filter(|r| r.inn != 0 && r.ogrn != 0).map(|r| (r.inn, r.ogrn)).collect();
    for _ in 0..2 {
        for &(inn, ogrn) in &both {
            if branches.contains(&inn) || branches.contains(&ogrn) {
                branches.extend([inn, ogrn]);
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

impl Frequencies {
    /// Records whose address holds the word.
    pub fn of_address_word(&self, word: u64) -> u32 {
        self.address_word[word as usize % ADDRESS_COUNTERS]
    }
}

/// Values that two records or more hold, with their number; a pair accounts for two.
fn count(mut keys: Vec<u64>) -> FxHashMap<u64, u32> {
    keys.par_sort_unstable();
    let runs = keys.chunk_by(|a, b| a == b).filter(|run| run.len() > 1 && run[0] != 0);
    runs.map(|run| (run[0], run.len() as u32)).collect()
}

pub fn frequencies<'p>(p: &'p Packed<'p>) -> Frequencies {
    let of_rows = |key: &(dyn Fn(&Row) -> u64 + Sync)| count(p.rows.par_iter().map(key).collect());
    let of_values = |values: fn(&'p Packed, u32) -> &'p [u64]| {
        count((0..p.len() as u32).into_par_iter().flat_map_iter(|at| values(p, at).iter().copied()).collect())
    };
    let branches = branches(&p.rows);
    Frequencies {
        inn_broken: of_rows(&|r| r.inn_broken),
        phone: of_values(|p, at| p.phones(at)),
        email: of_values(|p, at| p.emails(at)),
        account: of_values(|p, at| p.accounts(at)),
        document: of_values(|p, at| p.document_numbers(at)),
        core: of_rows(&|r| r.core),
        core_folded: of_rows(&|r| r.core_folded),
        person: of_rows(&|r| p.person_key(r)),
        tail: of_values(|p, at| p.tails(at)),
        address: of_rows(&|r| r.address_folded),
        initials: of_rows(&|r| r.initials),
        address_word: address_words(p),
        shared_by_branches: shared_by_branches(p, &branches),
        branches,
        crowded: FxHashSet::default(),
    }
}

/// Different names under which one party is met at most.
const NAMES_OF_ONE: usize = 4;

/// Phones and e-mails with more than [`NAMES_OF_ONE`] names.
pub fn crowded(p: &Packed) -> FxHashSet<u64> {
    let f = &p.frequencies;
    let often = |counts: &FxHashMap<u64, u32>, value| counts.get(&value).is_some_and(|&n| n as usize > NAMES_OF_ONE);
    let mut names: Vec<(u64, u64)> = Vec::new();
    for at in 0..p.len() as u32 {
        let row = p.row(at);
        let phones = p.phones(at).iter().filter(|&&v| often(&f.phone, v));
        let emails = p.emails(at).iter().filter(|&&v| often(&f.email, v));
        let person = p.person_key(row);
        let name = if person != 0 { person } else { row.core_folded };
        names.extend(phones.chain(emails).map(|&value| (value, name)));
    }
    names.sort_unstable();
    names.dedup();
    names.chunk_by(|a, b| a.0 == b.0).filter(|run| run.len() > NAMES_OF_ONE).map(|run| run[0].0).collect()
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
