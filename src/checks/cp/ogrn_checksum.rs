//! `cp-ogrn-checksum`: an OGRN or OGRNIP is wrong, or of the other kind.

use super::scope::{Verdict, each};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, PartyKind, Value};

pub struct OgrnChecksum;

static META: Meta = Meta {
    id: "cp-ogrn-checksum",
    severity: Severity::Warning,
    cross: false,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Неверный ОГРН или ОГРНИП",
        finds: "ОГРН с неверным контрольным числом, длиной или знаками, ОГРНИП у организации, ОГРН у ИП.",
        why: "По ОГРН контрагента проверяют сервисы и операторы ЭДО: с ошибкой карточка не обогатится и приглашение \
              не уйдёт.",
        causes: "Опечатка; в карточку фирмы вписали ОГРНИП владельца; число испорчено таблицей.",
        remedy: "Сверьте номер с выпиской ЕГРЮЛ или ЕГРИП.",
        example: "ОГРН 1027799000018 вместо 1027799000019",
        source: "Библиотека стандартных подсистем 1С 3.1.12: контрольное число ОГРН (остаток от деления на 11) и \
                 ОГРНИП (на 13)",
    },
    en: Card {
        title: "OGRN or OGRNIP is wrong",
        finds: "An OGRN whose control digit, length or characters are wrong, an OGRNIP at an organisation, an OGRN at \
                a sole trader.",
        why: "Registers and e-document operators check a counterparty by OGRN: with an error the card is not enriched \
              and the invitation is not sent.",
        causes: "A typo; the OGRNIP of the owner stands in the card of the firm; a spreadsheet spoilt the number.",
        remedy: "Compare the number with the state register.",
        example: "OGRN 1027799000018 instead of 1027799000019",
        source: "Standard library of 1C (БСП) 3.1.12: control digit of the OGRN (remainder by 11) and of the OGRNIP \
                 (by 13)",
    },
};

impl Check for OgrnChecksum {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        each(cx, &[Entity::Counterparty], Field::Ogrn, out, |parties, at| {
            if parties.ogrn[at].is_empty() || parties.kind[at] == PartyKind::Foreign {
                return Verdict::Skip;
            }
            match &parties.ogrn[at] {
                Value::Invalid { defect, .. } => {
                    let text = parties.raw.get(Field::Ogrn, at).trim();
                    Verdict::Bad(cx.say(
                        || format!("ОГРН «{text}»: {}; сверьте с выпиской", defect.text(cx.lang)),
                        || format!("OGRN “{text}”: {}; compare with the register", defect.text(cx.lang)),
                    ))
                }
                Value::Valid(ogrn) => match parties.inn[at].valid() {
                    Some(inn) if inn.is_person() && !ogrn.is_sole_trader() => Verdict::Bad(cx.say(
                        || format!("При ИНН {inn} (ИП) стоит ОГРН организации {ogrn}, нужен ОГРНИП из 15 цифр"),
                        || format!("INN {inn} is a person's, but {ogrn} is the OGRN of an organisation"),
                    )),
                    Some(inn) if !inn.is_person() && ogrn.is_sole_trader() => Verdict::Bad(cx.say(
                        || format!("При ИНН организации {inn} стоит ОГРНИП {ogrn}, нужен ОГРН из 13 цифр"),
                        || format!("INN {inn} is an organisation's, but {ogrn} is the OGRNIP of a sole trader"),
                    )),
                    _ => Verdict::Sound,
                },
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
            .crm(&[(Field::Inn, INN_A), (Field::Ogrn, "1027799000018")])
            .crm(&[(Field::Inn, INN_A), (Field::Ogrn, "304779900000011")])
            .crm(&[(Field::Inn, INN_PERSON), (Field::Ogrn, "1027799000019")])
            .crm(&[(Field::Inn, INN_A), (Field::Ogrn, "1027799000019")])
            .crm(&[(Field::Inn, INN_PERSON), (Field::Ogrn, "304779900000011")])
            .expect(&OgrnChecksum, &["crm:1", "crm:2", "crm:3"]);
        World::new().crm(&[(Field::Inn, INN_A)]).expect_not_run(&OgrnChecksum);
    }
}
