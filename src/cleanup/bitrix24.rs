//! Bitrix24: a plan in JSON and the bash script that carries it out over REST.
//!
//! The script is the same for every run; only the plan differs, so no value of the data ever stands in shell text.
//! Facts of the API (`crm.entity.mergeBatch`, its nested `params`, SUCCESS / CONFLICT, limits of 2 requests a second)
//! are from the vendor's documentation, read 2026-11-24.

use serde_json::{Map, Value, json};

use super::plan::Plan;
use super::{Dialect, ScriptFile};
use crate::model::{Entity, Field, RecordRef, Side};
use crate::outcome::Outcome;

/// Cards of one call: no cap is documented, and a small one keeps a CONFLICT small.
const MAX_CARDS: usize = 10;

/// Bitrix24 script dialect.
pub struct Bitrix24;

impl Dialect for Bitrix24 {
    fn id(&self) -> &'static str {
        "bitrix24"
    }

    /// Nothing when the CRM's ids are not numbers: then it is not a Bitrix24.
    fn render(&self, outcome: &Outcome, plan: &Plan) -> Vec<ScriptFile> {
        let numeric = |r: RecordRef| {
            let id = outcome.data.id(r);
            !id.is_empty() && id.len() <= 15 && id.bytes().all(|b| b.is_ascii_digit())
        };
        let mut merges = Vec::new();
        for step in plan.merges.iter().filter(|m| m.side == Side::Crm) {
            if !numeric(step.master) || !step.duplicates.iter().all(|&d| numeric(d)) {
                continue;
            }
            for drop in step.duplicates.chunks(MAX_CARDS - 1) {
                let mut inn = Map::new();
                for &record in drop.iter().chain([&step.master]) {
                    let text = outcome.data.parties(Side::Crm).raw.get(Field::Inn, record.at());
                    inn.insert(outcome.data.id(record).to_owned(), json!(text));
                }
                merges.push(json!({
                    "step": format!("merge-{}", merges.len() + 1),
                    "entityTypeId": entity_type(step.entity),
                    "keep": outcome.data.id(step.master),
                    "drop": drop.iter().map(|&d| outcome.data.id(d)).collect::<Vec<_>>(),
                    "inn": inn,
                    "evidence": step.evidence,
                }));
            }
        }
        let mut fixes: Vec<Value> = Vec::new();
        for fix in
            plan.fixes.iter().filter(|f| f.record.side == Side::Crm && f.field == Field::Inn && numeric(f.record))
        {
            fixes.push(json!({
                "step": format!("inn-{}", fixes.len() + 1),
                "entityTypeId": entity_type(outcome.data.entity(fix.record)),
                "id": outcome.data.id(fix.record),
                "expected": fix.expected,
                "value": fix.value,
            }));
        }
        if merges.is_empty() && fixes.is_empty() {
            return Vec::new();
        }
        let plan = json!({
            "snapshot": outcome.snapshot_id,
            "as_of": outcome.as_of.to_string(),
            "fixes": fixes,
            "merges": merges,
        });
        let text = serde_json::to_string_pretty(&plan).expect("a plan holds no map with keys that are not text");
        vec![
            ScriptFile { name: "bitrix24-plan.json".into(), text: text + "\n", executable: false },
            ScriptFile { name: "bitrix24.sh".into(), text: include_str!("bitrix24.sh").into(), executable: true },
        ]
    }
}

/// Bitrix24 entityTypeId.
fn entity_type(entity: Entity) -> u32 {
    match entity {
        Entity::Contact => 3,
        Entity::Counterparty => 4,
    }
}
