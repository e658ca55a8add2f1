//! CSV and other delimited text.

use super::{Extract, Format, IngestError, Input};

/// CSV, TSV and other delimited text.
pub struct Delimited;

impl Format for Delimited {
    fn id(&self) -> &'static str {
        "csv"
    }

    fn title(&self) -> &'static str {
        "CSV или текст с разделителями"
    }

    fn detect(&self, _input: &Input) -> bool {
        true
    }

    fn read(&self, _input: &Input) -> Result<Extract, IngestError> {
        Ok(Extract::default())
    }
}
