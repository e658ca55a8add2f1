//! `doc-currency-rate`: the currency of a document, or its rate, differs.

use crate::checks::books::{book_of, no_field};
use crate::checks::papers::{differs, evaluated, lacking_chain, named, single_pairs};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, Side};
use crate::pairing::papers::currency;

pub struct CurrencyRate;

static META: Meta = Meta {
    id: "doc-currency-rate",
    severity: Severity::Warning,
    cross: true,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Валюта или курс документа различается",
        finds: "Пары документов в разных валютах и пары, у которых различается курс.",
        why: "Суммы в рублях разойдутся, появятся ложные курсовые разницы.",
        causes: "CRM пишет валюту по умолчанию; курс взят на другую дату.",
        remedy: "Проверьте валюту и дату курса в обеих системах.",
        example: "Счёт № 15: в CRM USD, в 1С руб.",
        source: "Налоговый кодекс РФ, ст. 153: пересчёт выручки в валюте по курсу Банка России на день отгрузки",
    },
    en: Card {
        title: "The currency of a document, or its rate, differs",
        finds: "Pairs of documents in different currencies, and pairs whose rates differ.",
        why: "Sums in rubles differ, false exchange differences appear.",
        causes: "The CRM writes its default currency; the rate is of another date.",
        remedy: "Look at the currency and the date of the rate in both systems.",
        example: "Invoice No. 15: USD in the CRM, rubles in 1C",
        source: "Tax Code of Russia, art. 153: revenue in foreign currency is converted at the rate of the Bank of \
                Russia on the day of shipment",
    },
};

impl Check for CurrencyRate {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(ran) = lacking_chain(cx) {
            return ran;
        }
        let stated = |side, entity| cx.has(side, entity, Field::Currency);
        if !stated(Side::Onec, Entity::Document)
            || !(stated(Side::Crm, Entity::Document) || stated(Side::Crm, Entity::Deal))
        {
            return no_field(cx, Entity::Document, &[Field::Currency]);
        }
        let mut compared = 0;
        for (crm, onec) in single_pairs(cx) {
            let money = |r| currency(cx.data.text(r, Field::Currency));
            let (Ok(a), Ok(b)) = (money(crm), money(onec)) else { continue };
            if a.is_empty() || b.is_empty() {
                continue;
            }
            compared += 1;
            let rates = [crm, onec].map(|r| book_of(cx, r).number(Field::CurrencyRate, r.at()).valid());
            let shown = named(cx, crm);
            if a != b {
                let message = cx.say(
                    || format!("{shown}: валюта в CRM {a}, в 1С {b}"),
                    || format!("{shown}: the currency is {a} in the CRM, {b} in 1C"),
                );
                out.push(differs(cx, crm, onec, Field::Currency, message));
            } else if let [Some(x), Some(y)] = rates
                && x != y
            {
                let message = cx.say(
                    || format!("{shown}: курс в CRM {x}, в 1С {y}"),
                    || format!("{shown}: the rate is {x} in the CRM, {y} in 1C"),
                );
                out.push(differs(cx, crm, onec, Field::CurrencyRate, message));
            }
        }
        evaluated(cx, compared)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::papers::testing::*;

    #[test]
    fn fires_and_stays_silent() {
        let world =
            |crm: &'static str, onec: &'static str| invoices(&[(Field::Currency, crm)], &[(Field::Currency, onec)]);
        world("USD", "руб.").expect(&CurrencyRate, &["crm:1 onec:a"]);
        world("RUB", "643").expect(&CurrencyRate, &[]);
        let rate = |crm: &'static str, onec: &'static str| {
            let row = |rate| [(Field::Currency, "USD"), (Field::CurrencyRate, rate)];
            invoices(&row(crm), &row(onec))
        };
        rate("90.5", "91").expect(&CurrencyRate, &["crm:1 onec:a"]);
        rate("90,50", "90.5").expect(&CurrencyRate, &[]);
        world("", "руб.").expect_not_run(&CurrencyRate);
    }
}
