//! `deal-paid-no-money`: the deal is “paid” and there is no money.

use crate::checks::books::{lacking, no_records};
use crate::checks::papers::{about, amount, any_day, lacking_money, live, named, paid, partial, period, stage, sum};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::config::Stage;
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, Side};

pub struct PaidNoMoney;

static META: Meta = Meta {
    id: "deal-paid-no-money",
    severity: Severity::Blocker,
    cross: true,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Сделка оплачена по стадии, а денег нет",
        finds: "Сделки на стадии «оплачено», за которые в 1С и банке не найдено ни одной оплаты за выгруженный \
                период.",
        why: "Товар отпустят неоплаченным.",
        causes: "Стадию поставили по обещанию клиента; оплата пришла от другого лица или без назначения.",
        remedy: "Найдите оплату или верните стадию.",
        example: "Сделка «Поставка» на 1 200,00 оплачена, денег нет",
        source: "Практика: стадию «оплачено» в CRM ставит менеджер, а деньги видит бухгалтер",
    },
    en: Card {
        title: "The deal is “paid” and there is no money",
        finds: "Deals at the stage “paid” for which neither 1C nor the bank has a single payment in the exported \
                period.",
        why: "Goods are released unpaid.",
        causes: "The stage follows the client's promise; the payment came from somebody else or without a purpose.",
        remedy: "Find the payment, or move the stage back.",
        example: "The deal “Delivery” for 1,200.00 is paid, there is no money",
        source: "Practice: the stage “paid” is set by a manager, money is seen by an accountant",
    },
};

impl Check for PaidNoMoney {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(ran) = lacking(cx, Entity::Deal, &[Field::Stage]).or_else(|| lacking_money(cx)) {
            return ran;
        }
        if let Some(ran) = partial(cx, Side::Onec) {
            return ran;
        }
        let Some((first, last)) =
            period(cx, Side::Onec, Entity::Payment).or_else(|| period(cx, Side::Crm, Entity::Payment))
        else {
            return no_records(cx, Entity::Payment);
        };
        let mut evaluated = 0;
        for deal in live(cx, Side::Crm, Entity::Deal) {
            let (Some(stage), Some(total_amount)) = (stage(cx, deal), amount(cx, deal)) else { continue };
            if any_day(cx, deal).is_none_or(|day| day < first || day > last) {
                continue;
            }
            evaluated += 1;
            let (paid, payments) = paid(cx, deal);
            if stage == Stage::Paid && paid.micros() <= 0 {
                let (shown, [total]) = (named(cx, deal), [total_amount].map(|s| sum(cx, s)));
                let message = cx.say(
                    || format!("Сделка {shown}: стадия «оплачено», денег нет, сумма {total}"),
                    || format!("The deal {shown} is “paid”, there is no money, its sum is {total}"),
                );
                out.push(about(cx, deal, message).more(payments));
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
        let world = |stage: &'static str, purpose: &'static str| {
            let world = paper(deal(&[(Field::Stage, stage)]), "5", "Счет", &[]);
            let world = payment(world, "p", &[(Field::Purpose, purpose), (Field::Amount, "1200")]);
            payment(world, "q", &[(Field::PartyInn, INN_B), (Field::Date, "01.01.2026")])
        };
        world("Оплачено", "Оплата по счету № 99 от 01.01.2026").expect(&PaidNoMoney, &[]);
        let unpaid = |stage: &'static str| {
            let world = paper(deal(&[(Field::Stage, stage)]), "5", "Счет", &[]);
            payment(
                payment(world, "p", &[(Field::PartyInn, INN_B)]),
                "q",
                &[(Field::PartyInn, INN_B), (Field::Date, "01.01.2026")],
            )
        };
        unpaid("Оплачено").expect(&PaidNoMoney, &["crm:d"]);
        unpaid("Счёт").expect(&PaidNoMoney, &[]);
        deal(&[(Field::Stage, "Оплачено")]).expect_not_run(&PaidNoMoney);
    }
}
