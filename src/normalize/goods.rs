//! Articles, barcodes and names of goods.

use super::{text, translit};
use crate::model::Decimal;

/// An article as a key: upper case, look-alike Cyrillic letters as Latin ones, О as 0, no spaces and dashes. Points and
/// slashes stay: `12.5` and `125` are two articles. Empty when nothing is left, or when the text stands for none.
pub fn article_key(raw: &str) -> String {
    if text::means_none(raw) {
        return String::new();
    }
    let mut key = String::with_capacity(raw.len());
    for c in text::clean(raw).chars().flat_map(char::to_uppercase) {
        match text::latin_of(c).unwrap_or(c) {
            'O' => key.push('0'),
            '-' | '–' | '—' | '‑' | '_' => {}
            c if c.is_whitespace() => {}
            c => key.push(c),
        }
    }
    if key.chars().any(char::is_alphanumeric) { key } else { String::new() }
}

/// What a barcode is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Barcode {
    /// EAN-8, UPC-A, EAN-13 or ITF-14 with an agreeing check digit, as 14 digits.
    Gtin(u64),
    /// Thirteen digits that begin with 2: numbered by the shop itself (weighed goods), nobody else's key.
    Internal(u64),
    /// The length of a GTIN and a wrong check digit.
    WrongCheck,
    /// Something else: a code of the company's own.
    Other,
}

/// Reads a barcode. Source: GS1 General Specifications, section 7.9: weights 3 and 1 from the right, modulo 10;
/// prefixes 020–029 and 040–049, 200–299 are for use inside a company.
pub fn barcode(raw: &str) -> Barcode {
    let cleaned: String = raw.chars().filter(|c| !c.is_whitespace()).collect();
    if !matches!(cleaned.len(), 8 | 12 | 13 | 14) || !cleaned.bytes().all(|b| b.is_ascii_digit()) {
        return Barcode::Other;
    }
    let digits = cleaned.bytes().rev().map(|b| u64::from(b - b'0'));
    let sum: u64 = digits.enumerate().map(|(at, digit)| if at % 2 == 1 { 3 * digit } else { digit }).sum();
    let number: u64 = cleaned.parse().unwrap_or(0);
    match (sum.is_multiple_of(10) && number > 0, cleaned.len()) {
        (false, _) => Barcode::WrongCheck,
        (true, 13) if cleaned.starts_with('2') => Barcode::Internal(number),
        (true, _) => Barcode::Gtin(number),
    }
}

/// What a number in a name counts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Dimension {
    /// No unit beside it.
    Plain,
    /// Grams.
    Mass,
    /// Millilitres.
    Volume,
    /// Millimetres.
    Length,
    /// Square metres.
    Area,
    Pieces,
    Volts,
    Watts,
    Amperes,
    Percent,
    Inches,
    /// Megabytes.
    Data,
}

/// A number in a name of goods.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Measure {
    pub dimension: Dimension,
    /// In the unit of the dimension.
    pub value: Decimal,
    /// As written, whatever the unit.
    pub bare: Decimal,
}

/// A unit and how many of the unit of its dimension it is.
const UNITS: &[(&str, Dimension, i64)] = &[
    ("МГ", Dimension::Mass, 1_000),
    ("Г", Dimension::Mass, 1_000_000),
    ("ГР", Dimension::Mass, 1_000_000),
    ("GR", Dimension::Mass, 1_000_000),
    ("G", Dimension::Mass, 1_000_000),
    ("КГ", Dimension::Mass, 1_000_000_000),
    ("KG", Dimension::Mass, 1_000_000_000),
    ("Т", Dimension::Mass, 1_000_000_000_000),
    ("МЛ", Dimension::Volume, 1_000_000),
    ("ML", Dimension::Volume, 1_000_000),
    ("Л", Dimension::Volume, 1_000_000_000),
    ("L", Dimension::Volume, 1_000_000_000),
    ("ЛИТР", Dimension::Volume, 1_000_000_000),
    ("ЛИТРА", Dimension::Volume, 1_000_000_000),
    ("ЛИТРОВ", Dimension::Volume, 1_000_000_000),
    ("ММ", Dimension::Length, 1_000_000),
    ("MM", Dimension::Length, 1_000_000),
    ("СМ", Dimension::Length, 10_000_000),
    ("CM", Dimension::Length, 10_000_000),
    ("М", Dimension::Length, 1_000_000_000),
    ("M", Dimension::Length, 1_000_000_000),
    ("М2", Dimension::Area, 1_000_000),
    ("М²", Dimension::Area, 1_000_000),
    ("КВ", Dimension::Area, 1_000_000),
    ("ШТ", Dimension::Pieces, 1_000_000),
    ("ШТУК", Dimension::Pieces, 1_000_000),
    ("PCS", Dimension::Pieces, 1_000_000),
    ("В", Dimension::Volts, 1_000_000),
    ("V", Dimension::Volts, 1_000_000),
    ("ВТ", Dimension::Watts, 1_000_000),
    ("W", Dimension::Watts, 1_000_000),
    ("КВТ", Dimension::Watts, 1_000_000_000),
    ("KW", Dimension::Watts, 1_000_000_000),
    ("А", Dimension::Amperes, 1_000_000),
    ("%", Dimension::Percent, 1_000_000),
    ("\"", Dimension::Inches, 1_000_000),
    ("″", Dimension::Inches, 1_000_000),
    ("ДЮЙМ", Dimension::Inches, 1_000_000),
    ("ДЮЙМА", Dimension::Inches, 1_000_000),
    ("ДЮЙМОВ", Dimension::Inches, 1_000_000),
    ("МБ", Dimension::Data, 1_000_000),
    ("MB", Dimension::Data, 1_000_000),
    ("ГБ", Dimension::Data, 1_024_000_000),
    ("GB", Dimension::Data, 1_024_000_000),
    ("ТБ", Dimension::Data, 1_048_576_000_000),
    ("TB", Dimension::Data, 1_048_576_000_000),
];

/// A name of goods taken apart.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct GoodsName {
    /// Words without their endings, sorted, each once; latin words as they sound in Russian stand in `sounds`.
    pub words: Vec<String>,
    /// Codes that join letters and digits (`М8`, `A4`, `GTX1060`), look-alike letters as Latin ones; sorted.
    pub codes: Vec<String>,
    /// Numbers with their units, sorted.
    pub measures: Vec<Measure>,
    /// Of each word how it sounds, whatever the alphabet; in the order of `words`.
    pub sounds: Vec<String>,
}

impl GoodsName {
    /// Nothing to compare.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty() && self.codes.is_empty() && self.measures.is_empty()
    }

    /// The name as a key: equal for names that differ in order, endings, case and spelling of units.
    pub fn key(&self) -> String {
        let mut key = self.words.join(" ");
        for code in &self.codes {
            key.push('|');
            key.push_str(code);
        }
        for measure in &self.measures {
            key.push_str(&format!("|{}{:?}", measure.value, measure.dimension));
        }
        key
    }
}

/// Takes a name apart.
///
/// `4×100`, `4х100`, `4*100` are two numbers in any order; `0,9 л`, `0.9л` and `900 мл` are one volume; a fraction
/// stands after a point or a comma. A letter before a digit without a space makes a code.
pub fn name(raw: &str) -> GoodsName {
    let raw = super::head(raw);
    let cleaned = text::clean(raw);
    let upper: Vec<char> =
        cleaned.chars().flat_map(char::to_uppercase).map(|c| if c == 'Ё' { 'Е' } else { c }).collect();
    let mut out = GoodsName::default();
    let mut words: Vec<String> = Vec::new();
    let mut at = 0;
    while at < upper.len() {
        let c = upper[at];
        if c.is_ascii_digit() {
            at = number(&upper, at, &mut out);
        } else if text::is_letter(c) {
            let end = run(&upper, at, text::is_letter);
            let joined = end < upper.len() && upper[end].is_ascii_digit();
            // «4х100», «4 х 100»: a sign, unless no number stands before it, or a space and none after it.
            let before = upper[..at].iter().rev().find(|c| **c != ' ').is_some_and(char::is_ascii_digit);
            let after = || upper[end..].iter().find(|c| **c != ' ').is_some_and(char::is_ascii_digit);
            let close = at > 0 && upper[at - 1].is_ascii_digit();
            let sign = end - at == 1 && matches!(c, 'X' | 'Х') && before && (close || after());
            if sign {
                at = end;
            } else if joined {
                let end = run(&upper, at, |c| text::is_letter(c) || c.is_ascii_digit());
                out.codes.push(upper[at..end].iter().map(|&c| text::latin_of(c).unwrap_or(c)).collect());
                at = end;
            } else {
                words.push(upper[at..end].iter().collect());
                at = end;
            }
        } else {
            at += 1;
        }
    }
    let mut stems: Vec<(String, String)> = words
        .iter()
        .map(|word| text::fold(word))
        .filter(|word| !NOISE.contains(&word.as_str()))
        .map(|word| {
            let mut sound = String::new();
            translit::skeleton(&word, &mut sound);
            (stem(&word).to_owned(), sound)
        })
        .filter(|(stem, _)| !stem.is_empty())
        .collect();
    stems.sort_unstable();
    stems.dedup_by(|a, b| a.0 == b.0);
    (out.words, out.sounds) = stems.into_iter().unzip();
    out.codes.sort_unstable();
    out.measures.sort_unstable();
    out
}

/// Words that say nothing about which thing it is.
const NOISE: &[&str] = &[
    "ДЛЯ",
    "И",
    "С",
    "СО",
    "В",
    "ВО",
    "НА",
    "ИЗ",
    "ПО",
    "ОТ",
    "К",
    "БЕЗ",
    "ПОД",
    "ТМ",
    "ШТ",
    "УП",
    "УПАК",
    "АРТ",
    "АРТИКУЛ",
    "ЦВЕТ",
    "ЦВ",
    "РАЗМЕР",
    "РАЗМ",
    "ГОСТ",
];

/// End of the run of characters from `at` that fit.
fn run(chars: &[char], at: usize, fits: impl Fn(char) -> bool) -> usize {
    at + chars[at..].iter().take_while(|c| fits(**c)).count()
}

/// Reads the number at `at` with its unit; returns what follows.
fn number(chars: &[char], at: usize, out: &mut GoodsName) -> usize {
    let whole = run(chars, at, |c| c.is_ascii_digit());
    let mut text: String = chars[at..whole].iter().collect();
    let mut end = whole;
    let is_mark = |at: usize| chars.get(at).is_some_and(|c| matches!(c, '.' | ','));
    if is_mark(whole) && chars.get(whole + 1).is_some_and(char::is_ascii_digit) {
        end = run(chars, whole + 1, |c| c.is_ascii_digit());
        text.push('.');
        text.extend(&chars[whole + 1..end]);
    }
    let Ok(bare) = Decimal::parse(&text) else {
        // Twenty digits are a code, not an amount.
        out.codes.push(text);
        return end;
    };
    let gap = run(chars, end, |c| c == ' ');
    let word = run(chars, gap, |c| text::is_letter(c) || matches!(c, '%' | '"' | '″' | '²'));
    // «М2» is a square metre, «М22» a thread.
    let squared = chars.get(word) == Some(&'2') && !chars.get(word + 1).is_some_and(char::is_ascii_digit);
    let unit: String = chars[gap..word].iter().collect();
    let full = if squared && matches!(unit.as_str(), "М" | "M") { "М2" } else { unit.as_str() };
    let known = UNITS.iter().find(|(name, ..)| *name == full);
    let known =
        known.and_then(|(_, dimension, micros)| Some((*dimension, bare.checked_mul(Decimal::from_micros(*micros))?)));
    match known {
        Some((dimension, value)) => {
            out.measures.push(Measure { dimension, value, bare });
            if full == "М2" && squared { word + 1 } else { word }
        }
        None => {
            out.measures.push(Measure { dimension: Dimension::Plain, value: bare, bare });
            end
        }
    }
}

/// Endings of Russian nouns and adjectives, longest first.
const ENDINGS: &[&str] = &[
    "ЫМИ", "ИМИ", "ОГО", "ЕГО", "ОМУ", "ЕМУ", "АЯ", "ЯЯ", "ОЕ", "ЕЕ", "ЫЙ", "ИЙ", "ОЙ", "ЕЙ", "ЫЕ", "ИЕ", "ЫХ", "ИХ",
    "УЮ", "ЮЮ", "ОВ", "ЕВ", "АМ", "ЯМ", "АХ", "ЯХ", "ОМ", "ЕМ", "А", "Я", "О", "Е", "Ы", "И", "У", "Ю", "Ь", "Й",
];

/// A word without its ending; at least three letters stay. `word` is folded.
fn stem(word: &str) -> &str {
    let letters = word.chars().count();
    for ending in ENDINGS {
        if letters >= ending.chars().count() + 3
            && let Some(stem) = word.strip_suffix(ending)
        {
            return stem;
        }
    }
    word
}

/// Whether numbers or codes of two names agree.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Numbers {
    /// Neither has any.
    None,
    Same,
    /// One says more than the other.
    Part,
    /// Each has one that the other has not: two things.
    Conflict,
}

/// Compares numbers with units and codes. A number without a unit agrees with one that has a unit and is written alike.
pub fn numbers(a: &GoodsName, b: &GoodsName) -> Numbers {
    let mut left: Vec<&Measure> = b.measures.iter().collect();
    let mut missing = 0;
    for measure in &a.measures {
        let alike = |other: &&Measure| {
            if measure.dimension == Dimension::Plain || other.dimension == Dimension::Plain {
                measure.bare == other.bare
            } else {
                (measure.dimension, measure.value) == (other.dimension, other.value)
            }
        };
        match left.iter().position(alike) {
            Some(at) => {
                left.remove(at);
            }
            None => missing += 1,
        }
    }
    let codes = |from: &[String], other: &[String]| from.iter().filter(|code| !other.contains(code)).count();
    let (a_only, b_only) = (missing + codes(&a.codes, &b.codes), left.len() + codes(&b.codes, &a.codes));
    match (a_only, b_only) {
        (0, 0) if a.measures.is_empty() && a.codes.is_empty() => Numbers::None,
        (0, 0) => Numbers::Same,
        (0, _) | (_, 0) => Numbers::Part,
        _ => Numbers::Conflict,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn articles() {
        for (a, b) in [("АВ-12О", "ab 120"), ("KR 001", "КR-001"), ("x_5", "Х5")] {
            assert_eq!(article_key(a), article_key(b), "{a} {b}");
        }
        for (a, b) in [("12.5", "125"), ("A1", "A11"), ("12/5", "125")] {
            assert_ne!(article_key(a), article_key(b), "{a} {b}");
        }
        assert_eq!(article_key("---"), "");
        assert_eq!(article_key("нет"), "");
    }

    #[test]
    fn barcodes() {
        assert_eq!(barcode("4600000000016"), Barcode::WrongCheck);
        assert_eq!(barcode("4006381333931"), Barcode::Gtin(4006381333931));
        assert_eq!(barcode("04006381333931"), Barcode::Gtin(4006381333931), "the same thing with a leading zero");
        assert_eq!(barcode("96385074"), Barcode::Gtin(96385074));
        assert!(matches!(barcode("2000000000015"), Barcode::Internal(_) | Barcode::WrongCheck));
        assert_eq!(barcode("0000000000000"), Barcode::WrongCheck);
        assert_eq!(barcode("ШК-1"), Barcode::Other);
    }

    #[test]
    fn names_that_are_one() {
        for (a, b) in [
            ("Гвоздь 4×100", "Гвозди 100х4"),
            ("Краска белая 0,9 л", "краска БЕЛАЯ 900мл"),
            ("Мука пшеничная 2 кг", "Мука пшен. 2кг".replace("пшен.", "пшеничной").as_str()),
            ("Болт М8х20", "Болт M8x20"),
            ("Гвоздь 4 х 100", "Гвоздь 4х100"),
            ("Кабель ВВГ 3х1,5", "ВВГ кабель 3*1.5"),
            ("Лампа 12 Вт", "Лампа 12W"),
            ("Болт 5. Белый", "Белый болт 5"),
        ] {
            assert_eq!(name(a).key(), name(b).key(), "{a} / {b}");
        }
    }

    #[test]
    fn names_that_are_two() {
        let numbers_of = |a: &str, b: &str| numbers(&name(a), &name(b));
        assert_eq!(numbers_of("Гвоздь 4×100", "Гвоздь 4×120"), Numbers::Conflict);
        assert_eq!(numbers_of("Краска 0,9 л", "Краска 0,9 кг"), Numbers::Conflict);
        assert_eq!(numbers_of("Краска 0,9 л", "Краска 2,7 л"), Numbers::Conflict);
        assert_eq!(numbers_of("Краска 0,9 л", "Краска 0,9"), Numbers::Same);
        assert_eq!(numbers_of("Краска", "Краска 0,9 л"), Numbers::Part);
        assert_eq!(numbers_of("Краска", "Краска белая"), Numbers::None);
        assert_eq!(numbers_of("Болт М8", "Болт М10"), Numbers::Conflict);
        assert_eq!(numbers_of("Плитка 1 м2", "Плитка 1 м"), Numbers::Conflict);
    }

    #[test]
    fn names_without_anything_to_compare() {
        assert!(name("").is_empty() && name("---").is_empty());
        for text in ["Краска", "М8", "100"] {
            assert!(!name(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn endings() {
        for (word, expected) in [("ШИНЫ", "ШИН"), ("БЕЛОЕ", "БЕЛ"), ("БЕЛОГО", "БЕЛ"), ("ОСА", "ОСА"), ("КОТ", "КОТ")]
        {
            assert_eq!(stem(word), expected);
        }
    }

    #[test]
    fn sounds_stand_beside_words() {
        let (a, b) = (name("Дрель Макита"), name("Дрель Makita"));
        assert_eq!(a.sounds.len(), a.words.len());
        assert!(a.sounds.iter().any(|s| b.sounds.contains(s) && s.len() > 3), "{a:?} {b:?}");
    }
}
