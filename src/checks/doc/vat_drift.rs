//! `doc-vat-drift`: the VAT sum differs, or is not the sum of the lines.

use crate::checks::books::{book_of, lacking};
use crate::checks::papers::{amount, apart, live, named, single_pairs, sum};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Decimal, Entity, Field, RecordRef, Side};
use crate::reconcile::papers;

pub struct VatDrift;

static META: Meta = Meta {
    id: "doc-vat-drift",
    severity: Severity::Error,
    cross: true,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Сумма НДС различается или не равна сумме по строкам",
        finds: "Пары документов с равной суммой и разным НДС; и документы, НДС которых не сходится с НДС их строк \
                больше чем на копейку на строку.",
        why: "Книга продаж и декларация по НДС разойдутся с документами клиента.",
        causes: "Ставка выбрана по-разному; НДС посчитан в одной системе сверху, в другой в сумме; строки исправили \
                без итога.",
        remedy: "Сверьте ставки по строкам и пересчитайте НДС.",
        example: "Счёт № 15: НДС в CRM 20 000,00, в 1С 18 333,33",
        source: "Налоговый кодекс РФ, ст. 166 и 168: порядок исчисления и предъявления НДС",
    },
    en: Card {
        title: "The VAT sum differs, or is not the sum of the lines",
        finds: "Pairs of documents with equal sums and different VAT; and documents whose VAT is not that of their \
                lines within a kopeck per line.",
        why: "The sales ledger and the VAT return will not agree with the client's documents.",
        causes: "The rates differ; one system counts the tax on top, the other inside; lines were corrected without \
                the total.",
        remedy: "Compare the rates by line and count the tax anew.",
        example: "Invoice No. 15: VAT 20,000.00 in the CRM, 18,333.33 in 1C",
        source: "Tax Code of Russia, art. 166 and 168: how VAT is counted and charged",
    },
};

impl Check for VatDrift {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(ran) = lacking(cx, Entity::Document, &[Field::VatAmount]) {
            return ran;
        }
        let tax = |r: RecordRef| book_of(cx, r).number(Field::VatAmount, r.at()).valid();
        let whole = |r: RecordRef| papers::tax(cx.data, cx.pairing, r);
        let mut evaluated = 0;
        for (crm, onec) in single_pairs(cx) {
            if let (Some(a), Some(b), true) = (whole(crm), whole(onec), amount(cx, crm) == amount(cx, onec)) {
                evaluated += 1;
                if (a.micros() - b.micros()).abs() > cx.trade.tolerance.micros().max(kopecks(cx, onec)) {
                    let (texts, money) = ([a, b].map(|s| s.to_string()), apart(cx, crm, a, b));
                    let (shown, [a, b]) = (named(cx, crm), [a, b].map(|s| sum(cx, s)));
                    let message = cx.say(
                        || format!("{shown}: НДС в CRM {a}, в 1С {b}"),
                        || format!("{shown}: VAT {a} in the CRM, {b} in 1C"),
                    );
                    let finding = Finding::record(crm, message).other(onec).impact(money);
                    out.push(finding.values(Field::VatAmount, &texts[0], &texts[1]));
                }
            }
        }
        for r in Side::BOTH.into_iter().flat_map(|side| live(cx, side, Entity::Document)) {
            let Some(total) = tax(r) else { continue };
            let lines = cx.data.book(r.side, Entity::Line);
            let each: Option<Vec<i64>> = cx
                .pairing
                .papers
                .lines(r)
                .map(|at| Some(lines.number(Field::VatAmount, at).valid()?.micros()))
                .collect();
            let Some(each) = each.filter(|e| !e.is_empty()) else { continue };
            evaluated += 1;
            let added: i64 = each.iter().fold(0, |sum, t| sum.saturating_add(*t));
            if (added - total.micros()).abs() > kopecks(cx, r) {
                let added = Decimal::from_micros(added);
                let (shown, money) = (named(cx, r), apart(cx, r, total, added));
                let [a, b] = [total, added].map(|s| sum(cx, s));
                let message = cx.say(
                    || format!("{shown}: НДС документа {a}, по строкам {b}"),
                    || format!("{shown}: VAT of the document {a}, of its lines {b}"),
                );
                let finding = Finding::record(r, message).impact(money);
                out.push(finding.value(Field::VatAmount, r.side, &total.to_string()));
            }
        }
        Ran::Evaluated(evaluated)
    }
}

/// A kopeck for each line of a document.
fn kopecks(cx: &Context, r: RecordRef) -> i64 {
    cx.pairing.papers.lines(r).count().max(1) as i64 * (Decimal::SCALE / 100)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::papers::testing::*;

    #[test]
    fn fires_and_stays_silent() {
        invoices(&[(Field::VatAmount, "200")], &[(Field::VatAmount, "183.33")]).expect(&VatDrift, &["crm:1 onec:a"]);
        invoices(&[(Field::VatAmount, "200")], &[(Field::VatAmount, "200.01")]).expect(&VatDrift, &[]);
        let line = |vat: &'static str| {
            let world = invoices(&[], &[(Field::VatAmount, "200")]);
            world.add(Side::Onec, Entity::Line, &[(Field::DocumentId, "a"), (Field::VatAmount, vat)])
        };
        line("150").expect(&VatDrift, &["onec:a"]);
        line("200").expect(&VatDrift, &[]);
        line("много").expect(&VatDrift, &[]);
        invoices(&[], &[]).expect_not_run(&VatDrift);
    }
}
