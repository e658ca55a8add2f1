//! `sverka cleanup`: merge lists and scripts of a run, made anew.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use chrono::NaiveDate;
use serde_json::Value;
use sverka::audit::{self, Plan};
use sverka::cleanup::plan;
use sverka::model::{Lang, Side};
use sverka::outcome::Outcome;
use sverka::{config, decisions, run};

use super::progress::Progress;

/// Reads the sources of the project again, as they were at the run, and writes its lists and scripts.
///
/// Scripts hold texts of records, and a run keeps only what was found about them: so the sources must still be there,
/// and be the same.
pub fn run(project: &Path, run: Option<PathBuf>, quiet: bool) -> Result<ExitCode> {
    let config = config::load(project)?;
    let folder = run.unwrap_or_else(|| config.root.join("runs").join("latest"));
    let manifest = manifest(&folder)?;
    let as_of = manifest["as_of"].as_str().and_then(|t| NaiveDate::parse_from_str(t, "%Y-%m-%d").ok());
    let as_of = as_of.with_context(|| format!("{}: нет даты as_of", folder.join(run::MANIFEST).display()))?;
    let progress = Progress::new(quiet)?;
    let decisions = decisions::load(&config.root)?;
    let outcome = audit::audit(&Plan { decisions, ..Plan::new(config, as_of) }, &progress)?;
    same_sources(&manifest, &outcome, &folder)?;
    run::rewrite_cleanup(&outcome, &folder)?;
    progress.finish();
    if !quiet {
        super::print(&summary(&outcome, &folder))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn manifest(folder: &Path) -> Result<Value> {
    let file = folder.join(run::MANIFEST);
    let text = std::fs::read_to_string(&file)
        .with_context(|| format!("{}: не читается; укажите папку прогона в --run", file.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{}: не разобрать", file.display()))
}

/// Files by path and hash, as the manifest and the outcome have them.
fn same_sources(manifest: &Value, outcome: &Outcome, folder: &Path) -> Result<()> {
    let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    let sources = manifest["sources"].as_array().map(Vec::as_slice).unwrap_or_default();
    let files = sources.iter().flat_map(|s| s["files"].as_array().map(Vec::as_slice).unwrap_or_default());
    let was: BTreeSet<(String, String)> = files.map(|f| (text(&f["path"]), text(&f["sha256"]))).collect();
    let now: BTreeSet<(String, String)> = Side::BOTH
        .iter()
        .flat_map(|&side| &outcome.data.get(side).sources)
        .flat_map(|s| s.files.iter().map(|f| (f.path.clone(), f.sha256.clone())))
        .collect();
    match was.symmetric_difference(&now).next() {
        None => Ok(()),
        Some((path, _)) => bail!(
            "{path}: изменился после прогона {}; сценарии по нему были бы не о тех записях, выполните sverka audit",
            folder.display()
        ),
    }
}

fn summary(outcome: &Outcome, folder: &Path) -> String {
    let lang = outcome.lang;
    let say = |ru: &'static str, en: &'static str| lang.pick(ru, en);
    let plan = plan::build(outcome);
    let merged: usize = plan.merges.iter().map(|m| m.duplicates.len()).sum();
    let lines = [
        (say("исправлений полей", "corrections of fields"), plan.fixes.len()),
        (say("дублей к объединению", "duplicates to merge"), merged),
        (say("групп, которые решает человек", "groups that a person decides"), plan.manual.len()),
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
