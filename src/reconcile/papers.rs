//! Sums of deals and documents against what 1C made of them.

use crate::config::TradeConfig;
use crate::model::{Book, Cell, Decimal, Entity, Field, RecordRef, Side, Snapshots, Space};
use crate::normalize::paper::Paper;
use crate::pairing::Pairing;
use crate::pairing::papers::currency;

/// Kinds of one step of the chain.
pub const STEPS: [&[Paper]; 7] = [
    &[Paper::Order],
    &[Paper::Invoice],
    &[Paper::Shipment, Paper::Act],
    &[Paper::TaxInvoice],
    &[Paper::Return],
    &[Paper::Correction],
    &[Paper::Unknown],
];
const SHIPPED: usize = 2;

/// A record of the CRM and its documents of one step of the chain.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Group {
    pub crm: RecordRef,
    /// Position in [`STEPS`].
    pub step: usize,
    /// Sorted.
    pub onec: Vec<RecordRef>,
}

/// What the documents of a record of the CRM are, by step; empty steps left out.
pub fn groups_of(pairing: &Pairing, crm: RecordRef) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for paper in pairing.partners(crm) {
        let kind = pairing.papers.kind(paper);
        let Some(step) = STEPS.iter().position(|kinds| kinds.contains(&kind)) else { continue };
        match groups.iter_mut().find(|group| group.step == step) {
            Some(group) => group.onec.push(paper),
            None => groups.push(Group { crm, step, onec: vec![paper] }),
        }
    }
    groups.sort_by_key(|group| group.step);
    groups
}

/// The group whose sum is that of the record: the order of a deal, else its invoice, else its shipments.
pub fn main_group(pairing: &Pairing, crm: RecordRef) -> Option<Group> {
    let groups = groups_of(pairing, crm);
    groups.into_iter().find(|g| {
        matches!(STEPS[g.step][0], Paper::Order | Paper::Invoice | Paper::Shipment | Paper::Unknown)
            || crm.space != Space::Deals
    })
}

/// How two sums agree.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sums {
    Equal,
    /// A kopeck per line at most.
    Rounding,
    /// One side writes the tax on top of the sum.
    OnTop,
    /// A part of a deal is shipped so far.
    Partly,
    Different,
    /// A sum is empty, unreadable or of another currency.
    Unknown,
}

/// The amount of a record; `None` when it is empty or unreadable.
pub fn amount(data: &Snapshots, r: RecordRef) -> Option<Decimal> {
    book(data, r).number(Field::Amount, r.at()).valid()
}

fn book(data: &Snapshots, r: RecordRef) -> &Book {
    data.book(r.side, data.entity(r))
}

/// Sum of the documents of a group that are not marked for deletion; `None` when one of them has no readable sum.
pub fn onec_sum(data: &Snapshots, group: &Group) -> Option<Decimal> {
    let alive = |r: &&RecordRef| book(data, **r).is_active(r.at());
    let living = group.onec.iter().filter(alive).count();
    let counted = group.onec.iter().filter(|r| living == 0 || alive(r));
    counted.copied().try_fold(Decimal::ZERO, |sum, r| sum.checked_add(amount(data, r)?))
}

/// The tax of a document: as it says, else of its lines, where 1C keeps it; `None` when neither says.
pub fn tax(data: &Snapshots, pairing: &Pairing, r: RecordRef) -> Option<Decimal> {
    if let Some(tax) = book(data, r).number(Field::VatAmount, r.at()).valid() {
        return Some(tax);
    }
    let lines = data.book(r.side, Entity::Line);
    let mut sum = None;
    for at in pairing.papers.lines(r) {
        sum = Some(sum.unwrap_or(Decimal::ZERO).checked_add(lines.number(Field::VatAmount, at).valid()?)?);
    }
    sum
}

/// Compares the sum of a record of the CRM with that of its documents.
pub fn sums(data: &Snapshots, pairing: &Pairing, config: &TradeConfig, group: &Group) -> Sums {
    let (Some(crm), Some(onec)) = (amount(data, group.crm), onec_sum(data, group)) else { return Sums::Unknown };
    let money = |r: RecordRef| currency(data.text(r, Field::Currency)).unwrap_or("?");
    if group.onec.iter().any(|&r| {
        let (a, b) = (money(group.crm), money(r));
        a != b && !a.is_empty() && !b.is_empty()
    }) {
        return Sums::Unknown;
    }
    let apart = (crm.micros() - onec.micros()).abs();
    if apart <= config.tolerance.micros() {
        return Sums::Equal;
    }
    let lines = |r: RecordRef| pairing.papers.lines(r).count();
    let most = lines(group.crm).max(group.onec.iter().map(|&r| lines(r)).sum()).max(1) as i64;
    if apart <= most * (Decimal::SCALE / 100) {
        return Sums::Rounding;
    }
    let with_tax = |sum: Decimal, tax: Option<Decimal>| tax.and_then(|tax| sum.checked_add(tax));
    let tax = |r: RecordRef| tax(data, pairing, r).filter(|tax| tax.micros() != 0);
    let onec_tax = group.onec.iter().try_fold(Decimal::ZERO, |sum, &r| sum.checked_add(tax(r)?));
    let near = |a: Decimal, b: Decimal| (a.micros() - b.micros()).abs() <= most * (Decimal::SCALE / 100);
    // Either side may keep the sum without the tax.
    if with_tax(crm, tax(group.crm)).is_some_and(|gross| near(gross, onec))
        || with_tax(onec, onec_tax).is_some_and(|gross| near(crm, gross))
        || with_tax(crm, onec_tax).is_some_and(|gross| near(gross, onec))
    {
        return Sums::OnTop;
    }
    if group.step == SHIPPED && group.crm.space == Space::Deals && onec.micros() < crm.micros() {
        return Sums::Partly;
    }
    Sums::Different
}

/// What of a document is written down line by line, sorted: product, quantity, sum.
pub fn lines(data: &Snapshots, pairing: &Pairing, r: RecordRef) -> Vec<LineFacts> {
    let book = data.book(r.side, Entity::Line);
    let mut lines: Vec<LineFacts> = pairing
        .papers
        .lines(r)
        .map(|at| {
            let product = book.reference(Field::ProductId, at).map(|p| match p.side {
                // A product of 1C stands for its pair.
                Side::Crm => pairing.partners(p).next().unwrap_or(p),
                Side::Onec => p,
            });
            let number = |field| match book.number(field, at) {
                Cell::Valid(number) => Some(number),
                _ => None,
            };
            LineFacts {
                product,
                quantity: number(Field::Quantity),
                price: number(Field::Price),
                amount: number(Field::Amount),
                discount: number(Field::Discount),
                tax: number(Field::VatAmount),
            }
        })
        .collect();
    lines.sort_unstable();
    lines
}

/// A line of a document.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct LineFacts {
    /// As 1C knows it, where it is paired.
    pub product: Option<RecordRef>,
    pub quantity: Option<Decimal>,
    pub price: Option<Decimal>,
    pub amount: Option<Decimal>,
    pub discount: Option<Decimal>,
    pub tax: Option<Decimal>,
}
