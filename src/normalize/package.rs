//! How much of its base unit a package of a product holds.

use super::{decimal, unit};
use crate::model::{Decimal, Field, Value};

/// A package: `778 = 12` is a pack of twelve, `12` one that nobody names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Package {
    /// Code of ОКЕИ; `None` when the text names no unit that we know.
    pub unit: Option<&'static str>,
    /// `None` when it is no number above zero: nothing can be counted in such packages.
    pub coefficient: Option<Decimal>,
}

/// Packages of a text, one a line: a number, or a number and its unit in any order (`778 = 12`, `упак 12`, `12 шт`).
pub fn parse(raw: &str) -> impl Iterator<Item = Package> + '_ {
    raw.split('\n').map(str::trim).filter(|line| !line.is_empty()).map(|line| {
        let (of, number) = divide(line);
        let coefficient = match decimal::parse(number, Field::Coefficient) {
            Value::Valid(number) if number.micros() > 0 => Some(number),
            _ => None,
        };
        Package { unit: unit::parse(of).map(|unit| unit.code), coefficient }
    })
}

/// The unit and the number of a line. «1 000» is one number: what divides is a sign or a letter.
fn divide(line: &str) -> (&str, &str) {
    if let Some(parts) = line.split_once(['=', ':']) {
        return parts;
    }
    let letters = || line.char_indices().filter(|(_, c)| c.is_alphabetic());
    match (letters().next(), letters().next_back()) {
        (Some((first, _)), _) if line.starts_with(|c: char| c.is_ascii_digit()) => {
            let (number, of) = line.split_at(first);
            (of, number)
        }
        (_, Some((last, c))) => line.split_at(last + c.len_utf8()),
        _ => ("", line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages() {
        for (raw, expected) in [
            ("12", "- 12"),
            ("778 = 12", "778 12"),
            ("упак: 12,5", "778 12.5"),
            ("упак 1 000", "778 1000"),
            ("12 шт", "796 12"),
            ("1 000", "- 1000"),
            ("0", "- 0"),
            ("778 = -1", "778 0"),
            ("много", "- 0"),
            ("796 = 1\n778 = 12", "796 1;778 12"),
            ("", ""),
        ] {
            let one = |p: Package| format!("{} {}", p.unit.unwrap_or("-"), p.coefficient.unwrap_or_default());
            assert_eq!(parse(raw).map(one).collect::<Vec<_>>().join(";"), expected, "{raw}");
        }
    }
}
