//! `re-status-drift`: statuses of a pair differ.

use std::collections::BTreeMap;

use super::scope;
use crate::checks::books;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::config::UnitStatus;
use crate::finding::{Finding, Severity};
use crate::model::RecordRef;
use crate::model::{Entity, Field, Side};

pub struct StatusDrift;

static META: Meta = Meta {
    id: "re-status-drift",
    severity: Severity::Error,
    cross: true,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Статус объекта различается",
        finds: "Сопоставленные объекты с разным статусом (свободно, бронь, ДДУ, продано) и слова статусов, \
                 которых нет в [map.object_status]. Если в 1С статуса нет, он следует из договоров: действующий \
                 ДДУ — «ДДУ», первая проведённая оплата по нему — «продано», без договора — «свободно»; бронь в \
                 CRM тогда не спорит со свободным объектом в 1С.",
        why: "Квартиру предложат второй раз или, наоборот, спрячут от продажи.",
        causes: "Менеджер не сменил статус после оплаты или расторжения; обмен статусами не настроен.",
        remedy: "Проверьте договор и оплаты, поправьте статус в шахматке; новые слова добавьте в \
                 [map.object_status].",
        example: "CRM: бронь, 1С: продано, оплата 10.03.2026",
        source: "Практика: первая проведённая оплата по ДДУ переводит объект в проданные",
    },
    en: Card {
        title: "The status of a unit differs",
        finds: "Linked units with different statuses (free, reserved, contract, sold), and words of statuses \
                 that [map.object_status] lacks. Where 1C has no status it follows from contracts: one in force \
                 means contract, its first posted payment sold, none free; a reservation in the CRM then does \
                 not contradict a free unit in 1C.",
        why: "The flat will be offered a second time, or hidden from sale.",
        causes: "The manager did not change the status after a payment or a termination; statuses are not \
                 exchanged.",
        remedy: "Check contract and payments and correct the grid; add new words to [map.object_status].",
        example: "CRM: reserved, 1C: sold, paid on 10.03.2026",
        source: "Practice: the first posted payment of a contract moves the unit to sold",
    },
};

impl Check for StatusDrift {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(missing) = scope::needs(cx, &[(Side::Crm, Entity::Object), (Side::Onec, Entity::Object)]) {
            return missing;
        }
        if !cx.has(Side::Crm, Entity::Object, Field::Stage) {
            return scope::not_run(cx, "в CRM не выгружен статус объектов", "the CRM gives no status of units");
        }
        let stated = cx.has(Side::Onec, Entity::Object, Field::Stage);
        if !stated && cx.data.book(Side::Onec, Entity::Ddu).is_empty() {
            return scope::not_run(cx, "в 1С нет ни статусов, ни договоров", "1C has neither statuses nor contracts");
        }
        unmapped(cx, out);
        let mut evaluated = 0;
        for (a, b) in books::pairs(cx, Entity::Object) {
            let (Some(left), Some(right)) = (scope::status(cx, a), scope::status(cx, b)) else { continue };
            evaluated += 1;
            let hidden = !stated && (left, right) == (UnitStatus::Reserved, UnitStatus::Free);
            if left == right || hidden || reported(cx, left, b) {
                continue;
            }
            let (name, shown) = (scope::name(cx, a), [left, right].map(|s| s.text(cx.lang)));
            let message = cx.say(
                || format!("{name}: в CRM «{}», в 1С «{}»", shown[0], shown[1]),
                || format!("{name}: “{}” in the CRM, “{}” in 1C", shown[0], shown[1]),
            );
            out.push(Finding::record(a, message).other(b).values(Field::Stage, shown[0], shown[1]));
        }
        Ran::Evaluated(evaluated + out.len() as u64)
    }
}

/// `re-free-with-ddu` and `re-sold-no-ddu` report the worst of it.
fn reported(cx: &Context, crm: UnitStatus, onec: RecordRef) -> bool {
    let contracts = scope::estate(cx).of(Side::Onec).active_contracts(onec.at()).next().is_some();
    let known = !cx.data.book(Side::Onec, Entity::Ddu).is_empty();
    crm == UnitStatus::Free && contracts || crm == UnitStatus::Sold && known && !contracts
}

/// Words that no map reads, each once, with the first object that has it.
fn unmapped(cx: &Context, out: &mut Vec<Finding>) {
    for of in scope::sides(cx) {
        let mut words: BTreeMap<&str, (usize, u32)> = BTreeMap::new();
        for at in books::active(of.objects) {
            let word = of.objects.text(Field::Stage, at).trim();
            if !word.is_empty() && of.holdings.status[at].is_none() {
                words.entry(word).or_insert((at, 0)).1 += 1;
            }
        }
        for (word, (at, count)) in words {
            let shown = cx.quoted(word);
            let message = cx.say(
                || {
                    format!(
                        "Статус {shown} не сопоставлен, объектов с ним: {count}; добавьте его в [map.object_status]"
                    )
                },
                || format!("Status {shown} is not mapped, units that have it: {count}; add it to [map.object_status]"),
            );
            out.push(Finding::record(of.objects.at(at), message).value(Field::Stage, of.side, word));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::re::house::House;

    #[test]
    fn fires_and_stays_silent() {
        let stage = |side, id, text| House::new().set(side, Entity::Object, id, Field::Stage, text).world();
        stage(Side::Crm, "o4", "Бронь").expect(&StatusDrift, &["crm:o4 onec:o4"]);
        stage(Side::Onec, "o2", "продана").expect(&StatusDrift, &["crm:o2 onec:o2"]);
        stage(Side::Crm, "o2", "Акция").expect(&StatusDrift, &["crm:o2"]);
        // Worse than a wrong word, and reported as such.
        stage(Side::Crm, "o1", "Свободно").expect(&StatusDrift, &[]);
        let bare = House::new().both(Entity::Object, "o3", Field::Stage, "Бронь");
        let bare = ["o1", "o2", "o3", "o4"]
            .into_iter()
            .fold(bare, |h, id| h.set(Side::Onec, Entity::Object, id, Field::Stage, ""));
        // The second flat sold in the CRM, and no contract in 1C: another check says so.
        bare.set(Side::Crm, Entity::Object, "o1", Field::Stage, "ДДУ")
            .world()
            .expect(&StatusDrift, &["crm:o1 onec:o1"]);
        House::new().without(Side::Onec, Entity::Object).world().expect_not_run(&StatusDrift);
    }
}
