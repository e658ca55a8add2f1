//! SQL for staging copies: tables in PostgreSQL or SQLite into which exports were loaded and which are cleaned up before
//! somebody loads them on. Never for the base of 1C or of a CRM itself.
//!
//! A file is one transaction, so that an interrupted run leaves nothing behind. It ends without a word of the person who
//! runs it in nothing: in PostgreSQL it is rolled back unless the variable `apply` is set, in SQLite the transaction is
//! left open and `COMMIT` is the second command. Values that are written come from temporary tables; former rows are
//! copied whole into `sverka_before_*`, and undo takes each changed column from there, in the type that it has.

mod file;
mod heading;
mod text;

use super::plan::{Approved, FixStep, MergeStep, Plan};
use super::{Dialect, ScriptFile, scripts};
use crate::config::{Engine, Staging};
use crate::model::RecordRef;
use crate::outcome::Outcome;

pub use text::{literal, name, table};

/// SQL script dialect.
pub struct Sql;

impl Dialect for Sql {
    fn id(&self) -> &'static str {
        "sql"
    }

    fn render(&self, outcome: &Outcome, plan: &Plan) -> Vec<ScriptFile> {
        outcome.staging.iter().flat_map(|staging| of_table(outcome, plan, staging)).collect()
    }
}

/// The files of one table: corrections, those that wait for the accountant, merges, undo; none without steps.
fn of_table(outcome: &Outcome, plan: &Plan, staging: &Staging) -> Vec<ScriptFile> {
    let of_table = |record: RecordRef| staging.side == record.side && outcome.data.entity(record) == staging.entity;
    let fixes = |approved: bool| -> Vec<&FixStep> {
        let mapped = plan.fixes.iter().filter(|f| of_table(f.record) && staging.column(f.field).is_some());
        mapped.filter(|f| (f.approved != Approved::Nobody) == approved).collect()
    };
    let merges: Vec<&MergeStep> =
        plan.merges.iter().filter(|m| m.side == staging.side && m.entity == staging.entity).collect();
    let mut files = Vec::new();
    let mut add = |kind: &str, steps: Vec<file::Step>| {
        let parts = steps.len().div_ceil(scripts::MAX_STEPS);
        for (at, steps) in steps.chunks(scripts::MAX_STEPS).enumerate() {
            let number = if parts > 1 { format!("-{:03}", at + 1) } else { String::new() };
            let name = file_name(staging, &format!("{kind}{number}"));
            files.push(ScriptFile { text: file::apply(outcome, staging, &name, steps), name, executable: false });
        }
    };
    add("fixes", fixes(true).into_iter().filter_map(|f| file::fix(outcome, staging, f)).collect());
    add("fixes-approval", fixes(false).into_iter().filter_map(|f| file::fix(outcome, staging, f)).collect());
    add("merges", merges.into_iter().filter_map(|m| file::merge(outcome, plan, staging, m)).collect());
    if !files.is_empty() {
        let name = file_name(staging, "undo");
        files.push(ScriptFile { text: file::undo(outcome, staging, &name), name, executable: false });
    }
    files
}

fn file_name(staging: &Staging, kind: &str) -> String {
    format!("sql-{}-{}-{}-{kind}.sql", staging.engine.as_str(), staging.side, staging.entity)
}

/// What differs between the engines.
impl Engine {
    fn serial(self) -> &'static str {
        match self {
            Engine::PostgreSql => "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
            Engine::Sqlite => "integer PRIMARY KEY AUTOINCREMENT",
        }
    }

    /// The time of the base, UTC, as text.
    fn now(self) -> &'static str {
        match self {
            Engine::PostgreSql => "to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')",
            Engine::Sqlite => "strftime('%Y-%m-%dT%H:%M:%SZ', 'now')",
        }
    }
}
