//! `snap-time-skew`: the snapshots were taken at different times, as the files themselves say.

use chrono::{NaiveDateTime, TimeDelta};

use crate::checks::{Card, Check, Context, Fix, Meta, Param, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Location, Place, Side, SourceReport};

pub struct TimeSkew;

static META: Meta = Meta {
    id: "snap-time-skew",
    severity: Severity::Error,
    cross: true,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[Param {
        name: "max_hours",
        default: 24,
        ru: "на сколько часов выгрузки CRM и 1С могут отстоять друг от друга",
        en: "hours by which exports of the CRM and of 1C may be apart",
    }],
    ru: Card {
        title: "Стороны выгружены в разное время",
        finds: "Источник, который по отметке времени внутри файла выгружен намного раньше, чем другая сторона: время \
                ответа Битрикс24 REST, дата формирования CommerceML.",
        why: "Всё, что появилось или изменилось между двумя выгрузками, выглядит как запись, которой нет в другой \
              системе, или как расхождение полей.",
        causes: "В сверку попал старый файл; одну из систем выгрузили накануне.",
        remedy: "Выгрузите обе системы в один день, лучше вечером, и не правьте карточки между выгрузками.",
        example: "Ответы REST получены 24.11.2026 в 09:15, а contragents.xml сформирован 20.11.2026 в 18:40.",
        source: "Битрикс24 REST: time.date_finish; CommerceML 2.10: ДатаФормирования; практика: допустимый разрыв",
    },
    en: Card {
        title: "The sides were exported at different times",
        finds: "A source that, by the time inside the file, was exported much earlier than the other side: the time of \
                an answer of Bitrix24 REST, the date of forming of CommerceML.",
        why: "Whatever appeared or changed between the two exports looks like a record missing on the other side, or \
              like a difference of fields.",
        causes: "An old file got into the audit; one of the systems was exported the day before.",
        remedy: "Export both systems on one day, best in the evening, and do not edit cards in between.",
        example: "Answers of REST came on 24.11.2026 at 09:15, contragents.xml was formed on 20.11.2026 at 18:40.",
        source: "Bitrix24 REST: time.date_finish; CommerceML 2.10: ДатаФормирования; practice: the gap allowed",
    },
};

/// Sources of a side whose files say when they were made.
fn dated<'a>(cx: &'a Context, side: Side) -> impl Iterator<Item = (&'a SourceReport, NaiveDateTime)> {
    cx.data.get(side).sources.iter().filter_map(|source| Some((source, source.taken_at?)))
}

impl Check for TimeSkew {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let newest = Side::BOTH.map(|side| dated(cx, side).max_by_key(|(_, at)| *at));
        if newest.iter().any(Option::is_none) {
            return Ran::NotRun(cx.say(
                || "файлы одной из сторон не говорят, когда их выгрузили".to_owned(),
                || "the files of a side do not say when they were exported".to_owned(),
            ));
        }
        let limit = cx.param(&META, "max_hours");
        let mut evaluated = 0;
        for side in Side::BOTH {
            let Some((other, ahead)) = newest[side.other() as usize] else { continue };
            for (source, taken) in dated(cx, side) {
                evaluated += 1;
                let late: TimeDelta = ahead - taken;
                // Seconds count: a gap of 24 hours and a minute is over 24 hours.
                if late.num_seconds() <= limit.saturating_mul(3_600) {
                    continue;
                }
                let (title, path) = (side.other().title(cx.lang), &other.path);
                let [taken, ahead] = [taken, ahead].map(|at| at.format("%d.%m.%Y %H:%M"));
                let message = cx.say(
                    || format!("Выгружено {taken}, а {title} ({path}) — {ahead}; повторите выгрузки в один день"),
                    || format!("Exported {taken} while {title} ({path}) was on {ahead}; export both on one day"),
                );
                let at = Location { place: Place::file(&source.path), row: None, column: None };
                out.push(Finding::source(side, source.entity, at, message));
            }
        }
        Ran::Evaluated(evaluated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::{World, clean};
    use crate::ingest::moment;

    #[test]
    fn fires_and_is_silent() {
        let at = |world: World, side, text: &str| world.sources(side, |s| s[0].taken_at = moment(text));
        let world = |onec| at(at(World::new(), Side::Crm, "2026-11-24T09:15:00+03:00"), Side::Onec, onec);
        world("2026-11-20T18:40:00").expect(&TimeSkew, &["onec.csv"]);
        world("2026-11-25T09:15:01").expect(&TimeSkew, &["crm.csv"]);
        world("2026-11-24T7:00:00").expect(&TimeSkew, &[]);
        world("2026-11-20T18:40:00").param("snap-time-skew", "max_hours", 100).expect(&TimeSkew, &[]);
        // A day without a time is no moment.
        world("2026-11-20").expect_not_run(&TimeSkew);
        clean().expect_not_run(&TimeSkew);
    }
}
