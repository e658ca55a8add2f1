//! One skeleton for a word written in Cyrillic and in Latin letters.
//!
//! Schemes differ (ГОСТ Р 7.0.34-2014, МВД passport order 889 of 2016, "as the mail address has it"), so the skeleton
//! keeps only what all of them agree on: «Щ», «Ш», `sch`, `sh` are one sound; `y`, `j`, `i`, «Й», «И», «Ы» another;
//! soft and hard signs vanish; `x`, `ks`, «КС» are the same.

/// Appends the skeleton of an upper-case word to `out` (ASCII). A word without letters is kept as it is.
pub fn skeleton(word: &str, out: &mut String) {
    let start = out.len();
    if word.is_ascii() {
        latin(word.as_bytes(), out);
    } else {
        for c in word.chars() {
            out.push_str(cyrillic(c));
        }
    }
    squeeze(start, out);
}

fn cyrillic(c: char) -> &'static str {
    match c {
        'А' => "A",
        'Б' => "B",
        'В' => "V",
        'Г' => "G",
        'Д' => "D",
        'Е' | 'Ё' | 'Э' => "E",
        'Ж' => "J",
        'З' => "Z",
        'И' | 'Й' | 'Ы' => "I",
        'К' => "K",
        'Л' => "L",
        'М' => "M",
        'Н' => "N",
        'О' => "O",
        'П' => "P",
        'Р' => "R",
        'С' => "S",
        'Т' => "T",
        'У' => "U",
        'Ф' => "F",
        'Х' => "H",
        'Ц' => "C",
        'Ч' => "Q",
        'Ш' | 'Щ' => "W",
        'Ю' => "IU",
        'Я' => "IA",
        '0' => "0",
        '1' => "1",
        '2' => "2",
        '3' => "3",
        '4' => "4",
        '5' => "5",
        '6' => "6",
        '7' => "7",
        '8' => "8",
        '9' => "9",
        'A'..='Z' => latin_letter(c as u8),
        _ => "",
    }
}

fn latin_letter(b: u8) -> &'static str {
    match b {
        b'A' => "A",
        b'B' => "B",
        b'C' => "K",
        b'D' => "D",
        b'E' => "E",
        b'F' => "F",
        b'G' => "G",
        b'H' => "H",
        b'I' | b'J' | b'Y' => "I",
        b'K' | b'Q' => "K",
        b'L' => "L",
        b'M' => "M",
        b'N' => "N",
        b'O' => "O",
        b'P' => "P",
        b'R' => "R",
        b'S' => "S",
        b'T' => "T",
        b'U' => "U",
        b'V' | b'W' => "V",
        b'X' => "KS",
        b'Z' => "Z",
        _ => "",
    }
}

/// Groups of Latin letters that stand for one Cyrillic letter, longest first.
const GROUPS: &[(&[u8], &str)] = &[
    (b"SHCH", "W"),
    (b"SCH", "W"),
    (b"ZH", "J"),
    (b"KH", "H"),
    (b"CH", "Q"),
    (b"SH", "W"),
    (b"TS", "C"),
    (b"TZ", "C"),
    (b"PH", "F"),
    (b"YU", "IU"),
    (b"JU", "IU"),
    (b"YA", "IA"),
    (b"JA", "IA"),
    (b"YO", "E"),
    (b"JO", "E"),
    (b"YE", "E"),
    (b"JE", "E"),
];

fn latin(word: &[u8], out: &mut String) {
    let mut at = 0;
    while at < word.len() {
        match GROUPS.iter().find(|(group, _)| word[at..].starts_with(group)) {
            Some((group, sound)) => {
                out.push_str(sound);
                at += group.len();
            }
            None => {
                match word[at] {
                    b @ b'0'..=b'9' => out.push(b as char),
                    b => out.push_str(latin_letter(b)),
                }
                at += 1;
            }
        }
    }
}

/// Double letters become one, digits excepted: «Алла» is `Alla` and `Ala`, «Дмитрий» is `Dmitriy` and `Dmitri`.
fn squeeze(start: usize, out: &mut String) {
    let tail = out.split_off(start);
    let mut before = '\0';
    for c in tail.chars() {
        if c != before || c.is_ascii_digit() {
            out.push(c);
        }
        before = c;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_alphabets_meet() {
        let of = |word: &str| {
            let mut out = String::new();
            skeleton(word, &mut out);
            out
        };
        for (cyrillic, latin) in [
            ("РОМАШКА", "ROMASHKA"),
            ("ЩУКИН", "SHCHUKIN"),
            ("ЩУКИН", "SCHUKIN"),
            ("ДМИТРИЙ", "DMITRIY"),
            ("ДМИТРИЙ", "DMITRI"),
            ("ЮЛИЯ", "YULIYA"),
            ("ЖУКОВ", "ZHUKOV"),
            ("АЛЕКСЕЙ", "ALEXEY"),
            ("ХАРИТОНОВ", "KHARITONOV"),
            ("СЕМЕНОВ", "SEMYONOV"),
        ] {
            assert_eq!(of(cyrillic), of(latin), "{cyrillic} {latin}");
        }
        assert_ne!(of("ВЕКТОР"), of("ВИКТОР"));
        assert_eq!(of("112"), "112");
    }
}
