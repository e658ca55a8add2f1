//! Jaro–Winkler on one byte per letter.
//!
//! A letter of a folded name fits a byte, so the positions of a letter in a word fit one machine word and the search
//! for a partner is a few bit operations (after Hyyrö's bit-parallel matching). Results are those of `strsim`, which
//! stays the oracle of the tests and takes over for words longer than 64 letters.

/// Similarity of two words of coded letters, 0..=1, symmetric up to the order in which equal letters pair.
pub fn jaro_winkler(a: &[u8], b: &[u8]) -> f64 {
    if a.len() > 64 || b.len() > 64 {
        return strsim::generic_jaro_winkler(&Letters(a), &Letters(b));
    }
    let jaro = jaro(a, b);
    if jaro <= 0.7 {
        return jaro;
    }
    let prefix = a.iter().zip(b).take(4).take_while(|(x, y)| x == y).count();
    jaro + 0.1 * prefix as f64 * (1.0 - jaro)
}

struct Letters<'a>(&'a [u8]);

impl<'a> IntoIterator for &'a Letters<'_> {
    type Item = u8;
    type IntoIter = std::iter::Copied<std::slice::Iter<'a, u8>>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter().copied()
    }
}

/// Both at most 64 letters.
fn jaro(a: &[u8], b: &[u8]) -> f64 {
    if a.is_empty() || b.is_empty() {
        return if a.len() == b.len() { 1.0 } else { 0.0 };
    }
    // Letters are coded below 128; a shared slot would only cost exactness for codes nobody makes.
    let mut positions = [0u64; 128];
    for (at, letter) in b.iter().enumerate() {
        positions[usize::from(letter & 127)] |= 1 << at;
    }
    let range = (a.len().max(b.len()) / 2).saturating_sub(1);
    let (mut taken_a, mut taken_b) = (0u64, 0u64);
    for (at, letter) in a.iter().enumerate() {
        let low = at.saturating_sub(range);
        let high = (at + range + 1).min(64);
        let window = (u64::MAX >> (64 - high)) & u64::MAX.checked_shl(low as u32).unwrap_or(0);
        let free = positions[usize::from(letter & 127)] & window & !taken_b;
        if free != 0 {
            taken_b |= free & free.wrapping_neg();
            taken_a |= 1 << at;
        }
    }
    let matches = taken_a.count_ones();
    if matches == 0 {
        return 0.0;
    }
    let mut transpositions = 0u32;
    let (mut rest_a, mut rest_b) = (taken_a, taken_b);
    while rest_a != 0 {
        let (x, y) = (rest_a.trailing_zeros() as usize, rest_b.trailing_zeros() as usize);
        transpositions += u32::from(a[x] != b[y]);
        rest_a &= rest_a - 1;
        rest_b &= rest_b - 1;
    }
    let matches = f64::from(matches);
    let ordered = matches - f64::from(transpositions / 2);
    (matches / a.len() as f64 + matches / b.len() as f64 + ordered / matches) / 3.0
}

/// Code of a folded letter: Cyrillic capitals, Latin capitals and digits have codes of their own, the rest share one.
pub const fn letter(c: char) -> u8 {
    match c {
        'А'..='Я' => (c as u32 - 'А' as u32) as u8 + 1,
        'A'..='Z' => (c as u8 - b'A') + 40,
        '0'..='9' => (c as u8 - b'0') + 70,
        ' ' => 90,
        '-' => 91,
        _ => 127,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn code(text: &str) -> Vec<u8> {
        text.chars().map(letter).collect()
    }

    #[test]
    fn known_values() {
        let check = |a: &str, b: &str, expected: f64| {
            let got = jaro_winkler(&code(a), &code(b));
            assert!((got - expected).abs() < 1e-3, "{a} {b}: {got}");
        };
        check("", "", 1.0);
        check("А", "", 0.0);
        check("MARTHA", "MARHTA", 0.961);
        check("DIXON", "DICKSONX", 0.813);
        check("РОМАШКА", "РОМАШКА", 1.0);
        check("ВЕКТОР", "ВИКТОР", 0.9);
        check("РОМАШКА", "БУКЕТ", 0.0);
    }

    proptest! {
        #[test]
        fn agrees_with_strsim(a in "[АБВГ0 ]{0,80}", b in "[АБВГ0 ]{0,80}") {
            let oracle = strsim::jaro_winkler(&a, &b);
            let got = jaro_winkler(&code(&a), &code(&b));
            prop_assert!((got - oracle).abs() < 1e-9, "{} {} {} {}", a, b, got, oracle);
        }
    }
}
