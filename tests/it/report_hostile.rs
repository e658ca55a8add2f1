//! Whatever stands in a field is text in the page and in the workbook, and no more than text.

use std::io::{Cursor, Read};

use calamine::{Data, Reader, Xlsx};
use proptest::prelude::*;
use quick_xml::events::Event;
use sverka::finding::{Finding, Severity};
use sverka::matching::{Decision, Veto};
use sverka::model::{Entity, Field, Quarantined, Side};
use sverka::outcome::Outcome;
use sverka::report::cell::shown;
use sverka::report::{html, model, xlsx};

use crate::world::{INN_A, World, crm, onec};

/// An outcome that says `text` wherever a source can say anything.
fn saying(text: &str) -> Outcome {
    let mut world = World::new();
    for at in 0..6 {
        let id = format!("1{at}");
        for side in Side::BOTH {
            let fields = [Field::Name, Field::Phone, Field::Email, Field::Address, Field::Comment, Field::Responsible];
            let mut texts = vec![(Field::Id, id.as_str()), (Field::Inn, INN_A)];
            texts.extend(fields.map(|f| (f, text)));
            world = world.add(side, Entity::Counterparty, &texts);
        }
    }
    let mut outcome = world
        .cluster(&[crm(0), crm(1)])
        .link(crm(2), crm(3), Decision::Rejected, Some(Veto::Branch))
        .link(crm(4), onec(4), Decision::Review, None)
        .build();
    outcome.project = text.to_owned();
    outcome.drift.only_crm = vec![crm(5)];
    outcome.drift.only_onec = vec![onec(5)];
    let finding =
        Finding { check: "cp-inn-missing", severity: Severity::Error, ..Finding::record(crm(0), text.to_owned()) };
    outcome.findings.push(finding.values(Field::Name, text, text));
    outcome.data.crm.quarantine.push(Quarantined {
        location: outcome.data.crm.parties.raw.location(0),
        reason: "кавычка не закрыта".to_owned(),
        raw: text.to_owned(),
    });
    outcome
}

/// Names of tags and of their attributes in order, without what stands between them.
fn skeleton(page: &str) -> Vec<String> {
    let body = page.split("<script>").next().unwrap().split_once("</style>").unwrap().1;
    let mut out = Vec::new();
    for tag in body.split('<').skip(1) {
        let (tag, _) = tag.split_once('>').unwrap_or_else(|| panic!("a tag without an end: {tag}"));
        let mut names = String::new();
        // Values of attributes stand between quotes.
        for (at, part) in tag.split('"').enumerate() {
            if at % 2 == 0 {
                names.push_str(part);
            }
        }
        out.push(names);
    }
    out
}

fn unescaped(text: &str) -> String {
    let entities = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&#x2F;", "/"),
        ("&amp;", "&"),
    ];
    entities.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

/// Signs that mean something to HTML, to a spreadsheet, to a terminal or to the order of text, among letters.
fn hostile_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[<>\"'&=+@\\-/;{}%|`$\\\\ ]{1,6}",
        "[a-zа-яё0-9]{1,5}",
        "[\\x00-\\x1f\\x7f-\\u{9f}\\u{200e}\\u{202a}-\\u{202e}\\u{2066}-\\u{2069}\\u{fffe}\\u{ffff}]{1,3}",
        Just("</script>".to_owned()),
        Just("<img src=x onerror=alert(1)>".to_owned()),
        Just("\" onmouseover=\"alert(1)".to_owned()),
        Just("javascript:alert(1)".to_owned()),
        Just("=HYPERLINK(\"http://x\")".to_owned()),
        Just("_x0041_".to_owned()),
        Just("]]>".to_owned()),
        Just("<!--".to_owned()),
        Just("&lt;b&gt;".to_owned()),
        Just("{{ page }}{% raw %}".to_owned()),
        "\\PC{1,4}",
    ];
    proptest::collection::vec(piece, 1..6).prop_map(|pieces| pieces.concat())
}

fn parts(book: &[u8]) -> Vec<(String, String)> {
    let mut zip = zip::ZipArchive::new(Cursor::new(book)).unwrap();
    let mut out = Vec::new();
    for at in 0..zip.len() {
        let mut part = zip.by_index(at).unwrap();
        let mut text = String::new();
        part.read_to_string(&mut text).unwrap();
        out.push((part.name().unwrap().into_owned(), text));
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn a_value_is_text_on_the_page(text in hostile_text()) {
        let expected = shown(&text).into_owned();
        prop_assume!(!expected.is_empty());
        let (plain, outcome) = (saying("x"), saying(&text));
        let page = html::render(&model::build(&outcome)).unwrap();
        prop_assert_eq!(skeleton(&page), skeleton(&html::render(&model::build(&plain)).unwrap()));
        // It is shown whole: as a cell between its tags.
        let whole = unescaped(&page);
        prop_assert!(whole.contains(&format!(">{expected}</")), "{expected:?}");
    }

    #[test]
    fn a_value_is_text_in_the_workbook(text in hostile_text()) {
        let outcome = saying(&text);
        let model = model::build(&outcome);
        let mut book = Cursor::new(Vec::new());
        xlsx::write_sized(&model, &mut book, xlsx::Size::default()).unwrap();
        let book = book.into_inner();
        for (name, part) in parts(&book) {
            let mut reader = quick_xml::Reader::from_str(&part);
            loop {
                match reader.read_event() {
                    Ok(Event::Eof) => break,
                    Ok(_) => {}
                    Err(error) => return Err(TestCaseError::fail(format!("{name}: {error}"))),
                }
            }
            prop_assert!(!part.contains("<f>") && !part.contains("<f "), "{}", name);
        }
        let expected = shown(&text).into_owned();
        let mut read: Xlsx<_> = Xlsx::new(Cursor::new(book)).unwrap();
        for queue in model.queues().iter().filter(|q| ["only-crm", "findings", "quarantine"].contains(&q.id)) {
            let sheet = read.worksheet_range(&queue.title).unwrap();
            let column = queue.columns.iter().position(|c| ["Наименование", "Что не так", "Строка как есть"].contains(&c.title.as_str()));
            let cell = sheet.get_value((1, column.unwrap() as u32));
            match cell {
                Some(Data::String(got)) => prop_assert_eq!(got, &expected, "{}", queue.id),
                other => prop_assert!(expected.is_empty(), "{:?}", other),
            }
        }
    }
}
