//! A telephone number in E.164.

use std::fmt;

use super::Defect;

/// A number of 8 to 15 digits with its country code, and the extension if there is one.
///
/// Shape: ITU-T E.164 (at most 15 digits). Numbers of the +7 zone have exactly 11 digits and an area code that starts
/// with 3, 4, 5, 6, 7, 8 or 9.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Phone {
    number: u64,
    extension: u32,
}

impl Phone {
    /// `digits`: country code and number, digits only, without `+`.
    ///
    /// # Errors
    /// [`Defect::Characters`], [`Defect::Length`], [`Defect::Impossible`] (leading zero, a +7 area code nobody has).
    pub fn parse(digits: &str, extension: Option<u32>) -> Result<Phone, Defect> {
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Defect::Characters);
        }
        if !(8..=15).contains(&digits.len()) {
            return Err(Defect::Length);
        }
        if digits.starts_with('0') {
            return Err(Defect::Impossible);
        }
        if digits.starts_with('7') {
            if digits.len() != 11 {
                return Err(Defect::Length);
            }
            if matches!(digits.as_bytes()[1], b'0' | b'1' | b'2') {
                return Err(Defect::Impossible);
            }
        }
        let number = digits.bytes().fold(0u64, |n, b| n * 10 + u64::from(b - b'0'));
        Ok(Phone { number, extension: extension.unwrap_or(0) })
    }

    /// All digits as a number, country code first, without the extension.
    pub fn number(self) -> u64 {
        self.number
    }

    /// 0 when there is none.
    pub fn extension(self) -> u32 {
        self.extension
    }

    /// Country code 7 (Russia and Kazakhstan).
    pub fn is_zone_7(self) -> bool {
        (70_000_000_000..80_000_000_000).contains(&self.number)
    }

    /// A mobile number of Russia (9XX) or Kazakhstan (70X, 747, 77X): held by a person rather than an office.
    pub fn is_mobile(self) -> bool {
        if !self.is_zone_7() {
            return false;
        }
        let code = self.number / 10_000_000 % 1000;
        code >= 900 || (700..=709).contains(&code) || code == 747 || (770..=779).contains(&code)
    }
}

/// `+74951234567`, with an extension `+74951234567 доб. 12`.
impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "+{}", self.number)?;
        if self.extension > 0 {
            write!(f, " доб. {}", self.extension)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_and_refuses() {
        for (text, expected) in [
            ("74951234567", Ok("+74951234567")),
            ("4930123456", Ok("+4930123456")),
            ("7495123456", Err(Defect::Length)),
            ("70001234567", Err(Defect::Impossible)),
            ("1234567", Err(Defect::Length)),
            ("0123456789", Err(Defect::Impossible)),
        ] {
            assert_eq!(Phone::parse(text, None).map(|p| p.to_string()), expected.map(str::to_owned), "{text}");
        }
        assert_eq!(Phone::parse("79161234567", Some(12)).unwrap().to_string(), "+79161234567 доб. 12");
        assert!(Phone::parse("79161234567", None).unwrap().is_mobile());
        assert!(!Phone::parse("74951234567", None).unwrap().is_mobile());
    }
}
