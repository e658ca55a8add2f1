//! Bytes → raw tables. One file per format behind [`Format`]; formats are recognised by content, not by name.

pub mod input;
pub mod json;
mod records;
pub mod refuse;
pub mod rows;
pub mod sheet;
pub mod text;
mod workbook;
pub mod xml;

use std::path::PathBuf;

pub use input::Input;
pub(crate) use workbook::check_archive;

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
    /// For people: delimiter, version of the format, sheets.
    pub details: Vec<(&'static str, String)>,
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
        pub const FORMATS: &[&dyn Format] = &[$(&$module::$name),*];
    };
}

formats! {
    ods::Ods,
    xlsx::Xlsx,
    xls::Xls,
    commerceml::CommerceMl,
    onec_json::OnecJson,
    bitrix24_rest::Bitrix24Rest,
    html_table::HtmlTable,
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

/// Reads a file in the named format, else in the one its content shows. Returns the id of the format too.
///
/// # Errors
/// As [`detect`] and [`Format::read`].
pub fn read(input: &Input, format: Option<&str>) -> Result<(&'static str, Extract), IngestError> {
    let format = match format {
        Some(id) => FORMATS.iter().copied().find(|f| f.id() == id).ok_or_else(|| IngestError::NoFormat {
            file: input.path.clone(),
            id: id.to_owned(),
            nearest: crate::config::nearest(id, FORMATS.iter().map(|f| f.id())),
        })?,
        None => detect(input)?,
    };
    Ok((format.id(), format.read(input)?))
}

/// Why a file cannot be read. Messages name the place and the next step, and never hold record values.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    #[error("{}: файл не открывается: {source}", file.display())]
    Open { file: PathBuf, source: std::io::Error },
    #[error("{}: файл пуст", file.display())]
    Empty { file: PathBuf },
    #[error("{}: формат не распознан{what}; сохраните данные как XLSX, CSV, JSON (REST) или CommerceML", file.display())]
    Unknown {
        file: PathBuf,
        /// Empty, or `: ` and what it looks like.
        what: String,
    },
    #[error("{}: нет формата «{id}»{nearest}", file.display())]
    NoFormat { file: PathBuf, id: String, nearest: String },
    #[error("{}: {what}; {next}", file.display())]
    Unreadable { file: PathBuf, what: String, next: &'static str },
    #[error("{at}: {what}; {next}")]
    Broken { at: Location, what: String, next: &'static str },
    #[error("{}: превышен предел: {what}", file.display())]
    Limit { file: PathBuf, what: String },
}
