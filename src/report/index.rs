//! Positions of links, clusters and drift that every list of the report is made of.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::people::People;
use crate::matching::{Decision, Golden, Link, Scope, Veto};
use crate::model::{RecordRef, Side};
use crate::outcome::Outcome;
use crate::reconcile::FieldStatus;

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
    /// Links of goods, documents and property that a person has to look at: positions in `Pairing::links`.
    pub ties: Vec<u32>,
    /// Links that a veto, or a person, forbids.
    pub vetoed: Vec<u32>,
    /// Pair of `Drift::pairs` and position in its fields.
    pub drift: Vec<(u32, u32)>,
    /// For each cluster the position of its first value in `Matching::golden`, and the end of the last.
    golden: Vec<u32>,
    pub people: People,
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
        index.review.par_sort_by(|&x, &y| {
            let (x, y) = (&links[x as usize], &links[y as usize]);
            y.weight.total_cmp(&x.weight).then((x.a, x.b).cmp(&(y.a, y.b)))
        });
        index.vetoed.par_sort_by_key(|&at| {
            let link = &links[at as usize];
            (link.veto.unwrap_or(Veto::Refused), link.scope(), link.a, link.b)
        });
        let ties = outcome.pairing.links();
        index.ties.extend((0..ties.len() as u32).filter(|&at| ties[at as usize].decision == Decision::Review));
        index.ties.sort_by(|&x, &y| {
            let (x, y) = (&ties[x as usize], &ties[y as usize]);
            (x.a.space, x.b.space).cmp(&(y.a.space, y.b.space)).then(y.weight.total_cmp(&x.weight))
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
        let clusters = outcome.matching.clusters.len() as u32;
        let golden = &outcome.matching.golden;
        let mut at = 0;
        for cluster in 0..=clusters {
            while golden.get(at).is_some_and(|g| g.cluster < cluster) {
                at += 1;
            }
            index.golden.push(at as u32);
        }
        let pairs = &outcome.drift.pairs;
        for (pair, p) in pairs.iter().enumerate() {
            index.drift.extend((0..p.fields.len()).map(|field| (pair as u32, field as u32)));
        }
        // Two values that contradict need a person; a value that one side lacks is mostly copied over.
        index.drift.par_sort_by_key(|&(pair, field)| {
            let (name, status) = pairs[pair as usize].fields[field as usize];
            (status != FieldStatus::Different, name, status, pair)
        });
        index.people = People::new(outcome, &index);
        index
    }

    /// Values of the golden record of a cluster, in the order of fields.
    pub fn golden<'a>(&self, outcome: &'a Outcome, cluster: u32) -> &'a [Golden] {
        let at = cluster as usize;
        match self.golden.get(at..at + 2) {
            Some(&[from, to]) => &outcome.matching.golden[from as usize..to as usize],
            _ => &[],
        }
    }
}

/// For each record the strongest link inside its side that counts.
fn strongest(outcome: &Outcome) -> FxHashMap<RecordRef, u32> {
    let links = &outcome.matching.links;
    let mut best: FxHashMap<RecordRef, u32> = FxHashMap::default();
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
