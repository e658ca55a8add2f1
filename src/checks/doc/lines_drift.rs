//! `doc-lines-drift`: lines differ in number, quantity or price.

use crate::checks::books::no_records;
use crate::checks::papers::{evaluated, kind, named, roubles, single_pairs};
use crate::checks::pr::taken_apart;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Decimal, Entity, Field, Side};
use crate::normalize::paper::Paper;
use crate::reconcile::papers::{self, LineFacts};

pub struct LinesDrift;

static META: Meta = Meta {
    id: "doc-lines-drift",
    severity: Severity::Error,
    cross: true,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Строки документа различаются числом, количеством или ценой",
        finds: "Пары документов, строки которых различаются числом, количеством или ценой. Товары сравниваются, где \
                они сопоставлены. Цена различается больше чем на копейку и сумма строки тоже: иначе дело в НДС или \
                скидке.",
        why: "Склад спишет не то или не столько, хотя сумма документа может сойтись.",
        causes: "Строку исправили в одной системе; отгрузили частично; товар заменили.",
        remedy: "Сверьте строки и исправьте документ, который неверен.",
        example: "Счёт № 15: в CRM 3 строки, в 1С 2",
        source: "Практика: равные суммы при разных строках — самая частая скрытая ошибка обмена",
    },
    en: Card {
        title: "Lines differ in number, quantity or price",
        finds: "Pairs of documents whose lines differ in number, quantity or price. Products are compared where they \
                are paired. A price must differ by more than a kopeck and the sum of its line too: else it is tax or \
                discount.",
        why: "The warehouse writes off the wrong goods or another quantity, though the totals may agree.",
        causes: "A line was corrected in one system; the shipment was partial; a product was replaced.",
        remedy: "Compare the lines and correct the document that is wrong.",
        example: "Invoice No. 15: 3 lines in the CRM, 2 in 1C",
        source: "Practice: equal totals over different lines are the most frequent hidden fault of an exchange",
    },
};

impl Check for LinesDrift {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(ran) = lacking_pairs_of_lines(cx) {
            return ran;
        }
        let mut compared = 0;
        for (crm, onec) in single_pairs(cx) {
            let kinds = [kind(cx, crm), kind(cx, onec)];
            // A deal is shipped in parts, and a tax invoice may lack services.
            if kinds.contains(&Paper::TaxInvoice) || (kinds[0] == Paper::Deal && kinds[1].ships()) {
                continue;
            }
            let [a, b] = [crm, onec].map(|r| papers::lines(cx.data, cx.pairing, r));
            if a.is_empty() || b.is_empty() {
                continue;
            }
            compared += 1;
            let Some((ru, en, field)) = difference(&a, &b) else { continue };
            // Rows that a kit explains are `pr-kit-structure`'s.
            if !taken_apart(cx, &a, &b).is_empty() {
                continue;
            }
            let shown = named(cx, crm);
            let message = cx.say(|| format!("{shown}: {ru}"), || format!("{shown}: {en}"));
            let money = at_stake(&a, &b).and_then(|sum| roubles(cx, crm, sum));
            out.push(Finding::record(crm, message).other(onec).impact(money).values(
                field,
                &a.len().to_string(),
                &b.len().to_string(),
            ));
        }
        evaluated(cx, compared)
    }
}

fn lacking_pairs_of_lines(cx: &Context) -> Option<Ran> {
    let empty = |side: &Side| !cx.pairing.papers.has_lines(*side);
    Side::BOTH.iter().any(empty).then(|| no_records(cx, Entity::Line))
}

/// What differs, in both languages, and the field that stands for it.
fn difference(a: &[LineFacts], b: &[LineFacts]) -> Option<(String, String, Field)> {
    if a.len() != b.len() {
        let (n, m) = (a.len(), b.len());
        return Some((
            format!("в CRM строк {n}, в 1С {m}"),
            format!("{n} lines in the CRM, {m} in 1C"),
            Field::LineNumber,
        ));
    }
    let mut pairs = by_product(a, b);
    let differ = |x: Option<Decimal>, y: Option<Decimal>| matches!((x, y), (Some(x), Some(y)) if (x.micros() - y.micros()).abs() > Decimal::SCALE / 100);
    if let Some((x, y)) = pairs.iter().find(|(x, y)| differ(x.quantity, y.quantity)) {
        let (x, y) = (x.quantity?, y.quantity?);
        return Some((
            format!("количество в строке: в CRM {x}, в 1С {y}"),
            format!("quantity of a line: {x} in the CRM, {y} in 1C"),
            Field::Quantity,
        ));
    }
    pairs.retain(|(x, y)| {
        differ(x.price, y.price) && (differ(x.amount, y.amount) || x.amount.is_none() || y.amount.is_none())
    });
    let (x, y) = pairs.first()?;
    let (x, y) = (x.price?, y.price?);
    Some((
        format!("цена в строке: в CRM {x}, в 1С {y}"),
        format!("price of a line: {x} in the CRM, {y} in 1C"),
        Field::Price,
    ))
}

/// By how much the lines differ in sum, else what the lines without an equal one cost: goods of one price were changed for
/// others. `None` without sums.
fn at_stake(a: &[LineFacts], b: &[LineFacts]) -> Option<Decimal> {
    let sum = |lines: &mut dyn Iterator<Item = &LineFacts>| {
        lines.filter_map(|line| line.amount).fold(0i64, |sum, amount| sum.saturating_add(amount.micros()))
    };
    let apart = sum(&mut a.iter()).saturating_sub(sum(&mut b.iter())).saturating_abs();
    let alone = |these: &[LineFacts], those: &[LineFacts]| {
        let equal =
            |x: &LineFacts, y: &LineFacts| (x.product, x.quantity, x.amount) == (y.product, y.quantity, y.amount);
        sum(&mut these.iter().filter(|x| !those.iter().any(|y| equal(x, y))))
    };
    let stake = if apart > 0 { apart } else { alone(a, b).max(alone(b, a)) };
    (stake != 0).then(|| Decimal::from_micros(stake))
}

/// Lines of one product side by side, where every product is known on both sides; else those of one rank by quantity
/// and sum.
fn by_product<'l>(a: &'l [LineFacts], b: &'l [LineFacts]) -> Vec<(&'l LineFacts, &'l LineFacts)> {
    let products = |lines: &[LineFacts]| lines.iter().map(|l| l.product).collect::<Vec<_>>();
    if a.iter().all(|l| l.product.is_some()) && products(a) == products(b) {
        return a.iter().zip(b).collect();
    }
    let ranked = |lines: &'l [LineFacts]| {
        let mut lines: Vec<&LineFacts> = lines.iter().collect();
        lines.sort_by_key(|l| (l.quantity, l.amount, l.price));
        lines
    };
    ranked(a).into_iter().zip(ranked(b)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::papers::testing::*;
    use crate::checks::testing::*;

    #[test]
    fn fires_and_stays_silent() {
        let line = |world: World, side, paper, quantity, price, sum| {
            let row =
                [(Field::DocumentId, paper), (Field::Quantity, quantity), (Field::Price, price), (Field::Amount, sum)];
            world.add(side, Entity::Line, &row)
        };
        let world = |quantity, price, sum| {
            let world = line(invoices(&[], &[]), Side::Crm, "1", "10", "120", "1200");
            line(world, Side::Onec, "a", quantity, price, sum)
        };
        world("10", "120", "1200").expect(&LinesDrift, &[]);
        world("9", "120", "1080").expect(&LinesDrift, &["crm:1 onec:a"]);
        world("10", "119", "1190").expect(&LinesDrift, &["crm:1 onec:a"]);
        // The tax on top, or the discount in the price: the line costs the same.
        world("10", "100", "1200").expect(&LinesDrift, &[]);
        line(world("5", "120", "600"), Side::Onec, "a", "5", "120", "600").expect(&LinesDrift, &["crm:1 onec:a"]);
        invoices(&[], &[]).expect_not_run(&LinesDrift);
    }
}
