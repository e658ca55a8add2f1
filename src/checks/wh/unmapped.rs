//! `wh-unmapped`: warehouses without a pair.

use crate::checks::books::{active, books, no_records};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, Side};

pub struct Unmapped;

static META: Meta = Meta {
    id: "wh-unmapped",
    severity: Severity::Error,
    cross: true,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Склад без пары",
        finds: "Действующие склады одной системы, которым не нашлось склада в другой.",
        why: "Остатки этого склада не попадут в другую систему, документы останутся без склада.",
        causes: "Склад завели в одной системе; названия складов различаются.",
        remedy: "Заведите склад в другой системе или укажите соответствие в обмене.",
        example: "«Склад Тверь» в 1С, в CRM такого нет",
        source: "Практика: обмен остатками сопоставляет склады по одному",
    },
    en: Card {
        title: "A warehouse without a pair",
        finds: "Active warehouses of one system that no warehouse of the other answers.",
        why: "Stock of the warehouse does not reach the other system, documents stay without one.",
        causes: "The warehouse was entered in one system; names differ.",
        remedy: "Enter it in the other system, or map it in the exchange.",
        example: "“Warehouse Tver” in 1C, none such in the CRM",
        source: "Practice: exchanges of stock map warehouses one by one",
    },
};

impl Check for Unmapped {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        for side in Side::BOTH {
            if cx.data.book(side, Entity::Warehouse).is_empty() {
                return no_records(cx, Entity::Warehouse);
            }
            if cx.data.get(side).is_partial() {
                return Ran::NotRun(cx.say(|| "выгрузка неполная".to_owned(), || "the export is not whole".to_owned()));
            }
        }
        let mut evaluated = 0;
        for book in books(cx, Entity::Warehouse) {
            for at in active(book) {
                evaluated += 1;
                // What waits for a person's word is not known to have no pair.
                let waits = cx.pairing.in_review().any(|link| link.a == book.at(at) || link.b == book.at(at));
                if !waits && cx.pairing.partners(book.at(at)).next().is_none() {
                    let (name, other) = (cx.quoted(&book.display_name(at)), book.raw.side.other().title(cx.lang));
                    let message = cx.say(
                        || format!("Склад {name}: в {other} такого нет, остатки не передадутся"),
                        || format!("Warehouse {name}: {other} has none such, its stock will not be passed"),
                    );
                    out.push(Finding::record(book.at(at), message).value(
                        Field::Name,
                        book.raw.side,
                        book.text(Field::Name, at),
                    ));
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

    #[test]
    fn fires_and_stays_silent() {
        let named = |name| [(Field::Name, name)];
        let world = |crm, onec| {
            let world = World::new().add(Side::Crm, Entity::Warehouse, &named(crm));
            world.add(Side::Onec, Entity::Warehouse, &named(onec))
        };
        world("Основной склад", "Склад Тверь").expect(&Unmapped, &["crm:1", "onec:1"]);
        world("Основной склад", "Склад основной").expect(&Unmapped, &[]);
        World::new().expect_not_run(&Unmapped);
    }
}
