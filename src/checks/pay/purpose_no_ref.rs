//! `pay-purpose-no-ref`: the purpose of a payment names no document.

use crate::checks::books::lacking;
use crate::checks::papers::{about, named};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, Side};
use crate::normalize::paper;
use crate::pairing::payments::{counts, is_doubled, is_incoming};

pub struct PurposeNoRef;

static META: Meta = Meta {
    id: "pay-purpose-no-ref",
    severity: Severity::Warning,
    cross: false,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "В назначении платежа нет номера документа",
        finds: "Поступления, назначение которых не называет ни счёта, ни заказа, ни договора, а основания у \
                документа нет; и назначения, где названного документа нет ни в одной системе.",
        why: "Автоматически отнести такую оплату к сделке нельзя.",
        causes: "Клиент пишет «Оплата за товар»; номер назван с ошибкой.",
        remedy: "Попросите клиента указывать номер и дату счёта; разнесите оплату вручную.",
        example: "«Оплата за стройматериалы» на 1 200,00",
        source: "Положение Банка России № 762-П от 29.06.2021: назначение платежа",
    },
    en: Card {
        title: "The purpose of a payment names no document",
        finds: "Incoming payments whose purpose names no invoice, order or contract and that have no basis; and \
                purposes that name a document neither system has.",
        why: "Such a payment cannot be booked on a deal automatically.",
        causes: "The client writes “Payment for goods”; the number is wrong.",
        remedy: "Ask the client to give number and date of the invoice; allocate the payment by hand.",
        example: "“Payment for building materials”, 1,200.00",
        source: "Bank of Russia Regulation No. 762-P of 29 June 2021: purpose of a payment",
    },
};

impl Check for PurposeNoRef {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(ran) = lacking(cx, Entity::Payment, &[Field::Purpose]) {
            return ran;
        }
        let mut evaluated = 0;
        for side in Side::BOTH {
            let book = cx.data.book(side, Entity::Payment);
            for at in 0..book.len() {
                let purpose = book.text(Field::Purpose, at).trim();
                let payment = book.at(at);
                if purpose.is_empty() || !counts(book, at) || !is_incoming(book, at) || is_doubled(cx.pairing, book, at)
                {
                    continue;
                }
                evaluated += 1;
                let under_ddu = cx.pairing.estate().of(side).contract_of.get(at).is_some_and(Option::is_some);
                if under_ddu || book.reference(Field::BasisId, at).is_some() {
                    continue;
                }
                let shown = named(cx, payment);
                let message = if paper::references(purpose).is_empty() {
                    cx.say(
                        || format!("{shown}: в назначении нет номера документа"),
                        || format!("{shown}: the purpose names no document"),
                    )
                } else if cx.pairing.money.dangling.contains(&payment) {
                    cx.say(
                        || format!("{shown}: документа, названного в назначении, нет"),
                        || format!("{shown}: the document that the purpose names does not exist"),
                    )
                } else {
                    continue;
                };
                out.push(about(cx, payment, message).value(Field::Purpose, side, purpose));
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
        let world =
            |purpose: &'static str| payment(paper(deal(&[]), "5", "Счет", &[]), "p", &[(Field::Purpose, purpose)]);
        world("Оплата за товар").expect(&PurposeNoRef, &["onec:p"]);
        world("по счету № 6 от 01.01.2026").expect(&PurposeNoRef, &["onec:p"]);
        world("по счету № 5").expect(&PurposeNoRef, &[]);
        world("по договору № 45").expect(&PurposeNoRef, &[]);
        world("").expect_not_run(&PurposeNoRef);
    }
}
