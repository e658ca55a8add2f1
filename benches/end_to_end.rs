//! A whole audit of an invented project, everything included: seconds, CPU seconds and memory by stage.
//!
//! `cargo bench --bench end_to_end [-- ROWS [DOCUMENTS]]` (parties a side, default 100000; orders, invoices and waybills of 1C
//! with their deals, default none), or `-- developer [UNITS]`: a developer with as many units a side (default 200000), a
//! contract for every second one, and ten instalments and payments under each. The project is made once per size from
//! seed 7, in the folder for temporary files, and found there the next time. Stages of writing run side by side: their wall
//! times overlap, and so do the CPU seconds that each saw pass.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Mutex;
use std::time::Instant;

use chrono::NaiveDate;
use sverka::audit::{Observer, Plan, audit};
use sverka::outcome::StageTime;
use sverka::{config, generate, run};

const SEED: u64 = 7;

fn main() {
    // Cargo passes `--bench` of its own.
    let developer = std::env::args().any(|a| a == "developer");
    let mut numbers = std::env::args().skip(1).filter_map(|a| a.parse().ok());
    let rows: usize = numbers.next().unwrap_or(100_000 * (1 + usize::from(developer)));
    let documents: usize = numbers.next().unwrap_or(0);
    let kind = if developer { "developer-" } else { "" };
    let folder = std::env::temp_dir().join(format!("sverka-bench-{kind}{rows}-{documents}-{SEED}"));
    if !folder.join("sverka.toml").is_file() {
        let start = Instant::now();
        let mut sink = generate::Folder::new(&folder);
        if developer {
            let counts = generate::developer_of(rows, SEED, &mut sink).expect("a project is generated");
            println!("{counts:?}");
        } else {
            let made = generate::project_with(generate::Layout::Csv, rows, documents, SEED, &mut sink);
            let sales = made.expect("a project is generated").sales;
            let ([crm, onec], [a, b]) = (sales.documents, sales.lines);
            println!("documents {crm} + {onec}, lines {a} + {b}, true pairs {}", sales.pairs);
        }
        println!("generated {rows} + {rows} rows in {:.1} s", start.elapsed().as_secs_f64());
    }
    let meter = Meter::default();
    let whole = Stamp::now();
    let config = config::load(&folder).expect("a generated project is valid");
    let as_of = config.as_of.or(NaiveDate::from_ymd_opt(2026, 11, 24)).expect("a date of the calendar");
    let outcome = audit(&Plan::new(config, as_of), &meter).expect("a generated project is audited");
    let out = folder.join("run");
    run::write(&outcome, &out, "2026-11-24T00:00:00Z", &meter).expect("a run is written");

    println!("{:<12}{:>9}{:>9}{:>9}{:>12}", "stage", "wall, s", "CPU, s", "peak, MB", "rows");
    for line in meter.lines.into_inner().unwrap_or_default() {
        println!("{line}");
    }
    let books = [&outcome.data.crm, &outcome.data.onec].into_iter().flat_map(|s| &s.books);
    let records =
        outcome.data.crm.parties.len() + outcome.data.onec.parties.len() + books.map(|b| b.len()).sum::<usize>();
    println!("{}", line("total", &whole, records as u64));
    println!(
        "{} findings, {} links, {} of goods and documents, {} clusters; page {:.2} MB, workbook {:.1} MB, tables {:.1} MB",
        outcome.findings.len(),
        outcome.matching.links.len(),
        outcome.pairing.links().len(),
        outcome.matching.clusters.len(),
        megabytes(&out.join("report.html")),
        megabytes(&out.join("report.xlsx")),
        std::fs::read_dir(out.join("data")).map_or(0.0, |d| d.flatten().map(|e| megabytes(&e.path())).sum::<f64>()),
    );
}

fn megabytes(path: &Path) -> f64 {
    std::fs::metadata(path).map_or(0.0, |m| m.len() as f64 / 1e6)
}

/// Time on the wall and of the processor.
struct Stamp {
    wall: Instant,
    cpu: f64,
}

impl Stamp {
    fn now() -> Stamp {
        Stamp { wall: Instant::now(), cpu: cpu_seconds() }
    }
}

/// Prints what a stage took when it ends.
#[derive(Default)]
struct Meter {
    running: Mutex<HashMap<&'static str, Stamp>>,
    lines: Mutex<Vec<String>>,
}

impl Observer for Meter {
    fn begin(&self, stage: &'static str) {
        self.running.lock().expect("no stage panicked").insert(stage, Stamp::now());
    }

    fn end(&self, stage: &'static str, rows: u64) -> StageTime {
        let begun = self.running.lock().expect("no stage panicked").remove(stage).expect("a stage ends after it began");
        self.lines.lock().expect("no stage panicked").push(line(stage, &begun, rows));
        StageTime { stage, elapsed_ms: begun.wall.elapsed().as_secs_f64() * 1e3, peak_bytes: peak_bytes() }
    }
}

fn line(stage: &str, begun: &Stamp, rows: u64) -> String {
    format!(
        "{stage:<12}{:>9.2}{:>9.2}{:>9}{rows:>12}",
        begun.wall.elapsed().as_secs_f64(),
        cpu_seconds() - begun.cpu,
        peak_bytes() / 1_000_000,
    )
}

/// CPU seconds of all threads so far, in user code and in the system; 0 where the system does not tell.
fn cpu_seconds() -> f64 {
    // Fields 14 and 15 behind the name in brackets, in ticks of a hundredth of a second (proc(5)).
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
    let ticks = |at: usize| fields.get(at).and_then(|f| f.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / 100.0
}

fn peak_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    line.and_then(|l| l.split_whitespace().next()?.parse::<u64>().ok()).map_or(0, |kib| kib * 1024)
}
