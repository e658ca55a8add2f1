//! Files that nobody would send on purpose, and those that somebody would: each is loaded, or loaded with rows in the
//! quarantine, or refused in one line; within a second or two and in memory that its size explains.
//!
//! Workbooks have tests of their own (`readers_workbooks`), files cut short too (`hostile_cut`).

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::bounded::{Ran, SVERKA, inspect, run};

/// Seconds that anything here may take; a debug build beside other work needs a part of it.
const SECONDS: u64 = 120;
/// Memory of a run over a small file, MB.
const SMALL: u64 = 120;

fn saved(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

/// Rows, loaded, left out and quarantined of the only table.
fn counts(ran: &Ran) -> [u64; 4] {
    let file: Value = serde_json::from_str(ran.done()).unwrap_or_else(|e| panic!("{e}: {}", ran.out));
    let tables = file["tables"].as_array().unwrap();
    assert_eq!(tables.len(), 1, "{file}");
    ["rows", "loaded", "left_out", "quarantined"].map(|key| tables[0][key].as_u64().unwrap())
}

/// Text files: what is in them, and what becomes of it.
#[test]
fn broken_texts_load_or_cost_a_row() {
    let folder = tempfile::tempdir().unwrap();
    let cp1251 = |text: &str| encoding_rs::WINDOWS_1251.encode(text).0.into_owned();
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let head = "ID;Название компании;ИНН\n";
    let row = |n: u32| format!("{n};ООО «Ель {n}»;7707083893\n");
    let rows: String = (1..=20).map(row).collect();
    let whole = format!("{head}{rows}");
    let cases: Vec<(&str, Vec<u8>, [u64; 4])> = vec![
        // Rows in two encodings: letters are lost, no row is.
        ("mixed.csv", [whole.as_bytes(), &cp1251(&row(21))].concat(), [21, 21, 0, 0]),
        ("mixed-1251.csv", [cp1251(&whole), row(21).into_bytes()].concat(), [21, 21, 0, 0]),
        // Half a letter at the end, and half of a pair of surrogates.
        ("half.csv", [b"\xFF\xFE", &utf16(&whole)[..], b"\x41"].concat(), [21, 21, 0, 0]),
        ("surrogate.csv", [b"\xFF\xFE", &utf16(&whole)[..], b"\x3D\xD8\n\0"].concat(), [21, 21, 0, 0]),
        // Quotes that are never closed cost their own line.
        ("quotes.csv", format!("{head}1;\"ООО;7\n{}", row(2)).into_bytes(), [2, 1, 0, 1]),
        ("quotes-all.csv", format!("{head}\"1;а;7\n\"2;б;7\n{}", row(3)).into_bytes(), [3, 1, 0, 2]),
        ("nul.csv", [whole.as_bytes(), b"21;a\0b;7\n22;\0;\0\n"].concat(), [22, 20, 0, 2]),
        // Cells beyond the headings, and rows that end early.
        ("ragged.csv", format!("{head}1;а\n2;б;7;лишнее\n3\n{}", row(4)).into_bytes(), [4, 3, 0, 1]),
        ("old-mac.csv", whole.replace('\n', "\r").into_bytes(), [20, 20, 0, 0]),
        ("blank-lines.csv", format!("\n\n{head}\n\n{rows}\n").into_bytes(), [25, 20, 5, 0]),
        // A cell that no field of a CRM can hold.
        ("long-cell.csv", format!("{whole}21;{};7\n", "х".repeat(1 << 20)).into_bytes(), [21, 20, 0, 1]),
    ];
    for (name, bytes, expected) in cases {
        let ran = inspect(&saved(folder.path(), name, bytes), SECONDS);
        assert_eq!(counts(ran.within(SMALL)), expected, "{name}: {}", ran.out);
    }
}

/// Headings that are missing or stand twice, and files that hold nothing else.
#[test]
fn headings_alone_or_in_disorder() {
    let folder = tempfile::tempdir().unwrap();
    let path =
        saved(folder.path(), "twice.csv", "ID;Название компании;Телефон;Телефон\n1;Ель;+79161110001;+79161110002\n");
    assert_eq!(counts(&inspect(&path, SECONDS)), [1, 1, 0, 0]);
    let path = saved(folder.path(), "heading.csv", "ID;Название компании;ИНН\n");
    assert_eq!(counts(&inspect(&path, SECONDS)), [0, 0, 0, 0]);
    // Without a heading the first record must not become one in silence: somebody is asked, or a row is lost.
    let path = saved(folder.path(), "none.csv", "1;ООО «Ель»;7707083893\n2;ООО «Сосна»;7707083893\n");
    let ran = inspect(&path, SECONDS);
    let file: Value = serde_json::from_str(ran.done()).unwrap();
    assert_eq!(file["tables"][0]["entity"], Value::Null, "{file}");
    for (name, bytes, word) in [
        ("empty.csv", &b""[..], "файл пуст"),
        ("bom.csv", b"\xEF\xBB\xBF", "файл пуст"),
        ("blank.csv", b"\n \n\t\n", "файл пуст"),
        ("nul.bin", &[0; 100_000], "двоичный файл"),
        ("tail-of-nul.csv", b"ID;Name\n1;a\n\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "двоичный файл"),
        ("empty.json", b"{}", "json"),
        ("empty.zip", b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "zip"),
    ] {
        let ran = inspect(&saved(folder.path(), name, bytes), SECONDS);
        let said = ran.within(SMALL).refused();
        assert!(said.contains(word), "{name}: {said}");
    }
}

/// What is no file is refused before it is opened: reading would never end, opening might never begin.
#[cfg(unix)]
#[test]
fn devices_pipes_and_folders_are_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name);
    assert!(Command::new("mkfifo").arg(place("pipe.csv")).status().unwrap().success());
    let _socket = std::os::unix::net::UnixListener::bind(place("socket.csv")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", place("zero.csv")).unwrap();
    std::os::unix::fs::symlink("loop.csv", place("loop.csv")).unwrap();
    std::os::unix::fs::symlink("nowhere.csv", place("gone.csv")).unwrap();
    std::fs::create_dir(place("folder.csv")).unwrap();
    let other = "устройство, канал или сокет";
    for (path, word) in [
        (PathBuf::from("/dev/zero"), other),
        (PathBuf::from("/dev/stdin"), other),
        (place("pipe.csv"), other),
        (place("socket.csv"), other),
        (place("zero.csv"), other),
        (place("loop.csv"), "не открывается"),
        (place("gone.csv"), "не открывается"),
        (place("folder.csv"), "это папка"),
        (place("absent.csv"), "не открывается"),
    ] {
        let ran = inspect(&path, 5);
        let said = ran.within(SMALL).refused();
        assert!(said.contains(word), "{}: {said}", path.display());
        // An audit says so too, or that its project names no file.
        let project = format!(
            "[project]\nname = \"п\"\n[[source]]\nside = \"crm\"\nentity = \"counterparty\"\npath = {path:?}\n\
             [[source]]\nside = \"onec\"\nentity = \"counterparty\"\npath = {path:?}\n"
        );
        std::fs::write(place("sverka.toml"), project).unwrap();
        let ran = run(Command::new(SVERKA).arg("audit").arg(folder.path()), 5);
        ran.within(SMALL).refused();
        let ran = run(Command::new(SVERKA).arg("decide").arg(&path).arg("--project").arg(folder.path()), 5);
        ran.within(SMALL).refused();
    }
}

/// Ids and names that mean something to a file system, a shell, a spreadsheet, a page or a database are texts.
#[test]
fn ids_with_code_in_them_are_ids() {
    let folder = tempfile::tempdir().unwrap();
    let ids = [
        "=cmd|' /C calc'!A0",
        "../../../../tmp/owned",
        "$(touch owned)",
        "`touch owned`",
        "1'; DROP TABLE clients; --",
        "<script>alert(1)</script>",
        "</script><img src=x onerror=alert(1)>",
        "{{ 7*7 }}",
        "{% include 'x' %}",
        "CON",
        "\u{202E}txt.exe",
        "@SUM(1)",
        "NUL:",
        "%s%n",
    ];
    let mut crm = "ID;Название компании;ИНН;Телефон\n".to_owned();
    let mut onec = "Код;Наименование;ИНН;Телефон\n".to_owned();
    for (at, id) in ids.iter().enumerate() {
        let line = format!("\"{}\";\"ООО {}\";;+7916000{at:04}\n", id.replace('"', "\"\""), id.replace('"', "\"\""));
        // Twice in the CRM, so that there is something to merge.
        crm.push_str(&line);
        crm.push_str(&line.replacen(';', "x\";", 1).replacen("\"x\"", "x\"", 1));
        onec.push_str(&line);
    }
    saved(folder.path(), "crm.csv", crm);
    saved(folder.path(), "onec.csv", onec);
    let project = "[project]\nname = \"п\"\nas_of = \"2026-11-24\"\n\
        [[source]]\nside = \"crm\"\nentity = \"counterparty\"\npath = \"crm.csv\"\n\
        [[source]]\nside = \"onec\"\nentity = \"counterparty\"\npath = \"onec.csv\"\n";
    saved(folder.path(), "sverka.toml", project);
    let ran =
        run(Command::new(SVERKA).args(["audit", "--quiet"]).arg(folder.path()).current_dir(folder.path()), SECONDS);
    ran.done();
    let latest = folder.path().join("runs/latest");
    let page = std::fs::read_to_string(latest.join("report.html")).unwrap();
    assert!(!page.contains("<script>alert") && !page.contains("<img src=x"));
    let mut names = Vec::new();
    walk(folder.path(), &mut names);
    assert!(names.len() > 15, "{names:?}");
    assert!(names.iter().all(|name| !name.contains("owned") && !name.contains("CON") && !name.contains("txt.exe")));
    // What a spreadsheet would run is disarmed in every list for people.
    for name in names.iter().filter(|name| name.ends_with(".csv") && name.contains("merge/")) {
        let text = std::fs::read_to_string(name).unwrap();
        let cells = text.split(['\n', ';']).map(|cell| cell.trim_matches('"'));
        for cell in cells {
            assert!(!cell.starts_with(['=', '@', '+', '\t']), "{name}: {cell}");
        }
    }
}

fn walk(folder: &Path, out: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.is_symlink() { walk(&path, out) } else { out.push(path.display().to_string()) }
    }
}

/// Entities of a document are never expanded beyond the five of XML, and no file is opened for one.
#[test]
fn entities_of_xml_expand_to_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let secret = saved(folder.path(), "secret.txt", "СЕКРЕТ-7707");
    let lol: String = (1..10).map(|n| format!("<!ENTITY l{n} \"{}\">", format!("&l{};", n - 1).repeat(10))).collect();
    let document = |types: &str, name: &str| {
        format!(
            "<?xml version=\"1.0\"?>\n<!DOCTYPE x [{types}]>\n<КоммерческаяИнформация ВерсияСхемы=\"2.09\"><Контрагенты>\
             <Контрагент><Ид>1</Ид><Наименование>{name}</Наименование></Контрагент>\
             </Контрагенты></КоммерческаяИнформация>"
        )
    };
    let outside = format!("<!ENTITY f SYSTEM \"file://{}\">", secret.display());
    for (name, text) in [
        ("lol.xml", document(&format!("<!ENTITY l0 \"лол\">{lol}"), "&l9;")),
        ("outside.xml", document(&outside, "&f;")),
        ("parameter.xml", document(&format!("<!ENTITY % p SYSTEM \"file://{}\"> %p;", secret.display()), "Ель")),
        ("endless.xml", document("<!ENTITY a \"&b;\"><!ENTITY b \"&a;\">", "&a;")),
        ("deep.xml", document("", &"<а>".repeat(100_000))),
        ("attributes.xml", document("", &format!("<а {}/>", "б=\"\" ".repeat(100_000)))),
    ] {
        let ran = inspect(&saved(folder.path(), name, text), SECONDS);
        ran.within(SMALL);
        assert!(matches!(ran.code, Some(0 | 2)) && ran.err.lines().count() <= 1, "{name}: {ran:?}");
        assert!(!ran.out.contains("СЕКРЕТ") && !ran.err.contains("СЕКРЕТ"), "{name}");
        assert!(!ran.out.contains("лоллол"), "{name}");
    }
}

/// Archives that unpack to far more than they are, or to nothing but themselves.
#[test]
fn bombs_are_refused_in_little_memory() {
    let folder = tempfile::tempdir().unwrap();
    let gzip = |bytes: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    };
    let zip = |files: &[(&str, &[u8])]| {
        let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default().compression_level(Some(9));
        for (name, bytes) in files {
            writer.start_file(*name, options).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    };
    let spaces = vec![b' '; 40 << 20];
    let inner = zip(&[("a.csv", &spaces)]);
    let row = b"ID;Name\n1;a\n";
    let many: Vec<(String, &[u8])> = (0..20_001).map(|n| (format!("{n}.csv"), &row[..])).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
    // The same compressed bytes again and again behind one header each: 42 in a nutshell.
    let parts: Vec<u8> = gzip(&spaces).repeat(8);
    for (name, bytes, word) in [
        ("bomb.gz", gzip(&spaces), "бомбу"),
        ("parts.gz", parts, "бомбу"),
        ("bomb.zip", inner.clone(), "бомбу"),
        ("nested.zip", zip(&[("b.zip", &inner)]), "архив внутри архива"),
        ("nested.gz", gzip(&gzip(row)), "архив внутри архива"),
        ("many.zip", zip(&many), "больше 20000 файлов"),
    ] {
        let ran = inspect(&saved(folder.path(), name, bytes), SECONDS);
        let said = ran.within(SMALL + 60).refused();
        assert!(said.contains(word), "{name}: {said}");
    }
}
