//! `re-overdue-false`: overdue in the CRM only.

use super::scope;
use crate::checks::books;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::Decimal;
use crate::model::{Entity, Field, Side};
use crate::pairing::estate::sum;

pub struct OverdueFalse;

static META: Meta = Meta {
    id: "re-overdue-false",
    severity: Severity::Warning,
    cross: true,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Просрочка в CRM при оплате в 1С",
        finds: "Сопоставленный действующий договор, по которому в CRM к дню выгрузки оплачено меньше, чем \
                 назначено графиком, а в 1С проведённых оплат хватает на весь график к этому дню. Оплата CRM — \
                 поле «оплачено» взносов, иначе её платежи.",
        why: "Покупателя торопят за то, что он уже заплатил.",
        causes: "Оплату не передали в CRM; платёж в CRM не привязан к взносу.",
        remedy: "Передайте оплаты из 1С в CRM.",
        example: "В CRM просрочено 3 000 000 ₽, в 1С оплачено полностью",
        source: "Практика: проведённая в 1С оплата — факт, остальное — план",
    },
    en: Card {
        title: "Overdue in the CRM, paid in 1C",
        finds: "A linked contract in force that was paid less in the CRM than its schedule asks by the day of \
                 the export, while posted payments in 1C cover the schedule to that day. Paid in the CRM is the \
                 paid amount of instalments, else its payments.",
        why: "The buyer is pressed for what was paid.",
        causes: "The payment did not reach the CRM; it is not tied to the instalment there.",
        remedy: "Carry payments from 1C to the CRM.",
        example: "3,000,000 overdue in the CRM, paid in full in 1C",
        source: "Practice: a posted payment in 1C is the fact, the rest is plan",
    },
};

impl Check for OverdueFalse {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let needed = [(Side::Crm, Entity::Instalment), (Side::Onec, Entity::Payment)];
        if let Some(missing) = scope::needs(cx, &needed).or_else(|| books::lacking_pairs(cx, Entity::Ddu, &[])) {
            return missing;
        }
        let [crm, onec] = scope::sides(cx);
        let by_line = cx.has(Side::Crm, Entity::Instalment, Field::PaidAmount);
        if !by_line && crm.payments.is_empty() {
            return scope::not_run(cx, "в CRM нет оплат", "the CRM gives no payments");
        }
        let mut evaluated = 0;
        for (a, b) in scope::active_contracts(cx) {
            let lines = crm.holdings.lines(a.at());
            let due: Vec<u32> = lines
                .iter()
                .copied()
                .filter(|&l| scope::day(crm.lines, Field::Date, l as usize).is_some_and(|day| day < cx.as_of))
                .collect();
            if due.is_empty() {
                continue;
            }
            evaluated += 1;
            let planned = sum(crm.lines, Field::Amount, &due);
            let here = if by_line {
                sum(crm.lines, Field::PaidAmount, lines)
            } else {
                crm.holdings.paid(crm.payments, a.at())
            };
            let there = onec.holdings.paid(onec.payments, b.at());
            if here >= planned || there < planned {
                continue;
            }
            let late = Decimal::from_micros(planned.micros() - here.micros());
            let name = scope::name(cx, a);
            let [late, here, there] = [late, here, there].map(scope::show_sum);
            let message = cx.say(
                || format!("{name}: в CRM просрочено {late}, в 1С оплачено {there}"),
                || format!("{name}: {late} overdue in the CRM, {there} paid in 1C"),
            );
            out.push(Finding::record(a, message).other(b).values(Field::PaidAmount, &here, &there));
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
        House::new()
            .set(Side::Crm, Entity::Instalment, "l2", Field::PaidAmount, "0")
            .world()
            .expect(&OverdueFalse, &["crm:d1 onec:d1"]);
        // Overdue indeed.
        House::new()
            .set(Side::Crm, Entity::Instalment, "l2", Field::PaidAmount, "0")
            .remove(Side::Onec, Entity::Payment, "m2")
            .world()
            .expect(&OverdueFalse, &[]);
    }
}
