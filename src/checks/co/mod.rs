//! Checks `co-*`: contracts.

use super::family;

family! {
    missing::Missing,
    dup_number::DupNumber,
    multi_active::MultiActive,
    kind_wrong::KindWrong,
    owner_drift::OwnerDrift,
    org_drift::OrgDrift,
    currency_drift::CurrencyDrift,
    expired::Expired,
}
