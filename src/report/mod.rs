//! One report model; a file per output.
//!
//! [`ReportModel`] is built once from an [`crate::outcome::Outcome`]; writers render it and compute nothing, so that
//! the page and the workbook cannot disagree.

pub mod answers;
mod budget;
pub mod cell;
pub mod control;
pub mod english;
pub mod estate;
pub mod extracts;
mod failing;
mod field_map;
pub mod html;
pub mod index;
mod link_table;
pub mod lists;
pub mod model;
pub mod notify;
pub mod people;
pub mod queue;
pub mod row;
pub mod run_json;
pub mod sections;
mod svg;
pub mod tables;
pub mod texts;
pub mod ties;
pub mod xlsx;

pub use field_map::document as field_map;
pub use model::ReportModel;

/// Why a report cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    #[error("шаблон отчёта не собирается: {source}; переустановите программу")]
    Template { source: Box<tera::Error> },
    #[error("книга Excel не записана: {source}; проверьте место на диске и права на папку")]
    Workbook { source: rust_xlsxwriter::XlsxError },
}

impl From<tera::Error> for ReportError {
    fn from(source: tera::Error) -> Self {
        ReportError::Template { source: Box::new(source) }
    }
}

impl From<rust_xlsxwriter::XlsxError> for ReportError {
    fn from(source: rust_xlsxwriter::XlsxError) -> Self {
        ReportError::Workbook { source }
    }
}
