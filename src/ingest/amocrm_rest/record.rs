//! One record of amoCRM: standard fields and custom fields as cells.

use std::borrow::Cow;

use chrono::DateTime;

use crate::ingest::IngestError;
use crate::ingest::json::Node;
use crate::ingest::rows::Rows;

/// Fields of the API that become columns of these names.
const STANDARD: [&str; 22] = [
    "account_id",
    "catalog_id",
    "closed_at",
    "company",
    "company_id",
    "contact_id",
    "contact_ids",
    "created_at",
    "created_by",
    "first_name",
    "full_name",
    "group_id",
    "id",
    "is_deleted",
    "last_name",
    "loss_reason",
    "loss_reason_id",
    "pipeline_id",
    "price",
    "responsible_user_id",
    "status_id",
    "updated_at",
];

/// Fields that say nothing about the record.
const PASSED_OVER: [&str; 8] = [
    "_links",
    "catalog_elements",
    "closest_task_at",
    "contacts",
    "customers",
    "is_unsorted",
    "leads",
    "linked_leads_id",
];

/// Codes of system fields; others are known by their name. Those of invoices and goods: the vendor's client for PHP,
/// `InvoicesCustomFieldsEnums`, and the page on lists of the API (read 2026-11-24).
const CODES: [&str; 18] = [
    "ADDRESS",
    "BILL_COMMENT",
    "BILL_PAYMENT_DATE",
    "BILL_PRICE",
    "BILL_STATUS",
    "BILL_VAT_TYPE",
    "EMAIL",
    "EXTERNAL_ID",
    "GROUP",
    "IM",
    "ITEMS",
    "PAYER",
    "PHONE",
    "POSITION",
    "PRICE",
    "SKU",
    "UNIT",
    "WEB",
];

/// Parts of an address in the order in which Russian addresses are written.
const ADDRESS_PARTS: [&str; 6] = ["zip", "country", "state", "city", "address_line_1", "address_line_2"];

/// Members of a legal entity and their columns.
/// (`LegalEntityCustomFieldValueModel` of the vendor's client for PHP: the «reason code» is the OGRN.)
const LEGAL: [(&str, &str); 5] = [
    ("name", "legal_entity.name"),
    ("vat_id", "vat_id"),
    ("kpp", "kpp"),
    ("tax_registration_reason_code", "ogrn"),
    ("address", "legal_entity.address"),
];

/// Half a day, seconds.
const HALF_DAY: i64 = 43_200;

/// Adds the cells of a record to the row being built.
///
/// # Errors
/// [`IngestError::Limit`] of [`Rows::cell`].
pub fn add_cells(rows: &mut Rows, record: &[(Cow<'_, str>, Node<'_>)]) -> Result<(), IngestError> {
    let person = rows.table.kind == "amo.contact";
    if rows.table.kind == "amo.lead" {
        return super::sale::add_lead(rows, record);
    }
    for (key, value) in record {
        match (&**key, value) {
            ("custom_fields_values" | "custom_fields", Node::List(fields)) => {
                fields.iter().try_for_each(|field| custom_field(rows, field))?;
            }
            ("_embedded", value) => {
                if person && let Some(Node::List(companies)) = value.get("companies") {
                    let id = companies.iter().find_map(|c| c.get("id").and_then(Node::text));
                    rows.cell("company_id", id.unwrap_or_default())?;
                }
                names(rows, value.get("tags"))?;
            }
            ("company", Node::Object(_)) if person => {
                rows.cell("company_id", value.get("id").and_then(Node::text).unwrap_or_default())?;
                rows.cell("company", value.get("name").and_then(Node::text).unwrap_or_default())?;
            }
            ("tags", value) => names(rows, Some(value))?,
            ("name", value) if person => rows.cell("full_name", value.text().unwrap_or_default())?,
            ("created_at" | "updated_at", value) => rows.cell(key, &moment(value.text().unwrap_or_default()))?,
            ("company_id" | "linked_company_id", value) => {
                let id = value.text().filter(|id| *id != "0");
                rows.cell("company_id", id.unwrap_or_default())?;
            }
            (name, _) if PASSED_OVER.contains(&name) => {}
            (name, value) if !value.is_container() => rows.cell(name, scalar(value))?,
            _ => {}
        }
    }
    Ok(())
}

pub(super) fn scalar<'n>(value: &'n Node<'_>) -> &'n str {
    match value {
        Node::Bool(true) => "true",
        Node::Bool(false) => "false",
        value => value.text().unwrap_or_default(),
    }
}

pub(super) fn names(rows: &mut Rows, tags: Option<&Node<'_>>) -> Result<(), IngestError> {
    let Some(Node::List(tags)) = tags else { return Ok(()) };
    tags.iter().filter_map(|tag| tag.get("name").and_then(Node::text)).try_for_each(|name| rows.cell("tags", name))
}

/// Unix seconds as a moment of UTC; another text as it is.
pub(super) fn moment(text: &str) -> Cow<'_, str> {
    let seconds = text.parse::<i64>().ok();
    if seconds == Some(0) {
        return Cow::Borrowed("");
    }
    match seconds.and_then(|s| DateTime::from_timestamp(s, 0)) {
        Some(moment) => Cow::Owned(moment.format("%Y-%m-%dT%H:%M:%SZ").to_string()),
        None => Cow::Borrowed(text),
    }
}

/// Unix seconds of a midnight in some time zone as its date: zones lie within half a day of UTC.
fn date(text: &str) -> Cow<'_, str> {
    let middle = text.parse::<i64>().ok().and_then(|seconds| seconds.checked_add(HALF_DAY));
    match middle.and_then(|s| DateTime::from_timestamp(s, 0)) {
        Some(moment) => Cow::Owned(moment.format("%Y-%m-%d").to_string()),
        None => Cow::Borrowed(text),
    }
}

/// Heading of a field that a record gives by its number alone.
pub(super) fn nameless(number: &str) -> String {
    format!("поле {number}")
}

/// Adds the values of a custom field.
///
/// # Errors
/// [`IngestError::Limit`] of [`Rows::cell`].
pub(super) fn custom_field(rows: &mut Rows, field: &Node<'_>) -> Result<(), IngestError> {
    let either = |new: &str, old: &str| field.get(new).or_else(|| field.get(old)).and_then(Node::text);
    let code = either("field_code", "code").unwrap_or_default();
    let name = either("field_name", "name").unwrap_or_default().trim();
    let class = field.get("field_type").and_then(Node::text).unwrap_or_default();
    let number = either("field_id", "id").unwrap_or_default();
    let heading: Cow<'_, str> = match () {
        () if CODES.contains(&code) => Cow::Borrowed(code),
        () if name.is_empty() => Cow::Owned(nameless(number)),
        () if STANDARD.contains(&&*name.to_lowercase()) || name.eq_ignore_ascii_case("name") => {
            Cow::Owned(format!("{name} ({number})"))
        }
        () => Cow::Borrowed(name),
    };
    let Some(Node::List(values)) = field.get("values") else { return rows.cell(&heading, "") };
    // Rows of an invoice stand in a table of their own, and its payer is another field than its seller.
    match code {
        "ITEMS" => return Ok(()),
        "PAYER" => return super::sale::payer(rows, values),
        _ => {}
    }
    let part = |value: &Node<'_>| -> Option<usize> {
        let name = ["subtype", "enum_code"].iter().find_map(|key| value.get(key).and_then(Node::text))?;
        ADDRESS_PARTS.iter().position(|part| *part == name)
    };
    let mut address: Vec<(usize, &str)> = Vec::new();
    for value in values {
        let Some(inner) = value.get("value") else { continue };
        if let Some(part) = part(value) {
            address.push((part, scalar(inner).trim()));
        } else if let Node::Object(_) = inner {
            legal_entity(rows, if code == "LEGAL_ENTITY" { "supplier." } else { "" }, inner)?;
        } else {
            let kind = ["enum_code", "enum"].iter().find_map(|key| value.get(key).and_then(Node::text));
            let fax = heading == "PHONE" && kind.is_some_and(|kind| kind.eq_ignore_ascii_case("FAX"));
            let text = scalar(inner);
            let text = match class {
                "date" | "birthday" => date(text),
                "date_time" => moment(text),
                _ => Cow::Borrowed(text),
            };
            rows.cell(if fax { "FAX" } else { &heading }, text.trim())?;
        }
    }
    address.sort_by_key(|(part, _)| *part);
    let parts: Vec<&str> = address.into_iter().map(|(_, text)| text).filter(|text| !text.is_empty()).collect();
    if parts.is_empty() { Ok(()) } else { rows.cell(&heading, &parts.join(", ")) }
}

/// A value «юрлицо»; its columns stand behind `prefix`.
pub(super) fn legal_entity(rows: &mut Rows, prefix: &str, entity: &Node<'_>) -> Result<(), IngestError> {
    for (member, heading) in LEGAL {
        let text = entity.get(member).map(scalar).unwrap_or_default().trim();
        if prefix.is_empty() {
            rows.cell(heading, text)?;
        } else {
            rows.cell(&format!("{prefix}{}", heading.trim_start_matches("legal_entity.")), text)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::json::Reader;
    use crate::model::{Place, RawTable};

    fn row(kind: &str, text: &str) -> RawTable {
        let mut rows = Rows::new(Place::file("a.json"), kind);
        let Ok(Node::Object(entries)) = Reader::new(text).node() else { panic!("{text}") };
        add_cells(&mut rows, &entries).unwrap();
        rows.close(1, &mut Vec::new()).unwrap();
        rows.table
    }

    fn cell<'t>(table: &'t RawTable, heading: &str) -> &'t str {
        table.get(table.column(heading).unwrap_or_else(|| panic!("no {heading}")), 0)
    }

    #[test]
    fn custom_fields_stand_under_code_or_name() {
        let table = row(
            "amo.contact",
            r#"{"id":7,"name":"Анна Берёзова","first_name":"Анна","created_at":1711958400,"updated_at":0,"is_deleted":false,
            "responsible_user_id":3,"closest_task_at":1,"_links":{"self":{}},
            "custom_fields_values":[
             {"field_id":1,"field_name":"Телефон","field_code":"PHONE","values":[{"value":"+79000000001","enum_code":"WORK"},{"value":"84820000001","enum_code":"FAX"},{"value":79000000002}]},
             {"field_id":2,"field_name":"Email","field_code":"EMAIL","values":[{"value":"a@example.com"}]},
             {"field_id":3,"field_name":"ИНН","field_type":"numeric","values":[{"value":"770099001090"}]},
             {"field_id":4,"field_name":"name","values":[{"value":"не имя"}]},
             {"field_id":5,"field_name":"ID","values":[{"value":"не ид"}]},
             {"field_id":6,"field_name":"День рождения","field_type":"birthday","values":[{"value":641682000}]},
             {"field_id":7,"field_name":"Согласие","field_type":"checkbox","values":[{"value":true}]},
             {"field_id":8,"field_name":"","values":[{"value":"x"}]},
             {"field_id":9,"field_name":"Пусто","values":null}],
            "_embedded":{"tags":[{"id":1,"name":"дубль"}],"companies":[{"id":70}]}}"#,
        );
        for (heading, expected) in [
            ("id", "7"),
            ("full_name", "Анна Берёзова"),
            ("created_at", "2024-04-01T08:00:00Z"),
            ("updated_at", ""),
            ("is_deleted", "false"),
            ("PHONE", "+79000000001\n79000000002"),
            ("FAX", "84820000001"),
            ("EMAIL", "a@example.com"),
            ("ИНН", "770099001090"),
            ("name (4)", "не имя"),
            ("ID (5)", "не ид"),
            ("День рождения", "1990-05-03"),
            ("Согласие", "true"),
            ("поле 8", "x"),
            ("Пусто", ""),
            ("tags", "дубль"),
            ("company_id", "70"),
        ] {
            assert_eq!(cell(&table, heading), expected, "{heading}");
        }
    }

    #[test]
    fn legal_entities_and_addresses_of_v2() {
        let table = row(
            "amo.company",
            r#"{"id":8,"name":"Ель","custom_fields":[
             {"id":1,"name":"Юрлицо","values":[{"value":{"name":"ООО Ель","entity_type":null,"vat_id":"7700990010","kpp":"770001001","tax_registration_reason_code":null,"address":"Тверь"}}]},
             {"id":2,"name":"Юрлицо 2","values":[{"value":{"name":null,"vat_id":null,"tax_registration_reason_code":"1027700000000"}}]},
             {"id":3,"name":"Адрес","code":"ADDRESS","values":[{"value":"ул Лесная","subtype":"address_line_1"},{"value":"Тверь","subtype":"city"},{"value":"170000","subtype":"zip"},{"value":"","subtype":"state"}]},
             {"id":4,"name":"Флаг","values":[{"value":"1"}]}]}"#,
        );
        for (heading, expected) in [
            ("name", "Ель"),
            ("legal_entity.name", "ООО Ель"),
            ("vat_id", "7700990010"),
            ("kpp", "770001001"),
            ("ogrn", "1027700000000"),
            ("legal_entity.address", "Тверь"),
            ("ADDRESS", "170000, Тверь, ул Лесная"),
            ("Флаг", "1"),
        ] {
            assert_eq!(cell(&table, heading), expected, "{heading}");
        }
    }

    #[test]
    fn midnights_of_any_zone_are_their_date() {
        // 4 May 1990 begins in Kamchatka (+12), Moscow (+4 that summer) and London (+1).
        for seconds in ["641736000", "641764800", "641775600"] {
            assert_eq!(date(seconds), "1990-05-04");
        }
        assert_eq!((date("1990-05-04"), moment("x"), moment("0")), ("1990-05-04".into(), "x".into(), "".into()));
        assert_eq!(date("99999999999999999999"), "99999999999999999999");
        assert_eq!(date("9223372036854775807"), "9223372036854775807");
    }
}
