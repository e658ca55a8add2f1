//! `ct-pd-in-comment`: documents and cards in free text.

use super::passport;
use crate::checks::scope;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, Inn};
use crate::normalize::snils;

pub struct PdInComment;

static META: Meta = Meta {
    id: "ct-pd-in-comment",
    severity: Severity::Error,
    cross: false,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Личные данные в свободном тексте",
        finds: "Номер паспорта, СНИЛС, банковской карты или личный ИНН, записанный в комментарий, название, должность \
                или адрес. Сам номер в отчёт не выводится.",
        why: "Комментарии переходят во вторую систему целиком и видны всем, кто их открывает; защита полей с личными \
              данными на них не действует.",
        causes: "Данные вставили из переписки; в карточке нет нужного поля.",
        remedy: "Перенесите номер в предназначенное поле и очистите текст; номера карт удалите.",
        example: "Комментарий: «паспорт 4505 ******, позвонить после обеда».",
        source: "Федеральный закон 152-ФЗ от 27.07.2006, ст. 19 (меры защиты); PCI DSS 4.0, требование 3 (номера карт)",
    },
    en: Card {
        title: "Personal data in free text",
        finds: "The number of a passport, a SNILS, a bank card or a personal INN in a comment, a title, a position or \
                an address. The report does not show the number.",
        why: "Comments pass to the other system whole and everybody who opens them sees them; protection of personal \
              fields does not cover them.",
        causes: "The data were pasted from a conversation; the card has no field for them.",
        remedy: "Move the number to its field and clear the text; delete card numbers.",
        example: "Comment: “passport 4505 ******, call after lunch”.",
        source: "Federal Law 152-FZ of 27.07.2006, art. 19 (protection); PCI DSS 4.0, requirement 3 (card numbers)",
    },
};

const TEXTS: [Field; 6] =
    [Field::Comment, Field::Name, Field::FullName, Field::Position, Field::Address, Field::ActualAddress];

/// Least digits that a personal number has.
const LEAST_DIGITS: usize = 10;

/// Luhn's control digit.
fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(i, &d)| {
            let d = u32::from(d) * if i % 2 == 1 { 2 } else { 1 };
            if d > 9 { d - 9 } else { d }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// A bank card: 16 digits of Mir, Visa or Mastercard whose control digit agrees.
fn is_card(digits: &[u8]) -> bool {
    let prefix = digits.iter().take(4).fold(0u32, |n, &d| n * 10 + u32::from(d));
    let system = matches!(prefix, 2200..=2204 | 4000..=4999 | 5100..=5599 | 2221..=2720);
    digits.len() == 16 && system && luhn(digits)
}

/// What numbers a text holds; at most one of each kind.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Found {
    passport: bool,
    snils: bool,
    card: bool,
    inn: bool,
}

fn scan(text: &str) -> Found {
    let mut found = Found::default();
    if text.bytes().filter(u8::is_ascii_digit).count() < LEAST_DIGITS {
        return found;
    }
    found.passport = passport::mentioned(text);
    let lower = text.to_lowercase();
    let snils_named = lower.contains("снилс");
    let inn_named = lower.contains("инн");
    // Runs of digits with single spaces or hyphens inside, as people group them.
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let start = at;
        let mut digits = [0u8; 20];
        let mut n = 0;
        while at < bytes.len() {
            let next_is_digit = bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
            match bytes[at] {
                b if b.is_ascii_digit() => {
                    if let Some(slot) = digits.get_mut(n) {
                        *slot = b - b'0';
                    }
                    n += 1;
                }
                b' ' | b'-' if next_is_digit => {}
                _ => break,
            }
            at += 1;
        }
        let run = &text[start..at];
        // An account of 20 digits holds no card.
        found.card |= n == 16 && is_card(&digits[..n]);
        // Eleven digits are a phone more often than a SNILS: the word, or its own way of grouping.
        let grouped = run.len() == 14 && run.bytes().filter(|&b| b == b'-').count() >= 2;
        found.snils |= n == 11 && (snils_named || grouped) && snils::parse(run).value.is_valid();
        found.inn |= n == 12 && inn_named && Inn::parse(run).is_ok_and(Inn::is_person);
    }
    found
}

impl Check for PdInComment {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(missing) = scope::lacking(cx, &Entity::PARTIES, &TEXTS) {
            return missing;
        }
        let mut evaluated = 0;
        for r in scope::parties(cx) {
            let raw = &cx.data.parties(r.side).raw;
            let mut any = false;
            for field in TEXTS {
                let text = raw.get(field, r.at());
                if text.is_empty() {
                    continue;
                }
                any = true;
                let mut found = scan(text);
                // The INN of a sole trader is in an open register; of a person it is personal data.
                found.inn &= scope::is_person(cx, r);
                let kinds: Vec<&str> = [
                    (found.passport, "паспорт", "a passport"),
                    (found.snils, "СНИЛС", "a SNILS"),
                    (found.card, "номер банковской карты", "a bank card number"),
                    (found.inn, "личный ИНН", "a personal INN"),
                ]
                .into_iter()
                .filter(|kind| kind.0)
                .map(|(_, ru, en)| cx.lang.pick(ru, en))
                .collect();
                if kinds.is_empty() {
                    continue;
                }
                let (kinds, title) = (kinds.join(", "), field.title(cx.lang));
                let message = cx.say(
                    || format!("В поле «{title}» записаны личные данные: {kinds}; перенесите их в своё поле"),
                    || format!("Field “{title}” holds personal data: {kinds}; move them to a field of their own"),
                );
                let mut finding = Finding::record(r, message);
                // The place only: the number must not spread through reports.
                finding.field = Some(field);
                out.push(finding);
            }
            evaluated += u64::from(any);
        }
        Ran::Evaluated(evaluated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::{World, clean};

    #[test]
    fn finds_numbers() {
        let none = Found::default();
        for (text, expected) in [
            ("паспорт 4505 123456", Found { passport: true, ..none }),
            ("карта 4000 0000 0000 0002", Found { card: true, ..none }),
            ("карта 4000 0000 0000 0003", none),
            ("счёт 40702810200000000001", none),
            ("112-233-445 95", Found { snils: true, ..none }),
            ("звонить 8 916 111-22-33", none),
            ("ИНН 779900111176", Found { inn: true, ..none }),
            ("заказ 779900111176", none),
            ("ИНН 7799001111", none),
            ("карта «4000-0000-0000-0002»", Found { card: true, ..none }),
        ] {
            assert_eq!(scan(text), expected, "{text}");
        }
    }

    #[test]
    fn fires_and_is_silent() {
        let found = World::new().crm_contact(&[(Field::Comment, "паспорт 4505 123456, позвонить")]);
        found.expect(&PdInComment, &["crm:1"]);
        World::new().crm_contact(&[(Field::Comment, "позвонить 89161112233")]).expect(&PdInComment, &[]);
        let messages = World::new().crm_contact(&[(Field::Comment, "паспорт 4505 123456")]).messages(&PdInComment);
        assert!(!messages[0].contains("4505"), "{messages:?}");
        clean().expect(&PdInComment, &[]);
        World::new().expect_not_run(&PdInComment);
    }
}
