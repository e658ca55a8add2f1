//! `pr-vat-expired`: VAT rates that are over.

use crate::checks::books::{active, book_of, books, lacking};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, RecordRef};
use crate::normalize::vat::{self, Vat};
use chrono::NaiveDate;
use rustc_hash::FxHashSet;

/// First day of the rate of 22 %.
const SINCE: NaiveDate = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();

pub struct VatExpired;

static META: Meta = Meta {
    id: "pr-vat-expired",
    severity: Severity::Error,
    cross: false,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Ставка НДС больше не действует",
        finds: "Номенклатура и строки документов от 1 января 2026 года и позже со ставкой 20 % или 18 %, а также с расчётной 20/120 и 18/118 в строках отгрузок.",
        why: "Документ не проведут или исчислят неверный налог.",
        causes: "Ставку в карточке товара не сменили после изменения закона.",
        remedy: "Установите действующую ставку: с 2026 года основная — 22 %.",
        example: "20 % в карточке товара в ноябре 2026 года",
        source: "НК РФ, статья 164: основная ставка 22 % с 1 января 2026 года",
    },
    en: Card {
        title: "The VAT rate is over",
        finds: "Products, and lines of documents of 1 January 2026 and later, with a rate of 20 % or 18 %, and 20/120 or 18/118 in lines of shipments.",
        why: "The document will not be posted, or the tax is wrong.",
        causes: "The rate of the product was not changed when the law was.",
        remedy: "Set the rate in force: 22 % is the main one since 2026.",
        example: "20 % on the card of a product in November 2026",
        source: "Tax Code of Russia, article 164: the main rate is 22 % since 1 January 2026",
    },
};

impl Check for VatExpired {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if books(cx, Entity::Line).next().is_none()
            && let Some(missing) = lacking(cx, Entity::Product, &[Field::VatRate])
        {
            return missing;
        }
        let mut evaluated = 0;
        let over = |raw: &str, day: NaiveDate| match vat::parse(raw) {
            Some(Vat::Rate { percent, .. }) => Some(day >= SINCE && matches!(percent, 18 | 20)),
            _ => None,
        };
        for book in books(cx, Entity::Product) {
            for at in active(book) {
                let raw = book.text(Field::VatRate, at);
                let Some(over) = over(raw, cx.as_of) else { continue };
                evaluated += 1;
                if over {
                    let (name, shown) = (cx.quoted(&book.display_name(at)), cx.quoted(raw));
                    let message = cx.say(
                        || format!("{name}: ставка НДС {shown} с 2026 года не действует"),
                        || format!("{name}: the VAT rate {shown} is over since 2026"),
                    );
                    out.push(Finding::record(book.at(at), message).value(Field::VatRate, book.raw.side, raw));
                }
            }
        }
        for lines in books(cx, Entity::Line) {
            let mut seen: FxHashSet<RecordRef> = FxHashSet::default();
            for at in 0..lines.len() {
                let Some(owner) = lines.reference(Field::DocumentId, at) else { continue };
                let papers = book_of(cx, owner);
                let Some(day) = papers.moment(Field::Date, owner.at()).valid() else { continue };
                let raw = lines.text(Field::VatRate, at);
                let Some(over) = over(raw, day.date()) else { continue };
                evaluated += 1;
                if over && papers.is_active(owner.at()) && seen.insert(owner) {
                    let (name, shown) = (cx.quoted(&papers.display_name(owner.at())), cx.quoted(raw));
                    let message = cx.say(
                        || format!("{name}: в строках ставка НДС {shown}, которая с 2026 года не действует"),
                        || format!("{name}: lines have the VAT rate {shown}, which is over since 2026"),
                    );
                    out.push(Finding::record(owner, message).value(Field::VatRate, lines.raw.side, raw));
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
        let product = |rate| [(Field::Name, "Болт"), (Field::VatRate, rate)];
        let world = |rate| World::new().add(Side::Crm, Entity::Product, &product(rate));
        world("20%").expect(&VatExpired, &["crm:1"]);
        world("22%").expect(&VatExpired, &[]);
        let paper = |date| {
            let world = World::new().add(Side::Onec, Entity::Document, &[(Field::Id, "d"), (Field::Date, date)]);
            world.add(Side::Onec, Entity::Line, &[(Field::Id, "l"), (Field::DocumentId, "d"), (Field::VatRate, "20%")])
        };
        paper("2026-02-01").expect(&VatExpired, &["onec:d"]);
        paper("2025-12-31").expect(&VatExpired, &[]);
        World::new().expect_not_run(&VatExpired);
    }
}
