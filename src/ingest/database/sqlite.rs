//! SQLite: `sqlite`.
//!
//! A table of kind empty for each table of the base (its name is the sheet), or the one table, view or query that the
//! source chooses. The file is read whole and opened from memory, so that no journal is written beside it; a base that a
//! program has open (its `-wal` or `-journal` is not empty) is refused, since the file alone is not all of it.
//!
//! Numbers stand as they are kept, blobs that are no text hexadecimal. `row` is the ordinal of the row.

use std::path::PathBuf;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, MAIN_DB};

use super::{Filling, Select, of_bytes, quoted};
use crate::ingest::{Extract, Format, IngestError, Input};
use crate::model::Place;

const MAGIC: &[u8] = b"SQLite format 3\0";
/// Bytes of the header that say how the file is written; 2 is a write-ahead log, which a base in memory cannot have.
const WRITE_VERSION: usize = 18;

/// SQLite bases.
pub struct Sqlite;

impl Format for Sqlite {
    fn id(&self) -> &'static str {
        "sqlite"
    }

    fn title(&self) -> &'static str {
        "База SQLite"
    }

    fn detect(&self, input: &Input) -> bool {
        input.bytes.starts_with(MAGIC)
    }

    fn read(&self, input: &Input) -> Result<Extract, IngestError> {
        let base = open(input)?;
        let names = tables(&base).map_err(|error| broken(input, &error))?;
        let mut extract = Extract::default();
        for name in &names {
            let query = format!("SELECT * FROM {}", quoted(name));
            take(input, &base, &query, Place::sheet(&input.name, name), &mut extract)?;
        }
        extract.details.push(("таблицы", names.join(", ")));
        Ok(extract)
    }
}

/// Reads what a source chooses.
///
/// # Errors
/// As [`Format::read`]; [`IngestError::Unreadable`] when there is no such table or the query does not run.
pub fn read_selected(input: &Input, select: &Select) -> Result<Extract, IngestError> {
    if !Sqlite.detect(input) {
        return Err(IngestError::Unreadable {
            file: input.path.clone(),
            what: "это не база SQLite, а в источнике указана таблица или запрос".to_owned(),
            next: "уберите table и query или укажите файл базы",
        });
    }
    let base = open(input)?;
    let mut extract = Extract::default();
    match select {
        Select::Table(name) => {
            let known =
                "SELECT count(*) FROM sqlite_schema WHERE type IN ('table', 'view') AND name = ?1 COLLATE NOCASE";
            let found: i64 = base.query_row(known, [name], |row| row.get(0)).map_err(|e| broken(input, &e))?;
            if found == 0 {
                let names = tables(&base).unwrap_or_default();
                return Err(IngestError::Unreadable {
                    file: input.path.clone(),
                    what: format!(
                        "в базе нет таблицы «{name}»{}",
                        crate::config::nearest(name, names.iter().map(String::as_str))
                    ),
                    next: "проверьте table в sverka.toml",
                });
            }
            let query = format!("SELECT * FROM {}", quoted(name));
            take(input, &base, &query, Place::sheet(&input.name, name), &mut extract)?;
        }
        Select::Query(query) => take(input, &base, query, Place::file(&input.name), &mut extract)?,
    }
    Ok(extract)
}

fn open(input: &Input) -> Result<Connection, IngestError> {
    for suffix in ["-wal", "-journal"] {
        let mut path = input.path.clone().into_os_string();
        path.push(suffix);
        if std::fs::metadata(PathBuf::from(path)).is_ok_and(|meta| meta.len() > 0) {
            return Err(IngestError::Unreadable {
                file: input.path.clone(),
                what: format!("база открыта программой: рядом лежит незаконченный журнал ({suffix})"),
                next: "закройте программу или снимите копию базы командой .backup",
            });
        }
    }
    let mut bytes = input.bytes.clone();
    for version in bytes.iter_mut().skip(WRITE_VERSION).take(2).filter(|byte| **byte == 2) {
        *version = 1;
    }
    let length = bytes.len();
    let opened = Connection::open_in_memory().and_then(|mut base| {
        base.deserialize_read_exact(MAIN_DB, bytes.as_slice(), length, true)?;
        // Views and columns of a hostile base call no functions with side effects.
        base.execute_batch("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA query_only = ON")?;
        has_names_of_text(&base)?;
        Ok(base)
    });
    opened.map_err(|error| broken(input, &error))
}

/// Names of tables and columns stand in these texts. The library panics over a name that is no UTF-8.
///
/// # Errors
/// Of a damaged base, also where a name is no text.
fn has_names_of_text(base: &Connection) -> rusqlite::Result<()> {
    let mut statement = base.prepare("SELECT name, tbl_name, sql FROM sqlite_schema")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        for at in 0..3 {
            match row.get_ref(at)? {
                ValueRef::Text(text) => {
                    std::str::from_utf8(text).map_err(|error| rusqlite::Error::Utf8Error(at, error))?;
                }
                ValueRef::Blob(_) => return Err(rusqlite::Error::InvalidQuery),
                ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_) => {}
            }
        }
    }
    Ok(())
}

fn tables(base: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut statement = base.prepare(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
    )?;
    let names = statement.query_map([], |row| row.get(0))?;
    names.collect()
}

fn take(input: &Input, base: &Connection, query: &str, place: Place, extract: &mut Extract) -> Result<(), IngestError> {
    let failed = |error: rusqlite::Error| broken(input, &error);
    let limit = |what: String| IngestError::Limit { file: input.path.clone(), what };
    let mut statement = base.prepare(query).map_err(failed)?;
    if !statement.readonly() {
        return Err(failed(rusqlite::Error::InvalidQuery));
    }
    let width = statement.column_count();
    let headings: Vec<String> = statement.column_names().map(|name| name.trim().to_owned()).collect();
    let mut filling = Filling::new(place, headings.into_iter()).map_err(limit)?;
    let mut rows = statement.query([]).map_err(failed)?;
    let mut cells = vec![String::new(); width];
    while let Some(row) = rows.next().map_err(failed)? {
        for (at, cell) in cells.iter_mut().enumerate() {
            *cell = match row.get_ref(at).map_err(failed)? {
                ValueRef::Null => String::new(),
                ValueRef::Integer(n) => n.to_string(),
                ValueRef::Real(x) => x.to_string(),
                ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
                ValueRef::Blob(bytes) => of_bytes(bytes),
            };
        }
        filling.add(&cells).map_err(limit)?;
    }
    extract.tables.push(filling.table);
    extract.quarantined.extend(filling.quarantined);
    Ok(())
}

/// What is wrong, without the text of the query: only errors of syntax say where.
fn broken(input: &Input, error: &rusqlite::Error) -> IngestError {
    let (what, next) = match error {
        rusqlite::Error::SqlInputError { msg, .. } => {
            // It may quote a name of the base, and a name may have lines.
            (format!("запрос не выполняется: {}", msg.replace(['\n', '\r'], " ")), "проверьте query в sverka.toml")
        }
        rusqlite::Error::InvalidQuery | rusqlite::Error::MultipleStatement => {
            ("запрос не только читает".to_owned(), "оставьте в query один select")
        }
        _ => ("база SQLite повреждена или записана не до конца".to_owned(), "снимите копию базы заново"),
    };
    IngestError::Unreadable { file: input.path.clone(), what, next }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::RawTable;

    /// A base with such statements, as bytes.
    fn base(sql: &str) -> Vec<u8> {
        let mut base = Connection::open_in_memory().unwrap();
        base.execute_batch(sql).unwrap();
        base.serialize(MAIN_DB).unwrap().to_vec()
    }

    fn world() -> Vec<u8> {
        base(
            "CREATE TABLE \"Компании\" (id INTEGER PRIMARY KEY, \"ИНН\" TEXT, name TEXT, sum REAL, ref BLOB, gone INT);
             INSERT INTO \"Компании\" VALUES (2, '0500990050', 'ООО «Ель»', 1000.1, x'0001fe', NULL), (1, NULL, '', 7701234567, 'да', 0);
             CREATE TABLE deals (\"a\"\"b\" INT); CREATE VIEW v AS SELECT id FROM \"Компании\" WHERE gone = 0;",
        )
    }

    fn cells(table: &RawTable) -> Vec<String> {
        (0..table.len())
            .map(|row| (0..table.columns.len()).map(|column| table.get(column, row)).collect::<Vec<_>>().join("|"))
            .collect()
    }

    #[test]
    fn tables_views_and_queries() {
        let input = Input::from_bytes("a.db", world());
        let extract = Sqlite.read(&input).unwrap();
        let names: Vec<&str> = extract.tables.iter().filter_map(|t| t.place.sheet.as_deref()).collect();
        assert_eq!(names, ["deals", "Компании"]);
        assert_eq!(
            cells(&extract.tables[1]),
            ["1||||7701234567|да|0".replacen("||||", "|||", 1), "2|0500990050|ООО «Ель»|1000.1|0001fe|".to_owned()]
        );
        let read = |select: Select| read_selected(&input, &select).map(|e| cells(&e.tables[0]));
        assert_eq!(read(Select::Table("v".into())).unwrap(), ["1"]);
        let error = read(Select::Table("компании".into())).unwrap_err().to_string();
        assert!(error.contains("возможно, «Компании»"), "{error}");
        assert_eq!(read(Select::Query("select id, id from \"Компании\" order by 1".into())).unwrap(), ["1|1", "2|2"]);
    }

    #[test]
    fn nothing_is_changed_and_errors_are_one_line() {
        let input = Input::from_bytes("a.db", world());
        for (query, expected) in [
            ("select 1; delete from deals", "не только читает"),
            ("select absent from deals", "запрос не выполняется: no such column"),
            ("with a as (select 1) insert into deals select * from a", "не только читает"),
        ] {
            let error = read_selected(&input, &Select::Query(query.into())).unwrap_err().to_string();
            assert!(error.contains(expected) && !error.contains('\n'), "{query}: {error}");
        }
        let text = Input::from_bytes("a.csv", "ID;Имя\n1;А\n");
        let error = read_selected(&text, &Select::Table("a".into())).unwrap_err().to_string();
        assert!(error.contains("не база SQLite"), "{error}");
    }

    #[test]
    fn damaged_bases_are_errors() {
        let whole = world();
        for end in [16, 100, 4096, whole.len() - 4096] {
            assert!(Sqlite.read(&Input::from_bytes("a.db", &whole[..end])).is_err(), "{end}");
        }
        for at in (0..whole.len()).step_by(211) {
            let mut bytes = whole.clone();
            bytes[at] ^= 0xFF;
            // An error or other values, never a crash.
            let _ = Sqlite.read(&Input::from_bytes("a.db", bytes));
        }
        // Half a letter in the name of a column.
        let mut bytes = base("CREATE TABLE a (name TEXT); INSERT INTO a VALUES ('Ель')");
        let at = memchr::memmem::find(&bytes, b"name TEXT").unwrap();
        bytes[at] = 0xD0;
        let error = Sqlite.read(&Input::from_bytes("a.db", bytes)).unwrap_err().to_string();
        assert!(error.contains("база SQLite повреждена"), "{error}");
    }

    #[test]
    fn a_base_in_use_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let writer = Connection::open(&path).unwrap();
        writer.execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE a (b); INSERT INTO a VALUES (1)").unwrap();
        let read = || Sqlite.read(&Input::open(&path, "a.db").unwrap());
        let error = read().unwrap_err().to_string();
        assert!(error.contains("открыта программой"), "{error}");
        writer.close().unwrap();
        // Closed, it is a file of its own again, still marked as one with a log.
        assert_eq!(cells(&read().unwrap().tables[0]), ["1"]);
        let beside: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert_eq!(beside, ["a.db"]);
    }
}
