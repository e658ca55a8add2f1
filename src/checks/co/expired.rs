//! `co-expired`: the contract has ended while the deal is open.

use crate::checks::books::{book_of, lacking};
use crate::checks::papers::{is_open, live, named};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, Side};
use crate::pairing::papers::{day, days};

pub struct Expired;

static META: Meta = Meta {
    id: "co-expired",
    severity: Severity::Warning,
    cross: false,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Срок договора истёк, а сделка открыта",
        finds: "Открытые сделки и неоплаченные счета по договорам, срок которых закончился до даты сверки.",
        why: "Отгрузка по истёкшему договору спорна, а 1С может не дать выбрать его в документе.",
        causes: "Договор продлили и не отметили в системе; сделка тянется дольше договора.",
        remedy: "Продлите договор в системе или заключите новый.",
        example: "Сделка «Поставка» открыта, а договор № 45 действовал до 31.12.2025",
        source: "Гражданский кодекс РФ, ст. 425: действие договора во времени",
    },
    en: Card {
        title: "The contract has ended while the deal is open",
        finds: "Open deals under contracts whose term ended before the date of the audit.",
        why: "A shipment under an ended contract is open to dispute, and 1C may not let it be chosen.",
        causes: "The contract was prolonged and nobody noted it; the deal lasts longer than the contract.",
        remedy: "Prolong the contract in the system, or conclude a new one.",
        example: "The deal “Delivery” is open, contract No. 45 was in force until 31 December 2025",
        source: "Civil Code of Russia, art. 425: when a contract is in force",
    },
};

impl Check for Expired {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(ran) = lacking(cx, Entity::Contract, &[Field::EndsAt]) {
            return ran;
        }
        let today = days(cx.as_of);
        let mut evaluated = 0;
        for deal in live(cx, Side::Crm, Entity::Deal).filter(|&r| is_open(cx, r)) {
            let own = book_of(cx, deal).reference(Field::ContractId, deal.at());
            let papers = cx.pairing.partners(deal).filter_map(|r| book_of(cx, r).reference(Field::ContractId, r.at()));
            let mut contracts: Vec<_> = own.into_iter().chain(papers).collect();
            contracts.sort_unstable();
            contracts.dedup();
            for contract in contracts {
                let book = book_of(cx, contract);
                let Some(end) = day(book, Field::EndsAt, contract.at()) else { continue };
                evaluated += 1;
                if end < today {
                    let (shown, name) = (named(cx, deal), named(cx, contract));
                    let message = cx.say(
                        || format!("Сделка {shown} открыта, а договор {name} закончился"),
                        || format!("The deal {shown} is open, the contract {name} has ended"),
                    );
                    out.push(Finding::record(deal, message).more(vec![contract]));
                }
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
        let world = |ends: &'static str, stage: &'static str| {
            let world = deal(&[(Field::Stage, stage)]);
            let world = world.add(Side::Onec, Entity::Contract, &[(Field::Id, "c"), (Field::EndsAt, ends)]);
            paper(world, "a", "Заказ", &[(Field::ContractId, "c")])
        };
        world("31.12.2025", "Новая").expect(&Expired, &["crm:d onec:c"]);
        world("31.12.2026", "Новая").expect(&Expired, &[]);
        world("31.12.2025", "Оплачено").expect(&Expired, &[]);
        world("", "Новая").expect_not_run(&Expired);
    }
}
