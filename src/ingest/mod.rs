//! Bytes → raw tables. One file per format behind [`Format`]; formats are recognised by content, not by name.

mod biff;
mod cfb;
pub mod database;
mod deal_rows;
pub mod guide;
pub mod input;
pub mod json;
mod leave_out;
mod records;
pub mod refuse;
pub mod rows;
pub mod sheet;
mod stream;
pub mod text;
mod workbook;
pub mod xml;

use std::path::PathBuf;

use chrono::NaiveDateTime;

pub use input::Input;
pub use stream::{FileRead, read_file, read_file_from, read_source};
pub(crate) use workbook::{MAX_RATIO, RATIO_FROM, sheets};

use crate::model::{LeftOut, Location, Quarantined, RawTable};

/// Longest file that is read, bytes: ends in [`crate::model::TextColumn`] are `u32`.
pub const MAX_FILE_BYTES: u64 = 3_500_000_000;
/// Most rows of one table: record numbers are `u32`, and no spreadsheet or CRM export comes near it.
pub const MAX_ROWS: usize = 100_000_000;
/// Most columns of one table: a Bitrix24 export with every custom field stays below 2,000; Excel ends at 16,384.
pub const MAX_COLUMNS: usize = 16_384;
/// Longest cell, bytes; a longer one quarantines its row. Bitrix24 comments reach 64 KiB.
pub const MAX_CELL_BYTES: usize = 1 << 20;
/// Characters of a row kept in the quarantine.
pub const MAX_QUARANTINE_TEXT: usize = 2_000;

/// Everything a reader found in one file.
///
/// Rows read = rows of `tables` + `quarantined` + `left_out`; heading rows are not counted.
#[derive(Debug, Default)]
pub struct Extract {
    pub tables: Vec<RawTable>,
    pub quarantined: Vec<Quarantined>,
    /// Rows above, between and below the data that are not records; the index of the table comes first.
    pub left_out: Vec<(usize, LeftOut)>,
    /// `utf-8`, `utf-8-bom`, `windows-1251`, `utf-16le`, `utf-16be`, `ibm866`; empty for binary formats.
    pub encoding: String,
    /// Answers of a server in the file that hold an error instead of records: what they should have held is missing.
    pub failed_answers: u64,
    /// When the system wrote the data, as the file says, in the local time of that system.
    pub taken_at: Option<NaiveDateTime>,
    /// For people: delimiter, version of the format, sheets.
    pub details: Vec<(&'static str, String)>,
}

/// The moment in a text such as `2026-11-24T09:15:00+03:00`; the zone is left out, since most systems write none. `None`
/// for a day without a time.
pub(crate) fn moment(text: &str) -> Option<NaiveDateTime> {
    let text = text.trim();
    let (day, time) = text.split_once(['T', ' '])?;
    let time = time.split(['+', '-', 'Z', '.']).next()?;
    NaiveDateTime::parse_from_str(&format!("{day}T{time}"), "%Y-%m-%dT%H:%M:%S").ok()
}

/// A file format. Implementations are unit structs listed in [`FORMATS`].
pub trait Format: Sync {
    /// Id in `sverka.toml` (`format = "…"`), kebab-case, unique.
    fn id(&self) -> &'static str;
    /// Name for people: «CSV или текст с разделителями».
    fn title(&self) -> &'static str;
    /// Whether this is such a file. Called in the order of [`FORMATS`]; the first `true` wins, so each looks for
    /// marks of its own and never answers by exclusion, except the last (CSV). Cheap: reads the head of the input.
    fn detect(&self, input: &Input) -> bool;
    /// # Errors
    /// When the file as a whole is unusable. A bad row costs a row, not the file.
    fn read(&self, input: &Input) -> Result<Extract, IngestError>;
}

/// A family: each line makes the module and its entry in the registry, in the order of detection.
macro_rules! formats {
    ($($module:ident :: $name:ident),* $(,)?) => {
        $(pub mod $module;)*
        /// All formats in the order of detection.
        pub const FORMATS: &[&dyn Format] = &[&database::sqlite::Sqlite, $(&$module::$name),*];
    };
}

formats! {
    ods::Ods,
    xlsx::Xlsx,
    xls::Xls,
    dbf::Dbf,
    parquet::Parquet,
    commerceml::CommerceMl,
    client_bank::ClientBank,
    fns_upd::FnsUpd,
    enterprise_data::EnterpriseData,
    onec_atom::OnecAtom,
    icml::Icml,
    onec_json::OnecJson,
    bitrix24_rest::Bitrix24Rest,
    amocrm_rest::AmocrmRest,
    retailcrm_rest::RetailcrmRest,
    profitbase_json::ProfitbaseJson,
    json_list::JsonList,
    html_table::HtmlTable,
    zipped::Zipped,
    gzipped::Gzipped,
    delimited::Delimited,
}

/// Finds the format by content.
///
/// # Errors
/// [`IngestError::Unknown`] with what the file looks like and what to do, [`IngestError::Empty`].
pub fn detect(input: &Input) -> Result<&'static dyn Format, IngestError> {
    if input.bytes.is_empty() {
        return Err(IngestError::Empty { file: input.path.clone() });
    }
    FORMATS.iter().copied().find(|f| f.detect(input)).ok_or_else(|| refuse::unknown(input))
}

/// Id of the format and what a file holds, or why it cannot be read.
pub type Reading = Result<(&'static str, Extract), IngestError>;

/// Reads a file in the named format, else in the one its content shows. Returns the id of the format too. What is named
/// may be packed: the format is that of the files inside.
///
/// # Errors
/// As [`detect`] and [`Format::read`].
pub fn read(input: &Input, format: Option<&str>) -> Reading {
    let Some(id) = format else {
        let format = detect(input)?;
        return Ok((format.id(), format.read(input)?));
    };
    let named = named(input, id)?;
    let extract = match named.id() {
        "zip" | "gzip" | "xlsx" | "ods" => named.read(input)?,
        id if zipped::is_archive(input) => zipped::read_members(input, Some(id))?,
        id if gzipped::is_gzip(input) => gzipped::read_inner(input, Some(id))?,
        _ => named.read(input)?,
    };
    Ok((named.id(), extract))
}

/// [`read`] for a file that was packed: nothing is unpacked twice.
fn read_plain(input: &Input, format: Option<&str>) -> Reading {
    let format = match format {
        Some(id) => named(input, id)?,
        None => detect(input)?,
    };
    if matches!(format.id(), "zip" | "gzip") {
        return Err(IngestError::Packed { file: input.path.clone() });
    }
    Ok((format.id(), format.read(input)?))
}

fn named(input: &Input, id: &str) -> Result<&'static dyn Format, IngestError> {
    FORMATS.iter().copied().find(|f| f.id() == id).ok_or_else(|| IngestError::NoFormat {
        file: input.path.clone(),
        id: id.to_owned(),
        nearest: crate::config::nearest(id, FORMATS.iter().map(|f| f.id())),
    })
}

/// Detail of a file whose records are not compared yet: what they are.
pub const NOT_COMPARED: &str = "не сверяется";

/// Detail of a file without a byte among files that hold data: what it should have held is missing.
pub const NO_BYTES: &str = "файл пуст";

/// The files of one source, each with its `T`. An error answer among files that hold data is a page that is missing:
/// it stays as a file without tables that counts as a failed answer. So is a file of no bytes. A file of records that are not compared yet stays
/// without tables and says in its details what it holds.
///
/// # Errors
/// The first error, in the order of the files, that is no such page.
pub fn join_pages<T>(files: Vec<(T, Reading)>) -> Result<Vec<(T, &'static str, Extract)>, IngestError> {
    let format = files.iter().find_map(|(_, read)| read.as_ref().ok().map(|(format, _)| *format));
    let joined = files.into_iter().map(|(file, read)| match (read, format) {
        (Ok((format, extract)), _) => Ok((file, format, extract)),
        (Err(IngestError::ErrorAnswer { .. }), Some(format)) => {
            Ok((file, format, Extract { failed_answers: 1, ..Extract::default() }))
        }
        (Err(IngestError::Empty { .. }), Some(format)) => {
            Ok((file, format, Extract { details: vec![(NO_BYTES, String::new())], ..Extract::default() }))
        }
        // A folder of an exchange holds goods and documents beside the parties.
        (Err(IngestError::NoEntity { what, .. }), Some(format)) => {
            Ok((file, format, Extract { details: vec![(NOT_COMPARED, what)], ..Extract::default() }))
        }
        (Err(error), _) => Err(error),
    });
    joined.collect()
}

/// Why a file cannot be read. Messages name the place and the next step, and never hold record values.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    #[error("{}: файл не открывается: {source}", file.display())]
    Open { file: PathBuf, source: std::io::Error },
    #[error("{}: файл пуст", file.display())]
    Empty { file: PathBuf },
    #[error(
        "{}: {}",
        file.display(),
        if what.is_empty() { "формат не распознан; сохраните данные как XLSX, CSV, JSON (REST) или CommerceML" } else { what }
    )]
    Unknown {
        file: PathBuf,
        /// What it is and what to do; empty when nobody knows.
        what: String,
    },
    #[error("{}: нет формата «{id}»{nearest}", file.display())]
    NoFormat { file: PathBuf, id: String, nearest: String },
    #[error("{}: {what}; {next}", file.display())]
    Unreadable { file: PathBuf, what: String, next: &'static str },
    /// The file holds nothing but error answers of a server; among other files it is a missing page.
    #[error("{}: вместо данных сохранён ответ с ошибкой{}{code}; {next}", file.display(), if code.is_empty() { "" } else { " " })]
    ErrorAnswer {
        file: PathBuf,
        /// Code of the error, never its text, which may hold values; may be empty.
        code: String,
        next: &'static str,
    },
    /// The format is known, and what the file holds is not compared yet.
    #[error("{}: {what}; такие записи не сверяются, нужны списки контрагентов, сделок, документов, товаров или оплат", file.display())]
    NoEntity {
        file: PathBuf,
        /// What it holds and how much: `amoCRM: сделок 3`.
        what: String,
    },
    #[error("{}: архив внутри архива; распакуйте его и укажите файлы", file.display())]
    Packed { file: PathBuf },
    #[error("{at}: {what}; {next}")]
    Broken { at: Location, what: String, next: &'static str },
    #[error("{}: превышен предел: {what}", file.display())]
    Limit { file: PathBuf, what: String },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_answer_is_a_missing_page_only_among_data() {
        let read = |text: &str| read(&Input::from_bytes("a.json", text), None);
        let good = r#"{"result":[{"ID":"1","LAST_NAME":"А"}],"total":1}"#;
        let failed = r#"{"error":"QUERY_LIMIT_EXCEEDED","error_description":"x"}"#;
        let joined = join_pages(vec![(1, read(failed)), (2, read(good))]).unwrap();
        let shape: Vec<_> = joined.iter().map(|(n, f, e)| (*n, *f, e.tables.len(), e.failed_answers)).collect();
        assert_eq!(shape, [(1, "bitrix24-rest", 0, 1), (2, "bitrix24-rest", 1, 0)]);
        // A page of no bytes is missing too, and no source when it is all there is.
        let empty = join_pages(vec![(1, read("")), (2, read(good))]).unwrap();
        assert_eq!((empty[0].2.details[0].0, empty[1].2.tables.len()), (NO_BYTES, 1));
        assert!(matches!(join_pages(vec![(1, read(""))]), Err(IngestError::Empty { .. })));
        for files in [vec![(1, read(failed))], vec![(1, read(failed)), (2, read(failed))]] {
            assert!(matches!(join_pages(files), Err(IngestError::ErrorAnswer { .. })));
        }
        let broken = join_pages(vec![(1, read(good)), (2, read("{\"result\":["))]);
        assert!(matches!(broken, Err(IngestError::Broken { .. })));
    }
}
