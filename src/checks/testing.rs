//! A tiny two-sided world for tests of checks, built from texts of fields.

use chrono::NaiveDate;

use super::{Before, Check, Context, Ran};
use crate::config::{CheckConfig, ChecksConfig, TradeConfig};
use crate::finding::{Finding, Subject};
use crate::matching::{Cluster, Decision, Evidence, Level, Link, Matching, Veto};
use crate::model::{
    Entity, Field, Inn, Lang, OwnOrganisation, Place, RecordRef, Records, Side, Snapshot, Snapshots, SourceConflict,
    SourceReport, Space,
};
use crate::normalize;
use crate::pairing;
use crate::reconcile::{Drift, FieldStatus, PairDrift};

/// Texts of one record.
pub type Texts<'a> = &'a [(Field, &'a str)];

/// INNs made up for tests, control digits agree.
pub const INN_A: &str = "7799001111";
pub const INN_B: &str = "7799002228";
pub const INN_C: &str = "7799003334";
/// An INN of 12 digits.
pub const INN_PERSON: &str = "779900111176";
pub const KPP_A: &str = "779901001";
pub const KPP_B: &str = "507843001";

pub fn crm(at: usize) -> RecordRef {
    RecordRef::new(Side::Crm, at)
}

pub fn onec(at: usize) -> RecordRef {
    RecordRef::new(Side::Onec, at)
}

/// Both sides before normalisation, and the results of matching and reconciliation that a test wants.
pub struct World {
    records: [Records; 2],
    /// In the order of [`Space::BOOKS`].
    books: [Vec<Records>; 2],
    own: Vec<OwnOrganisation>,
    sources: [Vec<SourceReport>; 2],
    conflicts: [Vec<SourceConflict>; 2],
    users: [Vec<(String, String)>; 2],
    matching: Matching,
    drift: Vec<PairDrift>,
    config: ChecksConfig,
    before: Option<Vec<Before>>,
    pub trade: TradeConfig,
    pub lang: Lang,
    pub as_of: NaiveDate,
}

impl Default for World {
    fn default() -> World {
        World::new()
    }
}

impl World {
    pub fn new() -> World {
        let records = |side: Side| {
            let mut records = Records::new(side);
            records.places.push(Place::file(&format!("{side}.csv")));
            records
        };
        let source = |side: Side| SourceReport {
            side,
            entity: Some(Entity::Counterparty),
            path: format!("{side}.csv"),
            format: "csv",
            encoding: "utf-8".to_owned(),
            files: Vec::new(),
            counts: Default::default(),
            mapped: Vec::new(),
            unmapped: Vec::new(),
            partial: false,
            declared_total: None,
            taken_at: None,
            not_used: Vec::new(),
            dictionary: false,
            left_out: Vec::new(),
        };
        World {
            records: Side::BOTH.map(records),
            books: Side::BOTH.map(|side| Space::BOOKS.iter().map(|_| records(side)).collect()),
            own: Vec::new(),
            sources: Side::BOTH.map(|side| vec![source(side)]),
            conflicts: Default::default(),
            users: Default::default(),
            matching: Matching::default(),
            drift: Vec::new(),
            config: ChecksConfig::default(),
            before: None,
            trade: TradeConfig::default(),
            lang: Lang::Ru,
            as_of: NaiveDate::from_ymd_opt(2026, 11, 24).unwrap(),
        }
    }

    /// Adds a record. Without [`Field::Id`] its id is its number on the side, from 1.
    pub fn add(mut self, side: Side, entity: Entity, texts: Texts) -> World {
        let records = match entity.space() {
            Space::Parties => &mut self.records[side as usize],
            space => &mut self.books[side as usize][space as usize - 1],
        };
        let row = records.len() as u32 + 1;
        let id = row.to_string();
        let mut all = texts.to_vec();
        if !texts.iter().any(|(field, _)| *field == Field::Id) {
            all.push((Field::Id, &id));
        }
        records.push(entity, (0, row + 1), &all);
        self
    }

    pub fn crm(self, texts: Texts) -> World {
        self.add(Side::Crm, Entity::Counterparty, texts)
    }

    pub fn onec(self, texts: Texts) -> World {
        self.add(Side::Onec, Entity::Counterparty, texts)
    }

    /// The same counterparty on both sides.
    pub fn both(self, texts: Texts) -> World {
        self.crm(texts).onec(texts)
    }

    pub fn crm_contact(self, texts: Texts) -> World {
        self.add(Side::Crm, Entity::Contact, texts)
    }

    pub fn onec_contact(self, texts: Texts) -> World {
        self.add(Side::Onec, Entity::Contact, texts)
    }

    pub fn own(mut self, name: &str, inn: &str) -> World {
        self.own.push(OwnOrganisation {
            inn: Inn::parse(inn).ok(),
            name: name.to_owned(),
            phones: Vec::new(),
            ids: Vec::new(),
        });
        self
    }

    /// Matching made these records one party; the first of a side is its master.
    pub fn cluster(mut self, mut members: Vec<RecordRef>) -> World {
        let master = |side: Side| members.iter().copied().find(|m| m.side == side);
        let (crm_master, onec_master) = (master(Side::Crm), master(Side::Onec));
        members.sort_unstable();
        self.matching.clusters.push(Cluster { members, crm_master, onec_master, weakest: 2_000 });
        self
    }

    /// A linked pair whose fields differ so.
    pub fn differs(mut self, a: usize, b: usize, fields: &[(Field, FieldStatus)]) -> World {
        self = self.cluster(vec![crm(a), onec(b)]);
        let cluster = self.matching.clusters.len() as u32 - 1;
        self.drift.push(PairDrift { cluster, crm: crm(a), onec: onec(b), fields: fields.to_vec() });
        self
    }

    /// A scored pair that agrees in `agree`.
    pub fn link(
        mut self,
        a: RecordRef,
        b: RecordRef,
        decision: Decision,
        veto: Option<Veto>,
        agree: &[Field],
    ) -> World {
        let evidence = agree.iter().map(|&field| Evidence { field, level: Level::Exact, weight: 5.0 }).collect();
        self.matching.links.push(Link {
            a,
            b,
            weight: 10.0,
            probability: 0.99,
            decision,
            veto,
            evidence,
            rule: "test",
        });
        self
    }

    /// The last audit had so many records.
    pub fn before(mut self, counts: &[(Side, Entity, u64)]) -> World {
        let of = |&(side, entity, records): &(Side, Entity, u64)| Before { side, entity, records };
        self.before = Some(counts.iter().map(of).collect());
        self
    }

    pub fn partial(mut self, side: Side) -> World {
        self.sources[side as usize][0].partial = true;
        self
    }

    /// Changes the sources of a side; there is one at first.
    pub fn sources(mut self, side: Side, change: impl FnOnce(&mut Vec<SourceReport>)) -> World {
        change(&mut self.sources[side as usize]);
        self
    }

    /// Changes the records of a side, those added so far.
    pub fn records(mut self, side: Side, change: impl FnOnce(&mut Records)) -> World {
        change(&mut self.records[side as usize]);
        self
    }

    /// Two sources disagree about a field.
    pub fn conflict(self, side: Side, at: usize, field: Field, kept: &str, other: &str) -> World {
        self.conflict_at(side, at, field, kept, other, "Колонка")
    }

    /// [`Self::conflict`] with the heading under which the other text stands.
    pub fn conflict_at(mut self, side: Side, at: usize, field: Field, kept: &str, other: &str, heading: &str) -> World {
        let mut other_place = Place::file("other.csv").row(2);
        other_place.column = Some(heading.into());
        self.conflicts[side as usize].push(SourceConflict {
            record: RecordRef::new(side, at),
            field,
            kept: kept.to_owned(),
            other: other.to_owned(),
            other_place,
        });
        self
    }

    /// Adds a user of a system.
    pub fn user(mut self, side: Side, code: &str, name: &str) -> World {
        self.users[side as usize].push((code.to_owned(), name.to_owned()));
        self
    }

    pub fn param(mut self, check: &str, name: &str, value: i64) -> World {
        let params = [(name.to_owned(), value)].into();
        self.config.0.insert(check.to_owned(), CheckConfig { params, ..CheckConfig::default() });
        self
    }

    /// Normalises both sides and hands them over. Clusters with both sides and no [`Self::differs`] become pairs
    /// without drift; records of no such cluster are one-sided.
    pub fn with<T>(self, read: impl FnOnce(&Context) -> T) -> T {
        let World {
            records,
            books,
            own,
            sources,
            conflicts,
            users,
            mut matching,
            drift: given,
            config,
            before,
            trade,
            lang,
            as_of,
        } = self;
        let [crm_records, onec_records] = records;
        let [crm_books, onec_books] = books;
        let [crm_sources, onec_sources] = sources;
        let [crm_conflicts, onec_conflicts] = conflicts;
        let [crm_users, onec_users] = users;
        let snapshot = |records: Records, books, sources, conflicts, users| {
            let mut parties = normalize::parties(records, &own);
            normalize::birth::refuse_impossible(&mut parties, as_of);
            let (side, quarantine) = (parties.side(), Vec::new());
            let books = normalize::books::books(side, books, &parties);
            Snapshot { side, parties, books, own: own.clone(), sources, quarantine, conflicts, users }
        };
        let data = Snapshots {
            crm: snapshot(crm_records, crm_books, crm_sources, crm_conflicts, crm_users),
            onec: snapshot(onec_records, onec_books, onec_sources, onec_conflicts, onec_users),
        };
        let mut drift = Drift { pairs: given, ..Drift::default() };
        for (at, cluster) in matching.clusters.iter().enumerate() {
            let (Some(crm), Some(onec)) = (cluster.crm_master, cluster.onec_master) else { continue };
            if !drift.pairs.iter().any(|p| p.cluster == at as u32) {
                drift.pairs.push(PairDrift { cluster: at as u32, crm, onec, fields: Vec::new() });
            }
        }
        drift.pairs.sort_by_key(|p| p.cluster);
        let two_sided = |r: &RecordRef| {
            matching.clusters.iter().any(|c| c.members.contains(r) && c.of(r.side.other()).next().is_some())
        };
        drift.only_crm = data.crm.parties.refs().filter(|r| !two_sided(r)).collect();
        drift.only_onec = data.onec.parties.refs().filter(|r| !two_sided(r)).collect();
        matching.links.sort_by_key(|l| (l.a, l.b));
        let pairing = pairing::run(&data, &matching, &trade, &[]);
        read(&Context {
            data: &data,
            matching: &matching,
            drift: &drift,
            pairing: &pairing,
            trade: &trade,
            config: &config,
            before: before.as_deref(),
            lang,
            as_of,
            shared: Default::default(),
        })
    }

    /// Runs a check. Each finding comes as the ids of its records, subject first: `crm:1 onec:7`, a source as its
    /// place; sorted.
    ///
    /// # Panics
    /// When a message is empty, begins with a small letter, ends with a full stop or has several lines.
    pub fn findings(self, check: &dyn Check) -> (Ran, Vec<String>) {
        self.with(|cx| {
            let mut out = Vec::new();
            let ran = check.run(cx, &mut out);
            for finding in &out {
                let message = &finding.message;
                assert!(!message.is_empty() && !message.ends_with('.') && !message.contains('\n'), "{message}");
                assert!(!message.starts_with(char::is_lowercase), "{message}");
            }
            let mut names: Vec<String> = out.iter().map(|f| name(cx, f)).collect();
            names.sort();
            (ran, names)
        })
    }

    /// # Panics
    /// When the check did not run or found something else.
    #[track_caller]
    pub fn expect(self, check: &dyn Check, expected: &[&str]) {
        let (ran, found) = self.findings(check);
        assert!(matches!(ran, Ran::Evaluated(n) if n >= expected.len() as u64), "{ran:?}");
        assert_eq!(found, expected, "{}", check.meta().id);
    }

    /// # Panics
    /// When the check ran.
    #[track_caller]
    pub fn expect_not_run(self, check: &dyn Check) {
        let (ran, found) = self.findings(check);
        assert!(matches!(&ran, Ran::NotRun(why) if !why.is_empty()), "{ran:?}");
        assert_eq!(found, [""; 0]);
    }

    /// Texts of the findings, in the order found.
    pub fn messages(self, check: &dyn Check) -> Vec<String> {
        self.with(|cx| {
            let mut out = Vec::new();
            check.run(cx, &mut out);
            out.into_iter().map(|f| f.message).collect()
        })
    }
}

fn name(cx: &Context, finding: &Finding) -> String {
    if let Subject::Source { at, .. } = &finding.subject {
        return at.to_string();
    }
    let records: Vec<String> = finding.records().map(|r| format!("{}:{}", r.side, cx.data.id(r))).collect();
    records.join(" ")
}

/// Two identical clean sides: organisations, a head office with a branch, a sole trader, contacts; all linked.
pub fn clean() -> World {
    let mut world = World::new();
    let firms: [Texts; 4] = [
        &[
            (Field::Id, "f1"),
            (Field::Name, "ООО «Ромашка»"),
            (Field::FullName, "Общество с ограниченной ответственностью «Ромашка»"),
            (Field::Kind, "Юридическое лицо"),
            (Field::Inn, INN_A),
            (Field::Kpp, KPP_A),
            (Field::Ogrn, "1027799000019"),
            (Field::Phone, "+74951112233"),
            (Field::Email, "info@romashka-test.ru"),
            (Field::Address, "119019, г. Москва, ул. Новая, д. 5"),
            (Field::BankAccount, "40702810200000000001"),
            (Field::Bik, "044599111"),
            (Field::Turnover, "150000"),
            (Field::Deleted, "нет"),
            (Field::IsGroup, "нет"),
        ],
        &[
            (Field::Id, "f2"),
            (Field::Name, "АО «Лютик»"),
            (Field::Kind, "Юридическое лицо"),
            (Field::Inn, INN_B),
            (Field::Kpp, KPP_A),
            (Field::Phone, "+74951112244"),
            (Field::Turnover, "90000"),
        ],
        &[
            (Field::Id, "f3"),
            (Field::Name, "АО «Лютик» Подольский филиал"),
            (Field::Kind, "Юридическое лицо"),
            (Field::Inn, INN_B),
            (Field::Kpp, KPP_B),
            (Field::HeadId, "f2"),
            (Field::Turnover, "10000"),
        ],
        &[
            (Field::Id, "f4"),
            (Field::Name, "ИП Васильков Пётр Ильич"),
            (Field::Kind, "Индивидуальный предприниматель"),
            (Field::Inn, INN_PERSON),
            (Field::Ogrn, "304779900000011"),
            (Field::Phone, "+79161112255"),
            (Field::Turnover, "5000"),
        ],
    ];
    let person: Texts = &[
        (Field::Id, "p1"),
        (Field::LastName, "Незабудкина"),
        (Field::FirstName, "Анна"),
        (Field::Patronymic, "Сергеевна"),
        (Field::Phone, "+79161112266"),
        (Field::Email, "anna@romashka-test.ru"),
        (Field::OwnerId, "f1"),
        (Field::BirthDate, "1985-04-12"),
    ];
    for texts in firms {
        world = world.both(texts);
    }
    world = world.crm_contact(person).onec_contact(person);
    (0..5).fold(world, |world, at| world.cluster(vec![crm(at), onec(at)]))
}
