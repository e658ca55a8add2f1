//! Linked records → drift, field by field; and records that only one side has.

pub mod books;
pub mod control;
mod fields;
pub mod papers;
pub mod schedule;
pub mod statuses;

use rayon::prelude::*;

use crate::matching::{Cluster, Matching};
use crate::model::{Entity, Field, Flags, Lang, RecordRef, Side, Snapshots};
use fields::{COMPARED, Held, Party};

/// Result of comparing one field of two linked records.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum FieldStatus {
    Equal,
    /// Texts differ, values are the same.
    EqualNormalized,
    EmptyBoth,
    EmptyCrm,
    EmptyOnec,
    Different,
    /// A side holds an unusable value: reported by its own check, not as drift.
    Invalid,
}

impl FieldStatus {
    pub const ALL: [FieldStatus; 7] = [
        FieldStatus::Equal,
        FieldStatus::EqualNormalized,
        FieldStatus::EmptyBoth,
        FieldStatus::EmptyCrm,
        FieldStatus::EmptyOnec,
        FieldStatus::Different,
        FieldStatus::Invalid,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            FieldStatus::Equal => "equal",
            FieldStatus::EqualNormalized => "equal-normalized",
            FieldStatus::EmptyBoth => "empty-both",
            FieldStatus::EmptyCrm => "empty-crm",
            FieldStatus::EmptyOnec => "empty-onec",
            FieldStatus::Different => "different",
            FieldStatus::Invalid => "invalid",
        }
    }

    pub fn text(self, lang: Lang) -> &'static str {
        let (ru, en) = match self {
            FieldStatus::Equal => ("совпадает", "equal"),
            FieldStatus::EqualNormalized => ("совпадает по сути", "equal after normalisation"),
            FieldStatus::EmptyBoth => ("пусто в обеих", "empty on both"),
            FieldStatus::EmptyCrm => ("нет в CRM", "empty in the CRM"),
            FieldStatus::EmptyOnec => ("нет в 1С", "empty in 1C"),
            FieldStatus::Different => ("различается", "different"),
            FieldStatus::Invalid => ("значение непригодно", "unusable value"),
        };
        lang.pick(ru, en)
    }

    /// A person has something to settle.
    pub fn is_drift(self) -> bool {
        matches!(self, FieldStatus::EmptyCrm | FieldStatus::EmptyOnec | FieldStatus::Different)
    }
}

/// A linked pair of masters and the fields that do not agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PairDrift {
    /// Position in [`Matching::clusters`].
    pub cluster: u32,
    pub crm: RecordRef,
    pub onec: RecordRef,
    /// Only fields with [`FieldStatus::is_drift`], in the order of [`Field::ALL`].
    pub fields: Vec<(Field, FieldStatus)>,
}

/// The result of reconciliation. One-sided records have no field differences.
#[derive(Debug, Default)]
pub struct Drift {
    /// One per cluster with a member on both sides, in the order of clusters.
    pub pairs: Vec<PairDrift>,
    /// For each compared field the number of pairs by status (indexed as [`FieldStatus::ALL`]).
    pub by_field: Vec<(Field, [u64; 7])>,
    /// Records that belong to no cluster with the other side, sorted.
    pub only_crm: Vec<RecordRef>,
    pub only_onec: Vec<RecordRef>,
}

/// Clusters compared at a time by one thread.
const CHUNK_CLUSTERS: usize = 1_024;

/// Numbers of pairs by field (position in [`COMPARED`]) and status.
type Counts = Vec<[u64; 7]>;

/// Compares linked counterparties and contacts: of each cluster the master of each side, else its first member.
///
/// A field is compared when both sides hold it for that entity (at least one text). Multi-valued fields agree when one
/// side has all values of the other. Runs on all rayon threads; the result does not depend on their number.
pub fn run(data: &Snapshots, matching: &Matching) -> Drift {
    let held = Held::of(data);
    let chunks: Vec<(Vec<PairDrift>, Counts)> = matching
        .clusters
        .par_chunks(CHUNK_CLUSTERS)
        .enumerate()
        .map(|(n, clusters)| compare_chunk(data, &held, n * CHUNK_CLUSTERS, clusters))
        .collect();
    let mut drift = Drift::default();
    let mut counts: Counts = vec![[0; 7]; COMPARED.len()];
    for (mut pairs, part) in chunks {
        drift.pairs.append(&mut pairs);
        for (sum, more) in counts.iter_mut().flatten().zip(part.iter().flatten()) {
            *sum += more;
        }
    }
    drift.by_field =
        COMPARED.iter().copied().zip(counts).filter(|(_, by_status)| by_status.iter().any(|&n| n > 0)).collect();
    drift.only_crm = one_sided(data, matching, Side::Crm);
    drift.only_onec = one_sided(data, matching, Side::Onec);
    drift
}

fn compare_chunk(data: &Snapshots, held: &Held, first: usize, clusters: &[Cluster]) -> (Vec<PairDrift>, Counts) {
    let mut pairs = Vec::new();
    let mut counts: Counts = vec![[0; 7]; COMPARED.len()];
    for (n, cluster) in clusters.iter().enumerate() {
        let of = |side| cluster.master(side).or_else(|| cluster.of(side).next());
        let (Some(crm), Some(onec)) = (of(Side::Crm), of(Side::Onec)) else { continue };
        let party = |r: RecordRef| Party { parties: data.parties(r.side), at: r.at() };
        let mut differing = Vec::new();
        for (at, &field) in COMPARED.iter().enumerate() {
            if let Some(status) = fields::compare(field, party(crm), party(onec), held) {
                counts[at][status as usize] += 1;
                if status.is_drift() {
                    differing.push((field, status));
                }
            }
        }
        pairs.push(PairDrift { cluster: (first + n) as u32, crm, onec, fields: differing });
    }
    (pairs, counts)
}

/// Records of `side` that no cluster ties to the other side, sorted.
///
/// Left out: own organisations; records marked for deletion; contacts when the other side was loaded without contacts
/// (their absence says something of the export); everything when the other side is empty.
fn one_sided(data: &Snapshots, matching: &Matching, side: Side) -> Vec<RecordRef> {
    let (parties, others) = (data.parties(side), data.parties(side.other()));
    if others.is_empty() {
        return Vec::new();
    }
    let others_have_contacts = others.raw.entity.contains(&Entity::Contact);
    let mut tied = vec![false; parties.len()];
    for cluster in &matching.clusters {
        if cluster.of(side.other()).next().is_some() {
            for member in cluster.of(side) {
                tied[member.at()] = true;
            }
        }
    }
    tie_kept(matching, side, &mut tied);
    parties
        .refs()
        .filter(|r| {
            let flags = parties.flags[r.at()];
            !tied[r.at()]
                && !flags.has(Flags::OWN)
                && !flags.has(Flags::DELETED)
                && (others_have_contacts || parties.raw.entity[r.at()] == Entity::Counterparty)
        })
        .collect()
}

/// A card that a person keeps beside another one is not missing on the other side when its twin has a pair there.
pub fn tie_kept(matching: &Matching, side: Side, tied: &mut [bool]) {
    let kept: Vec<(usize, usize)> = matching.kept(side).collect();
    // Each pass goes one card further along a chain of kept ones.
    let mut more = true;
    while std::mem::take(&mut more) {
        for &(a, b) in &kept {
            if tied[a] != tied[b] {
                (tied[a], tied[b], more) = (true, true, true);
            }
        }
    }
}

#[cfg(test)]
mod tests;
