//! `sverka inspect`: what an audit would see in a file.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use serde_json::{Value, json};
use sverka::ingest::{self, IngestError, Input};
use sverka::map::{Titles, Use};
use sverka::model::{Entity, Lang};
use sverka::propose::{self, Certainty, Reason, SeenColumn, SeenFile, SeenTable};

use super::summary::number;

/// Quarantined rows that are listed.
const MOST_ROWS: usize = 10;
/// Width of the column of headings.
const WIDTH: usize = 56;

/// Prints every file that can be read; exit 2 when one cannot. `as_json`: one object a line, a line a file. `mask`
/// hides letters and digits of the examples.
pub fn run(files: &[PathBuf], as_json: bool, mask: bool) -> Result<ExitCode> {
    let mut failed = false;
    for path in files {
        match look(path) {
            Ok(seen) if as_json => super::print(&describe_json(path, &seen, mask).to_string())?,
            Ok(seen) => super::print(&describe(path, &seen, mask))?,
            Err(error) => {
                failed = true;
                eprintln!("sverka: {error}");
            }
        }
    }
    Ok(if failed { ExitCode::from(super::EXIT_FAILED) } else { ExitCode::SUCCESS })
}

fn look(path: &Path) -> Result<SeenFile, IngestError> {
    propose::recognise(&Input::open(path, &path.to_string_lossy().replace('\\', "/"))?, &Titles::default())
}

fn examples(column: &SeenColumn, mask: bool) -> Vec<String> {
    column.examples.iter().map(|text| if mask { propose::mask(text) } else { text.clone() }).collect()
}

fn describe_json(path: &Path, seen: &SeenFile, mask: bool) -> Value {
    let column = |table: &SeenTable, column: &SeenColumn| {
        json!({
            "heading": column.heading,
            "field": column.field.map(|f| f.code()),
            "reason": column.reason.map(Reason::as_str),
            "filled": column.filled,
            "fill_rate": if table.read == 0 { 0.0 } else { (1000.0 * column.filled as f64 / table.read as f64).round() / 1000.0 },
            "examples": examples(column, mask),
        })
    };
    let table = |table: &SeenTable| {
        json!({
            "entity": table.entity.map(Entity::as_str),
            "rows": table.rows,
            "loaded": table.loaded,
            "left_out": table.left_out,
            "quarantined": table.quarantined.len(),
            "columns": table.columns.iter().map(|c| column(table, c)).collect::<Vec<_>>(),
        })
    };
    json!({
        "file": path.to_string_lossy(),
        "format": seen.format,
        "version": seen.version,
        "encoding": (!seen.encoding.is_empty()).then_some(&seen.encoding),
        "tables": seen.tables.iter().map(table).collect::<Vec<_>>(),
    })
}

fn describe(path: &Path, seen: &SeenFile, mask: bool) -> String {
    let mut out = path.display().to_string();
    let title = ingest::FORMATS.iter().find(|f| f.id() == seen.format).map_or("", |f| f.title());
    let _ = write!(out, "\n  формат {}: {title}", seen.format);
    if let Some(version) = &seen.version {
        let _ = write!(out, ", версия {version}");
    }
    if !seen.encoding.is_empty() {
        let _ = write!(out, ", кодировка {}", seen.encoding);
    }
    for (name, value) in &seen.details {
        let _ = write!(out, ", {name}: {value}");
    }
    let side = seen.side.side.title(Lang::Ru);
    let origin = match seen.side.certainty {
        Certainty::Certain => format!("выгрузка {side}"),
        Certainty::Likely => format!("похоже на выгрузку {side}"),
        Certainty::Open => "из какой системы выгрузка, по файлу не видно".to_owned(),
    };
    let _ = write!(out, "\n  {origin}");
    for (at, table) in seen.tables.iter().enumerate() {
        describe_table(&mut out, at, table, mask);
    }
    out
}

fn describe_table(out: &mut String, at: usize, table: &SeenTable, mask: bool) {
    let _ = write!(out, "\n  таблица {}", at + 1);
    if let Some(sheet) = &table.sheet {
        let _ = write!(out, " «{sheet}»");
    }
    if !table.kind.is_empty() {
        let _ = write!(out, " ({})", table.kind);
    }
    let what = match (table.entity, table.used) {
        (Some(entity), _) if table.entity_is_sure => entity.title(Lang::Ru).to_owned(),
        (Some(entity), _) => format!("похоже на {}", entity.title(Lang::Ru)),
        (None, Use::Joined) if !table.users.is_empty() => "пользователи, имена вместо номеров".to_owned(),
        (None, Use::Joined) => "реквизиты, адреса или названия кодов, служат другим записям".to_owned(),
        (None, Use::Own) => "свои организации".to_owned(),
        (None, _) => "не узнано, что за записи".to_owned(),
    };
    let loaded = if table.is_taken() { "загружается" } else { "прочитано" };
    let _ = write!(out, ": {what}; строк {}, {loaded} {}", number(table.rows), number(table.loaded));
    for (what, count) in [("не записи", table.left_out), ("карантин", table.quarantined.len() as u64)] {
        if count > 0 {
            let _ = write!(out, ", {what} {}", number(count));
        }
    }
    if table.partial {
        out.push_str("\n    часть данных: только изменения или не все страницы");
    }
    for column in &table.columns {
        if column.filled == 0 && table.loaded > 0 && column.heading.is_empty() {
            continue;
        }
        let share = (100 * column.filled).checked_div(table.read).unwrap_or(0);
        let target = column.field.map_or(String::new(), |field| {
            let why = match column.reason {
                Some(Reason::Similar) => " (по похожему заголовку)",
                Some(Reason::Content) => " (по значениям)",
                _ => "",
            };
            format!(" → {}{why}", field.title(Lang::Ru))
        });
        let left = format!("{}{target}", column.heading);
        let gap = WIDTH.saturating_sub(left.chars().count());
        let examples = examples(column, mask).join(" · ");
        let line = format!("    {share:>3} %  {left}{:gap$}  {examples}", "");
        let _ = write!(out, "\n{}", line.trim_end());
    }
    for question in &table.questions {
        let _ = write!(out, "\n    ? {}", question.text(Lang::Ru));
    }
    for bad in table.quarantined.iter().take(MOST_ROWS) {
        let row = bad.location.row.map_or(String::new(), |row| format!("строка {row}: "));
        let _ = write!(out, "\n    карантин: {row}{}", bad.reason);
    }
    let more = table.quarantined.len().saturating_sub(MOST_ROWS);
    if more > 0 {
        let _ = write!(out, "\n    карантин: и ещё строк {}", number(more as u64));
    }
}
