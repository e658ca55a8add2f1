//! XLS: what 1C saved until 8.3 and still offers. The container is `cfb`, the records are `biff`.

use std::borrow::Cow;

use super::biff::{self, Fault};
use super::cfb::Container;
use super::workbook::{self, Book, NewBook};
use super::{Extract, Format, IngestError, Input};

/// Largest file that is read, bytes: a full sheet of 65,536 × 256 cells takes some 240 MB.
const MAX_XLS_BYTES: usize = 1_000_000_000;
const OLD: &str = "откройте её в Excel или LibreOffice и сохраните как XLSX";

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
        workbook::is_ole(input) || biff::is_stream(&input.bytes)
    }

    fn read(&self, input: &Input) -> Result<Extract, IngestError> {
        fill(input, Book::new)?.finish()
    }
}

/// Reads every sheet that the book takes.
///
/// # Errors
/// [`IngestError`] of a damaged or protected book.
pub(super) fn fill<'i>(input: &'i Input, new: NewBook<'i>) -> Result<Book<'i>, IngestError> {
    if input.bytes.len() > MAX_XLS_BYTES {
        let what = format!("книга XLS больше {} ГБ", MAX_XLS_BYTES / 1_000_000_000);
        return Err(IngestError::Limit { file: input.path.clone(), what });
    }
    let damaged = || workbook::unreadable(input, "книга Excel записана не до конца или повреждена");
    let stream = if biff::is_stream(&input.bytes) {
        Cow::Borrowed(input.bytes.as_slice())
    } else {
        let container = Container::open(&input.bytes).ok_or_else(damaged)?;
        if container.has("EncryptedPackage") {
            return Err(workbook::protected(input));
        }
        let stream = container.stream("Workbook").or_else(|| container.stream("Book"));
        Cow::Owned(stream.ok_or_else(|| IngestError::Unreadable {
            file: input.path.clone(),
            what: "это документ OLE2, но не книга Excel".to_owned(),
            next: "перенесите таблицу в XLSX",
        })?)
    };
    let mut book = new(input, stream.len());
    biff::read(&stream, &mut book).map_err(|fault| match fault {
        Fault::Damaged => damaged(),
        Fault::Password => workbook::protected(input),
        Fault::TooOld => IngestError::Unreadable {
            file: input.path.clone(),
            what: "книга Excel 4.0 или более старая".to_owned(),
            next: OLD,
        },
        Fault::Sheet(error) => error,
    })?;
    Ok(book)
}
