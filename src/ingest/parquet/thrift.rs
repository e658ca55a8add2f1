//! Structures in the compact protocol of Thrift, as far as a guard needs them: numbers by field, the rest passed over.
//!
//! Source: Apache Thrift, `doc/specs/thrift-compact-protocol.md` (0.22).

/// Deepest nesting of structures and lists; those of Parquet end at 6.
const MAX_DEPTH: usize = 24;

/// Where a reader is in the bytes. `None` of any method: the bytes end, or are no such value.
#[derive(Clone, Copy)]
pub struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// Types of values by their codes.
const TRUE: u8 = 1;
const FALSE: u8 = 2;
const BYTE: u8 = 3;
const I16: u8 = 4;
const I32: u8 = 5;
const I64: u8 = 6;
const DOUBLE: u8 = 7;
const BINARY: u8 = 8;
const LIST: u8 = 9;
const SET: u8 = 10;
const MAP: u8 = 11;
const STRUCT: u8 = 12;

impl<'a> Cursor<'a> {
    pub fn new(bytes: &'a [u8]) -> Cursor<'a> {
        Cursor { bytes, at: 0 }
    }

    /// Bytes read so far.
    pub fn position(&self) -> usize {
        self.at
    }

    fn left(&self) -> usize {
        self.bytes.len() - self.at
    }

    fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    fn pass(&mut self, length: usize) -> Option<()> {
        self.at = self.at.checked_add(length).filter(|end| *end <= self.bytes.len())?;
        Some(())
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn zigzag(&mut self) -> Option<i64> {
        let value = self.varint()?;
        Some((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    /// Reads a structure: `field` gets each number and binary of it, and reads of others what it wants.
    pub fn structure(&mut self, field: &mut dyn FnMut(i64, Value<'_, 'a>) -> Option<()>) -> Option<()> {
        let mut id = 0i64;
        loop {
            let head = self.byte()?;
            let kind = head & 0x0F;
            if kind == 0 {
                return Some(());
            }
            id = if head >> 4 == 0 { self.zigzag()? } else { id + i64::from(head >> 4) };
            // Others keep 16 bits of it, and would take a number past them for another field.
            i16::try_from(id).ok()?;
            match kind {
                TRUE | FALSE => {}
                BYTE => self.pass(1)?,
                I16 | I32 | I64 => {
                    let number = self.zigzag()?;
                    field(id, Value::Number(number))?;
                }
                BINARY => {
                    let length = usize::try_from(self.varint()?).ok()?;
                    let begin = self.at;
                    self.pass(length)?;
                    field(id, Value::Binary(&self.bytes[begin..self.at]))?;
                }
                LIST | SET => {
                    let (items, length) = self.list_head()?;
                    if items == STRUCT {
                        let mut read = *self;
                        field(id, Value::Structures(&mut read, length))?;
                        if read.at != self.at {
                            *self = read;
                            continue;
                        }
                    }
                    self.items(items, length, 0)?;
                }
                STRUCT => {
                    let mut read = *self;
                    field(id, Value::Structure(&mut read))?;
                    if read.at == self.at { self.skip(STRUCT, 0)? } else { *self = read }
                }
                other => self.skip(other, 0)?,
            }
        }
    }

    /// Type of the items and their number, which the bytes that are left can hold.
    fn list_head(&mut self) -> Option<(u8, usize)> {
        let head = self.byte()?;
        let length = if head >> 4 == 15 { usize::try_from(self.varint()?).ok()? } else { usize::from(head >> 4) };
        // No item takes less than a byte.
        (length <= self.left()).then_some((head & 0x0F, length))
    }

    fn items(&mut self, kind: u8, length: usize, depth: usize) -> Option<()> {
        (0..length)
            .try_for_each(|_| if matches!(kind, TRUE | FALSE) { self.pass(1) } else { self.skip(kind, depth + 1) })
    }

    fn skip(&mut self, kind: u8, depth: usize) -> Option<()> {
        if depth > MAX_DEPTH {
            return None;
        }
        match kind {
            TRUE | FALSE => Some(()),
            BYTE => self.pass(1),
            I16 | I32 | I64 => self.varint().map(drop),
            DOUBLE => self.pass(8),
            BINARY => {
                let length = usize::try_from(self.varint()?).ok()?;
                self.pass(length)
            }
            LIST | SET => {
                let (items, length) = self.list_head()?;
                self.items(items, length, depth)
            }
            MAP => {
                let length = usize::try_from(self.varint()?).ok()?;
                if length == 0 {
                    return Some(());
                }
                let kinds = self.byte()?;
                (0..length).try_for_each(|_| {
                    self.items(kinds >> 4, 1, depth)?;
                    self.items(kinds & 0x0F, 1, depth)
                })
            }
            STRUCT => loop {
                let head = self.byte()?;
                if head & 0x0F == 0 {
                    return Some(());
                }
                if head >> 4 == 0 {
                    self.varint()?;
                }
                self.skip(head & 0x0F, depth + 1)?;
            },
            _ => None,
        }
    }
}

/// A field of a structure. What is not read through the cursor that it holds is passed over.
pub enum Value<'c, 'a> {
    Number(i64),
    Binary(&'a [u8]),
    Structure(&'c mut Cursor<'a>),
    /// A list of as many structures, one after another.
    Structures(&'c mut Cursor<'a>, usize),
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers by field, and the numbers of the structures of a list.
    fn read(bytes: &[u8]) -> Option<Vec<(i64, i64)>> {
        let mut found = Vec::new();
        Cursor::new(bytes).structure(&mut |id, value| {
            match value {
                Value::Number(number) => found.push((id, number)),
                Value::Structures(cursor, length) => {
                    for _ in 0..length {
                        cursor.structure(&mut |inner, value| {
                            if let Value::Number(number) = value {
                                found.push((100 * id + inner, number));
                            }
                            Some(())
                        })?;
                    }
                }
                Value::Structure(_) | Value::Binary(_) => {}
            }
            Some(())
        })?;
        Some(found)
    }

    #[test]
    fn fields_are_read_and_others_passed_over() {
        // 1: i32 = -1; 3: binary "ab"; 4: list of two structures {1: i64 = 150}; 5: true; 6: {1: double}; 9: map of bytes.
        let bytes = [
            0x15, 0x01, 0x28, 2, b'a', b'b', 0x19, 0x2C, 0x16, 0xAC, 0x02, 0, 0x16, 0xAC, 0x02, 0, 0x11, 0x1C, 0x17, 0,
            0, 0, 0, 0, 0, 0, 0, 0, 0x3B, 1, 0x33, 7, 7, 0,
        ];
        assert_eq!(read(&bytes), Some(vec![(1, -1), (401, 150), (401, 150)]));
        for end in 0..bytes.len() {
            assert_eq!(read(&bytes[..end]), None, "{end}");
        }
    }

    #[test]
    fn lengths_and_depths_have_limits() {
        // A list of 2³² structures, a binary past the end, structures without an end.
        for bytes in [&[0x19, 0xFC, 0x80, 0x80, 0x80, 0x80, 0x10][..], &[0x18, 0x7F, 0], &[0x1C; 4_000], &[0x19; 4_000]]
        {
            assert_eq!(read(bytes), None);
        }
    }
}
