//! A fault of the program itself: one line that names the place in the source and no value of a record. The message of a
//! panic may quote one («byte index 3 is not a char boundary; it is inside 'я' of …»), so nobody sees it but a developer
//! who asks with `RUST_BACKTRACE`.

use std::panic::{PanicHookInfo, UnwindSafe};
use std::process::ExitCode;
use std::sync::Mutex;

/// Where the last panic began: readers deal with those of libraries over damaged files, and go on.
static PLACE: Mutex<Option<String>> = Mutex::new(None);

/// Runs the program; a panic of any of its threads ends it with one line and exit code 2.
pub fn guarded(run: impl FnOnce() -> ExitCode + UnwindSafe) -> ExitCode {
    if std::env::var_os("RUST_BACKTRACE").is_none() {
        std::panic::set_hook(Box::new(remember));
    }
    std::panic::catch_unwind(run).unwrap_or_else(|_| {
        eprintln!("sverka: {}", told());
        ExitCode::from(super::EXIT_FAILED)
    })
}

fn remember(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map_or_else(String::new, |at| format!("{}:{}", file(at.file()), at.line()));
    *PLACE.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = Some(place);
}

/// The path within its crate: the rest says where somebody built it.
fn file(path: &str) -> &str {
    path.rfind("/src/").and_then(|at| path[..at].rfind('/')).map_or(path, |at| &path[at + 1..])
}

fn told() -> String {
    let place = PLACE.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).take().unwrap_or_default();
    format!("внутренняя ошибка, ничего не записано ({place}); сообщите разработчикам эту строку и версию")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_told_by_its_place_alone() {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(remember));
        let text = "Петрова Анна";
        let caught = std::panic::catch_unwind(|| text[..3].len());
        std::panic::set_hook(before);
        assert!(caught.is_err());
        let line = told();
        assert!(line.contains("src/cli/fault.rs:"), "{line}");
        assert!(!line.contains("Петр"), "{line}");
    }

    #[test]
    fn places_are_told_without_the_folders_of_a_build() {
        assert_eq!(
            file("/home/me/.cargo/registry/src/index/polars-core-0.55.2/src/frame/mod.rs"),
            "polars-core-0.55.2/src/frame/mod.rs"
        );
        assert_eq!(file("src/run.rs"), "src/run.rs");
    }
}
