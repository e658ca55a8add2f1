//! The parties of a contract: records where a name is known once, else names.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::checks::{Context, scope};
use crate::model::{Entity, Field, RecordRef, Side};
use crate::normalize::{property, text};

/// One party of a contract.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Holder {
    Known(RecordRef),
    /// Surname and initials of a name that no record has, or several have.
    Named(String),
}

pub(super) struct Parties<'a> {
    cx: &'a Context<'a>,
    clusters: &'a [Vec<Option<u32>>; 2],
    /// By side: folded name → the only party that has it.
    names: [HashMap<String, Option<RecordRef>, RandomState>; 2],
}

/// `ИВАНОВ И П`: what a full name and its short form have in common.
fn short(name: &str) -> String {
    let folded = text::fold(name);
    let mut words = folded.split(' ');
    let mut short = words.next().unwrap_or_default().to_owned();
    for word in words.take(2) {
        short.push(' ');
        short.extend(word.chars().next());
    }
    short
}

impl<'a> Parties<'a> {
    pub fn new(cx: &'a Context<'a>) -> Parties<'a> {
        let names = Side::BOTH.map(|side| {
            let mut names: HashMap<String, Option<RecordRef>, RandomState> = HashMap::default();
            if cx.data.book(side, Entity::Ddu).is_empty() {
                return names;
            }
            let parties = cx.data.parties(side);
            for r in parties.refs() {
                let name = text::fold(&parties.display_name(r.at()));
                names.entry(name).and_modify(|n| *n = None).or_insert(Some(r));
            }
            names
        });
        Parties { cx, clusters: scope::clusters(cx), names }
    }

    /// Sorted, each once. A list of names says more than the one party that the contract refers to.
    pub fn of(&self, ddu: RecordRef) -> Vec<Holder> {
        let book = self.cx.data.book(ddu.side, Entity::Ddu);
        let names: Vec<&str> = property::party_names(book.text(Field::PartyName, ddu.at())).collect();
        let referred = [Field::PartyId, Field::PersonId].into_iter().find_map(|f| book.reference(f, ddu.at()));
        let mut holders: Vec<Holder> = match (names.len(), referred) {
            (0 | 1, Some(party)) => vec![Holder::Known(party)],
            _ => names.into_iter().map(|name| self.named(ddu.side, name)).collect(),
        };
        holders.sort();
        holders.dedup();
        holders
    }

    fn named(&self, side: Side, name: &str) -> Holder {
        match self.names[side as usize].get(&text::fold(name)) {
            Some(Some(party)) => Holder::Known(*party),
            _ => Holder::Named(short(name)),
        }
    }

    fn same(&self, a: &Holder, b: &Holder) -> bool {
        let name = |holder: &Holder| match holder {
            Holder::Known(r) => short(&self.cx.data.display_name(*r)),
            Holder::Named(name) => name.clone(),
        };
        match (a, b) {
            (Holder::Known(x), Holder::Known(y)) => {
                let cluster = |r: &RecordRef| self.clusters[r.side as usize][r.at()];
                // Unmatched cards of one name may well be one person: only matching can tell, and it did not.
                cluster(x).zip(cluster(y)).map_or_else(|| name(a) == name(b), |(x, y)| x == y)
            }
            _ => name(a) == name(b),
        }
    }

    /// The same parties on both sides, in whatever order.
    pub fn agree(&self, left: &[Holder], right: &[Holder]) -> bool {
        left.len() == right.len() && left.iter().all(|a| right.iter().any(|b| self.same(a, b)))
    }

    pub fn show(&self, holders: &[Holder]) -> String {
        let names: Vec<String> = holders
            .iter()
            .map(|holder| match holder {
                Holder::Known(r) => self.cx.data.display_name(*r),
                Holder::Named(name) => name.clone(),
            })
            .collect();
        names.join(", ")
    }
}
