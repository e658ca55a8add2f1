//! `pay-over`: more was paid than billed.

use crate::checks::papers::{amount, lacking_money, live, named, roubles, sum};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Decimal, Entity, Field, RecordRef, Side};

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
        finds: "Счета и заказы 1С, за которые пришло больше их суммы с учётом допуска.",
        why: "Лишнее — аванс или ошибка: его надо зачесть или вернуть.",
        causes: "Клиент заплатил дважды; оплатил несколько счетов одним платежом; счёт уменьшили.",
        remedy: "Свяжитесь с клиентом, зачтите или верните лишнее.",
        example: "Счёт № 5 на 1 200,00, поступило 2 400,00",
        source: "Налоговый кодекс РФ, ст. 167: НДС с полученного аванса",
    },
    en: Card {
        title: "More was paid than billed",
        finds: "Invoices and orders of 1C for which more than their sum has come, beyond the tolerance.",
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
        let mut evaluated = 0;
        for entity in [Entity::Document, Entity::Deal] {
            for r in Side::BOTH.into_iter().flat_map(|side| live(cx, side, entity)) {
                let mut payments: Vec<RecordRef> = cx.pairing.money.paid_for(r).map(|s| s.payment).collect();
                let Some(billed) = amount(cx, r).filter(|_| !payments.is_empty()) else { continue };
                evaluated += 1;
                let got = cx.pairing.money.paid_for(r).fold(0i64, |sum, s| sum.saturating_add(s.amount.micros()));
                let most = cx.trade.tolerance.micros().max(Decimal::SCALE / 100);
                if got - billed.micros() > most {
                    payments.dedup();
                    let (shown, [a, b]) = (named(cx, r), [Decimal::from_micros(got), billed].map(|s| sum(cx, s)));
                    let message = cx.say(
                        || format!("{shown}: поступило {a}, а выставлено {b}"),
                        || format!("{shown}: {a} has come, {b} was billed"),
                    );
                    let over = Decimal::from_micros(got - billed.micros());
                    let finding = Finding::record(r, message).more(payments).impact(roubles(cx, r, over));
                    out.push(finding.value(Field::Amount, r.side, &over.to_string()));
                }
            }
        }
        if evaluated == 0 { no_pairs(cx) } else { Ran::Evaluated(evaluated) }
    }
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
}
