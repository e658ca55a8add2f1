//! Where a field of a card stands in the CRM that scripts write to: as a field of the system's own, as a stage, or in a
//! field that the account made for itself.
//!
//! Units of property have no entity of their own in Bitrix24 and amoCRM: they are items of a smart process or deals. An
//! element of a list of amoCRM, and whatever came as a table that does not say what it is, is left to a person. The id of
//! the pair in 1C is written only where other cards of the export show that the account keeps such ids: a guess would be
//! a second place for links.
//! Facts of the APIs (`crm.item.*` with `useOriginalUfNames`, `crm.status.list`, `leads`, `leads/pipelines`,
//! `leads/custom_fields`; ORIGIN_ID of companies and contacts is the id in another system): the vendors' documentation,
//! November 2026.

use super::system::{self, Cards, System, is_number};
use crate::model::{Entity, Field, RecordRef, Side};
use crate::outcome::Outcome;

/// The place of a text that scripts write as it is, or of a status, whose code they look up.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    pub system: System,
    /// Bitrix24: `entityTypeId`; 0 in amoCRM.
    pub entity_type: u32,
    /// Field that holds it, as the system calls it; `None`: the stage of its funnel.
    pub field: Option<String>,
    /// A field that every card of the system has.
    pub native: bool,
}

/// Headings that stand for the stage itself, folded.
const STAGES: [&str; 9] = [
    "стадия",
    "стадия сделки",
    "этап",
    "этап сделки",
    "stage_id",
    "stageid",
    "status_id",
    "статус сделки",
    "previous_stage_id",
];

/// What the systems of a project are, and where its CRM keeps fields. Made once: plans have steps by the million, and each is
/// asked about.
pub struct Places<'a> {
    pub outcome: &'a Outcome,
    /// The one CRM of the project.
    pub crm: Option<System>,
    /// 1C is published over OData.
    pub odata: bool,
    pub cards: Cards<'a>,
    /// Where cards keep their ids in 1C, in the order of [`Entity::PARTIES`].
    external: [Option<String>; 2],
}

impl<'a> Places<'a> {
    pub fn of(outcome: &'a Outcome) -> Places<'a> {
        let crm = system::live(outcome);
        Places {
            outcome,
            crm,
            odata: system::systems(outcome, Side::Onec).contains(&System::OneCOdata),
            cards: Cards::of(outcome),
            external: Entity::PARTIES.map(|entity| external(outcome, crm?, entity)),
        }
    }

    /// `None` when a script cannot tell where to write. An INN has no place of its own: it stands in requisites or in a field
    /// that the script looks for.
    pub fn find(&self, record: RecordRef, field: Field) -> Option<Place> {
        let (outcome, system) = (self.outcome, self.crm?);
        if record.side != Side::Crm || !is_number(outcome.data.id(record)) {
            return None;
        }
        let entity = outcome.data.entity(record);
        let type_of_party = if system == System::Bitrix24 { bitrix24_type(entity) } else { 0 };
        let (entity_type, name, native) = match field {
            Field::Stage => (type_of_item(outcome, system, record)?, stage(outcome, system, entity)?, false),
            Field::ExternalId => {
                let at = Entity::PARTIES.iter().position(|&party| party == entity)?;
                (type_of_party, Some(self.external[at].clone()?), false)
            }
            _ => (type_of_party, Some(own_name(system, entity, field)?.to_owned()), true),
        };
        Some(Place { system, entity_type, field: name, native })
    }
}

/// Bitrix24: `entityTypeId` of a kind of party.
pub fn bitrix24_type(entity: Entity) -> u32 {
    if entity == Entity::Contact { 3 } else { 4 }
}

fn type_of_item(outcome: &Outcome, system: System, record: RecordRef) -> Option<u32> {
    let entity = outcome.data.entity(record);
    let kind = outcome.data.records(record).table_kind(record.at());
    match (system, kind) {
        (System::Bitrix24, "crm.deal") => Some(2),
        (System::Bitrix24, kind) if kind.starts_with("crm.item.") => kind["crm.item.".len()..].parse().ok(),
        // A list exported by hand: the entity of the source tells what it is.
        (System::Bitrix24, "") if entity == Entity::Deal => Some(2),
        (System::AmoCrm, "amo.lead") => Some(0),
        (System::AmoCrm, "") if entity == Entity::Deal => Some(0),
        _ => None,
    }
}

/// The field of a status; `Some(None)`: the stage of the funnel.
fn stage(outcome: &Outcome, system: System, entity: Entity) -> Option<Option<String>> {
    let headings = headings(outcome, entity, Field::Stage);
    let native = |heading: &&str| STAGES.contains(&heading.to_lowercase().as_str());
    match headings[..] {
        [] => None,
        [own] if !native(&own) && is_mixed(outcome) => None,
        [own] if !native(&own) => (system != System::Bitrix24 || is_custom(own)).then(|| Some(own.to_owned())),
        _ if headings.iter().all(native) => Some(None),
        _ => None,
    }
}

/// The field in which cards keep their ids in 1C. RetailCRM has `externalId`, and no documented way to empty it again: what
/// cannot be taken back is left to the exchange.
fn external(outcome: &Outcome, system: System, entity: Entity) -> Option<String> {
    match (system, &headings(outcome, entity, Field::ExternalId)[..]) {
        (System::Bitrix24, ["ORIGIN_ID" | "originId"]) => Some("originId".to_owned()),
        _ if is_mixed(outcome) => None,
        (System::Bitrix24, [own]) if is_custom(own) => Some((*own).to_owned()),
        // A custom field goes by its title; a part of another field has a dot in its name.
        (System::AmoCrm, [own]) if !own.contains('.') => Some((*own).to_owned()),
        _ => None,
    }
}

/// A field of a card that the system itself has.
fn own_name(system: System, entity: Entity, field: Field) -> Option<&'static str> {
    match (system, entity, field) {
        (System::Bitrix24, Entity::Counterparty, Field::Name) => Some("title"),
        (System::Bitrix24, Entity::Contact, Field::LastName) => Some("lastName"),
        (System::Bitrix24, Entity::Contact, Field::FirstName) => Some("name"),
        (System::Bitrix24, Entity::Contact, Field::Patronymic) => Some("secondName"),
        (System::AmoCrm, Entity::Counterparty, Field::Name) => Some("name"),
        (System::AmoCrm, Entity::Contact, Field::LastName) => Some("last_name"),
        (System::AmoCrm, Entity::Contact, Field::FirstName) => Some("first_name"),
        _ => None,
    }
}

/// A folder of saved answers has several entities: a custom field in it may be another one's.
fn is_mixed(outcome: &Outcome) -> bool {
    outcome.data.get(Side::Crm).sources.iter().any(|s| s.entity.is_none())
}

/// What sources of an entity call a field, each once: with several it is not told where a record came from.
fn headings(outcome: &Outcome, entity: Entity, field: Field) -> Vec<&str> {
    let sources = outcome.data.get(Side::Crm).sources.iter().filter(|s| s.entity.is_none_or(|of| of == entity));
    let mut headings: Vec<&str> =
        sources.flat_map(|s| &s.mapped).filter(|(_, f)| *f == field).map(|(h, _)| h.as_str()).collect();
    headings.sort_unstable();
    headings.dedup();
    headings
}

/// Whether a heading is the name of a custom field of Bitrix24.
fn is_custom(name: &str) -> bool {
    name.starts_with("UF_CRM_") && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn custom_fields_of_bitrix24() {
        for (name, expected) in [
            ("UF_CRM_5_1712074666", true),
            ("UF_CRM_STATUS", true),
            ("TITLE", false),
            ("UF_CRM_5&x=1", false),
            ("Статус", false),
        ] {
            assert_eq!(is_custom(name), expected, "{name}");
        }
    }
}
