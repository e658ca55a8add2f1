//! Names of persons, part by part.

use super::jaro::jaro_winkler;
use super::{Outcome, Pair, one_edit};
use crate::matching::pack::{NONE, Row};
use crate::matching::types::Level;

/// How one part of two names agrees.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Part {
    Missing,
    Differs,
    /// An initial that fits.
    Initial,
    /// One edit apart.
    Typo,
    /// Another alphabet, a diminutive.
    Variant,
    Same,
}

impl Part {
    fn is_full(self) -> bool {
        self >= Part::Typo
    }
}

/// Comparison of two persons.
#[derive(Clone, Copy, Debug)]
pub struct PersonMatch {
    pub outcome: Outcome,
    pub surname: Part,
    pub given: Part,
    pub patronymic: Part,
}

impl PersonMatch {
    pub const EMPTY: PersonMatch = PersonMatch {
        outcome: Outcome::EMPTY,
        surname: Part::Missing,
        given: Part::Missing,
        patronymic: Part::Missing,
    };

    /// Surname and given name agree in full: more than initials and more than one word.
    pub fn is_full(&self) -> bool {
        self.surname.is_full() && self.given.is_full() && self.patronymic != Part::Differs
    }

    /// One of them is another person of the same surname, or of the same given name with another father.
    pub fn contradicts(&self) -> bool {
        let given = self.given == Part::Differs;
        let patronymic = self.patronymic == Part::Differs;
        (self.surname >= Part::Typo && (given || patronymic)) || (self.surname == Part::Missing && given)
    }
}

/// Chance that two strangers share surname and given name, with and without an equal patronymic: what shipped data on
/// frequent names gives when the tables at hand are too small to show it.
const SAME_NAME: f32 = 2e-5;
const SAME_FULL_NAME: f32 = 1e-6;

/// Empty unless both records have the parts of a name. Exact: equal in full. Folded: a patronymic missing on one side,
/// a diminutive, another alphabet, parts swapped. Near: a typo, initials, a surname alone.
pub fn compare(pair: &Pair) -> PersonMatch {
    let p = pair.p;
    let (a, b) = (p.row(pair.a), p.row(pair.b));
    let named = |r: &Row| r.surname != NONE || r.given != NONE;
    if !named(a) || !named(b) {
        return PersonMatch::EMPTY;
    }
    let straight = [
        part(pair, a.surname, b.surname, false),
        part(pair, a.given, b.given, true),
        part(pair, a.patronymic, b.patronymic, false),
    ];
    let swapped = [part(pair, a.surname, b.given, false), part(pair, a.given, b.surname, false)];
    if straight[0] == Part::Differs && swapped.iter().all(|&s| s >= Part::Variant) {
        let patronymic = straight[2];
        let level = if patronymic == Part::Differs { Level::Different } else { Level::Folded };
        let bits = if patronymic == Part::Differs { -5.0 } else { pair.rare(0.5, strangers(pair, a, b, patronymic)) };
        return PersonMatch { outcome: Outcome::new(level, bits), surname: swapped[0], given: swapped[1], patronymic };
    }
    if straight[0] == Part::Differs && same_parts(pair, a, b) {
        return PersonMatch {
            outcome: Outcome::new(Level::Folded, pair.rare(0.5, strangers(pair, a, b, Part::Same))),
            surname: Part::Variant,
            given: Part::Variant,
            patronymic: Part::Variant,
        };
    }
    let [surname, given, patronymic] = straight;
    let outcome = outcome(pair, a, b, straight);
    PersonMatch { outcome, surname, given, patronymic }
}

/// Both have three parts, the same ones in another order.
fn same_parts(pair: &Pair, a: &Row, b: &Row) -> bool {
    let sorted = |row: &Row| {
        let parts = [row.surname, row.given, row.patronymic];
        if parts.contains(&NONE) || parts.into_iter().any(|part| pair.p.is_initial(part)) {
            return None;
        }
        let mut sounds = parts.map(|part| pair.p.vocabulary.skeletons[part as usize]);
        sounds.sort_unstable();
        Some(sounds)
    };
    sorted(a).is_some() && sorted(a) == sorted(b)
}

fn outcome(pair: &Pair, a: &Row, b: &Row, [surname, given, patronymic]: [Part; 3]) -> Outcome {
    if surname == Part::Differs {
        // A woman who married keeps the rest of her name.
        let rest = given == Part::Same && patronymic == Part::Same;
        return Outcome::new(Level::Different, if rest { -2.0 } else { -5.0 });
    }
    if given == Part::Differs || patronymic == Part::Differs {
        return Outcome::new(Level::Different, -5.0);
    }
    let of_surname = |token: u32| if token == NONE { 1.0 } else { pair.p.vocabulary.records[token as usize] as f32 };
    match (surname, given) {
        (Part::Missing, Part::Missing) => Outcome::EMPTY,
        // A given name alone: everybody is called so.
        (Part::Missing, _) => Outcome::new(Level::Near, 1.5),
        (_, Part::Missing | Part::Initial) => {
            let holders = (of_surname(a.surname).max(of_surname(b.surname)) - 2.0).max(1.0);
            let share = match (given, patronymic) {
                (Part::Missing, _) => 1.0,
                (_, Part::Missing) => 0.12,
                _ => 0.03,
            };
            let others = (holders * share).max(0.3).max(pair.p.len() as f32 * SAME_NAME * 20.0 * share);
            Outcome::new(Level::Near, pair.rare(0.3, others))
        }
        _ => {
            let others = strangers(pair, a, b, patronymic);
            let typo = [surname, given, patronymic].contains(&Part::Typo);
            let exact = surname == Part::Same && given == Part::Same;
            if typo {
                Outcome::new(Level::Near, pair.rare(0.2, others * 1.5))
            } else if exact && (patronymic == Part::Same || a.patronymic == b.patronymic) {
                Outcome::new(Level::Exact, pair.rare(0.7, others))
            } else {
                Outcome::new(Level::Folded, pair.rare(0.5, others * 1.2))
            }
        }
    }
}

/// Strangers with the same surname and given name (and patronymic where both have one).
fn strangers(pair: &Pair, a: &Row, b: &Row, patronymic: Part) -> f32 {
    let p = pair.p;
    let holders = |row: &Row| p.frequencies.person.get(&p.person_key(row)).copied().unwrap_or(1);
    let holders = (holders(a).max(holders(b)) as f32 - 2.0).max(0.0) * 0.5;
    let records = p.len() as f32;
    if patronymic >= Part::Typo {
        (holders * 0.1).max(0.2).max(records * SAME_FULL_NAME)
    } else {
        holders.max(0.25).max(records * SAME_NAME)
    }
}

fn part(pair: &Pair, x: u32, y: u32, given: bool) -> Part {
    if x == NONE || y == NONE {
        return Part::Missing;
    }
    if x == y {
        return if pair.p.is_initial(x) { Part::Initial } else { Part::Same };
    }
    let v = &pair.p.vocabulary;
    let (lx, ly) = (v.letters.get(x), v.letters.get(y));
    if lx.len() <= 1 || ly.len() <= 1 {
        return if lx.first() == ly.first() { Part::Initial } else { Part::Differs };
    }
    if v.skeletons[x as usize] == v.skeletons[y as usize] {
        return Part::Variant;
    }
    let (fx, fy) = (v.full_names.get(x), v.full_names.get(y));
    if given && fx.iter().any(|f| fy.contains(f)) {
        return Part::Variant;
    }
    // Two names of the dictionary one letter apart (Мария, Марина) are two names.
    if given && !fx.is_empty() && !fy.is_empty() {
        return Part::Differs;
    }
    let rare = v.records[x as usize].min(v.records[y as usize]) <= super::company::TYPO_RECORDS;
    let shorter = lx.len().min(ly.len());
    let close = one_edit(lx, ly) || (!given && shorter > 7 && jaro_winkler(lx, ly) >= 0.96 && lx.len() == ly.len());
    if rare && shorter >= 4 && close { Part::Typo } else { Part::Differs }
}
