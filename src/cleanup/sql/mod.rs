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

use super::fixes::FixStep;
use super::places::Places;
use super::plan::{Approved, MergeStep, Phase, Plan};
use super::{Dialect, Draft, Scripted, scripts};
use crate::config::{Engine, Staging};
use crate::model::RecordRef;
use crate::outcome::Outcome;

pub use text::{literal, name, table};

/// Id of the dialect.
pub const SQL: &str = "sql";

/// SQL script dialect.
pub struct Sql;

impl Dialect for Sql {
    fn id(&self) -> &'static str {
        SQL
    }

    fn carries(&self, places: &Places, step: Scripted) -> bool {
        let outcome = places.outcome;
        outcome.staging.iter().any(|staging| match step {
            Scripted::Fix(fix) => of_record(outcome, staging, fix.record) && staging.column(fix.field).is_some(),
            Scripted::Merge(merge) => (merge.side, merge.entity) == (staging.side, staging.entity),
        })
    }

    fn files<'a>(&self, outcome: &'a Outcome, plan: &'a Plan) -> Vec<Draft<'a>> {
        outcome.staging.iter().flat_map(|staging| of_table(outcome, plan, staging)).collect()
    }
}

fn of_record(outcome: &Outcome, staging: &Staging, record: RecordRef) -> bool {
    staging.side == record.side && outcome.data.entity(record) == staging.entity
}

/// The files of one table in the order in which they run: corrections, those that wait for the accountant, merges, links,
/// undo; none without steps.
fn of_table<'a>(outcome: &'a Outcome, plan: &'a Plan, staging: &'a Staging) -> Vec<Draft<'a>> {
    let fixes = |fit: &dyn Fn(&FixStep) -> bool| -> Vec<&FixStep> {
        let of_table =
            |f: &&FixStep| of_record(outcome, staging, f.record) && staging.column(f.field).is_some() && fit(f);
        let mut fixes: Vec<&FixStep> = plan.fixes.iter().filter(of_table).collect();
        fixes.sort_by_key(|f| f.phase());
        fixes
    };
    let links = fixes(&|f| f.phase() == Phase::Links);
    let approved = fixes(&|f| f.phase() != Phase::Links && f.approved != Approved::Nobody);
    let waiting = fixes(&|f| f.approved == Approved::Nobody);
    let merges: Vec<&MergeStep> =
        plan.merges.iter().filter(|m| m.side == staging.side && m.entity == staging.entity).collect();
    let mut files = Vec::new();
    let mut add = |kind: &str, mut steps: Vec<file::Step>| {
        let parts = steps.len().div_ceil(scripts::MAX_STEPS);
        for part in 1..=parts {
            let rest = steps.split_off(steps.len().min(scripts::MAX_STEPS));
            let of_part = std::mem::replace(&mut steps, rest);
            let number = if parts > 1 { format!("-{part:03}") } else { String::new() };
            let name = file_name(staging, &format!("{kind}{number}"));
            files.push(Draft::text(name.clone(), move || file::apply(outcome, staging, &name, &of_part)));
        }
    };
    add("fixes", approved.into_iter().filter_map(|f| file::fix(outcome, staging, f)).collect());
    add("fixes-approval", waiting.into_iter().filter_map(|f| file::fix(outcome, staging, f)).collect());
    add("merges", merges.into_iter().filter_map(|m| file::merge(outcome, plan, staging, m)).collect());
    add("links", links.into_iter().filter_map(|f| file::fix(outcome, staging, f)).collect());
    if !files.is_empty() {
        let name = file_name(staging, "undo");
        files.push(Draft::text(name.clone(), move || file::undo(outcome, staging, &name)));
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
