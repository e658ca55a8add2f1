//! Records of one entity that is not a party: goods, deals, documents, payments, property.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDateTime};

use super::{Decimal, Entity, Field, RecordRef, Records, Side, Space};

/// A cell of a typed column.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cell<T> {
    Empty,
    Valid(T),
    /// The text is no such value; it stands in [`Book::raw`].
    Unreadable,
}

impl<T> Cell<T> {
    pub fn valid(self) -> Option<T> {
        match self {
            Cell::Valid(value) => Some(value),
            _ => None,
        }
    }
}

/// A column of numbers in eight bytes a cell: millionths or seconds, and two marks at the end of the range.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Cells(Vec<i64>);

const EMPTY: i64 = i64::MIN;
const UNREADABLE: i64 = i64::MIN + 1;

impl Cells {
    pub fn push(&mut self, cell: Cell<i64>) {
        self.0.push(match cell {
            Cell::Empty => EMPTY,
            Cell::Unreadable => UNREADABLE,
            Cell::Valid(value) => value.max(UNREADABLE + 1),
        });
    }

    pub fn get(&self, at: usize) -> Cell<i64> {
        match self.0[at] {
            EMPTY => Cell::Empty,
            UNREADABLE => Cell::Unreadable,
            value => Cell::Valid(value),
        }
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Bytes of «истина», the longest word of a flag.
const LONGEST_FLAG: usize = 12;

/// Records of one entity of one side: texts, typed columns beside them, references resolved to records of the side.
#[derive(Debug)]
pub struct Book {
    pub entity: Entity,
    pub raw: Records,
    /// Fields that read as numbers or moments and that some source has, in the order of [`Field::ALL`].
    typed: Vec<(Field, Cells)>,
    /// References that some source has.
    references: Vec<(Field, Vec<Option<RecordRef>>)>,
}

impl Book {
    /// `typed` must have a cell per record for each field that `raw` has and that does not read as text.
    pub fn new(entity: Entity, raw: Records, typed: Vec<(Field, Cells)>) -> Book {
        debug_assert!(typed.iter().all(|(_, cells)| cells.len() == raw.len()));
        Book { entity, raw, typed, references: Vec::new() }
    }

    pub fn empty(side: Side, entity: Entity) -> Book {
        Book::new(entity, Records::new(side), Vec::new())
    }

    /// The books of a side that has nothing but parties, in the order of [`Space::BOOKS`].
    pub fn none(side: Side) -> Vec<Book> {
        Space::BOOKS.iter().map(|&(_, entity)| Book::empty(side, entity)).collect()
    }

    pub fn len(&self) -> usize {
        self.raw.len()
    }

    pub fn is_empty(&self) -> bool {
        self.raw.is_empty()
    }

    pub fn space(&self) -> Space {
        self.entity.space()
    }

    pub fn at(&self, at: usize) -> RecordRef {
        RecordRef::of(self.raw.side, self.space(), at)
    }

    pub fn refs(&self) -> impl Iterator<Item = RecordRef> + use<> {
        let (side, space) = (self.raw.side, self.space());
        (0..self.len()).map(move |at| RecordRef::of(side, space, at))
    }

    pub fn text(&self, field: Field, at: usize) -> &str {
        self.raw.get(field, at)
    }

    /// Cells of a field: millionths of a number, seconds of a moment. `None` when no source has the field.
    pub fn cells(&self, field: Field) -> Option<&Cells> {
        self.typed.iter().find(|(f, _)| *f == field).map(|(_, cells)| cells)
    }

    fn cell(&self, field: Field, at: usize) -> Cell<i64> {
        self.cells(field).map_or(Cell::Empty, |cells| cells.get(at))
    }

    pub fn number(&self, field: Field, at: usize) -> Cell<Decimal> {
        match self.cell(field, at) {
            Cell::Valid(micros) => Cell::Valid(Decimal::from_micros(micros)),
            Cell::Empty => Cell::Empty,
            Cell::Unreadable => Cell::Unreadable,
        }
    }

    /// In the local time of the system that wrote it; midnight where there is no time of day.
    pub fn moment(&self, field: Field, at: usize) -> Cell<NaiveDateTime> {
        match self.cell(field, at) {
            Cell::Valid(seconds) => match DateTime::from_timestamp(seconds, 0) {
                Some(moment) => Cell::Valid(moment.naive_utc()),
                None => Cell::Unreadable,
            },
            Cell::Empty => Cell::Empty,
            Cell::Unreadable => Cell::Unreadable,
        }
    }

    /// Да or Нет; `None` when empty or neither.
    pub fn flag(&self, field: Field, at: usize) -> Option<bool> {
        const YES: [&str; 7] = ["да", "y", "yes", "true", "истина", "1", "+"];
        const NO: [&str; 7] = ["нет", "n", "no", "false", "ложь", "0", "-"];
        let text = self.text(field, at).trim();
        if text.is_empty() || text.len() > LONGEST_FLAG {
            return None;
        }
        // Asked of every record by every check: no text is made.
        let is = |word: &&str| text.chars().flat_map(char::to_lowercase).eq(word.chars());
        let yes = YES.iter().any(is);
        (yes || NO.iter().any(is)).then_some(yes)
    }

    /// Neither marked for deletion nor switched off.
    pub fn is_active(&self, at: usize) -> bool {
        self.flag(Field::Deleted, at) != Some(true) && self.flag(Field::Active, at) != Some(false)
    }

    /// The record of the same side that a field names, when it names exactly one.
    pub fn reference(&self, field: Field, at: usize) -> Option<RecordRef> {
        self.references.iter().find(|(f, _)| *f == field).and_then(|(_, targets)| targets[at])
    }

    /// # Panics
    /// When the length differs from the number of records.
    pub fn set_references(&mut self, field: Field, targets: Vec<Option<RecordRef>>) {
        assert_eq!(targets.len(), self.len(), "one target per record");
        self.references.retain(|(f, _)| *f != field);
        self.references.push((field, targets));
    }

    /// What a person calls the record: its name, else number and date, else its id.
    pub fn display_name(&self, at: usize) -> String {
        let text = |field| self.text(field, at).trim();
        let first = |fields: &[Field]| fields.iter().map(|&f| text(f)).find(|t| !t.is_empty()).unwrap_or("").to_owned();
        let name = first(&[Field::Name, Field::FullName, Field::ProductName, Field::ObjectName]);
        if !name.is_empty() {
            return name;
        }
        let kind = spelled(text(Field::Kind));
        let number = text(Field::Number);
        let date = self.moment(Field::Date, at).valid().map(|m| m.format("%d.%m.%Y").to_string());
        match (number.is_empty(), date) {
            (true, _) => self.raw.id(at).to_owned(),
            (false, Some(date)) => format!("{kind} № {number} от {date}").trim_start().to_owned(),
            (false, None) => format!("{kind} № {number}").trim_start().to_owned(),
        }
    }
}

/// What 1C calls documents in its metadata where dividing the name does not give what it calls them on screen.
const SPELLED: [(&str, &str); 8] = [
    ("РеализацияТоваровУслуг", "Реализация товаров и услуг"),
    ("ПоступлениеТоваровУслуг", "Поступление товаров и услуг"),
    ("СчетФактураВыданный", "Счёт-фактура выданный"),
    ("СчетФактураПолученный", "Счёт-фактура полученный"),
    ("СчетНаОплатуПокупателю", "Счёт на оплату покупателю"),
    ("СчетНаОплатуКлиенту", "Счёт на оплату клиенту"),
    ("КорректировкаРеализации", "Корректировка реализации"),
    ("АктВыполненныхРабот", "Акт выполненных работ"),
];

/// A kind as people read it: `ЗаказКлиента` of the metadata is «Заказ клиента».
fn spelled(kind: &str) -> Cow<'_, str> {
    if let Some((_, words)) = SPELLED.iter().find(|(name, _)| *name == kind) {
        return Cow::Borrowed(words);
    }
    let chars: Vec<char> = kind.chars().collect();
    let begins = |at: usize| {
        let next_is_small = chars.get(at + 1).is_some_and(|c| c.is_lowercase());
        at > 0 && chars[at].is_uppercase() && (chars[at - 1].is_lowercase() || next_is_small)
    };
    if chars.iter().any(|c| c.is_whitespace()) || !(0..chars.len()).any(|at| begins(at) && chars[at - 1].is_lowercase())
    {
        return Cow::Borrowed(kind);
    }
    let mut words = String::with_capacity(kind.len() + 8);
    for (at, &c) in chars.iter().enumerate() {
        if begins(at) {
            words.push(' ');
            words.extend(c.to_lowercase());
        } else {
            words.push(c);
        }
    }
    Cow::Owned(words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Place;

    #[test]
    fn cells_keep_three_states() {
        let mut cells = Cells::default();
        for cell in [Cell::Empty, Cell::Valid(-5), Cell::Unreadable, Cell::Valid(i64::MIN)] {
            cells.push(cell);
        }
        assert_eq!(cells.get(0), Cell::Empty);
        assert_eq!(cells.get(1), Cell::Valid(-5));
        assert_eq!(cells.get(2), Cell::Unreadable);
        assert!(matches!(cells.get(3), Cell::Valid(_)), "no value reads as a mark");
    }

    #[test]
    fn kinds_of_the_metadata_are_spelled_out() {
        for (kind, expected) in [
            ("ЗаказКлиента", "Заказ клиента"),
            ("РеализацияТоваровУслуг", "Реализация товаров и услуг"),
            ("РасчетыСКонтрагентами", "Расчеты с контрагентами"),
            ("Счет на оплату", "Счет на оплату"),
            ("УПД", "УПД"),
            ("Реализация", "Реализация"),
            ("", ""),
        ] {
            assert_eq!(spelled(kind), expected, "{kind}");
        }
    }

    #[test]
    fn names_for_people() {
        let mut raw = Records::new(Side::Onec);
        raw.places.push(Place::file("docs.csv"));
        let origin = (0, 2);
        raw.push(Entity::Document, origin, &[(Field::Id, "a"), (Field::Kind, "Реализация"), (Field::Number, "12")]);
        raw.push(Entity::Document, origin, &[(Field::Id, "b"), (Field::Name, "Счёт 7")]);
        raw.push(Entity::Document, origin, &[(Field::Id, "c")]);
        let book = Book::new(Entity::Document, raw, Vec::new());
        let names: Vec<String> = (0..3).map(|at| book.display_name(at)).collect();
        assert_eq!(names, ["Реализация № 12", "Счёт 7", "c"]);
        assert_eq!(book.number(Field::Amount, 0), Cell::Empty);
    }
}
