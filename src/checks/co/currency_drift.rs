//! `co-currency-drift`: the settlement currency of a contract differs.

use crate::checks::books::{lacking_pairs, pairs};
use crate::checks::papers::{differs, named};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field};
use crate::pairing::papers::currency;

pub struct CurrencyDrift;

static META: Meta = Meta {
    id: "co-currency-drift",
    severity: Severity::Error,
    cross: true,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Валюта расчётов договора различается",
        finds: "Сопоставленные договоры с разной валютой в CRM и в 1С.",
        why: "Появятся курсовые разницы, которых нет, а оплата не закроет долг.",
        causes: "В CRM валюта по умолчанию; договор в условных единицах завели рублёвым.",
        remedy: "Проверьте договор и исправьте валюту; в 1С после движений заведите новый договор.",
        example: "Договор № 45: в CRM USD, в 1С руб.",
        source: "ПБУ 3/2006, утверждено приказом Минфина России № 154н от 27.11.2006: курсовые разницы по расчётам в \
                валюте",
    },
    en: Card {
        title: "The settlement currency of a contract differs",
        finds: "Paired contracts whose currency differs between the CRM and 1C.",
        why: "Exchange differences appear that do not exist, and a payment does not settle the debt.",
        causes: "The CRM has its default currency; a contract in foreign units was entered in rubles.",
        remedy: "Look at the contract and correct the currency; once 1C has movements, enter a new contract.",
        example: "Contract No. 45: USD in the CRM, rubles in 1C",
        source: "PBU 3/2006, approved by the Ministry of Finance, No. 154n of 27 November 2006: exchange differences \
                of settlements in foreign currency",
    },
};

impl Check for CurrencyDrift {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(ran) = lacking_pairs(cx, Entity::Contract, &[Field::Currency]) {
            return ran;
        }

        let mut evaluated = 0;
        for (crm, onec) in pairs(cx, Entity::Contract) {
            let [crm_text, onec_text] = [crm, onec].map(|r| cx.data.text(r, Field::Currency).to_owned());
            if crm_text.trim().is_empty() || onec_text.trim().is_empty() {
                continue;
            }
            evaluated += 1;
            let differ = {
                matches!((currency(&crm_text), currency(&onec_text)), (Ok(a), Ok(b)) if a != b && !a.is_empty() && !b.is_empty())
            };
            if differ {
                let (shown, a, b) = (named(cx, onec), cx.quoted(&crm_text), cx.quoted(&onec_text));
                let message = cx.say(
                    || format!("Договор {shown}: в CRM {a}, в 1С {b}"),
                    || format!("Contract {shown}: {a} in the CRM, {b} in 1C"),
                );
                out.push(differs(cx, crm, onec, Field::Currency, message));
            }
        }
        Ran::Evaluated(evaluated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::*;
    use crate::model::Side;

    #[test]
    fn fires_and_stays_silent() {
        let world = |crm: &'static str, onec: &'static str| {
            let row = |id, money| {
                [(Field::Id, id), (Field::Number, "45"), (Field::PartyInn, INN_A), (Field::Currency, money)]
            };
            World::new().add(Side::Crm, Entity::Contract, &row("1", crm)).add(
                Side::Onec,
                Entity::Contract,
                &row("a", onec),
            )
        };
        world("USD", "руб.").expect(&CurrencyDrift, &["crm:1 onec:a"]);
        world("RUB", "643").expect(&CurrencyDrift, &[]);
        world("USD", "").expect_not_run(&CurrencyDrift);
    }
}
