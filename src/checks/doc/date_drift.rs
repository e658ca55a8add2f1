//! `doc-date-drift`: the date differs and falls into another period.

use chrono::{Datelike, NaiveDateTime};

use crate::checks::books::book_of;
use crate::checks::papers::{differs, evaluated, lacking_chain, named, single_pairs};
use crate::checks::{Card, Check, Context, Fix, Meta, Param, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Field, Space};

pub struct DateDrift;

static META: Meta = Meta {
    id: "doc-date-drift",
    severity: Severity::Warning,
    cross: true,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[Param {
        name: "days",
        default: 5,
        ru: "на сколько дней внутри месяца даты могут расходиться",
        en: "days by which dates may differ within a month",
    }],
    ru: Card {
        title: "Дата различается и переходит в другой период",
        finds: "Пары документов одного вида, даты которых попадают в разные месяцы или расходятся больше чем на \
                заданное число дней; и пары, у которых дата сдвинута через полночь.",
        why: "Выручка и НДС попадут в разные кварталы.",
        causes: "Документ проведён задним числом; часовой пояс CRM сдвигает полночь; дата обмена вместо даты \
                документа.",
        remedy: "Исправьте дату в системе, где она неверна; проверьте часовой пояс обмена.",
        example: "Счёт № 15: в CRM 31.03.2026, в 1С 01.04.2026",
        source: "Налоговый кодекс РФ, ст. 163: налоговый период по НДС — квартал",
    },
    en: Card {
        title: "The date differs and falls into another period",
        finds: "Pairs of documents of one kind whose dates fall into different months, or differ by more than the \
                given number of days; and pairs shifted over midnight.",
        why: "Revenue and VAT land in different quarters.",
        causes: "The document was posted back-dated; the time zone of the CRM shifts midnight; the date of the \
                exchange stands for that of the document.",
        remedy: "Correct the date where it is wrong; look at the time zone of the exchange.",
        example: "Invoice No. 15: 31 March 2026 in the CRM, 1 April 2026 in 1C",
        source: "Tax Code of Russia, art. 163: the tax period of VAT is a quarter",
    },
};

impl Check for DateDrift {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(ran) = lacking_chain(cx) {
            return ran;
        }
        let most = cx.param(&META, "days");
        let mut compared = 0;
        for (crm, onec) in single_pairs(cx).filter(|(crm, _)| crm.space == Space::Documents) {
            let [a, b] = [crm, onec].map(|r| book_of(cx, r).moment(Field::Date, r.at()).valid());
            let (Some(a), Some(b)) = (a, b) else { continue };
            compared += 1;
            let apart = (a.date() - b.date()).num_days().abs();
            let months = (a.year(), a.month()) != (b.year(), b.month());
            if apart == 0 || !(months || apart > most || over_midnight(a, b)) {
                continue;
            }
            let (shown, x, y) = (named(cx, crm), a.format("%d.%m.%Y"), b.format("%d.%m.%Y"));
            let message = cx.say(
                || format!("{shown}: дата в CRM {x}, в 1С {y}"),
                || format!("{shown}: dated {x} in the CRM, {y} in 1C"),
            );
            out.push(differs(cx, crm, onec, Field::Date, message));
        }
        evaluated(cx, compared)
    }
}

/// Whole hours apart on two days, as a time zone shifts them.
fn over_midnight(a: NaiveDateTime, b: NaiveDateTime) -> bool {
    let seconds = (a - b).num_seconds().abs();
    let timed = a.time() != chrono::NaiveTime::MIN && b.time() != chrono::NaiveTime::MIN;
    timed && seconds % 3600 == 0 && seconds <= 12 * 3600
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::papers::testing::*;

    #[test]
    fn fires_and_stays_silent() {
        let world = |crm: &'static str, onec: &'static str| invoices(&[(Field::Date, crm)], &[(Field::Date, onec)]);
        world("31.03.2026", "01.04.2026").expect(&DateDrift, &["crm:1 onec:a"]);
        world("02.03.2026", "03.03.2026").expect(&DateDrift, &[]);
        world("02.03.2026", "20.03.2026").expect(&DateDrift, &["crm:1 onec:a"]);
        world("02.03.2026 22:30:00", "03.03.2026 1:30:00").expect(&DateDrift, &["crm:1 onec:a"]);
        world("02.03.2026", "03.03.2026").param("doc-date-drift", "days", 0).expect(&DateDrift, &["crm:1 onec:a"]);
        deal(&[]).expect_not_run(&DateDrift);
    }
}
