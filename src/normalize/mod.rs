//! Canonical texts → values. One file per field kind, its reference tables beside it.
//!
//! Pure functions of text; normalising twice changes nothing.

pub mod company;

use crate::model::{OwnOrganisation, Parties, Records};

/// Normalises all records of a side. Runs on all rayon threads; the result does not depend on their number.
///
/// `own`: the company's own organisations of either side; a record with the INN of one gets [`crate::model::Flags::OWN`].
pub fn parties(_records: Records, _own: &[OwnOrganisation]) -> Parties {
    unimplemented!()
}
