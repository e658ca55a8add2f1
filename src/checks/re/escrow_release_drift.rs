//! `re-escrow-release-drift`: release is not the deposit.

use super::scope;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::Field;
use crate::pairing::estate::{Money, is_escrow, sum};

pub struct EscrowReleaseDrift;

static META: Meta = Meta {
    id: "re-escrow-release-drift",
    severity: Severity::Error,
    cross: true,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Раскрыто не столько, сколько внесено",
        finds: "Договор с эскроу в введённом доме, у которого раскрытая сумма не равна внесённой. Проверяется \
                 на стороне, где есть платежи вида «раскрытие».",
        why: "Выручка и долг по проектному кредиту посчитаны неверно.",
        causes: "Раскрытие загрузили не по всем договорам; платёж раскрытия отнесён к другому договору.",
        remedy: "Сверьте раскрытие с реестром банка.",
        example: "Внесено 5 460 000 ₽, раскрыто 5 400 000 ₽",
        source: "Практика: банк раскрывает то, что внесено. 214-ФЗ, статья 15.5 (прочитано изложение, matkapitala.ru): застройщик получает деньги с эскроу \
                 после ввода дома",
    },
    en: Card {
        title: "The released sum is not the deposited one",
        finds: "A contract with escrow in a commissioned house whose released sum is not the deposited one. \
                 Judged on a side that has payments of the kind «раскрытие» (release).",
        why: "Revenue and the project loan are counted wrong.",
        causes: "Release was loaded for some contracts only; it went to another contract.",
        remedy: "Compare with the register of the bank.",
        example: "Deposited 5,460,000, released 5,400,000",
        source: "Practice: a bank releases what was deposited. Law 214-FZ, article 15.5 (a retelling was read, matkapitala.ru): the developer gets escrow \
                 money after commissioning",
    },
};

impl Check for EscrowReleaseDrift {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let mut evaluated = 0;
        let mut judged = false;
        for of in scope::sides(cx).into_iter().filter(|of| of.holdings.money.contains(&Money::Release)) {
            judged = true;
            for at in of.active().filter(|&at| is_escrow(of.ddus, at)) {
                if of.commissioned(at).is_none_or(|done| done > cx.as_of) {
                    continue;
                }
                evaluated += 1;
                let deposited = of.holdings.paid(of.payments, at);
                let released: Vec<u32> = of.holdings.payments(at).to_vec();
                let released: Vec<u32> =
                    released.into_iter().filter(|&p| of.holdings.money[p as usize] == Money::Release).collect();
                let released = sum(of.payments, Field::Amount, &released);
                if deposited == released {
                    continue;
                }
                let name = scope::name(cx, of.ddus.at(at));
                let [deposited, released] = [deposited, released].map(scope::show_sum);
                let message = cx.say(
                    || format!("{name}: внесено {deposited}, раскрыто {released}"),
                    || format!("{name}: deposited {deposited}, released {released}"),
                );
                out.push(Finding::record(of.ddus.at(at), message).value(Field::Amount, of.side, &released));
            }
        }
        if !judged {
            return scope::not_run(
                cx,
                "нет платежей вида «раскрытие»",
                "no payments of the kind «раскрытие» (release)",
            );
        }
        Ran::Evaluated(evaluated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::re::house::House;
    use crate::model::{Entity, Side};

    #[test]
    fn fires_and_stays_silent() {
        House::new()
            .set(Side::Onec, Entity::Payment, "m3", Field::Amount, "5400000")
            .world()
            .expect(&EscrowReleaseDrift, &["onec:d1"]);
        House::new()
            .remove(Side::Onec, Entity::Payment, "m3")
            .remove(Side::Crm, Entity::Payment, "m3")
            .world()
            .expect_not_run(&EscrowReleaseDrift);
    }
}
