//! Two records → a level and a match weight for each comparison.
//!
//! A weight is log2(m / u). `m`, how often true pairs agree so, comes from the shipped model and is corrected by EM
//! (`model.rs`). `u`, how often strangers agree so, comes from the value itself: `others / N`, where `others` is the
//! number of wrong records that would agree on this very value. A phone on 2 records has few others, one on 50 has 48:
//! this is the term-frequency adjustment, exact and without sampling.

pub mod jaro;

mod account;
mod address;
mod birth;
mod company;
mod document;
mod email;
mod external;
mod inn;
mod kpp;
mod ogrn;
mod person;
mod phone;

pub use company::{FORM_BITS, NameMatch, Numbers};
pub use person::{Part, PersonMatch};

use super::pack::Packed;
use super::types::Level;
use crate::model::Field;

/// Makes the list of comparisons. A line: variant, the field it stands for in output tables, its greatest penalty.
macro_rules! comparisons {
    ($($name:ident $field:ident $least:literal;)*) => {
        /// A comparison of the catalogue.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(u8)]
        pub enum Comparison { $($name),* }

        /// In the order in which explanations show them.
        pub const COMPARISONS: &[Comparison] = &[$(Comparison::$name),*];

        impl Comparison {
            /// Field of [`super::Evidence`].
            pub fn field(self) -> Field {
                match self { $(Comparison::$name => Field::$field),* }
            }

            /// Name in `sverka.toml` and in files of weights.
            pub fn name(self) -> &'static str {
                match self {
                    Comparison::Person => "person",
                    other => other.field().code(),
                }
            }

            /// Lower bound of the weight: a field that differs often for good reasons may not outweigh the rest.
            pub fn least(self) -> f32 {
                match self { $(Comparison::$name => $least),* }
            }
        }
    };
}

comparisons! {
    External ExternalId -5.0;
    Inn Inn -10.0;
    Ogrn Ogrn -7.0;
    Document Document -3.0;
    Account BankAccount -0.7;
    Phone Phone -1.2;
    Email Email -1.0;
    Kpp Kpp -5.0;
    Name Name -4.5;
    Person LastName -5.0;
    Birth BirthDate -6.0;
    Address Address -1.0;
}

/// Number of comparisons.
pub const COUNT: usize = COMPARISONS.len();

/// Level of one comparison and its weight under the shipped model.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Outcome {
    pub level: Level,
    pub bits: f32,
}

impl Outcome {
    pub const EMPTY: Outcome = Outcome { level: Level::Empty, bits: 0.0 };

    pub fn new(level: Level, bits: f32) -> Self {
        Outcome { level, bits }
    }
}

/// All comparisons of a pair.
#[derive(Clone, Copy, Debug)]
pub struct Compared {
    pub outcomes: [Outcome; COUNT],
    pub name: NameMatch,
    pub person: PersonMatch,
}

impl Compared {
    pub fn level(&self, comparison: Comparison) -> Level {
        self.outcomes[comparison as usize].level
    }

    /// Mixed-radix code of the level vector.
    pub fn code(&self) -> u32 {
        self.outcomes.iter().fold(0, |code, o| code * 5 + o.level as u32)
    }
}

/// Levels of a code made by [`Compared::code`].
pub fn levels_of(mut code: u32) -> [Level; COUNT] {
    const LEVELS: [Level; 5] = [Level::Empty, Level::Different, Level::Near, Level::Folded, Level::Exact];
    let mut levels = [Level::Empty; COUNT];
    for level in levels.iter_mut().rev() {
        *level = LEVELS[(code % 5) as usize];
        code /= 5;
    }
    levels
}

/// A pair of packed records.
#[derive(Clone, Copy)]
pub struct Pair<'a> {
    pub p: &'a Packed<'a>,
    pub a: u32,
    pub b: u32,
}

impl Pair<'_> {
    /// Weight of agreeing where `m` of true pairs do and `others` strangers would.
    fn rare(&self, m: f32, others: f32) -> f32 {
        (m / others).log2() + self.p.scale
    }

    /// Strangers expected among the holders of a value, given how many records hold it: a pair accounts for two,
    /// of the rest every second may be one more duplicate.
    fn strangers(holders: Option<&u32>, least: f32) -> f32 {
        holders.map_or(least, |&h| ((h as f32 - 2.0) * 0.5).max(least))
    }
}

/// log2 of the number of records, the unit of rarity. Tiny tables count as 64: chance does not vanish in them.
pub fn scale(records: usize) -> f32 {
    (records.max(64) as f32).log2()
}

/// Runs every comparison.
pub fn compare(p: &Packed, a: u32, b: u32) -> Compared {
    let mut compared = compare_all_but_address(p, a, b);
    compare_address(p, a, b, &mut compared);
    compared
}

/// Every level but that of the address, which costs as much as the others together and is left out where it decides
/// nothing; [`compare_address`] adds it.
pub fn compare_all_but_address(p: &Packed, a: u32, b: u32) -> Compared {
    let pair = Pair { p, a, b };
    let person = person::compare(&pair);
    let name = if person.outcome.level == Level::Empty { company::compare(&pair) } else { NameMatch::EMPTY };
    Compared {
        outcomes: [
            external::compare(&pair),
            inn::compare(&pair),
            ogrn::compare(&pair),
            document::compare(&pair),
            account::compare(&pair),
            phone::compare(&pair),
            email::compare(&pair),
            kpp::compare(&pair),
            name.outcome,
            person.outcome,
            birth::compare(&pair),
            Outcome::EMPTY,
        ],
        name,
        person,
    }
}

/// Adds the address, and what it changes in the weight of a name or a date of birth that differ.
pub fn compare_address(p: &Packed, a: u32, b: u32, compared: &mut Compared) {
    use Comparison as C;
    let Compared { outcomes, person, .. } = compared;
    let address = address::compare(&Pair { p, a, b }, person.outcome.level != Level::Empty);
    let (document, birth) = (outcomes[C::Document as usize], outcomes[C::Birth as usize]);
    outcomes[C::Address as usize] = address;
    // What a document, or a date of birth with an address, ties together is one person however the name is spelled:
    // there a name that differs is a slip as likely as a relative.
    let tied = document.level == Level::Exact
        || !person.certain
            && (birth.level == Level::Exact || document.level == Level::Near && address.level >= Level::Folded);
    let of_person = &mut outcomes[C::Person as usize];
    if tied && of_person.level == Level::Different {
        let parts = [person.surname, person.given];
        if parts.iter().any(|part| part.is_full()) {
            of_person.bits = -0.5;
        } else if parts.contains(&Part::Resembles) {
            of_person.bits = -2.0;
        }
    }
    let told = document.level >= Level::Near && !person.contradicts()
        || document.level == Level::Exact
        || person.is_named() && address.level >= Level::Near;
    if told && birth.level == Level::Different && !person.certain {
        outcomes[C::Birth as usize].bits = -3.0;
    }
}

/// Greatest weight of an address under the shipped model.
pub const MOST_OF_ADDRESS: f32 = address::MOST_OF_PERSONS;

/// First value that two short sorted lists share.
fn shared(a: &[u64], b: &[u64]) -> impl Iterator<Item = u64> {
    a.iter().copied().filter(move |x| *x != 0 && b.contains(x))
}

/// Whether two words are one edit apart: a letter more, less, another, or two neighbours swapped. Equal ones are not.
pub fn one_edit(a: &[u8], b: &[u8]) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let same = short.iter().zip(long).take_while(|(x, y)| x == y).count();
    match long.len() - short.len() {
        0 if same == long.len() => false,
        0 => {
            short[same + 1..] == long[same + 1..]
                || (same + 1 < long.len()
                    && short[same] == long[same + 1]
                    && short[same + 1] == long[same]
                    && short[same + 2..] == long[same + 2..])
        }
        1 => short[same..] == long[same + 1..],
        _ => false,
    }
}

/// Whether two numbers of the same length differ in one digit or in two neighbours swapped.
fn one_digit_off(mut a: u64, mut b: u64) -> bool {
    let (mut at, mut wrong) = (0, [(0, 0, 0); 2]);
    let mut found = 0;
    while a != 0 || b != 0 {
        if (a == 0) != (b == 0) {
            return false;
        }
        let (x, y) = (a % 10, b % 10);
        if x != y {
            if found == 2 {
                return false;
            }
            wrong[found] = (at, x, y);
            found += 1;
        }
        (a, b, at) = (a / 10, b / 10, at + 1);
    }
    match found {
        1 => true,
        2 => wrong[1].0 == wrong[0].0 + 1 && wrong[0].1 == wrong[1].2 && wrong[0].2 == wrong[1].1,
        _ => false,
    }
}

#[cfg(test)]
mod levels;
#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn digits() {
        for (a, b, near) in [
            (7_701_234_567, 7_701_234_568, true),
            (7_701_234_567, 7_701_234_576, true),
            (7_701_234_567, 7_701_234_567, false),
            (7_701_234_567, 7_711_234_568, false),
            (770_123_456, 7_701_234_567, false),
        ] {
            assert_eq!(one_digit_off(a, b), near, "{a} {b}");
        }
    }

    proptest! {
        #[test]
        fn one_edit_is_osa_one(a in "[abc]{0,7}", b in "[abc]{0,7}") {
            prop_assert_eq!(one_edit(a.as_bytes(), b.as_bytes()), strsim::osa_distance(&a, &b) == 1);
        }

        #[test]
        fn codes_hold_levels(code in 0u32..244_140_625) {
            let back = levels_of(code).iter().fold(0, |c, &l| c * 5 + l as u32);
            prop_assert_eq!(back, code);
        }
    }
}
