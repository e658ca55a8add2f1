//! `re-schedule-sum`: a schedule that is not the price.

use super::scope;
use crate::checks::books;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::Decimal;
use crate::model::{Entity, Field};
use crate::pairing::estate::sum;

pub struct ScheduleSum;

static META: Meta = Meta {
    id: "re-schedule-sum",
    severity: Severity::Blocker,
    cross: false,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Сумма графика не равна цене ДДУ",
        finds: "Действующий договор, взносы последней редакции графика которого в сумме не равны цене договора.",
        why: "Долг никогда не закроется или останется непроверенная переплата.",
        causes: "Допсоглашение изменило цену, а график нет; строку графика удалили; округление.",
        remedy: "Сверьте график с договором и допсоглашением.",
        example: "Цена 5 460 000 ₽, в графике 5 400 000 ₽",
        source: "Практика: график раскладывает цену договора без остатка",
    },
    en: Card {
        title: "The schedule does not sum to the price",
        finds: "A contract in force whose latest schedule does not sum to its price.",
        why: "The debt will never close, or an overpayment stays unseen.",
        causes: "An addendum changed the price and not the schedule; a line was deleted; rounding.",
        remedy: "Compare the schedule with contract and addendum.",
        example: "Price 5,460,000, schedule 5,400,000",
        source: "Practice: the schedule divides the price without a rest",
    },
};

impl Check for ScheduleSum {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(missing) = books::lacking(cx, Entity::Instalment, &[Field::Amount]) {
            return missing;
        }
        let mut evaluated = 0;
        for of in scope::sides(cx) {
            for at in of.active() {
                let lines = of.holdings.lines(at);
                let Some(price) = of.amount(at).filter(|_| !lines.is_empty()) else { continue };
                evaluated += 1;
                let planned = sum(of.lines, Field::Amount, lines);
                if planned == price {
                    continue;
                }
                let name = scope::name(cx, of.ddus.at(at));
                let gap = Decimal::from_micros(planned.micros().saturating_sub(price.micros()));
                let [price, planned, gap] = [price, planned, gap].map(scope::show_sum);
                let message = cx.say(
                    || format!("{name}: цена {price}, в графике {planned}, разница {gap}"),
                    || format!("{name}: price {price}, schedule {planned}, difference {gap}"),
                );
                out.push(Finding::record(of.ddus.at(at), message).value(Field::Amount, of.side, &planned));
            }
        }
        Ran::Evaluated(evaluated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::re::house::House;
    use crate::model::Side;

    #[test]
    fn fires_and_stays_silent() {
        House::new()
            .set(Side::Onec, Entity::Instalment, "l2", Field::Amount, "2940000")
            .world()
            .expect(&ScheduleSum, &["onec:d1"]);
        // An older schedule does not count.
        let mut house = House::new().add(
            Side::Onec,
            Entity::Instalment,
            &[
                (Field::Id, "old"),
                (Field::DduId, "d1"),
                (Field::Date, "2026-04-01"),
                (Field::Amount, "1"),
                (Field::Version, ""),
            ],
        );
        for id in ["l1", "l2"] {
            house = house.set(Side::Onec, Entity::Instalment, id, Field::Version, "ДС № 1");
        }
        house.world().expect(&ScheduleSum, &[]);
    }
}
