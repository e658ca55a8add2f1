//! `doc-value-unreadable`: a date, a sum or a currency cannot be read.

use crate::checks::books::no_records;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Cell, Entity, Field, Reads, RecordRef, Side};
use crate::pairing::papers::currency;

pub struct ValueUnreadable;

static META: Meta = Meta {
    id: "doc-value-unreadable",
    severity: Severity::Error,
    cross: false,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Дата, сумма или валюта не читается",
        finds: "Сделки, документы, строки и платежи, у которых дата, сумма, количество, цена, НДС или курс записаны \
                так, что значение не прочитать, и валюты, которых нет в ОКВ.",
        why: "Такое значение нельзя считать нулём: без него документ не сверить и в итоги он не входит.",
        causes: "Выгрузка через Excel; буква вместо цифры; сумма вписана в текст.",
        remedy: "Исправьте значение в системе и выгрузите снова.",
        example: "Сумма «12O0,00» с буквой О вместо нуля",
        source: "Практика: нечитаемое значение, принятое за ноль, прячет расхождение",
    },
    en: Card {
        title: "A date, a sum or a currency cannot be read",
        finds: "Deals, documents, lines and payments whose date, sum, quantity, price, VAT or rate is written so \
                that the value cannot be read, and currencies that the classifier does not have.",
        why: "Such a value must not pass for zero: without it the document cannot be compared and is in no total.",
        causes: "An export through Excel; a letter in place of a digit; a sum typed into a text.",
        remedy: "Correct the value in the system and export again.",
        example: "The sum “12O0,00” with a letter O in place of a zero",
        source: "Practice: an unreadable value taken for zero hides a difference",
    },
};

impl Check for ValueUnreadable {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let mut evaluated = 0;
        for entity in [Entity::Contract, Entity::Deal, Entity::Document, Entity::Line, Entity::Payment] {
            for side in Side::BOTH {
                let book = cx.data.book(side, entity);
                evaluated += book.len() as u64;
                for &field in Field::ALL.iter().filter(|f| f.reads() != Reads::Text) {
                    let Some(cells) = book.cells(field) else { continue };
                    for at in (0..book.len()).filter(|&at| cells.get(at) == Cell::Unreadable) {
                        report(cx, book.at(at), field, out);
                    }
                }
                for at in 0..book.len() {
                    if currency(book.text(Field::Currency, at)).is_err() {
                        report(cx, book.at(at), Field::Currency, out);
                    }
                }
            }
        }
        if evaluated == 0 { no_records(cx, Entity::Document) } else { Ran::Evaluated(evaluated) }
    }
}

fn report(cx: &Context, r: RecordRef, field: Field, out: &mut Vec<Finding>) {
    let text = cx.data.text(r, field).trim();
    let mut place = String::new();
    // Writing into a text does not fail.
    let _ = cx.data.location(r).write(cx.lang, &mut place);
    let (title, shown) = (field.title(cx.lang), cx.quoted(text));
    let message = cx.say(
        || format!("Поле «{title}» не читается: {shown}; {place}"),
        || format!("The field “{title}” cannot be read: {shown}; {place}"),
    );
    out.push(Finding::record(r, message).value(field, r.side, text));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::papers::testing::*;
    use crate::checks::testing::*;

    #[test]
    fn fires_and_stays_silent() {
        invoices(&[(Field::Amount, "12O0,00")], &[]).expect(&ValueUnreadable, &["crm:1"]);
        invoices(&[(Field::Date, "31.02.2026")], &[]).expect(&ValueUnreadable, &["crm:1"]);
        invoices(&[(Field::Currency, "тугрик")], &[]).expect(&ValueUnreadable, &["crm:1"]);
        invoices(&[(Field::Amount, "")], &[]).expect(&ValueUnreadable, &[]);
        World::new().expect_not_run(&ValueUnreadable);
        invoices(&[(Field::Amount, "много")], &[]).with(|cx| {
            let mut out = Vec::new();
            ValueUnreadable.run(cx, &mut out);
            assert!(out[0].message.contains("crm.csv"), "the place is named: {}", out[0].message);
        });
    }
}
