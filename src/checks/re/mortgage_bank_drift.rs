//! `re-mortgage-bank-drift`: bank or loan differ.

use super::scope;
use crate::checks::books;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::Decimal;
use crate::model::{Entity, Field};
use crate::normalize::text;

pub struct MortgageBankDrift;

static META: Meta = Meta {
    id: "re-mortgage-bank-drift",
    severity: Severity::Warning,
    cross: true,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Ипотека различается",
        finds: "Сопоставленные действующие договоры с разным банком или суммой кредита либо субсидии, и \
                 договор, у которого кредит и субсидия вместе больше цены.",
        why: "Транш банка не сопоставится с договором, собственный взнос посчитан неверно.",
        causes: "Покупатель сменил банк; сумма одобрения осталась вместо суммы кредита.",
        remedy: "Сверьте с кредитным договором.",
        example: "Кредит 3 000 000 ₽ в CRM, 3 200 000 ₽ в 1С",
        source: "Практика: собственные средства, кредит и субсидия вместе дают цену",
    },
    en: Card {
        title: "The mortgage differs",
        finds: "Linked contracts in force with a different bank, loan or subsidy, and contracts whose loan and \
                 subsidy together exceed the price.",
        why: "The tranche of the bank will not match, the own contribution is wrong.",
        causes: "The buyer changed the bank; the approved sum stayed in place of the loan.",
        remedy: "Compare with the loan contract.",
        example: "Loan 3,000,000 in the CRM, 3,200,000 in 1C",
        source: "Practice: own funds, loan and subsidy together make the price",
    },
};

impl Check for MortgageBankDrift {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(missing) = books::lacking(cx, Entity::Ddu, &[Field::Bank, Field::LoanAmount]) {
            return missing;
        }
        let mut evaluated = 0;
        for (a, b) in scope::active_contracts(cx) {
            let [x, y] = [a, b].map(|r| scope::of(cx, r.side));
            let text = |field| [x.ddus.text(field, a.at()).trim(), y.ddus.text(field, b.at()).trim()];
            let banks = text(Field::Bank);
            let keys = banks.map(bank);
            let bank_differs = keys.iter().all(|k| !k.is_empty()) && keys[0] != keys[1];
            let sums = [Field::LoanAmount, Field::SubsidyAmount].into_iter().filter_map(|field| {
                Some((field, x.ddus.number(field, a.at()).valid()?, y.ddus.number(field, b.at()).valid()?))
            });
            let sums: Vec<_> = sums.collect();
            evaluated += u64::from(!sums.is_empty() || keys.iter().all(|k| !k.is_empty()));
            let (field, crm, onec) = if bank_differs {
                (Field::Bank, banks[0].to_owned(), banks[1].to_owned())
            } else if let Some((field, crm, onec)) = sums.iter().find(|(_, crm, onec)| crm != onec) {
                (*field, scope::show_sum(*crm), scope::show_sum(*onec))
            } else {
                continue;
            };
            let (name, title) = (scope::name(cx, a), field.title(cx.lang).to_lowercase());
            let shown = [cx.quoted(&crm), cx.quoted(&onec)];
            let message = cx.say(
                || format!("{name}: {title} в CRM {}, в 1С {}", shown[0], shown[1]),
                || format!("{name}: {title} {} in the CRM, {} in 1C", shown[0], shown[1]),
            );
            out.push(Finding::record(a, message).other(b).values(field, &crm, &onec));
        }
        for of in scope::sides(cx) {
            for at in of.active() {
                let number = |field| of.ddus.number(field, at).valid().map_or(0, |d| d.micros());
                let outside = number(Field::LoanAmount).saturating_add(number(Field::SubsidyAmount));
                let Some(price) = of.amount(at).filter(|_| outside > 0) else { continue };
                evaluated += 1;
                if outside > price.micros() {
                    let name = scope::name(cx, of.ddus.at(at));
                    let [outside, price] = [Decimal::from_micros(outside), price].map(scope::show_sum);
                    let message = cx.say(
                        || format!("{name}: кредит и субсидия {outside} больше цены {price}"),
                        || format!("{name}: loan and subsidy {outside} exceed the price {price}"),
                    );
                    out.push(Finding::record(of.ddus.at(at), message).value(Field::LoanAmount, of.side, &outside));
                }
            }
        }
        Ran::Evaluated(evaluated)
    }
}

/// The name of a bank without what every bank is called.
fn bank(name: &str) -> String {
    let folded = text::fold(name);
    let mut words: Vec<&str> =
        folded.split(' ').filter(|w| !["БАНК", "АО", "ПАО", "ООО", "КБ", "АКБ"].contains(w)).collect();
    words.sort_unstable();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::re::house::House;
    use crate::model::Side;

    #[test]
    fn fires_and_stays_silent() {
        House::new()
            .set(Side::Onec, Entity::Ddu, "d1", Field::LoanAmount, "3200000")
            .world()
            .expect(&MortgageBankDrift, &["crm:d1 onec:d1"]);
        House::new()
            .set(Side::Onec, Entity::Ddu, "d1", Field::Bank, "АО «Заречный кредит»")
            .world()
            .expect(&MortgageBankDrift, &["crm:d1 onec:d1"]);
        House::new()
            .set(Side::Onec, Entity::Ddu, "d1", Field::Bank, "БАНК СЕМЬ ХОЛМОВ (АО)")
            .world()
            .expect(&MortgageBankDrift, &[]);
        House::new()
            .both(Entity::Ddu, "d1", Field::LoanAmount, "6000000")
            .world()
            .expect(&MortgageBankDrift, &["crm:d1", "onec:d1"]);
    }
}
