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

/// Words beside a test word that leave it a trial even under a real INN; folded.
const GENERIC: &[&str] = &[
    "КЛИЕНТ",
    "КОМПАНИЯ",
    "КОНТРАГЕНТ",
    "КОНТАКТ",
    "ФИРМА",
    "ОРГАНИЗАЦИЯ",
    "ПОКУПАТЕЛЬ",
    "ПОСТАВЩИК",
    "ЗАПИСЬ",
    "КАРТОЧКА",
    "НЕ",
    "УДАЛЯТЬ",
    "COMPANY",
    "CLIENT",
];

/// What speaks for a name beside its words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Named {
    Person,
    /// A firm whose INN is valid: an honest business may well have «Тест» in its name.
    RegisteredFirm,
    Firm,
}

/// A trial by its folded name or by an address of a `test@` mailbox.
///
/// «Тест», «Иванов Тест», «Тест 1», «Тестовый клиент», «asdf» are trials; «Тест-системы», «Тестов» (a surname) are not,
/// nor is «Принт-Тест» with a valid INN.
pub fn is_test(core: &str, email: &str, named: Named) -> bool {
    let mut words = core.split(' ').filter(|w| !w.is_empty());
    let count = words.clone().count();
    let marks = |w: &str| TEST_WORDS.contains(&w.trim_end_matches(|c: char| c.is_ascii_digit()));
    let marked = words.clone().any(marks);
    if marked {
        let number = |w: &str| w.bytes().all(|b| b.is_ascii_digit());
        return match named {
            Named::Person => true,
            Named::RegisteredFirm => words.all(|w| marks(w) || number(w) || GENERIC.contains(&w)),
            Named::Firm => count == 1 || !words.any(|w| HONEST.contains(&w)),
        };
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
        use Named::{Firm, Person, RegisteredFirm};
        for (name, email, named, expected) in [
            ("тест", "", Firm, true),
            ("Тест 1", "", Firm, true),
            ("test123", "", Firm, true),
            ("Тестовый клиент", "", Firm, true),
            ("Иванов Тест", "", Person, true),
            ("Тестов Тест Тестович", "", Person, true),
            ("asdf", "", Firm, true),
            ("фыва", "", Firm, true),
            ("Тест-системы", "", Firm, false),
            ("Тестов Иван", "", Person, false),
            ("Тесто и сыр", "", Firm, false),
            ("Аттестат", "", Firm, false),
            ("Ромашка", "TEST@romashka.ru", Firm, true),
            ("Ромашка", "latest@romashka.ru", Firm, false),
            ("12345", "", Firm, false),
            ("", "", Firm, false),
            ("Принт-Тест", "", Firm, true),
            ("Принт-Тест", "", RegisteredFirm, false),
            ("Тестовая компания 2", "", RegisteredFirm, true),
            ("Тест", "", RegisteredFirm, true),
        ] {
            assert_eq!(is_test(&fold(name), email, named), expected, "{name} {email}");
        }
    }
}
