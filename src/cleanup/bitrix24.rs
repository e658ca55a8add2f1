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
                let ids: Vec<&str> = drop.iter().map(|&d| outcome.data.id(d)).collect();
                let keep = outcome.data.id(step.master);
                let mut cards = Map::new();
                for &record in [&step.master].into_iter().chain(drop) {
                    cards.insert(outcome.data.id(record).to_owned(), card(outcome, plan, record));
                }
                merges.push(json!({
                    // Named by its cards: the journal of an interrupted run stays right for a plan made again.
                    "step": format!("merge-{}-{keep}-{}", entity_type(step.entity), ids.join("-")),
                    "entityTypeId": entity_type(step.entity),
                    "keep": keep,
                    "drop": ids,
                    "cards": cards,
                    "evidence": step.evidence,
                }));
            }
        }
        let mut fixes: Vec<Value> = Vec::new();
        for fix in
            plan.fixes.iter().filter(|f| f.record.side == Side::Crm && f.field == Field::Inn && numeric(f.record))
        {
            fixes.push(json!({
                "step": format!("inn-{}-{}", entity_type(outcome.data.entity(fix.record)), outcome.data.id(fix.record)),
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

/// What the card must still hold: `inn` is the text of the snapshot and, last, the text after the fix of this plan;
/// null where the export has no such field at all and nothing can be compared.
fn card(outcome: &Outcome, plan: &Plan, record: RecordRef) -> Value {
    let raw = &outcome.data.parties(Side::Crm).raw;
    let text = |field| raw.has(field).then(|| raw.get(field, record.at()));
    let inn = text(Field::Inn).map(|text| {
        let fix = plan.fix(record, Field::Inn).map(|f| f.value.as_str());
        std::iter::once(text).chain(fix).collect::<Vec<_>>()
    });
    json!({ "inn": inn, "kpp": text(Field::Kpp) })
}

/// Bitrix24 entityTypeId.
fn entity_type(entity: Entity) -> u32 {
    match entity {
        Entity::Contact => 3,
        Entity::Counterparty => 4,
    }
}
