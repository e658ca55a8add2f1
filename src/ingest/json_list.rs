//! Any other JSON that holds a list of records: `json`.
//!
//! Read: a list of objects, objects one after another (NDJSON, JSON Lines), and lists inside an answer, at any of its
//! first levels (`{"data": […]}`, `{"response": {"items": […]}}`). Headings are the keys; a nested object is `a.b`; a list
//! of values is one value a line, a list of `{"value": …}` its values, of other objects `a.b` one a line; `null` is empty.
//! Numbers keep their digits.
//!
//! The kind of a table is empty: whoever reads says in the project what the records are. Where a file holds several lists,
//! their keys tell: `companies`, `contacts` and the like give `json.counterparty` and `json.contact`, others their key.
//!
//! `declared_total` is a total beside a list (`total`, `count`, `totalCount`), and a next page that an answer names makes
//! its tables partial.

use super::json::{Cuts, HEAD_BYTES, JsonFormat, NextPiece, Node, Reader, Stop, head_keys};
use super::rows::{Rows, Tables};
use super::{Extract, Format, IngestError, Input, refuse};
use crate::model::Place;

/// Deepest level at which lists of records are looked for.
const MAX_LEVELS: usize = 5;

/// Keys that wrap records without saying of what.
const WRAPPERS: [&str; 21] = [
    "content",
    "data",
    "elements",
    "entries",
    "items",
    "list",
    "objects",
    "payload",
    "records",
    "response",
    "result",
    "results",
    "rows",
    "value",
    "values",
    "d",
    "Данные",
    "Записи",
    "Список",
    "Строки",
    "Элементы",
];

const COUNTERPARTIES: [&str; 12] = [
    "accounts",
    "companies",
    "company",
    "contractors",
    "counterparties",
    "firms",
    "organisations",
    "organizations",
    "partners",
    "компании",
    "контрагенты",
    "партнеры",
];

const CONTACTS: [&str; 6] = ["contacts", "people", "persons", "контактные лица", "контактныелица", "контакты"];

const TOTALS: [&str; 6] = ["total", "count", "totalCount", "total_count", "totalElements", "Всего"];

const NEXT: [&str; 6] = ["next", "nextLink", "next_page", "next_page_url", "nextPageToken", "next_cursor"];

/// The member that is the value of a `{"type": …, "value": …}`.
const VALUES: [&str; 5] = ["value", "VALUE", "number", "Значение", "Представление"];

/// Lists of records in JSON.
pub struct JsonList;

impl Format for JsonList {
    fn id(&self) -> &'static str {
        "json"
    }

    fn title(&self) -> &'static str {
        "JSON: список записей"
    }

    fn detect(&self, input: &Input) -> bool {
        refuse::is_json(input) && head_keys(&input.head_text(HEAD_BYTES)).is_some_and(|keys| !keys.is_empty())
    }

    fn read(&self, input: &Input) -> Result<Extract, IngestError> {
        let mut extract = Extract::default();
        let text = input.text(&mut extract);
        let mut session = Session::new(input);
        let mut reader = Reader::new(&text);
        session.document(&mut reader).map_err(|stop| stop.in_file(input, &text))?;
        session.finish(input, extract)
    }
}

impl JsonFormat for JsonList {
    /// Lists inside an answer are told by what else stands in it: only whole answers are cut.
    fn cuts(&self) -> Cuts {
        Cuts { record_keys: &[], answers: &[], lists: |_| false }
    }

    fn read_pieces(&self, next: NextPiece<'_>, input: &Input, extract: Extract) -> Result<Extract, IngestError> {
        let mut session = Session::new(input);
        while let Some(piece) = next()? {
            let read = session.document(&mut Reader::new(&piece.text));
            read.map_err(|stop| stop.in_part(input, &piece.text, &piece))?;
        }
        session.finish(input, extract)
    }
}

struct Session {
    tables: Tables,
    /// For each table in order, whether only a wrapper named it.
    lists: Vec<bool>,
    /// The document holds several values one after another.
    is_sequence: bool,
}

/// What stands beside the lists of one object.
#[derive(Default)]
struct Around {
    total: Option<u64>,
    has_next: bool,
}

impl Session {
    fn new(input: &Input) -> Session {
        Session { tables: Tables::new(Place::file(&input.name)), lists: Vec::new(), is_sequence: false }
    }

    /// Reads the document, or a piece of it: the first holds two values when there are several.
    fn document(&mut self, reader: &mut Reader<'_>) -> Result<(), Stop> {
        let mut ahead = reader.clone();
        let mut values = 0;
        while values < 2 && ahead.peek().is_some() {
            ahead.skip()?;
            values += 1;
        }
        self.is_sequence |= values > 1;
        while reader.peek().is_some() {
            match reader.peek() {
                Some(b'[') => {
                    self.list(reader, "", 0)?;
                }
                // Objects one after another are records, unless they are answers with lists of them.
                Some(b'{') if self.is_sequence && !is_answer(reader.clone())? => {
                    let node = reader.node()?;
                    self.record("", &node)?;
                }
                Some(b'{') => {
                    self.container(reader, 0)?;
                }
                _ => {
                    let node = reader.node()?;
                    self.tables.quarantine("вместо записи стоит значение", node.outline());
                }
            }
        }
        Ok(())
    }

    /// Lists inside an object; returns the tables that they filled.
    fn container(&mut self, reader: &mut Reader<'_>, level: usize) -> Result<Vec<usize>, Stop> {
        let (mut filled, mut around, mut first) = (Vec::new(), Around::default(), true);
        reader.open(b'{')?;
        while reader.more(&mut first, b'}')? {
            let key = reader.key()?;
            match reader.peek() {
                Some(b'[') => filled.extend(self.list(reader, &key, level + 1)?),
                Some(b'{') if level < MAX_LEVELS => filled.extend(self.container(reader, level + 1)?),
                Some(b'{') => reader.skip()?,
                _ => {
                    let value = reader.node()?;
                    if TOTALS.contains(&&*key) {
                        around.total = around.total.max(value.count());
                    } else if NEXT.contains(&&*key) {
                        around.has_next |= value.text().is_some_and(|text| !text.is_empty());
                    }
                }
            }
        }
        for &at in &filled {
            let table = self.tables.table(at);
            // With several lists a total may belong to any of them.
            if filled.len() == 1 {
                table.declared_total = table.declared_total.max(around.total);
            }
            table.partial |= around.has_next;
        }
        Ok(filled)
    }

    /// A list: of records, of pages, or of values that are nobody's records.
    fn list(&mut self, reader: &mut Reader<'_>, key: &str, level: usize) -> Result<Option<usize>, Stop> {
        let mut ahead = reader.clone();
        ahead.open(b'[')?;
        let mut first = true;
        let holds = if ahead.more(&mut first, b']')? { ahead.peek() } else { None };
        let pages = level == 0 && holds == Some(b'{') && is_answer(ahead.clone())?;
        if level > 0 && holds != Some(b'{') || level >= MAX_LEVELS {
            reader.skip()?;
            return Ok(None);
        }
        let (mut filled, mut first) = (None, true);
        reader.open(b'[')?;
        while reader.more(&mut first, b']')? {
            match reader.peek() {
                Some(b'{') if pages => {
                    self.container(reader, 0)?;
                }
                Some(b'{') => {
                    let node = reader.node()?;
                    filled = Some(self.record(key, &node)?);
                }
                // Pages of a script: a list of lists.
                Some(b'[') if level == 0 => {
                    self.list(reader, key, 0)?;
                }
                _ => {
                    let node = reader.node()?;
                    self.tables.quarantine("вместо записи стоит значение", node.outline());
                }
            }
        }
        Ok(filled)
    }

    fn record(&mut self, key: &str, node: &Node<'_>) -> Result<usize, IngestError> {
        let folded = key.to_lowercase();
        let wrapped = key.is_empty() || WRAPPERS.contains(&key);
        let kind = match folded.as_str() {
            _ if wrapped => "",
            name if COUNTERPARTIES.contains(&name) => "json.counterparty",
            name if CONTACTS.contains(&name) => "json.contact",
            _ => key,
        };
        let at = self.tables.record(kind, |rows| match node {
            Node::Object(entries) => entries.iter().try_for_each(|(key, value)| add_value(rows, key.trim(), value)),
            _ => Ok(()),
        })?;
        if at == self.lists.len() {
            self.lists.push(wrapped);
        }
        Ok(at)
    }

    fn finish(mut self, input: &Input, mut extract: Extract) -> Result<Extract, IngestError> {
        if self.tables.is_empty() {
            return Err(refuse::unknown(input));
        }
        // The only list of a file is what the file is about, whatever its name.
        if let [false] = self.lists[..] {
            let table = self.tables.table(0);
            if !table.kind.starts_with("json.") {
                table.kind.clear();
            }
        }
        self.tables.finish(&mut extract);
        for table in &mut extract.tables {
            table.partial |= table.declared_total.is_some_and(|total| (table.len() as u64) < total);
        }
        Ok(extract)
    }
}

/// Whether an object is an answer with a list of records and not a record itself.
fn is_answer(mut ahead: Reader<'_>) -> Result<bool, Stop> {
    let mut first = true;
    ahead.open(b'{')?;
    while ahead.more(&mut first, b'}')? {
        let key = ahead.key()?;
        if WRAPPERS.contains(&&*key) && ahead.peek() == Some(b'[') {
            ahead.open(b'[')?;
            let mut first = true;
            return Ok(ahead.more(&mut first, b']')? && ahead.peek() == Some(b'{'));
        }
        ahead.skip()?;
    }
    Ok(false)
}

fn add_value(rows: &mut Rows, heading: &str, value: &Node<'_>) -> Result<(), IngestError> {
    match value {
        Node::Null => rows.cell(heading, ""),
        Node::Bool(value) => rows.cell(heading, if *value { "true" } else { "false" }),
        Node::Number(text) => rows.cell(heading, text),
        Node::Text(text) => rows.cell(heading, text.trim()),
        Node::List(items) => items.iter().try_for_each(|item| {
            match VALUES.iter().find_map(|name| item.get(name)).filter(|value| !value.is_container()) {
                Some(value) => add_value(rows, heading, value),
                None => add_value(rows, heading, item),
            }
        }),
        Node::Object(entries) => {
            entries.iter().try_for_each(|(key, value)| add_value(rows, &format!("{heading}.{}", key.trim()), value))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::RawTable;

    fn read(text: &str) -> Result<Extract, IngestError> {
        let input = Input::from_bytes("a.json", text);
        assert!(JsonList.detect(&input), "{text}");
        JsonList.read(&input)
    }

    fn shape(extract: &Extract) -> Vec<(&str, usize, bool, Option<u64>)> {
        extract.tables.iter().map(|t| (t.kind.as_str(), t.len(), t.partial, t.declared_total)).collect()
    }

    fn cell<'t>(table: &'t RawTable, heading: &str) -> &'t str {
        table.get(table.column(heading).unwrap_or_else(|| panic!("no {heading}")), 0)
    }

    #[test]
    fn lists_are_found_in_any_wrapping() {
        let two = r#"{"code":"1","name":"Ель"},{"code":"2","name":"Дуб"}"#;
        for (text, expected) in [
            (format!("[{two}]"), vec![("", 2, false, None)]),
            (two.replace("},{", "}\n{"), vec![("", 2, false, None)]),
            (format!("[[{two}],[{two}]]"), vec![("", 4, false, None)]),
            (format!(r#"{{"data":[{two}],"total":5}}"#), vec![("", 2, true, Some(5))]),
            (format!(r#"{{"response":{{"count":"2","items":[{two}]}}}}"#), vec![("", 2, false, Some(2))]),
            (format!(r#"{{"results":[{two}],"next":"http://x"}}"#), vec![("", 2, true, None)]),
            (format!(r#"{{"results":[{two}],"next":null}}"#), vec![("", 2, false, None)]),
            (format!(r#"{{"что угодно":[{two}],"теги":["а"]}}"#), vec![("", 2, false, None)]),
            (format!(r#"{{"companies":[{two}]}}"#), vec![("json.counterparty", 2, false, None)]),
            (
                format!(r#"{{"companies":[{two}],"contacts":[{two}],"orders":[{two}]}}"#),
                vec![
                    ("json.counterparty", 2, false, None),
                    ("json.contact", 2, false, None),
                    ("orders", 2, false, None),
                ],
            ),
            // Pages one after another, and as a list.
            (format!(r#"{{"data":[{two}]}}{{"data":[{two}]}}"#), vec![("", 4, false, None)]),
            (format!(r#"[{{"data":[{two}]}},{{"data":[{two}]}}]"#), vec![("", 4, false, None)]),
            (r#"{"id":1,"phones":[{"value":"5"}]}{"id":2}"#.to_owned(), vec![("", 2, false, None)]),
            (r#"[{"id":1},5,null]"#.to_owned(), vec![("", 1, false, None)]),
        ] {
            assert_eq!(shape(&read(&text).unwrap()), expected, "{text}");
        }
        assert_eq!(read(r#"[{"id":1},5,null]"#).unwrap().quarantined.len(), 2);
    }

    #[test]
    fn members_become_columns() {
        let text = r#"[{"id":12345678901234567890,"name":" Ель ","address":{"city":"Тверь","geo":{"lat":1.50}},
            "phones":[{"type":"work","value":"1"},{"value":"2"}],"tags":["а","б"],"none":null,"empty":[],"yes":true,
            "people":[{"first":"А","last":"Б"},{"first":"В"}]}]"#;
        let extract = read(text).unwrap();
        for (heading, expected) in [
            ("id", "12345678901234567890"),
            ("name", "Ель"),
            ("address.city", "Тверь"),
            ("address.geo.lat", "1.50"),
            ("phones", "1\n2"),
            ("tags", "а\nб"),
            ("none", ""),
            ("yes", "true"),
            ("people.first", "А\nВ"),
            ("people.last", "Б"),
        ] {
            assert_eq!(cell(&extract.tables[0], heading), expected, "{heading}");
        }
    }

    #[test]
    fn files_without_records_say_what_they_are() {
        for (text, expected) in [
            (r#"{"status":"ok","code":5}"#, "JSON, в котором не видно списка записей CRM или 1С (ключи status, code)"),
            (r#"{"a":{"b":{"c":{"d":{"e":{"f":{"g":[{"x":1}]}}}}}}}"#, "(ключи a)"),
            (r#"{"data":[1,2]}"#, "(ключи data)"),
            (r#"{"data":[{"id":1"#, "JSON обрывается"),
            ("[{\"id\":1}\n,]", "строка 2: нарушен JSON"),
        ] {
            let message = read(text).unwrap_err().to_string();
            assert!(message.contains(expected), "{text}: {message}");
        }
        for deep in ["[".repeat(100_000), "{\"data\":".repeat(100_000), format!("[{{\"a\":{}", "[".repeat(100_000))] {
            assert!(JsonList.read(&Input::from_bytes("a.json", deep)).is_err());
        }
    }

    #[test]
    fn every_cut_is_an_error() {
        let text = r#"{"data":[{"id":1,"phones":[{"value":"5"}]}],"total":1}"#;
        for end in 1..text.len() {
            assert!(JsonList.read(&Input::from_bytes("a.json", &text[..end])).is_err(), "{end}");
        }
        assert_eq!(read(text).unwrap().tables[0].len(), 1);
    }

    #[test]
    fn other_files_are_not_claimed() {
        for text in ["{ID};Имя\n", "[ID],Имя\n", "[1,2]", "{}", "[]", "id,name", "<a/>", ""] {
            assert!(!JsonList.detect(&Input::from_bytes("a.json", text)), "{text}");
        }
    }
}
