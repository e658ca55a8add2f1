//! Phones.

use super::{Outcome, Pair, one_digit_off, shared};
use crate::matching::types::Level;

/// Most that a number one digit off says: firms of one house have numbers that follow each other.
const NEXT_DOOR: f32 = 3.5;

/// Exact: a number in common, extensions not contradicting. Folded: a number without its area code and one that ends so.
/// Near: the same number with another extension (one office), or a number one digit off.
pub fn compare(pair: &Pair) -> Outcome {
    let p = pair.p;
    let (a, b) = (p.phones(pair.a), p.phones(pair.b));
    let (tails_a, tails_b) = (p.tails(pair.a), p.tails(pair.b));
    if tails_a.is_empty() || tails_b.is_empty() {
        return Outcome::EMPTY;
    }
    let mut best: Option<Outcome> = None;
    for (i, x) in a.iter().enumerate() {
        for (j, y) in b.iter().enumerate() {
            let found = if x == y {
                let others = Pair::strangers(p.frequencies.phone.get(x), 0.05);
                let (ex, ey) = (p.extension(pair.a, i), p.extension(pair.b, j));
                if ex == ey || ex == 0 || ey == 0 {
                    Outcome::new(Level::Exact, pair.rare(0.6, others))
                } else {
                    Outcome::new(Level::Near, 2.0)
                }
            } else if one_digit_off(*x, *y) {
                Outcome::new(Level::Near, pair.rare(0.1, 4.0).clamp(0.0, NEXT_DOOR))
            } else {
                continue;
            };
            if best.is_none_or(|b| (b.level, b.bits) < (found.level, found.bits)) {
                best = Some(found);
            }
        }
    }
    // Two whole numbers that end alike stand in two towns.
    let local = a.len() < tails_a.len() || b.len() < tails_b.len();
    if best.is_none_or(|b| b.level < Level::Folded) && local {
        let others = shared(tails_a, tails_b).map(|x| Pair::strangers(p.frequencies.tail.get(&x), 0.1));
        if let Some(others) = others.reduce(f32::min) {
            return Outcome::new(Level::Folded, pair.rare(0.3, others));
        }
    }
    best.unwrap_or(Outcome::new(Level::Different, -1.0))
}
