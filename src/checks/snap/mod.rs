//! Checks `snap-*`: whether the snapshots can be judged at all.

use super::family;

family! {
    truncated::Truncated,
    empty_table::EmptyTable,
    partial::Partial,
    pk_duplicate::PkDuplicate,
    column_missing::ColumnMissing,
    mojibake::Mojibake,
    number_coerced::NumberCoerced,
    date_ambiguous::DateAmbiguous,
    formula_payload::FormulaPayload,
    time_skew::TimeSkew,
    source_conflict::SourceConflicts,
}
