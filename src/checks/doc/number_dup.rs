//! `doc-number-dup`: a document number repeats within a year.

use std::collections::BTreeMap;

use chrono::Datelike;

use crate::checks::books::{book_of, lacking};
use crate::checks::papers::{kind, live, named};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, RecordRef, Side};
use crate::normalize::paper::{self, Paper};
use crate::normalize::text;

pub struct NumberDup;

static META: Meta = Meta {
    id: "doc-number-dup",
    severity: Severity::Warning,
    cross: false,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Номер документа повторяется за год",
        finds: "Документы одного вида и одной организации с одинаковым полным номером в одном году.",
        why: "Обмен и сверка свяжут не те документы, контрагент увидит два счёта под одним номером.",
        causes: "Нумерацию сбросили; номер вписан руками; документ скопирован.",
        remedy: "Перенумеруйте лишний документ или уточните, что это один и тот же.",
        example: "Два счёта № БП00-000123 в 2026 году",
        source: "Практика: 1С следит за уникальностью номера в пределах года и организации",
    },
    en: Card {
        title: "A document number repeats within a year",
        finds: "Documents of one kind and one organisation with the same full number in one year.",
        why: "The exchange and the audit link the wrong documents, the client sees two invoices of one number.",
        causes: "Numbering was reset; the number was typed; the document was copied.",
        remedy: "Give the extra document another number, or find that it is the same one.",
        example: "Two invoices No. BP00-000123 in 2026",
        source: "Practice: 1C keeps numbers unique within a year and an organisation",
    },
};

impl Check for NumberDup {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(ran) = lacking(cx, Entity::Document, &[Field::Number]) {
            return ran;
        }
        let mut evaluated = 0;
        for side in Side::BOTH {
            let mut groups: BTreeMap<(Paper, Option<i32>, String, String), Vec<RecordRef>> = BTreeMap::new();
            for r in live(cx, side, Entity::Document) {
                let Some(number) = paper::number(cx.data.text(r, Field::Number)) else { continue };
                evaluated += 1;
                let year = book_of(cx, r).moment(Field::Date, r.at()).valid().map(|m| m.year());
                let organisation = text::fold(cx.data.text(r, Field::Organisation));
                // Suppliers number their own documents.
                if kind(cx, r) != Paper::Purchase {
                    groups.entry((kind(cx, r), year, organisation, number.prefix + &number.core)).or_default().push(r);
                }
            }
            for group in groups.into_values().filter(|g| g.len() > 1) {
                let (shown, n) = (named(cx, group[0]), group.len());
                let message = cx.say(
                    || format!("{shown}: документов с этим номером за год {n}"),
                    || format!("{shown}: documents with this number in the year {n}"),
                );
                let number = cx.data.text(group[0], Field::Number).to_owned();
                out.push(Finding::record(group[0], message).more(group[1..].to_vec()).value(
                    Field::Number,
                    side,
                    &number,
                ));
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
        let world = |number: &'static str, day: &'static str, org: &'static str| {
            let row = |id, number, day, org| {
                [
                    (Field::Id, id),
                    (Field::Kind, "Счет"),
                    (Field::Number, number),
                    (Field::Date, day),
                    (Field::Organisation, org),
                ]
            };
            World::new().add(Side::Onec, Entity::Document, &row("a", "БП00-000123", "02.03.2026", "Ромашка")).add(
                Side::Onec,
                Entity::Document,
                &row("b", number, day, org),
            )
        };
        world("БП00-000123", "05.06.2026", "Ромашка").expect(&NumberDup, &["onec:a onec:b"]);
        world("ЮР00-000123", "05.06.2026", "Ромашка").expect(&NumberDup, &[]);
        world("БП00-000123", "05.06.2025", "Ромашка").expect(&NumberDup, &[]);
        world("БП00-000123", "05.06.2026", "Север").expect(&NumberDup, &[]);
        World::new().expect_not_run(&NumberDup);
    }
}
