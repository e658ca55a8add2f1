//! Amounts of money as spreadsheets, 1C and CRMs write them.

use super::text;
use crate::model::{Defect, Money, Value};

/// Names and signs of currencies that may stand around an amount, folded or as they are.
const CURRENCIES: &[&str] =
    &["РУБ", "РУБЛЬ", "РУБЛЯ", "РУБЛЕЙ", "Р", "RUB", "RUR", "USD", "EUR", "KZT", "BYN", "ТГ", "ТЕНГЕ", "₽", "€", "$"];

/// Reads an amount.
///
/// `1 234,56` with any kind of space, `1.234,56`, `1,234.56`, `1'234.56`, `(1 234,56)` and `1 234,56-` for a negative
/// one; a currency beside it is dropped, its value not converted. One comma or point before exactly three digits and
/// nothing else (`1,234`) is [`Defect::Ambiguous`]; other words («5 шт») are [`Defect::Characters`].
pub fn parse(raw: &str) -> Value<Money> {
    if text::means_none(raw) {
        return Value::Empty;
    }
    let trimmed = raw.trim();
    match plain(trimmed, false) {
        Ok(digits) => match Money::parse(&digits) {
            Ok(money) => Value::Valid(money),
            Err(defect) => Value::invalid(trimmed, defect),
        },
        Err(defect) => Value::invalid(trimmed, defect),
    }
}

/// `-1234.56`. `fine`: one mark before three digits is a decimal mark.
pub(super) fn plain(raw: &str, fine: bool) -> Result<String, Defect> {
    let cleaned = text::clean(raw);
    let mut negative = false;
    let mut body = String::with_capacity(cleaned.len());
    let mut word = String::new();
    let mut brackets = 0;
    for c in cleaned.chars().chain([' ']) {
        if c.is_alphabetic() || matches!(c, '₽' | '€' | '$') {
            word.extend(c.to_uppercase());
            continue;
        }
        if !word.is_empty() {
            if !CURRENCIES.contains(&word.as_str()) {
                return Err(Defect::Characters);
            }
            word.clear();
            // The point of «руб.» is not a decimal point.
            if c == '.' {
                continue;
            }
        }
        match c {
            '0'..='9' | ',' | '.' => body.push(c),
            '-' | '−' | '–' => negative = true,
            '(' => brackets += 1,
            ')' => brackets -= 1,
            '\'' | '’' | '+' => {}
            c if c.is_whitespace() => {}
            _ => return Err(Defect::Characters),
        }
    }
    if brackets != 0 {
        return Err(Defect::Syntax);
    }
    negative |= cleaned.contains('(');
    let decimal = decimal_mark(&body, fine)?;
    let mut out = String::with_capacity(body.len() + 1);
    if negative {
        out.push('-');
    }
    for (at, c) in body.char_indices() {
        match c {
            '0'..='9' => out.push(c),
            _ if Some(at) == decimal => out.push('.'),
            _ => {}
        }
    }
    Ok(out)
}

/// Position of the decimal mark; the other marks separate thousands.
fn decimal_mark(body: &str, fine: bool) -> Result<Option<usize>, Defect> {
    let marks: Vec<(usize, char)> = body.char_indices().filter(|(_, c)| matches!(c, ',' | '.')).collect();
    let grouped = |marks: &[(usize, char)], end: usize| {
        marks.iter().zip(marks.iter().skip(1).map(|m| m.0).chain([end])).all(|(m, next)| next - m.0 == 4)
    };
    match marks.as_slice() {
        [] => Ok(None),
        [(at, _)] => {
            // 1,234 is a thousand in English and a fraction in Russian; 0,234 and 1234,567 can only be fractions.
            let whole = &body[..*at];
            if !fine && body.len() - at == 4 && (1..=3).contains(&whole.len()) && whole != "0" {
                return Err(Defect::Ambiguous);
            }
            Ok(Some(*at))
        }
        [thousands @ .., (at, last)] if thousands.iter().all(|(_, c)| c != last) => {
            let one_kind = thousands.iter().all(|(_, c)| *c == thousands[0].1);
            if one_kind && grouped(thousands, *at) { Ok(Some(*at)) } else { Err(Defect::Syntax) }
        }
        all if all.iter().all(|(_, c)| *c == all[0].1) && grouped(all, body.len()) => Ok(None),
        _ => Err(Defect::Syntax),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values() {
        for (raw, expected) in [
            ("1234.56", Ok("1234.56")),
            ("1 234,56", Ok("1234.56")),
            ("1\u{00A0}234,56", Ok("1234.56")),
            ("1\u{202F}234\u{202F}567,8", Ok("1234567.80")),
            ("1.234,56", Ok("1234.56")),
            ("1,234.56", Ok("1234.56")),
            ("1,234,567", Ok("1234567.00")),
            ("1'234.56", Ok("1234.56")),
            ("(1 234,56)", Ok("-1234.56")),
            ("-1 234,56", Ok("-1234.56")),
            ("1 234,56-", Ok("-1234.56")),
            ("1 234,56 руб.", Ok("1234.56")),
            ("1500 р.", Ok("1500.00")),
            ("$ 99.5", Ok("99.50")),
            ("0,234", Err(Some(Defect::Impossible))),
            ("1,234", Err(Some(Defect::Ambiguous))),
            ("5 шт", Err(Some(Defect::Characters))),
            ("12*5", Err(Some(Defect::Characters))),
            ("1.2.3", Err(Some(Defect::Syntax))),
            ("(5", Err(Some(Defect::Syntax))),
            ("руб", Err(Some(Defect::Syntax))),
            ("-", Err(None)),
            ("", Err(None)),
        ] {
            let shown = match parse(raw) {
                Value::Valid(money) => Ok(money.to_string()),
                Value::Empty => Err(None),
                Value::Invalid { defect, .. } => Err(Some(defect)),
            };
            assert_eq!(shown, expected.map(str::to_owned), "{raw}");
        }
    }
}
