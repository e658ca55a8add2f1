//! Date of birth.

use chrono::{Datelike, NaiveDate};

use super::{Outcome, Pair, one_digit_off};
use crate::matching::types::Level;

/// Near: day and month swapped, or one digit of the date mistyped. Two dates of which one is impossible never differ.
pub fn compare(pair: &Pair) -> Outcome {
    let (x, y) = (pair.p.row(pair.a), pair.p.row(pair.b));
    let (a, b) = (x.birth, y.birth);
    if a == 0 || b == 0 {
        Outcome::EMPTY
    } else if a == b {
        // One of some 15,000 days on which living customers were born.
        Outcome::new(Level::Exact, 13.5)
    } else if near(a, b) {
        Outcome::new(Level::Near, 3.0)
    } else if x.birth_sound && y.birth_sound {
        Outcome::new(Level::Different, -6.0)
    } else {
        Outcome::EMPTY
    }
}

/// Whether day and month of two dates are swapped, or one digit is another; both as days from 0001-01-01.
pub fn near(a: i32, b: i32) -> bool {
    let date = |days| NaiveDate::from_num_days_from_ce_opt(days);
    let (Some(a), Some(b)) = (date(a), date(b)) else { return false };
    let swapped = a.year() == b.year() && a.month() == b.day() && a.day() == b.month();
    let digits = |d: NaiveDate| d.year().unsigned_abs() as u64 * 10_000 + u64::from(d.month() * 100 + d.day());
    swapped || one_digit_off(digits(a), digits(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_a_date() {
        let check = |a: (i32, u32, u32), b: (i32, u32, u32), expected: bool| {
            let days = |d: (i32, u32, u32)| NaiveDate::from_ymd_opt(d.0, d.1, d.2).unwrap().num_days_from_ce();
            assert_eq!(near(days(a), days(b)), expected, "{a:?} {b:?}");
        };
        check((1980, 3, 4), (1980, 4, 3), true);
        check((1980, 3, 14), (1980, 3, 15), true);
        check((1980, 3, 14), (1908, 3, 14), true);
        check((1980, 3, 14), (1955, 7, 1), false);
        // Days that follow each other are no slip: 10 and 09 differ in two digits.
        check((1980, 3, 10), (1980, 3, 9), false);
    }
}
