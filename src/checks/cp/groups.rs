//! Groups of records by an equal key, and who stands for a group.

use std::cmp::Ordering;

use rustc_hash::{FxHashMap, FxHashSet};

use super::scope::live;
use crate::checks::Context;
use crate::matching::Link;
use crate::model::{Entity, Field, Inn, Kpp, Notes, Parties, RecordRef, Side};

/// Runs of two or more records with an equal key; records of a run ascend, runs ascend by key.
pub fn by_key<K: Ord>(mut keys: Vec<(K, u32)>) -> Vec<Vec<u32>> {
    keys.sort_unstable();
    keys.chunk_by(|a, b| a.0 == b.0)
        .filter(|run| run.len() > 1)
        .map(|run| run.iter().map(|(_, at)| *at).collect())
        .collect()
}

/// Live counterparties of a side that share a valid INN, two or more.
pub fn by_inn(cx: &Context, side: Side) -> Vec<(Inn, Vec<usize>)> {
    let parties = cx.data.parties(side);
    let keys = live(cx, side, Entity::Counterparty).filter_map(|at| Some((*parties.inn[at].valid()?, at as u32)));
    by_key(keys.collect())
        .into_iter()
        .filter_map(|run| {
            let inn = *parties.inn[run[0] as usize].valid()?;
            Some((inn, run.into_iter().map(|at| at as usize).collect()))
        })
        .collect()
}

/// KPPs of territorial registration in a group, sorted, without repeats. Those of a largest taxpayer (reason 50) are
/// a second number of the same firm, not another branch; those read through look-alike letters are a guess.
pub fn territorial_kpps(parties: &Parties, group: &[usize]) -> Vec<Kpp> {
    let sure = group.iter().filter(|&&at| !parties.kpp_notes[at].has(Notes::LOOKALIKE));
    let kpps = sure.filter_map(|&at| parties.kpp[at].valid().copied()).filter(|k| !k.is_largest_taxpayer());
    let mut kpps: Vec<Kpp> = kpps.collect();
    kpps.sort_unstable();
    kpps.dedup();
    kpps
}

/// Cards of one INN, the only ones of it in each system, whose KPPs differ.
pub struct KppPair {
    pub inn: Inn,
    pub crm: RecordRef,
    pub onec: RecordRef,
    /// Of the CRM and of 1C; neither is that of a largest taxpayer.
    pub kpps: [Kpp; 2],
}

/// INNs with one live card in each system, unlinked, whose KPPs differ: the KPP changed, or a branch lacks its card.
/// In the order of INNs; none when a side is partial.
pub fn kpp_pairs<'a>(cx: &'a Context) -> &'a [KppPair] {
    cx.shared.kpp_pairs.get_or_init(|| find_kpp_pairs(cx))
}

fn find_kpp_pairs(cx: &Context) -> Vec<KppPair> {
    if Side::BOTH.iter().any(|&side| cx.data.get(side).is_partial()) {
        return Vec::new();
    }
    let mut cards: Vec<(Inn, Side, usize)> = Vec::new();
    for side in Side::BOTH {
        let parties = cx.data.parties(side);
        let firms = live(cx, side, Entity::Counterparty);
        cards.extend(firms.filter_map(|at| Some((*parties.inn[at].valid()?, side, at))));
    }
    cards.sort_unstable();
    // A person may have confirmed the pair: then it is an ordinary difference.
    let linked: FxHashSet<(RecordRef, RecordRef)> = cx.drift.pairs.iter().map(|p| (p.crm, p.onec)).collect();
    let mut pairs = Vec::new();
    for run in cards.chunk_by(|a, b| a.0 == b.0) {
        let &[(inn, Side::Crm, a), (_, Side::Onec, b)] = run else { continue };
        let kpp = |side: Side, at: usize| territorial_kpps(cx.data.parties(side), &[at]).first().copied();
        let (Some(here), Some(there)) = (kpp(Side::Crm, a), kpp(Side::Onec, b)) else { continue };
        let (crm, onec) = (RecordRef::new(Side::Crm, a), RecordRef::new(Side::Onec, b));
        if !inn.is_person() && here != there && !linked.contains(&(crm, onec)) {
            pairs.push(KppPair { inn, crm, onec, kpps: [here, there] });
        }
    }
    pairs
}

/// The card of the head office: the one that others name as their head, else one whose KPP has reason 01.
pub fn head(parties: &Parties, group: &[usize]) -> Option<usize> {
    let raw = &parties.raw;
    let others = group.iter().map(|&at| (raw.get(Field::HeadId, at).trim(), raw.id(at)));
    let heads: FxHashSet<&str> = others.filter(|(head, own)| !head.is_empty() && head != own).map(|(h, _)| h).collect();
    let named = group.iter().copied().find(|&at| heads.contains(raw.id(at)));
    let by_reason = || group.iter().copied().find(|&at| parties.kpp[at].valid().is_some_and(|k| k.reason() == "01"));
    named.or_else(by_reason)
}

/// Which records of a side are masters of a cluster.
pub fn masters(cx: &Context, side: Side) -> Vec<bool> {
    let mut is = vec![false; cx.data.parties(side).len()];
    for master in cx.matching.clusters.iter().filter_map(|c| c.master(side)) {
        is[master.at()] = true;
    }
    is
}

/// Splits a group of one side into who stands for it (a master, else the first) and the rest.
pub fn lead(side: Side, masters: &[bool], group: &[usize]) -> (RecordRef, Vec<RecordRef>) {
    let first = group.iter().copied().find(|&at| masters[at]).unwrap_or(group[0]);
    split(side, first, group)
}

/// `first` and the others of the group.
pub fn split(side: Side, first: usize, group: &[usize]) -> (RecordRef, Vec<RecordRef>) {
    let rest = group.iter().filter(|&&at| at != first).map(|&at| RecordRef::new(side, at)).collect();
    (RecordRef::new(side, first), rest)
}

/// Connected groups over links, each sorted, in the order of their first member.
pub fn components<'a>(links: impl Iterator<Item = &'a Link>) -> Vec<Vec<RecordRef>> {
    let mut number: FxHashMap<RecordRef, usize> = FxHashMap::default();
    let mut records = Vec::new();
    let mut parent: Vec<usize> = Vec::new();
    let mut edges = Vec::new();
    for link in links {
        let mut node = |r: RecordRef| {
            *number.entry(r).or_insert_with(|| {
                records.push(r);
                parent.push(parent.len());
                parent.len() - 1
            })
        };
        edges.push((node(link.a), node(link.b)));
    }
    fn root(parent: &mut [usize], mut at: usize) -> usize {
        while parent[at] != at {
            parent[at] = parent[parent[at]];
            at = parent[at];
        }
        at
    }
    for (a, b) in edges {
        let (a, b) = (root(&mut parent, a), root(&mut parent, b));
        match a.cmp(&b) {
            Ordering::Less => parent[b] = a,
            Ordering::Greater => parent[a] = b,
            Ordering::Equal => {}
        }
    }
    let mut members: Vec<(usize, RecordRef)> =
        (0..records.len()).map(|at| (root(&mut parent, at), records[at])).collect();
    members.sort_unstable();
    let mut groups: Vec<Vec<RecordRef>> =
        members.chunk_by(|a, b| a.0 == b.0).map(|run| run.iter().map(|(_, r)| *r).collect()).collect();
    groups.sort_unstable();
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::{World, crm};
    use crate::matching::Decision;

    #[test]
    fn components_join_chains() {
        let link = |w: World, a, b| w.link(crm(a), crm(b), Decision::Review, None, &[]);
        let world = [(4, 5), (0, 2), (2, 3), (1, 6), (3, 4)].into_iter().fold(World::new(), |w, (a, b)| link(w, a, b));
        world.with(|cx| {
            let groups: Vec<Vec<usize>> =
                components(cx.matching.links.iter()).iter().map(|g| g.iter().map(|r| r.at()).collect()).collect();
            assert_eq!(groups, [vec![0, 2, 3, 4, 5], vec![1, 6]]);
        });
    }
}
