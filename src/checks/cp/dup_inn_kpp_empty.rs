//! `cp-dup-inn-kpp-empty`: cards with one INN, at least one of them without a KPP.

use super::groups::{by_inn, lead, masters};
use super::scope::{cards, live, no_field, sides_with};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Defect, Entity, Field};

pub struct DupInnKppEmpty;

static META: Meta = Meta {
    id: "cp-dup-inn-kpp-empty",
    severity: Severity::Error,
    cross: false,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Один ИНН, и у карточки нет КПП",
        finds: "Две и более действующих карточки организации с одним ИНН, хотя бы у одной КПП пуст.",
        why: "Карточка без КПП подходит и головной организации, и любому филиалу: обмен не знает, какую обновлять.",
        causes: "Дубль завели по одному ИНН; КПП потерялся при загрузке.",
        remedy: "Выясните, дубль это или филиал: допишите КПП или объедините карточки.",
        example: "ИНН 7799001111: одна карточка с КПП 779901001, вторая без КПП",
        source: "Практика: без КПП у головной организации и её филиалов один и тот же ключ",
    },
    en: Card {
        title: "One INN, and a card without a KPP",
        finds: "Two or more active cards of an organisation with one INN, at least one of which has no KPP.",
        why: "A card without a KPP fits the head office and any branch: exchange does not know which to update.",
        causes: "A duplicate was made by the INN alone; the KPP was lost in a load.",
        remedy: "Find out whether it is a duplicate or a branch: enter the KPP or merge the cards.",
        example: "INN 7799001111: one card with KPP 779901001, the other without a KPP",
        source: "Practice: without a KPP a head office and its branches share one key",
    },
};

impl Check for DupInnKppEmpty {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let sides = sides_with(cx, Field::Inn);
        if sides.is_empty() {
            return no_field(cx, &[Field::Inn]);
        }
        let mut evaluated = 0;
        for side in sides {
            let parties = cx.data.parties(side);
            let masters = masters(cx, side);
            evaluated += live(cx, side, Entity::Counterparty)
                .filter(|&at| parties.inn[at].valid().is_some_and(|inn| !inn.is_person()))
                .count() as u64;
            for (inn, mut group) in by_inn(cx, side) {
                group.retain(|&at| parties.is_active(at));
                let absent =
                    |at: &usize| parties.kpp[*at].is_empty() || parties.kpp[*at].defect() == Some(Defect::Placeholder);
                let without = group.iter().filter(|at| absent(at)).count();
                if inn.is_person() || group.len() < 2 || without == 0 {
                    continue;
                }
                let (subject, more) = lead(side, &masters, &group);
                let count = cards(cx, group.len());
                let message = cx.say(
                    || format!("{count} с одним ИНН {inn}, без КПП — {without}: дубль это или филиал, не понять; допишите КПП"),
                    || {
                        format!(
                            "{count} with the same INN {inn}, {without} without a KPP: duplicate or branch is unclear; enter the KPP"
                        )
                    },
                );
                let text = parties.raw.get(Field::Kpp, subject.at());
                out.push(Finding::record(subject, message).value(Field::Kpp, side, text).more(more));
            }
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
        let firm = |inn, kpp| [(Field::Inn, inn), (Field::Kpp, kpp)];
        World::new()
            .crm(&firm(INN_A, ""))
            .crm(&firm(INN_A, KPP_A))
            .onec(&firm(INN_B, ""))
            .onec(&firm(INN_B, ""))
            .cluster(vec![crm(1), crm(0)])
            .expect(&DupInnKppEmpty, &["crm:2 crm:1", "onec:1 onec:2"]);
        World::new()
            .crm(&firm(INN_A, KPP_A))
            .crm(&firm(INN_A, KPP_B))
            .crm(&firm(INN_B, ""))
            .onec(&firm(INN_B, ""))
            .crm(&firm(INN_PERSON, ""))
            .crm(&firm(INN_PERSON, ""))
            .expect(&DupInnKppEmpty, &[]);
        World::new().crm(&[(Field::Kpp, KPP_A)]).expect_not_run(&DupInnKppEmpty);
    }
}
