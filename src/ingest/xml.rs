//! XML in one pass by local names: what quick-xml reports, reduced to what readers of exports need.
//!
//! Empty elements open and close; references and CDATA are text; comments, instructions and the document type pass
//! unseen, so entities that a file declares are never expanded. A stray `&` is text, since hand-made exports forget
//! to escape it.

mod decoded;

use std::borrow::Cow;
use std::rc::Rc;

pub(super) use decoded::{Decoded, Progress};
use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Config;
use rustc_hash::FxHashSet;

use super::json::Node;
use super::{Extract, Format, IngestError, Input};
use crate::model::Place;

/// Deepest nesting that is read: CommerceML nests 12 levels, its groups a few more; readers recurse once per level.
pub const MAX_DEPTH: usize = 128;

const AGAIN: &str = "выгрузите или скачайте файл заново";

fn configure(config: &mut Config) {
    config.expand_empty_elements = true;
    config.allow_dangling_amp = true;
}

/// Most names of elements that are kept for those to come: schemas have hundreds, and a file may invent its own.
const MAX_NAMES: usize = 4096;

/// The next thing in a document; a text stands until the next step.
pub enum Step<'s> {
    Open(Element),
    /// A piece of text; one text may come in several pieces.
    Text(&'s str),
    /// The innermost open element closes.
    Close,
    End,
}

/// An opening tag.
pub struct Element {
    name: Rc<str>,
    /// The tag, when it has more than a name.
    tag: Option<BytesStart<'static>>,
}

impl Element {
    /// Name without the namespace prefix.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// [`Self::name`], which elements of one name share.
    pub fn shared_name(&self) -> &Rc<str> {
        &self.name
    }

    /// Attributes by local name, without namespace declarations. A malformed tail is passed over.
    pub fn attributes(&self) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
        let attributes = self.tag.iter().flat_map(|tag| {
            let mut attributes = tag.attributes();
            attributes.with_checks(false);
            attributes.map_while(Result::ok)
        });
        attributes.filter(|a| a.key.as_namespace_binding().is_none()).map(|a| {
            let value = a.normalized_value(XmlVersion::Implicit1_0).unwrap_or_else(|_| a.value.clone());
            (a.key.local_name().into_inner(), Cow::Owned(value.into_owned()))
        })
    }

    pub fn attribute(&self, name: &str) -> Option<Cow<'_, str>> {
        self.attributes().find(|(key, _)| *key == name).map(|(_, value)| value)
    }
}

/// Names of elements, each kept once.
#[derive(Default)]
struct Names(FxHashSet<Rc<str>>);

impl Names {
    fn element(&mut self, tag: BytesStart<'_>) -> Element {
        let name = tag.local_name().into_inner();
        let name = self.0.get(name).cloned().unwrap_or_else(|| {
            let name: Rc<str> = name.into();
            if self.0.len() < MAX_NAMES {
                self.0.insert(name.clone());
            }
            name
        });
        let is_bare = tag.attributes_raw().is_empty();
        Element { name, tag: (!is_bare).then(|| tag.into_owned()) }
    }
}

/// A format in XML, which can be read piece by piece.
pub trait XmlFormat: Format {
    /// Reads a document of `input`, whose bytes need not be there.
    ///
    /// # Errors
    /// As [`Format::read`].
    fn read_xml(&self, xml: Xml<'_>, input: &Input, extract: Extract) -> Result<Extract, IngestError>;
}

/// Where a document comes from.
enum Source<'x> {
    /// The whole text.
    Memory { reader: quick_xml::Reader<&'x [u8]>, text: &'x str },
    /// A file read piece by piece; `buffer` holds an event.
    Stream { reader: Box<quick_xml::Reader<Decoded<'x>>>, buffer: Vec<u8>, progress: &'x Progress },
}

impl Source<'_> {
    fn event(&mut self) -> Result<Event<'_>, quick_xml::Error> {
        match self {
            Source::Memory { reader, .. } => reader.read_event(),
            Source::Stream { reader, buffer, progress } => {
                buffer.clear();
                progress.begin_event();
                reader.read_event_into(buffer)
            }
        }
    }
}

/// What an event is, once it is no longer needed.
enum Seen {
    Open(Element),
    Text,
    Close,
    Pass,
    End,
    Fail(quick_xml::Error),
}

/// A cursor over a document.
pub struct Xml<'x> {
    source: Source<'x>,
    name: &'x str,
    names: Names,
    /// Text of the last step.
    text: String,
    /// Elements open now.
    depth: usize,
    seen_root: bool,
}

impl<'x> Xml<'x> {
    /// `text` is the decoded content of `input`.
    pub fn new(input: &'x Input, text: &'x str) -> Self {
        let mut reader = quick_xml::Reader::from_str(text);
        configure(reader.config_mut());
        Xml::of(Source::Memory { reader, text }, &input.name)
    }

    /// A document read piece by piece; `progress` is that of `decoded`.
    pub(super) fn stream(name: &'x str, decoded: Decoded<'x>, progress: &'x Progress) -> Self {
        let mut reader = quick_xml::Reader::from_reader(decoded);
        configure(reader.config_mut());
        Xml::of(Source::Stream { reader: Box::new(reader), buffer: Vec::new(), progress }, name)
    }

    fn of(source: Source<'x>, name: &'x str) -> Self {
        Xml { source, name, names: Names::default(), text: String::new(), depth: 0, seen_root: false }
    }

    /// An error at the place that was read last.
    pub fn broken(&self, what: &str, next: &'static str) -> IngestError {
        let line = match &self.source {
            Source::Memory { reader, text } => {
                let at = (reader.buffer_position() as usize).min(text.len());
                memchr::memchr_iter(b'\n', &text.as_bytes()[..at]).count() as u64 + 1
            }
            Source::Stream { progress, .. } => progress.line(),
        };
        let at = Place::file(self.name).row(u32::try_from(line).unwrap_or(u32::MAX));
        IngestError::Broken { at, what: what.to_owned(), next }
    }

    /// # Errors
    /// [`IngestError::Broken`] with the line: the document is not well-formed, ends inside an element, or nests deeper
    /// than [`MAX_DEPTH`].
    pub fn step(&mut self) -> Result<Step<'_>, IngestError> {
        self.text.clear();
        loop {
            let seen = match self.source.event() {
                Ok(Event::Start(tag) | Event::Empty(tag)) => Seen::Open(self.names.element(tag)),
                Ok(Event::End(_)) => Seen::Close,
                Ok(Event::Text(text)) => {
                    self.text.push_str(&text.into_inner());
                    Seen::Text
                }
                Ok(Event::CData(text)) => {
                    self.text.push_str(&text.into_inner());
                    Seen::Text
                }
                Ok(Event::GeneralRef(reference)) => {
                    self.text.push_str(&resolve(&reference.into_inner()));
                    Seen::Text
                }
                Ok(Event::Eof) => Seen::End,
                Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_)) => Seen::Pass,
                Err(error) => Seen::Fail(error),
            };
            return Ok(match seen {
                Seen::Open(element) => {
                    self.open()?;
                    Step::Open(element)
                }
                Seen::Text => Step::Text(&self.text),
                Seen::Close => {
                    self.depth = self.depth.saturating_sub(1);
                    Step::Close
                }
                Seen::Pass => continue,
                Seen::End if self.depth > 0 => return Err(self.cut()),
                Seen::End if !self.seen_root => return Err(self.broken("в файле нет ни одного элемента XML", AGAIN)),
                Seen::End => Step::End,
                Seen::Fail(error) => return Err(self.refused(&error)),
            });
        }
    }

    /// Passes over the rest of the element that was opened last.
    pub fn skip(&mut self) -> Result<(), IngestError> {
        let outside = self.depth.saturating_sub(1);
        while self.depth > outside {
            let change = match self.source.event() {
                Ok(Event::Start(_) | Event::Empty(_)) => Ok(Some(1)),
                Ok(Event::End(_)) => Ok(Some(-1)),
                Ok(Event::Eof) => Ok(None),
                Ok(_) => Ok(Some(0)),
                Err(error) => Err(error),
            };
            match change {
                Ok(Some(1)) => self.open()?,
                Ok(Some(-1)) => self.depth -= 1,
                Ok(Some(_)) => {}
                Ok(None) => return Err(self.cut()),
                Err(error) => return Err(self.refused(&error)),
            }
        }
        Ok(())
    }

    fn open(&mut self) -> Result<(), IngestError> {
        if self.depth >= MAX_DEPTH {
            return Err(self.broken("вложенность XML больше допустимой", "проверьте, что это выгрузка из 1С"));
        }
        self.depth += 1;
        self.seen_root = true;
        Ok(())
    }

    fn cut(&self) -> IngestError {
        self.broken("XML обрывается: закрыты не все элементы", AGAIN)
    }

    fn refused(&self, error: &quick_xml::Error) -> IngestError {
        let too_long = matches!(&self.source, Source::Stream { progress, .. } if progress.is_too_long());
        self.broken(
            match error {
                _ if too_long => "один элемент длиннее 64 МБ",
                quick_xml::Error::Syntax(_) => "XML обрывается внутри тега",
                quick_xml::Error::IllFormed(_) => "теги XML не соответствуют друг другу",
                quick_xml::Error::Io(_) => "файл не читается",
                _ => "нарушен XML",
            },
            AGAIN,
        )
    }

    /// The rest of the element that was opened last, as a tree: an element with text is that text, one with children an
    /// object of them in order, a repeated one as often as it stands.
    pub fn tree(&mut self) -> Result<Node<'static>, IngestError> {
        let (mut text, mut children) = (String::new(), Vec::new());
        loop {
            match self.step()? {
                Step::Text(piece) => text.push_str(piece),
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
                Step::Text(text) => out.push_str(text),
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
    let bytes = text.as_bytes();
    if memchr::memchr3(b'\n', b'\r', b'\t', bytes).is_none() && memchr::memchr(b'&', bytes).is_none() {
        return out.push_str(text.trim());
    }
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
                Step::Text(text) => out.push_str(text),
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
