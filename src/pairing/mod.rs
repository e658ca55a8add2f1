//! Which goods, documents, payments and objects of the two systems are one, and which of one system are the same twice.
//!
//! Parties are matched by [`crate::matching`], whose result stands behind everything here: two invoices of different
//! buyers are never one. A link has the same shape, with the fields that spoke for and against it as its evidence.

mod ddus;
mod decided;
mod documents;
pub mod estate;
pub mod explain;
pub mod goods;
pub mod objects;
pub mod papers;
pub mod payments;
pub(crate) mod places;

use std::collections::BTreeMap;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::config::TradeConfig;
use crate::matching::{Decision, Link, Matching, PairDecision, Scope};
use crate::model::{Entity, Inn, RecordRef, Side, Snapshots, Space};
use crate::normalize::paper::Paper;
use estate::Estate;
use papers::Papers;
use payments::{Money, Share};

/// What pairing works on.
pub struct Input<'a> {
    pub data: &'a Snapshots,
    pub config: &'a TradeConfig,
    pub papers: &'a Papers,
    /// Property with its contracts, schedules and money, side by side.
    pub estate: &'a Estate,
    /// For each side: party → its cluster.
    clusters: [Vec<Option<u32>>; 2],
    /// INN → the party that has it; `None` when several do.
    inns: FxHashMap<Inn, Option<PartyKey>>,
}

impl<'a> Input<'a> {
    pub fn new(
        data: &'a Snapshots,
        matching: &Matching,
        config: &'a TradeConfig,
        papers: &'a Papers,
        estate: &'a Estate,
    ) -> Input<'a> {
        let clusters = Side::BOTH.map(|side| matching.cluster_of(side, data.parties(side).len()));
        let mut input = Input { data, config, papers, estate, clusters, inns: FxHashMap::default() };
        for r in Side::BOTH.into_iter().flat_map(|side| data.parties(side).refs()) {
            if let Some(&inn) = data.parties(r.side).inn[r.at()].valid() {
                let key = input.party_key(r);
                let known = input.inns.entry(inn).or_insert(Some(key));
                if *known != Some(key) {
                    *known = None;
                }
            }
        }
        input
    }

    /// The one party that has an INN; a party of its own where no card has it; `None` where several have.
    pub fn party_of_inn(&self, inn: Inn) -> Option<PartyKey> {
        self.inns.get(&inn).copied().unwrap_or(Some(PartyKey::Inn(inn)))
    }

    /// A number that two parties share when matching made them one, whatever their sides.
    pub fn party_key(&self, party: RecordRef) -> PartyKey {
        match self.clusters[party.side as usize][party.at()] {
            Some(cluster) => PartyKey::Cluster(cluster),
            None => PartyKey::Alone(party),
        }
    }

    /// Whether two parties are one.
    pub fn same_party(&self, a: RecordRef, b: RecordRef) -> bool {
        self.party_key(a) == self.party_key(b)
    }
}

/// What stands for a party in keys of documents.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum PartyKey {
    Cluster(u32),
    Alone(RecordRef),
    /// Of a document that names a party no card has.
    Inn(Inn),
}

/// Links between records that are no parties, and who is whose pair.
#[derive(Debug, Default)]
pub struct Pairing {
    /// Sorted by both records; across sides `a` is of the CRM.
    links: Vec<Link>,
    /// Records with positions of their links that count, sorted: a table of lists would cost an allocation for each of a
    /// million instalments, and is made anew after every step.
    of: Vec<(RecordRef, u32)>,
    /// Kinds of documents, their lines and bases.
    pub papers: Papers,
    /// What was paid for what.
    pub money: Money,
    estate: Estate,
}

impl Pairing {
    /// Sorts the links.
    pub fn new(mut links: Vec<Link>) -> Pairing {
        links.sort_by_key(|l| (l.a, l.b));
        let made = links.iter().zip(0u32..).filter(|(l, _)| l.decision.links());
        let mut of: Vec<(RecordRef, u32)> = made.flat_map(|(l, at)| [(l.a, at), (l.b, at)]).collect();
        of.par_sort_unstable();
        Pairing { links, of, papers: Papers::default(), money: Money::default(), estate: Estate::default() }
    }

    /// Property with its contracts, schedules and money.
    pub fn estate(&self) -> &Estate {
        &self.estate
    }

    pub fn links(&self) -> &[Link] {
        &self.links
    }

    /// Links of a record that count as made, in order.
    pub fn links_of(&self, r: RecordRef) -> impl Iterator<Item = &Link> + '_ {
        let from = self.of.partition_point(|(record, _)| *record < r);
        self.of[from..].iter().take_while(move |(record, _)| *record == r).map(|(_, at)| &self.links[*at as usize])
    }

    /// Records of the other side that a record is linked to: several where one deal became two shipments.
    pub fn partners(&self, r: RecordRef) -> impl Iterator<Item = RecordRef> + '_ {
        self.links_of(r).filter(|l| l.scope() == Scope::Cross).map(move |l| if l.a == r { l.b } else { l.a })
    }

    /// Records of the same side that a record is a duplicate of.
    pub fn twins(&self, r: RecordRef) -> impl Iterator<Item = RecordRef> + '_ {
        self.links_of(r).filter(|l| l.scope() != Scope::Cross).map(move |l| if l.a == r { l.b } else { l.a })
    }

    /// Cross links by space, in order: made, waiting for a person, forbidden.
    pub fn counts(&self) -> BTreeMap<Space, [u64; 3]> {
        let mut counts: BTreeMap<Space, [u64; 3]> = BTreeMap::new();
        for link in self.links.iter().filter(|l| l.scope() == Scope::Cross) {
            let at = match link.decision {
                decision if decision.links() => 0,
                Decision::Review => 1,
                _ => 2,
            };
            counts.entry(link.a.space).or_default()[at] += 1;
        }
        counts
    }

    /// Documents of 1C that a deal or a document of the CRM is linked to, of some kinds; those of the CRM for one of 1C.
    pub fn papers_of<'a>(&'a self, r: RecordRef, kinds: &'a [Paper]) -> impl Iterator<Item = RecordRef> + 'a {
        self.partners(r).filter(move |&p| kinds.contains(&self.papers.kind(p)))
    }

    /// A deal with all that is of it, sorted: documents of the CRM made on it, and documents of 1C linked to any of them.
    pub fn chain(&self, deal: RecordRef) -> Vec<RecordRef> {
        let mut all = vec![deal];
        all.extend(self.papers.descendants(deal));
        let pairs: Vec<RecordRef> = all.iter().flat_map(|&r| self.partners(r)).collect();
        all.extend(pairs);
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Shares of payments that pay for a deal or for what is of it, each once, in order. Money is what 1C and the bank have
    /// seen: marks of the CRM count only where 1C gives no payments at all.
    pub fn paid<'a>(&'a self, data: &Snapshots, deal: RecordRef) -> impl Iterator<Item = &'a Share> + use<'a> {
        let side = if data.book(Side::Onec, Entity::Payment).is_empty() { Side::Crm } else { Side::Onec };
        let of = move |r: RecordRef| self.money.paid_for(r).filter(move |share| share.payment.side == side);
        self.chain(deal).into_iter().flat_map(of)
    }

    /// The link of two records, whatever was decided about it.
    pub fn between(&self, a: RecordRef, b: RecordRef) -> Option<&Link> {
        let pair = (a.min(b), a.max(b));
        self.links.binary_search_by(|l| (l.a, l.b).cmp(&pair)).ok().map(|at| &self.links[at])
    }

    /// Links waiting for a person.
    pub fn in_review(&self) -> impl Iterator<Item = &Link> + '_ {
        self.links.iter().filter(|l| l.decision == Decision::Review)
    }
}

/// One kind of records, from what earlier steps paired.
type Step = fn(&Input, &Pairing) -> Vec<Link>;

/// In the order in which one rests on another: goods before documents, documents before payments.
const STEPS: &[Step] =
    &[goods::step, places::step, documents::step, payments::step, objects::step, ddus::step, ddus::instalments];

/// Pairs everything, heeding what people said of pairs. The result does not depend on threads or on the order of rows.
pub fn run(data: &Snapshots, matching: &Matching, config: &TradeConfig, words: &[PairDecision]) -> Pairing {
    let papers = Papers::of(data);
    let estate = Estate::new(data, config);
    let mut pairing = {
        let input = Input::new(data, matching, config, &papers, &estate);
        let mut pairing = STEPS.iter().fold(Pairing::new(decided::links(words)), |done, step| {
            let mut links = step(&input, &done);
            if links.is_empty() {
                return done;
            }
            links.extend(done.links);
            decided::heed(&mut links, words);
            Pairing::new(links)
        });
        pairing.money = payments::allocate(&input, &pairing);
        pairing
    };
    pairing.papers = papers;
    pairing.estate = estate;
    pairing
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partners_and_twins() {
        let deal = |at| RecordRef::of(Side::Crm, Space::Deals, at);
        let paper = |at| RecordRef::of(Side::Onec, Space::Documents, at);
        let link = |a, b, decision| Link {
            a,
            b,
            weight: 9.0,
            probability: 0.99,
            decision,
            veto: None,
            evidence: Vec::new(),
            rule: "test",
        };
        let pairing = Pairing::new(vec![
            link(deal(0), paper(1), Decision::Auto),
            link(deal(0), paper(0), Decision::Auto),
            link(deal(1), paper(2), Decision::Review),
            link(deal(1), deal(2), Decision::Auto),
        ]);
        assert_eq!(pairing.partners(deal(0)).collect::<Vec<_>>(), [paper(0), paper(1)]);
        assert_eq!(pairing.partners(paper(1)).collect::<Vec<_>>(), [deal(0)]);
        assert_eq!(pairing.partners(deal(1)).count(), 0, "a person has not spoken yet");
        assert_eq!(pairing.twins(deal(2)).collect::<Vec<_>>(), [deal(1)]);
        assert_eq!(pairing.in_review().count(), 1);
    }
}
