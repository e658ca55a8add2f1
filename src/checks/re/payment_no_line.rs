//! `re-payment-no-line`: a payment without an instalment.

use super::scope;
use crate::checks::{Card, Check, Context, Fix, Meta, Param, Ran};
use crate::finding::{Finding, Severity};
use crate::model::Book;
use crate::model::{Entity, Field, Side};
use crate::normalize::property;
use crate::pairing::estate::Money;

pub struct PaymentNoLine;

static META: Meta = Meta {
    id: "re-payment-no-line",
    severity: Severity::Error,
    cross: true,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[Param {
        name: "days",
        default: 45,
        ru: "на сколько дней платёж может отстоять от взноса",
        en: "by how many days a payment may be away from an instalment",
    }],
    ru: Card {
        title: "Платёж не ложится ни на одну строку графика",
        finds: "Проведённый платёж, который называет ДДУ, но такого договора на его стороне нет; и платёж по \
                 договору с графиком, чья сумма не равна ни одному взносу, а ближайший взнос дальше days дней. \
                 График берётся свой, иначе у пары договора.",
        why: "Деньги остаются нераспределёнными: взнос числится неоплаченным.",
        causes: "Номер договора в назначении с ошибкой; платёж за другой объект; график устарел.",
        remedy: "Найдите договор и взнос, к которым относится платёж.",
        example: "Оплата по ДДУ № С-1/99, такого договора нет",
        source: "Практика: платёж относят к договору по номеру в назначении, к взносу — по сроку и сумме",
    },
    en: Card {
        title: "A payment fits no instalment",
        finds: "A posted payment that names a DDU which its side does not have; and a payment under a contract \
                 with a schedule whose sum equals no instalment while the nearest instalment is more than days \
                 away. The schedule is its own, else that of the pair.",
        why: "The money stays unallocated: the instalment counts as unpaid.",
        causes: "A slip in the number; a payment for another unit; an old schedule.",
        remedy: "Find the contract and the instalment that the payment belongs to.",
        example: "Payment under DDU S-1/99, there is no such contract",
        source: "Practice: the number in the purpose leads to the contract, date and sum to the instalment",
    },
};

impl Check for PaymentNoLine {
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
        let days = cx.param(&META, "days");
        let mut evaluated = 0;
        for of in scope::sides(cx).into_iter().filter(|of| !of.ddus.is_empty()) {
            for at in 0..of.payments.len() {
                if !matches!(of.holdings.money[at], Money::In { .. }) {
                    continue;
                }
                let r = of.payments.at(at);
                let Some(contract) = of.holdings.contract_of[at] else {
                    let named = named_ddu(of.payments, at);
                    evaluated += u64::from(named.is_some());
                    if let Some(named) = named {
                        let shown = cx.quoted(&named);
                        let message = cx.say(
                            || format!("Платёж называет договор {shown}, которого в {} нет", of.side.title(cx.lang)),
                            || {
                                format!(
                                    "The payment names contract {shown}, which {} does not have",
                                    of.side.title(cx.lang)
                                )
                            },
                        );
                        out.push(Finding::record(r, message).value(Field::DduNumber, of.side, &named));
                    }
                    continue;
                };
                let ddu = of.ddus.at(contract as usize);
                let own = (of.lines, of.holdings.lines(contract as usize));
                let (book, lines) = if own.1.is_empty() {
                    let Some(other) = scope::partner(cx, ddu) else { continue };
                    let there = scope::of(cx, other.side);
                    (there.lines, there.holdings.lines(other.at()))
                } else {
                    own
                };
                if lines.is_empty() {
                    continue;
                }
                evaluated += 1;
                let amount = of.payments.number(Field::Amount, at).valid();
                let day = scope::day(of.payments, Field::Date, at);
                let fits = lines.iter().map(|&l| l as usize).any(|l| {
                    let near =
                        day.zip(scope::day(book, Field::Date, l)).is_none_or(|(x, y)| (x - y).num_days().abs() <= days);
                    near || book.number(Field::Amount, l).valid() == amount
                });
                if !fits {
                    let (name, sum) = (scope::name(cx, ddu), amount.map_or_else(String::new, scope::show_sum));
                    let day = day.map_or_else(String::new, scope::show_day);
                    let message = cx.say(
                        || format!("{name}: платёж {day} на {sum} не ложится на график"),
                        || format!("{name}: the payment of {sum} on {day} fits no instalment"),
                    );
                    out.push(Finding::record(r, message).more(vec![ddu]).value(Field::Amount, of.side, &sum));
                }
            }
        }
        Ran::Evaluated(evaluated)
    }
}

/// The DDU that a payment names: in its own field, or in a purpose that says it is about one.
fn named_ddu(payments: &Book, at: usize) -> Option<String> {
    let number = payments.text(Field::DduNumber, at).trim();
    if !number.is_empty() {
        return Some(number.to_owned());
    }
    let purpose = payments.text(Field::Purpose, at);
    let lower = purpose.to_lowercase();
    let about = ["дду", "долев"].iter().any(|word| lower.contains(word));
    property::numbers_in_purpose(purpose).into_iter().next().filter(|_| about)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::re::house::House;

    #[test]
    fn fires_and_stays_silent() {
        let paid = |date: &'static str, sum: &'static str| {
            [(Field::Id, "x"), (Field::DduId, "d1"), (Field::Date, date), (Field::Amount, sum)]
        };
        House::new()
            .add(Side::Onec, Entity::Payment, &paid("2026-07-15", "7000"))
            .world()
            .expect(&PaymentNoLine, &["onec:x onec:d1"]);
        House::new().add(Side::Onec, Entity::Payment, &paid("2026-09-20", "7000")).world().expect(&PaymentNoLine, &[]);
        House::new()
            .add(Side::Onec, Entity::Payment, &paid("2026-07-15", "3000000"))
            .world()
            .expect(&PaymentNoLine, &[]);
        let lost = [
            (Field::Id, "x"),
            (Field::Purpose, "Оплата по ДДУ № С-1/99"),
            (Field::Date, "2026-07-15"),
            (Field::Amount, "7000"),
        ];
        House::new().add(Side::Onec, Entity::Payment, &lost).world().expect(&PaymentNoLine, &["onec:x"]);
        let other = [(Field::Id, "x"), (Field::Purpose, "За материалы по счёту 15"), (Field::Amount, "7000")];
        House::new().add(Side::Onec, Entity::Payment, &other).world().expect(&PaymentNoLine, &[]);
    }
}
