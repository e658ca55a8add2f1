//! Property and its deals in the CRM: statuses that follow from registered contracts and posted money of 1C.
//!
//! A status is only ever moved on, from free or reserved to contract and sold, and only to the one word that the CRM itself
//! uses for it: nothing is guessed, and nothing of 1C is written.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashSet;

use super::fixes::{FixReason, FixStep};
use super::statuses::{Words, fix, writable};
use crate::config::UnitStatus;
use crate::matching::{Decision, Scope};
use crate::model::{Book, Entity, Field, RecordRef, Side, Space};
use crate::normalize::property;
use crate::outcome::Outcome;
use crate::pairing::estate::{ContractState, DealState, Holdings};

/// Corrections of statuses of units and of their deals.
pub(super) fn corrections(outcome: &Outcome) -> Vec<FixStep> {
    let mut fixes = Vec::new();
    if outcome.data.book(Side::Crm, Entity::Object).is_empty() || outcome.data.book(Side::Onec, Entity::Ddu).is_empty()
    {
        return fixes;
    }
    let units = Units::of(outcome);
    units_to_correct(&units, &mut fixes);
    deals_to_correct(&units, &mut fixes);
    fixes
}

/// Pairs of units about which nothing is open: one record on each side.
struct Units<'a> {
    outcome: &'a Outcome,
    crm: &'a Holdings,
    onec: &'a Holdings,
    objects: [&'a Book; 2],
    ddus: [&'a Book; 2],
    /// Unit of the CRM → its unit of 1C.
    pairs: BTreeMap<usize, usize>,
}

impl<'a> Units<'a> {
    fn of(outcome: &'a Outcome) -> Units<'a> {
        let estate = outcome.pairing.estate();
        let book = |side, entity| outcome.data.book(side, entity);
        let only = |r: RecordRef| {
            let mut partners = outcome.pairing.partners(r).filter(|p| p.space == Space::Objects);
            partners.next().filter(|_| partners.next().is_none())
        };
        // A pair that waits for a person's word leaves both its records to the person.
        let waiting: FxHashSet<RecordRef> = outcome
            .pairing
            .links()
            .iter()
            .filter(|l| l.a.space == Space::Objects && l.scope() == Scope::Cross && l.decision == Decision::Review)
            .flat_map(|l| [l.a, l.b])
            .collect();
        let mut pairs = BTreeMap::new();
        for a in book(Side::Crm, Entity::Object).refs() {
            let twin = |r| outcome.pairing.twins(r).next().is_some();
            let Some(b) = only(a).filter(|&b| only(b) == Some(a)) else { continue };
            if ![a, b].iter().any(|r| waiting.contains(r) || twin(*r)) {
                pairs.insert(a.at(), b.at());
            }
        }
        Units {
            outcome,
            crm: estate.of(Side::Crm),
            onec: estate.of(Side::Onec),
            objects: Side::BOTH.map(|side| book(side, Entity::Object)),
            ddus: Side::BOTH.map(|side| book(side, Entity::Ddu)),
            pairs,
        }
    }

    /// Rows of the one contract in force of a unit, a row for each shareholder; `None` with none or several contracts.
    fn contract(&self, side: Side, unit: usize) -> Option<Vec<usize>> {
        let holdings = if side == Side::Crm { self.crm } else { self.onec };
        let rows: Vec<usize> = holdings.active_contracts(unit).collect();
        let book = self.ddus[side as usize];
        let number = |&at: &usize| property::contract_number(book.text(Field::Number, at));
        let numbers: BTreeSet<String> = rows.iter().map(number).collect();
        (numbers.len() == 1 && !numbers.contains("")).then_some(rows)
    }

    /// The contract in 1C of a unit of the CRM that is in force and registered, and that no other one gainsays.
    fn registered(&self, unit: usize) -> Option<(usize, Vec<usize>)> {
        let onec = *self.pairs.get(&unit)?;
        let rows = self.contract(Side::Onec, onec)?;
        let ddus = self.ddus[Side::Onec as usize];
        let day = |at| ddus.moment(Field::RegisteredAt, at).valid().map(|m| m.date());
        let registered = |&at: &usize| day(at).is_some_and(|day| day <= self.outcome.as_of);
        // A contract of the CRM about the same unit under another number is a double sale or a slip of the pen.
        let number =
            |side: Side, at: usize| property::contract_number(self.ddus[side as usize].text(Field::Number, at));
        let same = |at: usize| number(Side::Crm, at) == number(Side::Onec, rows[0]);
        let agrees = self.crm.active_contracts(unit).all(same);
        (agrees && rows.iter().any(registered)).then_some((onec, rows))
    }
}

fn units_to_correct(units: &Units, fixes: &mut Vec<FixStep>) {
    let book = units.objects[Side::Crm as usize];
    let words = Words::of(book, |at| Some((book.raw.table_kind(at), units.crm.status[at]?)));
    for &unit in units.pairs.keys() {
        let Some(now) = units.crm.status[unit].filter(|_| writable(book, unit)) else { continue };
        let Some((onec, _)) = units.registered(unit) else { continue };
        let Some(target) = units.onec.implied(onec) else { continue };
        // 1C that says something else of the unit than its own contracts is to be put right first.
        let said = units.onec.status[onec];
        let silent = units.objects[Side::Onec as usize].text(Field::Stage, onec).trim().is_empty();
        if now >= target || !(silent || said == Some(target)) {
            continue;
        }
        debug_assert!(matches!(target, UnitStatus::Ddu | UnitStatus::Sold));
        if let Some(word) = words.get(book.raw.table_kind(unit), target) {
            let reason = if target == UnitStatus::Sold { FixReason::FirstPayment } else { FixReason::Registered };
            fixes.push(fix(book, unit, word, reason));
        }
    }
}

/// An open deal about one unit whose contract is registered and paid in full, by the buyer of the contract, is won.
fn deals_to_correct(units: &Units, fixes: &mut Vec<FixStep>) {
    let (outcome, side) = (units.outcome, Side::Crm);
    let deals = outcome.data.book(side, Entity::Deal);
    if deals.is_empty() {
        return;
    }
    let state = |at: usize| units.crm.deal_state[at];
    let key = |at: usize| (deals.raw.table_kind(at), deals.text(Field::Pipeline, at).trim());
    let words = Words::of(deals, |at| (state(at) == DealState::Won).then(|| key(at)));
    let clusters = Side::BOTH.map(|side| outcome.matching.cluster_of(side, outcome.data.parties(side).len()));
    let party = |book: &Book, at: usize| {
        let named = [Field::PartyId, Field::PersonId].iter().find_map(|&f| book.reference(f, at));
        named.filter(|r| r.is_party()).and_then(|r| clusters[r.side as usize][r.at()])
    };
    let (ddus, payments) = (units.ddus[Side::Onec as usize], outcome.data.book(Side::Onec, Entity::Payment));
    for &unit in units.pairs.keys() {
        let open: Vec<usize> =
            units.crm.deals(unit).iter().map(|&d| d as usize).filter(|&d| state(d) == DealState::Open).collect();
        let [deal] = open[..] else { continue };
        if !writable(deals, deal) || units.crm.objects_of_deal(deal).len() != 1 {
            continue;
        }
        let Some((_, rows)) = units.registered(unit) else { continue };
        // One row: with several shareholders it is not said whose deal it is.
        let [row] = rows[..] else { continue };
        debug_assert_eq!(units.onec.state[row], ContractState::Active);
        let Some(price) = ddus.number(Field::Amount, row).valid() else { continue };
        let buyers = [party(deals, deal), party(ddus, row)];
        let paid = units.onec.paid(payments, row);
        if price.micros() <= 0 || paid < price || buyers[0].is_none() || buyers[0] != buyers[1] {
            continue;
        }
        let (kind, pipeline) = key(deal);
        if let Some(word) = words.get(kind, pipeline) {
            fixes.push(fix(deals, deal, word, FixReason::PaidInFull));
        }
    }
}
