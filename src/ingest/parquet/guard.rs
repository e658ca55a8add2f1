//! What a Parquet file says of its own lengths, looked at before the library that reads it sees them: it reserves memory
//! for as much as is said, and a process that gets none ends without a word.
//!
//! Structure: Apache Parquet Format 2.12, `parquet.thrift` (FileMetaData, RowGroup, ColumnMetaData, PageHeader).

use super::arrow;
use super::thrift::{Cursor, Value};
use crate::ingest::{MAX_CELL_BYTES, MAX_ROWS};

const MAGIC: &[u8] = b"PAR1";
/// Length of the footer and the mark after it, bytes.
const TAIL: usize = 8;
/// Deepest nesting of columns; what is read has 4 (a list of values in a structure).
const MAX_DEPTH: usize = 32;
/// A page that unpacks to more than this many times its size is a bomb: the strongest compression of columns, where one
/// value repeats, comes to some thousands.
const MAX_RATIO: u64 = 10_000;
/// Pages up to this length unpacked need no reason, bytes; writers make them of about 1 MB.
const FREE_PAGE: u64 = 4 << 20;
/// Values of a file that need no reason, and how many more a byte of it may hold: a column of nulls takes next to none.
const FREE_VALUES: u64 = 50_000_000;
const VALUES_PER_BYTE: u64 = 64;
/// Types of pages.
const DATA_PAGE: i64 = 0;
const INDEX_PAGE: i64 = 1;
const DICTIONARY_PAGE: i64 = 2;
const DATA_PAGE_V2: i64 = 3;

/// What is wrong with a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// It is cut, or its numbers contradict each other.
    Damaged,
    /// It says that it holds more than its length can explain.
    Bomb,
}

/// A column within a row group.
#[derive(Default)]
struct Chunk {
    values: i64,
    packed: i64,
    data: i64,
    dictionary: Option<i64>,
    has_data: bool,
}

/// Looks at the footer and the header of every page. Reads no values.
///
/// # Errors
/// [`Fault`].
pub fn check(bytes: &[u8]) -> Result<(), Fault> {
    let end = bytes.len().checked_sub(TAIL).filter(|end| *end >= MAGIC.len()).ok_or(Fault::Damaged)?;
    if !bytes.starts_with(MAGIC) || !bytes.ends_with(MAGIC) {
        return Err(Fault::Damaged);
    }
    let length = bytes[end..end + 4].iter().rev().fold(0usize, |n, b| n << 8 | usize::from(*b));
    let start = end.checked_sub(length).filter(|start| *start >= MAGIC.len()).ok_or(Fault::Damaged)?;
    let footer = Footer::read(&bytes[start..end]).ok_or(Fault::Damaged)?;
    let body = &bytes[..start];
    let most = FREE_VALUES + VALUES_PER_BYTE * bytes.len() as u64;
    let values = footer.chunks.iter().try_fold(0u64, |sum, chunk| sum.checked_add(u64::try_from(chunk.values).ok()?));
    if values.ok_or(Fault::Damaged)? > most {
        return Err(Fault::Bomb);
    }
    footer.chunks.iter().try_for_each(|chunk| pages(body, chunk))
}

#[derive(Default)]
struct Footer {
    rows: i64,
    rows_of_groups: i64,
    leaves: usize,
    chunks: Vec<Chunk>,
}

impl Footer {
    /// `None` when it is damaged.
    fn read(bytes: &[u8]) -> Option<Footer> {
        let mut footer = Footer::default();
        let mut groups = Vec::new();
        Cursor::new(bytes).structure(&mut |id, value| {
            match (id, value) {
                (2, Value::Structures(cursor, length)) => footer.leaves = leaves(cursor, length)?,
                (3, Value::Number(rows)) => footer.rows = rows,
                (4, Value::Structures(cursor, length)) => {
                    for _ in 0..length {
                        groups.push(footer.group(cursor)?);
                    }
                }
                (5, Value::Structures(cursor, length)) => {
                    for _ in 0..length {
                        metadata(cursor)?;
                    }
                }
                _ => {}
            }
            Some(())
        })?;
        let limit = 0..=MAX_ROWS as i64;
        let sound = limit.contains(&footer.rows)
            && footer.rows == footer.rows_of_groups
            // Each group has a chunk for each column.
            && groups.iter().all(|columns| *columns == footer.leaves);
        sound.then_some(footer)
    }

    /// Reads a row group; returns its number of columns.
    fn group(&mut self, cursor: &mut Cursor<'_>) -> Option<usize> {
        let before = self.chunks.len();
        let mut rows = 0;
        cursor.structure(&mut |id, value| {
            match (id, value) {
                (1, Value::Structures(cursor, length)) => {
                    for _ in 0..length {
                        self.chunks.push(chunk(cursor)?);
                    }
                }
                (3, Value::Number(number)) => rows = number,
                _ => {}
            }
            Some(())
        })?;
        self.rows_of_groups = self.rows_of_groups.checked_add(rows).filter(|_| rows >= 0)?;
        Some(self.chunks.len() - before)
    }
}

/// A key with its value; the only one that the library follows is the schema of Arrow.
fn metadata(cursor: &mut Cursor<'_>) -> Option<()> {
    let (mut key, mut text) = (&b""[..], &b""[..]);
    cursor.structure(&mut |id, value| {
        match (id, value) {
            (1, Value::Binary(bytes)) => key = bytes,
            (2, Value::Binary(bytes)) => text = bytes,
            _ => {}
        }
        Some(())
    })?;
    (key != arrow::KEY || arrow::is_shallow(text, MAX_DEPTH)).then_some(())
}

/// The columns that hold values. The tree of the schema is a list: each element is followed by its children.
fn leaves(cursor: &mut Cursor<'_>, length: usize) -> Option<usize> {
    let mut leaves = 0;
    // Children that are still to come, of each element that is open.
    let mut open: Vec<i64> = Vec::new();
    for at in 0..length {
        let (mut children, mut width) = (None, 0);
        cursor.structure(&mut |id, value| {
            match (id, value) {
                (2, Value::Number(number)) => width = number,
                (5, Value::Number(number)) => children = Some(number),
                _ => {}
            }
            Some(())
        })?;
        if !(0..=MAX_CELL_BYTES as i64).contains(&width) {
            return None;
        }
        match open.last_mut() {
            Some(left) => *left -= 1,
            None if at == 0 => {}
            None => return None,
        }
        match children {
            Some(number) if number > 0 && number <= length as i64 => open.push(number),
            None | Some(0) => leaves += 1,
            Some(_) => return None,
        }
        if open.len() > MAX_DEPTH {
            return None;
        }
        while open.last() == Some(&0) {
            open.pop();
        }
    }
    open.is_empty().then_some(leaves)
}

fn chunk(cursor: &mut Cursor<'_>) -> Option<Chunk> {
    let mut chunk = Chunk::default();
    cursor.structure(&mut |id, value| {
        if let (3, Value::Structure(cursor)) = (id, value) {
            cursor.structure(&mut |id, value| {
                match (id, value) {
                    (5, Value::Number(number)) => chunk.values = number,
                    (7, Value::Number(number)) => chunk.packed = number,
                    (9, Value::Number(number)) => (chunk.data, chunk.has_data) = (number, true),
                    (11, Value::Number(number)) => chunk.dictionary = Some(number),
                    _ => {}
                }
                Some(())
            })?;
        }
        Some(())
    })?;
    chunk.has_data.then_some(chunk)
}

#[derive(Default)]
struct PageHeader {
    kind: i64,
    unpacked: i64,
    packed: i64,
    values: i64,
    /// Bytes of the levels before the values of a page of version 2.
    levels: [i64; 2],
}

/// Follows the pages of a chunk as the library does.
fn pages(body: &[u8], chunk: &Chunk) -> Result<(), Fault> {
    let place = || {
        let start = usize::try_from(chunk.dictionary.unwrap_or(chunk.data)).ok()?;
        let end = start.checked_add(usize::try_from(chunk.packed).ok()?)?;
        body.get(start..end)
    };
    let mut rest = place().ok_or(Fault::Damaged)?;
    let mut seen = 0;
    let mut first = true;
    while seen < chunk.values || (first && !rest.is_empty()) {
        let mut cursor = Cursor::new(rest);
        let header = page_header(&mut cursor).ok_or(Fault::Damaged)?;
        let (packed, unpacked) = (u64::try_from(header.packed), u64::try_from(header.unpacked));
        let (Ok(packed), Ok(unpacked)) = (packed, unpacked) else { return Err(Fault::Damaged) };
        let begin = cursor.position();
        let end = usize::try_from(packed).ok().and_then(|packed| begin.checked_add(packed));
        rest = end.and_then(|end| rest.get(end..)).ok_or(Fault::Damaged)?;
        if unpacked > FREE_PAGE && unpacked / packed.max(1) > MAX_RATIO {
            return Err(Fault::Bomb);
        }
        let sound = match header.kind {
            // A value of a dictionary takes a byte at least.
            DICTIONARY_PAGE => first && (0..=header.unpacked).contains(&header.values),
            DATA_PAGE | DATA_PAGE_V2 => {
                let [one, other] = header.levels;
                let levels = one.checked_add(other).filter(|_| one >= 0 && other >= 0);
                header.values >= 0 && levels.is_some_and(|levels| levels <= header.packed.min(header.unpacked))
            }
            INDEX_PAGE => true,
            _ => false,
        };
        if !sound {
            return Err(Fault::Damaged);
        }
        if header.kind != DICTIONARY_PAGE {
            seen += header.values;
        }
        first = false;
    }
    if seen == chunk.values { Ok(()) } else { Err(Fault::Damaged) }
}

fn page_header(cursor: &mut Cursor<'_>) -> Option<PageHeader> {
    let mut header = PageHeader { kind: -1, ..PageHeader::default() };
    cursor.structure(&mut |id, value| {
        match (id, value) {
            (1, Value::Number(number)) => header.kind = number,
            (2, Value::Number(number)) => header.unpacked = number,
            (3, Value::Number(number)) => header.packed = number,
            (5 | 7 | 8, Value::Structure(cursor)) => {
                cursor.structure(&mut |inner, value| {
                    match (inner, value) {
                        (1, Value::Number(number)) => header.values = number,
                        (5 | 6, Value::Number(number)) if id == 8 => header.levels[inner as usize - 5] = number,
                        _ => {}
                    }
                    Some(())
                })?;
            }
            _ => {}
        }
        Some(())
    })?;
    Some(header)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL_TYPES: &[u8] = include_bytes!("../../../tests/fixtures/tree/all-types.parquet");

    fn number(mut value: u64) -> Vec<u8> {
        value <<= 1;
        let mut bytes = Vec::new();
        while value > 0x7F {
            bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        bytes.push(value as u8);
        bytes
    }

    /// What a file of one column of numbers says of itself.
    struct Says {
        rows: u64,
        values: u64,
        unpacked: u64,
        /// Values of the page, and of the dictionary before it.
        page: u64,
        dictionary: Option<u64>,
        width: u64,
        depth: usize,
    }

    const SOUND: Says = Says { rows: 2, values: 2, unpacked: 8, page: 2, dictionary: None, width: 4, depth: 1 };

    fn file(says: &Says) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        if let Some(values) = says.dictionary {
            bytes.extend([&[0x15, 4, 0x15, 16, 0x15, 16, 0x4C, 0x15][..], &number(values), &[0, 0], &[0; 8]].concat());
        }
        bytes.extend(
            [&[0x15, 0, 0x15][..], &number(says.unpacked), &[0x15, 16, 0x2C, 0x15], &number(says.page)].concat(),
        );
        bytes.extend([0x15, 0, 0x15, 6, 0x15, 6, 0, 0]);
        bytes.extend([0; 8]);
        let packed = bytes.len() as u64 - 4;
        // The schema: a root of one child, and so on down to the column.
        let mut footer = vec![0x15, 2, 0x19, 0xFC];
        footer.push(says.depth as u8 + 1);
        for _ in 0..says.depth {
            footer.extend([0x48, 1, b's', 0x15, 2, 0]);
        }
        footer.extend([&[0x15, 2, 0x15][..], &number(says.width), &[0x28, 1, b'a', 0]].concat());
        footer.extend([&[0x16][..], &number(says.rows), &[0x19, 0x1C, 0x19, 0x1C, 0x26], &number(0), &[0x1C]].concat());
        footer.extend([&[0x15, 2, 0x35, 0, 0x16][..], &number(says.values), &[0x26], &number(packed)].concat());
        footer.extend([&[0x26][..], &number(4), &[0, 0, 0x26], &number(says.rows), &[0, 0]].concat());
        bytes.extend(&footer);
        bytes.extend((footer.len() as u32).to_le_bytes());
        bytes.extend(MAGIC);
        bytes
    }

    #[test]
    fn sound_files_pass() {
        assert_eq!(check(ALL_TYPES), Ok(()));
        assert_eq!(check(&file(&SOUND)), Ok(()));
        assert_eq!(check(&file(&Says { dictionary: Some(8), ..SOUND })), Ok(()));
    }

    #[test]
    fn lies_are_found_before_anything_is_reserved() {
        let many = 1 << 30;
        for (says, fault) in [
            (Says { values: 3, ..SOUND }, Fault::Damaged),
            (Says { page: 3, ..SOUND }, Fault::Damaged),
            (Says { dictionary: Some(many), ..SOUND }, Fault::Damaged),
            (Says { width: many, ..SOUND }, Fault::Damaged),
            (Says { depth: MAX_DEPTH + 1, ..SOUND }, Fault::Damaged),
            (Says { rows: 1 << 40, ..SOUND }, Fault::Damaged),
            (Says { unpacked: many, ..SOUND }, Fault::Bomb),
            (Says { rows: 60_000_000, values: 60_000_000, page: 60_000_000, ..SOUND }, Fault::Bomb),
        ] {
            assert_eq!(check(&file(&says)), Err(fault));
        }
    }

    #[test]
    fn cut_files_are_damaged() {
        for end in 0..ALL_TYPES.len() {
            assert_eq!(check(&ALL_TYPES[..end]), Err(Fault::Damaged), "{end}");
        }
    }
}
