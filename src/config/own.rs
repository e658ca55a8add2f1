//! `[[check]]` of `sverka.toml`: a raw table → an [`OwnCheck`].

use chrono::NaiveDate;
use regex::Regex;
use toml::Spanned;

use super::{ConfigError, Parser, SIDES, nearest, raw};
use crate::checks::own::{Bound, OwnCheck, PREFIX, Rule, Texts, default_message};
use crate::finding::Severity;
use crate::model::{Entity, Field, Lang, Money};

/// Longest expression, and most memory for its automaton: a pattern of a project is a line, not a program.
const MAX_PATTERN: usize = 1_000;
const MAX_AUTOMATON: usize = 1 << 20;

/// Names of the rules, one of which a check has.
const RULES: &str = "required, unique, one_of, matches, min и max, not_after, equal";

pub(super) fn checks(parser: &Parser, all: Vec<Spanned<raw::Check>>, lang: Lang) -> Result<Vec<OwnCheck>, ConfigError> {
    let mut out: Vec<OwnCheck> = Vec::new();
    for table in all {
        let at = table.get_ref().id.span();
        let check = check(parser, table, lang)?;
        use crate::checks::Check as _;
        if out.iter().any(|c| c.meta().id == check.meta().id) {
            return Err(parser.fail(at, format!("[[check]]: проверка «{}» задана дважды", check.meta().id)));
        }
        out.push(check);
    }
    Ok(out)
}

fn check(parser: &Parser, table: Spanned<raw::Check>, lang: Lang) -> Result<OwnCheck, ConfigError> {
    let (span, raw) = (table.span(), table.into_inner());
    let id = raw.id.get_ref();
    let kebab = id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !id.starts_with(PREFIX) || id.len() == PREFIX.len() || !kebab {
        let what = format!("[[check]] id: «{id}»: нужны латинские буквы, цифры и дефис, начиная с {PREFIX}");
        return Err(parser.fail(raw.id.span(), what));
    }
    let entities = Entity::PARTIES.map(|e| (e.as_str(), e));
    let entity = parser.one_of("entity", Some(raw.entity), &entities)?.expect("a value was given");
    let side = parser.one_of("side", raw.side, SIDES)?;
    let severities = Severity::ALL.map(|s| (s.as_str(), s));
    let severity = parser.one_of("severity", raw.severity, &severities)?.unwrap_or(Severity::Warning);
    let field = field(parser, &raw.field)?;
    let mut conditions = Vec::new();
    for (key, value) in &raw.r#where {
        conditions.push((self::field(parser, key)?, value.clone()));
    }
    let mut rules: Vec<Rule> = Vec::new();
    if raw.required == Some(true) {
        rules.push(Rule::Required);
    }
    if raw.unique == Some(true) {
        rules.push(Rule::Unique);
    }
    if let Some(list) = raw.one_of {
        rules.push(Rule::OneOf(list));
    }
    if let Some(pattern) = raw.matches {
        let what = |why: &str| parser.fail(pattern.span(), format!("[[check]] matches: {why}"));
        if pattern.get_ref().len() > MAX_PATTERN {
            return Err(what("выражение слишком длинное"));
        }
        let built = regex::RegexBuilder::new(pattern.get_ref()).size_limit(MAX_AUTOMATON).build();
        let built: Regex = built.map_err(|_| what("не регулярное выражение или слишком сложное"))?;
        rules.push(Rule::Matches(built));
    }
    if raw.min.is_some() || raw.max.is_some() {
        let bound = |value: Option<Spanned<toml::Value>>| value.map(|v| self::bound(parser, &v)).transpose();
        rules.push(Rule::Range { min: bound(raw.min)?, max: bound(raw.max)? });
    }
    if let Some(other) = raw.not_after {
        rules.push(Rule::NotAfter(self::field(parser, &other)?));
    }
    match (raw.equal, raw.tolerance) {
        (Some(true), tolerance) => {
            let tolerance = tolerance.map(|t| self::bound(parser, &t).map(|b| (b, t))).transpose()?;
            let tolerance = match tolerance {
                None => None,
                Some((Bound::Number(money), _)) => Some(money),
                Some((Bound::Date(_), at)) => {
                    return Err(parser.fail(at.span(), "[[check]] tolerance: нужно число".to_owned()));
                }
            };
            rules.push(Rule::Equal { tolerance });
        }
        (_, Some(at)) => {
            return Err(parser.fail(at.span(), "[[check]] tolerance: только вместе с equal = true".to_owned()));
        }
        _ => {}
    }
    let (Some(rule), None) = (rules.pop(), rules.pop()) else {
        return Err(parser.fail(span, format!("[[check]] {id}: нужно ровно одно правило: {RULES}")));
    };
    let default = default_message(&rule, field, lang);
    let title = raw.title.unwrap_or_else(|| default.clone());
    let texts = Texts { title, why: raw.why.unwrap_or_default(), remedy: raw.remedy.unwrap_or_default() };
    let message = raw.message.unwrap_or(default);
    Ok(OwnCheck::new(id, severity, texts, message, (entity, side), conditions, (field, rule)))
}

fn field(parser: &Parser, text: &Spanned<String>) -> Result<Field, ConfigError> {
    Field::parse(text.get_ref()).ok_or_else(|| {
        let known = nearest(text.get_ref(), Field::ALL.iter().map(|f| f.code()));
        parser.fail(text.span(), format!("[[check]]: нет поля «{}»{known}", text.get_ref()))
    })
}

/// A number, or a date as TOML or a text writes it.
fn bound(parser: &Parser, value: &Spanned<toml::Value>) -> Result<Bound, ConfigError> {
    let text = match value.get_ref() {
        toml::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let number = || Money::parse(&text).ok().map(Bound::Number);
    let date = || NaiveDate::parse_from_str(&text, "%Y-%m-%d").ok().map(Bound::Date);
    number()
        .or_else(date)
        .ok_or_else(|| parser.fail(value.span(), format!("[[check]]: «{text}» не число и не дата вида 2026-11-24")))
}
