//! `doc-sf-number-gap`: gaps in the numbers of tax invoices.

use std::collections::BTreeMap;

use chrono::Datelike;

use crate::checks::books::{book_of, no_records};
use crate::checks::papers::{kind, named};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, RecordRef, Side};
use crate::normalize::paper::{self, Paper};
use crate::normalize::text;

pub struct SfNumberGap;

static META: Meta = Meta {
    id: "doc-sf-number-gap",
    severity: Severity::Warning,
    cross: false,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Пропуски в нумерации счетов-фактур",
        finds: "Пропуски номеров счетов-фактур одной организации и одного префикса за год и номера, которые идут \
                против дат.",
        why: "Налоговая спросит о пропущенных номерах; нарушенный порядок бывает следом документов задним числом.",
        causes: "Документ удалили; нумерация идёт по нескольким базам; документ выписан задним числом.",
        remedy: "Проверьте пропущенные номера; если документ удалён, сохраните объяснение.",
        example: "После № 14 идёт № 17, номеров 15 и 16 нет",
        source: "Постановление Правительства РФ № 1137 от 26.12.2011: номера счетов-фактур в порядке возрастания",
    },
    en: Card {
        title: "Gaps in the numbers of tax invoices",
        finds: "Missing numbers of tax invoices of one organisation and prefix within a year, and numbers that run \
                against dates.",
        why: "The tax office asks about missing numbers; a broken order is often the trace of back-dated \
                documents.",
        causes: "A document was deleted; numbers run over several bases; a document was made out back-dated.",
        remedy: "Look at the missing numbers; if a document was deleted, keep the explanation.",
        example: "No. 14 is followed by No. 17, numbers 15 and 16 are missing",
        source: "Government Decree No. 1137 of 26 December 2011: numbers of tax invoices ascend",
    },
};

impl Check for SfNumberGap {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if !cx.pairing.papers.has(Side::Onec, &[Paper::TaxInvoice]) {
            return no_records(cx, Entity::Document);
        }
        let mut evaluated = 0;
        /// Number, day, document.
        type Numbered = (u64, i64, RecordRef);
        let mut series: BTreeMap<(String, String, i32), Vec<Numbered>> = BTreeMap::new();
        for r in cx.data.book(Side::Onec, Entity::Document).refs().filter(|&r| kind(cx, r) == Paper::TaxInvoice) {
            let number = paper::number(cx.data.text(r, Field::Number));
            let when = book_of(cx, r).moment(Field::Date, r.at()).valid();
            let (Some(number), Some(when)) = (number, when) else { continue };
            let Ok(core) = number.core.parse::<u64>() else { continue };
            evaluated += 1;
            let organisation = text::fold(cx.data.text(r, Field::Organisation));
            let day = when.date().and_time(chrono::NaiveTime::MIN).and_utc().timestamp();
            series.entry((organisation, number.prefix, when.year())).or_default().push((core, day, r));
        }
        for mut numbers in series.into_values().filter(|n| n.len() > 1) {
            numbers.sort_unstable();
            for pair in numbers.windows(2) {
                let ((a, before, _), (b, after, r)) = (pair[0], pair[1]);
                let shown = named(cx, r);
                let message = if b > a + 1 {
                    let missing = b - a - 1;
                    cx.say(
                        || format!("{shown}: перед ним пропущено номеров {missing}, после {a}"),
                        || format!("{shown}: numbers missing before it {missing}, after {a}"),
                    )
                } else if b == a + 1 && after < before {
                    cx.say(
                        || format!("{shown}: дата раньше, чем у предыдущего номера {a}"),
                        || format!("{shown}: dated before the preceding number {a}"),
                    )
                } else {
                    continue;
                };
                let number = cx.data.text(r, Field::Number).to_owned();
                out.push(Finding::record(r, message).value(Field::Number, Side::Onec, &number));
            }
        }
        Ran::Evaluated(evaluated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::*;

    #[test]
    fn fires_and_stays_silent() {
        let world = |numbers: &[(&'static str, &'static str)]| {
            numbers.iter().fold(World::new(), |world, &(number, day)| {
                let row =
                    [(Field::Id, number), (Field::Kind, "Счет-фактура"), (Field::Number, number), (Field::Date, day)];
                world.add(Side::Onec, Entity::Document, &row)
            })
        };
        world(&[("14", "01.02.2026"), ("17", "02.02.2026")]).expect(&SfNumberGap, &["onec:17"]);
        world(&[("14", "05.02.2026"), ("15", "02.02.2026")]).expect(&SfNumberGap, &["onec:15"]);
        world(&[("14", "01.02.2026"), ("15", "02.02.2026")]).expect(&SfNumberGap, &[]);
        world(&[("14", "01.02.2026"), ("1", "02.02.2027")]).expect(&SfNumberGap, &[]);
        World::new().expect_not_run(&SfNumberGap);
    }
}
