//! DBF: exchanges of 1C 7.7 and programs of its time.
//!
//! A record marked as deleted stays, with «true» in a column `ПометкаУдаления` of its own: until the file is packed, the
//! mark is all that a deletion does. Texts of memo fields lie in a file beside the table (`.DBT`, `.FPT`) and are read from
//! there; in an archive, or without that file, they are empty and the details name the fields.
//!
//! Structure: dBASE III PLUS and Visual FoxPro 9 as their vendors describe it («Table File Structure»), code pages as in
//! the list of language drivers there. Programs leave the code page out or lie about it, so the content decides first.

mod memo;

use encoding_rs::{Encoding, IBM866, UTF_8, WINDOWS_1251};

use self::memo::Memo;
use super::text::Probe;
use super::{Extract, Format, IngestError, Input, MAX_CELL_BYTES, MAX_ROWS, workbook};
use crate::model::{Location, Place, Quarantined, RawColumn, RawTable, TextColumn};

/// Header of the file and of each field, bytes.
const HEADER: usize = 32;
/// Ends the list of fields.
const END_OF_FIELDS: u8 = 0x0D;
/// Ends the file.
const END: u8 = 0x1A;
/// Room for the path of a database behind the fields of Visual FoxPro.
const BACK_LINK: usize = 263;
/// Most fields: dBASE has 128, Visual FoxPro 255, others up to 1,024.
const MAX_FIELDS: usize = 2_048;
/// Bytes of text that decide the encoding.
const SAMPLE: usize = 1 << 16;
/// Below this number of letters that are no ASCII the header is believed.
const MIN_LETTERS: usize = 20;
/// Heading of the column of deletion marks.
const DELETED: &str = "ПометкаУдаления";
/// Julian day of 1970-01-01.
const EPOCH: i64 = 2_440_588;

/// dBASE, FoxPro and Clipper tables.
pub struct Dbf;

impl Format for Dbf {
    fn id(&self) -> &'static str {
        "dbf"
    }

    fn title(&self) -> &'static str {
        "таблица DBF (dBASE, FoxPro)"
    }

    fn detect(&self, input: &Input) -> bool {
        Table::of(&input.bytes).is_some()
    }

    fn read(&self, input: &Input) -> Result<Extract, IngestError> {
        let table = Table::of(&input.bytes);
        let table = table.ok_or_else(|| workbook::unreadable(input, "заголовок таблицы DBF повреждён"))?;
        table.read(input)
    }
}

/// A table whose header has been understood.
struct Table<'a> {
    bytes: &'a [u8],
    /// Records that the header declares.
    declared: usize,
    /// Where records begin, and the length of one with its mark.
    start: usize,
    length: usize,
    code_page: u8,
    is_fox_pro: bool,
    fields: Vec<Field<'a>>,
}

struct Field<'a> {
    name: &'a [u8],
    kind: u8,
    /// In a record.
    start: usize,
    length: usize,
}

impl<'a> Table<'a> {
    /// `None` when this is no DBF. Its mark is weak, so every part of the header must agree.
    fn of(bytes: &'a [u8]) -> Option<Table<'a>> {
        let version = *bytes.first()?;
        if !matches!(version, 0x03 | 0x04 | 0x30..=0x32 | 0x43 | 0x63 | 0x83 | 0x8B | 0x8C | 0x8E | 0xCB | 0xF5 | 0xFB)
        {
            return None;
        }
        let number = |at: usize| Some(usize::from(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?)));
        let declared = u32::from_le_bytes(bytes.get(4..8)?.try_into().ok()?) as usize;
        let (start, length) = (number(8)?, number(10)?);
        let (month, day) = (*bytes.get(2)?, *bytes.get(3)?);
        if month > 12 || day > 31 {
            return None;
        }
        let is_fox_pro = matches!(version, 0x30..=0x32);
        let mut fields = Vec::new();
        let (mut at, mut place) = (HEADER, 1);
        while *bytes.get(at)? != END_OF_FIELDS {
            let descriptor = bytes.get(at..at + HEADER)?;
            let name = &descriptor[..11];
            let name = &name[..name.iter().position(|b| *b == 0).unwrap_or(11)];
            let kind = descriptor[11].to_ascii_uppercase();
            if name.is_empty() || name.iter().any(|b| *b < b' ') || !kind.is_ascii_graphic() {
                return None;
            }
            // Clipper and FoxPro keep the high byte of a long text where numbers have their decimals.
            let high = if kind == b'C' { usize::from(descriptor[17]) << 8 } else { 0 };
            let length = usize::from(descriptor[16]) | high;
            fields.push(Field { name, kind, start: place, length });
            place += length;
            at += HEADER;
            if fields.len() > MAX_FIELDS {
                return None;
            }
        }
        let ends = [at + 1, at + 2, at + 1 + BACK_LINK];
        let agrees = place == length && ends.contains(&start) && start <= bytes.len();
        (agrees && !fields.is_empty()).then(|| Table {
            bytes,
            declared,
            start,
            length,
            code_page: bytes[29],
            is_fox_pro,
            fields,
        })
    }

    fn records(&self) -> std::slice::ChunksExact<'a, u8> {
        self.bytes[self.start..].chunks_exact(self.length)
    }

    /// The content decides between code pages when there is enough of it, else the header, else Russian Windows.
    fn encoding(&self) -> &'static Encoding {
        let mut sample: Vec<u8> = Vec::new();
        let texts: Vec<_> = self.fields.iter().filter(|f| f.kind == b'C').collect();
        'all: for record in self.records().filter(|r| matches!(r[0], b' ' | b'*')) {
            for field in &texts {
                let cell = record[field.start..field.start + field.length].trim_ascii();
                if !cell.is_ascii() {
                    sample.extend_from_slice(cell);
                    sample.push(b'\n');
                }
                if sample.len() > SAMPLE {
                    break 'all;
                }
            }
        }
        let letters = sample.iter().filter(|b| !b.is_ascii()).count();
        let by_header = match self.code_page {
            0x26 | 0x65 => IBM866,
            _ => WINDOWS_1251,
        };
        if letters < MIN_LETTERS {
            return by_header;
        }
        let mut probe = Probe::default();
        probe.feed(&sample);
        match probe.finish().name {
            "ibm866" => IBM866,
            "utf-8" => UTF_8,
            "koi8-r" => encoding_rs::KOI8_R,
            // Western letters in a table of a Russian program are Russian letters that were not recognised.
            _ => WINDOWS_1251,
        }
    }

    fn read(self, input: &Input) -> Result<Extract, IngestError> {
        let encoding = self.encoding();
        let text = |bytes: &[u8]| encoding.decode_without_bom_handling(bytes).0.into_owned();
        let place = Place::file(&input.name);
        let mut extract = Extract { encoding: encoding.name().to_ascii_lowercase(), ..Extract::default() };
        let mut table = RawTable::new(place.clone(), "");
        // The flags of Visual FoxPro that say which cells are empty are no data.
        let fields: Vec<_> = self.fields.iter().filter(|f| f.kind != b'0').collect();
        for field in &fields {
            table.columns.push(RawColumn { heading: text(field.name).trim().to_owned(), cells: TextColumn::new() });
        }
        let mut deleted = TextColumn::new();
        let mut found = 0;
        let mut cells: Vec<String> = vec![String::new(); fields.len()];
        let has_memo = fields.iter().any(|field| field.kind == b'M');
        let memo = if has_memo { Memo::beside(input) } else { None };
        let mut lost = 0u64;
        for record in self.records() {
            if record[0] == END {
                break;
            }
            found += 1;
            if found > MAX_ROWS {
                let what = format!("больше {MAX_ROWS} записей");
                return Err(IngestError::Limit { file: input.path.clone(), what });
            }
            let row = found as u32;
            if !matches!(record[0], b' ' | b'*') {
                extract.quarantined.push(Quarantined {
                    location: Location { place: place.clone(), row: Some(row), column: None },
                    reason: "запись повреждена: нет признака начала".to_owned(),
                    raw: String::new(),
                });
                continue;
            }
            for (field, cell) in fields.iter().zip(&mut cells) {
                cell.clear();
                let bytes = &record[field.start..field.start + field.length];
                match &memo {
                    Some(memo) if field.kind == b'M' => {
                        lost += u64::from(!memo_text(memo, bytes, encoding, cell));
                    }
                    _ => self.cell(field, bytes, encoding, cell),
                }
            }
            if cells.iter().any(|cell| cell.len() > MAX_CELL_BYTES) {
                extract.quarantined.push(Quarantined {
                    location: Location { place: place.clone(), row: Some(row), column: None },
                    reason: format!("значение длиннее {MAX_CELL_BYTES} байт"),
                    raw: String::new(),
                });
                continue;
            }
            for (cell, column) in cells.iter().zip(&mut table.columns) {
                column.cells.push(cell);
            }
            deleted.push(if record[0] == b'*' { "true" } else { "" });
            table.rows.push(row);
        }
        if deleted.filled() > 0 {
            table.columns.push(RawColumn { heading: DELETED.to_owned(), cells: deleted });
        }
        if found < self.declared {
            // What is not here may be in the base: absence proves nothing.
            table.partial = true;
            extract.details.push(("записей заявлено, но нет в файле", (self.declared - found).to_string()));
        }
        let unread: Vec<&str> = fields
            .iter()
            .zip(&table.columns)
            .filter(|(field, _)| self.is_elsewhere(field) && (memo.is_none() || field.kind != b'M'))
            .map(|(_, column)| column.heading.as_str())
            .collect();
        if !unread.is_empty() {
            extract.details.push(("поля-примечания, тексты которых лежат в другом файле", unread.join(", ")));
        }
        if lost > 0 {
            extract.details.push(("примечаний, которых нет в файле рядом", lost.to_string()));
        }
        extract.tables.push(table);
        Ok(extract)
    }

    /// Memo, pictures and objects: the record holds the place in another file.
    fn is_elsewhere(&self, field: &Field<'_>) -> bool {
        matches!(field.kind, b'M' | b'G' | b'P' | b'W') || (field.kind == b'B' && !self.is_fox_pro)
    }

    fn cell(&self, field: &Field<'_>, bytes: &[u8], encoding: &'static Encoding, into: &mut String) {
        let trimmed = unpad(bytes);
        match (field.kind, bytes.len()) {
            _ if self.is_elsewhere(field) => {}
            (b'I' | b'+', 4) => {
                let number = i32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
                into.push_str(&number.to_string());
            }
            (b'Y', 8) => ten_thousandths(i64_of(bytes), into),
            (b'B' | b'O', 8) => workbook::number_text(f64::from_bits(i64_of(bytes) as u64), into),
            (b'T' | b'@', 8) => {
                let day = i32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
                let milliseconds = i32::from_le_bytes([bytes[4], bytes[5], bytes[6], bytes[7]]);
                day_and_time(i64::from(day), i64::from(milliseconds), into);
            }
            (b'D', _) => match trimmed {
                [b'0', ..] if trimmed.iter().all(|b| *b == b'0') => {}
                date if date.len() == 8 && date.iter().all(u8::is_ascii_digit) => {
                    let date: String = date.iter().map(|b| char::from(*b)).collect();
                    into.extend([&date[..4], "-", &date[4..6], "-", &date[6..]]);
                }
                other => into.push_str(&encoding.decode_without_bom_handling(other).0),
            },
            (b'L', _) => match trimmed {
                [b'T' | b't' | b'Y' | b'y' | 0x84 | 0x94 | 0xC4 | 0xE4] => into.push_str("true"),
                [b'F' | b'f' | b'N' | b'n' | 0x8D | 0xCD] => into.push_str("false"),
                _ => {}
            },
            _ => into.push_str(encoding.decode_without_bom_handling(trimmed).0.trim()),
        }
    }
}

/// Appends the text that a memo field points to: a number in text, in Visual FoxPro in four bytes; none is no text. Returns
/// whether the text is there.
fn memo_text(memo: &Memo, field: &[u8], encoding: &'static Encoding, into: &mut String) -> bool {
    let number = match <[u8; 4]>::try_from(field) {
        Ok(bytes) => Some(u64::from(u32::from_le_bytes(bytes))),
        Err(_) => match unpad(field) {
            [] => Some(0),
            digits => std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok()),
        },
    };
    if number == Some(0) {
        return true;
    }
    let text = number.and_then(|number| usize::try_from(number).ok()).and_then(|number| memo.text(number));
    let Some(text) = text else { return false };
    let text = encoding.decode_without_bom_handling(&text).0;
    into.push_str(text.trim_matches(|c: char| c.is_whitespace() || c == '\0').replace('\r', "").as_str());
    true
}

/// Cells are padded with spaces, by some programs with NUL.
fn unpad(cell: &[u8]) -> &[u8] {
    let end = cell.iter().position(|b| *b == 0).unwrap_or(cell.len());
    cell[..end].trim_ascii()
}

fn i64_of(bytes: &[u8]) -> i64 {
    bytes.iter().rev().fold(0i64, |number, byte| number << 8 | i64::from(*byte))
}

/// An amount in ten-thousandths.
fn ten_thousandths(number: i64, into: &mut String) {
    if number < 0 {
        into.push('-');
    }
    let number = number.unsigned_abs();
    into.push_str(&(number / 10_000).to_string());
    if !number.is_multiple_of(10_000) {
        into.push_str(format!(".{:04}", number % 10_000).trim_end_matches('0'));
    }
}

fn day_and_time(day: i64, milliseconds: i64, into: &mut String) {
    let date = chrono::DateTime::from_timestamp((day - EPOCH) * 86_400 + milliseconds / 1_000, 0);
    if let (Some(date), true) = (date, day > 0) {
        let format = if milliseconds / 1_000 == 0 { "%Y-%m-%d" } else { "%Y-%m-%dT%H:%M:%S" };
        into.push_str(&date.format(format).to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest;

    /// Name, kind, length of each field; records with their mark; the code page of the header.
    fn dbf(version: u8, code_page: u8, fields: &[(&[u8], u8, usize)], records: &[(u8, Vec<Vec<u8>>)]) -> Vec<u8> {
        let back_link = if version == 0x30 { BACK_LINK } else { 0 };
        let start = HEADER + HEADER * fields.len() + 1 + back_link;
        let length = 1 + fields.iter().map(|f| f.2).sum::<usize>();
        let mut file = vec![version, 124, 11, 24];
        file.extend((records.len() as u32).to_le_bytes());
        file.extend((start as u16).to_le_bytes());
        file.extend((length as u16).to_le_bytes());
        file.resize(HEADER, 0);
        file[29] = code_page;
        for (name, kind, length) in fields {
            let mut descriptor = name.to_vec();
            descriptor.resize(HEADER, 0);
            descriptor[11] = *kind;
            descriptor[16] = *length as u8;
            descriptor[17] = (*length >> 8) as u8;
            file.extend(descriptor);
        }
        file.push(END_OF_FIELDS);
        file.resize(start, 0);
        for (mark, cells) in records {
            file.push(*mark);
            for (cell, field) in cells.iter().zip(fields) {
                let mut cell = cell.clone();
                cell.resize(field.2, b' ');
                file.extend(cell);
            }
        }
        file.push(END);
        file
    }

    fn read(bytes: Vec<u8>) -> Extract {
        let (format, extract) = ingest::read(&Input::from_bytes("a.dbf", bytes), None).unwrap();
        assert_eq!(format, "dbf");
        extract
    }

    fn rows(extract: &Extract) -> Vec<Vec<&str>> {
        let table = &extract.tables[0];
        (0..table.len()).map(|row| (0..table.columns.len()).map(|c| table.get(c, row)).collect()).collect()
    }

    const FIELDS: &[(&[u8], u8, usize)] = &[
        (b"KOD", b'C', 9),
        (b"NAIM", b'C', 300),
        (b"SUMMA", b'N', 12),
        (b"DATA", b'D', 8),
        (b"AKTIV", b'L', 1),
        (b"PRIM", b'M', 10),
    ];

    fn records(encoding: &'static Encoding) -> Vec<(u8, Vec<Vec<u8>>)> {
        let name = |text: &str| encoding.encode(text).0.into_owned();
        let row = |code: &str, text: &str, sum: &str, date: &str, active: &str| {
            vec![code.into(), name(text), sum.into(), date.into(), active.into(), b"        12".to_vec()]
        };
        vec![
            (b' ', row("000000001", "ООО \"Ромашка\", Тверь", "     1234.50", "20240105", "T")),
            (b'*', row("000000002", "Закрытое общество \"Берёзка\"", "", "", "?")),
            (b' ', row("000000003", "Петров Пётр Петрович", "-5", "00000000", "f")),
        ]
    }

    #[test]
    fn code_pages_by_content_whatever_the_header_says() {
        for (encoding, code_page) in
            [(IBM866, 0x26), (IBM866, 0), (IBM866, 0xC9), (WINDOWS_1251, 0xC9), (WINDOWS_1251, 0x26), (WINDOWS_1251, 3)]
        {
            let extract = read(dbf(0x83, code_page, FIELDS, &records(encoding)));
            let headings: Vec<&str> = extract.tables[0].columns.iter().map(|c| c.heading.as_str()).collect();
            assert_eq!(headings, ["KOD", "NAIM", "SUMMA", "DATA", "AKTIV", "PRIM", DELETED]);
            assert_eq!(
                rows(&extract),
                [
                    ["000000001", "ООО \"Ромашка\", Тверь", "1234.50", "2024-01-05", "true", "", ""],
                    ["000000002", "Закрытое общество \"Берёзка\"", "", "", "", "", "true"],
                    ["000000003", "Петров Пётр Петрович", "-5", "", "false", "", ""],
                ],
                "{code_page}"
            );
            assert_eq!(extract.encoding, encoding.name().to_lowercase());
            assert_eq!(extract.details, [("поля-примечания, тексты которых лежат в другом файле", "PRIM".to_owned())]);
        }
        // Too little to tell by: the header is believed.
        let short = |code_page| {
            let bytes = if code_page == 0x65 { vec![0x88, 0x8F] } else { vec![0xC8, 0xCF] };
            read(dbf(3, code_page, &[(b"N", b'C', 4)], &[(b' ', vec![bytes])]))
        };
        assert_eq!(rows(&short(0x65)), [["ИП"]]);
        assert_eq!(rows(&short(0xC9)), [["ИП"]]);
    }

    #[test]
    fn memos_lie_beside_the_table() {
        let folder = tempfile::tempdir().unwrap();
        let table = folder.path().join("KLIENT.DBF");
        let pointer = |text: &str| vec![text.as_bytes().to_vec()];
        let records = [(b' ', pointer("         1")), (b' ', pointer("")), (b' ', pointer("        99"))];
        std::fs::write(&table, dbf(0x83, 0x26, &[(b"PRIM", b'M', 10)], &records)).unwrap();
        let read = || {
            let input = Input::open(&table, "KLIENT.DBF").unwrap();
            Dbf.read(&input).unwrap()
        };
        let extract = read();
        assert_eq!(rows(&extract), [[""], [""], [""]]);
        assert!(extract.details.iter().any(|(name, _)| name.starts_with("поля-примечания")));
        let mut memo = vec![0; 512];
        memo.extend(IBM866.encode("Постоянный клиент\r\nзвонить НН утром\u{1a}").0.iter());
        std::fs::write(folder.path().join("KLIENT.DBT"), memo).unwrap();
        let extract = read();
        assert_eq!(rows(&extract), [["Постоянный клиент\nзвонить НН утром"], [""], [""]]);
        assert_eq!(extract.details, [("примечаний, которых нет в файле рядом", "1".to_owned())]);
        let mut long = vec![0; 512];
        long.resize(512 + MAX_CELL_BYTES + 1, b'x');
        std::fs::write(folder.path().join("KLIENT.DBT"), long).unwrap();
        let extract = read();
        assert_eq!((extract.tables[0].len(), extract.quarantined.len()), (2, 1));
    }

    #[test]
    fn numbers_of_visual_fox_pro() {
        let fields: &[(&[u8], u8, usize)] =
            &[(b"ID", b'I', 4), (b"CENA", b'Y', 8), (b"VES", b'B', 8), (b"KOGDA", b'T', 8), (b"_NullFlags", b'0', 1)];
        let when = [2_460_315i32.to_le_bytes(), 37_800_000i32.to_le_bytes()].concat();
        let row = vec![
            (-7i32).to_le_bytes().to_vec(),
            (-12_345_600i64).to_le_bytes().to_vec(),
            (0.1f64 + 0.2).to_le_bytes().to_vec(),
            when,
            vec![0],
        ];
        let empty = vec![vec![0; 4], vec![0; 8], vec![0; 8], vec![0; 8], vec![1]];
        let extract = read(dbf(0x30, 0xC9, fields, &[(b' ', row), (b' ', empty)]));
        assert_eq!(rows(&extract), [["-7", "-1234.56", "0.3", "2024-01-05T10:30:00"], ["0", "0", "0", ""]]);
    }

    #[test]
    fn cut_and_broken_tables() {
        let whole = dbf(3, 0xC9, FIELDS, &records(WINDOWS_1251));
        // Cut inside the last record: two are read, and the table is known to be a part.
        let extract = read(whole[..whole.len() - 20].to_vec());
        assert_eq!((extract.tables[0].len(), extract.tables[0].partial), (2, true));
        assert!(extract.details.contains(&("записей заявлено, но нет в файле", "1".to_owned())));
        // A record without its mark is told.
        let mut broken = whole.clone();
        let table = Table::of(&whole).unwrap();
        broken[table.start + table.length] = b'x';
        let extract = read(broken);
        assert_eq!((extract.tables[0].rows.clone(), extract.quarantined.len()), (vec![1, 3], 1));
        assert_eq!(extract.quarantined[0].location.row, Some(2));
        // Any damage gives an answer.
        for at in 0..400 {
            for value in [0, 1, 0x20, 0x7F, 0xFF] {
                let mut broken = whole.clone();
                broken[at] = value;
                let input = Input::from_bytes("a.dbf", broken);
                let _ = Dbf.read(&input).map(|extract| extract.tables[0].len());
            }
            let _ = Dbf.read(&Input::from_bytes("a.dbf", &whole[..at]));
        }
        assert!(Dbf.read(&Input::from_bytes("a.dbf", "x")).is_err());
    }

    #[test]
    fn other_files_are_no_dbf() {
        for bytes in [&b"\x03\x02\x01"[..], b"0,1,2;\n3", b"1;2;3\n", &[3; 200], &[0x30; 500]] {
            assert!(Table::of(bytes).is_none());
        }
    }
}
