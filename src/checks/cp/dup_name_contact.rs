//! `cp-dup-name-contact`: cards without an INN that agree in name and in a contact or the address.

use super::groups::{components, lead, masters};
use super::scope::{cards, is_live, live};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::matching::{Decision, Scope};
use crate::model::{Entity, Field, RecordRef, Side};

pub struct DupNameContact;

static META: Meta = Meta {
    id: "cp-dup-name-contact",
    severity: Severity::Warning,
    cross: false,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Возможные дубли без ИНН: название и контакт",
        finds: "Карточки одной системы, из которых хотя бы одна без ИНН, с похожим названием и общим телефоном, \
                почтой или адресом.",
        why: "По ИНН двойника не найти: обмен перенесёт обе карточки, и в другой системе их тоже станет две.",
        causes: "Клиента завели заново по звонку или письму, не найдя прежнюю карточку.",
        remedy: "Проверьте пары в списке слияния и отметьте решение; в оставшуюся карточку впишите ИНН.",
        example: "«Ромашка» и «ООО Ромашка», телефон +7 495 111-22-33",
        source: "Практика: без ИНН следующий по надёжности ключ — название вместе с телефоном, почтой или адресом",
    },
    en: Card {
        title: "Likely duplicates without an INN: name and contact",
        finds: "Cards of one system, at least one of which has no INN, with a similar name and a common phone, \
                mailbox or address.",
        why: "The INN cannot find the twin: exchange carries both cards over, and the other system has two as well.",
        causes: "The client was entered again after a call or a letter because the former card was not found.",
        remedy: "Look at the pairs in the merge list and enter a decision; enter the INN into the card that stays.",
        example: "«Romashka» and «OOO Romashka», phone +7 495 111-22-33",
        source: "Practice: without an INN a name together with a phone, a mailbox or an address is the next key",
    },
};

impl Check for DupNameContact {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let mut evaluated = 0;
        for side in Side::BOTH {
            let parties = cx.data.parties(side);
            let keyless = |r: RecordRef| parties.inn[r.at()].valid().is_none();
            let firm = |r: RecordRef| parties.raw.entity[r.at()] == Entity::Counterparty && is_live(parties, r.at());
            evaluated +=
                live(cx, side, Entity::Counterparty).filter(|&at| keyless(RecordRef::new(side, at))).count() as u64;
            let twins = cx.matching.links.iter().filter(|link| {
                link.scope() == Scope::Within(side)
                    && link.decision != Decision::Rejected
                    && firm(link.a)
                    && firm(link.b)
                    && (keyless(link.a) || keyless(link.b))
                    && link.agree().any(|f| matches!(f, Field::Name | Field::FullName | Field::LastName))
                    && link.agree().any(|f| matches!(f, Field::Phone | Field::Email | Field::Address))
            });
            let masters = masters(cx, side);
            for group in components(twins) {
                let group: Vec<usize> = group.iter().map(|r| r.at()).collect();
                let (subject, more) = lead(side, &masters, &group);
                let (name, count) = (parties.display_name(subject.at()), cards(cx, group.len()));
                let shown = cx.quoted(&name);
                let message = cx.say(
                    || format!("{shown}: {count} с похожим названием и общим телефоном, почтой или адресом, ИНН нет; проверьте, не дубль ли это"),
                    || format!("{shown}: {count} with a similar name and a common phone, mailbox or address, no INN; see whether they are one"),
                );
                out.push(Finding::record(subject, message).value(Field::Name, side, &name).more(more));
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
        let world = || {
            let firm =
                |w: World, inn| w.crm(&[(Field::Name, "Ромашка"), (Field::Inn, inn), (Field::Phone, "+74951112233")]);
            ["", INN_A, "", INN_B].into_iter().fold(World::new(), firm)
        };
        let agree = [Field::Name, Field::Phone];
        world()
            .link(crm(0), crm(1), Decision::Review, None, &agree)
            .link(crm(0), crm(2), Decision::Auto, None, &agree)
            .cluster(vec![crm(2), crm(0)])
            .expect(&DupNameContact, &["crm:3 crm:1 crm:2"]);
        // Only the phone agrees; a person refused; both have an INN.
        world()
            .link(crm(0), crm(1), Decision::Review, None, &[Field::Phone])
            .link(crm(0), crm(2), Decision::Rejected, None, &agree)
            .link(crm(1), crm(3), Decision::Review, None, &agree)
            .expect(&DupNameContact, &[]);
    }
}
