//! Normalised parties of both sides: what matching, reconciliation and checks read.

use std::borrow::Cow;
use std::ops::Range;

use chrono::NaiveDate;

use super::{
    BankAccount, Book, Email, Entity, Field, Inn, Kpp, LeftOut, Notes, Ogrn, Phone, Quarantined, RecordRef, Records,
    RowCounts, Side, Space, TextColumn, Value,
};
use crate::normalize::company::LegalForm;

/// What a party is, from its INN, OGRN, legal form, kind field and name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
#[repr(u8)]
pub enum PartyKind {
    #[default]
    Unknown,
    /// Legal entity of Russia.
    Legal,
    /// Sole trader (ИП, КФХ, самозанятый with an INN counts as a person).
    SoleTrader,
    Person,
    /// Non-resident.
    Foreign,
}

/// Marks of a record, one bit each.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Flags(u8);

impl Flags {
    /// Marked for deletion, or in the CRM's bin.
    pub const DELETED: Flags = Flags(1);
    /// Its INN is the INN of one of the own organisations.
    pub const OWN: Flags = Flags(1 << 1);
    /// The system says the record is not active.
    pub const INACTIVE: Flags = Flags(1 << 2);
    /// A test record by its texts («тест», asdf).
    pub const TEST: Flags = Flags(1 << 3);

    pub fn has(self, flag: Flags) -> bool {
        self.0 & flag.0 != 0
    }

    pub fn add(&mut self, flag: Flags) {
        self.0 |= flag.0;
    }
}

/// Several values per record in one allocation.
#[derive(Clone, Debug)]
pub struct Multi<T> {
    values: Vec<T>,
    ends: Vec<u32>,
}

impl<T> Default for Multi<T> {
    fn default() -> Self {
        Multi { values: Vec::new(), ends: Vec::new() }
    }
}

impl<T> Multi<T> {
    pub fn push_row(&mut self, values: impl IntoIterator<Item = T>) {
        self.values.extend(values);
        self.ends.push(self.values.len() as u32);
    }

    /// Appends all rows of `other`.
    pub fn append(&mut self, mut other: Multi<T>) {
        let base = self.values.len() as u32;
        self.values.append(&mut other.values);
        self.ends.extend(other.ends.iter().map(|end| end + base));
    }

    #[inline(always)]
    pub fn get(&self, at: usize) -> &[T] {
        &self.values[self.range(at)]
    }

    #[inline(always)]
    pub fn range(&self, at: usize) -> Range<usize> {
        let start = if at == 0 { 0 } else { self.ends[at - 1] as usize };
        start..self.ends[at] as usize
    }

    pub fn rows(&self) -> usize {
        self.ends.len()
    }
}

/// A phone, e-mail or account with the repairs that reading it took.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Noted<T> {
    pub value: Value<T>,
    pub notes: Notes,
}

/// Parties of one side, a column per field; all columns have `raw.len()` rows.
///
/// Names are folded for comparison: upper case, ё as е, look-alike letters of the other alphabet replaced, quotes and
/// punctuation as single spaces. The texts as they stand in the source are in `raw`.
#[derive(Debug)]
pub struct Parties {
    pub raw: Records,
    pub kind: Vec<PartyKind>,
    pub flags: Vec<Flags>,

    pub inn: Vec<Value<Inn>>,
    pub inn_notes: Vec<Notes>,
    /// An unusable INN as digits, 0 when there are none or it is a placeholder: equal ones are still evidence.
    pub inn_broken: Vec<u64>,
    pub kpp: Vec<Value<Kpp>>,
    pub kpp_notes: Vec<Notes>,
    pub ogrn: Vec<Value<Ogrn>>,
    pub ogrn_notes: Vec<Notes>,
    pub phones: Multi<Noted<Phone>>,
    pub emails: Multi<Noted<Email>>,
    pub accounts: Multi<Noted<BankAccount>>,
    pub birth_date: Vec<Value<NaiveDate>>,

    /// Legal form of the name (ООО, АО, ИП …).
    pub form: Vec<LegalForm>,
    /// Folded name without legal form and quotes: tokens separated by one space. For persons too (then the name in
    /// the order given).
    pub core: TextColumn,
    /// Folded surname, given name, patronymic; an initial is one letter. All empty for a firm.
    pub surname: TextColumn,
    pub given: TextColumn,
    pub patronymic: TextColumn,
    /// Folded registered address, else actual address: words and numbers separated by one space, abbreviations of
    /// address types removed.
    pub address: TextColumn,
    /// Folded town of that address, empty when not recognised.
    pub town: TextColumn,
}

impl Parties {
    pub fn len(&self) -> usize {
        self.raw.len()
    }

    pub fn is_empty(&self) -> bool {
        self.raw.is_empty()
    }

    pub fn side(&self) -> Side {
        self.raw.side
    }

    pub fn refs(&self) -> impl Iterator<Item = RecordRef> + use<> {
        let side = self.side();
        (0..self.len() as u32).map(move |i| RecordRef::new(side, i as usize))
    }

    pub fn valid_phones(&self, at: usize) -> impl Iterator<Item = Phone> + '_ {
        self.phones.get(at).iter().filter_map(|p| p.value.valid().copied())
    }

    pub fn valid_emails(&self, at: usize) -> impl Iterator<Item = &Email> + '_ {
        self.emails.get(at).iter().filter_map(|e| e.value.valid())
    }

    /// Neither deleted nor inactive.
    pub fn is_active(&self, at: usize) -> bool {
        !self.flags[at].has(Flags::DELETED) && !self.flags[at].has(Flags::INACTIVE)
    }

    /// The name as the source writes it: `name`, else the parts of a person's name, else `full_name`.
    pub fn name(&self, at: usize) -> Cow<'_, str> {
        let one = |f| self.raw.get(f, at).trim();
        let name = one(Field::Name);
        if !name.is_empty() {
            return name.into();
        }
        let parts = [one(Field::LastName), one(Field::FirstName), one(Field::Patronymic)];
        if parts.iter().any(|part| !part.is_empty()) {
            return parts.join(" ").trim().to_owned().into();
        }
        one(Field::FullName).into()
    }

    /// [`Self::name`] as a text of its own.
    pub fn display_name(&self, at: usize) -> String {
        self.name(at).into_owned()
    }
}

/// One of the company's own legal entities: never a counterparty, used by vetoes and checks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OwnOrganisation {
    pub inn: Option<Inn>,
    pub name: String,
    pub phones: Vec<Phone>,
    /// What a system calls it by in its documents: a GUID of 1C, a number of the CRM.
    pub ids: Vec<(Side, String)>,
}

/// The account of one source after reading and mapping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceReport {
    pub side: Side,
    pub entity: Option<Entity>,
    /// Path as the project names it.
    pub path: String,
    /// Format id of the registry: `csv`, `xlsx`, `bitrix24-html`, `bitrix24-rest`, `commerceml` …
    pub format: &'static str,
    /// `utf-8`, `windows-1251`, `utf-16le`; empty for binary formats.
    pub encoding: String,
    pub files: Vec<SourceFile>,
    pub counts: RowCounts,
    /// Columns used: heading → field, in file order.
    pub mapped: Vec<(String, Field)>,
    /// Headings that hold data and that nothing was mapped to.
    pub unmapped: Vec<String>,
    /// Only changes, or pages missing: one-sided findings are withheld.
    pub partial: bool,
    pub declared_total: Option<u64>,
    /// When the system wrote the data, as the files say, the last of them; in the local time of that system.
    pub taken_at: Option<chrono::NaiveDateTime>,
    /// Tables of the files that this source does not take: what they are and how many rows they have.
    pub not_used: Vec<(String, u64)>,
    /// It holds dictionaries (stages, funnels, units) and no list of records: nothing to load is no fault.
    pub dictionary: bool,
    /// Rows left out, with the index into `files`.
    pub left_out: Vec<(u32, LeftOut)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    pub path: String,
    pub bytes: u64,
    /// SHA-256 in lower-case hex.
    pub sha256: String,
}

/// Sources of one entity disagreed about a field of one record: a finding, never a silent choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceConflict {
    pub record: RecordRef,
    pub field: Field,
    /// The text kept (first source) and the other one.
    pub kept: String,
    pub other: String,
    pub other_place: super::Location,
}

/// Everything loaded from one side in one run; immutable.
#[derive(Debug)]
pub struct Snapshot {
    pub side: Side,
    pub parties: Parties,
    /// Every other entity, in the order of [`Space::BOOKS`]; empty where the side has none.
    pub books: Vec<Book>,
    pub own: Vec<OwnOrganisation>,
    pub sources: Vec<SourceReport>,
    pub quarantine: Vec<Quarantined>,
    pub conflicts: Vec<SourceConflict>,
}

impl Snapshot {
    /// Absence of a record on this side proves nothing.
    pub fn is_partial(&self) -> bool {
        self.sources.iter().any(|s| s.partial)
    }

    /// Nothing was loaded.
    pub fn is_empty(&self) -> bool {
        self.parties.is_empty() && self.books.iter().all(Book::is_empty)
    }

    /// The records of an entity that is not a party.
    ///
    /// # Panics
    /// For a party.
    pub fn book(&self, entity: Entity) -> &Book {
        assert!(!entity.is_party(), "parties have a table of their own");
        &self.books[entity.space() as usize - 1]
    }

    /// The texts of a table.
    pub fn records(&self, space: Space) -> &Records {
        match space {
            Space::Parties => &self.parties.raw,
            space => &self.books[space as usize - 1].raw,
        }
    }

    /// Number of records of an entity.
    pub fn count(&self, entity: Entity) -> usize {
        match entity.is_party() {
            true => self.parties.raw.entity.iter().filter(|&&e| e == entity).count(),
            false => self.book(entity).len(),
        }
    }
}

/// Both sides.
#[derive(Debug)]
pub struct Snapshots {
    pub crm: Snapshot,
    pub onec: Snapshot,
}

impl Snapshots {
    pub fn get(&self, side: Side) -> &Snapshot {
        match side {
            Side::Crm => &self.crm,
            Side::Onec => &self.onec,
        }
    }

    pub fn parties(&self, side: Side) -> &Parties {
        &self.get(side).parties
    }

    /// Records of a side (of one entity) that count: own organisations and deleted ones apart.
    pub fn active(&self, side: Side, entity: Option<Entity>) -> u64 {
        let parties = self.parties(side);
        let counts = |at: &usize| {
            parties.is_active(*at)
                && !parties.flags[*at].has(Flags::OWN)
                && entity.is_none_or(|e| parties.raw.entity[*at] == e)
        };
        let in_books =
            self.get(side).books.iter().filter(|b| b.entity != Entity::Line && entity.is_none_or(|e| e == b.entity));
        let in_books: usize = in_books.map(|book| (0..book.len()).filter(|&at| book.is_active(at)).count()).sum();
        ((0..parties.len()).filter(counts).count() + in_books) as u64
    }

    /// The records of an entity that is not a party.
    pub fn book(&self, side: Side, entity: Entity) -> &Book {
        self.get(side).book(entity)
    }

    /// The texts of the table that a record stands in.
    pub fn records(&self, r: RecordRef) -> &Records {
        self.get(r.side).records(r.space)
    }

    /// Text of a field of a record as its source has it.
    pub fn text(&self, r: RecordRef, field: Field) -> &str {
        self.records(r).get(field, r.at())
    }

    pub fn id(&self, r: RecordRef) -> &str {
        self.records(r).id(r.at())
    }

    pub fn entity(&self, r: RecordRef) -> Entity {
        self.records(r).entity[r.at()]
    }

    /// Where the record was first met.
    pub fn location(&self, r: RecordRef) -> super::Location {
        self.records(r).location(r.at())
    }

    /// What a person calls the record.
    pub fn display_name(&self, r: RecordRef) -> String {
        match r.space {
            Space::Parties => self.parties(r.side).display_name(r.at()),
            space => self.get(r.side).books[space as usize - 1].display_name(r.at()),
        }
    }

    /// Finds a record by `side:id` (entities in the order of reports) or `side:entity:id`.
    pub fn find(&self, key: &str) -> Option<RecordRef> {
        let (side, rest) = key.split_once(':')?;
        let side = Side::parse(side)?;
        let entities = match rest.split_once(':').and_then(|(e, id)| Some((Entity::parse(e)?, id))) {
            Some((entity, id)) => vec![(entity, id)],
            None => Entity::ALL.iter().map(|&e| (e, rest)).collect(),
        };
        entities.into_iter().find_map(|(entity, id)| {
            let records = self.get(side).records(entity.space());
            (0..records.len())
                .find(|&at| records.entity[at] == entity && records.id(at) == id)
                .map(|at| RecordRef::of(side, entity.space(), at))
        })
    }

    /// `crm:counterparty:12`, as output tables name a record.
    pub fn key(&self, r: RecordRef) -> String {
        [r.side.as_str(), self.entity(r).as_str(), self.id(r)].join(":")
    }
}
