//! `report.xlsx`: the workbook people work in, a sheet per list.
//!
//! `rust_xlsxwriter` makes a small workbook that is complete but for the rows of lists: styles, headings, widths, filters,
//! drop-downs, the summary with its chart. Rows are then put between the heading and the end of each sheet, written
//! and compressed by all threads in pieces, so that a million of them take seconds and the memory of a few pieces.
//!
//! Sheets are not protected: Excel refuses to sort a protected range, and sorting a list is how people work. Keys by
//! which decisions are read back stand in hidden columns that take no typing.

mod package;
mod sheet;

use std::collections::HashMap;
use std::io::{BufWriter, Cursor, Read, Seek, Write};
use std::ops::Range;
use std::path::Path;

use rayon::prelude::*;
use rust_xlsxwriter::{
    Chart, ChartFormat, ChartLegendPosition, ChartSolidFill, ChartType, Color, ConditionalFormatCell,
    ConditionalFormatCellRule, DataValidation, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder,
    FormatUnderline, Formula, Workbook, Worksheet, XlsxError,
};

use super::answers;
use super::cell::{Cell, Kind, Tone, shown};
use super::queue::Queue;
use super::row::Row;
use super::texts::Texts;
use super::{ReportError, ReportModel};
use crate::private;
use package::{Block, Package, Packer};
use sheet::{Frame, Look, RowWriter, TONES, Tags, fit};

/// Rows of a sheet, heading included (Excel 2007 and later, LibreOffice).
pub const SHEET_ROWS: usize = 1_048_576;
/// Rows of a list that stands in a file of the run too. Nobody works through more by hand, and a workbook with millions of
/// rows takes hundreds of megabytes, which Excel opens after minutes or not at all.
pub const LIST_ROWS: usize = 100_000;
/// Rows that one thread writes and compresses at a time: about a megabyte of XML.
const PIECE_ROWS: usize = 2_048;
/// Pieces in work at a time, for each thread: a slow one does not hold up the others for long.
const PIECES_PER_THREAD: usize = 4;

/// Writes the workbook to a file.
///
/// # Errors
/// [`ReportError::Workbook`] when the file cannot be written.
pub fn write(model: &ReportModel, path: &Path) -> Result<(), ReportError> {
    let file = private::create(path).map_err(XlsxError::from)?;
    write_sized(model, BufWriter::new(file), Size::default())
}

/// How many rows a workbook holds.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Of a sheet, heading included; a longer list goes on on the next one.
    pub sheet: usize,
    /// Of a list that stands in a file of the run too; the sheet says how many more there are, and where.
    pub list: usize,
}

impl Default for Size {
    fn default() -> Size {
        Size { sheet: SHEET_ROWS, list: LIST_ROWS }
    }
}

/// Writes the workbook with at most so many rows.
///
/// # Errors
/// As [`write()`].
pub fn write_sized(model: &ReportModel, out: impl Write + Seek, size: Size) -> Result<(), ReportError> {
    write_book(model, &model.queues(), Cover::Whole, out, size)
}

/// Writes a workbook with these lists for one person.
///
/// # Errors
/// As [`write()`].
pub fn write_extract(model: &ReportModel, person: &str, queues: &[Queue], path: &Path) -> Result<(), ReportError> {
    let file = private::create(path).map_err(XlsxError::from)?;
    write_book(model, queues, Cover::Person(person), BufWriter::new(file), Size::default())
}

/// What the first sheet tells.
#[derive(Clone, Copy)]
enum Cover<'a> {
    Whole,
    Person(&'a str),
}

fn write_book(
    model: &ReportModel,
    queues: &[Queue],
    cover: Cover,
    out: impl Write + Seek,
    size: Size,
) -> Result<(), ReportError> {
    // Heading, an empty row and the one that tells of the rest.
    let per_sheet = size.sheet.saturating_sub(3).max(1);
    let sheets: Vec<(usize, Range<usize>)> = queues
        .iter()
        .enumerate()
        .flat_map(|(at, queue)| {
            let rows = queue.in_workbook(size.list);
            let parts = 0..rows.div_ceil(per_sheet).max(1);
            parts.map(move |part| (at, part * per_sheet..((part + 1) * per_sheet).min(rows)))
        })
        .collect();
    let rests: Vec<String> =
        queues.iter().map(|queue| rest(queue, queue.in_workbook(size.list), model.texts())).collect();
    let frame = frame(model, (queues, &rests), &sheets, cover)?;
    fill(model, (queues, &rests), &sheets, frame, out).map_err(|source| XlsxError::from(source).into())
}

/// What tells of the rows that a workbook does not have; empty when it has all.
fn rest(queue: &Queue, shown: usize, texts: &Texts) -> String {
    if shown == queue.len {
        return String::new();
    }
    let numbers = [
        ("shown", &texts.number(shown as u64) as &dyn std::fmt::Display),
        ("total", &texts.count("row", queue.len as u64)),
        ("rest", &texts.number((queue.len - shown) as u64)),
        ("files", &queue.stored.join(", ")),
    ];
    texts.say("xlsx.rest", &numbers)
}

/// The whole workbook but for the rows of lists.
fn frame(
    model: &ReportModel,
    (queues, rests): (&[Queue], &[String]),
    sheets: &[(usize, Range<usize>)],
    cover: Cover,
) -> Result<Vec<u8>, ReportError> {
    let texts = model.texts();
    let formats = Formats::new();
    let mut book = Workbook::new();
    // The time of writing would make every file differ.
    let created = ExcelDateTime::parse_from_str(&format!("{}T00:00:00", model.as_of().format("%Y-%m-%d")))?;
    let properties = DocProperties::new().set_title(model.page().head.title.as_str()).set_author("sverka");
    book.set_properties(&properties.set_creation_datetime(&created));
    let first = book.add_worksheet().set_name(texts.get("sheet.summary"))?;
    match cover {
        Cover::Whole => summary(model, (queues, rests), first, &formats)?,
        Cover::Person(person) => summary_of_person(model, person, (queues, rests), first, &formats)?,
    }
    let mut part = 0;
    for (n, (at, rows)) in sheets.iter().enumerate() {
        let queue = &queues[*at];
        part = if n > 0 && sheets[n - 1].0 == *at { part + 1 } else { 1 };
        let name = if part == 1 { queue.title.clone() } else { format!("{} {part}", queue.title) };
        let sheet = book.add_worksheet().set_name(name)?;
        list(queue, rows.len(), sheet, &formats, texts)?;
        if n == 0 {
            // Where the styles of rows are found in the finished workbook; the row itself is dropped.
            for (column, format) in formats.looks.iter().flatten().enumerate() {
                sheet.write_blank(1, column as u16, format)?;
            }
        }
    }
    help(model, book.add_worksheet().set_name(texts.get("sheet.help"))?, &formats)?;
    Ok(book.save_to_buffer()?)
}

/// Why a part of the frame is always found.
const OURS: &str = "the frame was made a moment ago, and a test reads every sheet of it";

/// Copies the frame and puts the rows into it.
fn fill(
    model: &ReportModel,
    (queues, rests): (&[Queue], &[String]),
    sheets: &[(usize, Range<usize>)],
    frame: Vec<u8>,
    out: impl Write + Seek,
) -> std::io::Result<()> {
    let mut frame = zip::ZipArchive::new(Cursor::new(frame))?;
    let mut parts: Vec<(String, Vec<u8>)> = Vec::with_capacity(frame.len());
    for at in 0..frame.len() {
        let mut part = frame.by_index(at)?;
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes)?;
        parts.push((part.name()?.into_owned(), bytes));
    }
    // The summary is sheet 1.
    let list_of = |name: &str| {
        let number: usize = name.strip_prefix("xl/worksheets/sheet")?.strip_suffix(".xml")?.parse().ok()?;
        let n = number.checked_sub(2)?;
        sheets.get(n).map(|(at, rows)| (n, at, rows))
    };
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect(OURS);
    let find = |name: &str| parts.iter().find(|p| p.0 == name).map(|p| text(&p.1)).expect(OURS);

    let styles = sheet::styles_of_row_2(&find("xl/worksheets/sheet2.xml"));
    assert_eq!(styles.len(), Look::COUNT * TONES.len(), "{OURS}");
    let tags = Tags::new(&styles);

    let mut known: HashMap<&str, u32> = HashMap::new();
    let mut added: Vec<&str> = Vec::new();
    let mut strings: Vec<Vec<u32>> = queues
        .iter()
        .map(|queue| {
            let position = |word| {
                *known.entry(word).or_insert_with(|| {
                    added.push(word);
                    added.len() as u32 - 1
                })
            };
            queue.words.iter().map(position).collect()
        })
        .collect();
    let table = find("xl/sharedStrings.xml");
    let (table, first) = sheet::with_strings(&table, added.into_iter()).expect(OURS);
    strings.iter_mut().flatten().for_each(|position| *position += first);

    let mut package = Package::new(out);
    for (name, bytes) in &parts {
        if let Some((n, at, rows)) = list_of(name) {
            let queue = &queues[*at];
            let is_last = sheets.get(n + 1).is_none_or(|next| next.0 != *at);
            let rest = if is_last { rests[*at].as_str() } else { "" };
            // After an empty row, which keeps it out of sorting.
            let all = rows.len() + if rest.is_empty() { 0 } else { 2 };
            let frame = Frame::cut(&text(bytes), queue.columns.len(), all).expect(OURS);
            let writer = RowWriter::new(queue, &tags, &strings[*at], model.texts());
            package.begin(name)?;
            package.block(&Packer::default().pack(frame.before.as_bytes()))?;
            put_rows(queue, rows.clone(), &writer, &mut package)?;
            if !rest.is_empty() {
                package.block(&Packer::default().pack(writer.remark(all + 1, rest).as_bytes()))?;
            }
            package.block(&Packer::default().pack(frame.after.as_bytes()))?;
            package.end()?;
        } else if name == "xl/sharedStrings.xml" {
            package.part(name, table.as_bytes())?;
        } else {
            package.part(name, bytes)?;
        }
    }
    package.finish()?;
    Ok(())
}

/// Buffers of one thread.
#[derive(Default)]
struct Desk {
    row: Row,
    xml: String,
    packer: Packer,
}

fn put_rows<W: Write + Seek>(
    queue: &Queue,
    rows: Range<usize>,
    writer: &RowWriter,
    package: &mut Package<W>,
) -> std::io::Result<()> {
    let pieces: Vec<usize> = rows.clone().step_by(PIECE_ROWS).collect();
    for batch in pieces.chunks(rayon::current_num_threads() * PIECES_PER_THREAD) {
        let blocks: Vec<Block> = batch
            .par_iter()
            .map_init(Desk::default, |desk, &from| {
                desk.xml.clear();
                for at in from..rows.end.min(from + PIECE_ROWS) {
                    queue.fill(at, &mut desk.row);
                    // The heading is row 1.
                    writer.write(at - rows.start + 2, &desk.row, &mut desk.xml);
                }
                desk.packer.pack(desk.xml.as_bytes())
            })
            .collect();
        for block in &blocks {
            package.block(block)?;
        }
    }
    Ok(())
}

struct Formats {
    /// By look and tone.
    looks: [[Format; TONES.len()]; Look::COUNT],
    heading: Format,
    number_heading: Format,
    input_heading: Format,
    title: Format,
    link: Format,
    bold: Format,
    wrap: Format,
}

impl Formats {
    fn new() -> Formats {
        let base = || Format::new().set_align(FormatAlign::Top).set_font_size(10);
        let digits = |format: &str| base().set_num_format(format).set_align(FormatAlign::Right).set_indent(1);
        let heading = || {
            Format::new()
                .set_bold()
                .set_font_size(10)
                .set_text_wrap()
                .set_align(FormatAlign::VerticalCenter)
                .set_border_bottom(FormatBorder::Medium)
        };
        let input = base()
            .set_background_color(Color::RGB(0xFF_F8_E1))
            .set_border(FormatBorder::Thin)
            .set_border_color(Color::RGB(0xE8_D9_A0));
        let looks = [
            base(),
            base().set_num_format("@"),
            // A leading quote keeps the cell text after someone edits it.
            base().set_num_format("@").set_quote_prefix(),
            digits("#,##0"),
            digits("0.0%"),
            digits("#,##0.00"),
            input,
            base().set_font_color(Color::RGB(0x0B_5C_AD)).set_underline(FormatUnderline::Single),
        ];
        Formats {
            looks: looks.map(|look| TONES.map(|tone| tinted(&look, tone))),
            heading: heading().set_background_color(Color::RGB(0xE8_EC_F1)),
            number_heading: heading()
                .set_background_color(Color::RGB(0xE8_EC_F1))
                .set_align(FormatAlign::Right)
                .set_indent(1),
            input_heading: heading().set_background_color(Color::RGB(0xFF_E9_A8)),
            title: Format::new().set_bold().set_font_size(16),
            link: base().set_font_color(Color::RGB(0x0B_5C_AD)).set_underline(FormatUnderline::Single),
            bold: base().set_bold(),
            wrap: base().set_text_wrap(),
        }
    }

    fn get(&self, look: Look, tone: Tone) -> &Format {
        &self.looks[look as usize][tone as usize]
    }
}

/// Colours of a status in the workbook: background and text.
fn colours(tone: Tone) -> Option<(u32, u32)> {
    match tone {
        Tone::Plain => None,
        Tone::Good => Some((0xE2_F4_E9, 0x15_69_3B)),
        Tone::Info => Some((0xE4_EE_FA, 0x1B_55_91)),
        Tone::Warning => Some((0xFD_F0_D5, 0x7D_4A_00)),
        Tone::Error => Some((0xFD_EA_E4, 0xA3_34_1C)),
        Tone::Blocker => Some((0xFB_DF_E4, 0x8C_12_26)),
    }
}

fn tinted(format: &Format, tone: Tone) -> Format {
    match colours(tone) {
        None => format.clone(),
        Some((back, ink)) => format.clone().set_background_color(Color::RGB(back)).set_font_color(Color::RGB(ink)),
    }
}

/// One sheet of a list without its rows.
fn list(queue: &Queue, rows: usize, sheet: &mut Worksheet, f: &Formats, texts: &Texts) -> Result<(), ReportError> {
    let last_row = rows.max(1) as u32;
    let last_column = (queue.columns.len() - 1) as u16;
    for (column, c) in queue.columns.iter().enumerate() {
        let column = column as u16;
        sheet.set_column_width(column, f64::from(c.width))?;
        match c.kind {
            Kind::Key => {
                sheet.set_column_hidden(column)?;
                // Nothing can be typed there, and the sheet can still be sorted.
                let locked = DataValidation::new()
                    .allow_custom(Formula::new("=FALSE"))
                    .set_error_title(texts.get("xlsx.key_title"))?
                    .set_error_message(texts.get("xlsx.key_error"))?;
                sheet.add_data_validation(1, column, last_row, column, &locked)?;
            }
            Kind::Code => {
                sheet.set_column_format(column, f.get(Look::Code, Tone::Plain))?;
            }
            Kind::Decision | Kind::Tie | Kind::Value | Kind::Accept => {
                decisions(sheet, column, last_row, c.kind, texts)?
            }
            Kind::Text | Kind::Number | Kind::Comment | Kind::Link => {}
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.autofilter(0, 0, last_row, last_column)?;
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)?;
    sheet.set_footer(format!("&L&A&R{}", texts.get("xlsx.page")));
    sheet.set_row_height(0, 32)?;
    for (column, c) in queue.columns.iter().enumerate() {
        let input = matches!(c.kind, Kind::Decision | Kind::Tie | Kind::Value | Kind::Accept | Kind::Comment);
        let format = match c.kind {
            _ if input => &f.input_heading,
            Kind::Number => &f.number_heading,
            _ => &f.heading,
        };
        sheet.write_string_with_format(0, column as u16, c.title.as_str(), format)?;
    }
    Ok(())
}

fn decisions(sheet: &mut Worksheet, column: u16, last_row: u32, kind: Kind, texts: &Texts) -> Result<(), ReportError> {
    let Some((choices, prompt, error)) = answers::of(kind) else { return Ok(()) };
    let words: Vec<&str> = choices.iter().map(|(_, key, _)| texts.get(key)).collect();
    let choice = DataValidation::new()
        .allow_list_strings(&words)?
        .set_input_title(texts.get("decision.prompt_title"))?
        .set_input_message(texts.get(prompt))?
        .set_error_title(texts.get("decision.error_title"))?
        .set_error_message(texts.get(error))?;
    sheet.add_data_validation(1, column, last_row, column, &choice)?;
    for (word, &(_, _, tone)) in words.into_iter().zip(choices) {
        let rule = ConditionalFormatCell::new()
            .set_rule(ConditionalFormatCellRule::EqualTo(word))
            .set_format(tinted(&Format::new(), tone));
        sheet.add_conditional_format(1, column, last_row, column, &rule)?;
    }
    Ok(())
}

/// Characters of the purpose of a sheet that fit on a line.
const LEAD_CHARS: usize = 72;
/// Last column of a first sheet.
const COVER_LAST: u16 = 5;

/// Columns of a first sheet: names, then numbers.
fn cover_layout(sheet: &mut Worksheet) -> Result<(), ReportError> {
    sheet.set_column_width(0, 44)?.set_column_width(1, 16)?;
    for column in 2..=COVER_LAST {
        sheet.set_column_width(column, 16)?;
    }
    sheet.set_screen_gridlines(false).set_paper_size(9).set_landscape().set_print_fit_to_pages(1, 0);
    Ok(())
}

/// Lists, and what tells of the rows of each that the workbook does not have.
type Lists<'l> = (&'l [Queue<'l>], &'l [String]);

fn summary(model: &ReportModel, lists: Lists, sheet: &mut Worksheet, f: &Formats) -> Result<(), ReportError> {
    let (page, t) = (model.page(), model.texts());
    cover_layout(sheet)?;
    let mut row = 0;
    sheet.write_string_with_format(row, 0, fit(&page.head.title, t), &f.title)?;
    sheet.set_row_height(row, 26)?.set_row_height(row + 1, 26)?;
    row += 1;
    sheet.merge_range(row, 0, row, COVER_LAST, &page.verdict.headline, &tinted(&f.title, page.verdict.tone))?;
    row += 1;
    let wrap = f.wrap.clone().set_align(FormatAlign::Top);
    sheet.merge_range(row, 0, row, COVER_LAST, &fit(&page.verdict.sentence, t), &wrap)?;
    sheet.set_row_height(row, 48)?;
    row += 1;
    for caution in &page.verdict.cautions {
        sheet.merge_range(row, 0, row, COVER_LAST, &fit(caution, t), &tinted(&f.wrap, Tone::Warning))?;
        row += 1;
    }
    for (key, value) in [
        ("head.as_of", &page.head.as_of),
        ("head.direction", &page.head.direction),
        ("head.snapshot", &page.head.snapshot),
        ("verdict.readiness", &page.verdict.readiness),
    ] {
        sheet.write_string_with_format(row, 0, t.get(key), f.get(Look::Text, Tone::Plain))?;
        sheet.write_string_with_format(row, 1, value.as_str(), &f.bold)?;
        row += 1;
    }
    row += 1;
    for (column, key) in ["gate.severity", "gate.limit", "gate.actual", "gate.result"].into_iter().enumerate() {
        let format = if (1..=2).contains(&column) { &f.number_heading } else { &f.heading };
        sheet.write_string_with_format(row, column as u16, t.get(key), format)?;
    }
    row += 1;
    for gate in &page.verdict.gates {
        sheet.write_string_with_format(row, 0, gate.severity.as_str(), f.get(Look::Text, gate.tone))?;
        sheet.write_number_with_format(row, 1, gate.limit_value as f64, f.get(Look::Number, Tone::Plain))?;
        sheet.write_number_with_format(row, 2, gate.actual_value as f64, f.get(Look::Number, Tone::Plain))?;
        let tone = if gate.holds { Tone::Good } else { Tone::Blocker };
        sheet.write_string_with_format(row, 3, gate.word.as_str(), f.get(Look::Text, tone))?;
        row += 1;
    }
    row += 1;
    sheet.write_string_with_format(row, 0, t.get("chart.severities"), &f.heading)?;
    sheet.write_string_with_format(row, 1, t.get("xlsx.count"), &f.number_heading)?;
    row += 1;
    let first = row;
    for part in &page.severity_parts {
        sheet.write_string_with_format(row, 0, part.label.as_str(), f.get(Look::Text, Tone::Plain))?;
        sheet.write_number_with_format(row, 1, part.value as f64, f.get(Look::Number, Tone::Plain))?;
        row += 1;
    }
    let name = t.get("sheet.summary");
    let mut chart = Chart::new(ChartType::Bar);
    let series = chart.add_series();
    series.set_categories((name, first, 0, row - 1, 0)).set_values((name, first, 1, row - 1, 1));
    chart.title().set_name(t.get("chart.severities"));
    chart.legend().set_hidden();
    chart.y_axis().set_reverse();
    chart.set_width(460).set_height(260);
    sheet.insert_chart(1, COVER_LAST + 2, &chart)?;
    row = flow_chart(model, row + 1, sheet, f)?;
    sheet.write_string_with_format(row, 0, t.get("xlsx.main"), &f.heading)?;
    sheet.write_string_with_format(row, 1, t.get("xlsx.count"), &f.number_heading)?;
    row += 1;
    for tile in &page.tiles {
        sheet.write_string_with_format(row, 0, tile.label.as_str(), f.get(Look::Text, Tone::Plain))?;
        sheet.write_number_with_format(row, 1, tile.number as f64, f.get(Look::Number, Tone::Plain))?;
        sheet.write_string_with_format(row, 2, tile.note.as_str(), f.get(Look::Text, Tone::Plain))?;
        row += 1;
    }
    row += 1;
    contents(lists, row, sheet, f, t)
}

/// Where the records of each side went, from `row` on, with a chart beside; the row below them.
fn flow_chart(model: &ReportModel, row: u32, sheet: &mut Worksheet, f: &Formats) -> Result<u32, ReportError> {
    let (page, t) = (model.page(), model.texts());
    let name = t.get("sheet.summary");
    let mut chart = Chart::new(ChartType::BarPercentStacked);
    let mut lines: Vec<(String, &Vec<Cell>)> = Vec::new();
    for flow in &page.flow {
        lines.extend(flow.table.rows.iter().map(|cells| (format!("{} · {}", cells[0].text, flow.entity), cells)));
    }
    let Some(first) = page.flow.first() else { return Ok(row) };
    let heads = &first.table.columns[1..];
    sheet.write_string_with_format(row, 0, t.get("section.flow"), &f.heading)?;
    for (column, head) in heads.iter().enumerate() {
        sheet.write_string_with_format(row, column as u16 + 1, head.title.as_str(), &f.number_heading)?;
    }
    let last = row + lines.len() as u32;
    for (at, (line, cells)) in (row + 1..).zip(&lines) {
        sheet.write_string_with_format(at, 0, line.as_str(), f.get(Look::Text, Tone::Plain))?;
        for (column, cell) in cells[1..].iter().enumerate() {
            let number = cell.number.unwrap_or_default();
            sheet.write_number_with_format(at, column as u16 + 1, number, f.get(Look::Number, Tone::Plain))?;
        }
    }
    // The first number is the total.
    for (column, colour) in (2u16..heads.len() as u16 + 1).zip([0x2F_9E_63, 0xD9_9A_1E, 0x5B_8F_D0, 0x98_A3_B1]) {
        let series = chart.add_series();
        series.set_name((name, row, column)).set_categories((name, row + 1, 0, last, 0));
        series
            .set_values((name, row + 1, column, last, column))
            .set_format(ChartFormat::new().set_solid_fill(ChartSolidFill::new().set_color(Color::RGB(colour))));
    }
    chart.title().set_name(t.get("section.flow"));
    chart.legend().set_position(ChartLegendPosition::Bottom);
    chart.y_axis().set_reverse();
    chart.set_width(460).set_height(260);
    sheet.insert_chart(15, COVER_LAST + 2, &chart)?;
    Ok(last + 2)
}

/// Links to the sheets from `row` on, with their numbers of rows and what they are for.
fn contents(
    (queues, rests): Lists,
    row: u32,
    sheet: &mut Worksheet,
    f: &Formats,
    t: &Texts,
) -> Result<(), ReportError> {
    sheet.write_string_with_format(row, 0, t.get("head.contents"), &f.heading)?;
    sheet.write_string_with_format(row, 1, t.get("xlsx.rows"), &f.number_heading)?;
    for (row, (queue, rest)) in (row + 1..).zip(queues.iter().zip(rests)) {
        let lead = if rest.is_empty() { queue.lead.clone() } else { format!("{} {rest}", queue.lead) };
        let link = format!("internal:'{}'!A1", queue.title);
        sheet.write_url_with_options(row, 0, link.as_str(), &queue.title, "", Some(&f.link))?;
        sheet.write_number_with_format(row, 1, queue.len as f64, f.get(Look::Number, Tone::Plain))?;
        sheet.merge_range(row, 2, row, COVER_LAST, &lead, &f.wrap)?;
        let lines = lead.chars().count().div_ceil(LEAD_CHARS);
        sheet.set_row_height(row, 2.0 + 14.0 * lines as f64)?;
    }
    Ok(())
}

/// The first sheet of an extract: whose it is, and where to go.
fn summary_of_person(
    model: &ReportModel,
    person: &str,
    lists: Lists,
    sheet: &mut Worksheet,
    f: &Formats,
) -> Result<(), ReportError> {
    let (page, t) = (model.page(), model.texts());
    cover_layout(sheet)?;
    let title = t.say("people.extract", &[("person", &shown(person))]);
    sheet.write_string_with_format(0, 0, fit(&title, t), &f.title)?;
    sheet.set_row_height(0, 26)?;
    sheet.write_string_with_format(1, 0, fit(&page.head.title, t), &f.bold)?;
    sheet.write_string_with_format(2, 0, format!("{}: {}", t.get("head.as_of"), page.head.as_of), &f.wrap)?;
    sheet.merge_range(3, 0, 3, COVER_LAST, t.get("people.extract_lead"), &f.wrap)?;
    sheet.set_row_height(3, 40)?;
    contents(lists, 5, sheet, f, t)
}

fn help(model: &ReportModel, sheet: &mut Worksheet, f: &Formats) -> Result<(), ReportError> {
    let t = model.texts();
    sheet.set_column_width(0, 26)?.set_column_width(1, 100)?;
    sheet.set_screen_gridlines(false).set_paper_size(9).set_print_fit_to_pages(1, 0);
    sheet.write_string_with_format(0, 0, t.get("how.title"), &f.title)?;
    let mut row = 1;
    for step in 1..=7 {
        let key = format!("how.step_{step}");
        sheet.merge_range(row, 0, row, 1, t.get(&key), &f.wrap)?;
        sheet.set_row_height(row, 32)?;
        row += 1;
    }
    row += 1;
    sheet.write_string_with_format(row, 0, t.get("section.glossary"), &f.title)?;
    row += 1;
    for (word, meaning) in &model.page().method.glossary {
        sheet.write_string_with_format(row, 0, word.as_str(), &f.bold)?;
        sheet.write_string_with_format(row, 1, meaning.as_str(), &f.wrap)?;
        row += 1;
    }
    Ok(())
}
