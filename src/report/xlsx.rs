//! `report.xlsx`: the workbook people work in, a sheet per list.
//!
//! Lists are written in constant memory, row by row; only the summary and the help are held whole. Sheets are not
//! protected: Excel refuses to sort a protected range, and sorting a list is how people work. Keys by which decisions
//! are read back stand in hidden columns instead.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use rust_xlsxwriter::{
    Chart, ChartType, Color, ConditionalFormatCell, ConditionalFormatCellRule, DataValidation, DocProperties,
    ExcelDateTime, Format, FormatAlign, FormatBorder, FormatUnderline, Workbook, Worksheet, XlsxError,
};

use super::answers;
use super::cell::{Cell, Kind, Tone};
use super::queue::Queue;
use super::texts::Texts;
use super::{ReportError, ReportModel};

/// Rows of a sheet, heading included (Excel 2007 and later, LibreOffice).
pub const SHEET_ROWS: usize = 1_048_576;
/// Longest text of a cell in Excel, UTF-16 units; the rest is for the mark of the cut.
const CELL_UNITS: usize = 32_767;
const CELL_CUT: usize = 32_600;

/// Writes the workbook to a file.
///
/// # Errors
/// [`ReportError::Workbook`] when the file cannot be written.
pub fn write(model: &ReportModel, path: &Path) -> Result<(), ReportError> {
    let file = File::create(path).map_err(XlsxError::from)?;
    write_split(model, BufWriter::new(file), SHEET_ROWS)
}

/// Writes the workbook with at most so many rows on a sheet, heading included.
///
/// # Errors
/// As [`write()`].
pub fn write_split(model: &ReportModel, out: impl Write + Send, sheet_rows: usize) -> Result<(), ReportError> {
    let texts = model.texts();
    let formats = Formats::new();
    let mut book = Workbook::new();
    // The time of writing would make every file differ.
    let created = ExcelDateTime::parse_from_str(&format!("{}T00:00:00", model.as_of().format("%Y-%m-%d")))?;
    let properties = DocProperties::new().set_title(model.page().head.title.as_str()).set_author("sverka");
    book.set_properties(&properties.set_creation_datetime(&created));
    let queues = model.queues();
    summary(model, &queues, book.add_worksheet().set_name(texts.get("sheet.summary"))?, &formats)?;
    for queue in &queues {
        let per_sheet = sheet_rows.saturating_sub(1).max(1);
        for part in 0..queue.len.div_ceil(per_sheet).max(1) {
            let name = if part == 0 { queue.title.clone() } else { format!("{} {}", queue.title, part + 1) };
            let rows = part * per_sheet..((part + 1) * per_sheet).min(queue.len);
            let sheet = book.add_worksheet_with_constant_memory()?.set_name(name)?;
            list(queue, rows, sheet, &formats, texts)?;
        }
    }
    help(model, book.add_worksheet().set_name(texts.get("sheet.help"))?, &formats)?;
    book.save_to_writer(out)?;
    Ok(())
}

/// What a cell of a list looks like apart from its tone.
#[derive(Clone, Copy)]
enum Look {
    Text,
    Code,
    /// Text that begins like a formula.
    Quoted,
    Number,
    Percent,
    Input,
}

struct Formats {
    /// By look and tone. Made once: a list has millions of cells.
    looks: [[Format; TONES.len()]; 6],
    heading: Format,
    input_heading: Format,
    title: Format,
    link: Format,
    bold: Format,
    wrap: Format,
}

/// In the order of the enumeration.
const TONES: [Tone; 6] = [Tone::Plain, Tone::Good, Tone::Info, Tone::Warning, Tone::Error, Tone::Blocker];

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
            input,
        ];
        Formats {
            looks: looks.map(|look| TONES.map(|tone| tinted(&look, tone))),
            heading: heading().set_background_color(Color::RGB(0xE8_EC_F1)),
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

/// A text that fits into a cell; a cut is said.
fn fit<'a>(text: &'a str, texts: &Texts) -> std::borrow::Cow<'a, str> {
    if text.len() <= CELL_UNITS || text.encode_utf16().count() <= CELL_UNITS {
        return text.into();
    }
    let mut units = 0;
    let mut shown = 0u64;
    let mut end = 0;
    for (at, c) in text.char_indices() {
        units += c.len_utf16();
        if units > CELL_CUT {
            break;
        }
        end = at + c.len_utf8();
        shown += 1;
    }
    let total = text.chars().count() as u64;
    let mark = texts.say("xlsx.cut", &[("shown", &texts.number(shown)), ("total", &texts.number(total))]);
    format!("{}{mark}", &text[..end]).into()
}

fn put(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    cell: &Cell,
    kind: Kind,
    f: &Formats,
    texts: &Texts,
) -> Result<(), ReportError> {
    let look = match kind {
        Kind::Decision | Kind::Value | Kind::Accept | Kind::Comment => Look::Input,
        _ if cell.number.is_some() && cell.text.ends_with('%') => Look::Percent,
        _ if cell.number.is_some() => Look::Number,
        _ if cell.text.starts_with(['=', '+', '-', '@']) => Look::Quoted,
        Kind::Code | Kind::Key => Look::Code,
        Kind::Text | Kind::Number => Look::Text,
    };
    let format = f.get(look, cell.tone);
    if let Some(number) = cell.number {
        sheet.write_number_with_format(row, column, number, format)?;
    } else if !cell.text.is_empty() {
        // Always a string, never parsed: `=1+1` and `007` stay what they are.
        sheet.write_string_with_format(row, column, fit(&cell.text, texts), format)?;
    } else if matches!(look, Look::Input) {
        sheet.write_blank(row, column, format)?;
    }
    Ok(())
}

/// One sheet of a list: everything about columns comes before the rows, as constant memory demands.
fn list(
    queue: &Queue,
    rows: std::ops::Range<usize>,
    sheet: &mut Worksheet,
    f: &Formats,
    texts: &Texts,
) -> Result<(), ReportError> {
    let last_row = rows.len().max(1) as u32;
    let last_column = (queue.columns.len() - 1) as u16;
    for (column, c) in queue.columns.iter().enumerate() {
        let column = column as u16;
        sheet.set_column_width(column, f64::from(c.width))?;
        match c.kind {
            Kind::Key => {
                sheet.set_column_hidden(column)?;
            }
            Kind::Code => {
                sheet.set_column_format(column, f.get(Look::Code, Tone::Plain))?;
            }
            Kind::Decision | Kind::Value | Kind::Accept => decisions(sheet, column, last_row, c.kind, texts)?,
            Kind::Text | Kind::Number | Kind::Comment => {}
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.autofilter(0, 0, last_row, last_column)?;
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)?;
    sheet.set_footer(format!("&L&A&R{}", texts.get("xlsx.page")));
    sheet.set_row_height(0, 32)?;
    for (column, c) in queue.columns.iter().enumerate() {
        let format = if matches!(c.kind, Kind::Decision | Kind::Value | Kind::Accept | Kind::Comment) {
            &f.input_heading
        } else {
            &f.heading
        };
        sheet.write_string_with_format(0, column as u16, c.title.as_str(), format)?;
    }
    for (at, row) in rows.enumerate() {
        for (column, (cell, c)) in queue.row(row).iter().zip(&queue.columns).enumerate() {
            put(sheet, (at as u32 + 1, column as u16), cell, c.kind, f, texts)?;
        }
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

fn summary(model: &ReportModel, queues: &[Queue], sheet: &mut Worksheet, f: &Formats) -> Result<(), ReportError> {
    let (page, t) = (model.page(), model.texts());
    sheet.set_column_width(0, 44)?.set_column_width(1, 18)?.set_column_width(2, 18)?.set_column_width(3, 46)?;
    sheet.set_screen_gridlines(false).set_paper_size(9).set_landscape().set_print_fit_to_pages(1, 0);
    let mut row = 0;
    sheet.write_string_with_format(row, 0, fit(&page.head.title, t), &f.title)?;
    sheet.set_row_height(row, 26)?.set_row_height(row + 1, 26)?;
    row += 1;
    sheet.merge_range(row, 0, row, 3, &page.verdict.headline, &tinted(&f.title, page.verdict.tone))?;
    row += 1;
    let wrap = f.wrap.clone().set_align(FormatAlign::Top);
    sheet.merge_range(row, 0, row, 3, &fit(&page.verdict.sentence, t), &wrap)?;
    sheet.set_row_height(row, 48)?;
    row += 1;
    for caution in &page.verdict.cautions {
        sheet.merge_range(row, 0, row, 3, &fit(caution, t), &tinted(&f.wrap, Tone::Warning))?;
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
        sheet.write_string_with_format(row, column as u16, t.get(key), &f.heading)?;
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
    sheet.write_string_with_format(row, 1, t.get("xlsx.count"), &f.heading)?;
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
    sheet.insert_chart(1, 5, &chart)?;
    row += 1;
    sheet.write_string_with_format(row, 0, t.get("xlsx.main"), &f.heading)?;
    sheet.write_string_with_format(row, 1, t.get("xlsx.count"), &f.heading)?;
    row += 1;
    for tile in &page.tiles {
        sheet.write_string_with_format(row, 0, tile.label.as_str(), f.get(Look::Text, Tone::Plain))?;
        sheet.write_number_with_format(row, 1, tile.number as f64, f.get(Look::Number, Tone::Plain))?;
        sheet.write_string_with_format(row, 2, tile.note.as_str(), f.get(Look::Text, Tone::Plain))?;
        row += 1;
    }
    row += 1;
    sheet.write_string_with_format(row, 0, t.get("head.contents"), &f.heading)?;
    sheet.write_string_with_format(row, 1, t.get("xlsx.rows"), &f.heading)?;
    row += 1;
    for queue in queues {
        let link = format!("internal:'{}'!A1", queue.title);
        sheet.write_url_with_options(row, 0, link.as_str(), &queue.title, "", Some(&f.link))?;
        sheet.write_number_with_format(row, 1, queue.len as f64, f.get(Look::Number, Tone::Plain))?;
        sheet.merge_range(row, 2, row, 3, &queue.lead, &f.wrap)?;
        sheet.set_row_height(row, 40)?;
        row += 1;
    }
    Ok(())
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
