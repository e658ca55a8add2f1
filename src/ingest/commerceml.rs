//! CommerceML, the XML that 1C exchanges with sites: `commerceml`.
//!
//! Any version from 1.x to 3.1, by local names: namespaces and `ВерсияСхемы` vary more than the content.
//!
//! | kind | rows |
//! |---|---|
//! | `Контрагент` | every `Контрагент` outside `Представитель`: in `Контрагенты`, in documents, at the top level (1.x) |
//! | `Владелец` | `Владелец` of a classifier, catalogue or package of offers: an own organisation |
//! | `Представитель` | `Представитель` of either, with `ВладелецИд` = `Ид` of the party |
//! | `Товар` | goods of a catalogue |
//! | `Предложение` | offers: goods with their characteristics, `Ид` as `GUID#GUID` |
//! | `Цена` | prices, with `ВладелецИд` = `Ид` of the offer, and `ВидЦены`, the name of its type, where the file has it |
//! | `ТипЦены`, `Склад`, `ЕдиницаИзмерения` | of a classifier or a package of offers |
//! | `Остаток` | stock by warehouse, with `ВладелецИд` = `Ид` of the offer; a quantity without warehouses is one row |
//! | `Документ` | documents, those inside of others too |
//! | `Документ.Оплата` | documents whose `ХозОперация` is a payment or its return, with `Направление` |
//! | `Документ.Товар` | their lines, with `ВладелецИд` = `Ид` of the document, else its `Номер` |
//!
//! Headings are element names: `Ид, НомерВерсии, ПометкаУдаления, Статус` (attribute)`, Наименование,
//! ОфициальноеНаименование, ПолноеНаименование, Фамилия, Имя, Отчество, ИНН, КПП, ОКПО, КодПоОКПО, ДатаРегистрации,
//! ДатаРождения, Пол, Роль, Комментарий`, for a representative also `Отношение`; an element not named here gives a
//! column of its own, a nested one `Внешний.Вложенный`. Composite elements become one text each:
//! - `ЮридическийАдрес, АдресРегистрации, Адрес`: `Представление`, else values of `АдресноеПоле` joined by `, `;
//! - `Контакты` by their type, in any spelling: `Телефон`, `Факс`, `Электронная почта`, `ВебСайт`; a postal address given
//!   as a contact goes to `Адрес`; others to `Прочие контакты` as `Тип: значение`;
//! - `НомерСчета` and `БИК` of all accounts, one a line;
//! - `УдостоверениеЛичности` (kind, series, number, issuer) and `УдостоверениеЛичности.ДатаВыдачи`; `Руководитель`;
//! - a requisite of `ЗначенияРеквизитов` under its own name;
//! - `ПометкаУдаления` is `true` when its element, the requisite of that name or `Статус="Удален"` says so.
//!
//! `goods` and `trade` say what is made of the elements of goods and documents.
//!
//! In 1.x attributes are the columns (`Идентификатор` is `Ид`), and `Роль` of a party comes from
//! `ПредприятиеВДокументе` above (`Saler` → `Продавец`, `Buyer` → `Покупатель`).
//!
//! Values are trimmed, line breaks inside them become a space, a double escaping (`&amp;quot;`) is undone once.
//! `row` is the ordinal among rows of its kind. A party in a document proves nothing about parties without documents,
//! so such a table is partial, as is one under `СодержитТолькоИзменения="true"` and those of owners and documents: 1C
//! sends documents that changed.
//!
//! Source: CommerceML 2.10 and 3.1 schemas of v8.1c.ru; files of 1C:Управление торговлей, 1С-Битрикс and 7.7.

mod goods;
mod party;
#[cfg(test)]
mod tests;
mod trade;

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use self::party::{Heading, Subject};
use super::rows::Rows;
use super::xml::{Element, Step, Xml, XmlFormat};
use super::{Extract, Format, IngestError, Input};
use crate::model::{LeftOut, LeftOutReason, Place, Quarantined};

/// Bytes looked at to recognise the root element: a declaration, a comment of the exporter and namespaces fit.
const HEAD_BYTES: usize = 16 * 1024;

/// CommerceML.
pub struct CommerceMl;

impl Format for CommerceMl {
    fn id(&self) -> &'static str {
        "commerceml"
    }

    fn title(&self) -> &'static str {
        "CommerceML (обмен 1С с сайтом, XML)"
    }

    fn detect(&self, input: &Input) -> bool {
        let head = input.head_text(HEAD_BYTES);
        head.trim_start().starts_with('<')
            && head
                .match_indices("КоммерческаяИнформация")
                .any(|(at, _)| head[..at].ends_with(['<', ':']) && !head[..at].ends_with("</"))
    }

    fn read(&self, input: &Input) -> Result<Extract, IngestError> {
        let mut extract = Extract::default();
        let text = input.text(&mut extract);
        self.read_xml(Xml::new(input, &text), input, extract)
    }
}

impl XmlFormat for CommerceMl {
    fn read_xml(&self, xml: Xml<'_>, input: &Input, extract: Extract) -> Result<Extract, IngestError> {
        let mut parser = Parser::new(xml, input);
        parser.document()?;
        parser.finish(extract)
    }
}

/// Where an element stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    Root,
    /// Classifier, catalogue, package of offers: holds an owner.
    Catalogue,
}

/// Kinds of rows: positions of their tables while reading.
#[derive(Clone, Copy)]
enum Table {
    Party = 0,
    Owner,
    Representative,
    Product,
    Offer,
    Price,
    PriceType,
    Stock,
    Warehouse,
    Unit,
    Document,
    Payment,
    Line,
}

const KINDS: [&str; 13] = [
    "Контрагент",
    "Владелец",
    "Представитель",
    "Товар",
    "Предложение",
    "Цена",
    "ТипЦены",
    "Остаток",
    "Склад",
    "ЕдиницаИзмерения",
    "Документ",
    "Документ.Оплата",
    "Документ.Товар",
];

struct Parser<'x> {
    xml: Xml<'x>,
    rows: [Rows; KINDS.len()],
    /// Rows closed or left out so far, by table.
    ordinals: [u32; KINDS.len()],
    partial: [bool; KINDS.len()],
    left_out: Vec<(usize, LeftOut)>,
    quarantined: Vec<Quarantined>,
    version: String,
    formed: String,
    groups: u64,
    /// Roles by id of the party, for version 1.x.
    roles: FxHashMap<String, BTreeSet<&'static str>>,
    /// Types of prices and names of the warehouses that stood before, by id.
    price_types: FxHashMap<String, PriceType>,
    warehouses: FxHashMap<String, String>,
    /// Room for texts that are read now.
    buffer: String,
    inner: String,
}

/// What prices take from their type.
struct PriceType {
    name: String,
    /// `УчтеноВСумме` of value added tax; empty when the type does not say.
    vat_included: String,
}

impl<'x> Parser<'x> {
    fn new(xml: Xml<'x>, input: &Input) -> Self {
        Parser {
            xml,
            rows: KINDS.map(|kind| Rows::new(Place::file(&input.name), kind)),
            ordinals: [0; KINDS.len()],
            partial: [false; KINDS.len()],
            left_out: Vec::new(),
            quarantined: Vec::new(),
            version: String::new(),
            formed: String::new(),
            groups: 0,
            roles: FxHashMap::default(),
            price_types: FxHashMap::default(),
            warehouses: FxHashMap::default(),
            buffer: String::new(),
            inner: String::new(),
        }
    }

    fn document(&mut self) -> Result<(), IngestError> {
        loop {
            match self.xml.step()? {
                Step::Open(root) => {
                    self.version = root.attribute("ВерсияСхемы").unwrap_or_default().trim().to_owned();
                    self.formed = root.attribute("ДатаФормирования").unwrap_or_default().trim().to_owned();
                    if only_changes(&root) {
                        self.partial = [true; KINDS.len()];
                    }
                    self.children(Within::Root)?;
                }
                Step::End => return Ok(()),
                Step::Text(_) | Step::Close => {}
            }
        }
    }

    /// Reads the children of the element that was opened last, looking for records.
    fn children(&mut self, within: Within) -> Result<(), IngestError> {
        loop {
            let element = match self.xml.step()? {
                Step::Open(element) => element,
                Step::Close | Step::End => return Ok(()),
                Step::Text(_) => continue,
            };
            let is_part = within == Within::Catalogue;
            match element.name() {
                "Контрагент" => self.party(&element, Table::Party).map(drop)?,
                "Владелец" if is_part => self.party(&element, Table::Owner).map(drop)?,
                "Контрагенты" => {
                    self.changes(&element, &[Table::Party, Table::Representative]);
                    self.children(within)?;
                }
                "Классификатор" => {
                    self.changes(&element, &[Table::PriceType, Table::Warehouse, Table::Unit]);
                    self.children(Within::Catalogue)?;
                }
                "Каталог" => {
                    self.changes(&element, &[Table::Product]);
                    self.children(Within::Catalogue)?;
                }
                name @ ("ПакетПредложений" | "ИзмененияПакетаПредложений") => {
                    let offers = [Table::Offer, Table::Price, Table::Stock];
                    if name == "ИзмененияПакетаПредложений" {
                        offers.iter().for_each(|table| self.partial[*table as usize] = true);
                    }
                    self.changes(&element, &offers);
                    self.children(Within::Catalogue)?;
                }
                "Документ" => self.trade(&element, "")?,
                "Товар" => self.good(&element, Table::Product)?,
                "Предложение" => self.good(&element, Table::Offer)?,
                "ТипЦены" if is_part => self.named(&element, Table::PriceType)?,
                "Склад" if is_part => self.named(&element, Table::Warehouse)?,
                "ЕдиницаИзмерения" if is_part => self.named(&element, Table::Unit)?,
                // Groups nest in groups.
                "Группа" => {
                    self.groups += 1;
                    self.children(within)?;
                }
                "Свойство" | "ТоварнаяПозиция" => self.xml.skip()?,
                // Containers may hold documents: Контейнер of Bitrix 3.x.
                _ => self.children(within)?,
            }
        }
    }

    /// Marks tables whose rows stand under an element that holds only changes.
    fn changes(&mut self, element: &Element, tables: &[Table]) {
        if only_changes(element) {
            tables.iter().for_each(|table| self.partial[*table as usize] = true);
        }
    }

    /// A record of a small catalogue: a type of prices, a warehouse, a unit.
    fn named(&mut self, element: &Element, table: Table) -> Result<(), IngestError> {
        let mut subject = attributes(element);
        self.subject(&mut subject)?;
        let (id, name) = (subject.get("Ид").to_owned(), subject.get("Наименование").to_owned());
        match table {
            _ if id.is_empty() => {}
            Table::PriceType => {
                let of_vat = goods::is_vat(subject.get("Налог.Наименование"));
                let included = if of_vat { subject.get("Налог.УчтеноВСумме") } else { "" };
                self.price_types.insert(id, PriceType { name, vat_included: included.to_owned() });
            }
            Table::Warehouse => {
                self.warehouses.insert(id, name);
            }
            _ => {}
        }
        self.write(table, &subject, None)
    }

    /// Version 1.x: who the party is in a document.
    fn role(&mut self, element: &Element) -> &'static str {
        let role = match element.attribute("Роль").as_deref() {
            Some("Saler" | "Seller") => "Продавец",
            Some("Buyer") => "Покупатель",
            Some("Payer") => "Плательщик",
            Some("Receiver" | "Consignee") => "Получатель",
            _ => return "",
        };
        if let Some(id) = element.attribute("Контрагент") {
            self.roles.entry(id.trim().to_owned()).or_default().insert(role);
        }
        role
    }

    fn party(&mut self, element: &Element, table: Table) -> Result<Subject, IngestError> {
        let mut subject = attributes(element);
        self.subject(&mut subject)?;
        if let Some(roles) = self.roles.get(subject.get("Ид"))
            && subject.get("Роль").is_empty()
        {
            roles.iter().for_each(|role| subject.add("Роль", role));
        }
        let representatives = std::mem::take(&mut subject.representatives);
        self.write(table, &subject, None)?;
        for representative in &representatives {
            self.write(Table::Representative, representative, Some(subject.get("Ид")))?;
        }
        Ok(subject)
    }

    fn write(&mut self, table: Table, subject: &Subject, owner: Option<&str>) -> Result<(), IngestError> {
        let rows = &mut self.rows[table as usize];
        let ordinal = &mut self.ordinals[table as usize];
        *ordinal = ordinal.saturating_add(1);
        let mut start = 0;
        for (heading, end) in &subject.cells {
            rows.cell(heading, &subject.text[start..*end])?;
            start = *end;
        }
        if let Some(deleted) = subject.deleted {
            rows.cell("ПометкаУдаления", if deleted { "true" } else { "false" })?;
        }
        if rows.is_blank() {
            self.left_out.push((table as usize, LeftOut { row: *ordinal, reason: LeftOutReason::Blank }));
            return Ok(());
        }
        if let Some(owner) = owner {
            rows.cell("ВладелецИд", owner)?;
        }
        rows.close(*ordinal, &mut self.quarantined)
    }

    fn finish(self, mut extract: Extract) -> Result<Extract, IngestError> {
        // Version 1.x: parties stand beside the documents that name them, and only those are exported.
        let mut partial = self.partial;
        if !self.roles.is_empty() {
            partial[Table::Party as usize] = true;
        }
        partial[Table::Representative as usize] |= partial[Table::Party as usize];
        for table in [Table::Owner, Table::Document, Table::Payment, Table::Line] {
            partial[table as usize] = true;
        }
        extract.quarantined = self.quarantined;
        let mut moved = [None; KINDS.len()];
        for (at, rows) in self.rows.into_iter().enumerate() {
            let mut table = rows.table;
            if self.ordinals[at] == 0 {
                continue;
            }
            table.partial = partial[at];
            moved[at] = Some(extract.tables.len());
            extract.tables.push(table);
        }
        let left_out = self.left_out.into_iter().filter_map(|(at, row)| moved[at].map(|at| (at, row)));
        extract.left_out = left_out.collect();
        if !self.version.is_empty() {
            extract.details.push(("версия", self.version));
        }
        if !self.formed.is_empty() {
            extract.taken_at = super::moment(&self.formed);
            extract.details.push(("сформирован", self.formed));
        }
        if self.groups > 0 {
            extract.details.push(("групп товаров", self.groups.to_string()));
        }
        if extract.tables.is_empty() {
            extract.details.push(("содержимое", "записей нет".to_owned()));
        }
        Ok(extract)
    }
}

fn only_changes(element: &Element) -> bool {
    element.attribute("СодержитТолькоИзменения").is_some_and(|v| matches!(v.trim(), "true" | "1" | "Истина" | "да"))
}

/// A record that begins with the attributes of its element.
fn attributes(element: &Element) -> Subject {
    let mut subject = Subject::roomy();
    for (name, value) in element.attributes() {
        let heading =
            if name == "Идентификатор" { Heading::Known("Ид") } else { name.to_owned().into() };
        subject.add(heading, &value);
    }
    subject
}
