//! SNILS, identity document, foreign tax number.

use super::inn::near;
use super::{Outcome, Pair, shared};
use crate::matching::pack::DOCUMENT_BITS;
use crate::matching::types::Level;

/// The number without its kind.
const DIGITS: u64 = (1 << DOCUMENT_BITS) - 1;

/// Exact: a document of one kind and number in common. Near: numbers of one kind a digit off, swapped or short of a
/// digit.
pub fn compare(pair: &Pair) -> Outcome {
    let p = pair.p;
    let (a, b) = (p.documents(pair.a), p.documents(pair.b));
    if a.is_empty() || b.is_empty() {
        return Outcome::EMPTY;
    }
    if shared(a, b).next().is_some() {
        return Outcome::new(Level::Exact, pair.rare(0.9, 0.01));
    }
    let (x, y) = (p.document_numbers(pair.a), p.document_numbers(pair.b));
    let slip = |x: u64, y: u64| x >> DOCUMENT_BITS == y >> DOCUMENT_BITS && near(x & DIGITS, y & DIGITS);
    if x.iter().any(|&x| y.iter().any(|&y| slip(x, y))) {
        return Outcome::new(Level::Near, pair.rare(0.2, 0.5).clamp(0.0, 10.0));
    }
    Outcome::new(Level::Different, -2.0)
}
