//! CSV and other delimited text.
//!
//! What real files do, and what follows here:
//! - the delimiter is found by trial: `;` of Russian Excel and Bitrix24, `,`, tab, `|`; a `sep=;` line decides;
//! - Bitrix24 writes a separator after the last cell: the phantom column goes when it has no heading and no text;
//! - hand-made files leave quotes inside quoted cells alone (`"ООО "Ромашка""`): taken literally, but a row that then
//!   does not fit the heading is quarantined;
//! - a quote that never closes would swallow the rest of the file: its line is quarantined and reading goes on at the
//!   next line. The sign is a quote inside the cell, after a line end, that is followed by neither a separator nor a
//!   line end: two rows were glued together.

use std::path::Path;

use memchr::memchr;
use rayon::prelude::*;

use super::records::{Dialect, Fault, NO_DELIMITER, Part, Records};
use super::sheet::{self, HEAD_ROWS, Heading};
use super::text::Probe;
use super::{Extract, Format, IngestError, Input, MAX_CELL_BYTES, MAX_ROWS, deal_rows, leave_out, refuse, stream};
use crate::model::{LeftOut, LeftOutReason, Place, Quarantined, RawColumn, RawTable, TextColumn};

/// Records on which delimiters are tried.
const TRIAL_RECORDS: usize = 100;
/// Bytes on which delimiters are tried: 100 records of a Bitrix24 export with every field take some 300 KB.
const TRIAL_BYTES: usize = 1 << 19;
/// Smallest part of a file that is worth a thread, bytes.
const MIN_CHUNK: usize = 4 << 20;
/// Longest text after decoding, bytes: ends of a column are `u32`.
const MAX_TEXT: usize = 4_000_000_000;
/// How far behind a record the reader may look to understand it: the longest cell, and what surrounds it.
pub(super) const LONGEST_LOOK: usize = MAX_CELL_BYTES + (1 << 10);
/// With so many rows at the head, and nearly all of them longer than the heading, the heading is at fault.
const MIN_ROWS_TO_WIDEN: usize = 5;

/// CSV, TSV and other delimited text.
pub struct Delimited;

impl Format for Delimited {
    fn id(&self) -> &'static str {
        "csv"
    }

    fn title(&self) -> &'static str {
        "CSV или текст с разделителями"
    }

    fn detect(&self, input: &Input) -> bool {
        // The last of the formats: any text that is not known to be something else.
        refuse::recognise(input).is_none()
    }

    fn read(&self, input: &Input) -> Result<Extract, IngestError> {
        let mut probe = Probe::default();
        probe.feed(&input.bytes);
        stream::read(&mut input.bytes.as_slice(), &probe.finish(), &input.path, &input.name)
    }
}

/// Bytes of a text that a thread gets at a time.
pub(super) fn part_length(length: usize) -> usize {
    let threads = rayon::current_num_threads();
    if threads == 1 { usize::MAX } else { (length / (threads * 4)).max(MIN_CHUNK) }
}

/// A text that is read block by block, each of which is read in parts. The result depends on neither.
pub(super) struct Reading<'a> {
    path: &'a Path,
    place: Place,
    dialect: Dialect,
    /// Known from the first block on.
    head: Option<Head>,
    columns: Vec<TextColumn>,
    rows: Vec<u32>,
    blank: Vec<u32>,
    quarantined: Vec<Quarantined>,
    /// Rows with fewer cells than the heading.
    short: usize,
    /// Line of the next record.
    line: u32,
    /// Length of the blocks so far.
    length: usize,
}

impl<'a> Reading<'a> {
    pub(super) fn new(path: &'a Path, name: &str) -> Self {
        Reading {
            path,
            place: Place::file(name),
            dialect: Dialect { delimiter: NO_DELIMITER, line_end: b'\n' },
            head: None,
            columns: Vec::new(),
            rows: Vec::new(),
            blank: Vec::new(),
            quarantined: Vec::new(),
            short: 0,
            line: 1,
            length: 0,
        }
    }

    /// Reads the records of a block in parts of about `chunk` bytes and returns where the next record begins: the next
    /// block begins there. `None`: the block is too short to be sure of a record, and nothing has been read.
    ///
    /// `is_last`: the text ends here. A block that is not the last must not be the first below 1 MB.
    ///
    /// # Errors
    /// [`IngestError::Limit`] when there are too many rows or too much text, [`IngestError::Empty`].
    pub(super) fn block(&mut self, block: &str, is_last: bool, chunk: usize) -> Result<Option<usize>, IngestError> {
        // DOS programs end a text with Ctrl+Z.
        let body = if is_last { block.strip_suffix('\x1A').unwrap_or(block) } else { block };
        let has_nul = memchr(0, body.as_bytes()).is_some();
        // What a record says may depend on the longest cell behind it, and on no more.
        let sure = if is_last { usize::MAX } else { body.len().saturating_sub(LONGEST_LOOK) };
        let mut start = 0;
        if self.head.is_none() {
            if body.trim().is_empty() {
                return if is_last { Err(IngestError::Empty { file: self.path.to_owned() }) } else { Ok(None) };
            }
            let (dialect, first, first_line) = find_dialect(body);
            let head = Head::read(&Records { body, dialect, has_nul }, first, first_line);
            if head.end > sure {
                return Ok(None);
            }
            self.dialect = dialect;
            (start, self.line) = (head.data, head.data_line);
            self.columns = vec![TextColumn::new(); head.width];
            self.head = Some(head);
        }
        let records = Records { body, dialect: self.dialect, has_nul };
        let width = self.columns.len();
        let end = if is_last { body.len() } else { sure.saturating_sub(LONGEST_LOOK).max(start) };

        let bounds = records.bounds(start, end, chunk);
        let mut parts: Vec<Part> = bounds.par_windows(2).map(|pair| records.read(pair[0], pair[1], width)).collect();
        let mut first_lines = Vec::with_capacity(parts.len());
        let (mut at, mut line) = (start, self.line);
        for (part, pair) in parts.iter_mut().zip(bounds.windows(2)) {
            // A part begins at a guess: a line end inside a quoted cell looks like the end of a record. The part before
            // knows better, and a wrong guess is read again.
            if at != pair[0] {
                *part = if at < pair[1] { records.read(at, pair[1], width) } else { Part::empty(width, at) };
            }
            at = part.next;
            first_lines.push(line);
            line += part.lines;
        }
        if at > sure {
            // A record of some megabytes ends near the end of the block: it may go on beyond. The head stays.
            return Ok(if start > 0 { Some(start) } else { None });
        }
        self.length += at;
        if self.length > MAX_TEXT {
            return Err(self.limit("текст длиннее 4 ГБ".to_owned()));
        }
        if let ([only], true) = (parts.as_mut_slice(), self.rows.is_empty()) {
            self.columns = std::mem::take(&mut only.columns);
        } else {
            let mut of_parts: Vec<_> =
                parts.iter_mut().map(|part| std::mem::take(&mut part.columns).into_iter()).collect();
            let of_columns: Vec<Vec<TextColumn>> =
                (0..width).map(|_| of_parts.iter_mut().filter_map(Iterator::next).collect()).collect();
            self.columns.par_iter_mut().zip(of_columns).for_each(|(cells, parts)| {
                parts.into_iter().for_each(|part| cells.append(&part));
            });
        }
        for (part, first) in parts.into_iter().zip(first_lines) {
            self.rows.extend(part.rows.iter().map(|row| first + row));
            self.blank.extend(part.blank.iter().map(|row| first + row));
            self.quarantined.extend(part.faults.into_iter().map(|fault| fault.at(&self.place, first)));
            self.short += part.short;
        }
        self.line = line;
        if self.rows.len() > MAX_ROWS {
            return Err(self.limit(format!("больше {MAX_ROWS} строк")));
        }
        Ok(Some(at))
    }

    fn limit(&self, what: String) -> IngestError {
        IngestError::Limit { file: self.path.to_owned(), what }
    }

    /// # Errors
    /// [`IngestError::Empty`] when there was no block.
    pub(super) fn finish(self, encoding: &str, undecodable: usize) -> Result<Extract, IngestError> {
        let Some(head) = self.head else { return Err(IngestError::Empty { file: self.path.to_owned() }) };
        let mut table = RawTable::new(self.place.clone(), "");
        table.rows = self.rows;
        for (column, cells) in self.columns.into_iter().enumerate() {
            let heading = head.heading.as_ref().and_then(|h| h.captions.get(column)).cloned().unwrap_or_default();
            table.columns.push(RawColumn { heading, cells });
        }
        let mut extract = Extract { encoding: encoding.to_owned(), ..Extract::default() };
        extract.quarantined.extend(head.faults.into_iter().map(|fault| fault.at(&self.place, 0)));
        extract.quarantined.extend(self.quarantined);
        let mut left_out = leave_out::leave_out_rows(&mut table, &head.storeys);
        leave_out::drop_phantom_columns(&mut table);
        left_out.extend(head.titles.iter().map(|&row| LeftOut { row, reason: LeftOutReason::Title }));
        let blank = head.blank.iter().chain(&self.blank);
        left_out.extend(blank.map(|&row| LeftOut { row, reason: LeftOutReason::Blank }));
        left_out.sort_by_key(|l| l.row);
        extract.left_out = left_out.into_iter().map(|l| (0, l)).collect();
        extract.tables.push(table);
        deal_rows::divide(&mut extract);
        extract.details.push(("разделитель", delimiter_name(self.dialect.delimiter).to_owned()));
        extract.details.push((sheet::HEADING_ROW, sheet::heading_row_text(head.heading_line)));
        if self.short > 0 {
            extract.details.push(("строки короче заголовка", self.short.to_string()));
        }
        if undecodable > 0 {
            extract.details.push(("не прочитано знаков", undecodable.to_string()));
        }
        Ok(extract)
    }
}

/// What stands before the data.
struct Head {
    heading: Option<Heading>,
    heading_line: Option<u32>,
    storeys: Vec<Vec<String>>,
    titles: Vec<u32>,
    blank: Vec<u32>,
    faults: Vec<Fault>,
    /// Columns of the table.
    width: usize,
    /// Offset and line of the first record below the heading.
    data: usize,
    data_line: u32,
    /// Offset behind all that was looked at.
    end: usize,
}

impl Head {
    fn read(records: &Records<'_>, start: usize, first_line: u32) -> Head {
        let mut spans = Vec::new();
        let mut rows: Vec<Vec<String>> = Vec::new();
        // Offset, line and fault of each row, and where the one after the last stands.
        let mut places = Vec::new();
        let (mut at, mut line) = (start, first_line);
        while at < records.body.len() && rows.len() < HEAD_ROWS {
            let step = records.record(at, &mut spans);
            rows.push(if step.fault.is_some() {
                Vec::new()
            } else {
                spans.iter().map(|span| records.text(*span)).collect()
            });
            places.push((at, line, step.fault));
            at = step.next;
            line += step.lines;
        }
        let heading = sheet::find_heading(&rows);
        let below = heading.as_ref().map_or(0, |h| h.first + h.storeys);
        let (data, data_line) = places.get(below).map_or((at, line), |&(at, line, _)| (at, line));
        let mut head = Head {
            heading_line: heading.as_ref().map(|h| places[h.first].1),
            storeys: sheet::storeys_of(&rows, heading.as_ref()),
            titles: Vec::new(),
            blank: Vec::new(),
            faults: Vec::new(),
            width: width_of(heading.as_ref(), &rows[below..]),
            data,
            data_line,
            end: at,
            heading,
        };
        for (at, &(offset, line, fault)) in places.iter().enumerate().take(below) {
            if let Some(reason) = fault {
                let end = places.get(at + 1).map_or(data, |next| next.0);
                let raw = super::records::cut(&records.body[offset..end]);
                head.faults.push(Fault { line, reason: reason.to_owned(), raw });
            } else if at >= head.heading.as_ref().map_or(0, |h| h.first) {
                break;
            } else if rows[at].iter().all(|cell| cell.trim().is_empty()) {
                head.blank.push(line);
            } else {
                head.titles.push(line);
            }
        }
        head
    }
}

/// Cells of the heading; more when nearly all rows are longer, since then the captions are too few and not the rows
/// too long.
fn width_of(heading: Option<&Heading>, rows: &[Vec<String>]) -> usize {
    let filled = |row: &Vec<String>| row.iter().rposition(|cell| !cell.trim().is_empty()).map_or(0, |last| last + 1);
    let longest = rows.iter().map(filled).max().unwrap_or(0);
    let Some(heading) = heading else { return longest.max(1) };
    let width = heading.captions.len();
    let usual = rows.iter().filter(|row| filled(row) > 0).count();
    let longer = rows.iter().filter(|row| filled(row) > width).count();
    if usual >= MIN_ROWS_TO_WIDEN && longer * 10 >= usual * 8 { longest } else { width }
}

/// The dialect, and the offset and line of the first record.
fn find_dialect(body: &str) -> (Dialect, usize, u32) {
    let line_end = find_line_end(body);
    // Excel's own mark. It is no record and no heading.
    let marked = body
        .get(..5)
        .is_some_and(|head| head.is_ascii() && head[..4].eq_ignore_ascii_case("sep=") && head.as_bytes()[4] >= b'\t');
    if marked {
        let end = memchr(line_end, body.as_bytes()).unwrap_or(body.len() - 1);
        if body.as_bytes()[5..=end.max(4)].trim_ascii().is_empty() {
            return (Dialect { delimiter: body.as_bytes()[4], line_end }, end + 1, 2);
        }
    }
    let mut end = body.len().min(TRIAL_BYTES);
    while !body.is_char_boundary(end) {
        end -= 1;
    }
    // In the order of preference when equal.
    let best = [b';', b'\t', b',', b'|']
        .into_iter()
        .map(|delimiter| (delimiter, consistency(&body[..end], Dialect { delimiter, line_end })))
        .fold((NO_DELIMITER, 0.0), |best, next| if next.1 > best.1 { next } else { best });
    (Dialect { delimiter: best.0, line_end }, 0, 1)
}

/// How well a delimiter explains the head of a text; 0: it does not occur.
fn consistency(head: &str, dialect: Dialect) -> f64 {
    let records = Records { body: head, dialect, has_nul: false };
    let mut spans = Vec::new();
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut counts: Vec<usize> = Vec::new();
    let (mut at, mut bad) = (0, 0usize);
    while at < head.len() && counts.len() < TRIAL_RECORDS {
        let step = records.record(at, &mut spans);
        at = step.next;
        // The last record may be cut by the end of the sample.
        if at == head.len() && !counts.is_empty() && head.len() == TRIAL_BYTES {
            break;
        }
        if spans.iter().all(|span| head[span.start..span.end].trim().is_empty()) {
            continue;
        }
        bad += usize::from(step.fault.is_some() || step.stray);
        counts.push(spans.len());
        if rows.len() < HEAD_ROWS {
            rows.push(spans.iter().map(|span| records.text(*span)).collect());
        }
    }
    let mut sorted = counts.clone();
    sorted.sort_unstable();
    let usual = sorted.chunk_by(|a, b| a == b).max_by_key(|run| (run.len() * run[0].min(2), run[0]));
    let Some((cells, records)) = usual.map(|run| (run[0], run.len())) else { return 0.0 };
    if cells < 2 {
        return 0.0;
    }
    // A heading with many usual captions is the best witness; more cells, then, are better than fewer.
    let known = sheet::find_heading(&rows).map_or(0, |h| h.known).min(8) as f64;
    if known < 2.0 && records * 3 <= counts.len() {
        // A comma in a name or two does not make a table of a list.
        return 0.0;
    }
    let total = counts.len() as f64;
    (records as f64 - bad as f64) / total + known / 8.0 + cells.min(50) as f64 / 1_000.0
}

/// `\r` when the first line end outside quotes is one without `\n`.
fn find_line_end(body: &str) -> u8 {
    let head = &body.as_bytes()[..body.len().min(TRIAL_BYTES)];
    let mut quoted = false;
    for (at, &byte) in head.iter().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => return b'\n',
            b'\r' if !quoted => {
                return if matches!(head.get(at + 1), Some(b'\n' | b'\r') | None) { b'\n' } else { b'\r' };
            }
            _ => {}
        }
    }
    b'\n'
}

fn delimiter_name(delimiter: u8) -> &'static str {
    match delimiter {
        b';' => "точка с запятой",
        b',' => "запятая",
        b'\t' => "табуляция",
        b'|' => "вертикальная черта",
        NO_DELIMITER => "нет, одна колонка",
        _ => "указан в строке sep=",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::LeftOutReason::*;

    /// Reads, and checks that every record of the text is somewhere.
    fn read(body: &str) -> Extract {
        let extract = Delimited.read(&Input::from_bytes("a.csv", body)).unwrap();
        let mut lines: Vec<u32> = extract.tables[0].rows.clone();
        lines.extend(extract.left_out.iter().map(|(_, l)| l.row));
        lines.extend(extract.quarantined.iter().map(|q| q.location.row.unwrap()));
        lines.sort_unstable();
        let count = lines.len();
        lines.dedup();
        assert_eq!(lines.len(), count, "a row is counted once");
        extract
    }

    /// Reads in parts of about `chunk` bytes.
    fn read_text(body: &str, chunk: usize) -> Extract {
        let mut reading = Reading::new(Path::new("a.csv"), "a.csv");
        assert!(reading.block(body, true, chunk).unwrap().is_some());
        reading.finish("utf-8", 0).unwrap()
    }

    fn rows(extract: &Extract) -> Vec<Vec<&str>> {
        let table = &extract.tables[0];
        (0..table.len()).map(|row| (0..table.columns.len()).map(|c| table.get(c, row)).collect()).collect()
    }

    fn headings(extract: &Extract) -> Vec<&str> {
        extract.tables[0].columns.iter().map(|c| c.heading.as_str()).collect()
    }

    fn aside(extract: &Extract) -> Vec<(u32, LeftOutReason)> {
        extract.left_out.iter().map(|(_, l)| (l.row, l.reason)).collect()
    }

    #[test]
    fn delimiters() {
        for (body, name) in [
            ("ID;Сумма\n1;1,5\n2;2,5\n", "точка с запятой"),
            ("ID,NAME\n1,\"a;b\"\n2,c\n", "запятая"),
            ("ID\tАдрес\n1\tТверь, Мира; 5\n2\tТула, Мира; 6\n", "табуляция"),
            ("ID|Адрес\n1|Тверь, Мира\n2|Тула, Мира\n", "вертикальная черта"),
            ("Наименование\nИванов, Иван\nПетров\n", "нет, одна колонка"),
            ("\"Иванов, Иван\";\"a, b\"\n\"Петров, Пётр\";\"c, d\"\n", "точка с запятой"),
            ("Имя;Адрес;Заметка\nа;Тверь, Мира, 5;б\nв;Тула, Мира, 6;г\n", "точка с запятой"),
        ] {
            assert_eq!(read(body).details[0], ("разделитель", name.to_owned()), "{body}");
        }
    }

    #[test]
    fn bitrix24_export() {
        let extract = read(
            "\u{FEFF}\"ID\";\"Название компании\";\"Тип компании\";\"Тип компании\";\n\
             \"1\";\"ООО \"\"Ромашка\"\"\";\"Клиент\";\"а;б\nв\";\n\"2\";\"\";\"\";\"\";\n",
        );
        assert_eq!(extract.encoding, "utf-8-bom");
        assert_eq!(headings(&extract), ["ID", "Название компании", "Тип компании", "Тип компании"]);
        assert_eq!(rows(&extract), [vec!["1", "ООО \"Ромашка\"", "Клиент", "а;б\nв"], vec!["2", "", "", ""]]);
        assert_eq!(extract.tables[0].rows, [2, 4]);
    }

    #[test]
    fn line_ends() {
        for end in ["\n", "\r\n", "\r"] {
            let body = ["ID;Имя", "1;а", "", "2;\"б\nв\"", "3;г"].join(end);
            for tail in ["", end] {
                let extract = read(&format!("{body}{tail}"));
                assert_eq!(rows(&extract), [["1", "а"], ["2", "б\nв"], ["3", "г"]], "{end:?}");
                assert_eq!(aside(&extract), [(3, Blank)]);
                // A line feed inside a cell is a line of the editor only where line feeds end lines.
                let last = if end == "\r" { 5 } else { 6 };
                assert_eq!(extract.tables[0].rows, [2, 4, last], "{end:?}");
            }
        }
    }

    #[test]
    fn titles_and_repeated_heading() {
        let extract = read(
            "Контрагенты;;\n;;\nПериод:;2024;\nКод;Наименование;ИНН\n01;Ромашка;7700000016\nКод;Наименование;ИНН\nИтого;;\n",
        );
        // «Итого» in the column of codes is no code.
        assert_eq!(aside(&extract), [(1, Title), (2, Blank), (3, Title), (6, Title), (7, Total)]);
        assert_eq!(extract.tables[0].rows, [5]);
        assert_eq!(extract.details[1], ("строка заголовков", "4".to_owned()));
    }

    #[test]
    fn ragged_rows() {
        let extract = read("ID;Имя;Город\n1;а\n2;б;в;\n3;г;д;лишнее\n4;\"е\" ж;\"з\"и;к\n\"5\";\"м;\"н\"\n");
        assert_eq!(rows(&extract)[0], ["1", "а", ""]);
        assert_eq!(extract.tables[0].rows, [2, 3]);
        let lines: Vec<_> = extract.quarantined.iter().map(|q| (q.location.row, q.reason.as_str())).collect();
        assert_eq!(
            lines,
            [
                (Some(4), "ячеек больше, чем заголовков: 4 против 3"),
                (Some(5), "кавычка не закрыта"),
                (Some(6), "кавычки внутри ячейки не удвоены, и ячеек 2 вместо 3")
            ]
        );
        assert_eq!(extract.quarantined[0].raw, "3;г;д;лишнее");
        assert!(extract.details.contains(&("строки короче заголовка", "1".to_owned())));
    }

    #[test]
    fn captions_too_few() {
        let body = format!("ID;Имя\n{}", "1;а;б\n".repeat(6));
        let extract = read(&body);
        assert_eq!((headings(&extract), rows(&extract).len()), (vec!["ID", "Имя", ""], 6));
    }

    #[test]
    fn sep_line() {
        let extract = read("sep=;\r\nID;Имя\r\n1;а,б,в\r\n");
        assert_eq!((rows(&extract), extract.tables[0].rows.clone()), (vec![vec!["1", "а,б,в"]], vec![3]));
        let extract = read("SEP=^\nID^Имя\n1^а\n");
        assert_eq!(rows(&extract), [["1", "а"]]);
        // A heading that only looks like the mark.
        assert_eq!(headings(&read("sep=a;b\n1;2\n")).len(), 2);
    }

    #[test]
    fn header_only_single_column_and_headless() {
        let extract = read("ID;Имя\n");
        assert_eq!((extract.tables[0].len(), headings(&extract)), (0, vec!["ID", "Имя"]));
        let extract = read("ИНН\n7700000016\n\n7700000023");
        assert_eq!(rows(&extract), [["7700000016"], ["7700000023"]]);
        let extract = read("7700000016;Ромашка\n7700000023;Василёк\n");
        assert_eq!((rows(&extract).len(), extract.details[1].1.as_str()), (2, "не найдена"));
        for body in ["", "\n\n", "\u{FEFF}", " \r\n"] {
            let result = Delimited.read(&Input::from_bytes("a.csv", body));
            assert!(matches!(result, Err(IngestError::Empty { .. })), "{body:?}");
        }
    }

    #[test]
    fn unclosed_quote_and_nul_cost_a_row() {
        let extract = read("ID;Имя\n1;\"а\n2;\"б\"\n3;в\0\n4;г\n\0\0\0");
        assert_eq!(rows(&extract), [["2", "б"], ["4", "г"]]);
        let lines: Vec<_> = extract.quarantined.iter().map(|q| q.location.row.unwrap()).collect();
        assert_eq!(lines, [2, 4, 6]);
        // Above the heading too.
        let extract = read("\"Отчёт\n\"ID\";\"Имя\"\n\"1\";\"а\"\n");
        assert_eq!((rows(&extract).len(), extract.quarantined.len()), (1, 1));
    }

    #[test]
    fn undecodable_bytes_are_told() {
        let mut bytes = "ID;Имя\n1;Ромашка Берёзка Василёк\n".as_bytes().to_vec();
        bytes.extend(b"2;\xD0\n");
        let extract = Delimited.read(&Input::from_bytes("a.csv", bytes)).unwrap();
        assert!(extract.details.contains(&("не прочитано знаков", "1".to_owned())));
        assert_eq!(extract.tables[0].len(), 2);
    }

    #[test]
    fn dos_end_mark() {
        assert_eq!(rows(&read("ID;Name\n1;a\n\x1A")), [["1", "a"]]);
    }

    /// Guesses of part borders inside quoted cells must not show.
    #[test]
    fn parts_do_not_show() {
        let mut body = "ID;Имя;Заметка\n".to_owned();
        for i in 0..400 {
            body.push_str(&match i % 7 {
                0 => format!("{i};\"а\n{i};б\n\";в\n"),
                1 => format!("{i};\"не закрыта;в\n"),
                2 => "\n".to_owned(),
                3 => format!("{i};а;б;лишнее\n"),
                4 => format!("{i};\"\"\"\";\"\n\n\n\"\n"),
                _ => format!("{i};а;б\n"),
            });
        }
        let whole = read_text(&body, usize::MAX);
        assert!(!whole.quarantined.is_empty() && whole.tables[0].len() > 200);
        for chunk in [1, 7, 50, 333, 5_000] {
            let parts = read_text(&body, chunk);
            assert_eq!(
                (&parts.tables, &parts.left_out, &parts.quarantined),
                (&whole.tables, &whole.left_out, &whole.quarantined)
            );
        }
    }

    fn quote(cell: &str) -> String {
        format!("\"{}\"", cell.replace('"', "\"\""))
    }

    fn csv(rows: &[Vec<String>], delimiter: char, end: &str) -> String {
        let mut text = ["ID", "Наименование", "Комментарий"].map(quote).join(&delimiter.to_string()) + end;
        for (at, row) in rows.iter().enumerate() {
            let cells: Vec<String> =
                std::iter::once(quote(&at.to_string())).chain(row.iter().map(|c| quote(c))).collect();
            text += &(cells.join(&delimiter.to_string()) + end);
        }
        text
    }

    fn encoded(text: &str, encoding: &str) -> Vec<u8> {
        match encoding {
            "utf-8" => text.as_bytes().to_vec(),
            "utf-8-bom" => [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
            "utf-16le" => [0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect(),
            "utf-16be" => [0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect(),
            "windows-1251" => encoding_rs::WINDOWS_1251.encode(text).0.into_owned(),
            "ibm866" => encoding_rs::IBM866.encode(text).0.into_owned(),
            _ => encoding_rs::KOI8_R.encode(text).0.into_owned(),
        }
    }

    fn same(rows: &[Vec<String>], text: &str, encoding: &str) -> Result<(), TestCaseError> {
        let extract = Delimited.read(&Input::from_bytes("a.csv", encoded(text, encoding))).unwrap();
        prop_assert_eq!(&extract.encoding, encoding);
        prop_assert_eq!((extract.quarantined.len(), extract.left_out.len()), (0, 0));
        let table = &extract.tables[0];
        prop_assert_eq!(table.len(), rows.len());
        for (at, row) in rows.iter().enumerate() {
            prop_assert_eq!(table.get(0, at), at.to_string());
            for (column, cell) in row.iter().enumerate() {
                prop_assert_eq!(table.get(column + 1, at), sheet::unwrap_text(cell));
            }
        }
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

        #[test]
        fn any_table_reads_back(
            rows in prop::collection::vec(prop::collection::vec("([^\0\u{FFFD}]|[;,\t|\"\n\r']){0,12}", 2), 0..12),
            delimiter in prop::sample::select(vec![';', ',', '\t', '|']),
            end in prop::sample::select(vec!["\n", "\r\n"]),
            encoding in prop::sample::select(vec!["utf-8", "utf-8-bom", "utf-16le", "utf-16be"]),
        ) {
            same(&rows, &csv(&rows, delimiter, end), encoding)?;
        }

        #[test]
        fn russian_tables_read_back_in_old_encodings(
            rows in prop::collection::vec(prop::collection::vec(
                "(ООО|ИП|Ромашка|Иванов|город|улица|Тверь|[;,\t|\"\n ]| [0-9]{1,5}){0,8}", 2), 0..12),
            delimiter in prop::sample::select(vec![';', ',', '\t', '|']),
            encoding in prop::sample::select(vec!["windows-1251", "ibm866", "koi8-r"]),
        ) {
            same(&rows, &csv(&rows, delimiter, "\r\n"), encoding)?;
        }

        #[test]
        fn nothing_is_lost_of_any_text(body in "([;,\"\n\r а-я0-9]|\"\"|\";\"){0,200}", chunk in 1usize..60) {
            let body = format!("ID;Имя;Город\n{body}");
            let whole = read_text(&body, usize::MAX);
            let parts = read_text(&body, chunk);
            prop_assert_eq!(&parts.tables, &whole.tables);
            prop_assert_eq!(&parts.left_out, &whole.left_out);
            prop_assert_eq!(&parts.quarantined, &whole.quarantined);
            // Each letter of the text is in a cell, in the quarantine, or in a row that is told as a title.
            prop_assume!(whole.left_out.iter().all(|(_, l)| l.reason != Title));
            let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count();
            let mut found = whole.quarantined.iter().map(|q| letters(&q.raw)).sum::<usize>();
            let table = &whole.tables[0];
            found += table.columns.iter().map(|c| letters(&c.heading) + c.cells.iter().map(letters).sum::<usize>()).sum::<usize>();
            prop_assert_eq!(found, letters(&body));
        }
    }
}
