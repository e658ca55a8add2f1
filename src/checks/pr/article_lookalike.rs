//! `pr-article-lookalike`: articles that differ by look-alike letters.

use super::is_variant;
use crate::checks::books::{active, books, lacking};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field};
use crate::normalize::goods;

pub struct ArticleLookalike;

static META: Meta = Meta {
    id: "pr-article-lookalike",
    severity: Severity::Error,
    cross: false,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Артикулы различаются только похожими буквами",
        finds: "Артикулы одной системы, равные после замены похожих букв (А и A, О и 0), регистра, пробелов и дефисов, но записанные по-разному.",
        why: "Глазу это один артикул, обмену — два: товар задвоится, а остатки разойдутся.",
        causes: "Артикул набран в русской раскладке; ноль вместо буквы О; лишний дефис.",
        remedy: "Приведите артикулы к одному написанию и объедините карточки, если это один товар.",
        example: "«АВ-120» кириллицей и «AB120» латиницей",
        source: "Практика: буквы двух алфавитов неразличимы на экране",
    },
    en: Card {
        title: "Articles that differ by look-alike letters only",
        finds: "Articles of one system that are equal once look-alike letters (Cyrillic А and Latin A, О and 0), case, spaces and dashes are folded, and are written differently.",
        why: "To the eye it is one article, to the exchange two: the product is doubled and stock drifts.",
        causes: "Typed in the Russian layout; zero for the letter O; a stray dash.",
        remedy: "Write the articles alike and merge the cards if they are one product.",
        example: "Cyrillic “АВ-120” and Latin “AB120”",
        source: "Practice: letters of the two alphabets look the same on a screen",
    },
};

impl Check for ArticleLookalike {
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
                let key = goods::article_key(book.text(Field::Article, at));
                if !key.is_empty() && !is_variant(book, at) {
                    keys.push((key, at));
                }
            }
            evaluated += keys.len() as u64;
            keys.sort_unstable();
            for group in keys.chunk_by(|a, b| a.0 == b.0).filter(|group| group.len() > 1) {
                let at: Vec<usize> = group.iter().map(|(_, at)| *at).collect();
                let mut raw: Vec<String> =
                    at.iter().map(|&at| book.text(Field::Article, at).trim().to_uppercase()).collect();
                raw.sort_unstable();
                raw.dedup();
                if raw.len() < 2 {
                    continue;
                }
                let first = book.at(at[0]);
                let text = book.text(Field::Article, at[0]);
                let (shown, n) = (cx.quoted(text), at.len());
                let message = cx.say(
                    || format!("Артикул {shown}: у {n} товаров он различается только похожими знаками"),
                    || format!("Article {shown}: on {n} products it differs by look-alike characters only"),
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

        world(&[product("Болт", "АВ-120"), product("Болт", "AB12O")]).expect(&ArticleLookalike, &["onec:1 onec:2"]);
        world(&[product("Болт", "Б-1"), product("Болт М8", "б-1")]).expect(&ArticleLookalike, &[]);
        World::new().expect_not_run(&ArticleLookalike);
    }
}
