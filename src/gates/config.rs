//! `[gates]` of `sverka.toml`.

use std::collections::{BTreeMap, BTreeSet};

use toml::Spanned;

use crate::checks::own::OwnCheck;
use crate::checks::{Check as _, all};
use crate::config::{ConfigError, Parser, nearest};
use crate::finding::Severity;
use crate::model::Entity;

/// What a gate measures.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Measured {
    Severity(Severity),
    /// Id of a check.
    Check(String),
}

/// Which findings count.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Which {
    All,
    /// New and returned ones; without a baseline that is all of them.
    New,
}

/// The most that may remain.
#[derive(Clone, Copy, PartialEq, PartialOrd, Debug)]
pub enum Limit {
    Count(u64),
    /// Per cent, 0..=100.
    Share(f64),
}

/// One gate.
#[derive(Clone, PartialEq, Debug)]
pub struct GateConfig {
    pub measured: Measured,
    /// `None`: findings of every entity.
    pub entity: Option<Entity>,
    pub which: Which,
    pub limit: Limit,
}

/// What checks that could not run mean for the verdict.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum NotRun {
    /// There is no clean go while one has not run.
    #[default]
    Block,
    /// They are shown and count for nothing.
    Allow,
    /// These may stay unrun.
    AllowOnly(BTreeSet<String>),
}

impl NotRun {
    pub fn excuses(&self, check: &str) -> bool {
        match self {
            NotRun::Block => false,
            NotRun::Allow => true,
            NotRun::AllowOnly(checks) => checks.contains(check),
        }
    }
}

/// `[gates]`.
#[derive(Clone, PartialEq, Debug)]
pub struct Gates {
    /// In the order of severities, checks, entities; all findings before new ones.
    pub gates: Vec<GateConfig>,
    pub not_run: NotRun,
}

impl Default for Gates {
    /// No blockers; errors are counted, not limited.
    fn default() -> Self {
        let blocker = GateConfig {
            measured: Measured::Severity(Severity::Blocker),
            entity: None,
            which: Which::All,
            limit: Limit::Count(0),
        };
        Gates { gates: vec![blocker], not_run: NotRun::Block }
    }
}

type Raw = BTreeMap<Spanned<String>, Spanned<toml::Value>>;

/// A table of limits: for which entity, and of which findings.
#[derive(Clone, Copy)]
struct Of {
    entity: Option<Entity>,
    which: Which,
}

/// Reads the table. Limits stand under a severity or a check, alone or in the tables `new`, `counterparty`, `contact`
/// (and those within each other).
pub(crate) fn parse(parser: &Parser, raw: Raw, own: &[OwnCheck]) -> Result<Gates, ConfigError> {
    let checks: Vec<&str> = all().map(|c| c.meta().id).chain(own.iter().map(|c| c.meta().id)).collect();
    let mut gates = Gates { gates: Vec::new(), not_run: NotRun::Block };
    for (key, value) in raw {
        let at = key.span().start;
        if key.get_ref() == "not_run" {
            gates.not_run = not_run(parser, at, value.get_ref(), &checks)?;
        } else {
            let of = Of { entity: None, which: Which::All };
            entry((parser, &checks), at, (key.get_ref(), value.get_ref()), of, &mut gates.gates)?;
        }
    }
    gates.gates.sort_by(|x, y| (&x.measured, x.entity, x.which).cmp(&(&y.measured, y.entity, y.which)));
    Ok(gates)
}

fn entry(
    (parser, checks): (&Parser, &[&str]),
    at: usize,
    (key, value): (&str, &toml::Value),
    of: Of,
    out: &mut Vec<GateConfig>,
) -> Result<(), ConfigError> {
    let line = parser.line(at);
    let nested = match (key, Entity::parse(key)) {
        ("new", _) if of.which == Which::All => Some(Of { which: Which::New, ..of }),
        (_, Some(entity)) if of.entity.is_none() => Some(Of { entity: Some(entity), ..of }),
        _ => None,
    };
    if let Some(of) = nested {
        let toml::Value::Table(table) = value else {
            return Err(parser.fail_at(line, format!("[gates.{key}]: нужны пороги: error = 0")));
        };
        for (inner, value) in table {
            entry((parser, checks), parser.find(at, inner), (inner, value), of, out)?;
        }
        return Ok(());
    }
    let measured = if let Some(severity) = Severity::parse(key) {
        Measured::Severity(severity)
    } else if checks.contains(&key) {
        Measured::Check(key.to_owned())
    } else {
        let own = Severity::ALL.iter().map(|s| s.as_str()).chain(["new", "not_run"]);
        let names = own.chain(Entity::PARTIES.iter().map(|e| e.as_str())).chain(checks.iter().copied());
        let known = nearest(key, names);
        return Err(parser.fail_at(line, format!("[gates]: нет важности или проверки «{key}»{known}")));
    };
    let mut which = of.which;
    let limit = match value {
        toml::Value::Table(table) => {
            let mut max = None;
            for (name, value) in table {
                match (name.as_str(), value) {
                    ("max", value) => max = Some(limit(parser, line, key, value)?),
                    ("of", toml::Value::String(text)) if text == "new" => which = Which::New,
                    ("of", toml::Value::String(text)) if text == "all" => which = Which::All,
                    _ => {
                        let what = format!("[gates] {key}: «{name}» не подходит; есть: max, of = \"new\" или \"all\"");
                        return Err(parser.fail_at(line, what));
                    }
                }
            }
            max.ok_or_else(|| parser.fail_at(line, format!("[gates] {key}: не хватает max")))?
        }
        value => limit(parser, line, key, value)?,
    };
    out.push(GateConfig { measured, entity: of.entity, which, limit });
    Ok(())
}

/// `10`, or `"2 %"`.
fn limit(parser: &Parser, line: usize, key: &str, value: &toml::Value) -> Result<Limit, ConfigError> {
    let found = match value {
        toml::Value::Integer(n) => u64::try_from(*n).ok().map(Limit::Count),
        toml::Value::String(text) => text
            .trim()
            .strip_suffix('%')
            .and_then(|n| n.trim().replace(',', ".").parse::<f64>().ok())
            .filter(|n| (0.0..=100.0).contains(n))
            .map(Limit::Share),
        _ => None,
    };
    found.ok_or_else(|| parser.fail_at(line, format!("[gates] {key}: нужно число от 0 или доля вида \"2 %\"")))
}

fn not_run(parser: &Parser, at: usize, value: &toml::Value, known: &[&str]) -> Result<NotRun, ConfigError> {
    let line = parser.line(at);
    let what = "[gates] not_run: нужно \"block\", \"allow\" или список проверок, которые могут не выполниться";
    match value {
        toml::Value::String(text) if text == "block" => Ok(NotRun::Block),
        toml::Value::String(text) if text == "allow" => Ok(NotRun::Allow),
        toml::Value::Array(list) => {
            let mut checks = BTreeSet::new();
            for check in list {
                let id = check.as_str().ok_or_else(|| parser.fail_at(line, what.to_owned()))?;
                if !known.contains(&id) {
                    let known = nearest(id, known.iter().copied());
                    return Err(parser.fail_at(line, format!("[gates] not_run: нет проверки «{id}»{known}")));
                }
                checks.insert(id.to_owned());
            }
            Ok(NotRun::AllowOnly(checks))
        }
        _ => Err(parser.fail_at(line, what.to_owned())),
    }
}
