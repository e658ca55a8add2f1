//! Answers of the Profitbase API (a developer's board of units for sale) saved as JSON: `profitbase-json`.
//!
//! Read, in one file or several answers one after another: `{"status":"success","data":[…]}` of `/property` and `/house`,
//! a single record as `data`, and bare lists of units.
//!
//! | kind | rows |
//! |---|---|
//! | `profitbase.property` | units for sale |
//! | `profitbase.house` | houses |
//! | `profitbase.project` | projects; only where the format is named, since `id, title` may be anything |
//!
//! Headings are names of the API (`id, number, propertyType, status, customStatusId, rooms_amount, section, floor,
//! house_id, houseName, projectName`); members of `area` stand without a prefix (`area_total, area_living`), others behind
//! it (`price.value, price.pricePerMeter`); a custom field stands under its name, behind `custom.` when the API has a field of
//! that name. Numbers of houses and units are texts (`A101`).
//!
//! The API tells no total: whether all pages are here cannot be seen.
//!
//! Source: clients of the API v4 in public repositories (read 2026-11-24); no answer of the vendor was seen.

use super::json::{HEAD_BYTES, Node, Reader, Stop, head_keys};
use super::rows::{Rows, Tables};
use super::{Extract, Format, IngestError, Input};
use crate::model::Place;

const PROPERTY: &str = "profitbase.property";

/// Fields that tell a unit for sale.
const MARKS_OF_PROPERTY: [&str; 5] =
    ["area_total", "customStatusId", "positionOnFloor", "propertyType", "rooms_amount"];
/// Fields that tell a house; a unit has them too.
const MARKS_OF_HOUSE: [&str; 5] = ["maxFloor", "minFloor", "projectId", "projectName", "propertyCount"];
/// Fields of the API that a custom field must not touch.
const STANDARD: [&str; 10] =
    ["id", "number", "status", "section", "floor", "price", "area", "studio", "bookedAt", "propertyType"];

/// Profitbase API answers.
pub struct ProfitbaseJson;

impl Format for ProfitbaseJson {
    fn id(&self) -> &'static str {
        "profitbase-json"
    }

    fn title(&self) -> &'static str {
        "Profitbase: ответы API (JSON)"
    }

    fn detect(&self, input: &Input) -> bool {
        let head = input.head_text(HEAD_BYTES);
        let Some(keys) = head_keys(&head) else { return false };
        let has = |name: &str| keys.iter().any(|(_, key)| key == name);
        let outer = |name: &str| keys.iter().any(|(depth, key)| *depth == 1 && key == name);
        let marks = |list: &[&str]| list.iter().filter(|name| has(name)).count();
        let answer = outer("status") && outer("data");
        marks(&MARKS_OF_PROPERTY) >= 2 || answer && (marks(&MARKS_OF_PROPERTY) > 0 || marks(&MARKS_OF_HOUSE) >= 2)
    }

    fn read(&self, input: &Input) -> Result<Extract, IngestError> {
        let mut extract = Extract::default();
        let text = input.text(&mut extract);
        let mut session = Session { tables: Tables::new(Place::file(&input.name)), failed: 0, answered: false };
        let mut reader = Reader::new(&text);
        while reader.peek().is_some() {
            session.value(&mut reader, 0).map_err(|stop| stop.in_file(input, &text))?;
        }
        session.finish(input, extract)
    }
}

struct Session {
    tables: Tables,
    failed: u64,
    answered: bool,
}

impl Session {
    /// An answer, a record, or a list of either.
    fn value(&mut self, reader: &mut Reader<'_>, level: usize) -> Result<(), Stop> {
        match reader.peek() {
            Some(b'[') if level < 2 => {
                self.answered = true;
                let mut first = true;
                reader.open(b'[')?;
                while reader.more(&mut first, b']')? {
                    self.value(reader, level + 1)?;
                }
                Ok(())
            }
            Some(b'{') => self.object(reader),
            _ => {
                let node = reader.node()?;
                self.tables.quarantine("вместо записи стоит значение", node.outline());
                Ok(())
            }
        }
    }

    fn object(&mut self, reader: &mut Reader<'_>) -> Result<(), Stop> {
        let mut ahead = reader.clone();
        let (mut first, mut is_answer) = (true, false);
        ahead.open(b'{')?;
        // The keys of an answer stand in any order.
        while ahead.more(&mut first, b'}')? {
            let key = ahead.key()?;
            is_answer |= matches!(&*key, "data" | "errors" | "error");
            ahead.skip()?;
        }
        if !is_answer {
            let node = reader.node()?;
            return Ok(self.record(&node)?);
        }
        let (mut has_data, mut first) = (false, true);
        reader.open(b'{')?;
        while reader.more(&mut first, b'}')? {
            match &*reader.key()? {
                "data" if reader.peek() == Some(b'[') => {
                    has_data = true;
                    self.value(reader, 1)?;
                }
                "data" => {
                    // One record, or a list under a name of its own.
                    let node = reader.node()?;
                    has_data = node != Node::Null;
                    self.answered |= has_data;
                    match &node {
                        Node::Object(entries) if node.get("id").is_none() => {
                            for (_, list) in entries {
                                let Node::List(records) = list else { continue };
                                records.iter().try_for_each(|record| self.record(record))?;
                            }
                        }
                        Node::Object(_) => self.record(&node)?,
                        _ => {}
                    }
                }
                _ => reader.skip()?,
            }
        }
        self.failed += u64::from(!has_data);
        Ok(())
    }

    fn record(&mut self, node: &Node<'_>) -> Result<(), IngestError> {
        if !matches!(node, Node::Object(_)) || node.get("id").is_none() {
            self.tables.quarantine("не запись Profitbase", node.outline());
            return Ok(());
        }
        let any = |marks: &[&str]| marks.iter().any(|mark| node.get(mark).is_some());
        let kind = match () {
            () if any(&MARKS_OF_PROPERTY) || node.get("area").is_some() => PROPERTY,
            () if any(&MARKS_OF_HOUSE) => "profitbase.house",
            () => "profitbase.project",
        };
        self.tables.record(kind, |rows| add_cells(rows, node))?;
        Ok(())
    }

    fn finish(self, input: &Input, mut extract: Extract) -> Result<Extract, IngestError> {
        if self.tables.is_empty() {
            if self.failed > 0 {
                return Err(IngestError::ErrorAnswer {
                    file: input.path.clone(),
                    code: String::new(),
                    next: "получите новый токен (/authentication) и повторите выгрузку",
                });
            }
            if !self.answered {
                return Err(IngestError::Unreadable {
                    file: input.path.clone(),
                    what: "в ответе Profitbase нет списка помещений".to_owned(),
                    next: "сохраните ответы /property и /house",
                });
            }
        }
        self.tables.finish(&mut extract);
        for table in &mut extract.tables {
            table.partial |= self.failed > 0;
        }
        extract.failed_answers = self.failed;
        Ok(extract)
    }
}

fn add_cells(rows: &mut Rows, record: &Node<'_>) -> Result<(), IngestError> {
    let Node::Object(entries) = record else { return Ok(()) };
    for (key, value) in entries {
        match (&**key, value) {
            ("area", Node::Object(parts)) => {
                parts.iter().try_for_each(|(name, value)| rows.cell(name, scalar(value)))?;
            }
            ("custom_fields" | "customFields" | "attributes", Node::List(fields)) => {
                for field in fields {
                    let Some(name) = field.get("name").or_else(|| field.get("title")).and_then(Node::text) else {
                        continue;
                    };
                    let value = field.get("value").map(scalar).unwrap_or_default();
                    if STANDARD.contains(&name.trim()) {
                        rows.cell(&format!("custom.{}", name.trim()), value)?;
                    } else {
                        rows.cell(name.trim(), value)?;
                    }
                }
            }
            (name, Node::Object(parts)) => {
                for (member, value) in parts.iter().filter(|(_, value)| !value.is_container()) {
                    rows.cell(&format!("{name}.{member}"), scalar(value))?;
                }
            }
            (name, Node::List(items)) => {
                for item in items.iter().filter(|item| !item.is_container()) {
                    rows.cell(name, scalar(item))?;
                }
            }
            (name, value) => rows.cell(name, scalar(value))?,
        }
    }
    Ok(())
}

fn scalar<'n>(value: &'n Node<'_>) -> &'n str {
    match value {
        Node::Bool(true) => "true",
        Node::Bool(false) => "false",
        value => value.text().unwrap_or_default().trim(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_and_what_is_no_data() {
        let read = |text: &str| {
            let input = Input::from_bytes("a.json", text);
            assert!(ProfitbaseJson.detect(&input), "{text}");
            ProfitbaseJson.read(&input)
        };
        let unit = r#"{"id":1,"number":"A101","rooms_amount":1,"propertyType":"property"}"#;
        for (text, rows) in [
            (format!("[{unit},{unit}]"), 2),
            (format!(r#"{{"status":"success","data":[{unit}]}}"#), 1),
            (format!(r#"{{"data":{unit},"status":"success"}}"#), 1),
            (format!(r#"{{"status":"success","data":{{"properties":[{unit},{unit}]}}}}"#), 2),
        ] {
            let extract = read(&text).unwrap();
            assert_eq!((extract.tables[0].kind.as_str(), extract.tables[0].len()), (PROPERTY, rows), "{text}");
        }
        let beside = format!(r#"{{"status":"success","data":[{unit}]}}{{"status":"error","errors":[{{"m":"x"}}]}}"#);
        let extract = read(&beside).unwrap();
        assert!(extract.tables[0].partial && extract.failed_answers == 1);
        let cut = format!(r#"{{"status":"success","data":[{unit}]}}"#);
        for end in 1..cut.len() {
            assert!(ProfitbaseJson.read(&Input::from_bytes("a.json", &cut[..end])).is_err(), "{end}");
        }
        for text in [r#"{"status":"success","data":[{"id":1,"title":"x"}]}"#, r#"[{"id":1,"floor":2}]"#] {
            assert!(!ProfitbaseJson.detect(&Input::from_bytes("a.json", text)), "{text}");
        }
        let error = ProfitbaseJson.read(&Input::from_bytes("a.json", r#"{"errors":["secret"]}"#)).unwrap_err();
        assert!(error.to_string().contains("ответ с ошибкой") && !error.to_string().contains("secret"));
    }
}
