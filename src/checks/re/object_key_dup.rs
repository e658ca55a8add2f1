//! `re-object-key-dup`: a unit entered twice.

use super::scope;
use crate::checks::books;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field};

pub struct ObjectKeyDup;

static META: Meta = Meta {
    id: "re-object-key-dup",
    severity: Severity::Blocker,
    cross: false,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Один объект заведён дважды",
        finds: "Действующие объекты одной системы с одинаковыми домом, секцией, этажом, видом и номером после \
                 приведения.",
        why: "На одну квартиру заведут две сделки или два договора, и ни одна система этого не заметит.",
        causes: "Шахматку загрузили повторно; номер записали с «кв.» и без; буква в номере латинская.",
        remedy: "Оставьте одну карточку, сделки и договоры переведите на неё.",
        example: "«кв. 12» и «12» в корпусе 1, секция 1, этаж 3",
        source: "Практика: ключ объекта — дом, секция, этаж, вид и номер",
    },
    en: Card {
        title: "One unit entered twice",
        finds: "Active units of one system with the same building, section, floor, kind and number after \
                 folding.",
        why: "Two deals or two contracts will be made for one flat, and neither system will notice.",
        causes: "The grid was loaded again; the number was written with and without “кв.”; a letter is Latin.",
        remedy: "Keep one card and move deals and contracts to it.",
        example: "“кв. 12” and “12” in building 1, section 1, floor 3",
        source: "Practice: building, section, floor, kind and number are the key",
    },
};

impl Check for ObjectKeyDup {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(missing) = books::lacking(cx, Entity::Object, &[Field::Number]) {
            return missing;
        }
        let mut evaluated = 0;
        for of in scope::sides(cx) {
            for at in books::active(of.objects) {
                let r = of.objects.at(at);
                evaluated += 1;
                let twins: Vec<_> =
                    cx.pairing.twins(r).filter(|t| of.objects.is_active(t.at()) && t.space == r.space).collect();
                if twins.is_empty() || twins.iter().any(|t| *t < r) {
                    continue;
                }
                let (name, count) = (scope::name(cx, r), twins.len() + 1);
                let message = cx.say(
                    || format!("{name} заведён в {} раз: {count}; оставьте одну карточку", of.side.title(cx.lang)),
                    || format!("{name} is entered {count} times in {}; keep one card", of.side.title(cx.lang)),
                );
                let number = cx.data.text(r, Field::Number);
                out.push(Finding::record(r, message).more(twins).value(Field::Number, of.side, number));
            }
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
        let twin = |number: &'static str, floor: &'static str| {
            [
                (Field::Id, "x"),
                (Field::Kind, "квартира"),
                (Field::Number, number),
                (Field::Building, "корп. 1"),
                (Field::Section, "1"),
                (Field::Floor, floor),
            ]
        };
        House::new()
            .add(Side::Crm, Entity::Object, &twin("кв. 13", "3"))
            .world()
            .expect(&ObjectKeyDup, &["crm:o2 crm:x"]);
        House::new().add(Side::Crm, Entity::Object, &twin("13", "4")).world().expect(&ObjectKeyDup, &[]);
        House::new().add(Side::Crm, Entity::Object, &twin("13а", "3")).world().expect(&ObjectKeyDup, &[]);
    }
}
