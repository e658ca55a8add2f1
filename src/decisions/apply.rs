//! Decisions in an audit: before matching and pairing as words on pairs, after them as masters and values, after the
//! checks as accepted findings. Every decision is accounted for.

use chrono::NaiveDate;
use rustc_hash::{FxHashMap, FxHashSet};

use super::{Decision, Decisions, Key, Scope, Verdict, What, evidence};
use crate::baseline::{Absence, Comparison};
use crate::checks::{CheckResult, Ran};
use crate::finding::{Finding, FindingId, Status, Subject, has_own_id};
use crate::matching::{self, Golden, Link, Matching, PairDecision, Survival, ValueAt, Veto, Word};
use crate::model::{Book, Entity, Field, Lang, RecordRef, Side, Snapshots};
use crate::pairing::Pairing;

/// What this run did not look at, so that a decision about nothing may yet be about something.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Unseen {
    /// Findings of earlier runs that wait.
    pub findings: FxHashSet<FindingId>,
    /// Checks that did not run, or that the project switched off.
    pub checks: FxHashSet<String>,
    /// Sides that are empty, partial or far smaller than before.
    pub sides: Vec<Side>,
}

impl Unseen {
    pub fn of(data: &Snapshots, checks: &[CheckResult], comparison: Option<&Comparison>, held: &[FindingId]) -> Unseen {
        let waiting = |g: &&crate::baseline::Gone| g.absence == Absence::NotChecked;
        let gone = comparison.into_iter().flat_map(|c| c.gone.iter().filter(move |(_, g)| waiting(g)));
        let shrunk = |side: Side| comparison.is_some_and(|c| c.shrunk.iter().any(|s| s.side == side));
        let in_part = |side: &Side| data.get(*side).is_empty() || data.get(*side).is_partial() || shrunk(*side);
        let ran = |c: &&CheckResult| !c.off && matches!(c.ran, Ran::Evaluated(_));
        Unseen {
            findings: gone.map(|(id, _)| *id).chain(held.iter().copied()).collect(),
            checks: checks.iter().filter(|c| !ran(c)).map(|c| c.meta.id.to_owned()).collect(),
            sides: Side::BOTH.into_iter().filter(in_part).collect(),
        }
    }

    fn hides(&self, scope: &Scope) -> bool {
        match scope {
            Scope::Finding(id) => self.findings.contains(id),
            Scope::Pair { check: Some(check), .. } => self.checks.contains(check),
            Scope::Pair { check: None, .. } => false,
            Scope::Group { check, side, .. } => {
                self.checks.contains(check) || side.is_some_and(|s| self.sides.contains(&s))
            }
        }
    }
}

/// What became of a decision.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    Applied,
    /// Its last day is over: it no longer counts.
    Expired,
    /// A record is not in the exports.
    NoRecord,
    /// A record has no id of its own, so the decision may be about another one.
    NoOwnId,
    /// The records say something else than when it was made. A refusal still counts, everything else does not.
    Changed,
    /// It covers no finding.
    NoFinding,
    /// What it is about was not looked at this time: its check did not run, or the export is not whole.
    Waiting,
    /// A rule of law stands above it.
    Forbidden(Veto),
    /// The records are not one party, so there is no master and no common value.
    NotTogether,
    /// The record is marked for deletion and cannot be the master.
    NotFit,
}

impl State {
    pub fn as_str(self) -> &'static str {
        match self {
            State::Applied => "applied",
            State::Expired => "expired",
            State::NoRecord => "no-record",
            State::NoOwnId => "no-own-id",
            State::Changed => "evidence-changed",
            State::NoFinding => "no-finding",
            State::Waiting => "waiting",
            State::Forbidden(_) => "forbidden",
            State::NotTogether => "not-together",
            State::NotFit => "not-fit",
        }
    }

    pub fn text(self, lang: Lang) -> String {
        let (ru, en) = match self {
            State::Applied => ("применено", "applied"),
            State::Expired => ("срок истёк: решите заново", "expired: decide again"),
            State::NoRecord => (
                "записи нет в выгрузке: если она удалена или объединена с другой, уберите решение",
                "no such record: if it was deleted or merged into another, remove the decision",
            ),
            State::Waiting => {
                ("в этот раз не проверялось: решение остаётся в силе", "not looked at this time: the decision stands")
            }
            State::NoOwnId => (
                "у записи нет своего кода: решение может относиться к другой записи",
                "the record has no id of its own: the decision may be about another one",
            ),
            State::Changed => ("данные изменились: решите заново", "the records changed: decide again"),
            State::NoFinding => ("таких находок нет: уберите решение", "no such findings: remove the decision"),
            State::Forbidden(veto) => {
                return format!("{} {}", lang.pick("запрещено:", "forbidden:"), veto.text(lang));
            }
            State::NotTogether => ("записи не одно лицо", "the records are not one party"),
            State::NotFit => ("запись помечена на удаление или не своя", "the record is marked for deletion"),
        };
        lang.pick(ru, en).to_owned()
    }
}

/// One decision and what became of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Report {
    /// Line in `decisions.toml`.
    pub line: usize,
    /// `link`, `master`, `value` or `accept`.
    pub kind: &'static str,
    /// Keys and ids, no values.
    pub subject: String,
    pub author: String,
    pub state: State,
    /// Findings accepted, or 1 for what else was applied.
    pub hits: u64,
}

/// The decisions of a run on their way through its stages.
pub struct Applying<'a> {
    decisions: &'a [Decision],
    /// Records of each decision, those found.
    records: Vec<Vec<RecordRef>>,
    states: Vec<State>,
    hits: Vec<u64>,
    /// Pairs that a person refused to merge, for findings about duplicates.
    refused: FxHashSet<(RecordRef, RecordRef)>,
}

impl<'a> Applying<'a> {
    /// Finds the records and looks at dates and evidence.
    pub fn new(decisions: &'a Decisions, data: &Snapshots, as_of: NaiveDate) -> Applying<'a> {
        let decisions = &decisions.all[..];
        let found = find(decisions, data);
        let mut applying = Applying {
            decisions,
            records: Vec::with_capacity(decisions.len()),
            states: Vec::with_capacity(decisions.len()),
            hits: vec![0; decisions.len()],
            refused: FxHashSet::default(),
        };
        for decision in decisions {
            let keys = keys(decision);
            let records: Vec<RecordRef> = keys.iter().filter_map(|key| found.get(key).copied()).collect();
            let state = if decision.is_expired(as_of) {
                State::Expired
            } else if records.len() < keys.len() {
                State::NoRecord
            } else if records.iter().any(|&r| !has_own_id(data, r)) {
                State::NoOwnId
            } else if !can_be_one(decision, &records) {
                State::NotTogether
            } else if is_changed(decision, &records, data) {
                State::Changed
            } else {
                State::Applied
            };
            applying.records.push(records);
            applying.states.push(state);
        }
        applying
    }

    /// Words on pairs for matching and for pairing. A refusal counts even where the records changed since: to keep
    /// apart is the safe side until a person looks again.
    pub fn pairs(&mut self) -> Words {
        let mut words = Words::default();
        for (at, decision) in self.decisions.iter().enumerate() {
            let What::Link { verdict, .. } = decision.what else { continue };
            let counts = match self.states[at] {
                State::Applied => true,
                State::Changed => verdict != Verdict::Accept,
                _ => false,
            };
            if let (true, [a, b]) = (counts, self.records[at].as_slice()) {
                let of = if a.is_party() { &mut words.parties } else { &mut words.others };
                of.push(PairDecision { a: *a, b: *b, word: word(verdict, a.side == b.side) });
                self.hits[at] = 1;
                if verdict != Verdict::Accept {
                    self.refused.insert((*a.min(b), *a.max(b)));
                }
            }
        }
        words
    }

    /// Accepted pairs of goods and documents that a rule forbids.
    pub fn after_pairing(&mut self, pairing: &Pairing) {
        for (at, decision) in self.decisions.iter().enumerate() {
            if let (State::Applied, What::Link { verdict: Verdict::Accept, .. }, &[a, b]) =
                (self.states[at], &decision.what, self.records[at].as_slice())
                && !a.is_party()
                && let Some(link) = pairing.between(a, b)
            {
                self.forbid(at, link);
            }
        }
    }

    fn forbid(&mut self, at: usize, link: &Link) {
        if link.decision == matching::Decision::Rejected {
            self.states[at] = State::Forbidden(link.veto.unwrap_or(Veto::ClusterConflict));
            self.hits[at] = 0;
        }
    }

    /// Masters and values; and accepted pairs that a rule of law forbids.
    pub fn after_matching(&mut self, data: &Snapshots, matching: &mut Matching) {
        let clusters = Side::BOTH.map(|side| matching.cluster_of(side, data.parties(side).len()));
        let cluster = |r: RecordRef| clusters[r.side as usize][r.at()];
        for (at, decision) in self.decisions.iter().enumerate() {
            if self.states[at] != State::Applied || !self.records[at].iter().all(|r| r.is_party()) {
                continue;
            }
            match (&decision.what, self.records[at].as_slice()) {
                (What::Link { verdict: Verdict::Accept, .. }, &[a, b]) => {
                    let pair = (a.min(b), a.max(b));
                    if let Ok(link) = matching.links.binary_search_by(|l| (l.a, l.b).cmp(&pair)) {
                        self.forbid(at, &matching.links[link]);
                    }
                }
                (What::Master { .. }, &[record]) => match cluster(record) {
                    None => self.states[at] = State::NotTogether,
                    Some(_) if !data.parties(record.side).is_active(record.at()) => self.states[at] = State::NotFit,
                    Some(cluster) => {
                        let cluster = &mut matching.clusters[cluster as usize];
                        match record.side {
                            Side::Crm => cluster.crm_master = Some(record),
                            Side::Onec => cluster.onec_master = Some(record),
                        }
                        self.hits[at] = 1;
                    }
                },
                (What::Value { field, keep, .. }, &[a, b]) => match (cluster(a), cluster(b)) {
                    (Some(x), Some(y)) if x == y => {
                        let from = if a.side == *keep { a } else { b };
                        set_golden(&mut matching.golden, x, *field, from);
                        self.hits[at] = 1;
                    }
                    _ => self.states[at] = State::NotTogether,
                },
                _ => {}
            }
        }
    }

    /// Accepted findings. A finding about duplicates is accepted too when every two of its records were refused or
    /// both kept: the question is answered.
    pub fn after_checks(&mut self, data: &Snapshots, findings: &mut [Finding], unseen: &Unseen) {
        for (at, decision) in self.decisions.iter().enumerate() {
            if self.states[at] == State::NoRecord && keys(decision).iter().any(|k| unseen.sides.contains(&k.side)) {
                self.states[at] = State::Waiting;
            }
        }
        let mut by_id: FxHashMap<_, usize> = FxHashMap::default();
        let mut by_pair: FxHashMap<(RecordRef, RecordRef), Vec<usize>> = FxHashMap::default();
        let mut by_check: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
        for (at, finding) in findings.iter().enumerate() {
            by_id.insert(finding.id, at);
            by_check.entry(finding.check).or_default().push(at);
            let mut records = finding.records();
            if let (Some(a), Some(b), None) = (records.next(), records.next(), records.next()) {
                by_pair.entry((a.min(b), a.max(b))).or_default().push(at);
            }
        }
        for (at, decision) in self.decisions.iter().enumerate() {
            let What::Accept(scope) = &decision.what else { continue };
            if self.states[at] != State::Applied {
                continue;
            }
            let covered: Vec<usize> = match scope {
                Scope::Finding(id) => by_id.get(id).copied().into_iter().collect(),
                Scope::Pair { check, .. } => match self.records[at].as_slice() {
                    &[a, b] => {
                        let of_pair = by_pair.get(&(a.min(b), a.max(b))).into_iter().flatten().copied();
                        let wanted = |f: usize| check.as_ref().is_none_or(|c| c == findings[f].check);
                        of_pair.filter(|&f| wanted(f)).collect()
                    }
                    _ => Vec::new(),
                },
                Scope::Group { check, side, entity, fields } => {
                    let of_check = by_check.get(check.as_str()).into_iter().flatten().copied();
                    of_check.filter(|&f| is_in_group(&findings[f], data, *side, *entity, fields)).collect()
                }
            };
            if covered.is_empty() {
                self.states[at] = if unseen.hides(scope) { State::Waiting } else { State::NoFinding };
                continue;
            }
            let changed = |f: usize| {
                let (Scope::Finding(_), Some(held)) = (scope, &decision.evidence) else { return false };
                evidence::of_finding(data, &findings[f]).is_some_and(|now| now != *held)
            };
            if covered.iter().any(|&f| changed(f)) {
                self.states[at] = State::Changed;
                continue;
            }
            for f in covered {
                findings[f].status = Status::Accepted;
                self.hits[at] += 1;
            }
        }
        for finding in findings.iter_mut().filter(|f| f.check.contains("-dup-")) {
            let records: Vec<RecordRef> = finding.records().collect();
            let apart = |x: RecordRef, y: RecordRef| self.refused.contains(&(x.min(y), x.max(y)));
            let pairs = || records.iter().enumerate().flat_map(|(n, &x)| records[n + 1..].iter().map(move |&y| (x, y)));
            if records.len() > 1 && records.len() <= MOST_REFUSED && pairs().all(|(x, y)| apart(x, y)) {
                finding.status = Status::Accepted;
            }
        }
    }

    /// All decisions in the order of the file.
    pub fn finish(self) -> Vec<Report> {
        let rows = self.decisions.iter().zip(self.states).zip(self.hits);
        rows.map(|((decision, state), hits)| Report {
            line: decision.line,
            kind: match decision.what {
                What::Link { .. } => "link",
                What::Master { .. } => "master",
                What::Value { .. } => "value",
                What::Accept(_) => "accept",
            },
            subject: decision.subject(),
            author: decision.author.clone(),
            state,
            hits,
        })
        .collect()
    }
}

/// Words on pairs, by who heeds them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Words {
    /// Matching.
    pub parties: Vec<PairDecision>,
    /// Pairing: goods, documents, payments, property.
    pub others: Vec<PairDecision>,
}

/// A party is no document; and masters and values are of parties alone.
fn can_be_one(decision: &Decision, records: &[RecordRef]) -> bool {
    let parties = records.iter().filter(|r| r.is_party()).count();
    match decision.what {
        What::Link { .. } => parties == 0 || parties == records.len(),
        What::Master { .. } | What::Value { .. } => parties == records.len(),
        What::Accept(_) => true,
    }
}

/// Across sides nothing is merged, so that both cards stay anyway: one party is a link.
fn word(verdict: Verdict, one_side: bool) -> Word {
    match verdict {
        Verdict::Accept => Word::Together,
        Verdict::Keep if !one_side => Word::Together,
        Verdict::Keep => Word::Kept,
        Verdict::Reject => Word::Apart,
    }
}

/// Nobody refuses the pairs of a larger group one by one.
const MOST_REFUSED: usize = 12;

/// Records that a decision names.
fn keys(decision: &Decision) -> Vec<&Key> {
    match &decision.what {
        What::Link { a, b, .. } | What::Value { a, b, .. } | What::Accept(Scope::Pair { a, b, .. }) => vec![a, b],
        What::Master { record } => vec![record],
        What::Accept(Scope::Finding(_) | Scope::Group { .. }) => Vec::new(),
    }
}

/// All records that decisions name, in one pass over each side.
fn find<'a>(decisions: &'a [Decision], data: &Snapshots) -> FxHashMap<&'a Key, RecordRef> {
    let mut wanted: FxHashMap<(Side, &str), Vec<&Key>> = FxHashMap::default();
    for key in decisions.iter().flat_map(keys) {
        wanted.entry((key.side, key.id.as_str())).or_default().push(key);
    }
    let mut found: FxHashMap<&Key, RecordRef> = FxHashMap::default();
    if wanted.is_empty() {
        return found;
    }
    let of_side = |side| data.parties(side).refs().chain(data.get(side).books.iter().flat_map(Book::refs));
    for r in Side::BOTH.into_iter().flat_map(of_side) {
        for &key in wanted.get(&(r.side, data.id(r))).into_iter().flatten() {
            let entity = data.entity(r);
            if key.entity.map_or(!entity.is_party(), |e| e != entity) {
                continue;
            }
            let held = found.entry(key).or_insert(r);
            // Without an entity a counterparty goes before a contact.
            if data.entity(*held) == Entity::Contact && entity == Entity::Counterparty {
                *held = r;
            }
        }
    }
    found
}

fn is_changed(decision: &Decision, records: &[RecordRef], data: &Snapshots) -> bool {
    let Some(held) = &decision.evidence else { return false };
    let now = match (&decision.what, records) {
        (What::Link { .. } | What::Accept(Scope::Pair { .. }), &[a, b]) => evidence::of_pair(data, a, b, None),
        (What::Value { field, .. }, &[a, b]) => evidence::of_pair(data, a, b, Some(*field)),
        // Which record is the master is no question of what it says.
        _ => return false,
    };
    now != *held
}

fn set_golden(golden: &mut Vec<Golden>, cluster: u32, field: Field, from: RecordRef) {
    let entry = Golden { cluster, field, from, rule: Survival::Decided, at: ValueAt::Source };
    match golden.binary_search_by(|g| (g.cluster, g.field).cmp(&(cluster, field))) {
        Ok(at) => golden[at] = entry,
        Err(at) => golden.insert(at, entry),
    }
}

fn is_in_group(
    finding: &Finding,
    data: &Snapshots,
    side: Option<Side>,
    entity: Option<Entity>,
    fields: &[(Field, String)],
) -> bool {
    let record = match finding.subject {
        Subject::Record(r) => Some(r),
        Subject::Source { .. } => None,
    };
    let own = match &finding.subject {
        Subject::Record(r) => Some(data.entity(*r)),
        Subject::Source { entity, .. } => *entity,
    };
    side.is_none_or(|s| s == finding.side())
        && entity.is_none_or(|e| own == Some(e))
        && fields
            .iter()
            .all(|(field, value)| record.is_some_and(|r| data.text(r, *field).split('\n').any(|v| v == value)))
}
