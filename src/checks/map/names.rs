//! Names that the CRM gives and 1C should know: responsible persons, types of prices.

use std::collections::{BTreeMap, BTreeSet};

use crate::checks::Context;
use crate::checks::papers::live;
use crate::model::{Entity, Field, RecordRef, Side};
use crate::normalize::text;

/// The names of a field of the CRM that 1C does not have.
pub(super) struct Unmapped<'a> {
    /// Records by name.
    pub names: BTreeMap<&'a str, Vec<RecordRef>>,
    /// Records that name somebody or something.
    pub evaluated: u64,
}

/// Names of `field` in live records of `entities` of the CRM that are not among those of 1C and that `map` leads to none
/// of them; words may stand in any order. `None` when the CRM names nothing, or 1C only by GUIDs and numbers.
///
/// `also` are names of 1C that no record has to bear.
pub(super) fn unmapped<'a>(
    cx: &'a Context,
    entities: &[Entity],
    field: Field,
    map: impl Fn(&'a str) -> &'a str,
    also: &[&str],
) -> Option<Unmapped<'a>> {
    let names = |side: Side| {
        let mut all: BTreeMap<&str, Vec<RecordRef>> = BTreeMap::new();
        for r in entities.iter().flat_map(|&entity| live(cx, side, entity)) {
            let text = cx.data.text(r, field).trim();
            if !text.is_empty() {
                all.entry(text).or_default().push(r);
            }
        }
        all
    };
    let (mut crm, onec) = (names(Side::Crm), names(Side::Onec));
    let known = || onec.keys().copied().chain(also.iter().copied());
    if crm.is_empty() || !known().any(is_name) {
        return None;
    }
    let evaluated = crm.values().map(|records| records.len() as u64).sum();
    let known: BTreeSet<String> = known().map(key).collect();
    crm.retain(|name, _| !known.contains(&key(map(name))));
    Some(Unmapped { names: crm, evaluated })
}

/// Neither a number nor a GUID.
fn is_name(text: &str) -> bool {
    text.chars().any(char::is_alphabetic) && text.len() != 36
}

/// Words of a name in any order.
fn key(name: &str) -> String {
    let folded = text::fold(name);
    let mut words: Vec<&str> = folded.split(' ').collect();
    words.sort_unstable();
    words.join(" ")
}
