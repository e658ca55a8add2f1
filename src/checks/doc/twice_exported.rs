//! `doc-twice-exported`: one deal became two documents.

use crate::checks::books::book_of;
use crate::checks::papers::{about, amount, evaluated, groups, kind, lacking_chain, named, roubles_of};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::RecordRef;
use crate::normalize::paper::Paper;

pub struct TwiceExported;

static META: Meta = Meta {
    id: "doc-twice-exported",
    severity: Severity::Blocker,
    cross: true,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Одна сделка выгружена в два документа",
        finds: "Два и больше действующих документа 1С одного вида, которые хранят один и тот же идентификатор CRM \
                или связаны с одной сделкой, и каждый на полную её сумму.",
        why: "Двойная продажа: выручка, НДС и долг клиента удвоены.",
        causes: "Обмен повторил пакет после сбоя; документ создали и руками, и обменом.",
        remedy: "Отмените лишний документ и проверьте, на какой из них записана оплата.",
        example: "Счёт № 15 выгружен в 1С дважды: № 123 и № 124 на 120 000,00",
        source: "Практика: повтор пакета обмена без ключа создаёт второй документ",
    },
    en: Card {
        title: "One deal became two documents",
        finds: "Two or more living documents of 1C of one kind that keep the same id of the CRM or are linked to one \
                deal, each for its whole sum.",
        why: "A double sale: revenue, VAT and the client's debt are counted twice.",
        causes: "The exchange repeated a packet after a failure; the document was made by hand and by the exchange.",
        remedy: "Cancel the extra document and see which of them the payment was booked on.",
        example: "Invoice No. 15 is in 1C twice: No. 123 and No. 124, 120,000.00 each",
        source: "Practice: a packet repeated without a key makes a second document",
    },
};

impl Check for TwiceExported {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(ran) = lacking_chain(cx) {
            return ran;
        }
        let mut compared = 0;
        for group in groups(cx) {
            compared += 1;
            let whole = amount(cx, group.crm).filter(|a| a.micros() != 0);
            let full = |r: &RecordRef| book_of(cx, *r).is_active(r.at()) && whole.is_some() && amount(cx, *r) == whole;
            let twice: Vec<RecordRef> = group.onec.iter().copied().filter(full).collect();
            if twice.len() > 1 && !matches!(kind(cx, twice[0]), Paper::TaxInvoice | Paper::Correction) {
                let (shown, n) = (named(cx, group.crm), twice.len());
                let message = cx.say(
                    || format!("{shown}: в 1С документов одного вида на полную сумму {n}"),
                    || format!("{shown}: documents of one kind for the whole sum in 1C {n}"),
                );
                let finding = about(cx, group.crm, message).impact(roubles_of(cx, &twice[1..]));
                out.push(finding.other(twice[0]).more(twice[1..].to_vec()));
            }
        }
        evaluated(cx, compared)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::papers::testing::*;
    use crate::model::Field;

    #[test]
    fn fires_and_stays_silent() {
        let world = |second: &'static str, kind: &'static str| {
            let world = paper(deal(&[]), "a", "Счет", &[]);
            paper(world, "b", kind, &[(Field::Amount, second)])
        };
        world("1200", "Счет").expect(&TwiceExported, &["crm:d onec:a onec:b"]);
        world("100", "Счет").expect(&TwiceExported, &[]);
        world("1200", "Реализация").expect(&TwiceExported, &[]);
        deal(&[]).expect_not_run(&TwiceExported);
    }
}
