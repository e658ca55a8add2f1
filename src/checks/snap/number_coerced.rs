//! `snap-number-coerced`: a code that a spreadsheet turned into a number.

use crate::checks::scope;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Defect, Field, Notes, Value};

pub struct NumberCoerced;

static META: Meta = Meta {
    id: "snap-number-coerced",
    severity: Severity::Error,
    cross: false,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Код превращён в число",
        finds: "ИНН, КПП, ОГРН, телефон, счёт или код записи в виде числа таблицы: 7,7E+11 или 7701234567.0.",
        why: "В записи с «E+» последние цифры потеряны навсегда: ключ уничтожен, и запись не сопоставится. Запись с \
              «.0» ещё читается, но точный поиск в другой системе её не найдёт.",
        causes: "Файл открыт и сохранён в Excel с колонкой в формате «Общий» или «Числовой»; выгрузка прошла через \
                 программу, которая считает коды дробными числами.",
        remedy: "Выгрузите данные заново и не пересохраняйте их в Excel; если это нужно, заранее задайте колонкам \
                 формат «Текстовый». Потерянные цифры угадать нельзя.",
        example: "Телефон 7,49512E+10 вместо 74951234567.",
        source: "Microsoft Excel, технические характеристики и ограничения: 15 значащих цифр числа",
    },
    en: Card {
        title: "A code was turned into a number",
        finds: "An INN, KPP, OGRN, phone, account or record code in the form of a spreadsheet number: 7.7E+11 or \
                7701234567.0.",
        why: "With “E+” the last digits are lost for good: the key is destroyed and the record cannot be matched. \
              With “.0” it can still be read, but an exact search in the other system does not find it.",
        causes: "The file was opened and saved in Excel with the column formatted as a number; the export passed \
                 through a program that treats codes as floats.",
        remedy: "Export again and do not save the file in Excel; if you must, set the columns to Text first. Lost \
                 digits cannot be guessed.",
        example: "A phone 7.49512E+10 instead of 74951234567.",
        source: "Microsoft Excel, specifications and limits: 15 significant digits",
    },
};

/// `7,7E+11`, `1.5e10`: digits, perhaps a fraction, an exponent.
fn is_scientific(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.trim().split_once(['E', 'e']) else { return false };
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, "0"));
    // «1E5» alone may be a code someone invented: a sign or a fraction makes it a number.
    let plain = !mantissa.contains(['.', ',']) && !exponent.starts_with('+');
    digits(whole) && digits(fraction) && digits(exponent.trim_start_matches('+')) && !plain
}

fn coerced<T>(value: &Value<T>, notes: Notes) -> bool {
    value.defect() == Some(Defect::Coerced) || notes.has(Notes::COERCED)
}

impl Check for NumberCoerced {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let mut evaluated = 0;
        for r in scope::parties(cx) {
            evaluated += 1;
            let (parties, at) = (cx.data.parties(r.side), r.at());
            let fields = [
                (Field::Inn, coerced(&parties.inn[at], parties.inn_notes[at])),
                (Field::Kpp, coerced(&parties.kpp[at], parties.kpp_notes[at])),
                (Field::Ogrn, coerced(&parties.ogrn[at], parties.ogrn_notes[at])),
                (Field::Phone, parties.phones.get(at).iter().any(|p| coerced(&p.value, p.notes))),
                (Field::BankAccount, parties.accounts.get(at).iter().any(|a| coerced(&a.value, a.notes))),
                (Field::Code, is_scientific(parties.raw.get(Field::Code, at))),
                (Field::Id, is_scientific(parties.raw.id(at))),
                (Field::ExternalId, is_scientific(parties.raw.get(Field::ExternalId, at))),
                (Field::Bik, parties.raw.get(Field::Bik, at).split('\n').any(is_scientific)),
            ];
            for (field, _) in fields.into_iter().filter(|&(_, hit)| hit) {
                let raw = parties.raw.get(field, at);
                let title = field.title(cx.lang);
                let message = cx.say(
                    || format!("{title} в виде числа таблицы: «{raw}»; нужен текст со всеми цифрами"),
                    || format!("{title} has the form of a spreadsheet number: “{raw}”; text with all digits is needed"),
                );
                out.push(Finding::record(r, message.replace('\n', ", ")).value(field, r.side, raw));
            }
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
        clean().expect(&NumberCoerced, &[]);
        for (field, text, fires) in [
            (Field::Inn, "7,7E+09", true),
            (Field::Inn, "7799001111.0", true),
            (Field::Inn, "7799001111", false),
            (Field::Phone, "7.49512E+10", true),
            (Field::Code, "1,5E+07", true),
            (Field::Code, "1E5", false),
            (Field::Code, "00-000001", false),
        ] {
            let expected: &[&str] = if fires { &["crm:1"] } else { &[] };
            World::new().crm(&[(field, text)]).expect(&NumberCoerced, expected);
        }
    }
}
