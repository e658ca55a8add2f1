//! Units and contracts of a developer in records that say nothing of it themselves: items of a smart process, deals,
//! elements of a list.

use super::{Question, books};
use crate::map::Titles;
use crate::model::{Entity, RawTable};

/// The table with titles in place of names.
fn titled(table: &RawTable, titles: &Titles) -> RawTable {
    let mut named = table.clone();
    named.kind.clear();
    for column in &mut named.columns {
        if let Some(Some(title)) = titles.get(&column.heading) {
            column.heading.clone_from(title);
        }
    }
    named
}

/// What such a table holds, when its headings or titles show property.
pub(super) fn entity_of(table: &RawTable, titles: &Titles) -> Option<Entity> {
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
