//! What a table is for a source.

use super::{aliases, onec};
use crate::model::{Entity, Field, RawColumn, RawTable, Space, TextColumn};

/// What a table brings.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Role {
    /// Records of an entity.
    Main(Entity),
    /// `crm.requisite`: joined to company (ENTITY_TYPE_ID 4) or contact (3) ENTITY_ID.
    Requisite,
    /// `crm.bankdetail`: joined to requisite ENTITY_ID.
    BankDetail,
    /// `crm.address`: joined to requisite (ENTITY_TYPE_ID 8), company (4) or contact (3) ENTITY_ID.
    Address,
    /// `retail.company`: joined to the corporate customer `customer.id`.
    LegalEntity,
    /// `crm.company.contact`, `crm.contact.company`, `retail.contact`: which contact belongs to which company.
    Relation,
    /// The company's own legal entities.
    Own,
    /// Something this source does not take.
    NotTaken,
    /// The table does not say and the project does not either.
    Unknown,
}

impl Role {
    pub(super) fn of(table: &RawTable, wanted: Option<Entity>) -> Role {
        let main = |entity| if wanted.is_none_or(|w| takes(w, entity)) { Role::Main(entity) } else { Role::NotTaken };
        match table.kind.as_str() {
            "" => wanted.or_else(|| shown(table)).map_or(Role::Unknown, Role::Main),
            // A party of CommerceML may be a firm or a person: the project says which list it belongs to.
            "Контрагент" => Role::Main(wanted.unwrap_or(Entity::Counterparty)),
            "crm.company"
            | "amo.company"
            | "json.counterparty"
            | "retail.corporate"
            | "retail.customer.legal"
            | "Справочник.Контрагенты" => main(Entity::Counterparty),
            "crm.contact"
            | "amo.contact"
            | "json.contact"
            | "retail.customer"
            | "Справочник.КонтактныеЛица"
            | "Справочник.КонтактныеЛицаПартнеров"
            | "Справочник.ФизическиеЛица"
            | "Представитель" => main(Entity::Contact),
            "crm.requisite" => Role::Requisite,
            "retail.company" => Role::LegalEntity,
            "crm.bankdetail" => Role::BankDetail,
            "crm.address" => Role::Address,
            // Relations say something about contacts only.
            "crm.company.contact" | "crm.contact.company" | "retail.contact"
                if wanted != Some(Entity::Counterparty) =>
            {
                Role::Relation
            }
            "Владелец" | "Справочник.Организации" | "retail.legalEntity" => Role::Own,
            // A smart process holds whatever a portal made of it: the project says.
            kind if kind.starts_with("crm.item") && !kind.ends_with("row") => wanted.map_or(Role::NotTaken, Role::Main),
            // A developer without smart processes keeps units and contracts in deals or in a list: the project says.
            "crm.deal" | "amo.lead" | "amo.element" if wanted.is_some_and(is_property) => {
                wanted.map_or(Role::NotTaken, Role::Main)
            }
            kind => book_of(kind).map_or(Role::NotTaken, main),
        }
    }

    /// The table of the side that its rows go to.
    pub(super) fn space(self) -> Space {
        match self {
            Role::Main(entity) => entity.space(),
            _ => Space::Parties,
        }
    }

    /// The field of a heading in such a table.
    pub(super) fn field_of(self, heading: &str) -> Option<(Field, usize)> {
        match self {
            Role::Main(entity) => aliases::field_of(heading, entity),
            Role::Own => aliases::field_of(heading, Entity::Counterparty),
            // Of a requisite only what belongs to its owner: its own ID, NAME and dates are not the company's.
            Role::Requisite if heading.starts_with("RQ_") || heading == "PRESET_ID" || heading == "XML_ID" => {
                aliases::field_of(heading, Entity::Counterparty)
            }
            Role::BankDetail if heading.starts_with("RQ_") => aliases::field_of(heading, Entity::Counterparty),
            Role::LegalEntity if LEGAL_ENTITY.contains(&heading) => aliases::field_of(heading, Entity::Counterparty),
            Role::Address => match heading {
                LEGAL_ADDRESS => Some((Field::Address, 0)),
                ACTUAL_ADDRESS => Some((Field::ActualAddress, 0)),
                _ => None,
            },
            Role::Relation => (heading == RELATED_COMPANY).then_some((Field::OwnerId, 0)),
            _ => None,
        }
    }

    /// Whether records of this role have a field.
    pub(super) fn has(self, field: Field) -> bool {
        match self {
            Role::Main(entity) => field.entities().contains(&entity),
            _ => false,
        }
    }

    /// Adds derived columns that the mapping of this role reads.
    pub(super) fn prepare(self, table: &mut RawTable) {
        match self {
            Role::Address => join_address_parts(table),
            Role::Relation if table.kind == "retail.contact" => {
                for (from, to) in [("customer.id", RELATED_CONTACT), ("corporate.id", RELATED_COMPANY)] {
                    if let Some(column) = table.column(from) {
                        table.columns[column].heading = to.to_owned();
                    }
                }
            }
            Role::Relation => name_both_ends(table),
            Role::Requisite => name_presets(table),
            Role::Main(entity) => {
                onec::prepare(table);
                if entity == Entity::Payment && table.kind.is_empty() {
                    onec::both_ways(table);
                }
            }
            _ => {}
        }
    }
}

/// What the headings of a table show that says nothing of itself: a list of deals as amoCRM saves it. Bitrix24 calls the
/// same things by other names («Стадия сделки», «Сумма»).
fn shown(table: &RawTable) -> Option<Entity> {
    const OF_DEALS: [&str; 3] = ["название сделки", "этап сделки", "бюджет"];
    let has = |name: &&str| table.columns.iter().any(|column| aliases::fold(&column.heading) == **name);
    OF_DEALS.iter().all(has).then_some(Entity::Deal)
}

/// What a developer keeps in records of other kinds.
pub(super) fn is_property(entity: Entity) -> bool {
    matches!(entity, Entity::Object | Entity::Ddu | Entity::Instalment)
}

/// Whether a source of one entity takes rows of another: what belongs to its records.
fn takes(wanted: Entity, entity: Entity) -> bool {
    let parts: &[Entity] = match wanted {
        Entity::Deal | Entity::Document => &[Entity::Line],
        Entity::Product => &[Entity::Price, Entity::Unit],
        Entity::Ddu => &[Entity::Instalment],
        _ => &[],
    };
    wanted == entity || parts.contains(&entity)
}

/// Tabular sections of documents that hold goods and services.
const SECTIONS: [&str; 6] = ["Товары", "Услуги", "Работы", "Запасы", "Номенклатура", "Продукция"];

/// What the rows of a kind are, when they are no party.
fn book_of(kind: &str) -> Option<Entity> {
    Some(match kind {
        "Товар"
        | "Предложение"
        | "crm.product"
        | "catalog.product"
        | "amo.product"
        | "icml.offer"
        // What is sold and lies in a store; a product without offers does not exist.
        | "retail.offer"
        | "Справочник.Номенклатура" => Entity::Product,
        "Цена" | "catalog.price" => Entity::Price,
        "ЕдиницаИзмерения"
        | "crm.measure"
        | "catalog.measure"
        | "retail.unit"
        | "Справочник.ЕдиницыИзмерения"
        | "Справочник.КлассификаторЕдиницИзмерения"
        | "Справочник.УпаковкиЕдиницыИзмерения" => Entity::Unit,
        "Склад" | "catalog.store" | "retail.store" | "Справочник.Склады" | "Справочник.СтруктурныеЕдиницы" => {
            Entity::Warehouse
        }
        "Остаток" | "catalog.storeproduct" | "retail.inventory" => Entity::Stock,
        "Справочник.ДоговорыКонтрагентов" | "Справочник.Договоры" => {
            Entity::Contract
        }
        "crm.deal" | "amo.lead" | "retail.order" => Entity::Deal,
        "Документ" | "crm.invoice" | "crm.oldinvoice" | "amo.invoice" | "УПД" => Entity::Document,
        "Документ.Товар"
        | "УПД.Товар"
        | "crm.deal.productrow"
        | "crm.invoice.productrow"
        | "crm.oldinvoice.productrow"
        | "crm.productrow"
        | "amo.lead.product"
        | "amo.invoice.item"
        | "retail.order.item" => Entity::Line,
        "Банк.Документ" | onec::SITE_PAYMENT | "crm.payment" | "retail.payment" => Entity::Payment,
        "profitbase.property" => Entity::Object,
        kind if onec::is_balance(kind) => Entity::Stock,
        _ => match kind.split_once('.')? {
            ("Документ", name) => match name.split_once('.') {
                None if onec::money_comes_in(name).is_some() => Entity::Payment,
                None => Entity::Document,
                Some((_, section)) if SECTIONS.contains(&section) => Entity::Line,
                Some(_) => return None,
            },
            _ => return None,
        },
    })
}

/// Columns of [`name_both_ends`].
pub(super) const RELATED_COMPANY: &str = "компания связи";
pub(super) const RELATED_CONTACT: &str = "контакт связи";

/// Most commands of one batch: numbers below it may be ordinals.
const BATCH_COMMANDS: u64 = 50;

/// A relation holds one end; the other is the record that was asked for, which a batch answer names by its command when
/// commands are named by ids (`205`, `company_205`). Ordinals of commands are no ids: they come as a list, or with gaps
/// where a command failed.
fn name_both_ends(table: &mut RawTable) {
    let by_company = table.kind == "crm.company.contact";
    let (near, far, asked) = if by_company {
        ("CONTACT_ID", RELATED_CONTACT, RELATED_COMPANY)
    } else {
        ("COMPANY_ID", RELATED_COMPANY, RELATED_CONTACT)
    };
    let word = if by_company { "company" } else { "contact" };
    let command = table.column("@command");
    let names = || (0..table.len()).map(|row| command.map_or("", |c| table.get(c, row).trim()));
    let number = |name: &str| name.parse::<u64>().ok();
    let mut plain = names().filter_map(number);
    let ordinals = plain.clone().any(|n| n == 0) || table.partial && plain.all(|n| n < BATCH_COMMANDS);
    let id = |name: &str| {
        let digits = name.trim_start_matches(|c: char| !c.is_ascii_digit());
        let worded = name.to_ascii_lowercase().starts_with(word) && number(digits).is_some();
        if worded || number(name).is_some() && !ordinals { digits.to_owned() } else { String::new() }
    };
    let mut owners = TextColumn::new();
    let mut ends = TextColumn::new();
    for name in names() {
        owners.push(&id(name));
    }
    let end = table.column(near);
    for row in 0..table.len() {
        ends.push(end.map_or("", |c| table.get(c, row)));
    }
    table.columns.push(RawColumn { heading: asked.to_owned(), cells: owners });
    table.columns.push(RawColumn { heading: far.to_owned(), cells: ends });
}

/// What a legal entity of a corporate customer says about it; the name of the customer is its own.
const LEGAL_ENTITY: [&str; 9] =
    ["legalName", "legalAddress", "INN", "KPP", "OGRN", "OGRNIP", "BIK", "bankAccount", "contragentType"];

/// Presets that a Russian portal has from the start, and their numbers. Source: `crm.requisite.preset.list` in the REST
/// documentation of Bitrix24 (read 2026-11-24); further numbers are presets of the portal's own.
const PRESETS: [(&str, &str); 3] = [("1", "Организация"), ("2", "ИП"), ("3", "Физ. лицо")];

/// A requisite names its preset by number, and itself as its preset is called until somebody renames it: the number of
/// a preset becomes its name. A requisite that is called like a preset says most, since a portal of another country
/// numbers its presets otherwise. Numbers of unknown presets keep the name of the requisite beside them.
fn name_presets(table: &mut RawTable) {
    let Some(preset) = table.column("PRESET_ID") else { return };
    let name = table.column("NAME");
    let mut named = TextColumn::new();
    for row in 0..table.len() {
        let number = table.get(preset, row).trim();
        let title = name.map_or("", |c| table.get(c, row).trim());
        match PRESETS.iter().find(|(_, name)| *name == title).or_else(|| PRESETS.iter().find(|(n, _)| *n == number)) {
            Some((_, known)) => named.push(known),
            None if title.is_empty() || number.is_empty() => named.push(number),
            None => named.push(&format!("{number} ({title})")),
        }
    }
    table.columns[preset].cells = named;
}

const LEGAL_ADDRESS: &str = "адрес (юридический)";
const ACTUAL_ADDRESS: &str = "адрес";
/// crm.address.list TYPE_ID of the registered address (enumeration crm.enum.addresstype, read 2026-11-24).
const TYPE_REGISTERED: &str = "6";

/// Parts of a Bitrix24 address → one text in the order in which Russian addresses are written.
fn join_address_parts(table: &mut RawTable) {
    let parts: Vec<usize> = ["POSTAL_CODE", "COUNTRY", "PROVINCE", "REGION", "CITY", "ADDRESS_1", "ADDRESS_2"]
        .iter()
        .filter_map(|h| table.column(h))
        .collect();
    let kind = table.column("TYPE_ID");
    let mut legal = TextColumn::new();
    let mut actual = TextColumn::new();
    for row in 0..table.len() {
        let cells: Vec<&str> = parts.iter().map(|&c| table.get(c, row).trim()).filter(|t| !t.is_empty()).collect();
        let text = cells.join(", ");
        let registered = kind.is_some_and(|k| table.get(k, row) == TYPE_REGISTERED);
        legal.push(if registered { &text } else { "" });
        actual.push(if registered { "" } else { &text });
    }
    table.columns.push(RawColumn { heading: LEGAL_ADDRESS.to_owned(), cells: legal });
    table.columns.push(RawColumn { heading: ACTUAL_ADDRESS.to_owned(), cells: actual });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Place;

    #[test]
    fn presets_get_their_names() {
        let mut table = RawTable::new(Place::file("requisites.json"), "crm.requisite");
        let rows = [
            ("1", "Организация", "Организация"),
            ("2", "Основные реквизиты", "ИП"),
            ("3", "", "Физ. лицо"),
            // A portal that numbers its presets otherwise.
            ("1", "ИП", "ИП"),
            ("7", "Организация", "Организация"),
            ("7", "Филиал в Твери", "7 (Филиал в Твери)"),
            ("7", "", "7"),
            ("", "Реквизиты", ""),
        ];
        let column = |heading: &str, cells: Vec<&str>| RawColumn {
            heading: heading.to_owned(),
            cells: TextColumn::from_iter(cells),
        };
        table.columns.push(column("PRESET_ID", rows.iter().map(|r| r.0).collect()));
        table.columns.push(column("NAME", rows.iter().map(|r| r.1).collect()));
        table.rows = (1..=rows.len() as u32).collect();
        Role::Requisite.prepare(&mut table);
        for (at, (number, name, expected)) in rows.into_iter().enumerate() {
            assert_eq!(table.get(0, at), expected, "{number} {name}");
        }
        assert_eq!(table.columns[0].cells.len(), rows.len());
    }
}
