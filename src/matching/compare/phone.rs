//! Phones.

use super::{Outcome, Pair, one_digit_off};
use crate::matching::types::Level;

/// Exact: a number in common, extensions not contradicting. Near: the same number with another extension (one office),
/// or a number one digit off.
pub fn compare(pair: &Pair) -> Outcome {
    let p = pair.p;
    let (a, b) = (p.phones.get(pair.a), p.phones.get(pair.b));
    if a.is_empty() || b.is_empty() {
        return Outcome::EMPTY;
    }
    let (ext_a, ext_b) = (p.extensions.get(pair.a), p.extensions.get(pair.b));
    let mut best: Option<Outcome> = None;
    for (x, ex) in a.iter().zip(ext_a) {
        for (y, ey) in b.iter().zip(ext_b) {
            let found = if x == y {
                let others = Pair::strangers(p.frequencies.phone.get(x), 0.05);
                if ex == ey || *ex == 0 || *ey == 0 {
                    Outcome::new(Level::Exact, pair.rare(0.6, others))
                } else {
                    Outcome::new(Level::Near, 2.0)
                }
            } else if one_digit_off(*x, *y) {
                Outcome::new(Level::Near, pair.rare(0.1, 4.0).clamp(0.0, 6.0))
            } else {
                continue;
            };
            if best.is_none_or(|b| (b.level, b.bits) < (found.level, found.bits)) {
                best = Some(found);
            }
        }
    }
    best.unwrap_or(Outcome::new(Level::Different, -1.0))
}
