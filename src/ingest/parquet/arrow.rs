//! The schema that programs of Arrow add to a Parquet file, as far as a guard needs it: the library follows its nested
//! types by recursion, and a type within a type a hundred thousand times would end the process.
//!
//! Structure: Apache Arrow 21, `format/Message.fbs` and `Schema.fbs`; FlatBuffers internals (offsets of tables and vectors).

/// Key of the metadata of a file.
pub const KEY: &[u8] = b"ARROW:schema";

/// Whether the schema nests no deeper than `most` and is well-formed. `text` is it in base64, as the file keeps it.
pub fn is_shallow(text: &[u8], most: usize) -> bool {
    let Some(bytes) = base64(text) else { return false };
    // A message may begin with a mark and its length.
    let start = if bytes.starts_with(&[0xFF; 4]) { 8 } else { 0 };
    let Some(message) = bytes.get(start..).map(Buffer) else { return false };
    let fields = message.pointer(0).and_then(|root| message.field(root, HEADER)).and_then(|at| message.pointer(at));
    // A message of another kind, or one without columns, has nothing to follow.
    let Some(fields) = fields.and_then(|schema| message.field(schema, FIELDS)) else { return true };
    let mut left = bytes.len();
    message.pointer(fields).is_some_and(|vector| message.nests(vector, most, &mut left))
}

/// Numbers of fields in their tables.
const HEADER: usize = 2;
const FIELDS: usize = 1;
const CHILDREN: usize = 5;

struct Buffer<'a>(&'a [u8]);

impl Buffer<'_> {
    fn u16(&self, at: usize) -> Option<usize> {
        let bytes = self.0.get(at..at.checked_add(2)?)?;
        Some(usize::from(u16::from_le_bytes([bytes[0], bytes[1]])))
    }

    fn u32(&self, at: usize) -> Option<usize> {
        let bytes = self.0.get(at..at.checked_add(4)?)?;
        Some(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]) as usize)
    }

    /// Where the offset at this place leads.
    fn pointer(&self, at: usize) -> Option<usize> {
        at.checked_add(self.u32(at)?).filter(|target| *target < self.0.len())
    }

    /// Place of a field of the table at this place; `None` also when the table does not have it.
    fn field(&self, table: usize, number: usize) -> Option<usize> {
        let back = self.u32(table)? as u32 as i32;
        let names = usize::try_from(i64::try_from(table).ok()? - i64::from(back)).ok()?;
        let length = self.u16(names)?;
        let entry = 4 + 2 * number;
        let offset = if entry + 2 <= length { self.u16(names.checked_add(entry)?)? } else { 0 };
        (offset != 0).then(|| table + offset)
    }

    /// Follows the children of the columns in a vector. Each is counted in `left`, since several may share one.
    fn nests(&self, vector: usize, most: usize, left: &mut usize) -> bool {
        let Some(count) = self.u32(vector) else { return false };
        (0..count).all(|nth| {
            let Some(rest) = left.checked_sub(1) else { return false };
            *left = rest;
            let Some(column) = self.pointer(vector + 4 + 4 * nth) else { return false };
            let Some(children) = self.field(column, CHILDREN) else { return true };
            most > 0 && self.pointer(children).is_some_and(|vector| self.nests(vector, most - 1, left))
        })
    }
}

fn base64(text: &[u8]) -> Option<Vec<u8>> {
    let text = text.strip_suffix(b"==").or_else(|| text.strip_suffix(b"=")).unwrap_or(text);
    let mut out = Vec::with_capacity(text.len() / 4 * 3 + 2);
    let (mut bits, mut length) = (0u32, 0);
    for byte in text {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        length += 6;
        if length >= 8 {
            length -= 8;
            out.push((bits >> length) as u8);
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A message whose only column holds a column, and so on.
    fn nested(depth: usize) -> Vec<u8> {
        let mut bytes: Vec<u8> = Vec::new();
        let mut put = |value: u32| {
            bytes.extend(value.to_le_bytes());
            bytes.len()
        };
        // The root, its table with the names of its fields behind, and the same for the schema.
        put(20);
        put(0);
        // vtable of the message at 8: 10 bytes, table of 8, field 2 at 4.
        put(10 | 8 << 16);
        put(0);
        put(4);
        // The table at 20.
        put(12);
        put(16);
        // vtable of the schema at 28: 8 bytes, field 1 at 4.
        put(8 | 8 << 16);
        put(4 << 16);
        put(0);
        // The table of the schema at 40.
        put(12);
        put(4);
        // A vector of one column at 48; then for each column: the names of its fields, its table, the vector of its children.
        for level in 0..depth {
            put(1);
            put(20);
            let last = level + 1 == depth;
            put(16 | 8 << 16);
            put(0);
            put(0);
            put(if last { 0 } else { 4 << 16 });
            put(16);
            put(4);
        }
        bytes
    }

    fn encoded(bytes: &[u8]) -> Vec<u8> {
        const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut out = Vec::new();
        for part in bytes.chunks(3) {
            let bits = part.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - part.len()));
            out.extend((0..=part.len()).map(|n| LETTERS[(bits >> (18 - 6 * n) & 63) as usize]));
            out.extend(std::iter::repeat_n(b'=', 3 - part.len()));
        }
        out
    }

    #[test]
    fn nesting_is_counted() {
        for (depth, most, shallow) in [(1, 0, true), (2, 0, false), (2, 1, true), (32, 31, true), (33, 31, false)] {
            assert_eq!(is_shallow(&encoded(&nested(depth)), most), shallow, "{depth} {most}");
        }
        assert!(!is_shallow(&encoded(&nested(100_000)), 32));
    }

    #[test]
    fn damage_is_no_schema() {
        let whole = nested(5);
        for end in (48..whole.len() - 4).step_by(4) {
            assert!(!is_shallow(&encoded(&whole[..end]), 10), "{end}");
        }
        assert!(!is_shallow(b"no base64", 10));
        assert_eq!(base64(&encoded(b"any carnal pleas")).unwrap(), b"any carnal pleas");
    }
}
