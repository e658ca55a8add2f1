//! `re-shareholders-drift`: parties of a contract differ.

use super::scope;
use super::shareholders::Parties;
use crate::checks::books;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::RecordRef;
use crate::model::{Entity, Field};

pub struct ShareholdersDrift;

static META: Meta = Meta {
    id: "re-shareholders-drift",
    severity: Severity::Error,
    cross: true,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Состав дольщиков различается",
        finds: "Сопоставленные действующие договоры, у которых разные участники: люди и организации, признанные \
                 одним лицом, считаются одним. Договоры с уступкой проверяет re-assignment-owner.",
        why: "Документы и право собственности оформят не на тех людей.",
        causes: "Второго супруга внесли в одну систему; участника заменили допсоглашением.",
        remedy: "Сверьте с подписанным договором.",
        example: "В CRM Незабудкина А. С., в 1С Незабудкина А. С. и Незабудкин П. И.",
        source: "Практика: участники договора одни и те же в обеих системах",
    },
    en: Card {
        title: "The set of shareholders differs",
        finds: "Linked contracts in force with different parties; persons and firms found to be one party count \
                 as one. Contracts with an assignment are judged by re-assignment-owner.",
        why: "Documents and ownership will go to the wrong persons.",
        causes: "A spouse was entered in one system; an addendum replaced a party.",
        remedy: "Compare with the signed contract.",
        example: "Nezabudkina in the CRM, Nezabudkina and Nezabudkin in 1C",
        source: "Practice: the parties of a contract are the same in both systems",
    },
};

impl Check for ShareholdersDrift {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(missing) =
            books::lacking_pairs(cx, Entity::Ddu, &[Field::PartyId, Field::PartyName, Field::PersonId])
        {
            return missing;
        }
        let parties = Parties::new(cx);
        let mut evaluated = 0;
        for (a, b) in scope::active_contracts(cx) {
            let assigned =
                |r: RecordRef| scope::day(cx.data.book(r.side, Entity::Ddu), Field::AssignedAt, r.at()).is_some();
            let (left, right) = (parties.of(a), parties.of(b));
            if left.is_empty() || right.is_empty() || assigned(a) || assigned(b) {
                continue;
            }
            evaluated += 1;
            if parties.agree(&left, &right) {
                continue;
            }
            let name = scope::name(cx, a);
            let [crm, onec] = [&left, &right].map(|p| parties.show(p));
            let message = cx.say(
                || format!("{name}: участники в CRM {crm}, в 1С {onec}"),
                || format!("{name}: parties {crm} in the CRM, {onec} in 1C"),
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
        let unassigned = || House::new().both(Entity::Ddu, "d1", Field::AssignedAt, "");
        let two = "Незабудкина Анна Сергеевна; Одуванчикова Вера Ильинична";
        unassigned()
            .set(Side::Onec, Entity::Ddu, "d1", Field::PartyName, two)
            .world()
            .expect(&ShareholdersDrift, &["crm:d1 onec:d1"]);
        unassigned()
            .set(Side::Onec, Entity::Ddu, "d1", Field::PartyId, "p2")
            .set(Side::Onec, Entity::Ddu, "d1", Field::PartyName, "")
            .world()
            .expect(&ShareholdersDrift, &["crm:d1 onec:d1"]);
        unassigned().both(Entity::Ddu, "d1", Field::PartyName, two).world().expect(&ShareholdersDrift, &[]);
        // The order and the short form of a name say nothing.
        let turned = "Одуванчикова В. И., Незабудкина А.С.";
        unassigned()
            .set(Side::Crm, Entity::Ddu, "d1", Field::PartyName, two)
            .set(Side::Onec, Entity::Ddu, "d1", Field::PartyName, turned)
            .world()
            .expect(&ShareholdersDrift, &[]);
    }
}
