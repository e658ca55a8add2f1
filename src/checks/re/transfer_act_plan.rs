//! `re-transfer-act-plan`: a plan after the transfer.

use super::scope;
use crate::checks::books;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, Side};
use crate::pairing::estate::sum;

pub struct TransferActPlan;

static META: Meta = Meta {
    id: "re-transfer-act-plan",
    severity: Severity::Warning,
    cross: false,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Акт передачи подписан, а план платежей не закрыт",
        finds: "Действующий договор с актом передачи, в последней редакции графика которого остались взносы \
                 позже акта.",
        why: "Будущие взносы числятся ожидаемыми поступлениями, которых не будет.",
        causes: "После передачи график не обнулили; у покупателя рассрочка после передачи.",
        remedy: "Закройте график или подтвердите рассрочку.",
        example: "Акт 15.11.2026, взнос 01.12.2026",
        source: "Практика интеграторов; правовой нормы не прочитано, поэтому предупреждение",
    },
    en: Card {
        title: "The transfer act is signed, the plan still open",
        finds: "A contract in force with a transfer act whose latest schedule has instalments after it.",
        why: "They count as expected receipts that will not come.",
        causes: "The plan was not zeroed after the transfer; the buyer pays after it.",
        remedy: "Close the schedule, or confirm that payments go on.",
        example: "Act of 15.11.2026, instalment of 01.12.2026",
        source: "Practice of integrators; no legal rule was read, hence a warning",
    },
};

impl Check for TransferActPlan {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(missing) = books::lacking(cx, Entity::Ddu, &[Field::ActDate]) {
            return missing;
        }
        if Side::BOTH.into_iter().all(|side| cx.data.book(side, Entity::Instalment).is_empty()) {
            return books::no_records(cx, Entity::Instalment);
        }
        let mut evaluated = 0;
        for of in scope::sides(cx) {
            for at in of.active() {
                let Some(act) = scope::day(of.ddus, Field::ActDate, at).filter(|act| *act <= cx.as_of) else {
                    continue;
                };
                evaluated += 1;
                let open: Vec<u32> = of
                    .holdings
                    .lines(at)
                    .iter()
                    .copied()
                    .filter(|&l| {
                        let l = l as usize;
                        let due = of.lines.number(Field::Amount, l).valid().is_some_and(|d| d.micros() > 0);
                        let paid = of.lines.number(Field::PaidAmount, l).valid();
                        let open = paid.is_none_or(|p| Some(p) < of.lines.number(Field::Amount, l).valid());
                        due && open && scope::day(of.lines, Field::Date, l).is_some_and(|day| day > act)
                    })
                    .collect();
                if open.is_empty() {
                    continue;
                }
                let rest = scope::show_sum(sum(of.lines, Field::Amount, &open));
                let (name, act) = (scope::name(cx, of.ddus.at(at)), scope::show_day(act));
                let message = cx.say(
                    || format!("{name}: акт передачи {act}, после него в плане {rest}"),
                    || format!("{name}: transferred on {act}, {rest} is planned after it"),
                );
                let more = open.iter().take(20).map(|&l| of.lines.at(l as usize)).collect();
                out.push(Finding::record(of.ddus.at(at), message).more(more).value(Field::ActDate, of.side, &act));
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
        House::new()
            .set(Side::Crm, Entity::Instalment, "l2", Field::Date, "2026-12-01")
            .set(Side::Crm, Entity::Instalment, "l2", Field::PaidAmount, "0")
            .world()
            .expect(&TransferActPlan, &["crm:d1 crm:l2"]);
        House::new()
            .set(Side::Crm, Entity::Instalment, "l2", Field::Date, "2026-12-01")
            .world()
            .expect(&TransferActPlan, &[]);
    }
}
