//! Pairs by an id that one side keeps of the other.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Lane, Made};
use crate::matching::Decision;
use crate::pairing::papers::Item;

/// Records by what the other side keeps of them.
pub(super) struct Ids<'a> {
    /// Id → items of 1C.
    onec: FxHashMap<&'a str, Vec<usize>>,
    /// Id of the CRM that a document of 1C keeps → items of 1C.
    kept: FxHashMap<&'a str, Vec<usize>>,
    /// Id → how many deals and documents of the CRM have it.
    holders: FxHashMap<&'a str, u32>,
}

impl<'a> Ids<'a> {
    pub(super) fn of(crm: &[Item<'a>], onec: &[Item<'a>]) -> Ids<'a> {
        let mut ids = Ids { onec: FxHashMap::default(), kept: FxHashMap::default(), holders: FxHashMap::default() };
        for (at, item) in onec.iter().enumerate() {
            ids.onec.entry(item.id).or_default().push(at);
            if !item.external.is_empty() {
                ids.kept.entry(item.external).or_default().push(at);
            }
        }
        for item in crm {
            *ids.holders.entry(item.id).or_default() += 1;
        }
        ids
    }
}

impl Lane<'_, '_> {
    pub(super) fn by_id(
        &self,
        ids: &Ids,
        theirs: &FxHashSet<usize>,
        is_deal: bool,
        made: &mut Made,
        free_crm: &mut FxHashSet<usize>,
        free_onec: &mut FxHashSet<usize>,
    ) {
        let none = Vec::new();
        let mut found: Vec<(usize, usize)> = Vec::new();
        for &a in &self.mine {
            let item = &self.crm[a];
            let pointed = if item.external.is_empty() { &none } else { ids.onec.get(item.external).unwrap_or(&none) };
            let kept = ids.kept.get(item.id).unwrap_or(&none);
            let mut these: Vec<usize> = pointed.iter().chain(kept).copied().filter(|b| theirs.contains(b)).collect();
            these.sort_unstable();
            these.dedup();
            found.extend(these.into_iter().map(|b| (a, b)));
        }
        let mut claims: FxHashMap<usize, u32> = FxHashMap::default();
        for &(_, b) in &found {
            *claims.entry(b).or_default() += 1;
        }
        for (a, b) in found {
            let (x, y) = (&self.crm[a], &self.onec[b]);
            let (party, amount) = (x.party.zip(y.party).map(|(p, q)| p == q), self.amounts_agree(x, y));
            // A deal and an invoice of the CRM may both be number 12; a GUID is nobody else's.
            let shared = ids.holders.get(x.id).is_some_and(|n| *n > 1) && x.external != y.id && x.id.len() < 32;
            let against = party == Some(false) && amount == Some(false);
            let borne_out = party == Some(true) && amount == Some(true);
            let decision = if claims[&b] > 1 || shared || (against && x.id.len() < 32 && y.id.len() < 32) {
                if borne_out && !against { Decision::Auto } else { Decision::Review }
            } else {
                Decision::Auto
            };
            made.add(self.link(x, y, decision, "id"), is_deal);
            if decision == Decision::Auto {
                free_crm.remove(&a);
                free_onec.remove(&b);
            }
        }
    }
}
