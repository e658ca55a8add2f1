//! Comparison of one field of two linked goods, warehouses, contracts or objects.

use super::FieldStatus;
use crate::model::{Book, Cell, Entity, Field, Reads};
use crate::normalize::goods::{self, Barcode};
use crate::normalize::{text, unit, vat};

/// Fields that mean the same in both systems, in the order of [`Field::ALL`]; none of entities that are documents, whose
/// differences are money and have checks of their own.
pub fn compared(entity: Entity) -> &'static [Field] {
    match entity {
        Entity::Product => &[Field::Name, Field::VatRate, Field::Article, Field::Barcode, Field::Unit],
        Entity::Warehouse => &[Field::Name],
        Entity::Contract => &[Field::Number, Field::Date, Field::Currency, Field::EndsAt],
        Entity::Object => &[
            Field::Number,
            Field::Price,
            Field::Floor,
            Field::Rooms,
            Field::Area,
            Field::AreaContract,
            Field::Cadastral,
        ],
        Entity::Ddu => &[Field::Number, Field::Date, Field::Amount, Field::RegisteredAt, Field::RegistrationNumber],
        _ => &[],
    }
}

/// Compares a field of record `i` of the CRM and record `j` of 1C. Units are compared by ОКЕИ, rates of VAT by their per
/// cents, barcodes as sets one of which holds the other, numbers to the last digit, moments by their day, everything
/// else without case and punctuation.
pub fn compare(field: Field, (crm, i): (&Book, usize), (onec, j): (&Book, usize)) -> FieldStatus {
    let (a, b) = (crm.text(field, i).trim(), onec.text(field, j).trim());
    match (text::means_none(a), text::means_none(b)) {
        (true, true) => return FieldStatus::EmptyBoth,
        (true, false) => return FieldStatus::EmptyCrm,
        (false, true) => return FieldStatus::EmptyOnec,
        (false, false) if a == b => return FieldStatus::Equal,
        (false, false) => {}
    }
    let folded = || Some(text::fold(a) == text::fold(b));
    let same = match (field.reads(), field) {
        (Reads::Number, _) => both(crm.number(field, i), onec.number(field, j), |x, y| x == y),
        (Reads::Moment, _) => both(crm.moment(field, i), onec.moment(field, j), |x, y| x.date() == y.date()),
        (Reads::Text, Field::Unit) => match (unit::parse(a), unit::parse(b)) {
            (Some(x), Some(y)) => Some(x.code == y.code),
            _ => folded(),
        },
        (Reads::Text, Field::VatRate) => match (vat::parse(a), vat::parse(b)) {
            (Some(x), Some(y)) => Some(percent(x) == percent(y)),
            _ => None,
        },
        (Reads::Text, Field::Article) => Some(goods::article_key(a) == goods::article_key(b)),
        (Reads::Text, Field::Barcode) => {
            let (x, y) = (barcodes(a), barcodes(b));
            if x.is_empty() || y.is_empty() {
                None
            } else {
                Some(x.iter().all(|code| y.contains(code)) || y.iter().all(|code| x.contains(code)))
            }
        }
        (Reads::Text, Field::Name) if crm.entity == Entity::Product => {
            Some(goods::name(a).key() == goods::name(b).key())
        }
        (Reads::Text, _) => folded(),
    };
    match same {
        Some(true) => FieldStatus::EqualNormalized,
        Some(false) => FieldStatus::Different,
        None => FieldStatus::Invalid,
    }
}

fn both<T>(a: Cell<T>, b: Cell<T>, same: impl FnOnce(T, T) -> bool) -> Option<bool> {
    Some(same(a.valid()?, b.valid()?))
}

/// «Без НДС» is no rate.
fn percent(vat: vat::Vat) -> Option<u8> {
    match vat {
        vat::Vat::Without => None,
        vat::Vat::Rate { percent, .. } => Some(percent),
    }
}

fn barcodes(text: &str) -> Vec<u64> {
    let codes = text.split('\n').map(goods::barcode);
    codes.filter_map(|code| if let Barcode::Gtin(number) = code { Some(number) } else { None }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::World;
    use crate::model::Side;

    #[test]
    fn values_not_spellings_are_compared() {
        use FieldStatus::{Different, EmptyBoth, EmptyCrm, EmptyOnec, Equal, EqualNormalized, Invalid};
        let status = |entity, field, crm: &str, onec: &str| {
            let world = World::new().add(Side::Crm, entity, &[(Field::Id, "1"), (field, crm)]);
            let world = world.add(Side::Onec, entity, &[(Field::Id, "2"), (field, onec)]);
            world.with(|cx| compare(field, (cx.data.book(Side::Crm, entity), 0), (cx.data.book(Side::Onec, entity), 0)))
        };
        let product = |field, crm: &str, onec: &str| status(Entity::Product, field, crm, onec);
        assert_eq!(product(Field::Unit, "шт", "шт"), Equal);
        assert_eq!(product(Field::Unit, "шт.", "796"), EqualNormalized);
        assert_eq!(product(Field::Unit, "шт", "упак"), Different);
        // Units that no list has are texts.
        assert_eq!(product(Field::Unit, "ведёрко", "ВЕДЕРКО"), EqualNormalized);
        assert_eq!(product(Field::Unit, "ведёрко", "мешочек"), Different);
        assert_eq!(product(Field::VatRate, "22%", "22"), EqualNormalized);
        assert_eq!(product(Field::VatRate, "Без НДС", "0%"), Different);
        assert_eq!(product(Field::VatRate, "22%", "a0e1"), Invalid);
        assert_eq!(product(Field::Article, "АВ-12", "AB12"), EqualNormalized);
        assert_eq!(product(Field::Barcode, "4006381333931", "4006381333931\n4600000000008"), EqualNormalized);
        assert_eq!(product(Field::Name, "Гвоздь 4×100", "гвозди 4х100"), EqualNormalized);
        assert_eq!(product(Field::Name, "Гвоздь 4×100", "Гвоздь 4×120"), Different);
        assert_eq!(product(Field::Name, "-", "Гвоздь"), EmptyCrm);
        assert_eq!(product(Field::Name, "Гвоздь", ""), EmptyOnec);
        assert_eq!(product(Field::Name, "", "не указано"), EmptyBoth);
        assert_eq!(status(Entity::Ddu, Field::Amount, "8 900 000,00", "8900000"), EqualNormalized);
        assert_eq!(status(Entity::Ddu, Field::Amount, "8 900 000,01", "8900000"), Different);
        assert_eq!(status(Entity::Ddu, Field::Date, "2026-03-01T10:00:00", "01.03.2026"), EqualNormalized);
    }

    #[test]
    fn entities_have_what_is_compared() {
        for &entity in Entity::ALL {
            let fields = compared(entity);
            assert!(fields.iter().all(|f| f.entities().contains(&entity)), "{entity}: {fields:?}");
            assert!(fields.is_sorted(), "{entity}");
        }
    }
}
