//! KPP out of its cell.

use super::number::{self, Coerced};
use super::{Parsed, text};
use crate::model::{Defect, Kpp, Notes, Value};

/// Reads a KPP cell. Look-alike Cyrillic letters at positions 5–6 become Latin, «КПП 773601001» loses its label, a lost
/// leading zero (8 digits of regions 01–09) is not put back: KPP has no control digit to prove it.
pub fn parse(raw: &str) -> Parsed<Kpp> {
    let trimmed = raw.trim();
    if let Ok(kpp) = Kpp::parse(trimmed)
        && !is_placeholder(trimmed)
    {
        let notes = if trimmed.len() == raw.len() { Notes::NONE } else { Notes::DIRTY };
        return Parsed { value: Value::Valid(kpp), notes };
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
    let upper = upper.trim();
    let body = ["КПП", "KPP"].iter().find_map(|label| upper.strip_prefix(label)).unwrap_or(upper);
    let mut code = String::with_capacity(body.len());
    for c in body.chars() {
        match c {
            '0'..='9' | 'A'..='Z' => code.push(c),
            c if c.is_alphabetic() => match text::latin_of(c) {
                // Position 5–6 may hold a letter; anywhere else О stands for 0.
                Some('O') if !matches!(code.len(), 4 | 5) => {
                    code.push('0');
                    notes.add(Notes::LOOKALIKE);
                }
                Some(latin) => {
                    code.push(latin);
                    notes.add(Notes::LOOKALIKE);
                }
                None => code.push(c),
            },
            _ => {}
        }
    }
    if code.len() != source.len() {
        notes.add(Notes::DIRTY);
    }
    if is_placeholder(&code) {
        return Parsed::invalid(trimmed, Defect::Placeholder, notes);
    }
    match Kpp::parse(&code) {
        Ok(kpp) => Parsed { value: Value::Valid(kpp), notes },
        Err(defect) => Parsed::invalid(trimmed, defect, notes),
    }
}

fn is_placeholder(code: &str) -> bool {
    number::is_one_digit(code) || number::is_keyboard_run(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values() {
        for (raw, expected) in [
            ("773601001", Ok("773601001")),
            ("773601001 ", Ok("773601001")),
            ("КПП: 773601001", Ok("773601001")),
            ("7736АВ001", Ok("7736AB001")),
            ("7736ab001", Ok("7736AB001")),
            ("77З601001", Err(Some(Defect::Characters))),
            ("77360100О", Ok("773601000")),
            ("773601001.0", Ok("773601001")),
            ("7.736E+08", Err(Some(Defect::Coerced))),
            ("56789", Err(Some(Defect::Length))),
            ("0", Err(Some(Defect::Placeholder))),
            ("000000000", Err(Some(Defect::Placeholder))),
            ("-", Err(None)),
            ("", Err(None)),
        ] {
            let shown = match parse(raw).value {
                Value::Valid(kpp) => Ok(kpp.to_string()),
                Value::Empty => Err(None),
                Value::Invalid { defect, .. } => Err(Some(defect)),
            };
            assert_eq!(shown, expected.map(str::to_owned), "{raw}");
        }
        assert!(parse("7736АВ001").notes.has(Notes::LOOKALIKE));
    }
}
