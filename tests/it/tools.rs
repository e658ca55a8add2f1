//! Programs that a test runs and a system may lack.

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
