//! The full lists people work through, in the order of sheets.

use std::collections::HashMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::cell::{Cell, Column, Kind, Tone, shown};
use super::index::Index;
use super::queue::{Cells, Common, Queue};
use super::row::{Row, Word, Words};
use crate::checks::{CheckResult, Ran};
use crate::decisions::evidence;
use crate::finding::{Changed, Finding, Severity, Status, Subject};
use crate::matching::{Decision, Link, Scope, Survival, Veto};
use crate::model::{Field, LeftOutReason, Quarantined, RecordRef, Side, SourceReport};
use crate::outcome::Outcome;
use crate::reconcile::FieldStatus;

/// Heading codes of the hidden columns by which decisions are read back from the sheet of duplicates.
pub const KEY_A: &str = "key_a";
pub const KEY_B: &str = "key_b";
/// Heading code of the hidden column with what the records said when the workbook was written.
pub const EVIDENCE: &str = "evidence";

/// Where the lists of questions stand whole, and those of links, drift and findings.
pub const QUESTIONS: &[&str] = &["data/links.parquet", "data/clusters.parquet"];
pub const LINKS: &[&str] = &["data/links.parquet"];
const DRIFT: &[&str] = &["data/drift.parquet"];
pub const FINDINGS: &[&str] = &["data/findings.parquet"];

fn link_of(outcome: &Outcome, at: Option<u32>) -> Option<&Link> {
    at.and_then(|at| outcome.matching.links.get(at as usize))
}

/// «Дубли»: every question for a person, groups first.
pub fn duplicates<'a>(cx: Cells<'a>, index: &'a Index) -> Queue<'a> {
    use Kind::{Code, Comment, Key, Link, Number, Text};
    let t = cx.texts;
    let mut words = Words::default();
    let common = Common::add(cx, &mut words);
    let mut word = |key: &str| words.add(t.get(key));
    let [within, across, group] = ["question.review", "question.link", "question.group"].map(&mut word);
    let [review, accepted, merge] = ["proposal.review", "proposal.accepted", "proposal.merge"].map(&mut word);
    let [decided_word, card] = ["decision.merge", "word.card"].map(&mut word);
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
            ("col.master_kpp", Code, 15, true),
            ("col.probability", Number, 13, true),
            ("col.agree", Text, 30, true),
            ("col.proposal", Text, 24, true),
            ("col.decision", Kind::Decision, 16, false),
            ("col.comment", Comment, 30, false),
            ("col.responsible", Text, 22, false),
            ("col.card", Link, 12, false),
            ("col.master_card", Link, 12, false),
            (KEY_A, Key, 10, false),
            (KEY_B, Key, 10, false),
            (EVIDENCE, Key, 10, false),
        ]),
        len: index.questions.len(),
        stored: QUESTIONS,
        words,
        texts: t,
        write: Box::new(move |at, row| {
            let q = index.questions[at];
            let link = link_of(cx.outcome, q.link);
            let decided = link.is_some_and(|l| l.decision == Decision::Accepted);
            let (question, proposal, tone) = if q.group == 0 {
                (if q.a.side == q.b.side { within } else { across }, review, Tone::Warning)
            } else {
                (group, if decided { accepted } else { merge }, Tone::Good)
            };
            if q.group == 0 {
                row.empty()
            } else {
                row.count(u64::from(q.group))
            }
            row.word(common.scope(Scope::of(q.a, q.b)));
            row.word(question);
            cx.put_id(q.a, row);
            cx.put_name(q.a, row);
            for field in [Field::Inn, Field::Kpp, Field::Phone, Field::Email] {
                cx.put_value(field, q.a, row);
            }
            cx.put_id(q.b, row);
            cx.put_name(q.b, row);
            cx.put_value(Field::Inn, q.b, row);
            cx.put_value(Field::Kpp, q.b, row);
            match link {
                Some(link) => {
                    cx.put_probability(link, row);
                    cx.put_agree(link, row);
                }
                None => {
                    row.empty();
                    row.empty();
                }
            }
            row.word(proposal);
            row.tone(tone);
            row.word_or_empty(decided.then_some(decided_word));
            row.empty();
            put_responsible(index, [q.a, q.b], row);
            cx.put_card(q.a, card, row);
            cx.put_card(q.b, card, row);
            cx.put_key(q.a, row);
            cx.put_key(q.b, row);
            cx.put_evidence(|| Some(evidence::of_pair(&cx.outcome.data, q.a, q.b, None)), row);
        }),
    }
}

/// «Не объединять»: pairs that look alike and must stay apart.
pub fn vetoes<'a>(cx: Cells<'a>, index: &'a Index) -> Queue<'a> {
    use Kind::{Code, Key, Number, Text};
    let mut words = Words::default();
    let common = Common::add(cx, &mut words);
    let vetoes = Veto::ALL.map(|veto| (veto, words.add(veto.text(cx.texts.lang))));
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
        stored: LINKS,
        words,
        texts: cx.texts,
        write: Box::new(move |at, row| {
            let link = &cx.outcome.matching.links[index.vetoed[at] as usize];
            row.word(common.scope(link.scope()));
            let veto = link.veto.unwrap_or(Veto::Refused);
            row.word_or_empty(vetoes.iter().find(|(v, _)| *v == veto).map(|(_, word)| *word));
            row.tone(Tone::Error);
            for record in [link.a, link.b] {
                cx.put_name(record, row);
                cx.put_value(Field::Inn, record, row);
                cx.put_value(Field::Kpp, record, row);
            }
            cx.put_agree(link, row);
            cx.put_probability(link, row);
            cx.put_id(link.a, row);
            cx.put_id(link.b, row);
            cx.put_key(link.a, row);
            cx.put_key(link.b, row);
        }),
    }
}

/// «Расхождения»: one row per field that a person settles.
pub fn drift<'a>(cx: Cells<'a>, index: &'a Index) -> Queue<'a> {
    use Kind::{Code, Comment, Key, Link, Number, Text};
    let t = cx.texts;
    let mut words = Words::default();
    let common = Common::add(cx, &mut words);
    let card = words.add(t.get("word.card"));
    let statuses = FieldStatus::ALL.map(|status| words.add(status.text(t.lang)));
    let codes: Vec<Word> = Field::ALL.iter().map(|field| words.add(field.code())).collect();
    // Why the proposal is what it is: a rule of survivorship on a side.
    let mut rules: FxHashMap<(Side, Survival), Word> = FxHashMap::default();
    for golden in &cx.outcome.matching.golden {
        rules.entry((golden.from.side, golden.rule)).or_insert_with(|| {
            let key = format!("survivor.{}", golden.rule.as_str());
            let rule = t.find(&key).unwrap_or(golden.rule.as_str());
            words.add(format!("{}: {rule}", golden.from.side.title(t.lang)))
        });
    }
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
            ("col.responsible", Text, 22, false),
            ("col.crm_card", Link, 12, false),
            ("col.onec_card", Link, 12, false),
            ("key_crm", Key, 10, false),
            ("key_onec", Key, 10, false),
            ("field", Key, 10, false),
            (EVIDENCE, Key, 10, false),
        ]),
        len: index.drift.len(),
        stored: DRIFT,
        words,
        texts: t,
        write: Box::new(move |at, row| {
            let (pair_at, field_at) = index.drift[at];
            let pair = &cx.outcome.drift.pairs[pair_at as usize];
            let (field, status) = pair.fields[field_at as usize];
            let proposal = index.golden(cx.outcome, pair.cluster).iter().find(|g| g.field == field);
            row.count(u64::from(pair_at) + 1);
            cx.put_name(pair.crm, row);
            cx.put_value(Field::Inn, pair.crm, row);
            row.word(common.field(field));
            row.word(statuses[status as usize]);
            row.tone(if status == FieldStatus::Different { Tone::Error } else { Tone::Warning });
            cx.put_value(field, pair.crm, row);
            cx.put_value(field, pair.onec, row);
            match proposal {
                Some(golden) => row.value(&cx.outcome.matching.value(golden, &cx.outcome.data)),
                None => row.empty(),
            }
            cx.put_id(pair.crm, row);
            cx.put_id(pair.onec, row);
            row.word_or_empty(proposal.and_then(|g| rules.get(&(g.from.side, g.rule)).copied()));
            row.empty();
            row.empty();
            put_responsible(index, [pair.crm, pair.onec], row);
            cx.put_card(pair.crm, card, row);
            cx.put_card(pair.onec, card, row);
            cx.put_key(pair.crm, row);
            cx.put_key(pair.onec, row);
            row.word(codes[field as usize]);
            cx.put_evidence(|| Some(evidence::of_pair(&cx.outcome.data, pair.crm, pair.onec, Some(field))), row);
        }),
    }
}

/// «Только в CRM», «Только в 1С».
pub fn only<'a>(cx: Cells<'a>, index: &'a Index, side: Side) -> Queue<'a> {
    use Kind::{Code, Comment, Key, Link, Text};
    let (id, title, lead, records) = match side {
        Side::Crm => ("only-crm", "sheet.only_crm", "lead.only_crm", &cx.outcome.drift.only_crm),
        Side::Onec => ("only-onec", "sheet.only_onec", "lead.only_onec", &cx.outcome.drift.only_onec),
    };
    let mut words = Words::default();
    let common = Common::add(cx, &mut words);
    let card = words.add(cx.texts.get("word.card"));
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
            ("col.card", Link, 12, false),
            ("key", Key, 10, false),
        ]),
        len: records.len(),
        stored: DRIFT,
        words,
        texts: cx.texts,
        write: Box::new(move |at, row| {
            let r = records[at];
            row.word(common.entity(cx.outcome.data.entity(r)));
            cx.put_id(r, row);
            cx.put_name(r, row);
            for field in [Field::Inn, Field::Kpp, Field::Phone, Field::Email] {
                cx.put_value(field, r, row);
            }
            put_responsible(index, [r], row);
            cx.put_place(&cx.outcome.data.location(r), row);
            row.empty();
            cx.put_card(r, card, row);
            cx.put_key(r, row);
        }),
    }
}

/// Everybody who answers for one of these records.
pub(super) fn put_responsible<const N: usize>(index: &Index, records: [RecordRef; N], row: &mut Row) {
    let mut told: Vec<&str> = Vec::with_capacity(N);
    row.write(|out| {
        for name in records.map(|r| index.people.name(r)) {
            if !name.is_empty() && !told.contains(&name) {
                out.push_str(if told.is_empty() { "" } else { ", " });
                out.push_str(name);
                told.push(name);
            }
        }
    });
}

/// Further records of a finding that are listed by name; the rest is counted.
const MORE_SHOWN: usize = 20;

/// «Находки»: every finding, in the order of severity and check.
pub fn findings<'a>(cx: Cells<'a>, index: &'a Index) -> Queue<'a> {
    use Kind::{Code, Comment, Key, Link, Number, Text};
    let mut words = Words::default();
    let common = Common::add(cx, &mut words);
    let card = words.add(cx.texts.get("word.card"));
    let mut checks: HashMap<&str, [Word; 2]> = HashMap::new();
    for c in &cx.outcome.checks {
        checks.insert(c.meta.id, [words.add(c.meta.card(cx.texts.lang).title), words.add(c.meta.id)]);
    }
    let compared = Compared {
        statuses: Status::ALL.map(|status| words.add(status.text(cx.texts.lang))),
        sides: [Changed::Crm, Changed::Onec, Changed::Both].map(|side| words.add(side.text(cx.texts.lang))),
    };
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
            ("col.impact", Number, 16, true),
            ("col.others", Text, 40, true),
            ("col.records", Number, 10, false),
            ("col.responsible", Text, 20, false),
            ("col.place", Text, 40, true),
            ("col.changed", Text, 16, true),
            ("col.first_seen", Text, 12, false),
            ("col.decision", Kind::Accept, 14, false),
            ("col.comment", Comment, 28, false),
            ("col.card", Link, 12, false),
            ("col.check_id", Code, 26, false),
            ("col.finding_id", Code, 19, false),
            ("key", Key, 10, false),
            (EVIDENCE, Key, 10, false),
        ]),
        len: cx.outcome.findings.len(),
        stored: FINDINGS,
        words,
        texts: cx.texts,
        write: Box::new(move |at, row| {
            let finding = &cx.outcome.findings[at];
            let words =
                FindingWords { common: &common, check: checks.get(finding.check).copied(), compared: &compared, card };
            put_finding(cx, index, finding, words, row);
        }),
    }
}

/// Words for what comparing with the baseline says, by position of their enumerations.
struct Compared {
    statuses: [Word; 4],
    sides: [Word; 3],
}

impl Compared {
    /// Status against the baseline; without one only what a person accepted has a word.
    fn put_status(&self, cx: Cells, f: &Finding, row: &mut Row) {
        if cx.outcome.comparison.is_none() && f.status != Status::Accepted {
            return row.empty();
        }
        row.word(self.statuses[f.status as usize]);
        row.tone(match f.status {
            Status::New | Status::Returned => Tone::Error,
            Status::Known => Tone::Plain,
            Status::Accepted => Tone::Warning,
        });
    }

    fn put_changed(&self, f: &Finding, row: &mut Row) {
        row.word_or_empty((f.changed as usize).checked_sub(1).map(|at| self.sides[at]));
    }
}

/// What the row of a finding is worded with.
struct FindingWords<'w> {
    common: &'w Common,
    /// Title and id of the check.
    check: Option<[Word; 2]>,
    compared: &'w Compared,
    card: Word,
}

fn put_finding(cx: Cells, index: &Index, f: &Finding, words: FindingWords, row: &mut Row) {
    let FindingWords { common, check, compared, card } = words;
    let data = &cx.outcome.data;
    let (subject, entity) = match &f.subject {
        Subject::Record(r) => (Some(*r), Some(data.entity(*r))),
        Subject::Source { entity, .. } => (None, *entity),
    };
    common.put_severity(f.severity, row);
    compared.put_status(cx, f, row);
    match check {
        Some([title, _]) => row.word(title),
        None => row.value(f.check),
    }
    row.word(common.side(f.side()));
    row.word_or_empty(entity.map(|e| common.entity(e)));
    match subject {
        Some(r) => {
            cx.put_id(r, row);
            cx.put_name(r, row);
        }
        None => {
            row.empty();
            row.empty();
        }
    }
    row.value(&f.message);
    row.word_or_empty(f.field.map(|field| common.field(field)));
    row.value(f.crm_value.as_deref().unwrap_or_default());
    row.value(f.onec_value.as_deref().unwrap_or_default());
    match f.impact {
        Some(sum) => row.money(i128::from(sum.micros())),
        None => row.empty(),
    }
    put_others(cx, f, row);
    row.count(f.records().count() as u64);
    match subject {
        Some(r) => put_responsible(index, [r], row),
        None => row.empty(),
    }
    match &f.subject {
        Subject::Record(r) => cx.put_place(&data.location(*r), row),
        Subject::Source { at, .. } => cx.put_place(at, row),
    }
    compared.put_changed(f, row);
    match f.first_seen {
        Some(date) => row.value(&cx.texts.date(date)),
        None => row.empty(),
    }
    row.empty();
    row.empty();
    match subject {
        Some(r) => cx.put_card(r, card, row),
        None => row.empty(),
    }
    match check {
        Some([_, id]) => row.word(id),
        None => row.value(f.check),
    }
    row.value(&f.id.to_string());
    match subject {
        Some(r) => cx.put_key(r, row),
        None => row.empty(),
    }
    cx.put_evidence(|| evidence::of_finding(data, f), row);
}

/// Further records of a finding by side, id and name.
fn put_others(cx: Cells, f: &Finding, row: &mut Row) {
    let rest = || f.other.iter().chain(&f.more).copied();
    let count = rest().count();
    if count == 0 {
        return row.empty();
    }
    row.write(|out| {
        let mut name = String::new();
        for (at, r) in rest().take(MORE_SHOWN).enumerate() {
            name.clear();
            cx.write_name(r, &mut name);
            let side = r.side.title(cx.texts.lang);
            for part in
                [if at == 0 { "" } else { "; " }, side, " ", &shown(cx.outcome.data.id(r)), " — ", &shown(&name)]
            {
                out.push_str(part);
            }
        }
        if count > MORE_SHOWN {
            out.push_str("; ");
            out.push_str(&cx.texts.say("word.and_more", &[("n", &cx.texts.number((count - MORE_SHOWN) as u64))]));
        }
    });
}

/// «Ответственные»: what each has to do, the most urgent first.
pub fn people<'a>(cx: Cells<'a>, index: &'a Index) -> Queue<'a> {
    use Kind::{Number, Text};
    let people = if index.people.are_known() { index.people.by_urgency() } else { Vec::new() };
    let t = cx.texts;
    let mut columns = cx.columns([("col.responsible", Text, 34, true)]);
    let severities = Severity::ALL.map(|s| s.text(t.lang).to_owned());
    let lists = ["sheet.duplicates", "sheet.drift", "sheet.only_crm", "sheet.only_onec", "sheet.ties"]
        .map(|key| t.get(key).to_owned());
    let number = |title| Column { title, kind: Number, width: 16, page: true };
    columns.extend(severities.into_iter().chain(lists).map(number));
    Queue {
        id: "people",
        title: t.get("sheet.people").to_owned(),
        lead: t.get("lead.people").to_owned(),
        columns,
        len: people.len(),
        stored: &[],
        words: Words::default(),
        texts: t,
        write: Box::new(move |at, row| {
            let person = people[at];
            row.value(&person.shown(t));
            for severity in Severity::ALL {
                let n = person.findings[severity as usize];
                row.count(n);
                row.tone(if n > 0 && severity <= Severity::Error { Tone::of(severity) } else { Tone::Plain });
            }
            let [duplicates, drift, only_crm, only_onec, _, ties] = &person.rows;
            for rows in [duplicates, drift, only_crm, only_onec, ties] {
                row.count(rows.len() as u64);
            }
        }),
    }
}

/// «Проверки»: every check of the catalogue and what became of it.
pub fn checks<'a>(cx: Cells<'a>) -> Queue<'a> {
    use Kind::{Code, Number, Text};
    let t = cx.texts;
    let mut words = Words::default();
    let common = Common::add(cx, &mut words);
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
        stored: &[],
        words,
        texts: t,
        write: Box::new(move |at, row| {
            let c = &cx.outcome.checks[at];
            let card = c.meta.card(t.lang);
            let state = check_state(cx, c);
            common.put_severity(c.severity, row);
            row.value(card.title);
            row.value(&state.text);
            row.tone(state.tone);
            row.count(c.findings);
            match &c.ran {
                Ran::Evaluated(n) => {
                    row.count(*n);
                    row.empty();
                }
                Ran::NotRun(why) => {
                    row.empty();
                    row.value(why);
                }
            }
            let fix = c.meta.fix.text(t.lang);
            for text in [card.finds, card.why, card.causes, card.remedy, fix, card.source, c.meta.id] {
                row.value(text);
            }
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
    let mut words = Words::default();
    let common = Common::add(cx, &mut words);
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
        stored: &["data/quarantine.parquet"],
        words,
        texts: cx.texts,
        write: Box::new(move |at, row| {
            let (side, q) = rows[at];
            let text = |part: &'a Option<Arc<str>>| part.as_deref().unwrap_or_default();
            row.word(common.side(side));
            row.value(&q.location.place.file);
            row.value(text(&q.location.place.sheet));
            match q.location.row {
                Some(number) => row.place(number),
                None => row.empty(),
            }
            row.value(text(&q.location.column));
            row.value(&cx.texts.reason(&q.reason));
            row.value(&q.raw);
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
    let mut words = Words::default();
    let common = Common::add(cx, &mut words);
    let t = cx.texts;
    Queue {
        id: "sources",
        title: cx.texts.get("sheet.sources").to_owned(),
        lead: cx.texts.get("lead.sources").to_owned(),
        columns,
        len: rows.len(),
        stored: &[],
        words,
        texts: t,
        write: Box::new(move |at, row| {
            let s = rows[at];
            let format = format!("format.{}", s.format);
            row.word(common.side(s.side));
            match s.entity {
                Some(entity) => row.word(common.entity(entity)),
                None => row.value(t.get("word.mixed")),
            }
            row.value(&s.path);
            row.value(t.find(&format).unwrap_or(s.format));
            row.value(&s.encoding);
            row.count(s.counts.read);
            row.count(s.counts.loaded);
            row.count(s.counts.quarantined);
            row.tone(if s.counts.quarantined > 0 { Tone::Warning } else { Tone::Plain });
            row.count(s.counts.left_out_total());
            for &n in &s.counts.left_out {
                row.count(n);
            }
            let (balance, tone) =
                if s.counts.balances() { ("word.balances", Tone::Good) } else { ("word.broken", Tone::Blocker) };
            row.value(t.get(balance));
            row.tone(tone);
            let (complete, tone) =
                if s.partial { ("word.partial", Tone::Warning) } else { ("word.complete", Tone::Plain) };
            row.value(t.get(complete));
            row.tone(tone);
            match s.declared_total {
                Some(n) => row.count(n),
                None => row.empty(),
            }
            let mapped: Vec<String> = s
                .mapped
                .iter()
                .map(|(heading, field)| format!("{} → {}", shown(heading), field.title(t.lang)))
                .collect();
            row.value(&mapped.join("; "));
            let unmapped: Vec<_> = s.unmapped.iter().map(|h| shown(h)).collect();
            row.value(&unmapped.join("; "));
            row.count(s.files.iter().map(|f| f.bytes).sum());
            row.value(&s.files.iter().map(|f| f.sha256.as_str()).collect::<Vec<_>>().join("; "));
        }),
    }
}
