//! `map-user-unmapped`: a responsible person without a pair.

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
        causes: "Сотрудник уволен; в 1С он записан иначе; в CRM стоит номер пользователя.",
        remedy: "Впишите пару в [map.user] или назначьте действующего ответственного.",
        example: "«Петров Иван» отвечает за 12 сделок, в 1С его нет",
        source: "Практика: обмен ищет менеджера по имени и оставляет реквизит пустым, когда не находит",
    },
    en: Card {
        title: "A responsible person without a pair",
        finds: "Responsible persons of deals and documents of the CRM that are neither among those of 1C nor in the \
                section [map.user].",
        why: "The document of 1C is left without a manager, or the exchange refuses to write it; bonuses and \
                rights follow wrong data.",
        causes: "The employee has left; 1C spells the name otherwise; the CRM gives the number of a user.",
        remedy: "Enter the pair in [map.user], or appoint somebody who works here.",
        example: "“Petrov Ivan” answers for 12 deals and is not in 1C",
        source: "Practice: an exchange looks the manager up by name and leaves the field empty when there is none",
    },
};

impl Check for UserUnmapped {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let Some(found) = unmapped(cx, ENTITIES, Field::Responsible, &cx.trade.users) else {
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
    }
}
