//! One neutral plan of cleanup steps; a file per dialect.
//!
//! Scripts change nothing until told to, check what they are about to change, and keep a journal. sverka itself
//! never runs them.

pub mod accountant;
pub mod amocrm;
pub mod bitrix24;
pub mod bsl;
mod csv;
pub mod differences;
mod english;
pub mod fixes;
mod index;
pub mod link_table;
pub mod links;
pub mod manual;
pub mod merge_list;
pub mod odata;
pub mod places;
pub mod plan;
pub mod plan_json;
pub mod property;
pub mod retailcrm;
pub mod sales;
mod scripts;
pub mod sql;
pub mod statuses;
mod undo;
pub mod verify;

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::outcome::Outcome;
use crate::private;
// Files of this folder and tests know it by this name.
pub use crate::system;
use fixes::FixStep;
use places::Places;
use plan::{MergeStep, Plan};

/// What fills a file.
type Fill<'a> = Box<dyn Fn(&mut dyn Write) -> io::Result<()> + Send + Sync + 'a>;

/// A file of these folders. Its text is made when it is written: the files of a large plan are half a gigabyte, and no two of
/// them need each other.
pub struct Draft<'a> {
    pub name: String,
    /// To be run by a shell.
    pub executable: bool,
    fill: Fill<'a>,
}

impl<'a> Draft<'a> {
    /// A text in one piece.
    pub fn text(name: impl Into<String>, text: impl Fn() -> String + Send + Sync + 'a) -> Draft<'a> {
        Draft::rows(name, move |out| out.write_all(text().as_bytes()))
    }

    /// A text that is written bit by bit.
    pub fn rows(
        name: impl Into<String>,
        fill: impl Fn(&mut dyn Write) -> io::Result<()> + Send + Sync + 'a,
    ) -> Draft<'a> {
        Draft { name: name.into(), executable: false, fill: Box::new(fill) }
    }

    /// Writes its text.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        (self.fill)(out)
    }

    fn save(&self, folder: &Path) -> Result<(), CleanupError> {
        save(folder, &self.name, |out| self.write(out))?;
        #[cfg(unix)]
        if self.executable {
            use std::os::unix::fs::PermissionsExt;
            let path = folder.join(&self.name);
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700))
                .map_err(|source| CleanupError { path, source })?;
        }
        Ok(())
    }
}

/// Makes a file and fills it; gives what filling it told.
fn save<T>(folder: &Path, name: &str, fill: impl FnOnce(&mut dyn Write) -> io::Result<T>) -> Result<T, CleanupError> {
    let path = folder.join(name);
    let filled = private::create(&path).and_then(|file| {
        let mut out = BufWriter::new(file);
        let told = fill(&mut out)?;
        out.flush()?;
        Ok(told)
    });
    filled.map_err(|source| CleanupError { path, source })
}

/// Rows that one thread makes at a time, and such pieces in work for each thread: some megabytes of text.
const PIECE_ROWS: usize = 512;
const PIECES_PER_THREAD: usize = 4;

/// Makes the text of rows by all threads and writes it in their order; `piece` appends rows to a text and may return what
/// else it learnt of them, which `learnt` gets in order too.
fn write_rows<T: Sync, L: Send>(
    out: &mut dyn Write,
    rows: &[T],
    piece: impl Fn(&[T], &mut String) -> L + Sync,
    mut learnt: impl FnMut(L),
) -> io::Result<()> {
    for batch in rows.chunks(PIECE_ROWS * PIECES_PER_THREAD * rayon::current_num_threads()) {
        let pieces = batch.par_chunks(PIECE_ROWS).map(|rows| {
            let mut text = String::new();
            let learnt = piece(rows, &mut text);
            (text, learnt)
        });
        for (text, of_piece) in pieces.collect::<Vec<_>>() {
            out.write_all(text.as_bytes())?;
            learnt(of_piece);
        }
    }
    Ok(())
}

/// A step that scripts may carry out.
#[derive(Clone, Copy, Debug)]
pub enum Scripted<'a> {
    Fix(&'a FixStep),
    Merge(&'a MergeStep),
}

/// A script dialect. Implementations are unit structs listed in [`DIALECTS`].
pub trait Dialect: Sync {
    fn id(&self) -> &'static str;
    /// Whether its scripts carry the step out, or the part of it that the system allows.
    fn carries(&self, places: &Places, step: Scripted) -> bool;
    /// The files for this plan; none when it has no step for the system.
    fn files<'a>(&self, outcome: &'a Outcome, plan: &'a Plan) -> Vec<Draft<'a>>;
}

/// All dialects.
pub const DIALECTS: &[&dyn Dialect] =
    &[&bsl::Bsl, &odata::OData, &bitrix24::Bitrix24, &amocrm::AmoCrm, &retailcrm::RetailCrm, &sql::Sql];

/// Ids of the dialects that carry a step out.
pub fn scripts_of(places: &Places, step: Scripted) -> Vec<&'static str> {
    DIALECTS.iter().filter(|d| d.carries(places, step)).map(|d| d.id()).collect()
}

/// Whether a script carries a step out in the system itself; a staging copy is another matter.
pub fn is_scripted(places: &Places, step: Scripted) -> bool {
    DIALECTS.iter().any(|d| d.id() != sql::SQL && d.carries(places, step))
}

/// Why a list or script could not be written.
#[derive(Debug, thiserror::Error)]
#[error("{}: не записывается: {source}", path.display())]
pub struct CleanupError {
    pub path: PathBuf,
    pub source: io::Error,
}

/// Writes merge lists and scripts into two existing folders. Equal outcomes give equal bytes.
///
/// # Errors
/// [`CleanupError`] with the file.
pub fn write_all(outcome: &Outcome, merge: &Path, cleanup: &Path) -> Result<(), CleanupError> {
    let pairs = crate::link_table::rows(outcome);
    let plan = plan::of_pairs(outcome, &pairs);
    let mut lists = merge_list::files(outcome, &plan);
    lists.push(link_table::file(outcome, &pairs));
    let mut files = vec![manual::file(outcome, &plan)];
    files.extend(links::table(outcome, &plan));
    files.extend(accountant::file(outcome));
    for dialect in DIALECTS {
        files.extend(dialect.files(outcome, &plan));
    }
    // The index tells what the plan holds, which is known when it is written.
    let steps = || {
        let phases = save(cleanup, plan_json::FILE, |out| plan_json::write(outcome, &plan, out))?;
        index::index(outcome.lang, &phases).save(cleanup)
    };
    let rest = || {
        let lists = lists.par_iter().map(|file| file.save(merge));
        let files = files.par_iter().map(|file| file.save(cleanup));
        lists.chain(files).collect::<Result<(), CleanupError>>()
    };
    let (steps, rest) = rayon::join(steps, rest);
    steps.and(rest)
}
