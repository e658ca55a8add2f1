//! A report in English holds no Russian but what stands in the data.

use std::collections::BTreeSet;

use sverka::model::{Field, Lang, Side};
use sverka::outcome::Outcome;
use sverka::report::{html, model, run_json};

use crate::samples::audited;

/// Words with a Cyrillic letter.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphabetic()).filter(|word| word.contains(|c| ('\u{400}'..='\u{4ff}').contains(&c)))
}

/// Every Russian word of the input: cells, headings, names of files and of the project, rows in quarantine.
fn of_the_data(outcome: &Outcome) -> BTreeSet<String> {
    let mut known = BTreeSet::new();
    let mut take = |text: &str| known.extend(words(text).map(str::to_owned));
    take(&outcome.project);
    // Navigation links of 1C name its catalogues.
    take("Справочник Контрагенты КонтактныеЛица Номенклатура Склады ДоговорыКонтрагентов");
    for side in Side::BOTH {
        let snapshot = outcome.data.get(side);
        for raw in std::iter::once(&snapshot.parties.raw).chain(snapshot.books.iter().map(|book| &book.raw)) {
            for &field in Field::ALL {
                (0..raw.len()).for_each(|at| take(raw.get(field, at)));
            }
        }
        // `ЗаказКлиента` of the metadata is shown in words.
        for book in &snapshot.books {
            (0..book.len()).for_each(|at| take(&book.display_name(at)));
        }
        for source in &snapshot.sources {
            take(&source.path);
            source.files.iter().for_each(|file| take(&file.path));
            source.mapped.iter().for_each(|(heading, _)| take(heading));
            source.unmapped.iter().for_each(|heading| take(heading));
            source.not_used.iter().for_each(|(table, _)| take(table));
        }
        for row in &snapshot.quarantine {
            take(&row.raw);
            take(&row.location.to_string());
        }
        snapshot.own.iter().for_each(|own| take(&own.name));
        for conflict in &snapshot.conflicts {
            take(&conflict.kept);
            take(&conflict.other);
        }
        snapshot.parties.raw.places.iter().filter_map(|place| place.sheet.as_deref()).for_each(&mut take);
    }
    // Cards quote what they look for: forms of names, numbers of Russian orders, objects of 1C.
    for check in &outcome.checks {
        let card = check.meta.card(Lang::En);
        [card.title, card.example, card.source].into_iter().for_each(&mut take);
        for text in [card.finds, card.why, card.causes, card.remedy] {
            let count = |from: char, to: char| text.chars().filter(|&c| (from..=to).contains(&c)).count();
            assert!(count('а', 'я') < count('a', 'z'), "{}: {text}", check.meta.id);
            take(text);
        }
    }
    known
}

#[test]
fn no_russian_but_the_data() {
    let outcome = audited("trade", Lang::En);
    let known = of_the_data(outcome);
    let strange =
        |text: &str| -> BTreeSet<String> { words(text).filter(|w| !known.contains(*w)).map(str::to_owned).collect() };
    let report = model::build(outcome);
    let mut found: Vec<(String, BTreeSet<String>)> = Vec::new();
    let mut look = |place: String, text: &str| found.push((place, strange(text)));
    for queue in report.queues() {
        look(format!("{}, heading", queue.title), &format!("{} {}", queue.title, queue.lead));
        for column in &queue.columns {
            look(format!("{}, heading", queue.title), &column.title);
        }
        for (at, row) in queue.rows().enumerate() {
            for (cell, column) in row.iter().zip(&queue.columns) {
                look(format!("{}, row {at}, {}", queue.title, column.title), &cell.text);
            }
        }
    }
    // A long value is cut on the page, perhaps within a word: what stands before the mark of the cut is no word.
    for piece in html::render(&report).unwrap().split_inclusive('…') {
        let whole = piece.strip_suffix('…').map_or(piece, |cut| cut.trim_end_matches(char::is_alphabetic));
        look("the page".to_owned(), whole);
    }
    for link in &outcome.matching.links {
        look("reason of a link".to_owned(), &link.reason(Lang::En));
    }
    look("run.json".to_owned(), &run_json::build(outcome, "2026-11-24T00:00:00Z", &[]).to_string());
    found.retain(|(_, words)| !words.is_empty());
    assert!(found.is_empty(), "{found:#?}");
}
