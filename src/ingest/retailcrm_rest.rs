//! Answers of the RetailCRM API v5 saved as JSON: `retailcrm-rest`.
//!
//! Read, in one file or several answers one after another: `customers`, `customersCorporate`, `companies` of a corporate
//! customer, orders, goods, stock, reference lists, and the single answers `customer`, `customerCorporate`, `order`.
//! Histories, tasks and the like are counted and not read.
//!
//! | kind | rows |
//! |---|---|
//! | `retail.customer` | customers who are people or sole traders |
//! | `retail.customer.legal` | customers whose `contragentType` is `legal-entity` (accounts without corporate customers) |
//! | `retail.corporate` | corporate customers |
//! | `retail.company` | legal entities of a corporate customer, `customer.id` is the customer; also those inside its answer |
//! | `retail.contact` | contact persons of a corporate customer: `customer.id` the person, `corporate.id` the customer |
//! | `retail.order` | orders: `number, externalId, createdAt, status, summ, totalSumm, customer.id, contact.id, company.id` |
//! | `retail.order.item` | positions: `order.id, price, quantity, offer.xmlId, …`; sold at several prices: a row for each |
//! | `retail.payment` | payments of an order: `order.id, type, status, amount, paidAt` |
//! | `retail.product`, `retail.offer` | goods, and the trade offers inside them or apart (`product.id`) |
//! | `retail.inventory` | stock of an offer (`id`), by `store` where the answer has stores |
//! | `retail.store`, `retail.unit`, `retail.status`, `retail.paymentType`, `retail.paymentStatus`, `retail.legalEntity`, … | reference lists |
//!
//! Headings are names of the API: `id, externalId, firstName, lastName, patronymic, nickName, email, createdAt, …`; members
//! of `contragent` stand without a prefix (`contragentType, legalName, legalAddress, INN, KPP, OGRN, OGRNIP, BIK,
//! bankAccount`); `phones` is one number a line; `address` is one text: index, region, city, street; a custom field stands
//! under its code, behind `customFields.` when the API has a field of that name. Empty maps come as `[]`.
//!
//! `declared_total` is `pagination.totalCount`, pages are numbered by `pagination.currentPage`. A single answer is a part.
//!
//! Source: <https://docs.retailcrm.ru/Developers/API/APIVersions/APIv5> as of November 2026; answers in the tests of the
//! vendor's client library.

mod sale;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::HashSet;

use super::json::{Cuts, HEAD_BYTES, JsonFormat, NextPiece, Node, Piece, Reader, Stop, head_keys};
use super::rows::{Rows, Tables};
use super::{Extract, Format, IngestError, Input};
use crate::model::{Place, RawTable};

/// Members of an answer that hold records, and what they are; an empty word is read.
const MEMBERS: [(&str, &str); 38] = [
    ("customers", ""),
    ("customer", ""),
    ("customersCorporate", ""),
    ("customerCorporate", ""),
    ("companies", ""),
    ("addresses", "адресов"),
    ("contacts", "связей"),
    ("notes", "примечаний"),
    ("orders", ""),
    ("order", ""),
    ("uploadedOrders", "загруженных заказов"),
    ("failedOrders", "незагруженных заказов"),
    ("packs", "упаковок"),
    ("history", "строк истории изменений"),
    ("products", ""),
    ("offers", ""),
    ("productGroup", "групп товаров"),
    ("segments", "сегментов"),
    ("tasks", "задач"),
    ("users", "сотрудников"),
    ("costs", "расходов"),
    ("customFields", "полей"),
    ("legalEntities", ""),
    ("sites", ""),
    ("stores", ""),
    ("units", ""),
    ("statuses", ""),
    ("statusGroups", "групп статусов"),
    ("productStatuses", ""),
    ("paymentTypes", ""),
    ("paymentStatuses", ""),
    ("priceTypes", ""),
    ("deliveryTypes", "видов доставки"),
    ("deliveryServices", "служб доставки"),
    ("orderTypes", "видов заказа"),
    ("orderMethods", "способов оформления"),
    ("couriers", "курьеров"),
    ("countries", "стран"),
];

/// First keys of an answer in a list of them.
const FIRST_KEYS: [&str; 2] = ["success", "pagination"];

/// Containers of a record that say nothing about the party, and sums.
const PASSED_OVER: [&str; 12] = [
    "averageSumm",
    "costSumm",
    "cumulativeDiscount",
    "customerSubscriptions",
    "marginSumm",
    "mgCustomers",
    "ordersCount",
    "personalDiscount",
    "segments",
    "tags",
    "totalSumm",
    "avgMarginSumm",
];

/// Columns of a record that a custom field must not touch.
const STANDARD: [&str; 45] = [
    "BIK",
    "INN",
    "KPP",
    "OGRN",
    "OGRNIP",
    "OKPO",
    "active",
    "address",
    "bank",
    "bankAccount",
    "birthday",
    "brand",
    "contragentType",
    "corrAccount",
    "createdAt",
    "currency",
    "customer.id",
    "email",
    "externalId",
    "firstName",
    "id",
    "isContact",
    "isMain",
    "lastName",
    "legalAddress",
    "legalName",
    "managerId",
    "name",
    "nickName",
    "number",
    "orderMethod",
    "orderType",
    "patronymic",
    "phone",
    "phones",
    "prepaySum",
    "purchaseSumm",
    "sex",
    "shipmentDate",
    "shipmentStore",
    "site",
    "status",
    "statusComment",
    "summ",
    "totalSumm",
];

/// RetailCRM API answers.
pub struct RetailcrmRest;

impl Format for RetailcrmRest {
    fn id(&self) -> &'static str {
        "retailcrm-rest"
    }

    fn title(&self) -> &'static str {
        "RetailCRM: ответы API v5 (JSON)"
    }

    fn detect(&self, input: &Input) -> bool {
        let head = input.head_text(HEAD_BYTES);
        let Some(keys) = head_keys(&head) else { return false };
        let outer = |name: &str| keys.iter().any(|(depth, key)| *depth <= 2 && key == name);
        outer("success") && (outer("errorMsg") || MEMBERS.iter().any(|(member, _)| outer(member)))
    }

    fn read(&self, input: &Input) -> Result<Extract, IngestError> {
        let mut extract = Extract::default();
        let text = input.text(&mut extract);
        let mut session = Session::new(input);
        session.values(input, &text, &Piece::default())?;
        session.finish(input, extract)
    }
}

impl JsonFormat for RetailcrmRest {
    /// Every member of an answer that is a list is one of records.
    fn cuts(&self) -> Cuts {
        Cuts { record_keys: &["id"], answers: &FIRST_KEYS, lists: |levels| levels.len() == 1 }
    }

    fn read_pieces(&self, next: NextPiece<'_>, input: &Input, extract: Extract) -> Result<Extract, IngestError> {
        let mut session = Session::new(input);
        while let Some(piece) = next()? {
            session.values(input, &piece.text, &piece)?;
        }
        session.finish(input, extract)
    }
}

struct Session {
    tables: Tables,
    failed: u64,
    /// Records that are not read, by what they are.
    counted: BTreeMap<&'static str, u64>,
    answered: bool,
    /// The answer that was read last, which the next piece may go on with.
    last: Option<Answer>,
    /// The text that is read goes on with an answer.
    goes_on: bool,
}

/// What stands beside the records of an answer.
#[derive(Default)]
struct Answer {
    /// Table that it filled.
    filled: Option<usize>,
    paging: Paging,
    /// It is a single record, or a part of a list.
    single: bool,
    /// It has a member that holds records.
    known: bool,
    refused: bool,
    explained: bool,
}

/// `pagination` of an answer.
#[derive(Default)]
struct Paging {
    total: Option<u64>,
    page: Option<u32>,
    last: Option<u32>,
}

impl Paging {
    fn of(node: &Node<'_>) -> Paging {
        let number = |name: &str| node.get(name).and_then(Node::count);
        let page = |name: &str| number(name).and_then(|n| u32::try_from(n).ok());
        Paging { total: number("totalCount"), page: page("currentPage"), last: page("totalPageCount") }
    }
}

impl Session {
    fn new(input: &Input) -> Session {
        Session {
            tables: Tables::new(Place::file(&input.name)),
            failed: 0,
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
            self.top(&mut reader, 0).map_err(|stop| stop.in_part(input, text, piece))?;
        }
        Ok(())
    }

    /// An answer, or a list of answers, as scripts save the pages of one request.
    fn top(&mut self, reader: &mut Reader<'_>, level: usize) -> Result<(), Stop> {
        match reader.peek() {
            Some(b'{') => self.answer(reader),
            Some(b'[') if level == 0 => {
                let mut first = true;
                reader.open(b'[')?;
                while reader.more(&mut first, b']')? {
                    self.top(reader, level + 1)?;
                }
                Ok(())
            }
            _ => {
                let node = reader.node()?;
                self.tables.quarantine("вместо ответа API стоит значение", node.outline());
                Ok(())
            }
        }
    }

    fn answer(&mut self, reader: &mut Reader<'_>) -> Result<(), Stop> {
        let mut answer = if std::mem::take(&mut self.goes_on) {
            self.last.take().unwrap_or_default()
        } else {
            self.close_answer();
            Answer::default()
        };
        let mut first = true;
        reader.open(b'{')?;
        while reader.more(&mut first, b'}')? {
            let key = reader.key()?;
            match &*key {
                // Old answers have it as text.
                "success" => {
                    let success = reader.node()?;
                    answer.refused = success == Node::Bool(false) || success.text() == Some("false");
                }
                "errorMsg" => {
                    answer.explained = true;
                    reader.skip()?;
                }
                "pagination" => answer.paging = Paging::of(&reader.node()?),
                "customers" | "customersCorporate" | "companies" if reader.peek() == Some(b'[') => {
                    answer.known = true;
                    let mut first = true;
                    reader.open(b'[')?;
                    while reader.more(&mut first, b']')? {
                        let node = reader.node()?;
                        if matches!(node, Node::Object(_)) {
                            answer.filled = Some(self.record(&key, &node)?);
                        } else {
                            self.tables.quarantine("вместо записи стоит значение", node.outline());
                        }
                    }
                }
                "customer" | "customerCorporate" if reader.peek() == Some(b'{') => {
                    (answer.known, answer.single) = (true, true);
                    let node = reader.node()?;
                    answer.filled = Some(self.record(&key, &node)?);
                }
                "orders" | "order" | "products" | "offers"
                    if reader.peek().is_some_and(|b| matches!(b, b'[' | b'{')) =>
                {
                    answer.known = true;
                    answer.single |= key == "order";
                    answer.filled = self.sales(&key, reader)?.or(answer.filled);
                }
                name if sale::reference(name).is_some() && reader.peek().is_some_and(|b| matches!(b, b'[' | b'{')) => {
                    answer.known = true;
                    let kind = sale::reference(name).unwrap_or_default();
                    let list = reader.node()?;
                    for element in members(Some(&list)) {
                        if matches!(element, Node::Object(_)) {
                            answer.filled = Some(sale::add_reference(&mut self.tables, kind, element)?);
                        } else {
                            self.tables.quarantine("вместо записи стоит значение", element.outline());
                        }
                    }
                }
                name => match MEMBERS.iter().find(|(member, word)| *member == name && !word.is_empty()) {
                    Some((_, word)) => {
                        // What a program sent to the system is no list of what is there.
                        answer.single |= matches!(name, "uploadedOrders" | "failedOrders");
                        let count = match reader.node()? {
                            Node::List(items) => items.len(),
                            Node::Object(entries) => entries.len(),
                            _ => 0,
                        };
                        *self.counted.entry(word).or_default() += count as u64;
                    }
                    None => reader.skip()?,
                },
            }
        }
        self.last = Some(answer);
        Ok(())
    }

    /// Takes into account what the last answer says of its records.
    fn close_answer(&mut self) {
        let Some(answer) = self.last.take() else { return };
        self.answered |= answer.known;
        self.failed += u64::from((answer.refused || answer.explained) && !answer.known);
        if let Some(at) = answer.filled {
            let Paging { total, page, last } = answer.paging;
            let table = self.tables.table(at);
            table.declared_total = table.declared_total.max(total);
            table.partial |= answer.single;
            if let Some(page) = page {
                table.pages.add(page, last.unwrap_or(page));
            }
        }
    }

    /// Orders or goods: a list, or one order.
    fn sales(&mut self, member: &str, reader: &mut Reader<'_>) -> Result<Option<usize>, Stop> {
        if reader.peek() == Some(b'{') {
            let node = reader.node()?;
            return Ok(if member == "order" { Some(sale::add_order(&mut self.tables, &node)?) } else { None });
        }
        let (mut filled, mut first) = (None, true);
        reader.open(b'[')?;
        while reader.more(&mut first, b']')? {
            let node = reader.node()?;
            if !matches!(node, Node::Object(_)) {
                self.tables.quarantine("вместо записи стоит значение", node.outline());
                continue;
            }
            filled = Some(match member {
                "products" => sale::add_product(&mut self.tables, &node)?,
                "offers" => sale::add_offer(&mut self.tables, &node)?,
                _ => sale::add_order(&mut self.tables, &node)?,
            });
        }
        Ok(filled)
    }

    fn record(&mut self, member: &str, node: &Node<'_>) -> Result<usize, IngestError> {
        let legal =
            node.get("contragent").and_then(|c| c.get("contragentType")).and_then(Node::text) == Some("legal-entity");
        let kind = match member {
            "companies" => "retail.company",
            "customersCorporate" | "customerCorporate" => "retail.corporate",
            _ if legal => "retail.customer.legal",
            _ => "retail.customer",
        };
        let at = self.tables.record(kind, |rows| add_cells(rows, node))?;
        if kind == "retail.corporate" {
            self.parts(node)?;
        }
        Ok(at)
    }

    /// Legal entities and contact persons that stand inside a corporate customer.
    fn parts(&mut self, node: &Node<'_>) -> Result<(), IngestError> {
        let Some(owner) = node.get("id").and_then(Node::text) else { return Ok(()) };
        for company in members(node.get("companies")) {
            // A reference names the company only.
            if company.get("contragent").is_some() {
                self.tables.part("retail.company", |rows| {
                    rows.cell("customer.id", owner)?;
                    add_cells(rows, company)
                })?;
            }
        }
        let contacts = members(node.get("customerContacts")).into_iter().chain(node.get("mainCustomerContact"));
        let mut seen: Vec<&str> = Vec::new();
        for person in contacts.filter_map(|c| c.get("customer")).filter_map(|c| c.get("id")).filter_map(Node::text) {
            if !seen.contains(&person) {
                seen.push(person);
                self.tables.part("retail.contact", |rows| {
                    rows.cell("customer.id", person)?;
                    rows.cell("corporate.id", owner)
                })?;
            }
        }
        Ok(())
    }

    fn finish(mut self, input: &Input, mut extract: Extract) -> Result<Extract, IngestError> {
        self.close_answer();
        let counted: Vec<String> =
            self.counted.iter().filter(|(_, n)| **n > 0).map(|(what, n)| format!("{what} {n}")).collect();
        if self.tables.is_empty() {
            if self.failed > 0 {
                return Err(IngestError::ErrorAnswer {
                    file: input.path.clone(),
                    code: String::new(),
                    next: "проверьте ключ API и его права и повторите выгрузку",
                });
            }
            if !counted.is_empty() {
                let what = format!("RetailCRM: {}", counted.join(", "));
                return Err(IngestError::NoEntity { file: input.path.clone(), what });
            }
            if !self.answered {
                return Err(IngestError::Unreadable {
                    file: input.path.clone(),
                    what: "в ответе RetailCRM нет списка записей".to_owned(),
                    next: "сохраните ответы /api/v5/customers, customers-corporate и orders со всеми страницами",
                });
            }
        }
        self.tables.finish(&mut extract);
        // Firms and people are one list of customers, which has one total.
        let customers = |kind: &str| kind.starts_with("retail.customer");
        let all: usize = extract.tables.iter().filter(|t| customers(&t.kind)).map(RawTable::len).sum();
        for table in &mut extract.tables {
            let rows = match table.kind.as_str() {
                kind if customers(kind) => all,
                // The pages count offers, and an offer lies in several stores.
                "retail.inventory" => distinct(table, "id"),
                _ => table.len(),
            };
            let short = table.declared_total.is_some_and(|total| (rows as u64) < total);
            table.partial |= self.failed > 0 || short || !table.pages.are_whole();
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

/// Different texts of a column.
fn distinct(table: &RawTable, heading: &str) -> usize {
    table.column(heading).map_or(0, |at| table.columns[at].cells.iter().collect::<HashSet<_>>().len())
}

/// Items of a list, or values of the map that stands for it.
fn members<'n, 'a>(node: Option<&'n Node<'a>>) -> Vec<&'n Node<'a>> {
    match node {
        Some(Node::List(items)) => items.iter().collect(),
        Some(Node::Object(entries)) => entries.iter().map(|(_, value)| value).collect(),
        _ => Vec::new(),
    }
}

fn scalar<'n>(value: &'n Node<'_>) -> &'n str {
    match value {
        Node::Bool(true) => "true",
        Node::Bool(false) => "false",
        value => value.text().unwrap_or_default(),
    }
}

fn add_cells(rows: &mut Rows, node: &Node<'_>) -> Result<(), IngestError> {
    let Node::Object(entries) = node else { return Ok(()) };
    for (key, value) in entries {
        match (&**key, value) {
            (name, _) if PASSED_OVER.contains(&name) => {}
            ("contragent", value) => contragent(rows, value)?,
            ("phones", Node::List(phones)) => {
                rows.cell("phones", "")?;
                for number in phones.iter().filter_map(|p| p.get("number")) {
                    rows.cell("phones", scalar(number).trim())?;
                }
            }
            ("address", value) => add_address(rows, "address", Some(value))?,
            ("customer", Node::Object(_)) => {
                rows.cell("customer.id", value.get("id").map(scalar).unwrap_or_default())?
            }
            ("customFields", Node::Object(fields)) => custom_fields(rows, fields)?,
            (name, value) if !value.is_container() => rows.cell(name, scalar(value).trim())?,
            _ => {}
        }
    }
    Ok(())
}

/// Members of a `contragent`, without a prefix.
fn contragent(rows: &mut Rows, contragent: &Node<'_>) -> Result<(), IngestError> {
    let Node::Object(members) = contragent else { return Ok(()) };
    let mut scalars = members.iter().filter(|(_, value)| !value.is_container());
    scalars.try_for_each(|(name, value)| rows.cell(name, scalar(value).trim()))
}

fn add_address(rows: &mut Rows, heading: &str, address: Option<&Node<'_>>) -> Result<(), IngestError> {
    match address {
        Some(address @ Node::Object(_)) => rows.cell(heading, &address_text(address)),
        _ => Ok(()),
    }
}

fn custom_fields(rows: &mut Rows, fields: &[(Cow<'_, str>, Node<'_>)]) -> Result<(), IngestError> {
    for (code, value) in fields {
        let taken = STANDARD.iter().any(|name| name.eq_ignore_ascii_case(code));
        let heading = if taken { Cow::Owned(format!("customFields.{code}")) } else { Cow::Borrowed(&**code) };
        match value {
            Node::List(items) => {
                for item in items.iter().filter(|item| !item.is_container()) {
                    rows.cell(&heading, scalar(item))?;
                }
            }
            Node::Object(_) => {}
            value => rows.cell(&heading, scalar(value).trim())?,
        }
    }
    Ok(())
}

/// Index, region, city and the rest as one text; `text` holds what stands behind the city.
fn address_text(address: &Node<'_>) -> String {
    let member = |name: &str| address.get(name).map(|value| scalar(value).trim()).filter(|text| !text.is_empty());
    let mut parts: Vec<&str> = ["index", "region", "city"].iter().filter_map(|name| member(name)).collect();
    match member("text") {
        Some(text) => parts.push(text),
        None => parts.extend(["street", "building", "house", "flat"].iter().filter_map(|name| member(name))),
    }
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Extract, IngestError> {
        let input = Input::from_bytes("crm/a.json", text);
        assert!(RetailcrmRest.detect(&input), "{text}");
        RetailcrmRest.read(&input)
    }

    fn shape(extract: &Extract) -> Vec<(&str, usize, bool, Option<u64>)> {
        extract.tables.iter().map(|t| (t.kind.as_str(), t.len(), t.partial, t.declared_total)).collect()
    }

    fn cell<'t>(table: &'t RawTable, heading: &str, row: usize) -> &'t str {
        table.get(table.column(heading).unwrap_or_else(|| panic!("no {heading}")), row)
    }

    fn paging(page: u32, pages: u32, total: u32) -> String {
        format!(r#""pagination":{{"limit":1,"totalCount":{total},"currentPage":{page},"totalPageCount":{pages}}}"#)
    }

    #[test]
    fn answers_and_their_pages() {
        let list = |page, pages, id: u32| {
            format!(r#"{{"success":true,{},"customers":[{{"id":{id},"firstName":"А"}}]}}"#, paging(page, pages, pages))
        };
        for (text, expected) in [
            (list(1, 1, 1), vec![("retail.customer", 1, false, Some(1))]),
            (list(1, 2, 1), vec![("retail.customer", 1, true, Some(2))]),
            (list(1, 2, 1) + &list(2, 2, 2), vec![("retail.customer", 2, false, Some(2))]),
            // A page twice and another not at all.
            (format!("[{},{}]", list(1, 2, 1), list(1, 2, 1)), vec![("retail.customer", 2, true, Some(2))]),
            (r#"{"success":"true","customer":{"id":1,"firstName":"А"}}"#.to_owned(), vec![("retail.customer", 1, true, None)]),
            (
                r#"{"success":true,"customers":[{"id":1,"contragent":{"contragentType":"legal-entity","INN":"7700990010"}},{"id":2,"contragent":{"contragentType":"enterpreneur"}}]}"#.to_owned(),
                vec![("retail.customer.legal", 1, false, None), ("retail.customer", 1, false, None)],
            ),
            (format!(r#"{{"success":true,{},"customers":[]}}"#, paging(1, 1, 0)), vec![]),
        ] {
            assert_eq!(shape(&read(&text).unwrap()), expected, "{text}");
        }
    }

    #[test]
    fn cells_of_customers_and_their_parts() {
        let text = r#"{"success":true,"customersCorporate":[{"id":50,"externalId":"g1","nickName":"Ель",
            "mainCompany":{"id":7,"name":"ООО Ель"},"customFields":[],"tags":[],"totalSumm":5,
            "companies":{"7":{"id":7,"isMain":true,"name":"ООО Ель","contragent":{"contragentType":"legal-entity",
              "legalName":"ООО «Ель»","INN":"7700990010","KPP":"770001001","bankAccount":"40702810000000000001","BIK":"044500001"}},"8":{"id":8}},
            "mainCustomerContact":{"id":1,"customer":{"id":51}},"customerContacts":[{"customer":{"id":51}},{"customer":{"id":52}}]}]}
            {"success":true,"customers":[{"id":51,"firstName":"Анна","phones":[{"number":"79000000001"},{"number":"+79000000002"}],
            "address":{"index":170000,"region":"Тверская область","city":"Тверь","text":"ул. Лесная, д. 1"},
            "customFields":{"inn":"1","vip_level":["a","b"],"flag":true},"contragent":{"contragentType":"individual"}},
            {"id":52,"address":{"city":"Тула","street":"Новая","building":"2"},"customFields":[]}]}"#;
        let extract = read(text).unwrap();
        let kinds: Vec<&str> = extract.tables.iter().map(|t| t.kind.as_str()).collect();
        assert_eq!(kinds, ["retail.corporate", "retail.company", "retail.contact", "retail.customer"]);
        for (table, heading, row, expected) in [
            (0, "nickName", 0, "Ель"),
            (0, "externalId", 0, "g1"),
            (1, "customer.id", 0, "50"),
            (1, "INN", 0, "7700990010"),
            (1, "legalName", 0, "ООО «Ель»"),
            (1, "bankAccount", 0, "40702810000000000001"),
            (1, "isMain", 0, "true"),
            (2, "customer.id", 1, "52"),
            (2, "corporate.id", 1, "50"),
            (3, "phones", 0, "79000000001\n+79000000002"),
            (3, "address", 0, "170000, Тверская область, Тверь, ул. Лесная, д. 1"),
            (3, "address", 1, "Тула, Новая, 2"),
            (3, "customFields.inn", 0, "1"),
            (3, "vip_level", 0, "a\nb"),
            (3, "flag", 0, "true"),
        ] {
            assert_eq!(cell(&extract.tables[table], heading, row), expected, "{heading} {row}");
        }
        assert_eq!((extract.tables[1].len(), extract.tables[2].len()), (1, 2));
        assert!(extract.tables[0].column("totalSumm").is_none());
    }

    #[test]
    fn what_is_not_compared_or_no_data_is_named() {
        for (text, expected) in [
            (r#"{"success":true,"tasks":[{"id":1},{"id":2}]}"#, "RetailCRM: задач 2; такие записи не сверяются"),
            (r#"{"success":true,"statusGroups":{"new":{},"done":{}}}"#, "групп статусов 2;"),
            (r#"{"success":true,"history":[{"id":1,"customer":{"id":2}}]}"#, "строк истории изменений 1;"),
            (r#"{"success":false,"errorMsg":"secret"}"#, "вместо данных сохранён ответ с ошибкой;"),
            (r#"{"success":true,"customers":[{"id":1"#, "JSON обрывается"),
        ] {
            let message = read(text).unwrap_err().to_string();
            assert!(message.contains(expected) && !message.contains("secret"), "{text}: {message}");
        }
        let beside = r#"{"success":true,"customers":[{"id":1}]}{"success":false,"errorMsg":"x"}"#;
        let extract = read(beside).unwrap();
        assert_eq!((shape(&extract)[0].2, extract.failed_answers), (true, 1));
        let deep = format!(r#"{{"success":true,"customers":[{}"#, "[".repeat(50_000));
        assert!(read(&deep).unwrap_err().to_string().contains("вложенность"));
        let nested = "[".repeat(200_000);
        assert!(RetailcrmRest.read(&Input::from_bytes("a.json", nested)).is_err());
    }

    #[test]
    fn every_cut_is_an_error() {
        let text = r#"{"success":true,"pagination":{"totalCount":1},"customers":[{"id":1,"phones":[{"number":"5"}]}]}"#;
        for end in 1..text.len() {
            assert!(RetailcrmRest.read(&Input::from_bytes("a.json", &text[..end])).is_err(), "{end}");
        }
        assert_eq!(read(text).unwrap().tables[0].len(), 1);
    }

    #[test]
    fn other_files_are_not_claimed() {
        for text in [
            r#"{"success":true,"data":[{"id":1}]}"#,
            r#"{"customers":[{"id":1}]}"#,
            r#"[{"id":1,"success":true}]"#,
            "success;customers",
        ] {
            assert!(!RetailcrmRest.detect(&Input::from_bytes("a.json", text)), "{text}");
        }
    }
}
