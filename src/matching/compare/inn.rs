//! INN.

use super::{Outcome, Pair, one_digit_off};
use crate::matching::types::Level;

/// Exact: both valid and equal. Folded: both unusable and equal (copied with its mistake). Near: an unusable one is a
/// digit off, swapped or short of a valid one. Two valid INNs are never near: both control digits agree.
pub fn compare(pair: &Pair) -> Outcome {
    let (a, b) = (pair.p.row(pair.a), pair.p.row(pair.b));
    match (a.inn, b.inn) {
        (x, y) if x != 0 && x == y => Outcome::new(Level::Exact, pair.rare(0.93, 0.004)),
        (x, y) if x != 0 && y != 0 => Outcome::new(Level::Different, -10.0),
        _ => {
            let (x, y) = (a.inn.max(a.inn_broken), b.inn.max(b.inn_broken));
            if x == 0 || y == 0 {
                Outcome::EMPTY
            } else if x == y {
                let others = Pair::strangers(pair.p.frequencies.inn_broken.get(&x), 0.05);
                Outcome::new(Level::Folded, pair.rare(0.5, others))
            } else if near(x, y) {
                Outcome::new(Level::Near, pair.rare(0.3, 0.3))
            } else {
                Outcome::new(Level::Different, -2.0)
            }
        }
    }
}

/// One digit off, two neighbours swapped, or one digit lost.
pub fn near(x: u64, y: u64) -> bool {
    one_digit_off(x, y) || lost_digit(x.max(y), x.min(y))
}

/// `short` is `long` without one of its digits.
fn lost_digit(long: u64, short: u64) -> bool {
    let mut power = 1;
    while power <= long {
        if long / (power * 10) * power + long % power == short {
            return short * 100 > long / 10;
        }
        power *= 10;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_numbers() {
        for (x, y, expected) in [
            (7_701_234_567, 7_701_234_657, true),
            (7_701_234_567, 7_701_234_561, true),
            (7_701_234_567, 770_123_567, true),
            // The last digit lost, and the first.
            (7_701_234_567, 770_123_456, true),
            (7_701_234_567, 701_234_567, true),
            (7_701_234_567, 7_799_234_567, false),
            (7_701_234_567, 1, false),
        ] {
            assert_eq!(near(x, y), expected, "{x} {y}");
            assert_eq!(near(y, x), expected, "{y} {x}");
        }
    }
}
