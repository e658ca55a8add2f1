//! SNILS, the number of a pension insurance account.

use std::fmt;

use super::number::{self, Coerced};
use super::{Parsed, text};
use crate::model::{Defect, Notes, Value};

/// A valid SNILS of 11 digits.
///
/// Rule, as the standard library of 1C (БСП) has it: weights 9…1 over the first nine digits, sum mod 101, 100 counts as
/// 0; numbers up to 001-001-998 have no control.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Snils(u64);

/// Largest first nine digits without a control number.
const LAST_WITHOUT_CONTROL: u64 = 1_001_998;

impl Snils {
    /// Parses exactly 11 ASCII digits.
    ///
    /// # Errors
    /// [`Defect::Characters`], [`Defect::Length`], [`Defect::Impossible`] (zeros), [`Defect::Checksum`].
    pub fn parse(digits: &str) -> Result<Snils, Defect> {
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Defect::Characters);
        }
        if digits.len() != 11 {
            return Err(Defect::Length);
        }
        let whole = digits.bytes().fold(0u64, |n, b| n * 10 + u64::from(b - b'0'));
        let number = whole / 100;
        if number == 0 {
            return Err(Defect::Impossible);
        }
        let sum: u64 = digits.bytes().take(9).zip((1..=9u64).rev()).map(|(b, w)| u64::from(b - b'0') * w).sum();
        if number > LAST_WITHOUT_CONTROL && sum % 101 % 100 != whole % 100 {
            return Err(Defect::Checksum);
        }
        Ok(Snils(whole))
    }
}

/// `112-233-445 95`, as the certificate prints it.
impl fmt::Display for Snils {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let n = self.0;
        write!(f, "{:03}-{:03}-{:03} {:02}", n / 100_000_000, n / 100_000 % 1000, n / 100 % 1000, n % 100)
    }
}

/// Reads a SNILS cell. Zeros that a spreadsheet dropped are put back when the control number agrees.
pub fn parse(raw: &str) -> Parsed<Snils> {
    if text::means_none(raw) {
        return Parsed::default();
    }
    let trimmed = raw.trim();
    let cleaned = text::clean(trimmed);
    let mut notes = Notes::NONE;
    let coerced = number::uncoerce(&cleaned);
    let source = match &coerced {
        Some(Coerced::Lost) => return Parsed::invalid(trimmed, Defect::Coerced, Notes::COERCED),
        Some(Coerced::Whole(digits)) => {
            notes.add(Notes::COERCED);
            digits.as_str()
        }
        None => &cleaned,
    };
    let upper = source.to_uppercase();
    let body = upper.strip_prefix("СНИЛС").unwrap_or(&upper);
    if body.chars().any(char::is_alphabetic) {
        return Parsed::invalid(trimmed, Defect::Characters, notes);
    }
    let digits: String = body.chars().filter(char::is_ascii_digit).collect();
    if digits.is_empty() {
        // The empty mask of an input field: «   -   -   ».
        return Parsed::default();
    }
    if number::is_one_digit(&digits) || number::is_keyboard_run(&digits) {
        return Parsed::invalid(trimmed, Defect::Placeholder, notes);
    }
    if matches!(digits.len(), 9 | 10)
        && let Ok(snils) = Snils::parse(&format!("{digits:0>11}"))
    {
        notes.add(Notes::LEADING_ZERO);
        return Parsed { value: Value::Valid(snils), notes };
    }
    match Snils::parse(&digits) {
        Ok(snils) => {
            if snils.to_string() != trimmed {
                notes.add(Notes::FORMAT);
            }
            Parsed { value: Value::Valid(snils), notes }
        }
        Err(defect) => Parsed::invalid(trimmed, defect, notes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values() {
        for (raw, expected) in [
            ("112-233-445 95", Ok("112-233-445 95")),
            ("11223344595", Ok("112-233-445 95")),
            ("СНИЛС 112 233 445 95", Ok("112-233-445 95")),
            ("11223344595.0", Ok("112-233-445 95")),
            ("112-233-445 96", Err(Some(Defect::Checksum))),
            ("112-233-445", Err(Some(Defect::Length))),
            ("1,12E+10", Err(Some(Defect::Coerced))),
            ("000-000-000 00", Err(Some(Defect::Placeholder))),
            ("абв", Err(Some(Defect::Characters))),
            ("", Err(None)),
            ("-   -", Err(None)),
        ] {
            let shown = match parse(raw).value {
                Value::Valid(snils) => Ok(snils.to_string()),
                Value::Empty => Err(None),
                Value::Invalid { defect, .. } => Err(Some(defect)),
            };
            assert_eq!(shown, expected.map(str::to_owned), "{raw}");
        }
        assert!(parse("112-233-445 95").notes == Notes::NONE);
    }
}
