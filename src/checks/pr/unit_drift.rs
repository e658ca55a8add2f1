//! `pr-unit-drift`: base units of a pair differ.

use crate::checks::books::{lacking_pairs, pairs};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field};
use crate::normalize::unit;

pub struct UnitDrift;

static META: Meta = Meta {
    id: "pr-unit-drift",
    severity: Severity::Error,
    cross: true,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Единица измерения товара различается",
        finds: "Сопоставленные товары с разной базовой единицей: сравниваются единицы ОКЕИ, а не их запись.",
        why: "Количество в документе окажется в других единицах: 10 упаковок станут десятью штуками.",
        causes: "В CRM единицу оставили по умолчанию; в 1С товар учитывают упаковками.",
        remedy: "Установите одну единицу в обеих системах или задайте коэффициент пересчёта в обмене.",
        example: "«шт» в CRM, «упак» в 1С",
        source: "ОК 015-94 (ОКЕИ); практика: CRM ставит «шт» по умолчанию",
    },
    en: Card {
        title: "The unit of a product differs",
        finds: "Linked products with different base units; units of ОКЕИ are compared, not their spelling.",
        why: "Quantities of documents come out in other units: 10 packs become ten pieces.",
        causes: "The CRM kept its default unit; 1C counts the product in packs.",
        remedy: "Set one unit in both systems or a coefficient in the exchange.",
        example: "“pcs” in the CRM, “pack” in 1C",
        source: "ОК 015-94 (ОКЕИ); practice: CRMs default to pieces",
    },
};

impl Check for UnitDrift {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(missing) = lacking_pairs(cx, Entity::Product, &[Field::Unit]) {
            return missing;
        }
        let mut evaluated = 0;
        for (a, b) in pairs(cx, Entity::Product) {
            let (crm, onec) = (cx.data.text(a, Field::Unit), cx.data.text(b, Field::Unit));
            let (Some(left), Some(right)) = (unit::parse(crm), unit::parse(onec)) else { continue };
            let differs = left.code != right.code;
            evaluated += 1;
            if differs {
                let name = cx.quoted(&cx.data.display_name(a));
                let (left, right) = (cx.quoted(crm), cx.quoted(onec));
                let message = cx.say(
                    || format!("{name}: единица в CRM {left}, в 1С {right}; количества разойдутся"),
                    || format!("{name}: the unit is {left} in the CRM and {right} in 1C; quantities will differ"),
                );
                out.push(Finding::record(a, message).other(b).values(Field::Unit, crm, onec));
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
        let world = |crm: &str, onec: &str| {
            let product = |value| [(Field::Name, "Кабель ВВГ 3х1,5"), (Field::Unit, value)];
            let world = World::new().add(Side::Crm, Entity::Product, &product(crm));
            world.add(Side::Onec, Entity::Product, &product(onec))
        };
        use crate::model::Side;
        world("шт", "упак").expect(&UnitDrift, &["crm:1 onec:1"]);
        world("шт.", "796").expect(&UnitDrift, &[]);
        world("кв.м", "м2").expect(&UnitDrift, &[]);
        world("", "").expect_not_run(&UnitDrift);
        World::new().expect_not_run(&UnitDrift);
    }
}
