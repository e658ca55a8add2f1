//! `cp-test-record`: a record made to try the system.

use super::scope::{live, no_field};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, Flags, RecordRef, Side};

pub struct TestRecord;

static META: Meta = Meta {
    id: "cp-test-record",
    severity: Severity::Warning,
    cross: false,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Тестовая карточка",
        finds: "Карточка, у которой в названии, ФИО или почте слова «тест», asdf и подобные.",
        why: "Мусор уедет в другую систему, попадёт в отчёты и рассылки.",
        causes: "Карточку завели при настройке и не удалили.",
        remedy: "Удалите карточку или пометьте на удаление до запуска обмена.",
        example: "«Тест Тестович», test@test.ru",
        source: "Практика: записи, которые остаются от настройки",
    },
    en: Card {
        title: "Test record",
        finds: "A card whose name or mailbox says «тест», asdf and the like.",
        why: "Rubbish travels to the other system, into reports and mailings.",
        causes: "The card was made during set-up and not removed.",
        remedy: "Delete the card or mark it for deletion before go-live.",
        example: "«Тест Тестович», test@test.ru",
        source: "Practice: records that set-up leaves behind",
    },
};

impl Check for TestRecord {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let mut evaluated = 0;
        for side in Side::BOTH {
            let parties = cx.data.parties(side);
            for at in Entity::PARTIES.into_iter().flat_map(|entity| live(cx, side, entity)) {
                evaluated += 1;
                if parties.flags[at].has(Flags::TEST) {
                    let name = parties.display_name(at);
                    let shown = cx.quoted(&name);
                    let message = cx.say(
                        || format!("{shown} похожа на тестовую карточку; удалите её до запуска обмена"),
                        || format!("{shown} looks like a test record; delete it before go-live"),
                    );
                    out.push(Finding::record(RecordRef::new(side, at), message).value(Field::Name, side, &name));
                }
            }
        }
        if evaluated == 0 { no_field(cx, &[Field::Name]) } else { Ran::Evaluated(evaluated) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::*;

    #[test]
    fn fires_and_stays_silent() {
        World::new()
            .crm(&[(Field::Name, "Тест")])
            .crm(&[(Field::Name, "ООО «Ромашка»")])
            .crm(&[(Field::Name, "Тестовая компания"), (Field::Deleted, "да")])
            .onec_contact(&[(Field::LastName, "Иванов"), (Field::FirstName, "Тест")])
            .expect(&TestRecord, &["crm:1", "onec:1"]);
        World::new().expect_not_run(&TestRecord);
    }
}
