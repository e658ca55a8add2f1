//! Texts of the reports: `reports/texts/*.toml`, and numbers and dates as the language writes them.

use std::borrow::Cow;
use std::fmt::Display;

use chrono::NaiveDate;

use super::english::English;
use crate::model::Lang;

/// All texts of one language, by dotted key.
#[derive(Debug)]
pub struct Texts {
    pub lang: Lang,
    root: toml::Table,
    /// For a report in English.
    english: Option<English>,
}

impl Texts {
    pub fn load(lang: Lang) -> Texts {
        let file = match lang {
            Lang::Ru => include_str!("../../reports/texts/ru.toml"),
            Lang::En => include_str!("../../reports/texts/en.toml"),
        };
        let root = toml::from_str(file).expect("the built-in texts are TOML: a test reads both files");
        Texts { lang, root, english: (lang == Lang::En).then(English::load) }
    }

    /// The whole tree, for templates.
    pub fn tree(&self) -> &toml::Table {
        &self.root
    }

    /// The text of a key if there is one.
    pub fn find(&self, key: &str) -> Option<&str> {
        self.node(key).and_then(toml::Value::as_str)
    }

    /// The text of a key. A key without a text shows itself, so that a gap is seen and costs no report; a test walks
    /// every key that the code and the templates name.
    pub fn get<'a>(&'a self, key: &'a str) -> &'a str {
        self.find(key).unwrap_or(key)
    }

    /// The text of a key with `{name}` replaced.
    pub fn say(&self, key: &str, values: &[(&str, &dyn Display)]) -> String {
        fill(self.get(key), values)
    }

    /// A reason of quarantine in the language of the report.
    pub fn reason<'a>(&self, reason: &'a str) -> Cow<'a, str> {
        let english = self.english.as_ref().and_then(|english| english.reason(reason));
        english.map_or(Cow::Borrowed(reason), Cow::Owned)
    }

    /// A number with its noun: «1 запись», «2 записи», «5 записей».
    pub fn count(&self, noun: &str, n: u64) -> String {
        format!("{}\u{a0}{}", self.number(n), self.noun(noun, n))
    }

    /// The form of a noun that goes with a number.
    pub fn noun(&self, noun: &str, n: u64) -> &str {
        let forms = self.node("noun").and_then(|t| t.get(noun)).and_then(toml::Value::as_array);
        let form = match self.lang {
            Lang::En => usize::from(n != 1),
            Lang::Ru => russian_form(n),
        };
        forms.and_then(|f| f.get(form)).and_then(toml::Value::as_str).unwrap_or("")
    }

    /// Digits in groups of three: narrow no-break spaces in Russian, commas in English.
    pub fn number(&self, n: u64) -> String {
        let digits = n.to_string();
        let mut out = String::with_capacity(digits.len() + digits.len() / 3 * 3);
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                out.push(self.lang.pick("\u{202f}", ",").chars().next().unwrap_or(' '));
            }
            out.push(digit);
        }
        out
    }

    /// `−1 234,56`: a sum of money.
    pub fn money(&self, n: f64) -> String {
        let kopecks = (n.abs() * 100.0).round() as u64;
        let sign = if n < 0.0 && kopecks > 0 { "−" } else { "" };
        format!("{sign}{}{}{:02}", self.number(kopecks / 100), self.lang.pick(",", "."), kopecks % 100)
    }

    /// A number with `places` digits after the decimal mark.
    pub fn decimal(&self, x: f64, places: usize) -> String {
        let text = format!("{x:.places$}");
        match self.lang {
            Lang::Ru => text.replace('.', ",").replace('-', "−"),
            Lang::En => text.replace('-', "−"),
        }
    }

    /// `part` of `whole` in per cent. Below 100 it never rounds up to 100, above 0 never down to 0: a report must not
    /// say «100 %» while one record is missing.
    pub fn share(&self, part: u64, whole: u64) -> String {
        if whole == 0 {
            return "—".to_owned();
        }
        self.percent(part as f64 * 100.0 / whole as f64)
    }

    /// A percentage 0..=100 with one digit, by the rule of [`Texts::share`].
    pub fn percent(&self, percent: f64) -> String {
        let shown = if percent > 99.9 && percent < 100.0 {
            99.9
        } else if percent > 0.0 && percent < 0.1 {
            0.1
        } else {
            percent
        };
        let places = usize::from(shown.fract() != 0.0);
        match self.lang {
            Lang::Ru => format!("{}\u{a0}%", self.decimal(shown, places)),
            Lang::En => format!("{}%", self.decimal(shown, places)),
        }
    }

    pub fn date(&self, date: NaiveDate) -> String {
        match self.lang {
            Lang::Ru => date.format("%d.%m.%Y").to_string(),
            Lang::En => date.format("%Y-%m-%d").to_string(),
        }
    }

    fn node(&self, key: &str) -> Option<&toml::Value> {
        let mut parts = key.split('.');
        let mut node = self.root.get(parts.next()?)?;
        for part in parts {
            node = node.get(part)?;
        }
        Some(node)
    }
}

/// Position of a Russian plural form: 1 запись, 2 записи, 5 записей (CLDR rules `one`, `few`, `many`).
fn russian_form(n: u64) -> usize {
    match (n % 10, n % 100) {
        (1, tens) if tens != 11 => 0,
        (2..=4, tens) if !(12..=14).contains(&tens) => 1,
        _ => 2,
    }
}

/// Replaces `{name}` in one pass, so that a value holding braces is never read as a placeholder.
fn fill(pattern: &str, values: &[(&str, &dyn Display)]) -> String {
    let mut out = String::with_capacity(pattern.len() + 32);
    let mut rest = pattern;
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..open]);
        let Some(close) = rest[open..].find('}') else { break };
        let name = &rest[open + 1..open + close];
        match values.iter().find(|(n, _)| *n == name) {
            Some((_, value)) => out.push_str(&value.to_string()),
            None => out.push_str(&rest[open..=open + close]),
        }
        rest = &rest[open + close + 1..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    fn leaves(prefix: &str, value: &toml::Value, out: &mut BTreeMap<String, String>) {
        match value {
            toml::Value::Table(t) => {
                for (k, v) in t {
                    let key = if prefix.is_empty() { k.clone() } else { format!("{prefix}.{k}") };
                    leaves(&key, v, out);
                }
            }
            other => {
                out.insert(prefix.to_owned(), other.to_string());
            }
        }
    }

    fn all(lang: Lang) -> BTreeMap<String, String> {
        let mut out = BTreeMap::new();
        let texts = Texts::load(lang);
        leaves("", &toml::Value::Table(texts.root), &mut out);
        out
    }

    fn placeholders(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|s| s.split_once('}')).map(|(name, _)| name).collect()
    }

    #[test]
    fn both_languages_say_the_same_things() {
        let (ru, en) = (all(Lang::Ru), all(Lang::En));
        assert_eq!(ru.keys().collect::<Vec<_>>(), en.keys().collect::<Vec<_>>());
        for (key, text) in &ru {
            assert_eq!(placeholders(text), placeholders(&en[key]), "{key}");
            assert!(!text.trim().is_empty() && !en[key].trim().is_empty(), "{key}");
        }
        for (key, text) in &en {
            let cyrillic =
                text.chars().any(|c| ('а'..='я').contains(&c.to_ascii_lowercase()) || ('А'..='Я').contains(&c));
            assert!(!cyrillic, "{key}: {text}");
        }
    }

    /// Every key that the code or a template names has a text, and every text is named somewhere.
    #[test]
    fn every_key_is_known_and_used() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut sources = String::new();
        let mut folders = vec![root.join("src/report"), root.join("reports")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|e| e == "rs" || e == "html") {
                    sources.push_str(&std::fs::read_to_string(path).unwrap());
                }
            }
        }
        let texts = all(Lang::Ru);
        let named = sources.split('"').chain(sources.split("{{ t.").skip(1).filter_map(|p| p.split([' ', '}']).next()));
        for key in named {
            let family = key.split('.').next().unwrap_or("");
            let known = texts.keys().any(|k| k.split('.').next() == Some(family));
            // A key that ends with a point is the family of keys made at run time.
            let shaped = key.contains('.')
                && !key.ends_with('.')
                && key.bytes().all(|b| b.is_ascii_lowercase() || b"._".contains(&b));
            assert!(!known || !shaped || texts.contains_key(key), "no text for {key}");
        }
        // Families whose keys are made of ids at run time.
        const MADE: [&str; 9] =
            ["noun.", "left_out.", "blocking.", "refined.", "survivor.", "stage.", "format.", "glossary.", "how."];
        for key in texts.keys().filter(|k| !MADE.iter().any(|m| k.starts_with(m))) {
            let dotted = format!("t.{key}");
            assert!(sources.contains(&format!("\"{key}\"")) || sources.contains(&dotted), "{key} is never used");
        }
    }

    #[test]
    fn numbers_nouns_and_dates() {
        let ru = Texts::load(Lang::Ru);
        let en = Texts::load(Lang::En);
        for (n, expected) in [
            (0, "0\u{a0}записей"),
            (1, "1\u{a0}запись"),
            (3, "3\u{a0}записи"),
            (11, "11\u{a0}записей"),
            (12, "12\u{a0}записей"),
            (21, "21\u{a0}запись"),
            (112, "112\u{a0}записей"),
            (1_048_576, "1\u{202f}048\u{202f}576\u{a0}записей"),
        ] {
            assert_eq!(ru.count("record", n), expected);
        }
        assert_eq!(en.count("record", 1_234), "1,234\u{a0}records");
        for (percent, expected) in [
            (100.0, "100\u{a0}%"),
            (99.99, "99,9\u{a0}%"),
            (0.004, "0,1\u{a0}%"),
            (0.0, "0\u{a0}%"),
            (42.06, "42,1\u{a0}%"),
        ] {
            assert_eq!(ru.percent(percent), expected);
        }
        assert_eq!(ru.share(1, 0), "—");
        assert_eq!(ru.decimal(-3.25, 1), "−3,2");
        let date = NaiveDate::from_ymd_opt(2026, 3, 9).unwrap();
        assert_eq!((ru.date(date).as_str(), en.date(date).as_str()), ("09.03.2026", "2026-03-09"));
    }

    #[test]
    fn a_value_is_never_read_as_a_placeholder() {
        assert_eq!(fill("{a} и {b} {c}", &[("a", &"{b}"), ("b", &2)]), "{b} и 2 {c}");
        assert_eq!(fill("{", &[]), "{");
    }
}
