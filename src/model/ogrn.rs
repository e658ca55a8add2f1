//! OGRN and OGRNIP, the state registration numbers.

use std::fmt;

use super::Defect;

/// A valid OGRN (13 digits, organisation) or OGRNIP (15 digits, sole trader).
///
/// Rule: Ministry of Finance order 165n of 30.10.2017, section II: the last digit is the last digit of the rest of
/// dividing the number before it by 11 (13 digits) or 13 (15 digits); the first digit tells the kind.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Ogrn(u64);

impl Ogrn {
    /// # Errors
    /// [`Defect::Characters`], [`Defect::Length`], [`Defect::Impossible`] (first digit), [`Defect::Checksum`].
    pub fn parse(text: &str) -> Result<Ogrn, Defect> {
        if !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Defect::Characters);
        }
        let divisor = match text.len() {
            13 => 11,
            15 => 13,
            _ => return Err(Defect::Length),
        };
        let first = text.as_bytes()[0];
        let right_first =
            if text.len() == 13 { matches!(first, b'1' | b'2' | b'5') } else { matches!(first, b'3' | b'4') };
        if !right_first {
            return Err(Defect::Impossible);
        }
        let number = text.bytes().fold(0u64, |n, b| n * 10 + u64::from(b - b'0'));
        if number / 10 % divisor % 10 != number % 10 {
            return Err(Defect::Checksum);
        }
        Ok(Ogrn(number))
    }

    /// OGRNIP: 15 digits.
    pub fn is_sole_trader(self) -> bool {
        self.0 >= 100_000_000_000_000
    }

    pub fn number(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Ogrn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_and_refuses() {
        for (text, expected) in [
            ("1027700132195", Ok(false)),
            ("304500116000157", Ok(true)),
            ("1027700132196", Err(Defect::Checksum)),
            ("9027700132195", Err(Defect::Impossible)),
            ("102770013219", Err(Defect::Length)),
            ("10277001З2195", Err(Defect::Characters)),
        ] {
            assert_eq!(Ogrn::parse(text).map(Ogrn::is_sole_trader), expected, "{text}");
        }
    }
}
