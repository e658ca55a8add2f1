//! `[matching.own]` and `[matching.blocking]`: fields of the project's own, and rules that propose no pairs.

use std::collections::BTreeMap;

use toml::Spanned;

use super::{ConfigError, OFF, Parser, nearest};
use crate::matching::{LEVELS, MOST_BITS, OwnField, OwnKind, WeightsError, blocking_rules};
use crate::model::Field;

type Table = BTreeMap<Spanned<String>, Spanned<toml::Value>>;

/// `own_1 = { kind = "identifier", exact = 8, different = -2 }`, in the order of the fields. Each must be a column of
/// some source: `mapped` are the fields that the sources name.
pub(super) fn own_fields(parser: &Parser, raw: Table, mapped: &[Field]) -> Result<Vec<OwnField>, ConfigError> {
    let mut own = Vec::new();
    for (key, value) in raw {
        let name = key.get_ref();
        let codes = Field::OWN.map(Field::code);
        let Some(field) = Field::OWN.into_iter().find(|f| f.code() == name) else {
            let known = nearest(name, codes.into_iter());
            let what = format!("[matching.own]: нет поля «{name}»{known}; есть: {}", codes.join(", "));
            return Err(parser.fail(key.span(), what));
        };
        if !mapped.contains(&field) {
            let what = format!(
                "[matching.own] {name}: ни один источник не говорит, какая это колонка; добавьте в [source.columns]: \
                 {name} = \"заголовок колонки\""
            );
            return Err(parser.fail(key.span(), what));
        }
        let fail = |what: String| Err(parser.fail(value.span(), format!("[matching.own] {name}: {what}")));
        let kinds = || OwnKind::ALL.map(|(name, _)| name).join(", ");
        let toml::Value::Table(table) = value.get_ref() else {
            return fail(format!("нужна таблица {{ kind = \"identifier\" }}; kind: {}", kinds()));
        };
        let Some(kind) = table.get("kind").and_then(toml::Value::as_str) else {
            return fail(format!("не хватает ключа «kind»: {}", kinds()));
        };
        let Some((_, found)) = OwnKind::ALL.into_iter().find(|(name, _)| *name == kind) else {
            let known = nearest(kind, OwnKind::ALL.map(|(name, _)| name).into_iter());
            return fail(format!("нет вида «{kind}»{known}; есть: {}", kinds()));
        };
        let mut of = OwnField::new(field, found);
        for (level, bits) in table.iter().filter(|(key, _)| *key != "kind") {
            let bits = match bits {
                toml::Value::Float(bits) => *bits,
                toml::Value::Integer(bits) => *bits as f64,
                other => return fail(format!("{level}: нужно число от −{MOST_BITS} до {MOST_BITS}, а не {other}")),
            };
            match of.set(level, bits) {
                Ok(()) => {}
                Err(error @ WeightsError::Level(_)) => {
                    let known = nearest(level, LEVELS.iter().map(|l| l.as_str()).chain(["kind"]));
                    return fail(format!("{error}{known}"));
                }
                Err(error) => return fail(error.to_string()),
            }
        }
        own.push(of);
    }
    own.sort_by_key(OwnField::field);
    Ok(own)
}

/// `"two-words" = "off"`: names of rules, sorted.
pub(super) fn blocking_off(parser: &Parser, raw: Table) -> Result<Vec<&'static str>, ConfigError> {
    let mut off = Vec::new();
    for (key, value) in raw {
        let name = key.get_ref();
        let Some(rule) = blocking_rules().find(|rule| rule == name) else {
            let known = nearest(name, blocking_rules());
            let what = format!(
                "[matching.blocking]: нет правила «{name}»{known}; есть: {}",
                blocking_rules().collect::<Vec<_>>().join(", ")
            );
            return Err(parser.fail(key.span(), what));
        };
        if value.get_ref().as_str() != Some(OFF) {
            return Err(parser.fail(value.span(), format!("[matching.blocking] {name}: нужно \"{OFF}\"")));
        }
        off.push(rule);
    }
    off.sort_unstable();
    Ok(off)
}
