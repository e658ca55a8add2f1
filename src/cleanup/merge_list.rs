//! `merge/*.csv`: one list per side and entity, for people and for import.

use std::borrow::Cow;

use super::Draft;
use super::csv::{BOM, row};
use super::plan::{MergeStep, Plan};
use crate::model::{Entity, Field, RecordRef, Side};
use crate::outcome::Outcome;

/// A list per side and entity, also where it is empty: an empty list says that nothing is to be merged.
pub fn files<'a>(outcome: &'a Outcome, plan: &'a Plan) -> Vec<Draft<'a>> {
    let mut files = Vec::new();
    for side in Side::BOTH {
        for entity in Entity::PARTIES {
            let steps = move || plan.merges.iter().filter(move |m| m.side == side && m.entity == entity);
            files.push(Draft::text(format!("{side}-{entity}.csv"), move || list(outcome, steps())));
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
            let mut cells: Vec<Cow<str>> = vec![group.as_str().into(), role.into(), outcome.data.id(r).into()];
            cells.extend(FIELDS.map(|field| match field {
                Field::Name => parties.name(r.at()),
                field => match parties.raw.get(field, r.at()) {
                    text if text.contains('\n') => text.replace('\n', ", ").into(),
                    text => text.into(),
                },
            }));
            cells.push(evidence.into());
            row(&mut text, &cells);
        };
        record(step.master, lang.pick("основная", "master"), "");
        for &duplicate in &step.duplicates {
            record(duplicate, lang.pick("дубль", "duplicate"), &step.evidence);
        }
    }
    text
}
