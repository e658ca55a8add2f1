//! What the first synchronisation would do, record by record.

use std::collections::BTreeMap;

use crate::matching::{Decision, Matching};
use crate::model::{Entity, Field, Flags, RecordRef, Side, Snapshots};
use crate::outcome::{Action, Direction, Forecast};
use crate::reconcile::{Drift, FieldStatus};

/// `[ownership]`: which system is right about a field. The exchange carries the owner's value over and never writes over
/// it; a field that nobody owns is in conflict where both sides hold different values.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Ownership(BTreeMap<(Entity, Field), Side>);

impl Ownership {
    pub fn set(&mut self, entity: Entity, field: Field, owner: Side) {
        self.0.insert((entity, field), owner);
    }

    pub fn owner(&self, entity: Entity, field: Field) -> Option<Side> {
        self.0.get(&(entity, field)).copied()
    }
}

/// What the exchange does to one field of a linked pair.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Write {
    No,
    Yes,
    Conflict,
}

fn write(target: Side, owner: Option<Side>, status: FieldStatus) -> Write {
    let empty_at_target = match target {
        Side::Crm => FieldStatus::EmptyCrm,
        Side::Onec => FieldStatus::EmptyOnec,
    };
    match (status, owner) {
        // What the receiver owns is not for the sender to write.
        _ if owner == Some(target) => Write::No,
        (FieldStatus::Different, Some(_)) => Write::Yes,
        (FieldStatus::Different, None) => Write::Conflict,
        (status, _) if status == empty_at_target => Write::Yes,
        _ => Write::No,
    }
}

/// One line per receiving side, entity and action that has records, in that order.
///
/// Every active record of the sending side is counted once: an unlinked one would be created, unless it is a second
/// copy of another or a person has yet to say whether the other side has it (then a duplicate would be born); a linked
/// one is updated where the receiver lacks a value or the sender owns a different one, and in conflict where both hold
/// different ones that nobody owns.
pub fn forecast(
    data: &Snapshots,
    matching: &Matching,
    drift: &Drift,
    direction: Direction,
    ownership: &Ownership,
) -> Vec<Forecast> {
    direction.targets().iter().flat_map(|&target| towards(target, data, matching, drift, ownership)).collect()
}

fn towards(target: Side, data: &Snapshots, matching: &Matching, drift: &Drift, ownership: &Ownership) -> Vec<Forecast> {
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
    let fields_of = |record: RecordRef, pair: usize| {
        let entity = parties.raw.entity[record.at()];
        let fields = drift.pairs[pair].fields.iter();
        fields.map(move |&(field, status)| (field, write(target, ownership.owner(entity, field), status)))
    };
    // The action, and the pair behind an update or a conflict.
    let action = |record: RecordRef| match cluster_of[record.at()] {
        Some(cluster) => {
            let at = cluster as usize;
            let lead = matching.clusters[at].master(sender).or_else(|| matching.clusters[at].of(sender).next());
            if lead != Some(record) {
                return (Action::Duplicate, None);
            }
            let Some(pair) = pair_of[at] else {
                let action = if in_review[record.at()] { Action::Duplicate } else { Action::Create };
                return (action, None);
            };
            let does = |wanted: Write| fields_of(record, pair).any(|(_, write)| write == wanted);
            if does(Write::Conflict) {
                (Action::Conflict, Some(pair))
            } else if does(Write::Yes) {
                (Action::Update, Some(pair))
            } else {
                (Action::Skip, None)
            }
        }
        None if in_review[record.at()] => (Action::Duplicate, None),
        None => (Action::Create, None),
    };
    let mut lines: Vec<Forecast> = Entity::ALL
        .into_iter()
        .flat_map(|entity| {
            Action::ALL.map(|action| Forecast { entity, target, action, records: Vec::new(), fields: Vec::new() })
        })
        .collect();
    let mut fields: Vec<BTreeMap<Field, u64>> = vec![BTreeMap::new(); lines.len()];
    for record in parties.refs() {
        if !parties.is_active(record.at()) || parties.flags[record.at()].has(Flags::OWN) {
            continue;
        }
        let entity = parties.raw.entity[record.at()] as usize;
        let (action, pair) = action(record);
        let line = entity * Action::ALL.len() + action as usize;
        lines[line].records.push(record);
        // Of a conflict the fields in conflict count, of an update those written.
        let wanted = if action == Action::Conflict { Write::Conflict } else { Write::Yes };
        for (field, write) in pair.into_iter().flat_map(|pair| fields_of(record, pair)) {
            if write == wanted {
                *fields[line].entry(field).or_default() += 1;
            }
        }
    }
    for (line, fields) in lines.iter_mut().zip(fields) {
        line.fields = fields.into_iter().collect();
    }
    lines.retain(|line| !line.records.is_empty());
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::World;

    fn lines(ownership: &Ownership, differing: &[(Field, FieldStatus)]) -> Vec<String> {
        let card = &[(Field::Name, "ООО Астра")];
        let world = World::new().crm(card).onec(card).crm(card).differs(0, 0, differing);
        world.with(|cx| {
            let found = forecast(cx.data, cx.matching, cx.drift, Direction::Both, ownership);
            let fields = |f: &Forecast| {
                let named: Vec<String> = f.fields.iter().map(|(field, n)| format!("{} {n}", field.code())).collect();
                named.join(", ")
            };
            found
                .iter()
                .map(|f| format!("{} {} {} [{}]", f.target, f.action.as_str(), f.records.len(), fields(f)))
                .collect()
        })
    }

    #[test]
    fn the_owner_of_a_field_settles_a_conflict() {
        let differing = [(Field::Phone, FieldStatus::Different), (Field::Inn, FieldStatus::EmptyCrm)];
        let nobody = Ownership::default();
        let create = "onec create 1 []";
        assert_eq!(lines(&nobody, &differing), [create, "onec conflict 1 [phone 1]", "crm conflict 1 [phone 1]"]);
        let mut crm_phones = Ownership::default();
        crm_phones.set(Entity::Counterparty, Field::Phone, Side::Crm);
        assert_eq!(lines(&crm_phones, &differing), [create, "onec update 1 [phone 1]", "crm update 1 [inn 1]"]);
        // What the receiver owns is not written, be it empty or different.
        let mut onec_all = Ownership::default();
        onec_all.set(Entity::Counterparty, Field::Phone, Side::Onec);
        onec_all.set(Entity::Counterparty, Field::Inn, Side::Crm);
        assert_eq!(lines(&onec_all, &differing), [create, "onec skip 1 []", "crm update 1 [phone 1]"]);
    }
}
