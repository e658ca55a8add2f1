//! Raw tables → canonical records of a side: which table is what, which column is which field, which rows are one
//! record.

pub mod aliases;
mod columns;
pub(crate) mod crm;
mod onec;
mod role;
pub mod system;
mod unite;

use std::collections::{BTreeMap, HashSet};
use std::hash::BuildHasher;
use std::path::PathBuf;

use foldhash::fast::RandomState;

use crate::config::SourceConfig;
use crate::ingest::{Extract, NO_BYTES, NOT_COMPARED};
use crate::model::{
    Entity, Field, LeftOut, Pages, Quarantined, RawTable, Records, RowCounts, Side, SourceConflict, SourceFile,
    SourceReport,
};
use columns::Columns;
use crm::Dictionary;
use role::Role;

/// What a source makes of a table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Use {
    /// Its rows are records of an entity.
    Records(Entity),
    /// Its rows are joined to records: requisites, bank details, addresses; or name what stands in them by codes.
    Joined,
    /// Its rows are own organisations.
    Own,
    /// Nothing says what it is: the project must name the entity.
    Unclear,
    /// The source does not take it.
    NotTaken,
}

/// What a source of this entity, or one that names none, makes of a table.
pub fn use_of(table: &RawTable, entity: Option<Entity>) -> Use {
    if crm::is_dictionary(&table.kind) && !matches!(Role::of(table, entity), Role::Main(_)) {
        return Use::Joined;
    }
    match Role::of(table, entity) {
        Role::Main(entity) => Use::Records(entity),
        Role::Requisite | Role::LegalEntity | Role::BankDetail | Role::Address | Role::Relation => Use::Joined,
        Role::Own => Use::Own,
        Role::Unknown => Use::Unclear,
        Role::NotTaken => Use::NotTaken,
    }
}

/// The field that each column of a table serves in a source of this entity.
pub fn fields_of(table: &RawTable, entity: Option<Entity>) -> Vec<Option<Field>> {
    let columns = Columns::of(table, Role::of(table, entity), &[]);
    let mut fields = vec![None; table.columns.len()];
    for &field in Field::ALL {
        for &at in columns.of_field(field) {
            fields[at] = Some(field);
        }
    }
    fields
}

/// A source of the project with what its files hold.
#[derive(Debug)]
pub struct SourceInput<'a> {
    pub config: &'a SourceConfig,
    /// The file, the id of its format, its content.
    pub files: Vec<(SourceFile, &'static str, Extract)>,
}

/// An own organisation as the sources write it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawOwn {
    pub id: String,
    pub name: String,
    pub inn: String,
    pub phone: String,
}

/// A side after mapping.
#[derive(Debug)]
pub struct Mapped {
    /// Parties.
    pub records: Records,
    /// Records of every other entity, in the order of [`crate::model::Space::BOOKS`].
    pub books: Vec<Records>,
    pub own: Vec<RawOwn>,
    /// One per source of the side, in the order of the project.
    pub sources: Vec<SourceReport>,
    pub quarantine: Vec<Quarantined>,
    /// Sorted by record.
    pub conflicts: Vec<SourceConflict>,
}

/// Why a source cannot be mapped.
#[derive(Debug, thiserror::Error)]
pub enum MapError {
    #[error(
        "{place}: не понятно, что за записи в таблице; укажите entity (counterparty, contact, product, deal, document, payment …) в [[source]] (sverka.toml, строка {line})"
    )]
    NoEntity { place: String, line: usize },
    #[error("{file}: нет записей, которые берёт сверка{found}; проверьте path в sverka.toml, строка {line}", file = file.display())]
    NothingToTake { file: PathBuf, found: String, line: usize },
    #[error("sverka.toml, строка {line}: в «{file}» нет колонки «{heading}»{nearest}")]
    NoColumn { file: String, heading: String, nearest: String, line: usize },
    #[error("{place}: ни одна колонка не узнана ({headings}); укажите [source.columns] в sverka.toml, строка {line}")]
    NothingMapped { place: String, headings: String, line: usize },
}

/// For each kind of paged rows what the pages declare.
type Totals = BTreeMap<String, Declared>;

/// What the pages of one kind declare together.
#[derive(Default)]
struct Declared {
    total: Option<u64>,
    /// Of rows that each owner has apart, by its id as the file has it.
    of_owners: BTreeMap<String, OfOwner>,
    pages: Pages,
}

impl Declared {
    fn is_short(&self, kind: &str, tables: &[Table]) -> bool {
        !self.pages.are_whole()
            || self.total.is_some_and(|total| distinct(tables, kind) < total)
            || self.of_owners.values().any(|owner| (owner.rows.len() as u64) < owner.total)
    }

    fn total(&self) -> Option<u64> {
        let of_owners = self.of_owners.values().map(|owner| owner.total);
        (self.total.is_some() || !self.of_owners.is_empty()).then(|| self.total.unwrap_or(0) + of_owners.sum::<u64>())
    }
}

/// Rows of one owner.
#[derive(Default)]
struct OfOwner {
    total: u64,
    /// Hashes of their ids: a page that was saved twice counts once.
    rows: HashSet<u64, RandomState>,
}

/// A table taken by a source.
struct Table {
    source: usize,
    /// Index into the files of the source.
    file: u32,
    role: Role,
    raw: RawTable,
    columns: Columns,
}

/// Maps all sources of a side.
///
/// # Errors
/// [`MapError`] when a source holds nothing usable or names a column that is not there. Rows that cannot be used go
/// to the quarantine.
pub fn side(side: Side, inputs: Vec<SourceInput>) -> Result<Mapped, MapError> {
    let mut sources = Vec::with_capacity(inputs.len());
    let mut quarantine = Vec::new();
    let mut tables = Vec::new();
    let dictionary = Dictionary::of(&inputs);
    for (at, input) in inputs.into_iter().enumerate() {
        let mut report = SourceReport {
            side,
            entity: input.config.entity,
            path: input.config.path.clone(),
            format: "",
            encoding: String::new(),
            files: Vec::new(),
            counts: RowCounts::default(),
            mapped: Vec::new(),
            unmapped: Vec::new(),
            partial: false,
            declared_total: None,
            taken_at: None,
            not_used: Vec::new(),
            dictionary: false,
            left_out: Vec::new(),
        };
        let first_table = tables.len();
        let mut totals = Totals::new();
        let (mut explains, mut has_lists) = (false, false);
        for (index, (file, format, mut extract)) in input.files.into_iter().enumerate() {
            explains |= extract.tables.iter().any(|table| crm::is_dictionary(&table.kind));
            dictionary.divide(&mut extract.tables);
            report.format = format;
            has_lists |= !extract.tables.iter().all(|table| crm::is_dictionary(&table.kind));
            if report.encoding.is_empty() {
                report.encoding.clone_from(&extract.encoding);
            }
            report.files.push(file);
            report.taken_at = report.taken_at.max(extract.taken_at);
            let place = (at, index as u32, input.config, &dictionary);
            take(extract, place, &mut report, &mut totals, &mut quarantine, &mut tables)?;
        }
        report.partial |= totals.iter().any(|(kind, declared)| declared.is_short(kind, &tables[first_table..]));
        let declared: Vec<u64> = totals.values().filter_map(Declared::total).collect();
        if !declared.is_empty() {
            report.declared_total = Some(declared.iter().sum());
        }
        report.dictionary = explains && !has_lists && report.counts.read == 0;
        if tables.len() == first_table && report.counts.read == 0 && !explains {
            let found =
                report.not_used.iter().map(|(what, rows)| format!("{what}: {rows}")).collect::<Vec<_>>().join(", ");
            return Err(MapError::NothingToTake {
                file: PathBuf::from(&input.config.path),
                found: if found.is_empty() { String::new() } else { format!(" (есть: {found})") },
                line: input.config.line,
            });
        }
        check_configured_columns(input.config, &tables[first_table..])?;
        sources.push(report);
    }
    Ok(unite::unite(side, tables, sources, quarantine))
}

/// Sorts the tables of one file into those the source takes and the others.
fn take(
    extract: Extract,
    (source, file, config, dictionary): (usize, u32, &SourceConfig, &Dictionary),
    report: &mut SourceReport,
    totals: &mut Totals,
    quarantine: &mut Vec<Quarantined>,
    tables: &mut Vec<Table>,
) -> Result<(), MapError> {
    if extract.failed_answers > 0 {
        report.partial = true;
        let path = report.files.last().map_or("", |file| file.path.as_str());
        report.not_used.push((format!("{path}: ответы с ошибкой вместо записей"), extract.failed_answers));
    }
    if extract.details.iter().any(|(name, _)| *name == NO_BYTES) {
        report.partial = true;
        let path = report.files.last().map_or("", |file| file.path.as_str());
        report.not_used.push((format!("{path}: {NO_BYTES}"), 0));
    }
    for (_, what) in extract.details.iter().filter(|(name, _)| *name == NOT_COMPARED) {
        report.not_used.push((what.clone(), 0));
    }
    let mut taken = vec![false; extract.tables.len()];
    for (index, mut raw) in extract.tables.into_iter().enumerate() {
        let role = Role::of(&raw, config.entity);
        let role = match role {
            Role::Unknown => return Err(MapError::NoEntity { place: place_of(&raw), line: config.line }),
            Role::NotTaken if crm::is_dictionary(&raw.kind) || raw.is_empty() => continue,
            Role::NotTaken => {
                let what = if raw.kind.is_empty() { place_of(&raw) } else { raw.kind.clone() };
                report.not_used.push((what, raw.len() as u64));
                continue;
            }
            role => role,
        };
        taken[index] = true;
        if !raw.declared_of.is_empty() {
            add_owners(&raw, totals.entry(list_of(&raw.kind).to_owned()).or_default());
        }
        role.prepare(&mut raw);
        dictionary.prepare(&mut raw, role);
        let columns = Columns::of(&raw, role, &config.columns);
        if let Role::Main(_) = role
            && columns.is_empty()
            && !raw.is_empty()
        {
            let headings = raw.columns.iter().take(8).map(|c| format!("«{}»", c.heading)).collect::<Vec<_>>();
            return Err(MapError::NothingMapped {
                place: place_of(&raw),
                headings: headings.join(", "),
                line: config.line,
            });
        }
        report.counts.read += raw.len() as u64;
        // Each page alone is a part; whether all are here is known when the last one is read.
        if raw.declared_total.is_some() || raw.pages.are_numbered() || !raw.declared_of.is_empty() {
            let known = totals.entry(list_of(&raw.kind).to_owned()).or_default();
            known.total = known.total.max(raw.declared_total);
            known.pages.join(&raw.pages);
        } else {
            // Of own organisations nobody needs to know whether they are all.
            report.partial |= raw.partial && role != Role::Own;
        }
        for (heading, field) in columns.mapped(&raw) {
            if !report.mapped.contains(&(heading.clone(), field)) {
                report.mapped.push((heading, field));
            }
        }
        for heading in columns.unmapped(&raw) {
            if !report.unmapped.contains(&heading) {
                report.unmapped.push(heading);
            }
        }
        tables.push(Table { source, file, role, raw, columns });
    }
    // A file whose only table was refused row by row still has its account.
    let counts_all = taken.is_empty();
    for (index, left) in extract.left_out {
        if counts_all || taken.get(index).copied().unwrap_or(false) {
            report.counts.read += 1;
            report.counts.leave_out(left.reason, 1);
            report.left_out.push((file, left));
        }
    }
    report.counts.read += extract.quarantined.len() as u64;
    report.counts.quarantined += extract.quarantined.len() as u64;
    quarantine.extend(extract.quarantined);
    Ok(())
}

/// The list whose pages hold a kind of rows: customers of RetailCRM are one list, firms and people alike.
fn list_of(kind: &str) -> &str {
    kind.strip_suffix(".legal").unwrap_or(kind)
}

/// Adds what a table declares for the owners of its rows, and their rows.
fn add_owners(raw: &RawTable, known: &mut Declared) {
    for (owner, total) in &raw.declared_of {
        let of = known.of_owners.entry(owner.clone()).or_default();
        of.total = of.total.max(*total);
    }
    let Some(owner) = raw.column("OWNER_ID") else { return };
    let id = raw.column("ID");
    for row in 0..raw.len() {
        if let Some(of) = known.of_owners.get_mut(raw.get(owner, row)) {
            // A row without an id is one of its own.
            let id = id.map(|id| raw.get(id, row)).filter(|id| !id.is_empty());
            let hash = of.rows.hasher().hash_one((id, if id.is_some() { 0 } else { of.rows.len() }));
            of.rows.insert(hash);
        }
    }
}

/// How many records of a list the tables hold: a page that was saved twice counts once.
fn distinct(tables: &[Table], list: &str) -> u64 {
    let mut seen: HashSet<&str, RandomState> = HashSet::default();
    let mut without_id = 0;
    for table in tables.iter().filter(|t| list_of(&t.raw.kind) == list) {
        let id = ["ID", "Ref_Key", "Ссылка", "id"].iter().find_map(|heading| table.raw.column(heading));
        for row in 0..table.raw.len() {
            match id.map(|id| table.raw.get(id, row)).filter(|id| !id.is_empty()) {
                Some(id) => {
                    seen.insert(id);
                }
                None => without_id += 1,
            }
        }
    }
    seen.len() as u64 + without_id
}

/// Every heading that `[source.columns]` names must stand in some table of the source.
fn check_configured_columns(config: &SourceConfig, tables: &[Table]) -> Result<(), MapError> {
    for (_, headings) in &config.columns {
        for heading in headings {
            let wanted = aliases::fold(heading);
            let mut all = tables.iter().flat_map(|t| &t.raw.columns).map(|c| c.heading.as_str());
            if all.any(|h| h == heading || aliases::fold(h) == wanted) {
                continue;
            }
            let nearest = tables
                .iter()
                .flat_map(|t| &t.raw.columns)
                .map(|c| {
                    (strsim::normalized_damerau_levenshtein(&aliases::fold(&c.heading), &wanted), c.heading.as_str())
                })
                .filter(|(score, _)| *score > 0.5)
                .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)));
            return Err(MapError::NoColumn {
                file: config.path.clone(),
                heading: heading.clone(),
                nearest: nearest.map(|(_, h)| format!("; возможно, «{h}»")).unwrap_or_default(),
                line: config.line,
            });
        }
    }
    Ok(())
}

fn place_of(table: &RawTable) -> String {
    match &table.place.sheet {
        Some(sheet) => format!("{}, лист «{sheet}»", table.place.file),
        None => table.place.file.to_string(),
    }
}

/// Whether a text says yes: Да, Y, true, истина, 1, Удален.
pub(crate) fn is_yes(text: &str) -> bool {
    let text = text.trim().to_lowercase();
    matches!(text.as_str(), "да" | "y" | "yes" | "true" | "истина" | "1" | "удален" | "удалён")
}

impl Table {
    /// Appends the text of a field in a row: the first column that has one, or all of them for a field of several values
    /// and for an address whose parts the project lists.
    fn text(&self, field: Field, row: usize, into: &mut String) {
        let begin = into.len();
        let columns = self.columns.of_field(field);
        let in_parts = self.columns.is_in_parts(field);
        for &column in columns {
            let cell = self.raw.get(column, row).trim();
            if cell.is_empty() {
                continue;
            }
            if !field.is_multiple() && !in_parts {
                if !(matches!(field, Field::HeadId | Field::GroupId) && self.names_itself(row, cell)) {
                    into.push_str(cell);
                }
                return;
            }
            if into.len() > begin {
                into.push_str(if in_parts {
                    ", "
                } else {
                    "
"
                });
            }
            into.push_str(cell);
        }
    }

    /// Whether a text is the id or the code of its own row. Бухгалтерия writes the counterparty itself as its head
    /// where it has none.
    fn names_itself(&self, row: usize, text: &str) -> bool {
        [Field::Id, Field::Code].iter().flat_map(|&f| self.columns.of_field(f)).any(|&c| self.raw.get(c, row) == text)
    }

    fn own(&self, row: usize) -> RawOwn {
        let get = |field| {
            let mut text = String::new();
            self.text(field, row, &mut text);
            text
        };
        RawOwn { id: get(Field::Id), name: get(Field::Name), inn: get(Field::Inn), phone: get(Field::Phone) }
    }

    fn leave_out(&self, row: usize, reason: crate::model::LeftOutReason, report: &mut SourceReport) {
        report.counts.leave_out(reason, 1);
        report.left_out.push((self.file, LeftOut { row: self.raw.rows[row], reason }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Entity, Place, RawColumn, TextColumn};

    /// Rows of a column are written one behind the other into one text: what stands before a row is not part of it.
    #[test]
    fn several_values_of_one_field() {
        let mut raw = RawTable::new(Place::file("companies.csv"), "");
        let rows = [["+7 1", "+7 2"], ["", "+7 3"], ["", ""], ["+7 4", ""]];
        for (at, heading) in ["Рабочий телефон", "Мобильный телефон"].into_iter().enumerate()
        {
            let cells: TextColumn = rows.iter().map(|r| r[at]).collect();
            raw.columns.push(RawColumn { heading: heading.to_owned(), cells });
        }
        raw.rows = vec![2, 3, 4, 5];
        let role = Role::Main(Entity::Counterparty);
        let columns = Columns::of(&raw, role, &[]);
        let table = Table { source: 0, file: 0, role, raw, columns };
        let mut texts = TextColumn::new();
        for row in 0..rows.len() {
            table.text(Field::Phone, row, texts.open_row());
            texts.end_row();
        }
        assert_eq!(texts.iter().collect::<Vec<_>>(), ["+7 1\n+7 2", "+7 3", "", "+7 4"]);
    }
}
