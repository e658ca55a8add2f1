//! `re-object-number-form`: numbers written in different ways.

use crate::checks::books;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field};
use crate::normalize::property;

pub struct ObjectNumberForm;

static META: Meta = Meta {
    id: "re-object-number-form",
    severity: Severity::Warning,
    cross: true,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Номер объекта записан по-разному",
        finds: "Сопоставленные объекты, номер которых записан по-разному: «12» и «кв. 12», латинская и русская \
                 буква, строительный номер против почтового.",
        why: "Обмен сравнивает номера как текст и не найдёт пару: квартира окажется лишней на обеих сторонах.",
        causes: "Номер вводили вручную; после обмеров дом перенумеровали, а вторую систему не поправили.",
        remedy: "Выберите одну запись номера для обеих систем; почтовый номер храните в отдельном поле.",
        example: "«кв. 12» в CRM, «12» в 1С",
        source: "Практика: шахматка CRM и учёт 1С ведутся отдельно, ключ объекта — дом, секция, этаж и номер",
    },
    en: Card {
        title: "The number of a unit is written in different ways",
        finds: "Linked units whose numbers are written differently: “12” and “кв. 12”, a Latin and a Russian \
                 letter, a construction number against a postal one.",
        why: "Exchange compares numbers as text and finds no pair: the flat is left over on both sides.",
        causes: "Numbers were typed; the house was renumbered after the survey in one system only.",
        remedy: "Choose one form for both systems; keep the postal number in a field of its own.",
        example: "“кв. 12” in the CRM, “12” in 1C",
        source: "Practice: the grid of the CRM and the books in 1C are kept apart; building, section, floor and \
                 number are the key",
    },
};

impl Check for ObjectNumberForm {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(missing) = books::lacking_pairs(cx, Entity::Object, &[Field::Number]) {
            return missing;
        }
        let mut evaluated = 0;
        for (a, b) in books::pairs(cx, Entity::Object) {
            let [crm, onec] = [a, b].map(|r| cx.data.text(r, Field::Number).trim());
            evaluated += 1;
            if crm == onec || crm.is_empty() || onec.is_empty() {
                continue;
            }
            let [left, right] = [crm, onec].map(property::unit_number);
            let (shown, other) = (cx.quoted(crm), cx.quoted(onec));
            let message = cx.say(
                || {
                    let why = if left == right {
                        "запись разная"
                    } else {
                        "строительный и почтовый номер"
                    };
                    format!("Номер объекта: CRM {shown}, 1С {other}; {why}")
                },
                || {
                    let why = if left == right { "two forms of one number" } else { "construction and postal number" };
                    format!("Number of the unit: CRM {shown}, 1C {other}; {why}")
                },
            );
            out.push(Finding::record(a, message).other(b).values(Field::Number, crm, onec));
        }
        Ran::Evaluated(evaluated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::re::house::House;
    use crate::model::Side;

    #[test]
    fn fires_and_stays_silent() {
        House::new()
            .set(Side::Crm, Entity::Object, "o2", Field::Number, "кв. 13")
            .world()
            .expect(&ObjectNumberForm, &["crm:o2 onec:o2"]);
        House::new().both(Entity::Object, "o2", Field::Number, "кв. 13").world().expect(&ObjectNumberForm, &[]);
    }
}
