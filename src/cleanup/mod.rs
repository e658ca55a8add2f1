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

use std::io;
use std::path::{Path, PathBuf};

use crate::outcome::Outcome;
use crate::private;
// Files of this folder and tests know it by this name.
pub use crate::system;
use fixes::FixStep;
use places::Places;
use plan::{MergeStep, Plan};

/// A file of a dialect.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ScriptFile {
    pub name: String,
    pub text: String,
    /// To be run by a shell.
    pub executable: bool,
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
    fn render(&self, outcome: &Outcome, plan: &Plan) -> Vec<ScriptFile>;
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
    let plan = plan::build(outcome);
    for file in merge_list::render(outcome, &plan) {
        save(merge, &file)?;
    }
    save(merge, &link_table::render(outcome))?;
    save(cleanup, &plan_json::render(outcome, &plan))?;
    save(cleanup, &index::render(outcome, &plan))?;
    save(cleanup, &manual::render(outcome, &plan))?;
    if let Some(table) = links::table(outcome, &plan) {
        save(cleanup, &table)?;
    }
    if let Some(list) = accountant::render(outcome) {
        save(cleanup, &list)?;
    }
    for dialect in DIALECTS {
        for file in dialect.render(outcome, &plan) {
            save(cleanup, &file)?;
        }
    }
    Ok(())
}

fn save(folder: &Path, file: &ScriptFile) -> Result<(), CleanupError> {
    let path = folder.join(&file.name);
    let failed = |source| CleanupError { path: path.clone(), source };
    private::write(&path, &file.text).map_err(failed)?;
    #[cfg(unix)]
    if file.executable {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).map_err(failed)?;
    }
    Ok(())
}
