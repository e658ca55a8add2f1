//! Splitting delimited text into records: where each cell begins and ends, and which lines are broken.
//!
//! A record depends on nothing but its first byte, so a text can be read in parts and a broken line costs itself only.

use memchr::{memchr, memchr_iter, memchr2};

use super::{MAX_CELL_BYTES, MAX_COLUMNS, MAX_QUARANTINE_TEXT, sheet};
use crate::model::{Location, Place, Quarantined, TextColumn};

/// Stands for "no delimiter": text does not have it.
pub const NO_DELIMITER: u8 = 0x1F;

/// How a text is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// ASCII.
    pub delimiter: u8,
    /// `\n` (a `\r` before it belongs to it) or, in texts of old Macs, `\r`.
    pub line_end: u8,
}

/// Place of a cell in the text, without its outer quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub start: usize,
    pub end: usize,
    /// It has quotes inside to be undoubled.
    pub doubled: bool,
}

/// What follows a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Where the next record begins.
    pub next: usize,
    /// Line ends passed.
    pub lines: u32,
    /// The record cannot be used, and why.
    pub fault: Option<&'static str>,
    /// A quoted cell has a quote that is neither doubled nor the last: its borders are a guess.
    pub stray: bool,
}

/// A broken record; lines count from the part it was found in.
#[derive(Debug, PartialEq, Eq)]
pub struct Fault {
    pub line: u32,
    pub reason: String,
    pub raw: String,
}

impl Fault {
    /// In the file, when the part begins at `first` line.
    pub fn at(self, place: &Place, first: u32) -> Quarantined {
        let location = Location { place: place.clone(), row: Some(first + self.line), column: None };
        Quarantined { location, reason: self.reason, raw: self.raw }
    }
}

/// A text with all that is needed to read it from any record on.
#[derive(Clone, Copy)]
pub struct Records<'a> {
    pub body: &'a str,
    pub dialect: Dialect,
    /// The text has NUL somewhere: look at each record.
    pub has_nul: bool,
}

/// The records of a part of the text.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Part {
    pub columns: Vec<TextColumn>,
    /// Line of each row, from 0 at the first record of the part.
    pub rows: Vec<u32>,
    pub blank: Vec<u32>,
    pub faults: Vec<Fault>,
    /// Rows with fewer cells than the heading, padded.
    pub short: usize,
    /// Line ends in the part.
    pub lines: u32,
    /// First record after the part.
    pub next: usize,
}

impl Part {
    pub fn empty(width: usize, next: usize) -> Part {
        Part { columns: vec![TextColumn::new(); width], next, ..Part::default() }
    }
}

impl<'a> Records<'a> {
    /// Byte offsets that divide the text from `start` to `end` into parts of about `chunk` bytes, each after a line end,
    /// the last at `end`. A line end may turn out to be inside a quoted cell.
    pub fn bounds(&self, start: usize, end: usize, chunk: usize) -> Vec<usize> {
        let bytes = &self.body.as_bytes()[..end];
        let mut bounds = vec![start];
        let mut at = start;
        while bytes.len() - at > chunk {
            match memchr(self.dialect.line_end, &bytes[at + chunk..]) {
                Some(found) if at + chunk + found + 1 < bytes.len() => at += chunk + found + 1,
                _ => break,
            }
            bounds.push(at);
        }
        bounds.push(bytes.len());
        bounds
    }

    /// Reads the records that begin in `from..to`; one may end beyond.
    pub fn read(&self, from: usize, to: usize, width: usize) -> Part {
        let mut part = Part::empty(width, from);
        for column in &mut part.columns {
            *column = TextColumn::with_capacity((to - from) / 64, (to - from) / width.max(1));
        }
        let mut spans = Vec::with_capacity(width + 1);
        while part.next < to {
            let at = part.next;
            let line = part.lines;
            let step = self.record(at, &mut spans);
            part.next = step.next;
            part.lines += step.lines;
            let surplus = || {
                spans[width.min(spans.len())..].iter().any(|span| !self.body[span.start..span.end].trim().is_empty())
            };
            let fault = match step.fault {
                Some(reason) => Some(reason.to_owned()),
                None if spans.len() > width && surplus() => {
                    Some(format!("ячеек больше, чем заголовков: {} против {width}", spans.len()))
                }
                // The quotes inside may have eaten a separator.
                None if step.stray && spans.len() < width => {
                    Some(format!("кавычки внутри ячейки не удвоены, и ячеек {} вместо {width}", spans.len()))
                }
                None => None,
            };
            if let Some(reason) = fault {
                part.faults.push(Fault { line, reason, raw: cut(&self.body[at..step.next]) });
                continue;
            }
            if spans.iter().all(|span| self.body[span.start..span.end].trim().is_empty()) {
                part.blank.push(line);
                continue;
            }
            part.short += usize::from(spans.len() < width);
            part.rows.push(line);
            for (column, span) in part.columns.iter_mut().zip(&spans) {
                self.cell(*span, column);
            }
            for column in part.columns.iter_mut().skip(spans.len()) {
                column.end_row();
            }
        }
        part
    }

    fn cell(&self, span: Span, column: &mut TextColumn) {
        let raw = &self.body[span.start..span.end];
        if !span.doubled {
            column.push(sheet::unwrap_text(raw));
        } else if raw.starts_with("=\"") {
            column.push(sheet::unwrap_text(&undouble(raw)));
        } else {
            undouble_into(raw, column.open_row());
            column.end_row();
        }
    }

    /// Text of a cell, for the few that are looked at before columns exist.
    pub fn text(&self, span: Span) -> String {
        let raw = &self.body[span.start..span.end];
        let whole = if span.doubled { undouble(raw) } else { raw.to_owned() };
        sheet::unwrap_text(&whole).to_owned()
    }

    /// Finds the cells of the record that begins at `at`, which is before the end of the text.
    pub fn record(&self, at: usize, spans: &mut Vec<Span>) -> Step {
        spans.clear();
        let bytes = self.body.as_bytes();
        let Dialect { delimiter, line_end } = self.dialect;
        let mut step = Step { next: at, lines: 0, fault: None, stray: false };
        let mut pos = at;
        loop {
            let mut too_many = false;
            let (span, after) = if bytes.get(pos) == Some(&b'"') {
                match self.quoted(pos) {
                    Some(quoted) => {
                        step.stray |= quoted.stray;
                        step.lines += quoted.lines;
                        (quoted.span, quoted.after)
                    }
                    None => return self.unclosed(at, step),
                }
            } else {
                let end = memchr2(delimiter, line_end, &bytes[pos..]).map_or(bytes.len(), |found| pos + found);
                (Span { start: pos, end, doubled: false }, end)
            };
            if spans.len() < MAX_COLUMNS {
                spans.push(span);
            } else {
                too_many = true;
            }
            if span.end - span.start > MAX_CELL_BYTES {
                step.fault = Some("ячейка длиннее 1 МБ");
            }
            if too_many {
                step.fault = Some("ячеек больше 16 384");
            }
            if after < bytes.len() && bytes[after] == delimiter {
                pos = after + 1;
                continue;
            }
            // A line end, or the end of the text.
            step.next = (after + 1).min(bytes.len());
            step.lines += u32::from(after < bytes.len());
            if line_end == b'\n'
                && let Some(last) = spans.last_mut()
                && last.end == after
                && last.end > last.start
                && bytes[last.end - 1] == b'\r'
            {
                last.end -= 1;
            }
            break;
        }
        if self.has_nul && memchr(0, &bytes[at..step.next]).is_some() {
            step.fault = Some("нулевые байты: файл повреждён или записан не до конца");
        }
        step
    }

    /// A quoted cell that opens at `open`; `None` when it does not close.
    fn quoted(&self, open: usize) -> Option<Quoted> {
        let bytes = self.body.as_bytes();
        let Dialect { delimiter, line_end } = self.dialect;
        let start = open + 1;
        let mut quoted =
            Quoted { span: Span { start, end: start, doubled: false }, after: start, lines: 0, stray: false };
        let mut at = start;
        loop {
            // Beyond the longest cell there is no use in looking.
            let window = &bytes[at..bytes.len().min(start + MAX_CELL_BYTES + 1).max(at)];
            let quote = at + memchr(b'"', window)?;
            quoted.lines += memchr_iter(line_end, &bytes[at..quote]).count() as u32;
            if bytes.get(quote + 1) == Some(&b'"') {
                quoted.span.doubled = true;
                at = quote + 2;
                continue;
            }
            // Spaces between the quote and the separator are an old habit of hand-made files.
            let mut after = quote + 1;
            while bytes.get(after) == Some(&b' ') {
                after += 1;
            }
            if line_end == b'\n'
                && bytes.get(after) == Some(&b'\r')
                && matches!(bytes.get(after + 1), None | Some(b'\n'))
            {
                after += 1;
            }
            if bytes.get(after).is_none_or(|&b| b == delimiter || b == line_end) {
                quoted.span.end = quote;
                quoted.after = after.min(bytes.len());
                return Some(quoted);
            }
            if quoted.lines > 0 {
                return None;
            }
            quoted.stray = true;
            quoted.span.doubled = true;
            at = quote + 1;
        }
    }

    /// Gives up the line at which the record begins and goes on at the next.
    fn unclosed(&self, at: usize, mut step: Step) -> Step {
        let bytes = self.body.as_bytes();
        let end = memchr(self.dialect.line_end, &bytes[at..]);
        step.next = end.map_or(bytes.len(), |found| at + found + 1);
        step.lines = u32::from(end.is_some());
        step.fault = Some("кавычка не закрыта");
        step
    }
}

struct Quoted {
    span: Span,
    /// The delimiter or line end that follows, or the end of the text.
    after: usize,
    lines: u32,
    stray: bool,
}

fn undouble(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len());
    undouble_into(raw, &mut text);
    text
}

/// `""` becomes `"`; a single quote stays.
fn undouble_into(raw: &str, text: &mut String) {
    let mut rest = raw;
    while let Some(quote) = memchr(b'"', rest.as_bytes()) {
        text.push_str(&rest[..=quote]);
        rest = &rest[quote + 1..];
        rest = rest.strip_prefix('"').unwrap_or(rest);
    }
    text.push_str(rest);
}

/// The beginning of a row as the quarantine keeps it.
pub fn cut(raw: &str) -> String {
    let raw = raw.trim_end_matches(['\r', '\n']);
    raw.char_indices().nth(MAX_QUARANTINE_TEXT).map_or(raw, |(end, _)| &raw[..end]).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(body: &str) -> Vec<(Vec<String>, Step)> {
        let records =
            Records { body, dialect: Dialect { delimiter: b';', line_end: b'\n' }, has_nul: body.contains('\0') };
        let mut spans = Vec::new();
        let mut out = Vec::new();
        let mut at = 0;
        while at < body.len() {
            let step = records.record(at, &mut spans);
            out.push((spans.iter().map(|span| records.text(*span)).collect(), step));
            assert!(step.next > at);
            at = step.next;
        }
        out
    }

    #[test]
    fn cells_of_a_record() {
        let cases: &[(&str, &[&str])] = &[
            ("a;b", &["a", "b"]),
            ("a;b\r\n", &["a", "b"]),
            ("\"a\";\"b\"\r\n", &["a", "b"]),
            ("\"a\";\"b\"\r", &["a", "b"]),
            (";;\n", &["", "", ""]),
            ("\"a;b\";\"c\"\"d\"", &["a;b", "c\"d"]),
            ("\"a\nb\";c\n", &["a\nb", "c"]),
            ("\"\";\"\"\"\"\n", &["", "\""]),
            ("\"a\" ;b\n", &["a", "b"]),
            ("OOO \"X\";b\n", &["OOO \"X\"", "b"]),
            ("\"ООО \"Ромашка\" Тверь\";b\n", &["ООО \"Ромашка\" Тверь", "b"]),
            ("=\"0123\";\"=\"\"0456\"\"\"\n", &["0123", "0456"]),
            ("'79160000001;\"'0123\"\n", &["79160000001", "0123"]),
        ];
        for (body, cells) in cases {
            let got = split(body);
            assert_eq!(
                (got.len(), &got[0].0[..]),
                (1, &cells.iter().map(|c| c.to_string()).collect::<Vec<_>>()[..]),
                "{body:?}"
            );
            assert_eq!(got[0].1.fault, None, "{body:?}");
        }
    }

    #[test]
    fn an_unclosed_quote_costs_its_line() {
        for body in
            ["1;\"abc\n2;def\n3;ghi\n", "1;\"abc\n2;\"def\"\n3;ghi\n", "\"1;abc\n\"2\";\"def\"\n\"3\";\"ghi\"\n"]
        {
            let got = split(body);
            assert_eq!(got.len(), 3, "{body:?}");
            assert_eq!(got[0].1.fault, Some("кавычка не закрыта"));
            assert_eq!((got[1].1.fault, got[1].0[1].as_str()), (None, "def"));
            assert_eq!((got[2].1.fault, got[2].0[1].as_str()), (None, "ghi"));
        }
        let long = format!("1;\"{}\n2;b\n", "x".repeat(MAX_CELL_BYTES + 1));
        let got = split(&long);
        assert_eq!((got.len(), got[1].0[1].as_str()), (2, "b"));
    }

    #[test]
    fn limits_and_nul() {
        let got = split(&format!("1;{}\n2;b\n", "x".repeat(MAX_CELL_BYTES + 1)));
        assert_eq!((got[0].1.fault, got[1].1.fault), (Some("ячейка длиннее 1 МБ"), None));
        let got = split(&format!("{}\n2;b\n", ";".repeat(MAX_COLUMNS)));
        assert_eq!((got[0].1.fault, got[1].1.fault), (Some("ячеек больше 16 384"), None));
        let got = split("1;a\0b\n2;b\n");
        assert!(got[0].1.fault.is_some_and(|f| f.starts_with("нулевые байты")) && got[1].1.fault.is_none());
    }

    #[test]
    fn quarantine_keeps_the_beginning() {
        assert_eq!(cut(&"я".repeat(MAX_QUARANTINE_TEXT + 5)).chars().count(), MAX_QUARANTINE_TEXT);
        assert_eq!(cut("abc\r\n"), "abc");
    }
}
