//! Weights of the levels: shipped priors, corrected by EM over the candidate pairs.
//!
//! Shipped `m` come from practice and stand for [`GUARD`] pairs, so that 200 rows do not mislead. EM sees only the
//! histogram of level vectors. It trains in sessions: among pairs that agree exactly on one field, which are enough
//! like true pairs to start from, it learns the other fields; sessions are averaged. `u` is never trained: it comes
//! from value frequencies (`compare/mod.rs`).

use super::compare::{COMPARISONS, COUNT, Comparison, levels_of, scale};
use super::types::Level;
use super::weights::{LEVELS, Weights};

/// Pairs that the shipped model counts for against the data.
const GUARD: f64 = 400.0;
/// Rounds of EM; a histogram of a few thousand cells converges in fewer.
const ROUNDS: usize = 12;
/// Farthest a trained level may move from the shipped one, in bits.
const LEASH: f32 = 1.5;

/// Share of true pairs at each level (different, near, folded, exact), given that both sides have a value.
const SHIPPED: [[f32; 4]; COUNT] = [
    [0.02, 0.01, 0.02, 0.95], // external
    [0.01, 0.03, 0.03, 0.93], // inn
    [0.02, 0.01, 0.01, 0.96], // ogrn
    [0.08, 0.01, 0.01, 0.90], // document
    [0.38, 0.01, 0.01, 0.60], // account
    [0.36, 0.03, 0.01, 0.60], // phone
    [0.30, 0.05, 0.05, 0.60], // email
    [0.06, 0.02, 0.01, 0.91], // kpp
    [0.04, 0.20, 0.10, 0.66], // name
    [0.03, 0.17, 0.20, 0.60], // person
    [0.02, 0.03, 0.01, 0.94], // birth
    [0.40, 0.20, 0.10, 0.30], // address
];

/// Strangers that agree at a level, as a share of one record's worth of luck: the middle of what the comparisons give,
/// used only to weigh a cell of the histogram.
fn typical(comparison: Comparison, level: Level, scale: f32) -> f32 {
    use Comparison as C;
    match (comparison, level) {
        (_, Level::Empty) => 0.0,
        (_, Level::Different) => comparison.least(),
        (C::External | C::Inn | C::Ogrn, Level::Exact) => scale + 8.0,
        (C::Document | C::Account | C::Phone | C::Email, Level::Exact) => scale + 3.0,
        (C::Name | C::Person, Level::Exact) => scale + 1.5,
        (C::Name | C::Person, Level::Folded) => scale + 0.5,
        (C::Name | C::Person, Level::Near) => scale - 3.0,
        (C::Birth, Level::Exact) => 13.5,
        (C::Inn, _) => scale,
        (C::Kpp, _) => 1.0,
        (_, _) => 2.0,
    }
}

/// The weights of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// Bits to add to the weight of a level under the shipped model.
    pub correction: Weights,
    /// What the user adds to that.
    tuning: Weights,
    /// log2 odds that two records drawn at random are one party.
    pub prior: f32,
}

impl Model {
    /// The shipped model: each record is expected to have one partner among the others.
    pub fn shipped(records: usize) -> Model {
        Model { correction: Weights::default(), tuning: Weights::default(), prior: -scale(records) }
    }

    /// A model learnt before, for this number of records.
    pub fn learnt(records: usize, correction: Weights) -> Model {
        Model { correction, ..Model::shipped(records) }
    }

    /// The model with what the user sets by hand.
    pub fn tuned(self, tuning: &Weights) -> Model {
        Model { tuning: tuning.clone(), ..self }
    }

    /// Weight of an outcome: bounded below by the comparison, never above 0 where it differs and never below 0 where
    /// it agrees in full.
    pub fn weight(&self, comparison: Comparison, level: Level, bits: f32) -> f32 {
        if level == Level::Empty || self.tuning.is_off(comparison) {
            return 0.0;
        }
        let weight = bits + self.correction.get(comparison, level);
        let bounded = match level {
            Level::Empty => 0.0,
            Level::Different => weight.clamp(comparison.least(), 0.0),
            Level::Near | Level::Folded => weight.max(comparison.least()),
            // Very common values may say less than nothing; an agreement is never held against a pair.
            Level::Exact => weight.max(0.0),
        };
        bounded + self.tuning.get(comparison, level)
    }

    /// Most that an outcome may add to the evidence for a pair: a level that differs adds what the user sets at most,
    /// whatever its bits become when the address is known.
    pub fn most(&self, comparison: Comparison, level: Level, bits: f32) -> f32 {
        let bits = if level == Level::Different { 0.0 } else { bits };
        self.weight(comparison, level, bits).max(0.0)
    }

    /// Trains on a histogram of level vectors, in any order.
    pub fn train(records: usize, histogram: &[(u32, u32)]) -> Model {
        let mut cells: Vec<([Level; COUNT], f64)> =
            histogram.iter().map(|&(code, count)| (levels_of(code), f64::from(count))).collect();
        cells.sort_by_key(|cell| cell.0);
        let mut model = Model::shipped(records);
        let scale = scale(records);
        let sessions = [
            Comparison::Inn,
            Comparison::Document,
            Comparison::Phone,
            Comparison::Email,
            Comparison::Name,
            Comparison::Person,
        ];
        for _ in 0..ROUNDS {
            // Per level the expected number of true pairs, summed over sessions.
            let mut seen = [[0.0f64; 5]; COUNT];
            for session in sessions {
                for (levels, count) in cells.iter().filter(|c| c.0[session as usize] == Level::Exact) {
                    let weight: f32 = COMPARISONS
                        .iter()
                        .map(|&c| model.weight(c, levels[c as usize], typical(c, levels[c as usize], scale)))
                        .sum();
                    let probability = probability(model.prior + weight);
                    for (at, level) in levels.iter().enumerate().filter(|(at, _)| *at != session as usize) {
                        seen[at][*level as usize] += probability * count / sessions.len() as f64;
                    }
                }
            }
            model = model.corrected(&seen);
        }
        model
    }

    fn corrected(&self, seen: &[[f64; 5]; COUNT]) -> Model {
        let mut correction = Weights::default();
        for (at, levels) in seen.iter().enumerate() {
            let total: f64 = levels[1..].iter().sum();
            let mut before = f32::NEG_INFINITY;
            for (n, level) in LEVELS.into_iter().enumerate() {
                let shipped = f64::from(SHIPPED[at][n]);
                let m = (levels[level as usize] + GUARD * shipped) / (total + GUARD);
                let bits = ((m / shipped).log2() as f32).clamp(-LEASH, LEASH);
                // Monotone: a better level is never corrected below a worse one by more than they were apart.
                let gap = if n == 0 { 0.0 } else { (SHIPPED[at][n] / SHIPPED[at][n - 1]).log2().abs() };
                before = bits.max(before - gap);
                correction.put(COMPARISONS[at], level, before);
            }
        }
        Model { correction, tuning: self.tuning.clone(), prior: self.prior }
    }

    /// Trains on the level vectors of pairs that are known to be true.
    pub fn of_true_pairs(records: usize, codes: impl Iterator<Item = u32>) -> Model {
        let mut seen = [[0.0f64; 5]; COUNT];
        for code in codes {
            for (at, level) in levels_of(code).into_iter().enumerate() {
                seen[at][level as usize] += 1.0;
            }
        }
        Model::shipped(records).corrected(&seen)
    }
}

/// Probability of log2 odds.
pub fn probability(weight: f32) -> f64 {
    1.0 / (1.0 + (-f64::from(weight)).exp2())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(of: &[(Comparison, Level)]) -> u32 {
        COMPARISONS.iter().fold(0, |code, c| {
            let level = of.iter().find(|(x, _)| x == c).map_or(Level::Empty, |(_, l)| *l);
            code * 5 + level as u32
        })
    }

    #[test]
    fn shipped_levels_are_shares() {
        for row in SHIPPED {
            assert!((row.iter().sum::<f32>() - 1.0).abs() < 1e-5, "{row:?}");
        }
    }

    #[test]
    fn probabilities() {
        for (weight, expected) in [(0.0, 0.5), (1.0, 2.0 / 3.0), (-1.0, 1.0 / 3.0), (2.0, 0.8)] {
            assert!((probability(weight) - expected).abs() < 1e-12, "{weight}");
        }
        assert!(probability(10.0) > 0.999 && probability(-10.0) < 0.001);
    }

    #[test]
    fn weights_keep_their_bounds() {
        use Comparison::Email;
        let mut tuning = Weights::default();
        tuning.set("email", "different", 2.0).unwrap();
        tuning.set("email", "exact", -1.0).unwrap();
        let (shipped, tuned) = (Model::shipped(1_000), Model::shipped(1_000).tuned(&tuning));
        tuning.switch_off("email").unwrap();
        let off = Model::shipped(1_000).tuned(&tuning);
        // Level and bits → weight; the same tuned; the most that it may add, and the same tuned.
        for (level, bits, expected) in [
            (Level::Empty, 5.0, [0.0, 0.0, 0.0, 0.0]),
            (Level::Different, 5.0, [0.0, 2.0, 0.0, 2.0]),
            (Level::Different, -0.5, [-0.5, 1.5, 0.0, 2.0]),
            (Level::Different, -9.0, [-1.0, 1.0, 0.0, 2.0]),
            (Level::Near, -9.0, [-1.0, -1.0, 0.0, 0.0]),
            (Level::Near, 3.0, [3.0, 3.0, 3.0, 3.0]),
            (Level::Folded, -9.0, [-1.0, -1.0, 0.0, 0.0]),
            (Level::Exact, -9.0, [0.0, -1.0, 0.0, 0.0]),
            (Level::Exact, 3.0, [3.0, 2.0, 3.0, 2.0]),
        ] {
            let found = [&shipped, &tuned].map(|m| m.weight(Email, level, bits));
            let most = [&shipped, &tuned].map(|m| m.most(Email, level, bits));
            assert_eq!([found, most].concat(), expected, "{level:?} {bits}");
            assert_eq!((off.weight(Email, level, bits), off.most(Email, level, bits)), (0.0, 0.0));
        }
        assert_eq!((shipped.prior, Model::shipped(10).prior), (-(1_000f32.log2()), -6.0), "tiny tables count as 64");
    }

    /// The shipped shares stand for 400 pairs; a level moves by a bit and a half at most.
    #[test]
    fn true_pairs_teach() {
        use Comparison::Email;
        let taught = |levels: &[(Level, usize)]| {
            let codes = levels.iter().flat_map(|&(level, n)| std::iter::repeat_n(code(&[(Email, level)]), n));
            let model = Model::of_true_pairs(1_000, codes);
            LEVELS.map(|level| (model.correction.get(Email, level) * 1_000.0).round() / 1_000.0)
        };
        assert_eq!(taught(&[]), [0.0; 4]);
        // (800 + 400 × 0.30) / 2000 = 0.46, (800 + 400 × 0.60) / 2000 = 0.52.
        assert_eq!(taught(&[(Level::Different, 800), (Level::Exact, 800)]), [0.617, -1.5, -1.5, -0.206]);
        // Shipped as often as near: what says more is never corrected below it.
        assert_eq!(taught(&[(Level::Near, 1_600)]), [-1.5, 1.5, 1.5, -1.5]);
        assert_eq!(taught(&[(Level::Empty, 5_000)]), [0.0; 4], "empty is no evidence");
    }

    #[test]
    fn few_pairs_hardly_move_the_model() {
        use Comparison::{Email, Inn, Name};
        let few = [(code(&[(Inn, Level::Exact), (Name, Level::Exact), (Email, Level::Different)]), 10)];
        let many = [(few[0].0, 100_000)];
        let moved = |histogram: &[(u32, u32)]| Model::train(1_000, histogram).weight(Email, Level::Exact, 10.0) - 10.0;
        assert!(moved(&few).abs() < 0.1, "{}", moved(&few));
        // Where equal INNs never agree on e-mail, an equal e-mail says less.
        assert!(moved(&many) < -1.0, "{}", moved(&many));
    }

    #[test]
    fn order_of_cells_does_not_matter() {
        use Comparison::{Inn, Name, Phone};
        let mut cells = vec![
            (code(&[(Inn, Level::Exact), (Name, Level::Near)]), 70),
            (code(&[(Phone, Level::Exact), (Name, Level::Exact)]), 900),
            (code(&[(Inn, Level::Exact), (Phone, Level::Different), (Name, Level::Folded)]), 33),
        ];
        let model = Model::train(5_000, &cells);
        cells.reverse();
        assert_eq!(model, Model::train(5_000, &cells));
    }
}
