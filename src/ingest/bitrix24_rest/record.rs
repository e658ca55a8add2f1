//! One record of a REST answer: its kind, its headings, its cells.

use std::borrow::Cow;

use crate::ingest::IngestError;
use crate::ingest::json::Node;
use crate::ingest::rows::Rows;

/// Multi-fields: lists of `{ID, VALUE, VALUE_TYPE}`.
const MULTI: [&str; 5] = ["PHONE", "EMAIL", "WEB", "IM", "LINK"];

/// Fields that point at another record, where `0` means "none". `CATEGORY_ID` is not here: 0 is the common funnel.
const REFERENCES: [&str; 27] = [
    "ASSIGNED_BY_ID",
    "BANK_DETAIL_ID",
    "COMPANY_ID",
    "CONTACT_ID",
    "CREATED_BY_ID",
    "DEAL_ID",
    "LAST_ACTIVITY_BY",
    "LEAD_ID",
    "LOCATION_ID",
    "LOC_ADDR_ID",
    "MC_BANK_DETAIL_ID",
    "MC_REQUISITE_ID",
    "MODIFY_BY_ID",
    "MYCOMPANY_ID",
    "ORIGINATOR_ID",
    "ORIGIN_ID",
    "PARENT_ID",
    "PRESET_ID",
    "PRODUCT_ID",
    "QUOTE_ID",
    "REQUISITE_ID",
    "STORE_ID",
    "UF_COMPANY_ID",
    "UF_CONTACT_ID",
    "UF_DEAL_ID",
    "UF_MYCOMPANY_ID",
    "UF_QUOTE_ID",
];

/// Product rows inside their owner, as `crm.invoice.get` answers.
pub const PRODUCT_ROWS: &str = "PRODUCT_ROWS";

/// Names of `crm.item.*` that differ from the classic ones by more than the case.
const RENAMED: [(&str, &str); 4] = [
    ("createdBy", "CREATED_BY_ID"),
    ("createdTime", "DATE_CREATE"),
    ("updatedBy", "MODIFY_BY_ID"),
    ("updatedTime", "DATE_MODIFY"),
];

/// Classic name of a field: `lastName` → `LAST_NAME`, `ufCrm5_17120` → `UF_CRM_5_17120`; others as they are.
pub fn classic_name<'a>(key: &'a str) -> Cow<'a, str> {
    let lower = key.as_bytes().first().is_some_and(u8::is_ascii_lowercase);
    if !lower || !key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
        return Cow::Borrowed(key);
    }
    if let Some((_, classic)) = RENAMED.iter().find(|(camel, _)| *camel == key) {
        return Cow::Borrowed(classic);
    }
    // Bitrix sets numbers off by a line only in these two families: address2 is ADDRESS_2 in the classic list, but
    // rqAddr1 does not exist, and UF names of old portals hold digits inside words.
    let split_digits = key.starts_with("ufCrm") || key.starts_with("parentId") || key.starts_with("address");
    let mut name = String::with_capacity(key.len() + 4);
    let mut before = b'_';
    for byte in key.bytes() {
        let starts_word = byte.is_ascii_uppercase() && before != b'_';
        let starts_number = split_digits && byte.is_ascii_digit() && before.is_ascii_alphabetic();
        if starts_word || starts_number {
            name.push('_');
        }
        name.push(byte.to_ascii_uppercase() as char);
        before = byte;
    }
    Cow::Owned(name)
}

/// Adds the cells of a record to the row being built. A company of `crm.item.*` calls its type `typeId`.
///
/// # Errors
/// [`IngestError::Limit`] of [`Rows::cell`].
pub fn add_cells(rows: &mut Rows, record: &[(Cow<'_, str>, Node<'_>)]) -> Result<(), IngestError> {
    let company = rows.table.kind == "crm.company";
    for (key, value) in record {
        if key == "fm" {
            add_multi(rows, None, value)?;
            continue;
        }
        // Rows of their own.
        if key == PRODUCT_ROWS {
            continue;
        }
        let heading = match &**key {
            "typeId" if company => Cow::Borrowed("COMPANY_TYPE"),
            key => classic_name(key),
        };
        if is_property(key) { add_property(rows, &heading, value)? } else { add_value(rows, &heading, value)? }
    }
    Ok(())
}

/// Whether a field is a property of a product: `property123`, `PROPERTY_44`.
fn is_property(key: &str) -> bool {
    let number = key.strip_prefix("property").or_else(|| key.strip_prefix("PROPERTY_")).unwrap_or_default();
    !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())
}

/// Values of a property, which stand in `{value, valueId}` or in a list of those.
fn add_property(rows: &mut Rows, heading: &str, value: &Node<'_>) -> Result<(), IngestError> {
    match value {
        Node::List(items) if !items.is_empty() => items.iter().try_for_each(|item| add_property(rows, heading, item)),
        value => add_value(rows, heading, value.get("value").unwrap_or(value)),
    }
}

fn add_value(rows: &mut Rows, heading: &str, value: &Node<'_>) -> Result<(), IngestError> {
    match value {
        Node::Null => rows.cell(heading, ""),
        // PHP answers `false` for an empty file or custom field; elsewhere it is the value.
        Node::Bool(false) if heading.starts_with("UF_") || matches!(heading, "PHOTO" | "LOGO") => {
            rows.cell(heading, "")
        }
        Node::Bool(value) => rows.cell(heading, if *value { "true" } else { "false" }),
        Node::Number(text) => rows.cell(heading, if *text == "0" && is_reference(heading) { "" } else { text }),
        Node::Text(text) => rows.cell(heading, if text == "0" && is_reference(heading) { "" } else { text }),
        Node::List(items) if items.is_empty() => rows.cell(heading, ""),
        Node::Object(entries) if entries.is_empty() => rows.cell(heading, ""),
        Node::List(_) | Node::Object(_) if MULTI.contains(&heading) => add_multi(rows, Some(heading), value),
        Node::List(items) => items.iter().try_for_each(|item| add_value(rows, heading, item)),
        Node::Object(entries) => entries
            .iter()
            .try_for_each(|(key, value)| add_value(rows, &format!("{heading}.{}", classic_name(key)), value)),
    }
}

fn is_reference(heading: &str) -> bool {
    // `parentId2` is the deal that an invoice belongs to, `parentId1220` an item of a smart process.
    REFERENCES.binary_search(&heading).is_ok() || heading.starts_with("PARENT_ID_")
}

/// Values of a multi-field: a list of `{VALUE, VALUE_TYPE}`, one such object, or (PHP) an object of them. `heading` is
/// `None` for `fm`, where each value names its field in `typeId`.
fn add_multi(rows: &mut Rows, heading: Option<&str>, value: &Node<'_>) -> Result<(), IngestError> {
    // A field without values still exists.
    if let Some(heading) = heading {
        rows.cell(heading, "")?;
    }
    match value {
        Node::List(items) => items.iter().try_for_each(|item| add_multi_value(rows, heading, item)),
        Node::Object(entries) if !entries.is_empty() && entries.iter().all(|(_, v)| v.is_container()) => {
            entries.iter().try_for_each(|(_, item)| add_multi_value(rows, heading, item))
        }
        single => add_multi_value(rows, heading, single),
    }
}

fn add_multi_value(rows: &mut Rows, heading: Option<&str>, item: &Node<'_>) -> Result<(), IngestError> {
    let either = |a: &str, b: &str| item.get(a).or_else(|| item.get(b)).and_then(Node::text);
    let Some(text) = item.text().or_else(|| either("VALUE", "value")) else { return Ok(()) };
    let field = heading.or_else(|| either("TYPE_ID", "typeId")).unwrap_or("FM");
    let fax = field == "PHONE" && either("VALUE_TYPE", "valueType").is_some_and(|t| t.eq_ignore_ascii_case("FAX"));
    rows.cell(if fax { "FAX" } else { field }, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_classic() {
        assert!(REFERENCES.is_sorted());
        let cases = [
            ("id", "ID"),
            ("lastName", "LAST_NAME"),
            ("isMyCompany", "IS_MY_COMPANY"),
            ("createdTime", "DATE_CREATE"),
            ("updatedBy", "MODIFY_BY_ID"),
            ("assignedById", "ASSIGNED_BY_ID"),
            ("begindate", "BEGINDATE"),
            ("parentId2", "PARENT_ID_2"),
            ("ufCrm11_1712074666", "UF_CRM_11_1712074666"),
            ("ufCrm_1712074666", "UF_CRM_1712074666"),
            ("UF_CRM_6A", "UF_CRM_6A"),
            ("ИНН", "ИНН"),
            ("имяПоля", "имяПоля"),
            ("", ""),
        ];
        for (key, expected) in cases {
            assert_eq!(classic_name(key), expected);
        }
    }
}
