//! Rows → records: identity, continuation rows, requisites joined to their owner, sources of one entity united.

use std::collections::{BTreeMap, HashMap};

use foldhash::fast::RandomState;
use rayon::prelude::*;

use super::role::{RELATED_COMPANY, RELATED_CONTACT, Role};
use super::{Mapped, Table, is_yes, onec};
use crate::ingest::MAX_QUARANTINE_TEXT;
use crate::model::{
    Entity, Field, LeftOutReason, Quarantined, RecordRef, Records, Side, SourceConflict, SourceReport, Space,
    TextColumn,
};

/// How a row takes part in its record. The order is the order of trust: an earlier one fills a field first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Part {
    Main,
    /// A further line of the same record (requisites on separate lines of a Bitrix24 CSV).
    Continuation,
    Requisite,
    /// A requisite that is switched off or is not the main one.
    OtherRequisite,
    Detail,
    /// The company that a contact calls its first one.
    MainRelation,
    Relation,
}

/// A row that belongs to a record.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Contribution {
    record: u32,
    part: Part,
    table: u32,
    row: u32,
}

struct Record {
    entity: Entity,
    id: String,
    clash: bool,
    /// Source of the first row.
    source: usize,
    table: u32,
    row: u32,
}

type Keys = HashMap<(Entity, String), u32, RandomState>;

struct Uniter<'a> {
    tables: &'a [Table],
    space: Space,
    sources: Vec<SourceReport>,
    quarantine: Vec<Quarantined>,
    records: Vec<Record>,
    rows: Vec<Contribution>,
    own: Vec<super::RawOwn>,
    by_id: Keys,
    /// Records known by a GUID, by their code; `u32::MAX` when the code repeats.
    by_code: Keys,
    /// How many records have carried one id of one source so far, where it repeats.
    clashes: Keys,
}

/// Requisites and bank details (`true`) by id: table and row of the first.
type Details = HashMap<(bool, String), (usize, usize), RandomState>;

/// Attributes of a counterparty that name its partner by GUID.
const PARTNER: [&str; 2] = ["Партнер_Key", "Партнер (ссылка)"];

/// Marks a code that names several records.
const AMBIGUOUS: u32 = u32::MAX;

/// Each space is united by itself: parties with their requisites, then every book.
pub(super) fn unite(
    side: Side,
    tables: Vec<Table>,
    sources: Vec<SourceReport>,
    quarantine: Vec<Quarantined>,
) -> Mapped {
    let mut by_space: BTreeMap<Space, Vec<Table>> = BTreeMap::new();
    for table in tables {
        by_space.entry(table.role.space()).or_default().push(table);
    }
    let parties = by_space.remove(&Space::Parties).unwrap_or_default();
    let mut mapped = Mapped {
        records: Records::new(side),
        books: Vec::new(),
        own: Vec::new(),
        sources,
        quarantine,
        conflicts: Vec::new(),
    };
    mapped.records = unite_space(side, Space::Parties, parties, &mut mapped);
    for (space, _) in Space::BOOKS {
        let tables = by_space.remove(&space).unwrap_or_default();
        let records =
            if tables.is_empty() { Records::new(side) } else { unite_space(side, space, tables, &mut mapped) };
        mapped.books.push(records);
    }
    mapped.conflicts.sort_by(|a, b| (a.record, a.field, &a.other_place).cmp(&(b.record, b.field, &b.other_place)));
    mapped.quarantine.sort_by(|a, b| a.location.cmp(&b.location));
    for source in &mut mapped.sources {
        source.left_out.sort_by_key(|(file, left)| (*file, left.row, left.reason));
    }
    mapped
}

/// Unites the tables of one space; the account of their rows goes into `mapped`.
fn unite_space(side: Side, space: Space, tables: Vec<Table>, mapped: &mut Mapped) -> Records {
    let mut u = Uniter {
        tables: &tables,
        space,
        sources: std::mem::take(&mut mapped.sources),
        quarantine: std::mem::take(&mut mapped.quarantine),
        records: Vec::new(),
        rows: Vec::new(),
        own: Vec::new(),
        by_id: Keys::default(),
        by_code: Keys::default(),
        clashes: Keys::default(),
    };
    let is_main = |table: &&Table| matches!(table.role, Role::Main(_));
    let rows: usize = tables.iter().filter(is_main).map(|table| table.raw.len()).sum();
    u.records.reserve(rows);
    u.rows.reserve(rows);
    u.by_id.reserve(rows);
    for (at, table) in tables.iter().enumerate() {
        match table.role {
            Role::Main(entity) => u.add_main(at as u32, table, entity),
            Role::Own => u.add_own(table),
            _ => {}
        }
    }
    if space == Space::Parties {
        if side == Side::Onec {
            for entity in Entity::PARTIES {
                u.unite_by_requisites(entity);
            }
        }
        u.join_details();
    }
    u.finish(side, mapped)
}

impl Uniter<'_> {
    fn add_own(&mut self, table: &Table) {
        for row in 0..table.raw.len() {
            self.own.push(table.own(row));
            table.leave_out(row, LeftOutReason::OwnOrganisation, &mut self.sources[table.source]);
        }
    }

    fn add_main(&mut self, at: u32, table: &Table, entity: Entity) {
        let has_id = table.columns.has(Field::Id) || table.columns.has(Field::Code);
        let requisite_columns: Vec<usize> = (0..table.raw.columns.len())
            .filter(|&c| table.raw.columns[c].heading.to_lowercase().contains("реквизит"))
            .collect();
        let mut last: Option<u32> = None;
        let (mut id, mut code, mut text) = (String::new(), String::new(), String::new());
        for row in 0..table.raw.len() {
            let read = |field: Field, into: &mut String| {
                into.clear();
                table.text(field, row, into);
            };
            read(Field::IsGroup, &mut text);
            if is_yes(&text) {
                table.leave_out(row, LeftOutReason::Group, &mut self.sources[table.source]);
                continue;
            }
            read(Field::IsOwn, &mut text);
            if is_yes(&text) {
                self.own.push(table.own(row));
                table.leave_out(row, LeftOutReason::OwnOrganisation, &mut self.sources[table.source]);
                continue;
            }
            read(Field::Id, &mut id);
            read(Field::Code, &mut code);
            if id.is_empty() {
                id.clone_from(&code);
            }
            if id.is_empty() {
                compose_id(table, entity, row, &mut id);
            }
            if id.is_empty() && has_id {
                read(Field::Name, &mut text);
                let continues = text.is_empty() && requisite_columns.iter().any(|&c| !table.raw.get(c, row).is_empty());
                match last {
                    Some(record) if continues => {
                        self.rows.push(Contribution { record, part: Part::Continuation, table: at, row: row as u32 });
                        self.sources[table.source].counts.loaded += 1;
                    }
                    _ => self.quarantine(table, row, "нет кода записи"),
                }
                continue;
            }
            if id.is_empty() {
                // The file has no column that names its records: the place is all there is.
                id = format!("row-{}", table.raw.rows[row]);
            }
            if let Some(record) = self.place(at, table, entity, row, &id, &code) {
                last = Some(record);
            }
        }
    }

    /// Finds or makes the record of a row. `None` when the row only repeats another one.
    fn place(&mut self, at: u32, table: &Table, entity: Entity, row: usize, id: &str, code: &str) -> Option<u32> {
        let key = (entity, id.to_owned());
        let mut found = self.by_id.get(&key).copied();
        if found.is_none() && !code.is_empty() {
            if code == id {
                found = self.by_code.get(&key).copied().filter(|&r| r != AMBIGUOUS);
            } else if let Some(&record) = self.by_id.get(&(entity, code.to_owned())) {
                // A source with codes only came first: the GUID is the better name.
                if self.records[record as usize].source != table.source {
                    self.records[record as usize].id = id.to_owned();
                    self.by_id.insert(key.clone(), record);
                    found = Some(record);
                }
            }
        }
        let part = Contribution { record: 0, part: Part::Main, table: at, row: row as u32 };
        if let Some(record) = found {
            let known = &self.records[record as usize];
            if known.source == table.source {
                let first = &self.tables[known.table as usize];
                if same_texts(first, known.row as usize, table, row) {
                    table.leave_out(row, LeftOutReason::Repeat, &mut self.sources[table.source]);
                    return None;
                }
                if !is_guid(id) && !onec::is_joined_by_id(&table.raw.kind) {
                    self.records[record as usize].clash = true;
                    let number = self.clashes.entry(key).or_insert(1);
                    *number += 1;
                    let name = format!("{id}~{number}");
                    return Some(self.add(part, table, entity, name, true));
                }
            }
            self.rows.push(Contribution { record, ..part });
            self.sources[table.source].counts.loaded += 1;
            return Some(record);
        }
        let record = self.add(part, table, entity, id.to_owned(), false);
        self.by_id.insert(key, record);
        if !code.is_empty() && code != id {
            self.by_code.entry((entity, code.to_owned())).and_modify(|r| *r = AMBIGUOUS).or_insert(record);
        }
        Some(record)
    }

    fn add(&mut self, part: Contribution, table: &Table, entity: Entity, id: String, clash: bool) -> u32 {
        // `ingest::MAX_ROWS` keeps the number below u32::MAX.
        let record = self.records.len() as u32;
        self.records.push(Record { entity, id, clash, source: table.source, table: part.table, row: part.row });
        self.rows.push(Contribution { record, ..part });
        self.sources[table.source].counts.loaded += 1;
        record
    }

    fn quarantine(&mut self, table: &Table, row: usize, reason: &str) {
        let cells: Vec<&str> = table.raw.columns.iter().map(|c| c.cells.get(row)).collect();
        self.quarantine.push(Quarantined {
            location: table.raw.place.row(table.raw.rows[row]),
            reason: reason.to_owned(),
            raw: cells.join(";").chars().take(MAX_QUARANTINE_TEXT).collect(),
        });
        self.sources[table.source].counts.quarantined += 1;
    }

    /// Two sources of one base that name records differently (a CommerceML package by GUID, a list by code) are
    /// united where INN, KPP and the name agree to the letter and each stands once in either source.
    fn unite_by_requisites(&mut self, entity: Entity) {
        let sources: Vec<usize> = (0..self.sources.len()).collect();
        let guid_share = |records: &[Record], source: usize| {
            let of: Vec<&Record> = records.iter().filter(|r| r.source == source && r.entity == entity).collect();
            let guids = of.iter().filter(|r| is_guid(&r.id)).count();
            (of.len(), guids)
        };
        let mut renamed: Vec<(u32, u32)> = Vec::new();
        for &with_guid in &sources {
            let (all, guids) = guid_share(&self.records, with_guid);
            if all == 0 || guids * 10 < all * 9 {
                continue;
            }
            for &with_code in &sources {
                let (all, guids) = guid_share(&self.records, with_code);
                if with_code == with_guid || all == 0 || guids * 10 > all {
                    continue;
                }
                let by_key = |u: &Self, source: usize| {
                    let mut keys: HashMap<String, u32, RandomState> = HashMap::default();
                    for (at, record) in u.records.iter().enumerate() {
                        if record.source == source
                            && record.entity == entity
                            && !record.clash
                            && let Some(key) = u.requisite_key(record)
                        {
                            keys.entry(key).and_modify(|r| *r = AMBIGUOUS).or_insert(at as u32);
                        }
                    }
                    keys
                };
                let guids = by_key(self, with_guid);
                let codes = by_key(self, with_code);
                for (key, &record) in &guids {
                    if let Some(&twin) = codes.get(key)
                        && record != AMBIGUOUS
                        && twin != AMBIGUOUS
                    {
                        renamed.push((record, twin));
                    }
                }
            }
        }
        if renamed.is_empty() {
            return;
        }
        renamed.sort_unstable();
        let mut becomes: Vec<u32> = (0..self.records.len() as u32).collect();
        for &(guid, code) in &renamed {
            if becomes[guid as usize] == guid && becomes[code as usize] == code {
                becomes[code as usize] = guid;
            }
        }
        // Close the gaps; the order of first appearance stays.
        let mut position = vec![0u32; becomes.len()];
        let mut kept = 0;
        for (at, &to) in becomes.iter().enumerate() {
            if to == at as u32 {
                position[at] = kept;
                kept += 1;
            }
        }
        let moved = |r: u32| position[becomes[r as usize] as usize];
        for row in &mut self.rows {
            row.record = moved(row.record);
        }
        for record in self.by_id.values_mut().chain(self.by_code.values_mut()).filter(|r| **r != AMBIGUOUS) {
            *record = moved(*record);
        }
        let mut at = 0;
        self.records.retain(|_| {
            at += 1;
            becomes[at - 1] as usize == at - 1
        });
    }

    fn requisite_key(&self, record: &Record) -> Option<String> {
        let table = &self.tables[record.table as usize];
        let mut key = String::new();
        for field in [Field::Inn, Field::Kpp] {
            let mut text = String::new();
            table.text(field, record.row as usize, &mut text);
            let digits: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
            if field == Field::Inn && digits.is_empty() {
                return None;
            }
            // A list that lost the leading zero names the same INN.
            key.push_str(digits.trim_start_matches('0'));
            key.push('/');
        }
        let mut name = String::new();
        table.text(Field::Name, record.row as usize, &mut name);
        let folded = alphanumeric(&name);
        if folded.is_empty() {
            return None;
        }
        key.push_str(&folded);
        Some(key)
    }

    /// Requisites to companies and contacts, then bank details and addresses to requisites.
    fn join_details(&mut self) {
        let tables = self.tables;
        let mut by_requisite: HashMap<String, u32, RandomState> = HashMap::default();
        let mut seen = Details::default();
        for (at, table) in tables.iter().enumerate().filter(|(_, t)| t.role == Role::Requisite) {
            for row in 0..table.raw.len() {
                if self.repeats(&mut seen, at, table, row) {
                    continue;
                }
                let owner = self.owner(table, row);
                if let (Some(record), Some(id)) = (owner, cell(table, "ID", row)) {
                    by_requisite.insert(id.to_owned(), record);
                }
                let active = cell(table, "ACTIVE", row).is_none_or(|t| t != "N");
                let part = if active { Part::Requisite } else { Part::OtherRequisite };
                self.join(
                    at,
                    table,
                    row,
                    owner,
                    part,
                    "реквизит без владельца: такой компании или контакта в выгрузке нет",
                );
            }
        }
        for (at, table) in tables.iter().enumerate() {
            match table.role {
                Role::LegalEntity => self.join_legal_entities(at, table, &mut seen),
                Role::BankDetail => {
                    for row in 0..table.raw.len() {
                        if self.repeats(&mut seen, at, table, row) {
                            continue;
                        }
                        let owner = cell(table, "ENTITY_ID", row).and_then(|id| by_requisite.get(id)).copied();
                        self.join(at, table, row, owner, Part::Detail, "банковские реквизиты без владельца");
                    }
                }
                Role::Address => {
                    for row in 0..table.raw.len() {
                        let owner = match cell(table, "ENTITY_TYPE_ID", row) {
                            Some("8") => cell(table, "ENTITY_ID", row).and_then(|id| by_requisite.get(id)).copied(),
                            _ => self.owner(table, row),
                        };
                        self.join(at, table, row, owner, Part::Detail, "адрес без владельца");
                    }
                }
                Role::Relation => self.join_relations(at, table),
                _ => {}
            }
        }
    }

    /// Legal entities to their corporate customer, the main one first.
    fn join_legal_entities(&mut self, at: usize, table: &Table, seen: &mut Details) {
        for row in 0..table.raw.len() {
            if self.repeats(seen, at, table, row) {
                continue;
            }
            let owner = cell(table, "customer.id", row)
                .and_then(|id| self.by_id.get(&(Entity::Counterparty, id.to_owned())))
                .copied();
            let main = cell(table, "isMain", row).is_none_or(|text| text == "true")
                && cell(table, "active", row).is_none_or(|text| text == "true");
            let part = if main { Part::Requisite } else { Part::OtherRequisite };
            self.join(at, table, row, owner, part, "юрлицо без корпоративного клиента: такого клиента в выгрузке нет");
        }
    }

    /// Relations of contacts and companies fill the company of a contact that names none.
    fn join_relations(&mut self, at: usize, table: &Table) {
        for row in 0..table.raw.len() {
            let company = cell(table, RELATED_COMPANY, row);
            let contact = cell(table, RELATED_CONTACT, row);
            let owner = contact.and_then(|id| self.by_id.get(&(Entity::Contact, id.to_owned()))).copied();
            let primary = table.raw.kind == "crm.contact.company" && cell(table, "IS_PRIMARY", row) == Some("Y");
            let part = if primary { Part::MainRelation } else { Part::Relation };
            if company.is_some() && contact.is_some() {
                self.join(at, table, row, owner, part, "связь с контактом, которого нет в выгрузке");
            } else {
                self.quarantine(table, row, "связь без второй стороны: назовите команды batch по ID записи");
            }
        }
    }

    /// Leaves out a detail that was already met with the same id, owner and texts: an overlapping page.
    fn repeats(&mut self, seen: &mut Details, at: usize, table: &Table, row: usize) -> bool {
        let Some(id) = cell(table, "ID", row).or_else(|| cell(table, "id", row)) else { return false };
        let (first, first_row) = *seen.entry((table.role == Role::BankDetail, id.to_owned())).or_insert((at, row));
        let known = &self.tables[first];
        let repeat = (first, first_row) != (at, row)
            && ["ENTITY_TYPE_ID", "ENTITY_ID", "ACTIVE", "customer.id", "isMain", "active"]
                .iter()
                .all(|heading| cell(known, heading, first_row) == cell(table, heading, row))
            && same_texts(known, first_row, table, row);
        if repeat {
            table.leave_out(row, LeftOutReason::Repeat, &mut self.sources[table.source]);
        }
        repeat
    }

    fn owner(&self, table: &Table, row: usize) -> Option<u32> {
        let entity = match cell(table, "ENTITY_TYPE_ID", row)? {
            "4" => Entity::Counterparty,
            "3" => Entity::Contact,
            _ => return None,
        };
        self.by_id.get(&(entity, cell(table, "ENTITY_ID", row)?.to_owned())).copied()
    }

    fn join(&mut self, at: usize, table: &Table, row: usize, owner: Option<u32>, part: Part, missing: &str) {
        match owner {
            Some(record) => {
                self.rows.push(Contribution { record, part, table: at as u32, row: row as u32 });
                self.sources[table.source].counts.loaded += 1;
            }
            None => self.quarantine(table, row, missing),
        }
    }

    fn finish(mut self, side: Side, mapped: &mut Mapped) -> Records {
        self.rows.par_sort_unstable();
        let mut records = Records::new(side);
        let mut places = Vec::with_capacity(self.tables.len());
        for table in self.tables {
            places.push(table.raw.place.clone());
        }
        records.places = places;
        records.kinds = self.tables.iter().map(|t| t.raw.kind.clone()).collect();
        let mut ids = TextColumn::with_capacity(self.records.len(), self.records.len() * 8);
        for record in &self.records {
            records.entity.push(record.entity);
            records.origin.push((record.table, self.tables[record.table as usize].raw.rows[record.row as usize]));
            records.id_clash.push(record.clash);
            ids.push(&record.id);
        }
        let fields: Vec<Field> = Field::ALL
            .iter()
            .copied()
            .filter(|&f| f != Field::Id && self.tables.iter().any(|t| t.columns.has(f)))
            .collect();
        let built: Vec<(Field, TextColumn, Vec<SourceConflict>)> =
            fields.into_par_iter().map(|field| self.column(side, field)).collect();
        records.set_column(Field::Id, ids);
        let mut conflicts = Vec::new();
        let partners = self.firms_of_partners();
        for (field, column, found) in built {
            let column = if field == Field::OwnerId { self.owners_by_partner(column, &partners) } else { column };
            records.set_column(field, column);
            conflicts.extend(found);
        }
        mapped.own.append(&mut self.own);
        mapped.conflicts.append(&mut conflicts);
        mapped.sources = self.sources;
        mapped.quarantine = self.quarantine;
        records
    }

    /// The first counterparty of each partner. Trade Management, Integrated Automation and ERP keep contact persons by
    /// partner, and a partner may act through several counterparties.
    fn firms_of_partners(&self) -> HashMap<&str, u32, RandomState> {
        let mut firms: HashMap<&str, u32, RandomState> = HashMap::default();
        for row in self.rows.iter().filter(|r| r.part == Part::Main) {
            if self.records[row.record as usize].entity == Entity::Counterparty {
                let table = &self.tables[row.table as usize];
                let partner = PARTNER.iter().find_map(|heading| cell(table, heading, row.row as usize));
                if let Some(partner) = partner {
                    firms.entry(partner).or_insert(row.record);
                }
            }
        }
        firms
    }

    /// Owners of contacts: an id that no counterparty has and a partner has becomes that of the partner's counterparty.
    fn owners_by_partner(&self, owners: TextColumn, partners: &HashMap<&str, u32, RandomState>) -> TextColumn {
        if partners.is_empty() {
            return owners;
        }
        let mut column = TextColumn::with_capacity(owners.len(), owners.len() * 8);
        for owner in (0..owners.len()).map(|at| owners.get(at)) {
            let known = owner.is_empty() || self.by_id.contains_key(&(Entity::Counterparty, owner.to_owned()));
            let firm = if known { None } else { partners.get(owner) };
            column.push(firm.map_or(owner, |&record| &self.records[record as usize].id));
        }
        column
    }

    /// One field of all records: the first text by order of trust, or all different ones for a field of several
    /// values; and where trusted rows disagree.
    fn column(&self, side: Side, field: Field) -> (Field, TextColumn, Vec<SourceConflict>) {
        let mut column = TextColumn::with_capacity(self.records.len(), self.records.len() * 8);
        let mut conflicts = Vec::new();
        let mut text = String::new();
        let mut rest = &self.rows[..];
        for at in 0..self.records.len() as u32 {
            let count = rest.iter().take_while(|r| r.record == at).count();
            let (rows, after) = rest.split_at(count);
            rest = after;
            let mut first: Option<(Part, String)> = None;
            for row in rows {
                let table = &self.tables[row.table as usize];
                if !table.columns.has(field) {
                    continue;
                }
                if count == 1 {
                    table.text(field, row.row as usize, column.open_row());
                    continue;
                }
                text.clear();
                table.text(field, row.row as usize, &mut text);
                if text.is_empty() {
                    continue;
                }
                match &mut first {
                    None => first = Some((row.part, text.clone())),
                    Some((_, kept)) if field.is_multiple() => {
                        for value in text.split('\n') {
                            if !kept.split('\n').any(|k| k == value) {
                                kept.push('\n');
                                kept.push_str(value);
                            }
                        }
                    }
                    Some((part, kept)) => {
                        if disagree(field, *part, row.part, kept, &text) {
                            let mut other_place = table.raw.place.row(table.raw.rows[row.row as usize]);
                            let heading = table.columns.of_field(field).first().map(|&c| &table.raw.columns[c].heading);
                            other_place.column = heading.map(|h| h.as_str().into());
                            conflicts.push(SourceConflict {
                                record: RecordRef::of(side, self.space, at as usize),
                                field,
                                kept: kept.clone(),
                                other: text.clone(),
                                other_place,
                            });
                        }
                    }
                }
            }
            if let Some((_, kept)) = first {
                column.open_row().push_str(&kept);
            }
            column.end_row();
        }
        (field, column, conflicts)
    }
}

/// Names a record that its source gives no id: a document by number and date, a line by its document and number, a
/// balance by product and warehouse. Nothing is written when that says too little; parties have no such name.
///
/// A payment is named by its sum too: banks number payments by payer. It would change with the file as a position does.
fn compose_id(table: &Table, entity: Entity, row: usize, into: &mut String) {
    let mut put = |fields: &[Field], mark: &str| {
        let mut text = String::new();
        for &field in fields {
            table.text(field, row, &mut text);
            if !text.is_empty() {
                break;
            }
        }
        if !text.is_empty() {
            if !into.is_empty() {
                into.push_str(mark);
            }
            into.push_str(&text);
        }
        !text.is_empty()
    };
    const PRODUCT: &[Field] = &[Field::ProductId, Field::Article, Field::ProductName];
    let whole = match entity {
        Entity::Counterparty | Entity::Contact => false,
        Entity::Product => put(&[Field::Article, Field::Name], ""),
        Entity::Unit | Entity::Warehouse => put(&[Field::Name], ""),
        Entity::Price => {
            put(PRODUCT, "") && {
                put(&[Field::Variant], "#");
                put(&[Field::PriceType], "@");
                true
            }
        }
        Entity::Stock => {
            put(PRODUCT, "") && {
                put(&[Field::Variant], "#");
                put(&[Field::WarehouseId, Field::WarehouseName], "@");
                true
            }
        }
        Entity::Contract | Entity::Deal | Entity::Document | Entity::Ddu => {
            put(&[Field::Number], "") && {
                put(&[Field::Date], "@");
                true
            }
        }
        Entity::Payment => {
            put(&[Field::Number], "") && put(&[Field::Date], "@") && {
                put(&[Field::Amount], "@");
                true
            }
        }
        Entity::Line => put(&[Field::DocumentId], "") && put(&[Field::LineNumber], "#"),
        Entity::Object => {
            put(&[Field::Number], "") && {
                for field in [Field::Floor, Field::Section, Field::Building, Field::Project] {
                    put(&[field], "/");
                }
                true
            }
        }
        Entity::Instalment => {
            put(&[Field::DduId, Field::DduNumber], "") && {
                put(&[Field::Number, Field::Date], "#");
                put(&[Field::Version], "@");
                true
            }
        }
    };
    if !whole {
        into.clear();
    }
}

/// Whether two texts of one record contradict. A company and its requisites may well write the name differently;
/// they may not have different tax numbers.
fn disagree(field: Field, kept: Part, other: Part, a: &str, b: &str) -> bool {
    let fields: &[Field] = if kept == Part::Main && other == Part::Main {
        &[
            Field::Name,
            Field::FullName,
            Field::LastName,
            Field::FirstName,
            Field::Patronymic,
            Field::Inn,
            Field::Kpp,
            Field::Ogrn,
            Field::BirthDate,
            Field::Address,
            Field::Number,
            Field::Date,
            Field::Amount,
            Field::PartyInn,
            Field::Article,
        ]
    } else {
        &[Field::Inn, Field::Kpp]
    };
    fields.contains(&field) && alphanumeric(a).trim_start_matches('0') != alphanumeric(b).trim_start_matches('0')
}

/// Letters and digits in lower case.
fn alphanumeric(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// `0d4bfb90-4fb1-11e9-b0d4-000c29cc1d0a`.
fn is_guid(id: &str) -> bool {
    let bytes = id.as_bytes();
    bytes.len() == 36
        && bytes
            .iter()
            .enumerate()
            .all(|(i, b)| if matches!(i, 8 | 13 | 18 | 23) { *b == b'-' } else { b.is_ascii_hexdigit() })
}

/// Rows that agree in every mapped field.
fn same_texts(a: &Table, a_row: usize, b: &Table, b_row: usize) -> bool {
    let (mut x, mut y) = (String::new(), String::new());
    Field::ALL.iter().all(|&field| {
        x.clear();
        y.clear();
        a.text(field, a_row, &mut x);
        b.text(field, b_row, &mut y);
        x == y
    })
}

/// A cell by exact heading, `None` when empty or absent.
fn cell<'t>(table: &'t Table, heading: &str, row: usize) -> Option<&'t str> {
    let text = table.raw.get(table.raw.column(heading)?, row).trim();
    if text.is_empty() { None } else { Some(text) }
}
