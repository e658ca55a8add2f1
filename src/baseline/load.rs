//! An earlier run read back.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use polars::prelude::*;
use serde_json::Value;

use super::{Absence, Gone, Point, Rows, TREND_RUNS};
use crate::checks::Before;
use crate::finding::FindingId;
use crate::model::{Entity, Side};

/// Why an earlier run cannot be the baseline.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    #[error("{}: не прогон sverka: нет run.json; укажите папку прогона или --baseline none", path.display())]
    NoRun { path: PathBuf },
    #[error("{}: не читается: {source}; укажите другой прогон или --baseline none", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{}: не разобрать: {what}; укажите другой прогон или --baseline none", path.display())]
    Manifest { path: PathBuf, what: String },
    #[error("{}: {source}; укажите другой прогон или --baseline none", path.display())]
    Table { path: PathBuf, source: PolarsError },
}

/// A run as the next one sees it.
#[derive(Debug)]
pub struct Baseline {
    /// Folder name.
    pub run: String,
    pub folder: PathBuf,
    /// When it began, UTC.
    pub started: String,
    pub as_of: NaiveDate,
    pub snapshot_id: String,
    /// `run.json`.
    pub manifest: Value,
    pub(crate) findings: DataFrame,
    pub(super) ids: Vec<FindingId>,
    pub(super) first_seen: Vec<NaiveDate>,
    pub(crate) gone: BTreeMap<FindingId, Gone>,
    /// Earlier runs and this one, oldest first.
    pub trend: Vec<Point>,
}

/// Reads `run.json`, `data/findings.parquet` and `data/history.parquet` of a run.
///
/// # Errors
/// [`BaselineError`] with the file.
pub fn load(folder: &Path) -> Result<Baseline, BaselineError> {
    let path = folder.join(crate::run::MANIFEST);
    if !path.is_file() {
        return Err(BaselineError::NoRun { path: folder.to_owned() });
    }
    let text = std::fs::read_to_string(&path).map_err(|source| BaselineError::Read { path: path.clone(), source })?;
    let broken = |what: &str| BaselineError::Manifest { path: path.clone(), what: what.to_owned() };
    let manifest: Value = serde_json::from_str(&text).map_err(|e| broken(&e.to_string()))?;
    let word = |key: &str| manifest[key].as_str().map(str::to_owned).ok_or_else(|| broken(&format!("нет ключа {key}")));
    let as_of = date(&word("as_of")?).ok_or_else(|| broken("as_of не дата"))?;
    // The true name, not `latest`.
    let real = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let run = real.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let started = word("started")?;
    let snapshot_id = word("snapshot_id")?;

    let findings = table(&real, "findings")?;
    let path = real.join("data/findings.parquet");
    let failed = |source| BaselineError::Table { path: path.clone(), source };
    let ids = texts(&findings, "finding_id").map_err(failed)?;
    let ids = ids.into_iter().map(|id| FindingId::parse(id).unwrap_or_default()).collect();
    let seen = texts(&findings, "first_seen").map_err(failed)?;
    let first_seen = seen.into_iter().map(|d| date(d).unwrap_or(as_of)).collect();
    let mut baseline = Baseline {
        trend: trend(&manifest, &run),
        run,
        started,
        as_of,
        snapshot_id,
        manifest,
        findings,
        ids,
        first_seen,
        gone: BTreeMap::new(),
        folder: real,
    };
    baseline.gone = gone(&baseline)?;
    Ok(baseline)
}

/// A table of a run.
pub(crate) fn table(folder: &Path, name: &str) -> Result<DataFrame, BaselineError> {
    let path = folder.join("data").join(format!("{name}.parquet"));
    let file = File::open(&path).map_err(|source| BaselineError::Read { path: path.clone(), source })?;
    ParquetReader::new(file).finish().map_err(|source| BaselineError::Table { path, source })
}

/// Columns of a table of a run; those that it does not have are left out.
pub(super) fn columns(folder: &Path, name: &str, wanted: &[&str]) -> Result<DataFrame, BaselineError> {
    let path = folder.join("data").join(format!("{name}.parquet"));
    let file = File::open(&path).map_err(|source| BaselineError::Read { path: path.clone(), source })?;
    let read = || {
        let mut reader = ParquetReader::new(file);
        let schema = reader.schema()?;
        let has = wanted.iter().filter(|name| schema.contains(name)).map(|name| (*name).to_owned()).collect();
        reader.with_columns(Some(has)).finish()
    };
    read().map_err(|source| BaselineError::Table { path, source })
}

/// A column of texts; null reads as empty.
pub(crate) fn texts<'a>(frame: &'a DataFrame, name: &str) -> PolarsResult<Vec<&'a str>> {
    Ok(frame.column(name)?.str()?.iter().map(Option::unwrap_or_default).collect())
}

fn date(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()
}

/// The runs before it and itself. A point that cannot be read is left out: a trend is a picture, not an account.
fn trend(manifest: &Value, run: &str) -> Vec<Point> {
    let earlier = manifest["trend"].as_array().into_iter().flatten();
    let mut points: Vec<Point> = earlier.filter_map(|p| serde_json::from_value(p.clone()).ok()).collect();
    let number = |value: &Value| value.as_u64().unwrap_or(0);
    let text = |key: &str| manifest[key].as_str().unwrap_or("").to_owned();
    let found = &manifest["findings"];
    let changes = &manifest["changes"];
    points.push(Point {
        run: run.to_owned(),
        started: text("started"),
        as_of: text("as_of"),
        verdict: text("verdict"),
        readiness: manifest["readiness"].as_f64().unwrap_or(0.0),
        blocker: number(&found["blocker"]),
        error: number(&found["error"]),
        warning: number(&found["warning"]),
        info: number(&found["info"]),
        new: changes["new"].as_u64(),
        returned: changes["returned"].as_u64(),
        resolved: changes["resolved"].as_u64(),
        accepted: number(&manifest["accepted"]),
    });
    let extra = points.len().saturating_sub(TREND_RUNS);
    points.split_off(extra)
}

/// `data/history.parquet`; a run made before there was one has no history.
fn gone(baseline: &Baseline) -> Result<BTreeMap<FindingId, Gone>, BaselineError> {
    let path = baseline.folder.join("data/history.parquet");
    if !path.is_file() {
        return Ok(BTreeMap::new());
    }
    let frame = table(&baseline.folder, "history")?;
    let failed = |source| BaselineError::Table { path: path.clone(), source };
    let column = |name: &str| texts(&frame, name).map_err(failed);
    let (ids, checks, states) = (column("finding_id")?, column("check")?, column("state")?);
    let (first, last) = (column("first_seen")?, column("last_seen")?);
    let row = |at: usize| {
        let gone = Gone {
            check: checks[at].to_owned(),
            first_seen: date(first[at])?,
            last_seen: date(last[at])?,
            absence: Absence::parse(states[at])?,
        };
        Some((FindingId::parse(ids[at])?, gone))
    };
    Ok((0..ids.len()).filter_map(row).collect())
}

impl Baseline {
    /// How many records it had by side and entity, in its own order.
    pub fn counts(&self) -> Vec<Before> {
        let of = |part: &Value| {
            Some(Before {
                side: Side::parse(part["side"].as_str()?)?,
                entity: Entity::parse(part["entity"].as_str()?)?,
                records: part["total"].as_u64()?,
            })
        };
        self.manifest["readiness_by"].as_array().into_iter().flatten().filter_map(of).collect()
    }

    /// Its findings, for comparing.
    ///
    /// # Errors
    /// [`BaselineError`] when a column is missing.
    pub fn rows(&self) -> Result<Rows<'_>, BaselineError> {
        self.try_rows().map_err(|source| self.failed("findings", source))
    }

    fn try_rows(&self) -> PolarsResult<Rows<'_>> {
        let frame = &self.findings;
        let [side, entity, id] = ["side", "entity", "record_id"].map(|c| texts(frame, c));
        let [other_side, other_entity, other_id] = ["other_side", "other_entity", "other_id"].map(|c| texts(frame, c));
        let (side, entity, id) = (side?, entity?, id?);
        let (other_side, other_entity, other_id) = (other_side?, other_entity?, other_id?);
        let more = frame.column("more_ids")?.list()?.clone();
        let names = move |at: usize| {
            let mut names = vec![format!("{}:{}:{}", side[at], entity[at], id[at])];
            if !other_id[at].is_empty() {
                names.push(format!("{}:{}:{}", other_side[at], other_entity[at], other_id[at]));
            }
            if let Some(list) = more.get_as_series(at)
                && let Ok(list) = list.str()
            {
                names.extend(list.iter().flatten().map(str::to_owned));
            }
            names
        };
        Ok(Rows::new(self.ids.clone(), texts(frame, "check")?, texts(frame, "field")?, Box::new(names)))
    }

    /// Rows of `mask`, their status `resolved`.
    pub(super) fn resolved(&self, mask: &[bool]) -> Result<DataFrame, BaselineError> {
        let taken = || -> PolarsResult<DataFrame> {
            let mut frame = self.findings.filter(&BooleanChunked::from_slice("mask".into(), mask))?;
            let status = Column::new("status".into(), vec!["resolved"; frame.height()]);
            frame.with_column(status)?;
            // The writer of tables takes whole columns.
            frame.rechunk_mut();
            Ok(frame)
        };
        taken().map_err(|source| self.failed("findings", source))
    }

    /// A table of this run is not what it should be.
    pub(crate) fn failed(&self, table: &str, source: PolarsError) -> BaselineError {
        BaselineError::Table { path: self.folder.join("data").join(format!("{table}.parquet")), source }
    }
}
