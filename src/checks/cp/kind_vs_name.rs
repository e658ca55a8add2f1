//! `cp-kind-vs-name`: the kind field contradicts the name.

use super::scope::{Verdict, each};
use super::stated;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field};
use crate::normalize::company;

pub struct KindVsName;

static META: Meta = Meta {
    id: "cp-kind-vs-name",
    severity: Severity::Warning,
    cross: false,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Вид контрагента противоречит названию",
        finds: "Вид «юрлицо» при названии-ФИО или ИП, вид «физлицо» или «ИП» при названии с формой организации.",
        why: "По виду 1С выбирает набор реквизитов и бланк документа: карточка попадёт не в тот раздел, документы \
              выйдут с ошибкой.",
        causes: "Вид по умолчанию не изменили при заведении карточки.",
        remedy: "Исправьте вид в той системе, где он неверен.",
        example: "Вид «Физическое лицо», название ООО «Ромашка»",
        source: "Практика: реквизит «Вид контрагента» справочника «Контрагенты» 1С (юридическое или физическое лицо)",
    },
    en: Card {
        title: "Kind contradicts the name",
        finds: "The kind says organisation while the name is of a person or a sole trader, or the kind says person \
                while the name has the form of an organisation.",
        why: "1C chooses requisites and printed forms by kind: the card lands in the wrong section, documents come \
              out wrong.",
        causes: "The default kind was not changed when the card was made.",
        remedy: "Correct the kind where it is wrong.",
        example: "Kind «Физическое лицо», name ООО «Ромашка»",
        source: "Practice: attribute «Вид контрагента» of the catalogue of counterparties in 1C (legal or natural \
                 person)",
    },
};

impl Check for KindVsName {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        each(cx, &[Entity::Counterparty], Field::Kind, out, |parties, at| {
            let (Some(kind), Some(name)) = (stated::by_kind(parties, at), stated::by_name(parties, at)) else {
                return Verdict::Skip;
            };
            let (Some(by_kind), Some(by_name)) = (stated::has_person_inn(kind), stated::has_person_inn(name)) else {
                return Verdict::Skip;
            };
            // 1С:Бухгалтерия keeps sole traders under «физическое лицо»: no contradiction there.
            if by_kind == by_name {
                return Verdict::Sound;
            }
            // «Ромашкин» as the working name, «ИП Ромашкин …» as the full one: the one that says it is shown.
            let full = parties.raw.get(Field::FullName, at);
            let by_full = company::form_of(parties.raw.get(Field::Name, at)).is_none() && !parties.form[at].is_none();
            let text = if by_full { cx.quoted(full) } else { cx.quoted(&parties.display_name(at)) };
            let (kind, name) = (stated::text(kind, cx.lang), stated::text(name, cx.lang));
            Verdict::Bad(cx.say(
                || format!("Вид — {kind}, а по названию {text} это {name}; исправьте вид"),
                || format!("The kind says {kind}, the name {text} says {name}; correct the kind"),
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
        let card = |kind, name| [(Field::Kind, kind), (Field::Name, name)];
        World::new()
            .onec(&card("Физическое лицо", "ООО «Ромашка»"))
            .onec(&card("Юридическое лицо", "ИП Васильков Пётр Сергеевич"))
            .onec(&card("Юридическое лицо", "Васильков Пётр Сергеевич"))
            .onec(&card("Физическое лицо", "ИП Васильков Пётр Сергеевич"))
            .onec(&card("Юридическое лицо", "ООО «Ромашка»"))
            .onec(&card("Клиент", "Васильков Пётр Сергеевич"))
            .onec(&card("Юридическое лицо", "Анна Мария"))
            .expect(&KindVsName, &["onec:1", "onec:2", "onec:3"]);
        World::new().crm(&[(Field::Name, "ООО «Ромашка»")]).expect_not_run(&KindVsName);
    }
}
