//! Delimited text, XML and JSON block by block: memory holds the columns and a block, whatever the length of the file.

use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;
use std::time::SystemTime;

use sha2::{Digest, Sha256};

use super::database::{self, Select};
use super::delimited::{Delimited, LONGEST_LOOK, Reading, part_length};
use super::input::is_file;
use super::json::{JsonFormat, Pieces};
use super::text::{Found, Probe, border};
use super::xml::{Decoded, Progress, Xml, XmlFormat};
use super::{
    Extract, Format, IngestError, Input, MAX_FILE_BYTES, amocrm_rest, bitrix24_rest, commerceml, enterprise_data,
    fns_upd, icml, json_list, onec_atom, onec_json, retailcrm_rest,
};

/// Formats in XML.
const XML: [&dyn XmlFormat; 5] =
    [&commerceml::CommerceMl, &enterprise_data::EnterpriseData, &onec_atom::OnecAtom, &fns_upd::FnsUpd, &icml::Icml];

/// Formats in JSON.
const JSON: [&dyn JsonFormat; 5] = [
    &onec_json::OnecJson,
    &bitrix24_rest::Bitrix24Rest,
    &amocrm_rest::AmocrmRest,
    &retailcrm_rest::RetailcrmRest,
    &json_list::JsonList,
];

/// Files below this length are read whole, bytes: nothing is gained by blocks.
const WHOLE_BELOW: u64 = 64 << 20;
/// Head of a file by which its format is found, bytes.
const HEAD: u64 = 1 << 20;
/// Bytes taken from the file at a time.
const PIECE: u64 = 8 << 20;
const XML_PIECE: u64 = 1 << 20;
/// Text of a block for each thread and in all, bytes.
const BLOCK_PER_THREAD: usize = 16 << 20;
const MAX_BLOCK: usize = 256 << 20;

/// What was read from a file, and which file it was.
#[derive(Debug)]
pub struct FileRead {
    pub bytes: u64,
    pub sha256: [u8; 32],
    /// As of [`super::read`].
    pub read: super::Reading,
}

/// Reads a file in the named format, else in the one its content shows. Long delimited texts and XML are never held
/// whole.
///
/// # Errors
/// As [`Input::open`]; [`IngestError::Unreadable`] for a file that is written to meanwhile. What is wrong with the content
/// is in [`FileRead::read`].
pub fn read_file(path: &Path, name: &str, format: Option<&str>) -> Result<FileRead, IngestError> {
    read_file_from(path, name, format, WHOLE_BELOW)
}

/// [`read_file`] for a source, which may choose a table of a base.
///
/// # Errors
/// As [`read_file`]; [`IngestError::Unreadable`] for a base of several tables of which none is chosen.
pub fn read_source(
    path: &Path,
    name: &str,
    format: Option<&str>,
    select: Option<&Select>,
) -> Result<FileRead, IngestError> {
    let Some(select) = select else {
        let file = read_file(path, name, format)?;
        return match &file.read {
            Ok(("sqlite", extract)) if extract.tables.len() > 1 => Err(database::several_tables(path, &extract.tables)),
            _ => Ok(file),
        };
    };
    let input = Input::open(path, name)?;
    let sha256 = Sha256::digest(&input.bytes).into();
    let read = database::sqlite::read_selected(&input, select).map(|extract| ("sqlite", extract));
    Ok(FileRead { bytes: input.bytes.len() as u64, sha256, read })
}

/// [`read_file`] that reads files from `whole_below` bytes on block by block: what is found is the same.
///
/// # Errors
/// As [`read_file`].
pub fn read_file_from(
    path: &Path,
    name: &str,
    format: Option<&str>,
    whole_below: u64,
) -> Result<FileRead, IngestError> {
    is_file(path)?;
    let before = Stamp::of(path);
    let read = read_once(path, name, format, whole_below)?;
    // The encoding, the records and the digest would be those of different files.
    if Stamp::of(path) != before {
        return Err(IngestError::Unreadable {
            file: path.to_owned(),
            what: "файл изменился, пока его читали".to_owned(),
            next: "дождитесь конца выгрузки и запустите сверку снова",
        });
    }
    Ok(read)
}

/// What tells that a file has been written to.
#[derive(PartialEq)]
struct Stamp(Option<(u64, Option<SystemTime>)>);

impl Stamp {
    fn of(path: &Path) -> Stamp {
        Stamp(std::fs::metadata(path).ok().map(|found| (found.len(), found.modified().ok())))
    }
}

fn read_once(path: &Path, name: &str, format: Option<&str>, whole_below: u64) -> Result<FileRead, IngestError> {
    let failed = |source| IngestError::Open { file: path.to_owned(), source };
    let length = std::fs::metadata(path).map_or(0, |m| m.len());
    if (whole_below..=MAX_FILE_BYTES).contains(&length) {
        let mut file = File::open(path).map_err(failed)?;
        let mut head = Vec::new();
        (&mut file).take(HEAD).read_to_end(&mut head).map_err(failed)?;
        let head = Input { path: path.to_owned(), name: name.to_owned(), bytes: head };
        // A named format does not make an archive a text: what the content shows must agree.
        let shown = super::detect(&head).ok().map(|found| found.id());
        let id = shown.filter(|id| format.is_none_or(|format| format == *id));
        let xml = XML.into_iter().find(|format| Some(format.id()) == id);
        let json = JSON.into_iter().find(|format| Some(format.id()) == id);
        if id == Some(Delimited.id()) || xml.is_some() || json.is_some() {
            file.rewind().map_err(failed)?;
            let found = probe(&mut file).map_err(failed)?;
            file.rewind().map_err(failed)?;
            let mut source = Hashed { source: file, digest: Sha256::new(), bytes: 0 };
            let read = match (xml, json) {
                (Some(format), _) => read_xml(format, &mut source, &found, (path, name), XML_PIECE),
                (_, Some(format)) => read_json(format, &mut source, &found, &head, XML_PIECE),
                _ => read(&mut source, &found, path, name).map(|extract| (Delimited.id(), extract)),
            };
            // The digest is that of the whole file even when it was not read to its end.
            std::io::copy(&mut source, &mut std::io::sink()).map_err(failed)?;
            return Ok(FileRead { bytes: source.bytes, sha256: source.digest.finalize().into(), read });
        }
    }
    let input = match Input::open(path, name) {
        // A page of an answer that did not come: the pages around it decide what it is.
        Err(error @ IngestError::Empty { .. }) => {
            return Ok(FileRead { bytes: 0, sha256: Sha256::digest([]).into(), read: Err(error) });
        }
        opened => opened?,
    };
    let sha256 = Sha256::digest(&input.bytes).into();
    Ok(FileRead { bytes: input.bytes.len() as u64, sha256, read: super::read(&input, format) })
}

/// Reads an XML document in this encoding.
fn read_xml(
    format: &dyn XmlFormat,
    source: impl Read,
    found: &Found,
    (path, name): (&Path, &str),
    piece: u64,
) -> super::Reading {
    let progress = Progress::default();
    let input = Input { path: path.to_owned(), name: name.to_owned(), bytes: Vec::new() };
    let xml = Xml::stream(name, Decoded::new(source, found, &progress, piece), &progress);
    let extract = Extract { encoding: found.name.to_owned(), ..Extract::default() };
    let mut extract = format.read_xml(xml, &input, extract)?;
    if progress.undecodable() > 0 {
        extract.details.insert(0, ("не прочитано знаков", progress.undecodable().to_string()));
    }
    Ok((format.id(), extract))
}

/// Reads a JSON document in this encoding; `head` is the beginning of its file.
fn read_json(format: &dyn JsonFormat, source: impl Read, found: &Found, head: &Input, block: u64) -> super::Reading {
    let progress = Progress::default();
    let mut pieces = Pieces::new(Decoded::new(source, found, &progress, block), &progress, format.cuts());
    let mut next = || {
        pieces.next().map_err(|error| match error.kind() {
            std::io::ErrorKind::Other => IngestError::Limit {
                file: head.path.clone(),
                what: "одна запись JSON длиннее 256 МБ".to_owned(),
            },
            _ => IngestError::Open { file: head.path.clone(), source: error },
        })
    };
    let extract = Extract { encoding: found.name.to_owned(), ..Extract::default() };
    let mut extract = format.read_pieces(&mut next, head, extract)?;
    if progress.undecodable() > 0 {
        extract.details.insert(0, ("не прочитано знаков", progress.undecodable().to_string()));
    }
    Ok((format.id(), extract))
}

/// Finds the encoding of a whole file.
fn probe(file: &mut File) -> std::io::Result<Found> {
    let mut probe = Probe::default();
    let mut raw = Vec::new();
    loop {
        let is_last = file.take(PIECE).read_to_end(&mut raw)? < PIECE as usize;
        let end = if is_last { raw.len() } else { border(&raw) };
        probe.feed(&raw[..end]);
        raw.drain(..end);
        if is_last {
            return Ok(probe.finish());
        }
    }
}

/// Counts and digests what is read from a file.
struct Hashed {
    source: File,
    digest: Sha256,
    bytes: u64,
}

impl Read for Hashed {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let read = self.source.read(into)?;
        self.digest.update(&into[..read]);
        self.bytes += read as u64;
        Ok(read)
    }
}

/// Reads a delimited text in this encoding.
///
/// # Errors
/// As [`Format::read`] of [`Delimited`]; [`IngestError::Open`] when the source fails.
pub(super) fn read(source: &mut impl Read, found: &Found, path: &Path, name: &str) -> Result<Extract, IngestError> {
    let block = (BLOCK_PER_THREAD * rayon::current_num_threads()).min(MAX_BLOCK);
    read_blocks(source, found, (path, name), block)
}

fn read_blocks(
    source: &mut impl Read,
    found: &Found,
    (path, name): (&Path, &str),
    block: usize,
) -> Result<Extract, IngestError> {
    let failed = |source| IngestError::Open { file: path.to_owned(), source };
    let mut reading = Reading::new(path, name);
    let (mut raw, mut text) = (Vec::new(), String::new());
    let mut undecodable = 0;
    let mut skip = found.bom;
    let mut is_last = false;
    // A block shorter than what one record may need would never yield one.
    let block = block.max(4 * LONGEST_LOOK);
    let mut wanted = block;
    let piece = PIECE.min(block as u64);
    loop {
        while !is_last && text.len() < wanted {
            is_last = source.take(piece).read_to_end(&mut raw).map_err(failed)? < piece as usize;
            let end = if is_last { raw.len() } else { found.border(&raw) };
            let decoded = found.decode(&raw[skip.min(end)..end]);
            undecodable += decoded.undecodable;
            text.push_str(&decoded.text);
            drop(decoded);
            raw.drain(..end);
            skip = 0;
        }
        match reading.block(&text, is_last, part_length(text.len()))? {
            Some(_) if is_last => return reading.finish(found.name, undecodable),
            Some(next) if next > 0 => {
                text.drain(..next);
                wanted = block;
            }
            _ => wanted = text.len() + block,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::MAX_CELL_BYTES;

    /// Some megabytes with everything that may stand at the border of a block.
    fn hard() -> String {
        let mut text = "Отчёт;;\n;;\nID;Имя;Заметка\n".to_owned();
        let filler = "постоянный покупатель из Твери, ".repeat(16);
        for i in 0..30_000 {
            text.push_str(&match i % 11 {
                0 => format!("{i};\"а\n{i};б\n\";в\n"),
                1 => format!("{i};\"не закрыта;в\n"),
                2 => "\n".to_owned(),
                3 => format!("{i};а;б;лишнее\n"),
                4 => format!("{i};\"\"\"\";\"\n\n\n\"\r\n"),
                5 => format!("{i};«ёлка»;№ 5\n"),
                6 if i % 5_000 == 17 => format!("{i};\"{}\";б\n", "длинная\n".repeat(MAX_CELL_BYTES / 20)),
                _ => format!("{i};Ромашка;{filler}\n"),
            });
        }
        text + "Итого;;\n"
    }

    fn same(extract: &Extract, whole: &Extract, what: &str) {
        assert!(extract.tables == whole.tables, "{what}");
        assert!(extract.quarantined == whole.quarantined, "{what}");
        assert_eq!(extract.left_out, whole.left_out, "{what}");
        assert_eq!((&extract.encoding, &extract.details), (&whole.encoding, &whole.details), "{what}");
        let said = |extract: &Extract| (extract.failed_answers, extract.taken_at);
        assert_eq!(said(extract), said(whole), "{what}");
    }

    #[test]
    fn blocks_do_not_show() {
        let text = hard();
        let path = Path::new("a.csv");
        let utf16 = |text: &str| [0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        let files: [(&str, Vec<u8>); 4] = [
            ("utf-8", text.clone().into_bytes()),
            ("utf-8-bom", [b"\xEF\xBB\xBF", text.as_bytes()].concat()),
            ("windows-1251", encoding_rs::WINDOWS_1251.encode(&text).0.into_owned()),
            ("utf-16le", utf16(&text)),
        ];
        assert!(text.len() > 3 * 4 * LONGEST_LOOK);
        for (encoding, bytes) in files {
            let mut probe = Probe::default();
            probe.feed(&bytes);
            let found = probe.finish();
            assert_eq!(found.name, encoding);
            let read = |block| read_blocks(&mut bytes.as_slice(), &found, (path, "a.csv"), block).unwrap();
            let whole = read(usize::MAX / 2);
            assert!(whole.tables[0].len() > 15_000 && whole.quarantined.len() > 5_000);
            same(&read(0), &whole, encoding);
            if encoding == "utf-8" {
                same(&read(5 * LONGEST_LOOK + 77), &whole, encoding);
            }
        }
    }

    /// What a format says of a document read whole and in pieces of these sizes.
    fn in_pieces(input: &Input, sizes: &[usize]) -> usize {
        let id = crate::ingest::detect(input).ok().map(|format| format.id());
        let Some(format) = JSON.into_iter().find(|json| Some(json.id()) == id) else { return 0 };
        let mut probe = Probe::default();
        probe.feed(&input.bytes);
        let found = probe.finish();
        let name = input.name.as_str();
        for &size in sizes {
            let progress = Progress::default();
            let decoded = Decoded::new(input.bytes.as_slice(), &found, &progress, 16);
            let mut pieces = Pieces::sized(decoded, &progress, format.cuts(), size);
            let extract = Extract { encoding: found.name.to_owned(), ..Extract::default() };
            let streamed = format.read_pieces(&mut || Ok(pieces.next().unwrap()), input, extract);
            match (format.read(input), streamed) {
                (Ok(whole), Ok(streamed)) => same(&streamed, &whole, &format!("{name} {size}")),
                (whole, streamed) => {
                    let told = |read: Result<Extract, IngestError>| read.err().map(|error| error.to_string());
                    assert_eq!(told(streamed), told(whole), "{name} {size}");
                }
            }
        }
        1
    }

    #[test]
    fn pieces_of_answers_do_not_show() {
        let company = r#"{"ID":"1","TITLE":"А"},{"ID":"2","TITLE":"Б","INDUSTRY":"IT"},5,{"ID":"3"}"#;
        let many: Vec<String> = (0..120).map(|n| format!(r#"{{"ID":"{n}","NAME":"А"}}"#)).collect();
        let late = format!(r#"[{}]"#, many.join(",") + r#",{"ID":"900","NAME":"Б","LAST_NAME":"В"}"#);
        let rows = r#"{"id":1,"ownerId":5,"ownerType":"D"},{"id":2,"ownerId":5,"ownerType":"D"}"#;
        let lead = r#"{"id":1,"name":"А","price":5,"_embedded":{"catalog_elements":[{"id":7},{"id":8}]}},{"id":2}"#;
        let texts = [
            // Bitrix24: what stands before, behind and around a list.
            format!(r#"{{"result":[{company}],"total":9,"next":50,"time":{{"date_finish":"2026-11-24T09:15:00+03:00"}}}}"#),
            format!(r#"{{"total":4,"time":{{"start":1}},"result":[{company}]}}"#),
            format!(r#"{{"result":{{"items":[{company}]}},"total":4}}"#),
            format!(r#"{{"result":{{"total":4,"items":[{company}]}}}}"#),
            format!(r#"[{{"result":[{company}],"total":4}},{{"error":"A"}},{{"result":[{rows}],"total":3}}]"#),
            format!(r#"{{"result":[{company}]}} {{"result":[{company}],"total":10}}"#),
            format!(r#"[{company},{{"ID":"5","LAST_NAME":"Г","PHONE":[{{"VALUE":"1"}},{{"VALUE":"2"}}]}}]"#),
            format!("[[{company}],[{company}]]"),
            format!(
                r#"{{"result":{{"result":{{"a":[{company}],"b":{{"productRows":[{rows}]}},"c":[{rows}]}},"result_error":{{"d":{{"error":"X"}}}},"result_total":{{"a":4,"b":3,"c":2}},"result_next":{{"a":50}}}}}}"#
            ),
            format!(r#"{{"result":{{"result":[[{company}],[{rows}],[]],"result_total":[4,3],"result_next":[]}}}}"#),
            format!(r#"{{"result":{{"result_error":["A","B"],"result":{{"a":[{company}]}}}}}}"#),
            r#"{"result":{"TITLE":"А","PHONE":[{"VALUE":"1"},{"VALUE":"2"}],"ID":"7","REVENUE":"0"}}"#.to_owned(),
            // The kind of a list shows in a later record, or in none of its first page.
            format!(r#"{{"result":{}}}"#, late),
            format!(r#"{{"result":{}}}"#, late.replacen(r#""NAME""#, r#""POST":null,"NAME""#, 49)),
            format!(r#"{{"result":[{company},{{"ID":"4"#),
            format!(r#"{{"result":[{company},{{"ID":"4" 5}}]}}"#),
            // amoCRM: the address of v2 before and behind, records that are counted, an account.
            format!(
                r#"{{"_page":1,"_links":{{"self":{{}},"next":{{}}}},"_embedded":{{"leads":[{lead},7],"tasks":[{{"id":1}},{{"id":2}}]}}}}"#
            ),
            format!(r#"{{"_links":{{"self":{{"href":"/api/v2/leads?limit_rows=2"}}}},"_embedded":{{"items":[{lead}]}}}}"#),
            format!(r#"{{"_embedded":{{"items":[{lead}]}},"_links":{{"self":{{"href":"/api/v2/leads"}}}}}}"#),
            format!(r#"{{"_links":{{}},"_embedded":{{"items":[{lead}]}}}}"#),
            format!(r#"[{{"_page":1,"_links":{{"next":{{}}}},"_embedded":{{"leads":[{lead}]}}}},{{"_page":3,"_links":{{}},"_embedded":{{"leads":[{lead}]}}}}]"#),
            r#"{"_links":{},"_embedded":{"elements":[{"id":1,"catalog_id":2,"custom_fields_values":null},{"id":2,"catalog_id":2,"custom_fields_values":[{"field_code":"SKU","values":[{"value":"5"}]}]}]}}"#.to_owned(),
            r#"{"_links":{},"_embedded":{"pipelines":[{"id":1,"name":"А","_embedded":{"statuses":[{"id":5,"name":"Б"},{"id":6}]}},{"id":2}]}}"#.to_owned(),
            // RetailCRM.
            r#"{"success":true,"pagination":{"totalCount":5,"currentPage":1,"totalPageCount":2},"customers":[{"id":1,"firstName":"А","phones":[{"number":"1"},{"number":"2"}]},{"id":2,"contragent":{"contragentType":"legal-entity"}},3]}"#.to_owned(),
            r#"{"success":true,"orders":[{"id":1,"items":[{"id":5},{"id":6}],"payments":{"7":{"id":7}}},{"id":2}],"pagination":{"totalCount":2,"currentPage":1,"totalPageCount":1},"history":[{"id":1},{"id":2}],"segments":null}"#.to_owned(),
            r#"[{"success":true,"stores":[{"code":"a"},{"code":"b"}]},{"success":false,"errorMsg":"x"},{"success":true,"customer":{"id":1,"phones":[{"number":"1"},{"number":"2"}]}}]"#.to_owned(),
        ];
        for text in &texts {
            let input = Input::from_bytes(text.as_str(), text.as_str());
            assert_eq!(in_pieces(&input, &[1, 40, 90, 400]), 1, "{text}");
        }
    }

    #[test]
    fn pieces_of_json_do_not_show() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/tree");
        let mut read = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.display().to_string();
            let Ok(input) = Input::open(&path, &name) else { continue };
            read += in_pieces(&input, &[1, 50, 400]);
        }
        assert!(read > 40, "{read}");
    }

    #[test]
    fn long_files_are_read_as_short_ones() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        let text = "ID;Имя\n".to_owned() + &"1;Ромашка\n".repeat(1_000);
        std::fs::write(&path, &text).unwrap();
        let read = |whole_below, format| read_file_from(&path, "a.csv", format, whole_below).unwrap();
        let (whole, streamed) = (read(u64::MAX, None), read(0, None));
        assert_eq!((streamed.bytes, streamed.sha256), (whole.bytes, whole.sha256));
        assert_eq!(whole.bytes, text.len() as u64);
        let (whole, streamed) = (whole.read.unwrap(), streamed.read.unwrap());
        assert_eq!((streamed.0, whole.0), ("csv", "csv"));
        same(&streamed.1, &whole.1, "streamed");
        assert!(read(0, Some("csv")).read.is_ok());
        // Other formats and what cannot be read take the usual way.
        std::fs::write(&path, "<table><tr><th>ID<th>Имя<tr><td>1<td>А</table>").unwrap();
        assert_eq!(read(0, None).read.unwrap().0, "bitrix24-html");
        assert!(matches!(read(0, Some("cvs")).read, Err(IngestError::NoFormat { .. })));
        std::fs::write(&path, "\n \n").unwrap();
        let (whole, streamed) = (read(u64::MAX, Some("csv")), read(0, Some("csv")));
        assert_eq!((whole.bytes, whole.sha256), (streamed.bytes, streamed.sha256));
        assert!(matches!(
            (whole.read, streamed.read),
            (Err(IngestError::Empty { .. }), Err(IngestError::Empty { .. }))
        ));
        assert!(matches!(read_file_from(folder.path(), "a", None, 0), Err(IngestError::Unreadable { .. })));
        assert!(matches!(read_file_from(&folder.path().join("b"), "b", None, 0), Err(IngestError::Open { .. })));
        std::fs::write(&path, "").unwrap();
        assert!(matches!(read_file_from(&path, "a", None, 0).unwrap().read, Err(IngestError::Empty { .. })));
    }

    /// Parties of a package with what may stand at the border of a piece.
    fn parties() -> String {
        let mut text =
            "<?xml version=\"1.0\"?>\n<КоммерческаяИнформация ВерсияСхемы=\"2.09\">\n<Контрагенты>\n".to_owned();
        for i in 0..60 {
            text.push_str(&format!(
                "<Контрагент Статус=\"Изменен\"><Ид>{i}</Ид><Наименование>ООО «Ёлка № {i}» &amp; Ко</Наименование>\n\
                 <Комментарий><![CDATA[<б> {i}]]></Комментарий><КПП/></Контрагент>\n"
            ));
        }
        text + "</Контрагенты><Каталог><Товары><Товар><Ид>1</Ид></Товар></Товары></Каталог></КоммерческаяИнформация>"
    }

    #[test]
    fn pieces_of_documents_do_not_show() {
        let format = &commerceml::CommerceMl;
        let text = parties();
        let utf16 = [0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        let mut lossy = text.clone().into_bytes();
        lossy[1_000] = 0xFF;
        for bytes in [
            text.clone().into_bytes(),
            [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
            encoding_rs::WINDOWS_1251.encode(&text).0.into_owned(),
            utf16,
            lossy,
            // Cut, ill-formed, deep: the same words, whatever the way.
            text.as_bytes()[..text.len() - 40].to_vec(),
            text.replace("</Контрагенты>", "</Товары>").into_bytes(),
            text.replace("<Каталог>", &"<а>".repeat(200)).into_bytes(),
        ] {
            let mut probe = Probe::default();
            probe.feed(&bytes);
            let found = probe.finish();
            let whole = format.read(&Input::from_bytes("a.xml", bytes.clone()));
            for piece in [7, 100, 1 << 20] {
                let streamed = read_xml(format, bytes.as_slice(), &found, (Path::new("a.xml"), "a.xml"), piece);
                match (&whole, streamed) {
                    (Ok(whole), Ok((id, streamed))) => {
                        assert_eq!(whole.tables[0].len(), 60);
                        same(&streamed, whole, id);
                    }
                    (Err(whole), Err(streamed)) => assert_eq!(whole.to_string(), streamed.to_string()),
                    (whole, streamed) => panic!("{whole:?} {streamed:?}"),
                }
            }
        }
    }

    #[test]
    fn long_documents_are_read_as_short_ones() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.xml");
        std::fs::write(&path, parties()).unwrap();
        for format in [None, Some("commerceml")] {
            let read = |whole_below| read_file_from(&path, "a.xml", format, whole_below).unwrap();
            let (whole, streamed) = (read(u64::MAX), read(0));
            assert_eq!((streamed.bytes, streamed.sha256), (whole.bytes, whole.sha256));
            let (whole, streamed) = (whole.read.unwrap(), streamed.read.unwrap());
            assert_eq!((whole.0, streamed.0), ("commerceml", "commerceml"));
            same(&streamed.1, &whole.1, "streamed");
        }
    }

    #[test]
    fn an_endless_element_stops() {
        let head = "<КоммерческаяИнформация><Контрагент><Ид>".as_bytes();
        let mut probe = Probe::default();
        probe.feed(head);
        let found = probe.finish();
        let source = head.chain(std::io::repeat(b'x'));
        let read = read_xml(&commerceml::CommerceMl, source, &found, (Path::new("a.xml"), "a.xml"), XML_PIECE);
        let message = read.unwrap_err().to_string();
        assert!(message.contains("строка 1: один элемент длиннее 64 МБ"), "{message}");
    }
}
