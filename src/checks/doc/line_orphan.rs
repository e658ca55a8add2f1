//! `doc-line-orphan`: a line without a document.

use std::collections::BTreeMap;

use crate::checks::books::lacking;
use crate::checks::papers::roubles_of;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, RecordRef, Side};

pub struct LineOrphan;

static META: Meta = Meta {
    id: "doc-line-orphan",
    severity: Severity::Error,
    cross: false,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Строка без документа",
        finds: "Строки, документа или сделки которых нет среди загруженных.",
        why: "Сумма строк не войдёт ни в один документ, сверка по товарам будет неполной.",
        causes: "Строки выгружены за больший период, чем документы; документ удалён.",
        remedy: "Выгрузите документы за тот же период, что и строки.",
        example: "Строка документа 00-000077, которого нет в выгрузке",
        source: "Практика: строки и документы выгружают разными запросами с разным отбором",
    },
    en: Card {
        title: "A line without a document",
        finds: "Lines whose document or deal is not among those loaded.",
        why: "The sum of the lines is in no document, goods cannot be compared in full.",
        causes: "The lines were exported for a longer period than the documents; the document was deleted.",
        remedy: "Export the documents for the same period as the lines.",
        example: "A line of document 00-000077, which the export does not have",
        source: "Practice: lines and documents are exported by different queries with different filters",
    },
};

impl Check for LineOrphan {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(ran) = lacking(cx, Entity::Line, &[Field::DocumentId]) {
            return ran;
        }
        let mut evaluated = 0;
        for side in Side::BOTH {
            let book = cx.data.book(side, Entity::Line);
            let mut owners: BTreeMap<&str, Vec<RecordRef>> = BTreeMap::new();
            for at in 0..book.len() {
                evaluated += 1;
                if book.reference(Field::DocumentId, at).is_none() {
                    owners.entry(book.text(Field::DocumentId, at).trim()).or_default().push(book.at(at));
                }
            }
            for (owner, lines) in owners {
                let (shown, n) = (cx.quoted(owner), lines.len());
                let message = cx.say(
                    || format!("Документ {shown} не загружен, его строк {n}"),
                    || format!("The document {shown} is not loaded, its lines {n}"),
                );
                let finding = Finding::record(lines[0], message).impact(roubles_of(cx, &lines));
                out.push(finding.value(Field::DocumentId, side, owner));
            }
        }
        Ran::Evaluated(evaluated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::papers::testing::*;

    #[test]
    fn fires_and_stays_silent() {
        let line = |owner: &'static str| {
            invoices(&[], &[]).add(Side::Onec, Entity::Line, &[(Field::Id, "l"), (Field::DocumentId, owner)])
        };
        line("нет такого").expect(&LineOrphan, &["onec:l"]);
        line("a").expect(&LineOrphan, &[]);
        invoices(&[], &[]).expect_not_run(&LineOrphan);
    }
}
