//! `re-agent-fee`: a commission deal without a pair.

use super::scope;
use crate::checks::books;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, Side};
use crate::normalize::text;
use crate::pairing::estate::DealState;

pub struct AgentFee;

static META: Meta = Meta {
    id: "re-agent-fee",
    severity: Severity::Info,
    cross: true,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Комиссионная сделка без пары",
        finds: "Успешная сделка CRM, названная агентской или комиссионной (по воронке или названию), у которой \
                 нет документа в 1С.",
        why: "Вознаграждение агента не начислено: появится неучтённый долг.",
        causes: "Акт агента не внесли в 1С.",
        remedy: "Внесите акт агента или проверьте сделку.",
        example: "Сделка «Агентское вознаграждение, кв. 12»",
        source: "Практика; правило смоделировано без источника",
    },
    en: Card {
        title: "A commission deal without a pair",
        finds: "A won deal of the CRM that is called an agent's or a commission one (by pipeline or name) and \
                 has no document in 1C.",
        why: "The fee was not accrued: an unseen debt.",
        causes: "The act of the agent is not in 1C.",
        remedy: "Enter the act, or check the deal.",
        example: "Deal “Agent's fee, flat 12”",
        source: "Practice; the rule is modelled without a source",
    },
};

impl Check for AgentFee {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let needed = [(Side::Crm, Entity::Deal), (Side::Crm, Entity::Object), (Side::Onec, Entity::Document)];
        if let Some(missing) = scope::needs(cx, &needed) {
            return missing;
        }
        let deals = cx.data.book(Side::Crm, Entity::Deal);
        let holdings = scope::estate(cx).of(Side::Crm);
        let mut evaluated = 0;
        for at in books::active(deals).filter(|&at| holdings.deal_state[at] == DealState::Won) {
            evaluated += 1;
            let called = [Field::Pipeline, Field::Name].map(|f| text::fold(deals.text(f, at)));
            let commission = called.iter().any(|c| c.contains("АГЕНТСК") || c.contains("КОМИСС"));
            if !commission || cx.pairing.partners(deals.at(at)).next().is_some() {
                continue;
            }
            let name = cx.quoted(&cx.data.display_name(deals.at(at)));
            let message = cx.say(
                || format!("Комиссионная сделка {name} без документа в 1С"),
                || format!("Commission deal {name} has no document in 1C"),
            );
            out.push(Finding::record(deals.at(at), message));
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
            .set(Side::Crm, Entity::Deal, "t1", Field::Name, "Агентское вознаграждение")
            .world()
            .expect(&AgentFee, &["crm:t1"]);
        House::new()
            .set(Side::Crm, Entity::Deal, "t2", Field::Name, "Агентское вознаграждение")
            .world()
            .expect(&AgentFee, &[]);
    }
}
