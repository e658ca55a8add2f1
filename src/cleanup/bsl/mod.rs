//! 1C: the text of an external data processor's module, on БСП, and the same plan as one text without procedures, which
//! consoles of code carry out (they hand it to `Выполнить`, where nothing can be declared).
//!
//! Calls were read in the source of БСП 3.1.12.238: `ОбщегоНазначения.ЗаменитьСсылки(ПарыЗамен, ПараметрыЗамены)`,
//! `ПараметрыЗаменыСсылок()`, `МестаИспользования(НаборСсылок)`,
//! `ДатыЗапретаИзменения.ИзменениеЗапрещено(ПолноеИмя, Ссылка)`,
//! `УправлениеКонтактнойИнформацией.ДобавитьКонтактнуюИнформацию(Объект, Значение, Вид, Дата, Замещать)` (with `Замещать`
//! true it would replace all rows of the kind). The module never deletes (`СпособУдаления =
//! "Пометка"`), never writes in load mode, and opens no transaction around a replacement: БСП keeps its own per
//! object and raises errors anew inside an outer one. A group is one call; a repeated run finishes what an interrupted
//! one began. Before anything is changed, the records go to files as XDTO, and the places of usage beside them.
//!
//! Files are UTF-8 with BOM and CRLF, as the Configurator writes modules.

use std::fmt::Write as _;
use std::sync::Arc;

use super::fixes::FixStep;
use super::places::Places;
use super::plan::{MergeStep, Plan};
use super::system::catalogue;
use super::{Dialect, Draft, Scripted, english};
use crate::model::{Entity, Field, Lang, RecordRef, Side, Snapshots};
use crate::outcome::Outcome;

/// Duplicates of one file: 1C checks usages of each pair, a thousand take an evening.
const MAX_PAIRS: usize = 1000;

/// 1C script dialect.
pub struct Bsl;

impl Dialect for Bsl {
    fn id(&self) -> &'static str {
        "bsl"
    }

    fn carries(&self, places: &Places, step: Scripted) -> bool {
        match step {
            Scripted::Fix(fix) => {
                fix.record.side == Side::Onec && attribute(places.outcome.data.entity(fix.record), fix.field).is_some()
            }
            Scripted::Merge(merge) => merge.side == Side::Onec,
        }
    }

    fn files<'a>(&self, outcome: &'a Outcome, plan: &'a Plan) -> Vec<Draft<'a>> {
        let places = Places::of(outcome);
        let mut files = Vec::new();
        for entity in Entity::PARTIES {
            let merges: Vec<&MergeStep> =
                plan.merges.iter().filter(|m| m.side == Side::Onec && m.entity == entity).collect();
            let of_entity = |f: &&FixStep| {
                f.record.is_party()
                    && outcome.data.entity(f.record) == entity
                    && self.carries(&places, Scripted::Fix(f))
            };
            let mut fixes: Vec<&FixStep> = plan.fixes.iter().filter(of_entity).collect();
            fixes.sort_by_key(|f| f.phase());
            let groups = split(merges);
            let parts = groups.len().max(fixes.len().div_ceil(MAX_PAIRS));
            let mut fixes = fixes.chunks(MAX_PAIRS).map(<[&FixStep]>::to_vec);
            let mut groups = groups.into_iter();
            for part in 0..parts {
                let number = if parts > 1 { format!("-{:03}", part + 1) } else { String::new() };
                let name = format!("1c-{}{number}.bsl", file_stem(entity));
                let (merges, fixes) = (groups.next().unwrap_or_default(), fixes.next().unwrap_or_default());
                let part = Arc::new(Part { outcome, entity, name: name.clone(), merges, fixes });
                let console = (name.replace(".bsl", "-console.bsl"), Arc::clone(&part));
                files.push(Draft::text(name, move || part.module()));
                files.push(Draft::text(console.0, move || console.1.console()));
            }
        }
        files
    }
}

/// Whole groups, about [`MAX_PAIRS`] duplicates in each part.
fn split(merges: Vec<&MergeStep>) -> Vec<Vec<&MergeStep>> {
    let mut parts: Vec<Vec<&MergeStep>> = Vec::new();
    let mut pairs = 0;
    for merge in merges {
        if parts.is_empty() || pairs + merge.duplicates.len() > MAX_PAIRS {
            parts.push(Vec::new());
            pairs = 0;
        }
        pairs += merge.duplicates.len();
        parts.last_mut().expect("a part was begun").push(merge);
    }
    parts
}

fn file_stem(entity: Entity) -> &'static str {
    if entity == Entity::Contact { "contacts" } else { "counterparties" }
}

/// What stands in one file.
struct Part<'a> {
    outcome: &'a Outcome,
    entity: Entity,
    /// Of the module.
    name: String,
    merges: Vec<&'a MergeStep>,
    fixes: Vec<&'a FixStep>,
}

impl Part<'_> {
    /// The text of a module of an external data processor.
    fn module(&self) -> String {
        let data = &self.outcome.data;
        let mut text = String::from("Функция Группы()\n\n\tСписок = Новый Массив;\n");
        // `write!` to a String cannot fail.
        for step in &self.merges {
            let master = stands(data, step.master);
            let _ = writeln!(text, "\tГруппа = НоваяГруппа(Список, {}, {master});", literal(data.id(step.master)));
            for &duplicate in &step.duplicates {
                let stands = stands(data, duplicate);
                let _ = writeln!(text, "\tДобавитьДубль(Группа, {}, {stands});", literal(data.id(duplicate)));
            }
            for (attribute, value) in fills(data, step) {
                add_correction(&mut text, "Группа.Заполнения", data.id(step.master), attribute, "", value);
            }
        }
        text.push_str("\tВозврат Список;\n\nКонецФункции\n\nФункция Исправления()\n\n\tСписок = Новый Массив;\n");
        for fix in &self.fixes {
            let id = data.id(fix.record);
            add_correction(&mut text, "Список", id, self.attribute(fix), &fix.expected, &fix.value);
        }
        text.push_str("\tВозврат Список;\n\nКонецФункции\n\n");
        let english = include_str!("../english/1c.txt");
        self.whole(include_str!("head.bsl"), english, &text, include_str!("tail.bsl"))
    }

    /// The same for a console: no procedures, values of the plan in arrays of structures.
    fn console(&self) -> String {
        let data = &self.outcome.data;
        let mut text = String::new();
        let correction = |step: &str, id: &str, attribute: &str, was: &str, becomes: &str| {
            let [id, attribute, was, becomes] = [id, attribute, was, becomes].map(literal);
            format!(
                "Исправления.Добавить(Новый Структура(ПоляИсправления, \"{step}\", {id}, {attribute}, {was}, {becomes}));\n"
            )
        };
        for fix in &self.fixes {
            text += &correction("исправления", data.id(fix.record), self.attribute(fix), &fix.expected, &fix.value);
        }
        for step in &self.merges {
            let master = format!("{}, {}", literal(data.id(step.master)), stands(data, step.master));
            for &duplicate in &step.duplicates {
                let (id, stands) = (literal(data.id(duplicate)), stands(data, duplicate));
                let _ = writeln!(text, "Пары.Добавить(Новый Структура(ПоляПары, {master}, {id}, {stands}));");
            }
            for (attribute, value) in fills(data, step) {
                text += &correction("заполнения", data.id(step.master), attribute, "", value);
            }
        }
        let english = include_str!("../english/1c-console.txt");
        self.whole(include_str!("console_head.bsl"), english, &text, include_str!("console_tail.bsl"))
    }

    /// What the catalogue of this part calls the field of a fix that [`Bsl`] carries.
    fn attribute(&self, fix: &FixStep) -> &'static str {
        attribute(self.entity, fix.field).expect("only fixes of known attributes are carried")
    }

    fn whole(&self, head: &str, english: &str, plan: &str, tail: &str) -> String {
        let (head, tail) = match self.outcome.lang {
            Lang::Ru => (head.to_owned(), tail.to_owned()),
            Lang::En => (format!("{english}{}", english::module(head)), english::module(tail)),
        };
        let pairs: usize = self.merges.iter().map(|m| m.duplicates.len()).sum();
        let head = head
            .replace("{снимок}", &self.outcome.snapshot_id)
            .replace("{дата}", &self.outcome.as_of.format("%d.%m.%Y").to_string())
            .replace("{пар}", &pairs.to_string())
            .replace("{исправлений}", &self.fixes.len().to_string())
            .replace("{справочник}", catalogue(self.entity))
            .replace("{модуль}", &self.name);
        // The Configurator writes modules as UTF-8 with BOM and CRLF; old Notepad shows LF alone as one line. Literals
        // hold no raw line end, so nothing of the data changes.
        format!("\u{feff}{head}{plan}{tail}").replace('\n', "\r\n")
    }
}

fn add_correction(text: &mut String, list: &str, id: &str, attribute: &str, was: &str, becomes: &str) {
    let [id, attribute, was, becomes] = [id, attribute, was, becomes].map(literal);
    let _ = writeln!(text, "\tДобавитьИсправление({list}, {id}, {attribute}, {was}, {becomes});");
}

/// What the master lacks and a duplicate has.
fn fills<'a>(data: &'a Snapshots, step: &'a MergeStep) -> impl Iterator<Item = (&'static str, &'a str)> {
    let raw = &data.parties(step.side).raw;
    let empty = |field| raw.has(field) && raw.get(field, step.master.at()).trim().is_empty();
    let fields = [Field::FullName, Field::Inn, Field::Kpp].into_iter().filter(|_| step.entity == Entity::Counterparty);
    fields.filter(move |&f| empty(f)).filter_map(|f| Some((attribute(step.entity, f)?, step.golden(f)?)))
}

/// Name, INN and KPP as the snapshot has them, as literals; `Неопределено` when the export has no such field (for the
/// name: no text), and then it proves nothing about the record.
fn stands(data: &Snapshots, record: RecordRef) -> String {
    let raw = &data.parties(record.side).raw;
    let text = |field: Field| {
        let text = raw.get(field, record.at());
        let known = if field == Field::Name { !text.trim().is_empty() } else { raw.has(field) };
        if known { literal(text) } else { "Неопределено".to_owned() }
    };
    [Field::Name, Field::Inn, Field::Kpp].map(text).join(", ")
}

/// What БП, УНФ and УТ call a field in the catalogue of a kind of party; `None` for what stands elsewhere. Parts of a
/// person's name and their order differ by configuration.
pub(super) fn attribute(entity: Entity, field: Field) -> Option<&'static str> {
    match (entity, field) {
        (Entity::Counterparty | Entity::Contact, Field::Name) => Some("Наименование"),
        (Entity::Counterparty | Entity::Contact, Field::Inn) => Some("ИНН"),
        (Entity::Counterparty, Field::Kpp) => Some("КПП"),
        (Entity::Counterparty, Field::FullName) => Some("НаименованиеПолное"),
        _ => None,
    }
}

/// A string literal of BSL: quotes doubled, every control character and line end spelled as `Символ(n)`.
///
/// A raw line end inside a literal would need a `|` on the next line, and other control characters are refused by the
/// compiler; characters outside the BMP are kept as they are (the platform is UTF-16).
pub fn literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\"\""),
            c if c.is_control() || is_invisible(c) => {
                let _ = write!(out, "\" + Символ({}) + \"", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Line ends outside ASCII, marks that change the direction of text and characters without a width: a reader of the
/// module must see what the literal holds.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_hold_any_text() {
        for (text, expected) in [
            ("ООО \"А\"", "\"ООО \"\"А\"\"\""),
            ("a\nb", "\"a\" + Символ(10) + \"b\""),
            ("", "\"\""),
            ("|// конец", "\"|// конец\""),
            ("\0", "\"\" + Символ(0) + \"\""),
        ] {
            assert_eq!(literal(text), expected);
        }
    }
}
