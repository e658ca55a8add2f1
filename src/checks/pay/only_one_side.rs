//! `pay-only-one-side`: a payment is in the CRM only or in the bank only.

use crate::checks::books::no_records;
use crate::checks::papers::{about, amount, any_day, awaiting, named, period, sum};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Side};
use crate::pairing::payments::{counts, is_incoming, is_statement};

pub struct OnlyOneSide;

static META: Meta = Meta {
    id: "pay-only-one-side",
    severity: Severity::Error,
    cross: true,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Оплата есть только в CRM или только в банке",
        finds: "Оплаты CRM без пары в 1С и банке и поступления 1С без пары в CRM за общий период обеих выгрузок. \
                Пары, которые ждут решения человека, сюда не входят.",
        why: "Касса и банк не сходятся с отчётом отдела продаж.",
        causes: "Менеджер отметил оплату по обещанию; обмен не передал поступление.",
        remedy: "Найдите деньги или снимите отметку; проверьте обмен.",
        example: "Оплата 1 200,00 отмечена в CRM, в банке её нет",
        source: "Практика: отметка об оплате в CRM ставится рукой",
    },
    en: Card {
        title: "A payment is in the CRM only or in the bank only",
        finds: "Payments of the CRM without a pair in 1C and the bank, and receipts of 1C without a pair in the CRM, \
                in the period common to both exports. Pairs that wait for a person are not counted.",
        why: "Cash and bank do not agree with the report of the sales department.",
        causes: "A manager marked the payment on a promise; the exchange did not carry the receipt.",
        remedy: "Find the money, or take the mark off; look at the exchange.",
        example: "A payment of 1,200.00 is marked in the CRM, the bank does not have it",
        source: "Practice: the mark of a payment in a CRM is set by hand",
    },
};

impl Check for OnlyOneSide {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let periods = Side::BOTH.map(|side| period(cx, side, Entity::Payment));
        let [Some(crm), Some(onec)] = periods else {
            return no_records(cx, Entity::Payment);
        };
        let (first, last) = (crm.0.max(onec.0), crm.1.min(onec.1));
        let waiting = awaiting(cx);
        let mut evaluated = 0;
        for side in Side::BOTH {
            if cx.data.get(side.other()).is_partial() {
                continue;
            }
            let book = cx.data.book(side, Entity::Payment);
            for at in (0..book.len()).filter(|&at| counts(book, at) && is_incoming(book, at)) {
                let payment = book.at(at);
                let twin = is_statement(book, at) && cx.pairing.twins(payment).next().is_some();
                if twin || any_day(cx, payment).is_none_or(|day| day < first || day > last) {
                    continue;
                }
                evaluated += 1;
                if cx.pairing.partners(payment).next().is_some() || waiting.contains(&payment) {
                    continue;
                }
                let money = amount(cx, payment).map_or_else(|| "?".to_owned(), |a| sum(cx, a));
                let (shown, here, there) = (named(cx, payment), side.title(cx.lang), side.other().title(cx.lang));
                let message = cx.say(
                    || format!("Платёж {shown} на {money}: есть в {here}, в {there} нет"),
                    || format!("Payment {shown} of {money}: in {here}, not in {there}"),
                );
                out.push(about(cx, payment, message));
            }
        }
        if evaluated == 0 { no_records(cx, Entity::Payment) } else { Ran::Evaluated(evaluated) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::papers::testing::*;
    use crate::checks::testing::*;
    use crate::model::Field;

    #[test]
    fn fires_and_stays_silent() {
        let world = |crm: &'static str| {
            let row = |id, day, amount| {
                [(Field::Id, id), (Field::Date, day), (Field::Amount, amount), (Field::PartyInn, INN_A)]
            };
            let world = payment(deal(&[]), "p", &[]);
            world.add(Side::Crm, Entity::Payment, &row("m", "10.03.2026", crm))
        };
        world("1200").expect(&OnlyOneSide, &[]);
        world("1300").expect(&OnlyOneSide, &["crm:m", "onec:p"]);
        payment(deal(&[]), "p", &[]).expect_not_run(&OnlyOneSide);
    }
}
