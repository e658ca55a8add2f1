//! `cp-field-drift`: a field of two linked cards differs after normalisation.

use super::kpp_largest_taxpayer::largest_against_local;
use super::legal_form_conflict::forms;
use super::scope::no_pairs;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Field, Side};
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
        finds: "Значения поля у сопоставленных карточек CRM и 1С различаются и после приведения к одному виду. Пустое \
                с одной стороны, КПП крупнейшего налогоплательщика, форма собственности и ИНН связанных карточек сюда \
                не входят: у них свои проверки и лист сверки.",
        why: "При двустороннем обмене системы по очереди перезаписывают значение друг друга, и верное теряется.",
        causes: "Реквизиты сменились, исправили только в одной системе; в одной из них опечатка.",
        remedy: "Выберите верное значение на листе расхождений и решите, какая система главная по каждому полю.",
        example: "Телефон: в CRM +7 495 111-22-33, в 1С +7 495 111-22-44",
    },
    en: Card {
        title: "Fields of linked cards differ",
        finds: "The values of a field of linked cards of the CRM and 1C differ even after normalisation. Empty on one \
                side, KPP of a largest taxpayer, legal form and INN of linked cards are not counted here: they have \
                checks and a sheet of their own.",
        why: "In a two-way exchange the systems overwrite each other's value in turn, and the right one is lost.",
        causes: "Requisites changed and were corrected in one system only; one of them has a typo.",
        remedy: "Choose the right value on the drift sheet and decide which system leads for each field.",
        example: "Phone: +7 495 111-22-33 in the CRM, +7 495 111-22-44 in 1C",
    },
    source: "practice: при двустороннем обмене расходящееся значение перезаписывается то одной, то другой стороной",
};

impl Check for FieldDrift {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if cx.drift.pairs.is_empty() {
            return no_pairs(cx);
        }
        let (crm, onec) = (cx.data.parties(Side::Crm), cx.data.parties(Side::Onec));
        for pair in &cx.drift.pairs {
            for &(field, status) in &pair.fields {
                if status != FieldStatus::Different || has_own_check(cx, pair, field) {
                    continue;
                }
                let (a, b) = (crm.raw.get(field, pair.crm.at()), onec.raw.get(field, pair.onec.at()));
                let title = field.title(cx.lang);
                let message = cx.say(
                    || format!("{title} в CRM и в 1С расходится: верное значение нужно выбрать"),
                    || format!("{title} differs between the CRM and 1C: the right value must be chosen"),
                );
                out.push(Finding::record(pair.crm, message).values(field, a, b).other(pair.onec));
            }
        }
        Ran::Evaluated(cx.drift.pairs.len() as u64)
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
    }
}
