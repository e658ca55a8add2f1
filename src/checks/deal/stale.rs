//! `deal-stale`: an open deal without movement.

use crate::checks::books::{book_of, lacking};
use crate::checks::papers::{is_open, live, named};
use crate::checks::{Card, Check, Context, Fix, Meta, Param, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, Side};
use crate::pairing::papers::{day, days};

pub struct Stale;

static META: Meta = Meta {
    id: "deal-stale",
    severity: Severity::Info,
    cross: false,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[Param {
        name: "days",
        default: 180,
        ru: "через сколько дней без изменений сделка считается забытой",
        en: "days without a change after which a deal counts as forgotten",
    }],
    ru: Card {
        title: "Открытая сделка без движения",
        finds: "Открытые сделки, которые не менялись дольше заданного числа дней.",
        why: "Отсечка обмена по дате изменения их не возьмёт, а в отчётах они завышают воронку.",
        causes: "О сделке забыли; клиент замолчал.",
        remedy: "Закройте сделку или запланируйте дело.",
        example: "Сделка «Поставка» не менялась с 01.03.2026",
        source: "Практика: обмен выгружает изменения за последние месяцы",
    },
    en: Card {
        title: "An open deal without movement",
        finds: "Open deals that have not been changed for longer than the given number of days.",
        why: "A cut-off of the exchange by date of change leaves them out, and in reports they swell the pipeline.",
        causes: "The deal was forgotten; the client fell silent.",
        remedy: "Close the deal, or plan the next step.",
        example: "The deal “Delivery” has not been changed since 1 March 2026",
        source: "Practice: an exchange carries changes of the last months",
    },
};

impl Check for Stale {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(ran) = lacking(cx, Entity::Deal, &[Field::ModifiedAt]) {
            return ran;
        }
        let most = cx.param(&META, "days") as i32;
        let today = days(cx.as_of);
        let mut evaluated = 0;
        for deal in live(cx, Side::Crm, Entity::Deal).filter(|&r| is_open(cx, r)) {
            let Some(changed) = day(book_of(cx, deal), Field::ModifiedAt, deal.at()) else { continue };
            evaluated += 1;
            if today - changed > most {
                let (shown, n) = (named(cx, deal), today - changed);
                let message = cx.say(
                    || format!("Сделка {shown} открыта и не менялась {n} дн."),
                    || format!("The deal {shown} is open and has not been changed for {n} days"),
                );
                let text = cx.data.text(deal, Field::ModifiedAt).to_owned();
                out.push(Finding::record(deal, message.trim_end_matches('.').to_owned()).value(
                    Field::ModifiedAt,
                    deal.side,
                    &text,
                ));
            }
        }
        Ran::Evaluated(evaluated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::papers::testing::*;

    #[test]
    fn fires_and_stays_silent() {
        let world =
            |changed: &'static str, stage: &'static str| deal(&[(Field::ModifiedAt, changed), (Field::Stage, stage)]);
        world("01.03.2026", "Новая").expect(&Stale, &["crm:d"]);
        world("01.11.2026", "Новая").expect(&Stale, &[]);
        world("01.03.2026", "Оплачено").expect(&Stale, &[]);
        world("01.11.2026", "Новая").param("deal-stale", "days", 10).expect(&Stale, &["crm:d"]);
        deal(&[]).expect_not_run(&Stale);
    }
}
