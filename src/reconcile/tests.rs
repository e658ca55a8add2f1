use super::*;
use crate::model::{Book, Inn, OwnOrganisation, Place, Records, Snapshot};
use crate::normalize;

type Row<'a> = (Entity, &'a [(Field, &'a str)]);

fn snapshot(side: Side, rows: &[Row], own: &[OwnOrganisation]) -> Snapshot {
    let mut records = Records::new(side);
    records.places.push(Place::file("a.csv"));
    for (i, (entity, texts)) in rows.iter().enumerate() {
        let id = i.to_string();
        let mut all = vec![(Field::Id, id.as_str())];
        all.extend_from_slice(texts);
        records.push(*entity, (0, i as u32 + 2), &all);
    }
    Snapshot {
        side,
        books: Book::none(side),
        parties: normalize::parties(records, own),
        own: own.to_vec(),
        sources: Vec::new(),
        quarantine: Vec::new(),
        conflicts: Vec::new(),
        users: Vec::new(),
    }
}

fn data(crm: &[Row], onec: &[Row]) -> Snapshots {
    Snapshots { crm: snapshot(Side::Crm, crm, &[]), onec: snapshot(Side::Onec, onec, &[]) }
}

fn record(side: Side, at: u32) -> RecordRef {
    RecordRef::new(side, at as usize)
}

/// Clusters of CRM record `n` with 1C record `n`.
fn in_pairs(pairs: u32) -> Matching {
    let clusters = (0..pairs)
        .map(|n| {
            let (crm, onec) = (record(Side::Crm, n), record(Side::Onec, n));
            Cluster { members: vec![crm, onec], crm_master: Some(crm), onec_master: Some(onec), weakest: 0 }
        })
        .collect();
    Matching { clusters, ..Matching::default() }
}

/// Status of one field of one pair.
fn status(field: Field, crm: &str, onec: &str) -> Option<FieldStatus> {
    // A second record with a good text on each side makes the field held by both.
    let filler = match field {
        Field::Inn => "7799001873",
        Field::Phone => "+74950000001",
        Field::Gender => "М",
        Field::BirthDate => "1980-01-01",
        _ => "Заполнено",
    };
    let entity = if matches!(field, Field::LastName | Field::FirstName | Field::Gender | Field::Position) {
        Entity::Contact
    } else {
        Entity::Counterparty
    };
    let (a, b) = ([(field, crm)], [(field, onec)]);
    let more = [(field, filler)];
    let data = data(&[(entity, &a), (entity, &more)], &[(entity, &b), (entity, &more)]);
    let drift = run(&data, &in_pairs(1));
    let (_, counts) = drift.by_field.iter().find(|(f, _)| *f == field)?;
    FieldStatus::ALL.into_iter().find(|s| counts[*s as usize] == 1)
}

#[test]
fn statuses() {
    use FieldStatus as S;
    for (field, crm, onec, expected) in [
        (Field::Name, "ООО «Ромашка»", "ООО «Ромашка»", S::Equal),
        (Field::Name, "ООО «Ромашка»", "Ромашка ООО", S::EqualNormalized),
        (Field::Name, "Ромашка", "ООО \"РОМАШКА\"", S::EqualNormalized),
        (Field::Name, "ТД Ромашка", "Ромашка ТД", S::EqualNormalized),
        (Field::Name, "ЗАО Ромашка", "АО Ромашка", S::Different),
        (Field::Name, "ООО Ромашка", "ООО Василёк", S::Different),
        (Field::Name, "Филиал ООО «Ромашка» в г. Тверь", "ООО «Ромашка» (Тверь)", S::EqualNormalized),
        (Field::Name, "ООО «Ромашка», ОП Тверь", "ООО «Ромашка» Тверь филиал", S::EqualNormalized),
        (Field::Name, "ООО «Ромашка» Тверь филиал", "ООО «Ромашка» Клин филиал", S::Different),
        (Field::Name, "ИП Петров И.И.", "Петров Иван Иванович", S::EqualNormalized),
        (Field::Name, "ИП Петров И.И.", "ИП Петров Сергей Иванович", S::Different),
        (Field::Name, "ИП Петров Иван", "ИП Петров Иван Иванович", S::EqualNormalized),
        (Field::Name, "ИП Иванович Иван Петров", "Петров Иван Иванович ИП", S::EqualNormalized),
        (Field::Name, "ИП Петров Иван Ильич", "ИП Петров Иван Иванович", S::Different),
        (Field::Kind, "ИП", "Физическое лицо", S::EqualNormalized),
        (Field::Kind, "Физ. лицо", "Физ. лицо", S::Equal),
        (Field::Kind, "ЮрЛицо", "Физическое лицо", S::Different),
        (Field::Inn, "7799001873", "7799001873", S::Equal),
        (Field::Inn, "ИНН 7799001873", "7799001873", S::EqualNormalized),
        (Field::Inn, "7799001873", "779900111176", S::Different),
        (Field::Inn, "", "7799001873", S::EmptyCrm),
        (Field::Inn, "7799001873", "нет", S::EmptyOnec),
        (Field::Inn, "", "-", S::EmptyBoth),
        (Field::Inn, "7799001874", "7799001873", S::Invalid),
        (Field::Inn, "7799001874", "", S::Invalid),
        (Field::Inn, "7799001874", "7799001874", S::Equal),
        (Field::Kpp, "773601001", "КПП 773601001", S::EqualNormalized),
        (Field::Phone, "8 916 123-45-67", "+79161234567", S::EqualNormalized),
        (Field::Phone, "+79161234567", "+79161234567, +74951234567", S::EqualNormalized),
        (Field::Phone, "+79161234567", "+79161234568", S::Different),
        (Field::Phone, "+79161234567, +79161234569", "+79161234567, +79161234568", S::Different),
        (Field::Phone, "12345", "+79161234568", S::Invalid),
        (Field::Phone, "+79161234568", "12345", S::Invalid),
        (Field::Phone, "12345", "12345", S::Equal),
        (Field::Phone, "+79161234567", "+79161234567, 12345", S::EqualNormalized),
        (Field::Phone, "+79161234567, 12345", "+79161234568", S::Different),
        (Field::Email, "A@romashka.ru", "a@romashka.ru", S::EqualNormalized),
        (Field::Website, "https://www.romashka.ru/", "romashka.ru", S::EqualNormalized),
        (Field::Address, "101000, г. Москва, ул. Мира, д. 5", "Москва г, Мира ул, дом 5", S::EqualNormalized),
        (Field::Address, "г. Москва, ул. Мира, д. 5", "г. Москва, ул. Мира, д. 6", S::Different),
        (Field::Country, "РОССИЯ", "643", S::EqualNormalized),
        (Field::BirthDate, "05.03.1980", "1980-03-05T00:00:00", S::EqualNormalized),
        (Field::BirthDate, "05.03.1980", "01.01.0001", S::EmptyOnec),
        (Field::LastName, "Ёлкин", "Елкин", S::EqualNormalized),
        (Field::LastName, "Ёлкин", "Палкин", S::Different),
        (Field::FirstName, "И.", "Иван", S::Different),
        (Field::Gender, "муж.", "М", S::EqualNormalized),
        (Field::Position, "директор", "Директор", S::EqualNormalized),
    ] {
        assert_eq!(status(field, crm, onec), Some(expected), "{} {crm} / {onec}", field.code());
        let mirrored = match expected {
            S::EmptyCrm => S::EmptyOnec,
            S::EmptyOnec => S::EmptyCrm,
            other => other,
        };
        assert_eq!(status(field, onec, crm), Some(mirrored), "mirrored: {} {crm} / {onec}", field.code());
    }
}

const FIRM: &[(Field, &str)] = &[
    (Field::Name, "ООО «Ромашка»"),
    (Field::Inn, "7799001873"),
    (Field::Phone, "тел. 123"),
    (Field::Address, "г. Калуга, ул. Мира, д. 5"),
    (Field::Website, "не сайт"),
    (Field::BirthDate, "32.13.1980"),
];
const PERSON: &[(Field, &str)] =
    &[(Field::LastName, "Ёлкин"), (Field::FirstName, "Иван"), (Field::Email, "ivan@"), (Field::Gender, "?")];

#[test]
fn identical_sides_are_silent() {
    let rows = [(Entity::Counterparty, FIRM), (Entity::Contact, PERSON), (Entity::Counterparty, &[][..])];
    let drift = run(&data(&rows, &rows), &in_pairs(3));
    assert_eq!(drift.pairs.len(), 3);
    for pair in &drift.pairs {
        assert_eq!(pair.fields, [], "{pair:?}");
    }
    for (field, counts) in &drift.by_field {
        for quiet in [
            FieldStatus::EqualNormalized,
            FieldStatus::EmptyCrm,
            FieldStatus::EmptyOnec,
            FieldStatus::Different,
            FieldStatus::Invalid,
        ] {
            assert_eq!(counts[quiet as usize], 0, "{} {quiet:?}", field.code());
        }
    }
    assert_eq!((drift.only_crm, drift.only_onec), (vec![], vec![]));
}

#[test]
fn a_field_that_a_side_never_has_is_not_compared() {
    let crm: Row = (Entity::Counterparty, &[(Field::Name, "Ромашка"), (Field::Kpp, "773601001")]);
    let onec: Row = (Entity::Counterparty, &[(Field::Name, "Ромашка"), (Field::Kpp, "")]);
    let drift = run(&data(&[crm], &[onec]), &in_pairs(1));
    assert!(drift.by_field.iter().all(|(f, _)| *f != Field::Kpp));
    assert_eq!(drift.pairs[0].fields, []);
}

#[test]
fn one_sided_records() {
    let own = OwnOrganisation {
        inn: Inn::parse("7799001873").ok(),
        name: String::new(),
        phones: Vec::new(),
        ids: Vec::new(),
    };
    let firm: Row = (Entity::Counterparty, &[(Field::Name, "Василёк")]);
    let crm = [
        firm,
        firm,
        firm,
        (Entity::Counterparty, &[(Field::Name, "Своя"), (Field::Inn, "7799001873")][..]),
        (Entity::Counterparty, &[(Field::Name, "Старая"), (Field::Deleted, "Да")][..]),
        (Entity::Contact, PERSON),
    ];
    let data = Snapshots {
        crm: snapshot(Side::Crm, &crm, std::slice::from_ref(&own)),
        onec: snapshot(Side::Onec, &[firm, firm], std::slice::from_ref(&own)),
    };
    // CRM 0 and its duplicate 1 are the party 0 of 1C; there is no master on the CRM side.
    let members = vec![record(Side::Crm, 0), record(Side::Crm, 1), record(Side::Onec, 0)];
    let clusters = vec![Cluster { members, crm_master: None, onec_master: Some(record(Side::Onec, 0)), weakest: 0 }];
    let drift = run(&data, &Matching { clusters, ..Matching::default() });
    assert_eq!(drift.pairs[0].crm, record(Side::Crm, 0));
    assert_eq!(drift.only_crm, [record(Side::Crm, 2)]);
    assert_eq!(drift.only_onec, [record(Side::Onec, 1)]);
}

#[test]
fn a_cluster_of_one_side_is_one_sided() {
    let firm: Row = (Entity::Counterparty, &[(Field::Name, "Василёк")]);
    let data = data(&[firm, firm], &[firm]);
    let members = vec![record(Side::Crm, 0), record(Side::Crm, 1)];
    let clusters = vec![Cluster { members: members.clone(), crm_master: None, onec_master: None, weakest: 0 }];
    let drift = run(&data, &Matching { clusters, ..Matching::default() });
    assert_eq!(drift.pairs, []);
    assert_eq!(drift.only_crm, members);
}
