//! Settlement accounts.

use super::{Outcome, Pair, shared};
use crate::matching::types::Level;

/// Exact: an account in common. Different accounts say little: a firm has several.
pub fn compare(pair: &Pair) -> Outcome {
    let (a, b) = (pair.p.accounts(pair.a), pair.p.accounts(pair.b));
    if a.is_empty() || b.is_empty() {
        return Outcome::EMPTY;
    }
    let others = shared(a, b).map(|x| Pair::strangers(pair.p.frequencies.account.get(&x), 0.03)).reduce(f32::min);
    match others {
        Some(others) => Outcome::new(Level::Exact, pair.rare(0.6, others)),
        None => Outcome::new(Level::Different, -0.5),
    }
}
