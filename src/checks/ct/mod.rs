//! Checks `ct-*`.

use super::family;

family! {}
