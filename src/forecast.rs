//! What the first synchronisation would do, record by record.

use crate::matching::{Decision, Matching};
use crate::model::{Entity, Flags, RecordRef, Side, Snapshots};
use crate::outcome::{Action, Direction, Forecast};
use crate::reconcile::{Drift, FieldStatus};

/// One line per receiving side, entity and action that has records, in that order.
///
/// Every active record of the sending side is counted once: an unlinked one would be created, unless it is a second
/// copy of another or a person has yet to say whether the other side has it (then a duplicate would be born); a linked
/// one is updated where the receiver lacks a value, and in conflict where both hold different ones.
pub fn forecast(data: &Snapshots, matching: &Matching, drift: &Drift, direction: Direction) -> Vec<Forecast> {
    direction.targets().iter().flat_map(|&target| towards(target, data, matching, drift)).collect()
}

fn towards(target: Side, data: &Snapshots, matching: &Matching, drift: &Drift) -> Vec<Forecast> {
    let sender = target.other();
    let parties = data.parties(sender);
    let cluster_of = matching.cluster_of(sender, parties.len());
    let mut in_review = vec![false; parties.len()];
    for link in matching.links.iter().filter(|l| l.decision == Decision::Review && l.a.side != l.b.side) {
        let record = if link.a.side == sender { link.a } else { link.b };
        in_review[record.at()] = true;
    }
    let mut pair_of = vec![None; matching.clusters.len()];
    for (at, pair) in drift.pairs.iter().enumerate() {
        pair_of[pair.cluster as usize] = Some(at);
    }
    let empty_at_target = match target {
        Side::Crm => FieldStatus::EmptyCrm,
        Side::Onec => FieldStatus::EmptyOnec,
    };
    let action = |record: RecordRef| match cluster_of[record.at()] {
        Some(cluster) => {
            let at = cluster as usize;
            let lead = matching.clusters[at].master(sender).or_else(|| matching.clusters[at].of(sender).next());
            if lead != Some(record) {
                return Action::Duplicate;
            }
            let Some(pair) = pair_of[at] else {
                return if in_review[record.at()] { Action::Duplicate } else { Action::Create };
            };
            let fields = &drift.pairs[pair].fields;
            if fields.iter().any(|(_, status)| *status == FieldStatus::Different) {
                Action::Conflict
            } else if fields.iter().any(|(_, status)| *status == empty_at_target) {
                Action::Update
            } else {
                Action::Skip
            }
        }
        None if in_review[record.at()] => Action::Duplicate,
        None => Action::Create,
    };
    let mut lines: Vec<Forecast> = Entity::ALL
        .into_iter()
        .flat_map(|entity| Action::ALL.map(|action| Forecast { entity, target, action, records: Vec::new() }))
        .collect();
    for record in parties.refs() {
        if !parties.is_active(record.at()) || parties.flags[record.at()].has(Flags::OWN) {
            continue;
        }
        let entity = parties.raw.entity[record.at()] as usize;
        lines[entity * Action::ALL.len() + action(record) as usize].records.push(record);
    }
    lines.retain(|line| !line.records.is_empty());
    lines
}
