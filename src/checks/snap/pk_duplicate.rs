//! `snap-pk-duplicate`: a record id that repeats inside one source.

use rustc_hash::FxHashMap;

use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, RecordRef, Records, Side};

pub struct PkDuplicate;

static META: Meta = Meta {
    id: "snap-pk-duplicate",
    severity: Severity::Blocker,
    cross: false,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Код записи повторяется",
        finds: "Записи одного справочника с одинаковым кодом (Ид), у которых остальные данные различаются.",
        why: "Обмен ищет запись по коду: при повторе он обновит случайную из двух, а решение об объединении нельзя \
              привязать к нужной карточке.",
        causes: "В 1С выгружен «Код», а он уникален только внутри группы или владельца; склеены выгрузки двух баз; \
                 строки дублирует соединение с подчинённой таблицей.",
        remedy: "Выгрузите вместо кода уникальный идентификатор (GUID, «Ссылка») или уберите повторы из выгрузки. До \
                 этого скрипты такие записи не трогают.",
        example: "Код 00-000001 стоит у «ООО Ромашка» и у «ИП Лютиков».",
        source: "1С:Предприятие 8: код справочника бывает уникален только внутри группы или владельца",
    },
    en: Card {
        title: "A record id repeats",
        finds: "Records of one catalogue with the same id whose other data differ.",
        why: "An exchange looks a record up by its id: with two of them it updates an arbitrary one, and a decision \
              to merge cannot be tied to the right card.",
        causes: "1C exported its «Код», which is unique only inside a group or an owner; exports of two bases were \
                 glued together; a join with a subordinate table repeats rows.",
        remedy: "Export the unique identifier (GUID, «Ссылка») instead of the code, or remove the repeats. Until \
                 then scripts leave such records alone.",
        example: "Code 00-000001 belongs to “OOO Romashka” and to “IP Lyutikov”.",
        source: "1C:Enterprise 8: the code of a catalogue may be unique inside a group or an owner only",
    },
};

/// The id as the source has it: the mark `~2` of a clash taken off.
fn base_id(records: &Records, at: usize) -> &str {
    let id = records.id(at);
    match id.rsplit_once('~') {
        Some((base, n)) if records.id_clash[at] && !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()) => base,
        _ => id,
    }
}

impl Check for PkDuplicate {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let mut evaluated = 0;
        for side in Side::BOTH {
            let records = &cx.data.parties(side).raw;
            evaluated += records.len() as u64;
            let mut groups: FxHashMap<(Entity, &str), Vec<RecordRef>> = FxHashMap::default();
            for at in (0..records.len()).filter(|&at| records.id_clash[at]) {
                groups.entry((records.entity[at], base_id(records, at))).or_default();
            }
            if groups.is_empty() {
                continue;
            }
            for at in 0..records.len() {
                if let Some(group) = groups.get_mut(&(records.entity[at], base_id(records, at))) {
                    group.push(RecordRef::new(side, at));
                }
            }
            for ((_, id), members) in groups {
                let Some((&first, rest)) = members.split_first() else { continue };
                let n = members.len();
                let message = cx.say(
                    || format!("Код «{id}» стоит у {n} разных записей, а должен быть уникальным; выгрузите GUID"),
                    || format!("The id “{id}” belongs to {n} different records and must be unique; export GUIDs"),
                );
                out.push(Finding::record(first, message).more(rest.to_vec()).value(Field::Id, side, id));
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
        let ids = |ids: &[&str]| ids.iter().fold(World::new(), |w, id| w.crm(&[(Field::Id, id), (Field::Name, "А")]));
        let clash = |r: &mut Records| r.id_clash[1..3].fill(true);
        ids(&["7", "7~2", "7~3", "8"]).records(Side::Crm, clash).expect(&PkDuplicate, &["crm:7 crm:7~2 crm:7~3"]);
        // A tilde of the system itself is no clash.
        ids(&["7", "7~2", "8"]).expect(&PkDuplicate, &[]);
        clean().expect(&PkDuplicate, &[]);
    }
}
