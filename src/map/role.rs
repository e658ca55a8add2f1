//! What a table is for a source.

use super::aliases;
use crate::model::{Entity, Field, RawColumn, RawTable, TextColumn};

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
    /// The company's own legal entities.
    Own,
    /// Something this source does not take.
    NotTaken,
    /// The table does not say and the project does not either.
    Unknown,
}

impl Role {
    pub(super) fn of(table: &RawTable, wanted: Option<Entity>) -> Role {
        let main = |entity| if wanted.is_none_or(|w| w == entity) { Role::Main(entity) } else { Role::NotTaken };
        match table.kind.as_str() {
            "" => wanted.map_or(Role::Unknown, Role::Main),
            // A party of CommerceML may be a firm or a person: the project says which list it belongs to.
            "Контрагент" => Role::Main(wanted.unwrap_or(Entity::Counterparty)),
            "crm.company" | "Справочник.Контрагенты" => main(Entity::Counterparty),
            "crm.contact"
            | "Справочник.КонтактныеЛица"
            | "Справочник.КонтактныеЛицаПартнеров"
            | "Справочник.ФизическиеЛица"
            | "Представитель" => main(Entity::Contact),
            "crm.requisite" => Role::Requisite,
            "crm.bankdetail" => Role::BankDetail,
            "crm.address" => Role::Address,
            "Владелец" | "Справочник.Организации" => Role::Own,
            _ => Role::NotTaken,
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
            Role::Address => match heading {
                LEGAL_ADDRESS => Some((Field::Address, 0)),
                ACTUAL_ADDRESS => Some((Field::ActualAddress, 0)),
                _ => None,
            },
            _ => None,
        }
    }

    /// Adds derived columns that the mapping of this role reads.
    pub(super) fn prepare(self, table: &mut RawTable) {
        if self == Role::Address {
            join_address_parts(table);
        }
    }
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
