//! Levels and weights of comparisons by what two cards say, in tables of two records.

use super::*;
use crate::matching::pack;
use crate::matching::testing::{World, inn10};
use crate::model::Field;

use Field::{
    BankAccount, BirthDate, Document, Email, ExternalId, FirstName, Inn, Kpp, LastName, Name, Patronymic, Phone,
};

type Texts<'a> = &'a [(Field, &'a str)];

/// A card of the CRM beside one of 1C.
fn compared(crm: Texts, onec: Texts) -> Compared {
    let data = World::default().crm("1", crm).onec("1", onec).build();
    compare(&pack::pack(&data), 0, 1)
}

fn outcome(comparison: Comparison, crm: Texts, onec: Texts) -> Outcome {
    compared(crm, onec).outcomes[comparison as usize]
}

/// From either side, to a tenth of a bit.
fn check(comparison: Comparison, crm: Texts, onec: Texts, level: Level, bits: f32) {
    for found in [outcome(comparison, crm, onec), outcome(comparison, onec, crm)] {
        assert_eq!(found.level, level, "{comparison:?} {crm:?} {onec:?}");
        assert!((found.bits - bits).abs() < 0.1, "{comparison:?} {crm:?} {onec:?}: {}", found.bits);
    }
}

#[test]
fn inn() {
    let valid = &inn10(111);
    let (last, other) = (valid.chars().last().unwrap(), &inn10(222));
    let slip = &format!("{}{}", &valid[..9], if last == '9' { '0' } else { '9' });
    let unlike = "1234";
    for (x, y, level, bits) in [
        (valid.as_str(), valid.as_str(), Level::Exact, 13.9),
        (valid, other, Level::Different, -10.0),
        (valid, slip, Level::Near, 6.0),
        (slip, slip, Level::Folded, 9.3),
        (other, unlike, Level::Different, -2.0),
        (valid, "", Level::Empty, 0.0),
        ("", "", Level::Empty, 0.0),
    ] {
        check(Comparison::Inn, &[(Inn, x)], &[(Inn, y)], level, bits);
    }
}

#[test]
fn external_ids() {
    let card = (Name, "ООО «Ромашка»");
    let world = |crm: [&str; 2], onec: [&str; 2]| {
        let mut world = World::default();
        for (id, cited) in ["1", "2"].into_iter().zip(crm) {
            world = world.crm(id, &[card, (ExternalId, cited)]);
        }
        for (id, cited) in ["1", "2"].into_iter().zip(onec) {
            world = world.onec(id, &[card, (ExternalId, cited)]);
        }
        let data = world.build();
        let packed = pack::pack(&data);
        // The first card of the CRM beside the second one, and beside both of 1C.
        [1, 2, 3].map(|other| {
            let found = compare(&packed, 0, other).outcomes[Comparison::External as usize];
            assert_eq!(found, compare(&packed, other, 0).outcomes[Comparison::External as usize]);
            (found.level, (found.bits * 10.0).round() / 10.0)
        })
    };
    let (empty, exact) = ((Level::Empty, 0.0), (Level::Exact, 14.9));
    let (another, apart) = ((Level::Different, -3.0), (Level::Different, -2.0));
    assert_eq!(world(["", ""], ["", ""]), [empty; 3]);
    assert_eq!(world(["1", ""], ["", ""]), [empty, exact, another]);
    assert_eq!(world(["", ""], ["1", ""]), [empty, exact, empty], "cited from the other side");
    assert_eq!(world(["9", "9"], ["", ""])[1..], [empty; 2], "a card that nobody has");
    assert_eq!(world(["1", "1"], ["", ""])[0], (Level::Folded, 6.7), "two cite one");
    assert_eq!(world(["нет", "нет"], ["", ""])[0], empty, "two cite none");
    assert_eq!(world(["1", "2"], ["", ""])[0], apart);
    assert_eq!(world(["1", "9"], ["", ""])[0], empty, "one of the two is not there");
}

#[test]
fn kpp() {
    let inn = inn10(111);
    let inn = (Inn, inn.as_str());
    let (first, second, largest) = ((Kpp, "770101001"), (Kpp, "540143001"), (Kpp, "997950001"));
    check(Comparison::Kpp, &[inn, first], &[inn, first], Level::Exact, 1.0);
    check(Comparison::Kpp, &[first], &[first], Level::Exact, 2.0);
    check(Comparison::Kpp, &[inn, first], &[inn, second], Level::Different, -5.0);
    check(Comparison::Kpp, &[inn, first], &[second], Level::Different, -1.5);
    check(Comparison::Kpp, &[inn, first], &[inn, largest], Level::Near, 0.0);
    check(Comparison::Kpp, &[inn, first], &[inn], Level::Empty, 0.0);
}

#[test]
fn phones() {
    for (x, y, level, bits) in [
        ("8 (495) 246-15-01", "+7 495 2461501", Level::Exact, 9.6),
        ("84952461501 доб. 12", "84952461501", Level::Exact, 9.6),
        ("84952461501 доб. 12", "84952461501 доб. 14", Level::Near, 2.0),
        ("84952461501", "84952461502", Level::Near, 0.7),
        // Next door, and a number in common: the best one counts.
        ("84952461502, 84952461501", "84952461501", Level::Exact, 9.6),
        ("246-15-01", "84952461501", Level::Folded, 7.6),
        // A neighbour says less than the end of the same number.
        ("84952461502, 246-15-01", "84952461501", Level::Folded, 7.6),
        // Two towns.
        ("83432461501", "84952461501", Level::Different, -1.0),
        ("246-15-01", "84957778899", Level::Different, -1.0),
        ("84952461501", "", Level::Empty, 0.0),
    ] {
        check(Comparison::Phone, &[(Phone, x)], &[(Phone, y)], level, bits);
    }
}

#[test]
fn mailboxes_and_accounts() {
    for (x, y, level, bits) in [
        ("ivanov@romashka-test.ru", "Ivanov@romashka-test.ru", Level::Exact, 10.3),
        ("berezkin@romashka-test.ru", "berezkin@vektor-test.ru", Level::Folded, 1.1),
        ("info@romashka-test.ru", "sale@romashka-test.ru", Level::Near, 1.5),
        ("info@romashka-test.ru", "info@vektor-test.ru", Level::Different, -0.8),
        ("first@mail.ru", "other@mail.ru", Level::Different, -0.8),
        ("first@mail.ru", "", Level::Empty, 0.0),
    ] {
        check(Comparison::Email, &[(Email, x)], &[(Email, y)], level, bits);
    }
    let (first, second) = ((BankAccount, "40702810900000000001"), (BankAccount, "40702810900000000002"));
    check(Comparison::Account, &[first], &[first], Level::Exact, 10.3);
    check(Comparison::Account, &[first], &[second], Level::Different, -0.5);
    check(Comparison::Account, &[first], &[], Level::Empty, 0.0);
}

#[test]
fn documents() {
    for (x, y, level, bits) in [
        ("45 10 123456", "4510123456", Level::Exact, 12.5),
        ("4510123456", "4510123465", Level::Near, 4.7),
        ("4510123456", "451012345", Level::Near, 4.7),
        ("1234567890123456", "1234567890123465", Level::Near, 4.7),
        ("4510123456", "4515998877", Level::Different, -2.0),
        ("4510123456", "", Level::Empty, 0.0),
    ] {
        check(Comparison::Document, &[(Document, x)], &[(Document, y)], level, bits);
    }
    // A passport is not SNILS, whatever its digits.
    let snils = (Field::Snils, "112-233-445 95");
    let found = outcome(Comparison::Document, &[snils], &[(Document, "11223344595")]);
    assert_eq!(found.level, Level::Different);
}

#[test]
fn dates_of_birth() {
    for (x, y, level, bits) in [
        ("12.03.1980", "1980-03-12", Level::Exact, 13.5),
        ("12.03.1980", "03.12.1980", Level::Near, 3.0),
        ("12.03.1980", "12.03.1981", Level::Near, 3.0),
        ("12.03.1980", "25.07.1955", Level::Different, -6.0),
        ("12.03.1980", "", Level::Empty, 0.0),
    ] {
        check(Comparison::Birth, &[(BirthDate, x)], &[(BirthDate, y)], level, bits);
    }
}

/// Parts of a name: surname, given name, patronymic.
#[test]
fn persons() {
    use Part as P;
    let parts = |name: [&'static str; 3]| [LastName, FirstName, Patronymic].into_iter().zip(name).collect::<Vec<_>>();
    let check = |a: [&'static str; 3], b: [&'static str; 3], level, expected: [Part; 3]| {
        for (crm, onec) in [(a, b), (b, a)] {
            let data = World::default().contact("1", &parts(crm)).contact("2", &parts(onec)).build();
            let found = compare(&pack::pack(&data), 0, 1).person;
            assert_eq!(found.outcome.level, level, "{crm:?} {onec:?}");
            assert_eq!([found.surname, found.given, found.patronymic], expected, "{crm:?} {onec:?}");
        }
    };
    let ivan = ["Берёзкин", "Иван", "Петрович"];
    check(ivan, ivan, Level::Exact, [P::Same; 3]);
    check(ivan, ["Берёзкин", "Иван", ""], Level::Folded, [P::Same, P::Same, P::Missing]);
    check(ivan, ["Берёзкин", "Ваня", "Петрович"], Level::Folded, [P::Same, P::Variant, P::Same]);
    check(ivan, ["Берёзкин", "И.", "П."], Level::Near, [P::Same, P::Initial, P::Initial]);
    let zhenya = ["Берёзкин", "Женя", ""];
    check(zhenya, ["Берёзкин", "Е.", "П."], Level::Near, [P::Same, P::Initial, P::Missing]);
    check(zhenya, ["Берёзкин", "И.", ""], Level::Different, [P::Same, P::Differs, P::Missing]);
    check(ivan, ["Берёзкин", "О.", ""], Level::Different, [P::Same, P::Differs, P::Missing]);
    check(ivan, ["Берёзкин", "Олег", "Петрович"], Level::Different, [P::Same, P::Differs, P::Same]);
    check(ivan, ["Берёзкин", "Иван", "Сергеевич"], Level::Different, [P::Same, P::Same, P::Differs]);
    check(ivan, ["Берёзкин", "", ""], Level::Near, [P::Same, P::Missing, P::Missing]);
    check(ivan, ["Иван", "Берёзкин", "Петрович"], Level::Exact, [P::Same; 3]);
    // A given name that no table knows, in the field of surnames.
    let mambetov = ["Мамбетов", "Урматбек", ""];
    check(mambetov, ["Урматбек", "Мамбетов", ""], Level::Folded, [P::Same, P::Same, P::Missing]);
    check(mambetov, ["", "Мамбетов", ""], Level::Near, [P::Same, P::Missing, P::Missing]);
    // Surnames of a husband and his wife, and two that only begin alike.
    check(["Берёзкина", "Мария", ""], ["Берёзкин", "Мария", ""], Level::Near, [P::Resembles, P::Same, P::Missing]);
    check(ivan, ["Ландышев", "Иван", "Петрович"], Level::Different, [P::Differs, P::Same, P::Same]);
}

#[test]
fn what_a_match_of_persons_says() {
    let person = |surname, given, patronymic| PersonMatch { surname, given, patronymic, ..PersonMatch::EMPTY };
    use Part as P;
    // Parts → full, named, agrees, contradicts.
    for (surname, given, patronymic, expected) in [
        (P::Same, P::Same, P::Same, [true, true, true, false]),
        (P::Same, P::Typo, P::Missing, [true, true, true, false]),
        (P::Same, P::Initial, P::Initial, [false, false, true, false]),
        (P::Typo, P::Initial, P::Initial, [false, false, true, false]),
        (P::Variant, P::Initial, P::Missing, [false, false, true, false]),
        (P::Same, P::Resembles, P::Missing, [false, true, true, false]),
        (P::Resembles, P::Resembles, P::Missing, [false, false, false, false]),
        (P::Resembles, P::Same, P::Differs, [false, true, true, false]),
        (P::Same, P::Same, P::Differs, [false, false, false, true]),
        (P::Typo, P::Differs, P::Missing, [false, false, false, true]),
        (P::Missing, P::Differs, P::Missing, [false, false, false, true]),
        (P::Missing, P::Same, P::Missing, [false, false, true, false]),
        (P::Differs, P::Same, P::Same, [false, false, true, false]),
    ] {
        let m = person(surname, given, patronymic);
        let found = [m.is_full(), m.is_named(), m.agrees(), m.contradicts()];
        assert_eq!(found, expected, "{surname:?} {given:?} {patronymic:?}");
    }
}

#[test]
fn names_of_firms() {
    for (x, y, level, extra, numbers) in [
        ("ООО «Ромашка Сервис»", "Ромашка Сервис ООО", Level::Exact, false, Numbers::Agree),
        ("ООО «Ромашка Сервис»", "Сервис-Ромашка", Level::Folded, false, Numbers::Agree),
        ("ООО «Ромашка Сервис»", "Romashka Servis", Level::Folded, false, Numbers::Agree),
        ("ООО «Ромашка Василёк»", "ООО «Ромашка»", Level::Near, true, Numbers::Agree),
        ("ООО «Ромашка»", "ООО «Вектор»", Level::Different, true, Numbers::Agree),
        ("ООО «Romashka Василёк»", "ООО «Ромашка»", Level::Near, true, Numbers::Agree),
        ("ООО «ТД Ромашка»", "ООО «Ромашка»", Level::Near, false, Numbers::Agree),
        ("ООО «Ромшка Василёк»", "ООО «Ромашка Василёк»", Level::Near, false, Numbers::Agree),
        ("Аптека Ромашка 5", "Аптека Ромашка 6", Level::Folded, false, Numbers::Differ),
        ("Аптека Ромашка 5", "Аптека Ромашка", Level::Folded, false, Numbers::OneSided),
    ] {
        for (x, y) in [(x, y), (y, x)] {
            let found = compared(&[(Name, x)], &[(Name, y)]).name;
            assert_eq!((found.outcome.level, found.extra, found.numbers), (level, extra, numbers), "{x}, {y}");
        }
    }
    let bits = |x, y| outcome(Comparison::Name, &[(Name, x)], &[(Name, y)]).bits;
    assert_eq!(bits("ООО Вектор", "ООО Ромашка"), -4.5);
    let (one, two) = (bits("ООО Ромашка", "ООО Ромашка"), bits("ООО Ромашка Василёк", "ООО Ромашка Василёк"));
    assert!(two > one && one > 5.0, "two words are seldom chosen twice: {one} {two}");
    let forms = bits("ООО Ромашка", "АО Ромашка");
    assert!((one - forms + FORM_BITS).abs() < 0.01, "{one} {forms}");
    let part = bits("ООО Ромашка Василёк", "ООО Ромашка");
    assert!(part < one && (part - 5.0).abs() < 0.1, "{part}");
}

#[test]
fn a_code_holds_every_level() {
    let inn = inn10(111);
    let card = [(Name, "ООО «Ромашка»"), (Inn, inn.as_str()), (Phone, "84952461501")];
    let found = compared(&card, &card);
    assert_eq!(levels_of(found.code()), found.outcomes.map(|o| o.level));
    assert_ne!(found.code(), compared(&card[..2], &card[..2]).code());
}
