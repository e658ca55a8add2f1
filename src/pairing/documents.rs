//! Which documents are one: by a kept id, by number and date, by party, amount and date; chains by basis and by sums.
//!
//! A deal is paired with an order, an invoice and shipments of 1C, each in a *lane* of its own; a CRM invoice with an
//! invoice. Within a lane a pair is one to one, unless a kept id or a basis says otherwise. Two candidates that fit
//! equally well go to a person, never to a link.

use rustc_hash::{FxHashMap, FxHashSet};

use super::papers::{Item, Own, items};
use super::{Input, Pairing, PartyKey};
use crate::matching::{Decision, Evidence, Level, Link};
use crate::model::{Decimal, Entity, Field, RecordRef, Side};
use crate::normalize::paper::{Number, Paper};

/// Weights of agreement, log2: shipped priors, as for goods.
const WEIGHT_ID: f32 = 20.0;
const WEIGHT_NUMBER: f32 = 9.0;
const WEIGHT_AMOUNT: f32 = 8.0;
const WEIGHT_PARTY: f32 = 6.0;
const WEIGHT_LINES: f32 = 5.0;
const WEIGHT_DATE: f32 = 4.0;
const WEIGHT_BASIS: f32 = 12.0;
const PRIOR: f32 = -12.0;

/// Documents of one party and one amount that a document is compared with at most: a subscription of years has more,
/// and then the amount says nothing.
const MOST_CANDIDATES: usize = 12;
/// Days apart at which party and amount are enough.
const SURE_DAYS: i32 = 10;
/// A second candidate must be so much worse, in half days, and twice as bad as well.
const MARGIN: i32 = 6;
const CONFLICT: i32 = 1_000;
/// Shipments of one deal that a sum may join.
const MOST_PARTS: usize = 5;
/// Pairs from which it is learned whether both systems number alike, and the share that must.
const PAIRS_TO_LEARN: usize = 12;
const SHARE_TO_LEARN: f64 = 0.8;

/// Kinds of the CRM against kinds of 1C, in the order in which they are paired.
const LANES: &[(&[Paper], &[Paper])] = {
    use Paper::*;
    &[
        (&[Deal], &[Order]),
        (&[Deal], &[Invoice]),
        (&[Deal], &[Shipment, Act]),
        (&[Deal], &[Unknown]),
        (&[Invoice], &[Invoice, Unknown]),
        (&[Order], &[Order, Unknown]),
        (&[Shipment, Act], &[Shipment, Act, Unknown]),
        (&[TaxInvoice], &[TaxInvoice]),
        (&[Return], &[Return]),
        (&[Correction], &[Correction]),
        (&[Unknown], &[Unknown, Invoice, Order, Shipment, Act]),
    ]
};

/// Documents and deals across the sides, and contracts.
pub(super) fn step(input: &Input, _: &Pairing) -> Vec<Link> {
    let crm = items(input, Side::Crm, &[Entity::Deal, Entity::Document]);
    let onec = items(input, Side::Onec, &[Entity::Document]);
    let mut made = Made::default();
    if !crm.is_empty() && !onec.is_empty() {
        let ids = Ids::of(&crm, &onec);
        for (of_crm, of_onec) in LANES {
            let here = |kinds: &[Paper], all: &[Item]| -> Vec<usize> {
                (0..all.len()).filter(|&at| kinds.contains(&all[at].kind)).collect()
            };
            let lane = Lane { input, crm: &crm, onec: &onec, mine: here(of_crm, &crm), theirs: here(of_onec, &onec) };
            if lane.mine.is_empty() || lane.theirs.is_empty() {
                continue;
            }
            lane.pair(&ids, &mut made);
            follow_basis(input, of_crm, &mut made);
        }
        follow_invoices(input, &mut made);
    }
    made.links.extend(contracts(input));
    made.links
}

/// Links made so far.
#[derive(Default)]
struct Made {
    links: Vec<Link>,
    /// Record of 1C and kind of the CRM → its pair.
    owners: FxHashMap<(RecordRef, bool), RecordRef>,
    seen: FxHashSet<(RecordRef, RecordRef)>,
}

impl Made {
    /// `true` when the pair is new.
    fn add(&mut self, link: Link, is_deal: bool) -> bool {
        if !self.seen.insert((link.a, link.b)) {
            return false;
        }
        if link.decision.links() {
            self.owners.entry((link.b, is_deal)).or_insert(link.a);
        }
        self.links.push(link);
        true
    }
}

/// Records by what the other side keeps of them.
struct Ids<'a> {
    /// Id → items of 1C.
    onec: FxHashMap<&'a str, Vec<usize>>,
    /// Id of the CRM that a document of 1C keeps → items of 1C.
    kept: FxHashMap<&'a str, Vec<usize>>,
    /// Id → how many deals and documents of the CRM have it.
    holders: FxHashMap<&'a str, u32>,
}

impl<'a> Ids<'a> {
    fn of(crm: &[Item<'a>], onec: &[Item<'a>]) -> Ids<'a> {
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

struct Lane<'l, 'a> {
    input: &'l Input<'a>,
    crm: &'l [Item<'a>],
    onec: &'l [Item<'a>],
    mine: Vec<usize>,
    theirs: Vec<usize>,
}

/// A pair that could be, and what speaks against it in half days.
struct Candidate {
    a: usize,
    b: usize,
    cost: i32,
}

impl Lane<'_, '_> {
    fn pair(&self, ids: &Ids, made: &mut Made) {
        let is_deal = self.crm[self.mine[0]].kind == Paper::Deal;
        let theirs: FxHashSet<usize> = self.theirs.iter().copied().collect();
        let mut free_crm: FxHashSet<usize> = self.mine.iter().copied().collect();
        let mut free_onec: FxHashSet<usize> =
            theirs.iter().copied().filter(|&b| !made.owners.contains_key(&(self.onec[b].record, is_deal))).collect();
        // What a basis has joined to its deal already needs no pair of this lane.
        let joined: FxHashSet<RecordRef> =
            theirs.iter().filter_map(|&b| made.owners.get(&(self.onec[b].record, is_deal)).copied()).collect();
        free_crm.retain(|&a| !joined.contains(&self.crm[a].record));

        self.by_id(ids, &theirs, is_deal, made, &mut free_crm, &mut free_onec);
        let alike = self.numbers_alike(&free_crm, &free_onec, made);
        self.by_number(alike, is_deal, made, &mut free_crm, &mut free_onec);
        self.by_amount(alike, is_deal, made, &mut free_crm, &mut free_onec);
        if is_deal && self.theirs.iter().any(|&b| self.onec[b].kind.ships() || self.onec[b].kind == Paper::Unknown) {
            self.by_sum(made, &free_crm, &free_onec);
        }
    }

    fn by_id(
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

    fn amounts_agree(&self, x: &Item, y: &Item) -> Option<bool> {
        (x.amount.is_some() && y.amount.is_some()).then(|| x.same_amount(y, self.input.config.tolerance))
    }

    /// Whether both systems give one document one number, as pairs that nobody doubts say.
    fn numbers_alike(&self, free_crm: &FxHashSet<usize>, free_onec: &FxHashSet<usize>, made: &Made) -> bool {
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
    fn by_number(
        &self,
        alike: bool,
        is_deal: bool,
        made: &mut Made,
        free_crm: &mut FxHashSet<usize>,
        free_onec: &mut FxHashSet<usize>,
    ) {
        let key = |item: &'_ Item| -> Option<(String, i32)> {
            let number = item.number.as_ref().filter(|_| item.has_day)?;
            Some((number.core.clone(), year(item.from)))
        };
        let mut groups: FxHashMap<(String, i32), (Vec<usize>, Vec<usize>)> = FxHashMap::default();
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

    /// Party, amount and a window of days.
    fn by_amount(
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

    /// One deal, several shipments that follow one another and add up to it.
    fn by_sum(&self, made: &mut Made, free_crm: &FxHashSet<usize>, free_onec: &FxHashSet<usize>) {
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

    fn link(&self, x: &Item, y: &Item, decision: Decision, rule: &'static str) -> Link {
        let mut evidence = Vec::new();
        let mut say = |field, level, weight| evidence.push(Evidence { field, level, weight });
        if rule == "id" {
            say(Field::ExternalId, Level::Exact, WEIGHT_ID);
        }
        if let (Some(p), Some(q)) = (&x.number, &y.number) {
            number_evidence(p, q, &mut say);
        }
        match x.party.zip(y.party).map(|(p, q)| p == q) {
            Some(true) => say(Field::PartyId, Level::Exact, WEIGHT_PARTY),
            Some(false) => say(Field::PartyId, Level::Different, -WEIGHT_PARTY),
            None => {}
        }
        match self.amounts_agree(x, y) {
            Some(true) => say(Field::Amount, Level::Exact, WEIGHT_AMOUNT),
            // Parts differ from the whole by their nature.
            Some(false) if rule != "sum" => say(Field::Amount, Level::Different, -WEIGHT_AMOUNT / 2.0),
            Some(false) => say(Field::Amount, Level::Near, WEIGHT_AMOUNT / 2.0),
            None => {}
        }
        match x.gap(y) {
            Some(0) => say(Field::Date, Level::Exact, WEIGHT_DATE),
            Some(gap) if gap <= SURE_DAYS => say(Field::Date, Level::Near, WEIGHT_DATE / 2.0),
            Some(_) => say(Field::Date, Level::Different, -1.0),
            None => {}
        }
        match (&x.organisation, &y.organisation) {
            (Some(p), Some(q)) if p == q => say(Field::Organisation, Level::Exact, 1.0),
            (p, q) if Own::differs(p.as_ref(), q.as_ref()) => say(Field::Organisation, Level::Different, -WEIGHT_PARTY),
            _ => {}
        }
        if let (Some(p), Some(q)) = (x.lines, y.lines) {
            let (level, weight) =
                if p == q { (Level::Exact, WEIGHT_LINES) } else { (Level::Different, -WEIGHT_LINES / 2.0) };
            say(Field::Quantity, level, weight);
        }
        made_link(x.record, y.record, decision, rule, evidence)
    }
}

fn number_evidence(p: &Number, q: &Number, say: &mut impl FnMut(Field, Level, f32)) {
    if p.core != q.core {
        // Two systems number apart as a rule.
        return;
    }
    let level = if p.prefix == q.prefix { Level::Exact } else { Level::Folded };
    say(Field::Number, level, WEIGHT_NUMBER);
}

pub(super) fn made_link(
    a: RecordRef,
    b: RecordRef,
    decision: Decision,
    rule: &'static str,
    mut evidence: Vec<Evidence>,
) -> Link {
    evidence.sort_by(|x, y| y.weight.abs().total_cmp(&x.weight.abs()).then(x.field.cmp(&y.field)));
    let weight = PRIOR + evidence.iter().map(|e| e.weight).sum::<f32>();
    let probability = 1.0 / (1.0 + f64::from(-weight).exp2());
    Link { a, b, weight, probability, decision, veto: None, evidence, rule }
}

/// Not a multiple of a hundred: such sums do not meet by chance.
fn is_particular(amount: Option<Decimal>) -> bool {
    amount.is_some_and(|a| a.micros() % (100 * Decimal::SCALE) != 0)
}

fn year(day: i32) -> i32 {
    chrono::NaiveDate::from_num_days_from_ce_opt(day).map_or(0, |date| chrono::Datelike::year(&date))
}

/// What was made on the basis of a paired document belongs to the same deal, and so does what it was made on.
fn follow_basis(input: &Input, of_crm: &[Paper], made: &mut Made) {
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
fn follow_invoices(input: &Input, made: &mut Made) {
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

fn basis_link(a: RecordRef, b: RecordRef) -> Link {
    let evidence = vec![Evidence { field: Field::BasisId, level: Level::Exact, weight: 2.0 * WEIGHT_BASIS }];
    made_link(a, b, Decision::Auto, "basis", evidence)
}

/// Contracts: by a kept id, else by party and number.
fn contracts(input: &Input) -> Vec<Link> {
    let [crm, onec] = Side::BOTH.map(|side| items(input, side, &[Entity::Contract]));
    /// Positions in the CRM, in 1C.
    type Both = (Vec<usize>, Vec<usize>);
    let mut keys: FxHashMap<(PartyKey, &str), Both> = FxHashMap::default();
    for (is_onec, all) in [(false, &crm), (true, &onec)] {
        for (at, item) in all.iter().enumerate() {
            if let (Some(party), Some(number)) = (item.party, &item.number) {
                let group = keys.entry((party, &number.core)).or_default();
                if is_onec { group.1.push(at) } else { group.0.push(at) }
            }
        }
    }
    let ids: FxHashMap<&str, usize> = onec.iter().enumerate().map(|(at, item)| (item.id, at)).collect();
    let kept: FxHashMap<&str, usize> =
        onec.iter().enumerate().filter(|(_, i)| !i.external.is_empty()).map(|(at, i)| (i.external, at)).collect();
    let mut links = Vec::new();
    let mut taken: FxHashSet<(bool, usize)> = FxHashSet::default();
    for (a, item) in crm.iter().enumerate() {
        let by_id = ids.get(item.external).filter(|_| !item.external.is_empty()).or_else(|| kept.get(item.id));
        if let Some(&b) = by_id {
            taken.extend([(false, a), (true, b)]);
            let evidence = vec![Evidence { field: Field::ExternalId, level: Level::Exact, weight: WEIGHT_ID }];
            links.push(made_link(item.record, onec[b].record, Decision::Auto, "id", evidence));
        }
    }
    for (mine, theirs) in keys.values() {
        let alone = mine.len() == 1 && theirs.len() == 1;
        for &a in mine.iter().filter(|a| !taken.contains(&(false, **a))) {
            for &b in theirs.iter().filter(|b| !taken.contains(&(true, **b))) {
                let (x, y) = (&crm[a], &onec[b]);
                let same_day = x.has_day && y.has_day && x.from == y.from;
                let decision =
                    if alone || same_day && mine.len() * theirs.len() < 5 { Decision::Auto } else { Decision::Review };
                let mut evidence = vec![
                    Evidence { field: Field::Number, level: Level::Folded, weight: WEIGHT_NUMBER },
                    Evidence { field: Field::PartyId, level: Level::Exact, weight: WEIGHT_PARTY },
                ];
                if same_day {
                    evidence.push(Evidence { field: Field::Date, level: Level::Exact, weight: WEIGHT_DATE });
                }
                links.push(made_link(x.record, y.record, decision, "number", evidence));
            }
        }
    }
    links
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::*;

    type Row<'a> = Vec<(Field, &'a str)>;

    fn paper<'a>(id: &'a str, kind: &'a str, number: &'a str, day: &'a str, amount: &'a str) -> Row<'a> {
        vec![
            (Field::Id, id),
            (Field::Kind, kind),
            (Field::Number, number),
            (Field::Date, day),
            (Field::Amount, amount),
            (Field::PartyInn, INN_A),
        ]
    }

    fn invoice<'a>(id: &'a str, number: &'a str, day: &'a str, amount: &'a str) -> Row<'a> {
        paper(id, "Счет на оплату", number, day, amount)
    }

    fn ship<'a>(id: &'a str, day: &'a str, amount: &'a str) -> Row<'a> {
        paper(id, "Реализация", "", day, amount)
    }

    fn deal<'a>(id: &'a str, day: &'a str, amount: &'a str) -> Row<'a> {
        vec![(Field::Id, id), (Field::Date, day), (Field::Amount, amount), (Field::PartyInn, INN_A)]
    }

    fn with<'a>(mut row: Row<'a>, field: Field, text: &'a str) -> Row<'a> {
        row.retain(|(f, _)| *f != field);
        row.push((field, text));
        row
    }

    /// Links as `1 a number auto`; parties of one INN are one.
    fn links(deals: &[Row], crm_papers: &[Row], onec_papers: &[Row]) -> Vec<String> {
        let mut world = World::new();
        for (side, entity, rows) in [
            (Side::Crm, Entity::Deal, deals),
            (Side::Crm, Entity::Document, crm_papers),
            (Side::Onec, Entity::Document, onec_papers),
        ] {
            for row in rows {
                world = world.add(side, entity, row);
            }
        }
        world.with(|cx| {
            let id = |r| cx.data.id(r).to_owned();
            let one = |l: &Link| format!("{} {} {} {}", id(l.a), id(l.b), l.rule, l.decision.as_str());
            cx.pairing.links().iter().map(one).collect()
        })
    }

    fn invoices(crm: &[Row], onec: &[Row]) -> Vec<String> {
        links(&[], crm, onec)
    }

    #[test]
    fn a_kept_id_decides() {
        let kept = with(invoice("1", "7", "01.02.2026", "100"), Field::ExternalId, "a");
        assert_eq!(invoices(&[kept], &[invoice("a", "900", "01.05.2026", "120")]), ["1 a id auto"]);
        let points_back = with(invoice("a", "900", "01.05.2026", "100"), Field::ExternalId, "1");
        assert_eq!(
            invoices(&[invoice("1", "7", "01.02.2026", "100")], std::slice::from_ref(&points_back)),
            ["1 a id auto"]
        );
        // A short id of another numbering: neither the party nor the sum is the same.
        let other = with(with(points_back.clone(), Field::PartyInn, INN_B), Field::Amount, "5");
        assert_eq!(invoices(&[invoice("1", "7", "01.02.2026", "100")], &[other]), ["1 a id review"]);
        // Deal 1 and invoice 1: which of them does 1C keep? The document of 1C is an invoice of both.
        let found = links(&[deal("1", "01.02.2026", "77")], &[invoice("1", "7", "01.02.2026", "100")], &[points_back]);
        assert_eq!(found, ["1 a id review", "1 a id auto"]);
    }

    #[test]
    fn numbers_with_prefixes() {
        let mine = [invoice("1", "123", "01.02.2026", "100")];
        assert_eq!(invoices(&mine, &[invoice("a", "БП00-000123", "03.02.2026", "100")]), ["1 a number auto"]);
        assert_eq!(invoices(&mine, &[invoice("a", "БП00-000123", "03.02.2025", "100")]), [""; 0], "another year");
        // The number alone may be chance.
        assert_eq!(invoices(&mine, &[invoice("a", "БП00-000123", "03.02.2026", "140")]), [""; 0]);
        let two = [invoice("a", "БП00-000123", "03.02.2026", "100"), invoice("b", "ЮР00-000123", "03.02.2026", "100")];
        assert_eq!(invoices(&mine, &two), ["1 a number review", "1 b number review"]);
        // On a wrong party, with number, day and sum.
        let wrong = with(invoice("a", "БП00-000123", "01.02.2026", "100"), Field::PartyInn, INN_B);
        assert_eq!(invoices(&mine, &[wrong]), ["1 a number review"]);
    }

    #[test]
    fn systems_that_number_alike_prove_changed_sums() {
        let days: Vec<String> = (1..=20).map(|d| format!("{d:02}.03.2026")).collect();
        let numbers: Vec<String> = (1..=20).map(|n| n.to_string()).collect();
        let sums: Vec<String> = (1..=20).map(|n| format!("{}.50", 1000 + n * 7)).collect();
        let row = |n: usize, sum| invoice(&numbers[n], &numbers[n], &days[n], sum);
        let mine: Vec<Row> = (0..20).map(|n| row(n, &sums[n])).collect();
        let mut theirs: Vec<Row> = (0..20).map(|n| row(n, &sums[n])).collect();
        theirs[5] = row(5, "999999");
        let found = invoices(&mine, &theirs);
        assert_eq!(found.len(), 20);
        assert!(found.contains(&"6 6 number auto".to_owned()), "{found:?}");
    }

    #[test]
    fn party_sum_and_days() {
        let mine = [invoice("1", "", "01.02.2026", "1234.56")];
        assert_eq!(invoices(&mine, &[invoice("a", "9", "04.02.2026", "1234.56")]), ["1 a amount auto"]);
        assert_eq!(invoices(&mine, &[invoice("a", "9", "04.02.2026", "1234.57")]), [""; 0]);
        let foreign = with(invoice("a", "9", "04.02.2026", "1234.56"), Field::PartyInn, INN_B);
        assert_eq!(invoices(&mine, &[foreign]), [""; 0]);
        let dollars = with(invoice("a", "9", "04.02.2026", "1234.56"), Field::Currency, "USD");
        assert_eq!(invoices(&mine, &[dollars]), [""; 0]);
        // A round sum far away is no proof, one to the kopeck is.
        assert_eq!(invoices(&mine, &[invoice("a", "9", "25.02.2026", "1234.56")]), ["1 a amount auto"]);
        let round = [invoice("1", "", "01.02.2026", "5000")];
        assert_eq!(invoices(&round, &[invoice("a", "9", "25.02.2026", "5000")]), ["1 a amount review"]);
        assert_eq!(invoices(&mine, &[invoice("a", "9", "25.05.2026", "1234.56")]), [""; 0], "out of the window");
        // The tax on top.
        let net = with(with(mine[0].clone(), Field::Amount, "1000"), Field::VatAmount, "234.56");
        assert_eq!(invoices(&[net], &[invoice("a", "9", "01.02.2026", "1234.56")]), ["1 a amount auto"]);
        let zero = [invoice("1", "", "01.02.2026", "0")];
        assert_eq!(
            invoices(&zero, &[invoice("a", "9", "01.02.2026", "0")]),
            [""; 0],
            "nothing equals nothing by chance"
        );
    }

    #[test]
    fn two_equal_candidates_wait_for_a_person() {
        let mine = [invoice("1", "", "01.02.2026", "5000")];
        let two = [invoice("a", "8", "02.02.2026", "5000"), invoice("b", "9", "02.02.2026", "5000")];
        assert_eq!(invoices(&mine, &two), ["1 a amount review", "1 b amount review"]);
        // A subscription: each month its own.
        let months = ["01.02.2026", "01.03.2026", "01.04.2026"];
        let mine: Vec<Row> = (0..3).map(|n| invoice(["1", "2", "3"][n], "", months[n], "5000")).collect();
        let theirs: Vec<Row> = (0..3).map(|n| invoice(["a", "b", "c"][n], "", months[n], "5000")).collect();
        assert_eq!(invoices(&mine, &theirs), ["1 a amount auto", "2 b amount auto", "3 c amount auto"]);
        // A week late, every week: the nearest day is the wrong one.
        let weeks = ["01.02.2026", "08.02.2026", "15.02.2026"];
        let late = ["07.02.2026", "14.02.2026", "21.02.2026"];
        let mine: Vec<Row> = (0..3).map(|n| invoice(["1", "2", "3"][n], "", weeks[n], "5000")).collect();
        let theirs: Vec<Row> = (0..3).map(|n| invoice(["a", "b", "c"][n], "", late[n], "5000")).collect();
        let found = invoices(&mine, &theirs);
        assert!(!found.iter().any(|l| l.starts_with("2 a") && l.ends_with("auto")), "{found:?}");
    }

    #[test]
    fn chains_by_basis() {
        let order = paper("o", "Заказ клиента", "5", "01.02.2026", "777.70");
        let bill = with(invoice("i", "6", "02.02.2026", "777.70"), Field::BasisId, "o");
        let first = with(ship("s", "05.02.2026", "700"), Field::BasisId, "i");
        let second =
            with(ship("t", "09.02.2026", "77.70"), Field::BasisName, "Заказ клиента 0000-000005 от 01.02.2026");
        let found = links(&[deal("1", "30.01.2026", "777.70")], &[], &[order, bill, first, second]);
        assert_eq!(found, ["1 o amount auto", "1 i basis auto", "1 s basis auto", "1 t basis auto"]);
        // The invoice of the CRM is the middle.
        let mine = with(invoice("9", "6", "02.02.2026", "777.70"), Field::BasisId, "1");
        let found = links(&[deal("1", "30.09.2025", "5")], &[mine], &[invoice("i", "0006", "02.02.2026", "777.70")]);
        assert_eq!(found, ["1 i basis auto", "9 i number auto"]);
    }

    #[test]
    fn shipments_that_add_up() {
        let parts = [ship("s", "05.02.2026", "700"), ship("t", "09.02.2026", "77.70")];
        let one = [deal("1", "01.02.2026", "777.70")];
        assert_eq!(links(&one, &[], &parts), ["1 s sum auto", "1 t sum auto"]);
        let twins = [deal("1", "01.02.2026", "777.70"), deal("2", "02.02.2026", "777.70")];
        assert!(links(&twins, &[], &parts).iter().all(|l| l.ends_with("review")), "two deals, one run of shipments");
    }

    #[test]
    fn purchases_and_deleted_drafts_are_nobodys_pair() {
        let bought = paper("a", "Поступление товаров", "9", "01.02.2026", "1234.56");
        assert_eq!(invoices(&[invoice("1", "", "01.02.2026", "1234.56")], &[bought]), [""; 0]);
        let deleted = with(invoice("a", "9", "01.02.2026", "1234.56"), Field::Deleted, "да");
        assert_eq!(invoices(&[invoice("1", "", "01.02.2026", "1234.56")], &[deleted]), ["1 a amount review"]);
    }

    #[test]
    fn the_order_of_rows_does_not_matter() {
        let mine: Vec<Row> = vec![
            invoice("1", "1", "01.02.2026", "100"),
            invoice("2", "2", "01.02.2026", "100"),
            invoice("3", "", "05.02.2026", "77.5"),
        ];
        let theirs: Vec<Row> = vec![
            invoice("a", "1", "01.02.2026", "100"),
            invoice("b", "", "02.02.2026", "100"),
            invoice("c", "", "05.02.2026", "77.5"),
        ];
        let mut found = invoices(&mine, &theirs);
        let mut turned =
            invoices(&mine.into_iter().rev().collect::<Vec<_>>(), &theirs.into_iter().rev().collect::<Vec<_>>());
        found.sort();
        turned.sort();
        assert_eq!(found, turned);
    }

    /// Three thousand invoices of four parties over a year, numbered apart, dated up to four days apart; some on one side only, some
    /// monthly for the same sum. No ids are shared: what is paired is paired by what the documents say.
    #[test]
    fn pairs_without_ids_are_found_and_right() {
        let mut state = 88_172_645_463_325_252u64;
        let mut below = |limit: u64| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state % limit
        };
        let mut world = World::new();
        let mut truth: FxHashSet<(String, String)> = FxHashSet::default();
        let inns = [INN_A, INN_B, INN_C, INN_PERSON];
        let begin = chrono::NaiveDate::from_ymd_opt(2026, 1, 5).unwrap();
        for n in 0..3_000u64 {
            let monthly = below(20) == 0;
            let sum = if monthly { 5_000_000 } else { 10_000 + below(40_000_000) };
            let sum = if below(3) == 0 { sum / 10_000 * 10_000 } else { sum };
            let day = begin + chrono::Days::new(below(350));
            let later = day + chrono::Days::new(below(5));
            let amount = format!("{}.{:02}", sum / 100, sum % 100);
            let inn = inns[below(4) as usize];
            let row = |id: String, number: u64, day: chrono::NaiveDate| {
                let texts = [id, number.to_string(), day.to_string()];
                (texts, [(Field::Kind, "Счет"), (Field::Amount, amount.as_str()), (Field::PartyInn, inn)])
            };
            let lost = below(100);
            for (side, number, day) in [(Side::Crm, n + 1, day), (Side::Onec, n + 317, later)] {
                if (side == Side::Crm && lost == 0) || (side == Side::Onec && lost == 1) {
                    continue;
                }
                let (texts, base) = row(format!("{side}{n}"), number, day);
                let mut all = base.to_vec();
                all.extend([Field::Id, Field::Number, Field::Date].into_iter().zip(texts.iter().map(String::as_str)));
                world = world.add(side, Entity::Document, &all);
            }
            // A subscription cannot be told apart by a person either.
            if lost > 1 && !monthly {
                truth.insert((format!("crm{n}"), format!("onec{n}")));
            }
        }
        world.with(|cx| {
            let (mut right, mut wrong) = (0usize, 0usize);
            for link in cx.pairing.links().iter().filter(|l| l.decision == Decision::Auto) {
                let [a, b] = [link.a, link.b].map(|r| cx.data.id(r).to_owned());
                let same = a.trim_start_matches("crm") == b.trim_start_matches("onec");
                right += usize::from(truth.contains(&(a, b)));
                wrong += usize::from(!same);
            }
            let (precision, recall) = (1.0 - wrong as f64 / (right + wrong) as f64, right as f64 / truth.len() as f64);
            println!("precision {precision:.5} recall {recall:.5}, {right} right, {wrong} wrong of {}", truth.len());
            assert!(precision >= 0.999, "precision {precision}, {wrong} wrong");
            assert!(recall >= 0.98, "recall {recall}, {right} of {}", truth.len());
        });
    }

    #[test]
    fn contracts_by_party_and_number() {
        let contract = |id, name| [(Field::Id, id), (Field::Name, name), (Field::PartyInn, INN_A)];
        let world = World::new()
            .add(Side::Crm, Entity::Contract, &contract("1", "Договор № 45/2 от 01.02.2026"))
            .add(Side::Onec, Entity::Contract, &contract("a", "Договор 45/2"))
            .add(Side::Onec, Entity::Contract, &contract("b", "Договор 45"));
        world.with(|cx| {
            let pairs: Vec<_> = cx.pairing.links().iter().map(|l| (l.a.at(), l.b.at(), l.decision)).collect();
            assert_eq!(pairs, [(0, 0, Decision::Auto)]);
        });
    }
}
