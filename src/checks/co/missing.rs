//! `co-missing`: a deal with documents has no contract in 1C.

use crate::checks::books::{book_of, no_records};
use crate::checks::papers::{about, evaluated as evaluated_or, kind, lacking_chain, live, named};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, Side};
use crate::normalize::paper::Paper;

pub struct Missing;

static META: Meta = Meta {
    id: "co-missing",
    severity: Severity::Error,
    cross: true,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "У сделки с документами нет договора в 1С",
        finds: "Документы 1С, связанные со сделками CRM, в которых договор не указан или указанного договора нет \
                среди загруженных.",
        why: "Оплату без договора 1С не зачтёт: аванс и долг повиснут раздельно.",
        causes: "Документ создал обмен, а договор завести было некому; договор удалён.",
        remedy: "Заведите договор в 1С и укажите его в документах сделки.",
        example: "Реализация № 12 от 03.02.2026 по сделке «Поставка» — без договора",
        source: "Практика: взаиморасчёты 1С ведутся в разрезе договоров",
    },
    en: Card {
        title: "A deal with documents has no contract in 1C",
        finds: "Documents of 1C linked to deals of the CRM whose contract is empty or not among those loaded.",
        why: "1C cannot allocate a payment without a contract: advance and debt stay apart.",
        causes: "The exchange made the document and nobody the contract; the contract was deleted.",
        remedy: "Enter the contract in 1C and set it in the documents of the deal.",
        example: "Waybill No. 12 of 3 February 2026 of the deal “Delivery” has no contract",
        source: "Practice: settlements of 1C are kept by contract",
    },
};

impl Check for Missing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(ran) = lacking_chain(cx) {
            return ran;
        }
        if cx.data.book(Side::Onec, Entity::Contract).is_empty() {
            return no_records(cx, Entity::Contract);
        }
        let mut evaluated = 0;
        for deal in live(cx, Side::Crm, Entity::Deal) {
            for paper in cx.pairing.partners(deal).filter(|&r| kind(cx, r) != Paper::TaxInvoice) {
                evaluated += 1;
                let book = book_of(cx, paper);
                if book.reference(Field::ContractId, paper.at()).is_none() {
                    let (shown, name) = (named(cx, paper), named(cx, deal));
                    let message = cx.say(
                        || format!("{shown} по сделке {name}: в 1С нет договора"),
                        || format!("{shown} of the deal {name} has no contract in 1C"),
                    );
                    out.push(about(cx, paper, message).other(deal));
                }
            }
        }
        evaluated_or(cx, evaluated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::papers::testing::*;
    use crate::checks::testing::*;

    #[test]
    fn fires_and_stays_silent() {
        let contract = [(Field::Id, "c"), (Field::Number, "45"), (Field::PartyInn, INN_A)];
        let world = |id: &'static str| {
            let world = deal(&[]).add(Side::Onec, Entity::Contract, &contract);
            paper(world, "a", "Реализация", &[(Field::ContractId, id)])
        };
        world("").expect(&Missing, &["onec:a crm:d"]);
        world("нет такого").expect(&Missing, &["onec:a crm:d"]);
        world("c").expect(&Missing, &[]);
        paper(deal(&[]), "a", "Реализация", &[]).expect_not_run(&Missing);
    }
}
