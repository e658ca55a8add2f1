//! `decisions.toml` → decisions. Faults are told as those of `sverka.toml`: file, line, nearest name.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::Path;

use chrono::NaiveDate;
use serde::Deserialize;
use toml::Spanned;

use super::{Decision, Decisions, Key, Scope, Verdict, What};
use crate::config::{ConfigError, Parser, nearest};
use crate::finding::FindingId;
use crate::model::{Entity, Field, Side};

/// Name of the file, beside `sverka.toml`.
pub const FILE: &str = "decisions.toml";

/// Reads the decisions of a project; without a file there are none.
///
/// # Errors
/// [`ConfigError`]: the first fault found, with its line.
pub fn load(root: &Path) -> Result<Decisions, ConfigError> {
    let file = root.join(FILE);
    match std::fs::read_to_string(&file) {
        Ok(text) => parse(&file, &text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Decisions { file, ..Decisions::default() }),
        Err(source) => Err(ConfigError::Read { path: file, source }),
    }
}

/// [`load`] for a text already read.
///
/// # Errors
/// As [`load`].
pub fn parse(file: &Path, text: &str) -> Result<Decisions, ConfigError> {
    let body = text.trim_start_matches('\u{feff}');
    let reader = Reader(Parser::new(file, body));
    let raw: raw::File = toml::from_str(body).map_err(|e| reader.0.toml_error(&e))?;
    let mut all = Vec::new();
    for link in raw.link {
        all.push(reader.link(link)?);
    }
    for master in raw.master {
        all.push(reader.master(master)?);
    }
    for value in raw.value {
        all.push(reader.value(value)?);
    }
    for accept in raw.accept {
        all.push(reader.accept(accept)?);
    }
    all.sort_by_key(|d| d.line);
    reader.contradictions(&all)?;
    Ok(Decisions { file: file.to_owned(), all, text: body.to_owned() })
}

/// The file as TOML gives it.
mod raw {
    use super::{BTreeMap, Deserialize, Spanned};

    type Text = Spanned<String>;

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub struct File {
        #[serde(default)]
        pub link: Vec<Spanned<Link>>,
        #[serde(default)]
        pub master: Vec<Spanned<Master>>,
        #[serde(default)]
        pub value: Vec<Spanned<Value>>,
        #[serde(default)]
        pub accept: Vec<Spanned<Accept>>,
    }

    /// `Signed` as fields of each table: serde knows no unknown keys in flattened structs.
    macro_rules! table {
        ($name:ident { $($field:ident : $type:ty),* $(,)? }) => {
            #[derive(Deserialize)]
            #[serde(deny_unknown_fields)]
            pub struct $name {
                $(pub $field: $type,)*
                pub author: Text,
                #[serde(default)]
                pub reason: Option<Text>,
                pub date: Spanned<toml::Value>,
                #[serde(default)]
                pub expires: Option<Spanned<toml::Value>>,
                #[serde(default)]
                pub evidence: Option<String>,
            }

            impl $name {
                pub fn signed(&self) -> Signed<'_> {
                    Signed {
                        author: &self.author,
                        reason: self.reason.as_ref(),
                        date: &self.date,
                        expires: self.expires.as_ref(),
                        evidence: self.evidence.as_deref(),
                    }
                }
            }
        };
    }

    table!(Link { a: Text, b: Text, verdict: Text });
    table!(Master { record: Text });
    table!(Value { a: Text, b: Text, field: Text, keep: Text });
    table!(Accept {
        finding: Option<Text>,
        pair: Option<Spanned<Vec<Text>>>,
        check: Option<Text>,
        r#where: Option<BTreeMap<Text, Text>>,
    });

    /// Who decided, when and why.
    pub struct Signed<'a> {
        pub author: &'a Text,
        pub reason: Option<&'a Text>,
        pub date: &'a Spanned<toml::Value>,
        pub expires: Option<&'a Spanned<toml::Value>>,
        pub evidence: Option<&'a str>,
    }
}

struct Reader<'a>(Parser<'a>);

impl Reader<'_> {
    fn link(&self, raw: Spanned<raw::Link>) -> Result<Decision, ConfigError> {
        let (line, raw) = (self.0.line(raw.span().start), raw.into_inner());
        let (a, b) = (self.key("a", &raw.a)?, self.key("b", &raw.b)?);
        self.two(&raw.b, &a, &b)?;
        let verdicts = Verdict::ALL.map(|v| (v.as_str(), v));
        let verdict = self.0.one_of("verdict", Some(raw.verdict.clone()), &verdicts)?.expect("a value was given");
        self.signed(line, What::Link { a, b, verdict }, &raw.signed())
    }

    fn master(&self, raw: Spanned<raw::Master>) -> Result<Decision, ConfigError> {
        let (line, raw) = (self.0.line(raw.span().start), raw.into_inner());
        self.signed(line, What::Master { record: self.key("record", &raw.record)? }, &raw.signed())
    }

    fn value(&self, raw: Spanned<raw::Value>) -> Result<Decision, ConfigError> {
        let (line, raw) = (self.0.line(raw.span().start), raw.into_inner());
        let (a, b) = (self.key("a", &raw.a)?, self.key("b", &raw.b)?);
        if a.side == b.side {
            return Err(self.0.fail(raw.b.span(), "value: нужна пара CRM — 1С".to_owned()));
        }
        let sides = Side::BOTH.map(|s| (s.as_str(), s));
        let keep = self.0.one_of("keep", Some(raw.keep.clone()), &sides)?.expect("a value was given");
        let what = What::Value { a, b, field: self.field(&raw.field)?, keep };
        self.signed(line, what, &raw.signed())
    }

    fn accept(&self, raw: Spanned<raw::Accept>) -> Result<Decision, ConfigError> {
        let (span, raw) = (raw.span(), raw.into_inner());
        let line = self.0.line(span.start);
        if let Some(check) = &raw.check
            // Own checks of a project are known to its audit, which reports a decision about nothing.
            && !check.get_ref().starts_with(crate::checks::own::PREFIX)
            && !crate::checks::all().any(|c| c.meta().id == check.get_ref())
        {
            let known = nearest(check.get_ref(), crate::checks::all().map(|c| c.meta().id));
            return Err(self.0.fail(check.span(), format!("check: нет проверки «{}»{known}", check.get_ref())));
        }
        let check = raw.check.as_ref().map(|c| c.get_ref().clone());
        let scope = match (&raw.finding, &raw.pair, check, &raw.r#where) {
            (Some(id), None, None, None) => Scope::Finding(FindingId::parse(id.get_ref()).ok_or_else(|| {
                self.0.fail(id.span(), format!("finding: «{}» не ид находки: 16 знаков 0–9, a–f", id.get_ref()))
            })?),
            (None, Some(pair), check, None) => {
                let [a, b] = pair.get_ref().as_slice() else {
                    return Err(self.0.fail(pair.span(), "pair: нужны две записи".to_owned()));
                };
                let (a_key, b_key) = (self.key("pair", a)?, self.key("pair", b)?);
                self.two(b, &a_key, &b_key)?;
                Scope::Pair { a: a_key, b: b_key, check }
            }
            (None, None, Some(check), conditions) => self.group(check, conditions.as_ref())?,
            _ => {
                let what = "accept: укажите одно из трёх: finding; pair (и check); check (и where)";
                return Err(self.0.fail(span, what.to_owned()));
            }
        };
        if raw.reason.as_ref().is_none_or(|r| r.get_ref().trim().is_empty()) {
            return Err(self.0.fail(span, "accept: нужна причина (reason): принять — значит отложить".to_owned()));
        }
        self.signed(line, What::Accept(scope), &raw.signed())
    }

    fn group(
        &self,
        check: String,
        conditions: Option<&BTreeMap<Spanned<String>, Spanned<String>>>,
    ) -> Result<Scope, ConfigError> {
        let (mut side, mut entity, mut fields) = (None, None, Vec::new());
        for (key, value) in conditions.into_iter().flatten() {
            match key.get_ref().as_str() {
                "side" => {
                    side = self.0.one_of("side", Some(value.clone()), &Side::BOTH.map(|s| (s.as_str(), s)))?;
                }
                "entity" => {
                    entity = self.0.one_of("entity", Some(value.clone()), &Entity::PARTIES.map(|e| (e.as_str(), e)))?;
                }
                _ => fields.push((self.field(key)?, value.get_ref().clone())),
            }
        }
        Ok(Scope::Group { check, side, entity, fields })
    }

    fn signed(&self, line: usize, what: What, signed: &raw::Signed) -> Result<Decision, ConfigError> {
        if signed.author.get_ref().trim().is_empty() {
            return Err(self.0.fail(signed.author.span(), "author: кто решил?".to_owned()));
        }
        Ok(Decision {
            what,
            author: signed.author.get_ref().clone(),
            reason: signed.reason.map(|r| r.get_ref().clone()).unwrap_or_default(),
            date: self.date("date", signed.date)?,
            expires: signed.expires.map(|d| self.date("expires", d)).transpose()?,
            evidence: signed.evidence.map(str::to_owned),
            line,
        })
    }

    fn key(&self, name: &str, text: &Spanned<String>) -> Result<Key, ConfigError> {
        Key::parse(text.get_ref()).ok_or_else(|| {
            let what = format!("{name}: «{}» не запись: пишите crm:counterparty:12 или onec:00-000045", text.get_ref());
            self.0.fail(text.span(), what)
        })
    }

    fn two(&self, at: &Spanned<String>, a: &Key, b: &Key) -> Result<(), ConfigError> {
        if a == b {
            Err(self.0.fail(at.span(), "запись сама с собой не пара".to_owned()))
        } else {
            Ok(())
        }
    }

    fn field(&self, text: &Spanned<String>) -> Result<Field, ConfigError> {
        Field::parse(text.get_ref()).ok_or_else(|| {
            let known = nearest(text.get_ref(), Field::ALL.iter().map(|f| f.code()));
            self.0.fail(text.span(), format!("нет поля «{}»{known}", text.get_ref()))
        })
    }

    /// A date of TOML, or the same as a text.
    fn date(&self, name: &str, value: &Spanned<toml::Value>) -> Result<NaiveDate, ConfigError> {
        let text = match value.get_ref() {
            toml::Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        NaiveDate::parse_from_str(&text, "%Y-%m-%d")
            .map_err(|_| self.0.fail(value.span(), format!("{name}: «{text}» не дата вида 2026-11-24")))
    }

    /// One question answered twice in different ways.
    fn contradictions(&self, all: &[Decision]) -> Result<(), ConfigError> {
        let mut links: BTreeMap<[&Key; 2], (Verdict, usize)> = BTreeMap::new();
        let mut values: BTreeMap<([&Key; 2], Field), (Side, usize)> = BTreeMap::new();
        let at = |line: usize, first: usize, what: &str| {
            Err(self.0.fail_at(line, format!("{what} уже решено иначе в строке {first}; оставьте одно решение")))
        };
        for d in all {
            match &d.what {
                What::Link { a, b, verdict } => match links.entry([a.min(b), a.max(b)]) {
                    Entry::Occupied(e) if e.get().0 != *verdict => return at(d.line, e.get().1, "об этой паре"),
                    Entry::Occupied(_) => {}
                    Entry::Vacant(e) => drop(e.insert((*verdict, d.line))),
                },
                What::Value { a, b, field, keep } => match values.entry(([a.min(b), a.max(b)], *field)) {
                    Entry::Occupied(e) if e.get().0 != *keep => return at(d.line, e.get().1, "об этом поле"),
                    Entry::Occupied(_) => {}
                    Entry::Vacant(e) => drop(e.insert((*keep, d.line))),
                },
                What::Master { .. } | What::Accept(_) => {}
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        match parse(Path::new("decisions.toml"), text) {
            Ok(_) => String::new(),
            Err(e) => e.to_string(),
        }
    }

    const GOOD: &str = r#"# Решения
[[link]]
a = "crm:12"
b = "onec:counterparty:00-45"
verdict = "accept"
author = "Иванова"
date = 2026-11-24

[[accept]]
check = "cp-inn-missing"
where = { side = "crm", responsible = "Сидоров" }
author = "Иванова"
reason = "розница"
date = "2026-11-24"
expires = "2027-06-30"
"#;

    #[test]
    fn a_file_is_read_in_its_order() {
        let decisions = parse(Path::new("decisions.toml"), GOOD).unwrap();
        assert_eq!(decisions.all.iter().map(|d| d.line).collect::<Vec<_>>(), [2, 9]);
        assert_eq!(decisions.all[0].subject(), "crm:12 — onec:counterparty:00-45");
        assert_eq!(decisions.all[1].subject(), "cp-inn-missing (crm, responsible)");
        let day = |d| NaiveDate::from_ymd_opt(2027, 6, d).unwrap();
        assert!(!decisions.all[1].is_expired(day(30)) && decisions.all[1].is_expired(day(30).succ_opt().unwrap()));
    }

    #[test]
    fn every_fault_names_line_and_nearest_name() {
        let check = |change: (&str, &str), expected: &str| {
            let text = GOOD.replacen(change.0, change.1, 1);
            assert_ne!(text, GOOD);
            assert_eq!(error(&text), expected, "{text}");
        };
        check(("verdict =", "verdikt ="), "decisions.toml, строка 5: неизвестный ключ «verdikt»; возможно, «verdict»");
        check(("[[link]]", "[[links]]"), "decisions.toml, строка 2: неизвестный ключ «links»; возможно, «link»");
        check(
            ("\"accept\"", "\"acept\""),
            "decisions.toml, строка 5: verdict: нет значения «acept»; возможно, «accept»; есть: accept, reject, keep",
        );
        check(
            ("crm:12", "12"),
            "decisions.toml, строка 3: a: «12» не запись: пишите crm:counterparty:12 или onec:00-000045",
        );
        check(("onec:counterparty:00-45", "crm:12"), "decisions.toml, строка 4: запись сама с собой не пара");
        check(
            ("cp-inn-missing", "cp-inn-mising"),
            "decisions.toml, строка 10: check: нет проверки «cp-inn-mising»; возможно, «cp-inn-missing»",
        );
        check(
            ("responsible", "responsable"),
            "decisions.toml, строка 11: нет поля «responsable»; возможно, «responsible»",
        );
        check(("2027-06-30", "30.06.2027"), "decisions.toml, строка 15: expires: «30.06.2027» не дата вида 2026-11-24");
        check(
            ("reason = \"розница\"\n", ""),
            "decisions.toml, строка 9: accept: нужна причина (reason): принять — значит отложить",
        );
        check(("date = 2026-11-24\n", ""), "decisions.toml, строка 2: не хватает ключа «date»");
        check(
            ("check = \"cp-inn-missing\"\n", ""),
            "decisions.toml, строка 9: accept: укажите одно из трёх: finding; pair (и check); check (и where)",
        );
        let twice = format!(
            "{GOOD}\n[[link]]\na = \"onec:counterparty:00-45\"\nb = \"crm:12\"\nverdict = \"reject\"\nauthor = \"Петров\"\ndate = 2026-11-25\n"
        );
        let expected = "decisions.toml, строка 17: об этой паре уже решено иначе в строке 2; оставьте одно решение";
        assert_eq!(error(&twice), expected);
    }

    #[test]
    fn keys() {
        for (text, expected) in [
            ("crm:12", Some("crm:12")),
            ("onec:contact:ФЛ-1", Some("onec:contact:ФЛ-1")),
            // An id may hold colons.
            ("onec:a:b", Some("onec:a:b")),
            ("crm:", None),
            ("cmr:1", None),
            ("12", None),
        ] {
            assert_eq!(Key::parse(text).map(|k| k.to_string()).as_deref(), expected, "{text}");
        }
    }
}
