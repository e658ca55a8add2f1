//! sverka audits a CRM and 1C against each other before they synchronise.
//!
//! Modules in reading order, which is the order in which data flows; a stage knows `model`, `finding` and what comes
//! before it. The library never prints, reads the clock or opens a connection.
#![forbid(unsafe_code)]

pub mod model;

pub mod config;
pub mod finding;

pub mod ingest;
pub mod map;
pub mod normalize;

pub mod matching;
pub mod pairing;
pub mod reconcile;

pub mod baseline;
pub mod checks;
pub mod decisions;
pub mod forecast;
pub mod gates;
pub mod lag;
pub mod outcome;
pub mod system;

pub mod invariants;
pub mod link_table;
pub mod private;

pub mod mask;

pub mod cleanup;
pub mod report;
pub mod review;

pub mod audit;
pub mod diff;
pub mod evaluate;
pub mod memory;
pub mod run;

pub mod generate;
pub mod propose;
