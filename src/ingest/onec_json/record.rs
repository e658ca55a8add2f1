//! One record of a 1C catalogue: its cells, references and contact information.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use crate::ingest::json::{Node, Reader};
use crate::ingest::rows::Rows;
use crate::ingest::xml::{Step, Xml};
use crate::ingest::{IngestError, Input};

/// Standard attributes of metadata.js dumps under their 1C names.
const DUMP_NAMES: [(&str, &str); 11] = [
    ("date", "Дата"),
    ("deleted", "ПометкаУдаления"),
    ("id", "Код"),
    ("is_folder", "ЭтоГруппа"),
    ("name", "Наименование"),
    ("number_doc", "Номер"),
    ("owner", "Владелец"),
    ("parent", "Родитель"),
    ("posted", "Проведен"),
    ("predefined_name", "ИмяПредопределенныхДанных"),
    ("ref", "Ссылка"),
];

/// Keys under which a reference keeps its GUID.
const GUID_KEYS: [&str; 8] =
    ["ref", "Ссылка", "UUID", "GUID", "УникальныйИдентификатор", "Ref_Key", "Идентификатор", "uuid"];
/// Keys under which it keeps its text.
const TEXT_KEYS: [&str; 7] =
    ["presentation", "Представление", "Наименование", "Description", "name", "Номер", "Number"];

/// Columns of tabular parts that only number the lines.
const LINE_KEYS: [&str; 4] = ["LineNumber", "НомерСтроки", "Ref_Key", "row"];

/// A value that stands for none: the empty date and the empty reference.
fn is_empty_value(text: &str) -> bool {
    text.starts_with("0001-01-01") || text.starts_with("01.01.0001") || text == "00000000-0000-0000-0000-000000000000"
}

fn sense(text: &str) -> &str {
    if is_empty_value(text) { "" } else { text }
}

fn first_text<'n>(node: &'n Node<'_>, keys: &[&str]) -> Option<&'n str> {
    keys.iter().find_map(|key| node.get(key).and_then(Node::text))
}

/// Kind of rows from a type as 1C and its libraries write it: `cat.Контрагенты`, `Catalog_Контрагенты`,
/// `StandardODATA.Catalog_Контрагенты`, `СправочникСсылка.Контрагенты`, `jcfg:CatalogObject.Контрагенты` →
/// `Справочник.Контрагенты`. `None` when it is no such type.
pub fn kind_of_type(text: &str) -> Option<String> {
    const CLASSES: [(&str, &str); 22] = [
        ("cat.", "Справочник."),
        ("Catalog_", "Справочник."),
        ("Catalog.", "Справочник."),
        ("CatalogRef.", "Справочник."),
        ("CatalogObject.", "Справочник."),
        ("Справочник.", "Справочник."),
        ("СправочникСсылка.", "Справочник."),
        ("СправочникОбъект.", "Справочник."),
        ("doc.", "Документ."),
        ("Document_", "Документ."),
        ("Document.", "Документ."),
        ("DocumentRef.", "Документ."),
        ("DocumentObject.", "Документ."),
        ("Документ.", "Документ."),
        ("ДокументСсылка.", "Документ."),
        ("ДокументОбъект.", "Документ."),
        ("InformationRegister_", "РегистрСведений."),
        ("ireg.", "РегистрСведений."),
        ("AccumulationRegister_", "РегистрНакопления."),
        ("areg.", "РегистрНакопления."),
        ("РегистрНакопления.", "РегистрНакопления."),
        ("AccountingRegister_", "РегистрБухгалтерии."),
    ];
    let text = text.trim_start_matches("StandardODATA.");
    let text = text.split_once(':').map_or(text, |(_, local)| local);
    let (class, name) = CLASSES.iter().find_map(|(from, to)| text.strip_prefix(from).map(|name| (to, name)))?;
    (!name.is_empty()).then(|| format!("{class}{name}"))
}

/// The kind that a record names itself: `odata.metadata`, or the type of its own reference.
pub fn own_kind(record: &Node<'_>) -> Option<String> {
    if let Some(context) = first_text(record, &["odata.metadata", "@odata.context"]) {
        return kind_of_context(context);
    }
    if let Some(kind) = record.get("odata.type").and_then(Node::text).and_then(kind_of_type) {
        return Some(kind);
    }
    let reference = record.get("ref").or_else(|| record.get("Ссылка"))?;
    first_text(reference, &["type", "Тип"]).and_then(kind_of_type)
}

/// Kind from `…$metadata#Catalog_Контрагенты/@Element`; a virtual table of a register, written as a call
/// (`AccumulationRegister_X/Balance()`) or by the type of its rows (`Collection(StandardODATA.AccumulationRegister_X_Balance)`),
/// is `РегистрНакопления.X/Balance`.
pub fn kind_of_context(context: &str) -> Option<String> {
    let set = context.rsplit_once('#').map_or(context, |(_, set)| set);
    let set = set.strip_prefix("Collection(").map_or(set, |inner| inner.trim_end_matches(')'));
    let mut parts = set.split(['/', '(']);
    let kind = kind_of_type(parts.next().unwrap_or_default())?;
    if !kind.starts_with("Регистр") {
        return Some(kind);
    }
    for table in ["Balance", "Turnovers", "BalanceAndTurnovers"] {
        if let Some(register) = kind.strip_suffix(&format!("_{table}")) {
            return Some(format!("{register}/{table}"));
        }
    }
    let called = parts.find(|part| !part.is_empty() && !part.starts_with('@'));
    Some(called.map_or(kind.clone(), |table| format!("{kind}/{table}")))
}

/// Whether tabular sections of such a record become tables of their own, `Документ.<Имя>.<Часть>`. An answer of OData
/// without metadata does not say what its records are: those with a number, a date and a posting are documents, whose
/// name stays empty (`Документ..Товары`).
fn has_sections(kind: &str, record: &[(Cow<'_, str>, Node<'_>)]) -> bool {
    let has = |name: &str| record.iter().any(|(key, _)| key == name);
    kind.starts_with("Документ.") || kind.is_empty() && ["Ref_Key", "Number", "Date", "Posted"].into_iter().all(has)
}

/// Kind of the tables of sections, before the point: that of the documents, or none.
pub fn kind_of_sections(kind: &str) -> &str {
    if kind.is_empty() { "Документ." } else { kind }
}

/// Fills the row being built.
pub type Fill<'f> = &'f mut dyn FnMut(&mut Rows) -> Result<(), IngestError>;

/// A tabular section of a record.
pub struct Section<'n, 'a> {
    pub name: &'n str,
    lines: &'n [Node<'a>],
}

/// The tabular sections of a record, in its order; none of what is no document.
pub fn sections<'n, 'a>(kind: &str, record: &'n [(Cow<'_, str>, Node<'a>)]) -> Vec<Section<'n, 'a>> {
    if !has_sections(kind, record) {
        return Vec::new();
    }
    let found = record.iter().filter_map(|(name, value)| match value {
        Node::List(lines) if is_section(lines) => Some(Section { name, lines }),
        _ => None,
    });
    found.collect()
}

fn is_section(lines: &[Node<'_>]) -> bool {
    let is_line = |line: &Node<'_>| matches!(line, Node::Object(_)) && first_text(line, &GUID_KEYS[..2]).is_none();
    !lines.is_empty() && lines.iter().all(is_line)
}

/// The reference of a record as its lines name it: heading and GUID.
pub fn owner_of(record: &[(Cow<'_, str>, Node<'_>)]) -> (&'static str, String) {
    for (key, heading) in [("Ref_Key", "Ref_Key"), ("Ссылка", "Ссылка"), ("Ref", "Ссылка"), ("ref", "Ссылка")]
    {
        if let Some((_, value)) = record.iter().find(|(name, _)| name == key) {
            let guid = value.text().or_else(|| first_text(value, &GUID_KEYS)).unwrap_or_default();
            return (heading, sense(guid).to_owned());
        }
    }
    ("Ссылка", String::new())
}

impl Section<'_, '_> {
    /// Adds its lines one by one: `next` gives the row being built to `fill` and closes it. Each line names its owner and
    /// its number, under `LineNumber` in OData and under `НомерСтроки` elsewhere.
    ///
    /// # Errors
    /// [`IngestError::Limit`] of [`Rows::cell`], and what `next` gives.
    pub fn each(
        &self,
        input: &Input,
        (owner_heading, owner): (&str, &str),
        next: &mut dyn FnMut(Fill<'_>) -> Result<(), IngestError>,
    ) -> Result<(), IngestError> {
        for (at, line) in self.lines.iter().enumerate() {
            let Node::Object(entries) = line else { continue };
            let number =
                first_text(line, &LINE_KEYS[..2]).or_else(|| first_text(line, &["row", "НомерСтрокиДокумента"]));
            let number = number.map_or_else(|| (at + 1).to_string(), str::to_owned);
            let heading = if owner_heading == "Ref_Key" { "LineNumber" } else { "НомерСтроки" };
            next(&mut |rows| {
                let is_part = |key: &str| !LINE_KEYS.contains(&key) && key != "НомерСтрокиДокумента";
                add_some_cells(input, rows, entries, "", &is_part)?;
                if rows.is_blank() {
                    return Ok(());
                }
                rows.cell(owner_heading, owner)?;
                rows.cell(heading, &number)
            })?;
        }
        Ok(())
    }
}

/// Adds the cells of a record to the row being built.
///
/// # Errors
/// [`IngestError::Limit`] of [`Rows::cell`].
pub fn add_cells(
    input: &Input,
    rows: &mut Rows,
    kind: &str,
    record: &[(Cow<'_, str>, Node<'_>)],
) -> Result<(), IngestError> {
    add_some_cells(input, rows, record, kind, &|_| true)
}

/// [`add_cells`] of the attributes that `takes` admits.
fn add_some_cells(
    input: &Input,
    rows: &mut Rows,
    record: &[(Cow<'_, str>, Node<'_>)],
    kind: &str,
    takes: &dyn Fn(&str) -> bool,
) -> Result<(), IngestError> {
    let dump = record.iter().any(|(key, value)| key == "ref" && value.is_container());
    let has_key = |name: &str| record.iter().any(|(key, _)| key == name);
    let in_sections = has_sections(kind, record);
    // An attribute of several types stands beside the name of its type: `Владелец`, `Владелец_Type`.
    let types: Vec<(&str, &str)> =
        record.iter().filter_map(|(key, value)| Some((key.strip_suffix("_Type")?, value.text()?))).collect();
    for (key, value) in record.iter().filter(|(key, _)| takes(key)) {
        // Sections are tables of their own.
        if in_sections
            && let Node::List(lines) = value
            && is_section(lines)
        {
            continue;
        }
        let heading = match DUMP_NAMES.iter().find(|(name, _)| dump && name == key) {
            Some((_, onec)) => onec,
            None => &**key,
        };
        // Links of OData and stored binaries are no attributes.
        if heading.contains('@')
            || heading.starts_with("odata.")
            || heading.ends_with("_Base64Data")
            || heading == "#type"
        {
            continue;
        }
        if let Some(base) = heading.strip_suffix("_Type")
            && has_key(base)
        {
            continue;
        }
        let class = types.iter().find(|(base, _)| *base == heading).map(|(_, class)| *class);
        if let (Some(class), Some(guid)) = (class, value.text()) {
            let reference = kind_of_type(class).is_some();
            rows.cell(&if reference { format!("{heading} (ссылка)") } else { heading.to_owned() }, sense(guid))?;
        } else if heading == "КонтактнаяИнформация" && value.is_container() {
            add_contacts(input, rows, value)?;
        } else if let ("Ссылка" | "Ref", Node::Object(_)) = (heading, value) {
            rows.cell(heading, sense(first_text(value, &GUID_KEYS).unwrap_or_default()))?;
        } else {
            add_value(rows, heading, value)?;
        }
    }
    Ok(())
}

fn add_value(rows: &mut Rows, heading: &str, value: &Node<'_>) -> Result<(), IngestError> {
    match value {
        Node::Null => rows.cell(heading, ""),
        Node::Bool(value) => rows.cell(heading, if *value { "true" } else { "false" }),
        Node::Number(text) => rows.cell(heading, text),
        Node::Text(text) => rows.cell(heading, sense(text)),
        // A tabular part without lines would be a column that says nothing.
        Node::List(items) => items.iter().try_for_each(|item| match item {
            Node::Object(entries) if first_text(item, &GUID_KEYS[..2]).is_none() => entries
                .iter()
                .filter(|(key, _)| !LINE_KEYS.contains(&&**key) && !key.contains('@'))
                .try_for_each(|(key, value)| add_value(rows, &format!("{heading}.{key}"), value)),
            item => add_value(rows, heading, item),
        }),
        Node::Object(entries) => {
            if let Some(inner) = value.get("#value") {
                return add_value(rows, heading, inner);
            }
            if let Some(guid) = first_text(value, &GUID_KEYS) {
                rows.cell(heading, first_text(value, &TEXT_KEYS).unwrap_or_default())?;
                return rows.cell(&format!("{heading} (ссылка)"), sense(guid));
            }
            // A value of an enumeration: the name, as OData writes it, and not the presentation.
            if let (Some(name), Some(_)) = (first_text(value, &["name", "Имя"]), first_text(value, &["type", "Тип"]))
            {
                return rows.cell(heading, name);
            }
            entries.iter().try_for_each(|(key, value)| add_value(rows, &format!("{heading}.{key}"), value))
        }
    }
}

/// One line of КонтактнаяИнформация.
struct Contact<'n, 'a> {
    line: &'n Node<'a>,
    /// Name of the enumeration value: `Адрес`, `Телефон`, `АдресЭлектроннойПочты`.
    class: &'n str,
    /// Presentation of the kind: «Юридический адрес»; empty where only its GUID is given.
    kind: &'n str,
    /// GUID or name that tells kinds apart.
    key: &'n str,
    since: &'n str,
}

impl<'n, 'a> Contact<'n, 'a> {
    fn new(line: &'n Node<'a>) -> Self {
        let named = |keys: &[&str]| {
            keys.iter().find_map(|key| line.get(key)).and_then(|node| {
                node.text().or_else(|| first_text(node, &["name", "Имя", "presentation", "Представление"]))
            })
        };
        let kind_node = line.get("Вид");
        let kind = first_text(line, &["Вид____Presentation", "ВидПредставление"])
            .or_else(|| kind_node.and_then(|node| node.text().or_else(|| first_text(node, &TEXT_KEYS))));
        let key = first_text(line, &["Вид_Key"]).or_else(|| kind_node.and_then(|node| first_text(node, &GUID_KEYS)));
        Contact {
            line,
            class: named(&["Тип", "type"]).unwrap_or_default(),
            kind: kind.unwrap_or_default(),
            key: key.or(kind).unwrap_or_default(),
            since: first_text(line, &["ДействуетС"]).map(sense).unwrap_or_default(),
        }
    }

    fn heading(&self) -> &'static str {
        let words = format!("{} {}", self.class, self.kind).to_lowercase();
        let class = if self.class.is_empty() { words.clone() } else { self.class.to_lowercase() };
        let is = |part: &str| class.contains(part);
        if is("факс") {
            return "Факс";
        }
        if is("электрон") || is("email") || is("e-mail") {
            return "АдресЭлектроннойПочты";
        }
        // «тел.» begins a word: «пользовательская» has it inside.
        let begins = |part: &str| class.split(|c: char| !c.is_alphanumeric()).any(|word| word.starts_with(part));
        if is("телефон") || begins("тел") || is("phone") {
            return if words.contains("факс") { "Факс" } else { "Телефон" };
        }
        if is("веб") || is("сайт") || is("web") {
            return "ВебСтраница";
        }
        if is("skype") {
            return "Skype";
        }
        if !is("адрес") && !is("address") {
            return "ДругаяИнформация";
        }
        match () {
            () if words.contains("юрид") || words.contains("регистрац") => "ЮридическийАдрес",
            () if words.contains("факт") => "ФактическийАдрес",
            () if words.contains("почтов") => "ПочтовыйАдрес",
            () => "Адрес",
        }
    }

    fn text(&self, input: &Input, heading: &str) -> Cow<'n, str> {
        let filled = |keys: &[&str]| first_text(self.line, keys).filter(|text| !text.trim().is_empty());
        let own = match heading {
            "Телефон" | "Факс" => filled(&["НомерТелефона"]),
            "АдресЭлектроннойПочты" => filled(&["АдресЭП"]),
            _ => None,
        };
        if let Some(text) = own.or_else(|| filled(&["Представление", "presentation"])) {
            return Cow::Borrowed(text.trim());
        }
        let fields = filled(&["Значение", "value"]).or_else(|| filled(&["ЗначенияПолей", "values_fields"]));
        fields.map_or(Cow::Borrowed(""), |text| Cow::Owned(text_of_fields(input, text.trim())))
    }
}

fn add_contacts(input: &Input, rows: &mut Rows, value: &Node<'_>) -> Result<(), IngestError> {
    let lines = match value {
        Node::List(lines) => lines.as_slice(),
        single => std::slice::from_ref(single),
    };
    let contacts: Vec<Contact<'_, '_>> = lines.iter().map(Contact::new).collect();
    // Lines of one kind with ДействуетС are periods of one value: the last is the present one.
    let mut latest: FxHashMap<(&str, &str), &str> = FxHashMap::default();
    for contact in contacts.iter().filter(|c| !c.since.is_empty()) {
        let since = latest.entry((contact.class, contact.key)).or_default();
        *since = contact.since.max(since);
    }
    for contact in &contacts {
        if latest.get(&(contact.class, contact.key)).is_some_and(|since| *since != contact.since) {
            continue;
        }
        let heading = contact.heading();
        rows.cell(heading, &contact.text(input, heading))?;
    }
    Ok(())
}

/// Text of contact fields in one of the three forms that 1C has stored them in over the years: JSON (`Значение`), XML,
/// `Ключ=Значение` one a line. Empty when there is no text in them.
fn text_of_fields(input: &Input, fields: &str) -> String {
    if fields.starts_with('{') {
        let node = Reader::new(fields).node();
        return node.ok().and_then(|n| first_text(&n, &["value"]).map(|t| t.trim().to_owned())).unwrap_or_default();
    }
    if fields.starts_with('<') {
        return presentation_of_xml(input, fields);
    }
    if !fields.contains('=') {
        return fields.to_owned();
    }
    let pairs: Vec<(&str, &str)> = fields.lines().filter_map(|line| line.split_once('=')).collect();
    let get = |key: &str| pairs.iter().find(|(k, _)| k.trim() == key).map_or("", |(_, value)| value.trim());
    if !get("Представление").is_empty() {
        return get("Представление").to_owned();
    }
    phone_of_parts(get("КодСтраны"), get("КодГорода"), get("НомерТелефона"), get("Добавочный")).unwrap_or_else(|| {
        let parts = pairs.iter().filter(|(key, value)| {
            !value.trim().is_empty() && !key.starts_with("Тип") && !matches!(key.trim(), "КодСтраны" | "Комментарий")
        });
        parts.map(|(_, value)| value.trim()).collect::<Vec<_>>().join(", ")
    })
}

fn phone_of_parts(country: &str, area: &str, number: &str, extension: &str) -> Option<String> {
    if number.is_empty() {
        return None;
    }
    let mut phone = String::new();
    if !country.is_empty() {
        phone = format!("+{} ", country.trim_start_matches('+'));
    }
    if !area.is_empty() {
        phone.push_str(&format!("({area}) "));
    }
    phone.push_str(number);
    if !extension.is_empty() {
        phone.push_str(&format!(", доб. {extension}"));
    }
    Some(phone)
}

fn presentation_of_xml(input: &Input, fields: &str) -> String {
    let mut xml = Xml::new(input, fields);
    // A broken text of one contact is no reason to refuse the file: there is simply nothing to take from it.
    while let Ok(step) = xml.step() {
        let element = match step {
            Step::Open(element) => element,
            Step::End => break,
            Step::Text(_) | Step::Close => continue,
        };
        let attribute = |name: &str| element.attribute(name).map(|v| v.trim().to_owned()).unwrap_or_default();
        let (country, area) = (attribute("КодСтраны"), attribute("КодГорода"));
        let texts = [
            attribute("Представление"),
            phone_of_parts(&country, &area, &attribute("Номер"), &attribute("Добавочный")).unwrap_or_default(),
            attribute("Значение"),
        ];
        if let Some(text) = texts.into_iter().find(|text| !text.is_empty()) {
            return text;
        }
    }
    String::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_name_their_kind() {
        for (text, expected) in [
            ("cat.Контрагенты", Some("Справочник.Контрагенты")),
            ("Catalog_Контрагенты", Some("Справочник.Контрагенты")),
            ("StandardODATA.Catalog_Партнеры", Some("Справочник.Партнеры")),
            ("jcfg:CatalogObject.Организации", Some("Справочник.Организации")),
            ("СправочникСсылка.ФизическиеЛица", Some("Справочник.ФизическиеЛица")),
            ("Document_ЗаказКлиента", Some("Документ.ЗаказКлиента")),
            ("cat.", None),
            ("enm.Пол", None),
            ("", None),
        ] {
            assert_eq!(kind_of_type(text).as_deref(), expected, "{text}");
        }
        let context = "http://host/base/odata/standard.odata/$metadata#Catalog_Контрагенты/@Element";
        assert_eq!(kind_of_context(context).as_deref(), Some("Справочник.Контрагенты"));
    }

    #[test]
    fn contact_fields_in_all_three_forms() {
        let input = Input::from_bytes("a.json", "");
        for (fields, expected) in [
            (r#"{"value":"г. Тверь","type":"Адрес"}"#, "г. Тверь"),
            (r#"{"value":5"#, ""),
            (
                "<КонтактнаяИнформация Представление=\"г. Тверь, д. 1\"><Состав/></КонтактнаяИнформация>",
                "г. Тверь, д. 1",
            ),
            (
                "<К Представление=\"\"><Состав КодСтраны=\"7\" КодГорода=\"482\" Номер=\"000-01\" Добавочный=\"5\"/></К>",
                "+7 (482) 000-01, доб. 5",
            ),
            ("<К><Состав Значение=\"a@example.com\"/></К>", "a@example.com"),
            ("<К Пред", ""),
            (
                "Индекс=170000\nРегион=Тверская обл\nДом=1\nСтрана=РОССИЯ\nКодСтраны=643\nТипДома=дом",
                "170000, Тверская обл, 1, РОССИЯ",
            ),
            ("КодСтраны=7\nКодГорода=482\nНомерТелефона=00001\nДобавочный=", "+7 (482) 00001"),
            ("Представление=Тверь\nДом=1", "Тверь"),
            ("просто текст", "просто текст"),
        ] {
            assert_eq!(text_of_fields(&input, fields), expected, "{fields}");
        }
    }
}
