//! `doc-sf-missing`: a shipment with VAT without a tax invoice.

use crate::checks::books::no_records;
use crate::checks::papers::{about, any_day, is_posted, kind, live, named, roubles};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, Side};
use crate::normalize::paper::Paper;
use crate::normalize::text;
use crate::pairing::papers::days;
use crate::reconcile::papers;

pub struct SfMissing;

static META: Meta = Meta {
    id: "doc-sf-missing",
    severity: Severity::Error,
    cross: false,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Отгрузка с НДС без счёта-фактуры",
        finds: "Проведённые реализации и акты 1С с НДС, на основании которых нет счёта-фактуры; УПД заменяет \
                счёт-фактуру и сюда не входит.",
        why: "Книга продаж неполна, покупатель не получит вычет.",
        causes: "Счёт-фактуру не выписали; она выписана на другой документ; выгружена не вся.",
        remedy: "Выпишите счёт-фактуру в течение пяти дней со дня отгрузки.",
        example: "Реализация № 12 от 03.02.2026 с НДС 20 000,00 без счёта-фактуры",
        source: "Налоговый кодекс РФ, ст. 168, п. 3: счёт-фактура выставляется не позднее пяти дней",
    },
    en: Card {
        title: "A shipment with VAT without a tax invoice",
        finds: "Posted waybills and acts of 1C with VAT on whose basis there is no tax invoice; a universal transfer \
                document takes its place and is not counted.",
        why: "The sales ledger is incomplete, the buyer gets no deduction.",
        causes: "The tax invoice was not made out, or for another document; not all were exported.",
        remedy: "Make the tax invoice out within five days of the shipment.",
        example: "Waybill No. 12 of 3 February 2026 with VAT 20,000.00 has no tax invoice",
        source: "Tax Code of Russia, art. 168, item 3: a tax invoice is due within five days",
    },
};

impl Check for SfMissing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if !cx.pairing.papers.has(Side::Onec, &[Paper::TaxInvoice]) {
            return no_records(cx, Entity::Document);
        }
        let mut evaluated = 0;
        for r in live(cx, Side::Onec, Entity::Document) {
            let upd =
                cx.data.records(r).table_kind(r.at()) == "УПД" || text::fold(cx.data.text(r, Field::Kind)) == "УПД";
            let tax = papers::tax(cx.data, cx.pairing, r);
            if !kind(cx, r).ships() || upd || !is_posted(cx, r) || tax.is_none_or(|t| t.micros() <= 0) {
                continue;
            }
            evaluated += 1;
            let invoiced = cx.pairing.papers.children(r).iter().any(|&c| kind(cx, c) == Paper::TaxInvoice);
            let young = any_day(cx, r).is_some_and(|day| days(cx.as_of) - day <= 5);
            if !invoiced && !young {
                let shown = named(cx, r);
                let message =
                    cx.say(|| format!("{shown}: нет счёта-фактуры"), || format!("{shown} has no tax invoice"));
                out.push(about(cx, r, message).impact(tax.and_then(|tax| roubles(cx, r, tax))));
            }
        }
        Ran::Evaluated(evaluated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::papers::testing::*;

    #[test]
    fn fires_and_stays_silent() {
        let world = |basis: &'static str, kind: &'static str, vat: &'static str| {
            let world = paper(deal(&[]), "a", kind, &[(Field::VatAmount, vat)]);
            paper(world, "f", "СчетФактураВыданный", &[(Field::BasisId, basis)])
        };
        world("", "Реализация", "200").expect(&SfMissing, &["onec:a"]);
        world("a", "Реализация", "200").expect(&SfMissing, &[]);
        world("", "УПД", "200").expect(&SfMissing, &[]);
        world("", "Реализация", "0").expect(&SfMissing, &[]);
        paper(deal(&[]), "a", "Реализация", &[(Field::VatAmount, "200")]).expect_not_run(&SfMissing);
    }
}
