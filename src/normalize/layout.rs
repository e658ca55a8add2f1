//! Russian typed with the keyboard in its Latin layout («Hjvfirf» for «Ромашка»).
//!
//! Keys of the layouts ЙЦУКЕН and QWERTY, as Windows and GOST R 52872 (letters) place them.

/// Keys of the Latin layout with the Russian letter on each, lower case.
const KEYS: [(char, char); 33] = [
    ('q', 'й'),
    ('w', 'ц'),
    ('e', 'у'),
    ('r', 'к'),
    ('t', 'е'),
    ('y', 'н'),
    ('u', 'г'),
    ('i', 'ш'),
    ('o', 'щ'),
    ('p', 'з'),
    ('[', 'х'),
    (']', 'ъ'),
    ('a', 'ф'),
    ('s', 'ы'),
    ('d', 'в'),
    ('f', 'а'),
    ('g', 'п'),
    ('h', 'р'),
    ('j', 'о'),
    ('k', 'л'),
    ('l', 'д'),
    (';', 'ж'),
    ('\'', 'э'),
    ('z', 'я'),
    ('x', 'ч'),
    ('c', 'с'),
    ('v', 'м'),
    ('b', 'и'),
    ('n', 'т'),
    ('m', 'ь'),
    (',', 'б'),
    ('.', 'ю'),
    ('`', 'ё'),
];

/// Letters that a text needs before its layout is doubted: «BMW» and «LLC» are honest.
const LEAST_LETTERS: usize = 6;
/// Letters of one word at least: short words are abbreviations.
const LEAST_WORD: usize = 5;
/// Longest run of consonants in a Russian word («контрстратегия» has 5).
const MOST_CONSONANTS: usize = 5;

/// The text in the Russian layout when its Latin words can only be Russian ones typed in the other layout: hardly a
/// vowel before, and words that a Russian could say after. Words in Cyrillic stay. `None` for every other text.
pub fn russian(raw: &str) -> Option<String> {
    if !raw.bytes().any(|b| b.is_ascii_alphabetic()) {
        return None;
    }
    let chars: Vec<char> = raw.chars().collect();
    let is_key = |at: usize| {
        let neighbour = |n: Option<usize>| n.and_then(|n| chars.get(n)).is_some_and(char::is_ascii_alphabetic);
        match chars[at] {
            c if c.is_ascii_alphabetic() => true,
            // Punctuation is a letter inside a word; at its beginning only where no text would have it.
            '[' | ']' | ';' | '\'' | ',' | '.' | '`' => {
                neighbour(at.checked_sub(1)) && neighbour(Some(at + 1))
                    || matches!(chars[at], ';' | '[' | '`') && neighbour(Some(at + 1))
            }
            _ => false,
        }
    };
    let (mut letters, mut vowels) = (0, 0);
    let mut out = String::with_capacity(raw.len() * 2);
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    for (at, &c) in chars.iter().enumerate() {
        if !is_key(at) {
            words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
            out.push(c);
            continue;
        }
        let low = c.to_ascii_lowercase();
        letters += usize::from(low.is_ascii_alphabetic());
        vowels += usize::from(matches!(low, 'a' | 'e' | 'i' | 'o' | 'u'));
        let russian = KEYS.iter().find(|key| key.0 == low)?.1;
        word.push(russian);
        if c.is_ascii_uppercase() { out.extend(russian.to_uppercase()) } else { out.push(russian) }
    }
    words.extend((!word.is_empty()).then_some(word));
    let after = words.iter().flat_map(|word| word.chars()).filter(|&c| is_vowel(c)).count();
    let believed = letters >= LEAST_LETTERS
        && vowels * 6 <= letters
        && after * 10 >= letters * 3
        && words.iter().all(|word| is_sayable(word))
        && words.iter().any(|word| word.chars().count() >= LEAST_WORD);
    believed.then_some(out)
}

fn is_vowel(c: char) -> bool {
    matches!(c, 'а' | 'е' | 'ё' | 'и' | 'о' | 'у' | 'ы' | 'э' | 'ю' | 'я')
}

/// The word has vowels where a Russian word needs them and no letter where it cannot stand.
fn is_sayable(word: &str) -> bool {
    let count = word.chars().count();
    let vowels = word.chars().filter(|&c| is_vowel(c)).count();
    if word.starts_with(['ь', 'ъ', 'ы']) {
        return false;
    }
    let (mut run, mut longest, mut before) = (0, 0, ' ');
    for c in word.chars() {
        // A sign softens or parts what a consonant begins.
        if matches!(c, 'ь' | 'ъ') && (is_vowel(before) || matches!(before, 'ь' | 'ъ' | 'й')) {
            return false;
        }
        before = c;
        run = if is_vowel(c) || matches!(c, 'ь' | 'ъ') { 0 } else { run + 1 };
        longest = longest.max(run);
    }
    longest <= MOST_CONSONANTS && (count < 3 || (vowels * 5 >= count && vowels * 4 <= count * 3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_wrong_layout_is_put_right() {
        for (raw, expected) in [
            ("Hjvfirf", Some("Ромашка")),
            ("ООО \"Vjgj;bajh Rhfcrf\"", Some("ООО \"Мопожифор Краска\"")),
            ("Kjgfnby Fktrcfylh Fktrcttdbx (ИП)", Some("Лопатин Александр Алексеевич (ИП)")),
            ("Hfnfltlfy Ntrcnbkm", Some("Ратадедан Текстиль")),
            ("Филиал АНО \"Vbdblthev Lhtkm\" в г. Москва", Some("Филиал АНО \"Мивидерум Дрель\" в г. Москва")),
            ("Hjvfirf, Rhfcrf", Some("Ромашка, Краска")),
            // Two vowels in ten letters: «Спорт Старт» may be anything.
            ("Cgjhn Cnfhn", None),
            ("Romashka Servis", None),
            ("Vector Trade LLC", None),
            ("BMW", None),
            ("Schwartz GmbH & Co. KG", None),
            ("HSBC Bank plc", None),
            ("Smith", None),
            ("Krzysztof Szczepanski", None),
            ("ООО Ромашка", None),
            ("SGS Vostok Ltd.", None),
            ("html css js", None),
            ("", None),
            ("№ 5", None),
        ] {
            assert_eq!(russian(raw).as_deref(), expected, "{raw}");
        }
    }
}
