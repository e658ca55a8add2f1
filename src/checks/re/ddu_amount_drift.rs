//! `re-ddu-amount-drift`: prices of a contract differ.

use super::scope;
use crate::checks::books;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::RecordRef;
use crate::model::{Entity, Field};

pub struct DduAmountDrift;

static META: Meta = Meta {
    id: "re-ddu-amount-drift",
    severity: Severity::Blocker,
    cross: true,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Цена ДДУ различается",
        finds: "Сопоставленные действующие договоры с разной ценой.",
        why: "График, эскроу и долг покупателя считаются от разных сумм.",
        causes: "Допсоглашение внесли в одну систему; цену пересчитали после обмера; опечатка.",
        remedy: "Сверьте с подписанным договором и допсоглашениями.",
        example: "5 460 000 ₽ в CRM, 5 640 000 ₽ в 1С",
        source: "Практика: у одного договора одна цена в обеих системах. Что цена — существенное условие договора \
                 (214-ФЗ, статья 5, часть 1), прочитано в комментарии, docs.cntd.ru/document/420305782",
    },
    en: Card {
        title: "The price of a contract differs",
        finds: "Linked contracts in force with different prices.",
        why: "Schedule, escrow and debt are counted from different sums.",
        causes: "An addendum was entered in one system; the price was recalculated after the survey; a slip.",
        remedy: "Compare with the signed contract and its addenda.",
        example: "5,460,000 in the CRM, 5,640,000 in 1C",
        source: "Practice: one contract has one price in both systems. That the price is an essential term (law \
                 214-FZ, article 5, part 1) was read in a commentary, docs.cntd.ru/document/420305782",
    },
};

impl Check for DduAmountDrift {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(missing) = books::lacking_pairs(cx, Entity::Ddu, &[Field::Amount]) {
            return missing;
        }
        let mut evaluated = 0;
        for (a, b) in scope::active_contracts(cx) {
            let amount = |r: RecordRef| scope::of(cx, r.side).amount(r.at());
            let (Some(crm), Some(onec)) = (amount(a), amount(b)) else { continue };
            evaluated += 1;
            if crm == onec {
                continue;
            }
            let name = scope::name(cx, a);
            let [left, right] = [crm, onec].map(scope::show_sum);
            let message = cx.say(
                || format!("{name}: цена в CRM {left}, в 1С {right}"),
                || format!("{name}: the price is {left} in the CRM and {right} in 1C"),
            );
            out.push(Finding::record(a, message).other(b).values(Field::Amount, &crm.to_string(), &onec.to_string()));
        }
        Ran::Evaluated(evaluated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::re::house::House;
    use crate::model::Side;

    #[test]
    fn fires_and_stays_silent() {
        House::new()
            .set(Side::Onec, Entity::Ddu, "d1", Field::Amount, "5640000")
            .world()
            .expect(&DduAmountDrift, &["crm:d1 onec:d1"]);
        House::new()
            .set(Side::Onec, Entity::Ddu, "d1", Field::Amount, "5 460 000,00")
            .world()
            .expect(&DduAmountDrift, &[]);
    }
}
