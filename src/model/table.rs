//! What a reader returns: tables of text as the file has them, and the account of every row.

use std::collections::{BTreeMap, BTreeSet};

use super::{Location, Place, TextColumn};

/// A column as the file has it. Headings may repeat: a column is known by its position.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RawColumn {
    /// Heading with outer spaces trimmed; may be empty. Two-storey headings are joined by " / ".
    pub heading: String,
    pub cells: TextColumn,
}

/// One table of one file or sheet. All columns have as many rows as `rows`.
///
/// Cells hold the text of the value: numbers in the shortest form that loses nothing (`7701234567`, never `7.7E9`
/// unless the file itself holds that text), dates as `YYYY-MM-DD` or `YYYY-MM-DDTHH:MM:SS`, booleans `true`/`false`,
/// several values of one cell separated by a line feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawTable {
    pub place: Place,
    /// What the format calls the rows: `crm.company`, `crm.requisite`, `Справочник.Контрагенты`, `Контрагент`; empty
    /// for a table that does not say (CSV, a sheet).
    pub kind: String,
    pub columns: Vec<RawColumn>,
    /// Place of each row in the file, from 1 ([`Location`] states the base per format).
    pub rows: Vec<u32>,
    /// The file says of itself that it holds only changes, or pages are missing: absence proves nothing.
    pub partial: bool,
    /// Records that the file says exist in the system (`total` of a REST answer).
    pub declared_total: Option<u64>,
    /// The same for rows of one owner, such as the goods of a deal, by its id: each owner is asked for apart.
    pub declared_of: BTreeMap<String, u64>,
    /// Pages of a numbered answer; whether all are here is known when every file of the source is read.
    pub pages: Pages,
}

/// Which pages of an answer are here, from 1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pages {
    pub have: BTreeSet<u32>,
    /// The greatest page known to exist; 0 when pages are not numbered.
    pub last: u32,
}

impl Pages {
    /// Adds page `number` of an answer that knows of pages up to `last`.
    pub fn add(&mut self, number: u32, last: u32) {
        self.have.insert(number);
        self.last = self.last.max(last).max(number);
    }

    pub fn join(&mut self, other: &Pages) {
        self.have.extend(&other.have);
        self.last = self.last.max(other.last);
    }

    pub fn are_numbered(&self) -> bool {
        self.last > 0
    }

    /// No page up to the last is missing.
    pub fn are_whole(&self) -> bool {
        (1..=self.last).all(|number| self.have.contains(&number))
    }
}

impl RawTable {
    pub fn new(place: Place, kind: &str) -> Self {
        RawTable {
            place,
            kind: kind.to_owned(),
            columns: Vec::new(),
            rows: Vec::new(),
            partial: false,
            declared_total: None,
            declared_of: BTreeMap::new(),
            pages: Pages::default(),
        }
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Position of the first column with this heading, exact text.
    pub fn column(&self, heading: &str) -> Option<usize> {
        self.columns.iter().position(|c| c.heading == heading)
    }

    pub fn get(&self, column: usize, row: usize) -> &str {
        self.columns[column].cells.get(row)
    }

    /// Sets `heading` of the row being built (the next one [`Self::end_row`] closes). A column first met now gets
    /// empty cells above; a second value for one heading in one row is added after a line feed.
    pub fn set(&mut self, heading: &str, text: &str) {
        let row = self.rows.len();
        let at = match self.column(heading) {
            Some(at) => at,
            None => {
                self.columns.push(RawColumn { heading: heading.to_owned(), cells: TextColumn::empty(row) });
                self.columns.len() - 1
            }
        };
        self.set_at(at, text);
    }

    /// [`Self::set`] for a column position.
    pub fn set_at(&mut self, column: usize, text: &str) {
        let row = self.rows.len();
        let cells = &mut self.columns[column].cells;
        if text.is_empty() {
            return;
        }
        if cells.len() > row {
            let mut joined = cells.get(row).to_owned();
            cells.truncate(row);
            if !joined.is_empty() {
                joined.push('\n');
            }
            joined.push_str(text);
            cells.push(&joined);
        } else {
            cells.pad(row);
            cells.push(text);
        }
    }

    /// Closes the row being built, at `row` of the file.
    pub fn end_row(&mut self, row: u32) {
        self.rows.push(row);
        let rows = self.rows.len();
        for column in &mut self.columns {
            column.cells.pad(rows);
        }
    }
}

/// Input that could not be used, with its place and reason. Nothing is dropped in silence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quarantined {
    pub location: Location,
    /// Reason in Russian, one phrase: it is data of the run (`data/quarantine.parquet`), not a translated text.
    pub reason: String,
    /// The row as it stood, cut to [`crate::ingest::MAX_QUARANTINE_TEXT`] characters.
    pub raw: String,
}

/// Why a row was read and rightly not loaded.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum LeftOutReason {
    /// Title or parameters above the heading, or the heading repeated further down.
    Title,
    /// A group (folder) of a catalogue or a report.
    Group,
    /// «Итого», «Всего».
    Total,
    /// An own organisation, not a counterparty.
    OwnOrganisation,
    /// A row whose every cell is empty.
    Blank,
    /// The same record once more, equal in every cell (overlapping pages, a file given twice).
    Repeat,
}

impl LeftOutReason {
    pub const ALL: [LeftOutReason; 6] = [
        LeftOutReason::Title,
        LeftOutReason::Group,
        LeftOutReason::Total,
        LeftOutReason::OwnOrganisation,
        LeftOutReason::Blank,
        LeftOutReason::Repeat,
    ];

    /// Key in `run.json`.
    pub fn as_str(self) -> &'static str {
        match self {
            LeftOutReason::Title => "title",
            LeftOutReason::Group => "group",
            LeftOutReason::Total => "total",
            LeftOutReason::OwnOrganisation => "own-organisation",
            LeftOutReason::Blank => "blank",
            LeftOutReason::Repeat => "repeat",
        }
    }
}

/// A row that was read and rightly not loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    pub row: u32,
    pub reason: LeftOutReason,
}

/// The account of a source: `read == loaded + quarantined + sum(left_out)` always holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowCounts {
    pub read: u64,
    /// Rows that became a record or were joined to one (a requisite to its owner).
    pub loaded: u64,
    pub quarantined: u64,
    /// Indexed as [`LeftOutReason::ALL`].
    pub left_out: [u64; 6],
}

impl RowCounts {
    pub fn left_out_total(&self) -> u64 {
        self.left_out.iter().sum()
    }

    pub fn balances(&self) -> bool {
        self.read == self.loaded + self.quarantined + self.left_out_total()
    }

    pub fn leave_out(&mut self, reason: LeftOutReason, rows: u64) {
        self.left_out[reason as usize] += rows;
    }
}
