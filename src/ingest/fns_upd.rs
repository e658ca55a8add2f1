//! Universal transfer documents and tax invoices in the format of the tax service, title of the seller: `fns-upd`.
//!
//! Versions 5.01 to 5.03, one document a file, in any encoding whatever the declaration says.
//!
//! | kind | rows |
//! |---|---|
//! | `УПД` | the document |
//! | `УПД.Товар` | every `СведТов`, with `ВладелецИд` = `ИдФайл` of the document |
//!
//! Headings are attribute names. Where 5.01 names an attribute otherwise, the name is that of 5.02 and later: `НомерДок,
//! ДатаДок, ИспрДок.НомИспр, ИспрДок.ДатаИспр, ОснПер.НаимДок, ОснПер.НомерДок, ОснПер.ДатаДок, КодОКВ`. Of each side
//! (`СвПрод, СвПокуп, ГрузОтпр, ГрузПолуч`): `.Вид` (the element that names it: `СвЮЛУч, СвИП, СвФЛУч, СвИнНеУч`),
//! `.Наименование` (a person as surname, name, patronymic), `.ИНН`, `.КПП`. Several bases of one document are lines of a
//! cell. The tax of a line is `СумНал`, that of the document `СумНалВсего`.
//!
//! Values are trimmed: programs leave blanks behind names. `row` of a line is its ordinal. One document is no list of all,
//! so tables are partial.
//!
//! Source: schemas ON_NSCHFDOPPR 5.01 (order ММВ-7-15/820@ of 19.12.2018), 5.02 and 5.03 (order ЕД-7-26/970@ of
//! 19.12.2023 and its edition of 2026).

use super::rows::Rows;
use super::xml::{Element, Step, Xml, XmlFormat, push_clean, root_name};
use super::{Extract, Format, IngestError, Input};
use crate::model::Place;

/// Bytes looked at to recognise the document: the invoice is the first thing in it, behind the operator of 5.01.
const HEAD_BYTES: usize = 32 * 1024;
/// Sides of a document.
const SIDES: [&str; 4] = ["СвПрод", "СвПокуп", "ГрузОтпр", "ГрузПолуч"];

/// УПД and tax invoices.
pub struct FnsUpd;

impl Format for FnsUpd {
    fn id(&self) -> &'static str {
        "fns-upd"
    }

    fn title(&self) -> &'static str {
        "УПД, счёт-фактура (ФНС XML, титул продавца)"
    }

    fn detect(&self, input: &Input) -> bool {
        let head = input.head_text(HEAD_BYTES);
        head.contains("<СвСчФакт") && head.contains("ВерсФорм") && root_name(&head).as_deref() == Some("Файл")
    }

    fn read(&self, input: &Input) -> Result<Extract, IngestError> {
        let mut extract = Extract::default();
        let text = input.text(&mut extract);
        self.read_xml(Xml::new(input, &text), input, extract)
    }
}

impl XmlFormat for FnsUpd {
    fn read_xml(&self, mut xml: Xml<'_>, input: &Input, mut extract: Extract) -> Result<Extract, IngestError> {
        let place = Place::file(&input.name);
        let mut document = Document {
            path: Vec::new(),
            head: Rows::new(place.clone(), "УПД"),
            lines: Rows::new(place, "УПД.Товар"),
            id: String::new(),
            text: String::new(),
            line: 0,
            version: String::new(),
        };
        loop {
            match xml.step()? {
                Step::Open(element) => document.open(&element)?,
                Step::Text(piece) => document.text.push_str(piece),
                Step::Close => document.close(&mut extract)?,
                Step::End => break,
            }
        }
        document.head.close(1, &mut extract.quarantined)?;
        for rows in [document.head, document.lines] {
            let mut table = rows.table;
            table.partial = true;
            extract.tables.push(table);
        }
        extract.details.push(("версия", document.version));
        Ok(extract)
    }
}

struct Document {
    /// Names of the open elements.
    path: Vec<String>,
    head: Rows,
    lines: Rows,
    id: String,
    /// Text since the last tag.
    text: String,
    line: u32,
    version: String,
}

impl Document {
    fn open(&mut self, element: &Element) -> Result<(), IngestError> {
        self.text.clear();
        let name = element.name().to_owned();
        if name == "Файл" {
            self.id = clean(element.attribute("ИдФайл").as_deref().unwrap_or_default());
            self.version = clean(element.attribute("ВерсФорм").as_deref().unwrap_or_default());
        }
        let side = SIDES.into_iter().find(|side| self.path.iter().any(|open| open == side));
        match name.as_str() {
            "Файл" => self.head_cells(element, "", &["ИдФайл", "ВерсФорм"])?,
            "Документ" => {
                let names = ["КНД", "УИД", "Функция", "ПоФактХЖ", "ДатаИнфПр", "ВремИнфПр"];
                self.head_cells(element, "", &names)?;
            }
            "СвСчФакт" => {
                self.head_cells(element, "", &["НомерСчФ", "ДатаСчФ", "НомерДок", "ДатаДок", "КодОКВ"])?;
            }
            "ИспрСчФ" | "ИспрДок" => {
                let names = ["НомИспрСчФ", "ДатаИспрСчФ", "НомИспр", "ДатаИспр"];
                self.head_cells(element, "ИспрДок.", &names)?;
            }
            "ДенИзм" => self.head_cells(element, "", &["КодОКВ", "НаимОКВ", "КурсВал"])?,
            "СвПРД" => self.head_cells(element, "СвПРД.", &["НомерПРД", "ДатаПРД", "СуммаПРД"])?,
            "СвПер" => self.head_cells(element, "", &["СодОпер", "ВидОпер", "ДатаПер"])?,
            "ОснПер" => {
                let names = ["НаимОсн", "НомОсн", "ДатаОсн", "РеквНаимДок", "РеквНомерДок", "РеквДатаДок"];
                self.head_cells(element, "ОснПер.", &names)?;
            }
            "ВсегоОпл" => self.head_cells(element, "", &["СтТовБезНДСВсего", "СтТовУчНалВсего"])?,
            "СведТов" => self.line_cells(element)?,
            "ДопСведТов" if self.within("СведТов") => {
                for name in ["ПрТовРаб", "НаимЕдИзм", "КодТов", "АртикулТов", "ГТИН", "ХарактерТов"]
                {
                    if let Some(value) = element.attribute(name) {
                        self.lines.cell(name, &clean(&value))?;
                    }
                }
            }
            _ if side.is_some() && self.within("ИдСв") => self.side(side.unwrap_or_default(), &name, element)?,
            _ => {}
        }
        self.path.push(name);
        Ok(())
    }

    fn within(&self, name: &str) -> bool {
        self.path.iter().any(|open| open == name)
    }

    /// Attributes of an element under the names of the present format.
    fn head_cells(&mut self, element: &Element, prefix: &str, names: &[&str]) -> Result<(), IngestError> {
        const RENAMED: [(&str, &str); 10] = [
            ("НомерСчФ", "НомерДок"),
            ("ДатаСчФ", "ДатаДок"),
            ("НомИспрСчФ", "НомИспр"),
            ("ДатаИспрСчФ", "ДатаИспр"),
            ("НаимОсн", "НаимДок"),
            ("НомОсн", "НомерДок"),
            ("ДатаОсн", "ДатаДок"),
            ("РеквНаимДок", "НаимДок"),
            ("РеквНомерДок", "НомерДок"),
            ("РеквДатаДок", "ДатаДок"),
        ];
        for name in names {
            if let Some(value) = element.attribute(name) {
                let heading = RENAMED.iter().find(|(old, _)| old == name).map_or(*name, |(_, new)| new);
                self.head.cell(&format!("{prefix}{heading}"), &clean(&value))?;
            }
        }
        Ok(())
    }

    fn line_cells(&mut self, element: &Element) -> Result<(), IngestError> {
        self.lines.cell("ВладелецИд", &self.id)?;
        const NAMES: [&str; 9] =
            ["НомСтр", "НаимТов", "ОКЕИ_Тов", "НаимЕдИзм", "КолТов", "ЦенаТов", "СтТовБезНДС", "НалСт", "СтТовУчНал"];
        for name in NAMES {
            if let Some(value) = element.attribute(name) {
                self.lines.cell(name, &clean(&value))?;
            }
        }
        Ok(())
    }

    /// An element that says who a side is.
    fn side(&mut self, side: &str, name: &str, element: &Element) -> Result<(), IngestError> {
        let attribute = |name: &str| clean(element.attribute(name).as_deref().unwrap_or_default());
        let mut cell = |of: &str, value: &str| self.head.cell(&format!("{side}.{of}"), value);
        if name == "ФИО" {
            let parts = ["Фамилия", "Имя", "Отчество"].map(attribute);
            let filled: Vec<&str> = parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
            return cell("Наименование", &filled.join(" "));
        }
        let is_party = matches!(name, "СвЮЛУч" | "СвИП" | "СвФЛУч" | "СвФЛУчастФХЖ" | "СвИнНеУч");
        if !is_party {
            return Ok(());
        }
        cell("Вид", if name == "СвФЛУчастФХЖ" { "СвФЛУч" } else { name })?;
        for (of, names) in [("Наименование", ["НаимОрг", "Наим"]), ("ИНН", ["ИННЮЛ", "ИННФЛ"]), ("КПП", ["КПП", "КПП"])]
        {
            let value = names.map(attribute).into_iter().find(|value| !value.is_empty());
            if let Some(value) = value {
                cell(of, &value)?;
            }
        }
        Ok(())
    }

    fn close(&mut self, extract: &mut Extract) -> Result<(), IngestError> {
        let name = self.path.pop().unwrap_or_default();
        let parent = self.path.last().map_or("", String::as_str);
        let text = clean(&self.text);
        self.text.clear();
        match (parent, name.as_str()) {
            ("СумНал", "СумНал") if self.within("СведТов") && !self.within("ДопСведТов") =>
            {
                self.lines.cell("СумНал", &text)?;
            }
            ("СумНал", "БезНДС") if self.within("СведТов") => self.lines.cell("БезНДС", &text)?,
            ("СумНалВсего", "СумНал") => self.head.cell("СумНалВсего", &text)?,
            ("СумНалВсего", "БезНДС") => self.head.cell("БезНДС", &text)?,
            ("ГрузОт", "ОнЖе") => self.head.cell("ГрузОтпр.Наименование", &text)?,
            (_, "СведТов") => {
                self.line = self.line.saturating_add(1);
                self.lines.close(self.line, &mut extract.quarantined)?;
            }
            _ => {}
        }
        Ok(())
    }
}

fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    push_clean(&mut out, text);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const SELLER: &str = "<Файл ИдФайл=\"ON_NSCHFDOPPR_1\" ВерсФорм=\"5.02\"><Документ КНД=\"1115131\" Функция=\"СЧФДОП\">\
        <СвСчФакт НомерДок=\"5\" ДатаДок=\"01.11.2026\"><СвПрод><ИдСв><СвЮЛУч НаимОрг=\"ООО Ель \" ИННЮЛ=\"0500990050\" \
        КПП=\"050001001\"/></ИдСв></СвПрод><СвПокуп><ИдСв><СвИП ИННФЛ=\"770099001000\"><ФИО Фамилия=\"Дубов \" Имя=\"Олег\"/></СвИП>\
        </ИдСв><БанкРекв НомерСчета=\"1\"/></СвПокуп></СвСчФакт><ТаблСчФакт><СведТов НомСтр=\"1\" НаимТов=\"Доска\" КолТов=\"2.5\">\
        <СумНал><СумНал>20.00</СумНал></СумНал></СведТов></ТаблСчФакт></Документ></Файл>";

    #[test]
    fn every_cut_is_an_error() {
        for (at, _) in SELLER.char_indices().filter(|(at, _)| *at > 0) {
            assert!(FnsUpd.read(&Input::from_bytes("a.xml", &SELLER[..at])).is_err(), "{at}");
        }
        let extract = FnsUpd.read(&Input::from_bytes("a.xml", SELLER)).unwrap();
        let shape: Vec<_> = extract.tables.iter().map(|t| (t.kind.as_str(), t.len(), t.partial)).collect();
        assert_eq!(shape, [("УПД", 1, true), ("УПД.Товар", 1, true)]);
        for (table, heading, expected) in [
            (0, "НомерДок", "5"),
            (0, "СвПрод.Наименование", "ООО Ель"),
            (0, "СвПрод.ИНН", "0500990050"),
            (0, "СвПокуп.Вид", "СвИП"),
            (0, "СвПокуп.Наименование", "Дубов Олег"),
            (1, "ВладелецИд", "ON_NSCHFDOPPR_1"),
            (1, "КолТов", "2.5"),
            (1, "СумНал", "20.00"),
        ] {
            let table = &extract.tables[table];
            assert_eq!(table.get(table.column(heading).unwrap(), 0), expected, "{heading}");
        }
    }

    #[test]
    fn only_titles_of_sellers_are_claimed() {
        for (text, claimed) in [
            (SELLER, true),
            ("<Файл ВерсФорм=\"5.02\"><Документ КНД=\"1115132\"><ИдИнфПрод/></Документ></Файл>", false),
            ("<Файл><СвСчФакт/></Файл>", false),
            ("<a ВерсФорм=\"5.02\"><СвСчФакт/></a>", false),
            ("", false),
        ] {
            assert_eq!(FnsUpd.detect(&Input::from_bytes("a.xml", text)), claimed, "{text}");
        }
    }
}
