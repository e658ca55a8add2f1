//! `sverka init`: a project for files.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use chrono::Local;
use sverka::config;
use sverka::ingest::Input;
use sverka::map::{Titles, Use};
use sverka::model::Lang;
use sverka::propose::discover::{self, Found};
use sverka::propose::project::{self, Given, Proposal, Wording};
use sverka::propose::{self, Certainty, SeenFile};

/// Looks at the files and writes the project to `out`, which is replaced only with `force`.
pub fn run(files: &[PathBuf], out: &Path, force: bool, lang: Lang) -> Result<ExitCode> {
    if out.exists() && !force {
        bail!("{}: уже есть; укажите другой файл в --out или замените его с --force", out.display());
    }
    let out = std::path::absolute(out).with_context(|| out.display().to_string())?;
    let root = out.parent().unwrap_or(Path::new("/")).to_owned();
    let given = look(&discover::files(files)?, &out, &root)?;
    let folder = root.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let name = match lang {
        Lang::Ru => format!("Сверка CRM и 1С: {folder}"),
        Lang::En => format!("CRM against 1C: {folder}"),
    };
    let today = Local::now().format("%Y-%m-%d").to_string();
    let wording = Wording { lang, name: &name, today: &today };
    let visible = |folder: &str| -> BTreeSet<String> {
        discover::visible(&root.join(folder)).iter().map(|path| discover::relative(path, &root)).collect()
    };
    let proposal = project::compose(&given, wording, &visible);
    if proposal.sources == [0, 0] {
        let reasons: Vec<String> =
            given.iter().filter_map(|g| Some(format!("\n  {}: {}", g.name, g.seen.as_ref().err()?))).collect();
        bail!("среди файлов нет списка контрагентов или контактов{}", reasons.concat());
    }
    write(&out, &proposal.text)?;
    // What is written must be read: the reader of the project is asked at once.
    config::load(&out).with_context(|| "предложенный проект не читается".to_owned())?;
    super::print(&report(&given, &proposal, &out, lang))?;
    Ok(ExitCode::SUCCESS)
}

fn look(found: &[Found], out: &Path, root: &Path) -> Result<Vec<Given>> {
    let mut given = Vec::with_capacity(found.len());
    let look_at = |file: &Found, name: &str, titles: &Titles| {
        let seen = Input::open(&file.path, name).and_then(|input| propose::recognise(&input, titles));
        seen.map_err(|error| {
            // The name of the file stands before the reason anyway.
            let text = error.to_string();
            text.strip_prefix(&format!("{}: ", file.path.display())).unwrap_or(&text).to_owned()
        })
    };
    let mut files = Vec::with_capacity(found.len());
    for file in found {
        let path = std::path::absolute(&file.path).with_context(|| file.path.display().to_string())?;
        if path == out {
            continue;
        }
        let name = discover::relative(&path, root);
        given.push(Given { seen: look_at(file, &name, &Titles::default()), name });
        files.push(file);
    }
    // Records may have fields whose titles stand in another file.
    let titles = propose::titles(given.iter().filter_map(|one| one.seen.as_ref().ok()));
    for (one, file) in given.iter_mut().zip(files) {
        if one.seen.as_ref().is_ok_and(|seen| seen.is_explained_by(&titles)) {
            one.seen = look_at(file, &one.name, &titles);
        }
    }
    Ok(given)
}

fn write(out: &Path, text: &str) -> Result<()> {
    // Beside it and then renamed: an interrupted write leaves no half of a project.
    let name = out.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let draft = out.with_file_name(format!(".{name}.part-{}", std::process::id()));
    let written = std::fs::File::create(&draft).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    written.and_then(|()| std::fs::rename(&draft, out)).with_context(|| format!("{}: не записывается", out.display()))
}

/// What was seen, what is open, what to do next.
fn report(given: &[Given], proposal: &Proposal, out: &Path, lang: Lang) -> String {
    let say = |ru: &'static str, en: &'static str| lang.pick(ru, en);
    let mut lines = Vec::new();
    for one in given {
        lines.push(match &one.seen {
            Ok(seen) => format!("  {}: {}", one.name, what(seen, lang)),
            Err(why) => format!("  {}: {} {why}", one.name, say("не читается:", "not read:")),
        });
    }
    if !proposal.questions.is_empty() {
        lines.push(format!("\n{}", say("Решите сами и поправьте в файле:", "Decide and correct in the file:")));
        lines.extend(proposal.questions.iter().map(|(place, q)| format!("  ? {place}: {}", q.text(lang))));
    }
    lines.push(format!("\n{} {}", say("Записан проект", "Project written:"), out.display()));
    if proposal.sources.iter().all(|n| *n > 0) {
        lines.push(format!("{} sverka audit {}", say("Дальше:", "Next:"), out.display()));
    }
    lines.join("\n")
}

fn what(seen: &SeenFile, lang: Lang) -> String {
    let mut parts = vec![seen.format.to_owned()];
    if !seen.encoding.is_empty() {
        parts.push(seen.encoding.clone());
    }
    let taken: Vec<_> = seen.tables.iter().filter(|t| t.is_taken()).collect();
    if taken.is_empty() {
        parts.push(lang.pick("не узнано, что за записи", "nothing that sverka knows").to_owned());
        return parts.join(", ");
    }
    // Where the file does not show its side, the question says which one was taken.
    if seen.side.certainty > Certainty::Open {
        parts.push(seen.side.side.title(lang).to_owned());
    }
    for table in taken {
        let name = match table.entity {
            Some(entity) => entity.title(lang),
            None if table.used == Use::Own => lang.pick("свои организации", "own organisations"),
            None if !table.users.is_empty() => lang.pick("пользователи", "users"),
            None => lang.pick("реквизиты или названия кодов", "requisites, or names of codes"),
        };
        let known = table.columns.iter().filter(|c| c.field.is_some()).count();
        parts.push(format!(
            "{name}: {} {}, {} {known} {} {}",
            lang.pick("строк", "rows"),
            table.rows,
            lang.pick("колонок узнано", "columns known"),
            lang.pick("из", "of"),
            table.columns.len()
        ));
    }
    parts.join(", ")
}
