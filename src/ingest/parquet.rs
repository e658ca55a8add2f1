//! Parquet: columns of a warehouse or of a program: `parquet`.
//!
//! One table of kind empty, as of CSV: the project says what its rows are, headings are the names of the columns. Numbers
//! stand in the shortest form that loses nothing, decimals with their scale, dates as `YYYY-MM-DD`, moments as
//! `YYYY-MM-DDTHH:MM:SS` (those with a time zone in UTC, with `Z`), booleans as `true` and `false`, a list as one value a
//! line, members of a structure as `A.B`. Bytes that are text are text, others hexadecimal (references of 1C). A column of
//! another type is named and not read.
//!
//! `row` is the ordinal of the record.

mod arrow;
mod guard;
mod thrift;

use std::io::Cursor;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta};
use polars::prelude::{AnyValue, ArrowDataType, Column, ParquetReader, PolarsError, SerReader, TimeUnit};

use super::database::of_bytes;
use super::{
    Extract, Format, IngestError, Input, MAX_CELL_BYTES, MAX_COLUMNS, MAX_FILE_BYTES, MAX_QUARANTINE_TEXT, MAX_ROWS,
};
use crate::model::{Place, Quarantined, RawColumn, RawTable, TextColumn};

const MAGIC: &[u8] = b"PAR1";
/// Rows that are unpacked at a time: a dictionary makes gigabytes of a small file.
const ROWS_AT_ONCE: usize = 1 << 18;
const BROKEN: &str = "выгрузите файл заново или сохраните данные как CSV";

/// Parquet files.
pub struct Parquet;

impl Format for Parquet {
    fn id(&self) -> &'static str {
        "parquet"
    }

    fn title(&self) -> &'static str {
        "Parquet"
    }

    fn detect(&self, input: &Input) -> bool {
        input.bytes.starts_with(MAGIC)
    }

    fn read(&self, input: &Input) -> Result<Extract, IngestError> {
        guard::check(&input.bytes).map_err(|fault| match fault {
            guard::Fault::Damaged => unreadable(input),
            guard::Fault::Bomb => {
                let what = "файл Parquet заявляет во много раз больше данных, чем в нём может быть".to_owned();
                IngestError::Limit { file: input.path.clone(), what }
            }
        })?;
        // The library checks little of what pages hold, and panics.
        let read = std::panic::catch_unwind(|| read_whole(input));
        read.unwrap_or_else(|_| Err(unreadable(input)))
    }
}

fn unreadable(input: &Input) -> IngestError {
    IngestError::Unreadable {
        file: input.path.clone(),
        what: "файл Parquet повреждён или записан не до конца".to_owned(),
        next: BROKEN,
    }
}

fn read_whole(input: &Input) -> Result<Extract, IngestError> {
    let broken = |_: PolarsError| unreadable(input);
    let limit = |what: String| IngestError::Limit { file: input.path.clone(), what };
    let bytes: Arc<[u8]> = Arc::from(input.bytes.as_slice());
    let reader = || ParquetReader::new(Cursor::new(Arc::clone(&bytes)));
    let mut head = reader();
    let schema = head.schema().map_err(broken)?;
    let rows = head.num_rows().map_err(broken)?;
    if rows > MAX_ROWS {
        return Err(limit(format!("больше {MAX_ROWS} строк")));
    }
    if schema.len() > MAX_COLUMNS {
        return Err(limit(format!("больше {MAX_COLUMNS} колонок в одной таблице")));
    }
    let (readable, other): (Vec<_>, Vec<_>) = schema.iter_values().partition(|f| is_readable(&f.dtype, 0));
    let names: Vec<String> = readable.iter().map(|field| field.name.to_string()).collect();

    let mut table = Building::new(input);
    let mut at = 0;
    while at < rows && !names.is_empty() {
        let slice = reader().with_columns(Some(names.clone())).with_slice(Some((at, ROWS_AT_ONCE)));
        let frame = slice.finish().map_err(broken)?;
        table.add(frame.columns(), frame.height()).map_err(limit)?;
        if frame.height() == 0 {
            break;
        }
        at += frame.height();
    }
    let mut extract = table.finish();
    extract.details.push(("строк", rows.to_string()));
    if !other.is_empty() {
        let names: Vec<&str> = other.iter().map(|field| field.name.as_str()).collect();
        extract.details.push(("колонки с типом, который не читается", names.join(", ")));
    }
    Ok(extract)
}

/// Whether a value of this type has a text.
fn is_readable(class: &ArrowDataType, depth: usize) -> bool {
    use ArrowDataType as T;
    match class {
        T::Null | T::Boolean | T::Utf8 | T::LargeUtf8 | T::Utf8View | T::Binary | T::LargeBinary | T::BinaryView => {
            true
        }
        T::Int8 | T::Int16 | T::Int32 | T::Int64 | T::UInt8 | T::UInt16 | T::UInt32 | T::UInt64 => true,
        T::Float32 | T::Float64 | T::Date32 | T::Date64 | T::Timestamp(..) | T::Time32(_) | T::Time64(_) => true,
        T::Decimal(..) | T::FixedSizeBinary(_) => true,
        T::Dictionary(_, values, _) => is_readable(values, depth),
        T::List(item) | T::LargeList(item) if depth == 0 => is_readable(&item.dtype, 1),
        T::Struct(members) if depth == 0 => members.iter().all(|member| is_readable(&member.dtype, 1)),
        _ => false,
    }
}

/// A table that grows by slices.
struct Building {
    table: RawTable,
    /// Text of all columns, bytes.
    length: u64,
    quarantined: Vec<Quarantined>,
}

impl Building {
    fn new(input: &Input) -> Self {
        Building { table: RawTable::new(Place::file(&input.name), ""), length: 0, quarantined: Vec::new() }
    }

    /// Adds `height` rows; the error says which limit they pass.
    fn add(&mut self, columns: &[Column], height: usize) -> Result<(), String> {
        let mut texts: Vec<(String, TextColumn)> = Vec::new();
        let mut long: Vec<usize> = Vec::new();
        for column in columns {
            self.column(column.name(), column, height, &mut texts, &mut long)?;
        }
        long.sort_unstable();
        long.dedup();
        let first = u32::try_from(self.table.len() + self.quarantined.len()).unwrap_or(u32::MAX);
        for row in 0..height {
            let number = first.saturating_add(row as u32).saturating_add(1);
            if long.binary_search(&row).is_ok() {
                let raw = texts.first().map_or("", |(_, cells)| cells.get(row));
                self.quarantined.push(Quarantined {
                    location: self.table.place.row(number),
                    reason: format!("значение длиннее {MAX_CELL_BYTES} байт"),
                    raw: raw.chars().take(MAX_QUARANTINE_TEXT).collect(),
                });
            } else {
                self.table.rows.push(number);
            }
        }
        for (at, (heading, cells)) in texts.into_iter().enumerate() {
            let kept = if long.is_empty() {
                cells
            } else {
                (0..height).filter(|row| long.binary_search(row).is_err()).map(|row| cells.get(row)).collect()
            };
            match self.table.columns.get_mut(at) {
                Some(column) => column.cells.append(&kept),
                None => self.table.columns.push(RawColumn { heading, cells: kept }),
            }
        }
        Ok(())
    }

    fn column(
        &mut self,
        heading: &str,
        column: &Column,
        height: usize,
        texts: &mut Vec<(String, TextColumn)>,
        long: &mut Vec<usize>,
    ) -> Result<(), String> {
        let series = column.as_materialized_series();
        if let Ok(members) = series.struct_() {
            for member in members.fields_as_series() {
                let heading = format!("{heading}.{}", member.name());
                let member: Column = member.clone().into();
                self.column(&heading, &member, height, texts, long)?;
            }
            return Ok(());
        }
        let mut cells = TextColumn::with_capacity(height, height * 8);
        for (row, value) in series.iter().enumerate() {
            let before = cells.byte_len();
            push(cells.open_row(), &value);
            let length = cells.open_row().len() - before;
            self.length += length as u64;
            if self.length > MAX_FILE_BYTES {
                return Err(format!("данных больше {} ГБ", MAX_FILE_BYTES / 1_000_000_000));
            }
            if length > MAX_CELL_BYTES {
                long.push(row);
            }
            cells.end_row();
        }
        texts.push((heading.trim().to_owned(), cells));
        Ok(())
    }

    fn finish(self) -> Extract {
        Extract { tables: vec![self.table], quarantined: self.quarantined, ..Extract::default() }
    }
}

/// Appends the text of a value.
fn push(out: &mut String, value: &AnyValue<'_>) {
    use std::fmt::Write as _;
    let mut show = |args: std::fmt::Arguments<'_>| out.write_fmt(args).expect("a String takes any text");
    match value {
        AnyValue::Null => {}
        AnyValue::Boolean(value) => show(format_args!("{value}")),
        AnyValue::Int8(n) => show(format_args!("{n}")),
        AnyValue::Int16(n) => show(format_args!("{n}")),
        AnyValue::Int32(n) => show(format_args!("{n}")),
        AnyValue::Int64(n) => show(format_args!("{n}")),
        AnyValue::UInt8(n) => show(format_args!("{n}")),
        AnyValue::UInt16(n) => show(format_args!("{n}")),
        AnyValue::UInt32(n) => show(format_args!("{n}")),
        AnyValue::UInt64(n) => show(format_args!("{n}")),
        // Programs write "not a number" where they have no value.
        AnyValue::Float32(x) if !x.is_nan() => show(format_args!("{x}")),
        AnyValue::Float64(x) if !x.is_nan() => show(format_args!("{x}")),
        AnyValue::Date(days) => out.push_str(&date(*days).unwrap_or_default()),
        AnyValue::Datetime(n, unit, zone) => out.push_str(&moment(*n, *unit, zone.is_some()).unwrap_or_default()),
        AnyValue::DatetimeOwned(n, unit, zone) => out.push_str(&moment(*n, *unit, zone.is_some()).unwrap_or_default()),
        AnyValue::Time(nanoseconds) => {
            let seconds = nanoseconds / 1_000_000_000;
            show(format_args!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60));
        }
        AnyValue::Decimal(n, _, scale) => out.push_str(&decimal(*n, *scale)),
        AnyValue::Binary(bytes) => out.push_str(&of_bytes(bytes)),
        AnyValue::BinaryOwned(bytes) => out.push_str(&of_bytes(bytes)),
        AnyValue::List(items) => {
            for (nth, item) in items.iter().filter(|item| !item.is_null()).enumerate() {
                if nth > 0 {
                    out.push('\n');
                }
                push(out, &item);
            }
        }
        value => out.push_str(value.get_str().unwrap_or_default()),
    }
}

fn date(days: i32) -> Option<String> {
    let epoch = NaiveDate::from_ymd_opt(1970, 1, 1)?;
    Some(epoch.checked_add_signed(TimeDelta::days(days.into()))?.format("%Y-%m-%d").to_string())
}

fn moment(n: i64, unit: TimeUnit, utc: bool) -> Option<String> {
    let (per_second, nanoseconds) = match unit {
        TimeUnit::Nanoseconds => (1_000_000_000, 1),
        TimeUnit::Microseconds => (1_000_000, 1_000),
        TimeUnit::Milliseconds => (1_000, 1_000_000),
    };
    let rest = u32::try_from(n.rem_euclid(per_second) * nanoseconds).ok()?;
    let moment = DateTime::from_timestamp(n.div_euclid(per_second), rest)?;
    Some(moment.format(if utc { "%Y-%m-%dT%H:%M:%SZ" } else { "%Y-%m-%dT%H:%M:%S" }).to_string())
}

/// A whole number and where its point stands, exactly.
fn decimal(n: i128, scale: usize) -> String {
    let sign = if n < 0 { "-" } else { "" };
    let digits = format!("{:0>width$}", n.unsigned_abs(), width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    if scale == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL_TYPES: &[u8] = include_bytes!("../../tests/fixtures/tree/all-types.parquet");

    #[test]
    fn decimals_and_moments_are_exact() {
        assert_eq!(
            (decimal(100_010, 2), decimal(-5, 2), decimal(7, 0)),
            ("1000.10".into(), "-0.05".into(), "7".into())
        );
        assert_eq!(moment(-1, TimeUnit::Milliseconds, false).unwrap(), "1969-12-31T23:59:59");
        assert_eq!(date(-719_162).unwrap(), "0001-01-01");
    }

    #[test]
    fn cut_and_damaged_files_are_errors() {
        let read = |bytes: &[u8]| Parquet.read(&Input::from_bytes("a.parquet", bytes));
        for end in (4..ALL_TYPES.len()).step_by(97) {
            let error = read(&ALL_TYPES[..end]).unwrap_err().to_string();
            assert!(error.contains("повреждён"), "{end}: {error}");
        }
        assert_eq!(read(ALL_TYPES).unwrap().tables[0].len(), 3);
    }
}
