//! Reading an identity document out of free text.

/// What a document field holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Document {
    /// Series and number of a Russian passport, ten digits.
    Passport(u64),
    /// It should be a Russian passport, and has this many digits.
    Broken(usize),
    /// Another document, or nothing that can be judged.
    Other,
}

/// Words of a Russian passport; any other word before the number makes it another document.
const WORDS: [&str; 18] = [
    "паспорт", "паспорта", "пасп", "гражданина", "гражданин", "граждан", "российской", "федерации", "россии", "рф",
    "россия", "серия", "серии", "сер", "номер", "ном", "n", "no",
];

/// Reads «Паспорт гражданина РФ, серия: 45 05, № 123456, выдан: …» and the bare «4505 123456».
pub(super) fn read(text: &str) -> Document {
    let lower = text.to_lowercase();
    let head = lower.split("выдан").next().unwrap_or(&lower);
    let mut named = false;
    for word in head.split(|c: char| !c.is_alphabetic()).filter(|w| !w.is_empty()) {
        // «Паспорт иностранного гражданина», «Военный билет», a series in letters: not ours to judge.
        if !WORDS.contains(&word) {
            return Document::Other;
        }
        named |= word.starts_with("пасп");
    }
    let mut number = 0u64;
    let mut digits = 0;
    for run in head.split(|c: char| !c.is_ascii_digit()).filter(|r| !r.is_empty()) {
        digits += run.len();
        if digits <= 10 {
            number = run.bytes().fold(number, |n, b| n * 10 + u64::from(b - b'0'));
        }
        // What follows a whole number is a date or the code of an office.
        if digits == 10 {
            return Document::Passport(number);
        }
    }
    // Ten digits are expected; a handful of digits without the word is some other number.
    if digits > 0 && (named || (8..=12).contains(&digits)) { Document::Broken(digits) } else { Document::Other }
}

/// Whether free text names a Russian passport: the word, and four and six digits near it.
pub(super) fn mentioned(text: &str) -> bool {
    let lower = text.to_lowercase();
    let mut from = 0;
    while let Some(at) = lower[from..].find("пасп").or_else(|| lower[from..].find("серия")) {
        let start = from + at;
        let near: String = lower[start..].chars().take(60).collect();
        let mut digits = 0;
        for c in near.chars() {
            match c {
                '0'..='9' => digits += 1,
                // Inside the number only separators and the words of a passport stand between digits.
                ' ' | '\u{a0}' | '-' | '№' | ',' | ':' | '.' => {}
                _ if digits == 0 || digits == 4 => {}
                _ => break,
            }
        }
        if digits >= 10 {
            return true;
        }
        from = start + "пасп".len();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_documents() {
        for (text, expected) in [
            ("4505 123456", Document::Passport(4_505_123_456)),
            ("45 05 №123456", Document::Passport(4_505_123_456)),
            ("Паспорт гражданина РФ, серия: 45 05, № 123456, выдан: 01.02.2005, ОВД", Document::Passport(4_505_123_456)),
            ("4505 123456 01.02.2005", Document::Passport(4_505_123_456)),
            ("паспорт 4505 12345", Document::Broken(9)),
            ("4505 1234567", Document::Broken(11)),
            ("Паспорт иностранного гражданина 12345", Document::Other),
            ("Свидетельство о рождении IV-ЧС 123456", Document::Other),
            ("12", Document::Other),
            ("", Document::Other),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn finds_passports_in_comments() {
        for (text, expected) in [
            ("паспорт 4505 123456 выдан", true),
            ("Паспорт: серия 4505 номер 123456", true),
            ("паспортные данные запросить, тел. 9161112233", false),
            ("прислал скан паспорта", false),
            ("заказ 4505123456", false),
            ("СЕРИЯ 45 05 № 123456", true),
        ] {
            assert_eq!(mentioned(text), expected, "{text}");
        }
    }
}
