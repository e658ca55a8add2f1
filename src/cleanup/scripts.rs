//! What the scripts of all REST systems share: plans split into files, and the common part of their text.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{ScriptFile, english};
use crate::model::{Lang, Side};
use crate::outcome::Outcome;

/// Steps of one plan file: at two requests a second some hours of work, and small enough for `jq` to read at once.
pub const MAX_STEPS: usize = 2_000;

/// Where the common part stands in the text of a dialect.
const COMMON_HERE: &str = "# {общее}\n";

/// Plan files of a dialect, `NAME-plan.json` or `NAME-plan-001.json` …; none without steps.
pub fn plans(outcome: &Outcome, dialect: &str, steps: &[Value]) -> Vec<ScriptFile> {
    let parts = steps.len().div_ceil(MAX_STEPS);
    steps
        .chunks(MAX_STEPS)
        .enumerate()
        .map(|(at, steps)| {
            let number = if parts > 1 { format!("-{:03}", at + 1) } else { String::new() };
            let plan = json!({
                "snapshot": exports_id(outcome),
                "as_of": outcome.as_of.to_string(),
                "part": at + 1,
                "parts": parts,
                "steps": steps,
            });
            let text = serde_json::to_string_pretty(&plan).expect("keys of the plan are text");
            ScriptFile { name: format!("{dialect}-plan{number}.json"), text: text + "\n", executable: false }
        })
        .collect()
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
pub fn bash(lang: Lang, dialect: &str, text: &str, heading: &str) -> ScriptFile {
    let text = script(lang, text, include_str!("sh/common.sh"), heading);
    ScriptFile { name: format!("{dialect}.sh"), text, executable: true }
}

/// The PowerShell script of a dialect: Windows PowerShell 5.1 reads UTF-8 only with a byte order mark.
pub fn powershell(lang: Lang, dialect: &str, text: &str) -> ScriptFile {
    let heading = include_str!("english/powershell.txt").replace("{script}", dialect);
    let text = script(lang, text, include_str!("ps1/common.ps1"), &heading);
    ScriptFile {
        name: format!("{dialect}.ps1"),
        text: format!("\u{feff}{}", text.replace('\n', "\r\n")),
        executable: false,
    }
}
