//! JSON with catalogues of 1C: `onec-json`.
//!
//! Read, in one file or several values one after another:
//! - OData 3 of the platform (`odata.metadata`, `value: […]` or one entity), and its error answers;
//! - dumps of HTTP services and libraries by catalogue: `{"cat": {"Контрагенты": […]}}` (metadata.js),
//!   `{"Справочник.Контрагенты": […]}`, `{"Catalog_Контрагенты": […]}`, `{"Контрагенты": […]}`;
//! - plain lists `[{"Ссылка": …, "Наименование": …}]`, also under a wrapper (`data`, `result`, `items`, `value`);
//! - `СериализаторXDTO` (`{"#type": "jcfg:CatalogObject.Контрагенты", "#value": {…}}`).
//!
//! One table per catalogue in the order of first appearance, kind `Справочник.<Имя>` (`Документ.<Имя>` and other classes
//! alike, `РегистрНакопления.<Имя>/Balance` for balances of a register); empty when nothing names it, the bare key when a list stands under a name that is no known catalogue. `row`
//! is the ordinal of the record in the file.
//!
//! Headings are attribute names as the file has them: OData `Ref_Key, Code, Description, DeletionMark, IsFolder,
//! Parent_Key, ИНН, КПП …`; others `Ссылка, Код, Наименование, ПометкаУдаления, ЭтоГруппа, Родитель …`. The standard
//! attributes of metadata.js (`ref, id, name, deleted, is_folder, parent, owner, number_doc, date, posted`) get these names. Then
//! - a reference `{ref, presentation, type}` is its presentation under its name and the GUID under `Имя (ссылка)`; the
//!   record's own reference is the GUID under `Ссылка`;
//! - a value of an enumeration is its name (`ЮридическоеЛицо`), as in OData;
//! - `КонтактнаяИнформация` becomes `Телефон, Факс, АдресЭлектроннойПочты, ВебСтраница, Skype, ДругаяИнформация` and
//!   `ЮридическийАдрес, ФактическийАдрес, ПочтовыйАдрес, Адрес` (the last when the kind is only a GUID): the number or
//!   address field, else the presentation, else the text of the stored fields;
//! - another tabular part is `Часть.Колонка`, one line of the cell a line of the part; those of documents are tables of
//!   kind `Документ.<Имя>.<Часть>` with the document's `Ref_Key` (`Ссылка` in dumps) and `LineNumber` (`НомерСтроки`);
//! - empty dates (`0001-01-01`) and GUIDs of zeros are empty; links, types and binaries of OData are left out.
//!
//! `declared_total` is `odata.count`. A table is partial below it, when a next link stands in the last answer, when an
//! error answer stands beside the data, or when an entity was read alone.
//!
//! Source: 1C:Enterprise 8.3.27 documentation, chapter 17.4 (OData); a dump of the demo base of Бухгалтерия 3.0.

pub(super) mod record;

use super::json::{Cuts, HEAD_BYTES, JsonError, JsonFormat, NextPiece, Node, Piece, Reader, Stop, head_keys};
use super::rows::Rows;
use super::{Extract, Format, IngestError, Input};
use crate::model::{LeftOut, LeftOutReason, Place, Quarantined};

/// Deepest level at which lists of records are looked for: `{"data": {"cat": {"Контрагенты": […]}}}` needs three.
const MAX_LEVELS: usize = 8;

/// Keys that make an object a record.
const RECORD_KEYS: [&str; 10] =
    ["Description", "Ref_Key", "Наименование", "ref", "Ссылка", "Ref", "Code", "Код", "ИНН", "УникальныйИдентификатор"];

/// Classes of metadata.js and how 1C calls them.
const CLASSES: [(&str, &str); 8] = [
    ("cat", "Справочник."),
    ("catalogs", "Справочник."),
    ("Справочники", "Справочник."),
    ("doc", "Документ."),
    ("ireg", "РегистрСведений."),
    ("areg", "РегистрНакопления."),
    ("cch", "ПланВидовХарактеристик."),
    ("cacc", "ПланСчетов."),
];

/// Keys that wrap a list without saying of what.
const WRAPPERS: [&str; 9] = ["value", "data", "items", "result", "rows", "Данные", "Элементы", "Список", "#value"];

/// Catalogues that a bare key may name.
const CATALOGUES: [&str; 10] = [
    "БанковскиеСчета",
    "ДоговорыКонтрагентов",
    "КонтактныеЛица",
    "КонтактныеЛицаПартнеров",
    "Контрагенты",
    "Номенклатура",
    "Организации",
    "Партнеры",
    "Склады",
    "ФизическиеЛица",
];

/// JSON of 1C.
pub struct OnecJson;

impl Format for OnecJson {
    fn id(&self) -> &'static str {
        "onec-json"
    }

    fn title(&self) -> &'static str {
        "1С: справочники в JSON (OData, HTTP-сервис)"
    }

    fn detect(&self, input: &Input) -> bool {
        let head = input.head_text(HEAD_BYTES);
        let Some(keys) = head_keys(&head) else { return false };
        let has = |name: &str| keys.iter().any(|(_, key)| key == name);
        let outer = |name: &str| keys.iter().any(|(depth, key)| *depth <= 2 && key == name);
        ["odata.metadata", "@odata.context", "odata.error", "Ref_Key", "Ссылка", "#value"].iter().any(|name| has(name))
            || has("ref") && has("presentation")
            || has("Наименование") && ["ИНН", "Код", "ПометкаУдаления", "ЭтоГруппа"].iter().any(|name| has(name))
            || CATALOGUES.iter().any(|name| outer(name))
            || keys.iter().any(|(depth, key)| *depth <= 2 && record::kind_of_type(key).is_some())
    }

    fn read(&self, input: &Input) -> Result<Extract, IngestError> {
        let mut extract = Extract::default();
        let text = input.text(&mut extract);
        let mut session = Session::new(input, extract);
        session.values(&text, &Piece::default())?;
        session.finish()
    }
}

impl JsonFormat for OnecJson {
    fn cuts(&self) -> Cuts {
        Cuts { record_keys: &RECORD_KEYS, answers: &[], lists: |_| true }
    }

    fn read_pieces(&self, next: NextPiece<'_>, input: &Input, extract: Extract) -> Result<Extract, IngestError> {
        let mut session = Session::new(input, extract);
        while let Some(piece) = next()? {
            session.values(&piece.text, &piece)?;
        }
        session.finish()
    }
}

/// What the keys above a value say.
#[derive(Clone, Default)]
struct Under {
    /// Kind of records below; empty when unknown.
    kind: String,
    /// Class of the catalogues that the keys below name.
    class: &'static str,
}

struct List {
    rows: Rows,
    /// The list whose records the rows are parts of.
    part_of: Option<usize>,
    /// Records met, quarantined ones too.
    met: u64,
    total: Option<u64>,
    has_next: bool,
    alone: bool,
}

struct Session<'i> {
    input: &'i Input,
    lists: Vec<List>,
    extract: Extract,
    ordinal: u32,
    failed: u64,
    /// Code of the first error answer.
    code: String,
    saw_list: bool,
}

impl<'i> Session<'i> {
    fn new(input: &'i Input, extract: Extract) -> Self {
        Session { input, lists: Vec::new(), extract, ordinal: 0, failed: 0, code: String::new(), saw_list: false }
    }

    /// Reads values one after another.
    fn values(&mut self, text: &str, piece: &Piece) -> Result<(), IngestError> {
        let mut reader = Reader::new(text);
        while reader.peek().is_some() {
            let read = self.value(&mut reader, &Under::default(), 0);
            read.map_err(|stop| stop.in_part(self.input, text, piece))?;
        }
        Ok(())
    }

    /// Reads a value above the records; returns the table that it filled last.
    fn value(&mut self, reader: &mut Reader<'_>, under: &Under, level: usize) -> Result<Option<usize>, Stop> {
        match reader.peek() {
            Some(b'[') if level < MAX_LEVELS => self.list(reader, under, level),
            Some(b'{') if level < MAX_LEVELS => {
                if look(reader.clone())? == Object::Record {
                    let node = reader.node()?;
                    let alone = node.get("odata.metadata").is_some() || node.get("@odata.context").is_some();
                    let at = self.record(&node, under)?;
                    self.lists[at].alone |= alone;
                    return Ok(Some(at));
                }
                self.container(reader, under, level)
            }
            _ => {
                let node = reader.node()?;
                self.quarantine(&node, "не запись и не список записей");
                Ok(None)
            }
        }
    }

    fn list(&mut self, reader: &mut Reader<'_>, under: &Under, level: usize) -> Result<Option<usize>, Stop> {
        self.saw_list = true;
        let (mut filled, mut first) = (None, true);
        reader.open(b'[')?;
        while reader.more(&mut first, b']')? {
            match reader.peek() {
                // Below a named catalogue everything is a record, whatever its attributes, and so is an object of a list
                // that leads nowhere: better a record with strange columns than a lost one.
                Some(b'{')
                    if look(reader.clone())? == Object::Plain
                        || !under.kind.is_empty() && !is_answer(reader.clone())? =>
                {
                    let node = reader.node()?;
                    filled = Some(self.record(&node, under)?);
                }
                Some(b'{' | b'[') => filled = self.value(reader, under, level + 1)?.or(filled),
                _ => {
                    let node = reader.node()?;
                    self.quarantine(&node, "вместо записи в списке стоит значение");
                }
            }
        }
        Ok(filled)
    }

    fn container(&mut self, reader: &mut Reader<'_>, under: &Under, level: usize) -> Result<Option<usize>, Stop> {
        let mut under = under.clone();
        let (mut filled, mut total, mut has_next) = (None, None, false);
        let mut first = true;
        reader.open(b'{')?;
        while reader.more(&mut first, b'}')? {
            let key = reader.key()?;
            match &*key {
                "odata.metadata" | "@odata.context" => {
                    under.kind = reader.node()?.text().and_then(record::kind_of_context).unwrap_or_default();
                }
                "#type" => under.kind = reader.node()?.text().and_then(record::kind_of_type).unwrap_or_default(),
                "odata.count" | "@odata.count" => total = reader.node()?.count(),
                "odata.nextLink" | "@odata.nextLink" => {
                    has_next = true;
                    reader.skip()?;
                }
                "odata.error" => {
                    let error = reader.node()?;
                    self.error(&error);
                }
                key if matches!(reader.peek(), Some(b'[' | b'{')) => {
                    let below = self.below(key, &under, reader.peek() == Some(b'['));
                    filled = self.value(reader, &below, level + 1)?.or(filled);
                }
                _ => reader.skip()?,
            }
        }
        if let Some(at) = filled {
            let list = &mut self.lists[at];
            list.total = list.total.max(total);
            list.has_next = has_next;
        }
        Ok(filled)
    }

    /// What a key says about the values below it.
    fn below(&self, key: &str, under: &Under, is_list: bool) -> Under {
        if !under.class.is_empty() {
            return Under { kind: format!("{}{key}", under.class), class: "" };
        }
        if let Some((_, class)) = CLASSES.iter().find(|(name, _)| *name == key && !is_list) {
            return Under { kind: String::new(), class };
        }
        if let Some(kind) = record::kind_of_type(key) {
            return Under { kind, class: "" };
        }
        if CATALOGUES.contains(&key) {
            return Under { kind: format!("Справочник.{key}"), class: "" };
        }
        if is_list && !WRAPPERS.contains(&key) {
            return Under { kind: key.to_owned(), class: "" };
        }
        under.clone()
    }

    fn error(&mut self, error: &Node<'_>) {
        self.failed += 1;
        if let Some(code) = error.get("code").and_then(Node::text)
            && self.code.is_empty()
            && code.len() <= 64
            && code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
        {
            self.code = code.to_owned();
        }
    }

    fn record(&mut self, node: &Node<'_>, under: &Under) -> Result<usize, IngestError> {
        let own = record::own_kind(node);
        let kind = own.as_deref().unwrap_or(&under.kind);
        let at = self.list_of(kind, None);
        self.ordinal = self.ordinal.saturating_add(1);
        let list = &mut self.lists[at];
        list.met += 1;
        if let Node::Object(entries) = node {
            record::add_cells(self.input, &mut list.rows, kind, entries)?;
        }
        self.close(at)?;
        if let Node::Object(entries) = node {
            let (heading, owner) = record::owner_of(entries);
            for section in record::sections(kind, entries) {
                let part = self.list_of(&format!("{kind}.{}", section.name), Some(at));
                section.each(self.input, (heading, &owner), &mut |fill| {
                    fill(&mut self.lists[part].rows)?;
                    self.close(part)
                })?;
            }
        }
        Ok(at)
    }

    /// Position of the table of a kind.
    fn list_of(&mut self, kind: &str, part_of: Option<usize>) -> usize {
        self.lists.iter().position(|l| l.rows.table.kind == kind).unwrap_or_else(|| {
            let rows = Rows::new(Place::file(&self.input.name), kind);
            self.lists.push(List { rows, part_of, met: 0, total: None, has_next: false, alone: false });
            self.lists.len() - 1
        })
    }

    /// Closes the row being built, which belongs to the last record.
    fn close(&mut self, at: usize) -> Result<(), IngestError> {
        let rows = &mut self.lists[at].rows;
        if rows.is_blank() {
            self.extract.left_out.push((at, LeftOut { row: self.ordinal, reason: LeftOutReason::Blank }));
            return Ok(());
        }
        rows.close(self.ordinal, &mut self.extract.quarantined)
    }

    fn quarantine(&mut self, node: &Node<'_>, reason: &str) {
        self.ordinal = self.ordinal.saturating_add(1);
        let location = Place::file(&self.input.name).row(self.ordinal);
        self.extract.quarantined.push(Quarantined { location, reason: reason.to_owned(), raw: node.outline() });
    }

    fn finish(mut self) -> Result<Extract, IngestError> {
        let refuse = |what: String, next| Err(IngestError::Unreadable { file: self.input.path.clone(), what, next });
        if self.lists.is_empty() && self.failed > 0 {
            return Err(IngestError::ErrorAnswer {
                file: self.input.path.clone(),
                code: self.code,
                next: "проверьте права пользователя и состав стандартного интерфейса OData и повторите выгрузку",
            });
        }
        if self.lists.is_empty() && !self.saw_list {
            return refuse(
                "в JSON нет списка записей 1С".to_owned(),
                "выгрузите справочник списком, например Catalog_Контрагенты?$format=json",
            );
        }
        self.extract.failed_answers = self.failed;
        let lacks = |list: &List| list.alone || list.has_next || list.total.is_some_and(|total| list.met < total);
        // A part is as whole as the records it belongs to.
        let partial: Vec<bool> = self
            .lists
            .iter()
            .map(|list| self.failed > 0 || lacks(list.part_of.map_or(list, |at| &self.lists[at])))
            .collect();
        for (list, partial) in self.lists.into_iter().zip(partial) {
            let mut table = list.rows.table;
            table.declared_total = list.total;
            table.partial = partial;
            self.extract.tables.push(table);
        }
        if self.failed > 0 {
            self.extract.details.push(("ответов с ошибкой", self.failed.to_string()));
        }
        Ok(self.extract)
    }
}

/// What an object is by its keys.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Object {
    Record,
    /// A key in it leads to records.
    Leads,
    /// Neither.
    Plain,
}

/// Looks at the object ahead: a record has a key of one before any key that leads to records.
fn look(mut ahead: Reader<'_>) -> Result<Object, JsonError> {
    let mut first = true;
    ahead.open(b'{')?;
    while ahead.more(&mut first, b'}')? {
        let key = ahead.key()?;
        if RECORD_KEYS.contains(&&*key) {
            return Ok(Object::Record);
        }
        let leads = WRAPPERS.contains(&&*key)
            || CATALOGUES.contains(&&*key)
            || CLASSES.iter().any(|(class, _)| *class == key)
            || record::kind_of_type(&key).is_some();
        if leads && matches!(ahead.peek(), Some(b'[' | b'{')) || key == "odata.error" {
            return Ok(Object::Leads);
        }
        ahead.skip()?;
    }
    Ok(Object::Plain)
}

/// Whether the object ahead is an answer or a typed value rather than a record itself.
fn is_answer(mut ahead: Reader<'_>) -> Result<bool, JsonError> {
    let mut first = true;
    ahead.open(b'{')?;
    Ok(ahead.more(&mut first, b'}')? && {
        let key = ahead.key()?;
        key.starts_with('#') || key.starts_with("odata.") || key.starts_with("@odata.")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::RawTable;

    fn read(text: &str) -> Result<Extract, IngestError> {
        let input = Input::from_bytes("1c/a.json", text);
        assert!(OnecJson.detect(&input), "{text}");
        OnecJson.read(&input)
    }

    fn cell<'t>(table: &'t RawTable, heading: &str, row: usize) -> &'t str {
        table.get(table.column(heading).unwrap_or_else(|| panic!("no {heading}")), row)
    }

    fn shape(extract: &Extract) -> Vec<(&str, usize, bool, Option<u64>)> {
        extract.tables.iter().map(|t| (t.kind.as_str(), t.len(), t.partial, t.declared_total)).collect()
    }

    #[test]
    fn every_wrapping_gives_its_catalogue() {
        let one = r#"{"Ссылка":"g1","Наименование":"Ель","ИНН":"7701234560"}"#;
        let odata = r#"{"Ref_Key":"g1","Description":"Ель"}"#;
        let metadata = r##""odata.metadata":"http://h/$metadata#Catalog_Контрагенты""##;
        let firms = "Справочник.Контрагенты";
        for (text, expected) in [
            (format!("[{one},{one}]"), vec![("", 2, false, None)]),
            (format!("{one}\n{one}"), vec![("", 2, false, None)]),
            (format!(r#"{{"data":[{one}]}}"#), vec![("", 1, false, None)]),
            (format!(r#"{{"result":{{"Контрагенты":[{one}]}}}}"#), vec![(firms, 1, false, None)]),
            (format!(r#"{{"Справочник.Контрагенты":[{one}]}}"#), vec![(firms, 1, false, None)]),
            (format!(r#"{{"cat.Контрагенты":[{one}]}}"#), vec![(firms, 1, false, None)]),
            (
                format!(r#"{{"Catalog_Контрагенты":[{odata}],"Catalog_Склады":[{odata}]}}"#),
                vec![(firms, 1, false, None), ("Справочник.Склады", 1, false, None)],
            ),
            (
                format!(r#"{{"enm":{{}},"cat":{{"Валюты":[],"Контрагенты":[{one}]}},"files":1}}"#),
                vec![(firms, 1, false, None)],
            ),
            (format!(r#"{{"Прочее":[{one}]}}"#), vec![("Прочее", 1, false, None)]),
            (format!(r#"{{{metadata},"value":[{odata}]}}"#), vec![(firms, 1, false, None)]),
            (format!(r#"{{{metadata},"odata.count":"3","value":[{odata}]}}"#), vec![(firms, 1, true, Some(3))]),
            (format!(r#"{{{metadata},"value":[{odata}],"odata.nextLink":"x"}}"#), vec![(firms, 1, true, None)]),
            (
                format!(r#"[{{{metadata},"value":[{odata}]}},{{{metadata},"value":[{odata}]}}]"#),
                vec![(firms, 2, false, None)],
            ),
            (
                r##"{"odata.metadata":"h#Catalog_Контрагенты/@Element","Ref_Key":"g1","Description":"Ель"}"##
                    .to_owned(),
                vec![(firms, 1, true, None)],
            ),
            (format!(r#"{{{metadata},"value":[]}}"#), vec![]),
            (
                r##"{"#type":"jcfg:CatalogObject.Контрагенты","#value":{"Ref":"g1","Description":"Ель"}}"##.to_owned(),
                vec![(firms, 1, false, None)],
            ),
            (
                r#"[{"ref":{"ref":"g1","presentation":"Ель","type":"cat.Организации"},"name":"Ель"}]"#.to_owned(),
                vec![("Справочник.Организации", 1, false, None)],
            ),
            // No key of a record at all: still a record, since it stands in a list.
            (r#"{"Контрагенты":[{"Фирма":"Ель"}]}"#.to_owned(), vec![(firms, 1, false, None)]),
            (format!(r#"[{one},{{"Фирма":"Ель"}}]"#), vec![("", 2, false, None)]),
        ] {
            assert_eq!(shape(&read(&text).unwrap()), expected, "{text}");
        }
    }

    #[test]
    fn attributes_become_columns() {
        let text = r#"{"cat":{"Контрагенты":[{"predefined_name":"",
            "ref":{"ref":"11111111-0000-0000-0000-000000000001","presentation":"Ель","type":"cat.Контрагенты"},
            "deleted":true,"is_folder":false,"name":"Ель","id":"00-000001",
            "parent":{"ref":"00000000-0000-0000-0000-000000000000","presentation":"","type":"cat.Контрагенты"},
            "ГоловнойКонтрагент":{"ref":"22222222-0000-0000-0000-000000000002","presentation":"Дуб","type":"cat.К"},
            "ЮридическоеФизическоеЛицо":{"name":"ЮридическоеЛицо","presentation":"Юридическое лицо","type":"enm.Ю"},
            "ИНН":"7701234560","ДатаРегистрации":"0001-01-01T00:00:00","Число":12345678901234567890.10,
            "Теги":["а","б"],"extra_fields":[],"ИсторияКПП":[{"row":1,"КПП":"1"},{"row":2,"КПП":"2"}]},
            {"ref":{"ref":"3","presentation":"Папка","type":"cat.Контрагенты"},"is_folder":true,"ИНН":""}, {}, 5]}}"#;
        let extract = read(text).unwrap();
        let table = &extract.tables[0];
        for (heading, expected) in [
            ("Ссылка", "11111111-0000-0000-0000-000000000001"),
            ("ПометкаУдаления", "true"),
            ("ЭтоГруппа", "false"),
            ("Наименование", "Ель"),
            ("Код", "00-000001"),
            ("Родитель", ""),
            ("Родитель (ссылка)", ""),
            ("ГоловнойКонтрагент", "Дуб"),
            ("ГоловнойКонтрагент (ссылка)", "22222222-0000-0000-0000-000000000002"),
            ("ЮридическоеФизическоеЛицо", "ЮридическоеЛицо"),
            ("ДатаРегистрации", ""),
            ("Число", "12345678901234567890.10"),
            ("Теги", "а\nб"),
            ("ИсторияКПП.КПП", "1\n2"),
        ] {
            assert_eq!(cell(table, heading, 0), expected, "{heading}");
        }
        assert_eq!(cell(table, "ЭтоГруппа", 1), "true");
        assert!(table.column("extra_fields").is_none());
        assert_eq!(extract.left_out, [(0, LeftOut { row: 3, reason: LeftOutReason::Blank })]);
        assert_eq!(extract.quarantined[0].location.row, Some(4));
    }

    #[test]
    fn odata_noise_is_left_out_and_contacts_are_told_apart() {
        let text = r##"{"odata.metadata":"x#Catalog_Контрагенты","value":[{"Ref_Key":"g1","Description":"Ель",
            "Parent_Key":"00000000-0000-0000-0000-000000000000","Parent@navigationLinkUrl":"u","Фото_Base64Data":"AA",
            "КонтактнаяИнформация":[
            {"LineNumber":"1","Тип":"Телефон","Вид_Key":"k1","Представление":"+7 (482) 000-01 звонить днём","НомерТелефона":"748200001"},
            {"LineNumber":"2","Тип":"Телефон","Вид_Key":"k2","Представление":"+7 900 000","НомерТелефона":""},
            {"LineNumber":"3","Тип":"АдресЭлектроннойПочты","Вид_Key":"k3","АдресЭП":"a@example.com"},
            {"LineNumber":"4","Тип":"Адрес","Вид_Key":"k4","Представление":"Тверь","Значение":"{\"value\":\"x\"}"},
            {"LineNumber":"5","Тип":"Адрес","Вид":{"Ref_Key":"k5","Description":"Юридический адрес"},"Значение":"{\"value\":\"Тула\"}"},
            {"LineNumber":"6","Тип":"Факс","Представление":"5"},
            {"LineNumber":"7","Тип":"ВебСтраница","Представление":"example.com"},
            {"LineNumber":"8","Тип":"Другое","Представление":"прочее"},
            {"LineNumber":"9","Тип":"Skype","Вид_Key":"k9","Представление":"старый","ДействуетС":"2020-01-01T00:00:00"},
            {"LineNumber":"10","Тип":"Skype","Вид_Key":"k9","Представление":"новый","ДействуетС":"2024-01-01T00:00:00"},
            7]}]}"##;
        let extract = read(text).unwrap();
        let table = &extract.tables[0];
        for (heading, expected) in [
            ("Ref_Key", "g1"),
            ("Parent_Key", ""),
            ("Телефон", "748200001\n+7 900 000"),
            ("АдресЭлектроннойПочты", "a@example.com"),
            ("Адрес", "Тверь"),
            ("ЮридическийАдрес", "Тула"),
            ("Факс", "5"),
            ("ВебСтраница", "example.com"),
            ("ДругаяИнформация", "прочее"),
            ("Skype", "новый"),
        ] {
            assert_eq!(cell(table, heading, 0), expected, "{heading}");
        }
        assert!(table.columns.iter().all(|c| !c.heading.contains('@') && !c.heading.ends_with("Base64Data")));
    }

    #[test]
    fn documents_and_balances() {
        let sale = "Документ.РеализацияТоваровУслуг";
        let lines = "Документ.РеализацияТоваровУслуг.Товары";
        let odata = r##"{"odata.metadata":"h#Document_РеализацияТоваровУслуг","odata.count":"2","value":[{"Ref_Key":"d1",
            "Number":"0000-000012","Date":"2026-11-02T10:00:00","Posted":true,"СуммаДокумента":1234.5,
            "Контрагент_Key":"g1","Сделка":"z1","Сделка_Type":"StandardODATA.Document_ЗаказПокупателя","Услуги":[],
            "Товары":[{"Ref_Key":"d1","LineNumber":"1","Номенклатура_Key":"n1","Количество":2,"Цена":617.25},
            {"Ref_Key":"d1","LineNumber":"2"}]}]}"##;
        let extract = read(odata).unwrap();
        assert_eq!(shape(&extract), [(sale, 1, true, Some(2)), (lines, 1, true, None)]);
        for (table, heading, expected) in [
            (0, "Number", "0000-000012"),
            (0, "СуммаДокумента", "1234.5"),
            (0, "Сделка (ссылка)", "z1"),
            (1, "Ref_Key", "d1"),
            (1, "LineNumber", "1"),
            (1, "Номенклатура_Key", "n1"),
            (1, "Цена", "617.25"),
        ] {
            assert_eq!(cell(&extract.tables[table], heading, 0), expected, "{heading}");
        }
        assert_eq!(extract.left_out, [(1, LeftOut { row: 1, reason: LeftOutReason::Blank })]);
        let dump = r#"{"doc":{"РеализацияТоваровУслуг":[{"ref":{"ref":"d1","presentation":"Реализация 12","type":"doc.Р"},
            "number_doc":"12","Товары":[{"row":3,"Номенклатура":{"ref":"n1","presentation":"Доска","type":"cat.Н"}}]}]}}"#;
        let extract = read(dump).unwrap();
        let table = &extract.tables[1];
        assert_eq!(
            ["Ссылка", "НомерСтроки", "Номенклатура"].map(|heading| cell(table, heading, 0)),
            ["d1", "3", "Доска"]
        );
        let row = r#"{"Номенклатура_Key":"n1","Склад_Key":"w1","КоличествоBalance":5}"#;
        for context in
            ["AccumulationRegister_Запасы/Balance()", "Collection(StandardODATA.AccumulationRegister_Запасы_Balance)"]
        {
            let extract = read(&format!(r#"{{"odata.metadata":"h#{context}","value":[{row}]}}"#)).unwrap();
            assert_eq!(shape(&extract), [("РегистрНакопления.Запасы/Balance", 1, false, None)], "{context}");
        }
    }

    #[test]
    fn keys_may_be_escaped() {
        let text = r#"[{"\u0421\u0441\u044b\u043b\u043a\u0430":"g1","\u0418\u041d\u041d":"7701234560"}]"#;
        assert_eq!(cell(&read(text).unwrap().tables[0], "ИНН", 0), "7701234560");
    }

    #[test]
    fn unusable_files_say_why() {
        for (text, expected) in [
            (r#"{"odata.error":{"code":"20","message":{"value":"secret"}}}"#, "ответ с ошибкой 20;"),
            (r#"{"odata.error":{"code":"секрет secret","message":{}}}"#, "ответ с ошибкой;"),
            (r#"[{"Ссылка":"1""#, "JSON обрывается"),
            ("[{\"Ссылка\":\"1\"}\n}", "строка 2: нарушен JSON"),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains(expected) && !error.contains("secret"), "{text}: {error}");
        }
        for open in ["[", "{\"data\":", "{\"Ссылка\":"] {
            let deep = format!("[{{\"Ссылка\":\"1\"}},{}", open.repeat(50_000));
            assert!(read(&deep).unwrap_err().to_string().contains("вложенность"), "{open}");
        }
        let good = r#"{"odata.metadata":"x#Catalog_Контрагенты","value":[{"Ref_Key":"g1"}]}"#;
        let mixed = format!(r#"{good}{{"odata.error":{{"code":"20"}}}}"#);
        assert_eq!(shape(&read(&mixed).unwrap()), [("Справочник.Контрагенты", 1, true, None)]);
    }

    #[test]
    fn every_cut_is_an_error() {
        let text =
            r#"{"cat":{"Контрагенты":[{"ref":{"ref":"1","presentation":"Ель"},"КонтактнаяИнформация":[{"type":5}]}]}}"#;
        for (end, _) in text.char_indices().skip(1) {
            assert!(OnecJson.read(&Input::from_bytes("a.json", &text[..end])).is_err(), "{end}");
        }
        assert_eq!(read(text).unwrap().tables[0].len(), 1);
    }

    #[test]
    fn other_files_are_not_claimed() {
        for text in [
            "Ссылка;Наименование",
            r#"{"result":[{"ID":"1","TITLE":"А"}],"total":1}"#,
            r#"{"success":true,"customers":[{"id":1,"name":"Наименование"}]}"#,
            "<Ссылка/>",
            "",
        ] {
            assert!(!OnecJson.detect(&Input::from_bytes("a.json", text)), "{text}");
        }
    }
}
