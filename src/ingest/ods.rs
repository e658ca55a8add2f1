//! ODS: LibreOffice Calc and the Russian office suites.
//!
//! Read as a stream, cell by cell. Not with calamine, which stores every sheet dense and twice: `content.xml` says in one
//! attribute that a row or a cell repeats a million times.
//!
//! Structure: OASIS OpenDocument 1.3 part 3, sections 9 (tables) and 19.385 (values of cells).

use std::collections::HashSet;
use std::io::{BufReader, Cursor, Read};

use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};

use super::workbook::{self, Book, Cell, NewBook, SheetRows};
use super::{Extract, Format, IngestError, Input, MAX_CELL_BYTES, MAX_COLUMNS};

/// OpenDocument spreadsheet.
pub struct Ods;

/// Media type that an ODS holds, stored, as its first part.
const MEDIA_TYPE: &[u8] = b"application/vnd.oasis.opendocument.spreadsheet";
/// Most bytes of cells (8 each beside their text) that one sheet may get by repeating: rows that are equal by chance
/// stay far below, a hostile count does not.
const MAX_REPEATED_BYTES: u64 = 200_000_000;
/// A row past all programs: rows that repeat beyond it are as far as can be.
const FARTHEST_ROW: u32 = 1 << 30;
/// Deepest nesting of elements: a cell stands at 7, formats of a text in it add a few.
const MAX_DEPTH: usize = 100;

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
        fill(input, Book::new)?.finish()
    }
}

/// Reads every sheet that the book takes.
///
/// # Errors
/// [`IngestError`] of a damaged, hostile or protected book.
pub(super) fn fill<'i>(input: &'i Input, new: NewBook<'i>) -> Result<Book<'i>, IngestError> {
    let size = workbook::check_archive(input)?;
    let damaged = || workbook::unreadable(input, "таблица OpenDocument повреждена");
    let mut archive = zip::ZipArchive::new(Cursor::new(input.bytes.as_slice())).map_err(|_| damaged())?;
    if let Ok(mut manifest) = archive.by_name("META-INF/manifest.xml") {
        let mut text = Vec::new();
        manifest.read_to_end(&mut text).map_err(|_| damaged())?;
        if memchr::memmem::find(&text, b"encryption-data").is_some() {
            return Err(workbook::protected(input));
        }
    }
    let content = archive.by_name("content.xml").map_err(|_| damaged())?;
    let mut book = new(input, size as usize);
    Content::new(BufReader::new(content), input).read(&mut book)?;
    Ok(book)
}

/// `content.xml`.
struct Content<'i, R: std::io::BufRead> {
    reader: quick_xml::Reader<R>,
    buffer: Vec<u8>,
    input: &'i Input,
    depth: usize,
    /// Styles of tables that are not shown.
    hidden: HashSet<String>,
}

/// What the stream has next, without what does not matter here.
enum Step {
    Open(Tag),
    Text(String),
    Close,
    End,
}

/// An opening tag with the attributes that are read.
#[derive(Default)]
struct Tag {
    name: String,
    attributes: Vec<(String, String)>,
}

impl Tag {
    fn of(element: &BytesStart<'_>) -> Tag {
        let mut attributes = element.attributes();
        attributes.with_checks(false);
        let attributes = attributes
            .map_while(Result::ok)
            .map(|a| {
                let value = a.normalized_value(XmlVersion::Implicit1_0).unwrap_or_else(|_| a.value.clone());
                (a.key.into_inner().to_owned(), value.into_owned())
            })
            .collect();
        Tag { name: element.name().into_inner().to_owned(), attributes }
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// A count of repeats; at least 1.
    fn repeats(&self, name: &str) -> u32 {
        // A count past all limits is as good as the largest.
        self.get(name).map_or(1, |count| count.parse().unwrap_or(u32::MAX)).max(1)
    }
}

/// A cell of the row being read.
struct RowCell {
    column: u32,
    repeats: u32,
    value: Owned,
}

enum Owned {
    Text(String),
    Iso(String),
    Number(f64),
    Bool(bool),
    Error,
}

impl Owned {
    fn cell(&self) -> Cell<'_> {
        match self {
            Owned::Text(text) => Cell::Text(text),
            Owned::Iso(text) => Cell::Iso(text),
            Owned::Number(number) => Cell::Number(*number),
            Owned::Bool(yes) => Cell::Bool(*yes),
            Owned::Error => Cell::Error,
        }
    }

    fn bytes(&self) -> u64 {
        8 + if let Owned::Text(text) | Owned::Iso(text) = self { text.len() as u64 } else { 0 }
    }
}

impl<'i, R: std::io::BufRead> Content<'i, R> {
    fn new(source: R, input: &'i Input) -> Self {
        let mut reader = quick_xml::Reader::from_reader(source);
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.allow_dangling_amp = true;
        Content { reader, buffer: Vec::new(), input, depth: 0, hidden: HashSet::new() }
    }

    fn damaged(&self) -> IngestError {
        workbook::unreadable(self.input, "таблица OpenDocument повреждена")
    }

    fn step(&mut self) -> Result<Step, IngestError> {
        loop {
            self.buffer.clear();
            let Ok(event) = self.reader.read_event_into(&mut self.buffer) else {
                return Err(workbook::unreadable(self.input, "таблица OpenDocument повреждена"));
            };
            return Ok(match event {
                Event::Start(element) | Event::Empty(element) => {
                    self.depth += 1;
                    let tag = Tag::of(&element);
                    if self.depth > MAX_DEPTH {
                        return Err(self.damaged());
                    }
                    Step::Open(tag)
                }
                Event::End(_) => {
                    self.depth = self.depth.saturating_sub(1);
                    Step::Close
                }
                Event::Text(text) => Step::Text(text.xml10_content().into_owned()),
                Event::CData(text) => Step::Text(text.xml10_content().into_owned()),
                Event::GeneralRef(reference) => {
                    let text = match (reference.resolve_char_ref(), resolve_predefined_entity(&reference)) {
                        (Ok(Some(c)), _) => c.to_string(),
                        (_, Some(text)) => text.to_owned(),
                        _ => format!("&{};", &*reference),
                    };
                    Step::Text(text)
                }
                Event::Eof if self.depth > 0 => return Err(self.damaged()),
                Event::Eof => Step::End,
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => continue,
            });
        }
    }

    /// Passes over the rest of the element that has been opened.
    fn skip(&mut self) -> Result<(), IngestError> {
        let outer = self.depth - 1;
        while self.depth > outer {
            if matches!(self.step()?, Step::End) {
                return Err(self.damaged());
            }
        }
        Ok(())
    }

    fn read(mut self, book: &mut Book<'_>) -> Result<(), IngestError> {
        let mut style = String::new();
        loop {
            match self.step()? {
                Step::End => return Ok(()),
                Step::Open(tag) => match tag.name.as_str() {
                    "style:style" => tag.get("style:name").unwrap_or("").clone_into(&mut style),
                    "style:table-properties" if tag.get("table:display") == Some("false") => {
                        self.hidden.insert(style.clone());
                    }
                    "table:table" => {
                        let name = tag.get("table:name").unwrap_or("").to_owned();
                        let visible = tag.get("table:style-name").is_none_or(|style| !self.hidden.contains(style));
                        let shown =
                            if visible { calamine::SheetVisible::Visible } else { calamine::SheetVisible::Hidden };
                        if book.takes(&name, shown) {
                            self.sheet(book.sheet(&name))?;
                        } else {
                            self.skip()?;
                        }
                    }
                    // Copies of foreign tables, and rows that were deleted while changes were tracked.
                    "table:dde-links" | "table:tracked-changes" => self.skip()?,
                    _ => {}
                },
                Step::Text(_) | Step::Close => {}
            }
        }
    }

    fn sheet(&mut self, mut rows: SheetRows<'_, '_>) -> Result<(), IngestError> {
        let outer = self.depth - 1;
        let mut at = 0u32;
        let mut repeated = 0u64;
        let mut cells = Vec::new();
        while self.depth > outer {
            match self.step()? {
                Step::Open(tag) if tag.name == "table:table-row" => {
                    let repeats = tag.repeats("table:number-rows-repeated");
                    self.row(&mut cells)?;
                    if cells.is_empty() {
                        at = at.saturating_add(repeats).min(FARTHEST_ROW);
                        continue;
                    }
                    let width: u64 = cells.iter().map(|c| u64::from(c.repeats) * c.value.bytes()).sum();
                    let once: u64 = cells.iter().map(|c| c.value.bytes()).sum();
                    repeated = repeated.saturating_add(width.saturating_mul(u64::from(repeats)) - once);
                    if repeated > MAX_REPEATED_BYTES {
                        let what = format!("строка {}: ячейки повторены слишком много раз", at + 1);
                        return Err(rows.limit(what));
                    }
                    for row in at..at + repeats {
                        for cell in &cells {
                            for column in cell.column..cell.column.saturating_add(cell.repeats) {
                                rows.cell(row, column, cell.value.cell())?;
                            }
                        }
                    }
                    // The limit of repeats keeps this far below the end of numbers.
                    at = (at + repeats).min(FARTHEST_ROW);
                }
                // Drawings over the sheet, and what belongs to a form.
                Step::Open(tag) if matches!(tag.name.as_str(), "table:shapes" | "office:forms" | "table:table") => {
                    self.skip()?;
                }
                Step::End => return Err(self.damaged()),
                _ => {}
            }
        }
        rows.finish()
    }

    /// The cells of a row that are not empty.
    fn row(&mut self, cells: &mut Vec<RowCell>) -> Result<(), IngestError> {
        cells.clear();
        let outer = self.depth - 1;
        let mut column = 0u32;
        while self.depth > outer {
            match self.step()? {
                Step::Open(tag) if matches!(tag.name.as_str(), "table:table-cell" | "table:covered-table-cell") => {
                    let repeats = tag.repeats("table:number-columns-repeated");
                    if let Some(value) = self.value(&tag)? {
                        // Past the last column of any program is a far cell like any other; the grid refuses it.
                        let repeats = repeats.min(MAX_COLUMNS as u32 + 1);
                        cells.push(RowCell { column, repeats, value });
                    }
                    column = column.saturating_add(repeats);
                }
                Step::End => return Err(self.damaged()),
                _ => {}
            }
        }
        Ok(())
    }

    /// The value of the cell that has been opened, which is read to its end.
    fn value(&mut self, tag: &Tag) -> Result<Option<Owned>, IngestError> {
        let text = self.paragraphs()?;
        if tag.get("calcext:value-type") == Some("error") {
            return Ok(Some(Owned::Error));
        }
        let given = |name: &str| tag.get(name).map(str::to_owned);
        Ok(match tag.get("office:value-type") {
            Some("float" | "percentage" | "currency") => {
                let number = tag.get("office:value").and_then(|value| value.trim().parse().ok());
                number.map(Owned::Number).or(text.map(Owned::Text))
            }
            Some("date") => given("office:date-value").map(Owned::Iso).or(text.map(Owned::Text)),
            Some("boolean") => match tag.get("office:boolean-value") {
                Some("true") => Some(Owned::Bool(true)),
                Some("false") => Some(Owned::Bool(false)),
                _ => text.map(Owned::Text),
            },
            Some("string") => given("office:string-value").or(text).map(Owned::Text),
            // A time is a duration to the format; what people see says it better.
            _ => text.map(Owned::Text),
        })
    }

    /// The paragraphs of a cell, a line each; `None` when there is none.
    fn paragraphs(&mut self) -> Result<Option<String>, IngestError> {
        let outer = self.depth - 1;
        let mut text: Option<String> = None;
        let mut inside = 0;
        while self.depth > outer {
            match self.step()? {
                Step::Open(tag) => match tag.name.as_str() {
                    "text:p" => {
                        inside = self.depth;
                        match &mut text {
                            Some(text) => text.push('\n'),
                            None => text = Some(String::new()),
                        }
                    }
                    "text:s" => {
                        let count = tag.repeats("text:c").min(MAX_CELL_BYTES as u32) as usize;
                        push(&mut text, &" ".repeat(count));
                    }
                    "text:tab" => push(&mut text, "\t"),
                    "text:line-break" => push(&mut text, "\n"),
                    // Comments, notes and pictures are no part of the value.
                    name if ["office:annotation", "text:note", "draw:", "table:"]
                        .iter()
                        .any(|n| name.starts_with(n)) =>
                    {
                        self.skip()?;
                    }
                    _ => {}
                },
                Step::Text(piece) if inside > 0 => push(&mut text, &piece),
                Step::Text(_) => {}
                Step::Close => inside = if self.depth < inside { 0 } else { inside },
                Step::End => return Err(self.damaged()),
            }
        }
        Ok(text)
    }
}

/// Adds to the text of a cell. One byte past the longest cell is enough for its row to be refused.
fn push(text: &mut Option<String>, piece: &str) {
    if let Some(text) = text
        && text.len() <= MAX_CELL_BYTES
    {
        text.push_str(piece);
    }
}
