//! `re-ddu-number-date-drift`: number or date differ.

use super::scope;
use crate::checks::books;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::RecordRef;
use crate::model::{Entity, Field};
use crate::normalize::property;

pub struct DduNumberDateDrift;

static META: Meta = Meta {
    id: "re-ddu-number-date-drift",
    severity: Severity::Error,
    cross: true,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Номер или дата ДДУ различаются",
        finds: "Сопоставленные договоры, у которых после приведения различается номер или дата.",
        why: "Назначение платежа не найдёт договор, а банк и реестр запросят одни реквизиты, получив другие.",
        causes: "Номер присвоили при регистрации; дату проекта не заменили датой подписания.",
        remedy: "Возьмите номер и дату подписанного договора.",
        example: "С-1/12 от 10.03.2026 и С-1/12 от 12.03.2026",
        source: "Практика: платёж и реестр находят договор по номеру и дате",
    },
    en: Card {
        title: "Number or date of a contract differ",
        finds: "Linked contracts whose number or date differ after folding.",
        why: "The purpose of a payment will not find the contract; bank and register are told different \
                 details.",
        causes: "The number came with registration; the date of the draft was not replaced.",
        remedy: "Take number and date of the signed contract.",
        example: "S-1/12 of 10.03.2026 and S-1/12 of 12.03.2026",
        source: "Practice: payments and the register find a contract by number and date",
    },
};

impl Check for DduNumberDateDrift {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(missing) = books::lacking_pairs(cx, Entity::Ddu, &[Field::Number]) {
            return missing;
        }
        let mut evaluated = 0;
        for (a, b) in scope::contracts(cx) {
            let number = |r: RecordRef| property::contract_number(cx.data.text(r, Field::Number));
            let day = |r: RecordRef| scope::day(cx.data.book(r.side, Entity::Ddu), Field::Date, r.at());
            evaluated += 1;
            let (x, y) = (number(a), number(b));
            let numbers = !x.is_empty() && !y.is_empty() && x != y;
            let days = day(a).zip(day(b)).filter(|(x, y)| x != y);
            let (field, crm, onec) = match (numbers, days) {
                (true, _) => {
                    let [crm, onec] = [a, b].map(|r| cx.data.text(r, Field::Number).trim().to_owned());
                    (Field::Number, crm, onec)
                }
                (false, Some((crm, onec))) => (Field::Date, scope::show_day(crm), scope::show_day(onec)),
                _ => continue,
            };
            let (name, title) = (scope::name(cx, a), field.title(cx.lang).to_lowercase());
            let shown = [cx.quoted(&crm), cx.quoted(&onec)];
            let message = cx.say(
                || format!("{name}: {title} в CRM {}, в 1С {}", shown[0], shown[1]),
                || format!("{name}: {title} is {} in the CRM and {} in 1C", shown[0], shown[1]),
            );
            out.push(Finding::record(a, message).other(b).values(field, &crm, &onec));
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
            .set(Side::Onec, Entity::Ddu, "d1", Field::Date, "2026-03-12")
            .world()
            .expect(&DduNumberDateDrift, &["crm:d1 onec:d1"]);
        House::new()
            .set(Side::Onec, Entity::Ddu, "d1", Field::Number, "77")
            .world()
            .expect(&DduNumberDateDrift, &["crm:d1 onec:d1"]);
        House::new()
            .set(Side::Onec, Entity::Ddu, "d1", Field::Number, "ДДУ № C-1/012")
            .world()
            .expect(&DduNumberDateDrift, &[]);
    }
}
