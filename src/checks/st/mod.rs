//! Checks `st-*`: balances and reserves.

use std::collections::BTreeMap;

use super::books::no_records;
use super::{Context, Ran, family};
use crate::model::{Book, Decimal, Entity, Field, RecordRef, Side};

family! {
    negative::Negative,
    qty_drift::QtyDrift,
    reserve_drift::ReserveDrift,
}

/// What the product of a balance is called.
fn product_name(cx: &Context, book: &Book, at: usize) -> String {
    match book.reference(Field::ProductId, at) {
        Some(product) => cx.data.display_name(product),
        None => book.display_name(at),
    }
}

/// «, склад «Основной»», or nothing.
fn place_name(cx: &Context, book: &Book, at: usize) -> String {
    let name = match book.reference(Field::WarehouseId, at) {
        Some(place) => cx.data.display_name(place),
        None => book.text(Field::WarehouseName, at).trim().to_owned(),
    };
    if name.is_empty() {
        return String::new();
    }
    let name = cx.quoted(&name);
    cx.say(|| format!(", склад {name}"), || format!(", warehouse {name}"))
}

/// `NotRun` when a side has no balances with this field.
fn lacking_sides(cx: &Context, field: Field) -> Option<Ran> {
    let lacks = Side::BOTH.into_iter().any(|side| !cx.has(side, Entity::Stock, field));
    lacks.then(|| no_records(cx, Entity::Stock))
}

/// A linked product in a linked warehouse, or anywhere, with what both sides say.
struct Balance {
    /// Of the CRM.
    product: RecordRef,
    warehouse: Option<RecordRef>,
    amounts: [Decimal; 2],
    /// The balances behind it, in order; never empty.
    records: Vec<RecordRef>,
}

impl Balance {
    fn place(&self, cx: &Context) -> String {
        let Some(place) = self.warehouse else { return String::new() };
        let name = cx.quoted(&cx.data.display_name(place));
        cx.say(|| format!(", склад {name}"), || format!(", warehouse {name}"))
    }
}

/// Balances of linked products by linked warehouse; by product alone where a side names no warehouse that is linked.
/// A product that a whole export does not list has none there.
fn balances(cx: &Context, field: Field) -> Vec<Balance> {
    type Key = (RecordRef, Option<RecordRef>);
    let to_crm = |r: RecordRef| match r.side {
        Side::Crm => cx.pairing.partners(r).next().map(|_| r),
        Side::Onec => cx.pairing.partners(r).next(),
    };
    let stocks = Side::BOTH.map(|side| cx.data.book(side, Entity::Stock));
    let by_place = stocks.iter().all(|book| {
        (0..book.len()).all(|at| book.reference(Field::WarehouseId, at).is_some_and(|place| to_crm(place).is_some()))
    });
    let mut all: BTreeMap<Key, ([i64; 2], Vec<RecordRef>)> = BTreeMap::new();
    for book in stocks {
        for at in 0..book.len() {
            let Some(product) = book.reference(Field::ProductId, at).and_then(to_crm) else { continue };
            let Some(amount) = book.number(field, at).valid() else { continue };
            let place = book.reference(Field::WarehouseId, at).filter(|_| by_place).and_then(to_crm);
            let (sums, records) = all.entry((product, place)).or_default();
            let sum = &mut sums[book.raw.side as usize];
            *sum = sum.saturating_add(amount.micros());
            records.push(book.at(at));
        }
    }
    let whole = Side::BOTH.map(|side| !cx.data.get(side).is_partial());
    let fits = |records: &[RecordRef]| {
        Side::BOTH.into_iter().all(|side| whole[side as usize] || records.iter().any(|r| r.side == side))
    };
    all.into_iter()
        .filter(|(_, (_, records))| fits(records))
        .map(|((product, warehouse), (sums, records))| Balance {
            product,
            warehouse,
            amounts: sums.map(Decimal::from_micros),
            records,
        })
        .collect()
}
