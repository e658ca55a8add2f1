//! Candidate pairs: records that share a key rare enough to matter.
//!
//! A key is worth emitting only while a pair that agrees on it can still reach the review threshold, so each rule has
//! a cap on the records of a key. Rules on names emit only words rare enough; a value of an identifier that passes its
//! cap is refined with second attributes, and what is left over is chained, each record to its neighbours: work stays
//! near-linear and nobody drops out. Sort-merge on hashed keys, sequential memory only.

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::group::{self, Entry, by_key};
use super::pack::{NONE, Packed, Row, hash};
use super::types::{OversizedKey, RuleCount};
use crate::model::Field;

/// Appends the keys of a record; 0 is no key.
type Keys = fn(&Packed, u32, &mut Vec<u64>);

/// Where the keys of a rule come from.
enum Source {
    /// Each record by itself.
    Own(Keys),
    /// All records together: keys that only a few records need, met by the others.
    Joint(fn(&Packed) -> Vec<Entry>),
}

/// A way to propose pairs.
struct Rule {
    name: &'static str,
    field: Field,
    /// Records of one key that are all paired with each other.
    cap: usize,
    keys: Source,
    /// Second attributes for keys beyond the cap, with their name in [`OversizedKey::refined_by`].
    refine: &'static [Keys],
    refined_by: &'static str,
    /// The value identifies somebody: when too many hold it, people want to know.
    reported: bool,
}

/// Rules by strength; a pair counts for the first that proposes it. At most 32: a bit each in [`proposers`].
const RULES: &[Rule] = &[
    Rule {
        name: "external-id",
        field: Field::ExternalId,
        cap: 20,
        keys: Source::Own(external),
        refine: &[name, tax],
        refined_by: "name",
        reported: true,
    },
    Rule {
        name: "inn",
        field: Field::Inn,
        cap: 40,
        keys: Source::Own(inn),
        refine: &[kpp, name, phone],
        refined_by: "kpp",
        reported: true,
    },
    Rule {
        name: "ogrn",
        field: Field::Ogrn,
        cap: 40,
        keys: Source::Own(|p, at, out| out.push(p.row(at).ogrn)),
        refine: &[kpp, name, phone],
        refined_by: "kpp",
        reported: true,
    },
    Rule {
        name: "bank-account",
        field: Field::BankAccount,
        cap: 24,
        keys: Source::Own(|p, at, out| out.extend_from_slice(p.accounts(at))),
        refine: &[name, tax, surname],
        refined_by: "name",
        reported: true,
    },
    Rule {
        name: "document",
        field: Field::Document,
        cap: 24,
        keys: Source::Own(|p, at, out| out.extend_from_slice(p.documents(at))),
        refine: &[name, tax, surname],
        refined_by: "name",
        reported: true,
    },
    Rule {
        name: "phone",
        field: Field::Phone,
        cap: 24,
        keys: Source::Own(phone),
        refine: &[name, tax, surname, rarest],
        refined_by: "name",
        reported: true,
    },
    Rule {
        name: "email",
        field: Field::Email,
        cap: 24,
        keys: Source::Own(email),
        refine: &[name, tax, surname, rarest],
        refined_by: "name",
        reported: true,
    },
    Rule {
        name: "phone-tail",
        field: Field::Phone,
        cap: 12,
        keys: Source::Joint(phone_tails),
        refine: &[name, tax, surname, rarest],
        refined_by: "name",
        reported: false,
    },
    Rule {
        name: "near-inn",
        field: Field::Inn,
        cap: 12,
        keys: Source::Joint(near_inns),
        refine: &[name],
        refined_by: "name",
        reported: false,
    },
    Rule {
        name: "near-document",
        field: Field::Document,
        cap: 12,
        keys: Source::Joint(near_documents),
        refine: &[surname],
        refined_by: "surname",
        reported: false,
    },
    Rule {
        name: "name",
        field: Field::Name,
        cap: 24,
        keys: Source::Own(whole_name),
        refine: &[tax, phone, email, town],
        refined_by: "inn, phone, e-mail, town",
        reported: true,
    },
    Rule {
        name: "person",
        field: Field::LastName,
        cap: 24,
        keys: Source::Own(person),
        refine: &[full_person, phone, email, birth, town],
        refined_by: "patronymic, phone, e-mail, birth date, town",
        reported: false,
    },
    Rule {
        name: "birth-name",
        field: Field::BirthDate,
        cap: 24,
        keys: Source::Own(birth_name),
        refine: &[full_person, phone],
        refined_by: "patronymic, phone",
        reported: false,
    },
    Rule {
        name: "address",
        field: Field::Address,
        cap: 12,
        keys: Source::Joint(addresses),
        refine: &[name, surname, rarest],
        refined_by: "name",
        reported: false,
    },
    Rule {
        name: "initials",
        field: Field::Name,
        cap: 12,
        keys: Source::Joint(initials),
        refine: &[town, tax],
        refined_by: "town",
        reported: false,
    },
    Rule {
        name: "rare-word",
        field: Field::Name,
        cap: RARE,
        keys: Source::Own(rare_words),
        refine: &[town, phone],
        refined_by: "town",
        reported: false,
    },
    Rule {
        name: "two-words",
        field: Field::Name,
        cap: 24,
        keys: Source::Own(two_words),
        refine: &[town, phone, tax],
        refined_by: "town",
        reported: false,
    },
    Rule {
        name: "word-town",
        field: Field::Name,
        cap: 24,
        keys: Source::Own(word_town),
        refine: &[phone, tax],
        refined_by: "phone",
        reported: false,
    },
    Rule {
        name: "domain-word",
        field: Field::Email,
        cap: 24,
        keys: Source::Own(domain_word),
        refine: &[town, phone, tax],
        refined_by: "town",
        reported: false,
    },
];

/// Records of a word that proposes pairs by itself: more common ones need a second word or a town.
const RARE: usize = 12;
/// Neighbours each record of a key beyond repair is paired with.
const CHAIN: usize = 2;
/// Positions of records in a pair code have 28 bits; `ingest::MAX_ROWS` keeps two sides below that.
const POSITION_BITS: u32 = 28;
const RULE_BITS: u32 = 8;
/// Words that a mistyped one may stand for and that are tried.
const MEANT: usize = 4;

/// A candidate pair: `a < b`, and the first rule that proposed it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Candidate(u64);

impl Candidate {
    fn new(a: u32, b: u32, rule: usize) -> Candidate {
        let (a, b) = (a.min(b), a.max(b));
        Candidate(u64::from(a) << (POSITION_BITS + RULE_BITS) | u64::from(b) << RULE_BITS | rule as u64)
    }

    /// A pair that a person named; no rule proposed it.
    pub fn decided(a: u32, b: u32) -> Candidate {
        Candidate::new(a, b, RULES.len())
    }

    pub fn a(self) -> u32 {
        (self.0 >> (POSITION_BITS + RULE_BITS)) as u32
    }

    pub fn b(self) -> u32 {
        (self.0 >> RULE_BITS) as u32 & ((1 << POSITION_BITS) - 1)
    }

    /// Position of the rule, behind the last for a pair that only a person proposed.
    fn rule_number(self) -> usize {
        (self.0 & ((1 << RULE_BITS) - 1)) as usize
    }

    /// Name of the rule; `decision` for a pair that only a person proposed.
    pub fn rule(self) -> &'static str {
        RULES.get(self.rule_number()).map_or("decision", |r| r.name)
    }

    pub fn same_pair(self, other: Candidate) -> bool {
        self.0 >> RULE_BITS == other.0 >> RULE_BITS
    }
}

/// Candidate pairs, each once, sorted by (a, b) through the parts.
///
/// In parts since the pairs of one record, which many rules bring, then meet in a part that fits the caches.
pub struct Candidates {
    parts: Vec<Vec<Candidate>>,
    /// Records that are the lower one in the pairs of a part: `1 << shift`.
    shift: u32,
}

/// Lower records of the pairs of one part.
const PART_RECORDS: u32 = 2_048;

impl Candidates {
    /// Room for pairs of this many records.
    fn new(records: usize) -> Candidates {
        let shift = PART_RECORDS.ilog2();
        Candidates { parts: vec![Vec::new(); (records >> shift) + 1], shift }
    }

    fn add(&mut self, found: &[Candidate]) {
        for &candidate in found {
            self.parts[(candidate.a() >> self.shift) as usize].push(candidate);
        }
    }

    /// Sorts, and leaves of equal pairs that of the strongest rule.
    fn settle(&mut self) {
        self.parts.par_iter_mut().for_each(|part| {
            part.sort_unstable();
            part.dedup_by(|later, earlier| later.same_pair(*earlier));
            part.shrink_to_fit();
        });
    }

    #[cfg(test)]
    pub fn of(records: usize, found: &[Candidate]) -> Candidates {
        let mut candidates = Candidates::new(records);
        candidates.add(found);
        candidates.settle();
        candidates
    }

    pub fn parts(&self) -> &[Vec<Candidate>] {
        &self.parts
    }

    pub fn len(&self) -> usize {
        self.parts.iter().map(Vec::len).sum()
    }

    /// The candidate of a pair.
    pub fn find(&self, a: u32, b: u32) -> Option<Candidate> {
        let part = self.parts.get((a >> self.shift) as usize)?;
        let at = part.partition_point(|c| (c.a(), c.b()) < (a, b));
        part.get(at).copied().filter(|c| (c.a(), c.b()) == (a, b))
    }
}

/// What blocking found.
pub struct Blocks {
    pub candidates: Candidates,
    pub rules: Vec<RuleCount>,
    pub oversized: Vec<OversizedKey>,
}

/// Proposes pairs. `decided`: pairs that persons judged, scored whatever their keys.
pub fn block(p: &Packed, decided: &[(u32, u32)]) -> Blocks {
    let mut candidates = Candidates::new(p.len());
    candidates.add(&decided.iter().map(|&(a, b)| Candidate::decided(a, b)).collect::<Vec<_>>());
    let mut rules = Vec::with_capacity(RULES.len());
    let mut oversized = Vec::new();
    for (at, rule) in RULES.iter().enumerate() {
        let mut keys = 0;
        for found in propose(p, at) {
            candidates.add(&found.candidates);
            oversized.extend(found.oversized);
            keys += found.keys;
        }
        rules.push(RuleCount { rule: rule.name, keys, pairs: 0 });
    }
    candidates.settle();
    let count = |part: &Vec<Candidate>| {
        let mut pairs = [0; RULES.len() + 1];
        part.iter().for_each(|candidate| pairs[candidate.rule_number()] += 1);
        pairs
    };
    for part in candidates.parts.par_iter().map(count).collect::<Vec<_>>() {
        rules.iter_mut().zip(part).for_each(|(rule, pairs)| rule.pairs += pairs);
    }
    oversized.sort_by_key(|o| (o.1, o.0, o.2));
    Blocks { candidates, rules, oversized: oversized.into_iter().map(|o| o.3).collect() }
}

/// For each of the sorted `pairs` the rules that propose it, a bit each in the order of the catalogue.
pub fn proposers(p: &Packed, pairs: &[(u32, u32)]) -> Vec<u32> {
    let mut found = vec![0; pairs.len()];
    for at in 0..RULES.len() {
        for candidate in propose(p, at).into_iter().flat_map(|part| part.candidates) {
            if let Ok(place) = pairs.binary_search(&(candidate.a(), candidate.b())) {
                found[place] |= 1 << at;
            }
        }
    }
    found
}

/// Names of the rules in the order of the catalogue.
pub fn rule_names() -> impl Iterator<Item = &'static str> {
    RULES.iter().map(|rule| rule.name)
}

/// (first record, rule, key) sorts keys that are too common as reports list them.
type Oversized = (u32, usize, u64, OversizedKey);

/// What one rule finds among a part of its keys.
#[derive(Default)]
struct Proposed {
    /// Repeats included.
    candidates: Vec<Candidate>,
    oversized: Vec<Oversized>,
    /// Keys that two records or more share.
    keys: u64,
}

/// The pairs of one rule, by parts of its keys.
fn propose(p: &Packed, at: usize) -> Vec<Proposed> {
    let rule = &RULES[at];
    let entries = match rule.keys {
        Source::Own(keys) => group::entries(p, keys),
        Source::Joint(entries) => vec![entries(p)],
    };
    by_key(entries, group::Keys::Any, 2, |group, found: &mut Proposed| {
        found.keys += 1;
        if group.len() <= rule.cap {
            all_pairs(group, at, &mut found.candidates);
            return;
        }
        refine(p, rule, at, group, &mut found.candidates);
        if rule.reported {
            let mut records: Vec<_> = group.iter().map(|e| p.refs[e.1 as usize]).collect();
            records.sort_unstable();
            let key = OversizedKey { rule: rule.name, field: rule.field, records, refined_by: rule.refined_by };
            found.oversized.push((group[0].1, at, group[0].0, key));
        }
    })
}

fn all_pairs(group: &[Entry], rule: usize, out: &mut Vec<Candidate>) {
    for (i, x) in group.iter().enumerate() {
        out.extend(group[i + 1..].iter().map(|y| Candidate::new(x.1, y.1, rule)));
    }
}

/// Pairs of a key beyond the cap: by every second attribute; a record without the first one counts as having an empty
/// one, so that it meets its like.
fn refine(p: &Packed, rule: &Rule, at: usize, group: &[Entry], out: &mut Vec<Candidate>) {
    let (mut found, mut entries) = (Vec::new(), Vec::with_capacity(group.len()));
    for (number, keys) in rule.refine.iter().enumerate() {
        entries.clear();
        for &(_, record) in group {
            found.clear();
            keys(p, record, &mut found);
            found.retain(|&key| key != 0);
            if found.is_empty() && number == 0 {
                found.push(0);
            }
            entries.extend(found.iter().map(|&key| (key, record)));
        }
        entries.sort_unstable();
        entries.dedup();
        for part in entries.chunk_by_mut(|x, y| x.0 == y.0).filter(|g| g.len() > 1) {
            if part.len() <= rule.cap {
                all_pairs(part, at, out);
            } else {
                chain(p, part, at, out);
            }
        }
    }
}

/// Pairs each record with its next neighbours and with the first, in an order that brings like records together.
fn chain(p: &Packed, part: &mut [Entry], rule: usize, out: &mut Vec<Candidate>) {
    part.sort_unstable_by_key(|e| {
        let row = p.row(e.1);
        (row.inn, row.kpp, row.core_folded, row.birth, e.1)
    });
    for (i, x) in part.iter().enumerate() {
        out.extend(part[i + 1..].iter().take(CHAIN).map(|y| Candidate::new(x.1, y.1, rule)));
        if i > CHAIN {
            out.push(Candidate::new(part[0].1, x.1, rule));
        }
    }
}

fn external(p: &Packed, at: u32, out: &mut Vec<u64>) {
    let row = p.row(at);
    let side = p.refs[at as usize].side;
    // A citation meets its target; the key names the side of the cited record.
    if row.external != 0 {
        out.push(hash(&(side.other(), row.external)));
    }
    out.push(hash(&(side, row.id)));
}

fn inn(p: &Packed, at: u32, out: &mut Vec<u64>) {
    let row = p.row(at);
    out.push(row.inn.max(row.inn_broken));
}

fn tax(p: &Packed, at: u32, out: &mut Vec<u64>) {
    inn(p, at, out);
}

fn kpp(p: &Packed, at: u32, out: &mut Vec<u64>) {
    out.push(p.row(at).kpp);
}

fn phone(p: &Packed, at: u32, out: &mut Vec<u64>) {
    out.extend_from_slice(p.phones(at));
}

fn email(p: &Packed, at: u32, out: &mut Vec<u64>) {
    out.extend_from_slice(p.emails(at));
}

fn town(p: &Packed, at: u32, out: &mut Vec<u64>) {
    out.push(p.row(at).town);
}

fn birth(p: &Packed, at: u32, out: &mut Vec<u64>) {
    out.push(p.row(at).birth as u64);
}

/// The name in one key, a person's by surname and given name.
fn name(p: &Packed, at: u32, out: &mut Vec<u64>) {
    let row = p.row(at);
    let person = p.person_key(row);
    out.push(if person != 0 { person } else { row.core_folded });
}

fn whole_name(p: &Packed, at: u32, out: &mut Vec<u64>) {
    let row = p.row(at);
    if row.core_folded != 0 && !p.tokens(at).iter().all(|&t| p.vocabulary.word(t).generic) {
        out.push(hash(&("folded", row.core_folded)));
        out.push(hash(&("joined", row.core_joined)));
    }
}

fn skeleton(p: &Packed, token: u32) -> u64 {
    p.vocabulary.word(token).skeleton
}

fn surname(p: &Packed, at: u32, out: &mut Vec<u64>) {
    let row = p.row(at);
    if row.surname != NONE {
        out.push(skeleton(p, row.surname));
    }
}

fn full_person(p: &Packed, at: u32, out: &mut Vec<u64>) {
    let row = p.row(at);
    if row.given != NONE && row.patronymic != NONE {
        out.push(hash(&(skeleton(p, row.surname.min(row.given)), row.given, row.patronymic)));
    } else {
        out.push(p.person_key(row));
    }
}

/// A word with the words it may be a mistyped form of, as skeletons: the rarer one stands for the commoner.
fn meant<'p>(p: &'p Packed, token: u32) -> impl Iterator<Item = u64> + use<'p> {
    let v = &p.vocabulary;
    let commoner = move |&other: &u32| (v.word(other).records, other) > (v.word(token).records, token);
    let others = v.typos.get(token).iter().copied().filter(commoner).take(MEANT);
    std::iter::once(token).chain(others).map(|t| skeleton(p, t))
}

/// Surname with the initial, with the given name in either order, and with the names that a diminutive stands for.
fn person(p: &Packed, at: u32, out: &mut Vec<u64>) {
    let row = p.row(at);
    if row.surname == NONE || row.given == NONE {
        return;
    }
    let v = &p.vocabulary;
    let initial = v.sounds.get(row.given).first();
    for surname in meant(p, row.surname) {
        out.extend(initial.map(|initial| hash(&("initial", surname, initial))));
        out.extend(v.full_names.get(row.given).iter().take(2).map(|full| hash(&("full", surname, full))));
    }
    if !p.is_initial(row.given) {
        // Fields may be swapped, and either part mistyped, seldom both.
        let both = |x: u64, y: u64| hash(&("both", x.min(y), x.max(y)));
        let (surname, given) = (skeleton(p, row.surname), skeleton(p, row.given));
        out.extend(meant(p, row.surname).map(|surname| both(surname, given)));
        out.extend(meant(p, row.given).map(|given| both(surname, given)));
    }
}

fn birth_name(p: &Packed, at: u32, out: &mut Vec<u64>) {
    let row = p.row(at);
    if row.birth != 0 {
        let parts = [row.surname, row.given].into_iter().filter(|&part| part != NONE && !p.is_initial(part));
        for part in parts.chain(p.tokens(at).iter().copied().take(3)) {
            out.extend(meant(p, part).map(|part| hash(&(row.birth, part))));
        }
        // Where both names are spoilt, or one is missing: the same day and the same street.
        let words = p.address_words(at);
        let mut rarest: [(u32, u64); 2] = [(u32::MAX, 0); 2];
        for &word in words {
            let entry = (p.frequencies.of_address_word(word), word);
            if entry.0 < 2 {
                continue;
            }
            if entry < rarest[0] {
                rarest = [entry, rarest[0]];
            } else if entry < rarest[1] {
                rarest[1] = entry;
            }
        }
        out.extend(rarest.iter().filter(|r| r.1 != 0).map(|r| hash(&(row.birth, r.1))));
    }
}

/// Words of the name that tell firms apart, rarest first.
fn telling(p: &Packed, at: u32) -> ([u32; 4], usize) {
    let mut best = [(u32::MAX, NONE); 4];
    let mut found = 0;
    for &token in p.tokens(at) {
        let word = p.vocabulary.word(token);
        if word.generic || word.letters < 3 || word.numeric {
            continue;
        }
        let entry = (word.records, token);
        if best.contains(&entry) {
            continue;
        }
        if let Some(place) = best.iter().position(|b| entry < *b) {
            best[place..].rotate_right(1);
            best[place] = entry;
            found = (found + 1).min(best.len());
        }
    }
    (best.map(|b| b.1), found)
}

fn is_rare(p: &Packed, token: u32) -> bool {
    p.vocabulary.word(token).records as usize <= RARE
}

fn rarest(p: &Packed, at: u32, out: &mut Vec<u64>) {
    let (words, found) = telling(p, at);
    out.extend(words[..found].iter().take(1).map(|&t| skeleton(p, t)));
}

fn rare_words(p: &Packed, at: u32, out: &mut Vec<u64>) {
    let (words, found) = telling(p, at);
    out.extend(words[..found].iter().filter(|&&t| is_rare(p, t)).flat_map(|&t| meant(p, t)));
    if found == 0 {
        // «Школа № 1234»: the number is all that tells.
        let numbers = p.tokens(at).iter().filter(|&&t| p.vocabulary.word(t).numeric && is_rare(p, t));
        out.extend(numbers.map(|&t| skeleton(p, t)));
    }
}

/// A word that is too common to propose pairs by itself, and the common words that a rare one may be a slip of.
fn common<'p>(p: &'p Packed, token: u32) -> impl Iterator<Item = u64> + use<'p> {
    let v = &p.vocabulary;
    let all = std::iter::once(token).chain(v.typos.get(token).iter().copied().take(MEANT));
    all.filter(|&t| !is_rare(p, t)).map(|t| skeleton(p, t))
}

fn two_words(p: &Packed, at: u32, out: &mut Vec<u64>) {
    let (words, found) = telling(p, at);
    for (i, &x) in words[..found].iter().enumerate() {
        for &y in &words[i + 1..found] {
            for x in common(p, x) {
                out.extend(common(p, y).map(|y| hash(&(x.min(y), x.max(y)))));
            }
        }
    }
}

fn word_town(p: &Packed, at: u32, out: &mut Vec<u64>) {
    let town = p.row(at).town;
    if town != 0 {
        let (words, found) = telling(p, at);
        out.extend(words[..found].iter().take(2).flat_map(|&t| common(p, t)).map(|word| hash(&(town, word))));
    }
}

fn domain_word(p: &Packed, at: u32, out: &mut Vec<u64>) {
    let (words, found) = telling(p, at);
    for domain in p.domains(at).iter().filter(|&&d| d != 0) {
        out.extend(words[..found].iter().take(2).map(|&t| hash(&(domain, skeleton(p, t)))));
    }
}

/// Entries that bring an unusable INN together with the valid INNs one slip away.
fn near_inns(p: &Packed) -> Vec<Entry> {
    let valid: FxHashSet<u64> = p.rows.iter().map(|r| r.inn).filter(|&i| i != 0).collect();
    let likely = Likely::of(&valid);
    let mut entries: Vec<Entry> = (0..p.len() as u32)
        .into_par_iter()
        .filter(|&at| p.row(at).inn_broken != 0)
        .flat_map_iter(|at| {
            let mut near = Vec::new();
            slips(p.row(at).inn_broken, |n| {
                if likely.has(n) && valid.contains(&n) {
                    near.push((n, at));
                }
            });
            near
        })
        .collect();
    let hit: FxHashSet<u64> = entries.iter().map(|e| e.0).collect();
    entries.extend((0..p.len() as u32).map(|at| (p.row(at).inn, at)).filter(|e| hit.contains(&e.0)));
    entries
}

/// A set of numbers that may err by saying yes (a Bloom filter of one hash): sixteen bits a number stay in the cache where a
/// table of all numbers does not, and a slip is seldom somebody's INN.
struct Likely {
    bits: Vec<u64>,
    shift: u32,
}

impl Likely {
    fn of(numbers: &FxHashSet<u64>) -> Likely {
        let size = (numbers.len() * 16).next_power_of_two().max(64);
        let mut likely = Likely { bits: vec![0; size / 64], shift: u64::BITS - size.ilog2() };
        for &number in numbers {
            let place = likely.place(number);
            likely.bits[place / 64] |= 1 << (place % 64);
        }
        likely
    }

    fn place(&self, number: u64) -> usize {
        (number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> self.shift) as usize
    }

    fn has(&self, number: u64) -> bool {
        let place = self.place(number);
        self.bits[place / 64] & 1 << (place % 64) != 0
    }
}

/// Entries of phones without an area code together with the whole numbers that end so.
fn phone_tails(p: &Packed) -> Vec<Entry> {
    let local = |at: &u32| p.tails(*at).len() > p.phones(*at).len();
    let records = 0..p.len() as u32;
    let wanted: FxHashSet<u64> = records.clone().filter(local).flat_map(|at| p.tails(at)).copied().collect();
    if wanted.is_empty() {
        return Vec::new();
    }
    let tails = records.flat_map(|at| p.tails(at).iter().map(move |&tail| (tail + 1, at)));
    tails.filter(|entry| wanted.contains(&(entry.0 - 1))).collect()
}

/// Entries of documents that nobody else shows: each number with one of its digits left out.
fn near_documents(p: &Packed) -> Vec<Entry> {
    let mut entries = Vec::new();
    for at in 0..p.len() as u32 {
        for &number in p.document_numbers(at) {
            if p.frequencies.document.get(&number).is_some_and(|&holders| holders > 1) {
                continue;
            }
            let mut power = 1u64;
            entries.push((number + 1, at));
            // The kind above the digits keeps numbers of two kinds apart; digits lost are digits shifted.
            while power <= number % (1 << super::pack::DOCUMENT_BITS) {
                let kind = number >> super::pack::DOCUMENT_BITS << super::pack::DOCUMENT_BITS;
                let digits = number - kind;
                entries.push((kind + digits / (power * 10) * power + digits % power + 1, at));
                power *= 10;
            }
        }
    }
    entries
}

/// Entries of the addresses of records that have nothing but a name and an address, with all who live there.
fn addresses(p: &Packed) -> Vec<Entry> {
    let poor = |at: &u32| {
        let row = p.row(*at);
        row.inn == 0 && row.ogrn == 0 && p.phones(*at).is_empty() && p.emails(*at).is_empty()
    };
    meeting(p, |row| row.address_folded, poor)
}

/// Entries of names that are first letters of longer names, together with those.
fn initials(p: &Packed) -> Vec<Entry> {
    let short = |at: &u32| p.tokens(*at).len() == 1;
    let long: FxHashSet<u64> = (0..p.len() as u32).filter(|at| !short(at)).map(|at| p.row(at).initials).collect();
    let mut entries = meeting(p, |row| row.initials, short);
    entries.retain(|entry| long.contains(&entry.0));
    entries
}

/// Entries of a key of every record that shares it with one of `few`.
fn meeting(p: &Packed, key: impl Fn(&Row) -> u64, few: impl Fn(&u32) -> bool) -> Vec<Entry> {
    let records = 0..p.len() as u32;
    let wanted: FxHashSet<u64> = records.clone().filter(few).map(|at| key(p.row(at))).filter(|&k| k != 0).collect();
    records.map(|at| (key(p.row(at)), at)).filter(|entry| wanted.contains(&entry.0)).collect()
}

/// Calls `found` with every number one slip away: another digit, two neighbours swapped, a digit lost or doubled.
fn slips(number: u64, mut found: impl FnMut(u64)) {
    let mut power = 1u64;
    while power <= number && power < 1_000_000_000_000 {
        let digit = number / power % 10;
        let (high, low) = (number / (power * 10), number % power);
        let base = number - digit * power;
        for other in (0..10).filter(|&d| d != digit) {
            found(base + other * power);
        }
        let next = number / (power * 10) % 10;
        if power * 10 <= number && next != digit {
            found(base - next * power * 10 + next * power + digit * power * 10);
        }
        // This digit is one too many; or one was lost before it.
        found(high * power + low);
        for lost in 0..10 {
            found((number / power * 10 + lost) * power + low);
        }
        power *= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::compare::one_edit;

    #[test]
    fn codes_keep_their_parts() {
        let candidate = Candidate::new(200_000_000, 7, 5);
        assert_eq!((candidate.a(), candidate.b(), candidate.rule()), (7, 200_000_000, "phone"));
        assert!(RULES.len() <= 32);
    }

    /// No number of the set is denied, few others are affirmed.
    #[test]
    fn likely_numbers() {
        let numbers: FxHashSet<u64> = (0..5_000u64).map(|n| 7_700_000_000 + n * 7).collect();
        let likely = Likely::of(&numbers);
        assert!(numbers.iter().all(|&n| likely.has(n)));
        let wrong = (0..5_000u64).filter(|n| likely.has(9_900_000_000 + n * 13)).count();
        assert!(wrong < 1_000, "{wrong}");
        assert!(!Likely::of(&FxHashSet::default()).has(1));
    }

    #[test]
    fn slips_are_one_edit_away() {
        let number = 7_701_234_567u64;
        let mut count = 0;
        slips(number, |n| {
            count += 1;
            let (a, b) = (number.to_string(), format!("{n:010}"));
            let short = n.to_string();
            assert!(n == number || one_edit(a.as_bytes(), b.as_bytes()) || one_edit(a.as_bytes(), short.as_bytes()));
        });
        assert!(count > 180, "{count}");
    }
}
