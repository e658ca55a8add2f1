//! Where the status of a deal or of a unit stands in the CRM that scripts write to: as a stage or in a field of its own.
//!
//! Units of property have no entity of their own in Bitrix24 and amoCRM: they are items of a smart process or deals. An
//! element of a list of amoCRM, and whatever came as a table that does not say what it is, is left to a person.
//! Facts of both APIs (`crm.item.*` with `useOriginalUfNames`, `crm.status.list`, `leads`, `leads/pipelines`,
//! `leads/custom_fields`): the vendors' documentation, November 2026.

use super::system::{self, System, is_number};
use crate::model::{Entity, Field, RecordRef, Side};
use crate::outcome::Outcome;

/// The place of a status.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StagePlace {
    pub system: System,
    /// Bitrix24: `entityTypeId`; 0 in amoCRM, where it is always a deal.
    pub entity_type: u32,
    /// Field that holds it, as the system calls it; `None`: the stage of its funnel.
    pub field: Option<String>,
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

/// `None` when a script cannot tell where to write.
pub fn of(outcome: &Outcome, record: RecordRef) -> Option<StagePlace> {
    let entity = outcome.data.entity(record);
    if record.side != Side::Crm || !is_number(outcome.data.id(record)) {
        return None;
    }
    let system = system::live(outcome)?;
    let kind = outcome.data.records(record).table_kind(record.at());
    let entity_type = match (system, kind) {
        (System::Bitrix24, "crm.deal") => 2,
        (System::Bitrix24, kind) if kind.starts_with("crm.item.") => kind["crm.item.".len()..].parse().ok()?,
        // A list exported by hand: the entity of the source tells what it is.
        (System::Bitrix24, "") if entity == Entity::Deal => 2,
        (System::AmoCrm, "amo.lead") => 0,
        (System::AmoCrm, "") if entity == Entity::Deal => 0,
        _ => return None,
    };
    // Every source of the entity must name the status alike, else it is not told where this one came from.
    let all = outcome.data.get(Side::Crm).sources.iter();
    let sources = all.filter(|s| s.entity.is_none_or(|of| of == entity));
    let mixed = sources.clone().any(|s| s.entity.is_none());
    let mut headings: Vec<&str> =
        sources.flat_map(|s| &s.mapped).filter(|(_, f)| *f == Field::Stage).map(|(h, _)| h.as_str()).collect();
    headings.sort_unstable();
    headings.dedup();
    let native = |heading: &&str| STAGES.contains(&heading.to_lowercase().as_str());
    let field = match headings[..] {
        [] => return None,
        // A folder of saved answers may have the field from another entity.
        [own] if !native(&own) && !mixed => Some(own.to_owned()),
        _ if headings.iter().all(native) => None,
        _ => return None,
    };
    if system == System::Bitrix24 && field.as_ref().is_some_and(|name| !is_custom(name)) {
        return None;
    }
    Some(StagePlace { system, entity_type, field })
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
