//! INN out of whatever stands in its cell.

use super::number::{self, Coerced};
use super::{kpp, text};
use crate::model::{Defect, Inn, Kpp, Notes, Value};

/// What an INN cell says.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Parsed {
    pub value: Value<Inn>,
    pub notes: Notes,
    /// The digits of an unusable INN, 0 when there are none or they are a placeholder.
    pub broken: u64,
    /// A KPP that shares the cell («7799001873/773601001»).
    pub kpp: Option<Kpp>,
}

impl Parsed {
    fn invalid(raw: &str, defect: Defect, notes: Notes, broken: u64) -> Parsed {
        Parsed { value: Value::invalid(raw, defect), notes, broken, kpp: None }
    }
}

/// Reads an INN cell.
///
/// Words for "no value" give [`Value::Empty`]; fillers of digits (`0000000000`, `1234567890`, `0`) are
/// [`Defect::Placeholder`]; two different INNs are [`Defect::Several`]; a spreadsheet number that lost digits is
/// [`Defect::Coerced`]. A lost leading zero is put back only when the control digits then agree.
pub fn parse(raw: &str) -> Parsed {
    let trimmed = raw.trim();
    if let Ok(inn) = Inn::parse(trimmed)
        && !is_placeholder(trimmed)
    {
        let notes = if trimmed.len() == raw.len() { Notes::NONE } else { Notes::DIRTY };
        return Parsed { value: Value::Valid(inn), notes, ..Parsed::default() };
    }
    if text::means_none(trimmed) {
        return Parsed::default();
    }
    let cleaned = text::clean(raw);
    let mut notes = if cleaned.len() == trimmed.len() { Notes::NONE } else { Notes::DIRTY };
    if let Some(coerced) = number::uncoerce(&cleaned) {
        notes.add(Notes::COERCED);
        return match coerced {
            Coerced::Whole(digits) => one(raw, &digits, notes),
            Coerced::Lost => Parsed::invalid(trimmed, Defect::Coerced, notes, 0),
        };
    }
    if cleaned.trim().bytes().all(|b| b.is_ascii_digit()) {
        return one(raw, cleaned.trim(), notes);
    }
    several(raw, &cleaned, notes)
}

/// Texts of digits that stand for no INN.
fn is_placeholder(digits: &str) -> bool {
    number::is_one_digit(digits) || number::is_keyboard_run(digits)
}

/// Judges the only run of digits of the cell.
fn one(raw: &str, digits: &str, mut notes: Notes) -> Parsed {
    if is_placeholder(digits) {
        return Parsed::invalid(raw.trim(), Defect::Placeholder, notes, 0);
    }
    let defect = match Inn::parse(digits) {
        Ok(inn) => return Parsed { value: Value::Valid(inn), notes, ..Parsed::default() },
        Err(defect) => defect,
    };
    if matches!(digits.len(), 9 | 11)
        && let Ok(inn) = Inn::parse(&format!("0{digits}"))
    {
        notes.add(Notes::LEADING_ZERO);
        return Parsed { value: Value::Valid(inn), notes, ..Parsed::default() };
    }
    Parsed::invalid(raw.trim(), defect, notes, number_of(digits))
}

/// Digits as a number; 0 when they do not fit (then they are no INN in any sense).
fn number_of(digits: &str) -> u64 {
    digits.parse().unwrap_or(0)
}

/// A cell with words, separators or several values.
fn several(raw: &str, cleaned: &str, mut notes: Notes) -> Parsed {
    let upper = cleaned.to_uppercase();
    let mut spaced = String::with_capacity(upper.len());
    for word in ["ИНН", "INN", "КПП", "KPP"].iter().fold(upper, |text, label| text.replace(label, "/")).chars() {
        spaced.push(match word {
            '\\' | '|' | ';' | ',' | '\n' | ':' => '/',
            c => c,
        });
    }
    let mut found = Found::default();
    for part in spaced.split('/').map(str::trim).filter(|p| !p.is_empty()) {
        let joined = digits_of(part, &mut notes);
        if matches!(joined.as_deref().map(str::len), Some(9..=12)) || !part.contains(' ') {
            take(part, joined, &mut found, &mut notes);
        } else {
            for word in part.split(' ').filter(|w| !w.is_empty()) {
                let digits = digits_of(word, &mut notes);
                take(word, digits, &mut found, &mut notes);
            }
        }
    }
    let Found { mut runs, mut shared, foreign } = found;
    notes.add(Notes::DIRTY);
    // A run of nine digits after the first is a KPP, not an INN that lost its zero.
    if runs.len() > 1
        && let Some(at) = (1..runs.len()).find(|&i| runs[i].len() == 9)
        && let Ok(kpp) = Kpp::parse(&runs[at])
    {
        shared = shared.or(Some(kpp));
        runs.remove(at);
    }
    if shared.is_some() {
        notes.add(Notes::SHARED_CELL);
    }
    runs.dedup();
    let mut valid: Vec<Inn> = runs.iter().filter(|r| !is_placeholder(r)).filter_map(|r| Inn::parse(r).ok()).collect();
    valid.sort_unstable();
    valid.dedup();
    let mut parsed = match (valid.as_slice(), runs.as_slice()) {
        ([inn], _) => {
            if runs.len() > 1 {
                notes.add(Notes::SHARED_CELL);
            }
            Parsed { value: Value::Valid(*inn), notes, ..Parsed::default() }
        }
        ([], []) => Parsed::invalid(raw.trim(), Defect::Characters, notes, 0),
        // A lost zero is not put back into the number of another country.
        ([], [digits]) if foreign => Parsed::invalid(raw.trim(), Defect::Characters, notes, number_of(digits)),
        ([], [digits]) => one(raw, digits, notes),
        ([], [_, ..]) | ([_, ..], _) => Parsed::invalid(raw.trim(), Defect::Several, notes, 0),
    };
    parsed.kpp = shared;
    parsed
}

/// What the words of a cell gave so far.
#[derive(Default)]
struct Found {
    runs: Vec<String>,
    shared: Option<Kpp>,
    /// Letters were glued to the digits: `DE123456789`.
    foreign: bool,
}

/// Adds the digits of one word; a word of KPP shape with letters becomes the shared KPP, other words are dropped.
fn take(word: &str, digits: Option<String>, found: &mut Found, notes: &mut Notes) {
    let Found { runs, shared, foreign } = found;
    match digits {
        Some(digits) => runs.push(digits),
        None => {
            if let Value::Valid(kpp) = kpp::parse(word).value {
                *shared = shared.or(Some(kpp));
                notes.add(Notes::SHARED_CELL);
            } else {
                // «DE123456789»: the digits of a foreign number are kept as evidence, the letters are not ours.
                let rest: String = word.chars().filter(char::is_ascii_digit).collect();
                if rest.len() >= 6 {
                    *foreign = true;
                    runs.push(rest);
                }
            }
        }
    }
}

/// Digits of a word, look-alike letters replaced, soft punctuation dropped. `None` when other letters remain or it is
/// no number.
fn digits_of(word: &str, notes: &mut Notes) -> Option<String> {
    let mut digits = String::with_capacity(word.len());
    let mut replaced = 0;
    for c in word.chars() {
        match c {
            '0'..='9' => digits.push(c),
            'О' | 'O' => {
                digits.push('0');
                replaced += 1;
            }
            'З' => {
                digits.push('3');
                replaced += 1;
            }
            'I' | 'L' | 'І' => {
                digits.push('1');
                replaced += 1;
            }
            c if c.is_alphanumeric() => return None,
            _ => {}
        }
    }
    // «ООО» is a word, «7799О01873» a number.
    if digits.is_empty() || replaced * 2 > digits.len() {
        return None;
    }
    if replaced > 0 {
        notes.add(Notes::LOOKALIKE);
    }
    Some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(raw: &str) -> Result<String, Option<Defect>> {
        match parse(raw).value {
            Value::Valid(inn) => Ok(inn.to_string()),
            Value::Empty => Err(None),
            Value::Invalid { defect, .. } => Err(Some(defect)),
        }
    }

    #[test]
    fn values() {
        let ok = |s: &str| Ok(s.to_owned());
        for (raw, expected) in [
            ("7799001873", ok("7799001873")),
            (" 7799001873\u{00A0}", ok("7799001873")),
            ("ИНН 7799001873", ok("7799001873")),
            ("ИНН:7799001873", ok("7799001873")),
            ("7799 001 873", ok("7799001873")),
            ("7799ОО1873", ok("7799001873")),
            ("77990018 7З", ok("7799001873")),
            ("7799001873.0", ok("7799001873")),
            ("7.799001873E+09", ok("7799001873")),
            ("7,7E+09", Err(Some(Defect::Coerced))),
            ("7.70123E+09", Err(Some(Defect::Coerced))),
            ("779900111176", ok("779900111176")),
            ("7799001873/773601001", ok("7799001873")),
            ("ИНН/КПП 7799001873 / 773601001", ok("7799001873")),
            ("7799001873 773601001", ok("7799001873")),
            ("7799001873, 779900111176", Err(Some(Defect::Several))),
            ("7799001873; 7799001873", ok("7799001873")),
            ("7799001874", Err(Some(Defect::Checksum))),
            ("77990018731", Err(Some(Defect::Length))),
            ("0000000000", Err(Some(Defect::Placeholder))),
            ("1111111111", Err(Some(Defect::Placeholder))),
            ("1234567890", Err(Some(Defect::Placeholder))),
            ("0", Err(Some(Defect::Placeholder))),
            ("нет", Err(None)),
            ("не указан", Err(None)),
            ("-", Err(None)),
            ("", Err(None)),
            ("DE123456788", Err(Some(Defect::Characters))),
            ("физлицо", Err(Some(Defect::Characters))),
        ] {
            assert_eq!(shown(raw), expected, "{raw}");
        }
    }

    #[test]
    fn leading_zero_needs_the_control_digit() {
        // 0278000016 was made up: its control digit is right.
        let valid = (0..10).map(|d| format!("027800001{d}")).find(|t| Inn::parse(t).is_ok()).unwrap();
        let parsed = parse(&valid[1..]);
        assert_eq!(parsed.value, Value::Valid(Inn::parse(&valid).unwrap()));
        assert!(parsed.notes.has(Notes::LEADING_ZERO));
        let wrong = format!("{}{}", &valid[1..9], (valid.as_bytes()[9] - b'0' + 1) % 10);
        assert_eq!(shown(&wrong), Err(Some(Defect::Length)));
    }

    #[test]
    fn facts() {
        let parsed = parse("7799001873/7736АВ001");
        assert_eq!(parsed.kpp.map(|k| k.to_string()).as_deref(), Some("7736AB001"));
        assert!(parsed.notes.has(Notes::SHARED_CELL) && parsed.notes.has(Notes::DIRTY));
        assert_eq!(parse("7799001873/773601001").kpp.map(|k| k.to_string()).as_deref(), Some("773601001"));
        assert_eq!(parse("7799001874").broken, 7_799_001_874);
        assert_eq!(parse("0000000000").broken, 0);
        assert!(parse("7799О01873").notes.has(Notes::LOOKALIKE));
        assert!(parse("7799001873.0").notes.has(Notes::COERCED));
        assert_eq!(parse("7799001873").notes, Notes::NONE);
    }
}
