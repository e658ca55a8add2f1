//! `doc-number-prefix`: numbers differ in prefix and zeros only.

use crate::checks::papers::{differs, evaluated, lacking_chain, named, single_pairs};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Field, Space};
use crate::normalize::paper;

pub struct NumberPrefix;

static META: Meta = Meta {
    id: "doc-number-prefix",
    severity: Severity::Info,
    cross: true,
    fix: Fix::Auto,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Номера различаются только префиксом и нулями",
        finds: "Пары документов, номера которых равны после отбрасывания префикса 1С и ведущих нулей.",
        why: "Поиск по номеру не находит документ, а обмен по номеру заводит второй.",
        causes: "1С добавляет префикс организации и базы и дополняет номер нулями, CRM хранит короткий.",
        remedy: "Ничего исправлять не нужно: передавайте полный номер 1С в отдельное поле CRM.",
        example: "В CRM № 123, в 1С № БП00-000123",
        source: "Практика: номера 1С строит библиотека стандартных подсистем, префикс организации и базы",
    },
    en: Card {
        title: "Numbers differ in prefix and zeros only",
        finds: "Pairs of documents whose numbers are equal once the prefix of 1C and leading zeros are taken away.",
        why: "A search by number does not find the document, and an exchange by number makes a second one.",
        causes: "1C puts the prefix of organisation and base in front and pads with zeros, the CRM keeps the short \
                form.",
        remedy: "Nothing to correct: carry the full number of 1C into a field of its own in the CRM.",
        example: "No. 123 in the CRM, No. BP00-000123 in 1C",
        source: "Practice: numbers of 1C are made by its standard subsystems library, with a prefix of organisation \
                and base",
    },
};

impl Check for NumberPrefix {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(ran) = lacking_chain(cx) {
            return ran;
        }
        let mut compared = 0;
        for (crm, onec) in single_pairs(cx).filter(|(crm, _)| crm.space == Space::Documents) {
            let [a, b] = [crm, onec].map(|r| cx.data.text(r, Field::Number).trim());
            let (Some(x), Some(y)) = (paper::number(a), paper::number(b)) else { continue };
            compared += 1;
            if a != b && x.core == y.core {
                let (shown, a, b) = (named(cx, crm), cx.quoted(a), cx.quoted(b));
                let message = cx.say(
                    || format!("{shown}: номер в CRM {a}, в 1С {b}, отличается только запись"),
                    || format!("{shown}: number {a} in the CRM, {b} in 1C, only the spelling differs"),
                );
                out.push(differs(cx, crm, onec, Field::Number, message));
            }
        }
        evaluated(cx, compared)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::papers::testing::*;

    #[test]
    fn fires_and_stays_silent() {
        invoices(&[], &[(Field::Number, "БП00-000007")]).expect(&NumberPrefix, &["crm:1 onec:a"]);
        invoices(&[], &[(Field::Number, "7")]).expect(&NumberPrefix, &[]);
        invoices(&[], &[(Field::Number, "БП00-000008")]).expect(&NumberPrefix, &[]);
        deal(&[]).expect_not_run(&NumberPrefix);
    }
}
