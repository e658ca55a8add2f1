//! `ct-snils-checksum`: a SNILS whose control number does not agree.

use crate::checks::scope;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Defect, Entity, Field, Value};
use crate::normalize::snils;

pub struct SnilsChecksum;

static META: Meta = Meta {
    id: "ct-snils-checksum",
    severity: Severity::Warning,
    cross: false,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Неверный СНИЛС",
        finds: "СНИЛС не из 11 цифр или с контрольным числом, которое не сходится. У номеров до 001-001-998 контрольное \
                число не проверяется.",
        why: "Росреестр, ЕСИА и отчётность отклонят документ, а как ключ сопоставления такой номер не годится.",
        causes: "Опечатка; цифры потеряны в таблице; в поле записан другой номер.",
        remedy: "Сверьте номер с документом.",
        example: "112-233-445 96: контрольное число должно быть 95.",
        source: "Библиотека стандартных подсистем 1С 3.1.12: контрольное число СНИЛС (веса 9…1, остаток от деления на \
                 101)",
    },
    en: Card {
        title: "Invalid SNILS",
        finds: "A SNILS that does not have 11 digits, or whose control number does not agree. Numbers up to \
                001-001-998 carry no control number.",
        why: "The property registry, the state portal and reports refuse the document, and the number cannot serve as \
              a key.",
        causes: "A typing error; digits lost in a spreadsheet; another number in the field.",
        remedy: "Compare the number with the document.",
        example: "112-233-445 96: the control number must be 95.",
        source: "Standard library of 1C (БСП) 3.1.12: control number of the SNILS (weights 9…1, remainder by 101)",
    },
};

impl Check for SnilsChecksum {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(missing) = scope::lacking(cx, &Entity::PARTIES, &[Field::Snils]) {
            return missing;
        }
        let mut evaluated = 0;
        for r in scope::parties(cx) {
            let text = cx.data.parties(r.side).raw.get(Field::Snils, r.at()).trim();
            let defect = match snils::parse(text).value {
                Value::Empty => continue,
                Value::Valid(_) => None,
                Value::Invalid { defect, .. } => Some(defect),
            };
            evaluated += 1;
            let Some(defect) = defect else { continue };
            let what = match defect {
                Defect::Length => {
                    let digits = text.chars().filter(char::is_ascii_digit).count();
                    cx.say(|| format!("цифр {digits}, нужно 11"), || format!("{digits} digits, 11 are expected"))
                }
                Defect::Checksum => {
                    cx.lang.pick("не сходится контрольное число", "the control number does not agree").to_owned()
                }
                defect => defect.text(cx.lang).to_owned(),
            };
            let message = cx.say(
                || format!("СНИЛС «{text}»: {what}; сверьте с документом"),
                || format!("SNILS “{text}”: {what}; compare with the document"),
            );
            out.push(Finding::record(r, message).value(Field::Snils, r.side, text));
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
        World::new().crm_contact(&[(Field::Snils, "112-233-445 96")]).expect(&SnilsChecksum, &["crm:1"]);
        World::new().crm_contact(&[(Field::Snils, "112-233-44")]).expect(&SnilsChecksum, &["crm:1"]);
        World::new().crm_contact(&[(Field::Snils, "112-233-445 95")]).expect(&SnilsChecksum, &[]);
        // The empty mask of 1C is no number.
        World::new().crm_contact(&[(Field::Snils, "   -   -    ")]).expect(&SnilsChecksum, &[]);
        clean().expect_not_run(&SnilsChecksum);
    }
}
