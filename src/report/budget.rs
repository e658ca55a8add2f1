//! How much of the data stands on the page.

use super::cell::Cell;

/// Rows of data on the page, over all sections. With the fixed tables (heat map, checks, method) the page stays
/// below 2,000 rows, which a browser sorts and filters at once.
pub const PAGE_ROWS: usize = 1_800;
/// Bytes of HTML that those rows may take: with the frame of the page it stays below 5 MB.
pub const PAGE_BYTES: usize = 3_600_000;
/// Characters of one value on the page; the workbook has more.
pub const CELL_CHARS: usize = 240;
/// Tags around a cell, bytes at most.
const CELL_TAGS: usize = 130;

/// What is left for a section. A section asks before each row, and passes on what it did not use.
#[derive(Debug)]
pub struct Budget {
    rows: usize,
    bytes: usize,
}

impl Budget {
    pub fn page() -> Budget {
        Budget { rows: PAGE_ROWS, bytes: PAGE_BYTES }
    }

    /// Splits off at most `rows`, with bytes in proportion.
    pub fn share(&mut self, rows: usize) -> Budget {
        let rows = rows.min(self.rows);
        let bytes = self.bytes.checked_div(self.rows).unwrap_or(0) * rows;
        self.rows -= rows;
        self.bytes -= bytes;
        Budget { rows, bytes }
    }

    /// Gives back what a section left.
    pub fn put_back(&mut self, rest: Budget) {
        self.rows += rest.rows;
        self.bytes += rest.bytes;
    }

    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Takes one row of these cells, or refuses it.
    pub fn take(&mut self, cells: &[Cell]) -> bool {
        let cards = cells.iter().filter_map(|c| c.card.as_deref());
        self.take_rows(1, cells.iter().map(|c| c.text.as_str()).chain(cards))
    }

    /// Takes several rows with these texts as a whole, or refuses them.
    pub fn take_rows<'a>(&mut self, rows: usize, texts: impl Iterator<Item = &'a str>) -> bool {
        let bytes: usize = texts.map(|t| CELL_TAGS + escaped_len(t)).sum();
        if rows > self.rows || bytes > self.bytes {
            return false;
        }
        self.rows -= rows;
        self.bytes -= bytes;
        true
    }
}

/// Bytes of a text once HTML is escaped.
fn escaped_len(text: &str) -> usize {
    text.bytes()
        .map(|b| match b {
            b'&' => 5,
            b'<' | b'>' => 4,
            b'"' | b'\'' => 6,
            _ => 1,
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_rows_nor_bytes_are_exceeded() {
        let mut page = Budget::page();
        let mut first = page.share(10);
        let row = [Cell::text("x")];
        assert_eq!((0..20).filter(|_| first.take(&row)).count(), 10);
        let mut second = page.share(10);
        let long = [Cell::text("\"".repeat(2_000))];
        let taken = (0..20).filter(|_| second.take(&long)).count();
        assert_eq!(taken, 20_000 / (130 + 12_000), "bytes end before rows");
        let left = page.rows();
        page.put_back(second);
        assert_eq!(page.rows(), left + 10 - taken);
        assert_eq!(page.share(1_000_000).rows(), left + 10 - taken);
    }
}
