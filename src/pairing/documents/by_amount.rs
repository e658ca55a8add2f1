//! Pairs by party, amount and a window of days.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Lane, MOST_CANDIDATES, Made, SURE_DAYS, is_particular};
use crate::matching::Decision;
use crate::pairing::PartyKey;
use crate::pairing::papers::{Item, Own};

/// A second candidate must be so much worse, in half days, and twice as bad as well.
const MARGIN: i32 = 6;
const CONFLICT: i32 = 1_000;
/// A pair that could be, and what speaks against it in half days.
struct Candidate {
    a: usize,
    b: usize,
    cost: i32,
}

impl Lane<'_, '_> {
    /// Party, amount and a window of days.
    pub(super) fn by_amount(
        &self,
        alike: bool,
        is_deal: bool,
        made: &mut Made,
        free_crm: &mut FxHashSet<usize>,
        free_onec: &mut FxHashSet<usize>,
    ) {
        let candidates = self.candidates(alike, free_crm, free_onec);
        let mut best: FxHashMap<(bool, usize), [i32; 2]> = FxHashMap::default();
        for candidate in &candidates {
            for key in [(true, candidate.a), (false, candidate.b)] {
                let two = best.entry(key).or_insert([i32::MAX; 2]);
                if candidate.cost < two[0] {
                    *two = [candidate.cost, two[0]];
                } else {
                    two[1] = two[1].min(candidate.cost);
                }
            }
        }
        for Candidate { a, b, cost } in candidates {
            let rivals = [best[&(true, a)], best[&(false, b)]];
            let first = rivals.iter().all(|two| two[0] == cost);
            let clear = rivals.iter().all(|two| two[1] >= cost.saturating_mul(2).saturating_add(MARGIN).max(MARGIN));
            let (x, y) = (&self.crm[a], &self.onec[b]);
            let more = x.lines.is_some() && x.lines == y.lines || self.number_agrees(x, y) || is_particular(x.amount);
            let near = x.gap(y).is_some_and(|gap| gap <= SURE_DAYS);
            let sure = first && clear && cost < CONFLICT && (near || more) && y.is_alive;
            if !sure && !rivals.iter().any(|two| two[0] == cost) {
                continue;
            }
            let decision = if sure { Decision::Auto } else { Decision::Review };
            made.add(self.link(x, y, decision, "amount"), is_deal);
            if sure {
                free_crm.remove(&a);
                free_onec.remove(&b);
            }
        }
    }

    fn number_agrees(&self, x: &Item, y: &Item) -> bool {
        matches!((&x.number, &y.number), (Some(p), Some(q)) if p.core == q.core)
    }

    fn candidates(&self, alike: bool, free_crm: &FxHashSet<usize>, free_onec: &FxHashSet<usize>) -> Vec<Candidate> {
        /// Party, amount, side, day, position.
        type Entry = (PartyKey, i64, bool, i32, usize);
        let mut entries: Vec<Entry> = Vec::new();
        for (is_onec, all, free) in [(false, self.crm, free_crm), (true, self.onec, free_onec)] {
            for &at in free {
                let item = &all[at];
                let Some(party) = item.party.filter(|_| item.has_day) else { continue };
                entries.extend(
                    item.amounts().filter(|a| a.micros() != 0).map(|a| (party, a.micros(), is_onec, item.from, at)),
                );
            }
        }
        entries.sort_unstable();
        let window = self.input.config.window_days;
        let mut found: FxHashMap<(usize, usize), i32> = FxHashMap::default();
        for group in entries.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
            let (mine, theirs) = group.split_at(group.partition_point(|entry| !entry.2));
            for &(_, _, _, _, a) in mine {
                let x = &self.crm[a];
                let from = theirs.partition_point(|entry| entry.3 < x.from - window);
                let near = theirs[from..].iter().take_while(|entry| entry.3 <= x.to + window).take(MOST_CANDIDATES + 1);
                let near: Vec<usize> = near.map(|entry| entry.4).collect();
                if near.len() > MOST_CANDIDATES {
                    continue;
                }
                for b in near {
                    if let Some(cost) = self.cost(alike, x, &self.onec[b]) {
                        let known = found.entry((a, b)).or_insert(cost);
                        *known = (*known).min(cost);
                    }
                }
            }
        }
        let mut candidates: Vec<Candidate> = found.into_iter().map(|((a, b), cost)| Candidate { a, b, cost }).collect();
        candidates.sort_unstable_by_key(|c| (c.cost, c.a, c.b));
        candidates
    }

    /// What speaks against a pair of one party and one amount, in half days; `None` when it cannot be.
    fn cost(&self, alike: bool, x: &Item, y: &Item) -> Option<i32> {
        if Own::differs(x.organisation.as_ref(), y.organisation.as_ref()) || !x.currencies_fit(y) {
            return None;
        }
        let mut cost = x.gap(y)? * 2;
        // 1C follows the CRM: what stands before belongs to an earlier document as a rule.
        if y.to < x.from {
            cost = cost * 2 + 2 * MARGIN;
        }
        if let (Some(p), Some(q)) = (x.lines, y.lines)
            && p != q
        {
            cost += CONFLICT;
        }
        if alike && x.number.is_some() && y.number.is_some() && !self.number_agrees(x, y) {
            cost += CONFLICT;
        }
        Some(cost)
    }
}
