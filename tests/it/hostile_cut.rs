//! Files of every format cut short, with bytes changed, or saying more than they hold: read as far as they go or refused in
//! one line, without a panic.

use std::io::Write;
use std::path::Path;
use std::time::Instant;

use sverka::ingest::{self, FORMATS, Input};

/// A sound file of each format.
fn sound() -> Vec<(String, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<_> =
        ["tests/fixtures/tree", "samples/trade/crm", "samples/trade/onec", "samples/trade/crm/rest"]
            .into_iter()
            .flat_map(|folder| std::fs::read_dir(root.join(folder)).unwrap())
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_file() && path.extension().is_none_or(|e| e != "expected"))
            .collect();
    files.sort();
    let mut seen: Vec<(&str, usize)> = Vec::new();
    let mut out = Vec::new();
    for path in files {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let bytes = std::fs::read(&path).unwrap();
        let Ok(format) = ingest::detect(&Input::from_bytes(&name, bytes.as_slice())) else { continue };
        let count = seen.iter().position(|(id, _)| *id == format.id()).unwrap_or_else(|| {
            seen.push((format.id(), 0));
            seen.len() - 1
        });
        seen[count].1 += 1;
        if seen[count].1 <= 3 && bytes.len() < 2 << 20 {
            out.push((name, bytes));
        }
    }
    out.extend(made());
    let known: Vec<&str> = FORMATS.iter().map(|f| f.id()).collect();
    let missing: Vec<&&str> =
        known.iter().filter(|id| !out.iter().any(|(name, bytes)| detected(name, bytes) == Some(id))).collect();
    assert!(missing.is_empty(), "no file of {missing:?}");
    out
}

fn detected(name: &str, bytes: &[u8]) -> Option<&'static str> {
    ingest::detect(&Input::from_bytes(name, bytes)).ok().map(|format| format.id())
}

/// Files of formats that no fixture has.
fn made() -> Vec<(String, Vec<u8>)> {
    let mut base = rusqlite::Connection::open_in_memory().unwrap();
    base.execute_batch(
        "CREATE TABLE clients (id INTEGER, name TEXT); INSERT INTO clients VALUES (1, 'Ель'), (2, 'Сосна')",
    )
    .unwrap();
    let sqlite = base.serialize(rusqlite::MAIN_DB).unwrap().to_vec();
    // A record of a DBF: a mark, then the texts of its fields.
    let mut dbf = vec![3, 124, 1, 1, 2, 0, 0, 0, 0x41 + 0x20, 0, 12, 0];
    dbf.resize(32, 0);
    dbf[8] = 32 + 32 * 2 + 1;
    let field = |name: &str, width: u8| {
        let mut bytes = name.as_bytes().to_vec();
        bytes.resize(32, 0);
        bytes[11] = b'C';
        bytes[16] = width;
        bytes
    };
    dbf.extend([field("ID", 3), field("NAME", 8)].concat());
    dbf.push(0x0D);
    dbf.extend(b" 1  ROMASHKA 2  EL      \x1A");
    let html =
        "<html><table><tr><th>ID</th><th>Название компании</th></tr><tr><td>1</td><td>Ель</td></tr></table></html>";
    vec![
        ("book.xls".to_owned(), xls()),
        ("book.ods".to_owned(), ods()),
        ("base.sqlite".to_owned(), sqlite),
        ("list.dbf".to_owned(), dbf),
        ("list.html".to_owned(), html.as_bytes().to_vec()),
    ]
}

/// The stream of a workbook of Excel 5: globals with one sheet, then its cells.
fn xls() -> Vec<u8> {
    let record = |kind: u16, data: &[u8]| [&kind.to_le_bytes()[..], &(data.len() as u16).to_le_bytes(), data].concat();
    let begin = |kind: u16| record(0x0809, &[&0x0500u16.to_le_bytes()[..], &kind.to_le_bytes(), &[0; 4]].concat());
    let end = record(0x000A, &[]);
    let bound = |at: u32| record(0x0085, &[&at.to_le_bytes()[..], &[0, 0, 1, b'A']].concat());
    let globals = begin(5).len() + bound(0).len() + end.len();
    let mut bytes = [begin(5), bound(globals as u32), end.clone(), begin(0x10)].concat();
    for (at, text) in ["ID", "Name", "1", "EL", "2", "SOSNA"].iter().enumerate() {
        let place = [(at / 2) as u16, (at % 2) as u16, 0, text.len() as u16].map(u16::to_le_bytes).concat();
        bytes.extend(record(0x0204, &[&place, text.as_bytes()].concat()));
    }
    bytes.extend(end);
    bytes
}

fn ods() -> Vec<u8> {
    let cell = |text: &str| {
        format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>")
    };
    let row = |texts: [&str; 2]| format!("<table:table-row>{}</table:table-row>", texts.map(cell).concat());
    let rows = [row(["ID", "Название компании"]), row(["1", "Ель"]), row(["2", "Сосна"])].concat();
    let content = format!(
        "<office:document-content><office:body><office:spreadsheet><table:table table:name=\"A\">{rows}</table:table>\
         </office:spreadsheet></office:body></office:document-content>"
    );
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, text) in [("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", &content)] {
        writer.start_file(name, stored).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Reads as an audit does and says what came of it, in one line.
fn read(name: &str, bytes: &[u8]) -> Result<usize, String> {
    let began = Instant::now();
    let read = ingest::read(&Input::from_bytes(name, bytes), None);
    assert!(began.elapsed().as_secs() < 10, "{name}");
    match read {
        Ok((_, extract)) => {
            for table in &extract.tables {
                assert!(table.columns.iter().all(|column| column.cells.len() == table.len()), "{name}");
            }
            Ok(extract.tables.iter().map(|table| table.len()).sum())
        }
        Err(error) => {
            let said = error.to_string();
            assert!(said.lines().count() == 1 && said.len() < 2_000, "{name}: {said}");
            Err(said)
        }
    }
}

#[test]
fn cut_files_are_read_as_far_as_they_go_or_refused() {
    for (name, bytes) in sound() {
        let whole = read(&name, &bytes).unwrap_or(0);
        let length = bytes.len();
        let places = [1, 2, 4, 7, 8, 12, 16, 32, 100, 512];
        let ends =
            places.into_iter().chain((1..16).map(|n| length * n / 16)).chain(places.map(|n| length.saturating_sub(n)));
        for end in ends.filter(|end| (1..length).contains(end)) {
            if let Ok(rows) = read(&name, &bytes[..end]) {
                assert!(rows <= whole.max(rows.min(1)), "{name} cut at {end}: {rows} rows, {whole} in the whole file");
            }
        }
    }
}

/// Bytes of the beginning and of the end, where lengths stand, and some between, set to the ends of their range. Fuzzing
/// tries all others.
#[test]
fn changed_bytes_harm_nobody() {
    for (name, bytes) in sound() {
        let length = bytes.len();
        let edge = 32.min(length);
        let between = (1..16).map(|n| length * n / 16);
        for at in (0..edge).chain(length - edge..length).chain(between) {
            for value in [0x00, 0xFF] {
                let mut changed = bytes.clone();
                changed[at] = value;
                let _ = read(&name, &changed);
            }
        }
    }
}
