//! `doc-cancel-drift`: a cancellation on one side only.

use crate::checks::books::book_of;
use crate::checks::papers::{about, evaluated, lacking_chain, named, stage};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::config::Stage;
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, RecordRef, Side, Space};
use crate::reconcile::papers;

pub struct CancelDrift;

static META: Meta = Meta {
    id: "doc-cancel-drift",
    severity: Severity::Error,
    cross: true,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Отмена только на одной стороне",
        finds: "Счета CRM, отменённые или удалённые, документ которых в 1С действует; и заказы 1С, отменённые по \
                статусу, сделка которых открыта.",
        why: "Резерв и долг висят, клиенту напоминают об отменённом счёте.",
        causes: "Отмену не передаёт обмен; сделку закрыли и о документе забыли.",
        remedy: "Отмените документ и в другой системе.",
        example: "Счёт № 15 отменён в CRM, в 1С действует",
        source: "Практика: отмена и пометка удаления в обмене CRM с 1С передаются редко",
    },
    en: Card {
        title: "A cancellation on one side only",
        finds: "Invoices of the CRM cancelled or deleted whose document in 1C is alive; and orders of 1C cancelled \
                by their status whose deal is open.",
        why: "Reserve and debt hang, the client is reminded of a cancelled invoice.",
        causes: "The exchange does not carry cancellations; the deal was closed and the document forgotten.",
        remedy: "Cancel the document in the other system too.",
        example: "Invoice No. 15 is cancelled in the CRM and alive in 1C",
        source: "Practice: cancellations and deletion marks are seldom carried by an exchange of a CRM with 1C",
    },
};

impl Check for CancelDrift {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(ran) = lacking_chain(cx) {
            return ran;
        }
        let alive = |r: RecordRef| book_of(cx, r).is_active(r.at());
        let cancelled = |r: RecordRef| {
            let status = cx.data.text(r, Field::Stage).to_lowercase();
            ["отмен", "аннулир", "не состоял"].iter().any(|word| status.contains(word))
        };
        let mut compared = 0;
        for crm in cx.data.book(Side::Crm, Entity::Document).refs().chain(cx.data.book(Side::Crm, Entity::Deal).refs())
        {
            for group in papers::groups_of(cx.pairing, crm) {
                compared += 1;
                // A lost deal with living documents is `doc-ghost` and `deal-lost-with-money`.
                let off = crm.space == Space::Documents
                    && (!alive(crm) || cancelled(crm) || stage(cx, crm) == Some(Stage::Lost));
                let living = group.onec.iter().copied().find(|&r| alive(r) && !cancelled(r));
                let dead = group.onec.iter().copied().find(|&r| alive(r) && cancelled(r));
                let (shown, other) = match (living, dead) {
                    (Some(onec), _) if off => (named(cx, crm), onec),
                    (None, Some(onec)) if !off && alive(crm) && stage(cx, crm) != Some(Stage::Lost) => {
                        (named(cx, onec), onec)
                    }
                    _ => continue,
                };
                let here = if off { Side::Crm } else { Side::Onec };
                let [here, there] = [here, here.other()].map(|s| s.title(cx.lang));
                let message = cx.say(
                    || format!("{shown}: в {here} отменено, в {there} действует"),
                    || format!("{shown}: cancelled in {here}, alive in {there}"),
                );
                out.push(about(cx, crm, message).other(other));
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
        invoices(&[(Field::Stage, "Отменён")], &[]).expect(&CancelDrift, &["crm:1 onec:a"]);
        invoices(&[(Field::Deleted, "Да")], &[]).expect(&CancelDrift, &["crm:1 onec:a"]);
        invoices(&[(Field::Stage, "Отменён")], &[(Field::Stage, "Отменен")]).expect(&CancelDrift, &[]);
        paper(deal(&[]), "a", "Заказ", &[(Field::Stage, "Отменён")]).expect(&CancelDrift, &["crm:d onec:a"]);
        invoices(&[], &[]).expect(&CancelDrift, &[]);
        deal(&[]).expect_not_run(&CancelDrift);
    }
}
