//! What files are, for `inspect`, and the project that `init` proposes for them.
//!
//! [`recognise`] reads a file as an audit would and says what it saw: format, tables, which field each column serves
//! and why, rows that would be quarantined, which system it comes from. [`project::compose`] makes a `sverka.toml` of
//! several such files. Nothing is decided in silence: what stays open is a [`Question`].

mod books;
mod content;
pub mod discover;
mod guess;
mod heading;
pub mod project;
mod property;
#[cfg(test)]
mod tests;

use crate::config::SourceConfig;
use crate::ingest::{self, Extract, IngestError, Input};
use crate::map::{self, SourceInput, Titles, Use};
use crate::model::{Entity, Field, Inn, Lang, Quarantined, RawTable, Side, SourceFile};
use crate::normalize;

/// Examples of a column that are kept.
pub const EXAMPLES: usize = 3;
/// Characters of an example.
const EXAMPLE_LENGTH: usize = 40;
/// Stages of deals that are listed, and statuses of property.
const MOST_STAGES: usize = 40;
/// Responsible persons that are listed.
const MOST_PERSONS: usize = 500;
/// Points from which a side is certain, and from which it is likely.
const CERTAIN: i32 = 6;
const LIKELY: i32 = 2;
/// Points of a format that one system alone writes: more than all other signs together.
const BY_FORMAT: i32 = 100;

/// Why a column is taken for a field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reason {
    /// Its heading is known.
    Heading,
    /// Its heading resembles a known one.
    Similar,
    /// Its values show it.
    Content,
}

impl Reason {
    /// Name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::Heading => "heading",
            Reason::Similar => "similar",
            Reason::Content => "content",
        }
    }
}

/// Something a person must decide.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Question {
    pub ru: String,
    pub en: String,
}

impl Question {
    pub fn text(&self, lang: Lang) -> &str {
        lang.pick(&self.ru, &self.en)
    }
}

/// A column and what it is taken for.
#[derive(Clone, PartialEq, Debug)]
pub struct SeenColumn {
    pub heading: String,
    /// The field it serves, or should serve.
    pub field: Option<Field>,
    /// `None` when it serves no field.
    pub reason: Option<Reason>,
    /// Rows with a value.
    pub filled: usize,
    /// Different values in the order of the file, cut to 40 characters.
    pub examples: Vec<String>,
}

/// A table and what it is taken for.
#[derive(Clone, PartialEq, Debug)]
pub struct SeenTable {
    /// As the format calls its rows; empty for a list that does not say.
    pub kind: String,
    pub sheet: Option<String>,
    /// What an audit makes of it once the entity is named.
    pub used: Use,
    /// `None` where it is no list of counterparties or contacts.
    pub entity: Option<Entity>,
    /// The format says it, or the signs are strong.
    pub entity_is_sure: bool,
    /// Rows that the reader gave, which the fill of columns is a share of.
    pub read: usize,
    /// `rows == loaded + left_out + quarantined`.
    pub rows: u64,
    pub loaded: u64,
    pub left_out: u64,
    pub quarantined: Vec<Quarantined>,
    /// The file says that it holds a part only.
    pub partial: bool,
    pub columns: Vec<SeenColumn>,
    pub questions: Vec<Question>,
    /// Stages of deals, in the order of the file: code for the dictionaries (may be empty) and text.
    pub stages: Vec<(String, String)>,
    /// Names that the table gives to such codes.
    pub stage_names: Vec<(String, String)>,
    /// Statuses of property, in the order of the file.
    pub statuses: Vec<String>,
    /// Responsible persons as the file names them, in its order.
    pub responsible: Vec<String>,
    /// Users by number or GUID that the table names.
    pub users: Vec<(String, String)>,
}

impl SeenTable {
    /// Whether an audit takes rows of it.
    pub fn is_taken(&self) -> bool {
        match self.used {
            Use::Records(_) => self.entity.is_some(),
            Use::Joined | Use::Own => true,
            Use::Unclear | Use::NotTaken => false,
        }
    }
}

/// Which system a file comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SideGuess {
    pub side: Side,
    pub certainty: Certainty,
    /// Only one of the systems writes such files; otherwise headings, codes and names of files speak.
    pub by_format: bool,
}

/// How sure a guess is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Certainty {
    /// Nothing points anywhere.
    Open,
    Likely,
    Certain,
}

/// A file and what it is.
#[derive(Clone, PartialEq, Debug)]
pub struct SeenFile {
    /// Under which it was given.
    pub name: String,
    /// Id and title of the format.
    pub format: &'static str,
    /// Version of the format, where it has one.
    pub version: Option<String>,
    /// Empty for binary formats.
    pub encoding: String,
    /// For people: delimiter, heading row, sheets.
    pub details: Vec<(&'static str, String)>,
    pub tables: Vec<SeenTable>,
    pub side: SideGuess,
    /// INNs of own organisations that the file marks, sorted.
    pub own: Vec<Inn>,
    /// Titles that the file gives to own fields of a CRM.
    pub titles: Vec<(String, String)>,
}

/// Titles of own fields from all files: a description in one of them serves the records in another.
pub fn titles<'a>(files: impl IntoIterator<Item = &'a SeenFile>) -> Titles {
    let mut titles = Titles::default();
    for (field, title) in files.into_iter().flat_map(|file| &file.titles) {
        map::crm::say(&mut titles, field.clone(), title);
    }
    titles
}

impl SeenFile {
    /// Whether titles from elsewhere say something of its columns.
    pub fn is_explained_by(&self, titles: &Titles) -> bool {
        let unknown =
            |c: &SeenColumn| titles.contains_key(&c.heading) && !self.titles.iter().any(|(f, _)| *f == c.heading);
        self.tables.iter().flat_map(|t| &t.columns).any(unknown)
    }
}

/// Reads a file and says what it is; `others` are titles of own fields that other files give, see [`titles`].
///
/// # Errors
/// [`IngestError`] when it cannot be read.
pub fn recognise(input: &Input, others: &Titles) -> Result<SeenFile, IngestError> {
    let (format, mut extract) = ingest::read(input, None)?;
    let mut points = format_points(format) + heading::path_points(&input.name);
    let read = std::mem::take(&mut extract.tables);
    let said: Vec<(String, String)> = read.iter().flat_map(map::crm::field_titles).collect();
    let mut titles = others.clone();
    for (field, title) in &said {
        map::crm::say(&mut titles, field.clone(), title);
    }
    let mut tables = Vec::with_capacity(read.len());
    let mut own = Vec::new();
    for (at, table) in read.into_iter().enumerate() {
        points += table_points(&table);
        tables.push(look_at(input, format, table, (at, &titles), &mut extract, &mut own));
    }
    own.sort_unstable();
    own.dedup();
    let version = extract.details.iter().find(|(name, _)| is_version(name)).map(|(_, version)| version.clone());
    Ok(SeenFile {
        name: input.name.clone(),
        format,
        version,
        encoding: extract.encoding,
        details: extract.details.into_iter().filter(|(name, _)| !is_version(name)).collect(),
        tables,
        side: SideGuess {
            side: if points < 0 { Side::Onec } else { Side::Crm },
            by_format: format_points(format).abs() >= BY_FORMAT,
            certainty: match points.abs() {
                CERTAIN.. => Certainty::Certain,
                LIKELY.. => Certainty::Likely,
                _ => Certainty::Open,
            },
        },
        own,
        titles: said,
    })
}

fn is_version(detail: &str) -> bool {
    matches!(detail, "version" | "версия" | "версия схемы")
}

/// Formats that one of the two systems writes.
fn format_points(format: &str) -> i32 {
    const CRM: &[&str] = &["bitrix24", "amocrm", "retailcrm", "icml", "profitbase"];
    const ONEC: &[&str] = &["commerceml", "onec", "enterprise", "odata", "1c", "dbf", "fns"];
    let begins = |names: &[&str]| names.iter().any(|name| format.starts_with(name));
    match (begins(CRM), begins(ONEC)) {
        // Excel saves tables of any origin as HTML too.
        (true, _) if format == "bitrix24-html" => 3,
        (true, _) => BY_FORMAT,
        (_, true) => -BY_FORMAT,
        _ => 0,
    }
}

fn table_points(table: &RawTable) -> i32 {
    let headings: i32 = table.columns.iter().map(|c| heading::side_points(&c.heading)).sum();
    let ids = table.columns.iter().find(|c| matches!(map::aliases::fold(&c.heading).as_str(), "код" | "id" | "code"));
    let codes = ids.is_some_and(|c| content::are_codes(&content::sample(&c.cells)));
    headings.clamp(-8, 8) - if codes { 4 } else { 0 }
}

/// Looks at one table; its rows go through the mapping to see which would be quarantined.
fn look_at(
    input: &Input,
    format: &'static str,
    table: RawTable,
    (at, titles): (usize, &Titles),
    extract: &mut Extract,
    own: &mut Vec<Inn>,
) -> SeenTable {
    let mut questions = Vec::new();
    let property = property::entity_of(&table, titles);
    questions.extend(property.and_then(|entity| property::question(&table, entity)));
    let (entity, sure) = match map::use_of(&table, None) {
        _ if property.is_some() => (property, true),
        Use::Records(entity) => (Some(entity), true),
        // The counterparty of a document has a name and an INN too.
        Use::Unclear if books::is_register(&table) => (Some(Entity::Document), true),
        Use::Unclear if books::is_contracts(&table) => (Some(Entity::Contract), true),
        Use::Unclear => match entity_of(&table, &input.name) {
            (None, _) => books::entity_of(&table, &input.name).map_or((None, false), |(e, sure)| (Some(e), sure)),
            party => party,
        },
        Use::Joined | Use::Own | Use::NotTaken => (None, true),
    };
    let used = map::use_of(&table, entity);
    let columns = columns_of(&table, entity, used, titles, &mut questions);
    let stages = if entity.is_none_or(|e| e == Entity::Deal) { stages_of(&table) } else { Vec::new() };
    let stage_names = map::crm::stage_names(&table);
    let mut seen = SeenTable {
        kind: table.kind.clone(),
        sheet: table.place.sheet.as_deref().map(str::to_owned),
        used,
        entity,
        entity_is_sure: sure,
        read: table.len(),
        rows: 0,
        loaded: table.len() as u64,
        left_out: 0,
        quarantined: Vec::new(),
        partial: table.partial || table.declared_total.is_some_and(|total| total > table.len() as u64),
        columns,
        questions,
        stages,
        stage_names,
        statuses: Vec::new(),
        responsible: Vec::new(),
        users: map::crm::user_names(&table),
    };
    if matches!(entity, Some(Entity::Object)) {
        seen.statuses = texts_of(&table, &seen.columns, Field::Stage, MOST_STAGES);
    }
    if used != Use::NotTaken && entity.is_some_and(|e| !e.is_party()) {
        seen.responsible = texts_of(&table, &seen.columns, Field::Responsible, MOST_PERSONS);
    }
    let place = table.place.clone();
    let (here, elsewhere) =
        std::mem::take(&mut extract.quarantined).into_iter().partition(|q| q.location.place == place);
    extract.quarantined = elsewhere;
    let left_out: Vec<_> =
        extract.left_out.iter().filter(|(of, _)| *of == at).map(|(_, left)| (0, left.clone())).collect();
    let part = Extract { tables: vec![table], quarantined: here, left_out, ..Extract::default() };
    match entity.or_else(|| (used == Use::Own).then_some(Entity::Counterparty)) {
        Some(entity) => go_through(input, format, entity, part, &mut seen, own),
        None => {
            seen.left_out = part.left_out.len() as u64;
            seen.quarantined = part.quarantined;
        }
    }
    seen.rows = seen.loaded + seen.left_out + seen.quarantined.len() as u64;
    seen
}

/// Sends a table through the mapping, as a source of its own.
fn go_through(
    input: &Input,
    format: &'static str,
    entity: Entity,
    part: Extract,
    seen: &mut SeenTable,
    own: &mut Vec<Inn>,
) {
    let config = SourceConfig {
        side: Side::Crm,
        entity: (seen.used != Use::Own).then_some(entity),
        path: input.name.clone(),
        files: Vec::new(),
        format: None,
        columns: Vec::new(),
        select: None,
        database: None,
        line: 0,
    };
    let (left_out, quarantined) = (part.left_out.len() as u64, part.quarantined.clone());
    let file = SourceFile { path: input.name.clone(), bytes: 0, sha256: String::new() };
    match map::side(Side::Crm, vec![SourceInput { config: &config, files: vec![(file, format, part)] }]) {
        Ok(mapped) => {
            let counts = &mapped.sources[0].counts;
            seen.loaded = counts.loaded;
            seen.left_out = counts.left_out_total();
            seen.quarantined = mapped.quarantine;
            let inns = mapped.own.iter().filter_map(|o| normalize::inn::parse(&o.inn).value.valid().copied());
            own.extend(inns);
        }
        // No column is known: the columns say so, the counts stay those of the reader.
        Err(_) => {
            seen.left_out = left_out;
            seen.quarantined = quarantined;
        }
    }
}

/// What a table that does not say it holds, and whether the signs are strong. `None`: no list of parties.
fn entity_of(table: &RawTable, name: &str) -> (Option<Entity>, bool) {
    let count = |entity: Entity, fields: &[Field]| {
        let found = table.columns.iter().filter_map(|c| {
            map::aliases::field_of(&c.heading, entity)
                .map(|(field, _)| field)
                .or_else(|| heading::field_of(&c.heading, entity))
        });
        let mut found: Vec<Field> = found.filter(|field| fields.contains(field)).collect();
        found.sort_unstable();
        found.dedup();
        found.len() as i32
    };
    use Field::*;
    // Details of Bitrix24 name their owner: whatever else they have, they are no list of parties.
    if table.column("ENTITY_ID").is_some() {
        return (None, false);
    }
    let others = table.columns.iter().filter(|c| heading::is_of_other_list(&c.heading)).count();
    let either = |fields: &[Field]| Entity::PARTIES.into_iter().map(|e| count(e, fields)).max().unwrap_or(0);
    let named = either(&[Name, FullName, LastName, FirstName]);
    let strong = either(&[Inn, Kpp, Ogrn, Phone, Email, LastName, BirthDate, BankAccount]);
    let weak = either(&[Id, Code, Address, ActualAddress, ExternalId]);
    let by_values = names_of(table).and_then(|values| content::entity_of_names(&values));
    let typed = table.columns.iter().any(|c| heading::is_kind_of_party(&c.heading));
    let is_party = named > 0 && (strong > 0 || typed || (weak > 0 && by_values.is_some()));
    // Without a name, only a list of tax numbers is one of parties: bank details have numbers too.
    let is_numbers = named == 0 && strong > 1 && either(&[Inn]) > 0;
    if !(is_party || is_numbers) {
        return (None, false);
    }
    if others > 1 || (others == 1 && strong == 0) {
        return (None, false);
    }
    let firm =
        count(Entity::Counterparty, &[Kpp, Ogrn, FullName, BankAccount, Bik, TaxId, Website, HeadId, Turnover, Kind]);
    let mut person =
        count(Entity::Contact, &[LastName, Patronymic, Position, Gender, Snils, Document, OwnerId, Consent, BirthDate]);
    // Only a person has a given name and no other.
    person += i32::from(table.columns.iter().any(|c| map::aliases::fold(&c.heading) == "имя"));
    if count(Entity::Contact, &[LastName]) > 0 {
        // `name` alone is a given name of nobody.
        person += count(Entity::Contact, &[FirstName]);
    }
    let titled = table.columns.iter().any(|c| map::aliases::fold(&c.heading) == "название компании");
    let mut points = 2 * firm - 2 * person + 4 * i32::from(titled) + heading::entity_points(name);
    points += match by_values {
        Some(Entity::Counterparty) => 3,
        Some(_) => -2,
        None => 0,
    };
    points += 2 * i32::from(has_numbers_of_firms(table));
    let entity = if points < 0 { Entity::Contact } else { Entity::Counterparty };
    (Some(entity), points.abs() >= 2)
}

/// Most tax numbers have the length of organisations' ones.
fn has_numbers_of_firms(table: &RawTable) -> bool {
    let is_inn = |heading: &str| {
        map::aliases::field_of(heading, Entity::Counterparty).is_some_and(|(field, _)| field == Field::Inn)
    };
    let Some(column) = table.columns.iter().find(|c| is_inn(&c.heading)) else { return false };
    let values = content::sample(&column.cells);
    2 * values.iter().filter(|v| matches!(v.len(), 9 | 10)).count() > values.len()
}

/// Values of the column that names the records.
fn names_of(table: &RawTable) -> Option<Vec<&str>> {
    let is_name = |heading: &str| {
        Entity::PARTIES.into_iter().any(|e| map::aliases::field_of(heading, e).is_some_and(|(f, _)| f == Field::Name))
    };
    table.columns.iter().find(|c| is_name(&c.heading)).map(|c| content::sample(&c.cells))
}

/// Each column with its field: by its heading, else by a similar heading, else by its values.
fn columns_of(
    table: &RawTable,
    entity: Option<Entity>,
    used: Use,
    titles: &Titles,
    questions: &mut Vec<Question>,
) -> Vec<SeenColumn> {
    let known = map::fields_of(table, entity, titles);
    let mut out = Vec::with_capacity(table.columns.len());
    for (column, &field) in table.columns.iter().zip(&known) {
        let values = content::sample(&column.cells);
        let mut seen = SeenColumn {
            heading: column.heading.clone(),
            field,
            reason: field.map(|_| Reason::Heading),
            filled: column.cells.filled(),
            examples: examples(&values),
        };
        if let (Use::Records(entity), Some(field)) = (used, field) {
            doubt_heading(&seen.heading, field, entity, &values, questions);
        }
        // An exchange format names its columns itself: what is not known there is not wanted.
        let may_guess = |entity: Entity| entity.is_party() || table.kind.is_empty();
        if let (Use::Records(entity), None) = (used, field)
            && may_guess(entity)
        {
            (seen.field, seen.reason) = guess(&column.heading, entity, &values, &known, table, questions);
        }
        out.push(seen);
    }
    out
}

/// A heading that says one thing over values that say another.
fn doubt_heading(heading: &str, field: Field, entity: Entity, values: &[&str], questions: &mut Vec<Question>) {
    // Numbers and codes of records may look like anything.
    let checked = matches!(field, Field::Inn | Field::Kpp | Field::Ogrn | Field::Email | Field::Phone | Field::Snils);
    if let Some((shown, share)) = content::field_of(values)
        && checked
        && shown != field
        && shown.entities().contains(&entity)
        && content::fits(values, field).is_some_and(|fit| fit < content::SURE / 2)
    {
        let (ru, en) = (shown.title(Lang::Ru), shown.title(Lang::En));
        questions.push(Question {
            ru: format!(
                "колонка «{heading}» по заголовку — {}, а {share} % значений похожи на {ru}: что это?",
                field.title(Lang::Ru)
            ),
            en: format!(
                "column \"{heading}\" is {} by its heading, yet {share} % of its values look like {en}: which is it?",
                field.title(Lang::En)
            ),
        });
    }
}

/// A field for a column whose heading is unknown.
fn guess(
    heading: &str,
    entity: Entity,
    values: &[&str],
    known: &[Option<Field>],
    table: &RawTable,
    questions: &mut Vec<Question>,
) -> (Option<Field>, Option<Reason>) {
    let shown = content::field_of(values).filter(|(field, _)| field.entities().contains(&entity));
    let named = heading::field_of(heading, entity).filter(|field| {
        // A heading that merely resembles must not be contradicted by what stands below it.
        content::fits(values, *field).is_none_or(|fit| fit >= content::SURE / 2)
    });
    let (field, reason) = match (named, shown) {
        (_, Some((field, _))) => (field, Reason::Content),
        (Some(field), None) => (field, Reason::Similar),
        (None, None) => return (None, None),
    };
    let (ru, en) = (field.title(Lang::Ru), field.title(Lang::En));
    let share = shown.map_or(String::new(), |(_, share)| format!(" ({share} %)"));
    if heading.is_empty() {
        questions.push(Question {
            ru: format!(
                "колонка без заголовка похожа на {ru}{share}: допишите заголовок в файле, иначе она не читается"
            ),
            en: format!(
                "a column without a heading looks like {en}{share}: give it one in the file, or it is not read"
            ),
        });
        return (None, None);
    }
    if !field.is_multiple()
        && let Some(at) = known.iter().position(|other| *other == Some(field))
    {
        let taken = &table.columns[at].heading;
        questions.push(Question {
            ru: format!(
                "колонка «{heading}» тоже похожа на {ru}{share}, но {ru} уже берётся из «{taken}»: какая верна?"
            ),
            en: format!(
                "column \"{heading}\" looks like {en}{share} too, but {en} is taken from \"{taken}\": which is right?"
            ),
        });
        return (None, None);
    }
    (Some(field), Some(reason))
}

/// The first different values, cut.
fn examples(values: &[&str]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for value in values {
        let mut text: String = value.chars().take(EXAMPLE_LENGTH).map(|c| if c == '\n' { ' ' } else { c }).collect();
        if value.chars().nth(EXAMPLE_LENGTH).is_some() {
            text.push('…');
        }
        if !out.contains(&text) {
            out.push(text);
        }
        if out.len() == EXAMPLES {
            break;
        }
    }
    out
}

/// Different texts of the first column that serves a field, in the order of the file.
fn texts_of(table: &RawTable, columns: &[SeenColumn], field: Field, most: usize) -> Vec<String> {
    let Some(at) = columns.iter().position(|c| c.field == Some(field) && c.filled > 0) else { return Vec::new() };
    let mut out: Vec<String> = Vec::new();
    for text in table.columns[at].cells.iter().map(str::trim).filter(|text| !text.is_empty()) {
        if out.len() < most && !out.iter().any(|known| known == text) {
            out.push(text.to_owned());
        }
    }
    out
}

/// Different stages of a table of deals.
fn stages_of(table: &RawTable) -> Vec<(String, String)> {
    if table.kind.starts_with("crm.item") || map::crm::is_dictionary(&table.kind) {
        return Vec::new();
    }
    let codes = map::crm::stage_codes(table);
    let is_status = |heading: &str| !codes.is_empty() && matches!(heading, "status_id" | "status");
    let Some(column) = table.columns.iter().find(|c| heading::is_stage(&c.heading) || is_status(&c.heading)) else {
        return Vec::new();
    };
    let mut out: Vec<(String, String)> = Vec::new();
    for (row, text) in column.cells.iter().map(str::trim).enumerate() {
        let code = codes.get(row).map_or("", String::as_str);
        let known = out.iter().any(|(c, t)| t == text && c == code);
        if !text.is_empty() && out.len() < MOST_STAGES && !known {
            out.push((code.to_owned(), text.to_owned()));
        }
    }
    out
}

/// A value with its letters and digits hidden and its shape kept: «Седов И.» → «Ааааа А.», `+7 495` → `+0 000`.
pub fn mask(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            c if c.is_ascii_digit() => '0',
            c if c.is_ascii_uppercase() => 'A',
            c if c.is_ascii_lowercase() => 'a',
            c if c.is_uppercase() => 'А',
            c if c.is_alphabetic() => 'а',
            c => c,
        })
        .collect()
}
