//! Goods and offers of CommerceML: names, units, taxes, prices, stock.
//!
//! - `БазоваяЕдиница`: the text of the element, which may stand behind its children, or `НаименованиеКраткое`; what its
//!   attributes or children say goes under `БазоваяЕдиница.Код`, `БазоваяЕдиница.НаименованиеПолное`;
//! - `СтавкаНДС` from `СтавкиНалогов`; rates of other taxes under `СтавкаНалога` as `Акциз: 5`;
//! - `Коэффициент`: a line for each `Пересчет` of the unit, the package and how much it holds (`778 = 12`);
//! - prices have `ВидЦены` and `НДС.УчтеноВСумме` of their type;
//! - `Группы`: ids, one a line; `ХарактеристикиТовара`: `Наименование: Значение`, one a line;
//! - `ШтрихКод` is `Штрихкод`;
//! - in 1.x `Ид` is `ИдентификаторВКаталоге`, which lines of documents name, and `Идентификатор` stays beside it.
//!
//! Descriptions, pictures and values of properties are not read: nothing compares them, and they are most of a file.

use super::party::Subject;
use super::{Parser, Table, attributes};
use crate::ingest::IngestError;
use crate::ingest::xml::{Element, Step};

impl Parser<'_> {
    pub(super) fn good(&mut self, element: &Element, table: Table) -> Result<(), IngestError> {
        let mut good = own_id(element);
        let (mut prices, mut stock) = (Vec::new(), Vec::new());
        loop {
            let child = match self.xml.step()? {
                Step::Open(child) => child,
                Step::Close | Step::End => break,
                Step::Text(_) => continue,
            };
            match child.name() {
                "Цены" => self.prices(&mut prices)?,
                "Склад" | "Склады" | "Остатки" | "Остаток" => {
                    self.stock(&child, "", &mut stock)?
                }
                _ => self.good_part(&child, &mut good)?,
            }
        }
        let id = good.get("Ид").to_owned();
        self.write(table, &good, None)?;
        for price in &prices {
            self.write(Table::Price, price, Some(&id))?;
        }
        let whole = good.get("Количество");
        if matches!(table, Table::Offer) && stock.is_empty() && !whole.is_empty() {
            let mut row = Subject::default();
            row.add("Количество", whole);
            stock.push(row);
        }
        for row in &stock {
            self.write(Table::Stock, row, Some(&id))?;
        }
        Ok(())
    }

    /// An element inside a good, an offer or a line of a document.
    pub(super) fn good_part(&mut self, child: &Element, good: &mut Subject) -> Result<(), IngestError> {
        match child.name() {
            "БазоваяЕдиница" | "Единица" => self.unit(child, good),
            "Группы" => self.leaves(&mut |_, text| good.add("Группы", text)),
            "СтавкиНалогов" => self.rates(good),
            "ЗначенияРеквизитов" => self.requisites(good),
            "ХарактеристикиТовара" => self.characteristics(good),
            "ШтрихКод" => self.value("Штрихкод".into(), good),
            "Описание"
            | "Картинка"
            | "ЗначенияСвойств"
            | "Аналоги"
            | "Комплектующие"
            | "ДополнительныеЗначенияРеквизитов" => self.xml.skip(),
            _ => self.value(child.into(), good),
        }
    }

    /// A unit: text that may stand among children, attributes, or children alone.
    pub(super) fn unit(&mut self, element: &Element, out: &mut Subject) -> Result<(), IngestError> {
        let mut parts: Vec<(String, String)> = Vec::new();
        for (of, value) in element.attributes() {
            parts.push((of.to_owned(), value.into_owned()));
        }
        let mut text = String::new();
        loop {
            match self.xml.step()? {
                Step::Text(piece) => text.push_str(piece),
                Step::Open(child) if child.name() == "Пересчет" => self.package(out)?,
                Step::Open(child) => {
                    let mut value = String::new();
                    self.xml.text(&mut value)?;
                    parts.push((child.name().to_owned(), value));
                }
                Step::Close | Step::End => break,
            }
        }
        if text.trim().is_empty() {
            let short = parts.iter().find(|(of, _)| of == "НаименованиеКраткое");
            text = short.map(|(_, value)| value.clone()).unwrap_or_default();
        }
        out.add(element, &text);
        for (of, value) in parts.iter().filter(|(of, _)| of != "НаименованиеКраткое") {
            out.add(format!("{}.{of}", element.name()), value);
        }
        Ok(())
    }

    /// What a package of a good holds: `778 = 12`, twelve of its unit in one of ОКЕИ 778.
    fn package(&mut self, out: &mut Subject) -> Result<(), IngestError> {
        let (mut unit, mut coefficient) = (String::new(), String::new());
        self.leaves(&mut |name, text| match name {
            "Единица" => unit = text.trim().to_owned(),
            "Коэффициент" => coefficient = text.trim().to_owned(),
            _ => {}
        })?;
        if !coefficient.is_empty() {
            let package = if unit.is_empty() { coefficient } else { format!("{unit} = {coefficient}") };
            out.add("Коэффициент", &package);
        }
        Ok(())
    }

    fn rates(&mut self, out: &mut Subject) -> Result<(), IngestError> {
        let mut tax = String::new();
        self.leaves(&mut |name, text| match name {
            "Наименование" => tax = text.trim().to_owned(),
            "Ставка" if is_vat(&tax) => out.add("СтавкаНДС", text),
            "Ставка" => out.add("СтавкаНалога", &format!("{tax}: {}", text.trim())),
            _ => {}
        })
    }

    fn characteristics(&mut self, out: &mut Subject) -> Result<(), IngestError> {
        let mut name = String::new();
        self.leaves(&mut |leaf, text| match leaf {
            "Наименование" => name = text.trim().to_owned(),
            "Значение" => out.add("ХарактеристикиТовара", &format!("{name}: {}", text.trim())),
            _ => {}
        })
    }

    fn prices(&mut self, out: &mut Vec<Subject>) -> Result<(), IngestError> {
        loop {
            match self.xml.step()? {
                Step::Open(element) if element.name() == "Цена" => {
                    let mut price = attributes(&element);
                    self.subject(&mut price)?;
                    if let Some(of) = self.price_types.get(price.get("ИдТипаЦены")) {
                        price.add("ВидЦены", &of.name);
                        if !of.vat_included.is_empty() {
                            price.add("НДС.УчтеноВСумме", &of.vat_included);
                        }
                    }
                    out.push(price);
                }
                Step::Open(_) => self.xml.skip()?,
                Step::Close | Step::End => return Ok(()),
                Step::Text(_) => {}
            }
        }
    }

    /// Stock in any of its forms: attributes of `Склад` or `Склады`, or `Остатки/Остаток/Склад/{Ид, Количество}`.
    fn stock(&mut self, element: &Element, outer: &str, out: &mut Vec<Subject>) -> Result<(), IngestError> {
        let attribute = |name: &str| element.attribute(name).unwrap_or_default().trim().to_owned();
        let (mut warehouse, mut quantity) = (attribute("ИдСклада"), attribute("КоличествоНаСкладе"));
        let mut name = String::new();
        loop {
            let child = match self.xml.step()? {
                Step::Open(child) => child,
                Step::Close | Step::End => break,
                Step::Text(_) => continue,
            };
            let text = match child.name() {
                "Остаток" | "Склад" => {
                    self.stock(&child, &warehouse, out)?;
                    continue;
                }
                "Ид" | "ИдСклада" => &mut warehouse,
                "Наименование" => &mut name,
                "Количество" | "КоличествоНаСкладе" => &mut quantity,
                _ => {
                    self.xml.skip()?;
                    continue;
                }
            };
            self.xml.text(text)?;
        }
        if quantity.trim().is_empty() {
            return Ok(());
        }
        let warehouse = if warehouse.trim().is_empty() { outer } else { warehouse.trim() };
        if name.trim().is_empty() {
            name = self.warehouses.get(warehouse).cloned().unwrap_or_default();
        }
        let mut row = Subject::default();
        row.add("ИдСклада", warehouse);
        row.add("Склад", &name);
        row.add("Количество", &quantity);
        out.push(row);
        Ok(())
    }
}

/// The attributes of a good. In 1.x lines of documents name it by its id within the catalogue.
fn own_id(element: &Element) -> Subject {
    if element.attribute("ИдентификаторВКаталоге").is_none() {
        return attributes(element);
    }
    let mut good = Subject::roomy();
    for (name, value) in element.attributes() {
        let name = if name == "ИдентификаторВКаталоге" { "Ид" } else { name };
        good.add(name.to_owned(), &value);
    }
    good
}

/// Value added tax, as it is called in the versions of the format (`AVT` in 1.x, sic).
pub(super) fn is_vat(tax: &str) -> bool {
    tax.is_empty() || tax.contains("НДС") || matches!(tax, "AVT" | "VAT")
}
