//! A masked run: nothing personal is left in any byte of it, and it says the same as the full one.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io::Read;
use std::path::Path;
use std::process::Command;

use polars::prelude::{ParquetReader, SerReader};
use sverka::audit::{Plan, Silent, audit};
use sverka::mask;
use sverka::model::{Field, Lang, Side};
use sverka::outcome::Outcome;
use sverka::report::texts::Texts;
use sverka::run::{self, Writing};
use sverka::{config, decisions};

use crate::decide::edited;
use crate::periodic::copy;
use crate::samples::{self, audited};
use crate::world::World;

/// Every text of a file of a run: parts of a workbook unpacked, columns of a table read, and the bytes as they lie.
fn texts_of(path: &Path) -> String {
    let bytes = std::fs::read(path).unwrap();
    let mut out = String::from_utf8_lossy(&bytes).into_owned();
    match path.extension().and_then(|e| e.to_str()) {
        Some("xlsx") => {
            let mut zip = zip::ZipArchive::new(std::io::Cursor::new(&bytes)).unwrap();
            for at in 0..zip.len() {
                let mut part = Vec::new();
                zip.by_index(at).unwrap().read_to_end(&mut part).unwrap();
                out.push_str(&String::from_utf8_lossy(&part));
                out.push('\n');
            }
        }
        Some("parquet") => {
            let frame = ParquetReader::new(std::io::Cursor::new(&bytes)).finish().unwrap();
            for column in frame.columns() {
                let series = column.as_materialized_series().clone();
                let parts = match series.list() {
                    Ok(lists) => (0..lists.len()).filter_map(|at| lists.get_as_series(at)).collect(),
                    Err(_) => vec![series],
                };
                for text in parts.iter().filter_map(|part| part.str().ok()).flat_map(|part| part.iter().flatten()) {
                    out.push_str(text);
                    out.push('\n');
                }
            }
        }
        _ => {}
    }
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&#x27;", "'"), ("&amp;", "&")];
    entities.iter().fold(out, |text, (from, to)| text.replace(from, to))
}

fn files(folder: &Path, out: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, out) } else { out.push(path) }
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    // Of some thousand made-up words of four letters one is a true word by chance.
    text.split(|c: char| !c.is_alphabetic()).filter(|word| word.chars().count() > 4)
}

/// What the program itself says: words of texts and cards, of the project, of headings and files.
fn own_words(o: &Outcome) -> HashSet<String> {
    let mut known: HashSet<String> = HashSet::new();
    let mut take = |text: &str| known.extend(words(text).map(str::to_lowercase));
    let mut texts = vec![toml::Value::Table(Texts::load(o.lang).tree().clone())];
    while let Some(value) = texts.pop() {
        match value {
            toml::Value::Table(t) => texts.extend(t.into_iter().map(|(_, v)| v)),
            toml::Value::Array(a) => texts.extend(a),
            toml::Value::String(s) => take(&s),
            _ => {}
        }
    }
    for check in &o.checks {
        let c = check.meta.card(o.lang);
        [c.title, c.finds, c.why, c.causes, c.remedy, c.example, c.source].into_iter().for_each(&mut take);
    }
    // A sentence of a check about documents, in no card.
    take("выдан");
    take(&o.project);
    o.checks.iter().for_each(|check| take(check.meta.id));
    // Spelled out by a check, and kept: they say nothing of who it is.
    take("акционерное некоммерческая организация индивидуальный предприниматель общество ответственностью");
    // Goods and warehouses are called by names that are nobody's.
    for book in Side::BOTH.into_iter().flat_map(|side| &o.data.get(side).books) {
        for &field in Field::ALL.iter().filter(|&&f| !mask::is_personal_in(book.entity, f)) {
            (0..book.len()).for_each(|at| take(book.raw.get(field, at)));
        }
    }
    // Where nothing is read, every word is the program's.
    let folder = tempfile::tempdir().unwrap();
    let mut empty = World::new().build();
    empty.lang = o.lang;
    write(&empty, &folder.path().join("run"));
    let mut all = Vec::new();
    files(&folder.path().join("run"), &mut all);
    all.iter().for_each(|path| take(&texts_of(path)));
    for source in Side::BOTH.iter().flat_map(|&s| &o.data.get(s).sources) {
        take(&source.path);
        source.mapped.iter().for_each(|(heading, _)| take(heading));
        source.unmapped.iter().for_each(|heading| take(heading));
        source.not_used.iter().for_each(|(table, _)| take(table));
    }
    // What stands in the fields that stay.
    for side in Side::BOTH {
        let raw = &o.data.parties(side).raw;
        for &field in Field::ALL.iter().filter(|&&f| !mask::is_personal(f)) {
            (0..raw.len()).for_each(|at| take(raw.get(field, at)));
        }
    }
    known
}

/// Digits of a number that is looked for by itself: KPP, INN, phones, accounts, documents.
const NUMBER_DIGITS: usize = 9;

/// Values that cards of checks have as examples too.
const PLACEHOLDERS: [&str; 2] = ["01.01.1900", "997950001"];

/// Whole values and words of values that must not be left.
struct Secrets {
    /// As they stand in the sources: those without a word or number of the other lists.
    values: BTreeSet<String>,
    /// Long numbers, digits alone.
    numbers: BTreeSet<String>,
    /// In lower case.
    words: BTreeSet<String>,
}

fn secrets(o: &Outcome) -> Secrets {
    let own = own_words(o);
    let mut secrets = Secrets { values: BTreeSet::new(), numbers: BTreeSet::new(), words: BTreeSet::new() };
    let mut ids: HashSet<String> = HashSet::new();
    for side in Side::BOTH {
        let raw = &o.data.parties(side).raw;
        for at in 0..raw.len() {
            ids.extend([Field::Id, Field::ExternalId, Field::Code].map(|f| raw.get(f, at).to_owned()));
        }
    }
    for side in Side::BOTH {
        let raw = &o.data.parties(side).raw;
        for &field in Field::ALL.iter().filter(|&&f| mask::is_personal(f)) {
            for text in (0..raw.len()).map(|at| raw.get(field, at)).filter(|t| !t.is_empty() && !ids.contains(*t)) {
                for value in text.split('\n').map(str::trim).filter(|v| v.chars().count() > 5) {
                    let digits: String = value.chars().filter(char::is_ascii_digit).collect();
                    let letters = value.chars().any(char::is_alphabetic);
                    let told = words(value).any(|w| !own.contains(&w.to_lowercase()));
                    if !letters && digits.bytes().all(|b| b == b'0') || PLACEHOLDERS.contains(&value) {
                        // It says nothing.
                    } else if digits.len() >= NUMBER_DIGITS {
                        secrets.numbers.insert(digits);
                    } else if letters && !told && !digits.is_empty() {
                        // Neither its words nor its number are looked for. A short number alone comes about by chance.
                        secrets.values.insert(value.to_owned());
                    }
                }
                let lower = text.to_lowercase();
                secrets.words.extend(words(&lower).filter(|w| !own.contains(*w)).map(str::to_owned));
            }
        }
    }
    secrets
}

/// What of the secrets a masked run still says.
fn left(secrets: &Secrets, run: &Path) -> Vec<String> {
    let mut all = Vec::new();
    files(run, &mut all);
    assert!(all.len() > 10, "{all:?}");
    let mut found = Vec::new();
    for path in all {
        let name = path.strip_prefix(run).unwrap().display().to_string();
        let text = format!("{name}\n{}", texts_of(&path));
        found.extend(secrets.values.iter().filter(|v| text.contains(v.as_str())).map(|v| format!("{name}: {v}")));
        // Digits of one number, whatever stands between them.
        let said: HashSet<String> = text
            .split(|c: char| !(c.is_ascii_digit() || " ()-+.\u{a0}".contains(c)))
            .map(|part| part.chars().filter(char::is_ascii_digit).collect())
            .collect();
        found.extend(secrets.numbers.iter().filter(|n| said.contains(*n)).map(|n| format!("{name}: {n}")));
        let lower = text.to_lowercase();
        let said: HashSet<&str> = words(&lower).collect();
        found.extend(secrets.words.iter().filter(|w| said.contains(w.as_str())).map(|w| format!("{name}: {w}")));
    }
    found
}

fn write(o: &Outcome, out: &Path) {
    run::write(o, out, Writing { started: "2026-11-24T00:00:00Z", by_responsible: true }, &Silent).unwrap();
}

#[test]
fn nothing_personal_is_left_in_any_file() {
    for lang in [Lang::Ru, Lang::En] {
        let folder = tempfile::tempdir().unwrap();
        let (full, masked) = (folder.path().join("full"), folder.path().join("masked"));
        let outcome = samples::fresh("trade", lang);
        let secrets = secrets(&outcome);
        let sizes = [secrets.values.len(), secrets.numbers.len(), secrets.words.len()];
        assert!(sizes[0] > 2 && sizes[1] > 800 && sizes[2] > 900, "{sizes:?}");
        write(&outcome, &full);
        let shown = left(&secrets, &full);
        assert!(shown.len() > 3_000, "the full run says them, so this test can see them: {}", shown.len());
        write(&mask::outcome(outcome).unwrap(), &masked);
        let shown = left(&secrets, &masked);
        assert!(shown.is_empty(), "{} left: {:#?}", shown.len(), &shown[..shown.len().min(30)]);
        for name in ["merge", "cleanup", "data/snapshot.parquet"] {
            assert!(full.join(name).exists() && !masked.join(name).exists(), "{name}");
        }
    }
}

/// A generated base has other shapes of names and errors than the sample, and an earlier run.
#[test]
fn nothing_is_left_of_a_generated_base_either() {
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().join("p");
    let sverka = |arguments: &[&str]| {
        let done = Command::new(env!("CARGO_BIN_EXE_sverka")).args(arguments).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    };
    let path = project.to_str().unwrap();
    sverka(&["generate", "--rows", "400", "--seed", "7", "--out", path]);
    sverka(&["audit", path, "--quiet"]);
    // What is resolved since comes from the earlier run.
    let file = project.join("sverka.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, format!("{text}\n[checks]\n\"ct-phone-shared\" = \"off\"\n")).unwrap();
    let masked = folder.path().join("masked");
    sverka(&[
        "audit",
        path,
        "--quiet",
        "--mask",
        "--by-responsible",
        "--baseline",
        "latest",
        "--out",
        masked.to_str().unwrap(),
    ]);
    let config = config::load(&project).unwrap();
    let as_of = config.as_of.unwrap_or(chrono::NaiveDate::from_ymd_opt(2026, 11, 24).unwrap());
    let outcome = audit(&Plan::new(config, as_of), &Silent).unwrap();
    let shown = left(&secrets(&outcome), &masked);
    assert!(shown.is_empty(), "{} left: {:#?}", shown.len(), &shown[..shown.len().min(30)]);
    // A masked run never becomes the last one.
    sverka(&["audit", path, "--quiet", "--mask"]);
    let latest = run::latest(&project.join("runs")).unwrap();
    let manifest = std::fs::read_to_string(latest.join("run.json")).unwrap();
    assert!(manifest.contains("\"masked\": false"));
    assert_eq!(
        std::fs::read_dir(project.join("runs"))
            .unwrap()
            .filter(|e| e.as_ref().unwrap().file_name().to_string_lossy().ends_with("-masked"))
            .count(),
        1
    );
}

#[test]
fn both_say_the_same_things() {
    let full = audited("trade", Lang::Ru);
    let masked = mask::outcome(samples::fresh("trade", Lang::Ru)).unwrap();
    let ids = |o: &Outcome| o.findings.iter().map(|f| (f.id, f.check, f.status)).collect::<Vec<_>>();
    assert_eq!(ids(full), ids(&masked));
    assert_eq!(full.gates, masked.gates);
    let links = |o: &Outcome| o.matching.links.iter().map(|l| (l.a, l.b, l.decision, l.veto)).collect::<Vec<_>>();
    assert_eq!(links(full), links(&masked));
    // Equal values are masked equally, whichever field and list they stand in, and different ones differently.
    let mut known: BTreeMap<&str, &str> = BTreeMap::new();
    let mut pairs = 0;
    let mut see = |value: &'static str, as_masked: &'static str| {
        pairs += 1;
        assert_eq!(*known.entry(value).or_insert(as_masked), as_masked, "{value}");
    };
    let keep = |text: &str| -> &'static str { Box::leak(text.to_owned().into_boxed_str()) };
    for (x, y) in full.findings.iter().zip(&masked.findings) {
        // What is not personal stays as it is: a number of lines is no number of a house.
        if x.field.is_some_and(|field| !mask::is_personal(field)) {
            continue;
        }
        for (x, y) in [(&x.crm_value, &y.crm_value), (&x.onec_value, &y.onec_value)] {
            if let (Some(a), Some(b)) = (x, y) {
                see(keep(a), keep(b));
            }
        }
    }
    for (x, y) in full.matching.golden.iter().zip(&masked.matching.golden) {
        see(keep(&full.matching.value(x, &full.data)), keep(&masked.matching.value(y, &masked.data)));
    }
    for side in Side::BOTH {
        let (x, y) = (&full.data.parties(side).raw, &masked.data.parties(side).raw);
        for &field in Field::ALL.iter().filter(|&&f| mask::is_personal(f)) {
            (0..x.len()).for_each(|at| see(keep(x.get(field, at)), keep(y.get(field, at))));
        }
        for &field in Field::ALL.iter().filter(|&&f| !mask::is_personal(f)) {
            assert!((0..x.len()).all(|at| x.get(field, at) == y.get(field, at)), "{field:?}");
        }
    }
    assert!(pairs > 10_000);
    let phones: BTreeMap<&str, &str> =
        known.iter().filter(|(v, _)| v.starts_with("+7 (9")).map(|(a, b)| (*a, *b)).collect();
    let different: BTreeSet<&str> = phones.values().copied().collect();
    assert!(phones.len() > 100 && different.len() == phones.len());
}

/// Answers given in the masked workbook are taken by the owner, whose run has the values.
#[test]
fn answers_in_a_masked_workbook_arrive() {
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().join("trade");
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/trade"), &project);
    let config = config::load(&project).unwrap();
    let as_of = config.as_of.unwrap();
    let outcome = audit(&Plan::new(config, as_of), &Silent).unwrap();
    let runs = project.join("runs");
    run::write(&outcome, &runs.join("one"), "2026-11-24T00:00:00Z", &Silent).unwrap();
    run::point_latest(&runs.join("one")).unwrap();
    let shared = folder.path().join("shared");
    run::write(&mask::outcome(outcome).unwrap(), &shared, "2026-11-24T00:00:00Z", &Silent).unwrap();
    let book = folder.path().join("reviewed.xlsx");
    edited(&shared.join("report.xlsx"), &book, |sheet, n, row| {
        let answer = match (sheet, n) {
            ("Дубли", 1) => "не дубль",
            ("Расхождения", 1) => "верно в 1С",
            ("Находки", 1) => "принять",
            _ => return,
        };
        row.insert("Решение".into(), answer.into());
        row.insert("Комментарий".into(), "решил подрядчик".into());
    });
    let done = Command::new(env!("CARGO_BIN_EXE_sverka"))
        .arg("decide")
        .arg(&book)
        .arg("--project")
        .arg(&project)
        .args(["--author", "Подрядчик"])
        .output()
        .unwrap();
    let (out, errors) = (String::from_utf8(done.stdout).unwrap(), String::from_utf8(done.stderr).unwrap());
    assert!(out.starts_with("новых решений 3"), "{out}{errors}");
    assert_eq!(decisions::load(&project).unwrap().all.len(), 3);
}
