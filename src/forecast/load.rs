//! The load of the first exchange on the CRM: requests, and the hours that its limits make of them.
//!
//! 1C has no published limits, so only calls of the CRM count. How long one call takes on the server nobody knows
//! beforehand; the limits give two ends between which an exchange will lie: every call by itself, and all of them in
//! the largest batches.

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
    for entity in Entity::ALL {
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
                    let parties = data.parties(Side::Onec);
                    line.create_calls += f.records.iter().map(|r| calls(parties, r.at(), rates)).sum::<u64>();
                }
                Action::Update | Action::Conflict => {
                    line.updated += f.records.len() as u64;
                    line.update_calls += update_calls(f, rates);
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
