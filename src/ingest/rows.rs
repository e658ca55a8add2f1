//! Building a table from records of trees, whose fields become known as they are met.

use std::path::PathBuf;

use rustc_hash::FxHashMap;

use super::{Extract, IngestError, MAX_CELL_BYTES, MAX_COLUMNS, MAX_QUARANTINE_TEXT, MAX_ROWS};
use crate::model::{LeftOut, LeftOutReason, Place, Quarantined, RawColumn, RawTable, TextColumn};

/// A table under construction from records whose headings become known as they are met.
pub struct Rows {
    pub table: RawTable,
    by_heading: FxHashMap<Box<str>, usize>,
    /// Where the next heading is expected: records of one list name their fields in one order.
    expected: usize,
    text: String,
    /// Column and end in `text` of each cell of the row being built.
    cells: Vec<(usize, usize)>,
}

impl Rows {
    pub fn new(place: Place, kind: &str) -> Self {
        Rows {
            table: RawTable::new(place, kind),
            by_heading: FxHashMap::default(),
            expected: 0,
            text: String::new(),
            cells: Vec::new(),
        }
    }

    fn limit(&self, what: String) -> IngestError {
        IngestError::Limit { file: PathBuf::from(&*self.table.place.file), what }
    }

    /// Adds a cell to the row being built. An empty text still makes the column; several texts of one heading are
    /// joined by a line feed.
    ///
    /// # Errors
    /// [`IngestError::Limit`] past [`MAX_COLUMNS`].
    pub fn cell(&mut self, heading: &str, text: &str) -> Result<(), IngestError> {
        let expected = self.table.columns.get(self.expected).is_some_and(|c| c.heading == heading);
        let column = if expected {
            self.expected
        } else if let Some(&at) = self.by_heading.get(heading) {
            at
        } else {
            let at = self.table.columns.len();
            if at >= MAX_COLUMNS {
                return Err(self.limit(format!("больше {MAX_COLUMNS} колонок в одной таблице")));
            }
            let cells = TextColumn::empty(self.table.len());
            self.table.columns.push(RawColumn { heading: heading.trim().to_owned(), cells });
            self.by_heading.insert(heading.into(), at);
            at
        };
        self.expected = column + 1;
        if !text.is_empty() {
            self.text.push_str(text);
            self.cells.push((column, self.text.len()));
        }
        Ok(())
    }

    /// Whether the row being built has no text.
    pub fn is_blank(&self) -> bool {
        self.cells.is_empty()
    }

    /// Closes the row at `row` of the file, or quarantines it when a cell is too long.
    ///
    /// # Errors
    /// [`IngestError::Limit`] past [`MAX_ROWS`].
    pub fn close(&mut self, row: u32, quarantined: &mut Vec<Quarantined>) -> Result<(), IngestError> {
        if self.table.len() >= MAX_ROWS {
            return Err(self.limit(format!("больше {MAX_ROWS} записей в одной таблице")));
        }
        let mut start = 0;
        let long = self.cells.iter().find(|&&(_, end)| end - std::mem::replace(&mut start, end) > MAX_CELL_BYTES);
        if let Some(&(column, _)) = long {
            let mut location = self.table.place.row(row);
            location.column = Some(self.table.columns[column].heading.as_str().into());
            let raw = self.text.chars().take(MAX_QUARANTINE_TEXT).collect();
            let reason = format!("значение длиннее {MAX_CELL_BYTES} байт");
            quarantined.push(Quarantined { location, reason, raw });
        } else {
            let mut start = 0;
            for &(column, end) in &self.cells {
                self.table.set_at(column, &self.text[start..end]);
                start = end;
            }
            self.table.end_row(row);
        }
        self.text.clear();
        self.cells.clear();
        self.expected = 0;
        Ok(())
    }
}

/// Tables under construction, one per kind in the order of first appearance. Records are numbered through the file.
pub struct Tables {
    place: Place,
    lists: Vec<Rows>,
    ordinal: u32,
    left_out: Vec<(usize, LeftOut)>,
    quarantined: Vec<Quarantined>,
}

impl Tables {
    pub fn new(place: Place) -> Self {
        Tables { place, lists: Vec::new(), ordinal: 0, left_out: Vec::new(), quarantined: Vec::new() }
    }

    /// Adds the next record of the file to the table of its kind; returns the position of the table.
    ///
    /// # Errors
    /// [`IngestError::Limit`], and what `fill` gives.
    pub fn record(
        &mut self,
        kind: &str,
        fill: impl FnOnce(&mut Rows) -> Result<(), IngestError>,
    ) -> Result<usize, IngestError> {
        self.ordinal = self.ordinal.saturating_add(1);
        self.part(kind, fill)
    }

    /// Adds a row that is a part of the last record, such as one of its requisites.
    ///
    /// # Errors
    /// As [`Tables::record`].
    pub fn part(
        &mut self,
        kind: &str,
        fill: impl FnOnce(&mut Rows) -> Result<(), IngestError>,
    ) -> Result<usize, IngestError> {
        let at = self.lists.iter().position(|rows| rows.table.kind == kind).unwrap_or_else(|| {
            self.lists.push(Rows::new(self.place.clone(), kind));
            self.lists.len() - 1
        });
        let rows = &mut self.lists[at];
        fill(rows)?;
        if rows.is_blank() {
            self.left_out.push((at, LeftOut { row: self.ordinal, reason: LeftOutReason::Blank }));
        } else {
            rows.close(self.ordinal, &mut self.quarantined)?;
        }
        Ok(at)
    }

    /// Quarantines the next record of the file.
    pub fn quarantine(&mut self, reason: &str, raw: String) {
        self.ordinal = self.ordinal.saturating_add(1);
        let location = self.place.row(self.ordinal);
        self.quarantined.push(Quarantined { location, reason: reason.to_owned(), raw });
    }

    pub fn is_empty(&self) -> bool {
        self.lists.is_empty()
    }

    pub fn table(&mut self, at: usize) -> &mut RawTable {
        &mut self.lists[at].table
    }

    /// Moves everything into `extract`.
    pub fn finish(self, extract: &mut Extract) {
        let base = extract.tables.len();
        extract.tables.extend(self.lists.into_iter().map(|rows| rows.table));
        extract.left_out.extend(self.left_out.into_iter().map(|(at, left)| (base + at, left)));
        extract.quarantined.extend(self.quarantined);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_join_repeat_and_quarantine() {
        let mut rows = Rows::new(Place::file("a.json"), "k");
        let mut quarantined = Vec::new();
        for (heading, text) in [("A", "1"), ("B", ""), ("A", "2")] {
            rows.cell(heading, text).unwrap();
        }
        rows.close(1, &mut quarantined).unwrap();
        rows.cell("C", &"x".repeat(MAX_CELL_BYTES + 1)).unwrap();
        rows.close(2, &mut quarantined).unwrap();
        rows.cell("C", "y").unwrap();
        rows.close(3, &mut quarantined).unwrap();
        let table = &rows.table;
        assert_eq!(table.rows, [1, 3]);
        assert_eq!(table.columns.iter().map(|c| c.heading.as_str()).collect::<Vec<_>>(), ["A", "B", "C"]);
        assert_eq!((table.get(0, 0), table.get(2, 0), table.get(0, 1), table.get(2, 1)), ("1\n2", "", "", "y"));
        assert_eq!(quarantined[0].location.to_string(), "a.json, строка 2, колонка «C»");
        assert_eq!(quarantined[0].raw.len(), MAX_QUARANTINE_TEXT);
        for n in 0..MAX_COLUMNS - 3 {
            rows.cell(&n.to_string(), "1").unwrap();
        }
        assert!(matches!(rows.cell("one more", "1"), Err(IngestError::Limit { .. })));
    }
}
