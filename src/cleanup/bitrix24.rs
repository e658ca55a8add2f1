//! Bitrix24: plans in JSON and the scripts that carry them out over REST, for bash and for PowerShell.
//!
//! The scripts are the same for every run; only the plan differs, so no value of the data ever stands in script text.
//! Facts of the API (`crm.entity.mergeBatch`, its nested `params`, SUCCESS / CONFLICT, 50 commands of a `batch`, 2
//! requests a second, `OPERATION_TIME_LIMIT`) are from the vendor's documentation, read 2026-11-24; which fields a merge
//! compares is from the source of the module `crm` (classes of `Merger`, 2024): COMMENTS and BANKING_DETAILS are joined,
//! SOURCE_ID goes to the history, OPENED and EXPORT are ignored, phones and the like are united, companies of a contact
//! too; any other two filled values that differ are a CONFLICT.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::fixes::FixStep;
use super::places::{Places, bitrix24_type as entity_type};
use super::plan::{MergeStep, Plan};
use super::scripts::{self, Carried};
use super::system::{self, System, is_number};
use super::{Dialect, Draft, Scripted};
use crate::model::{Entity, Field, RecordRef, Side};
use crate::outcome::Outcome;

/// Cards of one call: no cap is documented, a small one keeps a CONFLICT small, and card and requisites of each must
/// fit one `batch` of 50.
const MAX_CARDS: usize = 10;

/// Fields that a merge compares and the script does not settle, with what Bitrix24 calls them.
const COMPARED: [(Field, &str); 3] =
    [(Field::Kind, "COMPANY_TYPE"), (Field::BirthDate, "BIRTHDATE"), (Field::ExternalId, "ORIGIN_ID")];

/// Bitrix24 script dialect.
pub struct Bitrix24;

impl Dialect for Bitrix24 {
    fn id(&self) -> &'static str {
        "bitrix24"
    }

    fn carries(&self, places: &Places, step: Scripted) -> bool {
        let numeric = |r: RecordRef| is_number(places.outcome.data.id(r));
        places.crm == Some(System::Bitrix24)
            && match step {
                Scripted::Fix(fix) if fix.field == Field::Inn => fix.record.side == Side::Crm && numeric(fix.record),
                Scripted::Fix(fix) => places.find(fix.record, fix.field).is_some(),
                Scripted::Merge(merge) => merge.side == Side::Crm && merge.records().all(numeric),
            }
    }

    fn files<'a>(&self, outcome: &'a Outcome, plan: &'a Plan) -> Vec<Draft<'a>> {
        let places = Arc::new(Places::of(outcome));
        let steps = scripts::carried(self, &places, plan, MAX_CARDS - 1);
        let render = move |step: &Carried| match *step {
            Carried::Fix(fix) => field(&places, fix),
            Carried::Merge(step, duplicates) => Some(merge(outcome, plan, step, duplicates)),
        };
        let mut files = scripts::plans(outcome, self.id(), steps, render);
        if !files.is_empty() {
            files.push(scripts::bash(
                outcome.lang,
                self.id(),
                include_str!("sh/bitrix24.sh"),
                include_str!("english/bitrix24.txt"),
            ));
            files.push(scripts::powershell(outcome.lang, self.id(), include_str!("ps1/bitrix24.ps1")));
        }
        files
    }
}

/// An INN, whose requisite the script looks for; a text; or a stage or field of a status, whose codes the script asks the
/// portal for.
fn field(places: &Places, fix: &FixStep) -> Option<Value> {
    let outcome = places.outcome;
    let id = outcome.data.id(fix.record);
    if fix.field == Field::Inn {
        let kind = entity_type(outcome.data.entity(fix.record));
        return Some(json!({
            "step": format!("inn-{kind}-{id}"),
            "entityTypeId": kind,
            "id": id,
            "expected": fix.expected,
            "value": fix.value,
        }));
    }
    let place = places.find(fix.record, fix.field)?;
    let field = place.field.as_deref().unwrap_or("stageId");
    let step = match fix.field {
        Field::Stage => format!("status-{}-{id}", place.entity_type),
        of => format!("{}-{}-{id}", of.code().replace('_', "-"), place.entity_type),
    };
    Some(json!({
        "step": step,
        "entityTypeId": place.entity_type,
        "id": id,
        "field": field,
        "expected": fix.expected.trim(),
        "value": fix.value,
    }))
}

fn merge(outcome: &Outcome, plan: &Plan, step: &MergeStep, drop: &[RecordRef]) -> Value {
    let kind = entity_type(step.entity);
    let keep = outcome.data.id(step.master);
    let ids: Vec<&str> = drop.iter().map(|&d| outcome.data.id(d)).collect();
    let records: Vec<RecordRef> = std::iter::once(step.master).chain(drop.iter().copied()).collect();
    let mut cards = Map::new();
    for &record in &records {
        cards.insert(outcome.data.id(record).to_owned(), card(outcome, plan, record));
    }
    // The value that a field ends with; null: that of the main card at the time.
    let mut settle = Map::new();
    for (field, name) in texts_of(step.entity) {
        if let Some(value) = step.golden(field) {
            settle.insert(name.to_owned(), json!(value));
        }
    }
    settle.insert("ASSIGNED_BY_ID".to_owned(), Value::Null);
    let conflict: Vec<&str> = conflicts(outcome, &records).into_iter().map(|(_, name)| name).collect();
    json!({
        // Named by its cards: the journal of an interrupted run stays right for a plan made again.
        "step": format!("merge-{kind}-{keep}-{}", ids.join("-")),
        "entityTypeId": kind,
        "keep": keep,
        "drop": ids,
        "predicted": if conflict.is_empty() { "SUCCESS" } else { "CONFLICT" },
        "conflict": conflict,
        "link": system::merge_page(outcome, &records),
        "cards": cards,
        "settle": settle,
    })
}

/// Texts that tell a card and that a merge settles.
fn texts_of(entity: Entity) -> impl Iterator<Item = (Field, &'static str)> {
    let fields: &[(Field, &str)] = match entity {
        Entity::Counterparty => &[(Field::Name, "TITLE")],
        Entity::Contact => &[
            (Field::LastName, "LAST_NAME"),
            (Field::FirstName, "NAME"),
            (Field::Patronymic, "SECOND_NAME"),
            (Field::Position, "POST"),
        ],
        _ => &[],
    };
    fields.iter().copied()
}

/// What the card must still hold: `inn` is the text of the snapshot and, last, the text after the fix of this plan;
/// null where the export has no such field at all and nothing can be compared. `texts` are those that are filled: the text
/// of the snapshot and the text after the fix of this plan.
fn card(outcome: &Outcome, plan: &Plan, record: RecordRef) -> Value {
    let raw = &outcome.data.parties(Side::Crm).raw;
    let text = |field| raw.has(field).then(|| raw.get(field, record.at()));
    let inn = text(Field::Inn).map(|text| {
        let fix = plan.fix(record, Field::Inn).map(|f| f.value.as_str());
        std::iter::once(text).chain(fix).collect::<Vec<_>>()
    });
    let mut texts = Map::new();
    // A position changes often and tells nobody from anybody.
    for (field, name) in texts_of(outcome.data.entity(record)).filter(|(field, _)| *field != Field::Position) {
        let text = raw.get(field, record.at());
        if !text.trim().is_empty() {
            let fix = plan.fix(record, field).map(|f| f.value.as_str());
            texts.insert(name.to_owned(), std::iter::once(text).chain(fix).collect());
        }
    }
    json!({ "inn": inn, "kpp": text(Field::Kpp), "texts": texts })
}

/// Fields in which Bitrix24 will find a CONFLICT, as far as the snapshot shows: filled differently in two of the cards.
pub fn conflicts(outcome: &Outcome, records: &[RecordRef]) -> Vec<(Field, &'static str)> {
    let raw = &outcome.data.parties(Side::Crm).raw;
    let differs = |field: Field| {
        let mut texts = records.iter().map(|r| raw.get(field, r.at()).trim()).filter(|t| !t.is_empty());
        texts.next().is_some_and(|first| texts.any(|t| t.to_lowercase() != first.to_lowercase()))
    };
    COMPARED.into_iter().filter(|(field, _)| differs(*field)).collect()
}
