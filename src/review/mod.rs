//! The reviewed workbook → decisions: read back, checked against the last run, written as text.

mod workbook;
mod write;

pub use workbook::{Asked, Book, Row, WorkbookError, read};
pub use write::{Refusal, Review, ReviewError, Reviewed, review, save};
