//! E-mail addresses out of a cell: several, with names and typos.

use super::mail_domains::{FREE, MISSPELT, ROLES};
use super::text;
use crate::model::{Defect, Email, Noted, Notes, Value};

/// Zones that end an address; used only to tell «mail,ru» from two values.
const ZONES: &[&str] = &[
    "ru", "com", "net", "org", "рф", "su", "by", "kz", "ua", "info", "biz", "pro", "online", "me", "io", "eu", "de",
    "uz", "kg", "am", "ge", "az", "tj", "md", "store", "shop", "site", "moscow",
];
/// Zones written in Cyrillic letters that are honest, though all their letters may look Latin.
const CYRILLIC_ZONES: &[&str] =
    &["рф", "рус", "бел", "укр", "москва", "дети", "онлайн", "сайт", "орг", "ком", "срб", "мкд"];

/// Local parts that people type when there is no address.
const FILLER_LOCALS: &[&str] = &[
    "no", "net", "none", "noemail", "no-email", "nomail", "no-mail", "test", "test1", "test123", "asdf", "asd", "qwe",
    "qwerty", "xxx", "aaa", "111", "123", "1", "a", "mail", "email", "e-mail", "example", "user", "nety", "netu",
    "pusto",
];
/// Domains that hold nobody: reserved by RFC 2606, or fillers.
const FILLER_DOMAINS: &[&str] = &[
    "example.com",
    "example.org",
    "example.net",
    "example.ru",
    "test.ru",
    "test.com",
    "test.test",
    "no.ru",
    "no.no",
    "net.ru",
    "nomail.ru",
    "noemail.ru",
    "asd.ru",
    "asdf.ru",
    "1.ru",
    "123.ru",
    "mail.mail",
    "email.email",
    "localhost.ru",
];

/// A public mail service: its domain says nothing about the company.
pub fn is_free_mail(domain: &str) -> bool {
    FREE.binary_search(&domain).is_ok()
}

/// A mailbox of a function, not of a person: info, buh, sales.
pub fn is_role(local: &str) -> bool {
    let base = local.trim_end_matches(|c: char| c.is_ascii_digit());
    ROLES.binary_search(&base).is_ok()
}

/// The domain that was meant, when this one is a known misspelling of it (`gmial.com` → `gmail.com`).
pub fn misspelt(domain: &str) -> Option<&'static str> {
    MISSPELT.binary_search_by_key(&domain, |&(wrong, _)| wrong).ok().map(|at| MISSPELT[at].1)
}

/// Reads a cell of addresses and appends one entry per address; words for "no value" append nothing, equal addresses
/// are kept once.
pub fn parse_into(raw: &str, out: &mut Vec<Noted<Email>>) {
    let begin = out.len();
    for line in raw.split('\n') {
        if !text::means_none(line) {
            parse_line(line, out, begin);
        }
    }
}

/// [`parse_into`] as a new list.
pub fn parse_all(raw: &str) -> Vec<Noted<Email>> {
    let mut out = Vec::new();
    parse_into(raw, &mut out);
    out
}

fn push(out: &mut Vec<Noted<Email>>, begin: usize, entry: Noted<Email>) {
    if !out[begin..].iter().any(|e| e.value == entry.value) {
        out.push(entry);
    }
}

fn parse_line(line: &str, out: &mut Vec<Noted<Email>>, begin: usize) {
    let cleaned = text::clean(line);
    let trimmed = cleaned.trim();
    let mut notes =
        if cleaned.len() == line.len() && trimmed.len() == cleaned.len() { Notes::NONE } else { Notes::DIRTY };
    if trimmed.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'@' | b'.' | b'-' | b'_' | b'+')) {
        // Nothing to split.
        one(trimmed, notes, out, begin);
        return;
    }
    let words = words_of(trimmed, &mut notes);
    if words.iter().filter(|w| w.contains('@')).count() == 0 {
        push(out, begin, Noted { value: Value::invalid(trimmed, Defect::Syntax), notes });
        return;
    }
    if words.iter().any(|w| !w.contains('@')) {
        notes.add(Notes::SHARED_CELL);
    }
    for word in words.iter().filter(|w| w.contains('@')) {
        one(word, notes, out, begin);
    }
}

/// Splits a line at spaces and separators and joins what a typo has torn («ivan @mail.ru», «ivan@mail,ru»).
fn words_of(line: &str, notes: &mut Notes) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut comma = false;
    let is_separator = |c: char| {
        c.is_whitespace() || matches!(c, ',' | ';' | '/' | '|' | '<' | '>' | '(' | ')' | '"' | '«' | '»' | '[' | ']')
    };
    let mut rest = line;
    while !rest.is_empty() {
        let end = rest.find(is_separator).unwrap_or(rest.len());
        let (word, tail) = rest.split_at(end);
        if !word.is_empty() {
            let torn = words.last().is_some_and(|last| {
                let domain = last.split_once('@').map(|(_, d)| d);
                word.starts_with('@') && !last.contains('@')
                    || last.ends_with('@') && !word.contains('@')
                    || domain.is_some_and(|d| {
                        (last.ends_with('.') || word.starts_with('.') || (comma && !d.contains('.')))
                            && ZONES.contains(&word.trim_matches('.').to_lowercase().as_str())
                    })
            });
            match words.last_mut() {
                Some(last) if torn => {
                    notes.add(Notes::DIRTY);
                    if comma && !last.ends_with(['.', '@']) && !word.starts_with(['.', '@']) {
                        last.push('.');
                    }
                    last.push_str(word);
                }
                _ => words.push(word.to_owned()),
            }
            comma = false;
        }
        let mut chars = tail.chars();
        if let Some(c) = chars.next() {
            if c == ',' {
                comma = true;
            } else if !c.is_whitespace() {
                comma = false;
            }
        }
        rest = chars.as_str();
    }
    words
}

/// Judges one word as an address.
fn one(word: &str, mut notes: Notes, out: &mut Vec<Noted<Email>>, begin: usize) {
    let mut body = word.trim_matches(|c: char| matches!(c, '.' | ',' | ':' | '\'' | '`' | '*'));
    if let Some((scheme, rest)) = body.split_once(':')
        && scheme.chars().all(char::is_alphabetic)
    {
        // «mailto:», «e-mail:», «почта:»
        body = rest;
    }
    if let Some((address, _)) = body.split_once('?') {
        body = address;
    }
    let body = body.trim_matches('.');
    if body.len() != word.len() {
        notes.add(Notes::DIRTY);
    }
    let repaired = latinise(body);
    if repaired.is_some() {
        notes.add(Notes::LOOKALIKE);
    }
    let entry = match Email::parse(repaired.as_deref().unwrap_or(body)) {
        Err(defect) => Noted { value: Value::invalid(word, defect), notes },
        Ok(email) if is_filler(&email) => Noted { value: Value::invalid(word, Defect::Placeholder), notes },
        Ok(email) => {
            if misspelt(email.domain()).is_some() {
                notes.add(Notes::SUSPECT);
            }
            if email.as_str() != word {
                notes.add(Notes::FORMAT);
            }
            Noted { value: Value::Valid(email), notes }
        }
    };
    push(out, begin, entry);
}

fn is_filler(email: &Email) -> bool {
    FILLER_DOMAINS.contains(&email.domain())
        || (FILLER_LOCALS.contains(&email.local()) && is_free_mail(email.domain()))
        || email.domain().split('.').next() == Some(email.local()) && FILLER_LOCALS.contains(&email.local())
}

/// Replaces Cyrillic letters that look Latin, where the address has any and nothing else Cyrillic remains in that part.
/// `None` when nothing changes.
fn latinise(address: &str) -> Option<String> {
    if address.is_ascii() {
        return None;
    }
    let (local, domain) = address.rsplit_once('@')?;
    let mut out = String::with_capacity(address.len());
    out.push_str(&latin_word(local).unwrap_or_else(|| local.to_owned()));
    out.push('@');
    let labels: Vec<&str> = domain.split('.').collect();
    for (i, label) in labels.iter().enumerate() {
        if i > 0 {
            out.push('.');
        }
        let last = i + 1 == labels.len();
        let mixed = text::has_mixed_script(label);
        let honest = if last {
            CYRILLIC_ZONES.contains(&label.to_lowercase().as_str())
        } else {
            // A label wholly in Cyrillic is honest before a Cyrillic zone.
            !mixed && labels.last().is_some_and(|zone| CYRILLIC_ZONES.contains(&zone.to_lowercase().as_str()))
        };
        match latin_word(label) {
            Some(latin) if !honest => out.push_str(&latin),
            _ => out.push_str(label),
        }
    }
    (out != address).then_some(out)
}

/// The word in Latin letters when each of its Cyrillic letters has a twin.
fn latin_word(word: &str) -> Option<String> {
    word.chars()
        .map(|c| {
            Some(match c {
                'а' | 'А' => 'a',
                'с' | 'С' => 'c',
                'е' | 'Е' => 'e',
                'о' | 'О' => 'o',
                'р' | 'Р' => 'p',
                'х' | 'Х' => 'x',
                'у' | 'У' => 'y',
                'к' | 'К' => 'k',
                'м' | 'М' => 'm',
                'т' | 'Т' => 't',
                'В' => 'b',
                'Н' => 'h',
                'і' | 'І' => 'i',
                c if text::is_cyrillic(c) => return None,
                c => c,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(raw: &str) -> Vec<String> {
        parse_all(raw)
            .iter()
            .map(|e| match &e.value {
                Value::Valid(email) => email.to_string(),
                Value::Empty => String::new(),
                Value::Invalid { defect, .. } => format!("{defect:?}"),
            })
            .collect()
    }

    #[test]
    fn values() {
        for (raw, expected) in [
            ("ivan@mail.ru", &["ivan@mail.ru"][..]),
            (" Ivan@Mail.RU ", &["ivan@mail.ru"]),
            ("Иван <ivan@mail.ru>", &["ivan@mail.ru"]),
            ("mailto:ivan@mail.ru?subject=x", &["ivan@mail.ru"]),
            ("E-mail: ivan@mail.ru", &["ivan@mail.ru"]),
            ("ivan@mail.ru, petr@yandex.ru; olga@bk.ru", &["ivan@mail.ru", "petr@yandex.ru", "olga@bk.ru"]),
            ("ivan@mail.ru\nIVAN@mail.ru", &["ivan@mail.ru"]),
            ("ivan@mail.ru.", &["ivan@mail.ru"]),
            ("ivan @mail.ru", &["ivan@mail.ru"]),
            ("ivan@ mail.ru", &["ivan@mail.ru"]),
            ("ivan@mail,ru", &["ivan@mail.ru"]),
            ("ivan@mail. ru", &["ivan@mail.ru"]),
            ("ivаn@mаil.ru", &["ivan@mail.ru"]),
            ("ivan@gmail.сом", &["ivan@gmail.com"]),
            // A label wholly of look-alikes before a Latin zone.
            ("ivan@асе.com", &["ivan@ace.com"]),
            ("info@почта.рф", &["info@xn--80a1acny.xn--p1ai"]),
            ("иван@mail.ru", &["Characters"]),
            ("ivan.mail.ru", &["Syntax"]),
            ("ivan@mail", &["Syntax"]),
            ("no@mail.ru", &["Placeholder"]),
            ("test@test.ru", &["Placeholder"]),
            ("mail@mail.ru", &["Placeholder"]),
            ("info@example.com", &["Placeholder"]),
            ("нет", &[]),
            ("-", &[]),
            ("", &[]),
        ] {
            assert_eq!(shown(raw), expected, "{raw}");
        }
        let suspect = &parse_all("ivan@gmial.com")[0];
        assert!(suspect.value.is_valid() && suspect.notes.has(Notes::SUSPECT));
        assert!(parse_all("ivаn@mail.ru")[0].notes.has(Notes::LOOKALIKE));
        assert_eq!(parse_all("ivan@mail.ru")[0].notes, Notes::NONE);
    }

    #[test]
    fn lookups() {
        for table in [FREE, ROLES] {
            assert!(table.is_sorted(), "tables are searched by halves");
        }
        assert!(MISSPELT.is_sorted_by_key(|m| m.0));
        assert!(is_free_mail("mail.ru") && !is_free_mail("romashka.ru"));
        assert!(is_role("info") && is_role("buh2") && !is_role("ivanov"));
        assert_eq!(misspelt("gmial.com"), Some("gmail.com"));
        assert_eq!(misspelt("gmail.com"), None);
    }
}
