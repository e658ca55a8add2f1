//! Checks `st-*`: balances and reserves.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::books::no_records;
use super::papers::roubles;
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

/// What products cost, roubles: by their own price, else by the first of their prices.
struct Prices(FxHashMap<RecordRef, Decimal>);

impl Prices {
    fn of(cx: &Context) -> Prices {
        let mut prices = FxHashMap::default();
        for side in Side::BOTH {
            let products = cx.data.book(side, Entity::Product);
            let list = cx.data.book(side, Entity::Price);
            let own = (0..products.len()).map(|at| (products.at(at), products.number(Field::Price, at).valid()));
            let listed = (0..list.len()).filter_map(|at| {
                let price = list.number(Field::Price, at).valid().and_then(|price| roubles(cx, list.at(at), price));
                Some((list.reference(Field::ProductId, at)?, price))
            });
            let own = own.map(|(product, price)| (product, price.and_then(|price| roubles(cx, product, price))));
            for (product, price) in own.chain(listed) {
                if let Some(price) = price.filter(|price| price.micros() > 0) {
                    prices.entry(product).or_insert(price);
                }
            }
        }
        Prices(prices)
    }

    /// What a quantity of a product costs, by the price of 1C before that of the CRM.
    fn worth(&self, cx: &Context, product: RecordRef, quantity: Decimal) -> Option<Decimal> {
        let mut cards: Vec<RecordRef> = cx.pairing.partners(product).chain([product]).collect();
        cards.sort_by_key(|r| (std::cmp::Reverse(r.side), *r));
        quantity.checked_mul(*cards.iter().find_map(|card| self.0.get(card))?)
    }
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
