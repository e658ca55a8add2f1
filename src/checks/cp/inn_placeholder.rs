//! `cp-inn-placeholder`: a filler stands instead of an INN.

use super::scope::{Verdict, each};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Defect, Entity, Field, PartyKind};

pub struct InnPlaceholder;

static META: Meta = Meta {
    id: "cp-inn-placeholder",
    severity: Severity::Error,
    cross: false,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Вместо ИНН вписана заглушка",
        finds: "ИНН из одинаковых цифр или цифр подряд, слова «нет», «не указан» и подобные в поле ИНН.",
        why: "Все карточки с одной заглушкой выглядят одним контрагентом: обмен сольёт чужие документы в одну \
              карточку.",
        causes: "Поле обязательное, а ИНН под рукой не было.",
        remedy: "Очистите поле и впишите настоящий ИНН; до этого карточку из обмена исключите.",
        example: "ИНН 0000000000",
        source: "Практика: чем заполняют обязательное поле, когда номера нет",
    },
    en: Card {
        title: "Placeholder instead of an INN",
        finds: "An INN of equal or running digits, the words «нет», «не указан» and the like in the INN field.",
        why: "All cards with one filler look like one counterparty: exchange would pour documents of strangers into \
              one card.",
        causes: "The field is mandatory and no INN was at hand.",
        remedy: "Clear the field and enter the real INN; keep the card out of the exchange until then.",
        example: "INN 0000000000",
        source: "Practice: what people type into a mandatory field when they have no number",
    },
};

impl Check for InnPlaceholder {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        each(cx, &[Entity::Counterparty, Entity::Contact], Field::Inn, out, |parties, at| {
            let text = parties.raw.get(Field::Inn, at).trim();
            if text.is_empty() || parties.kind[at] == PartyKind::Foreign {
                return Verdict::Skip;
            }
            // A word for "no value" is normalised to an empty value.
            if parties.inn[at].is_empty() || parties.inn[at].defect() == Some(Defect::Placeholder) {
                Verdict::Bad(cx.say(
                    || format!("Вместо ИНН вписано «{text}», нужен настоящий номер"),
                    || format!("“{text}” stands instead of an INN, the real number is needed"),
                ))
            } else {
                Verdict::Sound
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
            .crm(&[(Field::Inn, "0000000000")])
            .crm(&[(Field::Inn, "1234567890")])
            .crm(&[(Field::Inn, "нет")])
            .crm(&[(Field::Inn, "")])
            .crm(&[(Field::Inn, INN_A)])
            .crm(&[(Field::Inn, "7799001112")])
            .expect(&InnPlaceholder, &["crm:1", "crm:2", "crm:3"]);
        World::new().crm(&[(Field::Name, "ООО «Ромашка»")]).expect_not_run(&InnPlaceholder);
    }
}
