//! ODS: LibreOffice Calc and the Russian office suites.

use std::io::Cursor;

use calamine::Reader;

use super::workbook::{self, Book};
use super::{Extract, Format, IngestError, Input};

/// OpenDocument spreadsheet.
pub struct Ods;

/// Media type that an ODS holds, stored, as its first part.
const MEDIA_TYPE: &[u8] = b"application/vnd.oasis.opendocument.spreadsheet";

impl Format for Ods {
    fn id(&self) -> &'static str {
        "ods"
    }

    fn title(&self) -> &'static str {
        "таблица OpenDocument (ODS)"
    }

    fn detect(&self, input: &Input) -> bool {
        workbook::is_zip(input) && memchr::memmem::find(input.head(256), MEDIA_TYPE).is_some()
    }

    fn read(&self, input: &Input) -> Result<Extract, IngestError> {
        workbook::check_archive(input)?;
        let damaged = || workbook::unreadable(input, "таблица OpenDocument повреждена");
        let mut source: calamine::Ods<_> =
            calamine::Ods::new(Cursor::new(input.bytes.as_slice())).map_err(|_| damaged())?;
        let mut book = Book::new(input);
        for sheet in source.sheets_metadata().to_vec() {
            if book.takes(&sheet.name, sheet.visible) {
                let range = source.worksheet_range(&sheet.name).map_err(|_| damaged())?;
                book.range(&sheet.name, &range)?;
            }
        }
        book.finish()
    }
}
