//! Findings: violations of checks by named records.

use crate::model::{Entity, Field, Lang, Location, RecordRef, Side, Snapshots};

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

/// What a finding is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Subject {
    Record(RecordRef),
    /// A source as a whole, or a place in it (`snap-*`).
    Source {
        side: Side,
        entity: Option<Entity>,
        at: Location,
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
    /// One sentence in the language of the report, without a full stop.
    pub message: String,
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
            message,
        }
    }

    pub fn source(side: Side, entity: Option<Entity>, at: Location, message: String) -> Finding {
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

    pub fn side(&self) -> Side {
        match &self.subject {
            Subject::Record(r) => r.side,
            Subject::Source { side, .. } => *side,
        }
    }

    /// Stable id: a hash of the check, the records and the field; wording and values do not enter it. 16 hex digits.
    pub fn id(&self, data: &Snapshots) -> String {
        use sha2::{Digest, Sha256};
        let mut hash = Sha256::new();
        let mut put = |part: &str| {
            hash.update(part.as_bytes());
            hash.update([0]);
        };
        put(self.check);
        match &self.subject {
            Subject::Record(r) => put(&data.key(*r)),
            Subject::Source { side, entity, at } => {
                put(side.as_str());
                put(entity.map_or("", Entity::as_str));
                put(&at.to_string());
            }
        }
        put(&self.other.map(|r| data.key(r)).unwrap_or_default());
        for &r in &self.more {
            put(&data.key(r));
        }
        put(self.field.map_or("", Field::code));
        hash.finalize().iter().take(8).map(|b| format!("{b:02x}")).collect()
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
