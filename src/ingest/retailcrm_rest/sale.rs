//! Orders, goods, stock and reference lists of RetailCRM.

use super::{add_address, contragent, custom_fields, members, scalar};
use crate::ingest::IngestError;
use crate::ingest::json::Node;
use crate::ingest::rows::{Rows, Tables};

/// Reference lists: their name in an answer, and the kind of their rows. Most are maps keyed by code, some are lists.
const REFERENCES: [(&str, &str); 11] = [
    ("customFields", "retail.field"),
    ("legalEntities", "retail.legalEntity"),
    ("paymentStatuses", "retail.paymentStatus"),
    ("paymentTypes", "retail.paymentType"),
    ("priceTypes", "retail.priceType"),
    ("productStatuses", "retail.productStatus"),
    ("sites", "retail.site"),
    ("statuses", "retail.status"),
    ("stores", "retail.store"),
    ("units", "retail.unit"),
    ("users", "retail.user"),
];

/// Members of a position that are lists or say nothing of it.
const PASSED_OVER_OF_ITEM: [&str; 5] = ["markingCodes", "discounts", "properties", "prices", "quantity"];

/// Kind of the rows of a reference list.
pub fn reference(member: &str) -> Option<&'static str> {
    REFERENCES.iter().find(|(name, _)| *name == member).map(|(_, kind)| *kind)
}

/// Adds an order with its positions and payments; returns the table of orders.
///
/// # Errors
/// As [`Tables::record`].
pub fn add_order(tables: &mut Tables, order: &Node<'_>) -> Result<usize, IngestError> {
    let at = tables.record("retail.order", |rows| order_cells(rows, order))?;
    let id = text(order, "id");
    for item in members(order.get("items")) {
        add_item(tables, id, item)?;
    }
    for payment in members(order.get("payments")) {
        tables.part("retail.payment", |rows| {
            rows.cell("order.id", id)?;
            add_scalars(rows, payment, "", &[])
        })?;
    }
    Ok(at)
}

fn order_cells(rows: &mut Rows, order: &Node<'_>) -> Result<(), IngestError> {
    let Node::Object(entries) = order else { return Ok(()) };
    for (key, value) in entries {
        match (&**key, value) {
            ("items" | "payments", _) => {}
            ("customer" | "contact", Node::Object(_)) => {
                rows.cell(&format!("{key}.id"), text(value, "id"))?;
                if key == "customer" {
                    rows.cell("customer.type", text(value, "type"))?;
                }
            }
            ("company", Node::Object(_)) => {
                rows.cell("company.id", text(value, "id"))?;
                rows.cell("company.name", text(value, "name"))?;
            }
            ("contragent", value) => contragent(rows, value)?,
            ("delivery", Node::Object(_)) => {
                for name in ["code", "cost"] {
                    rows.cell(&format!("delivery.{name}"), text(value, name))?;
                }
                add_address(rows, "delivery.address", value.get("address"))?;
            }
            ("customFields", Node::Object(fields)) => custom_fields(rows, fields)?,
            (name, value) if !value.is_container() => rows.cell(name, scalar(value).trim())?,
            _ => {}
        }
    }
    Ok(())
}

/// A position; one that was sold at several prices has a row for each, since its sum is theirs.
fn add_item(tables: &mut Tables, order: &str, item: &Node<'_>) -> Result<(), IngestError> {
    let prices = members(item.get("prices"));
    for nth in 0..prices.len().max(1) {
        tables.part("retail.order.item", |rows| {
            rows.cell("order.id", order)?;
            if nth == 0 {
                rows.cell("id", text(item, "id"))?;
            } else {
                rows.cell("id", &format!("{}/{}", text(item, "id"), nth + 1))?;
            }
            match prices.get(nth) {
                Some(price) => {
                    rows.cell("price", text(price, "price"))?;
                    let whole = if prices.len() == 1 { text(item, "quantity") } else { "" };
                    let quantity = if whole.is_empty() { text(price, "quantity") } else { whole };
                    rows.cell("quantity", quantity)?;
                }
                None => rows.cell("quantity", text(item, "quantity"))?,
            }
            add_scalars(rows, item, "", &["id"])?;
            if let Some(offer) = item.get("offer") {
                add_scalars(rows, offer, "offer.", &[])?;
                add_unit(rows, offer)?;
            }
            for external in members(item.get("externalIds")) {
                rows.cell(&format!("externalIds.{}", text(external, "code")), text(external, "value"))?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// Adds a product and the offers inside it; returns the table of products.
///
/// # Errors
/// As [`Tables::record`].
pub fn add_product(tables: &mut Tables, product: &Node<'_>) -> Result<usize, IngestError> {
    let at = tables.record("retail.product", |rows| add_scalars(rows, product, "", &[]))?;
    for offer in members(product.get("offers")) {
        tables.part("retail.offer", |rows| {
            rows.cell("product.id", text(product, "id"))?;
            offer_cells(rows, offer)
        })?;
    }
    Ok(at)
}

/// Adds an element of `offers`: a trade offer, or (`store/inventories`, which names no goods) its stock, a row for each
/// store where the answer has them. Returns the table.
///
/// # Errors
/// As [`Tables::record`].
pub fn add_offer(tables: &mut Tables, offer: &Node<'_>) -> Result<usize, IngestError> {
    if ["name", "prices", "product", "images"].iter().any(|member| offer.get(member).is_some()) {
        return tables.record("retail.offer", |rows| {
            if let Some(product) = offer.get("product") {
                for name in ["id", "externalId", "name", "article"] {
                    rows.cell(&format!("product.{name}"), text(product, name))?;
                }
            }
            offer_cells(rows, offer)
        });
    }
    let stores = members(offer.get("stores"));
    if stores.is_empty() {
        return tables.record("retail.inventory", |rows| add_scalars(rows, offer, "", &[]));
    }
    let mut at = 0;
    for (nth, store) in stores.into_iter().enumerate() {
        let fill = |rows: &mut Rows| {
            add_scalars(rows, offer, "", &["quantity", "purchasePrice"])?;
            add_scalars(rows, store, "", &[])
        };
        at = if nth == 0 { tables.record("retail.inventory", fill)? } else { tables.part("retail.inventory", fill)? };
    }
    Ok(at)
}

fn offer_cells(rows: &mut Rows, offer: &Node<'_>) -> Result<(), IngestError> {
    add_scalars(rows, offer, "", &[])?;
    add_unit(rows, offer)?;
    for price in members(offer.get("prices")) {
        rows.cell(&format!("prices.{}", text(price, "priceType")), text(price, "price"))?;
    }
    let Some(Node::Object(properties)) = offer.get("properties") else { return Ok(()) };
    for (code, value) in properties.iter().filter(|(_, value)| !value.is_container()) {
        rows.cell(&format!("properties.{code}"), scalar(value).trim())?;
    }
    Ok(())
}

/// Adds an element of a reference list.
///
/// # Errors
/// As [`Tables::record`].
pub fn add_reference(tables: &mut Tables, kind: &str, element: &Node<'_>) -> Result<usize, IngestError> {
    tables.record(kind, |rows| {
        add_scalars(rows, element, "", &[])?;
        contragent(rows, element.get("contragent").unwrap_or(&Node::Null))?;
        add_address(rows, "address", element.get("address"))
    })
}

fn add_unit(rows: &mut Rows, owner: &Node<'_>) -> Result<(), IngestError> {
    let Some(unit) = owner.get("unit") else { return Ok(()) };
    ["code", "name", "sym"].iter().try_for_each(|name| rows.cell(&format!("unit.{name}"), text(unit, name)))
}

fn add_scalars(rows: &mut Rows, node: &Node<'_>, prefix: &str, but: &[&str]) -> Result<(), IngestError> {
    let Node::Object(entries) = node else { return Ok(()) };
    let is_item = rows.table.kind == "retail.order.item" && prefix.is_empty();
    for (name, value) in entries.iter().filter(|(_, value)| !value.is_container()) {
        if but.contains(&&**name) || is_item && PASSED_OVER_OF_ITEM.contains(&&**name) {
            continue;
        }
        if prefix.is_empty() {
            rows.cell(name, scalar(value).trim())?;
        } else {
            rows.cell(&format!("{prefix}{name}"), scalar(value).trim())?;
        }
    }
    Ok(())
}

fn text<'n>(node: &'n Node<'_>, member: &str) -> &'n str {
    node.get(member).map(scalar).unwrap_or_default().trim()
}
