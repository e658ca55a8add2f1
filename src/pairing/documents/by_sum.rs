//! Shipments that follow one another and add up to a deal.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Lane, Made, is_particular};
use crate::matching::Decision;
use crate::model::Decimal;
use crate::pairing::PartyKey;
use crate::pairing::papers::Own;

/// Shipments of one deal that a sum may join.
const MOST_PARTS: usize = 5;

impl Lane<'_, '_> {
    /// One deal, several shipments that follow one another and add up to it.
    pub(super) fn by_sum(&self, made: &mut Made, free_crm: &FxHashSet<usize>, free_onec: &FxHashSet<usize>) {
        let mut ships: FxHashMap<PartyKey, Vec<usize>> = FxHashMap::default();
        for &b in free_onec {
            let item = &self.onec[b];
            if let (Some(party), Some(_), true) = (item.party, item.amount, item.has_day && item.is_alive) {
                ships.entry(party).or_default().push(b);
            }
        }
        for list in ships.values_mut() {
            list.sort_unstable_by_key(|&b| (self.onec[b].from, b));
        }
        let mut deals: Vec<usize> = free_crm.iter().copied().collect();
        deals.sort_unstable();
        // Runs of shipments by their sum: each is built once, whatever the number of deals.
        let mut runs: FxHashMap<(PartyKey, i64), Vec<(usize, usize)>> = FxHashMap::default();
        let wanted: FxHashSet<(PartyKey, i64)> = deals
            .iter()
            .flat_map(|&a| {
                self.crm[a].party.into_iter().flat_map(move |p| self.crm[a].amounts().map(move |s| (p, s.micros())))
            })
            .collect();
        for (&party, list) in &ships {
            for begin in 0..list.len() {
                let mut sum = Decimal::ZERO;
                for (n, &b) in list[begin..].iter().take(MOST_PARTS).enumerate() {
                    let Some(more) = self.onec[b].amount.and_then(|amount| sum.checked_add(amount)) else { break };
                    sum = more;
                    if n > 0 && wanted.contains(&(party, sum.micros())) {
                        runs.entry((party, sum.micros())).or_default().push((begin, begin + n + 1));
                    }
                }
            }
        }
        let window = self.input.config.window_days;
        let mut chosen: Vec<(usize, Vec<usize>)> = Vec::new();
        for a in deals {
            let x = &self.crm[a];
            let Some(party) = x.party.filter(|_| x.has_day) else { continue };
            let mut fits: Vec<&[usize]> = Vec::new();
            for amount in x.amounts() {
                for &(begin, end) in runs.get(&(party, amount.micros())).into_iter().flatten() {
                    let run = &ships[&party][begin..end];
                    let near = |&b: &usize| x.gap(&self.onec[b]).is_some_and(|gap| gap <= window);
                    let allowed = |&b: &usize| {
                        x.currencies_fit(&self.onec[b])
                            && !Own::differs(x.organisation.as_ref(), self.onec[b].organisation.as_ref())
                    };
                    if run.iter().all(|b| near(b) && allowed(b)) {
                        fits.push(run);
                    }
                }
            }
            if let [run] = fits.as_slice() {
                chosen.push((a, run.to_vec()));
            }
        }
        let mut claims: FxHashMap<usize, u32> = FxHashMap::default();
        for &b in chosen.iter().flat_map(|(_, run)| run) {
            *claims.entry(b).or_default() += 1;
        }
        for (a, run) in chosen {
            let alone = run.iter().all(|b| claims[b] == 1) && is_particular(self.crm[a].amount);
            let decision = if alone { Decision::Auto } else { Decision::Review };
            for b in run {
                made.add(self.link(&self.crm[a], &self.onec[b], decision, "sum"), true);
            }
        }
    }
}
