//! `snap-source-conflict`: sources of one entity disagree about a record.

use crate::checks::cp::reports_conflict;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::Side;

pub struct SourceConflicts;

static META: Meta = Meta {
    id: "snap-source-conflict",
    severity: Severity::Warning,
    cross: false,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Источники одной стороны расходятся",
        finds: "Запись, которая есть в нескольких источниках одной системы с разными значениями поля.",
        why: "Непонятно, какое значение действует: сверка берёт значение первого источника, и если оно старое, \
              расхождение с другой системой будет ложным.",
        causes: "Файлы выгружены в разные дни; в одном из них колонка правилась вручную; перепутаны колонки при \
                 сопоставлении.",
        remedy: "Выгрузите источники одновременно. Первым в sverka.toml поставьте тот, которому верите больше.",
        example: "В companies.csv у записи 12 КПП 770101001, а в requisites.csv — 773601001.",
        source: "Практика: выгрузки одной базы за разные дни",
    },
    en: Card {
        title: "Sources of one side disagree",
        finds: "A record that several sources of one system hold with different values of a field.",
        why: "Nobody knows which value is in force: the audit takes the first source, and if that is old, the \
              difference from the other system is false.",
        causes: "The files were exported on different days; a column was edited by hand; columns were mapped wrongly.",
        remedy: "Export the sources at one time. Put the one you trust more first in sverka.toml.",
        example: "companies.csv gives record 12 the KPP 770101001, requisites.csv gives 773601001.",
        source: "Practice: exports of one base on different days",
    },
};

impl Check for SourceConflicts {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let mut evaluated = 0;
        for side in Side::BOTH {
            let snapshot = cx.data.get(side);
            // One source can disagree with itself: several requisites of one company.
            if snapshot.sources.len() < 2 && snapshot.conflicts.is_empty() {
                continue;
            }
            evaluated += snapshot.parties.len() as u64;
            let mut conflicts: Vec<_> = snapshot.conflicts.iter().filter(|c| !reports_conflict(cx, side, c)).collect();
            conflicts.sort_by_key(|c| (c.record, c.field));
            // Three sources may disagree about one field: still one finding.
            for group in conflicts.chunk_by(|a, b| (a.record, a.field) == (b.record, b.field)) {
                let conflict = group[0];
                let field = conflict.field.title(cx.lang);
                let (kept, other, place) = (&conflict.kept, &conflict.other, conflict.other_place.text(cx.lang));
                let message = cx.say(
                    || format!("Поле «{field}»: взято «{kept}», а в другом источнике ({place}) стоит «{other}»; проверьте, что верно"),
                    || format!("Field “{field}”: “{kept}” was taken while another source ({place}) says “{other}”; see which is right"),
                );
                let record = conflict.record;
                out.push(Finding::record(record, message).value(conflict.field, side, kept));
            }
        }
        if evaluated == 0 {
            return Ran::NotRun(cx.say(
                || "на каждой стороне по одному источнику".to_owned(),
                || "each side has one source only".to_owned(),
            ));
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
        let two = |w: World| w.sources(Side::Crm, |s| s.push(s[0].clone()));
        let kpp = crate::model::Field::Kpp;
        let conflict = |w: World| w.conflict(Side::Crm, 0, kpp, "779901001", "507843001");
        conflict(conflict(two(clean()))).expect(&SourceConflicts, &["crm:f1"]);
        two(clean()).expect(&SourceConflicts, &[]);
        clean().expect_not_run(&SourceConflicts);
        // Requisites with different INNs are cp-b24-requisites-many in a Bitrix24, and a conflict elsewhere.
        let inn = crate::model::Field::Inn;
        let requisites = || clean().conflict_at(Side::Crm, 0, inn, "7799001111", "7799002228", "RQ_INN");
        requisites().expect(&SourceConflicts, &["crm:f1"]);
        requisites().sources(Side::Crm, |s| s[0].format = "bitrix24-rest").expect(&SourceConflicts, &[]);
    }
}
