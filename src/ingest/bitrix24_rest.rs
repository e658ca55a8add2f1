//! Answers of the Bitrix24 REST API saved as JSON: `bitrix24-rest`.
//!
//! Read: one answer (`{"result":[…],"total":…,"next":…}`, `.get` with one object, `result.items` of `crm.item.list`,
//! other named lists such as `productRows`), `batch` answers (`result.result` as a map or a list), several answers in
//! one file (a list of them, NDJSON, one after another), and bare records without an envelope.
//!
//! Tables, one per kind, in the order of first appearance; `row` is the ordinal of the record in the file:
//!
//! | kind | rows of |
//! |---|---|
//! | `crm.company`, `crm.contact`, `crm.lead`, `crm.deal`, `crm.quote` | lists and items |
//! | `crm.invoice`, `crm.oldinvoice` | smart invoices (`entityTypeId` 31), and those of `crm.invoice.*` |
//! | `crm.item.<type>` | items of a smart process, `crm.item.179` |
//! | `crm.deal.productrow`, `crm.invoice.productrow`, … | rows of goods of such an owner, `OWNER_ID`; `crm.productrow` when they do not say whose |
//! | `crm.requisite`, `crm.bankdetail`, `crm.address`, `crm.requisite.link` | requisites |
//! | `crm.company.contact`, `crm.contact.company` | relations (`crm.company.contact.items.get`) |
//! | `crm.status`, `crm.category`, `crm.measure`, `crm.product`, `crm.payment`, `crm.stagehistory`, `user` | dictionaries and rows |
//! | `catalog.product`, `catalog.measure`, `catalog.document`, `catalog.price`, `catalog.store`, `catalog.storeproduct`, `catalog.document.element` | catalogue |
//! | `crm.fields` | descriptions of fields (`crm.*.fields`): `FIELD` and the keys of the description as they are |
//! | empty | records whose selected fields fit several kinds (`ID, TITLE`) |
//!
//! Headings are the classic upper-case names (`ID, TITLE, LAST_NAME, ORIGIN_ID, IS_MY_COMPANY, UF_CRM_…`), also for the
//! camelCase of `crm.item.*` and `catalog.*`. `PHONE, EMAIL, WEB, IM` hold the values of the multi-field one a line;
//! phones of type FAX stand in `FAX`. A nested object is `A.B`, a list of scalars one value a line. `@command` is the
//! name of the batch command for records that do not name their owner (relations, payments), empty where the commands had
//! no names.
//!
//! Empty are `null`, `""`, `[]`, `{}`; `false` in custom and file fields; `0` in references to other records.
//!
//! `declared_total` is the greatest `total`; where all rows of goods of an answer have one owner, its `total` is that of the
//! owner (`declared_of`). A table is partial when fewer records stand in the file, when `next` names
//! a page that is not there, when a command of a batch failed, or when records came one by one (`.get`). In a set of
//! page files the sum over files decides: compare it with `declared_total`.
//!
//! Source: <https://apidocs.bitrix24.ru> as of November 2026, answers in the tests of client libraries.

mod answer;
mod kind;
mod record;

use std::borrow::Cow;
use std::collections::BTreeMap;

use self::answer::{Answer, Batch, Counts, Filled, OfOwner, is_short};
use super::json::{Cuts, HEAD_BYTES, JsonFormat, Level, NextPiece, Node, Piece, Reader, Stop, head_keys};
use super::rows::Rows;
use super::{Extract, Format, IngestError, Input};
use crate::model::{LeftOut, LeftOutReason, Place, Quarantined};

/// Records looked at before the kind of a list is decided: one page. Bitrix24 leaves `PHONE` out of records without
/// phones, so the first record alone may not show the fields of the list.
const RECORDS_TO_KNOW: usize = 50;
/// Their text that is kept until then, bytes: records of a CRM are a few KiB long.
const MAX_TO_KNOW: usize = 64 << 20;

/// Keys of an answer.
const ENVELOPE: [&str; 7] = ["error", "error_description", "error_information", "next", "result", "time", "total"];

/// Keys that only requests have.
const REQUEST: [&str; 7] = ["cmd", "fields", "filter", "halt", "method", "params", "select"];

/// Fields that tell a bare Bitrix24 record from other JSON with an `ID`.
const RECORD_MARKS: [&str; 15] = [
    "ACCOUNT_NUMBER",
    "ASSIGNED_BY_ID",
    "COMPANY_TYPE",
    "ENTITY_TYPE_ID",
    "HAS_PHONE",
    "LAST_NAME",
    "OPPORTUNITY",
    "ORIGIN_ID",
    "PRODUCT_NAME",
    "RQ_INN",
    "SECOND_NAME",
    "STAGE_ID",
    "STATUS_ID",
    "TITLE",
    "VALUE_TYPE",
];

/// Bitrix24 REST answers.
pub struct Bitrix24Rest;

impl Format for Bitrix24Rest {
    fn id(&self) -> &'static str {
        "bitrix24-rest"
    }

    fn title(&self) -> &'static str {
        "Битрикс24: ответы REST (JSON)"
    }

    fn detect(&self, input: &Input) -> bool {
        let head = input.head_text(HEAD_BYTES);
        let Some(keys) = head_keys(&head) else { return false };
        let outer = |name: &str| keys.iter().any(|(depth, key)| *depth <= 2 && key == name);
        let has = |name: &str| keys.iter().any(|(_, key)| key == name);
        outer("result")
            || has("result_error")
            || outer("error") && outer("error_description")
            || has("ID") && RECORD_MARKS.iter().any(|name| has(name))
    }

    fn read(&self, input: &Input) -> Result<Extract, IngestError> {
        let mut extract = Extract::default();
        let text = input.text(&mut extract);
        let mut session = Session::new(input, extract);
        session.values(&text, &Piece::default())?;
        session.finish()
    }
}

impl JsonFormat for Bitrix24Rest {
    fn cuts(&self) -> Cuts {
        Cuts { record_keys: &["ID", "id"], answers: &ENVELOPE, lists: is_list_of_answer }
    }

    fn read_pieces(&self, next: NextPiece<'_>, input: &Input, extract: Extract) -> Result<Extract, IngestError> {
        let mut session = Session::new(input, extract);
        while let Some(piece) = next()? {
            session.values(&piece.text, &piece)?;
        }
        session.finish()
    }
}

/// Whether records of an answer stand in a list: in `result`, in `result.items` and the like, in those of the commands of
/// a batch. Another object with lists is told by all that is in it.
fn is_list_of_answer(levels: &[Level<'_>]) -> bool {
    let wraps = |level: &Level<'_>| {
        let key = level.key;
        level.first == key && key.starts_with(|c: char| c.is_ascii_lowercase()) && !key.starts_with("result_")
    };
    let Some((answer, inner)) = levels.split_first() else { return false };
    ENVELOPE.contains(&answer.first)
        && answer.key == "result"
        && match inner {
            [] => true,
            [wrapper] => wraps(wrapper),
            [batch, _] => batch.first == "result" && batch.key == "result",
            [batch, _, wrapper] => batch.first == "result" && batch.key == "result" && wraps(wrapper),
            _ => false,
        }
}

/// Whether an object describes fields.
fn are_fields(entries: &[(Cow<'_, str>, Node<'_>)]) -> bool {
    !entries.is_empty() && entries.iter().all(|(_, v)| v.get("type").is_some() && v.get("isReadOnly").is_some())
}

/// A table and what the answers say about its completeness.
struct List {
    rows: Rows,
    /// Records met, quarantined ones too.
    met: u64,
    total: Option<u64>,
    next: Option<u64>,
    one_by_one: bool,
    /// Rows of goods by the id of their owner.
    of_owners: BTreeMap<String, OfOwner>,
}

struct Session<'i> {
    input: &'i Input,
    lists: Vec<List>,
    extract: Extract,
    ordinal: u32,
    /// The answer that was read last, which the next piece may go on with.
    last: Option<Answer>,
    /// Kind of the list that was read last.
    last_kind: Option<Cow<'static, str>>,
    /// Records of a list that is cut before there are enough of them to know its kind, with a comma behind each.
    held: String,
    /// The text that is read goes on with an answer, and with its list.
    goes_on: bool,
    in_list: bool,
    /// Where the list ends that the next piece goes on with.
    cut: Option<usize>,
    answers: u64,
    /// Answers that hold no records (`true`, an id, a map of ids).
    bare_answers: u64,
    failed: u64,
    /// Code of the first error answer, when it is a code and not a sentence.
    first_error: String,
    requests: bool,
}

impl<'i> Session<'i> {
    fn new(input: &'i Input, extract: Extract) -> Self {
        Session {
            input,
            lists: Vec::new(),
            extract,
            ordinal: 0,
            last: None,
            last_kind: None,
            held: String::new(),
            goes_on: false,
            in_list: false,
            cut: None,
            answers: 0,
            bare_answers: 0,
            failed: 0,
            first_error: String::new(),
            requests: false,
        }
    }

    /// Reads values one after another: a whole text, or a piece of one.
    fn values(&mut self, text: &str, piece: &Piece) -> Result<(), IngestError> {
        (self.goes_on, self.in_list, self.cut) = (piece.goes_on, piece.goes_on, piece.cut);
        let mut reader = Reader::new(text);
        while reader.peek().is_some() {
            self.top(&mut reader).map_err(|stop| stop.in_part(self.input, text, piece))?;
        }
        Ok(())
    }

    /// A value at the top of the file: an answer, a record, or a list of either.
    fn top(&mut self, reader: &mut Reader<'_>) -> Result<(), Stop> {
        match reader.peek() {
            Some(b'{') => self.answer_or_record(reader),
            Some(b'[') => {
                let mut first = true;
                reader.open(b'[')?;
                while reader.more(&mut first, b']')? {
                    match reader.peek() {
                        Some(b'{') => self.answer_or_record(reader)?,
                        Some(b'[') => {
                            self.list(reader, None, None)?;
                        }
                        _ => {
                            let node = reader.node()?;
                            self.quarantine(&node, "вместо записи стоит значение");
                        }
                    }
                }
                Ok(())
            }
            _ => {
                let node = reader.node()?;
                self.quarantine(&node, "вместо записи стоит значение");
                Ok(())
            }
        }
    }

    fn answer_or_record(&mut self, reader: &mut Reader<'_>) -> Result<(), Stop> {
        let mut ahead = reader.clone();
        let mut first = true;
        ahead.open(b'{')?;
        let is_answer = ahead.more(&mut first, b'}')? && ENVELOPE.contains(&&*ahead.key()?);
        if is_answer {
            return self.answer(reader);
        }
        let node = reader.node()?;
        match &node {
            Node::Object(entries) if is_record(entries) => {
                let kind = kind::of_list(std::slice::from_ref(&node), None);
                self.record(&kind, &node, None)?;
            }
            _ => {
                self.requests |= holds_request(&node);
                self.quarantine(&node, "не запись и не ответ REST");
            }
        }
        Ok(())
    }

    fn answer(&mut self, reader: &mut Reader<'_>) -> Result<(), Stop> {
        let mut answer = if std::mem::take(&mut self.goes_on) {
            self.last.take().unwrap_or_default()
        } else {
            self.close_answer();
            self.answers += 1;
            Answer::default()
        };
        let mut first = true;
        reader.open(b'{')?;
        while reader.more(&mut first, b'}')? {
            match &*reader.key()? {
                "result" => {
                    answer.has_result = true;
                    let filled = self.result(reader, None, &mut answer.batch)?;
                    answer.filled = Filled::join(filled, answer.filled);
                }
                "total" => answer.total = reader.node()?.count(),
                "next" => answer.next = reader.node()?.count(),
                "error" => answer.error = Some(reader.node()?.text().unwrap_or_default().to_owned()),
                "time" => {
                    let time = reader.node()?;
                    let finished = time.get("date_finish").and_then(Node::text).and_then(super::moment);
                    self.extract.taken_at = self.extract.taken_at.max(finished);
                }
                _ => reader.skip()?,
            }
        }
        self.last = Some(answer);
        Ok(())
    }

    /// Takes into account what the last answer says of its records.
    fn close_answer(&mut self) {
        let Some(answer) = self.last.take() else { return };
        if let Some(code) = answer.error.as_deref().filter(|_| !answer.has_result) {
            return self.error(code);
        }
        self.declare(answer.filled.as_ref(), answer.total, answer.next);
        let Batch { commands, totals, nexts } = answer.batch;
        for (at, (name, filled)) in commands.iter().enumerate() {
            self.declare(filled.as_ref(), totals.get(at, name), nexts.get(at, name));
        }
    }

    fn error(&mut self, code: &str) {
        self.failed += 1;
        // A description may quote the request with its values: only a code is repeated.
        let is_code = code.len() <= 64 && code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if is_code && self.first_error.is_empty() {
            self.first_error = code.to_owned();
        }
    }

    fn declare(&mut self, filled: Option<&Filled>, total: Option<u64>, next: Option<u64>) {
        let Some(filled) = filled else { return };
        let list = &mut self.lists[filled.table];
        // The rows of a deal are asked for apart, and their total is theirs.
        let of_owner = filled.owner.as_ref().and_then(|owner| list.of_owners.get_mut(owner));
        let (known_total, known_next) = match of_owner {
            Some(owner) => (&mut owner.total, &mut owner.next),
            None => (&mut list.total, &mut list.next),
        };
        *known_total = (*known_total).max(total);
        *known_next = (*known_next).max(next);
    }

    /// What `result` holds. Returns what the answer filled.
    fn result(
        &mut self,
        reader: &mut Reader<'_>,
        command: Option<&str>,
        batch: &mut Batch,
    ) -> Result<Option<Filled>, Stop> {
        match reader.peek() {
            Some(b'[') => self.list(reader, None, command),
            Some(b'{') => {
                let mut ahead = reader.clone();
                let mut first = true;
                ahead.open(b'{')?;
                if !ahead.more(&mut first, b'}')? {
                    reader.skip()?;
                    return Ok(None);
                }
                let key = ahead.key()?;
                let starts_lower = key.as_bytes().first().is_some_and(u8::is_ascii_lowercase);
                if command.is_none() && (key == "result" || key.starts_with("result_")) {
                    self.batch(reader, batch)?;
                    return Ok(None);
                }
                if starts_lower && (ahead.peek() == Some(b'[') || key == "item" || ahead.peek() == Some(b'{')) {
                    return self.wrapped(reader, command);
                }
                self.single(reader, command)
            }
            _ => {
                reader.skip()?;
                self.bare_answers += 1;
                Ok(None)
            }
        }
    }

    /// `{"items": […]}`, `{"productRows": […]}`, `{"item": {…}}`.
    fn wrapped(&mut self, reader: &mut Reader<'_>, command: Option<&str>) -> Result<Option<Filled>, Stop> {
        let (mut filled, mut first) = (None, true);
        reader.open(b'{')?;
        while reader.more(&mut first, b'}')? {
            let name = reader.key()?;
            match reader.peek() {
                Some(b'[') => filled = Filled::join(self.list(reader, Some(&name), command)?, filled),
                Some(b'{') => {
                    let node = reader.node()?;
                    // `crm.item.fields` names the fields in its own way, under a name of their own.
                    if let Node::Object(entries) = &node
                        && are_fields(entries)
                    {
                        for (field, description) in entries {
                            self.field(&record::classic_name(field), description)?;
                        }
                        continue;
                    }
                    let kind = kind::of_list(std::slice::from_ref(&node), Some(&name));
                    let one = self.record(&kind, &node, command)?;
                    self.lists[one.table].one_by_one = true;
                    filled = Some(one.after(filled));
                }
                _ => reader.skip()?,
            }
        }
        Ok(filled)
    }

    /// One object as the result: a record of `.get`, the description of fields, or a map of records.
    fn single(&mut self, reader: &mut Reader<'_>, command: Option<&str>) -> Result<Option<Filled>, Stop> {
        let node = reader.node()?;
        let Node::Object(entries) = &node else { return Ok(None) };
        if are_fields(entries) {
            for (field, description) in entries {
                self.field(field, description)?;
            }
            return Ok(None);
        }
        if is_record(entries) {
            let kind = kind::of_list(std::slice::from_ref(&node), None);
            let one = self.record(&kind, &node, command)?;
            self.lists[one.table].one_by_one = true;
            return Ok(Some(one));
        }
        if entries.iter().all(|(_, v)| matches!(v, Node::Object(inner) if is_record(inner))) {
            let records: Vec<Node<'_>> = entries.iter().map(|(_, v)| v.clone()).collect();
            let kind = kind::of_list(&records, None);
            let mut filled = None;
            for node in &records {
                filled = Some(self.record(&kind, node, command)?.after(filled));
            }
            return Ok(filled);
        }
        self.bare_answers += 1;
        Ok(None)
    }

    /// `result` of a batch: the answers of its commands, by name or in a list.
    fn batch(&mut self, reader: &mut Reader<'_>, batch: &mut Batch) -> Result<(), Stop> {
        let mut first = true;
        reader.open(b'{')?;
        while reader.more(&mut first, b'}')? {
            match &*reader.key()? {
                "result" => self.commands(reader, batch)?,
                "result_total" => batch.totals = Counts::of(&reader.node()?),
                "result_next" => batch.nexts = Counts::of(&reader.node()?),
                "result_error" => {
                    let errors = reader.node()?;
                    let errors: Vec<&Node<'_>> = match &errors {
                        Node::List(errors) => errors.iter().collect(),
                        Node::Object(errors) => errors.iter().map(|(_, error)| error).collect(),
                        _ => Vec::new(),
                    };
                    for error in errors {
                        self.error(error.get("error").unwrap_or(error).text().unwrap_or_default());
                    }
                }
                _ => reader.skip()?,
            }
        }
        Ok(())
    }

    fn commands(&mut self, reader: &mut Reader<'_>, batch: &mut Batch) -> Result<(), Stop> {
        // A command has no batch of its own.
        let mut none = Batch::default();
        let mut first = true;
        match reader.peek() {
            Some(b'[') => {
                // Between two commands.
                self.in_list = false;
                reader.open(b'[')?;
                while reader.more(&mut first, b']')? {
                    // The place in a list is no name: nothing is told about the owner of relations.
                    let filled = self.result(reader, Some(""), &mut none)?;
                    batch.commands.push((String::new(), filled));
                }
            }
            Some(b'{') => {
                reader.open(b'{')?;
                while reader.more(&mut first, b'}')? {
                    let name = reader.key()?.into_owned();
                    let goes_on = self.in_list;
                    let filled = self.result(reader, Some(&name), &mut none)?;
                    match batch.commands.last_mut() {
                        Some((_, last)) if goes_on => *last = Filled::join(filled, last.take()),
                        _ => batch.commands.push((name, filled)),
                    }
                }
            }
            _ => reader.skip()?,
        }
        Ok(())
    }

    /// A list of records; `None` when it is empty.
    fn list(
        &mut self,
        reader: &mut Reader<'_>,
        wrapper: Option<&str>,
        command: Option<&str>,
    ) -> Result<Option<Filled>, Stop> {
        let goes_on = std::mem::take(&mut self.in_list);
        let (mut filled, mut first) = (None, true);
        let mut kind = if goes_on { self.last_kind.take() } else { None };
        let held = if goes_on { std::mem::take(&mut self.held) } else { String::new() };
        let mut waiting: Vec<Node<'_>> = Vec::new();
        let mut before = Reader::new(&held);
        while before.peek().is_some() {
            waiting.push(before.node()?);
            before.open(b',')?;
        }
        reader.open(b'[')?;
        let start = reader.position();
        loop {
            let ends = reader.peek().map(|_| reader.position());
            let more = reader.more(&mut first, b']')?;
            if more {
                waiting.push(reader.node()?);
            }
            let is_much = held.len() + reader.since(start).len() > MAX_TO_KNOW;
            let is_known = kind.is_some() || waiting.len() >= RECORDS_TO_KNOW || is_much;
            if !is_known && more {
                continue;
            }
            let is_cut = ends.is_some() && ends == self.cut;
            if !is_known && is_cut {
                drop(waiting);
                self.held = held + reader.since(start);
                self.held.pop();
                self.held.push(',');
                self.last_kind = None;
                return Ok(filled);
            }
            let kind = kind.get_or_insert_with(|| kind::of_list(&waiting, wrapper));
            for node in waiting.drain(..) {
                if matches!(node, Node::Object(_)) {
                    filled = Some(self.record(kind, &node, command)?.after(filled));
                } else {
                    self.quarantine(&node, "вместо записи стоит значение");
                }
            }
            if !more {
                self.last_kind = Some(kind.clone());
                return Ok(filled);
            }
        }
    }

    fn table(&mut self, kind: &str) -> usize {
        if let Some(at) = self.lists.iter().position(|l| l.rows.table.kind == kind) {
            return at;
        }
        let rows = Rows::new(Place::file(&self.input.name), kind);
        let of_owners = BTreeMap::new();
        self.lists.push(List { rows, met: 0, total: None, next: None, one_by_one: false, of_owners });
        self.lists.len() - 1
    }

    fn record(&mut self, kind: &str, node: &Node<'_>, command: Option<&str>) -> Result<Filled, IngestError> {
        let kind = kind::of_record(kind, node);
        let at = self.table(&kind);
        self.ordinal = self.ordinal.saturating_add(1);
        let list = &mut self.lists[at];
        list.met += 1;
        let owner = kind::owner_of_row(&kind, node);
        if let Some(owner) = owner {
            match list.of_owners.get_mut(owner) {
                Some(known) => known.met += 1,
                None => {
                    list.of_owners.insert(owner.to_owned(), OfOwner { met: 1, ..OfOwner::default() });
                }
            }
        }
        let filled = Filled { table: at, owner: owner.map(str::to_owned) };
        let Node::Object(entries) = node else { return Ok(filled) };
        record::add_cells(&mut list.rows, entries)?;
        if list.rows.is_blank() {
            self.extract.left_out.push((at, LeftOut { row: self.ordinal, reason: LeftOutReason::Blank }));
            return Ok(filled);
        }
        let has_id = node.get("ID").or_else(|| node.get("id")).is_some();
        if let Some(name) = command.filter(|_| !has_id || kind == "crm.payment") {
            list.rows.cell("@command", name)?;
        }
        list.rows.close(self.ordinal, &mut self.extract.quarantined)?;
        self.product_rows(&kind, node)?;
        Ok(filled)
    }

    /// Product rows that stand inside their owner, which they do not name.
    fn product_rows(&mut self, kind: &str, owner: &Node<'_>) -> Result<(), IngestError> {
        let Some(Node::List(rows)) = owner.get(record::PRODUCT_ROWS) else { return Ok(()) };
        let Some(id) = owner.get("ID").and_then(Node::text) else { return Ok(()) };
        let at = self.table(&format!("{kind}.productrow"));
        for row in rows {
            let Node::Object(entries) = row else { continue };
            let list = &mut self.lists[at];
            list.met += 1;
            list.rows.cell("OWNER_ID", id)?;
            let of_row = |key: &str| key != "OWNER_ID" && key != record::PRODUCT_ROWS;
            let entries: Vec<_> = entries.iter().filter(|(key, _)| of_row(key)).cloned().collect();
            record::add_cells(&mut list.rows, &entries)?;
            list.rows.close(self.ordinal, &mut self.extract.quarantined)?;
        }
        Ok(())
    }

    fn field(&mut self, field: &str, description: &Node<'_>) -> Result<(), IngestError> {
        let at = self.table("crm.fields");
        self.ordinal = self.ordinal.saturating_add(1);
        let list = &mut self.lists[at];
        list.met += 1;
        list.rows.cell("FIELD", field)?;
        if let Node::Object(entries) = description {
            for (key, value) in entries {
                match value {
                    Node::Bool(value) => list.rows.cell(key, if *value { "true" } else { "false" })?,
                    value => list.rows.cell(key, value.text().unwrap_or_default())?,
                }
            }
        }
        list.rows.close(self.ordinal, &mut self.extract.quarantined)
    }

    fn quarantine(&mut self, node: &Node<'_>, reason: &str) {
        self.ordinal = self.ordinal.saturating_add(1);
        let location = Place::file(&self.input.name).row(self.ordinal);
        let raw = node.outline();
        self.extract.quarantined.push(Quarantined { location, reason: reason.to_owned(), raw });
    }

    fn finish(mut self) -> Result<Extract, IngestError> {
        self.close_answer();
        if self.lists.is_empty() {
            self.refuse()?;
        }
        self.extract.failed_answers = self.failed;
        for list in self.lists {
            let mut table = list.rows.table;
            table.declared_total = list.total;
            table.partial = self.failed > 0
                || list.one_by_one
                || is_short(list.met, list.total, list.next)
                || list.of_owners.values().any(OfOwner::is_short);
            let declared = list.of_owners.into_iter().filter_map(|(owner, of)| of.total.map(|total| (owner, total)));
            table.declared_of = declared.collect();
            self.extract.tables.push(table);
        }
        self.extract.details.push(("ответов", self.answers.to_string()));
        if self.failed > 0 {
            self.extract.details.push(("ответов с ошибкой", self.failed.to_string()));
        }
        Ok(self.extract)
    }

    /// The error of a file without records; nothing when it honestly says that there are none.
    fn refuse(&mut self) -> Result<(), IngestError> {
        let unreadable =
            |what: String, next| Err(IngestError::Unreadable { file: self.input.path.clone(), what, next });
        if self.failed > 0 {
            return Err(IngestError::ErrorAnswer {
                file: self.input.path.clone(),
                code: std::mem::take(&mut self.first_error),
                next: "проверьте права вебхука (crm, catalog) и метод и повторите выгрузку",
            });
        }
        if self.requests {
            return unreadable(
                "это запросы к REST, а не ответы".to_owned(),
                "сохраните ответы методов crm.company.list, crm.contact.list, crm.requisite.list",
            );
        }
        if self.answers == 0 || self.bare_answers > 0 {
            return unreadable(
                "нет записей: ответ не содержит списка".to_owned(),
                "сохраните ответы методов crm.company.list, crm.contact.list, crm.requisite.list",
            );
        }
        Ok(())
    }
}

/// Whether an object is a record and not another envelope: it has an id or fields in upper case.
fn is_record(entries: &[(Cow<'_, str>, Node<'_>)]) -> bool {
    let is_field =
        |key: &str| key.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_') && !key.is_empty();
    let scalar = |key: &str| entries.iter().any(|(k, v)| k == key && !v.is_container());
    scalar("ID") || scalar("id") || {
        let fields = entries.iter().filter(|(key, v)| is_field(key) && !v.is_container()).count();
        fields >= 2 && RECORD_MARKS.iter().any(|mark| scalar(mark))
    }
}

fn holds_request(node: &Node<'_>) -> bool {
    match node {
        Node::Object(entries) => entries.iter().any(|(key, value)| REQUEST.contains(&&**key) || holds_request(value)),
        Node::List(items) => items.iter().any(holds_request),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::RawTable;

    fn read(text: &str) -> Result<Extract, IngestError> {
        let input = Input::from_bytes("crm/a.json", text);
        assert!(Bitrix24Rest.detect(&input), "{text}");
        Bitrix24Rest.read(&input)
    }

    fn cell<'t>(table: &'t RawTable, heading: &str, row: usize) -> &'t str {
        table.get(table.column(heading).unwrap_or_else(|| panic!("no {heading}")), row)
    }

    /// Kind, rows and completeness of each table.
    fn shape(extract: &Extract) -> Vec<(&str, usize, bool, Option<u64>)> {
        extract.tables.iter().map(|t| (t.kind.as_str(), t.len(), t.partial, t.declared_total)).collect()
    }

    #[test]
    fn envelopes_give_their_records() {
        let two = r#"{"ID":"1","TITLE":"А","INDUSTRY":"IT"},{"ID":"2","TITLE":"Б"}"#;
        let company: (&str, usize, bool, Option<u64>) = ("crm.company", 2, false, Some(2));
        let cases = [
            (format!(r#"{{"result":[{two}],"total":2,"time":{{"start":1}}}}"#), vec![company]),
            (format!(r#"{{"total":2,"time":{{}},"result":[{two}]}}"#), vec![company]),
            (format!("\u{feff}{{\"result\":[{two}],\"total\":\"2\"}}"), vec![company]),
            (format!("[{two}]"), vec![("crm.company", 1, false, None), ("", 1, false, None)]),
            (format!("[[{two}]]"), vec![("crm.company", 2, false, None)]),
            (format!(r#"{{"result":[{two}],"total":3}}"#), vec![("crm.company", 2, true, Some(3))]),
            (format!(r#"{{"result":[{two}],"next":2}}"#), vec![("crm.company", 2, true, None)]),
            (r#"{"result":[],"total":0}"#.to_owned(), vec![]),
            (
                r#"{"result":{"items":[{"id":1,"title":"А","isMyCompany":"N"}]},"total":1}"#.to_owned(),
                vec![("crm.company", 1, false, Some(1))],
            ),
            (
                r#"{"result":{"item":{"id":1,"lastName":"А","typeId":"CLIENT"}}}"#.to_owned(),
                vec![("crm.contact", 1, true, None)],
            ),
            (r#"{"result":{"ID":"7","TITLE":"А","REVENUE":"0"}}"#.to_owned(), vec![("crm.company", 1, true, None)]),
            (
                r#"{"result":{"7":{"ID":"7","LAST_NAME":"А"},"8":{"ID":"8","LAST_NAME":"Б"}}}"#.to_owned(),
                vec![("crm.contact", 2, false, None)],
            ),
            (
                r#"{"result":{"TITLE":{"type":"string","isReadOnly":false,"title":"Имя"}}}"#.to_owned(),
                vec![("crm.fields", 1, false, None)],
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(shape(&read(&text).unwrap()), expected, "{text}");
        }
    }

    #[test]
    fn pages_and_batches_in_one_file_are_added_up() {
        let page = r#"{"result":[{"ID":"1","LAST_NAME":"А"},{"ID":"2","LAST_NAME":"Б"}],"next":2,"total":5}"#;
        let map = r#"{"result":{"result":{"c0":[{"ID":"3","LAST_NAME":"В"},{"ID":"4","LAST_NAME":"Г"}],
            "c1":[{"ID":"5","LAST_NAME":"Д"}]},"result_error":[],"result_total":{"c0":5,"c1":5},"result_next":{"c0":4}}}"#;
        let list = r#"{"result":{"result":[[{"ID":"3","LAST_NAME":"В"}]],"result_error":[],"result_total":[5],
            "result_next":[3],"result_time":[]}}"#;
        for (text, expected) in [
            (format!("[{page},{map}]"), ("crm.contact", 5, false, Some(5))),
            (format!("{page}\n{map}\n"), ("crm.contact", 5, false, Some(5))),
            (format!("{page}{list}"), ("crm.contact", 3, true, Some(5))),
            (page.to_owned(), ("crm.contact", 2, true, Some(5))),
            // An overlapping page: the repeat stays, whoever joins the records counts it.
            (format!("{page}{page}"), ("crm.contact", 4, true, Some(5))),
        ] {
            let extract = read(&text).unwrap();
            assert_eq!(shape(&extract), [expected], "{text}");
            let rows: Vec<u32> = (1..=expected.1 as u32).collect();
            assert_eq!(extract.tables[0].rows, rows);
        }
    }

    #[test]
    fn relations_of_a_batch_keep_their_owner() {
        let text = r#"{"result":{"result":{"205":[{"CONTACT_ID":31,"IS_PRIMARY":"Y","ROLE_ID":0},
            {"CONTACT_ID":32,"IS_PRIMARY":"N","ROLE_ID":0}],"206":[]},"result_error":[],"result_total":[]}}"#;
        let extract = read(text).unwrap();
        assert_eq!(shape(&extract), [("crm.company.contact", 2, false, None)]);
        assert_eq!(cell(&extract.tables[0], "@command", 1), "205");
        assert_eq!(cell(&extract.tables[0], "CONTACT_ID", 1), "32");
    }

    #[test]
    fn cells_follow_the_contract() {
        let text = r#"{"result":[{"ID":12,"LAST_NAME":"Ёлкин","SECOND_NAME":null,"COMPANY_ID":"0","CATEGORY_ID":"0",
            "PHOTO":false,"UF_CRM_1":false,"UF_CRM_2":["а",5],"UF_CRM_3":[],"UF_CRM_4":{"x":{"y":"z"}},"ACTIVE":false,
            "RQ":"7701234567012345678","OPPORTUNITY":1e2,
            "PHONE":[{"ID":"1","VALUE_TYPE":"WORK","VALUE":"+7 495 000-00-01","TYPE_ID":"PHONE"},
                {"ID":"2","VALUE_TYPE":"FAX","VALUE":"+7 495 000-00-02"},{"VALUE":"8 495 0000003"},{"ID":"4"}],
            "EMAIL":{"n0":{"VALUE":"a@example.com"}},"WEB":{"VALUE":"example.com"},"IM":[]},
            {"ID":"13","LAST_NAME":"","EMAIL":"b@example.com",
            "fm":[{"id":1,"typeId":"PHONE","valueType":"MOBILE","value":"+7 900 000-00-04"},
                {"typeId":"PHONE","valueType":"FAX","value":"5"},{"typeId":"EMAIL","value":"c@example.com"}]},
            {}]}"#;
        let extract = read(text).unwrap();
        let table = &extract.tables[0];
        assert_eq!((table.kind.as_str(), table.len()), ("crm.contact", 2));
        for (heading, row, expected) in [
            ("ID", 0, "12"),
            ("SECOND_NAME", 0, ""),
            ("COMPANY_ID", 0, ""),
            ("CATEGORY_ID", 0, "0"),
            ("PHOTO", 0, ""),
            ("UF_CRM_1", 0, ""),
            ("UF_CRM_2", 0, "а\n5"),
            ("UF_CRM_3", 0, ""),
            ("UF_CRM_4.X.Y", 0, "z"),
            ("ACTIVE", 0, "false"),
            ("RQ", 0, "7701234567012345678"),
            ("OPPORTUNITY", 0, "1e2"),
            ("PHONE", 0, "+7 495 000-00-01\n8 495 0000003"),
            ("FAX", 0, "+7 495 000-00-02"),
            ("EMAIL", 0, "a@example.com"),
            ("WEB", 0, "example.com"),
            ("IM", 0, ""),
            ("PHONE", 1, "+7 900 000-00-04"),
            ("FAX", 1, "5"),
            ("EMAIL", 1, "b@example.com\nc@example.com"),
        ] {
            assert_eq!(cell(table, heading, row), expected, "{heading} {row}");
        }
        assert_eq!(extract.left_out, [(0, LeftOut { row: 3, reason: LeftOutReason::Blank })]);
    }

    #[test]
    fn item_lists_look_like_classic_ones() {
        let text = r#"{"result":{"items":[{"id":4,"title":"А","typeId":"CUSTOMER","entityTypeId":4,
            "originId":null,"createdTime":"2026-01-02T03:04:05+03:00","ufCrm5_17":"x","isMyCompany":"N"}]},"total":1}"#;
        let extract = read(text).unwrap();
        let table = &extract.tables[0];
        let headings: Vec<_> = table.columns.iter().map(|c| c.heading.as_str()).collect();
        let expected = "ID TITLE COMPANY_TYPE ENTITY_TYPE_ID ORIGIN_ID DATE_CREATE UF_CRM_5_17 IS_MY_COMPANY";
        assert_eq!(headings.join(" "), expected);
    }

    #[test]
    fn the_kind_is_decided_by_a_page_not_by_its_first_record() {
        let text = r#"{"result":[{"ID":"1","TITLE":"А"},{"ID":"2","TITLE":"Б","COMPANY_TYPE":"CUSTOMER"}]}"#;
        assert_eq!(shape(&read(text).unwrap()), [("crm.company", 2, false, None)]);
    }

    #[test]
    fn foreign_values_are_quarantined_one_by_one() {
        let text = r#"{"result":[{"ID":"1","LAST_NAME":"А"},5,null,[1],"secret"]}"#;
        let extract = read(text).unwrap();
        assert_eq!((extract.tables[0].len(), extract.quarantined.len()), (1, 4));
        assert_eq!(extract.quarantined[0].location.row, Some(2));
    }

    #[test]
    fn failed_answers_beside_good_ones_make_the_table_partial() {
        let good = r#"{"result":[{"ID":"1","LAST_NAME":"А"}],"total":1}"#;
        for failed in [
            r#"{"error":"QUERY_LIMIT_EXCEEDED","error_description":"Too many requests"}"#,
            r#"{"error":"","error_description":"Not found"}"#,
            r#"{"error":0,"error_description":"Not found"}"#,
            r#"{"result":{"result":[],"result_error":[{"error":"","error_description":"no"}],"result_total":[]}}"#,
            r#"{"result":{"result":{},"result_error":{"c1":{"error":"X"}},"result_total":[]}}"#,
        ] {
            assert_eq!(shape(&read(&format!("[{good},{failed}]")).unwrap()), [("crm.contact", 1, true, Some(1))]);
        }
    }

    #[test]
    fn files_without_records_say_what_they_are() {
        for (text, expected) in [
            (r#"{"error":"expired_token","error_description":"secret"}"#, "ответ с ошибкой expired_token;"),
            (r#"{"error":"Клиент Иванов","error_description":""}"#, "ответ с ошибкой;"),
            (r#"{"result":true,"time":{}}"#, "нет записей"),
            (r#"{"result":{"CONTACT":[275,2297]}}"#, "нет записей"),
            (r#"{"Test":[[{"ID":1,"fields":{"TITLE":"12"}}]]}"#, "это запросы к REST"),
            (r#"{"method":"crm.company.list","params":{"ID":1,"TITLE":2}}"#, "это запросы к REST"),
            (r#"{"result":[{"ID":"1""#, "строка 1: JSON обрывается"),
            ("{\"result\":[{\"ID\":\"1\"}\n,]}", "строка 2: нарушен JSON"),
            (r#"{"result":[{"ID":"1"}]} мусор"#, "нарушен JSON"),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains(expected), "{text}: {error}");
            assert!(!error.contains("secret") && !error.contains("Иванов"), "{error}");
        }
        let deep = format!("{{\"result\":[{}", "{\"a\":".repeat(50_000));
        assert!(read(&deep).unwrap_err().to_string().contains("вложенность"));
        let wide: String = (0..=crate::ingest::MAX_COLUMNS).map(|n| format!("\"F{n}\":1,")).collect();
        let error = read(&format!("{{\"result\":[{{{wide}\"ID\":1}}]}}")).unwrap_err();
        assert!(matches!(error, IngestError::Limit { .. }));
    }

    #[test]
    fn every_cut_of_an_answer_is_an_error_or_whole() {
        let text =
            r#"{"result":{"result":{"c":[{"ID":"1","PHONE":[{"VALUE":"5"}]}]},"result_total":{"c":1}},"time":[]}"#;
        for end in 1..text.len() {
            assert!(Bitrix24Rest.read(&Input::from_bytes("a.json", &text[..end])).is_err(), "{end}");
        }
        assert_eq!(read(text).unwrap().tables[0].len(), 1);
    }

    #[test]
    fn other_files_are_not_claimed() {
        for text in [
            "ID;TITLE;LAST_NAME",
            "<result/>",
            r#"{"success":true,"customers":[{"id":1,"firstName":"А"}]}"#,
            r#"{"odata.metadata":"x","value":[{"Ref_Key":"1","Description":"А"}]}"#,
            r#"[{"Ссылка":"1","Наименование":"А"}]"#,
            r#"{"a":"ID","b":"TITLE"}"#,
            "",
        ] {
            assert!(!Bitrix24Rest.detect(&Input::from_bytes("a.json", text)), "{text}");
        }
    }
}
