//! `doc-rounding`: totals differ by rounding only.

use crate::checks::papers::{amount, crm_papers, evaluated, lacking_chain, named, roubles, sum};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Decimal, Field};
use crate::reconcile::papers::{self, Sums};

pub struct Rounding;

static META: Meta = Meta {
    id: "doc-rounding",
    severity: Severity::Info,
    cross: true,
    fix: Fix::None,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Суммы расходятся на копейки округления",
        finds: "Пары, суммы которых расходятся не больше чем на копейку на каждую строку документа.",
        why: "Расхождение объяснимо и долга не меняет, но копейки копятся в актах сверки.",
        causes: "Системы округляют НДС и скидку по строкам и по итогу по-разному.",
        remedy: "Ничего делать не нужно; округление можно выровнять в настройке обмена.",
        example: "Счёт № 15 из 8 строк: в CRM 1 200,03, в 1С 1 200,00",
        source: "Практика: 1С округляет НДС по каждой строке, CRM — по документу",
    },
    en: Card {
        title: "Totals differ by rounding only",
        finds: "Pairs whose sums differ by no more than a kopeck for each line of the document.",
        why: "The difference is explained and changes no debt, but kopecks pile up in statements of \
                reconciliation.",
        causes: "The systems round tax and discount by line and by total.",
        remedy: "Nothing to do; rounding may be aligned in the settings of the exchange.",
        example: "Invoice No. 15 of 8 lines: 1,200.03 in the CRM, 1,200.00 in 1C",
        source: "Practice: 1C rounds VAT by line, a CRM by document",
    },
};

impl Check for Rounding {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(ran) = lacking_chain(cx) {
            return ran;
        }
        let mut compared = 0;
        for r in crm_papers(cx) {
            let Some(group) = papers::main_group(cx.pairing, r) else { continue };
            let found = papers::sums(cx.data, cx.pairing, cx.trade, &group);
            compared += u64::from(found != Sums::Unknown);
            if found != Sums::Rounding {
                continue;
            }
            let (Some(crm), Some(onec)) = (amount(cx, r), papers::onec_sum(cx.data, &group)) else { continue };
            let apart = Decimal::from_micros(crm.micros() - onec.micros());
            let (shown, [a, b, d]) = (named(cx, r), [crm, onec, apart].map(|s| sum(cx, s)));
            let message = cx.say(
                || format!("{shown}: копейки округления {d}, в CRM {a}, в 1С {b}"),
                || format!("{shown}: kopecks of rounding {d}, {a} in the CRM, {b} in 1C"),
            );
            let finding = Finding::record(r, message).other(group.onec[0]).more(group.onec[1..].to_vec());
            let finding = finding.impact(roubles(cx, r, apart));
            out.push(finding.values(Field::Amount, &crm.to_string(), &onec.to_string()));
        }
        evaluated(cx, compared)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::papers::testing::*;
    use crate::model::{Entity, Side};

    #[test]
    fn fires_and_stays_silent() {
        invoices(&[], &[(Field::Amount, "1200.01")]).expect(&Rounding, &["crm:1 onec:a"]);
        invoices(&[], &[(Field::Amount, "1200.02")]).expect(&Rounding, &[]);
        invoices(&[], &[]).expect(&Rounding, &[]);
        let line = |id| [(Field::Id, id), (Field::DocumentId, "a"), (Field::Amount, "600.01")];
        let world = invoices(&[], &[(Field::Amount, "1200.02")]);
        let world = world.add(Side::Onec, Entity::Line, &line("1")).add(Side::Onec, Entity::Line, &line("2"));
        world.expect(&Rounding, &["crm:1 onec:a"]);
        deal(&[]).expect_not_run(&Rounding);
    }
}
