//! `ct-dup-phone-name`: cards of one person, told by phone and name.

use super::twins;
use crate::checks::scope;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field};

pub struct DupPhoneName;

static META: Meta = Meta {
    id: "ct-dup-phone-name",
    severity: Severity::Error,
    cross: false,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Дубль контакта: телефон и имя",
        finds: "Карточки одной системы с одинаковым телефоном и совместимым ФИО: сопоставление считает их одним \
                человеком.",
        why: "Обмен заведёт во второй системе две карточки, история звонков и договоры разделятся между ними.",
        causes: "Карточку создала форма на сайте или телефония, не найдя старую; ФИО записали иначе.",
        remedy: "Проверьте группу на листе дублей и объедините карточки. Помеченные «на проверку» решает человек.",
        example: "«Лютикова Анна» и «Лютикова А. С.» с одним номером +79161112233.",
        source: "Практика: телефон и имя вместе — надёжный признак одного человека",
    },
    en: Card {
        title: "Duplicate contact: phone and name",
        finds: "Cards of one system with one phone and compatible names: matching holds them to be one person.",
        why: "An exchange creates two cards in the other system, and calls and contracts split between them.",
        causes: "A web form or telephony made a card without finding the old one; the name was written differently.",
        remedy: "Look at the group on the sheet of duplicates and merge the cards. Those marked for review need a \
                 person's word.",
        example: "“Lyutikova Anna” and “Lyutikova A. S.” with one number +79161112233.",
        source: "Practice: phone and name together are good evidence of one person",
    },
};

impl Check for DupPhoneName {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(missing) = scope::lacking(cx, &Entity::PARTIES, &[Field::Phone]) {
            return missing;
        }
        for group in twins::groups(cx) {
            let Some(phone) = group.phone else { continue };
            let cards = scope::cards(cx, group.members.len());
            let message = cx.say(
                || {
                    let note = if group.review {
                        "решите, один ли это человек"
                    } else {
                        "объедините их"
                    };
                    format!("{cards} одного человека, общий телефон {phone}; {note}")
                },
                || {
                    let note = if group.review { "decide whether it is one person" } else { "merge them" };
                    format!("{cards} of one person, shared phone {phone}; {note}")
                },
            );
            let (first, side) = (group.members[0], group.members[0].side);
            let more = group.members[1..].to_vec();
            out.push(Finding::record(first, message).more(more).value(Field::Phone, side, &phone));
        }
        let with_phone = scope::persons(cx).filter(|r| cx.data.parties(r.side).valid_phones(r.at()).next().is_some());
        Ran::Evaluated(with_phone.count() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::{INN_PERSON, World, clean, crm};
    use crate::matching::{Decision, Veto};

    #[test]
    fn fires_and_is_silent() {
        let two = || {
            World::new()
                .crm_contact(&[(Field::Name, "Орлов Иван"), (Field::Phone, "+79161112233")])
                .crm_contact(&[(Field::Name, "Орлов И."), (Field::Phone, "8 916 111-22-33")])
        };
        two().cluster(vec![crm(0), crm(1)]).expect(&DupPhoneName, &["crm:1 crm:2"]);
        let agree = [Field::Phone, Field::Name];
        two().link(crm(0), crm(1), Decision::Review, None, &agree).expect(&DupPhoneName, &["crm:1 crm:2"]);
        two().link(crm(0), crm(1), Decision::Rejected, Some(Veto::PersonDiffers), &agree).expect(&DupPhoneName, &[]);
        two().expect(&DupPhoneName, &[]);
        clean().expect(&DupPhoneName, &[]);
        // Cards of one INN are `cp-dup-inn-kpp`.
        let trader = [(Field::Name, "ИП Орлов Иван Ильич"), (Field::Inn, INN_PERSON), (Field::Phone, "+79161112233")];
        World::new().crm(&trader).crm(&trader).cluster(vec![crm(0), crm(1)]).expect(&DupPhoneName, &[]);
        let client = [(Field::Name, "Орлов Иван Ильич"), (Field::Phone, "+79161112233")];
        World::new().crm(&client).crm(&client).cluster(vec![crm(0), crm(1)]).expect(&DupPhoneName, &["crm:1 crm:2"]);
    }
}
