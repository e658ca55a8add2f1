//! `cp-branch-family`: one INN under several KPPs: a head office and its branches.

use super::groups::{by_inn, head, split, territorial_kpps};
use super::scope::{no_field, sides_with};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::Field;

pub struct BranchFamily;

static META: Meta = Meta {
    id: "cp-branch-family",
    severity: Severity::Info,
    cross: false,
    fix: Fix::None,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Головная организация и филиалы: объединять нельзя",
        finds: "Карточки с одним ИНН и разными правильными КПП. КПП крупнейшего налогоплательщика (причина 50) \
                филиалом не считается.",
        why: "Это не дубли: у филиалов свои адреса, счета и грузополучатели. Слияние отправит счета-фактуры не тому \
              подразделению.",
        causes: "Организация работает через обособленные подразделения.",
        remedy: "Ничего не объединяйте; проверьте, что в обеих системах один и тот же набор карточек. Если у двух \
                 карточек КПП с причиной 01, одна из них может хранить прежний КПП.",
        example: "ИНН 7799002228: КПП 779901001 (Москва) и 507843001 (Подольск)",
        source: "НК РФ, ст. 83 п. 1: организация стоит на учёте по месту нахождения каждого обособленного \
                 подразделения; ИНН у неё один (ст. 84)",
    },
    en: Card {
        title: "Head office and branches: never merge",
        finds: "Cards with one INN and different valid KPPs. The KPP of a largest taxpayer (reason 50) is no branch.",
        why: "They are not duplicates: branches have addresses, accounts and consignees of their own. A merge sends \
              tax invoices to the wrong one.",
        causes: "The organisation works through separate divisions.",
        remedy: "Merge nothing; see that both systems hold the same set of cards. If two cards have a KPP with reason \
                 01, one of them may keep a former KPP.",
        example: "INN 7799002228: KPP 779901001 (Moscow) and 507843001 (Podolsk)",
        source: "Tax Code, art. 83 (1): an organisation is registered at the place of each of its divisions; its INN \
                 is one (art. 84)",
    },
};

impl Check for BranchFamily {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let sides = sides_with(cx, Field::Kpp);
        if sides.is_empty() {
            return no_field(cx, &[Field::Kpp]);
        }
        let mut evaluated = 0;
        for side in sides {
            let parties = cx.data.parties(side);
            for (inn, group) in by_inn(cx, side) {
                evaluated += 1;
                let kpps = territorial_kpps(parties, &group);
                if kpps.len() < 2 || inn.is_person() {
                    continue;
                }
                let (subject, more) = split(side, head(parties, &group).unwrap_or(group[0]), &group);
                let count = kpps.len();
                let heads = kpps.iter().filter(|k| k.reason() == "01").count();
                let stale = heads > 1;
                let message = cx.say(
                    || match stale {
                        true => format!("ИНН {inn}: {count} разных КПП, из них с причиной 01 — {heads}, проверьте, не прежний ли это КПП"),
                        false => format!("ИНН {inn}: {count} разных КПП — головная организация и филиалы, не дубли"),
                    },
                    || match stale {
                        true => format!("INN {inn}: {count} KPPs, {heads} of them with reason 01: see whether one is outdated"),
                        false => format!("INN {inn}: {count} KPPs: a head office and branches, not duplicates"),
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
        let firm = |kpp| [(Field::Inn, INN_A), (Field::Kpp, kpp)];
        World::new()
            .onec(&firm(KPP_B))
            .onec(&firm(KPP_A))
            .onec(&firm("990143001"))
            .expect(&BranchFamily, &["onec:2 onec:1 onec:3"]);
        World::new()
            .crm(&firm(KPP_A))
            .crm(&firm(KPP_A))
            .crm(&firm("997950001"))
            .onec(&firm(KPP_B))
            .expect(&BranchFamily, &[]);
        let said = World::new().crm(&firm(KPP_A)).crm(&firm("500101001")).messages(&BranchFamily);
        assert!(said[0].contains("прежний"), "{said:?}");
        World::new().crm(&[(Field::Inn, INN_A)]).expect_not_run(&BranchFamily);
    }
}
