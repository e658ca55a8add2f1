//! One report model; a file per output.

pub mod tables;
