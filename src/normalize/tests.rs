use super::*;
use crate::model::{Place, Side};

fn records(rows: &[(Entity, &[(Field, &str)])]) -> Records {
    let mut records = Records::new(Side::Onec);
    records.places.push(Place::file("a.csv"));
    for (i, (entity, texts)) in rows.iter().enumerate() {
        records.push(*entity, (0, i as u32 + 2), texts);
    }
    records
}

#[test]
fn a_firm_a_trader_and_a_contact() {
    let parties = parties(
        records(&[
            (
                Entity::Counterparty,
                &[(Field::Name, "ООО «Ромашка»"), (Field::Inn, "7707083893/773601001"), (Field::Deleted, "Да")],
            ),
            (Entity::Counterparty, &[(Field::Name, "ИП Ромашкин Иван Петрович"), (Field::Inn, "500100732259")]),
            (
                Entity::Contact,
                &[(Field::LastName, "Ёлкина"), (Field::FirstName, "Анна"), (Field::Phone, "8 916 123-45-67\nнет")],
            ),
        ]),
        &[],
    );
    assert_eq!(parties.kind, [PartyKind::Legal, PartyKind::SoleTrader, PartyKind::Person]);
    assert_eq!(parties.core.iter().collect::<Vec<_>>(), ["РОМАШКА", "РОМАШКИН ИВАН ПЕТРОВИЧ", "ЕЛКИНА АННА"]);
    assert_eq!(parties.surname.iter().collect::<Vec<_>>(), ["", "РОМАШКИН", "ЕЛКИНА"]);
    assert_eq!(parties.patronymic.iter().collect::<Vec<_>>(), ["", "ПЕТРОВИЧ", ""]);
    assert_eq!(parties.kpp[0].valid().map(|k| k.to_string()).as_deref(), Some("773601001"));
    assert!(parties.kpp_notes[0].has(Notes::SHARED_CELL));
    assert!(parties.flags[0].has(Flags::DELETED) && !parties.flags[1].has(Flags::DELETED));
    assert_eq!(parties.valid_phones(2).map(|p| p.to_string()).collect::<Vec<_>>(), ["+79161234567"]);
}
