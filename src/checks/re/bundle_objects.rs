//! `re-bundle-objects`: one deal for several contracts.

use super::scope;
use crate::checks::books;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::RecordRef;
use crate::model::{Entity, Side};
use crate::pairing::estate::DealState;

pub struct BundleObjects;

static META: Meta = Meta {
    id: "re-bundle-objects",
    severity: Severity::Warning,
    cross: true,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Одна сделка на несколько объектов",
        finds: "Действующая сделка с несколькими объектами, на которые заключены отдельные договоры.",
        why: "Сумма сделки не равна ни одному договору: оплаты и статусы не разложить.",
        causes: "Квартиру с машино-местом и кладовой продали одной сделкой.",
        remedy: "Разделите сделку по договорам или сверяйте её с их суммой.",
        example: "Сделка 6 360 000 ₽: кв. 12 и машино-место 5, два ДДУ",
        source: "Практика: квартира, машино-место и кладовая продаются вместе по отдельным ДДУ",
    },
    en: Card {
        title: "One deal for several units",
        finds: "A live deal with several units under separate contracts.",
        why: "The sum of the deal equals no contract: payments and statuses cannot be divided.",
        causes: "A flat with parking and storage was sold in one deal.",
        remedy: "Divide the deal by contracts, or compare it with their sum.",
        example: "A deal of 6,360,000: flat 12 and parking 5, two contracts",
        source: "Practice: flat, parking and storage are sold together under separate contracts",
    },
};

impl Check for BundleObjects {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(missing) = scope::needs(cx, &[(Side::Crm, Entity::Deal), (Side::Crm, Entity::Object)]) {
            return missing;
        }
        let crm = scope::of(cx, Side::Crm);
        let deals = cx.data.book(Side::Crm, Entity::Deal);
        let onec = scope::of(cx, Side::Onec);
        if crm.ddus.is_empty() && onec.ddus.is_empty() {
            return books::no_records(cx, Entity::Ddu);
        }
        let mut evaluated = 0;
        for at in books::active(deals).filter(|&at| crm.holdings.deal_state[at] != DealState::Lost) {
            let units = crm.holdings.objects_of_deal(at);
            evaluated += u64::from(!units.is_empty());
            if units.len() < 2 {
                continue;
            }
            let contracts: Vec<RecordRef> = units
                .iter()
                .filter_map(|&unit| {
                    let unit = unit as usize;
                    let own = crm.holdings.active_contracts(unit).next().map(|d| crm.ddus.at(d));
                    own.or_else(|| {
                        let other = scope::partner(cx, crm.objects.at(unit))?;
                        onec.holdings.active_contracts(other.at()).next().map(|d| onec.ddus.at(d))
                    })
                })
                .collect();
            let distinct: std::collections::BTreeSet<RecordRef> = contracts.iter().copied().collect();
            if distinct.len() < 2 {
                continue;
            }
            let (name, count) = (cx.quoted(&cx.data.display_name(deals.at(at))), units.len());
            let message = cx.say(
                || format!("Сделка {name}: объектов {count}, договоров {}", distinct.len()),
                || format!("Deal {name}: {count} units, {} contracts", distinct.len()),
            );
            out.push(Finding::record(deals.at(at), message).more(distinct.into_iter().collect()));
        }
        Ran::Evaluated(evaluated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::re::house::House;
    use crate::model::Field;

    #[test]
    fn fires_and_stays_silent() {
        House::new()
            .set(Side::Crm, Entity::Deal, "t1", Field::ObjectId, "o1; o4")
            .world()
            .expect(&BundleObjects, &["crm:t1 crm:d1 crm:d2"]);
        House::new().set(Side::Crm, Entity::Deal, "t1", Field::ObjectId, "o1; o2").world().expect(&BundleObjects, &[]);
    }
}
