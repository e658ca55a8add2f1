//! One input file in memory.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::{IngestError, MAX_FILE_BYTES};

/// A file read whole, with the name under which people know it.
#[derive(Debug)]
pub struct Input {
    /// Where it was opened.
    pub path: PathBuf,
    /// As the project names it, with `/`; goes into locations and tables.
    pub name: String,
    pub bytes: Vec<u8>,
}

impl Input {
    /// # Errors
    /// [`IngestError::Open`], [`IngestError::Empty`], [`IngestError::Unreadable`] for a folder, [`IngestError::Limit`] past
    /// [`MAX_FILE_BYTES`].
    pub fn open(path: &Path, name: &str) -> Result<Input, IngestError> {
        let failed = |source| IngestError::Open { file: path.to_owned(), source };
        // Linux opens a folder and fails at reading, Windows at opening: neither says why.
        if path.is_dir() {
            return Err(IngestError::Unreadable {
                file: path.to_owned(),
                what: "это папка, а не файл".to_owned(),
                next: "укажите файлы внутри неё, например маской «*.csv»",
            });
        }
        let file = std::fs::File::open(path).map_err(failed)?;
        let length = file.metadata().map_err(failed)?.len();
        let limit = || IngestError::Limit {
            file: path.to_owned(),
            what: format!("файл больше {} ГБ", MAX_FILE_BYTES / 1_000_000_000),
        };
        if length > MAX_FILE_BYTES {
            return Err(limit());
        }
        let mut bytes = Vec::with_capacity(length as usize);
        // A pipe or a growing file has no honest length: never read past the limit.
        file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
        if bytes.len() as u64 > MAX_FILE_BYTES {
            return Err(limit());
        }
        if bytes.is_empty() {
            return Err(IngestError::Empty { file: path.to_owned() });
        }
        Ok(Input { path: path.to_owned(), name: name.to_owned(), bytes })
    }

    /// An input made of memory, for tests and archives.
    pub fn from_bytes(name: &str, bytes: impl Into<Vec<u8>>) -> Input {
        Input { path: PathBuf::from(name), name: name.to_owned(), bytes: bytes.into() }
    }

    /// At most the first `n` bytes.
    pub fn head(&self, n: usize) -> &[u8] {
        &self.bytes[..self.bytes.len().min(n)]
    }
}
