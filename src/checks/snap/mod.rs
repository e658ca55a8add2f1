//! Checks `snap-*`.

use super::family;

family! {}
