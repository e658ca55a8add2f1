//! `deal-doc-no-stage`: a document exists while the deal is at an earlier stage.

use crate::checks::books::book_of;
use crate::checks::papers::{about, is_posted, lacking_deals, live, named, stage};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::config::Stage;
use crate::finding::{Finding, Severity};
use crate::model::{Entity, RecordRef, Side};
use crate::normalize::paper::Paper;

pub struct DocNoStage;

static META: Meta = Meta {
    id: "deal-doc-no-stage",
    severity: Severity::Warning,
    cross: true,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Документ есть, а сделка на более ранней стадии",
        finds: "Открытые сделки, у которых в 1С есть проведённые отгрузки или счета, а стадия описана как более \
                ранняя.",
        why: "Менеджер выпишет документ повторно или будет торопить клиента, который всё получил.",
        causes: "Обмен не передаёт статусы обратно; стадию двигают руками.",
        remedy: "Передвиньте стадию сделки.",
        example: "Сделка «Поставка» на стадии «Новая», а реализация № 12 проведена",
        source: "Практика: обратная передача статусов из 1С в CRM настраивается отдельно",
    },
    en: Card {
        title: "A document exists while the deal is at an earlier stage",
        finds: "Open deals for which 1C has posted shipments or invoices while the stage stands for an earlier step.",
        why: "A manager makes the document out again, or urges a client who has received everything.",
        causes: "The exchange does not carry statuses back; stages are moved by hand.",
        remedy: "Move the stage of the deal.",
        example: "The deal “Delivery” is at the stage “New”, waybill No. 12 is posted",
        source: "Practice: carrying statuses back from 1C to the CRM is set up separately",
    },
};

impl Check for DocNoStage {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(ran) = lacking_deals(cx) {
            return ran;
        }
        let mut evaluated = 0;
        for deal in live(cx, Side::Crm, Entity::Deal) {
            let Some(stage) = stage(cx, deal).filter(|s| *s < Stage::Shipped) else { continue };
            evaluated += 1;
            let alive = |r: &RecordRef| book_of(cx, *r).is_active(r.at()) && is_posted(cx, *r);
            let step = |kinds: &[Paper]| cx.pairing.papers_of(deal, kinds).find(alive);
            let later = step(&[Paper::Shipment, Paper::Act])
                .or_else(|| step(&[Paper::Invoice]).filter(|_| stage < Stage::Invoice));
            if let Some(paper) = later {
                let (shown, name, state) = (named(cx, deal), named(cx, paper), stage.text(cx.lang));
                let message = cx.say(
                    || format!("Сделка {shown}: стадия «{state}», а в 1С уже есть {name}"),
                    || format!("The deal {shown} is at the stage “{state}”, 1C already has {name}"),
                );
                out.push(about(cx, deal, message).other(paper));
            }
        }
        Ran::Evaluated(evaluated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::papers::testing::*;
    use crate::model::Field;

    #[test]
    fn fires_and_stays_silent() {
        let world = |stage: &'static str, kind: &'static str, posted: &'static str| {
            paper(deal(&[(Field::Stage, stage)]), "a", kind, &[(Field::Posted, posted)])
        };
        world("Новая", "Реализация", "Да").expect(&DocNoStage, &["crm:d onec:a"]);
        world("Новая", "Счет", "").expect(&DocNoStage, &["crm:d onec:a"]);
        world("Счёт", "Счет", "Да").expect(&DocNoStage, &[]);
        world("Счёт", "Реализация", "Нет").expect(&DocNoStage, &[]);
        world("Оплачено", "Реализация", "Да").expect(&DocNoStage, &[]);
        deal(&[]).expect_not_run(&DocNoStage);
    }
}
