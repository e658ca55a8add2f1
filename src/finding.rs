//! Findings: violations of checks by named records.

mod identity;

use std::fmt;

use chrono::NaiveDate;

use crate::model::{Decimal, Entity, Field, Lang, Location, RecordRef, Side};

pub use identity::{has_own_id, identify};

/// Default severity of a check; configuration may override it in one place.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum Severity {
    /// Go-live must wait.
    Blocker,
    Error,
    Warning,
    Info,
}

impl Severity {
    pub const ALL: [Severity; 4] = [Severity::Blocker, Severity::Error, Severity::Warning, Severity::Info];

    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Blocker => "blocker",
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "info",
        }
    }

    pub fn parse(text: &str) -> Option<Severity> {
        Severity::ALL.into_iter().find(|s| s.as_str() == text)
    }

    pub fn text(self, lang: Lang) -> &'static str {
        let (ru, en) = match self {
            Severity::Blocker => ("блокирует запуск", "blocker"),
            Severity::Error => ("ошибка", "error"),
            Severity::Warning => ("предупреждение", "warning"),
            Severity::Info => ("сведения", "info"),
        };
        lang.pick(ru, en)
    }
}

/// Id of a finding, equal in every run that finds the same again ([`identify`]). Shown as 16 hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct FindingId(pub(crate) u64);

impl FindingId {
    /// Reads what `Display` writes.
    pub fn parse(text: &str) -> Option<FindingId> {
        let hex = text.len() == 16 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if hex { u64::from_str_radix(text, 16).ok().map(FindingId) } else { None }
    }
}

impl fmt::Display for FindingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// Where a finding stands against the baseline.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
#[repr(u8)]
pub enum Status {
    /// The baseline has no such finding, or there is no baseline.
    #[default]
    New,
    /// It was gone, and came back.
    Returned,
    /// The baseline has it.
    Known,
    /// A person put it off: shown, and no gate counts it.
    Accepted,
}

impl Status {
    /// What needs attention first.
    pub const ALL: [Status; 4] = [Status::New, Status::Returned, Status::Known, Status::Accepted];

    /// Value of the column `status`.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::New => "new",
            Status::Returned => "returned",
            Status::Known => "known",
            Status::Accepted => "accepted",
        }
    }

    pub fn text(self, lang: Lang) -> &'static str {
        let (ru, en) = match self {
            Status::New => ("новая", "new"),
            Status::Returned => ("вернулась", "returned"),
            Status::Known => ("известна", "known"),
            Status::Accepted => ("принята", "accepted"),
        };
        lang.pick(ru, en)
    }
}

/// What a finding is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Subject {
    Record(RecordRef),
    /// A source as a whole, or a place in it (`snap-*`).
    Source {
        side: Side,
        entity: Option<Entity>,
        /// Apart, since nearly all findings are about a record.
        at: Box<Location>,
    },
}

/// One violation of a check. Built by checks, completed (severity, id) by [`crate::checks::run`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    pub check: &'static str,
    pub severity: Severity,
    pub subject: Subject,
    /// The other record of a pair.
    pub other: Option<RecordRef>,
    /// Further records of the group, sorted.
    pub more: Vec<RecordRef>,
    pub field: Option<Field>,
    pub crm_value: Option<String>,
    pub onec_value: Option<String>,
    /// Money at stake, roubles, not below zero: the difference, else the sum of the record. `None` for what is not about
    /// money and for sums in a currency whose rate is unknown.
    pub impact: Option<Decimal>,
    /// One sentence in the language of the report, without a full stop.
    pub message: String,
    /// Set by [`identify`].
    pub id: FindingId,
    pub status: Status,
    /// As-of date of the run that found it first; `None` until runs are compared.
    pub first_seen: Option<NaiveDate>,
    /// The side whose records brought it since the baseline: they are new there, or changed in what it is about.
    pub changed: Changed,
}

/// Which side changed since the baseline.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Changed {
    /// No baseline, a known finding, or a change that no record shows (another threshold, a pair made anew).
    #[default]
    Unknown,
    Crm,
    Onec,
    Both,
}

impl Changed {
    /// `None` stands for an empty cell of the column `changed_side`.
    pub fn as_str(self) -> Option<&'static str> {
        match self {
            Changed::Unknown => None,
            Changed::Crm => Some("crm"),
            Changed::Onec => Some("onec"),
            Changed::Both => Some("both"),
        }
    }

    /// Both sides seen so far, and one more.
    #[must_use]
    pub fn and(self, side: Side) -> Changed {
        match (self, side) {
            (Changed::Unknown | Changed::Crm, Side::Crm) => Changed::Crm,
            (Changed::Unknown | Changed::Onec, Side::Onec) => Changed::Onec,
            _ => Changed::Both,
        }
    }

    pub fn text(self, lang: Lang) -> &'static str {
        let (ru, en) = match self {
            Changed::Unknown => ("", ""),
            Changed::Crm => ("изменила CRM", "the CRM changed"),
            Changed::Onec => ("изменила 1С", "1C changed"),
            Changed::Both => ("изменили обе", "both changed"),
        };
        lang.pick(ru, en)
    }
}

impl Finding {
    /// A finding about one record. Chain the setters for the rest.
    pub fn record(subject: RecordRef, message: String) -> Finding {
        Finding {
            check: "",
            severity: Severity::Info,
            subject: Subject::Record(subject),
            other: None,
            more: Vec::new(),
            field: None,
            crm_value: None,
            onec_value: None,
            impact: None,
            message,
            id: FindingId::default(),
            status: Status::New,
            first_seen: None,
            changed: Changed::Unknown,
        }
    }

    pub fn source(side: Side, entity: Option<Entity>, at: Location, message: String) -> Finding {
        let at = Box::new(at);
        Finding { subject: Subject::Source { side, entity, at }, ..Finding::record(RecordRef::new(side, 0), message) }
    }

    #[must_use]
    pub fn other(mut self, other: RecordRef) -> Finding {
        self.other = Some(other);
        self
    }

    #[must_use]
    pub fn more(mut self, mut more: Vec<RecordRef>) -> Finding {
        more.sort_unstable();
        self.more = more;
        self
    }

    /// The field concerned, with the text of the subject's side.
    #[must_use]
    pub fn value(mut self, field: Field, side: Side, text: &str) -> Finding {
        self.field = Some(field);
        match side {
            Side::Crm => self.crm_value = Some(text.to_owned()),
            Side::Onec => self.onec_value = Some(text.to_owned()),
        }
        self
    }

    #[must_use]
    pub fn values(mut self, field: Field, crm: &str, onec: &str) -> Finding {
        self.field = Some(field);
        self.crm_value = Some(crm.to_owned());
        self.onec_value = Some(onec.to_owned());
        self
    }

    /// The money at stake, roubles; its sign does not matter.
    #[must_use]
    pub fn impact(mut self, roubles: Option<Decimal>) -> Finding {
        self.impact = roubles.map(|sum| Decimal::from_micros(sum.micros().saturating_abs()));
        self
    }

    pub fn side(&self) -> Side {
        match &self.subject {
            Subject::Record(r) => r.side,
            Subject::Source { side, .. } => *side,
        }
    }

    /// Every record named, subject first.
    pub fn records(&self) -> impl Iterator<Item = RecordRef> + '_ {
        let subject = match self.subject {
            Subject::Record(r) => Some(r),
            Subject::Source { .. } => None,
        };
        subject.into_iter().chain(self.other).chain(self.more.iter().copied())
    }
}
