//! Answers of the OData interface of 1C in Atom, which it gives when JSON is not asked for: `onec-atom`.
//!
//! A feed (`Catalog_Контрагенты`) or one entry. Tables and headings are those of [`super::onec_json`] for OData: one table
//! per catalogue, kind `Справочник.<Имя>` from `category`, columns `Ref_Key, Code, Description, DeletionMark, ИНН …`,
//! contact information by its kind, tabular parts as `Часть.Колонка`, those of documents as tables. A property that stands twice, as in the samples of
//! the vendor, is read once.
//!
//! `declared_total` is `m:count`. A feed with a next link is partial, and so is an entry alone. Tombstones
//! (`deleted-entry`) are counted. An error document (`m:error`) is an error answer.
//!
//! Source: 1C:Enterprise 8.3.27 documentation, chapter 17.4; OData 3, Atom format.

use std::borrow::Cow;

use chrono::NaiveDateTime;

use super::json::Node;
use super::onec_json::record;
use super::rows::Tables;
use super::xml::{Element, Step, Xml, XmlFormat, push_clean, root_name};
use super::{Extract, Format, IngestError, Input};
use crate::model::Place;

/// Bytes looked at to recognise the root and its namespaces.
const HEAD_BYTES: usize = 16 * 1024;
/// Namespace of OData metadata in versions 1 to 3.
const METADATA: &str = "schemas.microsoft.com/ado/2007/08/dataservices";

type Members = Vec<(Cow<'static, str>, Node<'static>)>;

/// Atom answers of 1C.
pub struct OnecAtom;

impl Format for OnecAtom {
    fn id(&self) -> &'static str {
        "onec-atom"
    }

    fn title(&self) -> &'static str {
        "1С: OData в Atom (XML)"
    }

    fn detect(&self, input: &Input) -> bool {
        let head = input.head_text(HEAD_BYTES);
        match root_name(&head).as_deref() {
            Some("feed" | "entry") => head.contains(METADATA) || head.contains("StandardODATA."),
            Some("error") => head.contains(METADATA),
            _ => false,
        }
    }

    fn read(&self, input: &Input) -> Result<Extract, IngestError> {
        let mut extract = Extract::default();
        let text = input.text(&mut extract);
        self.read_xml(Xml::new(input, &text), input, extract)
    }
}

impl XmlFormat for OnecAtom {
    fn read_xml(&self, xml: Xml<'_>, input: &Input, extract: Extract) -> Result<Extract, IngestError> {
        let mut parser = Parser {
            xml,
            input,
            tables: Tables::new(Place::file(&input.name)),
            filled: None,
            total: None,
            has_next: false,
            alone: false,
            deleted: 0,
            taken_at: None,
        };
        parser.document()?;
        parser.finish(extract)
    }
}

struct Parser<'x> {
    xml: Xml<'x>,
    input: &'x Input,
    tables: Tables,
    filled: Option<usize>,
    total: Option<u64>,
    has_next: bool,
    alone: bool,
    deleted: u64,
    taken_at: Option<NaiveDateTime>,
}

impl Parser<'_> {
    fn document(&mut self) -> Result<(), IngestError> {
        loop {
            match self.xml.step()? {
                Step::Open(element) => match element.name() {
                    "feed" => self.feed()?,
                    "entry" => {
                        self.alone = true;
                        self.entry()?;
                    }
                    "error" => {
                        let error = self.xml.tree()?;
                        let code = error.get("code").and_then(Node::count).map(|code| code.to_string());
                        return Err(IngestError::ErrorAnswer {
                            file: self.input.path.clone(),
                            code: code.unwrap_or_default(),
                            next: "проверьте права пользователя и состав стандартного интерфейса OData и повторите выгрузку",
                        });
                    }
                    _ => self.xml.skip()?,
                },
                Step::End => return Ok(()),
                Step::Text(_) | Step::Close => {}
            }
        }
    }

    fn feed(&mut self) -> Result<(), IngestError> {
        loop {
            let element = match self.xml.step()? {
                Step::Open(element) => element,
                Step::Close | Step::End => return Ok(()),
                Step::Text(_) => continue,
            };
            match element.name() {
                "entry" => self.entry()?,
                "deleted-entry" => {
                    self.deleted += 1;
                    self.xml.skip()?;
                }
                "count" => {
                    let mut text = String::new();
                    self.xml.text(&mut text)?;
                    self.total = text.trim().parse().ok();
                }
                "updated" => {
                    let mut text = String::new();
                    self.xml.text(&mut text)?;
                    // A moment of UTC is not that of the base.
                    self.taken_at = super::moment(&text).filter(|_| !text.trim().ends_with('Z'));
                }
                "link" => {
                    self.has_next |= element.attribute("rel").is_some_and(|rel| rel == "next");
                    self.xml.skip()?;
                }
                _ => self.xml.skip()?,
            }
        }
    }

    fn entry(&mut self) -> Result<(), IngestError> {
        let mut kind = String::new();
        let mut members = Members::new();
        loop {
            let element = match self.xml.step()? {
                Step::Open(element) => element,
                Step::Close | Step::End => break,
                Step::Text(_) => continue,
            };
            match element.name() {
                "category" => {
                    kind = element.attribute("term").and_then(|term| record::kind_of_type(&term)).unwrap_or_default();
                    self.xml.skip()?;
                }
                "content" => self.content(&mut members)?,
                // Beside the content in a media entry.
                "properties" => self.properties(&mut members)?,
                _ => self.xml.skip()?,
            }
        }
        let input = self.input;
        self.filled = Some(self.tables.record(&kind, |rows| record::add_cells(input, rows, &kind, &members))?);
        let (heading, owner) = record::owner_of(&members);
        for section in record::sections(&kind, &members) {
            let part = format!("{kind}.{}", section.name);
            section.each(input, (heading, &owner), &mut |fill| self.tables.part(&part, fill).map(drop))?;
        }
        Ok(())
    }

    fn content(&mut self, members: &mut Members) -> Result<(), IngestError> {
        loop {
            match self.xml.step()? {
                Step::Open(element) if element.name() == "properties" => self.properties(members)?,
                Step::Open(_) => self.xml.skip()?,
                Step::Close | Step::End => return Ok(()),
                Step::Text(_) => {}
            }
        }
    }

    /// Children of the element that was opened last, as members of a record; the first of a name counts.
    fn properties(&mut self, members: &mut Members) -> Result<(), IngestError> {
        loop {
            match self.xml.step()? {
                Step::Open(element) => {
                    let name = element.name().to_owned();
                    let value = self.value(&element)?;
                    if !members.iter().any(|(known, _)| *known == name) {
                        members.push((Cow::Owned(name), value));
                    }
                }
                Step::Close | Step::End => return Ok(()),
                Step::Text(_) => {}
            }
        }
    }

    fn value(&mut self, element: &Element) -> Result<Node<'static>, IngestError> {
        let is_null = element.attribute("null").is_some_and(|null| null == "true");
        let is_list = element.attribute("type").is_some_and(|class| class.starts_with("Collection("));
        let (mut text, mut items, mut members) = (String::new(), Vec::new(), Members::new());
        loop {
            match self.xml.step()? {
                Step::Open(child) => {
                    let name = child.name().to_owned();
                    let value = self.value(&child)?;
                    if is_list || name == "element" {
                        items.push(value);
                    } else if !members.iter().any(|(known, _)| *known == name) {
                        members.push((Cow::Owned(name), value));
                    }
                }
                Step::Text(piece) => text.push_str(piece),
                Step::Close | Step::End => break,
            }
        }
        Ok(match () {
            () if is_null => Node::Null,
            () if is_list || !items.is_empty() => Node::List(items),
            () if !members.is_empty() => Node::Object(members),
            () => {
                let mut clean = String::with_capacity(text.len());
                push_clean(&mut clean, &text);
                Node::Text(Cow::Owned(clean))
            }
        })
    }

    fn finish(mut self, mut extract: Extract) -> Result<Extract, IngestError> {
        if let Some(at) = self.filled {
            self.tables.table(at).declared_total = self.total;
        }
        self.tables.finish(&mut extract);
        // A tabular section is as whole as its documents.
        let short = extract.tables.iter().any(|t| t.declared_total.is_some_and(|total| (t.len() as u64) < total));
        for table in &mut extract.tables {
            table.partial = self.has_next || self.alone || short;
        }
        extract.taken_at = self.taken_at;
        if self.deleted > 0 {
            extract.details.push(("удалённых записей", self.deleted.to_string()));
        }
        Ok(extract)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::RawTable;

    const NS: &str = "xmlns=\"http://www.w3.org/2005/Atom\" xmlns:d=\"http://schemas.microsoft.com/ado/2007/08/dataservices\" \
        xmlns:m=\"http://schemas.microsoft.com/ado/2007/08/dataservices/metadata\"";

    fn entry(properties: &str) -> String {
        format!(
            "<id>x</id><category term=\"StandardODATA.Catalog_Контрагенты\" scheme=\"s\"/><title/><link rel=\"edit\" href=\"x\"/>\
             <content type=\"application/xml\"><m:properties>{properties}</m:properties></content>"
        )
    }

    fn feed(around: &str, entries: &[&str]) -> String {
        let entries: String = entries.iter().map(|e| format!("<entry>{}</entry>", entry(e))).collect();
        format!("<?xml version=\"1.0\"?><feed {NS}><id>x</id>{around}{entries}</feed>")
    }

    fn read(text: &str) -> Result<Extract, IngestError> {
        let input = Input::from_bytes("1c/a.xml", text);
        assert!(OnecAtom.detect(&input), "{text}");
        OnecAtom.read(&input)
    }

    fn shape(extract: &Extract) -> Vec<(&str, usize, bool, Option<u64>)> {
        extract.tables.iter().map(|t| (t.kind.as_str(), t.len(), t.partial, t.declared_total)).collect()
    }

    fn cell<'t>(table: &'t RawTable, heading: &str) -> &'t str {
        table.get(table.column(heading).unwrap_or_else(|| panic!("no {heading}")), 0)
    }

    #[test]
    fn feeds_and_entries() {
        let one = "<d:Ref_Key>g1</d:Ref_Key><d:Description>Ель</d:Description>";
        let firms = "Справочник.Контрагенты";
        let updated = feed("<updated>2026-11-02T09:05:07</updated>", &[one]);
        assert_eq!(read(&updated).unwrap().taken_at, super::super::moment("2026-11-02T09:05:07"));
        assert_eq!(read(&updated.replace(":07<", ":07Z<")).unwrap().taken_at, None);
        for (text, expected) in [
            (feed("", &[one]), vec![(firms, 1, false, None)]),
            (feed("<m:count>2</m:count>", &[one]), vec![(firms, 1, true, Some(2))]),
            (feed("<link rel=\"next\" href=\"x\"/>", &[one]), vec![(firms, 1, true, None)]),
            (format!("<entry {NS}>{}</entry>", entry(one)), vec![(firms, 1, true, None)]),
            (feed("<at:deleted-entry xmlns:at=\"u\" ref=\"x\"/>", &[]), vec![]),
        ] {
            assert_eq!(shape(&read(&text).unwrap()), expected, "{text}");
        }
    }

    #[test]
    fn properties_become_columns() {
        let text = feed(
            "",
            &[
                "<d:Ref_Key>g1</d:Ref_Key><d:Description>Ель &amp;quot;А&amp;quot;</d:Description><d:ИНН>0500990050</d:ИНН>\
              <d:КПП m:null=\"true\"/><d:Parent_Key>00000000-0000-0000-0000-000000000000</d:Parent_Key><d:Code/>\
              <d:DeletionMark m:type=\"Edm.Boolean\">false</d:DeletionMark><d:ИНН>0500990050</d:ИНН>\
              <d:КонтактнаяИнформация m:type=\"Collection(StandardODATA.Catalog_Контрагенты_КонтактнаяИнформация_RowType)\">\
              <d:element m:type=\"x\"><d:LineNumber>1</d:LineNumber><d:Тип>Телефон</d:Тип><d:Представление>+7 482 200-00-01</d:Представление></d:element>\
              <d:element><d:Тип>Телефон</d:Тип><d:НомерТелефона>74822000002</d:НомерТелефона></d:element></d:КонтактнаяИнформация>\
              <d:ИсторияКПП m:type=\"Collection(X)\"/>",
            ],
        );
        let extract = read(&text).unwrap();
        let table = &extract.tables[0];
        for (heading, expected) in [
            ("Ref_Key", "g1"),
            ("Description", "Ель \"А\""),
            ("ИНН", "0500990050"),
            ("КПП", ""),
            ("Parent_Key", ""),
            ("DeletionMark", "false"),
            ("Телефон", "+7 482 200-00-01\n74822000002"),
        ] {
            assert_eq!(cell(table, heading), expected, "{heading}");
        }
        assert!(table.column("ИсторияКПП").is_none());
    }

    #[test]
    fn sections_of_documents_are_tables() {
        let sale = feed(
            "<m:count>1</m:count>",
            &["<d:Ref_Key>d1</d:Ref_Key><d:Number>0012</d:Number><d:Товары m:type=\"Collection(X)\"><d:element>\
               <d:Ref_Key>d1</d:Ref_Key><d:LineNumber>1</d:LineNumber><d:Сумма>5.10</d:Сумма></d:element></d:Товары>"],
        )
        .replace("Catalog_Контрагенты", "Document_Чек");
        let extract = read(&sale).unwrap();
        let lines = "Документ.Чек.Товары";
        assert_eq!(shape(&extract), [("Документ.Чек", 1, false, Some(1)), (lines, 1, false, None)]);
        let table = &extract.tables[1];
        assert_eq!(["Ref_Key", "LineNumber", "Сумма"].map(|heading| cell(table, heading)), ["d1", "1", "5.10"]);
    }

    #[test]
    fn errors_and_damage() {
        let error = format!("<m:error {NS}><m:code>20</m:code><m:message>secret</m:message></m:error>");
        let message = read(&error).unwrap_err().to_string();
        assert!(message.contains("ответ с ошибкой 20;") && !message.contains("secret"), "{message}");
        let whole = feed("", &["<d:Ref_Key>g1</d:Ref_Key>"]);
        for (at, _) in whole.char_indices().filter(|(at, _)| *at > 0) {
            assert!(OnecAtom.read(&Input::from_bytes("a.xml", &whole[..at])).is_err(), "{at}");
        }
        let deep = feed("", &[&"<d:a>".repeat(50_000)]);
        assert!(read(&deep).unwrap_err().to_string().contains("вложенность"));
    }

    #[test]
    fn other_files_are_not_claimed() {
        for text in [
            "<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry/></feed>",
            "<edmx:Edmx xmlns:edmx=\"http://schemas.microsoft.com/ado/2007/06/edmx\"/>",
            "<error>StandardODATA.</error>",
            "",
        ] {
            assert!(!OnecAtom.detect(&Input::from_bytes("a.xml", text)), "{text}");
        }
    }
}
