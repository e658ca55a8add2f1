//! Files that hold values of records: their owner's alone, wherever they are moved to.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

/// Creates a file, or empties the one that is there; a new one has the mode 0600 where the system has modes.
///
/// # Errors
/// Of the system.
pub fn create(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)
}

/// Writes a whole file as [`create`] makes it.
///
/// # Errors
/// Of the system.
pub fn write(path: &Path, bytes: impl AsRef<[u8]>) -> io::Result<()> {
    create(path)?.write_all(bytes.as_ref())
}
