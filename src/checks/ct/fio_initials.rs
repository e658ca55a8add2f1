//! `ct-fio-initials`: initials in place of a name.

use super::person_name::is_initial;
use crate::checks::scope;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field};

pub struct FioInitials;

static META: Meta = Meta {
    id: "ct-fio-initials",
    severity: Severity::Warning,
    cross: false,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Инициалы вместо имени",
        finds: "Человека, у которого вместо имени или отчества стоит одна буква.",
        why: "По инициалам нельзя решить, один ли это человек: совпадение считается слабым, и запись уходит на ручную \
              проверку. В договор инициалы не подойдут.",
        causes: "Имя взято из подписи письма, из счёта или доверенности.",
        remedy: "Узнайте полное имя; часто оно есть в карточке того же человека в другой системе.",
        example: "«Лютикова А. С.» при полном «Лютикова Анна Сергеевна» в 1С.",
        source: "Практика: инициалы не отличают человека от однофамильца",
    },
    en: Card {
        title: "Initials in place of a name",
        finds: "A person with one letter in place of the given name or the patronymic.",
        why: "Initials cannot tell whether it is one person: the match is weak and the record needs a person's word. \
              A contract cannot be made out to initials.",
        causes: "The name comes from the signature of a letter, an invoice or a power of attorney.",
        remedy: "Ask for the full name; often the card of the same person in the other system has it.",
        example: "“Lyutikova A. S.” where 1C has “Lyutikova Anna Sergeevna”.",
        source: "Practice: initials do not tell a person from a namesake",
    },
};

impl Check for FioInitials {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let fields = [Field::LastName, Field::FirstName, Field::Name];
        if let Some(missing) = scope::lacking(cx, &Entity::PARTIES, &fields) {
            return missing;
        }
        let mut evaluated = 0;
        for r in scope::persons(cx) {
            let (parties, at) = (cx.data.parties(r.side), r.at());
            let (given, patronymic) = (parties.given.get(at), parties.patronymic.get(at));
            if given.is_empty() && parties.surname.get(at).is_empty() {
                continue;
            }
            evaluated += 1;
            if !is_initial(given) && !is_initial(patronymic) {
                continue;
            }
            let name = parties.display_name(at);
            let message = cx.say(
                || format!("Инициалы вместо имени: «{name}»; нужны полные имя и отчество"),
                || format!("Initials in place of a name: “{name}”; the full given name and patronymic are expected"),
            );
            let field = if parties.raw.get(Field::FirstName, at).is_empty() { Field::Name } else { Field::FirstName };
            out.push(Finding::record(r, message).value(field, r.side, &name));
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
        for (name, fires) in [("Орлов И.П.", true), ("Орлов Иван П.", true), ("Орлов Иван Петрович", false)]
        {
            let expected: &[&str] = if fires { &["crm:1"] } else { &[] };
            World::new().crm_contact(&[(Field::Name, name)]).expect(&FioInitials, expected);
        }
        clean().expect(&FioInitials, &[]);
        World::new().expect_not_run(&FioInitials);
    }
}
