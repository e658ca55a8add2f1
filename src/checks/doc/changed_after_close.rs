//! `doc-changed-after-close`: a document changed after its period was closed.

use crate::checks::books::{book_of, lacking};
use crate::checks::papers::{about, live, named};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, Side};
use crate::pairing::papers::{day, days};

pub struct ChangedAfterClose;

static META: Meta = Meta {
    id: "doc-changed-after-close",
    severity: Severity::Error,
    cross: false,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Документ изменён после закрытия периода",
        finds: "Документы 1С, дата которых не позже даты запрета из [trade] closed_until, изменённые после этой \
                даты.",
        why: "Показатели сданной отчётности сдвинулись.",
        causes: "Документ перепровели; обмен записал его заново; запрет сняли на время и забыли.",
        remedy: "Сравните документ с его прежней версией и при необходимости подайте уточнённую декларацию.",
        example: "Реализация № 12 от 15.08.2026 изменена 10.10.2026, период закрыт по 30.09.2026",
        source: "Налоговый кодекс РФ, ст. 81: уточнённая декларация при ошибке",
    },
    en: Card {
        title: "A document changed after its period was closed",
        finds: "Documents of 1C dated not after the day of [trade] closed_until that were changed after that day.",
        why: "Figures of filed reports have moved.",
        causes: "The document was posted anew; the exchange wrote it again; the ban was lifted for a while and \
                forgotten.",
        remedy: "Compare the document with its former version, and file a corrected return if needed.",
        example: "Waybill No. 12 of 15 August 2026 was changed on 10 October 2026, the period is closed until 30 \
                September 2026",
        source: "Tax Code of Russia, art. 81: a corrected return in case of an error",
    },
};

impl Check for ChangedAfterClose {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(ran) = lacking(cx, Entity::Document, &[Field::ModifiedAt]) {
            return ran;
        }
        let Some(closed) = cx.trade.closed_until else {
            return Ran::NotRun(cx.say(
                || "дата закрытия периода не задана: [trade] closed_until".to_owned(),
                || "no closing date is given: [trade] closed_until".to_owned(),
            ));
        };
        let closed = days(closed);
        let mut evaluated = 0;
        for r in live(cx, Side::Onec, Entity::Document) {
            let book = book_of(cx, r);
            let (Some(on), Some(changed)) = (day(book, Field::Date, r.at()), day(book, Field::ModifiedAt, r.at()))
            else {
                continue;
            };
            evaluated += 1;
            if on <= closed && changed > closed {
                let (shown, when) = (named(cx, r), cx.quoted(cx.data.text(r, Field::ModifiedAt)));
                let message = cx.say(
                    || format!("{shown} изменён после закрытия периода: {when}"),
                    || format!("{shown} was changed after its period was closed: {when}"),
                );
                out.push(about(cx, r, message));
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
        let world = |changed: &'static str| {
            let mut world = paper(deal(&[]), "a", "Реализация", &[(Field::ModifiedAt, changed)]);
            world.trade.closed_until = "2026-03-31".parse().ok();
            world
        };
        world("10.04.2026").expect(&ChangedAfterClose, &["onec:a"]);
        world("10.03.2026").expect(&ChangedAfterClose, &[]);
        world("").expect_not_run(&ChangedAfterClose);
        paper(deal(&[]), "a", "Реализация", &[(Field::ModifiedAt, "10.04.2026")]).expect_not_run(&ChangedAfterClose);
    }
}
