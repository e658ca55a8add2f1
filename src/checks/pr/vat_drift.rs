//! `pr-vat-drift`: VAT rates of a pair differ.

use crate::checks::books::{lacking_pairs, pairs};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field};
use crate::normalize::vat::{self, Vat};

pub struct VatDrift;

static META: Meta = Meta {
    id: "pr-vat-drift",
    severity: Severity::Error,
    cross: true,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Ставка НДС товара различается",
        finds: "Сопоставленные товары с разной ставкой НДС.",
        why: "Сумма документа и налог в двух системах разойдутся, а счёт-фактура не сойдётся со сделкой.",
        causes: "В одной системе ставку не сменили после изменения закона; товар облагается льготной ставкой.",
        remedy: "Проверьте ставку товара и установите её в обеих системах.",
        example: "20 % в CRM, 22 % в 1С",
        source: "НК РФ, статья 164",
    },
    en: Card {
        title: "The VAT rate of a product differs",
        finds: "Linked products with different rates of VAT.",
        why: "Totals and tax differ between the systems, and the tax invoice does not agree with the deal.",
        causes: "One system was not changed when the law was; a reduced rate applies.",
        remedy: "Check the rate and set it in both systems.",
        example: "20 % in the CRM, 22 % in 1C",
        source: "Tax Code of Russia, article 164",
    },
};

impl Check for VatDrift {
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
            let (Some(Vat::Rate { percent: left, .. }), Some(Vat::Rate { percent: right, .. })) =
                (vat::parse(crm), vat::parse(onec))
            else {
                continue;
            };
            let differs = left != right;
            evaluated += 1;
            if differs {
                let name = cx.quoted(&cx.data.display_name(a));
                let (left, right) = (cx.quoted(crm), cx.quoted(onec));
                let message = cx.say(
                    || format!("{name}: ставка НДС в CRM {left}, в 1С {right}"),
                    || format!("{name}: the VAT rate is {left} in the CRM and {right} in 1C"),
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
        world("20%", "22%").expect(&VatDrift, &["crm:1 onec:1"]);
        world("22", "НДС 22%").expect(&VatDrift, &[]);
        world("20/120", "20").expect(&VatDrift, &[]);
        world("", "").expect_not_run(&VatDrift);
        World::new().expect_not_run(&VatDrift);
    }
}
