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
    "паспорт",
    "паспорта",
    "пасп",
    "гражданина",
    "гражданин",
    "граждан",
    "российской",
    "федерации",
    "россии",
    "рф",
    "россия",
    "серия",
    "серии",
    "сер",
    "номер",
    "ном",
    "n",
    "no",
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

/// Whether free text holds the number of a Russian passport: the word, then four and six digits with nothing between
/// but words of a passport.
pub(super) fn mentioned(text: &str) -> bool {
    let lower = text.to_lowercase();
    // Where «серия» alone opens the number, it stands after no other word of a passport.
    lower.match_indices("пасп").chain(lower.match_indices("серия")).any(|(at, _)| number_follows(&lower[at..]))
}

/// Characters after the word in which a number is looked for.
const NEAR: usize = 80;

fn number_follows(text: &str) -> bool {
    let near = text.char_indices().nth(NEAR).map_or(text, |(end, _)| &text[..end]);
    let mut runs = [0usize; 3];
    let mut n = 0;
    let kind = |c: char| (c.is_alphabetic(), c.is_ascii_digit());
    let mut rest = near;
    while let Some(first) = rest.chars().next() {
        let end = rest.find(|c| kind(c) != kind(first)).unwrap_or(rest.len());
        let (token, tail) = rest.split_at(end);
        rest = tail;
        if first.is_ascii_digit() {
            let Some(run) = runs.get_mut(n) else { return false };
            *run = token.len();
            n += 1;
            if matches!(runs, [10, 0, 0] | [4, 6, 0] | [2, 2, 6]) {
                return true;
            }
        } else if first.is_alphabetic() && !token.starts_with("пасп") && token != "данные" && !WORDS.contains(&token)
        {
            return false;
        }
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
            (
                "Паспорт гражданина РФ, серия: 45 05, № 123456, выдан: 01.02.2005, ОВД",
                Document::Passport(4_505_123_456),
            ),
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
