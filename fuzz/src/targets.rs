//! What is fuzzed: each target takes the bytes of an input and may refuse them, never panic, hang or allocate wildly.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::NaiveDate;
use sverka::audit::{self, Plan, Silent};
use sverka::ingest::{self, Extract, FORMATS, Input};
use sverka::model::Field;
use sverka::normalize::{self as read, person::Trust, test_record::Named};
use sverka::{config, decisions, matching, propose, report, review};
use tempfile::TempDir;

use crate::packed;

/// Targets that are no format.
const OTHERS: [(&str, fn(&[u8])); 11] = [
    ("detect", detect),
    ("stream", stream),
    ("xlsx-parts", |data| format("xlsx", &packed::xlsx(data))),
    ("ods-parts", |data| format("ods", &packed::ods(data))),
    ("zip-parts", |data| format("zip", &packed::archive(data))),
    ("workbook", |data| workbook(data)),
    ("workbook-parts", |data| workbook(&packed::xlsx(data))),
    ("values", values),
    ("config", configuration),
    ("decisions", decided),
    ("audit", audited),
];

/// Polars checks little of what a Parquet file says and panics; the reader catches that. Our own panics stay findings.
static LIBRARY_MAY_PANIC: AtomicBool = AtomicBool::new(false);

static NAME: LazyLock<String> = LazyLock::new(|| std::env::var("SVERKA_FUZZ").unwrap_or_default());

/// A folder of this process for targets that read from the disk, in memory where the system has such a place.
static FOLDER: LazyLock<TempDir> = LazyLock::new(|| {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    made.expect("a folder for files can be made")
});

/// Chooses the target; without a name, or with a wrong one, lists them and ends.
pub fn init() {
    let names: Vec<&str> = FORMATS.iter().map(|f| f.id()).chain(OTHERS.iter().map(|(name, _)| *name)).collect();
    if !names.contains(&NAME.as_str()) {
        println!("{}", names.join("\n"));
        std::process::exit(i32::from(!NAME.is_empty()));
    }
    std::panic::set_hook(Box::new(|panic| {
        let of_library = panic.location().is_some_and(|place| place.file().contains("/polars"));
        if of_library && LIBRARY_MAY_PANIC.load(Ordering::SeqCst) {
            return;
        }
        eprintln!("{panic}\n{}", std::backtrace::Backtrace::force_capture());
        std::process::abort();
    }));
    LIBRARY_MAY_PANIC
        .store(["parquet", "detect", "zip", "gzip", "zip-parts"].contains(&NAME.as_str()), Ordering::SeqCst);
}

/// Runs the chosen target.
pub fn run(data: &[u8]) {
    match OTHERS.iter().find(|(name, _)| *name == *NAME) {
        Some((_, target)) => target(data),
        None => format(&NAME, data),
    }
}

/// A file whose format the project names.
fn format(id: &str, data: &[u8]) {
    let input = Input::from_bytes("файл", data);
    if let Ok((_, extract)) = ingest::read(&input, Some(id)) {
        account(&extract);
    }
}

/// A file as `inspect` takes it: recognised, read, mapped, looked at.
fn detect(data: &[u8]) {
    let input = Input::from_bytes("файл", data);
    if let Ok((_, extract)) = ingest::read(&input, None) {
        account(&extract);
    }
    // It is the same reading, so the only error is the one above.
    let _ = propose::recognise(&input);
}

/// A file on the disk in blocks, as a long one is read: what it holds is what the whole reading finds.
fn stream(data: &[u8]) {
    let path = FOLDER.path().join("stream");
    fs::write(&path, data).expect("the disk takes a small file");
    let Ok(blocks) = ingest::read_file_from(&path, "файл", None, 0) else { return };
    let whole = ingest::read(&Input { path, name: "файл".to_owned(), bytes: data.to_owned() }, None);
    match (blocks.read, whole) {
        (Ok((format, blocks)), Ok((of_whole, whole))) => {
            assert_eq!(format, of_whole);
            assert!(blocks.tables == whole.tables && blocks.quarantined == whole.quarantined);
            assert!(blocks.left_out == whole.left_out);
        }
        (blocks, whole) => assert_eq!(blocks.is_ok(), whole.is_ok()),
    }
}

/// What every reader promises of what it returns.
fn account(extract: &Extract) {
    for table in &extract.tables {
        assert!(table.columns.iter().all(|column| column.cells.len() == table.rows.len()));
        assert!(table.columns.len() <= ingest::MAX_COLUMNS);
    }
    assert!(extract.left_out.iter().all(|(at, _)| *at < extract.tables.len()));
}

/// The workbook that `decide` reads back.
fn workbook(data: &[u8]) {
    let path = FOLDER.path().join("report.xlsx");
    fs::write(&path, data).expect("the disk takes a small file");
    // Refusing is fine.
    let _ = review::read(&path);
}

/// Every reader of values; what is valid is read again from its own text.
fn values(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    // No more is ever read of a text.
    let text = read::head(&text);
    let (raw, rest) = text.split_once('\n').unwrap_or((text, ""));
    for raw in [raw, text] {
        if let Some(inn) = read::inn::parse(raw).value.valid() {
            assert_eq!(read::inn::parse(&inn.to_string()).value.valid(), Some(inn));
        }
        if let Some(kpp) = read::kpp::parse(raw).value.valid() {
            assert_eq!(read::kpp::parse(&kpp.to_string()).value.valid(), Some(kpp));
        }
        if let Some(ogrn) = read::ogrn::parse(raw).value.valid() {
            assert_eq!(read::ogrn::parse(&ogrn.to_string()).value.valid(), Some(ogrn));
        }
        if let Some(snils) = read::snils::parse(raw).value.valid() {
            assert_eq!(read::snils::parse(&snils.to_string()).value.valid(), Some(snils));
        }
        for phone in read::phone::parse_all(raw) {
            if let Some(phone) = phone.value.valid() {
                assert_eq!(read::phone::parse_all(&phone.to_string())[0].value.valid(), Some(phone));
            }
        }
        for email in read::email::parse_all(raw) {
            if let Some(email) = email.value.valid() {
                assert_eq!(read::email::parse_all(&email.to_string())[0].value.valid(), Some(email));
            }
        }
        for account in read::bank_account::parse_all(raw) {
            if let Some(account) = account.value.valid() {
                assert_eq!(read::bank_account::parse_all(&account.to_string())[0].value.valid(), Some(account));
            }
        }
        read::bank_account::parse_bik(raw);
        if let Some(money) = read::amount::parse(raw).valid() {
            assert_eq!(read::amount::parse(&money.to_string()).valid(), Some(money));
        }
        for field in [Field::Quantity, Field::Price] {
            read::decimal::parse(raw, field);
        }
        if let Some(date) = read::date::parse(raw).valid() {
            assert_eq!(read::date::parse(&date.format("%Y-%m-%d").to_string()).valid(), Some(date));
        }
        read::moment::parse(raw);
        let mut folded = String::new();
        read::text::fold_into(raw, &mut folded);
        assert_eq!(read::text::fold(&folded), folded, "folding twice changes nothing");
        let company = read::company::parse(raw);
        read::company::is_branch(&company.core);
        read::company::numbers(&company.core);
        read::test_record::is_test(&company.core, raw, Named::Firm);
        for trust in [Trust::Sure, Trust::ByShape, Trust::Never] {
            if let Some(name) = read::person::parse(raw, trust) {
                read::person::sex(&name.surname, &name.given, &name.patronymic);
                read::person::canonical_given(&name.given);
            }
        }
        read::person::from_parts(raw, rest, raw);
        read::person::sex_from_text(raw);
        read::address::parse_into(raw, &mut String::new(), &mut String::new());
        read::layout::russian(raw);
        read::text::clean(raw);
        read::kind::from_text(raw);
        read::currency::parse(raw);
        read::unit::parse(raw);
        read::vat::parse(raw);
        read::goods::article_key(raw);
        read::goods::barcode(raw);
        read::goods::numbers(&read::goods::name(raw), &read::goods::name(rest));
        read::paper::number(raw);
        read::paper::references(raw);
        read::property::kind(raw);
        read::property::unit_number(raw);
        read::property::building(raw);
        read::property::section(raw);
        read::property::floor(raw);
        read::property::project(raw);
        read::property::contract_number(raw);
        read::property::numbers_in_purpose(raw);
        read::property::shares(raw);
        read::property::party_names(raw).count();
        read::property::is_cadastral(raw);
        propose::mask(raw);
    }
}

/// A project file: every complaint has a line.
fn configuration(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let _ = config::parse(&FOLDER.path().join("sverka.toml"), text);
    // Weights of matching are a file of the project too.
    let _ = matching::Weights::from_json(text);
}

fn decided(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let _ = decisions::parse(&FOLDER.path().join("decisions.toml"), text);
}

/// Two sides in CSV, divided by a NUL byte, through every stage and into the page.
fn audited(data: &[u8]) {
    static PROJECT: &str = "[project]\nname = \"Проба\"\nas_of = \"2026-11-24\"\n\
        [[source]]\nside = \"crm\"\nentity = \"counterparty\"\npath = \"crm.csv\"\n\
        [[source]]\nside = \"onec\"\nentity = \"counterparty\"\npath = \"onec.csv\"\n";
    let folder = FOLDER.path();
    let at = data.iter().position(|b| *b == 0).unwrap_or(data.len());
    for (name, bytes) in [("crm.csv", &data[..at]), ("onec.csv", data.get(at + 1..).unwrap_or(&data[..at]))] {
        let written = fs::File::create(folder.join(name)).and_then(|mut file| file.write_all(bytes));
        written.expect("the disk takes a small file");
    }
    let config = config::parse(&folder.join("sverka.toml"), PROJECT).expect("the project is sound");
    let as_of = NaiveDate::from_ymd_opt(2026, 11, 24).expect("a date");
    let Ok(outcome) = audit::audit(&Plan::new(config, as_of), &Silent).map_err(|error| {
        assert!(!matches!(error, audit::AuditError::Broken(_)), "{error}");
    }) else {
        return;
    };
    let model = report::model::build(&outcome);
    report::html::render(&model).expect("a page is made of any outcome");
}
