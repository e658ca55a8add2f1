//! Id of the record in the other system.

use super::{Outcome, Pair};
use crate::matching::types::Level;

/// Exact: one record cites the other. Folded: both cite the same record of the other side. Different: a record cites
/// another one than this, and that one exists. A cited id that nobody has is no evidence: it may come from a deleted
/// base.
pub fn compare(pair: &Pair) -> Outcome {
    let (a, b) = (pair.p.row(pair.a), pair.p.row(pair.b));
    let cross = !pair.p.are_of_one_side(pair.a, pair.b);
    if !cross {
        return match (a.external, b.external) {
            (x, y) if x == 0 || y == 0 => Outcome::EMPTY,
            (x, y) if x == y => Outcome::new(Level::Folded, pair.rare(0.5, 0.3)),
            _ if a.external_found && b.external_found => Outcome::new(Level::Different, -2.0),
            _ => Outcome::EMPTY,
        };
    }
    let cites = |from: &crate::matching::pack::Row, to: &crate::matching::pack::Row| from.external == to.id;
    if a.external != 0 && cites(a, b) || b.external != 0 && cites(b, a) {
        Outcome::new(Level::Exact, pair.rare(0.98, 0.002))
    } else if a.external_found || b.external_found {
        Outcome::new(Level::Different, -3.0)
    } else {
        Outcome::EMPTY
    }
}
