//! Decimals as spreadsheets, 1C and CRMs write them.

use super::{amount, text};
use crate::model::{Decimal, Field, Value};

/// Reads a number of a field: as [`amount::parse`] does, with up to six digits after the point; a per cent sign is
/// dropped.
///
/// `1,234` is a thousand or one and a bit: of an amount that is ambiguous, a quantity, a price, a rate and an area
/// have three digits after the point as a rule, and nobody sends `1,234` for a thousand pieces.
pub fn parse(raw: &str, field: Field) -> Value<Decimal> {
    let trimmed = raw.trim().trim_end_matches('%').trim_end();
    if text::means_none(trimmed) {
        return Value::Empty;
    }
    // Machines write a plain point; almost every value of an exchange file is one.
    if trimmed.bytes().all(|b| b.is_ascii_digit() || b == b'-' || b == b'.')
        && let Ok(number) = Decimal::parse(trimmed)
        && (is_fine(field) || trimmed.len() - trimmed.find('.').unwrap_or(trimmed.len()) != 4)
    {
        return Value::Valid(number);
    }
    match amount::plain(trimmed, is_fine(field)).and_then(|plain| Decimal::parse(&plain)) {
        Ok(number) => Value::Valid(number),
        Err(defect) => Value::invalid(trimmed, defect),
    }
}

/// Whether thousandths are usual.
fn is_fine(field: Field) -> bool {
    use Field::{
        Area, AreaBti, AreaContract, Coefficient, CurrencyRate, Discount, Price, PriceMetre, Quantity, Reserved,
    };
    matches!(
        field,
        Area | AreaBti
            | AreaContract
            | Coefficient
            | CurrencyRate
            | Discount
            | Price
            | PriceMetre
            | Quantity
            | Reserved
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Defect;

    #[test]
    fn values() {
        use Field::{Amount, Quantity};
        for (raw, field, expected) in [
            ("1234.56", Amount, Ok("1234.56")),
            ("1 234,56", Amount, Ok("1234.56")),
            ("1\u{A0}234,56 руб.", Amount, Ok("1234.56")),
            ("-0.01", Amount, Ok("-0.01")),
            ("1,234", Amount, Err(Some(Defect::Ambiguous))),
            ("1.234", Amount, Err(Some(Defect::Ambiguous))),
            ("1,234", Quantity, Ok("1.234")),
            ("1.234", Quantity, Ok("1.234")),
            ("12,5%", Quantity, Ok("12.5")),
            ("0.1000000000000000055", Quantity, Ok("0.1")),
            ("сто", Amount, Err(Some(Defect::Characters))),
            ("5O,00", Amount, Err(Some(Defect::Characters))),
            ("", Amount, Err(None)),
            ("-", Amount, Err(None)),
        ] {
            let shown = match parse(raw, field) {
                Value::Valid(number) => Ok(number.to_string()),
                Value::Empty => Err(None),
                Value::Invalid { defect, .. } => Err(Some(defect)),
            };
            assert_eq!(shown, expected.map(str::to_owned), "{raw}");
        }
    }
}
