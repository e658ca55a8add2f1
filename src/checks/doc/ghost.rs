//! `doc-ghost`: in 1C, absent or cancelled in the CRM.

use crate::checks::books::no_field;
use crate::checks::papers::{
    about, amount, any_day, awaiting, is_posted, kind, lacking_chain, live, named, partial, period, stage, sum,
};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::config::Stage;
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, RecordRef, Side};
use crate::normalize::paper::Paper;

pub struct Ghost;

static META: Meta = Meta {
    id: "doc-ghost",
    severity: Severity::Error,
    cross: true,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Документ есть в 1С, а в CRM его нет или он отменён",
        finds: "Проведённые документы продажи 1С, которым нет пары в CRM за период её выгрузки; и документы по \
                сделкам, которые CRM считает проигранными. Из цепочки показан её первый документ.",
        why: "Выручка в учёте есть, а сделки нет: отчёты отделов не сойдутся, возможна ложная реализация.",
        causes: "Продажу оформили сразу в 1С; сделку удалили; документ провели дважды под разными номерами.",
        remedy: "Свяжите документ со сделкой, заведите сделку или отмените документ.",
        example: "Реализация № 12 от 03.03.2026 на 50 000,00: сделки в CRM нет",
        source: "Федеральный закон № 402-ФЗ от 06.12.2011, ст. 9: факт хозяйственной жизни подтверждается первичным \
                документом",
    },
    en: Card {
        title: "In 1C, absent or cancelled in the CRM",
        finds: "Posted sale documents of 1C without a pair in the CRM in the period of its export; and documents of \
                deals that the CRM calls lost. Of a chain its first document is shown.",
        why: "There is revenue in the books and no deal: reports of the departments do not agree, the sale may be \
                false.",
        causes: "The sale was made out in 1C alone; the deal was deleted; the document was posted twice under two \
                numbers.",
        remedy: "Link the document to a deal, enter the deal, or cancel the document.",
        example: "Waybill No. 12 of 3 March 2026 for 50,000.00: the CRM has no deal",
        source: "Federal Law No. 402-FZ of 6 December 2011, art. 9: a fact of economic life is proved by a source \
                document",
    },
};

impl Check for Ghost {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(ran) = lacking_chain(cx).or_else(|| partial(cx, Side::Crm)) {
            return ran;
        }
        let periods = [Entity::Deal, Entity::Document].map(|e| period(cx, Side::Crm, e));
        let first = periods.iter().flatten().map(|p| p.0).min();
        let last = periods.iter().flatten().map(|p| p.1).max();
        let (Some(first), Some(last)) = (first, last) else {
            return no_field(cx, Entity::Deal, &[Field::Date]);
        };
        let waiting = awaiting(cx);
        let mut evaluated = 0;
        for r in live(cx, Side::Onec, Entity::Document) {
            let sale =
                matches!(kind(cx, r), Paper::Order | Paper::Invoice | Paper::Shipment | Paper::Act | Paper::Unknown);
            let known = |r: RecordRef| cx.pairing.partners(r).next().is_some();
            if !sale || !is_posted(cx, r) || any_day(cx, r).is_none_or(|day| day < first || day > last) {
                continue;
            }
            evaluated += 1;
            let papers = &cx.pairing.papers;
            // The first of the chain speaks for it.
            if papers.basis(r).is_some() || waiting.contains(&r) {
                continue;
            }
            let (shown, money) = (named(cx, r), amount(cx, r).map_or_else(|| "?".to_owned(), |a| sum(cx, a)));
            let lost = cx.pairing.partners(r).find(|&c| stage(cx, c) == Some(Stage::Lost));
            if let Some(deal) = lost.filter(|_| cx.pairing.partners(r).all(|c| stage(cx, c) == Some(Stage::Lost))) {
                let name = named(cx, deal);
                let message = cx.say(
                    || format!("{shown} на {money}: в 1С действует, а в CRM {name} отменена"),
                    || format!("{shown} for {money} is alive in 1C, while {name} is cancelled in the CRM"),
                );
                out.push(about(cx, r, message).other(deal));
            } else if !known(r) && !papers.descendants(r).into_iter().any(known) {
                let message = cx.say(
                    || format!("{shown} на {money}: есть в 1С, в CRM пары нет"),
                    || format!("{shown} for {money} is in 1C and has no pair in the CRM"),
                );
                out.push(about(cx, r, message));
            }
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
                |id, day| [(Field::Id, id), (Field::Date, day), (Field::PartyInn, INN_B), (Field::Stage, "Новая")];
            world.add(Side::Crm, Entity::Deal, &row("x", "01.01.2026")).add(
                Side::Crm,
                Entity::Deal,
                &row("y", "01.05.2026"),
            )
        };
        let alone = |changes: &[(Field, &'static str)]| {
            let mut all = vec![(Field::ExternalId, ""), (Field::Amount, "777"), (Field::PartyInn, INN_C)];
            all.extend_from_slice(changes);
            paper(others(deal(&[])), "a", "Реализация", &all)
        };
        alone(&[]).expect(&Ghost, &["onec:a"]);
        alone(&[(Field::Posted, "Нет")]).expect(&Ghost, &[]);
        alone(&[(Field::Date, "01.09.2026")]).expect(&Ghost, &[]);
        paper(others(deal(&[])), "a", "Реализация", &[]).expect(&Ghost, &[]);
        paper(others(deal(&[])), "a", "Поступление товаров", &[(Field::ExternalId, "")]).expect(&Ghost, &[]);
        paper(others(deal(&[(Field::Stage, "Провал")])), "a", "Реализация", &[]).expect(&Ghost, &["onec:a crm:d"]);
        alone(&[]).partial(Side::Crm).expect_not_run(&Ghost);
    }
}
