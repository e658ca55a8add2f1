//! RetailCRM: customers and corporate customers are combined over API v5 (`customers/combine`,
//! `customers-corporate/combine`); the vendor's documentation and client library, November 2026.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::fixes::FixStep;
use super::places::Places;
use super::plan::{MergeStep, Plan};
use super::scripts::{self, Carried};
use super::system::{System, is_number};
use super::{Dialect, Draft, Scripted};
use crate::model::{Entity, Field, RecordRef, Side};
use crate::outcome::Outcome;

/// RetailCRM script dialect.
pub struct RetailCrm;

impl Dialect for RetailCrm {
    fn id(&self) -> &'static str {
        "retailcrm"
    }

    fn carries(&self, places: &Places, step: Scripted) -> bool {
        let numeric = |r: RecordRef| r.side == Side::Crm && is_number(places.outcome.data.id(r));
        places.crm == Some(System::RetailCrm)
            && match step {
                Scripted::Fix(fix) => fix.field == Field::Inn && numeric(fix.record),
                Scripted::Merge(merge) => merge.records().all(numeric),
            }
    }

    fn files<'a>(&self, outcome: &'a Outcome, plan: &'a Plan) -> Vec<Draft<'a>> {
        let places = Arc::new(Places::of(outcome));
        let steps = scripts::carried(self, &places, plan, usize::MAX);
        let render = move |step: &Carried| match *step {
            Carried::Fix(fix) => Some(correction(outcome, fix)),
            Carried::Merge(step, duplicates) => Some(combine(outcome, plan, step, duplicates)),
        };
        let mut files = scripts::plans(outcome, self.id(), steps, render);
        if !files.is_empty() {
            files.push(scripts::bash(
                outcome.lang,
                self.id(),
                include_str!("sh/retailcrm.sh"),
                include_str!("english/retailcrm.txt"),
            ));
            files.push(scripts::powershell(outcome.lang, self.id(), include_str!("ps1/retailcrm.ps1")));
        }
        files
    }
}

/// Over `customers/{id}/edit` or `customers-corporate/{id}/companies/{id}/edit` (parameters: client libraries of the
/// vendor for PHP and Go).
fn correction(outcome: &Outcome, fix: &FixStep) -> Value {
    let id = outcome.data.id(fix.record);
    let entity = outcome.data.entity(fix.record);
    json!({
        "step": format!("inn-{entity}-{id}"),
        "lists": lists(entity),
        "id": id,
        "expected": fix.expected,
        "value": fix.value,
    })
}

/// A firm is a corporate customer, or a customer whose contragent is a legal entity: the script looks.
fn lists(entity: Entity) -> &'static [&'static str] {
    match entity {
        Entity::Contact => &["customers"],
        _ => &["customers-corporate", "customers"],
    }
}

fn combine(outcome: &Outcome, plan: &Plan, step: &MergeStep, duplicates: &[RecordRef]) -> Value {
    let id = |r: RecordRef| outcome.data.id(r);
    let mut cards = Map::new();
    for record in step.records() {
        cards.insert(id(record).to_owned(), card(outcome, plan, record));
    }
    let drop: Vec<&str> = duplicates.iter().map(|&d| id(d)).collect();
    json!({
        "step": format!("combine-{}-{}-{}", step.entity, id(step.master), drop.join("-")),
        "lists": lists(step.entity),
        "keep": id(step.master),
        "drop": drop,
        "cards": cards,
    })
}

/// What the card must still hold; `inn` is null where the export has no such field at all.
fn card(outcome: &Outcome, plan: &Plan, record: RecordRef) -> Value {
    let raw = &outcome.data.parties(Side::Crm).raw;
    let text = |field| raw.get(field, record.at());
    let inn = raw.has(Field::Inn).then(|| {
        let fix = plan.fix(record, Field::Inn).map(|f| f.value.as_str());
        std::iter::once(text(Field::Inn)).chain(fix).collect::<Vec<_>>()
    });
    let mut texts = Map::new();
    if outcome.data.entity(record) == Entity::Contact {
        for (field, name) in
            [(Field::LastName, "lastName"), (Field::FirstName, "firstName"), (Field::Patronymic, "patronymic")]
        {
            if !text(field).trim().is_empty() {
                texts.insert(name.to_owned(), json!(text(field)));
            }
        }
    }
    json!({ "inn": inn, "texts": texts })
}
