//! What a project says about deals, documents and goods.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::UnitStatus;
use crate::model::{Decimal, Lang};
use crate::normalize::text;

/// State of the document chain that a stage of a deal stands for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Stage {
    None,
    Contract,
    Order,
    Invoice,
    Shipped,
    Paid,
    Lost,
}

impl Stage {
    /// In the order of a sale.
    pub const ALL: [Stage; 7] =
        [Stage::None, Stage::Contract, Stage::Order, Stage::Invoice, Stage::Shipped, Stage::Paid, Stage::Lost];

    /// Value in `[map.deal_stage]`.
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::None => "none",
            Stage::Contract => "contract",
            Stage::Order => "order",
            Stage::Invoice => "invoice",
            Stage::Shipped => "shipped",
            Stage::Paid => "paid",
            Stage::Lost => "lost",
        }
    }

    pub fn parse(text: &str) -> Option<Stage> {
        Stage::ALL.into_iter().find(|s| s.as_str() == text)
    }

    /// What the documents of such a deal are expected to be.
    pub fn text(self, lang: Lang) -> &'static str {
        let (ru, en) = match self {
            Stage::None => ("без документов", "no documents"),
            Stage::Contract => ("договор", "contract"),
            Stage::Order => ("заказ", "order"),
            Stage::Invoice => ("счёт выставлен", "invoiced"),
            Stage::Shipped => ("отгружено", "shipped"),
            Stage::Paid => ("оплачено", "paid"),
            Stage::Lost => ("сделка проиграна", "lost"),
        };
        lang.pick(ru, en)
    }
}

/// `[map.*]`, `[trade]` and what else pairing and the checks of the document chain are told.
#[derive(Clone, PartialEq, Debug)]
pub struct TradeConfig {
    /// `[map.deal_stage]`: CRM stage → state of the document chain.
    pub deal_stages: BTreeMap<String, Stage>,
    /// `[map.organisation]`: own organisation as the CRM writes it → as 1C writes it.
    pub organisations: BTreeMap<String, String>,
    /// `[map.object_status]`: by side, the words of statuses of property, folded.
    pub unit_statuses: [BTreeMap<String, UnitStatus>; 2],
    /// `[map.user]`: responsible person of the CRM → user of 1C.
    pub users: BTreeMap<String, String>,
    /// `[map.price_type]`: type of prices of the CRM → that of 1C.
    pub price_types: BTreeMap<String, String>,
    /// `[trade] closed_until`: accounting periods are closed up to this day, that day included.
    pub closed_until: Option<NaiveDate>,
    /// `[trade] tolerance`: sums that differ by no more are equal.
    pub tolerance: Decimal,
    /// `[trade] window_days`: a document of 1C may stand so many days before or after its pair in the CRM.
    pub window_days: i32,
}

const LOST_CODES: [&str; 5] = ["lose", "lost", "apology", "143", "cancel-other"];
const LOST_WORDS: [&str; 8] =
    ["проигран", "провал", "отказ", "расторг", "аннулир", "отмен", "не реализ", "закрыто и не"];
const WON_CODES: [&str; 3] = ["won", "success", "142"];
const WON_WORDS: [&str; 5] = ["успеш", "выигран", "выполнен", "продан", "завершен"];

/// Days between a deal and its documents where the project does not say: a month and some days for the post.
pub const WINDOW_DAYS: i32 = 45;

impl Default for TradeConfig {
    fn default() -> TradeConfig {
        TradeConfig {
            deal_stages: BTreeMap::new(),
            organisations: BTreeMap::new(),
            unit_statuses: Default::default(),
            users: BTreeMap::new(),
            price_types: BTreeMap::new(),
            closed_until: None,
            tolerance: Decimal::ZERO,
            window_days: WINDOW_DAYS,
        }
    }
}

impl TradeConfig {
    /// What a stage of the CRM stands for; case, spaces, punctuation and look-alike letters do not matter.
    pub fn stage(&self, raw: &str) -> Option<Stage> {
        if let Some(stage) = self.deal_stages.get(raw.trim()) {
            return Some(*stage);
        }
        // An example of the vendor's own documentation begins «Cчет на предоплату» with a Latin C.
        let folded = text::fold(raw);
        self.deal_stages.iter().find(|(name, _)| text::fold(name) == folded).map(|(_, stage)| *stage)
    }

    /// What a stage stands for: as the project says, else won is paid and lost is lost by the codes that Bitrix24 and
    /// amoCRM have from the start (`WON`, `LOSE`, `APOLOGY`, 142, 143) and by the words they are called by.
    pub fn state(&self, raw: &str) -> Option<Stage> {
        if let Some(stage) = self.stage(raw) {
            return Some(stage);
        }
        let lower = raw.trim().to_lowercase();
        let code = lower.rsplit([':', ' ']).next().unwrap_or_default();
        let folded = text::fold(raw).to_lowercase();
        let has = |words: &[&str]| words.iter().any(|word| lower.contains(word) || folded.contains(word));
        if LOST_CODES.contains(&code) || has(&LOST_WORDS) {
            Some(Stage::Lost)
        } else if WON_CODES.contains(&code) || has(&WON_WORDS) {
            Some(Stage::Paid)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_by_their_words() {
        let mut config = TradeConfig::default();
        let (won, lost) = (Some(Stage::Paid), Some(Stage::Lost));
        for (text, expected) in [
            ("C5:WON", won),
            ("LOSE", lost),
            ("Отказ клиента", lost),
            ("Закрыто и не реализовано", lost),
            ("142", won),
            ("Сделка успешна", won),
            ("В работе", None),
            ("", None),
        ] {
            assert_eq!(config.state(text), expected, "{text}");
        }
        config.deal_stages.insert("Успешно отгружено".to_owned(), Stage::Shipped);
        assert_eq!(config.state(" успешно отгружено"), Some(Stage::Shipped), "the project decides");
        config.deal_stages.insert("Cчёт на предоплату".to_owned(), Stage::Invoice);
        assert_eq!(
            config.stage("Счет на предоплату"),
            Some(Stage::Invoice),
            "the first letter of the project is Latin"
        );
    }
}
