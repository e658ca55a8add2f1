//! `data/*.parquet`: the tables that scripts of users read. Names and columns are a contract.
//!
//! Rows have a total order and no column depends on time or threads: equal input gives equal bytes.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use polars::prelude::*;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::baseline;
use crate::finding::Subject;
use crate::forecast::failures::Failure;
use crate::matching::Link;
use crate::model::{Decimal, Field, RecordRef, Side};
use crate::outcome::Outcome;
use crate::pairing::papers::currency;
use crate::pairing::payments::Share;
use crate::private;

/// Why a table could not be written.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    #[error("{}: не записывается: {source}; проверьте права и место на диске", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("{table}.parquet: {source}")]
    Encode { table: &'static str, source: PolarsError },
}

/// One table: how many rows it has, and the frame of some of them.
struct Table {
    name: &'static str,
    rows: fn(&Outcome) -> usize,
    build: fn(&Outcome, Range<usize>) -> PolarsResult<DataFrame>,
}

const TABLES: [Table; 12] = [
    Table { name: "findings", rows: |o| o.findings.len(), build: findings },
    Table { name: "links", rows: |o| o.matching.links.len() + o.pairing.links().len(), build: links },
    Table { name: "allocations", rows: |o| o.pairing.money.shares().len(), build: allocations },
    Table { name: "golden", rows: |o| o.matching.golden.len(), build: golden },
    Table { name: "drift", rows: |o| drift_rows(o).count(), build: drift },
    Table { name: "clusters", rows: |o| o.matching.clusters.len(), build: clusters },
    Table {
        name: "snapshot",
        rows: |o| baseline::snapshot_rows(&o.data),
        build: |o, rows| baseline::snapshot(&o.data, rows),
    },
    Table { name: "resolved", rows: |o| o.comparison.as_ref().map_or(0, |c| c.resolved.height()), build: resolved },
    Table { name: "history", rows: |o| o.comparison.as_ref().map_or(0, |c| c.gone.len()), build: history },
    Table { name: "forecast", rows: |o| o.forecast.len(), build: forecast },
    Table { name: "failures", rows: |o| o.exchange.failures.len(), build: failures },
    Table {
        name: "quarantine",
        rows: |o| Side::BOTH.iter().map(|&s| o.data.get(s).quarantine.len()).sum(),
        build: quarantine,
    },
];

/// Rows of a row group: fixed, so that the bytes do not depend on the number of threads. A group is made and written
/// before the next one is made, which bounds the memory.
const ROW_GROUP: usize = 1 << 17;

/// Holds the records themselves, for the next run: no part of a masked one.
const FOR_NEXT_RUN: &str = "snapshot";

/// Writes every table of DESIGN section 5 into `folder`, which exists. Runs on all rayon threads.
///
/// # Errors
/// [`TableError`] with the file.
pub fn write_all(outcome: &Outcome, folder: &Path) -> Result<(), TableError> {
    let tables = TABLES.par_iter().filter(|table| !outcome.masked || table.name != FOR_NEXT_RUN);
    tables.try_for_each(|table| table.write(outcome, folder))
}

impl Table {
    fn write(&self, outcome: &Outcome, folder: &Path) -> Result<(), TableError> {
        let path = folder.join(format!("{}.parquet", self.name));
        let mut file = Kept::create(&path).map_err(|source| TableError::Write { path: path.clone(), source })?;
        let written = self.encode(outcome, &mut file);
        // Bytes left in the buffer may meet a full disk too.
        let flushed = file.flush();
        match (file.error.take(), flushed, written) {
            (Some(source), ..) | (None, Err(source), _) => Err(TableError::Write { path, source }),
            (None, Ok(()), Err(source)) => Err(TableError::Encode { table: self.name, source }),
            (None, Ok(()), Ok(())) => Ok(()),
        }
    }

    fn encode(&self, outcome: &Outcome, out: impl Write) -> PolarsResult<()> {
        let rows = (self.rows)(outcome);
        let group = |from: usize| (self.build)(outcome, from..rows.min(from + ROW_GROUP));
        let mut frame = group(0)?;
        // Tables go in parallel already; a pool of polars' own would not heed `--threads`.
        let mut writer = ParquetWriter::new(out)
            .with_compression(ParquetCompression::Zstd(None))
            .set_parallel(false)
            .batched(frame.schema())?;
        writer.write_batch(&frame)?;
        for from in (ROW_GROUP..rows).step_by(ROW_GROUP) {
            frame = group(from)?;
            writer.write_batch(&frame)?;
        }
        writer.finish()?;
        Ok(())
    }
}

/// A file that keeps the error of the system, which the Parquet encoder replaces by one of its own.
struct Kept {
    file: BufWriter<File>,
    error: Option<io::Error>,
}

impl Kept {
    fn create(path: &Path) -> io::Result<Kept> {
        Ok(Kept { file: BufWriter::new(private::create(path)?), error: None })
    }

    fn keep<T>(&mut self, result: io::Result<T>) -> io::Result<T> {
        result.map_err(|error| {
            let kind = error.kind();
            self.error.get_or_insert(error);
            kind.into()
        })
    }
}

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes);
        self.keep(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = self.file.flush();
        self.keep(flushed)
    }
}

fn text<S: AsRef<str>>(name: &str, values: Vec<S>) -> Column {
    Column::new(name.into(), values.iter().map(AsRef::as_ref).collect::<Vec<&str>>())
}

/// A column in which empty means null.
fn optional<S: AsRef<str>>(name: &str, values: Vec<Option<S>>) -> Column {
    Column::new(name.into(), values.iter().map(|v| v.as_ref().map(AsRef::as_ref)).collect::<Vec<Option<&str>>>())
}

/// Sums as `DECIMAL(18, 2)`, rounded to the kopeck as 1C does.
fn roubles(name: &str, sums: Vec<Option<Decimal>>) -> PolarsResult<Column> {
    let kopecks: Vec<Option<i128>> = sums.into_iter().map(|s| s.map(|s| i128::from(s.round_to_kopeck().0))).collect();
    let column = Int128Chunked::from_iter_options(name.into(), kopecks.into_iter());
    Ok(column.into_decimal(18, 2)?.into_column())
}

fn list<S: AsRef<str>>(name: &str, rows: &[Vec<S>]) -> Column {
    let mut builder = ListStringChunkedBuilder::new(name.into(), rows.len(), rows.iter().map(Vec::len).sum());
    for row in rows {
        builder.append_values_iter(row.iter().map(AsRef::as_ref));
    }
    builder.finish().into_column()
}

fn frame(columns: Vec<Column>) -> PolarsResult<DataFrame> {
    let height = columns.first().map_or(0, Column::len);
    DataFrame::new(height, columns)
}

/// The three columns that name a record.
fn names(outcome: &Outcome, prefix: &str, records: &[RecordRef]) -> [Column; 3] {
    let data = &outcome.data;
    [
        text(&format!("{prefix}side"), records.iter().map(|r| r.side.as_str()).collect()),
        text(&format!("{prefix}entity"), records.iter().map(|&r| data.entity(r).as_str()).collect()),
        text(&format!("{prefix}id"), records.iter().map(|&r| data.id(r)).collect()),
    ]
}

fn links(outcome: &Outcome, rows: Range<usize>) -> PolarsResult<DataFrame> {
    let (parties, others) = (&outcome.matching.links, outcome.pairing.links());
    let first = parties.len();
    let links: Vec<&Link> = rows.map(|at| if at < first { &parties[at] } else { &others[at - first] }).collect();
    let mut columns = vec![text("scope", links.iter().map(|l| l.scope().as_str()).collect())];
    columns.extend(names(outcome, "left_", &links.iter().map(|l| l.a).collect::<Vec<_>>()));
    columns.extend(names(outcome, "right_", &links.iter().map(|l| l.b).collect::<Vec<_>>()));
    columns.push(Column::new("weight".into(), links.iter().map(|l| l.weight).collect::<Vec<f32>>()));
    columns.push(Column::new("probability".into(), links.iter().map(|l| l.probability).collect::<Vec<f64>>()));
    columns.push(text("decision", links.iter().map(|l| l.decision.as_str()).collect()));
    columns.push(optional("veto", links.iter().map(|l| l.veto.map(|v| v.as_str())).collect()));
    let agree: Vec<Vec<&str>> = links.iter().map(|l| l.agree().map(|f| f.code()).collect()).collect();
    columns.push(list("agree", &agree));
    let (reasons, of_link) = reasons(outcome, &links);
    columns.push(text("reason", of_link.iter().map(|&at| reasons[at].as_str()).collect()));
    frame(columns)
}

/// Which payment paid for what, a row a share; a share of a refund is below zero.
fn allocations(outcome: &Outcome, rows: Range<usize>) -> PolarsResult<DataFrame> {
    let shares = &outcome.pairing.money.shares()[rows];
    let data = &outcome.data;
    let mut columns = Vec::new();
    columns.extend(names(outcome, "payment_", &shares.iter().map(|s| s.payment).collect::<Vec<_>>()));
    columns.extend(names(outcome, "paid_", &shares.iter().map(|s| s.paid_for).collect::<Vec<_>>()));
    columns.push(roubles("amount", shares.iter().map(|s| Some(s.amount)).collect())?);
    // Letters, and what the payment says where it is no currency that we know.
    let currency = |s: &Share| match currency(data.text(s.payment, Field::Currency)) {
        Ok(letters) if !letters.is_empty() => letters,
        _ => data.text(s.payment, Field::Currency),
    };
    columns.push(text("currency", shares.iter().map(currency).collect()));
    columns.push(text("how", shares.iter().map(|s| s.how.as_str()).collect()));
    frame(columns)
}

/// The reasons of links, and the position of that of each: a hundred thousand links have some thousand.
fn reasons(outcome: &Outcome, links: &[&Link]) -> (Vec<String>, Vec<usize>) {
    let (mut known, mut reasons, mut said) = (FxHashMap::<Vec<u8>, usize>::default(), Vec::new(), Vec::new());
    let mut of_link = Vec::with_capacity(links.len());
    for link in links {
        said.clear();
        said.push(link.veto.map_or(0, |veto| veto as u8 + 1));
        said.extend(link.evidence.iter().flat_map(|e| [e.field as u8, e.level as u8]));
        let at = known.get(said.as_slice()).copied().unwrap_or_else(|| {
            known.insert(said.clone(), reasons.len());
            reasons.push(link.reason(outcome.lang));
            reasons.len() - 1
        });
        of_link.push(at);
    }
    (reasons, of_link)
}

/// A difference: two records and the field in which they differ, or one that the other side lacks.
struct DriftRow {
    cluster: Option<u32>,
    crm: Option<RecordRef>,
    onec: Option<RecordRef>,
    field: Option<Field>,
    status: &'static str,
}

fn drift_rows(outcome: &Outcome) -> impl Iterator<Item = DriftRow> {
    let drift = &outcome.drift;
    let pairs = drift.pairs.iter().flat_map(|pair| {
        pair.fields.iter().map(|&(field, status)| DriftRow {
            cluster: Some(pair.cluster),
            crm: Some(pair.crm),
            onec: Some(pair.onec),
            field: Some(field),
            status: status.as_str(),
        })
    });
    let alone = |status| DriftRow { cluster: None, crm: None, onec: None, field: None, status };
    let crm = drift.only_crm.iter().map(move |&r| DriftRow { crm: Some(r), ..alone("only-crm") });
    let onec = drift.only_onec.iter().map(move |&r| DriftRow { onec: Some(r), ..alone("only-onec") });
    pairs.chain(crm).chain(onec)
}

/// Fields of linked pairs that a person settles, then records that only one side has.
fn drift(outcome: &Outcome, rows: Range<usize>) -> PolarsResult<DataFrame> {
    let data = &outcome.data;
    let rows: Vec<DriftRow> = drift_rows(outcome).skip(rows.start).take(rows.len()).collect();
    let entity = |r: Option<RecordRef>| r.map(|r| data.entity(r).as_str());
    let value = |row: &DriftRow, r: Option<RecordRef>| Some(data.text(r?, row.field?));
    frame(vec![
        text("status", rows.iter().map(|r| r.status).collect()),
        Column::new("cluster_id".into(), rows.iter().map(|r| r.cluster).collect::<Vec<Option<u32>>>()),
        optional("crm_entity", rows.iter().map(|r| entity(r.crm)).collect()),
        optional("crm_id", rows.iter().map(|r| r.crm.map(|r| data.id(r))).collect()),
        optional("onec_entity", rows.iter().map(|r| entity(r.onec)).collect()),
        optional("onec_id", rows.iter().map(|r| r.onec.map(|r| data.id(r))).collect()),
        optional("field", rows.iter().map(|r| r.field.map(|f| f.code())).collect()),
        optional("crm_value", rows.iter().map(|r| value(r, r.crm)).collect()),
        optional("onec_value", rows.iter().map(|r| value(r, r.onec)).collect()),
    ])
}

/// A row per member; `rows` are positions of clusters.
fn clusters(outcome: &Outcome, rows: Range<usize>) -> PolarsResult<DataFrame> {
    let mut ids = Vec::new();
    let mut members = Vec::new();
    let mut masters = Vec::new();
    for at in rows {
        let cluster = &outcome.matching.clusters[at];
        for &member in &cluster.members {
            ids.push(at as u32);
            members.push(member);
            masters.push(cluster.master(member.side) == Some(member));
        }
    }
    let [side, entity, id] = names(outcome, "", &members);
    frame(vec![
        Column::new("cluster_id".into(), ids),
        side,
        entity,
        id.with_name("record_id".into()),
        Column::new("is_master".into(), masters),
    ])
}

fn golden(outcome: &Outcome, rows: Range<usize>) -> PolarsResult<DataFrame> {
    let golden = &outcome.matching.golden[rows];
    let values: Vec<Cow<str>> = golden.iter().map(|g| outcome.matching.value(g, &outcome.data)).collect();
    frame(vec![
        Column::new("cluster_id".into(), golden.iter().map(|g| g.cluster).collect::<Vec<u32>>()),
        text("field", golden.iter().map(|g| g.field.code()).collect()),
        text("value", values.iter().map(|value| &**value).collect()),
        text("from_side", golden.iter().map(|g| g.from.side.as_str()).collect()),
        text("from_id", golden.iter().map(|g| outcome.data.id(g.from)).collect()),
        text("rule", golden.iter().map(|g| g.rule.as_str()).collect()),
    ])
}

fn findings(outcome: &Outcome, rows: Range<usize>) -> PolarsResult<DataFrame> {
    let data = &outcome.data;
    let clear = &outcome.clearing.chosen;
    let to_clear: Vec<bool> = rows.clone().map(|at| clear.binary_search(&(at as u32)).is_ok()).collect();
    let found = &outcome.findings[rows];
    let entity = |f: &crate::finding::Finding| match &f.subject {
        Subject::Record(r) => Some(data.entity(*r).as_str()),
        Subject::Source { entity, .. } => entity.map(|e| e.as_str()),
    };
    let record_id = |f: &crate::finding::Finding| match &f.subject {
        Subject::Record(r) => Cow::Borrowed(data.id(*r)),
        Subject::Source { at, .. } => Cow::Owned(at.to_string()),
    };
    let mut dates: FxHashMap<NaiveDate, String> = FxHashMap::default();
    for date in found.iter().map(|f| f.first_seen.unwrap_or(outcome.as_of)) {
        dates.entry(date).or_insert_with(|| date.to_string());
    }
    let more: Vec<Vec<String>> = found.iter().map(|f| f.more.iter().map(|&r| data.key(r)).collect()).collect();
    frame(vec![
        text("finding_id", found.iter().map(|f| f.id.to_string()).collect()),
        text("check", found.iter().map(|f| f.check).collect()),
        text("severity", found.iter().map(|f| f.severity.as_str()).collect()),
        text("side", found.iter().map(|f| f.side().as_str()).collect()),
        optional("entity", found.iter().map(entity).collect()),
        text("record_id", found.iter().map(record_id).collect()),
        optional("other_side", found.iter().map(|f| f.other.map(|r| r.side.as_str())).collect()),
        optional("other_entity", found.iter().map(|f| f.other.map(|r| data.entity(r).as_str())).collect()),
        optional("other_id", found.iter().map(|f| f.other.map(|r| data.id(r))).collect()),
        list("more_ids", &more),
        optional("field", found.iter().map(|f| f.field.map(|x| x.code())).collect()),
        optional("crm_value", found.iter().map(|f| f.crm_value.as_deref()).collect()),
        optional("onec_value", found.iter().map(|f| f.onec_value.as_deref()).collect()),
        text("message", found.iter().map(|f| f.message.as_str()).collect()),
        text("status", found.iter().map(|f| f.status.as_str()).collect()),
        text("first_seen", found.iter().map(|f| dates[&f.first_seen.unwrap_or(outcome.as_of)].as_str()).collect()),
        Column::new("to_clear".into(), to_clear),
        optional("changed_side", found.iter().map(|f| f.changed.as_str()).collect()),
        roubles("impact", found.iter().map(|f| f.impact).collect())?,
    ])
}

/// Findings of the baseline that are gone. Without a baseline there are none; the columns are those of `findings`.
fn resolved(outcome: &Outcome, rows: Range<usize>) -> PolarsResult<DataFrame> {
    match &outcome.comparison {
        Some(comparison) => Ok(comparison.resolved.slice(rows.start as i64, rows.len())),
        None => findings(outcome, 0..0),
    }
}

/// Findings of any earlier run that this one has not, by id: what makes a finding *returned* later.
fn history(outcome: &Outcome, rows: Range<usize>) -> PolarsResult<DataFrame> {
    let all = outcome.comparison.iter().flat_map(|c| &c.gone);
    let gone: Vec<_> = all.skip(rows.start).take(rows.len()).collect();
    frame(vec![
        text("finding_id", gone.iter().map(|(id, _)| id.to_string()).collect()),
        text("check", gone.iter().map(|(_, g)| g.check.as_str()).collect()),
        text("first_seen", gone.iter().map(|(_, g)| g.first_seen.to_string()).collect()),
        text("last_seen", gone.iter().map(|(_, g)| g.last_seen.to_string()).collect()),
        text("state", gone.iter().map(|(_, g)| g.absence.as_str()).collect()),
    ])
}

fn direction(target: Side) -> &'static str {
    match target {
        Side::Onec => "crm-to-onec",
        Side::Crm => "onec-to-crm",
    }
}

/// Records that the receiver would refuse, a row per entity, direction, reason and field.
fn failures(outcome: &Outcome, rows: Range<usize>) -> PolarsResult<DataFrame> {
    let failures = &outcome.exchange.failures[rows];
    let keys = |f: &Failure| f.records.iter().map(|&r| outcome.data.key(r)).collect();
    let records: Vec<Vec<String>> = failures.iter().map(keys).collect();
    frame(vec![
        text("entity", failures.iter().map(|f| f.entity.as_str()).collect()),
        text("direction", failures.iter().map(|f| direction(f.target)).collect()),
        text("reason", failures.iter().map(|f| f.refusal.as_str()).collect()),
        text("field", failures.iter().map(|f| f.field.code()).collect()),
        Column::new("count".into(), failures.iter().map(|f| f.records.len() as u64).collect::<Vec<u64>>()),
        list("records", &records),
    ])
}

fn forecast(outcome: &Outcome, rows: Range<usize>) -> PolarsResult<DataFrame> {
    let lines = &outcome.forecast[rows];
    let records: Vec<Vec<String>> =
        lines.iter().map(|l| l.records.iter().map(|&r| outcome.data.key(r)).collect()).collect();
    frame(vec![
        text("entity", lines.iter().map(|l| l.entity.as_str()).collect()),
        text("direction", lines.iter().map(|l| direction(l.target)).collect()),
        text("action", lines.iter().map(|l| l.action.as_str()).collect()),
        Column::new("count".into(), lines.iter().map(|l| l.records.len() as u64).collect::<Vec<u64>>()),
        list("records", &records),
    ])
}

fn quarantine(outcome: &Outcome, rows: Range<usize>) -> PolarsResult<DataFrame> {
    let mut side = Vec::new();
    let mut entity = Vec::new();
    let all = Side::BOTH.iter().flat_map(|&s| outcome.data.get(s).quarantine.iter().map(move |row| (s, row)));
    let mut kept = Vec::new();
    for (s, row) in all.skip(rows.start).take(rows.len()) {
        let of_file = |file: &str| outcome.data.get(s).sources.iter().find(|x| x.files.iter().any(|f| f.path == file));
        side.push(s.as_str());
        entity.push(of_file(&row.location.place.file).and_then(|x| x.entity).map(|e| e.as_str()));
        kept.push(row);
    }
    let rows = kept;
    frame(vec![
        text("side", side),
        optional("entity", entity),
        text("file", rows.iter().map(|r| r.location.place.file.as_ref()).collect()),
        optional("sheet", rows.iter().map(|r| r.location.place.sheet.as_deref()).collect()),
        Column::new("row".into(), rows.iter().map(|r| r.location.row).collect::<Vec<Option<u32>>>()),
        optional("column", rows.iter().map(|r| r.location.column.as_deref()).collect()),
        text("reason", rows.iter().map(|r| r.reason.as_str()).collect()),
        text("raw", rows.iter().map(|r| r.raw.as_str()).collect()),
    ])
}
