//! `cp-folder-exported`: a group of the 1C catalogue stands among the cards.

use rustc_hash::FxHashSet;

use super::scope::{live, no_field};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, RecordRef, Side};
use crate::normalize::text;

pub struct FolderExported;

static META: Meta = Meta {
    id: "cp-folder-exported",
    severity: Severity::Warning,
    cross: false,
    fix: Fix::Auto,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Группа справочника выгружена как карточка",
        finds: "Запись с признаком группы среди контрагентов либо карточка без реквизитов, на которую другие \
                ссылаются как на свою группу.",
        why: "В CRM появятся компании «Покупатели» и «Поставщики», к которым начнут привязывать сделки.",
        causes: "Список выгружен вместе с группами; признак группы при выгрузке потерялся.",
        remedy: "Исключите группы из выгрузки или отметьте колонку «Это группа».",
        example: "Карточка «Поставщики» без ИНН, телефона и адреса, на которую ссылаются 120 контрагентов",
        source: "1С:Предприятие 8: иерархический справочник, реквизит ЭтоГруппа (в OData — IsFolder)",
    },
    en: Card {
        title: "A group of the catalogue exported as a card",
        finds: "A record marked as a group among the counterparties, or a card without any requisites that others \
                name as their group.",
        why: "The CRM gets companies «Покупатели» and «Поставщики», and deals will be tied to them.",
        causes: "The list was exported together with its groups; the mark of a group was lost on the way.",
        remedy: "Leave groups out of the export or map the column that marks them.",
        example: "Card «Поставщики» without INN, phone and address, named as their group by 120 counterparties",
        source: "1C:Enterprise 8: hierarchical catalogue, attribute ЭтоГруппа (IsFolder in OData)",
    },
};

impl Check for FolderExported {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let sides: Vec<Side> = Side::BOTH
            .into_iter()
            .filter(|&side| [Field::IsGroup, Field::GroupId].iter().any(|&f| cx.has(side, Entity::Counterparty, f)))
            .collect();
        if sides.is_empty() {
            return no_field(cx, &[Field::IsGroup, Field::GroupId]);
        }
        let mut evaluated = 0;
        for side in sides {
            let parties = cx.data.parties(side);
            let raw = &parties.raw;
            let groups: FxHashSet<&str> = live(cx, side, Entity::Counterparty)
                .filter(|&at| raw.get(Field::GroupId, at).trim() != raw.id(at))
                .map(|at| raw.get(Field::GroupId, at).trim())
                .filter(|group| !group.is_empty())
                .collect();
            for at in live(cx, side, Entity::Counterparty) {
                evaluated += 1;
                let marked = text::means_yes(raw.get(Field::IsGroup, at));
                let named = || groups.contains(raw.id(at)) || groups.contains(raw.get(Field::Name, at).trim());
                let bare = || REQUISITES.iter().all(|&field| raw.get(field, at).trim().is_empty());
                if marked || named() && bare() {
                    let name = parties.display_name(at);
                    let shown = cx.quoted(&name);
                    let message = cx.say(
                        || format!("{shown} — группа справочника, а не контрагент; исключите её из выгрузки"),
                        || {
                            format!(
                                "{shown} is a group of the catalogue, not a counterparty; leave it out of the export"
                            )
                        },
                    );
                    out.push(Finding::record(RecordRef::new(side, at), message).value(Field::Name, side, &name));
                }
            }
        }
        Ran::Evaluated(evaluated)
    }
}

/// A group has none of these.
const REQUISITES: [Field; 8] = [
    Field::Inn,
    Field::Kpp,
    Field::Ogrn,
    Field::Phone,
    Field::Email,
    Field::Address,
    Field::BankAccount,
    Field::FullName,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::*;

    #[test]
    fn fires_and_stays_silent() {
        World::new()
            .onec(&[(Field::Name, "Покупатели"), (Field::IsGroup, "да")])
            .onec(&[(Field::Name, "ООО «Ромашка»"), (Field::Inn, INN_A), (Field::GroupId, "Поставщики")])
            .onec(&[(Field::Name, "Поставщики")])
            .onec(&[(Field::Name, "ООО «Лютик»"), (Field::Inn, INN_B), (Field::GroupId, "2")])
            .expect(&FolderExported, &["onec:1", "onec:3"]);
        World::new().onec(&[(Field::Name, "Покупатели")]).expect_not_run(&FolderExported);
    }
}
