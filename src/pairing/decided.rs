//! What people said of pairs of goods, documents and property. Their word stands above weights and below vetoes: a pair
//! that a rule forbids stays apart, and the decision is reported as forbidden.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::matching::{Decision, Link, PairDecision, Scope, Veto, Word};
use crate::model::RecordRef;

/// Name of the rule of a pair that no rule but a person proposed.
const RULE: &str = "decision";

/// The pairs that people made. Steps may find them too, with evidence ([`heed`]).
pub(super) fn links(words: &[PairDecision]) -> Vec<Link> {
    let words = last_words(words).into_iter().filter(|(_, word)| *word == Word::Together);
    let mut links: Vec<Link> = words
        .map(|((a, b), _)| Link {
            a,
            b,
            weight: 0.0,
            probability: 0.5,
            decision: Decision::Accepted,
            veto: None,
            evidence: Vec::new(),
            rule: RULE,
        })
        .collect();
    links.sort_by_key(|l| (l.a, l.b));
    links
}

/// Puts the words of people on links, of which a pair that both a person and a step made stands once, with the evidence
/// of the step. What is one with a record by the word of a person is no other record without another one: two products
/// of a system are not one of the other.
pub(super) fn heed(links: &mut Vec<Link>, words: &[PairDecision]) {
    if words.is_empty() {
        return;
    }
    links.sort_by_key(|l| (l.a, l.b, l.rule == RULE));
    links.dedup_by_key(|l| (l.a, l.b));
    let words = last_words(words);
    let mut taken: FxHashSet<RecordRef> = FxHashSet::default();
    for link in links.iter_mut() {
        match words.get(&(link.a, link.b)) {
            None => {}
            Some(Word::Together) if link.decision == Decision::Rejected => {}
            Some(Word::Together) => {
                link.decision = Decision::Accepted;
                if is_exclusive(link) {
                    taken.extend([link.a, link.b]);
                }
            }
            Some(Word::Kept) => refuse(link, Veto::Kept),
            Some(Word::Apart) => refuse(link, Veto::Refused),
        }
    }
    for link in links.iter_mut().filter(|l| l.decision == Decision::Auto && is_exclusive(l)) {
        if taken.contains(&link.a) || taken.contains(&link.b) {
            link.decision = Decision::Review;
        }
    }
}

/// A deal and its shipments are many, a product and its counterpart are two.
fn is_exclusive(link: &Link) -> bool {
    link.scope() == Scope::Cross && link.a.space == link.b.space
}

fn refuse(link: &mut Link, veto: Veto) {
    link.decision = Decision::Rejected;
    link.veto.get_or_insert(veto);
}

/// Of two words on one pair the later of their order counts.
fn last_words(words: &[PairDecision]) -> FxHashMap<(RecordRef, RecordRef), Word> {
    let mut last: FxHashMap<(RecordRef, RecordRef), Word> = FxHashMap::default();
    for word in words {
        let said = last.entry((word.a.min(word.b), word.a.max(word.b))).or_insert(word.word);
        *said = (*said).max(word.word);
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Side, Space};

    fn link(a: RecordRef, b: RecordRef, decision: Decision) -> Link {
        let veto = (decision == Decision::Rejected).then_some(Veto::NumberDiffers);
        Link { a, b, weight: 9.0, probability: 0.99, decision, veto, evidence: Vec::new(), rule: "name" }
    }

    fn crm(at: usize) -> RecordRef {
        RecordRef::of(Side::Crm, Space::Products, at)
    }

    fn onec(at: usize) -> RecordRef {
        RecordRef::of(Side::Onec, Space::Products, at)
    }

    /// What stands of these links after these words, as `crm onec decision`.
    fn after(found: Vec<Link>, words: &[(RecordRef, RecordRef, Word)]) -> Vec<(usize, usize, Decision)> {
        let words: Vec<PairDecision> = words.iter().map(|&(a, b, word)| PairDecision { a, b, word }).collect();
        let mut all = found;
        all.extend(links(&words));
        heed(&mut all, &words);
        all.iter().map(|l| (l.a.at(), l.b.at(), l.decision)).collect()
    }

    #[test]
    fn words_of_people_stand_above_weights() {
        use Decision::{Accepted, Auto, Rejected, Review};
        let found = || vec![link(crm(0), onec(0), Review), link(crm(1), onec(1), Auto)];
        assert_eq!(after(found(), &[(crm(0), onec(0), Word::Together)]), [(0, 0, Accepted), (1, 1, Auto)]);
        assert_eq!(after(found(), &[(onec(1), crm(1), Word::Apart)]), [(0, 0, Review), (1, 1, Rejected)]);
        // Nobody proposed it; and what the program made of the same record waits.
        assert_eq!(
            after(found(), &[(crm(1), onec(7), Word::Together)]),
            [(0, 0, Review), (1, 1, Review), (1, 7, Accepted)]
        );
        // To keep apart is the safe side.
        let both = [(crm(1), onec(1), Word::Apart), (crm(1), onec(1), Word::Together)];
        assert_eq!(after(found(), &both), [(0, 0, Review), (1, 1, Rejected)]);
        let forbidden = vec![link(crm(0), onec(0), Rejected)];
        assert_eq!(after(forbidden, &[(crm(0), onec(0), Word::Together)]), [(0, 0, Rejected)]);
        assert_eq!(after(found(), &[]), [(0, 0, Review), (1, 1, Auto)]);
    }

    #[test]
    fn a_deal_may_have_several_shipments() {
        let deal = RecordRef::of(Side::Crm, Space::Deals, 0);
        let shipment = |at| RecordRef::of(Side::Onec, Space::Documents, at);
        let words = [(deal, shipment(1), Word::Together)];
        let kept = after(vec![link(deal, shipment(0), Decision::Auto)], &words);
        assert_eq!(kept, [(0, 0, Decision::Auto), (0, 1, Decision::Accepted)]);
    }
}
