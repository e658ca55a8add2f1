//! `snap-empty-table`: a source that gave no record.

use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Location, Place, Side};

pub struct EmptyTable;

static META: Meta = Meta {
    id: "snap-empty-table",
    severity: Severity::Blocker,
    cross: false,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Источник не дал ни одной записи",
        finds: "Источник, из которого не загружено ни одной записи, и сторону, у которой нет ни контрагентов, ни \
                контактов.",
        why: "Все записи другой системы окажутся «односторонними», и отчёт будет выглядеть как массовая потеря данных.",
        causes: "Выгрузка с отбором, под который ничего не попало; нет прав на справочник; сохранён пустой шаблон; \
                 все строки ушли в карантин.",
        remedy: "Проверьте отбор и права пользователя, под которым делалась выгрузка, и выгрузите справочник заново. \
                 Если строки ушли в карантин, смотрите причины на его листе.",
        example: "Файл contacts.csv содержит только строку заголовков.",
        source: "Практика: пустая выгрузка — это отбор или права, а не пустая база",
    },
    en: Card {
        title: "A source gave no record",
        finds: "A source from which no record was loaded, and a side with neither counterparties nor contacts.",
        why: "Every record of the other system looks one-sided, and the report reads like a mass loss of data.",
        causes: "An export with a filter that matched nothing; no rights to the catalogue; an empty template was \
                 saved; every row went to quarantine.",
        remedy: "Check the filter and the rights of the exporting user and export again. If the rows went to \
                 quarantine, see the reasons there.",
        example: "contacts.csv holds nothing but its heading row.",
        source: "Practice: an empty export is a filter or rights, not an empty base",
    },
};

impl Check for EmptyTable {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let mut evaluated = 0;
        for side in Side::BOTH {
            let snapshot = cx.data.get(side);
            let before = out.len();
            for source in &snapshot.sources {
                evaluated += 1;
                if source.counts.loaded > 0 || source.dictionary {
                    continue;
                }
                let (read, quarantined) = (source.counts.read, source.counts.quarantined);
                let message = cx.say(
                    || format!("Не загружено ни одной записи: прочитано строк {read}, в карантине {quarantined}; проверьте отбор и права выгрузки"),
                    || format!("No record was loaded: {read} rows read, {quarantined} in quarantine; check the filter and the rights of the export"),
                );
                let at = Location { place: Place::file(&source.path), row: None, column: None };
                out.push(Finding::source(side, source.entity, at, message));
            }
            if snapshot.parties.is_empty() && out.len() == before {
                evaluated += 1;
                let title = side.title(cx.lang);
                let message = cx.say(
                    || format!("Сторона {title} пуста: нет ни контрагентов, ни контактов, сверять не с чем"),
                    || format!("The side {title} is empty: no counterparties and no contacts to compare with"),
                );
                // No source stands behind the absence: the place to look at is the list of sources.
                let at = Location { place: Place::file("sverka.toml"), row: None, column: None };
                out.push(Finding::source(side, None, at, message));
            }
        }
        Ran::Evaluated(evaluated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::{World, clean};

    #[test]
    fn fires_and_is_silent() {
        let loaded = |world: World, n: u64| {
            Side::BOTH.into_iter().fold(world, |w, side| w.sources(side, |s| s[0].counts.loaded = n))
        };
        loaded(clean(), 5).expect(&EmptyTable, &[]);
        loaded(clean(), 0).expect(&EmptyTable, &["crm.csv", "onec.csv"]);
        let stages = Side::BOTH.into_iter().fold(clean(), |world, side| {
            world.sources(side, |s| {
                s[0].counts.loaded = 0;
                s[0].dictionary = true;
            })
        });
        stages.expect(&EmptyTable, &[]);
        loaded(World::new(), 5).expect(&EmptyTable, &["sverka.toml", "sverka.toml"]);
    }
}
