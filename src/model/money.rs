//! Exact amounts.

use std::fmt;

use super::Defect;

/// An amount in kopecks (1/100 of the currency unit). Never a float: sums must agree to the kopeck.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Money(pub i64);

impl Money {
    /// Parses `-1234`, `1234.5`, `1234.56`, `1234.5600`: digits, one point, an optional minus.
    ///
    /// # Errors
    /// [`Defect::Syntax`]; [`Defect::Several`] never; [`Defect::Impossible`] for more than 92 quadrillion or for
    /// fractions of a kopeck.
    pub fn parse(text: &str) -> Result<Money, Defect> {
        let (minus, body) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = body.split_once('.').unwrap_or((body, ""));
        let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(fraction) || body.ends_with('.') {
            return Err(Defect::Syntax);
        }
        let (kopecks, rest) = fraction.split_at(fraction.len().min(2));
        if rest.bytes().any(|b| b != b'0') {
            return Err(Defect::Impossible);
        }
        let number = |s: &str| s.parse::<i64>().map_err(|_| Defect::Impossible);
        let whole = number(whole)?.checked_mul(100).ok_or(Defect::Impossible)?;
        let kopecks = if kopecks.is_empty() { 0 } else { number(&format!("{kopecks:0<2}"))? };
        let sum = whole.checked_add(kopecks).ok_or(Defect::Impossible)?;
        Ok(Money(if minus { -sum } else { sum }))
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "{sign}{}.{:02}", self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_exactly() {
        for (text, expected) in [
            ("1234.56", Ok("1234.56")),
            ("-0.5", Ok("-0.50")),
            ("19999.9900", Ok("19999.99")),
            ("0", Ok("0.00")),
            ("1.005", Err(Defect::Impossible)),
            ("1,5", Err(Defect::Syntax)),
            ("", Err(Defect::Syntax)),
            ("1.", Err(Defect::Syntax)),
            ("99999999999999999999", Err(Defect::Impossible)),
        ] {
            assert_eq!(Money::parse(text).map(|m| m.to_string()), expected.map(str::to_owned), "{text}");
        }
    }
}
