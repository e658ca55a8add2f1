//! `re-reserve-two-deals`: two reservations of one unit.

use super::scope;
use crate::checks::books;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, Side};
use crate::normalize::text;
use crate::pairing::estate::DealState;

pub struct ReserveTwoDeals;

static META: Meta = Meta {
    id: "re-reserve-two-deals",
    severity: Severity::Error,
    cross: false,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Объект забронирован двумя сделками",
        finds: "Объект, который держат две и более открытые сделки с непросроченной бронью.",
        why: "Двум покупателям обещана одна квартира.",
        causes: "Сделку завели повторно; бронь перешла к другому покупателю, а старую не сняли.",
        remedy: "Оставьте бронь в одной сделке.",
        example: "Сделки № 51 и № 77, кв. 14, бронь до 10.12.2026",
        source: "Практика: у брони один держатель",
    },
    en: Card {
        title: "A unit reserved by two deals",
        finds: "A unit held by two or more open deals whose reservations have not ended.",
        why: "One flat is promised to two buyers.",
        causes: "The deal was entered again; the reservation moved to another buyer and the old one stayed.",
        remedy: "Keep the reservation in one deal.",
        example: "Deals 51 and 77, flat 14, reserved until 10.12.2026",
        source: "Practice: a reservation has one holder",
    },
};

impl Check for ReserveTwoDeals {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let given = |s| cx.has(s, Entity::Deal, Field::ReservedUntil) || cx.has(s, Entity::Deal, Field::Stage);
        let linked = |s| cx.has(s, Entity::Deal, Field::ObjectId) || cx.has(s, Entity::Deal, Field::ObjectName);
        if !Side::BOTH.into_iter().any(|s| given(s) && linked(s)) {
            return scope::not_run(cx, "нет сделок с объектами", "no deals that name units");
        }
        let mut evaluated = 0;
        for of in scope::sides(cx) {
            let deals = cx.data.book(of.side, Entity::Deal);
            let holds = |d: usize| {
                let until = scope::day(deals, Field::ReservedUntil, d);
                let stage = text::fold(deals.text(Field::Stage, d));
                deals.is_active(d)
                    && of.holdings.deal_state[d] == DealState::Open
                    && until.map_or(stage.contains("БРОН") || stage.contains("RESERV"), |until| until >= cx.as_of)
            };
            for at in books::active(of.objects) {
                let held: Vec<_> = of
                    .holdings
                    .deals(at)
                    .iter()
                    .filter(|&&d| holds(d as usize))
                    .map(|&d| deals.at(d as usize))
                    .collect();
                evaluated += u64::from(!held.is_empty());
                if held.len() > 1 {
                    let (name, count) = (scope::name(cx, of.objects.at(at)), held.len());
                    let message = cx.say(
                        || format!("{name} забронирован сделками: {count}"),
                        || format!("{name} is reserved by {count} deals"),
                    );
                    out.push(Finding::record(of.objects.at(at), message).more(held));
                }
            }
        }
        Ran::Evaluated(evaluated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::re::house::House;

    #[test]
    fn fires_and_stays_silent() {
        let deal = |stage: &'static str| [(Field::Id, "x"), (Field::Stage, stage), (Field::ObjectId, "o3")];
        House::new()
            .add(Side::Crm, Entity::Deal, &deal("Бронь"))
            .world()
            .expect(&ReserveTwoDeals, &["crm:o3 crm:t2 crm:x"]);
        House::new().add(Side::Crm, Entity::Deal, &deal("Первый контакт")).world().expect(&ReserveTwoDeals, &[]);
        House::new().add(Side::Crm, Entity::Deal, &deal("Отказ")).world().expect(&ReserveTwoDeals, &[]);
    }
}
