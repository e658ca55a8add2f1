//! `merge/link-table.csv`: the ids of every linked pair, to be loaded into the exchange before it starts.

use std::borrow::Cow;

use super::csv::{BOM, row};
use super::{Draft, write_rows};
use crate::link_table::{Role, Row};
use crate::matching::Decision;
use crate::model::{Field, RecordRef};
use crate::outcome::Outcome;

/// Name of the file.
pub const FILE: &str = "link-table.csv";

/// Columns: entity and id of the CRM, entity and id of 1C, `role` (`main`, `duplicate`, `kept`), `basis` (`auto`,
/// `accepted`, `group`), probability where one link ties the pair, names for people. Headings are codes: a program reads
/// it.
pub fn file<'a>(outcome: &'a Outcome, pairs: &'a [Row]) -> Draft<'a> {
    Draft::rows(FILE, move |out| {
        let mut text = String::from(BOM);
        row(&mut text, &HEADING);
        out.write_all(text.as_bytes())?;
        let rows = |pairs: &[Row], text: &mut String| pairs.iter().for_each(|pair| put(outcome, pair, text));
        write_rows(out, pairs, rows, |()| ())
    })
}

const HEADING: [&str; 9] =
    ["crm_entity", "crm_id", "onec_entity", "onec_id", "role", "basis", "probability", "crm_name", "onec_name"];

fn put(outcome: &Outcome, pair: &Row, text: &mut String) {
    let data = &outcome.data;
    let basis = match (pair.role, pair.basis.map(|b| b.0)) {
        (Role::Kept, _) | (_, Some(Decision::Accepted)) => "accepted",
        (_, Some(_)) => "auto",
        (_, None) => "group",
    };
    let name = |r: RecordRef| match data.text(r, Field::Name).trim() {
        "" => Cow::Owned(data.display_name(r)),
        name => Cow::Borrowed(name),
    };
    let probability = pair.basis.map_or_else(String::new, |b| format!("{:.4}", b.1));
    let cells = [
        data.entity(pair.crm).as_str(),
        data.id(pair.crm),
        data.entity(pair.onec).as_str(),
        data.id(pair.onec),
        pair.role.as_str(),
        basis,
        &probability,
        &name(pair.crm),
        &name(pair.onec),
    ];
    row(text, &cells);
}
