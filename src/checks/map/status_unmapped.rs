//! `map-status-unmapped`: a stage of deals without a meaning.

use std::collections::BTreeMap;

use crate::checks::books::lacking;
use crate::checks::papers::{amount, live, roubles_of, stage, sum};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Decimal, Entity, Field, RecordRef, Side};

pub struct StatusUnmapped;

static META: Meta = Meta {
    id: "map-status-unmapped",
    severity: Severity::Blocker,
    cross: true,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Стадия сделки без соответствия",
        finds: "Стадии сделок CRM, которых нет в разделе [map.deal_stage] файла sverka.toml: по одной находке на \
                стадию, с числом сделок и суммой. Стадии, которые сами говорят, что сделка выиграна или проиграна, \
                понятны без соответствия.",
        why: "Обмен не знает, какой документ завести по сделке на такой стадии: документы застревают или создаются \
                не те.",
        causes: "Воронку изменили после настройки обмена; стадию завёл менеджер; соответствие не описывали.",
        remedy: "Впишите стадию в [map.deal_stage]: none, contract, order, invoice, shipped, paid или lost.",
        example: "Стадия «Согласование с юристом» у 14 сделок на 1 250 000,00 не описана",
        source: "Практика: таблица соответствия статусов — обязательная часть настройки обмена CRM с 1С",
    },
    en: Card {
        title: "A stage of deals without a meaning",
        finds: "Stages of CRM deals that the section [map.deal_stage] of sverka.toml does not have: one finding per \
                stage, with the number of deals and their sum. Stages that say themselves that a deal is won or lost \
                need no mapping.",
        why: "The exchange does not know which document to make for a deal at such a stage: documents get stuck or \
                are the wrong ones.",
        causes: "The pipeline was changed after the exchange had been set up; a manager added a stage; nobody wrote \
                the mapping.",
        remedy: "Enter the stage in [map.deal_stage]: none, contract, order, invoice, shipped, paid or lost.",
        example: "The stage “Legal review” of 14 deals worth 1,250,000.00 is not mapped",
        source: "Practice: a table of statuses is an obligatory part of an exchange between a CRM and 1C",
    },
};

impl Check for StatusUnmapped {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(ran) = lacking(cx, Entity::Deal, &[Field::Stage]) {
            return ran;
        }
        let mut stages: BTreeMap<&str, Vec<RecordRef>> = BTreeMap::new();
        let mut evaluated = 0;
        for side in Side::BOTH {
            for deal in live(cx, side, Entity::Deal) {
                let text = cx.data.text(deal, Field::Stage).trim();
                if !text.is_empty() {
                    evaluated += 1;
                    if stage(cx, deal).is_none() {
                        stages.entry(text).or_default().push(deal);
                    }
                }
            }
        }
        for (text, deals) in stages {
            let total = deals.iter().filter_map(|&r| amount(cx, r)).fold(0i64, |t, a| t.saturating_add(a.micros()));
            let (shown, n, total) = (cx.quoted(text), deals.len(), sum(cx, Decimal::from_micros(total)));
            let message = cx.say(
                || format!("Стадия {shown} не описана в [map.deal_stage]: сделок {n} на сумму {total}"),
                || format!("The stage {shown} is not in [map.deal_stage]: deals {n}, their sum {total}"),
            );
            let finding = Finding::record(deals[0], message).impact(roubles_of(cx, &deals));
            out.push(finding.value(Field::Stage, deals[0].side, text));
        }
        Ran::Evaluated(evaluated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::papers::testing::*;

    #[test]
    fn fires_and_stays_silent() {
        deal(&[(Field::Stage, "Согласование")]).expect(&StatusUnmapped, &["crm:d"]);
        deal(&[(Field::Stage, "счёт ")]).expect(&StatusUnmapped, &[]);
        deal(&[(Field::Stage, "C5:WON")]).expect(&StatusUnmapped, &[]);
        deal(&[(Field::Stage, "")]).expect_not_run(&StatusUnmapped);
    }
}
