//! `re-escrow-account-type`: escrow money on a settlement account.

use super::scope;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field};
use crate::pairing::estate::{Money, is_escrow};

pub struct EscrowAccountType;

static META: Meta = Meta {
    id: "re-escrow-account-type",
    severity: Severity::Warning,
    cross: false,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Деньги по эскроу пришли на расчётный счёт",
        finds: "Платёж по действующему договору с эскроу, который не отмечен как эскроу и проведён раньше ввода \
                 дома. Проверяется там, где у платежей заполнен признак эскроу.",
        why: "До ввода дома деньги по договору с эскроу принадлежат не застройщику: нарушение закона и \
                 неверный баланс.",
        causes: "Покупатель заплатил по старым реквизитам; платёж внесли без признака эскроу.",
        remedy: "Проверьте счёт получателя; ошибочный платёж верните или исправьте признак.",
        example: "ДДУ с эскроу, платёж 01.04.2026 на расчётный счёт",
        source: "214-ФЗ, статьи 15.4 и 15.5: цену вносят на счёт эскроу, где деньги заблокированы до ввода дома. \
                 Прочитаны только изложения (разъяснения прокуратур Чехова, chekhov.kometa.fm, и Калининского \
                 района Чебоксар, sovch.chuvashia.com, 24.11.2026), не сам закон, поэтому предупреждение",
    },
    en: Card {
        title: "Escrow money came to a settlement account",
        finds: "A payment under an active contract with escrow that is not marked as escrow and comes before \
                 commissioning. Judged where payments carry the mark.",
        why: "Until commissioning the money is not the developer's: a breach of law and a wrong balance \
                 sheet.",
        causes: "The buyer used old requisites; the payment was entered without the mark.",
        remedy: "Check the receiving account; return the payment or correct the mark.",
        example: "A contract with escrow, a payment of 01.04.2026 to the settlement account",
        source: "Law 214-FZ, articles 15.4 and 15.5: the price goes to an escrow account and is blocked there until \
                 commissioning. Only retellings were read (notes of the prosecutors of Chekhov, chekhov.kometa.fm, \
                 and of Cheboksary, sovch.chuvashia.com, 2026-11-24), not the law itself, hence a warning",
    },
};

impl Check for EscrowAccountType {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let mut evaluated = 0;
        let mut judged = false;
        for of in scope::sides(cx) {
            if !cx.has(of.side, Entity::Payment, Field::Escrow) || !cx.has(of.side, Entity::Ddu, Field::Escrow) {
                continue;
            }
            judged = true;
            for at in of.active().filter(|&at| is_escrow(of.ddus, at)) {
                let done = of.commissioned(at);
                for &payment in of.holdings.payments(at) {
                    let payment = payment as usize;
                    let Money::In { escrow } = of.holdings.money[payment] else { continue };
                    evaluated += 1;
                    let day = scope::day(of.payments, Field::Date, payment);
                    let after = day.zip(done).is_some_and(|(day, done)| day >= done);
                    if escrow || after {
                        continue;
                    }
                    let (name, day) = (scope::name(cx, of.ddus.at(at)), day.map_or_else(String::new, scope::show_day));
                    let message = cx.say(
                        || format!("{name} с эскроу: платёж {day} прошёл мимо эскроу-счёта"),
                        || format!("{name} has escrow: the payment of {day} went past it"),
                    );
                    let found = Finding::record(of.payments.at(payment), message).more(vec![of.ddus.at(at)]);
                    out.push(found.value(Field::Escrow, of.side, of.payments.text(Field::Escrow, payment)));
                }
            }
        }
        if !judged {
            return scope::not_run(
                cx,
                "нет признака эскроу у договоров и платежей",
                "contracts and payments carry no mark of escrow",
            );
        }
        Ran::Evaluated(evaluated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::re::house::House;
    use crate::model::Side;

    #[test]
    fn fires_and_stays_silent() {
        House::new()
            .set(Side::Onec, Entity::Payment, "m1", Field::Escrow, "нет")
            .world()
            .expect(&EscrowAccountType, &["onec:m1 onec:d1"]);
        House::new()
            .set(Side::Onec, Entity::Payment, "m1", Field::Escrow, "нет")
            .set(Side::Onec, Entity::Payment, "m1", Field::Date, "2026-11-02")
            .world()
            .expect(&EscrowAccountType, &[]);
    }
}
