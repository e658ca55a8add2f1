//! `deal-money-no-stage`: the deal is fully paid and its stage was not moved.

use crate::checks::books::lacking;
use crate::checks::papers::{about, amount, lacking_money, live, named, paid, stage, sum};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::config::Stage;
use crate::finding::{Finding, Severity};
use crate::model::{Decimal, Entity, Field, Side};

pub struct MoneyNoStage;

static META: Meta = Meta {
    id: "deal-money-no-stage",
    severity: Severity::Warning,
    cross: true,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Сделка оплачена полностью, а стадия прежняя",
        finds: "Открытые сделки, за которые пришла вся сумма, а стадия описана как более ранняя, чем «оплачено».",
        why: "Клиента торопят с оплатой, которую он сделал.",
        causes: "Обмен не передаёт оплаты в CRM; стадию не передвинули.",
        remedy: "Передвиньте стадию сделки.",
        example: "Сделка «Поставка» на 1 200,00 оплачена полностью, стадия «Счёт»",
        source: "Практика: оплаты приходят в банк и 1С раньше, чем в CRM",
    },
    en: Card {
        title: "The deal is fully paid and its stage was not moved",
        finds: "Open deals for which the whole sum has come while the stage stands for a step before “paid”.",
        why: "The client is chased for a payment already made.",
        causes: "The exchange does not carry payments to the CRM; the stage was not moved.",
        remedy: "Move the stage of the deal.",
        example: "The deal “Delivery” for 1,200.00 is fully paid, its stage is “Invoice”",
        source: "Practice: payments reach the bank and 1C before the CRM",
    },
};

impl Check for MoneyNoStage {
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
            if stage < Stage::Paid && total_amount.micros() > 0 && left.micros() <= 0 {
                let (shown, [got, total]) = (named(cx, deal), [paid, total_amount].map(|s| sum(cx, s)));
                let message = cx.say(
                    || format!("Сделка {shown}: оплачено {got} из {total}, а стадия прежняя"),
                    || format!("The deal {shown}: {got} of {total} is paid, the stage was not moved"),
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

    #[test]
    fn fires_and_stays_silent() {
        let world = |stage: &'static str, amount: &'static str| {
            let world = paper(deal(&[(Field::Stage, stage)]), "5", "Счет", &[]);
            payment(world, "p", &[(Field::Purpose, "по счету № 5"), (Field::Amount, amount)])
        };
        world("Счёт", "1200").expect(&MoneyNoStage, &["crm:d onec:p"]);
        world("Счёт", "600").expect(&MoneyNoStage, &[]);
        world("Оплачено", "1200").expect(&MoneyNoStage, &[]);
        deal(&[]).expect_not_run(&MoneyNoStage);
    }
}
