//! Addresses of cards in the systems that the sources of a project come from.
//!
//! A dialect is written only for a system whose data the project reads.

use crate::map::system;
pub use crate::map::system::System;
use crate::model::{Entity, RecordRef, Side};
use crate::outcome::Outcome;

/// Systems behind the sources of a side, as [`system::systems`] tells them.
pub fn systems(outcome: &Outcome, side: Side) -> Vec<System> {
    system::systems(side, &outcome.data.get(side).sources)
}

/// Addresses of the cards of records.
#[derive(Clone, Copy, Debug)]
pub struct Cards<'a> {
    outcome: &'a Outcome,
    crm: Option<System>,
}

impl<'a> Cards<'a> {
    pub fn of(outcome: &'a Outcome) -> Cards<'a> {
        Cards { outcome, crm: live(outcome) }
    }

    /// Appends the address of a card: whole when the project names the CRM (`crm_url`), else from the root of the portal;
    /// for 1C a navigation link (Shift+F11). Nothing when the system has none or is not known.
    pub fn write(&self, record: RecordRef, out: &mut String) {
        let id = self.outcome.data.id(record);
        let entity = self.outcome.data.entity(record);
        if record.side == Side::Onec {
            let catalogue = match entity {
                Entity::Counterparty | Entity::Contact => catalogue(entity),
                Entity::Product => "Номенклатура",
                Entity::Warehouse => "Склады",
                Entity::Contract => "ДоговорыКонтрагентов",
                // Which document it is decides the address.
                _ => return,
            };
            if let Some(hex) = reference(id) {
                out.extend(["e1cib/data/Справочник.", catalogue, "?ref=", &hex]);
            }
            return;
        }
        let path = match self.crm {
            _ if !is_number(id) => return,
            Some(System::AmoCrm) if entity == Entity::Deal => ["/leads/detail/", id, "", "", ""],
            _ if !entity.is_party() && entity != Entity::Deal => return,
            Some(System::Bitrix24) => ["/crm/", bitrix24_entity(entity), "/details/", id, "/"],
            Some(System::AmoCrm) if entity == Entity::Contact => ["/contacts/detail/", id, "", "", ""],
            Some(System::AmoCrm) => ["/companies/detail/", id, "", "", ""],
            Some(System::RetailCrm) if entity == Entity::Contact => ["/customers/", id, "", "", ""],
            _ => return,
        };
        out.push_str(self.outcome.crm_url.as_deref().unwrap_or_default());
        out.extend(path);
    }

    /// Whether addresses in the CRM are whole, so that a browser opens them.
    pub fn are_whole(&self) -> bool {
        self.outcome.crm_url.is_some()
    }
}

/// The address of one card, as [`Cards`] gives it.
pub fn card(outcome: &Outcome, record: RecordRef) -> String {
    let mut out = String::new();
    Cards::of(outcome).write(record, &mut out);
    out
}

/// Address of the page where a person merges these cards, the first of them stays; empty where the system has none.
pub fn merge_page(outcome: &Outcome, records: &[RecordRef]) -> String {
    let ids: Vec<&str> = records.iter().map(|&r| outcome.data.id(r)).collect();
    let fit = records.first().filter(|r| r.side == Side::Crm && ids.iter().all(|id| is_number(id)));
    match fit {
        Some(&first) if live(outcome) == Some(System::Bitrix24) => {
            let base = outcome.crm_url.as_deref().unwrap_or_default();
            format!("{base}/crm/{}/merge/?id={}", bitrix24_entity(outcome.data.entity(first)), ids.join(","))
        }
        _ => String::new(),
    }
}

/// The one CRM of the project; `None` when nothing shows which it is, or there are two: ids of two systems mix.
pub fn live(outcome: &Outcome) -> Option<System> {
    let found = systems(outcome, Side::Crm);
    (found.len() == 1).then(|| found[0])
}

/// The catalogue of a kind of party in БП, УНФ and УТ.
pub fn catalogue(entity: Entity) -> &'static str {
    if entity == Entity::Contact { "КонтактныеЛица" } else { "Контрагенты" }
}

/// How Bitrix24 calls the entity in methods and addresses.
pub fn bitrix24_entity(entity: Entity) -> &'static str {
    match entity {
        Entity::Contact => "contact",
        Entity::Deal => "deal",
        _ => "company",
    }
}

/// Whether an id is a plain number, as all the CRMs give them.
pub fn is_number(id: &str) -> bool {
    !id.is_empty() && id.len() <= 15 && id.bytes().all(|b| b.is_ascii_digit()) && !id.starts_with('0')
}

/// Whether a text is a GUID as 1C writes them.
pub fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, b)| match at {
            8 | 13 | 18 | 23 => b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

/// The reference of a navigation link: the groups of the GUID in reverse order, the first three last.
fn reference(guid: &str) -> Option<String> {
    if !is_guid(guid) {
        return None;
    }
    let groups: Vec<&str> = guid.split('-').collect();
    Some([3, 4, 2, 1, 0].map(|at| groups[at]).concat().to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pair is of a published dump of a demo base.
    #[test]
    fn a_navigation_link_has_its_own_order() {
        assert_eq!(
            reference("21dda1c5-8c44-11db-a9b0-00055d49b45e").as_deref(),
            Some("a9b000055d49b45e11db8c4421dda1c5")
        );
        for text in ["", "00-000045", "21dda1c5-8c44-11db-a9b0-00055d49b45ё", "21dda1c5x8c44-11db-a9b0-00055d49b45e"] {
            assert_eq!(reference(text), None);
        }
    }

    #[test]
    fn ids_are_numbers_without_zeros_in_front() {
        for (id, expected) in
            [("1", true), ("0", false), ("012", false), ("1 2", false), ("", false), ("12345678901234567", false)]
        {
            assert_eq!(is_number(id), expected, "{id}");
        }
    }
}
