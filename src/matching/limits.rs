//! Limits of matching, each at its boundary: so many records and all is as it was, one more and it is not.

use super::testing::{World, inn10};
use super::{Decision, Level, block, compare, pack, typos};
use crate::model::{Entity, Field, Side};

/// A word of its own for each number below 216, two letters at least away from every other one.
fn word(n: usize) -> String {
    const PARTS: [&str; 6] = ["ба", "ро", "ли", "ку", "мэ", "ня"];
    format!("{}{}{}стан", PARTS[n / 36 % 6], PARTS[n / 6 % 6], PARTS[n % 6])
}

type Card = Vec<(Field, String)>;

/// Cards of one side, of persons or not.
fn world(cards: &[Card]) -> World {
    let mut world = World::default();
    for (n, card) in cards.iter().enumerate() {
        let texts: Vec<(Field, &str)> = card.iter().map(|(f, t)| (*f, t.as_str())).collect();
        world.add(Side::Crm, Entity::Counterparty, &n.to_string(), &texts);
    }
    world
}

/// A key on as many records as its rule pairs with each other, and on one more: what is refined then meets its like.
#[test]
fn caps_of_blocking_rules() {
    let named = |n: usize, more: &[(Field, &str)]| -> Card {
        let more = more.iter().map(|(f, t)| (*f, (*t).to_owned()));
        more.chain([(Field::Name, format!("ООО {}", word(n)))]).collect()
    };
    let (inn, lost) = (inn10(111), {
        let mut digits = inn10(111).into_bytes();
        digits.swap(8, 9);
        String::from_utf8(digits).unwrap()
    });
    assert_ne!(inn, lost);
    let all = |n: u64| n * (n - 1) / 2;
    // Each with its next two, and with the first one.
    let chained = |n: u64| 2 * n - 3 + (n - 3);
    type Make<'a> = &'a dyn Fn(usize) -> Card;
    let cases: &[(&str, u64, Make, u64, u64)] = &[
        ("external-id", 20, &|n| named(n, &[(Field::ExternalId, "77")]), all(20), 0),
        ("inn", 40, &|n| named(n, &[(Field::Inn, &inn)]), all(40), chained(41)),
        ("ogrn", 40, &|n| named(n, &[(Field::Ogrn, "1099900001233")]), all(40), chained(41)),
        ("bank-account", 24, &|n| named(n, &[(Field::BankAccount, "40702810900000000001")]), all(24), 0),
        ("document", 24, &|n| named(n, &[(Field::Document, "4510123456")]), all(24), 0),
        ("phone", 24, &|n| named(n, &[(Field::Phone, "84952461501")]), all(24), 0),
        ("email", 24, &|n| named(n, &[(Field::Email, "buh@kontora-test.ru")]), all(24), 0),
        (
            "phone-tail",
            12,
            &|n| {
                let code = if n == 0 { String::new() } else { format!("8 {} ", 300 + n) };
                named(n, &[(Field::Phone, &format!("{code}246-15-01"))])
            },
            all(12),
            0,
        ),
        // The first one lacks a valid INN; the others meet by theirs.
        ("near-inn", 12, &|n| named(n, &[(Field::Inn, if n == 0 { &lost } else { &inn })]), 11, 0),
        ("name", 24, &|_| vec![(Field::Name, "ООО «Вектор»".to_owned())], all(24), chained(25)),
        ("person", 24, &|n| vec![(Field::Name, format!("Берёзкин Иван {}ович", word(n)))], all(24), 0),
        ("address", 12, &|n| named(n, &[(Field::Address, "г. Казань, ул. Баумана, д. 7")]), all(12), 0),
        ("rare-word", 12, &|n| vec![(Field::Name, format!("ООО Аметист {}", word(n)))], all(12), 0),
        ("two-words", 24, &|n| vec![(Field::Name, format!("ООО Аметист Сокол {}", word(n)))], all(24), chained(25)),
        (
            "word-town",
            24,
            &|n| vec![(Field::Name, format!("ООО Аметист {}", word(n))), (Field::Address, "г. Казань".to_owned())],
            all(24),
            chained(25),
        ),
        (
            "domain-word",
            24,
            &|n| {
                let mailbox = format!("box{n}@romashka-test.ru");
                vec![(Field::Name, format!("ООО Аметист {}", word(n))), (Field::Email, mailbox)]
            },
            all(24),
            chained(25),
        ),
    ];
    let reported = ["external-id", "inn", "ogrn", "bank-account", "document", "phone", "email", "name"];
    for (rule, cap, make, within, beyond) in cases {
        for (records, expected) in [(*cap, within), (*cap + 1, beyond)] {
            let cards: Vec<Card> = (0..records as usize).map(make).collect();
            let data = world(&cards).build();
            let p = pack::pack(&data);
            let blocks = block::block(&p, &[]);
            let found = blocks.rules.iter().find(|r| r.rule == *rule).unwrap();
            assert_eq!(found.pairs, *expected, "{rule}: {records} records");
            let told = blocks.oversized.iter().any(|o| o.rule == *rule && o.records.len() as u64 == records);
            assert_eq!(told, records > *cap && reported.contains(rule), "{rule}: {records} records");
        }
    }
}

/// A date of birth on more records than chance would give stands for «not known».
#[test]
fn dates_of_birth_on_many_records() {
    let level = |records: usize| {
        let card =
            |n| vec![(Field::Name, format!("Берёзкин Иван {}ович", word(n))), (Field::BirthDate, "12.03.1980".into())];
        let data = world(&(0..records).map(card).collect::<Vec<Card>>()).build();
        compare::compare(&pack::pack(&data), 0, 1).level(compare::Comparison::Birth)
    };
    assert_eq!([level(2), level(20), level(21)], [Level::Exact, Level::Exact, Level::Empty]);
}

/// A word that few records hold may be a slip of any, one that some hold only of a far commoner one.
#[test]
fn rare_words() {
    for (rare, common, expected) in [
        (1, 1, true),
        (3, 5, true),
        (3, 100, true),
        (4, 5, false),
        (4, 79, false),
        (4, 80, true),
        (8, 160, true),
        (9, 200, false),
    ] {
        let card = |n: usize| vec![(Field::Name, format!("ООО {}", if n < rare { "Аметист" } else { "Самоцвет" }))];
        let data = world(&(0..rare + common).map(card).collect::<Vec<Card>>()).build();
        let p = pack::pack(&data);
        let tokens: Vec<u32> = (0..p.len() as u32).map(|at| p.tokens(at)[0]).collect();
        let (x, y) = (tokens[0], *tokens.iter().find(|&&t| t != tokens[0]).unwrap());
        assert_eq!(typos::is_rare(&p.vocabulary, x, y), expected, "{rare} and {common}");
        assert_eq!(typos::is_rare(&p.vocabulary, y, x), expected, "{common} and {rare}");
    }
}

/// What two cards of one name and one contact or address are worth beside so many others that share it.
fn beside(card: &[(Field, &str)], others: usize, shared: (Field, &str)) -> Option<Decision> {
    let mut world = World::default();
    for side in Side::BOTH {
        world.add(side, Entity::Counterparty, "1", &[card, &[shared]].concat());
    }
    for n in 0..others {
        let side = if n % 2 == 0 { Side::Crm } else { Side::Onec };
        let name = format!("{}ов Пётр Ильич", word(n));
        world.add(side, Entity::Counterparty, &format!("x{n}"), &[(Field::Name, &name), shared]);
    }
    world.run().decision("crm:1", "onec:1").map(|d| d.0)
}

#[test]
fn contacts_of_many_and_homes_of_few() {
    let card = [(Field::Name, "Берёзкин Иван Петрович")];
    let email = (Field::Email, "reception@dom-test.ru");
    let home = (Field::Address, "г. Казань, ул. Баумана, д. 7, кв. 12");
    let house = (Field::Address, "г. Казань, ул. Баумана, д. 7");
    // One party has up to four names: with three others the mailbox is not yet a reception.
    assert_eq!(
        [0, 3, 4].map(|n| beside(&card, n, email)),
        [Some(Decision::Auto), Some(Decision::Auto), Some(Decision::Review)]
    );
    // Four live together.
    assert_eq!(
        [0, 2, 3].map(|n| beside(&card, n, home)),
        [Some(Decision::Auto), Some(Decision::Auto), Some(Decision::Review)]
    );
    assert_eq!(beside(&card, 0, house), Some(Decision::Review), "a house is no home");
}

/// Slips are looked for in words of four sounds and more, and never between known names, numbers or husband and wife.
#[test]
fn slips_of_words() {
    for (x, y, expected) in [
        ("Аметист", "Аметис", true),
        ("Аметист", "Аметстт", false),
        ("Аметист", "Аметисты", true),
        ("Аметист", "Аметитс", true),
        ("Аметист", "Амметист", true),
        ("Кедры", "Кедр", true),
        ("Кед", "Кедр", false),
        ("Ладожанин", "Ладожанина", false),
        ("Омск", "Томск", false),
        ("Вега1234", "Вега1235", false),
    ] {
        let data = world(&[x, y].map(|name| vec![(Field::Name, format!("ООО {name}"))])).build();
        let p = pack::pack(&data);
        let (a, b) = (p.tokens(0)[0], p.tokens(1)[0]);
        assert_eq!(p.vocabulary.typos.get(a).contains(&b), expected, "{x} {y}");
        assert_eq!(p.vocabulary.typos.get(b).contains(&a), expected, "{y} {x}");
    }
}
