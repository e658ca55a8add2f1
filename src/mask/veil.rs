//! Texts without what they say of a person: every word and number is another one of the same shape.
//!
//! Equal words give equal ones wherever they stand, and so do equal numbers: a phone that two cards share, or a name that
//! stands once with «ё», can still be seen. Case, spaces, punctuation, alphabet and length stay, since most findings
//! are about them. What a word becomes depends on everything that was read, so that nobody without it can try out surnames.

use std::collections::HashSet;

use sha2::{Digest, Sha256};

/// Digits in a row of a sentence that are a value, not a count.
const VALUE_DIGITS: usize = 5;

/// Spellings of legal forms: they say nothing of who it is, and findings are about them.
const FORMS: [&str; 24] = [
    "ооо",
    "оао",
    "зао",
    "пао",
    "нао",
    "ао",
    "ип",
    "кфх",
    "гуп",
    "муп",
    "фгуп",
    "фгбу",
    "ано",
    "нко",
    "тсж",
    "снт",
    "тоо",
    "индивидуальный",
    "предприниматель",
    "общество",
    "ответственностью",
    "акционерное",
    "llc",
    "ltd",
];

/// Latin letters that look like a Cyrillic one, and that letter.
const LOOK_ALIKE: [(char, char); 12] = [
    ('a', 'а'),
    ('b', 'в'),
    ('c', 'с'),
    ('e', 'е'),
    ('h', 'н'),
    ('k', 'к'),
    ('m', 'м'),
    ('o', 'о'),
    ('p', 'р'),
    ('t', 'т'),
    ('x', 'х'),
    ('y', 'у'),
];

/// A way to mask, fixed by a secret.
#[derive(Clone, Debug)]
pub struct Veil {
    secret: [u8; 32],
}

impl Veil {
    /// `parts`: what was read; whoever does not have all of it cannot find out what a word stands for.
    pub fn of<'a>(parts: impl Iterator<Item = &'a str>) -> Veil {
        let mut hash = Sha256::new();
        hash.update(b"sverka mask 1");
        for part in parts {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
        Veil { secret: hash.finalize().into() }
    }

    /// A value, all of it.
    pub fn value(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len() + text.len() / 4);
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let len = if c.is_alphabetic() {
                let len = run(rest, |c| c.is_alphabetic() || is_mark(c));
                self.word(&rest[..len], &mut out);
                len
            } else if c.is_numeric() {
                let len = number_len(rest);
                self.number(&rest[..len], &mut out);
                len
            } else {
                out.push(c);
                c.len_utf8()
            };
            rest = &rest[len..];
        }
        out
    }

    /// A sentence of a check, which quotes values: whatever stands in quotes or is a long number or an address goes, and
    /// every word of `names`. `keep`: quoted texts and numbers that stay (ids of records, titles of fields).
    pub fn sentence(&self, text: &str, names: &HashSet<&str>, keep: &dyn Fn(&str) -> bool) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            if let Some(inside) = quoted(rest) {
                let open = c.len_utf8();
                out.push(c);
                out.push_str(&if keep(inside) { inside.to_owned() } else { self.value(inside) });
                rest = &rest[open + inside.len()..];
                // The closing mark, unless the text ends before it.
                if let Some(close) = rest.chars().next() {
                    out.push(close);
                    rest = &rest[close.len_utf8()..];
                }
                continue;
            }
            let token = token(rest);
            let len = if token.contains('@') || token.contains("://") {
                out.push_str(&self.value(token));
                token.len()
            } else if !token.is_empty() && keep(token) {
                out.push_str(token);
                token.len()
            } else if c.is_alphabetic() {
                let len = run(rest, |c| c.is_alphabetic() || is_mark(c));
                if names.contains(&rest[..len]) {
                    self.word(&rest[..len], &mut out);
                } else {
                    out.push_str(&rest[..len]);
                }
                len
            } else if c.is_numeric() {
                let len = number_len(rest);
                let digits = rest[..len].chars().filter(|c| c.is_numeric()).count();
                if digits >= VALUE_DIGITS && !keep(&rest[..len]) {
                    self.number(&rest[..len], &mut out);
                } else {
                    out.push_str(&rest[..len]);
                }
                len
            } else {
                out.push(c);
                c.len_utf8()
            };
            rest = &rest[len..];
        }
        out
    }

    fn word(&self, word: &str, out: &mut String) {
        let folded = fold(word);
        if FORMS.contains(&folded.as_str()) {
            out.push_str(word);
            return;
        }
        for attempt in 0u8.. {
            let mut stream = self.stream(b'w', &folded, attempt);
            let begin = stream.next() % 2;
            let made: String = word
                .chars()
                .enumerate()
                .map(|(at, c)| made_letter(c, (at as u8 % 2) == begin, stream.next()))
                .collect();
            if fold(&made) != folded || attempt == u8::MAX {
                out.push_str(&made);
                return;
            }
        }
    }

    /// Digits with what stands between them. Zeros in front stay, and the 7 or 8 in front of a Russian phone.
    fn number(&self, text: &str, out: &mut String) {
        let digits: Vec<u8> =
            text.chars().filter(|c| c.is_numeric()).map(|c| c.to_digit(10).unwrap_or(0) as u8).collect();
        let prefix = usize::from(digits.len() == 11 && matches!(digits[0], 7 | 8));
        let zeros = digits[prefix..].iter().take_while(|&&d| d == 0).count();
        let kept = prefix + zeros;
        let own = &digits[kept..];
        let key: String = own.iter().map(|d| char::from(b'0' + d)).collect();
        let mut made = own.to_vec();
        for attempt in 0u8.. {
            let mut stream = self.stream(b'n', &key, attempt);
            for (at, digit) in made.iter_mut().enumerate() {
                *digit = if at == 0 { 1 + stream.next() % 9 } else { stream.next() % 10 };
            }
            if own.is_empty() || made != own || attempt == u8::MAX {
                break;
            }
        }
        let mut at = 0;
        for c in text.chars() {
            if c.is_numeric() {
                out.push(char::from(b'0' + if at < kept { digits[at] } else { made[at - kept] }));
                at += 1;
            } else {
                out.push(c);
            }
        }
    }

    fn stream(&self, kind: u8, key: &str, attempt: u8) -> Stream {
        let mut hash = Sha256::new();
        hash.update(self.secret);
        hash.update([kind, attempt]);
        hash.update(key.as_bytes());
        Stream { block: hash.finalize().into(), at: 0 }
    }
}

/// Bytes that look random, as many as are asked for.
struct Stream {
    block: [u8; 32],
    at: usize,
}

impl Stream {
    fn next(&mut self) -> u8 {
        if self.at == self.block.len() {
            self.block = Sha256::digest(self.block).into();
            self.at = 0;
        }
        self.at += 1;
        self.block[self.at - 1]
    }
}

/// Vowels and consonants in turn, so that it can be read aloud; alphabet and case of `like`.
fn made_letter(like: char, vowel: bool, byte: u8) -> char {
    let from = |letters: &str| letters.chars().nth(usize::from(byte) % letters.chars().count()).unwrap_or('x');
    let cyrillic = ('\u{400}'..='\u{52f}').contains(&like);
    let letter = match (cyrillic, vowel) {
        (true, true) => from("аеиоуыэюя"),
        (true, false) => from("бвгджзклмнпрстфхцчш"),
        (false, true) => from("aeiou"),
        (false, false) => from("bcdfghjklmnpqrstvwxz"),
    };
    if like.is_uppercase() { letter.to_uppercase().next().unwrap_or(letter) } else { letter }
}

/// A word as it is compared: lower case, «ё» as «е», Latin letters among Cyrillic ones as what they look like.
fn fold(word: &str) -> String {
    let cyrillic = word.chars().any(|c| ('\u{400}'..='\u{52f}').contains(&c));
    let lower = word.chars().flat_map(char::to_lowercase);
    lower
        .filter(|&c| !is_mark(c))
        .map(|c| match c {
            'ё' => 'е',
            c if cyrillic => LOOK_ALIKE.iter().find(|(latin, _)| *latin == c).map_or(c, |(_, letter)| *letter),
            c => c,
        })
        .collect()
}

/// A mark that belongs to the letter before it (`и` and U+0306).
fn is_mark(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

/// Bytes of the run of such characters at the beginning.
fn run(text: &str, is: impl Fn(char) -> bool) -> usize {
    text.find(|c| !is(c)).unwrap_or(text.len())
}

/// Bytes of the number at the beginning: digits, and signs that stand between those of one number.
fn number_len(text: &str) -> usize {
    let mut end = 0;
    let mut between = 0;
    for (at, c) in text.char_indices() {
        if c.is_numeric() {
            end = at + c.len_utf8();
            between = 0;
        } else if between < 3 && matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '(' | ')' | '-' | '–' | '.' | '/') {
            between += 1;
        } else {
            break;
        }
    }
    end
}

/// What stands up to the next space, comma, bracket or quote.
fn token(text: &str) -> &str {
    let ends = |c: char| c.is_whitespace() || ",;:()«»“”\"".contains(c);
    // An address of a page has a colon.
    let end = text.find(ends).unwrap_or(text.len());
    if text[end..].starts_with("://") {
        let from = end + 3;
        return &text[..from + text[from..].find(ends).unwrap_or(text.len() - from)];
    }
    &text[..end]
}

/// What stands in quotes that open here, nested ones included; up to the end of the text when they do not close.
fn quoted(text: &str) -> Option<&str> {
    let open = text.chars().next()?;
    let close = match open {
        '«' => '»',
        '“' => '”',
        '"' => '"',
        _ => return None,
    };
    let inside = &text[open.len_utf8()..];
    let mut depth = 1;
    for (at, c) in inside.char_indices() {
        if c == close {
            depth -= 1;
        } else if c == open {
            depth += 1;
        }
        if depth == 0 {
            return Some(&inside[..at]);
        }
    }
    Some(inside)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn veil() -> Veil {
        Veil::of(["а", "б"].into_iter())
    }

    /// Signs, with every letter as `x` and every digit as `0`.
    fn shape(text: &str) -> String {
        text.chars().map(|c| if c.is_alphabetic() { 'x' } else { if c.is_numeric() { '0' } else { c } }).collect()
    }

    #[test]
    fn shapes_stay_and_equal_values_stay_equal() {
        let v = veil();
        for text in
            ["Иванов-Петров  Иван, И. П.", "+7 (912) 345-67-89 доб. 12", "a.b_1@mail.example.ru", "ул. Мира, д. 5"]
        {
            let masked = v.value(text);
            assert_eq!(shape(&masked), shape(text));
            assert_ne!(masked, text);
            assert_eq!(masked, v.value(text));
        }
        let digits = |text: &str| v.value(text).chars().filter(char::is_ascii_digit).collect::<String>();
        assert_eq!(digits("+7 (912) 345-67-89")[1..], digits("89123456789")[1..], "one phone");
        assert_eq!((&digits("89123456789")[..1], &digits("+79123456789")[..1]), ("8", "7"), "the defect is seen");
        assert_eq!(digits("0691405035")[1..], digits("691405035"), "a lost zero is seen");
        assert_eq!(v.value("Карасёв").to_lowercase(), v.value("КАРАСЕВ").to_lowercase());
        let odd = v.value("Звездoпaд");
        assert_eq!(odd.chars().filter(char::is_ascii).count(), 2, "letters of another alphabet are seen: {odd}");
        assert!(v.value("ООО «Ромашка»").starts_with("ООО «"));
        assert_ne!(v.value("Иванов"), Veil::of(["а", "в"].into_iter()).value("Иванов"), "the secret counts");
    }

    #[test]
    fn sentences_keep_what_the_check_says() {
        let v = veil();
        let names = HashSet::from(["Перекат", "Зерно"]);
        let keep = |text: &str| ["Телефон", "1399", "b50ba0c1-a359-11ee-b3ab-9a9abf893090"].contains(&text);
        for (text, left, gone) in [
            ("Поле «Телефон»: CRM «+7 (391) 010-27-39», нужен один", "Поле «Телефон»: CRM «+", "010-27-39"),
            ("Код «1399» стоит у 2 разных записей", "Код «1399» стоит у 2 разных записей", ""),
            ("ИНН 4097405037: 12 карточек; объедините", ": 12 карточек; объедините", "4097405037"),
            ("общий e-mail ezhov.58@yashchik.example; объедините их", "; объедините их", "ezhov"),
            ("АО Перекат Зерно: 2 карточки с похожим названием", ": 2 карточки с похожим названием", "Перекат"),
            ("действует ООО \"Зенит-Опт\"; снимите", "действует ООО \"", "Зенит"),
            ("карточка «ООО «Ромашка» и К» лишняя", "карточка «ООО «", "Ромашка"),
            ("без конца «Иванов", "без конца «", "Иванов"),
            ("связь b50ba0c1-a359-11ee-b3ab-9a9abf893090 у двух", "b50ba0c1-a359-11ee-b3ab-9a9abf893090", ""),
            ("сайт https://romashka.example/a верен", " верен", "romashka"),
        ] {
            let masked = v.sentence(text, &names, &keep);
            assert!(masked.contains(left), "{masked}");
            assert!(gone.is_empty() || !masked.contains(gone), "{masked}");
            assert_eq!(shape(&masked), shape(text));
        }
    }

    proptest! {
        #[test]
        fn nothing_longer_than_a_letter_is_left(text in "[а-яё]{2,9}|[A-Z]{2,9}|[0-9]{2,12}|\\PC{0,30}") {
            let masked = veil().value(&text);
            prop_assert_eq!(shape(&masked).chars().count(), shape(&text).chars().count());
            let letters = text.chars().filter(|c| c.is_alphanumeric()).count();
            let form = text.split(|c: char| !c.is_alphabetic()).any(|w| FORMS.contains(&fold(w).as_str()));
            let zeros = text.chars().all(|c| !c.is_numeric() || c.to_digit(10).unwrap_or(0) == 0);
            if letters > 1 && !form && (!zeros || text.chars().any(char::is_alphabetic)) {
                prop_assert_ne!(masked, text);
            }
        }
    }
}
