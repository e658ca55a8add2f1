//! `sverka decide`: answers of a reviewed workbook → `decisions.toml`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use chrono::{NaiveDate, Utc};
use sverka::model::Lang;
use sverka::review::{self, Review, Reviewed};
use sverka::{baseline, config, decisions, run};

use super::summary::number;

/// Options of the command.
pub struct Options {
    pub workbook: PathBuf,
    pub project: Option<PathBuf>,
    pub author: Option<String>,
    pub reason: Option<String>,
    pub expires: Option<NaiveDate>,
    pub dry_run: bool,
}

/// Takes the right rows, names the others with their cells; exit 2 when a row was refused.
pub fn run(options: Options) -> Result<ExitCode> {
    let Options { workbook, project, author, reason, expires, dry_run } = options;
    let file = config::find(&project.unwrap_or_else(|| project_of(&workbook)))?;
    let config = config::load(&file)?;
    let runs = config.root.join("runs");
    let last = last_run(&runs, &workbook)
        .with_context(|| format!("{}: нет прогонов; сначала sverka audit", runs.display()))?;
    let date = Utc::now().date_naive();
    if expires.is_some_and(|last| last < date) {
        bail!("--expires: дата уже прошла");
    }
    let by = Review {
        author: author.or_else(user).context("--author: кто принял решения?")?,
        date,
        expires,
        reason: reason.unwrap_or_default(),
    };
    let held = decisions::load(&config.root)?;
    let book = review::read(&workbook)?;
    let reviewed = review::review(&book, &baseline::load(&last)?, &held, &by)?;
    if !dry_run && reviewed.added + reviewed.replaced > 0 {
        review::save(&held.file, &reviewed.text)?;
    }
    super::print(&text(&reviewed, &held.file, dry_run, config.lang))?;
    for refusal in &reviewed.refused {
        eprintln!("sverka: лист «{}», ячейка {}: {}", refusal.sheet, refusal.cell, refusal.why);
    }
    Ok(if reviewed.refused.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(super::EXIT_FAILED) })
}

/// The project in whose `runs` the workbook lies, else the folder we are in.
fn project_of(workbook: &Path) -> PathBuf {
    let folder = workbook.canonicalize().unwrap_or_else(|_| workbook.to_owned());
    let near = folder.ancestors().skip(1).find(|f| f.join("sverka.toml").is_file());
    near.map_or_else(|| PathBuf::from("."), Path::to_owned)
}

/// The last run of the project; where runs go elsewhere, the one that the workbook lies in.
fn last_run(runs: &Path, workbook: &Path) -> Option<PathBuf> {
    let beside = || workbook.parent().filter(|f| f.join(run::MANIFEST).is_file()).map(Path::to_owned);
    run::latest(runs).or_else(beside)
}

fn user() -> Option<String> {
    ["USER", "USERNAME"].into_iter().find_map(|name| std::env::var(name).ok()).filter(|name| !name.trim().is_empty())
}

fn text(r: &Reviewed, file: &Path, dry_run: bool, lang: Lang) -> String {
    let say = |ru: &'static str, en: &'static str| lang.pick(ru, en);
    let counts: Vec<String> = [
        (say("новых решений", "new decisions"), r.added),
        (say("изменено", "changed"), r.replaced),
        (say("уже были", "known"), r.unchanged),
        (say("пропущено", "skipped"), r.skipped),
        (say("без ответа", "open"), r.open),
        (say("не принято", "refused"), r.refused.len() as u64),
    ]
    .into_iter()
    .map(|(word, n)| format!("{word} {}", number(n)))
    .collect();
    let end = if dry_run {
        say("Проверка: файл не изменён.", "A trial: the file was not changed.").to_owned()
    } else if r.added + r.replaced > 0 {
        let next = say("учтёт следующая сверка (sverka audit)", "the next audit (sverka audit) honours it");
        format!("{}: {next}", file.display())
    } else {
        say("Записывать нечего.", "Nothing to write.").to_owned()
    };
    format!("{}\n{end}", counts.join(", "))
}
