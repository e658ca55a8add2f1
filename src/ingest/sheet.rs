//! Finding the table inside a sheet: the heading below titles. Rows that are no records: `leave_out`.

use std::collections::HashSet;

use super::MAX_COLUMNS;
use super::leave_out::{drop_phantom_columns, keep_rows, leave_out_rows};
use crate::model::{LeftOut, LeftOutReason, Place, RawColumn, RawTable, TextColumn};

/// Rows among which the heading is looked for. Report headers of 1C take 6–11 rows, with many filters some 20.
pub const HEAD_ROWS: usize = 40;
/// Most cells (columns × rows, empty ones included) of one sheet: 1.6 GB of row ends.
pub const MAX_GRID_CELLS: usize = 400_000_000;
/// Most text of one sheet, bytes: a full sheet of 1,048,576 rows and 50 columns of 20 letters has as much, and one text
/// that a million cells share must not multiply beyond it.
pub const MAX_GRID_BYTES: usize = 2_000_000_000;
/// A heading is a short text, characters. Requisites of Bitrix24 reach 70.
const MAX_CAPTION: usize = 120;

/// Where the heading is and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// Index of its first row.
    pub first: usize,
    /// Rows it takes: 1 or 2.
    pub storeys: usize,
    /// A caption per column, trimmed; may be empty.
    pub captions: Vec<String>,
    /// Captions that are usual in exports of 1C and CRMs.
    pub known: usize,
}

/// Cells of a sheet by column, before it is known what they are. Columns without any cell are never stored, so a lone
/// cell in column XFD costs one column.
#[derive(Debug)]
pub struct Grid {
    columns: Vec<TextColumn>,
    /// Column of the sheet, 0-based, of each of `columns`.
    positions: Vec<u32>,
    /// Index in `columns` by column of the sheet.
    slots: Vec<Option<u32>>,
    rows: Vec<u32>,
    /// Ends stored so far in all columns, and how many may be.
    stored: usize,
    limit: usize,
    /// Text so far, and how much may be.
    bytes: usize,
    byte_limit: usize,
}

impl Default for Grid {
    fn default() -> Self {
        Grid {
            columns: Vec::new(),
            positions: Vec::new(),
            slots: Vec::new(),
            rows: Vec::new(),
            stored: 0,
            limit: MAX_GRID_CELLS,
            bytes: 0,
            byte_limit: MAX_GRID_BYTES,
        }
    }
}

/// A sheet as it stands, from its first filled row to its last.
#[derive(Debug)]
pub struct RawSheet {
    pub name: String,
    /// Number of each row in the sheet, from 1.
    pub rows: Vec<u32>,
    columns: Vec<TextColumn>,
    /// Index in `columns` by column of the sheet.
    slots: Vec<Option<u32>>,
}

impl RawSheet {
    /// Columns of the sheet up to its last filled one.
    pub fn width(&self) -> usize {
        self.slots.len()
    }

    /// Text of a cell: `row` indexes [`Self::rows`], `column` counts from 0 at column A. Empty where there is none.
    pub fn get(&self, row: usize, column: usize) -> &str {
        let slot = self.slots.get(column).copied().flatten();
        slot.map_or("", |slot| self.columns[slot as usize].get(row))
    }
}

/// A grid past [`MAX_GRID_CELLS`], [`MAX_GRID_BYTES`] or [`MAX_COLUMNS`].
#[derive(Debug, PartialEq, Eq)]
pub struct TooLarge;

impl Grid {
    /// A grid for at most `bytes` of text, if that is less than [`MAX_GRID_BYTES`].
    pub fn with_text_limit(bytes: usize) -> Self {
        Grid { byte_limit: bytes.min(MAX_GRID_BYTES), ..Grid::default() }
    }

    /// Sets a cell of the row being built; the last value set wins.
    ///
    /// # Errors
    /// [`TooLarge`].
    pub fn set(&mut self, column: usize, text: &str) -> Result<(), TooLarge> {
        if text.is_empty() {
            return Ok(());
        }
        if column >= MAX_COLUMNS {
            return Err(TooLarge);
        }
        if column >= self.slots.len() {
            self.slots.resize(column + 1, None);
        }
        let slot = match self.slots[column] {
            Some(slot) => slot as usize,
            None => {
                self.slots[column] = Some(self.columns.len() as u32);
                self.columns.push(TextColumn::new());
                self.positions.push(column as u32);
                self.columns.len() - 1
            }
        };
        let row = self.rows.len();
        let cells = &mut self.columns[slot];
        if cells.len() > row {
            cells.truncate(row);
        }
        self.stored += row + 1 - cells.len();
        self.bytes += text.len();
        if self.stored > self.limit || self.bytes > self.byte_limit {
            return Err(TooLarge);
        }
        cells.pad(row);
        cells.push(text);
        Ok(())
    }

    /// Closes the row being built, at `row` of the sheet (from 1).
    pub fn end_row(&mut self, row: u32) {
        self.rows.push(row);
    }

    /// Forgets the cells of the row being built.
    pub fn discard_row(&mut self) {
        let row = self.rows.len();
        for cells in &mut self.columns {
            cells.truncate(row);
        }
    }

    pub fn rows(&self) -> usize {
        self.rows.len()
    }

    /// The rows as they stand.
    ///
    /// # Errors
    /// [`TooLarge`].
    pub fn into_rows(mut self, name: &str) -> Result<RawSheet, TooLarge> {
        let rows = self.rows.len();
        if self.columns.len().saturating_mul(rows) > self.limit {
            return Err(TooLarge);
        }
        for cells in &mut self.columns {
            cells.pad(rows);
        }
        Ok(RawSheet { name: name.to_owned(), rows: self.rows, columns: self.columns, slots: self.slots })
    }

    /// Makes the table: finds the heading, takes rows that are not records out. `None` when there is no table: no
    /// filled row, or a single column of text under no known caption.
    ///
    /// # Errors
    /// [`TooLarge`].
    pub fn into_table(mut self, place: Place) -> Result<Option<Sheet>, TooLarge> {
        let rows = self.rows.len();
        if self.columns.len().saturating_mul(rows) > self.limit {
            return Err(TooLarge);
        }
        for cells in &mut self.columns {
            cells.pad(rows);
        }
        let mut order: Vec<usize> = (0..self.columns.len()).collect();
        order.sort_unstable_by_key(|&slot| self.positions[slot]);
        let head: Vec<Vec<&str>> = (0..rows.min(HEAD_ROWS))
            .map(|row| order.iter().map(|&slot| self.columns[slot].get(row)).collect())
            .collect();
        let heading = find_heading(&head);
        let storeys = storeys_of(&head, heading.as_ref());
        let (first, data) = heading.as_ref().map_or((0, 0), |h| (h.first, h.first + h.storeys));
        if self.columns.is_empty() || (self.columns.len() == 1 && heading.as_ref().is_none_or(|h| h.known == 0)) {
            return Ok(None);
        }
        let mut left_out: Vec<LeftOut> = (0..first)
            .map(|row| {
                let blank = order.iter().all(|&slot| self.columns[slot].get(row).trim().is_empty());
                LeftOut { row: self.rows[row], reason: if blank { LeftOutReason::Blank } else { LeftOutReason::Title } }
            })
            .collect();
        let heading_row = heading.as_ref().map(|h| self.rows[h.first]);
        let mut captions = heading.map(|h| h.captions).unwrap_or_default();
        captions.resize(order.len(), String::new());
        let mut table = RawTable::new(place, "");
        let mut columns: Vec<Option<TextColumn>> = self.columns.into_iter().map(Some).collect();
        for (slot, heading) in order.into_iter().zip(captions) {
            let cells = columns[slot].take().expect("each slot is in the order once");
            table.columns.push(RawColumn { heading, cells });
        }
        table.rows = self.rows;
        let skip: Vec<bool> = (0..rows).map(|row| row < data).collect();
        if data > 0 {
            keep_rows(&mut table, |row| !skip[row]);
        }
        left_out.extend(leave_out_rows(&mut table, &storeys));
        drop_phantom_columns(&mut table);
        Ok(Some(Sheet { table, left_out, heading_row }))
    }
}

/// A table and the rows of its sheet that are not records.
#[derive(Debug)]
pub struct Sheet {
    pub table: RawTable,
    pub left_out: Vec<LeftOut>,
    /// Row of the heading in the sheet; `None` when no row looks like one and all rows are data.
    pub heading_row: Option<u32>,
}

/// Name under which an extract tells where its heading stands.
pub const HEADING_ROW: &str = "строка заголовков";

/// The row of a heading for people.
pub fn heading_row_text(row: Option<u32>) -> String {
    row.map_or_else(|| "не найдена".to_owned(), |row| row.to_string())
}

/// The texts of the heading rows as they stand, to recognise them further down.
pub fn storeys_of<S: AsRef<str>>(head: &[Vec<S>], heading: Option<&Heading>) -> Vec<Vec<String>> {
    heading.map_or_else(Vec::new, |h| {
        head[h.first..h.first + h.storeys]
            .iter()
            .map(|row| row.iter().map(|cell| cell.as_ref().trim().to_owned()).collect())
            .collect()
    })
}

/// Finds the heading among the first rows of a sheet. `None`: no row looks like one.
///
/// A heading has texts only (no numbers, dates, addresses of e-mail), and every row above it is a title: at most
/// half as many cells, or parameters («Период:», «Отбор:»). Of such rows the one with most known captions wins, then the
/// one with most distinct texts, then the first.
pub fn find_heading<S: AsRef<str>>(rows: &[Vec<S>]) -> Option<Heading> {
    let rows = &rows[..rows.len().min(HEAD_ROWS)];
    let facts: Vec<RowFacts> = rows.iter().map(|row| RowFacts::of(row)).collect();
    let mut best: Option<(i64, usize)> = None;
    let mut most_above = 0;
    for (at, row) in facts.iter().enumerate() {
        if row.filled > 0 && most_above * 2 <= row.filled {
            let acceptable = row.other == 0 || row.known > row.other;
            let score = 4 * row.known as i64 + row.distinct as i64 - 3 * row.other as i64;
            if acceptable && row.distinct > 0 && best.is_none_or(|(top, _)| score > top) {
                best = Some((score, at));
            }
        }
        if !row.parameter {
            most_above = most_above.max(row.filled);
        }
    }
    let (_, first) = best?;
    let upper: Vec<&str> = rows[first].iter().map(|cell| cell.as_ref().trim()).collect();
    let lower = rows.get(first + 1).filter(|lower| is_second_storey(&upper, lower));
    let width = upper.len().max(lower.map_or(0, |l| l.len()));
    let mut captions = Vec::with_capacity(width);
    // The caption of a merge stands in its first cell: it covers empty cells to the right that have a lower caption.
    let mut parent: Option<&str> = None;
    for column in 0..width {
        let above = upper.get(column).copied().unwrap_or("");
        let below = lower.and_then(|l| l.get(column)).map_or("", |cell| cell.as_ref().trim());
        if !above.is_empty() {
            parent = (!below.is_empty()).then_some(above);
        }
        captions.push(match (above.is_empty(), below.is_empty()) {
            (_, true) => above.to_owned(),
            (false, false) => format!("{above} / {below}"),
            (true, false) => parent.map_or_else(|| below.to_owned(), |p| format!("{p} / {below}")),
        });
    }
    let storeys = if lower.is_some() { 2 } else { 1 };
    let known = facts[first].known + if lower.is_some() { facts[first + 1].known } else { 0 };
    Some(Heading { first, storeys, captions, known })
}

#[derive(Default)]
struct RowFacts {
    filled: usize,
    /// Distinct short texts.
    distinct: usize,
    known: usize,
    /// Numbers, dates, e-mail addresses, long texts: what a heading has not.
    other: usize,
    /// «Период: …», «Отбор:»: parameters of a report.
    parameter: bool,
}

impl RowFacts {
    fn of<S: AsRef<str>>(row: &[S]) -> RowFacts {
        let mut facts = RowFacts::default();
        let mut seen = HashSet::new();
        for cell in row {
            let text = cell.as_ref().trim();
            if text.is_empty() {
                continue;
            }
            facts.filled += 1;
            if facts.filled == 1 {
                facts.parameter = text.ends_with(':') || PARAMETERS.iter().any(|p| text.starts_with(p));
            }
            if !is_caption(text) {
                facts.other += 1;
            } else if seen.insert(text) {
                facts.distinct += 1;
                facts.known += usize::from(is_known_caption(text));
            }
        }
        facts.parameter &= facts.filled <= 6;
        facts
    }
}

/// Words with which parameter rows of 1C reports begin.
const PARAMETERS: &[&str] = &[
    "Период:",
    "Отбор:",
    "Параметры:",
    "Сортировка:",
    "Выводимые данные:",
    "Показатели:",
    "Группировки:",
    "Данные на",
];

/// The second storey stands under merged captions, leaves captions that reach down alone, and says usual things.
fn is_second_storey<S: AsRef<str>>(upper: &[&str], lower: &[S]) -> bool {
    let facts = RowFacts::of(lower);
    let above = |column: usize| upper.get(column).copied().unwrap_or("");
    let text = |column: usize| lower.get(column).map_or("", |cell| cell.as_ref().trim());
    let width = upper.len().max(lower.len());
    let under_merge = (0..width).any(|c| above(c).is_empty() && !text(c).is_empty());
    let reaching_down = (0..width).any(|c| !above(c).is_empty() && text(c).is_empty());
    let known = lower.iter().filter(|cell| is_known_caption(cell.as_ref().trim())).count();
    facts.other == 0 && under_merge && reaching_down && known * 2 >= facts.filled && known > 0
}

/// A short text that is no number, date, address or phone.
fn is_caption(text: &str) -> bool {
    let mut letters = 0usize;
    let mut digits = 0usize;
    let mut length = 0usize;
    for c in text.chars() {
        length += 1;
        letters += usize::from(c.is_alphabetic());
        digits += usize::from(c.is_ascii_digit());
    }
    // «№», «#» are captions without a letter; «Q1 2024», «Примечание 2» have digits, phones and INNs nothing else.
    length <= MAX_CAPTION
        && !text.contains('@')
        && digits <= letters
        && (letters > 0 || matches!(text, "№" | "#" | "%" | "№ п/п" | "+/-"))
}

/// Captions usual in exports, folded: lower case, ё as е. Whole words, compared with the words of a heading.
const CAPTION_WORDS: &[&str] = &[
    "id",
    "guid",
    "xml_id",
    "uuid",
    "инн",
    "кпп",
    "огрн",
    "огрнип",
    "окпо",
    "бик",
    "код",
    "артикул",
    "наименование",
    "название",
    "имя",
    "фамилия",
    "отчество",
    "фио",
    "ф.и.о",
    "контрагент",
    "контрагента",
    "компания",
    "клиент",
    "партнер",
    "организация",
    "контакт",
    "телефон",
    "тел",
    "мобильный",
    "факс",
    "e-mail",
    "email",
    "почта",
    "сайт",
    "адрес",
    "город",
    "регион",
    "область",
    "индекс",
    "страна",
    "район",
    "улица",
    "дата",
    "номер",
    "сумма",
    "валюта",
    "цена",
    "количество",
    "кол-во",
    "остаток",
    "тип",
    "вид",
    "статус",
    "стадия",
    "этап",
    "воронка",
    "бюджет",
    "ответственный",
    "менеджер",
    "комментарий",
    "примечание",
    "должность",
    "группа",
    "родитель",
    "ссылка",
    "дебет",
    "кредит",
    "счет",
    "обороты",
    "сальдо",
    "договор",
    "банк",
    "номенклатура",
    "единица",
    "ед",
    "ндс",
    "склад",
    "документ",
    "оплачено",
    "теги",
    "источник",
    "пол",
    "№",
    "name",
    "title",
    "company",
    "phone",
    "mobile",
    "fax",
    "address",
    "city",
    "country",
    "region",
    "code",
    "inn",
    "kpp",
    "ogrn",
    "tax",
    "date",
    "created",
    "amount",
    "sum",
    "currency",
    "price",
    "quantity",
    "status",
    "stage",
    "type",
    "contact",
    "last_name",
    "first_name",
    "second_name",
    "surname",
    "responsible",
    "comment",
    "comments",
    "email_work",
    "phone_work",
    "phone_mobile",
    "postcode",
    "brand",
];

/// Whether a text has a word usual in headings. Titles with a colon or many words do not count.
fn is_known_caption(text: &str) -> bool {
    if !is_caption(text) || text.split_whitespace().count() > 8 {
        return false;
    }
    // `name_full` and «Реквизит (Россия): ИНН» are taken apart too.
    let folded = text.to_lowercase().replace('ё', "е");
    let strip = |word: &str| -> bool {
        let word = word.trim_matches(|c: char| matches!(c, '*' | ':' | '(' | ')' | ',' | '.' | ';' | '"' | '«' | '»'));
        CAPTION_WORDS.contains(&word)
    };
    folded.split(|c: char| c.is_whitespace() || c == '/').any(strip) || folded.split('_').any(strip)
}

/// The value behind two habits of spreadsheets: `="0123"`, text kept from becoming a number, and an apostrophe before a
/// number. Anything else is returned as it stands.
pub fn unwrap_text(text: &str) -> &str {
    match text.as_bytes().first() {
        Some(b'=') => match text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')) {
            Some(inner) if !inner.contains('"') => inner,
            _ => text,
        },
        Some(b'\'') => {
            let rest = &text[1..];
            let digits = rest.bytes().any(|b| b.is_ascii_digit());
            let number = rest.bytes().all(|b| b.is_ascii_digit() || b" +-().,/".contains(&b));
            if digits && number { rest } else { text }
        }
        _ => text,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    fn grid(rows: &[&[&str]]) -> Grid {
        let mut grid = Grid::default();
        for (at, row) in rows.iter().enumerate() {
            for (column, text) in row.iter().enumerate() {
                grid.set(column, text).unwrap();
            }
            grid.end_row(at as u32 + 1);
        }
        grid
    }

    /// The table, and a check that every row below and above the heading is somewhere.
    pub(in crate::ingest) fn table(rows: &[&[&str]]) -> Sheet {
        let sheet = grid(rows).into_table(Place::sheet("a.xlsx", "Лист1")).unwrap().unwrap();
        let mut seen: Vec<u32> = sheet.table.rows.clone();
        seen.extend(sheet.left_out.iter().map(|l| l.row));
        seen.sort_unstable();
        let missing = rows.len() - seen.len();
        assert_eq!(missing, usize::from(sheet.heading_row.is_some()) * missing, "only heading rows are not counted");
        assert!(missing <= 2);
        seen.dedup();
        assert_eq!(seen.len() + missing, rows.len());
        sheet
    }

    fn headings(sheet: &Sheet) -> Vec<&str> {
        sheet.table.columns.iter().map(|c| c.heading.as_str()).collect()
    }

    pub(in crate::ingest) fn left_out(sheet: &Sheet) -> Vec<(u32, LeftOutReason)> {
        sheet.left_out.iter().map(|l| (l.row, l.reason)).collect()
    }

    #[test]
    fn heading_below_titles() {
        let sheet = table(&[
            &["ООО \"Колос\""],
            &["Контрагенты на 01.02.2024"],
            &[],
            &["Отбор:", "Вид контрагента", "Равно", "Юридическое лицо"],
            &["", "Наименование*", " ИНН:", "Телефон"],
            &["", "Ромашка ООО", "7700000016", "+7 495 000-00-01"],
        ]);
        // The sheet starts with an unnamed column that the title alone fills.
        assert_eq!(headings(&sheet), ["", "Наименование*", "ИНН:", "Телефон"]);
        assert_eq!((sheet.heading_row, sheet.table.rows.clone()), (Some(5), vec![6]));
        use LeftOutReason::*;
        assert_eq!(left_out(&sheet), [(1, Title), (2, Title), (3, Blank), (4, Title)]);
    }

    #[test]
    fn rows_as_full_as_the_heading_are_never_titles() {
        // The second row speaks like a heading; the first one is still the heading.
        let sheet = table(&[&["Alpha", "Beta"], &["Телефон", "Адрес"], &["x", "y"]]);
        assert_eq!(headings(&sheet), ["Alpha", "Beta"]);
        assert_eq!(sheet.table.len(), 2);
    }

    #[test]
    fn data_without_a_heading_stays_data() {
        let sheet = table(&[&["Ромашка", "7700000016", "a@b.ru"], &["Василёк", "7700000023", ""]]);
        assert_eq!(sheet.heading_row, None);
        assert_eq!(sheet.table.len(), 2);
        assert_eq!(headings(&sheet), ["", "", ""]);
    }

    #[test]
    fn two_storey_heading() {
        let sheet = table(&[
            &["Счет", "Сальдо на начало", "", "Обороты", "", "Примечание"],
            &["", "Дебет", "Кредит", "Дебет", "Кредит"],
            &["62.01", "100", "", "5", "7"],
            &["Итого", "100", "", "5", "7"],
        ]);
        assert_eq!(
            headings(&sheet),
            [
                "Счет",
                "Сальдо на начало / Дебет",
                "Сальдо на начало / Кредит",
                "Обороты / Дебет",
                "Обороты / Кредит",
                "Примечание"
            ]
        );
        assert_eq!(left_out(&sheet), [(4, LeftOutReason::Total)]);
        // A record below a heading with an unnamed column is no second storey.
        let sheet = table(&[&["Имя", "Фамилия", ""], &["Иван", "", "должник"], &["Пётр", "Котов", ""]]);
        assert_eq!((headings(&sheet), sheet.table.len()), (vec!["Имя", "Фамилия", ""], 2));
    }

    #[test]
    fn far_cells_cost_their_column_only() {
        let mut grid = Grid::default();
        grid.set(0, "Код").unwrap();
        grid.set(16_383, "Имя").unwrap();
        grid.end_row(1);
        grid.set(16_383, "х").unwrap();
        grid.end_row(1_048_576);
        let sheet = grid.into_table(Place::file("a.xlsx")).unwrap().unwrap();
        assert_eq!((sheet.table.columns.len(), sheet.table.rows.clone()), (2, vec![1_048_576]));
        assert_eq!(Grid::default().set(16_384, "x"), Err(TooLarge));
        // A staircase of cells stores half of its square: refused before it is stored.
        let mut grid = Grid { limit: 1_000, ..Grid::default() };
        let mut result = Ok(());
        for row in 0..100u32 {
            result = result.and_then(|()| grid.set(row as usize, "x"));
            grid.end_row(row + 1);
        }
        assert_eq!(result, Err(TooLarge));
        assert!(grid.stored <= 1_100);
    }

    #[test]
    fn no_table() {
        assert!(grid(&[]).into_table(Place::file("a")).unwrap().is_none());
        assert!(grid(&[&["Инструкция"], &["Заполните лист."]]).into_table(Place::file("a")).unwrap().is_none());
        let sheet = grid(&[&["Наименование"], &["Ромашка"]]).into_table(Place::file("a")).unwrap().unwrap();
        assert_eq!(sheet.table.len(), 1);
    }

    #[test]
    fn spreadsheet_habits() {
        for (text, value) in [
            ("=\"0123\"", "0123"),
            ("='0123", "='0123"),
            ("'79161234567", "79161234567"),
            ("'+7 (916) 123-45-67", "+7 (916) 123-45-67"),
            ("'90s Club", "'90s Club"),
            ("'", "'"),
            ("=\"a\"&\"b\"", "=\"a\"&\"b\""),
            ("", ""),
        ] {
            assert_eq!(unwrap_text(text), value);
        }
    }
}
