//! `pr-name-dup`: equal names of products.

use super::is_variant;
use crate::checks::books::{active, books, lacking};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field};
use crate::normalize::goods;

pub struct NameDup;

static META: Meta = Meta {
    id: "pr-name-dup",
    severity: Severity::Warning,
    cross: false,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Повторная карточка товара",
        finds: "Действующая номенклатура одной системы, названия которой равны без учёта порядка слов, окончаний, знаков и единиц, при неразных артикулах.",
        why: "Продажи и остатки одного товара делятся между карточками.",
        causes: "Товар не нашли поиском и завели ещё раз; загрузка из прайса поставщика.",
        remedy: "Объедините карточки, оставив ту, по которой есть остатки и документы.",
        example: "«Гвоздь 4×100» и «Гвозди 100х4»",
        source: "Практика: поиск по названию не находит товар, записанный иначе",
    },
    en: Card {
        title: "A product entered twice",
        finds: "Active products of one system whose names are equal but for the order of words, endings, signs and units, and whose articles do not differ.",
        why: "Sales and stock of one product are split between cards.",
        causes: "The search did not find the product and it was entered again; a supplier's list was loaded.",
        remedy: "Merge the cards, keeping the one with stock and documents.",
        example: "“Nail 4×100” and “Nails 100x4”",
        source: "Practice: a search by name misses a product written otherwise",
    },
};

impl Check for NameDup {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(missing) = lacking(cx, Entity::Product, &[Field::Name]) {
            return missing;
        }
        let mut evaluated = 0;
        for book in books(cx, Entity::Product) {
            let mut keys: Vec<(String, usize)> = Vec::new();
            for at in active(book) {
                let name = goods::name(book.text(Field::Name, at));
                if !name.words.is_empty() && !is_variant(book, at) {
                    keys.push((name.key(), at));
                }
            }
            evaluated += keys.len() as u64;
            keys.sort_unstable();
            for group in keys.chunk_by(|a, b| a.0 == b.0).filter(|group| group.len() > 1) {
                let at: Vec<usize> = group.iter().map(|(_, at)| *at).collect();
                let mut articles: Vec<String> =
                    at.iter().map(|&at| goods::article_key(book.text(Field::Article, at))).collect();
                articles.retain(|article| !article.is_empty());
                articles.sort_unstable();
                if articles.windows(2).any(|pair| pair[0] != pair[1]) {
                    continue;
                }
                let first = book.at(at[0]);
                let text = book.text(Field::Name, at[0]);
                let (shown, n) = (cx.quoted(text), at.len());
                let message = cx.say(
                    || format!("{shown}: {n} карточки одного товара, названия различаются только записью"),
                    || format!("{shown}: {n} cards of one product, the names differ in writing only"),
                );
                let more = at[1..].iter().map(|&at| book.at(at)).collect();
                out.push(Finding::record(first, message).value(Field::Name, book.raw.side, text).more(more));
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
        let product = |name: &'static str, article: &'static str| [(Field::Name, name), (Field::Article, article)];
        let world = |all: &[[(Field, &str); 2]]| {
            all.iter().fold(World::new(), |w, texts| w.add(crate::model::Side::Onec, Entity::Product, texts))
        };

        world(&[product("Гвоздь 4×100", ""), product("Гвозди 100х4", "Г-1")]).expect(&NameDup, &["onec:1 onec:2"]);
        world(&[product("Гвоздь 4×100", ""), product("Гвоздь 4×120", "")]).expect(&NameDup, &[]);
        world(&[product("Гвоздь 4×100", "Г-1"), product("Гвоздь 4×100", "Г-2")]).expect(&NameDup, &[]);
        World::new().expect_not_run(&NameDup);
    }
}
