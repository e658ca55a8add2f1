//! Folding of text for comparison, and the characters that a reader of a screen cannot see.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

/// Takes no place on a screen, yet makes two texts unequal: zero-width marks, soft hyphen, BOM, direction marks,
/// variation selectors.
pub fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}')
}

/// A space other than the plain one (NBSP, narrow NBSP, thin spaces, tab).
pub fn is_odd_space(c: char) -> bool {
    c != ' ' && c != '\n' && c.is_whitespace()
}

/// Whether the text holds invisible characters, odd, doubled or outer spaces. A line feed separates values and counts
/// as a space only at the ends.
pub fn has_invisible(raw: &str) -> bool {
    let mut before = ' ';
    for c in raw.chars() {
        if is_invisible(c) || is_odd_space(c) || (c == ' ' && before == ' ') {
            return true;
        }
        before = c;
    }
    matches!(raw.chars().next(), Some('\n')) || matches!(before, ' ' | '\n') && !raw.is_empty()
}

/// Characters that NFKC would leave alone or that we fold ourselves; everything else goes through NFKC, which is slow
/// (0.4 µs a name).
fn is_plain(c: char) -> bool {
    matches!(c, '\n' | ' '..='~' | 'А'..='я' | 'Ё' | 'ё' | '«' | '»' | '№' | '–' | '—' | '“' | '”' | '„' | '’' | '\u{00A0}')
}

/// NFKC where it can matter, without invisible characters; `№` stays (NFKC would make `No` of it).
/// Spaces of every kind become plain ones; runs and ends of them are kept.
pub fn clean(raw: &str) -> Cow<'_, str> {
    if raw.bytes().all(|b| matches!(b, b'\n' | b' '..=b'~')) {
        return Cow::Borrowed(raw);
    }
    let (mut nfkc, mut spaces) = (false, false);
    for c in raw.chars() {
        nfkc |= !is_plain(c);
        spaces |= c == '\u{00A0}';
    }
    if nfkc {
        let mut out = String::with_capacity(raw.len());
        for (i, part) in raw.split('№').enumerate() {
            if i > 0 {
                out.push('№');
            }
            let visible = part.chars().filter(|&c| !is_invisible(c));
            out.extend(visible.nfkc().map(|c| if is_odd_space(c) { ' ' } else { c }).filter(|&c| !is_invisible(c)));
        }
        Cow::Owned(out)
    } else if spaces {
        Cow::Owned(raw.replace('\u{00A0}', " "))
    } else {
        Cow::Borrowed(raw)
    }
}

/// The Cyrillic capital that looks like this Latin capital.
pub fn cyrillic_of(latin: char) -> Option<char> {
    Some(match latin {
        'A' => 'А',
        'B' => 'В',
        'C' => 'С',
        'E' => 'Е',
        'H' => 'Н',
        'K' => 'К',
        'M' => 'М',
        'O' => 'О',
        'P' => 'Р',
        'T' => 'Т',
        'X' => 'Х',
        'Y' => 'У',
        _ => return None,
    })
}

/// The Latin capital that looks like this Cyrillic capital.
pub fn latin_of(cyrillic: char) -> Option<char> {
    Some(match cyrillic {
        'А' => 'A',
        'В' => 'B',
        'С' => 'C',
        'Е' => 'E',
        'Н' => 'H',
        'К' => 'K',
        'М' => 'M',
        'О' => 'O',
        'Р' => 'P',
        'Т' => 'T',
        'Х' => 'X',
        'У' => 'Y',
        _ => return None,
    })
}

/// `char::is_alphabetic`, which walks a table for every letter outside ASCII: Russian ones are known without it.
#[inline]
pub fn is_letter(c: char) -> bool {
    c.is_ascii_alphabetic() || matches!(c, 'А'..='я' | 'Ё' | 'ё') || (!c.is_ascii() && c.is_alphabetic())
}

/// `char::is_alphanumeric` in the same way.
#[inline]
pub fn is_letter_or_digit(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, 'А'..='я' | 'Ё' | 'ё') || (!c.is_ascii() && c.is_alphanumeric())
}

pub fn is_cyrillic(c: char) -> bool {
    matches!(c, '\u{0400}'..='\u{04FF}')
}

/// Some word of the text mixes Cyrillic and Latin letters («Pомашка» with a Latin P). Words joined by a hyphen or a
/// digit are words of their own («Wi-Fi-роутер», «IP2Гео» are honest).
pub fn has_mixed_script(raw: &str) -> bool {
    raw.split(|c: char| !is_letter(c))
        .any(|word| word.chars().any(is_cyrillic) && word.chars().any(|c| c.is_ascii_alphabetic()))
}

/// Appends `raw` folded for comparison; returns the length appended.
///
/// Upper case, Ё as Е, invisible characters gone, `&` as `И`, `+` after a letter as `ПЛЮС`, an apostrophe inside a word
/// gone, every other character that is no letter or digit as one space. In a word that mixes alphabets the look-alike
/// letters of the minority are replaced; a word all of whose letters exist in both alphabets (`CTK`, `СТК`) is written
/// in Cyrillic, since nobody can see which one it is. Folding twice changes nothing.
pub fn fold_into(raw: &str, out: &mut String) -> usize {
    let begin = out.len();
    let cleaned = clean(raw);
    let mut word = out.len();
    let mut in_word = false;
    let mut latin = false;
    let mut chars = cleaned.chars().peekable();
    let mut before = ' ';
    while let Some(c) = chars.next() {
        if is_letter_or_digit(c) {
            if !in_word {
                if out.len() > begin {
                    out.push(' ');
                }
                word = out.len();
                in_word = true;
                latin = false;
            }
            match c {
                'а'..='я' | 'А'..='Я' | '0'..='9' => out.push(upper_russian(c)),
                'ё' | 'Ё' => out.push('Е'),
                'a'..='z' | 'A'..='Z' => {
                    out.push(c.to_ascii_uppercase());
                    latin = true;
                }
                _ => {
                    out.extend(c.to_uppercase().filter(|u| u.is_alphanumeric()).map(|u| if u == 'Ё' { 'Е' } else { u }))
                }
            }
        } else if matches!(c, '\'' | '’' | '`' | 'ʼ' | '‘')
            && is_letter(before)
            && chars.peek().is_some_and(|n| is_letter(*n))
        {
            // «О'Кей» and «ОКей» are one name.
        } else if is_combining(c) && in_word {
            // A mark that NFKC could not join belongs to its letter.
        } else {
            if in_word && latin {
                settle_script(out, word);
            }
            in_word = false;
            let spoken = match c {
                '&' => "И",
                '+' if is_letter(before) => "ПЛЮС",
                _ => "",
            };
            if !spoken.is_empty() {
                if out.len() > begin {
                    out.push(' ');
                }
                out.push_str(spoken);
            }
        }
        before = c;
    }
    if in_word && latin {
        settle_script(out, word);
    }
    out.len() - begin
}

/// [`fold_into`] as a new text.
pub fn fold(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    fold_into(raw, &mut out);
    out
}

fn upper_russian(c: char) -> char {
    match c {
        'а'..='я' => char::from_u32(c as u32 - 0x20).unwrap_or(c),
        _ => c,
    }
}

fn is_combining(c: char) -> bool {
    matches!(c, '\u{0300}'..='\u{036F}' | '\u{0483}'..='\u{0489}')
}

/// Rewrites the word at the end of `out` in one alphabet where its letters allow it.
fn settle_script(out: &mut String, word: usize) {
    let text = &out[word..];
    let mut as_cyrillic = true;
    let mut as_latin = true;
    let (mut cyrillic, mut latin) = (0, 0);
    for c in text.chars() {
        if c.is_ascii_alphabetic() {
            latin += 1;
            as_cyrillic &= cyrillic_of(c).is_some();
        } else if is_cyrillic(c) {
            cyrillic += 1;
            as_latin &= latin_of(c).is_some();
        }
    }
    // All letters exist in both alphabets: Cyrillic. Otherwise the alphabet of the letters that have no twin decides.
    let rewritten: String = if as_cyrillic {
        text.chars().map(|c| cyrillic_of(c).unwrap_or(c)).collect()
    } else if as_latin && cyrillic > 0 && latin > 0 {
        text.chars().map(|c| latin_of(c).unwrap_or(c)).collect()
    } else {
        return;
    };
    out.truncate(word);
    out.push_str(&rewritten);
}

/// Puts back into Latin letters the words from `begin` that folding wrote in Cyrillic because nobody can see which alphabet
/// they are in («Chayka»), when another word of the text is plainly Latin and none is plainly Cyrillic.
pub fn settle_latin(out: &mut String, begin: usize) {
    let text = &out[begin..];
    let latin = text.split(' ').any(|word| word.len() > 1 && word.bytes().all(|b| b.is_ascii_alphabetic()));
    if !latin || !text.chars().any(is_cyrillic) {
        return;
    }
    if text.chars().filter(|&c| is_cyrillic(c)).all(|c| latin_of(c).is_some()) {
        let rewritten: String = text.chars().map(|c| latin_of(c).unwrap_or(c)).collect();
        out.truncate(begin);
        out.push_str(&rewritten);
    }
}

/// Words that people and systems write for "no value", folded.
const NONE_WORDS: &[&str] = &[
    "НЕТ",
    "НЕ УКАЗАН",
    "НЕ УКАЗАНА",
    "НЕ УКАЗАНО",
    "НЕ УКАЗАНЫ",
    "НЕ ЗАДАН",
    "НЕ ЗАДАНА",
    "НЕ ЗАДАНО",
    "НЕ ЗАПОЛНЕН",
    "НЕ ЗАПОЛНЕНО",
    "НЕ ВЫБРАН",
    "НЕ ВЫБРАНО",
    "НЕ ОПРЕДЕЛЕН",
    "НЕ ОПРЕДЕЛЕНО",
    "НЕТ ДАННЫХ",
    "НЕТ ИНФОРМАЦИИ",
    "Н Д",
    "НД",
    "Б Н",
    "БЕЗ НОМЕРА",
    "ОТСУТСТВУЕТ",
    "ОТСУТСТВУЮТ",
    "НЕИЗВЕСТНО",
    "НЕИЗВЕСТЕН",
    "НЕИЗВЕСТНА",
    "ПУСТО",
    "ПУСТАЯ",
    "ПУСТОЕ ЗНАЧЕНИЕ",
    "НЕТ ИНН",
    "НЕТ КПП",
    "БЕЗ ИНН",
    "БЕЗ КПП",
    "НЕТ ТЕЛЕФОНА",
    "НЕТ ПОЧТЫ",
    "НЕ ТРЕБУЕТСЯ",
    "НЕ ПРИМЕНИМО",
    "НЕ ДАЛ",
    "НЕ ДАЛИ",
    "НЕ ЗНАЮ",
    "NULL",
    "NONE",
    "NAN",
    "NA",
    "N А",
    "NIL",
    "UNDEFINED",
    // EMPTY, and the A of N/A above: folding writes such words in Cyrillic, since each letter has a twin there.
    "ЕМРТУ",
    "UNKNOWN",
    "NO",
    "NOT SET",
    "NOT SPECIFIED",
];

/// The text stands for "no value": empty, punctuation only (`-`, `<>`, `—`), or a word for it («нет», «не указан»,
/// `<Не указан>`, `null`, `#Н/Д`).
pub fn means_none(raw: &str) -> bool {
    if raw.len() > 64 {
        return false;
    }
    let Some(first) = raw.chars().find(|&c| is_letter_or_digit(c)) else { return true };
    // Most texts need no folding: few letters begin a word for nothing. What is not plain may fold to any of them.
    let may_begin = "НнHhБбОоOoПпNnUuЕеEe".contains(first) || !is_plain(first);
    if !may_begin {
        return false;
    }
    // A digit always means something, be it a placeholder.
    if raw.bytes().any(|b| b.is_ascii_digit()) {
        return false;
    }
    let folded = fold(raw);
    folded.is_empty() || NONE_WORDS.contains(&folded.as_str())
}

/// «Да», `Y`, `true`, `1`, «истина»: a flag is set. Everything else, the empty text included, is not.
pub fn means_yes(raw: &str) -> bool {
    let raw = raw.trim();
    if raw.is_empty() || raw.len() > 32 {
        return false;
    }
    matches!(
        fold(raw).as_str(),
        "ДА" | "У" | "YES" | "TRUE" | "1" | "ИСТИНА" | "ON" | "Д" | "УДАЛЕН" | "УДАЛЕНА" | "УДАЛЕНО" | "DELETED"
    )
}

/// «Нет», `N`, `false`, `0`, «ложь»: a flag is plainly not set (the empty text says nothing).
pub fn means_no(raw: &str) -> bool {
    let raw = raw.trim();
    if raw.is_empty() || raw.len() > 32 {
        return false;
    }
    matches!(
        fold(raw).as_str(),
        "НЕТ" | "N" | "NO" | "FALSE" | "0" | "ЛОЖЬ" | "OFF" | "Н" | "НЕАКТИВЕН" | "НЕ АКТИВЕН" | "НЕДЕЙСТВИТЕЛЕН"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds() {
        for (raw, expected) in [
            ("  ООО «Ромашка»  ", "ООО РОМАШКА"),
            ("Ёлка-Плюс", "ЕЛКА ПЛЮС"),
            ("Pомашка", "РОМАШКА"),
            ("Вosch", "BOSCH"),
            ("CTK", "СТК"),
            ("ВКS", "BKS"),
            ("Рога & Копыта", "РОГА И КОПЫТА"),
            ("Вектор+", "ВЕКТОР ПЛЮС"),
            ("О'Кей", "ОКЕЙ"),
            ("'Ромашка'", "РОМАШКА"),
            ("Аптека №5", "АПТЕКА 5"),
            ("Ро\u{00AD}маш\u{200B}ка\u{00A0}Плюс", "РОМАШКА ПЛЮС"),
            ("Андреи\u{0306}", "АНДРЕЙ"),
            ("Ｒｏｍａｓｈｋａ", "ROMASHKA"),
            ("«»\"", ""),
            ("Straße", "STRASSE"),
        ] {
            assert_eq!(fold(raw), expected, "{raw}");
            assert_eq!(fold(expected), expected, "folding twice: {raw}");
        }
    }

    /// The letters around decide the alphabet.
    #[test]
    fn look_alikes_follow_their_word() {
        for (latin, cyrillic) in "ABCEHKMOPTXY".chars().zip("АВСЕНКМОРТХУ".chars()) {
            assert_eq!(fold(&format!("{latin}ЖИЖГА")), format!("{cyrillic}ЖИЖГА"));
            assert_eq!(fold(&format!("{cyrillic}WINGS")), format!("{latin}WINGS"));
        }
    }

    #[test]
    fn sees_what_a_screen_hides() {
        for (raw, expected) in [
            ("Ромашка", false),
            ("Ромашка\u{00A0}Плюс", true),
            ("Ромашка  Плюс", true),
            (" Ромашка", true),
            ("Ромашка ", true),
            ("Ромашка\u{200B}", true),
            ("a\nb", false),
            ("a\n", true),
            ("", false),
        ] {
            assert_eq!(has_invisible(raw), expected, "{raw:?}");
        }
        for (raw, expected) in [("Pомашка", true), ("ООО Bosch", false), ("Wi-Fi роутер", false), ("IP2Гео", false)]
        {
            assert_eq!(has_mixed_script(raw), expected, "{raw}");
        }
    }

    #[test]
    fn words_for_nothing_and_for_flags() {
        for raw in ["", "-", "—", "<>", "нет", "Не указан", "<Не указан>", "null", "#Н/Д", "н/д"]
        {
            assert!(means_none(raw), "{raw}");
        }
        for word in NONE_WORDS {
            assert_eq!(fold(word), *word, "no folded text is like it");
            assert!(
                means_none(word) && means_none(&word.to_lowercase()) && means_none(&format!(" <{word}> ")),
                "{word}"
            );
        }
        for raw in ["empty", "HЕТ", "Ｎｕｌｌ", "\u{200b}нет"] {
            assert!(means_none(raw), "{raw}");
        }
        for raw in ["0", "Нетто", "1234567890", "Нет-Сервис"] {
            assert!(!means_none(raw), "{raw}");
        }
        for raw in ["да", "Y", "true", "1", "ИСТИНА", "Удален"] {
            assert!(means_yes(raw) && !means_no(raw), "{raw}");
        }
        for raw in ["нет", "N", "false", "0", "Ложь"] {
            assert!(means_no(raw) && !means_yes(raw), "{raw}");
        }
        assert!(!means_yes("") && !means_no(""));
    }
}
