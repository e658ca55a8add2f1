//! `re-double-sale`: two sales of one unit.

use super::scope;
use crate::checks::books;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Book, RecordRef, Space};
use crate::model::{Entity, Field, Side};
use crate::normalize::property::{self, Shares};
use crate::pairing::estate::DealState;

pub struct DoubleSale;

static META: Meta = Meta {
    id: "re-double-sale",
    severity: Severity::Blocker,
    cross: true,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Объект продан дважды",
        finds: "На объект больше одного действующего ДДУ или больше одной успешной сделки, или в CRM и в 1С \
                 действуют разные договоры. Договоры на доли, которые вместе не больше целого, не считаются.",
        why: "Два покупателя на одну квартиру: суд, возврат денег и неустойка.",
        causes: "Старый договор не расторгнут в системе; сделку скопировали; объект в договоре выбран по ошибке.",
        remedy: "Сверьте договоры с реестром, лишний расторгните или исправьте в нём объект.",
        example: "На кв. 12 действуют ДДУ С-1/12 и С-1/98",
        source: "Практика; обзор: center-bereg.ru и wiselawyer.ru о двойных продажах по ДДУ (прочитано \
                 24.11.2026)",
    },
    en: Card {
        title: "A unit is sold twice",
        finds: "More than one active contract or won deal for a unit, or different contracts in force in the \
                 CRM and in 1C. Contracts for shares that make no more than the whole are left out.",
        why: "Two buyers of one flat: court, refund and penalty.",
        causes: "An old contract was not terminated in the system; a deal was copied; a wrong unit was chosen.",
        remedy: "Compare with the register, terminate the wrong contract or correct its unit.",
        example: "Flat 12 is under contracts S-1/12 and S-1/98",
        source: "Practice; articles on double sales under DDU at center-bereg.ru and wiselawyer.ru (read \
                 2026-11-24)",
    },
};

impl Check for DoubleSale {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(missing) = books::lacking(cx, Entity::Object, &[]) {
            return missing;
        }
        if Side::BOTH.into_iter().all(|s| [Entity::Ddu, Entity::Deal].iter().all(|e| cx.data.book(s, *e).is_empty())) {
            return scope::not_run(cx, "нет ни договоров, ни сделок", "neither contracts nor deals");
        }
        let waiting = scope::awaiting(cx, Space::Ddus);
        let mut evaluated = 0;
        for of in scope::sides(cx) {
            let deals = cx.data.book(of.side, Entity::Deal);
            for at in 0..of.objects.len() {
                let contracts = scope::distinct(of.ddus, of.holdings.active_contracts(at));
                let won = of.holdings.deals(at).iter().map(|&d| d as usize);
                let won: Vec<usize> =
                    won.filter(|&d| of.holdings.deal_state[d] == DealState::Won && deals.is_active(d)).collect();
                evaluated += u64::from(!contracts.is_empty() || !won.is_empty());
                let r = of.objects.at(at);
                if contracts.len() > 1 && !shared(of.ddus, &contracts) {
                    out.push(found(cx, r, contracts.iter().map(|&d| of.ddus.at(d)).collect()));
                } else if won.len() > 1 && contracts.len() < 2 {
                    out.push(found(cx, r, won.iter().map(|&d| deals.at(d)).collect()));
                }
                let (Side::Crm, [crm], Some(other)) = (of.side, contracts.as_slice(), scope::partner(cx, r)) else {
                    continue;
                };
                let there = scope::of(cx, Side::Onec);
                let theirs = scope::distinct(there.ddus, there.holdings.active_contracts(other.at()));
                let [onec] = theirs.as_slice() else { continue };
                let pair = [of.ddus.at(*crm), there.ddus.at(*onec)];
                let number = |r: RecordRef| property::contract_number(cx.data.text(r, Field::Number));
                let known = pair.iter().any(|r| waiting.contains(r) || cx.pairing.partners(*r).next().is_some());
                if !known && number(pair[0]) != number(pair[1]) && pair.iter().all(|r| !number(*r).is_empty()) {
                    out.push(found(cx, r, pair.to_vec()).other(other));
                }
            }
        }
        Ran::Evaluated(evaluated)
    }
}

/// Contracts for shares that make no more than the whole.
fn shared(ddus: &Book, contracts: &[usize]) -> bool {
    let mut all = Vec::new();
    for &at in contracts {
        match property::shares(ddus.text(Field::Shares, at)) {
            Shares::Parts(parts) => all.extend(parts),
            _ => return false,
        }
    }
    all.len() > 1 && all.iter().all(|(part, of)| part < of) && Shares::Parts(all).whole() == Some(true)
}

fn found(cx: &Context, object: RecordRef, sales: Vec<RecordRef>) -> Finding {
    let name = scope::name(cx, object);
    let names: Vec<String> = sales.iter().map(|r| scope::name(cx, *r)).collect();
    let names = names.join(", ");
    let message = cx.say(
        || format!("{name} продан больше одного раза: {names}"),
        || format!("{name} is sold more than once: {names}"),
    );
    Finding::record(object, message).more(sales)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::re::house::House;

    #[test]
    fn fires_and_stays_silent() {
        let second = |shares: &'static str| {
            [
                (Field::Id, "x"),
                (Field::Number, "С-9/98"),
                (Field::Date, "2026-06-01"),
                (Field::ObjectId, "o1"),
                (Field::Shares, shares),
            ]
        };
        House::new()
            .add(Side::Onec, Entity::Ddu, &second("1"))
            .world()
            .expect(&DoubleSale, &["onec:o1 onec:d1 onec:x"]);
        House::new()
            .set(Side::Onec, Entity::Ddu, "d1", Field::Shares, "1/2")
            .add(Side::Onec, Entity::Ddu, &second("1/2"))
            .world()
            .expect(&DoubleSale, &[]);
        House::new()
            .add(Side::Crm, Entity::Deal, &[(Field::Id, "x"), (Field::Stage, "WON"), (Field::ObjectId, "o1")])
            .world()
            .expect(&DoubleSale, &["crm:o1 crm:t1 crm:x"]);
        // A row per shareholder, a terminated contract and a lost deal are no second sale.
        let row = [(Field::Id, "x"), (Field::Number, "С-1/12"), (Field::Date, "2026-03-10"), (Field::ObjectId, "o1")];
        House::new().add(Side::Onec, Entity::Ddu, &row).world().expect(&DoubleSale, &[]);
        let ended =
            [(Field::Id, "x"), (Field::Number, "7"), (Field::ObjectId, "o1"), (Field::TerminatedAt, "2026-02-01")];
        House::new().add(Side::Onec, Entity::Ddu, &ended).world().expect(&DoubleSale, &[]);
        House::new()
            .add(Side::Crm, Entity::Deal, &[(Field::Id, "x"), (Field::Stage, "Отказ"), (Field::ObjectId, "o1")])
            .world()
            .expect(&DoubleSale, &[]);
    }
}
