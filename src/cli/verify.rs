//! `sverka verify-cleanup`: fresh exports against the plan of a run.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use chrono::NaiveDate;
use sverka::cleanup::verify::{self, Verdict, Verified};
use sverka::model::Lang;
use sverka::{audit, config, private, run};

use super::cleanup;

/// Steps named on the terminal; the list and JSON have all.
const SHOWN: usize = 50;

#[derive(clap::Args)]
pub struct Arguments {
    /// Файл sverka.toml или папка, где он лежит; выгрузки в нём — сделанные после сценариев
    #[arg(default_value = ".")]
    project: PathBuf,
    /// Папка прогона, чьи сценарии выполнялись (по умолчанию runs/latest рядом с проектом)
    #[arg(long, value_name = "DIR")]
    run: Option<PathBuf>,
    /// Записать весь список в CSV
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Напечатать JSON вместо сводки
    #[arg(long)]
    json: bool,
    /// Код возврата 1, если выполнены не все шаги
    #[arg(long)]
    gate: bool,
}

/// Reads the exports of the project as they are now and tells what became of each step; changes nothing in the run.
pub fn run(arguments: &Arguments, today: NaiveDate) -> Result<ExitCode> {
    let config = config::load(&arguments.project)?;
    let lang = config.lang;
    let runs = config.root.join("runs");
    let folder = arguments
        .run
        .clone()
        .or_else(|| run::latest(&runs))
        .with_context(|| format!("{}: нет прогонов; сначала sverka audit", runs.display()))?;
    let manifest = cleanup::manifest(&folder)?;
    let plan = folder.join("cleanup").join("plan.json");
    let text = std::fs::read_to_string(&plan).with_context(|| format!("{}: не читается", plan.display()))?;
    let data = audit::snapshots(&config, config.as_of.unwrap_or(today))?;
    let found = verify::verify(&text, &data, lang).with_context(|| plan.display().to_string())?;
    if let Some(file) = &arguments.out {
        let written = private::write(file, verify::list(&found, lang));
        written.with_context(|| format!("{}: не записывается", file.display()))?;
    }
    if cleanup::changed_source(&manifest, &data).is_none() {
        eprintln!("{}", same(lang));
    }
    if arguments.json {
        super::print(&serde_json::to_string_pretty(&verify::json(&found))?)?;
    } else {
        super::print(&summary(&found, lang, &folder))?;
    }
    let whole = found.iter().all(|f| f.verdict == Verdict::Done);
    Ok(if arguments.gate && !whole { ExitCode::from(super::EXIT_NO_GO) } else { ExitCode::SUCCESS })
}

fn same(lang: Lang) -> &'static str {
    lang.pick(
        "sverka: выгрузки те же, что были у прогона: сделайте новые после выполнения сценариев",
        "sverka: the exports are those of the run: make new ones after the scripts have run",
    )
}

fn summary(found: &[Verified], lang: Lang, folder: &Path) -> String {
    let of = |verdict| found.iter().filter(move |f: &&Verified| f.verdict == verdict);
    let mut text = format!("{} {}\n", lang.pick("План прогона", "Plan of the run"), folder.display());
    for verdict in Verdict::ALL {
        text.push_str(&format!("  {}: {}\n", verdict.text(lang), of(verdict).count()));
    }
    let open: Vec<&Verified> =
        [Verdict::Otherwise, Verdict::NotDone, Verdict::Unknown].into_iter().flat_map(of).collect();
    for one in open.iter().take(SHOWN) {
        let detail = if one.detail.is_empty() { String::new() } else { format!(" ({})", one.detail) };
        text.push_str(&format!("{}: {}{detail}\n", one.step, one.verdict.text(lang)));
    }
    if open.len() > SHOWN {
        let more =
            lang.pick("и ещё шагов (весь список: --out или --json):", "and more steps (all of them: --out or --json):");
        text.push_str(&format!("{more} {}\n", open.len() - SHOWN));
    }
    text.trim_end().to_owned()
}
