//! `st-reserve-drift`: reserves that differ.

use super::balances;
use crate::checks::{Card, Check, Context, Fix, Meta, Param, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Decimal, Field};

pub struct ReserveDrift;

static META: Meta = Meta {
    id: "st-reserve-drift",
    severity: Severity::Warning,
    cross: true,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[Param { name: "units", default: 0, ru: "допуск, единиц", en: "tolerance, units" }],
    ru: Card {
        title: "Резерв расходится",
        finds: "Резервы сопоставленных товаров, которые различаются больше допуска.",
        why: "Свободный остаток посчитан неверно: товар держит отменённая сделка или его продадут дважды.",
        causes: "Резерв не сняли после отмены сделки; резервируют в одной системе.",
        remedy: "Снимите лишний резерв или заведите недостающий.",
        example: "В резерве 5 в CRM и 0 в 1С",
        source: "Практика: резерв отменённой сделки забывают снять",
    },
    en: Card {
        title: "Reserves differ",
        finds: "Reserves of linked products that differ by more than the tolerance.",
        why: "What is free comes out wrong: a cancelled deal holds the goods, or they are sold twice.",
        causes: "The reserve was not lifted when the deal was cancelled; only one system reserves.",
        remedy: "Lift the extra reserve or make the missing one.",
        example: "5 reserved in the CRM and 0 in 1C",
        source: "Practice: reserves of cancelled deals are forgotten",
    },
};

impl Check for ReserveDrift {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(missing) = super::lacking_sides(cx, Field::Reserved) {
            return missing;
        }
        let tolerance = cx.param(&META, "units");
        let prices = super::Prices::of(cx);
        let mut evaluated = 0;
        for pair in balances(cx, Field::Reserved) {
            evaluated += 1;
            let (left, right) = (pair.amounts[0], pair.amounts[1]);
            if (i128::from(left.micros()) - i128::from(right.micros())).abs()
                <= i128::from(tolerance) * i128::from(Decimal::SCALE)
            {
                continue;
            }
            let (name, place) = (cx.quoted(&cx.data.display_name(pair.product)), pair.place(cx));
            let message = cx.say(
                || format!("{name}: в резерве в CRM {left}, в 1С {right}{place}"),
                || format!("{name}: reserved {left} in the CRM and {right} in 1C{place}"),
            );
            let money = left.checked_sub(right).and_then(|apart| prices.worth(cx, pair.product, apart));
            let mut finding = Finding::record(pair.records[0], message).impact(money).values(
                Field::Reserved,
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
            let stock = |n| [(Field::ProductId, "1"), (Field::WarehouseName, "Основной склад"), (Field::Reserved, n)];
            let place = [(Field::Name, "Склад основной")];
            let world =
                World::new().add(Side::Crm, Entity::Product, &product).add(Side::Onec, Entity::Product, &product);
            let world = world.add(Side::Crm, Entity::Warehouse, &place).add(Side::Onec, Entity::Warehouse, &place);
            world.add(Side::Crm, Entity::Stock, &stock(crm)).add(Side::Onec, Entity::Stock, &stock(onec))
        };
        world("10", "7").expect(&ReserveDrift, &["crm:1 onec:1"]);
        world("10", "10,000").expect(&ReserveDrift, &[]);
        World::new().expect_not_run(&ReserveDrift);
    }
}
