//! OGRN and OGRNIP.

use super::{Outcome, Pair};
use crate::matching::types::Level;

/// Both valid: equal or different.
pub fn compare(pair: &Pair) -> Outcome {
    match (pair.p.row(pair.a).ogrn, pair.p.row(pair.b).ogrn) {
        (0, _) | (_, 0) => Outcome::EMPTY,
        (x, y) if x == y => Outcome::new(Level::Exact, pair.rare(0.9, 0.004)),
        _ => Outcome::new(Level::Different, -7.0),
    }
}
