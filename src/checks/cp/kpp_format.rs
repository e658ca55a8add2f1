//! `cp-kpp-format`: a KPP is not in its form.

use super::scope::{Verdict, each};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Defect, Entity, Field, Notes, Value};

pub struct KppFormat;

static META: Meta = Meta {
    id: "cp-kpp-format",
    severity: Severity::Error,
    cross: false,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "КПП записан не по формату",
        finds: "КПП не из 9 знаков, с буквами не на своих местах, с русскими буквами вместо латинских, без ведущего \
                нуля или с пробелами.",
        why: "Накладную, счёт-фактуру и документ ЭДО с таким КПП получатель не примет, а ключ ИНН + КПП не совпадёт с \
              1С.",
        causes: "Ошибка набора, русские А, В, С вместо латинских, число из таблицы без ведущего нуля.",
        remedy: "Возьмите КПП из выписки ЕГРЮЛ или карточки партнёра; русские буквы замените теми знаками, что стоят \
                 в выписке.",
        example: "КПП 5078АВ001 с русскими А и В",
        source: "Приказ ФНС ЕД-7-14/559@ от 26.06.2025 (до 2026 года — ММВ-7-6/435@ от 29.06.2012); Библиотека \
                 стандартных подсистем 1С 3.1.12: 4 цифры, 2 цифры или латинские буквы, 3 цифры",
    },
    en: Card {
        title: "KPP is malformed",
        finds: "A KPP that has not 9 characters, has letters out of place, Cyrillic letters for Latin ones, a lost \
                leading zero or spaces.",
        why: "The receiver rejects a waybill, a tax invoice or an e-document with such a KPP, and the key INN + KPP \
              differs from 1C.",
        causes: "A typing error, Cyrillic А, В, С for Latin ones, a number of a spreadsheet without its leading zero.",
        remedy: "Take the KPP from the state register or the partner's card; replace Cyrillic letters by the \
                 characters that stand there.",
        example: "KPP 5078АВ001 with Cyrillic А and В",
        source: "Order of the Federal Tax Service ЕД-7-14/559@ of 26.06.2025 (before 2026 ММВ-7-6/435@ of \
                 29.06.2012); Standard library of 1C (БСП) 3.1.12: 4 digits, 2 digits or Latin letters, 3 digits",
    },
};

impl Check for KppFormat {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        each(cx, &[Entity::Counterparty], Field::Kpp, out, |parties, at| {
            let kpp = &parties.kpp[at];
            // A KPP where none may be is reported as such, a filler as a missing one.
            let person = parties.inn[at].valid().is_some_and(|inn| inn.is_person());
            if kpp.is_empty() || person || kpp.defect() == Some(Defect::Placeholder) {
                return Verdict::Skip;
            }
            let text = parties.raw.get(Field::Kpp, at).trim();
            let notes = parties.kpp_notes[at];
            match kpp {
                Value::Valid(kpp) => {
                    let repaired = [Notes::LOOKALIKE, Notes::LEADING_ZERO, Notes::DIRTY, Notes::COERCED]
                        .iter()
                        .any(|&n| notes.has(n));
                    if !repaired || notes.has(Notes::SHARED_CELL) {
                        return Verdict::Sound;
                    }
                    // «АВ» may stand for AB or for 01: only the register knows.
                    if notes.has(Notes::LOOKALIKE) {
                        return Verdict::Bad(cx.say(
                            || format!("КПП «{text}» набран русскими буквами; сверьте его с выпиской"),
                            || format!("KPP “{text}” is typed in Cyrillic letters; compare with the register"),
                        ));
                    }
                    Verdict::Bad(cx.say(
                        || format!("КПП «{text}» записан не по формату, должно быть {kpp}"),
                        || format!("KPP “{text}” is malformed, it must be {kpp}"),
                    ))
                }
                Value::Invalid { defect, .. } => Verdict::Bad(cx.say(
                    || format!("КПП «{text}»: {}; должно быть 9 знаков, например 779901001", defect.text(cx.lang)),
                    || format!("KPP “{text}”: {}; 9 characters are expected, such as 779901001", defect.text(cx.lang)),
                )),
                Value::Empty => Verdict::Skip,
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
            .crm(&[(Field::Inn, INN_A), (Field::Kpp, "56789")])
            .crm(&[(Field::Inn, INN_A), (Field::Kpp, "5078АВ001")])
            .crm(&[(Field::Inn, INN_A), (Field::Kpp, "5078AB001")])
            .crm(&[(Field::Inn, INN_A), (Field::Kpp, KPP_A)])
            .crm(&[(Field::Inn, INN_A), (Field::Kpp, "")])
            .crm(&[(Field::Inn, INN_PERSON), (Field::Kpp, "123")])
            .expect(&KppFormat, &["crm:1", "crm:2"]);
        World::new().crm(&[(Field::Inn, INN_A)]).expect_not_run(&KppFormat);
    }
}
