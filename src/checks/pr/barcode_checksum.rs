//! `pr-barcode-checksum`: barcodes with a wrong check digit.

use crate::checks::books::{active, books, lacking};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field};
use crate::normalize::goods::{self, Barcode};

pub struct BarcodeChecksum;

static META: Meta = Meta {
    id: "pr-barcode-checksum",
    severity: Severity::Warning,
    cross: false,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Не сходится контрольная цифра штрихкода",
        finds: "Штрихкод из 8, 12, 13 или 14 цифр, у которого не сходится последняя.",
        why: "Такой код не прочтёт сканер, а обмен по штрихкоду товар не найдёт.",
        causes: "Опечатка; Excel отбросил ноль в начале; короткий внутренний код дополнили нулями.",
        remedy: "Сверьте штрихкод с этикеткой и исправьте.",
        example: "4600000000016: последняя цифра должна быть 5",
        source: "GS1 General Specifications, раздел 7.9: контрольная цифра",
    },
    en: Card {
        title: "The check digit of a barcode is wrong",
        finds: "A barcode of 8, 12, 13 or 14 digits whose last one does not agree.",
        why: "A scanner will not read it, and an exchange by barcode will not find the product.",
        causes: "A slip; Excel dropped a leading zero; an own short code was filled up with zeros.",
        remedy: "Compare the barcode with the label and correct it.",
        example: "4600000000016: the last digit should be 5",
        source: "GS1 General Specifications, section 7.9: check digit",
    },
};

impl Check for BarcodeChecksum {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(missing) = lacking(cx, Entity::Product, &[Field::Barcode]) {
            return missing;
        }
        let mut evaluated = 0;
        for book in books(cx, Entity::Product) {
            for at in active(book) {
                for raw in book.text(Field::Barcode, at).split('\n').filter(|raw| !raw.trim().is_empty()) {
                    evaluated += 1;
                    if goods::barcode(raw) == Barcode::WrongCheck {
                        let (name, code) = (cx.quoted(&book.display_name(at)), raw.trim());
                        let message = cx.say(
                            || format!("{name}: у штрихкода {code} не сходится контрольная цифра"),
                            || format!("{name}: the check digit of the barcode {code} is wrong"),
                        );
                        out.push(Finding::record(book.at(at), message).value(Field::Barcode, book.raw.side, raw));
                    }
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
        let product = |code| [(Field::Name, "Маркер"), (Field::Barcode, code)];
        let world = |code| World::new().add(Side::Crm, Entity::Product, &product(code));
        world("4600000000016").expect(&BarcodeChecksum, &["crm:1"]);
        world("4600000000015").expect(&BarcodeChecksum, &[]);
        world("ШК-17").expect(&BarcodeChecksum, &[]);
        world("").expect_not_run(&BarcodeChecksum);
    }
}
