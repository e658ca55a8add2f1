//! `pay-dup`: one payment entered twice.

use std::collections::BTreeMap;

use crate::checks::books::no_field;
use crate::checks::papers::{about, amount, lacking_money, named, roubles_of, sum};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, RecordRef, Side};
use crate::normalize::paper;
use crate::pairing::papers::{day, party};
use crate::pairing::payments::{counts, is_statement};

pub struct Dup;

static META: Meta = Meta {
    id: "pay-dup",
    severity: Severity::Error,
    cross: false,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Одна оплата проведена дважды",
        finds: "Платежи одной системы с одинаковыми номером, датой, суммой и плательщиком; строка выписки и документ \
                1С по ней повтором не считаются.",
        why: "Доход удвоен, долг клиента закрыт дважды.",
        causes: "Выписку загрузили дважды; документ создали и руками, и из банка.",
        remedy: "Отмените лишний документ.",
        example: "Поступление № 77 от 10.03.2026 на 1 200,00 проведено дважды",
        source: "Практика: повторная загрузка выписки — обычная причина двойных поступлений",
    },
    en: Card {
        title: "One payment entered twice",
        finds: "Payments of one system with the same number, date, sum and payer; a line of a statement and the \
                document that 1C made of it are no repetition.",
        why: "Income is doubled, the client's debt is settled twice.",
        causes: "The statement was loaded twice; the document was made by hand and from the bank.",
        remedy: "Cancel the extra document.",
        example: "Receipt No. 77 of 10 March 2026 for 1,200.00 is posted twice",
        source: "Practice: loading a statement twice is the usual cause of double receipts",
    },
};

impl Check for Dup {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(ran) = lacking_money(cx) {
            return ran;
        }
        let mut evaluated = 0;
        for side in Side::BOTH {
            let book = cx.data.book(side, Entity::Payment);
            let mut groups: BTreeMap<(bool, String, i32, i64, String), Vec<RecordRef>> = BTreeMap::new();
            for at in (0..book.len()).filter(|&at| counts(book, at)) {
                // Loaded twice, a payment gets two numbers of 1C and keeps the one of the bank.
                let number = paper::number(book.text(Field::IncomingNumber, at))
                    .or_else(|| paper::number(book.text(Field::Number, at)));
                let (Some(number), Some(day), Some(amount)) =
                    (number, day(book, Field::Date, at), amount(cx, book.at(at)))
                else {
                    continue;
                };
                evaluated += 1;
                let payer = match party(cx.data, book.at(at)) {
                    Some(party) => cx.data.key(party),
                    None => {
                        book.text(Field::PartyInn, at).trim().to_owned() + book.text(Field::PartyAccount, at).trim()
                    }
                };
                // Payments that say nothing of the payer are not compared.
                if !payer.is_empty() {
                    let key = (is_statement(book, at), number.core, day, amount.micros(), payer);
                    groups.entry(key).or_default().push(book.at(at));
                }
            }
            for group in groups.into_values().filter(|g| g.len() > 1) {
                let (shown, n) = (named(cx, group[0]), group.len());
                let money = amount(cx, group[0]).map_or_else(String::new, |a| sum(cx, a));
                let message = cx.say(
                    || format!("{shown} на {money}: одинаковых платежей {n}"),
                    || format!("{shown} for {money}: equal payments {n}"),
                );
                let extra = roubles_of(cx, &group[1..]);
                out.push(about(cx, group[0], message).more(group[1..].to_vec()).impact(extra));
            }
        }
        if evaluated == 0 { no_field(cx, Entity::Payment, &[Field::Number]) } else { Ran::Evaluated(evaluated) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::papers::testing::*;
    use crate::checks::testing::*;

    #[test]
    fn fires_and_stays_silent() {
        let world = |changes: &[(Field, &'static str)]| payment(payment(deal(&[]), "p", &[]), "q", changes);
        world(&[]).expect(&Dup, &["onec:p onec:q"]);
        world(&[(Field::Number, "78")]).expect(&Dup, &[]);
        world(&[(Field::Amount, "1")]).expect(&Dup, &[]);
        world(&[(Field::PartyInn, INN_B)]).expect(&Dup, &[]);
        world(&[(Field::Deleted, "Да")]).expect(&Dup, &[]);
        deal(&[]).expect_not_run(&Dup);
    }
}
