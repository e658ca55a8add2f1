//! Scripts in SQL, run for real against PostgreSQL and SQLite.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use sverka::cleanup::sql;
use sverka::cleanup::write_all;
use sverka::config::{Engine, Reference, Staging};
use sverka::model::{Entity, Field, Lang, Side};
use sverka::outcome::Outcome;
use tempfile::TempDir;

use crate::postgres::Postgres;
use crate::tools::have;
use crate::world::{INN_A, INN_B, INN_C, World, crm, onec};

/// A staging copy, and a folder with the scripts.
struct Copy {
    engine: Engine,
    server: Option<Postgres>,
    folder: TempDir,
}

const HOSTILE: &str = "О'Коннор \"и\" Ко;\r\n\\! echo -- /* $1 :apply \u{1}\u{202e}😀";

impl Copy {
    /// The scripts of the outcome; `None` where the engine is not installed.
    fn new(engine: Engine, outcome: &Outcome) -> Option<Copy> {
        let server = match engine {
            Engine::PostgreSql => Some(Postgres::start()?),
            Engine::Sqlite if have(&["sqlite3"]) => None,
            Engine::Sqlite => return None,
        };
        let folder = tempfile::tempdir().unwrap();
        write_all(outcome, folder.path(), folder.path()).unwrap();
        Some(Copy { engine, server, folder })
    }

    fn client(&self) -> Command {
        let mut command = match &self.server {
            Some(server) => server.psql(),
            None => {
                let mut command = Command::new("sqlite3");
                command.arg(self.folder.path().join("copy.db"));
                command
            }
        };
        command.current_dir(self.folder.path()).stdin(Stdio::null());
        command
    }

    /// Values of a query, or what a statement does; rows by line.
    fn query(&self, sql: &str) -> String {
        let mut command = self.client();
        match self.engine {
            Engine::PostgreSql => command.args(["-v", "ON_ERROR_STOP=1", "-q", "-A", "-t", "-c", sql]),
            Engine::Sqlite => command.args(["-bail", sql]),
        };
        let output = command.output().unwrap();
        assert!(output.status.success(), "{sql}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn script(&self, kind: &str, side: Side) -> PathBuf {
        self.folder.path().join(format!("sql-{}-{side}-counterparty-{kind}.sql", self.engine.as_str()))
    }

    fn command(&self, file: &Path, apply: bool) -> Command {
        let mut command = self.client();
        let file = file.file_name().unwrap().to_str().unwrap();
        match (self.engine, apply) {
            (Engine::PostgreSql, false) => command.args(["-f", file]),
            (Engine::PostgreSql, true) => command.args(["-v", "apply=1", "-f", file]),
            (Engine::Sqlite, false) => command.arg(format!(".read {file}")),
            (Engine::Sqlite, true) => command.args([&format!(".read {file}"), "COMMIT;"]),
        };
        command
    }

    /// What a script prints; it must end well.
    fn run(&self, kind: &str, apply: bool) -> String {
        let output = self.command(&self.script(kind, Side::Crm), apply).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{kind}: {text}");
        for value in [INN_A, INN_B, "Ромашка", "Лютик"] {
            assert!(!text.contains(value), "a value of a record is printed: {text}");
        }
        text
    }

    fn apply(&self) -> String {
        self.run("fixes", true) + &self.run("merges", true)
    }

    fn undo(&self, apply: bool) -> String {
        self.run("undo", apply)
    }

    /// All rows of the tables of the user, as SQL text shows them.
    fn state(&self) -> String {
        let tables = [
            ("companies", "id, name, inn, kpp, phone, coalesce(CAST(merged_into AS text), 'NULL')"),
            ("deals", "n, title, coalesce(CAST(company_id AS text), 'NULL'), coalesce(CAST(payer AS text), 'NULL')"),
        ];
        tables
            .iter()
            .map(|(table, columns)| self.query(&format!("SELECT {columns} FROM {table} ORDER BY 1, 2")))
            .collect()
    }

    fn own_tables(&self) -> usize {
        let sql = match self.engine {
            Engine::PostgreSql => "SELECT count(*) FROM pg_tables WHERE tablename LIKE 'sverka%'",
            Engine::Sqlite => "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name LIKE 'sverka%'",
        };
        self.query(sql).trim().parse().unwrap()
    }

    /// The copy as the exports filled it.
    fn fill(&self) {
        let hostile = sql::literal(self.engine, HOSTILE).unwrap();
        self.query(&format!(
            "CREATE TABLE companies (id bigint PRIMARY KEY, name text, inn varchar(20), kpp text, phone text, merged_into bigint);
             CREATE TABLE deals (n integer PRIMARY KEY, title text, company_id bigint REFERENCES companies (id), payer bigint);
             INSERT INTO companies VALUES (1, 'Ромашка', '{INN_A}', NULL, NULL, NULL), (2, 'Ромашка ООО', '{INN_A}', '779901001', '1', NULL),
               (3, {hostile}, '{INN_A}', '', '2', NULL), (4, 'Лютик', '7799ОО2228', '', '', NULL), (5, 'Лютик', '{INN_B}', '', '', NULL),
               (6, 'Чужая', '{INN_C}', '', '', NULL);
             INSERT INTO deals VALUES (10, 'a', 2, 3), (11, 'b', 3, 6), (12, 'c', 1, NULL), (13, 'd', 5, 4), (14, 'e', 6, NULL);"
        ));
    }
}

fn staging(engine: Engine, side: Side) -> Staging {
    let reference = |column: &str| Reference { table: "deals".into(), column: column.into(), key: "n".into() };
    Staging {
        engine,
        side,
        entity: Entity::Counterparty,
        table: "companies".into(),
        id: "id".into(),
        merged_into: Some("merged_into".into()),
        columns: [(Field::Name, "name"), (Field::Inn, "inn"), (Field::Kpp, "kpp")]
            .map(|(f, c)| (f, c.to_owned()))
            .into(),
        references: vec![reference("company_id"), reference("payer")],
    }
}

/// 1 ← 2, 3; 4 ← 5, the name of 3 has marks that nobody sees, and the INN of 4 has letters.
fn outcome(engine: Engine) -> Outcome {
    let mut w = World::new().company(Side::Crm, ["1", "Ромашка", INN_A, ""]);
    w = w.company(Side::Crm, ["2", "Ромашка ООО", INN_A, "779901001"]).company(Side::Crm, ["3", HOSTILE, INN_A, ""]);
    w = w.company(Side::Crm, ["4", "Лютик", "7799ОО2228", ""]).company(Side::Crm, ["5", "Лютик", INN_B, ""]);
    let mut outcome = w.cluster(&[crm(0), crm(1), crm(2)]).cluster(&[crm(3), crm(4)]).build();
    outcome.staging = vec![staging(engine, Side::Crm)];
    outcome
}

/// What the plan makes of [`Copy::fill`].
fn planned(copy: &Copy) -> String {
    let planned = Copy::new(copy.engine, &outcome(copy.engine)).unwrap();
    planned.fill();
    let (name, _) = sverka::normalize::repair::repaired(HOSTILE).unwrap();
    let name = sql::literal(copy.engine, &name).unwrap();
    planned.query(&format!(
        "UPDATE companies SET name = {name} WHERE id = 3; UPDATE companies SET inn = '{INN_B}' WHERE id = 4; UPDATE companies SET kpp = '779901001' WHERE id = 1;
         UPDATE companies SET merged_into = 1 WHERE id IN (2, 3); UPDATE companies SET merged_into = 4 WHERE id = 5;
         UPDATE deals SET company_id = 1 WHERE company_id IN (2, 3); UPDATE deals SET company_id = 4 WHERE company_id = 5;
         UPDATE deals SET payer = 1 WHERE payer IN (2, 3);"
    ));
    planned.state()
}

/// Runs the test against every engine that is here.
fn each(test: impl Fn(&Copy)) {
    for engine in [Engine::PostgreSql, Engine::Sqlite] {
        if let Some(copy) = Copy::new(engine, &outcome(engine)) {
            copy.fill();
            test(&copy);
        }
    }
}

#[test]
fn a_dry_run_changes_nothing() {
    each(|copy| {
        let before = copy.state();
        let text = copy.run("fixes", false) + &copy.run("merges", false) + &copy.undo(false);
        assert!(text.contains("merge-crm-counterparty-1") && text.contains("готово"), "{text}");
        assert!(text.contains("ничего не изменено") || text.contains("Изменения не сохранены"), "{text}");
        assert_eq!((copy.state(), copy.own_tables()), (before, 0));
    });
}

#[test]
fn apply_reaches_the_plan_and_undo_takes_it_back() {
    each(|copy| {
        let (before, planned) = (copy.state(), planned(copy));
        copy.apply();
        assert_eq!(copy.state(), planned);
        let kept = copy.query("SELECT sverka_step, id, name FROM sverka_before_companies WHERE id = 2");
        assert!(kept.contains("merge-crm-counterparty-1|2|Ромашка ООО"), "{kept}");
        assert_eq!(copy.query("SELECT count(*) FROM sverka_before_deals").trim(), "3");
        let merged = copy.query("SELECT side, entity, id, keep FROM sverka_merged ORDER BY id");
        assert_eq!(merged, "crm|counterparty|2|1\ncrm|counterparty|3|1\ncrm|counterparty|5|4\n");
        let journal = copy.query("SELECT step, status, detail FROM sverka_journal ORDER BY n");
        assert_eq!(journal.lines().count(), 4, "{journal}");
        assert!(!journal.contains(INN_A) && !journal.contains("Ромашка"), "{journal}");

        let again = copy.apply();
        assert_eq!(copy.state(), planned, "a second apply changes nothing");
        assert!(!again.contains("merge-crm"), "{again}");
        assert_eq!(copy.query("SELECT count(*) FROM sverka_journal").trim(), "4");

        copy.undo(false);
        assert_eq!(copy.state(), planned);
        copy.undo(true);
        assert_eq!(copy.state(), before);
        assert_eq!(copy.query("SELECT count(*) FROM sverka_merged").trim(), "0");
        copy.undo(true);
        assert_eq!(copy.state(), before, "a second undo changes nothing");
        copy.apply();
        assert_eq!(copy.state(), planned, "and it can be carried out once more");
        copy.undo(true);
        assert_eq!(copy.state(), before);
    });
}

#[test]
fn undo_leaves_what_people_did() {
    each(|copy| {
        copy.apply();
        copy.query(
            "UPDATE companies SET inn = '7799003334' WHERE id = 4; UPDATE deals SET company_id = 6 WHERE n = 11;",
        );
        let text = copy.undo(true);
        assert!(text.contains("не тронуто") && text.contains("4: inn") && text.contains("11: company_id"), "{text}");
        assert_eq!(copy.query("SELECT inn FROM companies WHERE id = 4").trim(), INN_C);
        assert_eq!(copy.query("SELECT n FROM deals WHERE company_id = 6 ORDER BY n"), "11\n14\n");
        assert_eq!(copy.query("SELECT company_id FROM deals WHERE n = 10").trim(), "2");
    });
}

#[test]
fn what_changed_since_is_skipped() {
    let check = |change: &str, says: &str| {
        each(|copy| {
            copy.query(change);
            let before = copy.state();
            let text = copy.run("merges", true);
            assert!(text.contains(says), "{says}: {text}");
            // The other group is merged, this one is not.
            assert_eq!(copy.query("SELECT merged_into FROM companies WHERE id = 5").trim(), "4");
            let merged = copy.query("SELECT count(*) FROM companies WHERE merged_into = 1 AND id <> 9");
            assert_eq!(merged.trim(), "0", "{before}");
            assert_eq!(copy.query("SELECT company_id FROM deals WHERE n = 11").trim(), "3");
        });
    };
    check("UPDATE companies SET name = 'Пион' WHERE id = 3", "запись 3: изменилась колонка name");
    check("UPDATE companies SET inn = '7799002228' WHERE id = 2", "запись 2: изменилась колонка inn");
    check("UPDATE companies SET inn = NULL WHERE id = 1", "запись 1: изменилась колонка inn");
    check("UPDATE companies SET kpp = '507843001' WHERE id = 2", "запись 2: изменилась колонка kpp");
    check("UPDATE companies SET merged_into = 6 WHERE id = 3", "уже объединена запись 3");
    check(
        "UPDATE deals SET company_id = 1 WHERE company_id = 2; DELETE FROM companies WHERE id = 2",
        "нет единственной записи 2",
    );
}

/// Killed at any moment, the copy is as it was or as planned, and the next run ends as planned.
#[test]
fn a_killed_run_leaves_nothing_behind() {
    each(|copy| {
        let (before, planned) = (copy.state(), planned(copy));
        copy.run("fixes", true);
        let fixed = copy.state();
        let mut cut = 0;
        for wait in [0, 5, 10, 15, 20, 30, 40, 60] {
            let mut command = copy.command(&copy.script("merges", Side::Crm), true);
            let mut child: Child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            thread::sleep(Duration::from_millis(wait));
            cut += usize::from(child.try_wait().unwrap().is_none());
            child.kill().unwrap();
            child.wait().unwrap();
            let state = copy.state();
            assert!(state == fixed || state == planned, "{state}");
            copy.run("merges", true);
            assert_eq!(copy.state(), planned, "killed after {wait} ms");
            copy.undo(true);
            assert_eq!(copy.state(), before);
            copy.run("fixes", true);
        }
        assert!(cut > 0, "no run was cut short");
    });
}

/// A base that does not take a value as it is stops the script, and nothing is kept.
#[test]
fn a_value_that_the_base_changes_stops_everything() {
    each(|copy| {
        let rule = match copy.engine {
            Engine::PostgreSql => {
                "CREATE FUNCTION odd() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.kpp := ''0''; RETURN NEW; END';
                 CREATE TRIGGER odd BEFORE UPDATE ON companies FOR EACH ROW EXECUTE FUNCTION odd();"
            }
            Engine::Sqlite => {
                "CREATE TRIGGER odd AFTER UPDATE ON companies WHEN NEW.kpp <> '0' BEGIN UPDATE companies SET kpp = '0' WHERE id = NEW.id; END;"
            }
        };
        copy.query(rule);
        let before = copy.state();
        let output = copy.command(&copy.script("merges", Side::Crm), true).output().unwrap();
        assert!(!output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        assert_eq!((copy.state(), copy.own_tables()), (before, 0));
    });
}

/// Corrections of INNs in 1C wait for the accountant: they stand in a file of their own.
#[test]
fn corrections_of_1c_stand_apart() {
    let w = World::new().company(Side::Onec, ["00-1", "Лютик", "7799ОО2228", ""]);
    let mut outcome = w.company(Side::Onec, ["00-2", "Лютик", INN_B, ""]).cluster(&[onec(0), onec(1)]).build();
    outcome.staging = vec![staging(Engine::Sqlite, Side::Onec)];
    outcome.lang = Lang::En;
    let Some(copy) = Copy::new(Engine::Sqlite, &outcome) else { return };
    assert!(!copy.script("fixes", Side::Onec).exists());
    let text = fs::read_to_string(copy.script("fixes-approval", Side::Onec)).unwrap();
    assert!(text.contains("Cleanup of a staging copy") && text.contains("'set-onec-counterparty-inn-00-1'"), "{text}");
    for kind in ["fixes-approval", "merges", "undo"] {
        let text = fs::read_to_string(copy.script(kind, Side::Onec)).unwrap();
        let russian = |c: char| ('а'..='я').contains(&c.to_lowercase().next().unwrap());
        let own: String = text.replace("Лютик", "").replace("7799ОО2228", "");
        assert!(!own.contains(russian), "{kind}: {own}");
    }
}

/// Without a table in the project there is no script.
#[test]
fn no_table_no_script() {
    let mut outcome = outcome(Engine::Sqlite);
    outcome.staging.clear();
    let folder = tempfile::tempdir().unwrap();
    write_all(&outcome, folder.path(), folder.path()).unwrap();
    assert!(
        fs::read_dir(folder.path()).unwrap().all(|f| !f.unwrap().file_name().to_string_lossy().starts_with("sql-"))
    );
}

/// Any text reads in the engine as it was; PostgreSQL holds no NUL.
#[test]
fn literals_read_in_the_engine_as_their_text() {
    each(|copy| {
        let mut runner = TestRunner::deterministic();
        let mut texts: Vec<String> = (0..300)
            .map(|_| ".{0,40}|[\u{0}\r\n'\\\\\":;$]{0,12}".new_tree(&mut runner).unwrap().current())
            .filter(|text| copy.engine == Engine::Sqlite || !text.contains('\0'))
            .collect();
        texts.push(HOSTILE.to_owned());
        texts.push("\n".repeat(3_000));
        let hex = |text: &str| text.bytes().map(|b| format!("{b:02x}")).collect::<String>();
        let shown = match copy.engine {
            Engine::PostgreSql => "encode(convert_to(x, 'UTF8'), 'hex')",
            Engine::Sqlite => "lower(hex(x))",
        };
        let values: Vec<String> = texts
            .iter()
            .enumerate()
            .map(|(at, text)| format!("({at}, {})", sql::literal(copy.engine, text).unwrap()))
            .collect();
        fs::write(
            copy.folder.path().join("texts.sql"),
            format!("CREATE TABLE texts (n integer, x text); INSERT INTO texts VALUES {};", values.join(",\n")),
        )
        .unwrap();
        assert!(copy.command(Path::new("texts.sql"), copy.engine == Engine::PostgreSql).status().unwrap().success());
        let read = copy.query(&format!("SELECT {shown} FROM texts ORDER BY n"));
        let expected: Vec<String> = texts.iter().map(|t| hex(t)).collect();
        assert_eq!(read.lines().collect::<Vec<_>>(), expected);
    });
}
