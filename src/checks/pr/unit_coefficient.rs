//! `pr-unit-coefficient`: package coefficients that differ or count nothing.

use rustc_hash::FxHashMap;

use crate::checks::books::{active, books, lacking, pairs};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Book, Decimal, Entity, Field, RecordRef, Side};
use crate::normalize::package::{self, Package};
use crate::normalize::unit;

pub struct UnitCoefficient;

static META: Meta = Meta {
    id: "pr-unit-coefficient",
    severity: Severity::Error,
    cross: true,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Коэффициент упаковки различается или равен нулю",
        finds: "Товары, цены и строки документов с коэффициентом упаковки, который равен нулю, меньше нуля или не \
                читается, и сопоставленные товары, у которых системы считают в упаковке разное количество. \
                Коэффициент 1 — сама базовая единица — не сравнивается.",
        why: "Остаток, количество и сумма умножатся не на то число: десять упаковок по 12 станут десятью по 10.",
        causes: "Производитель сменил упаковку, её поправили в одной системе; коэффициент не заполнили при загрузке \
                 прайса.",
        remedy: "Уточните количество в упаковке у поставщика и установите один коэффициент в обеих системах.",
        example: "В упаковке 25 шт по CRM и 20 шт по 1С",
        source: "CommerceML 2.10: элемент «Пересчет» базовой единицы, «Коэффициент» цены и строки; практика: \
                 количество пересчитывают через коэффициент упаковки",
    },
    en: Card {
        title: "A package coefficient differs or is zero",
        finds: "Products, prices and lines of documents whose package coefficient is zero, negative or unreadable, and \
                linked products of which the systems count another quantity in a package. A coefficient of 1, the base \
                unit itself, is not compared.",
        why: "Stock, quantity and amount are multiplied by the wrong number: ten packs of 12 become ten of 10.",
        causes: "The maker changed the package and one system was corrected; the coefficient was left out when a price \
                 list was loaded.",
        remedy: "Ask the supplier how many there are in a package and set one coefficient in both systems.",
        example: "A pack holds 25 pcs in the CRM and 20 pcs in 1C",
        source: "CommerceML 2.10: element «Пересчет» of the base unit, «Коэффициент» of prices and lines; practice: \
                 quantities are converted by the package coefficient",
    },
};

impl Check for UnitCoefficient {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        const ENTITIES: [Entity; 3] = [Entity::Product, Entity::Price, Entity::Line];
        let given = |&entity: &Entity| lacking(cx, entity, &[Field::Coefficient]).is_none();
        if !ENTITIES.iter().any(given) {
            return lacking(cx, Entity::Product, &[Field::Coefficient]).unwrap_or(Ran::Evaluated(0));
        }
        let mut evaluated = 0;
        for entity in ENTITIES.into_iter().filter(given) {
            for book in books(cx, entity).filter(|book| book.raw.has(Field::Coefficient)) {
                evaluated += uncountable(cx, book, out);
            }
        }
        let packages = Side::BOTH.map(|side| packages(cx, side));
        for (a, b) in pairs(cx, Entity::Product) {
            let (Some(crm), Some(onec)) = (packages[0].get(&a), packages[1].get(&b)) else { continue };
            evaluated += 1;
            let Some([crm, onec]) = difference(crm, onec) else { continue };
            let name = cx.quoted(&cx.data.display_name(a));
            let message = cx.say(
                || format!("{name}: в упаковке в CRM {crm}, в 1С {onec}"),
                || format!("{name}: a package holds {crm} in the CRM and {onec} in 1C"),
            );
            out.push(Finding::record(a, message).other(b).values(Field::Coefficient, &crm, &onec));
        }
        Ran::Evaluated(evaluated)
    }
}

/// Reports packages that nothing can be counted in; how many records state any.
fn uncountable(cx: &Context, book: &Book, out: &mut Vec<Finding>) -> u64 {
    let mut evaluated = 0;
    for at in active(book) {
        let raw = book.text(Field::Coefficient, at);
        let mut all = package::parse(raw).peekable();
        if all.peek().is_none() {
            continue;
        }
        evaluated += 1;
        if all.any(|package| package.coefficient.is_none()) {
            let (name, shown) = (cx.quoted(&book.display_name(at)), cx.quoted(raw));
            let message = cx.say(
                || format!("{name}: коэффициент упаковки {shown}, считать в таких упаковках нельзя"),
                || format!("{name}: the package coefficient is {shown}, nothing can be counted in such packages"),
            );
            out.push(Finding::record(book.at(at), message).value(Field::Coefficient, book.raw.side, raw));
        }
    }
    evaluated
}

/// Packages of products that hold something else than one base unit: of their cards and of their prices, which are stated
/// for a unit.
fn packages(cx: &Context, side: Side) -> FxHashMap<RecordRef, Vec<Package>> {
    let one = Some(Decimal::from_micros(Decimal::SCALE));
    let mut all: FxHashMap<RecordRef, Vec<Package>> = FxHashMap::default();
    for entity in [Entity::Product, Entity::Price] {
        let book = cx.data.book(side, entity);
        if !book.raw.has(Field::Coefficient) {
            continue;
        }
        for at in active(book) {
            let product =
                if entity == Entity::Product { Some(book.at(at)) } else { book.reference(Field::ProductId, at) };
            let Some(product) = product else { continue };
            for mut package in package::parse(book.text(Field::Coefficient, at)) {
                if entity == Entity::Price {
                    package.unit = package.unit.or(unit::parse(book.text(Field::Unit, at)).map(|unit| unit.code));
                }
                if package.coefficient.is_some() && package.coefficient != one {
                    all.entry(product).or_default().push(package);
                }
            }
        }
    }
    for list in all.values_mut() {
        list.sort_by_key(|package| (package.unit, package.coefficient));
        list.dedup();
    }
    all
}

/// What packages of both sides hold, where they disagree: in the same unit; where they have none in common, all of them.
fn difference(crm: &[Package], onec: &[Package]) -> Option<[String; 2]> {
    let shared: Vec<&'static str> =
        crm.iter().filter_map(|p| p.unit).filter(|unit| onec.iter().any(|q| q.unit == Some(*unit))).collect();
    let of = |all: &[Package], unit: Option<&str>| -> Vec<Decimal> {
        let these = all.iter().filter(|p| unit.is_none() || p.unit == unit);
        these.filter_map(|p| p.coefficient).collect()
    };
    let units: Vec<Option<&str>> = if shared.is_empty() { vec![None] } else { shared.into_iter().map(Some).collect() };
    units.into_iter().find_map(|unit| {
        let sides = [of(crm, unit), of(onec, unit)];
        let show = |all: &Vec<Decimal>| all.iter().map(Decimal::to_string).collect::<Vec<_>>().join(", ");
        let agrees = sides[0].iter().any(|coefficient| sides[1].contains(coefficient));
        (!agrees).then(|| [show(&sides[0]), show(&sides[1])])
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::*;

    #[test]
    fn fires_and_stays_silent() {
        let world = |crm: &str, onec: &str| {
            let product = |value| [(Field::Name, "Саморез 3,5×55"), (Field::Coefficient, value)];
            let world = World::new().add(Side::Crm, Entity::Product, &product(crm));
            world.add(Side::Onec, Entity::Product, &product(onec))
        };
        world("25", "20").expect(&UnitCoefficient, &["crm:1 onec:1"]);
        world("25", "796 = 1\n778 = 25").expect(&UnitCoefficient, &[]);
        world("упак 25", "778 = 20\n704 = 25").expect(&UnitCoefficient, &["crm:1 onec:1"]);
        // One base unit, or nothing at all, says nothing of packages.
        world("1", "778 = 20").expect(&UnitCoefficient, &[]);
        world("", "20").expect(&UnitCoefficient, &[]);
        world("0", "20").expect(&UnitCoefficient, &["crm:1"]);
        world("", "").expect_not_run(&UnitCoefficient);
        World::new().expect_not_run(&UnitCoefficient);
        let priced = |crm: &str, onec: &str| {
            let price =
                [(Field::ProductId, "1"), (Field::Price, "10"), (Field::Unit, "упак"), (Field::Coefficient, onec)];
            world(crm, "").add(Side::Onec, Entity::Price, &price)
        };
        priced("упак 25", "20").expect(&UnitCoefficient, &["crm:1 onec:1"]);
        priced("упак 25", "25").expect(&UnitCoefficient, &[]);
        priced("", "0").expect(&UnitCoefficient, &["onec:1"]);
    }
}
