//! Where a value stands in the input, as the spreadsheet or the editor shows it.

use std::fmt;
use std::sync::Arc;

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

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.place.file)?;
        if let Some(sheet) = &self.place.sheet {
            write!(f, ", лист «{sheet}»")?;
        }
        if let Some(row) = self.row {
            write!(f, ", строка {row}")?;
        }
        if let Some(column) = &self.column {
            write!(f, ", колонка «{column}»")?;
        }
        Ok(())
    }
}
