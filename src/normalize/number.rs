//! Numbers that a spreadsheet made of identifiers: `7701234567.0`, `7,7E+09`.

/// What a text in the form of a floating-point number says about the identifier it was.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Coerced {
    /// Every digit survives: the whole number as digits.
    Whole(String),
    /// Digits are lost for good.
    Lost,
}

/// Recognises `123.0`, `123,00`, `1.23E+4`, `1,23e4` (also with a Cyrillic Е). `None` for any other text, plain digits
/// included.
///
/// An exponent form is whole only when its mantissa shows every digit of the number: zeros that would have to be filled
/// in may stand for digits that were rounded away.
pub fn uncoerce(text: &str) -> Option<Coerced> {
    let text = text.trim();
    let (mantissa, exponent) = match text.char_indices().find(|(_, c)| matches!(c, 'E' | 'e' | 'Е' | 'е')) {
        Some((at, c)) => {
            let tail = &text[at + c.len_utf8()..];
            let tail = tail.strip_prefix('+').unwrap_or(tail);
            if tail.is_empty() || tail.len() > 2 || !tail.bytes().all(|b| b.is_ascii_digit()) {
                return None;
            }
            (text[..at].trim_end(), Some(tail.parse::<usize>().ok()?))
        }
        None => (text, None),
    };
    let (whole, fraction) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, ""));
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) {
        return None;
    }
    match exponent {
        None if fraction.is_empty() || fraction.bytes().any(|b| b != b'0') || whole.len() < 5 => None,
        None => Some(Coerced::Whole(whole.to_owned())),
        Some(exponent) if whole.len() == 1 => {
            let (kept, rest) = fraction.split_at(fraction.len().min(exponent));
            if kept.len() == exponent && rest.bytes().all(|b| b == b'0') {
                Some(Coerced::Whole(format!("{whole}{kept}")))
            } else {
                Some(Coerced::Lost)
            }
        }
        Some(_) => Some(Coerced::Lost),
    }
}

/// All digits are the same one.
pub fn is_one_digit(digits: &str) -> bool {
    let bytes = digits.as_bytes();
    bytes.first().is_some_and(|first| bytes.iter().all(|b| b == first))
}

/// A run of the keyboard (`1234567890`, `0123456789`, `987654321`), whole, at least five digits.
pub fn is_keyboard_run(digits: &str) -> bool {
    digits.len() >= 5
        && ["12345678901234567890", "01234567890123456789", "98765432109876543210"]
            .iter()
            .any(|run| run.starts_with(digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats() {
        let whole = |s: &str| Some(Coerced::Whole(s.to_owned()));
        for (text, expected) in [
            ("7701234567.0", whole("7701234567")),
            ("7701234567,00", whole("7701234567")),
            ("7.701234567E+09", whole("7701234567")),
            ("7,701234567E9", whole("7701234567")),
            ("7,7E+09", Some(Coerced::Lost)),
            ("7.70123Е+09", Some(Coerced::Lost)),
            ("77E+8", Some(Coerced::Lost)),
            ("7701234567", None),
            ("1.5", None),
            ("E10", None),
            ("12Е", None),
            ("7.7E+999", None),
            ("", None),
        ] {
            assert_eq!(uncoerce(text), expected, "{text}");
        }
    }

    #[test]
    fn fillers() {
        assert!(is_one_digit("1111111111") && !is_one_digit("1111111112") && !is_one_digit(""));
        assert!(is_keyboard_run("1234567890") && is_keyboard_run("123456789012") && !is_keyboard_run("1234"));
        assert!(!is_keyboard_run("1234567809"));
    }
}
