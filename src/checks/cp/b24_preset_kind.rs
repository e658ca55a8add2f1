//! `cp-b24-preset-kind`: the requisite preset does not fit the INN.

use super::scope::{Verdict, each};
use super::stated;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field};
use crate::normalize::kind;

pub struct B24PresetKind;

static META: Meta = Meta {
    id: "cp-b24-preset-kind",
    severity: Severity::Warning,
    cross: false,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Шаблон реквизитов Битрикс24 не подходит к ИНН",
        finds: "Шаблон «Организация» при ИНН из 12 цифр, шаблон «ИП» или «Физ. лицо» при ИНН из 10 цифр.",
        why: "Шаблон определяет набор полей: у ИП не окажется ОГРНИП, у организации — КПП, и обмен передаст не те \
              реквизиты.",
        causes: "При заведении компании оставили шаблон по умолчанию.",
        remedy: "Создайте реквизит по верному шаблону и перенесите в него значения.",
        example: "Шаблон «Организация», ИНН 779900111176",
        source: "Битрикс24 REST, crm.requisite.preset.list: шаблоны «Организация», «ИП», «Физ. лицо» с номерами 1–3",
    },
    en: Card {
        title: "Bitrix24 requisite preset does not fit the INN",
        finds: "The preset of an organisation with an INN of 12 digits, or the preset of a sole trader or a person \
                with 10.",
        why: "The preset decides which fields there are: the trader has no OGRNIP, the organisation no KPP, and \
              exchange carries the wrong requisites.",
        causes: "The default preset was left when the company was made.",
        remedy: "Make a requisite by the right preset and move the values into it.",
        example: "Preset «Организация», INN 779900111176",
        source: "Bitrix24 REST, crm.requisite.preset.list: presets «Организация», «ИП», «Физ. лицо» under numbers 1–3",
    },
};

impl Check for B24PresetKind {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        each(cx, &[Entity::Counterparty], Field::RequisitePreset, out, |parties, at| {
            let preset = parties.raw.get(Field::RequisitePreset, at);
            let Some(expected) = kind::from_text(preset).and_then(stated::has_person_inn) else {
                return Verdict::Skip;
            };
            let Some(inn) = parties.inn[at].valid().copied() else {
                return Verdict::Skip;
            };
            // When the name too speaks against the INN, the INN is wrong: `cp-inn-kind-length`.
            let by_name = stated::by_name(parties, at).and_then(stated::has_person_inn);
            if expected == inn.is_person() || by_name.is_some_and(|person| person != inn.is_person()) {
                return Verdict::Sound;
            }
            let digits = if inn.is_person() { 12 } else { 10 };
            Verdict::Bad(cx.say(
                || format!("Шаблон реквизитов «{}», а ИНН {inn} из {digits} цифр; смените шаблон или исправьте ИНН", preset.trim()),
                || format!("Requisite preset “{}”, but INN {inn} has {digits} digits; change the preset or correct the INN", preset.trim()),
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
        let card = |preset, inn| [(Field::RequisitePreset, preset), (Field::Inn, inn)];
        World::new()
            .crm(&card("Организация", INN_PERSON))
            .crm(&card("ИП", INN_A))
            .crm(&card("Организация", INN_A))
            .crm(&card("ИП", INN_PERSON))
            .crm(&card("Физ. лицо", INN_PERSON))
            .crm(&card("Мой шаблон", INN_A))
            .crm(&[(Field::RequisitePreset, "Организация"), (Field::Name, "ООО «Пион»"), (Field::Inn, "779900222214")])
            .expect(&B24PresetKind, &["crm:1", "crm:2"]);
        World::new().crm(&[(Field::Inn, INN_A)]).expect_not_run(&B24PresetKind);
    }
}
