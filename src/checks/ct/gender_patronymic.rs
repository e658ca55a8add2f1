//! `ct-gender-patronymic`: patronymic, surname and sex contradict.

use super::person_name::{Sex, by_field, by_patronymic, by_surname};
use crate::checks::scope;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field};

pub struct GenderPatronymic;

static META: Meta = Meta {
    id: "ct-gender-patronymic",
    severity: Severity::Warning,
    cross: false,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Пол не согласуется с ФИО",
        finds: "Человека, у которого отчество на -ович или -овна противоречит указанному полу или окончанию фамилии.",
        why: "В договоре и письме будет «именуемый» вместо «именуемая», а неверное отчество мешает узнать человека в \
              другой системе.",
        causes: "Опечатка в отчестве; пол по умолчанию «мужской»; в одну карточку попали данные супругов.",
        remedy: "Сверьте ФИО и пол с документом и исправьте.",
        example: "Лютикова Анна Сергеевич, пол «Ж».",
        source: "Практика: окончания русских отчеств и фамилий",
    },
    en: Card {
        title: "Sex does not agree with the name",
        finds: "A person whose patronymic in -ovich or -ovna contradicts the sex given or the ending of the surname.",
        why: "Contracts and letters come out in the wrong gender, and a wrong patronymic hides the person from the \
              other system.",
        causes: "A typing error in the patronymic; “male” as the default; data of a couple in one card.",
        remedy: "Compare the name and the sex with the document and correct them.",
        example: "Lyutikova Anna Sergeevich, sex “F”.",
        source: "Practice: endings of Russian patronymics and surnames",
    },
};

impl Check for GenderPatronymic {
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
            let patronymic = parties.patronymic.get(at);
            let sex_text = parties.raw.get(Field::Gender, at).trim();
            let Some(sex) = by_patronymic(patronymic) else { continue };
            let (stated, by_surname) = (by_field(sex_text), by_surname(parties.surname.get(at)));
            if stated.is_none() && by_surname.is_none() {
                continue;
            }
            evaluated += 1;
            let name = parties.display_name(at);
            let (ru_sex, en_sex) = match sex {
                Sex::Male => ("мужское", "male"),
                Sex::Female => ("женское", "female"),
            };
            if stated.is_some_and(|s| s != sex) {
                let message = cx.say(
                    || format!("«{name}»: отчество {ru_sex}, а указан пол «{sex_text}»; сверьте с документом"),
                    || format!("“{name}”: the patronymic is {en_sex} while the sex is “{sex_text}”; compare with the document"),
                );
                out.push(Finding::record(r, message).value(Field::Gender, r.side, sex_text));
            } else if by_surname.is_some_and(|s| s != sex) {
                let message = cx.say(
                    || format!("«{name}»: отчество {ru_sex}, а фамилия другого рода; сверьте с документом"),
                    || format!("“{name}”: the patronymic is {en_sex} while the surname has the other gender; compare with the document"),
                );
                out.push(Finding::record(r, message).value(Field::Patronymic, r.side, &name));
            }
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
        let person = |last: &str, middle: &str, sex: &str| {
            let texts = [
                (Field::LastName, last),
                (Field::FirstName, "Женя"),
                (Field::Patronymic, middle),
                (Field::Gender, sex),
            ];
            World::new().crm_contact(&texts)
        };
        for (last, middle, sex, fires) in [
            ("Орлова", "Сергеевич", "", true),
            ("Орлов", "Сергеевич", "Ж", true),
            ("Орлов", "Сергеевна", "", true),
            ("Орлова", "Сергеевна", "Женский", false),
            ("Сова", "Ильич", "М", false),
            ("Ткаченко", "Ильинична", "ж", false),
        ] {
            let expected: &[&str] = if fires { &["crm:1"] } else { &[] };
            person(last, middle, sex).expect(&GenderPatronymic, expected);
        }
        clean().expect(&GenderPatronymic, &[]);
    }
}
