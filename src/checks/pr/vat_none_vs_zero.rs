//! `pr-vat-none-vs-zero`: no VAT against 0 %.

use crate::checks::books::{lacking_pairs, pairs};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field};
use crate::normalize::vat::{self, Vat};

pub struct VatNoneVsZero;

static META: Meta = Meta {
    id: "pr-vat-none-vs-zero",
    severity: Severity::Error,
    cross: true,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "«Без НДС» и ставка 0 % — не одно и то же",
        finds: "Сопоставленные товары: на одной стороне «Без НДС», на другой ставка, в том числе 0 %.",
        why: "Ставка 0 % подтверждается документами экспортёра, «Без НДС» — это освобождение: налоговые последствия разные.",
        causes: "В CRM нет отдельного значения «Без НДС» и выбрали 0 %.",
        remedy: "Выясните, облагается ли товар, и установите одно значение.",
        example: "0 % в CRM, «Без НДС» в 1С",
        source: "НК РФ, статьи 149, 164 и 165",
    },
    en: Card {
        title: "“No VAT” is not 0 %",
        finds: "Linked products of which one has “Без НДС” and the other a rate, 0 % included.",
        why: "0 % has to be proved by an exporter, “no VAT” is an exemption: the consequences differ.",
        causes: "The CRM has no separate value for “no VAT”, and 0 % was chosen.",
        remedy: "Find out whether the product is taxed and set one value.",
        example: "0 % in the CRM, “no VAT” in 1C",
        source: "Tax Code of Russia, articles 149, 164 and 165",
    },
};

impl Check for VatNoneVsZero {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(missing) = lacking_pairs(cx, Entity::Product, &[Field::VatRate]) {
            return missing;
        }
        let mut evaluated = 0;
        for (a, b) in pairs(cx, Entity::Product) {
            let (crm, onec) = (cx.data.text(a, Field::VatRate), cx.data.text(b, Field::VatRate));
            let (Some(left), Some(right)) = (vat::parse(crm), vat::parse(onec)) else { continue };
            let differs = (left == Vat::Without) != (right == Vat::Without);
            evaluated += 1;
            if differs {
                let name = cx.quoted(&cx.data.display_name(a));
                let (left, right) = (cx.quoted(crm), cx.quoted(onec));
                let message = cx.say(
                    || format!("{name}: в CRM {left}, в 1С {right}; «Без НДС» и ставка — разный налог"),
                    || format!("{name}: {left} in the CRM, {right} in 1C; exempt and taxed are not the same"),
                );
                out.push(Finding::record(a, message).other(b).values(Field::VatRate, crm, onec));
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
            let product = |value| [(Field::Name, "Кабель ВВГ 3х1,5"), (Field::VatRate, value)];
            let world = World::new().add(Side::Crm, Entity::Product, &product(crm));
            world.add(Side::Onec, Entity::Product, &product(onec))
        };
        use crate::model::Side;
        world("0%", "Без НДС").expect(&VatNoneVsZero, &["crm:1 onec:1"]);
        world("Без НДС", "20%").expect(&VatNoneVsZero, &["crm:1 onec:1"]);
        world("Без НДС", "БезНДС").expect(&VatNoneVsZero, &[]);
        world("0", "20").expect(&VatNoneVsZero, &[]);
        world("", "").expect_not_run(&VatNoneVsZero);
        World::new().expect_not_run(&VatNoneVsZero);
    }
}
