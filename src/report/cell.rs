//! Cells of report tables, and values made fit to be shown.

use std::borrow::Cow;

use serde::Serialize;

/// How a cell is coloured. The text always says the same: colour alone tells nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum Tone {
    #[default]
    Plain,
    Good,
    Info,
    Warning,
    Error,
    Blocker,
}

impl Tone {
    pub fn of(severity: crate::finding::Severity) -> Tone {
        use crate::finding::Severity;
        match severity {
            Severity::Blocker => Tone::Blocker,
            Severity::Error => Tone::Error,
            Severity::Warning => Tone::Warning,
            Severity::Info => Tone::Info,
        }
    }
}

/// What a column holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    Text,
    /// Digits that are not a number (INN, phone, record id): kept as text, leading zeros too.
    Code,
    Number,
    /// Filled in by a person from a list ([`super::answers`]): about a pair of parties, a pair of anything else, a value,
    /// a finding.
    Decision,
    Tie,
    Value,
    Accept,
    /// Free text of a person.
    Comment,
    /// Record keys and codes for programs; hidden from people.
    Key,
    /// Address of a card.
    Link,
}

/// A column of a [`super::queue::Queue`].
#[derive(Clone, Debug, Serialize)]
pub struct Column {
    pub title: String,
    pub kind: Kind,
    /// Width in the workbook, characters.
    pub width: u16,
    /// Shown on the page; all columns are in the workbook.
    pub page: bool,
}

/// A cell.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct Cell {
    /// As a person reads it, safe to show ([`shown`]).
    pub text: String,
    /// Set for numbers: what the workbook stores and tables sort by.
    pub number: Option<f64>,
    pub tone: Tone,
    /// Holds a word so long that a table must break it to keep its column narrow.
    pub long: bool,
    /// Address of the card that the cell names: in the CRM, or a navigation link of 1C.
    pub card: Option<String>,
}

impl Cell {
    /// A value out of the data.
    pub fn value(raw: &str) -> Cell {
        Cell { text: shown(raw).into_owned(), ..Cell::default() }
    }

    /// A text of the report itself.
    pub fn text(text: impl Into<String>) -> Cell {
        Cell { text: text.into(), ..Cell::default() }
    }

    /// A count or a share; `text` is its form for people.
    pub fn number(number: f64, text: String) -> Cell {
        Cell { text, number: Some(number), ..Cell::default() }
    }

    #[must_use]
    pub fn tone(mut self, tone: Tone) -> Cell {
        self.tone = tone;
        self
    }
}

/// A value of the data as text that can stand anywhere: line feeds (which separate several values of one field)
/// become "; ", other control characters and code points that XML 1.0 forbids go, and marks that reorder text
/// (RTL overrides, isolates) become visible, since they can make «exe.fdp» read as a PDF or hide a digit of an INN.
pub fn shown(raw: &str) -> Cow<'_, str> {
    if stands_as_is(raw) {
        return Cow::Borrowed(raw);
    }
    let odd = |c: char| c.is_control() || is_reordering(c) || matches!(c, '\u{fffe}' | '\u{ffff}');
    if !raw.contains(odd) {
        return Cow::Borrowed(raw.trim());
    }
    let mut out = String::with_capacity(raw.len());
    for c in raw.trim().chars() {
        match c {
            '\r' => {}
            '\n' => {
                while out.ends_with(' ') {
                    out.pop();
                }
                out.push_str("; ");
            }
            '\t' => out.push(' '),
            c if is_reordering(c) => {
                out.push('‹');
                out.push_str(&format!("U+{:04X}", u32::from(c)));
                out.push('›');
            }
            c if odd(c) => {}
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// Whether [`shown`] would certainly give the same text: no space at its ends, and no byte that begins an odd character
/// (controls, U+0080..U+009F after C2, the Arabic letter mark after D8, marks after E2, U+FFFE and U+FFFF after EF) or
/// a wide space (C2, E1, E2, E3). Letters and digits pass; a text with «№» or quotes is looked at again.
pub fn stands_as_is(text: &str) -> bool {
    const SUSPECT: [bool; 256] = {
        let mut suspect = [false; 256];
        let mut byte = 0;
        while byte < 0x20 {
            suspect[byte] = true;
            byte += 1;
        }
        suspect[0x7f] = true;
        suspect[0xc2] = true;
        suspect[0xd8] = true;
        suspect[0xe1] = true;
        suspect[0xe2] = true;
        suspect[0xe3] = true;
        suspect[0xef] = true;
        suspect
    };
    let bytes = text.as_bytes();
    bytes.first() != Some(&b' ') && bytes.last() != Some(&b' ') && !bytes.iter().any(|&byte| SUSPECT[usize::from(byte)])
}

/// Unicode bidirectional formatting characters (UAX 9, section 2), Arabic letter mark included.
fn is_reordering(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// At most `limit` characters; what is cut is said: «…» and the number of characters left out.
pub fn cut(text: &str, limit: usize, say: impl FnOnce(u64) -> String) -> Cow<'_, str> {
    match text.char_indices().nth(limit) {
        None => Cow::Borrowed(text),
        Some((end, _)) => {
            let rest = text[end..].chars().count() as u64;
            Cow::Owned(format!("{}… {}", &text[..end], say(rest)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_become_showable() {
        for (raw, expected) in [
            ("ООО «Ромашка»", "ООО «Ромашка»"),
            (" a ", "a"),
            ("+7 495\n+7 812", "+7 495; +7 812"),
            ("+7 495 \r\n+7 812", "+7 495; +7 812"),
            ("a\tb\u{0}c\u{1b}[31m", "a bc[31m"),
            ("\u{202e}fdp.exe", "‹U+202E›fdp.exe"),
            ("a\u{2066}b\u{2069}", "a‹U+2066›b‹U+2069›"),
            ("x\u{ffff}\u{85}y", "xy"),
            ("=1+1", "=1+1"),
            ("<b>", "<b>"),
        ] {
            assert_eq!(shown(raw), expected, "{raw:?}");
            assert!(stands_as_is(expected) || !expected.is_ascii());
            assert!(!stands_as_is(raw) || raw == expected, "{raw:?}");
            assert_eq!(shown(&shown(raw)), expected, "{raw:?} twice");
        }
    }

    #[test]
    fn a_cut_is_never_silent() {
        let say = |n| format!("(ещё {n})");
        assert_eq!(cut("привет", 6, say), "привет");
        assert_eq!(cut("привет", 4, say), "прив… (ещё 2)");
    }
}
