//! A small clean house on both sides, for tests: each check changes what it must notice.

use crate::checks::testing::World;
use crate::model::{Entity, Field, RecordRef, Side};

use Entity::{Contact, Ddu, Deal, Document, Instalment, Object, Payment};
use Field::*;

type Row = (Side, Entity, Vec<(Field, String)>);

pub(super) struct House {
    rows: Vec<Row>,
}

const OBJECTS: &[&[(Field, &str)]] = &[
    &[
        (Id, "o1"),
        (Kind, "Квартира"),
        (Number, "12"),
        (Floor, "3"),
        (Stage, "Продано"),
        (Area, "45.5"),
        (AreaContract, "45.5"),
        (AreaBti, "45.6"),
        (PriceMetre, "120000"),
        (Price, "5460000"),
        (Cadastral, "77:01:0001013:4915"),
        (VatRate, "Без НДС"),
    ],
    &[(Id, "o2"), (Kind, "Квартира"), (Number, "13"), (Floor, "3"), (Stage, "Свободно"), (Area, "60")],
    &[
        (Id, "o3"),
        (Kind, "Квартира"),
        (Number, "14"),
        (Floor, "4"),
        (Stage, "Бронь"),
        (Area, "38"),
        (ReservedUntil, "2026-12-10"),
    ],
    &[(Id, "o4"), (Kind, "Машино-место"), (Number, "5"), (Floor, "-1"), (Stage, "ДДУ"), (Area, "13.3")],
];
const DDUS: &[&[(Field, &str)]] = &[
    &[
        (Id, "d1"),
        (Number, "С-1/12"),
        (Date, "2026-03-10"),
        (RegisteredAt, "2026-03-20"),
        (PartyId, "p1"),
        (PartyName, "Незабудкина Анна Сергеевна"),
        (ObjectId, "o1"),
        (Amount, "5460000"),
        (Shares, "1"),
        (Escrow, "да"),
        (Bank, "Банк «Семь холмов»"),
        (LoanAmount, "3000000"),
        (CommissionedAt, "2026-11-01"),
        (AssignedAt, "2026-09-01"),
        (ActDate, "2026-11-15"),
    ],
    &[
        (Id, "d2"),
        (Number, "С-1/М5"),
        (Date, "2026-05-10"),
        (RegisteredAt, "2026-05-20"),
        (PartyId, "p1"),
        (PartyName, "Незабудкина Анна Сергеевна"),
        (ObjectId, "o4"),
        (Amount, "900000"),
        (Escrow, "нет"),
    ],
];
const LINES: &[&[(Field, &str)]] = &[
    &[(Id, "l1"), (DduId, "d1"), (Number, "1"), (Date, "2026-04-01"), (Amount, "2460000"), (PaidAmount, "2460000")],
    &[(Id, "l2"), (DduId, "d1"), (Number, "2"), (Date, "2026-10-01"), (Amount, "3000000"), (PaidAmount, "3000000")],
    &[
        (Id, "l3"),
        (DduId, "d2"),
        (Number, "1"),
        (Date, "2026-12-01"),
        (Amount, "900000"),
        (PaidAmount, "0"),
        (Version, "0"),
    ],
];
const PAYMENTS: &[&[(Field, &str)]] = &[
    &[(Id, "m1"), (DduId, "d1"), (Date, "2026-04-01"), (Amount, "2460000"), (Escrow, "да")],
    &[(Id, "m2"), (DduId, "d1"), (Date, "2026-10-01"), (Amount, "3000000"), (Escrow, "да")],
    &[(Id, "m3"), (DduId, "d1"), (Date, "2026-11-10"), (Amount, "5460000"), (Kind, "Раскрытие эскроу")],
];

impl House {
    pub fn new() -> House {
        let mut house = House { rows: Vec::new() };
        let person: &[(Field, &str)] = &[
            (Id, "p1"),
            (LastName, "Незабудкина"),
            (FirstName, "Анна"),
            (Patronymic, "Сергеевна"),
            (Snils, "112-233-445 95"),
        ];
        let other: &[(Field, &str)] = &[
            (Id, "p2"),
            (LastName, "Одуванчикова"),
            (FirstName, "Вера"),
            (Patronymic, "Ильинична"),
            (Snils, "087-654-303 00"),
        ];
        for side in Side::BOTH {
            house.put(side, Contact, person);
            house.put(side, Contact, other);
            for (entity, rows) in [(Object, OBJECTS), (Ddu, DDUS), (Instalment, LINES), (Payment, PAYMENTS)] {
                for row in rows {
                    house.put(side, entity, row);
                }
            }
        }
        for row in house.rows.iter_mut().filter(|row| row.1 == Object) {
            row.2.extend([(Building, "1"), (Section, "1")].map(|(field, text)| (field, text.to_owned())));
        }
        house.put(
            Side::Crm,
            Deal,
            &[(Id, "t1"), (Name, "Сделка"), (Stage, "Успешно"), (ObjectId, "o1"), (Amount, "5460000")],
        );
        house.put(
            Side::Crm,
            Deal,
            &[(Id, "t2"), (Name, "Бронь"), (Stage, "Бронь"), (ObjectId, "o3"), (ReservedUntil, "2026-12-10")],
        );
        house.put(Side::Onec, Document, &[(Id, "a1"), (Number, "1"), (Date, "2026-03-10"), (Amount, "1")]);
        house
    }

    fn put(&mut self, side: Side, entity: Entity, texts: &[(Field, &str)]) {
        self.rows.push((side, entity, texts.iter().map(|(field, text)| (*field, (*text).to_owned())).collect()));
    }

    pub fn add(mut self, side: Side, entity: Entity, texts: &[(Field, &str)]) -> House {
        self.put(side, entity, texts);
        self
    }

    /// Changes a field of a record.
    pub fn set(mut self, side: Side, entity: Entity, id: &str, field: Field, text: &str) -> House {
        let row = self.rows.iter_mut().find(|r| r.0 == side && r.1 == entity && r.2.contains(&(Id, id.to_owned())));
        let texts = &mut row.expect("the house has the record").2;
        texts.retain(|(f, _)| *f != field);
        texts.push((field, text.to_owned()));
        self
    }

    pub fn both(self, entity: Entity, id: &str, field: Field, text: &str) -> House {
        self.set(Side::Crm, entity, id, field, text).set(Side::Onec, entity, id, field, text)
    }

    pub fn remove(mut self, side: Side, entity: Entity, id: &str) -> House {
        self.rows.retain(|r| !(r.0 == side && r.1 == entity && r.2.contains(&(Id, id.to_owned()))));
        self
    }

    /// Leaves out every record of an entity of a side.
    pub fn without(mut self, side: Side, entity: Entity) -> House {
        self.rows.retain(|r| !(r.0 == side && r.1 == entity));
        self
    }

    pub fn world(self) -> World {
        let mut world = World::new();
        for (side, entity, texts) in &self.rows {
            let texts: Vec<(Field, &str)> = texts.iter().map(|(field, text)| (*field, text.as_str())).collect();
            world = world.add(*side, *entity, &texts);
        }
        // Both persons are known on both sides.
        let party = |side, at| RecordRef::new(side, at);
        world
            .cluster(vec![party(Side::Crm, 0), party(Side::Onec, 0)])
            .cluster(vec![party(Side::Crm, 1), party(Side::Onec, 1)])
    }
}
