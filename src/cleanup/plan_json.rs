//! `cleanup/plan.json`: the whole plan for programs and for verification, whatever the dialects make of it.
//!
//! Its schema is `docs/plan.schema.json`. Steps come in the order in which a cleanup must go ([`Phase`]); within a phase
//! those of scripts stand before those of people.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::differences::{Difference, is_accounting};
use super::fixes::FixStep;
use super::links::{self, Kinds, Rest};
use super::places::Places;
use super::plan::{Approved, ManualStep, MergeStep, Phase, Plan, Risk};
use super::sql::SQL;
use super::system::{self, System};
use super::{DIALECTS, Scripted, link_table, manual, scripts, scripts_of, undo, write_rows};
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
    by_hand: Option<Cow<'a, str>>,
    undo: &'static str,
    undo_note: &'static str,
    reason: Cow<'a, str>,
    /// Number of the group in merge lists; none for a step about one record.
    group: Option<u32>,
    check: Option<&'static str>,
    finding: Option<String>,
    link: Option<String>,
}

impl<'a> Step<'a> {
    fn new(id: String, phase: Phase, action: &'static str, reason: impl Into<Cow<'a, str>>) -> Step<'a> {
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
            reason: reason.into(),
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

/// Name of the file.
pub const FILE: &str = "plan.json";

/// The file. Always written: an empty plan says that nothing is to be done. A step is a line, so that a large plan can be
/// searched and compared by lines. Gives what every phase holds.
///
/// # Errors
/// What the file says.
pub fn write(outcome: &Outcome, plan: &Plan, out: &mut dyn Write) -> io::Result<BTreeMap<Phase, Summary>> {
    let places = Places::of(outcome);
    let kinds = links::by_kinds(outcome, plan);
    let items = items(&places, plan, &kinds);
    let count = |risk| items.iter().filter(|s| s.risk == risk).count();
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
    let mut phases: BTreeMap<Phase, Summary> = Phase::ALL.into_iter().map(|p| (p, Summary::default())).collect();
    scripts::document(&document, out, |out| {
        write_rows(
            out,
            &items,
            |items, text| {
                let mut phases: BTreeMap<Phase, Summary> = BTreeMap::new();
                for item in items {
                    let step = Step { order: item.order, risk: item.risk, ..item.step(&places, plan) };
                    phases.entry(step.phase).or_default().add(&step);
                    scripts::step(item.order == 1, &step, text);
                }
                phases
            },
            |of_piece| {
                for (phase, what) in of_piece {
                    phases.entry(phase).or_default().join(what);
                }
            },
        )
    })?;
    Ok(phases)
}

/// A step before its text is made.
struct Item<'a> {
    phase: Phase,
    risk: Risk,
    /// Place in the plan, from 1.
    order: usize,
    source: Source<'a>,
}

/// What a step is made of.
enum Source<'a> {
    Fix(&'a FixStep),
    Merge(&'a MergeStep),
    Link(Kinds, &'a [&'a FixStep]),
    Decide(&'a ManualStep),
    Settle(&'a Difference),
    Load(Kinds, &'a Rest),
}

impl<'a> Item<'a> {
    fn new(phase: Phase, risk: Risk, source: Source<'a>) -> Item<'a> {
        Item { phase, risk, order: 0, source }
    }

    fn step(&self, places: &Places<'a>, plan: &'a Plan) -> Step<'a> {
        let outcome = places.outcome;
        match self.source {
            Source::Fix(of) => fix(places, of),
            Source::Merge(of) => merge(places, plan, of),
            Source::Link(kinds, fixes) => link(places, kinds, fixes),
            Source::Decide(of) => decide(outcome, of),
            Source::Settle(of) => settle(places, of),
            Source::Load(kinds, rest) => load(outcome, kinds, rest),
        }
    }
}

/// All steps in their order.
fn items<'a>(places: &Places<'a>, plan: &'a Plan, kinds: &'a BTreeMap<Kinds, Vec<&'a FixStep>>) -> Vec<Item<'a>> {
    let carried = |step: Scripted| DIALECTS.iter().any(|d| d.carries(places, step));
    let risk_of = |step: Scripted, risk: Risk| if carried(step) { risk } else { Risk::Manual };
    let fixes = plan.fixes.iter().filter(|f| f.pair.is_none());
    let mut items: Vec<Item> =
        fixes.map(|f| Item::new(f.phase(), risk_of(Scripted::Fix(f), f.risk()), Source::Fix(f))).collect();
    items.extend(
        plan.merges
            .iter()
            .map(|m| Item::new(Phase::Duplicates, risk_of(Scripted::Merge(m), Risk::Approval), Source::Merge(m))),
    );
    items.extend(kinds.iter().map(|(&kinds, fixes)| {
        Item::new(Phase::Links, risk_of(Scripted::Fix(fixes[0]), Risk::Approval), Source::Link(kinds, fixes))
    }));
    items.extend(plan.manual.iter().map(|m| Item::new(Phase::Duplicates, Risk::Manual, Source::Decide(m))));
    items.extend(plan.differences.iter().map(|d| Item::new(d.phase, Risk::Manual, Source::Settle(d))));
    items.extend(plan.load.iter().map(|(&k, rest)| Item::new(Phase::Links, Risk::Manual, Source::Load(k, rest))));
    // Stable: within a phase, corrections before merges before what people decide.
    items.sort_by_key(|s| (s.phase, s.risk == Risk::Manual));
    for (at, item) in items.iter_mut().enumerate() {
        item.order = at + 1;
    }
    items
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

impl Summary {
    fn add(&mut self, step: &Step) {
        let rows = step.table.as_ref().filter(|_| step.action == "link").map_or(1, |t| t.rows);
        step.scripts.iter().for_each(|script| *self.scripts.entry(script).or_default() += rows);
        match step.check {
            Some(check) if is_accounting(check) => self.accountant += 1,
            _ if step.risk == Risk::Manual || step.by_hand.is_some() => self.by_hand += 1,
            _ => {}
        }
    }

    fn join(&mut self, more: Summary) {
        more.scripts.into_iter().for_each(|(script, steps)| *self.scripts.entry(script).or_default() += steps);
        self.by_hand += more.by_hand;
        self.accountant += more.accountant;
    }
}

fn fix<'a>(places: &Places<'a>, fix: &'a FixStep) -> Step<'a> {
    let outcome = places.outcome;
    let id = outcome.data.id(fix.record);
    let cell = |text| Cell { id, field: fix.field.code(), text };
    let scripts = scripts_of(places, Scripted::Fix(fix));
    let in_system = scripts.iter().any(|s| *s != SQL);
    Step {
        approved_by: fix.approved.as_str(),
        side: fix.record.side.as_str(),
        entity: outcome.data.entity(fix.record).as_str(),
        records: vec![id],
        expect: vec![cell(&fix.expected)],
        set: vec![cell(&fix.value)],
        by_hand: (!in_system).then(|| manual::no_script(places, fix).into()),
        undo: if scripts.is_empty() { "none" } else { "script" },
        undo_note: if scripts.is_empty() { undo::of_decision(outcome.lang) } else { undo::of_field(outcome.lang) },
        scripts,
        link: card(places, fix.record),
        ..Step::new(fix.id(outcome), fix.phase(), "set-field", fix.reason.text(outcome.lang))
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
        approved_by: step.approved.as_str(),
        side: step.side.as_str(),
        entity: step.entity.as_str(),
        records: records.iter().map(|&r| data.id(r)).collect(),
        keep: Some(master),
        expect,
        set,
        by_hand: manual::rest_of_merge(places, step).map(Cow::Owned),
        scripts,
        undo_note: undo::of_merge(step.side, outcome.lang),
        group: Some(step.cluster + 1),
        link: some(system::merge_page(outcome, &records)),
        ..Step::new(
            format!("merge-{}-{}-{master}", step.side, step.entity),
            Phase::Duplicates,
            "merge",
            &step.evidence[..],
        )
    }
}

/// All links of a kind: the rows of a table.
fn link<'a>(places: &Places<'a>, (crm, onec): Kinds, fixes: &[&FixStep]) -> Step<'a> {
    let outcome = places.outcome;
    let scripts = scripts_of(places, Scripted::Fix(fixes[0]));
    let in_system = scripts.iter().any(|s| *s != SQL);
    let all = fixes.iter().all(|f| f.approved == fixes[0].approved);
    Step {
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
        by_hand: (!in_system).then(|| manual::no_script(places, fixes[0]).into()),
        undo: if scripts.is_empty() { "none" } else { "script" },
        undo_note: if scripts.is_empty() { undo::of_decision(outcome.lang) } else { undo::of_link(outcome.lang) },
        scripts,
        ..Step::new(format!("link-crm-{crm}-onec-{onec}"), Phase::Links, "link", fixes[0].reason.text(outcome.lang))
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
        by_hand: Some(by_hand.into()),
        undo_note: undo::of_decision(lang),
        ..Step::new(format!("load-crm-{crm}-onec-{onec}"), Phase::Links, "load", reason)
    }
}

fn decide<'a>(outcome: &'a Outcome, step: &'a ManualStep) -> Step<'a> {
    let data = &outcome.data;
    Step {
        side: step.side.as_str(),
        entity: step.entity.as_str(),
        records: step.records.iter().map(|&r| data.id(r)).collect(),
        by_hand: Some(step.reason.advice(outcome.lang).into()),
        undo_note: undo::of_decision(outcome.lang),
        group: Some(step.cluster + 1),
        ..Step::new(
            format!("decide-{}-{}-{}", step.side, step.entity, step.cluster + 1),
            Phase::Duplicates,
            "decide",
            step.reason.text(outcome.lang),
        )
    }
}

/// Records of the side and entity that the finding is about; the text of its field there shows whether it was touched.
fn settle<'a>(places: &Places<'a>, step: &'a Difference) -> Step<'a> {
    let outcome = places.outcome;
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
        by_hand: Some(step.advice.into()),
        undo_note: undo::of_decision(outcome.lang),
        check: Some(step.check),
        finding: Some(step.finding.to_string()),
        link: card(places, subject),
        ..Step::new(format!("settle-{}-{}", step.check, step.finding), step.phase, "settle", step.reason(outcome))
    }
}

fn card(places: &Places, record: RecordRef) -> Option<String> {
    let mut link = String::new();
    places.cards.write(record, &mut link);
    some(link)
}

fn some(text: String) -> Option<String> {
    Some(text).filter(|t| !t.is_empty())
}
