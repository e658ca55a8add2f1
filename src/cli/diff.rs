//! `sverka diff`: two runs side by side on the terminal or as JSON.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use sverka::checks;
use sverka::diff::{Diff, Head, Item, diff};
use sverka::finding::Severity;
use sverka::model::{Entity, Field, Lang, Side};
use sverka::private;

use super::summary::number;

/// Items of a list named on the terminal; JSON has all.
const SHOWN: usize = 20;

/// Prints the difference; `json` writes it to a file, or to the terminal in place of the text for `-`.
pub fn run(before: &Path, after: &Path, json: Option<&Path>) -> Result<ExitCode> {
    let found = diff(before, after)?;
    match json {
        Some(path) if path == Path::new("-") => super::print(&serde_json::to_string_pretty(&found)?)?,
        Some(path) => {
            let bytes = serde_json::to_string_pretty(&found)?;
            private::write(path, bytes).with_context(|| format!("{}: не записывается", path.display()))?;
            super::print(&text(&found))?;
        }
        None => super::print(&text(&found))?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Where a run lies when only a project is at hand: a folder, or a name in `runs` of the folder we are in.
pub fn folder(name: &Path) -> PathBuf {
    super::run_folder(Path::new("runs"), &name.to_string_lossy())
}

fn text(d: &Diff) -> String {
    let say = |ru: &'static str, en: &'static str| d.lang.pick(ru, en);
    let mut out: Vec<String> =
        vec![head(say("Было: ", "Before:"), &d.before, d.lang), head(say("Стало:", "After: "), &d.after, d.lang)];
    if d.config_changed {
        out.push(
            say("Настройки проекта между прогонами изменились.", "The project was changed in between.").to_owned(),
        );
    }
    if d.version_changed {
        out.push(say("Прогоны сделаны разными версиями sverka.", "Different versions of sverka ran.").to_owned());
    }
    for (checks, ru, en) in [
        (&d.only_checked_before, "Теперь не выполнены проверки:", "Checks that no longer ran:"),
        (&d.only_checked_after, "Раньше не выполнялись проверки:", "Checks that had not run before:"),
    ] {
        if !checks.is_empty() {
            out.push(format!("{} {}", say(ru, en), checks.join(", ")));
        }
    }
    out.push(String::new());
    for r in &d.records {
        let side = Side::parse(r.side).map_or(r.side, |s| s.title(d.lang));
        let entity = Entity::parse(r.entity).map_or(r.entity, |e| e.title(d.lang));
        let mut line = format!(
            "{side}, {entity}: {} {}, {} {}, {} {}",
            say("появилось", "appeared"),
            number(r.appeared),
            say("исчезло", "gone"),
            number(r.gone),
            say("изменено", "changed"),
            number(r.changed)
        );
        if !r.fields.is_empty() {
            let mut fields: Vec<_> = r.fields.iter().collect();
            fields.sort_by_key(|(code, n)| (std::cmp::Reverse(**n), **code));
            let title = |code: &str| Field::parse(code).map_or(code.to_owned(), |f| f.title(d.lang).to_owned());
            let named: Vec<String> =
                fields.iter().map(|(code, n)| format!("{} {}", title(code), number(**n))).collect();
            line += &format!(" ({})", named.join(", "));
        }
        out.push(line);
    }
    out.push(format!(
        "{}: {} {}, {} {}, {} {}",
        say("Пары", "Pairs"),
        say("новых", "new"),
        number(d.pairs.gained.len() as u64),
        say("распалось", "lost"),
        number(d.pairs.lost.len() as u64),
        say("осталось", "kept"),
        number(d.pairs.kept)
    ));
    out.push(format!(
        "{}: {} {}, {} {}, {} {}",
        say("Находки", "Findings"),
        say("новых", "new"),
        number(d.new.len() as u64),
        say("устранено", "resolved"),
        number(d.resolved.len() as u64),
        say("осталось", "known"),
        number(d.known)
    ));
    if d.severity_changed > 0 {
        out.push(format!("{} {}", say("Сменили важность:", "Changed severity:"), number(d.severity_changed)));
    }
    let moved: Vec<_> = d.checks.iter().filter(|c| c.new + c.resolved > 0).collect();
    if !moved.is_empty() {
        out.push(String::new());
        out.push(format!("{:>9}{:>11}{:>9}", say("новых", "new"), say("устранено", "resolved"), say("всего", "total")));
    }
    for c in moved {
        let title = checks::all().map(|x| x.meta()).find(|m| m.id == c.check).map_or("", |m| m.card(d.lang).title);
        let severity = severity(&c.severity, d.lang);
        let (new, resolved, total) = (number(c.new), number(c.resolved), number(c.total));
        out.push(format!("{new:>9}{resolved:>11}{total:>9}  {severity}: {title} ({})", c.check));
    }
    for (items, ru, en) in
        [(&d.new, "Новые находки:", "New findings:"), (&d.resolved, "Устранённые находки:", "Resolved findings:")]
    {
        if items.is_empty() {
            continue;
        }
        out.push(String::new());
        out.push(say(ru, en).to_owned());
        out.extend(items.iter().take(SHOWN).map(|item| line(item, d.lang)));
        if items.len() > SHOWN {
            let rest = number((items.len() - SHOWN) as u64);
            out.push(format!("  {} {rest}", say("и ещё (все — с ключом --json):", "and more (all with --json):")));
        }
    }
    out.join("\n")
}

fn head(word: &str, run: &Head, lang: Lang) -> String {
    let verdict = match run.verdict.as_str() {
        "go" => lang.pick("обмен можно запускать", "go"),
        "go-with-conditions" => lang.pick("обмен можно запускать с оговорками", "go with conditions"),
        _ => lang.pick("запускать рано", "no-go"),
    };
    format!(
        "{word} {}  {} {}  {verdict}, {} {:.1} %, {} {}",
        run.run,
        lang.pick("на", "as of"),
        run.as_of,
        lang.pick("готовность", "readiness"),
        run.readiness,
        lang.pick("находок", "findings"),
        number(run.findings)
    )
}

fn severity(text: &str, lang: Lang) -> &str {
    Severity::parse(text).map_or(text, |s| s.text(lang))
}

/// Keys only: values of records stay in the tables and in JSON.
fn line(item: &Item, lang: Lang) -> String {
    let who = match item.changed_side {
        None => String::new(),
        Some("both") => format!(" — {}", lang.pick("изменили обе стороны", "both sides changed")),
        Some(side) => {
            let side = Side::parse(side).map_or(side, |s| s.title(lang));
            format!(" — {} {side}", lang.pick("изменила", "changed by"))
        }
    };
    let named: Vec<&str> = item.records.iter().take(3).map(String::as_str).collect();
    let more = if item.records.len() > 3 { format!(" … +{}", item.records.len() - 3) } else { String::new() };
    format!("  {}  {}  {}{more}{who}", item.finding_id, item.check, named.join(" "))
}
