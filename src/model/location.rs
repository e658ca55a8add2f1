//! Where a value stands in the input, as the spreadsheet or the editor shows it.

use std::fmt;
use std::sync::Arc;

use super::Lang;

/// A file, or a sheet of a workbook.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Place {
    /// Path as the project names it, with `/` between folders.
    pub file: Arc<str>,
    pub sheet: Option<Arc<str>>,
}

impl Place {
    pub fn file(path: &str) -> Self {
        Place { file: Arc::from(path), sheet: None }
    }

    pub fn sheet(path: &str, sheet: &str) -> Self {
        Place { file: Arc::from(path), sheet: Some(Arc::from(sheet)) }
    }

    pub fn row(&self, row: u32) -> Location {
        Location { place: self.clone(), row: Some(row), column: None }
    }
}

/// A cell, a row or a whole file. Rows count from 1: the line of a text file at which the row begins, the row of a
/// sheet, the ordinal of a record in JSON or XML. A column is its heading.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Location {
    pub place: Place,
    pub row: Option<u32>,
    pub column: Option<Arc<str>>,
}

impl Location {
    /// Appends the place as a report in this language writes it.
    pub fn write(&self, lang: Lang, out: &mut impl fmt::Write) -> fmt::Result {
        out.write_str(&self.place.file)?;
        if let Some(sheet) = &self.place.sheet {
            match lang {
                Lang::Ru => write!(out, ", лист «{sheet}»")?,
                Lang::En => write!(out, ", sheet “{sheet}”")?,
            }
        }
        if let Some(row) = self.row {
            write!(out, ", {} {row}", lang.pick("строка", "row"))?;
        }
        if let Some(column) = &self.column {
            match lang {
                Lang::Ru => write!(out, ", колонка «{column}»")?,
                Lang::En => write!(out, ", column “{column}”")?,
            }
        }
        Ok(())
    }

    /// The place as a report in this language writes it.
    pub fn text(&self, lang: Lang) -> String {
        let mut out = String::new();
        // A String takes everything.
        let _ = self.write(lang, &mut out);
        out
    }
}

/// In Russian: so it stands in output tables, whatever the language of the report.
impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(Lang::Ru, f)
    }
}
