//! `re-termination-live`: a terminated contract that lives on.

use super::scope;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::config::UnitStatus;
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, Side};
use crate::pairing::estate::ContractState;

pub struct TerminationLive;

static META: Meta = Meta {
    id: "re-termination-live",
    severity: Severity::Blocker,
    cross: true,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "ДДУ расторгнут в 1С, а в CRM действует",
        finds: "Договор, расторгнутый в 1С, пара которого в CRM действует, либо объект которого в CRM числится \
                 за договором или проданным, хотя другого действующего договора на него нет.",
        why: "Квартира заморожена, возврат покупателю не запланирован, а менеджер ждёт оплат.",
        causes: "О расторжении не сообщили отделу продаж; соглашение внесли в одну систему.",
        remedy: "Закройте сделку и договор в CRM, освободите объект; проверьте возврат.",
        example: "Расторгнут 01.09.2026, в CRM «продано»",
        source: "Практика: расторжение освобождает объект",
    },
    en: Card {
        title: "A contract terminated in 1C is alive in the CRM",
        finds: "A contract terminated in 1C whose pair in the CRM is active, or whose unit the CRM holds as \
                 contracted or sold while no other contract is in force.",
        why: "The flat is frozen, no refund is planned, the manager waits for payments.",
        causes: "Sales were not told; the agreement was entered in one system.",
        remedy: "Close deal and contract in the CRM, free the unit; check the refund.",
        example: "Terminated on 01.09.2026, “sold” in the CRM",
        source: "Practice: termination frees the unit",
    },
};

impl Check for TerminationLive {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(missing) = scope::needs(cx, &[(Side::Onec, Entity::Ddu)]) {
            return missing;
        }
        let estate = scope::estate(cx);
        let onec = scope::of(cx, Side::Onec);
        let crm = scope::of(cx, Side::Crm);
        if crm.objects.is_empty() && crm.ddus.is_empty() {
            return scope::not_run(cx, "в CRM нет объектов и договоров", "the CRM has neither units nor contracts");
        }
        let mut evaluated = 0;
        for at in 0..onec.ddus.len() {
            evaluated += 1;
            if estate.of(Side::Onec).state[at] != ContractState::Terminated {
                continue;
            }
            let r = onec.ddus.at(at);
            let live = cx.pairing.partners(r).find(|p| scope::state(cx, *p) == ContractState::Active);
            let unit = onec.object(at).filter(|o| onec.holdings.active_contracts(o.at()).next().is_none());
            let held = unit
                .and_then(|o| scope::partner(cx, o))
                .filter(|o| matches!(estate.of(Side::Crm).status[o.at()], Some(UnitStatus::Ddu | UnitStatus::Sold)));
            let Some(other) = live.or(held) else { continue };
            let name = scope::name(cx, r);
            let message = cx.say(
                || match live {
                    Some(_) => format!("{name} расторгнут в 1С и действует в CRM"),
                    None => format!("{name} расторгнут в 1С, объект в CRM не освобождён"),
                },
                || match live {
                    Some(_) => format!("{name} is terminated in 1C and active in the CRM"),
                    None => format!("{name} is terminated in 1C, its unit is still held in the CRM"),
                },
            );
            let text = onec.ddus.text(Field::TerminatedAt, at);
            let more = held.into_iter().filter(|h| *h != other).collect();
            out.push(Finding::record(r, message).other(other).more(more).value(Field::TerminatedAt, Side::Onec, text));
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
        let ended = || House::new().set(Side::Onec, Entity::Ddu, "d1", Field::TerminatedAt, "2026-09-01");
        ended().world().expect(&TerminationLive, &["onec:d1 crm:d1 crm:o1"]);
        ended()
            .set(Side::Crm, Entity::Ddu, "d1", Field::TerminatedAt, "2026-09-01")
            .world()
            .expect(&TerminationLive, &["onec:d1 crm:o1"]);
        ended()
            .set(Side::Crm, Entity::Ddu, "d1", Field::TerminatedAt, "2026-09-01")
            .set(Side::Crm, Entity::Object, "o1", Field::Stage, "Свободно")
            .world()
            .expect(&TerminationLive, &[]);
    }
}
