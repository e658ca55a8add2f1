//! `ct-email-role-shared`: a mailbox of a role, or one that many share.

use crate::checks::scope;
use crate::checks::{Card, Check, Context, Fix, Meta, Param, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, RecordRef, Side};

pub struct EmailRoleShared;

static META: Meta = Meta {
    id: "ct-email-role-shared",
    severity: Severity::Info,
    cross: false,
    fix: Fix::None,
    since: "0.1.0",
    params: &[Param {
        name: "max_owners",
        default: 5,
        ru: "сколько разных людей и организаций могут иметь один адрес",
        en: "how many different persons and organisations may have one address",
    }],
    ru: Card {
        title: "Общий почтовый ящик",
        finds: "Ящик отдела (info@, buh@, sales@) у нескольких лиц или у человека, а также любой адрес более чем у \
                max_owners разных лиц одной системы.",
        why: "Такой адрес принадлежит отделу, а не человеку: объединять по нему карточки нельзя.",
        causes: "У контакта указана почта компании; сотрудник пользуется общим ящиком.",
        remedy: "Исправлять не обязательно. По возможности укажите человеку личный адрес, а общий оставьте у компании.",
        example: "info@romashka.example стоит у трёх контактов.",
        source: "RFC 2142: ящики ролей; практика: ящики отделов российских компаний",
    },
    en: Card {
        title: "A shared mailbox",
        finds: "The mailbox of a department (info@, buh@, sales@) with several parties or with a person, and any \
                address with more than max_owners different parties of one system.",
        why: "The address belongs to a department, not to a person: cards must not be merged by it.",
        causes: "A contact carries the mail of the company; an employee uses a shared mailbox.",
        remedy: "Nothing must be repaired. Where possible, give the person an address and leave the shared one with \
                 the company.",
        example: "info@romashka.example stands with three contacts.",
        source: "RFC 2142: mailboxes of roles; practice: departments of Russian companies",
    },
};

/// Local parts that name a role, sorted.
const ROLES: [&str; 38] = [
    "account",
    "accounting",
    "admin",
    "buh",
    "buhg",
    "buhgalter",
    "buhgalteria",
    "client",
    "contact",
    "director",
    "doc",
    "docs",
    "edo",
    "finance",
    "glavbuh",
    "hello",
    "help",
    "hr",
    "info",
    "kadry",
    "logist",
    "mail",
    "manager",
    "marketing",
    "office",
    "ofis",
    "opt",
    "order",
    "post",
    "priemnaya",
    "sale",
    "sales",
    "secretary",
    "service",
    "shop",
    "snab",
    "support",
    "zakaz",
];

fn is_role(local: &str) -> bool {
    // info2@, sales-msk@: a role with a tail.
    let stem = local.split(['.', '-', '_', '+']).next().unwrap_or(local).trim_end_matches(|c: char| c.is_ascii_digit());
    ROLES.contains(&stem)
}

impl Check for EmailRoleShared {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(missing) = scope::lacking(cx, &Entity::PARTIES, &[Field::Email]) {
            return missing;
        }
        let limit = usize::try_from(cx.param(&META, "max_owners")).unwrap_or(0);
        let clusters = scope::clusters(cx);
        let mut evaluated = 0;
        let mut holders: Vec<((Side, &str), RecordRef)> = Vec::new();
        for r in scope::parties(cx) {
            let before = holders.len();
            holders.extend(cx.data.parties(r.side).valid_emails(r.at()).map(|e| ((r.side, e.as_str()), r)));
            evaluated += u64::from(holders.len() > before);
        }
        for group in scope::by_key(&mut holders) {
            let ((side, email), first) = group[0];
            let owners = scope::owners(group.iter().map(|h| h.1), &clusters[side as usize]);
            let role = is_role(email.split('@').next().unwrap_or(email));
            let person = || group.iter().any(|h| scope::is_person(cx, h.1));
            if !(owners > limit || role && (owners > 1 || person())) {
                continue;
            }
            let message = cx.say(
                || {
                    let what = if role { "ящик отдела" } else { "общий адрес" };
                    match owners {
                        1 => format!("Адрес {email} — {what}, а стоит у человека; по нему карточки не объединяются"),
                        _ => format!("Адрес {email} — {what}, разных лиц: {owners}; по нему карточки не объединяются"),
                    }
                },
                || {
                    let what = if role { "a mailbox of a role" } else { "a shared address" };
                    match owners {
                        1 => format!(
                            "The address {email} is {what} and stands with a person; cards are not merged by it"
                        ),
                        _ => format!(
                            "The address {email} is {what}, different parties: {owners}; cards are not merged by it"
                        ),
                    }
                },
            );
            let more = group[1..].iter().map(|h| h.1).collect();
            out.push(Finding::record(first, message).more(more).value(Field::Email, side, email));
        }
        Ran::Evaluated(evaluated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::{World, clean};

    #[test]
    fn fires_and_is_silent() {
        assert!(ROLES.is_sorted() && is_role("info2") && is_role("sales-msk") && !is_role("infoman"));
        let contacts =
            |email: &str, n: usize| (0..n).fold(World::new(), |w, _| w.crm_contact(&[(Field::Email, email)]));
        contacts("buh@romashka-test.ru", 1).expect(&EmailRoleShared, &["crm:1"]);
        contacts("orlov@romashka-test.ru", 6).expect(&EmailRoleShared, &["crm:1 crm:2 crm:3 crm:4 crm:5 crm:6"]);
        contacts("orlov@romashka-test.ru", 5).expect(&EmailRoleShared, &[]);
        // A company has the right to its own info@.
        clean().expect(&EmailRoleShared, &[]);
    }
}
