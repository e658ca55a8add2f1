//! `deal-stage-no-doc`: the stage of a deal requires a document that does not exist.

use crate::checks::books::{book_of, no_field};
use crate::checks::papers::{about, any_day, awaiting, lacking_deals, live, named, partial, period, stage};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::config::Stage;
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, RecordRef, Side};
use crate::normalize::paper::Paper;

pub struct StageNoDoc;

static META: Meta = Meta {
    id: "deal-stage-no-doc",
    severity: Severity::Error,
    cross: true,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Стадия сделки требует документа, которого нет",
        finds: "Сделки на стадиях «заказ», «счёт выставлен» и «отгружено», у которых в 1С нет документа этого шага \
                за период её выгрузки.",
        why: "Отчёт по воронке обещает отгрузки и счета, которых в учёте нет.",
        causes: "Менеджер передвинул стадию вперёд; документ не выгрузился.",
        remedy: "Выпишите документ или верните стадию.",
        example: "Сделка «Поставка» отгружена, накладной в 1С нет",
        source: "Практика: стадия воронки ставится рукой и опережает учёт",
    },
    en: Card {
        title: "The stage of a deal requires a document that does not exist",
        finds: "Deals at the stages “order”, “invoice” and “shipped” for which 1C has no document of that step in \
                the period of its export.",
        why: "The report on the pipeline promises shipments and invoices that the books do not have.",
        causes: "A manager moved the stage ahead; the document was not exported.",
        remedy: "Make the document, or move the stage back.",
        example: "The deal “Delivery” is shipped, 1C has no waybill",
        source: "Practice: a stage is set by hand and runs ahead of the books",
    },
};

impl Check for StageNoDoc {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(ran) = lacking_deals(cx).or_else(|| partial(cx, Side::Onec)) {
            return ran;
        }
        let Some((first, last)) = period(cx, Side::Onec, Entity::Document) else {
            return no_field(cx, Entity::Document, &[Field::Date]);
        };
        let waiting = awaiting(cx);
        let mut evaluated = 0;
        for deal in live(cx, Side::Crm, Entity::Deal) {
            let Some(stage) = stage(cx, deal) else { continue };
            let kinds: &[Paper] = match stage {
                Stage::Order => &[Paper::Order, Paper::Invoice, Paper::Shipment, Paper::Act, Paper::Unknown],
                Stage::Invoice => &[Paper::Invoice, Paper::Shipment, Paper::Act, Paper::Unknown],
                Stage::Shipped => &[Paper::Shipment, Paper::Act, Paper::Unknown],
                _ => continue,
            };
            // 1C of this project may keep no orders.
            let kept = cx.pairing.papers.has(Side::Onec, &kinds[..1])
                || stage == Stage::Shipped && cx.pairing.papers.has(Side::Onec, kinds);
            if !kept || any_day(cx, deal).is_none_or(|day| day < first || day > last) {
                continue;
            }
            evaluated += 1;
            let alive = |r: &RecordRef| book_of(cx, *r).is_active(r.at());
            if cx.pairing.papers_of(deal, kinds).any(|r| alive(&r)) || waiting.contains(&deal) {
                continue;
            }
            let (shown, state) = (named(cx, deal), stage.text(cx.lang));
            let message = cx.say(
                || format!("Сделка {shown}: стадия «{state}», а документа в 1С нет"),
                || format!("The deal {shown} is at the stage “{state}”, 1C has no document"),
            );
            out.push(about(cx, deal, message));
        }
        Ran::Evaluated(evaluated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::papers::testing::*;
    use crate::checks::testing::*;

    #[test]
    fn fires_and_stays_silent() {
        let others = |world: World| {
            let row =
                |id, kind, day| [(Field::Id, id), (Field::Kind, kind), (Field::Date, day), (Field::PartyInn, INN_B)];
            let world = world.add(Side::Onec, Entity::Document, &row("x", "Реализация", "01.01.2026"));
            world.add(Side::Onec, Entity::Document, &row("y", "Счет", "01.05.2026"))
        };
        let at = |stage: &'static str| others(deal(&[(Field::Stage, stage)]));
        at("Отгружено").expect(&StageNoDoc, &["crm:d"]);
        at("Счёт").expect(&StageNoDoc, &["crm:d"]);
        at("Новая").expect(&StageNoDoc, &[]);
        at("Заказ").expect(&StageNoDoc, &[]);
        paper(at("Отгружено"), "a", "Реализация", &[]).expect(&StageNoDoc, &[]);
        paper(at("Отгружено"), "a", "Счет", &[]).expect(&StageNoDoc, &["crm:d"]);
        at("Отгружено").partial(Side::Onec).expect_not_run(&StageNoDoc);
        deal(&[]).expect_not_run(&StageNoDoc);
    }
}
