//! `cleanup/plan.json`: the whole plan for programs and for verification, whatever the dialects make of it.
//!
//! Its schema is `docs/plan.schema.json`. Steps come in the order in which a cleanup must go: keys, duplicates, statuses,
//! then what is left to people. (Encodings and dictionaries have no steps yet; links and documents none for
//! counterparties and contacts.)

use serde::Serialize;

use super::plan::{Approved, FixStep, ManualStep, MergeStep, Plan, Risk};
use super::statuses::Difference;
use super::system::{self, System};
use super::{ScriptFile, undo};
use crate::model::{Field, RecordRef, Side};
use crate::outcome::Outcome;

/// Version of the layout; raised when a key changes its meaning.
pub(super) const LAYOUT: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    layout: u32,
    sverka: &'static str,
    project: &'a str,
    lang: &'static str,
    as_of: String,
    snapshot: &'a str,
    systems: Systems,
    counts: Counts,
    steps: Vec<Step<'a>>,
}

/// Systems by side; empty when nothing shows which they are.
#[derive(Serialize)]
struct Systems {
    crm: Vec<&'static str>,
    onec: Vec<&'static str>,
}

/// Steps by risk.
#[derive(Serialize, Default)]
struct Counts {
    safe: usize,
    approval: usize,
    manual: usize,
}

#[derive(Serialize)]
struct Step<'a> {
    id: String,
    order: usize,
    stage: &'static str,
    action: &'static str,
    risk: &'static str,
    approved_by: Option<&'static str>,
    side: &'static str,
    entity: &'static str,
    /// The record that stays comes first.
    records: Vec<&'a str>,
    keep: Option<&'a str>,
    /// Texts that must still stand there.
    expect: Vec<Cell<'a>>,
    /// Texts that the step leaves.
    set: Vec<Cell<'a>>,
    undo: &'static str,
    undo_note: &'static str,
    reason: String,
    /// Number of the group in merge lists; none for a step about one record.
    group: Option<u32>,
    link: Option<String>,
}

#[derive(Serialize)]
struct Cell<'a> {
    id: &'a str,
    field: &'static str,
    text: &'a str,
}

/// The file. Always written: an empty plan says that nothing is to be done.
pub fn render(outcome: &Outcome, plan: &Plan) -> ScriptFile {
    let (statuses, keys): (Vec<&FixStep>, Vec<&FixStep>) = plan.fixes.iter().partition(|f| f.field == Field::Stage);
    let mut steps: Vec<Step> = keys.into_iter().map(|f| fix(outcome, f)).collect();
    steps.extend(plan.merges.iter().map(|m| merge(outcome, plan, m)));
    steps.extend(statuses.into_iter().map(|f| fix(outcome, f)));
    steps.extend(plan.manual.iter().map(|m| decide(outcome, m)));
    steps.extend(plan.differences.iter().map(|d| settle(outcome, d)));
    let mut counts = Counts::default();
    for (at, step) in steps.iter_mut().enumerate() {
        step.order = at + 1;
        match step.risk {
            "safe" => counts.safe += 1,
            "approval" => counts.approval += 1,
            _ => counts.manual += 1,
        }
    }
    let names = |side| system::systems(outcome, side).into_iter().map(System::as_str).collect();
    let document = Document {
        layout: LAYOUT,
        sverka: env!("CARGO_PKG_VERSION"),
        project: &outcome.project,
        lang: outcome.lang.as_str(),
        as_of: outcome.as_of.to_string(),
        snapshot: &outcome.snapshot_id,
        systems: Systems { crm: names(Side::Crm), onec: names(Side::Onec) },
        counts,
        steps,
    };
    let text = serde_json::to_string_pretty(&document).expect("keys of the plan are text");
    ScriptFile { name: "plan.json".into(), text: text + "\n", executable: false }
}

fn fix<'a>(outcome: &'a Outcome, fix: &'a FixStep) -> Step<'a> {
    let data = &outcome.data;
    let id = data.id(fix.record);
    let entity = data.entity(fix.record);
    let cell = |text| Cell { id, field: fix.field.code(), text };
    Step {
        id: format!("set-{}-{entity}-{}-{id}", fix.record.side, fix.field.code()),
        order: 0,
        stage: if fix.field == Field::Stage { "statuses" } else { "keys" },
        action: "set-field",
        risk: fix.risk().as_str(),
        approved_by: fix.approved.as_str(),
        side: fix.record.side.as_str(),
        entity: entity.as_str(),
        records: vec![id],
        keep: None,
        expect: vec![cell(&fix.expected)],
        set: vec![cell(&fix.value)],
        undo: "script",
        undo_note: undo::of_field(outcome.lang),
        reason: fix.reason.text(outcome.lang).to_owned(),
        group: None,
        link: some(system::card(outcome, fix.record)),
    }
}

fn merge<'a>(outcome: &'a Outcome, plan: &'a Plan, step: &'a MergeStep) -> Step<'a> {
    let data = &outcome.data;
    let raw = &data.parties(step.side).raw;
    let mut expect = Vec::new();
    for record in step.records() {
        for field in [Field::Inn, Field::Kpp].into_iter().filter(|&f| raw.has(f)) {
            // A fix of this plan comes first.
            let fixed = plan.fix(record, field).filter(|f| f.approved != Approved::Nobody);
            let text = fixed.map_or_else(|| raw.get(field, record.at()), |f| f.value.as_str());
            expect.push(Cell { id: data.id(record), field: field.code(), text });
        }
    }
    let master = data.id(step.master);
    let set = step.golden.iter().map(|(field, text)| Cell { id: master, field: field.code(), text }).collect();
    let records: Vec<RecordRef> = step.records().collect();
    Step {
        id: format!("merge-{}-{}-{master}", step.side, step.entity),
        order: 0,
        stage: "duplicates",
        action: "merge",
        risk: Risk::Approval.as_str(),
        approved_by: step.approved.as_str(),
        side: step.side.as_str(),
        entity: step.entity.as_str(),
        records: records.iter().map(|&r| data.id(r)).collect(),
        keep: Some(master),
        expect,
        set,
        undo: "none",
        undo_note: undo::of_merge(step.side, outcome.lang),
        reason: step.evidence.clone(),
        group: Some(step.cluster + 1),
        link: some(system::merge_page(outcome, &records)),
    }
}

fn decide<'a>(outcome: &'a Outcome, step: &'a ManualStep) -> Step<'a> {
    let data = &outcome.data;
    Step {
        id: format!("decide-{}-{}-{}", step.side, step.entity, step.cluster + 1),
        order: 0,
        stage: "by-hand",
        action: "decide",
        risk: Risk::Manual.as_str(),
        approved_by: None,
        side: step.side.as_str(),
        entity: step.entity.as_str(),
        records: step.records.iter().map(|&r| data.id(r)).collect(),
        keep: None,
        expect: Vec::new(),
        set: Vec::new(),
        undo: "none",
        undo_note: undo::of_decision(outcome.lang),
        reason: format!("{}. {}", step.reason.text(outcome.lang), step.reason.advice(outcome.lang)),
        group: Some(step.cluster + 1),
        link: None,
    }
}

/// Records of the side and entity that the finding is about; the text of its field there shows whether it was touched.
fn settle<'a>(outcome: &'a Outcome, step: &'a Difference) -> Step<'a> {
    let data = &outcome.data;
    let subject = step.records[0];
    let (entity, raw) = (data.entity(subject), data.records(subject));
    let of_subject = |r: &&RecordRef| r.side == subject.side && data.entity(**r) == entity;
    let shown = step.field.filter(|&f| raw.has(f));
    let cell = |f: Field| Cell { id: data.id(subject), field: f.code(), text: raw.get(f, subject.at()) };
    Step {
        id: format!("settle-{}-{}", step.check, step.finding),
        order: 0,
        stage: "by-hand",
        action: "settle",
        risk: Risk::Manual.as_str(),
        approved_by: None,
        side: subject.side.as_str(),
        entity: entity.as_str(),
        records: step.records.iter().filter(of_subject).map(|&r| data.id(r)).collect(),
        keep: None,
        expect: shown.map(cell).into_iter().collect(),
        set: Vec::new(),
        undo: "none",
        undo_note: undo::of_decision(outcome.lang),
        reason: format!("{}. {}", step.reason, step.advice),
        group: None,
        link: some(system::card(outcome, subject)),
    }
}

fn some(text: String) -> Option<String> {
    Some(text).filter(|t| !t.is_empty())
}
