//! Stages on the terminal: one moving line there, plain lines elsewhere; times and memory for the manifest.

use std::collections::HashMap;
use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use indicatif::{ProgressBar, ProgressStyle};
use sverka::audit::Observer;
use sverka::outcome::StageTime;

/// Measures a run and shows where it is.
pub struct Progress {
    quiet: bool,
    started: Instant,
    running: Mutex<HashMap<&'static str, Instant>>,
    bar: Option<ProgressBar>,
    cancelled: Arc<AtomicBool>,
}

impl Progress {
    /// Also listens for Ctrl-C: the first asks the run to end cleanly, the second ends it at once.
    pub fn new(quiet: bool) -> Result<Progress> {
        let cancelled = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&cancelled);
        ctrlc::set_handler(move || {
            if flag.swap(true, Ordering::SeqCst) {
                std::process::exit(i32::from(super::EXIT_INTERRUPTED));
            }
        })
        .context("не удаётся следить за Ctrl-C")?;
        let bar = (!quiet && std::io::stderr().is_terminal()).then(|| {
            let bar = ProgressBar::new_spinner();
            let style = ProgressStyle::with_template("{spinner} {msg} {elapsed}")
                .unwrap_or_else(|_| ProgressStyle::default_spinner());
            bar.set_style(style);
            bar.enable_steady_tick(Duration::from_millis(100));
            bar
        });
        Ok(Progress { quiet, started: Instant::now(), running: Mutex::default(), bar, cancelled })
    }

    pub fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    /// Wall time and peak memory so far.
    pub fn total(&self) -> StageTime {
        StageTime { stage: "total", elapsed_ms: milliseconds(self.started.elapsed()), peak_bytes: peak_bytes() }
    }
}

impl Observer for Progress {
    fn begin(&self, stage: &'static str) {
        // A poisoned lock means a stage panicked; the times of the others still hold.
        self.running.lock().unwrap_or_else(|e| e.into_inner()).insert(stage, Instant::now());
        if let Some(bar) = &self.bar {
            bar.set_message(title(stage));
        }
    }

    fn end(&self, stage: &'static str, rows: u64) -> StageTime {
        let begun = self.running.lock().unwrap_or_else(|e| e.into_inner()).remove(stage);
        let elapsed_ms = begun.map_or(0.0, |t| milliseconds(t.elapsed()));
        if !self.quiet {
            let line = format!("  {:<24} {:>9.0} мс  {:>12}", title(stage), elapsed_ms, super::summary::number(rows));
            match &self.bar {
                Some(bar) => bar.println(line),
                None => eprintln!("{line}"),
            }
        }
        StageTime { stage, elapsed_ms, peak_bytes: peak_bytes() }
    }

    fn cancelled(&self) -> bool {
        self.cancelled.load(Ordering::SeqCst)
    }
}

fn title(stage: &str) -> &str {
    match stage {
        "read" => "чтение, нормализация",
        "match" => "сопоставление (пар)",
        "reconcile" => "сверка полей (пар)",
        "check" => "проверки",
        "tables" => "таблицы данных",
        "cleanup" => "списки и сценарии",
        "report" => "отчёты",
        other => other,
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// Peak resident memory of this process; 0 where the system does not tell.
fn peak_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    line.and_then(|l| l.split_whitespace().next()?.parse::<u64>().ok()).map_or(0, |kib| kib * 1024)
}
