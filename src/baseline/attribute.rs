//! Which side brought a finding: its records are new there, or say something else than in the baseline.

use std::ops::Range;
use std::path::Path;

use polars::prelude::*;
use rustc_hash::FxHashMap;

use super::load::{Baseline, BaselineError, columns, texts};
use crate::finding::has_own_id;
use crate::finding::{Changed, Finding, Status};
use crate::model::{Entity, Field, RecordRef, Records, Side, Snapshots, TextColumn};

/// Fields that are not kept: the id names the row, and what changes by itself or at length explains nothing.
pub(crate) fn is_kept(field: Field) -> bool {
    !matches!(field, Field::Id | Field::Comment | Field::ModifiedAt)
}

/// Tables whose rows the next run may ask for. Lines of documents are no subject of findings, and many.
fn kept(data: &Snapshots) -> Vec<&Records> {
    let mut all = Vec::new();
    for side in Side::BOTH {
        all.push(&data.parties(side).raw);
        all.extend(data.get(side).books.iter().filter(|b| b.entity != Entity::Line).map(|b| &b.raw));
    }
    all
}

/// Number of rows of [`snapshot`].
pub fn snapshot_rows(data: &Snapshots) -> usize {
    kept(data).iter().map(|raw| raw.len()).sum()
}

/// Rows of `data/snapshot.parquet`: `side, entity, record_id` and a column per field that a side has, in the order of
/// records. It lies in the run for the next one and holds what the sources hold: keep it as carefully.
///
/// # Errors
/// When polars refuses the columns, which have one length and different names.
pub fn snapshot<'a>(data: &'a Snapshots, rows: Range<usize>) -> PolarsResult<DataFrame> {
    let parts = kept(data);
    // The table and the position in it of each row.
    let mut places: Vec<(&Records, usize)> = Vec::with_capacity(rows.len());
    let mut first = 0;
    for part in &parts {
        let of = rows.start.max(first)..rows.end.min(first + part.len());
        places.extend(of.map(|at| (*part, at - first)));
        first += part.len();
    }
    let column = |name: &str, text: &dyn Fn(&'a Records, usize) -> &'a str| {
        let values: Vec<&str> = places.iter().map(|&(raw, at)| text(raw, at)).collect();
        Column::new(name.into(), values)
    };
    let mut columns = vec![
        column("side", &|raw, _| raw.side.as_str()),
        column("entity", &|raw, at| raw.entity[at].as_str()),
        column("record_id", &|raw, at| raw.id(at)),
    ];
    for &field in Field::ALL.iter().filter(|&&f| is_kept(f) && parts.iter().any(|raw| raw.has(f))) {
        columns.push(column(field.code(), &|raw, at| raw.get(field, at)));
    }
    DataFrame::new(places.len(), columns)
}

const SNAPSHOT: &str = "data/snapshot.parquet";

/// Sets `changed` of new and returned findings. Records without an id of their own prove nothing.
pub(super) fn attribute(findings: &mut [Finding], data: &Snapshots, baseline: &Baseline) -> Result<(), BaselineError> {
    let path = baseline.folder.join(SNAPSHOT);
    let fresh = |f: &Finding| matches!(f.status, Status::New | Status::Returned);
    if !path.is_file() || !findings.iter().any(fresh) {
        return Ok(());
    }
    let before = Before::of(&baseline.folder, findings.iter().filter(|f| fresh(f)), data)?;
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

/// The baseline's texts of the records asked for: a snapshot has millions of rows and a column per field, so it is read
/// one column at a time and nothing but these rows is kept.
struct Before {
    rows: FxHashMap<RecordRef, u32>,
    columns: Vec<Option<TextColumn>>,
}

impl Before {
    fn of<'f>(
        folder: &Path,
        findings: impl Iterator<Item = &'f Finding>,
        data: &Snapshots,
    ) -> Result<Before, BaselineError> {
        let refused = |source| BaselineError::Table { path: folder.join(SNAPSHOT), source };
        let mut wanted: FxHashMap<(Side, Entity, &str), RecordRef> = FxHashMap::default();
        for r in findings.flat_map(Finding::records) {
            wanted.insert((r.side, data.entity(r), data.id(r)), r);
        }
        let frame = columns(folder, "snapshot", &["side", "entity", "record_id"])?;
        let keys = || PolarsResult::Ok([texts(&frame, "side")?, texts(&frame, "entity")?, texts(&frame, "record_id")?]);
        let [sides, entities, ids] = keys().map_err(refused)?;
        // Rows of the table, in its order, and the record of each.
        let (mut taken, mut rows) = (Vec::new(), FxHashMap::default());
        for at in 0..ids.len() {
            let (Some(side), Some(entity)) = (Side::parse(sides[at]), Entity::parse(entities[at])) else { continue };
            if let Some(&r) = wanted.get(&(side, entity, ids[at])) {
                rows.insert(r, taken.len() as u32);
                taken.push(at);
            }
        }
        drop([sides, entities, ids]);
        drop(frame);
        let column = |&field: &Field| -> Result<Option<TextColumn>, BaselineError> {
            if !is_kept(field) || taken.is_empty() {
                return Ok(None);
            }
            let frame = columns(folder, "snapshot", &[field.code()])?;
            let Ok(all) = texts(&frame, field.code()) else { return Ok(None) };
            let mut kept = TextColumn::new();
            for &at in &taken {
                kept.push(all[at]);
            }
            Ok(Some(kept))
        };
        let columns = Field::ALL.iter().map(column).collect::<Result<_, _>>()?;
        Ok(Before { rows, columns })
    }

    /// The record is new, or a text of one of the fields changed. A field that the baseline did not hold at all is no
    /// change of the record.
    fn differs(&self, data: &Snapshots, r: RecordRef, fields: &[Field]) -> bool {
        let Some(&row) = self.rows.get(&r) else { return true };
        let raw = data.records(r);
        fields.iter().any(|&field| {
            let Some(column) = &self.columns[field as usize] else { return false };
            let (then, now) = (column.get(row as usize), raw.get(field, r.at()));
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
