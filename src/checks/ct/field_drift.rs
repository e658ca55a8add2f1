//! `ct-field-drift`: fields of a linked contact that differ.

use super::apart;
use crate::checks::scope;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field};
use crate::reconcile::FieldStatus;

pub struct FieldDrift;

static META: Meta = Meta {
    id: "ct-field-drift",
    severity: Severity::Warning,
    cross: true,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Данные контакта расходятся",
        finds: "Поля связанного контакта, которые в CRM и 1С различаются и после приведения к одному виду; и контакты с \
                одним ФИО и телефоном, которых не связала только дата рождения. Пустое с одной стороны сюда не входит: \
                оно на листе расхождений. Пары контрагентов показывает cp-field-drift.",
        why: "При двустороннем обмене последнее изменение затирает другое: верный телефон может смениться старым.",
        causes: "Данные поправили только в одной системе; системы заполняли из разных документов.",
        remedy: "Выберите верное значение на листе расхождений и внесите его в отстающую систему.",
        example: "Телефон Лютиковой Анны: в CRM +79161112233, в 1С +79161112244.",
        source: "Практика: при двустороннем обмене разное значение переписывают то одна, то другая система",
    },
    en: Card {
        title: "Data of a contact differ",
        finds: "Fields of a linked contact that differ between the CRM and 1C even after normalisation; and contacts \
                of one name and phone that only a date of birth keeps apart. Empty on one side is not counted here: it \
                is on the sheet of drift. Pairs of counterparties are in cp-field-drift.",
        why: "In a two-way exchange the last change overwrites the other: a right phone can turn into an old one.",
        causes: "The data were corrected in one system only; the systems were filled from different documents.",
        remedy: "Choose the right value on the sheet of drift and enter it in the lagging system.",
        example: "Phone of Lyutikova Anna: +79161112233 in the CRM, +79161112244 in 1C.",
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
            let contact = [pair.crm, pair.onec].iter().any(|&r| cx.data.entity(r) == Entity::Contact);
            if !contact || !scope::is_live(cx, pair.crm) || !scope::is_live(cx, pair.onec) {
                continue;
            }
            evaluated += 1;
            for &(field, status) in &pair.fields {
                // The company has a check that knows whether the two are one: `ct-company-link-drift`.
                if status != FieldStatus::Different || matches!(field, Field::OwnerId | Field::OwnerName) {
                    continue;
                }
                out.push(scope::differs(cx, pair, field));
            }
        }
        for link in apart::by_birth_date(cx) {
            evaluated += 1;
            let [crm, onec] =
                [link.a, link.b].map(|r| cx.data.parties(r.side).raw.get(Field::BirthDate, r.at()).trim());
            let message = cx.say(
                || format!("ФИО и контакты совпадают, а дата рождения разная: CRM «{crm}», 1С «{onec}»; проверьте, один ли это человек"),
                || format!("Name and contacts agree while the date of birth differs: CRM “{crm}”, 1C “{onec}”; see whether it is one person"),
            );
            out.push(Finding::record(link.a, message).other(link.b).values(Field::BirthDate, crm, onec));
        }
        if evaluated == 0 {
            return Ran::NotRun(cx.say(
                || "нет контактов, связанных между CRM и 1С".to_owned(),
                || "no contacts are linked between the CRM and 1C".to_owned(),
            ));
        }
        Ran::Evaluated(evaluated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::{World, clean, crm, onec};
    use crate::matching::{Decision, Veto};

    #[test]
    fn fires_and_is_silent() {
        let pair = |fields: &[(Field, FieldStatus)]| {
            World::new()
                .crm_contact(&[(Field::Phone, "+79161112233")])
                .onec_contact(&[(Field::Phone, "+79161112244")])
                .differs(0, 0, fields)
        };
        pair(&[(Field::Phone, FieldStatus::Different)]).expect(&FieldDrift, &["crm:1 onec:1"]);
        pair(&[(Field::OwnerName, FieldStatus::Different)]).expect(&FieldDrift, &[]);
        pair(&[]).expect(&FieldDrift, &[]);
        pair(&[(Field::Phone, FieldStatus::EmptyCrm)]).expect(&FieldDrift, &[]);
        // Two counterparties belong to cp-field-drift.
        let firms = World::new().both(&[(Field::Name, "ООО")]).differs(0, 0, &[(Field::Name, FieldStatus::Different)]);
        firms.expect_not_run(&FieldDrift);
        clean().expect(&FieldDrift, &[]);
    }

    #[test]
    fn a_date_of_birth_keeps_one_person_apart() {
        let born = |date| [(Field::LastName, "Орлов"), (Field::FirstName, "Иван"), (Field::BirthDate, date)];
        let two = || World::new().crm_contact(&born("12.04.1985")).onec_contact(&born("12.04.1958"));
        let held =
            |world: World, veto, agree: &[Field]| world.link(crm(0), onec(0), Decision::Rejected, Some(veto), agree);
        let agree = [Field::LastName, Field::Phone];
        held(two(), Veto::BirthDateDiffers, &agree).expect(&FieldDrift, &["crm:1 onec:1"]);
        // A name alone says nothing, another veto is another story, and one of a pair is not alone.
        held(two(), Veto::BirthDateDiffers, &[Field::LastName]).expect_not_run(&FieldDrift);
        held(two(), Veto::PersonDiffers, &agree).expect_not_run(&FieldDrift);
        let paired = two().onec_contact(&born("12.04.1985")).cluster(vec![crm(0), onec(1)]);
        held(paired, Veto::BirthDateDiffers, &agree).expect(&FieldDrift, &[]);
    }
}
