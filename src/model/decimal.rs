//! Exact decimals: amounts, prices, quantities, rates, areas.

use std::fmt;

use super::{Defect, Money};

/// A decimal with six digits after the point, from −9.2 to 9.2 trillion. Never a float: sums must agree to the kopeck.
///
/// Six digits hold what 1C and the CRMs keep (amounts 2, quantities 3, prices up to 5, rates 4). Digits after the
/// sixth are the tail of a float (`0.30000000000000004`) and are rounded away, half away from zero.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Decimal(i64);

impl Decimal {
    pub const ZERO: Decimal = Decimal(0);
    /// Millionths in one.
    pub const SCALE: i64 = 1_000_000;

    /// From millionths.
    pub const fn from_micros(micros: i64) -> Decimal {
        Decimal(micros)
    }

    /// Millionths.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Parses `-1234`, `1234.5`, `1234.567890`: digits, one point, an optional minus.
    ///
    /// # Errors
    /// [`Defect::Syntax`]; [`Defect::Impossible`] beyond the range.
    pub fn parse(text: &str) -> Result<Decimal, Defect> {
        let (minus, body) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = body.split_once('.').unwrap_or((body, ""));
        let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(fraction) || body.ends_with('.') {
            return Err(Defect::Syntax);
        }
        let mut micros =
            whole.parse::<i64>().ok().and_then(|whole| whole.checked_mul(Decimal::SCALE)).ok_or(Defect::Impossible)?;
        let mut unit = Decimal::SCALE / 10;
        for digit in fraction.bytes().take(6) {
            micros = micros.checked_add(i64::from(digit - b'0') * unit).ok_or(Defect::Impossible)?;
            unit /= 10;
        }
        if fraction.as_bytes().get(6).is_some_and(|&digit| digit >= b'5') {
            micros = micros.checked_add(1).ok_or(Defect::Impossible)?;
        }
        Ok(Decimal(if minus { -micros } else { micros }))
    }

    /// The amount in kopecks, where there are no fractions of one.
    pub fn money(self) -> Option<Money> {
        const KOPECK: i64 = Decimal::SCALE / 100;
        (self.0 % KOPECK == 0).then_some(Money(self.0 / KOPECK))
    }

    /// To the kopeck, half away from zero, as 1C rounds.
    pub fn round_to_kopeck(self) -> Money {
        const KOPECK: i64 = Decimal::SCALE / 100;
        let (whole, rest) = (self.0 / KOPECK, self.0 % KOPECK);
        Money(whole + if rest.abs() * 2 >= KOPECK { rest.signum() } else { 0 })
    }

    /// `None` beyond the range.
    pub fn checked_add(self, other: Decimal) -> Option<Decimal> {
        self.0.checked_add(other.0).map(Decimal)
    }

    /// `None` beyond the range.
    pub fn checked_sub(self, other: Decimal) -> Option<Decimal> {
        self.0.checked_sub(other.0).map(Decimal)
    }

    /// `None` beyond the range.
    pub fn checked_mul(self, other: Decimal) -> Option<Decimal> {
        let product = i128::from(self.0) * i128::from(other.0);
        let half = i128::from(Decimal::SCALE / 2) * product.signum();
        i64::try_from((product + half) / i128::from(Decimal::SCALE)).ok().map(Decimal)
    }
}

impl From<Money> for Decimal {
    /// Amounts beyond 9.2 trillion are cut to the range: no document holds one.
    fn from(money: Money) -> Decimal {
        Decimal(money.0.saturating_mul(Decimal::SCALE / 100))
    }
}

impl fmt::Display for Decimal {
    /// As short as can be: `1234`, `0.5`, `-12.345`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scale = Decimal::SCALE.unsigned_abs();
        let (whole, fraction) = (self.0.unsigned_abs() / scale, self.0.unsigned_abs() % scale);
        let sign = if self.0 < 0 { "-" } else { "" };
        if fraction == 0 {
            return write!(f, "{sign}{whole}");
        }
        let digits = format!("{fraction:06}");
        write!(f, "{sign}{whole}.{}", digits.trim_end_matches('0'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_exactly() {
        for (text, expected) in [
            ("1234.56", Ok("1234.56")),
            ("-0.5", Ok("-0.5")),
            ("1.005", Ok("1.005")),
            ("0.30000000000000004", Ok("0.3")),
            ("2.9999999", Ok("3")),
            ("-2.9999995", Ok("-3")),
            ("9223372036854", Ok("9223372036854")),
            ("9223372036855", Err(Defect::Impossible)),
            ("99999999999999999999", Err(Defect::Impossible)),
            ("1,5", Err(Defect::Syntax)),
            ("", Err(Defect::Syntax)),
            ("1.", Err(Defect::Syntax)),
            (".5", Err(Defect::Syntax)),
        ] {
            assert_eq!(Decimal::parse(text).map(|d| d.to_string()), expected.map(str::to_owned), "{text}");
        }
    }

    #[test]
    fn kopecks() {
        let of = |text: &str| Decimal::parse(text).unwrap();
        assert_eq!(of("10.05").money(), Some(Money(1005)));
        assert_eq!(of("10.005").money(), None);
        assert_eq!(of("10.005").round_to_kopeck(), Money(1001));
        assert_eq!(of("-10.005").round_to_kopeck(), Money(-1001));
        assert_eq!(of("10.0049").round_to_kopeck(), Money(1000));
        assert_eq!(Decimal::from(Money(1005)), of("10.05"));
        assert_eq!(of("3.333").checked_mul(of("3")).unwrap(), of("9.999"));
        assert_eq!(of("9000000000000").checked_mul(of("9")), None);
    }
}
