//! Texts whose damage shows what stood there: a wrong code page, a wrong keyboard layout, look-alike letters of the other
//! alphabet, characters that nobody sees.
//!
//! Only what can be read in one way is repaired. Letters that were lost («????», U+FFFD) and words that are words in both
//! alphabets («СТK») are left as they are.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1251, WINDOWS_1252};

use super::{layout, text};
use crate::ingest::text::{Mojibake, mojibake};

/// What was wrong with a text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Repair {
    /// Read in a wrong code page.
    Encoding,
    /// Typed in the Latin layout of the keyboard.
    Layout,
    /// Letters of the other alphabet that look the same.
    LookAlike,
    /// Invisible characters, odd and doubled spaces.
    Invisible,
}

/// Cyrillic letters that a text must hold to be believed after another code page is tried without its proof.
const LEAST_CYRILLIC: usize = 4;

/// The text as it must read, and the first thing that was wrong with it; `None` for a sound text, for one that cannot be
/// repaired, and where only its ends would change: systems trim them.
pub fn repaired(raw: &str) -> Option<(String, Repair)> {
    let mut first = None;
    let mut fixed = Cow::Borrowed(raw);
    for what in [Repair::Encoding, Repair::Layout, Repair::LookAlike, Repair::Invisible] {
        let better = match what {
            Repair::Encoding => decoded(&fixed),
            Repair::Layout => layout::russian(&fixed),
            Repair::LookAlike => in_one_alphabet(&fixed),
            Repair::Invisible => visible(&fixed),
        };
        if let Some(better) = better.filter(|better| *better != fixed) {
            first = first.or(Some(what));
            fixed = Cow::Owned(better);
        }
        // What is still unreadable is not to be tidied up.
        if what == Repair::Encoding && mojibake(&fixed).is_some() {
            return None;
        }
    }
    let first = first?;
    (fixed.trim() != raw.trim() && !fixed.trim().is_empty()).then(|| (fixed.into_owned(), first))
}

/// The text read in the code page in which it was written.
fn decoded(raw: &str) -> Option<String> {
    let (misread_as, written_in): (&Encoding, &Encoding) = match mojibake(raw)? {
        Mojibake::Utf8AsWindows1251 => (WINDOWS_1251, UTF_8),
        Mojibake::Utf8AsLatin1 => (WINDOWS_1252, UTF_8),
        Mojibake::Windows1251AsLatin1 => (WINDOWS_1252, WINDOWS_1251),
        Mojibake::QuestionMarks | Mojibake::Replacement => return None,
    };
    let (bytes, _, lost) = misread_as.encode(raw);
    if lost {
        return None;
    }
    let read = written_in.decode_without_bom_handling_and_without_replacement(&bytes)?.into_owned();
    // The bytes of UTF-8 prove themselves; any bytes are windows-1251.
    let letters = || read.chars().filter(|&c| !c.is_ascii() && text::is_letter(c));
    let proved = written_in == UTF_8 || (letters().count() >= LEAST_CYRILLIC && letters().all(text::is_cyrillic));
    (proved && mojibake(&read).is_none()).then_some(read)
}

/// Words that mix alphabets, in the one that all of their letters have. Those that could be of either stay.
fn in_one_alphabet(raw: &str) -> Option<String> {
    if raw.is_ascii() || !raw.bytes().any(|b| b.is_ascii_alphabetic()) {
        return None;
    }
    let mut out = String::with_capacity(raw.len());
    let mut changed = false;
    for word in raw.split_inclusive(|c: char| !text::is_letter(c)) {
        let (letters, end) = match word.chars().next_back() {
            Some(c) if !text::is_letter(c) => word.split_at(word.len() - c.len_utf8()),
            _ => (word, ""),
        };
        match mixture(letters) {
            Some(Mixture::Cyrillic) => {
                changed = true;
                out.extend(letters.chars().map(|c| twin(c, text::cyrillic_of)));
            }
            Some(Mixture::Latin) => {
                changed = true;
                out.extend(letters.chars().map(|c| twin(c, text::latin_of)));
            }
            Some(Mixture::Either) | None => out.push_str(letters),
        }
        out.push_str(end);
    }
    changed.then_some(out)
}

/// The letter that looks like this one, in the same case.
fn twin(c: char, of_capital: fn(char) -> Option<char>) -> char {
    let big = c.to_uppercase().next().unwrap_or(c);
    match of_capital(big) {
        Some(other) if c == big => other,
        Some(other) => other.to_lowercase().next().unwrap_or(other),
        None => c,
    }
}

/// A word of two alphabets whose letters of one of them are all look-alikes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Mixture {
    /// Only its Latin letters have twins: it is Cyrillic.
    Cyrillic,
    Latin,
    /// Nobody can see which it is.
    Either,
}

fn mixture(word: &str) -> Option<Mixture> {
    let (mut latin, mut cyrillic) = (0, 0);
    let (mut latin_alike, mut cyrillic_alike) = (true, true);
    for c in word.chars() {
        let big = c.to_uppercase().next().unwrap_or(c);
        // Small letters: only those whose small forms look alike too.
        if c.is_ascii_alphabetic() {
            latin += 1;
            latin_alike &= text::cyrillic_of(big).is_some() && !matches!(c, 'b' | 'h' | 'k' | 'm' | 't');
        } else if text::is_cyrillic(c) {
            cyrillic += 1;
            cyrillic_alike &= text::latin_of(big).is_some() && !matches!(c, 'в' | 'н' | 'к' | 'м' | 'т');
        }
    }
    match (latin_alike, cyrillic_alike) {
        _ if latin == 0 || cyrillic == 0 => None,
        (true, true) => Some(Mixture::Either),
        (true, false) => Some(Mixture::Cyrillic),
        (false, true) => Some(Mixture::Latin),
        // A brand with a letter that only one alphabet has on either side («МегаFон») is meant so.
        (false, false) => None,
    }
}

/// The first word that mixes alphabets by look-alikes.
pub fn mixed_word(name: &str) -> Option<&str> {
    // Most names are in one alphabet, and need no look at their words.
    if name.is_ascii() || !name.bytes().any(|b| b.is_ascii_alphabetic()) {
        return None;
    }
    name.split(|c: char| !text::is_letter(c)).find(|word| mixture(word).is_some())
}

/// Without invisible characters, with single plain spaces; line ends stay.
fn visible(raw: &str) -> Option<String> {
    if !text::has_invisible(raw) {
        return None;
    }
    let mut out = String::with_capacity(raw.len());
    for c in raw.chars().filter(|&c| !text::is_invisible(c)) {
        // A carriage return belongs to its line end.
        let c = if c != '\r' && text::is_odd_space(c) { ' ' } else { c };
        if c != ' ' || !out.ends_with(' ') {
            out.push(c);
        }
    }
    Some(out.trim_matches([' ', '\n']).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn misread(text: &str, written_in: &'static Encoding, read_as: &'static Encoding) -> String {
        read_as.decode_without_bom_handling(&written_in.encode(text).0).0.into_owned()
    }

    #[test]
    fn what_can_be_read_in_one_way_is_repaired() {
        let name = "ООО «Ромашка и сыновья»";
        for (written_in, read_as) in [(UTF_8, WINDOWS_1251), (UTF_8, WINDOWS_1252), (WINDOWS_1251, WINDOWS_1252)] {
            let damaged = misread(name, written_in, read_as);
            assert_eq!(repaired(&damaged), Some((name.to_owned(), Repair::Encoding)), "{damaged}");
        }
        for (damaged, sound, what) in [
            ("ООО «Pомашка»", "ООО «Ромашка»", Repair::LookAlike),
            ("Иванoв", "Иванов", Repair::LookAlike),
            ("Rоmashka", "Romashka", Repair::LookAlike),
            ("ООО\u{a0} Ро\u{ad}машка", "ООО Ромашка", Repair::Invisible),
            ("Jrcfyf Gtnhjdf", "Оксана Петрова", Repair::Layout),
            ("ООО  Pомашка", "ООО Ромашка", Repair::LookAlike),
        ] {
            assert_eq!(repaired(damaged), Some((sound.to_owned(), what)), "{damaged}");
            assert_eq!(repaired(sound), None, "{sound}");
        }
    }

    #[test]
    fn what_is_sound_or_lost_is_left_alone() {
        for text in [
            "",
            "ООО «Ромашка»",
            "ООО  ????????",
            "Ром\u{fffd}шка  и Ко",
            "АО «СТK»",
            "МегаFон",
            "IT-компания «Вектор 1С», Wi-Fi",
            "Bosch",
            "Société Générale",
            " Ромашка ",
            "\u{a0}Ромашка",
            "Ромашка\r\nи Ко",
        ] {
            assert_eq!(repaired(text), None, "{text}");
        }
    }
}
