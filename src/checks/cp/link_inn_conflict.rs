//! `cp-link-inn-conflict`: a stored link joins cards with different valid INNs.

use rustc_hash::FxHashSet;

use super::external::{Target, Targets, stored};
use super::scope::{is_live, no_field};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Field, RecordRef, Side};

pub struct LinkInnConflict;

static META: Meta = Meta {
    id: "cp-link-inn-conflict",
    severity: Severity::Blocker,
    cross: true,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Связаны карточки с разными ИНН",
        finds: "Карточка ссылается по идентификатору на запись другой системы, у которой другой правильный ИНН.",
        why: "Обмен перепишет реквизиты чужого контрагента: счета и акты уйдут не той организации.",
        causes: "Связь проставили по названию; фирма сменила юрлицо, а карточку оставили прежней.",
        remedy: "Выясните, с кем работаете, и перепишите связь; до этого карточку из обмена исключите.",
        example: "Компания 145, ИНН 7799001111, связана с контрагентом, ИНН 7799002228",
        source: "Практика: обмен находит запись по ссылке и переписывает её реквизиты",
    },
    en: Card {
        title: "Linked cards have different INNs",
        finds: "A card refers by id to a record of the other system that has another valid INN.",
        why: "Exchange overwrites the requisites of a stranger: invoices and acts go to the wrong organisation.",
        causes: "The link was set by name; the client moved to another legal entity and the card stayed.",
        remedy: "Find out whom you deal with and rewrite the link; keep the card out of the exchange until then.",
        example: "Company 145, INN 7799001111, is linked to a counterparty with INN 7799002228",
        source: "Practice: exchange finds a record by its link and overwrites its requisites",
    },
};

impl Check for LinkInnConflict {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let mut evaluated = 0;
        let mut stored_any = false;
        let mut seen: FxHashSet<(RecordRef, RecordRef)> = FxHashSet::default();
        for side in Side::BOTH {
            if stored(cx, side).next().is_none() {
                continue;
            }
            stored_any = true;
            let targets = Targets::new(cx, side.other());
            for (from, text) in stored(cx, side) {
                // A code is no proof of identity: codes repeat.
                let (Target::Found(to), true) = targets.find(text, cx.data.entity(from)) else { continue };
                let inn = |r: RecordRef| cx.data.parties(r.side).inn[r.at()].valid().copied();
                let (Some(mine), Some(theirs)) = (inn(from), inn(to)) else { continue };
                evaluated += 1;
                let (crm, onec) = if side == Side::Crm { (from, to) } else { (to, from) };
                // Both cards may point at each other.
                if mine == theirs || !is_live(cx.data.parties(to.side), to.at()) || !seen.insert((crm, onec)) {
                    continue;
                }
                let (crm_inn, onec_inn) = if side == Side::Crm { (mine, theirs) } else { (theirs, mine) };
                let message = cx.say(
                    || format!("Карточки связаны, а ИНН разные: в CRM {crm_inn}, в 1С {onec_inn}; проверьте связь"),
                    || {
                        format!(
                            "Linked cards have different INNs: {crm_inn} in the CRM, {onec_inn} in 1C; look at the link"
                        )
                    },
                );
                let (crm_text, onec_text) = (crm_inn.to_string(), onec_inn.to_string());
                out.push(Finding::record(crm, message).values(Field::Inn, &crm_text, &onec_text).other(onec));
            }
        }
        if stored_any { Ran::Evaluated(evaluated) } else { no_field(cx, &[Field::ExternalId]) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::*;

    #[test]
    fn fires_and_stays_silent() {
        let world = |inn| World::new().onec(&[(Field::Id, "g1"), (Field::ExternalId, "1"), (Field::Inn, inn)]);
        let card: Texts = &[(Field::ExternalId, "g1"), (Field::Inn, INN_A)];
        world(INN_B).crm(card).expect(&LinkInnConflict, &["crm:1 onec:g1"]);
        world(INN_A).crm(card).expect(&LinkInnConflict, &[]);
        world("7799001112").crm(card).expect(&LinkInnConflict, &[]);
        World::new().both(&[(Field::Inn, INN_A)]).expect_not_run(&LinkInnConflict);
    }
}
