//! `pay-over`: more was paid than billed.

use rustc_hash::FxHashMap;

use crate::checks::papers::{amount, lacking_money, live, named, paid, roubles, sum};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Decimal, Entity, Field, RecordRef, Side, Space};
use crate::pairing::payments::Share;

pub struct Over;

static META: Meta = Meta {
    id: "pay-over",
    severity: Severity::Warning,
    cross: true,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Оплачено больше, чем выставлено",
        finds: "Счета, заказы и сделки, за которые пришло больше их суммы с учётом допуска. О сделке сообщается, \
                когда переплату не объясняют её документы: скажем, два счёта на одну сделку оплачены оба.",
        why: "Лишнее — аванс или ошибка: его надо зачесть или вернуть.",
        causes: "Клиент заплатил дважды; оплатил несколько счетов одним платежом; счёт уменьшили.",
        remedy: "Свяжитесь с клиентом, зачтите или верните лишнее.",
        example: "Счёт № 5 на 1 200,00, поступило 2 400,00",
        source: "Налоговый кодекс РФ, ст. 167: НДС с полученного аванса",
    },
    en: Card {
        title: "More was paid than billed",
        finds: "Invoices, orders and deals for which more than their sum has come, beyond the tolerance. A deal is \
                named where its documents do not explain the excess: two invoices of one deal, say, were both paid.",
        why: "The excess is an advance or an error: it must be credited or returned.",
        causes: "The client paid twice; paid several invoices at once; the invoice was reduced.",
        remedy: "Ask the client, and credit or return the excess.",
        example: "Invoice No. 5 for 1,200.00, 2,400.00 has come",
        source: "Tax Code of Russia, art. 167: VAT on an advance received",
    },
};

impl Check for Over {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(ran) = lacking_money(cx) {
            return ran;
        }
        let most = cx.trade.tolerance.micros().max(Decimal::SCALE / 100);
        let mut evaluated = 0;
        let mut over: FxHashMap<RecordRef, i64> = FxHashMap::default();
        for r in Side::BOTH.into_iter().flat_map(|side| live(cx, side, Entity::Document)) {
            let shares: Vec<&Share> = cx.pairing.money.paid_for(r).collect();
            let Some(billed) = amount(cx, r).filter(|_| !shares.is_empty()) else { continue };
            evaluated += 1;
            let got = shares.iter().fold(0i64, |sum, s| sum.saturating_add(s.amount.micros()));
            if got.saturating_sub(billed.micros()) > most {
                over.insert(r, got - billed.micros());
                report(cx, r, billed, Decimal::from_micros(got), shares.iter().map(|s| s.payment).collect(), out);
            }
        }
        for deal in Side::BOTH.into_iter().flat_map(|side| live(cx, side, Entity::Deal)) {
            let (got, payments) = paid(cx, deal);
            let Some(agreed) = amount(cx, deal).filter(|_| !payments.is_empty()) else { continue };
            let chain = cx.pairing.chain(deal);
            // One document for two deals: whose is the money?
            let deals = |r: &RecordRef| cx.pairing.partners(*r).filter(|p| p.space == Space::Deals).count();
            if chain.iter().any(|r| deals(r) > 1) {
                continue;
            }
            evaluated += 1;
            // What its documents were overpaid by is told of them.
            let told = chain.iter().filter_map(|r| over.get(r)).fold(0i64, |sum, more| sum.saturating_add(*more));
            let excess = got.micros().saturating_sub(agreed.micros());
            if excess > most && excess.saturating_sub(told) > most {
                report(cx, deal, agreed, got, payments, out);
            }
        }
        if evaluated == 0 { no_pairs(cx) } else { Ran::Evaluated(evaluated) }
    }
}

fn report(
    cx: &Context,
    r: RecordRef,
    billed: Decimal,
    got: Decimal,
    mut payments: Vec<RecordRef>,
    out: &mut Vec<Finding>,
) {
    payments.sort_unstable();
    payments.dedup();
    let (shown, [a, b]) = (named(cx, r), [got, billed].map(|s| sum(cx, s)));
    let message = if r.space == Space::Deals {
        cx.say(
            || format!("Сделка {shown}: поступило {a}, а сумма сделки {b}"),
            || format!("The deal {shown}: {a} has come, its sum is {b}"),
        )
    } else {
        cx.say(
            || format!("{shown}: поступило {a}, а выставлено {b}"),
            || format!("{shown}: {a} has come, {b} was billed"),
        )
    };
    let over = Decimal::from_micros(got.micros().saturating_sub(billed.micros()));
    let finding = Finding::record(r, message).more(payments).impact(roubles(cx, r, over));
    out.push(finding.value(Field::Amount, r.side, &over.to_string()));
}

fn no_pairs(cx: &Context) -> Ran {
    Ran::NotRun(cx.say(
        || "ни одна оплата не отнесена к документу".to_owned(),
        || "no payment could be allocated to a document".to_owned(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::papers::testing::*;

    #[test]
    fn fires_and_stays_silent() {
        let world = |amount: &'static str| {
            let world = paper(deal(&[]), "5", "Счет", &[]);
            payment(world, "p", &[(Field::Purpose, "по счету № 5"), (Field::Amount, amount)])
        };
        world("2400").expect(&Over, &["onec:5 onec:p"]);
        world("1200").expect(&Over, &[]);
        world("600").expect(&Over, &[]);
        // A refund takes it back.
        let refund = [
            (Field::Kind, "Возврат покупателю"),
            (Field::BasisId, "5"),
            (Field::Incoming, "Нет"),
            (Field::Amount, "1200"),
        ];
        payment(world("2400"), "q", &refund).expect(&Over, &[]);
        deal(&[]).expect_not_run(&Over);
    }

    #[test]
    fn deals_whose_documents_are_paid_one_by_one() {
        let world = |second: &'static str| {
            let world = paper(deal(&[]), "5", "Счет", &[]);
            let world = paper(world, "6", "Счет", &[(Field::Amount, second), (Field::Date, "03.03.2026")]);
            let world = payment(world, "p", &[(Field::Purpose, "по счету № 5")]);
            payment(world, "q", &[(Field::Purpose, "по счету № 6"), (Field::Amount, second)])
        };
        world("700").expect(&Over, &["crm:d onec:p onec:q"]);
        let part = paper(deal(&[(Field::Amount, "1900")]), "5", "Счет", &[]);
        let part = paper(part, "6", "Счет", &[(Field::Amount, "700"), (Field::Date, "03.03.2026")]);
        let part = payment(part, "p", &[(Field::Purpose, "по счету № 5")]);
        let part = payment(part, "q", &[(Field::Purpose, "по счету № 6"), (Field::Amount, "700")]);
        part.expect(&Over, &[]);
    }
}
