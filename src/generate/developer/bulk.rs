//! A developer of any size: as many units as asked, a contract for every second one, six instalments and four payments
//! under each, on both sides, with a small share of slips.

use std::io::{self, Write};

use chrono::{Days, NaiveDate};

use super::world::{TABLES, as_of, show};
use super::{line, project_file};
use crate::generate::rng::Rng;
use crate::generate::{GenerateError, Sink, ids, names};
use crate::model::{Entity, Side};

use Entity::{Contact, Ddu, Deal, Document, Instalment, Object, Payment};
use Side::{Crm, Onec};

/// Units of a building, and buildings of a project.
const OF_BUILDING: usize = 200;
const OF_PROJECT: usize = 20;
const INSTALMENTS: usize = 6;
/// Instalments whose day has come.
const PAID: usize = 4;
/// Most units: identifiers of their buyers would repeat beyond.
pub const MAX_UNITS: usize = 10_000_000;

/// What was written, both sides together.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct DeveloperCounts {
    pub units: usize,
    pub contracts: usize,
    pub instalments: usize,
    pub payments: usize,
}

/// Writes a project of `units` units a side, CSV lists under the same headings as the sample's. Memory does not grow with
/// `units`.
///
/// # Errors
/// [`GenerateError::Rows`] outside 1..=`MAX_UNITS`, [`GenerateError::Write`].
pub fn developer_of(units: usize, seed: u64, sink: &mut dyn Sink) -> Result<DeveloperCounts, GenerateError> {
    if !(1..=MAX_UNITS).contains(&units) {
        return Err(GenerateError::Rows { rows: units });
    }
    let failed = |what: &str| {
        let what = what.to_owned();
        move |source: io::Error| GenerateError::Write { what, source }
    };
    let mut maker = Maker { files: Vec::new(), rng: Rng::new(seed), counts: DeveloperCounts::default() };
    for table in TABLES {
        let mut file = sink.file(table.path).map_err(failed(table.path))?;
        file.write_all("\u{FEFF}".as_bytes()).map_err(failed(table.path))?;
        file.write_all(line(&mut table.headings.iter().copied()).as_bytes()).map_err(failed(table.path))?;
        maker.files.push(file);
    }
    for n in 0..units {
        maker.unit(n).map_err(failed("project"))?;
    }
    maker.row(Onec, Document, &["АКТ-1", "Акт", "1", "20.11.2026", "1000"]).map_err(failed("project"))?;
    for (file, table) in maker.files.iter_mut().zip(TABLES) {
        file.flush().map_err(failed(table.path))?;
    }
    let mut file = sink.file("sverka.toml").map_err(failed("sverka.toml"))?;
    file.write_all(project_file(false).as_bytes()).map_err(failed("sverka.toml"))?;
    Ok(maker.counts)
}

struct Maker {
    /// In the order of [`TABLES`].
    files: Vec<Box<dyn Write + Send>>,
    rng: Rng,
    counts: DeveloperCounts,
}

impl Maker {
    fn row(&mut self, side: Side, entity: Entity, cells: &[&str]) -> io::Result<()> {
        let at = TABLES.iter().position(|t| t.side == side && t.entity == entity).expect("the project has the table");
        debug_assert_eq!(cells.len(), TABLES[at].headings.len());
        self.files[at].write_all(line(&mut cells.iter().copied()).as_bytes())
    }

    fn unit(&mut self, n: usize) -> io::Result<()> {
        let (building, at) = (n / OF_BUILDING, n % OF_BUILDING);
        let project = format!("Квартал {}", 1 + building / OF_PROJECT);
        let (section, floor) = ((1 + at / 50).to_string(), (1 + at % 50 / 5).to_string());
        let area = 300 + (n as u64 * 37) % 700;
        let rate = 110_000 + (n as u64 % 20) * 1_000;
        let (price, square) = (area * rate / 10, format!("{}.{}", area / 10, area % 10));
        let contract = n.is_multiple_of(2).then_some(n / 2);
        for side in Side::BOTH {
            // A unit that one system lost.
            if contract.is_none() && self.rng.chance(2) {
                continue;
            }
            let status = match (contract, self.rng.chance(10), side) {
                (Some(_), false, Crm) => "Продано",
                (Some(_), false, Onec) => "Реализован",
                (Some(_), true, _) => "Бронь",
                (None, ..) => "Свободно",
            };
            let house = if side == Crm { format!("корп. {}", building + 1) } else { (building + 1).to_string() };
            let (id, number) = (id(side, Object, n), (at + 1).to_string());
            let named = if side == Crm { format!("ЖК «{project}»") } else { project.clone() };
            let (rate, price) = (rate.to_string(), price.to_string());
            self.row(
                side,
                Object,
                &[
                    &id,
                    &named,
                    &house,
                    &section,
                    &floor,
                    &number,
                    "Квартира",
                    status,
                    &square,
                    &square,
                    "",
                    &rate,
                    &price,
                    "",
                    "",
                    "Без НДС",
                ],
            )?;
            self.counts.units += 1;
        }
        let Some(contract) = contract else { return Ok(()) };
        for side in Side::BOTH {
            self.contract(side, contract, n, price)?;
        }
        let (deal, name) = (id(Crm, Deal, contract), format!("Продажа {}", number(contract)));
        let unit = id(Crm, Object, n);
        self.row(Crm, Deal, &[&deal, &name, "Сделка успешна", &price.to_string(), &unit, ""])
    }

    fn contract(&mut self, side: Side, n: usize, unit: usize, price: u64) -> io::Result<()> {
        let name = names::full_name(9_000 + n as u64);
        let (phone, snils) = (ids::phone_text(&ids::mobile(40_000 + n as u64)), ids::snils(20_000 + n as u64));
        let person = id(side, Contact, n);
        self.row(side, Contact, &[&person, &name.last, &name.first, &name.patronymic, &phone, &snils])?;
        let (ddu, object) = (id(side, Ddu, n), id(side, Object, unit));
        let signed = as_of() - Days::new(400 + n as u64 % 200);
        let shown = if self.rng.chance(3) { price + 1_000 } else { price };
        let registered = show(signed + Days::new(10));
        self.row(
            side,
            Ddu,
            &[
                &ddu,
                &number(n),
                &show(signed),
                &registered,
                &person,
                &name.text(),
                &object,
                &shown.to_string(),
                "1",
                "да",
                "",
                "",
                "",
                "",
                "",
                "",
            ],
        )?;
        self.counts.contracts += 1;
        for at in 0..INSTALMENTS {
            self.instalment(side, n, at, (signed, price))?;
        }
        Ok(())
    }

    fn instalment(&mut self, side: Side, n: usize, at: usize, (signed, price): (NaiveDate, u64)) -> io::Result<()> {
        let part = price / INSTALMENTS as u64;
        let amount = if at + 1 == INSTALMENTS { price - part * (INSTALMENTS as u64 - 1) } else { part };
        // The last two are still to come.
        let day = if at < PAID { signed + Days::new(20 + 80 * at as u64) } else { as_of() + Days::new(60 * at as u64) };
        let paid = at < PAID;
        let (ddu, ordinal) = (id(side, Ddu, n), (at + 1).to_string());
        let late = if self.rng.chance(4) { day + Days::new(5) } else { day };
        let fact = if paid { amount.to_string() } else { "0".to_owned() };
        let key = format!("{ddu}-{ordinal}");
        self.row(side, Instalment, &[&key, &ddu, &ordinal, &show(late), &amount.to_string(), &fact, "0"])?;
        self.counts.instalments += 1;
        // A payment that one system has not.
        if !paid || self.rng.chance(5) {
            return Ok(());
        }
        let purpose = format!("Оплата по ДДУ № {} от {}", number(n), show(signed));
        let (key, payment) = (format!("{ddu}/{ordinal}"), (1_000 + n * PAID + at).to_string());
        self.counts.payments += 1;
        self.row(side, Payment, &[&key, &payment, &show(day), &amount.to_string(), &ddu, &purpose, "да", "Взнос"])
    }
}

fn id(side: Side, entity: Entity, n: usize) -> String {
    match (side, entity) {
        (Crm, Object) => format!("{}", 10_000_001 + n),
        (Crm, Ddu) => format!("{}", 30_000_001 + n),
        (Crm, Deal) => format!("{}", 50_000_001 + n),
        (Crm, _) => format!("{}", 70_000_001 + n),
        (Onec, Object) => format!("ОБ-{:08}", n + 1),
        (Onec, Ddu) => format!("ДД-{:08}", n + 1),
        (Onec, _) => format!("ФЛ-{:08}", n + 1),
    }
}

fn number(contract: usize) -> String {
    format!("К-{}/{}", 1 + contract * 2 / OF_BUILDING, 1 + contract)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Default)]
    struct Memory(BTreeMap<String, Arc<Mutex<Vec<u8>>>>);
    struct File(Arc<Mutex<Vec<u8>>>);

    impl Sink for Memory {
        fn file(&mut self, path: &str) -> io::Result<Box<dyn Write + Send>> {
            Ok(Box::new(File(Arc::clone(self.0.entry(path.to_owned()).or_default()))))
        }
    }

    impl Write for File {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn it_writes_what_it_counts_and_the_same_every_time() {
        let write = |units| {
            let mut memory = Memory::default();
            let counts = developer_of(units, 7, &mut memory).unwrap();
            let files: BTreeMap<String, Vec<u8>> =
                memory.0.into_iter().map(|(path, bytes)| (path, bytes.lock().unwrap().clone())).collect();
            (counts, files)
        };
        let (counts, files) = write(1_000);
        assert_eq!((counts.contracts, counts.instalments), (1_000, 6_000));
        assert!(counts.units < 2_000 && counts.payments < 4_000, "some are lost: {counts:?}");
        let rows = |name: &str| -> usize {
            Side::BOTH.iter().map(|side| files[&format!("{side}/{name}.csv")].split(|b| *b == b'\n').count() - 2).sum()
        };
        assert_eq!([rows("objects"), rows("contracts")], [counts.units, counts.contracts]);
        assert_eq!([rows("schedule"), rows("payments")], [counts.instalments, counts.payments]);
        assert_eq!(write(1_000), (counts, files));
        assert!(developer_of(0, 7, &mut Memory::default()).is_err());
    }
}
