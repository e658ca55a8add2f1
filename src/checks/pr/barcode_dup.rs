//! `pr-barcode-dup`: one barcode on several products.

use super::is_variant;
use crate::checks::books::{active, books, lacking};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field};
use crate::normalize::goods::{self, Barcode};

pub struct BarcodeDup;

static META: Meta = Meta {
    id: "pr-barcode-dup",
    severity: Severity::Error,
    cross: false,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Один штрихкод у нескольких товаров",
        finds: "Действующая номенклатура одной системы с одним и тем же заводским штрихкодом.",
        why: "Сканер и обмен возьмут любой из товаров: в сделку попадёт не то, что продали.",
        causes: "Товар завели повторно; штрихкод скопирован вместе с карточкой; код упаковки указан у штуки.",
        remedy: "Оставьте штрихкод у одного товара, повторные карточки объедините.",
        example: "4006381333931 у двух маркеров разного цвета",
        source: "Практика: GTIN называет один товар в одной упаковке (GS1)",
    },
    en: Card {
        title: "One barcode on several products",
        finds: "Active products of one system that have one and the same maker's barcode.",
        why: "A scanner and the exchange take any of them: the deal holds something else than was sold.",
        causes: "The product was entered twice; the barcode was copied with the card; a code of a pack stands on the piece.",
        remedy: "Leave the barcode on one product and merge repeated cards.",
        example: "4006381333931 on two markers of different colour",
        source: "Practice: a GTIN names one product in one packing (GS1)",
    },
};

impl Check for BarcodeDup {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(missing) = lacking(cx, Entity::Product, &[Field::Barcode]) {
            return missing;
        }
        let mut evaluated = 0;
        for book in books(cx, Entity::Product) {
            let mut keys: Vec<(String, usize)> = Vec::new();
            for at in active(book) {
                for raw in book.text(Field::Barcode, at).split('\n') {
                    if let Barcode::Gtin(number) = goods::barcode(raw) {
                        keys.push((number.to_string(), at));
                    }
                }
            }
            evaluated += keys.len() as u64;
            keys.sort_unstable();
            for group in keys.chunk_by(|a, b| a.0 == b.0).filter(|group| group.len() > 1) {
                let at: Vec<usize> = group.iter().map(|(_, at)| *at).collect();
                let mut at = at;
                at.dedup();
                if at.len() < 2 || at.iter().all(|&at| is_variant(book, at)) {
                    continue;
                }
                let code = &group[0].0;
                let first = book.at(at[0]);
                let text = book.text(Field::Name, at[0]);
                let (shown, n) = (cx.quoted(text), at.len());
                let message = cx.say(
                    || format!("Штрихкод {code}: стоит у {n} товаров, это {shown} и другие"),
                    || format!("Barcode {code}: on {n} products, {shown} and others"),
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
        let product = |name: &'static str, code: &'static str| [(Field::Name, name), (Field::Barcode, code)];
        let world = |all: &[[(Field, &str); 2]]| {
            all.iter().fold(World::new(), |w, texts| w.add(crate::model::Side::Onec, Entity::Product, texts))
        };
        let ean = "4006381333931";
        world(&[product("Маркер синий", ean), product("Маркер красный", ean)]).expect(&BarcodeDup, &["onec:1 onec:2"]);
        world(&[product("Маркер синий", ean), product("Маркер красный", "96385074")]).expect(&BarcodeDup, &[]);
        world(&[product("Маркер", "")]).expect_not_run(&BarcodeDup);
    }
}
