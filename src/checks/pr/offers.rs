//! Prices of products, wherever a system keeps them: on the card, or in a list with types of prices.

use rustc_hash::FxHashMap;

use crate::checks::Context;
use crate::checks::books::active;
use crate::model::{Decimal, Entity, Field, RecordRef, Side};
use crate::normalize::currency;

/// A price of a product.
pub(super) struct Offer {
    pub price: Decimal,
    /// `None` where nothing is said or what is said is no currency.
    pub currency: Option<&'static str>,
    /// Whether the tax is in it; `None` where nothing is said.
    pub vat_included: Option<bool>,
}

/// Prices of products: on their cards and in price lists, without zeros and repeats, by amount.
pub(super) fn offers(cx: &Context, side: Side) -> FxHashMap<RecordRef, Vec<Offer>> {
    let mut offers: FxHashMap<RecordRef, Vec<Offer>> = FxHashMap::default();
    for entity in [Entity::Product, Entity::Price] {
        let book = cx.data.book(side, entity);
        for at in active(book) {
            let product =
                if entity == Entity::Product { Some(book.at(at)) } else { book.reference(Field::ProductId, at) };
            let price = book.number(Field::Price, at).valid().filter(|price| *price != Decimal::ZERO);
            let (Some(product), Some(price)) = (product, price) else { continue };
            let known = offers.entry(product).or_default();
            let currency = currency::parse(book.text(Field::Currency, at));
            let vat_included = book.flag(Field::VatIncluded, at);
            if !known.iter().any(|o| (o.price, o.currency, o.vat_included) == (price, currency, vat_included)) {
                known.push(Offer { price, currency, vat_included });
            }
        }
    }
    for prices in offers.values_mut() {
        prices.sort_by_key(|o| o.price);
    }
    offers
}

/// What the prices of a product say, each once, in order; where none says it, what its card says.
pub(super) fn said<T: Ord>(offers: Option<&Vec<Offer>>, of: impl Fn(&Offer) -> Option<T>, card: Option<T>) -> Vec<T> {
    let mut all: Vec<T> = offers.into_iter().flatten().filter_map(of).collect();
    if all.is_empty() {
        all.extend(card);
    }
    all.sort_unstable();
    all.dedup();
    all
}
