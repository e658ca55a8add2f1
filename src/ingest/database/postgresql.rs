//! PostgreSQL: a table, a view or a query of a base that the project names.
//!
//! The one place where the library opens a connection. It reads in a read-only transaction of one snapshot, row by row
//! through a cursor, with a limit on the time of a statement; a query is prepared alone, so that nothing can follow it. The
//! password comes from the environment and never from the project.
//!
//! Values are the texts that the server gives: numbers exactly, dates as `YYYY-MM-DD`, moments as `YYYY-MM-DDTHH:MM:SS`
//! (those with a time zone in UTC, with `Z`), booleans `true` and `false`, elements of an array one a line, bytes
//! hexadecimal. A table is read in the order of its primary key.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use postgres::types::{Kind, Type};
use postgres::{Client, Config, IsolationLevel, NoTls, SimpleQueryMessage};
use sha2::{Digest, Sha256};

use super::{Filling, Select, quoted};
use crate::ingest::{Extract, FileRead, IngestError};
use crate::model::Place;

/// Id of the format.
pub const ID: &str = "postgresql";
/// Rows that come over the wire at a time.
const ROWS_AT_ONCE: u32 = 10_000;
/// How long a connection may take to open.
const CONNECT: Duration = Duration::from_secs(15);
/// How long one statement may run: a query over a warehouse takes minutes, a forgotten one hours.
const STATEMENT: &str = "30min";
/// Where the password is looked for when the project names no other variable.
pub const PASSWORD: &str = "PGPASSWORD";

/// A base and how to enter it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Database {
    /// `postgres://user@server:5432/base`, without a password.
    pub url: String,
    pub select: Select,
    /// Variable of the environment with the password.
    pub password_env: String,
}

/// Why an address cannot be used.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Address {
    /// It holds a password.
    HasPassword,
    /// It asks for an encrypted connection.
    WantsTls,
    NotOne,
}

/// Checks an address. The text is not repeated in any error: it may hold a password.
///
/// # Errors
/// [`Address`].
pub fn check(url: &str) -> Result<(), Address> {
    if !(url.starts_with("postgres://") || url.starts_with("postgresql://")) {
        return Err(Address::NotOne);
    }
    let config = Config::from_str(url).map_err(|_| {
        // A password with unescaped signs is still one.
        let user = url.split_once("://").and_then(|(_, rest)| rest.rsplit_once('@')).map_or("", |(user, _)| user);
        if user.contains(':') || url.contains("password=") { Address::HasPassword } else { Address::NotOne }
    })?;
    match config.get_ssl_mode() {
        _ if config.get_password().is_some() => Err(Address::HasPassword),
        postgres::config::SslMode::Disable | postgres::config::SslMode::Prefer => Ok(()),
        _ => Err(Address::WantsTls),
    }
}

/// Reads what a source chooses. The digest is that of the values in their order.
///
/// # Errors
/// [`IngestError::Unreadable`] when the base cannot be entered or the query does not run.
pub fn read(database: &Database, name: &str) -> Result<FileRead, IngestError> {
    let failed = |what: String, next| IngestError::Unreadable { file: PathBuf::from(name), what, next };
    let server = |error: postgres::Error| {
        let what = format!("запрос не выполняется: {}", told(&error));
        failed(what, "проверьте table или query и права пользователя")
    };
    let limit = |what: String| IngestError::Limit { file: PathBuf::from(name), what };
    let mut client = connect(database, name)?;
    let mut transaction = client
        .build_transaction()
        .read_only(true)
        .isolation_level(IsolationLevel::RepeatableRead)
        .start()
        .map_err(server)?;
    transaction
        .batch_execute(&format!(
            "SET LOCAL statement_timeout = '{STATEMENT}'; SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL timezone = 'UTC'; \
             SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1; SET LOCAL client_encoding = 'UTF8'"
        ))
        .map_err(server)?;
    let query = match &database.select {
        Select::Query(query) => query.trim_end().trim_end_matches(';').to_owned(),
        Select::Table(table) => {
            let table: Vec<String> = table.split('.').map(quoted).collect();
            let table = table.join(".");
            // By its key: without an order the server may give rows in any.
            let key = "SELECT a.attname FROM pg_index i CROSS JOIN unnest(i.indkey) WITH ORDINALITY AS k(n, place) \
                       JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.n \
                       WHERE i.indrelid = $1::text::regclass AND i.indisprimary ORDER BY k.place";
            let key = transaction.query(key, &[&table]).map_err(server)?;
            let key: Vec<String> = key.iter().map(|row| quoted(row.get(0))).collect();
            let order = if key.is_empty() { String::new() } else { format!(" ORDER BY {}", key.join(", ")) };
            format!("SELECT * FROM {table}{order}")
        }
    };
    // The server prepares one statement and no more.
    let statement = transaction.prepare(&query).map_err(server)?;
    let kinds: Vec<Type> = statement.columns().iter().map(|column| column.type_().clone()).collect();
    let headings = statement.columns().iter().map(|column| column.name().trim().to_owned());
    let mut filling = Filling::new(Place::file(name), headings).map_err(limit)?;
    transaction.execute(&format!("DECLARE rows_of_source NO SCROLL CURSOR FOR {query}"), &[]).map_err(server)?;
    let mut digest = Sha256::new();
    let mut bytes = 0u64;
    let mut cells = vec![String::new(); kinds.len()];
    loop {
        let fetched = transaction.simple_query(&format!("FETCH {ROWS_AT_ONCE} FROM rows_of_source")).map_err(server)?;
        let mut some = false;
        for message in &fetched {
            let SimpleQueryMessage::Row(row) = message else { continue };
            some = true;
            for (at, cell) in cells.iter_mut().enumerate() {
                *cell = row.get(at).map(|text| of_server(text, &kinds[at])).unwrap_or_default();
                digest.update(cell.as_bytes());
                digest.update([0x1F]);
                bytes += cell.len() as u64;
            }
            digest.update([0x1E]);
            filling.add(&cells).map_err(limit)?;
        }
        if !some {
            break;
        }
    }
    let extract = Extract {
        tables: vec![filling.table],
        quarantined: filling.quarantined,
        encoding: "utf-8".to_owned(),
        ..Extract::default()
    };
    Ok(FileRead { bytes, sha256: digest.finalize().into(), read: Ok((ID, extract)) })
}

fn connect(database: &Database, name: &str) -> Result<Client, IngestError> {
    let failed = |what: &str, next| IngestError::Unreadable { file: PathBuf::from(name), what: what.to_owned(), next };
    let mut config = Config::from_str(&database.url)
        .map_err(|_| failed("адрес базы не разобрать", "проверьте database в sverka.toml"))?;
    if let Ok(password) = std::env::var(&database.password_env) {
        config.password(password);
    }
    config.connect_timeout(CONNECT).application_name("sverka");
    config.connect(NoTls).map_err(|error| match error.as_db_error() {
        Some(_) => IngestError::Unreadable {
            file: PathBuf::from(name),
            what: format!("сервер не пустил: {}", told(&error)),
            next: "проверьте имя пользователя, имя базы и переменную окружения с паролем",
        },
        None if wants_password(&error) => failed(
            "серверу нужен пароль",
            "задайте его в переменной окружения PGPASSWORD или в той, что названа в password_env",
        ),
        None => failed("с сервером нет связи", "проверьте адрес и порт в database и доступ к серверу по сети"),
    })
}

/// Classes of SQLSTATE whose messages name columns, rights and limits; messages of others may quote values.
const WITHOUT_VALUES: [&str; 6] = ["25", "28", "3D", "3F", "42", "57"];

/// What the server says of an error, in one line and without values of records.
fn told(error: &postgres::Error) -> String {
    let Some(said) = error.as_db_error() else { return "связь прервана".to_owned() };
    let code = said.code().code();
    if WITHOUT_VALUES.iter().any(|class| code.starts_with(class)) {
        said.message().replace('\n', " ")
    } else {
        format!("ошибка сервера {code}")
    }
}

fn wants_password(error: &postgres::Error) -> bool {
    let cause = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    format!("{error} {cause}").contains("password missing")
}

/// The text of a value as cells hold it.
fn of_server(text: &str, kind: &Type) -> String {
    if let Kind::Array(element) = kind.kind() {
        let elements: Vec<String> =
            elements(text).iter().map(|element_text| of_server(element_text, element)).collect();
        return elements.join("\n");
    }
    match *kind {
        Type::BOOL => if text == "t" { "true" } else { "false" }.to_owned(),
        Type::TIMESTAMP => moment(text),
        Type::TIMESTAMPTZ => moment(text.strip_suffix("+00").unwrap_or(text)) + "Z",
        Type::BYTEA => text.strip_prefix("\\x").unwrap_or(text).to_owned(),
        // `character(n)` is filled up with spaces.
        Type::BPCHAR => text.trim_end().to_owned(),
        _ => text.to_owned(),
    }
}

/// `2026-11-02 09:05:07.123` → `2026-11-02T09:05:07`; `infinity` and years before Christ stay.
fn moment(text: &str) -> String {
    match text.split_once(' ') {
        Some((day, time)) if !time.contains(' ') => {
            format!("{day}T{}", time.split('.').next().unwrap_or(time))
        }
        _ => text.to_owned(),
    }
}

/// Elements of an array of one dimension, `{a,"b,c",NULL}`; of other arrays the whole text.
fn elements(text: &str) -> Vec<String> {
    let inner = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    let Some(inner) = inner.filter(|inner| !inner.starts_with('{')) else { return vec![text.to_owned()] };
    let (mut out, mut element, mut quoted, mut was_quoted) = (Vec::new(), String::new(), false, false);
    let mut letters = inner.chars();
    let mut close = |element: &mut String, was_quoted: &mut bool| {
        if *was_quoted || !element.is_empty() && element != "NULL" {
            out.push(std::mem::take(element));
        }
        element.clear();
        *was_quoted = false;
    };
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => element.extend(letters.next()),
            '"' => {
                quoted = !quoted;
                was_quoted = true;
            }
            ',' if !quoted => close(&mut element, &mut was_quoted),
            letter => element.push(letter),
        }
    }
    close(&mut element, &mut was_quoted);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_hold_no_password() {
        for (url, expected) in [
            ("postgres://reader@server:5432/base", Ok(())),
            ("postgresql://server/base?sslmode=prefer", Ok(())),
            ("postgres://reader:secret@server/base", Err(Address::HasPassword)),
            ("postgres://reader:se@cr#et%@server/base", Err(Address::HasPassword)),
            ("postgres://server/base?user=reader&password=secret", Err(Address::HasPassword)),
            ("postgres://reader@server/base?sslmode=require", Err(Address::WantsTls)),
            ("server/base", Err(Address::NotOne)),
            ("mysql://server/base", Err(Address::NotOne)),
        ] {
            assert_eq!(check(url), expected, "{url}");
        }
    }

    #[test]
    fn values_of_the_server() {
        for (text, kind, expected) in [
            ("t", Type::BOOL, "true"),
            ("2026-11-02 09:05:07.12", Type::TIMESTAMP, "2026-11-02T09:05:07"),
            ("2026-11-02 09:05:07+00", Type::TIMESTAMPTZ, "2026-11-02T09:05:07Z"),
            ("0001-01-01 00:00:00", Type::TIMESTAMP, "0001-01-01T00:00:00"),
            ("infinity", Type::TIMESTAMP, "infinity"),
            ("\\x00fe", Type::BYTEA, "00fe"),
            ("{8 900,\"a,\\\"b\",NULL,\"\"}", Type::TEXT_ARRAY, "8 900\na,\"b\n"),
            ("{}", Type::TEXT_ARRAY, ""),
            ("{{1,2},{3,4}}", Type::INT4_ARRAY, "{{1,2},{3,4}}"),
            ("ab  ", Type::BPCHAR, "ab"),
        ] {
            assert_eq!(of_server(text, &kind), expected, "{text}");
        }
    }
}
