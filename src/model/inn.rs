//! INN, the Russian taxpayer number.

use std::fmt;

use super::Defect;

/// A valid INN: 10 digits of an organisation or 12 of a person (sole traders included), control digits agree.
///
/// Rule: the standard library of 1C, `РегламентированныеДанныеКлиентСерверПовтИсп`/`ИННСоответствуетТребованиям`,
/// weights 2 4 10 3 5 9 4 6 8 and 7|3 7 2 4 10 3 5 9 4 6 8, sum mod 11 mod 10; FNS order ММВ-7-6/435@ of 29.06.2012
/// gives the structure (2 digits of the region, 2 of the inspection, serial number, control).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Inn {
    number: u64,
    person: bool,
}

impl Inn {
    /// Parses exactly 10 or 12 ASCII digits.
    ///
    /// # Errors
    /// [`Defect::Characters`], [`Defect::Length`], [`Defect::Impossible`] (region 00), [`Defect::Checksum`].
    pub fn parse(text: &str) -> Result<Inn, Defect> {
        let digits = text.as_bytes();
        if !digits.iter().all(u8::is_ascii_digit) {
            return Err(Defect::Characters);
        }
        if digits.len() != 10 && digits.len() != 12 {
            return Err(Defect::Length);
        }
        if digits.starts_with(b"00") {
            return Err(Defect::Impossible);
        }
        if !control_agrees(digits) {
            return Err(Defect::Checksum);
        }
        let number = digits.iter().fold(0u64, |n, d| n * 10 + u64::from(d - b'0'));
        Ok(Inn { number, person: digits.len() == 12 })
    }

    /// 12 digits: a natural person or a sole trader.
    pub fn is_person(self) -> bool {
        self.person
    }

    /// The digits as a number; with the length it is unique, and a 10-digit number never equals a 12-digit one
    /// (the first two digits are not both zero).
    pub fn number(self) -> u64 {
        self.number
    }
}

/// Whether the control digits of 10 or 12 ASCII digits agree.
fn control_agrees(digits: &[u8]) -> bool {
    const WEIGHTS: [u32; 11] = [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8];
    let control = |upto: usize| {
        let weights = &WEIGHTS[WEIGHTS.len() - upto..];
        let sum: u32 = digits[..upto].iter().zip(weights).map(|(d, w)| u32::from(d - b'0') * w).sum();
        (sum % 11 % 10) as u8 + b'0'
    };
    match digits.len() {
        10 => control(9) == digits[9],
        12 => control(10) == digits[10] && control(11) == digits[11],
        _ => false,
    }
}

impl fmt::Display for Inn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.person { write!(f, "{:012}", self.number) } else { write!(f, "{:010}", self.number) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_and_refuses() {
        let check = |text: &str, expected: Result<&str, Defect>| {
            assert_eq!(Inn::parse(text).map(|i| i.to_string()), expected.map(str::to_owned), "{text}");
        };
        check("7799001873", Ok("7799001873"));
        check("779900111176", Ok("779900111176"));
        check("0278000014", Err(Defect::Checksum));
        check("7799001874", Err(Defect::Checksum));
        check("779900111175", Err(Defect::Checksum));
        check("779900187", Err(Defect::Length));
        check("77990018731", Err(Defect::Length));
        check("", Err(Defect::Length));
        check("0000000000", Err(Defect::Impossible));
        check("7799O01873", Err(Defect::Characters));
    }
}
