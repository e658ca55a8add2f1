//! Checks `doc-*`: documents of both systems, and pairs of them.

use super::family;

family! {
    lost::Lost,
    ghost::Ghost,
    amount_drift::AmountDrift,
    rounding::Rounding,
    vat_drift::VatDrift,
    lines_drift::LinesDrift,
    discount_model::DiscountModel,
    date_drift::DateDrift,
    number_dup::NumberDup,
    number_prefix::NumberPrefix,
    party_drift::PartyDrift,
    unposted::Unposted,
    deleted_mark::DeletedMark,
    closed_period::ClosedPeriod,
    changed_after_close::ChangedAfterClose,
    twice_exported::TwiceExported,
    currency_rate::CurrencyRate,
    sf_missing::SfMissing,
    sf_number_gap::SfNumberGap,
    edo_status_drift::EdoStatusDrift,
    return_drift::ReturnDrift,
    cancel_drift::CancelDrift,
    value_unreadable::ValueUnreadable,
    party_missing::PartyMissing,
    line_orphan::LineOrphan,
}
