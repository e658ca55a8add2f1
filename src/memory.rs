//! How much memory an audit will take, told from the sizes and the kinds of its files before any is read.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use flate2::read::MultiGzDecoder;
use zip::ZipArchive;

use crate::config::Config;
use crate::ingest::{self, Input};

/// Memory of an audit of next to nothing, bytes: the program, its tables of names, the page; and for each thread.
const BASE: u64 = 44 << 20;
const PER_THREAD: u64 = 20 << 20;
/// Head of a file by which its format is found, bytes.
const HEAD: u64 = 64 << 10;
/// Peak memory of an audit per byte of its files as they are when unpacked, in per cent. Measured on generated projects of
/// 4,000 to 50,000 records a side, with a third added; a million a side takes half of it (`tests/it/memory.rs`).
const PER_BYTE: [(&str, u64); 6] =
    [("csv", 1_600), ("xlsx", 600), ("ods", 600), ("commerceml", 800), ("parquet", 6_000), ("sqlite", 1_600)];
/// Of the other formats, which repeat the names of fields in each record.
const OF_OTHERS: u64 = 1_000;
/// What does not pack may be longer by this when packed, bytes.
const PACKED_LONGER: u64 = 1 << 20;

/// What an audit is likely to take.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Estimate {
    /// Peak memory, bytes.
    pub bytes: u64,
    /// Files that it is told from, and their length unpacked, bytes.
    pub files: usize,
    pub unpacked: u64,
}

/// The estimate for a project. Tables of a server are not in it: nobody knows their size before they are read. A file that
/// cannot be opened counts as nothing: the audit will say what is wrong with it.
pub fn estimate(config: &Config) -> Estimate {
    let threads = rayon::current_num_threads() as u64;
    let mut estimate = Estimate { bytes: BASE + threads * PER_THREAD, files: 0, unpacked: 0 };
    for path in config.sources.iter().flat_map(|source| &source.files) {
        let (format, length) = measure(path).unwrap_or(("", 0));
        let rate = PER_BYTE.iter().find(|(id, _)| *id == format).map_or(OF_OTHERS, |(_, rate)| *rate);
        estimate.files += 1;
        estimate.unpacked = estimate.unpacked.saturating_add(length);
        estimate.bytes = estimate.bytes.saturating_add(length / 100 * rate);
    }
    estimate
}

/// Format of a file, or of what is packed in it, and its length unpacked, bytes.
fn measure(path: &Path) -> std::io::Result<(&'static str, u64)> {
    if !std::fs::metadata(path)?.is_file() {
        return Ok(("", 0));
    }
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    let mut head = Vec::new();
    (&mut file).take(HEAD).read_to_end(&mut head)?;
    if head.starts_with(b"PK\x03\x04") {
        return measure_archive(file);
    }
    if head.starts_with(b"\x1F\x8B") {
        let mut tail = [0; 4];
        file.seek(SeekFrom::End(-4))?;
        file.read_exact(&mut tail)?;
        // It says how long it is modulo 2³²: another turn of the counter where the file would have grown by packing.
        let mut unpacked = u64::from(u32::from_le_bytes(tail));
        while unpacked.saturating_add(PACKED_LONGER) < length {
            unpacked += 1 << 32;
        }
        // What is cut ends with an error after as much as there is.
        let mut inside = Vec::new();
        let _ = MultiGzDecoder::new(head.as_slice()).take(HEAD).read_to_end(&mut inside);
        let most = length.saturating_mul(ingest::MAX_RATIO).max(ingest::RATIO_FROM);
        return Ok((format_of(path, inside), unpacked.min(most)));
    }
    Ok((format_of(path, head), length))
}

/// A workbook by its parts; another archive by the head of its longest file.
fn measure_archive(file: File) -> std::io::Result<(&'static str, u64)> {
    let mut archive = ZipArchive::new(file).map_err(std::io::Error::other)?;
    let (mut total, mut longest) = (0u64, (0, 0));
    for at in 0..archive.len() {
        let size = archive.by_index_raw(at).map_err(std::io::Error::other)?.size();
        total = total.saturating_add(size);
        longest = longest.max((size, at));
    }
    let office = ["xl/workbook.xml", "content.xml"].into_iter().zip(["xlsx", "ods"]);
    if let Some((_, format)) = office.into_iter().find(|(part, _)| archive.index_for_name(part).is_some()) {
        return Ok((format, total));
    }
    let mut head = Vec::new();
    archive.by_index(longest.1).map_err(std::io::Error::other)?.take(HEAD).read_to_end(&mut head)?;
    Ok((format_of(Path::new("archive"), head), total))
}

fn format_of(path: &Path, head: Vec<u8>) -> &'static str {
    ingest::detect(&Input::from_bytes(&path.to_string_lossy(), head)).map_or("", |format| format.id())
}

/// `8G`, `500 МБ`, `1.5GiB`: a size as people write it, in bytes; without a unit it is bytes. Units are powers of 1024.
pub fn parse_size(text: &str) -> Option<u64> {
    let text = text.trim();
    let split = text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',').unwrap_or(text.len());
    let number: f64 = text[..split].replace(',', ".").parse().ok()?;
    let unit = text[split..].trim().to_lowercase();
    let shift = match unit.trim_end_matches("ib").trim_end_matches(['b', 'б']) {
        "" => 0,
        "k" | "к" => 10,
        "m" | "м" => 20,
        "g" | "г" => 30,
        "t" | "т" => 40,
        _ => return None,
    };
    let bytes = number * (1u64 << shift) as f64;
    (bytes >= 1.0 && bytes < u64::MAX as f64).then_some(bytes as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_people_write_them() {
        for (text, bytes) in [
            ("8G", Some(8 << 30)),
            ("500M", Some(500 << 20)),
            ("500 МБ", Some(500 << 20)),
            ("1.5GiB", Some(3 << 29)),
            ("1,5 гб", Some(3 << 29)),
            ("2tb", Some(2 << 40)),
            ("64k", Some(64 << 10)),
            ("1048576", Some(1 << 20)),
            ("1000B", Some(1000)),
            ("", None),
            ("G", None),
            ("0", None),
            ("-1G", None),
            ("1.2.3G", None),
            ("8 попугаев", None),
            ("1e30", None),
        ] {
            assert_eq!(parse_size(text), bytes, "{text}");
        }
    }

    #[test]
    fn packed_files_count_as_unpacked() {
        use std::io::Write;
        let folder = tempfile::tempdir().unwrap();
        let text = "ID;Название\n1;Ромашка\n".repeat(10_000);
        let plain = folder.path().join("a.csv");
        std::fs::write(&plain, &text).unwrap();
        assert_eq!(measure(&plain).unwrap(), ("csv", text.len() as u64));
        let packed = folder.path().join("a.csv.gz");
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(text.as_bytes()).unwrap();
        std::fs::write(&packed, encoder.finish().unwrap()).unwrap();
        assert_eq!(measure(&packed).unwrap(), ("csv", text.len() as u64));
        let archive = folder.path().join("a.zip");
        let mut zip = zip::ZipWriter::new(File::create(&archive).unwrap());
        zip.start_file("a.csv", zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
        zip.finish().unwrap();
        assert_eq!(measure(&archive).unwrap(), ("csv", text.len() as u64));
        assert_eq!(measure(folder.path()).unwrap(), ("", 0));
    }
}
