//! Sections of the page: numbers and sentences, ready to be rendered.

pub mod changes;
pub mod clearing;
pub mod duplicates;
pub mod estate;
pub mod exchange;
pub mod findings;
pub mod flow;
pub mod heat;
pub mod method;
pub mod papers;
pub mod verdict;
