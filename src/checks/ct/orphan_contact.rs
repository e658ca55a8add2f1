//! `ct-orphan-contact`: a contact of no company.

use super::owner::{Owner, Owners};
use crate::checks::scope;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, Side};

pub struct OrphanContact;

static META: Meta = Meta {
    id: "ct-orphan-contact",
    severity: Severity::Info,
    cross: false,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Контакт без компании",
        finds: "Контакт, у которого компания не указана или указана несуществующая, и который сам не найден среди \
                контрагентов.",
        why: "В 1С контактное лицо подчинено контрагенту: без него обмен либо отвергнет запись, либо заведёт частное \
              лицо.",
        causes: "Компанию удалили; контакт создан из звонка и не обработан; частный клиент, которого нет в 1С.",
        remedy: "Привяжите контакт к компании или удалите его, если он не нужен. Частных клиентов заведите \
                 контрагентами.",
        example: "Контакт «Васильков Пётр» с кодом компании 412, которой в CRM нет.",
        source: "1С: справочник «Контактные лица» подчинён контрагентам",
    },
    en: Card {
        title: "A contact without a company",
        finds: "A contact that names no company, or one that does not exist, and that is not found among the \
                counterparties itself.",
        why: "In 1C a contact person is subordinate to a counterparty: without it an exchange refuses the record or \
              creates a private person.",
        causes: "The company was deleted; the contact came from a call and was never processed; a private client that \
                 1C does not have.",
        remedy: "Tie the contact to a company, or delete it if nobody needs it. Enter private clients as \
                 counterparties.",
        example: "Contact “Vasilkov Pyotr” with company id 412, which the CRM does not have.",
        source: "1C: the catalogue of contact persons is subordinate to counterparties",
    },
};

impl Check for OrphanContact {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let fields = [Field::OwnerId, Field::OwnerName];
        if let Some(missing) = scope::lacking(cx, &[Entity::Contact], &fields) {
            return missing;
        }
        // A contact that is one party with a counterparty of either side is a private client, no orphan.
        let client: Vec<bool> = cx
            .matching
            .clusters
            .iter()
            .map(|c| c.members.iter().any(|&m| cx.data.entity(m) == Entity::Counterparty))
            .collect();
        let clusters = scope::clusters(cx);
        let mut evaluated = 0;
        for side in Side::BOTH {
            if !fields.iter().any(|&f| cx.has(side, Entity::Contact, f)) {
                continue;
            }
            let owners = Owners::new(cx, side);
            // Where only contacts were loaded, or a part of the companies, an unknown id proves nothing.
            let complete = !cx.data.get(side).is_partial() && cx.records(Entity::Counterparty).any(|r| r.side == side);
            for r in scope::live(cx, Entity::Contact).filter(|r| r.side == side) {
                evaluated += 1;
                if clusters[side as usize][r.at()].is_some_and(|c| client[c as usize]) {
                    continue;
                }
                let (message, id) = match owners.of(r) {
                    Owner::None => (
                        cx.say(
                            || "Компания контакта не указана; привяжите его к компании".to_owned(),
                            || "The contact names no company; tie it to one".to_owned(),
                        ),
                        "",
                    ),
                    Owner::Dangling(id) if complete => (
                        cx.say(
                            || format!("Компании с кодом «{id}», к которой привязан контакт, нет; укажите верную"),
                            || {
                                format!(
                                    "The company “{id}” that the contact belongs to does not exist; name the right one"
                                )
                            },
                        ),
                        id,
                    ),
                    Owner::Dangling(_) | Owner::Found(_) | Owner::Unclear => continue,
                };
                out.push(Finding::record(r, message).value(Field::OwnerId, side, id));
            }
        }
        Ran::Evaluated(evaluated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::{World, clean, crm, onec};

    #[test]
    fn fires_and_is_silent() {
        let contact = |owner: &str| {
            World::new()
                .crm(&[(Field::Id, "f1"), (Field::Name, "ООО «Ромашка»")])
                .crm_contact(&[(Field::Id, "p0"), (Field::OwnerId, "f1")])
                .crm_contact(&[(Field::Id, "p1"), (Field::OwnerId, owner)])
        };
        contact("412").expect(&OrphanContact, &["crm:p1"]);
        contact("0").expect(&OrphanContact, &["crm:p1"]);
        contact("f1").expect(&OrphanContact, &[]);
        contact("412").partial(Side::Crm).expect(&OrphanContact, &[]);
        // A private client of 1C.
        contact("").onec(&[(Field::Name, "Орлов Иван")]).cluster(vec![crm(2), onec(0)]).expect(&OrphanContact, &[]);
        clean().expect(&OrphanContact, &[]);
        World::new().crm_contact(&[(Field::Name, "Орлов Иван")]).expect_not_run(&OrphanContact);
    }
}
