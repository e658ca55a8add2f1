//! The program in a child process with a time limit and its peak memory measured.

use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

pub const SVERKA: &str = env!("CARGO_BIN_EXE_sverka");

/// How a child ended.
#[derive(Debug)]
pub struct Ran {
    /// `None` when a signal killed it.
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
    /// Peak resident memory, bytes; 0 where the system does not tell.
    pub peak: u64,
}

/// Runs `command` to its end.
///
/// # Panics
/// When it takes longer than `seconds`; it is killed then.
pub fn run(command: &mut Command, seconds: u64) -> Ran {
    let shown = format!("{command:?}");
    // With it a fault shows its message, as a developer wants.
    command.env_remove("RUST_BACKTRACE");
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Pipes are emptied while it runs: a full one would stop it.
    let read = |mut pipe: Box<dyn Read + Send>| {
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            pipe.read_to_end(&mut bytes).unwrap();
            String::from_utf8_lossy(&bytes).into_owned()
        })
    };
    let out = read(Box::new(child.stdout.take().unwrap()));
    let err = read(Box::new(child.stderr.take().unwrap()));
    let status = format!("/proc/{}/status", child.id());
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut peak = 0;
    let code = loop {
        peak = peak.max(peak_of(Path::new(&status)));
        if let Some(ended) = child.try_wait().unwrap() {
            break ended.code();
        }
        if Instant::now() > end {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("{shown} runs longer than {seconds} s");
        }
        std::thread::sleep(Duration::from_millis(3));
    };
    Ran { code, out: out.join().unwrap(), err: err.join().unwrap(), peak }
}

/// `VmHWM` of a process.
fn peak_of(status: &Path) -> u64 {
    let text = std::fs::read_to_string(status).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).map_or(0, |kib| kib << 10)
}

impl Ran {
    /// Ended with this code and no word of a panic; returns the only line it said on the error stream.
    ///
    /// # Panics
    /// When it did not.
    pub fn refused(&self) -> &str {
        assert_eq!(self.code, Some(2), "{self:?}");
        assert_eq!(self.err.lines().count(), 1, "{}", self.err);
        let line = self.err.trim_end();
        assert!(line.starts_with("sverka: ") && !line.contains("внутренняя ошибка"), "{line}");
        line
    }

    /// Ended well.
    ///
    /// # Panics
    /// When it did not.
    pub fn done(&self) -> &str {
        assert_eq!(self.code, Some(0), "{self:?}");
        assert!(!self.err.contains("panicked"), "{}", self.err);
        &self.out
    }

    /// # Panics
    /// When it took more than `megabytes` of memory.
    pub fn within(&self, megabytes: u64) -> &Ran {
        assert!(self.peak <= megabytes << 20, "{} MB", self.peak >> 20);
        self
    }
}

/// `sverka inspect --json` of a file.
pub fn inspect(path: &Path, seconds: u64) -> Ran {
    run(Command::new(SVERKA).args(["inspect", "--json"]).arg(path), seconds)
}
