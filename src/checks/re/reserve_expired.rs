//! `re-reserve-expired`: a reservation past its date.

use super::scope;
use crate::checks::books;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::config::UnitStatus;
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, Side};
use crate::pairing::estate::DealState;

pub struct ReserveExpired;

static META: Meta = Meta {
    id: "re-reserve-expired",
    severity: Severity::Warning,
    cross: false,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Срок брони прошёл, а объект занят",
        finds: "Объект в статусе «бронь», срок которой раньше дня выгрузки; срок берётся у объекта, иначе у \
                 открытой сделки.",
        why: "Квартира скрыта от продажи без основания.",
        causes: "Бронь не продлили и не сняли; срок продлили на словах.",
        remedy: "Снимите бронь или укажите новый срок.",
        example: "Бронь до 01.10.2026, день выгрузки 24.11.2026",
        source: "Практика: бронь держит объект до срока",
    },
    en: Card {
        title: "A reservation past its date still holds the unit",
        finds: "A reserved unit whose reservation ends before the day of the export; the date is that of the \
                 unit, else of its open deal.",
        why: "The flat is hidden from sale without a reason.",
        causes: "The reservation was neither extended nor lifted; it was extended by word of mouth.",
        remedy: "Lift the reservation or set a new date.",
        example: "Reserved until 01.10.2026, exported on 24.11.2026",
        source: "Practice: a reservation holds a unit until its date",
    },
};

impl Check for ReserveExpired {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let given = Side::BOTH
            .into_iter()
            .any(|s| [Entity::Object, Entity::Deal].iter().any(|e| cx.has(s, *e, Field::ReservedUntil)));
        if !given {
            return scope::not_run(cx, "нет сроков брони", "no dates of reservations");
        }
        let mut evaluated = 0;
        for of in scope::sides(cx) {
            let deals = cx.data.book(of.side, Entity::Deal);
            for at in books::active(of.objects).filter(|&at| of.holdings.status[at] == Some(UnitStatus::Reserved)) {
                let open = of.holdings.deals(at).iter().map(|&d| d as usize);
                let open = open.filter(|&d| of.holdings.deal_state[d] == DealState::Open && deals.is_active(d));
                let until = scope::day(of.objects, Field::ReservedUntil, at)
                    .or_else(|| open.filter_map(|d| scope::day(deals, Field::ReservedUntil, d)).max());
                let Some(until) = until else { continue };
                evaluated += 1;
                if until < cx.as_of {
                    let (name, day) = (scope::name(cx, of.objects.at(at)), scope::show_day(until));
                    let message = cx.say(
                        || format!("{name}: бронь до {day} прошла, объект не освобождён"),
                        || format!("{name}: the reservation ended on {day}, the unit is still held"),
                    );
                    let text = until.to_string();
                    out.push(Finding::record(of.objects.at(at), message).value(Field::ReservedUntil, of.side, &text));
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
        House::new()
            .set(Side::Crm, Entity::Object, "o3", Field::ReservedUntil, "01.10.2026")
            .world()
            .expect(&ReserveExpired, &["crm:o3"]);
        House::new()
            .set(Side::Crm, Entity::Object, "o3", Field::ReservedUntil, "")
            .set(Side::Crm, Entity::Deal, "t2", Field::ReservedUntil, "01.10.2026")
            .world()
            .expect(&ReserveExpired, &["crm:o3"]);
        House::new()
            .both(Entity::Object, "o2", Field::ReservedUntil, "01.10.2026")
            .world()
            .expect(&ReserveExpired, &[]);
    }
}
