//! SNILS, identity document, foreign tax number.

use super::{Outcome, Pair, shared};
use crate::matching::types::Level;

/// Exact: a document of one kind and number in common.
pub fn compare(pair: &Pair) -> Outcome {
    let (a, b) = (pair.p.documents.get(pair.a), pair.p.documents.get(pair.b));
    if a.is_empty() || b.is_empty() {
        Outcome::EMPTY
    } else if shared(a, b).next().is_some() {
        Outcome::new(Level::Exact, pair.rare(0.9, 0.01))
    } else {
        Outcome::new(Level::Different, -2.0)
    }
}
