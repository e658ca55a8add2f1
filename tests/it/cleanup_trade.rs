//! The plan of `samples/trade`, carried out by the scripts in SQL on a staging copy of its parties, and judged by an audit
//! that reads the parties from that copy.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use rusqlite::Connection;
use serde_json::Value;
use sverka::audit::{Plan, Silent, audit};
use sverka::cleanup::verify::{Verdict, Verified, verify};
use sverka::cleanup::{sql, write_all};
use sverka::config::{Engine, Staging};
use sverka::model::{Entity, Field, Side};
use sverka::outcome::Outcome;
use tempfile::TempDir;

use crate::postgres::Postgres;
use crate::tools::have;

/// Parts of a text that no value holds: between cells, between rows.
const CELL: &str = "\u{1f}";
const ROW: &str = "\u{1e}";

/// The lists of parties of the sample: each is a table of the copy.
fn lists() -> impl Iterator<Item = (Side, Entity)> {
    Side::BOTH.into_iter().flat_map(|side| Entity::PARTIES.map(|entity| (side, entity)))
}

fn table(side: Side, entity: Entity) -> String {
    format!("{side}_{entity}")
}

/// Fields of a side: those of its exports, and the id of 1C, for which the exports of contacts have no column.
fn fields(outcome: &Outcome, side: Side) -> Vec<Field> {
    let raw = &outcome.data.parties(side).raw;
    let known = |f: &Field| *f != Field::Id && (raw.has(*f) || (side == Side::Crm && *f == Field::ExternalId));
    Field::ALL.iter().copied().filter(known).collect()
}

fn outcome(folder: &Path, staging: Vec<Staging>) -> Outcome {
    let mut config = sverka::config::load(folder).unwrap();
    config.staging = staging;
    let as_of = config.as_of.unwrap();
    audit(&Plan::new(config, as_of), &Silent).unwrap()
}

fn staging(outcome: &Outcome, engine: Engine) -> Vec<Staging> {
    let of = |(side, entity)| Staging {
        engine,
        side,
        entity,
        table: table(side, entity),
        id: "id".into(),
        merged_into: Some("merged_into".into()),
        columns: fields(outcome, side).into_iter().map(|f| (f, f.code().to_owned())).collect(),
        references: Vec::new(),
    };
    lists().map(of).collect()
}

/// The copy: a base of either engine, and a folder with the scripts.
struct Copy {
    engine: Engine,
    server: Option<Postgres>,
    folder: TempDir,
}

impl Copy {
    fn client(&self) -> Command {
        let mut command = self.server.as_ref().map_or_else(
            || {
                let mut command = Command::new("sqlite3");
                command.arg("copy.db");
                command
            },
            Postgres::psql,
        );
        command.current_dir(self.folder.path()).stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> String {
        let output = self.client().args(arguments).output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {error}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn run_file(&self, file: &str) -> String {
        match self.engine {
            Engine::PostgreSql => self.run(&["-v", "apply=1", "-f", file]),
            Engine::Sqlite => self.run(&[&format!(".read {file}"), "COMMIT;"]),
        }
    }

    /// All tables, filled as the exports have the records.
    fn fill(&self, outcome: &Outcome) {
        let mut text = String::from("BEGIN;\n");
        for (side, entity) in lists() {
            let (table, fields) = (table(side, entity), fields(outcome, side));
            let columns: String = fields.iter().map(|f| format!("\"{}\" text, ", f.code())).collect();
            text += &format!("CREATE TABLE {table} (id text, {columns}merged_into text);\n");
            let raw = &outcome.data.parties(side).raw;
            for at in (0..raw.len()).filter(|&at| raw.entity[at] == entity) {
                let cells = [raw.id(at)].into_iter().chain(fields.iter().map(|&f| raw.get(f, at)));
                let cells: Vec<String> = cells.map(|text| sql::literal(self.engine, text).unwrap()).collect();
                text += &format!("INSERT INTO {table} VALUES ({}, NULL);\n", cells.join(", "));
            }
        }
        fs::write(self.folder.path().join("fill.sql"), text + "COMMIT;\n").unwrap();
        match self.engine {
            Engine::PostgreSql => self.run(&["-v", "ON_ERROR_STOP=1", "-q", "-f", "fill.sql"]),
            Engine::Sqlite => self.run(&["-bail", ".read fill.sql"]),
        };
    }

    /// Every script in the order in which a cleanup goes; what they printed.
    fn carry_out(&self) -> String {
        let mut said = String::new();
        for kind in ["fixes", "fixes-approval", "merges", "links"] {
            for (side, entity) in lists() {
                let file = format!("sql-{}-{side}-{entity}-{kind}.sql", self.engine.as_str());
                if self.folder.path().join(&file).exists() {
                    said += &self.run_file(&file);
                }
            }
        }
        said
    }

    fn rows(&self, side: Side, entity: Entity, columns: &[&str]) -> Vec<Vec<String>> {
        let cells: Vec<String> = columns.iter().map(|c| format!("coalesce(\"{c}\", '')")).collect();
        let query =
            format!("SELECT {} FROM {} WHERE merged_into IS NULL ORDER BY id", cells.join(", "), table(side, entity));
        let text = match self.engine {
            Engine::PostgreSql => self.run(&["-q", "-A", "-t", "-F", CELL, "-R", ROW, "-c", &query]),
            Engine::Sqlite => self.run(&["-separator", CELL, "-newline", ROW, &query]),
        };
        // Rows of an ordinary end of psql stop with a line end.
        let rows = text.trim_end_matches('\n').split(ROW).filter(|row| !row.is_empty());
        rows.map(|row| row.split(CELL).map(str::to_owned).collect()).collect()
    }

    /// The sample with its parties read from the copy as it is now.
    fn audited(&self, before: &Outcome) -> Outcome {
        let folder = tempfile::tempdir().unwrap();
        let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/trade");
        copy_folder(&sample, folder.path());
        let text = fs::read_to_string(sample.join("sverka.toml")).unwrap();
        let mut sections: Vec<String> = text.split("\n[").map(str::to_owned).collect();
        sections.retain(|s| !["counterparty", "contact"].iter().any(|e| s.contains(&format!("entity = \"{e}\""))));
        let base = Connection::open(folder.path().join("fresh.db")).unwrap();
        for (side, entity) in lists() {
            let (table, mut names) = (table(side, entity), vec!["id"]);
            names.extend(fields(before, side).iter().map(|f| f.code()));
            let columns: Vec<String> = names.iter().map(|n| format!("\"{n}\" text")).collect();
            base.execute_batch(&format!("CREATE TABLE {table} ({})", columns.join(", "))).unwrap();
            let places = vec!["?"; names.len()].join(", ");
            let mut insert = base.prepare(&format!("INSERT INTO {table} VALUES ({places})")).unwrap();
            base.execute_batch("BEGIN").unwrap();
            for row in self.rows(side, entity, &names) {
                insert.execute(rusqlite::params_from_iter(row)).unwrap();
            }
            base.execute_batch("COMMIT").unwrap();
            let columns: String = names.iter().map(|n| format!("{n} = \"{n}\"\n")).collect();
            let source =
                format!("side = \"{side}\"\nentity = \"{entity}\"\npath = \"fresh.db\"\ntable = \"{table}\"\n");
            sections.insert(1, format!("source.columns]\n{columns}"));
            sections.insert(1, format!("[source]]\n{source}"));
        }
        drop(base);
        fs::write(folder.path().join("sverka.toml"), sections.join("\n[")).unwrap();
        outcome(folder.path(), Vec::new())
    }
}

fn copy_folder(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap().map(|e| e.unwrap()) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            fs::create_dir(&target).unwrap();
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn the_plan_of_the_sample_is_carried_out_and_verified() {
    for engine in [Engine::Sqlite, Engine::PostgreSql] {
        let server = match engine {
            Engine::Sqlite if have(&["sqlite3"]) => None,
            Engine::Sqlite => continue,
            Engine::PostgreSql => match Postgres::start() {
                Some(server) => Some(server),
                None => continue,
            },
        };
        let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/trade");
        let plain = outcome(&sample, Vec::new());
        let before = outcome(&sample, staging(&plain, engine));
        let copy = Copy { engine, server, folder: tempfile::tempdir().unwrap() };
        write_all(&before, copy.folder.path(), copy.folder.path()).unwrap();
        let read = |name: &str| fs::read_to_string(copy.folder.path().join(name)).unwrap();
        let (plan, links) = (read("plan.json"), read("links.csv"));
        let parsed: Value = serde_json::from_str(&plan).unwrap();
        let scripted = |s: &&Value| s["scripts"].as_array().unwrap().iter().any(|one| one == "sql");
        let steps: Vec<&Value> = parsed["steps"].as_array().unwrap().iter().filter(scripted).collect();
        let of = |action: &str| steps.iter().filter(|s| s["action"] == action).count();
        assert!(of("set-field") >= 10 && of("merge") >= 10 && of("link") >= 1, "{} steps", steps.len());
        copy.fill(&before);

        let verdicts = |fresh: &Outcome| -> Vec<Verified> {
            let all = verify(&plan, Some(&links), fresh).unwrap();
            let of_script = |v: &Verified| v.action == "link" || steps.iter().any(|s| s["id"] == v.step.as_str());
            all.into_iter().filter(of_script).collect()
        };
        let fresh = copy.audited(&before);
        let undone: Vec<Verified> = verdicts(&fresh)
            .into_iter()
            .filter(|v| !matches!(v.verdict, Verdict::NotDone | Verdict::Unknown))
            .collect();
        assert!(undone.is_empty(), "{engine:?}, before the scripts: {undone:?}");

        let said = copy.carry_out();
        assert!(!said.contains("пропущено: "), "{said}");
        let fresh = copy.audited(&before);
        let found = verdicts(&fresh);
        let open: Vec<&Verified> = found.iter().filter(|v| v.verdict != Verdict::Done).collect();
        assert!(open.is_empty(), "{engine:?}, after the scripts: {open:?}");
        assert!(found.len() > 200, "{} verdicts", found.len());
        // The audit itself sees the work: no card is without its pair, no damaged name is left.
        let count = |outcome: &Outcome, check: &str| outcome.findings.iter().filter(|f| f.check == check).count();
        for check in ["cp-invisible-chars", "cp-inn-leading-zero", "cp-dup-inn-kpp"] {
            assert!(count(&fresh, check) < count(&before, check), "{check}");
        }
    }
}
