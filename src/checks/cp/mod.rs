//! Checks `cp-*`.

use super::family;

family! {}
