//! `merge/*.csv`: one list per side and entity, for people and for import.
//!
//! UTF-8 with BOM and `;`, as Excel in Russia opens it. A cell that a spreadsheet could take for a formula gets an
//! apostrophe in front (OWASP, CSV Injection).

use super::ScriptFile;
use super::plan::{MergeStep, Plan};
use crate::model::{Entity, Field, RecordRef, Side};
use crate::outcome::Outcome;

/// A list per side and entity, also where it is empty: an empty list says that nothing is to be merged.
pub fn render(outcome: &Outcome, plan: &Plan) -> Vec<ScriptFile> {
    let mut files = Vec::new();
    for side in Side::BOTH {
        for entity in Entity::ALL {
            let steps = plan.merges.iter().filter(|m| m.side == side && m.entity == entity);
            files.push(ScriptFile {
                name: format!("{side}-{entity}.csv"),
                text: list(outcome, steps),
                executable: false,
            });
        }
    }
    files
}

const FIELDS: [Field; 6] = [Field::Name, Field::Inn, Field::Kpp, Field::Phone, Field::Email, Field::CreatedAt];

fn list<'a>(outcome: &Outcome, steps: impl Iterator<Item = &'a MergeStep>) -> String {
    let lang = outcome.lang;
    let mut text = String::from("\u{feff}");
    let mut heading: Vec<&str> = vec![lang.pick("Группа", "Group"), lang.pick("Роль", "Role"), Field::Id.title(lang)];
    heading.extend(FIELDS.iter().map(|f| f.title(lang)));
    heading.push(lang.pick("Основание", "Evidence"));
    row(&mut text, &heading);
    for step in steps {
        let group = (step.cluster + 1).to_string();
        let mut record = |r: RecordRef, role: &str, evidence: &str| {
            let parties = outcome.data.parties(r.side);
            let mut cells = vec![group.clone(), role.to_owned(), outcome.data.id(r).to_owned()];
            for field in FIELDS {
                let value = match field {
                    Field::Name => parties.display_name(r.at()),
                    field => parties.raw.get(field, r.at()).replace('\n', ", "),
                };
                cells.push(value);
            }
            cells.push(evidence.to_owned());
            row(&mut text, &cells);
        };
        record(step.master, lang.pick("основная", "master"), "");
        for &duplicate in &step.duplicates {
            record(duplicate, lang.pick("дубль", "duplicate"), &step.evidence);
        }
    }
    text
}

fn row<S: AsRef<str>>(text: &mut String, cells: &[S]) {
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            text.push(';');
        }
        text.push_str(&escape(cell.as_ref()));
    }
    text.push_str("\r\n");
}

/// A CSV cell: always quoted, quotes doubled, control characters (line ends included) as spaces, formulas disarmed.
fn escape(cell: &str) -> String {
    let mut out = String::with_capacity(cell.len() + 3);
    out.push('"');
    if looks_like_formula(cell) {
        out.push('\'');
    }
    for c in cell.chars() {
        match c {
            '"' => out.push_str("\"\""),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Whether a spreadsheet could compute the cell. Spaces and control characters in front do not disarm it, and an
/// apostrophe in front is one of the value's own: it gets another, so that removing one always gives the value back.
fn looks_like_formula(cell: &str) -> bool {
    cell.trim_start_matches(|c: char| c == '\'' || c.is_whitespace() || c.is_control())
        .starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
        || cell.starts_with(['\t', '\r', '\n'])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn cells_are_disarmed() {
        for (cell, expected) in [
            ("ООО \"Ромашка\"", "\"ООО \"\"Ромашка\"\"\""),
            ("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\""),
            ("+7 900", "\"'+7 900\""),
            ("a\r\nb", "\"a  b\""),
            (" =1+1", "\"' =1+1\""),
            ("'=1+1", "\"''=1+1\""),
            ("＝1", "\"'＝1\""),
            ("O'Brien", "\"O'Brien\""),
            ("", "\"\""),
        ] {
            assert_eq!(escape(cell), expected);
        }
    }

    /// A CSV reader of our own: the cell of a row of one cell, then the apostrophe removed.
    fn read(row: &str) -> String {
        let inner = row.strip_prefix('"').and_then(|r| r.strip_suffix('"')).expect("a quoted cell");
        let mut value = String::new();
        let mut chars = inner.chars();
        while let Some(c) = chars.next() {
            if c == '"' {
                assert_eq!(chars.next(), Some('"'), "a single quote ends the cell early: {row}");
            }
            value.push(c);
        }
        match value.strip_prefix('\'') {
            Some(rest) if looks_like_formula(rest) => rest.to_owned(),
            _ => value,
        }
    }

    proptest! {
        /// Only control characters are lost.
        #[test]
        fn cells_round_trip(head in "[=+@'\" ;-]{0,6}", rest in any::<String>()) {
            let text: String = (head + &rest).chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
            prop_assert_eq!(read(&escape(&text)), text);
        }

        #[test]
        fn a_cell_is_one_line(text in any::<String>()) {
            let row = escape(&text);
            read(&row);
            prop_assert!(!row.contains(['\r', '\n', '\0']));
        }
    }
}
