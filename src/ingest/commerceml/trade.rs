//! Documents of CommerceML and their lines.
//!
//! - `Контрагент.Ид`, `Контрагент.Наименование`, `Контрагент.ИНН`, `Контрагент.КПП`, `Контрагент.Роль`: the other side.
//!   `Роль` of the document is that of ours; a party in the same role goes under `Организация.…`. Where nothing tells the
//!   sides apart both stand under their roles (`Продавец.…`, `Покупатель.…`) and there is no counterparty;
//! - `НДС.Сумма`, `НДС.Ставка`, `НДС.УчтеноВСумме` from `Налоги`; other taxes under their names (`Акциз.Сумма`);
//! - `Скидка.Сумма` and the like from `Скидки`; `Склад.Ид`, `Склад.Наименование` from `Склады`;
//! - requisites under their names: `Проведен`, `Статус заказа`, `Номер по 1С`, `Дата оплаты по 1С`;
//! - a document inside another has the id of the outer one under `Основание` when it names none.
//!
//! A payment has `Направление`: `поступление`, `списание`, or nothing where `Роль` does not tell. A customer pays the
//! seller, and a return goes the other way.
//!
//! A line has `НомерСтроки`, its ordinal in the document, beside what goods have. In 1.x `Товар` of a line is its `Ид`.
//!
//! A message about a change of state holds an id and requisites and nothing else: such a row has no sum and no party.

use super::goods::is_vat;
use super::party::Subject;
use super::{Parser, Table, attributes};
use crate::ingest::IngestError;
use crate::ingest::xml::{Element, Step};

/// Roles that meet in one document. Source: enumeration of roles in the schema 2.10.
const OPPOSITES: [(&str, &str); 4] =
    [("Продавец", "Покупатель"), ("Комитент", "Комиссионер"), ("Лицензиар", "Лицензиат"), ("Плательщик", "Получатель")];

/// A party of a document.
struct Side {
    role: String,
    party: Subject,
}

impl Parser<'_> {
    /// Reads a document; `base` is the id of the one it stands in.
    pub(super) fn trade(&mut self, element: &Element, base: &str) -> Result<(), IngestError> {
        let mut document = attributes(element);
        let (mut sides, mut lines) = (Vec::new(), Vec::new());
        self.trade_parts(&mut document, &mut sides, &mut lines)?;
        if !base.is_empty() && document.get("Основание").is_empty() {
            document.add("Основание", base);
        }
        add_sides(&mut document, &sides);
        let id = id_of(&document).to_owned();
        let table = match direction(&document) {
            Some(direction) => {
                document.add("Направление", direction);
                Table::Payment
            }
            None => Table::Document,
        };
        self.write(table, &document, None)?;
        for line in &lines {
            self.write(Table::Line, line, Some(&id))?;
        }
        Ok(())
    }

    fn trade_parts(
        &mut self,
        document: &mut Subject,
        sides: &mut Vec<Side>,
        lines: &mut Vec<Subject>,
    ) -> Result<(), IngestError> {
        loop {
            let child = match self.xml.step()? {
                Step::Open(child) => child,
                Step::Close | Step::End => return Ok(()),
                Step::Text(_) => continue,
            };
            match child.name() {
                "Контрагенты" | "Товары" => self.trade_parts(document, sides, lines)?,
                "Контрагент" => {
                    let party = self.party(&child, Table::Party)?;
                    self.partial[Table::Party as usize] = true;
                    sides.push(Side { role: party.get("Роль").to_owned(), party });
                }
                "ПредприятиеВДокументе" => {
                    let role = self.role(&child).to_owned();
                    let mut party = Subject::default();
                    party.add("Ид", &child.attribute("Контрагент").unwrap_or_default());
                    sides.push(Side { role, party });
                    self.xml.skip()?;
                }
                "Товар" | "ТоварнаяПозиция" => {
                    let line = self.line(&child, lines.len() + 1)?;
                    lines.push(line);
                }
                "ПодчиненныеДокументы" => {
                    let id = id_of(document).to_owned();
                    self.subordinates(&id)?;
                }
                "Документ" | "ПодчиненныйДокумент" => {
                    let id = id_of(document).to_owned();
                    self.trade(&child, &id)?;
                }
                "ЗначенияРеквизитов" => self.requisites(document)?,
                "Налоги" => self.taxes(document)?,
                "СуммаНалога" => self.tax_of_attributes(&child, document)?,
                "Скидки" => self.listed("Скидка", document)?,
                "Склады" => self.listed("Склад", document)?,
                "ЗначенияСвойств" | "Подписанты" => self.xml.skip()?,
                _ => self.value((&child).into(), document)?,
            }
        }
    }

    fn subordinates(&mut self, base: &str) -> Result<(), IngestError> {
        loop {
            match self.xml.step()? {
                Step::Open(child) => self.trade(&child, base)?,
                Step::Close | Step::End => return Ok(()),
                Step::Text(_) => {}
            }
        }
    }

    fn line(&mut self, element: &Element, number: usize) -> Result<Subject, IngestError> {
        let mut line = Subject::roomy();
        line.add("НомерСтроки", &number.to_string());
        for (name, value) in element.attributes() {
            let name = if matches!(name, "Товар" | "Идентификатор") { "Ид" } else { name };
            line.add(name.to_owned(), &value);
        }
        loop {
            let child = match self.xml.step()? {
                Step::Open(child) => child,
                Step::Close | Step::End => return Ok(line),
                Step::Text(_) => continue,
            };
            match child.name() {
                "Налоги" => self.taxes(&mut line)?,
                "СуммаНалога" => self.tax_of_attributes(&child, &mut line)?,
                "Скидки" => self.listed("Скидка", &mut line)?,
                "Склады" => self.listed("Склад", &mut line)?,
                _ => self.good_part(&child, &mut line)?,
            }
        }
    }

    fn taxes(&mut self, out: &mut Subject) -> Result<(), IngestError> {
        let mut tax = String::new();
        self.leaves(&mut |name, text| match name {
            "Наименование" => tax = text.trim().to_owned(),
            "" => {}
            name => add_tax(&tax, name, text, out),
        })
    }

    /// Version 1.x: `<СуммаНалога Налог="AVT" Ставка="18" Сумма="…" ВключенВСумму="1"/>`.
    fn tax_of_attributes(&mut self, element: &Element, out: &mut Subject) -> Result<(), IngestError> {
        let tax = element.attribute("Налог").unwrap_or_default();
        for (from, to) in [("Ставка", "Ставка"), ("Сумма", "Сумма"), ("ВключенВСумму", "УчтеноВСумме")]
        {
            if let Some(value) = element.attribute(from) {
                add_tax(tax.trim(), to, &value, out);
            }
        }
        self.xml.skip()
    }

    /// Members of the elements of a list, each under `name`.
    fn listed(&mut self, name: &str, out: &mut Subject) -> Result<(), IngestError> {
        self.leaves(&mut |leaf, text| {
            if !leaf.is_empty() {
                out.add(format!("{name}.{leaf}"), text);
            }
        })
    }
}

/// Which way the money of a payment goes; `None` for other documents.
fn direction(document: &Subject) -> Option<&'static str> {
    let operation = document.get("ХозОперация").to_lowercase();
    let is_money = operation.contains("денег") || operation.starts_with("эквайринг");
    let is_return = operation.starts_with("возврат");
    is_money.then(|| match (document.get("Роль"), is_return) {
        ("Продавец", false) | ("Покупатель", true) | ("Получатель", _) => "поступление",
        ("Покупатель", false) | ("Продавец", true) | ("Плательщик", _) => "списание",
        _ => "",
    })
}

fn add_tax(tax: &str, of: &str, value: &str, out: &mut Subject) {
    let tax = if is_vat(tax) { "НДС" } else { tax };
    out.add(format!("{tax}.{of}"), value);
}

/// What lines name their document by.
fn id_of(document: &Subject) -> &str {
    match document.get("Ид") {
        "" => document.get("Номер"),
        id => id,
    }
}

/// The other side of a document, and ours.
fn add_sides(document: &mut Subject, sides: &[Side]) {
    let own_role = document.get("Роль").to_owned();
    // Version 1.x names no role of ours: who sends a sale is the seller.
    let is_sale = document.get("ХозОперация") == "Sale";
    let own_role = if own_role.is_empty() && is_sale { "Продавец".to_owned() } else { own_role };
    let others: Vec<&Side> = sides.iter().filter(|side| side.role.is_empty() || side.role != own_role).collect();
    let opposite = OPPOSITES.iter().find_map(|(a, b)| match own_role.as_str() {
        role if role == *a => Some(*b),
        role if role == *b => Some(*a),
        _ => None,
    });
    let chosen = match others.as_slice() {
        // One party is the other side, whatever is written beside it.
        [] => sides.first().filter(|_| sides.len() == 1),
        [only] => Some(*only),
        several => several.iter().find(|side| opposite == Some(side.role.as_str())).copied(),
    };
    for side in sides {
        let prefix = match chosen {
            Some(chosen) if std::ptr::eq(chosen, side) => "Контрагент",
            _ if !own_role.is_empty() && side.role == own_role => "Организация",
            _ if side.role.is_empty() => continue,
            _ => side.role.as_str(),
        };
        for name in ["Ид", "Наименование", "ИНН", "КПП", "Роль"] {
            let value = side.party.get(name);
            // A person of a site has only the full name.
            let value = if name == "Наименование" && value.is_empty() {
                side.party.get("ПолноеНаименование")
            } else {
                value
            };
            if !value.is_empty() {
                document.add(format!("{prefix}.{name}"), value);
            }
        }
    }
}
