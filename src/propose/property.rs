//! Units and contracts of a developer in records that say nothing of it themselves: items of a smart process, deals,
//! elements of a list.

use std::collections::BTreeMap;

use super::{Question, Reason, SeenColumn, books};
use crate::map::aliases;
use crate::model::{Entity, RawTable};

/// Titles of custom fields by their names, from a description of fields in the same file.
pub(super) fn titles(tables: &[RawTable]) -> BTreeMap<String, String> {
    let mut titles = BTreeMap::new();
    for table in tables.iter().filter(|t| t.kind == "crm.fields") {
        let (Some(name), Some(title)) = (table.column("FIELD"), table.column("title")) else { continue };
        for row in 0..table.len() {
            titles.insert(table.get(name, row).trim().to_owned(), table.get(title, row).trim().to_owned());
        }
    }
    titles.retain(|name, title| !title.is_empty() && title != name);
    titles
}

/// The table with titles in place of names.
fn titled(table: &RawTable, titles: &BTreeMap<String, String>) -> RawTable {
    let mut named = table.clone();
    named.kind.clear();
    for column in &mut named.columns {
        if let Some(title) = titles.get(&column.heading) {
            column.heading.clone_from(title);
        }
    }
    named
}

/// What such a table holds, when its headings or titles show property.
pub(super) fn entity_of(table: &RawTable, titles: &BTreeMap<String, String>) -> Option<Entity> {
    let may_be = table.kind.starts_with("crm.item.") && !table.kind.ends_with("row")
        || matches!(table.kind.as_str(), "crm.deal" | "amo.lead" | "amo.element");
    if !may_be {
        return None;
    }
    let titled = titled(table, titles);
    // Deals may hold both a unit and its contract: the grid comes first, a second source takes the contracts. An item of a
    // process is one thing, and a contract names its unit.
    let mut order = [Entity::Object, Entity::Ddu, Entity::Instalment];
    if table.kind.starts_with("crm.item.") {
        order.reverse();
    }
    order.into_iter().find(|&entity| books::fits(&titled, entity))
}

/// Fields that titles tell, for the map of columns of the project; the first column of a field serves it.
pub(super) fn by_titles(columns: &mut [SeenColumn], entity: Entity, titles: &BTreeMap<String, String>) {
    for at in 0..columns.len() {
        let Some((field, _)) = titles.get(&columns[at].heading).and_then(|t| aliases::field_of(t, entity)) else {
            continue;
        };
        let taken = columns.iter().any(|c| c.field == Some(field) && c.reason == Some(Reason::Similar));
        if columns[at].field.is_none() && !taken {
            (columns[at].field, columns[at].reason) = (Some(field), Some(Reason::Similar));
        }
    }
}

/// Deals are deals to everybody else.
pub(super) fn question(table: &RawTable, entity: Entity) -> Option<Question> {
    if table.kind.starts_with("crm.item.") {
        return None;
    }
    let code = entity.as_str();
    Some(Question {
        ru: format!(
            "в этих записях поля объектов недвижимости: взяты как entity = \"{code}\"; если это сделки, укажите \"deal\", \
             договоры из тех же записей добавьте ещё одним источником с entity = \"ddu\""
        ),
        en: format!(
            "these records have fields of property and are taken for entity = \"{code}\"; if they are deals, say \"deal\"; \
             contracts in the same records need one more source with entity = \"ddu\""
        ),
    })
}
