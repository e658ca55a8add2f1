//! Catalogues of goods that a shop gives to RetailCRM (ICML) or to a market place (YML): `icml`.
//!
//! One table of kind `icml.offer`, a row for each `offer`: attributes and elements under their names (`id, productId,
//! quantity, price, purchasePrice, xmlId, name, productName, productActivity, vendor, vatRate, barcode`), `unit.code,
//! unit.name, unit.sym`, a `param` under `param.CODE` or, without a code, `param.NAME`, and the name of its category under
//! `category`. Several offers share a `productId`: each is a row.
//!
//! `taken_at` is the date of the catalogue.
//!
//! Source: the page on ICML in the documentation of RetailCRM (read 2026-11-24).

use std::borrow::Cow;
use std::collections::HashMap;

use super::rows::Tables;
use super::xml::{Element, Step, Xml, XmlFormat, root_name};
use super::{Extract, Format, IngestError, Input};
use crate::model::Place;

/// Bytes looked at to recognise the root.
const HEAD_BYTES: usize = 16 * 1024;
const KIND: &str = "icml.offer";
/// Elements that say nothing about what is sold.
const PASSED_OVER: [&str; 3] = ["picture", "url", "description"];

/// ICML and YML.
pub struct Icml;

impl Format for Icml {
    fn id(&self) -> &'static str {
        "icml"
    }

    fn title(&self) -> &'static str {
        "ICML, YML: каталог товаров"
    }

    fn detect(&self, input: &Input) -> bool {
        root_name(&input.head_text(HEAD_BYTES)).as_deref() == Some("yml_catalog")
    }

    fn read(&self, input: &Input) -> Result<Extract, IngestError> {
        let mut extract = Extract::default();
        let text = input.text(&mut extract);
        self.read_xml(Xml::new(input, &text), input, extract)
    }
}

impl XmlFormat for Icml {
    fn read_xml(&self, mut xml: Xml<'_>, input: &Input, mut extract: Extract) -> Result<Extract, IngestError> {
        let mut tables = Tables::new(Place::file(&input.name));
        let mut categories: HashMap<String, String> = HashMap::new();
        loop {
            match xml.step()? {
                Step::Open(element) => match element.name() {
                    "yml_catalog" => {
                        extract.taken_at = element.attribute("date").and_then(|date| super::moment(&date));
                    }
                    "category" => {
                        let id = element.attribute("id").unwrap_or_default().into_owned();
                        let mut name = String::new();
                        xml.text(&mut name)?;
                        categories.insert(id, name.trim().to_owned());
                    }
                    "offer" => offer(&mut xml, &element, &categories, &mut tables)?,
                    "shop" | "categories" | "offers" => {}
                    _ => xml.skip()?,
                },
                Step::End => break,
                Step::Text(_) | Step::Close => {}
            }
        }
        tables.finish(&mut extract);
        Ok(extract)
    }
}

fn offer(
    xml: &mut Xml<'_>,
    element: &Element,
    categories: &HashMap<String, String>,
    tables: &mut Tables,
) -> Result<(), IngestError> {
    let mut cells: Vec<(Cow<'static, str>, String)> = Vec::new();
    for (name, value) in element.attributes() {
        cells.push((Cow::Owned(name.to_owned()), value.trim().to_owned()));
    }
    loop {
        let child = match xml.step()? {
            Step::Open(child) => child,
            Step::Close | Step::End => break,
            Step::Text(_) => continue,
        };
        let heading: Cow<'static, str> = match child.name() {
            name if PASSED_OVER.contains(&name) => {
                xml.skip()?;
                continue;
            }
            "unit" => {
                for (name, value) in child.attributes() {
                    cells.push((Cow::Owned(format!("unit.{name}")), value.trim().to_owned()));
                }
                xml.skip()?;
                continue;
            }
            "param" => {
                let code = child.attribute("code").filter(|code| !code.trim().is_empty());
                let name = code.or_else(|| child.attribute("name")).unwrap_or_default();
                Cow::Owned(format!("param.{}", name.trim()))
            }
            name => Cow::Owned(name.to_owned()),
        };
        let mut text = String::new();
        xml.text(&mut text)?;
        let text = text.trim().to_owned();
        if heading == "categoryId"
            && let Some(category) = categories.get(&text)
        {
            cells.push((Cow::Borrowed("category"), category.clone()));
        }
        cells.push((heading, text));
    }
    tables.record(KIND, |rows| cells.iter().try_for_each(|(heading, text)| rows.cell(heading, text)))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cut_is_an_error_and_entities_are_not_expanded() {
        let text = "<!DOCTYPE yml_catalog SYSTEM \"shops.dtd\"><yml_catalog date=\"2026-11-02 09:05:07\"><shop><offers><offer id=\"1\"><name>А&amp;Б</name></offer></offers></shop></yml_catalog>";
        let whole = Icml.read(&Input::from_bytes("a.xml", text)).unwrap();
        let table = &whole.tables[0];
        assert_eq!((table.len(), table.get(table.column("name").unwrap(), 0)), (1, "А&Б"));
        assert_eq!(whole.taken_at.unwrap().to_string(), "2026-11-02 09:05:07");
        for end in (1..text.len()).filter(|&end| text.is_char_boundary(end)) {
            assert!(Icml.read(&Input::from_bytes("a.xml", &text[..end])).is_err(), "{end}");
        }
    }
}
