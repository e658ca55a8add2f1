//! `re-schedule-version`: versions of a schedule differ.

use super::scope;
use crate::checks::books;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, Side};

pub struct ScheduleVersion;

static META: Meta = Meta {
    id: "re-schedule-version",
    severity: Severity::Error,
    cross: true,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Допсоглашение изменило график только в одной системе",
        finds: "Сопоставленные действующие договоры, у которых последняя редакция графика разная.",
        why: "Старый график продолжает считать долг и напоминать покупателю.",
        causes: "Допсоглашение внесли в одну систему.",
        remedy: "Внесите график допсоглашения во вторую систему.",
        example: "ДС № 1 в 1С, первоначальный график в CRM",
        source: "Практика: действует график последнего допсоглашения",
    },
    en: Card {
        title: "An addendum changed the schedule on one side only",
        finds: "Linked contracts in force whose latest schedules have different numbers.",
        why: "The old schedule goes on counting debt and reminding the buyer.",
        causes: "The addendum was entered in one system.",
        remedy: "Enter the schedule of the addendum in the other system.",
        example: "Addendum 1 in 1C, the first schedule in the CRM",
        source: "Practice: the schedule of the latest addendum is in force",
    },
};

impl Check for ScheduleVersion {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(missing) = books::lacking(cx, Entity::Instalment, &[Field::Version]) {
            return missing;
        }
        let needed = [(Side::Crm, Entity::Instalment), (Side::Onec, Entity::Instalment)];
        if let Some(missing) = scope::needs(cx, &needed).or_else(|| books::lacking_pairs(cx, Entity::Ddu, &[])) {
            return missing;
        }
        let [crm, onec] = scope::sides(cx);
        let mut evaluated = 0;
        for (a, b) in scope::active_contracts(cx) {
            if crm.holdings.lines(a.at()).is_empty() || onec.holdings.lines(b.at()).is_empty() {
                continue;
            }
            evaluated += 1;
            let [left, right] = [crm.holdings.version[a.at()], onec.holdings.version[b.at()]].map(|v| v.to_string());
            if left == right {
                continue;
            }
            let name = scope::name(cx, a);
            let message = cx.say(
                || format!("{name}: редакция графика в CRM {left}, в 1С {right}"),
                || format!("{name}: version of the schedule {left} in the CRM, {right} in 1C"),
            );
            out.push(Finding::record(a, message).other(b).values(Field::Version, &left, &right));
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
            .set(Side::Onec, Entity::Instalment, "l2", Field::Version, "ДС № 2")
            .world()
            .expect(&ScheduleVersion, &["crm:d1 onec:d1"]);
        House::new().both(Entity::Instalment, "l2", Field::Version, "ДС № 2").world().expect(&ScheduleVersion, &[]);
        let mut bare = House::new();
        for side in Side::BOTH {
            bare = bare.set(side, Entity::Instalment, "l3", Field::Version, "");
        }
        bare.world().expect_not_run(&ScheduleVersion);
    }
}
