//! `doc-edo-status-drift`: signed electronically, still a draft in the system.

use crate::checks::books::no_field;
use crate::checks::papers::{about, is_posted, kind, live, named, stage};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::config::Stage;
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, RecordRef, Side};

pub struct EdoStatusDrift;

static META: Meta = Meta {
    id: "doc-edo-status-drift",
    severity: Severity::Warning,
    cross: true,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Подписан в ЭДО, а в системе остался черновиком",
        finds: "Документы 1С, статус которых говорит, что они подписаны в ЭДО, но сами они не проведены, или сделка \
                в CRM на стадии раньше отгрузки.",
        why: "Клиент документ подписал, а в учёте его нет.",
        causes: "Статус ЭДО обновил оператор, а документ никто не провёл; стадию не передвинули.",
        remedy: "Проведите документ и передвиньте стадию сделки.",
        example: "УПД № 12 подписан, в 1С не проведён",
        source: "Федеральный закон № 63-ФЗ от 06.04.2011, ст. 6: подписанный электронный документ равнозначен \
                бумажному",
    },
    en: Card {
        title: "Signed electronically, still a draft in the system",
        finds: "Documents of 1C whose status says that they are signed electronically while they are not posted, or \
                the deal of the CRM is at a stage before shipment.",
        why: "The client has signed the document, and the books do not have it.",
        causes: "The operator updated the status and nobody posted the document; the stage was not moved.",
        remedy: "Post the document and move the stage of the deal.",
        example: "Document No. 12 is signed and not posted in 1C",
        source: "Federal Law No. 63-FZ of 6 April 2011, art. 6: a signed electronic document equals one on paper",
    },
};

impl Check for EdoStatusDrift {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if !cx.has(Side::Onec, Entity::Document, Field::Stage) {
            return no_field(cx, Entity::Document, &[Field::Stage]);
        }
        let mut evaluated = 0;
        for r in live(cx, Side::Onec, Entity::Document) {
            let status = cx.data.text(r, Field::Stage).to_lowercase();
            if !status.contains("подписан") || status.contains("не подписан") || status.contains("ожида")
            {
                continue;
            }
            evaluated += 1;
            let shown = named(cx, r);
            let early = |c: &RecordRef| stage(cx, *c).is_some_and(|s| s < Stage::Shipped) && kind(cx, r).ships();
            let deal = cx.pairing.partners(r).find(early);
            if !is_posted(cx, r) {
                let message = cx.say(
                    || format!("{shown} подписан в ЭДО, а в 1С не проведён"),
                    || format!("{shown} is signed electronically and not posted in 1C"),
                );
                out.push(about(cx, r, message));
            } else if let Some(deal) = deal {
                let name = named(cx, deal);
                let message = cx.say(
                    || format!("{shown} подписан в ЭДО, а {name} в CRM ещё не отгружена"),
                    || format!("{shown} is signed electronically, {name} is not yet shipped in the CRM"),
                );
                out.push(about(cx, r, message).other(deal));
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
        let world = |posted: &'static str, stage: &'static str, status: &'static str| {
            paper(deal(&[(Field::Stage, stage)]), "a", "УПД", &[(Field::Posted, posted), (Field::Stage, status)])
        };
        world("Нет", "Отгружено", "Подписан").expect(&EdoStatusDrift, &["onec:a"]);
        world("Да", "Счёт", "Подписан получателем").expect(&EdoStatusDrift, &["onec:a crm:d"]);
        world("Да", "Отгружено", "Подписан").expect(&EdoStatusDrift, &[]);
        world("Нет", "Счёт", "Ожидает подписания").expect(&EdoStatusDrift, &[]);
        world("Нет", "Счёт", "").expect_not_run(&EdoStatusDrift);
    }
}
