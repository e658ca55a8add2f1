//! A run on disk: written whole under a temporary name, then renamed; never half of it.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::audit::Observer;
use crate::outcome::{Outcome, StageTime};
use crate::{cleanup, report};

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
}

/// The manifest of a run; its presence tells a run from any other folder.
pub const MANIFEST: &str = "run.json";

/// Writes everything DESIGN section 5 lists into `out`. An earlier run in `out` is replaced in one step.
///
/// # Errors
/// [`RunError`]; `out` is then as it was.
pub fn write(outcome: &Outcome, out: &Path, started: &str, observer: &dyn Observer) -> Result<(), RunError> {
    recover(out)?;
    if out.exists() && !is_replaceable(out) {
        return Err(RunError::Occupied { path: out.to_owned() });
    }
    let name = out.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let parent = match out.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    };
    fs::create_dir_all(&parent).map_err(|source| RunError::Write { path: parent.clone(), source })?;
    sweep(&parent);
    let draft = Draft::new(parent.join(format!(".{name}.part-{}", std::process::id())))?;
    fill(outcome, &draft.folder, started, observer)?;
    if observer.cancelled() {
        return Err(RunError::Cancelled);
    }
    draft.become_(out)
}

fn fill(outcome: &Outcome, folder: &Path, started: &str, observer: &dyn Observer) -> Result<(), RunError> {
    let mut stages = outcome.stages.clone();
    let rows = outcome.findings.len() as u64;

    let data = create_folder(&folder.join("data"))?;
    let (merge, scripts) = (create_folder(&folder.join("merge"))?, create_folder(&folder.join("cleanup"))?);
    let tables = || -> Result<StageTime, RunError> {
        observer.begin("tables");
        report::tables::write_all(outcome, &data)?;
        Ok(observer.end("tables", rows))
    };
    let cleanup = || -> Result<StageTime, RunError> {
        observer.begin("cleanup");
        cleanup::write_all(outcome, &merge, &scripts)?;
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
        Ok(observer.end("report", rows))
    };
    // Each is in part the work of one thread, and none waits for another: their times overlap.
    let (report, (tables, cleanup)) = rayon::join(report, || rayon::join(tables, cleanup));
    stages.extend([tables?, cleanup?, report?]);

    let manifest = report::run_json::build(outcome, started, &stages);
    // A value made of strings and numbers always serialises.
    let text = serde_json::to_string_pretty(&manifest).expect("a manifest holds no map with keys that are not text");
    save(&folder.join(MANIFEST), text.as_bytes())
}

/// Points `latest` beside `run` at it. Where the system gives no links, a text file holds the name.
///
/// # Errors
/// [`RunError::Write`].
pub fn point_latest(run: &Path) -> Result<(), RunError> {
    let (Some(parent), Some(name)) = (run.parent(), run.file_name()) else { return Ok(()) };
    let latest = parent.join("latest");
    let draft = parent.join(format!(".latest.part-{}", std::process::id()));
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

/// A folder of that name in `runs` that no run has taken: two runs may begin in one second.
pub fn free_name(runs: &Path, name: &str) -> PathBuf {
    let numbered = (2..).map(|n| runs.join(format!("{name}-{n}")));
    std::iter::once(runs.join(name)).chain(numbered).find(|path| !path.exists()).expect("numbers do not end")
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
    let written = fs::File::create(path).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    written.map_err(|source| RunError::Write { path: path.to_owned(), source })
}

/// Where a run stands while another takes its place.
fn aside(out: &Path) -> PathBuf {
    let name = out.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    out.with_file_name(format!(".{name}.old"))
}

/// Puts back a run whose replacement was killed between its two renames.
///
/// # Errors
/// [`RunError::Write`].
pub fn recover(out: &Path) -> Result<(), RunError> {
    let aside = aside(out);
    if !out.exists() && aside.join(MANIFEST).is_file() {
        fs::rename(&aside, out).map_err(|source| RunError::Write { path: out.to_owned(), source })?;
    }
    Ok(())
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
    fn new(folder: PathBuf) -> Result<Draft, RunError> {
        if folder.exists() {
            // Left by a killed run whose process number came round again.
            fs::remove_dir_all(&folder).map_err(|source| RunError::Write { path: folder.clone(), source })?;
        }
        create_folder(&folder)?;
        let path = folder.join(LOCK);
        let lock = fs::File::create(&path).map_err(|source| RunError::Write { path, source })?;
        // A file system without locks only loses the tidying up.
        let _ = lock.lock();
        Ok(Draft { folder, lock: Some(lock), kept: false })
    }

    fn become_(mut self, out: &Path) -> Result<(), RunError> {
        let failed = |source| RunError::Write { path: out.to_owned(), source };
        // Windows renames no folder in which a file is open.
        self.lock = None;
        fs::remove_file(self.folder.join(LOCK)).map_err(failed)?;
        let mut old = None;
        if out.exists() {
            let aside = aside(out);
            if aside.exists() {
                fs::remove_dir_all(&aside).map_err(failed)?;
            }
            fs::rename(out, &aside).map_err(failed)?;
            old = Some(aside);
        }
        if let Err(error) = fs::rename(&self.folder, out) {
            if let Some(aside) = old {
                // Best effort: the error to report is the one that stopped the run.
                let _ = fs::rename(aside, out);
            }
            return Err(failed(error));
        }
        self.kept = true;
        if let Some(aside) = old {
            fs::remove_dir_all(&aside).map_err(failed)?;
        }
        Ok(())
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
