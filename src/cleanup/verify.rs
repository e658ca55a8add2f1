//! After the scripts have run: what became of each step of a plan, by an audit of fresh exports.
//!
//! The exports alone are asked, never a journal: a script may say that it did its work, and somebody may have taken it
//! back since. What they do not show is unknown, and never done. Work of people on a finding is done when the audit
//! finds it no more.

use std::collections::BTreeSet;

use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;
use serde_json::{Value, json};

use super::csv::{BOM, row, rows};
use super::links::{COLUMNS, FILE as LINKS};
use super::plan_json::LAYOUT;
use crate::checks::Ran;
use crate::finding::{FindingId, Status};
use crate::model::{Entity, Field, Flags, Lang, RecordRef, Side, Snapshots};
use crate::outcome::Outcome;

/// What the exports say about a step.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Verdict {
    Done,
    NotDone,
    /// Something was done, but not what the plan says.
    Otherwise,
    /// The exports do not show it.
    Unknown,
}

impl Verdict {
    pub const ALL: [Verdict; 4] = [Verdict::Done, Verdict::NotDone, Verdict::Otherwise, Verdict::Unknown];

    /// Value in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Done => "done",
            Verdict::NotDone => "not-done",
            Verdict::Otherwise => "otherwise",
            Verdict::Unknown => "unknown",
        }
    }

    pub fn text(self, lang: Lang) -> &'static str {
        let (ru, en) = match self {
            Verdict::Done => ("выполнено", "done"),
            Verdict::NotDone => ("не выполнено", "not done"),
            Verdict::Otherwise => ("сделано иначе", "done differently"),
            Verdict::Unknown => ("по выгрузке не видно", "the exports do not show it"),
        };
        lang.pick(ru, en)
    }
}

/// A step and its verdict.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verified {
    pub step: String,
    /// `set-field`, `merge`, `link`, `load`, `decide` or `settle`.
    pub action: String,
    pub verdict: Verdict,
    /// Why, with ids of records and names of fields and without values; empty where the verdict says it all.
    pub detail: String,
}

/// Why a plan cannot be compared.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    #[error("plan.json не разобрать: {0}")]
    Plan(#[from] serde_json::Error),
    #[error("plan.json другой версии ({found}, а не {LAYOUT}): запишите его заново командой sverka cleanup")]
    Layout { found: u32 },
    #[error("plan.json: шаг {step}: неизвестно «{what}»")]
    Unknown { step: String, what: String },
    #[error("{LINKS}: таблица связей не читается; запишите её заново командой sverka cleanup")]
    Links,
}

#[derive(Deserialize)]
struct Saved {
    layout: u32,
    steps: Vec<Step>,
}

#[derive(Deserialize)]
struct Step {
    id: String,
    action: String,
    side: String,
    entity: String,
    records: Vec<String>,
    expect: Vec<Cell>,
    set: Vec<Cell>,
    table: Option<Rows>,
    check: Option<String>,
    finding: Option<String>,
}

#[derive(Deserialize)]
struct Rows {
    crm_entity: String,
    onec_entity: String,
}

#[derive(Clone, Deserialize)]
struct Cell {
    id: String,
    field: String,
    text: String,
}

/// Compares the text of a `plan.json` and of its table of links, where it has one, with an audit of the same systems:
/// steps in the order of the plan, each row of the table a step of its own.
///
/// # Errors
/// [`VerifyError`] when the plan is not one of this version.
pub fn verify(plan: &str, links: Option<&str>, fresh: &Outcome) -> Result<Vec<Verified>, VerifyError> {
    let layout = serde_json::from_str::<Value>(plan)?["layout"].as_u64().unwrap_or(0) as u32;
    if layout != LAYOUT {
        return Err(VerifyError::Layout { found: layout });
    }
    let saved: Saved = serde_json::from_str(plan)?;
    debug_assert_eq!(saved.layout, LAYOUT);
    let mut steps = Vec::with_capacity(saved.steps.len());
    let mut rows = None;
    for step in saved.steps {
        match &step.table {
            Some(table) if step.action == "link" => {
                let rows = rows.get_or_insert_with(|| linked(links.unwrap_or_default()));
                let rows = rows.as_ref().ok_or(VerifyError::Links)?;
                let kinds = [table.crm_entity.as_str(), table.onec_entity.as_str()];
                steps.extend(rows.iter().filter(|r| [r[1].as_str(), r[5].as_str()] == kinds).map(|r| link(r)));
            }
            _ => steps.push(step),
        }
    }
    let look = Look::new(fresh, &steps);
    steps.iter().map(|step| look.step(step)).collect()
}

/// Rows of the table of links, in the order of [`COLUMNS`]; `None` for another table.
fn linked(text: &str) -> Option<Vec<Vec<String>>> {
    let mut all = rows(text).into_iter();
    let whole = all.next()? == COLUMNS;
    let rows: Vec<Vec<String>> = all.collect();
    (whole && rows.iter().all(|r| r.len() == COLUMNS.len())).then_some(rows)
}

/// A row of the table of links as a step about one field.
fn link(row: &[String]) -> Step {
    let cell = |text: &String| Cell { id: row[2].clone(), field: row[3].clone(), text: text.clone() };
    Step {
        id: row[0].clone(),
        action: "link".to_owned(),
        side: Side::Crm.as_str().to_owned(),
        entity: row[1].clone(),
        records: vec![row[2].clone()],
        expect: vec![cell(&row[4])],
        set: vec![cell(&row[6])],
        table: None,
        check: None,
        finding: None,
    }
}

/// The fresh records by what a plan calls them.
struct Look<'a> {
    data: &'a Snapshots,
    lang: Lang,
    /// What the audit finds now.
    findings: FxHashMap<FindingId, Status>,
    /// Checks that looked.
    ran: FxHashSet<&'static str>,
    records: FxHashMap<(Side, Entity, &'a str), Vec<RecordRef>>,
    /// Sides with a source that holds only a part of the records.
    partial: [bool; 2],
}

/// What a plan's id stands for now.
enum Found {
    Live(RecordRef),
    Gone,
    Marked,
    Repeated,
}

impl<'a> Look<'a> {
    /// Only records of what the steps are about: instalments may be millions.
    fn new(fresh: &'a Outcome, steps: &[Step]) -> Look<'a> {
        let (data, lang) = (&fresh.data, fresh.lang);
        let mut records: FxHashMap<_, Vec<RecordRef>> = FxHashMap::default();
        let named: BTreeSet<(Side, Entity)> =
            steps.iter().filter_map(|s| Some((Side::parse(&s.side)?, Entity::parse(&s.entity)?))).collect();
        for &(side, entity) in &named {
            let refs: Vec<RecordRef> = match entity.is_party() {
                true => data.parties(side).refs().filter(|&r| data.entity(r) == entity).collect(),
                false => data.book(side, entity).refs().collect(),
            };
            for record in refs {
                records.entry((side, entity, data.id(record))).or_default().push(record);
            }
        }
        let partial = Side::BOTH.map(|side| data.get(side).sources.iter().any(|s| s.partial));
        let looked = fresh.checks.iter().filter(|c| matches!(c.ran, Ran::Evaluated(_)));
        Look {
            data,
            lang,
            findings: fresh.findings.iter().map(|f| (f.id, f.status)).collect(),
            ran: looked.map(|c| c.meta.id).collect(),
            records,
            partial,
        }
    }

    fn find(&self, side: Side, entity: Entity, id: &str) -> Found {
        match self.records.get(&(side, entity, id)).map(Vec::as_slice) {
            None | Some([]) => Found::Gone,
            Some([one]) if self.is_marked(*one) => Found::Marked,
            Some([one]) => Found::Live(*one),
            Some(_) => Found::Repeated,
        }
    }

    fn is_marked(&self, record: RecordRef) -> bool {
        match record.is_party() {
            true => self.data.parties(record.side).flags[record.at()].has(Flags::DELETED),
            false => {
                self.data.book(record.side, self.data.entity(record)).flag(Field::Deleted, record.at()) == Some(true)
            }
        }
    }

    fn step(&self, step: &Step) -> Result<Verified, VerifyError> {
        let unknown = |what: &str| VerifyError::Unknown { step: step.id.clone(), what: what.to_owned() };
        let side = Side::parse(&step.side).ok_or_else(|| unknown(&step.side))?;
        let entity = Entity::parse(&step.entity).ok_or_else(|| unknown(&step.entity))?;
        for cell in step.expect.iter().chain(&step.set) {
            Field::parse(&cell.field).ok_or_else(|| unknown(&cell.field))?;
        }
        let (verdict, detail) = match step.action.as_str() {
            "set-field" | "link" => self.field(side, entity, step),
            "merge" => self.merge(side, entity, step),
            "decide" => self.decide(side, entity, step),
            "settle" => self.settle(side, entity, step),
            "load" => (
                Verdict::Unknown,
                self.say("связи хранит обмен, в выгрузке их нет", "the exchange keeps the links, no export shows them"),
            ),
            other => return Err(unknown(other)),
        };
        Ok(Verified { step: step.id.clone(), action: step.action.clone(), verdict, detail })
    }

    fn say(&self, ru: &str, en: &str) -> String {
        self.lang.pick(ru, en).to_owned()
    }

    /// The text of a cell of the plan in a record now; `None` when the export has no such field.
    fn text(&self, record: RecordRef, cell: &Cell) -> Option<&'a str> {
        let raw = self.data.records(record);
        let field = Field::parse(&cell.field)?;
        raw.has(field).then(|| raw.get(field, record.at()).trim())
    }

    fn field(&self, side: Side, entity: Entity, step: &Step) -> (Verdict, String) {
        let (Some(id), Some(set)) = (step.records.first(), step.set.first()) else {
            return (Verdict::Unknown, self.say("в шаге нет записи", "the step names no record"));
        };
        let record = match self.find(side, entity, id) {
            Found::Live(record) => record,
            Found::Gone if self.partial[side as usize] => return (Verdict::Unknown, self.partial_source()),
            Found::Gone => return (Verdict::Otherwise, self.say("записи больше нет", "the record is gone")),
            Found::Marked => {
                return (
                    Verdict::Otherwise,
                    self.say("запись помечена на удаление", "the record is marked for deletion"),
                );
            }
            Found::Repeated => return (Verdict::Unknown, self.repeated(id)),
        };
        // Ends of texts do not count: systems and exports trim them.
        match self.text(record, set) {
            None => (Verdict::Unknown, self.say("в выгрузке нет этого поля", "the export has no such field")),
            Some(text) if text == set.text.trim() => (Verdict::Done, String::new()),
            Some(text) if step.expect.iter().any(|e| text == e.text.trim()) => (Verdict::NotDone, String::new()),
            Some(_) => {
                (Verdict::Otherwise, format!("{}: {}", self.say("в поле другое значение", "another value"), set.field))
            }
        }
    }

    fn merge(&self, side: Side, entity: Entity, step: &Step) -> (Verdict, String) {
        let Some((keep, drop)) = step.records.split_first() else {
            return (Verdict::Unknown, self.say("в шаге нет записей", "the step names no records"));
        };
        let mut gone = 0;
        let mut left = Vec::new();
        for id in drop {
            match self.find(side, entity, id) {
                Found::Live(_) => left.push(id.as_str()),
                Found::Marked => {}
                Found::Gone => gone += 1,
                Found::Repeated => return (Verdict::Unknown, self.repeated(id)),
            }
        }
        let kept = match self.find(side, entity, keep) {
            Found::Live(record) => Some(record),
            Found::Repeated => return (Verdict::Unknown, self.repeated(keep)),
            Found::Gone | Found::Marked => None,
        };
        // What is not in a part of the base may well be in the rest of it.
        if self.partial[side as usize] && (gone > 0 || kept.is_none()) {
            return (Verdict::Unknown, self.partial_source());
        }
        let Some(record) = kept else {
            let detail = match left.as_slice() {
                [] => self.say("не осталось ни одной записи группы", "no record of the group is left"),
                [one] => format!("{} {one}", self.say("осталась другая запись:", "another record stayed:")),
                _ => format!("{} {keep}", self.say("нет основной записи", "the main record is gone:")),
            };
            return (Verdict::Otherwise, detail);
        };
        if left.len() == drop.len() {
            let marks = self.data.parties(side).raw.has(Field::Deleted);
            if side == Side::Onec && !marks {
                let detail = self.say(
                    "в выгрузке 1С нет пометки удаления, а дубли в ней остаются",
                    "the export of 1C has no deletion mark, and duplicates stay in it",
                );
                return (Verdict::Unknown, detail);
            }
            return (Verdict::NotDone, String::new());
        }
        if !left.is_empty() {
            return (
                Verdict::Otherwise,
                format!("{} {}", self.say("остались дубли:", "duplicates left:"), left.join(", ")),
            );
        }
        self.kept(record, keep, step)
    }

    /// The duplicates are gone: does the record that stays hold what the plan promised?
    fn kept(&self, record: RecordRef, keep: &str, step: &Step) -> (Verdict, String) {
        let changed = |cell: &&Cell| {
            let text = self.text(record, cell).unwrap_or_default();
            cell.id == keep && !cell.text.trim().is_empty() && !text.is_empty() && text != cell.text.trim()
        };
        if let Some(cell) = step.expect.iter().find(changed) {
            let detail = self
                .say("объединено, но у основной записи другое значение:", "merged, but the main record has another:");
            return (Verdict::Otherwise, format!("{detail} {}", cell.field));
        }
        let empty = |cell: &&Cell| !cell.text.trim().is_empty() && self.text(record, cell).is_some_and(str::is_empty);
        if let Some(cell) = step.set.iter().find(empty) {
            let detail = self.say("объединено, но у основной записи пусто поле", "merged, but the main record lacks");
            return (Verdict::Otherwise, format!("{detail} {}", cell.field));
        }
        (Verdict::Done, String::new())
    }

    /// Work of a person: done when no more than one record is left.
    fn decide(&self, side: Side, entity: Entity, step: &Step) -> (Verdict, String) {
        let found: Vec<Found> = step.records.iter().map(|id| self.find(side, entity, id)).collect();
        let live = found.iter().filter(|f| matches!(f, Found::Live(_))).count();
        if found.iter().any(|f| matches!(f, Found::Repeated)) {
            return (Verdict::Unknown, self.say("код записи повторяется", "the record id repeats"));
        }
        if self.partial[side as usize] && found.iter().any(|f| matches!(f, Found::Gone)) {
            return (Verdict::Unknown, self.partial_source());
        }
        match live {
            all if all == step.records.len() => (Verdict::NotDone, String::new()),
            0 | 1 => (Verdict::Done, String::new()),
            left => (Verdict::Otherwise, format!("{} {left}", self.say("осталось записей:", "records left:"))),
        }
    }

    /// Work of a person on a finding: done when the audit that looked for it finds it no more. Where the check could not
    /// look, the text that was found tells at least that nothing was done on this side.
    fn settle(&self, side: Side, entity: Entity, step: &Step) -> (Verdict, String) {
        let Some(id) = step.records.first() else {
            return (Verdict::Unknown, self.say("в шаге нет записи", "the step names no record"));
        };
        let finding = step.finding.as_deref().and_then(FindingId::parse);
        let found = self.find(side, entity, id);
        match finding.and_then(|f| self.findings.get(&f)) {
            Some(Status::Accepted) => {
                return (Verdict::Otherwise, self.say("отложено решением человека", "put off by a decision"));
            }
            Some(_) => return (Verdict::NotDone, self.say("сверка находит это снова", "the audit finds it again")),
            None => {}
        }
        let looked = step.check.as_deref().is_some_and(|c| self.ran.contains(c));
        match (found, step.expect.first()) {
            (Found::Gone, _) if self.partial[side as usize] => (Verdict::Unknown, self.partial_source()),
            (Found::Gone, _) => (Verdict::Otherwise, self.say("записи больше нет", "the record is gone")),
            (Found::Repeated, _) => (Verdict::Unknown, self.repeated(id)),
            (Found::Live(_) | Found::Marked, _) if looked => (Verdict::Done, String::new()),
            (Found::Live(record), Some(cell)) if self.text(record, cell) == Some(cell.text.trim()) => {
                let detail = self.say("значение прежнее:", "the value is the same:");
                (Verdict::NotDone, format!("{detail} {}", cell.field))
            }
            (Found::Live(_) | Found::Marked, _) => {
                let detail = self.say("проверка не выполнялась:", "the check did not run:");
                (Verdict::Unknown, format!("{detail} {}", step.check.as_deref().unwrap_or_default()))
            }
        }
    }

    fn partial_source(&self) -> String {
        self.say("выгрузка неполная: записи в ней нет", "the export is a part: the record is not in it")
    }

    fn repeated(&self, id: &str) -> String {
        format!("{} {id}", self.say("код записи повторяется:", "the record id repeats:"))
    }
}

/// A list for people: steps in the order of the plan.
pub fn list(found: &[Verified], lang: Lang) -> String {
    let mut text = String::from(BOM);
    row(&mut text, &[lang.pick("Шаг", "Step"), lang.pick("Итог", "Result"), lang.pick("Почему", "Why")]);
    for one in found {
        row(&mut text, &[&one.step, one.verdict.text(lang), &one.detail]);
    }
    text
}

/// For programs: `{"counts": {verdict: n}, "steps": [{step, action, verdict, detail}]}`.
pub fn json(found: &[Verified]) -> Value {
    let count = |verdict: Verdict| found.iter().filter(|f| f.verdict == verdict).count();
    let counts: serde_json::Map<String, Value> =
        Verdict::ALL.into_iter().map(|v| (v.as_str().to_owned(), json!(count(v)))).collect();
    let steps: Vec<Value> = found
        .iter()
        .map(|f| json!({"step": f.step, "action": f.action, "verdict": f.verdict.as_str(), "detail": f.detail}))
        .collect();
    json!({"counts": counts, "steps": steps})
}
