//! `st-negative`: negative balances.

use super::{place_name, product_name};
use crate::checks::books::{books, lacking};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Decimal, Entity, Field};

pub struct Negative;

static META: Meta = Meta {
    id: "st-negative",
    severity: Severity::Error,
    cross: false,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Отрицательный остаток",
        finds: "Остатки меньше нуля.",
        why: "Резерв и доступное количество посчитаются неверно, продажа пройдёт без товара.",
        causes: "Документы проведены не в том порядке; отгрузка раньше поступления; товар списан не с того склада.",
        remedy: "Найдите документ, уводящий остаток в минус, и исправьте порядок или склад.",
        example: "−5 шт на складе «Основной»",
        source: "Практика: контроль отрицательных остатков в 1С отключают и забывают",
    },
    en: Card {
        title: "A negative balance",
        finds: "Balances below zero.",
        why: "Reserves and what is available come out wrong, goods are sold that are not there.",
        causes: "Documents were posted out of order; shipped before received; written off from another warehouse.",
        remedy: "Find the document that takes the balance below zero and correct its order or warehouse.",
        example: "−5 pcs in the warehouse “Main”",
        source: "Practice: the control of negative balances in 1C is switched off and forgotten",
    },
};

impl Check for Negative {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(missing) = lacking(cx, Entity::Stock, &[Field::Quantity]) {
            return missing;
        }
        let prices = super::Prices::of(cx);
        let mut evaluated = 0;
        for book in books(cx, Entity::Stock) {
            for at in 0..book.len() {
                let Some(quantity) = book.number(Field::Quantity, at).valid() else { continue };
                evaluated += 1;
                if quantity < Decimal::ZERO {
                    let (name, place) = (cx.quoted(&product_name(cx, book, at)), place_name(cx, book, at));
                    let message = cx.say(
                        || format!("{name}: остаток {quantity}{place}"),
                        || format!("{name}: the balance is {quantity}{place}"),
                    );
                    let text = book.text(Field::Quantity, at);
                    let product = book.reference(Field::ProductId, at);
                    let money = product.and_then(|product| prices.worth(cx, product, quantity));
                    let finding = Finding::record(book.at(at), message).impact(money);
                    out.push(finding.value(Field::Quantity, book.raw.side, text));
                }
            }
        }
        Ran::Evaluated(evaluated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::*;
    use crate::model::Side;

    #[test]
    fn fires_and_stays_silent() {
        let world = |quantity| {
            let texts =
                [(Field::ProductName, "Гвоздь"), (Field::WarehouseName, "Основной"), (Field::Quantity, quantity)];
            World::new().add(Side::Onec, Entity::Stock, &texts)
        };
        world("-5").expect(&Negative, &["onec:1"]);
        world("0").expect(&Negative, &[]);
        World::new().expect_not_run(&Negative);
    }
}
