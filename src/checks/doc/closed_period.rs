//! `doc-closed-period`: a change falls into a closed period.

use crate::checks::papers::{about, any_day, awaiting, crm_papers, lacking_chain, named, stage};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::config::Stage;
use crate::finding::{Finding, Severity};
use crate::pairing::papers::days;
use crate::reconcile::papers::{self, Sums};

pub struct ClosedPeriod;

static META: Meta = Meta {
    id: "doc-closed-period",
    severity: Severity::Blocker,
    cross: true,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Изменение попадает в закрытый период",
        finds: "Расхождения пар и документы без пары, дата которых не позже даты запрета изменений из [trade] \
                closed_until: исправить их обмен сможет только задним числом.",
        why: "Обмен остановится на запрете или обойдёт его и изменит сданную отчётность.",
        causes: "Документ вовремя не выгрузили; его правили в CRM после закрытия месяца.",
        remedy: "Решите с бухгалтером: исправить датой открытого периода или открыть период.",
        example: "Счёт № 15 от 15.08.2026 есть только в CRM, период закрыт по 30.09.2026",
        source: "Практика: дата запрета изменения данных в БСП останавливает загрузку документа",
    },
    en: Card {
        title: "A change falls into a closed period",
        finds: "Pairs that differ and records without a pair dated not after the day of [trade] closed_until: the \
                exchange could repair them only back-dated.",
        why: "The exchange stops at the ban, or goes round it and changes reports already filed.",
        causes: "The document was not exported in time; it was corrected in the CRM after the month was closed.",
        remedy: "Decide with the accountant: correct it with a date of an open period, or open the period.",
        example: "Invoice No. 15 of 15 August 2026 is in the CRM only, the period is closed until 30 September 2026",
        source: "Practice: the ban on changes of the standard subsystems library stops the import of a document",
    },
};

impl Check for ClosedPeriod {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(ran) = lacking_chain(cx) {
            return ran;
        }
        let Some(closed) = cx.trade.closed_until else {
            return Ran::NotRun(cx.say(
                || "дата закрытия периода не задана: [trade] closed_until".to_owned(),
                || "no closing date is given: [trade] closed_until".to_owned(),
            ));
        };
        let waiting = awaiting(cx);
        let mut evaluated = 0;
        for r in crm_papers(cx) {
            if any_day(cx, r).is_none_or(|day| day > days(closed)) {
                continue;
            }
            evaluated += 1;
            let shown = named(cx, r);
            let message = match papers::main_group(cx.pairing, r) {
                Some(group) if papers::sums(cx.data, cx.pairing, cx.trade, &group) == Sums::Different => cx.say(
                    || format!("{shown}: суммы расходятся, а период закрыт"),
                    || format!("{shown}: the sums differ and the period is closed"),
                ),
                None if !waiting.contains(&r)
                    && stage(cx, r).is_some_and(|s| s >= Stage::Shipped && s != Stage::Lost) =>
                {
                    cx.say(
                        || format!("{shown}: документа в 1С нет, а период закрыт"),
                        || format!("{shown}: 1C has no document and the period is closed"),
                    )
                }
                _ => continue,
            };
            out.push(about(cx, r, message));
        }
        Ran::Evaluated(evaluated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::papers::testing::*;
    use crate::model::Field;

    #[test]
    fn fires_and_stays_silent() {
        let world = |amount: &'static str, closed: Option<&str>| {
            let mut world = paper(deal(&[(Field::Stage, "Отгружено")]), "a", "Заказ", &[(Field::Amount, amount)]);
            world.trade.closed_until = closed.map(|day| day.parse().unwrap());
            world
        };
        world("1000", Some("2026-03-31")).expect(&ClosedPeriod, &["crm:d"]);
        world("1200", Some("2026-03-31")).expect(&ClosedPeriod, &[]);
        world("1000", Some("2026-01-31")).expect(&ClosedPeriod, &[]);
        world("1000", None).expect_not_run(&ClosedPeriod);
    }
}
