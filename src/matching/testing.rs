//! A two-sided world built from texts of fields, for tests of matching.

use super::{Decision, Link, Matching, PairDecision, Veto, Word};
use crate::config::MatchingConfig;
use crate::model::{Book, Entity, Field, Inn, OwnOrganisation, Place, RecordRef, Records, Side, Snapshot, Snapshots};
use crate::normalize;

/// A valid INN of an organisation made from up to nine digits.
pub fn inn10(serial: u64) -> String {
    let head = format!("77{:07}", serial % 10_000_000);
    (0..10).map(|d| format!("{head}{d}")).find(|t| Inn::parse(t).is_ok()).unwrap()
}

/// A valid INN of a person.
pub fn inn12(serial: u64) -> String {
    let head = format!("77{:08}", serial % 100_000_000);
    (0..100).map(|d| format!("{head}{d:02}")).find(|t| Inn::parse(t).is_ok()).unwrap()
}

type Row = (Side, Entity, Vec<(Field, String)>);

/// Records of both sides before normalisation.
#[derive(Clone, Default)]
pub struct World {
    rows: Vec<Row>,
    own: Vec<String>,
    clashes: Vec<(Side, String)>,
}

impl World {
    pub fn add(&mut self, side: Side, entity: Entity, id: &str, texts: &[(Field, &str)]) {
        let mut all = vec![(Field::Id, id.to_owned())];
        all.extend(texts.iter().map(|(f, t)| (*f, (*t).to_owned())));
        self.rows.push((side, entity, all));
    }

    /// A counterparty of the CRM.
    pub fn crm(mut self, id: &str, texts: &[(Field, &str)]) -> World {
        self.add(Side::Crm, Entity::Counterparty, id, texts);
        self
    }

    /// A counterparty of 1C.
    pub fn onec(mut self, id: &str, texts: &[(Field, &str)]) -> World {
        self.add(Side::Onec, Entity::Counterparty, id, texts);
        self
    }

    /// A contact of the CRM.
    pub fn contact(mut self, id: &str, texts: &[(Field, &str)]) -> World {
        self.add(Side::Crm, Entity::Contact, id, texts);
        self
    }

    pub fn own(mut self, inn: &str) -> World {
        self.own.push(inn.to_owned());
        self
    }

    /// The id of this record repeats in its source.
    pub fn clash(mut self, side: Side, id: &str) -> World {
        self.clashes.push((side, id.to_owned()));
        self
    }

    /// The same records in another order.
    pub fn shuffled(&self, seed: u64) -> World {
        let mut world = self.clone();
        let mut random = Random(seed);
        for at in (1..world.rows.len()).rev() {
            world.rows.swap(at, random.below(at as u64 + 1) as usize);
        }
        world
    }

    pub fn build(&self) -> Snapshots {
        let own: Vec<OwnOrganisation> = self
            .own
            .iter()
            .map(|inn| OwnOrganisation {
                inn: Inn::parse(inn).ok(),
                name: "Своя".to_owned(),
                phones: Vec::new(),
                ids: Vec::new(),
            })
            .collect();
        let side = |side: Side| {
            let mut records = Records::new(side);
            records.places.push(Place::file("a.csv"));
            for (at, (_, entity, texts)) in self.rows.iter().filter(|r| r.0 == side).enumerate() {
                let texts: Vec<(Field, &str)> = texts.iter().map(|(f, t)| (*f, t.as_str())).collect();
                records.push(*entity, (0, at as u32 + 2), &texts);
                records.id_clash[at] = self.clashes.iter().any(|(s, id)| *s == side && id == texts[0].1);
            }
            Snapshot {
                side,
                books: Book::none(side),
                parties: normalize::parties(records, &own),
                own: own.clone(),
                sources: Vec::new(),
                quarantine: Vec::new(),
                conflicts: Vec::new(),
                users: Vec::new(),
            }
        };
        Snapshots { crm: side(Side::Crm), onec: side(Side::Onec) }
    }

    pub fn run(&self) -> Outcome {
        self.decide(&[])
    }

    /// Runs with words of people: (a, b, accept), ids as `crm:1`.
    pub fn decide(&self, words: &[(&str, &str, bool)]) -> Outcome {
        let data = self.build();
        let find = |key: &str| data.find(key).unwrap();
        let decisions: Vec<PairDecision> = words
            .iter()
            .map(|&(a, b, accept)| {
                let word = if accept { Word::Together } else { Word::Apart };
                PairDecision { a: find(a), b: find(b), word }
            })
            .collect();
        let matching = super::run(&data, &MatchingConfig::default(), &decisions);
        Outcome { data, matching }
    }
}

/// A world with the result of matching it.
pub struct Outcome {
    pub data: Snapshots,
    pub matching: Matching,
}

impl Outcome {
    fn find(&self, key: &str) -> RecordRef {
        self.data.find(key).unwrap()
    }

    pub fn link(&self, a: &str, b: &str) -> Option<&Link> {
        let (a, b) = (self.find(a), self.find(b));
        self.matching.links.iter().find(|l| (l.a, l.b) == (a.min(b), a.max(b)))
    }

    pub fn decision(&self, a: &str, b: &str) -> Option<(Decision, Option<Veto>)> {
        self.link(a, b).map(|l| (l.decision, l.veto))
    }

    pub fn together(&self, a: &str, b: &str) -> bool {
        let (a, b) = (self.find(a), self.find(b));
        self.matching.clusters.iter().any(|c| c.members.contains(&a) && c.members.contains(&b))
    }

    /// Everything that must not depend on row order, by record ids.
    pub fn digest(&self) -> String {
        let key = |r: RecordRef| self.data.key(r);
        let mut lines: Vec<String> = Vec::new();
        for l in &self.matching.links {
            let mut ends = [key(l.a), key(l.b)];
            ends.sort();
            lines.push(format!("{ends:?} {} {:?} {:?} {:?} {}", l.weight, l.decision, l.veto, l.evidence, l.rule));
        }
        for c in &self.matching.clusters {
            let mut members: Vec<String> = c.members.iter().map(|&m| key(m)).collect();
            members.sort();
            let masters = [c.crm_master, c.onec_master].map(|m| m.map(key));
            let mut golden: Vec<String> = self
                .matching
                .golden
                .iter()
                .filter(|g| self.matching.clusters[g.cluster as usize] == *c)
                .map(|g| format!("{:?}={} {} {}", g.field, g.value, key(g.from), g.rule))
                .collect();
            golden.sort();
            lines.push(format!("{members:?} {masters:?} {} {golden:?}", c.weakest));
        }
        lines.sort();
        for o in &self.matching.oversized {
            let mut records: Vec<String> = o.records.iter().map(|&r| key(r)).collect();
            records.sort();
            lines.push(format!("{} {records:?}", o.rule));
        }
        lines.push(format!("{:?} {}", self.matching.rules, self.matching.compared));
        lines.join("\n")
    }
}

/// SplitMix64.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    pub fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len() as u64) as usize]
    }
}
