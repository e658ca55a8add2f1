//! `snap-volume-drop`: far fewer records than in the last audit.

use crate::checks::{Before, Card, Check, Context, Fix, Meta, Param, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Location, Place};

pub struct VolumeDrop;

static META: Meta = Meta {
    id: "snap-volume-drop",
    severity: Severity::Warning,
    cross: false,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[Param {
        name: "percent",
        default: 20,
        ru: "убыль, %, от которой сообщать",
        en: "loss, %, that is reported",
    }],
    ru: Card {
        title: "Записей стало намного меньше, чем в прошлой сверке",
        finds: "Справочники и виды документов, в которых действующих записей убыло с прошлой сверки больше, чем на \
                заданную долю. Без прошлой сверки не выполняется.",
        why: "Недостающие записи другой системы окажутся «односторонними», а прежние находки пропадут, хотя никто \
              ничего не исправил.",
        causes: "В выгрузке изменили отбор или период; у пользователя отняли права; справочник почистили.",
        remedy: "Сравните отбор и права выгрузки с прошлыми. Если записи удалили намеренно, примите находку.",
        example: "1С, контрагенты: было 1 240, стало 610",
        source: "Практика: внезапная убыль — это чаще отбор или права, чем удаление",
    },
    en: Card {
        title: "Far fewer records than in the last audit",
        finds: "Catalogues and kinds of documents that have lost more than the given share of their active records since \
                the last audit. Does not run without one.",
        why: "Records of the other system look one-sided, and earlier findings disappear though nobody repaired \
              anything.",
        causes: "The filter or the period of the export was changed; the user lost rights; the catalogue was cleaned up.",
        remedy: "Compare filter and rights of the export with those of the last one. Accept the finding if the records \
                 were deleted on purpose.",
        example: "1C, counterparties: there were 1,240, now there are 610",
        source: "Practice: a sudden loss is a filter or rights more often than a deletion",
    },
};

/// Smaller parts lose a fifth by a few deletions.
const LEAST: u64 = 10;

impl Check for VolumeDrop {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let Some(before) = cx.before else {
            return Ran::NotRun(cx.say(
                || "нет прошлой сверки, с которой сравнить".to_owned(),
                || "there is no earlier audit to compare with".to_owned(),
            ));
        };
        let percent = u64::try_from(cx.param(&META, "percent")).unwrap_or(0).min(100);
        let mut evaluated = 0;
        for &Before { side, entity, records } in before.iter().filter(|b| b.records >= LEAST) {
            evaluated += 1;
            let now = cx.data.active(side, Some(entity));
            if now.saturating_mul(100) >= records.saturating_mul(100 - percent) {
                continue;
            }
            let (system, what) = (side.title(cx.lang), entity.title(cx.lang));
            let message = cx.say(
                || format!("{system}, {what}: было записей {records}, стало {now}; проверьте отбор и права выгрузки"),
                || format!("{system}, {what}: there were {records} records, now there are {now}; check the filter and the rights of the export"),
            );
            let sources = &cx.data.get(side).sources;
            // A source may be gone altogether: then the place to look at is the list of sources.
            let source = sources.iter().find(|source| source.entity == Some(entity));
            let place = Place::file(source.map_or("sverka.toml", |source| &source.path));
            out.push(Finding::source(side, Some(entity), Location { place, row: None, column: None }, message));
        }
        Ran::Evaluated(evaluated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::World;
    use crate::model::{Entity, Field, Side};

    #[test]
    fn fires_and_stays_silent() {
        let world = |now: usize| {
            let firms = (0..now).fold(World::new(), |w, _| w.crm(&[(Field::Name, "ООО Астра")]));
            firms.before(&[(Side::Crm, Entity::Counterparty, 20), (Side::Crm, Entity::Contact, 5)])
        };
        world(16).expect(&VolumeDrop, &[]);
        world(15).expect(&VolumeDrop, &["crm.csv"]);
        world(0).expect(&VolumeDrop, &["crm.csv"]);
        world(14).param("snap-volume-drop", "percent", 30).expect(&VolumeDrop, &[]);
        let gone = World::new().before(&[(Side::Onec, Entity::Deal, 12)]);
        gone.expect(&VolumeDrop, &["sverka.toml"]);
        World::new().expect_not_run(&VolumeDrop);
    }
}
