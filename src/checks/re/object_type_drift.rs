//! `re-object-type-drift`: kinds of a pair differ.

use super::scope;
use crate::checks::books;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::RecordRef;
use crate::model::{Entity, Field};

pub struct ObjectTypeDrift;

static META: Meta = Meta {
    id: "re-object-type-drift",
    severity: Severity::Error,
    cross: true,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Вид помещения различается",
        finds: "Сопоставленные объекты разного вида: квартира, апартаменты, машино-место, кладовая, \
                 коммерческое помещение.",
        why: "От вида зависят форма договора, НДС и эскроу: договор оформят не по той форме.",
        causes: "Проект изменили; апартаменты завели как квартиры; вид не заполнен и взят по умолчанию.",
        remedy: "Проверьте вид по проектной декларации и исправьте его в одной из систем.",
        example: "Квартира в CRM, апартаменты в 1С",
        source: "Практика: вид помещения определяет форму договора и налог",
    },
    en: Card {
        title: "The type of a unit differs",
        finds: "Linked units of different kinds: flat, apartment, parking, storage, commercial.",
        why: "Form of contract, VAT and escrow depend on the kind: the wrong form will be used.",
        causes: "The project was changed; apartments were entered as flats; a default was left.",
        remedy: "Check the project declaration and correct one of the systems.",
        example: "A flat in the CRM, an apartment in 1C",
        source: "Practice: the kind of a unit decides the form of contract and the tax",
    },
};

impl Check for ObjectTypeDrift {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(missing) = books::lacking_pairs(cx, Entity::Object, &[]) {
            return missing;
        }
        let kind = |r: RecordRef| scope::estate(cx).of(r.side).kind[r.at()];
        let mut evaluated = 0;
        for (a, b) in books::pairs(cx, Entity::Object) {
            let (Some(left), Some(right)) = (kind(a), kind(b)) else { continue };
            evaluated += 1;
            if left == right {
                continue;
            }
            let [crm, onec] = [a, b].map(|r| cx.data.text(r, Field::Kind).trim());
            let (name, shown) = (scope::name(cx, a), [cx.quoted(crm), cx.quoted(onec)]);
            let message = cx.say(
                || format!("{name}: вид в CRM {}, в 1С {}", shown[0], shown[1]),
                || format!("{name}: the kind is {} in the CRM and {} in 1C", shown[0], shown[1]),
            );
            out.push(Finding::record(a, message).other(b).values(Field::Kind, crm, onec));
        }
        if evaluated == 0 {
            return scope::not_run(cx, "вид помещения не указан", "the kind of a unit is not given");
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
            .set(Side::Onec, Entity::Object, "o2", Field::Kind, "Апартаменты")
            .world()
            .expect(&ObjectTypeDrift, &["crm:o2 onec:o2"]);
        House::new().set(Side::Onec, Entity::Object, "o2", Field::Kind, "кв.").world().expect(&ObjectTypeDrift, &[]);
        House::new().set(Side::Onec, Entity::Object, "o2", Field::Kind, "").world().expect(&ObjectTypeDrift, &[]);
    }
}
