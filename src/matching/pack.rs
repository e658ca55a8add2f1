//! Parties of both sides as integers: the only thing the pair loop reads.
//!
//! Records are renumbered by (side, entity, id text, content), so nothing after this stage can see in which order a
//! source listed them.

use std::hash::{BuildHasher, Hash};

use chrono::{Datelike, NaiveDate};
use foldhash::quality::FixedState;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::compare::jaro::letter;
use super::frequency::{Frequencies, crowded, frequencies};
use super::own::Own;
use super::vocabulary::{Vocabulary, is_connecting, vocabulary};
use crate::config::MatchingConfig;
use crate::model::{
    Defect, Email, Entity, Field, Flags, Notes, Parties, PartyKind, Phone, RecordRef, Side, Snapshots, Value,
};
use crate::normalize;
use crate::normalize::company::{LegalForm, is_branch};
use crate::normalize::email::{is_free_mail, is_role};
use crate::normalize::translit::skeleton;

/// Words of a name that are compared; a longer name keeps its first words.
pub const MAX_TOKENS: usize = 12;
/// Words of an address that are compared.
const MAX_ADDRESS_WORDS: usize = 16;
/// A number this long inside a name is an identifier or a phone, not the number of a shop.
const MAX_NAME_NUMBER: usize = 8;
/// First year of a date of birth that is meant: systems write 01.01.0001, 30.12.1899 or 01.01.1900 for "not known".
const FIRST_YEAR: i32 = 1900;
/// Reasons of registration that a separate division has and a head office has not: divisions by kind. Source: directory
/// of reasons (СППУНО) of the order of the tax ministry САЭ-3-09/178 of 03.03.2004.
const DIVISIONS: [&str; 9] = ["02", "03", "04", "05", "31", "32", "43", "44", "45"];
/// Words that make an address more than a town.
const MIN_ADDRESS_WORDS: usize = 3;
/// Digits of a phone without its area code, in a large town.
const TAIL: u32 = 7;
/// Digits of a whole number with its country code, at most (E.164).
const MOST_PHONE_DIGITS: u32 = 15;
const TAIL_POWER: u64 = 10u64.pow(TAIL);
/// Most digits of a document's number that slips are looked for in.
const DOCUMENT_DIGITS: usize = 16;
/// Bits of such a number; the kind of the document stands above them.
pub const DOCUMENT_BITS: u32 = 54;
/// Absent token or name part.
pub const NONE: u32 = u32::MAX;

/// A stable 64-bit hash; equal on every run and thread count. Never 0, which stands for "no value".
pub fn hash<T: Hash + ?Sized>(value: &T) -> u64 {
    FixedState::with_seed(0x7376_6572_6b61).hash_one(value).max(1)
}

/// What a record is for vetoes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    Unknown,
    Firm,
    Human,
}

/// The fixed-size part of a record; 0 (or [`NONE`]) stands for "no value".
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Number of the valid INN.
    pub inn: u64,
    /// Digits of an unusable INN.
    pub inn_broken: u64,
    /// Key of the valid KPP.
    pub kpp: u64,
    pub ogrn: u64,
    /// Own id, as the other side would cite it.
    pub id: u64,
    /// Id of the record of the other side that this one cites.
    pub external: u64,
    /// Hash of the name core.
    pub core: u64,
    /// Hash of the skeletons of the words of the core in sorted order.
    pub core_folded: u64,
    /// Hash of the skeleton of the core written as one word.
    pub core_joined: u64,
    /// Hash of the address, of its words in sorted order, of its town.
    pub address: u64,
    pub address_folded: u64,
    pub town: u64,
    /// The address is in Latin letters, or most of it is.
    pub latin_address: bool,
    /// First letters of three words of the name or more, or the one word of a name that may be such letters.
    pub initials: u64,
    /// Where the lists of the record begin in [`Packed::values`], and where each [`List`] ends after that.
    start: u64,
    ends: [u16; LISTS],
    /// Where its words begin in [`Packed::words`], and their number.
    first_word: u32,
    word_count: u8,
    /// Words of the name that are neither generic nor fillers, and their letters, at most 255.
    pub telling: (u8, u8),
    /// Every word of the name is generic.
    pub generic: bool,
    /// Days of the birth date from 0001-01-01.
    pub birth: i32,
    /// The date is possible: one that is not contradicts nothing.
    pub birth_sound: bool,
    /// Name parts as tokens of the vocabulary.
    pub surname: u32,
    pub given: u32,
    pub patronymic: u32,
    pub class: Class,
    pub form: LegalForm,
    /// KPP of a largest taxpayer.
    pub kpp_largest: bool,
    pub inn_person: bool,
    pub own: bool,
    /// The name is the name of a branch.
    pub branch: bool,
    /// The KPP is that of a separate division.
    pub division: bool,
    /// The name has single letters and may be that of a person.
    pub initialed: bool,
    pub id_clash: bool,
    /// The cited id is the id of a record of the other side.
    pub external_found: bool,
    /// A record of the other side cites this one.
    pub cited: bool,
}

/// What a record may have several of.
#[derive(Clone, Copy)]
#[repr(u8)]
enum List {
    Phones,
    Tails,
    Emails,
    Mailboxes,
    Domains,
    Accounts,
    Documents,
    DocumentNumbers,
    Numbers,
    AddressWords,
}

/// Number of [`List`]s.
const LISTS: usize = 10;
/// Values of one list that are compared: no card of a real party has more, and all lists of a record count in `u16`.
const MOST_VALUES: usize = 4_096;

/// Several values per entry.
#[derive(Debug, Default)]
pub struct Ragged<T> {
    values: Vec<T>,
    ends: Vec<u32>,
}

impl<T: Copy> Ragged<T> {
    pub fn push(&mut self, values: impl IntoIterator<Item = T>) {
        self.values.extend(values);
        self.ends.push(self.values.len() as u32);
    }

    #[inline(always)]
    pub fn get(&self, at: u32) -> &[T] {
        let at = at as usize;
        let start = if at == 0 { 0 } else { self.ends[at - 1] as usize };
        &self.values[start..self.ends[at] as usize]
    }
}

/// In which order records stand for matching.
pub struct Order<'a> {
    pub data: &'a Snapshots,
    /// Number of each record by its place in its side.
    position: [Vec<u32>; 2],
}

impl Order<'_> {
    /// Number of a record after renumbering; `None` for a record that is not there.
    pub fn position(&self, record: RecordRef) -> Option<u32> {
        self.position[record.side as usize].get(record.at()).copied()
    }
}

/// All records of both sides, CRM first.
pub struct Packed<'a> {
    pub data: &'a Snapshots,
    pub refs: Vec<RecordRef>,
    /// Number of the first record of 1C.
    split: u32,
    pub rows: Vec<Row>,
    /// Lists of all records, those of one beside each other: a pair costs a miss or two and not two per list.
    values: Vec<u64>,
    /// Words of the name cores in their order.
    words: Vec<u32>,
    /// Extensions of phones, of the records that have any.
    extensions: FxHashMap<u32, Vec<u32>>,
    pub vocabulary: Vocabulary,
    pub frequencies: Frequencies,
    /// Fields of the project's own.
    pub own: Own,
    /// Blocking rules that the project switched off, by name.
    pub off: Vec<&'static str>,
    order: Order<'a>,
}

impl Row {
    /// A part of a firm and not its head office, by name or by KPP.
    pub fn is_part(&self) -> bool {
        self.branch || self.division
    }
}

impl<'a> Packed<'a> {
    /// With what the project compares besides and what it leaves out.
    pub fn tuned(mut self, config: &MatchingConfig) -> Packed<'a> {
        self.own = Own::pack(&self, &config.own);
        self.off.clone_from(&config.blocking_off);
        self
    }

    /// The order alone.
    pub fn into_order(self) -> Order<'a> {
        self.order
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    #[inline(always)]
    pub fn row(&self, at: u32) -> &Row {
        &self.rows[at as usize]
    }

    #[inline(always)]
    fn list(&self, at: u32, list: List) -> &[u64] {
        let row = self.row(at);
        let from = if list as usize == 0 { 0 } else { row.ends[list as usize - 1] };
        &self.values[row.start as usize + from as usize..row.start as usize + row.ends[list as usize] as usize]
    }

    /// Phones as `number`, sorted.
    pub fn phones(&self, at: u32) -> &[u64] {
        self.list(at, List::Phones)
    }

    /// Extension of a phone by its place in [`Packed::phones`], 0 for none.
    pub fn extension(&self, at: u32, place: usize) -> u32 {
        self.extensions.get(&at).map_or(0, |extensions| extensions[place])
    }

    /// Last [`TAIL`] digits of every phone, of those that lack their area code too.
    pub fn tails(&self, at: u32) -> &[u64] {
        self.list(at, List::Tails)
    }

    pub fn emails(&self, at: u32) -> &[u64] {
        self.list(at, List::Emails)
    }

    /// Hash of the part before `@`, 0 for a role mailbox (info, sales).
    pub fn mailboxes(&self, at: u32) -> &[u64] {
        self.list(at, List::Mailboxes)
    }

    /// Hash of the domain, 0 for a free mail service.
    pub fn domains(&self, at: u32) -> &[u64] {
        self.list(at, List::Domains)
    }

    pub fn accounts(&self, at: u32) -> &[u64] {
        self.list(at, List::Accounts)
    }

    /// SNILS, identity documents, foreign tax numbers: hash of kind and digits.
    pub fn documents(&self, at: u32) -> &[u64] {
        self.list(at, List::Documents)
    }

    /// Documents whose number has digits only: kind and number, so that slips show.
    pub fn document_numbers(&self, at: u32) -> &[u64] {
        self.list(at, List::DocumentNumbers)
    }

    /// Numbers in the name, sorted.
    pub fn numbers(&self, at: u32) -> &[u64] {
        self.list(at, List::Numbers)
    }

    /// Words of the address, hashed, sorted.
    pub fn address_words(&self, at: u32) -> &[u64] {
        self.list(at, List::AddressWords)
    }

    /// Words of the name core in their order.
    pub fn tokens(&self, at: u32) -> &[u32] {
        words_of(self.row(at), &self.words)
    }

    /// Whether two records are of one side.
    #[inline]
    pub fn are_of_one_side(&self, a: u32, b: u32) -> bool {
        (a < self.split) == (b < self.split)
    }

    /// Reads the beginnings of the records of some pairs, so that the memory brings all of them at once and the
    /// comparisons that follow do not wait for one after another.
    pub fn fetch(&self, records: impl Iterator<Item = u32> + Clone) {
        let mut read = 0;
        for row in records.clone().map(|at| self.row(at)) {
            read ^= row.inn ^ row.initials ^ u64::from(row.surname) ^ u64::from(row.word_count);
        }
        for row in records.map(|at| self.row(at)) {
            read ^= self.values.get(row.start as usize).copied().unwrap_or(0);
            read ^= self.values.get(row.start as usize + 8).copied().unwrap_or(0);
            read ^= u64::from(self.words.get(row.first_word as usize).copied().unwrap_or(0));
        }
        std::hint::black_box(read);
    }

    /// Number of a record after renumbering; `None` for a record that is not there.
    pub fn position(&self, record: RecordRef) -> Option<u32> {
        self.order.position(record)
    }

    /// Key of surname and given name, 0 unless both are there in full.
    pub fn person_key(&self, row: &Row) -> u64 {
        if row.surname == NONE || row.given == NONE || self.is_initial(row.given) {
            return 0;
        }
        hash(&(self.vocabulary.word(row.surname).skeleton, self.vocabulary.word(row.given).skeleton))
    }

    pub fn is_initial(&self, token: u32) -> bool {
        token != NONE && self.vocabulary.word(token).letters <= 1
    }
}

/// Words of a record among those of all.
pub fn words_of<'a, T>(row: &Row, words: &'a [T]) -> &'a [T] {
    &words[row.first_word as usize..][..usize::from(row.word_count)]
}

struct Chunk {
    rows: Vec<Row>,
    values: Vec<u64>,
    words: Vec<u64>,
    /// Record of the chunk with its extensions.
    extensions: Vec<(u32, Vec<u32>)>,
}

impl Chunk {
    /// Appends the next list of the last row.
    fn put(&mut self, list: List, values: impl IntoIterator<Item = u64>) {
        self.values.extend(values.into_iter().take(MOST_VALUES));
        if let Some(row) = self.rows.last_mut() {
            row.ends[list as usize] = (self.values.len() as u64 - row.start) as u16;
        }
    }
}

/// Packs both sides.
pub fn pack(data: &Snapshots) -> Packed<'_> {
    let refs = canonical_order(data);
    let chunks: Vec<Chunk> = refs.par_chunks(16_384).map(|refs| pack_chunk(data, refs)).collect();
    let total = |count: fn(&Chunk) -> usize| chunks.iter().map(count).sum::<usize>();
    let (mut rows, mut values) = (Vec::with_capacity(refs.len()), Vec::with_capacity(total(|c| c.values.len())));
    let mut words: Vec<u64> = Vec::with_capacity(total(|c| c.words.len()));
    let mut extensions = FxHashMap::default();
    for chunk in chunks {
        let (first, start, first_word) = (rows.len() as u32, values.len() as u64, words.len() as u32);
        rows.extend(chunk.rows.into_iter().map(|mut row: Row| {
            row.start += start;
            row.first_word += first_word;
            row
        }));
        values.extend(chunk.values);
        words.extend(chunk.words);
        extensions.extend(chunk.extensions.into_iter().map(|(at, found)| (first + at, found)));
    }
    let (vocabulary, parts) = vocabulary(data, &refs, &rows, &words);
    rows.par_iter_mut().zip(&parts).for_each(|(row, parts)| {
        [row.surname, row.given, row.patronymic] = parts.map(|h| if h == 0 { NONE } else { vocabulary.number(h) });
    });
    let words: Vec<u32> = words.into_par_iter().map(|h| vocabulary.number(h)).collect();
    fold_cores(&mut rows, &words, &vocabulary);
    find_externals(&mut rows, &refs);
    drop_filler_births(&mut rows);
    let mut position = Side::BOTH.map(|side| vec![0; data.parties(side).len()]);
    for (at, r) in refs.iter().enumerate() {
        position[r.side as usize][r.at()] = at as u32;
    }
    let mut packed = Packed {
        data,
        split: refs.partition_point(|r| r.side == Side::Crm) as u32,
        refs,
        rows,
        values,
        words,
        extensions,
        vocabulary,
        frequencies: Frequencies::default(),
        own: Own::default(),
        off: Vec::new(),
        order: Order { data, position },
    };
    packed.frequencies = frequencies(&packed);
    packed.frequencies.crowded = crowded(&packed);
    packed
}

/// Every record, sorted by what the sources say of it. Only records alike in every text may change places, and
/// those are the same to every later stage.
fn canonical_order(data: &Snapshots) -> Vec<RecordRef> {
    let refs = Side::BOTH.into_iter().flat_map(|side| data.parties(side).refs());
    let mut keyed: Vec<((Side, Entity, u128), RecordRef)> =
        refs.map(|r| ((r.side, data.entity(r), beginning(data.id(r))), r)).collect();
    keyed.par_sort_unstable_by(|(x, a), (y, b)| {
        x.cmp(y).then_with(|| data.id(*a).cmp(data.id(*b))).then_with(|| {
            let parties = data.parties(a.side);
            let texts = |r: RecordRef| Field::ALL.iter().map(move |&f| parties.raw.get(f, r.at()));
            texts(*a).cmp(texts(*b)).then(a.cmp(b))
        })
    });
    keyed.into_iter().map(|(_, r)| r).collect()
}

/// The first bytes of an id as a number that sorts as they do: most ids differ in them, and need no text for it.
fn beginning(id: &str) -> u128 {
    let mut bytes = [0; 16];
    let count = id.len().min(bytes.len());
    bytes[..count].copy_from_slice(&id.as_bytes()[..count]);
    u128::from_be_bytes(bytes)
}

fn pack_chunk(data: &Snapshots, refs: &[RecordRef]) -> Chunk {
    let mut chunk = Chunk {
        rows: Vec::with_capacity(refs.len()),
        values: Vec::with_capacity(refs.len() * 12),
        words: Vec::with_capacity(refs.len() * 3),
        extensions: Vec::new(),
    };
    let (mut sorted, mut numbers, mut digits, mut joined) = (Vec::new(), Vec::new(), String::new(), String::new());
    for &r in refs {
        let (p, at) = (data.parties(r.side), r.at());
        let core = p.core.get(at);
        let mut row = row(p, at);
        joined.clear();
        core.split(' ').for_each(|word| skeleton(word, &mut joined));
        row.core_joined = if joined.is_empty() { 0 } else { hash(joined.as_str()) };
        row.initials = initials(core);
        row.start = chunk.values.len() as u64;
        row.first_word = chunk.words.len() as u32;
        chunk.words.extend(core.split(' ').filter(|t| !t.is_empty()).take(MAX_TOKENS).map(hash));
        row.word_count = (chunk.words.len() as u32 - row.first_word) as u8;
        chunk.rows.push(row);

        let mut phones: Vec<(u64, u32)> = p.valid_phones(at).map(|f| (f.number(), f.extension())).collect();
        phones.extend(p.phones.get(at).iter().filter_map(|f| Some((foreign_number(&f.value)?, 0))));
        phones.sort_unstable();
        phones.dedup_by_key(|f| f.0);
        if phones.iter().any(|f| f.1 != 0) {
            chunk.extensions.push((chunk.rows.len() as u32 - 1, phones.iter().map(|f| f.1).collect()));
        }
        chunk.put(List::Phones, phones.iter().map(|f| f.0));
        sorted.clear();
        sorted.extend(phones.iter().map(|f| f.0 % TAIL_POWER));
        sorted.extend(p.phones.get(at).iter().filter_map(|f| local_number(&f.value)));
        sorted.sort_unstable();
        sorted.dedup();
        chunk.put(List::Tails, sorted.iter().copied());

        let mut emails: Vec<&Email> = p.valid_emails(at).collect();
        emails.sort_unstable();
        emails.dedup();
        chunk.put(List::Emails, emails.iter().map(|e| hash(e.as_str())));
        let mailbox = |e: &&Email| if is_role(e.local()) || e.local().len() < 4 { 0 } else { hash(e.local()) };
        chunk.put(List::Mailboxes, emails.iter().map(mailbox));
        chunk.put(List::Domains, emails.iter().map(|e| if is_free_mail(e.domain()) { 0 } else { hash(e.domain()) }));

        sorted.clear();
        sorted.extend(p.accounts.get(at).iter().filter_map(|a| a.value.valid()).map(|a| hash(a.as_str())));
        sorted.sort_unstable();
        sorted.dedup();
        chunk.put(List::Accounts, sorted.iter().copied());

        sorted.clear();
        numbers.clear();
        for (kind, field) in [Field::Snils, Field::Document, Field::TaxId].into_iter().enumerate() {
            digits.clear();
            // «Не указан» is no document that two people share.
            if normalize::text::means_none(p.raw.get(field, at)) {
                continue;
            }
            digits.extend(p.raw.get(field, at).chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase));
            let placeholder = digits.chars().all(|c| digits.starts_with(c));
            if digits.chars().count() >= 5 && !placeholder {
                sorted.push(hash(&(field.code(), digits.as_str())));
                let number = if digits.len() <= DOCUMENT_DIGITS { digits.parse::<u64>().ok() } else { None };
                numbers.extend(number.map(|n| n | (kind as u64 + 1) << DOCUMENT_BITS));
            }
        }
        sorted.sort_unstable();
        chunk.put(List::Documents, sorted.iter().copied());
        chunk.put(List::DocumentNumbers, numbers.iter().copied());

        sorted.clear();
        sorted.extend(core.split(' ').filter_map(number_in));
        sorted.sort_unstable();
        sorted.dedup();
        chunk.put(List::Numbers, sorted.iter().copied());

        sorted.clear();
        sorted.extend(p.address.get(at).split(' ').filter(|w| !w.is_empty()).take(MAX_ADDRESS_WORDS).map(hash));
        sorted.sort_unstable();
        sorted.dedup();
        if let Some(row) = chunk.rows.last_mut()
            && sorted.len() >= MIN_ADDRESS_WORDS
        {
            row.address_folded = hash(sorted.as_slice());
        }
        chunk.put(List::AddressWords, sorted.iter().copied());
    }
    chunk
}

fn row(p: &Parties, at: usize) -> Row {
    let inn = p.inn[at].valid();
    let kpp = p.kpp[at].valid();
    let entity = p.raw.entity[at];
    let text = |t: &str| if t.is_empty() { 0 } else { hash(t) };
    let class = match (inn, p.kind[at]) {
        (Some(inn), _) if inn.is_person() => Class::Human,
        (Some(_), PartyKind::Unknown | PartyKind::Legal | PartyKind::Foreign) => Class::Firm,
        (_, PartyKind::Legal | PartyKind::Foreign) => Class::Firm,
        (_, PartyKind::SoleTrader | PartyKind::Person) => Class::Human,
        (_, PartyKind::Unknown) if entity == Entity::Contact => Class::Human,
        (_, PartyKind::Unknown) => Class::Unknown,
    };
    let external = p.raw.get(Field::ExternalId, at).trim();
    let birth = match &p.birth_date[at] {
        Value::Valid(born) => Some(*born),
        // Nobody is that old, yet two cards that say so say the same.
        Value::Invalid { raw, defect: Defect::Impossible } => normalize::date::parse(raw).valid().copied(),
        _ => None,
    };
    Row {
        inn: inn.map_or(0, |i| i.number()),
        inn_broken: if inn.is_some() { 0 } else { p.inn_broken[at] },
        // A person has no KPP; one that stands there is copied from somewhere else. One read through Cyrillic letters
        // is a guess («АВ» may be AB or 01), and a guess must not make a branch.
        kpp: if inn.is_some_and(|i| i.is_person()) || p.kpp_notes[at].has(Notes::LOOKALIKE) {
            0
        } else {
            kpp.map_or(0, |k| k.key().max(1))
        },
        ogrn: p.ogrn[at].valid().map_or(0, |o| o.number()),
        id: id_key(entity, p.raw.id(at)),
        external: if normalize::text::means_none(external) { 0 } else { id_key(entity, external) },
        core: text(p.core.get(at)),
        core_folded: 0,
        core_joined: 0,
        address: text(p.address.get(at)),
        address_folded: 0,
        initials: 0,
        town: text(p.town.get(at)),
        latin_address: is_latin(p.address.get(at)),
        start: 0,
        ends: [0; LISTS],
        first_word: 0,
        word_count: 0,
        telling: (0, 0),
        generic: false,
        birth: birth.filter(|&d| is_meant(d)).map_or(0, |d| d.num_days_from_ce()),
        birth_sound: p.birth_date[at].is_valid(),
        surname: NONE,
        given: NONE,
        patronymic: NONE,
        class,
        form: p.form[at],
        kpp_largest: kpp.is_some_and(|k| k.is_largest_taxpayer()),
        inn_person: inn.is_some_and(|i| i.is_person()),
        branch: is_branch(p.core.get(at)),
        division: kpp.is_some_and(|k| DIVISIONS.contains(&k.reason())),
        own: p.flags[at].has(Flags::OWN),
        initialed: class != Class::Firm
            && p.core.get(at).split(' ').count() <= 4
            && p.core
                .get(at)
                .split(' ')
                .any(|word| word.chars().count() == 1 && !word.bytes().all(|b| b.is_ascii_digit())),
        id_clash: p.raw.id_clash[at],
        external_found: false,
        cited: false,
    }
}

/// More Latin letters than others: a letter that stands alone may have been read as a look-alike.
fn is_latin(text: &str) -> bool {
    let latin = text.bytes().filter(u8::is_ascii_alphabetic).count();
    // Cyrillic letters have two bytes.
    latin * 2 > text.bytes().filter(|b| !b.is_ascii()).count()
}

/// Number of digits of an unusable phone, and the number they make. `None` for a filler.
fn digits_of(phone: &Value<Phone>) -> Option<(u32, u64)> {
    let Value::Invalid { raw, defect } = phone else { return None };
    let digits = raw.bytes().filter(u8::is_ascii_digit).map(|b| u64::from(b - b'0'));
    let (count, number) = digits.fold((0u32, 0u64), |(n, all), d| (n + 1, all.wrapping_mul(10).wrapping_add(d)));
    (*defect != Defect::Placeholder && count <= MOST_PHONE_DIGITS).then_some((count, number))
}

/// A number of another country without its plus: not one of the zone of Russia, and long enough to be whole.
fn foreign_number(phone: &Value<Phone>) -> Option<u64> {
    digits_of(phone).filter(|d| d.0 > TAIL + 3).map(|d| d.1)
}

/// An unusable phone that may be a number without its area code; `None` for one of fewer than [`TAIL`] digits.
fn local_number(phone: &Value<Phone>) -> Option<u64> {
    let tail = digits_of(phone).filter(|d| d.0 >= TAIL).map(|d| d.1 % TAIL_POWER);
    // 0000000 is nobody's.
    tail.filter(|tail| tail % 1_111_111 != 0)
}

/// «Казанское моторостроительное производственное объединение» and «КМПО» share a key; 0 for a name that neither
/// gives initials nor may be some. Short words («и», «по») are left out of the count, as people leave them out.
fn initials(core: &str) -> u64 {
    let mut letters = [0u8; MAX_TOKENS];
    let mut words = 0;
    let mut first = "";
    for word in core.split(' ').filter(|w| !w.is_empty()) {
        let Some(c) = word.chars().next() else { continue };
        if words == 0 {
            first = word;
        }
        if is_connecting(word) {
            continue;
        }
        if words == MAX_TOKENS {
            return 0;
        }
        letters[words] = letter(c);
        words += 1;
    }
    match words {
        1 => {
            let mut count = 0;
            for c in first.chars() {
                if count == MAX_TOKENS {
                    return 0;
                }
                letters[count] = letter(c);
                count += 1;
            }
            if (3..=7).contains(&count) { hash(&letters[..count]) } else { 0 }
        }
        3..=7 => hash(&letters[..words]),
        _ => 0,
    }
}

/// Records that may share a date of birth by chance: one in so many, and a handful at least.
const BIRTHS: usize = 200;
const FEW_BIRTHS: usize = 20;

/// A date that very many records have stands for "not known".
fn drop_filler_births(rows: &mut [Row]) {
    let most = (rows.len() / BIRTHS).max(FEW_BIRTHS) as u32;
    let mut holders: FxHashMap<i32, u32> = FxHashMap::default();
    for row in rows.iter().filter(|row| row.birth != 0) {
        *holders.entry(row.birth).or_insert(0) += 1;
    }
    for row in rows.iter_mut().filter(|row| holders.get(&row.birth).is_some_and(|&n| n > most)) {
        row.birth = 0;
    }
}

fn is_meant(birth: NaiveDate) -> bool {
    birth.year() >= FIRST_YEAR && (birth.year(), birth.ordinal()) != (FIRST_YEAR, 1)
}

/// A GUID names one record of a system; a code names one of its entity (company 12 and contact 12 are two records).
fn id_key(entity: Entity, id: &str) -> u64 {
    let id = id.trim().to_ascii_lowercase();
    if id.len() == 36 && id.bytes().filter(|&b| b == b'-').count() == 4 {
        hash(id.as_str())
    } else {
        hash(&(entity.as_str(), id.as_str()))
    }
}

/// Letters from which on a word with a number at an end is a word: «СТРОЙДОМ33» misspelt is still number 33.
const NUMBERED_WORD: usize = 4;

/// The number a word of a name stands for: «5», «05» and «5А» differ from each other only in the letter, whatever its
/// alphabet. A digit between the letters of a word («ШК0ЛА») is a letter misread.
fn number_in(word: &str) -> Option<u64> {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    if digits == 0 || digits > MAX_NAME_NUMBER {
        return None;
    }
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    if letters == 0 {
        return Some(hash(word.trim_start_matches('0')));
    }
    let number = match letters {
        NUMBERED_WORD.. => {
            let outside = |c: char| c.is_ascii_digit();
            let inside = word.trim_matches(outside);
            let (before, after) = word.split_once(inside)?;
            if before.is_empty() && after.is_empty() {
                return None;
            }
            format!("{before}-{after}")
        }
        _ => {
            let mut number = String::new();
            skeleton(word, &mut number);
            number
        }
    };
    Some(hash(number.trim_start_matches('0')))
}

fn fold_cores(rows: &mut [Row], words: &[u32], vocabulary: &Vocabulary) {
    rows.par_iter_mut().for_each_init(Vec::new, |sorted, row| {
        sorted.clear();
        let all = || words_of(row, words).iter().map(|&token| vocabulary.word(token));
        sorted.extend(all().filter(|word| !word.filler).map(|word| word.skeleton));
        sorted.sort_unstable();
        let told = all().filter(|word| !word.generic && !word.filler).map(|word| word.letters);
        let telling = told.fold((0, 0u8), |(words, letters), n| (words + 1, letters.saturating_add(n)));
        let generic = all().all(|word| word.generic);
        (row.telling, row.generic) = (telling, generic);
        row.core_folded = if sorted.is_empty() { 0 } else { hash(sorted.as_slice()) };
    });
}

fn find_externals(rows: &mut [Row], refs: &[RecordRef]) {
    let split = refs.partition_point(|r| r.side == Side::Crm);
    let cited = |rows: &[Row]| rows.iter().map(|r| r.external).filter(|&id| id != 0).collect::<FxHashSet<u64>>();
    let citations = [cited(&rows[split..]), cited(&rows[..split])];
    if citations.iter().all(FxHashSet::is_empty) {
        return;
    }
    let ids = [&rows[split..], &rows[..split]].map(|rows| rows.iter().map(|r| r.id).collect::<FxHashSet<u64>>());
    for (at, row) in rows.iter_mut().enumerate() {
        // Each side looks into the keys of the other one.
        let side = usize::from(at >= split);
        row.external_found = row.external != 0 && ids[side].contains(&row.external);
        row.cited = citations[side].contains(&row.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_names() {
        assert_eq!(number_in("05"), number_in("5"));
        assert_ne!(number_in("5А"), number_in("5"));
        assert_ne!(number_in("5А"), number_in("5Б"));
        assert_eq!(number_in("К2"), number_in("K2"), "of either alphabet");
        assert_eq!(number_in("СТРОЙДОМ33"), number_in("СЬРОЙДОМ33"));
        assert_ne!(number_in("СТРОЙДОМ33"), number_in("СТРОЙДОМ34"));
        assert_ne!(number_in("СТРОЙДОМ33"), number_in("33СТРОЙДОМ"));
        assert_eq!(number_in("ШК0ЛА"), None, "a letter misread");
        assert_eq!(number_in("ВЕГА"), None);
        assert_eq!(number_in("7701234567"), None);
    }

    #[test]
    fn a_guid_names_a_record_and_a_code_one_of_its_entity() {
        let guid = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";
        let keys = |id: &str| [Entity::Counterparty, Entity::Contact].map(|entity| id_key(entity, id));
        let [a, b] = keys(guid);
        assert_eq!(a, b);
        assert_eq!(keys(&guid.to_uppercase()), keys(guid));
        let [a, b] = keys("12");
        assert_ne!(a, b);
        let [a, b] = keys("a code of thirty-six letters and sig");
        assert_ne!(a, b);
    }

    #[test]
    fn numbers_of_unusable_phones() {
        let phone = |raw: &str, defect| Value::<Phone>::invalid(raw, defect);
        let local = |raw| local_number(&phone(raw, Defect::Length));
        assert_eq!(local("246-15-01"), Some(2_461_501));
        assert_eq!(local("(95) 246-15-01"), Some(2_461_501), "the end is what counts");
        assert_eq!(local("46-15-01"), None, "too short");
        assert_eq!([local("000-00-00"), local("333-33-33")], [None, None], "nobody's");
        assert_eq!(local_number(&phone("246-15-01", Defect::Placeholder)), None);
        let foreign = |raw| foreign_number(&phone(raw, Defect::Length));
        assert_eq!(foreign("372 1234 5678"), Some(37_212_345_678));
        assert_eq!(foreign("1 234 567 890"), None, "ten digits are a number of Russia");
        assert_eq!(foreign("1234567890123456"), None, "no number is so long");
    }
}
