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
use super::typos;
use crate::model::{
    Defect, Email, Entity, Field, Flags, Notes, Parties, PartyKind, Phone, RecordRef, Side, Snapshots, Value,
};
use crate::normalize;
use crate::normalize::address::is_town_word;
use crate::normalize::company::{LegalForm, is_branch, is_stop_word};
use crate::normalize::email::{is_free_mail, is_role};
use crate::normalize::given_names;
use crate::normalize::person::is_patronymic;
use crate::normalize::translit::{skeleton, sounds};

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
/// Counters of address words: 4 MiB, more than twice the words of streets and towns of Russia.
const ADDRESS_COUNTERS: usize = 1 << 20;
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
    /// First letters of three words of the name or more, or the one word of a name that may be such letters.
    pub initials: u64,
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

/// Several values per record.
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

    pub fn get(&self, at: u32) -> &[T] {
        let at = at as usize;
        let start = if at == 0 { 0 } else { self.ends[at - 1] as usize };
        &self.values[start..self.ends[at] as usize]
    }

    fn append(&mut self, mut other: Ragged<T>) {
        let base = self.values.len() as u32;
        self.values.append(&mut other.values);
        self.ends.extend(other.ends.into_iter().map(|e| e + base));
    }

    pub fn values(&self) -> &[T] {
        &self.values
    }
}

/// Distinct words of names, one number each.
#[derive(Debug, Default)]
pub struct Vocabulary {
    hashes: Vec<u64>,
    /// Records that hold the word.
    pub records: Vec<u32>,
    /// Hash of the skeleton, equal for both alphabets.
    pub skeletons: Vec<u64>,
    pub letters: Ragged<u8>,
    /// Letters of the sound: typos are looked for in the sound, since one of two words may be in Latin.
    pub sounds: Ragged<u8>,
    /// Words that a rare word may be a mistyped form of, or the other way round; sorted.
    pub typos: Ragged<u32>,
    /// A word that says what a firm does or is, not which (ТОРГОВЫЙ, ДОМ, ГРУППА).
    pub generic: Vec<bool>,
    /// A word that joins others («и», «по»).
    pub connecting: Vec<bool>,
    /// A connecting word, or one that says that a branch is meant, not which: «Филиал в г. Самара», «Самара филиал».
    pub filler: Vec<bool>,
    /// A known town.
    pub town: Vec<bool>,
    /// A town or a given name: two of them are never slips of each other (Омск, Томск).
    pub known: Vec<bool>,
    /// Holds a digit.
    pub numeric: Vec<bool>,
    /// Ends as patronymics do.
    pub patronymic: Vec<bool>,
    /// Person names that this word is a form of (Саша: Александр, Александра), hashed and sorted.
    pub full_names: Ragged<u64>,
}

impl Vocabulary {
    /// Hash of a word, as [`Packed::address_words`] has it.
    pub fn hash_of(&self, token: u32) -> u64 {
        self.hashes[token as usize]
    }

    fn number(&self, hash: u64) -> u32 {
        self.hashes.binary_search(&hash).map_or(NONE, |at| at as u32)
    }
}

/// How many records hold a value.
#[derive(Debug, Default)]
pub struct Frequencies {
    pub inn_broken: FxHashMap<u64, u32>,
    pub phone: FxHashMap<u64, u32>,
    pub tail: FxHashMap<u64, u32>,
    pub email: FxHashMap<u64, u32>,
    pub account: FxHashMap<u64, u32>,
    pub document: FxHashMap<u64, u32>,
    pub core: FxHashMap<u64, u32>,
    pub core_folded: FxHashMap<u64, u32>,
    pub person: FxHashMap<u64, u32>,
    pub address: FxHashMap<u64, u32>,
    pub initials: FxHashMap<u64, u32>,
    /// Records by the low bits of the hash of an address word: two words may share a counter, which makes both look
    /// more common and never proves anything that is not so.
    pub address_word: Vec<u32>,
    /// INNs and OGRNs that stand with two or more different territorial KPPs.
    pub branches: FxHashSet<u64>,
    /// Phones, e-mails and addresses that stand with two or more of the KPPs of one such firm.
    pub shared_by_branches: FxHashSet<u64>,
    /// Phones and e-mails under more names than one party has: of an accounting firm, a reception, a market.
    pub crowded: FxHashSet<u64>,
}

/// All records of both sides, CRM first.
pub struct Packed<'a> {
    pub data: &'a Snapshots,
    pub refs: Vec<RecordRef>,
    pub rows: Vec<Row>,
    /// Phones as `number`, with extensions in `extensions` at the same place.
    pub phones: Ragged<u64>,
    pub extensions: Ragged<u32>,
    /// Last [`TAIL`] digits of every phone, of those that lack their area code too.
    pub tails: Ragged<u64>,
    pub emails: Ragged<u64>,
    /// Hash of the part before `@`, 0 for a role mailbox (info, sales).
    pub mailboxes: Ragged<u64>,
    /// Hash of the domain, 0 for a free mail service.
    pub domains: Ragged<u64>,
    pub accounts: Ragged<u64>,
    /// SNILS, identity documents, foreign tax numbers: hash of kind and digits.
    pub documents: Ragged<u64>,
    /// Documents whose number has digits only: kind and number, so that slips show.
    pub document_numbers: Ragged<u64>,
    /// Words of the name core in their order.
    pub tokens: Ragged<u32>,
    /// Numbers in the name, sorted.
    pub numbers: Ragged<u64>,
    /// Words of the address, hashed, sorted.
    pub address_words: Ragged<u64>,
    pub vocabulary: Vocabulary,
    pub frequencies: Frequencies,
    position: FxHashMap<RecordRef, u32>,
}

impl Row {
    /// A part of a firm and not its head office, by name or by KPP.
    pub fn is_part(&self) -> bool {
        self.branch || self.division
    }
}

impl Packed<'_> {
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn row(&self, at: u32) -> &Row {
        &self.rows[at as usize]
    }

    /// Number of a record after renumbering; `None` for a record that is not there.
    pub fn position(&self, record: RecordRef) -> Option<u32> {
        self.position.get(&record).copied()
    }

    /// Key of surname and given name, 0 unless both are there in full.
    pub fn person_key(&self, row: &Row) -> u64 {
        if row.surname == NONE || row.given == NONE || self.is_initial(row.given) {
            return 0;
        }
        hash(&(self.vocabulary.skeletons[row.surname as usize], self.vocabulary.skeletons[row.given as usize]))
    }

    pub fn is_initial(&self, token: u32) -> bool {
        token != NONE && self.vocabulary.letters.get(token).len() <= 1
    }
}

struct Chunk {
    rows: Vec<Row>,
    phones: Ragged<u64>,
    extensions: Ragged<u32>,
    tails: Ragged<u64>,
    emails: Ragged<u64>,
    mailboxes: Ragged<u64>,
    domains: Ragged<u64>,
    accounts: Ragged<u64>,
    documents: Ragged<u64>,
    document_numbers: Ragged<u64>,
    tokens: Ragged<u64>,
    numbers: Ragged<u64>,
    address_words: Ragged<u64>,
}

/// Packs both sides.
pub fn pack(data: &Snapshots) -> Packed<'_> {
    let refs = canonical_order(data);
    let chunks: Vec<Chunk> = refs.par_chunks(16_384).map(|refs| pack_chunk(data, refs)).collect();
    let mut chunks = chunks.into_iter();
    let mut all = chunks.next().unwrap_or_else(|| pack_chunk(data, &[]));
    for chunk in chunks {
        all.rows.extend(chunk.rows);
        all.phones.append(chunk.phones);
        all.extensions.append(chunk.extensions);
        all.tails.append(chunk.tails);
        all.emails.append(chunk.emails);
        all.mailboxes.append(chunk.mailboxes);
        all.domains.append(chunk.domains);
        all.accounts.append(chunk.accounts);
        all.documents.append(chunk.documents);
        all.document_numbers.append(chunk.document_numbers);
        all.tokens.append(chunk.tokens);
        all.numbers.append(chunk.numbers);
        all.address_words.append(chunk.address_words);
    }
    let (vocabulary, parts) = vocabulary(data, &refs, &all.tokens);
    let mut rows = all.rows;
    rows.par_iter_mut().zip(&parts).for_each(|(row, parts)| {
        [row.surname, row.given, row.patronymic] = parts.map(|h| if h == 0 { NONE } else { vocabulary.number(h) });
    });
    let tokens =
        Ragged { values: all.tokens.values.par_iter().map(|&h| vocabulary.number(h)).collect(), ends: all.tokens.ends };
    fold_cores(&mut rows, &tokens, &vocabulary);
    find_externals(&mut rows, &refs);
    drop_filler_births(&mut rows);
    let position = refs.iter().enumerate().map(|(at, &r)| (r, at as u32)).collect();
    let mut packed = Packed {
        data,
        refs,
        rows,
        phones: all.phones,
        extensions: all.extensions,
        tails: all.tails,
        emails: all.emails,
        mailboxes: all.mailboxes,
        domains: all.domains,
        accounts: all.accounts,
        documents: all.documents,
        document_numbers: all.document_numbers,
        tokens,
        numbers: all.numbers,
        address_words: all.address_words,
        vocabulary,
        frequencies: Frequencies::default(),
        position,
    };
    packed.frequencies = frequencies(&packed);
    packed.frequencies.crowded = crowded(&packed);
    packed
}

/// Every record, sorted by what the sources say of it. Only records alike in every text may change places, and
/// those are the same to every later stage.
fn canonical_order(data: &Snapshots) -> Vec<RecordRef> {
    let mut refs: Vec<RecordRef> = Side::BOTH.into_iter().flat_map(|side| data.parties(side).refs()).collect();
    refs.par_sort_unstable_by(|&a, &b| {
        (a.side, data.entity(a), data.id(a)).cmp(&(b.side, data.entity(b), data.id(b))).then_with(|| {
            let parties = data.parties(a.side);
            let texts = |r: RecordRef| Field::ALL.iter().map(move |&f| parties.raw.get(f, r.at()));
            texts(a).cmp(texts(b)).then(a.cmp(&b))
        })
    });
    refs
}

fn pack_chunk(data: &Snapshots, refs: &[RecordRef]) -> Chunk {
    let mut chunk = Chunk {
        rows: Vec::with_capacity(refs.len()),
        phones: Ragged::default(),
        extensions: Ragged::default(),
        tails: Ragged::default(),
        emails: Ragged::default(),
        mailboxes: Ragged::default(),
        domains: Ragged::default(),
        accounts: Ragged::default(),
        documents: Ragged::default(),
        document_numbers: Ragged::default(),
        tokens: Ragged::default(),
        numbers: Ragged::default(),
        address_words: Ragged::default(),
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
        chunk.rows.push(row);

        let mut phones: Vec<(u64, u32)> = p.valid_phones(at).map(|f| (f.number(), f.extension())).collect();
        phones.extend(p.phones.get(at).iter().filter_map(|f| Some((foreign_number(&f.value)?, 0))));
        phones.sort_unstable();
        phones.dedup_by_key(|f| f.0);
        chunk.phones.push(phones.iter().map(|f| f.0));
        chunk.extensions.push(phones.iter().map(|f| f.1));
        sorted.clear();
        sorted.extend(phones.iter().map(|f| f.0 % TAIL_POWER));
        sorted.extend(p.phones.get(at).iter().filter_map(|f| local_number(&f.value)));
        sorted.sort_unstable();
        sorted.dedup();
        chunk.tails.push(sorted.iter().copied());

        let mut emails: Vec<&Email> = p.valid_emails(at).collect();
        emails.sort_unstable();
        emails.dedup();
        chunk.emails.push(emails.iter().map(|e| hash(e.as_str())));
        chunk
            .mailboxes
            .push(emails.iter().map(|e| if is_role(e.local()) || e.local().len() < 4 { 0 } else { hash(e.local()) }));
        chunk.domains.push(emails.iter().map(|e| if is_free_mail(e.domain()) { 0 } else { hash(e.domain()) }));

        sorted.clear();
        sorted.extend(p.accounts.get(at).iter().filter_map(|a| a.value.valid()).map(|a| hash(a.as_str())));
        sorted.sort_unstable();
        sorted.dedup();
        chunk.accounts.push(sorted.iter().copied());

        sorted.clear();
        numbers.clear();
        for (kind, field) in [Field::Snils, Field::Document, Field::TaxId].into_iter().enumerate() {
            digits.clear();
            digits.extend(p.raw.get(field, at).chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase));
            let placeholder = digits.chars().all(|c| digits.starts_with(c));
            if digits.chars().count() >= 5 && !placeholder {
                sorted.push(hash(&(field.code(), digits.as_str())));
                let number = if digits.len() <= DOCUMENT_DIGITS { digits.parse::<u64>().ok() } else { None };
                numbers.extend(number.map(|n| n | (kind as u64 + 1) << DOCUMENT_BITS));
            }
        }
        sorted.sort_unstable();
        chunk.documents.push(sorted.iter().copied());
        chunk.document_numbers.push(numbers.iter().copied());

        chunk.tokens.push(core.split(' ').filter(|t| !t.is_empty()).take(MAX_TOKENS).map(hash));

        sorted.clear();
        sorted.extend(core.split(' ').filter_map(number_in));
        sorted.sort_unstable();
        sorted.dedup();
        chunk.numbers.push(sorted.iter().copied());

        sorted.clear();
        sorted.extend(p.address.get(at).split(' ').filter(|w| !w.is_empty()).take(MAX_ADDRESS_WORDS).map(hash));
        sorted.sort_unstable();
        sorted.dedup();
        if let Some(row) = chunk.rows.last_mut()
            && sorted.len() >= MIN_ADDRESS_WORDS
        {
            row.address_folded = hash(sorted.as_slice());
        }
        chunk.address_words.push(sorted.iter().copied());
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
        external: if external.is_empty() { 0 } else { id_key(entity, external) },
        core: text(p.core.get(at)),
        core_folded: 0,
        core_joined: 0,
        address: text(p.address.get(at)),
        address_folded: 0,
        initials: 0,
        town: text(p.town.get(at)),
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

/// A word of «филиал в г.», «обособленное подразделение». `word` is folded.
fn is_branch_word(word: &str) -> bool {
    matches!(
        word,
        "ФИЛИАЛ"
            | "ФИЛИАЛА"
            | "ОБОСОБЛЕННОЕ"
            | "СТРУКТУРНОЕ"
            | "ПОДРАЗДЕЛЕНИЕ"
            | "ОП"
            | "Г"
            | "ГОР"
            | "ГОРОД"
    )
}

/// A word that joins others and gives no letter to an abbreviation. `word` is folded.
fn is_connecting(word: &str) -> bool {
    matches!(
        word,
        "И" | "В"
            | "С"
            | "НА"
            | "ПО"
            | "ДЛЯ"
            | "ИЗ"
            | "ИМ"
            | "ИМЕНИ"
            | "ОТ"
            | "ПРИ"
            | "OF"
            | "AND"
            | "THE"
            | "FOR"
    )
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

/// The number a word of a name stands for: «5», «05» and «5А» differ from each other only in the letter.
fn number_in(word: &str) -> Option<u64> {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    if digits == 0 || digits > MAX_NAME_NUMBER {
        return None;
    }
    Some(hash(word.trim_start_matches('0')))
}

type Parts = [u64; 3];

/// The vocabulary of names, and the hashes of (surname, given name, patronymic) of every record.
fn vocabulary(data: &Snapshots, refs: &[RecordRef], tokens: &Ragged<u64>) -> (Vocabulary, Vec<Parts>) {
    let parts: Vec<Parts> = refs
        .par_iter()
        .map(|&r| {
            let p = data.parties(r.side);
            [&p.surname, &p.given, &p.patronymic].map(|c| match c.get(r.at()) {
                "" => 0,
                text => hash(text),
            })
        })
        .collect();
    // (hash, record): sorted and without repeats, a run is a word with the records that hold it.
    let mut uses: Vec<(u64, u32)> = Vec::with_capacity(tokens.values().len() + refs.len() * 3);
    for (at, parts) in parts.iter().enumerate() {
        let at = at as u32;
        uses.extend(tokens.get(at).iter().chain(parts).filter(|&&h| h != 0).map(|&h| (h, at)));
    }
    uses.par_sort_unstable();
    uses.dedup();
    let mut vocabulary = Vocabulary::default();
    let (mut code, mut folded) = (Vec::new(), String::new());
    for run in uses.chunk_by(|a, b| a.0 == b.0) {
        let (word_hash, at) = run[0];
        let word = find_word(data, refs[at as usize], word_hash);
        vocabulary.hashes.push(word_hash);
        vocabulary.records.push(run.len() as u32);
        code.clear();
        code.extend(word.chars().map(letter));
        vocabulary.letters.push(code.iter().copied());
        folded.clear();
        skeleton(word, &mut folded);
        vocabulary.skeletons.push(if folded.is_empty() { word_hash } else { hash(folded.as_str()) });
        folded.clear();
        sounds(word, &mut folded);
        vocabulary.sounds.push(folded.chars().map(letter));
        vocabulary.town.push(is_town_word(word));
        vocabulary.known.push(is_town_word(word) || given_names::get(word).is_some());
        vocabulary.generic.push(is_stop_word(word));
        vocabulary.connecting.push(is_connecting(word));
        vocabulary.filler.push(is_connecting(word) || is_branch_word(word));
        vocabulary.numeric.push(word.bytes().any(|b| b.is_ascii_digit()));
        vocabulary.patronymic.push(is_patronymic(word));
        vocabulary.full_names.push(full_names(word));
    }
    vocabulary.typos = typos::neighbours(&vocabulary);
    (vocabulary, parts)
}

/// Hashes of the given names that a word stands for, in either alphabet; empty for a word that is none.
fn full_names(word: &str) -> Vec<u64> {
    let meaning = given_names::get(word)
        .or_else(|| given_names::from_latin(word).filter(|_| word.is_ascii()).and_then(given_names::get));
    meaning.map_or_else(Vec::new, |m| m.full.iter().map(hash).collect())
}

/// The word of a record that has this hash.
fn find_word(data: &Snapshots, r: RecordRef, wanted: u64) -> &str {
    let (p, at) = (data.parties(r.side), r.at());
    p.core
        .get(at)
        .split(' ')
        .chain([p.surname.get(at), p.given.get(at), p.patronymic.get(at)])
        .find(|word| hash(*word) == wanted)
        .expect("the hash was made of a word of this record")
}

fn fold_cores(rows: &mut [Row], tokens: &Ragged<u32>, vocabulary: &Vocabulary) {
    rows.par_iter_mut().enumerate().for_each_init(Vec::new, |sorted, (at, row)| {
        sorted.clear();
        let telling = tokens.get(at as u32).iter().filter(|&&t| !vocabulary.filler[t as usize]);
        sorted.extend(telling.map(|&t| vocabulary.skeletons[t as usize]));
        sorted.sort_unstable();
        row.core_folded = if sorted.is_empty() { 0 } else { hash(sorted.as_slice()) };
    });
}

fn find_externals(rows: &mut [Row], refs: &[RecordRef]) {
    let split = refs.partition_point(|r| r.side == Side::Crm);
    let keys = |rows: &[Row], key: fn(&Row) -> u64| rows.iter().map(key).collect::<FxHashSet<u64>>();
    let ids = [keys(&rows[split..], |r| r.id), keys(&rows[..split], |r| r.id)];
    let citations = [keys(&rows[split..], |r| r.external), keys(&rows[..split], |r| r.external)];
    for (at, row) in rows.iter_mut().enumerate() {
        // Each side looks into the keys of the other one.
        let side = usize::from(at >= split);
        row.external_found = row.external != 0 && ids[side].contains(&row.external);
        row.cited = citations[side].contains(&row.id);
    }
}

/// Numbers of firms that have branches. INN and OGRN name the same firm, so what one shows holds for the other.
fn branches(rows: &[Row]) -> FxHashSet<u64> {
    let firm = |r: &&Row| !r.inn_person && (r.inn != 0 || r.ogrn != 0);
    let mut parts: Vec<(u64, u64)> = rows
        .iter()
        .filter(firm)
        .filter(|r| r.kpp != 0 && !r.kpp_largest)
        .flat_map(|r| [(r.inn, r.kpp), (r.ogrn, r.kpp)])
        .filter(|part| part.0 != 0)
        .collect();
    parts.sort_unstable();
    parts.dedup();
    let mut branches: FxHashSet<u64> =
        parts.chunk_by(|a, b| a.0 == b.0).filter(|run| run.len() > 1).map(|run| run[0].0).collect();
    let both: Vec<(u64, u64)> =
        rows.iter().filter(firm).filter(|r| r.inn != 0 && r.ogrn != 0).map(|r| (r.inn, r.ogrn)).collect();
    for _ in 0..2 {
        for &(inn, ogrn) in &both {
            if branches.contains(&inn) || branches.contains(&ogrn) {
                branches.extend([inn, ogrn]);
            }
        }
    }
    branches
}

fn address_words(words: &[u64]) -> Vec<u32> {
    let mut counters = vec![0; ADDRESS_COUNTERS];
    for &word in words {
        counters[word as usize % ADDRESS_COUNTERS] += 1;
    }
    counters
}

impl Frequencies {
    /// Records whose address holds the word.
    pub fn of_address_word(&self, word: u64) -> u32 {
        self.address_word[word as usize % ADDRESS_COUNTERS]
    }
}

fn frequencies(p: &Packed) -> Frequencies {
    fn count(keys: impl Iterator<Item = u64>) -> FxHashMap<u64, u32> {
        let mut counts = FxHashMap::default();
        for key in keys.filter(|&k| k != 0) {
            *counts.entry(key).or_insert(0) += 1;
        }
        counts
    }
    let branches = branches(&p.rows);
    Frequencies {
        inn_broken: count(p.rows.iter().map(|r| r.inn_broken)),
        phone: count(p.phones.values().iter().copied()),
        email: count(p.emails.values().iter().copied()),
        account: count(p.accounts.values().iter().copied()),
        document: count(p.document_numbers.values().iter().copied()),
        core: count(p.rows.iter().map(|r| r.core)),
        core_folded: count(p.rows.iter().map(|r| r.core_folded)),
        person: count(p.rows.iter().map(|r| p.person_key(r))),
        tail: count(p.tails.values().iter().copied()),
        address: count(p.rows.iter().map(|r| r.address_folded)),
        initials: count(p.rows.iter().map(|r| r.initials)),
        address_word: address_words(p.address_words.values()),
        shared_by_branches: shared_by_branches(p, &branches),
        branches,
        crowded: FxHashSet::default(),
    }
}

/// Different names under which one party is met at most.
const NAMES_OF_ONE: usize = 4;

/// Phones and e-mails with more than [`NAMES_OF_ONE`] names.
fn crowded(p: &Packed) -> FxHashSet<u64> {
    let f = &p.frequencies;
    let often = |counts: &FxHashMap<u64, u32>, value| counts.get(&value).is_some_and(|&n| n as usize > NAMES_OF_ONE);
    let mut names: Vec<(u64, u64)> = Vec::new();
    for at in 0..p.len() as u32 {
        let row = p.row(at);
        let phones = p.phones.get(at).iter().filter(|&&v| often(&f.phone, v));
        let emails = p.emails.get(at).iter().filter(|&&v| often(&f.email, v));
        let person = p.person_key(row);
        let name = if person != 0 { person } else { row.core_folded };
        names.extend(phones.chain(emails).map(|&value| (value, name)));
    }
    names.sort_unstable();
    names.dedup();
    names.chunk_by(|a, b| a.0 == b.0).filter(|run| run.len() > NAMES_OF_ONE).map(|run| run[0].0).collect()
}

/// Ways to reach a firm that do not tell which part of it is meant.
fn shared_by_branches(p: &Packed, branches: &FxHashSet<u64>) -> FxHashSet<u64> {
    let mut uses: Vec<(u64, u64)> = Vec::new();
    for at in 0..p.len() as u32 {
        let row = p.row(at);
        if row.kpp != 0 && (branches.contains(&row.inn) || branches.contains(&row.ogrn)) {
            let values = p.phones.get(at).iter().chain(p.emails.get(at)).chain([&row.address_folded]);
            uses.extend(values.filter(|&&value| value != 0).map(|&value| (value, row.kpp)));
        }
    }
    uses.sort_unstable();
    uses.dedup();
    uses.chunk_by(|a, b| a.0 == b.0).filter(|run| run.len() > 1).map(|run| run[0].0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_names() {
        assert_eq!(number_in("05"), number_in("5"));
        assert_ne!(number_in("5А"), number_in("5"));
        assert_eq!(number_in("ВЕГА"), None);
        assert_eq!(number_in("7701234567"), None);
    }
}
