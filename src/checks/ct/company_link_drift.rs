//! `ct-company-link-drift`: one contact, two companies.

use super::owner::{Owner, Owners};
use crate::checks::scope;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, RecordRef, Side};

pub struct CompanyLinkDrift;

static META: Meta = Meta {
    id: "ct-company-link-drift",
    severity: Severity::Warning,
    cross: true,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Контакт привязан к разным компаниям",
        finds: "Человека, который в CRM относится к одной компании, а в 1С — к другой.",
        why: "Документы и счета уйдут не тому лицу, а подпишет их человек без полномочий.",
        causes: "Человек сменил работу, и это отметили только в одной системе; он работает в нескольких компаниях \
                 группы; карточку привязали к дублю.",
        remedy: "Уточните место работы и исправьте привязку. Если он представляет обе компании, укажите обе.",
        example: "Лютикова Анна: в CRM — ООО «Ромашка», в 1С — АО «Лютик».",
        source: "Практика: контактное лицо подписывает документы той компании, к которой привязано",
    },
    en: Card {
        title: "A contact is tied to different companies",
        finds: "A person who belongs to one company in the CRM and to another in 1C.",
        why: "Documents and invoices go to the wrong person, and somebody without authority signs them.",
        causes: "The person changed jobs and only one system knows; works for several companies of a group; the card \
                 was tied to a twin.",
        remedy: "Find out where the person works and correct the link. If both are right, name both.",
        example: "Lyutikova Anna: OOO Romashka in the CRM, AO Lyutik in 1C.",
        source: "Practice: a contact person signs for the company it is tied to",
    },
};

impl Check for CompanyLinkDrift {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        for side in Side::BOTH {
            let known = [Field::OwnerId, Field::OwnerName].iter().any(|&f| cx.has(side, Entity::Contact, f));
            if !known {
                let title = side.title(cx.lang);
                return Ran::NotRun(cx.say(
                    || format!("в {title} нет контактов с указанной компанией"),
                    || format!("{title} has no contacts that name a company"),
                ));
            }
        }
        let owners = Side::BOTH.map(|side| Owners::new(cx, side));
        let clusters = scope::clusters(cx);
        let cluster = |r: RecordRef| clusters[r.side as usize][r.at()].map(|at| &cx.matching.clusters[at as usize]);
        let mut evaluated = 0;
        for party in &cx.matching.clusters {
            let contact = |side| {
                let fit = |r: &RecordRef| cx.data.entity(*r) == Entity::Contact && scope::is_live(cx, *r);
                party.master(side).filter(fit).or_else(|| party.of(side).find(fit))
            };
            let (Some(crm), Some(onec)) = (contact(Side::Crm), contact(Side::Onec)) else { continue };
            let of = |r: RecordRef| match owners[r.side as usize].of(r) {
                Owner::Found(company) => Some(company),
                _ => None,
            };
            let (Some(ours), Some(theirs)) = (of(crm), of(onec)) else { continue };
            // A company with no counterpart on the other side may be the same one unmatched: no ground to judge.
            let paired = |r: RecordRef| cluster(r).is_some_and(|c| c.of(r.side.other()).next().is_some());
            if !paired(ours) && !paired(theirs) {
                continue;
            }
            evaluated += 1;
            if cluster(ours).is_some_and(|c| c.members.contains(&theirs)) {
                continue;
            }
            let party = |r: RecordRef| (cx.data.parties(r.side), r.at());
            let inn = |r: RecordRef| party(r).0.inn[r.at()].valid();
            let core = |r: RecordRef| party(r).0.core.get(r.at());
            // One name and nothing that tells them apart: the same company, which matching did not dare to link.
            let namesakes = core(ours) == core(theirs);
            if namesakes && (inn(ours).is_none() || inn(theirs).is_none() || inn(ours) == inn(theirs)) {
                continue;
            }
            let name = |r: RecordRef| party(r).0.display_name(r.at());
            let shown = |r: RecordRef| match inn(r).filter(|_| namesakes) {
                Some(inn) => format!("{} ({} {inn})", cx.quoted(&name(r)), cx.lang.pick("ИНН", "INN")),
                None => cx.quoted(&name(r)),
            };
            let (here, there) = (shown(ours), shown(theirs));
            let message = cx.say(
                || format!("В CRM контакт относится к {here}, в 1С — к {there}; уточните место работы"),
                || {
                    format!(
                        "The contact belongs to {here} in the CRM and to {there} in 1C; find out where the person works"
                    )
                },
            );
            let (ours, theirs) = (name(ours), name(theirs));
            out.push(Finding::record(crm, message).other(onec).values(Field::OwnerName, &ours, &theirs));
        }
        Ran::Evaluated(evaluated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::{INN_A, INN_B, World, clean, crm, onec};

    #[test]
    fn fires_and_is_silent() {
        let world = |theirs: &str| {
            World::new()
                .both(&[(Field::Id, "f1"), (Field::Name, "ООО «Ромашка»")])
                .both(&[(Field::Id, "f2"), (Field::Name, "АО «Лютик»")])
                .crm_contact(&[(Field::Id, "p"), (Field::OwnerId, "f1")])
                .onec_contact(&[(Field::Id, "p"), (Field::OwnerName, theirs)])
                .cluster(vec![crm(2), onec(2)])
        };
        let paired = |w: World| w.cluster(vec![crm(0), onec(0)]);
        paired(world("АО «Лютик»")).expect(&CompanyLinkDrift, &["crm:p onec:p"]);
        paired(world("ООО «Ромашка»")).expect(&CompanyLinkDrift, &[]);
        // Companies that nobody linked may be one: no ground to judge.
        world("АО «Лютик»").expect(&CompanyLinkDrift, &[]);
        // Namesakes are told apart by their INNs, and without them are not told apart at all.
        let namesake = |texts: &[(Field, &str)]| {
            World::new()
                .both(&[(Field::Id, "f1"), (Field::Name, "ООО «Ромашка»"), (Field::Inn, INN_A)])
                .onec(texts)
                .crm_contact(&[(Field::Id, "p"), (Field::OwnerId, "f1")])
                .onec_contact(&[(Field::Id, "p"), (Field::OwnerId, "f3")])
                .cluster(vec![crm(1), onec(2)])
                .cluster(vec![crm(0), onec(0)])
        };
        let other = [(Field::Id, "f3"), (Field::Name, "«Ромашка» ООО"), (Field::Inn, INN_B)];
        namesake(&other).expect(&CompanyLinkDrift, &["crm:p onec:p"]);
        assert!(namesake(&other).messages(&CompanyLinkDrift)[0].contains(INN_B));
        namesake(&other[..2]).expect(&CompanyLinkDrift, &[]);
        clean().expect(&CompanyLinkDrift, &[]);
        World::new().expect_not_run(&CompanyLinkDrift);
    }
}
