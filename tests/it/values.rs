//! Values on their way from a file to a field: whatever container they come in, they arrive as they were written, are
//! refused with a reason, or are read in the one way they can be meant. A test for each way in which they get spoilt.

use rust_xlsxwriter::{Format, Workbook};
use sverka::audit::{Plan, Silent, audit};
use sverka::config;
use sverka::model::{Cell as Read, Entity, Field, Side};
use sverka::outcome::Outcome;

/// A cell as a file may hold it.
#[derive(Clone, Copy)]
enum Cell {
    Text(&'static str),
    /// A number of a workbook or of JSON.
    Number(f64),
}

/// The columns of goods with one row of cells, as CSV (texts only), as a workbook and as JSON.
fn files(headings: &[&str], cells: &[Cell]) -> Vec<(&'static str, Vec<u8>)> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let text_format = Format::new().set_num_format("@");
    let mut object = serde_json::Map::new();
    for (at, (heading, cell)) in headings.iter().zip(cells).enumerate() {
        sheet.write_string(0, at as u16, *heading).unwrap();
        match cell {
            Cell::Text(text) => sheet.write_string_with_format(1, at as u16, *text, &text_format).unwrap(),
            Cell::Number(number) => sheet.write_number(1, at as u16, *number).unwrap(),
        };
        let value = match cell {
            Cell::Text(text) => serde_json::json!(text),
            // A system writes 45, not 45.0.
            Cell::Number(number) if number.fract() == 0.0 => serde_json::json!(*number as i64),
            Cell::Number(number) => serde_json::json!(number),
        };
        object.insert((*heading).to_owned(), value);
    }
    let mut files = vec![
        ("a.xlsx", book.save_to_buffer().unwrap()),
        ("a.json", serde_json::to_vec(&serde_json::Value::Array(vec![object.into()])).unwrap()),
    ];
    if cells.iter().all(|cell| matches!(cell, Cell::Text(_))) {
        let line = |cells: Vec<&str>| cells.iter().map(|c| format!("\"{c}\"")).collect::<Vec<_>>().join(";");
        let texts = cells.iter().map(|cell| if let Cell::Text(text) = cell { text } else { "" }).collect();
        files.push(("a.csv", format!("{}\n{}\n", line(headings.to_vec()), line(texts)).into_bytes()));
        files.push(("a.txt", [&b"\xFF\xFE"[..], &wide(&files_line(headings, cells))].concat()));
    }
    files
}

fn files_line(headings: &[&str], cells: &[Cell]) -> String {
    let texts: Vec<&str> = cells.iter().map(|cell| if let Cell::Text(text) = cell { text } else { "" }).collect();
    format!("{}\r\n{}\r\n", headings.join("\t"), texts.join("\t"))
}

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// Reads each of these files as the only list of an entity of 1C.
fn each(entity: &str, headings: &[&str], cells: &[Cell], look: impl Fn(&Outcome, &str)) {
    for (name, bytes) in files(headings, cells) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(name), bytes).unwrap();
        std::fs::write(folder.path().join("crm.csv"), "ID;Название компании\n1;Никто\n").unwrap();
        let toml = format!(
            "[project]\nname = \"Проба\"\nas_of = \"2026-11-24\"\n[[source]]\nside = \"onec\"\nentity = \"{entity}\"\n\
             path = \"{name}\"\n[[source]]\nside = \"crm\"\nentity = \"counterparty\"\npath = \"crm.csv\"\n"
        );
        std::fs::write(folder.path().join("sverka.toml"), toml).unwrap();
        let config = config::load(folder.path()).unwrap();
        let as_of = config.as_of.unwrap();
        look(&audit(&Plan::new(config, as_of), &Silent).unwrap(), name);
    }
}

use Cell::{Number, Text};

#[test]
fn leading_zeros_stay() {
    let headings = ["Код", "Наименование", "ИНН", "КПП"];
    each(
        "counterparty",
        &headings,
        &[Text("000000045"), Text("Ромб"), Text("0700000013"), Text("070001001")],
        |o, name| {
            let raw = &o.data.onec.parties.raw;
            assert_eq!(raw.id(0), "000000045", "{name}");
            assert_eq!((raw.get(Field::Inn, 0), raw.get(Field::Kpp, 0)), ("0700000013", "070001001"), "{name}");
        },
    );
    // A number has lost them: the INN is whole again since its control digits agree, and that is said; the code is not touched.
    each("counterparty", &headings, &[Number(45.0), Text("Ромб"), Number(700000013.0), Text("")], |o, name| {
        let parties = &o.data.onec.parties;
        assert_eq!((parties.raw.id(0), parties.raw.get(Field::Inn, 0)), ("45", "700000013"), "{name}");
        assert_eq!(parties.inn[0].valid().unwrap().to_string(), "0700000013", "{name}");
        assert!(o.findings.iter().any(|f| f.check == "cp-inn-leading-zero"), "{name}");
    });
}

#[test]
fn numbers_in_scientific_notation_are_refused_or_whole() {
    let headings = ["Код", "Наименование", "ИНН", "Телефон"];
    for (inn, whole) in [("7,7E+09", None), ("7.70123E+09", None), ("7.707083893E+09", Some("7707083893"))] {
        each("counterparty", &headings, &[Text("1"), Text("Ромб"), Text(inn), Text("7,4951E+10")], |o, name| {
            let parties = &o.data.onec.parties;
            assert_eq!(parties.raw.get(Field::Inn, 0), inn, "{name}: what stood in the file is kept");
            assert_eq!(parties.inn[0].valid().map(ToString::to_string).as_deref(), whole, "{name}");
            // Whole or not, the file is spoilt: that is said.
            let said = o.findings.iter().any(|f| f.check == "snap-number-coerced");
            assert!(said, "{name} {inn}");
        });
    }
    // A workbook that shows 7,71E+09 holds the number itself.
    each("counterparty", &headings, &[Text("1"), Text("Ромб"), Number(7_707_083_893.0), Text("")], |o, name| {
        assert_eq!(o.data.onec.parties.inn[0].valid().unwrap().to_string(), "7707083893", "{name}");
    });
}

#[test]
fn tails_of_floats_are_no_money() {
    let headings = ["Код", "Номер", "Дата", "Сумма", "Сумма НДС"];
    let sums = |o: &Outcome| {
        let book = o.data.book(Side::Onec, Entity::Document);
        [Field::Amount, Field::VatAmount]
            .map(|field| book.number(field, 0).valid().map_or("?".to_owned(), |n| n.to_string()))
    };
    let day = Text("02.11.2026");
    each("document", &headings, &[Text("1"), Text("5"), day, Number(0.1 + 0.2), Number(1234.56 * 3.0)], |o, name| {
        assert_eq!(sums(o), ["0.3", "3703.68"], "{name}");
    });
    each(
        "document",
        &headings,
        &[Text("1"), Text("5"), day, Text("0.30000000000000004"), Text("100,10")],
        |o, name| {
            assert_eq!(sums(o), ["0.3", "100.1"], "{name}");
        },
    );
    // A code that became a float keeps its digits.
    each(
        "counterparty",
        &["Код", "Наименование", "ИНН"],
        &[Text("1"), Text("Р"), Text("7707083893.0")],
        |o, name| {
            assert_eq!(o.data.onec.parties.inn[0].valid().unwrap().to_string(), "7707083893", "{name}");
        },
    );
}

#[test]
fn empty_dates_of_1c_are_no_dates() {
    let headings = ["Код", "Номер", "Дата", "Сумма", "Дата создания"];
    for empty in ["01.01.0001", "01.01.0001 0:00:00", "0001-01-01T00:00:00", "", "  .  .    "] {
        each(
            "document",
            &headings,
            &[Text("1"), Text("5"), Text(empty), Text("7"), Text("25.03.2024 0:00:00")],
            |o, name| {
                let book = o.data.book(Side::Onec, Entity::Document);
                assert!(matches!(book.moment(Field::Date, 0), Read::Empty), "{name} «{empty}»");
                let made = book.moment(Field::CreatedAt, 0).valid().unwrap().date().to_string();
                assert_eq!(made, "2024-03-25", "{name}");
            },
        );
    }
}

#[test]
fn flags_are_read_in_every_spelling() {
    let headings = ["Код", "Наименование", "Пометка удаления"];
    for (text, deleted) in [
        ("Да", true),
        ("Истина", true),
        ("ИСТИНА", true),
        ("true", true),
        ("1", true),
        ("Y", true),
        ("Нет", false),
        ("Ложь", false),
        ("ЛОЖЬ", false),
        ("false", false),
        ("0", false),
        ("N", false),
        ("", false),
    ] {
        each("product", &headings, &[Text("1"), Text("Болт"), Text(text)], |o, name| {
            let book = o.data.book(Side::Onec, Entity::Product);
            assert_eq!(book.is_active(0), !deleted, "{name} «{text}»");
            assert_eq!(book.text(Field::Deleted, 0), text, "{name}: what stood in the file is kept");
        });
    }
}

#[test]
fn spaces_of_any_kind_part_thousands() {
    let headings = ["Код", "Номер", "Дата", "Сумма"];
    for (text, expected) in [
        ("1\u{a0}234,56", "1234.56"),
        ("1\u{202f}234,56", "1234.56"),
        ("1 234 567,8", "1234567.8"),
        ("1\u{2009}234.5", "1234.5"),
        ("(1\u{a0}234,56)", "-1234.56"),
        ("1\u{a0}234,56-", "-1234.56"),
        ("1\u{a0}234,56\u{a0}руб.", "1234.56"),
        ("−5,00", "-5"),
    ] {
        each("document", &headings, &[Text("1"), Text("5"), Text("02.11.2026"), Text(text)], |o, name| {
            let book = o.data.book(Side::Onec, Entity::Document);
            let got = book.number(Field::Amount, 0).valid().map(|number| number.to_string());
            assert_eq!(got.as_deref(), Some(expected), "{name} «{text}»");
        });
    }
    // What has two readings is neither.
    each("document", &headings, &[Text("1"), Text("5"), Text("02.11.2026"), Text("1,234")], |o, name| {
        let book = o.data.book(Side::Onec, Entity::Document);
        assert!(matches!(book.number(Field::Amount, 0), Read::Unreadable), "{name}");
        assert!(o.findings.iter().any(|f| f.check == "doc-value-unreadable"), "{name}");
    });
}
