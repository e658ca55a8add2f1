//! `deal-lost-with-money`: a lost deal has payments or shipments.

use crate::checks::books::{book_of, lacking, no_records};
use crate::checks::papers::{is_posted, lacking_money, live, named, paid, roubles, roubles_of, stage, sum};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::config::Stage;
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, RecordRef, Side};
use crate::normalize::paper::Paper;

pub struct LostWithMoney;

static META: Meta = Meta {
    id: "deal-lost-with-money",
    severity: Severity::Error,
    cross: true,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "У проигранной сделки есть оплаты или отгрузки",
        finds: "Сделки, которые CRM считает проигранными, за которые пришли деньги или проведена отгрузка.",
        why: "Деньги надо вернуть, или стадия неверна и продажа пропала из отчёта.",
        causes: "Сделку закрыли не той стадией; клиент передумал после оплаты.",
        remedy: "Верните деньги или исправьте стадию.",
        example: "Сделка «Поставка» проиграна, поступило 1 200,00",
        source: "Гражданский кодекс РФ, ст. 1102: неосновательное обогащение возвращают",
    },
    en: Card {
        title: "A lost deal has payments or shipments",
        finds: "Deals that the CRM calls lost for which money has come or a shipment is posted.",
        why: "The money must be returned, or the stage is wrong and the sale is missing from the report.",
        causes: "The deal was closed with the wrong stage; the client changed his mind after paying.",
        remedy: "Return the money, or correct the stage.",
        example: "The deal “Delivery” is lost, 1,200.00 has come",
        source: "Civil Code of Russia, art. 1102: unjust enrichment is to be returned",
    },
};

impl Check for LostWithMoney {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(ran) = lacking(cx, Entity::Deal, &[Field::Stage]) {
            return ran;
        }
        if cx.data.book(Side::Onec, Entity::Document).is_empty() && lacking_money(cx).is_some() {
            return no_records(cx, Entity::Payment);
        }
        let mut evaluated = 0;
        for deal in live(cx, Side::Crm, Entity::Deal).filter(|&r| stage(cx, r) == Some(Stage::Lost)) {
            evaluated += 1;
            let (paid, payments) = paid(cx, deal);
            let alive = |r: &RecordRef| book_of(cx, *r).is_active(r.at()) && is_posted(cx, *r);
            let shipped: Vec<RecordRef> =
                cx.pairing.papers_of(deal, &[Paper::Shipment, Paper::Act]).filter(alive).collect();
            let returned = cx.pairing.papers_of(deal, &[Paper::Return]).next().is_some();
            let shown = named(cx, deal);
            if paid.micros() > 0 {
                let money = sum(cx, paid);
                let message = cx.say(
                    || format!("Сделка {shown} проиграна, а поступило {money}"),
                    || format!("The deal {shown} is lost, {money} has come"),
                );
                let finding = Finding::record(deal, message).more(payments).impact(roubles(cx, deal, paid));
                out.push(finding.value(Field::Amount, Side::Crm, &paid.to_string()));
            } else if !shipped.is_empty() && !returned {
                let name = named(cx, shipped[0]);
                let message = cx.say(
                    || format!("Сделка {shown} проиграна, а в 1С проведена отгрузка: {name}"),
                    || format!("The deal {shown} is lost, a shipment is posted in 1C: {name}"),
                );
                let finding = Finding::record(deal, message).impact(roubles_of(cx, &shipped));
                out.push(finding.other(shipped[0]).more(shipped[1..].to_vec()));
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
        let world = |stage: &'static str| paper(deal(&[(Field::Stage, stage)]), "5", "Счет", &[]);
        payment(world("Провал"), "p", &[(Field::Purpose, "по счету № 5")]).expect(&LostWithMoney, &["crm:d onec:p"]);
        payment(world("Оплачено"), "p", &[(Field::Purpose, "по счету № 5")]).expect(&LostWithMoney, &[]);
        world("Провал").expect(&LostWithMoney, &[]);
        paper(world("Провал"), "6", "Реализация", &[]).expect(&LostWithMoney, &["crm:d onec:6"]);
        paper(world("Провал"), "6", "Реализация", &[(Field::Posted, "Нет")]).expect(&LostWithMoney, &[]);
        deal(&[]).expect_not_run(&LostWithMoney);
    }
}
