//! Checks `map-*`: whether what one system writes has its meaning in the other.

mod names;

use super::family;

family! {
    status_unmapped::StatusUnmapped,
    org_unmapped::OrgUnmapped,
    user_unmapped::UserUnmapped,
    price_type_unmapped::PriceTypeUnmapped,
}
