//! Counts of the runs before this one.

use serde::{Deserialize, Serialize};

/// One run of the trend.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Point {
    /// Folder name.
    pub run: String,
    /// When it began, UTC.
    pub started: String,
    /// `YYYY-MM-DD`.
    pub as_of: String,
    pub verdict: String,
    /// Per cent.
    pub readiness: f64,
    pub blocker: u64,
    pub error: u64,
    pub warning: u64,
    pub info: u64,
    /// `None` in a run without a baseline.
    pub new: Option<u64>,
    pub returned: Option<u64>,
    pub resolved: Option<u64>,
    pub accepted: u64,
}

/// Earlier runs kept: a month of nights.
pub const TREND_RUNS: usize = 30;
