//! Invented worlds: the sample projects, and synthetic projects of any size with their truth.
//!
//! Nothing here is a real person or company: names are put together from tables, numbers come from ranges that nobody
//! holds, and control digits are right. The same arguments give the same bytes on every machine.

mod bulk;
mod developer;
mod diminutives;
mod ids;
mod names;
mod noise;
mod rng;
mod sample;

pub use bulk::{Counts, Folder, GenerateError, Layout, MAX_ROWS, SalesCounts, Sink, project, project_as, project_with};
pub use developer::{DeveloperCounts, developer, developer_of};
pub use sample::sample;
