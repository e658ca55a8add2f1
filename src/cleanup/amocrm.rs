//! amoCRM (Kommo): the public API can neither merge nor delete cards, so a script prepares a merge (values, links, a tag
//! on the duplicate) and a person deletes the duplicate. The undocumented call of the vendor's own page is not used: it
//! may change any day. API v4, the vendor's documentation, November 2026; that `"values": null` empties a field is from the
//! vendor's own client for PHP (`NullCustomFieldValueCollection`, what it sends is null).

use serde_json::{Map, Value, json};

use super::plan::{FixStep, MergeStep, Plan};
use super::system::{self, System, is_number};
use super::{Dialect, ScriptFile, scripts, stages};
use crate::model::{Entity, Field, RecordRef, Side};
use crate::outcome::Outcome;

/// amoCRM script dialect.
pub struct AmoCrm;

impl Dialect for AmoCrm {
    fn id(&self) -> &'static str {
        "amocrm"
    }

    fn render(&self, outcome: &Outcome, plan: &Plan) -> Vec<ScriptFile> {
        if system::live(outcome) != Some(System::AmoCrm) {
            return Vec::new();
        }
        let numeric = |r: RecordRef| is_number(outcome.data.id(r));
        let fixes =
            plan.fixes.iter().filter(|f| f.record.side == Side::Crm && f.field == Field::Inn && numeric(f.record));
        let mut steps: Vec<Value> = fixes.map(|f| correction(outcome, f)).collect();
        steps.extend(plan.fixes.iter().filter(|f| f.field == Field::Stage).filter_map(|f| status(outcome, f)));
        let merges = plan.merges.iter().filter(|m| m.side == Side::Crm && m.records().all(numeric));
        steps.extend(merges.map(|m| unite(outcome, plan, m)));
        let mut files = scripts::plans(outcome, self.id(), &steps);
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

/// The stage of a deal, or its custom field of this name: the script asks the account what its codes are called.
fn status(outcome: &Outcome, fix: &FixStep) -> Option<Value> {
    let place = stages::of(outcome, fix.record)?;
    let id = outcome.data.id(fix.record);
    Some(json!({
        "step": format!("status-leads-{id}"),
        "list": "leads",
        "id": id,
        "field": place.field,
        "expected": fix.expected.trim(),
        "value": fix.value,
    }))
}

fn list_of(entity: Entity) -> &'static str {
    if entity == Entity::Contact { "contacts" } else { "companies" }
}

fn unite(outcome: &Outcome, plan: &Plan, step: &MergeStep) -> Value {
    let id = |r: RecordRef| outcome.data.id(r);
    let mut cards = Map::new();
    for record in step.records() {
        cards.insert(id(record).to_owned(), card(outcome, plan, record));
    }
    let drop: Vec<&str> = step.duplicates.iter().map(|&d| id(d)).collect();
    let list = list_of(step.entity);
    json!({
        "step": format!("unite-{list}-{}-{}", id(step.master), drop.join("-")),
        "list": list,
        "keep": id(step.master),
        "drop": drop,
        "cards": cards,
    })
}

/// What the card must still hold; null where the export does not tell. An INN is a custom field of the account: it must
/// stand in some field.
fn card(outcome: &Outcome, plan: &Plan, record: RecordRef) -> Value {
    let raw = &outcome.data.parties(Side::Crm).raw;
    let filled = |field| Some(raw.get(field, record.at())).filter(|t| !t.trim().is_empty());
    let inn = filled(Field::Inn).map(|text| {
        let fix = plan.fix(record, Field::Inn).map(|f| f.value.as_str());
        std::iter::once(text).chain(fix).collect::<Vec<_>>()
    });
    json!({ "name": filled(Field::Name), "inn": inn })
}
