//! What answers say of the records in them, and whether all are there.

use crate::ingest::json::Node;

/// Rows of goods of one owner.
#[derive(Default)]
pub struct OfOwner {
    pub met: u64,
    pub total: Option<u64>,
    pub next: Option<u64>,
}

impl OfOwner {
    pub fn is_short(&self) -> bool {
        is_short(self.met, self.total, self.next)
    }
}

/// Whether fewer records stand in a file than its answers declare, or a page that they name is not there.
pub fn is_short(met: u64, total: Option<u64>, next: Option<u64>) -> bool {
    total.is_some_and(|total| met < total) || next.is_some_and(|next| met <= next)
}

/// An answer whose records are read: what it says of them may stand behind them.
#[derive(Default)]
pub struct Answer {
    pub filled: Option<Filled>,
    pub total: Option<u64>,
    pub next: Option<u64>,
    pub has_result: bool,
    /// The code of its error.
    pub error: Option<String>,
    pub batch: Batch,
}

/// What an answer filled.
pub struct Filled {
    /// The table of its last record.
    pub table: usize,
    /// Whose rows of goods all of its records are; `None` for other records and for rows of several owners.
    pub owner: Option<String>,
}

impl Filled {
    /// With what the same answer filled before.
    pub fn after(self, before: Option<Filled>) -> Filled {
        match before {
            Some(before) if (before.table, &before.owner) != (self.table, &self.owner) => {
                Filled { owner: None, ..self }
            }
            _ => self,
        }
    }

    pub fn join(later: Option<Filled>, before: Option<Filled>) -> Option<Filled> {
        match later {
            Some(later) => Some(later.after(before)),
            None => before,
        }
    }
}

/// Answers of a batch.
#[derive(Default)]
pub struct Batch {
    /// Name of each command, empty in a list of answers, and what it filled.
    pub commands: Vec<(String, Option<Filled>)>,
    pub totals: Counts,
    pub nexts: Counts,
}

/// Numbers of the commands of a batch: by their names, or by their places.
#[derive(Default)]
pub struct Counts {
    by_name: Vec<(String, Option<u64>)>,
    by_place: Vec<Option<u64>>,
}

impl Counts {
    pub fn of(node: &Node<'_>) -> Counts {
        match node {
            Node::List(items) => Counts { by_place: items.iter().map(Node::count).collect(), ..Counts::default() },
            Node::Object(entries) => {
                let by_name = entries.iter().map(|(name, count)| (name.to_string(), count.count()));
                Counts { by_name: by_name.collect(), ..Counts::default() }
            }
            _ => Counts::default(),
        }
    }

    pub fn get(&self, place: usize, name: &str) -> Option<u64> {
        let named = || self.by_name.iter().find(|(of, _)| of == name).and_then(|(_, count)| *count);
        self.by_place.get(place).copied().flatten().or_else(named)
    }
}
