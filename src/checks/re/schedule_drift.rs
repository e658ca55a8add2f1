//! `re-schedule-drift`: schedules of a pair differ.

use super::scope;
use super::scope::Of;
use crate::checks::books;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::RecordRef;
use crate::model::{Entity, Field, Side};
use crate::pairing::estate::sum;

pub struct ScheduleDrift;

static META: Meta = Meta {
    id: "re-schedule-drift",
    severity: Severity::Error,
    cross: true,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Графики платежей расходятся",
        finds: "Сопоставленные действующие договоры, у взносов которых различаются даты или суммы либо взнос \
                 есть только на одной стороне. Разные редакции графика показывает re-schedule-version.",
        why: "Одна система считает просрочку, которой в другой нет: покупателя торопят зря.",
        causes: "График сдвинули в одной системе; допсоглашение внесли не полностью.",
        remedy: "Перенесите график из подписанного договора.",
        example: "Взнос 01.10.2026 в CRM, 01.11.2026 в 1С",
        source: "Практика: просрочка считается от графика",
    },
    en: Card {
        title: "Schedules differ",
        finds: "Linked contracts in force whose instalments differ in date or amount, or stand on one side \
                 only. Different versions are shown by re-schedule-version.",
        why: "One system counts an overdue that the other does not: a buyer is pressed for nothing.",
        causes: "The schedule was moved in one system; an addendum was entered in part.",
        remedy: "Take the schedule of the signed contract.",
        example: "Instalment of 01.10.2026 in the CRM, 01.11.2026 in 1C",
        source: "Practice: overdue is counted from the schedule",
    },
};

impl Check for ScheduleDrift {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let needed = [(Side::Crm, Entity::Instalment), (Side::Onec, Entity::Instalment)];
        if let Some(missing) = scope::needs(cx, &needed).or_else(|| books::lacking_pairs(cx, Entity::Ddu, &[])) {
            return missing;
        }
        let [crm, onec] = scope::sides(cx);
        let mut evaluated = 0;
        for (a, b) in scope::active_contracts(cx) {
            let (left, right) = (crm.holdings.lines(a.at()), onec.holdings.lines(b.at()));
            let versions = [crm.holdings.version[a.at()], onec.holdings.version[b.at()]];
            if left.is_empty() || right.is_empty() || versions[0] != versions[1] {
                continue;
            }
            evaluated += 1;
            let mut differ: Vec<RecordRef> = Vec::new();
            for &at in left {
                let r = crm.lines.at(at as usize);
                match scope::partner(cx, r) {
                    Some(other) if same(&crm, &onec, r.at(), other.at()) => {}
                    Some(other) => differ.extend([r, other]),
                    None => differ.push(r),
                }
            }
            differ.extend(
                right.iter().map(|&at| onec.lines.at(at as usize)).filter(|r| scope::partner(cx, *r).is_none()),
            );
            if differ.is_empty() {
                continue;
            }
            differ.sort_unstable();
            let first = differ[0];
            let of = if first.side == Side::Crm { &crm } else { &onec };
            let day = scope::day(of.lines, Field::Date, first.at()).map_or_else(String::new, scope::show_day);
            let amount = of.lines.number(Field::Amount, first.at()).valid().map_or_else(String::new, scope::show_sum);
            let (name, count, side) = (scope::name(cx, a), differ.len(), first.side.title(cx.lang));
            let message = cx.say(
                || format!("{name}: графики расходятся, строк: {count}, первая в {side}: {day}, {amount}"),
                || format!("{name}: schedules differ, lines: {count}, the first in {side}: {day}, {amount}"),
            );
            let totals =
                [sum(crm.lines, Field::Amount, left), sum(onec.lines, Field::Amount, right)].map(scope::show_sum);
            differ.truncate(MOST_SHOWN);
            out.push(Finding::record(a, message).other(b).more(differ).values(Field::Amount, &totals[0], &totals[1]));
        }
        if evaluated == 0 {
            return scope::not_run(
                cx,
                "нет договоров с графиком в обеих системах",
                "no contracts with a schedule in both systems",
            );
        }
        Ran::Evaluated(evaluated)
    }
}

/// Most lines of one finding: the sheet of schedules has all.
const MOST_SHOWN: usize = 20;

/// Two instalments of one date and amount.
fn same(crm: &Of, onec: &Of, a: usize, b: usize) -> bool {
    let read = |of: &Of, at| (scope::day(of.lines, Field::Date, at), of.lines.number(Field::Amount, at).valid());
    read(crm, a) == read(onec, b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::re::house::House;

    #[test]
    fn fires_and_stays_silent() {
        House::new()
            .set(Side::Onec, Entity::Instalment, "l2", Field::Date, "2026-11-01")
            .world()
            .expect(&ScheduleDrift, &["crm:d1 onec:d1 crm:l2 onec:l2"]);
        House::new()
            .remove(Side::Onec, Entity::Instalment, "l2")
            .world()
            .expect(&ScheduleDrift, &["crm:d1 onec:d1 crm:l2"]);
        House::new().both(Entity::Instalment, "l2", Field::Date, "2026-11-01").world().expect(&ScheduleDrift, &[]);
    }
}
