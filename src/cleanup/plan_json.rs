//! `cleanup/plan.json`: the whole plan for programs and for verification, whatever the dialects make of it.
//!
//! Its schema is `docs/plan.schema.json`. Steps come in the order in which a cleanup must go ([`Phase`]); within a phase
//! those of scripts stand before those of people.

use std::collections::BTreeMap;

use serde::Serialize;

use super::differences::{Difference, is_accounting};
use super::fixes::FixStep;
use super::links::{self, Kinds, Rest};
use super::places::Places;
use super::plan::{Approved, ManualStep, MergeStep, Phase, Plan, Risk};
use super::sql::SQL;
use super::system::{self, System};
use super::{ScriptFile, Scripted, link_table, manual, scripts_of, undo};
use crate::model::{Field, RecordRef, Side};
use crate::outcome::Outcome;

/// Version of the layout; raised when a key changes its meaning.
pub(super) const LAYOUT: u32 = 2;

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
}

/// Systems by side; empty when nothing shows which they are.
#[derive(Serialize)]
struct Systems {
    crm: Vec<&'static str>,
    onec: Vec<&'static str>,
}

/// Steps by risk.
#[derive(Serialize)]
struct Counts {
    safe: usize,
    approval: usize,
    manual: usize,
}

#[derive(Serialize)]
struct Step<'a> {
    id: String,
    order: usize,
    #[serde(serialize_with = "phase")]
    phase: Phase,
    action: &'static str,
    #[serde(serialize_with = "risk")]
    risk: Risk,
    approved_by: Option<&'static str>,
    side: &'static str,
    entity: &'static str,
    /// The record that stays comes first; none for a step whose rows stand in a table.
    records: Vec<&'a str>,
    table: Option<Rows>,
    keep: Option<&'a str>,
    /// Texts that must still stand there.
    expect: Vec<Cell<'a>>,
    /// Texts that the step leaves.
    set: Vec<Cell<'a>>,
    /// Scripts of this folder that carry it out.
    scripts: Vec<&'static str>,
    /// Why no script does.
    by_hand: Option<String>,
    undo: &'static str,
    undo_note: &'static str,
    reason: String,
    /// Number of the group in merge lists; none for a step about one record.
    group: Option<u32>,
    check: Option<&'static str>,
    finding: Option<String>,
    link: Option<String>,
}

impl Step<'_> {
    fn new(id: String, phase: Phase, action: &'static str, reason: String) -> Step<'static> {
        Step {
            id,
            order: 0,
            phase,
            action,
            risk: Risk::Manual,
            approved_by: None,
            side: "",
            entity: "",
            records: Vec::new(),
            table: None,
            keep: None,
            expect: Vec::new(),
            set: Vec::new(),
            scripts: Vec::new(),
            by_hand: None,
            undo: "none",
            undo_note: "",
            reason,
            group: None,
            check: None,
            finding: None,
            link: None,
        }
    }
}

fn phase<S: serde::Serializer>(phase: &Phase, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(phase.as_str())
}

fn risk<S: serde::Serializer>(risk: &Risk, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(risk.as_str())
}

/// Rows of a table that a step is about: those with these kinds in `crm_entity` and `onec_entity` and, where it is said,
/// this role; when the step names records, only those whose `crm_id` is one of them.
#[derive(Serialize)]
struct Rows {
    /// From the folder of the plan.
    file: String,
    rows: usize,
    crm_entity: &'static str,
    onec_entity: &'static str,
    role: Option<&'static str>,
}

#[derive(Serialize)]
struct Cell<'a> {
    id: &'a str,
    field: &'static str,
    text: &'a str,
}

/// The file. Always written: an empty plan says that nothing is to be done. A step is a line, so that a large plan can be
/// searched and compared by lines.
pub fn render(outcome: &Outcome, plan: &Plan) -> ScriptFile {
    let steps = steps(outcome, plan);
    let count = |risk| steps.iter().filter(|s| s.risk == risk).count();
    let names = |side| system::systems(outcome, side).into_iter().map(System::as_str).collect();
    let document = Document {
        layout: LAYOUT,
        sverka: env!("CARGO_PKG_VERSION"),
        project: &outcome.project,
        lang: outcome.lang.as_str(),
        as_of: outcome.as_of.to_string(),
        snapshot: &outcome.snapshot_id,
        systems: Systems { crm: names(Side::Crm), onec: names(Side::Onec) },
        counts: Counts { safe: count(Risk::Safe), approval: count(Risk::Approval), manual: count(Risk::Manual) },
    };
    let head = serde_json::to_string_pretty(&document).expect("keys of the plan are text");
    let mut text = head.strip_suffix("\n}").expect("an object").to_owned();
    text.push_str(",\n  \"steps\": [");
    for (at, step) in steps.iter().enumerate() {
        text.push_str(if at == 0 { "\n    " } else { ",\n    " });
        text.push_str(&serde_json::to_string(step).expect("keys of the plan are text"));
    }
    text.push_str(if steps.is_empty() { "]\n}\n" } else { "\n  ]\n}\n" });
    ScriptFile { name: "plan.json".into(), text, executable: false }
}

/// All steps in their order.
fn steps<'a>(outcome: &'a Outcome, plan: &'a Plan) -> Vec<Step<'a>> {
    let places = Places::of(outcome);
    let fixes = plan.fixes.iter().filter(|f| f.pair.is_none());
    let mut steps: Vec<Step> = fixes.map(|f| fix(&places, f)).collect();
    steps.extend(plan.merges.iter().map(|m| merge(&places, plan, m)));
    steps.extend(links::by_kinds(outcome, plan).iter().map(|(kinds, fixes)| link(&places, *kinds, fixes)));
    steps.extend(plan.manual.iter().map(|m| decide(outcome, m)));
    steps.extend(plan.differences.iter().map(|d| settle(outcome, d)));
    steps.extend(plan.load.iter().map(|(kinds, rest)| load(outcome, *kinds, rest)));
    // Stable: within a phase, corrections before merges before what people decide.
    steps.sort_by_key(|s| (s.phase, s.risk == Risk::Manual));
    for (at, step) in steps.iter_mut().enumerate() {
        step.order = at + 1;
    }
    steps
}

/// What a phase holds, for those who carry it out.
#[derive(Default)]
pub struct Summary {
    /// Steps of each script; a row of a table is a step.
    pub scripts: BTreeMap<&'static str, usize>,
    /// Steps that people do, the list of the accountant apart.
    pub by_hand: usize,
    pub accountant: usize,
}

/// What every phase holds.
pub fn summary(outcome: &Outcome, plan: &Plan) -> BTreeMap<Phase, Summary> {
    let mut phases: BTreeMap<Phase, Summary> = Phase::ALL.into_iter().map(|p| (p, Summary::default())).collect();
    for step in steps(outcome, plan) {
        let phase = phases.entry(step.phase).or_default();
        let rows = step.table.as_ref().filter(|_| step.action == "link").map_or(1, |t| t.rows);
        step.scripts.iter().for_each(|script| *phase.scripts.entry(script).or_default() += rows);
        match step.check {
            Some(check) if is_accounting(check) => phase.accountant += 1,
            _ if step.risk == Risk::Manual || step.by_hand.is_some() => phase.by_hand += 1,
            _ => {}
        }
    }
    phases
}

fn fix<'a>(places: &Places<'a>, fix: &'a FixStep) -> Step<'a> {
    let outcome = places.outcome;
    let id = outcome.data.id(fix.record);
    let cell = |text| Cell { id, field: fix.field.code(), text };
    let scripts = scripts_of(places, Scripted::Fix(fix));
    let in_system = scripts.iter().any(|s| *s != SQL);
    Step {
        risk: if scripts.is_empty() { Risk::Manual } else { fix.risk() },
        approved_by: fix.approved.as_str(),
        side: fix.record.side.as_str(),
        entity: outcome.data.entity(fix.record).as_str(),
        records: vec![id],
        expect: vec![cell(&fix.expected)],
        set: vec![cell(&fix.value)],
        by_hand: (!in_system).then(|| manual::no_script(places, fix).to_owned()),
        undo: if scripts.is_empty() { "none" } else { "script" },
        undo_note: if scripts.is_empty() { undo::of_decision(outcome.lang) } else { undo::of_field(outcome.lang) },
        scripts,
        link: some(system::card(outcome, fix.record)),
        ..Step::new(fix.id(outcome), fix.phase(), "set-field", fix.reason.text(outcome.lang).to_owned())
    }
}

fn merge<'a>(places: &Places<'a>, plan: &'a Plan, step: &'a MergeStep) -> Step<'a> {
    let outcome = places.outcome;
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
    let scripts = scripts_of(places, Scripted::Merge(step));
    Step {
        risk: if scripts.is_empty() { Risk::Manual } else { Risk::Approval },
        approved_by: step.approved.as_str(),
        side: step.side.as_str(),
        entity: step.entity.as_str(),
        records: records.iter().map(|&r| data.id(r)).collect(),
        keep: Some(master),
        expect,
        set,
        by_hand: manual::rest_of_merge(places, step),
        scripts,
        undo_note: undo::of_merge(step.side, outcome.lang),
        group: Some(step.cluster + 1),
        link: some(system::merge_page(outcome, &records)),
        ..Step::new(
            format!("merge-{}-{}-{master}", step.side, step.entity),
            Phase::Duplicates,
            "merge",
            step.evidence.clone(),
        )
    }
}

/// All links of a kind: the rows of a table.
fn link(places: &Places, (crm, onec): Kinds, fixes: &[&FixStep]) -> Step<'static> {
    let outcome = places.outcome;
    let scripts = scripts_of(places, Scripted::Fix(fixes[0]));
    let in_system = scripts.iter().any(|s| *s != SQL);
    let all = fixes.iter().all(|f| f.approved == fixes[0].approved);
    Step {
        risk: if scripts.is_empty() { Risk::Manual } else { Risk::Approval },
        approved_by: fixes[0].approved.as_str().filter(|_| all),
        side: Side::Crm.as_str(),
        entity: crm.as_str(),
        table: Some(Rows {
            file: links::FILE.to_owned(),
            rows: fixes.len(),
            crm_entity: crm.as_str(),
            onec_entity: onec.as_str(),
            role: None,
        }),
        by_hand: (!in_system).then(|| manual::no_script(places, fixes[0]).to_owned()),
        undo: if scripts.is_empty() { "none" } else { "script" },
        undo_note: if scripts.is_empty() { undo::of_decision(outcome.lang) } else { undo::of_link(outcome.lang) },
        scripts,
        ..Step::new(
            format!("link-crm-{crm}-onec-{onec}"),
            Phase::Links,
            "link",
            fixes[0].reason.text(outcome.lang).to_owned(),
        )
    }
}

/// Pairs that no card takes: the exchange has to load them.
fn load<'a>(outcome: &'a Outcome, (crm, onec): Kinds, rest: &Rest) -> Step<'a> {
    let lang = outcome.lang;
    let reason = lang.pick(
        "пары этих записей загружает обмен: иначе он заведёт их заново",
        "the exchange has to load the pairs of these records, else it makes them anew",
    );
    let by_hand = lang.pick(
        "коды этих записей обмен хранит у себя; загрузите названные строки таблицы до его первого запуска",
        "the exchange keeps the ids of these records itself; load these rows of the table before its first run",
    );
    Step {
        side: Side::Crm.as_str(),
        entity: crm.as_str(),
        records: rest.cards.iter().filter(|_| !rest.all).map(|&r| outcome.data.id(r)).collect(),
        table: Some(Rows {
            file: format!("../merge/{}", link_table::FILE),
            rows: rest.cards.len(),
            crm_entity: crm.as_str(),
            onec_entity: onec.as_str(),
            role: Some(crate::link_table::Role::Main.as_str()),
        }),
        by_hand: Some(by_hand.to_owned()),
        undo_note: undo::of_decision(lang),
        ..Step::new(format!("load-crm-{crm}-onec-{onec}"), Phase::Links, "load", reason.to_owned())
    }
}

fn decide<'a>(outcome: &'a Outcome, step: &'a ManualStep) -> Step<'a> {
    let data = &outcome.data;
    Step {
        side: step.side.as_str(),
        entity: step.entity.as_str(),
        records: step.records.iter().map(|&r| data.id(r)).collect(),
        by_hand: Some(step.reason.advice(outcome.lang).to_owned()),
        undo_note: undo::of_decision(outcome.lang),
        group: Some(step.cluster + 1),
        ..Step::new(
            format!("decide-{}-{}-{}", step.side, step.entity, step.cluster + 1),
            Phase::Duplicates,
            "decide",
            step.reason.text(outcome.lang).to_owned(),
        )
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
        side: subject.side.as_str(),
        entity: entity.as_str(),
        records: step.records.iter().filter(of_subject).map(|&r| data.id(r)).collect(),
        expect: shown.map(cell).into_iter().collect(),
        by_hand: Some(step.advice.to_owned()),
        undo_note: undo::of_decision(outcome.lang),
        check: Some(step.check),
        finding: Some(step.finding.to_string()),
        link: some(system::card(outcome, subject)),
        ..Step::new(format!("settle-{}-{}", step.check, step.finding), step.phase, "settle", step.reason.clone())
    }
}

fn some(text: String) -> Option<String> {
    Some(text).filter(|t| !t.is_empty())
}
