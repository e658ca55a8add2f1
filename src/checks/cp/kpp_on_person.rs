//! `cp-kpp-on-person`: a person or sole trader has a KPP.

use super::scope::{Verdict, each};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field};

pub struct KppOnPerson;

static META: Meta = Meta {
    id: "cp-kpp-on-person",
    severity: Severity::Warning,
    cross: false,
    fix: Fix::Auto,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "КПП у ИП или физлица",
        finds: "КПП заполнен у контрагента с ИНН из 12 цифр.",
        why: "КПП бывает только у организаций. Обмен ищет пару ИНН + КПП, в 1С у ИП КПП пуст, и карточка не находится.",
        causes: "Поле обязательное в форме; реквизиты скопировали с прежней фирмы того же владельца; вписали «0».",
        remedy: "Очистите КПП у карточек с ИНН из 12 цифр.",
        example: "ИП Васильков П. И., ИНН 779900111176, КПП 779901001",
        source: "Приказ ФНС ЕД-7-14/559@ от 26.06.2025 (до 2026 года — ММВ-7-6/435@ от 29.06.2012): КПП присваивается \
                 организациям",
    },
    en: Card {
        title: "KPP on a sole trader or a person",
        finds: "A KPP at a counterparty whose INN has 12 digits.",
        why: "Only organisations have a KPP. Exchange looks for the pair INN + KPP, in 1C the sole trader has none, \
              and the card is not found.",
        causes: "The form demanded the field; requisites were copied from a former firm of the same owner; «0» was \
                 typed.",
        remedy: "Clear the KPP of cards whose INN has 12 digits.",
        example: "IP Vasilkov, INN 779900111176, KPP 779901001",
        source: "Order of the Federal Tax Service ЕД-7-14/559@ of 26.06.2025 (before 2026 ММВ-7-6/435@ of \
                 29.06.2012): organisations are given a KPP",
    },
};

impl Check for KppOnPerson {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        each(cx, &[Entity::Counterparty], Field::Kpp, out, |parties, at| {
            let Some(inn) = parties.inn[at].valid().filter(|inn| inn.is_person()) else {
                return Verdict::Skip;
            };
            if parties.kpp[at].is_empty() {
                return Verdict::Sound;
            }
            let text = parties.raw.get(Field::Kpp, at).trim();
            Verdict::Bad(cx.say(
                || format!("У ИП и физлица КПП не бывает, а при ИНН {inn} вписан КПП «{text}»; очистите его"),
                || format!("A person has no KPP, yet “{text}” stands beside INN {inn}; clear it"),
            ))
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
            .crm(&[(Field::Inn, INN_PERSON), (Field::Kpp, KPP_A)])
            .crm(&[(Field::Inn, INN_PERSON)])
            .crm(&[(Field::Inn, INN_A), (Field::Kpp, KPP_A)])
            .expect(&KppOnPerson, &["crm:1"]);
        World::new().crm(&[(Field::Inn, INN_PERSON)]).expect_not_run(&KppOnPerson);
    }
}
