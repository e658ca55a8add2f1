//! Bits by comparison and level: what training learnt, and what a user sets by hand.

use serde_json::{Map, Value, json};

use super::compare::{COMPARISONS, COUNT, Comparison};
use super::types::Level;

/// Levels that carry a weight, with their names in files and in `sverka.toml`.
pub const LEVELS: [Level; 4] = [Level::Different, Level::Near, Level::Folded, Level::Exact];

/// Layout of the file, raised when its meaning changes.
const LAYOUT: u64 = 1;

/// Most bits either way: beyond them one level would decide alone.
pub const MOST_BITS: f32 = 20.0;

/// Why a file of weights cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum WeightsError {
    #[error("не файл весов: создайте его командой sverka train")]
    NotWeights,
    #[error("веса другой версии ({found}, нужна {LAYOUT}): создайте их заново командой sverka train")]
    Layout { found: u64 },
    #[error("нет сравнения «{0}»")]
    Comparison(String),
    #[error("нет уровня «{0}»: different, near, folded или exact")]
    Level(String),
    #[error("вес «{0}» — не число от −{MOST_BITS} до {MOST_BITS}")]
    Bits(String),
}

/// Bits added to the weight that a comparison gives a level, log2: +1 doubles the odds of a pair.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Weights {
    bits: [[f32; 5]; COUNT],
    off: [bool; COUNT],
}

/// Names of the comparisons, in the order in which explanations show them.
pub fn comparison_names() -> impl Iterator<Item = &'static str> {
    COMPARISONS.iter().map(|c| c.name())
}

impl Weights {
    pub(super) fn get(&self, comparison: Comparison, level: Level) -> f32 {
        self.bits[comparison as usize][level as usize]
    }

    pub(super) fn put(&mut self, comparison: Comparison, level: Level, bits: f32) {
        self.bits[comparison as usize][level as usize] = bits;
    }

    pub(super) fn is_off(&self, comparison: Comparison) -> bool {
        self.off[comparison as usize]
    }

    /// Sets the bits of a level by the names of both.
    ///
    /// # Errors
    /// [`WeightsError`] for an unknown name or bits beyond [`MOST_BITS`].
    pub fn set(&mut self, comparison: &str, level: &str, bits: f64) -> Result<(), WeightsError> {
        let comparison = Weights::find(comparison)?;
        let level =
            LEVELS.into_iter().find(|l| l.as_str() == level).ok_or_else(|| WeightsError::Level(level.to_owned()))?;
        if !(f64::from(-MOST_BITS)..=f64::from(MOST_BITS)).contains(&bits) {
            return Err(WeightsError::Bits(bits.to_string()));
        }
        self.put(comparison, level, bits as f32);
        Ok(())
    }

    /// Leaves a comparison out of the weight; its vetoes stay.
    ///
    /// # Errors
    /// [`WeightsError::Comparison`].
    pub fn switch_off(&mut self, comparison: &str) -> Result<(), WeightsError> {
        self.off[Weights::find(comparison)? as usize] = true;
        Ok(())
    }

    /// Bits of [`LEVELS`] for each comparison, in the order of [`comparison_names`].
    pub fn rows(&self) -> impl Iterator<Item = [f32; 4]> + '_ {
        COMPARISONS.iter().map(|&c| LEVELS.map(|level| self.get(c, level)))
    }

    fn find(name: &str) -> Result<Comparison, WeightsError> {
        COMPARISONS.iter().copied().find(|c| c.name() == name).ok_or_else(|| WeightsError::Comparison(name.to_owned()))
    }

    /// The file that `[matching] model` names. `pairs`: pairs the weights were learnt from, for people.
    pub fn to_json(&self, records: usize, pairs: u64) -> String {
        let levels = |c: Comparison| -> Map<String, Value> {
            // Thousandths of a bit: more digits are noise, and a file that people compare should not have it.
            let rounded = |level| (f64::from(self.get(c, level)) * 1000.0).round() / 1000.0;
            LEVELS.into_iter().map(|level| (level.as_str().to_owned(), json!(rounded(level)))).collect()
        };
        let weights: Map<String, Value> =
            COMPARISONS.iter().map(|&c| (c.name().to_owned(), Value::Object(levels(c)))).collect();
        let file = json!({
            "layout": LAYOUT,
            "program": concat!("sverka ", env!("CARGO_PKG_VERSION")),
            "records": records,
            "pairs": pairs,
            "bits": weights,
        });
        format!("{file:#}\n")
    }

    /// Reads what [`Weights::to_json`] wrote; comparisons and levels that the file leaves out keep their shipped weight.
    ///
    /// # Errors
    /// [`WeightsError`].
    pub fn from_json(text: &str) -> Result<Weights, WeightsError> {
        let file: Value = serde_json::from_str(text).map_err(|_| WeightsError::NotWeights)?;
        match file.get("layout").and_then(Value::as_u64) {
            Some(LAYOUT) => {}
            Some(found) => return Err(WeightsError::Layout { found }),
            None => return Err(WeightsError::NotWeights),
        }
        let mut weights = Weights::default();
        for (comparison, levels) in file.get("bits").and_then(Value::as_object).ok_or(WeightsError::NotWeights)? {
            for (level, bits) in levels.as_object().ok_or(WeightsError::NotWeights)? {
                let bits = bits.as_f64().ok_or_else(|| WeightsError::Bits(bits.to_string()))?;
                weights.set(comparison, level, bits)?;
            }
        }
        Ok(weights)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn survives_the_file() {
        let mut weights = Weights::default();
        weights.set("phone", "exact", 1.25).unwrap();
        weights.set("person", "different", -0.5).unwrap();
        let text = weights.to_json(200, 90);
        assert_eq!(Weights::from_json(&text), Ok(weights));
        assert!(text.contains("\"phone\""), "{text}");
    }

    #[test]
    fn refuses_what_is_no_file_of_weights() {
        for (text, expected) in [
            ("", WeightsError::NotWeights),
            ("[]", WeightsError::NotWeights),
            ("{\"layout\": 99, \"bits\": {}}", WeightsError::Layout { found: 99 }),
            ("{\"layout\": 1}", WeightsError::NotWeights),
            ("{\"layout\": 1, \"bits\": {\"fax\": {\"exact\": 1}}}", WeightsError::Comparison("fax".into())),
            ("{\"layout\": 1, \"bits\": {\"inn\": {\"equal\": 1}}}", WeightsError::Level("equal".into())),
            ("{\"layout\": 1, \"bits\": {\"inn\": {\"exact\": \"x\"}}}", WeightsError::Bits("\"x\"".into())),
            ("{\"layout\": 1, \"bits\": {\"inn\": {\"exact\": 1e9}}}", WeightsError::Bits("1000000000".into())),
        ] {
            assert_eq!(Weights::from_json(text), Err(expected), "{text}");
        }
    }
}
