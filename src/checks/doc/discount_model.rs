//! `doc-discount-model`: the discount is kept in different ways.

use crate::checks::books::lacking;
use crate::checks::papers::{evaluated, named, single_pairs};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Decimal, Entity, Field, Side};
use crate::reconcile::papers::{self, LineFacts};

pub struct DiscountModel;

static META: Meta = Meta {
    id: "doc-discount-model",
    severity: Severity::Warning,
    cross: true,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Скидка хранится по-разному",
        finds: "Пары документов, где в строках одной системы есть скидка, а в другой её нет, хотя суммы строк равны: \
                скидка ушла в цену.",
        why: "При первом же изменении документа обмен применит скидку второй раз или потеряет её.",
        causes: "CRM хранит скидку отдельно, 1С получает цену со скидкой, или наоборот.",
        remedy: "Договоритесь, как передавать скидку: процентом, суммой или в цене, и настройте обмен.",
        example: "Счёт № 15: в CRM скидка 100,00 в строке, в 1С скидки нет, сумма та же",
        source: "Практика: модели скидок CRM и 1С различаются, обмен их не сводит",
    },
    en: Card {
        title: "The discount is kept in different ways",
        finds: "Pairs of documents where the lines of one system have a discount and those of the other none, though \
                sums of lines are equal: the discount went into the price.",
        why: "At the first change of the document the exchange applies the discount twice, or loses it.",
        causes: "The CRM keeps the discount apart and 1C gets the price with it, or the other way round.",
        remedy: "Agree how a discount is carried: per cent, sum or in the price, and set the exchange up so.",
        example: "Invoice No. 15: a discount of 100.00 in the CRM, none in 1C, the same sum",
        source: "Practice: the models of discounts differ and an exchange does not bring them together",
    },
};

impl Check for DiscountModel {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(ran) = lacking(cx, Entity::Line, &[Field::Discount]) {
            return ran;
        }
        let mut compared = 0;
        for (crm, onec) in single_pairs(cx) {
            let [a, b] = [crm, onec].map(|r| papers::lines(cx.data, cx.pairing, r));
            if a.is_empty() || a.len() != b.len() {
                continue;
            }
            compared += 1;
            let discounted = |lines: &[LineFacts]| lines.iter().any(|l| l.discount.is_some_and(|d| d.micros() != 0));
            let total = |lines: &[LineFacts]| lines.iter().try_fold(0i64, |sum, l| sum.checked_add(l.amount?.micros()));
            if discounted(&a) != discounted(&b) && total(&a).is_some() && total(&a) == total(&b) {
                let shown = named(cx, crm);
                let here = if discounted(&a) { Side::Crm } else { Side::Onec };
                let [here, there] = [here, here.other()].map(|s| s.title(cx.lang));
                let message = cx.say(
                    || format!("{shown}: скидка в строках только в {here}, в {there} она в цене"),
                    || format!("{shown}: the lines have a discount in {here} only, in {there} it is in the price"),
                );
                // The sums agree: nothing is at stake yet.
                out.push(Finding::record(crm, message).other(onec).impact(Some(Decimal::ZERO)));
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
        let world = |discount: &'static str, sum: &'static str| {
            let row =
                |paper, discount, sum| [(Field::DocumentId, paper), (Field::Discount, discount), (Field::Amount, sum)];
            invoices(&[], &[]).add(Side::Crm, Entity::Line, &row("1", "100", "1200")).add(
                Side::Onec,
                Entity::Line,
                &row("a", discount, sum),
            )
        };
        world("0", "1200").expect(&DiscountModel, &["crm:1 onec:a"]);
        world("100", "1200").expect(&DiscountModel, &[]);
        world("0", "1300").expect(&DiscountModel, &[]);
        invoices(&[], &[]).expect_not_run(&DiscountModel);
    }
}
