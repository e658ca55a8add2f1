//! `pay-unallocated`: a payment without a contract or order.

use crate::checks::books::no_records;
use crate::checks::papers::{about, amount, lacking_money, named, sum};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Flags, Side};
use crate::pairing::papers::party;
use crate::pairing::payments::{counts, is_doubled, is_incoming, is_refund};

pub struct Unallocated;

static META: Meta = Meta {
    id: "pay-unallocated",
    severity: Severity::Error,
    cross: false,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Оплата без договора и заказа",
        finds: "Поступления от покупателей в 1С и в банке, которые не удалось отнести ни к документу, ни к сделке, \
                ни к договору: нет основания, назначение не называет документа, счёта на эту сумму нет.",
        why: "Сделка никогда не станет оплаченной, деньги висят авансом.",
        causes: "Назначение написано без номера; клиент оплатил несколько счетов сразу; счёт выставлен мимо системы.",
        remedy: "Разнесите оплату по документам; попросите клиентов указывать номер счёта.",
        example: "Поступление № 77 на 1 200,00, «Оплата за товар»: не разнесено",
        source: "Практика: 1С зачитывает оплату по договору и документу расчётов",
    },
    en: Card {
        title: "A payment without a contract or order",
        finds: "Incoming payments of buyers in 1C and the bank that could be booked on no document, deal or \
                contract: no basis, a purpose that names no document, no invoice for the sum.",
        why: "The deal never becomes paid, the money hangs as an advance.",
        causes: "The purpose has no number; the client paid several invoices at once; the invoice was made out past \
                the system.",
        remedy: "Allocate the payment to documents; ask clients to give the number of the invoice.",
        example: "Receipt No. 77 for 1,200.00, “Payment for goods”: not allocated",
        source: "Practice: 1C allocates a payment by contract and document of settlement",
    },
};

impl Check for Unallocated {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(ran) = lacking_money(cx) {
            return ran;
        }
        let mut evaluated = 0;
        let book = cx.data.book(Side::Onec, Entity::Payment);
        for at in 0..book.len() {
            let payment = book.at(at);
            if !counts(book, at) || !is_incoming(book, at) || is_refund(book, at) || is_doubled(cx.pairing, book, at) {
                continue;
            }
            evaluated += 1;
            let own = party(cx.data, payment).is_some_and(|p| cx.data.parties(p.side).flags[p.at()].has(Flags::OWN));
            if cx.pairing.money.of(payment).is_empty() && !own && amount(cx, payment).is_some() {
                let (shown, money) = (named(cx, payment), amount(cx, payment).map_or_else(String::new, |a| sum(cx, a)));
                let message = cx.say(
                    || format!("{shown} на {money}: за что заплачено, неизвестно"),
                    || format!("{shown} for {money}: what it pays for is unknown"),
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
    use crate::model::Field;

    #[test]
    fn fires_and_stays_silent() {
        let world = |purpose: &'static str, amount: &'static str| {
            let world = paper(deal(&[]), "5", "Счет", &[]);
            payment(world, "p", &[(Field::Purpose, purpose), (Field::Amount, amount)])
        };
        world("Оплата за товар", "777").expect(&Unallocated, &["onec:p"]);
        world("Оплата за товар", "1200").expect(&Unallocated, &[]);
        world("по счету № 5", "777").expect(&Unallocated, &[]);
        deal(&[]).expect_not_run(&Unallocated);
        payment(deal(&[]), "p", &[(Field::Incoming, "Нет")]).expect_not_run(&Unallocated);
    }
}
