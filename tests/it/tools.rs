//! Programs that a test runs and a system may lack.

use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Whether all these programs are there. Says which test steps are skipped; with `SVERKA_REQUIRE_TOOLS` set a missing
/// program fails the test.
///
/// # Panics
/// As above.
pub fn have(programs: &[&str]) -> bool {
    let missing: Vec<&&str> = programs
        .iter()
        .filter(|p| Command::new(p).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_err())
        .collect();
    assert!(missing.is_empty() || std::env::var_os("SVERKA_REQUIRE_TOOLS").is_none(), "needed here: {missing:?}");
    if !missing.is_empty() {
        eprintln!("skipped, not installed: {missing:?}");
    }
    missing.is_empty()
}

/// The file that a variable of the environment names, if it does; what is missing is dealt with as in [`have`].
///
/// # Panics
/// As [`have`].
pub fn file(variable: &str, what: &str) -> Option<PathBuf> {
    let path = std::env::var_os(variable).map(PathBuf::from).filter(|path| path.is_file());
    let required = std::env::var_os("SVERKA_REQUIRE_TOOLS").is_some();
    assert!(path.is_some() || !required, "needed here: {what}, named by {variable}");
    if path.is_none() {
        eprintln!("skipped, {variable} does not name {what}");
    }
    path
}
