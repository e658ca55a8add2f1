//! The container of old Office files (Compound File Binary): names of its streams and their bytes.
//!
//! Structure: [MS-CFB] v20240423 sections 2.2–2.6. Every chain is followed within the length of the file, so a hostile
//! one ends, and a stream is never longer than the file.

/// First bytes of the container.
pub(super) const SIGNATURE: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
/// Special sector numbers begin here: end of chain, free.
const SPECIAL: u32 = 0xFFFF_FFFA;
/// Length of a directory entry.
const ENTRY: usize = 128;
/// Streams below this length live in small sectors of the root stream.
const MINI_BELOW: usize = 4096;
/// Length of a small sector.
const MINI_SECTOR: usize = 64;

/// A container and its table of sectors.
pub(super) struct Container<'a> {
    bytes: &'a [u8],
    sector: usize,
    fat: Vec<u32>,
    entries: Vec<Entry>,
    mini_fat: Vec<u32>,
    mini: Vec<u8>,
}

struct Entry {
    name: String,
    start: u32,
    length: usize,
}

impl<'a> Container<'a> {
    /// `None` when it is no such container or is cut short before its directory.
    pub(super) fn open(bytes: &'a [u8]) -> Option<Container<'a>> {
        if !bytes.starts_with(SIGNATURE) || bytes.len() < 512 {
            return None;
        }
        let sector = match u16_at(bytes, 30)? {
            9 => 512,
            12 => 4096,
            _ => return None,
        };
        let mut container =
            Container { bytes, sector, fat: Vec::new(), entries: Vec::new(), mini_fat: Vec::new(), mini: Vec::new() };
        let count = bytes.len() / sector + 1;
        let mut tables: Vec<u32> = (0..109).filter_map(|i| u32_at(bytes, 76 + i * 4)).collect();
        let mut next = u32_at(bytes, 68)?;
        let mut seen = 0;
        while next < SPECIAL && seen < count {
            let table = container.sector(next)?;
            tables.extend((0..sector / 4 - 1).filter_map(|i| u32_at(table, i * 4)));
            next = u32_at(table, sector - 4)?;
            seen += 1;
        }
        for table in tables.into_iter().filter(|t| *t < SPECIAL).take(count) {
            let table = container.sector(table)?;
            container.fat.extend((0..sector / 4).filter_map(|i| u32_at(table, i * 4)));
        }
        let directory = container.chain(u32_at(bytes, 48)?, usize::MAX);
        container.entries = directory.chunks_exact(ENTRY).filter_map(Entry::read).collect();
        let root = container.entries.first()?;
        container.mini = container.chain(root.start, root.length);
        let mini_fat = container.chain(u32_at(bytes, 60)?, usize::MAX);
        container.mini_fat = (0..mini_fat.len() / 4).filter_map(|i| u32_at(&mini_fat, i * 4)).collect();
        Some(container)
    }

    /// Whether a stream or storage of this name is there, letters compared without case.
    pub(super) fn has(&self, name: &str) -> bool {
        self.entries.iter().any(|e| e.name.eq_ignore_ascii_case(name))
    }

    /// A stream; as much of it as the file holds.
    pub(super) fn stream(&self, name: &str) -> Option<Vec<u8>> {
        let entry = self.entries.iter().find(|e| e.name.eq_ignore_ascii_case(name))?;
        if entry.length >= MINI_BELOW {
            return Some(self.chain(entry.start, entry.length));
        }
        let mut out = Vec::new();
        let mut at = entry.start;
        while at < SPECIAL && out.len() < entry.length {
            let Some(part) = self.mini.get(at as usize * MINI_SECTOR..(at as usize + 1) * MINI_SECTOR) else { break };
            out.extend_from_slice(part);
            at = self.mini_fat.get(at as usize).copied().unwrap_or(SPECIAL);
        }
        out.truncate(entry.length);
        Some(out)
    }

    fn sector(&self, number: u32) -> Option<&'a [u8]> {
        let start = (number as usize).checked_add(1)?.checked_mul(self.sector)?;
        self.bytes.get(start..start.checked_add(self.sector)?)
    }

    fn chain(&self, start: u32, length: usize) -> Vec<u8> {
        let mut out = Vec::new();
        let mut at = start;
        // A chain longer than the file is a circle.
        let length = length.min(self.bytes.len());
        while at < SPECIAL && out.len() < length {
            let Some(part) = self.sector(at) else { break };
            out.extend_from_slice(part);
            at = self.fat.get(at as usize).copied().unwrap_or(SPECIAL);
        }
        out.truncate(length);
        out
    }
}

impl Entry {
    fn read(bytes: &[u8]) -> Option<Entry> {
        let units = usize::from(u16_at(bytes, 64)?) / 2;
        let name: Vec<u16> = (0..units.saturating_sub(1).min(31)).filter_map(|i| u16_at(bytes, i * 2)).collect();
        Some(Entry {
            name: String::from_utf16_lossy(&name),
            start: u32_at(bytes, 116)?,
            length: u32_at(bytes, 120)? as usize,
        })
    }
}

pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A minimal container with one stream of at least 4,096 bytes.
    pub(in crate::ingest) fn container(name: &str, content: &[u8]) -> Vec<u8> {
        let mut content = content.to_vec();
        content.resize(content.len().max(4096).next_multiple_of(512), 0);
        let sectors = content.len() / 512;
        assert!(sectors + 2 <= 128, "one table of sectors");
        let mut file = SIGNATURE.to_vec();
        file.resize(512, 0);
        file[24..32].copy_from_slice(&[0x3E, 0, 3, 0, 0xFE, 0xFF, 9, 0]);
        file[32] = 6;
        file[44] = 1;
        file[48] = 1;
        file[56..60].copy_from_slice(&4096u32.to_le_bytes());
        for at in (60..512).step_by(4) {
            file[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
        }
        file[60..64].copy_from_slice(&0xFFFF_FFFEu32.to_le_bytes());
        file[64..68].copy_from_slice(&0u32.to_le_bytes());
        file[68..72].copy_from_slice(&0xFFFF_FFFEu32.to_le_bytes());
        file[72..76].copy_from_slice(&0u32.to_le_bytes());
        file[76..80].copy_from_slice(&0u32.to_le_bytes());
        let mut fat = vec![0xFFFF_FFFDu32, 0xFFFF_FFFE];
        fat.extend((0..sectors).map(|i| if i + 1 == sectors { 0xFFFF_FFFE } else { i as u32 + 3 }));
        fat.resize(128, u32::MAX);
        file.extend(fat.iter().flat_map(|f| f.to_le_bytes()));
        let entry = |name: &str, kind: u8, start: u32, length: u32, child: u32| {
            let mut entry = vec![0u8; ENTRY];
            for (i, unit) in name.encode_utf16().enumerate() {
                entry[i * 2..i * 2 + 2].copy_from_slice(&unit.to_le_bytes());
            }
            entry[64..66].copy_from_slice(&(name.len() as u16 * 2 + 2).to_le_bytes());
            entry[66] = kind;
            entry[68..80].fill(0xFF);
            entry[76..80].copy_from_slice(&child.to_le_bytes());
            entry[116..120].copy_from_slice(&start.to_le_bytes());
            entry[120..124].copy_from_slice(&length.to_le_bytes());
            entry
        };
        file.extend(entry("Root Entry", 5, 0xFFFF_FFFE, 0, 1));
        file.extend(entry(name, 2, 2, content.len() as u32, u32::MAX));
        file.resize(file.len() + 2 * ENTRY, 0);
        file.extend(content);
        file
    }

    #[test]
    fn streams_are_found_and_read() {
        let content: Vec<u8> = (0..9_000u32).map(|i| i as u8).collect();
        let file = container("Workbook", &content);
        let opened = Container::open(&file).unwrap();
        assert!(opened.has("workbook") && !opened.has("Book"));
        assert_eq!(opened.stream("Workbook").unwrap()[..9_000], content);
        assert!(Container::open(&file[..600]).is_none_or(|c| !c.has("Workbook")));
        assert!(Container::open(b"PK").is_none());
    }

    #[test]
    fn a_circle_of_sectors_ends() {
        let mut file = container("Workbook", &[1; 8_000]);
        // Each sector of the stream points at the first.
        for sector in 2..18 {
            file[512 + sector * 4..516 + sector * 4].copy_from_slice(&2u32.to_le_bytes());
        }
        assert!(Container::open(&file).unwrap().stream("Workbook").unwrap().len() <= file.len());
    }
}
