//! Who answers for which rows: the lists cut per responsible person.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::cell::shown;
use super::index::Index;
use super::texts::Texts;
use crate::finding::Severity;
use crate::model::{Field, RecordRef, Records, Side};
use crate::outcome::Outcome;

/// Lists that are work for a responsible person, by id of their queue.
pub const LISTS: [&str; 6] = ["duplicates", "drift-pairs", "only-crm", "only-onec", "findings", "ties"];

/// One person, with positions in the lists of [`LISTS`], each sorted.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Person {
    /// As the source writes it; empty for what nobody answers for.
    pub name: String,
    pub rows: [Vec<u32>; LISTS.len()],
    /// Findings by severity.
    pub findings: [u64; 4],
}

impl Person {
    /// The name as people read it: some systems name their users by numbers.
    pub fn shown(&self, texts: &Texts) -> String {
        match self.name.as_str() {
            "" => texts.get("people.nobody").to_owned(),
            id if id.bytes().all(|b| b.is_ascii_digit()) => texts.say("people.number", &[("id", &id)]),
            name => shown(name).into_owned(),
        }
    }

    pub fn total(&self) -> u64 {
        self.rows.iter().map(|r| r.len() as u64).sum()
    }
}

/// Everybody who answers for a record.
///
/// A record is its own responsible person's; one without (1C seldom names any) is that of the CRM's records of the same
/// party. A row about several people's records is work for each of them.
#[derive(Debug, Default)]
pub struct People {
    /// By name, without regard to case; last, nobody.
    pub people: Vec<Person>,
    /// By side, space and record, position in `people`.
    of: [Vec<Vec<u32>>; 2],
    /// Those of the row that was added last.
    named: Vec<u32>,
}

impl People {
    /// Of an index whose lists are complete.
    pub fn new(outcome: &Outcome, index: &Index) -> People {
        let mut people = People::of_records(outcome);
        for (at, q) in index.questions.iter().enumerate() {
            people.add(0, at, [q.a, q.b]);
        }
        for (at, &(pair, _)) in index.drift.iter().enumerate() {
            let pair = &outcome.drift.pairs[pair as usize];
            people.add(1, at, [pair.crm, pair.onec]);
        }
        for (list, records) in [(2, &outcome.drift.only_crm), (3, &outcome.drift.only_onec)] {
            for (at, &record) in records.iter().enumerate() {
                people.add(list, at, [record]);
            }
        }
        for (at, finding) in outcome.findings.iter().enumerate() {
            people.add(4, at, finding.records());
            for &person in &people.named {
                people.people[person as usize].findings[finding.severity as usize] += 1;
            }
        }
        for (at, &tie) in index.ties.iter().enumerate() {
            let link = &outcome.pairing.links()[tie as usize];
            people.add(5, at, [link.a, link.b]);
        }
        people
    }

    /// Name of the responsible person of a record; empty when nobody is.
    pub fn name(&self, record: RecordRef) -> &str {
        let person = self.of[record.side as usize].get(record.space as usize).and_then(|of| of.get(record.at()));
        person.and_then(|&at| self.people.get(at as usize)).map_or("", |p| &p.name)
    }

    /// People with work, the most urgent first.
    pub fn by_urgency(&self) -> Vec<&Person> {
        let mut people: Vec<&Person> = self.people.iter().filter(|p| p.total() > 0).collect();
        let urgent = |p: &Person| Severity::ALL.map(|s| p.findings[s as usize]);
        people.sort_by_key(|p| std::cmp::Reverse((urgent(p), p.total())));
        people
    }

    /// Whether any record has a responsible person at all.
    pub fn are_known(&self) -> bool {
        self.people.len() > 1
    }

    fn of_records<'a>(outcome: &'a Outcome) -> People {
        let mut names: HashMap<String, u32> = HashMap::new();
        let mut found: Vec<String> = Vec::new();
        let mut of = Side::BOTH.map(|side| {
            let mut person = |text: &str| {
                let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
                if name.is_empty() {
                    return u32::MAX;
                }
                *names.entry(name.to_lowercase()).or_insert_with(|| {
                    found.push(name);
                    found.len() as u32 - 1
                })
            };
            // A base has some hundred users and a million records.
            let mut known: HashMap<&str, u32, RandomState> = HashMap::default();
            let mut person = |raw: &'a Records, at: usize| match raw.get(Field::Responsible, at) {
                "" => u32::MAX,
                text => *known.entry(text).or_insert_with(|| person(text)),
            };
            let snapshot = outcome.data.get(side);
            let tables = std::iter::once(&snapshot.parties.raw).chain(snapshot.books.iter().map(|book| &book.raw));
            tables.map(|raw| (0..raw.len()).map(|at| person(raw, at)).collect::<Vec<u32>>()).collect::<Vec<_>>()
        });
        for cluster in &outcome.matching.clusters {
            let named = |r: &RecordRef| of[r.side as usize][r.space as usize][r.at()] != u32::MAX;
            let first = cluster.crm_master.into_iter().chain(cluster.of(Side::Crm)).find(named);
            if let Some(first) = first {
                let person = of[first.side as usize][first.space as usize][first.at()];
                for r in cluster.members.iter().filter(|r| r.side == Side::Onec) {
                    let held = &mut of[r.side as usize][r.space as usize][r.at()];
                    if *held == u32::MAX {
                        *held = person;
                    }
                }
            }
        }
        let mut order: Vec<u32> = (0..found.len() as u32).collect();
        order.sort_by_cached_key(|&at| found[at as usize].to_lowercase());
        let mut place = vec![0u32; found.len()];
        for (position, &at) in order.iter().enumerate() {
            place[at as usize] = position as u32;
        }
        let nobody = found.len() as u32;
        for person in of.iter_mut().flatten().flatten() {
            *person = place.get(*person as usize).copied().unwrap_or(nobody);
        }
        let mut names: Vec<String> = order.iter().map(|&at| std::mem::take(&mut found[at as usize])).collect();
        names.push(String::new());
        let people = names.into_iter().map(|name| Person { name, ..Person::default() }).collect();
        People { people, of, named: Vec::new() }
    }

    /// Gives a row to everybody who answers for one of these records, or to nobody; `named` says to whom.
    fn add(&mut self, list: usize, at: usize, records: impl IntoIterator<Item = RecordRef>) {
        let nobody = self.people.len() as u32 - 1;
        let of = &self.of;
        let persons = records.into_iter().map(|r| of[r.side as usize][r.space as usize][r.at()]);
        self.named.clear();
        self.named.extend(persons.filter(|&p| p != nobody));
        self.named.sort_unstable();
        self.named.dedup();
        if self.named.is_empty() {
            self.named.push(nobody);
        }
        for &person in &self.named {
            self.people[person as usize].rows[list].push(at as u32);
        }
    }
}
