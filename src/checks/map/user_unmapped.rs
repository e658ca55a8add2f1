//! `map-user-unmapped`: a responsible person without a pair.

use std::collections::BTreeMap;

use super::names::unmapped;
use crate::checks::books::no_field;
use crate::checks::papers::roubles_of;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, Side};

pub struct UserUnmapped;

static META: Meta = Meta {
    id: "map-user-unmapped",
    severity: Severity::Warning,
    cross: true,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Ответственный без пары",
        finds: "Ответственные в сделках и документах CRM, которых нет ни среди ответственных 1С, ни в разделе \
                [map.user].",
        why: "Документ в 1С останется без менеджера или обмен откажется его записать; премии и права считаются по \
                чужим данным.",
        causes: "Сотрудник уволен; в 1С он записан иначе; в CRM стоит номер пользователя, а список пользователей не \
                 выгружен.",
        remedy: "Впишите пару в [map.user] или назначьте действующего ответственного. Вместо номеров будут имена, если добавить \
                 список пользователей CRM (user.get, /api/v4/users) и Catalog_Пользователи 1С.",
        example: "«Петров Иван» отвечает за 12 сделок, в 1С его нет",
        source: "Практика: обмен ищет менеджера по имени и оставляет реквизит пустым, когда не находит",
    },
    en: Card {
        title: "A responsible person without a pair",
        finds: "Responsible persons of deals and documents of the CRM that are neither among those of 1C nor in the \
                section [map.user].",
        why: "The document of 1C is left without a manager, or the exchange refuses to write it; bonuses and \
                rights follow wrong data.",
        causes: "The employee has left; 1C spells the name otherwise; the CRM gives the number of a user and the users \
                 were not exported.",
        remedy: "Enter the pair in [map.user], or appoint somebody who works here. Numbers become names once the users of the \
                 CRM (user.get, /api/v4/users) and Catalog_Пользователи of 1C are among the exports.",
        example: "“Petrov Ivan” answers for 12 deals and is not in 1C",
        source: "Practice: an exchange looks the manager up by name and leaves the field empty when there is none",
    },
};

impl Check for UserUnmapped {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        // A project may name a user by the number that stood in the exports before the users themselves were loaded.
        let by_number: BTreeMap<&str, &str> = cx
            .trade
            .users
            .iter()
            .filter_map(|(code, pair)| Some((named(&cx.data.crm.users, code)?, pair.as_str())))
            .collect();
        let mapped = |name| {
            let pair = cx.trade.users.get(name).map(String::as_str).or_else(|| by_number.get(name).copied());
            pair.map_or(name, |pair| named(&cx.data.onec.users, pair).unwrap_or(pair))
        };
        let also: Vec<&str> = cx.data.onec.users.iter().map(|(_, name)| name.as_str()).collect();
        let Some(found) = unmapped(cx, ENTITIES, Field::Responsible, mapped, &also) else {
            return no_field(cx, Entity::Document, &[Field::Responsible]);
        };
        for (name, records) in found.names {
            let (shown, n) = (cx.quoted(name), records.len());
            let message = cx.say(
                || format!("Ответственный {shown} из CRM не найден в 1С, сделок и документов {n}: впишите пару в [map.user]"),
                || format!("The responsible {shown} of the CRM is not in 1C, deals and documents {n}: enter the pair in [map.user]"),
            );
            let finding = Finding::record(records[0], message).impact(roubles_of(cx, &records));
            out.push(finding.value(Field::Responsible, Side::Crm, name));
        }
        Ran::Evaluated(found.evaluated)
    }
}

const ENTITIES: &[Entity] = &[Entity::Deal, Entity::Document];

/// The name of the user of a system who has this number or GUID.
fn named<'a>(users: &'a [(String, String)], code: &str) -> Option<&'a str> {
    let code = code.trim().to_lowercase();
    users.binary_search_by(|(known, _)| known.cmp(&code)).ok().map(|at| users[at].1.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::papers::testing::*;

    #[test]
    fn fires_and_stays_silent() {
        let world = |crm: &'static str, onec: &'static str| {
            invoices(&[(Field::Responsible, crm)], &[(Field::Responsible, onec)])
        };
        world("Петров Иван", "Сидорова Анна").expect(&UserUnmapped, &["crm:1"]);
        world("Петров Иван", "Иван Петров").expect(&UserUnmapped, &[]);
        let mut mapped = world("15", "Иван Петров");
        mapped.trade.users.insert("15".to_owned(), "Иван Петров".to_owned());
        mapped.expect(&UserUnmapped, &[]);
        world("Петров", "").expect_not_run(&UserUnmapped);
        // Users were loaded: the project may go on naming them by number, and 1C knows who made no document yet.
        let loaded = |crm: &'static str, onec: &'static str| {
            let world = world(crm, onec).user(Side::Crm, "15", "Петров Иван");
            world.user(Side::Onec, "5d7e0c33-0a1b-11f0-8d2e-00155d000000", "Петров Иван Сергеевич")
        };
        loaded("Петров Иван", "Сидорова Анна").expect(&UserUnmapped, &["crm:1"]);
        for pair in ["Иван Петров", "Петров Иван Сергеевич", "5D7E0C33-0a1b-11f0-8d2e-00155d000000"]
        {
            let mut mapped = loaded("Петров Иван", "Иван Петров");
            mapped.trade.users.insert("15".to_owned(), pair.to_owned());
            mapped.expect(&UserUnmapped, &[]);
        }
        loaded("Петров Сергеевич Иван", "").expect(&UserUnmapped, &[]);
    }
}
