//! KPP, the code of the reason for tax registration.

use std::fmt;

use super::Defect;

/// A valid KPP: 4 digits of the inspection, 2 digits or capital Latin letters of the reason, 3 digits.
///
/// Rule: FNS order ММВ-7-6/435@ of 29.06.2012, section III; the standard library of 1C checks the same form.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Kpp([u8; 9]);

impl Kpp {
    /// # Errors
    /// [`Defect::Length`], [`Defect::Characters`], [`Defect::Impossible`] (inspection 0000).
    pub fn parse(text: &str) -> Result<Kpp, Defect> {
        let bytes: [u8; 9] = match <[u8; 9]>::try_from(text.as_bytes()) {
            Ok(bytes) => bytes,
            // A letter of another alphabet takes more bytes: say what is wrong with it, not with the length.
            Err(_) if text.chars().count() == 9 => return Err(Defect::Characters),
            Err(_) => return Err(Defect::Length),
        };
        let right =
            bytes.iter().enumerate().all(|(i, b)| b.is_ascii_digit() || ((i == 4 || i == 5) && b.is_ascii_uppercase()));
        if !right {
            return Err(Defect::Characters);
        }
        if bytes.starts_with(b"0000") {
            return Err(Defect::Impossible);
        }
        Ok(Kpp(bytes))
    }

    pub fn as_str(&self) -> &str {
        // `parse` lets only ASCII in.
        std::str::from_utf8(&self.0).expect("a KPP holds ASCII only")
    }

    /// Positions 5–6: 01 head office, 02…05, 31, 32 branches, 43…45 property or transport, 50 largest taxpayer.
    pub fn reason(&self) -> &str {
        &self.as_str()[4..6]
    }

    /// Registration as a largest taxpayer: the firm has a territorial KPP besides it.
    pub fn is_largest_taxpayer(&self) -> bool {
        self.reason() == "50"
    }

    /// A number unique to this KPP, for keys.
    pub fn key(&self) -> u64 {
        self.0.iter().fold(0u64, |n, &b| n * 36 + u64::from(if b.is_ascii_digit() { b - b'0' } else { b - b'A' + 10 }))
    }
}

impl fmt::Display for Kpp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_and_refuses() {
        for (text, expected) in [
            ("773601001", Ok("773601001")),
            ("7736AB001", Ok("7736AB001")),
            ("7736АВ001", Err(Defect::Characters)),
            ("56789", Err(Defect::Length)),
            ("77360100I", Err(Defect::Characters)),
            ("000001001", Err(Defect::Impossible)),
        ] {
            assert_eq!(Kpp::parse(text).map(|k| k.to_string()), expected.map(str::to_owned), "{text}");
        }
        assert!(Kpp::parse("997950001").unwrap().is_largest_taxpayer());
    }
}
