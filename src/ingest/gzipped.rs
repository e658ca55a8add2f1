//! One file packed by gzip: `gzip`. It is unpacked and read in the format that its content shows; its name loses `.gz`.

use std::io::Read;
use std::path::PathBuf;

use flate2::read::MultiGzDecoder;

use super::workbook::{MAX_RATIO, RATIO_FROM};
use super::{Extract, Format, IngestError, Input, MAX_FILE_BYTES, read_plain};

/// Gzip files.
pub struct Gzipped;

impl Format for Gzipped {
    fn id(&self) -> &'static str {
        "gzip"
    }

    fn title(&self) -> &'static str {
        "файл, сжатый gzip"
    }

    fn detect(&self, input: &Input) -> bool {
        is_gzip(input)
    }

    fn read(&self, input: &Input) -> Result<Extract, IngestError> {
        read_inner(input, None)
    }
}

pub(super) fn is_gzip(input: &Input) -> bool {
    input.bytes.starts_with(b"\x1F\x8B\x08")
}

/// Reads what is packed, in the named format when there is one.
///
/// # Errors
/// [`IngestError`] of the archive or of the file in it.
pub(super) fn read_inner(input: &Input, format: Option<&str>) -> Result<Extract, IngestError> {
    let inner = unpack(input)?;
    let (format, mut extract) = read_plain(&inner, format)?;
    extract.details.insert(0, ("внутри", format.to_owned()));
    Ok(extract)
}

fn unpack(input: &Input) -> Result<Input, IngestError> {
    let packed = input.bytes.len().max(1) as u64;
    // Whichever ends first: no text of ours is packed better than the ratio.
    let most = packed.saturating_mul(MAX_RATIO).clamp(RATIO_FROM, MAX_FILE_BYTES);
    let mut bytes = Vec::new();
    MultiGzDecoder::new(input.bytes.as_slice()).take(most + 1).read_to_end(&mut bytes).map_err(|_| {
        IngestError::Unreadable {
            file: input.path.clone(),
            what: "файл gzip записан не до конца или повреждён".to_owned(),
            next: "скачайте или сожмите файл заново",
        }
    })?;
    if bytes.len() as u64 > most {
        let what = if most == MAX_FILE_BYTES {
            format!("файл распаковывается больше чем в {} ГБ", MAX_FILE_BYTES / 1_000_000_000)
        } else {
            format!("файл сжат более чем в {MAX_RATIO} раз: похоже на «бомбу»")
        };
        return Err(IngestError::Limit { file: input.path.clone(), what });
    }
    let name = input.name.strip_suffix(".gz").unwrap_or(&input.name).to_owned();
    let path = match input.path.extension() {
        Some(extension) if extension == "gz" => input.path.with_extension(""),
        _ => PathBuf::from(&input.path),
    };
    Ok(Input { path, name, bytes })
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;
    use crate::ingest;

    fn pack(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn read(bytes: Vec<u8>) -> ingest::Reading {
        ingest::read(&Input::from_bytes("in/list.csv.gz", bytes), None)
    }

    #[test]
    fn the_file_inside_is_read() {
        let csv = "Код;Наименование\n7;Ель\n";
        let (format, extract) = read(pack(csv.as_bytes())).unwrap();
        assert_eq!((format, &*extract.tables[0].place.file, extract.tables[0].len()), ("gzip", "in/list.csv", 1));
        assert_eq!(extract.details[0], ("внутри", "csv".to_owned()));
        // Parts one after another are one file.
        let parts = [pack(&csv.as_bytes()[..20]), pack(&csv.as_bytes()[20..])].concat();
        assert_eq!(read(parts).unwrap().1.tables[0].len(), 1);
    }

    #[test]
    fn damage_bombs_and_archives_inside_are_named() {
        let whole = pack(b"a;b\n1;2\n");
        for (bytes, expected) in [
            (whole[..whole.len() - 4].to_vec(), "не до конца или повреждён"),
            (pack(&vec![b' '; 40 << 20]), "бомбу"),
            (pack(&whole), "list.csv: архив внутри архива"),
            (pack(b""), "файл пуст"),
        ] {
            let error = read(bytes).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
