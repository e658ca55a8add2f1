//! `ct-only-crm`: contacts of the CRM that 1C lacks.

use rustc_hash::FxHashSet;

use super::apart;
use crate::checks::scope;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, RecordRef, Side};

pub struct OnlyCrm;

static META: Meta = Meta {
    id: "ct-only-crm",
    severity: Severity::Info,
    cross: true,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Контакт есть только в CRM",
        finds: "Действующий контакт CRM, которому не нашлось пары ни среди контактов, ни среди контрагентов 1С. Пары, \
                которые ждут решения человека, сюда не входят.",
        why: "При первом обмене он будет создан в 1С; если там он записан иначе, появится дубль.",
        causes: "Контакт новый или не дошёл до сделки; в 1С контактных лиц не ведут; ФИО и телефон записаны по-разному.",
        remedy: "Решите, нужен ли контакт в 1С. Ненужные исключите из обмена отбором.",
        example: "Контакт «Васильков Пётр» из заявки на сайте.",
        source: "Практика: первый обмен создаёт недостающие карточки",
    },
    en: Card {
        title: "A contact only the CRM has",
        finds: "An active contact of the CRM with no counterpart among the contacts and counterparties of 1C. Pairs \
                that wait for a person are not counted.",
        why: "The first exchange creates it in 1C; if 1C has it in another spelling, a twin appears.",
        causes: "The contact is new or never came to a deal; nobody keeps contact persons in 1C; name and phone are \
                 written differently.",
        remedy: "Decide whether 1C needs the contact. Leave the others out of the exchange by a filter.",
        example: "Contact “Vasilkov Pyotr” from a request on the site.",
        source: "Practice: the first exchange creates missing cards",
    },
};

/// Reports contacts of `side` among its one-sided records.
pub(super) fn one_sided(cx: &Context, side: Side, records: &[RecordRef], out: &mut Vec<Finding>) -> Ran {
    let (title, other) = (side.title(cx.lang), side.other().title(cx.lang));
    let has_contacts = |side: Side| cx.records(Entity::Contact).any(|r| r.side == side);
    // A company that keeps no contacts on a side has not lost them.
    for side in [side, side.other()] {
        if !has_contacts(side) {
            let title = side.title(cx.lang);
            return Ran::NotRun(cx.say(|| format!("в {title} нет контактов"), || format!("{title} has no contacts")));
        }
    }
    if cx.data.get(side.other()).is_partial() {
        return Ran::NotRun(
            cx.say(|| format!("из {other} загружена не вся база"), || format!("only a part of {other} was loaded")),
        );
    }
    let fit = |r: &RecordRef| {
        cx.data.entity(*r) == Entity::Contact && scope::is_live(cx, *r) && cx.data.parties(side).is_active(r.at())
    };
    // One whom a date of birth alone keeps apart is `ct-field-drift`.
    let waiting = scope::awaiting(cx);
    let apart: FxHashSet<RecordRef> = apart::by_birth_date(cx).iter().flat_map(|link| [link.a, link.b]).collect();
    for r in records.iter().copied().filter(|r| fit(r) && !waiting.contains(r) && !apart.contains(r)) {
        let name = cx.data.parties(side).display_name(r.at());
        let shown = if name.is_empty() {
            cx.lang.pick("без имени", "without a name").to_owned()
        } else {
            cx.quoted(&name)
        };
        let message = cx.say(
            || format!("Контакт {shown} есть в {title}, в {other} пары нет"),
            || format!("The contact {shown} is in {title} and has no counterpart in {other}"),
        );
        out.push(Finding::record(r, message));
    }
    let evaluated = scope::live(cx, Entity::Contact).filter(|r| r.side == side).filter(fit).count();
    Ran::Evaluated(evaluated as u64)
}

impl Check for OnlyCrm {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        one_sided(cx, Side::Crm, &cx.drift.only_crm, out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::{World, clean, crm, onec};
    use crate::matching::Decision;
    use crate::model::Field;

    #[test]
    fn fires_and_is_silent() {
        let person: &[(Field, &str)] = &[(Field::Id, "p2"), (Field::Name, "Орлов Иван")];
        clean().crm_contact(person).expect(&OnlyCrm, &["crm:p2"]);
        clean().onec_contact(person).expect(&OnlyCrm, &[]);
        // A pair that waits for a person is no absence.
        let waits = clean().crm_contact(person).onec_contact(&[(Field::Id, "p3"), (Field::Name, "Орлов И.")]);
        waits.link(crm(5), onec(5), Decision::Review, None, &[Field::Phone]).expect(&OnlyCrm, &[]);
        let deleted: &[(Field, &str)] = &[(Field::Name, "Орлов Иван"), (Field::Deleted, "да")];
        clean().crm_contact(deleted).expect(&OnlyCrm, &[]);
        clean().crm_contact(person).partial(Side::Onec).expect_not_run(&OnlyCrm);
        World::new().crm_contact(person).expect_not_run(&OnlyCrm);
    }
}
