//! `ct-field-drift`: fields of a linked contact that differ.

use crate::checks::scope;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field};

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
        finds: "Поля связанного контакта, которые в CRM и 1С различаются и после приведения к одному виду или \
                заполнены только с одной стороны. Пары контрагентов показывает cp-field-drift.",
        why: "При двустороннем обмене последнее изменение затирает другое: верный телефон может смениться старым.",
        causes: "Данные поправили только в одной системе; системы заполняли из разных документов.",
        remedy: "Выберите верное значение на листе расхождений; скрипт занесёт его в отстающую систему.",
        example: "Телефон Лютиковой Анны: в CRM +79161112233, в 1С +79161112244.",
    },
    en: Card {
        title: "Data of a contact differ",
        finds: "Fields of a linked contact that differ between the CRM and 1C even after normalisation, or that one \
                side leaves empty. Pairs of counterparties are in cp-field-drift.",
        why: "In a two-way exchange the last change overwrites the other: a right phone can turn into an old one.",
        causes: "The data were corrected in one system only; the systems were filled from different documents.",
        remedy: "Choose the right value on the sheet of drift; the script brings it to the lagging system.",
        example: "Phone of Lyutikova Anna: +79161112233 in the CRM, +79161112244 in 1C.",
    },
    source: "practice",
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
                if !status.is_drift() || matches!(field, Field::OwnerId | Field::OwnerName) {
                    continue;
                }
                let crm = cx.data.crm.parties.raw.get(field, pair.crm.at());
                let onec = cx.data.onec.parties.raw.get(field, pair.onec.at());
                let (title, status) = (field.title(cx.lang), status.text(cx.lang));
                let message = cx.say(
                    || format!("Поле «{title}» {status}: CRM «{crm}», 1С «{onec}»"),
                    || format!("Field “{title}” {status}: CRM “{crm}”, 1C “{onec}”"),
                );
                let message = message.replace(['\n', '\r'], ", ");
                out.push(Finding::record(pair.crm, message).other(pair.onec).values(field, crm, onec));
            }
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
    use crate::checks::testing::{World, clean};
    use crate::reconcile::FieldStatus;

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
        // Two counterparties belong to cp-field-drift.
        let firms = World::new().both(&[(Field::Name, "ООО")]).differs(0, 0, &[(Field::Name, FieldStatus::Different)]);
        firms.expect_not_run(&FieldDrift);
        clean().expect(&FieldDrift, &[]);
    }
}
