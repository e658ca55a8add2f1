//! Answers of a workbook checked against a run and the decisions that exist, and the text that `decisions.toml`
//! becomes. A row that is stale, contradicts another one or names what is not there is refused with its cell; the rest
//! is kept.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use polars::prelude::PolarsResult;
use rustc_hash::FxHashMap;

use super::{Asked, Book, Row};
use crate::baseline::{Baseline, BaselineError, table, texts};
use crate::config::{ConfigError, nearest};
use crate::decisions::{self, Decisions, Key, Scope, Verdict, What, evidence};
use crate::finding::FindingId;
use crate::model::{Entity, Field, Lang, Side};
use crate::normalize;
use crate::report::answers::{self, Answer};
use crate::report::texts::Texts;

/// Why a review could not be carried out at all.
#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    #[error(transparent)]
    Baseline(#[from] BaselineError),
    #[error(transparent)]
    Decisions(#[from] ConfigError),
    #[error("{}: не записывается: {source}", path.display())]
    Write { path: PathBuf, source: std::io::Error },
}

/// Who answers, and for how long.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Review {
    pub author: String,
    pub date: NaiveDate,
    pub expires: Option<NaiveDate>,
    /// Where a row has no comment.
    pub reason: String,
}

/// A row that was not taken.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal {
    pub sheet: String,
    pub cell: String,
    pub why: String,
}

/// What became of a workbook.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Reviewed {
    pub added: u64,
    /// The same question was answered in another way, or on other evidence, before.
    pub replaced: u64,
    pub unchanged: u64,
    /// «пропустить».
    pub skipped: u64,
    /// Without an answer.
    pub open: u64,
    /// In the order of sheets and rows.
    pub refused: Vec<Refusal>,
    /// What `decisions.toml` should hold.
    pub text: String,
}

/// A question, by full keys of records: what one decision answers.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Target {
    Link([String; 2]),
    Master(String),
    Value([String; 2], Field),
    Finding(FindingId),
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Said {
    Link(Verdict),
    Master,
    Value(Side),
    Accept,
}

/// An answer that is right by itself.
#[derive(Clone, Debug)]
struct Candidate {
    /// Position in the book.
    row: usize,
    target: Target,
    said: Said,
    evidence: Option<String>,
    reason: String,
}

/// A decision of the file, by full keys.
struct Held {
    target: Target,
    said: Said,
    /// Position in [`Decisions::all`].
    at: usize,
}

/// Checks every row of a workbook.
///
/// # Errors
/// [`ReviewError`] when a table of the run cannot be read, or the new text would not be a file of decisions.
pub fn review(book: &Book, run: &Baseline, decisions: &Decisions, by: &Review) -> Result<Reviewed, ReviewError> {
    let snapshot = table(&run.folder, "snapshot")?;
    let records =
        Records::of(&snapshot, &run.snapshot_id, book, decisions).map_err(|source| run.failed("snapshot", source))?;
    let findings = findings(run, book)?;
    let held: Vec<Held> = decisions.all.iter().enumerate().filter_map(|(at, d)| held(at, &d.what, &records)).collect();
    let mut out = Reviewed { open: book.open, ..Reviewed::default() };
    let mut refused = Refused::default();
    let mut candidates = Vec::new();
    for (at, row) in book.rows.iter().enumerate() {
        match candidate(at, row, &records, &findings, by) {
            Ok(found) if found.is_empty() => out.skipped += 1,
            Ok(found) => candidates.extend(found),
            Err(why) => refused.add(at, why),
        }
    }
    twice(&mut candidates, book, &mut refused);
    let groups = together(&candidates, &held, &records, book, &mut refused);
    candidates.retain(|c| !refused.0.contains_key(&c.row));

    let mut by_target: BTreeMap<&Target, Vec<&Held>> = BTreeMap::new();
    for h in &held {
        by_target.entry(&h.target).or_default().push(h);
    }
    let masters: Vec<&Held> = held.iter().filter(|h| h.said == Said::Master).collect();
    let mut gone = BTreeSet::new();
    let mut blocks = Vec::new();
    for c in &candidates {
        let before: Vec<&Held> = match &c.target {
            // A master takes the place of the master of its group, whichever record that was.
            Target::Master(new) => {
                let rival = |old: &Target| match old {
                    Target::Master(old) => old == new || (side(old) == side(new) && groups.same(old, new)),
                    _ => false,
                };
                masters.iter().copied().filter(|h| rival(&h.target)).collect()
            }
            target => by_target.get(target).cloned().unwrap_or_default(),
        };
        let stands = |h: &&&Held| {
            let d = &decisions.all[h.at];
            h.target == c.target
                && h.said == c.said
                && d.evidence.as_ref().is_none_or(|e| Some(e) == c.evidence.as_ref())
                && !d.is_expired(by.date)
        };
        if before.iter().any(|h| stands(&h)) && before.len() == 1 {
            out.unchanged += 1;
            continue;
        }
        if before.is_empty() {
            out.added += 1;
        } else {
            out.replaced += 1;
        }
        gone.extend(before.iter().map(|h| decisions.all[h.at].line));
        blocks.push(block(c, by));
    }
    out.refused = refused
        .0
        .into_iter()
        .map(|(at, why)| Refusal { sheet: book.rows[at].sheet.clone(), cell: book.rows[at].cell.clone(), why })
        .collect();
    out.text = text(decisions, &gone, &blocks);
    decisions::parse(&decisions.file, &out.text)?;
    Ok(out)
}

/// Refused rows with the first reason found.
#[derive(Default)]
struct Refused(BTreeMap<usize, String>);

impl Refused {
    fn add(&mut self, row: usize, why: String) {
        self.0.entry(row).or_insert(why);
    }
}

fn side(key: &str) -> &str {
    key.split(':').next().unwrap_or("")
}

fn entity(key: &str) -> Option<Entity> {
    key.split(':').nth(1).and_then(Entity::parse)
}

fn pair(a: String, b: String) -> [String; 2] {
    if a <= b { [a, b] } else { [b, a] }
}

fn held(at: usize, what: &What, records: &Records) -> Option<Held> {
    let (target, said) = match what {
        What::Link { a, b, verdict } => (Target::Link(pair(records.full(a)?, records.full(b)?)), Said::Link(*verdict)),
        What::Master { record } => (Target::Master(records.full(record)?), Said::Master),
        What::Value { a, b, field, keep } => {
            (Target::Value(pair(records.full(a)?, records.full(b)?), *field), Said::Value(*keep))
        }
        What::Accept(Scope::Finding(id)) => (Target::Finding(*id), Said::Accept),
        // Wider acceptances are written by hand only.
        What::Accept(Scope::Pair { .. } | Scope::Group { .. }) => return None,
    };
    Some(Held { target, said, at })
}

/// What one row decides: nothing when it is skipped, two things when it names a master.
fn candidate(
    at: usize,
    row: &Row,
    records: &Records,
    findings: &FxHashMap<FindingId, Named>,
    by: &Review,
) -> Result<Vec<Candidate>, String> {
    let answer = match &row.answer {
        Ok(answer) => *answer,
        Err(text) => {
            let texts = Texts::load(Lang::Ru);
            let list: &[answers::Choice] = match &row.asked {
                Asked::Pair { a, .. } => answers::of_pair(a),
                Asked::Value { .. } => &answers::VALUE,
                Asked::Finding { .. } => &answers::FINDING,
            };
            let known: Vec<&str> = list.iter().map(|(_, key, _)| texts.get(key)).collect();
            let near = nearest(text, known.iter().copied());
            return Err(format!("нет ответа «{text}»{near}; есть: {}", known.join(", ")));
        }
    };
    if answer == Answer::Skip {
        return Ok(Vec::new());
    }
    let reason = if row.comment.is_empty() { by.reason.clone() } else { row.comment.clone() };
    let make = |target, said, evidence: Option<&str>| Candidate {
        row: at,
        target,
        said,
        evidence: evidence.map(str::to_owned),
        reason: reason.clone(),
    };
    match &row.asked {
        Asked::Pair { a, b } => {
            records.known([a, b])?;
            let now = records.evidence(None, &[a.clone(), b.clone()]);
            records.fresh(&row.evidence, &now)?;
            let cross = side(a) != side(b);
            let verdict = match answer {
                Answer::Merge => Verdict::Accept,
                Answer::Distinct => Verdict::Reject,
                Answer::Master | Answer::Keep if cross => {
                    return Err("этот ответ — для дублей внутри одной системы, а здесь пара CRM — 1С".to_owned());
                }
                Answer::Master => Verdict::Accept,
                _ => Verdict::Keep,
            };
            let link = make(Target::Link(pair(a.clone(), b.clone())), Said::Link(verdict), Some(&now));
            let master = (answer == Answer::Master).then(|| make(Target::Master(a.clone()), Said::Master, None));
            Ok([link].into_iter().chain(master).collect())
        }
        Asked::Value { crm, onec, field } => {
            records.known([crm, onec])?;
            let now = records.evidence(Some(*field), &[crm.clone(), onec.clone()]);
            records.fresh(&row.evidence, &now)?;
            let keep = if answer == Answer::Right(Side::Onec) { Side::Onec } else { Side::Crm };
            let target = Target::Value(pair(crm.clone(), onec.clone()), *field);
            Ok(vec![make(target, Said::Value(keep), Some(&now))])
        }
        Asked::Finding { id } => {
            let gone = || "такой находки в последнем прогоне нет: она устранена или книга старая".to_owned();
            let id = FindingId::parse(id).ok_or_else(gone)?;
            let (field, names) = findings.get(&id).ok_or_else(gone)?;
            if reason.trim().is_empty() {
                return Err("чтобы принять находку, напишите причину в колонке «Комментарий»".to_owned());
            }
            // A finding about a source has no records, and no evidence.
            let now = names.iter().all(|n| records.has(n)).then(|| records.evidence(*field, names));
            records.fresh(&row.evidence, now.as_deref().unwrap_or(""))?;
            Ok(vec![make(Target::Finding(id), Said::Accept, now.as_deref())])
        }
    }
}

/// One question answered in two rows: refused when the answers differ, else taken once.
fn twice(candidates: &mut Vec<Candidate>, book: &Book, refused: &mut Refused) {
    let mut by_target: BTreeMap<&Target, Vec<&Candidate>> = BTreeMap::new();
    for c in candidates.iter() {
        by_target.entry(&c.target).or_default().push(c);
    }
    let mut repeats = BTreeSet::new();
    for same in by_target.values().filter(|s| s.len() > 1) {
        let differs = same.iter().any(|c| c.said != same[0].said);
        for (n, c) in same.iter().enumerate() {
            if differs {
                let other = &book.rows[same[usize::from(n == 0)].row];
                refused.add(c.row, format!("о том же иначе сказано в ячейке {} листа «{}»", other.cell, other.sheet));
            } else if n > 0 {
                repeats.insert((c.row, c.target.clone()));
            }
        }
    }
    candidates.retain(|c| !repeats.contains(&(c.row, c.target.clone())));
}

/// Looks at whole groups: what is merged must not hold a pair that is not, two INNs, or two masters of one side.
/// Returns the groups that remain.
fn together(candidates: &[Candidate], held: &[Held], records: &Records, book: &Book, refused: &mut Refused) -> Groups {
    let answered: BTreeSet<&Target> = candidates.iter().map(|c| &c.target).collect();
    let standing = || held.iter().filter(|h| !answered.contains(&h.target));
    let taken = |refused: &Refused| -> Vec<&Candidate> {
        candidates.iter().filter(|c| !refused.0.contains_key(&c.row)).collect()
    };
    // Goods and documents form no groups: a deal may be one with two shipments that are two.
    let of_parties = |pair: &[String; 2]| entity(&pair[0]).is_none_or(Entity::is_party);
    let links = |target: &Target, said: &Said, accepted: bool| match (target, said) {
        (Target::Link(pair), Said::Link(verdict)) if (*verdict == Verdict::Accept) == accepted && of_parties(pair) => {
            Some(pair.clone())
        }
        _ => None,
    };
    let now = taken(refused);
    let merged = now.iter().map(|c| (&c.target, &c.said)).chain(standing().map(|h| (&h.target, &h.said)));
    let groups = Groups::of(merged.filter_map(|(t, s)| links(t, s, true)));

    let apart = now.iter().map(|c| (Some(c.row), &c.target, &c.said));
    let apart = apart.chain(standing().map(|h| (None, &h.target, &h.said)));
    for (row, target, said) in apart {
        let Some([a, b]) = links(target, said, false) else { continue };
        let Some(group) = groups.of_record(&a).filter(|g| groups.of_record(&b) == Some(*g)) else { continue };
        for c in now
            .iter()
            .filter(|c| links(&c.target, &c.said, true).is_some_and(|[x, _]| groups.of_record(&x) == Some(group)))
        {
            let why = match row {
                Some(row) => {
                    let other = &book.rows[row];
                    format!(
                        "в группе окажется пара, о которой в ячейке {} листа «{}» сказано «не дубль»",
                        other.cell, other.sheet
                    )
                }
                None => "в группе окажется пара, которую раньше решили не объединять (decisions.toml)".to_owned(),
            };
            refused.add(c.row, why);
        }
        if let Some(row) = row {
            refused.add(row, "другие строки и решения объединяют эти записи через третью".to_owned());
        }
    }
    for c in &now {
        let Some([a, _]) = links(&c.target, &c.said, true) else { continue };
        let Some(group) = groups.of_record(&a) else { continue };
        let inns: BTreeSet<String> = groups.members(group).filter_map(|r| records.inn(r)).collect();
        if inns.len() > 1 {
            refused.add(c.row, "в группе разные действующие ИНН: это разные организации, объединять нельзя".to_owned());
        }
    }
    let mut masters: BTreeMap<(usize, &str), &Candidate> = BTreeMap::new();
    for c in now.iter().filter(|c| c.said == Said::Master) {
        let Target::Master(record) = &c.target else { continue };
        let Some(group) = groups.of_record(record) else { continue };
        if let Some(first) = masters.insert((group, side(record)), c)
            && first.target != c.target
        {
            for (one, other) in [(first, *c), (*c, first)] {
                let other = &book.rows[other.row];
                refused.add(
                    one.row,
                    format!("основная у группы уже другая — в ячейке {} листа «{}»", other.cell, other.sheet),
                );
            }
        }
    }
    let left = taken(refused);
    let merged = left.iter().map(|c| (&c.target, &c.said)).chain(standing().map(|h| (&h.target, &h.said)));
    Groups::of(merged.filter_map(|(t, s)| links(t, s, true)))
}

/// Records joined by pairs.
struct Groups {
    number: BTreeMap<String, usize>,
    /// By group, sorted.
    members: BTreeMap<usize, Vec<String>>,
}

impl Groups {
    fn of(pairs: impl Iterator<Item = [String; 2]>) -> Groups {
        let mut number: BTreeMap<String, usize> = BTreeMap::new();
        let mut parent: Vec<usize> = Vec::new();
        fn root(parent: &mut [usize], mut at: usize) -> usize {
            while parent[at] != at {
                parent[at] = parent[parent[at]];
                at = parent[at];
            }
            at
        }
        for pair in pairs {
            let [a, b] = pair.map(|key| {
                *number.entry(key).or_insert_with(|| {
                    parent.push(parent.len());
                    parent.len() - 1
                })
            });
            let (a, b) = (root(&mut parent, a), root(&mut parent, b));
            parent[a.max(b)] = a.min(b);
        }
        let mut members: BTreeMap<usize, Vec<String>> = BTreeMap::new();
        for (key, at) in &mut number {
            *at = root(&mut parent, *at);
            members.entry(*at).or_default().push(key.clone());
        }
        Groups { number, members }
    }

    fn of_record(&self, key: &str) -> Option<usize> {
        self.number.get(key).copied()
    }

    fn members(&self, group: usize) -> impl Iterator<Item = &str> {
        self.members.get(&group).into_iter().flatten().map(String::as_str)
    }

    fn same(&self, a: &str, b: &str) -> bool {
        self.of_record(a).is_some_and(|g| self.of_record(b) == Some(g))
    }
}

/// Texts of the records that the workbook and the file name, out of the snapshot of the run.
struct Records<'a> {
    rows: FxHashMap<String, usize>,
    /// Records whose id is not theirs alone.
    unfit: BTreeSet<String>,
    columns: Vec<Option<Vec<&'a str>>>,
    /// Of the run that has them.
    snapshot_id: &'a str,
}

impl<'a> Records<'a> {
    fn of(
        snapshot: &'a polars::prelude::DataFrame,
        snapshot_id: &'a str,
        book: &Book,
        decisions: &Decisions,
    ) -> PolarsResult<Records<'a>> {
        let (sides, entities) = (texts(snapshot, "side")?, texts(snapshot, "entity")?);
        let ids = texts(snapshot, "record_id")?;
        // Findings name any record, so ids alone choose the rows when there are some.
        let wants_all = book.rows.iter().any(|r| matches!(r.asked, Asked::Finding { .. }));
        let mut wanted: BTreeSet<&str> = BTreeSet::new();
        for row in &book.rows {
            if let Asked::Pair { a, b } | Asked::Value { crm: a, onec: b, .. } = &row.asked {
                wanted.extend([a, b].map(|key| key.splitn(3, ':').nth(2).unwrap_or("")));
            }
        }
        for d in &decisions.all {
            match &d.what {
                What::Link { a, b, .. } | What::Value { a, b, .. } => wanted.extend([a.id.as_str(), b.id.as_str()]),
                What::Master { record } => drop(wanted.insert(&record.id)),
                What::Accept(_) => {}
            }
        }
        // A repeated id stands as `7`, `7~2` …: neither may be decided.
        let base = |id: &'a str| id.rsplit_once('~').filter(|(_, n)| n.parse::<u32>().is_ok()).map(|(base, _)| base);
        let repeated: BTreeSet<(&str, &str, &str)> =
            (0..ids.len()).filter_map(|at| Some((sides[at], entities[at], base(ids[at])?))).collect();
        let mut rows = FxHashMap::default();
        let mut unfit = BTreeSet::new();
        for (at, &id) in ids.iter().enumerate() {
            let own = !id.starts_with("row-")
                && !repeated.contains(&(sides[at], entities[at], id))
                && base(id).is_none_or(|b| !repeated.contains(&(sides[at], entities[at], b)));
            if !wants_all && !wanted.contains(id) {
                continue;
            }
            let key = format!("{}:{}:{id}", sides[at], entities[at]);
            if own {
                rows.insert(key, at);
            } else {
                unfit.insert(key);
            }
        }
        let columns = Field::ALL.iter().map(|f| texts(snapshot, f.code()).ok()).collect();
        Ok(Records { rows, unfit, columns, snapshot_id })
    }

    /// The row was written about the same records as they are now.
    fn fresh(&self, written: &str, now: &str) -> Result<(), String> {
        if written == now || written.strip_prefix(evidence::OF_RUN) == Some(self.snapshot_id) {
            Ok(())
        } else if written.is_empty() {
            Err("нет скрытой колонки evidence: возьмите книгу последнего прогона".to_owned())
        } else {
            Err("данные изменились после выпуска книги: решите заново в книге последнего прогона".to_owned())
        }
    }

    fn has(&self, key: &str) -> bool {
        self.rows.contains_key(key)
    }

    fn known(&self, keys: [&String; 2]) -> Result<(), String> {
        match keys.into_iter().find(|key| !self.has(key)) {
            None => Ok(()),
            Some(key) if key.is_empty() => Err("в строке нет скрытого ключа записи".to_owned()),
            Some(key) if self.unfit.contains(key) => {
                Err(format!("код записи {key} стоит у нескольких записей или придуман: решить о ней нельзя"))
            }
            Some(key) => Err(format!("записи {key} в последнем прогоне нет")),
        }
    }

    fn text(&self, row: usize, field: Field) -> Option<&'a str> {
        self.columns[field as usize].as_ref().map(|column| column[row])
    }

    fn evidence(&self, field: Option<Field>, keys: &[String]) -> String {
        let rows = keys.iter().filter_map(|key| Some((key.clone(), *self.rows.get(key)?))).collect();
        evidence::evidence(field, rows, |row: &usize, field| self.text(*row, field))
    }

    /// A key as a person writes it in full; `None` when there is no such record.
    fn full(&self, key: &Key) -> Option<String> {
        let entities = key.entity.map_or(Entity::PARTIES.to_vec(), |e| vec![e]);
        let full = entities.into_iter().map(|e| format!("{}:{e}:{}", key.side, key.id));
        full.into_iter().find(|key| self.has(key))
    }

    /// The valid INN.
    fn inn(&self, key: &str) -> Option<String> {
        let text = self.text(*self.rows.get(key)?, Field::Inn)?;
        normalize::inn::parse(text).value.valid().map(ToString::to_string)
    }
}

/// A finding by its field and the keys of its records.
type Named = (Option<Field>, Vec<String>);

/// Findings of the run that the workbook names.
fn findings(run: &Baseline, book: &Book) -> Result<FxHashMap<FindingId, Named>, BaselineError> {
    let wanted: BTreeSet<FindingId> = book
        .rows
        .iter()
        .filter_map(|row| match &row.asked {
            Asked::Finding { id } => FindingId::parse(id),
            Asked::Pair { .. } | Asked::Value { .. } => None,
        })
        .collect();
    let rows = run.rows()?;
    let mut found = FxHashMap::default();
    for at in (0..rows.len()).filter(|&at| wanted.contains(&rows.id(at))) {
        found.insert(rows.id(at), (Field::parse(rows.field(at)), rows.names(at)));
    }
    Ok(found)
}

/// A decision as text.
fn block(c: &Candidate, by: &Review) -> String {
    let text = |t: &str| toml::Value::String(t.to_owned()).to_string();
    let mut lines = Vec::new();
    let mut line = |key: &str, value: &str| lines.push(format!("{key} = {}", text(value)));
    let table = match (&c.target, &c.said) {
        (Target::Link([a, b]), Said::Link(verdict)) => {
            line("a", a);
            line("b", b);
            line("verdict", verdict.as_str());
            "link"
        }
        (Target::Value([a, b], field), Said::Value(keep)) => {
            line("a", a);
            line("b", b);
            line("field", field.code());
            line("keep", keep.as_str());
            "value"
        }
        (Target::Finding(id), _) => {
            line("finding", &id.to_string());
            "accept"
        }
        (Target::Master(record), _) => {
            line("record", record);
            "master"
        }
        // Answers are made with their targets: a pair has a verdict, a field a side.
        (Target::Link(_) | Target::Value(..), _) => return String::new(),
    };
    line("author", &by.author);
    if !c.reason.is_empty() {
        line("reason", &c.reason);
    }
    line("date", &by.date.to_string());
    if let Some(last) = by.expires {
        line("expires", &last.to_string());
    }
    if let Some(evidence) = &c.evidence {
        line("evidence", evidence);
    }
    format!("[[{table}]]\n{}\n", lines.join("\n"))
}

/// The head of a new file.
const HEAD: &str =
    "# Решения людей по сверке: учитываются каждой следующей сверкой. Файл — текст: правьте и храните в git.\n";

/// The file without the decisions on the lines of `gone`, and with new ones at its end. Comments and order of the rest
/// stay.
fn text(decisions: &Decisions, gone: &BTreeSet<usize>, blocks: &[String]) -> String {
    let lines: Vec<&str> = decisions.text.lines().collect();
    let mut out = if decisions.text.trim().is_empty() { HEAD.to_owned() } else { String::new() };
    let mut at = 0;
    while at < lines.len() {
        if gone.contains(&(at + 1)) {
            let mut end = at + 1;
            // Nested tables (`[accept.where]`) are part of the decision.
            while end < lines.len() && !lines[end].trim_start().starts_with("[[") {
                end += 1;
            }
            // What stands right above the next decision belongs to it.
            while end > at + 1 && lines[end - 1].trim_start().starts_with('#') && end < lines.len() {
                end -= 1;
            }
            at = end;
            continue;
        }
        out += lines[at];
        out.push('\n');
        at += 1;
    }
    for block in blocks {
        if !out.is_empty() && !out.ends_with("\n\n") {
            out.push('\n');
        }
        out += block;
    }
    out
}

/// Writes the text beside the project in one step.
///
/// # Errors
/// [`ReviewError::Write`]; the file is then as it was.
pub fn save(file: &Path, text: &str) -> Result<(), ReviewError> {
    let failed = |source| ReviewError::Write { path: file.to_owned(), source };
    let draft = file.with_extension(format!("toml.part-{}", std::process::id()));
    std::fs::write(&draft, text).map_err(failed)?;
    std::fs::rename(&draft, file).map_err(|source| {
        // Nothing more can be done if this fails too.
        let _ = std::fs::remove_file(&draft);
        failed(source)
    })
}
