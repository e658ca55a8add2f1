//! `ct-phone-invalid`: a phone that cannot be dialled.

use crate::checks::scope;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Defect, Entity, Field, Value};

pub struct PhoneInvalid;

static META: Meta = Meta {
    id: "ct-phone-invalid",
    severity: Severity::Warning,
    cross: false,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Неверный телефон",
        finds: "Телефон, который нельзя привести к виду +7 и ещё 10 цифр (или к международному): не то число цифр, \
                несуществующий код, заглушка, посторонний текст.",
        why: "По такому номеру запись не найти в другой системе, а SMS и звонок не дойдут.",
        causes: "Опечатка или пропущенная цифра; городской номер без кода; вместо номера вписано «нет» или нули.",
        remedy: "Исправьте номер или очистите поле; комментарий к номеру перенесите в отдельное поле.",
        example: "495 123-45-6: девять цифр вместо десяти.",
        source: "ITU-T E.164; приказ Минцифры России № 75 от 31.01.2022: российская система и план нумерации",
    },
    en: Card {
        title: "Invalid phone",
        finds: "A phone that cannot be brought to +7 and ten digits (or to an international number): wrong number of \
                digits, a code that does not exist, a placeholder, other text.",
        why: "A record cannot be found by it in the other system, and no message or call gets through.",
        causes: "A typing error or a lost digit; a local number without its code; “none” or zeros in place of a number.",
        remedy: "Correct the number or clear the field; move remarks to a field of their own.",
        example: "495 123-45-6: nine digits instead of ten.",
        source: "ITU-T E.164; Ministry of Digital Development, order 75 of 31.01.2022: Russian numbering plan",
    },
};

impl Check for PhoneInvalid {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(missing) = scope::lacking(cx, &Entity::PARTIES, &[Field::Phone]) {
            return missing;
        }
        let mut evaluated = 0;
        for r in scope::parties(cx) {
            let parties = cx.data.parties(r.side);
            let phones = parties.phones.get(r.at());
            evaluated += u64::from(!phones.is_empty());
            // A number spoilt by a spreadsheet is `snap-number-coerced`.
            let bad: Vec<String> = phones
                .iter()
                .filter_map(|p| match &p.value {
                    Value::Invalid { raw, defect } if *defect != Defect::Coerced => {
                        let (raw, why) = (raw.trim(), defect.text(cx.lang));
                        Some(cx.say(|| format!("«{raw}» — {why}"), || format!("“{raw}”: {why}")))
                    }
                    _ => None,
                })
                .collect();
            if bad.is_empty() {
                continue;
            }
            let bad = bad.join("; ").replace(['\n', '\r'], " ");
            let message = cx.say(
                || format!("Неверный телефон: {bad}; нужен номер вида +7 и 10 цифр, зарубежный — с плюсом и кодом страны"),
                || format!("Invalid phone: {bad}; +7 and ten digits are expected, a foreign number with a plus and its country code"),
            );
            out.push(Finding::record(r, message).value(Field::Phone, r.side, parties.raw.get(Field::Phone, r.at())));
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
        for (text, fires) in [
            ("495 123-45-6", true),
            ("+74951112233\n000", true),
            ("8 (495) 111-22-33", false),
            ("+4930123456", false),
            ("7.49512E+10", false),
        ] {
            let expected: &[&str] = if fires { &["crm:1"] } else { &[] };
            World::new().crm(&[(Field::Phone, text)]).expect(&PhoneInvalid, expected);
        }
        clean().expect(&PhoneInvalid, &[]);
        World::new().crm_contact(&[(Field::Phone, "12"), (Field::Deleted, "да")]).expect(&PhoneInvalid, &[]);
        World::new().crm(&[(Field::Name, "ООО")]).expect_not_run(&PhoneInvalid);
    }
}
