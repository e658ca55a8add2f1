//! Archives made of an input, so that mutations reach what is inside instead of failing at a checksum.
//!
//! An input is divided by NUL bytes: the first piece is the part that matters most, those after it replace other parts.

use std::io::Write as _;

const CONTENT_TYPES: &str = r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>"#;
const ROOT: &str = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const RELATIONS: &str = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#;
const WORKBOOK: &str = r#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Лист1" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
const SHARED: &str = r#"<?xml version="1.0"?><sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="3" uniqueCount="3"><si><t>Код</t></si><si><t>Наименование</t></si><si><t>ИНН</t></si></sst>"#;
const STYLES: &str = r#"<?xml version="1.0"?><styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>"#;
const MANIFEST: &str = r#"<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>"#;

/// XLSX: the sheet, shared texts, the workbook, styles.
pub fn xlsx(data: &[u8]) -> Vec<u8> {
    let mut pieces = data.split(|b| *b == 0);
    let mut next = |default: &'static str| pieces.next().filter(|p| !p.is_empty()).unwrap_or(default.as_bytes());
    let sheet = next("");
    let (shared, workbook, styles) = (next(SHARED), next(WORKBOOK), next(STYLES));
    zip(&[
        ("[Content_Types].xml", CONTENT_TYPES.as_bytes()),
        ("_rels/.rels", ROOT.as_bytes()),
        ("xl/_rels/workbook.xml.rels", RELATIONS.as_bytes()),
        ("xl/workbook.xml", workbook),
        ("xl/sharedStrings.xml", shared),
        ("xl/styles.xml", styles),
        ("xl/worksheets/sheet1.xml", sheet),
    ])
}

/// ODS: the content.
pub fn ods(data: &[u8]) -> Vec<u8> {
    zip(&[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", MANIFEST.as_bytes()),
        ("content.xml", data),
    ])
}

/// ZIP: a file for each piece.
pub fn archive(data: &[u8]) -> Vec<u8> {
    let names: Vec<String> = (0..data.split(|b| *b == 0).count()).map(|n| format!("{n}.txt")).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(String::as_str).zip(data.split(|b| *b == 0)).collect();
    zip(&files)
}

/// Files as they are, without compression.
fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut directory = Vec::new();
    for (name, bytes) in files {
        let mut head = vec![10, 0, 0, 8, 0, 0, 0, 0, 0, 0];
        head.extend(crc32(bytes).to_le_bytes());
        head.extend((bytes.len() as u32).to_le_bytes());
        head.extend((bytes.len() as u32).to_le_bytes());
        head.extend((name.len() as u16).to_le_bytes());
        head.extend([0, 0]);
        let at = out.len() as u32;
        write(&mut out, &[b"PK\x03\x04", &head, name.as_bytes(), bytes]);
        write(&mut directory, &[b"PK\x01\x02\x14\x00", &head, &[0; 10], &at.to_le_bytes(), name.as_bytes()]);
    }
    let (at, count) = (out.len() as u32, files.len() as u16);
    let length = directory.len() as u32;
    let count = count.to_le_bytes();
    write(
        &mut out,
        &[&directory, b"PK\x05\x06\0\0\0\0", &count, &count, &length.to_le_bytes(), &at.to_le_bytes(), &[0; 2]],
    );
    out
}

fn write(out: &mut Vec<u8>, parts: &[&[u8]]) {
    for part in parts {
        out.write_all(part).expect("a Vec takes any bytes");
    }
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 })
    })
}
