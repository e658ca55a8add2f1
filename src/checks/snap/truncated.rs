//! `snap-truncated`: a source that was cut at a page limit or holds less than the system declares.

use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{LeftOutReason, Place, Side, SourceReport};

pub struct Truncated;

/// Sizes of one page: REST of Bitrix24 gives 50, amoCRM at most 250, «Динамический список» and many export forms
/// 500 or 1,000.
const PAGE_LIMITS: [u64; 4] = [50, 250, 500, 1000];

static META: Meta = Meta {
    id: "snap-truncated",
    severity: Severity::Blocker,
    cross: false,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Выгрузка обрезана",
        finds: "Источник, в котором записей меньше, чем система объявила, или ровно столько, сколько помещается на \
                одну страницу выгрузки: 50, 250, 500 или 1000.",
        why: "Сверка идёт по части базы: недостающие записи попадут в список «нет в другой системе», а дубли среди \
              них останутся незамеченными.",
        causes: "Выгружена только первая страница ответа REST; отчёт или список сохранён с ограничением числа строк; \
                 пакет страниц собран не целиком.",
        remedy: "Выгрузите данные заново целиком и сравните число записей с тем, что показывает сама система. Если \
                 записей действительно ровно столько, снизьте важность проверки в sverka.toml.",
        example: "В файле companies.json 50 записей, а в поле total ответа стоит 1 274.",
        source: "Битрикс24 REST: 50 записей на странице, поле total; amoCRM API v4: limit не больше 250; практика: \
                 списки по 500 и 1000 строк",
    },
    en: Card {
        title: "The export is cut short",
        finds: "A source with fewer records than the system declares, or with exactly as many as one page of an \
                export holds: 50, 250, 500 or 1,000.",
        why: "The audit sees a part of the base: missing records are reported as absent from the other system, and \
              duplicates among them stay unseen.",
        causes: "Only the first page of a REST answer was saved; a list was saved with a limit on rows; a set of \
                 pages is incomplete.",
        remedy: "Export everything again and compare the number of records with what the system shows. If there \
                 really are exactly as many, lower the severity of this check in sverka.toml.",
        example: "companies.json holds 50 records while the field total of the answer says 1,274.",
        source: "Bitrix24 REST: 50 records a page, field total; amoCRM API v4: limit of at most 250; practice: lists \
                 of 500 and 1,000 rows",
    },
};

/// Rows that are records of the system, whatever became of them here.
fn records_in(source: &SourceReport) -> u64 {
    let aside = |reason: LeftOutReason| source.counts.left_out[reason as usize];
    let not_records = aside(LeftOutReason::Title)
        + aside(LeftOutReason::Total)
        + aside(LeftOutReason::Blank)
        + aside(LeftOutReason::Repeat);
    source.counts.read.saturating_sub(not_records)
}

/// The total the system declares, when it is more than what was read.
pub(super) fn shortfall(source: &SourceReport) -> Option<(u64, u64)> {
    let rows = records_in(source);
    source.declared_total.filter(|&total| rows < total).map(|total| (rows, total))
}

impl Check for Truncated {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let mut evaluated = 0;
        for side in Side::BOTH {
            for source in &cx.data.get(side).sources {
                evaluated += 1;
                let rows = records_in(source);
                let message = if let Some((rows, total)) = shortfall(source) {
                    cx.say(
                        || format!("Загружено записей: {rows}, а система объявила {total}; выгрузите недостающие"),
                        || format!("{rows} records were read while the system declares {total}; export the rest"),
                    )
                } else if source.declared_total.is_none() && PAGE_LIMITS.contains(&rows) {
                    cx.say(
                        || format!("Записей ровно {rows} — столько помещается на одну страницу выгрузки; проверьте, что выгружены все"),
                        || format!("Exactly {rows} records, the size of one page of an export; make sure that all were exported"),
                    )
                } else {
                    continue;
                };
                let at = crate::model::Location { place: Place::file(&source.path), row: None, column: None };
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

    #[test]
    fn fires_and_is_silent() {
        let cut = |read: u64, total: Option<u64>| {
            World::new().sources(Side::Crm, |s| {
                s[0].counts.read = read;
                s[0].declared_total = total;
            })
        };
        cut(50, None).expect(&Truncated, &["crm.csv"]);
        cut(100, Some(1274)).expect(&Truncated, &["crm.csv"]);
        for (read, total) in [(51, None), (50, Some(50)), (300, Some(300))] {
            cut(read, total).expect(&Truncated, &[]);
        }
        // Fifty-two rows, two of them totals: still one page.
        let with_totals = World::new().sources(Side::Crm, |s| {
            s[0].counts.read = 52;
            s[0].counts.leave_out(LeftOutReason::Total, 2);
        });
        with_totals.expect(&Truncated, &["crm.csv"]);
        clean().expect(&Truncated, &[]);
    }
}
