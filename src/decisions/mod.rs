//! What people decided, kept as text beside the project (`decisions.toml`) and honoured by every later audit.
//!
//! Four kinds: a pair is one party or is not (`[[link]]`), a record is the master of its group (`[[master]]`), a value
//! is right (`[[value]]`), a finding is put off (`[[accept]]`). Each has an author and a date, may expire, and may hold
//! the evidence it was made on: when the records say something else since, it is shown to a person again.

mod apply;
pub mod evidence;
mod file;

use std::path::PathBuf;

use chrono::NaiveDate;

use crate::finding::FindingId;
use crate::model::{Entity, Field, Side};

pub use apply::{Applying, Report, State, Unseen, Words};
pub use file::{FILE, load, parse};

/// A record as a person writes it: `crm:counterparty:12`, or `crm:12` (a counterparty, else a contact).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Key {
    pub side: Side,
    pub entity: Option<Entity>,
    pub id: String,
}

impl Key {
    pub fn parse(text: &str) -> Option<Key> {
        let (side, rest) = text.split_once(':')?;
        let side = Side::parse(side)?;
        let (entity, id) = match rest.split_once(':').and_then(|(e, id)| Some((Entity::parse(e)?, id))) {
            Some((entity, id)) => (Some(entity), id),
            None => (None, rest),
        };
        (!id.is_empty()).then(|| Key { side, entity, id: id.to_owned() })
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.entity {
            Some(entity) => write!(f, "{}:{entity}:{}", self.side, self.id),
            None => write!(f, "{}:{}", self.side, self.id),
        }
    }
}

/// What a person says of a pair.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// One party: link them, or merge them.
    Accept,
    /// Two parties: never again.
    Reject,
    /// One party, and both cards are needed: never merge them.
    Keep,
}

impl Verdict {
    pub const ALL: [Verdict; 3] = [Verdict::Accept, Verdict::Reject, Verdict::Keep];

    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Accept => "accept",
            Verdict::Reject => "reject",
            Verdict::Keep => "keep",
        }
    }
}

/// Which findings an acceptance covers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Scope {
    Finding(FindingId),
    /// Findings about exactly these two records, of one check or of any.
    Pair {
        a: Key,
        b: Key,
        check: Option<String>,
    },
    /// Findings of a check whose first record is so.
    Group {
        check: String,
        side: Option<Side>,
        entity: Option<Entity>,
        fields: Vec<(Field, String)>,
    },
}

/// What is decided.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum What {
    Link {
        a: Key,
        b: Key,
        verdict: Verdict,
    },
    Master {
        record: Key,
    },
    /// The value of `keep` is right.
    Value {
        a: Key,
        b: Key,
        field: Field,
        keep: Side,
    },
    Accept(Scope),
}

/// One decision.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decision {
    pub what: What,
    pub author: String,
    pub reason: String,
    pub date: NaiveDate,
    /// The last day on which it counts.
    pub expires: Option<NaiveDate>,
    /// What the records said, `evidence::of_pair` or `evidence::of_finding`.
    pub evidence: Option<String>,
    /// Line in the file, from 1.
    pub line: usize,
}

impl Decision {
    pub fn is_expired(&self, as_of: NaiveDate) -> bool {
        self.expires.is_some_and(|last| last < as_of)
    }

    /// In short, for reports: keys and ids, no values.
    pub fn subject(&self) -> String {
        match &self.what {
            What::Link { a, b, .. } => format!("{a} — {b}"),
            What::Master { record } => record.to_string(),
            What::Value { a, b, field, .. } => format!("{a} — {b}, {}", field.code()),
            What::Accept(Scope::Finding(id)) => id.to_string(),
            What::Accept(Scope::Pair { a, b, check }) => match check {
                Some(check) => format!("{check}: {a} — {b}"),
                None => format!("{a} — {b}"),
            },
            What::Accept(Scope::Group { check, side, entity, fields }) => {
                let mut parts: Vec<&str> = side.iter().map(|s| s.as_str()).collect();
                parts.extend(entity.iter().map(|e| e.as_str()));
                parts.extend(fields.iter().map(|(f, _)| f.code()));
                if parts.is_empty() { check.clone() } else { format!("{check} ({})", parts.join(", ")) }
            }
        }
    }
}

/// All decisions of a project, in the order of the file.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Decisions {
    /// The file, also where there is none yet.
    pub file: PathBuf,
    pub all: Vec<Decision>,
    /// Its text, for the hash of the run and for changes that keep the rest.
    pub text: String,
}
