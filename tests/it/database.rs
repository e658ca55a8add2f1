//! Sources that are databases: SQLite files and PostgreSQL.

use std::fs;
use std::path::Path;
use std::process::Command;

use sverka::audit::{Plan, Silent, audit};
use sverka::config;
use sverka::model::{Entity, Field, Side, Snapshots};
use tempfile::TempDir;

use crate::postgres::Postgres;

/// Audits a project whose CRM side is this source; the other side is one line.
fn run(folder: &Path, source: &str) -> Result<Snapshots, String> {
    fs::write(folder.join("other.csv"), "Код;Наименование;ИНН\n1;ООО «Никто»;7700990074\n").unwrap();
    let text = format!(
        "[project]\nname = \"Проверка\"\nas_of = \"2026-11-24\"\n[[source]]\nside = \"crm\"\n{source}\n[[source]]\nside = \"onec\"\n\
         entity = \"counterparty\"\npath = \"other.csv\"\n"
    );
    fs::write(folder.join("sverka.toml"), text).unwrap();
    let config = config::load(folder).map_err(|e| e.to_string())?;
    let as_of = config.as_of.unwrap();
    Ok(audit(&Plan::new(config, as_of), &Silent).map_err(|e| e.to_string())?.data)
}

fn texts(data: &Snapshots, field: Field) -> Vec<String> {
    let raw = &data.parties(Side::Crm).raw;
    (0..raw.len()).map(|at| format!("{}={}", raw.id(at), raw.get(field, at))).collect()
}

/// The file of the fixture, made once more: two tables.
fn sqlite(folder: &Path) {
    let base = rusqlite::Connection::open(folder.join("crm.db")).unwrap();
    base.execute_batch(
        "CREATE TABLE companies (id INTEGER PRIMARY KEY, name TEXT, inn TEXT, note BLOB);
         INSERT INTO companies VALUES (12, 'ООО «Ель»', '0500990050', x'00ff'), (7, 'АО «Липа»', '7700990010', NULL);
         CREATE TABLE deals (id INTEGER, title TEXT, stage_id TEXT, opportunity REAL, company_id INT);
         INSERT INTO deals VALUES (501, 'Плитка', 'NEW', 35000.5, 12);",
    )
    .unwrap();
}

#[test]
fn tables_and_queries_of_sqlite() {
    let folder = TempDir::new().unwrap();
    sqlite(folder.path());
    let before = fs::read(folder.path().join("crm.db")).unwrap();
    let counterparties = "entity = \"counterparty\"\npath = \"crm.db\"";
    let data = run(folder.path(), &format!("{counterparties}\ntable = \"companies\"")).unwrap();
    assert_eq!(texts(&data, Field::Inn), ["7=7700990010", "12=0500990050"]);
    let query = "query = \"select id, name as \\\"Наименование\\\", inn from companies where id > 7\"";
    let data = run(folder.path(), &format!("{counterparties}\n{query}")).unwrap();
    assert_eq!(texts(&data, Field::Name), ["12=ООО «Ель»"]);
    let data = run(folder.path(), "entity = \"deal\"\npath = \"crm.db\"\ntable = \"deals\"").unwrap();
    assert_eq!(data.crm.book(Entity::Deal).text(Field::Amount, 0), "35000.5");
    for (lines, expected) in [
        ("", "несколько таблиц: companies, deals; укажите"),
        ("table = \"company\"", "нет таблицы «company»"),
        ("query = \"drop table companies\"", "только читает"),
        ("query = \"select 1; select 2\"", "только читает"),
        ("table = \"deals\"\nquery = \"select 1\"", "либо table, либо query"),
    ] {
        let error = run(folder.path(), &format!("{counterparties}\n{lines}")).unwrap_err();
        assert!(error.contains(expected) && !error.contains('\n'), "{lines}: {error}");
    }
    assert_eq!(fs::read(folder.path().join("crm.db")).unwrap(), before);
    let mut files: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    files.sort();
    assert_eq!(files, ["crm.db", "other.csv", "sverka.toml"]);
}

#[test]
fn a_base_is_proposed_table_by_table() {
    let folder = TempDir::new().unwrap();
    sqlite(folder.path());
    fs::write(folder.path().join("onec.csv"), "Код;Наименование;ИНН\n00-000001;ООО «Ель»;0500990050\n").unwrap();
    let run = |arguments: &[&str]| {
        let mut sverka = Command::new(env!("CARGO_BIN_EXE_sverka"));
        sverka.args(arguments).current_dir(folder.path()).output().unwrap()
    };
    assert!(run(&["init", "crm.db", "onec.csv"]).status.success());
    let project = fs::read_to_string(folder.path().join("sverka.toml")).unwrap();
    for (entity, table) in [("counterparty", "companies"), ("deal", "deals")] {
        let source = format!("entity = \"{entity}\"\npath = \"crm.db\"\ntable = \"{table}\"\n");
        assert!(project.contains(&source), "{project}");
    }
    let audit = run(&["audit"]);
    assert!(audit.status.success(), "{}", String::from_utf8_lossy(&audit.stderr));
}

#[test]
fn passwords_stay_out_of_projects() {
    let folder = TempDir::new().unwrap();
    for (lines, expected) in [
        ("database = \"postgres://u:Tajna7@localhost/b\"\ntable = \"a\"", "строка 7: database: пароль в файле проекта"),
        ("database = \"postgres://u@localhost/b\"", "укажите, что взять"),
        ("database = \"postgres://u@localhost/b\"\npath = \"a.csv\"\ntable = \"a\"", "либо path, либо database"),
        ("database = \"postgres://u@localhost/b?sslmode=require\"\ntable = \"a\"", "SSH"),
        ("database = \"localhost\"\ntable = \"a\"", "нужен адрес вида postgres://"),
        ("database = \"postgres://u@localhost/b\"\ntable = \"a\"\npassword_env = \"Tajna7!\"", "имя переменной"),
        ("table = \"a\"", "не хватает ключа «path»"),
    ] {
        let error = run(folder.path(), &format!("entity = \"counterparty\"\n{lines}")).unwrap_err();
        assert!(error.contains(expected) && !error.contains('\n') && !error.contains("Tajna7"), "{lines}: {error}");
    }
}

const WORLD: &str = r#"
CREATE SCHEMA crm;
CREATE TABLE crm."Компании" (id int PRIMARY KEY, name text, inn char(12), sum numeric(15, 2), made timestamp, seen timestamptz,
    gone boolean, ref bytea, phones text[], birth date, share float8);
INSERT INTO crm."Компании" VALUES
    (12, 'ООО «Ель»', '0500990050', 1000.10, '2026-11-02 09:05:07.5', '2026-11-02 09:05:07+03', false, '\x00ff', '{"8 900","8 901"}', '1990-05-04', 0.1),
    (7, E'АО\n«Липа»', '7700990010', -0.05, '0001-01-01', NULL, true, NULL, '{}', NULL, 7701234567);
CREATE TABLE many AS SELECT n AS id, 'Фирма ' || n AS name, lpad(n::text, 10, '0') AS code FROM generate_series(1, 25000) n;
CREATE FUNCTION grow() RETURNS int LANGUAGE plpgsql AS $$ BEGIN INSERT INTO many VALUES (0, 'x', 'x'); RETURN 1; END $$;
"#;

#[test]
fn tables_and_queries_of_postgresql() {
    let Some(server) = Postgres::start() else { return };
    server.add_user("reader", "Tajna7");
    let psql = |sql: &str| {
        let output = server.psql().args(["-q", "-t", "-A", "-v", "ON_ERROR_STOP=1", "-c", sql]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    psql(WORLD);
    let url = format!("postgres://reader@127.0.0.1:{}/postgres", server.port());
    let folder = TempDir::new().unwrap();
    // SAFETY: no other test reads or writes these variables.
    unsafe {
        std::env::set_var("SVERKA_TEST_PASSWORD", "Tajna7");
        std::env::set_var("SVERKA_TEST_WRONG", "x");
    }
    let source = |lines: &str| {
        format!("entity = \"counterparty\"\ndatabase = \"{}\"\npassword_env = \"SVERKA_TEST_PASSWORD\"\n{lines}", url)
    };
    let data = run(folder.path(), &source("table = \"crm.Компании\"")).unwrap();
    assert_eq!(texts(&data, Field::Inn), ["7=7700990010", "12=0500990050"]);
    let read = &data.crm.sources[0];
    assert_eq!((read.format, read.counts.read, read.counts.loaded), ("postgresql", 2, 2));
    assert!(!read.path.contains("Tajna7") && read.files[0].sha256.len() == 64, "{read:?}");

    // Values as they are.
    let select = sverka::ingest::database::Select::Table("crm.Компании".to_owned());
    let database = sverka::ingest::database::postgresql::Database {
        url: url.clone(),
        select,
        password_env: "SVERKA_TEST_PASSWORD".to_owned(),
    };
    let (_, extract) = sverka::ingest::database::postgresql::read(&database, "base").unwrap().read.unwrap();
    let table = &extract.tables[0];
    let row = |row: usize| (0..table.columns.len()).map(|column| table.get(column, row)).collect::<Vec<_>>().join("|");
    assert_eq!(row(0), "7|АО\n«Липа»|7700990010|-0.05|0001-01-01T00:00:00||true||||7701234567");
    assert_eq!(
        row(1),
        "12|ООО «Ель»|0500990050|1000.10|2026-11-02T09:05:07|2026-11-02T06:05:07Z|false|00ff|8 900\n8 901|1990-05-04|0.1"
    );

    // More rows than come at once; a query in TOML on several lines.
    let query = "query = '''\n-- все фирмы\nselect id, name from many where id > 5 order by id;\n'''";
    let data = run(folder.path(), &source(query)).unwrap();
    assert_eq!(data.parties(Side::Crm).len(), 24_995);

    for (lines, expected) in [
        ("table = \"crm.нет\"", "запрос не выполняется: relation"),
        ("query = \"select nothing from many\"", "запрос не выполняется: column \\\"nothing\\\""),
        ("query = \"select grow() as id, 'x' as name\"", "read-only transaction"),
        // The message of the server quotes the value.
        ("query = \"select name::int as id, name from many\"", "ошибка сервера 22P02; проверьте"),
        ("query = \"select 1; drop table many\"", "cannot insert multiple commands"),
        ("query = \"with a as (delete from many returning id) select id from a\"", "запрос не выполняется"),
    ] {
        let error = run(folder.path(), &source(lines)).unwrap_err();
        let expected = expected.replace("\\\"", "\"");
        assert!(error.contains(&expected) && !error.contains('\n'), "{lines}: {error}");
    }
    assert_eq!(psql("select count(*) from many"), "25000\n");

    let table = "table = \"many\"";
    for (name, expected) in [("SVERKA_TEST_NONE", "нужен пароль"), ("SVERKA_TEST_WRONG", "не пустил")]
    {
        let error = run(folder.path(), &source(table).replace("SVERKA_TEST_PASSWORD", name)).unwrap_err();
        assert!(error.contains(expected), "{name}: {error}");
    }
    let lines = source(table);
    drop(server);
    let error = run(folder.path(), &lines).unwrap_err();
    assert!(error.contains("с сервером нет связи") && error.contains(&url), "{error}");
}
