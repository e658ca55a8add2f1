//! The catalogue as text: for `sverka checks`, for `sverka checks ID`, and for the page `docs/checks.md`.
//!
//! Everything is made of [`Meta`] and [`PLANNED`]; a committed page that differs from [`markdown`] fails the tests.

use std::fmt::Write;

use super::planned::{PLANNED, Planned};
use super::{Meta, all};
use crate::model::Lang;

/// A table of all checks: id, severity, title; planned ones apart. Ends with a line feed.
pub fn list(lang: Lang) -> String {
    let severities = all().map(|c| c.meta().severity).chain(PLANNED.iter().map(|p| p.severity));
    let widest = severities.map(|s| s.text(lang).chars().count()).max().unwrap_or(0);
    let ids = all().map(|c| c.meta().id).chain(PLANNED.iter().map(|p| p.id));
    let id_width = ids.map(str::len).max().unwrap_or(0);
    let mut text = String::new();
    let mut line = |id: &str, severity: &str, title: &str| {
        let _ = writeln!(text, "{id:<id_width$}  {severity:<widest$}  {title}");
    };
    for check in all() {
        let meta = check.meta();
        line(meta.id, meta.severity.text(lang), meta.card(lang).title);
    }
    line("", "", "");
    line(lang.pick("Запланированы, пока не выполняются:", "Planned, not run yet:"), "", "");
    for planned in PLANNED {
        let rule = format!("{} ({})", lang.pick(planned.ru, planned.en), planned.needs.text(lang));
        line(planned.id, planned.severity.text(lang), &rule);
    }
    // Padding of the last cell would leave spaces at the ends of lines.
    text.lines().map(|l| format!("{}\n", l.trim_end())).collect()
}

/// The whole card of a check, or what a planned one is to do. `None` when there is no such id: see [`nearest`].
pub fn card(id: &str, lang: Lang) -> Option<String> {
    if let Some(check) = all().find(|c| c.meta().id == id) {
        return Some(check_card(check.meta(), lang));
    }
    PLANNED.iter().find(|p| p.id == id).map(|p| planned_card(p, lang))
}

/// What a message about an unknown id adds: `; возможно, «ct-phone-shared»`, or nothing when no id comes near.
pub fn nearest(id: &str) -> String {
    crate::config::nearest(id, all().map(|c| c.meta().id).chain(PLANNED.iter().map(|p| p.id)))
}

fn scope(meta: &Meta, lang: Lang) -> &'static str {
    if meta.cross {
        lang.pick("сравнивает CRM и 1С", "compares the CRM and 1C")
    } else {
        lang.pick("каждую систему отдельно", "each system alone")
    }
}

/// Headings of the parts of a card and their texts, in order.
fn parts(meta: &Meta, lang: Lang) -> [(&'static str, &'static str); 5] {
    let card = meta.card(lang);
    [
        (lang.pick("Что находит", "What it finds"), card.finds),
        (lang.pick("Почему это важно", "Why it matters"), card.why),
        (lang.pick("Откуда берётся", "How it comes about"), card.causes),
        (lang.pick("Что делать", "What to do"), card.remedy),
        (lang.pick("Пример", "Example"), card.example),
    ]
}

fn check_card(meta: &Meta, lang: Lang) -> String {
    let mut text = format!("{} — {}\n\n", meta.id, meta.card(lang).title);
    let mut fact = |name: &str, value: &str| {
        let _ = writeln!(text, "{name}: {value}");
    };
    fact(lang.pick("Важность", "Severity"), meta.severity.text(lang));
    fact(lang.pick("Смотрит", "Looks at"), scope(meta, lang));
    fact(lang.pick("Исправление", "Repair"), meta.fix.text(lang));
    for param in meta.params {
        let what = format!("{} = {} ({})", param.name, param.default, lang.pick(param.ru, param.en));
        fact(lang.pick("Параметр", "Parameter"), &what);
    }
    fact(lang.pick("Появилась в версии", "Since version"), meta.since);
    fact(lang.pick("Источник правила", "Source of the rule"), meta.card(lang).source);
    for (heading, body) in parts(meta, lang) {
        let _ = write!(text, "\n{heading}\n  {body}\n");
    }
    text
}

fn planned_card(planned: &Planned, lang: Lang) -> String {
    format!(
        "{} — {}\n\n{}: {}\n{}: {}\n",
        planned.id,
        lang.pick(planned.ru, planned.en),
        lang.pick("Важность", "Severity"),
        planned.severity.text(lang),
        lang.pick("Запланирована, пока не выполняется", "Planned, not run yet"),
        planned.needs.text(lang),
    )
}

/// A text that Markdown shows as it stands, in a table cell too.
fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '|' | '*' | '_' | '<' | '>' | '`' | '\\' | '[' | ']' | '#') {
            safe.push('\\');
        }
        safe.push(c);
    }
    safe
}

/// The page of the catalogue: a table of contents, a card per check, the planned ones.
pub fn markdown(lang: Lang) -> String {
    let mut page = String::new();
    let intro = lang.pick(
        "# Проверки\n\nСтраница построена из каталога программы, руками её не правят. Важность меняется, а проверка \
         выключается в разделе `[checks]` файла `sverka.toml`. Проверка, для которой нет данных, попадает в отчёт как \
         невыполненная и никогда не считается пройденной.\n",
        "# Checks\n\nThis page is made of the catalogue of the program and never edited by hand. The section \
         `[checks]` of `sverka.toml` changes a severity or switches a check off. A check without data is reported as \
         not run and never counts as passed.\n",
    );
    page.push_str(intro);
    let header = lang.pick("| Проверка | Важность | Что это |", "| Check | Severity | What it is |");
    let _ = write!(page, "\n{header}\n|---|---|---|\n");
    for check in all() {
        let (meta, title) = (check.meta(), escape(check.meta().card(lang).title));
        let _ = writeln!(page, "| [`{0}`](#{0}) | {1} | {title} |", meta.id, meta.severity.text(lang));
    }
    for check in all() {
        let meta = check.meta();
        let _ = write!(page, "\n## {}\n\n**{}**\n", meta.id, escape(meta.card(lang).title));
        let _ = write!(page, "\n{} · {} · {}\n", meta.severity.text(lang), scope(meta, lang), meta.fix.text(lang));
        for (heading, body) in parts(meta, lang) {
            let _ = write!(page, "\n*{heading}.* {}\n", escape(body));
        }
        for param in meta.params {
            let what = escape(lang.pick(param.ru, param.en));
            let name = lang.pick("Параметр", "Parameter");
            let _ = write!(page, "\n*{name}* `{}` = {}: {what}.\n", param.name, param.default);
        }
        let heading = lang.pick("Источник правила", "Source of the rule");
        let _ = write!(page, "\n*{heading}:* {}.\n", escape(meta.card(lang).source));
    }
    let planned = lang.pick("## Запланированы", "## Planned");
    let note = lang.pick("Пока не выполняются.", "They do not run yet.");
    let header = lang.pick("| Проверка | Важность | Правило | Чего ждёт |", "| Check | Severity | Rule | Waits for |");
    let _ = write!(page, "\n{planned}\n\n{note}\n\n{header}\n|---|---|---|---|\n");
    for planned in PLANNED {
        let _ = writeln!(
            page,
            "| `{}` | {} | {} | {} |",
            planned.id,
            planned.severity.text(lang),
            escape(lang.pick(planned.ru, planned.en)),
            planned.needs.text(lang),
        );
    }
    page
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    /// Compares a committed file with what the catalogue gives, or rewrites it when `UPDATE_GOLDEN` is set.
    fn golden(path: &str, expected: &str) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, expected).unwrap();
        }
        let found = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
        let line = found.lines().zip(expected.lines()).position(|(a, b)| a != b);
        assert!(
            found == expected,
            "{} is stale from line {line:?}: run the tests with UPDATE_GOLDEN=1",
            path.display()
        );
    }

    #[test]
    fn committed_pages_are_fresh() {
        golden("docs/checks.md", &markdown(Lang::En));
        golden("docs/checks.ru.md", &markdown(Lang::Ru));
    }

    /// An id is never reused or renamed: a line leaves this file only with a note in the changelog.
    #[test]
    fn ids_are_pinned() {
        let mut lines: Vec<String> = all().map(|c| c.meta().id.to_owned()).collect();
        lines.extend(PLANNED.iter().map(|p| format!("{} planned", p.id)));
        lines.sort();
        golden("tests/golden/check-ids.txt", &(lines.join("\n") + "\n"));
    }

    #[test]
    fn every_check_is_described() {
        let mut ids = BTreeSet::new();
        for check in all() {
            let meta = check.meta();
            assert!(ids.insert(meta.id), "{} twice", meta.id);
            let kebab = meta.id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
            assert!(kebab && !meta.id.contains("--") && !meta.id.ends_with('-'), "{}", meta.id);
            assert!(!meta.since.is_empty(), "{}", meta.id);
            for lang in [Lang::Ru, Lang::En] {
                let card = meta.card(lang);
                for phrase in [card.title, card.source] {
                    assert!(!phrase.is_empty() && !phrase.ends_with('.'), "{} {lang:?}: {phrase}", meta.id);
                }
                let words: &[&str] =
                    if lang == Lang::Ru { &["practice"] } else { &["рактика", "приказ", "ст. "] };
                assert!(words.iter().all(|w| !card.source.contains(w)), "{} {lang:?}: {}", meta.id, card.source);
                for (heading, body) in parts(meta, lang) {
                    // An example may be a bare value.
                    let sentence = body.ends_with(['.', '?']) || body == card.example;
                    assert!(sentence && body.len() > 10, "{} {heading}: {body}", meta.id);
                    assert!(!body.contains("  ") || body == card.example, "{} {heading}: {body}", meta.id);
                }
                let cyrillic = |c: char| ('а'..='я').contains(&c);
                assert!(lang == Lang::En || card.finds.contains(cyrillic), "{} has no Russian text", meta.id);
                assert!(lang == Lang::Ru || card.title.chars().filter(|c| cyrillic(*c)).count() < 8, "{}", meta.id);
            }
            for param in meta.params {
                assert!(!param.ru.is_empty() && !param.en.is_empty(), "{} {}", meta.id, param.name);
            }
        }
        for planned in PLANNED {
            assert!(ids.insert(planned.id), "{} is both planned and implemented, or planned twice", planned.id);
            assert!(!planned.ru.ends_with('.') && !planned.en.ends_with('.'), "{}", planned.id);
        }
    }

    #[test]
    fn families_hold_their_own_ids() {
        for (prefix, checks) in [
            ("snap-", super::super::snap::CHECKS),
            ("cp-", super::super::cp::CHECKS),
            ("ct-", super::super::ct::CHECKS),
            ("map-", super::super::map::CHECKS),
            ("co-", super::super::co::CHECKS),
            ("doc-", super::super::doc::CHECKS),
            ("deal-", super::super::deal::CHECKS),
            ("pay-", super::super::pay::CHECKS),
        ] {
            for check in checks {
                assert!(check.meta().id.starts_with(prefix), "{}", check.meta().id);
            }
        }
    }

    #[test]
    fn texts_for_the_command_line() {
        for lang in [Lang::Ru, Lang::En] {
            let table = list(lang);
            assert_eq!(table.lines().count(), all().count() + PLANNED.len() + 2);
            assert!(table.lines().all(|l| l == l.trim_end()));
            let card = card("ct-phone-shared", lang).unwrap();
            assert!(card.contains("max_owners = 5") && card.contains("+74951234567"), "{card}");
        }
        assert!(card("cp-egrul-dead", Lang::Ru).unwrap().contains("пока не выполняется"));
        assert_eq!(card("ct-phone", Lang::Ru), None);
    }

    #[test]
    fn nearest_id() {
        for (typed, expected) in [
            ("ct-phone-sharde", "; возможно, «ct-phone-shared»"),
            ("snap-truncate", "; возможно, «snap-truncated»"),
            ("doc-lots", "; возможно, «doc-lost»"),
            ("№", ""),
        ] {
            assert_eq!(nearest(typed), expected, "{typed}");
        }
    }
}
