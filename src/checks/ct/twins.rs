//! Groups of records of one side that matching holds to be one person.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::checks::{Context, scope};
use crate::matching::{Decision, Scope};
use crate::model::{Entity, RecordRef, Side};

/// Twins of one side.
pub(super) struct Twins {
    /// Two or more, sorted.
    pub members: Vec<RecordRef>,
    /// A phone that two of them share, as text.
    pub phone: Option<String>,
    /// An e-mail that two of them share.
    pub email: Option<String>,
    /// Some of the links wait for a person's word.
    pub review: bool,
}

/// Twins among live persons of both sides: clusters, joined with pairs for review that share a phone or an e-mail.
/// Sorted by first member. Cards of one INN are left out: `cp-dup-inn-kpp` reports them.
pub(super) fn groups(cx: &Context) -> Vec<Twins> {
    let mut groups = Vec::new();
    for side in Side::BOTH {
        let fit = |r: RecordRef| scope::is_person(cx, r) && scope::is_live(cx, r);
        let mut parent: FxHashMap<RecordRef, RecordRef> = FxHashMap::default();
        let mut reviewed: FxHashSet<RecordRef> = FxHashSet::default();
        for cluster in &cx.matching.clusters {
            let mut members = cluster.of(side).filter(|&r| fit(r));
            let Some(first) = members.next() else { continue };
            for other in members {
                union(&mut parent, first, other);
            }
        }
        let shares =
            |a: RecordRef, b: RecordRef| shared_phone(cx, &[a, b]).is_some() || shared_email(cx, &[a, b]).is_some();
        for link in &cx.matching.links {
            let waits = link.scope() == Scope::Within(side) && link.decision == Decision::Review;
            if waits && fit(link.a) && fit(link.b) && shares(link.a, link.b) {
                union(&mut parent, link.a, link.b);
                reviewed.insert(link.a);
            }
        }
        let mut members: Vec<RecordRef> = parent.keys().copied().collect();
        members.sort_unstable();
        let mut by_root: FxHashMap<RecordRef, usize> = FxHashMap::default();
        let mut found: Vec<Vec<RecordRef>> = Vec::new();
        for r in members {
            let root = root(&mut parent, r);
            let at = *by_root.entry(root).or_insert_with(|| {
                found.push(Vec::new());
                found.len() - 1
            });
            found[at].push(r);
        }
        let parties = cx.data.parties(side);
        let by_inn = |members: &[RecordRef]| {
            let inn = parties.inn[members[0].at()].valid();
            let card = |r: &RecordRef| parties.raw.entity[r.at()] == Entity::Counterparty && parties.is_active(r.at());
            inn.is_some() && members.iter().all(|r| card(r) && parties.inn[r.at()].valid() == inn)
        };
        found.retain(|members| members.len() > 1 && !by_inn(members));
        groups.extend(found.into_iter().map(|members| Twins {
            phone: shared_phone(cx, &members),
            email: shared_email(cx, &members),
            review: members.iter().any(|r| reviewed.contains(r)),
            members,
        }));
    }
    groups
}

fn root(parent: &mut FxHashMap<RecordRef, RecordRef>, mut r: RecordRef) -> RecordRef {
    while let Some(&up) = parent.get(&r).filter(|&&up| up != r) {
        let above = parent.get(&up).copied().unwrap_or(up);
        parent.insert(r, above);
        r = above;
    }
    r
}

fn union(parent: &mut FxHashMap<RecordRef, RecordRef>, a: RecordRef, b: RecordRef) {
    for r in [a, b] {
        parent.entry(r).or_insert(r);
    }
    let (a, b) = (root(parent, a), root(parent, b));
    parent.insert(a.max(b), a.min(b));
}

/// The least phone that two of these records hold.
fn shared_phone(cx: &Context, members: &[RecordRef]) -> Option<String> {
    let mut held: Vec<_> =
        members.iter().flat_map(|&r| cx.data.parties(r.side).valid_phones(r.at()).map(move |p| (p, r))).collect();
    held.sort_unstable();
    held.dedup();
    held.windows(2).find(|w| w[0].0 == w[1].0).map(|w| w[0].0.to_string())
}

/// The least e-mail that two of these records hold.
fn shared_email(cx: &Context, members: &[RecordRef]) -> Option<String> {
    let mut held: Vec<_> =
        members.iter().flat_map(|&r| cx.data.parties(r.side).valid_emails(r.at()).map(move |e| (e, r))).collect();
    held.sort_unstable();
    held.dedup();
    held.windows(2).find(|w| w[0].0 == w[1].0).map(|w| w[0].0.to_string())
}
