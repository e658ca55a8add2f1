//! Answers of the amoCRM (Kommo) REST API saved as JSON: `amocrm-rest`.
//!
//! Read, in one file or several values one after another: lists of API v4 (`_embedded.contacts`, `companies`, `leads`,
//! `elements`, `pipelines`) and v2 (`_embedded.items`, of which `_links.self` says what they are), single records, bare lists
//! of records, and the funnels in a description of the account. Buyers, users and the rest are counted and not read.
//!
//! | kind | rows |
//! |---|---|
//! | `amo.company` | companies |
//! | `amo.contact` | contacts; `company_id` is the company they belong to |
//! | `amo.lead` | deals: `price, status_id, pipeline_id, closed_at, loss_reason, company_id, contact_id, contact_ids` |
//! | `amo.lead.element` | goods and invoices of a deal: `lead_id, element_id, catalog_id, quantity` |
//! | `amo.pipeline`, `amo.status` | funnels and their stages (`pipeline_id, id, name`) |
//! | `amo.product`, `amo.invoice`, `amo.element` | elements of lists of goods, of invoices, of other lists |
//! | `amo.invoice.item` | rows of goods of an invoice: `invoice_id, sku, description, unit_price, quantity, …` |
//!
//! Headings are names of the API (`id, name, first_name, last_name, responsible_user_id, created_at, is_deleted`); `name`
//! of a contact is its full name and stands under `full_name`. A custom field stands under its code (`PHONE, EMAIL, WEB,
//! POSITION, ADDRESS`), else under its name, several values one a line; faxes stand in `FAX`. A field of the kind
//! «юрлицо» gives `legal_entity.name, legal_entity.address, vat_id, kpp, ogrn`, an address in parts one text in the order
//! in which addresses are written. A custom field that is called like a field of the API gets its number: `name (17)`.
//!
//! Moments are unix seconds in the API and become `YYYY-MM-DDTHH:MM:SSZ`. A date field is the midnight of the account's
//! time zone: the nearest day is its date, whatever the zone.
//!
//! Pages of v4 are numbered (`_page`, `_links.next`), those of v2 by their address, and there is no total. The first page of an export that has a next
//! one is a part; a folder of pages is whole when none is missing.
//!
//! Source: <https://www.amocrm.ru/developers/content/crm_platform> as of November 2026; answers in the tests of client
//! libraries for v2.

mod record;
mod sale;

use std::collections::BTreeMap;

use super::json::{Cuts, HEAD_BYTES, JsonFormat, Level, NextPiece, Node, Piece, Reader, Stop, head_keys};
use super::rows::Tables;
use super::{Extract, Format, IngestError, Input};
use crate::model::Place;

/// Lists of `_embedded` at the top of an answer, and what they hold; an empty word is read.
const LISTS: [(&str, &str); 19] = [
    ("companies", ""),
    ("contacts", ""),
    ("items", ""),
    ("leads", ""),
    ("customers", "покупателей"),
    ("transactions", "покупок"),
    ("catalogs", "списков"),
    ("elements", ""),
    ("pipelines", ""),
    ("statuses", "этапов"),
    ("users", "сотрудников"),
    ("groups", "групп"),
    ("tasks", "задач"),
    ("task_types", "видов задач"),
    ("notes", "примечаний"),
    ("events", "событий"),
    ("tags", "тегов"),
    ("unsorted", "неразобранных заявок"),
    ("custom_fields", "полей"),
];

/// First keys of an answer.
const ENVELOPE: [&str; 4] = ["_page", "_links", "_embedded", "_total_items"];

/// What the API answers instead of data: «problem details» of v4, `response.error` of v2.
const ERROR_KEYS: [&str; 4] = ["title", "type", "status", "detail"];

/// amoCRM REST answers.
pub struct AmocrmRest;

impl Format for AmocrmRest {
    fn id(&self) -> &'static str {
        "amocrm-rest"
    }

    fn title(&self) -> &'static str {
        "amoCRM: ответы REST (JSON)"
    }

    fn detect(&self, input: &Input) -> bool {
        let head = input.head_text(HEAD_BYTES);
        let Some(keys) = head_keys(&head) else { return false };
        let has = |name: &str| keys.iter().any(|(_, key)| key == name);
        let embedded = keys.iter().position(|(depth, key)| *depth <= 2 && key == "_embedded").is_some_and(|at| {
            let below = keys[at].0 + 1;
            keys[at..].iter().any(|(depth, key)| *depth == below && LISTS.iter().any(|(list, _)| list == key))
        });
        embedded && has("_links")
            || has("custom_fields_values")
            || has("custom_fields") && has("responsible_user_id")
            || ERROR_KEYS.iter().all(|key| has(key)) && (head.contains("httpstatus.es") || head.contains("amocrm"))
    }

    fn read(&self, input: &Input) -> Result<Extract, IngestError> {
        let mut extract = Extract::default();
        let text = input.text(&mut extract);
        let mut session = Session::new(input);
        session.values(input, &text, &Piece::default())?;
        session.finish(input, extract)
    }
}

impl JsonFormat for AmocrmRest {
    fn cuts(&self) -> Cuts {
        Cuts { record_keys: &["id"], answers: &ENVELOPE, lists: is_list_of_answer }
    }

    fn read_pieces(&self, next: NextPiece<'_>, input: &Input, extract: Extract) -> Result<Extract, IngestError> {
        let mut session = Session::new(input);
        while let Some(piece) = next()? {
            session.values(input, &piece.text, &piece)?;
        }
        session.finish(input, extract)
    }
}

/// Whether records that are read one by one stand in a list. What elements are, all of them tell together, and what the
/// `items` of v2 are, their address does, which may stand behind them.
fn is_list_of_answer(levels: &[Level<'_>]) -> bool {
    let [answer, list] = levels else { return false };
    ENVELOPE.contains(&answer.first)
        && answer.key == "_embedded"
        && match list.key {
            "elements" => false,
            "items" => answer.first == "_links",
            _ => true,
        }
}

struct Session {
    tables: Tables,
    failed: u64,
    /// HTTP status of the first error answer.
    code: String,
    /// Records that are not read, by what they are.
    counted: BTreeMap<&'static str, u64>,
    /// Some answer had a list of records, perhaps an empty one.
    answered: bool,
    /// The answer that was read last, which the next piece may go on with.
    last: Option<Around>,
    /// The text that is read goes on with an answer.
    goes_on: bool,
}

/// What stands beside the records of an answer.
#[derive(Default)]
struct Around {
    page: Option<u32>,
    /// Of an answer of v2, by its own address.
    page_of_address: Option<u32>,
    has_next: bool,
    /// It describes the account.
    account: bool,
    /// What the `items` of v2 are.
    items: Option<&'static str>,
    /// Table that the answer filled, when it has rows.
    filled: Option<usize>,
}

impl Session {
    fn new(input: &Input) -> Session {
        Session {
            tables: Tables::new(Place::file(&input.name)),
            failed: 0,
            code: String::new(),
            counted: BTreeMap::new(),
            answered: false,
            last: None,
            goes_on: false,
        }
    }

    /// Reads values one after another: a whole text, or a piece of one.
    fn values(&mut self, input: &Input, text: &str, piece: &Piece) -> Result<(), IngestError> {
        self.goes_on = piece.goes_on;
        let mut reader = Reader::new(text);
        while reader.peek().is_some() {
            self.top(&mut reader).map_err(|stop| stop.in_part(input, text, piece))?;
        }
        Ok(())
    }

    /// An answer, a record, or a list of either.
    fn top(&mut self, reader: &mut Reader<'_>) -> Result<(), Stop> {
        match reader.peek() {
            Some(b'[') => {
                let mut first = true;
                reader.open(b'[')?;
                while reader.more(&mut first, b']')? {
                    if reader.peek() == Some(b'{') {
                        self.object(reader)?;
                    } else {
                        let node = reader.node()?;
                        self.tables.quarantine("вместо записи стоит значение", node.outline());
                    }
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
        let mut first = true;
        ahead.open(b'{')?;
        if ahead.more(&mut first, b'}')? && ENVELOPE.contains(&&*ahead.key()?) {
            return self.answer(reader);
        }
        let node = reader.node()?;
        if node.get("id").is_none() {
            if self.error(&node) {
                return Ok(());
            }
            self.tables.quarantine("не запись и не ответ REST", node.outline());
            return Ok(());
        }
        let has = |name: &str| node.get(name).is_some();
        if has("subdomain") {
            // The account names its users and fields.
            *self.counted.entry("описание аккаунта").or_default() += 1;
        } else if has("status_id") || has("pipeline_id") || has("price") {
            self.record("amo.lead", &node)?;
        } else if has("catalog_id") {
            self.record(sale::kind_of_elements(&[&node]), &node)?;
        } else {
            let person = has("first_name") || has("last_name");
            self.record(if person { "amo.contact" } else { "amo.company" }, &node)?;
        }
        Ok(())
    }

    fn answer(&mut self, reader: &mut Reader<'_>) -> Result<(), Stop> {
        let whole = reader.clone();
        let mut around = if std::mem::take(&mut self.goes_on) {
            self.last.take().unwrap_or_default()
        } else {
            self.close_answer();
            Around::default()
        };
        let mut first = true;
        reader.open(b'{')?;
        while reader.more(&mut first, b'}')? {
            match &*reader.key()? {
                "_page" => around.page = reader.node()?.count().and_then(|n| u32::try_from(n).ok()),
                "_links" => {
                    let links = reader.node()?;
                    around.has_next = links.get("next").is_some();
                    around.page_of_address = address(&links).and_then(page_of);
                }
                "_embedded" if reader.peek() == Some(b'{') => self.embedded(reader, &whole, &mut around)?,
                "subdomain" => {
                    around.account = true;
                    reader.skip()?;
                }
                _ => reader.skip()?,
            }
        }
        self.last = Some(around);
        Ok(())
    }

    /// Takes into account what the last answer says of its records.
    fn close_answer(&mut self) {
        let Some(around) = self.last.take() else { return };
        if around.account {
            *self.counted.entry("описание аккаунта").or_default() += 1;
        }
        if let Some(at) = around.filled {
            let table = self.tables.table(at);
            match around.page.or(around.page_of_address) {
                Some(page) => table.pages.add(page, page.saturating_add(u32::from(around.has_next))),
                None => table.partial |= around.has_next,
            }
        }
    }

    fn embedded(&mut self, reader: &mut Reader<'_>, whole: &Reader<'_>, around: &mut Around) -> Result<(), Stop> {
        let mut first = true;
        reader.open(b'{')?;
        while reader.more(&mut first, b'}')? {
            let key = reader.key()?;
            let name = match (&*key, around.items) {
                ("items", Some(known)) => known,
                ("items", None) => {
                    let found = items_of(whole.clone())?;
                    around.items = Some(found);
                    found
                }
                (key, _) => key,
            };
            let is_list = reader.peek() == Some(b'[');
            match name {
                "contacts" | "companies" | "leads" if is_list => {
                    let kind = match name {
                        "contacts" => "amo.contact",
                        "companies" => "amo.company",
                        _ => "amo.lead",
                    };
                    self.list(reader, kind, around)?;
                    continue;
                }
                "elements" if is_list => {
                    let list = reader.node()?;
                    self.elements(&sale::members(Some(&list)), around)?;
                    continue;
                }
                // A map in the account of v2.
                "pipelines" => {
                    self.answered = true;
                    let list = reader.node()?;
                    for pipeline in sale::members(Some(&list)) {
                        around.filled = Some(sale::add_pipeline(&mut self.tables, pipeline)?);
                    }
                    continue;
                }
                _ => {}
            }
            let word = LISTS.iter().find(|(list, _)| *list == name).map_or("", |(_, word)| word);
            let word = if word.is_empty() { "прочих записей" } else { word };
            let count = match reader.node()? {
                Node::List(items) => items.len(),
                Node::Object(entries) => entries.len(),
                _ => 0,
            };
            *self.counted.entry(word).or_default() += count as u64;
        }
        Ok(())
    }

    fn list(&mut self, reader: &mut Reader<'_>, kind: &str, around: &mut Around) -> Result<(), Stop> {
        self.answered = true;
        let mut first = true;
        reader.open(b'[')?;
        while reader.more(&mut first, b']')? {
            let node = reader.node()?;
            if matches!(node, Node::Object(_)) {
                around.filled = Some(self.record(kind, &node)?);
            } else {
                self.tables.quarantine("вместо записи стоит значение", node.outline());
            }
        }
        Ok(())
    }

    /// Elements of one page: what those of a list are shows in any of them.
    fn elements(&mut self, elements: &[&Node<'_>], around: &mut Around) -> Result<(), IngestError> {
        self.answered = true;
        let list_of =
            |element: &Node<'_>| element.get("catalog_id").and_then(Node::text).unwrap_or_default().to_owned();
        let mut lists: BTreeMap<String, Vec<&Node<'_>>> = BTreeMap::new();
        for element in elements {
            lists.entry(list_of(element)).or_default().push(element);
        }
        let kinds: BTreeMap<String, &str> =
            lists.into_iter().map(|(list, elements)| (list, sale::kind_of_elements(&elements))).collect();
        for element in elements {
            if matches!(element, Node::Object(_)) {
                around.filled = Some(self.record(kinds[&list_of(element)], element)?);
            } else {
                self.tables.quarantine("вместо записи стоит значение", element.outline());
            }
        }
        Ok(())
    }

    fn record(&mut self, kind: &str, node: &Node<'_>) -> Result<usize, IngestError> {
        let at = self.tables.record(kind, |rows| match node {
            Node::Object(entries) => record::add_cells(rows, entries),
            _ => Ok(()),
        })?;
        match kind {
            "amo.lead" => sale::add_elements_of_lead(&mut self.tables, node)?,
            "amo.invoice" => sale::add_items_of_invoice(&mut self.tables, node)?,
            _ => {}
        }
        Ok(at)
    }

    /// Whether an object is an error answer; counts it.
    fn error(&mut self, node: &Node<'_>) -> bool {
        let old = node.get("response").and_then(|r| r.get("error_code").or_else(|| r.get("error")));
        let status = ERROR_KEYS.iter().all(|key| node.get(key).is_some()).then(|| node.get("status")).flatten();
        let Some(code) = status.or(old) else { return false };
        self.failed += 1;
        if self.code.is_empty()
            && let Some(number) = code.count()
        {
            self.code = number.to_string();
        }
        true
    }

    fn finish(mut self, input: &Input, mut extract: Extract) -> Result<Extract, IngestError> {
        self.close_answer();
        let counted: Vec<String> =
            self.counted.iter().filter(|(_, n)| **n > 0).map(|(what, n)| format!("{what} {n}")).collect();
        if self.tables.is_empty() {
            if self.failed > 0 {
                return Err(IngestError::ErrorAnswer {
                    file: input.path.clone(),
                    code: self.code,
                    next: "проверьте токен и права интеграции и повторите выгрузку",
                });
            }
            if !counted.is_empty() {
                let what = format!("amoCRM: {}", counted.join(", "));
                return Err(IngestError::NoEntity { file: input.path.clone(), what });
            }
            if !self.answered {
                return Err(IngestError::Unreadable {
                    file: input.path.clone(),
                    what: "в ответе amoCRM нет списка записей".to_owned(),
                    next: "сохраните ответы /api/v4/companies, /api/v4/contacts и /api/v4/leads со всеми страницами",
                });
            }
        }
        self.tables.finish(&mut extract);
        for table in &mut extract.tables {
            table.partial |= self.failed > 0 || !table.pages.are_whole();
        }
        extract.failed_answers = self.failed;
        if self.failed > 0 {
            extract.details.push(("ответов с ошибкой", self.failed.to_string()));
        }
        if !counted.is_empty() {
            extract.details.push(("не читается", counted.join(", ")));
        }
        Ok(extract)
    }
}

fn address<'n>(links: &'n Node<'_>) -> Option<&'n str> {
    links.get("self").and_then(|node| node.get("href")).and_then(Node::text)
}

/// Number of a page of v2, from 1, as its address says: `page=2`, or `limit_rows=500&limit_offset=500`.
fn page_of(address: &str) -> Option<u32> {
    let (_, query) = address.split_once('?')?;
    let number = |name: &str| {
        let value = query.split('&').find_map(|part| part.strip_prefix(name)?.strip_prefix('='));
        value.and_then(|value| value.parse::<u32>().ok())
    };
    let by_offset = || Some(number("limit_offset")?.checked_div(number("limit_rows")?)?.saturating_add(1));
    number("page").filter(|page| *page > 0).or_else(by_offset)
}

/// What the `items` of a v2 answer are, from the address in its `_links.self`, which may stand after them.
fn items_of(mut answer: Reader<'_>) -> Result<&'static str, Stop> {
    let mut first = true;
    answer.open(b'{')?;
    while answer.more(&mut first, b'}')? {
        if answer.key()? != "_links" {
            answer.skip()?;
            continue;
        }
        let links = answer.node()?;
        let href = address(&links).unwrap_or_default();
        let path = href.split('?').next().unwrap_or_default().trim_end_matches('/');
        let last = path.rsplit('/').next().unwrap_or_default();
        return Ok(LISTS.iter().find(|(list, _)| *list == last).map_or("items", |(list, _)| list));
    }
    Ok("items")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Extract, IngestError> {
        let input = Input::from_bytes("crm/a.json", text);
        assert!(AmocrmRest.detect(&input), "{text}");
        AmocrmRest.read(&input)
    }

    /// Kind, rows, partial, pages here, last page.
    fn shape(extract: &Extract) -> Vec<(&str, usize, bool, usize, u32)> {
        let of = |t: &'_ crate::model::RawTable| (t.len(), t.partial, t.pages.have.len(), t.pages.last);
        extract
            .tables
            .iter()
            .map(|t| {
                let (rows, partial, have, last) = of(t);
                (t.kind.as_str(), rows, partial, have, last)
            })
            .collect()
    }

    #[test]
    fn answers_of_both_versions_and_bare_records() {
        let page = |page: u32, next: bool| {
            let next = if next { r#""next":{"href":"x"},"# } else { "" };
            format!(
                r#"{{"_page":{page},"_links":{{{next}"self":{{"href":"/api/v4/companies?page={page}"}}}},"_embedded":{{"companies":[{{"id":{page},"name":"Ель"}}]}}}}"#
            )
        };
        let old = r#"{"_links":{"self":{"href":"/api/v2/contacts?limit_rows=500","method":"get"}},"_embedded":{"items":[{"id":5,"name":"Анна"}]}}"#;
        let late = r#"{"_embedded":{"items":[{"id":5,"name":"Ель"}]},"_links":{"self":{"href":"/api/v2/companies"}}}"#;
        let bare = r#"[{"id":1,"name":"Ель","custom_fields_values":null},{"id":2,"name":"А","first_name":"А","custom_fields_values":[]},{"id":3,"price":5,"status_id":142}]"#;
        for (text, expected) in [
            (page(1, false), vec![("amo.company", 1, false, 1, 1)]),
            (page(1, true), vec![("amo.company", 1, true, 1, 2)]),
            (page(2, false), vec![("amo.company", 1, true, 1, 2)]),
            (page(1, true) + "\n" + &page(2, false), vec![("amo.company", 2, false, 2, 2)]),
            (format!("[{},{}]", page(1, true), page(3, false)), vec![("amo.company", 2, true, 2, 3)]),
            (old.to_owned(), vec![("amo.contact", 1, false, 0, 0)]),
            (late.to_owned(), vec![("amo.company", 1, false, 0, 0)]),
            // Pages of v2 are known by their addresses: the first and the third of three, then both of two.
            (
                old.replace("limit_rows=500", "page=1&limit_rows=500") + &old.replace("limit_rows=500", "page=3"),
                vec![("amo.contact", 2, true, 2, 3)],
            ),
            (
                old.replace("limit_rows=500", "limit_rows=500&limit_offset=0")
                    .replace("\"method\":\"get\"}}", "\"method\":\"get\"},\"next\":{}}")
                    + &old.replace("limit_rows=500", "limit_rows=500&limit_offset=500"),
                vec![("amo.contact", 2, false, 2, 2)],
            ),
            (
                bare.to_owned(),
                vec![("amo.company", 1, false, 0, 0), ("amo.contact", 1, false, 0, 0), ("amo.lead", 1, false, 0, 0)],
            ),
            (r#"{"_page":1,"_links":{},"_embedded":{"contacts":[]}}"#.to_owned(), vec![]),
        ] {
            assert_eq!(shape(&read(&text).unwrap()), expected, "{text}");
        }
    }

    #[test]
    fn what_is_not_compared_or_no_data_is_named() {
        let error = r#"{"title":"Unauthorized","type":"https://httpstatus.es/401","status":401,"detail":"secret"}"#;
        for (text, expected) in [
            (
                r#"{"_page":1,"_links":{},"_embedded":{"tasks":[{"id":1},{"id":2}]}}"#.to_owned(),
                "amoCRM: задач 2; такие записи не сверяются",
            ),
            (
                r#"{"_links":{"self":{"href":"/api/v2/account"}},"id":0,"subdomain":"x","_embedded":{"users":{"1":{},"2":{}}}}"#
                    .to_owned(),
                "amoCRM: описание аккаунта 1, сотрудников 2;",
            ),
            (error.to_owned(), "ответ с ошибкой 401;"),
            (r#"{"_links":{},"_embedded":{"contacts":[{"id":1"#.to_owned(), "JSON обрывается"),
        ] {
            let message = read(&text).unwrap_err().to_string();
            assert!(message.contains(expected) && !message.contains("secret"), "{message}");
        }
        let beside =
            format!(r#"{{"_page":1,"_links":{{}},"_embedded":{{"contacts":[{{"id":1,"name":"А"}}]}}}}{error}"#);
        let extract = read(&beside).unwrap();
        assert_eq!((shape(&extract)[0], extract.failed_answers), (("amo.contact", 1, true, 1, 1), 1));
        let deep = format!(r#"{{"_links":{{}},"_embedded":{{"contacts":[{}"#, "[".repeat(50_000));
        assert!(read(&deep).unwrap_err().to_string().contains("вложенность"));
    }

    #[test]
    fn every_cut_is_an_error() {
        let text = r#"{"_page":1,"_links":{"self":{}},"_embedded":{"contacts":[{"id":1,"custom_fields_values":[{"field_code":"PHONE","values":[{"value":"5"}]}]}]}}"#;
        for end in 1..text.len() {
            assert!(AmocrmRest.read(&Input::from_bytes("a.json", &text[..end])).is_err(), "{end}");
        }
        assert_eq!(read(text).unwrap().tables[0].len(), 1);
    }

    #[test]
    fn other_files_are_not_claimed() {
        for text in [
            r#"{"result":[{"ID":"1","TITLE":"А"}],"total":1}"#,
            r#"{"_embedded":{"orders":[]},"_links":{}}"#,
            r#"{"title":"a","type":"b","status":1,"detail":"c"}"#,
            r#"[{"id":1,"name":"А"}]"#,
            "",
        ] {
            assert!(!AmocrmRest.detect(&Input::from_bytes("a.json", text)), "{text}");
        }
    }
}
