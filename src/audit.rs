//! The main job: sources in, everything found out.

use std::path::Path;

use chrono::NaiveDate;
use rayon::prelude::*;
use sha2::{Digest, Sha256};

use crate::baseline::{self, Baseline, BaselineError};
use crate::checks::{self, Context};
use crate::config::Config;
use crate::decisions::{Applying, Decisions, Unseen};
use crate::finding;
use crate::forecast::{Planned, forecast};
use crate::gates;
use crate::ingest::database::postgresql;
use crate::ingest::{self, IngestError};
use crate::invariants::{self, Broken};
use crate::lag;
use crate::map::{self, MapError, RawOwn, SourceInput};
use crate::matching;
use crate::model::{Entity, OwnOrganisation, Side, Snapshot, Snapshots, SourceFile};
use crate::normalize;
use crate::outcome::{Outcome, StageTime};
use crate::pairing;
use crate::reconcile;

/// What to audit.
#[derive(Debug)]
pub struct Plan {
    pub config: Config,
    /// The configured date, or today by the caller's clock.
    pub as_of: NaiveDate,
    /// The run to compare with.
    pub baseline: Option<Baseline>,
    /// What people decided before.
    pub decisions: Decisions,
}

impl Plan {
    /// An audit by itself: no earlier run, no decisions.
    pub fn new(config: Config, as_of: NaiveDate) -> Plan {
        Plan { config, as_of, baseline: None, decisions: Decisions::default() }
    }
}

/// Watches a run. The library has no clock and prints nothing: whoever runs it measures and reports.
pub trait Observer: Sync {
    /// A stage begins. The names are fixed: read, match, reconcile, check.
    fn begin(&self, stage: &'static str);
    /// The stage ended; `rows` is what it went through.
    fn end(&self, stage: &'static str, rows: u64) -> StageTime;
    /// Whether the user asked to stop; looked at between stages.
    fn cancelled(&self) -> bool {
        false
    }
    /// Whether the run takes more memory than it may; looked at between stages.
    fn over_limit(&self) -> Option<OverLimit> {
        None
    }
}

/// More memory than a run may take.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("занято {} МБ памяти при пределе {} МБ (--memory-limit), ничего не записано", .peak.div_ceil(1 << 20), .limit >> 20)]
pub struct OverLimit {
    /// Bytes.
    pub peak: u64,
    pub limit: u64,
}

/// Measures and reports nothing.
pub struct Silent;

impl Observer for Silent {
    fn begin(&self, _stage: &'static str) {}

    fn end(&self, stage: &'static str, _rows: u64) -> StageTime {
        StageTime { stage, elapsed_ms: 0.0, peak_bytes: 0 }
    }
}

/// Why an audit could not run.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    #[error(transparent)]
    Ingest(#[from] IngestError),
    #[error(transparent)]
    Map(#[from] MapError),
    #[error(transparent)]
    Baseline(#[from] BaselineError),
    #[error("sverka.toml: нет источников {side}: добавьте [[source]] с side = \"{side}\"")]
    NoSide { side: Side },
    #[error(transparent)]
    Broken(#[from] Broken),
    #[error("прервано")]
    Cancelled,
    #[error(transparent)]
    OverLimit(#[from] OverLimit),
}

/// Runs every stage. Equal input gives an equal outcome (stage times apart) whatever the number of threads.
///
/// # Errors
/// [`AuditError`] when a source cannot be read or mapped, or the observer asks to stop.
pub fn audit(plan: &Plan, observer: &dyn Observer) -> Result<Outcome, AuditError> {
    let config = &plan.config;
    let mut stages = Vec::new();
    observer.begin("read");
    let snapshots = snapshots(config, plan.as_of)?;
    let rows = snapshots.crm.parties.len() as u64 + snapshots.onec.parties.len() as u64;
    stages.push(observer.end("read", rows));
    stop_if_asked(observer)?;

    observer.begin("match");
    let mut decisions = Applying::new(&plan.decisions, &snapshots, plan.as_of);
    let words = decisions.pairs();
    let mut matching = matching::run(&snapshots, &config.matching, &words.parties);
    decisions.after_matching(&snapshots, &mut matching);
    stages.push(observer.end("match", matching.compared));
    stop_if_asked(observer)?;

    observer.begin("reconcile");
    let pairing = pairing::run(&snapshots, &matching, &config.trade, &words.others);
    decisions.after_pairing(&pairing);
    let mut drift = reconcile::run(&snapshots, &matching);
    let control = reconcile::control::run(&snapshots, &matching, &pairing, &config.trade);
    let statuses = reconcile::statuses::statuses(&snapshots, &pairing, &config.trade);
    stages.push(observer.end("reconcile", drift.pairs.len() as u64));
    stop_if_asked(observer)?;

    observer.begin("check");
    let counts = plan.baseline.as_ref().map(Baseline::counts);
    let context = Context {
        data: &snapshots,
        matching: &matching,
        drift: &drift,
        pairing: &pairing,
        trade: &config.trade,
        config: &config.checks,
        before: counts.as_deref(),
        lang: config.lang,
        as_of: plan.as_of,
        shared: checks::Shared::default(),
    };
    let (mut results, mut findings) = checks::run(&context, &config.own_checks);
    finding::identify(&mut findings, &snapshots);
    let mut held = lag::hold_back(config.lag, &mut findings, &mut results, &snapshots, plan.as_of);
    let held_ids = held.as_ref().map_or(&[][..], |h| &h.ids);
    let before = (plan.baseline.as_ref(), held_ids);
    let comparison = baseline::compare(&mut findings, &snapshots, &results, plan.as_of, before)?;
    let unseen = Unseen::of(&snapshots, &results, comparison.as_ref(), held_ids);
    decisions.after_checks(&snapshots, &mut findings, &unseen);
    // Checks sorted them by severity and check; what is new comes first within a severity.
    findings.sort_by_key(|f| (f.severity, f.status));
    stages.push(observer.end("check", rows));
    stop_if_asked(observer)?;

    let shrunk = comparison.as_ref().map_or(&[][..], |c| &c.shrunk);
    let judged = || {
        let gates = gates::measure(&config.gates, &findings, &results, &snapshots);
        let conditions = gates::conditions(&config.gates, &findings, &results, &snapshots, shrunk);
        let clearing = gates::clearing(&gates, &findings, &results, &snapshots);
        (gates, conditions, clearing, gates::readiness(&snapshots, &findings))
    };
    let planned = Planned {
        direction: config.direction,
        ownership: &config.ownership,
        exchange: &config.exchange,
        trade: &config.trade,
        as_of: plan.as_of,
    };
    // A change made while exporting is written too, so the forecast sees it.
    let foreseen = || forecast(&snapshots, (&matching, &pairing), &drift, &planned);
    let ((gates, conditions, clearing, ready), (forecast, exchange)) = rayon::join(judged, foreseen);
    if let Some(held) = &mut held {
        lag::hold_back_drift(held, &mut drift, &snapshots);
    }
    let outcome = Outcome {
        project: config.name.clone(),
        lang: config.lang,
        as_of: plan.as_of,
        direction: config.direction,
        ownership: config.ownership.clone(),
        crm_url: config.crm_url.clone(),
        staging: config.staging.clone(),
        trade: config.trade.clone(),
        snapshot_id: snapshot_id(plan, &snapshots),
        config_sha256: hex(&Sha256::digest(config.text.as_bytes())),
        matching_config: config.matching.clone(),
        data: snapshots,
        matching,
        drift,
        pairing,
        control,
        statuses,
        checks: results,
        findings,
        comparison,
        held,
        decisions: decisions.finish(),
        forecast,
        exchange,
        gates,
        conditions,
        clearing,
        readiness: gates::percent(&ready),
        ready,
        stages,
        masked: false,
    };
    invariants::check(&outcome)?;
    Ok(outcome)
}

/// Reads, maps and normalises both sides: everything before matching. `as_of`: the date of the audit, by which a date of
/// birth may be impossible.
///
/// # Errors
/// [`AuditError`] when a side has no source, or a source cannot be read or mapped.
pub fn snapshots(config: &Config, as_of: NaiveDate) -> Result<Snapshots, AuditError> {
    for side in Side::BOTH {
        if !config.sources.iter().any(|s| s.side == side) {
            return Err(AuditError::NoSide { side });
        }
    }
    let (crm, onec) = rayon::join(|| read_side(config, Side::Crm), || read_side(config, Side::Onec));
    let (crm, onec) = (crm?, onec?);
    let own = own_organisations(config, &[&crm, &onec]);
    Ok(Snapshots { crm: snapshot(crm, &own, as_of), onec: snapshot(onec, &own, as_of) })
}

fn stop_if_asked(observer: &dyn Observer) -> Result<(), AuditError> {
    if observer.cancelled() {
        return Err(AuditError::Cancelled);
    }
    observer.over_limit().map_or(Ok(()), |over| Err(over.into()))
}

/// Reads and maps the sources of a side.
fn read_side(config: &Config, side: Side) -> Result<map::Mapped, AuditError> {
    let sources: Vec<_> = config.sources.iter().filter(|s| s.side == side).collect();
    let inputs: Vec<SourceInput> = sources
        .into_par_iter()
        .map(|source| {
            let file_of = |name: String, read: ingest::FileRead| {
                (SourceFile { path: name, bytes: read.bytes, sha256: hex(&read.sha256) }, read.read)
            };
            let files = match &source.database {
                Some(database) => vec![file_of(source.path.clone(), postgresql::read(database, &source.path)?)],
                None => source
                    .files
                    .par_iter()
                    .map(|path| {
                        let name = display_name(config, path);
                        let read = ingest::read_source(path, &name, source.format.as_deref(), source.select.as_ref())?;
                        Ok(file_of(name, read))
                    })
                    .collect::<Result<Vec<_>, IngestError>>()?,
            };
            Ok(SourceInput { config: source, files: ingest::join_pages(files)? })
        })
        .collect::<Result<_, IngestError>>()?;
    Ok(map::side(side, inputs)?)
}

/// A path as the project names it: relative to the project, with `/`.
fn display_name(config: &Config, path: &Path) -> String {
    path.strip_prefix(&config.root).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

/// Own organisations of the project file and of both sides, without repeats, in that order.
fn own_organisations(config: &Config, sides: &[&map::Mapped]) -> Vec<OwnOrganisation> {
    let configured = config.own.iter().map(|&inn| OwnOrganisation {
        inn: Some(inn),
        name: String::new(),
        phones: Vec::new(),
        ids: Vec::new(),
    });
    let mut own: Vec<OwnOrganisation> = Vec::new();
    let stated = sides.iter().flat_map(|s| s.own.iter().map(|raw| own_organisation(s.records.side, raw)));
    for organisation in configured.chain(stated) {
        let known = own.iter_mut().find(|o| o.inn.is_some() && o.inn == organisation.inn);
        match known {
            Some(known) => {
                if known.name.is_empty() {
                    known.name = organisation.name;
                }
                known.ids.extend(organisation.ids);
                for phone in organisation.phones {
                    if !known.phones.contains(&phone) {
                        known.phones.push(phone);
                    }
                }
            }
            None => own.push(organisation),
        }
    }
    own
}

fn own_organisation(side: Side, raw: &RawOwn) -> OwnOrganisation {
    let id = raw.id.trim();
    OwnOrganisation {
        inn: normalize::inn::parse(&raw.inn).value.valid().copied(),
        name: raw.name.trim().to_owned(),
        phones: normalize::phone::parse_all(&raw.phone).iter().filter_map(|p| p.value.valid().copied()).collect(),
        ids: if id.is_empty() { Vec::new() } else { vec![(side, id.to_owned())] },
    }
}

fn snapshot(mapped: map::Mapped, own: &[OwnOrganisation], as_of: NaiveDate) -> Snapshot {
    let mut parties = normalize::parties(mapped.records, own);
    normalize::birth::refuse_impossible(&mut parties, as_of);
    let side = parties.side();
    let books = normalize::books::books(side, mapped.books, &parties);
    Snapshot {
        side,
        parties,
        books,
        own: own.to_vec(),
        sources: mapped.sources,
        quarantine: mapped.quarantine,
        conflicts: mapped.conflicts,
        users: mapped.users,
    }
}

/// Inputs, configuration, decisions and the as-of date in one hash.
fn snapshot_id(plan: &Plan, data: &Snapshots) -> String {
    let mut hash = Sha256::new();
    let mut put = |part: &str| {
        hash.update(part.as_bytes());
        hash.update([0]);
    };
    put(env!("CARGO_PKG_VERSION"));
    put(&plan.config.text);
    put(&plan.as_of.to_string());
    if let Some(model) = &plan.config.matching.model {
        put(&model.sha256);
    }
    if !plan.decisions.text.is_empty() {
        put(&plan.decisions.text);
    }
    for side in Side::BOTH {
        for source in &data.get(side).sources {
            put(source.entity.map_or("", Entity::as_str));
            for file in &source.files {
                put(&file.path);
                put(&file.sha256);
            }
        }
    }
    hex(&hash.finalize())[..16].to_owned()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
