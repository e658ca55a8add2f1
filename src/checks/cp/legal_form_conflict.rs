//! `cp-legal-form-conflict`: linked cards with one INN have different legal forms.

use super::scope::no_pairs;
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::Field;
use crate::normalize::company::LegalForm;
use crate::reconcile::PairDrift;

pub struct LegalFormConflict;

static META: Meta = Meta {
    id: "cp-legal-form-conflict",
    severity: Severity::Error,
    cross: true,
    fix: Fix::Suggested,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Разная организационная форма в CRM и 1С",
        finds: "Сопоставленные карточки с одним ИНН, у которых форма различается: ЗАО и АО, ООО и ПАО.",
        why: "В документах печатается прежнее или чужое название; счёт-фактуру и договор контрагент вернёт на \
              исправление.",
        causes: "Фирма переименована, исправили только в одной системе; форму вписали по памяти.",
        remedy: "Сверьте форму с выпиской ЕГРЮЛ и исправьте ту систему, где она устарела.",
        example: "CRM: ЗАО «Лютик», 1С: АО «Лютик», ИНН 7799002228",
        source: "Федеральный закон 99-ФЗ от 05.05.2014: с 01.09.2014 акционерные общества публичные и непубличные \
                 вместо ОАО и ЗАО; ГК РФ, ст. 54 п. 1",
    },
    en: Card {
        title: "Legal form differs between the CRM and 1C",
        finds: "Linked cards with one INN whose legal forms differ: ЗАО and АО, ООО and ПАО.",
        why: "Documents are printed with a former or foreign name; the counterparty sends tax invoices and contracts \
              back.",
        causes: "The firm was renamed and only one system was corrected; the form was entered from memory.",
        remedy: "Compare the form with the state register and correct the system that is out of date.",
        example: "CRM: ЗАО «Лютик», 1C: АО «Лютик», INN 7799002228",
        source: "Federal Law 99-FZ of 05.05.2014: since 01.09.2014 joint-stock companies are public or not in place \
                 of ОАО and ЗАО; Civil Code, art. 54 (1)",
    },
};

impl Check for LegalFormConflict {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if cx.drift.pairs.is_empty() {
            return no_pairs(cx);
        }
        let mut evaluated = 0;
        for pair in &cx.drift.pairs {
            let Some((crm, onec)) = forms(cx, pair) else { continue };
            evaluated += 1;
            if crm != onec {
                let names = [pair.crm, pair.onec].map(|r| cx.data.parties(r.side).display_name(r.at()));
                let message = cx.say(
                    || format!("В CRM форма {}, в 1С {}: сверьте с ЕГРЮЛ", crm.code(), onec.code()),
                    || {
                        format!(
                            "Legal form {} in the CRM, {} in 1C: compare with the register",
                            crm.code(),
                            onec.code()
                        )
                    },
                );
                out.push(Finding::record(pair.crm, message).values(Field::Name, &names[0], &names[1]).other(pair.onec));
            }
        }
        Ran::Evaluated(evaluated)
    }
}

/// Legal forms of a linked pair that shares a valid INN, where both names give one.
pub fn forms(cx: &Context, pair: &PairDrift) -> Option<(LegalForm, LegalForm)> {
    let [crm, onec] = [pair.crm, pair.onec].map(|r| {
        let parties = cx.data.parties(r.side);
        (parties.inn[r.at()].valid().copied(), parties.form[r.at()])
    });
    (crm.0.is_some() && crm.0 == onec.0 && !crm.1.is_none() && !onec.1.is_none()).then_some((crm.1, onec.1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::*;

    #[test]
    fn fires_and_stays_silent() {
        let firm = |name, inn| [(Field::Name, name), (Field::Inn, inn)];
        let pair = |a: Texts, b: Texts| World::new().crm(a).onec(b).cluster(vec![crm(0), onec(0)]);
        pair(&firm("ЗАО «Лютик»", INN_A), &firm("АО «Лютик»", INN_A)).expect(&LegalFormConflict, &["crm:1 onec:1"]);
        pair(&firm("ООО «Лютик»", INN_A), &firm("Лютик ООО", INN_A)).expect(&LegalFormConflict, &[]);
        pair(&firm("ООО «Лютик»", INN_A), &firm("Лютик", INN_A)).expect(&LegalFormConflict, &[]);
        pair(&firm("ЗАО «Лютик»", INN_A), &firm("АО «Лютик»", "")).expect(&LegalFormConflict, &[]);
        World::new().both(&firm("АО «Лютик»", INN_A)).expect_not_run(&LegalFormConflict);
    }
}
