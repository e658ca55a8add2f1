use super::*;
use crate::model::{Book, Place, Side, Space};

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
                &[(Field::Name, "ООО «Ромашка»"), (Field::Inn, "7799001873/773601001"), (Field::Deleted, "Да")],
            ),
            (Entity::Counterparty, &[(Field::Name, "ИП Ромашкин Иван Петрович"), (Field::Inn, "779900111176")]),
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

#[test]
fn flags_and_shapes() {
    let own = [OwnOrganisation {
        inn: Inn::parse("7799001873").ok(),
        name: String::new(),
        phones: Vec::new(),
        ids: Vec::new(),
    }];
    let parties = parties(
        records(&[
            (Entity::Counterparty, &[(Field::Name, "ООО Своя"), (Field::Inn, "7799001873")]),
            (Entity::Counterparty, &[(Field::Name, "Чужая"), (Field::IsOwn, "Y"), (Field::Active, "Нет")]),
            (Entity::Counterparty, &[(Field::Name, "Тест")]),
            (Entity::Counterparty, &[(Field::Name, "Ромашка"), (Field::FullName, "ООО «Ромашка»")]),
            (Entity::Counterparty, &[(Field::Name, "Иванов И.И."), (Field::Kind, "ФизЛицо")]),
            (Entity::Counterparty, &[(Field::Name, "Иванов Иван Иванович"), (Field::Inn, "7799001873")]),
            (Entity::Contact, &[(Field::Name, "Ivanov Ivan")]),
        ]),
        &own,
    );
    let has = |flag| parties.flags.iter().map(|f| f.has(flag)).collect::<Vec<_>>();
    assert_eq!(has(Flags::OWN), [true, true, false, false, false, true, false]);
    assert_eq!(has(Flags::INACTIVE), [false, true, false, false, false, false, false]);
    assert_eq!(has(Flags::TEST), [false, false, true, false, false, false, false]);
    assert_eq!(parties.form[3], company::LegalForm::Ooo);
    assert_eq!(parties.core.get(3), "РОМАШКА");
    assert_eq!(parties.surname.iter().collect::<Vec<_>>(), ["", "", "", "", "ИВАНОВ", "", "ИВАНОВ"]);
    assert_eq!(parties.kind[4], PartyKind::Person);
    assert_eq!(parties.kind[5], PartyKind::Legal);
}

/// What a field names a record by: its id, else a number or a name that one record alone has.
#[test]
fn books_refer_to_each_other() {
    let rows: &[(Entity, &[(Field, &str)])] = &[
        (Entity::Contract, &[(Field::Id, "c1"), (Field::Number, "45/2"), (Field::Name, "Договор поставки")]),
        (Entity::Contract, &[(Field::Id, "c2"), (Field::Number, "46"), (Field::Name, "Договор поставки")]),
        (Entity::Document, &[(Field::Id, "d1"), (Field::BasisId, "d1"), (Field::ContractName, "45/2")]),
        (Entity::Document, &[(Field::Id, "d2"), (Field::BasisId, "d1"), (Field::ContractName, "Договор поставки")]),
        (Entity::Document, &[(Field::Id, "d3"), (Field::BasisId, "document:d2"), (Field::ContractId, "c2")]),
        (Entity::Object, &[(Field::Id, "o1"), (Field::Name, "Квартира 12")]),
        (Entity::Ddu, &[(Field::Id, "u1"), (Field::Number, "Д-7"), (Field::ObjectName, "Квартира 12")]),
        (Entity::Payment, &[(Field::Id, "p1"), (Field::DduNumber, "Д-7")]),
    ];
    let of = |entity| records(&rows.iter().filter(|row| row.0 == entity).copied().collect::<Vec<_>>());
    let all = Space::BOOKS.iter().map(|&(_, entity)| of(entity)).collect();
    let books = books::books(Side::Onec, all, &parties(records(&[]), &[]));
    let refers = |entity: Entity, at: usize, field: Field| {
        let book = &books[entity.space() as usize - 1];
        book.reference(field, at).map(|r| (r.space, r.at()))
    };
    let (contract, document) = (Space::Contracts, Space::Documents);
    assert_eq!(refers(Entity::Document, 0, Field::ContractId), Some((contract, 0)), "by its number");
    assert_eq!(refers(Entity::Document, 1, Field::ContractId), None, "two have this name");
    assert_eq!(refers(Entity::Document, 2, Field::ContractId), Some((contract, 1)));
    assert_eq!(refers(Entity::Document, 0, Field::BasisId), None, "nothing is its own basis");
    assert_eq!(refers(Entity::Document, 1, Field::BasisId), Some((document, 0)));
    assert_eq!(refers(Entity::Document, 2, Field::BasisId), Some((document, 1)));
    assert_eq!(refers(Entity::Ddu, 0, Field::ObjectId), Some((Space::Objects, 0)));
    assert_eq!(refers(Entity::Payment, 0, Field::DduId), Some((Space::Ddus, 0)));
}

/// The name that the format gives its rows decides, and a return is one whatever document it is made by.
#[test]
fn kinds_of_papers() {
    let kind = |table: &str, stated: &str| {
        let mut records = records(&[(Entity::Document, &[(Field::Id, "1"), (Field::Kind, stated)])]);
        records.kinds.push(table.to_owned());
        paper::kinds(&Book::new(Entity::Document, records, Vec::new()))[0]
    };
    assert_eq!(kind("Документ.РеализацияТоваровУслуг", ""), paper::Paper::Shipment);
    assert_eq!(kind("Документ.РеализацияТоваровУслуг", "Счёт"), paper::Paper::Shipment);
    assert_eq!(kind("Документ.РеализацияТоваровУслуг", "Возврат"), paper::Paper::Return);
    assert_eq!(kind("", "Счёт"), paper::Paper::Invoice);
    assert_eq!(kind("Заказы", ""), paper::Paper::Order);
    assert_eq!(kind("", ""), paper::Paper::Unknown);
}

#[test]
fn any_number_of_threads_gives_the_same() {
    let names: Vec<String> = (0..3 * CHUNK_ROWS).map(|i| format!("ООО Вектор {i}")).collect();
    let phones: Vec<String> = (0..names.len()).map(|i| format!("+7916{:07}, 8495{:07}", i + 1, i + 2)).collect();
    let texts: Vec<[(Field, &str); 2]> =
        names.iter().zip(&phones).map(|(n, p)| [(Field::Name, n.as_str()), (Field::Phone, p.as_str())]).collect();
    let rows: Vec<(Entity, &[(Field, &str)])> = texts.iter().map(|t| (Entity::Counterparty, t.as_slice())).collect();
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| parties(records(&rows), &[]))
    };
    let (one, four) = (with(1), with(4));
    assert_eq!(one.core, four.core);
    for at in [0, CHUNK_ROWS - 1, CHUNK_ROWS, names.len() - 1] {
        assert_eq!(four.core.get(at), format!("ВЕКТОР {at}"));
        assert_eq!(one.phones.get(at), four.phones.get(at));
        assert_eq!(four.valid_phones(at).count(), 2);
    }
}

mod properties {
    use proptest::prelude::*;

    use super::*;

    /// Texts that look like values of our fields, and any text at all.
    fn texts() -> impl Strategy<Value = String> {
        prop_oneof![
            "\\PC{0,40}",
            "[0-9 ()+,./;:#-]{0,40}",
            "[А-Яа-яЁёA-Za-z0-9 .,«»\"'()&+№-]{0,40}",
            "[a-zа-я0-9.@,; <>_-]{0,40}",
            "(ООО|ИП|АО|г|ул|д|к|пр-кт|р-н|И\\.|[А-Я][а-я]{2,8}|[0-9]{1,3}|,| ){0,12}",
            "[0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{2,4}( [0-9:]{0,8})?",
            any::<String>(),
        ]
    }

    proptest! {
        #[test]
        fn nothing_panics(raw in texts(), more in texts()) {
            let row: &[(Field, &str)] = &Field::ALL
                .iter()
                .enumerate()
                .map(|(i, &field)| (field, if i % 2 == 0 { raw.as_str() } else { more.as_str() }))
                .collect::<Vec<_>>();
            parties(records(&[(Entity::Counterparty, row), (Entity::Contact, row)]), &[]);
            amount::parse(&raw);
            snils::parse(&raw);
            address::parse_into(&raw, &mut String::new(), &mut String::new());
            company::numbers(&text::fold(&raw));
            text::has_invisible(&raw);
        }

        #[test]
        fn folding_twice_changes_nothing(raw in texts()) {
            let once = text::fold(&raw);
            prop_assert_eq!(text::fold(&once), once);
        }

        #[test]
        fn an_address_is_read_once(raw in texts()) {
            let folded = |raw: &str| {
                let mut folded = String::new();
                address::parse_into(raw, &mut folded, &mut String::new());
                folded
            };
            let once = folded(&raw);
            prop_assert_eq!(folded(&once), once);
        }

        #[test]
        fn a_shown_value_reads_the_same(raw in texts()) {
            if let Value::Valid(v) = inn::parse(&raw).value {
                prop_assert_eq!(inn::parse(&v.to_string()).value, Value::Valid(v));
            }
            if let Value::Valid(v) = kpp::parse(&raw).value {
                prop_assert_eq!(kpp::parse(&v.to_string()).value, Value::Valid(v));
            }
            if let Value::Valid(v) = ogrn::parse(&raw).value {
                prop_assert_eq!(ogrn::parse(&v.to_string()).value, Value::Valid(v));
            }
            if let Value::Valid(v) = snils::parse(&raw).value {
                prop_assert_eq!(snils::parse(&v.to_string()).value, Value::Valid(v));
            }
            if let Value::Valid(v) = date::parse(&raw) {
                prop_assert_eq!(date::parse(&v.to_string()), Value::Valid(v));
            }
            if let Value::Valid(v) = amount::parse(&raw) {
                prop_assert_eq!(amount::parse(&v.to_string()), Value::Valid(v));
            }
            for entry in phone::parse_all(&raw) {
                if let Value::Valid(v) = entry.value {
                    let again: Vec<_> = phone::parse_all(&v.to_string()).into_iter().map(|p| p.value).collect();
                    prop_assert_eq!(again, vec![Value::Valid(v)]);
                }
            }
            for entry in email::parse_all(&raw) {
                if let Value::Valid(v) = entry.value {
                    let again: Vec<_> = email::parse_all(v.as_str()).into_iter().map(|e| e.value).collect();
                    prop_assert_eq!(again, vec![Value::Valid(v)]);
                }
            }
            for entry in bank_account::parse_all(&raw) {
                if let Value::Valid(v) = entry.value {
                    let again: Vec<_> = bank_account::parse_all(v.as_str()).into_iter().map(|e| e.value).collect();
                    prop_assert_eq!(again, vec![Value::Valid(v)]);
                }
            }
        }

        #[test]
        fn a_person_is_read_once(raw in texts()) {
            if let Some(name) = person::parse(&raw, person::Trust::Sure) {
                let again = person::from_parts(&name.surname, &name.given, &name.patronymic);
                let twice = person::from_parts(&again.surname, &again.given, &again.patronymic);
                prop_assert_eq!(twice, again);
            }
        }
    }
}
