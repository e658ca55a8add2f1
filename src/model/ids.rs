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

macro_rules! entities {
    ($($variant:ident $code:literal $space:ident $ru:literal $en:literal;)*) => {
        /// Kind of record. Counterparties and contacts are *parties*: they are matched in one space.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[repr(u8)]
        pub enum Entity { $($variant),* }

        impl Entity {
            /// In the order in which reports show them.
            pub const ALL: &'static [Entity] = &[$(Entity::$variant),*];

            /// Name in configuration and output tables.
            pub fn as_str(self) -> &'static str {
                match self { $(Entity::$variant => $code),* }
            }

            /// Plural for a heading: «контрагенты», «контакты».
            pub fn title(self, lang: Lang) -> &'static str {
                match self { $(Entity::$variant => lang.pick($ru, $en)),* }
            }

            /// The table that holds its records.
            pub fn space(self) -> Space {
                match self { $(Entity::$variant => Space::$space),* }
            }
        }
    };
}

entities! {
    Counterparty "counterparty" Parties "контрагенты" "counterparties";
    Contact "contact" Parties "контакты" "contacts";
    Product "product" Products "номенклатура" "products";
    Price "price" Prices "цены" "prices";
    Unit "unit" Units "единицы измерения" "units";
    Warehouse "warehouse" Warehouses "склады" "warehouses";
    Stock "stock" Stock "остатки" "stock balances";
    Contract "contract" Contracts "договоры" "contracts";
    Deal "deal" Deals "сделки" "deals";
    Document "document" Documents "документы" "documents";
    Line "line" Lines "строки документов" "document lines";
    Payment "payment" Payments "платежи" "payments";
    Object "object" Objects "объекты недвижимости" "property objects";
    Ddu "ddu" Ddus "договоры участия" "DDU contracts";
    Instalment "instalment" Instalments "графики платежей" "instalments";
}

impl Entity {
    /// Entities that are matched in one space.
    pub const PARTIES: [Entity; 2] = [Entity::Counterparty, Entity::Contact];

    pub fn parse(text: &str) -> Option<Entity> {
        Entity::ALL.iter().copied().find(|e| e.as_str() == text)
    }

    pub fn is_party(self) -> bool {
        self.space() == Space::Parties
    }
}

/// Which table of a side a record stands in. Parties share one; every other entity has its own.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum Space {
    Parties,
    Products,
    Prices,
    Units,
    Warehouses,
    Stock,
    Contracts,
    Deals,
    Documents,
    Lines,
    Payments,
    Objects,
    Ddus,
    Instalments,
}

impl Space {
    /// Every table but that of parties, in order: records of one entity each.
    pub const BOOKS: [(Space, Entity); 13] = [
        (Space::Products, Entity::Product),
        (Space::Prices, Entity::Price),
        (Space::Units, Entity::Unit),
        (Space::Warehouses, Entity::Warehouse),
        (Space::Stock, Entity::Stock),
        (Space::Contracts, Entity::Contract),
        (Space::Deals, Entity::Deal),
        (Space::Documents, Entity::Document),
        (Space::Lines, Entity::Line),
        (Space::Payments, Entity::Payment),
        (Space::Objects, Entity::Object),
        (Space::Ddus, Entity::Ddu),
        (Space::Instalments, Entity::Instalment),
    ];
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

/// A record of either side. The order (side, space, position) is the total order of every output.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct RecordRef {
    pub side: Side,
    pub space: Space,
    pub idx: RecordIdx,
}

impl RecordRef {
    /// A party.
    pub fn new(side: Side, at: usize) -> Self {
        RecordRef::of(side, Space::Parties, at)
    }

    pub fn of(side: Side, space: Space, at: usize) -> Self {
        // Records of a side are limited to `ingest::MAX_ROWS`, far below u32::MAX.
        RecordRef { side, space, idx: RecordIdx(at as u32) }
    }

    pub fn at(self) -> usize {
        self.idx.at()
    }

    pub fn is_party(self) -> bool {
        self.space == Space::Parties
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_and_entities_agree() {
        for (space, entity) in Space::BOOKS {
            assert_eq!(entity.space(), space);
            assert_eq!(Entity::parse(entity.as_str()), Some(entity));
        }
        assert_eq!(Entity::ALL.iter().filter(|e| e.is_party()).count(), Entity::PARTIES.len());
        assert_eq!(Entity::ALL.len(), Entity::PARTIES.len() + Space::BOOKS.len());
        assert_eq!(size_of::<Option<RecordRef>>(), 8);
    }
}
