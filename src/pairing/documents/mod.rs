//! Which documents are one: by a kept id, by number and date, by party, amount and date; chains by basis and by sums.
//!
//! A deal is paired with an order, an invoice and shipments of 1C, each in a *lane* of its own; a CRM invoice with an
//! invoice. Within a lane a pair is one to one, unless a kept id or a basis says otherwise. Two candidates that fit
//! equally well go to a person, never to a link.

mod by_amount;
mod by_id;
mod by_number;
mod by_sum;
mod chains;
mod contracts;
mod link;
#[cfg(test)]
mod tests;

use rustc_hash::{FxHashMap, FxHashSet};

use super::papers::{Item, items};
use super::{Input, Pairing};
use crate::matching::Link;
use crate::model::{Decimal, Entity, RecordRef, Side};
use crate::normalize::paper::Paper;
use by_id::Ids;

pub(super) use link::made_link;

/// Documents of one party and one amount that a document is compared with at most: a subscription of years has more,
/// and then the amount says nothing.
const MOST_CANDIDATES: usize = 12;
/// Days apart at which party and amount are enough.
const SURE_DAYS: i32 = 10;
/// Kinds of the CRM against kinds of 1C, in the order in which they are paired.
const LANES: &[(&[Paper], &[Paper])] = {
    use Paper::*;
    &[
        (&[Deal], &[Order]),
        (&[Deal], &[Invoice]),
        (&[Deal], &[Shipment, Act]),
        (&[Deal], &[Unknown]),
        (&[Invoice], &[Invoice, Unknown]),
        (&[Order], &[Order, Unknown]),
        (&[Shipment, Act], &[Shipment, Act, Unknown]),
        (&[TaxInvoice], &[TaxInvoice]),
        (&[Return], &[Return]),
        (&[Correction], &[Correction]),
        (&[Unknown], &[Unknown, Invoice, Order, Shipment, Act]),
    ]
};

/// Documents and deals across the sides, and contracts.
pub(super) fn step(input: &Input, _: &Pairing) -> Vec<Link> {
    let crm = items(input, Side::Crm, &[Entity::Deal, Entity::Document]);
    let onec = items(input, Side::Onec, &[Entity::Document]);
    let mut made = Made::default();
    if !crm.is_empty() && !onec.is_empty() {
        let ids = Ids::of(&crm, &onec);
        for (of_crm, of_onec) in LANES {
            let here = |kinds: &[Paper], all: &[Item]| -> Vec<usize> {
                (0..all.len()).filter(|&at| kinds.contains(&all[at].kind)).collect()
            };
            let lane = Lane { input, crm: &crm, onec: &onec, mine: here(of_crm, &crm), theirs: here(of_onec, &onec) };
            if lane.mine.is_empty() || lane.theirs.is_empty() {
                continue;
            }
            lane.pair(&ids, &mut made);
            chains::follow_basis(input, of_crm, &mut made);
        }
        chains::follow_invoices(input, &mut made);
        chains::follow_orders(input, &mut made);
    }
    made.links.extend(contracts::contracts(input));
    made.links
}

/// Links made so far.
#[derive(Default)]
struct Made {
    links: Vec<Link>,
    /// Record of 1C and kind of the CRM → its pair.
    owners: FxHashMap<(RecordRef, bool), RecordRef>,
    seen: FxHashSet<(RecordRef, RecordRef)>,
}

impl Made {
    /// `true` when the pair is new.
    fn add(&mut self, link: Link, is_deal: bool) -> bool {
        if !self.seen.insert((link.a, link.b)) {
            return false;
        }
        if link.decision.links() {
            self.owners.entry((link.b, is_deal)).or_insert(link.a);
        }
        self.links.push(link);
        true
    }
}

struct Lane<'l, 'a> {
    input: &'l Input<'a>,
    crm: &'l [Item<'a>],
    onec: &'l [Item<'a>],
    mine: Vec<usize>,
    theirs: Vec<usize>,
}

impl Lane<'_, '_> {
    fn pair(&self, ids: &Ids, made: &mut Made) {
        let is_deal = self.crm[self.mine[0]].kind == Paper::Deal;
        let theirs: FxHashSet<usize> = self.theirs.iter().copied().collect();
        let mut free_crm: FxHashSet<usize> = self.mine.iter().copied().collect();
        let mut free_onec: FxHashSet<usize> =
            theirs.iter().copied().filter(|&b| !made.owners.contains_key(&(self.onec[b].record, is_deal))).collect();
        // What a basis has joined to its deal already needs no pair of this lane.
        let joined: FxHashSet<RecordRef> =
            theirs.iter().filter_map(|&b| made.owners.get(&(self.onec[b].record, is_deal)).copied()).collect();
        free_crm.retain(|&a| !joined.contains(&self.crm[a].record));

        self.by_id(ids, &theirs, is_deal, made, &mut free_crm, &mut free_onec);
        let alike = self.numbers_alike(&free_crm, &free_onec, made);
        self.by_number(alike, is_deal, made, &mut free_crm, &mut free_onec);
        self.by_amount(alike, is_deal, made, &mut free_crm, &mut free_onec);
        if is_deal && self.theirs.iter().any(|&b| self.onec[b].kind.ships() || self.onec[b].kind == Paper::Unknown) {
            self.by_sum(made, &free_crm, &free_onec);
        }
    }

    fn amounts_agree(&self, x: &Item, y: &Item) -> Option<bool> {
        (x.amount.is_some() && y.amount.is_some()).then(|| x.same_amount(y, self.input.config.tolerance))
    }
}

/// Not a multiple of a hundred: such sums do not meet by chance.
fn is_particular(amount: Option<Decimal>) -> bool {
    amount.is_some_and(|a| a.micros() % (100 * Decimal::SCALE) != 0)
}
