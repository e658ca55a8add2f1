//! Which warehouses are one: by the id that one system keeps of the other, else by name.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::{Input, Pairing};
use crate::matching::{Decision, Evidence, Level, Link};
use crate::model::{Entity, Field, RecordRef, Side};
use crate::normalize::text;

/// Words of a warehouse's name that tell nothing.
const NOISE: [&str; 3] = ["СКЛАД", "ООО", "МАГАЗИН"];

/// A name without what every warehouse is called.
pub(crate) fn key(name: &str) -> String {
    let folded = text::fold(name);
    let mut words: Vec<&str> = folded.split(' ').filter(|w| !NOISE.contains(w)).collect();
    words.sort_unstable();
    if words.is_empty() { folded } else { words.join(" ") }
}

/// Warehouses across the sides. A name that several warehouses of a side have waits for a person.
pub(super) fn step(input: &Input, _: &Pairing) -> Vec<Link> {
    let [crm, onec] = Side::BOTH.map(|side| input.data.book(side, Entity::Warehouse));
    let mut ids: HashMap<&str, usize, RandomState> = HashMap::default();
    let mut names: HashMap<String, Vec<usize>, RandomState> = HashMap::default();
    for at in 0..onec.len() {
        ids.insert(onec.raw.id(at), at);
        names.entry(key(onec.text(Field::Name, at))).or_default().push(at);
    }
    let mut kept: HashMap<&str, usize, RandomState> = HashMap::default();
    for at in (0..onec.len()).filter(|&at| !onec.text(Field::ExternalId, at).is_empty()) {
        kept.insert(onec.text(Field::ExternalId, at), at);
    }
    let mut crm_names: HashMap<String, u32, RandomState> = HashMap::default();
    for at in 0..crm.len() {
        *crm_names.entry(key(crm.text(Field::Name, at))).or_default() += 1;
    }
    let link = |a: RecordRef, b: RecordRef, field: Field, decision: Decision, rule: &'static str| {
        let weight = if field == Field::ExternalId { 20.0 } else { 9.0 };
        Link {
            a,
            b,
            weight,
            probability: 1.0 / (1.0 + f64::from(-weight).exp2()),
            decision,
            veto: None,
            evidence: vec![Evidence { field, level: Level::Folded, weight }],
            rule,
        }
    };
    let mut links = Vec::new();
    for at in 0..crm.len() {
        let external = crm.text(Field::ExternalId, at).trim();
        let by_id = ids.get(external).filter(|_| !external.is_empty()).or_else(|| kept.get(crm.raw.id(at)));
        if let Some(&other) = by_id {
            links.push(link(crm.at(at), onec.at(other), Field::ExternalId, Decision::Auto, "id"));
            continue;
        }
        let name = key(crm.text(Field::Name, at));
        if name.is_empty() {
            continue;
        }
        let found = names.get(&name).map_or(&[][..], Vec::as_slice);
        let alone = found.len() == 1 && crm_names[&name] == 1;
        let decision = if alone { Decision::Auto } else { Decision::Review };
        links.extend(found.iter().map(|&other| link(crm.at(at), onec.at(other), Field::Name, decision, "name")));
    }
    links
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::*;

    #[test]
    fn names_and_ids() {
        let named = |name| [(Field::Name, name)];
        let world = World::new()
            .add(Side::Crm, Entity::Warehouse, &named("Основной склад"))
            .add(Side::Crm, Entity::Warehouse, &[(Field::Name, "Тверь"), (Field::ExternalId, "2")])
            .add(Side::Crm, Entity::Warehouse, &named("Магазин на Мира"))
            .add(Side::Onec, Entity::Warehouse, &named("Склад основной"))
            .add(Side::Onec, Entity::Warehouse, &named("Тверской филиал"));
        world.with(|cx| {
            let pairs: Vec<_> = cx.pairing.links().iter().map(|l| (l.a.at(), l.b.at(), l.decision)).collect();
            assert_eq!(pairs, [(0, 0, Decision::Auto), (1, 1, Decision::Auto)]);
        });
    }
}
