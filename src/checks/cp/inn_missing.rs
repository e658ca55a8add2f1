//! `cp-inn-missing`: an organisation or a sole trader in use has no INN.

use super::scope::{is_nonzero, live, no_field, sides_with};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, Flags, PartyKind, RecordRef, Side};

pub struct InnMissing;

static META: Meta = Meta {
    id: "cp-inn-missing",
    severity: Severity::Error,
    cross: false,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "У контрагента нет ИНН",
        finds: "Действующая организация или ИП без ИНН. Если в выгрузке есть оборот, проверяются только карточки с \
                оборотом; если его нет — все действующие.",
        why: "По ИНН обмен находит карточку в другой системе. Без него при первом обмене создаётся вторая карточка \
              того же контрагента, и взаиморасчёты делятся пополам.",
        causes: "Карточку завёл менеджер при первом звонке; реквизиты ждали до договора; поле не обязательное.",
        remedy: "Запросите реквизиты и впишите ИНН и КПП до запуска обмена; карточки без сделок отметьте неактивными.",
        example: "ООО «Незабудка»: оборот 250 000 ₽, ИНН пуст",
        source: "Практика: интеграции 1С и CRM ищут контрагента по ИНН; НК РФ, ст. 84: ИНН единый по всем налогам",
    },
    en: Card {
        title: "Counterparty without an INN",
        finds: "A live organisation or sole trader without an INN. Where the snapshot has turnover, only cards with \
                turnover are judged; otherwise all live ones.",
        why: "Exchange finds the card of the other system by INN. Without one the first exchange creates a second \
              card of the same counterparty, and the settlements are split.",
        causes: "A manager made the card at the first call; requisites were left for the contract; the field is not \
                 mandatory.",
        remedy: "Ask for the requisites and enter INN and KPP before go-live; mark cards without deals as inactive.",
        example: "OOO «Nezabudka»: turnover 250,000, INN empty",
        source: "Practice: integrations of 1C and CRMs look a counterparty up by INN; Tax Code, art. 84: one INN for \
                 all taxes",
    },
};

impl Check for InnMissing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let sides = sides_with(cx, Field::Inn);
        if sides.is_empty() {
            return no_field(cx, &[Field::Inn]);
        }
        let mut evaluated = 0;
        for side in sides {
            let parties = cx.data.parties(side);
            let turnover_known = cx.has(side, Entity::Counterparty, Field::Turnover);
            for at in live(cx, side, Entity::Counterparty) {
                let raw = &parties.raw;
                let nameless = parties.core.get(at).is_empty();
                let judged = match parties.kind[at] {
                    PartyKind::Legal | PartyKind::SoleTrader => true,
                    // A company of the CRM is an organisation even if its name has no legal form; in 1C a card of
                    // unknown kind may well be «Розничный покупатель».
                    PartyKind::Unknown => side == Side::Crm && !nameless && !is_retail(parties.core.get(at)),
                    PartyKind::Person | PartyKind::Foreign => false,
                };
                let in_use = !turnover_known || is_nonzero(raw.get(Field::Turnover, at));
                if !judged || !in_use || !parties.is_active(at) || parties.flags[at].has(Flags::TEST) {
                    continue;
                }
                evaluated += 1;
                if raw.get(Field::Inn, at).trim().is_empty() {
                    let message = cx.say(
                        || "ИНН не заполнен, обмену не по чему найти карточку в другой системе; запросите реквизиты".to_owned(),
                        || "No INN: exchange has nothing to find the card of the other system by; ask for the requisites".to_owned(),
                    );
                    out.push(Finding::record(RecordRef::new(side, at), message).value(Field::Inn, side, ""));
                }
            }
        }
        Ran::Evaluated(evaluated)
    }
}

/// Collective cards («Розничный покупатель», «Физлица») have no INN by right. Words of the folded name.
fn is_retail(core: &str) -> bool {
    ["РОЗНИЧН", "КОНЕЧН", "ЧАСТНЫЕ", "ЧАСТНОЕ", "ФИЗЛИЦ", "ФИЗИЧЕСК", "НАСЕЛЕНИ"].iter().any(|word| core.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::*;

    #[test]
    fn fires_and_stays_silent() {
        let firm = |inn| [(Field::Name, "ООО «Ромашка»"), (Field::Inn, inn)];
        World::new().both(&firm(INN_A)).crm(&firm("")).expect(&InnMissing, &["crm:2"]);
        World::new()
            .crm(&firm(INN_A))
            .crm(&[(Field::Name, "Лютик")])
            .crm(&[(Field::Name, "Розничный покупатель")])
            .crm(&[(Field::Name, "ООО «Старое»"), (Field::Deleted, "да")])
            .expect(&InnMissing, &["crm:2"]);
        // Where turnover is known, a card without it may wait.
        World::new()
            .onec(&[(Field::Name, "ООО «Ромашка»"), (Field::Inn, INN_A), (Field::Turnover, "100")])
            .onec(&[(Field::Name, "ООО «Лютик»"), (Field::Turnover, "0,00")])
            .onec(&[(Field::Name, "ООО «Пион»"), (Field::Turnover, "5 000,00")])
            .expect(&InnMissing, &["onec:3"]);
        // A placeholder is reported by its own check.
        World::new().crm(&firm(INN_A)).crm(&firm("0000000000")).expect(&InnMissing, &[]);
        World::new().crm(&[(Field::Name, "ООО «Ромашка»")]).expect_not_run(&InnMissing);
    }
}
