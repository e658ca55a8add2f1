//! `ct-doc-format`: a passport number or its issue date that cannot be.

use chrono::Datelike;

use super::passport::{Document, read};
use crate::checks::scope;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field};
use crate::normalize::date;

pub struct DocFormat;

static META: Meta = Meta {
    id: "ct-doc-format",
    severity: Severity::Warning,
    cross: false,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Неверные паспортные данные",
        finds: "Паспорт гражданина РФ, у которого не 4 цифры серии и 6 цифр номера, или дата выдачи раньше 14-летия \
                владельца либо позже даты сверки. Иностранные и другие документы не проверяются.",
        why: "Договор с таким паспортом не примут ни банк, ни Росреестр.",
        causes: "Пропущенная цифра; ведущий ноль серии потерян в таблице; дата выдачи перепутана с датой рождения.",
        remedy: "Сверьте данные с документом.",
        example: "Паспорт 4505 12345: девять цифр вместо десяти.",
        source: "Постановление Правительства РФ № 2267 от 23.12.2023 (Положение о паспорте): паспорт получают с 14 лет",
    },
    en: Card {
        title: "Invalid passport data",
        finds: "A Russian passport without 4 digits of the series and 6 of the number, or issued before its holder \
                was 14 or after the date of the audit. Foreign and other documents are not judged.",
        why: "Neither a bank nor the property registry accepts a contract with such a passport.",
        causes: "A lost digit; a leading zero of the series lost in a spreadsheet; the issue date mixed up with the \
                 date of birth.",
        remedy: "Compare the data with the document.",
        example: "Passport 4505 12345: nine digits instead of ten.",
        source: "Government Decree 2267 of 23.12.2023 (passport regulations): a passport is issued from the age of 14",
    },
};

/// Age from which a passport is issued.
const PASSPORT_AGE: i32 = 14;

impl Check for DocFormat {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(missing) = scope::lacking(cx, &Entity::PARTIES, &[Field::Document]) {
            return missing;
        }
        let mut evaluated = 0;
        for r in scope::parties(cx) {
            let parties = cx.data.parties(r.side);
            let text = parties.raw.get(Field::Document, r.at());
            let document = if text.is_empty() { Document::Other } else { read(text) };
            if document == Document::Other {
                continue;
            }
            evaluated += 1;
            // The number itself stays in the value column, where masking reaches it.
            if let Document::Broken(digits) = document {
                let message = cx.say(
                    || format!("В серии и номере паспорта цифр: {digits}, нужно 10 (4 и 6); сверьте с документом"),
                    || format!("Series and number of the passport have {digits} digits, 10 are expected (4 and 6); compare with the document"),
                );
                out.push(Finding::record(r, message).value(Field::Document, r.side, text));
                continue;
            }
            let issued_text = parties.raw.get(Field::DocumentDate, r.at());
            let Some(&issued) = date::parse(issued_text).valid() else { continue };
            let born = parties.birth_date[r.at()].valid();
            let early = born.is_some_and(|b| {
                // 29 February has no 14th birthday in a common year: 1 March then.
                let birthday = b
                    .with_year(b.year() + PASSPORT_AGE)
                    .or_else(|| b.succ_opt().and_then(|next| next.with_year(b.year() + PASSPORT_AGE)));
                birthday.is_some_and(|day| issued < day)
            });
            if !early && issued <= cx.as_of {
                continue;
            }
            let day = issued.format("%d.%m.%Y");
            let message = if early {
                cx.say(
                    || format!("Паспорт выдан {day} — раньше {PASSPORT_AGE}-летия владельца; сверьте обе даты"),
                    || {
                        format!(
                            "The passport was issued on {day}, before its holder was {PASSPORT_AGE}; compare both dates"
                        )
                    },
                )
            } else {
                cx.say(
                    || format!("Паспорт выдан {day} — позже даты сверки; сверьте с документом"),
                    || {
                        format!(
                            "The passport was issued on {day}, after the date of the audit; compare with the document"
                        )
                    },
                )
            };
            out.push(Finding::record(r, message).value(Field::DocumentDate, r.side, issued_text));
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
        let person = |document: &str, issued: &str, born: &str| {
            let texts = [(Field::Document, document), (Field::DocumentDate, issued), (Field::BirthDate, born)];
            World::new().crm_contact(&texts)
        };
        for (document, issued, born, fires) in [
            ("паспорт 4505 12345", "", "", true),
            ("4505 123456", "11.04.1999", "12.04.1985", true),
            ("4505 123456", "01.01.2027", "", true),
            ("4505 123456", "12.04.1999", "12.04.1985", false),
            ("4505 123456", "28.02.2014", "29.02.2000", true),
            ("4505 123456", "01.03.2014", "29.02.2000", false),
        ] {
            let expected: &[&str] = if fires { &["crm:1"] } else { &[] };
            person(document, issued, born).expect(&DocFormat, expected);
        }
        assert!(!person("паспорт 4505 12345", "", "").messages(&DocFormat)[0].contains("4505"));
        clean().expect_not_run(&DocFormat);
    }
}
