//! `pr-currency-drift`: currencies of a price differ.

use super::offers::{offers, said};
use crate::checks::books::{lacking_pairs, no_field, pairs};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, RecordRef, Side};
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
        if let Some(missing) = lacking_pairs(cx, Entity::Product, &[]) {
            return missing;
        }
        let offers = Side::BOTH.map(|side| offers(cx, side));
        let currencies = |r: RecordRef| {
            let card = currency::parse(cx.data.text(r, Field::Currency));
            said(offers[r.side as usize].get(&r), |o| o.currency, card)
        };
        let mut evaluated = 0;
        for (a, b) in pairs(cx, Entity::Product) {
            let [crm, onec] = [a, b].map(currencies);
            if crm.is_empty() || onec.is_empty() {
                continue;
            }
            evaluated += 1;
            if crm.iter().any(|code| onec.contains(code)) {
                continue;
            }
            let (name, [crm, onec]) = (cx.quoted(&cx.data.display_name(a)), [crm, onec].map(|all| all.join(", ")));
            let message = cx.say(
                || format!("{name}: валюта цены в CRM {crm}, в 1С {onec}"),
                || format!("{name}: the price is in {crm} in the CRM and in {onec} in 1C"),
            );
            out.push(Finding::record(a, message).other(b).values(Field::Currency, &crm, &onec));
        }
        if evaluated == 0 { no_field(cx, Entity::Product, &[Field::Currency]) } else { Ran::Evaluated(evaluated) }
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
        world("RUB", "USD").expect(&CurrencyDrift, &["crm:1 onec:1"]);
        world("RUB", "руб.").expect(&CurrencyDrift, &[]);
        world("643", "RUR").expect(&CurrencyDrift, &[]);
        // 1C keeps the currency with the price of a type.
        let listed = |currency| {
            let price = [(Field::ProductId, "1"), (Field::Price, "15"), (Field::Currency, currency)];
            world("RUB", "").add(Side::Onec, Entity::Price, &price)
        };
        listed("USD").expect(&CurrencyDrift, &["crm:1 onec:1"]);
        listed("RUB").expect(&CurrencyDrift, &[]);
        world("", "").expect_not_run(&CurrencyDrift);
        World::new().expect_not_run(&CurrencyDrift);
    }
}
