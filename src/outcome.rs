//! Everything one audit found: what the report, the tables and the cleanup are made of.

use chrono::NaiveDate;

use crate::baseline::{Changes, Comparison};
use crate::checks::CheckResult;
use crate::decisions;
use crate::finding::{Finding, Severity};
use crate::forecast::{Exchange, Ownership};
use crate::gates::{self, Clearing, Condition, Gate, Ready, Verdict};
use crate::lag::Held;
use crate::matching::Matching;
use crate::model::{Entity, Field, Lang, RecordRef, Side, Snapshots};
use crate::pairing::Pairing;
use crate::reconcile::Drift;
use crate::reconcile::control::Control;
use crate::reconcile::statuses::Status;

/// Direction of synchronisation.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Direction {
    CrmToOnec,
    OnecToCrm,
    #[default]
    Both,
}

impl Direction {
    pub fn as_str(self) -> &'static str {
        match self {
            Direction::CrmToOnec => "crm-to-onec",
            Direction::OnecToCrm => "onec-to-crm",
            Direction::Both => "both",
        }
    }

    /// Sides that receive.
    pub fn targets(self) -> &'static [Side] {
        match self {
            Direction::CrmToOnec => &[Side::Onec],
            Direction::OnecToCrm => &[Side::Crm],
            Direction::Both => &[Side::Onec, Side::Crm],
        }
    }
}

/// What the first synchronisation would do to a record.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Action {
    Create,
    Update,
    Conflict,
    Duplicate,
    Skip,
}

impl Action {
    pub const ALL: [Action; 5] = [Action::Create, Action::Update, Action::Conflict, Action::Duplicate, Action::Skip];

    pub fn as_str(self) -> &'static str {
        match self {
            Action::Create => "create",
            Action::Update => "update",
            Action::Conflict => "conflict",
            Action::Duplicate => "duplicate",
            Action::Skip => "skip",
        }
    }

    pub fn text(self, lang: Lang) -> &'static str {
        let (ru, en) = match self {
            Action::Create => ("будет создано", "created"),
            Action::Update => ("будет обновлено", "updated"),
            Action::Conflict => ("конфликт значений", "conflict"),
            Action::Duplicate => ("появится дубль", "duplicate"),
            Action::Skip => ("без изменений", "unchanged"),
        };
        lang.pick(ru, en)
    }
}

/// One line of the forecast.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Forecast {
    pub entity: Entity,
    /// The side that receives.
    pub target: Side,
    pub action: Action,
    /// Records of the sending side behind the count, sorted.
    pub records: Vec<RecordRef>,
    /// Fields written (of an update) or in conflict, with the number of records, in the order of [`Field::ALL`].
    pub fields: Vec<(Field, u64)>,
}

/// Wall time of one stage.
#[derive(Clone, PartialEq, Debug)]
pub struct StageTime {
    pub stage: &'static str,
    pub elapsed_ms: f64,
    /// Peak resident memory of the process when the stage ended, bytes; 0 where the system does not tell.
    pub peak_bytes: u64,
}

/// The result of an audit.
#[derive(Debug)]
pub struct Outcome {
    pub project: String,
    pub lang: Lang,
    pub as_of: NaiveDate,
    pub direction: Direction,
    /// Whose value of a field is right.
    pub ownership: Ownership,
    /// Address of the CRM for links to its cards, where the project names it.
    pub crm_url: Option<String>,
    /// Tables of staging copies that the project names, for scripts in SQL.
    pub staging: Vec<crate::config::Staging>,
    /// What the project says about deals, documents and goods.
    pub trade: crate::config::TradeConfig,
    /// Hash of inputs and configuration, 16 hex digits: equal for equal input, whatever the time and the machine.
    pub snapshot_id: String,
    pub config_sha256: String,
    pub matching_config: crate::config::MatchingConfig,
    pub data: Snapshots,
    pub matching: Matching,
    pub drift: Drift,
    /// Goods, documents, payments and objects that are one.
    pub pairing: Pairing,
    /// Sums of deals and documents by month and counterparty.
    pub control: Control,
    /// Statuses of both systems and what they stand for.
    pub statuses: Vec<Status>,
    pub checks: Vec<CheckResult>,
    /// Sorted by severity, status, check, subject.
    pub findings: Vec<Finding>,
    /// The findings against an earlier run.
    pub comparison: Option<Comparison>,
    /// Findings about records that changed while the exports were made, when the project sets a lag.
    pub held: Option<Held>,
    /// What became of every decision of people, in the order of their file.
    pub decisions: Vec<decisions::Report>,
    pub forecast: Vec<Forecast>,
    /// What the exchange would be refused, what it costs and whether it keeps up.
    pub exchange: Exchange,
    pub gates: Vec<Gate>,
    /// What keeps a go from being a clean one.
    pub conditions: Vec<Condition>,
    /// The least to clear for every gate to hold.
    pub clearing: Clearing,
    /// Clean records by side and entity.
    pub ready: Vec<Ready>,
    /// Share of records without a blocker or an error, 0..=100.
    pub readiness: f64,
    pub stages: Vec<StageTime>,
    /// Everything personal is masked ([`crate::mask`]).
    pub masked: bool,
}

impl Outcome {
    /// All gates hold.
    pub fn is_go(&self) -> bool {
        self.gates.iter().all(Gate::holds)
    }

    pub fn verdict(&self) -> Verdict {
        gates::verdict(&self.gates, &self.conditions)
    }

    /// Numbers of new, known, resolved … findings; `None` without a baseline.
    pub fn changes(&self) -> Option<Changes> {
        self.comparison.as_ref().map(|c| c.changes(&self.findings))
    }

    pub fn count(&self, severity: Severity) -> u64 {
        self.findings.iter().filter(|f| f.severity == severity).count() as u64
    }
}
