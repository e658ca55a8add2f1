//! The same input gives the same bytes: whatever the number of threads, the language and the zone of the machine, the
//! folder it stands in, and the hash seeds of the process. The order of sources and of rows changes no result.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use polars::prelude::{ParquetReader, SerReader};
use sverka::generate;

use crate::bounded::{SVERKA, run};

/// Every file of a run by its name. Of the manifest, what is no measurement.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut out = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let mut bytes = std::fs::read(&path).unwrap();
            if path.ends_with("report.html") {
                // Its last section tells how long the stages took, and in how much memory.
                let page = String::from_utf8(bytes).unwrap();
                bytes = page
                    .lines()
                    .filter(|line| !line.contains("data-l=\"Секунд\"") && !line.contains("Память в пике"))
                    .collect::<String>()
                    .into_bytes();
            }
            if path.ends_with("run.json") {
                let mut manifest: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
                let measured = ["started", "stages"];
                measured.iter().for_each(|key| {
                    manifest.as_object_mut().unwrap().remove(*key);
                });
                bytes = manifest.to_string().into_bytes();
            }
            out.insert(path.strip_prefix(folder).unwrap().to_owned(), bytes);
        }
    }
    out
}

fn audit(project: &Path, set: impl FnOnce(&mut Command)) -> BTreeMap<PathBuf, Vec<u8>> {
    let out = project.join("out");
    let mut command = Command::new(SVERKA);
    command.args(["audit", "--quiet", "--by-responsible", "--baseline", "none", "--out"]).arg(&out).arg(project);
    set(&mut command);
    run(&mut command, 120).done();
    let files = files(&out);
    std::fs::remove_dir_all(out).unwrap();
    files
}

fn generated(folder: &Path, rows: usize) -> PathBuf {
    let project = folder.join("project");
    generate::project(rows, 11, &mut generate::Folder::new(&project)).unwrap();
    project
}

fn same(found: &BTreeMap<PathBuf, Vec<u8>>, first: &BTreeMap<PathBuf, Vec<u8>>, what: &str) {
    assert_eq!(found.keys().collect::<Vec<_>>(), first.keys().collect::<Vec<_>>(), "{what}");
    for (name, bytes) in found {
        assert!(*bytes == first[name], "{what}: {} differs", name.display());
    }
}

#[test]
fn machines_and_threads_do_not_show() {
    let folder = tempfile::tempdir().unwrap();
    let project = generated(folder.path(), 400);
    let first = audit(&project, |command| {
        command.args(["--threads", "1"]);
    });
    assert!(first.len() > 20, "{:?}", first.keys());
    type Setting = fn(&mut Command);
    let variants: [(&str, Setting); 7] = [
        ("again", |c| {
            c.args(["--threads", "1"]);
        }),
        ("two threads", |c| {
            c.args(["--threads", "2"]);
        }),
        ("five threads", |c| {
            c.args(["--threads", "5"]);
        }),
        ("three threads by rayon", |c| {
            c.env("RAYON_NUM_THREADS", "3").env("POLARS_MAX_THREADS", "3");
        }),
        ("Turkish", |c| {
            c.env("LC_ALL", "tr_TR.UTF-8").env("LANG", "tr_TR.UTF-8").env("TZ", "Europe/Istanbul");
        }),
        ("C, far east", |c| {
            c.env("LC_ALL", "C").env("TZ", "Pacific/Kiritimati");
        }),
        ("nothing set", |c| {
            c.env_clear().env("TZ", "Pacific/Pago_Pago");
        }),
    ];
    for (what, set) in variants {
        same(&audit(&project, set), &first, what);
    }
    // In another folder, given by a relative path.
    let moved = folder.path().join("другая папка");
    std::fs::rename(&project, &moved).unwrap();
    same(
        &audit(&moved, |c| {
            c.current_dir(folder.path());
        }),
        &first,
        "another folder",
    );
}

/// What a run found, whatever numbers clusters got and whichever record of a pair stands first: links, clusters with their
/// masters, golden values, ids of findings.
fn found(files: &BTreeMap<PathBuf, Vec<u8>>) -> [BTreeSet<String>; 4] {
    let table = |name: &str| {
        let bytes = files[&PathBuf::from(format!("data/{name}.parquet"))].clone();
        let frame = ParquetReader::new(std::io::Cursor::new(bytes)).finish().unwrap();
        let columns: BTreeMap<String, _> =
            frame.columns().iter().map(|c| (c.name().to_string(), c.as_materialized_series().clone())).collect();
        (frame.height(), columns)
    };
    let rows = |name: &str, columns: &[&str]| -> Vec<Vec<String>> {
        let (height, table) = table(name);
        let row = |at| columns.iter().map(|column| table[*column].get(at).unwrap().to_string()).collect();
        (0..height).map(row).collect()
    };
    let ends = ["left_side", "left_entity", "left_id", "right_side", "right_entity", "right_id"];
    let what = ["scope", "weight", "probability", "decision", "veto"];
    let links = rows("links", &ends).into_iter().zip(rows("links", &what)).map(|(ends, what)| {
        let (left, right) = (ends[..3].join(":"), ends[3..].join(":"));
        format!("{} {} {}", left.clone().min(right.clone()), left.max(right), what.join(" "))
    });
    let mut members: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in rows("clusters", &["cluster_id", "side", "entity", "record_id", "is_master"]) {
        members.entry(row[0].clone()).or_default().insert(row[1..].join(":"));
    }
    let golden = rows("golden", &["cluster_id", "field", "value", "from_side", "from_id", "rule"]);
    let golden = golden.into_iter().map(|row| format!("{:?} {}", members[&row[0]], row[1..].join(" ")));
    let findings = rows("findings", &["finding_id", "check", "severity"]).into_iter().map(|row| row.join(" "));
    let all =
        [links.collect(), members.values().map(|m| format!("{m:?}")).collect(), golden.collect(), findings.collect()];
    assert!(all.iter().all(|set: &BTreeSet<String>| set.len() > 50));
    all
}

#[test]
fn the_order_of_sources_does_not_show() {
    let folder = tempfile::tempdir().unwrap();
    let project = generated(folder.path(), 300);
    let first = audit(&project, |_| {});
    let file = project.join("sverka.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let (head, sources) = text.split_at(text.find("[[source]]").unwrap());
    let end = sources.rfind("[[source]]").unwrap();
    let end = sources[end + 10..].find("\n[").map_or(sources.len(), |at| end + 10 + at + 1);
    let (sources, tail) = sources.split_at(end);
    let mut blocks: Vec<&str> = sources.split("[[source]]").skip(1).collect();
    assert!(blocks.len() >= 4, "{}", blocks.len());
    blocks.reverse();
    let turned: String = blocks.iter().map(|block| format!("[[source]]{}\n", block.trim_end())).collect();
    std::fs::write(&file, format!("{head}{turned}{tail}")).unwrap();
    let other = audit(&project, |_| {});
    assert!(found(&other) == found(&first));
}

/// Rows of each file turned round.
#[test]
fn the_order_of_rows_does_not_show() {
    let folder = tempfile::tempdir().unwrap();
    let project = generated(folder.path(), 300);
    let first = audit(&project, |_| {});
    let mut turned = 0;
    for side in ["crm", "onec"] {
        for entry in std::fs::read_dir(project.join(side)).unwrap() {
            let path = entry.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            let mut lines: Vec<&str> = text.lines().collect();
            assert!(
                lines.iter().all(|line| line.matches('"').count() % 2 == 0),
                "a cell of several lines would be torn"
            );
            lines[1..].reverse();
            std::fs::write(&path, lines.join("\n") + "\n").unwrap();
            turned += 1;
        }
    }
    let other = audit(&project, |_| {});
    assert!(turned == 4, "{turned} files");
    assert!(found(&other) == found(&first));
}
