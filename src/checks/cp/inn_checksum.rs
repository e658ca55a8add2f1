//! `cp-inn-checksum`: control digits of an INN do not agree, or its region is 00.

use super::scope::{Verdict, each};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Defect, Entity, Field, PartyKind};

pub struct InnChecksum;

static META: Meta = Meta {
    id: "cp-inn-checksum",
    severity: Severity::Error,
    cross: false,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Не сходится контрольная сумма ИНН",
        finds: "ИНН из 10 или 12 цифр, у которого контрольные цифры не сходятся или код региона 00.",
        why: "1С не примет такой ИНН или заведёт «другого» контрагента; счёт-фактура с ним не пройдёт проверку книги \
              продаж.",
        causes: "Опечатка в одной цифре, перестановка цифр, выдуманный номер, чтобы сохранить карточку.",
        remedy: "Сверьте ИНН с договором или выпиской из ЕГРЮЛ и исправьте в той системе, где он неверен.",
        example: "ИНН 7799001112 вместо 7799001111",
        source: "Приказ ФНС ЕД-7-14/559@ от 26.06.2025 (до 2026 года — ММВ-7-6/435@ от 29.06.2012): структура ИНН; \
                 Библиотека стандартных подсистем 1С 3.1.12: веса контрольных цифр",
    },
    en: Card {
        title: "INN control digit does not agree",
        finds: "An INN of 10 or 12 digits whose control digits do not agree or whose region is 00.",
        why: "1C refuses such an INN or creates «another» party; a tax invoice with it fails the check of the VAT \
              book.",
        causes: "A typo in one digit, digits swapped, a number invented to get the card saved.",
        remedy: "Compare the INN with the contract or the state register and correct it where it is wrong.",
        example: "INN 7799001112 instead of 7799001111",
        source: "Order of the Federal Tax Service ЕД-7-14/559@ of 26.06.2025 (before 2026 ММВ-7-6/435@ of \
                 29.06.2012): structure of the INN; Standard library of 1C (БСП) 3.1.12: weights of the control \
                 digits",
    },
};

impl Check for InnChecksum {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        each(cx, &[Entity::Counterparty, Entity::Contact], Field::Inn, out, |parties, at| {
            let inn = &parties.inn[at];
            if inn.is_empty() || parties.kind[at] == PartyKind::Foreign {
                return Verdict::Skip;
            }
            let text = || parties.raw.get(Field::Inn, at).trim();
            match inn.defect() {
                None => Verdict::Sound,
                Some(Defect::Checksum) => Verdict::Bad(cx.say(
                    || format!("ИНН {}: контрольные цифры не сходятся, в номере ошибка", text()),
                    || format!("INN {}: control digits do not agree, the number is wrong", text()),
                )),
                Some(Defect::Impossible) => Verdict::Bad(cx.say(
                    || format!("ИНН {}: региона с кодом 00 нет", text()),
                    || format!("INN {}: there is no region 00", text()),
                )),
                Some(_) => Verdict::Skip,
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
            .crm(&[(Field::Inn, INN_A)])
            .crm(&[(Field::Inn, "7799001112")])
            .onec(&[(Field::Inn, "779900111177")])
            .onec_contact(&[(Field::Inn, "779900111177")])
            // Others report these: a placeholder, a lost zero, a wrong length.
            .onec(&[(Field::Inn, "1234567890")])
            .onec(&[(Field::Inn, "279001112")])
            .onec(&[(Field::Inn, "77990")])
            .expect(&InnChecksum, &["crm:2", "onec:1", "onec:2"]);
        World::new().crm(&[(Field::Inn, "7799001112"), (Field::Deleted, "да")]).expect(&InnChecksum, &[]);
        World::new().crm(&[(Field::Name, "ООО «Ромашка»")]).expect_not_run(&InnChecksum);
    }
}
