//! `deal-partial-as-full`: a partial payment shown as full.

use crate::checks::books::lacking;
use crate::checks::papers::{about, amount, lacking_money, live, named, paid, roubles, stage, sum};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::config::Stage;
use crate::finding::{Finding, Severity};
use crate::model::{Decimal, Entity, Field, Side};

pub struct PartialAsFull;

static META: Meta = Meta {
    id: "deal-partial-as-full",
    severity: Severity::Error,
    cross: true,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Частичная оплата показана полной",
        finds: "Сделки на стадии «оплачено», за которые в 1С и банке пришла только часть суммы.",
        why: "Остаток долга никто не взыскивает.",
        causes: "Стадию поставили по первому платежу; предоплата принята за полную оплату.",
        remedy: "Верните стадию или взыщите остаток.",
        example: "Сделка «Поставка» на 1 200,00 оплачена, поступило 600,00",
        source: "Практика: CRM ставит стадию по первому платежу",
    },
    en: Card {
        title: "A partial payment shown as full",
        finds: "Deals at the stage “paid” for which only a part of the sum has come to 1C and the bank.",
        why: "Nobody collects the rest of the debt.",
        causes: "The stage was set at the first payment; an advance was taken for the whole.",
        remedy: "Move the stage back, or collect the rest.",
        example: "The deal “Delivery” for 1,200.00 is paid, 600.00 has come",
        source: "Practice: a CRM sets the stage at the first payment",
    },
};

impl Check for PartialAsFull {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(ran) = lacking(cx, Entity::Deal, &[Field::Stage]).or_else(|| lacking_money(cx)) {
            return ran;
        }

        let mut evaluated = 0;
        for deal in live(cx, Side::Crm, Entity::Deal) {
            let (Some(stage), Some(total_amount)) = (stage(cx, deal), amount(cx, deal)) else { continue };

            evaluated += 1;
            let (paid, payments) = paid(cx, deal);
            let left = Decimal::from_micros(total_amount.micros() - paid.micros());
            if stage == Stage::Paid && paid.micros() > 0 && left.micros() > cx.trade.tolerance.micros().max(KOPECK) {
                let (shown, [got, total]) = (named(cx, deal), [paid, total_amount].map(|s| sum(cx, s)));
                let message = cx.say(
                    || format!("Сделка {shown}: стадия «оплачено», поступило {got} из {total}"),
                    || format!("The deal {shown} is “paid”, {got} of {total} has come"),
                );
                out.push(about(cx, deal, message).more(payments).impact(roubles(cx, deal, left)));
            }
        }
        Ran::Evaluated(evaluated)
    }
}

/// Less is rounding.
const KOPECK: i64 = Decimal::SCALE / 100;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::papers::testing::*;

    #[test]
    fn fires_and_stays_silent() {
        let world = |stage: &'static str, amount: &'static str| {
            let world = paper(deal(&[(Field::Stage, stage)]), "5", "Счет", &[]);
            payment(world, "p", &[(Field::Purpose, "по счету № 5"), (Field::Amount, amount)])
        };
        world("Оплачено", "600").expect(&PartialAsFull, &["crm:d onec:p"]);
        world("Оплачено", "1200").expect(&PartialAsFull, &[]);
        world("Счёт", "600").expect(&PartialAsFull, &[]);
        deal(&[(Field::Stage, "Оплачено")]).expect_not_run(&PartialAsFull);
    }
}
