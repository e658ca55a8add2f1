//! Statuses of property on sale.

use super::TradeConfig;
use crate::model::{Lang, Side};
use crate::normalize::text;

/// Status of a unit on sale, in the order in which a sale goes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum UnitStatus {
    Free,
    Reserved,
    /// A contract is signed, no money came yet.
    Ddu,
    Sold,
}

impl UnitStatus {
    pub const ALL: [UnitStatus; 4] = [UnitStatus::Free, UnitStatus::Reserved, UnitStatus::Ddu, UnitStatus::Sold];

    /// Value in `sverka.toml`.
    pub fn as_str(self) -> &'static str {
        match self {
            UnitStatus::Free => "free",
            UnitStatus::Reserved => "reserved",
            UnitStatus::Ddu => "ddu",
            UnitStatus::Sold => "sold",
        }
    }

    pub fn parse(text: &str) -> Option<UnitStatus> {
        UnitStatus::ALL.into_iter().find(|s| s.as_str() == text)
    }

    pub fn text(self, lang: Lang) -> &'static str {
        let (ru, en) = match self {
            UnitStatus::Free => ("свободно", "free"),
            UnitStatus::Reserved => ("бронь", "reserved"),
            UnitStatus::Ddu => ("ДДУ", "contract"),
            UnitStatus::Sold => ("продано", "sold"),
        };
        lang.pick(ru, en)
    }
}

/// What a project need not map: whole statuses, folded. Source: the base statuses of Profitbase and usual words of sales
/// offices; a word that is not here is never guessed.
const USUAL: &[(UnitStatus, &[&str])] = &[
    (UnitStatus::Free, &["СВОБОДНО", "СВОБОДНА", "СВОБОДЕН", "В ПРОДАЖЕ", "ДОСТУПНО", "ДОСТУПНА", "AVAILABLE", "FREE"]),
    (
        UnitStatus::Reserved,
        &[
            "БРОНЬ",
            "ЗАБРОНИРОВАНО",
            "ЗАБРОНИРОВАНА",
            "ЗАБРОНИРОВАН",
            "УСТНАЯ БРОНЬ",
            "ПЛАТНАЯ БРОНЬ",
            "РЕЗЕРВ",
            "В РЕЗЕРВЕ",
            "BOOKED",
            "RESERVED",
        ],
    ),
    (
        UnitStatus::Ddu,
        &[
            "ДДУ",
            "ЗАКЛЮЧЕН ДДУ",
            "ДДУ ПОДПИСАН",
            "ДДУ НА РЕГИСТРАЦИИ",
            "НА РЕГИСТРАЦИИ",
            "ДОГОВОР",
            "ДОГОВОР ЗАКЛЮЧЕН",
            "ОФОРМЛЕНИЕ",
            "В СДЕЛКЕ",
            "EXECUTION",
            "CONTRACT",
        ],
    ),
    (UnitStatus::Sold, &["ПРОДАНО", "ПРОДАНА", "ПРОДАН", "РЕАЛИЗОВАНО", "РЕАЛИЗОВАНА", "ПЕРЕДАНО", "ПЕРЕДАНА", "SOLD"]),
];

impl TradeConfig {
    /// The status that the project says a text means on a side.
    pub fn named_unit_status(&self, side: Side, raw: &str) -> Option<UnitStatus> {
        self.unit_statuses[side as usize].get(&text::fold(raw)).copied()
    }

    /// The status that a text means on a side: by the project, else by the usual words.
    pub fn unit_status(&self, side: Side, raw: &str) -> Option<UnitStatus> {
        let folded = text::fold(raw);
        self.unit_statuses[side as usize]
            .get(&folded)
            .copied()
            .or_else(|| USUAL.iter().find(|(_, words)| words.contains(&folded.as_str())).map(|(status, _)| *status))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_of_units() {
        let mut config = TradeConfig::default();
        config.unit_statuses[0].insert("ОПЦИОН".into(), UnitStatus::Reserved);
        let of = |side, raw| config.unit_status(side, raw).map(UnitStatus::as_str);
        assert_eq!(of(Side::Crm, "Опцион"), Some("reserved"));
        assert_eq!(of(Side::Onec, "Опцион"), None);
        assert_eq!(of(Side::Crm, " свободна"), Some("free"));
        assert_eq!(of(Side::Onec, "ДДУ на регистрации"), Some("ddu"));
        assert_eq!(of(Side::Crm, "не в продаже"), None);
        assert_eq!(of(Side::Crm, "UNAVAILABLE"), None);
        assert_eq!(of(Side::Crm, ""), None);
    }
}
