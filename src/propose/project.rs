//! A project file for recognised files, with comments that say why.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::{Certainty, Question, Reason, SeenFile, SeenTable, SideGuess, guess};
use crate::config::{Stage, TradeConfig};
use crate::ingest;
use crate::map::{Use, crm};
use crate::model::{Entity, Field, Inn, Lang, Side};
use crate::normalize::text;

/// Longest line of a comment, characters.
const LINE: usize = 110;

/// A file given to `init`.
#[derive(Debug)]
pub struct Given {
    /// As the project will name it: relative to the project, `/` between folders.
    pub name: String,
    /// What it is, or why it cannot be read.
    pub seen: Result<SeenFile, String>,
}

/// A project to be written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proposal {
    pub text: String,
    /// What a person must decide: the file and the question. Each stands in `text` as a comment too.
    pub questions: Vec<(String, Question)>,
    /// Sources that the project names, by side.
    pub sources: [usize; 2],
}

/// Words of a project.
#[derive(Clone, Copy, Debug)]
pub struct Wording<'a> {
    pub lang: Lang,
    /// Name of the project.
    pub name: &'a str,
    /// Today, `YYYY-MM-DD`: an example of a date.
    pub today: &'a str,
}

/// Files that make one source.
struct Source<'a> {
    /// As `path` will name it.
    path: String,
    files: Vec<&'a SeenFile>,
    side: SideGuess,
    /// The entity to write, `None` where the tables say it themselves.
    entity: Option<Entity>,
    questions: Vec<Question>,
    /// It would stop the audit: written as a comment.
    is_off: bool,
}

/// Writes the project. `visible` gives the files of a folder, both named as the project would: a folder, or a pattern
/// in it, is written only where it takes exactly the files that are meant.
pub fn compose(given: &[Given], wording: Wording, visible: &dyn Fn(&str) -> BTreeSet<String>) -> Proposal {
    let lang = wording.lang;
    let files = given.len();
    let given: &[Given] = &tables_of_bases(given);
    let mut left = Vec::new();
    let mut sources = group(given, visible, &mut left);
    settle_sides(&mut sources);
    // CRM first, companies before contacts, else as given: the order in which fields fill each other.
    sources.sort_by_key(|s| (s.side.side, s.entity != Some(Entity::Counterparty)));

    let own: Vec<Inn> = {
        let seen = given.iter().filter_map(|g| g.seen.as_ref().ok());
        let mut own: Vec<Inn> = seen.flat_map(|f| &f.own).copied().collect();
        own.sort_unstable();
        own.dedup();
        own
    };
    let mut questions: Vec<(String, Question)> = Vec::new();
    let mut out = head(files, wording, &own, &mut questions);
    let mut counts = [0; 2];
    for source in &sources {
        questions.extend(source.questions.iter().map(|q| (source.path.clone(), q.clone())));
        write_source(&mut out, source, lang);
        counts[source.side.side as usize] += usize::from(!source.is_off);
    }
    for side in Side::BOTH {
        if counts[side as usize] == 0 {
            let question = Question {
                ru: format!("нет ни одной выгрузки {}: добавьте её, иначе сверять не с чем", side.title(Lang::Ru)),
                en: format!("no export of {}: add one, there is nothing to compare with", side.title(Lang::En)),
            };
            comment(&mut out, &format!("{} {}", ask(lang), question.text(lang)));
            out.push('\n');
            questions.push(("sverka.toml".to_owned(), question));
        }
    }
    write_rest(&mut out, &left, lang);
    write_stages(&mut out, given, lang);
    let sides: guess::Sides = Side::BOTH.map(|side| {
        let files = sources.iter().filter(|s| s.side.side == side).flat_map(|s| &s.files);
        files.flat_map(|file| &file.tables).collect()
    });
    guess::statuses(&mut out, &sides, lang);
    guess::users(&mut out, &sides, lang);
    let papers = |t: &SeenTable| t.is_taken() && matches!(t.entity, Some(Entity::Document | Entity::Payment));
    if sides[Side::Onec as usize].iter().copied().any(papers) {
        ask_closed(&mut out, wording);
    }
    out.push_str(&tail(lang));
    Proposal { text: out, questions, sources: counts }
}

/// A base is as many files as it has tables: each is a source of its own.
fn tables_of_bases(given: &[Given]) -> Vec<Given> {
    let mut out = Vec::with_capacity(given.len());
    for one in given {
        match &one.seen {
            Ok(file) if file.format == BASE && file.tables.len() > 1 => {
                for table in &file.tables {
                    let name = format!("{}, {}", one.name, table.sheet.as_deref().unwrap_or_default());
                    out.push(Given { name, seen: Ok(SeenFile { tables: vec![table.clone()], ..file.clone() }) });
                }
            }
            seen => out.push(Given { name: one.name.clone(), seen: seen.clone() }),
        }
    }
    out
}

/// Format of a base, whose table a source names.
const BASE: &str = "sqlite";

pub(super) fn ask(lang: Lang) -> &'static str {
    lang.pick("ВОПРОС:", "QUESTION:")
}

/// A comment, wrapped between words.
pub(super) fn comment(out: &mut String, text: &str) {
    let mut line = String::from("#");
    for word in text.split_whitespace() {
        if line.chars().count() + 1 + word.chars().count() > LINE && line.len() > 1 {
            out.push_str(&line);
            out.push('\n');
            line = String::from("#  ");
        }
        line.push(' ');
        line.push_str(word);
    }
    out.push_str(&line);
    out.push('\n');
}

/// `"…"` with everything escaped that TOML wants escaped.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn head(files: usize, wording: Wording, own: &[Inn], questions: &mut Vec<(String, Question)>) -> String {
    let lang = wording.lang;
    let mut out = String::new();
    let say = |ru: &str, en: &str| lang.pick(ru, en).to_owned();
    comment(
        &mut out,
        &format!(
            "{} {files}. {}",
            say(
                "Проект сверки. Предложен командой sverka init, файлов просмотрено:",
                "A project of sverka, proposed by sverka init. Files looked at:"
            ),
            say(
                "Это обычный текст: поправьте, что не так, и ответьте на строки «ВОПРОС».",
                "It is plain text: correct what is wrong, and answer the lines that say QUESTION."
            ),
        ),
    );
    comment(
        &mut out,
        &say(
            "Запуск: sverka audit. Что видно в файле: sverka inspect ФАЙЛ",
            "To run: sverka audit. What is in a file: sverka inspect FILE",
        ),
    );
    let _ = writeln!(out, "\n[project]\nname = {}", quoted(wording.name));
    let mut line = |code: String, text: String| {
        let _ = writeln!(out, "{code:<34} # {text}");
    };
    line(format!("lang = \"{}\"", lang.as_str()), say("язык отчёта: ru или en", "language of the report: ru or en"));
    line(
        "direction = \"both\"".into(),
        say(
            "куда пойдёт обмен: crm-to-onec, onec-to-crm или both",
            "way of the exchange: crm-to-onec, onec-to-crm or both",
        ),
    );
    line(
        format!("# as_of = \"{}\"", wording.today),
        say("день выгрузки; без этой строки — сегодняшний", "day of the exports; today without this line"),
    );
    if own.is_empty() {
        line(
            "own = []".into(),
            say("ИНН своих организаций в кавычках через запятую", "INNs of own organisations, in quotes, with commas"),
        );
        let question = Question {
            ru: "какие ИНН у своих организаций? Впишите их в own: среди контрагентов их быть не должно".into(),
            en: "which INNs are your own organisations'? Put them into own: they are no counterparties".into(),
        };
        comment(&mut out, &format!("{} {}", ask(lang), question.text(lang)));
        questions.push(("sverka.toml".to_owned(), question));
    } else {
        let list = own.iter().map(|inn| format!("\"{inn}\"")).collect::<Vec<_>>().join(", ");
        line(
            format!("own = [{list}]"),
            say(
                "ИНН своих организаций: так отмечены в выгрузке",
                "INNs of own organisations, as the exports mark them",
            ),
        );
    }
    out.push('\n');
    out
}

/// No export says up to which day accounting is closed.
fn ask_closed(out: &mut String, wording: Wording) {
    let what = wording.lang.pick(
        "по какой день в 1С закрыт учёт? Уберите # и впишите его: в закрытых периодах документы не правят",
        "up to which day is accounting closed in 1C? Remove the # and write it: documents of closed periods stay",
    );
    comment(out, &format!("{} {what}", ask(wording.lang)));
    let _ = writeln!(out, "# [trade]\n# closed_until = \"{}\"\n", wording.today);
}

fn tail(lang: Lang) -> String {
    let mut out = String::new();
    let say = |ru: &'static str, en: &'static str| lang.pick(ru, en);
    let _ = writeln!(
        out,
        "[gates]                            # {}",
        say("обмен запускать рано, если нарушений больше", "no go with more findings than this")
    );
    let _ = writeln!(out, "blocker = 0");
    let _ = writeln!(
        out,
        "# error = 100                      # {}",
        say("по желанию: предел для ошибок", "if you like: a limit for errors")
    );
    out
}

/// Puts files together into sources; what no source takes goes to `left` with its reason.
fn group<'a>(
    given: &'a [Given],
    visible: &dyn Fn(&str) -> BTreeSet<String>,
    left: &mut Vec<(&'a str, Question)>,
) -> Vec<Source<'a>> {
    let mut sources: Vec<Source> = Vec::new();
    // Folders of pages: their companies, contacts and requisites belong together.
    let mut pages: BTreeMap<(&str, &str), Vec<&SeenFile>> = BTreeMap::new();
    for file in given.iter().filter_map(|g| g.seen.as_ref().ok()).filter(|f| is_page(f)) {
        pages.entry((folder_of(&file.name), file.format)).or_default().push(file);
    }
    let together: BTreeMap<(&str, &str), (String, Vec<&SeenFile>)> = pages
        .into_iter()
        .filter(|(_, files)| files.len() > 1 && agree(files))
        .filter_map(|(key, files)| Some((key, (path_of_all(key.0, &files, &visible(key.0))?, files))))
        .collect();
    let mut done: Vec<(&str, &str)> = Vec::new();
    for one in given {
        let file = match &one.seen {
            Ok(file) => file,
            Err(why) => {
                left.push((&one.name, Question { ru: why.clone(), en: why.clone() }));
                continue;
            }
        };
        let key = (folder_of(&file.name), file.format);
        let (path, files) = match together.get(&key).filter(|_| is_page(file)) {
            Some(_) if done.contains(&key) => continue,
            Some((path, files)) => {
                done.push(key);
                (path.as_str(), files.clone())
            }
            None => (file.name.as_str(), vec![file]),
        };
        // A catalogue of goods names its owner: that goes to `own`, and makes no source.
        if files.iter().flat_map(|f| &f.tables).any(|t| t.is_taken() && t.used != Use::Own) {
            sources.push(source_of(path, files));
        } else {
            left.push((&one.name, why_left(file)));
        }
    }
    sources
}

/// A folder or a pattern that takes exactly these files of it.
fn path_of_all(folder: &str, files: &[&SeenFile], visible: &BTreeSet<String>) -> Option<String> {
    let meant: BTreeSet<&str> = files.iter().map(|f| f.name.as_str()).collect();
    if visible.iter().map(String::as_str).eq(meant.iter().copied()) {
        return Some(if folder.is_empty() { ".".to_owned() } else { folder.to_owned() });
    }
    let base = |name: &str| name.rsplit('/').next().unwrap_or(name).to_owned();
    let first = base(files[0].name.as_str());
    let common = files.iter().skip(1).map(|f| base(&f.name)).fold(first.clone(), |common, name| {
        common.chars().zip(name.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a).collect()
    });
    let ending = first.rsplit_once('.').map_or("", |(_, ending)| ending);
    let folder = if folder.is_empty() { String::new() } else { format!("{}/", glob::Pattern::escape(folder)) };
    [format!("*.{ending}"), format!("{}*.{ending}", glob::Pattern::escape(&common))]
        .into_iter()
        .map(|pattern| format!("{folder}{pattern}"))
        .find(|pattern| {
            let Ok(compiled) = glob::Pattern::new(pattern) else { return false };
            visible.iter().filter(|name| compiled.matches(name)).map(String::as_str).eq(meant.iter().copied())
        })
}

/// An answer of an interface, saved page by page. A table that neither says what it is nor looks like a list of parties
/// would be read as one in a folder.
fn is_page(file: &SeenFile) -> bool {
    ["-rest", "-json", "-atom"].iter().any(|end| file.format.ends_with(end))
        && file.tables.iter().all(|table| !table.kind.is_empty() || table.entity.is_some())
}

/// Whether one `entity` serves all files: tables that do not say theirs take the one of the source.
fn agree(files: &[&SeenFile]) -> bool {
    let tables = || files.iter().flat_map(|f| &f.tables);
    let entity = tables().find_map(|t| t.entity);
    tables().all(|t| !t.kind.is_empty()) || tables().filter_map(|t| t.entity).all(|e| Some(e) == entity)
}

fn folder_of(name: &str) -> &str {
    name.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn why_left(file: &SeenFile) -> Question {
    let rows: u64 = file.tables.iter().map(|t| t.rows).sum();
    let kinds: Vec<&str> = file.tables.iter().map(|t| t.kind.as_str()).filter(|k| !k.is_empty()).collect();
    if file.tables.iter().all(|t| t.kind.is_empty() && t.columns.iter().all(|c| c.heading.is_empty())) {
        return Question {
            ru: "нет строки с заголовками колонок: допишите её, если это список контрагентов или контактов".into(),
            en: "no row of headings: add one if this is a list of counterparties or contacts".into(),
        };
    }
    let what = if kinds.is_empty() { String::new() } else { format!(" ({})", kinds.join(", ")) };
    Question {
        ru: format!("не узнано, что за записи{what}, строк {rows}"),
        en: format!("nothing that sverka knows{what}, rows {rows}"),
    }
}

fn source_of<'a>(path: &str, files: Vec<&'a SeenFile>) -> Source<'a> {
    let side = files.iter().map(|f| f.side).max_by_key(|s| s.certainty).unwrap_or(SideGuess {
        side: Side::Crm,
        certainty: Certainty::Open,
        by_format: false,
    });
    let mut questions = Vec::new();
    let tables: Vec<&SeenTable> = files.iter().flat_map(|f| &f.tables).collect();
    let mut entities: Vec<Entity> = tables.iter().filter(|t| t.is_taken()).filter_map(|t| t.entity).collect();
    entities.sort_unstable();
    entities.dedup();
    let tells = |t: &&&SeenTable| t.kind.is_empty();
    let mut is_off = false;
    if let Some(other) = tables.iter().filter(tells).find(|t| t.entity.is_none() && t.read > 0) {
        let sheet = other.sheet.as_deref().unwrap_or_default();
        questions.push(Question {
            ru: format!("на листе «{sheet}» не контрагенты и не контакты; оставьте в книге нужный лист и уберите # перед источником"),
            en: format!("sheet \"{sheet}\" holds neither counterparties nor contacts; keep the sheet you need and remove the # below"),
        });
        is_off = true;
    }
    if entities.len() > 1 && tables.iter().any(|t| t.kind.is_empty()) {
        questions.push(Question {
            ru: "на листах записи разных видов: разнесите их по разным файлам; пока всё читается как первый из них".into(),
            en: "sheets with records of several kinds: put them into files of their own; until then all are read as the first kind".into(),
        });
        entities.truncate(1);
    }
    for table in &tables {
        if let (Some(entity), false) = (table.entity, table.entity_is_sure) {
            questions.push(Question {
                ru: format!(
                    "контрагенты (entity = \"counterparty\") или контакты (\"contact\")? Предположено: {}",
                    entity.title(Lang::Ru)
                ),
                en: format!(
                    "counterparties (entity = \"counterparty\") or contacts (\"contact\")? Taken for {}",
                    entity.title(Lang::En)
                ),
            });
        }
        questions.extend(table.questions.iter().cloned());
    }
    questions.dedup();
    let entity = if let [one] = entities[..] { Some(one) } else { None };
    Source { path: path.to_owned(), files, side, entity, questions, is_off }
}

/// A side for files that do not show theirs: the one that is missing, else a guess; and the question.
fn settle_sides(sources: &mut [Source]) {
    let known = |side: Side, sources: &[Source]| {
        sources.iter().any(|s| s.side.certainty > Certainty::Open && s.side.side == side)
    };
    let (crm, onec) = (known(Side::Crm, sources), known(Side::Onec, sources));
    let mut first = true;
    for source in sources.iter_mut() {
        match source.side.certainty {
            Certainty::Certain => continue,
            Certainty::Likely => {}
            Certainty::Open => {
                source.side.side = match (crm, onec) {
                    (true, false) => Side::Onec,
                    (false, true) => Side::Crm,
                    (true, true) => source.side.side,
                    (false, false) if std::mem::take(&mut first) => Side::Crm,
                    (false, false) => Side::Onec,
                };
            }
        }
        let side = source.side.side;
        source.questions.insert(
            0,
            Question {
                ru: format!(
                    "чья это выгрузка: CRM (side = \"crm\") или 1С (side = \"onec\")? Предположено: {}",
                    side.title(Lang::Ru)
                ),
                en: format!(
                    "whose export is it: the CRM's (side = \"crm\") or 1C's (side = \"onec\")? Taken for {}",
                    side.title(Lang::En)
                ),
            },
        );
    }
}

fn write_source(out: &mut String, source: &Source, lang: Lang) {
    let say = |ru: &'static str, en: &'static str| lang.pick(ru, en);
    let first = source.files[0];
    // Formats have a title in Russian; their id says enough in English.
    let title = match lang {
        Lang::Ru => ingest::FORMATS.iter().find(|f| f.id() == first.format).map_or("", |f| f.title()),
        Lang::En => first.format,
    };
    let rows: u64 = source.files.iter().flat_map(|f| &f.tables).map(|t| t.rows).sum();
    let mut line = format!("{}: {title}", source.path);
    if !first.encoding.is_empty() {
        let _ = write!(line, ", {}", first.encoding);
    }
    if source.files.len() > 1 {
        let _ = write!(line, ", {} {}", say("файлов", "files"), source.files.len());
    }
    let bad: usize = source.files.iter().flat_map(|f| &f.tables).map(|t| t.quarantined.len()).sum();
    let _ = write!(line, ", {} {rows}", say("строк", "rows"));
    if bad > 0 {
        let _ = write!(line, ", {} {bad}", say("в карантин", "to quarantine"));
    }
    comment(out, &line);
    comment(out, &why(source, lang));
    let tables = source.files.iter().flat_map(|f| &f.tables).filter(|t| t.is_taken() && t.used != Use::Own);
    let mut used: BTreeMap<Field, Vec<&str>> = BTreeMap::new();
    let mut unused: Vec<&str> = Vec::new();
    // Lists of names serve the other tables, not by columns of their own.
    let tables = tables.filter(|t| !crm::is_dictionary(&t.kind) || t.entity.is_some());
    for column in tables.flat_map(|t| &t.columns).filter(|c| !c.heading.is_empty()) {
        let list = match column.field {
            Some(field) => used.entry(field).or_default(),
            None if column.filled > 0 => &mut unused,
            None => continue,
        };
        if !list.contains(&column.heading.as_str()) {
            list.push(&column.heading);
        }
    }
    let headings = |list: &[&str]| list.iter().map(|h| format!("«{h}»")).collect::<Vec<_>>().join(", ");
    let fields: Vec<String> =
        used.iter().map(|(field, list)| format!("{} — {}", field.title(lang), headings(list))).collect();
    comment(out, &format!("{} {}", say("Узнано:", "Known:"), fields.join("; ")));
    if !unused.is_empty() {
        comment(out, &format!("{} {}", say("Не используется:", "Not used:"), headings(&unused)));
    }
    for question in &source.questions {
        comment(out, &format!("{} {}", ask(lang), question.text(lang)));
    }
    let mut block = format!("[[source]]\nside = \"{}\"\n", source.side.side);
    if let Some(entity) = source.entity {
        let _ = writeln!(block, "entity = \"{entity}\"");
    }
    let _ = writeln!(block, "path = {}", quoted(&source.path));
    if let (BASE, Some(table)) = (first.format, first.tables.first().and_then(|t| t.sheet.as_deref())) {
        let _ = writeln!(block, "table = {}", quoted(table));
    }
    block.push_str(&columns_of(source, lang));
    for line in block.lines() {
        let _ = writeln!(out, "{}{line}", if source.is_off { "# " } else { "" });
    }
    out.push('\n');
}

/// Why the source is of its side and its entity.
fn why(source: &Source, lang: Lang) -> String {
    let say = |ru: &'static str, en: &'static str| lang.pick(ru, en);
    let side = match (source.side.certainty, source.side.by_format) {
        (_, true) => say("так по формату", "by its format"),
        (Certainty::Open, false) => say("предположение", "a guess"),
        _ => say("так по заголовкам, кодам и имени файла", "by headings, codes and the name of the file"),
    };
    let mut line = format!("{} — {side}", source.side.side.title(lang));
    if let Some(entity) = source.entity {
        let tells = source.files.iter().flat_map(|f| &f.tables).any(|t| t.entity.is_some() && t.kind.is_empty());
        let why = if tells {
            say("так по колонкам и значениям", "by columns and values")
        } else {
            say("сказано в файле", "the file says it")
        };
        let _ = write!(line, "; {} — {why}", entity.title(lang));
    }
    line
}

/// `[source.columns]` for what the headings alone do not say. Such an entry replaces detection for its field, so the
/// known headings are repeated in it.
fn columns_of(source: &Source, lang: Lang) -> String {
    let mut fields: BTreeMap<Field, (Vec<&str>, Option<Reason>)> = BTreeMap::new();
    let tables =
        source.files.iter().flat_map(|f| &f.tables).filter(|t| matches!(t.used, Use::Records(_)) && t.entity.is_some());
    for column in tables.flat_map(|t| &t.columns) {
        if let (Some(field), Some(reason)) = (column.field, column.reason) {
            let (headings, why) = fields.entry(field).or_default();
            if !headings.contains(&column.heading.as_str()) {
                headings.push(&column.heading);
            }
            *why = why.or((reason != Reason::Heading).then_some(reason));
        }
    }
    let mut out = String::new();
    for (field, (headings, why)) in fields {
        let Some(why) = why else { continue };
        if out.is_empty() {
            out.push_str("[source.columns]\n");
        }
        let list: Vec<String> = headings.iter().map(|h| quoted(h)).collect();
        let value = if let [one] = &list[..] { one.clone() } else { format!("[{}]", list.join(", ")) };
        let why = match why {
            Reason::Content => lang.pick("узнано по значениям", "known by the values"),
            _ => lang.pick("узнано по похожему заголовку", "known by a similar heading"),
        };
        let _ = writeln!(out, "{:<34} # {why}: {}", format!("{} = {value}", field.code()), field.title(lang));
    }
    out
}

/// Files that are in no source.
fn write_rest(out: &mut String, left: &[(&str, Question)], lang: Lang) {
    if left.is_empty() {
        return;
    }
    comment(out, lang.pick("Не вошли в проект:", "Not in the project:"));
    for (name, why) in left {
        comment(out, &format!("  {name}: {}", why.text(lang)));
    }
    out.push('\n');
}

/// Stages of deals that were seen, with a state of the documents for each: a start for a person.
fn write_stages(out: &mut String, given: &[Given], lang: Lang) {
    let tables: Vec<_> = given.iter().filter_map(|g| g.seen.as_ref().ok()).flat_map(|f| &f.tables).collect();
    let mut names = crm::Once::default();
    for (code, name) in tables.iter().flat_map(|t| &t.stage_names) {
        crm::say(&mut names, code.clone(), name);
    }
    let mut stages: Vec<&str> = Vec::new();
    for (code, text) in tables.iter().flat_map(|t| &t.stages) {
        // As an audit names it.
        let stage = names.get(code).and_then(Option::as_deref).unwrap_or(text);
        if !stages.contains(&stage) {
            stages.push(stage);
        }
    }
    if stages.is_empty() {
        return;
    }
    let (known, unknown): (Vec<&str>, Vec<&str>) = stages.into_iter().partition(|stage| state_of(stage).is_some());
    if !known.is_empty() {
        let states: Vec<&str> = Stage::ALL.iter().map(|s| s.as_str()).collect();
        comment(
            out,
            &format!(
                "{}: {}",
                lang.pick(
                    "Какому состоянию документов 1С отвечает стадия сделки, узнано по её названию: проверьте. Состояния",
                    "Which state of 1C documents a stage of a deal is, known by its name: look it through. States"
                ),
                states.join(", ")
            ),
        );
        out.push_str("[map.deal_stage]\n");
        for stage in known {
            let _ = writeln!(out, "{} = \"{}\"", quoted(stage), state_of(stage).unwrap_or_default());
        }
        out.push('\n');
    }
    if unknown.is_empty() {
        return;
    }
    let question = lang.pick(
        "ВОПРОС: до чего в 1С доходят сделки на этих стадиях? Уберите # и поправьте.",
        "QUESTION: what have deals at these stages come to in 1C? Remove the # and correct.",
    );
    comment(out, question);
    if !out.contains("\n[map.deal_stage]\n") {
        out.push_str("# [map.deal_stage]\n");
    }
    for stage in unknown {
        let _ = writeln!(out, "# {} = \"{}\"", quoted(stage), Stage::None.as_str());
    }
    out.push('\n');
}

/// The state of documents that the words of a stage leave no doubt about.
fn state_of(stage: &str) -> Option<&'static str> {
    if let Some(state) = TradeConfig::default().state(stage) {
        return Some(state.as_str());
    }
    let lower = text::fold(stage).to_lowercase();
    let has = |parts: &[&str]| parts.iter().any(|part| lower.contains(part));
    let state = if has(&["оплачен", "оплата получена"]) {
        Stage::Paid
    } else if has(&["отгруж", "доставлен", "shipped"]) {
        Stage::Shipped
    } else if has(&["счет", "invoice", "оплат"]) {
        Stage::Invoice
    } else if has(&["заказ", "order"]) {
        Stage::Order
    } else if has(&["договор", "contract"]) {
        Stage::Contract
    } else if has(&["нов", "переговор", "первичн", "в работе", "квалифик", "new"]) {
        Stage::None
    } else {
        return None;
    };
    Some(state.as_str())
}
