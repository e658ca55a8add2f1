//! Deals, stages, goods and invoices of amoCRM.

use std::borrow::Cow;

use crate::ingest::IngestError;
use crate::ingest::json::Node;
use crate::ingest::rows::{Rows, Tables};

use super::record::{custom_field, legal_entity, moment, names, scalar};

/// Fields of a deal that are containers or say nothing about it.
const PASSED_OVER: [&str; 8] = [
    "_links",
    "catalog_elements",
    "closest_task_at",
    "company",
    "contacts",
    "is_price_modified_by_robot",
    "main_contact",
    "pipeline",
];

/// Codes of custom fields that tell goods.
const OF_GOODS: [&str; 4] = ["EXTERNAL_ID", "PRICE", "SKU", "UNIT"];

/// Adds the cells of a deal to the row being built. `contact_id` is its main contact, `contact_ids` all of them.
///
/// # Errors
/// [`IngestError::Limit`] of [`Rows::cell`].
pub fn add_lead(rows: &mut Rows, lead: &[(Cow<'_, str>, Node<'_>)]) -> Result<(), IngestError> {
    for (key, value) in lead {
        match (&**key, value) {
            ("custom_fields_values" | "custom_fields", Node::List(fields)) => {
                fields.iter().try_for_each(|field| custom_field(rows, field))?;
            }
            ("_embedded", value) => {
                let companies = members(value.get("companies"));
                rows.cell("company_id", first_id(&companies))?;
                contacts(rows, &members(value.get("contacts")))?;
                let reasons = members(value.get("loss_reason"));
                let reason = reasons.iter().find_map(|reason| reason.get("name")).and_then(Node::text);
                rows.cell("loss_reason", reason.unwrap_or_default())?;
                names(rows, value.get("tags"))?;
            }
            // API v2.
            ("company", Node::Object(_)) => {
                rows.cell("company_id", id(value))?;
                rows.cell("company", value.get("name").and_then(Node::text).unwrap_or_default())?;
            }
            ("main_contact", Node::Object(_)) => rows.cell("contact_id", id(value))?,
            ("contacts", Node::Object(_)) => {
                for contact in members(value.get("id")) {
                    rows.cell("contact_ids", scalar(contact))?;
                }
            }
            ("sale", value) => rows.cell("price", scalar(value))?,
            ("loss_reason_name", value) => rows.cell("loss_reason", scalar(value))?,
            ("loss_reason_id", value) if value.text() == Some("0") => rows.cell("loss_reason_id", "")?,
            ("tags", value) => names(rows, Some(value))?,
            ("created_at" | "updated_at" | "closed_at", value) => {
                rows.cell(key, &moment(value.text().unwrap_or_default()))?;
            }
            (name, _) if PASSED_OVER.contains(&name) => {}
            (name, value) if !value.is_container() => rows.cell(name, scalar(value))?,
            _ => {}
        }
    }
    Ok(())
}

fn contacts(rows: &mut Rows, contacts: &[&Node<'_>]) -> Result<(), IngestError> {
    let main = contacts.iter().find(|contact| contact.get("is_main") == Some(&Node::Bool(true)));
    // One contact is the main one, whatever it says of itself.
    let main = main.or(if let [only] = contacts { Some(only) } else { None });
    rows.cell("contact_id", main.map_or("", |contact| id(contact)))?;
    contacts.iter().try_for_each(|contact| rows.cell("contact_ids", id(contact)))
}

/// Goods and invoices that a deal is linked to, a row each: `amo.lead.element`.
///
/// # Errors
/// As [`Tables::part`].
pub fn add_elements_of_lead(tables: &mut Tables, lead: &Node<'_>) -> Result<(), IngestError> {
    let linked = lead.get("_embedded").and_then(|embedded| embedded.get("catalog_elements"));
    for element in members(linked) {
        tables.part("amo.lead.element", |rows| {
            rows.cell("lead_id", id(lead))?;
            rows.cell("element_id", id(element))?;
            for member in ["catalog_id", "quantity", "price_id"] {
                let value = element.get("metadata").and_then(|m| m.get(member)).or_else(|| element.get(member));
                rows.cell(member, value.map(scalar).unwrap_or_default())?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// A funnel (`amo.pipeline`) and its stages (`amo.status`).
///
/// # Errors
/// As [`Tables::record`].
pub fn add_pipeline(tables: &mut Tables, pipeline: &Node<'_>) -> Result<usize, IngestError> {
    let of = |node: &Node<'_>, rows: &mut Rows, names: &[&str]| {
        names.iter().try_for_each(|name| rows.cell(name, node.get(name).map(scalar).unwrap_or_default()))
    };
    let at = tables.record("amo.pipeline", |rows| of(pipeline, rows, &["id", "name", "is_main", "is_archive"]))?;
    let embedded = pipeline.get("_embedded").and_then(|embedded| embedded.get("statuses"));
    for status in members(embedded.or_else(|| pipeline.get("statuses"))) {
        tables.part("amo.status", |rows| {
            rows.cell("pipeline_id", id(pipeline))?;
            rows.cell("pipeline", pipeline.get("name").map(scalar).unwrap_or_default())?;
            of(status, rows, &["id", "name", "sort"])
        })?;
    }
    Ok(at)
}

/// Somebody who works in the system: `amo.user`.
///
/// # Errors
/// As [`Tables::record`].
pub fn add_user(tables: &mut Tables, user: &Node<'_>) -> Result<usize, IngestError> {
    tables.record("amo.user", |rows| {
        let mut names = ["id", "name", "last_name", "email", "login"].into_iter();
        names.try_for_each(|name| rows.cell(name, user.get(name).map(scalar).unwrap_or_default()))
    })
}

/// A description of a custom field: `amo.field`. `field` is the heading of records that do not name it.
///
/// # Errors
/// As [`Tables::record`].
pub fn add_field(tables: &mut Tables, field: &Node<'_>) -> Result<usize, IngestError> {
    tables.record("amo.field", |rows| {
        rows.cell("field", &super::record::nameless(id(field)))?;
        let mut names = ["id", "name", "code", "type", "field_type", "entity_type"].into_iter();
        names.try_for_each(|name| rows.cell(name, field.get(name).map(scalar).unwrap_or_default()))
    })
}

/// What the elements of a list are, by the codes of their fields: `amo.invoice`, `amo.product`, else `amo.element`.
pub fn kind_of_elements(elements: &[&Node<'_>]) -> &'static str {
    let codes: Vec<&str> = elements
        .iter()
        .flat_map(|element| members(element.get("custom_fields_values")))
        .filter_map(|field| field.get("field_code").and_then(Node::text))
        .collect();
    match () {
        () if codes.iter().any(|code| code.starts_with("BILL_") || *code == "ITEMS") => "amo.invoice",
        () if codes.iter().any(|code| OF_GOODS.contains(code)) => "amo.product",
        () => "amo.element",
    }
}

/// Rows of goods of an invoice: `amo.invoice.item`.
///
/// # Errors
/// As [`Tables::part`].
pub fn add_items_of_invoice(tables: &mut Tables, invoice: &Node<'_>) -> Result<(), IngestError> {
    let fields = members(invoice.get("custom_fields_values"));
    let items = fields.iter().filter(|field| field.get("field_code").and_then(Node::text) == Some("ITEMS"));
    for value in items.flat_map(|field| members(field.get("values"))).filter_map(|value| value.get("value")) {
        let Node::Object(entries) = value else { continue };
        tables.part("amo.invoice.item", |rows| {
            rows.cell("invoice_id", id(invoice))?;
            for (key, value) in entries {
                match value {
                    // `{type: "percentage", value: 10}`
                    Node::Object(_) if key == "discount" => {
                        for member in ["type", "value"] {
                            let text = value.get(member).map(scalar).unwrap_or_default();
                            rows.cell(&format!("discount.{member}"), text)?;
                        }
                    }
                    value if !value.is_container() => rows.cell(key, scalar(value))?,
                    _ => {}
                }
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// Who pays an invoice: its tax numbers, and the company or contact that it is.
///
/// # Errors
/// [`IngestError::Limit`] of [`Rows::cell`].
pub fn payer(rows: &mut Rows, values: &[Node<'_>]) -> Result<(), IngestError> {
    for payer in values.iter().filter_map(|value| value.get("value")) {
        if !payer.is_container() {
            rows.cell("payer.name", scalar(payer))?;
            continue;
        }
        legal_entity(rows, "payer.", payer)?;
        let person = payer.get("entity_type").or_else(|| payer.get("type")).and_then(Node::text) == Some("contacts");
        let heading = if person { "contact_id" } else { "company_id" };
        rows.cell(heading, payer.get("entity_id").map(scalar).unwrap_or_default())?;
    }
    Ok(())
}

/// Items of a list, or values of the map that stands for it.
pub fn members<'n, 'a>(node: Option<&'n Node<'a>>) -> Vec<&'n Node<'a>> {
    match node {
        Some(Node::List(items)) => items.iter().collect(),
        Some(Node::Object(entries)) => entries.iter().map(|(_, value)| value).collect(),
        Some(value @ (Node::Number(_) | Node::Text(_))) => vec![value],
        _ => Vec::new(),
    }
}

fn id<'n>(node: &'n Node<'_>) -> &'n str {
    node.get("id").and_then(Node::text).filter(|id| *id != "0").unwrap_or_default()
}

fn first_id<'n>(nodes: &[&'n Node<'_>]) -> &'n str {
    nodes.first().map_or("", |node| id(node))
}
