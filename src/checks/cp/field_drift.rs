//! `cp-field-drift`: a field of two linked cards differs after normalisation.

use super::groups::kpp_pairs;
use super::kpp_largest_taxpayer::largest_against_local;
use super::legal_form_conflict::forms;
use super::scope::no_pairs;
use crate::checks::scope;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, Side};
use crate::reconcile::{FieldStatus, PairDrift};

pub struct FieldDrift;

static META: Meta = Meta {
    id: "cp-field-drift",
    severity: Severity::Warning,
    cross: true,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Поля связанных карточек расходятся",
        finds: "Значения поля у сопоставленных карточек CRM и 1С различаются и после приведения к одному виду; и ИНН, у \
                которого в каждой системе по одной карточке, но с разными КПП. Пустое с одной стороны, КПП крупнейшего \
                налогоплательщика, организационно-правовая форма и ИНН карточек, связанных по идентификатору, сюда не \
                входят: у них свои проверки и лист расхождений.",
        why: "При двустороннем обмене системы по очереди перезаписывают значение друг друга, и верное теряется.",
        causes: "Реквизиты сменились, исправили только в одной системе; в одной из них опечатка.",
        remedy: "Выберите верное значение на листе расхождений и решите, какая система главная по каждому полю.",
        example: "Телефон: в CRM +7 495 111-22-33, в 1С +7 495 111-22-44",
        source: "Практика: при двустороннем обмене разное значение переписывают то одна, то другая система",
    },
    en: Card {
        title: "Fields of linked cards differ",
        finds: "The values of a field of linked cards of the CRM and 1C differ even after normalisation; and an INN with \
                one card in each system whose KPPs differ. Empty on one side, KPP of a largest taxpayer, legal form and \
                INN of cards linked by id are not counted here: they have checks of their own and the sheet of drift.",
        why: "In a two-way exchange the systems overwrite each other's value in turn, and the right one is lost.",
        causes: "Requisites changed and were corrected in one system only; one of them has a typo.",
        remedy: "Choose the right value on the drift sheet and decide which system leads for each field.",
        example: "Phone: +7 495 111-22-33 in the CRM, +7 495 111-22-44 in 1C",
        source: "Practice: in a two-way exchange either system in turn overwrites a value that differs",
    },
};

impl Check for FieldDrift {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        let mut evaluated = 0;
        for pair in &cx.drift.pairs {
            // A pair with a contact is `ct-field-drift`.
            if [pair.crm, pair.onec].iter().any(|&r| cx.data.entity(r) == Entity::Contact) {
                continue;
            }
            evaluated += 1;
            for &(field, status) in &pair.fields {
                if status != FieldStatus::Different || has_own_check(cx, pair, field) {
                    continue;
                }
                out.push(scope::differs(cx, pair, field));
            }
        }
        for pair in kpp_pairs(cx) {
            evaluated += 1;
            let (inn, here, there) = (pair.inn, pair.kpps[0], pair.kpps[1]);
            let message = cx.say(
                || format!("ИНН {inn}: в CRM и в 1С по одной карточке, а КПП разные: {here} и {there}; если КПП сменился, исправьте его, если это филиал, заведите недостающую карточку"),
                || format!("INN {inn}: one card in the CRM and one in 1C with different KPPs, {here} and {there}; correct the KPP if it changed, enter the missing card if it is a branch"),
            );
            out.push(
                Finding::record(pair.crm, message).values(Field::Kpp, here.as_str(), there.as_str()).other(pair.onec),
            );
        }
        if evaluated == 0 { no_pairs(cx) } else { Ran::Evaluated(evaluated) }
    }
}

/// Another check reports the difference: a second KPP of a largest taxpayer, a name that differs by its legal form only,
/// two INNs joined by a stored id, a kind of a sole trader.
fn has_own_check(cx: &Context, pair: &PairDrift, field: Field) -> bool {
    let (crm, onec) = (cx.data.parties(Side::Crm), cx.data.parties(Side::Onec));
    let (a, b) = (pair.crm.at(), pair.onec.at());
    match field {
        Field::Kpp => largest_against_local(cx, pair).is_some(),
        Field::Name | Field::FullName => {
            let conflict = forms(cx, pair).is_some_and(|(crm, onec)| crm != onec);
            conflict && crm.core.get(a) == onec.core.get(b)
        }
        Field::Inn => {
            let points = |text: &str, id: &str| !text.is_empty() && text.trim() == id;
            points(crm.raw.get(Field::ExternalId, a), onec.raw.id(b))
                || points(onec.raw.get(Field::ExternalId, b), crm.raw.id(a))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::*;

    #[test]
    fn fires_and_stays_silent() {
        let firm = |name, kpp| [(Field::Name, name), (Field::Inn, INN_A), (Field::Kpp, kpp), (Field::ExternalId, "1")];
        let pair =
            |a: Texts, b: Texts, fields: &[(Field, FieldStatus)]| World::new().crm(a).onec(b).differs(0, 0, fields);
        let different = |field| [(field, FieldStatus::Different)];
        let (a, b) = (firm("АО «Лютик»", KPP_A), firm("АО «Ландыш»", KPP_B));
        let two = [(Field::Name, FieldStatus::Different), (Field::Kpp, FieldStatus::Different)];
        assert_eq!(pair(&a, &b, &two).findings(&FieldDrift).1, ["crm:1 onec:1"; 2]);
        pair(&a, &b, &different(Field::Name)).expect(&FieldDrift, &["crm:1 onec:1"]);
        pair(&a, &b, &[(Field::Phone, FieldStatus::EmptyCrm)]).expect(&FieldDrift, &[]);
        // Other checks report these.
        pair(&a, &firm("ЗАО «Лютик»", KPP_A), &different(Field::Name)).expect(&FieldDrift, &[]);
        pair(&a, &firm("АО «Лютик»", "997950001"), &different(Field::Kpp)).expect(&FieldDrift, &[]);
        World::new().both(&a).expect_not_run(&FieldDrift);
        let contacts = World::new().crm_contact(&[(Field::Phone, "1")]).onec_contact(&[(Field::Phone, "2")]);
        contacts.differs(0, 0, &different(Field::Phone)).expect_not_run(&FieldDrift);
    }

    #[test]
    fn one_inn_two_kpps() {
        let firm = |kpp| [(Field::Name, "АО «Лютик»"), (Field::Inn, INN_A), (Field::Kpp, kpp)];
        let pair = |a, b| World::new().crm(&firm(a)).onec(&firm(b));
        pair(KPP_A, KPP_B).expect(&FieldDrift, &["crm:1 onec:1"]);
        // Known branches, a largest taxpayer, a KPP read through Cyrillic letters, and a part of the base prove nothing.
        pair(KPP_A, KPP_B).onec(&firm(KPP_A)).expect_not_run(&FieldDrift);
        pair(KPP_A, "997950001").expect_not_run(&FieldDrift);
        pair("7799АВ001", KPP_A).expect_not_run(&FieldDrift);
        pair(KPP_A, KPP_B).partial(Side::Onec).expect_not_run(&FieldDrift);
        pair(KPP_A, KPP_A).expect_not_run(&FieldDrift);
    }
}
