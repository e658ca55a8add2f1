//! The full lists people work through: one per sheet of the workbook, its beginning on the page.
//!
//! A queue makes its rows on demand, so that a million findings cost one row of memory at a time.

use std::collections::HashMap;

use super::cell::{Cell, Column, Kind, Tone, shown};
use super::texts::Texts;
use crate::checks::{CheckResult, Ran};
use crate::decisions::evidence;
use crate::finding::{Finding, Severity, Status, Subject};
use crate::matching::{Decision, Link, Scope, Veto};
use crate::model::{Entity, Field, LeftOutReason, Location, Quarantined, RecordRef, Side, SourceReport};
use crate::outcome::Outcome;
use crate::reconcile::FieldStatus;

/// Heading codes of the hidden columns by which decisions are read back from the sheet of duplicates.
pub const KEY_A: &str = "key_a";
pub const KEY_B: &str = "key_b";
/// Heading code of the hidden column with what the records said when the workbook was written.
pub const EVIDENCE: &str = "evidence";

/// A list of rows with a name.
pub struct Queue<'a> {
    /// Id of the section on the page.
    pub id: &'static str,
    /// Name of the sheet and of the section.
    pub title: String,
    /// One sentence on what stands here and what to do.
    pub lead: String,
    pub columns: Vec<Column>,
    pub len: usize,
    row: Box<dyn Fn(usize) -> Vec<Cell> + Sync + 'a>,
}

impl std::fmt::Debug for Queue<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Queue").field("id", &self.id).field("len", &self.len).finish_non_exhaustive()
    }
}

impl Queue<'_> {
    /// Cells of row `at`, one per column.
    pub fn row(&self, at: usize) -> Vec<Cell> {
        (self.row)(at)
    }

    pub fn rows(&self) -> impl Iterator<Item = Vec<Cell>> + '_ {
        (0..self.len).map(|at| self.row(at))
    }
}

/// One question of the sheet of duplicates: are these two one party?
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Question {
    /// Number of the group of duplicates, from 1; 0 for a pair that only review proposes.
    pub group: u32,
    pub a: RecordRef,
    /// Master of the group, or the other record of the pair.
    pub b: RecordRef,
    /// Strongest evidence: position in `Matching::links`.
    pub link: Option<u32>,
}

/// A group of duplicates on one side.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Group {
    /// Position in `Matching::clusters`.
    pub cluster: u32,
    pub side: Side,
    pub master: RecordRef,
    /// Sorted, master included.
    pub members: Vec<RecordRef>,
}

/// Positions that every list of the report is made of.
#[derive(Debug, Default)]
pub struct Index {
    pub groups: Vec<Group>,
    pub questions: Vec<Question>,
    /// Links that a person has to look at.
    pub review: Vec<u32>,
    /// Links that a veto, or a person, forbids.
    pub vetoed: Vec<u32>,
    /// Pair of `Drift::pairs` and position in its fields.
    pub drift: Vec<(u32, u32)>,
}

impl Index {
    pub fn new(outcome: &Outcome) -> Index {
        let mut index = Index::default();
        let links = &outcome.matching.links;
        for (at, link) in links.iter().enumerate() {
            match link.decision {
                Decision::Review => index.review.push(at as u32),
                Decision::Rejected => index.vetoed.push(at as u32),
                Decision::Auto | Decision::Accepted => {}
            }
        }
        // Most certain first: a person confirms the easy ones and sees where doubt begins.
        index.review.sort_by(|&x, &y| {
            let (x, y) = (&links[x as usize], &links[y as usize]);
            y.weight.total_cmp(&x.weight).then((x.a, x.b).cmp(&(y.a, y.b)))
        });
        index.vetoed.sort_by_key(|&at| {
            let link = &links[at as usize];
            (link.veto.unwrap_or(Veto::Refused), link.scope(), link.a, link.b)
        });
        let evidence = strongest(outcome);
        for (cluster, c) in outcome.matching.clusters.iter().enumerate() {
            for side in Side::BOTH {
                let members: Vec<RecordRef> = c.of(side).collect();
                if members.len() < 2 {
                    continue;
                }
                let master = c.master(side).unwrap_or(members[0]);
                let group = index.groups.len() as u32 + 1;
                for &a in members.iter().filter(|&&m| m != master) {
                    let link = between(links, a, master).or_else(|| evidence.get(&a).copied());
                    index.questions.push(Question { group, a, b: master, link });
                }
                index.groups.push(Group { cluster: cluster as u32, side, master, members });
            }
        }
        for &at in &index.review {
            let link = &links[at as usize];
            index.questions.push(Question { group: 0, a: link.a, b: link.b, link: Some(at) });
        }
        let pairs = &outcome.drift.pairs;
        for (pair, p) in pairs.iter().enumerate() {
            index.drift.extend((0..p.fields.len()).map(|field| (pair as u32, field as u32)));
        }
        // Two values that contradict need a person; a value that one side lacks is mostly copied over.
        index.drift.sort_by_key(|&(pair, field)| {
            let (name, status) = pairs[pair as usize].fields[field as usize];
            (status != FieldStatus::Different, name, status, pair)
        });
        index
    }
}

/// For each record the strongest link inside its side that counts.
fn strongest(outcome: &Outcome) -> HashMap<RecordRef, u32> {
    let links = &outcome.matching.links;
    let mut best: HashMap<RecordRef, u32> = HashMap::new();
    for (at, link) in links.iter().enumerate() {
        if link.decision.links() && link.scope() != Scope::Cross {
            for r in [link.a, link.b] {
                let held = best.entry(r).or_insert(at as u32);
                if links[*held as usize].weight < link.weight {
                    *held = at as u32;
                }
            }
        }
    }
    best
}

/// The link of two records that counts, if they were linked directly.
fn between(links: &[Link], a: RecordRef, b: RecordRef) -> Option<u32> {
    let pair = (a.min(b), a.max(b));
    let at = links.binary_search_by(|l| (l.a, l.b).cmp(&pair)).ok()?;
    links[at].decision.links().then_some(at as u32)
}

/// What the rows of queues are made with.
#[derive(Clone, Copy)]
pub struct Cells<'a> {
    pub outcome: &'a Outcome,
    pub texts: &'a Texts,
}

impl<'a> Cells<'a> {
    pub fn field(&self, field: Field, r: RecordRef) -> &'a str {
        self.outcome.data.parties(r.side).raw.get(field, r.at())
    }

    pub fn value(&self, field: Field, r: RecordRef) -> Cell {
        Cell::value(self.field(field, r))
    }

    pub fn id(&self, r: RecordRef) -> Cell {
        Cell::value(self.outcome.data.id(r))
    }

    pub fn name(&self, r: RecordRef) -> Cell {
        Cell::value(&self.outcome.data.parties(r.side).display_name(r.at()))
    }

    pub fn key(&self, r: RecordRef) -> Cell {
        Cell::value(&self.outcome.data.key(r))
    }

    pub fn side(&self, side: Side) -> Cell {
        Cell::text(side.title(self.texts.lang))
    }

    pub fn entity(&self, entity: Entity) -> Cell {
        Cell::text(self.texts.get(match entity {
            Entity::Counterparty => "entity.counterparty",
            Entity::Contact => "entity.contact",
        }))
    }

    pub fn scope(&self, scope: Scope) -> Cell {
        match scope {
            Scope::Within(side) => self.side(side),
            Scope::Cross => Cell::text(self.texts.get("word.cross")),
        }
    }

    pub fn count(&self, n: u64) -> Cell {
        Cell::number(n as f64, self.texts.number(n))
    }

    pub fn severity(&self, severity: Severity) -> Cell {
        Cell::text(severity.text(self.texts.lang)).tone(Tone::of(severity))
    }

    /// Probability in per cent, 0..=0.999 behind it: a model is never certain, and «100 %» beside a pair that is
    /// held for review would read as a contradiction.
    pub fn probability(&self, link: &Link) -> Cell {
        let probability = (link.probability * 1e3).round().min(999.0) / 1e3;
        Cell::number(probability, self.texts.percent(probability * 100.0))
    }

    /// Fields that speak for a pair.
    pub fn agree(&self, link: &Link) -> Cell {
        let fields: Vec<&str> = link.agree().map(|f| f.title(self.texts.lang)).collect();
        Cell::text(fields.join(", "))
    }

    /// A place in a file in the language of the report.
    pub fn place(&self, at: &Location) -> Cell {
        let mut text = at.place.file.to_string();
        if let Some(sheet) = &at.place.sheet {
            text += &self.texts.say("place.sheet", &[("sheet", sheet)]);
        }
        if let Some(row) = at.row {
            text += &self.texts.say("place.row", &[("row", &row)]);
        }
        if let Some(column) = &at.column {
            text += &self.texts.say("place.column", &[("column", column)]);
        }
        Cell::value(&text)
    }

    pub fn record_place(&self, r: RecordRef) -> Cell {
        self.place(&self.outcome.data.parties(r.side).raw.location(r.at()))
    }

    fn columns<const N: usize>(&self, columns: [(&str, Kind, u16, bool); N]) -> Vec<Column> {
        let title = |key: &str| self.texts.find(key).unwrap_or(key).to_owned();
        columns.into_iter().map(|(key, kind, width, page)| Column { title: title(key), kind, width, page }).collect()
    }
}

fn link_of(outcome: &Outcome, at: Option<u32>) -> Option<&Link> {
    at.and_then(|at| outcome.matching.links.get(at as usize))
}

/// «Дубли»: every question for a person, groups first.
pub fn duplicates<'a>(cx: Cells<'a>, index: &'a Index) -> Queue<'a> {
    use Kind::{Code, Comment, Key, Number, Text};
    Queue {
        id: "duplicates",
        title: cx.texts.get("sheet.duplicates").to_owned(),
        lead: cx.texts.get("lead.duplicates").to_owned(),
        columns: cx.columns([
            ("col.group", Number, 8, true),
            ("col.where", Text, 10, true),
            ("col.question", Text, 16, true),
            ("col.record_id", Code, 14, true),
            ("col.record_name", Text, 38, true),
            ("col.record_inn", Code, 15, true),
            ("col.record_kpp", Code, 12, true),
            ("col.record_phone", Code, 20, true),
            ("col.record_email", Code, 24, true),
            ("col.master_id", Code, 14, true),
            ("col.master_name", Text, 38, true),
            ("col.master_inn", Code, 15, true),
            ("col.master_kpp", Code, 12, true),
            ("col.probability", Number, 13, true),
            ("col.agree", Text, 30, true),
            ("col.proposal", Text, 24, true),
            ("col.decision", Kind::Decision, 16, false),
            ("col.comment", Comment, 30, false),
            (KEY_A, Key, 10, false),
            (KEY_B, Key, 10, false),
            (EVIDENCE, Key, 10, false),
        ]),
        len: index.questions.len(),
        row: Box::new(move |at| {
            let q = index.questions[at];
            let link = link_of(cx.outcome, q.link);
            let decided = link.is_some_and(|l| l.decision == Decision::Accepted);
            let (question, proposal) = if q.group == 0 {
                let text = if q.a.side == q.b.side { "question.review" } else { "question.link" };
                (text, Cell::text(cx.texts.get("proposal.review")).tone(Tone::Warning))
            } else if decided {
                ("question.group", Cell::text(cx.texts.get("proposal.accepted")).tone(Tone::Good))
            } else {
                ("question.group", Cell::text(cx.texts.get("proposal.merge")).tone(Tone::Good))
            };
            let group = if q.group == 0 { Cell::default() } else { cx.count(u64::from(q.group)) };
            vec![
                group,
                cx.scope(Scope::of(q.a, q.b)),
                Cell::text(cx.texts.get(question)),
                cx.id(q.a),
                cx.name(q.a),
                cx.value(Field::Inn, q.a),
                cx.value(Field::Kpp, q.a),
                cx.value(Field::Phone, q.a),
                cx.value(Field::Email, q.a),
                cx.id(q.b),
                cx.name(q.b),
                cx.value(Field::Inn, q.b),
                cx.value(Field::Kpp, q.b),
                link.map_or_else(Cell::default, |l| cx.probability(l)),
                link.map_or_else(Cell::default, |l| cx.agree(l)),
                proposal,
                Cell::text(if decided { cx.texts.get("decision.merge") } else { "" }),
                Cell::default(),
                cx.key(q.a),
                cx.key(q.b),
                Cell::text(evidence::of_pair(&cx.outcome.data, q.a, q.b, None)),
            ]
        }),
    }
}

/// «Не объединять»: pairs that look alike and must stay apart.
pub fn vetoes<'a>(cx: Cells<'a>, index: &'a Index) -> Queue<'a> {
    use Kind::{Code, Key, Number, Text};
    Queue {
        id: "vetoes",
        title: cx.texts.get("sheet.vetoes").to_owned(),
        lead: cx.texts.get("lead.vetoes").to_owned(),
        columns: cx.columns([
            ("col.where", Text, 12, true),
            ("col.veto", Text, 46, true),
            ("col.record_name", Text, 38, true),
            ("col.record_inn", Code, 15, true),
            ("col.record_kpp", Code, 12, true),
            ("col.other_name", Text, 38, true),
            ("col.other_inn", Code, 15, true),
            ("col.other_kpp", Code, 12, true),
            ("col.agree", Text, 30, true),
            ("col.probability_before", Number, 13, false),
            ("col.record_id", Code, 18, true),
            ("col.other_id", Code, 18, true),
            (KEY_A, Key, 10, false),
            (KEY_B, Key, 10, false),
        ]),
        len: index.vetoed.len(),
        row: Box::new(move |at| {
            let link = &cx.outcome.matching.links[index.vetoed[at] as usize];
            let veto = link.veto.unwrap_or(Veto::Refused).text(cx.texts.lang);
            vec![
                cx.scope(link.scope()),
                Cell::text(veto).tone(Tone::Error),
                cx.name(link.a),
                cx.value(Field::Inn, link.a),
                cx.value(Field::Kpp, link.a),
                cx.name(link.b),
                cx.value(Field::Inn, link.b),
                cx.value(Field::Kpp, link.b),
                cx.agree(link),
                cx.probability(link),
                cx.id(link.a),
                cx.id(link.b),
                cx.key(link.a),
                cx.key(link.b),
            ]
        }),
    }
}

/// «Расхождения»: one row per field that a person settles.
pub fn drift<'a>(cx: Cells<'a>, index: &'a Index) -> Queue<'a> {
    use Kind::{Code, Comment, Key, Number, Text};
    Queue {
        id: "drift-pairs",
        title: cx.texts.get("sheet.drift").to_owned(),
        lead: cx.texts.get("lead.drift").to_owned(),
        columns: cx.columns([
            ("col.pair", Number, 8, true),
            ("col.name", Text, 38, true),
            ("col.inn", Code, 15, false),
            ("col.field", Text, 22, true),
            ("col.status", Text, 17, true),
            ("col.crm_value", Code, 36, true),
            ("col.onec_value", Code, 36, true),
            ("col.golden", Code, 36, true),
            ("col.crm_id", Code, 14, true),
            ("col.onec_id", Code, 20, true),
            ("col.golden_why", Text, 26, false),
            ("col.decision", Kind::Value, 16, false),
            ("col.comment", Comment, 30, false),
            ("key_crm", Key, 10, false),
            ("key_onec", Key, 10, false),
            ("field", Key, 10, false),
            (EVIDENCE, Key, 10, false),
        ]),
        len: index.drift.len(),
        row: Box::new(move |at| {
            let (pair_at, field_at) = index.drift[at];
            let pair = &cx.outcome.drift.pairs[pair_at as usize];
            let (field, status) = pair.fields[field_at as usize];
            let golden = &cx.outcome.matching.golden;
            let proposal = golden
                .binary_search_by(|g| (g.cluster, g.field).cmp(&(pair.cluster, field)))
                .ok()
                .map(|at| &golden[at]);
            let tone = if status == FieldStatus::Different { Tone::Error } else { Tone::Warning };
            vec![
                cx.count(u64::from(pair_at) + 1),
                cx.name(pair.crm),
                cx.value(Field::Inn, pair.crm),
                Cell::text(field.title(cx.texts.lang)),
                Cell::text(status.text(cx.texts.lang)).tone(tone),
                cx.value(field, pair.crm),
                cx.value(field, pair.onec),
                proposal.map_or_else(Cell::default, |g| Cell::value(&g.value)),
                cx.id(pair.crm),
                cx.id(pair.onec),
                proposal.map_or_else(Cell::default, |g| {
                    let rule = format!("survivor.{}", g.rule);
                    let rule = cx.texts.find(&rule).unwrap_or(g.rule);
                    Cell::text(format!("{}: {rule}", g.from.side.title(cx.texts.lang)))
                }),
                Cell::default(),
                Cell::default(),
                cx.key(pair.crm),
                cx.key(pair.onec),
                Cell::text(field.code()),
                Cell::text(evidence::of_pair(&cx.outcome.data, pair.crm, pair.onec, Some(field))),
            ]
        }),
    }
}

/// «Только в CRM», «Только в 1С».
pub fn only<'a>(cx: Cells<'a>, side: Side) -> Queue<'a> {
    use Kind::{Code, Comment, Key, Text};
    let (id, title, lead, records) = match side {
        Side::Crm => ("only-crm", "sheet.only_crm", "lead.only_crm", &cx.outcome.drift.only_crm),
        Side::Onec => ("only-onec", "sheet.only_onec", "lead.only_onec", &cx.outcome.drift.only_onec),
    };
    Queue {
        id,
        title: cx.texts.get(title).to_owned(),
        lead: cx.texts.get(lead).to_owned(),
        columns: cx.columns([
            ("col.entity", Text, 14, true),
            ("col.id", Code, 18, true),
            ("col.name", Text, 42, true),
            ("col.inn", Code, 15, true),
            ("col.kpp", Code, 12, true),
            ("col.phone", Code, 22, true),
            ("col.email", Code, 28, true),
            ("col.responsible", Text, 22, true),
            ("col.place", Text, 40, true),
            ("col.comment", Comment, 30, false),
            ("key", Key, 10, false),
        ]),
        len: records.len(),
        row: Box::new(move |at| {
            let r = records[at];
            vec![
                cx.entity(cx.outcome.data.entity(r)),
                cx.id(r),
                cx.name(r),
                cx.value(Field::Inn, r),
                cx.value(Field::Kpp, r),
                cx.value(Field::Phone, r),
                cx.value(Field::Email, r),
                cx.value(Field::Responsible, r),
                cx.record_place(r),
                Cell::default(),
                cx.key(r),
            ]
        }),
    }
}

/// Further records of a finding that are listed by name; the rest is counted.
const MORE_SHOWN: usize = 20;

/// «Находки»: every finding, in the order of severity and check.
pub fn findings<'a>(cx: Cells<'a>) -> Queue<'a> {
    use Kind::{Code, Comment, Key, Number, Text};
    let cards: HashMap<&'static str, &'a CheckResult> = cx.outcome.checks.iter().map(|c| (c.meta.id, c)).collect();
    Queue {
        id: "findings",
        title: cx.texts.get("sheet.findings").to_owned(),
        lead: cx.texts.get("lead.findings").to_owned(),
        columns: cx.columns([
            ("col.severity", Text, 18, false),
            ("col.standing", Text, 12, true),
            ("col.check", Text, 38, false),
            ("col.where", Text, 8, true),
            ("col.entity", Text, 13, false),
            ("col.id", Code, 18, true),
            ("col.name", Text, 38, true),
            ("col.message", Text, 60, true),
            ("col.field", Text, 17, true),
            ("col.crm_value", Code, 26, true),
            ("col.onec_value", Code, 26, true),
            ("col.others", Text, 40, true),
            ("col.records", Number, 10, false),
            ("col.responsible", Text, 20, false),
            ("col.place", Text, 40, true),
            ("col.changed", Text, 16, true),
            ("col.first_seen", Text, 12, false),
            ("col.decision", Kind::Accept, 14, false),
            ("col.comment", Comment, 28, false),
            ("col.check_id", Code, 26, false),
            ("col.finding_id", Code, 19, false),
            ("key", Key, 10, false),
            (EVIDENCE, Key, 10, false),
        ]),
        len: cx.outcome.findings.len(),
        row: Box::new(move |at| {
            let f = &cx.outcome.findings[at];
            let title = cards.get(f.check).map_or(f.check, |c| c.meta.card(cx.texts.lang).title);
            finding_row(cx, f, title)
        }),
    }
}

/// Status against the baseline; without one only what a person accepted has a word.
fn standing(cx: Cells, f: &Finding) -> Cell {
    if cx.outcome.comparison.is_none() && f.status != Status::Accepted {
        return Cell::default();
    }
    let tone = match f.status {
        Status::New | Status::Returned => Tone::Error,
        Status::Known => Tone::Plain,
        Status::Accepted => Tone::Warning,
    };
    Cell::text(f.status.text(cx.texts.lang)).tone(tone)
}

fn finding_row(cx: Cells, f: &Finding, title: &str) -> Vec<Cell> {
    let subject = match &f.subject {
        Subject::Record(r) => Some(*r),
        Subject::Source { .. } => None,
    };
    let entity = match &f.subject {
        Subject::Record(r) => Some(cx.outcome.data.entity(*r)),
        Subject::Source { entity, .. } => *entity,
    };
    let place = match &f.subject {
        Subject::Record(r) => cx.record_place(*r),
        Subject::Source { at, .. } => cx.place(at),
    };
    let mut others: Vec<String> = Vec::new();
    let rest: Vec<RecordRef> = f.other.into_iter().chain(f.more.iter().copied()).collect();
    for &r in rest.iter().take(MORE_SHOWN) {
        others.push(format!("{} {} — {}", cx.side(r.side).text, cx.id(r).text, cx.name(r).text));
    }
    if rest.len() > MORE_SHOWN {
        others.push(cx.texts.say("word.and_more", &[("n", &cx.texts.number((rest.len() - MORE_SHOWN) as u64))]));
    }
    let optional = |v: &Option<String>| v.as_deref().map_or_else(Cell::default, Cell::value);
    vec![
        cx.severity(f.severity),
        standing(cx, f),
        Cell::text(title),
        cx.side(f.side()),
        entity.map_or_else(Cell::default, |e| cx.entity(e)),
        subject.map_or_else(Cell::default, |r| cx.id(r)),
        subject.map_or_else(Cell::default, |r| cx.name(r)),
        Cell::value(&f.message),
        f.field.map_or_else(Cell::default, |field| Cell::text(field.title(cx.texts.lang))),
        optional(&f.crm_value),
        optional(&f.onec_value),
        Cell::text(others.join("; ")),
        cx.count(f.records().count() as u64),
        subject.map_or_else(Cell::default, |r| cx.value(Field::Responsible, r)),
        place,
        Cell::text(f.changed.text(cx.texts.lang)),
        f.first_seen.map_or_else(Cell::default, |d| Cell::text(cx.texts.date(d))),
        Cell::default(),
        Cell::default(),
        Cell::text(f.check),
        Cell::text(f.id.to_string()),
        subject.map_or_else(Cell::default, |r| cx.key(r)),
        Cell::text(evidence::of_finding(&cx.outcome.data, f).unwrap_or_default()),
    ]
}

/// «Проверки»: every check of the catalogue and what became of it.
pub fn checks<'a>(cx: Cells<'a>) -> Queue<'a> {
    use Kind::{Code, Number, Text};
    Queue {
        id: "checks",
        title: cx.texts.get("sheet.checks").to_owned(),
        lead: cx.texts.get("lead.checks").to_owned(),
        columns: cx.columns([
            ("col.severity", Text, 18, true),
            ("col.check", Text, 42, true),
            ("col.state", Text, 22, true),
            ("col.found", Number, 10, true),
            ("col.evaluated", Number, 12, true),
            ("col.not_run_why", Text, 36, true),
            ("col.finds", Text, 50, false),
            ("col.why", Text, 50, false),
            ("col.causes", Text, 50, false),
            ("col.remedy", Text, 50, false),
            ("col.fix", Text, 24, false),
            ("col.source", Text, 40, false),
            ("col.check_id", Code, 28, true),
        ]),
        len: cx.outcome.checks.len(),
        row: Box::new(move |at| {
            let c = &cx.outcome.checks[at];
            let card = c.meta.card(cx.texts.lang);
            let (evaluated, why) = match &c.ran {
                Ran::Evaluated(n) => (cx.count(*n), Cell::default()),
                Ran::NotRun(why) => (Cell::default(), Cell::value(why)),
            };
            vec![
                cx.severity(c.severity),
                Cell::text(card.title),
                check_state(cx, c),
                cx.count(c.findings),
                evaluated,
                why,
                Cell::text(card.finds),
                Cell::text(card.why),
                Cell::text(card.causes),
                Cell::text(card.remedy),
                Cell::text(c.meta.fix.text(cx.texts.lang)),
                Cell::text(card.source),
                Cell::text(c.meta.id),
            ]
        }),
    }
}

/// In words: found, clean, not run, switched off. A check that looked at nothing is not a passed one.
pub fn check_state(cx: Cells, c: &CheckResult) -> Cell {
    match &c.ran {
        _ if c.off => Cell::text(cx.texts.get("state.off")).tone(Tone::Warning),
        Ran::NotRun(_) => Cell::text(cx.texts.get("state.not_run")).tone(Tone::Warning),
        _ if c.findings > 0 => Cell::text(cx.texts.get("state.found")).tone(Tone::of(c.severity)),
        Ran::Evaluated(0) => Cell::text(cx.texts.get("state.nothing")).tone(Tone::Warning),
        Ran::Evaluated(_) => Cell::text(cx.texts.get("state.passed")).tone(Tone::Good),
    }
}

/// «Карантин»: input that could not be used.
pub fn quarantine<'a>(cx: Cells<'a>) -> Queue<'a> {
    use Kind::{Code, Number, Text};
    let rows: Vec<(Side, &'a Quarantined)> = Side::BOTH
        .into_iter()
        .flat_map(|side| cx.outcome.data.get(side).quarantine.iter().map(move |q| (side, q)))
        .collect();
    Queue {
        id: "quarantine",
        title: cx.texts.get("sheet.quarantine").to_owned(),
        lead: cx.texts.get("lead.quarantine").to_owned(),
        columns: cx.columns([
            ("col.where", Text, 8, true),
            ("col.file", Text, 36, true),
            ("col.sheet", Text, 16, true),
            ("col.row", Number, 9, true),
            ("col.column", Text, 18, true),
            ("col.reason", Text, 44, true),
            ("col.raw", Code, 90, true),
        ]),
        len: rows.len(),
        row: Box::new(move |at| {
            let (side, q) = rows[at];
            let optional = |v: &Option<std::sync::Arc<str>>| v.as_deref().map_or_else(Cell::default, Cell::value);
            vec![
                cx.side(side),
                Cell::value(&q.location.place.file),
                optional(&q.location.place.sheet),
                // A row number is a place, not an amount: no separators between thousands.
                q.location.row.map_or_else(Cell::default, |row| Cell::number(f64::from(row), row.to_string())),
                optional(&q.location.column),
                Cell::value(&q.reason),
                Cell::value(&q.raw),
            ]
        }),
    }
}

/// «Источники»: the account of rows of every source.
pub fn sources<'a>(cx: Cells<'a>) -> Queue<'a> {
    use Kind::{Code, Number, Text};
    let rows: Vec<&'a SourceReport> = Side::BOTH.into_iter().flat_map(|s| &cx.outcome.data.get(s).sources).collect();
    let mut columns = cx.columns([
        ("col.where", Text, 8, true),
        ("col.entity", Text, 14, true),
        ("col.file", Text, 40, true),
        ("col.format", Text, 17, true),
        ("col.encoding", Text, 14, true),
        ("col.read", Number, 12, true),
        ("col.loaded", Number, 12, true),
        ("col.quarantined", Number, 12, true),
        ("col.left_out", Number, 12, true),
    ]);
    for reason in LeftOutReason::ALL {
        let title = cx.texts.get(&format!("left_out.{}", reason.as_str())).to_owned();
        columns.push(Column { title, kind: Number, width: 13, page: false });
    }
    columns.extend(cx.columns([
        ("col.balance", Text, 12, true),
        ("col.completeness", Text, 22, true),
        ("col.declared", Number, 12, false),
        ("col.mapped", Text, 40, false),
        ("col.unmapped", Text, 40, false),
        ("col.bytes", Number, 14, false),
        ("col.sha256", Code, 68, false),
    ]));
    Queue {
        id: "sources",
        title: cx.texts.get("sheet.sources").to_owned(),
        lead: cx.texts.get("lead.sources").to_owned(),
        columns,
        len: rows.len(),
        row: Box::new(move |at| {
            let s = rows[at];
            let format = format!("format.{}", s.format);
            let mut cells = vec![
                cx.side(s.side),
                s.entity.map_or_else(|| Cell::text(cx.texts.get("word.mixed")), |e| cx.entity(e)),
                Cell::value(&s.path),
                Cell::text(cx.texts.find(&format).unwrap_or(s.format)),
                Cell::value(&s.encoding),
                cx.count(s.counts.read),
                cx.count(s.counts.loaded),
                cx.count(s.counts.quarantined).tone(if s.counts.quarantined > 0 { Tone::Warning } else { Tone::Plain }),
                cx.count(s.counts.left_out_total()),
            ];
            cells.extend(s.counts.left_out.iter().map(|&n| cx.count(n)));
            let mapped: Vec<String> = s
                .mapped
                .iter()
                .map(|(heading, field)| format!("{} → {}", shown(heading), field.title(cx.texts.lang)))
                .collect();
            let unmapped: Vec<_> = s.unmapped.iter().map(|h| shown(h)).collect();
            cells.extend([
                if s.counts.balances() {
                    Cell::text(cx.texts.get("word.balances")).tone(Tone::Good)
                } else {
                    Cell::text(cx.texts.get("word.broken")).tone(Tone::Blocker)
                },
                if s.partial {
                    Cell::text(cx.texts.get("word.partial")).tone(Tone::Warning)
                } else {
                    Cell::text(cx.texts.get("word.complete"))
                },
                s.declared_total.map_or_else(Cell::default, |n| cx.count(n)),
                Cell::text(mapped.join("; ")),
                Cell::text(unmapped.join("; ")),
                cx.count(s.files.iter().map(|f| f.bytes).sum()),
                Cell::text(s.files.iter().map(|f| f.sha256.as_str()).collect::<Vec<_>>().join("; ")),
            ]);
            cells
        }),
    }
}
