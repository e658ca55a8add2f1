//! Encodings of text inputs, and traces of a wrong one inside a text.
//!
//! Order: BOM, UTF-16 by its zero bytes, validity as UTF-8, then the Cyrillic single-byte encodings by letter
//! frequencies, since any bytes are "valid" in those. Nothing is lossy in silence: bytes that are no character are
//! counted in [`Decoded::undecodable`].

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, IBM866, KOI8_R, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1251, WINDOWS_1252};
use rayon::prelude::*;

/// Bytes that decide between single-byte encodings: beyond some thousand letters the verdict does not change.
const SAMPLE: usize = 1 << 16;
/// A single-byte text is decoded in pieces of this size, bytes.
const PIECE: usize = 1 << 20;
/// Pieces that are decoded before they are joined: enough for the cores of a large machine.
const BATCH: usize = 32;
/// Weight of the guess of chardetng among our own letter scores, as a share of the sample's non-ASCII letters.
const GUESS_BONUS: f64 = 0.15;

/// A text and what it was.
#[derive(Debug)]
pub struct Decoded<'a> {
    /// Without BOM. Borrowed when the input was UTF-8.
    pub text: Cow<'a, str>,
    /// `utf-8`, `utf-8-bom`, `utf-16le`, `utf-16be`, `windows-1251`, `ibm866`, `koi8-r`, `windows-1252`.
    pub encoding: &'static str,
    /// Places that are no character in this encoding; each became U+FFFD (for windows-1251: U+0098).
    pub undecodable: usize,
}

/// Finds the encoding and decodes. Pure ASCII is `utf-8`. UTF-8 input is not copied.
pub fn decode(bytes: &[u8]) -> Decoded<'_> {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        let rest = &bytes[length..];
        if encoding == UTF_16LE || encoding == UTF_16BE {
            return decode_utf16(rest, encoding);
        }
        return decode_utf8(rest, "utf-8-bom");
    }
    if let Some(encoding) = utf16_without_bom(bytes, bytes.len() as u64) {
        return decode_utf16(bytes, encoding);
    }
    if simdutf8::basic::from_utf8(bytes).is_ok() || mostly_utf8(bytes) {
        return decode_utf8(bytes, "utf-8");
    }
    decode_single_byte(bytes, guess_single_byte(bytes))
}

/// The encoding of a text that is decoded in pieces.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    encoding: &'static Encoding,
    /// As [`Decoded::encoding`].
    pub name: &'static str,
    /// Length of the byte order mark, bytes.
    pub bom: usize,
}

impl Found {
    /// Decodes a piece of the text, without the byte order mark, cut at a [`Self::border`].
    pub fn decode<'a>(&self, piece: &'a [u8]) -> Decoded<'a> {
        if self.encoding == UTF_8 {
            decode_utf8(piece, self.name)
        } else if self.encoding == UTF_16LE || self.encoding == UTF_16BE {
            decode_utf16(piece, self.encoding)
        } else {
            decode_single_byte(piece, self.encoding)
        }
    }

    /// The last place at which a text may be cut so that both pieces decode as the whole does.
    pub fn border(&self, bytes: &[u8]) -> usize {
        if self.encoding != UTF_16LE && self.encoding != UTF_16BE {
            return border(bytes);
        }
        let even = bytes.len() & !1;
        let high = if self.encoding == UTF_16LE { 1 } else { 0 };
        // Not between the two halves of a character.
        match even.checked_sub(2) {
            Some(last) if matches!(bytes[last + high], 0xD8..=0xDB) => last,
            _ => even,
        }
    }
}

/// The last place at which UTF-8 may be cut: before a byte that begins a character. Harmless to other encodings of
/// single bytes.
pub(super) fn border(bytes: &[u8]) -> usize {
    let tail = bytes.len().saturating_sub(4);
    bytes[tail..].iter().rposition(|b| b & 0xC0 != 0x80).map_or(bytes.len(), |at| tail + at)
}

/// Finds the encoding of a text that comes in pieces, as [`decode`] does of a whole one.
#[derive(Default)]
pub(super) struct Probe {
    head: Vec<u8>,
    length: u64,
    is_broken: bool,
    /// Beginnings of characters that are no ASCII, and broken places, when the text were UTF-8.
    letters: usize,
    broken: usize,
    /// The last bytes before the sample, then the sample for [`guess_single_byte`].
    sample: Vec<u8>,
    has_sample: bool,
}

impl Probe {
    /// Takes the next piece, cut at a [`border`].
    pub fn feed(&mut self, piece: &[u8]) {
        self.head.extend(&piece[..piece.len().min(4096 - self.head.len())]);
        self.length += piece.len() as u64;
        if self.has_sample {
            self.sample.extend(&piece[..piece.len().min(SAMPLE.saturating_sub(self.sample.len()))]);
        } else if let Some(first) = piece.iter().position(|b| !b.is_ascii()) {
            self.has_sample = true;
            let start = first.saturating_sub(64);
            self.sample.clear();
            self.sample.extend(&piece[start..piece.len().min(start + SAMPLE)]);
        }
        if simdutf8::basic::from_utf8(piece).is_ok() {
            self.letters +=
                piece.par_chunks(PIECE).map(|part| part.iter().filter(|&&b| b >= 0xC2).count()).sum::<usize>();
        } else {
            self.is_broken = true;
            let (letters, broken) = utf8_letters(piece);
            self.letters += letters;
            self.broken += broken;
        }
    }

    pub fn finish(self) -> Found {
        let found = |encoding, name, bom| Found { encoding, name, bom };
        if let Some((encoding, bom)) = Encoding::for_bom(&self.head) {
            let name = match encoding {
                e if e == UTF_16LE => "utf-16le",
                e if e == UTF_16BE => "utf-16be",
                _ => "utf-8-bom",
            };
            return found(encoding, name, bom);
        }
        if let Some(encoding) = utf16_without_bom(&self.head, self.length) {
            return found(encoding, if encoding == UTF_16LE { "utf-16le" } else { "utf-16be" }, 0);
        }
        if !self.is_broken || self.letters > 10 * self.broken {
            return found(UTF_8, "utf-8", 0);
        }
        let encoding = guess_single_byte(&self.sample);
        found(encoding, single_byte_name(encoding), 0)
    }
}

fn decode_utf8<'a>(bytes: &'a [u8], encoding: &'static str) -> Decoded<'a> {
    match simdutf8::basic::from_utf8(bytes) {
        Ok(text) => Decoded { text: Cow::Borrowed(text), encoding, undecodable: 0 },
        Err(_) => {
            let undecodable = bytes.utf8_chunks().filter(|c| !c.invalid().is_empty()).count();
            Decoded { text: String::from_utf8_lossy(bytes), encoding, undecodable }
        }
    }
}

fn decode_utf16<'a>(bytes: &'a [u8], encoding: &'static Encoding) -> Decoded<'a> {
    let (text, had_errors) = encoding.decode_without_bom_handling(bytes);
    let undecodable = if had_errors { text.matches('\u{FFFD}').count() } else { 0 };
    Decoded { text, encoding: if encoding == UTF_16LE { "utf-16le" } else { "utf-16be" }, undecodable }
}

fn decode_single_byte<'a>(bytes: &'a [u8], encoding: &'static Encoding) -> Decoded<'a> {
    // Every byte is a character, so the text may be cut anywhere and decoded in parallel. A batch at a time: a piece
    // takes up to three times its length until it is joined.
    let high: usize = bytes.par_chunks(PIECE).map(|piece| piece.iter().filter(|b| !b.is_ascii()).count()).sum();
    // Letters take two bytes, a few signs three.
    let mut text = String::with_capacity(bytes.len() + high + high / 16);
    for batch in bytes.chunks(PIECE * BATCH) {
        let pieces: Vec<Cow<'a, str>> =
            batch.par_chunks(PIECE).map(|piece| encoding.decode_without_bom_handling(piece).0).collect();
        pieces.iter().for_each(|piece| text.push_str(piece));
    }
    // 0x98 is the one byte that windows-1251 leaves unassigned.
    let undecodable = if encoding == WINDOWS_1251 { memchr::memchr_iter(0x98, bytes).count() } else { 0 };
    Decoded { text: Cow::Owned(text), encoding: single_byte_name(encoding), undecodable }
}

fn single_byte_name(encoding: &'static Encoding) -> &'static str {
    match encoding {
        e if e == IBM866 => "ibm866",
        e if e == KOI8_R => "koi8-r",
        e if e == WINDOWS_1252 => "windows-1252",
        _ => "windows-1251",
    }
}

/// UTF-16 by its high bytes: Latin and punctuation have 00 there, Cyrillic 04, and text of ours little else.
fn utf16_without_bom(head: &[u8], length: u64) -> Option<&'static Encoding> {
    let sample = &head[..head.len().min(4096) & !1];
    if sample.len() < 8 || !length.is_multiple_of(2) {
        return None;
    }
    let units = sample.len() / 2;
    let mut high = [0usize; 2];
    let mut zero = [0usize; 2];
    for pair in sample.chunks_exact(2) {
        for side in 0..2 {
            high[side] += usize::from(matches!(pair[side], 0 | 4 | 0x20 | 0x21));
            zero[side] += usize::from(pair[side] == 0);
        }
    }
    let fits = |side: usize| high[side] * 10 >= units * 9 && zero[side] * 20 >= units && zero[1 - side] * 20 <= units;
    match (fits(1), fits(0)) {
        (true, false) => Some(UTF_16LE),
        (false, true) => Some(UTF_16BE),
        _ => None,
    }
}

/// UTF-8 with damage: a comment cut in the middle of a letter, one row pasted in another encoding. Such a file must not
/// be taken for windows-1251 as a whole.
fn mostly_utf8(bytes: &[u8]) -> bool {
    let (letters, broken) = utf8_letters(bytes);
    letters > 10 * broken
}

/// Characters that are no ASCII, and broken places: as many as [`slice::utf8_chunks`] has invalid parts, which is slow over
/// windows-1251, where every letter is one.
fn utf8_letters(bytes: &[u8]) -> (usize, usize) {
    let (mut letters, mut broken, mut at) = (0usize, 0usize, 0usize);
    loop {
        while let Some(eight) = bytes[at..].first_chunk::<8>()
            && u64::from_le_bytes(*eight) & 0x8080_8080_8080_8080 == 0
        {
            at += 8;
        }
        let Some(&first) = bytes.get(at) else { return (letters, broken) };
        if first.is_ascii() {
            at += 1;
            continue;
        }
        let follows = |nth: usize, from: u8, to: u8| bytes.get(at + nth).is_some_and(|b| (from..=to).contains(b));
        // Second bytes: the Unicode standard, version 16.0, table 3-7.
        let (length, second) = match first {
            0xC2..=0xDF => (2, follows(1, 0x80, 0xBF)),
            0xE0 => (3, follows(1, 0xA0, 0xBF)),
            0xE1..=0xEC | 0xEE | 0xEF => (3, follows(1, 0x80, 0xBF)),
            0xED => (3, follows(1, 0x80, 0x9F)),
            0xF0 => (4, follows(1, 0x90, 0xBF)),
            0xF1..=0xF3 => (4, follows(1, 0x80, 0xBF)),
            0xF4 => (4, follows(1, 0x80, 0x8F)),
            _ => (1, false),
        };
        let mut good = 1 + usize::from(second);
        while good >= 2 && good < length && follows(good, 0x80, 0xBF) {
            good += 1;
        }
        let is_whole = second && good == length;
        letters += usize::from(is_whole);
        broken += usize::from(!is_whole);
        at += good;
    }
}

fn guess_single_byte(bytes: &[u8]) -> &'static Encoding {
    let first = bytes.iter().position(|b| !b.is_ascii()).unwrap_or(0);
    let start = first.saturating_sub(64);
    let sample = &bytes[start..bytes.len().min(start + SAMPLE)];
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(sample, true);
    let guess = detector.guess(Some(b"ru"), Utf8Detection::Deny);
    if guess == WINDOWS_1252 && latin_with_accents(sample) {
        return WINDOWS_1252;
    }
    let high = sample.iter().filter(|b| !b.is_ascii()).count() as f64;
    let mut best = (WINDOWS_1251, f64::NEG_INFINITY);
    for encoding in [WINDOWS_1251, IBM866, KOI8_R] {
        let (text, _) = encoding.decode_without_bom_handling(sample);
        // chardetng says KOI8-U for KOI8-R: the Russian letters are the same.
        let same = guess == encoding || (encoding == KOI8_R && guess.name().starts_with("KOI8"));
        let score = russian_score(&text) + if same { GUESS_BONUS * high } else { 0.0 };
        if score > best.1 {
            best = (encoding, score);
        }
    }
    best.0
}

/// Accented letters stand alone between ASCII letters (`Café Müller`), while Cyrillic words are bytes above 7F in a row.
fn latin_with_accents(sample: &[u8]) -> bool {
    let (mut alone, mut all) = (0usize, 0usize);
    for (i, byte) in sample.iter().enumerate().filter(|(_, b)| **b >= 0xC0) {
        let near = |at: Option<usize>| at.and_then(|at| sample.get(at)).is_some_and(u8::is_ascii_alphabetic);
        let high = |at: Option<usize>| at.and_then(|at| sample.get(at)).is_some_and(|b| !b.is_ascii());
        let (before, after) = (i.checked_sub(1), Some(i + 1));
        all += usize::from(byte.is_ascii() || *byte >= 0xC0);
        alone += usize::from((near(before) || near(after)) && !high(before) && !high(after));
    }
    all > 0 && alone * 10 >= all * 9
}

/// Occurrences per 1,000 letters, а…я without ё. Source: letter frequencies of the Russian National Corpus as usually
/// quoted (о 10.97 %, е 8.45 %, а 8.01 %, …), rounded.
const FREQUENCY: [f64; 32] = [
    80.0, 16.0, 45.0, 17.0, 30.0, 85.0, 9.0, 16.0, 74.0, 12.0, 35.0, 44.0, 32.0, 67.0, 110.0, 28.0, 47.0, 55.0, 63.0,
    26.0, 3.0, 10.0, 5.0, 14.0, 7.0, 4.0, 0.4, 19.0, 17.0, 3.0, 6.0, 20.0,
];

/// How much a decoded sample looks like Russian: log-odds of its letters against even ones, less what is odd.
fn russian_score(text: &str) -> f64 {
    let mut score = 0.0;
    let mut before = ' ';
    for c in text.chars() {
        if !c.is_ascii() {
            let lower = c.to_lowercase().next().unwrap_or(c);
            score += match lower {
                'а'..='я' => (FREQUENCY[lower as usize - 'а' as usize] / 31.25).ln().max(-3.0),
                'ё' => 0.0,
                '«' | '»' | '№' | '–' | '—' | '“' | '”' | '„' | '…' | '\u{A0}' | '’' | '₽' | '°' => {
                    0.0
                }
                // Box drawing, controls and letters that Russian has not.
                _ => -4.0,
            };
            // «пРИМЕР»: in KOI8-R and windows-1251 the cases are swapped.
            if c != lower && before.is_lowercase() && !before.is_ascii() {
                score -= 3.0;
            }
        }
        before = c;
    }
    score
}

/// What happened to a text that was read or stored in a wrong encoding.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mojibake {
    /// UTF-8 read as windows-1251: «РџСЂРёРјРµСЂ».
    Utf8AsWindows1251,
    /// UTF-8 read as windows-1252 or Latin-1: «ÐŸÑ€Ð¸».
    Utf8AsLatin1,
    /// windows-1251 read as windows-1252 or Latin-1: «Ïðèìåð».
    Windows1251AsLatin1,
    /// Letters replaced by question marks: «??? ???????»; not recoverable.
    QuestionMarks,
    /// U+FFFD stands where a character was; not recoverable.
    Replacement,
}

/// Recognises a text damaged by a wrong encoding. Cost: one pass, no allocation; ASCII without `???` leaves at once.
///
/// Prefers silence: a pattern must cover most of the non-ASCII text or a run of four letters.
pub fn mojibake(text: &str) -> Option<Mojibake> {
    if text.is_ascii() {
        return question_marks(text).then_some(Mojibake::QuestionMarks);
    }
    let (mut high, mut as_1251, mut as_latin, mut run, mut longest) = (0usize, 0usize, 0usize, 0usize, 0usize);
    let mut before = ' ';
    for c in text.chars() {
        if c == '\u{FFFD}' {
            return Some(Mojibake::Replacement);
        }
        high += usize::from(!c.is_ascii());
        as_1251 += usize::from(matches!(before, 'Р' | 'С') && is_1251_continuation(c));
        as_latin += usize::from(matches!(before, 'Ð' | 'Ñ') && is_latin_continuation(c));
        run = if matches!(c, 'À'..='ÿ') && !matches!(c, '×' | '÷') { run + 1 } else { 0 };
        longest = longest.max(run);
        before = c;
    }
    let covers = |pairs: usize, least: usize| pairs >= least && pairs * 2 * 10 >= high * 7;
    if covers(as_1251, 2) {
        return Some(Mojibake::Utf8AsWindows1251);
    }
    if covers(as_latin, 1) {
        return Some(Mojibake::Utf8AsLatin1);
    }
    if longest >= 4 {
        return Some(Mojibake::Windows1251AsLatin1);
    }
    question_marks(text).then_some(Mojibake::QuestionMarks)
}

/// Three question marks that begin a word: «Что???» is speech, «??? "???????"» is damage.
fn question_marks(text: &str) -> bool {
    text.match_indices("???")
        .any(|(at, _)| !text[..at].ends_with(|c: char| c.is_alphanumeric() || "?!.,)».".contains(c)))
}

/// Characters that windows-1251 has at 80…BF: second bytes of Cyrillic in UTF-8.
fn is_1251_continuation(c: char) -> bool {
    "ЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–—™љ›њќћџ\u{98}\u{A0}ЎўЈ¤Ґ¦§Ё©Є«¬\u{AD}®Ї°±Ііґµ¶·ё№є»јЅѕї".contains(c)
}

/// Characters that windows-1252 and Latin-1 have at 80…BF.
fn is_latin_continuation(c: char) -> bool {
    matches!(c, '\u{80}'..='\u{BF}') || "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE_TEXT: &str = "Наименование;ИНН;Телефон\nООО «Ромашка»;7701234567;+7 495 123-45-67\nИП Петров;;\n";

    fn utf16(text: &str, big: bool) -> Vec<u8> {
        text.encode_utf16().flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() }).collect()
    }

    #[test]
    fn broken_places_are_those_of_the_standard_library() {
        let naive = |bytes: &[u8]| {
            let (mut letters, mut broken) = (0, 0);
            for chunk in bytes.utf8_chunks() {
                letters += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
                broken += usize::from(!chunk.invalid().is_empty());
            }
            (letters, broken)
        };
        // All that may begin a character, with what may and may not go on with it.
        let seconds = [0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xE0, 0xED, 0xF4, 0xFF];
        for first in 0x7F..=0xFF {
            for second in seconds {
                for third in seconds {
                    for bytes in [
                        vec![first],
                        vec![first, second],
                        vec![first, second, third],
                        vec![0x41, first, second, third, 0x80, 0x41],
                    ] {
                        assert_eq!(utf8_letters(&bytes), naive(&bytes), "{bytes:02X?}");
                    }
                }
            }
        }
        let text = "ООО «Ёлка» abcdefghijklmnop 5 € 😀".repeat(5);
        for bytes in [text.as_bytes(), &WINDOWS_1251.encode(&text).0, &IBM866.encode(&text).0, &text.as_bytes()[1..]] {
            assert_eq!(utf8_letters(bytes), naive(bytes));
        }
    }

    #[test]
    fn encodings_are_found() {
        let with_bom = |bom: &[u8], rest: Vec<u8>| [bom, &rest].concat();
        // cp866 has no « ».
        let plain = SAMPLE_TEXT.replace(['«', '»'], "\"");
        let cases: Vec<(&str, Vec<u8>, &str)> = vec![
            ("utf-8", SAMPLE_TEXT.into(), SAMPLE_TEXT),
            ("utf-8", "ID;NAME\n1;Ivan\n".into(), "ID;NAME\n1;Ivan\n"),
            ("utf-8-bom", with_bom(b"\xEF\xBB\xBF", SAMPLE_TEXT.into()), SAMPLE_TEXT),
            ("utf-16le", with_bom(b"\xFF\xFE", utf16(SAMPLE_TEXT, false)), SAMPLE_TEXT),
            ("utf-16be", with_bom(b"\xFE\xFF", utf16(SAMPLE_TEXT, true)), SAMPLE_TEXT),
            ("utf-16le", utf16(SAMPLE_TEXT, false), SAMPLE_TEXT),
            ("utf-16be", utf16(SAMPLE_TEXT, true), SAMPLE_TEXT),
            ("windows-1251", WINDOWS_1251.encode(SAMPLE_TEXT).0.into_owned(), SAMPLE_TEXT),
            ("ibm866", IBM866.encode(&plain).0.into_owned(), &plain),
            ("koi8-r", KOI8_R.encode(&plain).0.into_owned(), &plain),
            ("windows-1251", WINDOWS_1251.encode("ИНН;ИМЯ\n1;ЗАО").0.into_owned(), "ИНН;ИМЯ\n1;ЗАО"),
            ("ibm866", IBM866.encode("ИНН;ИМЯ\n1;ООО КОЛОС").0.into_owned(), "ИНН;ИМЯ\n1;ООО КОЛОС"),
            ("windows-1252", b"name;city\nCaf\xE9 M\xFCller;Z\xFCrich\n".to_vec(), "name;city\nCafé Müller;Zürich\n"),
        ];
        for (encoding, bytes, text) in cases {
            let got = decode(&bytes);
            assert_eq!((got.encoding, got.text.as_ref(), got.undecodable), (encoding, text, 0));
            // In pieces of any length too.
            for length in [8, 13, 33, usize::MAX] {
                let found = probe(&bytes, length);
                assert_eq!(found.name, encoding, "{length}");
                let (mut rest, mut text_of_pieces) = (&bytes[found.bom..], String::new());
                while !rest.is_empty() {
                    let end = if length < rest.len() { found.border(&rest[..length]) } else { rest.len() };
                    text_of_pieces += &found.decode(&rest[..end]).text;
                    rest = &rest[end..];
                }
                assert_eq!(text_of_pieces, text, "{encoding}, {length}");
            }
        }
    }

    fn probe(bytes: &[u8], length: usize) -> Found {
        let mut probe = Probe::default();
        let mut rest = bytes;
        while !rest.is_empty() {
            let end = if length < rest.len() { border(&rest[..length]) } else { rest.len() };
            probe.feed(&rest[..end]);
            rest = &rest[end..];
        }
        probe.finish()
    }

    #[test]
    fn utf8_is_borrowed() {
        assert!(matches!(decode(SAMPLE_TEXT.as_bytes()).text, Cow::Borrowed(_)));
        assert!(matches!(decode(b"\xEF\xBB\xBFabc").text, Cow::Borrowed("abc")));
    }

    #[test]
    fn losses_are_counted() {
        // A letter cut in half in the middle of a UTF-8 file.
        let mut bytes = SAMPLE_TEXT.as_bytes().to_vec();
        let at = SAMPLE_TEXT.find("Ромашка").unwrap();
        bytes.remove(at + 1);
        let got = decode(&bytes);
        assert_eq!((got.encoding, got.undecodable), ("utf-8", 1));
        assert!(got.text.contains("\u{FFFD}омашка"));

        let mut bytes = WINDOWS_1251.encode(SAMPLE_TEXT).0.into_owned();
        bytes.push(0x98);
        assert_eq!(decode(&bytes).undecodable, 1);
        let mut bytes = b"\xFF\xFE".to_vec();
        bytes.extend(utf16("имя;1\n", false));
        bytes.extend([0x00, 0xD8]);
        assert_eq!(decode(&bytes).undecodable, 1);
    }

    #[test]
    fn long_single_byte_text_is_joined_in_order() {
        let text = "Строка номер 12345; проверка\n".repeat(100_000);
        let bytes = WINDOWS_1251.encode(&text).0.into_owned();
        assert!(bytes.len() > 2 * PIECE);
        assert_eq!(decode(&bytes).text, text);
    }

    #[test]
    fn mojibake_is_recognised() {
        let misread = |text: &str, as_is: &'static Encoding, read_as: &'static Encoding| {
            read_as.decode_without_bom_handling(&as_is.encode(text).0).0.into_owned()
        };
        for text in ["Пример", "ООО «Ромашка»", "Иванов Иван Иванович", "г. Москва, ул. Ленина, 5"]
        {
            assert_eq!(mojibake(&misread(text, UTF_8, WINDOWS_1251)), Some(Mojibake::Utf8AsWindows1251), "{text}");
            assert_eq!(mojibake(&misread(text, UTF_8, WINDOWS_1252)), Some(Mojibake::Utf8AsLatin1), "{text}");
            assert_eq!(
                mojibake(&misread(text, WINDOWS_1251, WINDOWS_1252)),
                Some(Mojibake::Windows1251AsLatin1),
                "{text}"
            );
            assert_eq!(mojibake(text), None);
        }
        assert_eq!(mojibake("??? \"???????\""), Some(Mojibake::QuestionMarks));
        assert_eq!(mojibake("Ромаш\u{FFFD}ка"), Some(Mojibake::Replacement));
        for clean in
            ["", "Что???", "ООО «СССР»", "С№ 5", "Café Zürich", "Рёбра", "ИП Р. С. Серов", "OOO Romashka?", "Ñandú"]
        {
            assert_eq!(mojibake(clean), None, "{clean}");
        }
    }
}
