//! `pr-kind-drift`: goods against a service.

use crate::checks::books::book_of;
use crate::checks::books::{lacking_pairs, pairs};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::RecordRef;
use crate::model::{Entity, Field};
use crate::pairing::goods::sold_as;

pub struct KindDrift;

static META: Meta = Meta {
    id: "pr-kind-drift",
    severity: Severity::Error,
    cross: true,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Товар на одной стороне, услуга на другой",
        finds: "Сопоставленная номенклатура, которая в одной системе товар, в другой услуга.",
        why: "Вместо накладной выпишут акт или наоборот, остатки не спишутся.",
        causes: "Вид номенклатуры выбран неверно; в CRM все позиции заведены товарами.",
        remedy: "Исправьте вид в той системе, где он неверен.",
        example: "Товар в CRM, «Услуга» в 1С",
        source: "Практика: вид номенклатуры 1С определяет документ реализации",
    },
    en: Card {
        title: "Goods on one side, a service on the other",
        finds: "Linked items that are goods in one system and a service in the other.",
        why: "An act is issued instead of a waybill or the reverse, stock is not written off.",
        causes: "The kind was chosen wrongly; the CRM enters everything as goods.",
        remedy: "Correct the kind where it is wrong.",
        example: "Goods in the CRM, “Service” in 1C",
        source: "Practice: the kind of item decides the document in 1C",
    },
};

impl Check for KindDrift {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(missing) = lacking_pairs(cx, Entity::Product, &[Field::Kind]) {
            return missing;
        }
        let mut evaluated = 0;
        for (a, b) in pairs(cx, Entity::Product) {
            let (crm, onec) = (cx.data.text(a, Field::Kind), cx.data.text(b, Field::Kind));
            let sold = |r: RecordRef| sold_as(book_of(cx, r), r.at());
            let (Some(left), Some(right)) = (sold(a), sold(b)) else { continue };
            let differs = left != right;
            evaluated += 1;
            if differs {
                let name = cx.quoted(&cx.data.display_name(a));
                let (left, right) = (cx.quoted(crm), cx.quoted(onec));
                let message = cx.say(
                    || format!("{name}: вид в CRM {left}, в 1С {right}; документ продажи будет не тот"),
                    || {
                        format!(
                            "{name}: the kind is {left} in the CRM and {right} in 1C; the wrong document will be issued"
                        )
                    },
                );
                out.push(Finding::record(a, message).other(b).values(Field::Kind, crm, onec));
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
        let world = |crm: &str, onec: &str| {
            let product = |value| [(Field::Name, "Монтаж окна"), (Field::Article, "М-1"), (Field::Kind, value)];
            let mut kept = product(crm).to_vec();
            kept.push((Field::ExternalId, "1"));
            let world = World::new().add(Side::Crm, Entity::Product, &kept);
            world.add(Side::Onec, Entity::Product, &product(onec))
        };
        use crate::model::Side;
        world("Товар", "Услуга").expect(&KindDrift, &["crm:1 onec:1"]);
        world("Услуга", "Услуги и работы").expect(&KindDrift, &[]);
        world("", "").expect_not_run(&KindDrift);
    }
}
