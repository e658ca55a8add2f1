//! The neutral plan: what to merge and which fields to correct, and what must hold before each step.
//!
//! Only automatic and accepted clusters become steps. Never merged: branches and other vetoed pairs (they are not in
//! one cluster), own organisations, records whose id names several records, records already marked deleted.

use rustc_hash::FxHashSet;

use crate::matching::{Cluster, Decision};
use crate::model::{Entity, Field, Flags, Notes, RecordRef, Side, Snapshots};
use crate::outcome::Outcome;

/// Merge `duplicates` into `master`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MergeStep {
    /// Position of the cluster.
    pub cluster: u32,
    pub side: Side,
    pub entity: Entity,
    pub master: RecordRef,
    /// Sorted, not empty.
    pub duplicates: Vec<RecordRef>,
    /// Why the records are one party, in the language of the report.
    pub evidence: String,
}

/// Replace a text that reads as one value by that value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FixStep {
    pub record: RecordRef,
    pub field: Field,
    /// The text that must still stand there.
    pub expected: String,
    pub value: String,
}

/// A group that scripts must leave to a person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ManualStep {
    pub cluster: u32,
    pub records: Vec<RecordRef>,
    pub reason: &'static str,
}

/// All steps, sorted by side, entity and cluster or record.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Plan {
    pub merges: Vec<MergeStep>,
    pub fixes: Vec<FixStep>,
    pub manual: Vec<ManualStep>,
}

/// Makes the plan of both sides.
pub fn build(outcome: &Outcome) -> Plan {
    let mut plan = Plan::default();
    let reasons = evidence_by_cluster(outcome);
    let rejected = outcome.matching.links.iter().filter(|l| l.decision == Decision::Rejected);
    let refused = rejected.map(|l| (l.a.min(l.b), l.a.max(l.b))).collect();
    for (at, cluster) in outcome.matching.clusters.iter().enumerate() {
        for side in Side::BOTH {
            merge_steps(outcome, (at as u32, cluster), side, &reasons[at], &refused, &mut plan);
        }
    }
    plan.merges.sort_by_key(|m| (m.side, m.entity, m.cluster));
    for side in Side::BOTH {
        inn_fixes(&outcome.data, side, &mut plan.fixes);
    }
    plan
}

/// Members of one side fall into steps by entity: a company card is never merged into a contact card.
///
/// Matching already keeps vetoed pairs, different INNs and own organisations apart; here that is checked once more,
/// because a merge cannot be undone.
fn merge_steps(
    outcome: &Outcome,
    (at, cluster): (u32, &Cluster),
    side: Side,
    evidence: &str,
    refused: &FxHashSet<(RecordRef, RecordRef)>,
    plan: &mut Plan,
) {
    let data = &outcome.data;
    let parties = data.parties(side);
    for entity in Entity::ALL {
        let members: Vec<RecordRef> = cluster
            .of(side)
            .filter(|&r| data.entity(r) == entity && !parties.flags[r.at()].has(Flags::DELETED))
            .collect();
        if members.len() < 2 {
            continue;
        }
        let manual = |reason| ManualStep { cluster: at, records: members.clone(), reason };
        if members.iter().any(|r| parties.flags[r.at()].has(Flags::OWN)) {
            plan.manual
                .push(manual(outcome.lang.pick("в группе своя организация", "the group holds an own organisation")));
            continue;
        }
        if differ(members.iter().filter_map(|r| parties.inn[r.at()].valid())) {
            plan.manual.push(manual(outcome.lang.pick("в группе разные ИНН", "INNs of the group differ")));
            continue;
        }
        if members.iter().enumerate().any(|(i, &a)| members[i + 1..].iter().any(|&b| refused.contains(&(a, b)))) {
            plan.manual.push(manual(outcome.lang.pick("пара группы запрещена", "a pair of the group is forbidden")));
            continue;
        }
        if members.iter().any(|r| parties.raw.id_clash[r.at()]) {
            plan.manual.push(manual(
                outcome.lang.pick("код записи повторяется в выгрузке", "the record id repeats in the export"),
            ));
            continue;
        }
        if members.iter().any(|r| parties.raw.id(r.at()).starts_with("row-")) {
            plan.manual.push(manual(outcome.lang.pick("в выгрузке нет кодов записей", "the export has no record ids")));
            continue;
        }
        let master = cluster.master(side).filter(|m| members.contains(m)).unwrap_or(members[0]);
        let duplicates: Vec<RecordRef> = members.into_iter().filter(|r| *r != master).collect();
        plan.merges.push(MergeStep { cluster: at, side, entity, master, duplicates, evidence: evidence.to_owned() });
    }
}

/// Whether the values are not all the same.
fn differ<T: PartialEq>(mut values: impl Iterator<Item = T>) -> bool {
    values.next().is_some_and(|first| values.any(|other| other != first))
}

/// For each cluster the reasons of the links inside it, without repeats, in the order of links.
fn evidence_by_cluster(outcome: &Outcome) -> Vec<String> {
    let of = Side::BOTH.map(|side| outcome.matching.cluster_of(side, outcome.data.parties(side).len()));
    let mut reasons: Vec<Vec<String>> = vec![Vec::new(); outcome.matching.clusters.len()];
    for link in outcome.matching.links.iter().filter(|l| l.decision.links() && l.a.side == l.b.side) {
        let (a, b) = (of[link.a.side as usize][link.a.at()], of[link.b.side as usize][link.b.at()]);
        if let (Some(a), Some(b)) = (a, b)
            && a == b
        {
            let reason = link.reason(outcome.lang);
            let list = &mut reasons[a as usize];
            if !list.contains(&reason) {
                list.push(reason);
            }
        }
    }
    reasons.into_iter().map(|r| r.join(" | ")).collect()
}

/// An INN that was read after a repair which its control digits confirm.
fn inn_fixes(data: &Snapshots, side: Side, fixes: &mut Vec<FixStep>) {
    let parties = data.parties(side);
    for record in parties.refs() {
        let at = record.at();
        let repaired = [Notes::LEADING_ZERO, Notes::DIRTY, Notes::LOOKALIKE, Notes::COERCED];
        let notes = parties.inn_notes[at];
        // With another value in the cell the repair would lose it.
        let shared = notes.has(Notes::SHARED_CELL);
        // Without an id a script cannot find the record; an own organisation is not for a script to touch.
        if parties.raw.id(at).starts_with("row-") || parties.flags[at].has(Flags::OWN) {
            continue;
        }
        if parties.raw.id_clash[at] || !parties.is_active(at) || shared || !repaired.iter().any(|&n| notes.has(n)) {
            continue;
        }
        if let Some(inn) = parties.inn[at].valid() {
            let expected = parties.raw.get(Field::Inn, at);
            let value = inn.to_string();
            if expected != value {
                fixes.push(FixStep { record, field: Field::Inn, expected: expected.to_owned(), value });
            }
        }
    }
}
