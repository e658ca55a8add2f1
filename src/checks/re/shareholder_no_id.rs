//! `re-shareholder-no-id`: a shareholder without a document.

use std::collections::BTreeMap;

use super::scope;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::RecordRef;
use crate::model::{Entity, Field};

pub struct ShareholderNoId;

static META: Meta = Meta {
    id: "re-shareholder-no-id",
    severity: Severity::Error,
    cross: false,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "У дольщика нет паспорта, СНИЛС и ИНН",
        finds: "Участник действующего договора, у которого в карточке нет ни удостоверения личности, ни СНИЛС, \
                 ни ИНН.",
        why: "Договор не зарегистрировать, эскроу-счёт не открыть, а однофамильцев не различить.",
        causes: "Данные собраны на бумаге и в систему не внесены.",
        remedy: "Внесите паспорт или СНИЛС дольщика.",
        example: "Незабудкина А. С., ДДУ С-1/12: документов нет",
        source: "Порядок ведения ЕГРН, п. 54 (прочитан фрагмент, dokipedia.ru/document/5354470): о \
                 правообладателе указывают имя, дату и место рождения и документы",
    },
    en: Card {
        title: "A shareholder has no passport, SNILS or INN",
        finds: "A party of a contract in force whose card has neither an identity document nor SNILS nor INN.",
        why: "The contract cannot be registered, no escrow account opened, namesakes not told apart.",
        causes: "The data is on paper and was not entered.",
        remedy: "Enter passport or SNILS.",
        example: "Nezabudkina, contract S-1/12: no document",
        source: "Rules of the register of real estate, item 54 (an excerpt was read, \
                 dokipedia.ru/document/5354470): name, date and place of birth and documents are given",
    },
};

impl Check for ShareholderNoId {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let fields = [Field::Document, Field::Snils, Field::Inn];
        let mut evaluated = 0;
        for of in scope::sides(cx) {
            let given = fields.iter().any(|&f| Entity::PARTIES.iter().any(|&e| cx.has(of.side, e, f)));
            if !given {
                continue;
            }
            let parties = cx.data.parties(of.side);
            let mut seen: BTreeMap<RecordRef, RecordRef> = BTreeMap::new();
            for at in of.active() {
                let party = [Field::PartyId, Field::PersonId].into_iter().find_map(|f| of.ddus.reference(f, at));
                if let Some(party) = party {
                    seen.entry(party).or_insert(of.ddus.at(at));
                }
            }
            for (party, ddu) in seen {
                evaluated += 1;
                if fields.iter().any(|&f| !parties.raw.get(f, party.at()).trim().is_empty()) {
                    continue;
                }
                let (name, under) = (cx.quoted(&cx.data.display_name(party)), scope::name(cx, ddu));
                let message = cx.say(
                    || format!("{name}, договор {under}: нет паспорта, СНИЛС и ИНН"),
                    || format!("{name}, contract {under}: no passport, SNILS or INN"),
                );
                out.push(Finding::record(party, message).more(vec![ddu]));
            }
        }
        if evaluated == 0 {
            return scope::not_run(
                cx,
                "нет карточек дольщиков с паспортом, СНИЛС или ИНН",
                "no cards of shareholders with passport, SNILS or INN",
            );
        }
        Ran::Evaluated(evaluated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::re::house::House;
    use crate::model::Side;

    #[test]
    fn fires_and_stays_silent() {
        House::new()
            .set(Side::Crm, Entity::Contact, "p1", Field::Snils, "")
            .world()
            .expect(&ShareholderNoId, &["crm:p1 crm:d1"]);
        House::new().set(Side::Crm, Entity::Contact, "p2", Field::Snils, "").world().expect(&ShareholderNoId, &[]);
    }
}
