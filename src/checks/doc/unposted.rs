//! `doc-unposted`: done in the CRM, not posted in 1C.

use crate::checks::books::{book_of, no_field};
use crate::checks::papers::{about, evaluated, groups, is_posted, kind, lacking_chain, named, stage};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::config::Stage;
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, Side};
use crate::normalize::paper::Paper;

pub struct Unposted;

static META: Meta = Meta {
    id: "doc-unposted",
    severity: Severity::Error,
    cross: true,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "В CRM выполнен, в 1С не проведён",
        finds: "Документы 1С без проведения, связанные со сделками на стадиях «отгружено» и «оплачено» или со \
                счетами CRM в оплаченном статусе; счёт на оплату и заказ движений не дают и сюда не входят, если \
                есть проведённая отгрузка.",
        why: "Выручки, НДС и списания со склада нет, хотя клиент товар получил.",
        causes: "Обмен записал документ и не провёл: не хватило остатка или закрыт период.",
        remedy: "Проведите документ или разберите, почему 1С его не проводит.",
        example: "Реализация № 12 не проведена, сделка «Поставка» отгружена",
        source: "Федеральный закон № 402-ФЗ от 06.12.2011, ст. 10: факты регистрируются без пропусков",
    },
    en: Card {
        title: "Done in the CRM, not posted in 1C",
        finds: "Unposted documents of 1C linked to deals at the stages “shipped” and “paid”, or to invoices of the \
                CRM that are paid.",
        why: "Revenue, VAT and the write-off of stock are missing although the client has the goods.",
        causes: "The exchange wrote the document and did not post it: stock was short, or the period is closed.",
        remedy: "Post the document, or find out why 1C does not.",
        example: "Waybill No. 12 is not posted, the deal “Delivery” is shipped",
        source: "Federal Law No. 402-FZ of 6 December 2011, art. 10: facts are registered without omissions",
    },
};

impl Check for Unposted {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(ran) = lacking_chain(cx) {
            return ran;
        }
        if !cx.has(Side::Onec, Entity::Document, Field::Posted) {
            return no_field(cx, Entity::Document, &[Field::Posted]);
        }
        let mut compared = 0;
        for group in groups(cx) {
            if !matches!(stage(cx, group.crm), Some(Stage::Shipped | Stage::Paid)) {
                continue;
            }
            let waybills = cx.pairing.papers_of(group.crm, &[Paper::Shipment, Paper::Act]).any(|r| is_posted(cx, r));
            for &onec in &group.onec {
                compared += 1;
                let light = matches!(kind(cx, onec), Paper::Order | Paper::Invoice) && waybills;
                if !is_posted(cx, onec) && book_of(cx, onec).is_active(onec.at()) && !light {
                    let (shown, name) = (named(cx, onec), named(cx, group.crm));
                    let message = cx.say(
                        || format!("{shown} не проведён в 1С, а в CRM выполнено: {name}"),
                        || format!("{shown} is not posted in 1C, done in the CRM: {name}"),
                    );
                    out.push(about(cx, onec, message).other(group.crm));
                }
            }
        }
        evaluated(cx, compared)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::papers::testing::*;

    #[test]
    fn fires_and_stays_silent() {
        let world = |stage: &'static str, posted: &'static str| {
            paper(deal(&[(Field::Stage, stage)]), "a", "Реализация", &[(Field::Posted, posted)])
        };
        world("Отгружено", "Нет").expect(&Unposted, &["onec:a crm:d"]);
        world("Отгружено", "Да").expect(&Unposted, &[]);
        paper(world("Отгружено", "Да"), "b", "Счет", &[(Field::Posted, "Нет")]).expect(&Unposted, &[]);
        world("Отгружено", "").expect_not_run(&Unposted);
    }
}
