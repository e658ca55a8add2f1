//! How good matching is on data whose answers are known: precision, recall and F1 by threshold, and what blocking finds.

use std::cmp::Reverse;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::config::MatchingConfig;
use crate::matching::{self, Decision, Link, Matching, RuleFinds, Scope};
use crate::model::{Entity, RecordRef, Side, Snapshots};

/// Probability down to which links are kept for the table of thresholds.
const LEAST: f64 = 0.02;

/// Thresholds of the table, besides those of the project.
const THRESHOLDS: [f64; 14] = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999, 0.9999];

/// A pair of records, `.0 < .1`; across sides `.0` is the CRM.
pub type Pair = (RecordRef, RecordRef);

/// Why labelled pairs cannot be used. Lines count from 1; values are never quoted.
#[derive(Debug, thiserror::Error)]
pub enum TruthError {
    #[error("нужны две колонки с ключами записей: left_key,right_key (crm:counterparty:12) или crm_id,onec_id")]
    Heading,
    #[error("строка {line}: нужны два ключа")]
    Row { line: usize },
    #[error("ни одной из {pairs} пар нет в проекте: проверьте ключи записей")]
    Strangers { pairs: usize },
}

/// Labelled pairs of one file.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Truth {
    /// Sorted, without repeats.
    pub pairs: Vec<Pair>,
    /// What the file calls the pair (column `kind` or `reason`), beside each pair; empty where it says nothing.
    pub kinds: Vec<String>,
    /// True pairs that nobody could find (column `findable` says no): neither missed nor false. Sorted.
    pub hopeless: Vec<Pair>,
    /// Rows that name a record which the project does not have.
    pub unknown: usize,
}

impl Truth {
    /// Reads delimited text (comma, semicolon or tab; quotes as in CSV). The heading names two columns of keys:
    /// `left_key,right_key` with `side:entity:id` or `side:id`, or bare ids under `left…`/`crm…` and `right…`/`onec…`.
    ///
    /// # Errors
    /// [`TruthError`] for a file of another shape, or one that names no pair of the project.
    pub fn read(text: &str, data: &Snapshots) -> Result<Truth, TruthError> {
        let text = text.trim_start_matches('\u{feff}');
        let heading = text.lines().next().unwrap_or_default();
        let delimiter = [';', '\t', ','].into_iter().find(|&d| heading.contains(d)).ok_or(TruthError::Heading)?;
        let mut rows = rows(text, delimiter);
        let (_, heading) = rows.next().ok_or(TruthError::Heading)?;
        let heading: Vec<String> = heading.iter().map(|cell| cell.trim().to_lowercase()).collect();
        let column = |names: &[&str]| heading.iter().position(|h| names.iter().any(|n| h.starts_with(n)));
        let (left, right) = match (column(&["left", "crm"]), column(&["right", "onec"])) {
            (Some(left), Some(right)) if left != right => (left, right),
            _ => return Err(TruthError::Heading),
        };
        let kind = column(&["kind", "reason"]);
        let findable = column(&["findable"]);
        let keys = Keys::new(data);
        let (mut found, mut hopeless, mut all, mut unknown) = (FxHashMap::default(), Vec::new(), 0, 0);
        for (line, cells) in rows {
            let (Some(left), Some(right)) = (cells.get(left), cells.get(right)) else {
                return Err(TruthError::Row { line });
            };
            all += 1;
            match (keys.find(left.trim(), Side::Crm), keys.find(right.trim(), Side::Onec)) {
                (Some(a), Some(b)) if a != b && findable.and_then(|at| cells.get(at)).is_some_and(|f| f == "no") => {
                    hopeless.push((a.min(b), a.max(b)));
                }
                (Some(a), Some(b)) if a != b => {
                    let kind = kind.and_then(|at| cells.get(at)).map(|k| k.trim().to_owned()).unwrap_or_default();
                    found.entry((a.min(b), a.max(b))).or_insert(kind);
                }
                _ => unknown += 1,
            }
        }
        if found.is_empty() {
            return Err(TruthError::Strangers { pairs: all });
        }
        let mut found: Vec<(Pair, String)> = found.into_iter().collect();
        found.sort_unstable_by_key(|f| f.0);
        let (pairs, kinds) = found.into_iter().unzip();
        hopeless.sort_unstable();
        hopeless.dedup();
        Ok(Truth { pairs, kinds, hopeless, unknown })
    }
}

/// Rows of delimited text with the line on which each begins; empty lines are left out.
fn rows(text: &str, delimiter: char) -> impl Iterator<Item = (usize, Vec<String>)> {
    let mut chars = text.chars().peekable();
    let mut line = 0;
    std::iter::from_fn(move || {
        loop {
            chars.peek()?;
            line += 1;
            let begin = line;
            let (mut cells, mut cell, mut quoted) = (Vec::new(), String::new(), false);
            while let Some(c) = chars.next() {
                match c {
                    '"' if quoted && chars.next_if_eq(&'"').is_some() => cell.push('"'),
                    '"' if quoted || cell.is_empty() => quoted = !quoted,
                    '\n' if !quoted => break,
                    '\n' => {
                        line += 1;
                        cell.push(c);
                    }
                    '\r' if !quoted => {}
                    c if c == delimiter && !quoted => cells.push(std::mem::take(&mut cell)),
                    c => cell.push(c),
                }
            }
            cells.push(cell);
            if cells.iter().any(|c| !c.trim().is_empty()) {
                return Some((begin, cells));
            }
        }
    })
}

/// Records by the ids their systems call them by.
struct Keys<'a> {
    records: FxHashMap<(Side, Entity, &'a str), RecordRef>,
}

impl<'a> Keys<'a> {
    fn new(data: &'a Snapshots) -> Keys<'a> {
        let mut records = FxHashMap::default();
        for r in Side::BOTH.into_iter().flat_map(|side| data.parties(side).refs()) {
            records.entry((r.side, data.entity(r), data.id(r))).or_insert(r);
        }
        Keys { records }
    }

    /// `crm:contact:12`, `crm:12` or a bare id of `side`; counterparties before contacts.
    fn find(&self, key: &'a str, side: Side) -> Option<RecordRef> {
        let split = key.split_once(':').and_then(|(s, rest)| Some((Side::parse(s)?, rest)));
        let (side, rest) = split.unwrap_or((side, key));
        if let Some((entity, id)) = rest.split_once(':').and_then(|(e, id)| Some((Entity::parse(e)?, id))) {
            return self.records.get(&(side, entity, id)).copied();
        }
        Entity::PARTIES.into_iter().find_map(|entity| self.records.get(&(side, entity, rest)).copied())
    }
}

/// Right and wrong among predicted pairs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Score {
    pub right: u64,
    pub wrong: u64,
    pub missed: u64,
}

impl Score {
    fn of(right: u64, predicted: u64, truth: u64) -> Score {
        Score { right, wrong: predicted - right, missed: truth - right }
    }

    /// Share of right ones among predicted pairs; 1 when there are none.
    pub fn precision(&self) -> f64 {
        share(self.right, self.right + self.wrong)
    }

    /// Share of found ones among true pairs; 1 when there are none.
    pub fn recall(&self) -> f64 {
        share(self.right, self.right + self.missed)
    }

    /// Harmonic mean of precision and recall.
    pub fn f1(&self) -> f64 {
        share(2 * self.right, 2 * self.right + self.wrong + self.missed)
    }
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

/// Pairs of one kind of the truth.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KindScore {
    pub kind: String,
    pub pairs: u64,
    /// Found by automatic clusters.
    pub auto: u64,
    /// Found by clusters or shown for review.
    pub shown: u64,
}

/// What became of pairs that must not be merged.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Traps {
    pub pairs: u64,
    /// Put into one cluster: each is an error of the worst kind.
    pub merged: Vec<Pair>,
    /// Shown to a person without a veto.
    pub review: u64,
    /// Vetoed in sight of a person.
    pub vetoed: u64,
}

/// A pair that was predicted wrongly or not at all.
#[derive(Clone, Debug)]
pub struct Mistake {
    pub pair: Pair,
    pub kind: String,
    /// Blocking proposed the pair.
    pub proposed: bool,
    /// The link, where its probability is not below the table of thresholds.
    pub link: Option<Link>,
    /// Both records stand in one cluster.
    pub merged: bool,
}

/// All figures of one evaluation. Only pairs of scopes that the truth has pairs of are counted.
#[derive(Debug)]
pub struct Evaluation {
    pub truth: u64,
    pub unknown: u64,
    pub scopes: Vec<Scope>,
    /// Pairs put into one cluster without a person.
    pub auto: Score,
    /// Clusters and links for review: what the project shows with its thresholds.
    pub shown: Score,
    /// Links without veto from a probability on, by rising threshold.
    pub thresholds: Vec<(f64, Score)>,
    /// The threshold at which F1 is highest, the highest of several.
    pub best: (f64, Score),
    pub kinds: Vec<KindScore>,
    pub rules: Vec<RuleFinds>,
    /// True pairs that blocking proposes: the ceiling of recall.
    pub proposed: u64,
    pub compared: u64,
    pub traps: Option<Traps>,
    /// True pairs that are shown and not merged, likeliest first.
    pub waiting: Vec<Mistake>,
    /// True pairs that are not shown, likeliest first where a link is known.
    pub missed: Vec<Mistake>,
    /// Surest first.
    pub wrong: Vec<Mistake>,
}

/// Matches the project and compares the result with the truth. `traps`: pairs that must never be merged.
pub fn evaluate(data: &Snapshots, config: &MatchingConfig, truth: &Truth, traps: Option<&Truth>) -> Evaluation {
    let matching = matching::run(data, &MatchingConfig { review: LEAST, ..config.clone() }, &[]);
    let world = World::new(data, &matching, truth);
    let hopeless = |pair: Pair| truth.hopeless.binary_search(&pair).is_ok();
    let counts = |l: &&Link| world.counts((l.a, l.b)) && !hopeless((l.a, l.b));
    let links: Vec<&Link> = matching.links.iter().filter(counts).collect();
    let open = |l: &&&Link| l.decision != Decision::Rejected;

    let merged_right = truth.pairs.iter().filter(|&&p| world.merged(p)).count() as u64;
    let total = truth.pairs.len() as u64;
    let merged_all =
        world.merged_pairs() - truth.hopeless.iter().filter(|&&p| world.counts(p) && world.merged(p)).count() as u64;
    let review: Vec<&&Link> =
        links.iter().filter(open).filter(|l| l.probability >= config.review && !world.merged((l.a, l.b))).collect();
    let review_right = review.iter().filter(|l| world.is_true((l.a, l.b))).count() as u64;
    let auto = Score::of(merged_right, merged_all, total);
    let shown = Score::of(merged_right + review_right, merged_all + review.len() as u64, total);

    let curve = curve(links.iter().copied().filter(|l| open(&l)).map(|l| (l.probability, world.is_true((l.a, l.b)))));
    let at = |threshold: f64| {
        let upto = curve.partition_point(|c| c.0 >= threshold);
        let (right, predicted) = upto.checked_sub(1).map_or((0, 0), |last| (curve[last].1, curve[last].2));
        Score::of(right, predicted, total)
    };
    let mut steps: Vec<f64> = THRESHOLDS.into_iter().chain([config.review, config.auto]).collect();
    steps.sort_unstable_by(f64::total_cmp);
    steps.dedup();
    let best = curve
        .iter()
        .map(|c| c.0)
        .map(|t| (t, at(t)))
        .fold((1.0, Score::of(0, 0, total)), |best, next| if next.1.f1() > best.1.f1() { next } else { best });

    let finds = matching::proposals(data, config, &truth.pairs);
    let shown_links: FxHashMap<Pair, &Link> = matching.links.iter().map(|l| ((l.a, l.b), l)).collect();
    let is_shown = |pair: Pair| {
        world.merged(pair)
            || shown_links
                .get(&pair)
                .is_some_and(|l| l.decision != Decision::Rejected && l.probability >= config.review)
    };
    let mistake = |pair: Pair, kind: &str, proposed: bool| Mistake {
        pair,
        kind: kind.to_owned(),
        proposed,
        link: shown_links.get(&pair).map(|&l| l.clone()),
        merged: world.merged(pair),
    };
    let (mut waiting, mut missed): (Vec<Mistake>, Vec<Mistake>) = truth
        .pairs
        .iter()
        .enumerate()
        .filter(|&(_, &pair)| !world.merged(pair))
        .map(|(n, &pair)| mistake(pair, &truth.kinds[n], finds.by_pair[n] != 0))
        .partition(|m| is_shown(m.pair));
    let mut wrong: Vec<Mistake> = review
        .iter()
        .map(|l| (l.a, l.b))
        .chain(world.merged_list())
        .filter(|&pair| !world.is_true(pair) && !hopeless(pair))
        .map(|pair| mistake(pair, "", true))
        .collect();
    for list in [&mut waiting, &mut missed, &mut wrong] {
        list.sort_by(|x, y| {
            let weight = |m: &Mistake| m.link.as_ref().map_or(f32::NEG_INFINITY, |l| l.weight);
            (Reverse(x.merged), y.proposed)
                .cmp(&(Reverse(y.merged), x.proposed))
                .then(weight(y).total_cmp(&weight(x)).then(x.pair.cmp(&y.pair)))
        });
    }
    Evaluation {
        truth: total,
        unknown: truth.unknown as u64,
        scopes: world.scopes.clone(),
        auto,
        shown,
        thresholds: steps.into_iter().map(|t| (t, at(t))).collect(),
        best,
        kinds: kinds(truth, |pair| world.merged(pair), is_shown),
        proposed: finds.by_pair.iter().filter(|&&rules| rules != 0).count() as u64,
        rules: finds.rules,
        compared: matching.compared,
        traps: traps.map(|traps| {
            let mut result = Traps { pairs: traps.pairs.len() as u64, ..Traps::default() };
            for &pair in &traps.pairs {
                match shown_links.get(&pair) {
                    _ if world.merged(pair) => result.merged.push(pair),
                    Some(l) if l.decision == Decision::Rejected => result.vetoed += 1,
                    Some(l) if l.probability >= config.review => result.review += 1,
                    _ => {}
                }
            }
            result
        }),
        waiting,
        missed,
        wrong,
    }
}

fn kinds(truth: &Truth, merged: impl Fn(Pair) -> bool, shown: impl Fn(Pair) -> bool) -> Vec<KindScore> {
    let mut kinds: Vec<KindScore> = Vec::new();
    for (kind, &pair) in truth.kinds.iter().zip(&truth.pairs).filter(|(kind, _)| !kind.is_empty()) {
        let at = kinds.iter().position(|k| k.kind == *kind).unwrap_or_else(|| {
            kinds.push(KindScore { kind: kind.clone(), pairs: 0, auto: 0, shown: 0 });
            kinds.len() - 1
        });
        kinds[at].pairs += 1;
        kinds[at].auto += u64::from(merged(pair));
        kinds[at].shown += u64::from(shown(pair));
    }
    kinds.sort_unstable_by(|x, y| y.pairs.cmp(&x.pairs).then_with(|| x.kind.cmp(&y.kind)));
    kinds
}

/// (probability, right so far, predicted so far), one step per distinct probability, falling.
fn curve(links: impl Iterator<Item = (f64, bool)>) -> Vec<(f64, u64, u64)> {
    let mut links: Vec<(f64, bool)> = links.collect();
    links.sort_unstable_by(|x, y| y.0.total_cmp(&x.0));
    let mut steps: Vec<(f64, u64, u64)> = Vec::new();
    let (mut right, mut predicted) = (0, 0);
    for (probability, is_true) in links {
        predicted += 1;
        right += u64::from(is_true);
        match steps.last_mut() {
            Some(last) if last.0 == probability => (last.1, last.2) = (right, predicted),
            _ => steps.push((probability, right, predicted)),
        }
    }
    steps
}

/// Wrong pairs inside clusters that are listed; one wrong merge of thousands of cards has millions.
const MOST_WRONG: usize = 100_000;

/// The result of matching, as questions about pairs.
struct World<'a> {
    matching: &'a Matching,
    scopes: Vec<Scope>,
    clusters: [Vec<Option<u32>>; 2],
    truth: FxHashSet<Pair>,
}

impl<'a> World<'a> {
    fn new(data: &Snapshots, matching: &'a Matching, truth: &Truth) -> World<'a> {
        let mut scopes: Vec<Scope> = truth.pairs.iter().map(|&(a, b)| Scope::of(a, b)).collect();
        scopes.sort_unstable();
        scopes.dedup();
        World {
            matching,
            scopes,
            clusters: Side::BOTH.map(|side| matching.cluster_of(side, data.parties(side).len())),
            truth: truth.pairs.iter().copied().collect(),
        }
    }

    fn counts(&self, pair: Pair) -> bool {
        self.scopes.contains(&Scope::of(pair.0, pair.1))
    }

    fn is_true(&self, pair: Pair) -> bool {
        self.truth.contains(&pair)
    }

    fn merged(&self, (a, b): Pair) -> bool {
        let of = |r: RecordRef| self.clusters[r.side as usize][r.at()];
        of(a).is_some() && of(a) == of(b)
    }

    /// Pairs inside clusters, counted without listing them.
    fn merged_pairs(&self) -> u64 {
        let of = |crm: u64, onec: u64, scope: Scope| match scope {
            Scope::Cross => crm * onec,
            Scope::Within(Side::Crm) => crm * crm.saturating_sub(1) / 2,
            Scope::Within(Side::Onec) => onec * onec.saturating_sub(1) / 2,
        };
        self.matching
            .clusters
            .iter()
            .map(|c| (c.of(Side::Crm).count() as u64, c.of(Side::Onec).count() as u64))
            .map(|(crm, onec)| self.scopes.iter().map(|&scope| of(crm, onec, scope)).sum::<u64>())
            .sum()
    }

    /// Wrong pairs inside clusters, at most [`MOST_WRONG`].
    fn merged_list(&self) -> Vec<Pair> {
        let pairs = self.matching.clusters.iter().flat_map(|cluster| {
            let members = &cluster.members;
            members.iter().enumerate().flat_map(move |(i, &a)| members[i + 1..].iter().map(move |&b| (a, b)))
        });
        pairs.filter(|&p| self.counts(p) && !self.is_true(p)).take(MOST_WRONG).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::testing::{World as Records, inn10};
    use crate::model::Field::{Inn, Kpp, Name, Phone};

    /// CRM 1 and 2 are 1C 1, CRM 3 and 1C 3 are alike and strangers, CRM 4 and 1C 4 alike by nothing.
    fn data() -> Snapshots {
        let (a, b) = (inn10(1), inn10(2));
        let firm = [(Name, "ООО Ромашка"), (Inn, a.as_str()), (Kpp, "770101001")];
        Records::default()
            .crm("1", &firm)
            .crm("2", &firm)
            .onec("1", &firm)
            .crm("3", &[(Name, "ООО Вектор"), (Phone, "84951234567")])
            .onec("3", &[(Name, "АО Вектор"), (Inn, &b), (Phone, "84951234567")])
            .crm("4", &[(Name, "ООО Полюс")])
            .onec("4", &[(Name, "Берёзкин Иван Петрович")])
            .build()
    }

    fn at(data: &Snapshots, key: &str) -> RecordRef {
        data.find(key).unwrap()
    }

    #[test]
    fn reads_labelled_pairs() {
        let data = data();
        let pair = (at(&data, "crm:1"), at(&data, "onec:1"));
        for text in [
            "left_key,right_key,kind\ncrm:counterparty:1,onec:counterparty:1,firm\n",
            "\u{feff}left_key;right_key;kind\r\n\"crm:1\";\"onec:1\";firm\r\n\r\n",
            "crm_id\tonec_id\treason\n1\t1\tfirm",
            "kind,right_id,left_id\nfirm,1,1\nfirm,1,1\n",
            // The CRM comes first whatever the file says.
            "left_key,right_key,kind\nonec:1,crm:1,firm",
        ] {
            let truth = Truth::read(text, &data).unwrap();
            assert_eq!((truth.pairs, truth.kinds, truth.unknown), (vec![pair], vec!["firm".to_owned()], 0), "{text}");
        }
        let hopeless = Truth::read("crm_id,onec_id,findable\n1,1,yes\n2,1,no\n", &data).unwrap();
        assert_eq!((hopeless.pairs.len(), hopeless.hopeless.len()), (1, 1));
        let truth = Truth::read("left_id,right_id\n1,1\n77,1\n\"a\"\"b\nc\",1\n", &data).unwrap();
        assert_eq!((truth.pairs.len(), truth.unknown), (1, 2));
    }

    #[test]
    fn refuses_files_of_another_shape() {
        let data = data();
        let error = |text: &str| Truth::read(text, &data).unwrap_err().to_string();
        for (text, part) in [
            ("", "нужны две колонки"),
            ("a,b\n1,1\n", "нужны две колонки"),
            ("left_id\n1\n", "нужны две колонки"),
            ("left_id,right_id\n1,1\n\n1\n", "строка 4"),
            ("left_id,right_id\n8,9\n", "ни одной из 1"),
            ("left_id,right_id\n", "ни одной из 0"),
        ] {
            assert!(error(text).contains(part), "{text}: {}", error(text));
        }
    }

    #[test]
    fn counts_right_wrong_and_missed() {
        let data = data();
        let truth = "left_key,right_key,kind\ncrm:1,onec:1,firm\ncrm:2,onec:1,firm\ncrm:4,onec:4,other\n";
        let truth = Truth::read(truth, &data).unwrap();
        let traps = Truth::read("left_key,right_key\ncrm:3,onec:3\ncrm:1,onec:1\n", &data).unwrap();
        let result = evaluate(&data, &MatchingConfig::default(), &truth, Some(&traps));
        // No pair within a side is known, so the twins of the CRM count neither way.
        assert_eq!(result.scopes, [Scope::Cross]);
        assert_eq!(result.auto, Score { right: 2, wrong: 0, missed: 1 });
        assert_eq!(result.shown, Score { right: 2, wrong: 1, missed: 1 });
        assert!((result.auto.f1() - 0.8).abs() < 1e-9 && (result.shown.precision() - 2.0 / 3.0).abs() < 1e-9);
        assert_eq!(
            result.missed.iter().map(|m| m.pair).collect::<Vec<_>>(),
            [(at(&data, "crm:4"), at(&data, "onec:4"))]
        );
        assert!(!result.missed[0].proposed && result.missed[0].kind == "other" && result.waiting.is_empty());
        assert_eq!(
            result.wrong.iter().map(|m| m.pair).collect::<Vec<_>>(),
            [(at(&data, "crm:3"), at(&data, "onec:3"))]
        );
        let traps = result.traps.unwrap();
        assert_eq!((traps.pairs, traps.merged.len(), traps.review, traps.vetoed), (2, 1, 1, 0));
        assert_eq!(result.proposed, 2);
        let inn = result.rules.iter().find(|r| r.rule == "inn").unwrap();
        assert_eq!((inn.found, inn.alone), (2, 0));
        assert_eq!(result.kinds[0], KindScore { kind: "firm".into(), pairs: 2, auto: 2, shown: 2 });
        // Thresholds rise, recall falls.
        assert!(result.thresholds.is_sorted_by(|x, y| x.0 < y.0 && x.1.recall() >= y.1.recall()));
        assert!(result.thresholds.iter().any(|t| t.0 == 0.99) && result.best.1.f1() >= result.auto.f1());
    }

    #[test]
    fn a_score_of_nothing() {
        let none = Score::default();
        assert_eq!((none.precision(), none.recall(), none.f1()), (1.0, 1.0, 1.0));
    }
}
