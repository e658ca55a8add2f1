//! `merge/*.csv`: one list per side and entity, for people and for import.

use super::ScriptFile;
use super::csv::{BOM, row};
use super::plan::{MergeStep, Plan};
use crate::model::{Entity, Field, RecordRef, Side};
use crate::outcome::Outcome;

/// A list per side and entity, also where it is empty: an empty list says that nothing is to be merged.
pub fn render(outcome: &Outcome, plan: &Plan) -> Vec<ScriptFile> {
    let mut files = Vec::new();
    for side in Side::BOTH {
        for entity in Entity::PARTIES {
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
    let mut text = String::from(BOM);
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
