//! Checks `pay-*`: payments.

use super::family;

family! {
    unallocated::Unallocated,
    dup::Dup,
    third_party::ThirdParty,
    over::Over,
    purpose_no_ref::PurposeNoRef,
    only_one_side::OnlyOneSide,
}
