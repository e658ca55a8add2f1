//! Readers of XML and JSON on invented files that hold the traps of real ones, each with the tables it must give.
//!
//! `tests/fixtures/tree/NAME` is read and compared with `NAME.expected` beside it; `UPDATE_GOLDEN=1` rewrites those, to
//! be read before they are committed. Joins of several files are tested in `readers_tree_joined`.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use sverka::ingest::{self, Extract, IngestError, Input};
use sverka::model::RawTable;

pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/tree")
}

/// Everything that a reader says, as text.
fn render(read: &Result<(&'static str, Extract), IngestError>) -> String {
    let mut out = String::new();
    let (format, extract) = match read {
        Ok(read) => read,
        Err(error) => return format!("refused: {error}\n"),
    };
    let _ = writeln!(out, "{format}, {}", extract.encoding);
    for (name, value) in &extract.details {
        let _ = writeln!(out, "{name}: {value}");
    }
    for (at, table) in extract.tables.iter().enumerate() {
        table_text(table, &mut out);
        for (_, left) in extract.left_out.iter().filter(|(table, _)| *table == at) {
            let _ = writeln!(out, "  {}: left out, {}", left.row, left.reason.as_str());
        }
    }
    for row in &extract.quarantined {
        let _ = writeln!(out, "quarantine: {}: {}: {}", row.location, row.reason, row.raw.replace('\n', "⏎"));
    }
    out
}

fn table_text(table: &RawTable, out: &mut String) {
    let kind = if table.kind.is_empty() { "(no kind)" } else { &table.kind };
    let _ = write!(out, "\n{kind}: {}", table.len());
    if let Some(total) = table.declared_total {
        let _ = write!(out, " of {total}");
    }
    for (owner, total) in &table.declared_of {
        let _ = write!(out, ", {total} of {owner}");
    }
    let _ = writeln!(out, "{}", if table.partial { ", partial" } else { "" });
    for row in 0..table.len() {
        let _ = write!(out, "  {}:", table.rows[row]);
        for (at, column) in table.columns.iter().enumerate() {
            let cell = table.get(at, row);
            if !cell.is_empty() {
                let _ = write!(out, " {}=[{}]", column.heading, cell.replace('\n', "⏎"));
            }
        }
        out.push('\n');
    }
}

#[test]
fn fixtures_give_their_tables() {
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let mut names: Vec<String> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.ends_with(".expected"))
        .collect();
    names.sort();
    assert!(names.len() > 10, "{names:?}");
    let mut wrong = String::new();
    for name in &names {
        let input = Input::open(&folder().join(name), name).unwrap();
        let input = Input { path: PathBuf::from(name), ..input };
        let got = render(&ingest::read(&input, None));
        let golden = folder().join(format!("{name}.expected"));
        if update {
            fs::write(&golden, &got).unwrap();
        }
        let expected = fs::read_to_string(&golden).unwrap_or_default();
        if got != expected {
            let _ = writeln!(wrong, "== {name}\n-- expected\n{expected}\n-- got\n{got}");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
