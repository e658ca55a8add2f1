//! How people and programs spoil what they enter.

use super::ids;
use super::names::{self, FullName};
use super::rng::Rng;

/// The legal form in full.
pub fn long_form(form: &str) -> &str {
    match form {
        "ООО" => "Общество с ограниченной ответственностью",
        "АО" => "Акционерное общество",
        "ПАО" => "Публичное акционерное общество",
        "АНО" => "Автономная некоммерческая организация",
        "ИП" => "Индивидуальный предприниматель",
        other => other,
    }
}

/// A letter dropped, doubled, replaced, or two changed places; never the first one.
pub fn typo(text: &str, rng: &mut Rng) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    let letters: Vec<usize> = (1..chars.len()).filter(|&at| chars[at].is_alphabetic()).collect();
    if letters.len() < 4 {
        return text.to_owned();
    }
    let at = *rng.pick(&letters);
    match rng.below(4) {
        0 => {
            chars.remove(at);
        }
        1 => chars.insert(at, chars[at]),
        2 => chars[at] = *rng.pick(&['а', 'о', 'е', 'и', 'н', 'т', 'р', 'с']),
        _ => {
            if chars[at - 1].is_alphabetic() {
                chars.swap(at - 1, at);
            }
        }
    }
    chars.into_iter().collect()
}

/// Latin letters in place of Cyrillic ones of the same look.
fn lookalikes(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            'а' => 'a',
            'е' => 'e',
            'о' => 'o',
            'с' => 'c',
            'К' => 'K',
            'М' => 'M',
            other => other,
        })
        .collect()
}

/// The name of a company or sole trader as someone typed it.
pub fn company(core: &str, form: &str, rng: &mut Rng) -> String {
    let core = match rng.below(1000) {
        0..60 => typo(core, rng),
        60..80 => lookalikes(core),
        80..110 => core.replace('ё', "е"),
        110..150 => core.split(' ').rev().collect::<Vec<_>>().join(" "),
        150..200 => core.to_uppercase(),
        200..230 => core.replace(' ', "-"),
        _ => core.to_owned(),
    };
    if form == "Ltd" {
        return format!("{core} {}", *rng.pick(&["Ltd", "Ltd.", "Limited", "LTD"]));
    }
    if form == "ИП" {
        return match rng.below(4) {
            0 => format!("Индивидуальный предприниматель {core}"),
            1 => format!("{core} ИП"),
            2 => core,
            _ => format!("ИП {core}"),
        };
    }
    match rng.below(10) {
        0 => format!("{form} {core}"),
        1 => format!("{core} {form}"),
        2 => core,
        3 => format!("{} \"{core}\"", long_form(form)),
        4 => format!("{form} «{core}»"),
        5 => format!("{core}, {}", form.to_lowercase()),
        _ => format!("{form} \"{core}\""),
    }
}

/// The name of a person as someone typed it.
pub fn person(name: &FullName, rng: &mut Rng) -> FullName {
    let mut name = name.clone();
    let initial = |part: &str| part.chars().take(1).chain(['.']).collect::<String>();
    match rng.below(1000) {
        0..250 => name.patronymic.clear(),
        250..310 => {
            name.first = initial(&name.first);
            name.patronymic = initial(&name.patronymic);
        }
        310..350 => name.last = typo(&name.last, rng),
        350..380 => {
            for part in [&mut name.last, &mut name.first, &mut name.patronymic] {
                *part = part.replace('ё', "е");
            }
        }
        380..400 => std::mem::swap(&mut name.last, &mut name.first),
        400..415 => {
            for part in [&mut name.last, &mut name.first, &mut name.patronymic] {
                *part = names::translit(part);
            }
        }
        _ => {}
    }
    name
}

/// An INN: mostly right; a lost leading zero, a wrong digit, spaces.
pub fn inn(inn: &str, rng: &mut Rng) -> String {
    match rng.below(1000) {
        0..300 if inn.starts_with('0') => inn[1..].to_owned(),
        300..315 if !inn.is_empty() => {
            let at = rng.below(inn.len() as u64) as usize;
            let digit = (inn.as_bytes()[at] - b'0' + 1 + rng.below(9) as u8) % 10;
            format!("{}{digit}{}", &inn[..at], &inn[at + 1..])
        }
        315..330 if inn.len() > 6 => format!("{} {}", &inn[..4], &inn[4..]),
        330..335 => "0000000000".to_owned(),
        _ => inn.to_owned(),
    }
}

/// Digits of a phone in one of the ways people write them.
pub fn phone(digits: &str, rng: &mut Rng) -> String {
    if !digits.starts_with('7') {
        return format!("+{digits}");
    }
    match rng.below(8) {
        0 => format!("8{}", &digits[1..]),
        1 => format!("8 ({}) {}-{}-{}", &digits[1..4], &digits[4..7], &digits[7..9], &digits[9..]),
        2 => format!("+{digits}"),
        3 => digits[1..].to_owned(),
        4 => format!("{} доб. {}", ids::phone_text(digits), 100 + rng.below(50)),
        _ => ids::phone_text(digits),
    }
}

/// An address of mail: capitals now and then, rarely a typing error in the name of the box.
pub fn email(email: &str, rng: &mut Rng) -> String {
    match rng.below(100) {
        0..5 => email.to_uppercase(),
        5..7 => email.replacen('.', "-", 1),
        _ => email.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_never_breaks_a_value_of_any_shape() {
        let mut rng = Rng::new(3);
        for _ in 0..500 {
            for text in ["", "я", "ООО", "Жар-птица Ёлка", "0123456789"] {
                let _ = (typo(text, &mut rng), email(text, &mut rng));
            }
            for digits in ["", "0123456789", "770000000012"] {
                let _ = inn(digits, &mut rng);
            }
            assert!(!company("Ёлка Строй", "ООО", &mut rng).contains('\n'));
        }
        let variants: std::collections::HashSet<String> = (0..500).map(|_| phone("74950123456", &mut rng)).collect();
        assert!(variants.len() > 6 && variants.contains("84950123456"));
    }
}
