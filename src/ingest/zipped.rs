//! Archives of files that are read: `zip`.
//!
//! Every file of the archive is recognised by its content and read as if it lay in a folder; their tables stand one after
//! another in the order of their names, places are `archive.zip/name`. Files that hold no table (pictures of goods, texts)
//! are named and passed over, a damaged one is an error. An archive inside an archive is not opened.
//!
//! Names that are not marked as UTF-8 are cp866 when they are no UTF-8: Windows packs Russian names so.

use std::io::{Cursor, Read};

use encoding_rs::IBM866;
use zip::result::ZipError;

use super::workbook::{MAX_RATIO, MAX_UNZIPPED, RATIO_FROM, is_zip};
use super::{Extract, Format, IngestError, Input, Reading, join_pages, read_plain};

/// Most files of one archive: a CommerceML package has hundreds of portions, a folder of pages some thousands.
const MAX_MEMBERS: usize = 20_000;
/// Names that are told of files passed over.
const NAMED: usize = 5;

/// Zip archives.
pub struct Zipped;

impl Format for Zipped {
    fn id(&self) -> &'static str {
        "zip"
    }

    fn title(&self) -> &'static str {
        "архив ZIP с файлами, которые читаются"
    }

    fn detect(&self, input: &Input) -> bool {
        is_archive(input)
    }

    fn read(&self, input: &Input) -> Result<Extract, IngestError> {
        read_members(input, None)
    }
}

/// Whether this is an archive and no document of an office program.
pub(super) fn is_archive(input: &Input) -> bool {
    let office = ["word/document.xml", "ppt/presentation.xml", "xl/workbook.xml", "xl/workbook.bin", "content.xml"];
    is_zip(input) && !office.iter().any(|part| super::workbook::has_part(input, part))
}

/// Reads every file of the archive, in the named format when there is one.
///
/// # Errors
/// [`IngestError`] of the archive, or of a damaged file in it; the first one when no file can be read.
pub(super) fn read_members(input: &Input, format: Option<&str>) -> Result<Extract, IngestError> {
    let unreadable = |what: &str| IngestError::Unreadable {
        file: input.path.clone(),
        what: what.to_owned(),
        next: "распакуйте архив и укажите файлы",
    };
    let limit = |what: String| IngestError::Limit { file: input.path.clone(), what };
    let failed = |error| match error {
        ZipError::UnsupportedArchive(text) if text.contains("assword") => unreadable("архив закрыт паролем"),
        ZipError::UnsupportedArchive(_) => unreadable("архив сжат способом, который не читается"),
        _ => unreadable("архив записан не до конца или повреждён"),
    };
    let mut archive = zip::ZipArchive::new(Cursor::new(input.bytes.as_slice())).map_err(failed)?;
    if archive.len() > MAX_MEMBERS {
        return Err(limit(format!("в архиве больше {MAX_MEMBERS} файлов")));
    }
    let mut names: Vec<(String, usize)> = Vec::with_capacity(archive.len());
    for index in 0..archive.len() {
        let part = archive.by_index_raw(index).map_err(failed)?;
        let name = member_name(part.name_raw());
        if !part.is_dir() && !is_litter(&name) {
            names.push((name, index));
        }
    }
    names.sort();
    let (mut files, mut passed_over) = (Vec::new(), Vec::new());
    let mut first_error = None;
    let mut left = MAX_UNZIPPED;
    for (name, index) in names {
        let part = archive.by_index(index).map_err(failed)?;
        // A header may lie about the size: what is packed cannot be longer than the archive.
        let packed = part.compressed_size().clamp(1, input.bytes.len() as u64);
        let most = packed.saturating_mul(MAX_RATIO).max(RATIO_FROM).min(left);
        let mut bytes = Vec::new();
        part.take(most + 1)
            .read_to_end(&mut bytes)
            .map_err(|_| unreadable("архив записан не до конца или повреждён"))?;
        let size = bytes.len() as u64;
        if size > most {
            return Err(limit(if most == left {
                format!("архив распаковывается больше чем в {} ГБ", MAX_UNZIPPED / 1_000_000_000)
            } else {
                format!("файл архива сжат более чем в {MAX_RATIO} раз: похоже на «zip-бомбу»")
            }));
        }
        left -= size;
        let member = Input { path: input.path.join(&name), name: format!("{}/{name}", input.name), bytes };
        match read_plain(&member, format) {
            Err(error @ (IngestError::Unknown { .. } | IngestError::Empty { .. } | IngestError::Packed { .. })) => {
                first_error.get_or_insert(error);
                passed_over.push(name);
            }
            reading => files.push((name, reading)),
        }
    }
    merge(input, files, &passed_over, first_error)
}

/// One extract of all files.
fn merge(
    input: &Input,
    files: Vec<(String, Reading)>,
    passed_over: &[String],
    first_error: Option<IngestError>,
) -> Result<Extract, IngestError> {
    let mut whole = Extract::default();
    if files.is_empty() {
        return Err(first_error.unwrap_or_else(|| IngestError::Empty { file: input.path.clone() }));
    }
    let mut formats: Vec<String> = Vec::new();
    for (name, format, extract) in join_pages(files)? {
        let base = whole.tables.len();
        if extract.tables.is_empty() {
            whole.details.extend(extract.details);
        } else {
            formats.push(format!("{name} ({format})"));
        }
        if whole.encoding.is_empty() {
            whole.encoding = extract.encoding;
        }
        whole.failed_answers += extract.failed_answers;
        whole.taken_at = whole.taken_at.max(extract.taken_at);
        whole.tables.extend(extract.tables);
        whole.left_out.extend(extract.left_out.into_iter().map(|(at, left)| (base + at, left)));
        whole.quarantined.extend(extract.quarantined);
    }
    whole.details.push(("файлы архива", formats.join(", ")));
    if !passed_over.is_empty() {
        let named = passed_over[..passed_over.len().min(NAMED)].join(", ");
        let more = passed_over.len().saturating_sub(NAMED);
        let more = if more > 0 { format!(" и ещё {more}") } else { String::new() };
        whole.details.push(("без таблиц", format!("{named}{more}")));
    }
    Ok(whole)
}

/// A name as people see it, with `/` and without steps upwards: it is only told, nothing is written under it.
fn member_name(raw: &[u8]) -> String {
    let text = match std::str::from_utf8(raw) {
        Ok(text) => text.to_owned(),
        Err(_) => IBM866.decode_without_bom_handling(raw).0.into_owned(),
    };
    let parts: Vec<&str> = text.split(['/', '\\']).filter(|part| !matches!(*part, "" | "." | "..")).collect();
    parts.join("/").chars().filter(|c| !c.is_control()).collect()
}

/// What file managers add.
fn is_litter(name: &str) -> bool {
    let last = name.rsplit('/').next().unwrap_or_default();
    name.starts_with("__MACOSX/") || last.starts_with("._") || matches!(last, ".DS_Store" | "Thumbs.db" | "desktop.ini")
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::write::SimpleFileOptions;

    use super::*;
    use crate::ingest;

    const PAGE: &str = r#"{"result":[{"ID":"1","LAST_NAME":"А"}],"total":2}"#;

    fn pack(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in files {
            if name.ends_with('/') {
                zip.add_directory(*name, SimpleFileOptions::default()).unwrap();
            } else {
                zip.start_file(*name, SimpleFileOptions::default()).unwrap();
                zip.write_all(bytes).unwrap();
            }
        }
        zip.finish().unwrap().into_inner()
    }

    fn read(bytes: Vec<u8>) -> Reading {
        ingest::read(&Input::from_bytes("in/a.zip", bytes), None)
    }

    #[test]
    fn files_are_read_in_the_order_of_their_names() {
        let second = PAGE.replace("\"1\"", "\"2\"");
        let csv = "\u{feff}Код;Наименование\n\n7;Ель\n";
        let bytes = pack(&[
            ("папка/", b""),
            ("папка/p2.json", second.as_bytes()),
            ("папка/p1.json", PAGE.as_bytes()),
            ("list.csv", csv.as_bytes()),
            ("pictures/1.png", b"\x89PNG\r\n\x1A\n"),
            ("__MACOSX/list.csv", b"x"),
            ("orders.json", br#"{"success":true,"tasks":[{"id":1}]}"#),
            ("empty.txt", b""),
        ]);
        let (format, extract) = read(bytes).unwrap();
        let places: Vec<&str> = extract.tables.iter().map(|t| &*t.place.file).collect();
        assert_eq!(places, ["in/a.zip/list.csv", "in/a.zip/папка/p1.json", "in/a.zip/папка/p2.json"]);
        assert_eq!((format, extract.encoding.as_str(), extract.left_out.len()), ("zip", "utf-8-bom", 1));
        let detail = |name| extract.details.iter().find(|(n, _)| *n == name).map(|(_, text)| text.as_str());
        let files = "list.csv (csv), папка/p1.json (bitrix24-rest), папка/p2.json (bitrix24-rest)";
        assert_eq!(detail("файлы архива"), Some(files));
        assert_eq!(detail("без таблиц"), Some("empty.txt, pictures/1.png"));
        assert_eq!(detail(ingest::NOT_COMPARED), Some("RetailCRM: задач 1"));
    }

    #[test]
    fn a_named_format_holds_for_the_files() {
        let input = Input::from_bytes("a.zip", pack(&[("a.txt", PAGE.as_bytes())]));
        let (format, extract) = ingest::read(&input, Some("bitrix24-rest")).unwrap();
        assert_eq!((format, extract.tables[0].kind.as_str()), ("bitrix24-rest", "crm.contact"));
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let good = pack(&[("a.json", PAGE.as_bytes())]);
        for (bytes, expected) in [
            (pack(&[("a.png", b"\x89PNG\r\n\x1A\n".as_slice())]), "a.zip/a.png: это картинка"),
            (pack(&[("a.zip", good.as_slice())]), "a.zip/a.zip: архив внутри архива"),
            (pack(&[]), "PK"),
            (pack(&[("a.json", &PAGE.as_bytes()[..20])]), "a.zip/a.json, строка 1: JSON обрывается"),
            (good[..good.len() / 2].to_vec(), "архив записан не до конца или повреждён; распакуйте"),
        ] {
            let error = read(bytes).err().map_or_else(|| "PK".to_owned(), |e| e.to_string());
            assert!(error.contains(expected) || expected == "PK", "{expected}: {error}");
        }
        // One flipped byte of the packed text.
        let mut broken = good;
        broken[45] ^= 0xFF;
        assert!(read(broken).unwrap_err().to_string().contains("повреждён"));
    }

    #[test]
    fn bombs_stop_at_the_ratio() {
        let zeros = vec![b' '; (RATIO_FROM + 1) as usize];
        let error = read(pack(&[("a.json", zeros.as_slice())])).unwrap_err().to_string();
        assert!(error.contains("бомбу"), "{error}");
    }

    #[test]
    fn names_are_told_as_people_see_them() {
        for (raw, name) in [
            (&b"a/b.csv"[..], "a/b.csv"),
            (b"..\\..\\etc/./x", "etc/x"),
            (b"/root\n", "root"),
            (b"\xAA\xAB\xA8\xA5\xAD\xE2\xEB.csv", "клиенты.csv"),
            ("клиенты.csv".as_bytes(), "клиенты.csv"),
        ] {
            assert_eq!(member_name(raw), name);
        }
    }
}
