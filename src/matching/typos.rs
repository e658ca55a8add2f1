//! Which words may be mistyped forms of each other, found once over the vocabulary and not once per pair.
//!
//! Every word is hashed with each of its letters left out (deletion neighbourhoods, as SymSpell does); words that share a
//! hash are looked at. A typo is rare by nature, so an edge needs a rare end: two frequent words one letter apart are two
//! words.

use super::compare::one_edit;
use super::group;
use super::pack::{Ragged, hash};
use super::vocabulary::Vocabulary;

/// Records of a word that may be a typo.
const TYPO_RECORDS: u32 = 3;
/// Records of a word that may be a typo of one [`TIMES_AS_COMMON`] as frequent.
const MOST_TYPO_RECORDS: u32 = 8;
const TIMES_AS_COMMON: u32 = 20;
/// Letters of the sound of a word in which a typo is believed.
pub const TYPO_LETTERS: usize = 4;
/// Longer words are sentences.
const MOST_LETTERS: usize = 32;
/// Words of one neighbourhood that are compared with each other; more are a scheme of coined names.
const MOST_ALIKE: usize = 24;

/// For each word those one edit of the sound away, where one of the two is rare; sorted.
pub fn neighbours(v: &Vocabulary) -> Ragged<u32> {
    let words = v.len() as u32;
    let forms = group::of_each(v.len(), |word, forms| {
        let letters = v.sounds.get(word);
        if (TYPO_LETTERS..=MOST_LETTERS).contains(&letters.len()) && !v.word(word).numeric {
            forms.push((hash(letters), word));
            let mut shorter = [0u8; MOST_LETTERS];
            for gap in 0..letters.len() {
                // Leaving out either of two equal letters gives one form.
                if gap > 0 && letters[gap] == letters[gap - 1] {
                    continue;
                }
                shorter[..gap].copy_from_slice(&letters[..gap]);
                shorter[gap..letters.len() - 1].copy_from_slice(&letters[gap + 1..]);
                forms.push((hash(&shorter[..letters.len() - 1]), word));
            }
        }
    });
    let edges = group::by_key(forms, group::Keys::Hashed, 2, |alike, edges: &mut Vec<(u32, u32)>| {
        if alike.len() <= MOST_ALIKE {
            for (i, &(_, x)) in alike.iter().enumerate() {
                let typos = alike[i + 1..].iter().map(|&(_, y)| y).filter(|&y| is_typo(v, x, y));
                edges.extend(typos.flat_map(|y| [(x, y), (y, x)]));
            }
        }
    });
    let mut edges: Vec<(u32, u32)> = edges.concat();
    edges.sort_unstable();
    edges.dedup();
    let mut found = Ragged::default();
    let mut at = 0;
    for word in 0..words {
        let run = edges[at..].iter().take_while(|e| e.0 == word).count();
        found.push(edges[at..at + run].iter().map(|e| e.1));
        at += run;
    }
    found
}

fn is_typo(v: &Vocabulary, x: u32, y: u32) -> bool {
    let known = v.word(x).is_known() && v.word(y).is_known();
    !known
        && is_rare(v, x, y)
        && one_edit(v.sounds.get(x), v.sounds.get(y))
        && !differ_in_sex(v.sounds.get(x), v.sounds.get(y))
}

/// Whether one of two words is rare enough to be a slip of the other: seldom met at all, or seldom beside the other one,
/// since a frequent name is misspelt more often.
pub fn is_rare(v: &Vocabulary, x: u32, y: u32) -> bool {
    let (x, y) = (v.word(x).records, v.word(y).records);
    let (rare, common) = (x.min(y), x.max(y));
    rare <= TYPO_RECORDS || rare <= MOST_TYPO_RECORDS && rare * TIMES_AS_COMMON <= common
}

/// «Берёзкин» and «Берёзкина» are two people as often as a slip: sounds that differ by the ending of a woman's surname.
pub fn differ_in_sex(x: &[u8], y: &[u8]) -> bool {
    let (short, long) = if x.len() < y.len() { (x, y) } else { (y, x) };
    const A: u8 = super::compare::jaro::letter('A');
    const STEMS: [u8; 2] = [super::compare::jaro::letter('V'), super::compare::jaro::letter('N')];
    long.len() == short.len() + 1
        && long.last() == Some(&A)
        && short.last().is_some_and(|last| STEMS.contains(last))
        && long.starts_with(short)
}
