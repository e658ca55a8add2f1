//! `sverka cleanup`: merge lists and scripts of a run, made anew.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use chrono::NaiveDate;
use serde_json::Value;
use sverka::audit::{self, Plan};
use sverka::cleanup::plan;
use sverka::config::Config;
use sverka::decisions::Decisions;
use sverka::model::{Lang, Side, Snapshots};
use sverka::outcome::Outcome;
use sverka::review::{self, Review};
use sverka::{baseline, config, decisions, run};

use super::progress::Progress;

/// Reads the sources of the project again, as they were at the run, and writes its lists and scripts.
///
/// Scripts hold texts of records, and a run keeps only what was found about them: so the sources must still be there,
/// and be the same. Decisions are those of the project, or of `file`: another `decisions.toml`, or a reviewed workbook
/// of this run.
pub fn run(project: &Path, run: Option<PathBuf>, file: Option<&Path>, quiet: bool) -> Result<ExitCode> {
    let config = config::load(project)?;
    let runs = config.root.join("runs");
    let folder = run
        .or_else(|| run::latest(&runs))
        .with_context(|| format!("{}: нет прогонов; сначала sverka audit", runs.display()))?;
    let manifest = manifest(&folder)?;
    let as_of = manifest["as_of"].as_str().and_then(|t| NaiveDate::parse_from_str(t, "%Y-%m-%d").ok());
    let as_of = as_of.with_context(|| format!("{}: нет даты as_of", folder.join(run::MANIFEST).display()))?;
    let Some(decisions) = decided(&config, &folder, as_of, file)? else {
        return Ok(ExitCode::from(super::EXIT_FAILED));
    };
    let progress = Progress::new(quiet, None)?;
    let outcome = audit::audit(&Plan { decisions, ..Plan::new(config, as_of) }, &progress)?;
    same_sources(&manifest, &outcome, &folder)?;
    run::rewrite_cleanup(&outcome, &folder)?;
    progress.finish();
    if !quiet {
        super::print(&summary(&outcome, &folder))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The decisions to honour; `None` when rows of the workbook were refused: a decision that is left out could merge what
/// a person has kept apart.
fn decided(config: &Config, run: &Path, date: NaiveDate, file: Option<&Path>) -> Result<Option<Decisions>> {
    let Some(file) = file else { return Ok(Some(decisions::load(&config.root)?)) };
    if file.extension().is_none_or(|e| !e.eq_ignore_ascii_case("xlsx")) {
        let text = std::fs::read_to_string(file).with_context(|| format!("{}: не читается", file.display()))?;
        return Ok(Some(decisions::parse(file, &text)?));
    }
    let held = decisions::load(&config.root)?;
    let by = Review { author: "report.xlsx".to_owned(), date, expires: None, reason: String::new() };
    let reviewed = review::review(&review::read(file)?, &baseline::load(run)?, &held, &by)?;
    for refusal in &reviewed.refused {
        eprintln!("sverka: лист «{}», ячейка {}: {}", refusal.sheet, refusal.cell, refusal.why);
    }
    Ok(if reviewed.refused.is_empty() { Some(decisions::parse(&held.file, &reviewed.text)?) } else { None })
}

pub fn manifest(folder: &Path) -> Result<Value> {
    let file = folder.join(run::MANIFEST);
    let text = std::fs::read_to_string(&file)
        .with_context(|| format!("{}: не читается; укажите папку прогона в --run", file.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{}: не разобрать", file.display()))
}

/// Files by path and hash, as the manifest and the outcome have them.
fn same_sources(manifest: &Value, outcome: &Outcome, folder: &Path) -> Result<()> {
    match changed_source(manifest, &outcome.data) {
        None => Ok(()),
        Some(path) => bail!(
            "{path}: изменился после прогона {}; сценарии по нему были бы не о тех записях, выполните sverka audit",
            folder.display()
        ),
    }
}

/// The first file, by path, that is not what the run has read.
pub fn changed_source(manifest: &Value, data: &Snapshots) -> Option<String> {
    let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    let sources = manifest["sources"].as_array().map(Vec::as_slice).unwrap_or_default();
    let files = sources.iter().flat_map(|s| s["files"].as_array().map(Vec::as_slice).unwrap_or_default());
    let was: BTreeSet<(String, String)> = files.map(|f| (text(&f["path"]), text(&f["sha256"]))).collect();
    let now: BTreeSet<(String, String)> = Side::BOTH
        .iter()
        .flat_map(|&side| &data.get(side).sources)
        .flat_map(|s| s.files.iter().map(|f| (f.path.clone(), f.sha256.clone())))
        .collect();
    was.symmetric_difference(&now).next().map(|(path, _)| path.clone())
}

fn summary(outcome: &Outcome, folder: &Path) -> String {
    let lang = outcome.lang;
    let say = |ru: &'static str, en: &'static str| lang.pick(ru, en);
    let plan = plan::build(outcome);
    let merged: usize = plan.merges.iter().map(|m| m.duplicates.len()).sum();
    let lines = [
        (say("исправлений полей", "corrections of fields"), plan.fixes.iter().filter(|f| f.pair.is_none()).count()),
        (say("дублей к объединению", "duplicates to merge"), merged),
        (say("групп, которые решает человек", "groups that a person decides"), plan.manual.len()),
        (say("связей с 1С", "links with 1C"), plan.fixes.iter().filter(|f| f.pair.is_some()).count()),
        (say("находок, которые разбирает человек", "findings that a person settles"), plan.differences.len()),
    ];
    let mut text = format!("{}\n", scripts_line(lang));
    for (what, count) in lines {
        text.push_str(&format!("  {what}: {count}\n"));
    }
    text + &format!("{} {}", say("Папка:", "Folder:"), folder.join("cleanup").display())
}

fn scripts_line(lang: Lang) -> &'static str {
    lang.pick(
        "Списки и сценарии записаны заново; сценарии ничего не меняют, пока их не запустят с ключом выполнения",
        "Lists and scripts are written anew; scripts change nothing until they are told to",
    )
}
