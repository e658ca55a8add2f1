//! Files of a project, row by row, in the formats that the systems export.

use std::io::{self, Write};

use rust_xlsxwriter::{Workbook, XlsxError};

use super::super::rng::Rng;
use super::{GenerateError, Sink};

/// Rows of one output that are put into a random order before they are written: the order must not tell pairs.
const BLOCK: usize = 8192;
/// Ends a cell in a row that waits; no value holds it.
const CELL_END: char = '\u{1f}';
/// Rows of a sheet with its heading: the limit of XLSX.
const SHEET_ROWS: u32 = 1_048_576;

/// How a table is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Style {
    /// Every cell quoted, a separator at the end of the line, a BOM: the export of Bitrix24.
    Bitrix24,
    /// Quotes where they are needed.
    Plain,
    /// Commas, for tables of the truth.
    Commas,
    Xlsx,
    /// Counterparties of CommerceML 2.10; the cells are those of [`super::ONEC`].
    CommerceMl,
}

/// Writes the rows of one file.
trait Table {
    /// Cells, each ended by [`CELL_END`].
    fn row(&mut self, row: &str) -> io::Result<()>;
    fn close(self: Box<Self>) -> io::Result<()>;
}

/// A file with the rows that wait to be put into a random order.
pub struct Output {
    what: String,
    table: Box<dyn Table>,
    waiting: Vec<String>,
    /// Its own, so that the world does not depend on how many rows some file has.
    rng: Rng,
}

impl Output {
    pub fn open(
        sink: &mut dyn Sink,
        path: &str,
        style: Style,
        headings: &[&str],
        seed: u64,
    ) -> Result<Output, GenerateError> {
        let failed = |source| GenerateError::Write { what: path.to_owned(), source };
        let file = sink.file(path).map_err(failed)?;
        let table: Box<dyn Table> = match style {
            Style::Xlsx => Box::new(XlsxTable::new(file, headings).map_err(|e| failed(io::Error::other(e)))?),
            Style::CommerceMl => Box::new(XmlTable::new(file).map_err(failed)?),
            style => Box::new(TextTable::new(file, style, headings).map_err(failed)?),
        };
        Ok(Output { what: path.to_owned(), table, waiting: Vec::new(), rng: Rng::new(seed) })
    }

    pub fn push(&mut self, cells: &[&str]) -> Result<(), GenerateError> {
        let mut row = String::with_capacity(cells.iter().map(|c| c.len() + 1).sum());
        for cell in cells {
            row.push_str(cell);
            row.push(CELL_END);
        }
        self.waiting.push(row);
        if self.waiting.len() == BLOCK { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), GenerateError> {
        self.rng.shuffle(&mut self.waiting);
        for row in self.waiting.drain(..) {
            self.table.row(&row).map_err(|source| GenerateError::Write { what: self.what.clone(), source })?;
        }
        Ok(())
    }

    pub fn close(mut self) -> Result<(), GenerateError> {
        self.flush()?;
        self.table.close().map_err(|source| GenerateError::Write { what: self.what, source })
    }
}

fn cells(row: &str) -> impl Iterator<Item = &str> {
    row.strip_suffix(CELL_END).unwrap_or(row).split(CELL_END)
}

struct TextTable {
    file: Box<dyn Write + Send>,
    style: Style,
    line: String,
}

impl TextTable {
    fn new(file: Box<dyn Write + Send>, style: Style, headings: &[&str]) -> io::Result<TextTable> {
        let mut table = TextTable { file, style, line: String::new() };
        if style == Style::Bitrix24 {
            table.file.write_all("\u{feff}".as_bytes())?;
        }
        let mut row = headings.join(CELL_END.encode_utf8(&mut [0; 4]));
        row.push(CELL_END);
        table.row(&row)?;
        Ok(table)
    }
}

impl Table for TextTable {
    fn row(&mut self, row: &str) -> io::Result<()> {
        let (always, separator) = match self.style {
            Style::Bitrix24 => (true, ';'),
            Style::Commas => (false, ','),
            _ => (false, ';'),
        };
        self.line.clear();
        for (at, cell) in cells(row).enumerate() {
            if at > 0 {
                self.line.push(separator);
            }
            if always || cell.contains(['"', '\n', separator]) {
                self.line.push('"');
                for (at, part) in cell.split('"').enumerate() {
                    if at > 0 {
                        self.line.push_str("\"\"");
                    }
                    self.line.push_str(part);
                }
                self.line.push('"');
            } else {
                self.line.push_str(cell);
            }
        }
        if self.style == Style::Bitrix24 {
            self.line.push(separator);
        }
        self.line.push('\n');
        self.file.write_all(self.line.as_bytes())
    }

    fn close(mut self: Box<Self>) -> io::Result<()> {
        self.file.flush()
    }
}

/// A workbook; a sheet that is full is followed by the next. Rows go to temporary files, memory does not grow.
struct XlsxTable {
    book: Workbook,
    file: Box<dyn Write + Send>,
    headings: Vec<String>,
    sheets: usize,
    next: u32,
}

impl XlsxTable {
    fn new(file: Box<dyn Write + Send>, headings: &[&str]) -> Result<XlsxTable, XlsxError> {
        let headings = headings.iter().map(|&h| h.to_owned()).collect();
        let mut book = Workbook::new();
        // The time of making would make the same seed give other bytes.
        let epoch = rust_xlsxwriter::ExcelDateTime::from_ymd(2026, 11, 24)?;
        book.set_properties(&rust_xlsxwriter::DocProperties::new().set_creation_datetime(&epoch));
        let mut table = XlsxTable { book, file, headings, sheets: 0, next: 0 };
        table.add_sheet()?;
        Ok(table)
    }

    fn add_sheet(&mut self) -> Result<(), XlsxError> {
        self.sheets += 1;
        let sheet = self.book.add_worksheet_with_constant_memory()?;
        for (column, heading) in self.headings.iter().enumerate() {
            sheet.write_string(0, column as u16, heading)?;
        }
        self.next = 1;
        Ok(())
    }
}

impl Table for XlsxTable {
    fn row(&mut self, row: &str) -> io::Result<()> {
        if self.next == SHEET_ROWS {
            self.add_sheet().map_err(io::Error::other)?;
        }
        let sheet = self.book.worksheet_from_index(self.sheets - 1).map_err(io::Error::other)?;
        for (column, cell) in cells(row).enumerate().filter(|(_, cell)| !cell.is_empty()) {
            sheet.write_string(self.next, column as u16, cell).map_err(io::Error::other)?;
        }
        self.next += 1;
        Ok(())
    }

    fn close(mut self: Box<Self>) -> io::Result<()> {
        self.book.save_to_writer(&mut self.file).map_err(io::Error::other)?;
        self.file.flush()
    }
}

/// Counterparties of CommerceML.
struct XmlTable {
    file: Box<dyn Write + Send>,
    text: String,
}

impl XmlTable {
    fn new(mut file: Box<dyn Write + Send>) -> io::Result<XmlTable> {
        file.write_all(
            "\u{feff}<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<КоммерческаяИнформация \
             xmlns=\"urn:1C.ru:commerceml_2\" ВерсияСхемы=\"2.10\" ДатаФормирования=\"2026-11-24T00:00:00\">\n\
             <Контрагенты СодержитТолькоИзменения=\"false\">\n"
                .as_bytes(),
        )?;
        Ok(XmlTable { file, text: String::new() })
    }

    fn element(&mut self, name: &str, value: &str) {
        if value.is_empty() {
            return;
        }
        self.text.push('<');
        self.text.push_str(name);
        self.text.push('>');
        for c in value.chars() {
            match c {
                '&' => self.text.push_str("&amp;"),
                '<' => self.text.push_str("&lt;"),
                '>' => self.text.push_str("&gt;"),
                c => self.text.push(c),
            }
        }
        self.text.push_str("</");
        self.text.push_str(name);
        self.text.push('>');
    }

    fn contact(&mut self, kind: &str, value: &str) {
        if !value.is_empty() {
            self.text.push_str("<Контакт>");
            self.element("Тип", kind);
            self.element("Значение", value);
            self.text.push_str("</Контакт>");
        }
    }
}

impl Table for XmlTable {
    fn row(&mut self, row: &str) -> io::Result<()> {
        let cell: Vec<&str> = cells(row).collect();
        let [id, name, full, kind, inn, kpp, _ogrn, _tax_id, phone, email, address, birth, last, first, patronymic] =
            cell[..]
        else {
            return Err(io::Error::other("a row of another table"));
        };
        self.text.clear();
        self.text.push_str("<Контрагент>");
        self.element("Ид", id);
        self.element("Наименование", name);
        if kind == "Физическое лицо" || kind == "Индивидуальный предприниматель"
        {
            self.element("ПолноеНаименование", full);
            self.element("Фамилия", last);
            self.element("Имя", first);
            self.element("Отчество", patronymic);
            self.element("ДатаРождения", birth);
        } else {
            self.element("ОфициальноеНаименование", full);
        }
        self.element("ИНН", inn);
        self.element("КПП", kpp);
        self.text.push_str("<ЮридическийАдрес>");
        self.element("Представление", address);
        self.text.push_str("</ЮридическийАдрес><Контакты>");
        self.contact("Телефон рабочий", phone);
        self.contact("Электронная почта", email);
        self.text.push_str("</Контакты></Контрагент>\n");
        self.file.write_all(self.text.as_bytes())
    }

    fn close(mut self: Box<Self>) -> io::Result<()> {
        self.file.write_all("</Контрагенты>\n</КоммерческаяИнформация>\n".as_bytes())?;
        self.file.flush()
    }
}
