//! Rows of a list as XML, and the places of a finished sheet into which they go.
//!
//! Structure: ECMA-376, part 1, section 18.3.1 (`row`, `c`, `is`). Cells stand in the order of columns and carry no
//! reference, which the standard makes optional and every reader fills in: a third of the text of a long sheet.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::report::cell::{Kind, Tone};
use crate::report::queue::Queue;
use crate::report::row::{Content, Form, Row, Word};
use crate::report::texts::Texts;

/// Longest text of a cell in Excel, UTF-16 units; the rest is for the mark of the cut.
const CELL_UNITS: usize = 32_767;
const CELL_CUT: usize = 32_600;
/// Longest text inside a formula of Excel.
const FORMULA_TEXT: usize = 255;

/// What a cell of a list looks like apart from its tone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Look {
    Text,
    Code,
    /// Text that begins like a formula.
    Quoted,
    Number,
    Percent,
    Money,
    Input,
    Link,
}

impl Look {
    pub const COUNT: usize = 8;

    /// The look of a column whose cells say nothing else.
    fn of(kind: Kind) -> Look {
        match kind {
            Kind::Decision | Kind::Tie | Kind::Value | Kind::Accept | Kind::Comment => Look::Input,
            Kind::Code | Kind::Key => Look::Code,
            Kind::Text | Kind::Number | Kind::Link => Look::Text,
        }
    }
}

/// In the order of the enumeration.
pub const TONES: [Tone; 6] = [Tone::Plain, Tone::Good, Tone::Info, Tone::Warning, Tone::Error, Tone::Blocker];

/// The opening tags of cells by look and tone: everything up to the content.
#[derive(Debug)]
pub struct Tags {
    empty: Vec<String>,
    word: Vec<String>,
    text: Vec<String>,
    number: Vec<String>,
    link: Vec<String>,
}

impl Tags {
    /// `styles`: positions in the table of styles of the workbook, by look and tone.
    pub fn new(styles: &[u32]) -> Tags {
        let each = |head: &dyn Fn(u32) -> String| styles.iter().map(|&style| head(style)).collect();
        Tags {
            empty: each(&|style| format!("<c s=\"{style}\"/>")),
            word: each(&|style| format!("<c s=\"{style}\" t=\"s\"><v>")),
            text: each(&|style| format!("<c s=\"{style}\" t=\"inlineStr\"><is><t>")),
            number: each(&|style| format!("<c s=\"{style}\"><v>")),
            link: each(&|style| format!("<c s=\"{style}\" t=\"str\"><f>")),
        }
    }
}

/// What the rows of one list are written with.
#[derive(Debug)]
pub struct RowWriter<'a> {
    tags: &'a Tags,
    kinds: Vec<Kind>,
    /// Position of each word of the list in the table of strings of the workbook.
    strings: &'a [u32],
    words: Vec<&'a str>,
    texts: &'a Texts,
}

impl<'a> RowWriter<'a> {
    pub fn new(queue: &'a Queue, tags: &'a Tags, strings: &'a [u32], texts: &'a Texts) -> RowWriter<'a> {
        let kinds = queue.columns.iter().map(|c| c.kind).collect();
        RowWriter { tags, kinds, strings, words: queue.words.iter().collect(), texts }
    }

    /// Appends a row; rows count from 1.
    pub fn write(&self, number: usize, row: &Row, xml: &mut String) {
        let style = |look: Look, tone: Tone| look as usize * TONES.len() + tone as usize;
        // A String takes everything.
        let _ = write!(xml, "<row r=\"{number}\">");
        for ((content, tone), &kind) in row.cells().zip(&self.kinds) {
            let look = Look::of(kind);
            match content {
                // A blank keeps what is typed there a text, or shows that something is to be typed.
                Content::Empty if look != Look::Text => xml.push_str(&self.tags.empty[style(look, tone)]),
                Content::Empty => xml.push_str("<c/>"),
                Content::Word(word) => {
                    xml.push_str(&self.tags.word[style(look, tone)]);
                    let _ = write!(xml, "{}</v></c>", self.strings[word.at()]);
                }
                // Always a string, never parsed: `=1+1` and `007` stay what they are.
                Content::Text(text) => {
                    let formula = text.starts_with(['=', '+', '-', '@']);
                    let look = if formula && look != Look::Input { Look::Quoted } else { look };
                    self.text(style(look, tone), &fit(text, self.texts), xml);
                }
                Content::Number(n, form) => {
                    let look = match form {
                        Form::Share => Look::Percent,
                        Form::Money => Look::Money,
                        Form::Count | Form::Place => Look::Number,
                    };
                    xml.push_str(&self.tags.number[style(look, tone)]);
                    let _ = write!(xml, "{n}</v></c>");
                }
                Content::Link(url, word) => self.link(style(Look::Link, tone), url, word, xml),
            }
        }
        xml.push_str("</row>");
    }

    /// A row with one text, in the colour of a warning.
    pub fn remark(&self, number: usize, text: &str) -> String {
        let mut xml = format!("<row r=\"{number}\">");
        self.text(Look::Text as usize * TONES.len() + Tone::Warning as usize, text, &mut xml);
        xml.push_str("</row>");
        xml
    }

    /// The one formula of the workbook: a sheet holds 65,530 links at most, and a list has more rows.
    fn link(&self, style: usize, url: &str, word: Word, xml: &mut String) {
        let word = &self.words[word.at()];
        // A text inside a formula has 255 characters at most; an address of a card has a third of that.
        if url.len() > FORMULA_TEXT || !url.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~:/?#=&%".contains(&b)) {
            self.text(Look::Text as usize * TONES.len(), &fit(url, self.texts), xml);
            return;
        }
        xml.push_str(&self.tags.link[style]);
        xml.push_str("HYPERLINK(\"");
        escape(url, xml);
        xml.push_str("\",\"");
        escape(word, xml);
        xml.push_str("\")</f><v>");
        escape(word, xml);
        xml.push_str("</v></c>");
    }

    fn text(&self, style: usize, text: &str, xml: &mut String) {
        let tag = &self.tags.text[style];
        if text.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace) {
            xml.push_str(tag.strip_suffix('>').unwrap_or(tag));
            xml.push_str(" xml:space=\"preserve\">");
        } else {
            xml.push_str(tag);
        }
        escape(text, xml);
        xml.push_str("</t></is></c>");
    }
}

/// Appends a text as XML and Excel read it back: markup escaped, and `_x0041_` (which Excel reads as a character code)
/// with its first underscore as a code of its own.
pub fn escape(text: &str, xml: &mut String) {
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let written = match byte {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'_' if is_code(&text.as_bytes()[at..]) => "_x005F_",
            _ => continue,
        };
        xml.push_str(&text[from..at]);
        xml.push_str(written);
        from = at + 1;
    }
    xml.push_str(&text[from..]);
}

/// `_xHHHH_` at the beginning.
fn is_code(text: &[u8]) -> bool {
    matches!(text, [b'_', b'x', code @ .., ] if code.len() > 4
        && code[..4].iter().all(u8::is_ascii_hexdigit)
        && code[4] == b'_')
}

/// A text that fits into a cell; a cut is said.
pub fn fit<'a>(text: &'a str, texts: &Texts) -> Cow<'a, str> {
    if text.len() <= CELL_UNITS || text.encode_utf16().count() <= CELL_UNITS {
        return text.into();
    }
    let mut units = 0;
    let mut shown = 0u64;
    let mut end = 0;
    for (at, c) in text.char_indices() {
        units += c.len_utf16();
        if units > CELL_CUT {
            break;
        }
        end = at + c.len_utf8();
        shown += 1;
    }
    let total = text.chars().count() as u64;
    let mark = texts.say("xlsx.cut", &[("shown", &texts.number(shown)), ("total", &texts.number(total))]);
    format!("{}{mark}", &text[..end]).into()
}

/// A sheet that has its heading, cut where its rows go.
#[derive(Debug)]
pub struct Frame {
    pub before: String,
    pub after: String,
}

impl Frame {
    /// `xml`: a sheet whose first row is the heading; rows below it are dropped. `columns`, `rows`: size of the list.
    /// `None` when the text is no such sheet.
    pub fn cut(xml: &str, columns: usize, rows: usize) -> Option<Frame> {
        const DIMENSION: &str = "<dimension ref=\"";
        let from = xml.find(DIMENSION)? + DIMENSION.len();
        let to = from + xml[from..].find('"')?;
        let heading = to + xml[to..].find("</row>")? + "</row>".len();
        let end = heading + xml[heading..].find("</sheetData>")?;
        let mut before = xml[..from].to_owned();
        let _ = write!(before, "A1:{}{}", column_name(columns), rows + 1);
        before.push_str(&xml[to..heading]);
        Some(Frame { before, after: xml[end..].to_owned() })
    }
}

/// The styles of the cells of the second row, in order.
pub fn styles_of_row_2(xml: &str) -> Vec<u32> {
    let row = xml.split("<row ").nth(2).unwrap_or_default();
    row.split(" s=\"").skip(1).filter_map(|rest| rest.split('"').next()?.parse().ok()).collect()
}

/// `A` for 1, `AB` for 28.
fn column_name(mut column: usize) -> String {
    let mut letters = Vec::new();
    while column > 0 {
        letters.push(char::from(b'A' + ((column - 1) % 26) as u8));
        column = (column - 1) / 26;
    }
    letters.iter().rev().collect()
}

/// The table of strings with more strings at its end, and the position of the first of them.
///
/// `None` when the text is no table of strings.
pub fn with_strings<'a>(table: &str, more: impl Iterator<Item = &'a str>) -> Option<(String, u32)> {
    const UNIQUE: &str = " uniqueCount=\"";
    let count_at = table.find(" count=\"")?;
    let unique_at = table.find(UNIQUE)? + UNIQUE.len();
    let quote = unique_at + table[unique_at..].find('"')?;
    let first: u32 = table[unique_at..quote].parse().ok()?;
    let end = table.find("</sst>")?;
    let (mut items, mut count) = (String::new(), first);
    for text in more {
        items.push_str("<si><t xml:space=\"preserve\">");
        escape(text, &mut items);
        items.push_str("</t></si>");
        count += 1;
    }
    // How often strings are used is optional, and not known yet.
    let (head, tail) = (&table[..count_at], &table[quote + 1..end]);
    Some((format!("{head}{UNIQUE}{count}\"{tail}{items}</sst>"), first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_escaped() {
        for (text, expected) in [
            ("a<b>&\"c'", "a&lt;b&gt;&amp;\"c'"),
            ("_x0041_", "_x005F_x0041_"),
            ("a_x00ffz_x00FF_", "a_x00ffz_x005F_x00FF_"),
            ("_x41_ _x00№_ _x", "_x41_ _x00№_ _x"),
            ("ёжик", "ёжик"),
        ] {
            let mut xml = String::new();
            escape(text, &mut xml);
            assert_eq!(xml, expected);
        }
    }

    #[test]
    fn columns_are_named_as_excel_does() {
        for (column, name) in [(1, "A"), (26, "Z"), (27, "AA"), (28, "AB"), (702, "ZZ"), (703, "AAA")] {
            assert_eq!(column_name(column), name);
        }
    }

    #[test]
    fn a_sheet_is_cut_below_its_heading() {
        let xml = "<w><dimension ref=\"A1:C2\"/><sheetData><row r=\"1\"><c s=\"9\"/></row><row r=\"2\"><c r=\"A2\" \
                   s=\"4\"/><c r=\"B2\" s=\"17\"/></row></sheetData><x/></w>";
        let frame = Frame::cut(xml, 3, 7).unwrap();
        assert_eq!(frame.before, "<w><dimension ref=\"A1:C8\"/><sheetData><row r=\"1\"><c s=\"9\"/></row>");
        assert_eq!(frame.after, "</sheetData><x/></w>");
        assert_eq!(styles_of_row_2(xml), [4, 17]);
        assert!(Frame::cut("<w/>", 1, 1).is_none());
    }

    #[test]
    fn strings_are_added_at_the_end() {
        let table = "<sst xmlns=\"m\" count=\"5\" uniqueCount=\"2\"><si><t>a</t></si><si><t>b</t></si></sst>";
        let (table, first) = with_strings(table, ["<c>"].into_iter()).unwrap();
        assert_eq!(first, 2);
        let tail = "<si><t>b</t></si><si><t xml:space=\"preserve\">&lt;c&gt;</t></si></sst>";
        assert!(table.starts_with("<sst xmlns=\"m\" uniqueCount=\"3\"><si>") && table.ends_with(tail), "{table}");
    }
}
