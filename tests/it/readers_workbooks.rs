//! Workbooks that people and programs write, and those that are meant to harm: what is read, what is refused, and that
//! each refusal is one line with a next step.

use std::io::{Cursor, Write};

use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};
use sverka::ingest::{self, Extract, Input};
use zip::CompressionMethod;
use zip::write::SimpleFileOptions;

fn rows(extract: &Extract, table: usize) -> Vec<Vec<&str>> {
    let table = &extract.tables[table];
    (0..table.len()).map(|row| (0..table.columns.len()).map(|c| table.get(c, row)).collect()).collect()
}

fn headings(extract: &Extract, table: usize) -> Vec<&str> {
    extract.tables[table].columns.iter().map(|c| c.heading.as_str()).collect()
}

fn detail<'e>(extract: &'e Extract, name: &str) -> Option<&'e str> {
    extract.details.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str())
}

fn read(name: &str, bytes: Vec<u8>) -> Extract {
    ingest::read(&Input::from_bytes(name, bytes), None).unwrap_or_else(|e| panic!("{e}")).1
}

/// The refusal: one line that names the file and has a next step after a semicolon, or a limit.
fn refused(name: &str, bytes: Vec<u8>) -> String {
    let error = ingest::read(&Input::from_bytes(name, bytes), None).err().unwrap_or_else(|| panic!("{name} was read"));
    let text = error.to_string();
    assert!(text.starts_with(name) && !text.contains('\n') && !text.ends_with('.'), "{text}");
    assert!(text.contains("; ") || text.contains("превышен предел") || text.matches(": ").count() > 1, "{text}");
    text
}

fn zipped(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (at, (name, text)) in parts.iter().enumerate() {
        // The media type of OpenDocument stands first and stored.
        let method = if at == 0 { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        writer.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// An XLSX of one sheet made by hand.
fn xlsx_of(sheet: &str, shared: &str) -> Vec<u8> {
    const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
    let types = format!(
        "{HEAD}<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"xml\" ContentType=\"application/xml\"/></Types>"
    );
    let relations = |kind: &str, target: &str, id: &str| {
        format!(
            "<Relationship Id=\"{id}\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}\" Target=\"{target}\"/>"
        )
    };
    let wrap = |inside: String| {
        format!(
            "{HEAD}<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{inside}</Relationships>"
        )
    };
    zipped(&[
        ("[Content_Types].xml", &types),
        ("_rels/.rels", &wrap(relations("officeDocument", "xl/workbook.xml", "rId1"))),
        (
            "xl/workbook.xml",
            &format!(
                "{HEAD}<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets><sheet name=\"Лист1\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            &wrap(
                relations("worksheet", "worksheets/sheet1.xml", "rId1")
                    + &relations("sharedStrings", "sharedStrings.xml", "rId2"),
            ),
        ),
        (
            "xl/worksheets/sheet1.xml",
            &format!(
                "{HEAD}<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">{sheet}</worksheet>"
            ),
        ),
        ("xl/sharedStrings.xml", &format!("{HEAD}{shared}")),
    ])
}

const NO_TEXTS: &str = "<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"/>";

/// A row of inline texts.
fn inline(row: u32, texts: &[&str]) -> String {
    let cells: String = texts
        .iter()
        .enumerate()
        .map(|(at, text)| {
            format!("<c r=\"{}{row}\" t=\"inlineStr\"><is><t>{text}</t></is></c>", (b'A' + at as u8) as char)
        })
        .collect();
    format!("<row r=\"{row}\">{cells}</row>")
}

#[test]
fn cells_keep_what_excel_shows() {
    let mut book = Workbook::new();
    let date = Format::new().set_num_format("dd.mm.yyyy");
    let sheet = book.add_worksheet().set_name("Контрагенты").unwrap();
    sheet.write(0, 0, "Список контрагентов").unwrap();
    for (at, heading) in ["Код", "Наименование", "ИНН", "Телефон", "Дата", "Сумма", "Активен"].iter().enumerate()
    {
        sheet.write(2, at as u16, *heading).unwrap();
    }
    sheet.write(3, 0, "000000001").unwrap();
    let bold = Format::new().set_bold();
    sheet.write_rich_string(3, 1, &[(&bold, "ООО "), (&Format::new(), "«Ромашка»")]).unwrap();
    sheet.write(3, 2, 7_707_083_893.0).unwrap();
    sheet.write(3, 3, 79_160_000_001.0).unwrap();
    sheet.write_with_format(3, 4, ExcelDateTime::from_ymd(2024, 1, 5).unwrap(), &date).unwrap();
    sheet.write(3, 5, 0.1 + 0.2).unwrap();
    sheet.write(3, 6, true).unwrap();
    sheet.write(4, 0, "'000000002").unwrap();
    sheet.write(4, 1, "Василёк_x000D_\nи другие").unwrap();
    sheet.write(4, 2, "=\"0707083893\"").unwrap();
    sheet.write(4, 3, 4.6e12).unwrap();
    // A phone in a column of dates.
    sheet.write_with_format(4, 4, 79_160_000_002.0, &date).unwrap();
    sheet.write_formula(4, 5, Formula::new("=SUM(F4)*2").set_result("0.6")).unwrap();
    sheet.write_formula(4, 6, Formula::new("=NA()").set_result("#N/A")).unwrap();
    sheet.set_row_hidden(4).unwrap();
    let hidden = book.add_worksheet().set_name("Служебный").unwrap();
    hidden.write(0, 0, "Код").unwrap();
    hidden.write(0, 1, "Имя").unwrap();
    hidden.set_hidden(true);
    let extract = read("a.xlsx", book.save_to_buffer().unwrap());
    assert_eq!(headings(&extract, 0), ["Код", "Наименование", "ИНН", "Телефон", "Дата", "Сумма", "Активен"]);
    assert_eq!(
        rows(&extract, 0),
        [
            ["000000001", "ООО «Ромашка»", "7707083893", "79160000001", "2024-01-05", "0.3", "true"],
            // A hidden row is a row: a filter left on must not lose records.
            ["'000000002", "Василёк\nи другие", "0707083893", "4600000000000", "79160000002", "0.6", ""]
                .map(|text| text.trim_start_matches('\'')),
        ]
    );
    assert_eq!(extract.tables[0].rows, [4, 5]);
    assert_eq!(detail(&extract, "строка заголовков"), Some("3"));
    assert_eq!(detail(&extract, "листы без таблицы"), Some("Служебный (скрыт)"));
}

#[test]
fn headings_of_several_sheets_are_told() {
    let mut book = Workbook::new();
    for (name, row) in [("Первый", 0), ("Второй", 4)] {
        let sheet = book.add_worksheet().set_name(name).unwrap();
        for (at, text) in ["Код", "Наименование"].iter().enumerate() {
            sheet.write(row, at as u16, *text).unwrap();
            sheet.write(row + 1, at as u16, "x").unwrap();
        }
    }
    let extract = read("a.xlsx", book.save_to_buffer().unwrap());
    assert_eq!(detail(&extract, "строка заголовков"), Some("Первый: 1; Второй: 5"));
}

#[test]
fn error_cells_of_any_kind_are_empty_and_counted() {
    let errors: String = ["#N/A", "#DIV/0!", "#SPILL!", "#CALC!", "#ЧТО-ТО"]
        .iter()
        .enumerate()
        .map(|(at, error)| {
            let row = at + 2;
            format!("<row r=\"{row}\"><c r=\"A{row}\" t=\"e\"><v>{error}</v></c><c r=\"B{row}\"><v>{at}</v></c></row>")
        })
        .collect();
    let extract = read(
        "a.xlsx",
        xlsx_of(&format!("<sheetData>{}{errors}</sheetData>", inline(1, &["Наименование", "Код"])), NO_TEXTS),
    );
    assert_eq!(rows(&extract, 0), [["", "0"], ["", "1"], ["", "2"], ["", "3"], ["", "4"]]);
    assert_eq!(detail(&extract, "ячеек с ошибкой (#Н/Д и подобных), прочитаны пустыми"), Some("5"));
}

#[test]
fn lies_about_the_size_of_a_sheet_cost_nothing() {
    let data = format!("{}{}", inline(1, &["Код", "Наименование"]), inline(2, &["1", "А"]));
    for dimension in ["A1:XFD1048576", "A1", "XFD1048576:A1"] {
        let sheet = format!("<dimension ref=\"{dimension}\"/><sheetData>{data}</sheetData>");
        assert_eq!(rows(&read("a.xlsx", xlsx_of(&sheet, NO_TEXTS)), 0), [["1", "А"]], "{dimension}");
    }
    // A cell in the last column is a column more, one in the last row is told.
    let far = "<row r=\"3\"><c r=\"A3\"><v>2</v></c><c r=\"XFD3\"><v>5</v></c></row>";
    let extract = read("a.xlsx", xlsx_of(&format!("<sheetData>{data}{far}</sheetData>"), NO_TEXTS));
    assert_eq!(rows(&extract, 0), [["1", "А", ""], ["2", "", "5"]]);
    let far = "<row r=\"1048576\"><c r=\"XFD1048576\"><v>5</v></c></row>";
    let text = refused("a.xlsx", xlsx_of(&format!("<sheetData>{data}{far}</sheetData>"), NO_TEXTS));
    assert!(text.contains("лист «Лист1»") && text.contains("1048576"), "{text}");
    for place in ["XFE2", "ZZZZ2"] {
        let far = format!("<row r=\"2\"><c r=\"{place}\"><v>5</v></c></row>");
        let sheet = format!("<sheetData>{}{far}</sheetData>", inline(1, &["Код", "Имя"]));
        refused("a.xlsx", xlsx_of(&sheet, NO_TEXTS));
    }
    // A count of shared texts for which calamine would reserve memory.
    for count in ["4000000000", "99999999999999999999"] {
        let shared = format!(
            "<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" uniqueCount=\"{count}\"><si><t>x</t></si></sst>"
        );
        let text = refused("a.xlsx", xlsx_of(&format!("<sheetData>{data}</sheetData>"), &shared));
        assert!(text.contains("заявляет больше"), "{text}");
    }
}

#[test]
fn bombs_are_refused() {
    let zeros = "0".repeat(60 << 20);
    let sheet = format!("<sheetData>{}<!--{zeros}--></sheetData>", inline(1, &["Код", "Имя"]));
    let book = xlsx_of(&sheet, NO_TEXTS);
    assert!(book.len() < 1 << 20);
    assert!(refused("a.xlsx", book.clone()).contains("бомбу"));
    // The same with a directory that says the part is short: it is not unpacked beyond that.
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&book)).unwrap();
    let longest = (0..archive.len()).map(|at| archive.by_index_raw(at).unwrap().size()).max().unwrap();
    let mut lying = book;
    let (long, short) = ((longest as u32).to_le_bytes(), 1_000u32.to_le_bytes());
    let places: Vec<usize> = (0..lying.len() - 4).filter(|&at| lying[at..at + 4] == long).collect();
    assert!(!places.is_empty());
    for at in places {
        lying[at..at + 4].copy_from_slice(&short);
    }
    assert!(refused("a.xlsx", lying).contains("сохраните заново"));
    // One text of 30 KB in 100,000 cells: 3 GB.
    let text = "x".repeat(30_000);
    let shared = format!(
        "<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><si><t>Имя</t></si><si><t>{text}</t></si></sst>"
    );
    let mut cells = String::from("<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>0</v></c></row>");
    for row in 2..100_002 {
        cells += &format!("<row r=\"{row}\"><c r=\"A{row}\" t=\"s\"><v>1</v></c></row>");
    }
    let told = refused("a.xlsx", xlsx_of(&format!("<sheetData>{cells}</sheetData>"), &shared));
    assert!(told.contains("слишком велик"), "{told}");
}

#[test]
fn what_is_no_readable_workbook_says_what_to_do() {
    let good = xlsx_of(&format!("<sheetData>{}</sheetData>", inline(1, &["Код", "Имя"])), NO_TEXTS);
    for length in [good.len() / 2, good.len() - 30, 60] {
        let text = refused("a.xlsx", good[..length].to_vec());
        assert!(text.contains("сохраните заново"), "{text}");
    }
    let cut = xlsx_of("<sheetData><row r=\"1\"><c r=\"A1\"><v>1", NO_TEXTS);
    assert!(refused("a.xlsx", cut).contains("сохраните заново"));
    let binary = zipped(&[("[Content_Types].xml", "<Types/>"), ("xl/workbook.bin", "x")]);
    assert!(refused("a.xlsb", binary).contains("XLSB"));
    let empty = xlsx_of("<sheetData/>", NO_TEXTS);
    assert!(refused("a.xlsx", empty).contains("нет таблиц"));
}

/// Each byte of the parts changed in turn: an answer, never a crash.
#[test]
fn damaged_workbooks_never_crash() {
    let shared = "<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" uniqueCount=\"2\"><si><t>Код</t></si><si><r><t>И</t></r><r><t>мя</t></r></si></sst>";
    let sheet = "<dimension ref=\"A1:B2\"/><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>1</v></c></row><row r=\"2\"><c r=\"A2\" t=\"b\"><v>1</v></c><c r=\"B2\" s=\"1\"><f>1+1</f><v>2.5</v></c></row></sheetData>";
    for at in 0..sheet.len() {
        for with in ["", "<", "\"", "9", "Z"] {
            if sheet.is_char_boundary(at) && sheet.is_char_boundary(at + 1) {
                let broken = format!("{}{with}{}", &sheet[..at], &sheet[at + 1..]);
                let _ = ingest::read(&Input::from_bytes("a.xlsx", xlsx_of(&broken, shared)), None);
            }
        }
    }
    for at in (0..shared.len()).filter(|at| shared.is_char_boundary(*at)) {
        let broken = format!(
            "{}{}",
            &shared[..at],
            &shared[(at + 1..=shared.len()).find(|n| shared.is_char_boundary(*n)).unwrap()..]
        );
        let _ = ingest::read(&Input::from_bytes("a.xlsx", xlsx_of(sheet, &broken)), None);
    }
}

// OpenDocument.

fn ods_of(styles: &str, tables: &str) -> Vec<u8> {
    let manifest = "<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"/>";
    ods_with(styles, tables, manifest)
}

fn ods_with(styles: &str, tables: &str, manifest: &str) -> Vec<u8> {
    let content = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><office:document-content xmlns:office=\"o\" xmlns:table=\"t\" xmlns:text=\"x\" xmlns:style=\"s\" xmlns:calcext=\"c\"><office:automatic-styles>{styles}</office:automatic-styles><office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    );
    zipped(&[
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", manifest),
        ("content.xml", &content),
    ])
}

fn p(text: &str) -> String {
    format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>")
}

fn row(cells: &str) -> String {
    format!("<table:table-row>{cells}</table:table-row>")
}

fn table(name: &str, style: &str, rows: &str) -> String {
    format!("<table:table table:name=\"{name}\" table:style-name=\"{style}\">{rows}</table:table>")
}

#[test]
fn cells_of_open_document() {
    let typed = |kind: &str, value: &str, shown: &str| {
        format!("<table:table-cell office:value-type=\"{kind}\" {value}><text:p>{shown}</text:p></table:table-cell>")
    };
    let heading = row(&["Код", "Наименование", "ИНН", "Дата", "Сумма", "Активен", "Время"].map(p).concat());
    let first = row(&[
        p("0001"),
        "<table:table-cell office:value-type=\"string\"><office:annotation><text:p>примечание</text:p></office:annotation><text:p>ООО <text:span>«Ромаш</text:span>ка»<text:s text:c=\"2\"/>&amp; Ко</text:p><text:p>вторая</text:p></table:table-cell>".to_owned(),
        typed("float", "office:value=\"7707083893\"", "7,71E+09"),
        typed("date", "office:date-value=\"2024-01-05T00:00:00\"", "05.01.24"),
        typed("currency", "office:value=\"0.30000000000000004\"", "0,30 ₽"),
        typed("boolean", "office:boolean-value=\"true\"", "ИСТИНА"),
        typed("time", "office:time-value=\"PT10H30M00S\"", "10:30"),
    ]
    .concat());
    let error = typed("string", "office:string-value=\"\" calcext:value-type=\"error\"", "#Н/Д");
    let second = row(&[p("'0002"), error, p("=\"0707083893\"")].concat());
    // Covered cells of a merge, rows that are hidden, groups of rows.
    let third = format!(
        "<table:table-row-group><table:table-row table:visibility=\"filter\">{}<table:covered-table-cell/>{}</table:table-row></table:table-row-group>",
        p("0003"),
        p("7700000016")
    );
    let blank = "<table:table-row table:number-rows-repeated=\"1048000\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row>";
    let styles = "<style:style style:name=\"ta1\" style:family=\"table\"><style:table-properties table:display=\"true\"/></style:style><style:style style:name=\"ta2\" style:family=\"table\"><style:table-properties table:display=\"false\"/></style:style>";
    let tables = table(
        "Лист1",
        "ta1",
        &format!("<table:table-header-rows>{heading}</table:table-header-rows>{first}{second}{third}{blank}"),
    ) + &table("Скрытый", "ta2", &row(&(p("Код") + &p("Имя"))));
    let extract = read("a.ods", ods_of(styles, &tables));
    assert_eq!(
        rows(&extract, 0),
        [
            ["0001", "ООО «Ромашка»  & Ко\nвторая", "7707083893", "2024-01-05", "0.3", "true", "10:30"],
            ["0002", "", "0707083893", "", "", "", ""],
            ["0003", "", "7700000016", "", "", "", ""],
        ]
    );
    assert_eq!(extract.tables[0].rows, [2, 3, 4]);
    assert_eq!(detail(&extract, "листы без таблицы"), Some("Скрытый (скрыт)"));
    assert_eq!(detail(&extract, "строка заголовков"), Some("1"));
}

#[test]
fn repeats_of_open_document_are_bounded() {
    let heading = row(&["Код", "Наименование", "ИНН"].map(p).concat());
    let repeated = |rows: &str, columns: &str, text: &str| {
        format!(
            "<table:table-row table:number-rows-repeated=\"{rows}\"><table:table-cell table:number-columns-repeated=\"{columns}\" office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell></table:table-row>"
        )
    };
    // Rows and cells that are the same by chance.
    let extract = read("a.ods", ods_of("", &table("Л", "", &(heading.clone() + &repeated("3", "2", "да")))));
    assert_eq!(rows(&extract, 0), [["да", "да", ""], ["да", "да", ""], ["да", "да", ""]]);
    for (count, columns, text) in [
        ("1048575", "16384", "x".to_owned()),
        ("99999999999", "1", "x".to_owned()),
        ("1", "4294967295", "x".to_owned()),
        ("100000", "1", "x".repeat(10_000)),
    ] {
        let told = refused("a.ods", ods_of("", &table("Л", "", &(heading.clone() + &repeated(count, columns, &text)))));
        assert!(told.contains("лист «Л»"), "{told}");
    }
    // Empty rows without end, then a row.
    let empty = "<table:table-row table:number-rows-repeated=\"99999999999\"><table:table-cell/></table:table-row>";
    let told = refused("a.ods", ods_of("", &table("Л", "", &(heading.clone() + empty + &row(&p("1"))))));
    assert!(told.contains("пустота"), "{told}");
    // Spaces without end in a cell: the row is quarantined.
    let spaces = row(&[p("1"), p("<text:s text:c=\"4000000000\"/>x")].concat());
    let extract = read("a.ods", ods_of("", &table("Л", "", &(heading + &spaces + &row(&p("2"))))));
    assert_eq!((extract.tables[0].len(), extract.quarantined.len()), (1, 1));
}

#[test]
fn open_document_that_cannot_be_read() {
    let locked = "<manifest:manifest xmlns:manifest=\"m\"><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>";
    assert!(refused("a.ods", ods_with("", "", locked)).contains("паролем"));
    let open = "<table:table table:name=\"Л\"><table:table-row>";
    assert!(refused("a.ods", ods_of("", open)).contains("повреждена"));
    let none = zipped(&[("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("x", "")]);
    assert!(refused("a.ods", none).contains("повреждена"));
    assert!(refused("a.ods", ods_of("", &"<table:x>".repeat(5_000))).contains("повреждена"));
}

#[test]
fn a_folder_is_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let text = Input::open(folder.path(), "папка").unwrap_err().to_string();
    assert!(text.contains("папка, а не файл") && text.contains("укажите файлы"), "{text}");
}
