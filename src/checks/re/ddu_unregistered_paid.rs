//! `re-ddu-unregistered-paid`: money before registration.

use super::scope;
use crate::checks::books;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, Side};
use crate::pairing::estate::{Money, is_escrow};

pub struct DduUnregisteredPaid;

static META: Meta = Meta {
    id: "re-ddu-unregistered-paid",
    severity: Severity::Warning,
    cross: true,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Деньги получены до регистрации ДДУ",
        finds: "Действующий договор без эскроу, по которому проведена оплата раньше дня регистрации, и договор \
                 без даты регистрации, по которому есть оплата. Дата берётся у самого договора, иначе у его \
                 пары. Договоры с эскроу не проверяются: их порядок внесения здесь не прочитан.",
        why: "Привлечение денег до регистрации нарушает закон о долевом строительстве.",
        causes: "Дату регистрации не внесли; платёж отнесли не к тому договору; покупатель заплатил раньше.",
        remedy: "Внесите дату регистрации или проверьте, к какому договору относится платёж.",
        example: "Регистрация 20.05.2026, оплата 12.05.2026",
        source: "214-ФЗ, статья 5, часть 3: цена уплачивается после государственной регистрации договора. Прочитан \
                 только пересказ (stroit.top, 24.11.2026), не сам закон, поэтому предупреждение; если норма \
                 для вас бесспорна, поднимите важность в [checks]",
    },
    en: Card {
        title: "Money came before the contract was registered",
        finds: "An active contract without escrow that was paid before its day of registration, and one without \
                 such a day that was paid. The date is its own, else that of its pair. Contracts with escrow are \
                 not judged: the order of deposits was not read here.",
        why: "Taking money before registration breaks the law on shared construction.",
        causes: "The date was not entered; the payment went to a wrong contract; the buyer paid early.",
        remedy: "Enter the date, or check which contract the payment belongs to.",
        example: "Registered on 20.05.2026, paid on 12.05.2026",
        source: "Law 214-FZ, article 5, part 3: the price is paid after registration of the contract. Only a \
                 retelling was read (stroit.top, 2026-11-24), not the law itself, hence a warning; raise it in \
                 [checks] if the rule is beyond doubt for you",
    },
};

impl Check for DduUnregisteredPaid {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(missing) = books::lacking(cx, Entity::Ddu, &[Field::RegisteredAt]) {
            return missing;
        }
        if Side::BOTH.into_iter().all(|side| cx.data.book(side, Entity::Payment).is_empty()) {
            return books::no_records(cx, Entity::Payment);
        }
        let mut evaluated = 0;
        for of in scope::sides(cx).into_iter().filter(|of| !of.payments.is_empty()) {
            for at in of.active().filter(|&at| !is_escrow(of.ddus, at)) {
                let r = of.ddus.at(at);
                let registered = scope::day(of.ddus, Field::RegisteredAt, at).or_else(|| {
                    let other = scope::partner(cx, r)?;
                    scope::day(cx.data.book(other.side, Entity::Ddu), Field::RegisteredAt, other.at())
                });
                evaluated += 1;
                let paid = of.holdings.payments(at).iter().map(|&p| p as usize);
                let paid = paid.filter(|&p| matches!(of.holdings.money[p], Money::In { .. }));
                let first = paid.filter_map(|p| Some((scope::day(of.payments, Field::Date, p)?, p))).min();
                let Some((day, payment)) = first.filter(|(day, _)| registered.is_none_or(|reg| *day < reg)) else {
                    continue;
                };
                let (name, day) = (scope::name(cx, r), scope::show_day(day));
                let message = match registered.map(scope::show_day) {
                    Some(reg) => cx.say(
                        || format!("{name}: оплата {day}, регистрация {reg}"),
                        || format!("{name}: paid on {day}, registered on {reg}"),
                    ),
                    None => cx.say(
                        || format!("{name}: оплата {day}, даты регистрации нет"),
                        || format!("{name}: paid on {day}, there is no date of registration"),
                    ),
                };
                let text = of.ddus.text(Field::RegisteredAt, at);
                let found = Finding::record(r, message).more(vec![of.payments.at(payment)]);
                out.push(found.value(Field::RegisteredAt, of.side, text));
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
        let paid = |date: &'static str| {
            [(Field::Id, "x"), (Field::DduId, "d2"), (Field::Date, date), (Field::Amount, "900000")]
        };
        House::new()
            .add(Side::Onec, Entity::Payment, &paid("2026-05-12"))
            .world()
            .expect(&DduUnregisteredPaid, &["onec:d2 onec:x"]);
        House::new().add(Side::Onec, Entity::Payment, &paid("2026-05-20")).world().expect(&DduUnregisteredPaid, &[]);
        House::new()
            .add(Side::Onec, Entity::Payment, &paid("2026-05-21"))
            .set(Side::Onec, Entity::Ddu, "d2", Field::RegisteredAt, "")
            .world()
            .expect(&DduUnregisteredPaid, &[]);
        House::new()
            .both(Entity::Ddu, "d1", Field::RegisteredAt, "2026-06-20")
            .world()
            .expect(&DduUnregisteredPaid, &[]);
    }
}
