//! The clean world: who bought what, and how both systems hold it.

use chrono::{Days, NaiveDate};

use crate::generate::{ids, names};
use crate::model::{Entity, Side};

use Entity::{Contact, Ddu, Deal, Document, Instalment, Object, Payment};
use Side::{Crm, Onec};

/// A file of the project.
pub struct Table {
    pub path: &'static str,
    pub side: Side,
    pub entity: Entity,
    /// The first is the id.
    pub headings: &'static [&'static str],
}

const fn table(path: &'static str, side: Side, entity: Entity, headings: &'static [&'static str]) -> Table {
    Table { path, side, entity, headings }
}

pub const TABLES: &[Table] = &[
    table("crm/contacts.csv", Crm, Contact, &["ID", "Фамилия", "Имя", "Отчество", "Мобильный телефон", "СНИЛС"]),
    table(
        "crm/objects.csv",
        Crm,
        Object,
        &[
            "ID",
            "ЖК",
            "Корпус",
            "Секция",
            "Этаж",
            "Номер помещения",
            "Тип помещения",
            "Статус",
            "Площадь",
            "Площадь по договору",
            "Площадь по БТИ",
            "Цена за м2",
            "Цена",
            "Бронь до",
            "Кадастровый номер",
            "Ставка НДС",
        ],
    ),
    table("crm/deals.csv", Crm, Deal, &["ID", "Название сделки", "Стадия сделки", "Сумма", "ID объекта", "Бронь до"]),
    table("crm/contracts.csv", Crm, Ddu, CONTRACT),
    table("crm/schedule.csv", Crm, Instalment, SCHEDULE),
    table("crm/payments.csv", Crm, Payment, PAYMENT),
    table("onec/persons.csv", Onec, Contact, &["Код", "Фамилия", "Имя", "Отчество", "Телефон", "СНИЛС"]),
    table(
        "onec/objects.csv",
        Onec,
        Object,
        &[
            "Код",
            "Проект",
            "Дом",
            "Подъезд",
            "Этаж",
            "Номер",
            "Вид помещения",
            "Состояние",
            "Площадь проектная",
            "Площадь ДДУ",
            "Площадь БТИ",
            "Цена за м2",
            "Цена",
            "Бронь до",
            "Кадастровый номер",
            "Ставка НДС",
        ],
    ),
    table("onec/contracts.csv", Onec, Ddu, CONTRACT),
    table("onec/schedule.csv", Onec, Instalment, SCHEDULE),
    table("onec/payments.csv", Onec, Payment, PAYMENT),
    table("onec/acts.csv", Onec, Document, &["Код", "Вид", "Номер", "Дата", "Сумма"]),
];

const CONTRACT: &[&str] = &[
    "Код",
    "Номер ДДУ",
    "Дата ДДУ",
    "Дата регистрации",
    "Код дольщика",
    "Дольщик",
    "Код объекта",
    "Сумма договора",
    "Доли",
    "Эскроу",
    "Банк",
    "Сумма кредита",
    "Дата расторжения",
    "Дата уступки",
    "Дата акта",
    "Дата ввода",
];
const SCHEDULE: &[&str] = &["ID", "Код ДДУ", "Номер платежа", "Дата платежа", "Сумма платежа", "Оплачено", "Редакция"];
const PAYMENT: &[&str] = &["ID", "Номер", "Дата", "Сумма", "Код ДДУ", "Назначение платежа", "Эскроу", "Вид"];

/// Units of both buildings: flats, and parking places after them.
pub const UNITS: usize = 400;
const FLATS_OF_BUILDING: usize = 192;
pub const CONTRACTS: usize = 150;
/// Contracts in the commissioned building are the first ones.
pub const COMMISSIONED: usize = 10;

/// Rows by table, in the order of [`TABLES`].
pub struct World {
    pub tables: Vec<Vec<Vec<String>>>,
}

pub fn as_of() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 24).expect("a day of the calendar")
}

fn day(after: u64) -> NaiveDate {
    let first = NaiveDate::from_ymd_opt(2026, 1, 12).expect("a day of the calendar");
    first + Days::new(after)
}

pub fn show(day: NaiveDate) -> String {
    day.format("%d.%m.%Y").to_string()
}

/// Id of a unit, a contract or a person on a side.
pub fn id(side: Side, entity: Entity, n: usize) -> String {
    match (side, entity) {
        (Crm, Object) => format!("{}", 1001 + n),
        (Crm, Ddu) => format!("{}", 5001 + n),
        (Crm, _) => format!("{}", 301 + n),
        (Onec, Object) => format!("ОБ-{:05}", n + 1),
        (Onec, Ddu) => format!("ДД-{:05}", n + 1),
        (Onec, _) => format!("ФЛ-{:05}", n + 1),
    }
}

/// Number of a contract.
pub fn number(n: usize) -> String {
    format!("С-{}/{}", 1 + n % 2, 100 + n)
}

/// The unit that a contract is for.
pub fn unit(contract: usize) -> usize {
    contract * 2
}

/// A tenth of a square metre.
fn area(n: usize) -> u64 {
    if n < 2 * FLATS_OF_BUILDING { 352 + (n as u64 * 37) % 400 } else { 132 + (n as u64) % 20 }
}

fn rate(n: usize) -> u64 {
    if n < 2 * FLATS_OF_BUILDING { 118_000 + (n as u64 % 12) * 1_500 } else { 70_000 }
}

/// Roubles: a tenth of a metre at a rate that ends in a nought.
pub fn price(n: usize) -> u64 {
    area(n) * rate(n) / 10
}

pub fn is_escrow(contract: usize) -> bool {
    !contract.is_multiple_of(3)
}

/// Day and sum of the instalments of a contract.
pub fn schedule(contract: usize) -> [(NaiveDate, u64); 3] {
    let whole = price(unit(contract));
    let part = whole / 10 * 3;
    let n = contract as u64;
    [(day(n + 17), part), (day(n + 110), part), (day(n + 210), whole - 2 * part)]
}

impl World {
    pub fn new() -> World {
        let mut world = World { tables: TABLES.iter().map(|_| Vec::new()).collect() };
        for side in Side::BOTH {
            world.people(side);
            world.units(side);
            world.contracts(side);
        }
        world.deals();
        world.push(Onec, Document, &["АКТ-1", "Акт", "1", "20.11.2026", "1000"]);
        world
    }

    pub fn push(&mut self, side: Side, entity: Entity, cells: &[&str]) {
        let at = Self::table(side, entity);
        assert_eq!(cells.len(), TABLES[at].headings.len(), "a cell per heading: {cells:?}");
        self.tables[at].push(cells.iter().map(|&c| c.to_owned()).collect());
    }

    pub fn table(side: Side, entity: Entity) -> usize {
        TABLES.iter().position(|t| t.side == side && t.entity == entity).expect("the project has the table")
    }

    /// The cell of a record under a heading, counted from 0.
    pub fn cell(&mut self, side: Side, entity: Entity, id: &str, column: usize) -> &mut String {
        let row = self.tables[Self::table(side, entity)].iter_mut().find(|row| row[0] == id);
        &mut row.expect("the world has the record")[column]
    }

    pub fn set(&mut self, side: Side, entity: Entity, id: &str, column: usize, text: &str) {
        text.clone_into(self.cell(side, entity, id, column));
    }

    pub fn copy(&mut self, side: Side, entity: Entity, id: &str, new: &str) {
        let rows = &mut self.tables[Self::table(side, entity)];
        let mut row = rows.iter().find(|row| row[0] == id).expect("the world has the record").clone();
        new.clone_into(&mut row[0]);
        rows.push(row);
    }

    pub fn remove(&mut self, side: Side, entity: Entity, id: &str) {
        self.tables[Self::table(side, entity)].retain(|row| row[0] != id);
    }

    fn people(&mut self, side: Side) {
        for n in 0..CONTRACTS {
            let name = names::full_name(9_000 + n as u64);
            let phone = ids::phone_text(&ids::mobile(40_000 + n as u64));
            let snils = ids::snils(20_000 + n as u64);
            let id = id(side, Contact, n);
            self.push(side, Contact, &[&id, &name.last, &name.first, &name.patronymic, &phone, &snils]);
        }
    }

    fn units(&mut self, side: Side) {
        for n in 0..UNITS {
            let parking = n >= 2 * FLATS_OF_BUILDING;
            let (building, at) = if parking { (n % 2, n / 2) } else { (n / FLATS_OF_BUILDING, n % FLATS_OF_BUILDING) };
            let (section, floor) = if parking { (1, -1) } else { (1 + at / 96, 1 + (at % 96 / 8) as i64) };
            let contract = (n % 2 == 0 && n / 2 < CONTRACTS).then_some(n / 2);
            let paid = contract.is_some_and(|c| schedule(c)[0].0 < as_of());
            let reserved = contract.is_none() && n % 7 == 0;
            let status = match (contract, paid, reserved, side) {
                (Some(_), true, _, Crm) => "Продано",
                (Some(_), true, _, Onec) => "Реализован",
                (Some(_), false, ..) => "ДДУ",
                (None, _, true, _) => "Бронь",
                _ => "Свободно",
            };
            let square = format!("{}.{}", area(n) / 10, area(n) % 10);
            let measured = contract.is_some_and(|c| c < COMMISSIONED);
            let number = if parking { format!("{}", at + 1 - FLATS_OF_BUILDING) } else { format!("{}", at + 1) };
            let cadastral = if measured { format!("77:91:0001013:{}", 4000 + n) } else { String::new() };
            self.push(
                side,
                Object,
                &[
                    &id(side, Object, n),
                    if side == Crm { "ЖК «Северный»" } else { "Северный" },
                    &if side == Crm { format!("корп. {}", building + 1) } else { format!("{}", building + 1) },
                    &section.to_string(),
                    &floor.to_string(),
                    &number,
                    if parking { "Машино-место" } else { "Квартира" },
                    status,
                    &square,
                    if contract.is_some() { &square } else { "" },
                    if measured { &square } else { "" },
                    &rate(n).to_string(),
                    &price(n).to_string(),
                    if reserved { "20.12.2026" } else { "" },
                    &cadastral,
                    "Без НДС",
                ],
            );
        }
    }

    fn contracts(&mut self, side: Side) {
        for n in 0..CONTRACTS {
            let (ddu, escrow) = (id(side, Ddu, n), is_escrow(n));
            let commissioned = n < COMMISSIONED;
            let sum = price(unit(n));
            let loan = if n % 4 == 1 { (sum / 2).to_string() } else { String::new() };
            self.push(
                side,
                Ddu,
                &[
                    &ddu,
                    &number(n),
                    &show(day(n as u64)),
                    &show(day(n as u64 + 10)),
                    &id(side, Contact, n),
                    &names::full_name(9_000 + n as u64).text(),
                    &id(side, Object, unit(n)),
                    &sum.to_string(),
                    "1",
                    if escrow { "да" } else { "нет" },
                    if loan.is_empty() { "" } else { ids::BANKS[n % 4].1 },
                    &loan,
                    "",
                    if n == 5 { "01.10.2026" } else { "" },
                    if commissioned { "20.11.2026" } else { "" },
                    if commissioned { "10.11.2026" } else { "" },
                ],
            );
            for (at, (date, amount)) in schedule(n).into_iter().enumerate() {
                let paid = date < as_of();
                let (line, number_of_line) = (format!("{ddu}-{}", at + 1), (at + 1).to_string());
                let amount = amount.to_string();
                let fact = if paid { amount.as_str() } else { "0" };
                self.push(side, Instalment, &[&line, &ddu, &number_of_line, &show(date), &amount, fact, "0"]);
                if paid {
                    let purpose = format!("Оплата по ДДУ № {} от {}", number(n), show(day(n as u64)));
                    let flag = if escrow { "да" } else { "нет" };
                    let payment = (1000 + n * 3 + at).to_string();
                    let id = format!("{ddu}/{}", at + 1);
                    self.push(side, Payment, &[&id, &payment, &show(date), &amount, &ddu, &purpose, flag, "Взнос"]);
                }
            }
            if commissioned && escrow {
                let id = format!("{ddu}/Р");
                let released = sum.to_string();
                let purpose = format!("Раскрытие эскроу по ДДУ № {}", number(n));
                self.push(
                    side,
                    Payment,
                    &[&id, "9001", "15.11.2026", &released, &ddu, &purpose, "", "Раскрытие эскроу"],
                );
            }
        }
    }

    fn deals(&mut self) {
        for n in 0..CONTRACTS {
            let (id, name) = (format!("{}", 7001 + n), format!("Продажа {}", number(n)));
            let sum = price(unit(n)).to_string();
            self.push(Crm, Deal, &[&id, &name, "Сделка успешна", &sum, &self::id(Crm, Object, unit(n)), ""]);
        }
        for n in (0..UNITS).filter(|n| n % 7 == 0 && (n % 2 == 1 || n / 2 >= CONTRACTS)) {
            let id = format!("{}", 8001 + n);
            let sum = price(n).to_string();
            self.push(Crm, Deal, &[&id, "Бронь", "Бронь", &sum, &self::id(Crm, Object, n), "20.12.2026"]);
        }
    }
}
