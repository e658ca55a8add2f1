//! Names of persons, part by part.

use super::jaro::{jaro_winkler, letter};
use super::{Outcome, Pair, one_edit};
use crate::matching::pack::{NONE, Row};
use crate::matching::types::Level;
use crate::matching::typos::{differ_in_sex, is_rare};

/// How one part of two names agrees.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Part {
    Missing,
    Differs,
    /// An initial that fits.
    Initial,
    /// Spelled alike, yet both spellings may be right: two frequent words a letter apart, two slips in one word, the
    /// surname of a husband and that of his wife.
    Resembles,
    /// One edit apart, one of the two rare.
    Typo,
    /// Another alphabet, a diminutive.
    Variant,
    Same,
}

impl Part {
    pub fn is_full(self) -> bool {
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
    /// The parts that differ are known names, or fathers' names: nobody misspells one as the other.
    pub certain: bool,
}

impl PersonMatch {
    pub const EMPTY: PersonMatch = PersonMatch {
        outcome: Outcome::EMPTY,
        surname: Part::Missing,
        given: Part::Missing,
        patronymic: Part::Missing,
        certain: false,
    };

    /// Surname and given name agree in full: more than initials and more than one word.
    pub fn is_full(&self) -> bool {
        self.surname.is_full() && self.given.is_full() && self.patronymic != Part::Differs
    }

    /// Surname and given name agree, one of them perhaps with slips.
    pub fn is_named(&self) -> bool {
        let parts = [self.surname, self.given];
        parts.iter().any(|part| part.is_full())
            && parts.iter().all(|&part| part >= Part::Resembles)
            && !self.contradicts()
    }

    /// A part agrees and none contradicts.
    pub fn agrees(&self) -> bool {
        (self.surname.is_full() || self.given.is_full()) && !self.contradicts()
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
    if straight[0] == Part::Differs || straight[0] == Part::Missing && straight[1] <= Part::Differs {
        if same_parts(pair, a, b) {
            return PersonMatch {
                outcome: Outcome::new(Level::Folded, pair.rare(0.5, strangers(pair, a, b, Part::Same))),
                surname: Part::Variant,
                given: Part::Variant,
                patronymic: Part::Variant,
                certain: false,
            };
        }
        // Surname and given name in each other's field: both must say so, or the one that is there.
        let swapped = [part(pair, a.surname, b.given, false), part(pair, a.given, b.surname, false)];
        let known = swapped.iter().filter(|s| s.is_full()).count();
        if known > straight.iter().filter(|s| s.is_full()).count() {
            return crossed(pair, a, b, swapped, straight[2]);
        }
    }
    let [surname, given, patronymic] = straight;
    let outcome = outcome(pair, a, b, straight);
    let known = |row: &Row| row.given != NONE && !p.vocabulary.full_names.get(row.given).is_empty();
    let certain = patronymic == Part::Differs || given == Part::Differs && known(a) && known(b);
    PersonMatch { outcome, surname, given, patronymic, certain }
}

/// Names whose parts stand crosswise.
fn crossed(pair: &Pair, a: &Row, b: &Row, swapped: [Part; 2], patronymic: Part) -> PersonMatch {
    let outcome = if patronymic == Part::Differs || swapped.contains(&Part::Differs) {
        Outcome::new(Level::Different, if swapped.iter().any(|s| s.is_full()) { -4.0 } else { -5.0 })
    } else if !swapped.iter().all(|s| s.is_full()) {
        Outcome::new(Level::Near, 2.0)
    } else if swapped.contains(&Part::Typo) {
        Outcome::new(Level::Near, pair.rare(0.1, strangers(pair, a, b, patronymic) * 1.5))
    } else {
        Outcome::new(Level::Folded, pair.rare(0.6, strangers(pair, a, b, patronymic) * 1.1))
    };
    // Which of the two is the surname nobody knows: the better one stands for it, from either side.
    let [x, y] = swapped;
    PersonMatch { outcome, surname: x.max(y), given: x.min(y), patronymic, certain: patronymic == Part::Differs }
}

/// Both have three parts, the same ones in another order.
fn same_parts(pair: &Pair, a: &Row, b: &Row) -> bool {
    let sorted = |row: &Row| {
        let parts = [row.surname, row.given, row.patronymic];
        if parts.contains(&NONE) || parts.into_iter().any(|part| pair.p.is_initial(part)) {
            return None;
        }
        let mut sounds = parts.map(|part| pair.p.vocabulary.word(part).skeleton);
        sounds.sort_unstable();
        Some(sounds)
    };
    sorted(a).is_some() && sorted(a) == sorted(b)
}

fn outcome(pair: &Pair, a: &Row, b: &Row, [surname, given, patronymic]: [Part; 3]) -> Outcome {
    let parts = [surname, given, patronymic];
    if parts.contains(&Part::Differs) {
        // What agrees beside the difference is weighed all the same: a woman who married keeps the rest of her name.
        let one = parts.iter().filter(|&&part| part == Part::Differs).count() == 1;
        let rest = parts.iter().filter(|&&part| part >= Part::Typo).count();
        let bits = match (one, surname, rest) {
            (true, Part::Differs, 2) => -2.0,
            (true, _, 1..) => -4.0,
            _ => -5.0,
        };
        return Outcome::new(Level::Different, bits);
    }
    match (surname, given) {
        (Part::Missing, Part::Missing) => Outcome::EMPTY,
        // A given name alone: everybody is called so.
        (Part::Missing, _) => Outcome::new(Level::Near, rarity(pair, a.given, b.given).min(4.0)),
        (Part::Resembles, _) | (_, Part::Resembles) => {
            let known = |part: Part, x, y, most: f32| match part {
                Part::Missing | Part::Differs => 0.0,
                Part::Initial => 1.0,
                Part::Resembles => 1.5,
                Part::Typo => rarity(pair, x, y).min(most) - 2.0,
                Part::Variant | Part::Same => rarity(pair, x, y).min(most),
            };
            let bits = known(surname, a.surname, b.surname, 10.0) + known(given, a.given, b.given, 6.0);
            Outcome::new(Level::Near, bits)
        }
        (_, Part::Missing | Part::Initial) => {
            let of_surname =
                |token: u32| if token == NONE { 1.0 } else { pair.p.vocabulary.word(token).records as f32 };
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
            let typo = parts.contains(&Part::Typo);
            let exact = surname == Part::Same && given == Part::Same;
            if typo {
                Outcome::new(Level::Near, pair.rare(0.2, others * 1.5))
            } else if exact && (patronymic == Part::Same || a.patronymic == b.patronymic) {
                Outcome::new(Level::Exact, pair.rare(0.7, others))
            } else {
                Outcome::new(Level::Folded, pair.rare(0.6, others * 1.1))
            }
        }
    }
}

/// How much it says that two names share a part: log2(N / strangers that hold the commoner form of it).
fn rarity(pair: &Pair, x: u32, y: u32) -> f32 {
    let holders = [x, y].into_iter().filter(|&t| t != NONE).map(|t| pair.p.vocabulary.word(t).records).max();
    (pair.p.scale - holders.map_or(1.0, |h| (h as f32 - 2.0).max(1.0)).log2()).max(0.5)
}

/// Strangers with the same surname and given name (and patronymic where both have one).
fn strangers(pair: &Pair, a: &Row, b: &Row, patronymic: Part) -> f32 {
    let p = pair.p;
    let holders = |row: &Row| p.frequencies.person.get(&p.person_key(row)).copied().unwrap_or(1);
    let holders = (holders(a).max(holders(b)) as f32 - 2.0).max(0.0) * 0.5;
    let records = p.len() as f32;
    if patronymic >= Part::Typo {
        (holders * 0.1).max(0.06).max(records * SAME_FULL_NAME)
    } else {
        holders.max(0.12).max(records * SAME_NAME)
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
    if v.word(x).letters <= 1 || v.word(y).letters <= 1 {
        let (first, second) = (v.letters.get(x).first(), v.letters.get(y).first());
        let (Some(&first), Some(&second)) = (first, second) else { return Part::Missing };
        return if initials_fit(first, second) { Part::Initial } else { Part::Differs };
    }
    if v.word(x).skeleton == v.word(y).skeleton {
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
    let (sx, sy) = (v.sounds.get(x), v.sounds.get(y));
    let shorter = sx.len().min(sy.len());
    if differ_in_sex(sx, sy) {
        return if given { Part::Differs } else { Part::Resembles };
    }
    if v.word(x).mistaken && v.typos.get(x).binary_search(&y).is_ok() {
        return Part::Typo;
    }
    let rare = is_rare(v, x, y);
    let alike = |least: f64| jaro_winkler(sx, sy) >= least;
    if rare && shorter > 7 && sx.len() == sy.len() && !given && alike(0.96) {
        return Part::Typo;
    }
    // Fathers one letter apart are two fathers: patronymics end alike, so likeness proves nothing.
    let patronymic = !given && v.word(x).patronymic && v.word(y).patronymic;
    let close = one_edit(sx, sy) || rare && shorter >= 5 && alike(0.87) || sx.starts_with(sy) || sy.starts_with(sx);
    if shorter >= 3 && close && !patronymic { Part::Resembles } else { Part::Differs }
}

/// Whether two first letters may be of one name: equal, or a Latin letter that some scheme writes the Cyrillic one with.
fn initials_fit(x: u8, y: u8) -> bool {
    const PAIRS: [(&str, &str); 19] = [
        ("A", "А"),
        ("B", "Б"),
        ("V", "В"),
        ("G", "Г"),
        ("D", "Д"),
        ("E", "ЕЭ"),
        ("Z", "ЗЖ"),
        ("I", "ИЙЮЯ"),
        ("K", "КХ"),
        ("L", "Л"),
        ("M", "М"),
        ("N", "Н"),
        ("O", "О"),
        ("P", "П"),
        ("R", "Р"),
        ("S", "СШЩ"),
        ("T", "ТЦ"),
        ("Y", "ЮЯЕЙЫ"),
        ("J", "ЮЯЖЕЙ"),
    ];
    let fits = |latin: u8, cyrillic: u8| {
        let one = |text: &str, code: u8| text.chars().any(|c| letter(c) == code);
        PAIRS.iter().any(|(l, c)| one(l, latin) && one(c, cyrillic))
    };
    x == y || fits(x, y) || fits(y, x)
}
