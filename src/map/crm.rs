//! What CRMs name by number or code: stages, funnels, units, owners of rows. Numbers become the names that people see, and
//! references say what they refer to.

use std::collections::{HashMap, HashSet};

use foldhash::fast::RandomState;

use super::role::{Role, is_property};
use super::{SourceInput, aliases, onec};
use crate::model::{Decimal, Entity, Field, RawColumn, RawTable, TextColumn};

/// Kinds whose rows only explain those of others.
const DICTIONARIES: [&str; 17] = [
    "amo.field",
    "user",
    "amo.user",
    "retail.user",
    USERS_OF_1C,
    "crm.fields",
    "crm.userfield",
    "retail.field",
    "crm.status",
    "crm.category",
    "crm.measure",
    "catalog.measure",
    "amo.pipeline",
    "amo.status",
    "retail.status",
    "retail.paymentStatus",
    "retail.paymentType",
];

const USERS_OF_1C: &str = "Справочник.Пользователи";

/// Whether a table of this kind is read for the names in it, although no row of it becomes a record.
pub(crate) fn is_dictionary(kind: &str) -> bool {
    DICTIONARIES.contains(&kind)
}

/// Columns that are called like a field and hold something else.
///
/// | kind | heading | holds |
/// |---|---|---|
/// | goods of Bitrix24 | `VAT_ID`, `MEASURE` | numbers of a rate and of a unit in the portal |
/// | rows of Bitrix24 | `XML_ID` | the position of a basket (`sale_basket_651`) |
/// | stock of RetailCRM | `id`, `externalId`, `xmlId` | the offer, of which there is a row for each store |
/// | positions of RetailCRM | `externalIds.*`, `status` | numbers of market places |
const MISLEADING: [(&str, &[&str]); 6] = [
    ("crm.product", &["VAT_ID", "MEASURE"]),
    ("catalog.product", &["VAT_ID", "MEASURE", "TYPE"]),
    ("crm.deal.productrow", &["XML_ID"]),
    ("crm.invoice.productrow", &["XML_ID"]),
    ("retail.inventory", &["id", "externalId", "xmlId"]),
    ("amo.invoice", &["price"]),
];

/// Whether a column of a table of this kind serves no field, whatever its heading says.
pub(super) fn misleads(kind: &str, heading: &str) -> bool {
    MISLEADING.iter().any(|(of, headings)| *of == kind && headings.contains(&heading))
}

/// Something said once, or in two ways: the latter names nothing.
pub(crate) type Once = HashMap<String, Option<String>, RandomState>;

/// What the tables of a side say of the codes in its other tables.
#[derive(Default)]
pub(super) struct Dictionary {
    /// `scope/code` → the name of a stage or status.
    stages: Once,
    /// `scope/code` → the name of a funnel.
    funnels: Once,
    /// Number of a unit in a portal → its symbol.
    units: Once,
    /// Element of a list of amoCRM → the deal it is linked to.
    deals: Once,
    /// Elements of lists of amoCRM that are goods.
    goods: HashSet<String, RandomState>,
    /// Number or GUID of a user → the name.
    users: Once,
    /// Name of an own field (`UF_CRM_1594289616952`) → its title.
    pub(super) titles: Titles,
    /// `externalId` of an offer of RetailCRM → its `id`.
    offers: Once,
    /// What payments of 1C are made of.
    parts: onec::Parts,
}

/// Name of an own field of a CRM → its title; `None` when it has two: fields of companies and of deals may be called alike.
pub type Titles = Once;

impl Dictionary {
    pub(super) fn of(inputs: &[SourceInput]) -> Dictionary {
        let mut dictionary = Dictionary::default();
        for table in inputs.iter().flat_map(|input| &input.files).flat_map(|(_, _, extract)| &extract.tables) {
            dictionary.add(table);
        }
        name_apart(&mut dictionary.users);
        dictionary
    }

    /// Users by number or GUID, sorted; one with two names is not among them.
    pub(super) fn users(&self) -> Vec<(String, String)> {
        let named = self.users.iter().filter_map(|(code, name)| Some((code.clone(), name.clone()?)));
        let mut users: Vec<(String, String)> = named.collect();
        users.sort_unstable();
        users
    }

    /// Names in place of the numbers and GUIDs of responsible persons.
    pub(super) fn name_users(&self, table: &mut RawTable, role: Role, configured: &[(Field, Vec<String>)]) {
        if self.users.is_empty() || !matches!(role, Role::Main(_)) {
            return;
        }
        for at in super::Columns::of(table, role, configured, &self.titles).of_field(Field::Responsible).to_owned() {
            let mut cells = TextColumn::new();
            for code in table.columns[at].cells.iter() {
                cells.push(self.users.get(&code.trim().to_lowercase()).and_then(Option::as_deref).unwrap_or(code));
            }
            table.columns[at].cells = cells;
        }
    }

    fn add(&mut self, table: &RawTable) {
        for (code, name) in stage_names(table) {
            say(&mut self.stages, code, &name);
        }
        self.parts.add(table);
        for (code, name) in user_names(table) {
            say(&mut self.users, code, &name);
        }
        for (field, title) in field_titles(table) {
            say(&mut self.titles, field, &title);
        }
        let rows = Rows::of(table);
        for row in 0..table.len() {
            let get = |heading| rows.get(heading, row);
            match table.kind.as_str() {
                // `entityTypeId` of deals; old portals have funnels of deals only.
                "crm.category" if matches!(get("ENTITY_TYPE_ID"), "" | "2") => {
                    say(&mut self.funnels, format!("crm.deal/{}", get("ID")), get("NAME"));
                }
                "crm.measure" | "catalog.measure" => {
                    let symbol = [get("SYMBOL"), get("SYMBOL_RUS"), get("MEASURE_TITLE")];
                    let symbol = symbol.into_iter().find(|text| !text.is_empty()).unwrap_or_default();
                    say(&mut self.units, get("ID").to_owned(), symbol);
                }
                "amo.pipeline" => say(&mut self.funnels, format!("amo.lead/{}", get("id")), get("name")),
                "amo.product" => {
                    self.goods.insert(get("id").to_owned());
                }
                "amo.lead.element" => say(&mut self.deals, get("element_id").to_owned(), get("lead_id")),
                "retail.offer" if !get("externalId").is_empty() => {
                    say(&mut self.offers, get("externalId").to_owned(), get("id"));
                }
                _ => {}
            }
        }
    }

    /// Divides the rows that link deals of amoCRM with elements: those with goods are rows of a deal
    /// (`amo.lead.product`), the others say to which deal an invoice belongs.
    pub(super) fn divide(&self, tables: &mut Vec<RawTable>) {
        for at in 0..tables.len() {
            if tables[at].kind != "amo.lead.element" || self.goods.is_empty() {
                continue;
            }
            let table = &tables[at];
            let rows = Rows::of(table);
            let (goods, others): (Vec<usize>, Vec<usize>) =
                (0..table.len()).partition(|&row| self.goods.contains(rows.get("element_id", row)));
            let (goods, others) = (select(table, "amo.lead.product", &goods), select(table, &table.kind, &others));
            tables[at] = others;
            tables.push(goods);
        }
    }

    /// Adds names beside numbers and codes, and says in references of what entity they are.
    pub(super) fn prepare(&self, table: &mut RawTable, role: Role) {
        let Role::Main(entity) = role else { return };
        let kind = table.kind.clone();
        self.parts.tell(table);
        match kind.as_str() {
            "crm.deal" | "amo.lead" if is_property(entity) => self.status_of_property(table, entity),
            "crm.deal" => {
                self.stage(table);
                self.funnel(table, "crm.deal", "CATEGORY_ID");
            }
            "crm.invoice" => {
                self.stage(table);
                constant(table, KIND, INVOICE);
                derive(table, DEAL, |get| refer(Entity::Deal, get("PARENT_ID_2")));
            }
            "crm.oldinvoice" => {
                self.stage(table);
                constant(table, KIND, INVOICE);
                derive(table, "сумма", |get| get("PRICE"));
                derive(table, DEAL, |get| refer(Entity::Deal, get("UF_DEAL_ID")));
                // As fields of the portal that refer to records write it: smart invoices have the same numbers.
                rewrite(table, "ID", |id| format!("I_{id}"));
            }
            "crm.deal.productrow" => {
                row_sums(table);
                rewrite(table, "OWNER_ID", |id| refer(Entity::Deal, id.to_owned()));
            }
            "crm.invoice.productrow" => {
                row_sums(table);
                rewrite(table, "OWNER_ID", |id| refer(Entity::Document, id.to_owned()));
            }
            "crm.oldinvoice.productrow" => {
                rewrite(table, "OWNER_ID", |id| refer(Entity::Document, format!("I_{id}")));
                rewrite(table, "ID", |id| format!("I_{id}"));
            }
            "crm.product" | "catalog.product" => {
                derive(table, "единица", |get| {
                    self.units.get(&get("MEASURE")).cloned().flatten().unwrap_or_default()
                });
                derive(table, KIND, |get| kind_of_product(&get("TYPE")).to_owned());
            }
            "crm.payment" => {
                derive(table, DEAL, |get| owner_of_command(&get("@command")));
                derive(table, "проведен", |get| get("PAID"));
            }
            "amo.lead" => {
                self.stage(table);
                self.funnel(table, &kind, "pipeline_id");
                derive(table, "дата", |get| get("created_at"));
            }
            "amo.lead.product" => {
                rewrite(table, "lead_id", |id| refer(Entity::Deal, id.to_owned()));
                number_lines(table, "lead_id");
            }
            "amo.invoice" => {
                constant(table, KIND, INVOICE);
                derive(table, "номер", |get| get("name"));
                derive(table, "дата", |get| get("created_at"));
                derive(table, DEAL, |get| {
                    refer(Entity::Deal, self.deals.get(&get("id")).cloned().flatten().unwrap_or_default())
                });
            }
            "amo.invoice.item" => {
                rewrite(table, "invoice_id", |id| refer(Entity::Document, id.to_owned()));
                number_lines(table, "invoice_id");
            }
            "retail.order" => {
                self.stage(table);
                derive(table, "дата", |get| get("createdAt"));
            }
            "retail.order.item" => rewrite(table, "order.id", |id| refer(Entity::Deal, id.to_owned())),
            "retail.payment" => {
                self.stage(table);
                rewrite(table, "order.id", |id| refer(Entity::Deal, id.to_owned()));
            }
            // The shop gave the catalogue to RetailCRM, which keeps the id of an offer as an external one.
            "icml.offer" => {
                rewrite(table, "id", |id| self.offers.get(id).cloned().flatten().unwrap_or_else(|| id.to_owned()));
            }
            "retail.inventory" => {
                derive(table, "offer.id", |get| get("id"));
                derive(table, "offer.externalId", |get| get("externalId"));
            }
            _ => {}
        }
        if entity == Entity::Deal {
            // The list of amoCRM has a word where a deal has no date.
            rewrite(table, "Дата закрытия", |text| {
                if text.eq_ignore_ascii_case("не закрыта") { String::new() } else { text.to_owned() }
            });
        }
        if entity == Entity::Line && table.column("OWNER_ID").is_some() && table.column("ID").is_none() {
            number_lines(table, "OWNER_ID");
        }
    }

    /// The name of a stage, empty where nothing tells it: the code beside it stays.
    fn stage(&self, table: &mut RawTable) {
        let codes = stage_codes(table);
        let mut cells = TextColumn::new();
        for code in &codes {
            cells.push(self.stages.get(code).and_then(Option::as_deref).unwrap_or_default());
        }
        if cells.filled() > 0 {
            table.columns.push(RawColumn { heading: "стадия".to_owned(), cells });
        }
    }

    /// The stage of a deal says where a unit or a contract stands only when no field of its own does; when a deal was
    /// made is no date of a contract.
    fn status_of_property(&self, table: &mut RawTable, entity: Entity) {
        let own = |heading: &str| {
            !matches!(heading, "STAGE_ID" | "status_id")
                && aliases::field_of(heading, entity).is_some_and(|(field, _)| field == Field::Stage)
        };
        if !table.columns.iter().any(|column| own(&column.heading)) {
            self.stage(table);
            return;
        }
        for column in table.columns.iter_mut().filter(|c| matches!(&*c.heading, "STAGE_ID" | "status_id")) {
            column.heading = format!("{} (сделка)", column.heading);
        }
    }

    fn funnel(&self, table: &mut RawTable, scope: &str, heading: &str) {
        derive(table, "воронка", |get| {
            self.funnels.get(&format!("{scope}/{}", get(heading))).cloned().flatten().unwrap_or_default()
        });
    }
}

/// What a dictionary says of stages and statuses: `kind/code` and the name that people see.
pub(crate) fn stage_names(table: &RawTable) -> Vec<(String, String)> {
    let rows = Rows::of(table);
    let said = |row: usize| {
        let get = |heading| rows.get(heading, row);
        Some(match table.kind.as_str() {
            "crm.status" => (format!("{}/{}", scope_of_status(get("ENTITY_ID"))?, get("STATUS_ID")), get("NAME")),
            "amo.status" => (format!("amo.lead/{}/{}", get("pipeline_id"), get("id")), get("name")),
            "retail.status" => (format!("retail.order/{}", get("code")), get("name")),
            "retail.paymentStatus" => (format!("retail.payment/{}", get("code")), get("name")),
            _ => return None,
        })
    };
    (0..table.len()).filter_map(said).map(|(code, name)| (code, name.to_owned())).collect()
}

/// What a dictionary says of users: number or GUID, in lower case, and the name, surname first as in the exports of CRMs.
pub(crate) fn user_names(table: &RawTable) -> Vec<(String, String)> {
    let (code, parts): (&[&str], &[&str]) = match table.kind.as_str() {
        "user" => (&["ID"], &["LAST_NAME", "NAME"]),
        "amo.user" => (&["id"], &["last_name", "name"]),
        "retail.user" => (&["id"], &["lastName", "firstName"]),
        USERS_OF_1C => (&["Ref_Key", "Ссылка"], &["Description", "Наименование"]),
        _ => return Vec::new(),
    };
    let rows = Rows::of(table);
    let said = |row: usize| {
        let code = code.iter().map(|heading| rows.get(heading, row)).find(|code| !code.is_empty())?;
        let name: Vec<&str> = parts.iter().map(|part| rows.get(part, row)).filter(|part| !part.is_empty()).collect();
        (!name.is_empty()).then(|| (code.to_lowercase(), name.join(" ")))
    };
    (0..table.len()).filter_map(said).collect()
}

/// Two users of one name keep their numbers beside it: work of one is not shown as the other's. A GUID tells people nothing.
fn name_apart(users: &mut Once) {
    let mut bearers: HashMap<String, u32, RandomState> = HashMap::default();
    for name in users.values().flatten() {
        *bearers.entry(name.to_lowercase()).or_default() += 1;
    }
    for (code, name) in users.iter_mut().filter(|(code, _)| code.bytes().all(|b| b.is_ascii_digit())) {
        if let Some(name) = name.as_mut().filter(|name| bearers[&name.to_lowercase()] > 1) {
            *name = format!("{name} ({code})");
        }
    }
}

/// What a description says of own fields: the name in the records and the title that people see.
pub(crate) fn field_titles(table: &RawTable) -> Vec<(String, String)> {
    let (names, titles): (&[&str], &[&str]) = match table.kind.as_str() {
        "crm.fields" => (&["upperName", "FIELD"], &["formLabel", "listLabel", "filterLabel", "title"]),
        "crm.userfield" => (
            &["FIELD_NAME"],
            &[
                "EDIT_FORM_LABEL",
                "LIST_COLUMN_LABEL",
                "LIST_FILTER_LABEL",
                "EDIT_FORM_LABEL.RU",
                "LIST_COLUMN_LABEL.RU",
                "EDIT_FORM_LABEL.EN",
                "LIST_COLUMN_LABEL.EN",
            ],
        ),
        "retail.field" => (&["code"], &["name"]),
        "amo.field" => (&["field"], &["code", "name"]),
        _ => return Vec::new(),
    };
    let rows = Rows::of(table);
    let said = |row: usize| {
        let name = names.iter().map(|heading| rows.get(heading, row)).find(|name| !name.is_empty())?;
        let own = name.starts_with("UF_") || matches!(table.kind.as_str(), "retail.field" | "amo.field");
        let title = titles.iter().map(|heading| rows.get(heading, row)).find(|t| !t.is_empty() && *t != name)?;
        own.then(|| (name.to_owned(), title.to_owned()))
    };
    (0..table.len()).filter_map(said).collect()
}

/// For each row of a table the code of its stage as [`stage_names`] gives it; nothing for tables that hold names.
pub(crate) fn stage_codes(table: &RawTable) -> Vec<String> {
    let headings: &[&str] = match table.kind.as_str() {
        "crm.deal" | "crm.invoice" => &["STAGE_ID"],
        "crm.oldinvoice" => &["STATUS_ID"],
        "amo.lead" => &["pipeline_id", "status_id"],
        "retail.order" | "retail.payment" => &["status"],
        _ => return Vec::new(),
    };
    let rows = Rows::of(table);
    let code = |row: usize| {
        let parts: Vec<&str> = headings.iter().map(|heading| rows.get(heading, row)).collect();
        format!("{}/{}", table.kind, parts.join("/"))
    };
    (0..table.len()).map(code).collect()
}

/// What a number of `TYPE` of goods of Bitrix24 stands for. Source: constants `TYPE_*` of `Bitrix\Catalog\ProductTable`, the
/// vendor's documentation, November 2026.
fn kind_of_product(number: &str) -> &'static str {
    match number {
        "1" | "3" | "4" | "5" | "6" => "Товар",
        "2" => "Комплект",
        "7" => "Услуга",
        _ => "",
    }
}

const KIND: &str = "вид";
const INVOICE: &str = "Счёт на оплату";
/// Derived column that names the deal of a document or payment.
const DEAL: &str = "deal_id";

/// Which records the stages of a dictionary are of; `None` for other dictionaries.
fn scope_of_status(dictionary: &str) -> Option<&'static str> {
    match dictionary {
        // `crm.dealcategory.stage.list` does not say.
        "" => Some("crm.deal"),
        name if name.starts_with("DEAL_STAGE") => Some("crm.deal"),
        name if name.starts_with("SMART_INVOICE_STAGE") => Some("crm.invoice"),
        "INVOICE_STATUS" => Some("crm.oldinvoice"),
        _ => None,
    }
}

/// Notes what a code is called.
pub(crate) fn say(names: &mut Once, code: String, name: &str) {
    let name = name.trim();
    if name.is_empty() {
        return;
    }
    let said = names.entry(code).or_insert_with(|| Some(name.to_owned()));
    if said.as_deref().is_some_and(|known| known != name) {
        *said = None;
    }
}

/// `deal:501`: an id of a record of this entity and of no other, since numbers of a deal and of an invoice may be equal.
fn refer(entity: Entity, id: String) -> String {
    if id.trim().is_empty() { String::new() } else { format!("{}:{}", entity.as_str(), id.trim()) }
}

/// What a command of a batch asked the payments of: `deal_501`, `d501`, `invoice_9`. A number alone may be an ordinal.
fn owner_of_command(command: &str) -> String {
    let word = command.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = &command[word.len()..];
    let entity = match word.trim_end_matches('_').to_ascii_lowercase().as_str() {
        "d" | "deal" => Entity::Deal,
        "si" | "invoice" => Entity::Document,
        _ => return String::new(),
    };
    refer(entity, number.to_owned())
}

/// Cells by heading.
struct Rows<'t> {
    table: &'t RawTable,
    columns: HashMap<&'t str, usize, RandomState>,
}

impl<'t> Rows<'t> {
    fn of(table: &'t RawTable) -> Self {
        let mut columns: HashMap<&str, usize, RandomState> = HashMap::default();
        for (at, column) in table.columns.iter().enumerate() {
            columns.entry(column.heading.as_str()).or_insert(at);
        }
        Rows { table, columns }
    }

    fn get(&self, heading: &str, row: usize) -> &'t str {
        self.columns.get(heading).map_or("", |&at| self.table.get(at, row).trim())
    }
}

/// Adds a column made of others.
fn derive(table: &mut RawTable, heading: &str, text: impl Fn(&dyn Fn(&str) -> String) -> String) {
    let rows = Rows::of(table);
    let mut cells = TextColumn::new();
    for row in 0..table.len() {
        cells.push(&text(&|heading: &str| rows.get(heading, row).to_owned()));
    }
    if cells.filled() > 0 {
        table.columns.push(RawColumn { heading: heading.to_owned(), cells });
    }
}

fn constant(table: &mut RawTable, heading: &str, text: &str) {
    derive(table, heading, |_| text.to_owned());
}

/// Rewrites the texts of a column.
fn rewrite(table: &mut RawTable, heading: &str, text: impl Fn(&str) -> String) {
    let Some(at) = table.column(heading) else { return };
    let mut cells = TextColumn::new();
    for old in table.columns[at].cells.iter() {
        let old = old.trim();
        cells.push(&if old.is_empty() { String::new() } else { text(old) });
    }
    table.columns[at].cells = cells;
}

/// Rows of Bitrix24 have no sum: it is the quantity by the price, in which discount and tax are counted already.
fn row_sums(table: &mut RawTable) {
    derive(table, "сумма", |get| {
        let number = |heading| Decimal::parse(get(heading).trim()).ok();
        let sum = number("PRICE").zip(number("QUANTITY")).and_then(|(price, quantity)| price.checked_mul(quantity));
        sum.map_or_else(String::new, |sum| Decimal::from(sum.round_to_kopeck()).to_string())
    });
}

/// Numbers rows within their owner: such rows have no id of their own, and two equal ones are two.
fn number_lines(table: &mut RawTable, owner: &str) {
    let rows = Rows::of(table);
    let mut last: HashMap<&str, u32, RandomState> = HashMap::default();
    let mut cells = TextColumn::new();
    for row in 0..table.len() {
        let number = last.entry(rows.get(owner, row)).or_insert(0);
        *number += 1;
        cells.push(&number.to_string());
    }
    drop(rows);
    table.columns.push(RawColumn { heading: "номер строки".to_owned(), cells });
}

/// These rows of a table, as a table of their own.
fn select(table: &RawTable, kind: &str, rows: &[usize]) -> RawTable {
    let mut part = RawTable::new(table.place.clone(), kind);
    part.partial = table.partial;
    part.rows = rows.iter().map(|&row| table.rows[row]).collect();
    for column in &table.columns {
        let cells = rows.iter().map(|&row| column.cells.get(row)).collect();
        part.columns.push(RawColumn { heading: column.heading.clone(), cells });
    }
    part
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_name_the_owner_or_nothing() {
        for (command, expected) in [
            ("deal_501", "deal:501"),
            ("D501", "deal:501"),
            ("si_9", "document:9"),
            ("5", ""),
            ("cmd0001", ""),
            ("", ""),
        ] {
            assert_eq!(owner_of_command(command), expected, "{command}");
        }
    }

    fn table(kind: &str, headings: &[&str], rows: &[&[&str]]) -> RawTable {
        let mut table = RawTable::new(crate::model::Place::file("a.json"), kind);
        for (at, heading) in headings.iter().enumerate() {
            let cells = rows.iter().map(|row| row[at]).collect();
            table.columns.push(RawColumn { heading: (*heading).to_owned(), cells });
        }
        table.rows = (1..=rows.len() as u32).collect();
        table
    }

    #[test]
    fn users_of_one_name_are_told_apart() {
        let users = table(
            "user",
            &["ID", "NAME", "LAST_NAME"],
            &[&["1", "Вера", "Ильина"], &["7", "Иван", "Кротов"], &["9", "Иван", "Кротов"], &["12", "", ""]],
        );
        let mut names = Once::default();
        for (code, name) in user_names(&users) {
            say(&mut names, code, &name);
        }
        name_apart(&mut names);
        let name = |code: &str| names.get(code).and_then(Option::as_deref);
        assert_eq!(
            (name("1"), name("7"), name("9")),
            (Some("Ильина Вера"), Some("Кротов Иван (7)"), Some("Кротов Иван (9)"))
        );
        assert_eq!(name("12"), None);
        let onec = table(USERS_OF_1C, &["Ref_Key", "Description"], &[&["AB-1", "Ильина Вера"]]);
        assert_eq!(user_names(&onec), [("ab-1".to_owned(), "Ильина Вера".to_owned())]);
    }

    #[test]
    fn own_fields_have_titles_and_standard_ones_none() {
        let fields = table(
            "crm.fields",
            &["FIELD", "title", "formLabel", "upperName"],
            &[
                &["TITLE", "Название", "", ""],
                &["UF_CRM_1", "UF_CRM_1", "ИНН", ""],
                &["UF_CRM_2", "КПП", "", ""],
                &["UF_CRM_3", "UF_CRM_3", "", ""],
                &["ufCrm5_4", "", "Этаж", "UF_CRM_5_4"],
            ],
        );
        let said = field_titles(&fields);
        let said: Vec<_> = said.iter().map(|(name, title)| (name.as_str(), title.as_str())).collect();
        assert_eq!(said, [("UF_CRM_1", "ИНН"), ("UF_CRM_2", "КПП"), ("UF_CRM_5_4", "Этаж")]);
    }

    #[test]
    fn a_code_with_two_names_has_none() {
        let mut names = Once::default();
        for (code, name) in [("142", "Новая"), ("142", "Новая"), ("143", "Отказ"), ("143", "Успех"), ("144", " ")]
        {
            say(&mut names, code.to_owned(), name);
        }
        assert_eq!(names["142"].as_deref(), Some("Новая"));
        assert_eq!((names["143"].as_deref(), names.get("144")), (None, None));
    }
}
