//! `pr-currency-drift`: currencies of a price differ.

use crate::checks::books::{lacking_pairs, pairs};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field};
use crate::normalize::currency;

pub struct CurrencyDrift;

static META: Meta = Meta {
    id: "pr-currency-drift",
    severity: Severity::Error,
    cross: true,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Валюта цены различается",
        finds: "Сопоставленные товары с ценой в разной валюте.",
        why: "Число перенесут без пересчёта: цена станет в десятки раз больше или меньше.",
        causes: "В CRM цена заведена в рублях, а прайс 1С в валюте.",
        remedy: "Назначьте валюту цены или пересчёт по курсу в обмене.",
        example: "RUB в CRM, USD в 1С",
        source: "Практика: обмены переносят число и валюту отдельно",
    },
    en: Card {
        title: "The currency of a price differs",
        finds: "Linked products priced in different currencies.",
        why: "The number is carried over unconverted: the price is tens of times too great or too small.",
        causes: "The CRM price is in roubles, the price list of 1C in a foreign currency.",
        remedy: "Set the currency of the price, or a conversion in the exchange.",
        example: "RUB in the CRM, USD in 1C",
        source: "Practice: exchanges carry number and currency apart",
    },
};

impl Check for CurrencyDrift {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(missing) = lacking_pairs(cx, Entity::Product, &[Field::Currency]) {
            return missing;
        }
        let mut evaluated = 0;
        for (a, b) in pairs(cx, Entity::Product) {
            let (crm, onec) = (cx.data.text(a, Field::Currency), cx.data.text(b, Field::Currency));
            let (Some(left), Some(right)) = (currency::parse(crm), currency::parse(onec)) else { continue };
            let differs = left != right;
            evaluated += 1;
            if differs {
                let name = cx.quoted(&cx.data.display_name(a));
                let (left, right) = (cx.quoted(crm), cx.quoted(onec));
                let message = cx.say(
                    || format!("{name}: валюта цены в CRM {left}, в 1С {right}"),
                    || format!("{name}: the price is in {left} in the CRM and in {right} in 1C"),
                );
                out.push(Finding::record(a, message).other(b).values(Field::Currency, crm, onec));
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
            let product = |value| [(Field::Name, "Кабель ВВГ 3х1,5"), (Field::Currency, value)];
            let world = World::new().add(Side::Crm, Entity::Product, &product(crm));
            world.add(Side::Onec, Entity::Product, &product(onec))
        };
        use crate::model::Side;
        world("RUB", "USD").expect(&CurrencyDrift, &["crm:1 onec:1"]);
        world("RUB", "руб.").expect(&CurrencyDrift, &[]);
        world("643", "RUR").expect(&CurrencyDrift, &[]);
        world("", "").expect_not_run(&CurrencyDrift);
        World::new().expect_not_run(&CurrencyDrift);
    }
}
