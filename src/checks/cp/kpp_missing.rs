//! `cp-kpp-missing`: an organisation has an INN and no KPP.

use super::groups::by_inn;
use super::scope::{live, no_field, sides_with};
use super::stated;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Defect, Entity, Field, RecordRef};

pub struct KppMissing;

static META: Meta = Meta {
    id: "cp-kpp-missing",
    severity: Severity::Warning,
    cross: false,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "У организации нет КПП",
        finds: "ИНН из 10 цифр, а КПП пуст или заглушка. Карточки, у которых есть двойник с тем же ИНН, показывает \
                проверка cp-dup-inn-kpp-empty, ИП и физлиц с таким ИНН — cp-inn-kind-length.",
        why: "По одному ИНН не понять, головная это организация или филиал: счёт-фактура уйдёт с пустым КПП, обмен \
              может выбрать не ту карточку.",
        causes: "Менеджер вписал только ИНН; реквизиты заполнены со слов.",
        remedy: "Допишите КПП из договора или выписки ЕГРЮЛ.",
        example: "ООО «Ромашка», ИНН 7799001111, КПП пуст",
        source: "Постановление Правительства РФ № 1137 от 26.12.2011: ИНН и КПП покупателя в счёте-фактуре",
    },
    en: Card {
        title: "Organisation without a KPP",
        finds: "An INN of 10 digits while the KPP is empty or a filler. Cards with a twin of the same INN are shown \
                by cp-dup-inn-kpp-empty, sole traders and persons with such an INN by cp-inn-kind-length.",
        why: "The INN alone does not tell a head office from a branch: the tax invoice leaves with an empty KPP, \
              exchange may choose the wrong card.",
        causes: "A manager entered the INN only; requisites were taken by ear.",
        remedy: "Enter the KPP from the contract or the state register.",
        example: "OOO «Romashka», INN 7799001111, KPP empty",
        source: "Government Decree 1137 of 26.12.2011: INN and KPP of the buyer in a tax invoice",
    },
};

impl Check for KppMissing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let sides = sides_with(cx, Field::Kpp);
        if sides.is_empty() {
            return no_field(cx, &[Field::Kpp]);
        }
        let mut evaluated = 0;
        for side in sides {
            let parties = cx.data.parties(side);
            let mut twin = vec![false; parties.len()];
            for at in by_inn(cx, side).iter().flat_map(|(_, group)| group) {
                twin[*at] = true;
            }
            for at in live(cx, side, Entity::Counterparty) {
                let Some(inn) = parties.inn[at].valid().filter(|inn| !inn.is_person()) else { continue };
                // «ИП Васильков» with an INN of ten digits has the INN of somebody else, which `cp-inn-kind-length`
                // reports; a sole trader has no KPP to enter.
                if stated::by_name(parties, at).and_then(stated::has_person_inn) == Some(true) {
                    continue;
                }
                evaluated += 1;
                let absent = parties.kpp[at].is_empty() || parties.kpp[at].defect() == Some(Defect::Placeholder);
                if absent && !twin[at] {
                    let message = cx.say(
                        || format!("ИНН {inn} без КПП: не понять, головная организация это или филиал; допишите КПП"),
                        || format!("INN {inn} without a KPP: head office or branch cannot be told; enter the KPP"),
                    );
                    let text = parties.raw.get(Field::Kpp, at);
                    out.push(Finding::record(RecordRef::new(side, at), message).value(Field::Kpp, side, text));
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
        World::new()
            .crm(&[(Field::Inn, INN_A)])
            .crm(&[(Field::Inn, INN_B), (Field::Kpp, KPP_A)])
            .crm(&[(Field::Inn, INN_PERSON)])
            .crm(&[(Field::Inn, INN_B)])
            .crm(&[(Field::Name, "ИП Васильков Пётр Ильич"), (Field::Inn, INN_C)])
            .expect(&KppMissing, &["crm:1"]);
        World::new().crm(&[(Field::Inn, INN_A)]).expect_not_run(&KppMissing);
    }
}
