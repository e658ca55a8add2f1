//! `pr-unit-unknown`: units that are not in the classifier.

use crate::checks::books::{active, books, lacking};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field};
use crate::normalize::{text, unit};
use rustc_hash::FxHashSet;

pub struct UnitUnknown;

static META: Meta = Meta {
    id: "pr-unit-unknown",
    severity: Severity::Error,
    cross: false,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Единица не из классификатора",
        finds: "Единица измерения номенклатуры, которой нет ни в ОКЕИ, ни в справочнике единиц той же системы.",
        why: "1С не создаст документ с неизвестной единицей или заведёт новую.",
        causes: "Единица записана словом, которого нет в справочнике; опечатка.",
        remedy: "Замените единицу на единицу ОКЕИ или заведите её в справочнике с кодом.",
        example: "«упаковочка»",
        source: "ОК 015-94 (МК 002-97), Общероссийский классификатор единиц измерения",
    },
    en: Card {
        title: "A unit that is not in the classifier",
        finds: "A unit of a product that is neither in ОКЕИ nor in the list of units of the same system.",
        why: "1C will not create a document with an unknown unit, or will make a new one.",
        causes: "The unit is a word that no list has; a slip.",
        remedy: "Replace it by a unit of ОКЕИ, or enter it in the list with its code.",
        example: "“little pack”",
        source: "ОК 015-94 (МК 002-97), the Russian classifier of units",
    },
};

impl Check for UnitUnknown {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(missing) = lacking(cx, Entity::Product, &[Field::Unit]) {
            return missing;
        }
        let mut evaluated = 0;
        for book in books(cx, Entity::Product) {
            let side = book.raw.side;
            let units = cx.data.book(side, Entity::Unit);
            let names = [Field::Id, Field::Code, Field::Name, Field::FullName];
            let known: FxHashSet<String> = (0..units.len())
                .flat_map(|at| names.map(|field| text::fold(units.text(field, at))))
                .filter(|name| !name.is_empty())
                .collect();
            for at in active(book).filter(|&at| !book.text(Field::Unit, at).trim().is_empty()) {
                evaluated += 1;
                let raw = book.text(Field::Unit, at);
                if unit::parse(raw).is_none() && !known.contains(&text::fold(raw)) {
                    let (name, shown) = (cx.quoted(&book.display_name(at)), cx.quoted(raw));
                    let message = cx.say(
                        || format!("{name}: единицы {shown} нет ни в ОКЕИ, ни в справочнике"),
                        || format!("{name}: the unit {shown} is neither in ОКЕИ nor in the list of units"),
                    );
                    out.push(Finding::record(book.at(at), message).value(Field::Unit, side, raw));
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
        let product = |unit| [(Field::Name, "Сахар"), (Field::Unit, unit)];
        let world = |unit| World::new().add(Side::Crm, Entity::Product, &product(unit));
        world("упаковочка").expect(&UnitUnknown, &["crm:1"]);
        world("кг").expect(&UnitUnknown, &[]);
        let listed = world("Мешок 25").add(Side::Crm, Entity::Unit, &[(Field::Name, "мешок 25")]);
        listed.expect(&UnitUnknown, &[]);
        world("").expect_not_run(&UnitUnknown);
    }
}
