//! E-mail addresses.

use super::{Outcome, Pair, shared};
use crate::matching::types::Level;

/// Exact: an address in common. Folded: one mailbox name that is not a post, at two domains. Near: one corporate
/// domain.
pub fn compare(pair: &Pair) -> Outcome {
    let p = pair.p;
    let (a, b) = (p.emails(pair.a), p.emails(pair.b));
    if a.is_empty() || b.is_empty() {
        return Outcome::EMPTY;
    }
    let others = shared(a, b).map(|x| Pair::strangers(p.frequencies.email.get(&x), 0.03)).reduce(f32::min);
    if let Some(others) = others {
        return Outcome::new(Level::Exact, pair.rare(0.6, others));
    }
    if shared(p.mailboxes(pair.a), p.mailboxes(pair.b)).next().is_some() {
        return Outcome::new(Level::Folded, pair.rare(0.1, 3.0).clamp(0.0, 6.0));
    }
    if shared(p.domains(pair.a), p.domains(pair.b)).next().is_some() {
        return Outcome::new(Level::Near, 1.5);
    }
    Outcome::new(Level::Different, -0.8)
}
