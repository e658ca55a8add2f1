//! `re-free-with-ddu`: free under a contract.

use super::scope;
use crate::checks::books;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::config::UnitStatus;
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, Side};

pub struct FreeWithDdu;

static META: Meta = Meta {
    id: "re-free-with-ddu",
    severity: Severity::Blocker,
    cross: true,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Объект свободен в CRM при действующем ДДУ",
        finds: "Объект, свободный в шахматке CRM, на который в 1С действует договор.",
        why: "Менеджер предложит проданную квартиру: двойная продажа — вопрос времени.",
        causes: "Договор оформили мимо CRM; статус сбросили вместе с закрытой сделкой.",
        remedy: "Смените статус в CRM на «ДДУ» или «продано»; когда договор зарегистрирован, в плане очистки \
                 есть шаг.",
        example: "Кв. 12 свободна в CRM, в 1С действует ДДУ С-1/12",
        source: "Практика: шахматка CRM и учёт 1С ведутся отдельно, ключ объекта — дом, секция, этаж и номер",
    },
    en: Card {
        title: "A unit free in the CRM under an active contract",
        finds: "A unit free in the grid of the CRM under an active contract in 1C.",
        why: "A manager will offer a sold flat: a double sale is a matter of time.",
        causes: "The contract was made past the CRM; the status was reset with a closed deal.",
        remedy: "Set the status in the CRM to contract or sold; the cleanup plan has a step where the contract is \
                 registered.",
        example: "Flat 12 is free in the CRM, contract S-1/12 is active in 1C",
        source: "Practice: the grid of the CRM and the books in 1C are kept apart; building, section, floor and \
                 number are the key",
    },
};

impl Check for FreeWithDdu {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let needed = [(Side::Crm, Entity::Object), (Side::Onec, Entity::Object), (Side::Onec, Entity::Ddu)];
        if let Some(missing) = scope::needs(cx, &needed) {
            return missing;
        }
        let estate = scope::estate(cx);
        let mut evaluated = 0;
        for (a, b) in books::pairs(cx, Entity::Object) {
            let Some(status) = estate.of(Side::Crm).status[a.at()] else { continue };
            evaluated += 1;
            let Some(contract) = estate.of(Side::Onec).active_contracts(b.at()).next() else { continue };
            if status != UnitStatus::Free {
                continue;
            }
            let contract = cx.data.book(Side::Onec, Entity::Ddu).at(contract);
            let (name, under) = (scope::name(cx, a), scope::name(cx, contract));
            let message = cx.say(
                || format!("{name} свободен в CRM, в 1С действует договор {under}"),
                || format!("{name} is free in the CRM, contract {under} is active in 1C"),
            );
            let [crm, onec] = [a, b].map(|r| cx.data.text(r, Field::Stage).trim());
            out.push(Finding::record(a, message).other(b).more(vec![contract]).values(Field::Stage, crm, onec));
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
        House::new()
            .set(Side::Crm, Entity::Object, "o4", Field::Stage, "Свободно")
            .world()
            .expect(&FreeWithDdu, &["crm:o4 onec:o4 onec:d2"]);
        House::new().set(Side::Crm, Entity::Object, "o4", Field::Stage, "Бронь").world().expect(&FreeWithDdu, &[]);
    }
}
