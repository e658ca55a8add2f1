//! Text of one script: what it begins with, the rows of the plan, what looks, writes and reports.

use std::fmt::Write as _;

use super::super::fixes::FixStep;
use super::super::plan::{MergeStep, Plan};
use super::super::scripts;
use super::heading::heading;
use super::text::{literal, name, schema, table};
use crate::config::{Engine, Reference, Staging};
use crate::model::{Field, RecordRef};
use crate::outcome::Outcome;

/// Rows of one INSERT.
const ROWS: usize = 500;
/// Bytes of a name in PostgreSQL, which cuts longer ones silently.
const MAX_NAME: usize = 63;

/// A step, its texts as literals already.
pub struct Step {
    id: String,
    merge: bool,
    /// The record that stays comes first.
    records: Vec<String>,
    /// Record, column and a text that may stand there; one of several for a column is enough.
    expect: Vec<[String; 3]>,
    /// Record, column, text.
    set: Vec<[String; 3]>,
}

/// A correction; `None` when the engine cannot hold one of its texts, and so not the record either.
pub fn fix(outcome: &Outcome, staging: &Staging, step: &FixStep) -> Option<Step> {
    let text = |t: &str| literal(staging.engine, t);
    let id = outcome.data.id(step.record);
    let column = text(staging.column(step.field)?)?;
    let record = text(id)?;
    Some(Step {
        id: text(&step.id(outcome))?,
        merge: false,
        expect: vec![[record.clone(), column.clone(), text(&step.expected)?]],
        set: vec![[record.clone(), column, text(&step.value)?]],
        records: vec![record],
    })
}

/// A merge; `None` as for [`fix`].
pub fn merge(outcome: &Outcome, plan: &Plan, staging: &Staging, step: &MergeStep) -> Option<Step> {
    let text = |t: &str| literal(staging.engine, t);
    let raw = &outcome.data.parties(staging.side).raw;
    let records: Option<Vec<String>> = step.records().map(|r| text(outcome.data.id(r))).collect();
    let records = records?;
    let mut expect = Vec::new();
    for record in step.records() {
        for field in [Field::Name, Field::LastName, Field::Inn, Field::Kpp].into_iter().filter(|&f| raw.has(f)) {
            let Some(column) = staging.column(field) else { continue };
            for value in texts(plan, record, field, raw.get(field, record.at())) {
                expect.push([text(outcome.data.id(record))?, text(column)?, text(value)?]);
            }
        }
    }
    let mut set = Vec::new();
    for (field, value) in &step.golden {
        let fixed = plan.fix(step.master, *field).is_some();
        if let (Some(column), false) = (staging.column(*field), fixed) {
            set.push([records[0].clone(), text(column)?, text(value)?]);
        }
    }
    let id = format!("merge-{}-{}-{}", staging.side, staging.entity, outcome.data.id(step.master));
    Some(Step { id: text(&id)?, merge: true, records, expect, set })
}

/// The text of the snapshot, and the text after a correction of this plan.
fn texts<'a>(plan: &'a Plan, record: RecordRef, field: Field, text: &'a str) -> impl Iterator<Item = &'a str> {
    std::iter::once(text).chain(plan.fix(record, field).map(|f| f.value.as_str()))
}

/// Names that the statements need.
struct Names<'a> {
    staging: &'a Staging,
    engine: Engine,
    plan: String,
    /// Schema of the tables that the script keeps, with its dot.
    schema: String,
    table: String,
    id: String,
}

impl<'a> Names<'a> {
    fn new(outcome: &Outcome, staging: &'a Staging) -> Names<'a> {
        Names {
            staging,
            engine: staging.engine,
            plan: format!("'{}'", scripts::exports_id(outcome)),
            schema: schema(&staging.table),
            table: table(&staging.table),
            id: name(&staging.id),
        }
    }

    /// A name of the project as a literal: the configuration refuses control characters, so every engine holds it.
    fn text(&self, name: &str) -> String {
        literal(self.engine, name).expect("names of tables hold no control characters")
    }

    /// The copy of former rows of a table.
    fn before(&self, of: &str) -> String {
        let plain = of.rsplit('.').next().unwrap_or(of);
        let mut long = format!("sverka_before_{plain}");
        if long.len() > MAX_NAME {
            let hash =
                of.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3));
            long = format!("sverka_before_{hash:016x}");
        }
        format!("{}{}", schema(of), name(&long))
    }

    /// The staging table and those that refer to it, each once, with the column that tells their rows.
    fn tables(&self) -> Vec<(&str, &str)> {
        let mut found = vec![(self.staging.table.as_str(), self.staging.id.as_str())];
        for Reference { table, key, .. } in &self.staging.references {
            if !found.iter().any(|(known, _)| known == table) {
                found.push((table, key));
            }
        }
        found
    }

    /// Table, column and row key of everything that a merge points at the record that stays.
    fn pointers(&self) -> Vec<(&str, &str, &str)> {
        let own = self
            .staging
            .merged_into
            .iter()
            .map(|c| (self.staging.table.as_str(), c.as_str(), self.staging.id.as_str()));
        own.chain(self.staging.references.iter().map(|r| (r.table.as_str(), r.column.as_str(), r.key.as_str())))
            .collect()
    }
}

/// A script that carries out steps of one kind.
pub fn apply(outcome: &Outcome, staging: &Staging, file: &str, steps: &[Step]) -> String {
    let names = Names::new(outcome, staging);
    let merge = steps.first().is_some_and(|s| s.merge);
    let mut sql = heading(outcome, staging, file, Some(steps.len()));
    begin(&mut sql, &names);
    for (table, columns) in [
        ("sverka_step", "n integer PRIMARY KEY, step text NOT NULL"),
        ("sverka_record", "n integer NOT NULL, id text NOT NULL, keeps integer NOT NULL"),
        ("sverka_expect", "n integer NOT NULL, id text NOT NULL, col text NOT NULL, was text NOT NULL"),
        ("sverka_set", "n integer NOT NULL, id text NOT NULL, col text NOT NULL, becomes text NOT NULL"),
        ("sverka_why", "n integer NOT NULL, level integer NOT NULL, why text NOT NULL"),
        (
            "sverka_todo",
            "n integer NOT NULL, tbl text NOT NULL, col text NOT NULL, id text NOT NULL, was text, becomes text",
        ),
        ("sverka_check", "good integer NOT NULL CHECK (good = 1)"),
    ] {
        temporary(&mut sql, names.engine, table, columns);
    }
    let numbered = || steps.iter().enumerate();
    rows(&mut sql, "sverka_step", numbered().map(|(n, s)| format!("({n}, {})", s.id)));
    let record = |n: usize, at: usize, id: &str| format!("({n}, {id}, {})", u8::from(at == 0));
    rows(
        &mut sql,
        "sverka_record",
        numbered().flat_map(|(n, s)| s.records.iter().enumerate().map(move |(at, id)| record(n, at, id))),
    );
    let cell = |n: usize, [id, column, text]: &[String; 3]| format!("({n}, {id}, {column}, {text})");
    rows(&mut sql, "sverka_expect", numbered().flat_map(|(n, s)| s.expect.iter().map(move |c| cell(n, c))));
    rows(&mut sql, "sverka_set", numbered().flat_map(|(n, s)| s.set.iter().map(move |c| cell(n, c))));
    look(&mut sql, outcome, &names, merge);
    choose(&mut sql, &names, merge);
    write(&mut sql, &names, merge);
    journal(&mut sql, outcome, &names, merge);
    end(&mut sql, outcome, names.engine);
    sql
}

/// A script that takes back what the others have done to the table.
pub fn undo(outcome: &Outcome, staging: &Staging, file: &str) -> String {
    let names = Names::new(outcome, staging);
    let lang = outcome.lang;
    let mut sql = heading(outcome, staging, file, None);
    begin(&mut sql, &names);
    let Names { plan, schema, .. } = &names;
    let own = names.text(&staging.table);
    temporary(&mut sql, names.engine, "sverka_step", "n bigint PRIMARY KEY, step text NOT NULL");
    temporary(
        &mut sql,
        names.engine,
        "sverka_left",
        "step text NOT NULL, tbl text NOT NULL, col text NOT NULL, id text NOT NULL",
    );
    let _ = writeln!(
        sql,
        "INSERT INTO sverka_step\n  SELECT max(j.n), j.step FROM {schema}sverka_journal j\n  WHERE j.plan = {plan} AND j.tbl = {own} AND j.status IN ('done', 'undone')\n  GROUP BY j.step;\n\
         DELETE FROM sverka_step WHERE n IN (SELECT n FROM {schema}sverka_journal WHERE status = 'undone');\n"
    );
    // Merges before corrections: what came last is taken back first.
    let columns =
        staging.columns.iter().map(|(_, column)| (staging.table.as_str(), column.as_str(), staging.id.as_str()));
    for (of, column, key) in names.pointers().into_iter().chain(columns) {
        let (live, before) = (table(of), names.before(of));
        let (key, quoted, of, col) = (name(key), name(column), names.text(of), names.text(column));
        let changed = format!(
            "{schema}sverka_change c JOIN sverka_step s ON s.step = c.step\n  WHERE c.plan = {plan} AND c.tbl = {of} AND c.col = {col}"
        );
        let same = format!("coalesce(CAST(t.{quoted} AS text), '') = coalesce(c.becomes, '')");
        let _ = writeln!(
            sql,
            "INSERT INTO sverka_left\n  SELECT c.step, c.tbl, c.col, c.id FROM {changed}\n    AND NOT EXISTS (SELECT 1 FROM {live} t WHERE CAST(t.{key} AS text) = c.id AND {same});\n\
             UPDATE {live} AS t SET {quoted} = b.{quoted}\n  FROM {before} b, {changed}\n    AND b.sverka_plan = c.plan AND b.sverka_step = c.step AND CAST(b.{key} AS text) = c.id\n    AND CAST(t.{key} AS text) = c.id AND {same};\n"
        );
    }
    let _ = writeln!(
        sql,
        "DELETE FROM {schema}sverka_change WHERE plan = {plan} AND step IN (SELECT step FROM sverka_step);\n\
         DELETE FROM {schema}sverka_merged WHERE plan = {plan} AND step IN (SELECT step FROM sverka_step);\n\
         INSERT INTO {schema}sverka_journal (plan, tbl, step, status, detail, at)\n  SELECT {plan}, {own}, step, 'undone', '', {} FROM sverka_step ORDER BY n DESC;\n\
         SELECT step, {} AS status FROM sverka_step ORDER BY n DESC;\n\
         SELECT step, {} || id || ': ' || col AS status FROM sverka_left ORDER BY step, tbl, col, id;",
        names.engine.now(),
        names.text(lang.pick("возвращено", "taken back")),
        names.text(lang.pick("не тронуто, изменено после сценария: запись ", "left alone, changed since: record ")),
    );
    end(&mut sql, outcome, names.engine);
    sql
}

/// Stops at the first error, locks, makes the tables that the scripts keep.
fn begin(sql: &mut String, names: &Names) {
    let Names { engine, schema, .. } = names;
    match engine {
        Engine::PostgreSql => {
            // Details of an error would show values of rows.
            sql.push_str("\\set ON_ERROR_STOP on\n\\set VERBOSITY terse\n\\set QUIET on\n\\pset footer off\n");
            sql.push_str("SET client_encoding = 'UTF8';\nSET standard_conforming_strings = on;\n\nBEGIN;\n");
            let tables: Vec<String> = names.tables().into_iter().map(|(of, _)| table(of)).collect();
            let _ = writeln!(sql, "LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE;", tables.join(", "));
        }
        Engine::Sqlite => sql.push_str(".bail on\n.headers on\n\nBEGIN IMMEDIATE;\n"),
    }
    let _ = writeln!(
        sql,
        "CREATE TABLE IF NOT EXISTS {schema}sverka_journal (n {}, plan text NOT NULL, tbl text NOT NULL, step text NOT NULL,\n  status text NOT NULL, detail text NOT NULL, at text NOT NULL);\n\
         CREATE TABLE IF NOT EXISTS {schema}sverka_change (plan text NOT NULL, step text NOT NULL, tbl text NOT NULL, col text NOT NULL,\n  id text NOT NULL, was text, becomes text);\n\
         CREATE TABLE IF NOT EXISTS {schema}sverka_merged (plan text NOT NULL, step text NOT NULL, side text NOT NULL, entity text NOT NULL,\n  id text NOT NULL, keep text NOT NULL);",
        engine.serial()
    );
    for (of, _) in names.tables() {
        let _ = writeln!(
            sql,
            "CREATE TABLE IF NOT EXISTS {} AS\n  SELECT CAST('' AS text) AS sverka_plan, CAST('' AS text) AS sverka_step, t.* FROM {} t WHERE 1 = 0;",
            names.before(of),
            table(of)
        );
    }
    sql.push('\n');
}

fn temporary(sql: &mut String, engine: Engine, table: &str, columns: &str) {
    let place = if engine == Engine::PostgreSql { "pg_temp" } else { "temp" };
    let _ = writeln!(sql, "DROP TABLE IF EXISTS {place}.{table};\nCREATE TEMPORARY TABLE {table} ({columns});");
}

fn rows(sql: &mut String, table: &str, rows: impl Iterator<Item = String>) {
    let rows: Vec<String> = rows.collect();
    for some in rows.chunks(ROWS) {
        let _ = writeln!(sql, "INSERT INTO {table} VALUES\n  {};", some.join(",\n  "));
    }
}

/// What stands in the table now, and why steps are skipped.
fn look(sql: &mut String, outcome: &Outcome, names: &Names, merge: bool) {
    let Names { staging, table, id, plan, schema, .. } = names;
    let lang = outcome.lang;
    let say = |ru, en| names.text(lang.pick(ru, en));
    let mut columns: Vec<(String, String)> =
        staging.columns.iter().enumerate().map(|(at, (_, column))| (format!("c{at}"), column.clone())).collect();
    if let Some(column) = &staging.merged_into {
        columns.push(("mark".to_owned(), column.clone()));
    }
    let texts: Vec<String> =
        columns.iter().map(|(short, c)| format!(", CAST(t.{} AS text) AS {short}", name(c))).collect();
    let place = if names.engine == Engine::PostgreSql { "pg_temp" } else { "temp" };
    let _ = writeln!(
        sql,
        "\nCREATE INDEX sverka_record_id ON sverka_record (id);\n\
         DROP TABLE IF EXISTS {place}.sverka_live;\n\
         CREATE TEMPORARY TABLE sverka_live AS\n  SELECT r.n AS n, r.id AS id, r.keeps AS keeps{}\n  FROM sverka_record r JOIN {table} t ON CAST(t.{id} AS text) = r.id;\n\
         CREATE INDEX sverka_live_n ON sverka_live (n, id);",
        texts.concat()
    );
    let _ = writeln!(
        sql,
        "INSERT INTO sverka_why\n  SELECT s.n, 0, '' FROM sverka_step s WHERE s.step IN (\n    SELECT j.step FROM {schema}sverka_journal j WHERE j.status = 'done' AND j.n IN (\n      SELECT max(n) FROM {schema}sverka_journal WHERE plan = {plan} AND status IN ('done', 'undone') GROUP BY step));\n\
         INSERT INTO sverka_why\n  SELECT r.n, 1, {} || r.id FROM sverka_record r\n  LEFT JOIN sverka_live l ON l.n = r.n AND l.id = r.id GROUP BY r.n, r.id HAVING count(l.id) <> 1;",
        say("нет единственной записи ", "no single record ")
    );
    for (short, column) in columns.iter().filter(|(short, _)| short != "mark") {
        let col = names.text(column);
        let _ = writeln!(
            sql,
            "INSERT INTO sverka_why\n  SELECT l.n, 2, {} || l.id || {} FROM sverka_live l\n  WHERE EXISTS (SELECT 1 FROM sverka_expect e WHERE e.n = l.n AND e.id = l.id AND e.col = {col})\n    AND NOT EXISTS (SELECT 1 FROM sverka_expect e WHERE e.n = l.n AND e.id = l.id AND e.col = {col}\n      AND trim(e.was) = trim(coalesce(l.{short}, '')));",
            say("запись ", "record "),
            names.text(&format!(": {} {column}", lang.pick("изменилась колонка", "changed column"))),
        );
    }
    if merge {
        if staging.merged_into.is_some() {
            let _ = writeln!(
                sql,
                "INSERT INTO sverka_why\n  SELECT l.n, 3, {} || l.id FROM sverka_live l WHERE trim(coalesce(l.mark, '')) <> '';",
                say("уже объединена запись ", "already merged: record ")
            );
        }
        // Where the exports have no INN the copy itself must not hold two.
        let inn = staging.columns.iter().position(|(field, _)| *field == Field::Inn);
        if let (Some(at), false) = (inn, outcome.data.parties(staging.side).raw.has(Field::Inn)) {
            let _ = writeln!(
                sql,
                "INSERT INTO sverka_why\n  SELECT n, 4, {} FROM sverka_live GROUP BY n HAVING count(DISTINCT nullif(trim(c{at}), '')) > 1;",
                say("разные ИНН", "INNs differ")
            );
        }
    }
}

/// The changes of the steps that are not skipped.
fn choose(sql: &mut String, names: &Names, merge: bool) {
    let Names { staging, .. } = names;
    let free = "NOT IN (SELECT n FROM sverka_why)";
    let own = names.text(&staging.table);
    for (at, (_, column)) in staging.columns.iter().enumerate() {
        let col = names.text(column);
        // A merge fills what is empty and overwrites nothing.
        let only = if merge {
            format!("trim(coalesce(l.c{at}, '')) = ''")
        } else {
            format!("coalesce(l.c{at}, '') <> v.becomes")
        };
        let _ = writeln!(
            sql,
            "INSERT INTO sverka_todo\n  SELECT v.n, {own}, {col}, v.id, l.c{at}, v.becomes FROM sverka_set v\n  JOIN sverka_live l ON l.n = v.n AND l.id = v.id\n  WHERE v.col = {col} AND v.n {free} AND {only};"
        );
    }
    if !merge {
        return;
    }
    for (of, column, key) in names.pointers() {
        let (of_text, col, quoted) = (names.text(of), names.text(column), name(column));
        let marks = of == staging.table && staging.merged_into.as_deref() == Some(column);
        let (was, on) = if marks { ("NULL", name(key)) } else { ("d.id", quoted) };
        let _ = writeln!(
            sql,
            "INSERT INTO sverka_todo\n  SELECT d.n, {of_text}, {col}, CAST(t.{} AS text), {was}, k.id\n  FROM sverka_record d JOIN sverka_record k ON k.n = d.n AND k.keeps = 1 JOIN {} t ON CAST(t.{on} AS text) = d.id\n  WHERE d.keeps = 0 AND d.n {free};",
            name(key),
            table(of)
        );
    }
}

/// Keeps former rows, then writes, column by column, and looks whether the base took it as it is.
fn write(sql: &mut String, names: &Names, merge: bool) {
    let Names { staging, plan, schema, .. } = names;
    for (of, key) in names.tables() {
        let (before, text, key) = (names.before(of), names.text(of), name(key));
        let _ = writeln!(
            sql,
            "DELETE FROM {before} WHERE sverka_plan = {plan} AND sverka_step IN (\n  SELECT step FROM sverka_step WHERE n NOT IN (SELECT n FROM sverka_why));\n\
             INSERT INTO {before}\n  SELECT {plan}, s.step, t.* FROM {} t\n  JOIN (SELECT DISTINCT n, id FROM sverka_todo WHERE tbl = {text}) d ON CAST(t.{key} AS text) = d.id\n  JOIN sverka_step s ON s.n = d.n;",
            table(of)
        );
    }
    let _ = writeln!(
        sql,
        "INSERT INTO {schema}sverka_change\n  SELECT {plan}, s.step, d.tbl, d.col, d.id, d.was, d.becomes FROM sverka_todo d JOIN sverka_step s ON s.n = d.n;"
    );
    let own = names.text(&staging.table);
    for (_, column) in &staging.columns {
        let (quoted, col, table, id) = (name(column), names.text(column), &names.table, &names.id);
        let of = format!("c.tbl = {own} AND c.col = {col} AND CAST(t.{id} AS text) = c.id");
        let _ = writeln!(
            sql,
            "UPDATE {table} AS t SET {quoted} = c.becomes FROM sverka_todo c WHERE {of};\n\
             INSERT INTO sverka_check SELECT 0 FROM {table} t JOIN sverka_todo c ON {of} WHERE coalesce(CAST(t.{quoted} AS text), '') <> c.becomes;"
        );
    }
    if !merge {
        return;
    }
    for (of, column, key) in names.pointers() {
        let (quoted, col, of_text, key) = (name(column), names.text(column), names.text(of), name(key));
        // The record that stays gives its id in the type that it has.
        let _ = writeln!(
            sql,
            "UPDATE {} AS t SET {quoted} = k.{id} FROM sverka_todo c, {table} k\n  WHERE c.tbl = {of_text} AND c.col = {col} AND CAST(t.{key} AS text) = c.id AND CAST(k.{id} AS text) = c.becomes;",
            table(of),
            id = names.id,
            table = names.table
        );
    }
}

fn journal(sql: &mut String, outcome: &Outcome, names: &Names, merge: bool) {
    let Names { staging, plan, schema, .. } = names;
    let lang = outcome.lang;
    let say = |ru, en| names.text(lang.pick(ru, en));
    let own = names.text(&staging.table);
    if merge {
        let _ = writeln!(
            sql,
            "INSERT INTO {schema}sverka_merged\n  SELECT {plan}, s.step, '{}', '{}', d.id, k.id FROM sverka_record d\n  JOIN sverka_record k ON k.n = d.n AND k.keeps = 1 JOIN sverka_step s ON s.n = d.n\n  WHERE d.keeps = 0 AND d.n NOT IN (SELECT n FROM sverka_why) ORDER BY d.n, d.id;",
            staging.side, staging.entity
        );
    }
    // The first reason of the strongest kind; a step that was done before is neither told nor noted again.
    let verdict = "SELECT s.n AS n, s.step AS step, w.why AS why FROM sverka_step s LEFT JOIN (\n    SELECT w.n AS n, min(w.why) AS why FROM sverka_why w\n    WHERE w.level = (SELECT min(o.level) FROM sverka_why o WHERE o.n = w.n) GROUP BY w.n) w ON w.n = s.n\n  WHERE s.n NOT IN (SELECT n FROM sverka_why WHERE level = 0)";
    let _ = writeln!(
        sql,
        "INSERT INTO {schema}sverka_journal (plan, tbl, step, status, detail, at)\n  SELECT {plan}, {own}, v.step, CASE WHEN v.why IS NULL THEN 'done' ELSE 'skipped' END, coalesce(v.why, ''), {}\n  FROM ({verdict}) v ORDER BY v.n;\n\
         SELECT v.step AS step, CASE WHEN v.why IS NULL THEN {} ELSE {} || v.why END AS status\n  FROM ({verdict}) v ORDER BY v.n;\n\
         SELECT count(*) AS steps, count(*) - count(w.n) AS done, count(w.n) - sum(CASE WHEN w.level = 0 THEN 1 ELSE 0 END) AS skipped,\n  sum(CASE WHEN w.level = 0 THEN 1 ELSE 0 END) AS done_before\n  FROM sverka_step s LEFT JOIN (SELECT n, min(level) AS level FROM sverka_why GROUP BY n) w ON w.n = s.n;",
        names.engine.now(),
        say("готово", "done"),
        say("пропущено: ", "skipped: "),
    );
}

fn end(sql: &mut String, outcome: &Outcome, engine: Engine) {
    let lang = outcome.lang;
    let dry = lang.pick("Пробный запуск: ничего не изменено", "Dry run: nothing was changed");
    let kept = lang.pick("Изменения сохранены", "The changes are kept");
    match engine {
        Engine::PostgreSql => {
            let _ = writeln!(
                sql,
                "\n\\if :{{?apply}}\nCOMMIT;\n\\echo '{kept}'\n\\else\nROLLBACK;\n\\echo '{dry}'\n\\endif"
            );
        }
        Engine::Sqlite => {
            let open = lang.pick(
                "Изменения не сохранены, пока не выполнена вторая команда: COMMIT;",
                "Nothing is kept until the second command is carried out: COMMIT;",
            );
            let _ = writeln!(sql, "\n-- {dry}.\n.print '{open}'");
        }
    }
}
