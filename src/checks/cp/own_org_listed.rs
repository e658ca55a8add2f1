//! `cp-own-org-listed`: an own organisation stands among the counterparties.

use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, Flags, RecordRef, Side};

pub struct OwnOrgListed;

static META: Meta = Meta {
    id: "cp-own-org-listed",
    severity: Severity::Warning,
    cross: false,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Своя организация среди контрагентов",
        finds: "Карточка контрагента с ИНН собственной организации.",
        why: "Продажи самим себе искажают выручку и НДС; обмен может зациклить документы между своими фирмами.",
        causes: "Карточку завели для внутренних перемещений, для проверки или загрузили вместе со списком.",
        remedy: "Если внутригрупповые расчёты ведутся, исключите карточку из обмена; иначе пометьте на удаление.",
        example: "Контрагент с ИНН вашей организации",
        source: "Практика: папка «Собственные организации» среди контрагентов 1С",
    },
    en: Card {
        title: "Own organisation among the counterparties",
        finds: "A counterparty card with the INN of an own organisation.",
        why: "Sales to oneself distort revenue and VAT; exchange may run documents in a loop between own firms.",
        causes: "The card was made for internal transfers, for a trial, or came with a loaded list.",
        remedy: "If you keep intragroup settlements, leave the card out of the exchange; otherwise mark it for \
                 deletion.",
        example: "A counterparty with the INN of your organisation",
        source: "Practice: the folder of own organisations among the counterparties of 1C",
    },
};

impl Check for OwnOrgListed {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let known = Side::BOTH.iter().any(|&side| {
            let parties = cx.data.parties(side);
            !cx.data.get(side).own.is_empty() || parties.flags.iter().any(|flags| flags.has(Flags::OWN))
        });
        if !known {
            return Ran::NotRun(cx.say(
                || "собственные организации не указаны ни в выгрузках, ни в sverka.toml".to_owned(),
                || "own organisations are named neither by the snapshots nor by sverka.toml".to_owned(),
            ));
        }
        let mut evaluated = 0;
        for side in Side::BOTH {
            let parties = cx.data.parties(side);
            for at in 0..parties.len() {
                if parties.raw.entity[at] != Entity::Counterparty || parties.flags[at].has(Flags::DELETED) {
                    continue;
                }
                evaluated += 1;
                if parties.flags[at].has(Flags::OWN) {
                    let (shown, inn) = (cx.quoted(&parties.display_name(at)), parties.raw.get(Field::Inn, at));
                    let message = cx.say(
                        || format!("{shown} — своя организация, а стоит среди контрагентов; исключите её из обмена"),
                        || format!("{shown} is an own organisation and stands among the counterparties; leave it out of the exchange"),
                    );
                    out.push(Finding::record(RecordRef::new(side, at), message).value(Field::Inn, side, inn));
                }
            }
        }
        Ran::Evaluated(evaluated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::*;

    #[test]
    fn fires_and_stays_silent() {
        let inn = |inn| [(Field::Name, "ООО «Ромашка»"), (Field::Inn, inn)];
        World::new()
            .own("ООО «Ромашка»", INN_A)
            .crm(&inn(INN_A))
            .onec(&inn(INN_B))
            .onec(&[(Field::Inn, INN_A), (Field::Deleted, "да")])
            .expect(&OwnOrgListed, &["crm:1"]);
        World::new().crm(&inn(INN_A)).expect_not_run(&OwnOrgListed);
    }
}
