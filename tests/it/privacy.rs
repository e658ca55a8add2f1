//! No value of a record reaches an error, a log or a file that others may read.

use std::path::{Path, PathBuf};
use std::process::Command;

use sverka::ingest::{self, Input};

use crate::bounded::{Ran, SVERKA, run};

/// Values that stand nowhere but in records.
const MARKS: [&str; 5] = ["Журавлёвская", "79031234509", "zhuravl@primer.ru", "7707083893", "40702810900000012345"];

fn marked_csv() -> String {
    let [name, phone, email, inn, account] = MARKS;
    format!("ID;Название компании;Телефон;E-mail;ИНН;Расчетный счет\n1;{name};{phone};{email};{inn};{account}\n")
}

fn marked() -> Vec<(&'static str, String)> {
    let [name, phone, email, inn, account] = MARKS;
    vec![
        ("a.csv", marked_csv()),
        (
            "a.json",
            format!(
                "{{\"result\":[{{\"ID\":\"1\",\"TITLE\":\"{name}\",\"PHONE\":[{{\"VALUE\":\"{phone}\"}}],\
                 \"EMAIL\":[{{\"VALUE\":\"{email}\"}}],\"UF_INN\":\"{inn}\"}}],\"total\":1}}"
            ),
        ),
        ("odata.json", format!("{{\"value\":[{{\"Ref_Key\":\"1\",\"Description\":\"{name}\",\"ИНН\":\"{inn}\"}}]}}")),
        (
            "amo.json",
            format!(
                "{{\"_page\":1,\"_links\":{{}},\"_embedded\":{{\"contacts\":[{{\"id\":1,\"name\":\"{name}\"}}]}}}}"
            ),
        ),
        ("error.json", format!("{{\"error\":\"E\",\"error_description\":\"{name} {phone}\"}}")),
        (
            "a.xml",
            format!(
                "<КоммерческаяИнформация ВерсияСхемы=\"2.09\"><Контрагенты><Контрагент><Ид>1</Ид>\
                 <Наименование>{name}</Наименование><ИНН>{inn}</ИНН></Контрагент></Контрагенты></КоммерческаяИнформация>"
            ),
        ),
        (
            "bank.txt",
            format!(
                "1CClientBankExchange\nВерсияФормата=1.03\nКодировка=Windows\nСекцияДокумент=Платежное поручение\n\
                 Номер=1\nДата=01.02.2026\nСумма=10\nПлательщикИНН={inn}\nПлательщик={name}\nПлательщикСчет={account}\n\
                 КонецДокумента\nКонецФайла\n"
            ),
        ),
        ("a.html", format!("<table><tr><th>ID</th><th>Имя</th></tr><tr><td>1</td><td>{name}</td></tr></table>")),
    ]
}

fn has_mark(text: &str) -> Option<&'static str> {
    MARKS.into_iter().find(|mark| text.contains(mark))
}

/// Each file cut and damaged everywhere: no error quotes it.
#[test]
fn errors_of_readers_quote_nothing() {
    let mut errors = 0;
    for (name, text) in marked() {
        let bytes = text.as_bytes();
        let mut variants: Vec<Vec<u8>> = (1..bytes.len()).step_by(3).map(|end| bytes[..end].to_vec()).collect();
        for at in (0..bytes.len()).step_by(2) {
            for value in [b'"', b'<', b'\n', 0xFF, b'}'] {
                let mut changed = bytes.to_vec();
                changed[at] = value;
                variants.push(changed);
            }
        }
        // Whatever the project says it is.
        let named =
            ["csv", "commerceml", "bitrix24-rest", "amocrm-rest", "onec-json", "client-bank", "json", "xlsx", "dbf"];
        let as_named = named.map(|format| (bytes.to_vec(), Some(format)));
        for (bytes, format) in variants.into_iter().map(|bytes| (bytes, None)).chain(as_named) {
            if let Err(error) = ingest::read(&Input::from_bytes(name, bytes), format) {
                errors += 1;
                let shown = format!("{error}\n{:?}", std::error::Error::source(&error).map(ToString::to_string));
                assert_eq!(has_mark(&shown), None, "{shown}");
            }
        }
    }
    assert!(errors > 500, "{errors}");
}

/// Commands that fail, and those that tell of progress: their error stream holds no value.
#[test]
fn the_error_stream_holds_no_value() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name);
    let project = |crm: &str, onec: &str, more: &str| {
        let text = format!(
            "[project]\nname = \"п\"\nas_of = \"2026-11-24\"\n[[source]]\nside = \"crm\"\nentity = \"counterparty\"\n\
             path = \"{crm}\"\n[[source]]\nside = \"onec\"\nentity = \"counterparty\"\npath = \"{onec}\"\n{more}"
        );
        std::fs::write(place("sverka.toml"), text).unwrap();
    };
    std::fs::write(place("good.csv"), marked_csv()).unwrap();
    std::fs::write(place("onec.csv"), marked_csv().replace("ID;Название компании", "Код;Наименование")).unwrap();
    let said = |arguments: &[&str]| -> Ran {
        let ran = run(Command::new(SVERKA).args(arguments).current_dir(folder.path()), 60);
        assert_eq!(has_mark(&ran.err), None, "{arguments:?}: {}", ran.err);
        assert!(!ran.err.contains("panicked"), "{arguments:?}: {}", ran.err);
        ran
    };
    let mut failed = 0;
    for (name, text) in marked() {
        for (at, damage) in ["", "cut", "quote", "nul"].into_iter().enumerate() {
            let bytes = match damage {
                "cut" => text.as_bytes()[..text.len() * 2 / 3].to_vec(),
                "quote" => text.replace(MARKS[0], &format!("\"{}", MARKS[0])).into_bytes(),
                "nul" => text.replace(MARKS[0], &format!("{}\0", MARKS[0])).into_bytes(),
                _ => text.clone().into_bytes(),
            };
            let file = format!("{at}-{name}");
            std::fs::write(place(&file), bytes).unwrap();
            said(&["inspect", &file]);
            project(&file, "onec.csv", "");
            failed += u32::from(said(&["audit", ".", "--baseline", "none"]).code != Some(0));
        }
    }
    assert!(failed > 5, "{failed}");

    project("good.csv", "onec.csv", "");
    said(&["audit", "."]).done();
    said(&["audit", ".", "--mask"]).done();
    said(&["explain", ".", "crm:1", "onec:1"]);
    said(&["explain", ".", "crm:нет", "onec:1"]).refused();
    said(&["cleanup", "."]).done();
    said(&["verify-cleanup", "."]);
    said(&["diff", "latest", "latest"]);
    said(&["train", "."]);
    // Files that a person gives, with values where they do not belong.
    std::fs::write(place("truth.csv"), format!("left;right\n{};{}\n", MARKS[0], MARKS[1])).unwrap();
    said(&["evaluate", ".", "--truth", "truth.csv"]);
    let book = place("book.xlsx");
    std::fs::write(&book, marked_csv()).unwrap();
    said(&["decide", "book.xlsx", "--author", "Тест"]).refused();
    // A plan with a value in place of a number.
    let plan = place("runs/latest/cleanup/plan.json");
    let text = std::fs::read_to_string(&plan).unwrap();
    for broken in
        [text.replace("\"layout\": 1", &format!("\"layout\": \"{}\"", MARKS[0])), text[..text.len() / 2].to_owned()]
    {
        std::fs::write(&plan, broken).unwrap();
        said(&["verify-cleanup", "."]);
    }
}

/// Everything that a run writes is its owner's alone.
#[cfg(unix)]
#[test]
fn what_is_written_is_private() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("crm.csv"), marked_csv()).unwrap();
    std::fs::write(folder.path().join("onec.csv"), marked_csv().replace("ID;Название компании", "Код;Наименование"))
        .unwrap();
    let text = "[project]\nname = \"п\"\nas_of = \"2026-11-24\"\n[[source]]\nside = \"crm\"\nentity = \"counterparty\"\n\
        path = \"crm.csv\"\n[[source]]\nside = \"onec\"\nentity = \"counterparty\"\npath = \"onec.csv\"\n";
    std::fs::write(folder.path().join("sverka.toml"), text).unwrap();
    // A generous umask must not matter.
    let out = run(
        Command::new("bash").args(["-c", "umask 0; cd \"$1\"; \"$0\" audit . -q && \"$0\" audit . -q && \"$0\" diff latest latest --json=diff.json && \"$0\" verify-cleanup . --out verify.csv", SVERKA]).arg(folder.path()),
        60,
    );
    out.done();
    let mut seen = 0;
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder.path().join("runs")).unwrap().map(|e| e.unwrap().path()).collect();
    paths.extend(["diff.json", "verify.csv"].map(|name| folder.path().join(name)));
    while let Some(path) = paths.pop() {
        let found = std::fs::symlink_metadata(&path).unwrap();
        if found.is_symlink() {
            continue;
        }
        let mode = found.permissions().mode() & 0o777;
        assert_eq!(mode & 0o077, 0, "{}: {mode:o}", path.display());
        if found.is_dir() {
            paths.extend(std::fs::read_dir(&path).unwrap().map(|e| e.unwrap().path()));
        }
        seen += 1;
    }
    assert!(seen > 40, "{seen}");
    assert!(Path::new(&folder.path().join("runs/latest")).exists());
}
