//! Checks `wh-*`: warehouses.

use super::family;

family! {
    unmapped::Unmapped,
    dup::Dup,
}
