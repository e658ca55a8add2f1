//! JSON in one pass: lists are walked, only one record at a time becomes a tree.
//!
//! `serde_json` needs a visitor for each level of an envelope whose shape is known only while it is read, and keeps
//! numbers as text only through an allocation each. This reader borrows from the text and keeps numbers as they stand.
//! It is lenient where exports are sloppy (raw control characters in strings, lone surrogates) and strict about
//! structure.

mod pieces;

use std::borrow::Cow;

pub(super) use pieces::{Cuts, Level, Piece, Pieces};

use super::{Extract, Format, IngestError, Input, MAX_QUARANTINE_TEXT};
use crate::model::Place;

/// Deepest nesting that is read. REST answers nest 8 levels, 1C dumps 10; the parser recurses once per level.
pub const MAX_DEPTH: usize = 64;
/// Bytes of a file that formats look at to recognise it: envelopes name themselves in their first keys, and the first
/// record of a 1C dump (about 4 KiB) starts within them.
pub const HEAD_BYTES: usize = 64 * 1024;

/// A JSON value of one record.
#[derive(Clone, Debug, PartialEq)]
pub enum Node<'a> {
    Null,
    Bool(bool),
    /// The digits as they stand in the file.
    Number(&'a str),
    Text(Cow<'a, str>),
    List(Vec<Node<'a>>),
    /// In the order of the file; a repeated key stays repeated.
    Object(Vec<(Cow<'a, str>, Node<'a>)>),
}

impl<'a> Node<'a> {
    /// The value under a key of an object.
    pub fn get(&self, key: &str) -> Option<&Node<'a>> {
        match self {
            Node::Object(entries) => entries.iter().find(|(k, _)| k == key).map(|(_, v)| v),
            _ => None,
        }
    }

    /// Text of a string or a number; `None` for everything else.
    pub fn text(&self) -> Option<&str> {
        match self {
            Node::Number(text) => Some(text),
            Node::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A whole number, written as a number or as a string.
    pub fn count(&self) -> Option<u64> {
        self.text().and_then(|t| t.trim().parse().ok())
    }

    pub fn is_container(&self) -> bool {
        matches!(self, Node::List(_) | Node::Object(_))
    }

    /// What a value that is no record was, for the quarantine: a scalar as it stands, of an object its keys.
    pub fn outline(&self) -> String {
        let text = match self {
            Node::Null => "null".to_owned(),
            Node::Bool(value) => value.to_string(),
            Node::Number(text) => (*text).to_owned(),
            Node::Text(text) => text.chars().take(MAX_QUARANTINE_TEXT).collect(),
            Node::List(items) => format!("[{}]", items.len()),
            Node::Object(entries) => {
                let keys: Vec<&str> = entries.iter().map(|(key, _)| &**key).collect();
                format!("{{{}}}", keys.join(", "))
            }
        };
        match text.char_indices().nth(MAX_QUARANTINE_TEXT) {
            Some((end, _)) => text[..end].to_owned(),
            None => text,
        }
    }
}

/// Where and why a text stops being JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JsonError {
    /// Byte offset in the text.
    pub at: usize,
    pub reason: JsonReason,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonReason {
    /// The text ends inside a value.
    Truncated,
    Syntax,
    /// Deeper than [`MAX_DEPTH`].
    Depth,
}

impl JsonError {
    /// The error of the reader, with the line of `text` at which it stands.
    pub fn in_file(self, input: &Input, text: &str) -> IngestError {
        self.in_part(input, text, &Piece::default())
    }

    /// [`Self::in_file`] of a piece of the file, whose text is `text`.
    pub fn in_part(self, input: &Input, text: &str, piece: &Piece) -> IngestError {
        let before = &text.as_bytes()[piece.repeated.min(text.len())..self.at.clamp(piece.repeated, text.len())];
        let line = memchr::memchr_iter(b'\n', before).count() + 1 + piece.lines_before;
        let column = match memchr::memrchr(b'\n', before) {
            Some(last) => before.len() - last,
            None => piece.column_before + before.len() + 1,
        };
        let (what, next) = match self.reason {
            JsonReason::Truncated => ("JSON обрывается", "выгрузите или скачайте файл заново"),
            JsonReason::Syntax => ("нарушен JSON", "сохраните ответ сервера как есть, без правки, и повторите"),
            JsonReason::Depth => ("вложенность JSON больше допустимой", "проверьте, что это выгрузка CRM или 1С"),
        };
        IngestError::Broken {
            at: Place::file(&input.name).row(u32::try_from(line).unwrap_or(u32::MAX)),
            what: format!("{what} (байт {column} строки)"),
            next,
        }
    }
}

/// Why reading a document stops: its text is broken, or a limit is passed.
pub enum Stop {
    Json(JsonError),
    Ingest(IngestError),
}

impl Stop {
    /// See [`JsonError::in_file`].
    pub fn in_file(self, input: &Input, text: &str) -> IngestError {
        self.in_part(input, text, &Piece::default())
    }

    /// See [`JsonError::in_part`].
    pub fn in_part(self, input: &Input, text: &str, piece: &Piece) -> IngestError {
        match self {
            Stop::Json(error) => error.in_part(input, text, piece),
            Stop::Ingest(error) => error,
        }
    }
}

impl From<JsonError> for Stop {
    fn from(error: JsonError) -> Self {
        Stop::Json(error)
    }
}

impl From<IngestError> for Stop {
    fn from(error: IngestError) -> Self {
        Stop::Ingest(error)
    }
}

/// The pieces of a document, in order; `None` at the end.
pub type NextPiece<'p> = &'p mut dyn FnMut() -> Result<Option<Piece>, IngestError>;

/// A format in JSON that reads a document piece by piece.
pub trait JsonFormat: Format {
    /// Where its documents may be cut.
    fn cuts(&self) -> Cuts;

    /// Reads a document of `input`, whose bytes may be those of its head alone.
    ///
    /// # Errors
    /// As [`Format::read`].
    fn read_pieces(&self, next: NextPiece<'_>, input: &Input, extract: Extract) -> Result<Extract, IngestError>;
}

/// A cursor over JSON text, which may hold several values one after another (NDJSON).
#[derive(Clone)]
pub struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    pub fn new(text: &'a str) -> Self {
        Reader { text, at: 0 }
    }

    /// Where the cursor stands, bytes.
    pub fn position(&self) -> usize {
        self.at
    }

    /// The text from `start` to the cursor.
    pub fn since(&self, start: usize) -> &'a str {
        &self.text[start..self.at]
    }

    /// First byte of the next value or bracket; `None` at the end of the text.
    pub fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while let Some(&b) = bytes.get(self.at) {
            // 0x1E separates records of RFC 7464 texts.
            if !matches!(b, b' ' | b'\t' | b'\n' | b'\r' | 0x1E) {
                return Some(b);
            }
            self.at += 1;
        }
        None
    }

    pub fn fail<T>(&self, reason: JsonReason) -> Result<T, JsonError> {
        let reason = if self.at >= self.text.len() { JsonReason::Truncated } else { reason };
        Err(JsonError { at: self.at, reason })
    }

    fn expect(&mut self, byte: u8) -> Result<(), JsonError> {
        if self.peek() == Some(byte) {
            self.at += 1;
            return Ok(());
        }
        self.fail(JsonReason::Syntax)
    }

    /// Enters a list (`[`) or an object (`{`).
    pub fn open(&mut self, bracket: u8) -> Result<(), JsonError> {
        self.expect(bracket)
    }

    /// Whether another item follows before `close`, which is consumed at the end. `first` starts as `true`.
    pub fn more(&mut self, first: &mut bool, close: u8) -> Result<bool, JsonError> {
        let was_first = std::mem::replace(first, false);
        match self.peek() {
            Some(b) if b == close => {
                self.at += 1;
                Ok(false)
            }
            Some(b',') if !was_first => {
                self.at += 1;
                match self.peek() {
                    Some(b) if b != close => Ok(true),
                    _ => self.fail(JsonReason::Syntax),
                }
            }
            Some(_) if was_first => Ok(true),
            _ => self.fail(JsonReason::Syntax),
        }
    }

    /// Key of the next entry and its colon.
    pub fn key(&mut self) -> Result<Cow<'a, str>, JsonError> {
        if self.peek() != Some(b'"') {
            return self.fail(JsonReason::Syntax);
        }
        let key = self.string()?;
        self.expect(b':')?;
        Ok(key)
    }

    /// The next value as a tree.
    pub fn node(&mut self) -> Result<Node<'a>, JsonError> {
        self.node_at(0)
    }

    fn node_at(&mut self, depth: usize) -> Result<Node<'a>, JsonError> {
        if depth >= MAX_DEPTH {
            return self.fail(JsonReason::Depth);
        }
        match self.peek() {
            Some(b'"') => self.string().map(Node::Text),
            Some(b'[') => {
                self.at += 1;
                let (mut items, mut first) = (Vec::new(), true);
                while self.more(&mut first, b']')? {
                    items.push(self.node_at(depth + 1)?);
                }
                Ok(Node::List(items))
            }
            Some(b'{') => {
                self.at += 1;
                let (mut entries, mut first) = (Vec::new(), true);
                while self.more(&mut first, b'}')? {
                    let key = self.key()?;
                    entries.push((key, self.node_at(depth + 1)?));
                }
                Ok(Node::Object(entries))
            }
            Some(b'-' | b'0'..=b'9') => self.number().map(Node::Number),
            Some(b't') => self.literal("true", Node::Bool(true)),
            Some(b'f') => self.literal("false", Node::Bool(false)),
            Some(b'n') => self.literal("null", Node::Null),
            _ => self.fail(JsonReason::Syntax),
        }
    }

    /// Passes over the next value without keeping it.
    pub fn skip(&mut self) -> Result<(), JsonError> {
        self.skip_at(0)
    }

    fn skip_at(&mut self, depth: usize) -> Result<(), JsonError> {
        if depth >= MAX_DEPTH {
            return self.fail(JsonReason::Depth);
        }
        let mut first = true;
        match self.peek() {
            Some(b'[') => {
                self.at += 1;
                while self.more(&mut first, b']')? {
                    self.skip_at(depth + 1)?;
                }
                Ok(())
            }
            Some(b'{') => {
                self.at += 1;
                while self.more(&mut first, b'}')? {
                    self.key()?;
                    self.skip_at(depth + 1)?;
                }
                Ok(())
            }
            _ => self.node_at(depth).map(drop),
        }
    }

    fn literal(&mut self, word: &str, node: Node<'a>) -> Result<Node<'a>, JsonError> {
        let rest = &self.text.as_bytes()[self.at..];
        if rest.starts_with(word.as_bytes()) {
            self.at += word.len();
            return Ok(node);
        }
        if word.as_bytes().starts_with(rest) {
            self.at = self.text.len();
        }
        self.fail(JsonReason::Syntax)
    }

    fn number(&mut self) -> Result<&'a str, JsonError> {
        let bytes = self.text.as_bytes();
        let start = self.at;
        let mut at = start + usize::from(bytes[start] == b'-');
        let digits = |at: &mut usize| {
            let from = *at;
            while bytes.get(*at).is_some_and(u8::is_ascii_digit) {
                *at += 1;
            }
            *at > from
        };
        let mut good = digits(&mut at);
        if good && bytes.get(at) == Some(&b'.') {
            at += 1;
            good = digits(&mut at);
        }
        if good && matches!(bytes.get(at), Some(b'e' | b'E')) {
            at += 1;
            at += usize::from(matches!(bytes.get(at), Some(b'+' | b'-')));
            good = digits(&mut at);
        }
        self.at = at;
        if good { Ok(&self.text[start..at]) } else { self.fail(JsonReason::Syntax) }
    }

    /// A string; the cursor stands at its opening quote.
    fn string(&mut self) -> Result<Cow<'a, str>, JsonError> {
        let bytes = self.text.as_bytes();
        let mut start = self.at + 1;
        let mut owned: Option<String> = None;
        loop {
            let Some(found) = memchr::memchr2(b'"', b'\\', &bytes[start..]) else {
                self.at = self.text.len();
                return self.fail(JsonReason::Truncated);
            };
            let stop = start + found;
            let piece = &self.text[start..stop];
            if bytes[stop] == b'"' {
                self.at = stop + 1;
                return Ok(match owned {
                    None => Cow::Borrowed(piece),
                    Some(mut text) => {
                        text.push_str(piece);
                        Cow::Owned(text)
                    }
                });
            }
            let text = owned.get_or_insert_default();
            text.push_str(piece);
            self.at = stop + 1;
            start = self.escape(text)?;
        }
    }

    /// Appends the character of an escape whose letter the cursor stands at; returns where the string goes on.
    fn escape(&mut self, text: &mut String) -> Result<usize, JsonError> {
        let Some(&letter) = self.text.as_bytes().get(self.at) else {
            return self.fail(JsonReason::Truncated);
        };
        let plain = match letter {
            b'"' | b'\\' | b'/' => letter as char,
            b'n' => '\n',
            b't' => '\t',
            b'r' => '\r',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'u' => return self.unicode_escape(text),
            _ => return self.fail(JsonReason::Syntax),
        };
        text.push(plain);
        Ok(self.at + 1)
    }

    fn unicode_escape(&mut self, text: &mut String) -> Result<usize, JsonError> {
        let high = self.hex4(self.at + 1)?;
        let mut end = self.at + 5;
        let mut code = high;
        if (0xD800..0xDC00).contains(&high) && self.text.as_bytes().get(end..end + 2) == Some(b"\\u") {
            let low = self.hex4(end + 2)?;
            if (0xDC00..0xE000).contains(&low) {
                code = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
                end += 6;
            }
        }
        // A lone surrogate is what cutting a name in the middle of an emoji leaves.
        text.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
        Ok(end)
    }

    fn hex4(&mut self, at: usize) -> Result<u32, JsonError> {
        let Some(digits) = self.text.as_bytes().get(at..at + 4) else {
            self.at = self.text.len();
            return self.fail(JsonReason::Truncated);
        };
        let mut code = 0;
        for &digit in digits {
            let Some(value) = (digit as char).to_digit(16) else {
                return self.fail(JsonReason::Syntax);
            };
            code = code * 16 + value;
        }
        Ok(code)
    }
}

/// Keys in the head of a JSON text with their depth (1 = the outermost object), decoded; `None` when the text does not
/// begin as JSON. The text may be cut anywhere.
pub fn head_keys(text: &str) -> Option<Vec<(usize, Cow<'_, str>)>> {
    let mut reader = Reader::new(text);
    if !matches!(reader.peek(), Some(b'{' | b'[')) {
        return None;
    }
    let (mut keys, mut depth) = (Vec::new(), 0usize);
    while let Some(byte) = reader.peek() {
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'"' => {
                let Ok(text) = reader.string() else { break };
                if reader.peek() == Some(b':') {
                    keys.push((depth, text));
                }
                continue;
            }
            _ => {}
        }
        reader.at += text[reader.at..].chars().next().map_or(1, char::len_utf8);
    }
    Some(keys)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Node<'_>, JsonReason> {
        Reader::new(text).node().map_err(|e| e.reason)
    }

    #[test]
    fn values_keep_their_text() {
        let cases = [
            ("\"a\"", "a"),
            ("\"\\u0418\\u041d\\u041d \\\"\\/\\\\\\n\\t\"", "ИНН \"/\\\n\t"),
            ("\"\\ud83d\\ude00\"", "😀"),
            ("\"\\ud83d\"", "\u{fffd}"),
            ("\"\\ud83dx\\ude00\"", "\u{fffd}x\u{fffd}"),
            ("\"raw\nline\"", "raw\nline"),
            ("7701234567012345678901", "7701234567012345678901"),
            ("-0.10e+5", "-0.10e+5"),
        ];
        for (text, expected) in cases {
            assert_eq!(parse(text).unwrap().text(), Some(expected), "{text}");
        }
        let node = parse("{\"a\":[1,null,true],\"b\":{},\"c\":\"5\"}").unwrap();
        assert_eq!(node.get("a"), Some(&Node::List(vec![Node::Number("1"), Node::Null, Node::Bool(true)])));
        assert_eq!((node.get("c").and_then(Node::count), node.get("d")), (Some(5), None));
    }

    #[test]
    fn damage_is_named_and_never_panics() {
        use JsonReason::{Depth, Syntax, Truncated};
        let deep_list = "[".repeat(100_000);
        let deep_object = "{\"a\":".repeat(100_000);
        let cases = [
            ("", Truncated),
            ("{", Truncated),
            ("{\"a", Truncated),
            ("{\"a\"", Truncated),
            ("{\"a\":", Truncated),
            ("{\"a\":1", Truncated),
            ("[1,", Truncated),
            ("\"a\\", Truncated),
            ("\"\\u04", Truncated),
            ("tru", Truncated),
            ("-", Truncated),
            ("1.", Truncated),
            ("[1,]", Syntax),
            ("{\"a\":1,}", Syntax),
            ("{a:1}", Syntax),
            ("{\"a\" 1}", Syntax),
            ("[1 2]", Syntax),
            ("nul ", Syntax),
            ("\"\\x\"", Syntax),
            ("\"\\u00gg\"", Syntax),
            ("\"\\uяя\"", Syntax),
            ("1.x", Syntax),
            ("NaN", Syntax),
            ("я", Syntax),
            (&deep_list, Depth),
            (&deep_object, Depth),
        ];
        for (text, reason) in cases {
            assert_eq!(parse(text).err(), Some(reason), "{}", text.chars().take(20).collect::<String>());
            assert_eq!(Reader::new(text).skip().err().map(|e| e.reason), Some(reason));
        }
        // Every prefix of a good text ends in an error or, for the whole, in a value.
        let good = "{\"ИНН\":\"77\\u0030\\ud83d\\ude00\",\"l\":[-1.5e3,false,null,{\"a\":[]}]}";
        for (end, _) in good.char_indices() {
            assert!(parse(&good[..end]).is_err(), "{end}");
            head_keys(&good[..end]);
        }
        assert!(parse(good).is_ok());
    }

    #[test]
    fn errors_point_at_the_line() {
        let input = Input::from_bytes("crm/a.json", "{\n\"a\": 1,\n\"b\" x");
        let text = std::str::from_utf8(&input.bytes).unwrap();
        let error = Reader::new(text).node().unwrap_err().in_file(&input, text);
        assert!(error.to_string().starts_with("crm/a.json, строка 3: нарушен JSON (байт 5 строки)"), "{error}");
    }

    #[test]
    fn several_values_stand_one_after_another() {
        let mut reader = Reader::new(" {\"a\":1}\r\n[2] \u{1e}3\n");
        let mut seen = 0;
        while reader.peek().is_some() {
            reader.node().unwrap();
            seen += 1;
        }
        assert_eq!(seen, 3);
    }

    #[test]
    fn head_keys_survive_a_cut() {
        let keys = head_keys("[{\"\\u0418\\u041d\\u041d\": \"ключ: нет\", \"b\": {\"c\": 1, \"обры").unwrap();
        let keys: Vec<_> = keys.iter().map(|(depth, key)| (*depth, &**key)).collect();
        assert_eq!(keys, [(2, "ИНН"), (2, "b"), (3, "c")]);
        assert!(head_keys("<html>").is_none() && head_keys("").is_none() && head_keys("\"a\"").is_none());
    }
}
