//! The phase of links: the id of the record of 1C into every card of the CRM that is its pair and does not hold it yet.
//!
//! Such steps are as many as cards. So `plan.json` has one step for all of a kind, and `cleanup/links.csv` its rows: card,
//! field, the text expected there (none), the text to come, and who said that the two are one. Kinds of records that no
//! script links are steps that name the rows of `merge/link-table.csv` which the exchange has to load.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashSet;

use super::csv::{BOM, row};
use super::fixes::{FixReason, FixStep, is_writable};
use super::plan::{Approved, Plan, has_id};
use super::system::is_guid;
use super::{Draft, write_rows};
use crate::link_table::{Role, Row};
use crate::matching::Decision;
use crate::model::{Entity, Field, RecordRef, Side};
use crate::outcome::Outcome;

/// Name of the table.
pub const FILE: &str = "links.csv";

/// Kinds of a pair: of the CRM, of 1C.
pub type Kinds = (Entity, Entity);

/// Pairs of a kind that no card takes.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Rest {
    /// Cards of the CRM, sorted.
    pub cards: Vec<RecordRef>,
    /// They are all the main pairs of their kind.
    pub all: bool,
}

/// Links that cards lack, sorted by card, and main rows of the link table, by kinds, that no card takes.
pub fn of(outcome: &Outcome, pairs: &[Row]) -> (Vec<FixStep>, BTreeMap<Kinds, Rest>) {
    let crm = outcome.data.parties(Side::Crm);
    let held = (0..crm.len()).map(|at| crm.raw.get(Field::ExternalId, at).trim().to_lowercase());
    let held: FxHashSet<String> = held.filter(|id| !id.is_empty()).collect();
    // A code is the id that an exchange goes by only where the CRM holds such codes already: codes of 1C repeat.
    let onec = outcome.data.parties(Side::Onec);
    let by_code = (0..onec.len()).map(|at| onec.raw.id(at)).any(|id| !is_guid(id) && held.contains(&id.to_lowercase()));
    let mut steps = Vec::new();
    let mut rest: BTreeMap<Kinds, Rest> = BTreeMap::new();
    let mut taken: BTreeSet<Kinds> = BTreeSet::new();
    for &Row { crm: card, onec: pair, basis, .. } in pairs.iter().filter(|r| r.role == Role::Main) {
        let (id, kinds) = (outcome.data.id(pair), (outcome.data.entity(card), outcome.data.entity(pair)));
        let parties = card.is_party() && pair.is_party();
        let now = if parties { crm.raw.get(Field::ExternalId, card.at()).trim() } else { "" };
        if parties && !now.is_empty() {
            // Linked already; where to, the checks of links have looked at.
            taken.insert(kinds);
            continue;
        }
        let fit = parties && is_writable(crm, card.at()) && is_writable(onec, pair.at()) && has_id(id);
        if !fit || !(is_guid(id) || by_code) || held.contains(&id.to_lowercase()) {
            rest.entry(kinds).or_default().cards.push(card);
            continue;
        }
        taken.insert(kinds);
        let by_person = basis.is_some_and(|(decision, _)| decision == Decision::Accepted);
        steps.push(FixStep {
            record: card,
            field: Field::ExternalId,
            expected: String::new(),
            value: id.to_owned(),
            approved: if by_person { Approved::Person } else { Approved::Auto },
            reason: FixReason::Pair,
            pair: Some(pair),
        });
    }
    for (kinds, rest) in &mut rest {
        rest.all = !taken.contains(kinds);
    }
    (steps, rest)
}

/// Links of a plan by kinds, each in the order of cards.
pub fn by_kinds<'a>(outcome: &Outcome, plan: &'a Plan) -> BTreeMap<Kinds, Vec<&'a FixStep>> {
    let mut kinds: BTreeMap<Kinds, Vec<&FixStep>> = BTreeMap::new();
    for fix in &plan.fixes {
        if let Some(pair) = fix.pair {
            kinds.entry((outcome.data.entity(fix.record), outcome.data.entity(pair))).or_default().push(fix);
        }
    }
    kinds
}

/// `cleanup/links.csv`; `None` when every card that has a pair is linked. Headings are codes: a program reads it.
pub fn table<'a>(outcome: &'a Outcome, plan: &'a Plan) -> Option<Draft<'a>> {
    let kinds = by_kinds(outcome, plan);
    if kinds.is_empty() {
        return None;
    }
    Some(Draft::rows(FILE, move |out| {
        let mut text = String::from(BOM);
        row(&mut text, &COLUMNS);
        out.write_all(text.as_bytes())?;
        for (&(crm, onec), fixes) in &kinds {
            let rows = |fixes: &[&FixStep], text: &mut String| {
                for fix in fixes {
                    let card = outcome.data.id(fix.record);
                    let (step, approved) = (fix.id(outcome), fix.approved.as_str().unwrap_or_default());
                    let field = fix.field.code();
                    let cells = [&step, crm.as_str(), card, field, &fix.expected, onec.as_str(), &fix.value, approved];
                    row(text, &cells);
                }
            };
            write_rows(out, fixes, rows, |()| ())?;
        }
        Ok(())
    }))
}

/// Columns of the table. `expected`: the text that must still stand in the field; `onec_id`: the text to come.
pub const COLUMNS: [&str; 8] =
    ["step", "crm_entity", "crm_id", "field", "expected", "onec_entity", "onec_id", "approved_by"];
