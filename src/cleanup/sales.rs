//! Stages of deals of trade in the CRM that documents and money of 1C have overtaken.
//!
//! A stage is only ever moved on, and only where nothing is open about the deal: every document of 1C is its own, posted
//! and agrees with its sum, every payment names what it pays, and no check of the chain has found anything but the stage
//! itself. It moves to the one stage that the project gives that meaning and that the funnel uses. Money alone moves
//! nothing: a deal that is paid and not yet shipped is as right at its stage as anywhere.

use rustc_hash::FxHashSet;

use super::fixes::{FixReason, FixStep};
use super::statuses::{Words, fix, writable};
use crate::config::Stage;
use crate::finding::{Severity, Status};
use crate::matching::Scope;
use crate::model::{Book, Decimal, Entity, Field, RecordRef, Side, Space};
use crate::normalize::paper::Paper;
use crate::outcome::Outcome;
use crate::pairing::papers::currency;
use crate::pairing::payments::How;
use crate::reconcile::papers::{self, STEPS, Sums};

/// Checks whose findings a moved stage answers.
pub(super) const ANSWERED: [&str; 2] = ["deal-money-no-stage", "deal-doc-no-stage"];
/// Families of checks whose findings leave a deal to a person.
const OF_CHAIN: [&str; 4] = ["doc-", "deal-", "pay-", "co-"];

/// Corrections of stages, by record.
pub(super) fn corrections(outcome: &Outcome) -> Vec<FixStep> {
    let deals = outcome.data.book(Side::Crm, Entity::Deal);
    if deals.is_empty() || outcome.data.book(Side::Onec, Entity::Document).is_empty() {
        return Vec::new();
    }
    let disputed = disputed(outcome);
    let stage = |at: usize| outcome.trade.stage(deals.text(Field::Stage, at));
    let funnel = |at: usize| deals.text(Field::Pipeline, at).trim();
    let words = Words::of(deals, |at| Some((deals.raw.table_kind(at), (funnel(at), stage(at)?))));
    let mut fixes = Vec::new();
    for at in (0..deals.len()).filter(|&at| writable(deals, at)) {
        // Deals about property follow contracts of participation.
        if !outcome.pairing.estate().of(Side::Crm).objects_of_deal(at).is_empty() {
            continue;
        }
        let Some(now) = stage(at).filter(|now| *now < Stage::Paid) else { continue };
        let Some((target, reason)) = reached(outcome, deals.at(at), &disputed).filter(|(target, _)| *target > now)
        else {
            continue;
        };
        let of_target = outcome.trade.deal_stages.values().filter(|stage| **stage == target).count();
        if let Some(word) = words.get(deals.raw.table_kind(at), (funnel(at), target))
            && of_target == 1
        {
            fixes.push(fix(deals, at, word, reason));
        }
    }
    fixes
}

/// Records about which something is open, besides the stage: a finding, or a link that waits for a person.
fn disputed(outcome: &Outcome) -> FxHashSet<RecordRef> {
    let of_chain = |check: &str| OF_CHAIN.iter().any(|family| check.starts_with(family)) && !ANSWERED.contains(&check);
    let found = outcome
        .findings
        .iter()
        .filter(|f| of_chain(f.check) && f.severity <= Severity::Warning && f.status != Status::Accepted);
    let waiting = outcome.pairing.in_review().filter(|l| l.scope() == Scope::Cross);
    found.flat_map(|f| f.records().collect::<Vec<_>>()).chain(waiting.flat_map(|l| [l.a, l.b])).collect()
}

/// The state that documents and money of 1C prove; `None` where anything is in doubt.
fn reached(outcome: &Outcome, deal: RecordRef, disputed: &FxHashSet<RecordRef>) -> Option<(Stage, FixReason)> {
    let (data, pairing) = (&outcome.data, &outcome.pairing);
    let chain = pairing.chain(deal);
    let deals = |r: &RecordRef| pairing.partners(*r).filter(|p| p.space == Space::Deals).count();
    if chain.iter().any(|r| disputed.contains(r) || deals(r) > 1) {
        return None;
    }
    let went_back = chain.iter().any(|&r| matches!(pairing.papers.kind(r), Paper::Return | Paper::Correction));
    let amount = papers::amount(data, deal).filter(|sum| sum.micros() > 0 && !went_back)?;
    let book = |r: RecordRef| -> &Book { data.book(r.side, data.entity(r)) };
    let posted = |&r: &RecordRef| book(r).is_active(r.at()) && book(r).flag(Field::Posted, r.at()) != Some(false);
    let shipped = papers::groups_of(pairing, deal).into_iter().any(|group| {
        STEPS[group.step].contains(&Paper::Shipment)
            && group.onec.iter().all(posted)
            && matches!(papers::sums(data, pairing, &outcome.trade, &group), Sums::Equal | Sums::Rounding)
    });
    if !shipped {
        return None;
    }
    let shares: Vec<_> = pairing.paid(data, deal).collect();
    let money = |r: RecordRef| currency(data.text(r, Field::Currency)).ok().filter(|letters| !letters.is_empty());
    let certain = shares.iter().all(|share| {
        share.payment.side == Side::Onec
            && matches!(share.how, How::Basis | How::Purpose)
            && !disputed.contains(&share.payment)
            && money(share.payment).is_some()
            && money(share.payment) == money(deal)
    });
    let got = shares.iter().fold(0i64, |sum, share| sum.saturating_add(share.amount.micros()));
    let apart = got.saturating_sub(amount.micros()).saturating_abs();
    if certain && apart <= outcome.trade.tolerance.micros().max(Decimal::SCALE / 100) {
        return Some((Stage::Paid, FixReason::ShippedAndPaid));
    }
    Some((Stage::Shipped, FixReason::Shipped))
}
