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

/// Where a text may be cut. The outermost list and values one after another always are.
#[derive(Clone, Copy)]
pub struct Cuts {
    /// Keys that make an object a record: no list inside it is cut.
    pub record_keys: &'static [&'static str],
    /// First keys that make an object of the outermost list an answer, whose lists are looked at too.
    pub answers: &'static [&'static str],
    /// Whether a list inside objects is cut, by the levels around it, outermost first.
    pub lists: fn(&[Level<'_>]) -> bool,
}

/// An object around a list.
#[derive(Clone, Copy)]
pub struct Level<'t> {
    /// Its first key, as it stands in the file.
    pub first: &'t str,
    /// The key that leads to the list.
    pub key: &'t str,
}

impl<'t> Level<'t> {
    fn of(frame: &'t Frame) -> Level<'t> {
        Level { first: frame.first.trim_matches('"'), key: frame.key.trim_matches('"') }
    }
}

/// An open container around the place that is read.
struct Frame {
    is_list: bool,
    /// `"key":value` of the scalar members so far, each with a comma behind it.
    scalars: String,
    /// The keys that were read first and last, with their quotes.
    first: String,
    key: String,
    wants_key: bool,
    is_record: bool,
}

/// A part of a text that reads as a text.
#[derive(Default)]
pub struct Piece {
    pub text: String,
    /// Line ends of the file before it.
    pub lines_before: usize,
    /// Bytes of its first line that stand before it.
    pub column_before: usize,
    /// Bytes at its beginning that repeat an envelope.
    pub repeated: usize,
    /// It begins inside a list of an answer that an earlier piece has begun.
    pub goes_on: bool,
    /// Where the list ends that the next piece goes on with; `None` when nothing is left open.
    pub cut: Option<usize>,
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
    column: usize,
    goes_on: bool,
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
            column: 0,
            goes_on: false,
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
                    let text = std::mem::take(&mut self.text);
                    let is_empty = text[self.repeated.min(text.len())..].trim().is_empty() && self.frames.is_empty();
                    let piece = Piece { text, ..self.place() };
                    self.repeated = 0;
                    self.frames.clear();
                    self.at = 0;
                    return Ok((!is_empty).then_some(piece));
                }
            }
        }
    }

    /// A piece without its text, where the text begins that is held now.
    fn place(&self) -> Piece {
        Piece {
            text: String::new(),
            lines_before: self.lines,
            column_before: self.column,
            repeated: self.repeated,
            goes_on: self.goes_on,
            cut: None,
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
                    let in_list = self.frames.last().is_some_and(|frame| frame.is_list);
                    let enters = match self.frames.len() {
                        0 => Some(true),
                        1 if in_list && byte == b'{' && !self.cuts.answers.is_empty() => {
                            first_key(bytes, self.at).map(|key| self.cuts.answers.contains(&key))
                        }
                        length => Some(!in_list && length < MAX_FRAMES),
                    };
                    match enters {
                        Some(true) => {}
                        Some(false) => match end_of_container(bytes, self.at) {
                            Some(end) => {
                                self.at = end;
                                continue;
                            }
                            None => return Found::NeedsMore,
                        },
                        // The text may end here, and then nothing is to be seen any more.
                        None if self.is_last => self.gave_up = true,
                        None => return Found::NeedsMore,
                    }
                    let is_list = byte == b'[';
                    self.frames.push(Frame {
                        is_list,
                        scalars: String::new(),
                        first: String::new(),
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
                frame.key.clear();
                frame.key.push_str(text);
                if frame.first.is_empty() {
                    frame.first.push_str(text);
                }
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
        let objects = match around {
            [outermost, objects @ ..] if outermost.is_list => objects,
            objects => objects,
        };
        if !list.is_list || objects.iter().any(|frame| frame.is_list || frame.is_record) {
            return false;
        }
        let levels: Vec<Level<'_>> = objects.iter().map(Level::of).collect();
        levels.is_empty() || (self.cuts.lists)(&levels)
    }

    fn cut(&mut self, separator: usize) -> Piece {
        let rest = self.text.split_off(self.at + separator);
        let mut piece = self.place();
        let own = &self.text.as_bytes()[self.repeated..];
        self.lines += memchr::memchr_iter(b'\n', own).count();
        self.column = match memchr::memrchr(b'\n', own) {
            Some(last) => own.len() - last - 1,
            None => self.column + own.len(),
        };
        self.text.truncate(self.at);
        piece.text = std::mem::take(&mut self.text);
        self.goes_on = self.frames.iter().any(|frame| !frame.is_list);
        piece.cut = self.goes_on.then_some(piece.text.len());
        for frame in self.frames.iter().rev() {
            piece.text.push(if frame.is_list { ']' } else { '}' });
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
        piece
    }
}

/// The first key of the object that opens at `open`, empty when what follows is none; `None` when more of the text must be
/// seen.
fn first_key(bytes: &[u8], open: usize) -> Option<&str> {
    let start = open + 1 + bytes[open + 1..].iter().position(|b| !b.is_ascii_whitespace())?;
    if bytes[start] != b'"' {
        return Some("");
    }
    let end = end_of_string(bytes, start)?;
    Some(std::str::from_utf8(&bytes[start + 1..end - 1]).unwrap_or_default())
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

    const CUTS: Cuts = Cuts { record_keys: &["Ref_Key"], answers: &["value"], lists: |_| true };

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
    fn a_piece_knows_its_place() {
        let text = "{\"n\":1,\n\"value\":[{\"a\":1},{\"b\":2},\n {\"c\":3}]}\n{\"d\":4}";
        let progress = Progress::default();
        let mut cutter = Pieces::sized(text.as_bytes(), &progress, CUTS, 1);
        let mut from = 0;
        let mut met = Vec::new();
        while let Some(piece) = cutter.next().unwrap() {
            let own = &piece.text[piece.repeated..piece.cut.unwrap_or(piece.text.len())];
            let at = from + text[from..].find(own).unwrap();
            from = at + own.len();
            let before = &text[..at];
            let line = before.rfind('\n').map_or(0, |last| last + 1);
            assert_eq!((piece.lines_before, piece.column_before), (before.matches('\n').count(), at - line), "{own}");
            met.push((piece.goes_on, piece.cut.is_some()));
        }
        assert_eq!(met, [(false, true), (true, true), (true, false)]);
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
            // An answer in a list is an answer, another object is a record.
            ("[{\"value\":[1,2]}, {\"a\":[1,2]}]", &["[{\"value\":[1]}]", "[{\"value\":[2]}]", "[ {\"a\":[1,2]}]"]),
            ("[]", &["[]"]),
            ("", &[]),
            // No JSON: as it stands.
            ("[{},]}{,", &["[{}]", "[]}{,"]),
            ("[{\"a\":\"", &["[{\"a\":\""]),
        ] {
            assert_eq!(pieces(text, CUTS, 1), expected, "{text}");
            assert_eq!(pieces(text, CUTS, 1 << 20).concat(), text);
        }
        let outermost = Cuts { lists: |_| false, ..CUTS };
        assert_eq!(pieces("{\"v\":[{},{}]}", outermost, 1), ["{\"v\":[{},{}]}"]);
    }
}
