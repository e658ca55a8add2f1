//! `doc-deleted-mark`: marked for deletion in 1C, alive in the CRM.

use crate::checks::books::{book_of, no_field};
use crate::checks::papers::{about, evaluated, groups, lacking_chain, named, stage};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::config::Stage;
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, RecordRef, Side};

pub struct DeletedMark;

static META: Meta = Meta {
    id: "doc-deleted-mark",
    severity: Severity::Error,
    cross: true,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Помечен на удаление в 1С и действует в CRM",
        finds: "Документы 1С с пометкой удаления, пара которых в CRM жива и не проиграна, если другого действующего \
                документа того же вида у неё нет.",
        why: "Обмен восстановит документ при следующем изменении, бухгалтер удалит снова.",
        causes: "Документ отменили в 1С и не сказали продавцам; пометку поставили на лишний дубль.",
        remedy: "Отмените сделку в CRM или снимите пометку.",
        example: "Счёт № 15 помечен на удаление в 1С, в CRM действует",
        source: "Практика: пометка удаления 1С в CRM не передаётся",
    },
    en: Card {
        title: "Marked for deletion in 1C, alive in the CRM",
        finds: "Documents of 1C marked for deletion whose pair in the CRM is alive and not lost, when it has no \
                other living document of that kind.",
        why: "The exchange brings the document back at the next change, and the accountant deletes it again.",
        causes: "The document was cancelled in 1C and nobody told sales; the mark was set on a duplicate.",
        remedy: "Cancel the deal in the CRM, or take the mark off.",
        example: "Invoice No. 15 is marked for deletion in 1C and alive in the CRM",
        source: "Practice: the deletion mark of 1C is not carried into a CRM",
    },
};

impl Check for DeletedMark {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(ran) = lacking_chain(cx) {
            return ran;
        }
        if !cx.has(Side::Onec, Entity::Document, Field::Deleted) {
            return no_field(cx, Entity::Document, &[Field::Deleted]);
        }
        let mut compared = 0;
        for group in groups(cx) {
            compared += 1;
            let dead = |r: &RecordRef| !book_of(cx, *r).is_active(r.at());
            if group.onec.iter().all(dead) && stage(cx, group.crm) != Some(Stage::Lost) {
                let (shown, name) = (named(cx, group.onec[0]), named(cx, group.crm));
                let message = cx.say(
                    || format!("{shown} помечен на удаление в 1С, а в CRM действует {name}"),
                    || format!("{shown} is marked for deletion in 1C, {name} is alive in the CRM"),
                );
                out.push(about(cx, group.onec[0], message).other(group.crm).more(group.onec[1..].to_vec()));
            }
        }
        evaluated(cx, compared)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::papers::testing::*;

    #[test]
    fn fires_and_stays_silent() {
        let world = |deleted: &'static str, stage: &'static str| {
            paper(deal(&[(Field::Stage, stage)]), "a", "Счет", &[(Field::Deleted, deleted)])
        };
        world("Да", "Новая").expect(&DeletedMark, &["onec:a crm:d"]);
        world("Нет", "Новая").expect(&DeletedMark, &[]);
        world("Да", "Провал").expect(&DeletedMark, &[]);
        paper(world("Да", "Новая"), "b", "Счет", &[(Field::Deleted, "Нет")]).expect(&DeletedMark, &[]);
        world("", "Новая").expect_not_run(&DeletedMark);
    }
}
