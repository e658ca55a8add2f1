//! `sverka inspect`: what a reader sees in a file.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use serde_json::{Value, json};
use sverka::ingest::{self, Extract};
use sverka::map::aliases;
use sverka::model::{Entity, Lang, RawTable};

/// Prints every file that can be read; exit 2 when one cannot.
pub fn run(files: &[PathBuf], as_json: bool) -> Result<ExitCode> {
    let mut seen = Vec::new();
    let mut failed = false;
    for path in files {
        match read(path) {
            Ok((format, extract)) if as_json => seen.push(describe_json(path, format, &extract)),
            Ok((format, extract)) => super::print(&describe(path, format, &extract))?,
            Err(error) => {
                failed = true;
                eprintln!("sverka: {error}");
            }
        }
    }
    if as_json {
        super::print(&serde_json::to_string_pretty(&seen)?)?;
    }
    Ok(if failed { ExitCode::from(super::EXIT_FAILED) } else { ExitCode::SUCCESS })
}

fn read(path: &Path) -> Result<(&'static str, Extract), ingest::IngestError> {
    let read = ingest::read_file(path, &path.to_string_lossy().replace('\\', "/"), None)?;
    Ok((read.format, read.extract))
}

/// Rows left out of one table.
fn left_out(extract: &Extract, table: usize) -> usize {
    extract.left_out.iter().filter(|(t, _)| *t == table).count()
}

fn quarantined(extract: &Extract, table: &RawTable) -> usize {
    extract.quarantined.iter().filter(|q| q.location.place == table.place).count()
}

/// The entity whose aliases fit most headings.
fn likely_entity(table: &RawTable) -> Option<Entity> {
    let hits = |entity| table.columns.iter().filter(|c| aliases::field_of(&c.heading, entity).is_some()).count();
    Entity::ALL
        .into_iter()
        .map(|e| (hits(e), e))
        .filter(|(n, _)| *n > 0)
        .max_by_key(|(n, e)| (*n, std::cmp::Reverse(*e)))
        .map(|(_, e)| e)
}

fn describe_json(path: &Path, format: &str, extract: &Extract) -> Value {
    let tables: Vec<Value> = extract
        .tables
        .iter()
        .enumerate()
        .map(|(at, table)| {
            let entity = likely_entity(table);
            let (out, bad) = (left_out(extract, at), quarantined(extract, table));
            json!({
                "kind": table.kind,
                "sheet": table.place.sheet.as_deref(),
                "entity": entity.map(Entity::as_str),
                "rows": table.len() + out + bad,
                "loaded": table.len(),
                "left_out": out,
                "quarantined": bad,
                "partial": table.partial,
                "columns": table.columns.iter().map(|c| json!({
                    "heading": c.heading,
                    "field": entity.and_then(|e| aliases::field_of(&c.heading, e)).map(|(f, _)| f.code()),
                    "filled": c.cells.filled(),
                })).collect::<Vec<_>>(),
            })
        })
        .collect();
    let version = extract.details.iter().find(|(name, _)| *name == "version").map(|(_, v)| v.as_str());
    json!({
        "file": path.to_string_lossy(),
        "format": format,
        "version": version,
        "encoding": extract.encoding,
        "details": extract.details.iter().map(|(k, v)| json!({"name": k, "value": v})).collect::<Vec<_>>(),
        "tables": tables,
    })
}

fn describe(path: &Path, format: &str, extract: &Extract) -> String {
    let mut out = format!("{}\n  формат {format}", path.display());
    if !extract.encoding.is_empty() {
        let _ = write!(out, ", кодировка {}", extract.encoding);
    }
    for (name, value) in &extract.details {
        let _ = write!(out, ", {name}: {value}");
    }
    for (at, table) in extract.tables.iter().enumerate() {
        let entity = likely_entity(table);
        let _ = write!(out, "\n  таблица {}", at + 1);
        if let Some(sheet) = &table.place.sheet {
            let _ = write!(out, " «{sheet}»");
        }
        if !table.kind.is_empty() {
            let _ = write!(out, " ({})", table.kind);
        }
        let (skipped, bad) = (left_out(extract, at), quarantined(extract, table));
        let _ = write!(out, ": строк {}, загружено {}", table.len() + skipped + bad, table.len());
        for (what, count) in [("не записи", skipped), ("карантин", bad)] {
            if count > 0 {
                let _ = write!(out, ", {what} {count}");
            }
        }
        if table.partial {
            out.push_str("; часть данных: только изменения или не все страницы");
        }
        for column in &table.columns {
            let filled = column.cells.filled();
            if filled == 0 && !table.is_empty() && column.heading.is_empty() {
                continue;
            }
            let field = entity.and_then(|e| aliases::field_of(&column.heading, e));
            let target = field.map_or(String::new(), |(f, _)| format!(" → {}", f.title(Lang::Ru)));
            let share = if table.is_empty() { 0 } else { 100 * filled / table.len() };
            let _ = write!(out, "\n    {share:>3} % {}{target}", column.heading);
        }
    }
    out
}
