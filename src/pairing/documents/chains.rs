//! Documents that follow a paired one: by basis, and by the invoices of a deal.

use super::Made;
use super::link::{WEIGHT_BASIS, made_link};
use crate::matching::{Decision, Evidence, Level, Link};
use crate::model::{Field, RecordRef};
use crate::normalize::paper::Paper;
use crate::pairing::Input;

/// What was made on the basis of a paired document belongs to the same deal, and so does what it was made on.
pub(super) fn follow_basis(input: &Input, of_crm: &[Paper], made: &mut Made) {
    if of_crm != [Paper::Deal] {
        return;
    }
    let pairs: Vec<(RecordRef, RecordRef)> = made
        .links
        .iter()
        .filter(|l| l.decision.links() && input.papers.kind(l.a) == Paper::Deal)
        .map(|l| (l.a, l.b))
        .collect();
    for (deal, paper) in pairs {
        let mut chain = input.papers.descendants(paper);
        chain.extend(input.papers.basis(paper));
        for other in chain {
            if input.papers.kind(other) != Paper::Purchase && !made.owners.contains_key(&(other, true)) {
                made.add(basis_link(deal, other), true);
            }
        }
    }
}

/// A deal has the pairs of its own invoices.
pub(super) fn follow_invoices(input: &Input, made: &mut Made) {
    let pairs: Vec<(RecordRef, RecordRef)> = made
        .links
        .iter()
        .filter(|l| l.decision.links() && input.papers.kind(l.a) != Paper::Deal)
        .filter_map(|l| Some((input.papers.basis(l.a)?, l.b)))
        .collect();
    for (deal, paper) in pairs {
        if input.papers.kind(deal) != Paper::Deal {
            continue;
        }
        let mut chain = vec![paper];
        chain.extend(input.papers.descendants(paper));
        chain.extend(input.papers.basis(paper));
        for other in chain {
            if !made.owners.contains_key(&(other, true)) {
                made.add(basis_link(deal, other), true);
            }
        }
    }
}

/// What else was made on the order of a paired document is of the same deal, unless it has a pair of its own: the last
/// step, so that nothing is taken from another deal.
pub(super) fn follow_orders(input: &Input, made: &mut Made) {
    let pairs: Vec<(RecordRef, RecordRef)> = made
        .links
        .iter()
        .filter(|l| l.decision.links() && input.papers.kind(l.a) == Paper::Deal)
        .filter_map(|l| Some((l.a, input.papers.basis(l.b)?)))
        .collect();
    for (deal, order) in pairs {
        if made.owners.get(&(order, true)) != Some(&deal) {
            continue;
        }
        for other in input.papers.descendants(order) {
            if input.papers.kind(other) != Paper::Purchase && !made.owners.contains_key(&(other, true)) {
                made.add(basis_link(deal, other), true);
            }
        }
    }
}

fn basis_link(a: RecordRef, b: RecordRef) -> Link {
    let evidence = vec![Evidence { field: Field::BasisId, level: Level::Exact, weight: 2.0 * WEIGHT_BASIS }];
    made_link(a, b, Decision::Auto, "basis", evidence)
}
