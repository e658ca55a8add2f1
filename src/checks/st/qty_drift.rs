//! `st-qty-drift`: balances that differ.

use super::balances;
use crate::checks::{Card, Check, Context, Fix, Meta, Param, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Decimal, Field};

pub struct QtyDrift;

static META: Meta = Meta {
    id: "st-qty-drift",
    severity: Severity::Error,
    cross: true,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[Param { name: "units", default: 0, ru: "допуск, единиц", en: "tolerance, units" }],
    ru: Card {
        title: "Остаток расходится",
        finds: "Остатки сопоставленных товаров на сопоставленных складах, которые различаются больше допуска; где склады не указаны, сравнивается сумма по товару.",
        why: "Продадут то, чего нет, или откажут в том, что есть.",
        causes: "Обмен остатками остановился; продажи оформляют в одной системе; единицы измерения различаются.",
        remedy: "Возьмите остаток из той системы, где ведётся склад, и проверьте единицы.",
        example: "10 шт в CRM, 7 шт в 1С",
        source: "Практика: остатки ведут в 1С, CRM получает их обменом",
    },
    en: Card {
        title: "Balances differ",
        finds: "Balances of linked products in linked warehouses that differ by more than the tolerance; where warehouses are not named, totals of products are compared.",
        why: "Goods are sold that are not there, or refused that are.",
        causes: "The exchange of stock stopped; sales are entered in one system; units differ.",
        remedy: "Take the balance of the system that keeps stock, and check units.",
        example: "10 pcs in the CRM, 7 pcs in 1C",
        source: "Practice: stock is kept in 1C and passed to the CRM",
    },
};

impl Check for QtyDrift {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(missing) = super::lacking_sides(cx, Field::Quantity) {
            return missing;
        }
        let tolerance = cx.param(&META, "units");
        let prices = super::Prices::of(cx);
        let mut evaluated = 0;
        for pair in balances(cx, Field::Quantity) {
            evaluated += 1;
            let (left, right) = (pair.amounts[0], pair.amounts[1]);
            if (i128::from(left.micros()) - i128::from(right.micros())).abs()
                <= i128::from(tolerance) * i128::from(Decimal::SCALE)
            {
                continue;
            }
            let (name, place) = (cx.quoted(&cx.data.display_name(pair.product)), pair.place(cx));
            let message = cx.say(
                || format!("{name}: остаток в CRM {left}, в 1С {right}{place}"),
                || format!("{name}: the balance is {left} in the CRM and {right} in 1C{place}"),
            );
            let money = left.checked_sub(right).and_then(|apart| prices.worth(cx, pair.product, apart));
            let mut finding = Finding::record(pair.records[0], message).impact(money).values(
                Field::Quantity,
                &left.to_string(),
                &right.to_string(),
            );
            finding.other = pair.records[1..].iter().copied().find(|r| r.side != pair.records[0].side);
            let rest = pair.records[1..].iter().copied().filter(|r| Some(*r) != finding.other).collect();
            out.push(finding.more(rest));
        }
        Ran::Evaluated(evaluated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::*;
    use crate::model::{Entity, Side};

    #[test]
    fn fires_and_stays_silent() {
        let world = |crm: &str, onec: &str| {
            let product = [(Field::Name, "Гвоздь 4×100")];
            let stock = |n| [(Field::ProductId, "1"), (Field::WarehouseName, "Основной склад"), (Field::Quantity, n)];
            let place = [(Field::Name, "Склад основной")];
            let world =
                World::new().add(Side::Crm, Entity::Product, &product).add(Side::Onec, Entity::Product, &product);
            let world = world.add(Side::Crm, Entity::Warehouse, &place).add(Side::Onec, Entity::Warehouse, &place);
            world.add(Side::Crm, Entity::Stock, &stock(crm)).add(Side::Onec, Entity::Stock, &stock(onec))
        };
        world("10", "7").expect(&QtyDrift, &["crm:1 onec:1"]);
        world("10", "10,000").expect(&QtyDrift, &[]);
        World::new().expect_not_run(&QtyDrift);
    }
}
