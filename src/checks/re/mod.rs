//! Checks `re-*`: property objects, contracts of participation (DDU), their schedules and money.
//!
//! Legal rules cite what was read; a rule whose law could only be read in a retelling, or that has no source, is at most a
//! warning and says so.

#[cfg(test)]
mod house;
mod scope;
mod shareholders;

use super::family;

family! {
    object_one_side::ObjectOneSide,
    object_key_dup::ObjectKeyDup,
    object_number_form::ObjectNumberForm,
    object_type_drift::ObjectTypeDrift,
    status_drift::StatusDrift,
    double_sale::DoubleSale,
    sold_no_ddu::SoldNoDdu,
    free_with_ddu::FreeWithDdu,
    reserve_expired::ReserveExpired,
    reserve_two_deals::ReserveTwoDeals,
    area_drift::AreaDrift,
    price_formula::PriceFormula,
    ddu_amount_drift::DduAmountDrift,
    ddu_number_date_drift::DduNumberDateDrift,
    ddu_unregistered_paid::DduUnregisteredPaid,
    ddu_date_order::DduDateOrder,
    shareholders_drift::ShareholdersDrift,
    shares_sum::SharesSum,
    shareholder_no_id::ShareholderNoId,
    schedule_sum::ScheduleSum,
    schedule_drift::ScheduleDrift,
    schedule_dates::ScheduleDates,
    schedule_version::ScheduleVersion,
    overdue_false::OverdueFalse,
    payment_no_line::PaymentNoLine,
    payment_over::PaymentOver,
    escrow_account_type::EscrowAccountType,
    escrow_balance_drift::EscrowBalanceDrift,
    escrow_release_drift::EscrowReleaseDrift,
    termination_live::TerminationLive,
    assignment_owner::AssignmentOwner,
    transfer_act_plan::TransferActPlan,
    mortgage_bank_drift::MortgageBankDrift,
    bundle_objects::BundleObjects,
    vat_nonresidential::VatNonresidential,
    cadastral_format::CadastralFormat,
    agent_fee::AgentFee,
}

#[cfg(test)]
mod tests {
    use super::CHECKS;
    use super::house::House;
    use crate::checks::Ran;
    use crate::finding::Severity;

    /// Two identical sides give nothing to find, and every check has something to look at.
    #[test]
    fn a_clean_house_is_silent() {
        for check in CHECKS {
            let (ran, found) = House::new().world().findings(*check);
            assert_eq!(found, [""; 0], "{}", check.meta().id);
            assert!(matches!(ran, Ran::Evaluated(n) if n > 0), "{}: {ran:?}", check.meta().id);
        }
    }

    /// A rule whose law nobody could read is never more than a warning; one that rests on practice says what it shows.
    #[test]
    fn severity_follows_what_was_read() {
        for meta in CHECKS.iter().map(|c| c.meta()) {
            let source = meta.ru.source;
            assert_eq!(source.starts_with("Практика"), meta.en.source.starts_with("Practice"), "{}", meta.id);
            let retold = ["пересказ", "изложени", "комментари", "смоделирован", "не прочитан"];
            let weak = source.contains("смоделирован") || !source.starts_with("Практика");
            if weak && retold.iter().any(|word| source.contains(word)) {
                assert!(meta.severity >= Severity::Warning, "{}: {source}", meta.id);
            }
        }
    }

    #[test]
    fn without_property_nothing_runs() {
        for check in CHECKS {
            crate::checks::testing::clean().expect_not_run(*check);
        }
    }
}
