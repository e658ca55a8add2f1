//! `cp-inn-dirty-chars`: an INN stands among characters that are not its own.

use super::scope::{Verdict, each};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Defect, Entity, Field, Notes, PartyKind, Value};

pub struct InnDirtyChars;

static META: Meta = Meta {
    id: "cp-inn-dirty-chars",
    severity: Severity::Warning,
    cross: false,
    fix: Fix::Auto,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "В поле ИНН лишние знаки",
        finds: "В поле ИНН есть пробелы, буква вместо цифры, КПП или другие знаки кроме цифр самого ИНН.",
        why: "Обмен сравнивает ИНН как текст: с лишним знаком карточка другой системы не найдётся и создастся новая.",
        causes: "Номер скопировали с сайта вместе с пробелами; ИНН и КПП вписали в одно поле; буква О вместо нуля.",
        remedy: "Скрипт очистки оставит одни цифры; КПП перенесите в своё поле, а где номеров несколько, выберите \
                 нужный.",
        example: "«7799001111/779901001» в поле ИНН",
        source: "Практика: обмены сравнивают ИНН как текст",
    },
    en: Card {
        title: "Foreign characters in the INN field",
        finds: "The INN field holds spaces, a letter for a digit, a KPP, or anything but the digits of the INN.",
        why: "Exchange compares INNs as text: with one extra character the card of the other system is not found and \
              a new one is created.",
        causes: "The number was copied from a web page with its spaces; INN and KPP were typed into one field; the \
                 letter O for a zero.",
        remedy: "The cleanup script leaves the digits only; move a KPP to its own field, and where there are several \
                 numbers, choose one.",
        example: "«7799001111/779901001» in the INN field",
        source: "Practice: exchanges compare INNs as text",
    },
};

impl Check for InnDirtyChars {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        each(cx, &[Entity::Counterparty, Entity::Contact], Field::Inn, out, |parties, at| {
            if parties.inn[at].is_empty() || parties.kind[at] == PartyKind::Foreign {
                return Verdict::Skip;
            }
            let text = || parties.raw.get(Field::Inn, at).trim();
            let notes = parties.inn_notes[at];
            match &parties.inn[at] {
                Value::Valid(inn) => {
                    let dirty = [Notes::DIRTY, Notes::LOOKALIKE, Notes::SHARED_CELL].iter().any(|&n| notes.has(n));
                    // A lost zero is the graver defect of the same cell: one finding.
                    if !dirty || notes.has(Notes::LEADING_ZERO) {
                        return Verdict::Sound;
                    }
                    Verdict::Bad(cx.say(
                        || format!("В поле ИНН стоит «{}», должно быть только {inn}", text()),
                        || format!("The INN field holds “{}”, it must hold only {inn}", text()),
                    ))
                }
                Value::Invalid { defect: Defect::Several, .. } => Verdict::Bad(cx.say(
                    || format!("В поле ИНН несколько разных номеров: «{}», нужен один", text().replace('\n', "; ")),
                    || format!("The INN field holds several numbers: “{}”, one is needed", text().replace('\n', "; ")),
                )),
                Value::Invalid { defect: Defect::Characters | Defect::Syntax, .. } => Verdict::Bad(cx.say(
                    || format!("В поле ИНН стоит «{}», это не номер из 10 или 12 цифр", text().replace('\n', " ")),
                    || format!("The INN field holds “{}”, not a number of 10 or 12 digits", text().replace('\n', " ")),
                )),
                _ => Verdict::Skip,
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::*;

    #[test]
    fn fires_and_stays_silent() {
        World::new()
            .crm(&[(Field::Inn, "7799 001 111")])
            .crm(&[(Field::Inn, "77990О1111")])
            .crm(&[(Field::Inn, "7799001111/779901001")])
            .crm(&[(Field::Inn, "7799001111, 7799002228")])
            .crm(&[(Field::Inn, INN_A)])
            .crm(&[(Field::Inn, "7799001112")])
            .crm(&[(Field::Inn, "279001112")])
            .expect(&InnDirtyChars, &["crm:1", "crm:2", "crm:3", "crm:4"]);
        World::new().crm(&[(Field::Name, "ООО «Ромашка»")]).expect_not_run(&InnDirtyChars);
    }
}
