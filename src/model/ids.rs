//! Sides, entities and record numbers.

use std::fmt;

/// One of the two systems under audit.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum Side {
    Crm,
    Onec,
}

impl Side {
    pub const BOTH: [Side; 2] = [Side::Crm, Side::Onec];

    /// `crm` or `onec`, as configuration and output tables spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Side::Crm => "crm",
            Side::Onec => "onec",
        }
    }

    pub fn parse(text: &str) -> Option<Side> {
        Side::BOTH.into_iter().find(|s| s.as_str() == text)
    }

    pub fn other(self) -> Side {
        match self {
            Side::Crm => Side::Onec,
            Side::Onec => Side::Crm,
        }
    }

    /// `CRM` or `1С` as a report prints it.
    pub fn title(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Side::Crm, _) => "CRM",
            (Side::Onec, Lang::Ru) => "1С",
            (Side::Onec, Lang::En) => "1C",
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Kind of record. Counterparties and contacts are *parties*: they are matched in one space.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum Entity {
    Counterparty,
    Contact,
}

impl Entity {
    pub const ALL: [Entity; 2] = [Entity::Counterparty, Entity::Contact];

    /// Name in configuration and output tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Entity::Counterparty => "counterparty",
            Entity::Contact => "contact",
        }
    }

    pub fn parse(text: &str) -> Option<Entity> {
        Entity::ALL.into_iter().find(|e| e.as_str() == text)
    }

    /// Plural for a heading: «контрагенты», «контакты».
    pub fn title(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Entity::Counterparty, Lang::Ru) => "контрагенты",
            (Entity::Counterparty, Lang::En) => "counterparties",
            (Entity::Contact, Lang::Ru) => "контакты",
            (Entity::Contact, Lang::En) => "contacts",
        }
    }
}

impl fmt::Display for Entity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Language of reports and messages.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Lang {
    #[default]
    Ru,
    En,
}

impl Lang {
    pub fn as_str(self) -> &'static str {
        match self {
            Lang::Ru => "ru",
            Lang::En => "en",
        }
    }

    /// The text of this language out of a pair.
    pub fn pick<'a>(self, ru: &'a str, en: &'a str) -> &'a str {
        match self {
            Lang::Ru => ru,
            Lang::En => en,
        }
    }
}

/// Position of a record in the tables of its side, from 0.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct RecordIdx(pub u32);

impl RecordIdx {
    pub fn at(self) -> usize {
        self.0 as usize
    }
}

/// A record of either side. The order (side, position) is the total order of every output.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct RecordRef {
    pub side: Side,
    pub idx: RecordIdx,
}

impl RecordRef {
    pub fn new(side: Side, at: usize) -> Self {
        // Records of a side are limited to `ingest::MAX_ROWS`, far below u32::MAX.
        RecordRef { side, idx: RecordIdx(at as u32) }
    }

    pub fn at(self) -> usize {
        self.idx.at()
    }
}
