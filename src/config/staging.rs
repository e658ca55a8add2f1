//! `[[staging]]`: tables of a staging copy that SQL scripts clean up.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::{ConfigError, Parser, SIDES, nearest};
use crate::model::{Entity, Field, Side};

/// The engine that holds a staging copy.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Engine {
    PostgreSql,
    Sqlite,
}

impl Engine {
    pub fn as_str(self) -> &'static str {
        match self {
            Engine::PostgreSql => "postgresql",
            Engine::Sqlite => "sqlite",
        }
    }
}

/// Values of `staging.dialect`.
pub(super) const ENGINES: &[(&str, Engine)] = &[("postgresql", Engine::PostgreSql), ("sqlite", Engine::Sqlite)];

/// What plans have steps for.
pub(super) const ENTITIES: [Entity; 4] = [Entity::Counterparty, Entity::Contact, Entity::Deal, Entity::Object];

/// A table that holds the records of one side and entity in a staging copy. Names are as written; a dot in the name of
/// a table parts the schema from it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Staging {
    pub engine: Engine,
    pub side: Side,
    pub entity: Entity,
    pub table: String,
    /// Column with the record id, as the exports have it.
    pub id: String,
    /// Column in which a duplicate names the record that stays.
    pub merged_into: Option<String>,
    /// Columns by field, in the order of fields.
    pub columns: Vec<(Field, String)>,
    pub references: Vec<Reference>,
}

impl Staging {
    pub fn column(&self, field: Field) -> Option<&str> {
        self.columns.iter().find(|(f, _)| *f == field).map(|(_, column)| column.as_str())
    }
}

/// A column of another table that names a record of the staging table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reference {
    pub table: String,
    pub column: String,
    /// Column that tells a row of that table.
    pub key: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Raw {
    dialect: Spanned<String>,
    side: Spanned<String>,
    entity: Spanned<String>,
    table: Spanned<String>,
    id: Spanned<String>,
    merged_into: Option<Spanned<String>>,
    #[serde(default)]
    columns: BTreeMap<Spanned<String>, Spanned<String>>,
    #[serde(default)]
    references: Vec<RawReference>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawReference {
    table: Spanned<String>,
    column: Spanned<String>,
    key: Spanned<String>,
}

/// Checks names and fields; two sections about one table of one engine are an error.
pub(super) fn tables(parser: &Parser, raw: Vec<Spanned<Raw>>) -> Result<Vec<Staging>, ConfigError> {
    let mut found: Vec<Staging> = Vec::new();
    for section in raw {
        let span = section.span();
        let raw = section.into_inner();
        let entities: Vec<(&str, Entity)> = ENTITIES.map(|e| (e.as_str(), e)).to_vec();
        let mut columns = Vec::new();
        for (key, column) in raw.columns {
            let field = Field::parse(key.get_ref()).ok_or_else(|| {
                let known = nearest(key.get_ref(), Field::ALL.iter().map(|f| f.code()));
                parser.fail(key.span(), format!("[staging.columns]: нет поля «{}»{known}", key.get_ref()))
            })?;
            columns.push((field, named(parser, column)?));
        }
        columns.sort_by_key(|(field, _)| *field);
        let mut references = Vec::new();
        for one in raw.references {
            let [table, column, key] = [one.table, one.column, one.key].map(|text| named(parser, text));
            references.push(Reference { table: table?, column: column?, key: key? });
        }
        let staging = Staging {
            engine: parser.one_of("dialect", Some(raw.dialect), ENGINES)?.expect("a value was given"),
            side: parser.one_of("side", Some(raw.side), SIDES)?.expect("a value was given"),
            entity: parser.one_of("entity", Some(raw.entity), &entities)?.expect("a value was given"),
            table: named(parser, raw.table)?,
            id: named(parser, raw.id)?,
            merged_into: raw.merged_into.map(|text| named(parser, text)).transpose()?,
            columns,
            references,
        };
        let same = |other: &Staging| {
            (other.engine, other.side, other.entity) == (staging.engine, staging.side, staging.entity)
        };
        if found.iter().any(same) {
            let what = "[[staging]]: для этой стороны и сущности копия уже названа";
            return Err(parser.fail(span, what.to_owned()));
        }
        found.push(staging);
    }
    Ok(found)
}

/// A name that every engine takes: not empty in any part, no control characters.
fn named(parser: &Parser, text: Spanned<String>) -> Result<String, ConfigError> {
    let good = text.get_ref().split('.').all(|part| !part.trim().is_empty() && !part.contains(char::is_control));
    if good {
        return Ok(text.into_inner());
    }
    Err(parser
        .fail(text.span(), format!("[[staging]]: «{}» не имя таблицы или колонки", text.get_ref().escape_debug())))
}
