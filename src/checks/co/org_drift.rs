//! `co-org-drift`: the contract is with another own organisation.

use crate::checks::books::{lacking_pairs, pairs};
use crate::checks::papers::{differs, named};
use crate::checks::{Card, Check, Context, Fix, Meta, Ran};
use crate::finding::{Finding, Severity};
use crate::model::{Entity, Field, Side};
use crate::pairing::papers::{Own, Owns};

pub struct OrgDrift;

static META: Meta = Meta {
    id: "co-org-drift",
    severity: Severity::Blocker,
    cross: true,
    fix: Fix::Manual,
    since: "0.1.0",
    params: &[],
    ru: Card {
        title: "Договор с другой своей организацией",
        finds: "Сопоставленные договоры, у которых своя организация в CRM и в 1С разная.",
        why: "Документы по договору выпишет не то юридическое лицо.",
        causes: "Организацию в CRM выбрали по умолчанию; договор перезаключили с другой организацией.",
        remedy: "Исправьте организацию там, где она неверна.",
        example: "Договор № 45: в CRM «Ромашка», в 1С «Ромашка-Север»",
        source: "Практика: организация договора 1С должна совпадать с организацией документа",
    },
    en: Card {
        title: "The contract is with another own organisation",
        finds: "Paired contracts whose own organisation differs between the CRM and 1C.",
        why: "Documents under the contract are made out by the wrong legal entity.",
        causes: "The CRM has the organisation that stands first; the contract was concluded anew with another one.",
        remedy: "Correct the organisation where it is wrong.",
        example: "Contract No. 45: Romashka in the CRM, Romashka North in 1C",
        source: "Practice: the organisation of a contract of 1C must be that of the document",
    },
};

impl Check for OrgDrift {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, cx: &Context, out: &mut Vec<Finding>) -> Ran {
        if let Some(ran) = lacking_pairs(cx, Entity::Contract, &[Field::Organisation]) {
            return ran;
        }
        let owns = Owns::of(cx.data, cx.trade);
        let mut evaluated = 0;
        for (crm, onec) in pairs(cx, Entity::Contract) {
            let [crm_text, onec_text] = [crm, onec].map(|r| cx.data.text(r, Field::Organisation).to_owned());
            if crm_text.trim().is_empty() || onec_text.trim().is_empty() {
                continue;
            }
            evaluated += 1;
            let differ = {
                let (a, b) = (owns.find(Side::Crm, &crm_text), owns.find(Side::Onec, &onec_text));
                Own::differs(a.as_ref(), b.as_ref())
            };
            if differ {
                let (shown, a, b) = (named(cx, onec), cx.quoted(&crm_text), cx.quoted(&onec_text));
                let message = cx.say(
                    || format!("Договор {shown}: в CRM {a}, в 1С {b}"),
                    || format!("Contract {shown}: {a} in the CRM, {b} in 1C"),
                );
                out.push(differs(cx, crm, onec, Field::Organisation, message));
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
        let world = |crm: &'static str, onec: &'static str| {
            let row = |id, org| {
                [(Field::Id, id), (Field::Number, "45"), (Field::PartyInn, INN_A), (Field::Organisation, org)]
            };
            World::new()
                .own("ООО Ромашка", INN_B)
                .own("ООО Север", INN_C)
                .add(Side::Crm, Entity::Contract, &row("1", crm))
                .add(Side::Onec, Entity::Contract, &row("a", onec))
        };
        world("ООО «Ромашка»", "ООО Север").expect(&OrgDrift, &["crm:1 onec:a"]);
        world("ООО «Ромашка»", "ООО Ромашка").expect(&OrgDrift, &[]);
        world("5", "ООО Ромашка").expect(&OrgDrift, &[]);
        world("ООО «Ромашка»", "").expect_not_run(&OrgDrift);
    }
}
