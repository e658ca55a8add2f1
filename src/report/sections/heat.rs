//! Drift by field: the heat map of the synchronisation.

use serde::Serialize;

use crate::reconcile::FieldStatus;
use crate::report::queue::Cells;

/// A count of pairs and how strongly it is coloured.
#[derive(Debug, Serialize)]
pub struct HeatCell {
    pub count: u64,
    pub shown: String,
    pub share: String,
    /// `good`, `bad` or `neutral`.
    pub class: &'static str,
    /// 0 (none) ..= 5 (four fifths and more).
    pub level: u64,
}

#[derive(Debug, Serialize)]
pub struct HeatRow {
    pub field: String,
    pub cells: Vec<HeatCell>,
    pub drifting: String,
    /// Pairs behind `drifting`, for sorting.
    pub drifting_value: u64,
}

/// Fields by statuses.
#[derive(Debug, Serialize)]
pub struct Heat {
    pub statuses: Vec<String>,
    pub rows: Vec<HeatRow>,
    pub pairs: String,
    pub pairs_with_drift: String,
    pub differences: String,
}

impl Heat {
    pub fn new(cx: Cells) -> Heat {
        let (drift, t) = (&cx.outcome.drift, cx.texts);
        let rows = drift
            .by_field
            .iter()
            .map(|(field, counts)| {
                let whole: u64 = counts.iter().sum();
                let cells = FieldStatus::ALL
                    .iter()
                    .zip(counts)
                    .map(|(status, &count)| HeatCell {
                        count,
                        shown: t.number(count),
                        share: t.share(count, whole),
                        class: match status {
                            FieldStatus::Equal | FieldStatus::EqualNormalized => "good",
                            FieldStatus::EmptyBoth => "neutral",
                            _ => "bad",
                        },
                        level: if whole == 0 { 0 } else { (count * 5).div_ceil(whole) },
                    })
                    .collect();
                let drifting: u64 =
                    FieldStatus::ALL.iter().zip(counts).filter(|(s, _)| s.is_drift()).map(|(_, n)| n).sum();
                HeatRow {
                    field: field.title(t.lang).to_owned(),
                    cells,
                    drifting: t.share(drifting, whole),
                    drifting_value: drifting,
                }
            })
            .collect();
        Heat {
            statuses: FieldStatus::ALL.iter().map(|s| s.text(t.lang).to_owned()).collect(),
            rows,
            pairs: t.number(drift.pairs.len() as u64),
            pairs_with_drift: t.number(drift.pairs.iter().filter(|p| !p.fields.is_empty()).count() as u64),
            differences: t.number(drift.pairs.iter().map(|p| p.fields.len() as u64).sum()),
        }
    }
}
