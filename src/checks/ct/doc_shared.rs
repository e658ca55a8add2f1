//! `ct-doc-shared`: one passport, different names.

use super::passport::{Document, read};
use super::person_name::compatible;
use crate::checks::scope;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, RecordRef, Side};

pub struct DocShared;

static META: Meta = Meta {
    id: "ct-doc-shared",
    severity: Severity::Error,
    cross: false,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Один паспорт у разных людей",
        finds: "Серию и номер паспорта, которые стоят у людей с разными ФИО внутри одной системы.",
        why: "Паспорт один на человека: либо это дубль под другим именем, либо чужие данные в договоре.",
        causes: "Карточку скопировали и сменили имя; паспорт супруга вписали обоим; смена фамилии; подлог.",
        remedy: "Сверьте паспорта с документами; если человек сменил фамилию, объедините карточки.",
        example: "Один номер паспорта у Лютиковой Анны и у Василькова Петра.",
        source: "Практика: паспорт принадлежит одному человеку",
    },
    en: Card {
        title: "One passport, different persons",
        finds: "A passport series and number that stand with persons of different names inside one system.",
        why: "A passport belongs to one person: it is a twin under another name, or somebody else's data in a contract.",
        causes: "A card was copied and renamed; the passport of one spouse was given to both; a change of surname; \
                 fraud.",
        remedy: "Compare the passports with the documents; if a person changed the surname, merge the cards.",
        example: "One passport number with Lyutikova Anna and Vasilkov Pyotr.",
        source: "Practice: a passport belongs to one person",
    },
};

impl Check for DocShared {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(missing) = scope::lacking(cx, &Entity::PARTIES, &[Field::Document]) {
            return missing;
        }
        let mut holders: Vec<((Side, u64), RecordRef)> = Vec::new();
        for r in scope::parties(cx) {
            let text = cx.data.parties(r.side).raw.get(Field::Document, r.at());
            if let Document::Passport(number) = read(text) {
                holders.push(((r.side, number), r));
            }
        }
        let evaluated = holders.len() as u64;
        for group in scope::by_key(&mut holders).filter(|g| g.len() > 1) {
            let name = |r: RecordRef| {
                let (parties, at) = (cx.data.parties(r.side), r.at());
                (parties.surname.get(at), parties.given.get(at), parties.patronymic.get(at))
            };
            let first = group[0].1;
            // Cards with one name are twins, not a foreign passport: other checks report them.
            if group.iter().all(|h| compatible(name(first), name(h.1))) {
                continue;
            }
            let n = scope::cards(cx, group.len());
            let message = cx.say(
                || format!("Один номер паспорта стоит у людей с разными ФИО ({n}); сверьте его с документами"),
                || {
                    format!(
                        "One passport number stands with persons of different names ({n}); compare with the documents"
                    )
                },
            );
            let text = cx.data.parties(first.side).raw.get(Field::Document, first.at());
            let more = group[1..].iter().map(|h| h.1).collect();
            out.push(Finding::record(first, message).more(more).value(Field::Document, first.side, text));
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
        let two = |a: &str, b: &str| {
            World::new()
                .crm_contact(&[(Field::Name, a), (Field::Document, "4505 123456")])
                .crm_contact(&[(Field::Name, b), (Field::Document, "серия 45 05 № 123456")])
        };
        two("Орлов Иван Петрович", "Лютикова Анна Сергеевна").expect(&DocShared, &["crm:1 crm:2"]);
        two("Орлов Иван Петрович", "Орлов И. П.").expect(&DocShared, &[]);
        clean().expect_not_run(&DocShared);
    }
}
