//! The words of all names, each looked at once.

use rayon::prelude::*;

use super::compare::jaro::letter;
use super::pack::{NONE, Ragged, Row, hash, words_of};
use super::typos;
use crate::model::{RecordRef, Snapshots};
use crate::normalize::address::is_town_word;
use crate::normalize::company::is_stop_word;
use crate::normalize::given_names;
use crate::normalize::person::{Sex, is_patronymic, patronymic_sex, surname_sex};
use crate::normalize::translit::{skeleton, sounds};

/// What the pair loop asks of a word most often: half a line of the cache, so that a word costs one miss and not one per
/// question.
#[derive(Clone, Copy, Debug)]
pub struct Word {
    /// As `Packed::address_words` has it.
    pub hash: u64,
    /// Hash of the skeleton, equal for both alphabets.
    pub skeleton: u64,
    /// Records that hold the word.
    pub records: u32,
    /// Number of letters; 255 for more.
    pub letters: u8,
    /// A word that says what a firm does or is, not which (ТОРГОВЫЙ, ДОМ, ГРУППА).
    pub generic: bool,
    /// A word that joins others («и», «по»).
    pub connecting: bool,
    /// A connecting word, or one that says that a branch is meant, not which: «Филиал в г. Самара», «Самара филиал».
    pub filler: bool,
    /// A known town.
    pub town: bool,
    /// A town or a given name: two of them are never slips of each other (Омск, Томск).
    pub known: bool,
    /// Holds a digit.
    pub numeric: bool,
    /// Ends as patronymics do.
    pub patronymic: bool,
    /// The sex that its ending shows, as a surname and as a patronymic.
    pub surname_sex: Option<Sex>,
    pub patronymic_sex: Option<Sex>,
    /// It has entries in [`Vocabulary::typos`].
    pub mistaken: bool,
}

/// Distinct words of names, one number each, in the order of their hashes.
#[derive(Debug, Default)]
pub struct Vocabulary {
    words: Vec<Word>,
    starts: Vec<u32>,
    shift: u32,
    pub letters: Ragged<u8>,
    /// Letters of the sound: typos are looked for in the sound, since one of two words may be in Latin.
    pub sounds: Ragged<u8>,
    /// Words that a rare word may be a mistyped form of, or the other way round; sorted.
    pub typos: Ragged<u32>,
    /// Person names that this word is a form of (Саша: Александр, Александра), see [`full_name`].
    pub full_names: Ragged<u64>,
}

impl Vocabulary {
    pub fn len(&self) -> usize {
        self.words.len()
    }

    #[inline]
    pub fn word(&self, token: u32) -> &Word {
        &self.words[token as usize]
    }

    /// Number of the word with this hash, [`NONE`] for an unknown one. Hashes are spread evenly, so the upper bits lead
    /// to the few that begin so: two cache misses where a search by halves has twenty.
    pub fn number(&self, hash: u64) -> u32 {
        let bucket = (hash >> self.shift) as usize;
        let Some(&[start, end]) = self.starts.get(bucket..bucket + 2) else { return NONE };
        let found = self.words[start as usize..end as usize].binary_search_by_key(&hash, |word| word.hash);
        found.map_or(NONE, |at| start + at as u32)
    }

    /// Where the hashes of each beginning start.
    fn index(&mut self) {
        let bits = usize::BITS - self.words.len().leading_zeros();
        self.shift = u64::BITS - bits.max(1);
        let buckets = 1u64 << bits.max(1);
        let mut at = 0;
        self.starts = (0..=buckets)
            .map(|bucket| {
                at += self.words[at..].iter().take_while(|word| word.hash >> self.shift < bucket).count();
                at as u32
            })
            .collect();
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
pub fn is_connecting(word: &str) -> bool {
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

/// Hashes of surname, given name and patronymic, 0 for none.
pub type Parts = [u64; 3];

/// The vocabulary of names, and the hashes of (surname, given name, patronymic) of every record.
pub fn vocabulary(data: &Snapshots, refs: &[RecordRef], rows: &[Row], words: &[u64]) -> (Vocabulary, Vec<Parts>) {
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
    let mut uses: Vec<(u64, u32)> = Vec::with_capacity(words.len() + refs.len() * 2);
    for (at, (parts, row)) in (0..).zip(parts.iter().zip(rows)) {
        uses.extend(words_of(row, words).iter().chain(parts).filter(|&&h| h != 0).map(|&h| (h, at)));
    }
    uses.par_sort_unstable();
    uses.dedup();
    let mut vocabulary = Vocabulary::default();
    let (mut code, mut folded) = (Vec::new(), String::new());
    for run in uses.chunk_by(|a, b| a.0 == b.0) {
        let (word_hash, at) = run[0];
        let word = find_word(data, refs[at as usize], word_hash);
        code.clear();
        code.extend(word.chars().map(letter));
        vocabulary.letters.push(code.iter().copied());
        folded.clear();
        skeleton(word, &mut folded);
        vocabulary.words.push(Word {
            hash: word_hash,
            skeleton: if folded.is_empty() { word_hash } else { hash(folded.as_str()) },
            records: run.len() as u32,
            letters: code.len().min(usize::from(u8::MAX)) as u8,
            generic: is_stop_word(word),
            connecting: is_connecting(word),
            filler: is_connecting(word) || is_branch_word(word),
            town: is_town_word(word),
            known: is_town_word(word) || given_names::get(word).is_some(),
            numeric: word.bytes().any(|b| b.is_ascii_digit()),
            patronymic: is_patronymic(word),
            surname_sex: surname_sex(word),
            patronymic_sex: patronymic_sex(word),
            mistaken: false,
        });
        folded.clear();
        sounds(word, &mut folded);
        vocabulary.sounds.push(folded.chars().map(letter));
        vocabulary.full_names.push(full_names(word));
    }
    vocabulary.index();
    vocabulary.typos = typos::neighbours(&vocabulary);
    for (token, word) in (0..).zip(&mut vocabulary.words) {
        word.mistaken = !vocabulary.typos.get(token).is_empty();
    }
    (vocabulary, parts)
}

/// Bits of a full name that are not of its hash: its first letter and its sex.
const NAME_BITS: u32 = 9;

/// A full given name as one number: its hash, with its first letter and the sex in the lowest bits.
fn full_name(name: &str, sex: Sex) -> u64 {
    let first = name.chars().next().map_or(0, letter);
    hash(name) >> NAME_BITS << NAME_BITS | u64::from(first) << 1 | sex as u64
}

/// Whether a full name is of this sex.
pub fn has_sex(full_name: u64, sex: Sex) -> bool {
    full_name & 1 == sex as u64
}

/// Whether a full name is the word of this hash.
pub fn is_word(full_name: u64, hash: u64) -> bool {
    full_name >> NAME_BITS == hash >> NAME_BITS
}

/// First letter of a full name.
pub fn initial_of(full_name: u64) -> u8 {
    (full_name >> 1) as u8
}

/// The given names that a word stands for, in either alphabet; empty for a word that is none.
fn full_names(word: &str) -> Vec<u64> {
    let meaning = given_names::get(word)
        .or_else(|| given_names::from_latin(word).filter(|_| word.is_ascii()).and_then(given_names::get));
    meaning.map_or_else(Vec::new, |m| m.forms().map(|(form, sex)| full_name(form, sex)).collect())
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
