//! `cp-b24-requisites-many`: requisites of one Bitrix24 company have different INNs.

use super::scope::{is_live, live};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, RecordRef, Side, SourceConflict};

pub struct B24RequisitesMany;

static META: Meta = Meta {
    id: "cp-b24-requisites-many",
    severity: Severity::Error,
    cross: false,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "У компании Битрикс24 реквизиты с разными ИНН",
        finds: "У одной компании в CRM несколько реквизитов, и ИНН в них разные.",
        why: "Обмен берёт первые попавшиеся реквизиты: счёт выйдет на чужое юрлицо.",
        causes: "Клиент работает через несколько фирм, и все их реквизиты сложили в одну карточку; старые реквизиты \
                 не отключили.",
        remedy: "Заведите каждое юрлицо отдельной компанией или отключите прежние реквизиты.",
        example: "Компания 145: реквизиты с ИНН 7799001111 и 7799002228",
        source: "Битрикс24 REST, crm.requisite.list: у компании бывает несколько реквизитов; crm.requisite.link.list: \
                 какой из них выбран в сделке",
    },
    en: Card {
        title: "Requisites of a Bitrix24 company have different INNs",
        finds: "One company of the CRM has several requisites, and their INNs differ.",
        why: "Exchange takes whichever requisites come first: the invoice is made out to another legal entity.",
        causes: "The client works through several firms and all their requisites were put into one card; former \
                 requisites were not switched off.",
        remedy: "Make each legal entity a company of its own, or switch the former requisites off.",
        example: "Company 145: requisites with INN 7799001111 and 7799002228",
        source: "Bitrix24 REST, crm.requisite.list: a company may have several requisites; crm.requisite.link.list: \
                 which of them a deal uses",
    },
};

impl Check for B24RequisitesMany {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let snapshot = &cx.data.crm;
        let parties = &snapshot.parties;
        if !applies(cx) {
            return Ran::NotRun(cx.say(
                || "в выгрузке CRM нет реквизитов Битрикс24".to_owned(),
                || "the CRM snapshot has no Bitrix24 requisites".to_owned(),
            ));
        }
        let firms = live(cx, Side::Crm, Entity::Counterparty).filter(|&at| !parties.inn[at].is_empty());
        let evaluated = firms.count() as u64;
        let mut conflicts: Vec<_> = snapshot
            .conflicts
            .iter()
            .filter(|c| c.field == Field::Inn && is_live(parties, c.record.at()) && is_requisite(c))
            .map(|c| (c.record, &c.kept, &c.other))
            .collect();
        conflicts.sort_unstable();
        for run in conflicts.chunk_by(|a, b| a.0 == b.0) {
            let (record, kept, _) = run[0];
            let mut inns: Vec<&str> = [kept.as_str()].into_iter().chain(run.iter().map(|c| c.2.as_str())).collect();
            inns.dedup();
            let inns = inns.join(", ");
            let message = cx.say(
                || format!("У компании реквизиты с разными ИНН: {inns}; заведите каждое юрлицо отдельной компанией"),
                || format!("The company has requisites with different INNs: {inns}; make each legal entity a company of its own"),
            );
            out.push(Finding::record(RecordRef::new(Side::Crm, record.at()), message).value(
                Field::Inn,
                Side::Crm,
                &inns,
            ));
        }
        Ran::Evaluated(evaluated)
    }
}

/// The CRM is Bitrix24, as far as its sources show.
fn applies(cx: &Context) -> bool {
    let snapshot = &cx.data.crm;
    let is_bitrix = snapshot.sources.iter().any(|source| source.format.starts_with("bitrix24"));
    is_bitrix || snapshot.parties.raw.has(Field::RequisitePreset)
}

/// Whether this check reports the conflict, so that no other one does.
pub(in crate::checks) fn covers(cx: &Context, side: Side, conflict: &SourceConflict) -> bool {
    side == Side::Crm && conflict.field == Field::Inn && is_requisite(conflict) && applies(cx)
}

/// The other text comes from a requisite, not from another list of companies: `RQ_INN` of REST, «Реквизит: ИНН» of a
/// file export.
fn is_requisite(conflict: &SourceConflict) -> bool {
    conflict.other_place.column.as_deref().is_some_and(|c| c.starts_with("RQ_") || c.starts_with("Реквизит"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::*;

    #[test]
    fn fires_and_stays_silent() {
        let bitrix = |w: World| w.sources(Side::Crm, |sources| sources[0].format = "bitrix24-rest");
        let world = || World::new().crm(&[(Field::Inn, INN_A)]).crm(&[(Field::Inn, INN_B)]);
        let requisite = |w: World, at, other| w.conflict_at(Side::Crm, at, Field::Inn, INN_A, other, "RQ_INN");
        let two = requisite(requisite(bitrix(world()), 0, INN_B), 0, INN_C);
        two.expect(&B24RequisitesMany, &["crm:1"]);
        // Sources that disagree are `snap-source-conflict`.
        bitrix(world()).conflict(Side::Crm, 0, Field::Inn, INN_A, INN_B).expect(&B24RequisitesMany, &[]);
        world().expect_not_run(&B24RequisitesMany);
    }
}
