//! One input file in memory.

use std::borrow::Cow;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::{Extract, IngestError, MAX_FILE_BYTES, text};

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
    /// [`IngestError::Open`], [`IngestError::Empty`], [`IngestError::Unreadable`] for what is no file (a device, a pipe),
    /// [`IngestError::Limit`] past [`MAX_FILE_BYTES`].
    pub fn open(path: &Path, name: &str) -> Result<Input, IngestError> {
        let failed = |source| IngestError::Open { file: path.to_owned(), source };
        is_file(path)?;
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

    /// The whole text, and its encoding and losses in `extract`.
    pub fn text(&self, extract: &mut Extract) -> Cow<'_, str> {
        let decoded = text::decode(&self.bytes);
        decoded.encoding.clone_into(&mut extract.encoding);
        if decoded.undecodable > 0 {
            extract.details.push(("не прочитано знаков", decoded.undecodable.to_string()));
        }
        decoded.text
    }

    /// The text of at most the first `n` bytes, which may end inside a character: that one is left off.
    pub fn head_text(&self, n: usize) -> Cow<'_, str> {
        let bytes = self.head(n);
        let whole = match std::str::from_utf8(bytes) {
            Err(error) if error.error_len().is_none() => &bytes[..error.valid_up_to()],
            _ => bytes,
        };
        text::decode(whole).text
    }

    /// At most the first `n` bytes.
    pub fn head(&self, n: usize) -> &[u8] {
        &self.bytes[..self.bytes.len().min(n)]
    }
}

/// Whether there is a file to read, looked at before it is opened: opening a pipe waits for its writer, a device has no end.
///
/// # Errors
/// [`IngestError::Unreadable`] for a folder, a device, a pipe or a socket; [`IngestError::Open`] when nothing is there.
pub(super) fn is_file(path: &Path) -> Result<(), IngestError> {
    let found = std::fs::metadata(path).map_err(|source| IngestError::Open { file: path.to_owned(), source })?;
    let (what, next) = if found.is_file() {
        return Ok(());
    } else if found.is_dir() {
        // Linux opens a folder and fails at reading, Windows at opening: neither says why.
        ("это папка, а не файл", "укажите файлы внутри неё, например маской «*.csv»")
    } else {
        ("это устройство, канал или сокет, а не файл", "сохраните данные в файл и укажите его")
    };
    Err(IngestError::Unreadable { file: path.to_owned(), what: what.to_owned(), next })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_may_end_inside_a_letter() {
        let input = Input::from_bytes("a", "{\"ИНН\":1}");
        // Nine bytes end in the middle of the second letter.
        for n in 2..=8 {
            let head = input.head_text(n);
            assert!("{\"ИНН\":1}".starts_with(&*head) && head.len() + 1 >= n, "{n}: {head}");
        }
        let ansi = Input::from_bytes("a", encoding_rs::WINDOWS_1251.encode("<КоммерческаяИнформация>").0.into_owned());
        assert_eq!(ansi.head_text(100), "<КоммерческаяИнформация>");
    }

    #[test]
    fn losses_of_a_text_are_told() {
        let mut bytes = "Наименование контрагента".as_bytes().to_vec();
        bytes.remove(3);
        let mut extract = Extract::default();
        let input = Input::from_bytes("a", bytes);
        assert!(input.text(&mut extract).contains('\u{FFFD}'));
        assert_eq!((extract.encoding.as_str(), extract.details[0].1.as_str()), ("utf-8", "1"));
    }
}
