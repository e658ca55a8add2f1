//! An outcome made by hand from texts of fields, for tests of what is written from it.

use chrono::NaiveDate;
use sverka::config::MatchingConfig;
use sverka::forecast::Exchange;
use sverka::matching::{Cluster, Decision, Evidence, Level, Link, Matching, Veto};
use sverka::model::{
    Book, Entity, Field, Inn, Lang, OwnOrganisation, Place, RecordRef, Records, RowCounts, Side, Snapshot, Snapshots,
    SourceFile, SourceReport,
};
use sverka::normalize;
use sverka::outcome::{Direction, Outcome};
use sverka::pairing::Pairing;
use sverka::reconcile::Drift;

/// INNs made up for tests, control digits agree.
pub const INN_A: &str = "7799001111";
pub const INN_B: &str = "7799002228";
pub const INN_C: &str = "7799003334";

pub fn crm(at: usize) -> RecordRef {
    RecordRef::new(Side::Crm, at)
}

pub fn onec(at: usize) -> RecordRef {
    RecordRef::new(Side::Onec, at)
}

/// Records of both sides and what matching made of them.
pub struct World {
    records: [Records; 2],
    sources: [Vec<SourceReport>; 2],
    own: Vec<OwnOrganisation>,
    matching: Matching,
}

impl World {
    pub fn new() -> World {
        let records = |side: Side| {
            let mut records = Records::new(side);
            records.places.push(Place::file(&format!("{side}.csv")));
            records
        };
        World {
            records: Side::BOTH.map(records),
            sources: [Vec::new(), Vec::new()],
            own: Vec::new(),
            matching: Matching::default(),
        }
    }

    pub fn add(mut self, side: Side, entity: Entity, texts: &[(Field, &str)]) -> World {
        let records = &mut self.records[side as usize];
        let row = records.len() as u32 + 2;
        records.push(entity, (0, row), texts);
        self
    }

    /// A company with id, name, INN and KPP.
    pub fn company(self, side: Side, [id, name, inn, kpp]: [&str; 4]) -> World {
        let texts = [(Field::Id, id), (Field::Name, name), (Field::Inn, inn), (Field::Kpp, kpp)];
        self.add(side, Entity::Counterparty, &texts)
    }

    /// The CRM's records came in this format.
    pub fn source(self, format: &'static str) -> World {
        self.source_of(Side::Crm, format, &[])
    }

    /// Records of a side came in this format with these headings.
    pub fn source_of(mut self, side: Side, format: &'static str, mapped: &[(&str, Field)]) -> World {
        self.sources[side as usize].push(SourceReport {
            side,
            entity: None,
            path: format!("{side}.csv"),
            format,
            encoding: "utf-8".to_owned(),
            files: Vec::new(),
            counts: RowCounts::default(),
            mapped: mapped.iter().map(|(heading, field)| ((*heading).to_owned(), *field)).collect(),
            unmapped: Vec::new(),
            partial: false,
            declared_total: None,
            taken_at: None,
            not_used: Vec::new(),
            dictionary: false,
            left_out: Vec::new(),
        });
        self
    }

    /// The last source of a side was read from this file too.
    pub fn file(mut self, side: Side, path: &str, sha256: &str) -> World {
        let file = SourceFile { path: path.to_owned(), bytes: 1, sha256: sha256.to_owned() };
        self.sources[side as usize].last_mut().expect("a source").files.push(file);
        self
    }

    pub fn own(mut self, inn: &str) -> World {
        self.own.push(OwnOrganisation {
            inn: Inn::parse(inn).ok(),
            name: String::new(),
            phones: Vec::new(),
            ids: Vec::new(),
        });
        self
    }

    pub fn records(mut self, side: Side, change: impl FnOnce(&mut Records)) -> World {
        change(&mut self.records[side as usize]);
        self
    }

    /// One party by an automatic link of each member with the first; the first member of a side is its master.
    pub fn cluster(mut self, members: &[RecordRef]) -> World {
        for &other in &members[1..] {
            self = self.link(members[0], other, Decision::Auto, None);
        }
        self.united(members)
    }

    /// A party of two records by one link of this decision.
    pub fn pair(self, a: RecordRef, b: RecordRef, decision: Decision) -> World {
        self.link(a, b, decision, None).united(&[a, b])
    }

    fn united(mut self, members: &[RecordRef]) -> World {
        let master = |side: Side| members.iter().copied().find(|m| m.side == side);
        let (crm_master, onec_master) = (master(Side::Crm), master(Side::Onec));
        let mut members = members.to_vec();
        members.sort_unstable();
        self.matching.clusters.push(Cluster { members, crm_master, onec_master, weakest: 2_000 });
        self
    }

    pub fn link(mut self, a: RecordRef, b: RecordRef, decision: Decision, veto: Option<Veto>) -> World {
        let evidence = vec![Evidence { field: Field::Inn, level: Level::Exact, weight: 12.0 }];
        let (a, b) = (a.min(b), a.max(b));
        self.matching.links.push(Link {
            a,
            b,
            weight: 12.0,
            probability: 0.999,
            decision,
            veto,
            evidence,
            rule: "test",
        });
        self
    }

    pub fn build(self) -> Outcome {
        let World { records, sources, own, mut matching } = self;
        matching.links.sort_by_key(|l| (l.a, l.b));
        matching.clusters.sort_by_key(|c| c.members[0]);
        let [crm_sources, onec_sources] = sources;
        let snapshot = |records: Records, sources| Snapshot {
            side: records.side,
            books: Book::none(records.side),
            parties: normalize::parties(records, &own),
            own: own.clone(),
            sources,
            quarantine: Vec::new(),
            conflicts: Vec::new(),
        };
        let [crm, onec] = records;
        let (crm, onec) = (snapshot(crm, crm_sources), snapshot(onec, onec_sources));
        Outcome {
            project: "Проверка".to_owned(),
            lang: Lang::Ru,
            as_of: NaiveDate::from_ymd_opt(2026, 11, 24).unwrap(),
            direction: Direction::Both,
            ownership: Default::default(),
            crm_url: None,
            trade: Default::default(),
            staging: Vec::new(),
            snapshot_id: "0123456789abcdef".to_owned(),
            config_sha256: "0".repeat(64),
            matching_config: MatchingConfig::default(),
            data: Snapshots { crm, onec },
            matching,
            drift: Drift::default(),
            pairing: Pairing::default(),
            control: Default::default(),
            statuses: Vec::new(),
            checks: Vec::new(),
            findings: Vec::new(),
            comparison: None,
            held: None,
            decisions: Vec::new(),
            forecast: Vec::new(),
            exchange: Exchange::none(),
            gates: Vec::new(),
            conditions: Vec::new(),
            clearing: Default::default(),
            ready: Vec::new(),
            readiness: 100.0,
            stages: Vec::new(),
            masked: false,
        }
    }
}
