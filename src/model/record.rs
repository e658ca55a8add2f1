//! Canonical records of one side, still as text.

use super::{Entity, Field, Location, Place, Side, TextColumn};

/// Counterparties and contacts of one side with their texts by canonical field.
///
/// Rows are unique by (entity, id): sources of one entity are united by record id, and an id that repeats inside one
/// source stays as records of its own with `~2`, `~3` … after the id (`id_clash` says so).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Records {
    pub side: Side,
    pub entity: Vec<Entity>,
    columns: Vec<Option<TextColumn>>,
    /// Files and sheets that rows come from.
    pub places: Vec<Place>,
    /// What the format calls the rows of each place ([`super::RawTable::kind`]); shorter than `places` where nobody says.
    pub kinds: Vec<String>,
    /// For each record the place (index into `places`) and row of its first appearance.
    pub origin: Vec<(u32, u32)>,
    /// The id repeats inside one source: scripts must not touch the record.
    pub id_clash: Vec<bool>,
}

impl Records {
    pub fn new(side: Side) -> Self {
        Records {
            side,
            entity: Vec::new(),
            columns: vec![None; Field::COUNT],
            places: Vec::new(),
            kinds: Vec::new(),
            origin: Vec::new(),
            id_clash: Vec::new(),
        }
    }

    pub fn len(&self) -> usize {
        self.entity.len()
    }

    pub fn is_empty(&self) -> bool {
        self.entity.is_empty()
    }

    /// Text of a field; empty when the record or the whole side has none.
    #[inline(always)]
    pub fn get(&self, field: Field, at: usize) -> &str {
        self.columns[field as usize].as_ref().map_or("", |c| c.get(at))
    }

    /// Whether some source of this side has the field at all (its cells may all be empty).
    pub fn has(&self, field: Field) -> bool {
        self.columns[field as usize].is_some()
    }

    /// Records of `entity` with a text in this field.
    pub fn filled(&self, field: Field, entity: Entity) -> usize {
        match &self.columns[field as usize] {
            None => 0,
            Some(column) => (0..self.len()).filter(|&i| self.entity[i] == entity && !column.get(i).is_empty()).count(),
        }
    }

    pub fn id(&self, at: usize) -> &str {
        self.get(Field::Id, at)
    }

    /// What the format of its source calls the record (`Документ.РеализацияТоваровУслуг`); empty for a list.
    pub fn table_kind(&self, at: usize) -> &str {
        self.kinds.get(self.origin[at].0 as usize).map_or("", String::as_str)
    }

    /// Where the record was first met.
    pub fn location(&self, at: usize) -> Location {
        let (place, row) = self.origin[at];
        self.places[place as usize].row(row)
    }

    /// Sets a whole column, one text per record.
    ///
    /// # Panics
    /// When the length differs from the number of records.
    pub fn set_column(&mut self, field: Field, column: TextColumn) {
        assert_eq!(column.len(), self.len(), "a column has one text per record");
        self.columns[field as usize] = Some(column);
    }

    /// Appends one record; texts of fields not named are empty. For tests and small inputs: `map` builds columns.
    pub fn push(&mut self, entity: Entity, origin: (u32, u32), texts: &[(Field, &str)]) {
        let at = self.len();
        self.entity.push(entity);
        self.origin.push(origin);
        self.id_clash.push(false);
        for &(field, text) in texts {
            let column = self.columns[field as usize].get_or_insert_with(|| TextColumn::empty(at));
            column.push(text);
        }
        for column in self.columns.iter_mut().flatten() {
            column.pad(at + 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_and_empty_differ() {
        let mut r = Records::new(Side::Crm);
        r.places.push(Place::file("a.csv"));
        r.push(Entity::Counterparty, (0, 2), &[(Field::Id, "1"), (Field::Name, "ООО Ромашка")]);
        r.push(Entity::Contact, (0, 3), &[(Field::Id, "2"), (Field::Phone, "")]);
        assert_eq!((r.get(Field::Name, 1), r.get(Field::Inn, 0)), ("", ""));
        assert!(r.has(Field::Phone) && !r.has(Field::Inn));
        assert_eq!(r.filled(Field::Name, Entity::Counterparty), 1);
        assert_eq!(r.location(1).to_string(), "a.csv, строка 3");
    }
}
