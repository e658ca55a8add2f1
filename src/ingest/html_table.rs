//! The HTML table that Bitrix24 calls `.xls`, and tables that Excel saved as HTML.
//!
//! Bitrix24 writes `<meta …><table border="1"><thead><tr><th>…` without `<html>`, after a BOM, and does not escape
//! ordinary cells: `&`, `<br />` and a stray `<` stand raw (read in its exporter, 2026-11-24). So this is a tolerant
//! scanner of table tags, not an HTML parser: whatever is not a table tag is text of the cell or is stripped.
//!
//! A merged cell has its text in its first cell, as Excel shows it. A table in a cell of a table with captions is text
//! of that cell (a letter pasted into a comment); around a table with captions it only lays out the page.

use super::sheet::{self, Grid, HEAD_ROWS, TooLarge};
use super::{Extract, Format, IngestError, Input, MAX_CELL_BYTES, MAX_COLUMNS, deal_rows, refuse, text};
use crate::model::{LeftOut, LeftOutReason, Place, Quarantined};

/// HTML table.
pub struct HtmlTable;

/// Bytes looked at to see that this is HTML; the table itself may begin far below styles and scripts.
const HEAD: usize = 1 << 16;
/// Captions usual in exports that make a row the heading of a table of data, and not of a layout.
const MIN_KNOWN: usize = 2;
/// Deepest tables in tables that are looked into; the pages of portals nest some 10.
const MAX_NESTED: usize = 40;
/// Widest and highest merge: what browsers allow.
const MAX_COLSPAN: usize = 1_000;
const MAX_ROWSPAN: u32 = 65_534;

impl Format for HtmlTable {
    fn id(&self) -> &'static str {
        "bitrix24-html"
    }

    fn title(&self) -> &'static str {
        "таблица HTML (так Bitrix24 выгружает «Excel»)"
    }

    fn detect(&self, input: &Input) -> bool {
        let head = text::decode(input.head(HEAD));
        if !head.text.trim_start().starts_with('<') || refuse::is_login_page(&head.text) {
            return false;
        }
        if head.encoding.starts_with("utf-16") {
            return has_table(text::decode(&input.bytes).text.as_bytes());
        }
        has_table(&input.bytes)
    }

    fn read(&self, input: &Input) -> Result<Extract, IngestError> {
        let decoded = text::decode(&input.bytes);
        let unreadable =
            |what: &str, next| Err(IngestError::Unreadable { file: input.path.clone(), what: what.to_owned(), next });
        if refuse::is_login_page(&decoded.text[..char_floor(&decoded.text, HEAD)]) {
            return unreadable("это страница входа на сайт", "войдите в CRM и скачайте файл заново");
        }
        let mut scanner = Scanner { input, extract: Extract::default(), headings: Vec::new(), levels: Vec::new() };
        scanner.scan(&decoded.text)?;
        let Scanner { mut extract, headings, .. } = scanner;
        if extract.tables.is_empty() {
            return unreadable("в HTML нет таблицы с данными", "выгрузите список из CRM заново");
        }
        deal_rows::divide(&mut extract);
        extract.encoding = decoded.encoding.to_owned();
        let rows: Vec<String> = headings.into_iter().map(sheet::heading_row_text).collect();
        extract.details.push((sheet::HEADING_ROW, rows.join("; ")));
        Ok(extract)
    }
}

/// Whether the tags of a table and of a row in it occur, in letters of any case.
fn has_table(bytes: &[u8]) -> bool {
    let mut tags = memchr::memchr_iter(b'<', bytes).filter_map(|at| bytes.get(at + 1..));
    let is = |rest: &[u8], name: &[u8]| {
        rest.len() > name.len()
            && rest[..name.len()].eq_ignore_ascii_case(name)
            && (rest[name.len()] == b'>' || rest[name.len()].is_ascii_whitespace())
    };
    tags.any(|rest| is(rest, b"table")) && tags.any(|rest| is(rest, b"tr"))
}

/// The last border of a character at or before `at`.
fn char_floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

struct Scanner<'a> {
    input: &'a Input,
    extract: Extract,
    /// Row of the heading of each table.
    headings: Vec<Option<u32>>,
    /// Tables open around the place, the innermost last.
    levels: Vec<Level>,
}

/// A table being read.
#[derive(Default)]
struct Level {
    grid: Grid,
    /// Rows so far.
    rows: u32,
    row: Option<Row>,
    /// A row of captions has passed: this is a table of data, and a table in one of its cells is text of the cell.
    has_captions: bool,
    /// A table of data was found inside: this one only lays out the page.
    is_layout: bool,
    /// Rows that a cell above still covers, by column.
    covered: Vec<u32>,
    /// Text of all cells, when the table turns out to be text of the cell around it.
    text: String,
    /// That text is not all of it.
    is_text_cut: bool,
    quarantined: Vec<Quarantined>,
}

#[derive(Default)]
struct Row {
    column: usize,
    cell: Option<String>,
    colspan: usize,
    rowspan: u32,
    /// Texts of the row, while the heading is looked for.
    texts: Vec<String>,
    too_long: bool,
}

impl Scanner<'_> {
    fn scan(&mut self, body: &str) -> Result<(), IngestError> {
        let mut rest = body;
        while let Some(at) = memchr::memchr(b'<', rest.as_bytes()) {
            self.text(&rest[..at]);
            rest = &rest[at..];
            if let Some(comment) = rest.strip_prefix("<!--") {
                rest = comment.split_once("-->").map_or("", |(_, after)| after);
                continue;
            }
            let Some((name, closing, attributes, length)) = tag(rest) else {
                self.text("<");
                rest = &rest[1..];
                continue;
            };
            match (name.as_str(), closing) {
                ("table", false) => {
                    if self.levels.len() >= MAX_NESTED {
                        return Err(self.limit("таблицы вложены слишком глубоко"));
                    }
                    self.levels.push(Level::default());
                }
                ("table", true) => self.end_table()?,
                ("tr", false) => {
                    self.end_row()?;
                    if let Some(level) = self.levels.last_mut() {
                        level.row = Some(Row::default());
                    }
                }
                ("tr", true) => self.end_row()?,
                ("td" | "th", false) => {
                    self.end_cell()?;
                    if let Some(level) = self.levels.last_mut() {
                        // As in browsers, a cell without a row begins one.
                        let row = level.row.get_or_insert_default();
                        row.cell = Some(String::new());
                        row.colspan = span(attributes, "colspan").unwrap_or(1).clamp(1, MAX_COLSPAN);
                        // Nought is «to the end of the table».
                        row.rowspan = match span(attributes, "rowspan") {
                            Some(0) => MAX_ROWSPAN,
                            Some(rows) => rows.min(MAX_ROWSPAN as usize) as u32,
                            None => 1,
                        };
                    }
                }
                ("td" | "th", true) => self.end_cell()?,
                ("br", _) => self.push('\n'),
                ("style" | "script", false) => {
                    rest = after_closing(&rest[length..], &name);
                    continue;
                }
                // Other tags of HTML are dropped; what only looks like a tag («<5 шт») is text.
                (name, _) if is_html(name) => {}
                _ => {
                    self.text(&rest[..1]);
                    rest = &rest[1..];
                    continue;
                }
            }
            rest = &rest[length..];
        }
        self.text(rest);
        while !self.levels.is_empty() {
            self.end_table()?;
        }
        Ok(())
    }

    /// The row of the innermost table whose cell takes text.
    fn open_row(&mut self) -> Option<&mut Row> {
        self.levels.last_mut()?.row.as_mut()
    }

    fn push(&mut self, c: char) {
        if let Some(Row { cell: Some(cell), .. }) = self.open_row() {
            cell.push(c);
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(Row { cell: Some(cell), too_long, .. }) = self.open_row() {
            if cell.len() + text.len() > MAX_CELL_BYTES {
                *too_long = true;
                return;
            }
            unescape(text, cell);
        }
    }

    fn end_cell(&mut self) -> Result<(), IngestError> {
        let nested = self.levels.len() > 1;
        let Some(level) = self.levels.last_mut() else { return Ok(()) };
        let Some(row) = &mut level.row else { return Ok(()) };
        let Some(cell) = row.cell.take() else { return Ok(()) };
        while level.covered.get(row.column).is_some_and(|rows| *rows > 0) {
            row.column += 1;
        }
        let lines: Vec<&str> = cell.lines().map(|l| l.trim_matches([' ', '\t', '\u{a0}'])).collect();
        let lines = lines.join("\n");
        let text = sheet::unwrap_text(lines.trim_matches('\n'));
        let done = level.grid.set(row.column, text);
        if !level.has_captions && level.rows < HEAD_ROWS as u32 {
            row.texts.push(text.to_owned());
        }
        if nested && !text.is_empty() {
            if level.text.len() + text.len() > MAX_CELL_BYTES {
                level.is_text_cut = true;
            } else {
                level.text.push_str(text);
                level.text.push(' ');
            }
        }
        let end = row.column + row.colspan;
        if row.rowspan > 1 && end <= MAX_COLUMNS {
            if level.covered.len() < end {
                level.covered.resize(end, 0);
            }
            // The row being built counts too: the end of the row takes it off.
            level.covered[row.column..end].fill(row.rowspan);
        }
        row.column = end;
        done.map_err(|TooLarge| self.limit("таблица слишком велика"))
    }

    fn end_row(&mut self) -> Result<(), IngestError> {
        self.end_cell()?;
        let place = self.place();
        let Some(level) = self.levels.last_mut() else { return Ok(()) };
        let Some(row) = level.row.take() else { return Ok(()) };
        if row.column == 0 {
            return Ok(());
        }
        for rows in &mut level.covered {
            *rows = rows.saturating_sub(1);
        }
        level.rows += 1;
        level.has_captions |= !row.texts.is_empty()
            && sheet::find_heading(std::slice::from_ref(&row.texts)).is_some_and(|h| h.known >= MIN_KNOWN);
        if row.too_long {
            level.is_text_cut = true;
            level.grid.discard_row();
            level.quarantined.push(Quarantined {
                location: place.row(level.rows),
                reason: format!("ячейка длиннее {MAX_CELL_BYTES} байт"),
                raw: String::new(),
            });
        } else {
            level.grid.end_row(level.rows);
        }
        Ok(())
    }

    fn end_table(&mut self) -> Result<(), IngestError> {
        self.end_row()?;
        let Some(level) = self.levels.pop() else { return Ok(()) };
        if let Some(parent) = self.levels.last_mut() {
            if parent.has_captions || !(level.has_captions || level.is_layout) {
                // Text of the cell around it.
                self.push(' ');
                self.append(&level.text, level.is_text_cut);
                return Ok(());
            }
            parent.is_layout = true;
        }
        if level.is_layout && !level.has_captions && !self.extract.tables.is_empty() {
            let rows = (1..=level.rows).map(|row| (0, LeftOut { row, reason: LeftOutReason::Title }));
            self.extract.left_out.extend(rows);
            return Ok(());
        }
        let sheet = level.grid.into_table(self.place()).map_err(|TooLarge| self.limit("таблица слишком велика"))?;
        self.extract.quarantined.extend(level.quarantined);
        if let Some(sheet) = sheet {
            let at = self.extract.tables.len();
            self.headings.push(sheet.heading_row);
            self.extract.left_out.extend(sheet.left_out.into_iter().map(|l| (at, l)));
            self.extract.tables.push(sheet.table);
        }
        Ok(())
    }

    /// Adds text that has no references any more.
    fn append(&mut self, text: &str, is_cut: bool) {
        if let Some(Row { cell: Some(cell), too_long, .. }) = self.open_row() {
            if is_cut || cell.len() + text.len() > MAX_CELL_BYTES {
                *too_long = true;
            } else {
                cell.push_str(text);
            }
        }
    }

    fn place(&self) -> Place {
        Place::file(&self.input.name)
    }

    fn limit(&self, what: &str) -> IngestError {
        IngestError::Limit { file: self.input.path.clone(), what: what.to_owned() }
    }
}

/// What follows the closing tag of a style or a script, from that tag on; nothing when it is not closed.
fn after_closing<'t>(text: &'t str, name: &str) -> &'t str {
    let bytes = text.as_bytes();
    let end = memchr::memmem::find_iter(bytes, b"</")
        .find(|at| bytes.get(at + 2..at + 2 + name.len()).is_some_and(|b| b.eq_ignore_ascii_case(name.as_bytes())));
    end.map_or("", |end| &text[end..])
}

fn span(attributes: &str, name: &str) -> Option<usize> {
    attribute(attributes, name)?.trim().parse().ok()
}

/// Name in lower case, whether it closes, its attributes, and the length of a tag at the start of `text`.
fn tag(text: &str) -> Option<(String, bool, &str, usize)> {
    let inner = &text[1..];
    let closing = inner.starts_with('/');
    let inner = inner.strip_prefix('/').unwrap_or(inner);
    let name: String =
        inner.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, ':' | '!' | '?')).collect();
    if name.is_empty() {
        return None;
    }
    // A tag ends soon; a stray `<` followed by a letter would otherwise run to the next real tag.
    let end = memchr::memchr2(b'>', b'<', &inner.as_bytes()[name.len()..])? + name.len();
    if inner.as_bytes()[end] != b'>' {
        return None;
    }
    let length = text.len() - inner.len() + end + 1;
    Some((name.to_ascii_lowercase(), closing, &inner[name.len()..end], length))
}

fn attribute<'t>(attributes: &'t str, name: &str) -> Option<&'t str> {
    let lower = attributes.to_ascii_lowercase();
    let at = lower.find(&format!("{name}="))? + name.len() + 1;
    Some(attributes[at..].trim_start_matches(['"', '\'']).split(['"', '\'', ' ', '/']).next().unwrap_or(""))
}

/// Elements that may stand in an exported table or around it.
fn is_html(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "html",
        "head",
        "body",
        "meta",
        "title",
        "link",
        "table",
        "thead",
        "tbody",
        "tfoot",
        "caption",
        "colgroup",
        "col",
        "a",
        "b",
        "i",
        "u",
        "s",
        "p",
        "div",
        "span",
        "font",
        "strong",
        "em",
        "small",
        "sup",
        "sub",
        "ul",
        "ol",
        "li",
        "img",
        "hr",
        "nobr",
        "style",
        "script",
        "center",
        "pre",
        "code",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "blockquote",
        "form",
        "input",
        "button",
        "label",
        "select",
        "option",
        "textarea",
        "nav",
        "header",
        "footer",
        "section",
        "noscript",
        "iframe",
        "svg",
        "path",
        "base",
        "del",
        "ins",
        "!doctype",
        "?xml",
        "o:p",
        "x:num",
    ];
    NAMES.contains(&name) || name.starts_with("!")
}

/// Character references of HTML that exports contain; an `&` that is none stays.
fn unescape(text: &str, into: &mut String) {
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'&', rest.as_bytes()) {
        into.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.bytes().take(12).position(|b| b == b';');
        let known = end.and_then(|end| Some((reference(&rest[1..end])?, end)));
        match known {
            Some((c, end)) => {
                into.push(c);
                rest = &rest[end + 1..];
            }
            None => {
                into.push('&');
                rest = &rest[1..];
            }
        }
    }
    into.push_str(rest);
}

fn reference(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        "laquo" => '«',
        "raquo" => '»',
        "mdash" => '—',
        "ndash" => '–',
        "shy" => '\u{ad}',
        "ldquo" => '“',
        "rdquo" => '”',
        "bdquo" => '„',
        "hellip" => '…',
        "copy" => '©',
        _ => {
            let digits = name.strip_prefix('#')?;
            let code = match digits.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => digits.parse().ok()?,
            };
            char::from_u32(code).filter(|c| *c != '\0')?
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(html: &str) -> Extract {
        let input = Input::from_bytes("companies.xls", html);
        assert!(HtmlTable.detect(&input));
        HtmlTable.read(&input).unwrap()
    }

    #[test]
    fn bitrix24_tables_with_raw_cells() {
        let extract = read(concat!(
            "\u{feff}<meta http-equiv=\"Content-type\" content=\"text/html;charset=UTF-8\" /><table border=\"1\"><thead><tr>",
            "<th>ID</th><th>Название компании</th><th>Тип компании</th><th>Рабочий телефон</th><th>Тип компании</th></tr></thead><tbody>",
            "<tr><td>1</td><td>ООО \"Рога & Копыта\"</td><td>Клиент</td><td>8 900&nbsp;000-00-01</td><td></td></tr>",
            "<tr><td>2</td><td>Склад <5 шт &laquo;Луч&raquo; &#8470;1</td><td></td><td>1<br />2<br>3</td><td>x</td></tr>",
            "</tbody></table>"
        ));
        let table = &extract.tables[0];
        assert_eq!(
            table.columns.iter().map(|c| c.heading.as_str()).collect::<Vec<_>>(),
            ["ID", "Название компании", "Тип компании", "Рабочий телефон", "Тип компании"]
        );
        assert_eq!((table.len(), &table.rows[..]), (2, &[2, 3][..]));
        assert_eq!(table.get(1, 0), "ООО \"Рога & Копыта\"");
        assert_eq!(table.get(3, 0), "8 900\u{a0}000-00-01");
        assert_eq!(table.get(1, 1), "Склад <5 шт «Луч» №1");
        assert_eq!((table.get(3, 1), table.get(4, 1)), ("1\n2\n3", "x"));
        assert_eq!(extract.encoding, "utf-8-bom");
    }

    fn rows(extract: &Extract, at: usize) -> Vec<Vec<&str>> {
        let table = &extract.tables[at];
        (0..table.len()).map(|row| (0..table.columns.len()).map(|c| table.get(c, row)).collect()).collect()
    }

    fn headings(extract: &Extract, at: usize) -> Vec<&str> {
        extract.tables[at].columns.iter().map(|c| c.heading.as_str()).collect()
    }

    #[test]
    fn merged_cells_keep_columns_in_their_places() {
        let extract = read(concat!(
            "<table><tr><th rowspan=\"2\">Код</th><th rowspan=2>Наименование</th><th colspan=\"2\">Сальдо</th><th rowspan=2>ИНН</th></tr>",
            "<tr><th>Дебет</th><th>Кредит</th></tr>",
            "<tr><td>01</td><td rowspan=\"2\">Ромашка</td><td>5</td><td></td><td>7700000016</td></tr>",
            "<tr><td>02</td><td>6</td><td></td><td>7700000023</td></tr>",
            "<tr><td>03</td><td>Василёк</td><td colspan=2>7</td><td>7700000030</td></tr></table>"
        ));
        assert_eq!(headings(&extract, 0), ["Код", "Наименование", "Сальдо / Дебет", "Сальдо / Кредит", "ИНН"]);
        assert_eq!(
            rows(&extract, 0),
            [
                ["01", "Ромашка", "5", "", "7700000016"],
                ["02", "", "6", "", "7700000023"],
                ["03", "Василёк", "7", "", "7700000030"]
            ]
        );
        assert_eq!(extract.details, [("строка заголовков", "1".to_owned())]);
    }

    #[test]
    fn hostile_merges_end() {
        let wide = "<td colspan=4000000000 rowspan=4000000000>x".repeat(20_000);
        let html = format!("<table><tr><th>ID<th>Телефон<tr>{wide}<tr><td rowspan=0>1<td>2</table>");
        let error = HtmlTable.read(&Input::from_bytes("a.xls", html)).unwrap_err();
        assert!(matches!(error, IngestError::Limit { .. }));
        let deep = "<table><tr><td>".repeat(100_000);
        let error = HtmlTable.read(&Input::from_bytes("a.xls", deep)).unwrap_err();
        assert!(error.to_string().contains("глубоко"));
    }

    #[test]
    fn layout_tables_are_looked_into() {
        let extract = read(concat!(
            "<html><body><table><tr><td>Меню</td><td>Компании</td></tr><tr><td>x</td><td>",
            "<table><tr><th>ID</th><th>Название компании</th><th>Телефон</th></tr>",
            "<tr><td>1</td><td>А</td><td>=\"0123\"</td></tr><tr><td>2</td><td>Б</td><td>'79160000001</td></tr></table>",
            "</td></tr></table></body></html>"
        ));
        assert_eq!(extract.tables.len(), 1);
        assert_eq!(rows(&extract, 0), [["1", "А", "0123"], ["2", "Б", "79160000001"]]);
        // The rows of the page around it are told.
        assert_eq!(extract.left_out.len(), 2);
    }

    #[test]
    fn a_table_in_a_comment_is_text() {
        let extract = read(concat!(
            "<table><tr><th>ID</th><th>Название компании</th><th>Комментарий</th></tr><tr><td>1</td><td>А</td><td>до ",
            "<table><tr><td>Наименование</td><td>Количество</td></tr><tr><td>Стул</td><td>5</td></tr></table> после</td></tr>",
            "<tr><td>2</td><td>Б</td><td></td></tr></table>"
        ));
        assert_eq!(extract.tables.len(), 1);
        assert_eq!(rows(&extract, 0), [["1", "А", "до  Наименование Количество Стул 5  после"], ["2", "Б", ""]]);
    }

    #[test]
    fn tables_far_down_and_in_capitals_are_found() {
        let html = format!(
            "<HTML><STYLE>{}</STYLE><TABLE><TR><TD>ID</TD><TD>Телефон</TD></TR><TR><TD>1</TD><TD>2</TD></TR></TABLE>",
            "td { mso-number-format:\"\\@\"; }\n".repeat(5_000)
        );
        assert_eq!(rows(&read(&html), 0), [["1", "2"]]);
        // A page without a table and XML with names that begin alike are not taken.
        for other in
            ["<html><p>table tr</p></html>", "<tables><tr1/></tables>", "<table-list><transaction/></table-list>"]
        {
            assert!(!HtmlTable.detect(&Input::from_bytes("a.xls", other)), "{other}");
        }
    }

    #[test]
    fn login_pages_are_no_tables() {
        let page = concat!(
            "<!DOCTYPE html><html><body><form action=\"/auth/\"><table><tr><td>Логин</td><td><input name=login></td></tr>",
            "<tr><td>Пароль</td><td><input TYPE=\"password\"></td></tr></table></form></body></html>"
        );
        let input = Input::from_bytes("companies.xls", page);
        let error = crate::ingest::read(&input, None).unwrap_err().to_string();
        assert!(error.contains("страница входа") && error.contains("скачайте файл заново"), "{error}");
        let error = crate::ingest::read(&input, Some("bitrix24-html")).unwrap_err().to_string();
        assert!(error.contains("страница входа"), "{error}");
    }

    #[test]
    fn tables_cut_short_keep_their_rows() {
        let extract = read("<html><body><table><tr><th>ID<th>Название компании<tr><td>1<td>А<tr><td>2<td>Б");
        assert_eq!(extract.tables[0].len(), 2);
        let input = Input::from_bytes("x.xls", "<html><table><tr></tr></table>");
        assert!(HtmlTable.read(&input).is_err());
    }
}
