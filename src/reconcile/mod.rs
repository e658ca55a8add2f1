//! Linked records → drift, field by field; and records that only one side has.

use crate::matching::Matching;
use crate::model::{Field, Lang, RecordRef, Snapshots};

/// Result of comparing one field of two linked records.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum FieldStatus {
    Equal,
    /// Texts differ, values are the same.
    EqualNormalized,
    EmptyBoth,
    EmptyCrm,
    EmptyOnec,
    Different,
    /// A side holds an unusable value: reported by its own check, not as drift.
    Invalid,
}

impl FieldStatus {
    pub const ALL: [FieldStatus; 7] = [
        FieldStatus::Equal,
        FieldStatus::EqualNormalized,
        FieldStatus::EmptyBoth,
        FieldStatus::EmptyCrm,
        FieldStatus::EmptyOnec,
        FieldStatus::Different,
        FieldStatus::Invalid,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            FieldStatus::Equal => "equal",
            FieldStatus::EqualNormalized => "equal-normalized",
            FieldStatus::EmptyBoth => "empty-both",
            FieldStatus::EmptyCrm => "empty-crm",
            FieldStatus::EmptyOnec => "empty-onec",
            FieldStatus::Different => "different",
            FieldStatus::Invalid => "invalid",
        }
    }

    pub fn text(self, lang: Lang) -> &'static str {
        let (ru, en) = match self {
            FieldStatus::Equal => ("совпадает", "equal"),
            FieldStatus::EqualNormalized => ("совпадает по сути", "equal after normalisation"),
            FieldStatus::EmptyBoth => ("пусто в обеих", "empty on both"),
            FieldStatus::EmptyCrm => ("нет в CRM", "empty in the CRM"),
            FieldStatus::EmptyOnec => ("нет в 1С", "empty in 1C"),
            FieldStatus::Different => ("различается", "different"),
            FieldStatus::Invalid => ("значение непригодно", "unusable value"),
        };
        lang.pick(ru, en)
    }

    /// A person has something to settle.
    pub fn is_drift(self) -> bool {
        matches!(self, FieldStatus::EmptyCrm | FieldStatus::EmptyOnec | FieldStatus::Different)
    }
}

/// A linked pair of masters and the fields that do not agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PairDrift {
    /// Position in [`Matching::clusters`].
    pub cluster: u32,
    pub crm: RecordRef,
    pub onec: RecordRef,
    /// Only fields with [`FieldStatus::is_drift`], in the order of [`Field::ALL`].
    pub fields: Vec<(Field, FieldStatus)>,
}

/// The result of reconciliation. One-sided records have no field differences.
#[derive(Debug, Default)]
pub struct Drift {
    /// One per cluster with a member on both sides, in the order of clusters.
    pub pairs: Vec<PairDrift>,
    /// For each compared field the number of pairs by status (indexed as [`FieldStatus::ALL`]).
    pub by_field: Vec<(Field, [u64; 7])>,
    /// Records that belong to no cluster with the other side, sorted.
    pub only_crm: Vec<RecordRef>,
    pub only_onec: Vec<RecordRef>,
}

/// Compares linked counterparties and contacts.
pub fn run(_data: &Snapshots, _matching: &Matching) -> Drift {
    Drift::default()
}
