//! A run on disk: written whole under a temporary name, then renamed; never half of it.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::audit::{Observer, OverLimit};
use crate::outcome::{Outcome, StageTime};
use crate::{cleanup, private, report};

/// Why a run could not be written. Nothing of it is left behind.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error("{}: не записывается: {source}; проверьте права и место на диске", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("{}: папка занята и не похожа на прогон sverka; укажите другую в --out", path.display())]
    Occupied { path: PathBuf },
    #[error(transparent)]
    Table(#[from] report::tables::TableError),
    #[error(transparent)]
    Report(#[from] report::ReportError),
    #[error(transparent)]
    Cleanup(#[from] cleanup::CleanupError),
    #[error("прервано")]
    Cancelled,
    #[error(transparent)]
    OverLimit(#[from] OverLimit),
}

/// How a run is written. Made of its start alone where nothing is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Writing<'a> {
    /// UTC time of the run, `YYYY-MM-DDTHH:MM:SSZ`.
    pub started: &'a str,
    /// With a workbook for each responsible person.
    pub by_responsible: bool,
}

impl<'a> From<&'a str> for Writing<'a> {
    fn from(started: &'a str) -> Writing<'a> {
        Writing { started, by_responsible: false }
    }
}

impl<'a> From<&'a String> for Writing<'a> {
    fn from(started: &'a String) -> Writing<'a> {
        started.as_str().into()
    }
}

/// Folder of the workbooks for responsible persons.
pub const EXTRACTS: &str = "by-responsible";

/// The manifest of a run; its presence tells a run from any other folder.
pub const MANIFEST: &str = "run.json";

/// Runs of one project that may begin in the same second. More is a script gone wrong.
const MAX_TWINS: u32 = 1000;

/// How often a run gives way to others that write into the same folder.
const MAX_REPLACED: u32 = 1000;

/// Writes everything DESIGN section 5 lists into `out`. An earlier run in `out` is replaced in one step.
///
/// Several runs may write into one `out` at once: each is written whole under a name of its own, and the last to finish
/// stays.
///
/// # Errors
/// [`RunError`]; `out` is then as it was.
pub fn write<'a>(
    outcome: &Outcome,
    out: &Path,
    how: impl Into<Writing<'a>>,
    observer: &dyn Observer,
) -> Result<(), RunError> {
    recover(out)?;
    if out.exists() && !is_replaceable(out) {
        return Err(RunError::Occupied { path: out.to_owned() });
    }
    let name = out.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let parent = match out.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    };
    draft(outcome, &parent, &name, how.into(), observer)?.replace(out)
}

/// [`write()`] into a folder of its own: `name` in `runs`, or `name-2`, `name-3` … where other runs have taken it. Never
/// replaces anything. Returns the folder.
///
/// # Errors
/// [`RunError`]; nothing is left behind.
pub fn write_new<'a>(
    outcome: &Outcome,
    runs: &Path,
    name: &str,
    how: impl Into<Writing<'a>>,
    observer: &dyn Observer,
) -> Result<PathBuf, RunError> {
    draft(outcome, runs, name, how.into(), observer)?.take_place(runs, name)
}

/// A whole run under a temporary name in `parent`.
fn draft(
    outcome: &Outcome,
    parent: &Path,
    name: &str,
    how: Writing,
    observer: &dyn Observer,
) -> Result<Draft, RunError> {
    fs::create_dir_all(parent).map_err(|source| RunError::Write { path: parent.to_owned(), source })?;
    sweep(parent);
    let draft = Draft::new(parent, name)?;
    fill(outcome, &draft.folder, how, observer)?;
    if observer.cancelled() {
        return Err(RunError::Cancelled);
    }
    if let Some(over) = observer.over_limit() {
        return Err(over.into());
    }
    Ok(draft)
}

fn fill(outcome: &Outcome, folder: &Path, how: Writing, observer: &dyn Observer) -> Result<(), RunError> {
    let mut stages = outcome.stages.clone();
    let rows = outcome.findings.len() as u64;

    let data = create_folder(&folder.join("data"))?;
    let tables = || -> Result<StageTime, RunError> {
        observer.begin("tables");
        report::tables::write_all(outcome, &data)?;
        Ok(observer.end("tables", rows))
    };
    let cleanup = || -> Result<StageTime, RunError> {
        observer.begin("cleanup");
        // Scripts and lists work on values: a masked run has none.
        if !outcome.masked {
            let [merge, scripts] = ["merge", "cleanup"].map(|name| create_folder(&folder.join(name)));
            cleanup::write_all(outcome, &merge?, &scripts?)?;
        }
        Ok(observer.end("cleanup", outcome.matching.clusters.len() as u64))
    };
    let report = || -> Result<StageTime, RunError> {
        observer.begin("report");
        let model = report::model::build(outcome);
        let page =
            || -> Result<(), RunError> { save(&folder.join("report.html"), report::html::render(&model)?.as_bytes()) };
        let book = || report::xlsx::write(&model, &folder.join("report.xlsx"));
        let (page, book) = rayon::join(page, book);
        page?;
        book?;
        save(&folder.join("field-map.md"), report::field_map(outcome).as_bytes())?;
        if how.by_responsible && model.index().people.are_known() {
            report::extracts::write_all(&model, &create_folder(&folder.join(EXTRACTS))?)?;
        }
        Ok(observer.end("report", rows))
    };
    // Each is in part the work of one thread, and none waits for another: their times overlap.
    let (report, (tables, cleanup)) = rayon::join(report, || rayon::join(tables, cleanup));
    stages.extend([tables?, cleanup?, report?]);

    let manifest = report::run_json::build(outcome, how.started, &stages);
    // A value made of strings and numbers always serialises.
    let text = serde_json::to_string_pretty(&manifest).expect("a manifest holds no map with keys that are not text");
    save(&folder.join(MANIFEST), text.as_bytes())
}

/// Writes `merge/` and `cleanup/` of an earlier run anew, from an outcome of the same sources and the decisions that
/// people took since. What else the run holds stays as it was.
///
/// # Errors
/// [`RunError`]; the run then has its former lists and scripts, or, where the system failed between two renames, one of
/// them under a hidden name.
pub fn rewrite_cleanup(outcome: &Outcome, run: &Path) -> Result<(), RunError> {
    let draft = Draft::new(run, "cleanup")?;
    let names = ["merge", "cleanup"];
    let [merge, scripts] = names.map(|name| create_folder(&draft.folder.join(name)));
    cleanup::write_all(outcome, &merge?, &scripts?)?;
    for name in names {
        let place = run.join(name);
        let failed = |source| RunError::Write { path: place.clone(), source };
        // The journal of a script that has run stays: without it nothing can be resumed or undone.
        if name == "cleanup" && place.is_dir() {
            for journal in journals(&place).map_err(failed)? {
                fs::rename(place.join(&journal), draft.folder.join(name).join(&journal)).map_err(failed)?;
            }
        }
        let old = draft.folder.join(format!("{name}.old"));
        if place.exists() {
            fs::rename(&place, &old).map_err(failed)?;
        }
        if let Err(source) = fs::rename(draft.folder.join(name), &place) {
            // Best effort: the error to report is the one that stopped the work.
            let _ = fs::rename(&old, &place);
            return Err(failed(source));
        }
    }
    Ok(())
}

/// Folders in which scripts keep their journals.
fn journals(cleanup: &Path) -> io::Result<Vec<std::ffi::OsString>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(cleanup)? {
        let name = entry?.file_name();
        if name.to_string_lossy().ends_with("-journal") {
            found.push(name);
        }
    }
    Ok(found)
}

/// Points `latest` beside `run` at it: of runs that end at the same time the last one. It is replaced in one step and so
/// never missing or broken. Where the system gives no links, a text file holds the name.
///
/// # Errors
/// [`RunError::Write`].
pub fn point_latest(run: &Path) -> Result<(), RunError> {
    let (Some(parent), Some(name)) = (run.parent(), run.file_name()) else { return Ok(()) };
    let latest = parent.join("latest");
    let draft = parent.join(temporary_name("latest"));
    let failed = |source| RunError::Write { path: latest.clone(), source };
    if fs::symlink_metadata(&draft).is_ok() {
        fs::remove_file(&draft).map_err(failed)?;
    }
    #[cfg(unix)]
    std::os::unix::fs::symlink(name, &draft).map_err(failed)?;
    #[cfg(not(unix))]
    fs::write(&draft, name.to_string_lossy().as_bytes()).map_err(failed)?;
    fs::rename(&draft, &latest).map_err(failed)
}

/// The run that `latest` of this folder points to, if there is one.
pub fn latest(runs: &Path) -> Option<PathBuf> {
    let latest = runs.join("latest");
    // Where the system gives no links it is a text with the name.
    let run = match fs::read_to_string(&latest) {
        Ok(name) => runs.join(name.trim()),
        Err(_) => latest.canonicalize().ok()?,
    };
    run.join(MANIFEST).is_file().then_some(run)
}

/// An empty folder, or an earlier run.
fn is_replaceable(out: &Path) -> bool {
    out.join(MANIFEST).is_file() || fs::read_dir(out).is_ok_and(|mut entries| entries.next().is_none())
}

fn create_folder(path: &Path) -> Result<PathBuf, RunError> {
    // Personal data: the folder is its owner's alone.
    #[cfg(unix)]
    let made = {
        use std::os::unix::fs::DirBuilderExt;
        fs::DirBuilder::new().mode(0o700).create(path)
    };
    #[cfg(not(unix))]
    let made = fs::create_dir(path);
    made.map_err(|source| RunError::Write { path: path.to_owned(), source })?;
    Ok(path.to_owned())
}

fn save(path: &Path, bytes: &[u8]) -> Result<(), RunError> {
    let written = private::create(path).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    written.map_err(|source| RunError::Write { path: path.to_owned(), source })
}

/// A number that no other run uses: neither another process nor another thread of this one.
fn unique() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    format!("{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

/// A hidden name that no other run uses.
fn temporary_name(name: &str) -> String {
    format!(".{name}.part-{}", unique())
}

/// How names begin under which a run stands aside while another takes its place.
fn aside_prefix(out: &Path) -> String {
    format!(".{}.old", out.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default())
}

/// Puts back a run whose replacement was killed between its two renames.
///
/// # Errors
/// [`RunError::Write`].
pub fn recover(out: &Path) -> Result<(), RunError> {
    if out.exists() {
        return Ok(());
    }
    let prefix = format!("{}.part-", aside_prefix(out));
    let Some(parent) = out.parent() else { return Ok(()) };
    let Ok(entries) = fs::read_dir(parent) else { return Ok(()) };
    let mut aside: Vec<PathBuf> = entries
        .filter_map(Result::ok)
        .filter(|e| e.file_name().to_string_lossy().starts_with(&prefix))
        .map(|e| e.path())
        .filter(|run| run.join(MANIFEST).is_file())
        .collect();
    aside.sort();
    match aside.pop() {
        Some(run) => fs::rename(&run, out).map_err(|source| RunError::Write { path: out.to_owned(), source }),
        None => Ok(()),
    }
}

/// Lies in a draft and is locked by the process that fills it.
const LOCK: &str = ".sverka-lock";

/// Removes drafts of killed runs: those whose lock nobody holds. What cannot be removed stays; it is in nobody's way.
fn sweep(parent: &Path) {
    let Ok(entries) = fs::read_dir(parent) else { return };
    for draft in entries.filter_map(Result::ok).map(|e| e.path()) {
        let name = draft.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        if !name.starts_with('.') || !name.contains(".part-") {
            continue;
        }
        let abandoned = fs::File::open(draft.join(LOCK)).is_ok_and(|lock| lock.try_lock().is_ok());
        if abandoned {
            let _ = fs::remove_dir_all(&draft);
        }
    }
}

/// A folder that disappears unless it becomes the run.
struct Draft {
    folder: PathBuf,
    /// Locked while the process lives, so that the next run can tell a draft that nobody will finish.
    lock: Option<fs::File>,
    kept: bool,
}

impl Draft {
    /// A name left by a killed run, or taken on another machine that shares the disk, is passed over: it may be in use.
    fn new(parent: &Path, name: &str) -> Result<Draft, RunError> {
        loop {
            let folder = parent.join(temporary_name(name));
            match create_folder(&folder) {
                Ok(_) => return Draft { folder, lock: None, kept: false }.locked(),
                Err(RunError::Write { source, .. }) if source.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn locked(mut self) -> Result<Draft, RunError> {
        let path = self.folder.join(LOCK);
        let failed = |source| RunError::Write { path: path.clone(), source };
        // It gets its name when it is locked: another run takes an unlocked one for abandoned.
        let unnamed = self.folder.join(temporary_name("lock"));
        let lock = fs::File::create(&unnamed).map_err(failed)?;
        // A file system without locks only loses the tidying up.
        if lock.lock().is_ok() {
            fs::rename(&unnamed, &path).map_err(failed)?;
            self.lock = Some(lock);
        } else {
            fs::remove_file(&unnamed).map_err(failed)?;
        }
        Ok(self)
    }

    /// Frees the draft, which stands at `place`. On Windows it must be free before it is renamed, since no folder is
    /// renamed in which a file is open; elsewhere it is freed after, so that no other run ever takes it for abandoned.
    fn unlock(&mut self, place: &Path) {
        if self.lock.take().is_some() {
            // Left behind it harms nobody: the run is whole.
            let _ = fs::remove_file(place.join(LOCK));
        }
    }

    /// Renames the draft; it is then kept.
    fn rename(&mut self, place: &Path) -> io::Result<()> {
        if cfg!(windows) {
            let folder = self.folder.clone();
            self.unlock(&folder);
        }
        fs::rename(&self.folder, place)?;
        self.kept = true;
        self.unlock(place);
        Ok(())
    }

    /// Becomes `out`; a run that is there is moved aside first and removed when this one stands in its place.
    fn replace(mut self, out: &Path) -> Result<(), RunError> {
        let failed = |source| RunError::Write { path: out.to_owned(), source };
        let mut aside: Vec<PathBuf> = Vec::new();
        for _ in 0..MAX_REPLACED {
            if fs::symlink_metadata(out).is_ok() {
                if !is_replaceable(out) && out.exists() {
                    return Err(RunError::Occupied { path: out.to_owned() });
                }
                let old = self.folder.with_file_name(format!("{}.part-{}", aside_prefix(out), unique()));
                match fs::rename(out, &old) {
                    Ok(()) => aside.push(old),
                    // Another run moved it aside between the two looks.
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                    Err(error) => return Err(failed(error)),
                }
            }
            match self.rename(out) {
                Ok(()) => {
                    return aside.iter().try_for_each(|old| remove(old)).map_err(failed);
                }
                // Another run took the place that this one had cleared.
                Err(_) if fs::symlink_metadata(out).is_ok() => {}
                Err(error) => {
                    if let Some(old) = aside.pop() {
                        // Best effort: the error to report is the one that stopped the run.
                        let _ = fs::rename(old, out);
                    }
                    return Err(failed(error));
                }
            }
        }
        Err(RunError::Occupied { path: out.to_owned() })
    }

    /// Becomes the first free one of `name`, `name-2` … in `runs`.
    ///
    /// A folder cannot be renamed onto one that holds files, so the renaming itself is what takes the place.
    fn take_place(mut self, runs: &Path, name: &str) -> Result<PathBuf, RunError> {
        for number in 1..=MAX_TWINS {
            let place = runs.join(if number == 1 { name.to_owned() } else { format!("{name}-{number}") });
            if fs::symlink_metadata(&place).is_ok() {
                continue;
            }
            match self.rename(&place) {
                Ok(()) => return Ok(place),
                Err(_) if fs::symlink_metadata(&place).is_ok() => {}
                Err(source) => return Err(RunError::Write { path: place, source }),
            }
        }
        Err(RunError::Occupied { path: runs.join(name) })
    }
}

/// Removes what stood at the place of a run: a folder, or a link to one. Another run may have put it back.
fn remove(old: &Path) -> io::Result<()> {
    match fs::symlink_metadata(old) {
        Ok(found) if found.is_dir() => fs::remove_dir_all(old),
        Ok(_) => fs::remove_file(old),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.kept {
            self.lock = None;
            // Nothing more can be done if this fails too.
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}
