//! Address.

use super::jaro::letter;
use super::{Outcome, Pair, one_edit, shared};
use crate::matching::pack::hash;
use crate::matching::types::Level;

/// Greatest weight of one address: a house holds many firms, and a firm has several.
const MOST: f32 = 7.0;
/// The same for persons: who else lives there shows by the name.
pub const MOST_OF_PERSONS: f32 = 10.0;
/// Share of the weight of the words that two spellings of one address have in common.
const ALIKE: f32 = 0.5;
/// Share from which on slips in the rest are looked for.
const WORTH_A_LOOK: f32 = 0.25;

/// Exact: equal text. Folded: the same words in another order. Near: the rarer words agree (street and house, not the
/// town alone). One address holds many firms, and one firm has several: the weight stays small.
pub fn compare(pair: &Pair, persons: bool) -> Outcome {
    let most = if persons { MOST_OF_PERSONS } else { MOST };
    let p = pair.p;
    let (a, b) = (p.row(pair.a), p.row(pair.b));
    if a.address == 0 || b.address == 0 {
        return Outcome::EMPTY;
    }
    let (x, y) = (p.address_words(pair.a), p.address_words(pair.b));
    if a.address == b.address || x == y {
        let level = if a.address == b.address { Level::Exact } else { Level::Folded };
        // A town alone is an address to some sources: no better than any other common value.
        if a.address_folded == 0 {
            return Outcome::new(level, 1.0);
        }
        let others = Pair::strangers(p.frequencies.address.get(&a.address_folded), 0.5);
        return Outcome::new(level, pair.rare(0.4, others).clamp(0.0, most));
    }
    let (mut best, mut rest, mut agreed) = (0f32, 0f32, 0f32);
    for word in shared(x, y) {
        let bits = rarity(pair, word);
        agreed += bits;
        rest += best.min(bits);
        best = best.max(bits);
    }
    // A word that nobody else has is a slip as likely as another place: it may not outweigh what agrees.
    let most_alone = p.scale * 0.5;
    let alone = |words: &[u64], others: &[u64]| -> f32 {
        let left = words.iter().filter(|word| !others.contains(word));
        left.map(|&word| rarity(pair, word).min(most_alone)).sum()
    };
    let mut all = 2.0 * agreed + alone(x, y) + alone(y, x);
    let mut alike = if all > 0.0 { 2.0 * agreed / all } else { 0.0 };
    let mut words = shared(x, y).count();
    if (WORTH_A_LOOK..ALIKE).contains(&alike) {
        for (word, other) in slips(pair, x, y) {
            let bits = rarity(pair, word).min(rarity(pair, other));
            all += 2.0 * bits - rarity(pair, word).min(most_alone) - rarity(pair, other).min(most_alone);
            agreed += bits;
            rest += best.min(bits);
            best = best.max(bits);
            words += 1;
        }
        alike = if all > 0.0 { 2.0 * agreed / all } else { 0.0 };
    }
    if alike >= ALIKE && words > 1 {
        // Street and town go together: what is shared beyond the rarest word says half as much.
        let bits = (best + 0.5 * rest) * alike - 4.0;
        return Outcome::new(Level::Near, bits.clamp(0.5, most - 1.0));
    }
    Outcome::new(Level::Different, if a.town != 0 && a.town == b.town { -0.3 } else { -0.8 })
}

/// Most words of an address that the other one lacks and that are looked at for slips.
const MOST_LEFT: usize = 4;
/// Letters of a word in which a slip is believed.
const SLIP_LETTERS: usize = 5;
/// Longer words are cut.
const MOST_LETTERS: usize = 24;

/// Words of one address only, as letters with their hash.
#[derive(Clone, Copy, Default)]
struct Left {
    hash: u64,
    letters: [u8; MOST_LETTERS],
    count: usize,
}

/// Pairs of hashes of words that only one address has and that are one edit apart. Numbers are never slips.
fn slips(pair: &Pair, x: &[u64], y: &[u64]) -> impl Iterator<Item = (u64, u64)> {
    let (left, right) = (left_over(pair, pair.a, y), left_over(pair, pair.b, x));
    let mut used = [false; MOST_LEFT];
    left.into_iter().filter(|word| word.count > 0).filter_map(move |word| {
        let letters = &word.letters[..word.count];
        let partner = right
            .iter()
            .enumerate()
            .find(|(at, other)| !used[*at] && other.count > 0 && one_edit(letters, &other.letters[..other.count]));
        let (at, other) = partner?;
        used[at] = true;
        Some((word.hash, other.hash))
    })
}

fn left_over(pair: &Pair, record: u32, others: &[u64]) -> [Left; MOST_LEFT] {
    let r = pair.p.refs[record as usize];
    let text = pair.p.data.parties(r.side).address.get(r.at());
    let mut left = [Left::default(); MOST_LEFT];
    let mut found = 0;
    for word in text.split(' ').filter(|word| word.len() >= SLIP_LETTERS && !word.bytes().any(|b| b.is_ascii_digit())) {
        let hash = hash(word);
        if found == MOST_LEFT || others.contains(&hash) || left[..found].iter().any(|l| l.hash == hash) {
            continue;
        }
        let mut next = Left { hash, ..Left::default() };
        for c in word.chars().take(MOST_LETTERS) {
            next.letters[next.count] = letter(c);
            next.count += 1;
        }
        if next.count >= SLIP_LETTERS {
            left[found] = next;
            found += 1;
        }
    }
    // Partners are chosen in an order that is the same from either side.
    left[..found].sort_unstable_by_key(|l| l.hash);
    left
}

/// How much a shared word says: log2(N / records that hold it).
fn rarity(pair: &Pair, word: u64) -> f32 {
    pair.p.frequencies.rarity_of_address_word(word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::compare::Comparison;
    use crate::matching::pack;
    use crate::matching::testing::World;
    use crate::model::Field;

    fn outcome(crm: &str, onec: &str, persons: bool) -> Outcome {
        let name = (Field::Name, "ООО «Ромашка»");
        let data = World::default()
            .crm("1", &[name, (Field::Address, crm)])
            .onec("1", &[name, (Field::Address, onec)])
            .build();
        let packed = pack::pack(&data);
        assert_eq!(
            super::super::compare(&packed, 0, 1).level(Comparison::Address),
            compare(&Pair { p: &packed, a: 0, b: 1 }, false).level
        );
        compare(&Pair { p: &packed, a: 0, b: 1 }, persons)
    }

    #[test]
    fn levels() {
        let home = "г. Казань, ул. Баумана, д. 7";
        for (other, level) in [
            ("Казань г, Баумана ул, дом 7", Level::Exact),
            ("ул. Баумана, 7, г. Казань", Level::Folded),
            ("г. Казань, ул. Баумана, д. 7, кв. 12", Level::Near),
            // A town alone, a street alone.
            ("г. Казань, ул. Лермонтова, д. 9", Level::Different),
            ("г. Пермь, ул. Баумана, д. 9", Level::Different),
            ("", Level::Empty),
        ] {
            assert_eq!(outcome(home, other, false).level, level, "{other}");
            assert_eq!(outcome(other, home, false).level, level, "{other}, turned");
        }
        assert_eq!(outcome("", "", false), Outcome::EMPTY);
    }

    /// A street with a slip is the same street; a number with one is another house.
    #[test]
    fn slips_in_a_street() {
        let near = |a, b| outcome(a, b, false).level == Level::Near;
        assert!(near("г. Казань, ул. Октябрьская, д. 7", "г. Казань, ул. Октябрьскоя, д. 9"));
        assert!(!near("г. Казань, ул. Октябрьская, д. 7", "г. Казань, ул. Лермонтова, д. 9"));
        assert!(!near("г. Казань, ул. Мира, д. 7", "г. Казань, ул. Мара, д. 9"), "short words are not looked at");
        assert!(!near("г. Казань, ул. Мира, д. 12345", "г. Казань, ул. Лермонтова, д. 12346"));
    }

    #[test]
    fn weights() {
        let home = "г. Казань, ул. Баумана, д. 7";
        let bits = |a, b| outcome(a, b, false).bits;
        assert_eq!(bits(home, home), MOST.min(outcome(home, home, true).bits));
        assert_eq!(bits("Казань", "Казань"), 1.0, "a town alone");
        assert_eq!(bits(home, "г. Казань, ул. Лермонтова, д. 9"), -0.3, "another street");
        assert_eq!(bits(home, "г. Пермь, ул. Лермонтова, д. 9"), -0.8, "another town");
        assert_eq!(bits("ул. Баумана, д. 7", "ул. Лермонтова, д. 9"), -0.8, "no town");
        let part = bits(home, "г. Казань, ул. Баумана, д. 7, кв. 12");
        assert!(part > 1.0 && part < bits(home, home), "{part}");
    }
}
