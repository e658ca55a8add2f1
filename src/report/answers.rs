//! What a person may answer in the workbook, by kind of sheet. The lists make the drop-downs, and read them back.

use super::cell::{Kind, Tone};
use crate::model::{Entity, Side};

/// What a person chose.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Answer {
    Merge,
    /// One party, and this record is the master.
    Master,
    Distinct,
    /// One party, and both cards are needed.
    Keep,
    Skip,
    /// The value of this side is right.
    Right(Side),
    /// The finding is put off.
    Accept,
}

/// An answer, the key of its text and its colour.
pub type Choice = (Answer, &'static str, Tone);

/// Two records: one party?
pub const PAIR: [Choice; 5] = [
    (Answer::Merge, "decision.merge", Tone::Good),
    (Answer::Master, "decision.master", Tone::Good),
    (Answer::Distinct, "decision.distinct", Tone::Error),
    (Answer::Keep, "decision.keep", Tone::Info),
    (Answer::Skip, "decision.skip", Tone::Warning),
];
/// Two goods, documents or objects: one?
pub const TIE: [Choice; 3] = [
    (Answer::Merge, "decision.same", Tone::Good),
    (Answer::Distinct, "decision.different", Tone::Error),
    (Answer::Skip, "decision.skip", Tone::Warning),
];
/// A field of a linked pair: which value?
pub const VALUE: [Choice; 3] = [
    (Answer::Right(Side::Crm), "decision.right_crm", Tone::Good),
    (Answer::Right(Side::Onec), "decision.right_onec", Tone::Good),
    (Answer::Skip, "decision.skip", Tone::Warning),
];
/// A finding: put it off?
pub const FINDING: [Choice; 2] =
    [(Answer::Accept, "decision.accept", Tone::Info), (Answer::Skip, "decision.skip", Tone::Warning)];

/// What may be said of a pair, by the key of one of its records (`crm:product:12`).
pub fn of_pair(key: &str) -> &'static [Choice] {
    match key.split(':').nth(1).and_then(Entity::parse) {
        Some(entity) if !entity.is_party() => &TIE,
        _ => &PAIR,
    }
}

/// The list of a column of answers, with the keys of its prompt and of its error.
pub fn of(kind: Kind) -> Option<(&'static [Choice], &'static str, &'static str)> {
    match kind {
        Kind::Decision => Some((&PAIR, "decision.prompt", "decision.error")),
        Kind::Tie => Some((&TIE, "decision.prompt_tie", "decision.error_tie")),
        Kind::Value => Some((&VALUE, "decision.prompt_value", "decision.error_value")),
        Kind::Accept => Some((&FINDING, "decision.prompt_accept", "decision.error_accept")),
        Kind::Text | Kind::Code | Kind::Number | Kind::Comment | Kind::Key | Kind::Link => None,
    }
}
