//! Stages on the terminal: one moving line there, plain lines elsewhere; times and memory for the manifest.

use std::collections::HashMap;
use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use indicatif::{ProgressBar, ProgressState, ProgressStyle};
use sverka::audit::{Observer, OverLimit};
use sverka::outcome::StageTime;

/// Stages in order, with what each takes of a run of a million records on two cores (benches/end_to_end), per cent. The
/// last three run at once.
const STAGES: [(&str, f64); 7] = [
    ("read", 30.0),
    ("match", 34.0),
    ("reconcile", 4.0),
    ("check", 12.0),
    ("tables", 12.0),
    ("cleanup", 6.0),
    ("report", 20.0),
];
/// Where those that run at once begin.
const WRITING: usize = 4;

/// Measures a run and shows where it is.
pub struct Progress {
    quiet: bool,
    started: Instant,
    running: Mutex<HashMap<&'static str, Instant>>,
    pace: Arc<Mutex<Pace>>,
    bar: Option<ProgressBar>,
    cancelled: Arc<AtomicBool>,
    /// Most memory that the run may take, bytes.
    memory_limit: Option<u64>,
}

/// How long the rest will take: as long as an earlier run took, or as runs take, corrected by what this one took so far.
#[derive(Clone, Debug, Default)]
struct Pace {
    /// Milliseconds by stage of an earlier run of the project.
    before: HashMap<String, f64>,
    /// Milliseconds of finished stages.
    done: Vec<(&'static str, f64)>,
    /// When the running stage began.
    begun: Option<Instant>,
}

impl Pace {
    fn expected(&self, stage: &str) -> f64 {
        let typical = || STAGES.iter().find(|(s, _)| *s == stage).map_or(0.0, |(_, share)| *share);
        if self.before.is_empty() { typical() } else { self.before.get(stage).copied().unwrap_or(0.0) }
    }

    /// Milliseconds left, `running_ms` after the running stage began; `None` as long as nothing is known.
    fn left_ms(&self, running_ms: f64) -> Option<f64> {
        let sum = |times: &mut dyn Iterator<Item = f64>| times.sum::<f64>();
        let (took, was) = (
            sum(&mut self.done.iter().map(|(_, ms)| *ms)),
            sum(&mut self.done.iter().map(|(stage, _)| self.expected(stage))),
        );
        let factor = match (was > 0.0, self.before.is_empty()) {
            (true, _) => took / was,
            (false, false) => 1.0,
            (false, true) => return None,
        };
        let open = |stage: &str| !self.done.iter().any(|(s, _)| *s == stage);
        let of = |stages: &[(&str, f64)]| -> Vec<f64> {
            stages.iter().filter(|(s, _)| open(s)).map(|(s, _)| self.expected(s)).collect()
        };
        let rest = of(&STAGES[..WRITING]).iter().sum::<f64>() + of(&STAGES[WRITING..]).into_iter().fold(0.0, f64::max);
        Some((rest * factor - running_ms).max(0.0))
    }

    /// «осталось ≈ 40 с»; nothing when it is not known or about to end.
    fn text(&self) -> String {
        let running = self.begun.map_or(0.0, |t| milliseconds(t.elapsed()));
        match self.left_ms(running) {
            Some(ms) if ms >= 1_000.0 => {
                let seconds = (ms / 1_000.0).ceil() as u64;
                match seconds {
                    0..60 => format!("осталось ≈ {seconds} с"),
                    _ => format!("осталось ≈ {} мин {} с", seconds / 60, seconds % 60),
                }
            }
            _ => String::new(),
        }
    }
}

impl Progress {
    /// Also listens for Ctrl-C: the first asks the run to end cleanly, the second ends it at once.
    pub fn new(quiet: bool, memory_limit: Option<u64>) -> Result<Progress> {
        let cancelled = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&cancelled);
        ctrlc::set_handler(move || {
            if flag.swap(true, Ordering::SeqCst) {
                std::process::exit(i32::from(super::EXIT_INTERRUPTED));
            }
        })
        .context("не удаётся следить за Ctrl-C")?;
        let pace = Arc::new(Mutex::new(Pace::default()));
        let bar = (!quiet && std::io::stderr().is_terminal()).then(|| {
            let bar = ProgressBar::new_spinner();
            let shown = Arc::clone(&pace);
            let style = ProgressStyle::with_template("{spinner} {msg}, {elapsed} {left}")
                .unwrap_or_else(|_| ProgressStyle::default_spinner())
                .with_key("left", move |_: &ProgressState, out: &mut dyn std::fmt::Write| {
                    let text = shown.lock().unwrap_or_else(|e| e.into_inner()).text();
                    // A line of progress that is not written is the next one's.
                    let _ = out.write_str(&text);
                });
            bar.set_style(style);
            bar.enable_steady_tick(Duration::from_millis(100));
            bar
        });
        Ok(Progress { quiet, started: Instant::now(), running: Mutex::default(), pace, bar, cancelled, memory_limit })
    }

    /// Times of an earlier run by its manifest: what this one is likely to take.
    pub fn expect(&self, manifest: &serde_json::Value) {
        let stages = manifest["stages"].as_array().map(Vec::as_slice).unwrap_or_default();
        let times = stages.iter().filter_map(|s| Some((s["stage"].as_str()?.to_owned(), s["elapsed_ms"].as_f64()?)));
        self.pace.lock().unwrap_or_else(|e| e.into_inner()).before = times.collect();
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
        self.pace.lock().unwrap_or_else(|e| e.into_inner()).begun = Some(Instant::now());
        if let Some(bar) = &self.bar {
            let number = STAGES.iter().position(|(s, _)| *s == stage).map_or(0, |at| at + 1);
            bar.set_message(format!("{number}/{} {}", STAGES.len(), title(stage)));
        }
    }

    fn end(&self, stage: &'static str, rows: u64) -> StageTime {
        let begun = self.running.lock().unwrap_or_else(|e| e.into_inner()).remove(stage);
        let elapsed_ms = begun.map_or(0.0, |t| milliseconds(t.elapsed()));
        self.pace.lock().unwrap_or_else(|e| e.into_inner()).done.push((stage, elapsed_ms));
        if !self.quiet {
            let line = stage_line(stage, elapsed_ms, rows);
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

    fn over_limit(&self) -> Option<OverLimit> {
        let (limit, peak) = (self.memory_limit?, peak_bytes());
        (peak > limit).then_some(OverLimit { peak, limit })
    }
}

/// A finished stage: time, what it went through, how much of that in a second.
fn stage_line(stage: &str, elapsed_ms: f64, rows: u64) -> String {
    use super::summary::number;
    let rate = if elapsed_ms >= 1.0 && rows > 0 {
        format!("{}/с", number((rows as f64 * 1_000.0 / elapsed_ms) as u64))
    } else {
        String::new()
    };
    format!("  {:<24} {elapsed_ms:>9.0} мс  {:>12}  {rate:>14}", title(stage), number(rows)).trim_end().to_owned()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_follows_what_it_took() {
        let mut pace = Pace::default();
        assert_eq!(pace.left_ms(0.0), None, "nothing is known yet");
        pace.done.push(("read", 30_000.0));
        // A second for each per cent: matching, fields, checks, and the longest of what is written at once.
        assert_eq!(pace.left_ms(0.0), Some(70_000.0));
        assert_eq!(pace.left_ms(20_000.0), Some(50_000.0));
        assert_eq!(pace.left_ms(90_000.0), Some(0.0));
        pace.done.extend([("match", 68_000.0), ("reconcile", 8_000.0), ("check", 24_000.0)]);
        assert_eq!(pace.left_ms(0.0), Some(20.0 * 130_000.0 / 80.0));
        pace.done.extend([("report", 1.0), ("tables", 1.0), ("cleanup", 1.0)]);
        assert_eq!(pace.left_ms(0.0), Some(0.0));
        // An earlier run tells from the beginning.
        let before = [("read", 4_000.0), ("match", 6_000.0), ("report", 2_000.0), ("tables", 5_000.0)];
        let before = before.map(|(s, ms)| (s.to_owned(), ms)).into_iter().collect();
        let mut pace = Pace { before, ..Pace::default() };
        assert_eq!(pace.left_ms(1_000.0), Some(14_000.0));
        pace.done.push(("read", 8_000.0));
        assert_eq!(pace.left_ms(0.0), Some(22_000.0), "twice as slow");
        assert_eq!(pace.text(), "осталось ≈ 22 с");
    }

    #[test]
    fn a_stage_tells_its_rate() {
        assert!(stage_line("read", 500.0, 1_194).ends_with(" 2\u{a0}388/с"));
        assert!(stage_line("read", 0.0, 1_194).ends_with("1\u{a0}194"));
    }
}
