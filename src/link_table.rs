//! Which record of one system is which of the other: what an exchange needs to begin with.

use crate::matching::{Decision, Link, Scope};
use crate::model::{RecordRef, Side};
use crate::outcome::Outcome;

/// What a row is to the exchange.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// The two masters.
    Main,
    /// A further card of the party: it goes when duplicates are merged, and until then must not be created anew.
    Duplicate,
    /// A further card that a person keeps.
    Kept,
}

impl Role {
    /// Value of the column `role` of `link-table.csv`.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Main => "main",
            Role::Duplicate => "duplicate",
            Role::Kept => "kept",
        }
    }
}

/// One pair.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Row {
    pub crm: RecordRef,
    pub onec: RecordRef,
    pub role: Role,
    /// Who linked the two, and the probability; `None` where others of their group tie them.
    pub basis: Option<(Decision, f64)>,
}

fn basis(link: &Link) -> Option<(Decision, f64)> {
    link.decision.links().then_some((link.decision, link.probability))
}

/// Pairs that matching made or a person accepted, by the record of the CRM, then that of 1C. Nothing that waits for a
/// person is in it. Records marked for deletion have no place in a link table unless they are all there is.
pub fn rows(outcome: &Outcome) -> Vec<Row> {
    let row = |crm: RecordRef, onec: RecordRef, role: Role| Row { crm, onec, role, basis: None };
    let active = |r: RecordRef| outcome.data.parties(r.side).is_active(r.at());
    let mut rows = Vec::new();
    let mut other = Side::BOTH.map(|side| vec![None; outcome.data.parties(side).len()]);
    for pair in &outcome.drift.pairs {
        rows.push(row(pair.crm, pair.onec, Role::Main));
        for &member in &outcome.matching.clusters[pair.cluster as usize].members {
            let master = if member.side == Side::Crm { pair.onec } else { pair.crm };
            other[member.side as usize][member.at()] = Some(master);
            if member != pair.crm && member != pair.onec && active(member) {
                rows.push(oriented(member, master, Role::Duplicate, &row));
            }
        }
    }
    for side in Side::BOTH {
        let of = &mut other[side as usize];
        let kept: Vec<(usize, usize)> = outcome.matching.kept(side).collect();
        let mut more = true;
        while std::mem::take(&mut more) {
            for &(a, b) in &kept {
                let (from, to) = if of[a].is_some() { (a, b) } else { (b, a) };
                if let (Some(master), None) = (of[from], of[to]) {
                    (of[to], more) = (Some(master), true);
                    let card = RecordRef::new(side, to);
                    if active(card) {
                        rows.push(oriented(card, master, Role::Kept, &row));
                    }
                }
            }
        }
    }
    rows.sort_unstable_by_key(|r| (r.crm, r.onec));
    // Links stand in the same order.
    let mut links = outcome.matching.links.iter().peekable();
    for row in &mut rows {
        let pair = (row.crm, row.onec);
        while links.next_if(|l| (l.a, l.b) < pair).is_some() {}
        row.basis = links.peek().filter(|l| (l.a, l.b) == pair).and_then(|l| basis(l));
    }
    // Goods, warehouses and whatever else was paired by its own rules.
    let paired = outcome.pairing.links().iter().filter(|l| l.scope() == Scope::Cross && l.decision.links());
    rows.extend(paired.map(|l| Row { crm: l.a, onec: l.b, role: Role::Main, basis: basis(l) }));
    rows.sort_unstable_by_key(|r| (r.crm, r.onec));
    rows
}

fn oriented(card: RecordRef, master: RecordRef, role: Role, row: &dyn Fn(RecordRef, RecordRef, Role) -> Row) -> Row {
    if card.side == Side::Crm { row(card, master, role) } else { row(master, card, role) }
}
