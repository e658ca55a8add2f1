//! `re-payment-over`: more paid than scheduled.

use super::scope;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::Decimal;
use crate::model::{Entity, Field, Side};
use crate::pairing::estate::sum;

pub struct PaymentOver;

static META: Meta = Meta {
    id: "re-payment-over",
    severity: Severity::Warning,
    cross: true,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Оплачено больше графика",
        finds: "Действующий договор, по которому проведено больше, чем сумма последней редакции графика \
                 (своего, иначе у пары), а без графика — больше цены договора.",
        why: "Переплата или чужие деньги: взнос другого договора останется неоплаченным.",
        causes: "Платёж отнесён не к тому договору; допсоглашение уменьшило цену; задвоенный платёж.",
        remedy: "Проверьте платежи договора, лишнее верните или перенесите.",
        example: "График 5 460 000 ₽, оплачено 5 960 000 ₽",
        source: "Практика: сумма оплат не больше цены договора",
    },
    en: Card {
        title: "More was paid than scheduled",
        finds: "A contract in force that was paid more than its latest schedule (its own, else that of the \
                 pair), or than its price when it has none.",
        why: "An overpayment or somebody else's money: an instalment of another contract stays unpaid.",
        causes: "The payment went to a wrong contract; an addendum lowered the price; a doubled payment.",
        remedy: "Check the payments, return or move what is too much.",
        example: "Schedule 5,460,000, paid 5,960,000",
        source: "Practice: payments are no more than the price",
    },
};

impl Check for PaymentOver {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if Side::BOTH
            .into_iter()
            .all(|s| cx.data.book(s, Entity::Payment).is_empty() || cx.data.book(s, Entity::Ddu).is_empty())
        {
            return scope::not_run(
                cx,
                "нет платежей и договоров одной системы",
                "no payments and contracts of one system",
            );
        }
        let mut evaluated = 0;
        for of in scope::sides(cx).into_iter().filter(|of| !of.payments.is_empty()) {
            for at in of.active().filter(|&at| !of.holdings.payments(at).is_empty()) {
                let r = of.ddus.at(at);
                let own =
                    Some(of.holdings.lines(at)).filter(|l| !l.is_empty()).map(|l| sum(of.lines, Field::Amount, l));
                let theirs = || {
                    let other = scope::partner(cx, r)?;
                    let there = scope::of(cx, other.side);
                    let lines = there.holdings.lines(other.at());
                    (!lines.is_empty()).then(|| sum(there.lines, Field::Amount, lines))
                };
                let Some(planned) = own.or_else(theirs).or_else(|| of.amount(at)) else { continue };
                evaluated += 1;
                let paid = of.holdings.paid(of.payments, at);
                if paid <= planned {
                    continue;
                }
                let name = scope::name(cx, r);
                let over = Decimal::from_micros(paid.micros() - planned.micros());
                let [planned, paid, over] = [planned, paid, over].map(scope::show_sum);
                let message = cx.say(
                    || format!("{name}: назначено {planned}, оплачено {paid}, лишнее {over}"),
                    || format!("{name}: scheduled {planned}, paid {paid}, too much {over}"),
                );
                out.push(Finding::record(r, message).value(Field::PaidAmount, of.side, &paid));
            }
        }
        Ran::Evaluated(evaluated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::re::house::House;

    #[test]
    fn fires_and_stays_silent() {
        let extra = |kind: &'static str| {
            [
                (Field::Id, "x"),
                (Field::DduId, "d1"),
                (Field::Date, "2026-10-01"),
                (Field::Amount, "500000"),
                (Field::Kind, kind),
            ]
        };
        House::new().add(Side::Onec, Entity::Payment, &extra("")).world().expect(&PaymentOver, &["onec:d1"]);
        House::new()
            .add(Side::Onec, Entity::Payment, &extra(""))
            .add(
                Side::Onec,
                Entity::Payment,
                &[(Field::Id, "y"), (Field::DduId, "d1"), (Field::Amount, "500000"), (Field::Kind, "Возврат")],
            )
            .world()
            .expect(&PaymentOver, &[]);
    }
}
