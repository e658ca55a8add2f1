//! What a project says about deals, documents and goods.

use std::collections::BTreeMap;

/// `[map.*]` and what else pairing and the checks of the document chain are told.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TradeConfig {
    /// `[map.deal_stage]`: CRM stage → state of the document chain.
    pub deal_stages: BTreeMap<String, String>,
}
