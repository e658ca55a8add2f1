//! Messages of EnterpriseData, the exchange format of 1C configurations: `enterprise-data`.
//!
//! Any version (`…/EnterpriseData/1.2` to `1.21` and later), by local names: a message with header and body, or a bare
//! `EnterpriseData` body of a foreign writer. Read are the catalogues of parties (`Справочник.Контрагенты`, `КонтактныеЛица`,
//! `ФизическиеЛица`, `Организации`) and of goods and dealings (`Номенклатура`, `Склады`, `ЕдиницыИзмерения`, `Договоры`,
//! states of orders), and every document, one table each under this name; other objects are counted. A tabular section of
//! a document is a table of its own, `Документ.<Имя>.<Часть>`, with `Ссылка` of the document and `НомерСтроки`.
//!
//! Headings are property names, those of `КлючевыеСвойства` without it: `Ссылка, Наименование, НаименованиеПолное, ИНН, КПП,
//! ЮридическоеФизическоеЛицо, ФИО, Фамилия …`. As in the JSON of 1C a referenced object is its name under its property
//! and its GUID under `Имя (ссылка)`, and contact information becomes `Телефон, АдресЭлектроннойПочты,
//! ЮридическийАдрес …`. The counterparty of a contact person stands under `Владелец`, the main bank account gives
//! `НомерСчета` and `БИК`.
//!
//! In documents and their lines a reference has more: `Имя.ИНН`, `Имя.КПП` of a party, `Имя.Код` of a classifier,
//! `Имя.Дата` of a document, whose number is the text. Groups of properties (`ОбщиеДанные`, `ДанныеНоменклатуры`,
//! `ДанныеВзаиморасчетов`) stand beside the others.
//!
//! `Ссылка` is optional in the format: without it the key properties name the object, and `ИНН/КПП` stands there. A
//! counterparty that only documents and contracts refer to has its key properties there and nowhere else: it is a row
//! too, once, after the objects. A document without it is `Номер/Дата`.
//!
//! A message with `Confirmation` belongs to an exchange plan and holds what changed since the last one: its tables are
//! partial. So is a table that holds parties of documents. There is no deletion mark in the format and no code of a
//! counterparty.
//!
//! Source: XDTO packages EnterpriseData 1.8 and 1.21 and ExchangeMessage of «Библиотека стандартных подсистем» 3.1.

mod dealing;

use std::borrow::Cow;
use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use super::json::Node;
use super::onec_json::record;
use super::rows::Tables;
use super::xml::{Step, Xml, XmlFormat, root_name};
use super::{Extract, Format, IngestError, Input};
use crate::model::Place;

/// Bytes looked at to recognise the root: a message names its format within its header.
const HEAD_BYTES: usize = 16 * 1024;

const FIRMS: &str = "Справочник.Контрагенты";
/// Catalogues of parties.
const PARTIES: [&str; 4] = [FIRMS, "Справочник.КонтактныеЛица", "Справочник.ФизическиеЛица", "Справочник.Организации"];
/// Other catalogues that are read; so are all documents.
const CATALOGUES: [&str; 8] = [
    "Справочник.Номенклатура",
    "Справочник.Склады",
    "Справочник.ЕдиницыИзмерения",
    "Справочник.Договоры",
    "Справочник.СостояниеЗаказа",
    "Справочник.СостояниеОплатыЗаказа",
    "Справочник.СостояниеОтгрузкиЗаказа",
    "Справочник.ШтрихкодыНоменклатуры",
];

/// EnterpriseData messages.
pub struct EnterpriseData;

impl Format for EnterpriseData {
    fn id(&self) -> &'static str {
        "enterprise-data"
    }

    fn title(&self) -> &'static str {
        "EnterpriseData (обмен конфигураций 1С, XML)"
    }

    fn detect(&self, input: &Input) -> bool {
        let head = input.head_text(HEAD_BYTES);
        match root_name(&head).as_deref() {
            Some("Message") => head.contains("EnterpriseData"),
            Some("EnterpriseData") => true,
            _ => false,
        }
    }

    fn read(&self, input: &Input) -> Result<Extract, IngestError> {
        let mut extract = Extract::default();
        let text = input.text(&mut extract);
        self.read_xml(Xml::new(input, &text), input, extract)
    }
}

impl XmlFormat for EnterpriseData {
    fn read_xml(&self, xml: Xml<'_>, input: &Input, extract: Extract) -> Result<Extract, IngestError> {
        let mut parser = Parser {
            xml,
            input,
            tables: Tables::new(Place::file(&input.name)),
            counted: BTreeMap::new(),
            known: FxHashSet::default(),
            mentioned: Vec::new(),
            mentioned_at: FxHashMap::default(),
            is_exchange: false,
            version: String::new(),
            formed: String::new(),
        };
        parser.document()?;
        parser.finish(extract)
    }
}

type Members = Vec<(Cow<'static, str>, Node<'static>)>;

struct Parser<'x> {
    xml: Xml<'x>,
    input: &'x Input,
    tables: Tables,
    /// Objects that are not read, by what they are.
    counted: BTreeMap<&'static str, u64>,
    /// Names of the counterparties that stand as objects.
    known: FxHashSet<String>,
    /// Key properties of counterparties that other objects refer to, in the order of their first mention.
    mentioned: Vec<Members>,
    mentioned_at: FxHashMap<String, usize>,
    is_exchange: bool,
    version: String,
    formed: String,
}

impl Parser<'_> {
    fn document(&mut self) -> Result<(), IngestError> {
        loop {
            match self.xml.step()? {
                Step::Open(element) => match element.name() {
                    "Header" => self.header()?,
                    // Foreign writers put one into the other.
                    "Message" | "Body" | "EnterpriseData" => {}
                    name => {
                        let name = name.to_owned();
                        self.object(&name)?;
                    }
                },
                Step::End => return Ok(()),
                Step::Text(_) | Step::Close => {}
            }
        }
    }

    fn header(&mut self) -> Result<(), IngestError> {
        let header = self.xml.tree()?;
        let text = |name: &str| header.get(name).and_then(Node::text).unwrap_or_default().trim();
        self.version = text("Format").rsplit('/').next().unwrap_or_default().to_owned();
        self.formed = text("CreationDate").to_owned();
        self.is_exchange = header.get("Confirmation").is_some();
        Ok(())
    }

    fn object(&mut self, name: &str) -> Result<(), IngestError> {
        let is_party = PARTIES.contains(&name);
        if !is_party && !CATALOGUES.contains(&name) && !name.starts_with("Документ.") {
            let word = if name == "УдалениеОбъекта" {
                "удалений"
            } else {
                "прочих объектов"
            };
            *self.counted.entry(word).or_default() += 1;
            return self.mentions();
        }
        let Node::Object(members) = self.xml.tree()? else {
            self.tables.record(name, |_| Ok(()))?;
            return Ok(());
        };
        if !is_party {
            return self.dealing(name, members);
        }
        let members = flat(members);
        if name == FIRMS
            && let Some(key) = key_of(&members)
        {
            self.known.insert(key);
        }
        let owner = members.iter().find(|(name, _)| name == "Владелец").and_then(|(_, node)| match node {
            Node::Object(members) => Some(members.clone()),
            _ => None,
        });
        if let Some(owner) = owner {
            self.mention(owner);
        }
        self.row(name, &members)
    }

    /// A document or an item of a catalogue that is no party.
    fn dealing(&mut self, kind: &str, members: Members) -> Result<(), IngestError> {
        self.mentioned_in(&members);
        let mut members = dealing::plain(members);
        if text(&members, "Ссылка").is_empty()
            && let Some(key) = dealing::key_of_document(&members)
        {
            members.insert(0, ("Ссылка".into(), Node::Text(key.into())));
        }
        let input = self.input;
        self.tables.record(kind, |rows| record::add_cells(input, rows, kind, &members))?;
        let (heading, owner) = record::owner_of(&members);
        for section in record::sections(kind, &members) {
            let part = format!("{kind}.{}", section.name);
            section.each(input, (heading, &owner), &mut |fill| self.tables.part(&part, fill).map(drop))?;
        }
        Ok(())
    }

    /// Keeps the counterparties that an object names at any depth.
    fn mentioned_in(&mut self, members: &Members) {
        for (name, value) in members {
            if let Node::Object(inner) = value {
                if name == "Контрагент" {
                    self.mention(inner.clone());
                } else {
                    self.mentioned_in(inner);
                }
            }
        }
    }

    fn row(&mut self, kind: &str, members: &Members) -> Result<(), IngestError> {
        let key = if kind == FIRMS { key_of(members) } else { None };
        let has_reference = members.iter().any(|(name, _)| name == "Ссылка");
        let input = self.input;
        self.tables.record(kind, |rows| {
            if let (false, Some(key)) = (has_reference, &key) {
                rows.cell("Ссылка", key)?;
            }
            record::add_cells(input, rows, kind, members)
        })?;
        Ok(())
    }

    /// Passes over the rest of an object, keeping the counterparties that it names.
    fn mentions(&mut self) -> Result<(), IngestError> {
        let mut depth = 0usize;
        loop {
            match self.xml.step()? {
                Step::Open(element) if element.name() == "Контрагент" => {
                    if let Node::Object(members) = self.xml.tree()? {
                        self.mention(members);
                    }
                }
                Step::Open(_) => depth += 1,
                Step::Close if depth > 0 => depth -= 1,
                Step::Close | Step::End => return Ok(()),
                Step::Text(_) => {}
            }
        }
    }

    fn mention(&mut self, members: Members) {
        let members = flat(members);
        // Elements of this name are other things too: a counterparty has a name.
        if !members.iter().any(|(name, _)| name == "Наименование") {
            return;
        }
        if let Some(key) = key_of(&members) {
            self.mentioned_at.entry(key).or_insert_with(|| {
                self.mentioned.push(members);
                self.mentioned.len() - 1
            });
        }
    }

    fn finish(mut self, mut extract: Extract) -> Result<Extract, IngestError> {
        let mut from_documents = 0u64;
        for members in std::mem::take(&mut self.mentioned) {
            if key_of(&members).is_some_and(|key| !self.known.contains(&key)) {
                from_documents += 1;
                self.row(FIRMS, &members)?;
            }
        }
        let counted: Vec<String> = self.counted.iter().map(|(what, n)| format!("{what} {n}")).collect();
        if self.tables.is_empty() && !counted.is_empty() {
            let what = format!("EnterpriseData: {}", counted.join(", "));
            return Err(IngestError::NoEntity { file: self.input.path.clone(), what });
        }
        self.tables.finish(&mut extract);
        for table in &mut extract.tables {
            table.partial = self.is_exchange || from_documents > 0 && table.kind == FIRMS;
        }
        if !self.version.is_empty() {
            extract.details.push(("версия", self.version));
        }
        extract.taken_at = super::moment(&self.formed);
        if !self.formed.is_empty() {
            extract.details.push(("сформирован", self.formed));
        }
        if from_documents > 0 {
            extract.details.push(("контрагентов только из документов", from_documents.to_string()));
        }
        if !counted.is_empty() {
            extract.details.push(("не читается", counted.join(", ")));
        }
        Ok(extract)
    }
}

fn text<'n>(members: &'n Members, name: &str) -> &'n str {
    members.iter().find(|(key, _)| key == name).and_then(|(_, node)| node.text()).unwrap_or_default()
}

/// What a counterparty is known by: its GUID, else INN and KPP. Without either the format has only its name, which does
/// not identify it.
fn key_of(members: &Members) -> Option<String> {
    let (guid, inn) = (text(members, "Ссылка"), text(members, "ИНН"));
    if !guid.is_empty() {
        return Some(guid.to_owned());
    }
    (!inn.is_empty()).then(|| format!("{inn}/{}", text(members, "КПП")))
}

/// Key properties beside the others, and the objects inside as the JSON of 1C has them.
fn flat(members: Members) -> Members {
    let mut out = Members::with_capacity(members.len() + 8);
    for (name, value) in members {
        match (&*name, value) {
            ("КлючевыеСвойства" | "ОбщиеСвойстваОбъектовФормата", Node::Object(inner)) =>
            {
                out.extend(flat(inner));
            }
            ("КонтактнаяИнформация", Node::Object(rows)) => {
                let lines = rows.into_iter().map(|(_, row)| contact(row)).collect();
                out.push((name, Node::List(lines)));
            }
            // A person acts for a counterparty or is one.
            ("Субъект", Node::Object(inner)) => {
                out.extend(inner.into_iter().filter(|(of, _)| of == "Контрагент").map(|(_, v)| ("Владелец".into(), v)));
            }
            ("ОсновнойБанковскийСчет", account @ Node::Object(_)) => {
                let bik = account.get("Банк").and_then(|bank| bank.get("БИК"));
                for (heading, value) in [("НомерСчета", account.get("НомерСчета")), ("БИК", bik)]
                {
                    out.extend(value.map(|value| (heading.into(), value.clone())));
                }
            }
            // Histories, additional attributes and contracts say nothing about the party as it is.
            (
                "ИсторияКПП" | "ИсторияНаименований" | "ДополнительныеРеквизиты" | "ОсновнойДоговор" | "AdditionalInfo",
                _,
            ) => {}
            (_, value) => {
                let unnamed = value.get("Ссылка").is_none() && value.get("Наименование").is_some();
                let value =
                    if unnamed { value.get("Наименование").cloned().unwrap_or(Node::Null) } else { value };
                out.push((name, value));
            }
        }
    }
    out
}

/// A line of contact information under the names that it has in 1C itself.
fn contact(line: Node<'static>) -> Node<'static> {
    let Node::Object(members) = line else { return line };
    let renamed = members.into_iter().map(|(name, value)| {
        let name = match &*name {
            "ВидКонтактнойИнформации" => Cow::Borrowed("Тип"),
            "НаименованиеКонтактнойИнформации" => Cow::Borrowed("Вид"),
            _ => name,
        };
        (name, value)
    });
    Node::Object(renamed.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::RawTable;

    const FIRM: &str = "<Справочник.Контрагенты><КлючевыеСвойства><Ссылка>g1</Ссылка><Наименование>Ель</Наименование>\
        <ИНН>7700990010</ИНН></КлючевыеСвойства></Справочник.Контрагенты>";

    fn message(header: &str, body: &str) -> String {
        format!(
            "<Message xmlns:msg=\"http://www.1c.ru/SSL/Exchange/Message\"><msg:Header>\
             <msg:Format>http://v8.1c.ru/edi/edi_stnd/EnterpriseData/1.8</msg:Format>{header}</msg:Header>\
             <Body xmlns=\"http://v8.1c.ru/edi/edi_stnd/EnterpriseData/1.8\">{body}</Body></Message>"
        )
    }

    fn read(text: &str) -> Result<Extract, IngestError> {
        let input = Input::from_bytes("1c/a.xml", text);
        assert!(EnterpriseData.detect(&input), "{text}");
        EnterpriseData.read(&input)
    }

    fn shape(extract: &Extract) -> Vec<(&str, usize, bool)> {
        extract.tables.iter().map(|t| (t.kind.as_str(), t.len(), t.partial)).collect()
    }

    fn cell<'t>(table: &'t RawTable, heading: &str, row: usize) -> &'t str {
        table.get(table.column(heading).unwrap_or_else(|| panic!("no {heading}")), row)
    }

    #[test]
    fn messages_and_bare_bodies() {
        let order = "<Документ.ЗаказКлиента><Контрагент><Наименование>Дуб</Наименование><ИНН>7700990028</ИНН><КПП>770001001</КПП></Контрагент></Документ.ЗаказКлиента>";
        let known = "<Документ.ЗаказКлиента><Контрагент><Ссылка>g1</Ссылка><Наименование>Ель</Наименование></Контрагент></Документ.ЗаказКлиента>";
        for (text, expected) in [
            (message("", FIRM), vec![(FIRMS, 1, false)]),
            (
                message("<msg:Confirmation><msg:MessageNo>5</msg:MessageNo></msg:Confirmation>", FIRM),
                vec![(FIRMS, 1, true)],
            ),
            (message("", &format!("{known}{FIRM}")), vec![(FIRMS, 1, false)]),
            (message("", &format!("{FIRM}{order}{order}")), vec![(FIRMS, 2, true)]),
            (message("", order), vec![(FIRMS, 1, true)]),
            (format!("<EnterpriseData>{FIRM}</EnterpriseData>"), vec![(FIRMS, 1, false)]),
            (
                format!(
                    "<v:Message xmlns:v=\"u\"><v:Body><EnterpriseData>{FIRM}</EnterpriseData></v:Body></v:Message>"
                ),
                vec![(FIRMS, 1, false)],
            ),
            (message("", ""), vec![]),
            (message("", "<Справочник.Контрагенты/>"), vec![(FIRMS, 0, false)]),
        ] {
            let extract = read(&text).unwrap();
            let firms: Vec<_> = shape(&extract).into_iter().filter(|(kind, ..)| *kind == FIRMS).collect();
            assert_eq!(firms, expected, "{text}");
        }
        let extract = read(&message("", &format!("{FIRM}{order}"))).unwrap();
        assert_eq!(cell(&extract.tables[0], "Ссылка", 1), "7700990028/770001001");
        let order = &extract.tables[1];
        assert_eq!(
            [cell(order, "Контрагент", 0), cell(order, "Контрагент (ссылка)", 0)],
            ["Дуб", "7700990028/770001001"]
        );
    }

    #[test]
    fn documents_and_their_sections() {
        let body = "<Документ.РеализацияТоваровУслуг><КлючевыеСвойства><Дата>2026-11-02T10:00:00</Дата><Номер>000012</Номер>\
            </КлючевыеСвойства><Валюта><ДанныеКлассификатора><Код>643</Код><Наименование>руб.</Наименование></ДанныеКлассификатора>\
            </Валюта><Сумма>0012.50</Сумма><Заказ><ЗаказКлиентаСсылка><Ссылка>z1</Ссылка><Дата>2026-11-01T00:00:00</Дата>\
            <Номер>7</Номер></ЗаказКлиентаСсылка></Заказ><Товары><Строка><ДанныеНоменклатуры><Номенклатура><Ссылка>n1</Ссылка>\
            <Наименование>Доска</Наименование><Артикул>007</Артикул></Номенклатура></ДанныеНоменклатуры><Количество>2</Количество>\
            </Строка><Строка/><Строка><НомерСтрокиДокумента>5</НомерСтрокиДокумента><Количество>1</Количество></Строка></Товары>\
            <ДополнительныеРеквизиты><Строка><ЗначениеСвойства>x</ЗначениеСвойства></Строка></ДополнительныеРеквизиты>\
            </Документ.РеализацияТоваровУслуг>";
        let extract = read(&message("", body)).unwrap();
        let sale = "Документ.РеализацияТоваровУслуг";
        let lines = format!("{sale}.Товары");
        assert_eq!(shape(&extract), [(sale, 1, false), (lines.as_str(), 2, false)]);
        for (table, heading, row, expected) in [
            (0, "Ссылка", 0, "000012/2026-11-02T10:00:00"),
            (0, "Номер", 0, "000012"),
            (0, "Сумма", 0, "0012.50"),
            (0, "Валюта", 0, "руб."),
            (0, "Валюта.Код", 0, "643"),
            (0, "Заказ", 0, "7"),
            (0, "Заказ (ссылка)", 0, "z1"),
            (0, "Заказ.Дата", 0, "2026-11-01T00:00:00"),
            (1, "Ссылка", 0, "000012/2026-11-02T10:00:00"),
            (1, "НомерСтроки", 0, "1"),
            (1, "Номенклатура", 0, "Доска"),
            (1, "Номенклатура (ссылка)", 0, "n1"),
            (1, "Номенклатура.Артикул", 0, "007"),
            (1, "НомерСтроки", 1, "5"),
            (1, "Количество", 1, "1"),
        ] {
            assert_eq!(cell(&extract.tables[table], heading, row), expected, "{heading} {row}");
        }
        assert_eq!(extract.left_out.len(), 1);
    }

    #[test]
    fn other_objects_are_named() {
        let body = "<Справочник.Банки/><Справочник.Банки/><УдалениеОбъекта/>";
        let error = read(&message("", body)).unwrap_err().to_string();
        assert!(error.contains("EnterpriseData: прочих объектов 2, удалений 1; такие записи"), "{error}");
    }

    #[test]
    fn damage_stops_at_its_line() {
        let whole = message("", FIRM);
        let end = whole.len();
        for (at, _) in whole.char_indices().filter(|(at, _)| *at > 0 && *at < end) {
            assert!(EnterpriseData.read(&Input::from_bytes("a.xml", &whole[..at])).is_err(), "{at}");
        }
        let deep = message("", &"<Справочник.Контрагенты>".repeat(50_000));
        assert!(read(&deep).unwrap_err().to_string().contains("вложенность"));
    }

    #[test]
    fn other_files_are_not_claimed() {
        for text in [
            "<package targetNamespace=\"http://v8.1c.ru/edi/edi_stnd/EnterpriseData/1.8\"/>",
            "<Message><Body/></Message>",
            "EnterpriseData;x",
            "",
        ] {
            assert!(!EnterpriseData.detect(&Input::from_bytes("a.xml", text)), "{text}");
        }
    }
}
