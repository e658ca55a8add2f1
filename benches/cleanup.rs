//! A cleanup of a large base: seconds of the plan and of all files that are written from it, and whether the caps hold.
//!
//! `cargo bench --bench cleanup [-- MERGES]` (merges a side, default 100000). Every card of the CRM has a duplicate and a
//! pair in 1C, so there are as many links as merges, and every tenth name is damaged. Fails when a file holds more steps
//! than it may, a step is lost at a seam, or writing takes longer than [`LIMIT`].

use std::fs;
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use sverka::cleanup::{plan, write_all};
use sverka::config::{Engine, MatchingConfig, Staging};
use sverka::forecast::Exchange;
use sverka::matching::{Cluster, Decision, Evidence, Level, Link, Matching};
use sverka::model::{
    Book, Entity, Field, Lang, Place, RecordRef, Records, RowCounts, Side, Snapshot, Snapshots, SourceReport,
};
use sverka::normalize;
use sverka::outcome::{Direction, Outcome};

/// «Generated in seconds»: what the slowest of ordinary machines may take for the default number of merges.
const LIMIT: Duration = Duration::from_secs(60);
/// Steps of a file of the REST and SQL dialects, pairs of a file for 1C.
const MAX_STEPS: usize = 2_000;
const MAX_PAIRS: usize = 1_000;

fn main() {
    // Cargo passes `--bench` of its own.
    let merges = std::env::args().skip(1).find_map(|a| a.parse().ok()).unwrap_or(100_000);
    let outcome = outcome(merges);
    let start = Instant::now();
    let plan = plan::build(&outcome);
    println!(
        "{merges} merges a side: plan of {} corrections and links and {} merges in {:.1} s",
        plan.fixes.len(),
        plan.merges.len(),
        start.elapsed().as_secs_f64()
    );
    assert_eq!(plan.merges.len(), 2 * merges);
    let folder = tempfile::tempdir().expect("a folder");
    let start = Instant::now();
    write_all(&outcome, folder.path(), folder.path()).expect("the files are written");
    let took = start.elapsed();
    let written = Written::of(folder.path());
    println!(
        "written in {:.1} s: {} files, {} MB; largest {} MB",
        took.as_secs_f64(),
        written.files,
        written.bytes >> 20,
        written.largest >> 20
    );
    assert!(took < LIMIT, "{took:?} is more than {LIMIT:?}");
    assert_eq!(written.rest, plan.merges.len() / 2 + written.fields, "every step for the CRM is in one of the files");
    assert_eq!((written.sql, written.pairs), (merges, merges), "merges for SQL and pairs for 1C");
}

/// What the files hold together; each file keeps its cap.
#[derive(Default)]
struct Written {
    files: usize,
    bytes: u64,
    largest: u64,
    /// Steps of plans for REST, and those of them that are about a field.
    rest: usize,
    fields: usize,
    sql: usize,
    pairs: usize,
}

impl Written {
    fn of(folder: &std::path::Path) -> Written {
        let mut all = Written::default();
        for file in fs::read_dir(folder).expect("the folder").map(|f| f.expect("a file")) {
            let name = file.file_name().into_string().expect("names are ASCII");
            let bytes = file.metadata().expect("its size").len();
            all.files += 1;
            all.bytes += bytes;
            all.largest = all.largest.max(bytes);
            let read = || fs::read_to_string(file.path()).expect("UTF-8");
            if name.starts_with("bitrix24-plan") {
                let plan: serde_json::Value = serde_json::from_str(&read()).expect("JSON");
                let steps = plan["steps"].as_array().expect("steps");
                assert!(steps.len() <= MAX_STEPS, "{name}: {} steps", steps.len());
                all.rest += steps.len();
                all.fields += steps.iter().filter(|s| s["keep"].is_null()).count();
            } else if name.starts_with("sql-") && name.contains("-merges") {
                let steps = read().matches(", 'merge-crm-counterparty-").count();
                assert!(steps <= MAX_STEPS, "{name}: {steps} steps");
                all.sql += steps;
            } else if name.starts_with("1c-counterparties") && !name.contains("console") {
                let pairs = read().matches("\tДобавитьДубль(").count();
                assert!(pairs <= MAX_PAIRS, "{name}: {pairs} pairs");
                all.pairs += pairs;
            }
        }
        all
    }
}

/// `merges` parties with two cards on each side; a person's INN is of no matter here, so all have one.
fn outcome(merges: usize) -> Outcome {
    let side = |side: Side| {
        let mut records = Records::new(side);
        records.places.push(Place::file("list.csv"));
        for at in 0..2 * merges {
            let id = if side == Side::Crm { (at + 1).to_string() } else { guid(at) };
            let name = if at % 10 == 0 {
                format!("ООО  «Ромашка {at}»")
            } else {
                format!("ООО «Ромашка {at}»")
            };
            let texts = [(Field::Id, id.as_str()), (Field::Name, &name), (Field::Inn, "7799001111"), (Field::Kpp, "")];
            records.push(Entity::Counterparty, (0, at as u32 + 2), &texts);
        }
        let (format, heading) = if side == Side::Crm { ("bitrix24-rest", "ORIGIN_ID") } else { ("csv", "Код CRM") };
        let source = SourceReport {
            side,
            entity: Some(Entity::Counterparty),
            path: "list.csv".to_owned(),
            format,
            encoding: "utf-8".to_owned(),
            files: Vec::new(),
            counts: RowCounts::default(),
            mapped: vec![(heading.to_owned(), Field::ExternalId)],
            unmapped: Vec::new(),
            partial: false,
            declared_total: None,
            taken_at: None,
            not_used: Vec::new(),
            dictionary: false,
            left_out: Vec::new(),
        };
        Snapshot {
            side,
            books: Book::none(side),
            parties: normalize::parties(records, &[]),
            own: Vec::new(),
            sources: vec![source],
            quarantine: Vec::new(),
            conflicts: Vec::new(),
        }
    };
    let data = Snapshots { crm: side(Side::Crm), onec: side(Side::Onec) };
    let matching = matching(merges);
    let drift = sverka::reconcile::run(&data, &matching);
    Outcome {
        project: "bench".to_owned(),
        lang: Lang::Ru,
        as_of: NaiveDate::from_ymd_opt(2026, 11, 24).expect("a date"),
        direction: Direction::Both,
        ownership: Default::default(),
        crm_url: None,
        trade: Default::default(),
        staging: vec![Staging {
            engine: Engine::PostgreSql,
            side: Side::Crm,
            entity: Entity::Counterparty,
            table: "companies".into(),
            id: "id".into(),
            merged_into: None,
            columns: vec![(Field::Inn, "inn".into())],
            references: Vec::new(),
        }],
        snapshot_id: "0123456789abcdef".to_owned(),
        config_sha256: "0".repeat(64),
        matching_config: MatchingConfig::default(),
        data,
        matching,
        drift,
        pairing: Default::default(),
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

fn guid(at: usize) -> String {
    format!("21dda1c5-8c44-11db-a9b0-{at:012x}")
}

/// A party of two cards of the CRM and two of 1C, linked by the first of them.
fn matching(merges: usize) -> Matching {
    let mut matching = Matching::default();
    for at in 0..merges {
        let [crm, onec] = Side::BOTH.map(|side| [0, 1].map(|n| RecordRef::new(side, 2 * at + n)));
        for b in [crm[1], onec[0], onec[1]] {
            matching.links.push(Link {
                a: crm[0],
                b,
                weight: 12.0,
                probability: 0.999,
                decision: Decision::Auto,
                veto: None,
                evidence: vec![Evidence { field: Field::Inn, level: Level::Exact, weight: 12.0 }],
                rule: "bench",
            });
        }
        matching.clusters.push(Cluster {
            members: vec![crm[0], crm[1], onec[0], onec[1]],
            crm_master: Some(crm[0]),
            onec_master: Some(onec[0]),
            weakest: 2_000,
        });
    }
    matching.links.sort_by_key(|l| (l.a, l.b));
    matching
}
