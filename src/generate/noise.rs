//! How people and programs spoil what they enter. A function gives the spoiled text, or `None` where that noise
//! cannot touch the value.

use super::diminutives;
use super::ids;
use super::names::{self, FullName};
use super::rng::Rng;
use crate::model::Inn;

macro_rules! noises {
    ($($variant:ident $code:literal $what:literal;)*) => {
        /// A kind of noise.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Noise { $(#[doc = $what] $variant),* }

        impl Noise {
            #[cfg(test)]
            pub const ALL: &'static [Noise] = &[$(Noise::$variant),*];

            /// Name in `noise.csv`.
            pub fn code(self) -> &'static str {
                match self { $(Noise::$variant => $code),* }
            }
        }
    };
}

noises! {
    Missing "missing" "The field is empty though the party has a value.";
    Typo "typo" "A letter dropped, doubled, replaced, or two changed places.";
    Lookalikes "lookalikes" "Latin letters in place of Cyrillic ones of the same look.";
    Layout "layout" "Typed with the Latin keyboard layout on.";
    Translit "translit" "Cyrillic written with Latin letters, in one of two schemes.";
    Cyrillic "cyrillic" "A foreign name written with Cyrillic letters.";
    Yo "yo" "ё written as е.";
    WordOrder "word-order" "Words in another order.";
    Capitals "capitals" "Capitals throughout.";
    Hyphen "hyphen" "A hyphen in place of a space.";
    LegalForm "legal-form" "The legal form spelled or placed in another way.";
    NoForm "no-form" "The legal form is left out.";
    FormChanged "form-changed" "The legal form of former days (ЗАО, ОАО).";
    Initials "initials" "Initials in place of given name and patronymic.";
    Diminutive "diminutive" "A short form of the given name.";
    NoPatronymic "no-patronymic" "The patronymic is left out.";
    SwappedFields "swapped-fields" "Surname and given name in each other's field.";
    WrongDigit "wrong-digit" "One digit is wrong; control digits do not agree.";
    SwappedDigits "swapped-digits" "Two neighbouring digits changed places; control digits do not agree.";
    LostZero "lost-zero" "A leading zero lost in a spreadsheet.";
    Spaces "spaces" "Spaces inside a number.";
    Placeholder "placeholder" "A filler in place of a value.";
    Stranger "stranger" "The value of another party, entered by mistake.";
    Moved "moved" "An outdated value, right some time ago.";
    Format "format" "Written in another format.";
    Extension "extension" "An extension after the number.";
}

/// The legal form in full.
pub fn long_form(form: &str) -> &str {
    match form {
        "ООО" => "Общество с ограниченной ответственностью",
        "АО" => "Акционерное общество",
        "ЗАО" => "Закрытое акционерное общество",
        "ПАО" => "Публичное акционерное общество",
        "ОАО" => "Открытое акционерное общество",
        "АНО" => "Автономная некоммерческая организация",
        "ИП" => "Индивидуальный предприниматель",
        other => other,
    }
}

/// The form that this one replaced in the law (Federal Law 99-FZ of 05.05.2014).
pub fn former_form(form: &str) -> Option<&'static str> {
    match form {
        "АО" => Some("ЗАО"),
        "ПАО" => Some("ОАО"),
        _ => None,
    }
}

/// A letter dropped, doubled, replaced, or two changed places; never the first one of the text.
pub fn typo(text: &str, rng: &mut Rng) -> Option<String> {
    let mut chars: Vec<char> = text.chars().collect();
    let letters: Vec<usize> = (1..chars.len()).filter(|&at| chars[at].is_alphabetic()).collect();
    if letters.len() < 4 {
        return None;
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
    changed(text, chars.into_iter().collect())
}

/// Latin letters in place of Cyrillic ones of the same look.
pub fn lookalikes(text: &str) -> Option<String> {
    let swapped = text.chars().map(|c| match c {
        'а' => 'a',
        'е' => 'e',
        'о' => 'o',
        'с' => 'c',
        'К' => 'K',
        'М' => 'M',
        other => other,
    });
    changed(text, swapped.collect())
}

/// Russian text typed with the Latin layout on: «Ромашка» → `Hjvfirf`.
pub fn layout(text: &str) -> Option<String> {
    const RUSSIAN: &str = "йцукенгшщзхъфывапролджэячсмитьбюё";
    const LATIN: &[u8] = b"qwertyuiop[]asdfghjkl;'zxcvbnm,.`";
    let key = |c: char| RUSSIAN.chars().position(|r| r == c).map(|at| char::from(LATIN[at]));
    let typed = text.chars().map(|c| {
        let lower = c.to_lowercase().next().unwrap_or(c);
        match key(lower) {
            Some(latin) if lower != c => latin.to_ascii_uppercase(),
            Some(latin) => latin,
            None => c,
        }
    });
    changed(text, typed.collect())
}

/// Latin letters by one of two schemes: of mail addresses (`kh`, `ya`) or of catalogues (`h`, `ja`).
pub fn translit(text: &str, rng: &mut Rng) -> Option<String> {
    let catalogue = rng.chance(500);
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let other = match c.to_lowercase().next() {
            Some('й') => "j",
            Some('х') => "h",
            Some('ц') => "c",
            Some('щ') => "sch",
            Some('ю') => "ju",
            Some('я') => "ja",
            _ => "",
        };
        let latin = match () {
            () if !c.is_alphabetic() => c.to_string(),
            () if catalogue && !other.is_empty() => other.to_owned(),
            () => names::translit(c.encode_utf8(&mut [0; 4])),
        };
        if c.is_uppercase() { out.push_str(&names::capitalised(&latin)) } else { out.push_str(&latin) }
    }
    changed(text, out)
}

pub fn yo(text: &str) -> Option<String> {
    changed(text, text.replace('ё', "е").replace('Ё', "Е"))
}

/// The last word first.
pub fn word_order(text: &str) -> Option<String> {
    let (head, last) = text.rsplit_once(' ')?;
    changed(text, format!("{last} {head}"))
}

pub fn capitals(text: &str) -> Option<String> {
    changed(text, text.to_uppercase())
}

/// The first space becomes a hyphen, or the other way round.
pub fn hyphen(text: &str) -> Option<String> {
    changed(text, if text.contains(' ') { text.replacen(' ', "-", 1) } else { text.replacen('-', " ", 1) })
}

fn changed(before: &str, after: String) -> Option<String> {
    if after == before { None } else { Some(after) }
}

/// A company name with its legal form, and how the form was treated; `None` noise for `ООО "Ромашка"`.
pub fn company(core: &str, form: &str, rng: &mut Rng) -> (String, Option<Noise>) {
    if form.is_empty() {
        return (core.to_owned(), None);
    }
    if form.is_ascii() {
        // Foreign forms stand behind the name.
        return match (form, rng.below(4)) {
            ("Ltd", 0) => (format!("{core} Limited"), Some(Noise::LegalForm)),
            ("Ltd", 1) => (format!("{core}, LTD."), Some(Noise::LegalForm)),
            (_, 2) => (core.to_owned(), Some(Noise::NoForm)),
            _ => (format!("{core} {form}"), None),
        };
    }
    let other = Some(Noise::LegalForm);
    if form == "ИП" {
        return match rng.below(6) {
            0 => (format!("Индивидуальный предприниматель {core}"), other),
            1 => (format!("{core} ИП"), other),
            2 => (core.to_owned(), Some(Noise::NoForm)),
            3 => (format!("{core} (ИП)"), other),
            _ => (format!("ИП {core}"), None),
        };
    }
    match rng.below(20) {
        0 | 1 => (format!("{form} {core}"), other),
        2 | 3 => (format!("{core} {form}"), other),
        4 | 5 => (core.to_owned(), Some(Noise::NoForm)),
        6 | 7 => (format!("{} \"{core}\"", long_form(form)), other),
        8 | 9 => (format!("{form} «{core}»"), other),
        10 => (format!("{core}, {}", form.to_lowercase()), other),
        11 => (format!("{}. {core}", form.chars().map(String::from).collect::<Vec<_>>().join(".")), other),
        // Latin letters of the same look.
        12 if form == "ООО" => (format!("OOO \"{core}\""), other),
        _ => (format!("{form} \"{core}\""), None),
    }
}

/// `И.`
pub fn initial(part: &str) -> String {
    part.chars().take(1).chain(['.']).collect()
}

/// The name of a person as someone typed it.
pub fn person(name: &FullName, rng: &mut Rng) -> (FullName, Option<Noise>) {
    let mut out = name.clone();
    let each = |out: &mut FullName, change: &mut dyn FnMut(&str) -> Option<String>| {
        for part in [&mut out.last, &mut out.first, &mut out.patronymic] {
            if let Some(new) = change(part) {
                *part = new;
            }
        }
    };
    let noise = match rng.below(1000) {
        0..220 => {
            out.patronymic.clear();
            Noise::NoPatronymic
        }
        220..280 => {
            out.first = initial(&out.first);
            out.patronymic = initial(&out.patronymic);
            Noise::Initials
        }
        280..320 => {
            if let Some(last) = typo(&out.last, rng) {
                out.last = last;
            }
            Noise::Typo
        }
        320..360 => {
            each(&mut out, &mut yo);
            Noise::Yo
        }
        360..380 => {
            std::mem::swap(&mut out.last, &mut out.first);
            Noise::SwappedFields
        }
        380..395 => {
            each(&mut out, &mut |part| translit(part, rng));
            Noise::Translit
        }
        395..435 => {
            if let Some(short) = diminutives::short(&out.first) {
                out.first = short.to_owned();
                out.patronymic.clear();
            }
            Noise::Diminutive
        }
        435..440 => {
            each(&mut out, &mut layout);
            Noise::Layout
        }
        440..450 => {
            if let Some(last) = lookalikes(&out.last) {
                out.last = last;
            }
            Noise::Lookalikes
        }
        450..480 => {
            each(&mut out, &mut capitals);
            Noise::Capitals
        }
        _ => return (out, None),
    };
    if out == *name { (out, None) } else { (out, Some(noise)) }
}

/// An INN: mostly right.
pub fn inn(inn: &str, rng: &mut Rng) -> (String, Option<Noise>) {
    match rng.below(1000) {
        0..300 if inn.starts_with('0') => (inn[1..].to_owned(), Some(Noise::LostZero)),
        300..312 => match wrong_digit(inn, rng) {
            Some(wrong) => (wrong, Some(Noise::WrongDigit)),
            None => (inn.to_owned(), None),
        },
        312..318 => match swapped_digits(inn, rng) {
            Some(wrong) => (wrong, Some(Noise::SwappedDigits)),
            None => (inn.to_owned(), None),
        },
        318..333 => (format!("{} {}", &inn[..4], &inn[4..]), Some(Noise::Spaces)),
        333..338 => ("0000000000".to_owned(), Some(Noise::Placeholder)),
        _ => (inn.to_owned(), None),
    }
}

/// One digit changed. `None` when the control digits happen to agree: that would be another party's INN.
fn wrong_digit(inn: &str, rng: &mut Rng) -> Option<String> {
    // The region stays: a wrong 0 in front would be a lost zero.
    let at = 2 + rng.below(inn.len() as u64 - 2) as usize;
    let digit = (inn.as_bytes()[at] - b'0' + 1 + rng.below(9) as u8) % 10;
    let wrong = format!("{}{digit}{}", &inn[..at], &inn[at + 1..]);
    Inn::parse(&wrong).is_err().then_some(wrong)
}

fn swapped_digits(inn: &str, rng: &mut Rng) -> Option<String> {
    let at = 2 + rng.below(inn.len() as u64 - 3) as usize;
    let mut digits: Vec<char> = inn.chars().collect();
    digits.swap(at, at + 1);
    let wrong: String = digits.into_iter().collect();
    (wrong != inn && Inn::parse(&wrong).is_err()).then_some(wrong)
}

/// Digits of a phone in one of the ways people write them. An extension is never written after a number of
/// another country.
pub fn phone(digits: &str, rng: &mut Rng) -> (String, Option<Noise>) {
    let other = Some(Noise::Format);
    if !digits.starts_with('7') {
        return (format!("+{digits}"), None);
    }
    match rng.below(9) {
        0 => (format!("8{}", &digits[1..]), other),
        1 => (format!("8 ({}) {}-{}-{}", &digits[1..4], &digits[4..7], &digits[7..9], &digits[9..]), other),
        2 => (format!("+{digits}"), other),
        3 => (digits[1..].to_owned(), other),
        4 => (format!("{} доб. {}", ids::phone_text(digits), 100 + rng.below(50)), Some(Noise::Extension)),
        _ => (ids::phone_text(digits), None),
    }
}

/// An address of mail: capitals now and then, rarely a typing error in the name of the box.
pub fn email(email: &str, rng: &mut Rng) -> (String, Option<Noise>) {
    match rng.below(100) {
        0..5 => (email.to_uppercase(), Some(Noise::Capitals)),
        5..7 => match email.split_once('@').and_then(|(name, host)| Some((mistyped(name)?, host))) {
            Some((name, host)) => (format!("{name}@{host}"), Some(Noise::Typo)),
            None => (email.to_owned(), None),
        },
        _ => (email.to_owned(), None),
    }
}

/// The second letter twice: an address that exists no more.
fn mistyped(name: &str) -> Option<String> {
    let second = name.chars().nth(1).filter(char::is_ascii_alphanumeric)?;
    Some(format!("{}{second}{}", &name[..1], &name[1..]))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn codes_are_unique() {
        let codes: HashSet<&str> = Noise::ALL.iter().map(|n| n.code()).collect();
        assert_eq!(codes.len(), Noise::ALL.len());
    }

    #[test]
    fn text_noise_changes_the_text_or_says_that_it_cannot() {
        let mut rng = Rng::new(3);
        for text in ["", "я", "ООО", "Жар-птица Ёлка", "0123456789", "a\"b;c"] {
            for _ in 0..200 {
                for out in [typo(text, &mut rng), translit(text, &mut rng), layout(text), lookalikes(text), yo(text)] {
                    assert_ne!(out.as_deref(), Some(text));
                }
                assert_ne!(hyphen(text).as_deref(), Some(text));
                assert_ne!(word_order(text).as_deref(), Some(text));
            }
        }
        assert_eq!(layout("Ромашка").as_deref(), Some("Hjvfirf"));
        assert_eq!(word_order("Бавелон Торг").as_deref(), Some("Торг Бавелон"));
        assert_eq!(yo("Берёзка").as_deref(), Some("Березка"));
        assert_eq!(lookalikes("Кот").as_deref(), Some("Koт"));
        let latin: HashSet<String> = (0..20).filter_map(|_| translit("Яхта", &mut rng)).collect();
        assert_eq!(latin, ["Yakhta".to_owned(), "Jahta".to_owned()].into());
    }

    #[test]
    fn a_spoiled_inn_is_never_valid_for_another_party() {
        let mut rng = Rng::new(5);
        let mut kinds = HashSet::new();
        for n in 0..20_000 {
            let right =
                if n % 2 == 0 { ids::inn_org(n, ids::Region::Any) } else { ids::inn_person(n, ids::Region::Any) };
            let (written, noise) = inn(&right, &mut rng);
            kinds.insert(noise);
            let valid = Inn::parse(&written).is_ok();
            match noise {
                None => assert_eq!(written, right),
                Some(Noise::Spaces) => assert_eq!(written.replace(' ', ""), right),
                Some(Noise::LostZero) => assert_eq!(format!("0{written}"), right),
                Some(_) => assert!(!valid, "{written}"),
            }
        }
        assert_eq!(kinds.len(), 6);
    }

    #[test]
    fn people_and_phones_are_written_in_many_ways() {
        let mut rng = Rng::new(7);
        let name = names::full_name(15);
        let kinds: HashSet<_> = (0..3000).map(|_| person(&name, &mut rng).1).collect();
        assert!(kinds.len() >= 9, "{kinds:?}");
        let phones: HashSet<String> = (0..500).map(|_| phone("74950123456", &mut rng).0).collect();
        assert!(phones.len() > 6 && phones.contains("84950123456"));
        let forms: HashSet<String> = (0..500).map(|_| company("Ёлка Строй", "ООО", &mut rng).0).collect();
        assert!(forms.len() > 8 && forms.contains("О.О.О. Ёлка Строй"), "{forms:?}");
    }
}
