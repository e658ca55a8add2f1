//! `re-escrow-balance-drift`: escrow balances differ.

use super::scope;
use crate::checks::books;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, Side};
use crate::pairing::estate::is_escrow;

pub struct EscrowBalanceDrift;

static META: Meta = Meta {
    id: "re-escrow-balance-drift",
    severity: Severity::Error,
    cross: true,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Остаток эскроу различается",
        finds: "Сопоставленные действующие договоры с эскроу, у которых внесено за вычетом возвратов в двух \
                 системах разное. Сторона с реестром банка сверяется с учётом другой.",
        why: "Покрытие проектного кредита и отчётность по эскроу неверны.",
        causes: "Взнос не загружен из реестра банка; платёж отнесён к другому договору.",
        remedy: "Сверьте взносы с реестром банка.",
        example: "Внесено 5 460 000 ₽ по реестру, 2 460 000 ₽ в 1С",
        source: "Практика: реестр эскроу банка сверяется с учётом подоговорно",
    },
    en: Card {
        title: "The escrow balance differs",
        finds: "Linked contracts in force with escrow whose deposits less refunds differ between the systems. A \
                 side with the register of the bank is compared with the books of the other.",
        why: "The cover of the project loan and the escrow report are wrong.",
        causes: "A deposit was not loaded from the register; a payment went to another contract.",
        remedy: "Compare with the register of the bank.",
        example: "5,460,000 by the register, 2,460,000 in 1C",
        source: "Practice: the escrow register is compared contract by contract",
    },
};

impl Check for EscrowBalanceDrift {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let needed = [(Side::Crm, Entity::Payment), (Side::Onec, Entity::Payment)];
        if let Some(missing) =
            scope::needs(cx, &needed).or_else(|| books::lacking_pairs(cx, Entity::Ddu, &[Field::Escrow]))
        {
            return missing;
        }
        let [crm, onec] = scope::sides(cx);
        let mut evaluated = 0;
        for (a, b) in scope::active_contracts(cx) {
            if !is_escrow(crm.ddus, a.at()) || !is_escrow(onec.ddus, b.at()) {
                continue;
            }
            evaluated += 1;
            let (left, right) = (crm.holdings.paid(crm.payments, a.at()), onec.holdings.paid(onec.payments, b.at()));
            if left == right {
                continue;
            }
            let name = scope::name(cx, a);
            let [left, right] = [left, right].map(scope::show_sum);
            let message = cx.say(
                || format!("{name}: внесено на эскроу по CRM {left}, по 1С {right}"),
                || format!("{name}: {left} on escrow by the CRM, {right} by 1C"),
            );
            out.push(Finding::record(a, message).other(b).values(Field::PaidAmount, &left, &right));
        }
        Ran::Evaluated(evaluated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::re::house::House;

    #[test]
    fn fires_and_stays_silent() {
        House::new().remove(Side::Onec, Entity::Payment, "m2").world().expect(&EscrowBalanceDrift, &["crm:d1 onec:d1"]);
        House::new()
            .both(Entity::Ddu, "d1", Field::Escrow, "нет")
            .remove(Side::Onec, Entity::Payment, "m2")
            .world()
            .expect(&EscrowBalanceDrift, &[]);
        House::new().without(Side::Crm, Entity::Payment).world().expect_not_run(&EscrowBalanceDrift);
    }
}
