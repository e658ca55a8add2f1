//! What a project says about deals, documents and goods.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::UnitStatus;
use crate::model::{Decimal, Lang};

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
    /// `[trade] closed_until`: accounting periods are closed up to this day, that day included.
    pub closed_until: Option<NaiveDate>,
    /// `[trade] tolerance`: sums that differ by no more are equal.
    pub tolerance: Decimal,
    /// `[trade] window_days`: a document of 1C may stand so many days before or after its pair in the CRM.
    pub window_days: i32,
}

/// Days between a deal and its documents where the project does not say: a month and some days for the post.
pub const WINDOW_DAYS: i32 = 45;

impl Default for TradeConfig {
    fn default() -> TradeConfig {
        TradeConfig {
            deal_stages: BTreeMap::new(),
            organisations: BTreeMap::new(),
            unit_statuses: Default::default(),
            users: BTreeMap::new(),
            closed_until: None,
            tolerance: Decimal::ZERO,
            window_days: WINDOW_DAYS,
        }
    }
}

impl TradeConfig {
    /// What a stage of the CRM stands for; spaces around and case do not matter.
    pub fn stage(&self, text: &str) -> Option<Stage> {
        let text = text.trim();
        if let Some(stage) = self.deal_stages.get(text) {
            return Some(*stage);
        }
        let lower = text.to_lowercase();
        self.deal_stages.iter().find(|(name, _)| name.trim().to_lowercase() == lower).map(|(_, stage)| *stage)
    }
}
