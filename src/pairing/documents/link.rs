//! What speaks for a pair of documents and against it.

use super::{Lane, SURE_DAYS};
use crate::matching::{Decision, Evidence, Level, Link};
use crate::model::{Field, RecordRef};
use crate::normalize::paper::Number;
use crate::pairing::papers::{Item, Own};

/// Weights of agreement, log2: shipped priors, as for goods.
pub(super) const WEIGHT_ID: f32 = 20.0;
pub(super) const WEIGHT_NUMBER: f32 = 9.0;
const WEIGHT_AMOUNT: f32 = 8.0;
pub(super) const WEIGHT_PARTY: f32 = 6.0;
const WEIGHT_LINES: f32 = 5.0;
pub(super) const WEIGHT_DATE: f32 = 4.0;
pub(super) const WEIGHT_BASIS: f32 = 12.0;
const PRIOR: f32 = -12.0;

impl Lane<'_, '_> {
    pub(super) fn link(&self, x: &Item, y: &Item, decision: Decision, rule: &'static str) -> Link {
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

pub(in crate::pairing) fn made_link(
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
