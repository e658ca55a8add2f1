//! XLSX: streamed cell by cell, never as a dense range: a sheet may hold a cell in XFD1048576.

use std::io::Cursor;

use calamine::{Reader, SheetType, XlsxError};

use super::workbook::{self, Book, NewBook};
use super::{Extract, Format, IngestError, Input};

/// Excel workbook (`.xlsx`, `.xlsm`).
pub struct Xlsx;

impl Format for Xlsx {
    fn id(&self) -> &'static str {
        "xlsx"
    }

    fn title(&self) -> &'static str {
        "книга Excel (XLSX)"
    }

    /// Also a zip cut short that begins as a workbook does, so that the message speaks of a workbook.
    fn detect(&self, input: &Input) -> bool {
        let marks = [&b"[Content_Types].xml"[..], b"xl/"];
        let begins = || marks.iter().any(|m| memchr::memmem::find(input.head(4096), m).is_some());
        workbook::has_part(input, "xl/workbook.xml")
            || (workbook::is_zip(input) && begins() && !workbook::is_whole_zip(input))
    }

    fn read(&self, input: &Input) -> Result<Extract, IngestError> {
        fill(input, Book::new)?.finish()
    }
}

/// Reads every sheet that the book takes.
///
/// # Errors
/// [`IngestError`] of a damaged or hostile book.
pub(super) fn fill<'i>(input: &'i Input, new: NewBook<'i>) -> Result<Book<'i>, IngestError> {
    let size = workbook::check_archive(input)?;
    let damaged = || workbook::unreadable(input, "книга Excel повреждена");
    let mut source: calamine::Xlsx<_> =
        calamine::Xlsx::new(Cursor::new(input.bytes.as_slice())).map_err(|_| damaged())?;
    let sheets: Vec<_> = source.sheets_metadata().iter().filter(|s| s.typ == SheetType::WorkSheet).cloned().collect();
    let mut book = new(input, size as usize);
    for sheet in sheets {
        if !book.takes(&sheet.name, sheet.visible) {
            continue;
        }
        let mut cells = source.worksheet_cells_reader(&sheet.name).map_err(|_| damaged())?;
        let mut rows = book.sheet(&sheet.name);
        loop {
            match cells.next_cell() {
                Ok(Some(cell)) => {
                    let (row, column) = cell.get_position();
                    rows.cell(row, column, cell.get_value().into())?;
                }
                Ok(None) => break,
                // «#SPILL!» and other errors that Excel learned later: the cell is lost, the reader is past it.
                Err(XlsxError::CellError(_)) => rows.count_error(),
                Err(_) => return Err(damaged()),
            }
        }
        rows.finish()?;
    }
    Ok(book)
}
