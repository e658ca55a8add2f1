//! `pr-price-zero`: zero prices in open deals.

use super::is_open;
use crate::checks::books::no_records;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Cell, Decimal, Entity, Field, Side};

pub struct PriceZero;

static META: Meta = Meta {
    id: "pr-price-zero",
    severity: Severity::Warning,
    cross: false,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Нулевая цена в открытой сделке",
        finds: "Строки незакрытых сделок с нулевой или пустой ценой.",
        why: "Счёт выставят на ноль или не создадут.",
        causes: "Цена не загружена; товар добавлен вручную.",
        remedy: "Заполните цену в сделке и в карточке товара.",
        example: "Строка «Монтаж» с ценой 0 в сделке на 120 000 ₽",
        source: "Практика: 1С не проводит документ с нулевой суммой без разрешения",
    },
    en: Card {
        title: "A zero price in an open deal",
        finds: "Lines of deals that are not closed with a price that is zero or empty.",
        why: "The invoice is for nothing, or is not created.",
        causes: "The price was not loaded; the product was added by hand.",
        remedy: "Enter the price in the deal and on the card of the product.",
        example: "The line “Mounting” with price 0 in a deal of 120,000 ₽",
        source: "Practice: 1C does not post a document of zero without leave",
    },
};

impl Check for PriceZero {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let deals = cx.data.book(Side::Crm, Entity::Deal);
        let lines = cx.data.book(Side::Crm, Entity::Line);
        if deals.is_empty() {
            return no_records(cx, Entity::Deal);
        }
        if lines.is_empty() || !lines.raw.has(Field::Price) {
            return no_records(cx, Entity::Line);
        }
        let mut evaluated = 0;
        for at in 0..lines.len() {
            let Some(owner) = lines.reference(Field::DocumentId, at).filter(|owner| is_open(cx, *owner)) else {
                continue;
            };
            evaluated += 1;
            let price = lines.number(Field::Price, at);
            if matches!(price, Cell::Empty) || price == Cell::Valid(Decimal::ZERO) {
                let name = cx.quoted(lines.text(Field::ProductName, at));
                let deal = cx.quoted(&cx.data.display_name(owner));
                let message = cx.say(
                    || format!("Сделка {deal}: у товара {name} нулевая цена"),
                    || format!("Deal {deal}: the product {name} has a zero price"),
                );
                let text = lines.text(Field::Price, at);
                let more = lines.reference(Field::ProductId, at).into_iter().collect();
                out.push(Finding::record(owner, message).value(Field::Price, Side::Crm, text).more(more));
            }
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
        let world = |stage, price| {
            let deal = [(Field::Id, "d"), (Field::Name, "Окна"), (Field::Stage, stage)];
            let line =
                [(Field::Id, "l"), (Field::DocumentId, "d"), (Field::ProductName, "Монтаж"), (Field::Price, price)];
            World::new().add(Side::Crm, Entity::Deal, &deal).add(Side::Crm, Entity::Line, &line)
        };
        world("Новая", "0").expect(&PriceZero, &["crm:d"]);
        world("Новая", "100").expect(&PriceZero, &[]);
        world("Сделка проиграна", "0").expect(&PriceZero, &[]);
        World::new().expect_not_run(&PriceZero);
    }
}
