//! `pr-kit-structure`: a kit of one system that the other sells in parts.

use crate::checks::books::{book_of, lacking, pairs};
use crate::checks::papers::{named, single_pairs};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Decimal, Entity, Field, RecordRef, Side};
use crate::pairing::goods::is_kit;
use crate::reconcile::papers::{self, LineFacts};

pub struct KitStructure;

static META: Meta = Meta {
    id: "pr-kit-structure",
    severity: Severity::Error,
    cross: true,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Комплект в CRM, составные части в 1С",
        finds: "Сопоставленные товары, из которых один заведён комплектом или набором, а другой обычным товаром, и \
                сделки, где комплект стоит одной строкой, а в документе 1С вместо него строки с составными частями.",
        why: "Строки документов не совпадут, а остаток спишется не с того товара: комплект на складе не лежит.",
        causes: "Комплекты ведут в CRM, а в 1С продают поштучно; обмен не умеет разворачивать комплект.",
        remedy: "Выберите, в какой системе разворачивается комплект, заведите его одинаково или исключите из обмена.",
        example: "«Набор для монтажа» — комплект в CRM, в заказе 1С три строки с крепежом",
        source: "Практика: обмен сопоставляет номенклатуру строка к строке; тип 2 товара Битрикс24 — комплект",
    },
    en: Card {
        title: "A kit in the CRM, its components in 1C",
        finds: "Linked products of which one is a kit and the other an ordinary product, and deals where a kit is one \
                row while the document of 1C has rows of components in its place.",
        why: "Rows of documents do not agree, and stock of the wrong product is written off: no kit lies in a \
              warehouse.",
        causes: "Kits are kept in the CRM and sold by piece in 1C; the exchange cannot take a kit apart.",
        remedy: "Choose the system that takes kits apart, set the kit up alike in both or leave it out of the exchange.",
        example: "“Mounting set” is a kit in the CRM, the order of 1C has three rows of fasteners",
        source: "Practice: an exchange matches products row by row; type 2 of a product of Bitrix24 is a kit",
    },
};

impl Check for KitStructure {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(ran) = lacking(cx, Entity::Product, &[Field::Kind]) {
            return ran;
        }
        let mut evaluated = 0;
        for (a, b) in pairs(cx, Entity::Product) {
            let [Some(crm), Some(onec)] = [a, b].map(|r| is_kit(book_of(cx, r), r.at())) else { continue };
            evaluated += 1;
            if crm != onec {
                let name = cx.quoted(&cx.data.display_name(a));
                let kinds = [a, b].map(|r| cx.data.text(r, Field::Kind).trim());
                let [left, right] = kinds.map(|kind| cx.quoted(kind));
                let message = cx.say(
                    || format!("{name}: в CRM {left}, в 1С {right}; строки документов не совпадут"),
                    || format!("{name}: {left} in the CRM, {right} in 1C; rows of documents will not agree"),
                );
                out.push(Finding::record(a, message).other(b).values(Field::Kind, kinds[0], kinds[1]));
            }
        }
        for (crm, onec) in single_pairs(cx) {
            let [a, b] = [crm, onec].map(|r| papers::lines(cx.data, cx.pairing, r));
            if a.is_empty() || b.is_empty() {
                continue;
            }
            evaluated += 1;
            for taken_apart in taken_apart(cx, &a, &b) {
                let (shown, kit, n) =
                    (named(cx, crm), cx.quoted(&cx.data.display_name(taken_apart.kit)), taken_apart.parts);
                let message = cx.say(
                    || {
                        format!(
                            "{shown}: комплект {kit} одной строкой, в 1С вместо него строк с составными частями {n}"
                        )
                    },
                    || format!("{shown}: the kit {kit} is one row, 1C has {n} rows of components in its place"),
                );
                out.push(
                    Finding::record(crm, message).other(onec).more(vec![taken_apart.kit]).impact(taken_apart.amount),
                );
            }
        }
        if evaluated == 0 {
            return Ran::NotRun(cx.say(
                || "нет сопоставленных товаров с видом и документов со строками".to_owned(),
                || "no linked products with a kind and no documents with rows".to_owned(),
            ));
        }
        Ran::Evaluated(evaluated)
    }
}

/// A kit of the CRM that 1C has in parts.
pub(crate) struct TakenApart {
    pub kit: RecordRef,
    pub parts: usize,
    pub amount: Option<Decimal>,
}

/// Kits among the rows of the CRM that the rows of 1C lack, where 1C has rows in their place, two at least, of products that
/// the CRM does not sell there.
pub(crate) fn taken_apart(cx: &Context, crm: &[LineFacts], onec: &[LineFacts]) -> Vec<TakenApart> {
    let kit = |product: RecordRef| is_kit(book_of(cx, product), product.at()) == Some(true);
    // A product of 1C stands for its pair: the kit may be known as such on either side.
    let is_kit =
        |product: RecordRef| kit(product) || cx.pairing.partners(product).any(|p| p.side == Side::Crm && kit(p));
    let has = |lines: &[LineFacts], product: Option<RecordRef>| lines.iter().any(|line| line.product == product);
    let alone = crm.iter().filter(|line| line.product.is_some_and(|p| is_kit(p) && !has(onec, Some(p))));
    let parts = onec.iter().filter(|line| line.product.is_some_and(|p| !has(crm, Some(p)))).count();
    if parts < 2 {
        return Vec::new();
    }
    alone.filter_map(|line| Some(TakenApart { kit: line.product?, parts, amount: line.amount })).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::papers::testing::*;
    use crate::checks::testing::*;

    #[test]
    fn kinds_of_linked_products() {
        let world = |crm: &str, onec: &str| {
            let product = |kind| [(Field::Name, "Набор для монтажа"), (Field::Kind, kind)];
            let world = World::new().add(Side::Crm, Entity::Product, &product(crm));
            world.add(Side::Onec, Entity::Product, &product(onec))
        };
        world("Комплект", "Товар").expect(&KitStructure, &["crm:1 onec:1"]);
        world("Комплект", "Набор").expect(&KitStructure, &[]);
        world("Комплектующие (товар)", "Товар").expect(&KitStructure, &[]);
        world("", "").expect_not_run(&KitStructure);
    }

    #[test]
    fn rows_of_documents() {
        let world = |products: &[&str]| {
            let product = |world: World, side, id, name, kind| {
                world.add(side, Entity::Product, &[(Field::Id, id), (Field::Name, name), (Field::Kind, kind)])
            };
            let world = product(invoices(&[], &[]), Side::Crm, "k", "Набор для монтажа", "Комплект");
            let world = product(world, Side::Onec, "g", "Анкер", "Товар");
            let world = product(world, Side::Onec, "h", "Дюбель", "Товар");
            let world = product(world, Side::Onec, "k", "Набор для монтажа", "Набор");
            let line = |world: World, side, paper, product| {
                let row = [(Field::DocumentId, paper), (Field::ProductId, product), (Field::Amount, "1200")];
                world.add(side, Entity::Line, &row)
            };
            let world = line(world, Side::Crm, "1", "k");
            products.iter().fold(world, |world, product| line(world, Side::Onec, "a", product))
        };
        world(&["g", "h"]).expect(&KitStructure, &["crm:1 onec:a onec:k"]);
        world(&["k"]).expect(&KitStructure, &[]);
        // The kit and what was sold beside it; one product in place of another.
        world(&["k", "g", "h"]).expect(&KitStructure, &[]);
        world(&["g"]).expect(&KitStructure, &[]);
    }
}
