//! `map-price-type-unmapped`: a type of prices without a pair.

use super::names::unmapped;
use crate::checks::books::{lacking, no_field};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, Side};

pub struct PriceTypeUnmapped;

static META: Meta = Meta {
    id: "map-price-type-unmapped",
    severity: Severity::Warning,
    cross: true,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Вид цены без пары",
        finds: "Виды цен из прайсов, сделок и документов CRM, которых нет ни среди видов цен 1С, ни в разделе \
                [map.price_type].",
        why: "Обмен не знает, в какой вид цены записать число: цены не обновятся или оптовая попадёт на место \
              розничной.",
        causes: "Вид цены завели в одной системе; переименовали; CRM отдаёт вместо названия номер типа цен.",
        remedy: "Впишите пару в [map.price_type] или исключите этот вид цены из обмена.",
        example: "Вид цены «Дилерская» стоит у 120 цен CRM, в 1С такого нет",
        source: "Практика: обмен по CommerceML передаёт цены по видам (элемент ТипЦены), и каждому нужен тип цен в CRM",
    },
    en: Card {
        title: "A price type without a pair",
        finds: "Types of prices in price lists, deals and documents of the CRM that are neither among those of 1C nor \
                in the section [map.price_type].",
        why: "The exchange does not know which price to write: prices stay old, or a wholesale price takes the place \
              of a retail one.",
        causes: "The type exists in one system only; it was renamed; the CRM gives the number of a type for its name.",
        remedy: "Enter the pair in [map.price_type], or leave this type out of the exchange.",
        example: "The price type “Dealer” stands at 120 prices of the CRM and 1C has none",
        source: "Practice: an exchange by CommerceML carries prices by type (element ТипЦены), and each needs its type \
                 in the CRM",
    },
};

const ENTITIES: &[Entity] = &[Entity::Price, Entity::Deal, Entity::Document];

impl Check for PriceTypeUnmapped {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let mapped = |name| cx.trade.price_types.get(name).map_or(name, String::as_str);
        let Some(found) = unmapped(cx, ENTITIES, Field::PriceType, mapped, &[]) else {
            return lacking(cx, Entity::Price, &[Field::PriceType])
                .unwrap_or_else(|| no_field(cx, Entity::Price, &[Field::PriceType]));
        };
        for (name, records) in found.names {
            let (shown, n) = (cx.quoted(name), records.len());
            let message = cx.say(
                || format!("Вид цены {shown} из CRM не найден в 1С, цен и документов {n}: впишите пару в [map.price_type]"),
                || format!("The price type {shown} of the CRM is not in 1C, prices and documents {n}: enter the pair in [map.price_type]"),
            );
            out.push(Finding::record(records[0], message).value(Field::PriceType, Side::Crm, name));
        }
        Ran::Evaluated(found.evaluated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::*;

    #[test]
    fn fires_and_stays_silent() {
        let world = |crm: &str, onec: &str| {
            let price = |text| [(Field::ProductName, "Гвоздь"), (Field::Price, "10"), (Field::PriceType, text)];
            let world = World::new().add(Side::Crm, Entity::Price, &price(crm));
            world.add(Side::Onec, Entity::Price, &price(onec))
        };
        world("Дилерская", "Розничная").expect(&PriceTypeUnmapped, &["crm:1"]);
        world("розничная", "Розничная").expect(&PriceTypeUnmapped, &[]);
        world("Цена розничная", "Розничная цена").expect(&PriceTypeUnmapped, &[]);
        let mut mapped = world("BASE", "Розничная");
        mapped.trade.price_types.insert("BASE".to_owned(), "Розничная".to_owned());
        mapped.expect(&PriceTypeUnmapped, &[]);
        world("Дилерская", "").expect_not_run(&PriceTypeUnmapped);
        world("", "Розничная").expect_not_run(&PriceTypeUnmapped);
        // A GUID in place of a name tells nothing.
        world("Дилерская", "bd72d8f9-55bc-11d9-848a-00112f43529a").expect_not_run(&PriceTypeUnmapped);
        World::new().expect_not_run(&PriceTypeUnmapped);
    }
}
