//! Which columns of a table hold which field.

use super::crm::Titles;
use super::role::Role;
use super::{aliases, crm, onec};
use crate::model::{Field, RawTable};

/// What a kind says of a heading goes before every alias: no field has as many.
const BEHIND: usize = 1_000;

/// Columns by field, best first.
pub(super) struct Columns {
    by_field: Vec<Vec<usize>>,
    /// Fields whose columns the project names.
    fixed: Vec<bool>,
}

impl Columns {
    /// Configured headings replace detection for their field, and their columns serve no other one.
    /// `titles` name own fields of a CRM: what their name does not say their title may.
    pub(super) fn of(table: &RawTable, role: Role, configured: &[(Field, Vec<String>)], titles: &Titles) -> Columns {
        let title = |heading: &str| titles.get(heading).and_then(Option::as_deref);
        let mut by_field: Vec<Vec<usize>> = vec![Vec::new(); Field::COUNT];
        let mut free = vec![true; table.columns.len()];
        for (field, headings) in configured {
            for heading in headings {
                let folded = aliases::fold(heading);
                for (at, column) in table.columns.iter().enumerate() {
                    if column.heading == *heading
                        || aliases::fold(&column.heading) == folded
                        || title(&column.heading).is_some_and(|title| aliases::fold(title) == folded)
                    {
                        by_field[*field as usize].push(at);
                        free[at] = false;
                    }
                }
            }
        }
        let fixed: Vec<bool> = by_field.iter().map(|c| !c.is_empty()).collect();
        let mut found: Vec<(Field, usize, usize)> = Vec::new();
        for (at, column) in table.columns.iter().enumerate() {
            if !free[at] || crm::misleads(&table.kind, &column.heading) {
                continue;
            }
            let by_kind = onec::field_of(&table.kind, &column.heading);
            if let Some((field, rank)) = by_kind.unwrap_or_else(|| {
                let by_title = || title(&column.heading).and_then(|title| role.field_of(title));
                let by_name = role.field_of(&column.heading).map(|(field, rank)| (field, rank + BEHIND));
                by_name.or_else(|| by_title().map(|(field, rank)| (field, rank + 2 * BEHIND)))
            }) && (by_kind.is_none() || role.has(field))
                && !fixed[field as usize]
            {
                found.push((field, rank, at));
            }
        }
        found.sort_unstable();
        for (field, _, at) in found {
            by_field[field as usize].push(at);
        }
        Columns { by_field, fixed }
    }

    pub(super) fn of_field(&self, field: Field) -> &[usize] {
        &self.by_field[field as usize]
    }

    /// The project lists several columns for a field that is one text in parts: street, house and town of an address.
    pub(super) fn is_in_parts(&self, field: Field) -> bool {
        self.fixed[field as usize]
            && self.of_field(field).len() > 1
            && matches!(field, Field::Address | Field::ActualAddress)
    }

    pub(super) fn has(&self, field: Field) -> bool {
        !self.of_field(field).is_empty()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.by_field.iter().all(Vec::is_empty)
    }

    /// Heading → field, in file order.
    pub(super) fn mapped(&self, table: &RawTable) -> Vec<(String, Field)> {
        let mut pairs: Vec<(usize, Field)> =
            Field::ALL.iter().flat_map(|&f| self.of_field(f).iter().map(move |&at| (at, f))).collect();
        pairs.sort_unstable();
        pairs.into_iter().map(|(at, field)| (table.columns[at].heading.clone(), field)).collect()
    }

    /// Headings of columns that hold data and serve no field, be it through another column.
    pub(super) fn unmapped(&self, table: &RawTable) -> Vec<String> {
        let used: Vec<usize> = self.by_field.iter().flatten().copied().collect();
        let free = |at: &usize| {
            let column = &table.columns[*at];
            !used.contains(at) && column.cells.filled() > 0 && !onec::is_told_elsewhere(&table.kind, &column.heading)
        };
        (0..table.columns.len()).filter(free).map(|at| table.columns[at].heading.clone()).collect()
    }
}
