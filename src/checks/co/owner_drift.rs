//! `co-owner-drift`: the contract belongs to another counterparty.

use crate::checks::books::{book_of, lacking, no_field, pairs};
use crate::checks::papers::{Parties, about, live, named};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, Side};
use crate::pairing::papers::party;

pub struct OwnerDrift;

static META: Meta = Meta {
    id: "co-owner-drift",
    severity: Severity::Blocker,
    cross: true,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Договор принадлежит другому контрагенту",
        finds: "Договоры CRM и 1С, которые сопоставлены, а контрагенты у них разные; и документы по договору чужого \
                контрагента.",
        why: "Деньги и долг окажутся на чужой карточке.",
        causes: "Договор выбран по номеру, а не по владельцу; карточки контрагентов объединили неверно.",
        remedy: "Исправьте владельца договора или договор в документе.",
        example: "Реализация № 12 на ООО «Лютик» выписана по договору ООО «Ромашка»",
        source: "Практика: 1С хранит долг по паре контрагент и договор",
    },
    en: Card {
        title: "The contract belongs to another counterparty",
        finds: "Contracts of the CRM and 1C that are paired and have different counterparties; and documents under a \
                contract of somebody else.",
        why: "Money and debt land on another one's card.",
        causes: "The contract was chosen by number, not by owner; cards of counterparties were merged wrongly.",
        remedy: "Correct the owner of the contract, or the contract of the document.",
        example: "Waybill No. 12 to OOO Lyutik is made out under the contract of OOO Romashka",
        source: "Practice: 1C keeps a debt by counterparty and contract",
    },
};

impl Check for OwnerDrift {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(ran) = lacking(cx, Entity::Contract, &[]) {
            return ran;
        }
        let same = Parties::of(cx);
        let mut evaluated = 0;
        for (crm, onec) in pairs(cx, Entity::Contract) {
            if let (Some(p), Some(q)) = (party(cx.data, crm), party(cx.data, onec)) {
                evaluated += 1;
                if !same.are_one(p, q) {
                    let names = [p, q].map(|r| cx.quoted(&cx.data.display_name(r)));
                    let shown = named(cx, crm);
                    let message = cx.say(
                        || format!("Договор {shown}: в CRM он с {}, в 1С с {}", names[0], names[1]),
                        || format!("Contract {shown}: with {} in the CRM, with {} in 1C", names[0], names[1]),
                    );
                    out.push(Finding::record(crm, message).other(onec));
                }
            }
        }
        for paper in Side::BOTH.into_iter().flat_map(|side| live(cx, side, Entity::Document)) {
            let Some(contract) = book_of(cx, paper).reference(Field::ContractId, paper.at()) else { continue };
            if let (Some(p), Some(q)) = (party(cx.data, paper), party(cx.data, contract)) {
                evaluated += 1;
                if !same.are_one(p, q) {
                    let owner = cx.quoted(&cx.data.display_name(q));
                    let shown = named(cx, paper);
                    let message = cx.say(
                        || format!("{shown}: договор принадлежит другому контрагенту, {owner}"),
                        || format!("{shown}: its contract belongs to another counterparty, {owner}"),
                    );
                    out.push(about(cx, paper, message).more(vec![contract]));
                }
            }
        }
        if evaluated == 0 { no_field(cx, Entity::Contract, &[Field::PartyId]) } else { Ran::Evaluated(evaluated) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::papers::testing::*;
    use crate::checks::testing::*;

    #[test]
    fn fires_and_stays_silent() {
        let world = |inn: &'static str| {
            let contract = [(Field::Id, "c"), (Field::Number, "45"), (Field::PartyInn, inn)];
            let world = deal(&[]).onec(&[(Field::Inn, INN_A)]).onec(&[(Field::Inn, INN_B)]);
            let world = world.add(Side::Onec, Entity::Contract, &contract);
            paper(world, "a", "Реализация", &[(Field::ContractId, "c")])
        };
        world(INN_B).expect(&OwnerDrift, &["onec:a onec:c"]);
        world(INN_A).expect(&OwnerDrift, &[]);
        let kept = [(Field::Id, "9"), (Field::ExternalId, "c"), (Field::Number, "45"), (Field::PartyInn, INN_B)];
        world(INN_A)
            .crm(&[(Field::Inn, INN_B)])
            .add(Side::Crm, Entity::Contract, &kept)
            .expect(&OwnerDrift, &["crm:9 onec:c"]);
        World::new().expect_not_run(&OwnerDrift);
    }
}
