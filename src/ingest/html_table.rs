//! The HTML table that Bitrix24 calls `.xls`, and tables that Excel saved as HTML.
//!
//! Bitrix24 writes `<meta …><table border="1"><thead><tr><th>…` without `<html>`, after a BOM, and does not escape
//! ordinary cells: `&`, `<br />` and a stray `<` stand raw (read in its exporter, 2026-11-24). So this is a tolerant
//! scanner of table tags, not an HTML parser: whatever is not a table tag is text of the cell or is stripped.

use super::sheet::{Grid, TooLarge};
use super::{Extract, Format, IngestError, Input, MAX_CELL_BYTES, text};
use crate::model::{Place, Quarantined};

/// HTML table.
pub struct HtmlTable;

/// Bytes in which the first table tag must stand.
const HEAD: usize = 1 << 16;

impl Format for HtmlTable {
    fn id(&self) -> &'static str {
        "bitrix24-html"
    }

    fn title(&self) -> &'static str {
        "таблица HTML (так Bitrix24 выгружает «Excel»)"
    }

    fn detect(&self, input: &Input) -> bool {
        let head = text::decode(input.head(HEAD)).text.to_lowercase();
        head.trim_start().starts_with('<') && head.contains("<table") && head.contains("<tr")
    }

    fn read(&self, input: &Input) -> Result<Extract, IngestError> {
        let decoded = text::decode(&input.bytes);
        let mut scanner =
            Scanner { input, extract: Extract::default(), grid: Grid::default(), rows: 0, row: None, depth: 0 };
        scanner.scan(&decoded.text)?;
        let mut extract = scanner.extract;
        if extract.tables.is_empty() {
            return Err(IngestError::Unreadable {
                file: input.path.clone(),
                what: "в HTML нет таблицы с данными".to_owned(),
                next: "выгрузите список из CRM заново",
            });
        }
        extract.encoding = decoded.encoding.to_owned();
        Ok(extract)
    }
}

struct Scanner<'a> {
    input: &'a Input,
    extract: Extract,
    grid: Grid,
    /// Rows of the current table so far.
    rows: u32,
    row: Option<Row>,
    /// Tables open around the place.
    depth: u32,
}

#[derive(Default)]
struct Row {
    column: usize,
    cell: Option<String>,
    span: usize,
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
                // A table inside a cell is text of that cell: only the outer one has rows.
                ("table", false) => self.depth += 1,
                ("table", true) => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.depth == 0 {
                        self.end_table()?;
                    }
                }
                ("tr" | "td" | "th", _) if self.depth > 1 => self.push(' '),
                ("tr", false) => {
                    self.end_row()?;
                    self.row = Some(Row::default());
                }
                ("tr", true) => self.end_row()?,
                ("td" | "th", false) => {
                    self.end_cell()?;
                    if let Some(row) = &mut self.row {
                        row.cell = Some(String::new());
                        row.span =
                            attribute(attributes, "colspan").and_then(|n| n.parse().ok()).unwrap_or(1).clamp(1, 1000);
                    }
                }
                ("td" | "th", true) => self.end_cell()?,
                ("br", _) => self.push('\n'),
                ("style" | "script", false) => {
                    let end = format!("</{name}");
                    let after = rest.to_ascii_lowercase().find(&end).unwrap_or(rest.len());
                    rest = &rest[after.max(length)..];
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
        self.end_table()
    }

    fn push(&mut self, c: char) {
        if let Some(Row { cell: Some(cell), .. }) = &mut self.row {
            cell.push(c);
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(Row { cell: Some(cell), too_long, .. }) = &mut self.row {
            if cell.len() + text.len() > MAX_CELL_BYTES {
                *too_long = true;
                return;
            }
            unescape(text, cell);
        }
    }

    fn end_cell(&mut self) -> Result<(), IngestError> {
        let Some(row) = &mut self.row else { return Ok(()) };
        let Some(cell) = row.cell.take() else { return Ok(()) };
        let lines: Vec<&str> = cell.lines().map(|l| l.trim_matches([' ', '\t', '\u{a0}'])).collect();
        let done = self.grid.set(row.column, lines.join("\n").trim_matches('\n'));
        row.column += row.span;
        done.map_err(|TooLarge| self.limit())
    }

    fn end_row(&mut self) -> Result<(), IngestError> {
        self.end_cell()?;
        let Some(row) = self.row.take() else { return Ok(()) };
        if row.column == 0 {
            return Ok(());
        }
        self.rows += 1;
        if row.too_long {
            self.grid.discard_row();
            self.extract.quarantined.push(Quarantined {
                location: self.place().row(self.rows),
                reason: format!("ячейка длиннее {MAX_CELL_BYTES} байт"),
                raw: String::new(),
            });
        } else {
            self.grid.end_row(self.rows);
        }
        Ok(())
    }

    fn end_table(&mut self) -> Result<(), IngestError> {
        self.end_row()?;
        self.rows = 0;
        let grid = std::mem::take(&mut self.grid);
        if let Some(sheet) = grid.into_table(self.place()).map_err(|TooLarge| self.limit())? {
            let at = self.extract.tables.len();
            self.extract.left_out.extend(sheet.left_out.into_iter().map(|l| (at, l)));
            self.extract.tables.push(sheet.table);
        }
        Ok(())
    }

    fn place(&self) -> Place {
        Place::file(&self.input.name)
    }

    fn limit(&self) -> IngestError {
        IngestError::Limit {
            file: self.input.path.clone(), what: "таблица слишком велика".to_owned()
        }
    }
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

    #[test]
    fn tables_cut_short_keep_their_rows() {
        let extract = read("<html><body><table><tr><th>ID<th>Название компании<tr><td>1<td>А<tr><td>2<td>Б");
        assert_eq!(extract.tables[0].len(), 2);
        let input = Input::from_bytes("x.xls", "<html><table><tr></tr></table>");
        assert!(HtmlTable.read(&input).is_err());
    }
}
