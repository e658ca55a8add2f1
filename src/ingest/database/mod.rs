//! Tables and queries of databases: a staging copy, a warehouse. SQLite files are read from memory and never opened;
//! PostgreSQL is the one thing that the library connects to, where a project names it.

pub mod postgresql;
mod select;
pub mod sqlite;

pub use select::Select;

use super::{IngestError, MAX_CELL_BYTES, MAX_COLUMNS, MAX_FILE_BYTES, MAX_QUARANTINE_TEXT, MAX_ROWS};
use crate::model::{Place, Quarantined, RawColumn, RawTable, TextColumn};

/// A table that rows of a database are put into. `row` is their ordinal.
struct Filling {
    table: RawTable,
    quarantined: Vec<Quarantined>,
    /// Text of all columns, bytes.
    length: u64,
    read: u32,
}

impl Filling {
    /// # Errors
    /// The limit that the number of columns passes.
    fn new(place: Place, headings: impl Iterator<Item = String>) -> Result<Filling, String> {
        let mut table = RawTable::new(place, "");
        table.columns = headings.map(|heading| RawColumn { heading, cells: TextColumn::new() }).collect();
        if table.columns.len() > MAX_COLUMNS {
            return Err(format!("больше {MAX_COLUMNS} колонок в одной таблице"));
        }
        Ok(Filling { table, quarantined: Vec::new(), length: 0, read: 0 })
    }

    /// # Errors
    /// The limit that the table passes.
    fn add(&mut self, cells: &[String]) -> Result<(), String> {
        self.read = self.read.saturating_add(1);
        self.length += cells.iter().map(|cell| cell.len() as u64).sum::<u64>();
        if self.length > MAX_FILE_BYTES {
            return Err(format!("данных больше {} ГБ", MAX_FILE_BYTES / 1_000_000_000));
        }
        if self.table.len() >= MAX_ROWS {
            return Err(format!("больше {MAX_ROWS} строк"));
        }
        if let Some(long) = cells.iter().position(|cell| cell.len() > MAX_CELL_BYTES) {
            let mut location = self.table.place.row(self.read);
            location.column = Some(self.table.columns[long].heading.as_str().into());
            self.quarantined.push(Quarantined {
                location,
                reason: format!("значение длиннее {MAX_CELL_BYTES} байт"),
                raw: cells.join(";").chars().take(MAX_QUARANTINE_TEXT).collect(),
            });
            return Ok(());
        }
        for (column, cell) in self.table.columns.iter_mut().zip(cells) {
            column.cells.push(cell);
        }
        self.table.rows.push(self.read);
        Ok(())
    }
}

/// A name as SQL writes it, whatever is in it.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Bytes as text when they are text, else hexadecimal: references of 1C are 16 bytes.
pub(super) fn of_bytes(bytes: &[u8]) -> String {
    let is_text = |text: &&str| !text.chars().any(|c| c.is_control() && !c.is_whitespace());
    match std::str::from_utf8(bytes).ok().filter(is_text) {
        Some(text) => text.to_owned(),
        None => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}

/// The error of a database whose tables a source does not choose from.
pub fn several_tables(file: &std::path::Path, tables: &[RawTable]) -> IngestError {
    let names: Vec<&str> = tables.iter().filter_map(|table| table.place.sheet.as_deref()).take(20).collect();
    IngestError::Unreadable {
        file: file.to_owned(),
        what: format!("в базе несколько таблиц: {}", names.join(", ")),
        next: "укажите в [[source]] нужную: table = \"…\" или query = \"select …\"",
    }
}
