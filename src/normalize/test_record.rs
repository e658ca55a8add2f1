//! Records that somebody made to try the system.

/// Words that mark a trial wherever they stand as a word of their own; folded.
const TEST_WORDS: &[&str] = &[
    "ТЕСТ",
    "TEST",
    "ТЕСТОВЫЙ",
    "ТЕСТОВАЯ",
    "ТЕСТОВОЕ",
    "ТЕСТОВИЧ",
    "ТЕСТОВНА",
    "ТЕСТТЕСТ",
    "TESTTEST",
    "TESTING",
    "TESTER",
];
/// Runs of the keyboard, whole words.
const RUNS: &[&str] = &[
    "ASDF",
    "ASDFG",
    "ASDASD",
    "ASD",
    "QWERTY",
    "QWE",
    "QWER",
    "ZXC",
    "ZXCV",
    "ФЫВА",
    "ФЫВ",
    "ФЫВАФЫВА",
    "ЙЦУ",
    "ЙЦУК",
    "ЙЦУКЕН",
    "ЯЧС",
    "ЫВАЫВА",
    "ЫВА",
    "ФЫВФЫВ",
    "АПРОЛ",
    "XXX",
    "ХХХ",
    "ААА",
    "БЛАБЛА",
    "LOREM",
];
/// Words that make a test an honest business («Тест-системы», «Крэш тест центр», «тест полоски»).
const HONEST: &[&str] = &[
    "СИСТЕМЫ",
    "СИСТЕМА",
    "СИСТЕМС",
    "ЛАБОРАТОРИЯ",
    "ЛАБ",
    "ЦЕНТР",
    "СЕРВИС",
    "ПОЛОСКИ",
    "ДРАЙВ",
    "ПРИБОР",
    "ГРУПП",
    "ГРУППА",
    "ТЕХНОЛОГИИ",
    "ЭКСПРЕСС",
    "КРЭШ",
    "КРАШ",
    "СТРОЙ",
    "МЕТР",
    "КОНТРОЛЬ",
    "МЕД",
    "СЕРТИФИКАЦИЯ",
    "ИНЖИНИРИНГ",
    "ЭНЕРГО",
    "ПРО",
    "LAB",
    "SYSTEMS",
    "SYSTEM",
    "DRIVE",
    "GROUP",
    "SERVICE",
    "ПЛЮС",
    "ТРЕЙД",
    "СТАНДАРТ",
    "ЭЛЕКТРО",
    "АВТО",
];

/// A trial by its folded name or by an address of a `test@` mailbox.
///
/// «Тест», «Иванов Тест», «Тест 1», «Тестовый клиент», «asdf» are trials; «Тест-системы», «Тестов» (a surname) are not.
pub fn is_test(core: &str, email: &str, is_person: bool) -> bool {
    let mut words = core.split(' ').filter(|w| !w.is_empty());
    let count = words.clone().count();
    let marked = words.clone().any(|w| TEST_WORDS.contains(&w.trim_end_matches(|c: char| c.is_ascii_digit())));
    if marked {
        return is_person || count == 1 || !words.any(|w| HONEST.contains(&w));
    }
    // A run of the keyboard is a trial only when nothing else stands beside it.
    if count > 0
        && words.all(|w| RUNS.contains(&w) || w.bytes().all(|b| b.is_ascii_digit()))
        && core.chars().any(char::is_alphabetic)
    {
        return true;
    }
    email.split(['\n', ',', ';', ' ']).any(|e| {
        let e = e.trim_start().as_bytes();
        e.len() > 5 && e[..5].eq_ignore_ascii_case(b"test@")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalize::text::fold;

    #[test]
    fn trials_and_honest_names() {
        for (name, email, person, expected) in [
            ("тест", "", false, true),
            ("Тест 1", "", false, true),
            ("test123", "", false, true),
            ("Тестовый клиент", "", false, true),
            ("Иванов Тест", "", true, true),
            ("Тестов Тест Тестович", "", true, true),
            ("asdf", "", false, true),
            ("фыва", "", false, true),
            ("Тест-системы", "", false, false),
            ("Тестов Иван", "", true, false),
            ("Тесто и сыр", "", false, false),
            ("Аттестат", "", false, false),
            ("Ромашка", "TEST@romashka.ru", false, true),
            ("Ромашка", "latest@romashka.ru", false, false),
            ("12345", "", false, false),
            ("", "", false, false),
        ] {
            assert_eq!(is_test(&fold(name), email, person), expected, "{name} {email}");
        }
    }
}
