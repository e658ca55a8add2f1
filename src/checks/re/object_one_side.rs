//! `re-object-one-side`: a unit without a pair.

use super::scope;
use crate::checks::books;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::Space;
use crate::model::{Entity, Field, Side};

pub struct ObjectOneSide;

static META: Meta = Meta {
    id: "re-object-one-side",
    severity: Severity::Error,
    cross: true,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Объект есть только в одной системе",
        finds: "Объект шахматки без пары в 1С или объект 1С без пары в CRM. Объекты, пара которых ждёт решения \
                 человека, не считаются.",
        why: "По такому объекту нельзя сопоставить договор и оплаты: ДДУ окажется без объекта или квартира \
                 без учёта.",
        causes: "Объект завели в одной системе; корпус не выгрузили; номер записан так, что его не узнать.",
        remedy: "Заведите объект во второй системе или исправьте дом, секцию, этаж и номер.",
        example: "Кв. 217, корп. 2 есть в шахматке, в 1С её нет",
        source: "Практика: шахматка CRM и учёт 1С ведутся отдельно, ключ объекта — дом, секция, этаж и номер",
    },
    en: Card {
        title: "A unit is in one system only",
        finds: "A unit of the grid without a pair in 1C or the reverse. Units whose pair waits for a person are \
                 not counted.",
        why: "No contract and no payment can be paired: a contract without a unit or a unit outside the \
                 books.",
        causes: "The unit was entered in one system; a building was not exported; the number cannot be \
                 recognised.",
        remedy: "Enter the unit in the other system, or correct building, section, floor and number.",
        example: "Flat 217 of building 2 is in the grid and not in 1C",
        source: "Practice: the grid of the CRM and the books in 1C are kept apart; building, section, floor and \
                 number are the key",
    },
};

impl Check for ObjectOneSide {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(missing) = scope::needs(cx, &[(Side::Crm, Entity::Object), (Side::Onec, Entity::Object)]) {
            return missing;
        }
        let waiting = scope::awaiting(cx, Space::Objects);
        let mut evaluated = 0;
        for of in scope::sides(cx) {
            for at in books::active(of.objects) {
                let r = of.objects.at(at);
                evaluated += 1;
                if waiting.contains(&r) || cx.pairing.partners(r).next().is_some() {
                    continue;
                }
                // A twin with a pair is reported as a twin.
                if cx.pairing.twins(r).any(|t| cx.pairing.partners(t).next().is_some() || waiting.contains(&t)) {
                    continue;
                }
                let name = scope::name(cx, r);
                let here = of.side.title(cx.lang);
                let there = of.side.other().title(cx.lang);
                let message = cx.say(
                    || format!("{name} есть только в {here}, в {there} пары нет"),
                    || format!("{name} is in {here} only, {there} has no pair"),
                );
                out.push(Finding::record(r, message).value(Field::Number, of.side, cx.data.text(r, Field::Number)));
            }
        }
        Ran::Evaluated(evaluated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::re::house::House;

    #[test]
    fn fires_and_stays_silent() {
        House::new().remove(Side::Onec, Entity::Object, "o2").world().expect(&ObjectOneSide, &["crm:o2"]);
        House::new()
            .set(Side::Onec, Entity::Object, "o2", Field::Building, "2")
            .world()
            .expect(&ObjectOneSide, &["crm:o2", "onec:o2"]);
        House::new().set(Side::Onec, Entity::Object, "o2", Field::Area, "99").world().expect(&ObjectOneSide, &[]);
        House::new().without(Side::Onec, Entity::Object).world().expect_not_run(&ObjectOneSide);
    }
}
