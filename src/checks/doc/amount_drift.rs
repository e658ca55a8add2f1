//! `doc-amount-drift`: totals of a document differ by more than the tolerance.

use crate::checks::papers::{amount, crm_papers, evaluated, lacking_chain, named, roubles, sum};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Decimal, Field};
use crate::reconcile::papers::{self, Sums};

pub struct AmountDrift;

static META: Meta = Meta {
    id: "doc-amount-drift",
    severity: Severity::Error,
    cross: true,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Суммы документа расходятся больше допуска",
        finds: "Сумма сделки или счёта CRM против суммы его документов в 1С: заказа, иначе счёта, иначе отгрузок. \
                Копейки округления и НДС сверху показаны отдельно, отгрузка по частям расхождением не считается.",
        why: "Долг клиента и НДС в двух системах разные: клиенту напомнят не о той сумме.",
        causes: "Документ исправили в одной системе; скидку дали после выгрузки; строку удалили.",
        remedy: "Сверьте строки и исправьте ту систему, где ошибка.",
        example: "Счёт № 15: в CRM 120 000,00, в 1С 102 000,00",
        source: "Налоговый кодекс РФ, ст. 154: налоговая база — стоимость по договору; допуск задаёт [trade] \
                tolerance",
    },
    en: Card {
        title: "Totals of a document differ by more than the tolerance",
        finds: "The sum of a deal or an invoice of the CRM against that of its documents in 1C: the order, else the \
                invoice, else the shipments. Rounding by kopecks and tax on top are shown apart, a shipment in parts \
                is no difference.",
        why: "Debt and VAT of the client differ between the systems: the client is reminded of the wrong sum.",
        causes: "The document was corrected in one system; a discount came after the export; a line was deleted.",
        remedy: "Compare the lines and correct the system that is wrong.",
        example: "Invoice No. 15: 120,000.00 in the CRM, 102,000.00 in 1C",
        source: "Tax Code of Russia, art. 154: the tax base is the price of the contract; the tolerance is [trade] \
                tolerance",
    },
};

impl Check for AmountDrift {
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
            if found != Sums::Different {
                continue;
            }
            let (Some(crm), Some(onec)) = (amount(cx, r), papers::onec_sum(cx.data, &group)) else { continue };
            let apart = Decimal::from_micros(crm.micros() - onec.micros());
            let (shown, [a, b, d]) = (named(cx, r), [crm, onec, apart].map(|s| sum(cx, s)));
            let message = cx.say(
                || format!("{shown}: в CRM {a}, в 1С {b}, разница {d}"),
                || format!("{shown}: {a} in the CRM, {b} in 1C, difference {d}"),
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

    #[test]
    fn fires_and_stays_silent() {
        invoices(&[], &[(Field::Amount, "1100")]).expect(&AmountDrift, &["crm:1 onec:a"]);
        invoices(&[], &[]).expect(&AmountDrift, &[]);
        invoices(&[], &[(Field::Amount, "1200.01")]).expect(&AmountDrift, &[]);
        invoices(&[(Field::VatAmount, "240")], &[(Field::Amount, "1440")]).expect(&AmountDrift, &[]);
        let mut tolerant = invoices(&[], &[(Field::Amount, "1100")]);
        tolerant.trade.tolerance = Decimal::parse("100").unwrap();
        tolerant.expect(&AmountDrift, &[]);
        // A deal is shipped in two parts.
        let parts = paper(
            paper(deal(&[]), "a", "Реализация", &[(Field::Amount, "1000")]),
            "b",
            "Реализация",
            &[(Field::Amount, "200")],
        );
        parts.expect(&AmountDrift, &[]);
        let more = paper(
            paper(deal(&[]), "a", "Реализация", &[(Field::Amount, "1000")]),
            "b",
            "Реализация",
            &[(Field::Amount, "300")],
        );
        more.expect(&AmountDrift, &["crm:d onec:a onec:b"]);
        paper(deal(&[]), "a", "Реализация", &[(Field::Amount, "1000")]).expect(&AmountDrift, &[]);
        deal(&[]).expect_not_run(&AmountDrift);
    }
}
