//! 1C over OData: INNs and deletion marks, nothing else.
//!
//! No reference replacement exists in OData and no transaction spans requests, so merging is impossible there: that is
//! work of the module for 1C. `PATCH` with `If-Match: <DataVersion>`, never `DELETE` and never load mode (1C:Enterprise
//! 8.3.27 documentation, chapter 17.4).

use serde_json::{Map, Value, json};

use super::plan::{FixStep, MergeStep, Plan};
use super::system::{self, System, catalogue, is_guid};
use super::{Dialect, ScriptFile, scripts};
use crate::model::{Entity, Field, RecordRef, Side};
use crate::outcome::Outcome;

/// 1C OData script dialect.
pub struct OData;

impl Dialect for OData {
    fn id(&self) -> &'static str {
        "1c-odata"
    }

    fn render(&self, outcome: &Outcome, plan: &Plan) -> Vec<ScriptFile> {
        if !system::systems(outcome, Side::Onec).contains(&System::OneCOdata) {
            return Vec::new();
        }
        let guid = |r: RecordRef| is_guid(outcome.data.id(r));
        let of_onec = plan.fixes.iter().filter(|f| f.record.side == Side::Onec && guid(f.record));
        let mut steps: Vec<Value> = of_onec.map(|fix| correction(outcome, fix)).collect();
        for step in plan.merges.iter().filter(|m| m.side == Side::Onec && m.records().all(guid)) {
            steps.extend(step.duplicates.iter().map(|&duplicate| mark(outcome, plan, step, duplicate)));
        }
        let mut files = scripts::plans(outcome, self.id(), &steps);
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

fn correction(outcome: &Outcome, fix: &FixStep) -> Value {
    let id = outcome.data.id(fix.record);
    json!({
        "step": format!("inn-{id}"),
        "kind": "fix",
        "path": path(outcome.data.entity(fix.record)),
        "id": id,
        "keep": null,
        "exact": { "ИНН": fix.expected },
        "expect": { "Description": name(outcome, fix.record) },
        "set": { "ИНН": fix.value },
        "undo": { "ИНН": fix.expected },
    })
}

fn mark(outcome: &Outcome, plan: &Plan, step: &MergeStep, duplicate: RecordRef) -> Value {
    let raw = &outcome.data.parties(Side::Onec).raw;
    let id = outcome.data.id(duplicate);
    let mut expect = Map::new();
    expect.insert("Description".to_owned(), json!(name(outcome, duplicate)));
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

/// The name that must still stand there.
fn name(outcome: &Outcome, record: RecordRef) -> Vec<&str> {
    vec![outcome.data.parties(record.side).raw.get(Field::Name, record.at())]
}

/// The entity set, percent-encoded as an address needs it.
fn path(entity: Entity) -> String {
    let mut out = String::from("Catalog_");
    for byte in catalogue(entity).bytes() {
        out.push_str(&format!("%{byte:02X}"));
    }
    out
}
