//! amoCRM (Kommo): the public API can neither merge nor delete cards, so a script prepares a merge (values, links, a tag
//! on the duplicate) and a person deletes the duplicate. The undocumented call of the vendor's own page is not used: it
//! may change any day. API v4, the vendor's documentation, November 2026.

use serde_json::{Map, Value, json};

use super::plan::{MergeStep, Plan};
use super::system::{self, System, is_number};
use super::{Dialect, ScriptFile, scripts};
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
        let merges = plan.merges.iter().filter(|m| m.side == Side::Crm && m.records().all(numeric));
        let steps: Vec<Value> = merges.map(|m| unite(outcome, plan, m)).collect();
        let mut files = scripts::plans(outcome, self.id(), &steps);
        if !files.is_empty() {
            files.push(scripts::bash(self.id(), include_str!("sh/amocrm.sh")));
        }
        files
    }
}

fn unite(outcome: &Outcome, plan: &Plan, step: &MergeStep) -> Value {
    let id = |r: RecordRef| outcome.data.id(r);
    let mut cards = Map::new();
    for record in step.records() {
        cards.insert(id(record).to_owned(), card(outcome, plan, record));
    }
    let drop: Vec<&str> = step.duplicates.iter().map(|&d| id(d)).collect();
    let list = if step.entity == Entity::Contact { "contacts" } else { "companies" };
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
