//! What the parts of a Russian person's name tell.

/// Sex that a form of a word shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Sex {
    Male,
    Female,
}

/// Sex by a patronymic, folded to upper case: Иванович, Ильич, Мамед оглы; Ивановна, Ильинична, Мамед кызы.
pub(super) fn by_patronymic(patronymic: &str) -> Option<Sex> {
    let ends = |tails: &[&str]| tails.iter().any(|t| patronymic.ends_with(t));
    // A surname alone never gets here: the column says that it is a patronymic.
    if ends(&["ВИЧ", "ЬИЧ", "КИЧ", "МИЧ", "ОГЛЫ", "УЛЫ", "ОГЛУ"]) {
        Some(Sex::Male)
    } else if ends(&["ОВНА", "ЕВНА", "ИЧНА", "КЫЗЫ", "ГЫЗЫ", "КИЗИ"]) {
        Some(Sex::Female)
    } else {
        None
    }
}

/// Surnames and their likes that end as a woman's surname does and do not change: Сова, Корова, Подкова, Дуброва.
const NOT_FEMININE: [&str; 8] = ["СОВА", "КОРОВА", "ПОДКОВА", "ДУБРОВА", "ДИБРОВА", "ГОЛОВА", "ЦЕРКОВА", "ДЕВА"];

/// Sex by a surname, folded to upper case. Only endings that leave no doubt; `None` for Ткаченко, Шмидт, Калина.
pub(super) fn by_surname(surname: &str) -> Option<Sex> {
    // A double surname agrees in its last part.
    let last = surname.rsplit([' ', '-']).next().unwrap_or(surname);
    let ends = |tails: &[&str]| tails.iter().any(|t| last.ends_with(t));
    if last.chars().count() < 4 || NOT_FEMININE.contains(&last) {
        None
    } else if ends(&["ОВА", "ЕВА", "СКАЯ", "ЦКАЯ"]) {
        Some(Sex::Female)
    } else if ends(&["ОВ", "ЕВ", "СКИЙ", "ЦКИЙ", "СКОЙ", "ЦКОЙ"]) {
        Some(Sex::Male)
    } else {
        None
    }
}

/// Sex as a system writes it: «М», «Мужской», male, 1; «Ж», «Женский», female, 2.
pub(super) fn by_field(text: &str) -> Option<Sex> {
    match text.trim().to_lowercase().as_str() {
        "м" | "муж" | "муж." | "мужской" | "мужчина" | "m" | "male" => Some(Sex::Male),
        "ж" | "жен" | "жен." | "женский" | "женщина" | "f" | "female" => Some(Sex::Female),
        _ => None,
    }
}

/// One letter, with or without a dot.
pub(super) fn is_initial(part: &str) -> bool {
    let mut letters = part.trim_end_matches('.').chars();
    matches!((letters.next(), letters.next()), (Some(c), None) if c.is_alphabetic())
}

/// Words of a name: «Иванов  Иван» has two.
pub(super) fn words(text: &str) -> usize {
    text.split_whitespace().filter(|w| w.chars().any(char::is_alphabetic)).count()
}

/// Whether two folded names can belong to one person: surnames equal, given names and patronymics equal, one empty, or
/// one the initial of the other. Each is (surname, given, patronymic).
pub(super) fn compatible(a: (&str, &str, &str), b: (&str, &str, &str)) -> bool {
    let part = |x: &str, y: &str| {
        x.is_empty()
            || y.is_empty()
            || x == y
            || (is_initial(x) && y.starts_with(x.trim_end_matches('.')))
            || (is_initial(y) && x.starts_with(y.trim_end_matches('.')))
    };
    part(a.0, b.0) && part(a.1, b.1) && part(a.2, b.2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sex_of_words() {
        for (patronymic, surname, expected) in [
            ("ПЕТРОВИЧ", "ОРЛОВ", Some(Sex::Male)),
            ("ИЛЬИНИЧНА", "ОРЛОВА", Some(Sex::Female)),
            ("ЛУКИЧ", "ЗИМСКОЙ", Some(Sex::Male)),
            ("МАМЕД ОГЛЫ", "МАМЕДОВ", Some(Sex::Male)),
            ("", "СОВА", None),
            ("", "ТКАЧЕНКО", None),
            ("ДЖОН", "КАЛИНА", None),
            ("КУЗЬМИНИЧНА", "БЕЛОВА ЗИМСКАЯ", Some(Sex::Female)),
        ] {
            assert_eq!(by_patronymic(patronymic), if patronymic.is_empty() { None } else { expected }, "{patronymic}");
            assert_eq!(by_surname(surname), expected, "{surname}");
        }
        assert_eq!((by_field(" Жен. "), by_field("М"), by_field("?")), (Some(Sex::Female), Some(Sex::Male), None));
    }

    #[test]
    fn names_agree_or_not() {
        for (a, b, expected) in [
            (("ОРЛОВ", "ИВАН", "ПЕТРОВИЧ"), ("ОРЛОВ", "И", "П"), true),
            (("ОРЛОВ", "ИВАН", ""), ("ОРЛОВ", "ИВАН", "ПЕТРОВИЧ"), true),
            (("ОРЛОВ", "ИВАН", ""), ("ОРЛОВ", "ПЕТР", ""), false),
            (("ОРЛОВ", "ИВАН", ""), ("СОКОЛОВ", "ИВАН", ""), false),
        ] {
            assert_eq!(compatible(a, b), expected, "{a:?} {b:?}");
            assert_eq!(compatible(b, a), expected, "{b:?} {a:?}");
        }
        assert!(is_initial("И.") && is_initial("И") && !is_initial("Ия") && !is_initial(""));
    }
}
