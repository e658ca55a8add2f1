//! One record of a REST answer: its kind, its headings, its cells.

use std::borrow::Cow;

use crate::ingest::IngestError;
use crate::ingest::json::Node;
use crate::ingest::rows::Rows;

/// Multi-fields: lists of `{ID, VALUE, VALUE_TYPE}`.
const MULTI: [&str; 5] = ["PHONE", "EMAIL", "WEB", "IM", "LINK"];

/// Fields that point at another record, where `0` means "none". `CATEGORY_ID` is not here: 0 is the common funnel.
const REFERENCES: [&str; 20] = [
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
    "QUOTE_ID",
    "REQUISITE_ID",
];

/// Names of `crm.item.*` that differ from the classic ones by more than the case.
const RENAMED: [(&str, &str); 4] = [
    ("createdBy", "CREATED_BY_ID"),
    ("createdTime", "DATE_CREATE"),
    ("updatedBy", "MODIFY_BY_ID"),
    ("updatedTime", "DATE_MODIFY"),
];

/// Kind of the records that `result` holds under a name of their own.
const WRAPPERS: [(&str, &str); 12] = [
    ("categories", "crm.category"),
    ("documentElements", "catalog.document.element"),
    ("offer", "catalog.product"),
    ("offers", "catalog.product"),
    ("prices", "catalog.price"),
    ("product", "catalog.product"),
    ("products", "catalog.product"),
    ("productRow", "crm.productrow"),
    ("productRows", "crm.productrow"),
    ("storeProducts", "catalog.storeproduct"),
    ("store", "catalog.store"),
    ("stores", "catalog.store"),
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

/// What kind of records these are, by the fields that the first of them have and by the name over their list; empty
/// when a selection of fields (`ID, TITLE`) leaves it open.
pub fn kind_of(records: &[Node<'_>], wrapper: Option<&str>) -> &'static str {
    if let Some((_, kind)) = wrapper.and_then(|name| WRAPPERS.iter().find(|(wrapper, _)| *wrapper == name)) {
        return kind;
    }
    let names: Vec<Cow<'_, str>> = records
        .iter()
        .filter_map(|r| if let Node::Object(entries) = r { Some(entries) } else { None })
        .flatten()
        .map(|(key, _)| classic_name(key))
        .collect();
    let has = |name: &str| names.iter().any(|n| n == name);
    let any = |list: &[&str]| list.iter().any(|name| has(name));
    let starts = |prefix: &str| names.iter().any(|n| n.starts_with(prefix));

    // `entityTypeId` of crm.item.list names the type outright; requisites and categories have it in another sense.
    if has("ENTITY_TYPE_ID") && !any(&["ENTITY_ID", "PRESET_ID", "ANCHOR_ID", "IS_DEFAULT", "REQUISITE_ID"]) {
        let types =
            records.iter().filter_map(|r| r.get("entityTypeId").or(r.get("ENTITY_TYPE_ID")).and_then(Node::count));
        match types.into_iter().next() {
            Some(1) => return "crm.lead",
            Some(2) => return "crm.deal",
            Some(3) => return "crm.contact",
            Some(4) => return "crm.company",
            Some(7) => return "crm.quote",
            Some(31) => return "crm.smart_invoice",
            Some(_) => return "crm.item",
            None => {}
        }
    }
    if any(&["RQ_BANK_NAME", "RQ_BIK", "RQ_ACC_NUM", "RQ_COR_ACC_NUM", "RQ_IBAN"]) && !has("RQ_INN") {
        return "crm.bankdetail";
    }
    if starts("RQ_") || has("PRESET_ID") && has("ENTITY_ID") {
        return "crm.requisite";
    }
    if has("REQUISITE_ID") && has("BANK_DETAIL_ID") {
        return "crm.requisite.link";
    }
    if has("ENTITY_TYPE_ID") && any(&["ADDRESS_1", "ADDRESS_2", "ANCHOR_ID", "POSTAL_CODE"]) {
        return "crm.address";
    }
    if has("ENTITY_TYPE_ID") && has("ENTITY_ID") && has("NAME") {
        return "crm.requisite";
    }
    if any(&["IS_PRIMARY", "ROLE_ID"]) && !has("ID") {
        if has("CONTACT_ID") {
            return "crm.company.contact";
        }
        if has("COMPANY_ID") {
            return "crm.contact.company";
        }
    }
    if any(&["PRODUCT_NAME", "PRODUCT_ID"]) && any(&["OWNER_ID", "OWNER_TYPE"]) {
        return "crm.productrow";
    }
    if has("STATUS_ID") && has("NAME") && !has("TITLE") && any(&["ENTITY_ID", "SORT"]) {
        return "crm.status";
    }
    if has("ENTITY_TYPE_ID") && has("IS_DEFAULT") {
        return "crm.category";
    }
    if has("PAID") && any(&["PAY_SYSTEM_ID", "PAY_SYSTEM_NAME"]) {
        return "crm.payment";
    }
    if any(&["LAST_LOGIN", "USER_TYPE", "UF_DEPARTMENT", "PERSONAL_GENDER", "WORK_POSITION"]) {
        return "user";
    }
    if any(&["COMPANY_TYPE", "INDUSTRY", "EMPLOYEES", "IS_MY_COMPANY", "BANKING_DETAILS", "REVENUE"]) {
        return "crm.company";
    }
    let person = any(&["LAST_NAME", "SECOND_NAME"]);
    if has("TITLE") && (person || any(&["COMPANY_TITLE", "STATUS_ID", "STATUS_SEMANTIC_ID"])) {
        return "crm.lead";
    }
    if has("OWNER_ID") && !has("TITLE") && any(&["STAGE_ID", "STATUS_ID"]) {
        return "crm.stagehistory";
    }
    if has("STAGE_ID") && any(&["CATEGORY_ID", "BEGINDATE", "CLOSEDATE", "PROBABILITY", "OPPORTUNITY"]) {
        return "crm.deal";
    }
    if !has("TITLE") && (person || has("NAME") && any(&["BIRTHDATE", "POST", "HONORIFIC", "EXPORT"])) {
        return "crm.contact";
    }
    ""
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
        let heading = match &**key {
            "typeId" if company => Cow::Borrowed("COMPANY_TYPE"),
            key => classic_name(key),
        };
        add_value(rows, &heading, value)?;
    }
    Ok(())
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
    REFERENCES.binary_search(&heading).is_ok()
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
    use crate::ingest::json::Reader;

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

    #[test]
    fn kinds_follow_fields() {
        let cases = [
            ("{\"ID\":1,\"TITLE\":\"a\",\"COMPANY_TYPE\":\"CUSTOMER\"}", "crm.company"),
            ("{\"ID\":1,\"TITLE\":\"a\",\"IS_MY_COMPANY\":\"N\"}", "crm.company"),
            ("{\"id\":1,\"title\":\"a\",\"entityTypeId\":4}", "crm.company"),
            ("{\"id\":1,\"title\":\"a\",\"entityTypeId\":\"128\"}", "crm.item"),
            ("{\"ID\":1,\"NAME\":\"a\",\"LAST_NAME\":\"b\"}", "crm.contact"),
            ("{\"ID\":1,\"NAME\":\"a\",\"POST\":null}", "crm.contact"),
            ("{\"ID\":1,\"TITLE\":\"a\",\"LAST_NAME\":\"b\",\"STATUS_ID\":\"NEW\"}", "crm.lead"),
            ("{\"id\":1,\"title\":\"a\",\"lastName\":null,\"stageId\":\"NEW\",\"opportunity\":5}", "crm.lead"),
            ("{\"ID\":1,\"TITLE\":\"a\",\"STAGE_ID\":\"NEW\",\"OPPORTUNITY\":\"5\"}", "crm.deal"),
            ("{\"ID\":1,\"OWNER_ID\":5,\"STAGE_ID\":\"NEW\",\"CATEGORY_ID\":0}", "crm.stagehistory"),
            ("{\"ID\":1,\"ENTITY_TYPE_ID\":\"4\",\"ENTITY_ID\":\"2\",\"RQ_INN\":\"\"}", "crm.requisite"),
            ("{\"ID\":1,\"ENTITY_TYPE_ID\":\"4\",\"ENTITY_ID\":\"2\",\"NAME\":\"a\"}", "crm.requisite"),
            ("{\"ID\":1,\"ENTITY_ID\":\"2\",\"RQ_BIK\":\"1\"}", "crm.bankdetail"),
            ("{\"ENTITY_TYPE_ID\":\"8\",\"ENTITY_ID\":\"2\",\"ADDRESS_1\":\"a\"}", "crm.address"),
            ("{\"ENTITY_TYPE_ID\":\"2\",\"REQUISITE_ID\":\"0\",\"BANK_DETAIL_ID\":\"0\"}", "crm.requisite.link"),
            ("{\"ID\":1,\"ENTITY_ID\":\"SOURCE\",\"STATUS_ID\":\"WEB\",\"NAME\":\"a\"}", "crm.status"),
            ("{\"ID\":1,\"OWNER_ID\":2,\"PRODUCT_NAME\":\"a\"}", "crm.productrow"),
            ("{\"CONTACT_ID\":1,\"SORT\":10,\"IS_PRIMARY\":\"Y\"}", "crm.company.contact"),
            ("{\"id\":0,\"entityTypeId\":2,\"isDefault\":\"Y\"}", "crm.category"),
            ("{\"ID\":\"1\",\"NAME\":\"a\",\"LAST_NAME\":\"b\",\"USER_TYPE\":\"employee\"}", "user"),
            ("{\"ID\":1,\"TITLE\":\"a\"}", ""),
            ("{\"ID\":1,\"TITLE\":\"a\",\"PHONE\":[]}", ""),
            ("{}", ""),
            ("5", ""),
        ];
        for (text, expected) in cases {
            let node = Reader::new(text).node().unwrap();
            assert_eq!(kind_of(std::slice::from_ref(&node), Some("items")), expected, "{text}");
        }
        assert_eq!(kind_of(&[], Some("productRows")), "crm.productrow");
    }
}
