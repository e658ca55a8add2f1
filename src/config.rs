//! `sverka.toml` → a checked configuration.

use std::collections::BTreeMap;

use crate::finding::Severity;

/// `[matching]`.
#[derive(Clone, PartialEq, Debug)]
pub struct MatchingConfig {
    /// Probability from which a link is made without review.
    pub auto: f64,
    /// Probability from which it is shown to a person.
    pub review: f64,
}

impl Default for MatchingConfig {
    fn default() -> Self {
        MatchingConfig { auto: 0.99, review: 0.80 }
    }
}

/// `[checks]`: what the project changes in one check.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct CheckConfig {
    pub off: bool,
    pub severity: Option<Severity>,
    pub params: BTreeMap<String, i64>,
}

/// `[checks]`, by check id.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ChecksConfig(pub BTreeMap<String, CheckConfig>);

impl ChecksConfig {
    pub fn is_off(&self, check: &str) -> bool {
        self.0.get(check).is_some_and(|c| c.off)
    }

    pub fn severity(&self, check: &str) -> Option<Severity> {
        self.0.get(check).and_then(|c| c.severity)
    }

    pub fn param(&self, check: &str, name: &str) -> Option<i64> {
        self.0.get(check).and_then(|c| c.params.get(name)).copied()
    }
}
