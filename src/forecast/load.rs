//! The load of the first exchange on the CRM: requests, and the hours that its limits make of them.
//!
//! 1C has no published limits, so only calls of the CRM count. How long one call takes on the server nobody knows
//! beforehand; the limits give two ends between which an exchange will lie: every call by itself, and all of them in
//! the largest batches.

use super::books;
use super::rates::Rates;
use crate::model::{Entity, Field, Flags, Parties, Side, Snapshots};
use crate::outcome::{Action, Forecast};

/// What one entity costs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Line {
    pub entity: Entity,
    /// Requests that read every record of the CRM once.
    pub reads: u64,
    /// Records that would be created in the CRM, and the calls for them.
    pub created: u64,
    pub create_calls: u64,
    /// Records of the CRM that would be updated or are in conflict, and the calls for them.
    pub updated: u64,
    pub update_calls: u64,
}

impl Line {
    /// Requests when every call goes by itself.
    pub fn single(&self) -> u64 {
        self.reads + self.create_calls + self.update_calls
    }

    /// Requests when calls go in the largest batches. A page of a list names the one before it, so that reading gains
    /// nothing.
    pub fn batched(&self, rates: &Rates) -> u64 {
        let (create, update) = (rates.create_batch.max(1), rates.update_batch.max(1));
        self.reads + self.create_calls.div_ceil(create) + self.update_calls.div_ceil(update)
    }
}

/// The load of all entities, in the order of [`Entity::ALL`]; those without a request are left out.
pub fn load(data: &Snapshots, forecast: &[Forecast], rates: &Rates) -> Vec<Line> {
    let mut lines = Vec::new();
    let carried = |e: Entity| e.is_party() || Side::BOTH.into_iter().any(|target| books::carries(data, e, target));
    for entity in Entity::ALL.iter().copied().filter(|&e| carried(e)) {
        let mut line = Line {
            entity,
            reads: reads(data, entity, rates),
            created: 0,
            create_calls: 0,
            updated: 0,
            update_calls: 0,
        };
        for f in forecast.iter().filter(|f| f.entity == entity && f.target == Side::Crm) {
            match f.action {
                Action::Create | Action::Duplicate => {
                    line.created += f.records.len() as u64;
                    line.create_calls += match entity.is_party() {
                        true => {
                            let parties = data.parties(Side::Onec);
                            f.records.iter().map(|r| calls(parties, r.at(), rates)).sum::<u64>()
                        }
                        false => f.records.len() as u64,
                    };
                }
                Action::Update | Action::Conflict => {
                    line.updated += f.records.len() as u64;
                    line.update_calls +=
                        if entity.is_party() { update_calls(f, rates) } else { f.records.len() as u64 };
                }
                Action::Skip => {}
            }
        }
        if line.single() > 0 {
            lines.push(line);
        }
    }
    lines
}

const REQUISITES: [Field; 4] = [Field::Inn, Field::Kpp, Field::Ogrn, Field::FullName];
const ADDRESSES: [Field; 2] = [Field::Address, Field::ActualAddress];

/// Records that stand beside a card where the CRM keeps them apart: requisites, bank details, addresses.
fn beside(parties: &Parties, at: usize) -> [u64; 3] {
    let filled = |field: &Field| !parties.raw.get(*field, at).trim().is_empty();
    let accounts = parties.raw.get(Field::BankAccount, at).split('\n').filter(|v| !v.trim().is_empty()).count();
    [
        u64::from(REQUISITES.iter().any(filled)),
        accounts as u64,
        ADDRESSES.iter().filter(|field| filled(field)).count() as u64,
    ]
}

/// Calls that write a whole record.
pub(super) fn calls(parties: &Parties, at: usize, rates: &Rates) -> u64 {
    1 + if rates.apart { beside(parties, at).iter().sum() } else { 0 }
}

/// A call for the card, and one for each kind of record beside it that is written. Records of one line may write
/// different fields, so a kind counts for as many records as its commonest field.
fn update_calls(f: &Forecast, rates: &Rates) -> u64 {
    let records = f.records.len() as u64;
    if !rates.apart {
        return records;
    }
    let most = |of: &dyn Fn(Field) -> bool| f.fields.iter().filter(|(field, _)| of(*field)).map(|(_, n)| *n).max();
    let kinds = [
        most(&|field| REQUISITES.contains(&field)),
        most(&|field| matches!(field, Field::BankAccount | Field::Bik)),
        most(&|field| ADDRESSES.contains(&field)),
    ];
    records + kinds.into_iter().flatten().sum::<u64>()
}

fn reads(data: &Snapshots, entity: Entity, rates: &Rates) -> u64 {
    if !entity.is_party() {
        return (data.book(Side::Crm, entity).len() as u64).div_ceil(rates.page);
    }
    let parties = data.parties(Side::Crm);
    let (mut cards, mut apart) = (0u64, [0u64; 3]);
    for at in (0..parties.len()).filter(|&at| parties.raw.entity[at] == entity) {
        cards += 1;
        if rates.apart {
            let beside = beside(parties, at);
            apart.iter_mut().zip(beside).for_each(|(sum, n)| *sum += n);
        }
    }
    [cards].into_iter().chain(apart).map(|n| n.div_ceil(rates.page)).sum()
}

/// Whether an exchange carries a record at all.
pub(super) fn carried(parties: &Parties, at: usize) -> bool {
    parties.is_active(at) && !parties.flags[at].has(Flags::OWN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::{INN_A, KPP_A, World, onec};
    use crate::forecast::rates::{ExchangeConfig, Tariff};
    use crate::map::system::System;

    fn line(crm: Option<System>, tariff: Tariff) -> (Line, Rates) {
        let rates = Rates::of(crm, &ExchangeConfig { tariff, ..ExchangeConfig::default() });
        let card =
            &[(Field::Name, "ООО Астра"), (Field::Inn, INN_A), (Field::Kpp, KPP_A), (Field::BankAccount, "1\n2")];
        let mut world = World::new();
        for _ in 0..120 {
            world = world.crm(&[(Field::Name, "ООО Бета")]).onec(card);
        }
        world.with(|cx| {
            let of = |action, records: std::ops::Range<usize>, fields: Vec<(Field, u64)>| Forecast {
                entity: Entity::Counterparty,
                target: Side::Crm,
                action,
                records: records.map(onec).collect(),
                fields,
            };
            let forecast = [
                of(Action::Create, 0..60, Vec::new()),
                of(Action::Duplicate, 60..70, Vec::new()),
                of(Action::Update, 70..100, vec![(Field::Inn, 20), (Field::Kpp, 25), (Field::Phone, 30)]),
                of(Action::Skip, 100..120, Vec::new()),
            ];
            (load(cx.data, &forecast, &rates)[0], rates)
        })
    }

    #[test]
    fn calls_follow_the_crm() {
        // A card, its requisites and two accounts are four calls; an update writes the card and, of 25, requisites.
        let (bitrix, rates) = line(Some(System::Bitrix24), Tariff::Standard);
        assert_eq!((bitrix.reads, bitrix.created, bitrix.create_calls), (3, 70, 280));
        assert_eq!((bitrix.updated, bitrix.update_calls), (30, 55));
        assert_eq!((bitrix.single(), bitrix.batched(&rates)), (338, 3 + 6 + 2));
        assert_eq!((rates.seconds(338), rates.seconds(11)), (Some(169), Some(6)));
        let (_, enterprise) = line(Some(System::Bitrix24), Tariff::Enterprise);
        assert_eq!(enterprise.seconds(338), Some(68));
        let (_, own_server) = line(Some(System::Bitrix24), Tariff::Box);
        assert_eq!(own_server.seconds(338), None);
        let (amo, rates) = line(Some(System::AmoCrm), Tariff::Standard);
        assert_eq!((amo.single(), amo.batched(&rates), rates.seconds(amo.single())), (1 + 70 + 30, 3, Some(15)));
        let (retail, rates) = line(Some(System::RetailCrm), Tariff::Standard);
        assert_eq!((retail.single(), retail.batched(&rates)), (2 + 70 + 30, 2 + 2 + 30));
    }
}
