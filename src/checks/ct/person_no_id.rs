//! `ct-person-no-id`: a person with a contract whom nothing identifies.

use std::collections::BTreeMap;

use crate::checks::books::{active, books, lacking};
use crate::checks::scope::{is_live, is_person};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, RecordRef};

pub struct PersonNoId;

static META: Meta = Meta {
    id: "ct-person-no-id",
    severity: Severity::Warning,
    cross: false,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "У человека с договором нет ни ИНН, ни СНИЛС, ни паспорта",
        finds: "Физические лица, с которыми заведён договор, без ИНН, СНИЛС и удостоверения личности в карточке. \
                Дольщиков проверяет re-shareholder-no-id.",
        why: "Однофамильцев не различить: обмен запишет договор и оплаты не тому человеку, а договор без паспортных \
              данных не подтвердить.",
        causes: "Договор подписали на бумаге, данные в систему не внесли; карточку завели по телефону.",
        remedy: "Внесите паспорт, СНИЛС или ИНН из договора.",
        example: "Незабудкина Анна Сергеевна, договор № 48/26: документов нет",
        source: "Гражданский кодекс РФ, ст. 19: гражданин приобретает права под своим именем; практика: в договоре с \
                 физическим лицом указывают паспорт",
    },
    en: Card {
        title: "A person with a contract has no INN, SNILS or passport",
        finds: "Natural persons who have a contract and whose card has neither INN nor SNILS nor an identity document. \
                Shareholders are checked by re-shareholder-no-id.",
        why: "Namesakes cannot be told apart: the exchange writes contract and payments to the wrong person, and a \
              contract without a passport cannot be proved.",
        causes: "The contract was signed on paper and the data was not entered; the card was made from a phone call.",
        remedy: "Enter passport, SNILS or INN from the contract.",
        example: "Nezabudkina Anna, contract No. 48/26: no document",
        source: "Civil Code of Russia, art. 19: a citizen acquires rights under his name; practice: a contract with a \
                 person names the passport",
    },
};

const IDS: [Field; 3] = [Field::Inn, Field::Snils, Field::Document];

impl Check for PersonNoId {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(ran) = lacking(cx, Entity::Contract, &[]) {
            return ran;
        }
        let (mut evaluated, mut persons) = (0, false);
        for book in books(cx, Entity::Contract) {
            let mut of: BTreeMap<RecordRef, Vec<RecordRef>> = BTreeMap::new();
            for at in active(book) {
                let party = [Field::PartyId, Field::PersonId].into_iter().find_map(|f| book.reference(f, at));
                if let Some(party) = party.filter(|&r| r.is_party() && is_person(cx, r) && is_live(cx, r)) {
                    of.entry(party).or_default().push(book.at(at));
                }
            }
            persons |= !of.is_empty();
            // A list without any of these columns says nothing of its people.
            let given = Entity::PARTIES.map(|e| IDS.iter().any(|&f| cx.has(book.raw.side, e, f)));
            for (person, contracts) in of {
                let at = Entity::PARTIES.iter().position(|e| *e == cx.data.entity(person));
                if !at.is_some_and(|at| given[at]) {
                    continue;
                }
                evaluated += 1;
                if IDS.iter().any(|&f| !cx.data.text(person, f).trim().is_empty()) {
                    continue;
                }
                let [name, contract] = [person, contracts[0]].map(|r| cx.quoted(&cx.data.display_name(r)));
                let message = cx.say(
                    || format!("{name}, договор {contract}: нет ни ИНН, ни СНИЛС, ни паспорта"),
                    || format!("{name}, contract {contract}: no INN, SNILS or passport"),
                );
                out.push(Finding::record(person, message).more(contracts));
            }
        }
        match (persons, evaluated) {
            (true, 0) => Ran::NotRun(cx.say(
                || "нет данных в полях «ИНН», «СНИЛС» и «Удостоверение личности»".to_owned(),
                || "no data in the fields “INN”, “SNILS” and “Identity document”".to_owned(),
            )),
            _ => Ran::Evaluated(evaluated),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::*;
    use crate::model::Side;

    #[test]
    fn fires_and_stays_silent() {
        let world = |snils: &str| {
            let contract = [(Field::Id, "к"), (Field::Number, "48/26"), (Field::PersonId, "p")];
            World::new()
                .crm_contact(&[(Field::Id, "p"), (Field::Name, "Незабудкина Анна"), (Field::Snils, snils)])
                .crm_contact(&[(Field::Id, "q"), (Field::Name, "Васильков Пётр"), (Field::Snils, "112-233-445 95")])
                .add(Side::Crm, Entity::Contract, &contract)
        };
        world("").expect(&PersonNoId, &["crm:p crm:к"]);
        world("112-233-445 95").expect(&PersonNoId, &[]);
        // A firm has no passport.
        let firm = [(Field::Id, "f"), (Field::Name, "ООО Астра"), (Field::Kind, "Юридическое лицо")];
        let contract = [(Field::Id, "к"), (Field::PartyId, "f")];
        world("112-233-445 95").crm(&firm).add(Side::Crm, Entity::Contract, &contract).expect(&PersonNoId, &[]);
        let bare = [(Field::Id, "p"), (Field::Name, "Незабудкина Анна")];
        let contract = [(Field::Id, "к"), (Field::PersonId, "p")];
        World::new().crm_contact(&bare).add(Side::Crm, Entity::Contract, &contract).expect_not_run(&PersonNoId);
        World::new().crm_contact(&bare).expect_not_run(&PersonNoId);
    }
}
