//! BIFF, the records inside an `.xls`: Excel 97–2003 (BIFF8) and Excel 5.0/95 (BIFF5).
//!
//! Why not calamine: it reserves memory for the range a sheet declares, stores it dense, and indexes into records without
//! looking at their length, so a file of a few kilobytes can exhaust memory or crash it. Here cells are kept as they
//! come: memory is bounded by the length of the stream.
//!
//! Structure: [MS-XLS] v20240813 (records by name below); BIFF5 where it differs: the OpenOffice.org documentation of
//! the Excel file format, 2008.

use calamine::{ExcelDateTime, ExcelDateTimeType, SheetVisible};
use encoding_rs::{Encoding, IBM866, WINDOWS_1251, WINDOWS_1252};

use super::IngestError;
use super::cfb::{u16_at, u32_at};
use super::workbook::{Book, Cell};
use crate::model::TextColumn;

const FORMULA: u16 = 0x0006;
const END: u16 = 0x000A;
const DATE_MODE: u16 = 0x0022;
const FILE_PASS: u16 = 0x002F;
const CONTINUE: u16 = 0x003C;
const CODE_PAGE: u16 = 0x0042;
const BOUND_SHEET: u16 = 0x0085;
const MUL_RK: u16 = 0x00BD;
const R_STRING: u16 = 0x00D6;
const XF: u16 = 0x00E0;
const SST: u16 = 0x00FC;
const LABEL_SST: u16 = 0x00FD;
const NUMBER: u16 = 0x0203;
const LABEL: u16 = 0x0204;
const BOOL_ERR: u16 = 0x0205;
const STRING: u16 = 0x0207;
const RK: u16 = 0x027E;
const FORMAT: u16 = 0x041E;
const BEGIN: u16 = 0x0809;

/// Why a workbook cannot be read.
#[derive(Debug)]
pub(super) enum Fault {
    /// Cut short, or a record contradicts itself.
    Damaged,
    Password,
    /// Excel 4.0 and before.
    TooOld,
    Sheet(IngestError),
}

impl From<IngestError> for Fault {
    fn from(error: IngestError) -> Self {
        Fault::Sheet(error)
    }
}

/// Whether bytes are the records themselves: some programs write them without a container.
pub(super) fn is_stream(bytes: &[u8]) -> bool {
    // Four bytes of the record, then the version; BIFF2–4 have records of other numbers or lengths.
    let version = bytes.get(4..6);
    match bytes.first_chunk() {
        Some([0x09, 0x08, 0x08 | 0x10, 0]) => matches!(version, Some([0, 5 | 6])),
        Some([0x09, 0x00 | 0x02 | 0x04, 0x04 | 0x06, 0]) => true,
        _ => false,
    }
}

/// Reads every visible worksheet of a `Workbook` or `Book` stream into `book`.
///
/// # Errors
/// [`Fault`]; limits of a sheet come as [`Fault::Sheet`].
pub(super) fn read(stream: &[u8], book: &mut Book<'_>) -> Result<(), Fault> {
    let globals = Globals::read(stream)?;
    for sheet in &globals.sheets {
        // Charts, macro sheets and modules have no cells.
        if sheet.is_worksheet && book.takes(&sheet.name, sheet.visible) {
            read_sheet(stream.get(sheet.start..).ok_or(Fault::Damaged)?, &globals, &sheet.name, book)?;
        }
    }
    Ok(())
}

/// What stands before the sheets.
struct Globals {
    text: TextKind,
    /// Whether a cell format shows a date, by its number.
    dates: Vec<bool>,
    strings: TextColumn,
    since_1904: bool,
    sheets: Vec<BoundSheet>,
}

struct BoundSheet {
    name: String,
    start: usize,
    visible: SheetVisible,
    is_worksheet: bool,
}

/// How texts are stored.
#[derive(Clone, Copy)]
enum TextKind {
    /// BIFF8: UTF-16, or its low bytes alone.
    Wide,
    /// BIFF5: bytes of a code page.
    Bytes(&'static Encoding),
}

impl Globals {
    fn read(stream: &[u8]) -> Result<Globals, Fault> {
        let mut globals = Globals {
            text: TextKind::Wide,
            dates: Vec::new(),
            strings: TextColumn::new(),
            since_1904: false,
            sheets: Vec::new(),
        };
        let (mut formats, mut cell_formats) = (Vec::new(), Vec::new());
        let mut records = Records { stream, at: 0 };
        let first = records.next().ok_or(Fault::Damaged)?;
        match (first.kind, u16_at(first.head, 0)) {
            (BEGIN, Some(0x0600)) => {}
            (BEGIN, Some(0x0500)) => globals.text = TextKind::Bytes(WINDOWS_1251),
            (BEGIN | 0x0009 | 0x0209 | 0x0409, _) => return Err(Fault::TooOld),
            _ => return Err(Fault::Damaged),
        }
        loop {
            let record = records.next().ok_or(Fault::Damaged)?;
            let mut bytes = record.bytes();
            match record.kind {
                FILE_PASS => return Err(Fault::Password),
                CODE_PAGE => {
                    if let (TextKind::Bytes(encoding), Some(number)) = (&mut globals.text, bytes.u16()) {
                        *encoding = code_page(number);
                    }
                }
                DATE_MODE => globals.since_1904 = bytes.u16() == Some(1),
                FORMAT => formats.extend(bytes.u16().zip(globals.text.format(&mut bytes))),
                XF => cell_formats.push(record.head.get(2..4).and_then(|head| u16_at(head, 0)).unwrap_or(0)),
                BOUND_SHEET => globals.sheets.push(globals.text.sheet(&mut bytes).ok_or(Fault::Damaged)?),
                SST => globals.strings = shared_strings(&mut bytes).ok_or(Fault::Damaged)?,
                END => break,
                _ => {}
            }
        }
        let is_date = |number: u16| {
            let custom = formats.iter().rev().find(|(n, _)| *n == number);
            custom.map_or_else(|| is_builtin_date(number), |(_, code)| is_date_format(code))
        };
        globals.dates = cell_formats.into_iter().map(is_date).collect();
        Ok(globals)
    }

    fn number(&self, number: f64, format: u16) -> Value {
        if self.dates.get(usize::from(format)).copied().unwrap_or(false) {
            Value::Date(number)
        } else {
            Value::Number(number)
        }
    }
}

impl TextKind {
    /// A text whose length takes two bytes.
    fn long(self, bytes: &mut Bytes<'_>) -> Option<String> {
        let count = usize::from(bytes.u16()?);
        self.text(count, bytes)
    }

    /// A text whose length takes one byte.
    fn short(self, bytes: &mut Bytes<'_>) -> Option<String> {
        let count = usize::from(bytes.u8()?);
        self.text(count, bytes)
    }

    fn text(self, count: usize, bytes: &mut Bytes<'_>) -> Option<String> {
        let mut text = String::new();
        match self {
            // Some writers leave the flags of an empty text out.
            _ if count == 0 => {}
            TextKind::Wide => {
                let flags = bytes.u8()?;
                bytes.characters(count, flags & 1 != 0, &mut text)?;
            }
            TextKind::Bytes(encoding) => bytes.encoded(count, encoding, &mut text)?,
        }
        Some(text)
    }

    fn format(self, bytes: &mut Bytes<'_>) -> Option<String> {
        match self {
            TextKind::Wide => self.long(bytes),
            TextKind::Bytes(_) => self.short(bytes),
        }
    }

    fn sheet(self, bytes: &mut Bytes<'_>) -> Option<BoundSheet> {
        let start = bytes.u32()? as usize;
        let visible = match bytes.u8()? & 3 {
            0 => SheetVisible::Visible,
            1 => SheetVisible::Hidden,
            _ => SheetVisible::VeryHidden,
        };
        let is_worksheet = bytes.u8()? == 0;
        let name = self.short(bytes)?.replace('\0', "");
        Some(BoundSheet { name, start, visible, is_worksheet })
    }
}

/// Code pages that Russian and Western Excel 95 wrote; 1251 is meant when the number says nothing.
fn code_page(number: u16) -> &'static Encoding {
    match number {
        866 => IBM866,
        1252 | 0x8001 => WINDOWS_1252,
        _ => WINDOWS_1251,
    }
}

/// SST: the texts of all cells. Its count lies in hostile files, so it is not believed.
fn shared_strings(bytes: &mut Bytes<'_>) -> Option<TextColumn> {
    bytes.skip(8)?;
    let mut strings = TextColumn::new();
    while !bytes.is_empty() {
        let count = usize::from(bytes.u16()?);
        let flags = bytes.u8()?;
        let runs = if flags & 8 != 0 { usize::from(bytes.u16()?) } else { 0 };
        let extended = if flags & 4 != 0 { bytes.u32()? as usize } else { 0 };
        bytes.characters(count, flags & 1 != 0, strings.open_row())?;
        strings.end_row();
        // Formats of parts of the text, and phonetic guides.
        bytes.skip(runs * 4)?;
        bytes.skip(extended)?;
    }
    Some(strings)
}

/// A cell of a sheet before sheets are put in order.
struct Found {
    row: u16,
    column: u16,
    value: Value,
}

enum Value {
    Number(f64),
    Date(f64),
    Bool(bool),
    Error,
    /// Index of a shared text.
    Shared(u32),
    /// Index of a text of this sheet.
    Own(u32),
}

fn read_sheet(stream: &[u8], globals: &Globals, name: &str, book: &mut Book<'_>) -> Result<(), Fault> {
    let mut records = Records { stream, at: 0 };
    if records.next().is_none_or(|first| first.kind != BEGIN) {
        return Err(Fault::Damaged);
    }
    let mut cells: Vec<Found> = Vec::new();
    let mut own = TextColumn::new();
    // Charts stand inside a sheet as streams of their own with records that look like cells.
    let mut inside = 0usize;
    let mut formula = None;
    loop {
        let record = records.next().ok_or(Fault::Damaged)?;
        match record.kind {
            BEGIN => inside += 1,
            END if inside == 0 => break,
            END => inside -= 1,
            _ if inside > 0 => {}
            STRING => {
                // The text of the formula before it.
                if let Some((row, column)) = formula.take() {
                    let text = globals.text.long(&mut record.bytes()).ok_or(Fault::Damaged)?;
                    cells.push(Found { row, column, value: Value::Own(own.len() as u32) });
                    own.push(&text);
                }
            }
            kind => {
                cell(kind, &record, globals, &mut cells, &mut own, &mut formula).ok_or(Fault::Damaged)?;
            }
        }
    }
    // Excel writes rows in order, other programs as they please. Stable: the last value of a cell stays the last.
    cells.sort_by_key(|found| (found.row, found.column));
    let mut rows = book.sheet(name);
    for Found { row, column, value } in cells {
        let date = |number| ExcelDateTime::new(number, ExcelDateTimeType::DateTime, globals.since_1904);
        let value = match value {
            Value::Number(number) => Cell::Number(number),
            Value::Date(number) => Cell::Date(date(number)),
            Value::Bool(yes) => Cell::Bool(yes),
            Value::Error => Cell::Error,
            Value::Shared(at) if (at as usize) < globals.strings.len() => Cell::Text(globals.strings.get(at as usize)),
            Value::Shared(_) => return Err(Fault::Damaged),
            Value::Own(at) => Cell::Text(own.get(at as usize)),
        };
        rows.cell(row.into(), column.into(), value)?;
    }
    Ok(rows.finish()?)
}

/// Adds the cells of a record, if it has any. `None`: it is shorter than it must be.
fn cell(
    kind: u16,
    record: &Record<'_>,
    globals: &Globals,
    cells: &mut Vec<Found>,
    own: &mut TextColumn,
    formula: &mut Option<(u16, u16)>,
) -> Option<()> {
    if !matches!(kind, FORMULA | MUL_RK | R_STRING | LABEL_SST | NUMBER | LABEL | BOOL_ERR | RK) {
        return Some(());
    }
    let mut bytes = record.bytes();
    let (row, column, format) = (bytes.u16()?, bytes.u16()?, bytes.u16()?);
    let value = match kind {
        NUMBER => globals.number(bytes.f64()?, format),
        RK => globals.number(rk(bytes.u32()?), format),
        BOOL_ERR => {
            let (value, is_error) = (bytes.u8()?, bytes.u8()?);
            if is_error == 0 { Value::Bool(value != 0) } else { Value::Error }
        }
        LABEL_SST => Value::Shared(bytes.u32()?),
        LABEL | R_STRING => {
            own.push(&globals.text.long(&mut bytes)?);
            Value::Own(own.len() as u32 - 1)
        }
        MUL_RK => {
            // Format and number of each cell, then the last column.
            let mut at = 4;
            let mut column = column;
            while at + 8 <= record.head.len() {
                let number = rk(u32_at(record.head, at + 2)?);
                cells.push(Found { row, column, value: globals.number(number, u16_at(record.head, at)?) });
                column = column.checked_add(1)?;
                at += 6;
            }
            return Some(());
        }
        _ => {
            // FORMULA keeps the value it had when the book was saved.
            let value: [u8; 8] = record.head.get(6..14)?.try_into().ok()?;
            *formula = None;
            match value {
                [0, .., 0xFF, 0xFF] => {
                    *formula = Some((row, column));
                    return Some(());
                }
                [1, _, yes, .., 0xFF, 0xFF] => Value::Bool(yes != 0),
                [2, .., 0xFF, 0xFF] => Value::Error,
                [.., 0xFF, 0xFF] => return Some(()),
                number => globals.number(f64::from_le_bytes(number), format),
            }
        }
    };
    cells.push(Found { row, column, value });
    Some(())
}

/// RkNumber: 30 bits of an integer or of a float, maybe in hundredths.
fn rk(bits: u32) -> f64 {
    let number =
        if bits & 2 != 0 { f64::from((bits as i32) >> 2) } else { f64::from_bits(u64::from(bits & 0xFFFF_FFFC) << 32) };
    if bits & 1 != 0 { number / 100.0 } else { number }
}

/// Number formats that Excel knows by number and that show a date.
fn is_builtin_date(number: u16) -> bool {
    matches!(number, 14..=22 | 27..=36 | 45 | 47 | 50..=58)
}

/// Whether the first section of a format code shows a date or a time of day: «DD.MM.YYYY», «[$-419]d mmm yy;@». A
/// duration («\[h\]:mm») is a number.
fn is_date_format(code: &str) -> bool {
    let mut chars = code.chars();
    let mut date = false;
    while let Some(c) = chars.next() {
        match c {
            '\\' | '_' | '*' => {
                chars.next();
            }
            '"' => {
                chars.by_ref().find(|c| *c == '"');
            }
            '[' => {
                let inside: String = chars.by_ref().take_while(|c| *c != ']').collect();
                if matches!(inside.to_lowercase().trim_matches(['h', 'm', 's']), "") && !inside.is_empty() {
                    return false;
                }
            }
            ';' => break,
            'd' | 'D' | 'm' | 'M' | 'y' | 'Y' | 'h' | 'H' | 's' | 'S' => date = true,
            _ => {}
        }
    }
    date
}

/// A record with the records that continue it.
struct Record<'s> {
    kind: u16,
    head: &'s [u8],
    /// What follows it, with the continuations first.
    rest: &'s [u8],
}

impl<'s> Record<'s> {
    fn bytes(&self) -> Bytes<'s> {
        Bytes { part: self.head, rest: self.rest }
    }
}

/// The records of a stream. Ends where a record is cut.
struct Records<'s> {
    stream: &'s [u8],
    at: usize,
}

impl<'s> Records<'s> {
    fn next(&mut self) -> Option<Record<'s>> {
        loop {
            let (kind, head, rest) = split_record(self.stream.get(self.at..)?)?;
            self.at = self.stream.len() - rest.len();
            // A continuation belongs to a record that has been given.
            if kind != CONTINUE {
                return Some(Record { kind, head, rest });
            }
        }
    }
}

fn split_record(stream: &[u8]) -> Option<(u16, &[u8], &[u8])> {
    let end = 4 + usize::from(u16_at(stream, 2)?);
    Some((u16_at(stream, 0)?, stream.get(4..end)?, &stream[end..]))
}

/// The content of a record, across its continuations.
struct Bytes<'s> {
    part: &'s [u8],
    rest: &'s [u8],
}

impl Bytes<'_> {
    /// Whether nothing is left here and in the continuations.
    fn is_empty(&mut self) -> bool {
        while self.part.is_empty() {
            if self.next_part().is_none() {
                return true;
            }
        }
        false
    }

    fn next_part(&mut self) -> Option<()> {
        let (kind, head, rest) = split_record(self.rest)?;
        (self.part, self.rest) = (kind == CONTINUE).then_some((head, rest))?;
        Some(())
    }

    fn u8(&mut self) -> Option<u8> {
        if self.is_empty() {
            return None;
        }
        let (&byte, part) = self.part.split_first()?;
        self.part = part;
        Some(byte)
    }

    fn u16(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes([self.u8()?, self.u8()?]))
    }

    fn u32(&mut self) -> Option<u32> {
        Some(u32::from(self.u16()?) | u32::from(self.u16()?) << 16)
    }

    fn f64(&mut self) -> Option<f64> {
        Some(f64::from_bits(u64::from(self.u32()?) | u64::from(self.u32()?) << 32))
    }

    fn skip(&mut self, mut count: usize) -> Option<()> {
        while count > 0 {
            if self.is_empty() {
                return None;
            }
            let here = count.min(self.part.len());
            self.part = &self.part[here..];
            count -= here;
        }
        Some(())
    }

    /// `count` characters. Where a text goes on in a continuation, a byte says anew how wide its characters are.
    fn characters(&mut self, mut count: usize, mut wide: bool, into: &mut String) -> Option<()> {
        let mut units: Vec<u16> = Vec::with_capacity(count);
        loop {
            let width = if wide { 2 } else { 1 };
            let here = count.min(self.part.len() / width);
            let (now, later) = self.part.split_at(here * width);
            if wide {
                units.extend(now.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])));
            } else {
                units.extend(now.iter().copied().map(u16::from));
            }
            self.part = later;
            count -= here;
            if count == 0 {
                break;
            }
            self.part = &[];
            self.next_part()?;
            let (&flags, part) = self.part.split_first()?;
            wide = flags & 1 != 0;
            self.part = part;
        }
        into.extend(char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)));
        Some(())
    }

    fn encoded(&mut self, count: usize, encoding: &'static Encoding, into: &mut String) -> Option<()> {
        let bytes = self.part.get(..count)?;
        into.push_str(&encoding.decode_without_bom_handling(bytes).0);
        self.part = &self.part[count..];
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::cfb::tests::container;
    use crate::ingest::{Extract, Format, Input, xls::Xls};

    fn record(kind: u16, content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len()).unwrap();
        [&kind.to_le_bytes()[..], &length.to_le_bytes(), content].concat()
    }

    /// Two numbers of two bytes, the place of a cell, then its format and the rest.
    fn at(row: u16, column: u16, format: u16, rest: &[u8]) -> Vec<u8> {
        [&row.to_le_bytes()[..], &column.to_le_bytes(), &format.to_le_bytes(), rest].concat()
    }

    fn wide(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    /// XLUnicodeString of 16-bit characters.
    fn label(text: &str) -> Vec<u8> {
        let count = text.encode_utf16().count() as u16;
        [&count.to_le_bytes()[..], &[1], &wide(text)].concat()
    }

    fn text_cell(row: u16, column: u16, text: &str) -> Vec<u8> {
        record(LABEL, &at(row, column, 0, &label(text)))
    }

    /// A BIFF8 book: its own records, then sheets of a name, a state and records.
    fn book(globals: &[Vec<u8>], sheets: &[(&str, u8, Vec<Vec<u8>>)]) -> Vec<u8> {
        let begin = record(BEGIN, &[0, 6, 5, 0, 0, 0, 0, 0]);
        let bound: usize = sheets.iter().map(|(name, ..)| 4 + 8 + wide(name).len()).sum();
        let mut stream = [begin.clone(), globals.concat()].concat();
        let mut start = stream.len() + bound + 4;
        let mut bodies = Vec::new();
        for (name, state, cells) in sheets {
            let count = name.encode_utf16().count() as u8;
            let entry = [&(start as u32).to_le_bytes()[..], &[*state, 0, count, 1], &wide(name)].concat();
            stream.extend(record(BOUND_SHEET, &entry));
            let body = [begin.clone(), cells.concat(), record(END, &[])].concat();
            start += body.len();
            bodies.extend(body);
        }
        stream.extend(record(END, &[]));
        stream.extend(bodies);
        stream
    }

    fn read(stream: &[u8]) -> Result<Extract, IngestError> {
        Xls.read(&Input::from_bytes("a.xls", container("Workbook", stream)))
    }

    fn rows(extract: &Extract, table: usize) -> Vec<Vec<&str>> {
        let table = &extract.tables[table];
        (0..table.len()).map(|row| (0..table.columns.len()).map(|c| table.get(c, row)).collect()).collect()
    }

    fn heading() -> Vec<Vec<u8>> {
        ["Код", "Наименование", "Сумма"].iter().enumerate().map(|(at, text)| text_cell(0, at as u16, text)).collect()
    }

    #[test]
    fn every_kind_of_cell() {
        // Formats 0: general, 1: a date of its own, 2: a built-in date.
        let xf = |number: u16| record(XF, &[&[0, 0][..], &number.to_le_bytes(), &[0; 16]].concat());
        let globals = [
            record(FORMAT, &[&164u16.to_le_bytes()[..], &label("[$-419]ДД\\.MM\\.YYYY;@")].concat()),
            xf(0),
            xf(164),
            xf(14),
            // Two shared texts; the second goes on in a record where its characters become one byte wide.
            record(SST, &[&[2, 0, 0, 0, 2, 0, 0, 0][..], &label("Ромашка"), &[7, 0, 9, 1, 0], &wide("ООО")].concat()),
            record(CONTINUE, &[&[0][..], b" ABC", &[0; 4]].concat()),
        ];
        let double = |number: f64| number.to_le_bytes();
        let mut cells = heading();
        cells.extend([
            record(LABEL_SST, &at(1, 1, 0, &0u32.to_le_bytes())),
            record(LABEL_SST, &at(2, 1, 0, &1u32.to_le_bytes())),
            record(NUMBER, &at(1, 0, 0, &double(7_707_083_893.0))),
            record(NUMBER, &at(1, 2, 0, &double(0.1 + 0.2))),
            // 12.34 in hundredths and 45296 as an integer in one record of several cells.
            record(
                MUL_RK,
                &[
                    &at(2, 2, 0, &(1234u32 << 2 | 3).to_le_bytes())[..],
                    &1u16.to_le_bytes(),
                    &(45_296u32 << 2 | 2).to_le_bytes(),
                    &3u16.to_le_bytes(),
                ]
                .concat(),
            ),
            record(RK, &at(2, 0, 2, &(45_296u32 << 2 | 2).to_le_bytes())),
            record(BOOL_ERR, &at(3, 0, 0, &[1, 0])),
            record(BOOL_ERR, &at(3, 2, 0, &[0x2A, 1])),
            // A formula with a text, one with a number, one with an error, one with a truth.
            record(FORMULA, &at(3, 1, 0, &[&[0, 0, 0, 0, 0, 0, 0xFF, 0xFF][..], &[0; 8]].concat())),
            record(STRING, &label("=\"0123\"")),
            record(FORMULA, &at(4, 0, 0, &[&double(5.0)[..], &[0; 8]].concat())),
            record(FORMULA, &at(4, 2, 0, &[&[2, 0, 0x2A, 0, 0, 0, 0xFF, 0xFF][..], &[0; 8]].concat())),
            record(FORMULA, &at(4, 1, 0, &[&[1, 0, 1, 0, 0, 0, 0xFF, 0xFF][..], &[0; 8]].concat())),
        ]);
        let extract = read(&book(&globals, &[("Лист1", 0, cells), ("Скрытый", 1, heading())])).unwrap();
        assert_eq!(
            rows(&extract, 0),
            [
                ["7707083893", "Ромашка", "0.3", ""],
                ["2024-01-05", "ООО ABC", "12.34", "2024-01-05"],
                ["true", "0123", "", ""],
                ["5", "true", "", ""]
            ]
        );
        assert_eq!(
            extract.details,
            [
                ("строка заголовков", "1".to_owned()),
                ("листы без таблицы", "Скрытый (скрыт)".to_owned()),
                ("ячеек с ошибкой (#Н/Д и подобных), прочитаны пустыми", "2".to_owned())
            ]
        );
    }

    #[test]
    fn declared_ranges_are_not_believed() {
        let mut cells = vec![record(0x0200, &[0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0])];
        cells.extend(heading());
        cells.push(text_cell(1, 0, "1"));
        assert_eq!(rows(&read(&book(&[], &[("Л", 0, cells.clone())])).unwrap(), 0), [["1", "", ""]]);
        // A cell in the last corner of the sheet.
        cells.push(text_cell(65_535, 255, "x"));
        let error = read(&book(&[], &[("Л", 0, cells)])).unwrap_err();
        assert!(matches!(error, IngestError::Limit { .. }) && error.to_string().contains("65536"), "{error}");
    }

    #[test]
    fn records_without_a_container() {
        let whole = book(&[], &[("Л", 0, [heading(), vec![text_cell(1, 0, "1")]].concat())]);
        let (format, extract) = crate::ingest::read(&Input::from_bytes("a.xls", whole), None).unwrap();
        assert_eq!((format, rows(&extract, 0)), ("xls", vec![vec!["1", "", ""]]));
        for old in [&[9, 0, 4, 0, 2, 0, 16, 0][..], &[9, 2, 6, 0, 0, 3, 16, 0, 0, 0], &[9, 4, 6, 0, 0, 4, 16, 0, 0, 0]]
        {
            let error = crate::ingest::read(&Input::from_bytes("a.xls", old), None).unwrap_err().to_string();
            assert!(error.contains("Excel 4.0") && error.contains("сохраните как XLSX"), "{error}");
        }
        assert!(!is_stream(b"\t\tID\tName\n"));
    }

    #[test]
    fn cells_in_any_order() {
        let mut cells =
            vec![text_cell(2, 0, "b"), text_cell(1, 1, "old"), text_cell(1, 1, "new"), text_cell(1, 0, "a")];
        cells.extend(heading());
        let extract = read(&book(&[], &[("Л", 0, cells)])).unwrap();
        assert_eq!(rows(&extract, 0), [["a", "new", ""], ["b", "", ""]]);
    }

    #[test]
    fn books_of_excel_95() {
        let bytes = |text: &str| WINDOWS_1251.encode(text).0.into_owned();
        let cell = |row: u16, column: u16, text: &str| {
            let text = bytes(text);
            record(LABEL, &at(row, column, 0, &[&(text.len() as u16).to_le_bytes()[..], &text].concat()))
        };
        let begin = record(BEGIN, &[0, 5, 5, 0, 0, 0, 0, 0]);
        let name = bytes("Лист1");
        let head = [begin.clone(), record(CODE_PAGE, &1251u16.to_le_bytes())].concat();
        let start = head.len() + 4 + 7 + name.len() + 4;
        let bound = [&(start as u32).to_le_bytes()[..], &[0, 0, name.len() as u8], &name].concat();
        let mut stream = [head, record(BOUND_SHEET, &bound), record(END, &[]), begin].concat();
        stream.extend([cell(0, 0, "Код"), cell(0, 1, "Имя"), cell(1, 0, "01"), cell(1, 1, "Ёж")].concat());
        stream.extend(record(END, &[]));
        let extract = Xls.read(&Input::from_bytes("a.xls", container("Book", &stream))).unwrap();
        assert_eq!(rows(&extract, 0), [["01", "Ёж"]]);
    }

    #[test]
    fn what_cannot_be_read_is_told() {
        let whole = book(&[], &[("Л", 0, [heading(), vec![text_cell(1, 0, "1")]].concat())]);
        for (stream, word) in [
            (book(&[record(FILE_PASS, &[1, 0])], &[]), "паролем"),
            (record(0x0409, &[0, 4, 0x10, 0]), "Excel 4.0"),
            (whole[..whole.len() - 20].to_vec(), "не до конца"),
            (vec![], "повреждена"),
            (book(&[], &[("Л", 0, vec![])]), "нет таблиц"),
        ] {
            let error = read(&stream).unwrap_err().to_string();
            assert!(error.contains(word) && !error.contains('\n'), "{word}: {error}");
        }
        let read = |name: &str| Xls.read(&Input::from_bytes("a.xls", container(name, b"x"))).unwrap_err().to_string();
        assert!(read("EncryptedPackage").contains("защищена паролем"));
        assert!(read("WordDocument").contains("не книга Excel"));
    }

    /// Each record cut at each length, and each byte of the book changed: an answer, never a crash.
    #[test]
    fn damage_never_crashes() {
        let sst =
            record(SST, &[&[2, 0, 0, 0, 2, 0, 0, 0][..], &label("Ромашка"), &[7, 0, 9, 1, 0], &wide("ООО")].concat());
        let mut cells = heading();
        cells.push(record(FORMULA, &at(1, 1, 0, &[&[0, 0, 0, 0, 0, 0, 0xFF, 0xFF][..], &[0; 8]].concat())));
        cells.push(record(STRING, &label("текст")));
        cells.push(record(MUL_RK, &[&at(1, 2, 0, &[3, 0, 0, 0])[..], &[0, 0, 3, 0, 0, 0, 3, 0]].concat()));
        let stream = book(&[sst, record(CONTINUE, &[&[0][..], b" ABC", &[0; 4]].concat())], &[("Л", 0, cells)]);
        for length in 0..stream.len() {
            let input = Input::from_bytes("a.xls", "");
            let _ = super::read(&stream[..length], &mut Book::new(&input, 0));
            for value in [0, 1, 0x7F, 0xFF] {
                let mut broken = stream.clone();
                broken[length] = value;
                let _ = super::read(&broken, &mut Book::new(&input, 0));
            }
        }
        let file = container("Workbook", &stream);
        for at in (0..1_536).chain([file.len() - 1]) {
            for value in [0, 1, 0xFF] {
                let mut broken = file.clone();
                broken[at] = value;
                let _ = Xls.read(&Input::from_bytes("a.xls", broken));
            }
            let _ = Xls.read(&Input::from_bytes("a.xls", &file[..at]));
        }
    }

    #[test]
    fn formats_of_dates() {
        for (code, date) in [
            ("DD.MM.YYYY", true),
            ("[$-419]d mmm yy;@", true),
            ("h:mm", true),
            ("[h]:mm:ss", false),
            ("General", false),
            ("0.00\\ \"дней\"", false),
            ("#,##0.00\"d\";[Red]-0\\m", false),
            ("[>100]0;yyyy", false),
            ("\"без конца yy", false),
            ("0\\", false),
        ] {
            assert_eq!(is_date_format(code), date, "{code}");
        }
    }
}
