//! `re-ddu-date-order`: dates out of order.

use super::scope;
use crate::checks::books;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field};

pub struct DduDateOrder;

static META: Meta = Meta {
    id: "re-ddu-date-order",
    severity: Severity::Warning,
    cross: false,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Даты договора идут не по порядку",
        finds: "Договор, у которого нарушен порядок: подписание, регистрация, уступка, акт передачи; или \
                 расторжение раньше подписания. Сроки оплат проверяет re-ddu-unregistered-paid.",
        why: "Одна из дат неверна: сроки оплаты, передачи и уступки посчитаны не от неё.",
        causes: "Опечатка в годе; даты договора и регистрации перепутаны местами.",
        remedy: "Сверьте даты с договором и выпиской.",
        example: "Договор от 10.03.2026, регистрация 01.03.2026",
        source: "214-ФЗ, статья 11, часть 2 (прочитано изложение, base.garant.ru/58074661): уступка — от \
                 регистрации договора до передаточного акта; остальное — порядок событий",
    },
    en: Card {
        title: "Dates of a contract are out of order",
        finds: "A contract whose dates break the order of signing, registration, assignment, transfer act; or \
                 terminated before it was signed. Payments are judged by re-ddu-unregistered-paid.",
        why: "One of the dates is wrong, and terms are counted from it.",
        causes: "A slip in the year; dates of contract and registration were swapped.",
        remedy: "Compare with the contract and the register.",
        example: "Contract of 10.03.2026, registered on 01.03.2026",
        source: "Law 214-FZ, article 11, part 2 (a summary was read, base.garant.ru/58074661): assignment goes \
                 from registration to the transfer act; the rest is the order of events",
    },
};

impl Check for DduDateOrder {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        const ORDER: [(Field, Field); 7] = [
            (Field::Date, Field::RegisteredAt),
            (Field::Date, Field::AssignedAt),
            (Field::Date, Field::ActDate),
            (Field::RegisteredAt, Field::AssignedAt),
            (Field::RegisteredAt, Field::ActDate),
            (Field::AssignedAt, Field::ActDate),
            (Field::Date, Field::TerminatedAt),
        ];
        let later = [Field::RegisteredAt, Field::AssignedAt, Field::ActDate, Field::TerminatedAt];
        if let Some(missing) = books::lacking(cx, Entity::Ddu, &later) {
            return missing;
        }
        let mut evaluated = 0;
        for of in scope::sides(cx) {
            for at in books::active(of.ddus) {
                let pairs = ORDER.iter().filter_map(|&(first, second)| {
                    Some((first, second, scope::day(of.ddus, first, at)?, scope::day(of.ddus, second, at)?))
                });
                let pairs: Vec<_> = pairs.collect();
                evaluated += u64::from(!pairs.is_empty());
                let Some(&(first, second, x, y)) = pairs.iter().find(|(_, _, x, y)| x > y) else { continue };
                let name = scope::name(cx, of.ddus.at(at));
                let titles = [first, second].map(|f| f.title(cx.lang).to_lowercase());
                let days = [x, y].map(scope::show_day);
                let message = format!("{name}: {} {} > {} {}", titles[0], days[0], titles[1], days[1]);
                let message = cx.say(|| format!("Договор {message}"), || format!("Contract {message}"));
                out.push(Finding::record(of.ddus.at(at), message).value(second, of.side, &days[1]));
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
            .set(Side::Crm, Entity::Ddu, "d1", Field::RegisteredAt, "2026-03-01")
            .world()
            .expect(&DduDateOrder, &["crm:d1"]);
        House::new()
            .set(Side::Onec, Entity::Ddu, "d2", Field::TerminatedAt, "2026-01-01")
            .world()
            .expect(&DduDateOrder, &["onec:d2"]);
        House::new().both(Entity::Ddu, "d2", Field::RegisteredAt, "2026-05-10").world().expect(&DduDateOrder, &[]);
    }
}
