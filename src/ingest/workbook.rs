//! What the three kinds of workbook share: limits, numbers as text, sheets to tables.

use std::io::{Cursor, Read};

use calamine::{Data, DataRef, ExcelDateTime, Range, SheetVisible};

use super::sheet::{Grid, TooLarge};
use super::{Extract, IngestError, Input, MAX_CELL_BYTES, MAX_ROWS};
use crate::model::{Place, Quarantined};

/// Longest content of all parts of a zipped workbook, bytes: a sheet of 1,048,576 rows and 20 columns has some 2 GB.
const MAX_UNZIPPED: u64 = 4_000_000_000;
/// A part that unpacks to more than this many times its size is a bomb; sheets of real workbooks stay below 60.
const MAX_RATIO: u64 = 200;
/// Parts below this size may have any ratio: the styles of an empty book are nearly all repeats.
const RATIO_FROM: u64 = 16 << 20;
/// Numbers from here on have lost digits: a cell keeps 15 of them.
const EXACT_LIMIT: f64 = 1e15;

/// `PK\x03\x04`.
pub(super) fn is_zip(input: &Input) -> bool {
    input.bytes.starts_with(b"PK\x03\x04")
}

/// Whether an archive has a part of this name. Cheap: the directory stands at the end of the file.
pub(super) fn has_part(input: &Input, name: &str) -> bool {
    is_zip(input)
        && zip::ZipArchive::new(Cursor::new(input.bytes.as_slice()))
            .is_ok_and(|archive| archive.index_for_name(name).is_some())
}

/// OLE2, the container of `.xls` and of encrypted workbooks.
pub(super) fn is_ole(input: &Input) -> bool {
    input.bytes.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")
}

pub(super) fn unreadable(input: &Input, what: &str) -> IngestError {
    IngestError::Unreadable {
        file: input.path.clone(),
        what: what.to_owned(),
        next: "откройте файл в Excel или LibreOffice, убедитесь, что данные целы, и сохраните заново",
    }
}

/// Unpacks every part into nothing: a bomb, a truncated or a damaged archive is refused before a parser sees it.
pub(crate) fn check_archive(input: &Input) -> Result<(), IngestError> {
    let limit = |what: String| IngestError::Limit { file: input.path.clone(), what };
    let broken = |_| unreadable(input, "книга записана не до конца или повреждена");
    let mut archive = zip::ZipArchive::new(Cursor::new(input.bytes.as_slice())).map_err(broken)?;
    let mut total = 0u64;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(broken)?;
        let packed = part.compressed_size().max(1);
        let left = MAX_UNZIPPED - total;
        let size = std::io::copy(&mut part.take(left + 1), &mut std::io::sink())
            .map_err(|_| unreadable(input, "книга записана не до конца или повреждена"))?;
        if size > left {
            return Err(limit(format!("книга распаковывается больше чем в {} ГБ", MAX_UNZIPPED / 1_000_000_000)));
        }
        if size > RATIO_FROM && size / packed > MAX_RATIO {
            return Err(limit(format!("часть архива сжата более чем в {MAX_RATIO} раз: похоже на «zip-бомбу»")));
        }
        total += size;
    }
    Ok(())
}

/// Collects the tables of a workbook.
pub(super) struct Book<'a> {
    input: &'a Input,
    extract: Extract,
    errors: u64,
    skipped: Vec<String>,
}

impl<'a> Book<'a> {
    pub(super) fn new(input: &'a Input) -> Self {
        Book { input, extract: Extract::default(), errors: 0, skipped: Vec::new() }
    }

    /// Whether a sheet is read; a hidden one is named among the skipped.
    pub(super) fn takes(&mut self, name: &str, visible: SheetVisible) -> bool {
        let visible = visible == SheetVisible::Visible;
        if !visible {
            self.skipped.push(format!("{name} (скрыт)"));
        }
        visible
    }

    pub(super) fn sheet<'s>(&'s mut self, name: &str) -> SheetRows<'s, 'a> {
        SheetRows { book: self, name: name.to_owned(), grid: Grid::default(), row: None, too_long: false }
    }

    /// A sheet that the library gives as a dense range: BIFF is limited to 65,536 × 256 cells.
    pub(super) fn range(&mut self, name: &str, range: &Range<Data>) -> Result<(), IngestError> {
        let (first_row, first_column) = range.start().unwrap_or((0, 0));
        let mut rows = self.sheet(name);
        for (row, column, value) in range.used_cells() {
            rows.cell(first_row + row as u32, first_column + column as u32, value.into())?;
        }
        rows.finish()
    }

    pub(super) fn finish(mut self) -> Result<Extract, IngestError> {
        if self.extract.tables.is_empty() {
            return Err(unreadable(self.input, "в книге нет таблиц: все листы пусты или скрыты"));
        }
        if !self.skipped.is_empty() {
            self.extract.details.push(("листы без таблицы", self.skipped.join(", ")));
        }
        if self.errors > 0 {
            self.extract
                .details
                .push(("ячеек с ошибкой (#Н/Д и подобных), прочитаны пустыми", self.errors.to_string()));
        }
        Ok(self.extract)
    }
}

/// The rows of one sheet, cell by cell in row order.
pub(super) struct SheetRows<'s, 'a> {
    book: &'s mut Book<'a>,
    name: String,
    grid: Grid,
    /// Row being built, 0-based.
    row: Option<u32>,
    too_long: bool,
}

impl SheetRows<'_, '_> {
    pub(super) fn cell(&mut self, row: u32, column: u32, value: Cell<'_>) -> Result<(), IngestError> {
        // A formatted cell without a value, however far, is nothing.
        if matches!(value, Cell::Empty) {
            return Ok(());
        }
        if self.row.is_some_and(|last| row < last) {
            return Err(unreadable(self.book.input, "строки листа идут не по порядку"));
        }
        if self.row != Some(row) {
            self.end_row();
            // Rows between with no cell at all are blank rows of the sheet.
            if let Some(previous) = self.row {
                if row - previous > MAX_GAP {
                    return Err(self.limit(format!("между строками {} и {} пустота", previous + 1, row + 1)));
                }
                for blank in previous + 1..row {
                    self.grid.end_row(blank + 1);
                }
            }
            self.row = Some(row);
            if self.grid.rows() >= MAX_ROWS {
                return Err(self.limit(format!("больше {MAX_ROWS} строк")));
            }
        }
        let mut number = String::new();
        let text: &str = match value {
            Cell::Text(text) => text,
            Cell::Number(n) => {
                number_text(n, &mut number);
                &number
            }
            Cell::Bool(true) => "true",
            Cell::Bool(false) => "false",
            Cell::Date(date) => {
                date_text(date, &mut number);
                &number
            }
            Cell::Error => {
                self.book.errors += 1;
                ""
            }
            Cell::Empty => "",
        };
        if text.len() > MAX_CELL_BYTES {
            self.too_long = true;
            return Ok(());
        }
        // Excel writes CR as `_x000D_`; a line feed alone separates values of a cell.
        let place = column as usize;
        let set = if text.contains("_x000D_") || text.contains('\r') {
            self.grid.set(place, &text.replace("_x000D_", "").replace('\r', ""))
        } else {
            self.grid.set(place, text)
        };
        set.map_err(|TooLarge| self.limit("лист слишком велик: сохраните только таблицу с данными".to_owned()))
    }

    fn end_row(&mut self) {
        let Some(row) = self.row else { return };
        if std::mem::take(&mut self.too_long) {
            self.grid.discard_row();
            self.book.extract.quarantined.push(Quarantined {
                location: self.place().row(row + 1),
                reason: format!("ячейка длиннее {MAX_CELL_BYTES} байт"),
                raw: String::new(),
            });
        } else {
            self.grid.end_row(row + 1);
        }
    }

    pub(super) fn finish(mut self) -> Result<(), IngestError> {
        self.end_row();
        let place = self.place();
        let limit = self.limit("лист слишком велик: сохраните только таблицу с данными".to_owned());
        match self.grid.into_table(place).map_err(|TooLarge| limit)? {
            Some(sheet) => {
                let at = self.book.extract.tables.len();
                self.book.extract.left_out.extend(sheet.left_out.into_iter().map(|l| (at, l)));
                self.book.extract.tables.push(sheet.table);
            }
            None => self.book.skipped.push(self.name),
        }
        Ok(())
    }

    fn place(&self) -> Place {
        Place::sheet(&self.book.input.name, &self.name)
    }

    fn limit(&self, what: String) -> IngestError {
        IngestError::Limit { file: self.book.input.path.clone(), what: format!("лист «{}»: {what}", self.name) }
    }
}

/// Blank rows in a row that are still one sheet: a far cell at the last row is a trap or a slip, not data.
const MAX_GAP: u32 = 10_000;

/// A cell of any of the libraries' kinds.
pub(super) enum Cell<'a> {
    Text(&'a str),
    Number(f64),
    Bool(bool),
    Date(ExcelDateTime),
    Error,
    Empty,
}

impl<'a> From<&'a Data> for Cell<'a> {
    fn from(data: &'a Data) -> Self {
        match data {
            Data::Int(n) => Cell::Number(*n as f64),
            Data::Float(n) => Cell::Number(*n),
            Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => Cell::Text(text),
            Data::Bool(b) => Cell::Bool(*b),
            Data::DateTime(date) => Cell::Date(*date),
            Data::Error(_) => Cell::Error,
            _ => Cell::Empty,
        }
    }
}

impl<'a> From<&'a DataRef<'_>> for Cell<'a> {
    fn from(data: &'a DataRef<'_>) -> Self {
        match data {
            DataRef::Int(n) => Cell::Number(*n as f64),
            DataRef::Float(n) => Cell::Number(*n),
            DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Cell::Text(text),
            DataRef::SharedString(text) => Cell::Text(text),
            DataRef::Bool(b) => Cell::Bool(*b),
            DataRef::DateTime(date) => Cell::Date(*date),
            DataRef::Error(_) => Cell::Error,
            DataRef::Empty => Cell::Empty,
        }
    }
}

/// A number in the shortest form that loses nothing; one that has lost digits keeps its exponent, so that nobody
/// takes the zeros for digits.
fn number_text(number: f64, into: &mut String) {
    use std::fmt::Write;
    let done = if number.abs() >= EXACT_LIMIT { write!(into, "{number:e}") } else { write!(into, "{number}") };
    done.expect("writing to a String cannot fail");
}

/// `YYYY-MM-DD`, with a time when there is one; a duration or a date before 1900 stays a number.
fn date_text(date: ExcelDateTime, into: &mut String) {
    use std::fmt::Write;
    if !date.is_datetime() || date.as_f64() < 1.0 {
        return number_text(date.as_f64(), into);
    }
    let (year, month, day, hour, minute, second, _) = date.to_ymd_hms_milli();
    let mut done = write!(into, "{year:04}-{month:02}-{day:02}");
    if (hour, minute, second) != (0, 0, 0) {
        done = done.and_then(|()| write!(into, "T{hour:02}:{minute:02}:{second:02}"));
    }
    done.expect("writing to a String cannot fail");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_digits_or_say_that_they_lost_them() {
        for (number, expected) in [
            (7_701_234_567.0, "7701234567"),
            (500_100_732_259.0, "500100732259"),
            (0.1, "0.1"),
            (-1234.56, "-1234.56"),
            (4.070281e19, "4.070281e19"),
            (304_500_116_000_157.0, "304500116000157"),
        ] {
            let mut text = String::new();
            number_text(number, &mut text);
            assert_eq!(text, expected);
        }
    }
}
