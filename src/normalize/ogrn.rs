//! OGRN and OGRNIP out of their cell.

use super::number::{self, Coerced};
use super::{Parsed, text};
use crate::model::{Defect, Notes, Ogrn, Value};

/// Reads an OGRN cell: labels, spaces and look-alike letters go, spreadsheet forms are undone when no digit is lost.
pub fn parse(raw: &str) -> Parsed<Ogrn> {
    let trimmed = raw.trim();
    if let Ok(ogrn) = Ogrn::parse(trimmed) {
        let notes = if trimmed.len() == raw.len() { Notes::NONE } else { Notes::DIRTY };
        return Parsed { value: Value::Valid(ogrn), notes };
    }
    if text::means_none(trimmed) {
        return Parsed::default();
    }
    let cleaned = text::clean(raw);
    let mut notes = if cleaned.len() == raw.len() { Notes::NONE } else { Notes::DIRTY };
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
    let body = ["ОГРНИП", "ОГРН", "OGRNIP", "OGRN"].iter().fold(upper, |t, label| t.replace(label, " "));
    let mut digits = String::with_capacity(body.len());
    for c in body.chars() {
        match c {
            '0'..='9' => digits.push(c),
            'О' | 'O' => {
                digits.push('0');
                notes.add(Notes::LOOKALIKE);
            }
            'З' => {
                digits.push('3');
                notes.add(Notes::LOOKALIKE);
            }
            c if c.is_alphanumeric() => return Parsed::invalid(trimmed, Defect::Characters, notes),
            _ => {}
        }
    }
    if digits.len() != source.len() {
        notes.add(Notes::DIRTY);
    }
    if digits.is_empty() || number::is_one_digit(&digits) || number::is_keyboard_run(&digits) {
        return Parsed::invalid(trimmed, Defect::Placeholder, notes);
    }
    match Ogrn::parse(&digits) {
        Ok(ogrn) => Parsed { value: Value::Valid(ogrn), notes },
        Err(defect) => Parsed::invalid(trimmed, defect, notes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values() {
        for (raw, expected) in [
            ("1027700132195", Ok("1027700132195")),
            ("ОГРН 1027700132195", Ok("1027700132195")),
            ("1 027 700 132 195", Ok("1027700132195")),
            ("ОГРНИП: 304500116000157", Ok("304500116000157")),
            ("1О27700132195", Ok("1027700132195")),
            ("1027700132195.0", Ok("1027700132195")),
            ("1,0277E+12", Err(Some(Defect::Coerced))),
            ("1027700132196", Err(Some(Defect::Checksum))),
            ("0000000000000", Err(Some(Defect::Placeholder))),
            ("102770013", Err(Some(Defect::Length))),
            ("выписка", Err(Some(Defect::Characters))),
            ("нет", Err(None)),
        ] {
            let shown = match parse(raw).value {
                Value::Valid(ogrn) => Ok(ogrn.to_string()),
                Value::Empty => Err(None),
                Value::Invalid { defect, .. } => Err(Some(defect)),
            };
            assert_eq!(shown, expected.map(str::to_owned), "{raw}");
        }
    }
}
