//! `cp-inn-two-kinds`: one INN of 12 digits on a company and on a contact of the same system.

use super::scope::{live, sides_with};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, Inn, RecordRef};

pub struct InnTwoKinds;

static META: Meta = Meta {
    id: "cp-inn-two-kinds",
    severity: Severity::Error,
    cross: false,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Один ИНН у компании и у контакта",
        finds: "ИНН из 12 цифр стоит и в карточке компании, и в карточке контакта одной системы.",
        why: "Оплата и документы находят сразу две карточки: деньги разносятся не на ту.",
        causes: "ИП завели компанией, а самого предпринимателя — контактом, и ИНН вписали обоим.",
        remedy: "Оставьте ИНН в той карточке, через которую идут документы, вторую привяжите к ней контактным лицом.",
        example: "Компания «ИП Васильков П. И.» и контакт «Васильков Пётр», ИНН 779900111176",
        source: "Практика: ИП заводят в CRM и компанией, и контактом с одним ИНН",
    },
    en: Card {
        title: "One INN on a company and on a contact",
        finds: "An INN of 12 digits stands in a company card and in a contact card of one system.",
        why: "Payments and documents find two cards at once: the money goes to the wrong one.",
        causes: "The trader was entered as a company and himself as a contact, and both got the INN.",
        remedy: "Keep the INN in the card that documents go through, and tie the other to it as a contact person.",
        example: "Company «ИП Васильков П. И.» and contact «Васильков Пётр», INN 779900111176",
        source: "Practice: a sole trader is entered both as a company and as a contact with one INN",
    },
};

impl Check for InnTwoKinds {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let sides = sides_with(cx, Field::Inn);
        if sides.is_empty() || !sides.iter().any(|&side| cx.has(side, Entity::Contact, Field::Inn)) {
            return Ran::NotRun(cx.say(
                || "ни в одной системе ИНН не заполнен и у контрагентов, и у контактов".to_owned(),
                || "no system has INNs both in counterparties and in contacts".to_owned(),
            ));
        }
        let mut evaluated = 0;
        for side in sides {
            let parties = cx.data.parties(side);
            let mut cards: Vec<(Inn, Entity, usize)> = Entity::PARTIES
                .into_iter()
                .flat_map(|entity| live(cx, side, entity).map(move |at| (entity, at)))
                .filter_map(|(entity, at)| Some((*parties.inn[at].valid()?, entity, at)))
                .filter(|(inn, ..)| inn.is_person())
                .collect();
            evaluated += cards.len() as u64;
            cards.sort_unstable();
            for run in cards.chunk_by(|a, b| a.0 == b.0) {
                let (firms, contacts) = run.split_at(run.partition_point(|c| c.1 == Entity::Counterparty));
                let ([(inn, _, firm), firms @ ..], [(_, _, contact), contacts @ ..]) = (firms, contacts) else {
                    continue;
                };
                let message = cx.say(
                    || format!("ИНН {inn} стоит и у компании, и у контакта; оставьте его в одной карточке"),
                    || format!("INN {inn} stands on a company and on a contact; keep it in one card"),
                );
                let more = firms.iter().chain(contacts).map(|(_, _, at)| RecordRef::new(side, *at)).collect();
                let text = parties.raw.get(Field::Inn, *firm);
                out.push(
                    Finding::record(RecordRef::new(side, *firm), message)
                        .value(Field::Inn, side, text)
                        .other(RecordRef::new(side, *contact))
                        .more(more),
                );
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
        let inn = |inn| [(Field::Inn, inn)];
        World::new().crm(&inn(INN_PERSON)).crm_contact(&inn(INN_PERSON)).expect(&InnTwoKinds, &["crm:1 crm:2"]);
        World::new()
            .crm(&inn(INN_PERSON))
            .crm_contact(&inn("779900222214"))
            .onec_contact(&inn(INN_PERSON))
            .expect(&InnTwoKinds, &[]);
        // A contact with the INN of its employer is another defect.
        World::new().crm(&inn(INN_A)).crm_contact(&inn(INN_A)).crm_contact(&inn(INN_PERSON)).expect(&InnTwoKinds, &[]);
        World::new().crm(&inn(INN_PERSON)).expect_not_run(&InnTwoKinds);
    }
}
