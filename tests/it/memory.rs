//! `--memory-limit`: the estimate is above what an audit takes, and not far above; an audit that would not fit does not
//! begin, one that grows past its limit ends with nothing written.

use std::path::Path;
use std::process::Command;

use serde_json::Value;
use sverka::{config, memory};

use crate::bounded::{Ran, SVERKA, run};

const SECONDS: u64 = 300;

fn generated(folder: &Path, rows: &str, format: &str) {
    let made = run(
        Command::new(SVERKA).args(["generate", "--seed", "5", "--rows", rows, "--format", format, "--out"]).arg(folder),
        SECONDS,
    );
    made.done();
}

fn audit(project: &Path, limit: &str) -> Ran {
    run(
        Command::new(SVERKA).args(["audit", "--json", "--baseline", "none", "--memory-limit", limit]).arg(project),
        SECONDS,
    )
}

#[test]
fn the_estimate_is_above_the_peak_and_not_far() {
    let folder = tempfile::tempdir().unwrap();
    for (rows, format) in [("1000", "csv"), ("5000", "csv"), ("2000", "xlsx"), ("2000", "commerceml")] {
        let project = folder.path().join(format!("{format}-{rows}"));
        generated(&project, rows, format);
        let estimate = memory::estimate(&config::load(&project).unwrap());
        let ran = audit(&project, "64G");
        let told: Value = serde_json::from_str(ran.done()).unwrap();
        let peak = told["stages"].as_array().unwrap().iter().filter_map(|s| s["peak_bytes"].as_u64()).max().unwrap();
        let peak = peak.max(ran.peak);
        // Code without optimisation is several times as long, and counts as memory.
        let code = if cfg!(debug_assertions) { 50 } else { 0 };
        let (estimate, peak) = ((estimate.bytes >> 20) + code, peak >> 20);
        assert!(estimate >= peak && estimate <= 3 * peak, "{format} {rows}: estimate {estimate} MB, peak {peak} MB");
    }
}

#[test]
fn what_would_not_fit_does_not_begin() {
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().join("project");
    generated(&project, "500", "csv");
    let ran = audit(&project, "20M");
    let line = ran.refused();
    assert!(line.contains("--memory-limit 20 МБ: сверке нужно примерно") && line.contains("файлов"), "{line}");
    assert!(!project.join("runs").exists());
    // A clap error has its own lines and the same code.
    let wrong = audit(&project, "много");
    assert_eq!(wrong.code, Some(2));
    assert!(wrong.err.contains("4G"), "{}", wrong.err);
}

/// A small packed file that says it is smaller still: the estimate believes it, the run notices.
#[test]
fn a_run_that_grows_past_its_limit_ends_with_nothing_written() {
    let folder = tempfile::tempdir().unwrap();
    let rows: String = (0..20_000).map(|n| format!("{n};ООО Ромашка {n};+7916{n:07};{n}@romashka.ru\n")).collect();
    let text = format!("ID;Название компании;Телефон;E-mail\n{rows}");
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut encoder, text.as_bytes()).unwrap();
    let mut packed = encoder.finish().unwrap();
    // Another part, of which the length at the end speaks.
    let mut tail = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut tail, b"x;y;;\n").unwrap();
    packed.extend(tail.finish().unwrap());
    std::fs::write(folder.path().join("crm.csv.gz"), packed).unwrap();
    std::fs::write(folder.path().join("onec.csv"), "Код;Наименование\n1;Ель\n").unwrap();
    let project = "[project]\nname = \"п\"\nas_of = \"2026-11-24\"\n\
        [[source]]\nside = \"crm\"\nentity = \"counterparty\"\npath = \"crm.csv.gz\"\n\
        [[source]]\nside = \"onec\"\nentity = \"counterparty\"\npath = \"onec.csv\"\n";
    std::fs::write(folder.path().join("sverka.toml"), project).unwrap();
    // What it needs: a limit between the estimate and that.
    let needed = audit(folder.path(), "64G");
    needed.done();
    let told = memory::estimate(&config::load(folder.path()).unwrap()).bytes;
    std::fs::remove_dir_all(folder.path().join("runs")).unwrap();
    let limit = (needed.peak - (8 << 20)).max(told).to_string();
    let ran = audit(folder.path(), &limit);
    let line = ran.refused();
    assert!(line.contains("МБ памяти при пределе") && line.contains("ничего не записано"), "{line}");
    let left = std::fs::read_dir(folder.path().join("runs")).map_or(0, Iterator::count);
    assert_eq!(left, 0, "no run, no part of one");
}
