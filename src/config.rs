//! `sverka.toml` → a checked configuration. An unknown key, a wrong type or a missing file is an error that names
//! file, line and the nearest valid name.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use sha2::{Digest, Sha256};
use toml::Spanned;

use crate::checks::own::OwnCheck;
use crate::finding::Severity;
use crate::forecast::Ownership;
use crate::forecast::rates::{CRMS, ExchangeConfig, Tariff};
use crate::gates::Gates;
use crate::ingest::database::Select;
use crate::ingest::database::postgresql::{self, Address, Database};
use crate::lag::LagConfig;
use crate::matching::{LEVELS, MOST_BITS, OwnField, Weights, WeightsError, comparison_names};
use crate::model::{Decimal, Entity, Field, Inn, Lang, Side};
use crate::outcome::Direction;

mod own;
pub mod schema;
mod staging;
mod trade;
mod tuning;
mod units;

pub use staging::{Engine, Reference, Staging};
pub use trade::{Stage, TradeConfig};
pub use units::UnitStatus;

/// A checked project.
#[derive(Clone, PartialEq, Debug)]
pub struct Config {
    /// The project file.
    pub file: PathBuf,
    /// Folder that paths are relative to.
    pub root: PathBuf,
    pub name: String,
    pub lang: Lang,
    pub direction: Direction,
    /// Address of the CRM (`https://romashka.bitrix24.ru`) for links to its cards, without a slash at the end.
    pub crm_url: Option<String>,
    /// `None`: today, which the caller knows.
    pub as_of: Option<NaiveDate>,
    /// INNs of own organisations, besides those that the sources mark.
    pub own: Vec<Inn>,
    pub sources: Vec<SourceConfig>,
    pub trade: TradeConfig,
    pub matching: MatchingConfig,
    pub checks: ChecksConfig,
    pub gates: Gates,
    /// `[[check]]`: rules that the project writes itself.
    pub own_checks: Vec<OwnCheck>,
    /// `[ownership]`: which system is right about a field.
    pub ownership: Ownership,
    /// `[exchange]`: how the exchange is planned to run.
    pub exchange: ExchangeConfig,
    /// `[lag]`: after which moment records are not compared across systems.
    pub lag: LagConfig,
    /// `[[staging]]`: tables of staging copies, for scripts in SQL.
    pub staging: Vec<Staging>,
    /// The text of the file, for its hash.
    pub text: String,
}

/// `[[source]]`.
#[derive(Clone, PartialEq, Debug)]
pub struct SourceConfig {
    pub side: Side,
    /// Needed where the file does not say what it holds.
    pub entity: Option<Entity>,
    /// As written, with `/`.
    pub path: String,
    /// The files it names, sorted: the file itself, the files of the folder, or the matches of the pattern.
    pub files: Vec<PathBuf>,
    pub format: Option<String>,
    /// Canonical field = heading(s), where detection got it wrong.
    pub columns: Vec<(Field, Vec<String>)>,
    /// Of an SQLite file among `files`: what is taken of it.
    pub select: Option<Select>,
    /// In place of files: a base of PostgreSQL, whose address is `path`.
    pub database: Option<Database>,
    /// Line of `[[source]]` in the project file, from 1.
    pub line: usize,
}

/// `[matching]`.
#[derive(Clone, PartialEq, Debug)]
pub struct MatchingConfig {
    /// Probability from which a link is made without review.
    pub auto: f64,
    /// Probability from which it is shown to a person.
    pub review: f64,
    /// Weights of the file that `model` names; without one they are learnt from the data of the run.
    pub learnt: Option<Weights>,
    /// That file.
    pub model: Option<ModelFile>,
    /// `[matching.weights]`: bits that the user adds.
    pub weights: Weights,
    /// `[matching.own]`: fields of the project's own, in their order.
    pub own: Vec<OwnField>,
    /// `[matching.blocking]`: rules that propose no pairs, sorted.
    pub blocking_off: Vec<&'static str>,
}

impl Default for MatchingConfig {
    fn default() -> Self {
        MatchingConfig {
            auto: 0.99,
            review: 0.80,
            learnt: None,
            model: None,
            weights: Weights::default(),
            own: Vec::new(),
            blocking_off: Vec::new(),
        }
    }
}

/// A file of weights, known by its content: runs with other weights are other runs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ModelFile {
    /// As the project names it.
    pub path: String,
    /// SHA-256 in lower-case hex.
    pub sha256: String,
}

/// `[checks]`: what the project changes in one check.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct CheckConfig {
    pub off: bool,
    pub severity: Option<Severity>,
    pub params: BTreeMap<String, i64>,
}

/// `[checks]`, by check id.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ChecksConfig(pub BTreeMap<String, CheckConfig>);

impl ChecksConfig {
    pub fn is_off(&self, check: &str) -> bool {
        self.0.get(check).is_some_and(|c| c.off)
    }

    pub fn severity(&self, check: &str) -> Option<Severity> {
        self.0.get(check).and_then(|c| c.severity)
    }

    pub fn param(&self, check: &str, name: &str) -> Option<i64> {
        self.0.get(check).and_then(|c| c.params.get(name)).copied()
    }
}

/// Values of `project.lang`.
const LANGS: &[(&str, Lang)] = &[("ru", Lang::Ru), ("en", Lang::En)];
/// Values of `project.direction`.
const DIRECTIONS: &[(&str, Direction)] =
    &[("both", Direction::Both), ("crm-to-onec", Direction::CrmToOnec), ("onec-to-crm", Direction::OnecToCrm)];
/// Values of `source.side`.
const SIDES: &[(&str, Side)] = &[("crm", Side::Crm), ("onec", Side::Onec)];
/// In place of a severity: the check is not run.
const OFF: &str = "off";
/// Probabilities of `[matching]` are from this to below 1.
const LEAST_PROBABILITY: f64 = 0.5;

/// Why a project cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("{}: нет файла проекта; создайте sverka.toml или укажите путь к нему", path.display())]
    NoProject { path: PathBuf },
    #[error("{}: не читается: {source}", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{}, строка {line}: {what}", path.display())]
    Invalid { path: PathBuf, line: usize, what: String },
}

/// Finds the project file: the path itself, or `sverka.toml` in the folder.
///
/// # Errors
/// [`ConfigError::NoProject`].
pub fn find(path: &Path) -> Result<PathBuf, ConfigError> {
    let file = if path.is_dir() { path.join("sverka.toml") } else { path.to_owned() };
    if file.is_file() { Ok(file) } else { Err(ConfigError::NoProject { path: file }) }
}

/// Reads and checks a project. Check ids and their parameters are taken from the catalogue, formats from `formats`.
///
/// # Errors
/// [`ConfigError`]: the first fault found, with its line.
pub fn load(path: &Path) -> Result<Config, ConfigError> {
    let file = find(path)?;
    let text = std::fs::read_to_string(&file).map_err(|source| ConfigError::Read { path: file.clone(), source })?;
    parse(&file, &text)
}

/// [`load`] for a text already read.
///
/// # Errors
/// As [`load`].
pub fn parse(file: &Path, text: &str) -> Result<Config, ConfigError> {
    let parser = Parser::new(file, text);
    let raw: raw::File = toml::from_str(text.trim_start_matches('\u{feff}')).map_err(|e| parser.toml_error(&e))?;
    parser.check(raw)
}

/// The file as TOML gives it. Values keep their place, so that every complaint has a line.
mod raw {
    use std::collections::BTreeMap;

    use serde::Deserialize;
    use toml::Spanned;

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub struct File {
        pub project: Spanned<Project>,
        #[serde(default)]
        pub source: Vec<Spanned<Source>>,
        #[serde(default)]
        pub map: Map,
        #[serde(default)]
        pub trade: Trade,
        #[serde(default)]
        pub matching: Matching,
        #[serde(default)]
        pub checks: BTreeMap<Spanned<String>, Spanned<toml::Value>>,
        pub gates: Option<BTreeMap<Spanned<String>, Spanned<toml::Value>>>,
        #[serde(default)]
        pub check: Vec<Spanned<Check>>,
        #[serde(default)]
        pub lag: Lag,
        #[serde(default)]
        pub ownership: BTreeMap<Spanned<String>, Spanned<toml::Value>>,
        #[serde(default)]
        pub staging: Vec<Spanned<super::staging::Raw>>,
        #[serde(default)]
        pub exchange: Exchange,
    }

    #[derive(Deserialize, Default)]
    #[serde(deny_unknown_fields)]
    pub struct Exchange {
        pub interval_minutes: Option<Spanned<u32>>,
        pub tariff: Option<Spanned<String>>,
        pub calls_per_second: Option<Spanned<f64>>,
        pub crm: Option<Spanned<String>>,
    }

    #[derive(Deserialize, Default)]
    #[serde(deny_unknown_fields)]
    pub struct Lag {
        pub cut_off: Option<Spanned<String>>,
        pub hours: Option<u32>,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub struct Check {
        pub id: Spanned<String>,
        pub entity: Spanned<String>,
        pub side: Option<Spanned<String>>,
        #[serde(default)]
        pub r#where: BTreeMap<Spanned<String>, String>,
        pub field: Spanned<String>,
        pub severity: Option<Spanned<String>>,
        pub title: Option<String>,
        pub message: Option<String>,
        pub why: Option<String>,
        pub remedy: Option<String>,
        pub required: Option<bool>,
        pub unique: Option<bool>,
        pub one_of: Option<Vec<String>>,
        pub matches: Option<Spanned<String>>,
        pub min: Option<Spanned<toml::Value>>,
        pub max: Option<Spanned<toml::Value>>,
        pub not_after: Option<Spanned<String>>,
        pub equal: Option<bool>,
        pub tolerance: Option<Spanned<toml::Value>>,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub struct Project {
        pub name: Spanned<String>,
        pub lang: Option<Spanned<String>>,
        pub direction: Option<Spanned<String>>,
        pub as_of: Option<Spanned<String>>,
        pub crm_url: Option<Spanned<String>>,
        #[serde(default)]
        pub own: Vec<Spanned<String>>,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub struct Source {
        pub side: Spanned<String>,
        pub entity: Option<Spanned<String>>,
        pub path: Option<Spanned<String>>,
        pub database: Option<Spanned<String>>,
        pub table: Option<Spanned<String>>,
        pub query: Option<Spanned<String>>,
        pub password_env: Option<Spanned<String>>,
        pub format: Option<Spanned<String>>,
        #[serde(default)]
        pub columns: BTreeMap<Spanned<String>, Spanned<toml::Value>>,
    }

    #[derive(Deserialize, Default)]
    #[serde(deny_unknown_fields)]
    pub struct Map {
        #[serde(default)]
        pub deal_stage: BTreeMap<Spanned<String>, Spanned<String>>,
        #[serde(default)]
        pub organisation: BTreeMap<String, String>,
        #[serde(default)]
        pub user: BTreeMap<String, String>,
        #[serde(default)]
        pub price_type: BTreeMap<String, String>,
        #[serde(default)]
        pub object_status: BTreeMap<Spanned<String>, Spanned<toml::Value>>,
    }

    #[derive(Deserialize, Default)]
    #[serde(deny_unknown_fields)]
    pub struct Trade {
        pub closed_until: Option<Spanned<String>>,
        pub tolerance: Option<Spanned<String>>,
        pub window_days: Option<u16>,
    }

    #[derive(Deserialize, Default)]
    #[serde(deny_unknown_fields)]
    pub struct Matching {
        pub auto: Option<Spanned<f64>>,
        pub review: Option<Spanned<f64>>,
        pub model: Option<Spanned<String>>,
        #[serde(default)]
        pub weights: BTreeMap<Spanned<String>, Spanned<toml::Value>>,
        #[serde(default)]
        pub own: BTreeMap<Spanned<String>, Spanned<toml::Value>>,
        #[serde(default)]
        pub blocking: BTreeMap<Spanned<String>, Spanned<toml::Value>>,
    }
}

/// Where complaints about a TOML file of a project come from.
pub(crate) struct Parser<'a> {
    file: &'a Path,
    text: &'a str,
}

impl<'a> Parser<'a> {
    pub(crate) fn new(file: &'a Path, text: &'a str) -> Parser<'a> {
        Parser { file, text }
    }
}

impl Parser<'_> {
    /// Line of a byte of the text, from 1.
    pub(crate) fn line(&self, at: usize) -> usize {
        1 + self.text.bytes().take(at).filter(|&b| b == b'\n').count()
    }

    /// Where a name stands from a byte on; the byte where it stands nowhere.
    pub(crate) fn find(&self, from: usize, name: &str) -> usize {
        self.text.get(from..).and_then(|rest| rest.find(name)).map_or(from, |at| from + at)
    }

    pub(crate) fn fail(&self, span: Range<usize>, what: String) -> ConfigError {
        self.fail_at(self.line(span.start), what)
    }

    pub(crate) fn fail_at(&self, line: usize, what: String) -> ConfigError {
        ConfigError::Invalid { path: self.file.to_owned(), line, what }
    }

    pub(crate) fn toml_error(&self, error: &toml::de::Error) -> ConfigError {
        let message = error.message();
        let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
        let what = match quoted.split_first() {
            Some((name, known)) if message.starts_with("unknown field") => {
                format!("неизвестный ключ «{name}»{}", nearest(name, known.iter().copied()))
            }
            Some((name, _)) if message.starts_with("missing field") => format!("не хватает ключа «{name}»"),
            Some((name, _)) if message.starts_with("duplicate") => format!("ключ «{name}» задан дважды"),
            _ => format!("не разобрать: {message}"),
        };
        self.fail(error.span().unwrap_or(0..0), what)
    }

    fn check(&self, raw: raw::File) -> Result<Config, ConfigError> {
        let root = self.file.parent().map(Path::to_owned).unwrap_or_default();
        let project_span = raw.project.span();
        let project = raw.project.into_inner();
        if project.name.get_ref().trim().is_empty() {
            return Err(self.fail(project.name.span(), "имя проекта пусто".into()));
        }
        let lang = self.one_of("lang", project.lang, LANGS)?.unwrap_or_default();
        let direction = self.one_of("direction", project.direction, DIRECTIONS)?.unwrap_or_default();
        let as_of =
            match project.as_of {
                None => None,
                Some(text) => Some(NaiveDate::parse_from_str(text.get_ref(), "%Y-%m-%d").map_err(|_| {
                    self.fail(text.span(), format!("as_of: «{}» не дата вида 2026-11-24", text.get_ref()))
                })?),
            };
        let crm_url = match project.crm_url {
            None => None,
            Some(text) => Some(address(text.get_ref()).ok_or_else(|| {
                // A webhook pasted here is a secret: the text is not repeated.
                self.fail(text.span(), "crm_url: нужен адрес без пути, например https://romashka.bitrix24.ru".into())
            })?),
        };
        let mut own = Vec::new();
        for text in project.own {
            own.push(Inn::parse(text.get_ref().trim()).map_err(|defect| {
                self.fail(text.span(), format!("own: «{}» не ИНН: {}", text.get_ref(), defect.text(Lang::Ru)))
            })?);
        }
        if raw.source.is_empty() {
            return Err(self.fail(project_span, "нет ни одного [[source]]: укажите файлы CRM и 1С".into()));
        }
        let mut sources = Vec::new();
        for source in raw.source {
            sources.push(self.source(&root, source)?);
        }
        let own_checks = own::checks(self, raw.check, lang)?;
        Ok(Config {
            file: self.file.to_owned(),
            matching: self.matching(&root, raw.matching, &sources)?,
            root,
            name: project.name.into_inner(),
            lang,
            direction,
            crm_url,
            as_of,
            own,
            sources,
            trade: self.trade(raw.map, raw.trade)?,
            checks: self.checks(raw.checks)?,
            gates: raw
                .gates
                .map(|gates| crate::gates::parse(self, gates, &own_checks))
                .transpose()?
                .unwrap_or_default(),
            own_checks,
            lag: self.lag(raw.lag)?,
            staging: staging::tables(self, raw.staging)?,
            ownership: self.ownership(raw.ownership)?,
            exchange: self.exchange(raw.exchange)?,
            text: self.text.to_owned(),
        })
    }

    /// `[map.*]` and `[trade]`.
    fn trade(&self, map: raw::Map, raw: raw::Trade) -> Result<TradeConfig, ConfigError> {
        let mut trade = TradeConfig {
            organisations: map.organisation,
            users: map.user,
            price_types: map.price_type,
            unit_statuses: self.unit_statuses(map.object_status)?,
            ..TradeConfig::default()
        };
        let stages = Stage::ALL.map(|s| (s.as_str(), s));
        for (name, state) in map.deal_stage {
            let state = self.one_of("[map.deal_stage]", Some(state), &stages)?.expect("a value was given");
            trade.deal_stages.insert(name.into_inner(), state);
        }
        if let Some(text) = raw.closed_until {
            let day = NaiveDate::parse_from_str(text.get_ref(), "%Y-%m-%d").map_err(|_| {
                self.fail(text.span(), format!("closed_until: «{}» не дата вида 2026-09-30", text.get_ref()))
            })?;
            trade.closed_until = Some(day);
        }
        if let Some(text) = raw.tolerance {
            trade.tolerance = Decimal::parse(text.get_ref())
                .ok()
                .filter(|t| t.micros() >= 0)
                .ok_or_else(|| self.fail(text.span(), format!("tolerance: «{}» не сумма вида 0.01", text.get_ref())))?;
        }
        if let Some(days) = raw.window_days {
            trade.window_days = i32::from(days);
        }
        Ok(trade)
    }

    /// Words of statuses of property, for both sides or in a table of one.
    fn unit_statuses(
        &self,
        raw: BTreeMap<Spanned<String>, Spanned<toml::Value>>,
    ) -> Result<[BTreeMap<String, UnitStatus>; 2], ConfigError> {
        let status = |line: usize, word: &str, value: &toml::Value| -> Result<UnitStatus, ConfigError> {
            let text = value.as_str().unwrap_or_default();
            UnitStatus::parse(text).ok_or_else(|| {
                let known = nearest(text, UnitStatus::ALL.iter().map(|s| s.as_str()));
                let what = "нужно \"free\", \"reserved\", \"ddu\" или \"sold\"";
                self.fail_at(line, format!("[map.object_status] {word}: {what}{known}"))
            })
        };
        let mut sides: [BTreeMap<String, UnitStatus>; 2] = Default::default();
        let mut own = Vec::new();
        for (key, value) in raw {
            let at = key.span().start;
            match (Side::parse(key.get_ref()), value.get_ref()) {
                (Some(side), toml::Value::Table(table)) => {
                    for (word, value) in table {
                        own.push((side, word.clone(), status(self.line(self.find(at, word)), word, value)?));
                    }
                }
                (_, value) => {
                    let status = status(self.line(at), key.get_ref(), value)?;
                    for words in &mut sides {
                        words.insert(crate::normalize::text::fold(key.get_ref()), status);
                    }
                }
            }
        }
        // What a side says of itself is stronger, wherever its table stands.
        for (side, word, status) in own {
            sides[side as usize].insert(crate::normalize::text::fold(&word), status);
        }
        Ok(sides)
    }

    /// Owners of fields, for every entity or in a table of one; what stands there is stronger.
    fn ownership(&self, raw: BTreeMap<Spanned<String>, Spanned<toml::Value>>) -> Result<Ownership, ConfigError> {
        let mut general = Vec::new();
        let mut special = Vec::new();
        let owner = |line: usize, key: &str, value: &toml::Value| -> Result<(Field, Side), ConfigError> {
            let field = Field::parse(key).ok_or_else(|| {
                let names = Field::ALL.iter().map(|f| f.code()).chain(Entity::ALL.iter().map(|e| e.as_str()));
                self.fail_at(line, format!("[ownership]: нет поля «{key}»{}", nearest(key, names)))
            })?;
            let side = value.as_str().and_then(Side::parse);
            let what = || format!("[ownership] {key}: нужно \"crm\" или \"onec\"");
            Ok((field, side.ok_or_else(|| self.fail_at(line, what()))?))
        };
        for (key, value) in raw {
            let at = key.span().start;
            match (Entity::parse(key.get_ref()), value.get_ref()) {
                (Some(entity), toml::Value::Table(table)) => {
                    for (inner, value) in table {
                        special.push((entity, owner(self.line(self.find(at, inner)), inner, value)?));
                    }
                }
                (_, value) => general.push(owner(self.line(at), key.get_ref(), value)?),
            }
        }
        let mut ownership = Ownership::default();
        let has = |e: Entity, field: Field| e.is_party() || field.entities().contains(&e);
        let everywhere = Entity::ALL.iter().flat_map(|&e| general.iter().map(move |owner| (e, *owner)));
        let everywhere = everywhere.filter(|(e, (field, _))| has(*e, *field));
        for (entity, (field, side)) in everywhere.chain(special.iter().copied()) {
            ownership.set(entity, field, side);
        }
        Ok(ownership)
    }

    fn exchange(&self, raw: raw::Exchange) -> Result<ExchangeConfig, ConfigError> {
        if let Some(minutes) = raw.interval_minutes.as_ref().filter(|m| *m.get_ref() == 0) {
            return Err(self.fail(minutes.span(), "exchange.interval_minutes: нужно от 1 минуты".to_owned()));
        }
        if let Some(rate) = raw.calls_per_second.as_ref().filter(|r| !(r.get_ref().is_finite() && *r.get_ref() > 0.0)) {
            return Err(self.fail(rate.span(), "exchange.calls_per_second: нужно число больше 0".to_owned()));
        }
        Ok(ExchangeConfig {
            interval_minutes: raw.interval_minutes.map(Spanned::into_inner),
            tariff: self.one_of("exchange.tariff", raw.tariff, &Tariff::ALL)?.unwrap_or_default(),
            calls_per_second: raw.calls_per_second.map(Spanned::into_inner),
            crm: self.one_of("exchange.crm", raw.crm, &CRMS)?,
        })
    }

    fn lag(&self, raw: raw::Lag) -> Result<LagConfig, ConfigError> {
        let cut_off = match raw.cut_off {
            None => None,
            Some(text) => {
                let moment = crate::lag::moment(text.get_ref());
                let what = || format!("lag.cut_off: «{}» не время вида 2026-11-23 22:00", text.get_ref());
                Some(moment.ok_or_else(|| self.fail(text.span(), what()))?)
            }
        };
        Ok(LagConfig { cut_off, hours: raw.hours })
    }

    fn source(&self, root: &Path, source: Spanned<raw::Source>) -> Result<SourceConfig, ConfigError> {
        let line = self.line(source.span().start);
        let source = source.into_inner();
        let side = self.one_of("side", Some(source.side), SIDES)?.expect("a value was given");
        let entities: Vec<(&str, Entity)> = Entity::ALL.iter().map(|e| (e.as_str(), *e)).collect();
        let entity = self.one_of("entity", source.entity, &entities)?;
        let select = self.select(source.table, source.query)?;
        let (path, files, database) = match (source.path, source.database) {
            (Some(path), None) => {
                let files = self.files(root, &path)?;
                (path.into_inner().replace('\\', "/"), files, None)
            }
            (None, Some(url)) => {
                let database = self.database(&url, select.clone(), source.password_env.as_ref())?;
                (database.url.clone(), Vec::new(), Some(database))
            }
            (Some(path), Some(_)) => {
                return Err(self.fail(path.span(), "[[source]]: нужен либо path, либо database".into()));
            }
            (None, None) => {
                return Err(
                    self.fail_at(line, "[[source]]: не хватает ключа «path» (файл) или «database» (PostgreSQL)".into())
                );
            }
        };
        let format = match source.format {
            None => None,
            Some(text) => {
                let formats: Vec<(&str, &str)> = crate::ingest::FORMATS.iter().map(|f| (f.id(), f.id())).collect();
                self.one_of("format", Some(text), &formats)?.map(str::to_owned)
            }
        };
        let mut columns = Vec::new();
        for (key, value) in source.columns {
            let field = Field::parse(key.get_ref()).ok_or_else(|| {
                let known = nearest(key.get_ref(), Field::ALL.iter().map(|f| f.code()));
                self.fail(key.span(), format!("[source.columns]: нет поля «{}»{known}", key.get_ref()))
            })?;
            let headings = match value.get_ref() {
                toml::Value::String(one) => vec![one.clone()],
                toml::Value::Array(many) if many.iter().all(toml::Value::is_str) => {
                    many.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect()
                }
                _ => {
                    let what = format!("[source.columns]: {}: нужен заголовок колонки или их список", key.get_ref());
                    return Err(self.fail(value.span(), what));
                }
            };
            columns.push((field, headings));
        }
        columns.sort_by_key(|(field, _)| *field);
        Ok(SourceConfig {
            side,
            entity,
            path,
            files,
            format,
            columns,
            select: select.filter(|_| database.is_none()),
            database,
            line,
        })
    }

    /// `table` or `query` of a source.
    fn select(
        &self,
        table: Option<Spanned<String>>,
        query: Option<Spanned<String>>,
    ) -> Result<Option<Select>, ConfigError> {
        match (table, query) {
            (None, None) => Ok(None),
            (Some(table), None) if table.get_ref().trim().is_empty() => {
                Err(self.fail(table.span(), "table: имя таблицы пусто".into()))
            }
            (Some(table), None) => Ok(Some(Select::Table(table.into_inner().trim().to_owned()))),
            (None, Some(query)) if Select::is_reading(query.get_ref()) => Ok(Some(Select::Query(query.into_inner()))),
            (None, Some(query)) => {
                Err(self.fail(query.span(), "query: нужен запрос, который только читает: select …".into()))
            }
            (Some(_), Some(query)) => Err(self.fail(query.span(), "[[source]]: нужна либо table, либо query".into())),
        }
    }

    fn database(
        &self,
        url: &Spanned<String>,
        select: Option<Select>,
        password_env: Option<&Spanned<String>>,
    ) -> Result<Database, ConfigError> {
        // The address may hold a password: it is not repeated.
        let wrong = |what: &str| Err(self.fail(url.span(), format!("database: {what}")));
        match postgresql::check(url.get_ref()) {
            Ok(()) => {}
            Err(Address::HasPassword) => {
                return wrong(
                    "пароль в файле проекта увидят все, кому его дадут: уберите его из адреса и задайте в переменной \
                     окружения PGPASSWORD или в другой, имя которой укажите в password_env",
                );
            }
            Err(Address::WantsTls) => {
                return wrong(
                    "шифрованное соединение (sslmode=require) не поддерживается: соединитесь через туннель SSH",
                );
            }
            Err(Address::NotOne) => return wrong("нужен адрес вида postgres://пользователь@сервер:5432/база"),
        }
        let Some(select) = select else {
            return wrong("укажите, что взять из базы: table = \"схема.таблица\" или query = \"select …\"");
        };
        let is_name = |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        let password_env = match password_env {
            None => postgresql::PASSWORD.to_owned(),
            Some(name) if is_name(name.get_ref()) => name.get_ref().clone(),
            // Somebody may have put the password itself here.
            Some(name) => {
                let what = "password_env: нужно имя переменной окружения, например WAREHOUSE_PASSWORD, а не сам пароль";
                return Err(self.fail(name.span(), what.into()));
            }
        };
        Ok(Database { url: url.get_ref().clone(), select, password_env })
    }

    fn files(&self, root: &Path, path: &Spanned<String>) -> Result<Vec<PathBuf>, ConfigError> {
        let written = path.get_ref().replace('\\', "/");
        let full = root.join(&written);
        let missing = |what: &str| self.fail(path.span(), format!("path: {what}: «{written}»"));
        let mut files = Vec::new();
        if full.is_dir() {
            let entries = std::fs::read_dir(&full).map_err(|e| missing(&format!("папка не читается ({e})")))?;
            for entry in entries {
                let entry = entry.map_err(|e| missing(&format!("папка не читается ({e})")))?;
                let hidden = entry.file_name().to_string_lossy().starts_with('.');
                if !hidden && entry.path().is_file() {
                    files.push(entry.path());
                }
            }
            if files.is_empty() {
                return Err(missing("в папке нет файлов"));
            }
        } else if full.exists() {
            files.push(full);
        } else if written.contains(['*', '?', '[']) {
            let pattern = full.to_string_lossy().into_owned();
            let found = glob::glob(&pattern).map_err(|e| missing(&format!("неверный шаблон ({e})")))?;
            files.extend(found.filter_map(Result::ok).filter(|p| p.is_file()));
            if files.is_empty() {
                return Err(missing("под шаблон не подошёл ни один файл"));
            }
        } else {
            return Err(missing(&format!("нет такого файла{}", nearest_file(&full))));
        }
        files.sort();
        Ok(files)
    }

    fn matching(
        &self,
        root: &Path,
        raw: raw::Matching,
        sources: &[SourceConfig],
    ) -> Result<MatchingConfig, ConfigError> {
        let default = MatchingConfig::default();
        let probability =
            |name: &str, value: &Option<Spanned<f64>>, default: f64| match value {
                None => Ok(default),
                Some(v) if (LEAST_PROBABILITY..1.0).contains(v.get_ref()) => Ok(*v.get_ref()),
                Some(v) => Err(self
                    .fail(v.span(), format!("matching.{name}: вероятность от 0.5 до 0.999999, а не {}", v.get_ref()))),
            };
        let auto = probability("auto", &raw.auto, default.auto)?;
        let review = probability("review", &raw.review, default.review)?;
        if review > auto {
            let span = raw.review.or(raw.auto).map_or(0..0, |v| v.span());
            return Err(self.fail(span, format!("matching: порог review ({review}) выше порога auto ({auto})")));
        }
        let (learnt, model) = match raw.model {
            None => (None, None),
            Some(path) => {
                let full = root.join(path.get_ref());
                let failed =
                    |what: String| self.fail(path.span(), format!("matching.model: «{}»: {what}", path.get_ref()));
                let text =
                    std::fs::read_to_string(&full).map_err(|e| failed(format!("файл весов не читается: {e}")))?;
                let learnt = Weights::from_json(&text).map_err(|e| failed(e.to_string()))?;
                let sha256 = Sha256::digest(text.as_bytes()).iter().map(|b| format!("{b:02x}")).collect();
                (Some(learnt), Some(ModelFile { path: path.get_ref().clone(), sha256 }))
            }
        };
        let mapped: Vec<Field> = sources.iter().flat_map(|s| s.columns.iter().map(|column| column.0)).collect();
        Ok(MatchingConfig {
            auto,
            review,
            learnt,
            model,
            weights: self.weights(raw.weights)?,
            own: tuning::own_fields(self, raw.own, &mapped)?,
            blocking_off: tuning::blocking_off(self, raw.blocking)?,
        })
    }

    /// `phone = { exact = 2.0, different = -1.5 }` or `address = "off"`.
    fn weights(&self, raw: BTreeMap<Spanned<String>, Spanned<toml::Value>>) -> Result<Weights, ConfigError> {
        let mut weights = Weights::default();
        for (key, value) in raw {
            let name = key.get_ref();
            let unknown = |error: WeightsError, span: Range<usize>| {
                let known = match &error {
                    WeightsError::Comparison(name) => nearest(name, comparison_names()),
                    WeightsError::Level(level) => nearest(level, LEVELS.iter().map(|l| l.as_str())),
                    _ => String::new(),
                };
                self.fail(span, format!("[matching.weights]: {error}{known}"))
            };
            match value.get_ref() {
                toml::Value::String(text) if text == "off" => {
                    weights.switch_off(name).map_err(|e| unknown(e, key.span()))?;
                }
                toml::Value::Table(levels) => {
                    for (level, bits) in levels {
                        let bits = match bits {
                            toml::Value::Float(bits) => *bits,
                            toml::Value::Integer(bits) => *bits as f64,
                            other => return Err(unknown(WeightsError::Bits(other.to_string()), value.span())),
                        };
                        // A name that is wrong stands in the key, a level in the value.
                        weights.set(name, level, bits).map_err(|e| match e {
                            WeightsError::Comparison(_) => unknown(e, key.span()),
                            e => unknown(e, value.span()),
                        })?;
                    }
                }
                _ => {
                    let what = format!(
                        "[matching.weights] {name}: нужно \"off\" или {{ exact = 1.5 }}: биты от −{MOST_BITS} до {MOST_BITS}"
                    );
                    return Err(self.fail(value.span(), what));
                }
            }
        }
        Ok(weights)
    }

    fn checks(&self, raw: BTreeMap<Spanned<String>, Spanned<toml::Value>>) -> Result<ChecksConfig, ConfigError> {
        let mut checks = BTreeMap::new();
        for (key, value) in raw {
            let id = key.get_ref();
            let Some(meta) = crate::checks::all().map(|c| c.meta()).find(|m| m.id == id) else {
                let known = nearest(id, crate::checks::all().map(|c| c.meta().id));
                return Err(self.fail(key.span(), format!("[checks]: нет проверки «{id}»{known}")));
            };
            let mut config = CheckConfig::default();
            let severity = |text: &str, config: &mut CheckConfig| {
                if text == OFF {
                    config.off = true;
                    return Ok(());
                }
                config.severity = Some(Severity::parse(text).ok_or_else(|| {
                    let what = format!("[checks] {id}: «{text}» не важность: off, blocker, error, warning или info");
                    self.fail(value.span(), what)
                })?);
                Ok(())
            };
            match value.get_ref() {
                toml::Value::String(text) => severity(text, &mut config)?,
                toml::Value::Table(table) => {
                    for (name, setting) in table {
                        match (name.as_str(), setting) {
                            ("severity", toml::Value::String(text)) => severity(text, &mut config)?,
                            (name, toml::Value::Integer(number)) if meta.params.iter().any(|p| p.name == name) => {
                                config.params.insert(name.to_owned(), *number);
                            }
                            (name, _) => {
                                let names = meta.params.iter().map(|p| p.name).chain(["severity"]);
                                let known: Vec<&str> = names.collect();
                                let what = format!(
                                    "[checks] {id}: «{name}» не подходит; есть: {} (числа целые, severity — слово)",
                                    known.join(", ")
                                );
                                return Err(self.fail(value.span(), what));
                            }
                        }
                    }
                }
                _ => return Err(self.fail(value.span(), format!("[checks] {id}: нужна важность или «off»"))),
            }
            checks.insert(id.clone(), config);
        }
        Ok(ChecksConfig(checks))
    }

    pub(crate) fn one_of<T: Copy>(
        &self,
        key: &str,
        value: Option<Spanned<String>>,
        known: &[(&str, T)],
    ) -> Result<Option<T>, ConfigError> {
        let Some(text) = value else { return Ok(None) };
        if let Some((_, found)) = known.iter().find(|(name, _)| name == text.get_ref()) {
            return Ok(Some(*found));
        }
        let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
        let near = nearest(text.get_ref(), names.iter().copied());
        Err(self
            .fail(text.span(), format!("{key}: нет значения «{}»{near}; есть: {}", text.get_ref(), names.join(", "))))
    }
}

/// An address of a server without path, user and the slash at the end; `None` for anything else.
fn address(text: &str) -> Option<String> {
    let text = text.trim().trim_end_matches('/');
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let known = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | ':');
    (!host.is_empty() && host.chars().all(known)).then(|| text.to_owned())
}

/// `; возможно, «x»` for the closest known name, or nothing when none is close.
pub(crate) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    known
        .map(|k| (strsim::normalized_damerau_levenshtein(&name.to_lowercase(), &k.to_lowercase()), k))
        .filter(|(score, _)| *score >= 0.5)
        .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)))
        .map(|(_, k)| format!("; возможно, «{k}»"))
        .unwrap_or_default()
}

/// The closest file name in the folder where a missing file was expected.
fn nearest_file(path: &Path) -> String {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return String::new() };
    let Ok(entries) = std::fs::read_dir(folder) else { return String::new() };
    let mut names: Vec<String> =
        entries.filter_map(Result::ok).map(|e| e.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    nearest(&name.to_string_lossy(), names.iter().map(String::as_str))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("companies.csv"), "ID;Название\n1;ООО Тест\n").unwrap();
        let file = dir.path().join("sverka.toml");
        std::fs::write(&file, text).unwrap();
        match load(&file) {
            Ok(_) => String::new(),
            Err(e) => e.to_string().replace(&file.display().to_string(), "sverka.toml"),
        }
    }

    const GOOD: &str = r#"
[project]
name = "Проба"

[[source]]
side = "crm"
entity = "counterparty"
path = "companies.csv"
"#;

    #[test]
    fn a_minimal_project_loads_with_defaults() {
        assert_eq!(error(GOOD), "");
    }

    #[test]
    fn every_fault_names_line_and_nearest_name() {
        let check = |change: (&str, &str), expected: &str| {
            let text = GOOD.replace(change.0, change.1);
            assert_eq!(error(&text), expected, "{text}");
        };
        check(("path", "pathh"), "sverka.toml, строка 8: неизвестный ключ «pathh»; возможно, «path»");
        check(
            ("companies.csv", "company.csv"),
            "sverka.toml, строка 8: path: нет такого файла; возможно, «companies.csv»: «company.csv»",
        );
        check(
            ("\"crm\"", "\"crn\""),
            "sverka.toml, строка 6: side: нет значения «crn»; возможно, «crm»; есть: crm, onec",
        );
        check(
            ("name = \"Проба\"", "name = \"Проба\"\nas_of = \"24.11.2026\""),
            "sverka.toml, строка 4: as_of: «24.11.2026» не дата вида 2026-11-24",
        );
        for address in ["portal.bitrix24.ru", "https://portal.bitrix24.ru/rest/1/s3cret/", "https://", "https://u@h"] {
            check(
                ("name = \"Проба\"", &format!("name = \"Проба\"\ncrm_url = \"{address}\"")),
                "sverka.toml, строка 4: crm_url: нужен адрес без пути, например https://romashka.bitrix24.ru",
            );
        }
        check(("name = \"Проба\"", "name = \"Проба\"\ncrm_url = \"https://портал.рф:8080/\""), "");
        check(("name = \"Проба\"", ""), "sverka.toml, строка 2: не хватает ключа «name»");
        check(
            ("[[source]]", "[matching]\nauto = 2.0\n[[source]]"),
            "sverka.toml, строка 6: matching.auto: вероятность от 0.5 до 0.999999, а не 2",
        );
        let weights = |text: &str| format!("[matching.weights]\n{text}\n[[source]]");
        check(
            ("[[source]]", &weights("phonee = { exact = 1 }")),
            "sverka.toml, строка 6: [matching.weights]: нет сравнения «phonee»; возможно, «phone»",
        );
        check(
            ("[[source]]", &weights("phone = { exakt = 1 }")),
            "sverka.toml, строка 6: [matching.weights]: нет уровня «exakt»: different, near, folded или exact; возможно, \
             «exact»",
        );
        check(
            ("[[source]]", &weights("phone = { exact = 99.5 }")),
            "sverka.toml, строка 6: [matching.weights]: вес «99.5» — не число от −20 до 20",
        );
        check(
            ("[[source]]", &weights("phone = true")),
            "sverka.toml, строка 6: [matching.weights] phone: нужно \"off\" или { exact = 1.5 }: биты от −20 до 20",
        );
        check(
            ("[[source]]", "[matching]\nmodel = \"companies.csv\"\n[[source]]"),
            "sverka.toml, строка 6: matching.model: «companies.csv»: не файл весов: создайте его командой sverka train",
        );
        check(("[[source]]", &weights("phone = { exact = 1, different = -0.5 }\naddress = \"off\"")), "");
        for (table, expected) in [
            (
                "[matching.own]\nown_9 = { kind = \"text\" }",
                "строка 12: [matching.own]: нет поля «own_9»; возможно, «own_1»; есть: own_1, own_2, own_3, own_4",
            ),
            (
                "[matching.own]\nown_2 = { kind = \"text\" }",
                "строка 12: [matching.own] own_2: ни один источник не говорит, какая это колонка; добавьте в \
                 [source.columns]: own_2 = \"заголовок колонки\"",
            ),
            (
                "[matching.own]\nown_1 = \"text\"",
                "строка 12: [matching.own] own_1: нужна таблица { kind = \"identifier\" }; kind: identifier, text, \
                 number, date",
            ),
            (
                "[matching.own]\nown_1 = { exact = 3 }",
                "строка 12: [matching.own] own_1: не хватает ключа «kind»: identifier, text, number, date",
            ),
            (
                "[matching.own]\nown_1 = { kind = \"identifer\" }",
                "строка 12: [matching.own] own_1: нет вида «identifer»; возможно, «identifier»; есть: identifier, text, \
                 number, date",
            ),
            (
                "[matching.own]\nown_1 = { kind = \"text\", exakt = 3 }",
                "строка 12: [matching.own] own_1: нет уровня «exakt»: different, near, folded или exact; возможно, \
                 «exact»",
            ),
            (
                "[matching.own]\nown_1 = { kind = \"text\", exact = 300 }",
                "строка 12: [matching.own] own_1: вес «300» — не число от −20 до 20",
            ),
            ("[matching.own]\nown_1 = { kind = \"text\", exact = 3, different = -1.5 }", ""),
            (
                "[matching.blocking]\nphon = \"off\"",
                "строка 12: [matching.blocking]: нет правила «phon»; возможно, «phone»; есть: ",
            ),
            ("[matching.blocking]\nphone = \"on\"", "строка 12: [matching.blocking] phone: нужно \"off\""),
            ("[matching.blocking]\nphone = \"off\"", ""),
        ] {
            let columns = "path = \"companies.csv\"\n[source.columns]\nown_1 = \"Название\"";
            let found = error(&GOOD.replace("path = \"companies.csv\"", &format!("{columns}\n{table}")));
            let found = found.strip_prefix("sverka.toml, ").unwrap_or(&found);
            assert!(found.starts_with(expected) && found.is_empty() == expected.is_empty(), "{table}: {found}");
        }
        check(
            ("path = \"companies.csv\"", "path = \"companies.csv\"\n[source.columns]\nin = \"ИНН\""),
            "sverka.toml, строка 10: [source.columns]: нет поля «in»; возможно, «inn»",
        );
        for (table, expected) in [
            ("[ownership]\ninm = \"crm\"", "строка 10: [ownership]: нет поля «inm»; возможно, «inn»"),
            ("[ownership]\ninn = \"bitrix\"", "строка 10: [ownership] inn: нужно \"crm\" или \"onec\""),
            (
                "[ownership.contact]\nphone = \"crm\"\nemail = 1",
                "строка 11: [ownership] email: нужно \"crm\" или \"onec\"",
            ),
            ("[lag]\ncut_off = \"вчера\"", "строка 10: lag.cut_off: «вчера» не время вида 2026-11-23 22:00"),
        ] {
            let to = format!("path = \"companies.csv\"\n{table}");
            check(("path = \"companies.csv\"", &to), &format!("sverka.toml, {expected}"));
        }
        check(
            ("path = \"companies.csv\"", "path = \"companies.csv\"\n[checks]\n\"cp-inn\" = \"off\""),
            "sverka.toml, строка 10: [checks]: нет проверки «cp-inn»",
        );
    }

    #[test]
    fn a_missing_project_says_where_it_looked() {
        let dir = tempfile::tempdir().unwrap();
        let message = load(dir.path()).unwrap_err().to_string();
        assert!(message.contains("sverka.toml: нет файла проекта"), "{message}");
    }
}
