//! `cp-foreign-id`: a non-resident with a number that is no INN, or without any tax number.

use super::scope::live;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, PartyKind, RecordRef, Side};

pub struct ForeignId;

static META: Meta = Meta {
    id: "cp-foreign-id",
    severity: Severity::Warning,
    cross: false,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Нерезидент с чужим номером в поле ИНН или без номера",
        finds: "У иностранного контрагента в поле ИНН стоит не российский ИНН, либо налоговый номер его страны не \
                заполнен.",
        why: "1С примет номер за ошибочный ИНН и карточку не найдёт; договор и валютный контроль потребуют номер \
              страны регистрации.",
        causes: "Отдельного поля для нерезидента в CRM нет; номер вписали в ИНН или выдумали.",
        remedy: "Перенесите номер в поле налогового номера нерезидента; ИНН оставьте только выданный ФНС.",
        example: "ТОО из Казахстана: БИН 050140001234 в поле ИНН",
        source: "НК РФ, ст. 83 и 84: ИНН получает тот, кто состоит на учёте в налоговых органах России; практика: у \
                 остальных нерезидентов номер своей страны",
    },
    en: Card {
        title: "Non-resident with a foreign number as INN, or without a number",
        finds: "A foreign counterparty whose INN field holds no Russian INN, or whose national tax number is empty.",
        why: "1C takes the number for a wrong INN and does not find the card; contracts and currency control ask for \
              the number of the home country.",
        causes: "The CRM has no field for non-residents; the number was typed into the INN or invented.",
        remedy: "Move the number to the field of the foreign tax number; keep as INN only what the Russian tax \
                 service issued.",
        example: "A firm of Kazakhstan: BIN 050140001234 in the INN field",
        source: "Tax Code, art. 83 and 84: an INN goes to who is registered with the Russian tax service; practice: \
                 other non-residents have the number of their country",
    },
};

impl Check for ForeignId {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let mut evaluated = 0;
        for side in Side::BOTH {
            let parties = cx.data.parties(side);
            for at in live(cx, side, Entity::Counterparty).filter(|&at| parties.kind[at] == PartyKind::Foreign) {
                evaluated += 1;
                let inn = parties.raw.get(Field::Inn, at).trim();
                let tax_id = parties.raw.get(Field::TaxId, at).trim();
                let message = if parties.inn[at].is_valid() {
                    continue;
                } else if !inn.is_empty() {
                    cx.say(
                        || format!("У нерезидента в поле ИНН стоит «{inn}», это не ИНН: нужен налоговый номер страны"),
                        || format!("“{inn}” in the INN field of a non-resident is no INN: use the foreign tax number"),
                    )
                } else if tax_id.is_empty() {
                    cx.say(
                        || "У нерезидента нет ни ИНН, ни налогового номера страны; впишите номер".to_owned(),
                        || "The non-resident has neither an INN nor a foreign tax number; enter the number".to_owned(),
                    )
                } else {
                    continue;
                };
                out.push(Finding::record(RecordRef::new(side, at), message).value(Field::Inn, side, inn));
            }
        }
        if evaluated > 0 {
            return Ran::Evaluated(evaluated);
        }
        Ran::NotRun(cx.say(
            || "нерезидентов среди контрагентов не видно: нет вида, страны или налогового номера".to_owned(),
            || "no non-residents are recognisable: no kind, country or foreign tax number".to_owned(),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::*;

    #[test]
    fn fires_and_stays_silent() {
        let abroad = |inn, tax| {
            [(Field::Kind, "Нерезидент"), (Field::Country, "Казахстан"), (Field::Inn, inn), (Field::TaxId, tax)]
        };
        World::new()
            .crm(&abroad("050140001234", ""))
            .crm(&abroad("", ""))
            .crm(&abroad("", "050140001234"))
            .crm(&abroad("9909001116", ""))
            .crm(&[(Field::Name, "ООО «Ромашка»"), (Field::Inn, "7799001112")])
            .expect(&ForeignId, &["crm:1", "crm:2", "crm:4"]);
        World::new().crm(&[(Field::Name, "ООО «Ромашка»")]).expect_not_run(&ForeignId);
    }
}
