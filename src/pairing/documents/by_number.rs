//! Pairs by number, year and party.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Lane, MOST_CANDIDATES, Made};
use crate::matching::Decision;
use crate::pairing::PartyKey;
use crate::pairing::papers::{Item, Own};

/// Pairs from which it is learned whether both systems number alike, and the share that must.
const PAIRS_TO_LEARN: usize = 12;
const SHARE_TO_LEARN: f64 = 0.8;

impl Lane<'_, '_> {
    /// Whether both systems give one document one number, as pairs that nobody doubts say.
    pub(super) fn numbers_alike(&self, free_crm: &FxHashSet<usize>, free_onec: &FxHashSet<usize>, made: &Made) -> bool {
        let (mut pairs, mut equal) = (0usize, 0usize);
        let mut look = |x: &Item, y: &Item| {
            if let (Some(p), Some(q)) = (&x.number, &y.number) {
                pairs += 1;
                equal += usize::from(p.core == q.core);
            }
        };
        let (crm, onec): (FxHashMap<_, _>, FxHashMap<_, _>) = (
            self.mine.iter().map(|&a| (self.crm[a].record, a)).collect(),
            self.theirs.iter().map(|&b| (self.onec[b].record, b)).collect(),
        );
        for link in made.links.iter().filter(|l| l.rule == "id" && l.decision == Decision::Auto) {
            if let (Some(&a), Some(&b)) = (crm.get(&link.a), onec.get(&link.b)) {
                look(&self.crm[a], &self.onec[b]);
            }
        }
        // A party and an amount that stand once on either side, days apart.
        type Once = FxHashMap<(PartyKey, i64), Option<usize>>;
        let once = |all: &[Item], free: &FxHashSet<usize>| -> Once {
            let mut once = Once::default();
            for &at in free {
                if let (Some(party), Some(amount)) = (all[at].party, all[at].amount) {
                    once.entry((party, amount.micros())).and_modify(|r| *r = None).or_insert(Some(at));
                }
            }
            once
        };
        let theirs = once(self.onec, free_onec);
        for (key, a) in once(self.crm, free_crm) {
            if let (Some(a), Some(&Some(b))) = (a, theirs.get(&key))
                && self.crm[a].gap(&self.onec[b]).is_some_and(|gap| gap <= 3)
            {
                look(&self.crm[a], &self.onec[b]);
            }
        }
        pairs >= PAIRS_TO_LEARN && equal as f64 >= SHARE_TO_LEARN * pairs as f64
    }

    /// Number, year and party.
    pub(super) fn by_number(
        &self,
        alike: bool,
        is_deal: bool,
        made: &mut Made,
        free_crm: &mut FxHashSet<usize>,
        free_onec: &mut FxHashSet<usize>,
    ) {
        fn key<'i>(item: &'i Item) -> Option<(&'i str, i32)> {
            let number = item.number.as_ref().filter(|_| item.has_day)?;
            Some((&number.core, year(item.from)))
        }
        /// Number and year → documents of the CRM, of 1C.
        type Groups<'i> = FxHashMap<(&'i str, i32), (Vec<usize>, Vec<usize>)>;
        let mut groups = Groups::default();
        for &b in free_onec.iter() {
            if let Some(key) = key(&self.onec[b]) {
                groups.entry(key).or_default().1.push(b);
            }
        }
        for &a in free_crm.iter() {
            if let Some(key) = key(&self.crm[a])
                && let Some(group) = groups.get_mut(&key)
            {
                group.0.push(a);
            }
        }
        let mut found: Vec<(usize, usize)> = Vec::new();
        for (mine, theirs) in groups.values().filter(|(mine, _)| !mine.is_empty()) {
            // One number in one year is held by few documents, each of another organisation or kind.
            if mine.len() * theirs.len() > MOST_CANDIDATES * MOST_CANDIDATES {
                continue;
            }
            for &a in mine {
                found.extend(theirs.iter().filter(|&&b| self.number_fits(a, b)).map(|&b| (a, b)));
            }
        }
        found.sort_unstable();
        let mut count: FxHashMap<(bool, usize), u32> = FxHashMap::default();
        for &(a, b) in &found {
            *count.entry((true, a)).or_default() += 1;
            *count.entry((false, b)).or_default() += 1;
        }
        for (a, b) in found {
            let (x, y) = (&self.crm[a], &self.onec[b]);
            let alone = count[&(true, a)] == 1 && count[&(false, b)] == 1;
            let party = x.party.zip(y.party).map(|(p, q)| p == q);
            let amount = self.amounts_agree(x, y);
            let gap = x.gap(y).unwrap_or(i32::MAX);
            let sure = match (party, amount) {
                (Some(true), Some(true)) => gap <= 31 || alike,
                // Numbers run alike and meet by chance; a day apart and with the same party they are one document.
                (Some(true), _) => alike && gap <= 31,
                (None, Some(true)) => gap <= 1 && (alike || x.number.as_ref().is_some_and(|n| n.core.len() >= 3)),
                (Some(false), Some(true)) => false,
                _ => false,
            };
            let decision = if alone && sure { Decision::Auto } else { Decision::Review };
            // Without the amount a number of another numbering says nothing.
            if decision == Decision::Review && amount != Some(true) && !alike {
                continue;
            }
            made.add(self.link(x, y, decision, "number"), is_deal);
            if decision == Decision::Auto {
                free_crm.remove(&a);
                free_onec.remove(&b);
            }
        }
    }

    /// Same number and year: the party or the amount must not be someone else's.
    fn number_fits(&self, a: usize, b: usize) -> bool {
        let (x, y) = (&self.crm[a], &self.onec[b]);
        if Own::differs(x.organisation.as_ref(), y.organisation.as_ref()) {
            return false;
        }
        match x.party.zip(y.party) {
            Some((p, q)) if p == q => true,
            // A document on a wrong party keeps number, day and amount.
            Some(_) => self.amounts_agree(x, y) == Some(true) && x.gap(y) == Some(0),
            None => self.amounts_agree(x, y) == Some(true),
        }
    }
}

fn year(day: i32) -> i32 {
    chrono::NaiveDate::from_num_days_from_ce_opt(day).map_or(0, |date| chrono::Datelike::year(&date))
}
