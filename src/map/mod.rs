//! Raw tables → canonical records of a side.
