//! amoCRM (Kommo): the public API can neither merge nor delete cards, so a script prepares a merge (values, links, a tag
//! on the duplicate) and a person deletes the duplicate. The undocumented call of the vendor's own page is not used: it
//! may change any day. API v4, the vendor's documentation, November 2026; that `"values": null` empties a field is from the
//! vendor's own client for PHP (`NullCustomFieldValueCollection`, what it sends is null).

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

/// amoCRM script dialect.
pub struct AmoCrm;

impl Dialect for AmoCrm {
    fn id(&self) -> &'static str {
        "amocrm"
    }

    fn carries(&self, places: &Places, step: Scripted) -> bool {
        let numeric = |r: RecordRef| is_number(places.outcome.data.id(r));
        places.crm == Some(System::AmoCrm)
            && match step {
                Scripted::Fix(fix) if fix.field == Field::Inn => fix.record.side == Side::Crm && numeric(fix.record),
                Scripted::Fix(fix) => places.find(fix.record, fix.field).is_some(),
                Scripted::Merge(merge) => merge.side == Side::Crm && merge.records().all(numeric),
            }
    }

    fn files<'a>(&self, outcome: &'a Outcome, plan: &'a Plan) -> Vec<Draft<'a>> {
        let places = Arc::new(Places::of(outcome));
        let steps = scripts::carried(self, &places, plan, usize::MAX);
        let render = move |step: &Carried| match *step {
            Carried::Fix(fix) => field(&places, fix),
            Carried::Merge(step, duplicates) => Some(unite(outcome, plan, step, duplicates)),
        };
        let mut files = scripts::plans(outcome, self.id(), steps, render);
        if !files.is_empty() {
            files.push(scripts::bash(
                outcome.lang,
                self.id(),
                include_str!("sh/amocrm.sh"),
                include_str!("english/amocrm.txt"),
            ));
            files.push(scripts::powershell(outcome.lang, self.id(), include_str!("ps1/amocrm.ps1")));
        }
        files
    }
}

fn field(places: &Places, fix: &FixStep) -> Option<Value> {
    if fix.field == Field::Inn { Some(correction(places.outcome, fix)) } else { text(places, fix) }
}

/// An INN is a custom field of the account: the script looks for the one text field that holds it.
fn correction(outcome: &Outcome, fix: &FixStep) -> Value {
    let id = outcome.data.id(fix.record);
    let list = list_of(outcome.data.entity(fix.record));
    json!({
        "step": format!("inn-{list}-{id}"),
        "list": list,
        "id": id,
        "expected": fix.expected,
        "value": fix.value,
    })
}

/// `field`: the custom field of this name, null: the stage of a deal; the script asks the account what its codes are called.
/// `own`: a field that every card has.
fn text(places: &Places, fix: &FixStep) -> Option<Value> {
    let outcome = places.outcome;
    let place = places.find(fix.record, fix.field)?;
    let id = outcome.data.id(fix.record);
    let (list, kind) = match fix.field {
        Field::Stage => ("leads", "status".to_owned()),
        of => (list_of(outcome.data.entity(fix.record)), of.code().replace('_', "-")),
    };
    let mut step = json!({
        "step": format!("{kind}-{list}-{id}"),
        "list": list,
        "id": id,
        "expected": fix.expected.trim(),
        "value": fix.value,
    });
    step[if place.native { "own" } else { "field" }] = json!(place.field);
    Some(step)
}

fn list_of(entity: Entity) -> &'static str {
    if entity == Entity::Contact { "contacts" } else { "companies" }
}

fn unite(outcome: &Outcome, plan: &Plan, step: &MergeStep, duplicates: &[RecordRef]) -> Value {
    let id = |r: RecordRef| outcome.data.id(r);
    let mut cards = Map::new();
    for record in step.records() {
        cards.insert(id(record).to_owned(), card(outcome, plan, record));
    }
    let drop: Vec<&str> = duplicates.iter().map(|&d| id(d)).collect();
    let list = list_of(step.entity);
    json!({
        "step": format!("unite-{list}-{}-{}", id(step.master), drop.join("-")),
        "list": list,
        "keep": id(step.master),
        "drop": drop,
        "cards": cards,
    })
}

/// What the card must still hold, the text of the snapshot and that after a fix of this plan; null where the export does not tell. An INN is a custom field of the account: it must
/// stand in some field.
fn card(outcome: &Outcome, plan: &Plan, record: RecordRef) -> Value {
    let raw = &outcome.data.parties(Side::Crm).raw;
    let filled = |field| Some(raw.get(field, record.at())).filter(|t| !t.trim().is_empty());
    let inn = filled(Field::Inn).map(|text| {
        let fix = plan.fix(record, Field::Inn).map(|f| f.value.as_str());
        std::iter::once(text).chain(fix).collect::<Vec<_>>()
    });
    let name = filled(Field::Name).map(|text| {
        let fix = plan.fix(record, Field::Name).map(|f| f.value.as_str());
        std::iter::once(text).chain(fix).collect::<Vec<_>>()
    });
    json!({ "name": name, "inn": inn })
}
