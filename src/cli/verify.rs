//! `sverka verify-cleanup`: fresh exports against the plan of a run.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use chrono::NaiveDate;
use sverka::audit::{self, Plan, Silent};
use sverka::cleanup::links;
use sverka::cleanup::verify::{self, Verdict, Verified};
use sverka::model::Lang;
use sverka::{config, decisions, private, run};

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
    /// Код возврата 1, если выполнены не все шаги; находки (settle) судит audit --gate, а load выгрузки не показывают
    #[arg(long)]
    gate: bool,
}

/// Audits the exports of the project as they are now and tells what became of each step; changes nothing in the run.
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
    let links = folder.join("cleanup").join(links::FILE);
    let links = links.exists().then(|| std::fs::read_to_string(&links)).transpose();
    let links =
        links.with_context(|| format!("{}: не читается", folder.join("cleanup").join(links::FILE).display()))?;
    let decisions = decisions::load(&config.root)?;
    let as_of = config.as_of.unwrap_or(today);
    let fresh = audit::audit(&Plan { decisions, ..Plan::new(config, as_of) }, &Silent)?;
    let found = verify::verify(&text, links.as_deref(), &fresh).with_context(|| plan.display().to_string())?;
    if let Some(file) = &arguments.out {
        let written = private::write(file, verify::list(&found, lang));
        written.with_context(|| format!("{}: не записывается", file.display()))?;
    }
    if cleanup::changed_source(&manifest, &fresh.data).is_none() {
        eprintln!("{}", same(lang));
    }
    if arguments.json {
        super::print(&serde_json::to_string_pretty(&verify::json(&found))?)?;
    } else {
        super::print(&summary(&found, lang, &folder))?;
    }
    let judged = found.iter().filter(|f| !["settle", "load"].contains(&f.action.as_str()));
    let whole = judged.into_iter().all(|f| f.verdict == Verdict::Done);
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
