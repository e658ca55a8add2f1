//! `re-assignment-owner`: an assignment on one side.

use super::scope;
use super::shareholders::Parties;
use crate::checks::books;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::RecordRef;
use crate::model::{Entity, Field};

pub struct AssignmentOwner;

static META: Meta = Meta {
    id: "re-assignment-owner",
    severity: Severity::Error,
    cross: true,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Уступка зарегистрирована, а владелец прежний",
        finds: "Сопоставленные действующие договоры с датой уступки хотя бы в одной системе, участники которых \
                 различаются.",
        why: "Документы, уведомления и ключи уйдут прежнему покупателю.",
        causes: "Уступку внесли в одну систему.",
        remedy: "Замените участника договора по зарегистрированной уступке.",
        example: "Уступка 01.09.2026: в 1С новый владелец, в CRM прежний",
        source: "Практика: после уступки договор ведут на нового участника. 214-ФЗ, статья 11 (прочитано изложение, base.garant.ru/58074661): уступка возможна от \
                 регистрации договора до акта, после оплаты цены или с переводом долга",
    },
    en: Card {
        title: "An assignment is registered, the old owner stays",
        finds: "Linked contracts in force with a date of assignment in at least one system and different \
                 parties.",
        why: "Documents, notices and keys will go to the old buyer.",
        causes: "The assignment was entered in one system.",
        remedy: "Replace the party by the registered assignment.",
        example: "Assigned on 01.09.2026: the new owner in 1C, the old one in the CRM",
        source: "Practice: after an assignment the contract stands in the new owner's name. Law 214-FZ, article 11 (a summary was read, base.garant.ru/58074661): from registration to the \
                 act, after payment or with the debt",
    },
};

impl Check for AssignmentOwner {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(missing) =
            books::lacking(cx, Entity::Ddu, &[Field::AssignedAt]).or_else(|| books::lacking_pairs(cx, Entity::Ddu, &[]))
        {
            return missing;
        }
        let parties = Parties::new(cx);
        let mut evaluated = 0;
        for (a, b) in scope::active_contracts(cx) {
            let assigned = |r: RecordRef| scope::day(cx.data.book(r.side, Entity::Ddu), Field::AssignedAt, r.at());
            let Some(day) = assigned(b).or_else(|| assigned(a)) else { continue };
            let (left, right) = (parties.of(a), parties.of(b));
            if left.is_empty() || right.is_empty() {
                continue;
            }
            evaluated += 1;
            if parties.agree(&left, &right) {
                continue;
            }
            let (name, day) = (scope::name(cx, a), scope::show_day(day));
            let [crm, onec] = [&left, &right].map(|p| parties.show(p));
            let message = cx.say(
                || format!("{name}, уступка {day}: владелец в CRM {crm}, в 1С {onec}"),
                || format!("{name}, assigned on {day}: the owner is {crm} in the CRM and {onec} in 1C"),
            );
            out.push(Finding::record(a, message).other(b).values(Field::PartyName, &crm, &onec));
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
            .set(Side::Onec, Entity::Ddu, "d1", Field::PartyId, "p2")
            .set(Side::Onec, Entity::Ddu, "d1", Field::PartyName, "Одуванчикова Вера Ильинична")
            .world()
            .expect(&AssignmentOwner, &["crm:d1 onec:d1"]);
        House::new().both(Entity::Ddu, "d1", Field::AssignedAt, "").world().expect_not_run(&AssignmentOwner);
    }
}
