//! Reasons of quarantine in English: they are data of the run and Russian, since scripts of users read them.
//!
//! The texts are in `reports/texts/english.toml`.

use serde::Deserialize;

/// English of reasons by text.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct English {
    reasons: Vec<Reason>,
}

/// A reason; `{}` stands for what differs from row to row.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reason {
    ru: String,
    en: String,
}

impl English {
    pub fn load() -> English {
        let file = include_str!("../../reports/texts/english.toml");
        toml::from_str(file).expect("the built-in texts are TOML: a test reads them")
    }

    /// A reason of quarantine; `None` when it is not known.
    pub fn reason(&self, text: &str) -> Option<String> {
        self.reasons.iter().find_map(|reason| {
            let parts = held(&reason.ru, text)?;
            let mut out = String::new();
            for (at, piece) in reason.en.split("{}").enumerate() {
                out.push_str(if at == 0 { "" } else { parts.get(at - 1)? });
                out.push_str(piece);
            }
            Some(out)
        })
    }
}

/// What a text has in the places of `{}`; `None` when it is of another pattern.
fn held<'a>(pattern: &str, text: &'a str) -> Option<Vec<&'a str>> {
    let mut pieces = pattern.split("{}");
    let mut rest = text.strip_prefix(pieces.next()?)?;
    let mut parts = Vec::new();
    let mut pieces = pieces.peekable();
    while let Some(piece) = pieces.next() {
        let at = match pieces.peek() {
            None => rest.strip_suffix(piece)?.len(),
            Some(_) => rest.find(piece)?,
        };
        parts.push(&rest[..at]);
        rest = &rest[at + piece.len()..];
    }
    rest.is_empty().then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_cyrillic(c: char) -> bool {
        ('\u{400}'..='\u{4ff}').contains(&c)
    }

    #[test]
    fn reasons_keep_what_differs() {
        let english = English::load();
        for (ru, en) in [
            ("ячеек больше, чем заголовков: 12 против 9", Some("more cells than headings: 12 against 9")),
            ("кавычка не закрыта", Some("a quote never closes")),
            ("кавычка не закрыта?", None),
            ("вместо данных сохранён ответ с ошибкой", Some("an answer with an error was saved in place of the data")),
            (
                "вместо данных сохранён ответ с ошибкой QUERY_LIMIT",
                Some("an answer with an error was saved in place of the data QUERY_LIMIT"),
            ),
        ] {
            assert_eq!(english.reason(ru).as_deref(), en, "{ru}");
        }
        for reason in &english.reasons {
            assert_eq!(reason.ru.matches("{}").count(), reason.en.matches("{}").count(), "{}", reason.ru);
            assert!(!reason.en.contains(is_cyrillic), "{}", reason.en);
        }
    }
}
