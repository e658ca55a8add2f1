//! `doc-lost`: closed in the CRM, absent in 1C.

use crate::checks::books::no_field;
use crate::checks::papers::{
    about, amount, any_day, awaiting, crm_papers, lacking_chain, named, partial, period, stage, sum,
};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::config::Stage;
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, RecordRef, Side, Space};

pub struct Lost;

static META: Meta = Meta {
    id: "doc-lost",
    severity: Severity::Error,
    cross: true,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Документ закрыт в CRM и отсутствует в 1С",
        finds: "Выставленные счета, проданные и отгруженные сделки CRM, которым не нашлось документа в 1С за период, \
                который выгружен из 1С. Пары, которые ждут решения человека, сюда не входят.",
        why: "Продажа не попала в учёт: недоплаченный НДС и налог на прибыль, товар числится на складе.",
        causes: "Обмен не прошёл и ошибку не заметили; документ удалили в 1С; продажу провели мимо 1С.",
        remedy: "Найдите или создайте документ в 1С; проверьте журнал обмена за этот день.",
        example: "Счёт № 15 от 03.03.2026 на 120 000,00 есть в CRM, в 1С документа нет",
        source: "Налоговый кодекс РФ, ст. 167: налоговая база возникает в день отгрузки или оплаты",
    },
    en: Card {
        title: "Closed in the CRM, absent in 1C",
        finds: "Invoices of the CRM and its deals won or shipped for which no document of 1C was found in the period \
                that 1C was exported for. Pairs that wait for a person are not counted.",
        why: "The sale is not in the books: VAT and profit tax are underpaid, the goods stand in stock.",
        causes: "The exchange failed and nobody noticed; the document was deleted in 1C; the sale went past 1C.",
        remedy: "Find or make the document in 1C; look at the log of the exchange of that day.",
        example: "Invoice No. 15 of 3 March 2026 for 120,000.00 is in the CRM and not in 1C",
        source: "Tax Code of Russia, art. 167: the tax base arises on the day of shipment or payment",
    },
};

impl Check for Lost {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(ran) = lacking_chain(cx).or_else(|| partial(cx, Side::Onec)) {
            return ran;
        }
        let Some((first, last)) = period(cx, Side::Onec, Entity::Document) else {
            return no_field(cx, Entity::Document, &[Field::Date]);
        };
        let waiting = awaiting(cx);
        let mut evaluated = 0;
        for r in crm_papers(cx) {
            if !is_expected(cx, r) || any_day(cx, r).is_none_or(|day| day < first || day > last) {
                continue;
            }
            evaluated += 1;
            let children = cx.pairing.papers.descendants(r);
            let paired = std::iter::once(r).chain(children).any(|r| cx.pairing.partners(r).next().is_some());
            if paired || waiting.contains(&r) {
                continue;
            }
            let (shown, money) = (named(cx, r), amount(cx, r).map_or_else(|| "?".to_owned(), |a| sum(cx, a)));
            let message = cx.say(
                || format!("{shown} на {money}: есть в CRM, документа в 1С нет"),
                || format!("{shown} for {money} is in the CRM, 1C has no document"),
            );
            out.push(about(cx, r, message));
        }
        Ran::Evaluated(evaluated)
    }
}

/// A sale that 1C should know: an invoice that is neither a draft nor cancelled, a deal at a stage with documents.
fn is_expected(cx: &Context, r: RecordRef) -> bool {
    let stage = stage(cx, r);
    if r.space == Space::Deals {
        return stage.is_some_and(|s| s >= Stage::Invoice && s != Stage::Lost);
    }
    let draft = cx.data.text(r, Field::Stage).to_lowercase().contains("чернов");
    stage != Some(Stage::Lost) && !draft
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::papers::testing::*;
    use crate::checks::testing::*;

    #[test]
    fn fires_and_stays_silent() {
        // Documents of 1C around it, of another party.
        let others = |world: World| {
            let row = |id, day| [(Field::Id, id), (Field::Kind, "Счет"), (Field::Date, day), (Field::PartyInn, INN_B)];
            world.add(Side::Onec, Entity::Document, &row("x", "01.01.2026")).add(
                Side::Onec,
                Entity::Document,
                &row("y", "01.05.2026"),
            )
        };
        others(deal(&[(Field::Stage, "Оплачено")])).expect(&Lost, &["crm:d"]);
        others(deal(&[(Field::Stage, "Новая")])).expect(&Lost, &[]);
        others(deal(&[(Field::Stage, "Оплачено"), (Field::Date, "01.09.2026")])).expect(&Lost, &[]);
        paper(others(deal(&[(Field::Stage, "Оплачено")])), "a", "Заказ", &[]).expect(&Lost, &[]);
        others(invoices(&[], &[(Field::ExternalId, "?"), (Field::Amount, "5"), (Field::PartyInn, INN_B)]))
            .expect(&Lost, &["crm:1"]);
        others(invoices(&[], &[])).expect(&Lost, &[]);
        others(deal(&[(Field::Stage, "Оплачено")])).partial(Side::Onec).expect_not_run(&Lost);
        deal(&[]).expect_not_run(&Lost);
    }
}
