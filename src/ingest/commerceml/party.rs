//! Parties of CommerceML and their parts, and what records of every kind are made of.

use std::borrow::Cow;
use std::ops::Deref;
use std::rc::Rc;

use super::Parser;
use crate::ingest::IngestError;
use crate::ingest::xml::{Element, Step, push_clean};

/// The heading of a cell: one of ours, or the name of an element, which others of that name share.
#[derive(Clone)]
pub(super) enum Heading {
    Known(&'static str),
    Shared(Rc<str>),
}

impl Deref for Heading {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Heading::Known(name) => name,
            Heading::Shared(name) => name,
        }
    }
}

impl From<&'static str> for Heading {
    fn from(name: &'static str) -> Self {
        Heading::Known(name)
    }
}

impl From<String> for Heading {
    fn from(name: String) -> Self {
        Heading::Shared(name.into())
    }
}

/// The heading of what an element holds.
impl From<&Element> for Heading {
    fn from(element: &Element) -> Self {
        Heading::Shared(element.shared_name().clone())
    }
}

/// Cells of a record while its element is open.
#[derive(Default)]
pub(super) struct Subject {
    pub(super) text: String,
    /// Heading and end of its text.
    pub(super) cells: Vec<(Heading, usize)>,
    /// The deletion mark, which may stand in an element, in a requisite and in the attribute `Статус`.
    pub(super) deleted: Option<bool>,
    pub(super) representatives: Vec<Subject>,
}

impl Subject {
    /// With room for a usual record.
    pub(super) fn roomy() -> Subject {
        Subject { text: String::with_capacity(256), cells: Vec::with_capacity(16), ..Subject::default() }
    }

    /// Adds a cell.
    pub(super) fn add(&mut self, heading: impl Into<Heading>, value: &str) {
        let heading = heading.into();
        match &*heading {
            "ПометкаУдаления" if !value.trim().is_empty() => {
                let mark = value.trim().to_lowercase();
                let yes = matches!(mark.as_str(), "true" | "1" | "истина" | "да");
                self.deleted = Some(yes || self.deleted == Some(true));
                return;
            }
            "Статус" if matches!(value.trim().to_lowercase().as_str(), "удален" | "удалён") => {
                self.deleted = Some(true);
            }
            _ => {}
        }
        push_clean(&mut self.text, value);
        self.cells.push((heading, self.text.len()));
    }

    pub(super) fn get(&self, heading: &str) -> &str {
        let mut start = 0;
        for (name, end) in &self.cells {
            if **name == *heading && *end > start {
                return &self.text[start..*end];
            }
            start = *end;
        }
        ""
    }
}

impl Parser<'_> {
    /// Reads the children of a party or a representative.
    pub(super) fn subject(&mut self, out: &mut Subject) -> Result<(), IngestError> {
        loop {
            let element = match self.xml.step()? {
                Step::Open(element) => element,
                Step::Close | Step::End => return Ok(()),
                Step::Text(_) => continue,
            };
            match element.name() {
                // The party nested in a representative is the representative itself.
                "Контрагент" => self.subject(out)?,
                "Представители" => self.representatives(out)?,
                "Представитель" => self.representative(out)?,
                "Контакты" => self.contacts(out)?,
                "Контакт" => self.contact(&element, out)?,
                "РасчетныеСчета" => self.accounts(out)?,
                "РасчетныйСчет" => self.account(&element, out)?,
                "ЗначенияРеквизитов" => self.requisites(out)?,
                "УдостоверениеЛичности" => self.identity(out)?,
                "Руководитель" => self.head(out)?,
                "Адрес" | "ЮридическийАдрес" | "АдресРегистрации" | "ФактическийАдрес" | "ПочтовыйАдрес" =>
                {
                    self.address(Heading::from(&element), out)?;
                }
                _ => self.value(Heading::from(&element), out)?,
            }
        }
    }

    /// An element that is text, or holds elements that are.
    pub(super) fn value(&mut self, heading: Heading, out: &mut Subject) -> Result<(), IngestError> {
        let mut text = std::mem::take(&mut self.buffer);
        text.clear();
        let mut children = false;
        loop {
            match self.xml.step()? {
                Step::Text(piece) if !children => text.push_str(piece),
                Step::Text(_) => {}
                Step::Open(child) => {
                    children = true;
                    self.value(format!("{}.{}", &*heading, child.name()).into(), out)?;
                }
                Step::Close | Step::End => break,
            }
        }
        if !children || !text.trim().is_empty() {
            out.add(heading, &text);
        }
        self.buffer = text;
        Ok(())
    }

    fn representatives(&mut self, out: &mut Subject) -> Result<(), IngestError> {
        loop {
            match self.xml.step()? {
                Step::Open(element) if element.name() == "Представитель" => self.representative(out)?,
                Step::Open(_) => self.xml.skip()?,
                Step::Close | Step::End => return Ok(()),
                Step::Text(_) => {}
            }
        }
    }

    fn representative(&mut self, out: &mut Subject) -> Result<(), IngestError> {
        let mut inner = Subject::default();
        self.subject(&mut inner)?;
        let nested = std::mem::take(&mut inner.representatives);
        out.representatives.push(inner);
        out.representatives.extend(nested);
        Ok(())
    }

    /// Texts of the leaves of the element that was opened last, with their names, to `visit`.
    pub(super) fn leaves(&mut self, visit: &mut dyn FnMut(&str, &str)) -> Result<(), IngestError> {
        let (mut text, mut inner_text) = (std::mem::take(&mut self.buffer), std::mem::take(&mut self.inner));
        loop {
            match self.xml.step()? {
                Step::Open(element) => {
                    let mut children = false;
                    text.clear();
                    loop {
                        match self.xml.step()? {
                            Step::Text(piece) => text.push_str(piece),
                            Step::Open(inner) => {
                                children = true;
                                inner_text.clear();
                                if self.xml.text(&mut inner_text)? {
                                    continue;
                                }
                                visit(inner.name(), &inner_text);
                            }
                            Step::Close | Step::End => break,
                        }
                    }
                    if !children {
                        visit(element.name(), &text);
                    }
                }
                Step::Text(piece) if !piece.trim().is_empty() => visit("", piece),
                Step::Text(_) => {}
                Step::Close | Step::End => break,
            }
        }
        (self.buffer, self.inner) = (text, inner_text);
        Ok(())
    }

    pub(super) fn address(&mut self, heading: Heading, out: &mut Subject) -> Result<(), IngestError> {
        let (mut whole, mut parts) = (String::new(), String::new());
        self.leaves(&mut |name, text| match name {
            "Представление" | "" => whole.push_str(text),
            "Значение" if !text.trim().is_empty() => {
                if !parts.is_empty() {
                    parts.push_str(", ");
                }
                parts.push_str(text.trim());
            }
            _ => {}
        })?;
        // 1C writes «, » for an address without parts.
        let text = if whole.contains(char::is_alphanumeric) { whole } else { parts };
        out.add(heading, &text);
        Ok(())
    }

    pub(super) fn contacts(&mut self, out: &mut Subject) -> Result<(), IngestError> {
        loop {
            match self.xml.step()? {
                Step::Open(element) => self.contact(&element, out)?,
                Step::Close | Step::End => return Ok(()),
                Step::Text(_) => {}
            }
        }
    }

    fn contact(&mut self, element: &Element, out: &mut Subject) -> Result<(), IngestError> {
        let attribute = |name: &str| element.attribute(name).map(Cow::into_owned).unwrap_or_default();
        let (mut kind, mut value) = (attribute("Тип"), attribute("Значение"));
        self.leaves(&mut |name, text| match name {
            "Тип" | "КонтактВид" => kind.push_str(text.trim()),
            "Значение" => value.push_str(text.trim()),
            _ => {}
        })?;
        // Version 1.x keeps persons here: a contact with an id and a name.
        let (id, name) = (attribute("Идентификатор"), attribute("Наименование"));
        if value.is_empty() && !(id.is_empty() && name.is_empty()) {
            let mut person = Subject::default();
            person.add("Ид", &id);
            person.add("Наименование", &name);
            out.representatives.push(person);
            return Ok(());
        }
        if value.is_empty() {
            return Ok(());
        }
        match contact_heading(&kind, &value) {
            Some(heading) => out.add(heading, &value),
            None => out.add("Прочие контакты", &format!("{}: {value}", kind.trim())),
        }
        Ok(())
    }

    fn accounts(&mut self, out: &mut Subject) -> Result<(), IngestError> {
        loop {
            match self.xml.step()? {
                Step::Open(element) => self.account(&element, out)?,
                Step::Close | Step::End => return Ok(()),
                Step::Text(_) => {}
            }
        }
    }

    fn account(&mut self, element: &Element, out: &mut Subject) -> Result<(), IngestError> {
        for name in ["НомерСчета", "Номер"] {
            if let Some(number) = element.attribute(name) {
                out.add("НомерСчета", &number);
            }
        }
        let mut text = String::new();
        loop {
            match self.xml.step()? {
                Step::Open(child) if child.name() == "НомерСчета" => {
                    text.clear();
                    self.xml.text(&mut text)?;
                    out.add("НомерСчета", &text);
                }
                // Not of БанкКорреспондент: that is another bank.
                Step::Open(child) if child.name() == "Банк" => {
                    text.clear();
                    text.push_str(&child.attribute("БИК").unwrap_or_default());
                    self.leaves(&mut |name, value| {
                        if name == "БИК" {
                            text.push_str(value);
                        }
                    })?;
                    out.add("БИК", &text);
                }
                Step::Open(_) => self.xml.skip()?,
                Step::Close | Step::End => return Ok(()),
                Step::Text(_) => {}
            }
        }
    }

    pub(super) fn requisites(&mut self, out: &mut Subject) -> Result<(), IngestError> {
        let mut name = String::new();
        let mut found: Vec<(String, String)> = Vec::new();
        self.leaves(&mut |leaf, text| match leaf {
            "Наименование" => name = text.trim().to_owned(),
            "Значение" if !name.is_empty() => found.push((name.clone(), text.to_owned())),
            _ => {}
        })?;
        for (name, value) in found {
            out.add(name, &value);
        }
        Ok(())
    }

    fn identity(&mut self, out: &mut Subject) -> Result<(), IngestError> {
        let (mut document, mut issued) = (String::new(), String::new());
        self.leaves(&mut |name, text| match name {
            "ДатаВыдачи" => issued.push_str(text),
            _ if text.trim().is_empty() => {}
            _ => {
                if !document.is_empty() {
                    document.push(' ');
                }
                document.push_str(text.trim());
            }
        })?;
        out.add("УдостоверениеЛичности", &document);
        if !issued.trim().is_empty() {
            out.add("УдостоверениеЛичности.ДатаВыдачи", &issued);
        }
        Ok(())
    }

    /// The head of a firm: the full name as one text, else its parts.
    fn head(&mut self, out: &mut Subject) -> Result<(), IngestError> {
        let (mut whole, mut parts) = (String::new(), String::new());
        self.leaves(&mut |name, text| match name {
            "" | "ПолноеНаименование" | "Наименование" | "ФИО" if whole.trim().is_empty() => {
                whole.push_str(text)
            }
            "Фамилия" | "Имя" | "Отчество" => {
                parts.push_str(text.trim());
                parts.push(' ');
            }
            _ => {}
        })?;
        out.add("Руководитель", if whole.trim().is_empty() { &parts } else { &whole });
        Ok(())
    }
}

/// The column of a contact by its type. The schema lists «Телефон рабочий», «Почта», «ВебСайт»; 1C itself writes
/// «Электронная почта», sites «E-Mail», «Мобильный телефон», «Phone».
pub(super) fn contact_heading(kind: &str, value: &str) -> Option<&'static str> {
    let kind: String = kind.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
    let is = |parts: &[&str]| parts.iter().any(|part| kind.contains(part));
    if is(&["факс", "fax"]) {
        return Some("Факс");
    }
    if is(&["электроннаяпочта", "электроннойпочты", "email", "епочта", "мейл"])
    {
        return Some("Электронная почта");
    }
    if is(&["почт", "mail"]) {
        return Some(if value.contains('@') { "Электронная почта" } else { "Адрес" });
    }
    if is(&["тел", "phone", "моб", "сотов", "mobile"]) {
        return Some("Телефон");
    }
    if is(&["сайт", "site", "www", "url", "вебстраниц"]) {
        return Some("ВебСайт");
    }
    if is(&["адрес"]) {
        return Some("Адрес");
    }
    // A contact without a type still shows what it is.
    (kind.is_empty() && value.contains('@')).then_some("Электронная почта")
}
