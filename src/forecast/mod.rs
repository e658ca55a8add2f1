//! What the first synchronisation would do, record by record: what it writes, what would be refused, how long it takes, and
//! whether the exchanges after it keep up.

pub mod books;
pub mod failures;
pub mod load;
pub mod pace;
pub mod rates;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rayon::prelude::*;

use crate::config::TradeConfig;
use crate::map::system::{System, systems};
use crate::matching::{Decision, Matching};
use crate::model::{Entity, Field, RecordRef, Side, Snapshots};
use crate::outcome::{Action, Direction, Forecast};
use crate::pairing::Pairing;
use crate::reconcile::{Drift, FieldStatus, tie_kept};
use failures::{Failure, Refusal};
use pace::{Busiest, Changes, Holds, Pace};
use rates::{ExchangeConfig, Rates};

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

/// What an exchange would do and what it costs.
#[derive(Clone, PartialEq, Debug)]
pub struct Exchange {
    /// The CRM that the project names, or that its files show; `None` where there are two or none.
    pub crm: Option<System>,
    pub rates: Rates,
    /// By receiver, entity, reason and field; parties first.
    pub failures: Vec<Failure>,
    pub load: Vec<load::Line>,
    pub pace: Vec<Pace>,
    /// Minutes between exchanges, where the project plans them.
    pub interval_minutes: Option<u32>,
    /// The busiest of these intervals.
    pub busiest: Option<Busiest>,
    pub holds: Holds,
}

impl Exchange {
    /// Nothing is known: what an outcome made by hand holds.
    pub fn none() -> Exchange {
        Exchange {
            crm: None,
            rates: Rates::of(None, &ExchangeConfig::default()),
            failures: Vec::new(),
            load: Vec::new(),
            pace: Vec::new(),
            interval_minutes: None,
            busiest: None,
            holds: Holds::Unknown,
        }
    }

    /// Requests of the first exchange: every call by itself, and in the largest batches.
    pub fn requests(&self) -> (u64, u64) {
        let sum = |of: &dyn Fn(&load::Line) -> u64| self.load.iter().map(of).sum();
        (sum(&load::Line::single), sum(&|line| line.batched(&self.rates)))
    }
}

/// What the exchange is to do.
#[derive(Clone, Copy, Debug)]
pub struct Planned<'a> {
    pub direction: Direction,
    pub ownership: &'a Ownership,
    pub exchange: &'a ExchangeConfig,
    pub trade: &'a TradeConfig,
    pub as_of: NaiveDate,
}

/// One line per receiving side, entity and action that has records, in that order; and what the exchange costs.
///
/// Every active record of the sending side is counted once: an unlinked one would be created, unless it is a second
/// copy of another or a person has yet to say whether the other side has it (then a duplicate would be born); a linked
/// one is updated where the receiver lacks a value or the sender owns a different one, and in conflict where both hold
/// different ones that nobody owns. A record that would be refused is counted where it would go, and as a failure.
pub fn forecast(
    data: &Snapshots,
    (matching, pairing): (&Matching, &Pairing),
    drift: &Drift,
    planned: &Planned,
) -> (Vec<Forecast>, Exchange) {
    let crm = planned.exchange.crm.or_else(|| match systems(Side::Crm, &data.crm.sources)[..] {
        [one] => Some(one),
        _ => None,
    });
    let targets = planned.direction.targets();
    let of_target = |&target: &Side| {
        let mut failures = Vec::new();
        let mut lines = towards((target, crm), data, matching, drift, planned.ownership, &mut failures);
        lines.extend(books::towards((target, crm), data, pairing, planned.trade, planned.ownership, &mut failures));
        (lines, failures)
    };
    let rates = Rates::of(crm, planned.exchange);
    let (of_targets, changes) = rayon::join(
        || targets.par_iter().map(of_target).collect::<(Vec<_>, Vec<_>)>(),
        || Changes::of(data, planned.as_of, &rates),
    );
    let (lines, failures) = (of_targets.0.concat(), of_targets.1.concat());
    let interval_minutes = planned.exchange.interval_minutes;
    let busiest = interval_minutes.and_then(|minutes| changes.busiest(minutes, targets, &rates));
    let holds = match (interval_minutes, &busiest) {
        (Some(minutes), Some(busiest)) => pace::holds(busiest, minutes, &rates),
        _ => Holds::Unknown,
    };
    let exchange = Exchange {
        crm,
        rates,
        failures,
        load: load::load(data, &lines, &rates),
        pace: changes.pace(),
        interval_minutes,
        busiest,
        holds,
    };
    (lines, exchange)
}

fn towards(
    (target, crm): (Side, Option<System>),
    data: &Snapshots,
    matching: &Matching,
    drift: &Drift,
    ownership: &Ownership,
    failures: &mut Vec<Failure>,
) -> Vec<Forecast> {
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
    let mut linked: Vec<bool> = cluster_of.iter().map(|c| c.is_some_and(|c| pair_of[c as usize].is_some())).collect();
    let paired = linked.clone();
    tie_kept(matching, sender, &mut linked);
    // Of two kept cards without a pair the receiver would make two: the second is a duplicate there.
    let mut twin = vec![false; parties.len()];
    for (a, b) in matching.kept(sender) {
        twin[b] |= parties.is_active(a);
    }
    let fields_of = |record: RecordRef, pair: usize| {
        let entity = parties.raw.entity[record.at()];
        let fields = drift.pairs[pair].fields.iter();
        fields.map(move |&(field, status)| (field, write(target, ownership.owner(entity, field), status)))
    };
    // The action, and the pair behind an update or a conflict.
    let action = |record: RecordRef| match cluster_of[record.at()] {
        // The party is known there by another card of this side.
        _ if linked[record.at()] && !paired[record.at()] => (Action::Skip, None),
        _ if twin[record.at()] && !linked[record.at()] => (Action::Duplicate, None),
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
    let mut lines: Vec<Forecast> = Entity::PARTIES
        .into_iter()
        .flat_map(|entity| {
            Action::ALL.map(|action| Forecast { entity, target, action, records: Vec::new(), fields: Vec::new() })
        })
        .collect();
    let mut fields: Vec<BTreeMap<Field, u64>> = vec![BTreeMap::new(); lines.len()];
    let mut refused: BTreeMap<(Entity, Refusal, Field), Vec<RecordRef>> = BTreeMap::new();
    let mut refusals = Vec::new();
    for record in parties.refs() {
        if !load::carried(parties, record.at()) {
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
        let written: Vec<Field> = pair
            .into_iter()
            .flat_map(|pair| fields_of(record, pair))
            .filter(|w| w.1 == Write::Yes)
            .map(|w| w.0)
            .collect();
        let whole = matches!(action, Action::Create | Action::Duplicate);
        // A number that nobody can use is no drift, and yet the exchange carries it where the receiver holds another text.
        let partner = cluster_of[record.at()].and_then(|c| pair_of[c as usize]).map(|at| match target {
            Side::Crm => drift.pairs[at].crm,
            Side::Onec => drift.pairs[at].onec,
        });
        let entity_of = parties.raw.entity[record.at()];
        let unusable = |field: Field| {
            matches!(field, Field::Inn | Field::Kpp | Field::Email)
                && ownership.owner(entity_of, field) != Some(target)
                && partner
                    .is_some_and(|p| data.parties(target).raw.get(field, p.at()) != parties.raw.get(field, record.at()))
        };
        if whole || (partner.is_some() && action != Action::Duplicate) {
            let writes = |field: Field| whole || written.contains(&field) || unusable(field);
            failures::refusals(parties, record.at(), (target, crm), &writes, &mut refusals);
            for (refusal, field) in refusals.drain(..) {
                refused.entry((parties.raw.entity[record.at()], refusal, field)).or_default().push(record);
            }
        }
    }
    let failure = |((entity, refusal, field), records)| Failure { entity, target, refusal, field, records };
    failures.extend(refused.into_iter().map(failure));
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
            let exchange = ExchangeConfig::default();
            let planned = Planned {
                direction: Direction::Both,
                ownership,
                exchange: &exchange,
                trade: cx.trade,
                as_of: cx.as_of,
            };
            let (found, _) = forecast(cx.data, (cx.matching, cx.pairing), cx.drift, &planned);
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

    #[test]
    fn a_kept_card_is_neither_created_nor_missing() {
        use crate::checks::testing::{crm, onec};
        use crate::matching::{Decision, Veto};
        let card = &[(Field::Name, "ООО Астра")];
        let world = || World::new().crm(card).crm(card).crm(card).onec(card);
        let kept = |world: World| world.link(crm(0), crm(1), Decision::Rejected, Some(Veto::Kept), &[]);
        let actions = |world: World| {
            world.with(|cx| {
                let exchange = ExchangeConfig::default();
                let nobody = Ownership::default();
                let planned = Planned {
                    direction: Direction::CrmToOnec,
                    ownership: &nobody,
                    exchange: &exchange,
                    trade: cx.trade,
                    as_of: cx.as_of,
                };
                let (found, _) = forecast(cx.data, (cx.matching, cx.pairing), cx.drift, &planned);
                found.iter().map(|f| (f.action, f.records.len())).collect::<Vec<_>>()
            })
        };
        // The first card has a pair in 1C: the second is known there by it. The third is new.
        let paired = || world().cluster(vec![crm(0), onec(0)]);
        assert_eq!(actions(paired()), [(Action::Create, 2), (Action::Skip, 1)]);
        assert_eq!(actions(kept(paired())), [(Action::Create, 1), (Action::Skip, 2)]);
        // Neither has one: 1C would get the party twice.
        assert_eq!(actions(kept(world())), [(Action::Create, 2), (Action::Duplicate, 1)]);
    }

    #[test]
    fn what_fails_is_counted_where_it_would_be_written() {
        let bad = &[(Field::Name, "ООО Астра"), (Field::Inn, "7799001112")];
        let good = &[(Field::Name, "ООО Бета")];
        let world =
            World::new().crm(bad).crm(good).crm(bad).onec(bad).differs(0, 0, &[(Field::Phone, FieldStatus::EmptyOnec)]);
        world.with(|cx| {
            let (exchange, nobody) = (ExchangeConfig::default(), Ownership::default());
            let planned = Planned {
                direction: Direction::Both,
                ownership: &nobody,
                exchange: &exchange,
                trade: cx.trade,
                as_of: cx.as_of,
            };
            let (_, exchange) = forecast(cx.data, (cx.matching, cx.pairing), cx.drift, &planned);
            // The first card is only updated with a phone; the third would be created with its bad INN.
            let said: Vec<_> = exchange.failures.iter().map(|f| (f.target, f.refusal, &f.records[..])).collect();
            assert_eq!(said, [(Side::Onec, Refusal::BadInn, &[crate::checks::testing::crm(2)][..])]);
        });
        // 1C holds the right INN: the bad one is carried there and refused, unless 1C owns it.
        let onec_owns = {
            let mut owners = Ownership::default();
            owners.set(Entity::Counterparty, Field::Inn, Side::Onec);
            owners
        };
        for (owners, expected) in [(Ownership::default(), 1), (onec_owns, 0)] {
            let right = &[(Field::Name, "ООО Астра"), (Field::Inn, "7799001111")];
            World::new().crm(bad).onec(right).differs(0, 0, &[]).with(|cx| {
                let exchange = ExchangeConfig::default();
                let planned = Planned {
                    direction: Direction::Both,
                    ownership: &owners,
                    exchange: &exchange,
                    trade: cx.trade,
                    as_of: cx.as_of,
                };
                let (_, exchange) = forecast(cx.data, (cx.matching, cx.pairing), cx.drift, &planned);
                assert_eq!(exchange.failures.len(), expected);
            });
        }
    }
}
