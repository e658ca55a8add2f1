//! XLS (BIFF): what 1C saved until 8.3 and still offers.

use std::io::Cursor;

use calamine::Reader;

use super::workbook::{self, Book};
use super::{Extract, Format, IngestError, Input};

/// Excel 97–2003 workbook.
pub struct Xls;

impl Format for Xls {
    fn id(&self) -> &'static str {
        "xls"
    }

    fn title(&self) -> &'static str {
        "книга Excel 97–2003 (XLS)"
    }

    fn detect(&self, input: &Input) -> bool {
        workbook::is_ole(input)
    }

    fn read(&self, input: &Input) -> Result<Extract, IngestError> {
        if memchr::memmem::find(&input.bytes, &utf16("EncryptedPackage")).is_some() {
            return Err(IngestError::Unreadable {
                file: input.path.clone(),
                what: "книга защищена паролем".to_owned(),
                next: "сохраните её без пароля",
            });
        }
        if memchr::memmem::find(&input.bytes, &utf16("Workbook")).is_none()
            && memchr::memmem::find(&input.bytes, &utf16("Book")).is_none()
        {
            return Err(workbook::unreadable(input, "это документ OLE2, но не книга Excel"));
        }
        let damaged = || workbook::unreadable(input, "книга Excel записана не до конца или повреждена");
        let mut source: calamine::Xls<_> =
            calamine::Xls::new(Cursor::new(input.bytes.as_slice())).map_err(|_| damaged())?;
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

/// Names in the directory of an OLE2 file are UTF-16LE.
fn utf16(name: &str) -> Vec<u8> {
    name.encode_utf16().flat_map(u16::to_le_bytes).collect()
}
