//! XML in one pass by local names: what quick-xml reports, reduced to what readers of exports need.
//!
//! Empty elements open and close; references and CDATA are text; comments, instructions and the document type pass
//! unseen, so entities that a file declares are never expanded. A stray `&` is text, since hand-made exports forget
//! to escape it.

use std::borrow::Cow;

use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};

use super::json::Node;
use super::{IngestError, Input};
use crate::model::Place;

/// Deepest nesting that is read: CommerceML nests 12 levels, its groups a few more; readers recurse once per level.
pub const MAX_DEPTH: usize = 128;

const AGAIN: &str = "выгрузите или скачайте файл заново";

/// The next thing in a document.
pub enum Step<'x> {
    Open(Element<'x>),
    /// A piece of text; one text may come in several pieces.
    Text(Cow<'x, str>),
    /// The innermost open element closes.
    Close,
    End,
}

/// An opening tag.
pub struct Element<'x>(BytesStart<'x>);

impl<'x> Element<'x> {
    /// Name without the namespace prefix.
    pub fn name(&self) -> &str {
        self.0.local_name().into_inner()
    }

    /// Attributes by local name, without namespace declarations. A malformed tail is passed over.
    pub fn attributes(&self) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
        let mut attributes = self.0.attributes();
        attributes.with_checks(false);
        attributes.map_while(Result::ok).filter(|a| a.key.as_namespace_binding().is_none()).map(|a| {
            let value = a.normalized_value(XmlVersion::Implicit1_0).unwrap_or_else(|_| a.value.clone());
            (a.key.local_name().into_inner(), Cow::Owned(value.into_owned()))
        })
    }

    pub fn attribute(&self, name: &str) -> Option<Cow<'_, str>> {
        self.attributes().find(|(key, _)| *key == name).map(|(_, value)| value)
    }
}

/// A cursor over a document.
pub struct Xml<'x> {
    reader: quick_xml::Reader<&'x [u8]>,
    text: &'x str,
    input: &'x Input,
    /// Elements open now.
    depth: usize,
    seen_root: bool,
}

impl<'x> Xml<'x> {
    /// `text` is the decoded content of `input`.
    pub fn new(input: &'x Input, text: &'x str) -> Self {
        let mut reader = quick_xml::Reader::from_str(text);
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.allow_dangling_amp = true;
        Xml { reader, text, input, depth: 0, seen_root: false }
    }

    /// An error at the place that was read last.
    pub fn broken(&self, what: &str, next: &'static str) -> IngestError {
        let at = (self.reader.buffer_position() as usize).min(self.text.len());
        let line = memchr::memchr_iter(b'\n', &self.text.as_bytes()[..at]).count() + 1;
        let at = Place::file(&self.input.name).row(u32::try_from(line).unwrap_or(u32::MAX));
        IngestError::Broken { at, what: what.to_owned(), next }
    }

    /// # Errors
    /// [`IngestError::Broken`] with the line: the document is not well-formed, ends inside an element, or nests deeper
    /// than [`MAX_DEPTH`].
    pub fn step(&mut self) -> Result<Step<'x>, IngestError> {
        loop {
            let event = match self.reader.read_event() {
                Ok(event) => event,
                Err(quick_xml::Error::Syntax(_)) => return Err(self.broken("XML обрывается внутри тега", AGAIN)),
                Err(quick_xml::Error::IllFormed(_)) => {
                    return Err(self.broken("теги XML не соответствуют друг другу", AGAIN));
                }
                Err(_) => return Err(self.broken("нарушен XML", AGAIN)),
            };
            return Ok(match event {
                Event::Start(tag) | Event::Empty(tag) => {
                    if self.depth >= MAX_DEPTH {
                        let next = "проверьте, что это выгрузка из 1С";
                        return Err(self.broken("вложенность XML больше допустимой", next));
                    }
                    self.depth += 1;
                    self.seen_root = true;
                    Step::Open(Element(tag))
                }
                Event::End(_) => {
                    self.depth = self.depth.saturating_sub(1);
                    Step::Close
                }
                Event::Text(text) => Step::Text(text.into_inner()),
                Event::CData(text) => Step::Text(text.into_inner()),
                Event::GeneralRef(reference) => Step::Text(resolve(&reference.into_inner())),
                Event::Eof if self.depth > 0 => {
                    return Err(self.broken("XML обрывается: закрыты не все элементы", AGAIN));
                }
                Event::Eof if !self.seen_root => return Err(self.broken("в файле нет ни одного элемента XML", AGAIN)),
                Event::Eof => Step::End,
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => continue,
            });
        }
    }

    /// Passes over the rest of the element that was opened last.
    pub fn skip(&mut self) -> Result<(), IngestError> {
        let outside = self.depth.saturating_sub(1);
        while self.depth > outside {
            self.step()?;
        }
        Ok(())
    }

    /// The rest of the element that was opened last, as a tree: an element with text is that text, one with children an
    /// object of them in order, a repeated one as often as it stands.
    pub fn tree(&mut self) -> Result<Node<'static>, IngestError> {
        let (mut text, mut children) = (String::new(), Vec::new());
        loop {
            match self.step()? {
                Step::Text(piece) => text.push_str(&piece),
                Step::Open(element) => {
                    let name = Cow::Owned(element.name().to_owned());
                    children.push((name, self.tree()?));
                }
                Step::Close | Step::End => break,
            }
        }
        if !children.is_empty() {
            return Ok(Node::Object(children));
        }
        let mut clean = String::with_capacity(text.len());
        push_clean(&mut clean, &text);
        Ok(Node::Text(Cow::Owned(clean)))
    }

    /// Appends to `out` the text of the element that was opened last, without its children, and closes it. Returns
    /// whether it had children.
    pub fn text(&mut self, out: &mut String) -> Result<bool, IngestError> {
        let mut children = false;
        loop {
            match self.step()? {
                Step::Text(text) => out.push_str(&text),
                Step::Open(_) => {
                    children = true;
                    self.skip()?;
                }
                Step::Close | Step::End => return Ok(children),
            }
        }
    }
}

/// Local name of the root element in the head of a document, which may be cut anywhere after it.
pub fn root_name(head: &str) -> Option<String> {
    let head = head.trim_start();
    if !head.starts_with('<') {
        return None;
    }
    let input = Input::from_bytes("", "");
    let mut xml = Xml::new(&input, head);
    loop {
        match xml.step() {
            Ok(Step::Open(element)) => return Some(element.name().to_owned()),
            // Between the declaration and the root.
            Ok(Step::Text(space)) if space.trim().is_empty() => {}
            _ => return None,
        }
    }
}

/// The text of `&name;`. An unknown name stays as it is written: it may be text of a person or an entity of a document
/// type, and neither is ours to expand.
fn resolve<'x>(name: &str) -> Cow<'x, str> {
    let number = name.strip_prefix('#').and_then(|digits| match digits.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok(),
        None => digits.parse().ok(),
    });
    if let Some(c) = number.and_then(char::from_u32).filter(|&c| c != '\0') {
        return Cow::Owned(c.to_string());
    }
    match resolve_predefined_entity(name) {
        Some(text) => Cow::Borrowed(text),
        None => Cow::Owned(format!("&{name};")),
    }
}

/// Undoes a second escaping (`&amp;quot;` in the file, `&quot;` in `text`), once. Only references that stand for
/// characters of names are undone: `&lt;` and `&gt;` would turn text into markup.
pub fn undo_double_escape(text: &str) -> Cow<'_, str> {
    const PLAIN: [(&str, &str); 10] = [
        ("&quot;", "\""),
        ("&apos;", "'"),
        ("&amp;", "&"),
        ("&nbsp;", "\u{a0}"),
        ("&laquo;", "«"),
        ("&raquo;", "»"),
        ("&#34;", "\""),
        ("&#034;", "\""),
        ("&#39;", "'"),
        ("&#039;", "'"),
    ];
    let Some(first) = memchr::memchr(b'&', text.as_bytes()) else { return Cow::Borrowed(text) };
    let mut out = String::with_capacity(text.len());
    out.push_str(&text[..first]);
    let mut rest = &text[first..];
    while let Some(c) = rest.chars().next() {
        if let Some((escaped, plain)) = PLAIN.iter().find(|(escaped, _)| rest.starts_with(escaped)) {
            out.push_str(plain);
            rest = &rest[escaped.len()..];
        } else {
            out.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    Cow::Owned(out)
}

/// Appends a value with outer white space trimmed and line breaks inside turned into one space: a line feed separates
/// values of a cell, and 1C breaks lines of long names.
pub fn push_clean(out: &mut String, text: &str) {
    let text = undo_double_escape(text);
    let mut lines = text.split(['\n', '\r', '\t']).map(str::trim).filter(|line| !line.is_empty());
    out.push_str(lines.next().unwrap_or_default());
    for line in lines {
        out.push(' ');
        out.push_str(line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(text: &str) -> Result<String, IngestError> {
        let input = Input::from_bytes("a.xml", text);
        let mut xml = Xml::new(&input, text);
        let mut out = String::new();
        loop {
            match xml.step()? {
                Step::Open(element) => {
                    out.push_str(&format!("<{}", element.name()));
                    element.attributes().for_each(|(key, value)| out.push_str(&format!(" {key}={value}")));
                    out.push('>');
                }
                Step::Text(text) => out.push_str(&text),
                Step::Close => out.push_str("</>"),
                Step::End => return Ok(out),
            }
        }
    }

    #[test]
    fn names_are_local_and_references_are_text() {
        for (text, expected) in [
            ("<a/>", "<a></>"),
            ("<?xml version=\"1.0\"?><!-- c --><p:а xmlns:p=\"u\" p:б=\"1&amp;2\"/>", "<а б=1&2></>"),
            ("<a>x &amp; y &#1071;&#x42F; & z<![CDATA[<&]]></a>", "<a>x & y ЯЯ & z<&</>"),
            ("<!DOCTYPE a [<!ENTITY e \"boom\">]><a b=\"&e;\">&e;&#0;</a>", "<a b=&e;>&e;&#0;</>"),
        ] {
            assert_eq!(walk(text).unwrap(), expected);
        }
    }

    #[test]
    fn damage_is_placed_at_its_line() {
        let deep = "<a>".repeat(100_000);
        for (text, expected) in [
            ("<a>\n<b>", "a.xml, строка 2: XML обрывается"),
            ("<a>\n<b", "строка 2: XML обрывается внутри тега"),
            ("<a>\n\n</b>", "строка 3: теги XML не соответствуют"),
            ("</a>", "теги XML не соответствуют"),
            ("text", "нет ни одного элемента"),
            ("", "нет ни одного элемента"),
            (deep.as_str(), "вложенность"),
        ] {
            let error = walk(text).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn elements_become_trees() {
        let text = "<r><a> 1 </a><p:б x=\"y\"><c/><c>2<!-- --></c></p:б>t</r>";
        let input = Input::from_bytes("a.xml", text);
        let mut xml = Xml::new(&input, text);
        assert!(matches!(xml.step().unwrap(), Step::Open(_)));
        let leaf = |text: &'static str| Node::Text(Cow::Borrowed(text));
        let inner = Node::Object(vec![("c".into(), leaf("")), ("c".into(), leaf("2"))]);
        assert_eq!(xml.tree().unwrap(), Node::Object(vec![("a".into(), leaf("1")), ("б".into(), inner)]));
        assert!(matches!(xml.step().unwrap(), Step::End));
        let deep = "<a>".repeat(100_000);
        assert!(Xml::new(&input, &deep).tree().is_err());
    }

    #[test]
    fn roots_are_found_behind_prologues() {
        for (head, root) in [
            ("\u{feff}<?xml version=\"1.0\"?>\n<!-- <x> --><!DOCTYPE y><p:Файл A=\"1\"><b", Some("Файл")),
            ("<a", None),
            ("a;b", None),
            ("text <a>", None),
            ("", None),
        ] {
            assert_eq!(root_name(head.trim_start_matches('\u{feff}')).as_deref(), root, "{head}");
        }
    }

    #[test]
    fn billion_laughs_stay_one_reference() {
        let text = "<!DOCTYPE a [<!ENTITY x \"ha\"><!ENTITY y \"&x;&x;\"><!ENTITY z \"&y;&y;\">]><a>&z;</a>";
        assert_eq!(walk(text).unwrap(), "<a>&z;</>");
    }

    #[test]
    fn text_is_cleaned_once() {
        for (text, expected) in [
            ("  ООО «Ромашка»\n", "ООО «Ромашка»"),
            ("ООО\r\n   &quot;Ромашка&quot;", "ООО \"Ромашка\""),
            ("А &amp;amp; Б", "А &amp; Б"),
            ("А & Б &lt;b&gt; &copy;", "А & Б &lt;b&gt; &copy;"),
            ("&laquo;Я&raquo; &#39;я&#039;", "«Я» 'я'"),
            ("a  b", "a  b"),
            (" \n\t ", ""),
        ] {
            let mut out = String::new();
            push_clean(&mut out, text);
            assert_eq!(out, expected);
        }
    }
}
