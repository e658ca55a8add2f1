//! `pr-article-missing`: products without an article.

use crate::checks::books::{active, books, lacking};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, RecordRef};
use crate::normalize::goods;
use rustc_hash::FxHashSet;

pub struct ArticleMissing;

static META: Meta = Meta {
    id: "pr-article-missing",
    severity: Severity::Warning,
    cross: false,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Товар без артикула и кода",
        finds: "Действующая номенклатура без артикула; если загружены строки документов, только та, что в них есть.",
        why: "Без артикула товары двух систем сопоставляются по названию, а оно меняется чаще.",
        causes: "Артикул не заполняли; колонку с ним не выгрузили.",
        remedy: "Заполните артикул в той системе, где ведётся номенклатура.",
        example: "«Гвоздь строительный 4×100» без артикула",
        source: "Практика: обмен с сайтом и CRM ищет товар по артикулу или коду",
    },
    en: Card {
        title: "A product without an article",
        finds: "Active products without an article; where lines of documents are loaded, only those that stand in them.",
        why: "Without an article products of the two systems are matched by name, which changes more often.",
        causes: "The article was never entered; its column was not exported.",
        remedy: "Enter the article in the system that keeps the products.",
        example: "“Building nail 4×100” without an article",
        source: "Practice: exchanges look a product up by article or code",
    },
};

impl Check for ArticleMissing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(missing) = lacking(cx, Entity::Product, &[Field::Article]) {
            return missing;
        }
        let mut evaluated = 0;
        for book in books(cx, Entity::Product) {
            let side = book.raw.side;
            let lines = cx.data.book(side, Entity::Line);
            let sold: FxHashSet<RecordRef> =
                (0..lines.len()).filter_map(|at| lines.reference(Field::ProductId, at)).collect();
            for at in active(book).filter(|&at| lines.is_empty() || sold.contains(&book.at(at))) {
                evaluated += 1;
                if goods::article_key(book.text(Field::Article, at)).is_empty() {
                    let name = cx.quoted(&book.display_name(at));
                    let message = cx.say(
                        || format!("{name}: нет артикула, товар придётся искать по названию"),
                        || format!("{name}: no article, the product can only be found by name"),
                    );
                    out.push(Finding::record(book.at(at), message).value(
                        Field::Article,
                        side,
                        book.text(Field::Article, at),
                    ));
                }
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
        let product = |name, article| [(Field::Name, name), (Field::Article, article)];

        let add = |w: World, texts: &[(Field, &str)]| w.add(Side::Crm, Entity::Product, texts);
        let world = add(add(World::new(), &product("Болт", "Б-1")), &product("Гайка", "-"));
        world.expect(&ArticleMissing, &["crm:2"]);
        add(World::new(), &product("Болт", "Б-1")).expect(&ArticleMissing, &[]);
        add(World::new(), &[(Field::Name, "Болт")]).expect_not_run(&ArticleMissing);
        World::new().expect_not_run(&ArticleMissing);
    }
}
