//! Settlement accounts and bank codes out of their cells.

use super::number::{self, Coerced};
use super::text;
use crate::model::{BankAccount, Bik, Defect, Noted, Notes, Value};

/// Reads a cell of accounts and appends one entry per account. Whether the control key agrees with the bank is asked of
/// [`BankAccount::agrees_with`]: it needs the BIK of the same line.
pub fn parse_into(raw: &str, out: &mut Vec<Noted<BankAccount>>) {
    let begin = out.len();
    // «р/с» is a label, not two values.
    let unlabelled = if raw.contains('/') {
        raw.replace("р/с", " ").replace("Р/С", " ").replace("Р/с", " ")
    } else {
        raw.to_owned()
    };
    for part in unlabelled.split(['\n', ';', ',', '/']).map(str::trim).filter(|p| !text::means_none(p)) {
        let entry = one(part, raw);
        if !out[begin..].iter().any(|e| e.value == entry.value) {
            out.push(entry);
        }
    }
}

/// [`parse_into`] as a new list.
pub fn parse_all(raw: &str) -> Vec<Noted<BankAccount>> {
    let mut out = Vec::new();
    parse_into(raw, &mut out);
    out
}

fn one(part: &str, raw: &str) -> Noted<BankAccount> {
    if let Ok(account) = BankAccount::parse(part)
        && !number::is_one_digit(part)
        && !number::is_keyboard_run(part)
    {
        return Noted { value: Value::Valid(account), notes: Notes::NONE };
    }
    // A decimal comma has been taken for a separator above: look at the whole cell.
    if number::uncoerce(raw) == Some(Coerced::Lost) || number::uncoerce(part) == Some(Coerced::Lost) {
        return Noted { value: Value::invalid(raw.trim(), Defect::Coerced), notes: Notes::COERCED };
    }
    let cleaned = text::clean(part);
    let mut notes = Notes::DIRTY;
    let upper = cleaned.to_uppercase();
    let body = ["Ч", "РАСЧЕТНЫЙ СЧЕТ", "РАСЧЁТНЫЙ СЧЁТ", "СЧЕТ", "СЧЁТ", "РС", "№"]
        .iter()
        .fold(upper.as_str(), |text, label| {
            text.strip_prefix(label).unwrap_or(text).trim_start_matches([' ', ':', '.', '№'])
        });
    let mut digits = String::with_capacity(20);
    for c in body.chars() {
        match c {
            '0'..='9' => digits.push(c),
            // Position 6 is a letter of a clearing currency; elsewhere О stands for 0.
            'О' | 'O' => {
                digits.push('0');
                notes.add(Notes::LOOKALIKE);
            }
            c if c.is_alphabetic() => digits.push(c),
            _ => {}
        }
    }
    if number::is_one_digit(&digits) || number::is_keyboard_run(&digits) {
        return Noted { value: Value::invalid(part, Defect::Placeholder), notes };
    }
    match BankAccount::parse(&digits) {
        Ok(account) => Noted { value: Value::Valid(account), notes },
        Err(defect) => Noted { value: Value::invalid(part, defect), notes },
    }
}

/// Reads one BIK; 8 digits that lost the leading zero of every Russian BIK get it back.
pub fn parse_bik(raw: &str) -> Value<Bik> {
    if text::means_none(raw) {
        return Value::Empty;
    }
    let mut digits: String = text::clean(raw).chars().filter(char::is_ascii_digit).collect();
    if digits.len() == 8 && digits.starts_with('4') {
        digits.insert(0, '0');
    }
    if digits.is_empty() || number::is_one_digit(&digits) {
        return Value::invalid(raw.trim(), Defect::Placeholder);
    }
    match Bik::parse(&digits) {
        Ok(bik) => Value::Valid(bik),
        Err(defect) => Value::invalid(raw.trim(), defect),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values() {
        for (raw, expected) in [
            ("40702810900000000001", &["40702810900000000001"][..]),
            ("40702 810 9 0000 0000001", &["40702810900000000001"]),
            ("р/с 40702810900000000001", &["40702810900000000001"]),
            ("4О702810900000000001", &["40702810900000000001"]),
            ("40702810900000000001\n40702810900000000002", &["40702810900000000001", "40702810900000000002"]),
            ("40702810900000000001\n40702810900000000001", &["40702810900000000001"]),
            ("4,07028E+19", &["Coerced"]),
            ("4070281090000000001", &["Length"]),
            ("00000000000000000000", &["Placeholder"]),
            ("-", &[]),
            ("", &[]),
        ] {
            let shown: Vec<String> = parse_all(raw)
                .iter()
                .map(|a| match &a.value {
                    Value::Valid(account) => account.to_string(),
                    Value::Empty => String::new(),
                    Value::Invalid { defect, .. } => format!("{defect:?}"),
                })
                .collect();
            assert_eq!(shown, expected, "{raw}");
        }
        assert_eq!(parse_bik("44525225"), Value::Valid(Bik::parse("044525225").unwrap()));
        assert_eq!(parse_bik("0445252").defect(), Some(Defect::Length));
        assert!(parse_bik("").is_empty());
    }
}
