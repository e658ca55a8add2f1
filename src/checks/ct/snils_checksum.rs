//! `ct-snils-checksum`: a SNILS whose control number does not agree.

use crate::checks::scope;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field};

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

/// The control number of the first nine digits; `None` for numbers issued before control numbers.
fn control(digits: &[u8; 9]) -> Option<u32> {
    let number = digits.iter().fold(0u32, |n, &d| n * 10 + u32::from(d));
    let sum: u32 = digits.iter().zip((1..=9).rev()).map(|(&d, weight)| u32::from(d) * weight).sum();
    (number > 1_001_998).then_some(sum % 101 % 100)
}

/// Digits of a text that holds up to eleven; `None` when there are more.
pub(super) fn is_valid(text: &str) -> bool {
    let mut digits = [0u8; 11];
    let mut n = 0;
    for c in text.chars().filter_map(|c| c.to_digit(10)) {
        if n == digits.len() {
            return false;
        }
        digits[n] = c as u8;
        n += 1;
    }
    if n != digits.len() || text.chars().any(char::is_alphabetic) {
        return false;
    }
    let (head, tail) = digits.split_at(9);
    let mut first = [0u8; 9];
    first.copy_from_slice(head);
    let stated = u32::from(tail[0]) * 10 + u32::from(tail[1]);
    control(&first).is_none_or(|c| c == stated)
}

impl Check for SnilsChecksum {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(missing) = scope::lacking(cx, &Entity::ALL, &[Field::Snils]) {
            return missing;
        }
        let mut evaluated = 0;
        for r in scope::parties(cx) {
            let text = cx.data.parties(r.side).raw.get(Field::Snils, r.at()).trim();
            if text.is_empty() {
                continue;
            }
            evaluated += 1;
            if is_valid(text) {
                continue;
            }
            let digits = text.chars().filter(char::is_ascii_digit).count();
            let message = if digits == 11 {
                cx.say(
                    || format!("СНИЛС «{text}»: не сходится контрольное число; сверьте с документом"),
                    || format!("SNILS “{text}”: the control number does not agree; compare with the document"),
                )
            } else {
                cx.say(
                    || format!("СНИЛС «{text}»: цифр {digits}, нужно 11"),
                    || format!("SNILS “{text}”: {digits} digits, 11 are expected"),
                )
            };
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
    fn control_numbers() {
        for (text, expected) in [
            ("112-233-445 95", true),
            ("11223344595", true),
            ("112-233-445 96", false),
            ("000-123-456 00", true),
            ("112-233-445", false),
            ("112-233-445 951", false),
            ("нет", false),
        ] {
            assert_eq!(is_valid(text), expected, "{text}");
        }
        // A sum of 100 and a sum of 101 both give 00.
        assert_eq!((control(&[0, 8, 7, 6, 5, 4, 3, 0, 3]), control(&[1, 1, 2, 2, 3, 3, 4, 4, 5])), (Some(0), Some(95)));
    }

    #[test]
    fn fires_and_is_silent() {
        World::new().crm_contact(&[(Field::Snils, "112-233-445 96")]).expect(&SnilsChecksum, &["crm:1"]);
        World::new().crm_contact(&[(Field::Snils, "112-233-445 95")]).expect(&SnilsChecksum, &[]);
        clean().expect_not_run(&SnilsChecksum);
    }
}
