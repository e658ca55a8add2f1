//! Documents and catalogues of goods of EnterpriseData as flat records with tabular sections.

use std::borrow::Cow;

use super::{Members, text};
use crate::ingest::json::Node;

/// Groups of properties that stand beside the others.
const GROUPS: [&str; 6] = [
    "КлючевыеСвойства",
    "ОбщиеСвойстваОбъектовФормата",
    "ОбщиеДанные",
    "ДанныеВзаиморасчетов",
    "ДанныеНоменклатуры",
    "ДанныеКлассификатора",
];
/// What names an object when it has no reference, or beside it.
const LABELS: [&str; 5] = ["Наименование", "Номер", "НаименованиеПолное", "Ставка", "Код"];

/// The members of an object or a line: groups dissolved, references as their texts, sections as lists of flat lines.
pub fn plain(members: Members) -> Members {
    let mut out = Members::with_capacity(members.len() + 8);
    for (name, value) in members {
        match value {
            Node::Object(inner) if GROUPS.contains(&&*name) => out.extend(plain(inner)),
            Node::Object(inner) => match section(inner) {
                Ok(lines) => {
                    // Additional attributes are pairs of a property and its value, not lines of goods.
                    if name != "ДополнительныеРеквизиты" && name != "AdditionalInfo" {
                        out.push((name, Node::List(lines)));
                    }
                }
                Err(inner) => refer(name, inner, &mut out),
            },
            value => out.push((name, value)),
        }
    }
    out
}

/// Lines of an object that consists of `Строка`, or the object as it was.
fn section(members: Members) -> Result<Vec<Node<'static>>, Members> {
    if members.is_empty() || members.iter().any(|(name, _)| name != "Строка") {
        return Err(members);
    }
    let lines = members.into_iter().map(|(_, line)| match line {
        Node::Object(inner) => Node::Object(plain(inner)),
        _ => Node::Object(Members::new()),
    });
    Ok(lines.collect())
}

/// Adds a referenced object: its text under its property and what identifies it beside that.
fn refer(name: Cow<'static, str>, members: Members, out: &mut Members) {
    // A value of several types is an object of one member, named by its type: `Заказ/ЗаказКлиентаСсылка/{…}`.
    if members.len() == 1 && matches!(members[0].1, Node::Object(_)) && !GROUPS.contains(&&*members[0].0) {
        if let Some((_, Node::Object(inner))) = members.into_iter().next() {
            refer(name, inner, out);
        }
        return;
    }
    let members = plain(members);
    let label = LABELS.iter().map(|label| text(&members, label)).find(|label| !label.is_empty());
    let mut cell = |of: &str, value: &str| {
        if !value.is_empty() {
            out.push((format!("{name}{of}").into(), Node::Text(value.to_owned().into())));
        }
    };
    let Some(label) = label else {
        cell(" (ссылка)", text(&members, "Ссылка"));
        let rest = members.into_iter().filter(|(of, _)| of != "Ссылка");
        out.extend(rest.map(|(of, value)| (format!("{name}.{of}").into(), value)));
        return;
    };
    cell("", label);
    let guid = text(&members, "Ссылка");
    if guid.is_empty() {
        cell(" (ссылка)", &super::key_of(&members).or_else(|| key_of_document(&members)).unwrap_or_default());
    } else {
        cell(" (ссылка)", guid);
    }
    for of in ["ИНН", "КПП", "Артикул"] {
        cell(&format!(".{of}"), text(&members, of));
    }
    if text(&members, "Код") != label {
        cell(".Код", text(&members, "Код"));
    }
    if text(&members, "Номер") == label {
        cell(".Дата", text(&members, "Дата"));
    }
}

/// What a document without a reference is known by: number and date.
pub fn key_of_document(members: &Members) -> Option<String> {
    let (number, date) = (text(members, "Номер"), text(members, "Дата"));
    (!number.is_empty() && !date.is_empty()).then(|| format!("{number}/{date}"))
}
