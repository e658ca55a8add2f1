//! `pr-price-drift`: prices of a pair differ.

use super::offers::{Offer, offers};
use crate::checks::books::{lacking_pairs, pairs};
use crate::checks::{Card, Check, Context, Fix, Meta, Param, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, Side};
use rustc_hash::FxHashMap;

pub struct PriceDrift;

static META: Meta = Meta {
    id: "pr-price-drift",
    severity: Severity::Warning,
    cross: true,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[Param { name: "percent", default: 1, ru: "допуск, %", en: "tolerance, %" }],
    ru: Card {
        title: "Цена товара различается",
        finds: "Сопоставленные товары, чья цена в CRM не равна ни одной цене 1С в той же валюте с учётом допуска.",
        why: "Счёт выставят по старой цене.",
        causes: "Прайс обновили в одной системе; обмен цен не настроен.",
        remedy: "Выберите систему, где ведутся цены, и загрузите их в другую.",
        example: "1 200 ₽ в CRM, 1 350 ₽ в 1С",
        source: "Практика: цены ведут в одной системе, в другой они устаревают",
    },
    en: Card {
        title: "The price of a product differs",
        finds: "Linked products whose price in the CRM equals none of the prices of 1C in the same currency, within the tolerance.",
        why: "Invoices are issued at the old price.",
        causes: "The price list was renewed in one system; prices are not exchanged.",
        remedy: "Choose the system that keeps prices and load them into the other.",
        example: "1,200 ₽ in the CRM, 1,350 ₽ in 1C",
        source: "Practice: prices are kept in one system and grow old in the other",
    },
};

impl Check for PriceDrift {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(missing) = lacking_pairs(cx, Entity::Product, &[]) {
            return missing;
        }
        let tolerance = cx.param(&META, "percent");
        let offers = Side::BOTH.map(|side| offers(cx, side));
        if offers.iter().any(FxHashMap::is_empty) {
            return Ran::NotRun(
                cx.say(|| "нет цен на одной из сторон".to_owned(), || "a side has no prices".to_owned()),
            );
        }
        let mut evaluated = 0;
        for (a, b) in pairs(cx, Entity::Product) {
            let (Some(crm), Some(onec)) = (offers[0].get(&a), offers[1].get(&b)) else { continue };
            let comparable = |x: &Offer, y: &Offer| !matches!((x.currency, y.currency), (Some(x), Some(y)) if x != y);
            let near = |x: &Offer, y: &Offer| {
                let (x, y) = (i128::from(x.price.micros()), i128::from(y.price.micros()));
                (x - y).abs() * 100 <= x.abs().max(y.abs()) * i128::from(tolerance)
            };
            let any = |fit: &dyn Fn(&Offer, &Offer) -> bool| crm.iter().any(|x| onec.iter().any(|y| fit(x, y)));
            // Prices of which all are in other currencies are `pr-currency-drift`'s.
            if !any(&comparable) {
                continue;
            }
            evaluated += 1;
            if any(&|x, y| comparable(x, y) && near(x, y)) {
                continue;
            }
            let name = cx.quoted(&cx.data.display_name(a));
            let list = |offers: &[Offer]| {
                let mut texts: Vec<String> = offers.iter().map(|o| o.price.to_string()).collect();
                texts.dedup();
                texts.join(", ")
            };
            let (left, right) = (list(crm), list(onec));
            let message = cx.say(
                || format!("{name}: цена в CRM {left}, в 1С {right}"),
                || format!("{name}: the price is {left} in the CRM and {right} in 1C"),
            );
            out.push(Finding::record(a, message).other(b).values(Field::Price, &left, &right));
        }
        Ran::Evaluated(evaluated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::*;

    #[test]
    fn fires_and_stays_silent() {
        let world = |crm: &str, onec: &str| {
            let product = |price| [(Field::Name, "Кабель ВВГ 3х1,5"), (Field::Price, price)];
            let world = World::new().add(Side::Crm, Entity::Product, &product(crm));
            world.add(Side::Onec, Entity::Product, &product(onec))
        };
        world("1200", "1350").expect(&PriceDrift, &["crm:1 onec:1"]);
        world("1200", "1 200,00").expect(&PriceDrift, &[]);
        world("1200", "1205").expect(&PriceDrift, &[]);
        world("1200", "").expect_not_run(&PriceDrift);
        // Any of the price types of 1C will do.
        let listed = world("1200", "1350").add(
            Side::Onec,
            Entity::Price,
            &[(Field::ProductId, "1"), (Field::PriceType, "Розничная"), (Field::Price, "1200")],
        );
        listed.expect(&PriceDrift, &[]);
        let priced = |currency| {
            let product = |price, currency| {
                [(Field::Name, "Кабель ВВГ 3х1,5"), (Field::Price, price), (Field::Currency, currency)]
            };
            let world = World::new().add(Side::Crm, Entity::Product, &product("15", "USD"));
            world.add(Side::Onec, Entity::Product, &product("1200", currency))
        };
        priced("RUB").expect(&PriceDrift, &[]);
        priced("USD").expect(&PriceDrift, &["crm:1 onec:1"]);
    }
}
