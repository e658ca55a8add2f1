//! Which contracts are one.

use rustc_hash::{FxHashMap, FxHashSet};

use super::link::{WEIGHT_DATE, WEIGHT_ID, WEIGHT_NUMBER, WEIGHT_PARTY, made_link};
use crate::matching::{Decision, Evidence, Level, Link};
use crate::model::{Entity, Field, Side};
use crate::pairing::papers::items;
use crate::pairing::{Input, PartyKey};

/// Contracts: by a kept id, else by party and number.
pub(super) fn contracts(input: &Input) -> Vec<Link> {
    let [crm, onec] = Side::BOTH.map(|side| items(input, side, &[Entity::Contract]));
    /// Positions in the CRM, in 1C.
    type Both = (Vec<usize>, Vec<usize>);
    let mut keys: FxHashMap<(PartyKey, &str), Both> = FxHashMap::default();
    for (is_onec, all) in [(false, &crm), (true, &onec)] {
        for (at, item) in all.iter().enumerate() {
            if let (Some(party), Some(number)) = (item.party, &item.number) {
                let group = keys.entry((party, &number.core)).or_default();
                if is_onec { group.1.push(at) } else { group.0.push(at) }
            }
        }
    }
    let ids: FxHashMap<&str, usize> = onec.iter().enumerate().map(|(at, item)| (item.id, at)).collect();
    let kept: FxHashMap<&str, usize> =
        onec.iter().enumerate().filter(|(_, i)| !i.external.is_empty()).map(|(at, i)| (i.external, at)).collect();
    let mut links = Vec::new();
    let mut taken: FxHashSet<(bool, usize)> = FxHashSet::default();
    for (a, item) in crm.iter().enumerate() {
        let by_id = ids.get(item.external).filter(|_| !item.external.is_empty()).or_else(|| kept.get(item.id));
        if let Some(&b) = by_id {
            taken.extend([(false, a), (true, b)]);
            let evidence = vec![Evidence { field: Field::ExternalId, level: Level::Exact, weight: WEIGHT_ID }];
            links.push(made_link(item.record, onec[b].record, Decision::Auto, "id", evidence));
        }
    }
    for (mine, theirs) in keys.values() {
        let alone = mine.len() == 1 && theirs.len() == 1;
        for &a in mine.iter().filter(|a| !taken.contains(&(false, **a))) {
            for &b in theirs.iter().filter(|b| !taken.contains(&(true, **b))) {
                let (x, y) = (&crm[a], &onec[b]);
                let same_day = x.has_day && y.has_day && x.from == y.from;
                let decision =
                    if alone || same_day && mine.len() * theirs.len() < 5 { Decision::Auto } else { Decision::Review };
                let mut evidence = vec![
                    Evidence { field: Field::Number, level: Level::Folded, weight: WEIGHT_NUMBER },
                    Evidence { field: Field::PartyId, level: Level::Exact, weight: WEIGHT_PARTY },
                ];
                if same_day {
                    evidence.push(Evidence { field: Field::Date, level: Level::Exact, weight: WEIGHT_DATE });
                }
                links.push(made_link(x.record, y.record, decision, "number", evidence));
            }
        }
    }
    links
}
