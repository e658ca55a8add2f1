//! A candidate pair → weight, vetoes, decision.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::block::{Candidate, Candidates};
use super::compare::{
    COMPARISONS, COUNT, Compared, Comparison, FORM_BITS, MOST_OF_ADDRESS, Numbers, compare, compare_address,
    compare_all_but_address,
};
use super::model::{Model, probability};
use super::pack::Packed;
use super::types::{Caution, Decision, Evidence, Level, Veto};
use super::veto::{Vetoes, caution, contradictions, doubtful, exclude, is_answered_by, is_strong, only_contact};
use super::weights::LEVELS;
use crate::config::MatchingConfig;

/// Candidate pairs that the model is trained on; beyond this every n-th one is taken.
const TRAINING_PAIRS: usize = 100_000;

/// How much below the review threshold a vetoed pair of like names may be and still be shown.
const TRAP_BITS: f32 = 4.0;

/// A pair with its score.
#[derive(Clone, Debug)]
pub struct Scored {
    pub a: u32,
    pub b: u32,
    pub rule: &'static str,
    /// log2, prior included.
    pub weight: f32,
    pub levels: [Level; COUNT],
    pub weights: [f32; COUNT],
    pub vetoes: Vetoes,
    pub caution: Option<Caution>,
    /// An identifier that names one party agrees.
    pub strong: bool,
    pub forms_differ: bool,
    /// The names differ in numbers only.
    pub numbers_only: bool,
    pub decision: Decision,
    /// The veto that decides, when the decision is to reject.
    pub veto: Option<Veto>,
}

impl Scored {
    pub fn probability(&self) -> f64 {
        probability(self.weight)
    }

    /// Comparisons with evidence, strongest first.
    pub fn evidence(&self) -> Vec<Evidence> {
        let mut strongest = [0; COUNT];
        let mut count = 0;
        for at in (0..COUNT).filter(|&at| self.levels[at] != Level::Empty) {
            strongest[count] = at;
            count += 1;
        }
        let strongest = &mut strongest[..count];
        strongest.sort_unstable_by(|&x, &y| self.weights[y].total_cmp(&self.weights[x]).then(x.cmp(&y)));
        let evidence =
            |&at: &usize| Evidence { field: COMPARISONS[at].field(), level: self.levels[at], weight: self.weights[at] };
        strongest.iter().map(evidence).collect()
    }
}

/// Trains the model on candidate pairs.
pub fn train(p: &Packed, candidates: &Candidates) -> Model {
    let step = candidates.len().div_ceil(TRAINING_PAIRS).max(1);
    let mut number = 0usize;
    // Each part with its first pair that is taken.
    let parts: Vec<(&[Candidate], usize)> = candidates
        .parts()
        .iter()
        .map(|part| {
            let first = number.next_multiple_of(step) - number;
            number += part.len();
            (part.as_slice(), first)
        })
        .collect();
    let histogram = parts
        .into_par_iter()
        .map(|(part, first)| {
            let mut cells: FxHashMap<u32, u32> = FxHashMap::default();
            for pair in part.iter().skip(first).step_by(step) {
                *cells.entry(compare(p, pair.a(), pair.b()).code()).or_insert(0) += 1;
            }
            cells
        })
        .reduce(FxHashMap::default, |mut all, part| {
            for (code, count) in part {
                *all.entry(code).or_insert(0) += count;
            }
            all
        });
    let cells: Vec<(u32, u32)> = histogram.into_iter().collect();
    Model::train(p.len(), &cells)
}

/// Scores one pair; never drops it.
pub fn score(p: &Packed, model: &Model, config: &MatchingConfig, a: u32, b: u32, rule: &'static str) -> Scored {
    let compared = compare(p, a, b);
    weigh(p, model, a, b, rule, &compared).judged(p, config, &compared)
}

/// Weights and vetoes. The decision is still to come: most pairs are dropped before it.
fn weigh(p: &Packed, model: &Model, a: u32, b: u32, rule: &'static str, compared: &Compared) -> Scored {
    let mut weights = [0.0; COUNT];
    let mut levels = [Level::Empty; COUNT];
    for (at, (&comparison, outcome)) in COMPARISONS.iter().zip(&compared.outcomes).enumerate() {
        levels[at] = outcome.level;
        weights[at] = model.weight(comparison, outcome.level, outcome.bits);
    }
    let weight = model.prior + weights.iter().sum::<f32>();
    let contradictions = contradictions(p, a, b, compared);
    let mut vetoes = contradictions.without(doubtful(compared));
    if only_contact(compared) {
        vetoes.add(Veto::SharedContactOnly);
    }
    Scored {
        a,
        b,
        rule,
        weight,
        levels,
        weights,
        vetoes,
        caution: None,
        strong: is_strong(compared),
        forms_differ: compared.name.forms_differ,
        numbers_only: compared.name.numbers != Numbers::Agree && !compared.name.extra,
        decision: Decision::Review,
        veto: vetoes.first(),
    }
}

impl Scored {
    fn judged(mut self, p: &Packed, config: &MatchingConfig, compared: &Compared) -> Scored {
        let doubtful = contradictions(p, self.a, self.b, compared).and(doubtful(compared));
        self.caution =
            if doubtful.is_empty() { caution(p, self.a, self.b, compared) } else { Some(Caution::Contradicted) };
        self.decision = if !self.vetoes.is_empty() {
            Decision::Rejected
        } else if self.caution.is_none() && self.probability() >= config.auto {
            Decision::Auto
        } else {
            Decision::Review
        };
        self
    }
}

/// Bits by which a sum in another order may differ, and more.
const ROUNDING: f32 = 0.01;

/// log2 odds that a probability in floating point still tells from certainty.
const MOST_ODDS: f32 = 50.0;

/// What lets a pair be dropped before its address is looked at.
struct Hopeless<'m> {
    model: &'m Model,
    /// log2 odds of the review threshold.
    review: f32,
    /// Most that an address may add.
    address: f32,
}

impl<'m> Hopeless<'m> {
    fn new(model: &'m Model, config: &MatchingConfig) -> Self {
        let levels = LEVELS.map(|level| model.most(Comparison::Address, level, MOST_OF_ADDRESS));
        let review = (config.review / (1.0 - config.review)).log2() as f32;
        // Beyond it a probability is 1.
        let review = review.min(MOST_ODDS);
        Hopeless { model, review, address: levels.into_iter().fold(0.0, f32::max) }
    }

    /// Whether [`is_kept`] will say no, whatever the address adds: all that speaks for the pair is below review, with
    /// what a veto is forgiven.
    fn is_sure(&self, compared: &Compared, has_address: bool) -> bool {
        if compared.name.numbers == Numbers::Differ {
            return false;
        }
        let outcomes = COMPARISONS.iter().zip(&compared.outcomes);
        let mut most = outcomes.map(|(&c, o)| self.model.most(c, o.level, o.bits)).sum::<f32>() + ROUNDING;
        if has_address {
            most += self.address;
        }
        if compared.name.forms_differ {
            most -= FORM_BITS;
        }
        let name = compared.level(Comparison::Name).max(compared.level(Comparison::Person));
        if name >= Level::Folded || compared.person.contradicts() {
            most += TRAP_BITS;
        }
        self.model.prior + most < self.review
    }
}

/// Whether a report keeps the pair: at or above review, or vetoed where it would have been without what the veto says.
pub fn is_kept(model: &Model, config: &MatchingConfig, pair: &Scored) -> bool {
    if pair.vetoes.is_empty() {
        return pair.weight > model.prior && probability(pair.weight) >= config.review;
    }
    // A contact person with the phone of the company is no candidate for a merge.
    let name = pair.levels[Comparison::Name as usize].max(pair.levels[Comparison::Person as usize]);
    let alike = name >= Level::Folded;
    if pair.vetoes.has(Veto::KindDiffers) && name < Level::Near {
        return false;
    }
    // «Аптека № 5» and «Аптека № 6»: the words are too common to weigh anything, the pair is a trap all the same.
    let other = COMPARISONS.iter().zip(&pair.weights).any(|(&c, &w)| c != Comparison::Name && w > 0.0);
    if pair.vetoes.has(Veto::NumberDiffers) && pair.numbers_only && other {
        return true;
    }
    // A holding has an ООО beside its АО: its pairs are the traps that people want to see.
    let form = if pair.forms_differ { -FORM_BITS } else { 0.0 };
    let without: f32 = COMPARISONS
        .iter()
        .zip(&pair.weights)
        .map(|(&c, &w)| if w < 0.0 && is_answered_by(c, pair.vetoes) { 0.0 } else { w })
        .sum::<f32>()
        + form;
    // Names that agree under a veto are the traps of the trade (homonyms, relatives): shown although several records
    // of each make the name look common.
    let slack = if alike || pair.vetoes.has(Veto::PersonDiffers) { TRAP_BITS } else { 0.0 };
    without > 0.0 && probability(model.prior + without + slack) >= config.review
}

/// Scores all candidates and keeps what a report shows, in the order of candidates. `decided`: sorted pairs that are
/// kept whatever they weigh.
pub fn score_all(
    p: &Packed,
    model: &Model,
    config: &MatchingConfig,
    candidates: &Candidates,
    decided: &[(u32, u32)],
) -> Vec<Scored> {
    let hopeless = Hopeless::new(model, config);
    let kept = |c: &Candidate| {
        let (a, b) = (c.a(), c.b());
        let mut compared = compare_all_but_address(p, a, b);
        let has_address = p.row(a).address != 0 && p.row(b).address != 0;
        let asked = || decided.binary_search(&(a, b)).is_ok();
        if hopeless.is_sure(&compared, has_address) && !asked() {
            return None;
        }
        compare_address(p, a, b, &mut compared);
        let pair = weigh(p, model, a, b, c.rule(), &compared);
        (is_kept(model, config, &pair) || asked()).then(|| pair.judged(p, config, &compared))
    };
    let parts: Vec<Vec<Scored>> = candidates
        .parts()
        .par_iter()
        .map(|chunk| {
            let mut found = Vec::with_capacity(chunk.len() / 8);
            for pairs in chunk.chunks(FETCHED) {
                // The first record of a pair is mostly that of the pair before.
                p.fetch(pairs.iter().map(|c| c.b()));
                found.extend(pairs.iter().filter_map(kept));
            }
            found
        })
        .collect();
    let mut scored = Vec::with_capacity(parts.iter().map(Vec::len).sum());
    parts.into_iter().for_each(|mut part| scored.append(&mut part));
    doubt_ambiguous(p, &mut scored);
    scored
}

/// Pairs whose records are read ahead: as many as the processor waits for at a time.
const FETCHED: usize = 16;

/// Different partners a record is checked against; more tell nothing new.
const PARTNERS: usize = 12;

/// A record that fits two parties which exclude each other, by nothing stronger than name and contact, belongs to
/// neither without a person.
fn doubt_ambiguous(p: &Packed, scored: &mut [Scored]) {
    let mut ends: Vec<(u32, u32)> = scored
        .iter()
        .enumerate()
        .filter(|(_, s)| s.decision == Decision::Auto)
        .flat_map(|(at, s)| [(s.a, at as u32), (s.b, at as u32)])
        .collect();
    ends.sort_unstable();
    let doubtful: Vec<u32> = ends
        .par_chunk_by(|x, y| x.0 == y.0)
        .filter(|group| group.len() > 1 && group.iter().any(|e| !scored[e.1 as usize].strong))
        .flat_map_iter(|group| {
            let record = group[0].0;
            let partner = |at: u32| {
                let s = &scored[at as usize];
                if s.a == record { s.b } else { s.a }
            };
            let mut partners: Vec<u32> = Vec::with_capacity(PARTNERS);
            let mut seen: Vec<(u64, u64, u32, i32, u64)> = Vec::with_capacity(PARTNERS);
            for &(_, at) in group {
                let row = p.row(partner(at));
                let identity = (row.inn, row.kpp, row.patronymic, row.birth, row.ogrn);
                if partners.len() < PARTNERS && !seen.contains(&identity) {
                    seen.push(identity);
                    partners.push(partner(at));
                }
            }
            let exclude =
                partners.iter().enumerate().any(|(i, &x)| partners[i + 1..].iter().any(|&y| exclude(p, x, y)));
            group.iter().map(|e| e.1).filter(|&at| exclude && !scored[at as usize].strong).collect::<Vec<_>>()
        })
        .collect();
    for at in doubtful {
        let pair = &mut scored[at as usize];
        pair.decision = Decision::Review;
        pair.caution = Some(Caution::Ambiguous);
    }
}
