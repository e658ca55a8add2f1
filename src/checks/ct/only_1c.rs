//! `ct-only-1c`: contact persons of 1C that the CRM lacks.

use super::only_crm::one_sided;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::Side;

pub struct OnlyOnec;

static META: Meta = Meta {
    id: "ct-only-1c",
    severity: Severity::Info,
    cross: true,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Контакт есть только в 1С",
        finds: "Действующее контактное лицо 1С, которому не нашлось пары в CRM. Пары, которые ждут решения человека, \
                сюда не входят.",
        why: "При первом обмене оно будет создано в CRM, а менеджер до этого не видит, с кем работает бухгалтерия.",
        causes: "Контакт завели только в 1С; в CRM он удалён; ФИО и телефон записаны по-разному.",
        remedy: "Решите, нужен ли контакт в CRM. Ненужные исключите из обмена отбором.",
        example: "Контактное лицо «Лютикова Анна», главный бухгалтер, есть только в 1С.",
        source: "Практика: первый обмен создаёт недостающие карточки",
    },
    en: Card {
        title: "A contact only 1C has",
        finds: "An active contact person of 1C with no counterpart in the CRM. Pairs that wait for a person are not \
                counted.",
        why: "The first exchange creates it in the CRM; until then a manager does not see whom the accountants deal \
              with.",
        causes: "The contact was entered in 1C only; it was deleted from the CRM; name and phone are written \
                 differently.",
        remedy: "Decide whether the CRM needs the contact. Leave the others out of the exchange by a filter.",
        example: "Contact person “Lyutikova Anna”, chief accountant, is in 1C only.",
        source: "Practice: the first exchange creates missing cards",
    },
};

impl Check for OnlyOnec {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        one_sided(cx, Side::Onec, &cx.drift.only_onec, out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::{World, clean};
    use crate::model::Field;

    #[test]
    fn fires_and_is_silent() {
        let person: &[(Field, &str)] = &[(Field::Id, "p2"), (Field::Name, "Орлов Иван")];
        clean().onec_contact(person).expect(&OnlyOnec, &["onec:p2"]);
        clean().crm_contact(person).expect(&OnlyOnec, &[]);
        let deleted: &[(Field, &str)] = &[(Field::Name, "Орлов Иван"), (Field::Deleted, "да")];
        clean().onec_contact(deleted).expect(&OnlyOnec, &[]);
        clean().onec_contact(person).partial(Side::Crm).expect_not_run(&OnlyOnec);
        World::new().onec_contact(person).expect_not_run(&OnlyOnec);
    }
}
