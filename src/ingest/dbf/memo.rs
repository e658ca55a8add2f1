//! Texts of memo fields, which lie in a file beside the table.
//!
//! Structure: `.DBT` of dBASE III and IV, `.FPT` of FoxPro, as their vendors describe them.

use std::borrow::Cow;
use std::io::Read;

use crate::ingest::{Input, MAX_FILE_BYTES};

/// A file of texts.
pub struct Memo {
    bytes: Vec<u8>,
    is_fox_pro: bool,
    /// Length of a block, bytes.
    block: usize,
}

/// Header of FoxPro, and the block of dBASE III, bytes.
const BLOCK: usize = 512;
/// Begins a block of dBASE IV.
const DBASE_IV: [u8; 4] = [0xFF, 0xFF, 0x08, 0x00];
/// Ends a text of dBASE III.
const END: u8 = 0x1A;
/// A line end that the editor of dBASE put in by itself: `8D 0A`.
const SOFT_RETURN: [u8; 2] = [0x8D, 0x0A];

impl Memo {
    /// The file beside the table; `None` when there is none, as in an archive.
    pub fn beside(input: &Input) -> Option<Memo> {
        let found = ["fpt", "FPT", "Fpt", "dbt", "DBT", "Dbt"].into_iter().find_map(|extension| {
            let file = std::fs::File::open(input.path.with_extension(extension)).ok()?;
            let mut bytes = Vec::new();
            file.take(MAX_FILE_BYTES).read_to_end(&mut bytes).ok()?;
            Some((extension.eq_ignore_ascii_case("fpt"), bytes))
        });
        let (is_fox_pro, bytes) = found?;
        Some(Memo::new(bytes, is_fox_pro))
    }

    pub fn new(bytes: Vec<u8>, is_fox_pro: bool) -> Memo {
        let word = |at: usize| -> Option<[u8; 2]> { bytes.get(at..at + 2)?.try_into().ok() };
        let declared = if is_fox_pro { word(6).map(u16::from_be_bytes) } else { word(20).map(u16::from_le_bytes) };
        let block = match (declared, is_fox_pro) {
            // FoxPro counts single bytes when it declares none.
            (Some(0), true) => 1,
            // dBASE III leaves whatever was there: the only length it has is 512, and IV writes a multiple of it.
            (Some(length), false) if length == 0 || !usize::from(length).is_multiple_of(BLOCK) => BLOCK,
            (Some(length), _) => usize::from(length),
            (None, _) => BLOCK,
        };
        Memo { bytes, is_fox_pro, block }
    }

    /// The text of a block, empty for a picture; `None` when the block is not there.
    pub fn text(&self, number: usize) -> Option<Cow<'_, [u8]>> {
        let start = number.checked_mul(self.block)?;
        let head: [u8; 8] = self.bytes.get(start..start.checked_add(8)?)?.try_into().ok()?;
        let body = start + 8;
        if self.is_fox_pro {
            let length = u32::from_be_bytes([head[4], head[5], head[6], head[7]]) as usize;
            let text = self.bytes.get(body..body.checked_add(length)?)?;
            let is_text = head[..4] == [0, 0, 0, 1];
            return Some(Cow::Borrowed(if is_text { text } else { &[] }));
        }
        let text = if head[..4] == DBASE_IV {
            let length = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize;
            self.bytes.get(body..start.checked_add(length.max(8))?)?
        } else {
            let rest = &self.bytes[start..];
            &rest[..memchr::memchr(END, rest).unwrap_or(rest.len())]
        };
        Some(without_soft_returns(text))
    }
}

/// `8D` is a letter in cp866: a return only before a line feed.
fn without_soft_returns(text: &[u8]) -> Cow<'_, [u8]> {
    if !text.windows(2).any(|pair| pair == SOFT_RETURN) {
        return Cow::Borrowed(text);
    }
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(&byte) = rest.first() {
        let soft = rest.starts_with(&SOFT_RETURN);
        out.push(if soft { b' ' } else { byte });
        rest = &rest[if soft { 2 } else { 1 }..];
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn padded(mut bytes: Vec<u8>, to: usize) -> Vec<u8> {
        bytes.resize(to, 0);
        bytes
    }

    #[test]
    fn blocks_of_three_makers() {
        // dBASE III: a text over two blocks.
        let mut three = padded(vec![3, 0, 0, 0], 512);
        let long = "x".repeat(600);
        three.extend(padded([long.as_bytes(), &[END, END]].concat(), 1024));
        three.extend([b"a\x8D\nb\r\nc".as_slice(), &[END]].concat());
        let memo = Memo::new(three, false);
        assert_eq!(memo.text(1).as_deref(), Some(long.as_bytes()));
        assert_eq!(memo.text(3).as_deref(), Some(&b"a b\r\nc"[..]));
        assert_eq!(memo.text(9), None);
        // dBASE IV: blocks of 1,024 bytes.
        let mut four = padded(vec![0; 20], 20);
        four.extend(1024u16.to_le_bytes());
        let mut four = padded(four, 1024);
        four.extend([&DBASE_IV[..], &13u32.to_le_bytes(), b"hello", b"rest"].concat());
        assert_eq!(Memo::new(four, false).text(1).as_deref(), Some(&b"hello"[..]));
        // FoxPro: blocks of 64 bytes, a text and a picture.
        let mut fox = padded(vec![0, 0, 0, 0, 0, 0, 0, 64], 512);
        fox.extend(padded([&1u32.to_be_bytes()[..], &5u32.to_be_bytes(), b"hello"].concat(), 64));
        fox.extend(padded([&0u32.to_be_bytes()[..], &5u32.to_be_bytes(), b"image"].concat(), 64));
        fox.extend([&1u32.to_be_bytes()[..], &u32::MAX.to_be_bytes(), b"lie"].concat());
        let memo = Memo::new(fox, true);
        assert_eq!(memo.text(8).as_deref(), Some(&b"hello"[..]));
        assert_eq!(memo.text(9).as_deref(), Some(&b""[..]));
        assert_eq!((memo.text(10), memo.text(usize::MAX)), (None, None));
        for (length, number) in [(0, 0), (3, 1), (30, 30), (511, usize::MAX)] {
            assert_eq!(Memo::new(vec![0; length], true).text(number), None);
        }
    }
}
