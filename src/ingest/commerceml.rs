//! CommerceML, the XML that 1C exchanges with sites: `commerceml`.
//!
//! Any version from 1.x to 3.1, by local names: namespaces and `ВерсияСхемы` vary more than the content. Only parties
//! are read; goods, offers and documents are counted for the message, and a file of nothing else is refused.
//!
//! | kind | rows |
//! |---|---|
//! | `Контрагент` | every `Контрагент` outside `Представитель`: in `Контрагенты`, in documents, at the top level (1.x) |
//! | `Владелец` | `Владелец` of a classifier, catalogue or package of offers: an own organisation |
//! | `Представитель` | `Представитель` of either, with `ВладелецИд` = `Ид` of the party |
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
//! In 1.x attributes of `Контрагент` are the columns (`Идентификатор` is `Ид`), and `Роль` comes from
//! `ПредприятиеВДокументе` above (`Saler` → `Продавец`, `Buyer` → `Покупатель`).
//!
//! Values are trimmed, line breaks inside them become a space, a double escaping (`&amp;quot;`) is undone once.
//! `row` is the ordinal among rows of its kind. A party in a document proves nothing about parties without documents,
//! so such a table is partial, as is one under `СодержитТолькоИзменения="true"` and that of owners.
//!
//! Source: CommerceML 2.10 and 3.1 schemas of v8.1c.ru; files of 1C:Управление торговлей, 1С-Битрикс and 7.7.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::PathBuf;

use rustc_hash::FxHashMap;

use super::rows::Rows;
use super::xml::{Element, Step, Xml, push_clean};
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
        let mut parser = Parser::new(input, &text);
        parser.document()?;
        parser.finish(extract)
    }
}

/// Cells of a party or a representative while its element is open.
#[derive(Default)]
struct Subject {
    text: String,
    /// Heading and end of its text.
    cells: Vec<(Cow<'static, str>, usize)>,
    /// The deletion mark, which may stand in an element, in a requisite and in the attribute `Статус`.
    deleted: Option<bool>,
    representatives: Vec<Subject>,
}

impl Subject {
    /// Adds a cell with the text that `write` appends.
    fn add(&mut self, heading: impl Into<Cow<'static, str>>, value: &str) {
        let heading = heading.into();
        let mark = value.trim().to_lowercase();
        match &*heading {
            "ПометкаУдаления" if !mark.is_empty() => {
                let yes = matches!(mark.as_str(), "true" | "1" | "истина" | "да");
                self.deleted = Some(yes || self.deleted == Some(true));
                return;
            }
            "Статус" if matches!(mark.as_str(), "удален" | "удалён") => self.deleted = Some(true),
            _ => {}
        }
        push_clean(&mut self.text, value);
        self.cells.push((heading, self.text.len()));
    }

    fn get(&self, heading: &str) -> &str {
        let mut start = 0;
        for (name, end) in &self.cells {
            if name == heading && *end > start {
                return &self.text[start..*end];
            }
            start = *end;
        }
        ""
    }
}

/// Where a party stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    Root,
    /// Classifier, catalogue, package of offers: holds an owner.
    Catalogue,
    Document,
}

/// Parties, owners and representatives: positions of their tables while reading.
#[derive(Clone, Copy)]
enum Table {
    Party = 0,
    Owner = 1,
    Representative = 2,
}

struct Parser<'x> {
    xml: Xml<'x>,
    path: PathBuf,
    rows: [Rows; 3],
    /// Rows closed or left out so far, by table.
    ordinals: [u32; 3],
    left_out: Vec<(usize, LeftOut)>,
    quarantined: Vec<Quarantined>,
    partial: bool,
    version: String,
    formed: String,
    /// Name of what was counted and how many, in the order of the message.
    counts: [(&'static str, u64); 4],
    /// Roles by id of the party, for version 1.x.
    roles: FxHashMap<String, BTreeSet<&'static str>>,
    buffer: String,
}

impl<'x> Parser<'x> {
    fn new(input: &'x Input, text: &'x str) -> Self {
        let rows = ["Контрагент", "Владелец", "Представитель"];
        Parser {
            xml: Xml::new(input, text),
            path: input.path.clone(),
            rows: rows.map(|kind| Rows::new(Place::file(&input.name), kind)),
            ordinals: [0; 3],
            left_out: Vec::new(),
            quarantined: Vec::new(),
            partial: false,
            version: String::new(),
            formed: String::new(),
            counts: [("товаров", 0), ("предложений", 0), ("документов", 0), ("групп", 0)],
            roles: FxHashMap::default(),
            buffer: String::new(),
        }
    }

    fn document(&mut self) -> Result<(), IngestError> {
        loop {
            match self.xml.step()? {
                Step::Open(root) => {
                    self.version = root.attribute("ВерсияСхемы").unwrap_or_default().trim().to_owned();
                    self.formed = root.attribute("ДатаФормирования").unwrap_or_default().trim().to_owned();
                    self.partial |= only_changes(&root);
                    self.children(Within::Root)?;
                }
                Step::End => return Ok(()),
                Step::Text(_) | Step::Close => {}
            }
        }
    }

    /// Reads the children of the element that was opened last, looking for parties.
    fn children(&mut self, within: Within) -> Result<(), IngestError> {
        loop {
            let element = match self.xml.step()? {
                Step::Open(element) => element,
                Step::Close | Step::End => return Ok(()),
                Step::Text(_) => continue,
            };
            match element.name() {
                "Контрагент" => self.party(&element, Table::Party, within)?,
                "Владелец" if within == Within::Catalogue => self.party(&element, Table::Owner, within)?,
                "Контрагенты" => {
                    self.partial |= only_changes(&element);
                    self.children(within)?;
                }
                "Классификатор" | "Каталог" | "ПакетПредложений" | "ИзмененияПакетаПредложений" =>
                {
                    self.children(Within::Catalogue)?;
                }
                "Документ" => {
                    self.counts[2].1 += 1;
                    self.children(Within::Document)?;
                }
                "ПредприятиеВДокументе" => {
                    self.role(&element);
                    self.children(within)?;
                }
                // Containers may hold documents: Контейнер of Bitrix 3.x, ПодчиненныеДокументы.
                "Товар" | "Предложение" | "Группа" | "Свойство" | "ТоварнаяПозиция" =>
                {
                    let counted = match (element.name(), within) {
                        ("Товар", Within::Catalogue) => Some(0),
                        ("Предложение", _) => Some(1),
                        ("Группа", _) => Some(3),
                        _ => None,
                    };
                    if let Some(at) = counted {
                        self.counts[at].1 += 1;
                    }
                    // Groups nest in groups; nothing else here does.
                    if element.name() == "Группа" { self.children(within)? } else { self.xml.skip()? }
                }
                _ => self.children(within)?,
            }
        }
    }

    /// Version 1.x: who the party is in a document.
    fn role(&mut self, element: &Element<'_>) {
        let role = match element.attribute("Роль").as_deref() {
            Some("Saler" | "Seller") => "Продавец",
            Some("Buyer") => "Покупатель",
            Some("Payer") => "Плательщик",
            Some("Receiver" | "Consignee") => "Получатель",
            _ => return,
        };
        if let Some(id) = element.attribute("Контрагент") {
            self.roles.entry(id.trim().to_owned()).or_default().insert(role);
        }
    }

    fn party(&mut self, element: &Element<'_>, table: Table, within: Within) -> Result<(), IngestError> {
        let mut subject = Subject::default();
        for (name, value) in element.attributes() {
            let heading = if name == "Идентификатор" { Cow::Borrowed("Ид") } else { heading(name) };
            subject.add(heading, &value);
        }
        self.subject(&mut subject)?;
        if let Some(roles) = self.roles.get(subject.get("Ид"))
            && subject.get("Роль").is_empty()
        {
            roles.iter().for_each(|role| subject.add("Роль", role));
        }
        self.partial |= within == Within::Document && matches!(table, Table::Party);
        let representatives = std::mem::take(&mut subject.representatives);
        self.write(table, &subject, None)?;
        for representative in &representatives {
            self.write(Table::Representative, representative, Some(subject.get("Ид")))?;
        }
        Ok(())
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

    /// Reads the children of a party or a representative.
    fn subject(&mut self, out: &mut Subject) -> Result<(), IngestError> {
        loop {
            let element = match self.xml.step()? {
                Step::Open(element) => element,
                Step::Close | Step::End => return Ok(()),
                Step::Text(_) => continue,
            };
            match element.name() {
                // The party nested in a representative is the representative itself.
                "Контрагент" => self.subject(out)?,
                "Представители" => self.representatives(out)?,
                "Представитель" => self.representative(out)?,
                "Контакты" => self.contacts(out)?,
                "Контакт" => self.contact(&element, out)?,
                "РасчетныеСчета" => self.accounts(out)?,
                "РасчетныйСчет" => self.account(&element, out)?,
                "ЗначенияРеквизитов" => self.requisites(out)?,
                "УдостоверениеЛичности" => self.identity(out)?,
                "Руководитель" => self.head(out)?,
                name @ ("Адрес" | "ЮридическийАдрес" | "АдресРегистрации" | "ФактическийАдрес" | "ПочтовыйАдрес") =>
                {
                    let heading = heading(name);
                    self.address(heading, out)?;
                }
                name => {
                    let heading = heading(name);
                    self.value(heading, out)?;
                }
            }
        }
    }

    /// An element that is text, or holds elements that are.
    fn value(&mut self, heading: Cow<'static, str>, out: &mut Subject) -> Result<(), IngestError> {
        let mut text = std::mem::take(&mut self.buffer);
        text.clear();
        let mut children = false;
        loop {
            match self.xml.step()? {
                Step::Text(piece) if !children => text.push_str(&piece),
                Step::Text(_) => {}
                Step::Open(child) => {
                    children = true;
                    self.value(Cow::Owned(format!("{heading}.{}", child.name())), out)?;
                }
                Step::Close | Step::End => break,
            }
        }
        if !children || !text.trim().is_empty() {
            out.add(heading, &text);
        }
        self.buffer = text;
        Ok(())
    }

    fn representatives(&mut self, out: &mut Subject) -> Result<(), IngestError> {
        loop {
            match self.xml.step()? {
                Step::Open(element) if element.name() == "Представитель" => self.representative(out)?,
                Step::Open(_) => self.xml.skip()?,
                Step::Close | Step::End => return Ok(()),
                Step::Text(_) => {}
            }
        }
    }

    fn representative(&mut self, out: &mut Subject) -> Result<(), IngestError> {
        let mut inner = Subject::default();
        self.subject(&mut inner)?;
        let nested = std::mem::take(&mut inner.representatives);
        out.representatives.push(inner);
        out.representatives.extend(nested);
        Ok(())
    }

    /// Texts of the leaves of the element that was opened last, with their names, to `visit`.
    fn leaves(&mut self, visit: &mut dyn FnMut(&str, &str)) -> Result<(), IngestError> {
        loop {
            match self.xml.step()? {
                Step::Open(element) => {
                    let name = element.name();
                    let (mut text, mut children) = (String::new(), false);
                    loop {
                        match self.xml.step()? {
                            Step::Text(piece) => text.push_str(&piece),
                            Step::Open(inner) => {
                                children = true;
                                let mut inner_text = String::new();
                                if self.xml.text(&mut inner_text)? {
                                    continue;
                                }
                                visit(inner.name(), &inner_text);
                            }
                            Step::Close | Step::End => break,
                        }
                    }
                    if !children {
                        visit(name, &text);
                    }
                }
                Step::Text(piece) if !piece.trim().is_empty() => visit("", &piece),
                Step::Text(_) => {}
                Step::Close | Step::End => return Ok(()),
            }
        }
    }

    fn address(&mut self, heading: Cow<'static, str>, out: &mut Subject) -> Result<(), IngestError> {
        let (mut whole, mut parts) = (String::new(), String::new());
        self.leaves(&mut |name, text| match name {
            "Представление" | "" => whole.push_str(text),
            "Значение" if !text.trim().is_empty() => {
                if !parts.is_empty() {
                    parts.push_str(", ");
                }
                parts.push_str(text.trim());
            }
            _ => {}
        })?;
        // 1C writes «, » for an address without parts.
        let text = if whole.contains(char::is_alphanumeric) { whole } else { parts };
        out.add(heading, &text);
        Ok(())
    }

    fn contacts(&mut self, out: &mut Subject) -> Result<(), IngestError> {
        loop {
            match self.xml.step()? {
                Step::Open(element) => self.contact(&element, out)?,
                Step::Close | Step::End => return Ok(()),
                Step::Text(_) => {}
            }
        }
    }

    fn contact(&mut self, element: &Element<'_>, out: &mut Subject) -> Result<(), IngestError> {
        let attribute = |name: &str| element.attribute(name).map(Cow::into_owned).unwrap_or_default();
        let (mut kind, mut value) = (attribute("Тип"), attribute("Значение"));
        self.leaves(&mut |name, text| match name {
            "Тип" | "КонтактВид" => kind.push_str(text.trim()),
            "Значение" => value.push_str(text.trim()),
            _ => {}
        })?;
        // Version 1.x keeps persons here: a contact with an id and a name.
        let (id, name) = (attribute("Идентификатор"), attribute("Наименование"));
        if value.is_empty() && !(id.is_empty() && name.is_empty()) {
            let mut person = Subject::default();
            person.add("Ид", &id);
            person.add("Наименование", &name);
            out.representatives.push(person);
            return Ok(());
        }
        if value.is_empty() {
            return Ok(());
        }
        match contact_heading(&kind, &value) {
            Some(heading) => out.add(heading, &value),
            None => out.add("Прочие контакты", &format!("{}: {value}", kind.trim())),
        }
        Ok(())
    }

    fn accounts(&mut self, out: &mut Subject) -> Result<(), IngestError> {
        loop {
            match self.xml.step()? {
                Step::Open(element) => self.account(&element, out)?,
                Step::Close | Step::End => return Ok(()),
                Step::Text(_) => {}
            }
        }
    }

    fn account(&mut self, element: &Element<'_>, out: &mut Subject) -> Result<(), IngestError> {
        for name in ["НомерСчета", "Номер"] {
            if let Some(number) = element.attribute(name) {
                out.add("НомерСчета", &number);
            }
        }
        let mut text = String::new();
        loop {
            match self.xml.step()? {
                Step::Open(child) if child.name() == "НомерСчета" => {
                    text.clear();
                    self.xml.text(&mut text)?;
                    out.add("НомерСчета", &text);
                }
                // Not of БанкКорреспондент: that is another bank.
                Step::Open(child) if child.name() == "Банк" => {
                    text.clear();
                    text.push_str(&child.attribute("БИК").unwrap_or_default());
                    self.leaves(&mut |name, value| {
                        if name == "БИК" {
                            text.push_str(value);
                        }
                    })?;
                    out.add("БИК", &text);
                }
                Step::Open(_) => self.xml.skip()?,
                Step::Close | Step::End => return Ok(()),
                Step::Text(_) => {}
            }
        }
    }

    fn requisites(&mut self, out: &mut Subject) -> Result<(), IngestError> {
        let mut name = String::new();
        let mut found: Vec<(String, String)> = Vec::new();
        self.leaves(&mut |leaf, text| match leaf {
            "Наименование" => name = text.trim().to_owned(),
            "Значение" if !name.is_empty() => found.push((name.clone(), text.to_owned())),
            _ => {}
        })?;
        for (name, value) in found {
            out.add(heading(&name), &value);
        }
        Ok(())
    }

    fn identity(&mut self, out: &mut Subject) -> Result<(), IngestError> {
        let (mut document, mut issued) = (String::new(), String::new());
        self.leaves(&mut |name, text| match name {
            "ДатаВыдачи" => issued.push_str(text),
            _ if text.trim().is_empty() => {}
            _ => {
                if !document.is_empty() {
                    document.push(' ');
                }
                document.push_str(text.trim());
            }
        })?;
        out.add("УдостоверениеЛичности", &document);
        if !issued.trim().is_empty() {
            out.add("УдостоверениеЛичности.ДатаВыдачи", &issued);
        }
        Ok(())
    }

    /// The head of a firm: the full name as one text, else its parts.
    fn head(&mut self, out: &mut Subject) -> Result<(), IngestError> {
        let (mut whole, mut parts) = (String::new(), String::new());
        self.leaves(&mut |name, text| match name {
            "" | "ПолноеНаименование" | "Наименование" | "ФИО" if whole.trim().is_empty() => {
                whole.push_str(text)
            }
            "Фамилия" | "Имя" | "Отчество" => {
                parts.push_str(text.trim());
                parts.push(' ');
            }
            _ => {}
        })?;
        out.add("Руководитель", if whole.trim().is_empty() { &parts } else { &whole });
        Ok(())
    }

    fn finish(self, mut extract: Extract) -> Result<Extract, IngestError> {
        // Version 1.x: parties stand beside the documents that name them, and only those are exported.
        let partial = self.partial || !self.roles.is_empty();
        extract.quarantined = self.quarantined;
        let mut moved = [None; 3];
        for (at, rows) in self.rows.into_iter().enumerate() {
            let mut table = rows.table;
            if self.ordinals[at] == 0 {
                continue;
            }
            table.partial = partial || at == Table::Owner as usize;
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
        let counts: Vec<String> =
            self.counts.iter().filter(|(_, n)| *n > 0).map(|(what, n)| format!("{what} {n}")).collect();
        if !counts.is_empty() && extract.tables.is_empty() {
            let what = format!("CommerceML: {}", counts.join(", "));
            return Err(IngestError::NoEntity { file: self.path, what });
        }
        let content = match (counts.is_empty(), extract.tables.is_empty()) {
            (false, _) => counts.join(", "),
            (true, true) => "записей нет".to_owned(),
            (true, false) => return Ok(extract),
        };
        extract.details.push(("содержимое", content));
        Ok(extract)
    }
}

fn only_changes(element: &Element<'_>) -> bool {
    element.attribute("СодержитТолькоИзменения").is_some_and(|v| matches!(v.trim(), "true" | "1" | "Истина" | "да"))
}

/// The heading of an element, without an allocation for the usual ones.
fn heading(name: &str) -> Cow<'static, str> {
    const USUAL: [&str; 27] = [
        "Адрес",
        "АдресРегистрации",
        "ДатаРегистрации",
        "ДатаРождения",
        "Должность",
        "Ид",
        "Имя",
        "ИНН",
        "КодПоОКПО",
        "Комментарий",
        "КПП",
        "Наименование",
        "НомерВерсии",
        "ОКВЭД",
        "ОКПО",
        "Отношение",
        "Отчество",
        "ОтображаемоеНаименование",
        "ОфициальноеНаименование",
        "Пол",
        "ПолноеНаименование",
        "ПометкаУдаления",
        "Роль",
        "Статус",
        "Фамилия",
        "ФактическийАдрес",
        "ЮридическийАдрес",
    ];
    match USUAL.iter().find(|usual| **usual == name) {
        Some(usual) => Cow::Borrowed(usual),
        None => Cow::Owned(name.to_owned()),
    }
}

/// The column of a contact by its type. The schema lists «Телефон рабочий», «Почта», «ВебСайт»; 1C itself writes
/// «Электронная почта», sites «E-Mail», «Мобильный телефон», «Phone».
fn contact_heading(kind: &str, value: &str) -> Option<&'static str> {
    let kind: String = kind.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
    let is = |parts: &[&str]| parts.iter().any(|part| kind.contains(part));
    if is(&["факс", "fax"]) {
        return Some("Факс");
    }
    if is(&["электроннаяпочта", "электроннойпочты", "email", "епочта", "мейл"])
    {
        return Some("Электронная почта");
    }
    if is(&["почт", "mail"]) {
        return Some(if value.contains('@') { "Электронная почта" } else { "Адрес" });
    }
    if is(&["тел", "phone", "моб", "сотов", "mobile"]) {
        return Some("Телефон");
    }
    if is(&["сайт", "site", "www", "url", "вебстраниц"]) {
        return Some("ВебСайт");
    }
    if is(&["адрес"]) {
        return Some("Адрес");
    }
    // A contact without a type still shows what it is.
    (kind.is_empty() && value.contains('@')).then_some("Электронная почта")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::RawTable;

    const PARTIES: &str = include_str!("../../tests/fixtures/commerceml-parties.xml");

    fn read(bytes: impl Into<Vec<u8>>) -> Result<Extract, IngestError> {
        let input = Input::from_bytes("1c/a.xml", bytes);
        assert!(CommerceMl.detect(&input));
        CommerceMl.read(&input)
    }

    fn document(body: &str) -> String {
        format!("<КоммерческаяИнформация>{body}</КоммерческаяИнформация>")
    }

    fn cell<'t>(table: &'t RawTable, heading: &str, row: usize) -> &'t str {
        table.get(table.column(heading).unwrap_or_else(|| panic!("no {heading}")), row)
    }

    fn shape(extract: &Extract) -> Vec<(&str, usize, bool)> {
        extract.tables.iter().map(|t| (t.kind.as_str(), t.len(), t.partial)).collect()
    }

    fn detail<'e>(extract: &'e Extract, name: &str) -> &'e str {
        extract.details.iter().find(|(n, _)| *n == name).map_or("", |(_, text)| text)
    }

    #[test]
    fn parties_owners_and_representatives() {
        let extract = read(PARTIES).unwrap();
        assert_eq!(shape(&extract), [("Контрагент", 2, false), ("Владелец", 1, true), ("Представитель", 2, false)]);
        assert_eq!(extract.left_out, [(0, LeftOut { row: 2, reason: LeftOutReason::Blank })]);
        assert_eq!(extract.tables[0].rows, [1, 3]);
        assert_eq!(detail(&extract, "содержимое"), "товаров 1, групп 2");
        assert_eq!(detail(&extract, "версия"), "2.10");
        for (table, heading, row, expected) in [
            (0, "Статус", 0, "Изменен"),
            (0, "Ид", 0, "p-1"),
            (0, "ПометкаУдаления", 0, "true"),
            (0, "Наименование", 0, "Ромашка Плюс \"&firm;\""),
            (0, "ОфициальноеНаименование", 0, "ООО \"Ромашка & Ко\""),
            (0, "ИНН", 0, "7701234560"),
            (0, "КПП", 0, ""),
            (0, "ОсобоеПоле", 0, "значение"),
            (0, "ЮридическийАдрес", 0, "170000, Тверская обл"),
            (0, "Адрес", 0, "Тверь, дом 1"),
            (0, "Телефон", 0, "+7 482 000-00-01\n+7 900 000-00-02"),
            (0, "Факс", 0, "+7 482 000-00-03"),
            (0, "Электронная почта", 0, "a@example.com\nb@example.com"),
            (0, "ВебСайт", 0, "example.com"),
            (0, "Прочие контакты", 0, "ICQ: 100"),
            (0, "НомерСчета", 0, "40702810000000000001\n40702810000000000002"),
            (0, "БИК", 0, "044500001\n044500002"),
            (0, "Руководитель", 0, "Ёлкин Пётр"),
            (0, "УдостоверениеЛичности", 0, "Паспорт 00 00 000001"),
            (0, "УдостоверениеЛичности.ДатаВыдачи", 0, "2020-01-01"),
            (0, "Менеджер", 0, "Сосновая"),
            (0, "Наименование", 1, ""),
            (0, "ПолноеНаименование", 1, "ООО Липа"),
            (1, "ИНН", 0, "5001002000"),
            (2, "Ид", 0, "r-1"),
            (2, "Отношение", 0, "Контактное лицо"),
            (2, "Наименование", 0, "Берёзова Анна"),
            (2, "Телефон", 0, "5"),
            (2, "ВладелецИд", 0, "p-1"),
            (2, "Наименование", 1, "Дубов Олег"),
            (2, "ВладелецИд", 1, "p-1"),
        ] {
            assert_eq!(cell(&extract.tables[table], heading, row), expected, "{heading} {row}");
        }
    }

    #[test]
    fn encodings_give_the_same_tables() {
        let body = document(
            "<Контрагенты><Контрагент><Ид>1</Ид><Наименование>ООО Ель</Наименование></Контрагент></Контрагенты>",
        );
        let declared = format!("<?xml version=\"1.0\" encoding=\"windows-1251\"?>{body}");
        let (ansi, _, _) = encoding_rs::WINDOWS_1251.encode(&declared);
        let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        for bytes in [
            body.clone().into_bytes(),
            format!("\u{feff}{body}").into_bytes(),
            // The declaration lies: the text is UTF-8.
            declared.clone().into_bytes(),
            ansi.into_owned(),
            [vec![0xFF, 0xFE], wide(&body)].concat(),
        ] {
            let extract = read(bytes).unwrap();
            assert_eq!(cell(&extract.tables[0], "Наименование", 0), "ООО Ель", "{}", extract.encoding);
        }
    }

    #[test]
    fn completeness_follows_the_place_of_the_party() {
        let party = "<Контрагент><Ид>1</Ид></Контрагент>";
        for (body, partial) in [
            (format!("<Контрагенты>{party}</Контрагенты>"), false),
            (format!("<Контрагенты СодержитТолькоИзменения=\"true\">{party}</Контрагенты>"), true),
            (format!("<Документ><Контрагенты>{party}</Контрагенты></Документ>"), true),
            (format!("<Контейнер><Документ>{party}</Документ></Контейнер>"), true),
        ] {
            assert_eq!(shape(&read(document(&body)).unwrap()), [("Контрагент", 1, partial)], "{body}");
        }
    }

    #[test]
    fn version_one_keeps_everything_in_attributes() {
        let extract = read(document(
            "<Документ ХозОперация=\"Sale\"><ПредприятиеВДокументе Контрагент=\"A\" Роль=\"Saler\"/>\
             <ПредприятиеВДокументе Контрагент=\"B\" Роль=\"Buyer\"/></Документ>\
             <Контрагент Идентификатор=\"A\" Наименование=\"ООО Клён\" ИНН=\"7701234560\"/>\
             <Контрагент Идентификатор=\"B\" Наименование=\"Ива &amp;quot;Б&amp;quot;\">\
             <РасчетныйСчет Номер=\"407\"><Банк БИК=\"044\"/></РасчетныйСчет>\
             <Контакт Идентификатор=\"C\" Наименование=\"Осина О.\"/></Контрагент>",
        ))
        .unwrap();
        assert_eq!(shape(&extract), [("Контрагент", 2, true), ("Представитель", 1, true)]);
        let party = &extract.tables[0];
        let row = |row| ["Ид", "Наименование", "Роль"].map(|heading| cell(party, heading, row));
        assert_eq!(row(0), ["A", "ООО Клён", "Продавец"]);
        assert_eq!(row(1), ["B", "Ива \"Б\"", "Покупатель"]);
        assert_eq!([cell(party, "НомерСчета", 1), cell(party, "БИК", 1)], ["407", "044"]);
        assert_eq!(cell(&extract.tables[1], "ВладелецИд", 0), "B");
    }

    #[test]
    fn files_without_parties_say_what_they_hold() {
        for (body, expected) in [
            ("<Каталог><Товары><Товар/><Товар/></Товары></Каталог>", "товаров 2"),
            (
                "<ПакетПредложений><Предложения><Предложение/></Предложения></ПакетПредложений><Документ/>",
                "предложений 1, документов 1",
            ),
            // Goods of a document are lines, not goods of a catalogue.
            ("<Документ><Товары><Товар/></Товары></Документ>", "документов 1"),
        ] {
            let message = read(document(body)).unwrap_err().to_string();
            let expected = format!("CommerceML: {expected}; такие записи пока не сверяются");
            assert!(message.contains(&expected), "{message}");
        }
        let extract = read(document("")).unwrap();
        assert!(extract.tables.is_empty());
        assert_eq!(detail(&extract, "содержимое"), "записей нет");
    }

    #[test]
    fn every_cut_is_an_error_with_its_line() {
        let end = PARTIES.trim_end().len();
        for (at, _) in PARTIES.char_indices().filter(|(at, _)| *at < end) {
            assert!(CommerceMl.read(&Input::from_bytes("a.xml", &PARTIES[..at])).is_err(), "{at}");
        }
        let error = read("<КоммерческаяИнформация>\n<Контрагент>\n<Ид>1").unwrap_err().to_string();
        assert!(error.starts_with("1c/a.xml, строка 3: XML обрывается"), "{error}");
    }

    #[test]
    fn hostile_documents_stop_at_limits() {
        let nested = format!("<КоммерческаяИнформация>{}", "<Контрагент><Представитель>".repeat(50_000));
        assert!(read(nested).unwrap_err().to_string().contains("вложенность"));
        let wide: String = (0..=crate::ingest::MAX_COLUMNS).map(|n| format!("<П{n}>1</П{n}>")).collect();
        let error = read(document(&format!("<Контрагент>{wide}</Контрагент>"))).unwrap_err();
        assert!(matches!(error, IngestError::Limit { .. }));
        let long = "я".repeat(crate::ingest::MAX_CELL_BYTES);
        let extract = read(document(&format!("<Контрагент><Ид>1</Ид><Имя>{long}</Имя></Контрагент>"))).unwrap();
        assert_eq!((extract.tables[0].len(), extract.quarantined.len()), (0, 1));
    }

    #[test]
    fn other_files_are_not_claimed() {
        for text in ["<html>КоммерческаяИнформация</html>", "КоммерческаяИнформация;ИНН", "<Файл/>", "", "{}"]
        {
            assert!(!CommerceMl.detect(&Input::from_bytes("a.xml", text)), "{text}");
        }
    }

    #[test]
    fn contact_types_in_all_spellings() {
        for (kind, value, expected) in [
            ("Телефон мобильный", "1", Some("Телефон")),
            ("Тел.", "1", Some("Телефон")),
            ("Phone", "1", Some("Телефон")),
            ("Телефон/факс", "1", Some("Факс")),
            ("Электронная почта", "1", Some("Электронная почта")),
            ("Адрес электронной почты", "1", Some("Электронная почта")),
            ("e-mail", "1", Some("Электронная почта")),
            ("Почта", "Тверь, дом 1", Some("Адрес")),
            ("Почтовый адрес", "Тверь", Some("Адрес")),
            ("Веб-сайт", "1", Some("ВебСайт")),
            ("URL", "1", Some("ВебСайт")),
            ("", "a@example.com", Some("Электронная почта")),
            ("", "1", None),
            ("Skype", "1", None),
        ] {
            assert_eq!(contact_heading(kind, value), expected, "{kind}");
        }
    }
}
