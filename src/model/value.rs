//! The three states of a parsed field, and why a value is not usable.

use super::Lang;

/// A field after parsing. Bad input is this program's subject: an unusable value keeps its text and the reason.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Value<T> {
    #[default]
    Empty,
    Valid(T),
    Invalid {
        raw: Box<str>,
        defect: Defect,
    },
}

impl<T> Value<T> {
    pub fn invalid(raw: &str, defect: Defect) -> Self {
        Value::Invalid { raw: raw.into(), defect }
    }

    pub fn valid(&self) -> Option<&T> {
        match self {
            Value::Valid(v) => Some(v),
            _ => None,
        }
    }

    pub fn defect(&self) -> Option<Defect> {
        match self {
            Value::Invalid { defect, .. } => Some(*defect),
            _ => None,
        }
    }

    pub fn is_empty(&self) -> bool {
        matches!(self, Value::Empty)
    }

    pub fn is_valid(&self) -> bool {
        matches!(self, Value::Valid(_))
    }
}

/// Why a text is not a value of its type.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Defect {
    /// A filler: `0000000000`, `1234567890`, «не указан», `no@mail.ru`.
    Placeholder,
    /// Number of characters is not one the format allows.
    Length,
    /// The control digit does not agree.
    Checksum,
    /// Characters that cannot stand in this value.
    Characters,
    /// A spreadsheet turned it into a number and digits are lost (`7,7E+11`).
    Coerced,
    /// Syntax of the format is broken (an address without `@`, a date without a day).
    Syntax,
    /// Well-formed but impossible (32 January, tax office 0000, a phone code that nobody has).
    Impossible,
    /// Several different values where one is expected.
    Several,
    /// Day and month cannot be told apart.
    Ambiguous,
}

impl Defect {
    /// Short phrase for a table cell, without a full stop.
    pub fn text(self, lang: Lang) -> &'static str {
        let (ru, en) = match self {
            Defect::Placeholder => ("заглушка вместо значения", "a placeholder"),
            Defect::Length => ("неверное число знаков", "wrong number of characters"),
            Defect::Checksum => ("не сходится контрольная сумма", "control digit does not agree"),
            Defect::Characters => ("недопустимые знаки", "characters that cannot stand here"),
            Defect::Coerced => ("испорчено таблицей: часть цифр потеряна", "turned into a number, digits are lost"),
            Defect::Syntax => ("нарушен формат", "malformed"),
            Defect::Impossible => ("такого значения не бывает", "no such value can exist"),
            Defect::Several => ("несколько разных значений", "several different values"),
            Defect::Ambiguous => ("день и месяц не различить", "day and month cannot be told apart"),
        };
        lang.pick(ru, en)
    }
}

/// What had to be repaired to read a value: facts for checks, one bit each.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Notes(u16);

impl Notes {
    pub const NONE: Notes = Notes(0);
    /// A leading zero lost in a spreadsheet was put back (the checksum agreed).
    pub const LEADING_ZERO: Notes = Notes(1);
    /// Spaces, punctuation, words or invisible characters were removed.
    pub const DIRTY: Notes = Notes(1 << 1);
    /// Letters that look like digits or letters of the other alphabet were replaced (`О` for `0`).
    pub const LOOKALIKE: Notes = Notes(1 << 2);
    /// It had the form of a number with a fraction or an exponent (`7701234567.0`, `7,7E+9`) and was restored whole.
    pub const COERCED: Notes = Notes(1 << 3);
    /// Another value shared the cell («ИНН/КПП», a phone with a comment).
    pub const SHARED_CELL: Notes = Notes(1 << 4);
    /// Not written in the canonical form of its type (a phone with 8, spaces and brackets).
    pub const FORMAT: Notes = Notes(1 << 5);
    /// A known misspelling was recognised (`gmial.com`), not corrected.
    pub const SUSPECT: Notes = Notes(1 << 6);

    pub fn has(self, note: Notes) -> bool {
        self.0 & note.0 == note.0 && note.0 != 0
    }

    #[must_use]
    pub fn with(self, note: Notes) -> Notes {
        Notes(self.0 | note.0)
    }

    pub fn add(&mut self, note: Notes) {
        self.0 |= note.0;
    }
}
