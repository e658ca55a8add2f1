//! Which side brought a finding: its records are new there, or say something else than in the baseline.

use polars::prelude::*;
use rustc_hash::FxHashMap;

use super::load::{Baseline, BaselineError, table, texts};
use crate::finding::has_own_id;
use crate::finding::{Changed, Finding, Status};
use crate::model::{Entity, Field, RecordRef, Side, Snapshots};

/// Fields that are not kept: the id names the row, and what changes by itself or at length explains nothing.
pub(crate) fn is_kept(field: Field) -> bool {
    !matches!(field, Field::Id | Field::Comment | Field::ModifiedAt)
}

/// `data/snapshot.parquet`: `side, entity, record_id` and a column per field that a side has, in the order of records.
/// It lies in the run for the next one and holds what the sources hold: keep it as carefully.
pub fn snapshot(data: &Snapshots) -> PolarsResult<DataFrame> {
    let parts = Side::BOTH.map(|side| &data.parties(side).raw);
    let rows =
        || Side::BOTH.into_iter().zip(parts).flat_map(|(side, raw)| (0..raw.len()).map(move |at| (side, raw, at)));
    let column = |name: &str, values: Vec<&str>| Column::new(name.into(), values);
    let mut columns = vec![
        column("side", rows().map(|(side, ..)| side.as_str()).collect()),
        column("entity", rows().map(|(_, raw, at)| raw.entity[at].as_str()).collect()),
        column("record_id", rows().map(|(_, raw, at)| raw.id(at)).collect()),
    ];
    for &field in Field::ALL.iter().filter(|&&f| is_kept(f) && parts.iter().any(|raw| raw.has(f))) {
        columns.push(column(field.code(), rows().map(|(_, raw, at)| raw.get(field, at)).collect()));
    }
    DataFrame::new(columns[0].len(), columns)
}

/// Sets `changed` of new and returned findings. Records without an id of their own prove nothing.
pub(super) fn attribute(findings: &mut [Finding], data: &Snapshots, baseline: &Baseline) -> Result<(), BaselineError> {
    let path = baseline.folder.join("data/snapshot.parquet");
    let fresh = |f: &Finding| matches!(f.status, Status::New | Status::Returned);
    if !path.is_file() || !findings.iter().any(fresh) {
        return Ok(());
    }
    let frame = table(&baseline.folder, "snapshot")?;
    let before = Before::of(&frame, findings.iter().filter(|f| fresh(f)), data)
        .map_err(|source| BaselineError::Table { path, source })?;
    for finding in findings.iter_mut().filter(|f| fresh(f)) {
        let records: Vec<RecordRef> = finding.records().filter(|&r| has_own_id(data, r)).collect();
        let by = |fields: &[Field]| {
            let changed = records.iter().filter(|&&r| before.differs(data, r, fields));
            changed.fold(Changed::Unknown, |all, r| all.and(r.side))
        };
        finding.changed = match finding.field {
            Some(field) => by(&[field]),
            None => Changed::Unknown,
        };
        if finding.changed == Changed::Unknown {
            finding.changed = by(Field::ALL);
        }
    }
    Ok(())
}

/// The baseline's texts of the records asked for.
struct Before<'a> {
    rows: FxHashMap<RecordRef, usize>,
    columns: Vec<Option<Vec<&'a str>>>,
}

impl<'a> Before<'a> {
    fn of<'f>(
        frame: &'a DataFrame,
        findings: impl Iterator<Item = &'f Finding>,
        data: &Snapshots,
    ) -> PolarsResult<Before<'a>> {
        let mut wanted: FxHashMap<(Side, Entity, &str), RecordRef> = FxHashMap::default();
        for r in findings.flat_map(Finding::records) {
            wanted.insert((r.side, data.entity(r), data.id(r)), r);
        }
        let (sides, entities, ids) = (texts(frame, "side")?, texts(frame, "entity")?, texts(frame, "record_id")?);
        let mut rows = FxHashMap::default();
        for at in 0..ids.len() {
            let (Some(side), Some(entity)) = (Side::parse(sides[at]), Entity::parse(entities[at])) else { continue };
            if let Some(&r) = wanted.get(&(side, entity, ids[at])) {
                rows.insert(r, at);
            }
        }
        let has = |f: &Field| is_kept(*f) && frame.get_column_index(f.code()).is_some();
        let columns = Field::ALL.iter().map(|f| if has(f) { texts(frame, f.code()).ok() } else { None }).collect();
        Ok(Before { rows, columns })
    }

    /// The record is new, or a text of one of the fields changed. A field that the baseline did not hold at all is no
    /// change of the record.
    fn differs(&self, data: &Snapshots, r: RecordRef, fields: &[Field]) -> bool {
        let Some(&row) = self.rows.get(&r) else { return true };
        let raw = &data.parties(r.side).raw;
        fields.iter().any(|&field| {
            let Some(column) = &self.columns[field as usize] else { return false };
            let (then, now) = (column[row], raw.get(field, r.at()));
            differ(then, now)
        })
    }
}

/// Whether a field changed; its values may stand in any order.
pub(crate) fn differ(then: &str, now: &str) -> bool {
    then != now && sorted(then) != sorted(now)
}

fn sorted(text: &str) -> Vec<&str> {
    let mut values: Vec<&str> = text.split('\n').collect();
    values.sort_unstable();
    values
}
