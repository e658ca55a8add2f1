//! `pr-article-dup`: one article on several products.

use super::is_variant;
use crate::checks::books::{active, books, lacking};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field};
use crate::normalize::goods;

pub struct ArticleDup;

static META: Meta = Meta {
    id: "pr-article-dup",
    severity: Severity::Blocker,
    cross: false,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Один артикул у нескольких товаров",
        finds: "Действующая номенклатура одной системы с одинаковым артикулом.",
        why: "Обмен ищет товар по артикулу: цена и остаток одного товара попадут в карточку другого.",
        causes: "Товар завели повторно; один артикул у разных производителей; артикул скопирован вместе с карточкой.",
        remedy: "Объедините повторные карточки или исправьте артикул лишней; обмен до этого не включайте.",
        example: "Артикул «Г-100» у «Гвоздь 4×100» и «Гвоздь строительный 4×100»",
        source: "Практика: артикул служит ключом обмена номенклатурой",
    },
    en: Card {
        title: "One article on several products",
        finds: "Active products of one system with an equal article.",
        why: "The exchange looks a product up by article: price and stock of one end up on the card of another.",
        causes: "The product was entered twice; two makers use one article; the article was copied with the card.",
        remedy: "Merge repeated cards or correct the article of the extra one before the exchange starts.",
        example: "Article “G-100” on “Nail 4×100” and “Building nail 4×100”",
        source: "Practice: the article is the key of product exchanges",
    },
};

impl Check for ArticleDup {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(missing) = lacking(cx, Entity::Product, &[Field::Article]) {
            return missing;
        }
        let mut evaluated = 0;
        for book in books(cx, Entity::Product) {
            let mut keys: Vec<(String, usize)> = Vec::new();
            for at in active(book) {
                let article = book.text(Field::Article, at).trim();
                if !goods::article_key(article).is_empty() && !is_variant(book, at) {
                    keys.push((article.to_uppercase(), at));
                }
            }
            evaluated += keys.len() as u64;
            keys.sort_unstable();
            for group in keys.chunk_by(|a, b| a.0 == b.0).filter(|group| group.len() > 1) {
                let at: Vec<usize> = group.iter().map(|(_, at)| *at).collect();

                let first = book.at(at[0]);
                let text = book.text(Field::Article, at[0]);
                let (shown, n) = (cx.quoted(text), at.len());
                let message = cx.say(
                    || format!("Артикул {shown}: стоит у {n} товаров, обмен возьмёт любой из них"),
                    || format!("Article {shown}: on {n} products, the exchange will take any of them"),
                );
                let more = at[1..].iter().map(|&at| book.at(at)).collect();
                out.push(Finding::record(first, message).value(Field::Article, book.raw.side, text).more(more));
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

        world(&[product("Болт", "Б-1"), product("Болт М8", "б-1"), product("Гайка", "Г-1")])
            .expect(&ArticleDup, &["onec:1 onec:2"]);
        world(&[product("Болт", "Б-1"), product("Гайка", "Г-1"), product("Шайба", "")]).expect(&ArticleDup, &[]);
        World::new().expect_not_run(&ArticleDup);
    }
}
