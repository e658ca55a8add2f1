//! KPP.

use super::{Outcome, Pair};
use crate::matching::types::Level;

/// A KPP names an inspection and a reason, and thousands of firms share one: it says which part of a firm a record
/// is, little about which firm. Near: a largest-taxpayer KPP (reason 50) beside a territorial one.
pub fn compare(pair: &Pair) -> Outcome {
    let (a, b) = (pair.p.row(pair.a), pair.p.row(pair.b));
    let same_inn = a.inn != 0 && a.inn == b.inn;
    match (a.kpp, b.kpp) {
        (0, _) | (_, 0) => Outcome::EMPTY,
        (x, y) if x == y => Outcome::new(Level::Exact, if same_inn { 1.0 } else { 2.0 }),
        _ if a.kpp_largest || b.kpp_largest => Outcome::new(Level::Near, 0.0),
        _ => Outcome::new(Level::Different, if same_inn { -5.0 } else { -1.5 }),
    }
}
