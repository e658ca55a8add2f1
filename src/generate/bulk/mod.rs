//! Synthetic projects of any size, written as they are made, with the truth about every pair.

mod groups;
mod output;
mod party;
mod record;
mod sales;
#[cfg(test)]
mod tests;
mod truth;

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::ids;
use super::rng::Rng;
use crate::model::{Entity, Side};
use output::{Output, Style};
use party::{Party, Population};
use record::Record;
use sales::Sales;
pub use sales::SalesCounts;

/// Most rows of a side: beyond it the tables of identifiers would repeat.
pub const MAX_ROWS: usize = 12_000_000;

/// Why a world cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum GenerateError {
    #[error("{what} не записывается: {source}; проверьте место и права")]
    Write { what: String, source: io::Error },
    #[error("строк на сторону можно создать от 1 до {MAX_ROWS}, запрошено {rows}; уменьшите --rows")]
    Rows { rows: usize },
}

/// Where the files of a project go.
pub trait Sink {
    /// Opens a file by its path relative to the project, `/` between folders.
    ///
    /// # Errors
    /// When it cannot be made.
    fn file(&mut self, path: &str) -> io::Result<Box<dyn Write + Send>>;
}

/// A folder on disk; folders inside it are made as needed, existing files are replaced.
#[derive(Debug)]
pub struct Folder(PathBuf);

impl Folder {
    pub fn new(path: &Path) -> Folder {
        Folder(path.to_owned())
    }
}

impl Sink for Folder {
    fn file(&mut self, path: &str) -> io::Result<Box<dyn Write + Send>> {
        let path = self.0.join(path);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        Ok(Box::new(BufWriter::with_capacity(1 << 18, File::create(path)?)))
    }
}

/// In which formats the sources are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Layout {
    /// Bitrix24 CSV, lists of 1C with `;`.
    #[default]
    Csv,
    /// Workbooks on both sides.
    Xlsx,
    /// Counterparties of 1C as CommerceML (which has no place for OGRN), the rest as CSV.
    CommerceMl,
}

/// What was written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    /// Companies and contacts of the CRM: `rows` in all.
    pub crm: usize,
    /// Counterparties and contact persons of 1C: `rows` in all.
    pub onec: usize,
    /// Pairs of one party.
    pub truth: usize,
    /// True pairs of both sides, and those of them that share no identifier.
    pub cross: usize,
    pub without_identifier: usize,
    /// True pairs that nobody could find.
    pub unfindable: usize,
    pub traps: usize,
    /// Deals, documents and payments, where they were asked for.
    pub sales: SalesCounts,
}

/// Writes a project of `rows` records a side, in CSV. See [`project_as`].
///
/// # Errors
/// As [`project_as`].
pub fn project(rows: usize, seed: u64, sink: &mut dyn Sink) -> Result<Counts, GenerateError> {
    project_as(Layout::Csv, rows, seed, sink)
}

/// Writes a project of `rows` records a side. The world depends on `rows` and `seed` alone, not on the layout.
///
/// | file | content |
/// |---|---|
/// | `crm/companies.*`, `crm/contacts.*`, `onec/counterparties.*`, `onec/persons.*`, `sverka.toml` | the project |
/// | `truth.csv` | `left_key,right_key,scope,kind,agree,findable`: every pair of records of one party; `scope` is `cross`, `crm` or `onec`; `agree` names what they have in common, joined by `+`; `findable` is `no` where no evidence is left |
/// | `traps.csv` | `left_key,right_key,reason`: pairs that resemble each other and are different parties |
/// | `drift.csv` | `crm_key,onec_key,field,difference`: `different`, `empty-crm`, `empty-onec`, `broken-crm`, `broken-onec` of true cross pairs; `only-crm` and `only-onec` with one key |
/// | `noise.csv` | `key,field,noise`: what was done to the record on its way from the truth |
///
/// Keys are `side:entity:id`. Memory does not grow with `rows`.
///
/// # Errors
/// [`GenerateError::Rows`] outside 1..=[`MAX_ROWS`], [`GenerateError::Write`].
pub fn project_as(layout: Layout, rows: usize, seed: u64, sink: &mut dyn Sink) -> Result<Counts, GenerateError> {
    project_with(layout, rows, 0, seed, sink)
}

/// As [`project_as`], with sales of which 1C has `documents` orders, invoices and waybills at least, as far as there are
/// buyers; the parties are the same whatever their number.
///
/// | file | content |
/// |---|---|
/// | `crm/deals.csv`, `deal_rows.csv`, `invoices.csv`, `payments.csv`; `onec/orders.csv`, `invoices.csv`, `shipments.csv`, `document_lines.csv`, `receipts.csv` | the sales |
/// | `documents_truth.csv` | `left_key,right_key,shared_id`: a deal or an invoice of the CRM and each document that 1C made of it |
/// | `documents_noise.csv` | `key,noise`: `lost`, `ghost`, `drift` |
///
/// # Errors
/// As [`project_as`].
pub fn project_with(
    layout: Layout,
    rows: usize,
    documents: usize,
    seed: u64,
    sink: &mut dyn Sink,
) -> Result<Counts, GenerateError> {
    if !(1..=MAX_ROWS).contains(&rows) {
        return Err(GenerateError::Rows { rows });
    }
    let mut maker = Maker::open(layout, rows, seed, sink)?;
    if documents > 0 {
        maker.sales = Some(Sales::open(documents, seed, sink)?);
    }
    if rows >= groups::ROWS_FOR_ALL {
        for group in groups::each() {
            maker.group(group)?;
        }
    }
    while !maker.is_full() {
        let group = groups::group_of(maker.rng.below(10_000));
        maker.group(group)?;
    }
    let counts = maker.close()?;
    let failed = |source| GenerateError::Write { what: "sverka.toml".to_owned(), source };
    let mut file = sink.file("sverka.toml").map_err(failed)?;
    let mut text = project_file(layout, rows, seed);
    if documents > 0 {
        text += &Sales::project_part();
    }
    file.write_all(text.as_bytes()).and_then(|()| file.flush()).map_err(failed)?;
    Ok(counts)
}

const COMPANIES: &[&str] = &[
    "Название компании",
    "Тип компании",
    "Рабочий телефон",
    "Рабочий e-mail",
    "Юридический адрес",
    "Реквизит: ИНН",
    "Реквизит: КПП",
    "Реквизит: ОГРН",
    "Реквизит: VAT ID",
    "Тип компании",
    "ID",
];
const CONTACTS: &[&str] = &[
    "Имя",
    "Фамилия",
    "Отчество",
    "Дата рождения",
    "Компания",
    "Мобильный телефон",
    "Рабочий e-mail",
    "Реквизит: ИНН",
    "ID",
];
/// Of lists; CommerceML has three more cells, for the parts of a person's name, and other names for all.
const ONEC: &[&str] = &[
    "Код",
    "Наименование",
    "Полное наименование",
    "Вид контрагента",
    "ИНН",
    "КПП",
    "ОГРН",
    "Налоговый номер нерезидента",
    "Телефон",
    "E-mail",
    "Юридический адрес",
    "Дата рождения",
];
const PERSONS: &[&str] = &["Код", "ФИО", "Дата рождения", "ИНН", "Телефон", "E-mail", "Контрагент"];

/// Path of each source.
fn paths(layout: Layout) -> [&'static str; 4] {
    match layout {
        Layout::Csv => ["crm/companies.csv", "crm/contacts.csv", "onec/counterparties.csv", "onec/persons.csv"],
        Layout::Xlsx => ["crm/companies.xlsx", "crm/contacts.xlsx", "onec/counterparties.xlsx", "onec/persons.xlsx"],
        Layout::CommerceMl => ["crm/companies.csv", "crm/contacts.csv", "onec/counterparties.xml", "onec/persons.csv"],
    }
}

fn project_file(layout: Layout, rows: usize, seed: u64) -> String {
    let mut out = format!(
        "# Вымышленный проект: {rows} записей на сторону, seed {seed}.\n[project]\nname = \"Синтетика {rows}\"\n\
         lang = \"ru\"\nas_of = \"2026-11-24\"\n"
    );
    let kinds =
        [("crm", "counterparty"), ("crm", "contact"), ("onec", "counterparty"), ("onec", "contact")].into_iter();
    for ((side, entity), path) in kinds.zip(paths(layout)) {
        let _ = write!(out, "\n[[source]]\nside = \"{side}\"\nentity = \"{entity}\"\npath = \"{path}\"\n");
    }
    out
}

/// Records of one party in each system.
struct Written {
    crm: Vec<Record>,
    onec: Vec<Record>,
}

struct Maker {
    layout: Layout,
    rng: Rng,
    population: Population,
    rows: usize,
    counts: Counts,
    companies: Output,
    contacts: Output,
    counterparties: Output,
    persons: Output,
    truth: Output,
    traps: Output,
    drift: Output,
    noise: Output,
    sales: Option<Sales>,
}

impl Maker {
    fn open(layout: Layout, rows: usize, seed: u64, sink: &mut dyn Sink) -> Result<Maker, GenerateError> {
        let (crm, onec, list) = match layout {
            Layout::Csv => (Style::Bitrix24, Style::Plain, Style::Plain),
            Layout::Xlsx => (Style::Xlsx, Style::Xlsx, Style::Xlsx),
            Layout::CommerceMl => (Style::Bitrix24, Style::CommerceMl, Style::Plain),
        };
        let [companies, contacts, counterparties, persons] = paths(layout);
        let mut number = seed;
        let mut open = |path: &str, style: Style, headings: &[&str]| {
            number = number.wrapping_add(1);
            Output::open(sink, path, style, headings, number)
        };
        let truth = ["left_key", "right_key", "scope", "kind", "agree", "findable"];
        Ok(Maker {
            layout,
            rng: Rng::new(seed),
            population: Population::new(),
            rows,
            counts: Counts::default(),
            companies: open(companies, crm, COMPANIES)?,
            contacts: open(contacts, crm, CONTACTS)?,
            counterparties: open(counterparties, onec, ONEC)?,
            persons: open(persons, list, PERSONS)?,
            truth: open("truth.csv", Style::Commas, &truth)?,
            traps: open("traps.csv", Style::Commas, &["left_key", "right_key", "reason"])?,
            drift: open("drift.csv", Style::Commas, &["crm_key", "onec_key", "field", "difference"])?,
            noise: open("noise.csv", Style::Commas, &["key", "field", "noise"])?,
            sales: None,
        })
    }

    fn close(mut self) -> Result<Counts, GenerateError> {
        if let Some(sales) = self.sales.take() {
            self.counts.sales = sales.close()?;
        }
        for output in [
            self.companies,
            self.contacts,
            self.counterparties,
            self.persons,
            self.truth,
            self.traps,
            self.drift,
            self.noise,
        ] {
            output.close()?;
        }
        Ok(self.counts)
    }

    fn is_full(&self) -> bool {
        self.counts.crm >= self.rows && self.counts.onec >= self.rows
    }

    /// Writes the records of a party and the truth about them.
    fn write(&mut self, party: &Party) -> Result<Written, GenerateError> {
        let draw = self.rng.below(1000);
        let (in_crm, in_onec) = (draw >= 120, !(120..240).contains(&draw));
        let mut written = Written { crm: Vec::new(), onec: Vec::new() };
        for _ in 0..self.copies(in_crm) {
            if self.counts.crm < self.rows {
                let id = (10_000_000 + ids::spread(self.counts.crm as u64, 90_000_000)).to_string();
                self.counts.crm += 1;
                let record = record::in_crm(party, id, &mut self.rng);
                self.put(&record)?;
                written.crm.push(record);
            }
        }
        for _ in 0..self.copies(in_onec) {
            if self.counts.onec < self.rows {
                let id = self.onec_id(party);
                self.counts.onec += 1;
                let has_ogrn = self.layout != Layout::CommerceMl;
                let record = record::in_onec(party, id, has_ogrn, &mut self.rng);
                self.put(&record)?;
                written.onec.push(record);
            }
        }
        self.tell_truth(party, &written)?;
        if let Some(sales) = &mut self.sales {
            sales.serve(&written.crm, &written.onec, self.counts.onec, self.rows)?;
        }
        Ok(written)
    }

    /// 4 % of records are entered twice.
    fn copies(&mut self, present: bool) -> usize {
        usize::from(present) * (1 + usize::from(self.rng.chance(40)))
    }

    /// A code, or the GUID by which CommerceML calls a counterparty.
    fn onec_id(&self, party: &Party) -> String {
        let n = ids::spread(self.counts.onec as u64, 90_000_000);
        if self.layout == Layout::CommerceMl && party.kind != party::Kind::Staff {
            let tail = ids::spread(n, 1_000_000_000_000);
            format!("{n:08x}-{:04x}-11ee-8109-{tail:012x}", n % 0xFFFF)
        } else {
            format!("00-{n:08}")
        }
    }

    fn put(&mut self, r: &Record) -> Result<(), GenerateError> {
        let key = r.key();
        for (field, noise) in &r.noise {
            self.noise.push(&[&key, field.code(), noise.code()])?;
        }
        let person = &r.person;
        match (r.side, r.entity) {
            (Side::Crm, Entity::Contact) => self.contacts.push(&[
                &person.first,
                &person.last,
                &person.patronymic,
                &r.birth,
                &r.company,
                &r.phone,
                &r.email,
                &r.inn,
                &r.id,
            ]),
            (Side::Crm, _) => self.companies.push(&[
                &r.name,
                "Клиент",
                &r.phone,
                &r.email,
                &r.address,
                &r.inn,
                &r.kpp,
                &r.ogrn,
                &r.tax_id,
                "B2B",
                &r.id,
            ]),
            (Side::Onec, Entity::Contact) => {
                self.persons.push(&[&r.id, &r.name, &r.birth, &r.inn, &r.phone, &r.email, &r.company])
            }
            (Side::Onec, _) => {
                let parts = [person.last.as_str(), &person.first, &person.patronymic];
                let mut cells = vec![
                    r.id.as_str(),
                    &r.name,
                    &r.full,
                    r.kind,
                    &r.inn,
                    &r.kpp,
                    &r.ogrn,
                    &r.tax_id,
                    &r.phone,
                    &r.email,
                    &r.address,
                    &r.birth,
                ];
                if self.layout == Layout::CommerceMl {
                    cells.extend(parts);
                }
                self.counterparties.push(&cells)
            }
        }
    }

    fn tell_truth(&mut self, party: &Party, written: &Written) -> Result<(), GenerateError> {
        for left in &written.crm {
            for right in &written.onec {
                self.true_pair(party, left, right, "cross")?;
                let (left_key, right_key) = (left.key(), right.key());
                for (field, how) in truth::drift(left, right) {
                    self.drift.push(&[&left_key, &right_key, field, how])?;
                }
            }
        }
        for (scope, records) in [("crm", &written.crm), ("onec", &written.onec)] {
            for (at, left) in records.iter().enumerate() {
                for right in &records[at + 1..] {
                    self.true_pair(party, left, right, scope)?;
                }
            }
        }
        if written.onec.is_empty() {
            for record in &written.crm {
                self.drift.push(&[&record.key(), "", "", "only-crm"])?;
            }
        }
        if written.crm.is_empty() {
            for record in &written.onec {
                self.drift.push(&["", &record.key(), "", "only-onec"])?;
            }
        }
        Ok(())
    }

    fn true_pair(&mut self, party: &Party, a: &Record, b: &Record, scope: &str) -> Result<(), GenerateError> {
        let evidence = truth::evidence(party, a, b);
        self.counts.truth += 1;
        self.counts.unfindable += usize::from(!evidence.findable);
        if scope == "cross" {
            self.counts.cross += 1;
            self.counts.without_identifier += usize::from(!truth::shares_identifier(&evidence));
        }
        let findable = if evidence.findable { "yes" } else { "no" };
        let cells = [&a.key(), &b.key(), scope, party.kind.code(), &evidence.agree.join("+"), findable];
        self.truth.push(&cells)
    }

    /// Every pair of records of two different parties is a trap. The CRM comes first in a pair of both sides.
    fn trap(&mut self, first: &Written, second: &Written, reason: &str) -> Result<(), GenerateError> {
        for a in first.crm.iter().chain(&first.onec) {
            for b in second.crm.iter().chain(&second.onec) {
                let (left, right) = if a.side > b.side { (b, a) } else { (a, b) };
                self.counts.traps += 1;
                self.traps.push(&[&left.key(), &right.key(), reason])?;
            }
        }
        Ok(())
    }
}
