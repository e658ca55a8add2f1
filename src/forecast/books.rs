//! What the first exchange would do to goods, warehouses, contracts and property, and to the deals of the CRM.
//!
//! Entries of catalogues are written like parties: created, updated, in conflict, born twice. Of the deals only those that
//! 1C has no document of matter: the exchange makes an order of each. Documents of 1C are made by people there and change
//! deals, which their checks tell.

use std::collections::BTreeMap;

use super::failures::{self, Failure, Refusal};
use super::{Ownership, Write, write};
use crate::config::{Stage, TradeConfig};
use crate::map::system::System;
use crate::matching::{Decision, Scope};
use crate::model::{Entity, Field, RecordRef, Side, Snapshots};
use crate::outcome::{Action, Forecast};
use crate::pairing::Pairing;
use crate::reconcile::books::{compare, compared};

/// Entries of catalogues that both systems keep.
pub const CATALOGUES: [Entity; 5] = [Entity::Product, Entity::Warehouse, Entity::Contract, Entity::Object, Entity::Ddu];

/// Whether the exchange carries records of an entity to a side: both sides have such records, and deals become documents
/// of 1C where it keeps any and no property is sold.
pub fn carries(data: &Snapshots, entity: Entity, target: Side) -> bool {
    let has = |side: Side, entity: Entity| !data.book(side, entity).is_empty();
    if CATALOGUES.contains(&entity) {
        has(Side::Crm, entity) && has(Side::Onec, entity)
    } else {
        entity == Entity::Deal
            && target == Side::Onec
            && has(Side::Crm, Entity::Deal)
            && has(Side::Onec, Entity::Document)
            // Of a sold flat 1C gets a contract, by people.
            && !has(Side::Crm, Entity::Object)
    }
}

/// One line per entity and action that has records, in that order, and what of it would be refused.
pub(super) fn towards(
    (target, crm): (Side, Option<System>),
    data: &Snapshots,
    pairing: &Pairing,
    trade: &TradeConfig,
    ownership: &Ownership,
    failures: &mut Vec<Failure>,
) -> Vec<Forecast> {
    let sender = target.other();
    let in_review: std::collections::BTreeSet<RecordRef> = pairing
        .links()
        .iter()
        .filter(|l| l.decision == Decision::Review && l.scope() == Scope::Cross)
        .map(|l| if l.a.side == sender { l.a } else { l.b })
        .collect();
    let mut lines = Vec::new();
    for entity in CATALOGUES.into_iter().chain([Entity::Deal]).filter(|&e| carries(data, e, target)) {
        let (own, other) = (data.book(sender, entity), data.book(target, entity));
        let held: Vec<Field> = compared(entity)
            .iter()
            .copied()
            .filter(|&f| own.raw.filled(f, entity) > 0 && other.raw.filled(f, entity) > 0)
            .collect();
        let mut of_entity =
            Action::ALL.map(|action| Forecast { entity, target, action, records: Vec::new(), fields: Vec::new() });
        let mut fields: [BTreeMap<Field, u64>; Action::ALL.len()] = Default::default();
        let mut refused: BTreeMap<(Refusal, Field), Vec<RecordRef>> = BTreeMap::new();
        let mut refusals = Vec::new();
        // A list of deals without dates or buyers says nothing of them, and the exchange takes them elsewhere.
        let filled = |field: Field| own.raw.filled(field, entity) > 0;
        let dated = filled(Field::Date);
        let bought = failures::BUYER.iter().any(|&field| filled(field));
        for record in own.refs().filter(|r| own.is_active(r.at())) {
            // A lost deal goes nowhere.
            if entity == Entity::Deal && trade.state(own.text(Field::Stage, record.at())) == Some(Stage::Lost) {
                continue;
            }
            let partner = pairing.partners(record).find(|p| p.space == record.space);
            let writes: Vec<(Field, Write)> = match partner {
                None => Vec::new(),
                Some(partner) => {
                    let compare = |field: Field| match target {
                        Side::Onec => compare(field, (own, record.at()), (other, partner.at())),
                        Side::Crm => compare(field, (other, partner.at()), (own, record.at())),
                    };
                    held.iter().map(|&f| (f, write(target, ownership.owner(entity, f), compare(f)))).collect()
                }
            };
            let does = |wanted: Write| writes.iter().any(|(_, write)| *write == wanted);
            let action = if does(Write::Conflict) {
                Action::Conflict
            } else if does(Write::Yes) {
                Action::Update
            } else if pairing.partners(record).next().is_some() {
                Action::Skip
            } else if in_review.contains(&record) || is_copy(record, pairing, |r| own.is_active(r.at())) {
                Action::Duplicate
            } else {
                Action::Create
            };
            of_entity[action as usize].records.push(record);
            let wanted = if action == Action::Conflict { Write::Conflict } else { Write::Yes };
            let whole = matches!(action, Action::Create | Action::Duplicate);
            let written = |field: Field| match whole {
                true => match (entity, field) {
                    (Entity::Deal, Field::Date) => dated,
                    (Entity::Deal, Field::PartyName) => bought,
                    _ => true,
                },
                false => writes.contains(&(field, Write::Yes)),
            };
            failures::refusals_of_book(own, record.at(), (target, crm), trade.closed_until, &written, &mut refusals);
            for why in refusals.drain(..) {
                refused.entry(why).or_default().push(record);
            }
            for (field, _) in writes.iter().filter(|(_, write)| *write == wanted) {
                *fields[action as usize].entry(*field).or_default() += 1;
            }
        }
        let failure = |((refusal, field), records)| Failure { entity, target, refusal, field, records };
        failures.extend(refused.into_iter().map(failure));
        lines.extend(of_entity.into_iter().zip(fields).filter(|(line, _)| !line.records.is_empty()).map(
            |(mut line, fields)| {
                line.fields = fields.into_iter().collect();
                line
            },
        ));
    }
    lines
}

/// The receiver has the thing already by another record of the sender, or gets it by an earlier one.
fn is_copy(record: RecordRef, pairing: &Pairing, is_active: impl Fn(RecordRef) -> bool) -> bool {
    pairing.twins(record).any(|twin| is_active(twin) && (twin < record || pairing.partners(twin).next().is_some()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::World;

    fn lines(world: World, target: Side, ownership: &Ownership) -> Vec<String> {
        world.with(|cx| {
            let fields = |f: &Forecast| {
                let named: Vec<String> = f.fields.iter().map(|(field, n)| format!("{} {n}", field.code())).collect();
                named.join(", ")
            };
            let mut failures = Vec::new();
            let found = towards((target, None), cx.data, cx.pairing, cx.trade, ownership, &mut failures);
            assert!(failures.is_empty(), "{failures:?}");
            found
                .iter()
                .map(|f| format!("{} {} {} [{}]", f.entity, f.action.as_str(), f.records.len(), fields(f)))
                .collect()
        })
    }

    fn product<'a>(id: &'a str, name: &'a str, unit: &'a str) -> Vec<(Field, &'a str)> {
        vec![(Field::Id, id), (Field::Name, name), (Field::Unit, unit)]
    }

    #[test]
    fn goods_are_created_updated_and_born_twice() {
        let world = || {
            World::new()
                .add(Side::Crm, Entity::Product, &product("1", "Стул белый", "шт"))
                .add(Side::Crm, Entity::Product, &product("2", "Шкаф угловой", ""))
                .add(Side::Crm, Entity::Product, &product("3", "Диван кожаный", "шт"))
                .add(Side::Crm, Entity::Product, &product("4", "Диван кожаный", "шт"))
                .add(Side::Onec, Entity::Product, &product("a", "Стул белый", "упак"))
                .add(Side::Onec, Entity::Product, &product("b", "Шкаф угловой", "шт"))
        };
        let nobody = Ownership::default();
        assert_eq!(
            lines(world(), Side::Onec, &nobody),
            ["product create 1 []", "product conflict 1 [unit 1]", "product duplicate 1 []", "product skip 1 []"]
        );
        assert_eq!(lines(world(), Side::Crm, &nobody), ["product update 1 [unit 1]", "product conflict 1 [unit 1]"]);
        let mut onec = Ownership::default();
        onec.set(Entity::Product, Field::Unit, Side::Onec);
        assert_eq!(lines(world(), Side::Crm, &onec), ["product update 2 [unit 2]"]);
        // A side without goods says nothing of them.
        let alone = World::new().add(Side::Crm, Entity::Product, &product("1", "Стул", "шт"));
        assert!(lines(alone, Side::Onec, &nobody).is_empty());
    }

    #[test]
    fn deals_without_an_order_become_one() {
        let world = World::new()
            .add(Side::Crm, Entity::Deal, &[(Field::Id, "1"), (Field::Name, "Стулья")])
            .add(Side::Crm, Entity::Deal, &[(Field::Id, "2"), (Field::Name, "Столы")])
            .add(Side::Onec, Entity::Document, &[(Field::Id, "a"), (Field::ExternalId, "2"), (Field::Kind, "Заказ")]);
        assert_eq!(lines(world, Side::Onec, &Ownership::default()), ["deal create 1 []", "deal skip 1 []"]);
    }

    #[test]
    fn what_fails_is_named_where_it_would_be_written() {
        let long = "Стул ".repeat(30);
        let world = World::new()
            .add(Side::Crm, Entity::Deal, &[(Field::Id, "1"), (Field::PartyName, "ООО Астра")])
            .add(Side::Crm, Entity::Deal, &[(Field::Id, "2"), (Field::PartyName, "")])
            .add(Side::Crm, Entity::Deal, &[(Field::Id, "3"), (Field::PartyName, "")])
            .add(Side::Onec, Entity::Document, &[(Field::Id, "a"), (Field::ExternalId, "3"), (Field::Kind, "Заказ")])
            .add(Side::Crm, Entity::Product, &product("5", &long, "шт"))
            .add(Side::Onec, Entity::Product, &product("b", "Шкаф угловой", "шт"));
        world.with(|cx| {
            let mut failures = Vec::new();
            let to = (Side::Onec, None);
            towards(to, cx.data, cx.pairing, cx.trade, &Ownership::default(), &mut failures);
            // The third deal has its order; of a list of deals without dates none is missing.
            let said: Vec<_> =
                failures.iter().map(|f| (f.refusal, f.records.iter().map(|r| r.at()).collect())).collect();
            assert_eq!(said, [(Refusal::LongName, vec![0]), (Refusal::NoParty, vec![1])]);
        });
    }
}
