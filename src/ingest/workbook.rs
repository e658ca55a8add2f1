//! What the three kinds of workbook share: limits, numbers as text, sheets to tables.

use std::io::{Cursor, Read, Write};

use calamine::{DataRef, ExcelDateTime, SheetVisible};

use super::sheet::{self, Grid, RawSheet, TooLarge};
use super::{Extract, Format, IngestError, Input, MAX_CELL_BYTES, MAX_ROWS};
use crate::model::{Place, Quarantined};

/// Longest content of all parts of a zipped workbook, bytes: a sheet of 1,048,576 rows and 20 columns has some 2 GB.
pub(super) const MAX_UNZIPPED: u64 = 4_000_000_000;
/// A part that unpacks to more than this many times its size is a bomb; sheets of real workbooks stay below 60.
pub(crate) const MAX_RATIO: u64 = 200;
/// Parts below this size may have any ratio: the styles of an empty book are nearly all repeats.
pub(crate) const RATIO_FROM: u64 = 16 << 20;
/// Numbers from here on have lost digits: a cell keeps 15 of them.
const EXACT_LIMIT: f64 = 1e15;
/// Digits that a spreadsheet keeps of a number and shows; those beyond are tails of binary arithmetic.
const DIGITS: usize = 15;
/// The first number that is no date: 01.01.10000. A phone in a cell formatted as a date stays a number.
const DATES_END: f64 = 2_958_466.0;
/// Shortest entry of the table of shared texts, `<si/>`, bytes: a count that needs more than there are is a lie.
const SHORTEST_ENTRY: u64 = 5;

/// Text of a sheet that needs no reason, bytes, and how many times the book (its parts unpacked) the text of a sheet may
/// be beyond it: a cell takes 25 bytes and may point to a text that others share. Real books stay below 10.
const FREE_TEXT: usize = 64 << 20;
const MAX_TEXT_RATIO: usize = 20;

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

/// Whether the directory at the end of an archive is there.
pub(super) fn is_whole_zip(input: &Input) -> bool {
    zip::ZipArchive::new(Cursor::new(input.bytes.as_slice())).is_ok()
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

pub(super) fn protected(input: &Input) -> IngestError {
    IngestError::Unreadable {
        file: input.path.clone(),
        what: "книга защищена паролем".to_owned(),
        next: "снимите пароль на открытие и сохраните её заново",
    }
}

/// Refuses a bomb and a damaged directory before a parser sees the book. Returns the length of all parts, bytes.
///
/// The directory says how long a part is, and the reader of parts fails where one is longer (zip 9 and later): what stands
/// there bounds what is unpacked, and nothing is unpacked twice but the table of shared texts, whose own count is looked
/// at. A damaged part fails when it is read.
pub(super) fn check_archive(input: &Input) -> Result<u64, IngestError> {
    let limit = |what: String| IngestError::Limit { file: input.path.clone(), what };
    let broken = |_| unreadable(input, "книга записана не до конца или повреждена");
    let mut archive = zip::ZipArchive::new(Cursor::new(input.bytes.as_slice())).map_err(broken)?;
    let mut total = 0u64;
    for index in 0..archive.len() {
        let part = archive.by_index_raw(index).map_err(broken)?;
        // A part cannot be packed into more than there is.
        let (packed, size) = (part.compressed_size().clamp(1, input.bytes.len() as u64), part.size());
        let shared = part.name().is_ok_and(|name| name.to_ascii_lowercase().ends_with("sharedstrings.xml"));
        drop(part);
        if size > MAX_UNZIPPED - total {
            return Err(limit(format!("книга распаковывается больше чем в {} ГБ", MAX_UNZIPPED / 1_000_000_000)));
        }
        if size > RATIO_FROM && size / packed > MAX_RATIO {
            return Err(limit(format!("часть архива сжата более чем в {MAX_RATIO} раз: похоже на «zip-бомбу»")));
        }
        if shared {
            check_shared_texts(input, archive.by_index(index).map_err(broken)?)?;
        }
        total += size;
    }
    Ok(total)
}

fn check_shared_texts(input: &Input, mut part: impl Read) -> Result<(), IngestError> {
    let mut counts = CountScan::default();
    let size = std::io::copy(&mut part, &mut counts)
        .map_err(|_| unreadable(input, "книга записана не до конца или повреждена"))?;
    if counts.largest > size / SHORTEST_ENTRY {
        return Err(unreadable(input, "таблица текстов книги заявляет больше строк, чем в ней есть"));
    }
    Ok(())
}

/// Looks for `uniqueCount="…"` in what is written to it: calamine reserves memory for as many texts.
#[derive(Default)]
struct CountScan {
    /// End of what was written before: the attribute may be cut by a border.
    tail: Vec<u8>,
    largest: u64,
}

impl Write for CountScan {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        const NAME: &[u8] = b"uniqueCount";
        /// The name, spaces, quotes and 20 digits.
        const LONGEST: usize = 64;
        self.tail.extend_from_slice(bytes);
        for at in memchr::memmem::find_iter(&self.tail, NAME) {
            let after = &self.tail[at + NAME.len()..self.tail.len().min(at + LONGEST)];
            let digits = after.iter().skip_while(|b| b" \t\r\n=\"'".contains(b)).take_while(|b| b.is_ascii_digit());
            let count = digits.fold(0u64, |n, b| n.saturating_mul(10).saturating_add(u64::from(b - b'0')));
            self.largest = self.largest.max(count);
        }
        let keep = self.tail.len().min(LONGEST);
        self.tail.drain(..self.tail.len() - keep);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Makes the book that a reader fills; the second argument is the length of the book unpacked, bytes.
pub(super) type NewBook<'a> = fn(&'a Input, usize) -> Book<'a>;

/// Reads all sheets of a workbook of any kind, hidden ones too, as they stand. `None` when the file is no workbook.
///
/// # Errors
/// [`IngestError`] of a damaged, hostile or protected book.
pub(crate) fn sheets(input: &Input) -> Result<Option<Vec<RawSheet>>, IngestError> {
    let fill = match super::detect(input) {
        Ok(format) if format.id() == super::xlsx::Xlsx.id() => super::xlsx::fill,
        Ok(format) if format.id() == super::ods::Ods.id() => super::ods::fill,
        Ok(format) if format.id() == super::xls::Xls.id() => super::xls::fill,
        _ => return Ok(None),
    };
    Ok(fill(input, Book::of_sheets)?.sheets)
}

/// Collects the tables of a workbook, or its sheets as they stand.
pub(super) struct Book<'a> {
    input: &'a Input,
    /// Where sheets go that are wanted as they stand.
    sheets: Option<Vec<RawSheet>>,
    /// Most text of a sheet, bytes.
    text_limit: usize,
    extract: Extract,
    errors: u64,
    skipped: Vec<String>,
    /// Sheet and row of each heading.
    headings: Vec<(String, Option<u32>)>,
}

impl<'a> Book<'a> {
    /// `size` is the length of the book unpacked, bytes.
    pub(super) fn new(input: &'a Input, size: usize) -> Self {
        let text_limit = size.saturating_mul(MAX_TEXT_RATIO).saturating_add(FREE_TEXT);
        let (extract, skipped, headings) = (Extract::default(), Vec::new(), Vec::new());
        Book { input, sheets: None, text_limit, extract, errors: 0, skipped, headings }
    }

    /// As [`Book::new`], for [`sheets`].
    fn of_sheets(input: &'a Input, size: usize) -> Self {
        Book { sheets: Some(Vec::new()), ..Book::new(input, size) }
    }

    /// Whether a sheet is read; a hidden one is named among the skipped.
    pub(super) fn takes(&mut self, name: &str, visible: SheetVisible) -> bool {
        let visible = visible == SheetVisible::Visible || self.sheets.is_some();
        if !visible {
            self.skipped.push(format!("{name} (скрыт)"));
        }
        visible
    }

    pub(super) fn sheet<'s>(&'s mut self, name: &str) -> SheetRows<'s, 'a> {
        let grid = Grid::with_text_limit(self.text_limit);
        SheetRows { book: self, name: name.to_owned(), grid, row: None, too_long: false }
    }

    pub(super) fn finish(mut self) -> Result<Extract, IngestError> {
        super::deal_rows::divide(&mut self.extract);
        if self.extract.tables.is_empty() {
            return Err(unreadable(self.input, "в книге нет таблиц: все листы пусты или скрыты"));
        }
        let rows: Vec<String> = match self.headings.as_slice() {
            [(_, row)] => vec![sheet::heading_row_text(*row)],
            several => several.iter().map(|(name, row)| format!("{name}: {}", sheet::heading_row_text(*row))).collect(),
        };
        self.extract.details.push((sheet::HEADING_ROW, rows.join("; ")));
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
            Cell::Text(text) => sheet::unwrap_text(text),
            Cell::Iso(text) => iso_text(text),
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

    /// An error cell that has no place.
    pub(super) fn count_error(&mut self) {
        self.book.errors += 1;
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
        if let Some(sheets) = &mut self.book.sheets {
            sheets.push(self.grid.into_rows(&self.name).map_err(|TooLarge| limit)?);
            return Ok(());
        }
        match self.grid.into_table(place).map_err(|TooLarge| limit)? {
            Some(sheet) => {
                let at = self.book.extract.tables.len();
                self.book.headings.push((self.name, sheet.heading_row));
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

    pub(super) fn limit(&self, what: String) -> IngestError {
        IngestError::Limit { file: self.book.input.path.clone(), what: format!("лист «{}»: {what}", self.name) }
    }
}

/// Blank rows in a row that are still one sheet: a far cell at the last row is a trap or a slip, not data.
const MAX_GAP: u32 = 10_000;

/// A cell of any of the libraries' kinds.
pub(super) enum Cell<'a> {
    Text(&'a str),
    /// A date as ISO 8601 writes it.
    Iso(&'a str),
    Number(f64),
    Bool(bool),
    Date(ExcelDateTime),
    Error,
    Empty,
}

impl<'a> From<&'a DataRef<'_>> for Cell<'a> {
    fn from(data: &'a DataRef<'_>) -> Self {
        match data {
            DataRef::Int(n) => Cell::Number(*n as f64),
            DataRef::Float(n) => Cell::Number(*n),
            DataRef::String(text) | DataRef::DurationIso(text) => Cell::Text(text),
            DataRef::DateTimeIso(text) => Cell::Iso(text),
            DataRef::SharedString(text) => Cell::Text(text),
            DataRef::Bool(b) => Cell::Bool(*b),
            DataRef::DateTime(date) => Cell::Date(*date),
            DataRef::Error(_) => Cell::Error,
            DataRef::Empty => Cell::Empty,
        }
    }
}

/// A number in the shortest form that loses none of its 15 digits; one that has lost digits keeps its exponent, so that
/// nobody takes the zeros for digits.
pub(super) fn number_text(number: f64, into: &mut String) {
    use std::fmt::Write;
    const WRITTEN: &str = "writing to a String cannot fail";
    if number == 0.0 {
        // Zero below zero is zero.
        into.push('0');
    } else if number.abs() >= EXACT_LIMIT {
        write!(into, "{number:e}").expect(WRITTEN);
    } else if number.fract() == 0.0 {
        write!(into, "{}", number as i64).expect(WRITTEN);
    } else {
        let start = into.len();
        write!(into, "{number}").expect(WRITTEN);
        let digits = into[start..].bytes().filter(u8::is_ascii_digit).count();
        let leading = into[start..].bytes().take_while(|b| b"-0.".contains(b)).filter(u8::is_ascii_digit).count();
        if digits - leading > DIGITS {
            // As many digits behind the point as make 15 in all.
            let decimals = (DIGITS as i32 - 1 - number.abs().log10().floor() as i32).max(0) as usize;
            into.truncate(start);
            write!(into, "{number:.decimals$}").expect(WRITTEN);
            if decimals > 0 {
                into.truncate(into.trim_end_matches('0').trim_end_matches('.').len());
            }
        }
    }
}

/// A date as ISO 8601 writes it, without the midnight and the parts of a second.
fn iso_text(text: &str) -> &str {
    let text = text.trim().trim_end_matches('Z');
    let text = text.split_once('.').map_or(text, |(whole, _)| whole);
    text.strip_suffix("T00:00:00").unwrap_or(text)
}

/// `YYYY-MM-DD`, with a time when there is one; a duration or a date before 1900 stays a number.
fn date_text(date: ExcelDateTime, into: &mut String) {
    use std::fmt::Write;
    if !date.is_datetime() || !(1.0..DATES_END).contains(&date.as_f64()) {
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
            (0.1 + 0.2, "0.3"),
            (1.1 * 1.1, "1.21"),
            (-(0.1 + 0.7), "-0.8"),
            (7_707_083_893.000_001, "7707083893"),
            (4.35 * 100.0, "435"),
            (4.6e12, "4600000000000"),
            (123_456_789_012.345_67, "123456789012.346"),
            (999_999_999_999_999.9, "1000000000000000"),
            (0.000_012_3, "0.0000123"),
            (5.684_341_886_080_802e-14, "0.000000000000056843418860808"),
            (-0.0, "0"),
            (100.0, "100"),
        ] {
            let mut text = String::new();
            number_text(number, &mut text);
            assert_eq!(text, expected);
        }
    }

    #[test]
    fn dates_are_dates_and_phones_stay_numbers() {
        let serial = |number| {
            let mut text = String::new();
            date_text(ExcelDateTime::new(number, calamine::ExcelDateTimeType::DateTime, false), &mut text);
            text
        };
        for (number, expected) in [
            (45_296.0, "2024-01-05"),
            (45_296.5, "2024-01-05T12:00:00"),
            (0.5, "0.5"),
            (-3.0, "-3"),
            (79_161_234_567.0, "79161234567"),
        ] {
            assert_eq!(serial(number), expected);
        }
        for (iso, expected) in [
            ("2024-01-05T00:00:00", "2024-01-05"),
            ("2024-01-05T10:30:00.000Z", "2024-01-05T10:30:00"),
            ("2024-01-05", "2024-01-05"),
        ] {
            assert_eq!(iso_text(iso), expected);
        }
    }
}
