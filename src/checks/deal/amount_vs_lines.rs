//! `deal-amount-vs-lines`: the amount of a deal is not the sum of its lines.

use crate::checks::books::{lacking, no_records};
use crate::checks::papers::{about, amount, live, named, sum};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Decimal, Entity, Field, Side};
use crate::reconcile::papers::{self, LineFacts};

pub struct AmountVsLines;

static META: Meta = Meta {
    id: "deal-amount-vs-lines",
    severity: Severity::Warning,
    cross: false,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Сумма сделки не равна сумме строк",
        finds: "Сделки, сумма которых расходится с суммой их строк больше чем на копейку на строку; НДС сверху \
                расхождением не считается.",
        why: "Документ 1С создаётся по строкам и выйдет на другую сумму.",
        causes: "Сумму вписали руками; строку добавили и сумму не пересчитали; скидка на всю сделку.",
        remedy: "Пересчитайте сумму по строкам.",
        example: "Сделка «Поставка»: сумма 1 200,00, строк на 1 100,00",
        source: "Практика: признак «сумма рассчитана вручную» в CRM",
    },
    en: Card {
        title: "The amount of a deal is not the sum of its lines",
        finds: "Deals whose amount differs from the sum of their lines by more than a kopeck per line; tax on top is \
                no difference.",
        why: "The document of 1C is made of the lines and comes to another sum.",
        causes: "The amount was typed; a line was added and the amount not counted anew; a discount on the whole \
                deal.",
        remedy: "Count the amount anew from the lines.",
        example: "The deal “Delivery”: amount 1,200.00, lines 1,100.00",
        source: "Practice: the mark “manual amount” of a CRM",
    },
};

impl Check for AmountVsLines {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(ran) = lacking(cx, Entity::Deal, &[Field::Amount]) {
            return ran;
        }
        if !cx.pairing.papers.has_lines(Side::Crm) {
            return no_records(cx, Entity::Line);
        }
        let mut evaluated = 0;
        for deal in live(cx, Side::Crm, Entity::Deal) {
            let lines = papers::lines(cx.data, cx.pairing, deal);
            let Some(total) = amount(cx, deal).filter(|_| !lines.is_empty()) else { continue };
            let of = |line: &LineFacts| line.amount.or_else(|| line.price?.checked_mul(line.quantity?));
            let Some(added) = lines.iter().try_fold(Decimal::ZERO, |sum, line| sum.checked_add(of(line)?)) else {
                continue;
            };
            evaluated += 1;
            let tax = lines.iter().filter_map(|l| l.tax).fold(0i64, |sum, t| sum.saturating_add(t.micros()));
            let most = lines.len() as i64 * (Decimal::SCALE / 100);
            let near = |sum: i64| (total.micros() - sum).abs() <= most;
            if !near(added.micros()) && !near(added.micros().saturating_add(tax)) {
                let (shown, [a, b]) = (named(cx, deal), [total, added].map(|s| sum(cx, s)));
                let message = cx.say(
                    || format!("Сделка {shown}: сумма {a}, а строк на {b}"),
                    || format!("The deal {shown}: amount {a}, lines {b}"),
                );
                out.push(about(cx, deal, message));
            }
        }
        Ran::Evaluated(evaluated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::papers::testing::*;

    #[test]
    fn fires_and_stays_silent() {
        let world = |price: &'static str, vat: &'static str| {
            let row =
                [(Field::DocumentId, "d"), (Field::Quantity, "10"), (Field::Price, price), (Field::VatAmount, vat)];
            deal(&[]).add(Side::Crm, Entity::Line, &row)
        };
        world("110", "").expect(&AmountVsLines, &["crm:d"]);
        world("120", "").expect(&AmountVsLines, &[]);
        world("100", "200").expect(&AmountVsLines, &[]);
        deal(&[]).expect_not_run(&AmountVsLines);
    }
}
