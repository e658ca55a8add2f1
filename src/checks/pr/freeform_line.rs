//! `pr-freeform-line`: lines of deals without a product.

use crate::checks::books::no_records;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, Side};

pub struct FreeformLine;

static META: Meta = Meta {
    id: "pr-freeform-line",
    severity: Severity::Error,
    cross: false,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Строка сделки без товара из каталога",
        finds: "Строки сделок CRM, которые не ссылаются на карточку товара.",
        why: "1С не сможет создать документ или заведёт новую номенклатуру на каждую такую строку.",
        causes: "Менеджер написал название от руки.",
        remedy: "Выберите в строке товар из каталога.",
        example: "Строка «доставка до подъезда» без товара",
        source: "Практика: строка без товара не переносится в документ 1С",
    },
    en: Card {
        title: "A deal line without a product of the catalogue",
        finds: "Lines of CRM deals that refer to no card of a product.",
        why: "1C cannot create the document, or enters a new item for every such line.",
        causes: "The manager typed the name.",
        remedy: "Choose a product of the catalogue in the line.",
        example: "The line “delivery to the door” without a product",
        source: "Practice: a line without a product does not reach a document of 1C",
    },
};

impl Check for FreeformLine {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let lines = cx.data.book(Side::Crm, Entity::Line);
        if lines.is_empty() {
            return no_records(cx, Entity::Line);
        }
        if !lines.raw.has(Field::ProductId) {
            return Ran::NotRun(cx.say(
                || "в строках сделок нет колонки с кодом товара".to_owned(),
                || "lines of deals have no column with the id of the product".to_owned(),
            ));
        }
        let mut evaluated = 0;
        for at in 0..lines.len() {
            evaluated += 1;
            // Bitrix24 writes 0 for a line that was typed.
            let id = lines.text(Field::ProductId, at).trim();
            if (id.is_empty() || id == "0") && lines.reference(Field::ProductId, at).is_none() {
                let Some(owner) = lines.reference(Field::DocumentId, at) else { continue };
                let (name, deal) =
                    (cx.quoted(lines.text(Field::ProductName, at)), cx.quoted(&cx.data.display_name(owner)));
                let message = cx.say(
                    || format!("Сделка {deal}: строка {name} без товара из каталога"),
                    || format!("Deal {deal}: the line {name} has no product of the catalogue"),
                );
                let text = lines.text(Field::ProductName, at);
                out.push(Finding::record(owner, message).value(Field::ProductName, Side::Crm, text));
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
        let world = |product| {
            let deal = [(Field::Id, "d"), (Field::Name, "Окна")];
            let line = [
                (Field::Id, "l"),
                (Field::DocumentId, "d"),
                (Field::ProductName, "Доставка"),
                (Field::ProductId, product),
            ];
            World::new().add(Side::Crm, Entity::Deal, &deal).add(Side::Crm, Entity::Line, &line)
        };
        world("0").expect(&FreeformLine, &["crm:d"]);
        world("").expect(&FreeformLine, &["crm:d"]);
        world("17").expect(&FreeformLine, &[]);
        World::new().expect_not_run(&FreeformLine);
    }
}
