//! `re-schedule-dates`: impossible dates of instalments.

use chrono::NaiveDate;

use super::scope;
use crate::checks::books;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field};

pub struct ScheduleDates;

static META: Meta = Meta {
    id: "re-schedule-dates",
    severity: Severity::Warning,
    cross: false,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Сроки графика невозможны",
        finds: "Взносы последней редакции графика раньше договора, после ввода дома в эксплуатацию или дважды в \
                 один день.",
        why: "Просрочка и прогноз поступлений считаются от неверных дат.",
        causes: "Опечатка в дате; график скопировали из другого договора; строку ввели дважды.",
        remedy: "Исправьте даты графика по договору.",
        example: "Договор от 10.03.2026, взнос 01.03.2026",
        source: "Практика. Правило о взносах после ввода дома смоделировано без источника: рассрочка после ввода \
                 бывает, поэтому предупреждение",
    },
    en: Card {
        title: "Dates of the schedule are impossible",
        finds: "Instalments of the latest schedule before the contract, after commissioning of the house, or \
                 twice on one day.",
        why: "Overdue and forecast are counted from wrong dates.",
        causes: "A slip in the date; a schedule copied from another contract; a line entered twice.",
        remedy: "Correct the dates by the contract.",
        example: "Contract of 10.03.2026, instalment of 01.03.2026",
        source: "Practice. The rule on instalments after commissioning is modelled without a source: such plans \
                 exist, hence a warning",
    },
};

impl Check for ScheduleDates {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(missing) = books::lacking(cx, Entity::Instalment, &[Field::Date]) {
            return missing;
        }
        let mut evaluated = 0;
        for of in scope::sides(cx) {
            for at in of.active() {
                let (signed, commissioned) = (scope::day(of.ddus, Field::Date, at), of.commissioned(at));
                let mut dates: Vec<(NaiveDate, usize)> = Vec::new();
                let lines = of.holdings.lines(at).iter().map(|&l| l as usize);
                dates.extend(lines.filter_map(|l| Some((scope::day(of.lines, Field::Date, l)?, l))));
                dates.sort_unstable();
                evaluated += u64::from(!dates.is_empty());
                let early = |day: NaiveDate| signed.is_some_and(|signed| day < signed);
                let late = |day: NaiveDate| commissioned.is_some_and(|done| day > done);
                let twice = |n: usize| n > 0 && dates[n - 1].0 == dates[n].0;
                let wrong: Vec<usize> =
                    (0..dates.len()).filter(|&n| early(dates[n].0) || late(dates[n].0) || twice(n)).collect();
                let Some(&first) = wrong.first() else { continue };
                let day = dates[first].0;
                let (name, shown) = (scope::name(cx, of.ddus.at(at)), scope::show_day(day));
                let message = cx.say(
                    || {
                        let why = match (early(day), late(day)) {
                            (true, _) => "раньше договора",
                            (_, true) => "после ввода дома",
                            _ => "дважды в один день",
                        };
                        format!("{name}: взнос {shown} {why}")
                    },
                    || {
                        let why = match (early(day), late(day)) {
                            (true, _) => "is before the contract",
                            (_, true) => "is after commissioning",
                            _ => "stands twice",
                        };
                        format!("{name}: the instalment of {shown} {why}")
                    },
                );
                let more = wrong.iter().map(|&n| of.lines.at(dates[n].1)).collect();
                out.push(Finding::record(of.ddus.at(at), message).more(more).value(Field::Date, of.side, &shown));
            }
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
        let dated = |date| House::new().set(Side::Crm, Entity::Instalment, "l2", Field::Date, date).world();
        dated("2026-03-01").expect(&ScheduleDates, &["crm:d1 crm:l2"]);
        dated("2026-04-01").expect(&ScheduleDates, &["crm:d1 crm:l2"]);
        dated("2026-12-01").expect(&ScheduleDates, &["crm:d1 crm:l2"]);
        dated("2026-11-01").expect(&ScheduleDates, &[]);
    }
}
