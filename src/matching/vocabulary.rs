//! The words of all names, each looked at once.

use rayon::prelude::*;

use super::compare::jaro::letter;
use super::compare::scale;
use super::group;
use super::pack::{NONE, Ragged, Row, hash, words_of};
use super::typos;
use crate::model::{RecordRef, Snapshots};
use crate::normalize::address::is_town_word;
use crate::normalize::company::is_stop_word;
use crate::normalize::given_names;
use crate::normalize::person::is_patronymic;
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
    /// How much it says that two names share the word: log2(N / strangers that hold it).
    pub rarity: f32,
    /// Number of letters; 255 for more.
    pub letters: u8,
    /// Number of letters of the sound; 255 for more.
    pub sounds: u8,
    /// A word that says what a firm does or is, not which (ТОРГОВЫЙ, ДОМ, ГРУППА).
    pub generic: bool,
    filler: Filler,
    name: Name,
    /// Holds a digit.
    pub numeric: bool,
    /// Ends as patronymics do.
    pub patronymic: bool,
    /// It has entries in [`Vocabulary::typos`].
    pub mistaken: bool,
}

const _: () = assert!(size_of::<Word>() == 32);

/// A word that fills a name up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Filler {
    No,
    /// It says that a branch is meant, not which: «Филиал в г. Самара», «Самара филиал».
    Branch,
    /// It joins others («и», «по»).
    Connecting,
}

/// A word that is a name everybody knows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Name {
    No,
    Given,
    Town,
}

impl Word {
    /// A word that joins others («и», «по»).
    pub fn is_connecting(&self) -> bool {
        self.filler == Filler::Connecting
    }

    /// A connecting word, or one that says that a branch is meant.
    pub fn is_filler(&self) -> bool {
        self.filler != Filler::No
    }

    /// A known town.
    pub fn is_town(&self) -> bool {
        self.name == Name::Town
    }

    /// A town or a given name: two of them are never slips of each other (Омск, Томск).
    pub fn is_known(&self) -> bool {
        self.name != Name::No
    }
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
    /// Person names that this word is a form of (Саша: Александр, Александра), hashed and sorted.
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
    let scale = scale(refs.len());
    let uses = group::of_each(refs.len(), |at, out| {
        let words = words_of(&rows[at as usize], words).iter().chain(&parts[at as usize]);
        out.extend(words.filter(|&&hash| hash != 0).map(|&hash| (hash, at)));
    });
    let parts_of_words = group::by_key(uses, group::Keys::Hashed, 1, |records, made: &mut Part| {
        let (word_hash, at) = records[0];
        made.add(find_word(data, refs[at as usize], word_hash), word_hash, records.len() as u32, scale);
    });
    let mut vocabulary = Vocabulary::default();
    for part in parts_of_words {
        vocabulary.words.extend(part.words);
        vocabulary.letters.append(part.letters);
        vocabulary.sounds.append(part.sounds);
        vocabulary.full_names.append(part.full_names);
    }
    vocabulary.index();
    vocabulary.typos = typos::neighbours(&vocabulary);
    for (token, word) in (0..).zip(&mut vocabulary.words) {
        word.mistaken = !vocabulary.typos.get(token).is_empty();
    }
    (vocabulary, parts)
}

/// Words whose hashes follow each other.
#[derive(Default)]
struct Part {
    words: Vec<Word>,
    letters: Ragged<u8>,
    sounds: Ragged<u8>,
    full_names: Ragged<u64>,
    folded: String,
}

impl Part {
    /// `scale`: as [`scale`] of all records.
    fn add(&mut self, word: &str, word_hash: u64, records: u32, scale: f32) {
        self.letters.push(word.chars().map(letter));
        self.folded.clear();
        sounds(word, &mut self.folded);
        let sounds = self.folded.chars().count();
        self.sounds.push(self.folded.chars().map(letter));
        self.folded.clear();
        skeleton(word, &mut self.folded);
        let generic = is_stop_word(word);
        let strangers = (records as f32 - 2.0).max(0.5);
        self.words.push(Word {
            hash: word_hash,
            skeleton: if self.folded.is_empty() { word_hash } else { hash(self.folded.as_str()) },
            records,
            letters: word.chars().count().min(usize::from(u8::MAX)) as u8,
            rarity: if generic { 0.5 } else { (scale - strangers.log2()).max(0.5) },
            sounds: sounds.min(usize::from(u8::MAX)) as u8,
            generic,
            filler: match word {
                _ if is_connecting(word) => Filler::Connecting,
                _ if is_branch_word(word) => Filler::Branch,
                _ => Filler::No,
            },
            name: match word {
                _ if is_town_word(word) => Name::Town,
                _ if given_names::get(word).is_some() => Name::Given,
                _ => Name::No,
            },
            numeric: word.bytes().any(|b| b.is_ascii_digit()),
            patronymic: is_patronymic(word),
            mistaken: false,
        });
        self.full_names.push(full_names(word));
    }
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
