//! Russian names in Latin letters, whatever the scheme (GOST R 7.0.34, ICAO Doc 9303, BGN/PCGN, habit).

/// The sound of a name in plain Latin letters: equal for all usual spellings of one name, Cyrillic or Latin.
///
/// `word` is folded (upper case); letters of other alphabets stay.
pub fn sound(word: &str) -> String {
    let mut latin = String::with_capacity(word.len());
    for c in word.chars() {
        match cyrillic_sound(c) {
            Some(s) => latin.push_str(s),
            None => latin.push(c),
        }
    }
    // Clusters first, longest first; then single letters. The result uses A E I O U and consonants only.
    const CLUSTERS: [(&str, &str); 18] = [
        ("SHCH", "S"),
        ("SCH", "S"),
        ("ZH", "J"),
        ("KH", "H"),
        ("TS", "C"),
        ("CH", "S"),
        ("SH", "S"),
        ("PH", "F"),
        ("TH", "T"),
        ("CK", "K"),
        ("YA", "IA"),
        ("JA", "IA"),
        ("YU", "IU"),
        ("JU", "IU"),
        ("YO", "E"),
        ("JO", "E"),
        ("YE", "E"),
        ("JE", "E"),
    ];
    let mut out = String::with_capacity(latin.len());
    let mut rest = latin.as_str();
    while let Some(c) = rest.chars().next() {
        if let Some((cluster, to)) = CLUSTERS.iter().find(|(cluster, _)| rest.starts_with(cluster)) {
            push_sound(&mut out, to);
            rest = &rest[cluster.len()..];
            continue;
        }
        match c {
            'Y' | 'J' => push_sound(&mut out, "I"),
            'W' => push_sound(&mut out, "V"),
            'X' => push_sound(&mut out, "KS"),
            'Q' => push_sound(&mut out, "K"),
            '\'' | '`' => {}
            c => push_sound(&mut out, c.encode_utf8(&mut [0; 4])),
        }
        rest = &rest[c.len_utf8()..];
    }
    // «-IY», «-II», «-Y» and «-I» at the end are one ending.
    while out.ends_with("II") {
        out.pop();
    }
    out
}

/// Doubled letters sound as one.
fn push_sound(out: &mut String, sound: &str) {
    for c in sound.chars() {
        if !out.ends_with(c) {
            out.push(c);
        }
    }
}

fn cyrillic_sound(c: char) -> Option<&'static str> {
    Some(match c {
        'А' => "A",
        'Б' => "B",
        'В' => "V",
        'Г' => "G",
        'Д' => "D",
        'Е' | 'Ё' | 'Э' => "E",
        'Ж' => "ZH",
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
        'Х' => "KH",
        'Ц' => "TS",
        'Ч' => "CH",
        'Ш' => "SH",
        'Щ' => "SHCH",
        'Ю' => "IU",
        'Я' => "IA",
        'Ь' | 'Ъ' => "",
        _ => return None,
    })
}

/// Endings of Russian surnames and patronymics in Latin letters.
const RUSSIAN_ENDINGS: &[&str] = &[
    "OV", "EV", "IN", "YN", "OVA", "EVA", "INA", "YNA", "SKY", "SKIY", "SKII", "SKIJ", "SKI", "SKAYA", "SKAIA",
    "SKAJA", "ENKO", "CHUK", "YUK", "IUK", "OVICH", "EVICH", "OVNA", "EVNA", "ICHNA", "OFF", "EFF", "IKH", "YKH",
];

/// The word ends as Russian surnames and patronymics do. `word` is in Latin capitals.
pub fn looks_russian(word: &str) -> bool {
    word.len() >= 4 && RUSSIAN_ENDINGS.iter().any(|ending| word.ends_with(ending))
}

/// Writes a Latin word in Cyrillic letters: what most schemes agree on. Soft signs do not come back, except before the
/// ending -ЕВ of «Vasil'ev» when the apostrophe is there.
pub fn to_cyrillic(word: &str) -> String {
    const PIECES: [(&str, &str); 44] = [
        ("SHCH", "Щ"),
        ("SCH", "Щ"),
        ("ZH", "Ж"),
        ("KH", "Х"),
        ("TS", "Ц"),
        ("CH", "Ч"),
        ("SH", "Ш"),
        ("PH", "Ф"),
        ("YA", "Я"),
        ("JA", "Я"),
        ("IA", "Я"),
        ("YU", "Ю"),
        ("JU", "Ю"),
        ("IU", "Ю"),
        ("YO", "Е"),
        ("JO", "Е"),
        ("YE", "Е"),
        ("JE", "Е"),
        ("A", "А"),
        ("B", "Б"),
        ("C", "К"),
        ("D", "Д"),
        ("E", "Е"),
        ("F", "Ф"),
        ("G", "Г"),
        ("H", "Х"),
        ("I", "И"),
        ("J", "Й"),
        ("K", "К"),
        ("L", "Л"),
        ("M", "М"),
        ("N", "Н"),
        ("O", "О"),
        ("P", "П"),
        ("Q", "К"),
        ("R", "Р"),
        ("S", "С"),
        ("T", "Т"),
        ("U", "У"),
        ("V", "В"),
        ("W", "В"),
        ("X", "КС"),
        ("Y", "Ы"),
        ("Z", "З"),
    ];
    // Endings first: they differ most between schemes.
    const ENDINGS: [(&str, &str); 11] = [
        ("SKAYA", "СКАЯ"),
        ("SKAIA", "СКАЯ"),
        ("SKAJA", "СКАЯ"),
        ("SKIY", "СКИЙ"),
        ("SKII", "СКИЙ"),
        ("SKIJ", "СКИЙ"),
        ("SKY", "СКИЙ"),
        ("SKI", "СКИЙ"),
        ("OFF", "ОВ"),
        ("EFF", "ЕВ"),
        ("IY", "ИЙ"),
    ];
    let (mut rest, ending) = match ENDINGS.iter().find(|(ending, _)| word.ends_with(ending)) {
        Some((ending, to)) => (&word[..word.len() - ending.len()], *to),
        None => (word, ""),
    };
    let mut out = String::with_capacity(word.len() * 2);
    while let Some(c) = rest.chars().next() {
        // «Andrey», «Mayorov»: Y after a vowel is Й, unless it opens ЯЮЕ.
        let after_vowel = out.ends_with(['А', 'Е', 'И', 'О', 'У', 'Ы', 'Я', 'Ю']);
        let opens = rest.len() > 1 && matches!(rest.as_bytes()[1], b'A' | b'U' | b'O' | b'E');
        if c == 'Y' && after_vowel && !opens {
            out.push('Й');
            rest = &rest[1..];
        } else if let Some((piece, to)) = PIECES.iter().find(|(piece, _)| rest.starts_with(piece)) {
            out.push_str(to);
            rest = &rest[piece.len()..];
        } else {
            out.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    out.push_str(ending);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sounds_agree_between_schemes() {
        for spellings in [
            &["ЩЕРБАКОВ", "SHCHERBAKOV", "SCHERBAKOV"][..],
            &["ЮРИЙ", "YURIY", "IURII", "JURIJ", "YURY"],
            &["ХАРИТОН", "KHARITON", "HARITON"],
            &["АЛЕКСЕЙ", "ALEKSEY", "ALEXEI", "ALEKSEJ"],
            &["ИЛЬЯ", "ILYA", "ILIA"],
        ] {
            for spelling in spellings {
                assert_eq!(sound(spelling), sound(spellings[0]), "{spelling}");
            }
        }
        assert_ne!(sound("ИВАН"), sound("ИВАНА"));
    }

    #[test]
    fn writes_cyrillic() {
        for (latin, expected) in [
            ("IVANOV", "ИВАНОВ"),
            ("SHCHERBAKOVA", "ЩЕРБАКОВА"),
            ("ROMANOVSKY", "РОМАНОВСКИЙ"),
            ("ROMANOVSKAYA", "РОМАНОВСКАЯ"),
            ("MAYOROV", "МАЕРОВ"),
            ("ZAYTSEV", "ЗАЙЦЕВ"),
            ("YAKOVLEV", "ЯКОВЛЕВ"),
            ("SMIRNOFF", "СМИРНОВ"),
            ("PETROVICH", "ПЕТРОВИЧ"),
        ] {
            assert_eq!(to_cyrillic(latin), expected, "{latin}");
        }
        assert!(looks_russian("IVANOVA") && !looks_russian("SMITH"));
    }
}
