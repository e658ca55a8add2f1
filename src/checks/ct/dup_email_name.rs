//! `ct-dup-email-name`: cards of one person, told by e-mail and name.

use super::twins;
use crate::checks::scope;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field};

pub struct DupEmailName;

static META: Meta = Meta {
    id: "ct-dup-email-name",
    severity: Severity::Error,
    cross: false,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Дубль контакта: почта и имя",
        finds: "Карточки одной системы с одинаковым e-mail и совместимым ФИО, но с разными телефонами. Если совпал и \
                телефон, дубль показан проверкой ct-dup-phone-name.",
        why: "Обмен заведёт во второй системе две карточки, письма и документы разделятся между ними.",
        causes: "Человек сменил номер; карточку создала форма на сайте или почта, не найдя старую.",
        remedy: "Проверьте группу на листе дублей и объедините карточки. Помеченные «на проверку» решает человек.",
        example: "Две карточки «Васильков Пётр» с адресом vasilkov@romashka.example.",
        source: "Практика: e-mail и имя вместе — надёжный признак одного человека",
    },
    en: Card {
        title: "Duplicate contact: e-mail and name",
        finds: "Cards of one system with one e-mail and compatible names but different phones. Where the phone agrees \
                too, ct-dup-phone-name reports them.",
        why: "An exchange creates two cards in the other system, and letters and documents split between them.",
        causes: "The person changed the number; a web form or mail made a card without finding the old one.",
        remedy: "Look at the group on the sheet of duplicates and merge the cards. Those marked for review need a \
                 person's word.",
        example: "Two cards “Vasilkov Pyotr” with the address vasilkov@romashka.example.",
        source: "Practice: e-mail and name together are good evidence of one person",
    },
};

impl Check for DupEmailName {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(missing) = scope::lacking(cx, &Entity::PARTIES, &[Field::Email]) {
            return missing;
        }
        for group in twins::groups(cx).into_iter().filter(|g| g.phone.is_none()) {
            let Some(email) = group.email else { continue };
            let cards = scope::cards(cx, group.members.len());
            let message = cx.say(
                || {
                    let note = if group.review {
                        "решите, один ли это человек"
                    } else {
                        "объедините их"
                    };
                    format!("{cards} одного человека, общий e-mail {email}; {note}")
                },
                || {
                    let note = if group.review { "decide whether it is one person" } else { "merge them" };
                    format!("{cards} of one person, shared e-mail {email}; {note}")
                },
            );
            let (first, side) = (group.members[0], group.members[0].side);
            let more = group.members[1..].to_vec();
            out.push(Finding::record(first, message).more(more).value(Field::Email, side, &email));
        }
        let with_email = scope::persons(cx).filter(|r| cx.data.parties(r.side).valid_emails(r.at()).next().is_some());
        Ran::Evaluated(with_email.count() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::{World, clean, crm};
    use crate::matching::{Decision, Veto};

    #[test]
    fn fires_and_is_silent() {
        let two = || {
            World::new()
                .crm_contact(&[(Field::Name, "Орлов Иван"), (Field::Email, "orlov@romashka-test.ru")])
                .crm_contact(&[(Field::Name, "Орлов И."), (Field::Email, "Orlov@romashka-test.ru")])
        };
        two().cluster(vec![crm(0), crm(1)]).expect(&DupEmailName, &["crm:1 crm:2"]);
        let agree = [Field::Email, Field::Name];
        two().link(crm(0), crm(1), Decision::Review, None, &agree).expect(&DupEmailName, &["crm:1 crm:2"]);
        two().link(crm(0), crm(1), Decision::Rejected, Some(Veto::PersonDiffers), &agree).expect(&DupEmailName, &[]);
        two().expect(&DupEmailName, &[]);
        clean().expect(&DupEmailName, &[]);
        // The phone agrees too: the other check has it.
        let a: &[(Field, &str)] = &[(Field::Phone, "+79161112233"), (Field::Email, "orlov@romashka-test.ru")];
        World::new().crm_contact(a).crm_contact(a).cluster(vec![crm(0), crm(1)]).expect(&DupEmailName, &[]);
    }
}
