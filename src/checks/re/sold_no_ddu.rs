//! `re-sold-no-ddu`: sold without a contract.

use super::scope;
use crate::checks::books;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::config::UnitStatus;
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, Side};

pub struct SoldNoDdu;

static META: Meta = Meta {
    id: "re-sold-no-ddu",
    severity: Severity::Blocker,
    cross: true,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Объект продан, а ДДУ в 1С нет",
        finds: "Объект в статусе «продано», на пару которого в 1С нет ни одного действующего договора.",
        why: "Выручка и долг покупателя не отражены, оплату не к чему отнести.",
        causes: "Договор ещё не завели в 1С; договор расторгли, а статус не сняли; в договоре выбран другой \
                 объект.",
        remedy: "Заведите договор в 1С или исправьте статус объекта.",
        example: "Кв. 12 продана в CRM, договора в 1С нет",
        source: "Практика: шахматка CRM и учёт 1С ведутся отдельно, ключ объекта — дом, секция, этаж и номер",
    },
    en: Card {
        title: "A sold unit without a contract in 1C",
        finds: "A unit marked as sold whose pair in 1C has no active contract.",
        why: "Revenue and debt are not recorded, the payment has nowhere to go.",
        causes: "The contract is not in 1C yet; it was terminated and the status stayed; another unit was chosen \
                 in it.",
        remedy: "Enter the contract in 1C or correct the status.",
        example: "Flat 12 is sold in the CRM, 1C has no contract",
        source: "Practice: the grid of the CRM and the books in 1C are kept apart; building, section, floor and \
                 number are the key",
    },
};

impl Check for SoldNoDdu {
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
            let stated = [a, b].map(|r| estate.of(r.side).status[r.at()]);
            if !stated.contains(&Some(UnitStatus::Sold)) {
                continue;
            }
            evaluated += 1;
            if estate.of(Side::Onec).active_contracts(b.at()).next().is_some() {
                continue;
            }
            let name = scope::name(cx, a);
            let message = cx.say(
                || format!("{name} продан, а действующего договора в 1С нет"),
                || format!("{name} is sold, and 1C has no active contract"),
            );
            let [crm, onec] = [a, b].map(|r| cx.data.text(r, Field::Stage).trim());
            out.push(Finding::record(a, message).other(b).values(Field::Stage, crm, onec));
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
            .set(Side::Crm, Entity::Object, "o2", Field::Stage, "Продано")
            .world()
            .expect(&SoldNoDdu, &["crm:o2 onec:o2"]);
        House::new()
            .set(Side::Onec, Entity::Ddu, "d1", Field::TerminatedAt, "2026-09-01")
            .world()
            .expect(&SoldNoDdu, &["crm:o1 onec:o1"]);
        House::new().without(Side::Onec, Entity::Ddu).world().expect_not_run(&SoldNoDdu);
    }
}
