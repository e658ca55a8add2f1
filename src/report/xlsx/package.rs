//! The ZIP file that a workbook is, written from parts that many threads compress.
//!
//! A part is a chain of blocks, each compressed by itself and closed with a flush that ends on a byte: so they may be
//! made in any order and are written one after another, and memory holds the blocks in work only. Structure: PKWARE
//! APPNOTE 6.3.10, sections 4.3 to 4.5. Times are those of 1 January 1980: equal contents give equal bytes.

use std::io::{self, Seek, SeekFrom, Write};

use flate2::{Compress, Compression, Crc, FlushCompress};

/// Version that unpacks deflate, and the one that unpacks ZIP64.
const DEFLATE_VERSION: u16 = 20;
const ZIP64_VERSION: u16 = 45;
const METHOD_DEFLATE: u16 = 8;
/// Names are UTF-8.
const FLAGS: u16 = 1 << 11;
/// 1980-01-01 in the calendar of DOS; the time is midnight.
const DATE: u16 = 1 << 5 | 1;
/// Bytes of the additional field that each header keeps: room for two sizes of eight bytes.
const EXTRA: u16 = 20;
/// Level 1: rows of a list compress tenfold at any level, and the fastest costs a third of the usual one.
const LEVEL: Compression = Compression::fast();
/// An empty last block of deflate: a chain ends with it.
const CHAIN_END: [u8; 2] = [3, 0];

/// Compresses blocks; keeps its buffers.
#[derive(Debug)]
pub struct Packer(Compress);

impl Default for Packer {
    fn default() -> Self {
        Packer(Compress::new(LEVEL, false))
    }
}

/// A compressed piece of a part.
#[derive(Debug)]
pub struct Block {
    packed: Vec<u8>,
    crc: Crc,
}

impl Packer {
    pub fn pack(&mut self, bytes: &[u8]) -> Block {
        self.0.reset();
        let mut packed = Vec::with_capacity(bytes.len() / 8 + 64);
        loop {
            let from = self.0.total_in() as usize;
            // The answer says no more than whether there was room, and the room left says that better.
            let _ = self.0.compress_vec(&bytes[from..], &mut packed, FlushCompress::Sync);
            if packed.len() < packed.capacity() {
                break;
            }
            packed.reserve(packed.capacity());
        }
        let mut crc = Crc::new();
        crc.update(bytes);
        Block { packed, crc }
    }
}

#[derive(Debug)]
struct Entry {
    name: String,
    crc: u32,
    packed: u64,
    size: u64,
    offset: u64,
}

/// A package being written.
#[derive(Debug)]
pub struct Package<W> {
    out: W,
    entries: Vec<Entry>,
    crc: Crc,
    size: u64,
    /// Sizes and offsets from which fields of four bytes are too small; less in a test.
    small: u64,
}

impl<W: Write + Seek> Package<W> {
    pub fn new(out: W) -> Package<W> {
        Package { out, entries: Vec::new(), crc: Crc::new(), size: 0, small: u64::from(u32::MAX) }
    }

    /// A part in one piece.
    ///
    /// # Errors
    /// What the file says.
    pub fn part(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.begin(name)?;
        self.block(&Packer::default().pack(bytes))?;
        self.end()
    }

    /// Begins a part made of blocks.
    ///
    /// # Errors
    /// What the file says.
    pub fn begin(&mut self, name: &str) -> io::Result<()> {
        let offset = self.out.stream_position()?;
        self.entries.push(Entry { name: name.to_owned(), crc: 0, packed: 0, size: 0, offset });
        self.crc = Crc::new();
        self.size = 0;
        self.local_header()
    }

    /// Appends to the part that was begun last.
    ///
    /// # Errors
    /// What the file says.
    pub fn block(&mut self, block: &Block) -> io::Result<()> {
        self.crc.combine(&block.crc);
        self.size += u64::from(block.crc.amount());
        self.out.write_all(&block.packed)
    }

    /// Ends a part, and writes into its header what is known only now.
    ///
    /// # Errors
    /// What the file says.
    pub fn end(&mut self) -> io::Result<()> {
        self.out.write_all(&CHAIN_END)?;
        let end = self.out.stream_position()?;
        let entry = self.entries.last_mut().expect("a part was begun");
        entry.packed = end - (entry.offset + 30 + entry.name.len() as u64 + u64::from(EXTRA));
        entry.crc = self.crc.sum();
        entry.size = self.size;
        let offset = entry.offset;
        self.out.seek(SeekFrom::Start(offset))?;
        self.local_header()?;
        self.out.seek(SeekFrom::Start(end))?;
        Ok(())
    }

    fn local_header(&mut self) -> io::Result<()> {
        let entry = self.entries.last().expect("a part was begun");
        let large = entry.packed >= self.small || entry.size >= self.small;
        let mut h = Header::new(0x0403_4b50);
        h.u16(if large { ZIP64_VERSION } else { DEFLATE_VERSION });
        h.about(entry, large);
        h.u16(entry.name.len() as u16);
        h.u16(EXTRA);
        h.0.extend(entry.name.as_bytes());
        if large {
            h.u16(1);
            h.u16(EXTRA - 4);
            h.u64(entry.size);
            h.u64(entry.packed);
        } else {
            // The room that Office leaves in its own files («growth hint»), until sizes need it.
            h.u16(0xa220);
            h.u16(EXTRA - 4);
            h.u16(0xa028);
            h.0.extend([0; 14]);
        }
        self.out.write_all(&h.0)
    }

    /// Writes the directory.
    ///
    /// # Errors
    /// What the file says.
    pub fn finish(mut self) -> io::Result<W> {
        let start = self.out.stream_position()?;
        let small = self.small;
        for entry in &self.entries {
            let large = entry.packed >= small || entry.size >= small || entry.offset >= small;
            let mut h = Header::new(0x0201_4b50);
            h.u16(ZIP64_VERSION);
            h.u16(if large { ZIP64_VERSION } else { DEFLATE_VERSION });
            h.about(entry, large);
            h.u16(entry.name.len() as u16);
            h.u16(if large { 28 } else { 0 });
            // Comment, disk, inner and outer attributes.
            h.0.extend([0; 10]);
            h.u32(if large { u32::MAX } else { entry.offset as u32 });
            h.0.extend(entry.name.as_bytes());
            if large {
                h.u16(1);
                h.u16(24);
                for value in [entry.size, entry.packed, entry.offset] {
                    h.u64(value);
                }
            }
            self.out.write_all(&h.0)?;
        }
        let end = self.out.stream_position()?;
        let count = self.entries.len();
        let large = start >= small || count >= usize::from(u16::MAX);
        let mut h = Header(Vec::new());
        if large {
            h.u32(0x0606_4b50);
            h.u64(44);
            h.u16(ZIP64_VERSION);
            h.u16(ZIP64_VERSION);
            h.u32(0);
            h.u32(0);
            for value in [count as u64, count as u64, end - start, start] {
                h.u64(value);
            }
            h.u32(0x0706_4b50);
            h.u32(0);
            h.u64(end);
            h.u32(1);
        }
        h.u32(0x0605_4b50);
        h.u32(0);
        h.u16(if large { u16::MAX } else { count as u16 });
        h.u16(if large { u16::MAX } else { count as u16 });
        h.u32(if large { u32::MAX } else { (end - start) as u32 });
        h.u32(if large { u32::MAX } else { start as u32 });
        h.u16(0);
        self.out.write_all(&h.0)?;
        self.out.flush()?;
        Ok(self.out)
    }
}

/// Little-endian fields.
struct Header(Vec<u8>);

impl Header {
    fn new(signature: u32) -> Header {
        let mut header = Header(Vec::with_capacity(96));
        header.u32(signature);
        header
    }

    fn u16(&mut self, n: u16) {
        self.0.extend(n.to_le_bytes());
    }

    fn u32(&mut self, n: u32) {
        self.0.extend(n.to_le_bytes());
    }

    fn u64(&mut self, n: u64) {
        self.0.extend(n.to_le_bytes());
    }

    /// What both headers of an entry say; sizes that do not fit stand in the additional field.
    fn about(&mut self, entry: &Entry, large: bool) {
        for n in [FLAGS, METHOD_DEFLATE, 0, DATE] {
            self.u16(n);
        }
        self.u32(entry.crc);
        for size in [entry.packed, entry.size] {
            self.u32(if large { u32::MAX } else { size as u32 });
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read};

    use super::*;

    /// Bytes that hardly compress.
    fn noise(len: usize, mut seed: u64) -> Vec<u8> {
        std::iter::repeat_with(|| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 56) as u8
        })
        .take(len)
        .collect()
    }

    #[test]
    fn what_goes_in_comes_out() {
        let blocks: Vec<Vec<u8>> = vec![Vec::new(), b"abc".repeat(100_000), noise(300_000, 1), b"x".to_vec()];
        // With every size and offset above its limit the file is ZIP64 throughout.
        for small in [u64::from(u32::MAX), 1] {
            let mut package = Package { small, ..Package::new(Cursor::new(Vec::new())) };
            package.part("xl/первая.xml", "<a>привет</a>".as_bytes()).unwrap();
            let mut packer = Packer::default();
            let packed: Vec<Block> = blocks.iter().map(|bytes| packer.pack(bytes)).collect();
            package.begin("b").unwrap();
            for block in &packed {
                package.block(block).unwrap();
            }
            package.end().unwrap();
            package.part("empty", b"").unwrap();
            let bytes = package.finish().unwrap().into_inner();
            let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
            assert_eq!(zip.len(), 3);
            for (name, expected) in
                [("xl/первая.xml", "<a>привет</a>".as_bytes().to_vec()), ("b", blocks.concat()), ("empty", Vec::new())]
            {
                let mut read = Vec::new();
                zip.by_name(name).unwrap().read_to_end(&mut read).unwrap();
                assert!(read == expected, "{name}, limit {small}");
            }
        }
    }
}
