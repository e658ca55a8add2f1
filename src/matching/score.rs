//! A candidate pair → weight, vetoes, decision.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::block::Candidate;
use super::compare::{
    COMPARISONS, COUNT, Compared, Comparison, FORM_BITS, MOST_OF_ADDRESS, Numbers, compare, compare_address,
    compare_all_but_address,
};
use super::model::{Model, probability};
use super::own::Outcomes;
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
    /// Fields of the project's own, where it has any.
    pub own: Option<Box<Outcomes>>,
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
    pub fn evidence(&self, p: &Packed) -> Vec<Evidence> {
        let mut evidence: Vec<(usize, Evidence)> = COMPARISONS
            .iter()
            .enumerate()
            .filter(|(at, _)| self.levels[*at] != Level::Empty)
            .map(|(at, c)| (at, Evidence { field: c.field(), level: self.levels[at], weight: self.weights[at] }))
            .collect();
        let own = p.own.fields().zip(self.own.iter().flat_map(|own| own.iter())).enumerate();
        let own = own.filter(|(_, (_, o))| o.level != Level::Empty);
        evidence.extend(own.map(|(n, (field, o))| (COUNT + n, Evidence { field, level: o.level, weight: o.bits })));
        evidence.sort_by(|x, y| y.1.weight.total_cmp(&x.1.weight).then(x.0.cmp(&y.0)));
        evidence.into_iter().map(|(_, e)| e).collect()
    }
}

/// Trains the model on candidate pairs.
pub fn train(p: &Packed, candidates: &[Candidate]) -> Model {
    let step = candidates.len().div_ceil(TRAINING_PAIRS).max(1);
    let histogram = candidates
        .par_chunks(step * 4_096)
        .map(|chunk| {
            let mut cells: FxHashMap<u32, u32> = FxHashMap::default();
            for pair in chunk.iter().step_by(step) {
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
    let own = compared.own.iter().map(|o| o.bits).sum::<f32>();
    let weight = model.prior + weights.iter().sum::<f32>() + own;
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
        own: (!p.own.is_empty()).then(|| Box::new(compared.own)),
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
        self.caution = if doubtful.is_empty() {
            caution(p, self.a, self.b, compared)
        } else if compared.person.twofold && !doubtful.has(Veto::BirthDateDiffers) {
            Some(Caution::TwofoldName)
        } else {
            Some(Caution::Contradicted)
        };
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
        most += compared.own.iter().map(|o| o.bits.max(0.0)).sum::<f32>();
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
        + pair.own.iter().flat_map(|own| own.iter()).map(|o| o.bits.max(0.0)).sum::<f32>()
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
    candidates: &[Candidate],
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
        .par_chunks(8_192)
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
    let mut scored: Vec<Scored> = parts.into_iter().flatten().collect();
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::pack;
    use crate::matching::testing::World;

    fn scored(weights: &[(Comparison, Level, f32)], vetoes: &[Veto]) -> Scored {
        let mut pair = Scored {
            a: 0,
            b: 1,
            rule: "phone",
            weight: Model::shipped(1 << 10).prior + weights.iter().map(|w| w.2).sum::<f32>(),
            levels: [Level::Empty; COUNT],
            weights: [0.0; COUNT],
            own: None,
            vetoes: Vetoes::default(),
            caution: None,
            strong: false,
            forms_differ: false,
            numbers_only: false,
            decision: Decision::Review,
            veto: None,
        };
        for &(comparison, level, weight) in weights {
            pair.levels[comparison as usize] = level;
            pair.weights[comparison as usize] = weight;
        }
        vetoes.iter().for_each(|&veto| pair.vetoes.add(veto));
        pair
    }

    #[test]
    fn evidence_is_sorted() {
        use Comparison::{Email, Inn, Name, Phone};
        let pair = scored(
            &[
                (Inn, Level::Different, -3.0),
                (Phone, Level::Near, 2.0),
                (Email, Level::Exact, 2.0),
                (Name, Level::Exact, 9.0),
            ],
            &[],
        );
        let found: Vec<_> =
            pair.evidence(&pack::pack(&World::default().build())).iter().map(|e| (e.field.code(), e.weight)).collect();
        assert_eq!(found, [("name", 9.0), ("phone", 2.0), ("email", 2.0), ("inn", -3.0)]);
    }

    /// Of 1024 records, where ten bits are even odds and two more are the threshold of review.
    #[test]
    fn what_a_report_keeps() {
        use Comparison::{Inn, Kpp, Name, Person, Phone};
        let model = Model::shipped(1 << 10);
        let config = MatchingConfig::default();
        assert_eq!((model.prior, config.review), (-10.0, 0.8));
        let check = |weights: &[(Comparison, Level, f32)], vetoes: &[Veto], expected: bool| {
            assert_eq!(is_kept(&model, &config, &scored(weights, vetoes)), expected, "{weights:?} {vetoes:?}");
        };
        let name = |level, bits| (Name, level, bits);
        check(&[(Phone, Level::Exact, 12.0)], &[], true);
        check(&[(Phone, Level::Exact, 11.99)], &[], false);
        // What a veto answers for counts nothing; names alike are forgiven four bits.
        let inn = (Inn, Level::Different, -10.0);
        check(&[inn, name(Level::Exact, 8.0)], &[Veto::InnDiffers], true);
        check(&[inn, name(Level::Folded, 8.0)], &[Veto::InnDiffers], true);
        check(&[inn, name(Level::Folded, 7.99)], &[Veto::InnDiffers], false);
        check(&[inn, name(Level::Near, 8.0)], &[Veto::InnDiffers], false);
        check(&[inn, name(Level::Near, 12.0)], &[Veto::InnDiffers], true);
        check(&[inn, name(Level::Near, 11.99)], &[Veto::InnDiffers], false);
        check(&[inn, (Person, Level::Folded, 8.0)], &[Veto::InnDiffers], true);
        // A name that differs is answered for by some vetoes only.
        let phone = (Phone, Level::Exact, 12.0);
        check(&[phone, name(Level::Different, -4.5)], &[Veto::InnDiffers], true);
        check(&[phone, name(Level::Different, -4.5)], &[Veto::Branch], false);
        check(&[phone, (Kpp, Level::Different, -5.0)], &[Veto::Branch], true);
        // Relatives are shown as names alike are.
        check(&[(Phone, Level::Exact, 8.0), (Person, Level::Different, -4.0)], &[Veto::PersonDiffers], true);
        check(&[(Phone, Level::Exact, 7.99), (Person, Level::Different, -4.0)], &[Veto::PersonDiffers], false);
        // A person of the firm with its phone is no candidate.
        check(&[(Phone, Level::Exact, 20.0)], &[Veto::KindDiffers], false);
        check(&[(Phone, Level::Exact, 12.0), name(Level::Near, 1.0)], &[Veto::KindDiffers], true);
        let pair = |weights: &[(Comparison, Level, f32)]| Scored {
            numbers_only: true,
            ..scored(weights, &[Veto::NumberDiffers])
        };
        assert!(is_kept(&model, &config, &pair(&[name(Level::Folded, 0.5), (Phone, Level::Exact, 0.1)])));
        assert!(!is_kept(&model, &config, &pair(&[name(Level::Folded, 0.5)])), "nothing but the words of the name");
        // Legal forms of a holding.
        let holding =
            |bits| Scored { forms_differ: true, ..scored(&[inn, name(Level::Exact, bits)], &[Veto::InnDiffers]) };
        assert!(is_kept(&model, &config, &holding(6.0)) && !is_kept(&model, &config, &holding(5.99)));
        // Whatever the threshold, something must speak for the pair.
        let all = MatchingConfig { review: 0.0, ..MatchingConfig::default() };
        assert!(!is_kept(&model, &all, &scored(&[], &[])) && !is_kept(&model, &all, &scored(&[], &[Veto::InnDiffers])));
        assert!(is_kept(&model, &all, &scored(&[(Phone, Level::Exact, 0.1)], &[])));
    }
}
