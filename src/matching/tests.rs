//! Traps that must never merge, duplicates that must, and order that must not matter.

use proptest::prelude::*;

use super::testing::{Outcome, Random, World, inn10, inn12};
use super::{Decision, Level, Survival, Veto, block, compare, pack, score, veto};
use crate::config::MatchingConfig;
use crate::model::{Entity, Field, Side};

use Field::{
    Address, BirthDate, Deleted, Email, ExternalId, FirstName, Inn, Kpp, LastName, Name, Ogrn, Patronymic, Phone,
};

/// Texts of a record by field.
type Texts<'a> = &'a [(Field, &'a str)];

const REVIEW: Option<(Decision, Option<Veto>)> = Some((Decision::Review, None));
const AUTO: Option<(Decision, Option<Veto>)> = Some((Decision::Auto, None));

fn rejected(veto: Veto) -> Option<(Decision, Option<Veto>)> {
    Some((Decision::Rejected, Some(veto)))
}

/// One record of each side.
fn pair(crm: &[(Field, &str)], onec: &[(Field, &str)]) -> Outcome {
    World::default().crm("1", crm).onec("1", onec).run()
}

fn decide(crm: &[(Field, &str)], onec: &[(Field, &str)]) -> Option<(Decision, Option<Veto>)> {
    pair(crm, onec).decision("crm:1", "onec:1")
}

#[test]
fn ordinary_duplicates_are_automatic() {
    let inn = &inn10(111);
    let person = &inn12(111);
    let cases: &[(Texts, Texts)] = &[
        // Same INN and KPP, form spelled out.
        (
            &[(Name, "ООО «Ромашка»"), (Inn, inn), (Kpp, "770101001")],
            &[(Name, "Общество с ограниченной ответственностью \"Ромашка\""), (Inn, inn), (Kpp, "770101001")],
        ),
        // One KPP is empty, the firm has no branches.
        (&[(Name, "Ромашка ООО"), (Inn, inn)], &[(Name, "ООО Ромашка"), (Inn, inn), (Kpp, "770101001")]),
        // A largest taxpayer.
        (
            &[(Name, "ПАО Ромашка"), (Inn, inn), (Kpp, "997950001")],
            &[(Name, "ПАО Ромашка"), (Inn, inn), (Kpp, "770101001")],
        ),
        // INN missing on one side, phone and name equal.
        (
            &[(Name, "ООО Ромашка"), (Phone, "8 (495) 123-45-67")],
            &[(Name, "ООО «Ромашка»"), (Inn, inn), (Phone, "+74951234567")],
        ),
        // Romanised.
        (
            &[(Name, "OOO Romashka Servis"), (Inn, inn), (Kpp, "770101001")],
            &[(Name, "ООО «Ромашка Сервис»"), (Inn, inn), (Kpp, "770101001")],
        ),
        // A person with a phone.
        (&[(Name, "Берёзкин Иван Петрович"), (Inn, person)], &[(Name, "ИП Березкин Иван Петрович"), (Inn, person)]),
        // Parts of the name in another order.
        (&[(Name, "ИП Петрович Иван Берёзкин"), (Inn, person)], &[(Name, "ИП Березкин Иван Петрович"), (Inn, person)]),
        // The id of the other system.
        (
            &[(Name, "Ромашка"), (ExternalId, "1"), (Phone, "84951234567")],
            &[(Name, "ООО Ромашка"), (Phone, "84957654321")],
        ),
        (
            &[(Name, "ООО Ромашка"), (Ogrn, "1099900001233"), (Phone, "84951234567")],
            &[(Name, "Ромашка"), (Ogrn, "1099900001233"), (Phone, "84951234567")],
        ),
        // A deleted record is the same party.
        (
            &[(Name, "ООО Ромашка"), (Inn, inn), (Kpp, "770101001"), (Deleted, "да")],
            &[(Name, "ООО Ромашка"), (Inn, inn), (Kpp, "770101001")],
        ),
    ];
    for (crm, onec) in cases {
        let out = pair(crm, onec);
        assert_eq!(out.decision("crm:1", "onec:1"), AUTO, "{crm:?}: {:?}", out.matching.links);
        assert_eq!(out.matching.clusters.len(), 1);
    }
}

#[test]
fn persons_with_a_phone_are_automatic() {
    let out = World::default()
        .contact("1", &[(LastName, "Берёзкин"), (FirstName, "Иван"), (Phone, "89161234567")])
        .contact("2", &[(Name, "Березкин Иван Петрович"), (Phone, "+7 916 123 45 67")])
        .contact("3", &[(LastName, "Берёзкин"), (FirstName, "Ваня"), (Phone, "89161234567")])
        .run();
    for (a, b) in [("crm:1", "crm:2"), ("crm:1", "crm:3"), ("crm:2", "crm:3")] {
        assert_eq!(out.decision(a, b), AUTO, "{a} {b} {:?}", out.link(a, b));
    }
}

#[test]
fn a_sole_trader_is_one_party_as_contact_and_counterparty() {
    let inn = inn12(5);
    let out = World::default()
        .contact("1", &[(LastName, "Ландышев"), (FirstName, "Пётр"), (Patronymic, "Ильич"), (Inn, &inn)])
        .contact("2", &[(LastName, "Ландышев"), (FirstName, "Пётр"), (Patronymic, "Ильич"), (Phone, "89161234567")])
        .onec("1", &[(Name, "ИП Ландышев П.И."), (Inn, &inn)])
        .onec("2", &[(Name, "Ландышев Пётр Ильич ИП"), (Phone, "89161234567")])
        .run();
    assert_eq!(out.decision("crm:contact:1", "onec:1"), AUTO, "{:?}", out.matching.links);
    assert_eq!(out.decision("crm:contact:2", "onec:2"), AUTO, "{:?}", out.matching.links);
}

#[test]
fn traps_are_vetoed_and_shown() {
    let (a, b) = (&inn10(1), &inn10(2));
    let cases: &[(Veto, Texts, Texts)] = &[
        // A holding: one name, two legal entities.
        (Veto::InnDiffers, &[(Name, "ООО Вектор"), (Inn, a)], &[(Name, "АО Вектор"), (Inn, b)]),
        (
            Veto::InnDiffers,
            &[(Name, "ООО Вектор"), (Inn, a), (Phone, "84951234567"), (Email, "info@vektor-test.ru")],
            &[(Name, "ООО Вектор"), (Inn, b), (Phone, "84951234567"), (Email, "info@vektor-test.ru")],
        ),
        (
            Veto::Branch,
            &[(Name, "ООО Вектор"), (Inn, a), (Kpp, "770101001")],
            &[(Name, "ООО Вектор"), (Inn, a), (Kpp, "540143001")],
        ),
        (
            Veto::NumberDiffers,
            &[(Name, "Аптека № 5"), (Phone, "84951234567")],
            &[(Name, "Аптека №6"), (Phone, "84951234567")],
        ),
        (
            Veto::NumberDiffers,
            &[(Name, "ООО Аптека № 5"), (Phone, "84951234567"), (Email, "a@vektor-test.ru"), (Inn, a)],
            &[(Name, "ООО Аптека №6"), (Phone, "84951234567"), (Email, "b@romashka-test.ru")],
        ),
        (
            Veto::InnDiffers,
            &[(Name, "ООО Вектор"), (Inn, a), (Field::BankAccount, "40702810900000000001")],
            &[(Name, "ООО Ромашка"), (Inn, b), (Field::BankAccount, "40702810900000000001")],
        ),
        (
            Veto::PersonDiffers,
            &[(Name, "Берёзкин Иван Петрович"), (Phone, "89161234567")],
            &[(Name, "Берёзкин Олег Петрович"), (Phone, "89161234567")],
        ),
        (
            Veto::PersonDiffers,
            &[(Name, "ИП Берёзкина Мария Ивановна"), (Phone, "89161234567")],
            &[(Name, "ИП Берёзкина Марина Ивановна"), (Phone, "89161234567")],
        ),
        (
            Veto::PersonDiffers,
            &[(Name, "ИП Берёзкин Иван Петрович"), (Phone, "89161234567")],
            &[(Name, "ИП Берёзкин Иван Сергеевич"), (Phone, "89161234567")],
        ),
        (
            Veto::SharedContactOnly,
            &[(Name, "ООО Вектор"), (Phone, "84951234567")],
            &[(Name, "ООО Ромашка"), (Phone, "84951234567")],
        ),
        (
            Veto::OgrnDiffers,
            &[(Name, "ООО Вектор"), (Ogrn, "1099900001233"), (Phone, "84951234567")],
            &[(Name, "ООО Вектор"), (Ogrn, "1027739642281"), (Phone, "84951234567")],
        ),
    ];
    for (veto, crm, onec) in cases {
        let out = pair(crm, onec);
        assert_eq!(out.decision("crm:1", "onec:1"), rejected(*veto), "{crm:?} {onec:?}");
        assert!(out.matching.clusters.is_empty());
    }
}

#[test]
fn doubts_go_to_a_person() {
    let (a, b) = (&inn10(1), &inn12(2));
    let phone = (Phone, "84951234567");
    let cases: &[(Texts, Texts)] = &[
        // The INN of another firm.
        (&[(Name, "ООО Вектор"), (Inn, a), (Kpp, "770101001")], &[(Name, "ООО Ромашка"), (Inn, a), (Kpp, "770101001")]),
        // Namesakes: a full name and nothing else.
        (&[(Name, "Берёзкин Иван Петрович"), (Inn, b)], &[(Name, "Берёзкин Иван Петрович")]),
        // A part of the name.
        (&[(Name, "ООО Ромашка"), phone], &[(Name, "ООО Ромашка Розница"), (Inn, a), phone]),
        (&[(Name, "Школа"), phone], &[(Name, "Школа 12"), phone]),
        // One INN, no KPP: perhaps a branch.
        (&[(Name, "ООО Вектор"), (Inn, a)], &[(Name, "ООО Вектор Казань"), (Inn, a), phone]),
        // Another legal form.
        (&[(Name, "ООО Ромашка"), phone], &[(Name, "АО Ромашка"), (Inn, a), phone]),
    ];
    for (crm, onec) in cases {
        let decision = decide(crm, onec);
        assert!(decision == REVIEW || decision.is_none(), "{crm:?} {onec:?} {decision:?}");
    }
    assert_eq!(decide(cases[0].0, cases[0].1), REVIEW);
    assert_eq!(decide(cases[2].0, cases[2].1), REVIEW);
    assert_eq!(decide(cases[4].0, cases[4].1), REVIEW);
    assert_eq!(decide(cases[5].0, cases[5].1), REVIEW);
}

#[test]
fn initials_never_decide() {
    let out = World::default()
        .contact("1", &[(Name, "Берёзкин И.П."), (Phone, "89161234567")])
        .contact("2", &[(Name, "Берёзкин Иван Петрович"), (Phone, "89161234567")])
        .run();
    assert_eq!(out.decision("crm:1", "crm:2"), REVIEW, "{:?}", out.matching.links);
}

#[test]
fn a_card_without_kpp_in_a_family_of_branches_waits() {
    let inn = &inn10(7);
    let out = World::default()
        .crm("1", &[(Name, "ООО Вектор"), (Inn, inn)])
        .onec("1", &[(Name, "ООО Вектор"), (Inn, inn), (Kpp, "770101001")])
        .onec("2", &[(Name, "ООО Вектор Сибирь"), (Inn, inn), (Kpp, "540143001")])
        .run();
    assert_eq!(out.decision("crm:1", "onec:1"), REVIEW);
    assert_eq!(out.decision("onec:1", "onec:2"), rejected(Veto::Branch));
    assert!(out.matching.clusters.is_empty());
}

/// A firm whose branches share an INN is known by its OGRN too, where one card has both.
#[test]
fn a_family_is_known_by_inn_and_ogrn() {
    let inn = &inn10(7);
    let data = World::default()
        .onec("1", &[(Name, "ООО Вектор"), (Inn, inn), (Ogrn, "1099900001233"), (Kpp, "770101001")])
        .onec("2", &[(Name, "ООО Вектор Сибирь"), (Inn, inn), (Kpp, "540143001")])
        .build();
    let p = pack::pack(&data);
    let row = p.row(0);
    assert!(row.inn != 0 && p.frequencies.branches.contains(&row.inn));
    assert!(row.ogrn != 0 && p.frequencies.branches.contains(&row.ogrn));
}

/// Two parts of one firm, of which one card has no KPP: the names tell them apart, unless a phone that no other part has
/// says that one of the names is sloppy.
#[test]
fn names_tell_branches() {
    let inn = inn10(7);
    let check = |crm: &str, onec: &str, phone: &str, expected| {
        let crm = [(Name, crm), (Inn, inn.as_str()), (Phone, phone)];
        let onec = [(Name, onec), (Inn, inn.as_str()), (Phone, phone), (Kpp, "550143001")];
        assert_eq!(decide(&crm, &onec), expected, "{crm:?} {onec:?}");
    };
    let branch = rejected(Veto::Branch);
    check("Вектор Мода Красноярск филиал", "ООО «Вектор Мода Омск филиал»", "", branch);
    check("ООО Вектор Мода", "ООО «Вектор Мода Омск филиал»", "", branch);
    // Towns a letter apart are no slip.
    check("Вектор Мода Томск филиал", "Вектор Мода Омск филиал", "", branch);
    check("ООО Вектор Мода", "ООО «Вектор Мода Омск филиал»", "83812123456", REVIEW);
    check("Вектор Мода Омск филиал", "ООО «Вектор Мода Омск филиал»", "83812123456", AUTO);
    check("Вектор Мода (Омск)", "Филиал ООО «Вектор Мода» в г. Омск", "83812123456", AUTO);
    check("Вектор Мода", "Филиал ООО «Вектор Мода»", "83812123456", REVIEW);
}

/// Two cards alike in name and INN, of which only one has the phone of the branch: the other one stays out of its group,
/// although the first speaks for both in everything else.
#[test]
fn a_card_alike_does_not_bring_its_twin_into_a_branch() {
    let inn = &inn10(7);
    let firm =
        [(Name, "ООО «Вектор Мода Омск»"), (Inn, inn.as_str()), (Ogrn, "1099900001233"), (Email, "a@vektor.example")];
    let with = |phone| [&firm[..], &[(Phone, phone)]].concat();
    let out = World::default()
        .crm("1", &with("83812123456"))
        .crm("2", &with("84951234567"))
        .onec(
            "1",
            &[(Name, "Филиал ООО «Вектор Мода» в г. Омск"), (Inn, inn), (Kpp, "550143001"), (Phone, "83812123456")],
        )
        .run();
    assert_eq!(out.decision("crm:1", "crm:2"), AUTO);
    let links = &out.matching.links;
    assert!(matches!(out.decision("crm:2", "onec:1"), Some((Decision::Rejected, _))), "{links:?}");
    assert!(!out.together("crm:2", "onec:1"), "{links:?}");
}

/// One party written in ways that differ in everything but the sound, the meaning or the keyboard.
#[test]
fn names_meet_in_any_spelling() {
    let phone = (Phone, "84951234567");
    for (crm, onec) in [
        ("OOO Romashka Trade", "ООО «Ромашка Трейд»"),
        ("Vector Group LLC", "ООО «Вектор Групп»"),
        ("ТД Ромашка", "ООО «Торговый дом Ромашка»"),
        ("ООО «УК Ромашка»", "Общество с ограниченной ответственностью «Управляющая компания Ромашка»"),
        ("Hjvfirf Cthdbc", "ООО «Ромашка Сервис»"),
        ("ООО «Ромашка Сервис»", "Сервис-Ромашка, ООО"),
        ("ООО «Ромашкка Сервис»", "ООО «Ромашка Сервис»"),
        ("Берёзкин Пётр Ильич", "Pyotr Berezkin"),
        ("ИП Ильич Берёзкин Пётр", "Берёзкин Пётр Ильич ИП"),
        ("Берёзкин Петя", "Берёзкин Пётр Ильич"),
    ] {
        let decision = decide(&[(Name, crm), phone], &[(Name, onec), phone]);
        assert_eq!(decision, AUTO, "{crm}: {onec}");
    }
    // First letters may be those of another firm.
    let kmpo = "АО «Казанское моторостроительное производственное объединение»";
    assert_eq!(decide(&[(Name, "АО «КМПО»"), phone], &[(Name, kmpo), phone]), REVIEW);
}

/// A document says who it is; what contradicts it is for a person to judge, and excludes in a cluster.
#[test]
fn documents_of_persons() {
    let passport = |number: &'static str| (Field::Document, number);
    let name = (Name, "Берёзкина Мария Ивановна");
    let born = |date: &'static str| (BirthDate, date);
    let decide = |a: Texts, b: Texts| {
        let out = World::default().contact("1", a).contact("2", b).run();
        out.decision("crm:1", "crm:2")
    };
    let (first, slip, other) = (passport("4510123456"), passport("4510123465"), passport("4515998877"));
    let birth = born("12.03.1980");
    // Married: another surname, all else is the same.
    assert_eq!(decide(&[name, first, birth], &[(Name, "Ландышева Мария Ивановна"), first, birth]), AUTO);
    assert_eq!(decide(&[name, first, birth], &[name, first, born("25.07.1955")]), REVIEW);
    assert_eq!(decide(&[name, slip, birth], &[name, first, birth]), AUTO);
    // Twins with passports of one day.
    let twin = [(Name, "Берёзкина Ольга Ивановна"), slip, birth];
    assert_eq!(decide(&[name, first, birth], &twin), rejected(Veto::PersonDiffers));
    // Another known name and another date: a copied passport.
    let copied = [(Name, "Берёзкин Олег Ильич"), first, born("25.07.1955")];
    assert!(!matches!(decide(&[name, first, birth], &copied), AUTO | REVIEW));
    assert_eq!(decide(&[name, first], &[name, other]), None);
}

/// A phone without its area code is the same phone as far as nobody else has one that ends so.
#[test]
fn local_phones() {
    let name = (Name, "ООО «Ромашка Сервис»");
    let full = [name, (Phone, "+7 (495) 246-15-01")];
    assert_eq!(decide(&[name, (Phone, "246-15-01")], &full), REVIEW);
    let out = World::default().crm("1", &[(Name, "ООО Вектор"), (Phone, "246-15-01")]).onec("1", &full).run();
    assert!(out.matching.clusters.is_empty());
}

/// Namesakes who share the reception of their accountant are not one party.
#[test]
fn a_crowded_contact_is_no_second_field() {
    let mut world = World::default();
    for n in 0..20u64 {
        let name = format!("ООО {}", word(n));
        let texts = [(Name, name.as_str()), (Phone, "84951112233"), (Email, "buh@outsourcing-test.ru")];
        world.add(Side::Crm, Entity::Counterparty, &format!("f{n}"), &texts);
    }
    // Phones of their own beside it, which are not in common, change nothing.
    for phones in [["84951112233"; 2], ["84951112233, 89161112244", "84951112233, 89264445566"]] {
        let contact = |at: usize| [(Phone, phones[at]), (Email, "buh@outsourcing-test.ru")];
        let ([x, y], [z, w]) = (contact(0), contact(1));
        let out = world
            .clone()
            .contact("1", &[(LastName, "Берёзкин"), (FirstName, "Иван"), x, y])
            .onec("1", &[(Name, "Берёзкин Иван Петрович ИП"), (Inn, &inn12(3)), z, w])
            .run();
        assert_ne!(out.decision("crm:contact:1", "onec:1"), AUTO);
    }
}

#[test]
fn a_broken_inn_is_no_veto() {
    let good = inn10(77);
    let mut swapped: Vec<u8> = good.bytes().collect();
    let at = (3..9).find(|&i| swapped[i] != swapped[i - 1]).unwrap();
    swapped.swap(at, at - 1);
    let swapped = String::from_utf8(swapped).unwrap();
    let phone = (Phone, "84951234567");
    for bad in [swapped.as_str(), "0000000000", "1234567890", "не указан"] {
        let decision =
            decide(&[(Name, "ООО Ромашка"), (Inn, bad), phone], &[(Name, "ООО Ромашка"), (Inn, &good), phone]);
        assert_eq!(decision, AUTO, "{bad}");
    }
    // Without a phone the near INN brings the pair to a person.
    let decision = decide(&[(Name, "ООО Ромашка"), (Inn, &swapped)], &[(Name, "ООО Ромашка"), (Inn, &good)]);
    assert_eq!(decision, REVIEW);
}

#[test]
fn own_organisations_are_no_counterparties() {
    let inn = &inn10(9);
    let world = World::default()
        .own(inn)
        .crm("1", &[(Name, "ООО Вектор"), (Inn, inn), (Kpp, "770101001")])
        .onec("1", &[(Name, "ООО Вектор"), (Inn, inn), (Kpp, "770101001")]);
    assert_eq!(world.run().decision("crm:1", "onec:1"), rejected(Veto::OwnOrganisation));
    let accepted = world.decide(&[("crm:1", "onec:1", true)]);
    assert_eq!(accepted.decision("crm:1", "onec:1"), rejected(Veto::OwnOrganisation));
}

#[test]
fn an_id_that_repeats_is_never_automatic() {
    let inn = &inn10(9);
    let texts = [(Name, "ООО Вектор"), (Inn, inn.as_str()), (Kpp, "770101001")];
    let out = World::default().crm("1", &texts).onec("1", &texts).clash(Side::Onec, "1").run();
    assert_eq!(out.decision("crm:1", "onec:1"), REVIEW);
}

#[test]
fn the_phone_of_an_accountant_merges_nobody() {
    let mut world = World::default();
    for n in 0..50u64 {
        let side = if n % 2 == 0 { Side::Crm } else { Side::Onec };
        let name = format!("ООО {}", word(n));
        let inn = inn10(1000 + n);
        let mut texts = vec![(Name, name.as_str()), (Phone, "84951112233"), (Email, "buh@outsourcing-test.ru")];
        if n % 3 > 0 {
            texts.push((Inn, &inn));
        }
        world.add(side, Entity::Counterparty, &n.to_string(), &texts);
    }
    let out = world.run();
    assert!(out.matching.clusters.is_empty(), "{:?}", out.matching.clusters);
    assert!(out.matching.links.iter().all(|l| !l.decision.links()));
    let phone = out.matching.oversized.iter().find(|o| o.rule == "phone").unwrap();
    assert_eq!(phone.records.len(), 50);
}

#[test]
fn a_thousand_homonyms() {
    let mut world = World::default();
    for n in 0..1000u64 {
        let side = if n % 2 == 0 { Side::Crm } else { Side::Onec };
        let inn = inn10(n);
        world.add(side, Entity::Counterparty, &n.to_string(), &[(Name, "ООО «Вектор»"), (Inn, &inn)]);
    }
    let out = world.run();
    assert!(out.matching.clusters.is_empty());
    assert!(out.matching.compared < 10_000, "{}", out.matching.compared);
    assert!(out.matching.oversized.iter().any(|o| o.rule == "name" && o.records.len() == 1000));
}

#[test]
fn one_phone_on_thousands_and_identical_cards_stay_linear() {
    let mut world = World::default();
    for n in 0..4000u64 {
        let name = format!("ООО {}", word(n));
        let texts = [(Name, name.as_str()), (Phone, "84951112233"), (Email, "buh@outsourcing-test.ru")];
        world.add(Side::Crm, Entity::Counterparty, &n.to_string(), &texts);
    }
    let inn = inn10(5);
    for n in 0..6000u64 {
        let texts = [(Name, "ООО Близнец"), (Inn, inn.as_str()), (Kpp, "770101001"), (Phone, "84959998877")];
        world.add(Side::Onec, Entity::Counterparty, &n.to_string(), &texts);
    }
    let out = world.run();
    assert!(out.matching.compared < 150_000, "{}", out.matching.compared);
    for rule in ["phone", "email"] {
        assert!(out.matching.oversized.iter().any(|o| o.rule == rule && o.records.len() == 4000), "{rule}");
    }
    assert_eq!(out.matching.clusters.len(), 1);
    assert_eq!(out.matching.clusters[0].members.len(), 6000);
}

#[test]
fn forty_branches() {
    let inn = inn10(5);
    let mut world = World::default();
    for n in 0..45u64 {
        let kpp = format!("77{:02}01{:03}", n + 10, 1);
        let texts = [(Name, "АО Сеть"), (Inn, inn.as_str()), (Kpp, kpp.as_str())];
        world.add(Side::Crm, Entity::Counterparty, &n.to_string(), &texts);
        world.add(Side::Onec, Entity::Counterparty, &n.to_string(), &texts);
    }
    let out = world.run();
    assert_eq!(out.matching.clusters.len(), 45);
    for n in 0..45 {
        assert_eq!(out.decision(&format!("crm:{n}"), &format!("onec:{n}")), AUTO, "{n}");
    }
}

#[test]
fn nothing_and_almost_nothing() {
    let out = World::default().run();
    assert!(out.matching.links.is_empty() && out.matching.clusters.is_empty());
    let out = World::default().crm("1", &[]).crm("2", &[]).onec("1", &[]).onec("2", &[(Name, "")]).run();
    assert!(out.matching.links.is_empty());
    let out = World::default().crm("1", &[(Name, "ООО Вектор")]).run();
    assert!(out.matching.links.is_empty());
}

#[test]
fn a_card_that_fits_two_firms_waits() {
    let (a, b) = (&inn10(1), &inn10(2));
    let same = [(Name, "ООО Вектор"), (Phone, "84951234567")];
    let out = World::default()
        .crm("1", &same)
        .onec("1", &[same[0], same[1], (Inn, a)])
        .onec("2", &[same[0], same[1], (Inn, b)])
        .run();
    assert!(out.matching.clusters.is_empty());
    assert_eq!(out.decision("crm:1", "onec:1"), REVIEW);
    assert_eq!(out.decision("crm:1", "onec:2"), REVIEW);
}

#[test]
fn chains_do_not_join_what_excludes_each_other() {
    let (a, b) = (&inn10(1), &inn10(2));
    // 1C 1 and 1C 2 are two firms; CRM 1 and CRM 2 are twins that each fit one of them.
    let out = World::default()
        .crm("1", &[(Name, "ООО Вектор"), (Phone, "84951234567"), (Email, "a@vektor-test.ru")])
        .crm("2", &[(Name, "ООО Вектор"), (Phone, "84957654321"), (Email, "a@vektor-test.ru")])
        .onec("1", &[(Name, "ООО Вектор"), (Inn, a), (Phone, "84951234567")])
        .onec("2", &[(Name, "ООО Вектор"), (Inn, b), (Phone, "84957654321")])
        .run();
    assert!(!out.together("onec:1", "onec:2"));
    let valid: Vec<usize> = out
        .matching
        .clusters
        .iter()
        .map(|c| c.members.iter().filter_map(|m| out.data.parties(m.side).inn[m.at()].valid()).count())
        .collect();
    assert!(valid.iter().all(|&n| n <= 1), "{valid:?}");
}

#[test]
fn people_have_the_last_word() {
    let (a, b) = (&inn10(1), &inn10(2));
    let same = [(Name, "ООО Вектор"), (Inn, a.as_str()), (Kpp, "770101001")];
    let world = World::default()
        .crm("1", &same)
        .onec("1", &same)
        .onec("2", &[(Name, "ООО Полюс")])
        .onec("3", &[(Name, "ООО Вектор"), (Inn, a), (Kpp, "540143001")])
        .onec("4", &[(Name, "ООО Вектор"), (Inn, b)]);
    let out = world.decide(&[("crm:1", "onec:1", false)]);
    assert_eq!(out.decision("crm:1", "onec:1"), rejected(Veto::Refused));
    assert!(!out.together("crm:1", "onec:1"));
    let out = world.decide(&[("crm:1", "onec:2", true), ("crm:1", "onec:3", true), ("crm:1", "onec:4", true)]);
    assert_eq!(out.decision("crm:1", "onec:2"), Some((Decision::Accepted, None)));
    assert_eq!(out.decision("crm:1", "onec:3"), Some((Decision::Accepted, None)));
    assert!(out.together("crm:1", "onec:2") && out.together("crm:1", "onec:3") && out.together("crm:1", "onec:1"));
    assert_eq!(out.decision("crm:1", "onec:4"), rejected(Veto::InnDiffers));
    // A refusal holds against a way round.
    let out = world.decide(&[("crm:1", "onec:1", false), ("crm:1", "onec:2", true), ("onec:1", "onec:2", true)]);
    assert!(!out.together("crm:1", "onec:1"));
    let out = world.decide(&[("crm:1", "onec:1", false), ("crm:1", "onec:1", true)]);
    assert_eq!(out.decision("crm:1", "onec:1"), rejected(Veto::Refused));
}

#[test]
fn people_may_join_what_shares_a_contact_only() {
    let office = [(Phone, "84951234567"), (Email, "buh@kontora-test.ru")];
    let named = |name| [[(Name, name)].as_slice(), &office].concat();
    let world = World::default()
        .crm("1", &named("ООО Вектор"))
        .crm("2", &named("ООО Полюс"))
        .onec("1", &[(Name, "АО Меридиан")]);
    let out = world.run();
    assert_eq!(out.decision("crm:1", "crm:2"), rejected(Veto::SharedContactOnly));
    let out = world.decide(&[("crm:1", "onec:1", true), ("crm:2", "onec:1", true)]);
    assert!(out.together("crm:1", "crm:2"));
    assert_eq!(out.decision("crm:1", "crm:2"), Some((Decision::Accepted, None)));
}

#[test]
fn masters_and_golden_values() {
    let inn = inn10(3);
    let out = World::default()
        .crm(
            "10",
            &[(Name, "Ромашка"), (Inn, &inn), (Kpp, "770101001"), (Deleted, "да"), (Email, "a@romashka-test.ru")],
        )
        .crm("9", &[(Name, "ООО Ромашка"), (Inn, &inn), (Kpp, "770101001"), (Phone, "84951234567")])
        .crm("11", &[(Name, "ООО Ромашка"), (Inn, &inn), (Kpp, "770101001"), (Phone, "84951234568")])
        .onec("1", &[(Name, "ООО «Ромашка»"), (Inn, &inn), (Kpp, "770101001"), (Phone, "+7 495 123-45-67")])
        .run();
    let [cluster] = out.matching.clusters.as_slice() else { panic!("{:?}", out.matching.clusters) };
    assert_eq!(cluster.members.len(), 4);
    assert_eq!(out.data.id(cluster.crm_master.unwrap()), "9");
    assert_eq!(out.data.id(cluster.onec_master.unwrap()), "1");
    let of = |field| {
        let golden = out.matching.golden.iter().filter(|g| g.field == field);
        golden.map(|g| (out.matching.value(g, &out.data), g.rule)).collect::<Vec<_>>()
    };
    let united = |value: &'static str| (value.into(), Survival::United);
    assert_eq!(of(Inn), [(inn.as_str().into(), Survival::Agreed)]);
    assert_eq!(of(Name), [("ООО «Ромашка»".into(), Survival::OwnerSide)]);
    assert_eq!(of(Phone), [united("+74951234568"), united("+74951234567")]);
    assert_eq!(of(Email), [united("a@romashka-test.ru")]);
}

#[test]
fn a_deleted_side_has_no_master() {
    let inn = inn10(3);
    let texts = [(Name, "ООО Ромашка"), (Inn, inn.as_str()), (Kpp, "770101001")];
    let out = World::default().crm("1", &[texts[0], texts[1], texts[2], (Deleted, "да")]).onec("1", &texts).run();
    assert_eq!(out.matching.clusters[0].crm_master, None);
}

#[test]
fn birth_dates_exclude() {
    let name = (Name, "Берёзкин Иван Петрович");
    let of = |date| {
        World::default()
            .contact("1", &[name, (Phone, "89161234567"), (BirthDate, "12.03.1980")])
            .contact("2", &[name, (Phone, "89161234567"), (BirthDate, date)])
    };
    assert_eq!(of("25.07.1955").run().decision("crm:1", "crm:2"), rejected(Veto::BirthDateDiffers));
    assert_eq!(of("01.01.1900").run().decision("crm:1", "crm:2"), AUTO);
    assert_eq!(of("03.12.1980").run().decision("crm:1", "crm:2"), AUTO);
}

#[test]
fn explains_any_pair() {
    let inn = inn10(3);
    let world = World::default()
        .crm("1", &[(Name, "ООО Ромашка"), (Inn, &inn), (Kpp, "770101001"), (Phone, "84951234567")])
        .onec("1", &[(Name, "ООО Ромашка"), (Inn, &inn), (Kpp, "540143001"), (Phone, "84951234567")])
        .onec("2", &[(Name, "ЗАО Полюс"), (Address, "Москва, Тверская, 1")]);
    let data = world.build();
    let config = MatchingConfig::default();
    let at = |key: &str| data.find(key).unwrap();
    let branch = super::explain(&data, &config, at("onec:1"), at("crm:1"));
    assert_eq!(branch.vetoes, [Veto::Branch]);
    assert_eq!((branch.rule, branch.decision), (Some("inn"), Some(Decision::Rejected)));
    let sum: f32 = branch.prior + branch.comparisons.iter().map(|c| c.evidence.weight).sum::<f32>();
    assert!((sum - branch.weight).abs() < 1e-3);
    let text = branch.text(&data, crate::model::Lang::Ru);
    assert!(text.contains("ИНН: совпадает") && text.contains("филиал"), "{text}");
    let strangers = super::explain(&data, &config, at("crm:1"), at("onec:2"));
    assert_eq!((strangers.rule, strangers.decision), (None, None));
    assert!(strangers.weight < 0.0);
    assert!(!strangers.text(&data, crate::model::Lang::En).is_empty());
}

/// An invented word of its own for each number.
fn word(n: u64) -> String {
    const PARTS: [&str; 10] = ["ба", "ро", "ли", "ку", "ме", "то", "ны", "вэ", "са", "ди"];
    (0..5).map(|i| PARTS[(n / 10u64.pow(i) % 10) as usize]).collect::<String>() + "н"
}

/// A small world with everything at once: few values, so that they meet often.
fn crowded(seed: u64, rows: u64) -> World {
    let mut random = Random(seed);
    let mut world = World::default();
    for n in 0..rows {
        let side = if random.below(2) == 0 { Side::Crm } else { Side::Onec };
        let person = random.below(3) == 0;
        let entity =
            if person && side == Side::Crm && random.below(2) == 0 { Entity::Contact } else { Entity::Counterparty };
        let name = if person {
            let surname = random.pick(&["Берёзкин", "Ландышев", "Ландышева", "Кедров"]);
            let given = random.pick(&["Иван", "Ваня", "Мария", "И."]);
            format!("{surname} {given} {}", random.pick(&["", "Петрович", "Ильич"]))
        } else {
            let form = random.pick(&["ООО", "АО", ""]);
            let number = random.pick(&["", "", "5", "6"]);
            format!("{form} {} {number}", random.pick(&["Ромашка", "Вектор", "Торговый дом Ромашка", "Romashka"]))
        };
        let inn = match (random.below(3), person) {
            (0, _) => String::new(),
            (_, true) => inn12(random.below(4)),
            (_, false) => inn10(random.below(4)),
        };
        let kpp = if person { "" } else { random.pick(&["", "770101001", "540143001", "997950001"]) };
        let phone = random.pick(&["", "84951234567", "84951234568", "89161234567 доб. 5"]);
        let email = random.pick(&["", "", "a@romashka-test.ru", "b@romashka-test.ru", "berezkin@mail.ru"]);
        let birth = if person { random.pick(&["", "", "12.03.1980", "25.07.1955"]) } else { "" };
        let external = random.pick(&["", "", "", "", "1", "2"]);
        let texts = [
            (Name, name.trim()),
            (Inn, inn.as_str()),
            (Kpp, kpp),
            (Phone, phone),
            (Email, email),
            (BirthDate, birth),
            (ExternalId, external),
        ];
        world.add(side, entity, &n.to_string(), &texts);
    }
    world
}

/// No cluster holds two valid INNs, two branches or any other pair with a contradiction.
fn assert_sound(out: &Outcome) {
    let p = pack::pack(&out.data);
    for cluster in &out.matching.clusters {
        for (i, &x) in cluster.members.iter().enumerate() {
            for &y in &cluster.members[i + 1..] {
                let (a, b) = (p.position(x).unwrap(), p.position(y).unwrap());
                let vetoes = veto::contradictions(&p, a, b, &compare::compare(&p, a, b));
                assert!(vetoes.is_empty(), "{vetoes:?}");
                let refused = out
                    .matching
                    .links
                    .iter()
                    .any(|l| l.decision == Decision::Rejected && (l.a, l.b) == (x.min(y), x.max(y)));
                assert!(!refused, "a rejected pair is in one cluster");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn order_and_threads_do_not_matter(seed in any::<u64>()) {
        let world = crowded(seed, 60);
        let expected = world.run();
        assert_sound(&expected);
        let digest = expected.digest();
        let shuffled = world.shuffled(seed ^ 1).run();
        prop_assert_eq!(&digest, &shuffled.digest());
        let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        prop_assert_eq!(&digest, &one.install(|| world.run()).digest());
    }

    /// Blocking decides which pairs are looked at, never what becomes of them.
    #[test]
    fn blocking_loses_no_automatic_link(seed in any::<u64>()) {
        let data = crowded(seed, 40).build();
        let p = pack::pack(&data);
        let config = MatchingConfig::default();
        let blocks = block::block(&p, &[]);
        let model = score::train(&p, &blocks.candidates);
        let automatic = |candidates: &block::Candidates| -> Vec<(u32, u32, f32)> {
            score::score_all(&p, &model, &config, candidates, &[])
                .iter()
                .filter(|s| s.decision == Decision::Auto)
                .map(|s| (s.a, s.b, s.weight))
                .collect()
        };
        let n = p.len() as u32;
        let all: Vec<_> = (0..n).flat_map(|a| (a + 1..n).map(move |b| block::Candidate::decided(a, b))).collect();
        let all = block::Candidates::of(n as usize, &all);
        let (found, full) = (automatic(&blocks.candidates), automatic(&all));
        let texts = |&(a, b, weight): &(u32, u32, f32)| {
            let of = |at: u32| {
                let r = p.refs[at as usize];
                Field::ALL.iter().map(|&f| data.parties(r.side).raw.get(f, r.at())).collect::<Vec<_>>().join("|")
            };
            format!("{weight}: {} // {}", of(a), of(b))
        };
        let lost: Vec<String> = full.iter().filter(|l| !found.contains(l)).map(texts).collect();
        let extra: Vec<String> = found.iter().filter(|l| !full.contains(l)).map(texts).collect();
        prop_assert!(lost.is_empty() && extra.is_empty(), "lost {:#?}, extra {:#?}", lost, extra);
    }

    #[test]
    fn comparisons_are_symmetric(seed in any::<u64>()) {
        let data = crowded(seed, 20).build();
        let p = pack::pack(&data);
        for a in 0..p.len() as u32 {
            for b in 0..a {
                let (x, y) = (compare::compare(&p, a, b), compare::compare(&p, b, a));
                prop_assert_eq!(x.code(), y.code());
                prop_assert_eq!(
                    veto::contradictions(&p, a, b, &x),
                    veto::contradictions(&p, b, a, &y)
                );
                for (i, j) in x.outcomes.iter().zip(&y.outcomes) {
                    prop_assert!((i.bits - j.bits).abs() < 1e-3, "{:?} {:?}", i, j);
                    prop_assert!(i.level != Level::Empty || i.bits == 0.0);
                }
            }
        }
    }
}

/// Of two cards alike the fuller one is the master, and the cluster has the weight of its weakest link.
#[test]
fn a_cluster_has_masters_and_a_name() {
    let inn = inn10(111);
    let card = [(Name, "ООО «Ромашка»"), (Inn, inn.as_str()), (Kpp, "770101001")];
    let more = [&card[..], &[(Phone, "84951234567"), (Email, "berezkin@romashka-test.ru")]].concat();
    let out = World::default().crm("1", &card).crm("2", &more).onec("1", &card).run();
    let cluster = &out.matching.clusters[0];
    let key = |side| cluster.master(side).map(|r| out.data.key(r));
    assert_eq!(key(Side::Crm).as_deref(), Some("crm:counterparty:2"));
    assert_eq!(key(Side::Onec).as_deref(), Some("onec:counterparty:1"));
    let weakest = out.matching.links.iter().map(|l| (l.weight * 100.0).round() as i32).min();
    assert_eq!(Some(cluster.weakest), weakest);
    let name = out.matching.golden.iter().find(|g| g.field == Name).map(|g| out.matching.value(g, &out.data));
    assert_eq!(name.as_deref(), Some("ООО «Ромашка»"));
}

/// A word that two cards are not one party says nothing of others.
#[test]
fn a_refusal_keeps_only_its_own_pair_apart() {
    let (first, second) = (inn10(111), inn10(222));
    let (first, second) = ([(Name, "ООО «Ромашка»"), (Inn, &*first)], [(Name, "ООО «Вектор»"), (Inn, &*second)]);
    let world = World::default().crm("1", &first).crm("2", &second).onec("1", &first).onec("2", &second);
    let out = world.decide(&[("crm:1", "onec:1", false)]);
    assert!(!out.together("crm:1", "onec:1"));
    assert!(out.together("crm:2", "onec:2"));
}
