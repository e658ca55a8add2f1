//! Which records are one party: block → compare → score → veto → cluster → survive.
//!
//! Works on both sides at once: duplicates inside a side and pairs across come from one pass, and counterparties and
//! contacts share one space, since a sole trader is a contact in the CRM and a counterparty in 1C.
//!
//! The result depends neither on the number of threads nor on the order of records in their sources: `pack` renumbers
//! records by their ids, and every sort after it is total.

mod block;
mod cluster;
mod compare;
mod explain;
mod frequency;
mod group;
mod model;
mod pack;
mod score;
mod survive;
mod types;
mod typos;
mod veto;
mod vocabulary;
mod weights;

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

pub use types::{
    Caution, Cluster, Compared, Decision, Evidence, Explanation, Golden, Level, Link, Matching, OversizedKey,
    PairDecision, Proposals, RuleCount, RuleFinds, Scope, Survival, ValueAt, Veto, Word,
};

pub use weights::{LEVELS, MOST_BITS, Weights, WeightsError, comparison_names};

use std::collections::BTreeMap;

use rayon::prelude::*;

use block::Candidate;
use compare::COMPARISONS;
use model::Model;
use pack::Packed;
use score::Scored;

use crate::config::MatchingConfig;
use crate::model::{RecordRef, Side, Snapshots, TextColumn};

/// Matches both sides.
///
/// A person's word wins over the score: a refused pair never shares a cluster, an accepted one always does, with two
/// exceptions that stay rejected with their veto, because the merge would be wrong in law: two different valid INNs,
/// and an own organisation. Of two words on one pair the refusal counts.
pub fn run(data: &Snapshots, config: &MatchingConfig, decisions: &[PairDecision]) -> Matching {
    let packed = pack::pack(data);
    let mut matching = Run::new(&packed, config, decisions, None).matching;
    // Golden records are the largest thing that matching makes: what the pairs needed goes before them.
    let order = packed.into_order();
    matching.golden = survive::golden(&order, &matching.clusters);
    matching
}

/// Explains a pair as the run without decisions of people sees it; records of any two rows, blocked or not.
///
/// Costs as much as [`run`]: weights come from the frequencies of all records.
pub fn explain(data: &Snapshots, config: &MatchingConfig, a: RecordRef, b: RecordRef) -> Explanation {
    let (a, b) = (a.min(b), a.max(b));
    let packed = pack::pack(data);
    let at = |r: RecordRef| packed.position(r).expect("a record of these snapshots has a place");
    let (x, y) = (at(a).min(at(b)), at(a).max(at(b)));
    let run = Run::new(&packed, config, &[], Some((x, y)));
    let scored = score::score(&packed, &run.model, config, x, y, "");
    let link = run.matching.links.iter().find(|l| (l.a, l.b) == (a, b));
    let cluster_of = |r: RecordRef| run.matching.clusters.iter().position(|c| c.members.contains(&r));
    let cluster = cluster_of(a).filter(|_| a != b && cluster_of(a) == cluster_of(b)).map(|c| c as u32);
    let mut vetoes: Vec<Veto> = scored.vetoes.iter().collect();
    vetoes.extend(link.and_then(|l| l.veto).filter(|v| !vetoes.contains(v)));
    Explanation {
        a,
        b,
        comparisons: COMPARISONS
            .iter()
            .enumerate()
            .map(|(n, &c)| Compared {
                evidence: Evidence { field: c.field(), level: scored.levels[n], weight: scored.weights[n] },
                a_text: explain::source_text(data, a, c.field()),
                b_text: explain::source_text(data, b, c.field()),
            })
            .collect(),
        prior: run.model.prior,
        weight: scored.weight,
        probability: scored.probability(),
        auto: config.auto,
        review: config.review,
        vetoes,
        caution: run.cautions.get(&(x, y)).copied().or(scored.caution),
        rule: run.rule,
        decision: link.map(|l| l.decision),
        cluster,
    }
}

/// Which blocking rules propose which of these pairs, each rule asked alone.
pub fn proposals(data: &Snapshots, pairs: &[(RecordRef, RecordRef)]) -> Proposals {
    let packed = pack::pack(data);
    let at = |r: RecordRef| packed.position(r).expect("a record of these snapshots has a place");
    let mut wanted: Vec<((u32, u32), usize)> =
        pairs.iter().enumerate().map(|(n, &(a, b))| ((at(a).min(at(b)), at(a).max(at(b))), n)).collect();
    wanted.sort_unstable();
    let sorted: Vec<(u32, u32)> = wanted.iter().map(|w| w.0).collect();
    let mut by_pair = vec![0u32; pairs.len()];
    for (rules, &(_, n)) in block::proposers(&packed, &sorted).into_iter().zip(&wanted) {
        by_pair[n] = rules;
    }
    let count = |holds: &dyn Fn(u32) -> bool| by_pair.iter().filter(|&&rules| holds(rules)).count() as u64;
    let rules = block::rule_names()
        .enumerate()
        .map(|(bit, rule)| RuleFinds {
            rule,
            found: count(&|rules| rules & 1 << bit != 0),
            alone: count(&|rules| rules == 1 << bit),
        })
        .collect();
    Proposals { by_pair, rules }
}

/// What training learns from the records of both sides.
#[derive(Clone, Debug, PartialEq)]
pub struct Learnt {
    pub weights: Weights,
    pub records: usize,
    /// Candidate pairs, or labelled ones, that it learnt from.
    pub pairs: u64,
}

/// Learns weights from the data alone, or from pairs that are known to match.
pub fn train(data: &Snapshots, truth: Option<&[(RecordRef, RecordRef)]>) -> Learnt {
    let packed = pack::pack(data);
    let at = |r: RecordRef| packed.position(r).expect("a record of these snapshots has a place");
    let (model, pairs) = match truth {
        Some(truth) => {
            let codes = truth.iter().map(|&(a, b)| compare::compare(&packed, at(a), at(b)).code());
            (Model::of_true_pairs(packed.len(), codes), truth.len())
        }
        None => {
            let candidates = block::block(&packed, &[]).candidates;
            (score::train(&packed, &candidates), candidates.len())
        }
    };
    Learnt { weights: model.correction, records: packed.len(), pairs: pairs as u64 }
}

/// A run with what explanations need of it.
struct Run {
    /// Without golden records, which [`run`] adds.
    matching: Matching,
    model: Model,
    /// Rule that proposed the pair asked for.
    rule: Option<&'static str>,
    /// Cautions that came with the whole, not from the pair alone.
    cautions: BTreeMap<(u32, u32), Caution>,
}

impl Run {
    fn new(p: &Packed, config: &MatchingConfig, decisions: &[PairDecision], asked: Option<(u32, u32)>) -> Run {
        let words = words(p, decisions);
        let decided: Vec<(u32, u32)> = words.keys().copied().collect();
        let blocks = block::block(p, &decided);
        let model = match &config.learnt {
            Some(weights) => Model::learnt(p.len(), weights.clone()),
            None => score::train(p, &blocks.candidates),
        };
        let model = model.tuned(&config.weights);
        let mut scored = score::score_all(p, &model, config, &blocks.candidates, &decided);
        let rule = asked.and_then(|(a, b)| blocks.candidates.find(a, b)).map(Candidate::rule);
        let compared = blocks.candidates.len() as u64;
        drop(blocks.candidates);
        for pair in &mut scored {
            match words.get(&(pair.a, pair.b)) {
                Some(Word::Together)
                    if [Veto::InnDiffers, Veto::OwnOrganisation].iter().any(|&v| pair.vetoes.has(v)) => {}
                Some(Word::Together) => (pair.decision, pair.veto) = (Decision::Accepted, None),
                Some(Word::Kept) => (pair.decision, pair.veto) = (Decision::Rejected, Some(Veto::Kept)),
                Some(Word::Apart) => (pair.decision, pair.veto) = (Decision::Rejected, Some(Veto::Refused)),
                None => {}
            }
        }
        let refused: Vec<(u32, u32)> =
            words.iter().filter(|(_, word)| **word != Word::Together).map(|(&pair, _)| pair).collect();
        let clusters = cluster::cluster(p, &mut scored, &refused);
        let cautions = scored
            .iter()
            .filter(|s| asked == Some((s.a, s.b)))
            .filter_map(|s| Some(((s.a, s.b), s.caution?)))
            .collect();
        let matching = Matching {
            links: links(p, &scored),
            golden: Vec::new(),
            texts: TextColumn::new(),
            clusters: clusters_of(p, clusters),
            oversized: blocks.oversized,
            rules: blocks.rules,
            compared,
        };
        Run { matching, model, rule, cautions }
    }
}

/// People's words by pair.
fn words(p: &Packed, decisions: &[PairDecision]) -> BTreeMap<(u32, u32), Word> {
    let mut words = BTreeMap::new();
    for decision in decisions {
        let (Some(a), Some(b)) = (p.position(decision.a), p.position(decision.b)) else { continue };
        if a != b {
            let word = words.entry((a.min(b), a.max(b))).or_insert(decision.word);
            *word = decision.word.max(*word);
        }
    }
    words
}

fn links(p: &Packed, scored: &[Scored]) -> Vec<Link> {
    // Numbers are sorted, not links, which are several times as long.
    let mut order: Vec<(RecordRef, RecordRef, u32)> = (0..)
        .zip(scored)
        .map(|(at, s)| {
            let (x, y) = (p.refs[s.a as usize], p.refs[s.b as usize]);
            (x.min(y), x.max(y), at)
        })
        .collect();
    order.par_sort_unstable();
    order
        .into_par_iter()
        .map(|(a, b, at)| {
            let s = &scored[at as usize];
            Link {
                a,
                b,
                weight: s.weight,
                probability: s.probability(),
                decision: s.decision,
                veto: if s.decision == Decision::Rejected { s.veto } else { None },
                evidence: s.evidence(),
                rule: s.rule,
            }
        })
        .collect()
}

fn clusters_of(p: &Packed, clusters: cluster::Clusters) -> Vec<Cluster> {
    let mut clusters: Vec<Cluster> = clusters
        .into_par_iter()
        .map(|(members, weakest)| {
            let mut members: Vec<RecordRef> = members.into_iter().map(|at| p.refs[at as usize]).collect();
            members.sort_unstable();
            Cluster {
                crm_master: survive::master(p, &members, Side::Crm),
                onec_master: survive::master(p, &members, Side::Onec),
                members,
                weakest: (weakest * 100.0).round() as i32,
            }
        })
        .collect();
    // No record is in two clusters.
    clusters.par_sort_unstable_by_key(|c| c.members[0]);
    clusters
}
