//! `co-dup-number`: one contract number and date twice.

use std::collections::BTreeMap;

use crate::checks::books::lacking;
use crate::checks::papers::{any_day, live, named};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, RecordRef, Side};
use crate::normalize::paper;
use crate::pairing::papers::party;

pub struct DupNumber;

static META: Meta = Meta {
    id: "co-dup-number",
    severity: Severity::Warning,
    cross: false,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Договор с одним номером и датой дважды",
        finds: "Действующие договоры одного контрагента с одинаковым номером и датой в одной системе.",
        why: "Долг разделится между двумя карточками одного договора, акт сверки не сойдётся.",
        causes: "Договор завели заново, не найдя прежнего; обмен создал второй.",
        remedy: "Выберите основной договор и перенесите на него документы.",
        example: "Договор № 45/2 от 01.02.2026 с ООО «Ромашка» заведён дважды",
        source: "Практика: расчёты 1С ведутся по карточке договора, повтор делит долг",
    },
    en: Card {
        title: "One contract number and date twice",
        finds: "Active contracts of one counterparty with the same number and date in one system.",
        why: "The debt is split between two cards of one contract, and reconciliation statements do not agree.",
        causes: "The contract was entered again because nobody found it; the exchange made a second one.",
        remedy: "Choose the main contract and move the documents to it.",
        example: "Contract No. 45/2 of 1 February 2026 with OOO Romashka exists twice",
        source: "Practice: settlements of 1C are kept by the card of a contract, a duplicate splits the debt",
    },
};

impl Check for DupNumber {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(ran) = lacking(cx, Entity::Contract, &[Field::Number, Field::Name]) {
            return ran;
        }
        let mut evaluated = 0;
        let mut groups: BTreeMap<(RecordRef, String, Option<i32>), Vec<RecordRef>> = BTreeMap::new();
        for r in Side::BOTH.into_iter().flat_map(|side| live(cx, side, Entity::Contract)) {
            let text = cx.data.text(r, Field::Number);
            let text = if text.trim().is_empty() { cx.data.text(r, Field::Name) } else { text };
            if let (Some(party), Some(number)) = (party(cx.data, r), paper::number(text)) {
                evaluated += 1;
                groups.entry((party, number.prefix + &number.core, any_day(cx, r))).or_default().push(r);
            }
        }
        for group in groups.into_values().filter(|g| g.len() > 1) {
            let (shown, n) = (named(cx, group[0]), group.len());
            let message = cx.say(
                || format!("Договор {shown} заведён {n} раза: выберите основной"),
                || format!("The contract {shown} exists {n} times: choose the main one"),
            );
            out.push(Finding::record(group[0], message).more(group[1..].to_vec()));
        }
        Ran::Evaluated(evaluated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::*;

    #[test]
    fn fires_and_stays_silent() {
        let world = |second: &'static str, inn: &'static str| {
            let one = |id, number, inn| {
                [(Field::Id, id), (Field::Number, number), (Field::Date, "01.02.2026"), (Field::PartyInn, inn)]
            };
            World::new()
                .onec(&[(Field::Inn, INN_A)])
                .onec(&[(Field::Inn, INN_B)])
                .add(Side::Onec, Entity::Contract, &one("a", "45/2", INN_A))
                .add(Side::Onec, Entity::Contract, &one("b", second, inn))
        };
        world("№ 45/2", INN_A).expect(&DupNumber, &["onec:a onec:b"]);
        world("45/3", INN_A).expect(&DupNumber, &[]);
        world("45/2", INN_B).expect(&DupNumber, &[]);
        World::new().expect_not_run(&DupNumber);
    }
}
