//! Address.

use super::{Outcome, Pair, shared};
use crate::matching::types::Level;

/// Exact: equal text. Folded: the same words in another order. Near: most words of the shorter one are in the longer
/// one. One address holds many firms, and one firm has several: the weight stays small.
pub fn compare(pair: &Pair) -> Outcome {
    let p = pair.p;
    let (a, b) = (p.row(pair.a), p.row(pair.b));
    if a.address == 0 || b.address == 0 {
        return Outcome::EMPTY;
    }
    let (x, y) = (p.address_words.get(pair.a), p.address_words.get(pair.b));
    if a.address == b.address || x == y {
        let others = Pair::strangers(p.frequencies.address.get(&a.address), 0.5);
        let level = if a.address == b.address { Level::Exact } else { Level::Folded };
        // A town alone is an address to some sources: no better than any other common value.
        let most = if x.len() < 3 { 1.5 } else { 6.0 };
        return Outcome::new(level, pair.rare(0.4, others).clamp(0.0, most));
    }
    let common = shared(x, y).count();
    let shorter = x.len().min(y.len());
    if shorter >= 3 && common * 4 >= shorter * 3 {
        return Outcome::new(Level::Near, 2.0);
    }
    Outcome::new(Level::Different, if a.town != 0 && a.town == b.town { -0.3 } else { -0.8 })
}
