//! The sample project of a property developer: two buildings, their contracts, schedules and payments in a CRM and in 1C,
//! with planted defects or without any. All persons, numbers and sums are invented.

mod bulk;
mod plant;
mod world;

use std::fmt::Write as _;

pub use bulk::{DeveloperCounts, developer_of};
use world::{TABLES, World};

/// The files of the project as (path relative to it, content), sorted by path. `clean`: without any planted defect
/// (`samples/developer-clean`), else `samples/developer` with `expected/findings.csv`.
pub fn developer(clean: bool) -> Vec<(String, Vec<u8>)> {
    let mut world = World::new();
    let planted = if clean { Vec::new() } else { plant::plant(&mut world) };
    let mut files = Vec::new();
    for (table, rows) in TABLES.iter().zip(&world.tables) {
        let mut text = String::from("\u{FEFF}");
        text += &line(&mut table.headings.iter().copied());
        for row in rows {
            text += &line(&mut row.iter().map(String::as_str));
        }
        files.push((table.path.to_owned(), text.into_bytes()));
    }
    files.push(("sverka.toml".to_owned(), project_file(clean).into_bytes()));
    if !clean {
        let mut out = String::from("check,side,entity,record_id,other_ids,note\n");
        for p in planted {
            let _ = writeln!(out, "{},{},{},{},{},{}", p.check, p.side, p.entity, p.record, p.others, p.note);
        }
        files.push(("expected/findings.csv".to_owned(), out.into_bytes()));
    }
    files.sort();
    files
}

/// A row of a list.
fn line(cells: &mut dyn Iterator<Item = &str>) -> String {
    let cells: Vec<String> = cells.map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
    cells.join(";") + "\r\n"
}

fn project_file(clean: bool) -> String {
    let mut out = format!(
        "# Застройщик перед запуском обмена CRM — 1С. Все люди, договоры и суммы вымышлены.\n\
         [project]\n\
         name = \"ЖК «Северный»: запуск обмена{}\"\n\
         lang = \"ru\"\n\
         direction = \"both\"\n\
         as_of = \"2026-11-24\"\n",
        if clean { " (данные без ошибок)" } else { "" }
    );
    for table in TABLES {
        let _ = write!(
            out,
            "\n[[source]]\nside = \"{}\"\nentity = \"{}\"\npath = \"{}\"\n",
            table.side, table.entity, table.path
        );
    }
    out.push_str(
        "\n[map.deal_stage]                 # что значит стадия сделки для денег и документов\n\
         \"Бронь\" = \"none\"\n\
         \n[map.object_status]              # слова шахматки и 1С; обычные слова известны и без этого\n\
         \"Опцион\" = \"reserved\"\n\
         \n[map.object_status.onec]\n\"Реализован\" = \"sold\"\n\
         \n[gates]                          # запуск обмена разрешён, пока ошибок не больше\nblocker = 0\nerror = 0\n",
    );
    out
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    /// The committed samples are what the generator writes; `UPDATE_GOLDEN` rewrites them.
    #[test]
    fn committed_files_are_the_generated_ones() {
        for (clean, folder) in [(false, "developer"), (true, "developer-clean")] {
            let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples").join(folder);
            let files = developer(clean);
            if std::env::var_os("UPDATE_GOLDEN").is_some() {
                for (path, bytes) in &files {
                    std::fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
                    std::fs::write(root.join(path), bytes).unwrap();
                }
            }
            for (path, bytes) in &files {
                let committed = std::fs::read(root.join(path)).unwrap_or_default();
                assert!(committed == *bytes, "{folder}/{path} differs: run UPDATE_GOLDEN=1 cargo test generate");
            }
            assert_eq!(files, developer(clean), "the same bytes every time");
        }
    }

    #[test]
    fn every_check_of_property_is_planted() {
        let planted: BTreeSet<&str> = plant::plant(&mut World::new()).iter().map(|p| p.check).collect();
        let checks: BTreeSet<&str> = crate::checks::re::CHECKS.iter().map(|c| c.meta().id).collect();
        assert_eq!(planted, checks);
    }
}
