//! `ct-birthdate-impossible`: a date of birth that nobody can have.

use crate::checks::scope;
use crate::checks::{Card, Check, Context, Fix, Meta, Param, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Defect, Entity, Field, Value};
use crate::normalize::birth::{self, Impossible};
use crate::normalize::date;

pub struct BirthdateImpossible;

static META: Meta = Meta {
    id: "ct-birthdate-impossible",
    severity: Severity::Warning,
    cross: false,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[Param {
        name: "max_age",
        default: birth::MAX_AGE,
        ru: "наибольший возраст, лет",
        en: "greatest age, years",
    }],
    ru: Card {
        title: "Невозможная дата рождения",
        finds: "Дату рождения в будущем, старше max_age лет, 01.01.1900 или такую, которой нет в календаре.",
        why: "По дате рождения сверка отличает родственников и однофамильцев: ложная дата склеит чужих или разделит \
              своих.",
        causes: "Обязательное поле заполнено чем попало; дата создания карточки вместо даты рождения; опечатка в годе.",
        remedy: "Уточните дату или очистите поле.",
        example: "Дата рождения 31.02.1985.",
        source: "Практика: чем заполняют обязательное поле даты",
    },
    en: Card {
        title: "Impossible date of birth",
        finds: "A date of birth in the future, more than max_age years ago, 01.01.1900, or one the calendar lacks.",
        why: "The date of birth tells relatives and namesakes apart: a false one joins strangers or splits a person.",
        causes: "A required field filled with anything; the date of the card in place of the date of birth; a typing \
                 error in the year.",
        remedy: "Ask for the date or clear the field.",
        example: "Date of birth 31.02.1985.",
        source: "Practice: what people type into a mandatory date",
    },
};

impl Check for BirthdateImpossible {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(missing) = scope::lacking(cx, &Entity::PARTIES, &[Field::BirthDate]) {
            return missing;
        }
        let oldest = cx.param(&META, "max_age");
        let mut evaluated = 0;
        for r in scope::parties(cx) {
            let text = cx.data.parties(r.side).raw.get(Field::BirthDate, r.at()).trim();
            let why = match date::parse(text) {
                Value::Empty => continue,
                // The column is at fault there: `snap-date-ambiguous`.
                Value::Invalid { defect: Defect::Ambiguous, .. } => continue,
                Value::Invalid { defect: Defect::Impossible, .. } => {
                    Some(cx.lang.pick("такой даты нет в календаре", "the calendar has no such day"))
                }
                Value::Invalid { defect, .. } => Some(defect.text(cx.lang)),
                Value::Valid(born) => birth::impossible(born, cx.as_of, oldest).map(|why| match why {
                    Impossible::Future => cx.lang.pick("этот день ещё не наступил", "that day has not come yet"),
                    Impossible::Filler => cx.lang.pick("заглушка вместо даты", "a filler in place of a date"),
                    Impossible::TooOld => cx.lang.pick("столько не живут", "nobody lives so long"),
                }),
            };
            evaluated += 1;
            let Some(why) = why else { continue };
            let message = cx.say(
                || format!("Дата рождения «{text}»: {why}; уточните её или очистите поле"),
                || format!("Date of birth “{text}”: {why}; ask for it or clear the field"),
            );
            out.push(Finding::record(r, message).value(Field::BirthDate, r.side, text));
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
        for (text, fires) in [
            ("31.02.1985", true),
            ("01.01.1900", true),
            ("24.11.1915", true),
            ("25.11.2026", true),
            ("25.11.1915", false),
            ("12.04.1985", false),
            ("03/04/1985", false),
            ("01.01.0001", false),
        ] {
            let expected: &[&str] = if fires { &["crm:1"] } else { &[] };
            let world = World::new().crm_contact(&[(Field::BirthDate, text)]);
            world.expect(&BirthdateImpossible, expected);
        }
        clean().expect(&BirthdateImpossible, &[]);
        World::new().expect_not_run(&BirthdateImpossible);
    }
}
