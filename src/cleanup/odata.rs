//! 1C over OData: INNs and deletion marks, nothing else.
//!
//! No reference replacement exists in OData and no transaction spans requests, so merging is impossible there: that is
//! work of the module for 1C. `PATCH` with `If-Match: <DataVersion>`, never `DELETE` and never load mode (1C:Enterprise
//! 8.3.27 documentation, chapter 17.4).

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::bsl::attribute;
use super::fixes::FixStep;
use super::places::Places;
use super::plan::{MergeStep, Plan};
use super::scripts::{self, Carried};
use super::system::{catalogue, is_guid};
use super::{Dialect, Draft, Scripted};
use crate::model::{Entity, Field, RecordRef, Side};
use crate::outcome::Outcome;

/// 1C OData script dialect.
pub struct OData;

impl Dialect for OData {
    fn id(&self) -> &'static str {
        "1c-odata"
    }

    fn carries(&self, places: &Places, step: Scripted) -> bool {
        let outcome = places.outcome;
        let guid = |r: RecordRef| r.side == Side::Onec && is_guid(outcome.data.id(r));
        places.odata
            && match step {
                Scripted::Fix(fix) => guid(fix.record) && name_of(outcome, fix).is_some(),
                Scripted::Merge(merge) => merge.records().all(guid),
            }
    }

    fn files<'a>(&self, outcome: &'a Outcome, plan: &'a Plan) -> Vec<Draft<'a>> {
        let places = Arc::new(Places::of(outcome));
        let steps = scripts::carried(self, &places, plan, 1);
        let render = move |step: &Carried| match *step {
            Carried::Fix(fix) => correction(outcome, plan, fix),
            Carried::Merge(step, duplicates) => duplicates.first().map(|&one| mark(outcome, plan, step, one)),
        };
        let mut files = scripts::plans(outcome, self.id(), steps, render);
        if !files.is_empty() {
            files.push(scripts::bash(
                outcome.lang,
                self.id(),
                include_str!("sh/1c-odata.sh"),
                include_str!("english/1c-odata.txt"),
            ));
            files.push(scripts::powershell(outcome.lang, self.id(), include_str!("ps1/1c-odata.ps1")));
        }
        files
    }
}

/// What OData calls the attribute that a fix corrects.
fn name_of(outcome: &Outcome, fix: &FixStep) -> Option<&'static str> {
    let attribute = attribute(outcome.data.entity(fix.record), fix.field)?;
    Some(if attribute == "Наименование" { "Description" } else { attribute })
}

fn correction(outcome: &Outcome, plan: &Plan, fix: &FixStep) -> Option<Value> {
    let id = outcome.data.id(fix.record);
    let attribute = name_of(outcome, fix)?;
    let one = |text: &str| Value::Object(Map::from_iter([(attribute.to_owned(), json!(text))]));
    let mut expect = Map::new();
    if attribute != "Description" {
        expect.insert("Description".to_owned(), json!(names(outcome, plan, fix.record)));
    }
    let kind = if fix.field == Field::Inn { "inn" } else { fix.field.code() };
    Some(json!({
        "step": format!("{}-{id}", kind.replace('_', "-")),
        "kind": "fix",
        "path": path(outcome.data.entity(fix.record)),
        "id": id,
        "keep": null,
        "exact": one(&fix.expected),
        "expect": expect,
        "set": one(&fix.value),
        "undo": one(&fix.expected),
    }))
}

fn mark(outcome: &Outcome, plan: &Plan, step: &MergeStep, duplicate: RecordRef) -> Value {
    let raw = &outcome.data.parties(Side::Onec).raw;
    let id = outcome.data.id(duplicate);
    let mut expect = Map::new();
    expect.insert("Description".to_owned(), json!(names(outcome, plan, duplicate)));
    for (field, attribute) in [(Field::Inn, "ИНН"), (Field::Kpp, "КПП")] {
        if raw.has(field) && step.entity == Entity::Counterparty {
            let fix = plan.fix(duplicate, field).map(|f| f.value.as_str());
            let texts: Vec<&str> = std::iter::once(raw.get(field, duplicate.at())).chain(fix).collect();
            expect.insert(attribute.to_owned(), json!(texts));
        }
    }
    json!({
        "step": format!("mark-{id}"),
        "kind": "mark",
        "path": path(step.entity),
        "id": id,
        "keep": outcome.data.id(step.master),
        "exact": { "DeletionMark": false },
        "expect": expect,
        "set": { "DeletionMark": true },
        "undo": { "DeletionMark": false },
    })
}

/// The names one of which must stand there: that of the snapshot, and that after a fix of this plan.
fn names<'a>(outcome: &'a Outcome, plan: &'a Plan, record: RecordRef) -> Vec<&'a str> {
    let fix = plan.fix(record, Field::Name).map(|f| f.value.as_str());
    std::iter::once(outcome.data.parties(record.side).raw.get(Field::Name, record.at())).chain(fix).collect()
}

/// The entity set, percent-encoded as an address needs it.
fn path(entity: Entity) -> String {
    let mut out = String::from("Catalog_");
    for byte in catalogue(entity).bytes() {
        out.push_str(&format!("%{byte:02X}"));
    }
    out
}
