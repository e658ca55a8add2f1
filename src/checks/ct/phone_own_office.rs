//! `ct-phone-own-office`: the company's own number in a client's card.

use rustc_hash::FxHashSet;

use crate::checks::scope;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, Flags, RecordRef, Side};

pub struct PhoneOwnOffice;

static META: Meta = Meta {
    id: "ct-phone-own-office",
    severity: Severity::Error,
    cross: false,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Телефон своего офиса у клиента",
        finds: "Номер своей организации, вписанный в карточки клиентов.",
        why: "Все такие клиенты «совпадают» по телефону: получается одна большая ложная группа дублей, а SMS для \
              клиентов приходят в свой офис.",
        causes: "Менеджер вписал номер офиса, чтобы пройти обязательное поле; перепутаны исходящий и входящий номера \
                 при создании карточки телефонией.",
        remedy: "Удалите номер из карточек клиентов и узнайте настоящий; проверьте настройку телефонии.",
        example: "Номер офиса +74951234567 стоит у 37 клиентов.",
        source: "Практика: номером своего офиса проходят обязательное поле",
    },
    en: Card {
        title: "Own office number in a client's card",
        finds: "A number of an own organisation that stands in cards of clients.",
        why: "All these clients agree in their phone: one large false group of duplicates, and messages to clients \
              arrive at the own office.",
        causes: "A manager entered the office number to get past a required field; telephony mixed up the calling and \
                 the called number when it made the card.",
        remedy: "Remove the number from the cards and ask for the real one; check the telephony settings.",
        example: "The office number +74951234567 stands with 37 clients.",
        source: "Practice: the number of one's own office gets past a mandatory field",
    },
};

/// Numbers of the own organisations, from their own list and from their cards among counterparties.
pub(super) fn own_numbers(cx: &Context) -> FxHashSet<u64> {
    let mut numbers = FxHashSet::default();
    for side in Side::BOTH {
        let snapshot = cx.data.get(side);
        numbers.extend(snapshot.own.iter().flat_map(|o| &o.phones).map(|p| p.number()));
        let parties = &snapshot.parties;
        for at in (0..parties.len()).filter(|&at| parties.flags[at].has(Flags::OWN)) {
            numbers.extend(parties.valid_phones(at).map(|p| p.number()));
        }
    }
    numbers
}

impl Check for PhoneOwnOffice {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(missing) = scope::lacking(cx, &Entity::PARTIES, &[Field::Phone]) {
            return missing;
        }
        let own = own_numbers(cx);
        if own.is_empty() {
            return Ran::NotRun(cx.say(
                || "не известны телефоны своих организаций".to_owned(),
                || "the phones of the own organisations are not known".to_owned(),
            ));
        }
        let mut evaluated = 0;
        let mut holders: Vec<((Side, u64), RecordRef)> = Vec::new();
        for r in scope::parties(cx) {
            let mut any = false;
            for phone in cx.data.parties(r.side).valid_phones(r.at()) {
                any = true;
                if own.contains(&phone.number()) {
                    holders.push(((r.side, phone.number()), r));
                }
            }
            evaluated += u64::from(any);
        }
        for group in scope::by_key(&mut holders) {
            let ((side, number), first) = group[0];
            let n = scope::cards(cx, group.len());
            let message = cx.say(
                || format!("Телефон своего офиса +{number} вписан в карточки клиентов ({n}), нужен номер клиента"),
                || {
                    format!(
                        "The own office number +{number} stands in cards of clients ({n}), the client's is expected"
                    )
                },
            );
            let more = group[1..].iter().map(|h| h.1).collect();
            out.push(Finding::record(first, message).more(more).value(Field::Phone, side, &format!("+{number}")));
        }
        Ran::Evaluated(evaluated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::{INN_A, World, clean};

    #[test]
    fn fires_and_is_silent() {
        let own = || World::new().own("ООО «Своя»", INN_A).crm(&[(Field::Inn, INN_A), (Field::Phone, "+74951112233")]);
        let client: &[(Field, &str)] = &[(Field::Name, "Орлов Иван"), (Field::Phone, "8 495 111-22-33")];
        own().crm_contact(client).crm_contact(client).expect(&PhoneOwnOffice, &["crm:2 crm:3"]);
        own().crm_contact(&[(Field::Phone, "+74951112244")]).expect(&PhoneOwnOffice, &[]);
        clean().expect_not_run(&PhoneOwnOffice);
    }
}
