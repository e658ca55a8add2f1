//! What the scripts of all REST systems share: plans split into files, and the common part of their text.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::fixes::FixStep;
use super::places::Places;
use super::plan::{MergeStep, Phase, Plan};
use super::{Dialect, Draft, Scripted, english};
use crate::model::{Lang, RecordRef, Side};
use crate::outcome::Outcome;

/// Steps of one plan file: at two requests a second some hours of work, and small enough for `jq` to read at once.
pub const MAX_STEPS: usize = 2_000;

/// Where the common part stands in the text of a dialect.
const COMMON_HERE: &str = "# {общее}\n";

/// A step that a dialect carries.
pub enum Carried<'a> {
    Fix(&'a FixStep),
    /// With these of its duplicates.
    Merge(&'a MergeStep, &'a [RecordRef]),
}

/// What a dialect carries of a plan, phase by phase; a merge of more duplicates than `most` is several steps.
pub fn carried<'a>(dialect: &dyn Dialect, places: &Places<'a>, plan: &'a Plan, most: usize) -> Vec<Carried<'a>> {
    let mut steps = Vec::new();
    for phase in Phase::ALL {
        let fixes = plan.fixes.iter().filter(|f| f.phase() == phase);
        steps.extend(fixes.filter(|f| dialect.carries(places, Scripted::Fix(f))).map(Carried::Fix));
        let merges = plan.merges.iter().filter(|_| phase == Phase::Duplicates);
        for merge in merges.filter(|m| dialect.carries(places, Scripted::Merge(m))) {
            steps.extend(merge.duplicates.chunks(most).map(|duplicates| Carried::Merge(merge, duplicates)));
        }
    }
    steps
}

/// What stands before the steps of a plan file.
#[derive(Serialize)]
struct Head<'a> {
    snapshot: &'a str,
    as_of: &'a str,
    part: usize,
    parts: usize,
}

/// Plan files of a dialect, `NAME-plan.json` or `NAME-plan-001.json` …, a line for each step; none without steps. `render`
/// makes a step of what the dialect carries.
pub fn plans<'a, S: Sync + Send + 'a>(
    outcome: &Outcome,
    dialect: &str,
    mut steps: Vec<S>,
    render: impl Fn(&S) -> Option<Value> + Clone + Send + Sync + 'a,
) -> Vec<Draft<'a>> {
    let parts = steps.len().div_ceil(MAX_STEPS);
    let (exports, date) = (exports_id(outcome), outcome.as_of.to_string());
    let mut files = Vec::with_capacity(parts);
    for part in 1..=parts {
        let rest = steps.split_off(steps.len().min(MAX_STEPS));
        let of_part = std::mem::replace(&mut steps, rest);
        let (snapshot, as_of, render) = (exports.clone(), date.clone(), render.clone());
        let number = if parts > 1 { format!("-{part:03}") } else { String::new() };
        files.push(Draft::rows(format!("{dialect}-plan{number}.json"), move |out| {
            let head = Head { snapshot: &snapshot, as_of: &as_of, part, parts };
            let mut text = String::new();
            for value in of_part.iter().filter_map(&render) {
                step(text.is_empty(), &value, &mut text);
            }
            document(&head, out, |out| out.write_all(text.as_bytes()))
        }));
    }
    files
}

/// Appends a step on a line of its own.
pub fn step(first: bool, step: &impl Serialize, text: &mut String) {
    text.push_str(if first { "\n    " } else { ",\n    " });
    text.push_str(&serde_json::to_string(step).expect("keys of the plan are text"));
}

/// Writes the keys of `head`, then `steps`, which `fill` writes by [`step`].
///
/// # Errors
/// What the file says.
pub fn document(
    head: &impl Serialize,
    out: &mut dyn Write,
    fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let head = serde_json::to_string_pretty(head).expect("keys of the plan are text");
    write!(out, "{},\n  \"steps\": [", head.strip_suffix("\n}").expect("an object"))?;
    let mut counted = Counted { out, bytes: 0 };
    fill(&mut counted)?;
    let end: &[u8] = if counted.bytes == 0 { b"]\n}\n" } else { b"\n  ]\n}\n" };
    counted.out.write_all(end)
}

/// Counts what is written.
struct Counted<'a> {
    out: &'a mut dyn Write,
    bytes: u64,
}

impl Write for Counted<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Hash of the exports alone, 16 hex digits: journals go by it. A plan made again from the same exports with other
/// decisions goes on where the former one stopped, and its steps can still be undone; new exports begin anew.
pub fn exports_id(outcome: &Outcome) -> String {
    let mut hash = Sha256::new();
    for file in Side::BOTH.iter().flat_map(|&side| &outcome.data.get(side).sources).flat_map(|s| &s.files) {
        for part in [&file.path, &file.sha256] {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
    }
    hash.finalize().iter().take(8).map(|b| format!("{b:02x}")).collect()
}

/// The text of a script in the language of the project, with the common part in its place.
fn script(lang: Lang, text: &str, common: &str, heading: &str) -> String {
    debug_assert!(text.contains(COMMON_HERE), "the script has a place for the common part");
    let text = text.replacen(COMMON_HERE, common, 1);
    if lang == Lang::Ru { text } else { english::shell(&text, heading) }
}

/// The bash script of a dialect. `heading`: what stands at its beginning in English.
pub fn bash<'a>(lang: Lang, dialect: &str, text: &'a str, heading: &'a str) -> Draft<'a> {
    let whole = move || script(lang, text, include_str!("sh/common.sh"), heading);
    Draft { executable: true, ..Draft::text(format!("{dialect}.sh"), whole) }
}

/// The PowerShell script of a dialect: Windows PowerShell 5.1 reads UTF-8 only with a byte order mark.
pub fn powershell<'a>(lang: Lang, dialect: &'a str, text: &'a str) -> Draft<'a> {
    Draft::text(format!("{dialect}.ps1"), move || {
        let heading = include_str!("english/powershell.txt").replace("{script}", dialect);
        let text = script(lang, text, include_str!("ps1/common.ps1"), &heading);
        format!("\u{feff}{}", text.replace('\n', "\r\n"))
    })
}
