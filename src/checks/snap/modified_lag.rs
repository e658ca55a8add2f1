//! `snap-modified-lag`: the last changes show that the snapshots were hardly taken at one time.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::checks::{Card, Check, Context, Fix, Meta, Param, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Field, Location, Side};

pub struct ModifiedLag;

static META: Meta = Meta {
    id: "snap-modified-lag",
    // A warning: dates of changes only suggest what `snap-time-skew` reads from the files where they say it.
    severity: Severity::Warning,
    cross: true,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[Param {
        name: "max_days",
        default: 3,
        ru: "на сколько дней последние изменения сторон могут отстоять друг от друга",
        en: "days by which the last changes of the sides may differ",
    }],
    ru: Card {
        title: "Одна сторона, похоже, выгружена раньше",
        finds: "Последнее изменение одной стороны заметно старше последнего изменения другой, хотя обычно записи там \
                меняются чаще.",
        why: "Всё, что появилось между двумя выгрузками, выглядит как запись, которой нет в другой системе, или как \
              расхождение полей.",
        causes: "Одну из выгрузок сделали раньше; в сверку попал старый файл.",
        remedy: "Выгрузите обе системы в один день, лучше вечером, и не правьте карточки между выгрузками.",
        example: "В CRM последнее изменение 23.11.2026, в 1С — 10.11.2026, хотя карточки там правят через день.",
        source: "Практика: выгрузки двух систем за разные дни",
    },
    en: Card {
        title: "One side seems to be exported earlier",
        finds: "The last change of one side is much older than that of the other, although records there usually \
                change more often.",
        why: "Whatever appeared between the two exports looks like a record missing on the other side, or like a \
              difference of fields.",
        causes: "One export was made earlier; an old file got into the audit.",
        remedy: "Export both systems on one day, best in the evening, and do not edit cards in between.",
        example: "The CRM was last changed on 23.11.2026, 1C on 10.11.2026, though cards there change every other day.",
        source: "Practice: exports of two systems on different days",
    },
};

/// Days with changes that a side must have before its silence means anything.
const MIN_DAYS: usize = 8;
/// Pauses between the last days with changes that are compared with the lag.
const LAST_DAYS: usize = 30;

/// The day of a date text: `YYYY-MM-DD…` or `dd.mm.yyyy…`.
fn day(text: &str) -> Option<NaiveDate> {
    let date = text.get(..10)?;
    NaiveDate::parse_from_str(date, "%Y-%m-%d").or_else(|_| NaiveDate::parse_from_str(date, "%d.%m.%Y")).ok()
}

/// The longest pause between the last days with changes, days.
fn usual_pause(days: &BTreeSet<NaiveDate>) -> i64 {
    let last: Vec<&NaiveDate> = days.iter().rev().take(LAST_DAYS).collect();
    last.windows(2).map(|w| (*w[0] - *w[1]).num_days()).max().unwrap_or(0)
}

impl Check for ModifiedLag {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let mut dated = 0;
        let days = Side::BOTH.map(|side| {
            let records = &cx.data.parties(side).raw;
            let mut days = BTreeSet::new();
            if records.has(Field::ModifiedAt) {
                // A date past the audit is a typing error, not an export from the future.
                let found = (0..records.len()).filter_map(|at| day(records.get(Field::ModifiedAt, at)));
                for day in found.filter(|&d| d <= cx.as_of) {
                    dated += 1;
                    days.insert(day);
                }
            }
            days
        });
        if days.iter().any(|d| d.len() < MIN_DAYS) {
            return Ran::NotRun(cx.say(
                || format!("на одной из сторон мало дат изменения (нужно {MIN_DAYS} разных дней)"),
                || format!("a side has too few modification dates ({MIN_DAYS} different days are needed)"),
            ));
        }
        let newest = days.each_ref().map(|d| *d.last().expect("a side with few dates was turned away above"));
        let lagging = if newest[0] <= newest[1] { Side::Crm } else { Side::Onec };
        let lag = (newest[lagging.other() as usize] - newest[lagging as usize]).num_days();
        if lag > cx.param(&META, "max_days") && lag > usual_pause(&days[lagging as usize]) {
            let records = &cx.data.parties(lagging).raw;
            let last = newest[lagging as usize];
            let at = (0..records.len()).find(|&at| day(records.get(Field::ModifiedAt, at)) == Some(last));
            let (title, other) = (lagging.title(cx.lang), lagging.other().title(cx.lang));
            let ahead = newest[lagging.other() as usize].format("%d.%m.%Y");
            let last = last.format("%d.%m.%Y");
            let message = cx.say(
                || {
                    format!(
                        "Последнее изменение в {title} — {last}, в {other} — {ahead}: похоже, выгрузки сделаны в разное время; повторите их в один день"
                    )
                },
                || {
                    format!(
                        "Last change in {title} {last}, in {other} {ahead}: the exports seem to be made at different times; repeat them on one day"
                    )
                },
            );
            if let Some(at) = at {
                let place = Location { row: None, ..records.location(at) };
                out.push(Finding::source(lagging, None, place, message));
            }
        }
        Ran::Evaluated(dated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::{World, clean};

    #[test]
    fn fires_and_is_silent() {
        let world = |last_onec: u32| {
            let days = |w: World, side, last: u32| {
                (last - 9..=last).fold(w, |w, day| {
                    let text = format!("2026-10-{day:02}T10:00:00");
                    w.add(side, crate::model::Entity::Counterparty, &[(Field::ModifiedAt, &text)])
                })
            };
            days(days(World::new(), Side::Crm, 28), Side::Onec, last_onec)
        };
        world(14).expect(&ModifiedLag, &["onec.csv"]);
        world(14).param("snap-modified-lag", "max_days", 20).expect(&ModifiedLag, &[]);
        world(27).expect(&ModifiedLag, &[]);
        clean().expect_not_run(&ModifiedLag);
    }
}
