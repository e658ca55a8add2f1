//! `cp-link-orphan`: a stored id of the other system leads nowhere.

use super::external::{Target, Targets, stored};
use super::scope::{no_field, partial};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Field, Side};

pub struct LinkOrphan;

static META: Meta = Meta {
    id: "cp-link-orphan",
    severity: Severity::Blocker,
    cross: true,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Связь ведёт в никуда",
        finds: "В карточке записан идентификатор другой системы, а такой записи там нет.",
        why: "Обмен обновляет то, чего нет: правки теряются или создаётся второй экземпляр карточки.",
        causes: "Карточку в другой системе удалили; базу восстановили из копии; связь осталась от прежней базы.",
        remedy: "Найдите настоящую пару и перепишите идентификатор; если её нет, очистите связь.",
        example: "Компания 145 хранит GUID 1С, которого в справочнике нет",
        source: "Битрикс24 REST, crm.company.list: ORIGIN_ID; практика: в нём или в XML_ID хранится GUID 1С",
    },
    en: Card {
        title: "Link leads nowhere",
        finds: "A card stores an id of the other system, and that system has no such record.",
        why: "Exchange updates what does not exist: edits are lost or a second card is created.",
        causes: "The card was deleted in the other system; the base was restored from a copy; the link is left from a \
                 former base.",
        remedy: "Find the true counterpart and rewrite the id; if there is none, clear the link.",
        example: "Company 145 stores a GUID of 1C that its catalogue does not hold",
        source: "Bitrix24 REST, crm.company.list: ORIGIN_ID; practice: it or XML_ID holds the GUID of 1C",
    },
};

impl Check for LinkOrphan {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let sides: Vec<Side> = Side::BOTH.into_iter().filter(|&side| stored(cx, side).next().is_some()).collect();
        if sides.is_empty() {
            return no_field(cx, &[Field::ExternalId]);
        }
        let mut evaluated = 0;
        let mut lack = None;
        for side in sides {
            let other = side.other();
            if cx.data.get(other).is_partial() {
                lack = Some(partial(cx, other));
                continue;
            }
            let targets = Targets::new(cx, other);
            for (from, text) in stored(cx, side) {
                match targets.find(text, cx.data.entity(from)).0 {
                    Target::Unknown => continue,
                    Target::Found(_) => {}
                    Target::Nowhere => {
                        let title = other.title(cx.lang);
                        let message = cx.say(
                            || format!("Записан идентификатор {text}, а в {title} такой записи нет; найдите пару или очистите связь"),
                            || format!("Stores the id {text}, and {title} has no such record; find the pair or clear the link"),
                        );
                        out.push(Finding::record(from, message).value(Field::ExternalId, side, text));
                    }
                }
                evaluated += 1;
            }
        }
        if evaluated > 0 {
            return Ran::Evaluated(evaluated);
        }
        lack.unwrap_or_else(|| {
            Ran::NotRun(cx.say(
                || "идентификаторы связи не того вида, что в выгрузке другой системы: нужна выгрузка с GUID".to_owned(),
                || "stored ids are of another sort than those of the other snapshot: export it with GUIDs".to_owned(),
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::*;

    #[test]
    fn fires_and_stays_silent() {
        let linked = |id| [(Field::ExternalId, id)];
        let world = || World::new().onec(&[(Field::Id, "g1"), (Field::Code, "00-01")]);
        world()
            .crm(&linked("g1"))
            .crm(&linked("g2"))
            .crm(&linked("00-01"))
            .crm(&linked(""))
            .crm(&[(Field::ExternalId, "g3"), (Field::Deleted, "да")])
            .crm_contact(&linked("g4"))
            .expect(&LinkOrphan, &["crm:2", "crm:6"]);
        world().crm(&linked("g2")).partial(Side::Onec).expect_not_run(&LinkOrphan);
        world().crm(&linked("21dda1c5-8c44-11db-a9b0-00055d49b45e")).expect_not_run(&LinkOrphan);
        world().crm(&linked("")).expect_not_run(&LinkOrphan);
    }
}
