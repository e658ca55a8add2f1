//! `wh-dup`: warehouses entered twice.

use crate::checks::books::{active, books, lacking};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field};
use crate::pairing::places::key;

pub struct Dup;

static META: Meta = Meta {
    id: "wh-dup",
    severity: Severity::Warning,
    cross: false,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Склад заведён дважды",
        finds: "Действующие склады одной системы с одинаковым названием без учёта порядка слов и слова «склад».",
        why: "Остаток делится между двумя складами, и ни один не полон.",
        causes: "Склад завели заново вместо переименования.",
        remedy: "Перенесите остатки на один склад, второй пометьте на удаление.",
        example: "«Склад основной» и «Основной»",
        source: "Практика: повторный склад появляется при первом обмене",
    },
    en: Card {
        title: "A warehouse entered twice",
        finds: "Active warehouses of one system with an equal name, the order of words and the word “warehouse” aside.",
        why: "Stock is split between two warehouses and neither is whole.",
        causes: "The warehouse was entered anew instead of being renamed.",
        remedy: "Move the stock to one of them and mark the other for deletion.",
        example: "“Warehouse main” and “Main”",
        source: "Practice: a second warehouse appears with the first exchange",
    },
};

impl Check for Dup {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(missing) = lacking(cx, Entity::Warehouse, &[Field::Name]) {
            return missing;
        }
        let mut evaluated = 0;
        for book in books(cx, Entity::Warehouse) {
            let mut keys: Vec<(String, usize)> = active(book).map(|at| (key(book.text(Field::Name, at)), at)).collect();
            evaluated += keys.len() as u64;
            keys.retain(|(key, _)| !key.is_empty());
            keys.sort_unstable();
            for group in keys.chunk_by(|a, b| a.0 == b.0).filter(|group| group.len() > 1) {
                let text = book.text(Field::Name, group[0].1);
                let (name, n) = (cx.quoted(text), group.len());
                let message = cx.say(
                    || format!("Склад {name}: заведён {n} раза, остаток делится между ними"),
                    || format!("Warehouse {name}: entered {n} times, stock is split between them"),
                );
                let more = group[1..].iter().map(|(_, at)| book.at(*at)).collect();
                out.push(
                    Finding::record(book.at(group[0].1), message).value(Field::Name, book.raw.side, text).more(more),
                );
            }
        }
        Ran::Evaluated(evaluated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::*;
    use crate::model::Side;

    #[test]
    fn fires_and_stays_silent() {
        let named = |name| [(Field::Name, name)];
        let world = |a, b| {
            let world = World::new().add(Side::Onec, Entity::Warehouse, &named(a));
            world.add(Side::Onec, Entity::Warehouse, &named(b))
        };
        world("Основной склад", "Склад Основной").expect(&Dup, &["onec:1 onec:2"]);
        world("Основной склад", "Склад Тверь").expect(&Dup, &[]);
        World::new().expect_not_run(&Dup);
    }
}
