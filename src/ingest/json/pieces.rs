//! A long JSON text as short ones, one after another, that together say the same: memory holds a piece.
//!
//! A list of records is cut between two of them; each piece repeats the envelope around the list, its scalar members
//! included, so that it reads as a page of the same answer does. What stands behind the list is in the last piece alone.
//! Values one after another (NDJSON) are cut between values. A record is never cut.
//!
//! The cutter looks at brackets, quotes and commas only. Text that is no JSON passes through it, for the reader to refuse.

use std::io::BufRead;

use memchr::memchr2;

use super::super::xml::Progress;

/// Text of a piece, bytes: enough that the repeated envelope costs nothing.
const PIECE: usize = 8 << 20;
/// Longest record, bytes.
const LONGEST: usize = 256 << 20;
/// Containers around a list that are repeated; deeper ones are part of what is not cut.
const MAX_FRAMES: usize = 8;
/// Scalar members of an envelope that are repeated, bytes: an answer has a few, an object of thousands is none.
const MAX_SCALARS: usize = 64 << 10;

/// Where a text may be cut.
#[derive(Clone, Copy)]
pub struct Cuts {
    /// Keys that make an object a record: no list inside it is cut.
    pub record_keys: &'static [&'static str],
    /// Whether lists inside objects are cut, and not only the outermost list and values one after another.
    pub in_objects: bool,
}

/// An open container around the place that is read.
struct Frame {
    is_list: bool,
    /// `"key":value` of the scalar members so far, each with a comma behind it.
    scalars: String,
    /// The key that was read last, with its quotes.
    key: String,
    wants_key: bool,
    is_record: bool,
}

/// A piece, and how many line ends of the file stand before it.
pub struct Piece {
    pub text: String,
    pub lines_before: usize,
}

pub struct Pieces<'p, R> {
    source: R,
    progress: &'p Progress,
    cuts: Cuts,
    piece: usize,
    text: String,
    /// Where in `text` the cutter stands.
    at: usize,
    frames: Vec<Frame>,
    /// Bytes at the beginning of `text` that repeat an envelope.
    repeated: usize,
    lines: usize,
    /// Outermost values that ended in this piece. A reader of the first piece sees two where there are several.
    values: usize,
    is_last: bool,
    /// The text is no JSON from here on: nothing is cut.
    gave_up: bool,
}

/// What the cutter found.
enum Found {
    /// Cut here, `usize` bytes of separator are passed over.
    Cut(usize),
    /// The text must go on before more can be said.
    NeedsMore,
}

impl<'p, R: BufRead> Pieces<'p, R> {
    pub fn new(source: R, progress: &'p Progress, cuts: Cuts) -> Self {
        Pieces::sized(source, progress, cuts, PIECE)
    }

    pub fn sized(source: R, progress: &'p Progress, cuts: Cuts, piece: usize) -> Self {
        Pieces {
            source,
            progress,
            cuts,
            piece,
            text: String::new(),
            at: 0,
            frames: Vec::new(),
            repeated: 0,
            lines: 0,
            values: 0,
            is_last: false,
            gave_up: false,
        }
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// Of the source, and when one record is longer than [`LONGEST`].
    pub fn next(&mut self) -> std::io::Result<Option<Piece>> {
        loop {
            match self.look() {
                Found::Cut(separator) => return Ok(Some(self.cut(separator))),
                Found::NeedsMore if !self.is_last => self.fill()?,
                Found::NeedsMore => {
                    let lines_before = self.lines;
                    let text = std::mem::take(&mut self.text);
                    let is_empty = text[self.repeated.min(text.len())..].trim().is_empty() && self.frames.is_empty();
                    self.repeated = 0;
                    self.frames.clear();
                    self.at = 0;
                    return Ok((!is_empty).then_some(Piece { text, lines_before }));
                }
            }
        }
    }

    fn fill(&mut self) -> std::io::Result<()> {
        if self.text.len() > self.piece + LONGEST {
            return Err(std::io::Error::other("one record is too long"));
        }
        self.progress.begin_event();
        let taken = {
            let more = self.source.fill_buf()?;
            match simdutf8::basic::from_utf8(more) {
                Ok(more) => self.text.push_str(more),
                Err(_) => return Err(std::io::Error::other("the text is not decoded")),
            }
            more.len()
        };
        self.is_last = taken == 0;
        self.source.consume(taken);
        Ok(())
    }

    /// Goes on over the text up to the next place where it is long enough to be cut.
    fn look(&mut self) -> Found {
        while !self.gave_up {
            let bytes = self.text.as_bytes();
            let Some(&byte) = bytes.get(self.at) else { return Found::NeedsMore };
            let is_long = self.at - self.repeated.min(self.at) >= self.piece;
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' | b':' | 0x1E => self.at += 1,
                b',' => {
                    if is_long && self.may_cut() {
                        return Found::Cut(1);
                    }
                    if let Some(frame) = self.frames.last_mut() {
                        frame.wants_key = !frame.is_list;
                    }
                    self.at += 1;
                }
                b'{' | b'[' if self.frames.is_empty() && is_long && self.values > 1 => return Found::Cut(0),
                b'{' | b'[' => {
                    if self.frames.last().is_some_and(|frame| frame.is_list) || self.frames.len() >= MAX_FRAMES {
                        match end_of_container(bytes, self.at) {
                            Some(end) => self.at = end,
                            None => return Found::NeedsMore,
                        }
                        continue;
                    }
                    let is_list = byte == b'[';
                    self.frames.push(Frame {
                        is_list,
                        scalars: String::new(),
                        key: String::new(),
                        wants_key: !is_list,
                        is_record: false,
                    });
                    self.at += 1;
                }
                b'}' | b']' => {
                    match self.frames.pop() {
                        Some(frame) if frame.is_list == (byte == b']') => {}
                        _ => self.gave_up = true,
                    }
                    self.values += usize::from(self.frames.is_empty());
                    self.at += 1;
                }
                _ => match self.scalar(byte) {
                    Some(end) => self.at = end,
                    None => return Found::NeedsMore,
                },
            }
        }
        self.at = self.text.len();
        // What is no JSON is handed over in one: the reader tells where it breaks.
        Found::NeedsMore
    }

    /// Reads a key or a value that is no container; where it ends.
    fn scalar(&mut self, byte: u8) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let end = if byte == b'"' {
            end_of_string(bytes, self.at)?
        } else {
            let more = bytes[self.at..].iter().position(|b| b",]}[{\" \t\r\n".contains(b));
            // A number may go on behind the end of what was read.
            match more {
                Some(0) => self.at + 1,
                Some(length) => self.at + length,
                None if self.is_last => bytes.len(),
                None => return None,
            }
        };
        let text = &self.text[self.at..end];
        if let Some(frame) = self.frames.last_mut()
            && !frame.is_list
        {
            if frame.wants_key && byte == b'"' {
                frame.key = text.to_owned();
                frame.wants_key = false;
                frame.is_record |= self.cuts.record_keys.contains(&text.trim_matches('"'));
            } else if frame.scalars.len() + text.len() < MAX_SCALARS {
                frame.scalars.push_str(&frame.key);
                frame.scalars.push(':');
                frame.scalars.push_str(text);
                frame.scalars.push(',');
            }
        }
        Some(end)
    }

    /// Whether the comma ahead stands between two records of a list that may be cut.
    fn may_cut(&self) -> bool {
        let Some((list, around)) = self.frames.split_last() else { return false };
        list.is_list
            && (self.cuts.in_objects || around.is_empty())
            && around.iter().all(|frame| !frame.is_list && !frame.is_record)
    }

    fn cut(&mut self, separator: usize) -> Piece {
        let rest = self.text.split_off(self.at + separator);
        self.text.truncate(self.at);
        let mut text = std::mem::take(&mut self.text);
        let lines_before = self.lines;
        self.lines += memchr::memchr_iter(b'\n', &text.as_bytes()[self.repeated..]).count();
        for frame in self.frames.iter().rev() {
            text.push(if frame.is_list { ']' } else { '}' });
        }
        let mut head = String::new();
        for frame in &self.frames {
            if frame.is_list {
                head.push('[');
            } else {
                head.push('{');
                head.push_str(&frame.scalars);
                head.push_str(&frame.key);
                head.push(':');
            }
        }
        self.values = 0;
        self.repeated = head.len();
        self.at = head.len();
        self.text = head + &rest;
        Piece { text, lines_before }
    }
}

/// Behind the closing quote of the string that opens at `open`; `None` when it does not close.
fn end_of_string(bytes: &[u8], open: usize) -> Option<usize> {
    let mut at = open + 1;
    loop {
        let found = at + memchr2(b'"', b'\\', bytes.get(at..)?)?;
        if bytes[found] == b'"' {
            return Some(found + 1);
        }
        at = found + 2;
    }
}

/// Behind the closing bracket of the container that opens at `open`, whatever the brackets are.
fn end_of_container(bytes: &[u8], open: usize) -> Option<usize> {
    let (mut at, mut depth) = (open, 0usize);
    loop {
        match *bytes.get(at)? {
            b'"' => {
                at = end_of_string(bytes, at)?;
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CUTS: Cuts = Cuts { record_keys: &["Ref_Key"], in_objects: true };

    fn pieces(text: &str, cuts: Cuts, size: usize) -> Vec<String> {
        let progress = Progress::default();
        // One byte of the source at a time is the hardest; letters are cut by the decoder, never here.
        let source = std::io::BufReader::with_capacity(1, text.as_bytes());
        let mut pieces = Pieces::sized(source, &progress, cuts, size);
        let mut out = Vec::new();
        while let Some(piece) = pieces.next().unwrap() {
            out.push(piece.text);
        }
        out
    }

    #[test]
    fn lists_are_cut_between_records() {
        for (text, expected) in [
            ("[{\"a\":1},{\"a\":\"},\\\"\"}, 5]", &["[{\"a\":1}]", "[{\"a\":\"},\\\"\"}]", "[ 5]"][..]),
            (
                "{\"m\":\"x\",\"n\":{\"k\":1},\"value\":[{\"a\":[1,2]},{\"b\":2}],\"c\":3}",
                &[
                    "{\"m\":\"x\",\"n\":{\"k\":1},\"value\":[{\"a\":[1,2]}]}",
                    "{\"m\":\"x\",\"value\":[{\"b\":2}],\"c\":3}",
                ],
            ),
            ("{\"cat\":{\"A\":[{},{}],\"B\":[{}]}}", &["{\"cat\":{\"A\":[{}]}}", "{\"cat\":{\"A\":[{}],\"B\":[{}]}}"]),
            ("{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n", &["{\"a\":1}\n{\"a\":2}\n", "{\"a\":3}\n"]),
            // A record and what is inside of it stay whole.
            ("{\"Ref_Key\":\"1\",\"rows\":[{},{}]}", &["{\"Ref_Key\":\"1\",\"rows\":[{},{}]}"]),
            ("[[{},{}],[{}]]", &["[[{},{}]]", "[[{}]]"]),
            ("[]", &["[]"]),
            ("", &[]),
            // No JSON: as it stands.
            ("[{},]}{,", &["[{}]", "[]}{,"]),
            ("[{\"a\":\"", &["[{\"a\":\""]),
        ] {
            assert_eq!(pieces(text, CUTS, 1), expected, "{text}");
            assert_eq!(pieces(text, CUTS, 1 << 20).concat(), text);
        }
        let outermost = Cuts { in_objects: false, ..CUTS };
        assert_eq!(pieces("{\"v\":[{},{}]}", outermost, 1), ["{\"v\":[{},{}]}"]);
    }
}
